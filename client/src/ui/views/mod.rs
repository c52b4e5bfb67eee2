//! What fills the window, and what opens in it.
//!
//! In reading order: [`login`] and [`chat`] (the two views), the parts of the chat: [`lists`], [`topic`],
//! [`transcript`], [`composer`], [`search`]; [`settings`] and [`profile_page`] (pages over both), [`wire`] (the panel
//! that shows what goes over the wire).

pub mod chat;
pub mod composer;
pub mod lists;
pub mod login;
pub mod profile_page;
pub mod search;
pub mod settings;
pub mod topic;
pub mod transcript;
pub mod wire;
