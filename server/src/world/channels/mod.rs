//! Rooms: their members with their ranks, what is allowed there, and the accounts that own them.

pub(super) mod channel;
pub(super) mod modes;
pub(super) mod names;
pub(super) mod ranks;
pub(super) mod registration;

use std::mem;
use std::sync::Arc;

use crate::text::nickname::shown_in_refusal;
use crate::text::reply::Reply;
use crate::world::{Channel, ChannelId, Flag, Member, Number, PersonId, Rank, Ranks, Record, World};

impl World {
    /// All channels.
    pub fn channels(&self) -> impl Iterator<Item = (ChannelId, &Channel)> {
        self.channels.iter()
    }

    /// The channel with this key.
    pub fn channel(&self, id: ChannelId) -> &Channel {
        &self.channels[id]
    }

    pub(crate) fn channel_mut(&mut self, id: ChannelId) -> &mut Channel {
        &mut self.channels[id]
    }

    /// The channel with this name.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL.
    pub fn find_channel(&self, name: &str) -> Result<ChannelId, Reply> {
        self.channel_names
            .get(&self.config.casemapping.fold(name))
            .copied()
            .ok_or_else(|| Reply::NoSuchChannel(shown_in_refusal(name)))
    }

    /// The channel with this name, if `viewer` may know of it: a secret one is not there for outsiders.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL.
    pub fn find_visible_channel(&self, viewer: PersonId, name: &str) -> Result<ChannelId, Reply> {
        let channel = self.find_channel(name)?;
        if self.can_see_channel(viewer, channel) {
            Ok(channel)
        } else {
            Err(Reply::NoSuchChannel(name.to_owned()))
        }
    }

    /// Whether `viewer` may know of a channel.
    pub fn can_see_channel(&self, viewer: PersonId, channel: ChannelId) -> bool {
        !self.channels[channel].modes.has(Flag::Secret)
            || self.is_member(viewer, channel)
            || self.is_at_home(viewer, channel)
            || self.people[viewer].is_operator()
    }

    /// The channel with this name that `id` is a member of.
    ///
    /// # Errors
    /// ERR_NOSUCHCHANNEL, ERR_NOTONCHANNEL.
    pub fn joined(&self, id: PersonId, name: &str) -> Result<ChannelId, Reply> {
        let channel = self.find_visible_channel(id, name)?;
        if self.is_member(id, channel) { Ok(channel) } else { Err(Reply::NotOnChannel(name.to_owned())) }
    }

    /// Whether a person sits in a channel.
    pub fn is_member(&self, id: PersonId, channel: ChannelId) -> bool {
        self.channels[channel].members.contains_key(&id)
    }

    /// The channel with this name, opened if there was none; the name is a valid one.
    pub(crate) fn open_channel(&mut self, name: &str) -> ChannelId {
        let key = self.config.casemapping.fold(name);
        if let Some(id) = self.channel_names.get(&key) {
            return *id;
        }
        let key = key.into_owned();
        let (place, number) = (Arc::from(key.as_str()), self.next_number());
        let lobby =
            self.config.lobby.as_deref().is_some_and(|lobby| self.config.casemapping.same(lobby, name));
        let since = if lobby { Number::FIRST } else { self.remembered.remove(&key).unwrap_or(number) };
        let id = self.channels.insert(Channel::new(name.to_owned(), place, since, self.now));
        self.channel_names.insert(key, id);
        self.keep_room(id, true);
        id
    }

