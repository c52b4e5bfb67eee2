//! The world: everything that all sessions share, behind one lock.
//!
//! It owns the people, their names and their rooms, and keeps these tables true to one another. It does no input or
//! output: lines go into [outboxes](crate::outbox) as bytes, and [`Effects`] collects what waits for the lock to be
//! free (flushing, log lines). The [`commands`](crate::commands) decide what a client may do and how it is answered.

mod capability;
mod channels;
mod check;
mod delivery;
mod effects;
pub mod mask;
mod people;
mod record;
mod server_bans;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use slotmap::{SlotMap, new_key_type};
use teahouse_protocol::Folded;
pub use teahouse_protocol::{Capability, Rank};

pub use capability::Capabilities;
pub use channels::channel::{Channel, Member, Topic};
pub use channels::modes::{ChannelModes, Flag, List, Setting};
pub use channels::ranks::{Ranks, given_by};
pub use channels::registration::ChannelRegistration;
pub(crate) use delivery::Others;
pub(crate) use delivery::hearers::{Hearers, Reads};
pub(crate) use delivery::label::Capture;
pub use delivery::line::Line;
use delivery::line::Paper;
pub(crate) use delivery::line::Tags;
pub(crate) use delivery::multiline::{Draft, Said};
pub use effects::{Effects, Order};
pub use people::accounts::{Account, Accounts, Change};
pub use people::connection::Connection;
pub(crate) use people::connection::{Login, Pass};
pub(crate) use people::guesses::Whose;
pub use people::person::Person;
pub(crate) use people::person::USER_BYTES;
pub use people::presence::{Presence, Seat};
pub use people::whowas::Gone;
pub use record::lasting::{Changes, KeptChannel, Lasting, ToKeep};
pub(crate) use record::markers::Markers;
pub(crate) use record::number::EARLIEST_SECS;
pub use record::number::Number;
pub use record::{Entry, Kind, Record};
pub(crate) use record::{Texts, party, place_of};
pub(crate) use server_bans::AskedBack;
pub use server_bans::{ServerBan, ServerBans, Target};

use crate::auth::password;
use crate::config::Config;
use crate::text::nickname::Skeleton;
use channels::names::ChannelLooks;
use delivery::burst::Burst;
use people::ModeCounts;
use people::cloak::Cloak;
use people::guesses::Guesses;
use people::logins::Logins;
use people::watch::Watchers;
use people::whowas::Whowas;
use record::lasting::Touched;

new_key_type! {
    /// One person, for as long as they are here; never used again for another.
    pub struct PersonId;
    /// One connection, from accept to hang-up; never used again for another.
    pub struct ConnectionId;
    /// One channel, from the first member to the last.
    pub struct ChannelId;
}

/// All shared state.
#[derive(Debug)]
pub struct World {
    /// The configuration.
    pub config: Arc<Config>,
    /// When the server started.
    pub started: Timestamp,
    /// The time of the command that is being run; the session sets it as it takes the lock.
    pub now: Timestamp,
    /// The connection whose session holds the lock, if a session does; the session sets it as it takes the lock.
    pub at_work: Option<ConnectionId>,
    /// The bans: they keep people out.
    pub bans: ServerBans,
    /// The accounts, and the names that belong to them.
    pub accounts: Accounts,
    /// Wrong guesses at passwords, lately.
    pub(crate) guesses: Guesses,
    people: SlotMap<PersonId, Person>,
    connections: SlotMap<ConnectionId, Connection>,
    /// Inverse of `people[..].nick`.
    nicks: HashMap<Folded<'static>, PersonId>,
    /// The looks of nicknames. Inverse of `people[..].nick`, and no two look the same.
    skeletons: HashMap<Skeleton, PersonId>,
    /// Inverse of `people[..].account`.
    logins: Logins,
    channels: SlotMap<ChannelId, Channel>,
    /// Inverse of `channels[..].name`.
    channel_names: HashMap<Folded<'static>, ChannelId>,
    channel_looks: ChannelLooks,
    /// How many of `people` have logged in.
    users: usize,
    /// How often each command was run, by its row in the table.
    command_counts: Vec<u64>,
    /// The largest that `users` ever was.
    most_users: usize,
    /// How many of the users have the modes that LUSERS tells of.
    counted: ModeCounts,
    /// The tokens of 005, a line each; made when they are first asked for.
    pub(crate) isupport: Option<Arc<[String]>>,
    cloak: Cloak,
    /// Inverse of `connections[..].monitored`.
    watchers: Watchers,
    whowas: Whowas,
    /// The answers to a question with a label, held back until the command ends.
    capture: Option<Capture>,
    /// Words said to a room and not yet queued.
    burst: Burst,
    /// The paper for the next line.
    paper: RefCell<Option<Box<Paper>>>,
    /// Marks people that a line was already queued for; see [`World::tell_neighbours`].
    round: u64,
    /// Things that the store is to be told of, once the command is over.
    touched: Touched,
    /// The accounts whose owners' places the store has.
    kept_people: HashSet<String>,
    /// How often the store was told of changes.
    changes: u64,
    /// The last number that a message or a batch was given.
    number: Number,
    /// The latest that the clock has said since it was set back the last time.
    latest: Timestamp,
    /// How many were renamed because their name was somebody else's.
    guests: u64,
    /// The rooms of before the restart that are the same when they are opened again, and since when they are there.
    remembered: HashMap<Folded<'static>, Number>,
    /// How far the accounts' owners have read, by folded name.
    pub(crate) markers: HashMap<String, Markers>,
    /// People who may be banned now: their name or account is another, or they are no operators any more.
    suspects: Vec<PersonId>,
    /// The last thing that an operator was asked back about.
    pub(crate) asked_back: Option<AskedBack>,
    effects: Effects,
}

