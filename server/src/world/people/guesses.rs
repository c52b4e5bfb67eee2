//! Wrong passwords: a client that guesses waits longer and longer. And accounts: nobody opens them by the dozen.
//!
//! They are counted for the account that was meant, or the operator, and for the connection that they came by; a few
//! cost nothing. A lab behind one address mistypes more than that, so an address is counted only beyond what a class
//! does, and is forgiven while it guesses no faster than a class. The house's own password is everybody's: it is
//! counted for the address alone, and a client that knows it clears the count. Nobody is locked out: the right
//! password works too, once it is its turn, and at once for an account that nobody has guessed at.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::Folded;

use crate::config::addresses;
use crate::world::{ConnectionId, World};

/// How many wrong passwords for one account cost nothing but the time to check them.
const FREE: u32 = 3;
/// The same for one connection, for whatever accounts.
const FREE_BY_A_CONNECTION: u32 = 6;
/// The same for one public address: sixty typists who are wrong three times each.
const FREE_FOR_AN_ADDRESS: u32 = 200;
/// The same for one address and the house's own password.
const FREE_AT_THE_DOOR: u32 = 20;
/// An address is forgiven one wrong password in this time.
const FORGIVEN_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// The wait for the next wrong password; each one after it costs twice as much.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(16);
/// This many more than the free ones make the longest wait; more are not counted, so an address is forgiven soon.
const MOST_MORE: u32 = 6;
/// After this time without a wrong password, the earlier ones are forgotten.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);
/// How many accounts may be opened from one address before it has to be quiet for as long as [`MEMORY`].
const OPENINGS: u32 = 5;
/// At least this many entries are kept before the server looks for forgotten ones.
const MANY: usize = 1024;
/// At most this many entries are kept; a guesser beyond them is not counted.
const MOST: usize = 65_536;
/// How often the server looks for forgotten entries when there are that many.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The wrong guesses of late.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    counts: HashMap<Key, Count>,
    /// With so many entries, those that are forgotten are looked for: twice as many as were left the last time, so that
    /// many guesses do not mean a look at all of them for each.
    many: usize,
    /// When that was.
    looked: Timestamp,
}

/// The owner of the password that was meant, by name. An account and an operator of one name have nothing to do with
/// each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Account(Folded<'static>),
    Operator(Folded<'static>),
    /// The server's own (PASS).
    House,
}

/// The things that wrong passwords are counted for.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(Whose),
    Address(IpAddr),
    /// The address, for the house's own password.
    Door(IpAddr),
    Opening(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    /// Up to when that has been forgiven what it is.
    when: Timestamp,
}

impl World {
    /// How long an attempt that comes by a connection has to wait.
    pub(crate) fn wait_for_guess(&self, whose: &Whose, connection: ConnectionId) -> Duration {
        let asking = &self.connections[connection];
        let by_connection = u32::from(asking.wrong_passwords).checked_sub(FREE_BY_A_CONNECTION);
        let elsewhere = self
            .keys(whose, asking.address.ip())
            .filter_map(|key| self.guesses.count(&key, self.now).checked_sub(key.free()));
        match elsewhere.chain(by_connection).max() {
            None => Duration::ZERO,
            Some(more) => (FIRST_WAIT * (1 << more.min(8))).min(LONGEST_WAIT),
        }
    }

    /// Counts a wrong password; the connection may have gone meanwhile.
    pub(crate) fn guessed_wrong(&mut self, whose: &Whose, connection: ConnectionId, address: IpAddr) {
        if let Some(connection) = self.connections.get_mut(connection) {
            connection.wrong_passwords = connection.wrong_passwords.saturating_add(1);
        }
        let now = self.now;
        for key in self.keys(whose, address) {
            self.guesses.add(key, now);
        }
    }

    /// The owner has come in; the wrong passwords were slips. An address keeps its own, unless it knows the house's.
    pub(crate) fn guessed_right(&mut self, whose: Whose, connection: ConnectionId, address: IpAddr) {
        if let Some(connection) = self.connections.get_mut(connection) {
            connection.wrong_passwords = 0;
        }
        self.guesses.counts.remove(&match whose {
            Whose::House => Key::Door(addresses::source_network(address)),
            whose => Key::Name(whose),
        });
    }

    /// Whether one more account may be opened from an address.
    pub(crate) fn may_open_account(&self, address: IpAddr) -> bool {
        let counted = self.neighbourhood(address).map(Key::Opening);
        counted.is_none_or(|key| self.guesses.count(&key, self.now) < key.free())
    }

    /// Counts that an account is opened.
    pub(crate) fn opens_account(&mut self, address: IpAddr) {
        if let Some(address) = self.neighbourhood(address) {
            self.guesses.add(Key::Opening(address), self.now);
        }
    }

