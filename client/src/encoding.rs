//! How the letters of a line stand on the wire.
//!
//! Servers of today speak UTF-8, and some nothing else (`UTF8ONLY`). On others people write as their programs do, and
//! often in GB18030 or GBK. So a line that is no UTF-8 is read as the profile says, or else as GB18030; and what we say
//! is written as the profile says, but never to a server that wants UTF-8.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{EncoderResult, GB18030, UTF_8};

/// A way to write letters, by its [name on the web](https://encoding.spec.whatwg.org/#names-and-labels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Default for Encoding {
    fn default() -> Self {
        Self(UTF_8)
    }
}

impl Encoding {
    /// The encoding of this name, such as `GB18030`, `gbk` or `Big5`; UTF-8 for an empty one. Nothing if there is none,
    /// or if lines of IRC cannot be written in it.
    pub fn parse(name: &str) -> Option<Self> {
        if name.trim().is_empty() {
            return Some(Self::default());
        }
        let found = encoding_rs::Encoding::for_label(name.as_bytes())?;
        found.is_ascii_compatible().then_some(Self(found))
    }

    /// A line as it was meant.
    pub fn decode(self, line: &[u8]) -> Cow<'_, str> {
        match str::from_utf8(line) {
            Ok(text) => text.into(),
            Err(_) => {
                let by = if self.0 == UTF_8 { GB18030 } else { self.0 };
                by.decode_without_bom_handling(line).0
            }
        }
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
}

/// Its name; nothing for UTF-8, which need not be said.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == UTF_8 { "" } else { self.0.name() })
    }
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
    fn what_is_said_goes_out_as_the_profile_says() {
        let written = |name: &str, line: &str| Encoding::parse(name).unwrap().encode(line).into_owned();
        assert_eq!(written("GB18030", "你好, bob"), HELLO);
        assert_eq!(written("", "你好"), "你好".as_bytes());
        assert_eq!(written("latin1", "é茶!🍵é"), b"\xe9?!?\xe9");
        let tea = written("gb18030", "🍵");
        assert_eq!(Encoding::parse("gb18030").unwrap().decode(&tea), "🍵");
        assert_eq!(written("gb18030", &"茶".repeat(10_000)).len(), 20_000);
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
