//! A connected person: names, rooms, modes, and what the client negotiated.

use std::collections::BTreeMap;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use teahouse_protocol::Folded;

use crate::auth::sasl::Exchange;
use crate::config::network::host_of;
use crate::config::user_modes::{UserMode, UserModes};
use crate::outbox::Outbox;
use crate::text::language::Language;
use crate::world::capability::Capabilities;
use crate::world::delivery::line::Tags;
use crate::world::people::cloak::Cloak;
use crate::world::{ChannelId, ClientId, Draft, Markers, Number};
use teahouse_protocol::Capability;

/// The longest user name, in bytes with its `~`.
pub(crate) const USER_BYTES: usize = 18;

/// One connection and the person at its other end.
#[derive(Debug)]
pub struct Client {
    /// The bytes that wait for this client.
    pub(crate) outbox: Arc<Outbox>,
    /// Capabilities that are on.
    pub(crate) capabilities: Capabilities,
    /// Whether CAP LS has ever come with version 302 or higher; that is not taken back.
    pub(crate) speaks_cap_302: bool,
    /// The person whose device this is, if that person has become a client of its own (see `devices.rs`). Inverse of
    /// `clients[..].devices`.
    pub(crate) person: Option<ClientId>,
    /// The connections of a person apart.
    pub(crate) devices: Vec<ClientId>,
    /// Whether this is a person and no connection: its outbox leads nowhere.
    pub(crate) is_apart: bool,
    /// The last round of [`World::tell_neighbours`](crate::world::World::tell_neighbours) that reached this client.
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
    /// Where the connection comes from.
    pub address: SocketAddr,
    /// The account that the person has logged in to; `r` among the modes says whether there is one.
    account: Option<String>,
    /// The SHA-256 fingerprint of the certificate that the connection came with, in lower case.
    pub(crate) certificate: Option<String>,
    /// How many passwords by this connection were wrong since the last right one.
    pub(crate) wrong_passwords: u8,
    /// A login to an account that is going on.
    pub(crate) sasl: Option<Box<Exchange>>,
    /// How far the login has come.
    pub(crate) registration: Registration,
    /// The modes of the person.
    pub(crate) modes: UserModes,
    /// Why the person is away, if so.
    pub(crate) away: Option<String>,
    /// Whether that is so because there is no connection.
    pub(crate) is_auto_away: bool,
    /// The language of what the server says to this client.
    pub(crate) language: Language,
    /// The rooms, in the order in which they were joined. Inverse of `channels[..].members`.
    pub(crate) channels: Vec<ChannelId>,
    /// A message of several lines that is being said.
    pub(crate) draft: Option<Box<Draft>>,
    /// How far somebody without an account has read.
    pub(crate) markers: Markers,
    /// The names that this client watches for, as it wrote them. Inverse of `World::watchers`.
    pub(crate) monitored: BTreeMap<Folded<'static>, Box<str>>,
}

/// How far a client's login has come.
#[derive(Clone, Debug)]
pub enum Registration {
    /// NICK, USER, PASS and CAP come in any order.
    Open {
        /// What PASS said, or that it was right.
        password: Pass,
        /// Whether CAP LS or REQ came and END has not: the login waits for it.
        negotiating: bool,
        /// A nickname that somebody has, and that is the client's if it logs in to the account of that name.
        wanted: Option<String>,
    },
    /// Logged in.
    Done {
        /// When that was.
        since: Timestamp,
        /// When the person last spoke to anybody.
        spoke: Timestamp,
    },
}

/// Whether a client has said the house's password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pass {
    /// It has said nothing.
    #[default]
    Unsaid,
    /// It has said this, which is looked at when the login ends.
    Said(String),
    /// It has said the right password.
    Right,
}

