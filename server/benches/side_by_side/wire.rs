//! Just enough of IRC's grammar to tell what a line is, cheaply enough to do it a million times a second.

use memchr::memchr;

/// A line in its parts, all of them slices of it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// `nick!user@host`, a server's name, or nothing.
    pub source: &'a [u8],
    /// A word or a numeric.
    pub command: &'a [u8],
    /// All behind the command, as it stands there.
    pub params: &'a [u8],
}

impl<'a> Received<'a> {
    /// Takes a line apart. Tags are skipped.
    pub fn parse(mut line: &'a [u8]) -> Self {
        if line.first() == Some(&b'@') {
            line = next_word(line).1;
        }
        let source = match line {
            [b':', rest @ ..] => {
                let (source, rest) = next_word(rest);
                line = rest;
                source
            }
            _ => b"",
        };
        let (command, params) = next_word(line);
        Self { source, command, params }
    }

    /// The part of the source before `!`.
    pub fn nick(&self) -> &'a [u8] {
        &self.source[..memchr(b'!', self.source).unwrap_or(self.source.len())]
    }

    /// The first parameter and what stands behind it.
    pub fn target(&self) -> (&'a [u8], &'a [u8]) {
        let (target, rest) = next_word(self.params);
        (target.strip_prefix(b":").unwrap_or(target), rest)
    }
}

fn next_word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, b""),
    }
}

/// A line as text, for a message to the person at the console.
pub fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).chars().take(160).collect()
}
