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
//! [`Connection::close`] is the one way to end, whatever is under way. It shuts the socket down, which ends a `read`
//! and a `write` that are blocked in it, and joins both threads.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, mem};

use crossbeam_channel::{Receiver, Sender, bounded, select};
use parking_lot::Mutex;
use teahouse_protocol::{Line, LineBuffer, LineLimits, Message, text};

use crate::dial::{self, DialError, Stop};
use crate::event::{Event, Failure, What};
use crate::profile::Profile;
use crate::registration::Registration;

/// How many events may wait for the window. A server that sends faster than the window takes is read more slowly.
const MAX_EVENTS_WAITING: usize = 4096;

/// How many lines may wait for the server.
const MAX_LINES_WAITING: usize = 1024;

/// About how much is written at once at the most.
const BATCH_BYTES: usize = 16 * 1024;

/// How long [`Connection::close`] lets the writer finish: a farewell to a server that listens takes a millisecond.
const FAREWELL_TIME: Duration = Duration::from_millis(200);

/// How long the connection waits for what. The defaults suit people; tests are in more of a hurry.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a socket to be connected, name lookup included.
    pub connect: Duration,
    /// For the server's welcome after that.
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
            login: Duration::from_secs(15),
            idle: Duration::from_secs(60),
            answer: Duration::from_secs(30),
        }
    }
}

/// A connection that is being made, or stands, or has ended. Dropping it closes it.
pub struct Connection {
    events: Receiver<Event>,
    outgoing: Sender<Outgoing>,
    shared: Arc<Shared>,
    /// Dropped to call off whatever the reader waits for, unless that is the socket.
    go_on: Option<Sender<Infallible>>,
    /// Disconnected when the writer has ended, or never began.
    writer_ended: Receiver<Infallible>,
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

/// The socket as it must be known to whoever wants to shut it down.
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

enum Outgoing {
    Line(String),
    /// All has been said.
    End,
}

/// How a connection comes to its end.
enum Ending {
    /// The window closed it, and needs no event to know.
    Closed,
    /// Something else did.
    Failed(Failure),
}

impl Connection {
    /// Begins to connect as `profile` says and to log in there, and comes back at once. Everything that happens, failure
    /// included, comes out of [`drain`](Self::drain); the last event is [`What::Ended`], unless the connection was
    /// closed from this side.
    ///
    /// `wake` is called from another thread when there is something to drain. It must not block.
    pub fn open(profile: &Profile, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::open_with(profile, Patience::default(), wake)
    }

    /// The same with other deadlines.
    pub fn open_with(profile: &Profile, patience: Patience, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (event_sender, events) = bounded(MAX_EVENTS_WAITING);
        let (outgoing, lines) = bounded(MAX_LINES_WAITING);
        let (go_on, stop) = bounded(0);
        let (writer_token, writer_ended) = bounded(0);
        let shared = Arc::new(Shared::default());
        let reader = Arc::new(Reader {
            profile: profile.clone(),
            patience,
            events: event_sender,
            wake,
            outgoing: outgoing.clone(),
            stop,
            shared: Arc::clone(&shared),
        });
        let spawned = {
            let reader = Arc::clone(&reader);
            thread::Builder::new().name("reader".to_owned()).spawn(move || reader.run(&lines, writer_token))
        };
        if let Err(error) = &spawned {
            // The channel is empty, so there is room.
            let _ = reader.emit(What::Ended(Failure::CannotStart { detail: error.to_string() }).into());
        }
        Self { events, outgoing, shared, go_on: Some(go_on), writer_ended, reader: spawned.ok() }
    }

    /// Sends a line, without CR LF, as soon as the server takes it. Never waits.
    ///
    /// What is sent before the login is complete goes out after the lines of the login. What is sent to a connection
    /// that has ended is lost, as is the connection when far too much is waiting; both are told by an event.
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

