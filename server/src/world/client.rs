//! One connected person: names, rooms, what was negotiated.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;

use super::ChannelId;
use crate::outbox::Outbox;

/// One connection and the person at its other end.
#[derive(Debug)]
pub struct Client {
    /// `None` until the first NICK. Inverse of `World::nicks`.
    nick: Option<String>,
    /// What USER said, with `~` before it, since nobody vouches for it; empty until then.
    user: String,
    /// The real name, or whatever stood in its place.
    pub(crate) realname: String,
    /// The address, as others see it.
    host: String,
    /// `nick!user@host`, made anew whenever one of them changes.
    source: String,
    /// Where the connection comes from.
    pub address: SocketAddr,
    /// How far the login has come.
    pub(crate) registration: Registration,
    /// Capabilities that are on.
    pub(crate) capabilities: Capabilities,
    /// Why the person is away, if so.
    pub(crate) away: Option<String>,
    /// The rooms, in the order in which they were joined. Inverse of `channels[..].members`.
    pub(crate) channels: Vec<ChannelId>,
    /// What waits for this client.
    pub(crate) outbox: Arc<Outbox>,
    /// The last round of [`World::tell_neighbours`](super::World::tell_neighbours) that reached this client.
    pub(super) round: u64,
}

/// How far a client's login has come.
#[derive(Clone, Debug)]
pub enum Registration {
    /// NICK, USER, PASS and CAP come in any order.
    Open {
        /// What PASS said.
        password: Option<String>,
        /// Whether CAP LS or REQ came and END has not: the login waits for it.
        negotiating: bool,
    },
    /// Logged in.
    Done {
        /// When that was.
        since: Timestamp,
        /// When the person last spoke to anybody.
        spoke: Timestamp,
    },
}

/// Declares the capabilities once: a name in the code, a name on the wire, a bit.
macro_rules! capabilities {
    ($($(#[$meta:meta])* $name:ident = $wire:literal;)*) => {
        /// Something a client can ask for by CAP REQ.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Capability {
            $($(#[$meta])* $name),*
        }

        impl Capability {
            /// All of them, with their names on the wire.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, $wire)),*];
        }
    };
}

capabilities! {
    /// One's own messages come back ([echo-message](https://ircv3.net/specs/extensions/echo-message)).
    EchoMessage = "echo-message";
    /// Every line says when it was sent ([server-time](https://ircv3.net/specs/extensions/server-time)).
    ServerTime = "server-time";
}

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(u32);

impl Capabilities {
    pub(crate) fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u32) != 0
    }

    pub(crate) fn set(&mut self, capability: Capability, on: bool) {
        let bit = 1 << capability as u32;
        if on {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }
}

impl Client {
    pub(super) fn new(address: SocketAddr, outbox: Arc<Outbox>) -> Self {
        Self {
            nick: None,
            user: String::new(),
            realname: String::new(),
            host: host_of(address.ip()),
            source: String::new(),
            address,
            registration: Registration::Open { password: None, negotiating: false },
            capabilities: Capabilities::default(),
            away: None,
            channels: Vec::new(),
            outbox,
            round: 0,
        }
    }

    /// What numerics call the client: its nickname, or `*` while it has none.
    pub fn name(&self) -> &str {
        self.nick.as_deref().unwrap_or("*")
    }

    /// Whether the login is complete.
    pub fn is_registered(&self) -> bool {
        matches!(self.registration, Registration::Done { .. })
    }

    /// The nickname; `None` until the first NICK.
    pub fn nick(&self) -> Option<&str> {
        self.nick.as_deref()
    }

    /// The user name with `~` before it; empty until USER.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The address, as others see it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `nick!user@host`, as it stands before everything the client does.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn set_nick(&mut self, nick: Option<String>) -> Option<String> {
        let old = std::mem::replace(&mut self.nick, nick);
        self.refresh_source();
        old
    }

    pub(crate) fn set_user(&mut self, user: String) {
        self.user = user;
        self.refresh_source();
    }

    fn refresh_source(&mut self) {
        self.source = format!("{}!{}@{}", self.name(), self.user, self.host);
    }
}

/// An address as a host name: it must not begin with a colon, as `::1` does, to stand as a parameter.
fn host_of(address: IpAddr) -> String {
    let host = address.to_canonical().to_string();
    if host.starts_with(':') { format!("0{host}") } else { host }
}
