//! Bans of the whole server: they keep people out by mask (KLINE) and by network address (DLINE).
//!
//! A banned person is out: with every connection, and as somebody who stays without a connection too. The server looks
//! when the ban is set, at each login, when somebody takes another name or logs in to an account, and when the people
//! who stay come back after a restart. Operators are spared.

use std::fmt;
use std::mem;
use std::net::IpAddr;

use jiff::Timestamp;
use teahouse_protocol::CaseMapping;

use super::mask::{self, Face, FoldedFace};
use super::{ConnectionId, Number, Person, PersonId, World};
use crate::config::network::Network;
use crate::text::language::Text;
use crate::text::nickname;
use crate::text::reply::Reply;

/// The list, in the order in which it was made.
#[derive(Debug, Default)]
pub struct ServerBans(Vec<ServerBan>);

/// One ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerBan {
    /// The people it is for.
    pub target: Target,
    /// The reason that the person is told.
    pub reason: String,
    /// The operator who set it.
    pub who: String,
    /// When it was set; `None` if that was not written down then.
    pub since: Option<Timestamp>,
    /// When it ends by itself; `None` for never.
    pub until: Option<Timestamp>,
}

/// The people that a ban is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A [mask] in its normal form (KLINE).
    Mask(String),
    /// Everybody who comes from there, before anything else is known of them (DLINE).
    Network(Network),
}

/// A ban that an operator was asked back about: said once more soon, it is meant so.
#[derive(Debug)]
pub(crate) struct AskedBack {
    pub(crate) who: PersonId,
    pub(crate) target: Target,
    pub(crate) when: Timestamp,
}

impl Target {
    /// A mask, however it was typed.
    pub fn mask(typed: &str) -> Self {
        Self::Mask(mask::normal_form(typed))
    }

    /// A network, however it was typed: an address, or an address and a number of bits (`192.0.2.0/24`).
    pub fn network(typed: &str) -> Option<Self> {
        Network::parse(typed).map(Self::Network)
    }

    /// Why nobody can be meant by it, or everybody would be; a nickname has at most `nick_bytes`.
    pub fn fault(&self, nick_bytes: usize) -> Option<Text> {
        let everybody = match self {
            Self::Mask(mask) => match mask::fault(mask, nick_bytes) {
                None => mask::fits_everybody(mask),
                fault => return fault,
            },
            Self::Network(network) => network.is_vast(),
        };
        everybody.then(|| Text::BanIsForEverybody(self.to_string()))
    }

    /// Whether two are the same where names are compared so.
    fn same(&self, other: &Self, casemapping: CaseMapping) -> bool {
        match (self, other) {
            (Self::Mask(one), Self::Mask(other)) => casemapping.same(one, other),
            _ => self == other,
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        matches!(self, Self::Network(network) if network.holds(address))
    }

    fn hits(&self, face: &FoldedFace, casemapping: CaseMapping) -> bool {
        match self {
            Self::Mask(mask) => face.fits(casemapping.fold(mask).as_str()),
            Self::Network(network) => network.holds(face.address()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mask(mask) => f.write_str(mask),
            Self::Network(network) => network.fmt(f),
        }
    }
}

impl ServerBans {
    /// Adds a ban, in place of those for the same target, which are returned.
    fn add(&mut self, ban: ServerBan, casemapping: CaseMapping) -> Vec<Target> {
        let replaced = self.lift(&ban.target, casemapping);
        self.0.push(ban);
        replaced
    }

    /// Lifts the bans for a target, and returns them as they were written.
    fn lift(&mut self, target: &Target, casemapping: CaseMapping) -> Vec<Target> {
        let lifted = self.0.extract_if(.., |ban| ban.target.same(target, casemapping));
        lifted.map(|ban| ban.target).collect()
    }

    /// The clock was ahead when some of these were set, and is right now: each ends when it was meant to.
    pub(crate) fn cap(&mut self, now: Timestamp) {
        for ban in &mut self.0 {
            let Some(since) = ban.since else { continue };
            let present = Number::at(since).time_by(now);
            let ahead = since.duration_since(present);
            ban.since = Some(present);
            ban.until = ban.until.map(|until| until.checked_sub(ahead).unwrap_or(until));
        }
    }

    /// The bans that are in force.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &ServerBan> {
        self.0.iter().filter(move |ban| ban.until.is_none_or(|until| now < until))
    }
}

impl World {
    /// Adds a ban, in place of those for the same target, which are returned. Sends nobody away.
    pub(crate) fn add_ban(&mut self, ban: ServerBan) -> Vec<Target> {
        self.forget_bans_that_are_over();
        self.bans.add(ban, self.config.casemapping)
    }

    /// Lifts the bans for a target, and returns them as they were written.
    pub(crate) fn lift_ban(&mut self, target: &Target) -> Vec<Target> {
        self.forget_bans_that_are_over();
        self.bans.lift(target, self.config.casemapping)
    }

    fn forget_bans_that_are_over(&mut self) {
        let now = self.now;
        self.bans.0.retain(|ban| ban.until.is_none_or(|until| now < until));
    }

    /// Hangs up on a new connection whose address is banned.
    pub(crate) fn turn_away_if_banned(&mut self, id: ConnectionId) {
        let (person, address) = (self.connections[id].person, self.connections[id].address.ip());
        let ban = self.bans.in_force(self.now).find(|ban| ban.target.holds(address));
        if let Some(reason) = ban.map(|ban| ban.reason.clone()) {
            self.turn_out(person, &reason);
        }
    }

