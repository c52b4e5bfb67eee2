//! Whose a room is. A room with a deed outlasts its last member, and the server.

use jiff::Timestamp;

use super::{ChannelId, ChannelModes, ClientId, Number, Presence, Rank, Ranks, Topic, World};

/// Whose a room is, and who has which rank there on coming in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The account that it belongs to.
    pub founder: String,
    /// Other accounts, each once, with the rank that each has.
    pub access: Vec<(String, Rank)>,
}

impl Deed {
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

/// What is kept of a room.
#[derive(Clone, Debug)]
pub struct KeptChannel {
    /// Its name.
    pub name: String,
    /// When it was opened.
    pub created: Timestamp,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Who may do what in it.
    pub modes: ChannelModes,
    /// Whose it is.
    pub deed: Deed,
}

/// What the store is to be told of a room, or of somebody who stays in some.
#[derive(Clone, Debug)]
pub enum ToKeep {
    /// That it is so now.
    Channel(Box<KeptChannel>),
    /// That there is none of this name any more.
    Nothing(String),
    /// Where somebody is who stays.
    Presence(Box<Presence>),
    /// That somebody with this account does not stay any more.
    NoPresence(String),
}

/// What has changed, in this order, and the world's number for it. They are made one after another under the lock, but
/// brought to the store without it; the number tells it when one is overtaken by the next.
#[derive(Clone, Debug)]
pub struct Changes {
    /// It grows from one to the next.
    pub number: Number,
    /// At least one.
    pub all: Vec<ToKeep>,
}

impl World {
    /// Whether somebody has a rank in a room by its deed, wherever the person is.
    pub(crate) fn is_at_home(&self, id: ClientId, channel: ChannelId) -> bool {
        let account = self.channels[channel].deed.as_ref().zip(self.clients[id].account());
        account.is_some_and(|(deed, account)| deed.ranks(account) != Ranks::default())
    }

    /// Opens a room that was kept.
    pub fn restore_channel(&mut self, kept: KeptChannel) {
        let id = self.open_channel(&kept.name);
        let channel = &mut self.channels[id];
        (channel.created, channel.topic, channel.modes) = (kept.created, kept.topic, kept.modes);
        self.give_deed(id, kept.deed);
    }

    /// Has a room kept as it is now, if it belongs to somebody; to be called after each change of it.
    pub(crate) fn keep_channel(&mut self, id: ChannelId) {
        self.keep_room(id, true);
        let channel = &self.channels[id];
        if let Some(deed) = channel.deed.clone() {
            let (topic, modes) = (channel.topic.clone(), channel.modes.clone());
            let kept =
                KeptChannel { name: channel.name.clone(), created: channel.created, topic, modes, deed };
            self.to_keep.push(ToKeep::Channel(Box::new(kept)));
        }
    }

    /// Makes a room nobody's again; an empty one closes.
    pub(crate) fn release_channel(&mut self, id: ChannelId) {
        if self.take_deed(id) {
            self.to_keep.push(ToKeep::Nothing(self.channels[id].name.clone()));
            self.keep_room(id, true);
            self.close_if_empty(id);
        }
    }

    /// An account is no more: its rooms are nobody's, and it has no rank anywhere.
    pub(crate) fn release_channels_of(&mut self, account: &str) {
        let all: Vec<_> = self.channels.keys().collect();
        for id in all {
            let Some(deed) = &mut self.channels[id].deed else { continue };
            let before = deed.access.len();
            deed.access.retain(|(other, _)| other != account);
            let changed = deed.access.len() < before;
            if deed.founder == account {
                self.release_channel(id);
            } else if changed {
                self.keep_channel(id);
            }
        }
    }

    /// What the store is to be told since the last call, if there is something.
    pub(crate) fn take_to_keep(&mut self) -> Option<Changes> {
        let all = std::mem::take(&mut self.to_keep);
        (!all.is_empty()).then(|| Changes { number: self.next_number(), all })
    }
}
