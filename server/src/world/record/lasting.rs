//! The state that outlasts the server: rooms that belong to somebody, rooms with a member who stays, the lobby, and
//! the places of the people who [stay](crate::world::people::presence).
//!
//! A command notes what it has touched. When it is over, [`World::take_to_keep`] works out from the state at that
//! time what to tell the store: that does not depend on the way there, and nothing is said twice. Rooms that are not
//! kept cost nothing but the question.

use std::collections::BTreeMap;
use std::mem;

use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use teahouse_protocol::Folded;

use crate::text::language::Text;
use crate::world::{
    Channel, ChannelId, ChannelModes, ChannelRegistration, Number, PersonId, Presence, Topic, World,
};

/// The state of a room, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptChannel {
    /// Its name.
    pub name: String,
    /// When it was opened.
    pub created: Timestamp,
    /// Newcomers may read what was said from this number on; `None` where an earlier version kept the room.
    pub since: Option<Number>,
    /// Its topic.
    pub topic: Option<Topic>,
    /// Its modes.
    pub modes: ChannelModes,
    /// The accounts that were invited and have not come in yet, the oldest invitation first.
    pub invited: Vec<String>,
    /// Its owner; `None` for a room that is only kept for the people who stay in it.
    pub registration: Option<ChannelRegistration>,
}

/// A change that the store is to keep: of a room, or of a person who stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToKeep {
    /// The state of a room now.
    Channel(Box<KeptChannel>),
    /// No room of this name is there any more, or none that is kept.
    Nothing(String),
    /// The place of a person who stays.
    Presence(Box<Presence>),
    /// Nobody with this account stays any more.
    NoPresence(String),
}

/// A batch of changes, and its number. They are made one after another under the lock, but brought to the store
/// without it; the number tells the store when the next batch has overtaken one.
#[derive(Clone, Debug)]
pub struct Changes {
    /// It grows from one to the next, from 1 at each start.
    pub number: u64,
    /// At least one change. No room and nobody comes twice, but for a name that another room has now.
    pub all: Vec<ToKeep>,
}

/// The rooms and accounts that were touched since the store was told the last time.
#[derive(Debug, Default)]
pub(in crate::world) struct Touched {
    /// Rooms that the store has and that are no more, or have another name.
    gone: Vec<String>,
    /// Rooms, and whether their kept state has changed, or only their members.
    channels: IndexMap<ChannelId, bool>,
    /// Accounts whose owners stay, or have stayed.
    accounts: IndexSet<String>,
}

/// The world after a restart. Tests compare it with the world before.
#[derive(Debug, PartialEq, Eq)]
pub struct Lasting {
    /// The rooms that are kept, by name.
    pub rooms: BTreeMap<String, KeptChannel>,
    /// The people who stay, by nickname.
    pub people: BTreeMap<String, Presence>,
    /// For rooms that anybody may enter, by folded name: newcomers read what was said from this number on. A room in
    /// which nothing was said may be missing after a restart: it is as good as a new one.
    pub open: BTreeMap<String, Number>,
    /// The accounts, by name.
    pub accounts: Vec<String>,
    /// How far their owners have read, by folded name.
    pub markers: BTreeMap<String, BTreeMap<String, Number>>,
}

impl World {
    /// Has a room kept as it is now, if it is to be kept; to be called after each change of it.
    pub(crate) fn keep_channel(&mut self, id: ChannelId) {
        self.keep_room(id, true);
        self.touched.channels.insert(id, true);
    }

    /// Notes that the store has a room under a name that it has no more.
    pub(in crate::world) fn forget_channel(&mut self, id: ChannelId, name: &str) {
        if mem::take(&mut self.channels[id].is_kept) {
            self.touched.gone.push(name.to_owned());
        }
    }

    /// Has the place of a person kept, if that person stays. To be called after each change of the place, and before
    /// and after each change of whether the person stays.
    pub(crate) fn keep_presence(&mut self, id: PersonId) {
        let person = &self.people[id];
        let Some(account) = person.account() else { return };
        if !self.wants_to_stay(person) && !self.kept_people.contains(account) {
            return;
        }
        // The room that the person is about to leave may have been kept for nobody else.
        let kept = person.channels.iter().filter(|id| self.channels[**id].is_kept);
        for id in kept {
            self.touched.channels.entry(*id).or_insert(false);
        }
        if !self.touched.accounts.contains(account) {
            self.touched.accounts.insert(account.to_owned());
        }
    }

    /// Notes that the store has it where the owner of an account stays. If the owner does not, it is told so.
    pub(in crate::world) fn was_kept(&mut self, account: &str) {
        self.kept_people.insert(account.to_owned());
        self.touched.accounts.insert(account.to_owned());
    }

    /// The first to come of the people here with an account: that place is kept. `None` if nobody stays.
    fn keeper_of(&self, account: &str) -> Option<PersonId> {
        let here = self.logged_in_to(account).iter().copied();
        let here = here.filter(|id| self.people[*id].is_registered());
        here.min_by_key(|id| self.people[*id].named).filter(|id| self.wants_to_stay(&self.people[*id]))
    }

    /// Whether a room is to be there after a restart. `kept_people` is up to date.
    fn lasts(&self, id: ChannelId) -> bool {
        let channel = &self.channels[id];
        channel.registration.is_some() || self.is_lobby(channel) || self.stayer_in(channel).is_some()
    }

