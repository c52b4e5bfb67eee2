//! The server as a whole: listeners, one thread for each connection, and an orderly stop.
//!
//! Every thread has a name and is joined: a session's by the [pool](crate::threads)'s reaper; the listeners', the
//! doorman's, the reaper's, the drain thread's, the hashing threads', the store's and the one that
//! answers the shell by [`Server::stop`].

pub(crate) mod control;
pub(crate) mod desk;
mod door;
pub mod limits;

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;
use parking_lot::{Condvar, Mutex};

use crate::auth::hashing::Hashers;
use crate::config::{Config, addresses};
use crate::drain::Drain;
use crate::net::farewell::Doorman;
use crate::net::tls::Identity;
use crate::session::Shared;
use crate::store::Store;
use crate::store::furnish::furnish;
use crate::text::language::Text;
use crate::threads::{SessionPool, join, spawn};
use crate::world::{ConnectionId, Effects, Order};
use control::Control;
use door::{Door, Guests, Listener, accept_all};
use limits::Capacity;

/// How long the farewell may take before the sockets are shut down.
const FAREWELL: Duration = Duration::from_millis(1500);

/// A running server.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    tls_addresses: Vec<SocketAddr>,
    running: Arc<Running>,
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

/// The things that listeners and sessions have in common.
#[derive(Debug)]
struct Running {
    shared: Shared,
    capacity: Capacity,
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

