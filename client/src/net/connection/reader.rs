//! The thread that reads: it goes to the server, logs in, and makes events of lines for as long as there is a
//! connection; and comes back when it was lost.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select};
use jiff::Timestamp;
use teahouse_protocol::{Line, LineBuffer, LineLimits, Message, failures, numerics, text};

use crate::config::profile::Profile;
use crate::event::failure::Failure;
use crate::event::wire_line::WireLine;
use crate::event::{self, Event, What};
use crate::net::connection::writer::{self, Outgoing};
use crate::net::connection::{FAREWELL_TIME, Setup, Shared, Socket};
use crate::net::dial::{self, DialError, Stop};
use crate::net::pulse::{self, Beat, Pulse};
use crate::net::reconnect::BackOff;
use crate::net::registration::{Registration, Step};
use crate::net::tls::{Reading, Tls};
use crate::text::encoding::Encoding;

/// What the reader's thread has to do with.
pub(super) struct Reader<W> {
    pub(super) profile: Profile,
    pub(super) setup: Setup,
    pub(super) events: Sender<Event>,
    pub(super) wire_lines: Sender<WireLine>,
    pub(super) wake: W,
    pub(super) outgoing: Sender<Outgoing>,
    pub(super) stop: Stop,
    pub(super) shared: Arc<Shared>,
}

/// How a connection comes to its end.
pub(super) enum Ending {
    /// The window closed it, and needs no event to know.
    Closed,
    /// Something else did.
    Failed(Failure),
    /// The server is to be spoken to by TLS, at this port.
    Upgrade(u16),
}

/// The way by which the client goes to a server.
#[derive(Clone, Copy)]
struct Way {
    port: u16,
    tls: bool,
    /// Whether a policy stands behind the TLS, so that nothing can excuse a certificate.
    strict: bool,
}

impl<W: Fn() + Send + Sync> Reader<W> {
    /// The reader's whole life: one visit after another.
    pub(super) fn run(&self, lines: &Receiver<Outgoing>) {
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
            // A user who asks for TLS says at which port, too.
            Some(policy) => Way { port: if *tls { *port } else { policy.port }, tls: true, strict: true },
            None => Way { port: *port, tls: *tls, strict: false },
        };
        match self.converse(way, lines, record) {
            Ending::Upgrade(port) => {
                log::info!("{server} wants to be spoken to by TLS at port {port}");
                if record.welcomed_at.is_some() && self.emit(What::Connecting.into()).is_err() {
                    return Ending::Closed;
                }
                // A client that came by TLS is not sent on.
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
        // Lines that were meant for the connection before this one are lost with it.
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
        let mut profile = self.profile.clone();
        profile.rename(&record.nick);
        let wants_utf8 = AtomicBool::new(false);
        let mut session = Session {
            wants_utf8: &wants_utf8,
            registration: Registration::new(&profile, tls.is_some()),
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
            let wants_utf8 = &wants_utf8;
            let write = move || {
                let encoding = || match wants_utf8.load(Ordering::SeqCst) {
                    true => Encoding::default(),
                    false => self.profile.encoding,
                };
                let note = |line: &str| self.note(true, line);
                let written = writer::write(stream, tls, &opening, lines, &encoding, &note);
                // Whatever went wrong, the reader sees the end of the stream.
                let how = if written.is_ok() { Shutdown::Write } else { Shutdown::Both };
                let _ = stream.shutdown(how);
                // A thread that waits for our end need not wait longer.
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
            let _token = writer::finish(&self.outgoing);
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

    /// Makes the new socket known to the window's side, which may shut it down, unless it is doing so already.
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
                    Line::Complete(line) => self.take(&self.profile.encoding.decode(line), session)?,
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
        if wants_utf8(&message) {
            session.wants_utf8.store(true, Ordering::SeqCst);
        }
        let step = session.registration.take(&message);
        if session.registration.is_welcomed() {
            session.record.welcomed_at.get_or_insert_with(Instant::now);
            session.record.nick = session.registration.nick_to_come_back_by().to_owned();
        }
        let event = if step.is_settled { None } else { session.events.read(&message) };
        self.follow(step, event, session)?;
        if message.is("ERROR") {
            let reason = message.param(0).map(crate::text::formatting::plain).unwrap_or_default();
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

    /// Notes a line that goes over the wire, for the window's panel. The connection does not wait for the window.
    fn note(&self, is_sent: bool, line: &str) {
        let wire_line = WireLine::new(is_sent, line);
        log::trace!("{} {}", if is_sent { '>' } else { '<' }, text::escape(&wire_line.line));
        let _ = self.wire_lines.try_send(wire_line);
        self.wake();
    }

    /// Passes an event on, and waits while the window has too many already.
    pub(super) fn emit(&self, event: Event) -> Result<(), Ending> {
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

    /// The end, by this failure. A failure while we are closing, an ERROR in answer to our own farewell included, is
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
    /// Whether the server takes nothing but UTF-8, as far as it has said.
    wants_utf8: &'r AtomicBool,
    registration: Registration,
    pulse: Pulse,
    events: event::Reader,
    /// For how many seconds, from the end of this connection on, the server is to be spoken to by TLS only.
    policy: Option<u64>,
    /// Whether we know who the server is. An unproven server has no say in how we come back.
    is_proven: bool,
    port: u16,
    record: &'r mut Record,
}

/// Whether a server says that it takes nothing but UTF-8 ([UTF8ONLY](https://ircv3.net/specs/extensions/utf8-only)).
fn wants_utf8(message: &Message<'_>) -> bool {
    let is_told = message.numeric() == Some(numerics::RPL_ISUPPORT) && message.params().contains(&"UTF8ONLY");
    is_told || (message.is("FAIL") && message.param(1) == Some(failures::INVALID_UTF8))
}

/// Whether a read or write ran out of its time; systems call it by two names.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn broken(error: &io::Error) -> Ending {
    Ending::Failed(Failure::Broken { detail: error.to_string() })
}
