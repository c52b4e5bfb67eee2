//! Typed text, and what it means: a Chinese keyboard gives `／`, `＃`, `＠`, `：` and `　` where another keyboard gives
//! `/`, `#`, `@`, `:` and a space, and text copied from a page may have characters in it that nobody sees.
//!
//! This is the one place where signs are made the same. Words that are said to people stay as they were typed.

use std::borrow::Cow;

use teahouse_protocol::names;

use crate::text::unseen;

/// How a text begins that was typed into the message box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning<'a> {
    /// With words.
    Words,
    /// With a doubled sign: the text behind the first sign is said.
    Literal(&'a str),
    /// With the sign of commands; what follows it, and where that begins.
    Command(&'a str, usize),
    /// With `、`, which the key of `/` gives in Chinese. That may be the sign of a command, and is for people to say.
    Doubtful(&'a str, usize),
}

/// How a text begins. Spaces and characters that show nothing do not count before a sign.
pub fn beginning(text: &str) -> Beginning<'_> {
    let signs = text.trim_start_matches(is_blank);
    let mut chars = signs.chars();
    let Some(sign) = chars.next() else { return Beginning::Words };
    let rest = chars.as_str();
    let start = text.len() - rest.len();
    match sign {
        '/' | '／' if rest.starts_with(['/', '／']) => Beginning::Literal(rest),
        '、' if rest.starts_with('、') => Beginning::Literal(rest),
        '/' | '／' => Beginning::Command(rest, start),
        '、' => Beginning::Doubtful(rest, start),
        _ => Beginning::Words,
    }
}

/// Whether nobody sees a character at the beginning of a text.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || names::is_invisible(c) || c.is_control()
}

/// A text with characters of full width as those of ASCII.
pub fn narrow(text: &str) -> Cow<'_, str> {
    let narrowed = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    };
    if text.chars().all(|c| narrowed(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(narrowed).collect())
}

/// A word that is the name of somebody, of a room or of a command: [narrow], and without what hides in it. Signs that
/// play tricks stay, to be refused.
pub fn name(word: &str) -> String {
    unseen::left_out(&narrow(word.trim_matches(is_blank))).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_one_in_either_width_and_behind_what_nobody_sees() {
        for text in
            ["/me x", "／me x", " /me x", "　／me x", "\u{feff}/me x", "\u{200b} \u{200e}/me x", "\n/me x"]
        {
            let Beginning::Command(rest, start) = beginning(text) else { panic!("{text:?}") };
            assert_eq!((rest, &text[start..]), ("me x", "me x"), "{text:?}");
        }
        for (text, said) in
            [("//x", "/x"), ("／／x", "／x"), ("/／x", "／x"), (" ///", "//"), ("、、x", "、x")]
        {
            assert_eq!(beginning(text), Beginning::Literal(said), "{text:?}");
        }
        assert_eq!(beginning("、me"), Beginning::Doubtful("me", 3));
        for text in ["", " ", "me /x", "\\me", "。/me", "1/2"] {
            assert_eq!(beginning(text), Beginning::Words, "{text:?}");
        }
    }

    #[test]
    fn names_are_narrow_and_have_nothing_in_them_that_nobody_sees() {
        assert_eq!(name("＃茶\u{200b}馆"), "#茶馆");
        assert_eq!(name("ａｎｎａ"), "anna");
        assert_eq!(narrow("茶馆　＠"), "茶馆 @");
        assert!(matches!(narrow("茶馆 anna"), Cow::Borrowed(_)));
    }
}
