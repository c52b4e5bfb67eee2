//! The rules for all speech, whichever way it goes: who may speak where, who hears it, and what the speaker learns of
//! them.

use teahouse_protocol::Tags;
use teahouse_protocol::text::Ctcp;

use crate::commands::context::Context;
use crate::config::user_modes::UserMode;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::mask::Subject;
use crate::world::{ChannelId, Flag, Kind, Person, PersonId, Rank, Reads};

/// One message on its way: the command, and the words behind the target, if there are any.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Speech<'a> {
    pub(in crate::commands) command: &'static str,
    pub(in crate::commands) text: Option<&'a str>,
}

impl Speech<'_> {
    pub(in crate::commands) fn kind(self) -> Kind {
        Kind::from_command(self.command).expect("it is one of the three")
    }

    /// Which connections can read it: tags without words are only for connections that asked for tags.
    pub(in crate::commands) fn reads(self) -> Reads {
        if self.text.is_some() { Reads::Words } else { Reads::TagsAlone }
    }
}

/// The tags that clients send to each other, as they stand on the wire; each key once, with its last value.
pub(in crate::commands) fn client_only(tags: Tags) -> String {
    if tags.is_empty() {
        return String::new();
    }
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for tag in tags.as_wire().split(';') {
        let key = tag.split('=').next().unwrap_or(tag);
        if key.strip_prefix('+').is_some_and(|key| !key.is_empty()) {
            kept.retain(|(other, _)| *other != key);
            kept.push((key, tag));
        }
    }
    kept.into_iter().map(|(_, tag)| tag).collect::<Vec<_>>().join(";")
}

/// The prefix of a rank before a channel's name, and the name: `@#room` is for operators and higher. Of several
/// prefixes the lowest counts (Modern IRC, "PRIVMSG"). Without one, no prefix and the whole target.
pub(super) fn rank_and_channel(target: &str) -> (&str, &str) {
    let behind = target.trim_start_matches(|c| Rank::from_prefix(c).is_some());
    let prefixes = target[..target.len() - behind.len()].split_inclusive(|_| true);
    match prefixes.min_by_key(|prefix| rank_of(prefix)) {
        Some(rank) if behind.starts_with('#') => (rank, behind),
        _ => ("", target),
    }
}

/// The rank with this prefix.
pub(super) fn rank_of(prefix: &str) -> Option<Rank> {
    prefix.chars().next().and_then(Rank::from_prefix)
}

/// Notes for WHOIS that the client is not idle.
pub(super) fn note_speech(context: &mut Context) {
    let now = context.world.now;
    context.world.person_mut(context.me).spoke = now;
}

/// The channel of this name, if the client may speak in it; notes the time for slow mode if so.
///
/// A secret channel can be spoken in; but a client that is refused does not learn that the channel is there.
///
/// # Errors
/// ERR_NOSUCHCHANNEL, ERR_CANNOTSENDTOCHAN.
pub(super) fn channel_to_speak_in(
    context: &mut Context,
    name: &str,
    speech: Speech,
) -> Result<ChannelId, Reply> {
    let channel = context.world.find_channel(name)?;
    match may_speak(context, channel, speech) {
        Ok(()) => Ok(channel),
        Err(refusal) => context.world.find_visible_channel(context.me, name).and(Err(refusal)),
    }
}

fn may_speak(context: &mut Context, id: ChannelId, speech: Speech) -> Result<(), Reply> {
    let (me, now, casemapping) = (context.me, context.world.now, context.world.config.casemapping);
    let channel = context.world.channel(id);
    let person = context.person();
    let ranks = channel.ranks(me);
    let has_voice = ranks.at_least(Rank::Voice);
    // A client that does not know messages of several lines gets each line as a message.
    let is_ctcp = |line| Ctcp::parse(line).is_some_and(|ctcp| !ctcp.is_action());
    let has_ctcp = || speech.text.unwrap_or_default().split(['\n', '\r']).any(is_ctcp);
    let member = channel.members.get(&me);
    let slow = channel.modes.slow_secs.filter(|_| !has_voice && speech.text.is_some());
    // If the clock has been set back, the last message was in the future, and is long ago all the same.
    let wait = slow
        .zip(member.and_then(|member| member.spoke))
        .map_or(0, |(secs, spoke)| i64::from(secs) - now.duration_since(spoke).as_secs().abs());
    let obstacle = if member.is_none() && channel.modes.has(Flag::NoOutsiders) {
        Some(Text::NotMember)
    } else if channel.modes.has(Flag::Moderated) && !has_voice {
        Some(Text::NeedVoice)
    } else if channel.modes.has(Flag::RegisteredSpeak) && person.account().is_none() && !has_voice {
        Some(Text::NeedAccount)
    } else if !has_voice
        && context
            .world
            .faces(me)
            .any(|face| channel.bans(face, &[Subject::Presence, Subject::Speech], casemapping))
    {
        Some(Text::BannedThere)
    } else if channel.modes.has(Flag::NoCtcp) && has_ctcp() {
        Some(Text::CtcpBlocked)
    } else if wait > 0 {
        Some(Text::TooSoon(wait.to_string()))
    } else {
        None
    };
    if let Some(why) = obstacle {
        return Err(Reply::CannotSendToChan(channel.name.clone(), context.say(&why)));
    }
    if slow.is_some()
        && let Some(member) = context.world.channel_mut(id).members.get_mut(&me)
    {
        member.spoke = Some(now);
    }
    Ok(())
}

/// Goes on if somebody wants to hear the client privately.
///
/// # Errors
/// ERR_NONONREG.
pub(super) fn may_hear(context: &Context, person: &Person) -> Result<(), Reply> {
    let known = context.person().account().is_some() || std::ptr::eq(person, context.person());
    if person.modes.has(UserMode::RegisteredOnly) && !known {
        return Err(Reply::NonOnReg(person.name().to_owned()));
    }
    Ok(())
}

/// Answers for somebody who is away.
///
/// # Errors
/// RPL_AWAY, which is no error.
pub(super) fn say_if_away(context: &Context, person: PersonId, command: &str) -> Result<(), Reply> {
    let person = context.world.person(person).expect("it was found");
    match person.away.clone().filter(|_| command == "PRIVMSG") {
        Some(words) => Err(Reply::Away(person.name().to_owned(), words)),
        None => Ok(()),
    }
}

/// Answers for somebody who is not here.
///
/// # Errors
/// RPL_AWAY, which is no error.
pub(super) fn say_that_it_waits(context: &Context, name: String, command: &str) -> Result<(), Reply> {
    let words = context.say(&Text::MessageWaits);
    if command == "PRIVMSG" { Err(Reply::Away(name, words)) } else { Ok(()) }
}