    /// The reason why a person is banned, if they are: by name, by account, or by the address of one of their
    /// connections. For a person who stays without a connection, the address of the last one counts.
    pub(crate) fn ban_on(&self, person: PersonId) -> Option<String> {
        self.ban_on_as(person, |face| FoldedFace::of(face, self.config.casemapping))
    }

    /// Why somebody would be banned under another name.
    pub(crate) fn ban_on_name(&self, person: PersonId, nick: &str) -> Option<String> {
        let nick = nickname::normalize(nick, self.config.nick_length).ok()?;
        self.ban_on_as(person, |face| FoldedFace::called(&nick, face, self.config.casemapping))
    }

    fn ban_on_as(&self, person: PersonId, known_as: impl Fn(Face) -> FoldedFace) -> Option<String> {
        if self.bans.0.is_empty() || self.people[person].is_operator() {
            return None;
        }
        self.faces(person).find_map(|face| {
            let face = known_as(face);
            let mut bans = self.bans.in_force(self.now);
            let ban = bans.find(|ban| ban.target.hits(&face, self.config.casemapping));
            ban.map(|ban| ban.reason.clone())
        })
    }

    /// Whether a ban would hit somebody, operator or not.
    pub(crate) fn would_hit(&self, target: &Target, person: PersonId) -> bool {
        let casemapping = self.config.casemapping;
        self.faces(person).any(|face| target.hits(&FoldedFace::of(face, casemapping), casemapping))
    }

    /// A person as masks look at them: each connection, or the person alone if there is none.
    pub(crate) fn faces(&self, id: PersonId) -> impl Iterator<Item = Face<'_>> {
        let person = &self.people[id];
        let at = |connection: &ConnectionId| Face::at(&self.connections[*connection], person);
        let alone = person.connections.is_empty().then(|| Face::alone(person));
        alone.into_iter().chain(person.connections.iter().map(at))
    }

    /// Sends away everybody that a new ban hits, but for operators. A network's ban hits clients before login too.
    pub(crate) fn turn_out_all(&mut self, ban: &ServerBan) {
        let at_once = |person: &Person| person.is_registered() || matches!(ban.target, Target::Network(_));
        let hit: Vec<_> = self
            .people()
            .filter(|(id, person)| {
                at_once(person) && !person.is_operator() && self.would_hit(&ban.target, *id)
            })
            .map(|(id, _)| id)
            .collect();
        for person in hit {
            self.turn_out(person, &ban.reason);
        }
    }

    /// Sends a banned person away, with all connections; nothing is left behind.
    pub(crate) fn turn_out(&mut self, person: PersonId, reason: &str) {
        self.notify_person(person, &Reply::YoureBanned(reason.to_owned()));
        self.expel(person, &Text::Banned(reason.to_owned()));
    }

    /// Has it looked at, when the command ends, whether somebody is banned.
    pub(super) fn suspect(&mut self, id: PersonId) {
        if !self.bans.0.is_empty() {
            self.suspects.push(id);
        }
    }

    /// Sends away the suspects who turn out to be banned. To be called at the end of each command.
    pub(crate) fn turn_out_suspects(&mut self) {
        for person in mem::take(&mut self.suspects) {
            if self.person(person).is_some_and(Person::is_registered)
                && let Some(reason) = self.ban_on(person)
            {
                self.turn_out(person, &reason);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(target: Target) -> ServerBan {
        ServerBan { target, reason: String::new(), who: String::new(), since: None, until: None }
    }

    #[test]
    fn a_ban_is_one_however_it_is_typed() {
        for (typed, other) in [
            ("ann", "ANN!*@*"),
            ("*!ann@*", "*!~ann@*"),
            ("10.1.2.3/8", "*@10.0.0.0/8"),
            ("*!*@::ffff:192.0.2.1", "192.0.2.1"),
            ("a:Ann", "a:ann"),
            ("*@2001:DB8::/32", "*!*@2001:db8:0:0::7/32"),
        ] {
            let mut bans = ServerBans::default();
            bans.add(ban(Target::mask(typed)), CaseMapping::Ascii);
            let shown = bans.0[0].target.to_string();
            assert_eq!(Target::mask(&shown), bans.0[0].target, "{shown} is its own normal form");
            let replaced = bans.add(ban(Target::mask(other)), CaseMapping::Ascii);
            assert_eq!((replaced.len(), bans.0.len()), (1, 1), "{typed} and {other}");
            assert_eq!(bans.lift(&Target::mask(typed), CaseMapping::Ascii).len(), 1);
        }
        assert_ne!(Target::mask("192.0.2.1"), Target::network("192.0.2.1").unwrap());
    }

    #[test]
    fn a_ban_that_was_set_by_a_clock_that_was_ahead_ends_when_it_was_meant_to() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let later = |secs| now + jiff::SignedDuration::from_secs(secs);
        let ban = |since, until| ServerBan {
            target: Target::network("192.0.2.0/24").unwrap(),
            reason: String::new(),
            who: String::new(),
            since: Some(since),
            until: Some(until),
        };
        for (since, until, ends) in
            [(later(8 * 3600), later(8 * 3600 + 60), later(60)), (later(-30), later(30), later(30))]
        {
            let mut bans = ServerBans(vec![ban(since, until)]);
            bans.cap(now);
            assert_eq!(bans.0[0].until, Some(ends));
        }
    }
}
