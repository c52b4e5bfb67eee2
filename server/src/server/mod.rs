//! The server as a whole: listeners, one thread for each connection, and an orderly stop.
//!
//! Every thread has a name and is joined: a session's by the [staff](crate::staff)'s reaper; the listeners', the
//! doorman's, the reaper's, the drain thread's, the hashing threads', the store's and the one that
//! answers the shell by [`Server::stop`].

pub(crate) mod control;
pub(crate) mod desk;
pub mod limits;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;
use parking_lot::{Condvar, Mutex};

use crate::auth::hashing::Hashers;
use crate::config::Config;
use crate::config::addresses;
use crate::drain::Drain;
use crate::net::farewell::{self, Doorman};
use crate::net::tls::Identity;
use crate::server::control::Control;
use crate::server::limits::Room;
use crate::session::{self, House};
use crate::staff::{Staff, join, spawn};
use crate::store::Store;
use crate::store::furnish::furnish;
use crate::text::language::Text;
use crate::world::{ClientId, Effects, Order};

/// How long the farewell may take before the sockets are shut down.
const FAREWELL: Duration = Duration::from_millis(1500);
/// How many connections one public address may have when the configuration says nothing.
const DEFAULT_CONNECTIONS_PER_ADDRESS: usize = 16;
/// How long to wait after an `accept` that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A running server.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    tls_addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    orders: Receiver<Order>,
    listeners: Vec<Listener>,
    doorman: JoinHandle<()>,
    drain: JoinHandle<()>,
    store: JoinHandle<()>,
    hashers: Vec<JoinHandle<()>>,
    reaper: JoinHandle<()>,
    /// `None` where nothing can be asked: there is no folder, or no door.
    control: Option<Control>,
}

/// An address that is listened on.
#[derive(Debug)]
struct Listener {
    socket: Arc<TcpListener>,
    address: SocketAddr,
    thread: JoinHandle<()>,
}

/// The connections that have a session, by number.
type Guests = HashMap<u64, Guest>;

/// One connection.
#[derive(Debug)]
struct Guest {
    /// Whose it is, as far as the address tells.
    customer: IpAddr,
    /// The session's own; it ends with the session.
    socket: Weak<TcpStream>,
}

/// What the listeners and the sessions share.
#[derive(Debug)]
struct Shared {
    house: House,
    room: Room,
    stopping: AtomicBool,
    guests: Mutex<Guests>,
    /// Told when `guests` becomes empty.
    all_gone: Condvar,
    /// The number of the next connection.
    next: AtomicU64,
}

impl Server {
    /// Listens on every address of the configuration and begins to serve.
    ///
    /// # Errors
    /// A sentence for the person at the console.
    pub fn start(config: Config) -> Result<Self, Text> {
        Self::check(&config)?;
        Self::open(config)
    }

    /// The same without listening anywhere: nobody can come in, and those who stay are there.
    ///
    /// # Errors
    /// A sentence for the person at the console.
    pub(crate) fn start_without_doors(config: Config) -> Result<Self, Text> {
        Self::open(Config { listen: Vec::new(), listen_tls: Vec::new(), ..config })
    }

