//! An attempt to prove something by a password: for an account, to become an operator, or to come in at all.
//!
//! It waits for as long as earlier wrong guesses make it, is checked without the lock and counts at once. A wrong
//! guess then makes the client wait a moment.

use std::net::SocketAddr;
use std::time::Duration;

use crate::commands::aid::Aid;
use crate::commands::context::Context;
use crate::world::{ConnectionId, Whose, World};

/// One attempt.
#[derive(Debug)]
pub(in crate::commands) struct Guess {
    whose: Whose,
    pub(in crate::commands) connection: ConnectionId,
    /// Where the client comes from.
    pub(in crate::commands) address: SocketAddr,
    /// How long earlier guesses make this one wait.
    wait: Duration,
    /// How long a wrong guess makes the client wait for the answer.
    penalty: Duration,
    /// `None` until somebody has found out, and for good if nobody could.
    is_right: Option<bool>,
    due: Due,
    is_counted: bool,
}

/// The step that is due without the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Check,
    Penalty,
    Nothing,
}

impl Guess {
    /// The attempt that the client makes now.
    pub(in crate::commands) fn of(context: &Context, whose: Whose, penalty: Duration) -> Self {
        let wait = context.world.wait_for_guess(&whose, context.connection);
        let (connection, address) = (context.connection, context.connection().address);
        Self { whose, connection, address, wait, penalty, is_right: None, due: Due::Check, is_counted: false }
    }

    /// Whether it need not wait to be checked.
    pub(in crate::commands) fn is_free(&self) -> bool {
        self.wait.is_zero()
    }

    /// Notes whether it was right, where no time was needed to see that.
    pub(in crate::commands) fn found(&mut self, is_right: bool) {
        self.is_right = Some(is_right);
        self.due = if is_right { Due::Nothing } else { Due::Penalty };
    }

    /// Does what is due. `check` is not asked for a client that has gone.
    pub(in crate::commands) fn run(&mut self, aid: &mut Aid, check: impl FnOnce(&mut Aid) -> Option<bool>) {
        match self.due {
            Due::Check => {
                self.due = Due::Nothing;
                if (self.is_free() || aid.client.pause(self.wait))
                    && let Some(is_right) = check(aid)
                {
                    self.found(is_right);
                }
            }
            Due::Penalty => {
                self.due = Due::Nothing;
                aid.client.pause(self.penalty);
            }
            Due::Nothing => {}
        }
    }

    /// Counts it, once, even if the client has gone. Returns whether it was right if that is news.
    pub(in crate::commands) fn settle(&mut self, world: &mut World) -> Option<bool> {
        let is_right = self.is_right.filter(|_| !self.is_counted)?;
        self.is_counted = true;
        if is_right {
            world.guessed_right(self.whose.clone(), self.connection, self.address.ip());
        } else {
            world.guessed_wrong(&self.whose, self.connection, self.address.ip());
        }
        Some(is_right)
    }

    /// Whether the task has to run once more before the client is answered.
    pub(in crate::commands) fn is_due(&self) -> bool {
        self.due != Due::Nothing
    }

    pub(in crate::commands) fn is_right(&self) -> bool {
        self.is_right == Some(true)
    }

    /// Whether nobody found out if it was right.
    pub(in crate::commands) fn is_unknown(&self) -> bool {
        self.is_right.is_none()
    }
}
