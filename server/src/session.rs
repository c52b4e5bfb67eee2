//! The session: the thread of one connection.
//!
//! It reads as much as one `read` gives, runs every complete line of it under the world's lock, and then, with no lock
//! held, flushes each outbox that was touched once. So one write to a member's socket carries what many lines had to
//! say.
//! This is the only place that takes the lock (but for the one time when the server stops).
//! It also keeps the connection's clock: how long a login may take, when a silent client is asked, and when it is
//! given up.

use std::io::{self, Read};
use std::mem;
use std::net::{SocketAddr, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use jiff::Timestamp;
use log::Level;
use parking_lot::{Mutex, MutexGuard};
use teahouse_protocol::{Line as Received, LineBuffer, LineLimits, text};

use crate::auth::hashing::Hashers;
use crate::commands::{self, Aid, Errand, Input, Waiting};
use crate::config::Config;
use crate::drain::Drain;
use crate::net::farewell;
use crate::net::stranger;
use crate::net::throttle::Throttle;
use crate::net::tls::{self, Identity};
use crate::outbox::{Answers, Cause, Outbox};
use crate::store::Store;
use crate::text::language::Text;
use crate::world::{Changes, ClientId, Effects, Order, World};

/// More than this many bytes of answers on their way, and the session waits before it runs the next line: a client
/// that asks much and reads little waits for itself.
const ANSWERS_AHEAD_BYTES: usize = 64 * 1024;
/// How much later than it should a login may be given up: so long the socket's timeout need not be set anew.
const SLACK: Duration = Duration::from_secs(1);
/// How long one session keeps the lock while it has lines to run. A full buffer of them takes about so long, so with
/// less the lock would change hands oftener, and with more whoever waits for it would wait without need.
const LONGEST_HOLD: Duration = Duration::from_micros(100);
/// How much may wait to be copied to the members of a room when the lock is let go: a hall of thousands takes long.
const MOST_RUN_BYTES: usize = 4 << 20;
/// How many outboxes the list of touched ones keeps room for: who speaks in a room of a hundred makes no new one for
/// each line, and nobody keeps more than a kilobyte for a room of thousands.
const MOST_KEPT: usize = 128;
/// Whoever has to wait longer than this in the middle of a command is told so, and is heard meanwhile. In less time a
/// PING waits its turn like any other line, so that programs which look for the end of an answer by it find it there.
const LONG: Duration = Duration::from_secs(1);
/// How often a session that waits and hears its client looks at what it waits for.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How many lines are run between two looks at the clock and at what waits.
const LINES_A_LOOK: usize = 8;

/// What all sessions share.
#[derive(Debug)]
pub struct House {
    /// The one world, under the one lock.
    pub world: Mutex<World>,
    /// Where outboxes go that the kernel takes no more from.
    pub drain: Drain,
    /// What outlasts the server; asked without the lock only.
    pub store: Store,
    /// Who hashes passwords; likewise.
    pub hashers: Hashers,
    /// What the server was told to be; a session keeps to what it was when it began.
    pub config: Mutex<Arc<Config>>,
    /// Who the server is to those who come over TLS; `None` where nobody can. A connection keeps to the one with
    /// which it shook hands.
    pub identity: Mutex<Option<Identity>>,
    /// Where orders from operators go.
    pub orders: Sender<Order>,
}

impl House {
    /// Takes on a new configuration. Nobody is dropped.
    pub fn reconfigure(&self, config: Config) {
        let config = Arc::new(config);
        *self.config.lock() = Arc::clone(&config);
        self.store.reconfigure(&config);
        self.with_world(|world| {
            let before = Arc::clone(&world.config);
            world.reconfigure(config);
            commands::tell_changes(world, &before);
        });
    }

    /// Tells a connection something as notices, if it is still there.
    pub fn tell(&self, to: ClientId, news: &[Text]) {
        self.with_world(|world| {
            if world.client(to).is_some() {
                news.iter().for_each(|text| world.notice(to, text));
            }
        });
    }

    /// Has changes kept that no client waits for. Not to be called under the lock.
    pub(crate) fn keep(&self, changes: Option<Changes>) {
        let Some(changes) = changes else { return };
        if let Err(error) = self.store.keep_changes(changes) {
            let language = self.config.lock().language;
            log::warn!("{}", Text::RoomNotKept(error.to_string()).within(language));
        }
    }

    /// Does something with the world in nobody's name, and then what had to wait for the lock: what has changed is kept,
    /// and those concerned hear of it. Not to be called by the store's own thread.
    pub(crate) fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let config = Arc::clone(&self.config.lock());
        let mut effects = Effects::default();
        let (outcome, changes) = {
            let mut world = self.world.lock();
            world.now = Timestamp::now();
            let outcome = work(&mut world);
            world.turn_out_suspects();
            world.take_effects(&mut effects);
            (outcome, world.take_to_keep())
        };
        self.store.keep(&mut effects.records);
        effects.settle(&self.drain, &config);
        self.keep(changes);
        outcome
    }

    /// Tells every operator something that no client has caused.
    pub(crate) fn tell_operators(&self, news: &Text) {
        let config = Arc::clone(&self.config.lock());
        let mut effects = Effects::default();
        {
            let mut world = self.world.lock();
            world.now = Timestamp::now();
            world.tell_operators(news);
            world.take_effects(&mut effects);
        }
        effects.settle(&self.drain, &config);
    }
}

