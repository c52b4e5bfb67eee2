//! The ranks of one member, and who gives them.

use teahouse_protocol::Rank;

use crate::letters::bit_set;

/// The rank that may give and take this one: a half operator gives voice, only the founder the two highest.
pub fn given_by(rank: Rank) -> Rank {
    match rank {
        Rank::Voice => Rank::HalfOperator,
        Rank::HalfOperator | Rank::Operator => Rank::Operator,
        Rank::Admin | Rank::Founder => Rank::Founder,
    }
}

bit_set! {
    /// A set of ranks: a member may be operator and have a voice.
    pub struct Ranks(u8) of Rank
}

impl Ranks {
    /// The set of one rank.
    pub fn only(rank: Rank) -> Self {
        let mut ranks = Self::default();
        ranks.set(rank, true);
        ranks
    }

    /// The highest of them.
    pub fn highest(self) -> Option<Rank> {
        Rank::ALL.iter().copied().find(|rank| self.has(*rank))
    }

    /// Whether one of them is `rank` or higher.
    pub fn at_least(self, rank: Rank) -> bool {
        self.highest().is_some_and(|highest| highest >= rank)
    }

    /// The prefixes, highest first; only that one unless `all`.
    pub fn prefixes(self, all: bool) -> impl Iterator<Item = char> {
        // Most people have none, and in a list of names everybody is asked.
        let ranks = if self.0 == 0 { &[] } else { Rank::ALL };
        let mine = ranks.iter().filter(move |rank| self.has(**rank)).map(|rank| rank.prefix());
        mine.take(if all { Rank::ALL.len() } else { 1 })
    }
}
