//! One person, several connections: a telephone and a laptop under one nickname.
//!
//! Every connection has a person from the beginning, and before the end of the login a person has one connection. A
//! login to the account of somebody who is here makes the connection another one of that person, and the person that
//! it came with is no more. Somebody who [stays](crate::world::people::presence) has no connection at all.
//!
//! The tables about people (members, names, masks) have the [`PersonId`], and the tables about bytes and who gets them
//! the [`ConnectionId`]. Nobody else sees how many connections there are.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::network::host_of;
use crate::config::user_modes::UserMode;
use crate::net::tls::Fingerprint;
use crate::outbox::{AtEnd, Cause, Outbox};
use crate::text::language::Text;
use crate::world::people::person::Connections;
use crate::world::{Connection, ConnectionId, Person, PersonId, World};

impl World {
    /// Lets a new connection in. Its person has no name yet.
    pub fn connect(&mut self, address: SocketAddr, outbox: Arc<Outbox>) -> ConnectionId {
        let ip = address.ip();
        let host = if self.config.cloak { self.cloak.cover(ip) } else { host_of(ip) };
        let person = self.people.insert(Person::new(ip, host));
        let connection = Connection::new(address, outbox, person, self.config.language);
        let connection = self.connections.insert(connection);
        self.people[person].connections.push(connection);
        connection
    }

    /// Notes of a new connection that nobody can listen to it, and by what certificate the client is known.
    pub(crate) fn came_over_tls(&mut self, id: ConnectionId, certificate: Option<Fingerprint>) {
        let connection = &mut self.connections[id];
        connection.is_secure = true;
        connection.certificate = certificate.map(|fingerprint| fingerprint.to_string());
        let person = connection.person;
        self.see_whether_secure(person);
    }

    /// Every connection.
    pub fn connections(&self) -> impl Iterator<Item = (ConnectionId, &Connection)> {
        self.connections.iter()
    }

    /// The connection, unless it has gone.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get(id)
    }

    /// A connection that is here.
    pub(crate) fn connection_mut(&mut self, id: ConnectionId) -> &mut Connection {
        &mut self.connections[id]
    }

    /// The person at a connection that is here.
    pub fn person_of(&self, connection: ConnectionId) -> PersonId {
        self.connections[connection].person
    }

    /// The person at a connection, unless it has gone.
    pub fn person_at(&self, connection: ConnectionId) -> Option<&Person> {
        self.connections.get(connection).map(|connection| &self.people[connection.person])
    }

    /// Whether a person has a connection.
    pub(crate) fn is_connected(&self, person: PersonId) -> bool {
        !self.people[person].connections.is_empty()
    }

    /// The connections of a person.
    pub(crate) fn connections_of(&self, person: PersonId) -> Connections {
        self.people[person].connections.clone()
    }

    /// Ends the login of a connection: it is another one of a person who is here.
    pub(crate) fn attach(&mut self, id: ConnectionId, person: PersonId) {
        // What was said before is not for the newcomer.
        self.end_burst();
        let newcomer = self.connections[id].person;
        let wanted = self.free_nick(newcomer);
        if let Some(wanted) = wanted.filter(|_| !self.is_connected(person)) {
            // A person who comes back may have chosen another name. If it is taken, the old one is good enough.
            let _ = self.take_nick(person, &wanted);
        }
        self.forget_login(newcomer);
        let newcomer = self.people.remove(newcomer).expect("a connection has a person");
        let connection = &mut self.connections[id];
        (connection.person, connection.login) = (person, None);
        let somebody = &mut self.people[person];
        connection.other_user = Some(newcomer.user()).filter(|user| *user != somebody.user()).map(Box::from);
        somebody.connections.push(id);
        self.see_whether_secure(person);
        self.welcome_back(person);
    }

    /// Nobody can listen to a person with connections if that is so at each of them.
    fn is_secure(&self, person: &Person) -> bool {
        let mut connections = person.connections.iter();
        !person.connections.is_empty() && connections.all(|id| self.connections[*id].is_secure)
    }

    fn see_whether_secure(&mut self, id: PersonId) {
        let secure = self.is_secure(&self.people[id]);
        self.people[id].modes.set(UserMode::Secure, secure);
    }

    /// Ends a connection. A person with another connection stays. So does a person who is to stay, as if away.
    /// Anybody else goes (`expel`).
    ///
    /// Safe to be called twice: for a connection that is gone it does nothing.
    pub fn disconnect(&mut self, id: ConnectionId, reason: &Text) {
        let Some(connection) = self.connections.get(id) else { return };
        let (person, address) = (connection.person, connection.address.ip());
        if self.people[person].connections.len() > 1 {
            self.hang_up(id, reason);
        } else if self.stays(person) {
            if mem::replace(&mut self.people[person].address, address) != address {
                self.keep_presence(person);
            }
            self.hang_up(id, reason);
            self.leave_behind(person);
        } else {
            self.expel(person, reason);
        }
    }

    /// Ends all connections of a person, who is gone then: the rooms are told and the name is free.
    pub(crate) fn expel(&mut self, id: PersonId, reason: &Text) {
        if !self.people.contains_key(id) {
            return;
        }
        self.depart(id, reason);
        for connection in self.connections_of(id) {
            self.hang_up(connection, reason);
        }
        self.forget_login(id);
        self.people.remove(id);
    }

    /// Closes a connection: an ERROR says why.
    fn hang_up(&mut self, id: ConnectionId, reason: &Text) {
        self.forget_watched(id);
        let Connection { address, language, .. } = self.connections[id];
        let farewell = Text::ClosingLink(host_of(address.ip()), reason.to_string(language));
        let error = self.line(format_args!("ERROR :{}", farewell.to_string(language)));
        self.tell(id, &error, Cause::Answer);
        self.release_capture_of(id);
        let Connection { person, outbox, .. } = self.connections.remove(id).expect("it is looked up before");
        self.people[person].connections.retain(|connection| *connection != id);
        self.see_whether_secure(person);
        // Its own session goes on reading until the client has heard; anybody else has to wake that session.
        let at_end = if self.at_work == Some(id) { AtEnd::Finish } else { AtEnd::ShutDown };
        if outbox.close(at_end) {
            self.effects.touched.push(outbox);
        }
    }

    pub(in crate::world) fn check_connections(&self) {
        for (id, connection) in &self.connections {
            let person = self.people.get(connection.person).expect("somebody is at the other end");
            let times = person.connections.iter().filter(|other| **other == id).count();
            assert_eq!(times, 1, "a person knows each connection once");
            assert_ne!(person.is_registered(), connection.login.is_some(), "a login ends for both");
        }
        let all = self.people.values().map(|person| person.connections.len());
        assert_eq!(all.sum::<usize>(), self.connections.len(), "a person knows no other connections");
        for person in self.people.values() {
            let count = person.connections.len();
            assert!(count == 1 || person.is_registered(), "the login is that of one connection");
            assert!(count > 0 || person.account().is_some(), "somebody is at the other end, or stays");
            assert_eq!(person.modes.has(UserMode::Secure), self.is_secure(person), "TLS is a mode, too");
        }
    }
}
