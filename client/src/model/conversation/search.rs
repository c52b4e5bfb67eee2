//! Looking for words in a conversation.
//!
//! A search reads a few thousand lines at a time, the newest first, so that 100,000 lines do not hold up the window;
//! its owner takes the [`step`](Search::step)s between. Case makes no difference.

use std::collections::VecDeque;
use std::ops::Range;

use crate::model::base::ids::ConversationId;
use crate::model::conversation::Conversation;
use crate::model::conversation::line::{Body, Line};
use crate::text::i18n::Language;

/// How many lines a step reads.
const LINES_AT_ONCE: u64 = 4000;

/// A place where the words stand: the number of a line, and which of the places in it.
pub type Hit = (u64, usize);

/// A search in a conversation.
#[derive(Debug, Default)]
pub struct Search {
    wanted: String,
    conversation: Option<ConversationId>,
    /// The lines that were read.
    read: Range<u64>,
    /// In the order of the lines.
    hits: VecDeque<Hit>,
    current: Option<Hit>,
    is_complete: bool,
}

impl Search {
    /// Looks for something else, or in another conversation. Nothing is found before the next [`step`](Self::step).
    pub fn begin(&mut self, conversation: &Conversation, wanted: &str) {
        let end = conversation.range().1.number();
        *self = Self {
            wanted: wanted.trim().to_owned(),
            conversation: Some(conversation.id()),
            read: end..end,
            ..Self::default()
        };
    }

    /// Forgets what was looked for.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// What is looked for; empty if nothing is.
    pub fn wanted(&self) -> &str {
        &self.wanted
    }

    /// Where it is looked for.
    pub fn conversation(&self) -> Option<ConversationId> {
        self.conversation
    }

    /// Reads the lines that came since the last step, and some of the older ones. Says whether there is more to read.
    ///
    /// Comings and goings are read only where they are shown, and days are no words.
    pub fn step(&mut self, conversation: &Conversation, language: Language, with_traffic: bool) -> bool {
        let (first, end) = conversation.range();
        let (first, end) = (first.number(), end.number());
        while self.hits.front().is_some_and(|hit| hit.0 < first) {
            self.hits.pop_front();
        }
        if self.wanted.is_empty() {
            self.is_complete = true;
            return false;
        }
        let places_in = |number: u64| {
            let is_read = |line: &&Line| match line.body {
                Body::Movements(_) => with_traffic,
                Body::Day(_) => false,
                Body::Message(_) | Body::Notice(_) | Body::Gone => true,
            };
            let line = conversation.line_numbered(number).filter(is_read);
            line.map_or(0, |line| places(&line.text(language), &self.wanted).len())
        };
        let mut newer = Vec::new();
        for number in self.read.end..end {
            newer.extend((0..places_in(number)).map(|index| (number, index)));
        }
        let oldest = self.read.start.saturating_sub(LINES_AT_ONCE).max(first);
        let mut older = Vec::new();
        for number in (oldest..self.read.start).rev() {
            older.extend((0..places_in(number)).rev().map(|index| (number, index)));
        }
        self.hits.extend(newer);
        for hit in older {
            self.hits.push_front(hit);
        }
        self.read = oldest.min(end)..end;
        self.is_complete = oldest <= first;
        if self.current.is_none() {
            self.current = self.hits.back().copied();
        }
        !self.is_complete
    }

    /// Goes to the next place below (`1`) or above (`-1`), around the ends.
    pub fn go(&mut self, steps: isize) {
        let (Some(current), Ok(count)) = (self.current, isize::try_from(self.hits.len())) else { return };
        let at = self.hits.partition_point(|hit| *hit < current);
        let next = (at as isize + steps).checked_rem_euclid(count);
        self.current = next.and_then(|next| self.hits.get(next as usize)).copied();
    }

    /// The place that the user went to; the newest at first.
    pub fn current(&self) -> Option<Hit> {
        self.current
    }

    /// Which of the places that is, counted from 1 at the newest, and how many there are so far.
    pub fn count(&self) -> (usize, usize) {
        let at = self.current.map_or(0, |current| {
            self.hits.len() - self.hits.partition_point(|hit| *hit < current).min(self.hits.len())
        });
        (at, self.hits.len())
    }

