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
//! The reader also comes back by itself when a connection was lost ([`reconnect`](crate::reconnect)), and goes where a
//! server sends it to be spoken to by TLS ([`sts`](crate::sts)). Each time there is a new socket and a new writer; the
//! window sees one connection that has ended, waits, and is being made again.
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

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select};
use jiff::Timestamp;
use parking_lot::Mutex;
use teahouse_protocol::{Line, LineBuffer, LineLimits, Message, text};

use crate::dial::{self, DialError, Stop};
use crate::event::{self, Event, What};
use crate::failure::Failure;
use crate::profile::Profile;
use crate::pulse::{self, Beat, Pulse};
use crate::reconnect::{BackOff, Retry};
use crate::registration::{Registration, Step};
use crate::sts::Policies;
use crate::tls::{Reading, Tls};
use crate::traffic::Traffic;

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
    traffic: Receiver<Traffic>,
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
    /// TLS itself has something to say.
    Records,
    /// All has been said. Dropped by the writer when it has ended.
    End(Sender<Infallible>),
}

/// How a connection comes to its end.
enum Ending {
    /// The window closed it, and needs no event to know.
    Closed,
    /// Something else did.
    Failed(Failure),
    /// The server is to be spoken to by TLS, at this port.
    Upgrade(u16),
}

/// By which way a server is gone to.
#[derive(Clone, Copy)]
struct Way {
    port: u16,
    tls: bool,
    /// Whether a policy stands behind the TLS, so that nothing can excuse a certificate.
    strict: bool,
}

impl Connection {
    /// Begins to connect as `profile` says and to log in there, and comes back at once. Everything that happens, failure
    /// included, comes out of [`drain`](Self::drain). The last event is [`What::Ended`], unless the connection was
    /// closed from this side or is made again: then [`What::Retrying`] follows, once a second, and
    /// [`What::Connecting`].
    ///
    /// `wake` is called from another thread when there is something to drain. It must not block.
    pub fn open(profile: &Profile, setup: &Setup, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (event_sender, events) = bounded(MAX_EVENTS_WAITING);
        let (traffic_sender, traffic) = bounded(MAX_EVENTS_WAITING);
        let (outgoing, lines) = bounded(MAX_LINES_WAITING);
        let (go_on, stop) = bounded(0);
        let shared = Arc::new(Shared::default());
        let reader = Arc::new(Reader {
            profile: profile.clone(),
            setup: setup.clone(),
            events: event_sender,
            traffic: traffic_sender,
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
        Self { events, traffic, outgoing, shared, go_on: Some(go_on), reader: spawned.ok() }
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

    /// Takes out the lines that went over the wire, the oldest first; to be called after [`drain`](Self::drain), which
    /// says when there are more. Lines that nobody takes out are lost when they are too many.
    pub fn traffic(&self) -> impl Iterator<Item = Traffic> + '_ {
        self.traffic.try_iter()
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
            let _ = finish(&self.outgoing).recv_timeout(FAREWELL_TIME);
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
    setup: Setup,
    events: Sender<Event>,
    traffic: Sender<Traffic>,
    wake: W,
    outgoing: Sender<Outgoing>,
    stop: Stop,
    shared: Arc<Shared>,
}

impl<W: Fn() + Send + Sync> Reader<W> {
    /// The reader's whole life: one visit after another.
    fn run(&self, lines: &Receiver<Outgoing>) {
        let mut back_off = BackOff::default();
        let mut was_welcomed = false;
        let mut nick = self.profile.nick.clone();
        loop {
            let mut record = Record { nick: nick.clone(), welcomed_at: None };
            let Ending::Failed(failure) = self.visit(lines, &mut record) else { return };
            let Record { welcomed_at, .. } = record;
            nick = record.nick;
            log::info!("the connection ended: {failure:?}");
            was_welcomed |= welcomed_at.is_some();
            let goes_on = self.setup.retry.follows(&failure, was_welcomed);
            if self.emit(What::Ended(failure).into()).is_err() || !goes_on {
                return;
            }
            back_off.stood(welcomed_at.map_or(Duration::ZERO, |at| at.elapsed()));
            if self.wait(back_off.next_wait()).is_err() || self.emit(What::Connecting.into()).is_err() {
                return;
            }
        }
    }

    /// Waits, and tells the window each second how much longer.
    fn wait(&self, time: Duration) -> Result<(), Ending> {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let seconds = u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
            self.emit(What::Retrying { seconds }.into())?;
            // Up to the moment when one second less is left.
            let tick = left.saturating_sub(Duration::from_secs((seconds - 1).into()));
            match self.stop.recv_timeout(tick) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Ending::Closed),
                Ok(never) => match never {},
            }
        }
    }

