//! Lines on their way: how a line looks to each client, and in which order lines are queued.
//!
//! No other part of the server queues for a client under the lock. A line goes through a [`Courier`], and making a
//! courier ends the [burst]: so the words of a burst come before all later lines.

pub(super) mod burst;
pub(super) mod hearers;
pub(super) mod label;
pub(super) mod line;
pub(super) mod multiline;

use std::fmt;
use std::mem;
use std::sync::Arc;

use jiff::Timestamp;
use slotmap::SlotMap;
use teahouse_protocol::text;

use crate::outbox::{Cause, Outbox};
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{
    Capability, Capture, Channel, ChannelId, Connection, ConnectionId, Line, Member, Person, PersonId, Reads,
    Tags, World,
};

/// How much of a sentence a notice holds, in bytes: with names of any length before it, it is one line.
const NOTICE_BYTES: usize = 350;

/// The speaker's other connections, where a line is told to the speaker's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// They hear it.
    Hear,
    /// They do not: they have heard it already, or it is not for them.
    DoNotHear,
}

impl World {
    /// A line to queue, with the time of the command that is being run.
    pub fn line(&self, words: fmt::Arguments) -> Line {
        Line::new(self.now, words, self.paper.take().unwrap_or_default())
    }

    /// A line that says these words behind one another; see [`Line::of`].
    pub(crate) fn line_of(&self, time: Timestamp, tags: Tags, words: &[&str]) -> Line {
        Line::of(time, tags, words, self.paper.take().unwrap_or_default())
    }

    /// Throws away a line that was queued for all who get it. Its paper is used for the next line.
    pub(crate) fn done_with(&self, line: Line) {
        self.paper.replace(Some(line.into_paper()));
    }

    /// Tells every server operator something that the server itself has to say.
    pub(crate) fn tell_operators(&mut self, text: &Text) {
        let operators = self.people.values().filter(|person| person.is_operator());
        for id in operators.flat_map(|person| person.connections.clone()).collect::<Vec<_>>() {
            self.notice(id, text);
        }
    }

    /// Queues a line for one connection.
    pub fn tell(&mut self, to: ConnectionId, line: &Line, cause: Cause) {
        let Courier { connections, touched, capture, .. } = self.courier();
        deliver(to, &connections[to], line, cause, touched, capture);
    }

    /// Queues a line for one connection that nobody else gets.
    pub(crate) fn tell_only(&mut self, to: ConnectionId, line: Line, cause: Cause) {
        self.tell(to, &line, cause);
        self.done_with(line);
    }

