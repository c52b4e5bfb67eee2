//! The table of who has logged in to which account. The server asks it at each login, whenever a person who stays
//! comes or goes, and whenever somebody has read something. So it is a table, and no search.

use std::collections::HashMap;

use crate::world::{ClientId, World};

/// The people of each account, by its name; of somebody with several devices the person only.
pub(in crate::world) type Logins = HashMap<String, Vec<ClientId>>;

impl World {
    /// Notes the account that a client has logged in to, or that it has logged out. Tells nobody.
    pub(crate) fn set_account(&mut self, id: ClientId, account: Option<String>) {
        self.forget_login(id);
        self.clients[id].set_account(account);
        self.note_login(id);
        self.suspect(id);
    }

    /// The people who have logged in to an account.
    pub(crate) fn logged_in_to(&self, account: &str) -> &[ClientId] {
        self.logins.get(account).map_or(&[], Vec::as_slice)
    }

    /// All connections of the person behind a connection: those of the account, or its own.
    pub(crate) fn connections_of_same_reader(&self, id: ClientId) -> Vec<ClientId> {
        let Some(account) = self.clients[id].account() else { return self.connections_of(id) };
        let people =
            self.logged_in_to(account).iter().filter(|person| self.clients[**person].is_registered());
        people.flat_map(|person| self.connections_of(*person)).collect()
    }

    /// Notes a client that is a person, if it has logged in to an account.
    pub(in crate::world) fn note_login(&mut self, id: ClientId) {
        let client = &self.clients[id];
        if let Some(account) = client.account().filter(|_| client.person.is_none()) {
            self.logins.entry(account.to_owned()).or_default().push(id);
        }
    }

    /// Forgets that a client, which may be a person, has logged in: it logs out, goes, or becomes a device.
    pub(in crate::world) fn forget_login(&mut self, id: ClientId) {
        let Some(account) = self.clients[id].account() else { return };
        if let Some(people) = self.logins.get_mut(account) {
            people.retain(|person| *person != id);
            if people.is_empty() {
                self.logins.remove(account);
            }
        }
    }

    pub(in crate::world) fn check_logins(&self) {
        let with_account = self.people().filter(|(_, client)| client.account().is_some());
        assert_eq!(
            with_account.count(),
            self.logins.values().map(Vec::len).sum::<usize>(),
            "one entry for each login"
        );
        for (account, people) in &self.logins {
            assert!(!people.is_empty(), "somebody has logged in to {account}");
            for person in people {
                let client = &self.clients[*person];
                assert!(client.person.is_none() && client.account() == Some(account), "{account} is found");
            }
        }
    }
}
