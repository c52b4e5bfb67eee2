//! The world: everything that all sessions share, behind one lock.
//!
//! It owns who is here, what they are called and which rooms they sit in, and it keeps these tables true to one
//! another. It does no input or output: what it has to say goes into [outboxes](crate::outbox) as bytes, and what
//! must happen once the lock is free (flushing, log lines) is collected in [`Effects`].
//! What a client may do and what it is answered is decided in [`commands`](crate::commands).

mod channel;
mod client;
mod line;

use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use slotmap::{SlotMap, new_key_type};
use teahouse_protocol::Folded;

pub use channel::{Channel, Topic};
pub use client::{Capability, Client, Registration};
pub use line::Line;

use crate::config::Config;
use crate::language::Text;
use crate::nickname::{self, Skeleton};
use crate::outbox::{Cause, Outbox};
use crate::reply::Reply;

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
    clients: SlotMap<ClientId, Client>,
    /// Inverse of `clients[..].nick`.
    nicks: HashMap<Folded<'static>, ClientId>,
    /// What the nicknames look like. Inverse of `clients[..].nick`, and no two look the same.
    skeletons: HashMap<Skeleton, ClientId>,
    channels: SlotMap<ChannelId, Channel>,
    /// Inverse of `channels[..].name`.
    channel_names: HashMap<Folded<'static>, ChannelId>,
    /// How many of `clients` have logged in.
    users: usize,
    /// The largest that `users` ever was.
    most_users: usize,
    /// Marks clients that a line was already queued for; see [`World::tell_neighbours`].
    round: u64,
    effects: Effects,
}

/// What is to be done once the lock is free.
#[derive(Debug, Default)]
pub struct Effects {
    /// Outboxes to flush, each once.
    pub touched: Vec<Arc<Outbox>>,
    /// Lines for the console.
    pub notes: Vec<Text>,
}

impl World {
    /// An empty house with its lobby.
    pub fn new(config: Arc<Config>, now: Timestamp) -> Self {
        let mut world = Self {
            config,
            started: now,
            now,
            clients: SlotMap::with_key(),
            nicks: HashMap::new(),
            skeletons: HashMap::new(),
            channels: SlotMap::with_key(),
            channel_names: HashMap::new(),
            users: 0,
            most_users: 0,
            round: 0,
            effects: Effects::default(),
        };
        if let Some(lobby) = world.config.lobby.clone() {
            world.open_channel(&lobby);
        }
        world
    }

    /// Moves what is to be done after unlocking to the end of `effects`.
    pub fn take_effects(&mut self, effects: &mut Effects) {
        effects.touched.append(&mut self.effects.touched);
        effects.notes.append(&mut self.effects.notes);
    }

    /// Adds a line for the console.
    pub fn note(&mut self, text: Text) {
        self.effects.notes.push(text);
    }

    // --- Clients ---------------------------------------------------------------------------------------------------

    /// Lets a new connection in. It has no name yet.
    pub fn connect(&mut self, address: SocketAddr, outbox: Arc<Outbox>) -> ClientId {
        let client = Client::new(address, outbox);
        self.clients.insert(client)
    }

    /// Everybody, logged in or not.
    pub fn clients(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.clients.iter()
    }

