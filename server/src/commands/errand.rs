//! Errands: what a command needs done between two halves of it, without the world's lock.
//!
//! Reading a file or checking a password under the lock would make everybody wait. So the handler leaves a task, the
//! session runs it, and the command goes on where it left off.

use std::time::Duration;

use argon2::{Argon2, PasswordHash, PasswordVerifier};

use super::{Context, motd, operators};
use crate::world::Capture;

/// Something to be done without the lock, in the middle of a command.
#[derive(Debug)]
pub struct Errand {
    pub(super) task: Task,
    /// The answers so far, if the question had a label.
    pub(super) capture: Option<Capture>,
}

#[derive(Debug)]
pub(super) enum Task {
    Motd(motd::Reading),
    Oper(operators::Claim),
}

impl Errand {
    /// Does it. Takes its time; holds no lock. A wrong guess at a password is slowed down by `pause`, which may come
    /// back sooner when the connection ends.
    pub fn run(&mut self, pause: &dyn Fn(Duration)) {
        match &mut self.task {
            Task::Motd(reading) => reading.run(),
            Task::Oper(claim) => claim.run(pause),
        }
    }
}

impl Task {
    pub(super) fn finish(self, context: &mut Context) {
        match self {
            Self::Motd(reading) => reading.finish(context),
            Self::Oper(claim) => claim.finish(context),
        }
    }
}

/// Whether a password is the one that was kept, in clear or as an argon2id hash. Takes tens of milliseconds for a hash.
pub(super) fn password_is_right(kept: &str, given: &str) -> bool {
    match PasswordHash::new(kept) {
        Ok(hash) => Argon2::default().verify_password(given.as_bytes(), &hash).is_ok(),
        Err(_) => same_in_constant_time(kept.as_bytes(), given.as_bytes()),
    }
}

/// Compares without stopping at the first difference, so that the time taken tells nothing of how much was right.
fn same_in_constant_time(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_compared_in_clear_or_with_its_hash() {
        assert!(password_is_right("芝麻开门", "芝麻开门"));
        assert!(!password_is_right("芝麻开门", "芝麻关门"));
        let hash = crate::password::hash("sesame").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(password_is_right(&hash, "sesame"));
        assert!(!password_is_right(&hash, "Sesame"));
    }
}
