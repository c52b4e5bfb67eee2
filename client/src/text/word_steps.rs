//! Where words begin and end, for keys that go from word to word, by [UAX #29](https://www.unicode.org/reports/tr29/).
//!
//! Each of the 汉字, which are written without spaces, counts as a word.

use unicode_segmentation::UnicodeSegmentation;

/// Where the word before a place begins, in bytes; spaces behind it belong to it.
pub fn before(text: &str, place: usize) -> usize {
    let head = &text[..text.floor_char_boundary(place)];
    head.trim_end().split_word_bound_indices().next_back().map_or(0, |(start, _)| start)
}

/// Where the word behind a place ends, in bytes; spaces before it belong to it.
pub fn after(text: &str, place: usize) -> usize {
    let place = text.floor_char_boundary(place);
    let tail = &text[place..];
    let start = tail.len() - tail.trim_start().len();
    let word = tail[start..].split_word_bounds().next().unwrap_or_default();
    place + start + word.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places that a caret stops at, from the end to the beginning.
    fn stops(text: &str) -> Vec<&str> {
        let mut stops = Vec::new();
        let mut place = text.len();
        while place > 0 {
            let next = before(text, place);
            assert!(next < place, "it goes on");
            stops.push(&text[next..place]);
            place = next;
        }
        stops
    }

    #[test]
    fn a_word_goes_with_the_spaces_behind_it_or_before_it() {
        assert_eq!(stops("the quick  brown "), ["brown ", "quick  ", "the "]);
        assert_eq!(stops("can't, won’t"), ["won’t", ", ", "can't"]);
        assert_eq!(after("the quick", 0), 3);
        assert_eq!(after("the quick", 3), 9);
        assert_eq!((after("", 0), before("", 0)), (0, 0));
        assert_eq!((after("  ", 0), before("  ", 2)), (2, 0));
    }

    #[test]
    fn hanzi_and_emoji_are_never_cut() {
        assert_eq!(stops("喝茶 tea"), ["tea", "茶 ", "喝"]);
        assert_eq!(stops("好👨‍👩‍👧🇨🇳"), ["🇨🇳", "👨‍👩‍👧", "好"]);
        assert_eq!(stops("naïve café"), ["café", "naïve "]);
        assert_eq!(after("喝茶", 1), 3, "from within a character, from its beginning");
    }
}
