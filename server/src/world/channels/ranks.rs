//! Ranks: what a member may do in a channel, from voice to founder.

/// The ranks of members, from low to high.
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
    /// All ranks from high to low, with their letters and their prefixes (PREFIX).
    pub const ALL: &[(Self, char, char)] = &[
        (Self::Founder, 'q', '~'),
        (Self::Admin, 'a', '&'),
        (Self::Operator, 'o', '@'),
        (Self::HalfOperator, 'h', '%'),
        (Self::Voice, 'v', '+'),
    ];

    /// The rank with this letter in MODE.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, wire, _)| *wire == letter).map(|(rank, ..)| *rank)
    }

    /// The rank with this prefix in NAMES.
    pub fn from_prefix(prefix: char) -> Option<Self> {
        Self::ALL.iter().find(|(.., wire)| *wire == prefix).map(|(rank, ..)| *rank)
    }

    /// Its letter in MODE.
    pub fn letter(self) -> char {
        Self::ALL.iter().find(|(rank, ..)| *rank == self).map_or(' ', |(_, letter, _)| *letter)
    }

    /// The rank that may give and take this one: a half operator gives voice, only the founder the two highest.
    pub fn given_by(self) -> Self {
        match self {
            Self::Voice => Self::HalfOperator,
            Self::HalfOperator | Self::Operator => Self::Operator,
            Self::Admin | Self::Founder => Self::Founder,
        }
    }
}

/// A set of ranks: a member may be operator and have a voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ranks(u8);

impl Ranks {
    /// The set of one rank.
    pub fn only(rank: Rank) -> Self {
        Self(1 << rank as u8)
    }

    /// Whether a rank is in the set.
    pub fn has(self, rank: Rank) -> bool {
        self.0 & Self::only(rank).0 != 0
    }

    pub(crate) fn set(&mut self, rank: Rank, on: bool) {
        if on {
            self.0 |= Self::only(rank).0;
        } else {
            self.0 &= !Self::only(rank).0;
        }
    }

    /// The highest of them.
    pub fn highest(self) -> Option<Rank> {
        Rank::ALL.iter().map(|(rank, ..)| *rank).find(|rank| self.has(*rank))
    }

    /// Whether one of them is `rank` or higher.
    pub fn at_least(self, rank: Rank) -> bool {
        self.highest().is_some_and(|highest| highest >= rank)
    }

    /// The prefixes, highest first; only that one unless `all`.
    pub fn prefixes(self, all: bool) -> impl Iterator<Item = char> {
        // Most people have none, and in a list of names everybody is asked.
        let ranks = if self.0 == 0 { &[] } else { Rank::ALL };
        let mine = ranks.iter().filter(move |(rank, ..)| self.has(*rank)).map(|(.., prefix)| *prefix);
        mine.take(if all { Rank::ALL.len() } else { 1 })
    }
}
