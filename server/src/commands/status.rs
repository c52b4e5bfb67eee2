//! The server about itself: PING, PONG, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS, USERS, SUMMON, LANGUAGE, and
//! the tokens of 005.

use std::sync::Arc;

use teahouse_protocol::names::MAX_CHANNEL_BYTES;
use teahouse_protocol::{Message, text};

use super::context::Context;
use super::{COMMANDS, channels, history, messages, modes, monitor, people, registration};
use crate::config::Config;
use crate::language::Language;
use crate::reply::Reply;
use crate::world::{Target, mask};

/// Name and version of this program.
pub(super) const VERSION: &str = concat!("teahouse-", env!("CARGO_PKG_VERSION"));

/// How many tokens stand in one 005, so that it keeps to its 15 parameters.
const TOKENS_A_LINE: usize = 12;

/// Goes on if a question is for this server: no server named, its name, a mask of it, or somebody who is here.
///
/// # Errors
/// ERR_NOSUCHSERVER.
pub(super) fn for_this_server(context: &Context, server: Option<&str>) -> Result<(), Reply> {
    match server.filter(|server| !server.is_empty()) {
        Some(server)
            if !mask::fits(server, &context.world.config.name) && context.world.find(server).is_err() =>
        {
            Err(Reply::NoSuchServer(server.to_owned()))
        }
        _ => Ok(()),
    }
}

/// PING: sends back what came with it.
pub(super) fn ping(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let token = message.param(0).filter(|token| !token.is_empty()).ok_or(Reply::NoOrigin)?;
    let server = context.world.config.name.clone();
    context.send(format_args!("PONG {server} :{token}"));
    Ok(())
}

/// PONG: the session has heard from the client, and that is all it is for.
pub(super) fn pong(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Ok(())
}

/// LUSERS: how many are here.
pub(super) fn lusers(context: &mut Context, _: &Message) -> Result<(), Reply> {
    send_lusers(context);
    Ok(())
}

