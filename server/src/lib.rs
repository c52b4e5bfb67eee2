//! Teahouse's server: `std::net` blocking sockets, one thread for each connection, one world under one lock.
//!
//! The way of a message, and the files in reading order:
//!
//! 1. [`server`] accepts the connection and gives it a thread of its [pool](threads);
//! 2. [`session`] reads bytes, cuts them into lines and runs these under the lock;
//! 3. [`commands`] finds the command in its table and runs its handler,
//! 4. which changes the [`world`] (people, connections, nicknames, channels) and refuses with a [`reply`](text::reply),
//! 5. and everything said goes into the [`outbox`] of each recipient, which the session flushes without the lock;
//! 6. an outbox whose client reads too slowly is left to the [`drain`] thread;
//! 7. what outlasts the server is in the [`store`].
//!
//! Below them, and knowing nothing of them: `letters` (modes and sets of them), [`text`] (中文 and English), [`auth`]
//! (passwords and proofs), [`config`] (file and flags), [`net`] (TLS, and how to hang up).
//! Around them: [`process`] (log, signals, orders, the manager of services) and [`archive`] (the command line's backup,
//! export and import).
//! `docs/architecture.md` tells why it is built so.

pub mod archive;
pub mod auth;
pub mod commands;
pub mod config;
pub mod drain;
mod letters;
pub mod net;
pub mod outbox;
pub mod process;
pub mod server;
pub mod session;
pub mod store;
pub mod text;
pub mod threads;
pub mod world;

pub use config::Config;
pub use server::Server;

/// The primitives that the [outbox] is built on: its model check builds the same file on others, whose every step a
/// scheduler decides.
mod sync {
    pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard};
}

#[cfg(not(unix))]
compile_error!("the server runs on Unix: Linux, macOS, or Windows by way of WSL");
