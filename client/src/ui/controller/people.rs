//! What the user does about people: about themselves and others.

use super::Controller;
use crate::model::Order;
use crate::text::i18n::Text;

impl Controller {
    pub(super) fn open_private(&self, nick: &str) {
        if !self.is_me(nick) {
            self.model.borrow_mut().open_private(nick);
        }
        self.chat.composer.focus();
    }

    pub(super) fn mention(&mut self, nick: &str) {
        let text = self.chat.composer.text();
        let space = if text.is_empty() || text.ends_with(' ') { "" } else { " " };
        let text = format!("{text}{space}{nick} ");
        self.chat.composer.set_text(&text, text.len());
        self.chat.composer.focus();
    }

    pub(super) fn ask_whois(&mut self, nick: &str) {
        self.writing.keep_refusal(self.model.borrow_mut().ask_card(nick));
    }

    pub(super) fn ask_online(&mut self) {
        if let Err(refusal) = self.model.borrow_mut().ask_online() {
            self.writing.keep_refusal(Err(refusal));
        }
        self.chat.composer.focus();
    }

    pub(super) fn ignore(&mut self, nick: &str, ignore: bool) {
        self.submit(&format!("/{} {nick}", if ignore { "ignore" } else { "unignore" }));
    }

    pub(super) fn keep_order(&mut self, nick: &str, order: &Order) {
        self.writing.keep_refusal(self.model.borrow_mut().keep_order(nick, order));
    }

    pub(super) fn set_away(&mut self, away: bool) {
        let reason = if away { Text::AwayReason.to(self.language()) } else { "" };
        self.submit(&format!("/away {reason}"));
    }

    pub(super) fn is_me(&self, nick: &str) -> bool {
        self.model.borrow().front().is_some_and(|network| network.same(nick, network.me()))
    }
}