    fn open(config: Config) -> Result<Self, Text> {
        let cannot_start = |error: io::Error| Text::CannotStart(error.to_string());
        let config = Arc::new(config);
        let identity = identity_of(&config, None)?;
        let all = [&config.listen[..], &config.listen_tls].concat();
        let listen = |addresses: &[SocketAddr]| {
            let sockets = addresses.iter().map(|address| addresses::listen(*address, &all));
            sockets.collect::<Result<Vec<_>, _>>()
        };
        let (plain, secure) = (listen(&config.listen)?, listen(&config.listen_tls)?);
        let bound = |sockets: &[TcpListener]| {
            let addresses: io::Result<Vec<_>> = sockets.iter().map(TcpListener::local_addr).collect();
            addresses.map_err(cannot_start)
        };
        let (addresses, tls_addresses) = (bound(&plain)?, bound(&secure)?);
        let (store, store_thread) = Store::start(&config)?;
        let (drain, drain_thread) = Drain::start().map_err(cannot_start)?;
        let (hashers, hashing_threads) = Hashers::start().map_err(cannot_start)?;
        let (order_sender, orders) = unbounded();
        let world = furnish(&config, &store, Timestamp::now())?;
        let shared = Arc::new(Shared {
            room: Room::measure(config.max_connections),
            house: House {
                world: Mutex::new(world),
                drain,
                store,
                hashers,
                config: Mutex::new(config),
                identity: Mutex::new(identity),
                orders: order_sender,
            },
            stopping: AtomicBool::new(false),
            guests: Mutex::new(HashMap::new()),
            all_gone: Condvar::new(),
            next: AtomicU64::new(0),
        });
        let of_house = Arc::downgrade(&shared);
        shared.house.store.report_to(move |news| {
            if let Some(shared) = of_house.upgrade() {
                shared.house.tell_operators(news);
            }
        });
        let (staff, reaper) = Staff::start().map_err(cannot_start)?;
        let (doorman, doorman_thread) = Doorman::start().map_err(cannot_start)?;
        let mut listeners = Vec::new();
        let doors = plain.into_iter().map(|socket| (socket, false));
        let doors = doors.chain(secure.into_iter().map(|socket| (socket, true)));
        for ((socket, secure), address) in doors.zip(addresses.iter().chain(&tls_addresses)) {
            let socket = Arc::new(socket);
            let door =
                Door { socket: Arc::clone(&socket), secure, doorman: doorman.clone(), staff: staff.clone() };
            let shared = Arc::clone(&shared);
            let work = move || accept_all(&shared, &door);
            let thread = spawn(&format!("listen {address}"), work).map_err(cannot_start)?;
            listeners.push(Listener { socket, address: *address, thread });
        }
        let control = if listeners.is_empty() { None } else { control_of(&shared) };
        Ok(Self {
            addresses,
            tls_addresses,
            shared,
            orders,
            listeners,
            doorman: doorman_thread,
            drain: drain_thread,
            store: store_thread,
            hashers: hashing_threads,
            reaper,
            control,
        })
    }

    /// What the sessions share.
    pub(crate) fn house(&self) -> &House {
        &self.shared.house
    }

    /// Whether a configuration can be served as far as can be told without doing so: each key is right by itself.
    ///
    /// # Errors
    /// What is wrong with the certificate or its key, or that nobody could come.
    pub fn check(config: &Config) -> Result<(), Text> {
        if config.listen.is_empty() && config.listen_tls.is_empty() {
            return Err(Text::NowhereToListen);
        }
        addresses::check(config.listen.iter().chain(&config.listen_tls))?;
        Identity::given(config).map(drop)
    }

    /// Where it listens, with the real port where the configuration said 0.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where it listens for those who speak TLS, likewise.
    pub fn tls_addresses(&self) -> &[SocketAddr] {
        &self.tls_addresses
    }

    /// Who it is to those who come over TLS; `None` where nobody can.
    pub fn identity(&self) -> Option<Identity> {
        self.shared.house.identity.lock().clone()
    }

    /// What operators want the server to do, to be carried out by the owner of the server.
    pub fn orders(&self) -> &Receiver<Order> {
        &self.orders
    }

    /// Where [orders](Self::orders) can be given.
    pub fn order_sender(&self) -> Sender<Order> {
        self.shared.house.orders.clone()
    }

