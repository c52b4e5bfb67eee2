//! The server about itself: PING, PONG, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, USERS, SUMMON, LANGUAGE.

use teahouse_protocol::Message;

use crate::commands::about::isupport;
use crate::commands::context::Context;
use crate::text::language::Language;
use crate::text::reply::Reply;

/// Name and version of this program.
pub(in crate::commands) const VERSION: &str = concat!("teahouse-", env!("CARGO_PKG_VERSION"));

/// PING: sends back what came with it.
pub(in crate::commands) fn ping(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let token = message.param(0).filter(|token| !token.is_empty()).ok_or(Reply::NoOrigin)?;
    let server = context.world.config.name.clone();
    context.send(format_args!("PONG {server} :{token}"));
    Ok(())
}

/// PONG: the session has heard from the client, and that is all it is for.
pub(in crate::commands) fn pong(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Ok(())
}

/// LUSERS: how many people are here.
pub(in crate::commands) fn lusers(context: &mut Context, _: &Message) -> Result<(), Reply> {
    send_lusers(context);
    Ok(())
}

pub(in crate::commands) fn send_lusers(context: &mut Context) {
    let world = &context.world;
    let (invisible, operators) = world.invisible_and_operators();
    let (users, most) = (world.users().to_string(), world.most_users().to_string());
    let (strangers, rooms) = (world.strangers(), world.channels().count());
    let visible = (world.users() - invisible).to_string();
    context.reply(&Reply::LUserClient(visible, invisible.to_string()));
    context.reply(&Reply::LUserOp(operators.to_string()));
    context.reply(&Reply::LUserUnknown(strangers.to_string()));
    context.reply(&Reply::LUserChannels(rooms.to_string()));
    context.reply(&Reply::LUserMe(users.clone()));
    context.reply(&Reply::LocalUsers(users.clone(), most.clone()));
    context.reply(&Reply::GlobalUsers(users, most));
}

/// VERSION: what runs here, and what it can do.
pub(in crate::commands) fn version(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    context.reply(&Reply::Version(VERSION.to_owned(), context.world.config.name.clone()));
    isupport::send(context);
    Ok(())
}

/// TIME: what time it is here.
pub(in crate::commands) fn time(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    let time = context.world.now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    context.reply(&Reply::Time(context.world.config.name.clone(), time));
    Ok(())
}

/// INFO: what this program is.
pub(in crate::commands) fn info(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    let about = match context.connection().language {
        Language::English => [
            "Teahouse, a chat in the shape of a networks course:",
            "plain TCP, one thread for each guest, one lock around the table of names.",
        ],
        Language::Chinese => {
            ["茶馆，一个保持计算机网络课模样的聊天程序：", "普通的 TCP，每位客人一个线程，一把锁保护名字表。"]
        }
    };
    context.reply(&Reply::Info(VERSION.to_owned()));
    if let Some(description) = context.world.config.description.clone() {
        context.reply(&Reply::Info(description));
    }
    for line in about {
        context.reply(&Reply::Info(line.to_owned()));
    }
    context.reply(&Reply::EndOfInfo);
    Ok(())
}

/// ADMIN: the people to ask about this server.
pub(in crate::commands) fn admin(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    let config = context.world.config.clone();
    let nobody = || context.connection().language.choose("nobody has been named", "没有指定").to_owned();
    let admin = config.admin.clone().unwrap_or_else(nobody);
    context.reply(&Reply::AdminMe(config.name.clone()));
    context.reply(&Reply::AdminLoc1(config.network.clone()));
    context.reply(&Reply::AdminLoc2(config.name.clone()));
    context.reply(&Reply::AdminEmail(admin));
    Ok(())
}

/// LINKS: the servers of the network; there is a single server.
pub(in crate::commands) fn links(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let mask = message.params().last().copied().unwrap_or("*");
    let config = context.world.config.clone();
    if context.is_this_server(mask) {
        context.reply(&Reply::Links(mask.to_owned(), config.name.clone(), config.server_info().to_owned()));
    }
    context.reply(&Reply::EndOfLinks(mask.to_owned()));
    Ok(())
}

/// USERS: asks for the users who are logged in to the machine, which nobody should be told.
pub(in crate::commands) fn users(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Err(Reply::UsersDisabled)
}

/// SUMMON: writes to somebody's terminal, which nobody should do.
pub(in crate::commands) fn summon(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Err(Reply::SummonDisabled)
}

/// LANGUAGE: in which language this client is spoken to.
pub(in crate::commands) fn language(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let code = message.param(0).unwrap_or_default();
    let Some(language) = Language::from_code(&code.to_ascii_lowercase()) else {
        return Err(Reply::NoLanguage(code.to_owned()));
    };
    context.world.connection_mut(context.connection).language = language;
    context.reply(&Reply::YourLanguage(language.code().to_owned()));
    Ok(())
}