/// Serves one connection until it ends. The socket is this session's own.
pub fn run(house: &House, socket: &Arc<TcpStream>, address: SocketAddr, secure: bool) {
    let config = Arc::clone(&house.config.lock());
    let deadline = Instant::now() + config.registration_timeout;
    if secure {
        return run_over_tls(house, config, socket, address, deadline);
    }
    let outbox = Outbox::new(Arc::clone(socket), config.sendq);
    Session::begin(house, config, address, outbox, deadline, None).live(socket, &**socket);
}

#[inline(never)]
fn run_over_tls(
    house: &House,
    config: Arc<Config>,
    socket: &Arc<TcpStream>,
    address: SocketAddr,
    deadline: Instant,
) {
    let identity = house.identity.lock().clone().expect("it listens for TLS with an identity only");
    match tls::shake_hands(socket, identity.handshakes, deadline, config.language) {
        Ok(link) => {
            let link = Arc::new(link);
            let outbox = Outbox::new(Arc::clone(&link), config.sendq);
            Session::begin(house, config, address, outbox, deadline, Some(&link))
                .live(socket, tls::Reader::new(link));
        }
        // Whoever looks for open ports comes by every day; an operator need not hear of it.
        Err(error) => log::debug!("{address} did not shake hands: {error}"),
    }
}

/// One connection's thread, while it runs.
struct Session<'h> {
    house: &'h House,
    config: Arc<Config>,
    id: ClientId,
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
        house: &'h House,
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
            let mut world = house.world.lock();
            world.now = now;
            let id = world.connect(address, Arc::clone(&outbox));
            if let Some(link) = link {
                world.came_over_tls(id, link.certificate());
            }
            world.at_work = Some(id);
            world.turn_away_if_banned(id);
            world.at_work = None;
            world.take_effects(&mut effects);
            (id, world.client(id).is_some())
        };
        let clock = Clock::LoggingIn { deadline };
        let throttle = config.flood_protection.then(Throttle::default);
        Box::new(Self {
            house,
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
            // An errand may take long: what was said before it is told before it, or whole rooms would wait for one
            // member's password. And whoever asks for what was said finds it.
            self.settle();
            let House { store, hashers, .. } = self.house;
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
            Input::Message(message) => message.command().eq_ignore_ascii_case("PING"),
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
                world.client(session.id)?;
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
                world.client(session.id)?;
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

    /// Runs lines under the lock: the next one, and those behind it as long as nothing has to be done without the lock
    /// and others have not waited too long. Every time that the lock changes hands costs more than a line does.
    #[inline(never)]
    fn run(&mut self, world: &mut World, buffer: &mut LineBuffer) -> Option<Errand> {
        world.client(self.id)?;
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
                && (since.elapsed() >= LONGEST_HOLD || world.run_bytes() >= MOST_RUN_BYTES);
            let goes_on = errand.is_none()
                && world.client(self.id).is_some()
                && self.outbox.answer_bytes() <= ANSWERS_AHEAD_BYTES
                && !self.has_had_its_turn
                && buffer.has_line()
                && self.throttle.as_mut().is_none_or(|throttle| throttle.take_at_once(since));
            if !goes_on {
                return errand;
            }
        }
    }

    /// Hangs up on a client that has not logged in and whose next line is none of IRC.
    fn turns_out_a_stranger(&self, world: &mut World, buffer: &mut LineBuffer) -> bool {
        // With lines that came together, the login may be complete since one of them.
        let may_be_one = world.client(self.id).is_some_and(|client| !client.is_registered());
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
        let mut world = self.house.world.lock();
        world.now = self.now;
        world.at_work = Some(self.id);
        let errand = work(self, &mut world);
        world.at_work = None;
        world.take_effects(&mut self.effects);
        match world.client(self.id) {
            Some(client) if client.is_registered() => {
                if self.clock.logged_in() {
                    // What a login took is not held against what is said after it.
                    self.throttle = self.throttle.take().map(|_| Throttle::default());
                }
                if client.is_operator() {
                    self.throttle = None;
                }
            }
            Some(_) => {}
            None => self.here = false,
        }
        if mem::take(&mut self.has_had_its_turn) {
            // To whoever waits, not to this thread again.
            MutexGuard::unlock_fair(world);
        }
        errand.filter(|_| self.here)
    }

    /// Does what had to wait for the lock to be free: flushes the touched outboxes, writes the log.
    fn settle(&mut self) {
        for order in self.effects.orders.drain(..) {
            // Whoever takes orders is there as long as there are sessions, or the server is stopping anyway.
            let _ = self.house.orders.send(order);
        }
        self.house.store.keep(&mut self.effects.records);
        self.effects.settle(&self.house.drain, &self.config);
    }

    /// Flushes, and waits until the client has taken the answers to its own questions.
    ///
    /// # Errors
    /// Why the connection ends, if it does not take them in time or is gone.
    fn catch_up(&mut self) -> Result<(), Text> {
        self.settle();
        if self.outbox.answer_bytes() > 0 {
            // Others may have put it on the common list; its own client does not wait for that.
            self.house.drain.flush(&self.outbox);
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
            self.house.drain.flush(&self.outbox);
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
        self.house.keep(changes);
        let deadline = Instant::now() + farewell::LINGER;
        self.outbox.wait_until_dead(deadline);
        farewell::hear_out(socket, deadline);
        self.outbox.kill();
    }
}

/// What comes from a client.
struct Incoming<'s, R> {
    socket: &'s TcpStream,
    input: R,
    buffer: LineBuffer,
    /// How long the next read waits.
    patience: Duration,
}

