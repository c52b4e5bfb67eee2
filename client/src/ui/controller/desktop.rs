//! The desktop around the window: what it is told, and what comes of what it says.

use std::time::Duration;

use fltk::app;
use fltk::dialog::{self, BeepType};
#[cfg(target_os = "linux")]
use fltk::prelude::*;

use super::Controller;
use crate::config::settings::Shade;
#[cfg(target_os = "linux")]
use crate::desktop::attention;
use crate::desktop::{Desktop, News, Note};
use crate::model::ConversationId;
use crate::text::i18n::Text;

/// How long a window waits to hear in which colours to show itself. Later it changes them before the user's eyes.
const FIRST_LOOK: Duration = Duration::from_millis(300);

/// The desktop, and what the controller knows of it.
pub(super) struct Outside {
    pub(super) desktop: Desktop,
    /// Whether it is dark, as far as it has said.
    is_dark: bool,
    /// Whether it was told of something that nobody has looked at.
    wants_attention: bool,
}

impl Outside {
    pub(super) fn new() -> Self {
        Self { desktop: Desktop::new(app::awake), is_dark: false, wants_attention: false }
    }
}

impl Controller {
    /// Day or night, as it is now.
    pub(super) fn shade(&self) -> Shade {
        match self.settings.theme {
            Shade::System if self.outside.is_dark => Shade::Dark,
            Shade::System => Shade::Light,
            shade => shade,
        }
    }

    /// Asks the desktop whether it is dark, if that matters, before the first look at the window.
    pub(super) fn learn_shade(&mut self) {
        if self.settings.theme == Shade::System {
            self.outside.desktop.watch_shade();
            if let Some(News::Dark(is_dark)) = self.outside.desktop.wait(FIRST_LOOK) {
                self.outside.is_dark = is_dark;
            }
        }
    }

    /// Tells of a message, and has the window marked.
    pub(super) fn tell_desktop(&mut self, conversation: ConversationId, title: String, text: String) {
        let open = Text::OpenIt.to(self.language());
        self.outside.desktop.tell(Note { conversation, title, text, open, has_sound: self.settings.sound });
        self.mark_window(true);
    }

    /// Somebody looks at the window: what was told is taken back, and the mark too.
    pub(super) fn leave_desktop_alone(&mut self) {
        if self.outside.wants_attention {
            self.outside.desktop.take_back();
            self.mark_window(false);
        }
    }

    /// Takes in what the desktop has to say. Says whether it had anything.
    pub(super) fn hear_desktop(&mut self) -> bool {
        let news: Vec<_> = self.outside.desktop.drain().collect();
        for news in &news {
            match *news {
                News::Dark(is_dark) => {
                    self.outside.is_dark = is_dark;
                    self.restyle();
                }
                News::Opened(conversation) => self.go_to_told(conversation),
                News::Ring => dialog::beep(BeepType::Message),
            }
        }
        !news.is_empty()
    }

    /// Goes to a conversation that the desktop was told of, unless a question or a page that is not saved comes first.
    fn go_to_told(&mut self, conversation: ConversationId) {
        if self.dialog.asked().is_none() && !self.is_page_changed() {
            self.uncover_chat();
            self.model.borrow_mut().close_form();
            self.select(conversation);
        }
        self.bring_to_front();
    }

    #[cfg(target_os = "linux")]
    fn mark_window(&mut self, wants_attention: bool) {
        if self.outside.wants_attention != wants_attention {
            self.outside.wants_attention = wants_attention;
            attention::want(self.window.os_id() as u32, wants_attention);
        }
    }

    /// FLTK cannot do it there; the user sees the notification instead.
    #[cfg(not(target_os = "linux"))]
    fn mark_window(&mut self, wants_attention: bool) {
        self.outside.wants_attention = wants_attention;
    }

    #[cfg(target_os = "linux")]
    fn bring_to_front(&self) {
        attention::bring_to_front(self.window.os_id() as u32);
    }

    /// Nothing there says that somebody clicked a notification.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "it is a method elsewhere")]
    fn bring_to_front(&self) {}
}
