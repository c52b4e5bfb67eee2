//! Speaking: PRIVMSG, NOTICE and TAGMSG, to a room, to its members of some rank, or to one person
//! ([Modern IRC, "Sending Messages"](https://modern.ircdocs.horse/#sending-messages);
//! [IRCv3 message-tags](https://ircv3.net/specs/extensions/message-tags)).

pub(super) mod multiline;
mod speech;

use teahouse_protocol::{Message, names};

use super::context::{Context, listed};
use super::services;
use crate::commands::messages::speech::{
    Speech, channel_to_speak_in, client_only, may_hear, rank_and_channel, rank_of,
};
use crate::commands::services::service;
use crate::text::reply::Reply;
use crate::world::{Capability, Hearers, Line, Number, Others, PersonId};

/// How many targets one message may go to (MAXTARGETS, TARGMAX).
pub(super) const MAX_TARGETS: usize = 4;

/// PRIVMSG: says something.
pub(super) fn privmsg(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if multiline::take_line(context, "PRIVMSG", message) {
        return Ok(());
    }
    let (targets, speech) = words_of("PRIVMSG", message)?;
    speech::note_speech(context);
    to_each(context, targets, speech)
}

fn to_each(context: &mut Context, targets: &str, speech: Speech) -> Result<(), Reply> {
    for (index, target) in listed(targets).enumerate() {
        if index == MAX_TARGETS {
            return Err(Reply::TooManyTargets(target.to_owned()));
        }
        if let Err(reply) = deliver(context, target, speech) {
            context.reply(&reply);
        }
    }
    Ok(())
}

/// NOTICE: says something that nothing must ever answer by itself, not even the server with an error (RFC 2812 §3.3.2).
pub(super) fn notice(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if multiline::take_line(context, "NOTICE", message) {
        return Ok(());
    }
    if let Ok((targets, speech)) = words_of("NOTICE", message) {
        for target in listed(targets).take(MAX_TARGETS) {
            let _ = deliver(context, target, speech);
        }
    }
    Ok(())
}

/// TAGMSG: sends tags without words, such as "is typing". It goes only to clients that understand tags.
pub(super) fn tagmsg(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let targets = message.param(0).filter(|targets| listed(targets).next().is_some());
    let targets = targets.ok_or_else(|| Reply::NeedMoreParams("TAGMSG".to_owned()))?;
    if !context.has(Capability::MessageTags) {
        return Err(Reply::UnknownCommand("TAGMSG".to_owned()));
    }
    to_each(context, targets, Speech { command: "TAGMSG", text: None })
}

fn words_of<'m>(command: &'static str, message: &Message<'m>) -> Result<(&'m str, Speech<'m>), Reply> {
    let targets = message.param(0).filter(|targets| listed(targets).next().is_some());
    let targets = targets.ok_or_else(|| Reply::NoRecipient(command.to_owned()))?;
    let text = message.param(1).filter(|text| !text.is_empty()).ok_or(Reply::NoTextToSend)?;
    Ok((targets, Speech { command, text: Some(text) }))
}

fn deliver(context: &mut Context, target: &str, speech: Speech) -> Result<(), Reply> {
    let (rank, channel) = rank_and_channel(target);
    if names::is_channel(channel) {
        to_channel(context, rank, channel, speech)
    } else if let Some(mask) = target.strip_prefix('$') {
        to_everybody(context, mask.trim_start_matches('$'), target, speech)
    } else {
        to_person(context, target, speech)
    }
}

/// The line as others get it, with the tags that came along. A channel may have the prefix of a rank before it.
fn line_from(context: &Context, number: Number, speech: Speech, rank: &str, target: &str) -> Line {
    let mut tags = context.person().tags();
    if context.has(Capability::MessageTags) {
        tags.client_only = client_only(context.tags);
    }
    tags.msgid = Some(number);
    let (colon, text) = speech.text.map_or(("", ""), |text| (" :", text));
    let words = [":", context.person().source(), " ", speech.command, " ", rank, target, colon, text];
    context.world.line_of(context.world.time_of(number), tags, &words)
}

