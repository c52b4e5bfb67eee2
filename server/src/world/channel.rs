//! One channel: its name, its members and its topic.

use indexmap::IndexSet;
use jiff::Timestamp;

use super::ClientId;

/// One channel.
#[derive(Debug)]
pub struct Channel {
    /// As the one who opened it wrote it.
    pub name: String,
    /// When it was opened.
    pub created: Timestamp,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Who sits in it. Inverse of `clients[..].channels`.
    pub(crate) members: IndexSet<ClientId>,
}

/// What a channel is about, and since when.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The words.
    pub text: String,
    /// `nick!user@host` of who set it.
    pub who: String,
    /// When it was set.
    pub when: Timestamp,
}

impl Channel {
    pub(super) fn new(name: String, created: Timestamp) -> Self {
        Self { name, created, topic: None, members: IndexSet::new() }
    }

    /// Who sits in it.
    pub fn members(&self) -> impl ExactSizeIterator<Item = ClientId> {
        self.members.iter().copied()
    }
}