    fn keys(&self, whose: &Whose, address: IpAddr) -> impl Iterator<Item = Key> + use<> {
        let (name, place) = match whose {
            Whose::House if self.config.is_exempt(address) => (None, None),
            Whose::House => (None, Some(Key::Door(addresses::source_network(address)))),
            whose => (Some(Key::Name(whose.clone())), self.neighbourhood(address).map(Key::Address)),
        };
        name.into_iter().chain(place)
    }

    /// The network that an address comes from, unless a whole classroom may share it.
    fn neighbourhood(&self, address: IpAddr) -> Option<IpAddr> {
        let is_counted = !addresses::is_private(address) && !self.config.is_exempt(address);
        is_counted.then(|| addresses::source_network(address))
    }
}

impl Key {
    /// How many cost nothing.
    fn free(&self) -> u32 {
        match self {
            Self::Name(_) => FREE,
            Self::Address(_) => FREE_FOR_AN_ADDRESS,
            Self::Door(_) => FREE_AT_THE_DOOR,
            Self::Opening(_) => OPENINGS,
        }
    }

    /// How many are forgiven in some time.
    fn forgives(&self, time: SignedDuration) -> u32 {
        match self {
            Self::Name(_) | Self::Opening(_) => 0,
            Self::Address(_) | Self::Door(_) => {
                u32::try_from(time.as_millis() / FORGIVEN_EVERY.as_millis()).unwrap_or(u32::MAX)
            }
        }
    }
}

impl Guesses {
    fn count(&self, key: &Key, now: Timestamp) -> u32 {
        self.counts
            .get(key)
            .filter(|count| count.is_fresh(now))
            .map_or(0, |count| count.wrong.saturating_sub(key.forgives(apart(count.when, now))))
    }

    fn add(&mut self, key: Key, now: Timestamp) {
        if !self.counts.contains_key(&key) && !self.makes_room(now) {
            return;
        }
        let (earlier, most) = (self.count(&key, now), key.free() + MOST_MORE);
        let count = self.counts.entry(key).or_insert(Count { wrong: 0, when: now });
        // The rest of the time that forgives a guess is not lost, or a client a little faster would never be forgiven.
        let forgiven = i32::try_from(count.wrong.saturating_sub(earlier)).unwrap_or(i32::MAX);
        let is_forgiven_some = earlier > 0 && forgiven > 0;
        count.when = if is_forgiven_some { count.when + FORGIVEN_EVERY * forgiven } else { now };
        count.wrong = (earlier + 1).min(most);
    }

    /// Whether there is room for one more entry, after the forgotten ones have been removed.
    fn makes_room(&mut self, now: Timestamp) -> bool {
        if self.counts.len() < self.many {
            return true;
        }
        if self.many == MOST && apart(self.looked, now) < LOOK_EVERY {
            return false;
        }
        self.counts.retain(|_, count| count.is_fresh(now));
        self.many = (self.counts.len() * 2).clamp(MANY, MOST);
        self.looked = now;
        self.counts.len() < self.many
    }
}

impl Count {
    fn is_fresh(&self, now: Timestamp) -> bool {
        apart(self.when, now) < MEMORY
    }
}

