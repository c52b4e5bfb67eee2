//! The lines that went over the wire of a network, and what each means.
//!
//! The lines come without their passwords (see [`wire_line`](crate::event::wire_line)), and only so many are kept.

use std::collections::VecDeque;

use jiff::tz::TimeZone;
use teahouse_protocol::{Message, numerics};

use crate::event::wire_line::WireLine;
use crate::text::i18n::{Language, Text};
use crate::text::meanings;
use crate::text::unseen;

/// How many lines are kept, if they are short.
const MAX_WIRE_LINES: usize = 2000;

/// How many bytes of lines are kept.
const MAX_WIRE_BYTES: usize = 512 * 1024;

/// The newest lines of a network's connections.
#[derive(Debug, Default)]
pub struct WireLog {
    lines: VecDeque<WireLine>,
    /// The number of the first line. Numbers are never given out again.
    first: u64,
    bytes: usize,
}

impl WireLog {
    pub(in crate::model) fn push(&mut self, line: WireLine) {
        self.bytes += line.line.len();
        self.lines.push_back(line);
        while self.lines.len() > MAX_WIRE_LINES || (self.bytes > MAX_WIRE_BYTES && self.lines.len() > 1) {
            let gone = self.lines.pop_front();
            self.bytes -= gone.map_or(0, |gone| gone.line.len());
            self.first += 1;
        }
    }

    pub(in crate::model) fn clear(&mut self) {
        *self = Self { first: self.end(), ..Self::default() };
    }

