//! PART and KICK: going, and being made to go.

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::{WORDS_BYTES, require_one};
use crate::commands::context::{Context, listed};
use crate::text::reply::Reply;
use crate::world::{ChannelId, Kind, Line, PersonId, Rank};

/// PART: leaves rooms.
pub(in crate::commands) fn part(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (names, words) = (message.param(0).unwrap_or_default(), message.param(1).unwrap_or_default());
    require_one(names, "PART")?;
    let words = truncate(words, WORDS_BYTES);
    for name in listed(names) {
        match context.world.joined(context.me, name) {
            Ok(channel) => leave(context, channel, words),
            Err(refusal) => context.reply(&refusal),
        }
    }
    Ok(())
}

pub(super) fn leave(context: &mut Context, channel: ChannelId, words: &str) {
    let line = departure_line(context, context.me, channel, words);
    context.world.tell_channel(channel, |_, _, _| Some(&line));
    context.world.keep_event(context.me, channel, Kind::Part, words);
    context.world.leave(context.me, channel);
}

pub(super) fn departure_line(context: &Context, leaver: PersonId, channel: ChannelId, words: &str) -> Line {
    let person = context.world.person(leaver).expect("a member is here");
    let (source, name) = (person.source(), &context.world.channel(channel).name);
    let line = if words.is_empty() {
        context.world.line(format_args!(":{source} PART {name}"))
    } else {
        context.world.line(format_args!(":{source} PART {name} :{words}"))
    };
    line.with_tags(person.tags())
}

/// KICK: removes people from a room, those of a lower rank, and operators each other; or, with as many rooms as people,
/// each from the room in the same place (RFC 2812 §3.2.8).
pub(in crate::commands) fn kick(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let names: Vec<_> = listed(message.param(0).unwrap_or_default()).collect();
    let nicks: Vec<_> = listed(message.param(1).unwrap_or_default()).collect();
    if nicks.is_empty() || (names.len() != 1 && names.len() != nicks.len()) {
        return Err(Reply::NeedMoreParams("KICK".to_owned()));
    }
    let me = context.person().name().to_owned();
    let words = message.param(2).filter(|words| !words.is_empty()).unwrap_or(&me);
    let words = truncate(words, WORDS_BYTES);
    // A fault of the room is told once, not for each member who was to leave it.
    let mut refused = Vec::new();
    for (name, nick) in names.iter().cycle().zip(nicks) {
        let removed = may_remove(context, name).and_then(|channel| remove(context, channel, nick, words));
        if let Err(refusal) = removed
            && !refused.contains(&refusal)
        {
            context.reply(&refusal);
            refused.push(refusal);
        }
    }
    Ok(())
}

/// The room from which the client may remove people, by its name.
fn may_remove(context: &Context, name: &str) -> Result<ChannelId, Reply> {
    let channel = context.world.find_visible_channel(context.me, name)?;
    if !context.person().is_operator() {
        context.world.joined(context.me, name)?;
    }
    context.need_rank(channel, Rank::HalfOperator)?;
    Ok(channel)
}

fn remove(context: &mut Context, id: ChannelId, nick: &str, words: &str) -> Result<(), Reply> {
    let person = context.world.find(nick)?;
    let channel = context.world.channel(id);
    let name = context.world.person(person).expect("it was found").name().to_owned();
    if !channel.members.contains_key(&person) {
        return Err(Reply::UserNotInChannel(name, channel.name.clone()));
    }
    let (mine, theirs) = (channel.ranks(context.me).highest(), channel.ranks(person).highest());
    // Half operators cannot remove each other; from operators up, only a member of higher rank is safe.
    let too_high = match mine {
        Some(mine) if mine >= Rank::Operator => theirs > Some(mine),
        _ => theirs >= Some(Rank::HalfOperator),
    };
    if too_high && !context.person().is_operator() {
        return Err(Reply::ChanOPrivsNeeded(channel.name.clone()));
    }
    let (source, channel_name) = (context.person().source(), &channel.name);
    let line = context.world.line(format_args!(":{source} KICK {channel_name} {name} :{words}"));
    let line = line.with_tags(context.person().tags());
    context.world.tell_channel(id, |_, _, _| Some(&line));
    context.world.keep_event(context.me, id, Kind::Kick, &format!("{name} :{words}"));
    context.world.leave(person, id);
    Ok(())
}
