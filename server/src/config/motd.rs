//! The message of the day in its file: what of it is shown, and what is wrong with it.

use std::path::Path;

use teahouse_protocol::text::truncate;

use crate::config::files;
use crate::text::language::{Both, Text};

/// How much of the file is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// How many lines are shown.
const MOST_LINES: usize = 500;
/// How much of a line is shown, in bytes.
const LINE_BYTES: usize = 400;
/// The control characters that clients know: bold, colours, monospace, reverse, italics, strikethrough, underline, and
/// the end of them all (<https://modern.ircdocs.horse/formatting>).
const FORMATTING: [char; 9] = ['\x02', '\x03', '\x04', '\x0f', '\x11', '\x16', '\x1d', '\x1e', '\x1f'];

/// A message of the day.
#[derive(Debug, PartialEq, Eq)]
pub struct Motd {
    /// Its lines as they are shown.
    pub lines: Vec<String>,
    /// Whether there is more in the file.
    is_cut: bool,
    /// The number of the first line that is longer than what is shown of it.
    long_line: Option<usize>,
    /// The encoding of the file, if not UTF-8.
    encoding: Option<Text>,
}

impl Motd {
    /// Reads it. Only a regular file is even opened: a client that asks for the message would wait for any other.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(file: &Path) -> Result<Self, Both> {
        let mut bytes = Vec::new();
        files::read_some(file, MOST_BYTES + 1, &mut bytes)?;
        Ok(Self::of(&bytes))
    }

    fn of(bytes: &[u8]) -> Self {
        let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        let mut is_cut = bytes.len() > most;
        let bytes = match bytes.get(..most) {
            // A line that was cut is left out whole.
            Some(start) if is_cut => start.rsplitn(2, |byte| *byte == b'\n').last().unwrap_or(start),
            _ => bytes,
        };
        let encoding = files::text(bytes).err();
        let text = String::from_utf8_lossy(files::without_mark(bytes));
        let (mut lines, mut long_line) = (Vec::new(), None);
        for line in text.lines() {
            if lines.len() == MOST_LINES {
                is_cut = true;
                break;
            }
            let line = line.replace(|c: char| c.is_control() && c != '\t' && !FORMATTING.contains(&c), "");
            if line.len() > LINE_BYTES {
                long_line = long_line.or(Some(lines.len() + 1));
            }
            lines.push(truncate(&line, LINE_BYTES).to_owned());
        }
        Self { lines, is_cut, long_line, encoding }
    }

    /// The flaws that the author of the message should know, with the file's name in it.
    pub fn flaws(&self, file: &str) -> Vec<Text> {
        let file = || file.to_owned();
        let encoding = self.encoding.as_ref().map(|flaw| Text::MotdEncoding(file(), Both::of(flaw)));
        let cut = self.is_cut.then(|| Text::MotdCut(file(), self.lines.len().to_string()));
        let long =
            self.long_line.map(|line| Text::MotdLine(file(), line.to_string(), LINE_BYTES.to_string()));
        [encoding, cut, long].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], lines: &[&str], flaws: &[Text]) {
        let motd = Motd::of(bytes);
        assert_eq!(motd.lines, lines);
        assert_eq!(motd.flaws("m"), flaws);
    }

    #[test]
    fn a_message_is_shown_line_by_line_without_what_is_not_meant_to_be_seen() {
        check(
            "\u{feff}欢迎\r\n\r\nto \x02tea\x02\t\x1b[2J\0\x07\n".as_bytes(),
            &["欢迎", "", "to \x02tea\x02\t[2J"],
            &[],
        );
        check(b"", &[], &[]);
    }

    #[test]
    fn what_is_too_much_or_not_utf_8_is_shown_as_far_as_it_goes_and_told() {
        let broken = Text::MotdEncoding("m".into(), Both::of(&Text::FileNotUtf8("2".into())));
        check(b"tea\n\xb2\xe8\n", &["tea", "\u{fffd}\u{fffd}"], &[broken]);
        let long = "茶".repeat(200);
        let cut = &long[..399];
        check(long.as_bytes(), &[cut], &[Text::MotdLine("m".into(), "1".into(), "400".into())]);
        let many = Motd::of("x\n".repeat(501).as_bytes());
        assert_eq!((many.lines.len(), many.flaws("m")), (500, vec![Text::MotdCut("m".into(), "500".into())]));
        let huge = Motd::of(format!("{}\n", "x".repeat(399)).repeat(200).as_bytes());
        assert_eq!((huge.lines.len(), huge.is_cut, huge.long_line), (163, true, None));
    }
}
