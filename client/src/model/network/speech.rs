//! Words that we say in one go, and how many messages they make.
//!
//! Where the server takes messages of several lines ([draft/multiline](https://ircv3.net/specs/extensions/multiline)),
//! several lines are one message, and so is a line that is too long for the wire. They travel as a batch: line by line,
//! and a long line in pieces of which each says that it goes on the one before. A client that understands that sees
//! them as they were meant, and every other client sees single lines.
//! Elsewhere each line is a message, and a line that is too long is several.

use std::iter;

use teahouse_protocol::tags::{self, push_tag};
use teahouse_protocol::text::truncate;
use teahouse_protocol::{Capability, batches};

use crate::command::{self, Command};
use crate::event::Manner;
use crate::model::base::ids::ConversationId;
use crate::model::conversation::Kind;
use crate::model::network::{MAX_LINE_BYTES, Network};
use crate::text::formatting;
use crate::text::i18n::{Phrase, Text};

/// How many lines a user may send at once, pasted or typed. Servers end the connection of users who send much more.
pub(in crate::model) const MAX_LINES_AT_ONCE: usize = 50;

/// How many bytes `user@host` may take while the server has not shown us ours: `~`, 10 and `@`, 63 and some air.
pub(in crate::model) const UNKNOWN_ADDRESS_BYTES: usize = 80;

/// How many lines a user may send as one message, even if the server allows more.
const MOST_LINES: usize = 256;

/// How many bytes may stand in the message box, even if the server takes more at once: the box measures all of them
/// anew for each key.
const MOST_TYPED_BYTES: usize = 24 * 1024;

/// The limits of a message of several lines on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    /// Bytes, of which each new line is one.
    bytes: usize,
    /// Lines, as they go over the wire.
    lines: usize,
}

impl Limits {
    /// The value of the capability: `max-bytes=8192,max-lines=64`. Nothing if there is no use in it.
    fn read(value: &str) -> Option<Self> {
        let number = |key: &str| {
            let mut entries = value.split(',').filter_map(|entry| entry.split_once('='));
            entries.find(|(name, _)| *name == key)?.1.parse().ok()
        };
        let lines = number("max-lines").unwrap_or(MOST_LINES).min(MOST_LINES);
        let limits = Self { bytes: number("max-bytes")?, lines };
        (limits.bytes >= MAX_LINE_BYTES && limits.lines > 1).then_some(limits)
    }
}

