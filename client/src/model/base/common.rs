//! What holds on every network alike: what the settings say, what time it is, and whether anybody looks.

use crate::logs::Logs;
use crate::model::base::clock::Clock;
use crate::model::notify::NotifyRules;
use crate::text::i18n::Language;

/// The state that the model and all its networks share. Only the model changes it, for all at once.
#[derive(Clone)]
pub struct Common {
    /// What time it is.
    pub clock: Clock,
    /// The window's language.
    pub language: Language,
    /// People whom the user does not want to hear: names, or patterns as `*!*@host`.
    pub ignored: Vec<String>,
    /// Where conversations are written down, if they are.
    pub logs: Option<Logs>,
    /// What the desktop is told of.
    pub notify: NotifyRules,
    /// Whether the window has the keyboard.
    pub is_focused: bool,
}
