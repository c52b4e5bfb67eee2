//! What is known of a conversation before now: what the server was asked, what is here, what may yet be had.

use jiff::Timestamp;

use crate::event::{Manner, Sender, Words};

/// What is known of a conversation's past.
#[derive(Debug, Default)]
pub struct Past {
    /// Whether the latest messages were asked for.
    is_open: bool,
    /// What was asked and not answered.
    asked: Option<Asked>,
    /// Whether nothing older than what is here can be had from the server.
    is_complete: bool,
    /// The newest message, by its identifier and its time.
    newest: Option<(Option<String>, Timestamp)>,
    /// Whether nothing older than what is here stands in the log.
    is_log_over: bool,
    /// Whether somebody has cleared the screen, and so does not want it filled again.
    is_cleared: bool,
    /// How far the search for some words in older messages is.
    look_back: LookBack,
}

/// A question to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What stands above the first line.
    Older,
    /// What was said while we were away, so many answers ago.
    Missed {
        /// How many answers came before.
        pages: u32,
        /// Whether it is asked from a message on, rather than from a time.
        by_id: bool,
    },
    /// The latest of a private conversation that somebody else has begun, perhaps while we were away.
    Waiting,
}

/// How the search for some words goes on in messages that are older than what is here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LookBack {
    /// It does not, or it has found something.
    #[default]
    Idle,
    /// The server or the log is searched for these words. The lines from this number on were here before.
    Underway { wanted: String, from: u64 },
    /// There is nothing.
    Nothing,
}

/// A message from before.
#[derive(Debug)]
pub struct Told {
    pub at: Timestamp,
    /// The time as the server has it.
    pub stamp: Option<Timestamp>,
    pub from: Sender,
    /// A room, or a person's name.
    pub target: String,
    pub manner: Manner,
    pub words: Words,
}

impl Past {
    /// Whether the latest messages were asked for, or are here.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The latest messages are asked for.
    pub fn open(&mut self) {
        self.is_open = true;
    }

    /// Whether the server may have something older than what is here.
    pub fn may_go_on(&self) -> bool {
        self.is_open && !self.is_complete
    }

    /// The server has nothing that is older than what is here.
    pub fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Whether something was asked and not answered.
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Something is asked.
    pub fn ask(&mut self, asked: Asked) {
        self.asked = Some(asked);
    }

    /// The server has answered what it was asked, or never will.
    pub fn answered(&mut self) -> Option<Asked> {
        self.asked.take()
    }

    /// The newest message, by its identifier and its time.
    pub fn newest(&self) -> Option<&(Option<String>, Timestamp)> {
        self.newest.as_ref()
    }

    /// A message has come, or was sent. Without an identifier, later ones are known to follow the last that has one.
    pub fn note(&mut self, id: Option<String>, at: Timestamp) {
        let before = self.newest.take().and_then(|(before, _)| before);
        self.newest = Some((id.or(before), at));
    }

    /// The message that was the newest is so again, after older ones have come.
    pub fn note_again(&mut self, newest: Option<(Option<String>, Timestamp)>) {
        self.newest = newest.or(self.newest.take());
    }

    /// The newest message that is here was said at this time, and the server knows one of the newest by this
    /// identifier; only messages after it are missing.
    pub fn begin_after(&mut self, id: Option<String>, at: Timestamp) {
        self.newest = Some((id, at));
        self.is_open = true;
    }

    /// Whether nothing older is to be brought back.
    pub fn is_closed(&self) -> bool {
        self.is_cleared
    }

    /// Nothing older is to be brought back.
    pub fn close(&mut self) {
        self.is_cleared = true;
    }

    /// Whether nothing older than what is here stands in the log.
    pub fn is_log_over(&self) -> bool {
        self.is_log_over
    }

    /// Nothing older than what is here stands in the log.
    pub fn end_log(&mut self) {
        self.is_log_over = true;
    }

    /// How far the search for some words in older messages is.
    pub fn look_back(&self) -> &LookBack {
        &self.look_back
    }

    /// These words are looked for above the line with this number.
    pub fn look_for(&mut self, wanted: &str, from: u64) {
        self.look_back = LookBack::Underway { wanted: wanted.to_owned(), from };
    }

    /// Nothing is looked for any more.
    pub fn stop_looking(&mut self) {
        self.look_back = LookBack::Idle;
    }

    /// The words are nowhere above.
    pub fn look_in_vain(&mut self) {
        self.look_back = LookBack::Nothing;
    }

    /// The connection is over: the server will not answer what it was asked.
    pub fn give_up(&mut self) {
        self.asked = None;
        self.look_back = LookBack::Idle;
    }
}