impl Network {
    /// Says something in a conversation, in as many messages as it takes. The first answers what is replied to.
    ///
    /// # Errors
    /// When that is so much that the server would take it for a flood.
    pub(in crate::model) fn say(
        &mut self,
        id: ConversationId,
        manner: Manner,
        text: &str,
    ) -> Result<(), Phrase> {
        let Some(conversation) = self.conversation(id) else { return Ok(()) };
        let messages = self.messages_of(&conversation.name, manner, text)?;
        let mut reply_to = None;
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.answered();
            reply_to = conversation.replying.take().map(|reply| reply.id);
        }
        self.typing.stopped();
        for message in messages {
            self.utter(id, manner, &message, reply_to.take());
        }
        Ok(())
    }

    /// The messages that a text makes, each as it is to be [uttered](Self::utter).
    ///
    /// # Errors
    /// When they are so many lines that the server would take them for a flood.
    pub(super) fn messages_of(
        &self,
        target: &str,
        manner: Manner,
        text: &str,
    ) -> Result<Vec<String>, Phrase> {
        let (room, limits) = (self.room_for_text(target, manner, text), self.limits(manner));
        let messages = messages(text, room, limits);
        let lines: usize = messages.iter().map(|message| lines_of(message, room).count()).sum();
        let most = limits.map_or(0, |limits| limits.lines).max(MAX_LINES_AT_ONCE);
        if lines > most { Err(Text::TooManyLines.with([&most.to_string()])) } else { Ok(messages) }
    }

    /// Checks that a text, once it stands in the message box, could be sent at once from there.
    ///
    /// # Errors
    /// When it is too long for that, or has too many lines.
    pub(in crate::model) fn check_length(&self, typed: &str) -> Result<(), Phrase> {
        let target = self.current().map_or("", |current| &current.name);
        let limits = self.limits(Manner::Message);
        let lines = limits.map_or(0, |limits| limits.lines).max(MAX_LINES_AT_ONCE);
        let most = MOST_TYPED_BYTES.min(lines * self.room_for_text(target, Manner::Message, typed));
        if typed.len() > most {
            let characters = typed.chars().count();
            // So many, if the others are as these.
            let fitting = most * characters / typed.len();
            return Err(Text::TooMuch.with([&characters.to_string(), &fitting.to_string()]));
        }
        self.messages_of(target, Manner::Message, typed).map(drop)
    }

    /// How many messages a text makes in the conversation in front, and how many bytes more fit into the last of them;
    /// nothing where it is no message.
    pub(in crate::model) fn measure(&self, typed: &str) -> Option<(usize, usize)> {
        let current = self.current().filter(|it| it.kind != Kind::Server)?;
        let (target, manner, text) = match command::parse(typed).ok()? {
            Command::Say(text) => (current.name.clone(), Manner::Message, text),
            Command::Act(text) => (current.name.clone(), Manner::Action, text),
            Command::Tell { to, text } => (to, Manner::Message, text),
            _ => return None,
        };
        let (room, limits) = (self.room_for_text(&target, manner, &text), self.limits(manner));
        let messages = messages(&text, room, limits);
        let last = messages.last().map_or(0, String::len);
        Some((messages.len(), limits.map_or(room, |limits| limits.bytes).saturating_sub(last)))
    }

    /// Sends the words of a message with these tags, as a batch if they are more than a line. Says whether they are.
    pub(super) fn send_words(&mut self, tags: &str, target: &str, words: &str) -> bool {
        let room = self.room_for_text(target, Manner::Message, words);
        let lines: Vec<_> = lines_of(words, room).collect();
        if let [(_, line)] = lines[..] {
            self.send_tagged(tags, &["PRIVMSG", target, line]);
            return false;
        }
        let batch = self.deliveries.next_batch();
        self.send_tagged(tags, &["BATCH", &format!("+{batch}"), batches::MULTILINE, target]);
        for (goes_on, line) in lines {
            let mut tags = format!("{}={batch}", tags::BATCH);
            if goes_on {
                push_tag(&mut tags, tags::MULTILINE_CONCAT, "");
            }
            self.send_tagged(&tags, &["PRIVMSG", target, line]);
        }
        self.send(&["BATCH", &format!("-{batch}")]);
        true
    }

    /// The limits of a message that is said in this manner, if the server takes several lines in it.
    fn limits(&self, manner: Manner) -> Option<Limits> {
        let is_possible = manner == Manner::Message && self.has_capability(Capability::Batch);
        self.capabilities.get(&Capability::Multiline).filter(|_| is_possible).and_then(|it| Limits::read(it))
    }

    /// How many bytes of this text, in UTF-8, reach the others uncut in one line: the server puts our name and address
    /// before the message, and the whole line must still have at most 512 bytes.
    fn room_for_text(&self, target: &str, manner: Manner, text: &str) -> usize {
        let encoding = self.profile.encoding;
        let address_bytes = self.identity.address().map_or(UNKNOWN_ADDRESS_BYTES, str::len);
        let names = encoding.encode(self.me()).len() + encoding.encode(target).len();
        let frame = ":! PRIVMSG  :\r\n".len() + names + address_bytes;
        let action = if manner == Manner::Action { "\x01ACTION \x01".len() } else { 0 };
        let room = MAX_LINE_BYTES.saturating_sub(frame + action);
        if encoding.lengthens(text) { room / 2 } else { room }
    }
}

/// The messages that a text makes, if so many bytes fit into a line.
fn messages(text: &str, room: usize, limits: Option<Limits>) -> Vec<String> {
    match limits {
        Some(limits) => pack(text, room, limits),
        None => {
            let lines = clean_lines(text).filter(|line| !line.is_empty());
            lines.flat_map(|line| formatting::split(&line, room)).collect()
        }
    }
}

/// Puts as much into each message as it may have. None begins or ends with an empty line.
fn pack(text: &str, room: usize, limits: Limits) -> Vec<String> {
    let mut messages = Vec::new();
    let mut message = String::new();
    let mut lines = 0;
    for line in clean_lines(text) {
        for (index, piece) in cut(&line, room).enumerate() {
            let line_feed = usize::from(index == 0);
            if lines == limits.lines || message.len() + line_feed + piece.len() > limits.bytes {
                messages.push(std::mem::take(&mut message));
            }
            if message.is_empty() {
                lines = 0;
            } else if index == 0 {
                message.push('\n');
            }
            message.push_str(piece);
            lines += 1;
        }
    }
    messages.push(message);
    messages.iter_mut().for_each(|message| message.truncate(message.trim_end_matches('\n').len()));
    messages.retain(|message| !message.is_empty());
    messages
}

/// The lines of a message as they go over the wire, and whether each goes on in the line before.
fn lines_of(message: &str, room: usize) -> impl Iterator<Item = (bool, &str)> {
    message
        .split('\n')
        .flat_map(move |line| cut(line, room).enumerate().map(|(index, piece)| (index > 0, piece)))
}