    /// The client, unless it has gone.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id)
    }

    pub(crate) fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.clients[id]
    }

    /// Who has this nickname and has logged in.
    pub fn find(&self, nick: &str) -> Result<ClientId, Reply> {
        self.holder(nick)
            .filter(|id| self.clients[*id].is_registered())
            .ok_or_else(|| Reply::NoSuchNick(nick.to_owned()))
    }

    fn holder(&self, nick: &str) -> Option<ClientId> {
        self.nicks.get(&self.config.casemapping.fold(nick)).copied()
    }

    /// Gives a client a nickname, in its normal form, and frees the one it had. Tells nobody.
    ///
    /// # Errors
    /// ERR_ERRONEUSNICKNAME, or ERR_NICKNAMEINUSE when somebody has it or one that looks the same.
    pub fn rename(&mut self, id: ClientId, wanted: &str) -> Result<(), Reply> {
        let max_bytes = self.config.nick_length;
        let nick = nickname::normalize(wanted, max_bytes)
            .map_err(|_| Reply::ErroneousNickname(wanted.to_owned(), max_bytes.to_string()))?;
        let skeleton = Skeleton::of(&nick);
        let others = [self.holder(&nick), self.skeletons.get(&skeleton).copied()];
        if others.into_iter().flatten().any(|holder| holder != id) {
            return Err(Reply::NicknameInUse(nick));
        }
        self.free_nick(id);
        self.nicks.insert(self.config.casemapping.fold(&nick).into_owned(), id);
        self.skeletons.insert(skeleton, id);
        self.clients[id].set_nick(Some(nick));
        Ok(())
    }

    fn free_nick(&mut self, id: ClientId) {
        if let Some(old) = self.clients[id].set_nick(None) {
            self.nicks.remove(&self.config.casemapping.fold(&old).into_owned());
            self.skeletons.remove(&Skeleton::of(&old));
        }
    }

    /// Counts a client among the users; its name and user name are known.
    pub(crate) fn register(&mut self, id: ClientId) {
        let now = self.now;
        self.clients[id].registration = Registration::Done { since: now, spoke: now };
        self.users += 1;
        self.most_users = self.most_users.max(self.users);
    }

    /// How many have logged in.
    pub fn users(&self) -> usize {
        self.users
    }

    /// The most that were ever logged in at once.
    pub fn most_users(&self) -> usize {
        self.most_users
    }

    /// How many are connected and have not logged in.
    pub fn strangers(&self) -> usize {
        self.clients.len() - self.users
    }

    /// Hangs up, whatever the cause: the rooms are told, the name is free, an ERROR says why, the outbox closes.
    ///
    /// The one way out, and safe to walk twice: for a client that is gone it does nothing.
    pub fn disconnect(&mut self, id: ClientId, reason: &Text) {
        let Some(client) = self.clients.get(id) else { return };
        let language = self.config.language;
        let words = reason.to_string(language);
        let note = if client.is_registered() {
            let quit = self.line(format_args!(":{} QUIT :{words}", client.source()));
            self.tell_neighbours(id, &quit);
            self.users -= 1;
            Text::Departed(self.clients[id].name().to_owned(), words.clone(), self.users.to_string())
        } else {
            Text::GaveUp(client.address.to_string(), words.clone())
        };
        self.note(note);
        for channel in mem::take(&mut self.clients[id].channels) {
            self.channels[channel].members.swap_remove(&id);
            self.close_if_empty(channel);
        }
        let host = self.clients[id].host().to_owned();
        let farewell = Text::ClosingLink(host, words).to_string(language);
        let error = self.line(format_args!("ERROR :{farewell}"));
        self.tell(id, &error, Cause::Answer);
        self.free_nick(id);
        let client = self.clients.remove(id).expect("it was there above");
        if client.outbox.close() {
            self.effects.touched.push(client.outbox);
        }
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
            .ok_or_else(|| Reply::NoSuchChannel(name.to_owned()))
    }

    /// The channel with this name that `id` is a member of.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL, ERR_NOTONCHANNEL.
    pub fn joined(&self, id: ClientId, name: &str) -> Result<ChannelId, Reply> {
        let channel = self.find_channel(name)?;
        if self.is_member(id, channel) { Ok(channel) } else { Err(Reply::NotOnChannel(name.to_owned())) }
    }

    /// Whether a client sits in a channel.
    pub fn is_member(&self, id: ClientId, channel: ChannelId) -> bool {
        self.channels[channel].members.contains(&id)
    }

    /// The channel with this name, opened if there was none; the name is a valid one.
    pub(crate) fn open_channel(&mut self, name: &str) -> ChannelId {
        let key = self.config.casemapping.fold(name);
        if let Some(id) = self.channel_names.get(&key) {
            return *id;
        }
        let id = self.channels.insert(Channel::new(name.to_owned(), self.now));
        self.channel_names.insert(key.into_owned(), id);
        id
    }

    /// Makes a client a member. Tells nobody.
    pub(crate) fn enter(&mut self, id: ClientId, channel: ChannelId) {
        self.channels[channel].members.insert(id);
        self.clients[id].channels.push(channel);
    }

    /// Ends a membership, and the channel if it was the last one. Tells nobody.
    pub(crate) fn leave(&mut self, id: ClientId, channel: ChannelId) {
        self.channels[channel].members.swap_remove(&id);
        self.clients[id].channels.retain(|joined| *joined != channel);
        self.close_if_empty(channel);
    }

    /// The lobby stays open; any other room closes behind its last member.
    fn close_if_empty(&mut self, id: ChannelId) {
        let channel = &self.channels[id];
        if channel.members.is_empty() && !self.is_lobby(channel) {
            self.channel_names.remove(&self.config.casemapping.fold(&channel.name).into_owned());
            self.channels.remove(id);
        }
    }

    fn is_lobby(&self, channel: &Channel) -> bool {
        let lobby = self.config.lobby.as_deref();
        lobby.is_some_and(|lobby| self.config.casemapping.same(lobby, &channel.name))
    }

    // --- Saying things ---------------------------------------------------------------------------------------------

    /// A line to queue, with the time of the command that is being run.
    pub fn line(&self, words: fmt::Arguments) -> Line {
        Line::new(self.now, words)
    }

    /// Queues a line for one client.
    pub fn tell(&mut self, to: ClientId, line: &Line, cause: Cause) {
        let client = &self.clients[to];
        if client.outbox.queue(&line.parts(client.capabilities), cause) {
            self.effects.touched.push(Arc::clone(&client.outbox));
        }
    }

    /// Queues a numeric for the client that asked.
    pub fn answer(&mut self, to: ClientId, reply: &Reply) {
        let params = reply.params(self.config.language);
        let (server, name) = (&self.config.name, self.clients[to].name());
        let line = self.line(format_args!(":{server} {:03} {name} {params}", reply.numeric()));
        self.tell(to, &line, Cause::Answer);
    }

    /// Queues a line for everybody in a channel, except perhaps one.
    pub fn tell_channel(&mut self, channel: ChannelId, line: &Line, except: Option<ClientId>) {
        let Self { channels, clients, effects, .. } = self;
        for member in &channels[channel].members {
            if Some(*member) != except {
                let client = &clients[*member];
                if client.outbox.queue(&line.parts(client.capabilities), Cause::Others) {
                    effects.touched.push(Arc::clone(&client.outbox));
                }
            }
        }
    }

    /// Queues a line for everybody who shares a channel with a client, once each, and not for the client itself.
    pub fn tell_neighbours(&mut self, id: ClientId, line: &Line) {
        self.round += 1;
        let round = self.round;
        self.clients[id].round = round;
        let Self { channels, clients, effects, .. } = self;
        for index in 0..clients[id].channels.len() {
            let channel = clients[id].channels[index];
            for member in &channels[channel].members {
                let client = &mut clients[*member];
                if mem::replace(&mut client.round, round) != round
                    && client.outbox.queue(&line.parts(client.capabilities), Cause::Others)
                {
                    effects.touched.push(Arc::clone(&client.outbox));
                }
            }
        }
    }

    // --- Invariants ------------------------------------------------------------------------------------------------

    /// Checks that the tables are true to one another. Tests call it after every command.
    ///
    /// # Panics
    /// When they are not.
    pub fn check(&self) {
        let named = self.clients.values().filter(|client| client.nick().is_some()).count();
        assert_eq!(self.nicks.len(), named, "one entry for each nickname");
        assert_eq!(self.skeletons.len(), named, "one skeleton for each nickname");
        let registered = self.clients.values().filter(|client| client.is_registered()).count();
        assert_eq!(self.users, registered, "users are counted right");
        assert!(self.most_users >= self.users);
        for (id, client) in &self.clients {
            if let Some(nick) = client.nick() {
                assert_eq!(self.holder(nick), Some(id), "{nick} is found");
                assert_eq!(self.skeletons.get(&Skeleton::of(nick)), Some(&id), "{nick} looks like itself");
            }
            assert!(client.is_registered() || client.channels.is_empty(), "only users sit in rooms");
            for channel in &client.channels {
                assert!(self.is_member(id, *channel), "{} is listed where it sits", client.name());
            }
        }
        assert_eq!(self.channels.len(), self.channel_names.len());
        for (id, channel) in &self.channels {
            assert_eq!(self.find_channel(&channel.name), Ok(id), "{} is found", channel.name);
            assert!(!channel.members.is_empty() || self.is_lobby(channel), "{} has closed", channel.name);
            for member in &channel.members {
                assert!(
                    self.clients[*member].channels.contains(&id),
                    "a member of {} knows it",
                    channel.name
                );
            }
        }
    }
}
