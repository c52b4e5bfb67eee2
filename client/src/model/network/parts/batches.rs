//! Messages from before that come in batches, and what the server is searched for.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::event::{BatchOf, What};
use crate::model::base::ids::ConversationId;
use crate::model::conversation::past::Told;

/// How many batches may be open at once, and how many messages a batch may have. Servers have far fewer.
const MOST_BATCHES: usize = 8;
const MOST_IN_BATCH: usize = 1000;

/// What a SEARCH that was not answered yet was for.
pub enum Question {
    /// Somebody wants to read what was found.
    List,
    /// Whether there is anything to look back for in a conversation, with these words.
    LookBack(ConversationId, String),
}

/// A batch of messages that has not ended.
struct Batch {
    /// What we and the server call it.
    name: String,
    of: BatchOf,
    messages: Vec<Told>,
}

/// The batches that have begun to come, and the searches whose batches will.
pub struct Batches {
    open: Vec<Batch>,
    /// In the order of the questions.
    searches: VecDeque<Question>,
    /// Whether the server can search, as far as we know.
    can_search: bool,
}

impl Default for Batches {
    fn default() -> Self {
        Self { open: Vec::new(), searches: VecDeque::new(), can_search: true }
    }
}

impl Batches {
    /// A batch begins. Only those of messages from before are kept.
    pub fn begin(&mut self, name: String, of: BatchOf) {
        if of != BatchOf::Other && self.open.len() < MOST_BATCHES {
            self.open.push(Batch { name, of, messages: Vec::new() });
        }
    }

    /// Keeps a message of an open batch for the batch's end. An event that belongs to no open batch is given back.
    /// `at` is when it happened by our clock, `stamp` by the server's.
    pub fn hold(
        &mut self,
        at: Timestamp,
        stamp: Option<Timestamp>,
        batch: Option<&str>,
        what: What,
    ) -> Option<What> {
        let Some(open) = self.open.iter_mut().find(|it| Some(it.name.as_str()) == batch) else {
            return Some(what);
        };
        // People who came and went then have come and gone.
        if let What::Said { from, target, manner, words } = what
            && open.messages.len() < MOST_IN_BATCH
        {
            open.messages.push(Told { at, stamp, from, target, manner, words });
        }
        None
    }

    /// A batch has ended: what it was, and all that was in it.
    pub fn end(&mut self, name: &str) -> Option<(BatchOf, Vec<Told>)> {
        let index = self.open.iter().position(|batch| batch.name == name)?;
        let Batch { of, messages, .. } = self.open.remove(index);
        Some((of, messages))
    }

    /// How many batches are open.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.open.len()
    }

    /// The server is asked to search.
    pub fn ask(&mut self, question: Question) {
        self.searches.push_back(question);
    }

    /// The oldest search is answered, or refused.
    pub fn answered(&mut self) -> Option<Question> {
        self.searches.pop_front()
    }

    /// Whether the server can search, as far as we know.
    pub fn can_search(&self) -> bool {
        self.can_search
    }

    /// The server does not know how to search.
    pub fn cannot_search(&mut self) {
        self.can_search = false;
    }
}
