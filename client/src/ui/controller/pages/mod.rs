//! The pages in place of the conversations: the login, the settings, the saved servers and the page of a saved server.

mod login;
mod preferences;
pub(super) mod profiles;
mod servers;
