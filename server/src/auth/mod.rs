//! Proofs: passwords and their hashes, and the talk by which a client shows that it knows one.
//!
//! Whose account it is, is decided elsewhere ([`world`](crate::world)). Read [`password`] first.

pub mod hashing;
pub mod password;
pub mod sasl;
