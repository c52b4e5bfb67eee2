//! One connection to a server, and the threads that carry it.
//!
//! Two threads, and neither ever makes the window wait:
//!
//! - The *reader* connects, registers, and then reads lines, blocking, for as long as there is a connection. Each line
//!   that means something to a person becomes an [`Event`] in a channel. It answers PING itself, and asks with a PING
//!   of its own when nothing has come for a while.
//! - The *writer* takes lines out of a channel and writes them, as many at once as there are. A server that takes
//!   nothing makes the writer wait, not the window: [`Connection::send`] only puts a line into the channel. When even
//!   that is full, the server has taken nothing for a thousand lines, and the connection is given up.
//!
//! The window is woken once for many events: the reader sets a flag with each and calls `wake` only if it was not set
//! before; [`Connection::drain`] clears it first and then takes out all there is. So no event is ever left lying:
//! one that comes while the window drains is either drained too or wakes it again.
//!
//! The reader also comes back by itself when a connection was lost ([`reconnect`](crate::net::reconnect)), and goes
//! where a server sends it to be spoken to by TLS ([`sts`](crate::net::sts)). Each time there is a new socket and a
//! new writer; the window sees one connection that has ended, waits, and is being made again.
//!
//! [`Connection::close`] is the one way to end, whatever is under way. It shuts the socket down, which ends a `read`
//! and a `write` that are blocked in it, and joins both threads.

use std::convert::Infallible;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fmt, mem};

use crossbeam_channel::{Receiver, Sender, bounded};
use parking_lot::Mutex;

use crate::config::profile::Profile;
use crate::event::failure::Failure;
use crate::event::wire_line::WireLine;
use crate::event::{Event, What};
use crate::net::reconnect::Retry;
use crate::net::sts::Policies;

mod reader;
mod writer;

use reader::Reader;
use writer::Outgoing;

/// How many events may wait for the window. A server that sends faster than the window takes is read more slowly.
const MAX_EVENTS_WAITING: usize = 4096;

/// How many lines may wait for the server.
const MAX_LINES_WAITING: usize = 1024;

/// How long [`Connection::close`] lets the writer finish: a farewell to a server that listens takes a millisecond.
const FAREWELL_TIME: Duration = Duration::from_millis(200);

/// How long the connection waits for what. The defaults suit people; tests are in more of a hurry.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a socket to be connected, name lookup included.
    pub connect: Duration,
    /// For word of what the server can do, where a password is held back until then.
    pub capabilities: Duration,
    /// For the server's welcome; and for the login to an account, which is part of the way there.
    pub login: Duration,
    /// For anything at all to be said by the server, before it is asked with PING.
    pub idle: Duration,
    /// For an answer to that; and for the server to take what is written to it.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            capabilities: Duration::from_secs(5),
            login: Duration::from_secs(30),
            idle: Duration::from_secs(60),
            answer: Duration::from_secs(30),
        }
    }
}

/// How connections are made, beside what the profile says.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// How long to wait for what.
    pub patience: Patience,
    /// How often to find out [how long the server takes to answer](What::Latency); never if nobody wants to know.
    pub measured: Option<Duration>,
    /// When to connect again.
    pub retry: Retry,
    /// Which servers are to be spoken to by TLS only.
    pub policies: Policies,
}

/// A connection that is being made, or stands, or has ended. Dropping it closes it.
pub struct Connection {
    events: Receiver<Event>,
    wire_lines: Receiver<WireLine>,
    outgoing: Sender<Outgoing>,
    shared: Arc<Shared>,
    /// Dropped to call off whatever the reader waits for, unless that is the socket.
    go_on: Option<Sender<Infallible>>,
    reader: Option<JoinHandle<()>>,
}

/// What the window's side and the reader both look at.
#[derive(Default)]
struct Shared {
    /// Whether the window was woken and has not drained since.
    pending: AtomicBool,
    /// Whether too many lines are waiting for the server.
    overflown: AtomicBool,
    socket: Mutex<Socket>,
}

/// The socket, as the thread that wants to shut it down must know it.
#[derive(Default)]
enum Socket {
    /// There is none yet.
    #[default]
    Coming,
    /// It is connected.
    Open(TcpStream),
    /// The connection is being closed. A socket that is connected only now is not to be used.
    Closing,
}

impl Connection {
    /// Begins to connect as `profile` says and to log in there, and comes back at once. Everything that happens,
    /// failure included, comes out of [`drain`](Self::drain). The last event is [`What::Ended`], unless the
    /// connection was closed from this side or is made again: then [`What::Retrying`] follows, once a second, and
    /// [`What::Connecting`].
    ///
    /// `wake` is called from another thread when there is something to drain. It must not block.
    pub fn open(profile: &Profile, setup: &Setup, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (event_sender, events) = bounded(MAX_EVENTS_WAITING);
        let (wire_line_sender, wire_lines) = bounded(MAX_EVENTS_WAITING);
        let (outgoing, lines) = bounded(MAX_LINES_WAITING);
        let (go_on, stop) = bounded(0);
        let shared = Arc::new(Shared::default());
        let reader = Arc::new(Reader {
            profile: profile.clone(),
            setup: setup.clone(),
            events: event_sender,
            wire_lines: wire_line_sender,
            wake,
            outgoing: outgoing.clone(),
            stop,
            shared: Arc::clone(&shared),
        });
        let spawned = {
            let reader = Arc::clone(&reader);
            thread::Builder::new().name("reader".to_owned()).spawn(move || reader.run(&lines))
        };
        if let Err(error) = &spawned {
            // The channel is empty, so there is room.
            let _ = reader.emit(What::Ended(Failure::CannotStart { detail: error.to_string() }).into());
        }
        Self { events, wire_lines, outgoing, shared, go_on: Some(go_on), reader: spawned.ok() }
    }

    /// Sends a line, without CR LF, as soon as the server takes it. Never waits.
    ///
    /// Lines that are sent before the login is complete go out after the lines of the login. A line for a connection
    /// that has ended is lost, as is the connection when far too much is waiting; an event tells of both.
    pub fn send(&self, line: String) {
        debug_assert!(!line.contains(['\r', '\n', '\0']), "one line at a time");
        if self.outgoing.try_send(Outgoing::Line(line)).is_err() {
            self.shared.overflown.store(true, Ordering::SeqCst);
            if let Socket::Open(stream) = &*self.shared.socket.lock() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Takes out every event that has come, the oldest first.
    pub fn drain(&self) -> impl Iterator<Item = Event> + '_ {
        // Cleared before the first look into the channel: what comes later than the last look wakes the window again.
        self.shared.pending.store(false, Ordering::SeqCst);
        self.events.try_iter()
    }

    /// Takes out the lines that went over the wire, the oldest first; to be called after [`drain`](Self::drain), which
    /// says when there are more. Lines that nobody takes out are lost when they are too many.
    pub fn wire_lines(&self) -> impl Iterator<Item = WireLine> + '_ {
        self.wire_lines.try_iter()
    }

    /// Ends the connection, and comes back when both of its threads have ended: within a few milliseconds of what was
    /// sent before being on its way, and within a quarter of a second if the server does not take it.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        let socket = mem::replace(&mut *self.shared.socket.lock(), Socket::Closing);
        if let Socket::Open(stream) = socket {
            let _ = writer::finish(&self.outgoing).recv_timeout(FAREWELL_TIME);
            // It may be shut down already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(self.go_on.take());
        if reader.join().is_err() {
            log::error!("the reader's thread panicked");
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
