//! Rooms that we are to go into, or have asked to.

use std::collections::HashMap;
use std::mem;

use teahouse_protocol::Folded;

use crate::config::profile::Room;

/// Where we are going.
#[derive(Default)]
pub struct Joining {
    /// Rooms to join after the next welcome.
    coming: Vec<Room>,
    /// Rooms that the person asked to join, to be opened when we are in; with their passwords.
    wanted: HashMap<Folded<'static>, Option<String>>,
}

impl Joining {
    /// Rooms to join after the next welcome.
    pub fn coming(&self) -> &[Room] {
        &self.coming
    }

    /// More of them.
    pub fn add(&mut self, rooms: impl IntoIterator<Item = Room>) {
        self.coming.extend(rooms);
    }

    /// The welcome is here.
    pub fn take_coming(&mut self) -> Vec<Room> {
        mem::take(&mut self.coming)
    }

    /// The server is asked to let us into a room.
    pub fn ask(&mut self, room: Folded<'static>, key: Option<String>) {
        self.wanted.insert(room, key);
    }

    /// Whether we asked and were neither let in nor refused.
    pub fn is_asked(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// We are in, or refused: the password with which we asked, if we did.
    pub fn answered(&mut self, room: &Folded<'static>) -> Option<Option<String>> {
        self.wanted.remove(room)
    }

    /// The connection is over.
    pub fn give_up(&mut self) {
        self.wanted.clear();
    }
}
