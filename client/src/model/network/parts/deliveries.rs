//! Our messages of which nothing is known yet.
//!
//! Labels ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)) tell which echo, or which
//! refusal, belongs to which of our lines; without labels the words do.

use std::collections::{HashMap, VecDeque};
use std::mem;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Event, What};
use crate::model::base::ids::{ConversationId, LineId};

/// How many of our messages may be without an answer before the oldest is taken to have arrived.
const MAX_UNDERWAY: usize = 200;

/// How long after a message a refusal without a label may still mean it, on servers that never confirm a message.
const REFUSAL_TIME: SignedDuration = SignedDuration::from_secs(10);

/// Our messages of which nothing is known yet, the oldest first.
#[derive(Default)]
pub struct Deliveries {
    underway: VecDeque<Underway>,
    last_label: u32,
    /// The number of the last message of several lines.
    last_batch: u32,
    /// The labels of the batches that are open.
    batches: HashMap<String, String>,
}

/// A message on its way.
pub struct Underway {
    pub label: Option<String>,
    pub conversation: ConversationId,
    pub line: LineId,
    pub at: Timestamp,
    /// The words as they were typed.
    pub raw: String,
    /// The same as they will come back.
    pub text: String,
    /// Whether they will.
    pub is_echoed: bool,
    /// Whether they went as a batch.
    pub is_long: bool,
}

impl Deliveries {
    /// A label for our next message.
    pub fn next_label(&mut self) -> String {
        self.last_label += 1;
        self.last_label.to_string()
    }

    /// A name for our next batch.
    pub fn next_batch(&mut self) -> String {
        self.last_batch += 1;
        self.last_batch.to_string()
    }

    /// A message was sent.
    pub fn add(&mut self, underway: Underway) {
        if self.underway.len() == MAX_UNDERWAY {
            self.underway.pop_front();
        }
        self.underway.push_back(underway);
    }

    /// The label of our line that this event answers, itself or as part of a batch.
    pub fn label_of(&mut self, event: &Event) -> Option<String> {
        let of_batch = event.batch.as_ref().and_then(|batch| self.batches.get(batch)).cloned();
        let label = event.label.clone().or(of_batch);
        match (&event.what, &label) {
            (What::BatchBegins { batch, .. }, Some(label)) => {
                self.batches.insert(batch.clone(), label.clone());
            }
            (What::BatchEnds { batch }, _) => {
                self.batches.remove(batch);
            }
            _ => {}
        }
        label
    }

    /// The message with this label.
    pub fn labelled(&mut self, label: &str) -> Option<Underway> {
        self.take(|it| it.label.as_deref() == Some(label))
    }

    /// The message whose echo this is. The echo of a labelled message has its label, unless another device said it.
    pub fn echoed(&mut self, label: Option<&str>, id: ConversationId, text: &str) -> Option<Underway> {
        let underway = match label {
            Some(label) => self.labelled(label),
            None => {
                self.take(|it| it.label.is_none() && it.is_echoed && it.conversation == id && it.text == text)
            }
        };
        underway.filter(|it| it.conversation == id)
    }

    /// The message in a conversation that is most likely meant by a refusal without a label.
    pub fn refused_in(&mut self, id: ConversationId, at: Timestamp) -> Option<Underway> {
        self.guess(at, |it| it.label.is_none() && it.conversation == id)
    }

    /// The message of several lines that was refused. Only its beginning has the label, and a line of it may be meant.
    pub fn long_refused(&mut self, label: Option<&str>, at: Timestamp) -> Option<Underway> {
        match label {
            Some(label) => self.labelled(label),
            None => self.guess(at, |it| it.is_long),
        }
    }

    /// A line of ours that is on its way stands elsewhere now.
    pub fn was_moved(&mut self, id: ConversationId, from: LineId, to: LineId) {
        let moved = self.underway.iter_mut().find(|it| it.conversation == id && it.line == from);
        if let Some(underway) = moved {
            underway.line = to;
        }
    }

    /// The connection is over: a message that has not come back has not arrived.
    pub fn give_up(&mut self) -> impl Iterator<Item = Underway> + use<> {
        let last_batch = self.last_batch;
        let before = mem::replace(self, Self { last_batch, ..Self::default() });
        before.underway.into_iter().filter(|underway| underway.is_echoed)
    }

    fn take(&mut self, is_it: impl Fn(&Underway) -> bool) -> Option<Underway> {
        let index = self.underway.iter().position(is_it)?;
        self.underway.remove(index)
    }

    /// The message among these that is most likely meant by a refusal without a label.
    fn guess(&mut self, at: Timestamp, is_it: impl Fn(&Underway) -> bool) -> Option<Underway> {
        let is_possible = |it: &Underway| {
            let is_recent = at.duration_since(it.at).abs() <= REFUSAL_TIME;
            (it.is_echoed || is_recent) && is_it(it)
        };
        // Echoes come in the order of the messages; where there are none, the last message is as good a guess as any.
        let first = self.underway.iter().position(|it| is_possible(it) && it.is_echoed);
        let index = first.or_else(|| self.underway.iter().rposition(is_possible))?;
        self.underway.remove(index)
    }
}
