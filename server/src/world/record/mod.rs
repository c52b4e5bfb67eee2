//! The record of what was said and done: made under the lock, written by the [store](crate::store) later.
//!
//! A conversation is a room or two people. In a private conversation a person is known by a *party* name: the
//! account, or for a guest, who has none, the nickname. A guest reads what was said since taking the name and no
//! more, so the next holder of the name does not read what was meant for somebody else.

pub(super) mod lasting;
pub(super) mod markers;
pub(super) mod number;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use teahouse_protocol::{CaseMapping, tags};

use super::{ChannelId, Flag, Number, Person, PersonId, World};
use crate::config::user_modes::UserMode;

/// Something to be kept.
#[derive(Debug)]
pub enum Record {
    /// Something that was said or done.
    Entry(Entry),
    /// A room has another name.
    Renamed(Arc<str>, Arc<str>),
    /// How far somebody has read in a conversation.
    Marker {
        /// The account, folded.
        account: String,
        /// The conversation's name, folded.
        target: String,
        /// How far; `None` where that is not known any more.
        read: Option<Number>,
    },
    /// A room that will go on after a restart, and since when; `None`: it will not.
    Room(Arc<str>, Option<Number>),
}

/// Something that was said or done in a conversation.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The conversation's key; see [`place_of`].
    pub(crate) place: Arc<str>,
    pub(crate) number: Number,
    /// When it was: mostly what the number says.
    pub(crate) time: Timestamp,
    pub(crate) kind: Kind,
    /// Whether a bot did it.
    pub(crate) bot: bool,
    /// The party name of the absent person that it waits for, if it does.
    pub(crate) waits: Option<Box<str>>,
    /// All its texts behind one another: one piece of memory for each entry.
    texts: Box<str>,
    ends: [u32; 4],
}

/// The texts of an entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Texts<'a> {
    /// `nick!user@host` of the person who did it.
    pub(crate) source: &'a str,
    /// The account of the person who did it; empty for none.
    pub(crate) account: &'a str,
    /// The hearer, in a private conversation.
    pub(crate) target: &'a str,
    /// The tags that clients send to each other, as they stood on the wire.
    pub(crate) tags: &'a str,
    /// The words said, or the text behind the room's name. The lines of one message are divided by LF, or by CR where
    /// they belong together.
    pub(crate) words: &'a str,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the command of its name")]
pub enum Kind {
    Privmsg = 1,
    Notice = 2,
    Tagmsg = 3,
    Join = 4,
    Part = 5,
    Quit = 6,
    Kick = 7,
    Nick = 8,
    Topic = 9,
    Mode = 10,
}

impl Kind {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Privmsg, "PRIVMSG"),
        (Self::Notice, "NOTICE"),
        (Self::Tagmsg, "TAGMSG"),
        (Self::Join, "JOIN"),
        (Self::Part, "PART"),
        (Self::Quit, "QUIT"),
        (Self::Kick, "KICK"),
        (Self::Nick, "NICK"),
        (Self::Topic, "TOPIC"),
        (Self::Mode, "MODE"),
    ];

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().map(|(kind, _)| kind).find(|kind| *kind as i64 == code)
    }

    pub(crate) fn from_command(command: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == command).map(|(kind, _)| kind)
    }

    pub(crate) fn command(self) -> &'static str {
        Self::ALL[self as usize - 1].1
    }

    /// Whether everybody gets it with a message identifier.
    pub(crate) fn has_msgid(self) -> bool {
        matches!(self, Self::Privmsg | Self::Notice | Self::Tagmsg)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.command())
    }
}

impl Entry {
    pub(crate) fn new(place: Arc<str>, number: Number, kind: Kind, bot: bool, texts: &Texts) -> Self {
        let Texts { source, account, target, tags, words } = *texts;
        let all = [source, account, target, tags, words];
        let mut joined = String::with_capacity(all.iter().map(|text| text.len()).sum());
        let mut ends = [0; 4];
        for (index, text) in all.into_iter().enumerate() {
            joined.push_str(text);
            if let Some(end) = ends.get_mut(index) {
                *end = joined.len() as u32;
            }
        }
        let (time, texts) = (number.time(), joined.into_boxed_str());
        Self { place, number, time, kind, bot, waits: None, texts, ends }
    }

    /// The same, said at another time than the number says.
    pub(crate) fn said_at(self, time: Timestamp) -> Self {
        Self { time, ..self }
    }

    pub(crate) fn texts(&self) -> Texts<'_> {
        let [one, two, three, four] = self.ends.map(|end| end as usize);
        let texts = &*self.texts;
        Texts {
            source: &texts[..one],
            account: &texts[one..two],
            target: &texts[two..three],
            tags: &texts[three..four],
            words: &texts[four..],
        }
    }
}

/// The name of a person in private conversations: the account, or `~` and the nickname.
pub(crate) fn party(person: &Person, casemapping: CaseMapping) -> String {
    match person.account() {
        Some(account) => casemapping.fold(account).as_str().to_owned(),
        None => format!("~{}", casemapping.fold(person.name()).as_str()),
    }
}

/// The key of a private conversation: both parties in order, with a space between them, which no name has.
pub(crate) fn place_of(one: &str, other: &str) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{first} {second}")
}

