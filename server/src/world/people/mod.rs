//! People: who is here under which name, from which connections, and with which account.

pub(super) mod accounts;
pub(super) mod client;
pub(super) mod cloak;
pub(super) mod devices;
pub(super) mod guesses;
pub(super) mod logins;
pub(super) mod names;
pub(super) mod presence;
pub(super) mod watch;
pub(super) mod whowas;
