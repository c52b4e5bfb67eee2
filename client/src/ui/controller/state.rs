//! What the controller keeps for its parts, each in a type of its own: nothing here does anything.
//!
//! The comment of each type ends with the part that changes it.

use crate::config::placement::Placement;
use crate::config::profile::Profile;
use crate::model::assist::suggest::Suggestions;
use crate::model::forms::profile::ProfileForm;
use crate::model::{ConversationId, NetworkId};

/// What the controller knows of what is being written: `composing`.
#[derive(Default)]
pub(super) struct Writing {
    /// The conversation whose draft stands in the composer.
    pub(super) conversation: Option<ConversationId>,
    /// What could be meant by what was written last.
    pub(super) suggestions: Option<Suggestions>,
    /// Whether the grid of emoji is open instead.
    pub(super) has_grid: bool,
    /// Whether suggestions were sent away; they come back with the next word.
    pub(super) is_dismissed: bool,
    /// Whether a tick is on its way, to look whether somebody has stopped writing.
    pub(super) is_ticking: bool,
}

/// What a dialog may ask about: `dialogs`.
pub(super) enum Asked {
    /// Whether to close the window.
    Closing,
    /// Whether to open this address.
    Opening(String),
    /// Whether to paste this text.
    Pasting(String),
    /// Whether to trust a server that nobody vouches for.
    Trusting,
    /// Whether to remove this saved server.
    Removing(Box<Profile>),
    /// Whether to connect to this network again, since its server was changed.
    ConnectingAgain(NetworkId),
    /// Whether to leave the page of a saved server as it was.
    Discarding,
    /// Nothing: it only tells.
    Telling,
}

/// What the controller knows of the window's place: `place`.
#[derive(Default)]
pub(super) struct Placing {
    /// Where it was put in the beginning; what is still so is not kept.
    pub(super) begun: Option<Placement>,
    /// Where it was put last, and what that became in FLTK's units, at which scale: units are too coarse to tell.
    pub(super) stood: Option<(Placement, [i32; 4], f32)>,
    /// Whether it waits to stand still.
    pub(super) is_waiting: bool,
}

/// A saved server while its page is shown: `profiles`.
pub(super) struct Editing {
    /// The profile as it is saved; nothing for a profile that is not.
    pub(super) saved: Option<Profile>,
    /// What the page was filled in from.
    pub(super) base: Profile,
    /// What stood there before anybody typed.
    pub(super) untouched: ProfileForm,
}
