//! Reading one connection: each message becomes an event, and a message of several lines becomes one
//! ([draft/multiline](https://ircv3.net/specs/extensions/multiline)).
//!
//! The lines of such a message come singly, as a batch. Where a line goes on in the next, even a code of style may
//! have been cut in two; so they are put together as they stand on the wire, and read as a whole when all have come.

use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, batches, tags};

use super::read::{spoken, tag};
use super::{Event, Manner, Sender, What, Words};
use crate::text::formatting::name;

/// How many messages may be open at once. Servers have a single open one in each batch of history.
const MOST_OPEN: usize = 8;

/// How long a message may be that somebody is to read. The rest of it is not shown.
const MOST_BYTES: usize = 64 * 1024;

/// What is to be remembered from a message of a connection to the next.
#[derive(Debug, Default)]
pub struct Reader {
    /// Messages of which more lines may come.
    open: Vec<Draft>,
}

/// A message of several lines that has not come to its end.
#[derive(Debug)]
struct Draft {
    /// What its lines call it.
    batch: String,
    /// The event that it will be; all but the sender, the manner and the words is known from the beginning.
    event: Event,
    target: String,
    words: Words,
    /// The person who says it, and how, once there is a line.
    said: Option<(Sender, Manner)>,
    raw: String,
}

impl Reader {
    /// Reads a message from the server; nothing if it means nothing to a person, or not yet.
    pub fn read(&mut self, message: &Message<'_>) -> Option<Event> {
        if message.is("BATCH") {
            let batch = message.param(0)?;
            if let Some(batch) = batch.strip_prefix('+')
                && message.param(1) == Some(batches::MULTILINE)
                && self.open.len() < MOST_OPEN
            {
                self.open.push(Draft::begin(batch, message));
                return None;
            }
            if let Some(batch) = batch.strip_prefix('-')
                && let Some(index) = self.open.iter().position(|draft| draft.batch == batch)
            {
                return self.open.remove(index).end();
            }
        } else if let Some(batch) = message.tags().get(tags::BATCH)
            && let Some(draft) = self.open.iter_mut().find(|draft| draft.batch == batch)
        {
            draft.take(message);
            return None;
        }
        Event::read(message)
    }
}

impl Draft {
    fn begin(batch: &str, message: &Message<'_>) -> Self {
        let words = Words {
            id: tag(message, tags::MSGID),
            reply_to: tag(message, tags::DRAFT_REPLY),
            ..Words::default()
        };
        Self {
            batch: batch.to_owned(),
            event: Event::of(message, What::Acknowledged),
            target: message.param(2).map(name).unwrap_or_default(),
            words,
            said: None,
            raw: String::new(),
        }
    }

    /// Takes in a line.
    fn take(&mut self, message: &Message<'_>) {
        let manner = if message.is("NOTICE") { Manner::Notice } else { Manner::Message };
        let Some((manner, text)) = message.param(1).and_then(|raw| spoken(raw, manner)) else { return };
        let goes_on = message.tags().get(tags::MULTILINE_CONCAT).is_some();
        if self.said.is_none() {
            self.said = Some((Sender::of(message), manner));
        } else if !goes_on && self.raw.len() < MOST_BYTES {
            self.raw.push('\n');
        }
        self.raw.push_str(truncate(text, MOST_BYTES.saturating_sub(self.raw.len())));
    }

    /// All lines have come.
    fn end(self) -> Option<Event> {
        let (from, manner) = self.said?;
        let Words { text, spans, .. } = Words::read(self.raw.trim_matches('\n'));
        let words = Words { text, spans, ..self.words };
        let what = What::Said { from, target: self.target, manner, words };
        (!self.raw.trim().is_empty()).then_some(Event { what, ..self.event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these lines.
    fn read(lines: &[&str]) -> Vec<Event> {
        let mut reader = Reader::default();
        lines.iter().filter_map(|line| reader.read(&Message::parse(line).expect(line))).collect()
    }

    fn words(event: &Event) -> &Words {
        match &event.what {
            What::Said { words, .. } => words,
            other => panic!("nothing was said: {other:?}"),
        }
    }

    #[test]
    fn a_message_of_several_lines_is_one() {
        let events = read(&[
            "@label=7;msgid=m;+draft/reply=q;batch=outer;time=2026-01-02T03:04:05.678Z :a!u@h BATCH +x draft/multiline #a",
            "@batch=x :a!u@h PRIVMSG #a :床前明月光",
            "@batch=x :a!u@h PRIVMSG #a :",
            "@batch=x :a!u@h PRIVMSG #a :疑是",
            "@batch=x;draft/multiline-concat :a!u@h PRIVMSG #a :地上霜",
            ":s BATCH -x",
        ]);
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!((event.label.as_deref(), event.batch.as_deref()), (Some("7"), Some("outer")));
        assert_eq!(event.time, Some("2026-01-02T03:04:05.678Z".parse().unwrap()));
        let words = words(event);
        assert_eq!(words.text, "床前明月光\n\n疑是地上霜");
        assert_eq!((words.id.as_deref(), words.reply_to.as_deref()), (Some("m"), Some("q")));
    }

    #[test]
    fn what_is_said_meanwhile_is_a_message_of_its_own() {
        let events = read(&[
            ":a!u@h BATCH +x draft/multiline #a",
            "@batch=x :a!u@h NOTICE #a :one",
            ":b!u@h PRIVMSG #a :meanwhile",
            "@batch=x :a!u@h NOTICE #a :two",
            ":s BATCH -x",
            ":s BATCH -x",
        ]);
        let texts: Vec<_> = events[..2].iter().map(|event| words(event).text.as_str()).collect();
        assert_eq!(texts, ["meanwhile", "one\ntwo"]);
        assert_eq!(events[2].what, What::BatchEnds { batch: "x".into() }, "it has ended already");
    }

    #[test]
    fn a_style_that_was_cut_in_two_holds_where_it_was_meant() {
        let events = read(&[
            ":a!u@h BATCH +x draft/multiline #a",
            "@batch=x :a!u@h PRIVMSG #a :\x02te",
            "@batch=x;draft/multiline-concat :a!u@h PRIVMSG #a :a\x02 x",
            "@batch=x :a!u@h PRIVMSG #a :plain",
            ":s BATCH -x",
        ]);
        let words = words(&events[0]);
        assert_eq!(words.text, "tea x\nplain");
        let [span] = &words.spans[..] else { panic!("{:?}", words.spans) };
        assert_eq!(&words.text[span.range.clone()], "tea");
    }

    #[test]
    fn a_message_of_nothing_is_none_and_one_without_end_is_cut() {
        assert_eq!(read(&[":a!u@h BATCH +x draft/multiline #a", ":s BATCH -x"]), []);
        let empty = ["@batch=x :a!u@h PRIVMSG #a :"; 3];
        let all = [&[":a!u@h BATCH +x draft/multiline #a"][..], &empty, &[":s BATCH -x"]].concat();
        assert_eq!(read(&all), []);
        let line = format!("@batch=x :a!u@h PRIVMSG #a :{}", "茶".repeat(100));
        let long =
            [&[":a!u@h BATCH +x draft/multiline #a"][..], &vec![line.as_str(); 1000], &[":s BATCH -x"]];
        let events = read(&long.concat());
        assert!((MOST_BYTES - 3..=MOST_BYTES).contains(&words(&events[0]).text.len()));
    }
}
