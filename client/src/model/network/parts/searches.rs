//! What the server is asked to search for.

use std::collections::VecDeque;

use crate::model::base::ids::ConversationId;

/// What a SEARCH that was not answered yet was for.
pub enum Question {
    /// Somebody wants to read what was found.
    List,
    /// Whether there is anything to look back for in a conversation, with these words.
    LookBack(ConversationId, String),
}

/// The searches that were not answered yet.
#[derive(Default)]
pub struct Searches {
    /// In the order of the questions.
    asked: VecDeque<Question>,
    /// Whether the server has said that it does not know SEARCH.
    is_unknown: bool,
}

impl Searches {
    /// The server is asked to search.
    pub fn ask(&mut self, question: Question) {
        self.asked.push_back(question);
    }

    /// The oldest search is answered, or refused.
    pub fn answered(&mut self) -> Option<Question> {
        self.asked.pop_front()
    }

    /// Whether the server can search, as far as we know.
    pub fn is_possible(&self) -> bool {
        !self.is_unknown
    }

    /// The server does not know how to search.
    pub fn rule_out(&mut self) {
        self.is_unknown = true;
    }
}
