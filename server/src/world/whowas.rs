//! Who was here: the people who have gone, for WHOWAS.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{Client, World};

/// How many are remembered.
const REMEMBERED: usize = 1000;

/// Somebody who has gone, or who has given up a name.
#[derive(Clone, Debug)]
pub struct Gone {
    /// The four texts, one behind the other: one piece of memory, and not four among what a crowd that leaves together
    /// gives back. Each piece keeps a page of that from the system, up to 8 MB for a thousand people.
    texts: Box<str>,
    /// Where the first three of them end.
    ends: [usize; 3],
    /// When that was.
    pub when: Timestamp,
}

impl Gone {
    pub(super) fn of(client: &Client, when: Timestamp) -> Self {
        Self::with_nick(client.name(), client, when)
    }

    fn with_nick(nick: &str, client: &Client, when: Timestamp) -> Self {
        let texts = [nick, client.user(), client.host(), &client.realname];
        let mut ends = texts.map(str::len);
        for index in 1..ends.len() {
            ends[index] += ends[index - 1];
        }
        let [nick, user, host, _] = ends;
        Self { texts: texts.concat().into(), ends: [nick, user, host], when }
    }

    /// The nickname.
    pub fn nick(&self) -> &str {
        &self.texts[..self.ends[0]]
    }

    /// The user name.
    pub fn user(&self) -> &str {
        &self.texts[self.ends[0]..self.ends[1]]
    }

    /// The address as others saw it.
    pub fn host(&self) -> &str {
        &self.texts[self.ends[1]..self.ends[2]]
    }

    /// The real name.
    pub fn realname(&self) -> &str {
        &self.texts[self.ends[2]..]
    }
}

/// The last ones who have gone, the latest first.
#[derive(Debug, Default)]
pub(super) struct Whowas(VecDeque<Gone>);

impl Whowas {
    pub(super) fn add(&mut self, gone: Gone) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(gone);
    }
}

impl World {
    /// Remembers a client under a name that it has given up.
    pub(crate) fn remember(&mut self, id: super::ClientId, nick: &str) {
        let gone = Gone::with_nick(nick, &self.clients[id], self.now);
        self.whowas.add(gone);
    }

    /// Those who had this name, the latest first.
    pub fn gone<'w>(&'w self, nick: &'w str) -> impl Iterator<Item = &'w Gone> {
        self.whowas.0.iter().filter(move |gone| self.config.casemapping.same(gone.nick(), nick))
    }
}
