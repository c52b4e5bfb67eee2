//! What the model wants done outside. The window, or the program without a window, takes these in order and carries
//! them out; the model itself never does.

use crate::config::profile::Profile;
use crate::model::base::ids::{ConversationId, NetworkId};
use crate::text::i18n::Phrase;

/// Something that the model wants done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Close this network's connection if there is one, and open a new one to here.
    Connect(NetworkId, Box<Profile>),
    /// Keep this server for the next time: we are there.
    Remember(Box<Profile>),
    /// Put the password of this profile into the system's keyring.
    KeepPassword(NetworkId, Box<Profile>),
    /// Send this line on the network's connection; it has no CR LF.
    Send(NetworkId, String),
    /// Close the network's connection. Lines that were to be sent before go out first.
    Disconnect(NetworkId),
    /// Tell the desktop of a message.
    Notify {
        /// Where it was said.
        conversation: ConversationId,
        /// The speaker, and where it was said.
        title: String,
        /// The words.
        text: String,
    },
    /// Tell the desktop of something else than a message.
    Tell {
        /// Where to go from there.
        conversation: ConversationId,
        /// The words.
        phrase: Phrase,
    },
    /// Keep this list of people whom the user does not want to hear.
    KeepIgnored(Vec<String>),
    /// Close the window and end the program.
    Quit,
}
