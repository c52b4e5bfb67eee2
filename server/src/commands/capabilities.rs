//! CAP: what a client can ask for beyond the RFC
//! ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).

use std::net::SocketAddr;
use std::sync::Arc;

use teahouse_protocol::Message;
use teahouse_protocol::capabilities::STS;
use teahouse_protocol::framing::MAX_LINE_BYTES;

use super::context::Context;
use super::registration;
use crate::auth::sasl;
use crate::commands::messages::multiline;
use crate::config::Config;
use crate::outbox::Cause;
use crate::text::reply::Reply;
use crate::world::{Capabilities, Capability, Connection, ConnectionId, Person, World};

/// From this version of negotiation on, a list may have several lines, and `cap-notify` is always on.
const VERSION_302: u32 = 302;
/// How many bytes of names stand in one of several lines.
const NAMES_BYTES: usize = 360;

pub(super) fn cap(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let subcommand = message.param(0).unwrap_or_default();
    match subcommand.to_ascii_uppercase().as_str() {
        "LS" => {
            let version = message.param(1).and_then(|version| version.parse().ok()).unwrap_or(0);
            if version >= VERSION_302 {
                let connection = context.world.connection_mut(context.connection);
                connection.speaks_cap_302 = true;
                connection.capabilities.set(Capability::CapNotify, true);
            }
            negotiating(context, true);
            let all = offered(&context.world.config, context.connection(), version >= VERSION_302);
            let all: Vec<_> = all.iter().map(String::as_str).collect();
            list(context, "LS", &all, version >= VERSION_302);
        }
        "LIST" => {
            let set = context.connection().capabilities;
            let on: Vec<_> = Capability::ALL.iter().filter(|it| set.has(**it)).map(|it| it.name()).collect();
            list(context, "LIST", &on, context.connection().speaks_cap_302);
        }
        "REQ" => {
            negotiating(context, true);
            let wanted = message.param(1).unwrap_or_default();
            let changed = change(context, wanted);
            // A request that just fitted into a line may not fit behind the names of server and client.
            for names in in_lines(wanted.split_ascii_whitespace(), NAMES_BYTES) {
                answer(context, if changed.is_some() { "ACK" } else { "NAK" }, &names);
            }
            // The set changes after the last ACK, which has no tags yet that the set grants.
            if let Some(set) = changed {
                context.world.connection_mut(context.connection).capabilities = set;
            }
        }
        "END" => {
            negotiating(context, false);
            registration::welcome_if_ready(context);
        }
        _ => {
            return Err(Reply::InvalidCapCmd(
                if subcommand.is_empty() { "*" } else { subcommand }.to_owned(),
            ));
        }
    }
    Ok(())
}

/// Tells a connection which capabilities another configuration has brought or taken, if it wants to know. A
/// capability that is gone is off for everybody.
pub(super) fn tell_changes(world: &mut World, id: ConnectionId, before: &Config) {
    let config = Arc::clone(&world.config);
    let connection = world.connection_mut(id);
    for capability in Capability::ALL.iter().filter(|it| !is_there(**it, &config)) {
        connection.capabilities.set(*capability, false);
    }
    if !connection.has(Capability::CapNotify) {
        return;
    }
    let [before, after] =
        [before, &config].map(|config| offered(config, connection, connection.speaks_cap_302));
    let name = |word: &str| word.split('=').next().unwrap_or_default().to_owned();
    // A program that knows of TLS is not told to forget it: that runs out by itself (IRCv3 STS).
    let is_gone = |old: &String| old != STS && !after.iter().any(|new| name(new) == *old);
    let gone: Vec<_> = before.iter().map(|old| name(old)).filter(is_gone).collect();
    let new: Vec<_> = after.into_iter().filter(|new| !before.contains(new)).collect();
    let nick = world.person_at(id).map_or("*", Person::name).to_owned();
    for (subcommand, names) in [("DEL", gone), ("NEW", new)] {
        let lines = in_lines(names.iter().map(String::as_str), NAMES_BYTES);
        for names in lines.iter().filter(|names| !names.is_empty()) {
            let line = world.line(format_args!(":{} CAP {nick} {subcommand} :{names}", config.name));
            world.tell(id, &line, Cause::Others);
        }
    }
}

