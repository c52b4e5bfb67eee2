//! People: their names, their connections and their accounts.

pub(super) mod accounts;
pub(super) mod client;
pub(super) mod cloak;
pub(super) mod devices;
pub(super) mod guesses;
pub(super) mod logins;
pub(super) mod names;
pub(super) mod presence;
pub(super) mod watch;
pub(super) mod whowas;

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::user_modes::{UserMode, UserModes};
use crate::net::tls::Fingerprint;
use crate::outbox::Outbox;
use crate::text::language::Text;
use crate::world::{Client, ClientId, Gone, Kind, Registration, World};

impl World {
    /// Lets a new connection in. It has no name yet.
    pub fn connect(&mut self, address: SocketAddr, outbox: Arc<Outbox>) -> ClientId {
        let cloak = self.config.cloak.then_some(&self.cloak);
        let client = Client::new(address, outbox, cloak, self.config.language);
        self.clients.insert(client)
    }

    /// Notes of a new connection that nobody can listen to it, and by what certificate the client is known.
    pub(crate) fn came_over_tls(&mut self, id: ClientId, certificate: Option<Fingerprint>) {
        let client = &mut self.clients[id];
        client.modes.set(UserMode::Secure, true);
        client.certificate = certificate.map(|fingerprint| fingerprint.to_string());
    }

    /// Everybody, logged in or not: each person once, however many devices there are.
    pub fn people(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.clients.iter().filter(|(_, client)| client.person.is_none())
    }

    /// Every connection.
    pub fn connections(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.clients.iter().filter(|(_, client)| !client.is_apart)
    }

    /// The client, unless it has gone.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id)
    }

    pub(crate) fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.clients[id]
    }

    /// Counts a client among the users; its name and user name are known.
    pub(crate) fn register(&mut self, id: ClientId) {
        let now = self.now;
        self.clients[id].registration = Registration::Done { since: now, spoke: now };
        self.users += 1;
        self.counted.change(UserModes::default(), self.clients[id].modes);
        self.most_users = self.most_users.max(self.users);
        self.tell_watchers_that_came(id);
        self.keep_presence(id);
    }

    /// How many have logged in.
    pub fn users(&self) -> usize {
        self.users
    }

    /// Sets a mode of a person. Tells nobody.
    pub(crate) fn set_user_mode(&mut self, id: ClientId, mode: UserMode, on: bool) {
        let client = &mut self.clients[id];
        let before = client.modes;
        client.modes.set(mode, on);
        if client.is_registered() {
            self.counted.change(before, client.modes);
        }
        if mode == UserMode::Operator && !on {
            self.suspect(id);
        }
    }

    /// How many of the users are invisible, and how many are operators.
    pub fn invisible_and_operators(&self) -> (usize, usize) {
        (self.counted.invisible, self.counted.operators)
    }

    /// The most that were ever logged in at once.
    pub fn most_users(&self) -> usize {
        self.most_users
    }

    /// How many are connected and have not logged in.
    pub fn strangers(&self) -> usize {
        self.clients.len() - self.devices - self.users
    }

    /// Whether `viewer` may learn of a person by looking around: an invisible person is seen only in shared rooms.
    pub fn can_see(&self, viewer: ClientId, person: ClientId) -> bool {
        let (viewing, seen) = (&self.clients[viewer], &self.clients[person]);
        viewer == person
            || !seen.modes.has(UserMode::Invisible)
            || viewing.is_operator()
            || seen.channels.iter().any(|channel| viewing.channels.contains(channel))
    }

    /// Takes a person out of the world, but for the connections: the rooms are told and the name is free.
    fn depart(&mut self, id: ClientId, reason: &Text) {
        self.keep_presence(id);
        let client = &self.clients[id];
        let words = reason.to_string(self.config.language);
        let said = words.clone();
        let note = if client.is_registered() {
            let quit = self.line(format_args!(":{} QUIT :{words}", client.source())).with_tags(client.tags());
            self.tell_neighbours(id, |_| Some(&quit));
            let name = self.clients[id].name().to_owned();
            self.tell_watchers_that_left(&name);
            let client = &self.clients[id];
            self.whowas.add(Gone::of(client, self.now));
            self.users -= 1;
            self.counted.change(client.modes, UserModes::default());
            Text::Departed(client.name().to_owned(), words, self.users.to_string())
        } else if let Text::SpeaksNoIrc | Text::SpeaksNoTls = reason {
            Text::Stranger(client.address.to_string())
        } else {
            Text::GaveUp(client.address.to_string(), words)
        };
        self.note(note);
        for index in 0..self.clients[id].channels.len() {
            self.keep_event(id, self.clients[id].channels[index], Kind::Quit, &said);
        }
        for channel in mem::take(&mut self.clients[id].channels) {
            self.channels[channel].members.swap_remove(&id);
            self.close_if_empty(channel);
        }
        self.free_nick(id);
    }
}

/// How many people have a mode: LUSERS comes with every login, and would otherwise look at everybody each time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ModeCounts {
    invisible: usize,
    operators: usize,
}

impl ModeCounts {
    /// A person's modes have changed.
    fn change(&mut self, before: UserModes, after: UserModes) {
        for (mode, count) in
            [(UserMode::Invisible, &mut self.invisible), (UserMode::Operator, &mut self.operators)]
        {
            *count = *count + usize::from(after.has(mode)) - usize::from(before.has(mode));
        }
    }
}
