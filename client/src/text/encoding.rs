//! How the letters of a line stand on the wire.
//!
//! Servers of today speak UTF-8, and some nothing else (`UTF8ONLY`). On others people write as their programs do, and
//! often in GB18030 or GBK. So a line that is no UTF-8 is read as the profile says, or else as GB18030; and what we say
//! is written as the profile says, but never to a server that wants UTF-8.
//!
//! Where people write in several ways, one line has letters of several people: a name in UTF-8 before a text in GBK, or
//! a list of names. So each word is read by itself, and only the words of a text, which are one person's, together.
//! And a text may be cut inside a letter, where the line was full: then it is UTF-8 all the same.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{EncoderResult, GB18030, UTF_8};
use teahouse_protocol::numerics::RPL_NAMREPLY;

/// How much a text must have that is seldom valid by chance: a letter of two bytes is 1, a longer one is 3.
const SURELY_UTF8: usize = 6;

/// A way to write letters, by its [name on the web](https://encoding.spec.whatwg.org/#names-and-labels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Default for Encoding {
    fn default() -> Self {
        Self(UTF_8)
    }
}

impl Encoding {
    /// The encoding of this name, such as `GB18030`, `gbk` or `Big5`; UTF-8 for an empty name. Nothing if there is
    /// none, or if lines of IRC cannot be written in it.
    pub fn parse(name: &str) -> Option<Self> {
        if name.trim().is_empty() {
            return Some(Self::default());
        }
        let found = encoding_rs::Encoding::for_label(name.as_bytes())?;
        found.is_ascii_compatible().then_some(Self(found))
    }

    /// A line as it was meant.
    pub fn decode(self, line: &[u8]) -> Cow<'_, str> {
        if let Ok(text) = str::from_utf8(line) {
            return text.into();
        }
        let (words, text) = line.split_at(start_of_text(line));
        let words = self.decode_words(words);
        let is_list = words.split(' ').any(|word| word.parse() == Ok(RPL_NAMREPLY));
        let text = if is_list { self.decode_words(text) } else { self.decode_text(text) };
        format!("{words}{text}").into()
    }

    /// A line as it goes out; `?` for letters that cannot be written.
    pub fn encode(self, line: &str) -> Cow<'_, [u8]> {
        if self.0 == UTF_8 || line.is_ascii() {
            return line.as_bytes().into();
        }
        let mut encoder = self.0.new_encoder();
        let mut bytes = Vec::with_capacity(line.len() * 2);
        let mut rest = line;
        loop {
            let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
            bytes.reserve(room.unwrap_or(rest.len() * 4));
            let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => return bytes.into(),
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(_) => bytes.push(b'?'),
            }
        }
    }

    /// Whether a letter of this text takes more bytes on the wire than in UTF-8; at the most twice as many.
    pub fn lengthens(self, text: &str) -> bool {
        let is_longer = |c: char| self.encode(c.encode_utf8(&mut [0; 4])).len() > c.len_utf8();
        self.0 == GB18030 && text.chars().any(|c| !c.is_ascii() && is_longer(c))
    }

    fn decode_words(self, words: &[u8]) -> String {
        let words: Vec<_> = words.split(|byte| *byte == b' ').map(|word| self.decode_text(word)).collect();
        words.join(" ")
    }

    /// What one person wrote.
    fn decode_text(self, text: &[u8]) -> String {
        if is_utf8(text) {
            return String::from_utf8_lossy(text).into_owned();
        }
        let by = if self.0 == UTF_8 { GB18030 } else { self.0 };
        by.decode_without_bom_handling(text).0.into_owned()
    }
}

/// Its name; nothing for UTF-8, which need not be said.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == UTF_8 { "" } else { self.0.name() })
    }
}

/// Where the text of a line begins, with its `:`; the line's end if it has none.
fn start_of_text(line: &[u8]) -> usize {
    // The sender stands behind the tags, with a colon of its own.
    let tags = if line.starts_with(b"@") { line.iter().position(|byte| *byte == b' ') } else { None };
    let from = tags.map_or(0, |space| space + 1);
    line[from..].windows(2).position(|two| two == b" :").map_or(line.len(), |at| from + at + 1)
}

