//! A stage without a network: a world, a store without a disk, and wires that keep what they get.

use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use teahouse_protocol::{LineBuffer, LineLimits};
use teahouse_server::Config;
use teahouse_server::auth::hashing::Hashers;
use teahouse_server::commands::{self, Aid, Input, Waiting};
use teahouse_server::outbox::{Outbox, Progress, Wire};
use teahouse_server::store::Store;
use teahouse_server::store::furnish::furnish;
use teahouse_server::text::language::Text;
use teahouse_server::world::{Account, Accounts, ConnectionId, Effects, Lasting, World};

use super::Stage;
use super::peer::DEADLINE;

/// A world and the people in it.
pub struct Memory {
    world: World,
    /// Its thread ends with it.
    store: Store,
    /// Likewise.
    hashers: Hashers,
    effects: Effects,
    people: Vec<Person>,
}

struct Person {
    name: String,
    id: ConnectionId,
    paper: Paper,
    buffer: LineBuffer,
    open: bool,
}

/// A wire that takes everything and keeps it.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Wire for Paper {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn shut_down(&self) {}

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// Somebody for whom time does not count.
struct AtOnce;

impl Waiting for AtOnce {
    fn pause(&mut self, _: Duration) -> bool {
        true
    }

    fn wait_until(&mut self, done: &mut dyn FnMut(Duration) -> bool) -> bool {
        done(DEADLINE)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.hashers.stop();
    }
}

impl Memory {
    pub fn open(config: Config) -> Self {
        // What people are shown of times, and what is kept of most, are seconds.
        let now = Timestamp::from_second(Timestamp::now().as_second()).expect("it is now");
        let (store, _) = Store::start(&config).expect("there is memory for it");
        let (hashers, _) = Hashers::start().expect("there are threads for it");
        Self {
            world: World::new(Arc::new(config), now),
            store,
            hashers,
            effects: Effects::default(),
            people: Vec::new(),
        }
    }

    /// Has the server stop in order, or be killed, and start again: everybody has to come anew. Returns what was there
    /// before and what is there after.
    #[allow(dead_code, reason = "each test program uses its own part")]
    pub fn restart(&mut self, killed: bool) -> [Lasting; 2] {
        // The rooms that are open when the house closes are the same ones when it opens again.
        let open = self.world.lasting().open;
        if !killed {
            self.world.take_effects(&mut self.effects);
            self.store.keep(&mut self.effects.records);
            for person in self.people.iter().filter(|person| person.open) {
                self.world.disconnect(person.id, &Text::Stopping);
            }
            self.world.check();
            self.keep_changes();
        }
        // What was done and is only on its way to the store is lost for a fifth of a second at most, so not here.
        self.world.take_effects(&mut self.effects);
        if !killed {
            self.effects.records.clear();
        }
        self.store.keep(&mut self.effects.records);
        let before = Lasting { open, ..self.world.lasting() };
        self.people.clear();
        self.effects = Effects::default();
        self.world = furnish(&Arc::clone(&self.world.config), &self.store, self.world.now)
            .expect("what was kept can be read");
        self.world.check();
        [before, self.world.lasting()]
    }

    /// What a session does when its client has gone.
    fn keep_changes(&mut self) {
        if let Some(changes) = self.world.take_to_keep() {
            self.store.keep_changes(changes).expect("there is memory for it");
        }
    }

    /// Gives the world what comes from somebody's socket. Where too much comes without a line end, the rest is dropped.
    pub fn send_bytes(&mut self, name: &str, mut bytes: &[u8]) {
        let Self { world, store, hashers, effects, people } = self;
        let person = people.iter_mut().find(|person| person.name == name).expect("somebody who came");
        let id = person.id;
        while !bytes.is_empty() && !person.buffer.spare().is_empty() {
            let spare = person.buffer.spare();
            let count = spare.len().min(bytes.len());
            spare[..count].copy_from_slice(&bytes[..count]);
            person.buffer.filled(count);
            bytes = &bytes[count..];
            while let Some(line) = person.buffer.next_line() {
                if world.connection(id).is_none() {
                    bytes = &[];
                    break;
                }
                world.at_work = Some(person.id);
                let mut errand = commands::execute(world, person.id, &Input::understand(line));
                while let Some(mut task) = errand {
                    world.take_effects(effects);
                    store.keep(&mut effects.records);
                    task.run(&mut Aid { store, hashers, client: &mut AtOnce });
                    errand = commands::finish(world, person.id, task);
                }
                world.check();
            }
        }
        if self.world.connection(id).is_none() {
            self.keep_changes();
        }
    }

    /// Has the world have one more account, of which the store knows nothing.
    #[allow(dead_code, reason = "each test program uses its own part")]
    pub fn open_account(&mut self, account: Account) {
        let accounts: Vec<_> = self.world.accounts.all().cloned().chain([account]).collect();
        self.world.accounts = Accounts::new(self.world.config.casemapping, accounts);
    }

    /// Has nobody check passwords any more.
    #[allow(dead_code, reason = "each test program uses its own part")]
    pub fn stop_hashing(&self) {
        self.hashers.stop();
    }

    /// Has it be another time.
    #[allow(dead_code, reason = "each test program uses its own part")]
    pub fn set_clock(&mut self, now: Timestamp) {
        self.world.now = now;
    }
}

impl Stage for Memory {
    fn connect(&mut self, name: &str) {
        let paper = Paper::default();
        let outbox = Arc::new(Outbox::new(paper.clone(), 1 << 20));
        let id = self.world.connect(SocketAddr::from(([127, 0, 0, 1], 1024)), outbox);
        let buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        self.people.push(Person { name: name.to_owned(), id, paper, buffer, open: true });
    }

    fn send(&mut self, name: &str, line: &str) {
        self.send_bytes(name, format!("{line}\r\n").as_bytes());
    }

    fn hang_up(&mut self, name: &str) {
        let person = self.people.iter_mut().find(|person| person.name == name).expect("somebody who came");
        person.open = false;
        self.world.disconnect(person.id, &Text::Left);
        self.world.check();
        self.keep_changes();
    }

    fn received(&mut self) -> Vec<(String, String)> {
        self.world.take_effects(&mut self.effects);
        self.store.keep(&mut self.effects.records);
        for outbox in self.effects.touched.drain(..) {
            assert_eq!(outbox.flush(), Progress::Clear, "paper never lacks room");
        }
        let mut lines = Vec::new();
        for person in self.people.iter_mut().filter(|person| person.open) {
            let bytes = std::mem::take(&mut *person.paper.0.lock().unwrap());
            let bytes = String::from_utf8(bytes).expect("the server speaks UTF-8");
            lines.extend(bytes.split_terminator("\r\n").map(|line| (person.name.clone(), line.to_owned())));
            if self.world.connection(person.id).is_none() {
                person.open = false;
                lines.push((person.name.clone(), "(closed)".to_owned()));
            }
        }
        lines
    }
}
