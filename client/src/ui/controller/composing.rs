//! What a person does while writing: drafts, suggestions, emoji, what was sent before.

use fltk::app;
use fltk::prelude::*;

use crate::model::ConversationId;
use crate::model::assist::suggest::{self, Suggestions};
use crate::text::i18n::Phrase;
use crate::ui::controller::Controller;
use crate::ui::controller::dialogs::Asked;
use crate::ui::overlays::picker::{Board, Cell};
use crate::ui::views::composer::{LONG_PASTE, Words};
use crate::ui::{Action, presenter};

/// How many emoji stand side by side.
const EMOJI_COLUMNS: usize = 10;

/// How often to look whether somebody has stopped writing without a word, in seconds.
const TICK_SECS: f64 = 1.0;

/// What the controller knows of what is being written.
#[derive(Default)]
pub(super) struct Writing {
    /// The conversation whose draft stands in the composer.
    conversation: Option<ConversationId>,
    /// What could be meant by what was written last.
    suggestions: Option<Suggestions>,
    /// Whether the grid of emoji is open instead.
    has_grid: bool,
    /// Whether suggestions were sent away; they come back with the next word.
    is_dismissed: bool,
    /// Whether a tick is on its way, to look whether somebody has stopped writing.
    is_ticking: bool,
    /// What is wrong with what is written.
    refusal: Option<Phrase>,
}

impl Writing {
    /// What is wrong with what is written.
    pub(super) fn refusal(&self) -> Option<&Phrase> {
        self.refusal.as_ref()
    }

    /// Keeps why something was refused, to be shown at the composer; nothing if it was done.
    pub(super) fn keep_refusal(&mut self, done: Result<(), Phrase>) {
        self.refusal = done.err();
    }
}

impl Controller {
    /// Something was written.
    pub(super) fn composed(&mut self) {
        let (text, caret) = (self.chat.composer.text(), self.chat.composer.caret());
        self.writing.refusal = self.model.borrow().check_length(&text).err();
        if let Some((text, caret)) = suggest::named_emoji(&text, caret) {
            // Comes back here.
            self.chat.composer.set_text(&text, caret);
            return;
        }
        if self.writing.conversation == self.current_id() {
            self.model.borrow_mut().wrote(&text);
        }
        self.writing.has_grid = false;
        self.writing.suggestions = suggest::suggest(&text, caret, self.language());
        self.writing.is_dismissed &= self.writing.suggestions.is_some();
        self.show_board();
        self.place();
    }

    pub(super) fn send(&mut self) {
        let typed = self.chat.composer.text();
        if typed.is_empty() && self.chat.transcript.cursor().is_some() {
            self.ask_about_cursor();
            return;
        }
        let conversation = self.current_id();
        self.submit(&typed);
        if self.writing.refusal.is_none() {
            if let Some(id) = conversation {
                self.model.borrow_mut().keep_sent(id, &typed);
            }
            self.chat.composer.set_text("", 0);
            self.chat.transcript.drop_cursor();
            self.chat.transcript.scroll_to_bottom();
            self.place();
        }
        self.chat.composer.focus();
    }

    pub(super) fn submit(&mut self, typed: &str) {
        self.writing.refusal = self.model.borrow_mut().submit(typed).err();
    }

    pub(super) fn complete(&mut self, backwards: bool) {
        let (text, caret) = (self.chat.composer.text(), self.chat.composer.caret());
        let completed = self.model.borrow_mut().complete(&text, caret, backwards);
        if let Some((text, caret)) = completed {
            self.chat.composer.set_text(&text, caret);
        }
    }

    /// Takes what is chosen on the board.
    pub(super) fn pick(&mut self) {
        let Some(chosen) = self.chat.picker.chosen() else { return };
        if self.writing.has_grid {
            let emoji = emojis().nth(chosen).map(emojis::Emoji::as_str);
            self.chat.composer.insert(emoji.unwrap_or_default());
        } else if let Some(suggestions) = self.writing.suggestions.take() {
            let text = self.chat.composer.text();
            let insert = suggestions.items.get(chosen).map_or("", |item| item.insert.as_str());
            let (before, after) = (text.get(..suggestions.range.start), text.get(suggestions.range.end..));
            let written = format!("{}{insert}{}", before.unwrap_or_default(), after.unwrap_or_default());
            self.chat.composer.set_text(&written, suggestions.range.start + insert.len());
        }
        self.writing.has_grid = false;
        self.show_board();
        self.chat.composer.focus();
    }

    pub(super) fn step_on_board(&self, columns: isize, rows: isize) {
        self.chat.picker.step(columns, rows);
        self.chat.transcript.widget().clone().redraw();
    }

    /// Shows the grid of emoji, or takes it away.
    pub(super) fn toggle_emoji(&mut self) {
        self.writing.has_grid ^= true;
        self.show_board();
        self.chat.composer.focus();
    }

