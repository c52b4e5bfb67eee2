//! MODE of a channel: what may be done there, and which rank each member has
//! ([Modern IRC, "MODE message"](https://modern.ircdocs.horse/#mode-message)). A user's own modes are in
//! [`people`](crate::commands::people).

use teahouse_protocol::{Message, names};

use crate::commands::context::Context;
use crate::commands::people::modes::user_mode;
use crate::config::network::Network;
use crate::text::duration;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::mask::{self, ListEntry};
use crate::world::{ChannelId, Flag, Kind, List, Rank, Setting, given_by};

/// How many changes with a parameter one MODE may have (MODES).
pub(in crate::commands) const MAX_CHANGES: usize = 6;
/// How many entries the lists of one channel may have together (MAXLIST).
pub(in crate::commands) const MAX_ENTRIES: usize = 100;
/// The longest key, in bytes (KEYLEN).
pub(in crate::commands) const KEY_BYTES: usize = 32;
/// The longest entry of a list, in bytes.
const MASK_BYTES: usize = 150;
/// How many bytes of parameters stand in one MODE that others get.
const PARAMS_BYTES: usize = 250;
/// The longest wait in slow mode, in seconds.
const MAX_SLOW_SECS: u32 = 3600;
/// The largest limit of members.
const MAX_LIMIT: usize = 1_000_000;

/// A change that was made: on or off, the letter, and the parameter if it has one.
type Change = (bool, char, Option<String>);

/// The letters of a room's modes, as CHANMODES tells them apart: lists; the key, with a parameter when it goes too;
/// other settings; flags.
pub(in crate::commands) fn kinds() -> [String; 4] {
    let lists = List::ALL.iter().map(|(_, letter)| *letter);
    let (key, settings): (Vec<_>, Vec<_>) =
        Setting::ALL.iter().partition(|(setting, _)| *setting == Setting::Key);
    let [key, settings] = [key, settings].map(|rows| in_order(rows.into_iter().map(|(_, letter)| letter)));
    [in_order(lists), key, settings, in_order(Flag::ALL.iter().map(|(_, letter)| *letter))]
}

