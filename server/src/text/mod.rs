//! Words: what the server says, in which language, and which names look alike.
//!
//! It knows nobody and asks nothing: a text is a value, and a name is a string. Read [`language`] first.

pub mod language;
pub mod nickname;
pub mod reply;
