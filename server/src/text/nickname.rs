//! The server's rules for names beyond the grammar: one normal form of nicknames, none that look alike, and none that
//! look like a servant's; and the looks of a room's name.
//!
//! Two names that a person cannot tell apart must not be two people. So a name is brought to Unicode's form NFC, full
//! width letters become ordinary ones, and a name is refused when its [`Skeleton`] is already somebody's:
//! Cyrillic `а` looks like Latin `a`. ASCII letters are never folded into one another (`0` and `O`, `l` and `1`, `rn`
//! and `m` stay apart), or plain English names would collide.

use teahouse_protocol::names::{self, InvalidName};
use teahouse_protocol::text;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
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

/// The looks of a person's or a room's name, equal for names that a person cannot tell apart
/// ([UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection), outside ASCII).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Skeleton(String);

impl Skeleton {
    /// The skeleton of a name.
    pub fn of(name: &str) -> Self {
        if name.is_ascii() {
            return Self(name.to_ascii_lowercase());
        }
        let mut bones = String::with_capacity(name.len());
        for c in name.nfkc() {
            if c.is_ascii() {
                bones.push(c.to_ascii_lowercase());
            } else {
                bones.push_str(&bones_of(c));
            }
        }
        Self(bones)
    }
}

/// The looks of a letter outside ASCII, in lower case.
fn bones_of(c: char) -> String {
    let mut buffer = [0; 4];
    let bones: String = skeleton(c.encode_utf8(&mut buffer)).flat_map(char::to_lowercase).collect();
    // A capital that looks like l looks like I, which in ASCII is the capital of i.
    if bones == "l" && c.is_uppercase() { "i".to_owned() } else { bones }
}

/// The names of the servants of this house, and of those that other houses have.
const SERVANTS: &[&str] = &[
    "NickServ",
    "ChanServ",
    "OperServ",
    "HistServ",
    "MemoServ",
    "HostServ",
    "BotServ",
    "HelpServ",
    "InfoServ",
    "StatServ",
    "SaslServ",
    "GroupServ",
    "Services",
    "Global",
];

/// Whether somebody with this nickname, in its normal form, could be taken for a servant of the house, or for the
/// server, whose name is `server`.
pub fn poses_as_servant(nick: &str, server: &str) -> bool {
    let letters: Vec<_> = nick.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    SERVANTS.iter().chain([&server]).any(|name| resembles(&letters, name))
}

/// Whether a nickname is a name of the house but for letters that could be mistaken for its: all in ASCII agree, and at
/// least half of all. This is wider than a [`Skeleton`], since nobody else needs such a name: `NickSer` with a `v` from
/// another alphabet.
fn resembles(letters: &[char], name: &str) -> bool {
    if letters.len() != name.chars().count() {
        return false;
    }
    let mut alike = 0;
    for (&letter, own) in letters.iter().zip(name.chars()) {
        let bones = if letter.is_ascii() { letter.to_string() } else { bones_of(letter) };
        let agrees = bones.chars().eq([own]) || plain(&bones) == plain(&own.to_string());
        if !agrees && (letter.is_ascii() || is_ideograph(letter)) {
            return false;
        }
        alike += usize::from(agrees);
    }
    2 * alike >= letters.len()
}

/// Whether a letter is like none of ASCII: 汉字, and the scripts beside them.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..)
}

/// Makes one of letters and digits of ASCII that are much alike, in lower case.
fn plain(letters: &str) -> String {
    let alike = |c: char| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | 'i' | '|' => 'l',
        c => c,
    };
    letters.chars().map(alike).collect()
}

/// A name as the client typed it, without characters that could play tricks on a screen.
pub(crate) fn shown_in_refusal(name: &str) -> String {
    name.replace(|c| text::is_unprintable(c) || names::is_invisible(c), "_")
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
            ("alice", "ALІCE", true),
            ("#lobby", "#lоbby", true),
            ("#lobby", "#ＬＯＢＢＹ", true),
            ("#lobby", "#𝐥𝐨𝐛𝐛𝐲", true),
            ("#room10", "#rооm𝟏𝟎", true),
            ("#café", "#cafe\u{301}", true),
            ("#room1", "#rooml", false),
            ("#rO", "#r0", false),
            ("modern", "modem", false),
            ("bob0", "bobo", false),
            ("lan", "1an", false),
            ("小明", "小名", false),
        ] {
            assert_eq!(Skeleton::of(one) == Skeleton::of(other), alike, "{one} and {other}");
        }
    }

    #[test]
    fn who_could_be_taken_for_a_servant_or_the_server_is_known() {
        for nick in [
            "NickServ",
            "nickserv",
            "CHANSERV",
            "NickSerʋ",
            "NіckServ",
            "ΝickServ",
            "N1ckServ",
            "NlckServ",
            "NíckServ",
            "ɴɪᴄᴋsᴇʀᴠ",
            "HistServ",
            "OperSеrv",
            "Gl0bal",
            "Global",
            "Services",
            "ChɑnServ",
            "𝐍𝐢𝐜𝐤𝐒𝐞𝐫𝐯",
            "teaꞏhouse",
        ] {
            assert!(poses_as_servant(nick, "tea.house"), "{nick}");
        }
        for nick in [
            "nick",
            "Nick",
            "serving",
            "Nickserv2",
            "观Serv",
            "NickSer服",
            "Владимир",
            "小明",
            "globe",
            "服务服务服务服务",
            "Сергей",
            "observe",
        ] {
            assert!(!poses_as_servant(nick, "tea.house"), "{nick}");
        }
    }
}