impl World {
    /// An empty house with its lobby.
    pub fn new(config: Arc<Config>, now: Timestamp) -> Self {
        let accounts = Accounts::new(config.casemapping, []);
        let mut world = Self {
            config,
            started: now,
            now,
            at_work: None,
            bans: ServerBans::default(),
            accounts,
            guesses: Guesses::default(),
            people: SlotMap::with_key(),
            connections: SlotMap::with_key(),
            nicks: HashMap::new(),
            skeletons: HashMap::new(),
            logins: Logins::new(),
            channels: SlotMap::with_key(),
            channel_names: HashMap::new(),
            channel_looks: ChannelLooks::new(),
            users: 0,
            command_counts: Vec::new(),
            most_users: 0,
            counted: ModeCounts::default(),
            isupport: None,
            cloak: Cloak::new(password::secret()),
            watchers: Watchers::default(),
            whowas: Whowas::default(),
            capture: None,
            burst: Burst::default(),
            paper: RefCell::default(),
            round: 0,
            touched: Touched::default(),
            kept_people: HashSet::new(),
            changes: 0,
            number: Number::FIRST,
            latest: now,
            guests: 0,
            remembered: HashMap::new(),
            markers: HashMap::new(),
            suspects: Vec::new(),
            asked_back: None,
            effects: Effects::default(),
        };
        world.open_lobby();
        world
    }

    /// Takes on a new configuration. Nobody is dropped; what only a start can change stays as it is.
    ///
    /// The names in the tables are folded already, so how names are compared cannot change.
    pub fn reconfigure(&mut self, config: Arc<Config>) {
        debug_assert_eq!(config.casemapping, self.config.casemapping);
        self.config = config;
        self.isupport = None;
        self.open_lobby();
        self.see_who_stays();
        self.close_what_nobody_stays_in();
    }

    /// Covers addresses with this key from now on.
    pub(crate) fn cover_with(&mut self, key: [u8; 32]) {
        self.cloak = Cloak::new(key);
    }

    fn open_lobby(&mut self) {
        let Some(lobby) = self.config.lobby.clone() else { return };
        if self.find_channel(&lobby).is_err() {
            let channel = self.open_channel(&lobby);
            // It is nobody's own, so everybody may say what is talked about.
            self.channels[channel].modes.set(Flag::TopicLocked, false);
            self.keep_channel(channel);
        }
    }

    /// Counts a run of a command by its row in the table.
    pub(crate) fn count_command(&mut self, row: usize) {
        if row >= self.command_counts.len() {
            self.command_counts.resize(row + 1, 0);
        }
        self.command_counts[row] += 1;
    }

    /// How often each command was run, by its row in the table; rows at the end that never were are missing.
    pub fn command_counts(&self) -> &[u64] {
        &self.command_counts
    }
}
