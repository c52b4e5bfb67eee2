//! The text of a message: how much of it fits, what of it may reach a screen, and CTCP.

use std::borrow::Cow;
use std::fmt::Write;

/// The longest beginning of `text` that has at most `max_bytes` bytes and cuts no character in two.
pub fn truncate(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

/// Cuts `text` into pieces of at most `max_bytes` bytes, at a space where there is one in a piece's second half and
/// never inside a character. The space at which it was cut is dropped. Empty text gives no piece.
pub fn split(text: &str, max_bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let fitting = truncate(rest, max_bytes.max(4));
        if fitting.len() == rest.len() {
            rest = "";
            return Some(fitting);
        }
        let (piece, dropped) = match fitting.rfind(' ') {
            Some(space) if space >= fitting.len() / 2 => (&fitting[..space], 1),
            _ => (fitting, 0),
        };
        rest = &rest[piece.len() + dropped..];
        Some(piece)
    })
}

/// Whether a character must not reach a terminal or a window as it is: control characters (escape sequences begin
/// with one), bidi overrides that make text read other than it is, and characters that show nothing.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{061c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` with each [unprintable](is_unprintable) character written as an escape, fit for a log line.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unprintable(c) {
            write!(escaped, "{}", c.escape_default()).expect("a String takes every character");
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// A message inside a message: `\x01COMMAND text\x01` as the text of a PRIVMSG or NOTICE
/// ([Modern IRC, "CTCP"](https://modern.ircdocs.horse/ctcp)). `/me` is one, with the command ACTION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ctcp<'a> {
    /// The command, as written.
    pub command: &'a str,
    /// The words after it; may be empty.
    pub text: &'a str,
}

const ACTION: &str = "ACTION";

impl<'a> Ctcp<'a> {
    /// The CTCP message in `text`, if it is one; the closing `\x01` may be missing.
    pub fn parse(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('\x01')?;
        let inner = inner.strip_suffix('\x01').unwrap_or(inner);
        let (command, text) = inner.split_once(' ').unwrap_or((inner, ""));
        (!command.is_empty()).then_some(Self { command, text })
    }

    /// The action that this text tells of: `/me drinks tea`.
    pub fn action(text: &'a str) -> Self {
        Self { command: ACTION, text }
    }

    /// Whether it is one.
    pub fn is_action(&self) -> bool {
        self.command == ACTION
    }
}

impl std::fmt::Display for Ctcp<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.text.is_empty() {
            write!(f, "\x01{}\x01", self.command)
        } else {
            write!(f, "\x01{} {}\x01", self.command, self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_and_never_inside_one() {
        assert_eq!(truncate("茶馆", 6), "茶馆");
        assert_eq!(truncate("茶馆", 5), "茶");
        assert_eq!(truncate("茶馆", 2), "");
        assert_eq!(truncate("ab", 1), "a");
    }

    #[test]
    fn long_text_is_split_at_spaces_where_it_has_them() {
        #[track_caller]
        fn check(text: &str, max_bytes: usize, pieces: &[&str]) {
            assert_eq!(split(text, max_bytes).collect::<Vec<_>>(), pieces, "{text:?} by {max_bytes}");
        }
        check("", 10, &[]);
        check("hello", 10, &["hello"]);
        check("hello tea house", 11, &["hello tea", "house"]);
        check("hellohellohello", 6, &["helloh", "ellohe", "llo"]);
        check("一二三四五", 7, &["一二", "三四", "五"]);
        check("😀😀", 4, &["😀", "😀"]);
        check("😀a茶", 1, &["😀", "a茶"]);
        check("tea house", 6, &["tea", "house"]);
        check("te ahouse", 6, &["te aho", "use"]);
    }

    #[test]
    fn characters_that_could_play_tricks_on_a_terminal_are_escaped() {
        assert_eq!(escape("茶 馆 😀"), "茶 馆 😀");
        assert_eq!(escape("a\x1b[31mb\u{202e}c\u{7}"), "a\\u{1b}[31mb\\u{202e}c\\u{7}");
    }

    #[test]
    fn an_action_is_a_ctcp_message() {
        let action = Ctcp::action("泡茶");
        assert!(action.is_action());
        assert_eq!(Ctcp::parse("\x01ACTION 泡茶\x01"), Some(action));
        assert_eq!(Ctcp::parse("\x01ACTION 泡茶"), Some(action));
        assert_eq!(Ctcp::parse("ACTION"), None);
        assert_eq!(Ctcp::parse("\x01\x01"), None);
        for text in ["\x01VERSION\x01", "\x01PING 1 2\x01"] {
            assert_eq!(Ctcp::parse(text).map(|ctcp| ctcp.to_string()).as_deref(), Some(text));
        }
    }
}