/// A line in pieces of at most `room` bytes, cut behind a space where there is a space in a piece's second half. Put
/// together they are the line again.
fn cut(line: &str, room: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        let line = rest?;
        let fitting = truncate(line, room.max(4));
        let space = fitting.rfind(' ').filter(|space| *space >= fitting.len() / 2);
        let end = if fitting.len() == line.len() {
            fitting.len()
        } else {
            space.map_or_else(|| formatting::whole_end(line, fitting.len()), |it| it + 1)
        };
        rest = Some(&line[end..]).filter(|rest| !rest.is_empty());
        Some(&line[..end])
    })
}

/// The lines of a text without the spaces at their ends, and with spaces for control characters that were pasted along:
/// nobody sees a tabulator as it was meant.
fn clean_lines(text: &str) -> impl Iterator<Item = String> {
    let lines = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    lines.map(|line| line.replace('\t', "    ").replace(is_stray, " ").trim_end().to_owned())
}

/// Whether a character came along by accident: it controls something, and not how words look.
fn is_stray(c: char) -> bool {
    c.is_control() && !formatting::is_code(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_server_allows_is_read_and_what_is_of_no_use_is_not() {
        let limits = |bytes, lines| Some(Limits { bytes, lines });
        assert_eq!(Limits::read("max-bytes=8192,max-lines=64"), limits(8192, 64));
        assert_eq!(Limits::read("max-lines=5,max-bytes=4096,more=x"), limits(4096, 5));
        assert_eq!(Limits::read("max-bytes=40000"), limits(40_000, MOST_LINES));
        assert_eq!(Limits::read("max-bytes=1000000,max-lines=1000000"), limits(1_000_000, MOST_LINES));
        for useless in ["", "max-lines=5", "max-bytes=x", "max-bytes=8", "max-bytes=4096,max-lines=1"] {
            assert_eq!(Limits::read(useless), None, "{useless:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_behind_a_space_in_the_second_half_of_a_piece_or_else_inside_a_word() {
        #[track_caller]
        fn check(line: &str, room: usize, pieces: &[&str]) {
            assert_eq!(cut(line, room).collect::<Vec<_>>(), pieces, "{line:?} by {room}");
        }
        check("", 8, &[""]);
        check("teahouse", 8, &["teahouse"]);
        check("tea house tea", 8, &["tea hous", "e tea"]);
        check("teas house", 8, &["teas ", "house"]);
        check("teahouse tea", 8, &["teahouse", " tea"]);
        check("a teahouses", 8, &["a teahou", "ses"]);
        check("茶馆大厅", 8, &["茶馆", "大厅"]);
        check("茶茶", 1, &["茶", "茶"]);
        check("a👩\u{200d}💻👩\u{200d}💻", 16, &["a👩\u{200d}💻", "👩\u{200d}💻"]);
    }

    #[test]
    fn empty_lines_stay_inside_a_message_and_not_around_it() {
        let limits = Limits { bytes: 1000, lines: 4 };
        assert_eq!(pack("\n\none\n\n  two \n\n", 400, limits), ["one\n\n  two"]);
        assert_eq!(pack("one\r\ntwo\r\n\r\nthree", 400, limits), ["one\ntwo\n\nthree"]);
        assert_eq!(pack("1\n2\n3\n\n\n4", 400, limits), ["1\n2\n3", "4"], "no more lines than there may be");
        assert_eq!(pack(" \n\n", 400, limits), [""; 0]);
        let tight = Limits { bytes: 9, lines: 4 };
        assert_eq!(pack("four\nfour", 400, tight), ["four\nfour"], "a new line is a byte");
        assert_eq!(pack("four\nfive5", 400, tight), ["four", "five5"]);
        assert_eq!(pack("teahouses", 5, tight), ["teahouses"], "and none stands between the pieces of one");
        assert_eq!(pack("if tea {\n\tpour();\n}", 400, limits), ["if tea {\n    pour();\n}"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_message_keeps_to_the_limits(
            text in "[a-c 茶\\n]{0,300}",
            room in 20_usize..40,
            bytes in 40_usize..200,
            lines in 2_usize..9,
        ) {
            let messages = pack(&text, room, Limits { bytes, lines });
            for message in &messages {
                prop_assert!(message.len() <= bytes);
                let wire: Vec<_> = lines_of(message, room).collect();
                prop_assert!(wire.len() <= lines);
                prop_assert!(wire.iter().all(|(goes_on, line)| line.len() <= room && !(*goes_on && line.is_empty())));
                let mut together = String::new();
                for (index, (goes_on, line)) in wire.into_iter().enumerate() {
                    together.push_str(if goes_on || index == 0 { "" } else { "\n" });
                    together.push_str(line);
                }
                prop_assert_eq!(&together, message);
            }
            let black = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(black(&messages.concat()), black(&text));
        }
    }
}
