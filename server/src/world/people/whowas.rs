//! The people who have gone, for WHOWAS.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::world::{Person, PersonId, World};

/// How many are remembered.
const REMEMBERED: usize = 1000;

/// A person who has gone, or who has given up a name.
#[derive(Clone, Debug)]
pub struct Gone {
    /// The nickname.
    pub nick: String,
    /// The user name.
    pub user: String,
    /// The address as others saw it.
    pub host: String,
    /// The real name.
    pub realname: String,
    /// When that was.
    pub when: Timestamp,
}

impl Gone {
    pub(in crate::world) fn of(person: &Person, when: Timestamp) -> Self {
        Self {
            nick: person.name().to_owned(),
            user: person.user().to_owned(),
            host: person.host().to_owned(),
            realname: person.realname.clone(),
            when,
        }
    }
}

/// The last people who have gone, the latest first.
#[derive(Debug, Default)]
pub(in crate::world) struct Whowas(VecDeque<Gone>);

impl Whowas {
    pub(in crate::world) fn add(&mut self, gone: Gone) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(gone);
    }
}

impl World {
    /// Remembers a person under a name that they have given up.
    pub(super) fn remember(&mut self, id: PersonId, nick: &str) {
        let gone = Gone { nick: nick.to_owned(), ..Gone::of(&self.people[id], self.now) };
        self.whowas.add(gone);
    }

    /// The people who had this name, the latest first.
    pub fn gone<'w>(&'w self, nick: &'w str) -> impl Iterator<Item = &'w Gone> {
        self.whowas.0.iter().filter(move |gone| self.config.casemapping.same(&gone.nick, nick))
    }
}
