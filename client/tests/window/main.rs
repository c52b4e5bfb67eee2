//! The window, used as a person uses it: real windows on a display of their own, a real server, mouse and keyboard.
//!
//! One file per subject:
//!
//! - [`seed`]: a test for each promise and each trouble of the chat that Teahouse comes from;
//! - [`login`]: what is wrong with a form or a server; [`account`]: passwords and TLS;
//! - [`keyboard`]: where keys go;
//! - [`servers`]: several servers; [`people`]: other people; [`wire`]: what goes over the wire;
//! - [`talk`]: people talking; [`write`]: what helps one to write; [`transcript`]: what one can do with what was said;
//! - [`history`]: what was said before; [`kept`]: what is on the disk, whose it is, and what becomes of it;
//! - [`desktop`]: what the desktop around the window is told, and what it says;
//! - [`place`]: where the window stands, and how large it is;
//! - [`look`]: how it looks and changes; [`settings`]: what can be chosen; [`profiles`]: the page of a saved server.
//!
//! Each test keeps pictures of what it saw in `target/pictures/`.

#[path = "../support/mod.rs"]
mod support;

mod account;
#[cfg(target_os = "linux")]
mod desktop;
mod history;
mod kept;
mod keyboard;
mod login;
mod look;
mod people;
mod place;
mod profiles;
mod seed;
mod servers;
mod settings;
mod talk;
mod transcript;
mod wire;
mod write;
