//! People who stay without a connection (`always_on`): in the same rooms, under the same name, as if away.
//!
//! Such a person is a client [apart](crate::world::people::devices) with no devices. The store keeps it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::config::AlwaysOn;
use crate::config::user_modes::UserMode;
use crate::text::language::Text;
use crate::world::{Capability, Client, ClientId, Line, Member, Number, Rank, Ranks, Registration, World};

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
    pub(in crate::world) fn wants_to_stay(&self, client: &Client) -> bool {
        let Some(account) = client.account().filter(|_| client.is_registered()) else { return false };
        let chosen = || self.accounts.find(account).and_then(|account| account.always_on);
        match self.config.always_on {
            AlwaysOn::Disabled => false,
            AlwaysOn::OptIn => chosen() == Some(true),
            AlwaysOn::OptOut => chosen() != Some(false),
            AlwaysOn::Mandatory => true,
        }
    }

    /// Whether a person stays when the last connection goes. Of several people with one account and several names,
    /// the last does. A client before the end of its login does not count: it may go again.
    pub(crate) fn stays(&self, person: ClientId) -> bool {
        let client = &self.clients[person];
        let is_here = |other: &&ClientId| self.clients[**other].is_registered();
        self.wants_to_stay(client)
            && client
                .account()
                .is_some_and(|account| self.logged_in_to(account).iter().filter(is_here).count() == 1)
    }

    /// The person who stays without a connection and has the account that a client has logged in to.
    pub(in crate::world) fn absent_of(&self, id: ClientId) -> Option<ClientId> {
        let account = self.clients[id].account().filter(|_| self.config.always_on != AlwaysOn::Disabled)?;
        let absent = |person: &Client| person.is_apart && person.devices.is_empty();
        self.logged_in_to(account).iter().copied().find(|person| absent(&self.clients[*person]))
    }

    /// Lets a person stay whose last connection is about to go.
    pub(in crate::world) fn leave_behind(&mut self, person: ClientId) {
        let client = &mut self.clients[person];
        if client.away.is_none() {
            client.away = Some(Text::NotConnected.to_string(self.config.language));
            client.is_auto_away = true;
            self.tell_away(person);
        }
        let nick = self.clients[person].name().to_owned();
        self.note(Text::Stays(nick));
    }

    /// A person who stayed has come back.
    pub(in crate::world) fn welcome_back(&mut self, person: ClientId) {
        let client = &mut self.clients[person];
        if std::mem::take(&mut client.is_auto_away) {
            client.away = None;
            self.tell_away(person);
        }
    }

    /// The line that says that a person goes away or comes back.
    pub(crate) fn away_line(&self, person: ClientId) -> Line {
        let client = &self.clients[person];
        let line = match &client.away {
            Some(words) => self.line(format_args!(":{} AWAY :{words}", client.source())),
            None => self.line(format_args!(":{} AWAY", client.source())),
        };
        line.with_tags(client.tags())
    }

    /// Tells it to clients that asked for it, and share a room or watch for the person.
    pub(crate) fn tell_away(&mut self, person: ClientId) {
        let line = self.away_line(person);
        let wants = |client: &Client| client.has(Capability::AwayNotify).then_some(&line);
        self.tell_neighbours_and_watchers(person, wants);
    }

    /// The state of a person who stays, as the store is to keep it.
    pub(in crate::world) fn presence_of(&self, person: ClientId) -> Presence {
        let client = &self.clients[person];
        let modes = UserMode::ALL.iter().filter(|(mode, _)| mode.is_own_choice() && client.modes.has(*mode));
        let rooms = client.channels.iter().map(|id| {
            let channel = &self.channels[*id];
            let since = channel.members.get(&person).map(|member| member.since);
            Seat { channel: channel.name.clone(), ranks: channel.ranks(person).letters(), since }
        });
        Presence {
            account: client.account().unwrap_or_default().to_owned(),
            nick: client.name().to_owned(),
            user: client.user().to_owned(),
            host: client.host().to_owned(),
            address: Some(client.address.ip()).filter(|address| !address.is_unspecified()),
            realname: client.realname.clone(),
            modes: modes.map(|(_, letter)| letter).collect(),
            away: client.away.clone().filter(|_| !client.is_auto_away),
            rooms: rooms.collect(),
        }
    }

    /// Brings in a person who stayed over a restart, unless banned or with a suspended account by now. Tells nobody.
    pub fn restore_presence(&mut self, kept: Presence) {
        let nowhere = Arc::clone(&self.nowhere);
        let address = SocketAddr::new(kept.address.unwrap_or(Ipv4Addr::UNSPECIFIED.into()), 0);
        let mut client = Client::absent(address, nowhere, kept.host, self.config.language);
        client.set_user(kept.user);
        client.realname = kept.realname;
        client.away = kept.away;
        self.was_kept(&kept.account);
        client.set_account(Some(kept.account));
        client.registration = Registration::Done { since: self.now, spoke: self.now };
        for mode in kept.modes.chars().filter_map(UserMode::from_letter) {
            client.modes.set(mode, true);
        }
        if !self.wants_to_stay(&client) {
            return;
        }
        let person = self.clients.insert(client);
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
            self.clients[person].channels.push(channel);
        }
        self.leave_behind(person);
        self.turn_out_suspects();
        let account = self.clients.get(person).and_then(Client::account);
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
