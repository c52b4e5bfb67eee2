//! The session: the thread of one connection.
//!
//! It reads as much as one `read` gives, runs every complete line of it under the world's lock, and then, with no
//! lock held, flushes each outbox that was touched once. So one write to a member's socket carries what many lines
//! had to say. This folder takes the lock for a client's lines, and [`Shared`] for events that no client has caused.
//! Elsewhere only the server takes it: to stop, and to count who is here. How long a client may be silent is
//! in `clock.rs`, and how it is heard in the middle of a command in `waiting.rs`.
//!
//! Steps marked `#[inline(never)]` keep what they need off the stack of a thread that only waits: inlined they make an
//! idle connection 25.5 KiB instead of 17.5 (1,000 that have logged in).

mod clock;
mod shared;
mod waiting;

use std::io::{self, Read};
use std::mem;
use std::net::{SocketAddr, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::MutexGuard;
use teahouse_protocol::{Line as Received, LineBuffer, LineLimits};

use crate::commands::{self, Aid, Errand, Input};
use crate::config::Config;
use crate::net::throttle::Throttle;
use crate::net::{farewell, stranger, tls};
use crate::outbox::{Answers, Cause, Outbox};
use crate::text::language::Text;
use crate::world::{ConnectionId, Effects, World};
use clock::Clock;
pub use shared::Shared;
use waiting::{Incoming, Listen, Meanwhile, is_timeout};

/// More than this many bytes of answers on their way, and the session waits before it runs the next line: a client
/// that asks much and reads little waits for itself.
const ANSWERS_AHEAD_BYTES: usize = 64 * 1024;
/// How long one session keeps the lock while it has lines to run. A full buffer of them takes about so long, so with
/// less the lock would change hands oftener, and with more the others would wait for it without need.
const LONGEST_HOLD: Duration = Duration::from_micros(100);
/// How much may wait to be copied to the members of a room when the lock is let go: a hall of thousands takes long.
const MOST_BURST_BYTES: usize = 4 << 20;
/// How many lines are run between two looks at the clock and at what waits.
const LINES_A_LOOK: usize = 8;

/// Serves one connection until it ends. The socket is this session's own.
pub fn run(shared: &Shared, socket: &Arc<TcpStream>, address: SocketAddr) {
    let config = Arc::clone(&shared.config.lock());
    let deadline = Instant::now() + config.registration_timeout;
    let outbox = Outbox::new(Arc::clone(socket), config.sendq);
    Session::begin(shared, config, address, outbox, deadline, None).live(socket, &**socket);
}

/// A connection that has shaken hands and has not begun to log in.
pub struct Secured {
    config: Arc<Config>,
    link: Arc<tls::Link>,
    deadline: Instant,
}

/// Shakes hands with a client that comes over TLS; `None` if that failed. It needs a deep stack and much memory, and
/// leaves both with the thread that does it.
#[inline(never)]
pub fn shake_hands(shared: &Shared, socket: &Arc<TcpStream>, address: SocketAddr) -> Option<Secured> {
    let config = Arc::clone(&shared.config.lock());
    let deadline = Instant::now() + config.registration_timeout;
    let identity = shared.identity.lock().clone().expect("it listens for TLS with an identity only");
    match tls::shake_hands(socket, identity.handshakes, deadline, config.language) {
        Ok(link) => Some(Secured { config, link: Arc::new(link), deadline }),
        Err(error) => {
            // Programs that look for open ports come by every day; an operator need not hear of it.
            log::debug!("{address} did not shake hands: {error}");
            None
        }
    }
}

/// Serves one connection over TLS until it ends. The socket is this session's own.
#[inline(never)]
pub fn run_over_tls(shared: &Shared, socket: &TcpStream, address: SocketAddr, secured: Secured) {
    let Secured { config, link, deadline } = secured;
    let outbox = Outbox::new(Arc::clone(&link), config.sendq);
    Session::begin(shared, config, address, outbox, deadline, Some(&link))
        .live(socket, tls::Reader::new(link));
}

/// One connection's thread, while it runs.
struct Session<'h> {
    shared: &'h Shared,
    config: Arc<Config>,
    id: ConnectionId,
    outbox: Arc<Outbox>,
    /// Whether the world still knows the client; QUIT ends that, and so can others.
    here: bool,
    clock: Clock,
    /// `None` when floods are let through.
    throttle: Option<Throttle>,
    /// Whether the client has been told that it is too fast.
    slowed: bool,
    /// When the lines that are being run came.
    now: Timestamp,
    /// Whether it kept the lock as long as it may, with more lines to run.
    has_had_its_turn: bool,
    /// Kept from batch to batch for its buffers.
    effects: Effects,
}