pub(super) fn send_lusers(context: &mut Context) {
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
pub(super) fn version(context: &mut Context, message: &Message) -> Result<(), Reply> {
    for_this_server(context, message.param(0))?;
    context.reply(&Reply::Version(VERSION.to_owned(), context.world.config.name.clone()));
    isupport(context);
    Ok(())
}

/// TIME: what time it is here.
pub(super) fn time(context: &mut Context, message: &Message) -> Result<(), Reply> {
    for_this_server(context, message.param(0))?;
    let time = context.world.now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    context.reply(&Reply::Time(context.world.config.name.clone(), time));
    Ok(())
}

/// INFO: what this program is.
pub(super) fn info(context: &mut Context, message: &Message) -> Result<(), Reply> {
    for_this_server(context, message.param(0))?;
    let about = match context.device().language {
        Language::English => [
            "Teahouse, a chat in the shape of a networks course:",
            "plain TCP, one thread for each guest, one lock around the table of names.",
        ],
        Language::Chinese => {
            ["茶馆，一个保持计算机网络课模样的聊天程序：", "普通的 TCP，每位客人一个线程，一把锁保护名字表。"]
        }
    };
    context.reply(&Reply::Info(VERSION.to_owned()));
    for line in about {
        context.reply(&Reply::Info(line.to_owned()));
    }
    context.reply(&Reply::EndOfInfo);
    Ok(())
}

/// ADMIN: whom to ask about this server.
pub(super) fn admin(context: &mut Context, message: &Message) -> Result<(), Reply> {
    for_this_server(context, message.param(0))?;
    let config = context.world.config.clone();
    let nobody = || context.client().language.choose("nobody has been named", "没有指定").to_owned();
    let admin = config.admin.clone().unwrap_or_else(nobody);
    context.reply(&Reply::AdminMe(config.name.clone()));
    context.reply(&Reply::AdminLoc1(config.network.clone()));
    context.reply(&Reply::AdminLoc2(config.name.clone()));
    context.reply(&Reply::AdminEmail(admin));
    Ok(())
}

/// LINKS: the servers of the network, of which there is one.
pub(super) fn links(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let mask = message.params().last().copied().unwrap_or("*");
    let config = context.world.config.clone();
    if mask::fits(mask, &config.name) {
        context.reply(&Reply::Links(mask.to_owned(), config.name.clone(), config.network.clone()));
    }
    context.reply(&Reply::EndOfLinks(mask.to_owned()));
    Ok(())
}

/// STATS: reports, some of them for operators only.
pub(super) fn stats(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let letter = message.param(0).and_then(|letters| letters.chars().next()).unwrap_or('*');
    for_this_server(context, message.param(1))?;
    match letter {
        'u' => {
            let secs = context.world.now.duration_since(context.world.started).as_secs().max(0);
            let (days, rest) = (secs / 86_400, secs % 86_400);
            let clock = format!("{}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
            context.reply(&Reply::StatsUptime(days.to_string(), clock));
        }
        'm' => {
            let counts = context.world.command_counts().to_vec();
            for (command, count) in COMMANDS.iter().zip(counts).filter(|(_, count)| *count > 0) {
                context.reply(&Reply::StatsCommands(command.name.to_owned(), count.to_string()));
            }
        }
        'o' | 'O' | 'k' | 'K' | 'd' | 'D' if !context.client().is_operator() => {
            context.reply(&Reply::NoPrivileges);
        }
        'o' | 'O' => {
            let config = context.world.config.clone();
            for operator in &config.operators {
                context.reply(&Reply::StatsOLine(operator.name.clone()));
            }
        }
        'k' | 'K' | 'd' | 'D' => {
            let networks = letter.eq_ignore_ascii_case(&'d');
            let bans: Vec<_> = context.world.bans.in_force(context.world.now).cloned().collect();
            for ban in bans {
                match ban.target {
                    Target::Mask(mask) if !networks => context.reply(&Reply::StatsKLine(mask, ban.reason)),
                    Target::Network(..) if networks => {
                        context.reply(&Reply::StatsDLine(ban.target.to_string(), ban.reason));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    context.reply(&Reply::EndOfStats(letter.to_string()));
    Ok(())
}

/// USERS: who is logged in to the machine, which nobody should be told.
pub(super) fn users(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Err(Reply::UsersDisabled)
}

/// SUMMON: writes to somebody's terminal, which nobody should do.
pub(super) fn summon(_: &mut Context, _: &Message) -> Result<(), Reply> {
    Err(Reply::SummonDisabled)
}

/// LANGUAGE: in which language this client is spoken to.
pub(super) fn language(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let code = message.param(0).unwrap_or_default();
    let Some(language) = Language::from_code(&code.to_ascii_lowercase()) else {
        return Err(Reply::NoLanguage(code.to_owned()));
    };
    context.world.client_mut(context.device).language = language;
    context.reply(&Reply::YourLanguage(language.code().to_owned()));
    Ok(())
}

/// 005: what a client can count on ([Modern IRC](https://modern.ircdocs.horse/#rplisupport-005)).
pub(super) fn isupport(context: &mut Context) {
    let world = &mut *context.world;
    let config = Arc::clone(&world.config);
    let lines = Arc::clone(world.isupport.get_or_insert_with(|| in_lines(&tokens(&config)).into()));
    for line in lines.iter() {
        context.reply(&Reply::ISupport(line.clone()));
    }
}

/// The tokens that another configuration changes, as 005 takes them back (`-TOKEN`) and gives them anew.
pub(super) fn changed_tokens(before: &Config, after: &Config) -> Vec<String> {
    fn name(token: &str) -> &str {
        token.split('=').next().unwrap_or(token)
    }
    let (before, after) = (tokens(before), tokens(after));
    let is_gone = |token: &&String| !after.iter().any(|other| name(other) == name(token));
    let gone = before.iter().filter(is_gone).map(|token| format!("-{}", name(token)));
    let new = after.iter().filter(|token| !before.contains(token)).cloned();
    in_lines(&gone.chain(new).collect::<Vec<_>>())
}

/// As many tokens in a line as one 005 takes.
fn in_lines(tokens: &[String]) -> Vec<String> {
    tokens.chunks(TOKENS_A_LINE).map(|line| line.join(" ")).collect()
}

/// The tokens of 005.
#[inline(never)]
fn tokens(config: &Config) -> Vec<String> {
    let mut tokens = vec![
        "ACCOUNTEXTBAN=a".to_owned(),
        format!("AWAYLEN={}", people::AWAY_BYTES),
        "BOT=B".to_owned(),
        format!("CASEMAPPING={}", config.casemapping.token()),
        format!("CHANLIMIT=#:{}", channels::MAX_JOINED),
        "CHANMODES=Ibe,k,Sl,CEHMRimnst".to_owned(),
        format!("CHANNELLEN={MAX_CHANNEL_BYTES}"),
        "CHANTYPES=#".to_owned(),
        format!("CHATHISTORY={}", history::MOST_MESSAGES),
        "ELIST=CMNTU".to_owned(),
        "EXCEPTS=e".to_owned(),
        "EXTBAN=,am".to_owned(),
        "HOSTLEN=63".to_owned(),
        "INVEX=I".to_owned(),
        format!("KEYLEN={}", modes::KEY_BYTES),
        format!("KICKLEN={}", channels::WORDS_BYTES),
        format!("LINELEN={}", teahouse_protocol::framing::MAX_LINE_BYTES),
        format!("MAXLIST=beI:{}", modes::MAX_ENTRIES),
        format!("MAXTARGETS={}", messages::MAX_TARGETS),
        format!("MODES={}", modes::MAX_CHANGES),
        format!("MONITOR={}", monitor::MAX_WATCHED),
        "MSGREFTYPES=msgid,timestamp".to_owned(),
        format!("NAMELEN={}", registration::REALNAME_BYTES),
        format!("NETWORK={}", config.network),
        format!("NICKLEN={}", config.nick_length),
        "PREFIX=(qaohv)~&@%+".to_owned(),
        "SAFELIST".to_owned(),
        "STATUSMSG=~&@%+".to_owned(),
        format!(
            "TARGMAX=NAMES:,LIST:,KICK:,JOIN:,PART:,WHOIS:1,WHOWAS:1,PRIVMSG:{0},NOTICE:{0},TAGMSG:{0},MONITOR:",
            messages::MAX_TARGETS
        ),
        format!("TOPICLEN={}", channels::TOPIC_BYTES),
        format!("USERLEN={}", registration::USER_BYTES),
        "UTF8ONLY".to_owned(),
        "WHOX".to_owned(),
    ];
    if !config.history {
        tokens.retain(|token| !token.starts_with("CHATHISTORY=") && !token.starts_with("MSGREFTYPES="));
    }
    debug_assert!(!tokens.iter().any(|token| token.contains(text::is_unprintable)));
    tokens
}
