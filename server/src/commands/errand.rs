//! Errands: what a command needs done between two halves of it, without the world's lock.
//!
//! Reading a file, checking a password or asking the [store](crate::store) under the lock would make everybody wait. So
//! the handler leaves a [`Task`], the session runs it, and the command goes on where it left off.

use std::fmt;
use std::mem;

use rusqlite::Connection;

use super::aid::Aid;
use super::context::{Context, Task};
use crate::store::{Store, StoreError};
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capture, Changes};

/// A task on its way to the session and back.
#[derive(Debug)]
pub struct Errand {
    pub(super) task: Box<dyn Task>,
    /// The answers so far, if the question had a label.
    pub(super) capture: Option<Capture>,
}

impl Errand {
    /// Does it. Takes its time; holds no lock.
    pub fn run(&mut self, aid: &mut Aid) {
        self.task.run(aid);
    }
}

/// Changed rooms that are kept, and changed places of people who stay: the store keeps them before the client that
/// changed them goes on.
#[derive(Debug)]
pub(super) struct Rooms {
    /// `None` once they are brought to the store.
    changes: Option<Changes>,
    error: Option<StoreError>,
}

impl Rooms {
    pub(super) fn of(changes: Changes) -> Self {
        Self { changes: Some(changes), error: None }
    }
}

impl Task for Rooms {
    fn run(&mut self, aid: &mut Aid) {
        let Some(changes) = self.changes.take() else { return };
        self.error = aid.store.keep_changes(changes).err();
    }

    fn finish(self: Box<Self>, context: &mut Context) {
        if let Some(error) = self.error {
            context.world.note(Text::RoomNotKept(error.to_string()));
            context.notice(&Text::TryAgainLater);
        }
    }
}

/// A question to the store, and how the command goes on with the answer.
enum Asking {
    Question(Box<dyn FnOnce(&Store) -> Rest>),
    Answered(Rest),
}

/// The rest of a command.
type Rest = Box<dyn FnOnce(&mut Context) -> Result<(), Reply>>;

impl Context<'_> {
    /// Asks the store, without the lock, and then goes on with the answer, with it. It is the last thing that a
    /// handler does. `question` may change what is kept: if it fails, nothing has changed, and if it succeeds, the
    /// change is on the disk before `rest` runs. By then the world is another, so `rest` looks everything up anew; it
    /// does not run for a client that has gone meanwhile.
    pub(super) fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        rest: impl FnOnce(&mut Context, Result<T, StoreError>) -> Result<(), Reply> + 'static,
    ) {
        let question = Box::new(|store: &Store| -> Rest {
            let answer = store.ask(question);
            Box::new(|context: &mut Context| rest(context, answer))
        });
        self.task = Some(Box::new(Asking::Question(question)));
    }
}

impl Task for Asking {
    fn run(&mut self, aid: &mut Aid) {
        let nothing = Self::Answered(Box::new(|_| Ok(())));
        *self = match mem::replace(self, nothing) {
            Self::Question(question) => Self::Answered(question(aid.store)),
            answered @ Self::Answered(_) => answered,
        };
    }

    fn finish(self: Box<Self>, context: &mut Context) {
        if let Self::Answered(rest) = *self
            && let Err(refusal) = rest(context)
        {
            context.reply(&refusal);
        }
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Question(_) => "Question",
            Self::Answered(_) => "Answered",
        })
    }
}
