//! The doors: each is an address that the server listens on, and lets people in or turns them away.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Running;
use crate::config::addresses;
use crate::net::farewell::{self, Doorman};
use crate::session::{self, Secured};
use crate::text::language::Text;
use crate::threads::{SessionPool, join};

/// How many connections one public address may have when the configuration says nothing.
const DEFAULT_CONNECTIONS_PER_ADDRESS: usize = 16;
/// How long to wait after an `accept` that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// An address that is listened on.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: Arc<TcpListener>,
    pub(super) address: SocketAddr,
    pub(super) thread: JoinHandle<()>,
}

/// The connections that have a session, by number.
pub(super) type Guests = HashMap<u64, Guest>;

/// One connection.
#[derive(Debug)]
pub(super) struct Guest {
    /// The network that it comes from, as far as the address tells.
    source_network: IpAddr,
    /// The session's own; it ends with the session.
    pub(super) socket: Weak<TcpStream>,
}

/// One door.
pub(super) struct Door {
    pub(super) socket: Arc<TcpListener>,
    /// The threads that shake hands; `None` where clients do not speak TLS.
    pub(super) handshakes: Option<SessionPool>,
    pub(super) doorman: Doorman,
    pub(super) pool: SessionPool,
}

/// A connection that has a place in the house.
struct Visit {
    connection: Arc<TcpStream>,
    address: SocketAddr,
    /// Given back when the connection is closed, so it stands behind it.
    place: Place,
}

/// A place in the house; dropped, it is given back.
struct Place {
    running: Arc<Running>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.strike_out(self.number);
    }
}

impl Visit {
    fn serve(self) {
        session::run(&self.place.running.shared, &self.connection, self.address);
    }

    fn serve_over_tls(self, secured: Secured) {
        session::run_over_tls(&self.place.running.shared, &self.connection, self.address, secured);
    }

    /// Shakes hands, and leaves the rest to another thread: what a handshake needs is much, and stays with the thread
    /// that needed it.
    fn shake_hands(self, pool: &SessionPool) {
        let shared = &self.place.running.shared;
        let Some(secured) = session::shake_hands(shared, &self.connection, self.address) else { return };
        let language = shared.config.lock().language;
        if let Err(error) = pool.take(guarded(|| self.serve_over_tls(secured))) {
            log::warn!("{}", Text::AcceptFailed(error.to_string()).within(language));
        }
    }
}

/// The session sees to a mistake in a command. No mistake elsewhere may take its thread or its place for good.
fn guarded(work: impl FnOnce()) -> impl FnOnce() {
    move || {
        let _ = panic::catch_unwind(AssertUnwindSafe(work));
    }
}

