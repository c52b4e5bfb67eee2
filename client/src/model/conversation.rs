//! One conversation: its lines, what of them is unread, and who is there.
//!
//! Lines are only ever added at the end, dropped from the front when there are too many, or cleared all together;
//! a line that stands here never changes. So a widget may measure a line once and keep the result under its
//! [`LineId`].

use std::collections::VecDeque;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::members::Members;
use super::network::NetworkId;
use crate::event::Manner;
use crate::i18n::{Language, Phrase, Text};

/// How many lines a conversation keeps.
pub const MAX_LINES: usize = 10_000;

/// Messages of one person within this time of each other stand under one name.
const GROUPING: SignedDuration = SignedDuration::from_mins(2);

/// Which conversation; stays the same when the conversation is renamed, and is never given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId {
    pub(super) network: NetworkId,
    pub(super) number: u32,
}

impl ConversationId {
    /// The network that it is on.
    pub fn network(self) -> NetworkId {
        self.network
    }
}

/// Which line of a conversation. Lines are numbered on end, so the difference of two is their distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineId(u64);

impl LineId {
    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What sort of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only the server talks here. There is such a conversation while there is no other: where a server has no lobby,
    /// before the first room is joined.
    Server,
    /// A room, alias channel.
    Room,
    /// Just one other person.
    Private,
}

/// One line of the transcript. It may be many lines high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When: by the server's clock if it said so, else by ours.
    pub at: Timestamp,
    /// The same as `HH:MM`, in local time.
    pub time: String,
    /// What stands there.
    pub body: Body,
}

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Somebody said something.
    Message(Message),
    /// A dim notice: who came and went, answers, the help. Each phrase is a paragraph of its own.
    Notice(Vec<Phrase>),
    /// A line between one day and the next.
    Day(Date),
}

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub from: String,
    /// Which colour the name has: an index below [`COLOURS`](super::COLOURS).
    pub colour: usize,
    /// How it was said. An action reads as `from` and `text` in one sentence.
    pub manner: Manner,
    /// The words; never empty of everything, and with nothing in them that must not be drawn.
    pub text: String,
    /// Whether we said it ourselves.
    pub own: bool,
    /// Whether it names us.
    pub mention: bool,
    /// Whether it stands under the name of the message before it, by the same person within two minutes.
    pub grouped: bool,
}

impl Line {
    /// The line's text as one would copy it, without time; paragraphs end with a line feed.
    pub fn text(&self, language: Language) -> String {
        match &self.body {
            Body::Message(message) => match message.manner {
                Manner::Action => format!("{} {}", message.from, message.text),
                Manner::Message | Manner::Notice => message.text.clone(),
            },
            Body::Notice(phrases) => {
                phrases.iter().map(|phrase| phrase.to(language)).collect::<Vec<_>>().join("\n")
            }
            Body::Day(day) => day_text(*day).to(language),
        }
    }
}

/// A day as it stands between two days' lines.
fn day_text(day: Date) -> Phrase {
    Text::Day.with([&day.year().to_string(), &format!("{:02}", day.month()), &format!("{:02}", day.day())])
}

/// A room, a private conversation, or the server's own.
#[derive(Debug)]
pub struct Conversation {
    pub(super) id: ConversationId,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) topic: String,
    pub(super) members: Members,
    /// Whether we are in the room, or can write to the person.
    pub(super) joined: bool,
    /// Whether to go back into the room with the next connection.
    pub(super) rejoin: bool,
    /// The room's password, to come back in.
    pub(super) key: Option<String>,
    /// Whether the people here were listed in a notice since we came in.
    pub(super) greeted: bool,
    lines: VecDeque<Line>,
    /// The number of the first line, and of the next one when there are none.
    first: u64,
    unread: u32,
    mentions: u32,
    first_unread: Option<LineId>,
}