impl World {
    /// Keeps what a person did in a channel.
    pub(crate) fn keep_event(&mut self, who: PersonId, channel: ChannelId, kind: Kind, words: &str) {
        let number = self.next_number();
        self.keep(who, channel, number, kind, &Texts { words, ..Texts::default() });
    }

    /// Keeps that a member of a channel has another nickname; `source` has the old one.
    pub(super) fn keep_change_of_nick(&mut self, who: PersonId, channel: ChannelId, source: &str, new: &str) {
        let number = self.next_number();
        self.keep(who, channel, number, Kind::Nick, &Texts { source, words: new, ..Texts::default() });
    }

    /// Keeps what was said in a channel.
    pub(crate) fn keep_said(
        &mut self,
        who: PersonId,
        channel: ChannelId,
        number: Number,
        kind: Kind,
        tags: &str,
        words: &str,
    ) {
        if !is_fleeting(kind, tags) {
            self.keep(who, channel, number, kind, &Texts { tags, words, ..Texts::default() });
        }
    }

    fn keep(&mut self, who: PersonId, id: ChannelId, number: Number, kind: Kind, texts: &Texts) {
        let (person, channel) = (&self.people[who], &self.channels[id]);
        if !self.config.history || channel.modes.has(Flag::Unrecorded) {
            return;
        }
        let source = if texts.source.is_empty() { person.source() } else { texts.source };
        let texts = Texts { source, account: person.account().unwrap_or_default(), ..*texts };
        let entry =
            Entry::new(Arc::clone(&channel.place), number, kind, person.modes.has(UserMode::Bot), &texts)
                .said_at(self.time_of(number));
        self.effects.records.push(Record::Entry(entry));
    }

    /// Keeps what was said to one person, if one of the two has an account and neither is against it.
    pub(crate) fn keep_private(
        &mut self,
        who: PersonId,
        to: PersonId,
        number: Number,
        kind: Kind,
        tags: &str,
        words: &str,
    ) {
        let (from, person) = (&self.people[who], &self.people[to]);
        let against = |person: &Person| person.modes.has(UserMode::Unrecorded);
        if !self.config.history || (from.account().is_none() && person.account().is_none()) {
            return;
        }
        if against(from) || against(person) || is_fleeting(kind, tags) {
            return;
        }
        let casemapping = self.config.casemapping;
        let place = place_of(&party(from, casemapping), &party(person, casemapping));
        let account = from.account().unwrap_or_default();
        let texts = Texts { source: from.source(), account, target: person.name(), tags, words };
        let mut entry = Entry::new(place.into(), number, kind, from.modes.has(UserMode::Bot), &texts)
            .said_at(self.time_of(number));
        if kind != Kind::Tagmsg && !self.is_connected(to) {
            entry.waits = Some(party(person, casemapping).into_boxed_str());
        }
        self.effects.records.push(Record::Entry(entry));
    }

    /// Keeps what was said to the absent owner of an account of this name; it waits. Returns whether it does.
    pub(crate) fn keep_waiting(
        &mut self,
        who: PersonId,
        account: &str,
        number: Number,
        kind: Kind,
        tags: &str,
        words: &str,
    ) -> bool {
        let from = &self.people[who];
        if !self.config.history || from.modes.has(UserMode::Unrecorded) {
            return false;
        }
        let casemapping = self.config.casemapping;
        let waits = casemapping.fold(account).as_str().to_owned();
        let place = place_of(&party(from, casemapping), &waits);
        let mine = from.account().unwrap_or_default();
        let texts = Texts { source: from.source(), account: mine, target: account, tags, words };
        let mut entry = Entry::new(place.into(), number, kind, from.modes.has(UserMode::Bot), &texts)
            .said_at(self.time_of(number));
        entry.waits = Some(waits.into_boxed_str());
        self.effects.records.push(Record::Entry(entry));
        true
    }

    /// Notes whether a room will be the same one after a restart. A closed room will not. Nor will a room that
    /// belongs to nobody and needs more than its name to come in, since that is forgotten.
    pub(super) fn keep_room(&mut self, id: ChannelId, open: bool) {
        let channel = &self.channels[id];
        if !self.config.history || self.is_lobby(channel) {
            return;
        }
        let goes_on = open && (channel.registration.is_some() || !channel.modes.is_guarded());
        let since = goes_on.then_some(channel.since);
        let place = Arc::clone(&channel.place);
        self.effects.records.push(Record::Room(place, since));
    }

    /// The number from which a person may read what was said in a channel. Only members may read, and in some rooms
    /// only what was said since they came.
    pub(crate) fn may_read_since(&self, reader: PersonId, id: ChannelId) -> Option<Number> {
        let channel = &self.channels[id];
        let member = channel.members.get(&reader)?;
        Some(if channel.modes.has(Flag::NothingBefore) {
            channel.since.max(member.since)
        } else {
            channel.since
        })
    }
}

/// Whether something is of the moment only: that somebody is typing.
fn is_fleeting(kind: Kind, tags: &str) -> bool {
    kind == Kind::Tagmsg
        && tags.split(';').all(|tag| matches!(tag.split('=').next(), Some(tags::TYPING | tags::DRAFT_TYPING)))
}