/// Whether a text is UTF-8, be it cut inside its first or last letter: by a server where the line was full, or by a
/// client that counts bytes. That takes so many whole letters that nothing else looks like it by chance.
fn is_utf8(text: &[u8]) -> bool {
    let Err(_) = str::from_utf8(text) else { return true };
    let text = text.strip_prefix(b":").unwrap_or(text);
    let text = text.strip_prefix(b"\x01ACTION ").unwrap_or(text);
    let text = text.strip_suffix(b"\x01").unwrap_or(text);
    let half = text.iter().take(3).take_while(|byte| matches!(byte, 0x80..=0xbf)).count();
    let whole = match str::from_utf8(&text[half..]) {
        Ok(whole) => whole,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&text[half..half + error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let weight = |c: char| [0, 0, 1, 3, 3][c.len_utf8()];
    whole.chars().map(weight).sum::<usize>() >= SURELY_UTF8
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &[u8] = b"\xc4\xe3\xba\xc3, bob";

    #[test]
    fn what_is_no_utf8_is_read_as_gb18030_unless_the_profile_says_otherwise() {
        let read = |name: &str, line: &'static [u8]| Encoding::parse(name).unwrap().decode(line);
        assert_eq!(read("", HELLO), "你好, bob");
        assert_eq!(read("gbk", HELLO), "你好, bob");
        assert_eq!(read("Big5", b"\xa7A\xa6n"), "你好");
        assert_eq!(read("windows-1252", b"caf\xe9"), "café");
        for name in ["", "gb18030", "latin1"] {
            assert_eq!(read(name, "你好".as_bytes()), "你好", "others there may speak UTF-8");
        }
        assert!(read("", b"\xff\xfe cut \x81").contains("cut"));
    }

    #[test]
    fn a_text_that_was_cut_inside_a_letter_is_still_utf8() {
        let read = |line: &[u8]| Encoding::default().decode(line).into_owned();
        let whole = ":a!a@h PRIVMSG #茶 :你好，世界".as_bytes();
        for cut in 1..3 {
            assert_eq!(read(&whole[..whole.len() - cut]), ":a!a@h PRIVMSG #茶 :你好，世\u{fffd}");
        }
        let action = [b":a PRIVMSG b :\x01ACTION ", "喝一杯".as_bytes(), b"\xe8\x8c\x01"].concat();
        assert_eq!(read(&action), ":a PRIVMSG b :\u{1}ACTION 喝一杯\u{fffd}\u{1}");
        let rest = [b":a PRIVMSG b :\x8c\xb6", "真好喝".as_bytes()].concat();
        assert_eq!(read(&rest), ":a PRIVMSG b :\u{fffd}\u{fffd}真好喝");
        let russian = ":a PRIVMSG b :привет, мир".as_bytes();
        assert_eq!(read(&russian[..russian.len() - 1]), ":a PRIVMSG b :привет, ми\u{fffd}");
        // So little may be anything.
        assert_eq!(read(b"\xb0\xa1\xd0\xa1"), "啊小");
        assert_eq!(Encoding::parse("latin1").unwrap().decode(b"caf\xe9"), "café");
    }

    #[test]
    fn each_name_and_each_text_of_a_line_is_read_as_whoever_has_it_writes() {
        let read = |line: &[u8]| Encoding::default().decode(line).into_owned();
        let of_both = |before: &str, after: &[u8]| [before.as_bytes(), after].concat();
        let topic = of_both(":t 332 小明 #tea :", HELLO);
        assert_eq!(read(&topic), ":t 332 小明 #tea :你好, bob");
        let tagged = of_both("@time=2026-03-01T09:00:00.000Z :小明!m@h PRIVMSG #茶馆 :", HELLO);
        assert_eq!(read(&tagged), "@time=2026-03-01T09:00:00.000Z :小明!m@h PRIVMSG #茶馆 :你好, bob");
        let names = of_both(":t 353 小明 = #tea :@小明 bob ", b"\xd0\xa1\xba\xec");
        assert_eq!(read(&names), ":t 353 小明 = #tea :@小明 bob 小红");
        assert_eq!(read(b":\xd0\xa1\xba\xec!h@h JOIN #tea"), ":小红!h@h JOIN #tea");
    }

    #[test]
    fn what_is_said_goes_out_as_the_profile_says() {
        let written = |name: &str, line: &str| Encoding::parse(name).unwrap().encode(line).into_owned();
        assert_eq!(written("GB18030", "你好, bob"), HELLO);
        assert_eq!(written("", "你好"), "你好".as_bytes());
        assert_eq!(written("latin1", "é茶!🍵é"), b"\xe9?!?\xe9");
        let tea = written("gb18030", "🍵");
        assert_eq!(Encoding::parse("gb18030").unwrap().decode(&tea), "🍵");
        assert_eq!(written("gb18030", &"茶".repeat(10_000)).len(), 20_000);
        let lengthens = |name: &str, text: &str| Encoding::parse(name).unwrap().lengthens(text);
        assert!(lengthens("gb18030", "茶ö") && lengthens("gb18030", "한국어"));
        assert!(!lengthens("gb18030", "茶 é🍵") && !lengthens("gbk", "ö") && !lengthens("", "ö"));
    }

    #[test]
    fn only_encodings_of_lines_are_taken() {
        for bad in ["klingon", "utf-16", "utf-16le", "iso-2022-jp", "replacement"] {
            assert_eq!(Encoding::parse(bad), None, "{bad}");
        }
        let names = ["", "utf8", "GBK", "big5"].map(|name| Encoding::parse(name).unwrap().to_string());
        assert_eq!(names, ["", "", "GBK", "Big5"]);
    }
}
