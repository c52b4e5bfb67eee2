//! Looking for words in the conversation in front.

use fltk::app;

use super::Controller;
use crate::i18n::Text;
use crate::ui::Action;

impl Controller {
    pub(super) fn open_search(&mut self) {
        self.chat.open_search();
        self.search_typed();
    }

    pub(super) fn close_search(&mut self) {
        if self.chat.search.is_open() {
            self.search.end();
            self.chat.transcript.look_for("", None);
            self.chat.close_search();
        }
    }

    /// What is looked for is another.
    pub(super) fn search_typed(&mut self) {
        let model = self.model.borrow();
        if let Some(current) = model.current() {
            self.search.begin(current, &self.chat.search.text());
        }
    }

    pub(super) fn search_go(&mut self, steps: isize) {
        self.search.go(steps);
    }

    /// Looks on, and shows what was found so far. A long conversation takes several rounds.
    pub(super) fn refresh_search(&mut self) {
        if !self.chat.search.is_open() {
            return;
        }
        let model = self.model.borrow();
        let language = model.language();
        let Some(current) = model.current() else { return };
        if self.search.conversation() != Some(current.id()) {
            self.search.begin(current, &self.chat.search.text());
        }
        if self.search.step(current, language) {
            self.kit.act(Action::Tick);
            app::awake();
        }
        drop(model);
        let (at, count) = self.search.count();
        let numbers = [at.to_string(), count.to_string()];
        let numbers = [numbers[0].as_str(), numbers[1].as_str()];
        let text = match (count, self.search.is_complete()) {
            _ if self.search.wanted().is_empty() => String::new(),
            (0, true) => Text::SearchNothing.to(language).to_owned(),
            (0, false) => Text::SearchGoesOn.to(language).to_owned(),
            (_, true) => Text::SearchCount.with(numbers).to(language),
            (_, false) => Text::SearchSoFar.with(numbers).to(language),
        };
        self.chat.search.set_words(Text::SearchHere.to(language), text);
        self.chat.transcript.look_for(self.search.wanted(), self.search.current());
    }
}
