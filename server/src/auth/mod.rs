//! Proofs: passwords and their hashes, and the talk by which a client shows that it knows one.
//!
//! The [`world`](crate::world) decides whose account it is. Read [`password`] first.

pub mod hashing;
pub mod password;
pub mod sasl;