    /// Ends the connection, and comes back when both of its threads have ended: within a few milliseconds of what was
    /// sent before being on its way, and within a quarter of a second if the server does not take it.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        let socket = mem::replace(&mut *self.shared.socket.lock(), Socket::Closing);
        if let Socket::Open(stream) = socket {
            if self.outgoing.try_send(Outgoing::End).is_ok() {
                let _ = self.writer_ended.recv_timeout(FAREWELL_TIME);
            }
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

/// What the reader's thread has to do with.
struct Reader<W> {
    profile: Profile,
    patience: Patience,
    events: Sender<Event>,
    wake: W,
    outgoing: Sender<Outgoing>,
    stop: Stop,
    shared: Arc<Shared>,
}

impl<W: Fn() + Send + Sync> Reader<W> {
    /// The reader's whole life. `writer_token` is dropped when there is no writer any more.
    fn run(&self, lines: &Receiver<Outgoing>, writer_token: Sender<Infallible>) {
        let Ending::Failed(failure) = self.converse(lines, writer_token) else { return };
        log::info!("the connection ended: {failure:?}");
        let _ = self.emit(What::Ended(failure).into());
    }

    fn converse(&self, lines: &Receiver<Outgoing>, writer_token: Sender<Infallible>) -> Ending {
        let (host, port) = (self.profile.server.as_str(), self.profile.port);
        let stream = match dial::dial(host, port, self.patience.connect, &self.stop) {
            Ok(stream) => stream,
            Err(DialError::Stopped) => return Ending::Closed,
            Err(DialError::Failed(failure)) => return Ending::Failed(failure),
        };
        if let Err(ending) = self.prepare(&stream) {
            return ending;
        }
        let mut registration = Registration::new(&self.profile.nick);
        thread::scope(|scope| {
            let stream = &stream;
            let opening = registration.opening();
            let write = move || {
                let written = write(stream, &opening, lines);
                // Whatever went wrong, the reader sees the end of the stream.
                let how = if written.is_ok() { Shutdown::Write } else { Shutdown::Both };
                let _ = stream.shutdown(how);
                drop(writer_token);
                written
            };
            let writer = match thread::Builder::new().name("writer".to_owned()).spawn_scoped(scope, write) {
                Ok(writer) => writer,
                Err(error) => return Ending::Failed(Failure::CannotStart { detail: error.to_string() }),
            };
            let Err(ending) = self.read(stream, &mut registration);
            let _ = stream.shutdown(Shutdown::Both);
            // When there is no room for this, the writer finds out by writing.
            let _ = self.outgoing.try_send(Outgoing::End);
            let is_stalled = match writer.join() {
                Ok(Err(error)) => is_timeout(&error),
                Ok(Ok(())) | Err(_) => false,
            };
            match ending {
                Ending::Failed(_) if is_stalled || self.shared.overflown.load(Ordering::SeqCst) => {
                    Ending::Failed(Failure::Stalled)
                }
                ending => ending,
            }
        })
    }

    /// Makes the new socket known to whoever wants to shut it down, unless somebody already does.
    fn prepare(&self, stream: &TcpStream) -> Result<(), Ending> {
        // Lines are written whole, so there is nothing to wait for before sending them.
        stream.set_nodelay(true).map_err(|error| broken(&error))?;
        stream.set_write_timeout(Some(self.patience.answer)).map_err(|error| broken(&error))?;
        let handle = stream.try_clone().map_err(|error| broken(&error))?;
        let mut socket = self.shared.socket.lock();
        if matches!(*socket, Socket::Closing) {
            return Err(Ending::Closed);
        }
        *socket = Socket::Open(handle);
        Ok(())
    }

    /// Reads until the connection ends.
    fn read(&self, mut stream: &TcpStream, registration: &mut Registration) -> Result<Infallible, Ending> {
        let mut buffer = LineBuffer::new(LineLimits::FROM_SERVER);
        let login_deadline = Instant::now() + self.patience.login;
        let mut heard = Instant::now();
        let mut asked = false;
        loop {
            let deadline = match (registration.is_welcomed(), asked) {
                (false, _) => login_deadline,
                (true, false) => heard + self.patience.idle,
                (true, true) => heard + self.patience.idle + self.patience.answer,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if !registration.is_welcomed() {
                    return Err(Ending::Failed(Failure::NoWelcome));
                }
                if asked {
                    return Err(Ending::Failed(Failure::Silent));
                }
                asked = true;
                self.answer("PING teahouse".to_owned())?;
                continue;
            }
            let spare = buffer.spare();
            if spare.is_empty() {
                return Err(self.not_irc());
            }
            stream.set_read_timeout(Some(left)).map_err(|error| broken(&error))?;
            match stream.read(spare) {
                Ok(0) => return Err(self.end_of_stream(String::new())),
                Ok(count) => {
                    buffer.filled(count);
                    heard = Instant::now();
                    asked = false;
                }
                Err(error) if is_timeout(&error) || error.kind() == ErrorKind::Interrupted => {}
                Err(error) if self.is_closing() => {
                    log::debug!("reading while closing: {error}");
                    return Err(Ending::Closed);
                }
                Err(error) => return Err(broken(&error)),
            }
            while let Some(line) = buffer.next_line() {
                match line {
                    Line::Complete(line) => self.take(&String::from_utf8_lossy(line), registration)?,
                    Line::TooLong => log::warn!("a line of more than 16 KiB was dropped"),
                }
            }
        }
    }

    /// Takes in one line.
    fn take(&self, line: &str, registration: &mut Registration) -> Result<(), Ending> {
        let message = match Message::parse(line) {
            Ok(message) => message,
            Err(_) if !registration.is_welcomed() => return Err(self.not_irc()),
            Err(why) => {
                log::warn!("not a message ({why}): {}", text::escape(line));
                return Ok(());
            }
        };
        log::trace!("< {}", text::escape(line));
        if message.is("PING") {
            let token = message.params().last().copied().unwrap_or_default();
            return self.answer(format!("PONG :{token}"));
        }
        let step = registration.take(&message, &self.profile.server).map_err(|failure| {
            // An ERROR in answer to our own farewell is not news.
            if self.is_closing() { Ending::Closed } else { Ending::Failed(failure) }
        })?;
        for line in step.lines {
            self.answer(line)?;
        }
        if message.is("ERROR") {
            let reason = message.param(0).map(crate::event::clean).unwrap_or_default();
            return Err(self.end_of_stream(reason));
        }
        let event = step.what.map(Event::from).or_else(|| Event::read(&message));
        event.map_or(Ok(()), |event| self.emit(event))
    }

    /// Sends a line of our own.
    fn answer(&self, line: String) -> Result<(), Ending> {
        let sent = self.outgoing.try_send(Outgoing::Line(line));
        sent.map_err(|_| Ending::Failed(Failure::Stalled))
    }

    /// Passes an event on, and waits while the window has too many already.
    fn emit(&self, event: Event) -> Result<(), Ending> {
        select! {
            send(self.events, event) -> sent => sent.map_err(|_| Ending::Closed)?,
            recv(self.stop) -> _ => return Err(Ending::Closed),
        }
        if !self.shared.pending.swap(true, Ordering::SeqCst) {
            (self.wake)();
        }
        Ok(())
    }

    fn is_closing(&self) -> bool {
        matches!(*self.shared.socket.lock(), Socket::Closing)
    }

    fn end_of_stream(&self, reason: String) -> Ending {
        if self.is_closing() { Ending::Closed } else { Ending::Failed(Failure::ClosedByServer { reason }) }
    }

    fn not_irc(&self) -> Ending {
        Ending::Failed(Failure::NotAChatServer { host: self.profile.server.clone() })
    }
}

/// The writer's whole life: the opening, and then whatever comes, until all has been said.
fn write(mut stream: &TcpStream, opening: &[String], lines: &Receiver<Outgoing>) -> io::Result<()> {
    let mut batch = Vec::with_capacity(1024);
    for line in opening {
        push_line(&mut batch, line);
    }
    stream.write_all(&batch)?;
    let mut is_over = false;
    while !is_over {
        batch.clear();
        // The channel cannot be disconnected: the reader, which outlives the writer, has a sender too.
        let Ok(first) = lines.recv() else { break };
        for outgoing in std::iter::once(first).chain(lines.try_iter()) {
            match outgoing {
                Outgoing::Line(line) => push_line(&mut batch, &line),
                Outgoing::End => is_over = true,
            }
            if is_over || batch.len() >= BATCH_BYTES {
                break;
            }
        }
        stream.write_all(&batch)?;
    }
    Ok(())
}

fn push_line(batch: &mut Vec<u8>, line: &str) {
    log::trace!("> {}", text::escape(line));
    batch.extend_from_slice(line.as_bytes());
    batch.extend_from_slice(b"\r\n");
}

/// Whether a read or write ran out of its time; systems call it by two names.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn broken(error: &io::Error) -> Ending {
    Ending::Failed(Failure::Broken { detail: error.to_string() })
}
