//! A stream of bytes, cut into lines.
//!
//! TCP delivers bytes, not messages: half a line may come now and the other half later, or three lines at once.
//! [`LineBuffer`] keeps what came until its line is whole. It does no input or output: the owner reads into
//! [`spare`](LineBuffer::spare), says how much came with [`filled`](LineBuffer::filled), and takes lines out with
//! [`next_line`](LineBuffer::next_line). The second step, from line to message, is [`message`](crate::message).

/// A line's own part: 512 bytes with its CR LF (RFC 2812 §2.3).
pub const MAX_LINE_BYTES: usize = 512;
/// Tags that a client may send: 4094 bytes, and their `@` and space (IRCv3 message-tags).
pub const MAX_CLIENT_TAGS_BYTES: usize = 4096;
/// Tags in all: 8191 bytes with their `@` and space (IRCv3 message-tags).
pub const MAX_TAGS_BYTES: usize = 8191;

/// The size a buffer starts with: most connections are silent most of the time, and there may be thousands.
const FIRST_BUFFER_BYTES: usize = 512;

/// How long lines may be, and how much is read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLimits {
    /// Bytes of tags, with the `@` before and the space behind them.
    pub tags_bytes: usize,
    /// Bytes of everything else, with CR LF.
    pub line_bytes: usize,
    /// How large the buffer may grow: what one read may bring, and more than any line.
    pub buffer_bytes: usize,
}

impl LineLimits {
    /// The limits for lines from a client.
    pub const FROM_CLIENT: Self =
        Self { tags_bytes: MAX_CLIENT_TAGS_BYTES, line_bytes: MAX_LINE_BYTES, buffer_bytes: 16 * 1024 };

    /// The limits for lines from a server. Some servers send lines of more than 512 bytes, and a client has no reason
    /// to lose them.
    pub const FROM_SERVER: Self =
        Self { tags_bytes: MAX_TAGS_BYTES, line_bytes: 16 * 1024, buffer_bytes: 64 * 1024 };
}

/// One line out of a [`LineBuffer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A line within the limits, without its end; never empty. Whether it is UTF-8 is not yet known.
    Complete(&'a [u8]),
    /// A line that was over its limit and is gone; the next one is untouched (ERR_INPUTTOOLONG, 417).
    TooLong,
}

/// Bytes that came and are not yet lines.
///
/// It starts small and doubles whenever a read fills it, so an idle connection costs 512 bytes and a busy one reads
/// many lines at once. A buffer that was busy can be made [small again](Self::shrink).
#[derive(Debug)]
pub struct LineBuffer {
    limits: LineLimits,
    bytes: Vec<u8>,
    /// `bytes[start..end]` came and is not yet taken.
    start: usize,
    end: usize,
    /// `bytes[start..scanned]` is known to hold no line end; when a line is whole, its end stands at `scanned`.
    scanned: usize,
}

impl LineBuffer {
    /// An empty buffer.
    pub fn new(limits: LineLimits) -> Self {
        Self { limits, bytes: vec![0; FIRST_BUFFER_BYTES], start: 0, end: 0, scanned: 0 }
    }

    /// Where the next read goes.
    ///
    /// Empty only when a whole buffer came without a line end: such a sender does not speak IRC, and the connection
    /// should be ended.
    pub fn spare(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.scanned -= self.start;
            self.start = 0;
        }
        &mut self.bytes[self.end..]
    }

    /// Says that the first `count` bytes of [`spare`](Self::spare) are new.
    ///
    /// # Panics
    /// When `count` is more than `spare` had.
    pub fn filled(&mut self, count: usize) {
        self.end += count;
        assert!(self.end <= self.bytes.len(), "a read cannot bring more than there was room for");
        if self.end == self.bytes.len() && self.bytes.len() < self.limits.buffer_bytes {
            self.grow();
        }
    }

    /// Becomes as small as it began, if nothing is in it: for a connection that has gone quiet.
    pub fn shrink(&mut self) {
        if self.start == self.end {
            *self = Self::new(self.limits);
        }
    }

    /// Whether a whole line has come and is not yet taken.
    pub fn has_line(&mut self) -> bool {
        let came = &self.bytes[..self.end];
        while came.get(self.start).is_some_and(is_line_end) {
            self.start += 1;
        }
        self.scanned = self.scanned.max(self.start);
        let line_end = find_line_end(&came[self.scanned..]);
        self.scanned = line_end.map_or(self.end, |length| self.scanned + length);
        line_end.is_some()
    }

    /// The bytes that came and were not taken out: after [`has_line`](Self::has_line) it begins with the next line,
    /// whether that is whole or not, and too long or not.
    pub fn waiting(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes the next whole line out, or `None` until more has come.
    ///
    /// A line ends with CR LF; LF alone and CR alone end one too, so neither can hide inside a message that is
    /// passed on. Empty lines are skipped (Modern IRC, "Message Format").
    pub fn next_line(&mut self) -> Option<Line<'_>> {
        if !self.has_line() {
            return None;
        }
        let line = &self.bytes[self.start..self.scanned];
        self.start = self.scanned + 1;
        self.scanned = self.start;
        Some(if self.limits.allow(line) { Line::Complete(line) } else { Line::TooLong })
    }

    /// Takes out the first whole line within the limits that `wanted` picks, wherever it stands; the others stay as
    /// they are. For a client that waits, and has a question that need not wait.
    pub fn take_out(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        let mut from = self.start;
        while let Some(length) = find_line_end(&self.bytes[from..self.end]) {
            let line = &self.bytes[from..from + length];
            if self.limits.allow(line) && wanted(line) {
                let line = line.to_vec();
                self.bytes.copy_within(from + length + 1..self.end, from);
                self.end -= length + 1;
                self.scanned = self.start;
                return Some(line);
            }
            from += length + 1;
        }
        None
    }

    fn grow(&mut self) {
        let larger = (self.bytes.len() * 2).min(self.limits.buffer_bytes);
        self.bytes.resize(larger, 0);
    }
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Where the first line end is. Whole blocks without one are passed over quickly: a loop without an early way out
/// looks at many bytes at a time.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let has_none = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | is_line_end(byte));
    let blocks = bytes.chunks_exact(BLOCK).take_while(has_none).count();
    let passed = blocks * BLOCK;
    bytes[passed..].iter().position(is_line_end).map(|at| passed + at)
}

