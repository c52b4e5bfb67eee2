//! Which names new rooms may have: none with letters that show nothing, and none that looks like the lobby or like a
//! room that belongs to somebody. Rooms that are there under such a name go on.

use std::collections::HashMap;

use teahouse_protocol::names;

use crate::text::nickname::{Skeleton, shown_in_refusal};
use crate::text::reply::Reply;
use crate::world::{ChannelId, ChannelRegistration, World};

/// The looks of rooms that belong to somebody. Inverse of `channels[..].name` of the registered ones.
pub(in crate::world) type ChannelLooks = HashMap<Skeleton, Vec<ChannelId>>;

impl World {
    /// Goes on if a room can be opened under a name.
    ///
    /// # Errors
    /// ERR_BADCHANMASK; or ERR_BADCHANNAME when it could be taken for another room.
    pub(crate) fn may_open(&self, name: &str) -> Result<(), Reply> {
        if names::check_channel(name).is_err() || name.contains(names::is_invisible) {
            return Err(Reply::BadChanMask(shown_in_refusal(name)));
        }
        match self.taken_for(name) {
            Some(other) => Err(Reply::BadChanName(name.to_owned(), other.to_owned())),
            None => Ok(()),
        }
    }

    /// The lobby, or the room of somebody, that a name looks like and is not.
    fn taken_for(&self, name: &str) -> Option<&str> {
        let looks = Skeleton::of(name);
        let owned = self.channel_looks.get(&looks).into_iter().flatten().map(|id| &*self.channels[*id].name);
        let lobby = self.config.lobby.as_deref().filter(|lobby| Skeleton::of(lobby) == looks);
        lobby.into_iter().chain(owned).find(|other| !self.config.casemapping.same(other, name))
    }

    /// Makes a room somebody's.
    pub(crate) fn register_channel(&mut self, id: ChannelId, registration: ChannelRegistration) {
        self.channels[id].registration = Some(registration);
        self.channel_looks.entry(Skeleton::of(&self.channels[id].name)).or_default().push(id);
    }

    /// Takes a room from its owner; returns whether it had one.
    pub(super) fn unregister_channel(&mut self, id: ChannelId) -> bool {
        let channel = &mut self.channels[id];
        let had = channel.registration.take().is_some();
        if had {
            let looks = Skeleton::of(&channel.name);
            self.forget_looks(id, &looks);
        }
        had
    }

    /// Notes that a room has another name now.
    pub(super) fn looks_otherwise(&mut self, id: ChannelId, old: &str) {
        if self.channels[id].registration.is_some() {
            self.forget_looks(id, &Skeleton::of(old));
            self.channel_looks.entry(Skeleton::of(&self.channels[id].name)).or_default().push(id);
        }
    }

    fn forget_looks(&mut self, id: ChannelId, looks: &Skeleton) {
        if let Some(rooms) = self.channel_looks.get_mut(looks) {
            rooms.retain(|room| *room != id);
            if rooms.is_empty() {
                self.channel_looks.remove(looks);
            }
        }
    }

    pub(in crate::world) fn check_channel_names(&self) {
        let owned = self.channels.iter().filter(|(_, channel)| channel.registration.is_some());
        let mut count = 0;
        for (id, channel) in owned {
            count += 1;
            let alike = self.channel_looks.get(&Skeleton::of(&channel.name));
            assert!(alike.is_some_and(|alike| alike.contains(&id)), "{} looks like itself", channel.name);
        }
        assert_eq!(self.channel_looks.values().map(Vec::len).sum::<usize>(), count, "and nothing else does");
    }
}
