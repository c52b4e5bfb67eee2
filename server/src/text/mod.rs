//! Words: what the server says, in which language, which names look alike, how long a typed length of time is.
//!
//! It knows nobody and asks nothing: a text is a value, and a name is a string. Read [`language`] first.

pub mod duration;
pub mod language;
pub mod nickname;
pub mod reply;
