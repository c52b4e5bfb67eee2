//! Numbers by which the model and the window speak of networks, conversations and lines.

/// Which network; never given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetworkId(pub(in crate::model) u32);

/// Which conversation; stays the same when the conversation is renamed, and is never given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId {
    pub(in crate::model) network: NetworkId,
    pub(in crate::model) number: u32,
}

impl ConversationId {
    /// The network that it is on.
    pub fn network(self) -> NetworkId {
        self.network
    }
}

/// Which line of a conversation. Lines are numbered on end, so the difference of two is their distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineId(pub(in crate::model) u64);

impl LineId {
    pub(in crate::model) fn numbered(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}
