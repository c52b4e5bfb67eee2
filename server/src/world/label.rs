//! Labels: a client marks a question, and the server marks the answer
//! ([IRCv3 labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
//!
//! While a command with a label runs, what goes back to the client that sent it is held back; at the end it is sent
//! as one labelled line, as a labelled batch, or, when there was nothing to say, as a labelled ACK.

use std::sync::Arc;

use teahouse_protocol::tags::push_tag;

use super::{Client, ClientId, Line, World};
use crate::outbox::Cause;

/// The longest label, in bytes.
const LABEL_BYTES: usize = 64;

/// The answer to one question, held back.
#[derive(Debug)]
pub(crate) struct Capture {
    who: ClientId,
    label: String,
    /// Each line's tags (without `@` and the space) and the rest.
    lines: Vec<(String, Vec<u8>)>,
}

impl Capture {
    pub(super) fn is_for(&self, client: ClientId) -> bool {
        self.who == client
    }

    pub(super) fn hold(&mut self, client: &Client, line: &Line) {
        let [tags, words] = line.parts(client.capabilities);
        let tags = String::from_utf8_lossy(tags);
        let tags = tags.trim_start_matches('@').trim_end().to_owned();
        self.lines.push((tags, words.to_vec()));
    }
}

impl World {
    /// From here on, answers to `who` are held back.
    pub(crate) fn begin_capture(&mut self, who: ClientId, label: &str) {
        if !label.is_empty() && label.len() <= LABEL_BYTES {
            self.capture = Some(Capture { who, label: label.to_owned(), lines: Vec::new() });
        }
    }

    /// Takes the answers so far out of the world, for the time that a command goes on without the lock.
    pub(crate) fn suspend_capture(&mut self) -> Option<Capture> {
        self.capture.take()
    }

    /// Goes on holding back what was [suspended](Self::suspend_capture).
    pub(crate) fn resume_capture(&mut self, capture: Option<Capture>) {
        self.capture = capture;
    }

    /// Sends what was held back for `who`, labelled.
    pub(crate) fn release_capture_of(&mut self, who: ClientId) {
        let Some(Capture { label, lines, .. }) = self.capture.take_if(|capture| capture.who == who) else {
            return;
        };
        let Some(client) = self.clients.get(who) else { return };
        let outbox = Arc::clone(&client.outbox);
        let server = self.config.name.clone();
        let batch = self.next_number().to_string();
        let send = |world: &mut Self, key: &str, value: &str, tags: &str, words: &[u8]| {
            let mut first = String::new();
            push_tag(&mut first, key, value);
            let semicolon = if tags.is_empty() { "" } else { ";" };
            let parts = [b"@", first.as_bytes(), semicolon.as_bytes(), tags.as_bytes(), b" ", words];
            if outbox.queue(&parts, Cause::Answer) {
                world.effects.touched.push(Arc::clone(&outbox));
            }
        };
        match &lines[..] {
            [] => send(self, "label", &label, "", format!(":{server} ACK\r\n").as_bytes()),
            [(tags, words)] => send(self, "label", &label, tags, words),
            _ => {
                let begin = format!(":{server} BATCH +{batch} labeled-response\r\n");
                send(self, "label", &label, "", begin.as_bytes());
                for (tags, words) in &lines {
                    send(self, "batch", &batch, tags, words);
                }
                if outbox.queue(&[format!(":{server} BATCH -{batch}\r\n").as_bytes()], Cause::Answer) {
                    self.effects.touched.push(outbox);
                }
            }
        }
    }
}
