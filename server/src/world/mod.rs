//! The world: everything that all sessions share, behind one lock.
//!
//! It owns who is here, what they are called and which rooms they sit in, and it keeps these tables true to one
//! another. It does no input or output: what it has to say goes into [outboxes](crate::outbox) as bytes, and what
//! must happen once the lock is free (flushing, log lines) is collected in [`Effects`].
//! What a client may do and what it is answered is decided in [`commands`](crate::commands).

mod capability;
mod channels;
mod delivery;
pub mod mask;
mod people;
mod record;
mod server_bans;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use slotmap::{SlotMap, new_key_type};
use teahouse_protocol::{Folded, names as wire_names, text};

pub use capability::{Capabilities, Capability};
pub use channels::channel::{Channel, ChannelModes, Flag, List, Member, Rank, Ranks, Topic};
pub use channels::deed::Deed;
pub(crate) use delivery::label::Capture;
pub use delivery::line::Line;
use delivery::line::Paper;
pub(crate) use delivery::line::Tags;
pub(crate) use delivery::multiline::{Draft, Said};
pub use people::accounts::{Account, Accounts, Change};
pub(crate) use people::client::USER_BYTES;
pub use people::client::{Client, Pass, Registration};
pub(crate) use people::guesses::Whose;
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
use crate::config::user_modes::{UserMode, UserModes};
use crate::net::tls::Fingerprint;
use crate::outbox::{Cause, Outbox};
use crate::text::language::Text;
use crate::text::nickname::Skeleton;
use crate::text::reply::Reply;
use channels::room_names::RoomLooks;
use delivery::run::Run;
use people::cloak::Cloak;
use people::devices::for_each_connection;
use people::guesses::Guesses;
use people::logins::Logins;
use people::watch::Watchers;
use people::whowas::Whowas;
use record::lasting::Touched;

new_key_type! {
    /// One connection, from accept to hang-up; never used again for another.
    pub struct ClientId;
    /// One channel, from the first member to the last.
    pub struct ChannelId;
}

/// All shared state.
#[derive(Debug)]
pub struct World {
    /// What the server was told to be.
    pub config: Arc<Config>,
    /// When the server started.
    pub started: Timestamp,
    /// The time of the command that is being run; the session sets it as it takes the lock.
    pub now: Timestamp,
    /// Whose session holds the lock, if one does; the session sets it as it takes the lock.
    pub(crate) at_work: Option<ClientId>,
    /// Who may not come in.
    pub bans: ServerBans,
    /// Whose a name is.
    pub accounts: Accounts,
    /// Who guessed a password wrong lately.
    pub(crate) guesses: Guesses,
    clients: SlotMap<ClientId, Client>,
    /// Inverse of `clients[..].nick`.
    nicks: HashMap<Folded<'static>, ClientId>,
    /// What the nicknames look like. Inverse of `clients[..].nick`, and no two look the same.
    skeletons: HashMap<Skeleton, ClientId>,
    /// Inverse of `clients[..].account`, of people.
    logins: Logins,
    channels: SlotMap<ChannelId, Channel>,
    /// Inverse of `channels[..].name`.
    channel_names: HashMap<Folded<'static>, ChannelId>,
    room_looks: RoomLooks,
    /// How many people among `clients` have logged in.
    users: usize,
    /// How many of `clients` are devices of a person who is another of them.
    devices: usize,
    /// How often each command was run, by its row in the table.
    command_counts: Vec<u64>,
    /// The largest that `users` ever was.
    most_users: usize,
    /// How many of the users have the modes that LUSERS tells of.
    counted: ModeCounts,
    /// The tokens of 005, a line each; made when they are first asked for.
    pub(crate) isupport: Option<Arc<[String]>>,
    cloak: Cloak,
    /// The outbox of people who are apart from their connections.
    nowhere: Arc<Outbox>,
    /// Inverse of `clients[..].monitored`.
    watchers: Watchers,
    whowas: Whowas,
    /// The answers to a question with a label, held back until the command ends.
    capture: Option<Capture>,
    /// What is said to a room and not yet queued.
    run: Run,
    /// What the next line is written on.
    paper: RefCell<Option<Box<Paper>>>,
    /// Marks clients that a line was already queued for; see [`World::tell_neighbours`].
    round: u64,
    /// What the store is to be told of, once the command is over.
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
    suspects: Vec<ClientId>,
    /// What an operator was asked back about last.
    pub(crate) asked_back: Option<AskedBack>,
    effects: Effects,
}