    /// What the server was told to be.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.shared.house.config.lock())
    }

    /// Takes on a new configuration, and reads the certificate again; nobody is dropped. Where to listen, where
    /// data is kept, how many connections there are and how names are compared stay as they were at the start; the keys
    /// among these that would have changed are returned.
    ///
    /// # Errors
    /// What is wrong with the certificate or its key; then nothing changes.
    pub fn reconfigure(&self, mut config: Config) -> Result<Vec<&'static str>, Text> {
        Self::check(&config)?;
        let old = self.config();
        let mut fixed = Vec::new();
        if config.listen != old.listen {
            config.listen.clone_from(&old.listen);
            fixed.push("listen");
        }
        if config.listen_tls != old.listen_tls {
            config.listen_tls.clone_from(&old.listen_tls);
            fixed.push("listen_tls");
        }
        if config.data_dir != old.data_dir {
            config.data_dir.clone_from(&old.data_dir);
            fixed.push("data_dir");
        }
        if config.casemapping != old.casemapping {
            config.casemapping = old.casemapping;
            fixed.push("casemapping");
        }
        if config.max_connections != old.max_connections {
            config.max_connections = old.max_connections;
            fixed.push("max_connections");
        }
        let identity = identity_of(&config, self.identity().as_ref())?;
        *self.shared.house.identity.lock() = identity;
        self.shared.house.reconfigure(config);
        Ok(fixed)
    }

    /// Tells a connection something as notices, if it is still there.
    pub fn tell(&self, to: ClientId, news: &[Text]) {
        self.shared.house.tell(to, news);
    }

    /// How many people are here; `None` if the world cannot be looked at within this time, for nothing moves in it.
    pub fn count_people(&self, patience: Duration) -> Option<usize> {
        Some(self.shared.house.world.try_lock_for(patience)?.users())
    }

    /// How many connections there is room for.
    pub fn room(&self) -> &Room {
        &self.shared.room
    }

    /// Ends everything in order: no new connections, an ERROR with the reason for everybody, every thread joined.
    /// Takes less than two seconds, even with clients that do not read.
    pub fn stop(self) {
        let Self { shared, listeners, doorman, drain, store, hashers, reaper, control, .. } = self;
        shared.stopping.store(true, Ordering::Release);
        if let Some(control) = control {
            control.stop();
        }
        for listener in listeners {
            listener.stop();
        }
        // The last who could send somebody to the doorman were the listeners.
        join(doorman);
        shared.dismiss();
        shared.house.drain.stop();
        join(drain);
        shared.house.hashers.stop();
        hashers.into_iter().for_each(join);
        shared.house.store.stop();
        join(store);
        // The last way to the staff went with the listeners, so those at rest end, and then the reaper.
        join(reaper);
    }
}

impl Listener {
    /// Wakes the thread out of `accept` and joins it; it knows that the server is stopping.
    fn stop(self) {
        // Not every system wakes it so. There a connection does; if none can be made, it is busy with others and will
        // see.
        if rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both).is_err() {
            let address = addresses::reachable(self.address);
            let _ = TcpStream::connect_timeout(&address, Duration::from_millis(200));
        }
        join(self.thread);
    }
}

impl Shared {
    /// Says goodbye to everybody and waits until all sessions have ended.
    fn dismiss(&self) {
        let House { world, drain, config, .. } = &self.house;
        let config = Arc::clone(&config.lock());
        let mut effects = Effects::default();
        let outboxes: Vec<_> = {
            let mut world = world.lock();
            world.now = Timestamp::now();
            let everybody: Vec<_> =
                world.connections().map(|(id, client)| (id, Arc::clone(&client.outbox))).collect();
            for (id, _) in &everybody {
                world.disconnect(*id, &Text::Stopping);
            }
            world.take_effects(&mut effects);
            everybody.into_iter().map(|(_, outbox)| outbox).collect()
        };
        // What is to be kept of this is dropped: people have not left their rooms, the house has closed. The rooms that
        // were open are the same ones after a restart.
        effects.records.clear();
        effects.settle(drain, &config);
        let deadline = Instant::now() + FAREWELL;
        let mut guests = self.guests.lock();
        while !guests.is_empty() && !self.all_gone.wait_until(&mut guests, deadline).timed_out() {}
        drop(guests);
        for outbox in outboxes {
            outbox.kill();
        }
        let mut guests = self.guests.lock();
        // Those whom the world did not know: they were shaking hands, or about to come in.
        for socket in guests.values().filter_map(|guest| guest.socket.upgrade()) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        while !guests.is_empty() {
            self.all_gone.wait(&mut guests);
        }
        drop(guests);
        // What the last commands have changed and no session was left to bring to the store.
        let changes = self.house.world.lock().take_to_keep();
        self.house.keep(changes);
    }

    /// A connection has ended, or never got a session.
    fn strike_out(&self, number: u64) {
        let mut guests = self.guests.lock();
        guests.remove(&number);
        if guests.is_empty() {
            self.all_gone.notify_all();
        }
    }
}

/// The way from the shell; where there can be none, the console hears why, and the server runs without.
fn control_of(shared: &Arc<Shared>) -> Option<Control> {
    let config = Arc::clone(&shared.house.config.lock());
    let folder = config.data_dir.as_deref()?;
    let answers = Arc::clone(shared);
    let started = Control::start(folder, move |question| desk::answer(&answers.house, question));
    let cannot =
        |error: &io::Error| log::warn!("{}", Text::NoControl(error.to_string()).within(config.language));
    started.inspect_err(cannot).ok()
}

