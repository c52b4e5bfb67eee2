//! Coming and going: CAP, PASS, NICK, USER, QUIT
//! ([Modern IRC, "Connection Registration"](https://modern.ircdocs.horse/#connection-registration)).

use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, names};

use super::{Context, motd, status};
use crate::language::Text;
use crate::outbox::Cause;
use crate::reply::Reply;
use crate::world::{Capability, Registration};

/// The longest user name, in bytes, with the `~` before it (USERLEN).
pub(super) const USER_BYTES: usize = 18;
/// The longest real name, in bytes.
const REALNAME_BYTES: usize = 150;
/// The longest parting word, in bytes.
const QUIT_BYTES: usize = 300;

/// CAP: what a client can ask for beyond the RFC
/// ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).
pub(super) fn cap(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let subcommand = message.param(0).unwrap_or_default();
    match subcommand.to_ascii_uppercase().as_str() {
        "LS" => {
            negotiating(context, true);
            let all: Vec<_> = Capability::ALL.iter().map(|(_, name)| *name).collect();
            answer_cap(context, "LS", &all.join(" "));
        }
        "LIST" => {
            let set = context.client().capabilities;
            let on: Vec<_> =
                Capability::ALL.iter().filter(|(cap, _)| set.has(*cap)).map(|(_, name)| *name).collect();
            answer_cap(context, "LIST", &on.join(" "));
        }
        "REQ" => {
            negotiating(context, true);
            let wanted = message.param(1).unwrap_or_default();
            let mut set = context.client().capabilities;
            let all_known = wanted.split_ascii_whitespace().all(|word| {
                let (name, on) = word.strip_prefix('-').map_or((word, true), |name| (name, false));
                let known = Capability::ALL.iter().find(|(_, wire)| *wire == name);
                known.map(|(capability, _)| set.set(*capability, on)).is_some()
            });
            // All or nothing: one unknown name and none of them changes.
            if all_known {
                context.world.client_mut(context.me).capabilities = set;
            }
            answer_cap(context, if all_known { "ACK" } else { "NAK" }, wanted);
        }
        "END" => {
            negotiating(context, false);
            welcome_if_ready(context);
        }
        _ => return Err(Reply::InvalidCapCmd(subcommand.to_owned())),
    }
    Ok(())
}

/// Before login, notes whether the client is still choosing capabilities: the login waits for it to end.
fn negotiating(context: &mut Context, now: bool) {
    if let Registration::Open { negotiating, .. } = &mut context.world.client_mut(context.me).registration {
        *negotiating = now;
    }
}

fn answer_cap(context: &mut Context, subcommand: &str, list: &str) {
    let (server, name) = (&context.world.config.name, context.client().name());
    let line = context.world.line(format_args!(":{server} CAP {name} {subcommand} :{list}"));
    context.world.tell(context.me, &line, Cause::Answer);
}

/// PASS: the server's password, before NICK and USER.
pub(super) fn pass(context: &mut Context, message: &Message) -> Result<(), Reply> {
    match &mut context.world.client_mut(context.me).registration {
        Registration::Open { password, .. } => {
            *password = message.param(0).map(str::to_owned);
            Ok(())
        }
        Registration::Done { .. } => Err(Reply::AlreadyRegistered),
    }
}

/// NICK: the first name, or a new one.
pub(super) fn nick(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let wanted = message.param(0).filter(|nick| !nick.is_empty()).ok_or(Reply::NoNicknameGiven)?;
    let (old, source) = (context.client().name().to_owned(), context.client().source().to_owned());
    context.world.rename(context.me, wanted)?;
    if !context.client().is_registered() {
        welcome_if_ready(context);
        return Ok(());
    }
    let new = context.client().name().to_owned();
    if new != old {
        let line = context.world.line(format_args!(":{source} NICK {new}"));
        context.world.tell(context.me, &line, Cause::Answer);
        context.world.tell_neighbours(context.me, &line);
        context.world.note(Text::Renamed(old, new));
    }
    Ok(())
}

/// USER: the user name and the real name.
pub(super) fn user(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let client = context.client();
    if client.is_registered() || !client.user().is_empty() {
        return Err(Reply::AlreadyRegistered);
    }
    let [name, _, _, realname, ..] = message.params()[..] else {
        return Err(Reply::NeedMoreParams("USER".to_owned()));
    };
    // A user name stands between `!` and `@` in every prefix, so it must not have either.
    let name: String =
        name.chars().filter(|c| names::check_nickname(&format!("x{c}"), 8).is_ok() || *c == '.').collect();
    if name.is_empty() {
        return Err(Reply::NeedMoreParams("USER".to_owned()));
    }
    let client = context.world.client_mut(context.me);
    client.set_user(format!("~{}", truncate(&name, USER_BYTES - 1)));
    client.realname = truncate(realname, REALNAME_BYTES).to_owned();
    welcome_if_ready(context);
    Ok(())
}

/// Completes the login once a nickname and a user name are there, CAP has ended and the password is right.
fn welcome_if_ready(context: &mut Context) {
    let client = context.client();
    let Registration::Open { password, negotiating } = &client.registration else { return };
    if client.nick().is_none() || client.user().is_empty() || *negotiating {
        return;
    }
    if context.world.config.password.is_some() && *password != context.world.config.password {
        context.reply(&Reply::PasswordMismatch);
        context.world.disconnect(context.me, &Text::BadPassword);
        return;
    }
    context.world.register(context.me);
    let (nick, address) = (context.client().name().to_owned(), context.client().address.to_string());
    let online = context.world.users().to_string();
    context.world.note(Text::Arrived(nick, address, online));

    let config = context.world.config.clone();
    let version = status::VERSION.to_owned();
    context.reply(&Reply::Welcome(config.network.clone(), context.client().source().to_owned()));
    context.reply(&Reply::YourHost(config.name.clone(), version.clone()));
    context.reply(&Reply::Created(context.world.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()));
    context.reply(&Reply::MyInfo(config.name.clone(), version));
    status::isupport(context);
    status::send_lusers(context);
    motd::send(context, true);
}

/// QUIT: the client says goodbye. It is answered with ERROR and a closed connection, before login as after it.
pub(super) fn quit(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let words = truncate(message.param(0).unwrap_or_default(), QUIT_BYTES).to_owned();
    let reason = if words.is_empty() { Text::Left } else { Text::QuitWith(words) };
    context.world.disconnect(context.me, &reason);
    Ok(())
}
