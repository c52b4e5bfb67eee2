//! One person, several connections: a telephone and a laptop under one nickname.
//!
//! As long as a person has one connection, both are one [`Client`]. When a second connection comes to share the
//! nickname, or when somebody who stays loses the last one, the person becomes a client of its own, *apart*: it has
//! the nickname, the rooms, the account and the modes, and its outbox leads nowhere. Its connections are its
//! *devices*: each has its outbox, its capabilities and its language, and of the person only what answers name.
//!
//! So the tables about people (members, names, masks) have the person's [`ClientId`], and the tables about bytes and
//! who gets them have the device's. Nobody else sees how many devices there are.

use std::io;
use std::mem;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use crate::config::user_modes::UserMode;
use crate::outbox::{AtEnd, Cause, Outbox, Wire};
use crate::text::language::Text;
use crate::world::{Client, ClientId, Registration, World};

/// The wire of a person apart.
struct Nowhere;

impl Wire for Nowhere {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn shut_down(&self) {}

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// An outbox that takes nothing.
pub(in crate::world) fn nowhere() -> Arc<Outbox> {
    let outbox = Outbox::new(Nowhere, 0);
    // Nobody has to flush what holds nothing.
    let _ = outbox.close(AtEnd::ShutDown);
    Arc::new(outbox)
}

impl World {
    /// The person at a connection.
    pub fn person_of(&self, connection: ClientId) -> ClientId {
        self.clients.get(connection).and_then(|client| client.person).unwrap_or(connection)
    }

    /// Whether a person has a connection.
    pub(crate) fn is_connected(&self, person: ClientId) -> bool {
        let client = &self.clients[person];
        !client.is_apart || !client.devices.is_empty()
    }

    /// The connections of a person: its devices, or else itself.
    pub(crate) fn connections_of(&self, person: ClientId) -> Vec<ClientId> {
        let client = &self.clients[person];
        if client.is_apart { client.devices.clone() } else { vec![person] }
    }

    /// Makes a connection another device of a person.
    pub(crate) fn attach(&mut self, device: ClientId, person: ClientId) -> ClientId {
        let wanted = self.free_nick(device);
        let person = self.set_apart(person);
        if let Some(wanted) = wanted.filter(|_| !self.is_connected(person)) {
            // A person who comes back may have chosen another name. If it is taken, the old one is good enough.
            let _ = self.take_nick(person, &wanted);
        }
        let now = self.now;
        self.clients[device].registration = Registration::Done { since: now, spoke: now };
        self.adopt(device, person);
        self.welcome_back(person);
        person
    }

    fn adopt(&mut self, device: ClientId, person: ClientId) {
        self.devices += 1;
        self.forget_login(device);
        self.clients[device].person = Some(person);
        self.clients[person].devices.push(device);
        self.mirror(person);
    }

    /// Makes a person a client of its own and its connection a device of it, unless it is so already.
    pub(in crate::world) fn set_apart(&mut self, id: ClientId) -> ClientId {
        if self.clients[id].is_apart {
            return id;
        }
        // The members of its rooms get other keys.
        self.end_burst();
        let apart = self.clients[id].take_person(Arc::clone(&self.nowhere));
        let channels = apart.channels.clone();
        let nick = apart.name().to_owned();
        let person = self.clients.insert(apart);
        self.note_login(person);
        self.point_names_at(&nick, person);
        for channel in channels {
            let members = &mut self.channels[channel].members;
            if let Some((index, _, member)) = members.swap_remove_full(&id) {
                let (last, _) = members.insert_full(person, member);
                members.swap_indices(index, last);
            }
        }
        for channel in self.channels.values_mut() {
            if channel.invited.forget(id) {
                channel.invited.add(person, |_| true);
            }
        }
        self.adopt(id, person);
        person
    }