    /// Whether every line was read.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// The places where `wanted` stands in `text`, whatever the case of either; places do not overlap.
pub fn places(text: &str, wanted: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = wanted.chars().flat_map(char::to_lowercase).collect();
    let Some(first) = wanted.first() else { return Vec::new() };
    let mut places = Vec::new();
    let mut from = 0;
    for (start, c) in text.char_indices() {
        if start >= from
            && c.to_lowercase().next() == Some(*first)
            && let Some(length) = length_of(&text[start..], &wanted)
        {
            places.push(start..start + length);
            from = start + length;
        }
    }
    places
}

/// How many bytes of `text` are `wanted`, if it begins with that.
fn length_of(text: &str, wanted: &[char]) -> Option<usize> {
    let mut rest = wanted;
    for (offset, c) in text.char_indices() {
        if rest.is_empty() {
            return Some(offset);
        }
        for lower in c.to_lowercase() {
            rest = rest.strip_prefix(&[lower])?;
        }
    }
    rest.is_empty().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::NetworkId;
    use crate::model::conversation::Kind;
    use crate::model::conversation::condense::{Movement, Step};
    use crate::text::i18n::Text;

    fn push(conversation: &mut Conversation, text: &str) {
        let at: Timestamp = "2026-03-01T09:01:00Z".parse().unwrap();
        conversation.lines.push(at, &TimeZone::UTC, Body::Notice(vec![Text::Verbatim.with([text])]));
    }

    fn talk(lines: &[&str]) -> Conversation {
        let id = ConversationId { network: NetworkId(0), number: 0 };
        let mut conversation = Conversation::new(id, Kind::Room, "#a");
        for line in lines {
            push(&mut conversation, line);
        }
        conversation
    }

    fn search(conversation: &Conversation, wanted: &str) -> Search {
        let mut search = Search::default();
        search.begin(conversation, wanted);
        while search.step(conversation, Language::English, true) {}
        search
    }

    /// The place that the search went to, by how many lines down it is.
    fn place(search: &Search, conversation: &Conversation) -> Option<Hit> {
        let first = conversation.range().0.number();
        search.current().map(|(number, index)| (number - first, index))
    }

    #[test]
    fn words_are_found_whatever_their_case_and_in_any_script() {
        #[track_caller]
        fn check(text: &str, wanted: &str, expected: &[&str]) {
            let found: Vec<_> = places(text, wanted).into_iter().map(|place| &text[place]).collect();
            assert_eq!(found, expected, "{wanted:?} in {text:?}");
        }
        check("Tea and TEA", "tea", &["Tea", "TEA"]);
        check("喝茶，茶馆", "茶", &["茶", "茶"]);
        check("aaaa", "aa", &["aa", "aa"]);
        check("Straße ΑΒΓ", "αβγ", &["ΑΒΓ"]);
        check("İstanbul", "i\u{307}s", &["İs"]);
        check("tea", "", &[]);
        check("te", "tea", &[]);
    }

    #[test]
    fn the_newest_place_comes_first_and_one_goes_up_and_around() {
        let conversation = talk(&["tea", "coffee", "tea, tea", "water"]);
        let mut search = search(&conversation, "TEA");
        // Line 0 is the day.
        assert_eq!((place(&search, &conversation), search.count()), (Some((3, 1)), (1, 3)));
        search.go(-1);
        assert_eq!((place(&search, &conversation), search.count()), (Some((3, 0)), (2, 3)));
        search.go(-1);
        search.go(-1);
        assert_eq!(place(&search, &conversation), Some((3, 1)), "around the end");
        search.go(1);
        assert_eq!(place(&search, &conversation), Some((1, 0)));
    }

    #[test]
    fn what_comes_while_one_searches_is_found_and_nothing_moves() {
        let mut conversation = talk(&["tea"]);
        let mut search = search(&conversation, "tea");
        push(&mut conversation, "more tea");
        search.step(&conversation, Language::English, true);
        assert_eq!((place(&search, &conversation), search.count()), (Some((1, 0)), (2, 2)));
    }

    #[test]
    fn what_is_found_in_the_oldest_line_stays_found_until_that_is_gone() {
        let id = ConversationId { network: NetworkId(0), number: 0 };
        let mut conversation = Conversation::new(id, Kind::Room, "#a");
        let at: Timestamp = "2026-03-01T09:01:00Z".parse().unwrap();
        push(&mut conversation, "tea");
        let day = conversation.range().0;
        conversation.lines.void(day);
        for number in 0..crate::model::MAX_LINES {
            let (first, _) = conversation.range();
            let is_first = conversation.line(first).is_some_and(|line| line.text(Language::English) == "tea");
            if is_first {
                let mut search = search(&conversation, "tea");
                search.step(&conversation, Language::English, true);
                assert_eq!(search.count(), (1, 1));
                push(&mut conversation, "one more");
                search.step(&conversation, Language::English, true);
                assert_eq!(search.count(), (0, 0), "{number}");
                return;
            }
            conversation.lines.push(at, &TimeZone::UTC, Body::Notice(vec![Text::Verbatim.with(["water"])]));
        }
        panic!("it was never the oldest");
    }

    #[test]
    fn what_is_not_there_or_not_shown_is_not_found() {
        let mut conversation = talk(&["tea"]);
        let at: Timestamp = "2026-03-01T09:02:00Z".parse().unwrap();
        let (who, phrase) = ("zoe".to_owned(), Text::Joined.with(["zoe"]));
        let movement = Movement { time: String::new(), who, step: Step::Came, phrase };
        conversation.lines.push_movement(at, &TimeZone::UTC, movement);
        assert_eq!(search(&conversation, "zoe").count(), (1, 1));
        let mut hidden = Search::default();
        hidden.begin(&conversation, "zoe");
        hidden.step(&conversation, Language::English, false);
        assert_eq!(hidden.count(), (0, 0));
        for wanted in ["coffee", "2026", "", "  "] {
            let mut search = search(&conversation, wanted);
            search.go(1);
            assert_eq!((search.current(), search.count()), (None, (0, 0)));
            assert!(search.is_complete());
        }
    }

    #[test]
    fn very_many_lines_are_read_in_steps() {
        let mut conversation = talk(&[]);
        for number in 0..9000 {
            push(&mut conversation, if number % 1000 == 0 { "tea" } else { "water" });
        }
        let mut search = Search::default();
        search.begin(&conversation, "tea");
        assert!(search.step(&conversation, Language::English, true));
        assert_eq!(search.count(), (1, 4));
        while search.step(&conversation, Language::English, true) {}
        assert_eq!(search.count(), (1, 9));
    }
}
