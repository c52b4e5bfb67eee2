//! Names: nicknames, channels, and when two of them are the same.
//!
//! Names are UTF-8. A nickname is letters and digits of any script and the punctuation of RFC 2812, so 小明 is as good
//! a name as alice. Lengths are counted in bytes, of which 汉字 take three each.
//! What a server does beyond that (normal forms, names that only look alike) is the server's own business.

use std::borrow::Cow;
use std::fmt;

/// The longest channel name, in bytes with its `#`.
pub const MAX_CHANNEL_BYTES: usize = 64;

/// How a server compares names: the value of its `CASEMAPPING` token
/// ([Modern IRC](https://modern.ircdocs.horse/#casemapping-parameter)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseMapping {
    /// `A`–`Z` are `a`–`z`.
    #[default]
    Ascii,
    /// As `ascii`, and `[]\^` are `{}|~`. Older servers mean this when they say nothing.
    Rfc1459,
    /// As `rfc1459` without `^` and `~`.
    Rfc1459Strict,
}

impl CaseMapping {
    /// The mapping with this name in a server's 005, if it is one that exists here.
    pub fn from_token(token: &str) -> Option<Self> {
        match token {
            "ascii" => Some(Self::Ascii),
            "rfc1459" => Some(Self::Rfc1459),
            "rfc1459-strict" | "strict-rfc1459" => Some(Self::Rfc1459Strict),
            _ => None,
        }
    }

    /// The name as it stands in 005.
    pub fn token(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Rfc1459 => "rfc1459",
            Self::Rfc1459Strict => "rfc1459-strict",
        }
    }

    /// The form of `name` that is the same for all names that count as equal. Allocates only if something changes.
    pub fn fold(self, name: &str) -> Folded<'_> {
        if name.bytes().any(|byte| self.fold_byte(byte) != byte) {
            Folded(Cow::Owned(name.chars().map(|c| self.fold_char(c)).collect()))
        } else {
            Folded(Cow::Borrowed(name))
        }
    }

    /// Whether two names are the same here.
    pub fn same(self, one: &str, other: &str) -> bool {
        one.len() == other.len()
            && one.bytes().zip(other.bytes()).all(|(a, b)| self.fold_byte(a) == self.fold_byte(b))
    }

    fn fold_char(self, c: char) -> char {
        u8::try_from(c).ok().filter(u8::is_ascii).map_or(c, |byte| self.fold_byte(byte).into())
    }

    fn fold_byte(self, byte: u8) -> u8 {
        match (self, byte) {
            (_, b'A'..=b'Z') => byte.to_ascii_lowercase(),
            (Self::Rfc1459 | Self::Rfc1459Strict, b'[') => b'{',
            (Self::Rfc1459 | Self::Rfc1459Strict, b']') => b'}',
            (Self::Rfc1459 | Self::Rfc1459Strict, b'\\') => b'|',
            (Self::Rfc1459, b'^') => b'~',
            _ => byte,
        }
    }
}

/// A name as the key of a table: made by [`CaseMapping::fold`] and in no other way, so a lookup with a name that was
/// not folded does not compile.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folded<'a>(Cow<'a, str>);

impl Folded<'_> {
    /// The same key, kept.
    pub fn into_owned(self) -> Folded<'static> {
        Folded(Cow::Owned(self.0.into_owned()))
    }

    /// The folded name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Folded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The fault of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidName {
    /// Nothing was given.
    Empty,
    /// More bytes than allowed.
    TooLong {
        /// How many bytes are allowed.
        max_bytes: usize,
    },
    /// A nickname cannot begin with this: a digit or `-` (RFC 2812 §2.3.1), or a channel's sign.
    BadStart(char),
    /// This character can stand nowhere in such a name.
    BadCharacter(char),
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name is needed"),
            Self::TooLong { max_bytes } => write!(f, "a name has at most {max_bytes} bytes"),
            Self::BadStart(c) => write!(f, "a name cannot begin with {c:?}"),
            Self::BadCharacter(c) => write!(f, "a name cannot have {c:?} in it"),
        }
    }
}

impl std::error::Error for InvalidName {}

/// Checks a nickname: letters and digits of any script, and `` []\`_^{|}- ``; no digit or `-` first.
///
/// # Errors
/// [`InvalidName`] with the first thing that is wrong.
pub fn check_nickname(nick: &str, max_bytes: usize) -> Result<(), InvalidName> {
    let first = nick.chars().next().ok_or(InvalidName::Empty)?;
    if first.is_ascii_digit() || first == '-' || CHANNEL_SIGNS.contains(first) {
        return Err(InvalidName::BadStart(first));
    }
    let is_letter = |c: char| (c.is_alphanumeric() && !is_invisible(c)) || "[]\\`_^{|}-".contains(c);
    if let Some(bad) = nick.chars().find(|c| !is_letter(*c)) {
        return Err(InvalidName::BadCharacter(bad));
    }
    if nick.len() > max_bytes {
        return Err(InvalidName::TooLong { max_bytes });
    }
    Ok(())
}

/// Whether a character shows nothing by itself, so that a name looks the same without it: Unicode's
/// [default ignorables](https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point) (joiners, marks of
/// direction, variation selectors, tags, fillers), marks between lines, and blanks that count as letters or signs.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The characters that may begin a channel's name on some server or other; Teahouse's server has `#`.
const CHANNEL_SIGNS: &str = "#&+!";

/// Whether a target is a channel rather than a person.
pub fn is_channel(target: &str) -> bool {
    target.starts_with(|c| CHANNEL_SIGNS.contains(c))
}