    fn show_board(&self) {
        let board = if self.writing.has_grid {
            let cells =
                emojis().map(|emoji| Cell { label: emoji.as_str().to_owned(), detail: String::new() });
            Some(Board { cells: cells.collect(), columns: EMOJI_COLUMNS })
        } else if self.writing.is_dismissed {
            None
        } else {
            self.writing.suggestions.as_ref().map(|suggestions| {
                let cell = |item: &suggest::Suggestion| Cell {
                    label: item.label.clone(),
                    detail: item.detail.clone(),
                };
                Board { cells: suggestions.items.iter().map(cell).collect(), columns: 1 }
            })
        };
        if self.chat.picker.show(board) {
            self.chat.transcript.widget().clone().redraw();
        }
    }

    /// Away with whatever lies over the composer or belongs to what is written, the newest first.
    pub(super) fn escape(&mut self) {
        if self.chat.picker.is_open() {
            self.writing.is_dismissed = !self.writing.has_grid;
            self.writing.has_grid = false;
            self.show_board();
        } else if !self.chat.transcript.drop_cursor() && !self.model.borrow_mut().stop_replying() {
            self.close_search();
        }
    }

    /// Writes what was sent before what is written now, or after it.
    pub(super) fn recall(&mut self, steps: isize) {
        let written = self.chat.composer.text();
        let recalled = self.model.borrow_mut().recall(&written, steps);
        if let Some(recalled) = recalled {
            self.chat.composer.set_recalled(&recalled);
        }
    }

    /// Several lines or very long lines were pasted: the window asks about that, in the place where they would be
    /// said. A paste that could not be sent is not taken at all.
    pub(super) fn ask_to_paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_matches('\n');
        let written = self.chat.composer.text_with(text);
        self.writing.refusal = self.model.borrow().check_length(&written).err();
        if self.writing.refusal.is_some() {
            return;
        }
        let lines = text.lines().count();
        let measure = self.model.borrow().measure(&written);
        match measure {
            Some((messages, _)) if lines > 1 || messages > 1 && text.len() > LONG_PASTE => {
                let question = presenter::pasting_question(lines, messages, self.language());
                self.ask(Asked::Pasting(text.to_owned()), question);
            }
            _ => self.chat.composer.insert(text),
        }
    }

    /// Puts the draft of the conversation in front into the composer, and keeps the draft of the conversation before.
    pub(super) fn turn_composer(&mut self) {
        let current = self.current_id();
        if self.writing.conversation == current {
            return;
        }
        // Letters that an input method has not yet made characters of would become characters in the other
        // conversation. It does not give them out, so they are not kept as a draft either.
        app::compose_reset();
        let written = self.chat.composer.text();
        let before = std::mem::replace(&mut self.writing.conversation, current);
        if let Some(before) = before {
            self.model.borrow_mut().keep_draft(before, &written);
        }
        let draft = self.model.borrow().draft().to_owned();
        if draft != written {
            self.chat.composer.set_text(&draft, draft.len());
        }
        self.writing.refusal = None;
    }

    /// What the composer says by itself.
    pub(super) fn refresh_composer(&mut self) {
        let model = self.model.borrow();
        let refusal = self.writing.refusal.as_ref().map(|refusal| refusal.to(model.language()));
        let text = self.chat.composer.text();
        let words = Words { refusal, ..presenter::composer_words(&model, &text, self.settings.send_with) };
        let is_ticking = !model.typing().is_empty();
        drop(model);
        self.chat.composer.set_send_key(self.settings.send_with);
        if self.chat.composer.set_words(words) {
            self.place();
        }
        if is_ticking && !std::mem::replace(&mut self.writing.is_ticking, true) {
            let ui = std::rc::Rc::clone(&self.ui);
            app::add_timeout3(TICK_SECS, move |_| ui.act(Action::Tick));
        }
    }

    /// Some time has passed: people who were writing may have stopped.
    pub(super) fn tick(&mut self) {
        self.writing.is_ticking = false;
    }

    fn current_id(&self) -> Option<ConversationId> {
        self.model.borrow().current().map(crate::model::Conversation::id)
    }
}

/// The emoji of the grid: those that say something without a text beside them.
fn emojis() -> impl Iterator<Item = &'static emojis::Emoji> {
    use emojis::Group;
    let groups = [
        Group::SmileysAndEmotion,
        Group::PeopleAndBody,
        Group::FoodAndDrink,
        Group::AnimalsAndNature,
        Group::Activities,
        Group::TravelAndPlaces,
        Group::Objects,
    ];
    // Fonts need some years to learn new ones.
    let is_known = |emoji: &&emojis::Emoji| emoji.unicode_version() <= emojis::UnicodeVersion::new(14, 0);
    groups.into_iter().flat_map(|group| group.emojis()).filter(is_known)
}