    /// The number of the oldest line.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next line will have.
    pub fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// The line with this number, unless it is gone.
    pub fn get(&self, number: u64) -> Option<&WireLine> {
        self.lines.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

/// The meaning of a part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `@time=…`
    Tags,
    /// `:alice!a@host`
    Source,
    /// `PRIVMSG`, `353`
    Command,
    /// Everything else.
    Params,
}

/// The parts of a line, in order, each with the space behind it.
pub fn parts(line: &str) -> Vec<(Part, &str)> {
    let mut parts = Vec::with_capacity(4);
    let mut rest = line;
    for (part, sign) in [(Part::Tags, Some('@')), (Part::Source, Some(':')), (Part::Command, None)] {
        if sign.is_none_or(|sign| rest.starts_with(sign)) {
            let end = rest.find(' ').map_or(rest.len(), |space| space + 1);
            parts.push((part, &rest[..end]));
            rest = &rest[end..];
        }
    }
    parts.push((Part::Params, rest));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// A line, explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The command, or the numeric with its name.
    pub title: String,
    /// What the line is for.
    pub meaning: String,
    /// The name of each part, and its text.
    pub rows: Vec<(String, String)>,
}

/// Explains a line.
pub fn explain(line: &WireLine, zone: &TimeZone, language: Language) -> Explanation {
    let word = |text: Text| text.to(language).to_owned();
    let direction = if line.is_sent { Text::WireSent } else { Text::WireReceived };
    let time = line.at.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string();
    let facts = Text::WireFacts.with([&time, &line.bytes.to_string()]).to(language);
    let mut rows = vec![(word(direction), facts)];
    let Ok(message) = Message::parse(&line.line) else {
        return Explanation { title: word(Text::WireNoMessage), meaning: String::new(), rows };
    };
    for (name, value) in message.tags().iter() {
        let meaning = meanings::of_tag(name).map(|meaning| format!(" — {}", meaning.to(language)));
        let equals = if value.is_empty() { "" } else { "=" };
        let text = format!("{name}{equals}{}{}", unseen::written_out(&value), meaning.unwrap_or_default());
        rows.push((word(Text::WireTag), text));
    }
    if let Some(source) = message.source() {
        let text = match (source.user, source.host) {
            (None, None) => unseen::written_out(source.name).into_owned(),
            (user, host) => {
                let parts = [source.name, user.unwrap_or_default(), host.unwrap_or_default()];
                unseen::written_out(&Text::WirePerson.with(parts).to(language)).into_owned()
            }
        };
        rows.push((word(Text::WireSource), text));
    }
    let command = message.command();
    let (title, meaning, names) = match message.numeric() {
        Some(number) => {
            let name = numerics::name(number).unwrap_or_default();
            let meaning = meanings::of_numeric(number).map(|meaning| meaning.to(language));
            // The first parameter of every numeric is the client that it is for.
            (format!("{command} {name}").trim_end().to_owned(), meaning, Text::WireOurName.to(language))
        }
        None => {
            let known = meanings::of_command(command);
            let names = known.map_or("", |(_, names)| names.to(language));
            (command.to_ascii_uppercase(), known.map(|(meaning, _)| meaning.to(language)), names)
        }
    };
    let mut names = names.split('|');
    for (index, param) in message.params().iter().enumerate() {
        let label = match names.next().filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => Text::WireParameter.with([&(index + 1).to_string()]).to(language),
        };
        rows.push((label, unseen::written_out(param).into_owned()));
    }
    let unknown =
        if message.numeric().is_some() { Text::WireUnknownNumeric } else { Text::WireUnknownCommand };
    let meaning = meaning.map_or_else(|| word(unknown), str::to_owned);
    Explanation { title, meaning, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(line: &str) -> WireLine {
        WireLine { at: "2026-03-01T09:01:02.345Z".parse().unwrap(), ..WireLine::new(false, line) }
    }

    fn explained(line: &str, language: Language) -> Vec<String> {
        let explanation = explain(&received(line), &TimeZone::UTC, language);
        let rows = explanation.rows.iter().map(|(label, text)| format!("{label}: {text}"));
        [explanation.title, explanation.meaning].into_iter().chain(rows).collect()
    }

    #[test]
    fn a_message_is_taken_apart_into_what_it_is_made_of() {
        assert_eq!(
            explained(
                "@time=2026-03-01T09:01:02Z;bot :alice!a@host PRIVMSG #茶馆 :hi there",
                Language::English
            ),
            [
                "PRIVMSG",
                "says something to a room or to one person",
                "Received: 09:01:02.345, 72 bytes",
                "Tag: time=2026-03-01T09:01:02Z — when the server received it",
                "Tag: bot — the sender is a program",
                "Source: alice (user a, host host)",
                "to: #茶馆",
                "text: hi there",
            ]
        );
    }

    #[test]
    fn a_numeric_has_its_name_and_its_meaning_in_the_chosen_language() {
        let rows = explained(":s 353 bob = #a :bob alice", Language::Chinese);
        assert_eq!(rows[..2], ["353 RPL_NAMREPLY", "房间里的人"]);
        assert_eq!(rows[4..], ["我们的名字: bob", "参数 2: =", "参数 3: #a", "参数 4: bob alice"]);
        assert_eq!(
            explained("NONSENSE x", Language::English)[..2],
            ["NONSENSE", "a command that is not known here"]
        );
        assert_eq!(
            explained(":s 999 bob", Language::English)[..2],
            ["999", "a numeric that is not known here"]
        );
        assert_eq!(explained("  ", Language::English)[0], "Not a message");
    }

    #[test]
    fn control_characters_are_shown_and_never_obeyed() {
        let rows = explained("PRIVMSG #a :\x01ACTION drinks tea\x01", Language::English);
        assert_eq!(rows.last().unwrap(), "text: \\u{1}ACTION drinks tea\\u{1}");
    }

    #[test]
    fn the_parts_of_a_line_are_the_line() {
        for (line, expected) in [
            ("@a=b :s!u@h 353 bob :x y", &["@a=b ", ":s!u@h ", "353 ", "bob :x y"][..]),
            ("PING :x", &["PING ", ":x"]),
            ("QUIT", &["QUIT"]),
            ("", &[]),
        ] {
            let found: Vec<_> = parts(line).into_iter().map(|(_, text)| text).collect();
            assert_eq!(found, expected, "{line:?}");
        }
    }

    #[test]
    fn only_so_many_lines_and_bytes_are_kept() {
        let mut log = WireLog::default();
        for number in 0..MAX_WIRE_LINES + 5 {
            log.push(received(&format!("PING {number}")));
        }
        assert_eq!((log.first(), log.end()), (5, MAX_WIRE_LINES as u64 + 5));
        assert_eq!(log.get(5).unwrap().line, "PING 5");
        assert!(log.get(4).is_none() && log.get(log.end()).is_none());
        for _ in 0..200 {
            log.push(received(&format!("PRIVMSG #a :{}", "x".repeat(8000))));
        }
        assert!(log.end() - log.first() < 70, "{}", log.end() - log.first());
        log.clear();
        assert_eq!(log.first(), log.end());
        // What is gone takes no room any more.
        for _ in 0..2 * MAX_WIRE_LINES {
            log.push(received(&format!("PRIVMSG #a :{}", "x".repeat(200))));
        }
        assert_eq!(log.end() - log.first(), MAX_WIRE_LINES as u64);
    }
}