/// Speaks to the members of a channel who have this rank, by its prefix, or a higher one; without one, to everybody.
fn to_channel(context: &mut Context, rank: &str, name: &str, speech: Speech) -> Result<(), Reply> {
    let me = context.me;
    let least = rank_of(rank);
    let channel = channel_to_speak_in(context, name, speech)?;
    let number = context.world.next_number();
    let line = line_from(context, number, speech, rank, &context.world.channel(channel).name);
    if least.is_none() {
        let (kind, words) = (speech.kind(), speech.text.unwrap_or_default());
        context.world.keep_said(me, channel, number, kind, line.client_only(), words);
    }
    context.world.say(context.connection, channel, &line, Hearers { least, reads: speech.reads() });
    context.world.done_with(line);
    Ok(())
}

fn to_person(context: &mut Context, nick: &str, speech: Speech) -> Result<(), Reply> {
    let me = context.me;
    let to = match context.world.find(nick) {
        Ok(to) => to,
        Err(refusal) => {
            let absent =
                to_service(context, nick, speech).map(Ok).or_else(|| to_absent(context, nick, speech));
            return absent.unwrap_or(Err(refusal));
        }
    };
    let person = context.world.person(to).expect("it was found");
    may_hear(context, person)?;
    if let Some(outcome) = to_disconnected(context, to, speech) {
        return outcome;
    }
    let number = context.world.next_number();
    let person = context.world.person(to).expect("it was found");
    let line = line_from(context, number, speech, "", person.name());
    context.world.tell_unlabelled(to, &line, speech.reads());
    let (kind, words) = (speech.kind(), speech.text.unwrap_or_default());
    context.world.keep_private(me, to, number, kind, line.client_only(), words);
    // Users who speak to themselves hear both: what they said, and what somebody said to them (labeled-response).
    let others = if to == me { Others::DoNotHear } else { Others::Hear };
    context.world.tell_own(context.connection, &line, speech.reads(), others);
    context.world.done_with(line);
    speech::say_if_away(context, to, speech.command)
}

/// Speaks to one of the house's servants, if the name is a servant's. `None` if not.
fn to_service(context: &mut Context, name: &str, speech: Speech) -> Option<()> {
    let service = services::find(name)?;
    // A servant may be asked for what changes who hears the words of a burst.
    context.world.end_burst();
    if context.world.echoes(context.connection) {
        let number = context.world.next_number();
        let line = line_from(context, number, speech, "", service.name);
        // The servant answers this connection only.
        context.world.tell_own(context.connection, &line, speech.reads(), Others::DoNotHear);
        context.world.done_with(line);
    }
    // A notice is never answered.
    if let ("PRIVMSG", Some(said)) = (speech.command, speech.text) {
        service::hear(context, service, said);
    }
    Some(())
}

/// Lets words wait for somebody who has an account and is not here. `None` if there is nobody they could wait for.
fn to_absent(context: &mut Context, nick: &str, speech: Speech) -> Option<Result<(), Reply>> {
    let name = context.world.accounts.find(nick)?.name.clone();
    let text = speech.text?;
    let number = context.world.next_number();
    let line = line_from(context, number, speech, "", &name);
    if !context.world.keep_waiting(context.me, &name, number, speech.kind(), line.client_only(), text) {
        return None;
    }
    context.world.tell_own(context.connection, &line, speech.reads(), Others::Hear);
    context.world.done_with(line);
    Some(speech::say_that_it_waits(context, name, speech.command))
}

/// Lets words wait for somebody who stays here without a connection. `None` for anybody else.
fn to_disconnected(context: &mut Context, person: PersonId, speech: Speech) -> Option<Result<(), Reply>> {
    if context.world.is_connected(person) {
        return None;
    }
    let account = context.world.person(person)?.account()?.to_owned();
    to_absent(context, &account, speech)
}

/// `$mask`: an operator speaks to everybody on the servers whose name fits; there is a single server.
fn to_everybody(context: &mut Context, mask: &str, target: &str, speech: Speech) -> Result<(), Reply> {
    if !context.person().is_operator() {
        return Err(Reply::NoPrivileges);
    }
    if !context.is_this_server(mask) {
        return Err(Reply::NoSuchNick(target.to_owned()));
    }
    let number = context.world.next_number();
    let line = line_from(context, number, speech, "", target);
    let all: Vec<_> =
        context.world.people().filter(|(_, person)| person.is_registered()).map(|(id, _)| id).collect();
    for id in all {
        context.world.tell_readers(id, &line, speech.reads());
    }
    context.world.done_with(line);
    Ok(())
}