impl Conversation {
    pub(super) fn new(id: ConversationId, kind: Kind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            topic: String::new(),
            members: Members::default(),
            joined: false,
            rejoin: false,
            key: None,
            greeted: false,
            lines: VecDeque::new(),
            first: 0,
            unread: 0,
            mentions: 0,
            first_unread: None,
        }
    }

    /// Which conversation this is.
    pub fn id(&self) -> ConversationId {
        self.id
    }

    /// What sort it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The room's name with its `#`, the other person's name, or the server's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a room is about, empty if nobody said.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Who is in the room; nobody in other conversations.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Whether what is said here is heard: we are connected, and in the room.
    pub fn is_live(&self) -> bool {
        self.joined
    }

    /// Every line, the oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = (LineId, &Line)> + ExactSizeIterator {
        self.lines.iter().enumerate().map(|(index, line)| (LineId(self.first + index as u64), line))
    }

    /// One line, unless it is gone.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        let index = id.0.checked_sub(self.first)?;
        self.lines.get(usize::try_from(index).ok()?)
    }

    /// The line with this [number](LineId::number), unless it is gone.
    pub fn line_numbered(&self, number: u64) -> Option<&Line> {
        self.line(LineId(number))
    }

    /// The lines that are there, by their numbers: from the first to before the second. Both only ever grow.
    pub fn range(&self) -> (LineId, LineId) {
        (LineId(self.first), self.next_id())
    }

    /// How many messages nobody has looked at, mentions included.
    pub fn unread(&self) -> u32 {
        self.unread
    }

    /// How many of them are for us personally: they name us, or the conversation is private. Shown in red.
    pub fn mentions(&self) -> u32 {
        self.mentions
    }

    /// The first line that was unread when the conversation was last opened: the “new” line stands above it.
    pub fn first_unread(&self) -> Option<LineId> {
        self.first_unread.filter(|id| id.0 >= self.first)
    }

    fn next_id(&self) -> LineId {
        LineId(self.first + self.lines.len() as u64)
    }

    /// Adds a line at the end, a day line before it if a day has begun, and drops the oldest lines over the limit.
    pub(super) fn push(&mut self, at: Timestamp, zone: &TimeZone, mut body: Body) {
        let local = at.to_zoned(zone.clone());
        let day = local.date();
        let last_day = self.lines.back().map(|last| last.at.to_zoned(zone.clone()).date());
        if last_day.is_none_or(|last| last < day) {
            self.append(Line { at, time: String::new(), body: Body::Day(day) });
        }
        if let Body::Message(message) = &mut body {
            message.grouped = self.lines.back().is_some_and(|last| continues(last, message, at));
        }
        self.append(Line { at, time: local.strftime("%H:%M").to_string(), body });
    }

    fn append(&mut self, line: Line) {
        if self.lines.len() == MAX_LINES {
            self.lines.pop_front();
            self.first += 1;
        }
        self.lines.push_back(line);
    }

    /// Counts the newest line as unread.
    pub(super) fn count_unread(&mut self, for_us: bool) {
        if self.unread == 0 {
            self.first_unread = Some(LineId(self.next_id().0 - 1));
        }
        self.unread = self.unread.saturating_add(1);
        if for_us {
            self.mentions = self.mentions.saturating_add(1);
        }
    }

    /// Everything has been looked at; the “new” line stays until the next time.
    pub(super) fn mark_read(&mut self) {
        self.unread = 0;
        self.mentions = 0;
    }

    /// Nobody looks at this conversation any more, so its “new” line goes.
    pub(super) fn leave(&mut self) {
        if self.unread == 0 {
            self.first_unread = None;
        }
    }

    /// Drops every line. Numbering goes on, so that no old line is taken for a new one.
    pub(super) fn clear(&mut self) {
        self.first = self.next_id().0;
        self.lines.clear();
        self.first_unread = None;
        self.mark_read();
    }
}

/// Whether a message stands under the name of the line before it.
fn continues(last: &Line, message: &Message, at: Timestamp) -> bool {
    let Body::Message(previous) = &last.body else { return false };
    previous.from == message.from
        && previous.manner == Manner::Message
        && message.manner == Manner::Message
        && at.duration_since(last.at).abs() <= GROUPING
}