/// How far two times are apart, whichever is the earlier: the clock may have been set back.
fn apart(one: Timestamp, other: Timestamp) -> SignedDuration {
    other.duration_since(one).abs()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::SocketAddr;
    use std::os::fd::BorrowedFd;
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;
    use crate::config::network::Network;
    use crate::outbox::{Outbox, Wire};

    /// The wire of a client to which nothing is said.
    struct Nothing;

    impl Wire for Nothing {
        fn send(&self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn shut_down(&self) {}

        fn descriptor(&self) -> Option<BorrowedFd<'_>> {
            None
        }
    }

    fn world() -> World {
        World::new(Arc::default(), Timestamp::UNIX_EPOCH)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn connect(world: &mut World, address: &str) -> ConnectionId {
        world.connect(SocketAddr::new(ip(address), 1024), Arc::new(Outbox::new(Nothing, 0)))
    }

    fn account(name: &str) -> Whose {
        Whose::Account(teahouse_protocol::CaseMapping::Ascii.fold(name).into_owned())
    }

    /// How long a connection that is new waits.
    fn wait(world: &mut World, whose: &Whose, address: &str) -> Duration {
        let connection = connect(world, address);
        world.wait_for_guess(whose, connection)
    }

    /// Guesses by a connection that is new.
    fn guess(world: &mut World, whose: &Whose, address: &str) {
        let connection = connect(world, address);
        world.guessed_wrong(whose, connection, ip(address));
    }

    #[test]
    fn who_guesses_at_an_account_waits_longer_and_longer_and_is_forgiven() {
        let mut world = world();
        for _ in 0..FREE {
            assert_eq!(wait(&mut world, &account("bob"), "192.0.2.1"), Duration::ZERO);
            guess(&mut world, &account("bob"), "198.51.100.1");
        }
        assert_eq!(wait(&mut world, &account("BOB"), "203.0.113.1"), FIRST_WAIT, "from anywhere");
        assert_eq!(wait(&mut world, &account("eve"), "198.51.100.1"), Duration::ZERO, "that is bob's");
        guess(&mut world, &account("bob"), "127.0.0.1");
        assert_eq!(wait(&mut world, &account("bob"), "127.0.0.1"), FIRST_WAIT * 2);
        for _ in 0..40 {
            guess(&mut world, &account("bob"), "198.51.100.1");
        }
        assert_eq!(wait(&mut world, &account("bob"), "127.0.0.1"), LONGEST_WAIT);
        let owner = connect(&mut world, "127.0.0.1");
        world.guessed_right(account("bob"), owner, ip("127.0.0.1"));
        assert_eq!(wait(&mut world, &account("bob"), "127.0.0.1"), Duration::ZERO);
        for _ in 0..=FREE {
            guess(&mut world, &account("bob"), "198.51.100.1");
        }
        world.now += MEMORY;
        assert_eq!(wait(&mut world, &account("bob"), "198.51.100.1"), Duration::ZERO);
    }

    #[test]
    fn who_goes_through_the_accounts_by_one_connection_waits_there_and_nowhere_else() {
        let mut world = world();
        let guesser = connect(&mut world, "127.0.0.1");
        for number in 0..=FREE_BY_A_CONNECTION {
            let expected = if number < FREE_BY_A_CONNECTION { Duration::ZERO } else { FIRST_WAIT };
            let whose = account(&format!("n{number}"));
            assert_eq!(world.wait_for_guess(&whose, guesser), expected, "{number}");
            world.guessed_wrong(&whose, guesser, ip("127.0.0.1"));
        }
        assert_eq!(world.wait_for_guess(&account("new"), guesser), FIRST_WAIT * 2);
        assert_eq!(wait(&mut world, &account("new"), "127.0.0.1"), Duration::ZERO);
        world.guessed_right(account("own"), guesser, ip("127.0.0.1"));
        assert_eq!(world.wait_for_guess(&account("new"), guesser), Duration::ZERO);
    }

    #[test]
    fn a_lab_of_sixty_typists_feels_nothing_and_a_guessing_machine_does() {
        let mut world = world();
        let lab = "192.0.2.1";
        for number in 0..60 {
            let whose = account(&format!("pupil{number}"));
            let typist = connect(&mut world, lab);
            for _ in 0..FREE {
                assert_eq!(world.wait_for_guess(&whose, typist), Duration::ZERO, "{number}");
                world.guessed_wrong(&whose, typist, ip(lab));
            }
        }
        assert_eq!(wait(&mut world, &account("teacher"), lab), Duration::ZERO);
        for number in 0..1000 {
            guess(&mut world, &account(&format!("n{number}")), lab);
        }
        assert_eq!(wait(&mut world, &account("teacher"), lab), LONGEST_WAIT);
        assert_eq!(wait(&mut world, &account("teacher"), "192.0.2.2"), Duration::ZERO);
        // Once the machine has stopped, the lab goes on soon.
        world.now += FORGIVEN_EVERY * 7;
        assert_eq!(wait(&mut world, &account("teacher"), lab), Duration::ZERO);
        // At the speed of a class it may go on for ever.
        for number in 0..1000 {
            world.now += FORGIVEN_EVERY;
            guess(&mut world, &account(&format!("n{number}")), lab);
        }
        assert_eq!(wait(&mut world, &account("teacher"), lab), Duration::ZERO);
        // A little faster, and every guess too much is felt in the end.
        for number in 0..2000 {
            world.now += FORGIVEN_EVERY / 2;
            guess(&mut world, &account(&format!("n{number}")), lab);
        }
        assert_ne!(wait(&mut world, &account("teacher"), lab), Duration::ZERO);
    }

    #[test]
    fn the_houses_password_is_guessed_at_slowly_even_from_next_door_and_who_knows_it_clears_the_address() {
        let mut world = world();
        for address in ["192.0.2.1", "127.0.0.1", "2001:db8::1"] {
            for _ in 0..FREE_AT_THE_DOOR {
                assert_eq!(wait(&mut world, &Whose::House, address), Duration::ZERO, "{address}");
                guess(&mut world, &Whose::House, address);
            }
            assert_eq!(wait(&mut world, &Whose::House, address), FIRST_WAIT, "{address}");
            for _ in 0..10 {
                guess(&mut world, &Whose::House, address);
            }
            assert_eq!(wait(&mut world, &Whose::House, address), LONGEST_WAIT, "{address}");
            assert_eq!(wait(&mut world, &account("bob"), address), Duration::ZERO, "{address}");
        }
        assert_eq!(wait(&mut world, &Whose::House, "2001:db8::2"), LONGEST_WAIT, "of one network");
        assert_eq!(wait(&mut world, &Whose::House, "198.51.100.1"), Duration::ZERO);
        let connection = connect(&mut world, "192.0.2.1");
        world.guessed_right(Whose::House, connection, ip("192.0.2.1"));
        assert_eq!(wait(&mut world, &Whose::House, "192.0.2.1"), Duration::ZERO);
        assert_eq!(wait(&mut world, &Whose::House, "127.0.0.1"), LONGEST_WAIT);
    }

    #[test]
    fn networks_that_are_exempt_are_counted_by_account_and_connection_only() {
        let exempt_networks = vec![Network::parse("192.0.2.0/24").unwrap()];
        let config = Arc::new(Config { exempt_networks, ..Config::default() });
        let mut world = World::new(config, Timestamp::UNIX_EPOCH);
        for number in 0..1000 {
            guess(&mut world, &account(&format!("n{number}")), "192.0.2.1");
            guess(&mut world, &Whose::House, "192.0.2.1");
            world.opens_account(ip("192.0.2.1"));
        }
        assert_eq!(wait(&mut world, &account("bob"), "192.0.2.1"), Duration::ZERO);
        assert_eq!(wait(&mut world, &Whose::House, "192.0.2.1"), Duration::ZERO);
        assert!(world.may_open_account(ip("192.0.2.1")));
        for _ in 0..=FREE {
            guess(&mut world, &account("bob"), "192.0.2.1");
        }
        assert_ne!(wait(&mut world, &account("bob"), "192.0.2.1"), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_against_anybody() {
        let mut world = world();
        for _ in 0..20 {
            guess(&mut world, &account("bob"), "192.0.2.1");
            world.opens_account(ip("192.0.2.1"));
        }
        world.now -= SignedDuration::from_hours(24);
        assert_eq!(wait(&mut world, &account("bob"), "192.0.2.2"), Duration::ZERO);
        assert!(world.may_open_account(ip("192.0.2.1")));
    }

    #[test]
    fn the_time_that_forgives_a_guess_goes_on_while_others_are_made_and_none_is_forgiven_before() {
        let mut guesses = Guesses::default();
        let key = || Key::Address(ip("192.0.2.1"));
        let time = |halves: i32| Timestamp::UNIX_EPOCH + FORGIVEN_EVERY / 2 * halves;
        for halves in [0, 0, 3] {
            guesses.add(key(), time(halves));
        }
        assert_eq!([3, 4, 5, 6].map(|halves| guesses.count(&key(), time(halves))), [2, 1, 1, 0]);
        // Nobody guesses for long, and then somebody does.
        guesses.add(key(), time(21));
        assert_eq!([21, 22, 23].map(|halves| guesses.count(&key(), time(halves))), [1, 1, 0]);
    }

    #[test]
    fn a_swarm_that_guesses_does_not_fill_the_memory() {
        let mut guesses = Guesses::default();
        let now = Timestamp::UNIX_EPOCH;
        let name = |number: usize| Key::Name(account(&format!("n{number}")));
        for number in 0..MOST * 2 {
            guesses.add(name(number), now);
        }
        assert_eq!(guesses.counts.len(), MOST);
        guesses.add(name(0), now);
        assert_eq!(guesses.count(&name(0), now), 2, "who is counted goes on being so");
        guesses.add(name(MOST), now + MEMORY);
        assert_eq!(guesses.counts.len(), 1, "and all is forgotten in the end");
    }

    #[test]
    fn accounts_are_not_opened_by_the_dozen() {
        let mut world = world();
        let [public, private] = ["192.0.2.1", "10.0.0.1"].map(ip);
        for _ in 0..OPENINGS {
            assert!(world.may_open_account(public));
            world.opens_account(public);
            world.opens_account(private);
        }
        assert!(!world.may_open_account(public) && world.may_open_account(private));
        world.now += MEMORY;
        assert!(world.may_open_account(public));
    }

    #[test]
    fn a_shared_or_neighbouring_address_is_told_apart() {
        let world = world();
        let keys = |whose: &Whose, address: &str| world.keys(whose, ip(address)).collect::<Vec<_>>();
        assert_eq!(keys(&account("x"), "192.168.1.7").len(), 1);
        assert_eq!(keys(&Whose::House, "192.168.1.7").len(), 1);
        let of = |address: &str| keys(&account("x"), address).pop();
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
