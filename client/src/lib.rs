//! The window of Teahouse: a chat for any IRC server.
//!
//! In reading order:
//!
//! - [`options`]: the command line, and what the window starts with; [`settings`]: what it remembers;
//!   [`folder`]: where that is kept; [`profile`]: a server to go to, and how; [`address`]: where it is, as typed;
//!   [`fingerprint`]: whom one recognises there; [`irc_url`]: addresses that lead to a server.
//! - [`i18n`]: every text that a person sees, in 中文 and English.
//! - [`event`]: what the window can learn from the network, and how it is read from the wire; [`failure`]: what can go
//!   wrong there, and how it is said.
//! - [`formatting`]: bold and colours in a text; [`unseen`]: what nobody sees in it; [`links`]: addresses in it.
//! - [`registration`]: from the first line to the server's welcome; [`capabilities`]: what is agreed on there; [`sasl`]
//!   and [`scram`]: the login to an account, which is a part of it, too; [`keyring`]: passwords that are kept; [`sts`]: servers that are to be spoken to by TLS only.
//! - [`dial`]: from a name to a socket; [`tls`]: whom to believe at its other end, and [`certificate`], a part
//!   of that; [`pulse`]: whether the server is still there; [`reconnect`]: when to come back;
//!   [`encoding`]: letters as bytes; [`connection`]: the threads that carry lines and events.
//! - [`traffic`]: lines as they went over the wire, for the panel that shows them; [`meanings`]: what commands and
//!   numerics mean.
//! - [`typed`]: what a keyboard gives, and what it means; [`command`]: what can be typed behind a `/`.
//! - [`logs`]: what was said, kept on disk.
//! - [`model`]: what the window knows. No widgets, no sockets.
//! - [`desktop`]: notifications, a sound, day and night: what the desktop around the window is told and asked.
//! - [`headless`]: the program without a window; `signals`: when the system asks it to end.
//! - [`ui`]: the widgets; the only folder that names FLTK.
//!
//! Arrows: `ui, headless → model → event, command → i18n`, and `ui, headless → connection → registration, event`. The
//! model and the connection do not know each other: events go from one to the other and lines back, through the
//! window's hands.

pub mod address;
pub mod capabilities;
pub mod certificate;
pub mod command;
pub mod connection;
pub mod desktop;
pub mod dial;
pub mod encoding;
pub mod event;
pub mod failure;
pub mod fingerprint;
pub mod folder;
pub mod formatting;
#[cfg(unix)]
pub mod headless;
pub mod i18n;
pub mod irc_url;
pub mod keyring;
pub mod links;
pub mod logs;
pub mod meanings;
pub mod model;
pub mod options;
pub mod placement;
pub mod profile;
pub mod pulse;
pub mod reconnect;
pub mod registration;
pub mod sasl;
pub mod scram;
pub mod settings;
#[cfg(unix)]
pub mod signals;
pub mod sts;
pub mod tls;
pub mod traffic;
pub mod typed;
pub mod ui;
pub mod unknown;
pub mod unseen;
