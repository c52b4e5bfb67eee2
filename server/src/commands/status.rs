//! The server about itself: PING, PONG, LUSERS, VERSION and the tokens of 005.

use teahouse_protocol::names::MAX_CHANNEL_BYTES;
use teahouse_protocol::{Message, text};

use super::{Context, channels, messages, people, registration};
use crate::outbox::Cause;
use crate::reply::Reply;

/// Name and version of this program.
pub(super) const VERSION: &str = concat!("teahouse-", env!("CARGO_PKG_VERSION"));

/// How many tokens stand in one 005, so that it keeps to its 15 parameters.
const TOKENS_A_LINE: usize = 12;

/// PING: sends back what came with it.
pub(super) fn ping(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let token = message.param(0).filter(|token| !token.is_empty()).ok_or(Reply::NoOrigin)?;
    let server = &context.world.config.name;
    let line = context.world.line(format_args!(":{server} PONG {server} :{token}"));
    context.world.tell(context.me, &line, Cause::Answer);
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
    let users = context.world.users().to_string();
    let most = context.world.most_users().to_string();
    context.reply(&Reply::LUserClient(users.clone()));
    if context.world.strangers() > 0 {
        context.reply(&Reply::LUserUnknown(context.world.strangers().to_string()));
    }
    context.reply(&Reply::LUserChannels(context.world.channels().count().to_string()));
    context.reply(&Reply::LUserMe(users.clone()));
    context.reply(&Reply::LocalUsers(users.clone(), most.clone()));
    context.reply(&Reply::GlobalUsers(users, most));
}

/// VERSION: what runs here, and what it can do.
pub(super) fn version(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if let Some(server) = message.param(0).filter(|server| *server != context.world.config.name) {
        return Err(Reply::NoSuchServer(server.to_owned()));
    }
    context.reply(&Reply::Version(VERSION.to_owned(), context.world.config.name.clone()));
    isupport(context);
    Ok(())
}

/// 005: what a client can count on ([Modern IRC](https://modern.ircdocs.horse/#rplisupport-005)).
pub(super) fn isupport(context: &mut Context) {
    let config = &context.world.config;
    let tokens = [
        format!("AWAYLEN={}", people::AWAY_BYTES),
        format!("CASEMAPPING={}", config.casemapping.token()),
        format!("CHANLIMIT=#:{}", channels::MAX_JOINED),
        "CHANMODES=,,,n".to_owned(),
        format!("CHANNELLEN={MAX_CHANNEL_BYTES}"),
        "CHANTYPES=#".to_owned(),
        format!("MAXTARGETS={}", messages::MAX_TARGETS),
        format!("NETWORK={}", config.network),
        format!("NICKLEN={}", config.nick_length),
        "PREFIX=".to_owned(),
        format!("TARGMAX=NAMES:1,LIST:1,WHOIS:1,PRIVMSG:{0},NOTICE:{0},JOIN:,PART:", messages::MAX_TARGETS),
        format!("TOPICLEN={}", channels::TOPIC_BYTES),
        format!("USERLEN={}", registration::USER_BYTES),
        "UTF8ONLY".to_owned(),
    ];
    debug_assert!(!tokens.iter().any(|token| token.contains(text::is_unprintable)));
    for line in tokens.chunks(TOKENS_A_LINE) {
        context.reply(&Reply::ISupport(line.join(" ")));
    }
}
