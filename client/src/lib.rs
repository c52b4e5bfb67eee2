//! The window of Teahouse: a chat for any IRC server.
//!
//! In reading order, from the bottom up; a folder names nothing that stands below it in this list:
//!
//! - [`text`]: words and letters, and every sentence that the window says, in 中文 and English.
//! - [`config`]: what a person has chosen: the command line, the settings, the servers.
//! - [`event`]: what the window can learn from the network, how it is read from the wire, and what can go wrong.
//! - [`net`]: the way to a server: sockets, TLS, the login, the threads that carry lines and events.
//! - [`command`]: what can be typed behind a `/`; [`logs`]: what was said, kept on disk.
//! - [`model`]: what the window knows. No widgets, no sockets.
//! - [`desktop`]: notifications, a sound, day and night, kept passwords: what the desktop around the window is told and
//!   asked.
//! - [`ui`]: the widgets; the only folder that names FLTK. [`headless`]: the program without a window, and `signals`:
//!   when the system asks it to end.
//!
//! The model and the connection do not know each other: events go from one to the other and lines back, through the
//! window's hands.

pub mod text;

pub mod config;

pub mod event;

pub mod net;

pub mod command;
pub mod logs;

pub mod model;

pub mod desktop;

#[cfg(unix)]
pub mod headless;
#[cfg(unix)]
pub mod signals;
pub mod ui;
