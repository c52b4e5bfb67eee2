//! AUTHENTICATE: how a long text travels in short lines
//! ([IRCv3 sasl-3.1](https://ircv3.net/specs/extensions/sasl-3.1)).
//!
//! The two sides talk in base64, cut into chunks of 400 bytes, each the one parameter of an AUTHENTICATE. A shorter
//! chunk ends the text; a `+` ends a text that is empty or ends with a full chunk. The base64 itself is the business
//! of the speaker; here it is a text like any other.

use std::fmt;

/// How long a chunk is before another chunk follows.
pub const CHUNK_BYTES: usize = 400;
/// The longest text that is put together again, in bytes of base64: far more than any mechanism needs.
pub const MAX_TEXT_BYTES: usize = 16 * CHUNK_BYTES;
/// The chunk with nothing in it.
pub const EMPTY: &str = "+";
/// A client sends this to end the exchange before it is over.
pub const ABORT: &str = "*";

/// A way to prove to a server who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// By the certificate that was shown in the TLS handshake
    /// ([RFC 4422, appendix A](https://www.rfc-editor.org/rfc/rfc4422#appendix-A)).
    External,
    /// By a proof that the password is known, in both directions
    /// ([RFC 7677](https://www.rfc-editor.org/rfc/rfc7677)); see [`scram`](crate::scram).
    ScramSha256,
    /// By saying the password ([RFC 4616](https://www.rfc-editor.org/rfc/rfc4616)).
    Plain,
}

impl Mechanism {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::External, Self::ScramSha256, Self::Plain];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::External => "EXTERNAL",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Plain => "PLAIN",
        }
    }

    /// The mechanism with this name, in whatever case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether it stands in a list such as `PLAIN,EXTERNAL`.
    pub fn is_in(self, list: &str) -> bool {
        list.split(',').any(|name| Self::from_name(name.trim()) == Some(self))
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The chunks of a text in base64, each the parameter of one AUTHENTICATE.
pub fn chunks(encoded: &str) -> impl Iterator<Item = &str> {
    debug_assert!(encoded.is_ascii());
    let mut rest = Some(encoded);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        match text.split_at_checked(CHUNK_BYTES) {
            Some((chunk, behind)) => {
                rest = Some(behind);
                Some(chunk)
            }
            None if text.is_empty() => Some(EMPTY),
            None => Some(text),
        }
    })
}

/// Puts the chunks of one text after another together again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembler {
    text: String,
}

impl Assembler {
    /// Takes a chunk. Returns the whole text, in base64, when this was the last one of it.
    ///
    /// # Errors
    /// [`TooLong`], when this chunk is over its limit or the whole is; the text is forgotten then.
    pub fn take(&mut self, chunk: &str) -> Result<Option<String>, TooLong> {
        let content = if chunk == EMPTY { "" } else { chunk };
        if content.len() > CHUNK_BYTES || self.text.len() + content.len() > MAX_TEXT_BYTES {
            self.text.clear();
            return Err(TooLong);
        }
        self.text.push_str(content);
        let is_last = content.len() < CHUNK_BYTES;
        Ok(is_last.then(|| std::mem::take(&mut self.text)))
    }
}

/// A chunk of more than [`CHUNK_BYTES`], or a text of more than [`MAX_TEXT_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more than AUTHENTICATE may carry")
    }
}

impl std::error::Error for TooLong {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_chunks_and_put_together_again() {
        for (bytes, lengths) in [
            (0, &[1][..]),
            (1, &[1]),
            (399, &[399]),
            (400, &[400, 1]),
            (401, &[400, 1]),
            (800, &[400, 400, 1]),
            (MAX_TEXT_BYTES - 1, &[[400; 15].as_slice(), &[399]].concat()),
        ] {
            let text = "A".repeat(bytes);
            let cut: Vec<_> = chunks(&text).collect();
            assert_eq!(cut.iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), lengths, "{bytes}");
            let mut assembler = Assembler::default();
            let (last, before) = cut.split_last().unwrap();
            for chunk in before {
                assert_eq!(assembler.take(chunk), Ok(None));
            }
            assert_eq!(assembler.take(last), Ok(Some(text)));
            // And it is ready for the next.
            assert_eq!(assembler.take("QQ=="), Ok(Some("QQ==".to_owned())));
        }
    }

    #[test]
    fn nothing_is_a_plus() {
        assert_eq!(chunks("").collect::<Vec<_>>(), ["+"]);
        assert_eq!(Assembler::default().take("+"), Ok(Some(String::new())));
    }

    #[test]
    fn what_is_too_long_is_refused_and_forgotten() {
        let mut assembler = Assembler::default();
        let full = "A".repeat(CHUNK_BYTES);
        assert_eq!(assembler.take(&full), Ok(None));
        assert_eq!(assembler.take(&"A".repeat(CHUNK_BYTES + 1)), Err(TooLong));
        assert_eq!(assembler.take("QQ=="), Ok(Some("QQ==".to_owned())));
        for _ in 0..MAX_TEXT_BYTES / CHUNK_BYTES {
            assert_eq!(assembler.take(&full), Ok(None));
        }
        assert_eq!(assembler.take("AAAA"), Err(TooLong));
    }
}
