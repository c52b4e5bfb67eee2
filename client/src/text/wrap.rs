//! Where text breaks into lines: at the places Unicode allows ([UAX #14]), between 汉字 but not before their
//! punctuation, at spaces, and inside a word only when the word alone is too wide.
//!
//! No font is known here: the caller says how wide a piece of text is.
//!
//! [UAX #14]: https://www.unicode.org/reports/tr14/

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;

/// Breaks `text` into lines of at most `max_width`, as many as it takes and at least one.
///
/// Each line is a range of bytes without the spaces and the line feed at its end: those may hang out of sight.
/// `width_of` is asked for words and for single graphemes; a line is as wide as what it is made of.
pub fn wrap(text: &str, max_width: f32, mut width_of: impl FnMut(&str) -> f32) -> Vec<Range<usize>> {
    wrap_styled(text, max_width, |range| width_of(&text[range]))
}

/// The same for a text in which the width of a word depends on where it stands: some of it may be bold.
pub fn wrap_styled(
    text: &str,
    max_width: f32,
    mut width_of: impl FnMut(Range<usize>) -> f32,
) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut line = Line::at(0);
    let mut word_start = 0;
    for (word_end, opportunity) in linebreaks(text) {
        let word = &text[word_start..word_end];
        let shown = word.trim_end();
        let shown_end = word_start + shown.len();
        let shown_width = width_of(word_start..shown_end);
        if line.width > 0.0 && line.width + shown_width > max_width {
            lines.push(line.range());
            line = Line::at(word_start);
        }
        if shown_width > max_width {
            for (offset, grapheme) in shown.grapheme_indices(true) {
                let start = word_start + offset;
                let width = width_of(start..start + grapheme.len());
                if line.width > 0.0 && line.width + width > max_width {
                    lines.push(line.range());
                    line = Line::at(start);
                }
                line.grow(start + grapheme.len(), width);
            }
        } else {
            line.grow(shown_end, shown_width);
        }
        let hanging = word[shown.len()..].trim_end_matches(['\r', '\n']);
        if !hanging.is_empty() {
            line.width += width_of(shown_end..shown_end + hanging.len());
        }
        if opportunity == BreakOpportunity::Mandatory {
            lines.push(line.range());
            line = Line::at(word_end);
        }
        word_start = word_end;
    }
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

/// The longest beginning of `text` that fits in `max_width` with `…` behind it, or all of it if that fits.
pub fn ellipsize(text: &str, max_width: f32, mut width_of: impl FnMut(&str) -> f32) -> String {
    if width_of(text) <= max_width {
        return text.to_owned();
    }
    let room = max_width - width_of("…");
    let mut width = 0.0;
    let mut end = 0;
    for (offset, grapheme) in text.grapheme_indices(true) {
        width += width_of(grapheme);
        if width > room {
            break;
        }
        end = offset + grapheme.len();
    }
    format!("{}…", text[..end].trim_end())
}

/// A line that is being filled.
struct Line {
    start: usize,
    end: usize,
    width: f32,
}

impl Line {
    fn at(start: usize) -> Self {
        Self { start, end: start, width: 0.0 }
    }

    fn grow(&mut self, end: usize, width: f32) {
        self.end = end;
        self.width += width;
    }

    fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A typewriter with wide keys: 1 for ASCII, 2 for everything else.
    fn typewriter(text: &str) -> f32 {
        text.graphemes(true).map(|grapheme| if grapheme.is_ascii() { 1.0 } else { 2.0 }).sum()
    }

    fn lines(text: &str, max_width: f32) -> Vec<&str> {
        wrap(text, max_width, typewriter).into_iter().map(|range| &text[range]).collect()
    }

    #[track_caller]
    fn check(text: &str, max_width: f32, expected: &[&str]) {
        assert_eq!(lines(text, max_width), expected, "{text:?} in {max_width}");
    }

    #[test]
    fn english_breaks_at_spaces_and_the_space_is_not_carried_over() {
        check("hello tea house", 9.0, &["hello tea", "house"]);
        check("hello tea house", 8.0, &["hello", "tea", "house"]);
        check("hello   ", 5.0, &["hello"]);
        check("", 5.0, &[""]);
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_punctuation() {
        check("今天喝茶吗", 6.0, &["今天喝", "茶吗"]);
        check("今天喝茶，好吗", 8.0, &["今天喝", "茶，好吗"]);
        check("中文mixed文", 7.0, &["中文", "mixed文"]);
        check("他说（你好）", 6.0, &["他说", "（你", "好）"]);
    }

    #[test]
    fn a_word_wider_than_the_view_is_cut_between_graphemes() {
        check("abcdefgh", 3.0, &["abc", "def", "gh"]);
        check("a abcdefgh b", 4.0, &["a", "abcd", "efgh", "b"]);
        check("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4.0, &["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]);
        check("茶", 1.0, &["茶"]);
    }

    #[test]
    fn a_line_feed_always_breaks() {
        check("a\nb\r\nc", 80.0, &["a", "b", "c"]);
        check("a\n\nb", 80.0, &["a", "", "b"]);
    }

    #[test]
    fn what_does_not_fit_ends_with_an_ellipsis() {
        let cut = |text, width| ellipsize(text, width, typewriter);
        assert_eq!(cut("tea", 3.0), "tea");
        assert_eq!(cut("teahouse", 5.0), "tea…");
        assert_eq!(cut("茶馆大厅", 6.0), "茶馆…");
        assert_eq!(cut("茶馆", 1.0), "…");
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_but_white_space(text in "[a-c 茶馆，。（👍\n]{0,60}", max_width in 1.0f32..30.0) {
            let wrapped: String = lines(&text, max_width).concat();
            let black = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(black(&wrapped), black(&text));
        }

        #[test]
        fn no_line_is_wider_than_the_view_unless_it_is_one_grapheme(text in "\\PC{0,60}", max_width in 1.0f32..30.0) {
            for line in lines(&text, max_width) {
                prop_assert!(typewriter(line) <= max_width || line.graphemes(true).count() == 1, "{:?}", line);
            }
        }
    }
}
