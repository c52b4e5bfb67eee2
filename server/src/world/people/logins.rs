//! The table of who has logged in to which account. The server asks it at each login, whenever a person who stays
//! comes or goes, and whenever somebody has read something. So it is a table, and no search.

use std::collections::HashMap;

use crate::world::{ConnectionId, PersonId, World};

/// The people of each account, by its name.
pub(in crate::world) type Logins = HashMap<String, Vec<PersonId>>;

impl World {
    /// Notes the account that a person has logged in to, or that they have logged out. Tells nobody.
    pub(crate) fn set_account(&mut self, id: PersonId, account: Option<String>) {
        self.forget_login(id);
        self.people[id].set_account(account);
        self.note_login(id);
        self.suspect(id);
    }

    /// The people who have logged in to an account.
    pub(crate) fn logged_in_to(&self, account: &str) -> &[PersonId] {
        self.logins.get(account).map_or(&[], Vec::as_slice)
    }

    /// All connections that read what a person reads: those of the account, or the person's own.
    pub(crate) fn connections_of_same_reader(&self, id: PersonId) -> Vec<ConnectionId> {
        let Some(account) = self.people[id].account() else { return self.connections_of(id).to_vec() };
        let people = self.logged_in_to(account).iter().filter(|person| self.people[**person].is_registered());
        people.flat_map(|person| self.connections_of(*person)).collect()
    }

    /// Notes a person who has logged in to an account.
    pub(super) fn note_login(&mut self, id: PersonId) {
        if let Some(account) = self.people[id].account() {
            self.logins.entry(account.to_owned()).or_default().push(id);
        }
    }

    /// Forgets that a person has logged in, who logs out or goes.
    pub(super) fn forget_login(&mut self, id: PersonId) {
        let Some(account) = self.people[id].account() else { return };
        if let Some(people) = self.logins.get_mut(account) {
            people.retain(|person| *person != id);
            if people.is_empty() {
                self.logins.remove(account);
            }
        }
    }

    pub(in crate::world) fn check_logins(&self) {
        let with_account = self.people().filter(|(_, person)| person.account().is_some());
        assert_eq!(
            with_account.count(),
            self.logins.values().map(Vec::len).sum::<usize>(),
            "one entry for each login"
        );
        for (account, people) in &self.logins {
            assert!(!people.is_empty(), "somebody has logged in to {account}");
            for person in people {
                assert_eq!(self.people[*person].account(), Some(&**account), "{account} is found");
            }
        }
    }
}
