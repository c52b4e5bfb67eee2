//! Hearing a client: between its commands, and in the middle of a command that takes its time.
//!
//! While a command waits for a password or its turn, the client's PINGs are answered, and it is noticed when the
//! connection breaks; its other lines stay for later.

use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use teahouse_protocol::LineBuffer;

use super::Session;
use crate::commands::Waiting;
use crate::text::language::Text;

/// A login may be given up this much late: for so long the socket's timeout need not be set anew.
const SLACK: Duration = Duration::from_secs(1);
/// A client that has to wait longer than this in the middle of a command is told so, and is heard meanwhile. In less
/// time a PING waits its turn like any other line, so that programs which look for the end of an answer by it find it
/// there.
const LONG: Duration = Duration::from_secs(1);
/// How often a session that waits and hears its client looks at what it waits for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The bytes that come from a client.
pub(super) struct Incoming<'s, R> {
    pub(super) socket: &'s TcpStream,
    pub(super) input: R,
    pub(super) buffer: LineBuffer,
    /// How long the next read waits.
    pub(super) patience: Duration,
}

impl<R> Incoming<'_, R> {
    /// Has the next read wait for so long, and a little longer if that spares a system call.
    pub(super) fn wait_for(&mut self, time: Duration) {
        if self.patience < time || self.patience > time + SLACK {
            self.set_patience(time);
        }
    }

    fn set_patience(&mut self, time: Duration) {
        // It fails only on a socket that the next read finds broken.
        let _ = self.socket.set_read_timeout(Some(time));
        self.patience = time;
    }
}

/// The news of a client that the session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something, or nothing for that long.
    Something,
    /// Nothing comes any more, or there is no room for it: it is not to be asked again.
    Silence,
    /// The connection is broken.
    End,
}

/// A client that is heard while it is waited for.
pub(super) trait Listen {
    /// Hears it for a time, or until it says something.
    fn listen(&mut self, time: Duration) -> Heard;

    /// Whether its connection has broken since it was last heard.
    fn is_broken(&self) -> bool;

    fn buffer(&mut self) -> &mut LineBuffer;
}

impl<R: Read> Listen for Incoming<'_, R> {
    fn listen(&mut self, time: Duration) -> Heard {
        if self.patience != time {
            self.set_patience(time);
        }
        let spare = self.buffer.spare();
        if spare.is_empty() {
            return Heard::Silence;
        }
        match self.input.read(spare) {
            Ok(0) => return Heard::Silence,
            Ok(count) => self.buffer.filled(count),
            Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Heard::End,
        }
        Heard::Something
    }

    fn is_broken(&self) -> bool {
        self.socket.take_error().is_ok_and(|error| error.is_some())
    }

    fn buffer(&mut self) -> &mut LineBuffer {
        &mut self.buffer
    }
}

/// A session in the middle of a command: it sees to its client while it waits.
pub(super) struct Meanwhile<'a, 'h> {
    pub(super) session: &'a mut Session<'h>,
    pub(super) incoming: &'a mut dyn Listen,
    /// Whether the client is not heard any more: it has said all it will, and may still want to read the answers.
    pub(super) is_silent: bool,
}

impl Meanwhile<'_, '_> {
    /// Tells the client that it has to wait.
    fn tell(&mut self, text: &Text) {
        self.session.locked(|session, world| {
            world.connection(session.id)?;
            world.notice(session.id, text);
            None
        });
        self.session.settle();
    }

    /// Hears the client for a time, or until it has said something. Returns whether it is still there.
    fn hear(&mut self, time: Duration) -> bool {
        if self.is_silent {
            return !self.session.outbox.wait_until_dead(Instant::now() + time) && !self.incoming.is_broken();
        }
        match self.incoming.listen(time) {
            Heard::Something => self.session.answer_pings(self.incoming),
            Heard::Silence => {
                self.is_silent = true;
                // A client that has said all it will may still read. The PING finds out a client that has gone.
                self.session.ping();
            }
            Heard::End => return false,
        }
        self.session.here
    }
}

impl Waiting for Meanwhile<'_, '_> {
    fn pause(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        if time <= LONG {
            return !self.session.outbox.wait_until_dead(until);
        }
        self.tell(&Text::WaitsForPassword(time.as_secs().to_string()));
        // The lines that came before are looked at first.
        self.session.answer_pings(self.incoming);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            if !self.hear(left.min(LONG)) {
                return false;
            }
        }
    }

    fn wait_until(&mut self, done: &mut dyn FnMut(Duration) -> bool) -> bool {
        if done(LONG) {
            return true;
        }
        self.tell(&Text::WaitsInTurn);
        self.session.answer_pings(self.incoming);
        while self.hear(LOOK_EVERY) {
            if done(Duration::ZERO) {
                return true;
            }
        }
        false
    }
}

pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
