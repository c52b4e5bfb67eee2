//! People by name, and what they say of themselves: ISON, USERHOST, AWAY, SETNAME.

pub(super) mod modes;
pub(super) mod monitor;
pub(super) mod who;

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::context::Context;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capability, Connection, Person};

/// The longest reason for being away, in bytes (AWAYLEN).
pub(super) const AWAY_BYTES: usize = 200;
/// The longest real name, in bytes (NAMELEN).
pub(super) const REALNAME_BYTES: usize = 150;
/// How many names USERHOST answers for (RFC 2812 §4.8).
const USERHOST_NAMES: usize = 5;

/// AWAY: with words the user is away, without them back. People who share a room and asked for it are told
/// ([away-notify](https://ircv3.net/specs/extensions/away-notify)); before login it needs
/// [pre-away](https://ircv3.net/specs/extensions/pre-away), with `*` for "no words, but nobody is there".
pub(super) fn away(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let registered = context.person().is_registered();
    if !registered && !context.has(Capability::PreAway) {
        return Err(Reply::NotRegistered);
    }
    let words = message.param(0).filter(|words| !words.is_empty());
    let words = words.map(|words| truncate(words, AWAY_BYTES).to_owned());
    let changed = context.person().away != words;
    context.world.person_mut(context.me).away = words;
    let gone = context.person().away.is_some();
    context.reply(if gone { &Reply::NowAway } else { &Reply::UnAway });
    if registered && changed {
        context.world.tell_away(context.me);
        context.world.keep_presence(context.me);
    }
    Ok(())
}

/// SETNAME: another real name ([IRCv3 setname](https://ircv3.net/specs/extensions/setname)).
pub(super) fn setname(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let name = message.param(0).unwrap_or_default();
    if name.is_empty() || name.len() > REALNAME_BYTES {
        context.fail("SETNAME", "INVALID_REALNAME", "", &Text::InvalidRealname);
        return Ok(());
    }
    context.world.person_mut(context.me).realname = name.to_owned();
    context.world.keep_presence(context.me);
    let person = context.person();
    let line =
        context.world.line(format_args!(":{} SETNAME :{name}", person.source())).with_tags(person.tags());
    let wants = |connection: &Connection| connection.has(Capability::SetName).then_some(&line);
    context.world.tell_person(context.me, |_, connection| wants(connection));
    context.world.tell_neighbours_and_watchers(context.me, wants);
    Ok(())
}

/// ISON: which of these people are here.
pub(super) fn ison(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let asked = message.params().iter().flat_map(|param| param.split(' ')).filter(|nick| !nick.is_empty());
    let here: Vec<_> = asked.filter_map(|nick| found(context, nick)).map(Person::name).collect();
    let here = here.join(" ");
    context.reply(&Reply::IsOn(here));
    Ok(())
}

/// USERHOST: where these people come from, whether they are operators, and whether they are away.
pub(super) fn userhost(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let people = message.params().iter().take(USERHOST_NAMES).filter_map(|nick| found(context, nick));
    let list: Vec<_> = people
        .map(|person| {
            let star = if person.is_operator() { "*" } else { "" };
            let sign = if person.away.is_some() { '-' } else { '+' };
            format!("{}{star}={sign}{}@{}", person.name(), person.user(), person.host())
        })
        .collect();
    context.reply(&Reply::UserHost(list.join(" ")));
    Ok(())
}

fn found<'c>(context: &'c Context, nick: &str) -> Option<&'c Person> {
    context.world.find(nick).ok().and_then(|id| context.world.person(id))
}
