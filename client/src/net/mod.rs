//! The way to a server and back: from a name to a socket, from a socket to events.
//!
//! In reading order: [`connection`] (the threads that carry lines and events), [`dial`] (from a name to a socket),
//! [`tls`] (which server to believe), [`registration`] (from the first line to the server's welcome), [`sts`]
//! (servers that are spoken to by TLS only), [`pulse`] (whether the server is still there), [`reconnect`] (when to
//! come back).

pub mod connection;
pub mod dial;
pub mod pulse;
pub mod reconnect;
pub mod registration;
pub mod sts;
pub mod tls;