/// How much of a sentence a notice holds, in bytes: with names of any length before it, it is one line.
const NOTICE_BYTES: usize = 350;

/// What is to be done once the lock is free.
#[derive(Debug, Default)]
pub struct Effects {
    /// Outboxes to flush, each once.
    pub touched: Vec<Arc<Outbox>>,
    /// Lines for the console.
    pub notes: Vec<Text>,
    /// What an operator wants the whole server to do.
    pub orders: Vec<Order>,
    /// What is to be kept, in the order in which it happened.
    pub records: Vec<Record>,
}

/// What an operator, or a signal, can want the whole server to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Read the configuration again, and tell the connection that asked what came of it.
    Rehash(Option<ClientId>),
    /// Stop.
    Die,
    /// Stop, and start again; or tell the connection that asked why not.
    Restart(Option<ClientId>),
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
            clients: SlotMap::with_key(),
            nicks: HashMap::new(),
            skeletons: HashMap::new(),
            logins: Logins::new(),
            channels: SlotMap::with_key(),
            channel_names: HashMap::new(),
            room_looks: RoomLooks::new(),
            users: 0,
            devices: 0,
            command_counts: Vec::new(),
            most_users: 0,
            counted: ModeCounts::default(),
            isupport: None,
            cloak: Cloak::new(password::secret()),
            nowhere: people::devices::nowhere(),
            watchers: Watchers::default(),
            whowas: Whowas::default(),
            capture: None,
            run: Run::default(),
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

    /// Moves what is to be done after unlocking to the end of `effects`.
    pub fn take_effects(&mut self, effects: &mut Effects) {
        self.end_run();
        effects.touched.append(&mut self.effects.touched);
        effects.notes.append(&mut self.effects.notes);
        effects.orders.append(&mut self.effects.orders);
        effects.records.append(&mut self.effects.records);
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

    /// Adds a line for the console.
    pub fn note(&mut self, text: Text) {
        self.effects.notes.push(text);
    }

    /// Gives the server an order, to be carried out after unlocking.
    pub(crate) fn order(&mut self, order: Order) {
        self.effects.orders.push(order);
    }

    // --- Clients ---------------------------------------------------------------------------------------------------

    /// Lets a new connection in. It has no name yet.
    pub fn connect(&mut self, address: SocketAddr, outbox: Arc<Outbox>) -> ClientId {
        let cloak = self.config.cloak.then_some(&self.cloak);
        let client = Client::new(address, outbox, cloak, self.config.language);
        self.clients.insert(client)
    }

    /// Notes of a new connection that nobody can listen to it, and by what certificate the client is known.
    pub(crate) fn came_over_tls(&mut self, id: ClientId, certificate: Option<Fingerprint>) {
        let client = &mut self.clients[id];
        client.modes.set(UserMode::Secure, true);
        client.certificate = certificate.map(|fingerprint| fingerprint.to_string());
    }

    /// Everybody, logged in or not: each person once, however many devices there are.
    pub fn people(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.clients.iter().filter(|(_, client)| client.person.is_none())
    }

    /// Every connection.
    pub fn connections(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.clients.iter().filter(|(_, client)| !client.is_apart)
    }

    /// The client, unless it has gone.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id)
    }

    pub(crate) fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.clients[id]
    }

    /// Counts a client among the users; its name and user name are known.
    pub(crate) fn register(&mut self, id: ClientId) {
        let now = self.now;
        self.clients[id].registration = Registration::Done { since: now, spoke: now };
        self.users += 1;
        self.counted.change(UserModes::default(), self.clients[id].modes);
        self.most_users = self.most_users.max(self.users);
        self.tell_watchers_that_came(id);
        self.keep_presence(id);
    }

    /// How many have logged in.
    pub fn users(&self) -> usize {
        self.users
    }

    /// Sets a mode of a person. Tells nobody.
    pub(crate) fn set_user_mode(&mut self, id: ClientId, mode: UserMode, on: bool) {
        let client = &mut self.clients[id];
        let before = client.modes;
        client.modes.set(mode, on);
        if client.is_registered() {
            self.counted.change(before, client.modes);
        }
        if mode == UserMode::Operator && !on {
            self.suspect(id);
        }
    }

    /// How many of the users are invisible, and how many are operators.
    pub fn invisible_and_operators(&self) -> (usize, usize) {
        (self.counted.invisible, self.counted.operators)
    }

    /// The most that were ever logged in at once.
    pub fn most_users(&self) -> usize {
        self.most_users
    }

    /// How many are connected and have not logged in.
    pub fn strangers(&self) -> usize {
        self.clients.len() - self.devices - self.users
    }

    /// Whether `viewer` may learn of a person by looking around: who is invisible is seen only in shared rooms.
    pub fn can_see(&self, viewer: ClientId, person: ClientId) -> bool {
        let (viewing, seen) = (&self.clients[viewer], &self.clients[person]);
        viewer == person
            || !seen.modes.has(UserMode::Invisible)
            || viewing.is_operator()
            || seen.channels.iter().any(|channel| viewing.channels.contains(channel))
    }

    /// Takes a person out of the world, but for the connections: the rooms are told and the name is free.
    fn depart(&mut self, id: ClientId, reason: &Text) {
        self.keep_presence(id);
        let client = &self.clients[id];
        let words = reason.to_string(self.config.language);
        let said = words.clone();
        let note = if client.is_registered() {
            let quit = self.line(format_args!(":{} QUIT :{words}", client.source())).with_tags(client.tags());
            self.tell_neighbours(id, |_| Some(&quit));
            let name = self.clients[id].name().to_owned();
            self.tell_watchers_that_left(&name);
            let client = &self.clients[id];
            self.whowas.add(Gone::of(client, self.now));
            self.users -= 1;
            self.counted.change(client.modes, UserModes::default());
            Text::Departed(client.name().to_owned(), words, self.users.to_string())
        } else if let Text::SpeaksNoIrc | Text::SpeaksNoTls = reason {
            Text::Stranger(client.address.to_string())
        } else {
            Text::GaveUp(client.address.to_string(), words)
        };
        self.note(note);
        for index in 0..self.clients[id].channels.len() {
            self.keep_event(id, self.clients[id].channels[index], Kind::Quit, &said);
        }
        for channel in mem::take(&mut self.clients[id].channels) {
            self.channels[channel].members.swap_remove(&id);
            self.close_if_empty(channel);
        }
        self.free_nick(id);
    }

    // --- Channels --------------------------------------------------------------------------------------------------

    /// All channels.
    pub fn channels(&self) -> impl Iterator<Item = (ChannelId, &Channel)> {
        self.channels.iter()
    }

    /// The channel with this key.
    pub fn channel(&self, id: ChannelId) -> &Channel {
        &self.channels[id]
    }

    pub(crate) fn channel_mut(&mut self, id: ChannelId) -> &mut Channel {
        &mut self.channels[id]
    }

    /// The channel with this name.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL.
    pub fn find_channel(&self, name: &str) -> Result<ChannelId, Reply> {
        self.channel_names
            .get(&self.config.casemapping.fold(name))
            .copied()
            .ok_or_else(|| Reply::NoSuchChannel(shown_in_refusal(name)))
    }

    /// The channel with this name, if `viewer` may know of it: a secret one is not there for outsiders.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL.
    pub fn find_visible_channel(&self, viewer: ClientId, name: &str) -> Result<ChannelId, Reply> {
        let channel = self.find_channel(name)?;
        if self.can_see_channel(viewer, channel) {
            Ok(channel)
        } else {
            Err(Reply::NoSuchChannel(name.to_owned()))
        }
    }

    /// Whether `viewer` may know of a channel.
    pub fn can_see_channel(&self, viewer: ClientId, channel: ChannelId) -> bool {
        !self.channels[channel].modes.has(Flag::Secret)
            || self.is_member(viewer, channel)
            || self.is_at_home(viewer, channel)
            || self.clients[viewer].is_operator()
    }

    /// The channel with this name that `id` is a member of.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL, ERR_NOTONCHANNEL.
    pub fn joined(&self, id: ClientId, name: &str) -> Result<ChannelId, Reply> {
        let channel = self.find_visible_channel(id, name)?;
        if self.is_member(id, channel) { Ok(channel) } else { Err(Reply::NotOnChannel(name.to_owned())) }
    }

    /// Whether a client sits in a channel.
    pub fn is_member(&self, id: ClientId, channel: ChannelId) -> bool {
        self.channels[channel].members.contains_key(&id)
    }

    /// The channel with this name, opened if there was none; the name is a valid one.
    pub(crate) fn open_channel(&mut self, name: &str) -> ChannelId {
        let key = self.config.casemapping.fold(name);
        if let Some(id) = self.channel_names.get(&key) {
            return *id;
        }
        let key = key.into_owned();
        let (place, number) = (Arc::from(key.as_str()), self.next_number());
        let lobby =
            self.config.lobby.as_deref().is_some_and(|lobby| self.config.casemapping.same(lobby, name));
        let since = if lobby { Number::FIRST } else { self.remembered.remove(&key).unwrap_or(number) };
        let id = self.channels.insert(Channel::new(name.to_owned(), place, since, self.now));
        self.channel_names.insert(key, id);
        self.keep_room(id, true);
        id
    }

    /// Gives a channel another name; it is a valid one, and no other channel's. Tells nobody.
    pub(crate) fn rename_channel(&mut self, id: ChannelId, name: &str) {
        let old = mem::replace(&mut self.channels[id].name, name.to_owned());
        self.looks_otherwise(id, &old);
        self.channel_names.remove(&self.config.casemapping.fold(&old).into_owned());
        let key = self.config.casemapping.fold(name).into_owned();
        let place: Arc<str> = Arc::from(key.as_str());
        // A room of this name that was there before the last start is not this one.
        self.remembered.remove(&key);
        self.channel_names.insert(key, id);
        self.forget_channel(id, &old);
        let old = mem::replace(&mut self.channels[id].place, Arc::clone(&place));
        if old != place {
            self.effects.records.push(Record::Room(Arc::clone(&old), None));
            self.effects.records.push(Record::Renamed(Arc::clone(&old), place));
            self.carry_markers(id, &old, name);
        }
        self.keep_channel(id);
        let members: Vec<_> = self.channels[id].members().map(|(member, _)| member).collect();
        for member in members {
            self.keep_presence(member);
        }
    }

    /// Makes a client a member; the first one in a room that is nobody's is its operator. Tells nobody.
    pub(crate) fn enter(&mut self, id: ClientId, channel: ChannelId) {
        let room = &self.channels[channel];
        let founds = room.members.is_empty() && !self.is_lobby(room) && room.deed.is_none();
        let ranks = if founds { Ranks::only(Rank::Operator) } else { Ranks::default() };
        self.forget_invitation(id, channel);
        let since = self.next_number();
        self.channels[channel].members.insert(id, Member { ranks, since, spoke: None });
        self.clients[id].channels.push(channel);
        self.keep_presence(id);
    }

    /// Gives a member ranks, or takes them, and says whether that changes anything. Tells nobody.
    pub(crate) fn set_ranks(&mut self, id: ClientId, channel: ChannelId, ranks: &[Rank], on: bool) -> bool {
        let Some(member) = self.channels[channel].members.get_mut(&id) else { return false };
        let before = member.ranks;
        for rank in ranks {
            member.ranks.set(*rank, on);
        }
        let changed = member.ranks != before;
        if changed {
            self.keep_presence(id);
        }
        changed
    }

    /// Notes that a client may come in. Tells nobody.
    pub(crate) fn invite(&mut self, guest: ClientId, channel: ChannelId) {
        let Self { clients, channels, .. } = self;
        let invited = &mut channels[channel].invited;
        invited.add(guest, |id| clients.contains_key(id));
        if let Some(account) = clients[guest].account() {
            invited.add_account(account);
            self.keep_channel(channel);
        }
    }

    /// Whether somebody was invited to a channel and has not come in yet.
    pub(crate) fn is_invited(&self, guest: ClientId, channel: ChannelId) -> bool {
        self.channels[channel].invited.has(guest, self.clients[guest].account())
    }

    fn forget_invitation(&mut self, guest: ClientId, channel: ChannelId) {
        let invited = &mut self.channels[channel].invited;
        invited.forget(guest);
        let account = self.clients[guest].account();
        if account.is_some_and(|account| invited.forget_account(account)) {
            self.keep_channel(channel);
        }
    }

    /// Ends a membership, and the channel if it was the last one. Tells nobody.
    pub(crate) fn leave(&mut self, id: ClientId, channel: ChannelId) {
        self.keep_presence(id);
        self.channels[channel].members.swap_remove(&id);
        self.clients[id].channels.retain(|joined| *joined != channel);
        self.close_if_empty(channel);
    }

    /// The lobby and what belongs to somebody stay open; any other room closes behind its last member.
    fn close_if_empty(&mut self, id: ChannelId) {
        let channel = &self.channels[id];
        if channel.members.is_empty() && !self.is_lobby(channel) && channel.deed.is_none() {
            self.channel_names.remove(&self.config.casemapping.fold(&channel.name).into_owned());
            let name = channel.name.clone();
            self.forget_channel(id, &name);
            self.keep_room(id, false);
            self.channels.remove(id);
        }
    }

    /// Whether a channel is the room that everybody joins on login: nobody's own, and always open.
    pub fn is_lobby(&self, channel: &Channel) -> bool {
        let lobby = self.config.lobby.as_deref();
        lobby.is_some_and(|lobby| self.config.casemapping.same(lobby, &channel.name))
    }

    // --- Saying things ---------------------------------------------------------------------------------------------

    /// A line to queue, with the time of the command that is being run.
    pub fn line(&self, words: fmt::Arguments) -> Line {
        Line::new(self.now, words, self.paper.take().unwrap_or_default())
    }

    /// A line that says these words behind one another; see [`Line::of`].
    pub(crate) fn line_of(&self, time: Timestamp, tags: Tags, words: &[&str]) -> Line {
        Line::of(time, tags, words, self.paper.take().unwrap_or_default())
    }

    /// Throws away a line that was queued for all who get it. What it stood on is used for the next one.
    pub(crate) fn done_with(&self, line: Line) {
        self.paper.replace(Some(line.into_paper()));
    }

    /// What no other message and no other batch of this server is or was called.
    pub(crate) fn next_number(&mut self) -> Number {
        self.look_at_the_clock();
        self.number = self.number.after(self.now);
        self.number
    }

    /// When something happened that has just been given a number.
    pub(crate) fn time_of(&self, number: Number) -> Timestamp {
        number.time_by(self.now)
    }

    /// A time of what was said before, as it is shown: what a clock that was ahead has dated is not of the future.
    pub(crate) fn shown(&self, time: Timestamp) -> Timestamp {
        Number::at(time).time_by(self.now)
    }

    /// Notices when the clock has been set back: what people marked as read in the future is only read up to now.
    fn look_at_the_clock(&mut self) {
        if self.now >= self.latest {
            self.latest = self.now;
        } else if self.latest.duration_since(self.now) > record::number::LONGEST_AHEAD {
            self.latest = self.now;
            self.cap_markers();
            self.bans.cap(self.now);
        }
    }

    /// Goes on where the last run of the server ended: no number is given twice, and these rooms are the same ones when
    /// they are opened again.
    pub(crate) fn go_on(&mut self, last: Number, rooms: impl IntoIterator<Item = (String, Number)>) {
        self.number = self.number.max(last);
        let casemapping = self.config.casemapping;
        self.remembered
            .extend(rooms.into_iter().map(|(name, since)| (casemapping.fold(&name).into_owned(), since)));
    }

    /// Tells every server operator something that the server itself has to say.
    pub(crate) fn tell_operators(&mut self, text: &Text) {
        let operators = self.clients.iter().filter(|(_, client)| client.is_operator());
        for id in operators.map(|(id, _)| id).collect::<Vec<_>>() {
            self.notice(id, text);
        }
    }

    /// Queues a line for one connection.
    pub fn tell(&mut self, to: ClientId, line: &Line, cause: Cause) {
        self.end_run();
        let Self { clients, effects, capture, .. } = self;
        deliver(to, &clients[to], line, cause, effects, capture);
    }

    /// Queues a line for one connection that nobody else gets.
    pub(crate) fn tell_only(&mut self, to: ClientId, line: Line, cause: Cause) {
        self.tell(to, &line, cause);
        self.done_with(line);
    }

    /// Queues a numeric for the client that asked.
    pub fn answer(&mut self, to: ClientId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Answer);
    }

    /// Queues a numeric for a client because somebody else did something.
    pub(crate) fn notify(&mut self, to: ClientId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Others);
    }

    /// Queues a sentence of the server's own, where there is no numeric for it. Each of its lines is a notice, and one
    /// that is too long is several.
    pub(crate) fn notice(&mut self, to: ClientId, text: &Text) {
        let words = text.to_string(self.clients[to].language);
        for words in words.lines().flat_map(|line| text::split(line, NOTICE_BYTES)) {
            let (server, name) = (&self.config.name, self.clients[to].name());
            let line = self.line(format_args!(":{server} NOTICE {name} :{words}"));
            self.tell_only(to, line, Cause::Answer);
        }
    }

    /// A numeric, as a client gets it.
    pub(crate) fn numeric(&self, to: ClientId, reply: &Reply) -> Line {
        let client = &self.clients[to];
        let (server, name, params) = (&self.config.name, client.name(), reply.params(client.language));
        self.line(format_args!(":{server} {:03} {name} {params}", reply.numeric()))
    }

    /// Queues for each connection of each member of a channel the line that `choose` has for it.
    pub fn tell_channel<'l>(
        &mut self,
        channel: ChannelId,
        mut choose: impl FnMut(ClientId, &Client, &Member) -> Option<&'l Line>,
    ) {
        self.end_run();
        let Self { channels, clients, effects, capture, .. } = self;
        for (id, member) in &channels[channel].members {
            for_each_connection(*id, &clients[*id], clients, |id, client| {
                if let Some(line) = choose(id, client, member) {
                    deliver(id, client, line, Cause::Others, effects, capture);
                }
            });
        }
    }

    /// Queues, once for everybody who shares a channel with a client, the line that `choose` has for it; not for the
    /// client itself.
    pub fn tell_neighbours<'l>(&mut self, id: ClientId, choose: impl Fn(&Client) -> Option<&'l Line>) {
        self.end_run();
        self.begin_round(id);
        let Self { channels, clients, effects, capture, round, .. } = self;
        for index in 0..clients[id].channels.len() {
            let channel = clients[id].channels[index];
            for member in channels[channel].members.keys() {
                if mem::replace(&mut clients[*member].round, *round) == *round {
                    continue;
                }
                for_each_connection(*member, &clients[*member], clients, |id, client| {
                    if let Some(line) = choose(client) {
                        deliver(id, client, line, Cause::Others, effects, capture);
                    }
                });
            }
        }
    }

    /// From here on, nobody but `id` has been told.
    fn begin_round(&mut self, id: ClientId) {
        self.round += 1;
        self.clients[id].round = self.round;
    }

    // --- Invariants ------------------------------------------------------------------------------------------------

    /// Checks that the tables are true to one another. Tests call it after every command.
    ///
    /// # Panics
    /// When they are not.
    pub fn check(&self) {
        let people = || self.people().map(|(_, client)| client);
        let registered = people().filter(|client| client.is_registered()).count();
        assert_eq!(self.users, registered, "users are counted right");
        assert_eq!(self.strangers(), people().count() - registered, "and so are those who are not");
        assert!(self.most_users >= self.users);
        let with = |mode| people().filter(|client| client.is_registered() && client.modes.has(mode)).count();
        let counted = (with(UserMode::Invisible), with(UserMode::Operator));
        assert_eq!(self.invisible_and_operators(), counted, "modes are counted right");
        assert!(self.suspects.is_empty(), "all have been looked at");
        for (id, client) in self.people().filter(|(_, client)| client.is_registered()) {
            assert!(self.ban_on(id).is_none(), "{} is banned and out", client.name());
        }
        assert!(self.capture.is_none(), "no command's answers are held back");
        for (id, client) in self.people() {
            assert!(client.is_registered() || client.channels.is_empty(), "only users sit in rooms");
            for channel in &client.channels {
                assert!(self.is_member(id, *channel), "{} is listed where it sits", client.name());
            }
        }
        assert_eq!(self.channels.len(), self.channel_names.len());
        for (id, channel) in &self.channels {
            assert_eq!(self.find_channel(&channel.name), Ok(id), "{} is found", channel.name);
            let stays = self.is_lobby(channel) || channel.deed.is_some();
            assert!(!channel.members.is_empty() || stays, "{} has closed", channel.name);
            let accounts = channel
                .deed
                .iter()
                .flat_map(|deed| deed.access.iter().map(|(account, _)| account).chain([&deed.founder]));
            for account in accounts {
                assert!(self.accounts.find(account).is_some(), "{account} in {} is there", channel.name);
            }
            for member in channel.members.keys() {
                assert!(
                    self.clients[*member].channels.contains(&id),
                    "a member of {} knows it",
                    channel.name
                );
            }
        }
        self.check_names();
        self.check_room_names();
        self.check_watchers();
        self.check_devices();
        self.check_logins();
        self.accounts.check();
        for client in self.clients.values() {
            let account = client.account();
            assert_eq!(account.is_some(), client.modes.has(UserMode::Registered), "+r is for accounts");
            assert!(
                account
                    .is_none_or(|name| self.accounts.find(name).is_some_and(|account| account.name == name))
            );
        }
    }
}

