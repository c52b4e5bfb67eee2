//! Looking for words in the conversation in front.

use fltk::app;

use super::Controller;
use crate::model::conversation::search::Search;
use crate::text::i18n::Text;
use crate::ui::Action;

/// What is looked for in the conversation in front.
#[derive(Default)]
pub(super) struct Finding {
    search: Search,
    /// Whether it goes on in what is older, and its place is to follow.
    goes_back: bool,
}

impl Controller {
    pub(super) fn open_search(&mut self) {
        self.chat.open_search();
        self.search_typed();
    }

    pub(super) fn close_search(&mut self) {
        if self.chat.search.is_open() {
            self.finding.search.end();
            self.model.borrow_mut().stop_looking_back();
            self.chat.transcript.look_for("", None);
            self.chat.close_search();
        }
    }

    /// What is looked for is another.
    pub(super) fn search_typed(&mut self) {
        self.model.borrow_mut().stop_looking_back();
        let model = self.model.borrow();
        if let Some(current) = model.current() {
            self.finding.search.begin(current, &self.chat.search.text());
        }
    }

    /// To the next place; above the first place that is here, on into older messages.
    pub(super) fn search_go(&mut self, steps: isize) {
        let (at, count) = self.finding.search.count();
        if steps < 0
            && at == count
            && self.finding.search.is_complete()
            && self.model.borrow().can_look_back()
        {
            self.search_further();
        } else {
            self.finding.search.go(steps);
        }
    }

    /// Looks for the words in what is older than what is here.
    pub(super) fn search_further(&mut self) {
        self.model.borrow_mut().look_back(self.finding.search.wanted());
        self.finding.goes_back = true;
        self.chat.search.focus();
    }

    /// Looks on, and shows what was found so far. A long conversation takes several rounds.
    pub(super) fn refresh_search(&mut self) {
        if !self.chat.search.is_open() {
            return;
        }
        let model = self.model.borrow();
        let language = model.language();
        let Some(current) = model.current() else { return };
        if self.finding.search.conversation() != Some(current.id()) {
            self.finding.search.begin(current, &self.chat.search.text());
        }
        let before = self.finding.search.count();
        if self.finding.search.step(current, language, model.shows_traffic()) {
            self.ui.act(Action::Tick);
            app::awake();
        }
        let is_under_way = current.is_looking_back();
        if !is_under_way
            && std::mem::take(&mut self.finding.goes_back)
            && self.finding.search.count().1 > before.1
            && before.1 > 0
        {
            self.finding.search.go(-1);
        }
        let (at, count) = self.finding.search.count();
        let numbers = [at.to_string(), count.to_string()];
        let numbers = [numbers[0].as_str(), numbers[1].as_str()];
        let is_complete = self.finding.search.is_complete();
        let text = match (count, current.has_looked_back_in_vain()) {
            _ if self.finding.search.wanted().is_empty() => String::new(),
            _ if is_under_way => Text::SearchGoesBack.to(language).to_owned(),
            (0, _) if !is_complete => Text::SearchGoesOn.to(language).to_owned(),
            (0, false) => Text::SearchNothing.to(language).to_owned(),
            (0, true) => Text::SearchNothingBack.to(language).to_owned(),
            _ if !is_complete => Text::SearchSoFar.with(numbers).to(language),
            (_, false) => Text::SearchCount.with(numbers).to(language),
            (_, true) => Text::SearchCountAll.with(numbers).to(language),
        };
        let is_offered = is_complete && !self.finding.search.wanted().is_empty() && model.can_look_back();
        let further = is_offered.then(|| Text::SearchFurther.to(language));
        drop(model);
        self.chat.search.set_words(Text::SearchHere.to(language), text, further);
        self.chat.transcript.look_for(self.finding.search.wanted(), self.finding.search.current());
    }
}
