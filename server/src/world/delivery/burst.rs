//! Bursts: what one person says to one room without a pause.
//!
//! A session runs all the lines that one `read` gave before it lets go of the lock, and most of the time they are one
//! person's words to one room. They are put behind one another first, and then each member gets them at once: with
//! forty lines for a hundred people, that is a hundred outboxes touched and not four thousand.
//! Nobody can tell: a burst ends before anything else is said, before a command that could change who hears it, and
//! before the lock is let go.

use std::sync::Arc;

use super::for_each_connection;
use crate::outbox::Cause;
use crate::world::delivery::line::CLASSES;
use crate::world::{Capability, ChannelId, ClientId, Line, World};

/// The burst that is going on, if any.
#[derive(Debug, Default)]
pub(in crate::world) struct Burst {
    audience: Option<Audience>,
    /// The lines, as each class of clients gets them; kept for the buffers.
    lines: [Vec<u8>; CLASSES],
}

/// The hearers of a burst.
#[derive(Clone, Copy, Debug)]
struct Audience {
    /// The connection; another device of the same person hears what is said.
    speaker: ClientId,
    channel: ChannelId,
    /// Whether the speaker is told too.
    echo: bool,
    /// Which [classes](Line::class_of) there are among them.
    classes: [bool; CLASSES],
}

impl World {
    /// Queues what somebody says for everybody else in a channel, and for the speaker too who has asked for that.
    pub(crate) fn say(&mut self, speaker: ClientId, channel: ChannelId, line: &Line) {
        let audience = match self.burst.audience {
            Some(audience) if audience.speaker == speaker && audience.channel == channel => audience,
            _ => {
                self.end_burst();
                self.audience(speaker, channel)
            }
        };
        self.burst.audience = Some(audience);
        for (class, _) in audience.classes.iter().enumerate().filter(|(_, there)| **there) {
            for part in line.parts(class) {
                self.burst.lines[class].extend_from_slice(part);
            }
        }
    }

    fn audience(&self, speaker: ClientId, channel: ChannelId) -> Audience {
        let mut classes = [false; CLASSES];
        for member in self.channels[channel].members.keys() {
            for_each_connection(*member, &self.clients[*member], &self.clients, |_, client| {
                classes[Line::class_of(client.capabilities)] = true;
            });
        }
        let echo = self.clients[speaker].has(Capability::EchoMessage);
        Audience { speaker, channel, echo, classes }
    }

    /// How many bytes the end of the burst copies, at the most.
    pub(crate) fn burst_bytes(&self) -> usize {
        let Some(Audience { channel, .. }) = self.burst.audience else { return 0 };
        let longest = self.burst.lines.iter().map(Vec::len).max().unwrap_or_default();
        longest * self.channels[channel].members.len()
    }

    /// Hands what was said to its hearers.
    pub(crate) fn end_burst(&mut self) {
        let Some(Audience { speaker, channel, echo, .. }) = self.burst.audience.take() else { return };
        let Self { channels, clients, effects, burst, .. } = self;
        for member in channels[channel].members.keys() {
            for_each_connection(*member, &clients[*member], clients, |id, client| {
                let lines = &burst.lines[Line::class_of(client.capabilities)];
                if (echo || id != speaker) && client.outbox.queue(&[lines], Cause::Others) {
                    effects.touched.push(Arc::clone(&client.outbox));
                }
            });
        }
        for lines in &mut self.burst.lines {
            lines.clear();
        }
    }
}
