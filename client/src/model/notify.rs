//! Which messages the desktop tells of while nobody looks at the window.

use std::collections::BTreeMap;

use crate::config::settings::Notify;

/// Messages to tell of: everywhere, and where the user wants it otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyRules {
    /// Everywhere else.
    pub everywhere: Notify,
    /// By the [place](crate::model::Network::place_key) of a conversation.
    pub by_place: BTreeMap<String, Notify>,
}