/// The capabilities that the server offers; with version 302 with their values.
fn offered(config: &Config, connection: &Connection, with_values: bool) -> Vec<String> {
    let there = Capability::ALL.iter().filter(|it| is_there(**it, config));
    let mut all: Vec<_> = there
        .map(|capability| (capability, capability.name()))
        .map(|(capability, name)| match capability {
            Capability::Sasl if with_values => {
                let secure = connection.is_secure;
                format!("{name}={}", sasl::list(config.scram, secure))
            }
            Capability::Multiline if with_values => {
                format!("{name}=max-bytes={},max-lines={}", multiline::MOST_BYTES, multiline::MOST_LINES)
            }
            Capability::AccountRegistration if with_values && config.opens_accounts_early() => {
                format!("{name}=before-connect")
            }
            _ => name.to_owned(),
        })
        .collect();
    all.extend(sts(config, connection).filter(|_| with_values));
    all
}

/// Whether a capability can be had.
fn is_there(capability: Capability, config: &Config) -> bool {
    match capability {
        Capability::AccountRegistration => config.registration,
        Capability::ChatHistory | Capability::EventPlayback | Capability::MessageRedaction => config.history,
        // A client chooses its language by LANGUAGE, and learns from its answer which there are.
        Capability::Languages => false,
        _ => true,
    }
}

/// The value of `sts` ([IRCv3 STS](https://ircv3.net/specs/extensions/sts)): where TLS is found, or, for a client
/// that came over it, for how long to use nothing else. It looks like a capability, but cannot be requested.
fn sts(config: &Config, connection: &Connection) -> Option<String> {
    let duration = config.sts_duration?;
    if connection.is_secure {
        return Some(format!("{STS}=duration={}", duration.as_secs()));
    }
    let port = config.sts_port.or_else(|| config.listen_tls.first().map(SocketAddr::port))?;
    (!duration.is_zero()).then(|| format!("{STS}=port={port}"))
}

/// The set after a request. All or nothing: a single name that is not known, and nothing changes.
fn change(context: &Context, wanted: &str) -> Option<Capabilities> {
    let connection = context.connection();
    let mut set = connection.capabilities;
    for word in wanted.split_ascii_whitespace() {
        let (name, on) = word.strip_prefix('-').map_or((word, true), |name| (name, false));
        let capability = Capability::from_name(name)?;
        let is_there = is_there(capability, &context.world.config);
        // A capability that another configuration took away may still be given back; the languages were never one here.
        if !is_there && (on || capability == Capability::Languages) {
            return None;
        }
        set.set(capability, on);
    }
    // The capability that comes with version 302 stays as long as the connection does.
    (set.has(Capability::CapNotify) || !connection.speaks_cap_302).then_some(set)
}

/// Before login, notes whether the client is still choosing: the login waits for it to end.
fn negotiating(context: &mut Context, now: bool) {
    if let Some(login) = context.login() {
        login.negotiating = now;
    }
}

/// Sends names, in as many lines as it takes. A client that does not know `*` as "more follows" gets what fits in one
/// line. Drafts stand last there, because they came after that was agreed on.
fn list(context: &mut Context, subcommand: &str, names: &[&str], several_lines: bool) {
    let mut names = names.to_vec();
    if !several_lines {
        names.sort_by_key(|name| name.starts_with("draft/"));
    }
    let around = context.world.config.name.len() + context.person().name().len() + ": CAP   : *\r\n".len();
    let bytes =
        if several_lines { NAMES_BYTES } else { MAX_LINE_BYTES.saturating_sub(around + subcommand.len()) };
    let mut lines = in_lines(names.into_iter(), bytes);
    if !several_lines {
        lines.truncate(1);
    }
    let (last, before) = lines.split_last().expect("there is always one");
    for line in before {
        answer(context, &format!("{subcommand} *"), line);
    }
    answer(context, subcommand, last);
}

/// Names in lines of at most so many bytes; at least one line, which may be empty.
fn in_lines<'n>(names: impl Iterator<Item = &'n str>, bytes: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for name in names {
        let last = lines.last_mut().expect("there is always one");
        if !last.is_empty() && last.len() + 1 + name.len() > bytes {
            lines.push(name.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(name);
        }
    }
    lines
}

fn answer(context: &mut Context, subcommand: &str, names: &str) {
    let name = context.person().name().to_owned();
    context.send(format_args!("CAP {name} {subcommand} :{names}"));
}
