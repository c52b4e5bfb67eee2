//! A person: somebody who is here, with names, rooms and modes, over however many connections.

use std::mem;
use std::net::IpAddr;

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::config::user_modes::{UserMode, UserModes};
use crate::world::delivery::line::Tags;
use crate::world::{ChannelId, ConnectionId, Markers, Number};

/// The longest user name, in bytes with its `~`.
pub(crate) const USER_BYTES: usize = 18;

/// The connections of a person. Nearly everybody has one, which lies beside the rest of the person: what is said to a
/// room finds its way to the outboxes by it.
pub(crate) type Connections = SmallVec<[ConnectionId; 1]>;

/// Somebody who is here. What belongs to a socket is in [`Connection`](crate::world::Connection).
#[derive(Debug)]
pub struct Person {
    /// The connections, in the order in which they came. Before the end of the login there is one; later there may be
    /// several, and none of somebody who stays. Inverse of `connections[..].person`.
    pub(crate) connections: Connections,
    /// The last round of [`World::tell_neighbours`](crate::world::World::tell_neighbours) that reached this person.
    pub(in crate::world) round: u64,
    /// `None` until the first NICK. Inverse of `World::nicks`.
    nick: Option<String>,
    /// Since when the nickname is what it is: a guest reads nothing that was said before.
    pub(crate) named: Number,
    /// What USER said, with `~` before it, since nobody vouches for it; empty until then.
    user: String,
    /// The real name, or whatever stood in its place.
    pub(crate) realname: String,
    /// The address as others see it.
    host: String,
    /// `nick!user@host`, made anew whenever one of them changes.
    source: String,
    /// The address of the first connection, even after it has gone. For somebody who has stayed without any, the address
    /// of the last one, also after coming back.
    pub(crate) address: IpAddr,
    /// The account that the person has logged in to; `r` among the modes says whether there is one.
    account: Option<String>,
    /// When the login was complete; `None` before.
    pub(crate) registered: Option<Timestamp>,
    /// When the person last spoke to anybody, or came.
    pub(crate) spoke: Timestamp,
    /// The modes of the person.
    pub(crate) modes: UserModes,
    /// Why the person is away, if so.
    pub(crate) away: Option<String>,
    /// Whether that is so because there is no connection.
    pub(super) is_auto_away: bool,
    /// The rooms, in the order in which they were joined. Inverse of `channels[..].members`.
    pub(crate) channels: Vec<ChannelId>,
    /// How far somebody without an account has read.
    pub(crate) markers: Markers,
}

impl Person {
    /// Somebody without a name and without a connection.
    pub(in crate::world) fn new(address: IpAddr, host: String) -> Self {
        Self {
            connections: Connections::new(),
            round: 0,
            nick: None,
            named: Number::FIRST,
            user: String::new(),
            realname: String::new(),
            host,
            source: String::new(),
            address,
            account: None,
            registered: None,
            spoke: Timestamp::UNIX_EPOCH,
            modes: UserModes::default(),
            away: None,
            is_auto_away: false,
            channels: Vec::new(),
            markers: Markers::new(),
        }
    }

    /// What numerics call the person: the nickname, or `*` while there is none.
    pub fn name(&self) -> &str {
        self.nick.as_deref().unwrap_or("*")
    }

    /// The nickname; `None` until the first NICK.
    pub fn nick(&self) -> Option<&str> {
        self.nick.as_deref()
    }

    /// The user name with `~` before it; empty until USER.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The address as others see it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `nick!user@host`, as it stands before everything the person does.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// [`source`](Self::source) with stars for what is not known yet.
    pub(crate) fn full_source(&self) -> String {
        let user = if self.user.is_empty() { "*" } else { &self.user };
        format!("{}!{user}@{}", self.name(), self.host)
    }

    /// The account that the person has logged in to.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether the login is complete.
    pub fn is_registered(&self) -> bool {
        self.registered.is_some()
    }

    /// Whether the person is a server operator.
    pub fn is_operator(&self) -> bool {
        self.modes.has(UserMode::Operator)
    }

    /// The tags of what this person says.
    pub(crate) fn tags(&self) -> Tags {
        Tags { account: self.account.clone(), bot: self.modes.has(UserMode::Bot), ..Tags::default() }
    }

    pub(super) fn set_nick(&mut self, nick: Option<String>) -> Option<String> {
        let old = mem::replace(&mut self.nick, nick);
        self.refresh_source();
        old
    }

    /// To be called by [`World::set_account`](crate::world::World::set_account), or before the person is in the world.
    pub(in crate::world) fn set_account(&mut self, account: Option<String>) {
        self.modes.set(UserMode::Registered, account.is_some());
        self.account = account;
    }

    pub(crate) fn set_user(&mut self, user: String) {
        self.user = user;
        self.refresh_source();
    }

    fn refresh_source(&mut self) {
        self.source = format!("{}!{}@{}", self.name(), self.user, self.host);
    }
}
