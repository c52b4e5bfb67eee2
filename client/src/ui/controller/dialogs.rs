//! What the dialog asks or tells, and what comes of the answer.

use fltk::app;
use fltk::prelude::*;

use crate::config::profile::Profile;
use crate::model::NetworkId;
use crate::ui::controller::Controller;
use crate::ui::overlays::dialog::Question;
use crate::ui::presenter;

/// What a dialog may ask about.
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

/// For how many rounds of the loop a question waits for what else waits: a flood of news is no reason to hide it.
const MOST_ROUNDS_HELD_BACK: u8 = 20;

impl Controller {
    pub(super) fn ask(&mut self, about: Asked, question: Question) {
        if self.asked.is_none() {
            self.asked = Some(about);
            self.dialog.ask(question);
        }
    }

    /// While something is asked, no key goes anywhere else, even if another widget was given the keyboard meanwhile.
    pub(super) fn keep_focus_in_question(&self) {
        if self.asked.is_some() && app::focus().is_some() && !self.dialog.has_focus() {
            self.dialog.focus();
        }
    }

    /// Does what the dialog asked about.
    pub(super) fn agree(&mut self) {
        match self.asked.take() {
            Some(Asked::Closing) => {
                if self.dialog.option.is_ticked() {
                    self.settings.ask_before_closing = false;
                    self.save();
                }
                self.model.borrow_mut().quit("");
            }
            Some(Asked::Trusting) => {
                // If it cannot be trusted, this was a warning.
                self.model.borrow_mut().trust_stranger();
                self.end_dialog();
            }
            Some(Asked::Opening(target)) => {
                self.open_outside(target);
                self.end_dialog();
            }
            Some(Asked::Pasting(text)) => {
                self.end_dialog();
                self.chat.composer.insert(&text);
            }
            Some(Asked::Removing(profile)) => {
                self.remove_profile(&profile);
                self.end_dialog();
            }
            Some(Asked::ConnectingAgain(id)) => {
                self.model.borrow_mut().disconnect(id);
                self.model.borrow_mut().connect_again(id);
                self.end_dialog();
            }
            Some(Asked::Discarding) => {
                self.close_profile_page();
                self.end_dialog();
            }
            Some(Asked::Telling) | None => self.end_dialog(),
        }
    }

    pub(super) fn end_dialog(&mut self) {
        if let Some(Asked::Trusting) = self.asked.take() {
            self.model.borrow_mut().dismiss_stranger();
        }
        self.dialog.hide();
        self.focus();
        self.window.redraw();
    }

    pub(super) fn ask_to_close(&mut self) {
        if self.is_page_changed() {
            self.leave_profile();
        } else if self.settings.ask_before_closing {
            self.ask(Asked::Closing, presenter::closing_question(self.language()));
        } else {
            self.model.borrow_mut().quit("");
        }
    }

    /// Asks and tells, one after the other, what the network and the keyring brought up. Keys that wait to be heard were
    /// pressed by somebody who has not seen the question, so they are heard first, in the next rounds of the loop.
    pub(super) fn ask_what_came_up(&mut self) {
        if app::ready() && self.rounds_held_back < MOST_ROUNDS_HELD_BACK {
            self.rounds_held_back += 1;
            return;
        }
        self.rounds_held_back = 0;
        self.ask_whom_to_trust();
        self.show_card();
        self.tell_of_keyring();
    }

    fn ask_whom_to_trust(&mut self) {
        let language = self.language();
        let question = self.model.borrow().stranger().map(|it| presenter::trust_question(it, language));
        if let Some(question) = question {
            self.ask(Asked::Trusting, question);
        }
    }

    pub(super) fn show_certificate(&mut self, id: NetworkId) {
        let language = self.language();
        let words = self.model.borrow().network(id).map(|it| presenter::certificate_words(it, language));
        if let Some(words) = words {
            self.ask(Asked::Telling, words);
        }
    }

    /// Shows who somebody is, once the server has said all.
    fn show_card(&mut self) {
        if self.asked.is_some() {
            return;
        }
        let card = self.model.borrow_mut().take_card();
        if let Some(card) = card {
            let question = presenter::card_words(&card, self.language());
            self.ask(Asked::Telling, question);
        }
    }
}
