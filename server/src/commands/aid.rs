//! The tools of a command while it does something without the world's lock.

use std::io;
use std::time::Duration;

use crate::auth::hashing::{Hashers, Progress};
use crate::auth::password::Memory;
use crate::store::Store;

/// The tools of an errand.
pub struct Aid<'a> {
    /// The store: all that is kept.
    pub store: &'a Store,
    /// The threads that hash passwords.
    pub hashers: &'a Hashers,
    /// The client whose errand it is.
    pub client: &'a mut dyn Waiting,
}

/// A client that waits in the middle of a command, and is seen to meanwhile.
pub trait Waiting {
    /// Lets some time pass. Returns whether the client is still there; if not, less time may have passed.
    fn pause(&mut self, time: Duration) -> bool;

    /// Waits until `done`, which is given how long it may wait each time, says so. Returns whether it did: not when the
    /// client has gone before.
    fn wait_until(&mut self, done: &mut dyn FnMut(Duration) -> bool) -> bool;
}

impl Aid<'_> {
    /// Has a hashing thread do something. `None` when the client has gone before its turn came, when too many wait, and
    /// when there was no memory.
    pub(super) fn hashed<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Memory) -> io::Result<T> + Send + 'static,
    ) -> Option<T> {
        let ticket = self.hashers.queue(work)?;
        let mut answer = None;
        self.client.wait_until(&mut |time| match ticket.wait(time) {
            Progress::Waiting => false,
            Progress::Done(done) => {
                answer = done.ok();
                true
            }
            Progress::Never => true,
        });
        answer
    }
}