/// Checks a channel's name: `#`, and then anything but space, comma, BEL and other control characters
/// ([Modern IRC](https://modern.ircdocs.horse/#channels)), invisible ones included.
///
/// # Errors
/// [`InvalidName`] with the first thing that is wrong.
pub fn check_channel(name: &str) -> Result<(), InvalidName> {
    let rest = match name.chars().next() {
        None => return Err(InvalidName::Empty),
        Some('#') => &name[1..],
        Some(other) => return Err(InvalidName::BadStart(other)),
    };
    if rest.is_empty() {
        return Err(InvalidName::Empty);
    }
    if let Some(bad) =
        rest.chars().find(|c| *c == ',' || c.is_whitespace() || crate::text::is_unprintable(*c))
    {
        return Err(InvalidName::BadCharacter(bad));
    }
    if name.len() > MAX_CHANNEL_BYTES {
        return Err(InvalidName::TooLong { max_bytes: MAX_CHANNEL_BYTES });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_are_letters_and_digits_of_any_script() {
        for good in ["alice", "小明", "王老师", "Ann2", "[bot]", "_x_", "a-b", "Ωmega", "デイブ", "علي"]
        {
            let result = check_nickname(good, 32);
            assert_eq!(result, Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", InvalidName::Empty),
            ("9lives", InvalidName::BadStart('9')),
            ("-dash", InvalidName::BadStart('-')),
            ("#room", InvalidName::BadStart('#')),
            ("a b", InvalidName::BadCharacter(' ')),
            ("a,b", InvalidName::BadCharacter(',')),
            ("a!b", InvalidName::BadCharacter('!')),
            ("a@b", InvalidName::BadCharacter('@')),
            ("a.b", InvalidName::BadCharacter('.')),
            ("小　明", InvalidName::BadCharacter('\u{3000}')),
            ("x\u{202e}y", InvalidName::BadCharacter('\u{202e}')),
            ("茶😀", InvalidName::BadCharacter('😀')),
            ("ann\u{3164}", InvalidName::BadCharacter('\u{3164}')),
            ("ann\u{ffa0}", InvalidName::BadCharacter('\u{ffa0}')),
            ("an\u{200d}n", InvalidName::BadCharacter('\u{200d}')),
            ("一二三四五六七八九十一", InvalidName::TooLong { max_bytes: 32 }),
        ] {
            assert_eq!(check_nickname(bad, 32), Err(why), "{bad:?}");
        }
    }

    #[test]
    fn channel_names_are_anything_printable_behind_a_hash() {
        for good in ["#lobby", "#茶馆", "#c++", "#😀", "#a:b"] {
            assert_eq!(check_channel(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", InvalidName::Empty),
            ("#", InvalidName::Empty),
            ("lobby", InvalidName::BadStart('l')),
            ("#a b", InvalidName::BadCharacter(' ')),
            ("#a,b", InvalidName::BadCharacter(',')),
            ("#a\u{7}", InvalidName::BadCharacter('\u{7}')),
            ("#a\u{200b}", InvalidName::BadCharacter('\u{200b}')),
        ] {
            assert_eq!(check_channel(bad), Err(why), "{bad:?}");
        }
        let long = format!("#{}", "x".repeat(MAX_CHANNEL_BYTES));
        assert_eq!(check_channel(&long), Err(InvalidName::TooLong { max_bytes: MAX_CHANNEL_BYTES }));
    }

    #[test]
    fn names_of_exactly_the_longest_length_are_taken_and_no_longer_ones() {
        for nick in ["x".repeat(32), format!("xx{}", "茶".repeat(10))] {
            assert_eq!((nick.len(), check_nickname(&nick, 32)), (32, Ok(())));
            let longer = format!("{nick}x");
            assert_eq!(check_nickname(&longer, 32), Err(InvalidName::TooLong { max_bytes: 32 }));
        }
        let name = format!("#{}", "茶".repeat(21));
        assert_eq!((name.len(), check_channel(&name)), (MAX_CHANNEL_BYTES, Ok(())));
        let too_long = Err(InvalidName::TooLong { max_bytes: MAX_CHANNEL_BYTES });
        assert_eq!(check_channel(&format!("{name}x")), too_long);
    }

    #[test]
    fn names_that_differ_in_case_only_are_the_same() {
        #[track_caller]
        fn check(mapping: CaseMapping, one: &str, other: &str, same: bool) {
            assert_eq!(mapping.fold(one) == mapping.fold(other), same, "{one} and {other} folded");
            assert_eq!(mapping.same(one, other), same, "{one} and {other} compared");
        }
        check(CaseMapping::Ascii, "Alice", "aLICE", true);
        check(CaseMapping::Ascii, "#茶馆A", "#茶馆a", true);
        check(CaseMapping::Ascii, "a[b]", "a{b}", false);
        check(CaseMapping::Rfc1459, "a[b]\\^", "A{b}|~", true);
        check(CaseMapping::Rfc1459Strict, "a[b]\\", "A{b}|", true);
        check(CaseMapping::Rfc1459Strict, "a^", "a~", false);
        check(CaseMapping::Ascii, "É", "é", false);
        for mapping in [CaseMapping::Ascii, CaseMapping::Rfc1459, CaseMapping::Rfc1459Strict] {
            assert_eq!(CaseMapping::from_token(mapping.token()), Some(mapping));
        }
    }

    #[test]
    fn folding_a_folded_name_borrows_it() {
        assert!(matches!(CaseMapping::Ascii.fold("小明_a"), Folded(Cow::Borrowed(_))));
        assert!(matches!(CaseMapping::Ascii.fold("A"), Folded(Cow::Owned(_))));
    }
}
