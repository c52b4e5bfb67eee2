//! What a person has chosen: the command line and the settings, and the folder that keeps them.
//!
//! In reading order: [`options`] (the command line, and what the window starts with), [`settings`] (what is
//! remembered), [`unknown`] (keys of a later version), [`profile`] (a server to go to, and how), [`address`] (where
//! it is, as typed), [`irc_url`] (addresses that lead to a server), [`fingerprint`] (how a server is recognised),
//! [`pem`] (the user's own certificate), [`placement`] (where the window stands), [`folder`] (how files are kept).

pub mod address;
pub mod fingerprint;
pub mod folder;
pub mod irc_url;
pub mod options;
pub mod pem;
pub mod placement;
pub mod profile;
pub mod settings;
pub mod unknown;
