//! A connection: one socket, and what the client at its other end has negotiated.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use teahouse_protocol::{Capability, Folded};

use crate::auth::sasl::Exchange;
use crate::outbox::Outbox;
use crate::text::language::Language;
use crate::world::capability::Capabilities;
use crate::world::{Draft, Person, PersonId};

/// One connection, from accept to hang-up. It always has a [`Person`].
#[derive(Debug)]
pub struct Connection {
    /// The bytes that wait for this client.
    pub(crate) outbox: Arc<Outbox>,
    /// Capabilities that are on.
    pub(crate) capabilities: Capabilities,
    /// Whether CAP LS has ever come with version 302 or higher; that is not taken back.
    pub(crate) speaks_cap_302: bool,
    /// Whether nobody can listen to it: it came over TLS.
    pub(crate) is_secure: bool,
    /// The language of what the server says to this client.
    pub(crate) language: Language,
    /// How many passwords by this connection were wrong since the last right one.
    pub(super) wrong_passwords: u8,
    /// The person at its other end. Inverse of `people[..].connections`.
    pub(crate) person: PersonId,
    /// The login, until it is complete.
    pub(crate) login: Option<Box<Login>>,
    /// A login to an account that is going on.
    pub(crate) sasl: Option<Box<Exchange>>,
    /// A message of several lines that is being said.
    pub(crate) draft: Option<Box<Draft>>,
    /// Where it comes from.
    pub address: SocketAddr,
    /// What USER said over it, if its person was here already under another user name.
    pub(super) other_user: Option<Box<str>>,
    /// The SHA-256 fingerprint of the certificate that it came with, in lower case.
    pub(crate) certificate: Option<String>,
    /// The names that this client watches for, as it wrote them. Inverse of `World::watchers`.
    pub(crate) monitored: BTreeMap<Folded<'static>, Box<str>>,
}

/// A login that is going on: NICK, USER, PASS and CAP come in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Login {
    /// What PASS said, or that it was right.
    pub(crate) password: Pass,
    /// Whether CAP LS or REQ came and END has not: the login waits for it.
    pub(crate) negotiating: bool,
    /// A nickname that somebody has, and that is the client's if it logs in to the account of that name.
    pub(crate) wanted: Option<String>,
}

/// Whether a client has said the house's password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pass {
    /// It has said nothing.
    #[default]
    Unsaid,
    /// It has said this, which is looked at when the login ends.
    Said(String),
    /// It has said the right password.
    Right,
}

impl Connection {
    pub(in crate::world) fn new(
        address: SocketAddr,
        outbox: Arc<Outbox>,
        person: PersonId,
        language: Language,
    ) -> Self {
        Self {
            outbox,
            capabilities: Capabilities::default(),
            speaks_cap_302: false,
            is_secure: false,
            language,
            wrong_passwords: 0,
            person,
            login: Some(Box::default()),
            sasl: None,
            draft: None,
            address,
            other_user: None,
            certificate: None,
            monitored: BTreeMap::new(),
        }
    }

    /// Whether a capability is on.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.has(capability)
    }

    /// The user name that came with it, with `~` before it; the connection is this person's.
    pub(crate) fn user<'c>(&'c self, person: &'c Person) -> &'c str {
        self.other_user.as_deref().unwrap_or(person.user())
    }

    /// Whether it gets messages of several lines as such.
    pub(crate) fn takes_several_lines(&self) -> bool {
        self.has(Capability::Multiline) && self.has(Capability::Batch)
    }
}
