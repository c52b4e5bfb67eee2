//! What a command may use while it does something without the world's lock.

use std::io;
use std::time::Duration;

use crate::auth::hashing::{Hashers, Progress};
use crate::auth::password::Memory;
use crate::store::Store;

/// What an errand may use.
pub struct Aid<'a> {
    /// What is kept.
    pub store: &'a Store,
    /// Who hashes passwords.
    pub hashers: &'a Hashers,
    /// Whose errand it is.
    pub client: &'a mut dyn Waiting,
}

/// Somebody for whom time passes in the middle of a command, and who is seen to meanwhile.
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
