//! Bursts: what one person says to the same hearers in one room without a pause.
//!
//! A session runs all the lines that one `read` gave before it lets go of the lock, and most of the time they are one
//! person's words to one room. They are put behind one another first, and then each member gets them at once: with
//! forty lines for a hundred people, that is a hundred outboxes touched and not four thousand. Nobody notices: a
//! burst ends before anything else is queued ([`World::courier`]), before a command that could change who hears it,
//! and before the lock is let go.

use super::{for_each_connection, queue};
use crate::outbox::Cause;
use crate::world::delivery::line::CLASSES;
use crate::world::{ChannelId, Connection, ConnectionId, Hearers, Line, Member, PersonId, Reads, World};

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
    /// The connection; the other ones of the same person hear what is said.
    speaker: ConnectionId,
    person: PersonId,
    channel: ChannelId,
    hearers: Hearers,
    /// Whether the connection that speaks is told too.
    echo: bool,
    /// Which [classes](Line::class_of) there are among them.
    classes: [bool; CLASSES],
}

impl Audience {
    #[inline]
    fn has(&self, id: ConnectionId, connection: &Connection, (person, member): (PersonId, &Member)) -> bool {
        let Hearers { least, reads } = self.hearers;
        if id == self.speaker {
            return self.echo;
        }
        reads.fits(connection)
            && (person == self.person || least.is_none_or(|rank| member.ranks.at_least(rank)))
    }
}

impl World {
    /// Queues a speaker's words to a channel for those who are to hear them: the one way for all that is said there.
    /// The speaker's own connections hear them whatever their rank; the speaking one does if it
    /// [asked for that](Self::echoes).
    pub(crate) fn say(&mut self, speaker: ConnectionId, channel: ChannelId, line: &Line, hearers: Hearers) {
        // The speaker's copy is part of the answer to a question with a label.
        let is_held = self.capture.as_ref().is_some_and(|capture| capture.is_for(speaker));
        if is_held
            && self.hears_itself(speaker, channel, hearers.reads)
            && let Some(capture) = &mut self.capture
        {
            capture.hold(&self.connections[speaker], line);
        }
        let goes_on = |audience: &Audience| {
            audience.speaker == speaker
                && audience.channel == channel
                && audience.hearers == hearers
                && !(is_held && audience.echo)
        };
        let audience = match self.burst.audience {
            Some(audience) if goes_on(&audience) => audience,
            _ => {
                self.end_burst();
                self.audience(speaker, channel, hearers, is_held)
            }
        };
        self.burst.audience = Some(audience);
        for (class, _) in audience.classes.iter().enumerate().filter(|(_, there)| **there) {
            for part in line.parts(class) {
                self.burst.lines[class].extend_from_slice(part);
            }
        }
    }

    /// Whether a connection hears what it says to a channel itself.
    fn hears_itself(&self, speaker: ConnectionId, channel: ChannelId, reads: Reads) -> bool {
        self.echoes(speaker)
            && reads.fits(&self.connections[speaker])
            && self.is_member(self.person_of(speaker), channel)
    }

    fn audience(
        &self,
        speaker: ConnectionId,
        channel: ChannelId,
        hearers: Hearers,
        is_held: bool,
    ) -> Audience {
        let person = self.person_of(speaker);
        let echo = !is_held && self.hears_itself(speaker, channel, hearers.reads);
        let mut audience = Audience { speaker, person, channel, hearers, echo, classes: [false; CLASSES] };
        for (person, member) in &self.channels[channel].members {
            for_each_connection(&self.people[*person], &self.connections, |id, connection| {
                let class = Line::class_of(connection.capabilities);
                audience.classes[class] |= audience.has(id, connection, (*person, member));
            });
        }
        audience
    }

    /// How many bytes the end of the burst copies, at the most.
    pub(crate) fn burst_bytes(&self) -> usize {
        let Some(Audience { channel, .. }) = self.burst.audience else { return 0 };
        let longest = self.burst.lines.iter().map(Vec::len).max().unwrap_or_default();
        longest * self.channels[channel].members.len()
    }

    /// Hands what was said to its hearers.
    pub(crate) fn end_burst(&mut self) {
        let Some(audience) = self.burst.audience.take() else { return };
        let Self { channels, people, connections, effects, burst, .. } = self;
        for (person, member) in &channels[audience.channel].members {
            for_each_connection(&people[*person], connections, |id, connection| {
                if audience.has(id, connection, (*person, member)) {
                    let lines = &burst.lines[Line::class_of(connection.capabilities)];
                    queue(connection, &[lines], Cause::Others, &mut effects.touched);
                }
            });
        }
        for lines in &mut self.burst.lines {
            lines.clear();
        }
    }
}
