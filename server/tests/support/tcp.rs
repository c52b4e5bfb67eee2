//! A stage with a real server and real sockets on loopback.

use teahouse_server::{Config, Server};

use super::Stage;
use super::peer::Peer;

/// So many seconds may pass between two steps on a machine that is busy.
const BUSY_SECS: u64 = 30;

/// A server and the people who are connected to it.
pub struct Tcp {
    server: Option<Server>,
    people: Vec<Person>,
    fences: usize,
}

struct Person {
    name: String,
    peer: Peer,
    open: bool,
    /// What came for this person while somebody else was waited for.
    kept: Vec<String>,
}

impl Tcp {
    pub fn open(config: Config) -> Self {
        let server = Server::start(config).expect("the server starts");
        Self { server: Some(server), people: Vec::new(), fences: 0 }
    }

    fn index(&self, name: &str) -> usize {
        self.people.iter().position(|person| person.name == name).expect("somebody who came")
    }

    /// Keeps what comes for one person up to the answer to a PING: everything that was queued before it.
    fn catch_up(&mut self, index: usize) {
        self.fences += 1;
        let fence = format!("fence-{}", self.fences);
        let person = &mut self.people[index];
        // A connection that the server has closed takes no more; its last lines are still to be read.
        let _ = person.peer.try_send(&format!("PING {fence}"));
        loop {
            match person.peer.line() {
                Some(line) if line.contains(" PONG ") && line.ends_with(&fence) => return,
                Some(line) => person.kept.push(not_idle(&line)),
                None => {
                    person.open = false;
                    person.kept.push("(closed)".to_owned());
                    return;
                }
            }
        }
    }
}

impl Stage for Tcp {
    fn connect(&mut self, name: &str) {
        let address = self.server.as_ref().expect("it runs").addresses()[0];
        let peer = Peer::connect(address);
        self.people.push(Person { name: name.to_owned(), peer, open: true, kept: Vec::new() });
    }

    fn send(&mut self, name: &str, line: &str) {
        let index = self.index(name);
        self.people[index].peer.send(line);
        // What one does has happened before anybody goes on.
        self.catch_up(index);
    }

    fn hang_up(&mut self, name: &str) {
        self.people.remove(self.index(name));
        // The others hear of it when the server does: wait for the first line that somebody gets.
        if let Some(other) = self.people.iter_mut().find(|person| person.open) {
            let line = other.peer.line().expect("somebody hears of it");
            other.kept.push(not_idle(&line));
        }
    }

    fn received(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for index in 0..self.people.len() {
            if self.people[index].open {
                self.catch_up(index);
            }
            let person = &mut self.people[index];
            all.extend(person.kept.drain(..).map(|line| (person.name.clone(), line)));
        }
        all
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

/// The line with no idle seconds in 317. On a busy machine some pass between two steps; on the stage in memory, which has
/// a clock of its own, it is seen that they are right.
fn not_idle(line: &str) -> String {
    let mut words: Vec<_> = line.split(' ').collect();
    if let Some(numeric) = words.iter().take(3).position(|word| *word == "317")
        && let Some(idle) = words.get_mut(numeric + 3)
        && idle.parse::<u64>().is_ok_and(|seconds| seconds <= BUSY_SECS)
    {
        *idle = "0";
    }
    words.join(" ")
}
