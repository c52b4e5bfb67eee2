//! Ranks: what a member may do in a channel, from voice to founder
//! ([Modern IRC, "Channel Membership Prefixes"](https://modern.ircdocs.horse/#channel-membership-prefixes)).

/// The ranks of members, from low to high. A server may have others; it names those that it has in 005 (PREFIX).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// `+v`: speaks where not everybody may.
    Voice,
    /// `+h`: keeps order: removes members, bans, gives voice.
    HalfOperator,
    /// `+o`: sets every mode.
    Operator,
    /// `+a`: an operator whom other operators cannot remove.
    Admin,
    /// `+q`: founded the channel; gives every rank.
    Founder,
}

impl Rank {
    /// All ranks from high to low.
    pub const ALL: &[Self] = &[Self::Founder, Self::Admin, Self::Operator, Self::HalfOperator, Self::Voice];

    /// Its letter in MODE.
    pub const fn letter(self) -> char {
        self.signs().0
    }

    /// Its prefix in NAMES, before a name.
    pub const fn prefix(self) -> char {
        self.signs().1
    }

    const fn signs(self) -> (char, char) {
        match self {
            Self::Founder => ('q', '~'),
            Self::Admin => ('a', '&'),
            Self::Operator => ('o', '@'),
            Self::HalfOperator => ('h', '%'),
            Self::Voice => ('v', '+'),
        }
    }

    /// The rank with this letter in MODE.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().copied().find(|rank| rank.letter() == letter)
    }

    /// The rank with this prefix in NAMES.
    pub fn from_prefix(prefix: char) -> Option<Self> {
        Self::ALL.iter().copied().find(|rank| rank.prefix() == prefix)
    }
}
