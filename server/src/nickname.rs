//! What the server does with nicknames beyond the grammar: one normal form, and none that look alike.
//!
//! Two names that a person cannot tell apart must not be two people. So a name is brought to Unicode's form NFC, full
//! width letters become ordinary ones, and a name is refused when its [`Skeleton`] is already somebody's:
//! Cyrillic `а` looks like Latin `a`. ASCII letters are never folded into one another (`0` and `O`, `l` and `1`, `rn`
//! and `m` stay apart), or plain English names would collide.

use teahouse_protocol::names::{self, InvalidName};
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// The normal form of a nickname.
///
/// # Errors
/// [`InvalidName`] when it is no nickname, or longer than `max_bytes`.
pub fn normalize(nick: &str, max_bytes: usize) -> Result<String, InvalidName> {
    let normal = typed_plainly(nick);
    names::check_nickname(&normal, max_bytes)?;
    Ok(normal)
}

/// Form NFC, with ordinary letters in place of full width ones; of a nickname, or of a mask of some.
pub(crate) fn typed_plainly(nick: &str) -> String {
    if nick.is_ascii() { nick.to_owned() } else { nick.chars().map(fold_width).nfc().collect() }
}

/// Full width forms of ASCII (U+FF01 to U+FF5E), as Chinese input methods type them, to ASCII.
fn fold_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xff01 + 0x21).expect("these are ASCII"),
        _ => c,
    }
}

/// What a nickname looks like: equal for names that a person cannot tell apart
/// ([UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection), outside ASCII).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Skeleton(String);

impl Skeleton {
    /// Whether it is that of a servant of the house: nobody else is called so.
    pub fn is_reserved(&self) -> bool {
        matches!(self.0.as_str(), "nickserv" | "chanserv")
    }

    /// The skeleton of a nickname in its normal form.
    pub fn of(nick: &str) -> Self {
        let mut bones = String::with_capacity(nick.len());
        for c in nick.chars() {
            if c.is_ascii() {
                bones.push(c.to_ascii_lowercase());
            } else {
                let mut buffer = [0; 4];
                bones.extend(skeleton(c.encode_utf8(&mut buffer)).flat_map(char::to_lowercase));
            }
        }
        Self(bones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_typed_in_full_width_is_the_ordinary_name() {
        assert_eq!(normalize("ａｌｉｃｅ", 32).as_deref(), Ok("alice"));
        assert_eq!(normalize("小明", 32).as_deref(), Ok("小明"));
        assert_eq!(normalize("e\u{301}", 32).as_deref(), Ok("é"));
        assert!(normalize("９lives", 32).is_err());
    }

    #[test]
    fn names_that_look_alike_have_one_skeleton_and_plain_names_do_not_collide() {
        for (one, other, alike) in [
            ("alice", "ALICE", true),
            ("alice", "аlice", true),
            ("paypal", "раураl", true),
            ("modern", "modem", false),
            ("bob0", "bobo", false),
            ("lan", "1an", false),
            ("小明", "小名", false),
        ] {
            assert_eq!(Skeleton::of(one) == Skeleton::of(other), alike, "{one} and {other}");
        }
    }
}
