//! Message tags: the `@key=value;key` before a message
//! ([IRCv3 message-tags](https://ircv3.net/specs/extensions/message-tags)).
//!
//! Tags stay as they came and are looked at only when somebody asks: most messages have none, and most that do are
//! passed on unread.

use std::borrow::Cow;
use std::fmt::Write;

/// The time at which the server got the message ([server-time](https://ircv3.net/specs/extensions/server-time)).
pub const TIME: &str = "time";
/// The name of the message, by which others refer to it ([message-ids](https://ircv3.net/specs/extensions/message-ids)).
pub const MSGID: &str = "msgid";
/// The account that the speaker is logged in to ([account-tag](https://ircv3.net/specs/extensions/account-tag)).
pub const ACCOUNT: &str = "account";
/// The batch that the line is part of ([batch](https://ircv3.net/specs/extensions/batch)).
pub const BATCH: &str = "batch";
/// The label of a question, and of its answer ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
pub const LABEL: &str = "label";
/// The speaker is a program ([bot mode](https://ircv3.net/specs/extensions/bot-mode)).
pub const BOT: &str = "bot";
/// The line goes on the one before it in its batch ([multiline](https://ircv3.net/specs/extensions/multiline)).
pub const MULTILINE_CONCAT: &str = "draft/multiline-concat";
/// Whether the speaker is writing ([typing](https://ircv3.net/specs/client-tags/typing)).
pub const TYPING: &str = "+typing";
/// The same, by the name that it had as a draft.
pub const DRAFT_TYPING: &str = "+draft/typing";
/// The message that is answered ([reply](https://ircv3.net/specs/client-tags/reply)).
pub const REPLY: &str = "+reply";
/// The same, by the name that it had as a draft.
pub const DRAFT_REPLY: &str = "+draft/reply";
/// What the speaker thinks of the message that is answered ([react](https://ircv3.net/specs/client-tags/react)).
pub const REACT: &str = "+draft/react";
/// A reaction that the speaker takes back.
pub const UNREACT: &str = "+draft/unreact";

/// The tags of one message, unread; at most 4094 bytes from a client and 8191 in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tags<'a>(&'a str);

impl<'a> Tags<'a> {
    /// Tags as they stand on the wire, without the `@` and the space behind them.
    pub fn from_wire(raw: &'a str) -> Self {
        Self(raw)
    }

    /// The tags as they stand on the wire, without the `@`.
    pub fn as_wire(&self) -> &'a str {
        self.0
    }

    /// Whether there is no tag at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every tag in order, keys as written, values unescaped; a tag without a value has an empty one.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        self.0.split(';').filter(|tag| !tag.is_empty()).map(|tag| match tag.split_once('=') {
            Some((key, value)) => (key, unescape(value)),
            None => (tag, Cow::Borrowed("")),
        })
    }

    /// The value of `key`; when a key stands twice the last value counts, as the specification says.
    pub fn get(&self, key: &str) -> Option<Cow<'a, str>> {
        if self.is_empty() {
            return None;
        }
        self.iter().filter(|(name, _)| *name == key).last().map(|(_, value)| value)
    }
}

/// Appends `key=value` to a list of tags, escaped; an empty value is written as the key alone.
pub fn push_tag(list: &mut String, key: &str, value: &str) {
    if !list.is_empty() {
        list.push(';');
    }
    list.push_str(key);
    if value.is_empty() {
        return;
    }
    list.push('=');
    for c in value.chars() {
        match c {
            ';' => list.push_str("\\:"),
            ' ' => list.push_str("\\s"),
            '\\' => list.push_str("\\\\"),
            '\r' => list.push_str("\\r"),
            '\n' => list.push_str("\\n"),
            _ => list.write_char(c).expect("a String takes every character"),
        }
    }
}

/// Undoes [`push_tag`]'s escapes. An unknown escape loses its backslash, and so does a lone one at the end.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some(':') => plain.push(';'),
            Some('s') => plain.push(' '),
            Some('r') => plain.push('\r'),
            Some('n') => plain.push('\n'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_unescaped_and_the_last_of_two_counts() {
        let tags = Tags::from_wire("a=1;b;c=x\\sy\\:z\\\\\\r\\n\\q\\;a=2;d=");
        let all: Vec<_> = tags.iter().map(|(key, value)| (key, value.into_owned())).collect();
        let expected = [("a", "1"), ("b", ""), ("c", "x y;z\\\r\nq"), ("a", "2"), ("d", "")];
        assert_eq!(all, expected.map(|(key, value)| (key, value.to_owned())));
        assert_eq!(tags.get("a").as_deref(), Some("2"));
        assert_eq!(tags.get("nope"), None);
    }

    #[test]
    fn what_is_pushed_reads_back_the_same() {
        let mut list = String::new();
        for (key, value) in [("plain", "茶"), ("empty", ""), ("+odd", "a;b c\\d\r\n")] {
            push_tag(&mut list, key, value);
        }
        let tags = Tags::from_wire(&list);
        assert_eq!(tags.get("plain").as_deref(), Some("茶"));
        assert_eq!(tags.get("empty").as_deref(), Some(""));
        assert_eq!(tags.get("+odd").as_deref(), Some("a;b c\\d\r\n"));
        assert!(!list.contains([' ', '\r', '\n']));
    }
}