pub(super) fn accept_all(running: &Arc<Running>, door: &Door) {
    let language = running.shared.config.lock().language;
    let mut reserve = Reserve::new();
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = door.socket.accept();
        if running.stopping.load(Ordering::Acquire) {
            return;
        }
        match accepted {
            Ok((connection, address)) => {
                let address = addresses::canonical(address);
                if pause != FIRST_PAUSE {
                    log::info!("{}", Text::AcceptRecovered.within(language));
                    pause = FIRST_PAUSE;
                }
                if let Err(error) = admit(running, connection, address, door) {
                    log::warn!("{}", Text::AcceptFailed(error.to_string()).within(language));
                }
            }
            // The client went away before it was let in.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) => {}
            Err(error) => {
                if pause == FIRST_PAUSE {
                    log::warn!("{}", Text::AcceptFailed(error.to_string()).within(language));
                }
                let until = Instant::now() + pause;
                reserve.spend(|| {
                    if let Ok((connection, address)) = door.socket.accept() {
                        let address = addresses::canonical(address);
                        let count = running.guests.lock().len().to_string();
                        turn_away(running, &connection, address, door, &Text::ServerFull(count));
                        // Its descriptor is the reserve, so nobody else can be seen to meanwhile.
                        farewell::hear_out(&connection, until);
                    }
                });
                thread::sleep(until.saturating_duration_since(Instant::now()));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Gives a connection its thread, or turns it away when the house is full.
fn admit(running: &Arc<Running>, connection: TcpStream, address: SocketAddr, door: &Door) -> io::Result<()> {
    let mut guests = running.guests.lock();
    if let Some(reason) = obstacle(running, &guests, address.ip()) {
        drop(guests);
        turn_away(running, &connection, address, door, &reason);
        door.doorman.take(connection);
        return Ok(());
    }
    let number = running.next.fetch_add(1, Ordering::Relaxed);
    let connection = Arc::new(connection);
    let at_the_door = Arc::clone(&connection);
    guests.insert(
        number,
        Guest {
            source_network: addresses::source_network(address.ip()),
            socket: Arc::downgrade(&connection),
        },
    );
    drop(guests);
    let visit = Visit { connection, address, place: Place { running: Arc::clone(running), number } };
    let pool = door.pool.clone();
    let taken = match &door.handshakes {
        Some(handshakes) => handshakes.take(guarded(move || visit.shake_hands(&pool))),
        None => pool.take(guarded(|| visit.serve())),
    };
    taken.inspect_err(|_| {
        // The job is gone, so this is the last of it.
        if let Some(connection) = Arc::into_inner(at_the_door) {
            let count = running.guests.lock().len().to_string();
            turn_away(running, &connection, address, door, &Text::ServerFull(count));
            door.doorman.take(connection);
        }
    })
}

/// Why one more connection from an address cannot be let in.
fn obstacle(running: &Running, guests: &Guests, address: IpAddr) -> Option<Text> {
    if guests.len() >= running.capacity.connections {
        return Some(Text::ServerFull(guests.len().to_string()));
    }
    let config = running.shared.config.lock();
    let most = match config.max_connections_per_ip {
        _ if config.is_exempt(address) => 0,
        Some(most) => most,
        None if addresses::is_private(address) => 0,
        None => DEFAULT_CONNECTIONS_PER_ADDRESS,
    };
    let source = addresses::source_network(address);
    let count = || guests.values().filter(|guest| guest.source_network == source).count();
    (most > 0 && count() >= most).then(|| Text::TooManyFromAddress(most.to_string()))
}

/// Says why, where that needs no handshake.
fn turn_away(running: &Running, connection: &TcpStream, address: SocketAddr, door: &Door, reason: &Text) {
    let language = running.shared.config.lock().language;
    if door.handshakes.is_none() {
        let error = Text::ClosingLink(address.ip().to_string(), reason.to_string(language));
        farewell::say(connection, &format!("ERROR :{}\r\n", error.to_string(language)));
    }
    let reason = match reason {
        Text::TooManyFromAddress(most) => Text::TooManyConnections(most.clone()).to_string(language),
        reason => reason.to_string(language),
    };
    log::warn!("{}", Text::TurnedAway(address.to_string(), reason).within(language));
}

impl Listener {
    /// Wakes the thread out of `accept` and joins it; it knows that the server is stopping.
    pub(super) fn stop(self) {
        // Not every system wakes it so. There a connection does; if none can be made, it is busy with others and will
        // see.
        if rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both).is_err() {
            let address = addresses::reachable(self.address);
            let _ = TcpStream::connect_timeout(&address, Duration::from_millis(200));
        }
        join(self.thread);
    }
}

/// One descriptor kept back: when the process has no other left, it is given up for a moment, so that a newcomer can
/// be told so instead of waiting without an answer.
struct Reserve(Option<File>);

impl Reserve {
    fn new() -> Self {
        Self(File::open("/dev/null").ok())
    }

    fn spend(&mut self, work: impl FnOnce()) {
        if self.0.take().is_some() {
            work();
        }
        *self = Self::new();
    }
}
