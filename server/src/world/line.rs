//! One line on its way out: formatted once, however many get it.

use std::cell::OnceCell;
use std::fmt;
use std::io::Write;

use arrayvec::{ArrayString, ArrayVec};
use jiff::Timestamp;
use teahouse_protocol::framing::MAX_LINE_BYTES;

use super::client::{Capabilities, Capability};

/// A line with its CR LF, at most 512 bytes, and its tags for those who asked for them.
///
/// Clients fall into classes by what they negotiated. Every class shares the line itself; what stands before it is
/// formatted the first time that somebody of that class is among the recipients.
///
/// It lives on the stack: saying something to a thousand people allocates nothing.
#[derive(Debug)]
pub struct Line {
    words: ArrayVec<u8, MAX_LINE_BYTES>,
    time: Timestamp,
    /// `@time=… `, for `server-time`.
    time_tag: OnceCell<ArrayString<TIME_TAG_BYTES>>,
}

/// `@time=2026-11-22T23:45:00.000Z `, and some to spare for a year of more digits.
const TIME_TAG_BYTES: usize = 40;

impl Line {
    /// The line that says `words` (without CR LF), at `time`. What is over 512 bytes is cut between characters.
    pub fn new(time: Timestamp, words: fmt::Arguments) -> Self {
        let mut line = ArrayVec::new();
        // It fails when the line is full; what fitted has been written.
        let _ = line.write_fmt(words);
        let most = MAX_LINE_BYTES - "\r\n".len();
        if line.len() > most {
            // Whatever is formatted is UTF-8, so a byte that does not continue a character begins one.
            let end = (0..=most).rev().find(|end| line[*end] & 0b1100_0000 != 0b1000_0000).unwrap_or(0);
            line.truncate(end);
        }
        line.extend(*b"\r\n");
        Self { words: line, time, time_tag: OnceCell::new() }
    }

    /// The line as a client with these capabilities gets it.
    pub(crate) fn parts(&self, capabilities: Capabilities) -> [&[u8]; 2] {
        let tags = if capabilities.has(Capability::ServerTime) { self.time_tag().as_bytes() } else { b"" };
        [tags, &self.words]
    }

    fn time_tag(&self) -> &str {
        self.time_tag.get_or_init(|| {
            let mut tag = ArrayString::new();
            fmt::Write::write_fmt(&mut tag, format_args!("@time={:.3} ", self.time))
                .expect("there is room for a time");
            tag
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_many_has_its_time_only_for_those_who_asked() {
        let line = Line::new(Timestamp::from_second(1).unwrap(), format_args!("PING {}", "茶"));
        let mut capabilities = Capabilities::default();
        assert_eq!(line.parts(capabilities).concat(), "PING 茶\r\n".as_bytes());
        capabilities.set(Capability::ServerTime, true);
        assert_eq!(
            line.parts(capabilities).concat(),
            "@time=1970-01-01T00:00:01.000Z PING 茶\r\n".as_bytes()
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_between_characters() {
        for pad in ["", "x", "xx"] {
            let line = Line::new(Timestamp::UNIX_EPOCH, format_args!("{pad}{}", "茶".repeat(300)));
            let whole = line.parts(Capabilities::default()).concat();
            assert!(whole.len() <= MAX_LINE_BYTES && whole.len() > MAX_LINE_BYTES - 3);
            assert!(String::from_utf8(whole).unwrap().ends_with("茶\r\n"));
        }
    }
}
