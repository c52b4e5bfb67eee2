//! A line of a transcript, and what stands in it: a message with its answers and reactions, a notice, comings and
//! goings. `lines` tells where lines stand among each other.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use teahouse_protocol::text::truncate;

use crate::event::Manner;
use crate::model::conversation::condense::Movements;
use crate::text::formatting::Span;
use crate::text::i18n::{Language, Phrase, Text};

/// How many colours names are written in.
pub const COLOURS: usize = 8;

/// How much of a message is told where another message answers it.
const MAX_QUOTE_BYTES: usize = 600;

/// How many different emoji a message takes.
const MAX_REACTIONS: usize = 20;

/// A line of the transcript. It may be many lines high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When: by the server's clock if it said so and that is not ahead of ours, else by ours.
    pub at: Timestamp,
    /// The same by the server's clock, right or wrong: the server and the logs tell by that what was read.
    pub stamp: Timestamp,
    /// The same as `HH:MM`, in local time.
    pub time: String,
    /// How often it happened on end.
    pub times: u32,
    /// How many lines there had been when it came, whatever its place. 0 for a message from before the user came.
    pub serial: u64,
    /// What stands there.
    pub body: Body,
}

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Somebody said something.
    Message(Box<Message>),
    /// A dim notice: comings and goings, answers, the help. Each phrase is a paragraph of its own.
    Notice(Vec<Phrase>),
    /// People who came and went since the last message.
    Movements(Movements),
    /// A line between a day and the next.
    Day(Date),
    /// Nothing any more: the text that stood here stands elsewhere now.
    Gone,
}

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The speaker.
    pub from: String,
    /// Which colour the name has: an index below [`COLOURS`].
    pub colour: usize,
    /// How it was said. An action reads as `from` and `text` in a single sentence.
    pub manner: Manner,
    /// The words; never empty of everything, and with nothing in them that must not be drawn.
    pub text: String,
    /// How some of them look.
    pub spans: Vec<Span>,
    /// Whether we said it ourselves.
    pub own: bool,
    /// Whether it names us.
    pub mention: bool,
    /// Whether it stands under the name of the message before it, by the same person within two minutes.
    pub grouped: bool,
    /// The identifier by which others speak of it.
    pub id: Option<String>,
    /// What it answers.
    pub reply: Option<Reply>,
    /// What people think of it, in the order in which they said so.
    pub reactions: Vec<Reaction>,
    /// Whether it is known to have arrived.
    pub delivery: Delivery,
    /// Whether it was taken back: then its words are gone.
    pub redacted: bool,
}

impl Message {
    /// The speaker and the words, in one line that need not have all of them.
    pub(in crate::model) fn quote(&self) -> (String, String) {
        let text = truncate(&self.text, MAX_QUOTE_BYTES).replace('\n', " ");
        let text = if self.manner == Manner::Action { format!("* {} {text}", self.from) } else { text };
        (self.from.clone(), text)
    }

    /// Whether somebody put this emoji below it.
    pub(in crate::model) fn has_reaction(&self, who: &str, emoji: &str) -> bool {
        self.reactions.iter().any(|it| it.emoji == emoji && it.people.iter().any(|person| person == who))
    }

    /// Somebody puts an emoji below it, or takes it away.
    pub(in crate::model) fn react(&mut self, who: &str, emoji: &str, is_undone: bool) {
        let has_room = self.reactions.len() < MAX_REACTIONS;
        let reaction = self.reactions.iter_mut().find(|it| it.emoji == emoji);
        match (reaction, is_undone) {
            (Some(reaction), true) => reaction.people.retain(|person| person != who),
            (Some(reaction), false) if !reaction.people.iter().any(|person| person == who) => {
                reaction.people.push(who.to_owned());
            }
            (None, false) if has_room => {
                self.reactions.push(Reaction { emoji: emoji.to_owned(), people: vec![who.to_owned()] });
            }
            _ => {}
        }
        self.reactions.retain(|reaction| !reaction.people.is_empty());
    }

    /// Whether somebody else wrote it to be read.
    pub(in crate::model) fn counts(&self) -> bool {
        !self.own && self.manner != Manner::Notice
    }
}

/// The message that another message answers, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its identifier.
    pub id: String,
    /// The speaker and the words of that message, if we have it.
    pub quote: Option<(String, String)>,
}

/// An emoji below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// The people who put it there.
    pub people: Vec<String>,
}

/// What became of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// It has arrived, as far as anybody can say.
    #[default]
    Arrived,
    /// It was sent, and has not come back yet.
    Pending,
    /// It did not arrive.
    Failed {
        /// The words as they were typed, to be sent again.
        raw: String,
        /// Why not.
        why: Phrase,
    },
}

impl Line {
    /// Something that happened at a time, which stands before it as `time`.
    pub(super) fn new(at: Timestamp, time: String, body: Body) -> Self {
        Self { at, stamp: at, time, times: 1, serial: 0, body }
    }

    /// The line's text as a user would copy it, without time; paragraphs end with a line feed.
    pub fn text(&self, language: Language) -> Cow<'_, str> {
        let text = match &self.body {
            Body::Message(message) if message.redacted => Text::TakenBack.to(language).into(),
            Body::Message(message) => match message.manner {
                Manner::Action => format!("{} {}", message.from, message.text).into(),
                Manner::Message | Manner::Notice => Cow::Borrowed(message.text.as_str()),
            },
            Body::Notice(phrases) => {
                phrases.iter().map(|phrase| phrase.to(language)).collect::<Vec<_>>().join("\n").into()
            }
            Body::Movements(movements) => movements.text(language).into(),
            Body::Day(day) => day_text(*day).to(language).into(),
            Body::Gone => Cow::Borrowed(""),
        };
        match self.times {
            1 => text,
            times => Text::Repeated.with([&text, &times.to_string()]).to(language).into(),
        }
    }

    /// The message that stands here, if a message does.
    pub fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// A day as it stands between two days' lines.
fn day_text(day: Date) -> Phrase {
    Text::Day.with([&day.year().to_string(), &format!("{:02}", day.month()), &format!("{:02}", day.day())])
}

/// A colour for a folded name: by FNV-1a, whose result never changes, unlike that of the standard library's hasher.
pub(in crate::model) fn colour_of(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // FNV mixes short names badly; the finalizer of MurmurHash3 lets every bit count.
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((hash >> 32) % COLOURS as u64) as usize
}