    /// Brings what the devices know of their person up to date.
    pub(crate) fn mirror(&mut self, person: ClientId) {
        let Some(client) = self.clients.get_mut(person).filter(|client| client.is_apart) else { return };
        let devices = mem::take(&mut client.devices);
        let secure = devices.iter().all(|device| self.clients[*device].modes.has(UserMode::Secure));
        self.clients[person].modes.set(UserMode::Secure, secure && !devices.is_empty());
        for device in &devices {
            if let Some([device, person]) = self.clients.get_disjoint_mut([*device, person]) {
                device.mirror(person);
            }
        }
        self.clients[person].devices = devices;
    }

    /// Ends a connection. A person with another connection stays. So does a person who is to stay, as if away.
    /// Anybody else goes (`expel`).
    ///
    /// Safe to be called twice: for a client that is gone it does nothing.
    pub fn disconnect(&mut self, id: ClientId, reason: &Text) {
        let Some(client) = self.clients.get(id) else { return };
        let person = client.person.unwrap_or(id);
        if self.clients[person].devices.len() > 1 {
            self.hang_up(id, reason);
        } else if self.stays(person) {
            let person = self.set_apart(person);
            let address = self.clients[id].address;
            if mem::replace(&mut self.clients[person].address, address).ip() != address.ip() {
                self.keep_presence(person);
            }
            self.hang_up(id, reason);
            self.leave_behind(person);
        } else {
            self.expel(person, reason);
        }
    }

    /// Ends all connections of a person, who is gone then: the rooms are told and the name is free.
    pub(crate) fn expel(&mut self, person: ClientId, reason: &Text) {
        let Some(client) = self.clients.get(person) else { return };
        let devices = client.devices.clone();
        self.depart(person, reason);
        for device in devices {
            self.hang_up(device, reason);
        }
        if self.clients[person].is_apart {
            self.forget_login(person);
            self.clients.remove(person);
        } else {
            self.hang_up(person, reason);
        }
    }

    /// Closes a connection: an ERROR says why.
    fn hang_up(&mut self, id: ClientId, reason: &Text) {
        self.forget_watched(id);
        let (host, language) = (self.clients[id].real_host(), self.clients[id].language);
        let farewell = Text::ClosingLink(host, reason.to_string(language)).to_string(language);
        let error = self.line(format_args!("ERROR :{farewell}"));
        self.tell(id, &error, Cause::Answer);
        self.release_capture_of(id);
        self.forget_login(id);
        let client = self.clients.remove(id).expect("it is looked up before");
        self.devices -= usize::from(client.person.is_some());
        if let Some(person) = client.person.filter(|person| self.clients.contains_key(*person)) {
            self.clients[person].devices.retain(|device| *device != id);
            self.mirror(person);
        }
        // Its own session goes on reading until the client has heard; anybody else has to wake that session.
        let at_end = if self.at_work == Some(id) { AtEnd::Finish } else { AtEnd::ShutDown };
        if client.outbox.close(at_end) {
            self.effects.touched.push(client.outbox);
        }
    }

    pub(in crate::world) fn check_devices(&self) {
        let devices = self.clients.values().filter(|client| client.person.is_some()).count();
        assert_eq!(self.devices, devices, "devices are counted right");
        for (id, client) in &self.clients {
            assert!(client.is_apart || client.devices.is_empty(), "devices are a person's who is apart");
            let is_there = !client.devices.is_empty() || client.account().is_some();
            assert!(!client.is_apart || is_there, "somebody is at the other end, or stays");
            for device in &client.devices {
                assert_eq!(self.clients[*device].person, Some(id), "a device knows its person");
            }
            if let Some(person) = client.person.map(|person| &self.clients[person]) {
                assert!(person.devices.contains(&id), "a person knows its devices");
                assert!(client.channels.is_empty(), "the person sits in rooms, not the device");
                let mirrored = |client: &Client| {
                    let mut modes = client.modes;
                    modes.set(UserMode::Secure, false);
                    let account = client.account().map(str::to_owned);
                    (client.nick().map(str::to_owned), client.source().to_owned(), account, modes)
                };
                assert_eq!(mirrored(client), mirrored(person), "a device knows how its person is called");
            }
        }
    }
}
