//! Wrong passwords: whoever guesses has to wait longer and longer. And accounts: nobody opens them by the dozen.
//!
//! They are counted for the account that was meant, or the operator, and for the address that they came from, and
//! forgotten after ten quiet minutes. Nobody is locked out: the right password works too, once it is its turn.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::Folded;

use crate::addresses;

/// How many wrong passwords cost nothing but the time to check them.
const FREE: u32 = 3;
/// What the next one costs; every one after it twice as much.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(16);
/// After this time without a wrong password, the earlier ones are forgotten.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);
/// How many accounts may be opened from one address before it has to be quiet for as long as [`MEMORY`].
const OPENINGS: u32 = 5;
/// So many entries at least are kept before those that are forgotten are looked for.
const MANY: usize = 1024;
/// So many entries at most are kept; whoever would be one more is not counted.
const MOST: usize = 65_536;
/// How often those that are forgotten are looked for when there are so many.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Who guessed wrong lately.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    counts: HashMap<Key, (u32, Timestamp)>,
    /// With so many entries, those that are forgotten are looked for: twice as many as were left the last time, so that
    /// many guesses do not mean a look at all of them for each.
    many: usize,
    /// When that was.
    looked: Timestamp,
}

/// Whose password is meant, by name. An account and an operator of one name have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Account(Folded<'static>),
    Operator(Folded<'static>),
}

/// What wrong passwords are counted for.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(Whose),
    Address(IpAddr),
    Opening(IpAddr),
}

impl Guesses {
    /// How long the next attempt has to wait; without a name it is the house's own password that is meant.
    pub(crate) fn wait(&self, whose: Option<Whose>, address: IpAddr, now: Timestamp) -> Duration {
        let counts = keys(whose, address).filter_map(|key| self.counts.get(&key)).filter(fresh(now));
        let count = counts.map(|(count, _)| *count).max().unwrap_or(0);
        match count.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(more) => (FIRST_WAIT * (1 << more.min(8))).min(LONGEST_WAIT),
        }
    }

    /// Counts a wrong password.
    pub(crate) fn wrong(&mut self, whose: Option<Whose>, address: IpAddr, now: Timestamp) {
        for key in keys(whose, address) {
            self.count(key, now);
        }
    }

    /// Whether one more account may be opened from an address.
    pub(crate) fn may_open(&self, address: IpAddr, now: Timestamp) -> bool {
        let counted = neighbourhood(address).and_then(|address| self.counts.get(&Key::Opening(address)));
        counted.filter(fresh(now)).is_none_or(|(count, _)| *count < OPENINGS)
    }

    /// Counts that one is opened.
    pub(crate) fn opens(&mut self, address: IpAddr, now: Timestamp) {
        if let Some(address) = neighbourhood(address) {
            self.count(Key::Opening(address), now);
        }
    }

    fn count(&mut self, key: Key, now: Timestamp) {
        if !self.counts.contains_key(&key) && !self.makes_room(now) {
            return;
        }
        let entry = self.counts.entry(key).or_insert((0, now));
        let earlier = if fresh(now)(&&*entry) { entry.0 } else { 0 };
        *entry = (earlier + 1, now);
    }

    /// Whether there is room for one more, when those that are forgotten have been removed.
    fn makes_room(&mut self, now: Timestamp) -> bool {
        if self.counts.len() < self.many {
            return true;
        }
        if self.many == MOST && apart(self.looked, now) < LOOK_EVERY {
            return false;
        }
        self.counts.retain(|_, entry| fresh(now)(&&*entry));
        self.many = (self.counts.len() * 2).clamp(MANY, MOST);
        self.looked = now;
        self.counts.len() < self.many
    }

    /// The owner has come in; the wrong passwords were slips. An address keeps its own.
    pub(crate) fn right(&mut self, whose: Whose) {
        self.counts.remove(&Key::Name(whose));
    }
}

fn fresh(now: Timestamp) -> impl Fn(&&(u32, Timestamp)) -> bool {
    move |(_, when)| apart(*when, now) < MEMORY
}

/// How far two times are apart, whichever is the earlier: the clock may have been set back.
fn apart(one: Timestamp, other: Timestamp) -> SignedDuration {
    other.duration_since(one).abs()
}

fn keys(whose: Option<Whose>, address: IpAddr) -> impl Iterator<Item = Key> {
    [whose.map(Key::Name), neighbourhood(address).map(Key::Address)].into_iter().flatten()
}

