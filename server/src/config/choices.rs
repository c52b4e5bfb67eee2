//! The choices that some keys offer.

/// The fate of a client that comes by the name of an account without having logged in to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectNames {
    /// The name is refused.
    Refuse,
    /// The person is called something else.
    Rename,
    /// Nothing: the name is anybody's.
    Off,
}

impl ProtectNames {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "refuse" => Some(Self::Refuse),
            "rename" => Some(Self::Rename),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Whether people with accounts stay in their rooms without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlwaysOn {
    /// Nobody does.
    Disabled,
    /// People who want to stay do.
    OptIn,
    /// People who do not object stay.
    OptOut,
    /// Everybody does.
    Mandatory,
}

impl AlwaysOn {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "disabled" => Some(Self::Disabled),
            "opt-in" => Some(Self::OptIn),
            "opt-out" => Some(Self::OptOut),
            "mandatory" => Some(Self::Mandatory),
            _ => None,
        }
    }
}
