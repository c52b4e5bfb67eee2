//! People who stay without a connection (`always_on`): in the same rooms, under the same name, as if away.
//!
//! Such a person has no [connection](crate::world::people::devices). The store keeps it.

use std::net::{IpAddr, Ipv4Addr};

use crate::config::AlwaysOn;
use crate::config::user_modes::UserMode;
use crate::text::language::Text;
use crate::world::{Capability, Connection, Line, Member, Number, Person, PersonId, Rank, Ranks, World};

/// The state of a person who stays, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The account.
    pub account: String,
    /// The nickname.
    pub nick: String,
    /// The user name.
    pub user: String,
    /// The address as others see it.
    pub host: String,
    /// Where the last connection came from, if that is known; bans ask.
    pub address: Option<IpAddr>,
    /// The real name.
    pub realname: String,
    /// The letters of the modes that the person has chosen.
    pub modes: String,
    /// Why the person is away, if it is for more than having no connection.
    pub away: Option<String>,
    /// Where the person sits.
    pub rooms: Vec<Seat>,
}

/// A place in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The room's name.
    pub channel: String,
    /// The letters of the ranks there.
    pub ranks: String,
    /// When the person came in; `None` in what earlier versions have kept.
    pub since: Option<Number>,
}

impl World {
    /// Whether somebody with this account is to stay when the last connection goes.
    pub(in crate::world) fn wants_to_stay(&self, person: &Person) -> bool {
        let Some(account) = person.account().filter(|_| person.is_registered()) else { return false };
        let chosen = || self.accounts.find(account).and_then(|account| account.always_on);
        match self.config.always_on {
            AlwaysOn::Disabled => false,
            AlwaysOn::OptIn => chosen() == Some(true),
            AlwaysOn::OptOut => chosen() != Some(false),
            AlwaysOn::Mandatory => true,
        }
    }

    /// Whether a person stays when the last connection goes. Of several people with one account and several names,
    /// the last does. A person before the end of the login does not count, and may go again.
    pub(crate) fn stays(&self, id: PersonId) -> bool {
        let person = &self.people[id];
        let is_here = |other: &&PersonId| self.people[**other].is_registered();
        self.wants_to_stay(person)
            && person
                .account()
                .is_some_and(|account| self.logged_in_to(account).iter().filter(is_here).count() == 1)
    }

    /// The person who stays without a connection and has the account that another one has logged in to.
    pub(super) fn absent_of(&self, id: PersonId) -> Option<PersonId> {
        let account = self.people[id].account().filter(|_| self.config.always_on != AlwaysOn::Disabled)?;
        self.logged_in_to(account).iter().copied().find(|person| !self.is_connected(*person))
    }

    /// Lets a person stay whose last connection has gone.
    pub(super) fn leave_behind(&mut self, id: PersonId) {
        let person = &mut self.people[id];
        if person.away.is_none() {
            person.away = Some(Text::NotConnected.to_string(self.config.language));
            person.is_auto_away = true;
            self.tell_away(id);
        }
        let nick = self.people[id].name().to_owned();
        self.note(Text::Stays(nick));
    }

    /// A person who stayed has come back.
    pub(super) fn welcome_back(&mut self, id: PersonId) {
        let person = &mut self.people[id];
        if std::mem::take(&mut person.is_auto_away) {
            person.away = None;
            self.tell_away(id);
        }
    }

    /// The line that says that a person goes away or comes back.
    pub(crate) fn away_line(&self, id: PersonId) -> Line {
        let person = &self.people[id];
        let line = match &person.away {
            Some(words) => self.line(format_args!(":{} AWAY :{words}", person.source())),
            None => self.line(format_args!(":{} AWAY", person.source())),
        };
        line.with_tags(person.tags())
    }

    /// Tells it to clients that asked for it, and share a room or watch for the person.
    pub(crate) fn tell_away(&mut self, person: PersonId) {
        let line = self.away_line(person);
        let wants = |connection: &Connection| connection.has(Capability::AwayNotify).then_some(&line);
        self.tell_neighbours_and_watchers(person, wants);
    }

    /// The state of a person who stays, as the store is to keep it.
    pub(in crate::world) fn presence_of(&self, id: PersonId) -> Presence {
        let person = &self.people[id];
        let modes = UserMode::ALL.iter().filter(|(mode, _)| mode.is_own_choice() && person.modes.has(*mode));
        let rooms = person.channels.iter().map(|channel| {
            let channel = &self.channels[*channel];
            let since = channel.members.get(&id).map(|member| member.since);
            Seat { channel: channel.name.clone(), ranks: channel.ranks(id).letters(), since }
        });
        Presence {
            account: person.account().unwrap_or_default().to_owned(),
            nick: person.name().to_owned(),
            user: person.user().to_owned(),
            host: person.host().to_owned(),
            address: Some(person.address).filter(|address| !address.is_unspecified()),
            realname: person.realname.clone(),
            modes: modes.map(|(_, letter)| letter).collect(),
            away: person.away.clone().filter(|_| !person.is_auto_away),
            rooms: rooms.collect(),
        }
    }

    /// Brings in a person who stayed over a restart, unless banned or with a suspended account by now. Tells nobody.
    pub fn restore_presence(&mut self, kept: Presence) {
        let mut person = Person::new(kept.address.unwrap_or(Ipv4Addr::UNSPECIFIED.into()), kept.host);
        person.set_user(kept.user);
        person.realname = kept.realname;
        person.away = kept.away;
        self.was_kept(&kept.account);
        person.set_account(Some(kept.account));
        person.registered = Some(self.now);
        for mode in kept.modes.chars().filter_map(UserMode::from_letter) {
            person.modes.set(mode, true);
        }
        if !self.wants_to_stay(&person) {
            return;
        }
        let person = self.people.insert(person);
        self.note_login(person);
        self.register(person);
        // Two people who stay cannot have one name. The configuration, or an account of that name, may forbid it too.
        let mut nick = kept.nick;
        while self.rename(person, &nick).is_err() {
            self.guests += 1;
            nick = format!("guest-{}", self.guests);
        }
        for Seat { channel, ranks, since } in kept.rooms {
            let channel = self.open_channel(&channel);
            let ranks = Ranks::from_letters(&ranks);
            let since = since.unwrap_or_else(|| self.next_number());
            self.channels[channel].members.insert(person, Member { ranks, since, spoke: None });
            self.people[person].channels.push(channel);
        }
        self.leave_behind(person);
        self.turn_out_suspects();
        let account = self.people.get(person).and_then(Person::account);
        let suspended = account.and_then(|account| self.accounts.find(account)?.suspended.clone());
        if let Some(reason) = suspended {
            self.expel(person, &Text::Suspended(reason));
        }
    }
}

impl Ranks {
    /// The letters of all ranks in the set.
    fn letters(self) -> String {
        Rank::ALL.iter().filter(|rank| self.has(**rank)).map(|rank| rank.letter()).collect()
    }

    fn from_letters(letters: &str) -> Self {
        let mut ranks = Self::default();
        for rank in letters.chars().filter_map(Rank::from_letter) {
            ranks.set(rank, true);
        }
        ranks
    }
}