impl<'h> Session<'h> {
    #[inline(never)]
    fn begin(
        shared: &'h Shared,
        config: Arc<Config>,
        address: SocketAddr,
        outbox: Outbox,
        deadline: Instant,
        link: Option<&tls::Link>,
    ) -> Box<Self> {
        let now = Timestamp::now();
        let outbox = Arc::new(outbox);
        let mut effects = Effects::default();
        let (id, here) = {
            let mut world = shared.world.lock();
            world.now = now;
            let id = world.connect(address, Arc::clone(&outbox));
            if let Some(link) = link {
                world.came_over_tls(id, link.certificate());
            }
            world.at_work = Some(id);
            world.turn_away_if_banned(id);
            world.at_work = None;
            world.take_effects(&mut effects);
            (id, world.connection(id).is_some())
        };
        let clock = Clock::LoggingIn { deadline };
        let throttle = config.flood_protection.then(Throttle::default);
        Box::new(Self {
            shared,
            config,
            id,
            outbox,
            here,
            clock,
            throttle,
            slowed: false,
            now,
            has_had_its_turn: false,
            effects,
        })
    }

    /// From the first read to the hang-up.
    #[allow(clippy::boxed_local, reason = "there it does not deepen the stack of a thread that waits")]
    fn live(mut self: Box<Self>, socket: &TcpStream, input: impl Read) {
        let serve = AssertUnwindSafe(|| self.serve(socket, input));
        let reason = panic::catch_unwind(serve).unwrap_or(Text::InternalError);
        self.end(socket, &reason);
    }