    /// A member of a room who stays. As long as it is the same one, nobody else in a hall of thousands is looked at.
    fn stayer_in(&self, channel: &Channel) -> Option<PersonId> {
        let stays = |person: &PersonId| {
            let account = self.people[*person].account();
            account.is_some_and(|account| {
                self.kept_people.contains(account) && self.keeper_of(account) == Some(*person)
            })
        };
        let first = channel.kept_for.filter(|person| channel.members.contains_key(person));
        first.into_iter().chain(channel.members.keys().copied()).find(stays)
    }

    fn kept(&self, id: ChannelId) -> KeptChannel {
        let channel = &self.channels[id];
        KeptChannel {
            name: channel.name.clone(),
            created: channel.created,
            since: Some(channel.since),
            topic: channel.topic.clone(),
            modes: channel.modes.clone(),
            invited: channel.invited.accounts().to_vec(),
            registration: channel.registration.clone(),
        }
    }

    /// The changes since the last call that the store is to keep, if there are any.
    pub fn take_to_keep(&mut self) -> Option<Changes> {
        let Touched { gone, channels, accounts } = &self.touched;
        if gone.is_empty() && channels.is_empty() && accounts.is_empty() {
            return None;
        }
        let Touched { gone, mut channels, accounts } = mem::take(&mut self.touched);
        let mut all: Vec<_> = gone.into_iter().map(ToKeep::Nothing).collect();
        for account in accounts {
            // Another person's place may be kept now, in other rooms.
            for person in self.logged_in_to(&account) {
                for id in &self.people[*person].channels {
                    channels.entry(*id).or_insert(false);
                }
            }
            if let Some(person) = self.keeper_of(&account) {
                all.push(ToKeep::Presence(Box::new(self.presence_of(person))));
                self.kept_people.insert(account);
            } else if self.kept_people.remove(&account) {
                all.push(ToKeep::NoPresence(account));
            }
        }
        for (id, changed) in channels {
            let Some(channel) = self.channels.get(id) else { continue };
            let was_kept = channel.is_kept;
            let (lasts, stayer) = (self.lasts(id), self.stayer_in(channel));
            let channel = &mut self.channels[id];
            (channel.is_kept, channel.kept_for) = (lasts, stayer);
            if lasts && (changed || !was_kept) {
                all.push(ToKeep::Channel(Box::new(self.kept(id))));
            } else if was_kept && !lasts {
                all.push(ToKeep::Nothing(self.channels[id].name.clone()));
            }
        }
        self.changes += u64::from(!all.is_empty());
        (!all.is_empty()).then_some(Changes { number: self.changes, all })
    }

    /// All that outlasts the server, as it is now.
    pub fn lasting(&self) -> Lasting {
        let rooms = self.channels.keys().filter(|id| self.lasts(*id));
        let rooms = rooms.map(|id| (self.channels[id].name.clone(), self.kept(id))).collect();
        let people = self.logins.keys().filter_map(|account| self.keeper_of(account));
        let people = people.map(|id| (self.people[id].name().to_owned(), self.presence_of(id))).collect();
        let of_name = |(name, since): (&Folded, &Number)| (name.as_str().to_owned(), *since);
        let open = self
            .channels
            .values()
            .filter(|channel| channel.registration.is_some() || !channel.modes.is_guarded());
        let open = open.map(|channel| (channel.place.to_string(), channel.since));
        Lasting {
            rooms,
            people,
            open: open.chain(self.remembered.iter().map(of_name)).collect(),
            accounts: self.accounts.names(),
            markers: self.markers.iter().map(|(account, all)| (account.clone(), all.clone())).collect(),
        }
    }

    /// Opens a room that was kept.
    pub fn restore_channel(&mut self, kept: KeptChannel) {
        let KeptChannel { name, created, since, topic, modes, invited, registration } = kept;
        let id = self.open_channel(&name);
        let is_lobby = self.is_lobby(&self.channels[id]);
        let channel = &mut self.channels[id];
        (channel.created, channel.topic, channel.modes) = (created, topic, modes);
        channel.since = since.filter(|_| !is_lobby).unwrap_or(channel.since);
        invited.into_iter().for_each(|account| channel.invited.add_account(&account));
        channel.is_kept = true;
        if let Some(registration) = registration {
            self.register_channel(id, registration);
        }
        self.keep_room(id, true);
    }

    /// Applies another configuration, which may change who stays and which room is the lobby. A person who is not to
    /// stay and has no connection goes.
    pub(in crate::world) fn see_who_stays(&mut self) {
        let people: Vec<_> = self.people().map(|(id, _)| id).collect();
        for person in people {
            self.keep_presence(person);
            if !self.is_connected(person) && !self.wants_to_stay(&self.people[person]) {
                self.expel(person, &Text::Left);
            }
        }
        let kept: Vec<_> =
            self.channels.iter().filter(|(_, channel)| channel.is_kept).map(|(id, _)| id).collect();
        for id in kept {
            self.touched.channels.entry(id).or_insert(false);
        }
    }

    /// Closes rooms that were kept for people who do not stay any more. To be called when all rooms and all people
    /// who stay have been restored.
    pub fn close_what_nobody_stays_in(&mut self) {
        let all: Vec<_> = self.channels.keys().collect();
        for id in all {
            self.close_if_empty(id);
        }
    }
}
