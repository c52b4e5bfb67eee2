//! The things that all sessions share: the world under its lock, the store, and the ways out.

use std::mem;
use std::sync::Arc;

use crossbeam_channel::Sender;
use jiff::Timestamp;
use log::Level;
use parking_lot::Mutex;
use teahouse_protocol::text;

use crate::auth::hashing::Hashers;
use crate::commands;
use crate::config::Config;
use crate::drain::Drain;
use crate::net::tls::Identity;
use crate::store::Store;
use crate::text::language::Text;
use crate::world::{Changes, ConnectionId, Effects, Order, World};

/// The list of touched outboxes keeps room for so many: a speaker in a room of a hundred makes no new list for each
/// line, and no session keeps more than a kilobyte for a room of thousands.
const MOST_KEPT: usize = 128;

/// The things that all sessions share.
#[derive(Debug)]
pub struct Shared {
    /// The one world, under the one lock.
    pub world: Mutex<World>,
    /// Takes the outboxes that the kernel takes no more from.
    pub drain: Drain,
    /// Keeps what outlasts the server; asked without the lock only.
    pub store: Store,
    /// Hash passwords; asked without the lock only, too.
    pub hashers: Hashers,
    /// The configuration; a session keeps to the configuration that held when it began.
    pub config: Mutex<Arc<Config>>,
    /// The server's certificate and key for TLS; `None` where nobody can come so. A connection keeps to the ones with
    /// which it shook hands.
    pub identity: Mutex<Option<Identity>>,
    /// Takes the orders of operators.
    pub orders: Sender<Order>,
}

impl Shared {
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
    pub fn tell(&self, to: ConnectionId, news: &[Text]) {
        self.with_world(|world| {
            if world.connection(to).is_some() {
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

    /// Does something with the world in nobody's name, and then the work that waited for the lock: the store keeps
    /// the changes, and the clients concerned hear of them. Not to be called by the store's own thread.
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

impl Effects {
    /// Flushes the touched outboxes, once each, and writes the notes to the log. Not to be called under the lock.
    pub(crate) fn settle(&mut self, drain: &Drain, config: &Config) {
        drain.flush_all(&mut self.touched);
        // A client that once came into a full room would keep a list as long as that.
        self.touched.shrink_to(MOST_KEPT);
        for note in mem::take(&mut self.notes) {
            // Programs that look for open ports come by every day; an operator need not hear of it.
            let level = if let Text::Stranger(_) = note { Level::Debug } else { Level::Info };
            log::log!(level, "{}", text::escape(&note.to_string(config.language)));
        }
    }
}
