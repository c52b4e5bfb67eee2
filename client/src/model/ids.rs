//! By which names the model and the window speak of networks, conversations and lines. None is ever given out again.

/// Which network; never given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetworkId(pub(super) u32);

/// Which conversation; stays the same when the conversation is renamed, and is never given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId {
    pub(super) network: NetworkId,
    pub(super) number: u32,
}

impl ConversationId {
    /// The network that it is on.
    pub fn network(self) -> NetworkId {
        self.network
    }
}

/// Which line of a conversation. Lines are numbered on end, so the difference of two is their distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineId(pub(super) u64);

impl LineId {
    pub(super) fn numbered(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}
