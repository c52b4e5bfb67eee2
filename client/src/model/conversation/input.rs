//! What is written in a conversation and not yet said, and what was said there before.

use std::collections::VecDeque;

/// How many lines that were sent are kept.
const MAX_SENT: usize = 100;

/// The user's writing in a conversation.
#[derive(Debug, Default)]
pub struct Input {
    /// What is written and not yet sent, while another conversation is in front.
    pub draft: String,
    /// What was sent, the oldest first.
    sent: VecDeque<String>,
    /// The sent text that was called back, by its place, and the text that was written before that.
    recalled: Option<(usize, String)>,
}

impl Input {
    /// Something was sent.
    pub fn keep(&mut self, text: &str) {
        self.recalled = None;
        self.draft.clear();
        if text.trim().is_empty() || self.sent.back().is_some_and(|last| last == text) {
            return;
        }
        if self.sent.len() == MAX_SENT {
            self.sent.pop_front();
        }
        self.sent.push_back(text.to_owned());
    }

    /// The text that was sent before (`-1`) or after (`1`) what is written now; behind the last, the unsent text.
    pub fn recall(&mut self, written: &str, steps: isize) -> Option<String> {
        let here = match &self.recalled {
            Some((index, _)) if self.sent.get(*index).is_some_and(|sent| sent == written) => *index,
            _ => {
                self.recalled = None;
                self.sent.len()
            }
        };
        let next = here.checked_add_signed(steps)?;
        if next >= self.sent.len() {
            return self.recalled.take().map(|(_, before)| before);
        }
        let before = self.recalled.take().map_or_else(|| written.to_owned(), |(_, before)| before);
        self.recalled = Some((next, before));
        self.sent.get(next).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(sent: &[&str]) -> Input {
        let mut input = Input::default();
        sent.iter().for_each(|text| input.keep(text));
        input
    }

    #[test]
    fn what_was_sent_comes_back_and_so_does_what_was_being_written() {
        let mut input = input(&["one", "two"]);
        assert_eq!(input.recall("half", -1).as_deref(), Some("two"));
        assert_eq!(input.recall("two", -1).as_deref(), Some("one"));
        assert_eq!(input.recall("one", -1), None);
        assert_eq!(input.recall("one", 1).as_deref(), Some("two"));
        assert_eq!(input.recall("two", 1).as_deref(), Some("half"));
        assert_eq!(input.recall("half", 1), None);
    }

    #[test]
    fn what_was_called_back_and_changed_is_something_new() {
        let mut input = input(&["one", "two"]);
        input.recall("", -1);
        assert_eq!(input.recall("two and a half", -1).as_deref(), Some("two"));
        assert_eq!(input.recall("two", 1).as_deref(), Some("two and a half"));
    }

    #[test]
    fn nothing_is_kept_twice_on_end_or_without_end() {
        let mut input = input(&["one", "one", " "]);
        assert_eq!(input.recall("", -1).as_deref(), Some("one"));
        assert_eq!(input.recall("one", -1), None);
        for number in 0..200 {
            input.keep(&number.to_string());
        }
        assert_eq!(input.sent.len(), MAX_SENT);
    }
}
