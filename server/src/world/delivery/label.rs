//! Labels: a client marks a question, and the server marks the answer
//! ([IRCv3 labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
//!
//! While a command with a label runs, the server holds back its lines to the client that sent it. At the end it sends
//! them as one labelled line or as a labelled batch; when there was nothing to say, it sends a labelled ACK.

use teahouse_protocol::batches;
use teahouse_protocol::tags::{self, push_tag};

use crate::outbox::Cause;
use crate::world::{Capability, Connection, ConnectionId, Line, PersonId, Reads, World};

/// The longest label, in bytes.
const LABEL_BYTES: usize = 64;

/// The answer to one question, held back.
#[derive(Debug)]
pub(crate) struct Capture {
    who: ConnectionId,
    label: String,
    lines: Vec<TagsAndWords>,
}

/// A line in two parts: its tags, without `@` and the space, and the rest.
type TagsAndWords = (String, Vec<u8>);

impl Capture {
    pub(super) fn is_for(&self, connection: ConnectionId) -> bool {
        self.who == connection
    }

    pub(in crate::world) fn hold(&mut self, connection: &Connection, line: &Line) {
        self.lines.push(line.tags_and_words(connection));
    }
}

/// Whether two lines are the beginning and the end of one batch.
fn is_batch((_, begin): &TagsAndWords, (_, end): &TagsAndWords) -> bool {
    let reference = |words: &[u8], sign: u8| {
        let mut words = words.split(u8::is_ascii_whitespace);
        let is_batch = words.nth(1) == Some(b"BATCH");
        words.next().filter(|word| is_batch && word.first() == Some(&sign)).map(|word| word[1..].to_vec())
    };
    reference(begin, b'+').is_some_and(|begun| reference(end, b'-') == Some(begun))
}

impl Line {
    /// The line as a client gets it, so that another tag can be put before the others.
    fn tags_and_words(&self, connection: &Connection) -> TagsAndWords {
        let [tags, words] = self.parts(Self::class_of(connection.capabilities));
        let tags = String::from_utf8_lossy(tags);
        (tags.trim_start_matches('@').trim_end().to_owned(), words.to_vec())
    }
}

impl World {
    /// From here on, answers to `who` are held back, if it has asked for labels and for the batches that they need.
    pub(crate) fn begin_capture(&mut self, who: ConnectionId, label: &str) {
        let connection = &self.connections[who];
        let understood = connection.has(Capability::LabeledResponse) && connection.has(Capability::Batch);
        if understood && !label.is_empty() && label.len() <= LABEL_BYTES {
            self.capture = Some(Capture { who, label: label.to_owned(), lines: Vec::new() });
        }
    }

    /// Queues a line for a person that is no part of the answer: a speaker's words to themselves arrive like anybody
    /// else's.
    pub(crate) fn tell_unlabelled(&mut self, to: PersonId, line: &Line, reads: Reads) {
        let capture = self.capture.take();
        self.tell_readers(to, line, reads);
        self.capture = capture;
    }

    /// Stops holding back, for a question that is answered later. Returns its label.
    pub(crate) fn forget_capture(&mut self) -> Option<String> {
        self.capture.take().map(|capture| capture.label)
    }

    /// Takes the answers so far out of the world, for the time that a command goes on without the lock.
    pub(crate) fn suspend_capture(&mut self) -> Option<Capture> {
        self.capture.take()
    }

    /// Goes on holding back what was [suspended](Self::suspend_capture).
    pub(crate) fn resume_capture(&mut self, capture: Option<Capture>) {
        self.capture = capture;
    }

    /// Sends the lines that were held back for `who`, labelled.
    pub(crate) fn release_capture_of(&mut self, who: ConnectionId) {
        let Some(Capture { label, lines, .. }) = self.capture.take_if(|capture| capture.who == who) else {
            return;
        };
        if !self.connections.contains_key(who) {
            return;
        }
        let server = self.config.name.clone();
        match &lines[..] {
            [] => {
                let ack = self.line(format_args!(":{server} ACK"));
                self.send_tagged(who, tags::LABEL, &label, &ack.tags_and_words(&self.connections[who]));
            }
            [line] => self.send_tagged(who, tags::LABEL, &label, line),
            // An answer that is a batch already needs no other around it.
            [begin, rest @ .., end] if is_batch(begin, end) => {
                self.send_tagged(who, tags::LABEL, &label, begin);
                for line in rest.iter().chain([end]) {
                    self.send_as_held(who, line);
                }
            }
            _ => {
                let batch = self.next_number().to_string();
                let begin = self.line(format_args!(":{server} BATCH +{batch} {}", batches::LABELED_RESPONSE));
                self.send_tagged(who, tags::LABEL, &label, &begin.tags_and_words(&self.connections[who]));
                for line in &lines {
                    // A line in a batch goes into this one with that batch; a line belongs to one batch only.
                    if line.0.split(';').any(|tag| tag.starts_with("batch=")) {
                        self.send_as_held(who, line);
                    } else {
                        self.send_tagged(who, tags::BATCH, &batch, line);
                    }
                }
                let end = self.line(format_args!(":{server} BATCH -{batch}"));
                self.tell(who, &end, Cause::Answer);
            }
        }
    }

    /// Queues a line as it was held back.
    fn send_as_held(&mut self, who: ConnectionId, (tags, words): &TagsAndWords) {
        let (at, space) = if tags.is_empty() { ("", "") } else { ("@", " ") };
        let parts = [at.as_bytes(), tags.as_bytes(), space.as_bytes(), words];
        self.courier().queue(who, &parts, Cause::Answer);
    }

    /// Queues a line with one tag more.
    fn send_tagged(&mut self, who: ConnectionId, key: &str, value: &str, (tags, words): &TagsAndWords) {
        let mut first = String::new();
        push_tag(&mut first, key, value);
        let semicolon = if tags.is_empty() { "" } else { ";" };
        let parts = [b"@", first.as_bytes(), semicolon.as_bytes(), tags.as_bytes(), b" ", words];
        self.courier().queue(who, &parts, Cause::Answer);
    }
}
