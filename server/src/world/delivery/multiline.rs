//! Messages of several lines ([draft/multiline](https://ircv3.net/specs/extensions/multiline)): while the speaker
//! sends them, and on their way to those who get them.
//!
//! Their words are kept as one text, in which LF divides the lines, or CR where a line goes on the one before.

use jiff::Timestamp;
use teahouse_protocol::batches;

use crate::world::{Line, Number, Tags, World};

/// A message of several lines that is being said.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) reference: String,
    pub(crate) target: String,
    /// PRIVMSG or NOTICE, once there is a line.
    pub(crate) command: Option<&'static str>,
    /// The lines so far, as the history has them.
    pub(crate) words: String,
    pub(crate) lines: usize,
    pub(crate) client_only: String,
    pub(crate) label: Option<String>,
    /// Whether it was refused; the rest of it is overheard.
    pub(crate) refused: bool,
}

/// A message of several lines on its way.
pub(crate) struct Said<'a> {
    pub(crate) source: &'a str,
    pub(crate) command: &'static str,
    pub(crate) target: &'a str,
    pub(crate) words: &'a str,
    pub(crate) time: Timestamp,
    pub(crate) tags: Tags,
}

impl Said<'_> {
    /// As one batch, which may be inside of another.
    pub(crate) fn in_batch(&self, world: &mut World, outer: Option<Number>) -> Vec<Line> {
        let batch = world.next_number();
        let time = self.time;
        let begin =
            [":", self.source, " BATCH +", &batch.to_string(), " ", batches::MULTILINE, " ", self.target];
        let mut lines =
            vec![Line::of(time, Tags { batch: outer, ..self.tags.clone() }, &begin, Box::default())];
        for (concat, text) in self.pieces() {
            let tags = Tags { batch: Some(batch), concat, ..Tags::default() };
            lines.push(self.line(tags, text));
        }
        let end = [":", &world.config.name, " BATCH -", &batch.to_string()];
        lines.push(Line::of(time, Tags { batch: outer, ..Tags::default() }, &end, Box::default()));
        lines
    }

    /// As lines one by one, without the blank ones; the first line has what the whole message has.
    pub(crate) fn in_lines(&self, outer: Option<Number>) -> Vec<Line> {
        let full = self.pieces().map(|(_, text)| text).filter(|text| !text.is_empty());
        let lines = full.enumerate().map(|(index, text)| {
            let tags = if index == 0 {
                Tags { batch: outer, ..self.tags.clone() }
            } else {
                Tags { account: self.tags.account.clone(), batch: outer, ..Tags::default() }
            };
            self.line(tags, text)
        });
        lines.collect()
    }

    fn line(&self, tags: Tags, text: &str) -> Line {
        let words = [":", self.source, " ", self.command, " ", self.target, " :", text];
        Line::of(self.time, tags, &words, Box::default())
    }

    /// The lines, and whether each goes on the one before.
    fn pieces(&self) -> impl Iterator<Item = (bool, &str)> {
        let lines = self.words.split('\n');
        lines.flat_map(|line| line.split('\r').enumerate().map(|(index, piece)| (index > 0, piece)))
    }
}