/// The letters in the order that lists of modes have.
pub(in crate::commands) fn in_order(letters: impl Iterator<Item = char>) -> String {
    let mut letters: Vec<_> = letters.collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

/// MODE: shows or changes the modes of a channel, or of the client itself.
pub(in crate::commands) fn mode(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let target = message.param(0).unwrap_or_default();
    if names::is_channel(target) {
        channel_mode(context, target, message)
    } else {
        user_mode(context, target, message)
    }
}

fn channel_mode(context: &mut Context, name: &str, message: &Message) -> Result<(), Reply> {
    let id = context.world.find_visible_channel(context.me, name)?;
    let Some(letters) = message.param(1) else {
        let is_member = context.world.is_member(context.me, id);
        let channel = context.world.channel(id);
        let (name, modes) = (channel.name.clone(), channel.modes.describe(is_member));
        let created = channel.created.as_second().to_string();
        context.reply(&Reply::ChannelModeIs(name.clone(), modes));
        context.reply(&Reply::CreationTime(name, created));
        return Ok(());
    };
    let mut params = message.params().iter().skip(2).copied();
    let mut changes: Vec<Change> = Vec::new();
    let (mut asked, mut refusals) = (Vec::new(), Vec::new());
    let mut on = true;
    for letter in letters.chars() {
        match letter {
            '+' => on = true,
            '-' => on = false,
            _ => match change(context, id, on, letter, &mut params) {
                Ok(Outcome::Changed(change)) => changes.push(change),
                Ok(Outcome::AsItWas) => {}
                // Four hundred letters in one line are not four hundred answers.
                Ok(Outcome::Asked(list)) if asked.contains(&list) => {}
                Ok(Outcome::Asked(list)) => {
                    show_list(context, id, list);
                    asked.push(list);
                }
                Err(refusal) if refusals.contains(&refusal) => {}
                Err(refusal) => {
                    context.reply(&refusal);
                    if matches!(refusal, Reply::ChanOPrivsNeeded(_)) {
                        break;
                    }
                    refusals.push(refusal);
                }
            },
        }
        if changes.iter().filter(|(.., param)| param.is_some()).count() >= MAX_CHANGES {
            break;
        }
    }
    tell(context, id, &changes);
    if !changes.is_empty() {
        context.world.keep_channel(id);
    }
    Ok(())
}

/// The outcome of one letter.
enum Outcome {
    Changed(Change),
    AsItWas,
    /// A letter of a list without a mask: what stands on it?
    Asked(List),
}

impl From<Option<Change>> for Outcome {
    fn from(change: Option<Change>) -> Self {
        change.map_or(Self::AsItWas, Self::Changed)
    }
}

/// Makes one change.
fn change<'m>(
    context: &mut Context,
    channel: ChannelId,
    on: bool,
    letter: char,
    params: &mut impl Iterator<Item = &'m str>,
) -> Result<Outcome, Reply> {
    if let Some(list) = List::from_letter(letter) {
        return match params.next() {
            Some(typed) => change_list(context, channel, on, letter, list, typed).map(Outcome::from),
            None => Ok(Outcome::Asked(list)),
        };
    }
    if let Some(rank) = Rank::from_letter(letter) {
        let nick = params.next();
        return change_rank(context, channel, on, letter, rank, nick).map(Outcome::from);
    }
    let channel_name = context.world.channel(channel).name.clone();
    let invalid =
        |param: &str| Reply::InvalidModeParam(channel_name.clone(), letter.to_string(), param.to_owned());
    if let Some(flag) = Flag::from_letter(letter) {
        context.need_rank(channel, Rank::Operator)?;
        let modes = &mut context.world.channel_mut(channel).modes;
        let changed = modes.has(flag) != on;
        modes.set(flag, on);
        return Ok(changed.then_some((on, letter, None)).into());
    }
    let setting = Setting::from_letter(letter).ok_or_else(|| Reply::UnknownMode(letter.to_string()))?;
    context.need_rank(channel, Rank::Operator)?;
    let modes = &mut context.world.channel_mut(channel).modes;
    let change = match (setting, on) {
        (Setting::Key, true) => {
            let key = params.next().ok_or_else(|| invalid(""))?;
            if key.is_empty() || key.len() > KEY_BYTES || key.starts_with(':') || key.contains([' ', ',']) {
                return Err(invalid(key));
            }
            modes.key = Some(key.to_owned());
            Some((true, letter, Some(key.to_owned())))
        }
        (Setting::Key, false) => {
            // A client says which key it takes away; there is only one, so it need not be right.
            let _ = params.next();
            modes.key.take().map(|_| (false, letter, Some("*".to_owned())))
        }
        (Setting::Limit, true) => {
            let param = params.next().unwrap_or_default();
            let limit = param.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
            modes.limit = Some(limit.ok_or_else(|| invalid(param))?);
            limit.map(|limit| (true, letter, Some(limit.to_string())))
        }
        (Setting::Limit, false) => modes.limit.take().map(|_| (false, letter, None)),
        (Setting::Slow, true) => {
            let param = params.next().unwrap_or_default();
            let length = || duration::seconds(param, 1).and_then(|secs| u32::try_from(secs).ok());
            let secs = param.parse().ok().or_else(length).filter(|secs| (1..=MAX_SLOW_SECS).contains(secs));
            modes.slow_secs = Some(secs.ok_or_else(|| invalid(param))?);
            secs.map(|secs| (true, letter, Some(secs.to_string())))
        }
        (Setting::Slow, false) => modes.slow_secs.take().map(|_| (false, letter, None)),
    };
    Ok(change.into())
}

fn change_list(
    context: &mut Context,
    id: ChannelId,
    on: bool,
    letter: char,
    list: List,
    typed: &str,
) -> Result<Option<Change>, Reply> {
    context.need_rank(id, Rank::HalfOperator)?;
    let (who, when) = (context.person().source().to_owned(), context.world.now);
    let (casemapping, nick_bytes) = (context.world.config.casemapping, context.world.config.nick_length);
    let channel = context.world.channel_mut(id);
    // The colon that an IPv6 address may begin with was taken for that of a last parameter.
    let address = format!(":{typed}");
    let typed = if Network::parse(&address).is_some() { &address } else { typed };
    let is_word = !typed.starts_with(':') || Network::parse(typed).is_some();
    if typed.is_empty() || typed.len() > MASK_BYTES || !is_word || typed.contains(' ') {
        return Err(Reply::InvalidModeParam(channel.name.clone(), letter.to_string(), typed.to_owned()));
    }
    let mask = ListEntry::normal_form(typed);
    let fault = mask::fault(mask.strip_prefix("m:").unwrap_or(&mask), nick_bytes).filter(|why| {
        // A name that nobody can have harms nobody, and clients offer any; a network that is none keeps nobody out.
        on && !matches!(why, Text::MaskFitsNoNick(_))
    });
    if let Some(why) = fault {
        let refusal = Reply::InvalidModeParam(channel.name.clone(), letter.to_string(), typed.to_owned());
        context.notice(&why);
        return Err(refusal);
    }
    let known = channel.modes.list(list).iter().position(|entry| casemapping.same(&entry.mask, &mask));
    match (on, known) {
        (true, Some(_)) | (false, None) => Ok(None),
        (true, None) if channel.modes.entries() >= MAX_ENTRIES => {
            Err(Reply::BanListFull(channel.name.clone(), letter.to_string()))
        }
        (true, None) => {
            channel.modes.list_mut(list).push(ListEntry { mask: mask.clone(), who, when });
            Ok(Some((true, letter, Some(mask))))
        }
        (false, Some(index)) => {
            let entry = channel.modes.list_mut(list).remove(index);
            Ok(Some((false, letter, Some(entry.mask))))
        }
    }
}

