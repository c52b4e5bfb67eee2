//! Notifications, as the [Desktop Notifications Specification](https://specifications.freedesktop.org/notification-spec/)
//! has them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use dbus::Message;
use dbus::arg::{RefArg, Variant};
use dbus::message::MessageType;

use super::bus::{Bus, Place};
use super::{APP_ID, Note};
use crate::model::ConversationId;

pub(super) const NOTIFICATIONS: Place = Place {
    name: "org.freedesktop.Notifications",
    path: "/org/freedesktop/Notifications",
    interface: "org.freedesktop.Notifications",
};

/// What is done when the notification itself is clicked.
const DEFAULT_ACTION: &str = "default";

/// A bubble has room for a few lines.
const LONGEST: usize = 400;

/// As the naming of [sounds](https://specifications.freedesktop.org/sound-naming-spec/) has it.
pub(super) const SOUND: &str = "message-new-instant";

/// Neither low nor critical. The critical ones stay until somebody closes them, and come through "do not disturb".
const NORMAL: u8 = 1;

/// The server chooses how long it is shown.
const AS_USUAL: i32 = -1;

/// What is shown now.
#[derive(Default)]
pub(super) struct Notes {
    shown: BTreeMap<ConversationId, u32>,
}

impl Notes {
    /// Shows a notification. Says whether the desktop makes a sound with it, if it is to have a sound.
    pub(super) fn show(&mut self, bus: &Bus, note: &Note, has_sound: bool) -> bool {
        // Asked each time: it may be another server by now.
        let skills = match bus.call(&NOTIFICATIONS, "GetCapabilities", ()) {
            Ok(answer) => answer.get1::<Vec<String>>().unwrap_or_default(),
            Err(error) => {
                log::info!("the desktop shows no notifications: {error}");
                return false;
            }
        };
        let has = |skill: &str| skills.iter().any(|one| one == skill);
        let text = shortened(&note.text);
        let text = if has("body-markup") { as_markup(&text) } else { text };
        let actions: &[&str] = if has("actions") { &[DEFAULT_ACTION, note.open] } else { &[] };
        let mut hints: HashMap<&str, Variant<Box<dyn RefArg>>> = HashMap::new();
        hints.insert("desktop-entry", Variant(Box::new(APP_ID.to_owned())));
        hints.insert("category", Variant(Box::new("im.received".to_owned())));
        hints.insert("urgency", Variant(Box::new(NORMAL)));
        if has_sound {
            hints.insert("sound-name", Variant(Box::new(SOUND.to_owned())));
        } else {
            hints.insert("suppress-sound", Variant(Box::new(true)));
        }
        let replaced = self.shown.get(&note.conversation).copied().unwrap_or_default();
        let args = ("Teahouse", replaced, APP_ID, note.title.as_str(), &*text, actions, hints, AS_USUAL);
        match bus.call(&NOTIFICATIONS, "Notify", args) {
            Ok(answer) => {
                if let Some(number) = answer.get1() {
                    self.shown.insert(note.conversation, number);
                }
            }
            Err(error) => log::info!("the desktop did not show a notification: {error}"),
        }
        has("sound")
    }

    /// Takes back all that is shown.
    pub(super) fn take_back(&mut self, bus: &Bus) {
        for (_, number) in std::mem::take(&mut self.shown) {
            if let Err(error) = bus.call(&NOTIFICATIONS, "CloseNotification", (number,)) {
                log::info!("the desktop did not take a notification back: {error}");
            }
        }
    }

    /// Hears a message of the bus. If it says that a notification was clicked, gives what that notification was about.
    pub(super) fn hear(&mut self, message: &Message) -> Option<ConversationId> {
        if message.msg_type() != MessageType::Signal || &*message.interface()? != NOTIFICATIONS.interface {
            return None;
        }
        let (number, action) = (message.get1::<u32>()?, message.get2::<u32, &str>().1);
        let clicked = self.shown.iter().find(|(_, shown)| **shown == number).map(|(about, _)| *about)?;
        match &*message.member()? {
            "NotificationClosed" => {
                self.shown.remove(&clicked);
                None
            }
            "ActionInvoked" if action == Some(DEFAULT_ACTION) => Some(clicked),
            _ => None,
        }
    }
}

/// The beginning of a text that is too long for a bubble.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A text as it is written where `<b>` means bold: what a stranger says is not markup.
fn as_markup(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_says_is_not_markup() {
        assert_eq!(as_markup("1 < 2 && <b>bold</b>"), "1 &lt; 2 &amp;&amp; &lt;b&gt;bold&lt;/b&gt;");
        assert_eq!(as_markup("&amp;"), "&amp;amp;");
        assert_eq!(as_markup("你好 \"小明\""), "你好 \"小明\"");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shortened(&"茶".repeat(LONGEST)), "茶".repeat(LONGEST));
        assert_eq!(shortened(&"茶".repeat(LONGEST + 1)), format!("{}…", "茶".repeat(LONGEST)));
    }
}
