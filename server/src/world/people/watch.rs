//! The names that clients watch for: the table of MONITOR
//! ([IRCv3 monitor](https://ircv3.net/specs/extensions/monitor)).

use std::collections::HashMap;

use indexmap::IndexSet;
use teahouse_protocol::Folded;

use crate::text::reply::Reply;
use crate::world::{ConnectionId, PersonId, World};

/// From a name to the clients that watch for it.
pub(in crate::world) type Watchers = HashMap<Folded<'static>, IndexSet<ConnectionId>>;

impl World {
    /// Lets a client watch for a name.
    pub(crate) fn watch(&mut self, id: ConnectionId, nick: &str) {
        let key = self.config.casemapping.fold(nick).into_owned();
        self.watchers.entry(key.clone()).or_default().insert(id);
        self.connections[id].monitored.insert(key, nick.into());
    }

    /// Ends that.
    pub(crate) fn unwatch(&mut self, id: ConnectionId, nick: &str) {
        let key = self.config.casemapping.fold(nick).into_owned();
        self.connections[id].monitored.remove(&key);
        self.remove_watcher(id, &key);
    }

    /// The client watches for nobody any more.
    pub(crate) fn forget_watched(&mut self, id: ConnectionId) {
        for (key, _) in std::mem::take(&mut self.connections[id].monitored) {
            self.remove_watcher(id, &key);
        }
    }

    fn remove_watcher(&mut self, id: ConnectionId, key: &Folded<'static>) {
        if let Some(watchers) = self.watchers.get_mut(key) {
            watchers.swap_remove(&id);
            if watchers.is_empty() {
                self.watchers.remove(key);
            }
        }
    }

    /// Tells the clients that watch for a person's name that they are here (RPL_MONONLINE).
    pub(super) fn tell_watchers_that_came(&mut self, id: PersonId) {
        let (name, source) = (self.people[id].name().to_owned(), self.people[id].source().to_owned());
        self.tell_watchers(&name, &Reply::MonOnline(source));
    }

    /// Tells the clients that watch for a name that its holder is gone (RPL_MONOFFLINE).
    pub(super) fn tell_watchers_that_left(&mut self, name: &str) {
        self.tell_watchers(name, &Reply::MonOffline(name.to_owned()));
    }

    fn tell_watchers(&mut self, name: &str, reply: &Reply) {
        for watcher in self.watchers_of(name) {
            self.notify(watcher, reply);
        }
    }

    pub(in crate::world) fn watchers_of(&self, name: &str) -> Vec<ConnectionId> {
        let key = self.config.casemapping.fold(name);
        self.watchers.get(&key).map(|watchers| watchers.iter().copied().collect()).unwrap_or_default()
    }

    pub(in crate::world) fn check_watchers(&self) {
        let watched: usize = self.connections.values().map(|connection| connection.monitored.len()).sum();
        assert_eq!(
            watched,
            self.watchers.values().map(IndexSet::len).sum::<usize>(),
            "one entry for each watcher"
        );
        for (key, watchers) in &self.watchers {
            assert!(!watchers.is_empty(), "somebody watches for {key}");
            assert!(
                watchers.iter().all(|id| self.connections[*id].monitored.contains_key(key)),
                "and knows it"
            );
        }
    }
}