/// How many people have a mode: LUSERS comes with every login, and would otherwise look at everybody each time.
#[derive(Clone, Copy, Debug, Default)]
struct ModeCounts {
    invisible: usize,
    operators: usize,
}

impl ModeCounts {
    /// One person's modes have changed.
    fn change(&mut self, before: UserModes, after: UserModes) {
        for (mode, count) in
            [(UserMode::Invisible, &mut self.invisible), (UserMode::Operator, &mut self.operators)]
        {
            *count = *count + usize::from(after.has(mode)) - usize::from(before.has(mode));
        }
    }
}

/// Queues a line for one client, or holds it back as part of the answer to a question with a label.
fn deliver(
    to: ClientId,
    client: &Client,
    line: &Line,
    cause: Cause,
    effects: &mut Effects,
    capture: &mut Option<Capture>,
) {
    if let Some(capture) = capture.as_mut().filter(|capture| capture.is_for(to)) {
        capture.hold(client, line);
    } else if client.outbox.queue(&line.parts(Line::class_of(client.capabilities)), cause) {
        effects.touched.push(Arc::clone(&client.outbox));
    }
}

/// What a client typed as a name, without what could play tricks on a screen.
fn shown_in_refusal(name: &str) -> String {
    name.replace(|c| text::is_unprintable(c) || wire_names::is_invisible(c), "_")
}