    /// Goes to the server once, by the way that is known to be right, or that the server says is.
    fn visit(&self, lines: &Receiver<Outgoing>, record: &mut Record) -> Ending {
        let Profile { server, port, tls, .. } = &self.profile;
        let way = match self.setup.policies.get(server, Timestamp::now()) {
            // Who asks for TLS says at which port, too.
            Some(policy) => Way { port: if *tls { *port } else { policy.port }, tls: true, strict: true },
            None => Way { port: *port, tls: *tls, strict: false },
        };
        match self.converse(way, lines, record) {
            Ending::Upgrade(port) => {
                log::info!("{server} wants to be spoken to by TLS at port {port}");
                // By TLS, nobody is sent on.
                self.converse(Way { port, tls: true, strict: true }, lines, record)
            }
            ending => ending,
        }
    }

    fn converse(&self, way: Way, lines: &Receiver<Outgoing>, record: &mut Record) -> Ending {
        let host = self.profile.server.as_str();
        let stream = match dial::dial(host, way.port, self.setup.patience.connect, &self.stop) {
            Ok(stream) => stream,
            Err(DialError::Stopped) => return Ending::Closed,
            Err(DialError::Failed(failure)) => return Ending::Failed(failure),
        };
        if let Err(ending) = self.prepare(&stream) {
            return ending;
        }
        let tls = match self.secure(&stream, way) {
            Ok(tls) => tls,
            Err(failure) => return self.ended_by(failure),
        };
        // What was meant for the connection before this one is lost with it.
        while lines.try_recv().is_ok() {}
        self.shared.overflown.store(false, Ordering::SeqCst);
        let ending = self.talk(&stream, tls.as_ref(), way, lines, record);
        let mut socket = self.shared.socket.lock();
        if !matches!(*socket, Socket::Closing) {
            *socket = Socket::Coming;
        }
        ending
    }

    /// Shakes hands, where the way is by TLS.
    fn secure(&self, stream: &TcpStream, way: Way) -> Result<Option<Tls>, Failure> {
        if !way.tls {
            return Ok(None);
        }
        let deadline = Instant::now() + self.setup.patience.connect;
        let tls = Tls::connect(stream, &self.profile, way.strict, deadline)?;
        // Nobody may be looking any more.
        let _ = self.emit(What::Secured(tls.fingerprint().clone()).into());
        Ok(Some(tls))
    }

