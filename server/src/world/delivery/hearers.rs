//! The hearers of what is said: the connections that can read it, and of a channel the members of some rank.

use crate::world::{Capability, Connection, Rank};

/// Which members of a channel hear what is said to it, beside the speaker's own connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hearers {
    /// Members with this rank or a higher one; `None` for all.
    pub(crate) least: Option<Rank>,
    /// The connections of theirs that can read it.
    pub(crate) reads: Reads,
}

/// Which connections can read a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Words: all of them.
    Words,
    /// Tags without words.
    TagsAlone,
    /// A line of a message of several lines, as such.
    SeveralLines,
    /// The same line for clients that do not know such messages.
    LineByLine,
    /// News that a message is taken back.
    Redactions,
}

impl Reads {
    /// Whether a connection can read it.
    #[inline]
    pub(crate) fn fits(self, connection: &Connection) -> bool {
        match self {
            Self::Words => true,
            Self::TagsAlone => connection.has(Capability::MessageTags),
            Self::SeveralLines => connection.takes_several_lines(),
            Self::LineByLine => !connection.takes_several_lines(),
            Self::Redactions => connection.has(Capability::MessageRedaction),
        }
    }
}
