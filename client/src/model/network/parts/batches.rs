//! Messages from before that come in batches.

use jiff::Timestamp;

use crate::event::{BatchOf, What};
use crate::model::conversation::past::Told;

/// How many batches may be open at once, and how many messages a batch may have. Servers have far fewer.
const MOST_BATCHES: usize = 8;
const MOST_IN_BATCH: usize = 1000;

/// A batch of messages that has not ended.
struct Batch {
    /// What we and the server call it.
    name: String,
    of: BatchOf,
    messages: Vec<Told>,
}

/// The batches that have begun to come.
#[derive(Default)]
pub struct Batches(Vec<Batch>);

impl Batches {
    /// A batch begins. Only those of messages from before are kept.
    pub fn begin(&mut self, name: String, of: BatchOf) {
        if of != BatchOf::Other && self.0.len() < MOST_BATCHES {
            self.0.push(Batch { name, of, messages: Vec::new() });
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
        let Some(open) = self.0.iter_mut().find(|it| Some(it.name.as_str()) == batch) else {
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
        let index = self.0.iter().position(|batch| batch.name == name)?;
        let Batch { of, messages, .. } = self.0.remove(index);
        Some((of, messages))
    }

    /// How many batches are open.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