    /// From the first line to the last, with a writer of its own.
    fn talk(
        &self,
        stream: &TcpStream,
        tls: Option<&Tls>,
        way: Way,
        lines: &Receiver<Outgoing>,
        record: &mut Record,
    ) -> Ending {
        let mut session = Session {
            registration: Registration::new(
                &Profile { nick: record.nick.clone(), ..self.profile.clone() },
                tls.is_some(),
            ),
            pulse: Pulse::new(
                self.setup.patience.idle,
                self.setup.patience.answer,
                self.setup.measured,
                Instant::now(),
            ),
            events: event::Reader::default(),
            policy: None,
            is_proven: tls.is_some_and(Tls::is_verified),
            port: way.port,
            record,
        };
        thread::scope(|scope| {
            let opening = session.registration.opening();
            let (writer_token, writer_ended) = bounded::<Infallible>(0);
            let write = move || {
                let written = write(stream, tls, &opening, lines, &|line| self.note(true, line));
                // Whatever went wrong, the reader sees the end of the stream.
                let how = if written.is_ok() { Shutdown::Write } else { Shutdown::Both };
                let _ = stream.shutdown(how);
                // Whoever waits for our end need not wait longer.
                while lines.try_recv().is_ok() {}
                drop(writer_token);
                written
            };
            let writer = match thread::Builder::new().name("writer".to_owned()).spawn_scoped(scope, write) {
                Ok(writer) => writer,
                Err(error) => return Ending::Failed(Failure::CannotStart { detail: error.to_string() }),
            };
            let nudge = || {
                // A queue that is full gets the writer going as well.
                let _ = self.outgoing.try_send(Outgoing::Records);
            };
            let Err(ending) = self.read(&mut Reading::new(stream, tls, &nudge), stream, &mut session);
            if matches!(ending, Ending::Upgrade(_)) {
                // Not a word more in the clear.
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _token = finish(&self.outgoing);
            let _ = writer_ended.recv_timeout(FAREWELL_TIME);
            let _ = stream.shutdown(Shutdown::Both);
            if let Some(seconds) = session.policy {
                // The time that the server said is counted from the end of the connection.
                self.setup.policies.set(&self.profile.server, way.port, seconds, Timestamp::now());
            }
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
        stream.set_write_timeout(Some(self.setup.patience.answer)).map_err(|error| broken(&error))?;
        let handle = stream.try_clone().map_err(|error| broken(&error))?;
        let mut socket = self.shared.socket.lock();
        if matches!(*socket, Socket::Closing) {
            return Err(Ending::Closed);
        }
        *socket = Socket::Open(handle);
        Ok(())
    }

    /// Reads until the connection ends.
    fn read(
        &self,
        reading: &mut Reading<'_>,
        stream: &TcpStream,
        session: &mut Session<'_>,
    ) -> Result<Infallible, Ending> {
        let mut buffer = LineBuffer::new(LineLimits::FROM_SERVER);
        let mut begun = Instant::now();
        loop {
            let now = Instant::now();
            let registration = &mut session.registration;
            let left = if registration.is_welcomed() {
                match session.pulse.next(now) {
                    Beat::Listen(left) => left,
                    Beat::Ask => {
                        self.answer(format!("PING {}", pulse::TOKEN))?;
                        continue;
                    }
                    Beat::Gone => return Err(Ending::Failed(Failure::Silent)),
                }
            } else {
                let patience = &self.setup.patience;
                let time = if registration.holds_back() { patience.capabilities } else { patience.login };
                match (begun + time).saturating_duration_since(now) {
                    Duration::ZERO => {
                        let step = registration.out_of_patience();
                        self.follow(step.ok_or(Ending::Failed(Failure::NoWelcome))?, None, session)?;
                        begun = now;
                        continue;
                    }
                    left => left,
                }
            };
            let spare = buffer.spare();
            if spare.is_empty() {
                return Err(self.not_irc());
            }
            stream.set_read_timeout(Some(left)).map_err(|error| broken(&error))?;
            match reading.read(spare) {
                Ok(0) => return Err(self.end_of_stream(String::new())),
                Ok(count) => {
                    buffer.filled(count);
                    session.pulse.hear(Instant::now());
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
                    Line::Complete(line) => self.take(&String::from_utf8_lossy(line), session)?,
                    Line::TooLong => log::warn!("a line of more than 16 KiB was dropped"),
                }
            }
            let step = session.registration.pause();
            self.follow(step, None, session)?;
        }
    }

    /// Takes in one line.
    fn take(&self, line: &str, session: &mut Session<'_>) -> Result<(), Ending> {
        self.note(false, line);
        let message = match Message::parse(line) {
            Ok(message) => message,
            Err(_) if !session.registration.is_welcomed() => return Err(self.not_irc()),
            Err(why) => {
                log::warn!("not a message ({why}): {}", text::escape(line));
                return Ok(());
            }
        };
        if message.is("PING") {
            let token = message.params().last().copied().unwrap_or_default();
            return self.answer(format!("PONG :{token}"));
        }
        if message.is("PONG") && message.params().last() == Some(&pulse::TOKEN) {
            return match session.pulse.answered(Instant::now()) {
                Some(latency) => self.emit(What::Latency(latency).into()),
                None => Ok(()),
            };
        }
        let step = session.registration.take(&message);
        if session.registration.is_welcomed() {
            session.record.welcomed_at.get_or_insert_with(Instant::now);
            session.record.nick = session.registration.nick_to_come_back_by().to_owned();
        }
        let event = if step.is_settled { None } else { session.events.read(&message) };
        self.follow(step, event, session)?;
        if message.is("ERROR") {
            let reason = message.param(0).map(crate::formatting::plain).unwrap_or_default();
            return Err(self.end_of_stream(reason));
        }
        Ok(())
    }

    /// Does what is to be done, and tells the window of it.
    fn follow(&self, step: Step, event: Option<Event>, session: &mut Session<'_>) -> Result<(), Ending> {
        if let Some(offer) = step.sts {
            match (session.registration.is_secure(), offer.port, offer.duration_secs) {
                (false, Some(port), _) => return Err(Ending::Upgrade(port)),
                (true, _, Some(seconds)) if session.is_proven => {
                    session.policy = Some(seconds);
                    self.setup.policies.set(&self.profile.server, session.port, seconds, Timestamp::now());
                }
                _ => {}
            }
        }
        for line in step.lines {
            self.answer(line)?;
        }
        if let Some(failure) = step.failure {
            return Err(self.ended_by(failure));
        }
        for event in event.into_iter().chain(step.news.into_iter().map(Event::from)) {
            if event.what == What::MotdEnd {
                session.pulse.greeted(Instant::now());
            }
            self.emit(event)?;
        }
        Ok(())
    }

    /// Sends a line of our own.
    fn answer(&self, line: String) -> Result<(), Ending> {
        let sent = self.outgoing.try_send(Outgoing::Line(line));
        sent.map_err(|_| Ending::Failed(Failure::Stalled))
    }

    /// Notes a line that goes over the wire, for whoever wants to see it. The connection does not wait for them.
    fn note(&self, is_sent: bool, line: &str) {
        let traffic = Traffic::new(is_sent, line);
        log::trace!("{} {}", if is_sent { '>' } else { '<' }, text::escape(&traffic.line));
        let _ = self.traffic.try_send(traffic);
        self.wake();
    }

    /// Passes an event on, and waits while the window has too many already.
    fn emit(&self, event: Event) -> Result<(), Ending> {
        select! {
            send(self.events, event) -> sent => sent.map_err(|_| Ending::Closed)?,
            recv(self.stop) -> _ => return Err(Ending::Closed),
        }
        self.wake();
        Ok(())
    }

    fn wake(&self) {
        if !self.shared.pending.swap(true, Ordering::SeqCst) {
            (self.wake)();
        }
    }

    fn is_closing(&self) -> bool {
        matches!(*self.shared.socket.lock(), Socket::Closing)
    }

    /// The end, by this failure. What fails while we are closing, an ERROR in answer to our own farewell included, is
    /// not news.
    fn ended_by(&self, failure: Failure) -> Ending {
        if self.is_closing() { Ending::Closed } else { Ending::Failed(failure) }
    }

    fn end_of_stream(&self, reason: String) -> Ending {
        self.ended_by(Failure::ClosedByServer { reason })
    }

    fn not_irc(&self) -> Ending {
        Ending::Failed(Failure::NotAChatServer { host: self.profile.server.clone() })
    }
}

/// What is known of a visit when it is over.
struct Record {
    /// The name to ask for the next time.
    nick: String,
    /// When the server let us in, if it did.
    welcomed_at: Option<Instant>,
}

/// What the reader knows of the connection that stands.
struct Session<'r> {
    registration: Registration,
    pulse: Pulse,
    events: event::Reader,
    /// For how many seconds, from the end of this connection on, the server is to be spoken to by TLS only.
    policy: Option<u64>,
    /// Whether we know who the server is. Whoever it may be otherwise has no say in how we come back.
    is_proven: bool,
    port: u16,
    record: &'r mut Record,
}

/// Asks the writer to write what was given to it, and to end. What comes back is disconnected when it has, or when it
/// has so much to do that it need not be asked.
fn finish(outgoing: &Sender<Outgoing>) -> Receiver<Infallible> {
    let (token, ended) = bounded(0);
    // When there is no room for this, the writer finds out by writing.
    let _ = outgoing.try_send(Outgoing::End(token));
    ended
}

/// The writer's whole life: the opening, and then whatever comes, until all has been said.
fn write(
    mut stream: &TcpStream,
    tls: Option<&Tls>,
    opening: &[String],
    lines: &Receiver<Outgoing>,
    note: &dyn Fn(&str),
) -> io::Result<()> {
    let mut send = |clear: &[u8]| match tls {
        Some(tls) => stream.write_all(&tls.seal(clear)?),
        None => stream.write_all(clear),
    };
    let mut batch = Vec::with_capacity(1024);
    for line in opening {
        push_line(&mut batch, line, note);
    }
    send(&batch)?;
    let mut over = None;
    while over.is_none() {
        batch.clear();
        // The channel cannot be disconnected: the reader, which outlives the writer, has a sender too.
        let Ok(first) = lines.recv() else { break };
        for outgoing in std::iter::once(first).chain(lines.try_iter()) {
            match outgoing {
                Outgoing::Line(line) => push_line(&mut batch, &line, note),
                Outgoing::Records => {}
                Outgoing::End(token) => over = Some(token),
            }
            if over.is_some() || batch.len() >= BATCH_BYTES {
                break;
            }
        }
        send(&batch)?;
    }
    match tls {
        Some(tls) => stream.write_all(&tls.seal_end()),
        None => Ok(()),
    }
}

fn push_line(batch: &mut Vec<u8>, line: &str, note: &dyn Fn(&str)) {
    note(line);
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