    /// Gives a channel another name; it is a valid one, and no other channel's. Tells nobody.
    pub(crate) fn rename_channel(&mut self, id: ChannelId, name: &str) {
        let old = mem::replace(&mut self.channels[id].name, name.to_owned());
        self.looks_otherwise(id, &old);
        self.channel_names.remove(&self.config.casemapping.fold(&old).into_owned());
        let key = self.config.casemapping.fold(name).into_owned();
        let place: Arc<str> = Arc::from(key.as_str());
        // A room of this name that was there before the last start is not this one.
        self.remembered.remove(&key);
        self.channel_names.insert(key, id);
        self.forget_channel(id, &old);
        let old = mem::replace(&mut self.channels[id].place, Arc::clone(&place));
        if old != place {
            self.effects.records.push(Record::Room(Arc::clone(&old), None));
            self.effects.records.push(Record::Renamed(Arc::clone(&old), place));
            self.carry_markers(id, &old, name);
        }
        self.keep_channel(id);
        let members: Vec<_> = self.channels[id].members().map(|(member, _)| member).collect();
        for member in members {
            self.keep_presence(member);
        }
    }

    /// Makes a person a member; the first member of a room that is nobody's is its operator. Tells nobody.
    pub(crate) fn enter(&mut self, id: PersonId, channel: ChannelId) {
        let opened = &self.channels[channel];
        let founds = opened.members.is_empty() && !self.is_lobby(opened) && opened.registration.is_none();
        let ranks = if founds { Ranks::only(Rank::Operator) } else { Ranks::default() };
        self.forget_invitation(id, channel);
        let since = self.next_number();
        self.channels[channel].members.insert(id, Member { ranks, since, spoke: None });
        self.people[id].channels.push(channel);
        self.keep_presence(id);
    }

    /// Gives a member ranks, or takes them, and says whether that changes anything. Tells nobody.
    pub(crate) fn set_ranks(&mut self, id: PersonId, channel: ChannelId, ranks: &[Rank], on: bool) -> bool {
        let Some(member) = self.channels[channel].members.get_mut(&id) else { return false };
        let before = member.ranks;
        for rank in ranks {
            member.ranks.set(*rank, on);
        }
        let changed = member.ranks != before;
        if changed {
            self.keep_presence(id);
        }
        changed
    }

    /// Notes that a person may come in. Tells nobody.
    pub(crate) fn invite(&mut self, guest: PersonId, channel: ChannelId) {
        let Self { people, channels, .. } = self;
        let invited = &mut channels[channel].invited;
        invited.add(guest, |id| people.contains_key(id));
        if let Some(account) = people[guest].account() {
            invited.add_account(account);
            self.keep_channel(channel);
        }
    }

    /// Whether somebody was invited to a channel and has not come in yet.
    pub(crate) fn is_invited(&self, guest: PersonId, channel: ChannelId) -> bool {
        self.channels[channel].invited.has(guest, self.people[guest].account())
    }

    fn forget_invitation(&mut self, guest: PersonId, channel: ChannelId) {
        let invited = &mut self.channels[channel].invited;
        invited.forget(guest);
        let account = self.people[guest].account();
        if account.is_some_and(|account| invited.forget_account(account)) {
            self.keep_channel(channel);
        }
    }

    /// Ends a membership, and the channel if it was the last one. Tells nobody.
    pub(crate) fn leave(&mut self, id: PersonId, channel: ChannelId) {
        self.keep_presence(id);
        self.channels[channel].members.swap_remove(&id);
        self.people[id].channels.retain(|joined| *joined != channel);
        self.close_if_empty(channel);
    }

    /// The lobby and what belongs to somebody stay open; any other room closes behind its last member.
    pub(super) fn close_if_empty(&mut self, id: ChannelId) {
        let channel = &self.channels[id];
        if channel.members.is_empty() && !self.is_lobby(channel) && channel.registration.is_none() {
            self.channel_names.remove(&self.config.casemapping.fold(&channel.name).into_owned());
            let name = channel.name.clone();
            self.forget_channel(id, &name);
            self.keep_room(id, false);
            self.channels.remove(id);
        }
    }

    /// Whether a channel is the room that everybody joins on login: nobody's own, and always open.
    pub fn is_lobby(&self, channel: &Channel) -> bool {
        let lobby = self.config.lobby.as_deref();
        lobby.is_some_and(|lobby| self.config.casemapping.same(lobby, &channel.name))
    }
}
