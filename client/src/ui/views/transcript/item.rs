//! What stands in the transcript: items, as the model's lines look to somebody who reads.

use std::borrow::Cow;

use crate::text::formatting::Span;

/// One thing in the transcript.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// When it was: `09:02`.
    pub time: String,
    /// What it is.
    pub body: Body,
    /// How some of its words look.
    pub spans: Vec<Span>,
    /// The words of the line above the first item that is new.
    pub new: Option<String>,
    /// What it answers.
    pub quote: Option<Quote>,
    /// What people think of it.
    pub reactions: Vec<Reaction>,
    /// What became of it.
    pub note: Option<Note>,
}

/// What an item is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing to see any more.
    #[default]
    Nothing,
    /// A line between two days.
    Day {
        /// Which day begins.
        text: String,
    },
    /// Something that happened, dim.
    Notice {
        /// What.
        text: String,
        /// Whether there is more to it than is shown: folded, or unfolded now.
        fold: Option<Fold>,
    },
    /// Something that somebody does: a sentence that begins with the name.
    Action {
        /// The name of the person.
        name: String,
        /// The colour of the name.
        colour: usize,
        /// The sentence.
        text: String,
        /// Whether it names us.
        is_mention: bool,
    },
    /// Something that somebody said.
    Message {
        /// The name of the author.
        name: String,
        /// The colour of the name.
        colour: usize,
        /// What.
        text: String,
        /// Whether it begins a group: with avatar and name.
        is_first: bool,
        /// Whether it names us.
        is_mention: bool,
        /// Whether it is of less weight: a program said it, it is not sure to have arrived, or it was taken back.
        is_dim: bool,
    },
}

/// Whether the whole of something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The short form.
    Folded,
    /// All of it.
    Unfolded,
}

/// The message that another message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The number of its item, while it is there.
    pub number: Option<u64>,
    /// The name of its author.
    pub name: String,
    /// The colour of the name.
    pub colour: usize,
    /// What it said.
    pub text: String,
}

/// An emoji below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many people think so.
    pub count: usize,
    /// Whether we do.
    pub is_ours: bool,
}

/// What became of a message that we sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub text: String,
    /// Whether a click sends it again.
    pub can_retry: bool,
}

impl Item {
    /// Its words, and what can be selected and copied.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Nothing => "",
            Body::Day { text }
            | Body::Notice { text, .. }
            | Body::Action { text, .. }
            | Body::Message { text, .. } => text,
        }
    }

    /// Its words as they are copied. A copied action has a sign in place of the picture before it.
    pub fn copied(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Action { text, .. } => format!("* {text}").into(),
            _ => self.text().into(),
        }
    }

    /// Whether it names us.
    pub fn is_mention(&self) -> bool {
        matches!(self.body, Body::Action { is_mention: true, .. } | Body::Message { is_mention: true, .. })
    }

    /// Whether it begins a group: with avatar and name.
    pub fn is_first(&self) -> bool {
        matches!(self.body, Body::Message { is_first: true, .. })
    }
}
