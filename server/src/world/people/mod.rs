//! People: their names, their connections and their accounts.

pub(super) mod accounts;
pub(super) mod cloak;
pub(super) mod connection;
pub(super) mod devices;
pub(super) mod guesses;
pub(super) mod logins;
pub(super) mod names;
pub(super) mod person;
pub(super) mod presence;
pub(super) mod watch;
pub(super) mod whowas;

use std::mem;

use crate::config::user_modes::{UserMode, UserModes};
use crate::text::language::Text;
use crate::world::{Gone, Kind, Person, PersonId, World};

impl World {
    /// Everybody, logged in or not.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.people.iter()
    }

    /// The person, unless they have gone.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// A person who is here.
    pub(crate) fn person_mut(&mut self, id: PersonId) -> &mut Person {
        &mut self.people[id]
    }

    /// Counts a person among the users; the name and the user name are known.
    pub(crate) fn register(&mut self, id: PersonId) {
        let person = &mut self.people[id];
        (person.registered, person.spoke) = (Some(self.now), self.now);
        for connection in &person.connections {
            self.connections[*connection].login = None;
        }
        self.users += 1;
        self.counted.change(UserModes::default(), person.modes);
        self.most_users = self.most_users.max(self.users);
        self.tell_watchers_that_came(id);
        self.keep_presence(id);
    }

    /// How many have logged in.
    pub fn users(&self) -> usize {
        self.users
    }

    /// Sets a mode of a person. Tells nobody.
    pub(crate) fn set_user_mode(&mut self, id: PersonId, mode: UserMode, on: bool) {
        let person = &mut self.people[id];
        let before = person.modes;
        person.modes.set(mode, on);
        if person.is_registered() {
            self.counted.change(before, person.modes);
        }
        if mode == UserMode::Operator && !on {
            self.suspect(id);
        }
    }

    /// How many of the users are invisible, and how many are operators.
    pub fn invisible_and_operators(&self) -> (usize, usize) {
        (self.counted.invisible, self.counted.operators)
    }

    /// The most that were ever logged in at once.
    pub fn most_users(&self) -> usize {
        self.most_users
    }

    /// How many are connected and have not logged in.
    pub fn strangers(&self) -> usize {
        self.people.len() - self.users
    }

    /// Whether `viewer` may learn of a person by looking around: an invisible person is seen only in shared rooms.
    pub fn can_see(&self, viewer: PersonId, person: PersonId) -> bool {
        let (viewing, seen) = (&self.people[viewer], &self.people[person]);
        viewer == person
            || !seen.modes.has(UserMode::Invisible)
            || viewing.is_operator()
            || seen.channels.iter().any(|channel| viewing.channels.contains(channel))
    }

    /// Takes a person out of the world, but for the connections: the rooms are told and the name is free.
    fn depart(&mut self, id: PersonId, reason: &Text) {
        self.keep_presence(id);
        let person = &self.people[id];
        let words = reason.to_string(self.config.language);
        let said = words.clone();
        let note = if person.is_registered() {
            let quit = self.line(format_args!(":{} QUIT :{words}", person.source())).with_tags(person.tags());
            self.tell_neighbours(id, |_| Some(&quit));
            let name = self.people[id].name().to_owned();
            self.tell_watchers_that_left(&name);
            let person = &self.people[id];
            self.whowas.add(Gone::of(person, self.now));
            self.users -= 1;
            self.counted.change(person.modes, UserModes::default());
            Text::Departed(name, words, self.users.to_string())
        } else {
            let address = self.connections[person.connections[0]].address.to_string();
            match reason {
                Text::SpeaksNoIrc | Text::SpeaksNoTls => Text::Stranger(address),
                _ => Text::GaveUp(address, words),
            }
        };
        self.note(note);
        for index in 0..self.people[id].channels.len() {
            self.keep_event(id, self.people[id].channels[index], Kind::Quit, &said);
        }
        for channel in mem::take(&mut self.people[id].channels) {
            self.channels[channel].members.swap_remove(&id);
            self.close_if_empty(channel);
        }
        self.free_nick(id);
    }
}

/// How many people have a mode: LUSERS comes with every login, and would otherwise look at everybody each time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ModeCounts {
    invisible: usize,
    operators: usize,
}

impl ModeCounts {
    /// A person's modes have changed.
    fn change(&mut self, before: UserModes, after: UserModes) {
        for (mode, count) in
            [(UserMode::Invisible, &mut self.invisible), (UserMode::Operator, &mut self.operators)]
        {
            *count = *count + usize::from(after.has(mode)) - usize::from(before.has(mode));
        }
    }
}
