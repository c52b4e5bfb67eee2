//! MONITOR: watching for people ([IRCv3 monitor](https://ircv3.net/specs/extensions/monitor)).

use teahouse_protocol::Message;
use teahouse_protocol::names::check_nickname;

use crate::commands::context::{Context, listed};
use crate::text::reply::Reply;

/// How many names one client may watch for (MONITOR).
pub(in crate::commands) const MAX_WATCHED: usize = 100;
/// How many bytes of names stand in one line.
const NAMES_BYTES: usize = 360;

pub(in crate::commands) fn monitor(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let names = message.param(1).unwrap_or_default();
    match message.param(0).unwrap_or_default() {
        "+" => add(context, names),
        "-" => {
            for nick in listed(names) {
                context.world.unwatch(context.connection, nick);
            }
        }
        "c" | "C" => context.world.forget_watched(context.connection),
        "l" | "L" => {
            let watched = watched(context);
            in_lines(context, &watched, Reply::MonList);
            context.reply(&Reply::EndOfMonList);
        }
        "s" | "S" => {
            let watched = watched(context);
            tell_who_is_here(context, &watched);
        }
        _ => return Err(Reply::NeedMoreParams("MONITOR".to_owned())),
    }
    Ok(())
}

fn add(context: &mut Context, names: &str) {
    let names: Vec<String> = listed(names).map(str::to_owned).collect();
    let mut added = Vec::new();
    for (index, nick) in names.iter().enumerate() {
        let config = context.world.config.clone();
        if names[..index].iter().any(|earlier| config.casemapping.same(earlier, nick)) {
            continue;
        }
        added.push(nick.clone());
        // A name that is no nickname is never here, and need not be watched for: masks, above all.
        let known = context.connection().monitored.contains_key(&config.casemapping.fold(nick).into_owned());
        if known || check_nickname(nick, config.nick_length).is_err() {
            continue;
        }
        if context.connection().monitored.len() >= MAX_WATCHED {
            added.pop();
            context.reply(&Reply::MonListFull(MAX_WATCHED.to_string(), names[index..].join(",")));
            break;
        }
        context.world.watch(context.connection, nick);
    }
    tell_who_is_here(context, &added);
}

/// The names that the client watches for, as it wrote them, in order.
fn watched(context: &Context) -> Vec<String> {
    let mut names: Vec<_> = context.connection().monitored.values().map(ToString::to_string).collect();
    names.sort();
    names
}

fn tell_who_is_here(context: &mut Context, names: &[String]) {
    let mut here = Vec::new();
    let mut gone = Vec::new();
    for nick in names {
        match context.world.find(nick).ok().and_then(|id| context.world.person(id)) {
            Some(person) => here.push(person.source().to_owned()),
            None => gone.push(nick.clone()),
        }
    }
    in_lines(context, &here, Reply::MonOnline);
    in_lines(context, &gone, Reply::MonOffline);
}

fn in_lines(context: &mut Context, names: &[String], reply: fn(String) -> Reply) {
    let mut line = String::new();
    for name in names {
        if !line.is_empty() && line.len() + 1 + name.len() > NAMES_BYTES {
            context.reply(&reply(std::mem::take(&mut line)));
        }
        if !line.is_empty() {
            line.push(',');
        }
        line.push_str(name);
    }
    if !line.is_empty() {
        context.reply(&reply(line));
    }
}
