//! The parts that a network is made of. Each part keeps its state to itself, takes what else it needs as arguments,
//! and returns what is to be sent or shown; none knows the network or another part of it.
//!
//! - [`link`]: how things stand with the server; [`times`]: when what happened, by its clock;
//! - [`identity`]: who we are there; [`joining`]: which rooms we are about to go into;
//! - [`conversations`]: which there are, and which is in front;
//! - [`inquiries`]: what the server was asked and has not finished answering;
//! - [`batches`]: messages from before that are on their way here; [`searches`]: what the server searches for;
//! - [`deliveries`]: what we said that is on its way there;
//! - [`typing`]: whether others know that we are writing;
//! - [`offers`]: rooms to go into with a click;
//! - [`features`]: what the server said of itself.

pub mod batches;
pub mod conversations;
pub mod deliveries;
pub mod features;
pub mod identity;
pub mod inquiries;
pub mod joining;
pub mod link;
pub mod offers;
pub mod searches;
pub mod times;
pub mod typing;
