//! How far people have read: by account in memory, so that it is there when somebody comes into a room, and written by
//! the [store](crate::store) a moment later.

use std::collections::{BTreeMap, HashMap};

use crate::world::{ChannelId, Number, PersonId, Record, World};

/// How many markers a person has at most: those of the conversations that were read last.
const MOST_MARKERS: usize = 1000;

/// A person's markers, by the folded name of the room or the other person. A hash map would ask the system for random
/// numbers in the thread of each newcomer.
pub(crate) type Markers = BTreeMap<String, Number>;

impl World {
    /// How far a person has read in a conversation.
    pub(crate) fn marker(&self, id: PersonId, target: &str) -> Option<Number> {
        let casemapping = self.config.casemapping;
        let person = &self.people[id];
        let markers = match person.account() {
            Some(account) => self.markers.get(casemapping.fold(account).as_str())?,
            None => &person.markers,
        };
        markers.get(casemapping.fold(target).as_str()).copied()
    }

    /// Notes how far a person has read. Returns whether that is further than before.
    pub(crate) fn mark_read(&mut self, id: PersonId, target: &str, read: Number) -> bool {
        let casemapping = self.config.casemapping;
        let target = casemapping.fold(target).as_str().to_owned();
        let account = self.people[id].account().map(|account| casemapping.fold(account).as_str().to_owned());
        let markers = match &account {
            Some(account) => self.markers.entry(account.clone()).or_default(),
            None => &mut self.people[id].markers,
        };
        let is_too_many = markers.len() >= MOST_MARKERS && !markers.contains_key(&target);
        let oldest = is_too_many.then(|| markers.iter().min_by_key(|(_, read)| **read));
        let oldest = oldest.flatten().map(|(target, _)| target.clone());
        let marker = markers.entry(target.clone()).or_default();
        if *marker >= read {
            return false;
        }
        *marker = read;
        if let Some(oldest) = &oldest {
            markers.remove(oldest);
        }
        if let Some(account) = account {
            if let Some(target) = oldest {
                self.effects.records.push(Record::Marker { account: account.clone(), target, read: None });
            }
            self.effects.records.push(Record::Marker { account, target, read: Some(read) });
        }
        true
    }

    /// Notes of the members of a channel that has another name that they have read as far there.
    pub(in crate::world) fn carry_markers(&mut self, channel: ChannelId, old: &str, new: &str) {
        let members: Vec<_> = self.channels[channel].members.keys().copied().collect();
        for member in members {
            if let Some(read) = self.marker(member, old) {
                self.mark_read(member, new, read);
            }
        }
    }

    /// Nobody has read what is yet to be said, whatever a clock that was ahead has made of it.
    pub(super) fn cap_markers(&mut self) {
        let now = self.now;
        let own = self.people.values_mut().map(|person| &mut person.markers);
        for marker in self.markers.values_mut().chain(own).flat_map(Markers::values_mut) {
            *marker = Number::at(marker.time_by(now));
        }
    }

    /// Takes on how far people have read, as it was kept.
    pub(crate) fn restore_markers(&mut self, kept: HashMap<String, Markers>) {
        self.markers = kept;
        self.cap_markers();
    }

    /// Forgets how far an account that is closed had read.
    pub(crate) fn forget_markers(&mut self, account: &str) {
        self.markers.remove(self.config.casemapping.fold(account).as_str());
    }
}