    /// The same without listening anywhere: nobody can come in, and the people who stay are there.
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
        let running = Arc::new(Running {
            capacity: Capacity::measure(config.max_connections),
            shared: Shared {
                world: Mutex::new(world),
                drain,
                store,
                hashers,
                config: Mutex::new(config),
                identity: Mutex::new(identity),
                orders: order_sender,
            },
            stopping: AtomicBool::new(false),
            guests: Mutex::new(Guests::new()),
            all_gone: Condvar::new(),
            next: AtomicU64::new(0),
        });
        let weak = Arc::downgrade(&running);
        running.shared.store.report_to(move |news| {
            if let Some(running) = weak.upgrade() {
                running.shared.tell_operators(news);
            }
        });
        let (pool, reaper) = SessionPool::start().map_err(cannot_start)?;
        let (doorman, doorman_thread) = Doorman::start().map_err(cannot_start)?;
        let mut listeners = Vec::new();
        let doors = plain.into_iter().map(|socket| (socket, false));
        let doors = doors.chain(secure.into_iter().map(|socket| (socket, true)));
        for ((socket, secure), address) in doors.zip(addresses.iter().chain(&tls_addresses)) {
            let socket = Arc::new(socket);
            let door = Door {
                socket: Arc::clone(&socket),
                handshakes: secure.then(|| pool.sibling()),
                doorman: doorman.clone(),
                pool: pool.clone(),
            };
            let running = Arc::clone(&running);
            let work = move || accept_all(&running, &door);
            let thread = spawn(&format!("listen {address}"), work).map_err(cannot_start)?;
            listeners.push(Listener { socket, address: *address, thread });
        }
        let control = if listeners.is_empty() { None } else { control_of(&running) };
        Ok(Self {
            addresses,
            tls_addresses,
            running,
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

    /// The state that the sessions share.
    pub(crate) fn shared(&self) -> &Shared {
        &self.running.shared
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

    /// The addresses at which it listens for clients that speak TLS, likewise.
    pub fn tls_addresses(&self) -> &[SocketAddr] {
        &self.tls_addresses
    }

    /// Its certificate and key for TLS; `None` where nobody can come so.
    pub fn identity(&self) -> Option<Identity> {
        self.running.shared.identity.lock().clone()
    }

    /// The orders of operators for the server, to be carried out by the owner of the server.
    pub fn orders(&self) -> &Receiver<Order> {
        &self.orders
    }

    /// Where [orders](Self::orders) can be given.
    pub fn order_sender(&self) -> Sender<Order> {
        self.running.shared.orders.clone()
    }

    /// The configuration.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.running.shared.config.lock())
    }

    /// Takes on a new configuration, and reads the certificate again; nobody is dropped. The keys that need a restart
    /// stay as they were at the start; those among them that would have changed are returned.
    ///
    /// # Errors
    /// What is wrong with the certificate or its key; then nothing changes.
    pub fn reconfigure(&self, mut config: Config) -> Result<Vec<&'static str>, Text> {
        Self::check(&config)?;
        let fixed = config.keep_until_restart(&self.config());
        let identity = identity_of(&config, self.identity().as_ref())?;
        *self.running.shared.identity.lock() = identity;
        self.running.shared.reconfigure(config);
        Ok(fixed)
    }

    /// Tells a connection something as notices, if it is still there.
    pub fn tell(&self, to: ConnectionId, news: &[Text]) {
        self.running.shared.tell(to, news);
    }

    /// How many people are here; `None` if the world cannot be looked at within this time, for nothing moves in it.
    pub fn count_people(&self, patience: Duration) -> Option<usize> {
        Some(self.running.shared.world.try_lock_for(patience)?.users())
    }

    /// How many connections there is room for.
    pub fn capacity(&self) -> &Capacity {
        &self.running.capacity
    }

    /// Ends everything in order: no new connections, an ERROR with the reason for everybody, every thread joined.
    /// Takes less than two seconds, even with clients that do not read.
    pub fn stop(self) {
        let Self { running, listeners, doorman, drain, store, hashers, reaper, control, .. } = self;
        running.stopping.store(true, Ordering::Release);
        if let Some(control) = control {
            control.stop();
        }
        for listener in listeners {
            listener.stop();
        }
        // Only the listeners could send somebody to the doorman.
        join(doorman);
        running.dismiss();
        running.shared.drain.stop();
        join(drain);
        running.shared.hashers.stop();
        hashers.into_iter().for_each(join);
        running.shared.store.stop();
        join(store);
        // The last way to the pool went with the listeners, so the idle threads end, and then the reaper.
        join(reaper);
    }
}

impl Running {
    /// Says goodbye to everybody and waits until all sessions have ended.
    fn dismiss(&self) {
        let Shared { world, drain, config, .. } = &self.shared;
        let config = Arc::clone(&config.lock());
        let mut effects = Effects::default();
        let outboxes: Vec<_> = {
            let mut world = world.lock();
            world.now = Timestamp::now();
            let everybody: Vec<_> =
                world.connections().map(|(id, connection)| (id, Arc::clone(&connection.outbox))).collect();
            for (id, _) in &everybody {
                world.disconnect(*id, &Text::Stopping);
            }
            world.take_effects(&mut effects);
            everybody.into_iter().map(|(_, outbox)| outbox).collect()
        };
        // The records of this are dropped: people have not left their rooms, the house has closed. The rooms that
        // were open are the same after a restart.
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
        // The clients that the world did not know: they were shaking hands, or about to come in.
        for socket in guests.values().filter_map(|guest| guest.socket.upgrade()) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        while !guests.is_empty() {
            self.all_gone.wait(&mut guests);
        }
        drop(guests);
        // The changes of the last commands, which no session was left to bring to the store.
        let changes = self.shared.world.lock().take_to_keep();
        self.shared.keep(changes);
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
fn control_of(running: &Arc<Running>) -> Option<Control> {
    let config = Arc::clone(&running.shared.config.lock());
    let folder = config.data_dir.as_deref()?;
    let answers = Arc::clone(running);
    let started = Control::start(folder, move |question| desk::answer(&answers.shared, question));
    let cannot =
        |error: &io::Error| log::warn!("{}", Text::NoControl(error.to_string()).within(config.language));
    started.inspect_err(cannot).ok()
}

/// The server's certificate and key for TLS, if anybody can come so.
fn identity_of(config: &Config, before: Option<&Identity>) -> Result<Option<Identity>, Text> {
    let wanted = !config.listen_tls.is_empty();
    wanted.then(|| Identity::load(config, before)).transpose()
}