/// What one customer has of addresses, unless a whole classroom may share it.
fn neighbourhood(address: IpAddr) -> Option<IpAddr> {
    (!addresses::is_private(address)).then_some(addresses::of_one_customer(address))
}

#[cfg(test)]
mod tests {
    use teahouse_protocol::CaseMapping;

    use super::*;

    #[test]
    fn who_guesses_waits_longer_and_longer_and_is_forgiven() {
        let account = |name: &str| Whose::Account(CaseMapping::Ascii.fold(name).into_owned());
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut guesses = Guesses::default();
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 0..FREE {
            assert_eq!(guesses.wait(Some(account("bob")), address("192.0.2.1"), now), Duration::ZERO);
            guesses.wrong(Some(account("bob")), address("198.51.100.1"), now);
        }
        let wait = |guesses: &Guesses, name, from, now| guesses.wait(Some(account(name)), address(from), now);
        assert_eq!(wait(&guesses, "BOB", "203.0.113.1", now), FIRST_WAIT, "from anywhere");
        assert_eq!(wait(&guesses, "eve", "198.51.100.1", now), FIRST_WAIT, "for any account");
        assert_eq!(wait(&guesses, "eve", "203.0.113.1", now), Duration::ZERO);
        guesses.wrong(Some(account("bob")), address("198.51.100.1"), now);
        assert_eq!(wait(&guesses, "bob", "127.0.0.1", now), FIRST_WAIT * 2);
        for _ in 0..40 {
            guesses.wrong(Some(account("bob")), address("198.51.100.1"), now);
        }
        assert_eq!(wait(&guesses, "bob", "127.0.0.1", now), LONGEST_WAIT);
        guesses.right(account("bob"));
        assert_eq!(wait(&guesses, "bob", "127.0.0.1", now), Duration::ZERO);
        assert_eq!(wait(&guesses, "bob", "198.51.100.1", now), LONGEST_WAIT);
        now += MEMORY;
        assert_eq!(wait(&guesses, "bob", "198.51.100.1", now), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_against_anybody() {
        let account = Whose::Account(CaseMapping::Ascii.fold("bob").into_owned());
        let address = "192.0.2.1".parse().unwrap();
        let mut guesses = Guesses::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..20 {
            guesses.wrong(Some(account.clone()), address, now);
            guesses.opens(address, now);
        }
        let yesterday = now - SignedDuration::from_hours(24);
        assert_eq!(guesses.wait(Some(account), address, yesterday), Duration::ZERO);
        assert!(guesses.may_open(address, yesterday));
    }

    #[test]
    fn a_swarm_that_guesses_does_not_fill_the_memory() {
        let address = "127.0.0.1".parse().unwrap();
        let mut guesses = Guesses::default();
        let now = Timestamp::UNIX_EPOCH;
        let name =
            |number: usize| Whose::Account(CaseMapping::Ascii.fold(&format!("n{number}")).into_owned());
        for number in 0..MOST * 2 {
            guesses.wrong(Some(name(number)), address, now);
        }
        assert_eq!(guesses.counts.len(), MOST);
        for _ in 0..FREE {
            guesses.wrong(Some(name(0)), address, now);
        }
        assert_ne!(
            guesses.wait(Some(name(0)), address, now),
            Duration::ZERO,
            "who is counted goes on being so"
        );
        guesses.wrong(Some(name(MOST)), address, now + MEMORY);
        assert_eq!(guesses.counts.len(), 1, "and all is forgotten in the end");
    }

    #[test]
    fn accounts_are_not_opened_by_the_dozen() {
        let mut guesses = Guesses::default();
        let now = Timestamp::UNIX_EPOCH;
        let [public, private] = ["192.0.2.1", "10.0.0.1"].map(|text| text.parse::<IpAddr>().unwrap());
        for _ in 0..OPENINGS {
            assert!(guesses.may_open(public, now));
            guesses.opens(public, now);
            guesses.opens(private, now);
        }
        assert!(!guesses.may_open(public, now) && guesses.may_open(private, now));
        assert!(guesses.may_open(public, now + MEMORY));
    }

    #[test]
    fn a_shared_or_neighbouring_address_is_told_apart() {
        let account = || Some(Whose::Account(CaseMapping::Ascii.fold("x").into_owned()));
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(keys(account(), ip("192.168.1.7")).count(), 1);
        assert_eq!(keys(None, ip("192.168.1.7")).count(), 0);
        let of = |text| keys(account(), ip(text)).last();
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }
}
