//! The words on the wire, as Teahouse's server and window both speak them.
//!
//! This crate owns IRC's grammar: what a message is, where a line ends, which names are allowed and when two of
//! them are the same, what each numeric is called, how long anything may be.
//! It knows no sockets, threads, clocks or logs and has no dependencies, so everything here can be tested with a
//! table of strings.
//!
//! The sources are RFC 2812, the [Modern IRC document](https://modern.ircdocs.horse/) and the
//! [IRCv3 specifications](https://ircv3.net/irc/); where they differ, the later ones win.
//!
//! In reading order: [`message`] (one line, taken apart), [`tags`] (what stands before it), [`framing`] (a stream of
//! bytes cut into lines), [`names`] (nicknames, channels, case), [`ranks`] (what members may do), [`numerics`] (replies
//! by number), [`capabilities`], [`batches`], [`references`] and [`failures`] (what extensions are called), [`text`]
//! (the text of a message: limits in bytes, characters that must not reach a screen, CTCP), [`sasl`] and [`scram`] (how
//! a client logs in to an account). Beside the grammar: [`language`] (the two languages of both programs' texts).

pub mod batches;
pub mod capabilities;
pub mod failures;
pub mod framing;
pub mod language;
pub mod message;
pub mod names;
pub mod numerics;
pub mod ranks;
pub mod references;
pub mod sasl;
pub mod scram;
pub mod tags;
pub mod text;

pub use capabilities::Capability;
pub use framing::{Line, LineBuffer, LineLimits};
pub use language::{Language, Words};
pub use message::{InvalidMessage, MAX_PARAMS, Message, Params, Source};
pub use names::{CaseMapping, Folded};
pub use ranks::Rank;
pub use tags::Tags;