    /// Reads and runs lines until there is a reason to end.
    fn serve(&mut self, socket: &TcpStream, input: impl Read) -> Text {
        let buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let mut incoming = Incoming { socket, input, buffer, patience: Duration::ZERO };
        while self.here {
            let Some(wait) = self.clock.patience(&self.config) else {
                return self.clock.verdict(&self.config);
            };
            incoming.wait_for(wait);
            let Incoming { input, buffer, .. } = &mut incoming;
            let spare = buffer.spare();
            if spare.is_empty() {
                return Text::NoLineEnd;
            }
            match input.read(spare) {
                Ok(0) => return self.cause_of_end(),
                Ok(count) => buffer.filled(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if is_timeout(&error) => {
                    if self.clock.is_last_chance() {
                        return self.clock.verdict(&self.config);
                    }
                    self.ask();
                    buffer.shrink();
                    continue;
                }
                Err(_) => return self.cause_of_end(),
            }
            self.clock.heard();
            self.now = Timestamp::now();
            while incoming.buffer.has_line() {
                if let Err(reason) = self.hold_back() {
                    return reason;
                }
                if let Some(errand) = self.locked(|session, world| session.run(world, &mut incoming.buffer)) {
                    self.do_errand(errand, &mut incoming);
                }
                if !self.here {
                    break;
                }
                if self.outbox.answer_bytes() > ANSWERS_AHEAD_BYTES {
                    if let Err(reason) = self.catch_up() {
                        return reason;
                    }
                    self.now = Timestamp::now();
                }
            }
            if let Err(reason) = self.catch_up() {
                return reason;
            }
            if self.clock.is_login()
                && self.here
                && let Some(reason) = stranger::recognise(incoming.buffer.waiting())
            {
                return reason;
            }
        }
        Text::Left
    }

    /// Does what a command needs done without the lock, and then goes on with the command.
    #[inline(never)]
    fn do_errand(&mut self, errand: Errand, incoming: &mut dyn Listen) {
        let begun = Instant::now();
        let mut next = Some(errand);
        while let Some(mut errand) = next {
            // An errand may take long: the lines before it are sent first, or whole rooms would wait for one member's
            // password. And a client that asks for what was said finds it.
            self.settle();
            let Shared { store, hashers, .. } = self.shared;
            let mut client = Meanwhile { session: self, incoming: &mut *incoming, is_silent: false };
            errand.run(&mut Aid { store, hashers, client: &mut client });
            self.now = Timestamp::now();
            next = self.locked(|session, world| commands::finish(world, session.id, errand));
        }
        self.clock.stood_still(begun.elapsed());
    }

    /// Answers the PINGs among what a client has said that is waited for.
    fn answer_pings(&mut self, incoming: &mut dyn Listen) {
        let is_ping = |line: &[u8]| match Input::understand(Received::Complete(line)) {
            Input::Message(message, _) => message.command().eq_ignore_ascii_case("PING"),
            _ => false,
        };
        // Not faster, and not further ahead of what the client reads, than in their turn.
        while self.here
            && self.outbox.answer_bytes() <= ANSWERS_AHEAD_BYTES
            && let Some(line) = incoming.buffer().take_out(is_ping)
            && self.hold_back().is_ok()
        {
            self.now = Timestamp::now();
            let errand = self.locked(|session, world| {
                world.connection(session.id)?;
                commands::execute(world, session.id, &Input::understand(Received::Complete(&line)))
            });
            self.settle();
            if let Some(errand) = errand {
                self.do_errand(errand, incoming);
            }
        }
    }

    /// Makes a client that sends too fast wait.
    ///
    /// # Errors
    /// Why the connection ends, if the client has gone meanwhile: then nothing that it still had to say is heard.
    #[inline(never)]
    fn hold_back(&mut self) -> Result<(), Text> {
        let Some(throttle) = &mut self.throttle else { return Ok(()) };
        let now = Instant::now();
        let wait = throttle.take(now);
        if wait.is_zero() {
            self.slowed = false;
            return Ok(());
        }
        if !mem::replace(&mut self.slowed, true) {
            self.locked(|session, world| {
                world.connection(session.id)?;
                world.notice(session.id, &Text::SlowDown);
                None
            });
        }
        self.settle();
        if self.outbox.wait_until_dead(now + wait) {
            return Err(self.cause_of_end());
        }
        self.now = Timestamp::now();
        Ok(())
    }

    /// Runs lines under the lock: the next one, and the lines behind it as long as nothing has to be done without the
    /// lock and others have not waited too long. Every time that the lock changes hands costs more than a line does.
    #[inline(never)]
    fn run(&mut self, world: &mut World, buffer: &mut LineBuffer) -> Option<Errand> {
        world.connection(self.id)?;
        let since = Instant::now();
        let mut lines = 0;
        loop {
            if self.clock.is_login() && self.turns_out_a_stranger(world, buffer) {
                return None;
            }
            let line = buffer.next_line()?;
            let input = Input::understand(line);
            if let Some(throttle) = self.throttle.as_mut().filter(|_| input.is_sent_by_itself()) {
                throttle.lighten();
            }
            let errand = commands::execute(world, self.id, &input);
            lines += 1;
            self.has_had_its_turn = lines % LINES_A_LOOK == 0
                && (since.elapsed() >= LONGEST_HOLD || world.burst_bytes() >= MOST_BURST_BYTES);
            let goes_on = errand.is_none()
                && world.connection(self.id).is_some()
                && self.outbox.answer_bytes() <= ANSWERS_AHEAD_BYTES
                && !self.has_had_its_turn
                && buffer.has_line()
                && self.throttle.as_mut().is_none_or(|throttle| throttle.take_at_once(since));
            if !goes_on {
                return errand;
            }
        }
    }

    /// Hangs up on a client that has not logged in and whose next line is not IRC.
    fn turns_out_a_stranger(&self, world: &mut World, buffer: &mut LineBuffer) -> bool {
        // With lines that came together, the login may be complete since one of them.
        let may_be_one = world.person_at(self.id).is_some_and(|person| !person.is_registered());
        if !may_be_one || !buffer.has_line() {
            return false;
        }
        let reason = stranger::recognise(buffer.waiting());
        if let Some(reason) = &reason {
            world.disconnect(self.id, reason);
        }
        reason.is_some()
    }

    /// Does something with the world; this client may be gone from it.
    fn locked(&mut self, work: impl FnOnce(&mut Self, &mut World) -> Option<Errand>) -> Option<Errand> {
        let mut world = self.shared.world.lock();
        world.now = self.now;
        world.at_work = Some(self.id);
        let errand = work(self, &mut world);
        world.at_work = None;
        world.take_effects(&mut self.effects);
        match world.person_at(self.id) {
            Some(person) if person.is_registered() => {
                if self.clock.logged_in() {
                    // The lines of a login do not count against the lines after it.
                    self.throttle = self.throttle.take().map(|_| Throttle::default());
                }
                if person.is_operator() {
                    self.throttle = None;
                }
            }
            Some(_) => {}
            None => self.here = false,
        }
        if mem::take(&mut self.has_had_its_turn) {
            // The lock goes to a thread that waits, not to this thread again.
            MutexGuard::unlock_fair(world);
        }
        errand.filter(|_| self.here)
    }

    /// Does what had to wait for the lock to be free: flushes the touched outboxes, writes the log.
    fn settle(&mut self) {
        for order in self.effects.orders.drain(..) {
            // The receiver of orders is there as long as there are sessions, or the server is stopping anyway.
            let _ = self.shared.orders.send(order);
        }
        self.shared.store.keep(&mut self.effects.records);
        self.effects.settle(&self.shared.drain, &self.config);
    }

    /// Flushes, and waits until the client has taken the answers to its own questions.
    ///
    /// # Errors
    /// Why the connection ends, if it does not take them in time or is gone.
    fn catch_up(&mut self) -> Result<(), Text> {
        self.settle();
        if self.outbox.answer_bytes() > 0 {
            // Others may have put it on the common list; its own client does not wait for that.
            self.shared.drain.flush(&self.outbox);
        }
        match self.outbox.wait_for_answers(Instant::now() + self.config.ping_timeout) {
            Answers::Taken => Ok(()),
            Answers::Waiting => Err(Text::SendQueueExceeded),
            Answers::Lost => Err(self.cause_of_end()),
        }
    }

    /// Why a connection that has ended has ended.
    fn cause_of_end(&self) -> Text {
        if self.outbox.is_overrun() { Text::SendQueueExceeded } else { Text::Left }
    }

    /// Asks a client that has long been silent whether it is there.
    #[inline(never)]
    fn ask(&mut self) {
        self.ping();
        self.clock = Clock::Asked;
    }

    fn ping(&self) {
        let ping = format!("PING :{}\r\n", self.config.name);
        if self.outbox.queue(&[ping.as_bytes()], Cause::Others) {
            self.shared.drain.flush(&self.outbox);
        }
    }

    /// Hangs up: the world forgets the client if it has not yet, the last words are sent, the socket closes.
    #[inline(never)]
    fn end(&mut self, socket: &TcpStream, reason: &Text) {
        self.now = Timestamp::now();
        let mut changes = None;
        self.locked(|session, world| {
            world.disconnect(session.id, reason);
            changes = world.take_to_keep();
            None
        });
        self.settle();
        self.shared.keep(changes);
        let deadline = Instant::now() + farewell::LINGER;
        self.outbox.wait_until_dead(deadline);
        farewell::hear_out(socket, deadline);
        self.outbox.kill();
    }
}
