//! Going from one conversation to another, and from one part of the window to another.

use crate::model::{Conversation, ConversationId, Network, NetworkId, View};
use crate::text::i18n::Text;
use crate::ui::controller::Controller;
use crate::ui::presenter;

impl Controller {
    pub(super) fn select(&self, id: ConversationId) {
        self.model.borrow_mut().select(id);
        self.chat.composer.focus();
    }

    /// Goes to the conversation that was looked at last on this network.
    pub(super) fn select_network(&self, id: NetworkId) {
        let current = self.model.borrow().network(id).and_then(Network::current).map(Conversation::id);
        match current {
            Some(current) => self.select(current),
            None => self.chat.composer.focus(),
        }
    }

    pub(super) fn open_switcher(&self) {
        self.switcher.open(Text::SwitchTo.to(self.language()));
        self.refresh_switcher();
    }

    pub(super) fn refresh_switcher(&self) {
        if self.switcher.is_open() {
            self.switcher.show(presenter::switcher_rows(&self.model.borrow(), &self.switcher.typed()));
        }
    }

    /// Goes to what was chosen in the switcher.
    pub(super) fn switch(&self, id: ConversationId) {
        self.switcher.close();
        self.select(id);
    }

    pub(super) fn close_switcher(&self) {
        self.switcher.close();
        self.chat.composer.focus();
    }

    pub(super) fn show_wire(&self, id: NetworkId) {
        self.select_network(id);
        if !self.chat.wire.is_open() {
            self.chat.toggle_wire();
        }
    }

    pub(super) fn toggle_members(&self) {
        self.chat.toggle_members();
        self.chat.composer.focus();
    }

    /// Goes back to the conversations, and there to the composer.
    pub(super) fn go_back(&mut self) {
        if self.profile_page.is_open() {
            self.leave_profile();
        } else if self.settings_page.is_open() {
            self.close_settings();
        } else if self.shown == Some(View::Chat) {
            self.chat.composer.focus();
        } else {
            self.model.borrow_mut().close_form();
        }
    }

    /// Closes the pages that cover the conversations, but not a page on which something is not saved.
    pub(super) fn uncover_chat(&mut self) {
        if self.is_page_changed() {
            return;
        }
        if self.profile_page.is_open() {
            self.close_profile_page();
        }
        if self.settings_page.is_open() {
            self.close_settings();
        }
    }

    /// Gives the keyboard to what is to be used next in what is in front.
    pub(super) fn focus(&self) {
        match self.shown {
            _ if self.dialog.asked().is_some() => self.dialog.focus(),
            _ if self.menu.is_open() => self.menu.focus(),
            _ if self.switcher.is_open() => self.switcher.focus(),
            _ if self.profile_page.is_open() => self.profile_page.focus(),
            _ if self.settings_page.is_open() => self.settings_page.focus(),
            Some(View::Chat) if self.chat.topic.is_open() => self.chat.topic.focus(),
            Some(View::Chat) => self.chat.composer.focus(),
            _ => self.login.focus(),
        }
    }
}