impl LineLimits {
    fn allow(&self, line: &[u8]) -> bool {
        let tags_bytes = match line {
            [b'@', ..] => line.iter().position(|byte| *byte == b' ').map_or(line.len(), |space| space + 1),
            _ => 0,
        };
        tags_bytes <= self.tags_bytes && line.len() - tags_bytes + "\r\n".len() <= self.line_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` one read each, and gives the lines that came out, `…` for a line that was too long.
    fn lines_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let mut lines = Vec::new();
        for mut piece in pieces {
            while !piece.is_empty() {
                let spare = buffer.spare();
                let count = spare.len().min(piece.len());
                assert!(count > 0, "the buffer is full");
                spare[..count].copy_from_slice(&piece[..count]);
                piece = &piece[count..];
                buffer.filled(count);
                while let Some(line) = buffer.next_line() {
                    lines.push(match line {
                        Line::Complete(line) => String::from_utf8(line.to_vec()).unwrap(),
                        Line::TooLong => "…".to_owned(),
                    });
                }
            }
        }
        lines
    }

    #[track_caller]
    fn check(pieces: &[&str], expected: &[&str]) {
        assert_eq!(lines_of(pieces.iter().map(|piece| piece.as_bytes())), expected, "{pieces:?}");
    }

    #[test]
    fn a_line_is_taken_out_of_turn_and_the_others_stay_in_theirs() {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let long = format!("PING {}", "x".repeat(512));
        let came = format!("one\r\nPING 1\r\n{long}\r\n\r\ntwo\nPING 2\r\nthree\r\nPING 3");
        let spare = buffer.spare();
        spare[..512].copy_from_slice(&came.as_bytes()[..512]);
        buffer.filled(512);
        let rest = &came.as_bytes()[512..];
        buffer.spare()[..rest.len()].copy_from_slice(rest);
        buffer.filled(rest.len());
        assert!(buffer.has_line());
        let is_ping = |line: &[u8]| line.starts_with(b"PING");
        assert_eq!(buffer.take_out(is_ping).as_deref(), Some(&b"PING 1"[..]));
        assert_eq!(buffer.next_line(), Some(Line::Complete(b"one")));
        assert_eq!(buffer.take_out(is_ping).as_deref(), Some(&b"PING 2"[..]));
        assert_eq!(buffer.take_out(is_ping), None, "one is over its limit, and one is half a line");
        for line in [Line::TooLong, Line::Complete(b"two"), Line::Complete(b"three")] {
            assert_eq!(buffer.next_line(), Some(line));
        }
        assert_eq!(buffer.next_line(), None);
        buffer.spare()[..2].copy_from_slice(b"3\n");
        buffer.filled(2);
        assert_eq!(buffer.take_out(is_ping).as_deref(), Some(&b"PING 33"[..]));
        assert_eq!(buffer.next_line(), None);
    }

    #[test]
    fn half_a_line_waits_for_its_other_half() {
        check(&["NICK al"], &[]);
        check(&["NICK al", "ice\r\n"], &["NICK alice"]);
        check(&["NICK alice\r", "\nUSER a\r\n"], &["NICK alice", "USER a"]);
    }

    #[test]
    fn two_lines_in_one_packet_are_two_lines() {
        check(&["NICK a\r\nUSER b\r\nJOIN"], &["NICK a", "USER b"]);
    }

    #[test]
    fn a_line_in_pieces_of_one_byte_is_one_line() {
        let text = "PRIVMSG #茶馆 :你好，世界！😀\r\nPING x\r\n";
        let lines = lines_of(text.as_bytes().chunks(1));
        assert_eq!(lines, ["PRIVMSG #茶馆 :你好，世界！😀", "PING x"]);
    }

    #[test]
    fn any_line_end_will_do_and_empty_lines_are_skipped() {
        check(&["A\nB\rC\r\n\r\n\n\rD\n"], &["A", "B", "C", "D"]);
    }

    #[test]
    fn line_ends_are_found_wherever_they_stand_and_however_many_there_are() {
        // The search takes many bytes at a time: each place in its first blocks, and two and more ends in one of them.
        for before in 0..100 {
            let word = "x".repeat(before);
            for ends in ["\n", "\r\n", "\n\n", "\r\n\r\n"] {
                let text = format!("{word}{ends}{}\n", "y".repeat(40));
                let expected: Vec<_> =
                    [word.clone(), "y".repeat(40)].into_iter().filter(|line| !line.is_empty()).collect();
                assert_eq!(lines_of([text.as_bytes()]), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn what_waits_begins_with_the_next_line_even_if_that_is_too_long() {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let long = "x".repeat(600);
        let mut rest = format!("A\r\n\r\n{long}\nB").into_bytes();
        while !rest.is_empty() {
            let spare = buffer.spare();
            let count = spare.len().min(rest.len());
            spare[..count].copy_from_slice(&rest[..count]);
            buffer.filled(count);
            rest.drain(..count);
        }
        assert!(buffer.has_line() && buffer.waiting().starts_with(b"A\r"));
        assert_eq!(buffer.next_line(), Some(Line::Complete(b"A")));
        assert!(buffer.has_line() && buffer.waiting().starts_with(long.as_bytes()));
        assert_eq!(buffer.next_line(), Some(Line::TooLong));
        assert!(!buffer.has_line());
        assert_eq!(buffer.waiting(), b"B");
    }

    #[test]
    fn a_line_over_512_bytes_is_refused_and_the_next_one_is_not() {
        let fits = "x".repeat(MAX_LINE_BYTES - 2);
        let over = "x".repeat(MAX_LINE_BYTES - 1);
        check(&[&fits, "\r\nA\r\n"], &[&fits, "A"]);
        check(&[&over, "\r\nA\r\n"], &["…", "A"]);
    }

    #[test]
    fn tags_have_a_limit_of_their_own() {
        let tags = |bytes: usize| format!("@{} ", "t".repeat(bytes - 2));
        let body = "x".repeat(MAX_LINE_BYTES - 2);
        let fits = tags(MAX_CLIENT_TAGS_BYTES) + &body;
        let over = tags(MAX_CLIENT_TAGS_BYTES + 1) + "PING a";
        check(&[&fits, "\n", &over, "\nA\n"], &[&fits, "…", "A"]);
    }

    #[test]
    fn a_full_buffer_with_no_line_end_leaves_no_room() {
        let limits = LineLimits::FROM_CLIENT;
        let mut buffer = LineBuffer::new(limits);
        buffer.spare()[0] = b'\n';
        buffer.filled(1);
        assert_eq!(buffer.next_line(), None, "an empty line takes no room");
        let mut total = 0;
        loop {
            let spare = buffer.spare();
            if spare.is_empty() {
                break;
            }
            spare.fill(b'x');
            let count = spare.len();
            total += count;
            buffer.filled(count);
            assert_eq!(buffer.next_line(), None);
        }
        assert_eq!(total, limits.buffer_bytes);
    }

    #[test]
    fn a_connection_that_has_gone_quiet_has_a_small_buffer_again_and_loses_nothing() {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let count = buffer.spare().len();
        buffer.spare().fill(b'x');
        buffer.filled(count);
        buffer.shrink();
        assert!(buffer.bytes.len() > FIRST_BUFFER_BYTES, "half a line is in it");
        buffer.spare()[0] = b'\n';
        buffer.filled(1);
        assert!(matches!(buffer.next_line(), Some(Line::TooLong)));
        buffer.shrink();
        assert_eq!(buffer.bytes.len(), FIRST_BUFFER_BYTES);
    }

    #[test]
    fn more_can_come_whenever_a_line_is_taken_and_before_anything_came_there_is_none() {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        assert!(!buffer.has_line());
        for (piece, line) in [("A\nB", "A"), ("C\nD\n", "BC"), ("E\n", "D"), ("", "E")] {
            buffer.spare()[..piece.len()].copy_from_slice(piece.as_bytes());
            buffer.filled(piece.len());
            assert_eq!(buffer.next_line(), Some(Line::Complete(line.as_bytes())));
        }
        assert!(!buffer.has_line());
    }

    #[test]
    fn a_quiet_connection_keeps_a_small_buffer() {
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        for _ in 0..1000 {
            buffer.spare()[..8].copy_from_slice(b"PING a\r\n");
            buffer.filled(8);
            assert!(matches!(buffer.next_line(), Some(Line::Complete(b"PING a"))));
            assert_eq!(buffer.next_line(), None);
        }
        assert_eq!(buffer.bytes.len(), FIRST_BUFFER_BYTES);
    }
}
