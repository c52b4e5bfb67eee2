//! One channel: its name, its members, its topic, its invitations.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use teahouse_protocol::CaseMapping;

use crate::world::channels::modes::{ChannelModes, Flag, List};
use crate::world::channels::ranks::Ranks;
use crate::world::channels::registration::ChannelRegistration;
use crate::world::mask::{Face, FoldedFace, ListEntry, Subject};
use crate::world::{Number, PersonId};

/// One channel.
#[derive(Debug)]
pub struct Channel {
    /// As the person who opened it wrote it.
    pub name: String,
    /// The name, folded: its history is filed under it.
    pub(crate) place: Arc<str>,
    /// Newcomers may read what was said here from this number on.
    pub(crate) since: Number,
    /// When it was opened.
    pub created: Timestamp,
    /// Its subject.
    pub topic: Option<Topic>,
    /// The modes, which say who may do what in it.
    pub modes: ChannelModes,
    /// The registration, if the channel belongs to somebody.
    pub registration: Option<ChannelRegistration>,
    /// The people who were invited and have not come yet.
    pub(crate) invited: Invited,
    /// Whether the store has it.
    pub(in crate::world) is_kept: bool,
    /// A person for whom it is kept, as long as they are there and stay: the first to be asked.
    pub(in crate::world) kept_for: Option<PersonId>,
    /// The members. Inverse of `people[..].channels`.
    pub(crate) members: IndexMap<PersonId, Member>,
}

/// The subject of a channel, and since when it is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The words.
    pub text: String,
    /// `nick!user@host` of the person who set it.
    pub who: String,
    /// When it was set.
    pub when: Timestamp,
}

/// How many accounts are on the list of those who were invited to one channel; the oldest invitation gives way.
const MOST_INVITED: usize = 100;

/// The invited: people, who may have gone, and accounts, whose owners may have gone and come again.
#[derive(Debug, Default)]
pub(crate) struct Invited {
    people: HashSet<PersonId>,
    accounts: Vec<String>,
}

impl Invited {
    /// Whether somebody was invited.
    pub(crate) fn has(&self, id: PersonId, account: Option<&str>) -> bool {
        self.people.contains(&id)
            || account.is_some_and(|account| self.accounts.iter().any(|it| it == account))
    }

    pub(in crate::world) fn accounts(&self) -> &[String] {
        &self.accounts
    }

    pub(in crate::world) fn add(&mut self, id: PersonId, is_here: impl Fn(PersonId) -> bool) {
        // People who went without coming in must not pile up.
        self.people.retain(|id| is_here(*id));
        self.people.insert(id);
    }

    pub(in crate::world) fn add_account(&mut self, account: &str) {
        self.forget_account(account);
        if self.accounts.len() >= MOST_INVITED {
            self.accounts.remove(0);
        }
        self.accounts.push(account.to_owned());
    }

    pub(in crate::world) fn forget(&mut self, id: PersonId) {
        self.people.remove(&id);
    }

    /// Returns whether the account was on the list.
    pub(in crate::world) fn forget_account(&mut self, account: &str) -> bool {
        let before = self.accounts.len();
        self.accounts.retain(|other| other != account);
        self.accounts.len() < before
    }
}

/// Somebody in a channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Member {
    /// What the person may do here.
    pub ranks: Ranks,
    /// When the person came in.
    pub(crate) since: Number,
    /// When the person last spoke here; slow mode asks.
    pub(crate) spoke: Option<Timestamp>,
}

impl Channel {
    pub(in crate::world) fn new(name: String, place: Arc<str>, since: Number, created: Timestamp) -> Self {
        let mut modes = ChannelModes::default();
        modes.set(Flag::NoOutsiders, true);
        modes.set(Flag::TopicLocked, true);
        Self {
            name,
            place,
            since,
            created,
            topic: None,
            modes,
            registration: None,
            invited: Invited::default(),
            is_kept: false,
            kept_for: None,
            members: IndexMap::new(),
        }
    }

    /// The members.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (PersonId, &Member)> {
        self.members.iter().map(|(id, member)| (*id, member))
    }

    /// The ranks of a person here; none for a person who is no member.
    pub fn ranks(&self, id: PersonId) -> Ranks {
        self.members.get(&id).map(|member| member.ranks).unwrap_or_default()
    }

    /// Whether an entry of the list of bans that is about one of `subjects` describes a face, and no exception does.
    pub fn bans(&self, face: Face, subjects: &[Subject], casemapping: CaseMapping) -> bool {
        let bans = self.modes.list(List::Bans);
        if bans.is_empty() {
            return false;
        }
        let face = FoldedFace::of(face, casemapping);
        let banned =
            |entry: &ListEntry| subjects.contains(&entry.subject().0) && entry.describes(&face, casemapping);
        let excepted = |entry: &ListEntry| entry.describes(&face, casemapping);
        bans.iter().any(banned) && !self.modes.list(List::Exceptions).iter().any(excepted)
    }

    /// Whether a face is on the list of those who need no invitation.
    pub fn invites(&self, face: Face, casemapping: CaseMapping) -> bool {
        let face = FoldedFace::of(face, casemapping);
        self.modes.list(List::Invitations).iter().any(|entry| entry.describes(&face, casemapping))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_accounts_that_were_invited_the_one_that_waits_longest_gives_way() {
        let mut invited = Invited::default();
        let names: Vec<_> = (0..MOST_INVITED).map(|number| format!("a{number}")).collect();
        names.iter().for_each(|name| invited.add_account(name));
        assert_eq!(invited.accounts(), names, "all of them fit");
        // Invited once more, the first has waited for a shorter time than the second.
        invited.add_account("a0");
        invited.add_account("bob");
        let is_invited = |name: &str| invited.accounts().iter().any(|it| it == name);
        assert_eq!(["a0", "a1", "a2", "bob"].map(is_invited), [true, false, true, true]);
        assert_eq!(invited.accounts().len(), MOST_INVITED);
    }
}
