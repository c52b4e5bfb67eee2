//! Rooms: who sits in them with which rank, what is allowed there, and whose they are.

pub(super) mod channel;
pub(super) mod deed;
pub(super) mod room_names;