impl Client {
    pub(in crate::world) fn new(
        address: SocketAddr,
        outbox: Arc<Outbox>,
        cloak: Option<&Cloak>,
        language: Language,
    ) -> Self {
        Self {
            outbox,
            capabilities: Capabilities::default(),
            speaks_cap_302: false,
            person: None,
            devices: Vec::new(),
            is_apart: false,
            round: 0,
            nick: None,
            named: Number::FIRST,
            user: String::new(),
            realname: String::new(),
            host: cloak.map_or_else(|| host_of(address.ip()), |cloak| cloak.cover(address.ip())),
            source: String::new(),
            address,
            account: None,
            certificate: None,
            wrong_passwords: 0,
            sasl: None,
            registration: Registration::Open { password: Pass::default(), negotiating: false, wanted: None },
            modes: UserModes::default(),
            away: None,
            is_auto_away: false,
            language,
            channels: Vec::new(),
            draft: None,
            markers: Markers::new(),
            monitored: BTreeMap::new(),
        }
    }

    /// Somebody who stays without a connection.
    pub(in crate::world) fn absent(
        address: SocketAddr,
        nowhere: Arc<Outbox>,
        host: String,
        language: Language,
    ) -> Self {
        Self { host, is_apart: true, ..Self::new(address, nowhere, None, language) }
    }

    /// What numerics call the client: its nickname, or `*` while it has none.
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

    /// The address as it is; for operators and the client itself.
    pub fn real_host(&self) -> String {
        host_of(self.address.ip())
    }

    /// `nick!user@host`, as it stands before everything the client does.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// [`source`](Self::source) with stars for what is not known yet.
    pub(crate) fn full_source(&self) -> String {
        let user = if self.user.is_empty() { "*" } else { &self.user };
        format!("{}!{user}@{}", self.name(), self.host)
    }

    /// [`source`](Self::source) with the address as it is; masks are compared with both.
    pub fn real_source(&self) -> String {
        format!("{}!{}@{}", self.name(), self.user, self.real_host())
    }

    /// The account that the person has logged in to.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether the login is complete.
    pub fn is_registered(&self) -> bool {
        matches!(self.registration, Registration::Done { .. })
    }

    /// Whether the person is a server operator.
    pub fn is_operator(&self) -> bool {
        self.modes.has(UserMode::Operator)
    }

    /// Whether a capability is on.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.has(capability)
    }

    /// Whether it gets messages of several lines as such.
    pub(crate) fn takes_several_lines(&self) -> bool {
        self.has(Capability::Multiline) && self.has(Capability::Batch)
    }

    /// The tags of what this client says.
    pub(crate) fn tags(&self) -> Tags {
        Tags { account: self.account.clone(), bot: self.modes.has(UserMode::Bot), ..Tags::default() }
    }

    /// Moves the person out of a connection that has been both, into a client of its own.
    pub(in crate::world) fn take_person(&mut self, nowhere: Arc<Outbox>) -> Self {
        Self {
            outbox: nowhere,
            capabilities: Capabilities::default(),
            speaks_cap_302: false,
            person: None,
            devices: Vec::new(),
            is_apart: true,
            named: self.named,
            markers: mem::take(&mut self.markers),
            round: self.round,
            nick: self.nick.clone(),
            user: self.user.clone(),
            realname: self.realname.clone(),
            host: self.host.clone(),
            source: self.source.clone(),
            address: self.address,
            account: self.account.clone(),
            certificate: None,
            wrong_passwords: 0,
            sasl: None,
            draft: None,
            registration: self.registration.clone(),
            modes: self.modes,
            away: self.away.take(),
            is_auto_away: false,
            language: self.language,
            channels: mem::take(&mut self.channels),
            monitored: BTreeMap::new(),
        }
    }

    /// Takes over from the person what a device has to know of it.
    pub(in crate::world) fn mirror(&mut self, person: &Self) {
        self.nick.clone_from(&person.nick);
        self.source.clone_from(&person.source);
        self.account.clone_from(&person.account);
        // Whether anybody can listen is a question of each connection.
        let secure = self.modes.has(UserMode::Secure);
        self.modes = person.modes;
        self.modes.set(UserMode::Secure, secure);
    }

    pub(in crate::world) fn set_nick(&mut self, nick: Option<String>) -> Option<String> {
        let old = mem::replace(&mut self.nick, nick);
        self.refresh_source();
        old
    }

    /// To be called by [`World::set_account`](crate::world::World::set_account), or before the client is in the world.
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