/// Who the server is to those who come over TLS, if anybody can.
fn identity_of(config: &Config, before: Option<&Identity>) -> Result<Option<Identity>, Text> {
    let wanted = !config.listen_tls.is_empty();
    wanted.then(|| Identity::load(config, before)).transpose()
}

/// Where people come in.
struct Door {
    socket: Arc<TcpListener>,
    /// Whether it is for those who speak TLS.
    secure: bool,
    doorman: Doorman,
    staff: Staff,
}

fn accept_all(shared: &Arc<Shared>, door: &Door) {
    let language = shared.house.config.lock().language;
    let mut reserve = Reserve::new();
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = door.socket.accept();
        if shared.stopping.load(Ordering::Acquire) {
            return;
        }
        match accepted {
            Ok((connection, address)) => {
                let address = addresses::canonical(address);
                if pause != FIRST_PAUSE {
                    log::info!("{}", Text::AcceptRecovered.within(language));
                    pause = FIRST_PAUSE;
                }
                if let Err(error) = admit(shared, connection, address, door) {
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
                        let count = shared.guests.lock().len().to_string();
                        turn_away(shared, &connection, address, door, &Text::ServerFull(count));
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
fn admit(shared: &Arc<Shared>, connection: TcpStream, address: SocketAddr, door: &Door) -> io::Result<()> {
    let mut guests = shared.guests.lock();
    if let Some(reason) = obstacle(shared, &guests, address.ip()) {
        drop(guests);
        turn_away(shared, &connection, address, door, &reason);
        door.doorman.take(connection);
        return Ok(());
    }
    let number = shared.next.fetch_add(1, Ordering::Relaxed);
    let connection = Arc::new(connection);
    let at_the_door = Arc::clone(&connection);
    guests.insert(
        number,
        Guest { customer: addresses::of_one_customer(address.ip()), socket: Arc::downgrade(&connection) },
    );
    drop(guests);
    let (house, secure) = (Arc::clone(shared), door.secure);
    let visit = move || {
        // The session sees to a mistake in a command. None anywhere else may take this place in the house for good.
        let serve = AssertUnwindSafe(|| session::run(&house.house, &connection, address, secure));
        let _ = panic::catch_unwind(serve);
        drop(connection);
        house.strike_out(number);
    };
    door.staff.take(visit).inspect_err(|_| {
        shared.strike_out(number);
        // The visit is gone, so this is the last of it.
        if let Some(connection) = Arc::into_inner(at_the_door) {
            let count = shared.guests.lock().len().to_string();
            turn_away(shared, &connection, address, door, &Text::ServerFull(count));
            door.doorman.take(connection);
        }
    })
}

/// Why one more connection from an address cannot be let in.
fn obstacle(shared: &Shared, guests: &Guests, address: IpAddr) -> Option<Text> {
    if guests.len() >= shared.room.connections {
        return Some(Text::ServerFull(guests.len().to_string()));
    }
    let config = shared.house.config.lock();
    let most = match config.max_connections_per_ip {
        _ if config.is_exempt(address) => 0,
        Some(most) => most,
        None if addresses::is_private(address) => 0,
        None => DEFAULT_CONNECTIONS_PER_ADDRESS,
    };
    let customer = addresses::of_one_customer(address);
    let count = || guests.values().filter(|guest| guest.customer == customer).count();
    (most > 0 && count() >= most).then(|| Text::TooManyFromAddress(most.to_string()))
}

/// Says why, where that needs no handshake.
fn turn_away(shared: &Shared, connection: &TcpStream, address: SocketAddr, door: &Door, reason: &Text) {
    let language = shared.house.config.lock().language;
    if !door.secure {
        let error = Text::ClosingLink(address.ip().to_string(), reason.to_string(language));
        farewell::say(connection, &format!("ERROR :{}\r\n", error.to_string(language)));
    }
    let reason = match reason {
        Text::TooManyFromAddress(most) => Text::TooManyConnections(most.clone()).to_string(language),
        reason => reason.to_string(language),
    };
    log::warn!("{}", Text::TurnedAway(address.to_string(), reason).within(language));
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
