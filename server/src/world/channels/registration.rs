//! The owner of a room. A registered room outlasts its last member, and the [server](crate::world::record::lasting).

use teahouse_protocol::Rank;

use crate::world::channels::ranks::Ranks;
use crate::world::{ChannelId, PersonId, World};

/// The owner of a room, and the ranks that accounts have there on coming in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRegistration {
    /// The account that it belongs to.
    pub founder: String,
    /// Other accounts, each once, with the rank that each has.
    pub access: Vec<(String, Rank)>,
}

impl ChannelRegistration {
    /// The ranks that somebody with this account has. The two highest come with that of operators, which every client
    /// knows.
    pub fn ranks(&self, account: &str) -> Ranks {
        let listed = || self.access.iter().find(|(other, _)| other == account).map(|(_, rank)| *rank);
        let rank = if self.founder == account { Some(Rank::Founder) } else { listed() };
        let mut ranks = rank.map(Ranks::only).unwrap_or_default();
        if ranks.at_least(Rank::Operator) {
            ranks.set(Rank::Operator, true);
        }
        ranks
    }
}

impl World {
    /// Whether somebody has a rank in a registered room, wherever the person is.
    pub(crate) fn is_at_home(&self, id: PersonId, channel: ChannelId) -> bool {
        let account = self.channels[channel].registration.as_ref().zip(self.people[id].account());
        account.is_some_and(|(registration, account)| registration.ranks(account) != Ranks::default())
    }

    /// Makes a room nobody's again; an empty room closes.
    pub(crate) fn release_channel(&mut self, id: ChannelId) {
        if self.unregister_channel(id) {
            self.keep_channel(id);
            self.close_if_empty(id);
        }
    }

    /// An account is no more: its rooms are nobody's, and it has no rank and no invitation anywhere.
    pub(crate) fn release_channels_of(&mut self, account: &str) {
        let all: Vec<_> = self.channels.keys().collect();
        for id in all {
            let channel = &mut self.channels[id];
            let mut changed = channel.invited.forget_account(account);
            if let Some(registration) = &mut channel.registration {
                let before = registration.access.len();
                registration.access.retain(|(other, _)| other != account);
                changed |= registration.access.len() < before;
                if registration.founder == account {
                    self.release_channel(id);
                    continue;
                }
            }
            if changed {
                self.keep_channel(id);
            }
        }
    }
}
