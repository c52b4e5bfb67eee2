//! Teahouse's server: `std::net` blocking sockets, one thread for each connection, one world under one lock.
//!
//! The way of a message, and the files in reading order:
//!
//! 1. [`server`] accepts the connection and gives it a thread of its [`staff`];
//! 2. [`session`] reads bytes, cuts them into lines and takes the lock for each;
//! 3. [`commands`] finds the command in its table and runs its handler,
//! 4. which changes the [`world`] (clients, nicknames, channels) and refuses with a [`reply`],
//! 5. and everything said goes into the [`outbox`] of each recipient, which the session flushes without the lock;
//! 6. who reads too slowly is left to the [`drain`] thread;
//! 7. what outlasts the server is in the [`store`], and [`furnish`] brings it back.
//!
//! Around it: [`signals`], the [`service_manager`], the [`log_writer`] and the [`console`].
//! Beside them: [`archive`] (backup, export, import), [`tls`] (sealed connections), [`stranger`] (who speaks no IRC),
//! [`farewell`] (how to hang up), [`config`] (file and flags), [`files`] (how files are read), [`language`] (中文 and
//! English), [`nickname`] (normal forms and look-alikes), [`password`], [`hashing`] and [`sasl`] (who one is),
//! [`user_modes`] (what one has chosen), [`addresses`] (where to listen), [`limits`] (what the system allows),
//! [`advice`] (what should be mended), [`motd`] (the message of the day), [`reload`] (what operators want the whole
//! server to do), [`program`] (which file is run again).
//! `docs/architecture.md` tells why it is built so.

pub mod addresses;
pub mod advice;
pub mod archive;
pub mod commands;
pub mod config;
pub mod console;
mod control;
mod desk;
pub mod drain;
pub mod duration;
pub mod farewell;
pub mod files;
pub mod furnish;
pub mod hashing;
pub mod language;
pub mod limits;
pub mod log_writer;
pub mod motd;
pub mod network;
pub mod nickname;
pub mod outbox;
pub mod password;
pub mod program;
pub mod reload;
pub mod reply;
pub mod sasl;
pub mod server;
pub mod service_manager;
pub mod session;
pub mod signals;
pub mod staff;
pub mod store;
pub mod stranger;
mod sync;
mod throttle;
pub mod tls;
pub mod user_modes;
pub mod world;

pub use config::Config;
pub use server::Server;

#[cfg(not(unix))]
compile_error!("the server runs on Unix: Linux, macOS, or Windows by way of WSL");
