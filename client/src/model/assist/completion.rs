//! Tab: the rest of a name, a room or a command from how it begins.
//!
//! Another press goes on to the next candidate. 汉字 stand without spaces between words, so where no word fits from its
//! beginning, the longest end of it that a name begins with does: `你好小` becomes `你好小明`.

use crate::text::typed;

/// What Tab did last, to go on from there.
#[derive(Debug, Default)]
pub struct Completion {
    last: Option<Round>,
}

/// A walk through all that fits.
#[derive(Debug)]
struct Round {
    /// The text before the part that is being completed, and the text after the caret.
    before: String,
    after: String,
    /// All that fits; never empty.
    fitting: Vec<String>,
    index: usize,
}

impl Completion {
    /// Completes what stands before `caret`, a place in `text` in bytes, by one of `candidates`, the best first; or,
    /// if nothing was typed since the last time, replaces it by the next candidate (or the one before).
    /// Gives the new text and caret, or nothing if nothing fits.
    pub fn complete(
        &mut self,
        text: &str,
        caret: usize,
        candidates: &[String],
        backwards: bool,
    ) -> Option<(String, usize)> {
        let caret = text.floor_char_boundary(caret);
        let goes_on = self.last.as_ref().is_some_and(|round| round.result() == (text.to_owned(), caret));
        if !goes_on {
            self.last = Round::begin(text, caret, candidates, backwards);
        } else if let Some(round) = &mut self.last {
            let count = round.fitting.len();
            round.index = (round.index + if backwards { count - 1 } else { 1 }) % count;
        }
        self.last.as_ref().map(Round::result)
    }
}

impl Round {
    fn begin(text: &str, caret: usize, candidates: &[String], backwards: bool) -> Option<Self> {
        let (typed, after) = text.split_at(caret);
        let word_start = typed
            .rfind(char::is_whitespace)
            .map_or(0, |space| space + typed[space..].chars().next().map_or(0, char::len_utf8));
        let starts = typed[word_start..].char_indices().map(|(offset, _)| word_start + offset);
        let (start, fitting) = starts.filter(|start| may_begin_at(typed, *start)).find_map(|start| {
            let fitting = fitting(typed, start, candidates);
            (!fitting.is_empty()).then_some((start, fitting))
        })?;
        let index = if backwards { fitting.len() - 1 } else { 0 };
        Some(Self { before: typed[..start].to_owned(), after: after.to_owned(), fitting, index })
    }

    fn result(&self) -> (String, usize) {
        let mut text = format!("{}{}", self.before, self.fitting[self.index]);
        let caret = text.len();
        text.push_str(&self.after);
        (text, caret)
    }
}

/// The candidates that begin as `typed[start..]` does, with what should follow them.
fn fitting(typed: &str, start: usize, candidates: &[String]) -> Vec<String> {
    let beginning = typed::narrow(&typed[start..]).to_lowercase();
    let is_first = typed[..start].chars().all(typed::is_blank);
    candidates
        .iter()
        .filter(|candidate| typed::narrow(candidate).to_lowercase().starts_with(&beginning))
        .filter(|candidate| is_first || !candidate.starts_with('/'))
        .map(|candidate| {
            // A name at the beginning of a message says that it is said to this person.
            let is_name = !candidate.starts_with(['/', '#', '&']);
            format!("{candidate}{}", if is_first && is_name { ": " } else { " " })
        })
        .collect()
}

/// Whether a name may begin here: not in the middle of a word of letters.
fn may_begin_at(typed: &str, start: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    !(is_letter(typed[..start].chars().next_back()) && is_letter(typed[start..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<String> {
        ["alice", "Albert", "小明", "小红", "#茶馆", "/join", "/me"].map(str::to_owned).into()
    }

    /// Presses Tab as often as there are expected texts; `|` is the caret.
    #[track_caller]
    fn check(typed: &str, expected: &[&str]) {
        let (mut text, mut caret) = (typed.replace('|', ""), typed.find('|').expect("a caret"));
        let mut completion = Completion::default();
        for expected in expected {
            if let Some((new, place)) = completion.complete(&text, caret, &candidates(), false) {
                (text, caret) = (new, place);
            }
            let mut shown = text.clone();
            shown.insert(caret, '|');
            assert_eq!(shown, *expected, "from {typed:?}");
        }
    }

    #[test]
    fn a_name_at_the_beginning_is_spoken_to_and_elsewhere_just_named() {
        check("ali|", &["alice: |"]);
        check("hi ali|", &["hi alice |"]);
        check("hi @ali|, there", &["hi @alice |, there"]);
    }

    #[test]
    fn pressed_again_it_goes_through_all_that_fit_and_around() {
        check("al|", &["alice: |", "Albert: |", "alice: |"]);
        let mut completion = Completion::default();
        let (text, caret) = completion.complete("al", 2, &candidates(), true).unwrap();
        assert_eq!(text, "Albert: ");
        assert_eq!(completion.complete(&text, caret, &candidates(), true).unwrap().0, "alice: ");
    }

    #[test]
    fn hanzi_need_no_space_before_a_name() {
        check("你好小|", &["你好小明 |", "你好小红 |"]);
        check("小|", &["小明: |", "小红: |"]);
        check("你好al|", &["你好alice |"]);
    }

    #[test]
    fn rooms_and_commands_are_completed_too_and_commands_only_where_they_stand() {
        check("/j|", &["/join |"]);
        check("/join #|", &["/join #茶馆 |"]);
        check("see /j|", &["see /j|"]);
        check("／j|", &["/join |"]);
        check("　/j|", &["　/join |"]);
        check("／join　＃|", &["／join　#茶馆 |"]);
        check("你好＠ａｌ|", &["你好＠alice |"]);
    }

    #[test]
    fn what_fits_nothing_stays_as_it_is() {
        check("xyz|", &["xyz|"]);
        check("balice|", &["balice|"]);
        check("|", &["|"]);
        check("hello |", &["hello |"]);
    }

    #[test]
    fn typing_on_begins_anew() {
        let mut completion = Completion::default();
        completion.complete("al", 2, &candidates(), false).unwrap();
        assert_eq!(completion.complete("alice: al", 9, &candidates(), false).unwrap().0, "alice: alice ");
    }
}
