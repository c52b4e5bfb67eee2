//! Once everybody knows everybody, talk costs no memory: what a line needs lies on the stack or is used again.
//!
//! A room full of people and a pair of them, with wires that take everything; what is counted is what the thread of
//! the one who speaks does, from the bytes that came to the last `send`.

use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use teahouse_protocol::{LineBuffer, LineLimits};
use teahouse_server::Config;
use teahouse_server::auth::hashing::Hashers;
use teahouse_server::commands::{self, Aid, Input, Waiting};
use teahouse_server::outbox::{Outbox, Progress, Wire};
use teahouse_server::store::Store;
use teahouse_server::world::{ConnectionId, Effects, World};

/// A wire that takes everything and keeps nothing.
struct Chimney;

impl Wire for Chimney {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
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
        done(Duration::from_secs(20))
    }
}

/// A room, and the thread of one who sits there.
struct Room {
    world: World,
    store: Store,
    speaker: ConnectionId,
    buffer: LineBuffer,
    effects: Effects,
}

impl Room {
    fn open(people: usize, capabilities: &str) -> Self {
        Self::with(Config { history: false, ..Config::default() }, people, capabilities)
    }

    fn with(config: Config, people: usize, capabilities: &str) -> Self {
        let config = Config { lobby: None, ..config };
        let mut world = World::new(Arc::new(config), Timestamp::UNIX_EPOCH);
        let ids: Vec<_> = (0..people)
            .map(|_| {
                world.connect(
                    SocketAddr::from(([127, 0, 0, 1], 1024)),
                    Arc::new(Outbox::new(Chimney, 1 << 20)),
                )
            })
            .collect();
        let buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let (store, _) = Store::start(&Config::default()).unwrap();
        let mut room = Self { world, store, speaker: ids[0], buffer, effects: Effects::default() };
        for (number, id) in ids.iter().enumerate() {
            room.speaker = *id;
            room.say(&format!(
                "CAP REQ :{capabilities}\r\nNICK p{number}\r\nUSER p 0 * :p\r\nCAP END\r\nJOIN #room\r\n"
            ));
        }
        room.speaker = ids[0];
        room
    }

    /// What a session does with what it has read.
    fn say(&mut self, words: &str) {
        let mut rest = words.as_bytes();
        while !rest.is_empty() {
            let spare = self.buffer.spare();
            let count = spare.len().min(rest.len());
            spare[..count].copy_from_slice(&rest[..count]);
            self.buffer.filled(count);
            rest = &rest[count..];
            while let Some(line) = self.buffer.next_line() {
                let errand = commands::execute(&mut self.world, self.speaker, &Input::understand(line));
                if let Some(mut errand) = errand {
                    errand.run(&mut Aid {
                        store: &self.store,
                        hashers: &Hashers::default(),
                        client: &mut AtOnce,
                    });
                    commands::finish(&mut self.world, self.speaker, errand);
                }
            }
        }
        self.world.take_effects(&mut self.effects);
        for outbox in self.effects.touched.drain(..) {
            assert_eq!(outbox.flush(), Progress::Clear, "everything goes up the chimney");
        }
        self.effects.notes.clear();
        self.effects.records.clear();
    }
}

/// How often memory is asked for while this is said, once it has been said before.
fn allocations(room: &mut Room, words: &str) -> u64 {
    for _ in 0..10 {
        room.say(words);
    }
    allocation_counter::measure(|| room.say(words)).count_total
}

#[test]
fn speaking_to_a_room_allocates_nothing() {
    let mut room = Room::open(100, "");
    assert_eq!(allocations(&mut room, &"PRIVMSG #room :tea is ready\r\n".repeat(10)), 0);
}

#[test]
fn speaking_to_one_person_allocates_nothing() {
    let mut room = Room::open(2, "");
    assert_eq!(allocations(&mut room, &"PRIVMSG p1 :tea is ready\r\n".repeat(10)), 0);
}

#[test]
fn what_is_kept_costs_one_piece_of_memory_a_message() {
    let mut room = Room::with(Config::default(), 100, "");
    assert_eq!(allocations(&mut room, &"PRIVMSG #room :tea is ready\r\n".repeat(10)), 10);
}