impl<R> Incoming<'_, R> {
    /// Has the next read wait for so long, and a little longer if that spares a system call.
    fn wait_for(&mut self, time: Duration) {
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

/// What is heard of a client that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// Something, or nothing for that long.
    Something,
    /// Nothing comes any more, or there is no room for it: it is not to be asked again.
    Silence,
    /// The connection is broken.
    End,
}

/// A client that is heard while it is waited for.
trait Listen {
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
struct Meanwhile<'a, 'h> {
    session: &'a mut Session<'h>,
    incoming: &'a mut dyn Listen,
    /// Whether the client is not heard any more: it has said all it will, and may still want to read the answers.
    is_silent: bool,
}

impl Meanwhile<'_, '_> {
    /// Tells the client that it has to wait.
    fn tell(&mut self, text: &Text) {
        self.session.locked(|session, world| {
            world.client(session.id)?;
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
                // Whoever has said all they will may still read. Whoever has gone is found out by having this sent back.
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
        // What came before is looked at first.
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

impl Effects {
    /// Flushes the touched outboxes, once each, and writes the notes to the log. Not to be called under the lock.
    pub(crate) fn settle(&mut self, drain: &Drain, config: &Config) {
        drain.flush_all(&mut self.touched);
        // Whoever once came into a full room would keep a list as long as that.
        self.touched.shrink_to(MOST_KEPT);
        for note in mem::take(&mut self.notes) {
            // Whoever looks for open ports comes by every day; an operator need not hear of it.
            let level = if let Text::Stranger(_) = note { Level::Debug } else { Level::Info };
            log::log!(level, "{}", text::escape(&note.to_string(config.language)));
        }
    }
}

/// What a connection's silence means, and how much of it is too much.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// The login must be complete by then, however the bytes trickle in.
    LoggingIn { deadline: Instant },
    /// Nothing is wrong; after the ping interval the client is asked.
    Calm,
    /// The client was asked, and anything that comes is an answer.
    Asked,
}

impl Clock {
    /// How long the next read may wait; `None` when the time is up already.
    fn patience(&self, config: &Config) -> Option<Duration> {
        match self {
            Self::LoggingIn { deadline } => {
                Some(deadline.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
            }
            Self::Calm => Some(config.ping_interval),
            Self::Asked => Some(config.ping_timeout),
        }
    }

    fn heard(&mut self) {
        if let Self::Asked = self {
            *self = Self::Calm;
        }
    }

    /// Does not hold against a login what it had to wait for.
    fn stood_still(&mut self, time: Duration) {
        if let Self::LoggingIn { deadline } = self {
            *deadline += time;
        }
    }

    /// Notes that the login is complete; returns whether that is new.
    fn logged_in(&mut self) -> bool {
        let is_new = matches!(self, Self::LoggingIn { .. });
        if is_new {
            *self = Self::Calm;
        }
        is_new
    }

    fn is_login(&self) -> bool {
        matches!(self, Self::LoggingIn { .. })
    }

    /// Whether silence now is the end.
    fn is_last_chance(&self) -> bool {
        !matches!(self, Self::Calm)
    }

    /// What to say to a client whose time is up.
    fn verdict(&self, config: &Config) -> Text {
        let seconds = |time: Duration| time.as_secs().to_string();
        match self {
            Self::LoggingIn { .. } => Text::RegistrationTimeout(seconds(config.registration_timeout)),
            Self::Calm | Self::Asked => {
                Text::PingTimeout(seconds(config.ping_interval + config.ping_timeout))
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