    /// Queues a numeric for the client that asked.
    pub fn answer(&mut self, to: ConnectionId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Answer);
    }

    /// Queues a numeric for a client because somebody else did something.
    pub(crate) fn notify(&mut self, to: ConnectionId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Others);
    }

    /// Queues a sentence of the server's own, where there is no numeric for it. Each of its lines is a notice, and a
    /// line that is too long is several.
    pub(crate) fn notice(&mut self, to: ConnectionId, text: &Text) {
        let Connection { language, person, .. } = self.connections[to];
        let words = text.to_string(language);
        for words in words.lines().flat_map(|line| text::split(line, NOTICE_BYTES)) {
            let (server, name) = (&self.config.name, self.people[person].name());
            let line = self.line(format_args!(":{server} NOTICE {name} :{words}"));
            self.tell_only(to, line, Cause::Answer);
        }
    }

    /// A numeric, as a client gets it.
    pub(crate) fn numeric(&self, to: ConnectionId, reply: &Reply) -> Line {
        let Connection { language, person, .. } = self.connections[to];
        let (server, name, params) = (&self.config.name, self.people[person].name(), reply.params(language));
        self.line(format_args!(":{server} {:03} {name} {params}", reply.numeric()))
    }

    /// Queues for each connection of a person the line that `choose` has for it.
    pub(crate) fn tell_person<'l>(
        &mut self,
        person: PersonId,
        choose: impl Fn(ConnectionId, &Connection) -> Option<&'l Line>,
    ) {
        let at_work = self.at_work;
        let Courier { people, connections, touched, capture, .. } = self.courier();
        for_each_connection(&people[person], connections, |id, connection| {
            if let Some(line) = choose(id, connection) {
                let cause = if at_work == Some(id) { Cause::Answer } else { Cause::Others };
                deliver(id, connection, line, cause, touched, capture);
            }
        });
    }

    /// Queues a line for those connections of a person that can read it.
    pub(crate) fn tell_readers(&mut self, person: PersonId, line: &Line, reads: Reads) {
        self.tell_person(person, |_, connection| reads.fits(connection).then_some(line));
    }

    /// Queues for the speaker's own connections a line that was said to somebody else. The speaking connection hears
    /// it if it has [asked for that](Self::echoes).
    pub(crate) fn tell_own(&mut self, speaker: ConnectionId, line: &Line, reads: Reads, others: Others) {
        let echo = self.echoes(speaker);
        self.tell_person(self.person_of(speaker), |id, connection| {
            let wants = if id == speaker { echo } else { others == Others::Hear };
            (wants && reads.fits(connection)).then_some(line)
        });
    }

    /// Whether a connection hears what it says itself
    /// ([echo-message](https://ircv3.net/specs/extensions/echo-message)).
    pub(crate) fn echoes(&self, speaker: ConnectionId) -> bool {
        self.connections[speaker].has(Capability::EchoMessage)
    }

    /// Queues a numeric for each connection of a person.
    pub(crate) fn notify_person(&mut self, person: PersonId, reply: &Reply) {
        for connection in self.connections_of(person) {
            self.notify(connection, reply);
        }
    }

    /// Queues for each connection of each member of a channel the line that `choose` has for it.
    pub fn tell_channel<'l>(
        &mut self,
        channel: ChannelId,
        mut choose: impl FnMut(ConnectionId, &Connection, &Member) -> Option<&'l Line>,
    ) {
        let Courier { channels, people, connections, touched, capture } = self.courier();
        for (person, member) in &channels[channel].members {
            for_each_connection(&people[*person], connections, |id, connection| {
                if let Some(line) = choose(id, connection, member) {
                    deliver(id, connection, line, Cause::Others, touched, capture);
                }
            });
        }
    }

    /// Queues, once for each connection of everybody who shares a channel with a person, the line that `choose` has for
    /// it; not for the person's own.
    pub fn tell_neighbours<'l>(&mut self, id: PersonId, choose: impl Fn(&Connection) -> Option<&'l Line>) {
        self.begin_round(id);
        let round = self.round;
        let Courier { channels, people, connections, touched, capture } = self.courier();
        for index in 0..people[id].channels.len() {
            let channel = people[id].channels[index];
            for member in channels[channel].members.keys() {
                let person = &mut people[*member];
                if mem::replace(&mut person.round, round) == round {
                    continue;
                }
                for_each_connection(person, connections, |id, connection| {
                    if let Some(line) = choose(connection) {
                        deliver(id, connection, line, Cause::Others, touched, capture);
                    }
                });
            }
        }
    }

    /// Like [`tell_neighbours`](Self::tell_neighbours), and for clients too that watch for the person with
    /// `extended-monitor` on; `choose` sees to the capability that the line itself needs.
    pub(crate) fn tell_neighbours_and_watchers<'l>(
        &mut self,
        id: PersonId,
        choose: impl Fn(&Connection) -> Option<&'l Line>,
    ) {
        self.tell_neighbours(id, &choose);
        for watcher in self.watchers_of(self.people[id].name()) {
            let connection = &self.connections[watcher];
            if self.people[connection.person].round != self.round
                && connection.has(Capability::ExtendedMonitor)
                && let Some(line) = choose(connection)
            {
                self.tell(watcher, line, Cause::Others);
            }
        }
    }

    /// From here on, nobody but `id` has been told.
    fn begin_round(&mut self, id: PersonId) {
        self.round += 1;
        self.people[id].round = self.round;
    }
}

/// The way to the outboxes, and the only one but for the end of a burst itself.
struct Courier<'w> {
    channels: &'w SlotMap<ChannelId, Channel>,
    people: &'w mut SlotMap<PersonId, Person>,
    connections: &'w SlotMap<ConnectionId, Connection>,
    touched: &'w mut Vec<Arc<Outbox>>,
    capture: &'w mut Option<Capture>,
}

impl World {
    /// The way to the outboxes. A burst that is going on ends first.
    #[inline]
    fn courier(&mut self) -> Courier<'_> {
        self.end_burst();
        let Self { channels, people, connections, effects, capture, .. } = self;
        Courier { channels, people, connections, touched: &mut effects.touched, capture }
    }
}

impl Courier<'_> {
    /// Queues bytes for one connection, whatever is held back.
    fn queue(&mut self, to: ConnectionId, parts: &[&[u8]], cause: Cause) {
        queue(&self.connections[to], parts, cause, self.touched);
    }
}

/// Queues a line for one connection, or holds it back as part of the answer to a question with a label.
fn deliver(
    to: ConnectionId,
    connection: &Connection,
    line: &Line,
    cause: Cause,
    touched: &mut Vec<Arc<Outbox>>,
    capture: &mut Option<Capture>,
) {
    if let Some(capture) = capture.as_mut().filter(|capture| capture.is_for(to)) {
        capture.hold(connection, line);
    } else {
        queue(connection, &line.parts(Line::class_of(connection.capabilities)), cause, touched);
    }
}

/// Queues bytes for one connection, and notes that its outbox is to be flushed.
fn queue(connection: &Connection, parts: &[&[u8]], cause: Cause, touched: &mut Vec<Arc<Outbox>>) {
    if connection.outbox.queue(parts, cause) {
        touched.push(Arc::clone(&connection.outbox));
    }
}

/// Does something for each connection of a person.
#[inline]
fn for_each_connection<'c>(
    person: &Person,
    connections: &'c SlotMap<ConnectionId, Connection>,
    mut work: impl FnMut(ConnectionId, &'c Connection),
) {
    for id in &person.connections {
        work(*id, &connections[*id]);
    }
}
