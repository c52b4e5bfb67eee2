//! What can be done with the text of a field, beyond what FLTK's own inputs do: steps by words, and what its menu has.
//!
//! `edit_keys` hears the keys for it.

use fltk::app;
use fltk::input::Input;
use fltk::prelude::*;
use fltk::text::{TextBuffer, TextEditor};

use crate::text::i18n::Text;

/// A field that the user writes in.
#[derive(Clone)]
pub enum Editable {
    /// One line of a form.
    Line(Input),
    /// The same with dots in the place of what stands in it.
    Secret(Input),
    /// The field for messages.
    Lines(TextEditor, TextBuffer),
}

/// Something to do with what is written in a field, or with the part that is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Take the last change back.
    Undo,
    /// Put it on the clipboard and take it out.
    Cut,
    /// Put it on the clipboard.
    Copy,
    /// Write what is on the clipboard.
    Paste,
    /// Select all.
    SelectAll,
}

impl Edit {
    /// What it is called.
    pub fn text(self) -> Text {
        match self {
            Self::Undo => Text::Undo,
            Self::Cut => Text::Cut,
            Self::Copy => Text::Copy,
            Self::Paste => Text::Paste,
            Self::SelectAll => Text::SelectAll,
        }
    }
}

impl Editable {
    /// What can be done there now.
    pub fn edits(&self) -> Vec<Edit> {
        let (is_empty, is_fixed) = (self.text().is_empty(), self.is_fixed());
        let is_copyable = !self.selection().is_empty() && !self.is_secret();
        let all = [
            (Edit::Undo, !is_fixed),
            (Edit::Cut, is_copyable && !is_fixed),
            (Edit::Copy, is_copyable),
            (Edit::Paste, !is_fixed),
            (Edit::SelectAll, !is_empty),
        ];
        all.into_iter().filter(|(_, is_possible)| *is_possible).map(|(edit, _)| edit).collect()
    }

    /// Does it.
    pub fn edit(&self, edit: Edit) {
        // There may be nothing to take back or to copy by now; then nothing is done.
        match (self, edit) {
            (Self::Line(input) | Self::Secret(input), Edit::Undo) => drop(input.clone().undo()),
            (Self::Line(input) | Self::Secret(input), Edit::Cut) => drop(input.clone().cut()),
            (Self::Line(input) | Self::Secret(input), Edit::Copy) => drop(input.clone().copy()),
            (Self::Line(input) | Self::Secret(input), Edit::Paste) => app::paste_text(input),
            (Self::Lines(input, _), Edit::Undo) => input.undo(),
            (Self::Lines(input, _), Edit::Cut) => input.cut(),
            (Self::Lines(input, _), Edit::Copy) => input.copy(),
            (Self::Lines(input, _), Edit::Paste) => app::paste_text(input),
            (_, Edit::SelectAll) => self.select(0, self.text().len()),
        }
        if let (Self::Line(input) | Self::Secret(input), Edit::Undo | Edit::Cut) = (self, edit) {
            input.clone().do_callback();
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Line(input) | Self::Secret(input) => input.value(),
            Self::Lines(_, buffer) => buffer.text(),
        }
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_))
    }

    fn is_fixed(&self) -> bool {
        matches!(self, Self::Line(input) | Self::Secret(input) if input.readonly())
    }

    fn caret(&self) -> usize {
        let caret = match self {
            Self::Line(input) | Self::Secret(input) => input.position(),
            Self::Lines(input, _) => input.insert_position(),
        };
        usize::try_from(caret).unwrap_or(0)
    }

    /// The bytes that are selected.
    fn selection(&self) -> std::ops::Range<usize> {
        let (one, other) = match self {
            Self::Line(input) | Self::Secret(input) => (input.position(), input.mark()),
            Self::Lines(_, buffer) => buffer.selection_position().unwrap_or_default(),
        };
        let place = |place: i32| usize::try_from(place).unwrap_or(0);
        place(one.min(other))..place(one.max(other))
    }

    /// Selects from one byte up to another, where the caret is then.
    fn select(&self, from: usize, to: usize) {
        let place = |place: usize| i32::try_from(place).unwrap_or(0);
        let (from, to) = (place(from), place(to));
        match self {
            Self::Line(input) | Self::Secret(input) => {
                let mut input = input.clone();
                // Both are within the text.
                let _ = input.set_position(to);
                let _ = input.set_mark(from);
            }
            Self::Lines(input, buffer) => {
                let (mut input, mut buffer) = (input.clone(), buffer.clone());
                if from == to {
                    buffer.unselect();
                } else {
                    buffer.select(from.min(to), from.max(to));
                }
                input.set_insert_position(to);
                input.show_insert_position();
            }
        }
    }

    /// Where the word is that the caret goes to. Text shown as dots has no words that anybody could see.
    fn step(&self, step: fn(&str, usize) -> usize) -> usize {
        let text = self.text();
        let to = step(&text, self.caret());
        match self.is_secret() {
            true if to < self.caret() => 0,
            true => text.len(),
            false => to,
        }
    }

    /// Takes the caret to where the step leads. The selection's other end stays if it `selects`, or else comes along.
    pub(super) fn go(&self, step: fn(&str, usize) -> usize, selects: bool) {
        let (caret, selection, to) = (self.caret(), self.selection(), self.step(step));
        let from = match selects {
            true if selection.is_empty() => caret,
            true if caret == selection.start => selection.end,
            true => selection.start,
            false => to,
        };
        self.select(from, to);
    }

    /// Takes out what is selected, or else what lies between the caret and there.
    pub(super) fn delete(&self, step: fn(&str, usize) -> usize) {
        if self.is_fixed() {
            return;
        }
        let (caret, selection) = (self.caret(), self.selection());
        let range = if selection.is_empty() {
            let to = self.step(step);
            caret.min(to)..caret.max(to)
        } else {
            selection
        };
        let place = |place: usize| i32::try_from(place).unwrap_or(0);
        let (start, end) = (place(range.start), place(range.end));
        match self {
            Self::Line(input) | Self::Secret(input) => {
                // It is within the text.
                let _ = input.clone().replace(start, end, "");
                input.clone().do_callback();
            }
            Self::Lines(input, buffer) => {
                let mut buffer = buffer.clone();
                buffer.unselect();
                buffer.remove(start, end);
                let mut input = input.clone();
                input.set_insert_position(start);
                input.show_insert_position();
            }
        }
    }
}
