//! What stands in place of the conversations: the login, the settings, the saved servers and the page of one.

mod login;
mod preferences;
mod profiles;
mod servers;