fn show_list(context: &mut Context, id: ChannelId, list: List) {
    let channel = context.world.channel(id);
    let name = channel.name.clone();
    for entry in channel.modes.list(list).to_vec() {
        let (name, when) = (name.clone(), entry.when.as_second().to_string());
        context.reply(&match list {
            List::Bans => Reply::BanList(name, entry.mask, entry.who, when),
            List::Exceptions => Reply::ExceptList(name, entry.mask, entry.who, when),
            List::Invitations => Reply::InvexList(name, entry.mask, entry.who, when),
        });
    }
    context.reply(&match list {
        List::Bans => Reply::EndOfBanList(name),
        List::Exceptions => Reply::EndOfExceptList(name),
        List::Invitations => Reply::EndOfInvexList(name),
    });
}

fn change_rank(
    context: &mut Context,
    channel: ChannelId,
    on: bool,
    letter: char,
    rank: Rank,
    nick: Option<&str>,
) -> Result<Option<Change>, Reply> {
    let found = nick.map(|nick| context.world.find(nick));
    // Everybody may step down.
    if on || !matches!(found, Some(Ok(person)) if person == context.me) {
        context.need_rank(channel, given_by(rank))?;
    }
    let channel_name = context.world.channel(channel).name.clone();
    let Some(found) = found else {
        return Err(Reply::InvalidModeParam(channel_name, letter.to_string(), "*".to_owned()));
    };
    let person = found?;
    let name = context.world.person(person).expect("it was found").name().to_owned();
    if !context.world.is_member(person, channel) {
        return Err(Reply::UserNotInChannel(name, channel_name));
    }
    let changed = context.world.set_ranks(person, channel, &[rank], on);
    Ok(changed.then_some((on, letter, Some(name))))
}

/// Tells everybody in the room what has changed, in as many lines as it takes.
fn tell(context: &mut Context, channel: ChannelId, changes: &[Change]) {
    let mut rest = changes;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fitting = rest.iter().take_while(|(.., param)| {
            bytes += param.as_ref().map_or(0, |param| param.len() + 1);
            bytes <= PARAMS_BYTES
        });
        let (now, later) = rest.split_at(fitting.count().max(1));
        rest = later;
        let mut letters = String::new();
        let mut params = String::new();
        let mut sign = None;
        for (on, letter, param) in now {
            if sign != Some(*on) {
                letters.push(if *on { '+' } else { '-' });
                sign = Some(*on);
            }
            letters.push(*letter);
            if let Some(param) = param {
                params.push(' ');
                params.push_str(param);
            }
        }
        let name = &context.world.channel(channel).name;
        let line =
            context.world.line(format_args!(":{} MODE {name} {letters}{params}", context.person().source()));
        let line = line.with_tags(context.person().tags());
        context.world.tell_channel(channel, |_, _, _| Some(&line));
        if !context.world.is_member(context.me, channel) {
            context.world.tell_person(context.me, |_, _| Some(&line));
        }
        context.world.keep_event(context.me, channel, Kind::Mode, &format!("{letters}{params}"));
    }
}

impl Context<'_> {
    /// Goes on only for a client that has at least this rank in a channel; server operators have every rank.
    ///
    /// # Errors
    /// ERR_CHANOPRIVSNEEDED.
    pub(super) fn need_rank(&self, id: ChannelId, rank: Rank) -> Result<(), Reply> {
        let channel = self.world.channel(id);
        let allowed = channel.ranks(self.me).at_least(rank) || self.person().is_operator();
        if allowed { Ok(()) } else { Err(Reply::ChanOPrivsNeeded(channel.name.clone())) }
    }
}
