//! Lines on their way: what one looks like to whom, and in which order they are queued.

pub(super) mod burst;
pub(super) mod label;
pub(super) mod line;
pub(super) mod multiline;

use std::fmt;
use std::mem;
use std::sync::Arc;

use jiff::Timestamp;
use slotmap::SlotMap;
use teahouse_protocol::text;

use crate::outbox::Cause;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capability, Capture, ChannelId, Client, ClientId, Effects, Line, Member, Tags, World};

/// How much of a sentence a notice holds, in bytes: with names of any length before it, it is one line.
const NOTICE_BYTES: usize = 350;

impl World {
    /// A line to queue, with the time of the command that is being run.
    pub fn line(&self, words: fmt::Arguments) -> Line {
        Line::new(self.now, words, self.paper.take().unwrap_or_default())
    }

    /// A line that says these words behind one another; see [`Line::of`].
    pub(crate) fn line_of(&self, time: Timestamp, tags: Tags, words: &[&str]) -> Line {
        Line::of(time, tags, words, self.paper.take().unwrap_or_default())
    }

    /// Throws away a line that was queued for all who get it. What it stood on is used for the next one.
    pub(crate) fn done_with(&self, line: Line) {
        self.paper.replace(Some(line.into_paper()));
    }

    /// Tells every server operator something that the server itself has to say.
    pub(crate) fn tell_operators(&mut self, text: &Text) {
        let operators = self.clients.iter().filter(|(_, client)| client.is_operator());
        for id in operators.map(|(id, _)| id).collect::<Vec<_>>() {
            self.notice(id, text);
        }
    }

    /// Queues a line for one connection.
    pub fn tell(&mut self, to: ClientId, line: &Line, cause: Cause) {
        self.end_burst();
        let Self { clients, effects, capture, .. } = self;
        deliver(to, &clients[to], line, cause, effects, capture);
    }

    /// Queues a line for one connection that nobody else gets.
    pub(crate) fn tell_only(&mut self, to: ClientId, line: Line, cause: Cause) {
        self.tell(to, &line, cause);
        self.done_with(line);
    }

    /// Queues a numeric for the client that asked.
    pub fn answer(&mut self, to: ClientId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Answer);
    }

    /// Queues a numeric for a client because somebody else did something.
    pub(crate) fn notify(&mut self, to: ClientId, reply: &Reply) {
        let line = self.numeric(to, reply);
        self.tell_only(to, line, Cause::Others);
    }

    /// Queues a sentence of the server's own, where there is no numeric for it. Each of its lines is a notice, and one
    /// that is too long is several.
    pub(crate) fn notice(&mut self, to: ClientId, text: &Text) {
        let words = text.to_string(self.clients[to].language);
        for words in words.lines().flat_map(|line| text::split(line, NOTICE_BYTES)) {
            let (server, name) = (&self.config.name, self.clients[to].name());
            let line = self.line(format_args!(":{server} NOTICE {name} :{words}"));
            self.tell_only(to, line, Cause::Answer);
        }
    }

    /// A numeric, as a client gets it.
    pub(crate) fn numeric(&self, to: ClientId, reply: &Reply) -> Line {
        let client = &self.clients[to];
        let (server, name, params) = (&self.config.name, client.name(), reply.params(client.language));
        self.line(format_args!(":{server} {:03} {name} {params}", reply.numeric()))
    }

    /// Queues for each connection of a person the line that `choose` has for it.
    pub(crate) fn tell_person<'l>(
        &mut self,
        person: ClientId,
        choose: impl Fn(ClientId, &Client) -> Option<&'l Line>,
    ) {
        self.end_burst();
        let Self { clients, effects, capture, at_work, .. } = self;
        for_each_connection(person, &clients[person], clients, |id, client| {
            if let Some(line) = choose(id, client) {
                let cause = if *at_work == Some(id) { Cause::Answer } else { Cause::Others };
                deliver(id, client, line, cause, effects, capture);
            }
        });
    }

    /// Queues a numeric for each connection of a person.
    pub(crate) fn notify_person(&mut self, person: ClientId, reply: &Reply) {
        for connection in self.connections_of(person) {
            self.notify(connection, reply);
        }
    }

    /// Queues for each connection of each member of a channel the line that `choose` has for it.
    pub fn tell_channel<'l>(
        &mut self,
        channel: ChannelId,
        mut choose: impl FnMut(ClientId, &Client, &Member) -> Option<&'l Line>,
    ) {
        self.end_burst();
        let Self { channels, clients, effects, capture, .. } = self;
        for (id, member) in &channels[channel].members {
            for_each_connection(*id, &clients[*id], clients, |id, client| {
                if let Some(line) = choose(id, client, member) {
                    deliver(id, client, line, Cause::Others, effects, capture);
                }
            });
        }
    }

    /// Queues, once for everybody who shares a channel with a client, the line that `choose` has for it; not for the
    /// client itself.
    pub fn tell_neighbours<'l>(&mut self, id: ClientId, choose: impl Fn(&Client) -> Option<&'l Line>) {
        self.end_burst();
        self.begin_round(id);
        let Self { channels, clients, effects, capture, round, .. } = self;
        for index in 0..clients[id].channels.len() {
            let channel = clients[id].channels[index];
            for member in channels[channel].members.keys() {
                if mem::replace(&mut clients[*member].round, *round) == *round {
                    continue;
                }
                for_each_connection(*member, &clients[*member], clients, |id, client| {
                    if let Some(line) = choose(client) {
                        deliver(id, client, line, Cause::Others, effects, capture);
                    }
                });
            }
        }
    }

    /// Like [`tell_neighbours`](Self::tell_neighbours), and for those too who watch for the client with
    /// `extended-monitor` on; `choose` sees to the capability that the line itself needs.
    pub(crate) fn tell_neighbours_and_watchers<'l>(
        &mut self,
        id: ClientId,
        choose: impl Fn(&Client) -> Option<&'l Line>,
    ) {
        self.tell_neighbours(id, &choose);
        for watcher in self.watchers_of(self.clients[id].name()) {
            let Self { clients, effects, capture, round, .. } = self;
            let client = &clients[watcher];
            // Whether it has been told is noted of the person.
            let person = client.person.unwrap_or(watcher);
            if clients[person].round != *round
                && client.has(Capability::ExtendedMonitor)
                && let Some(line) = choose(client)
            {
                deliver(watcher, client, line, Cause::Others, effects, capture);
            }
        }
    }

    /// From here on, nobody but `id` has been told.
    fn begin_round(&mut self, id: ClientId) {
        self.round += 1;
        self.clients[id].round = self.round;
    }
}

/// Queues a line for one client, or holds it back as part of the answer to a question with a label.
fn deliver(
    to: ClientId,
    client: &Client,
    line: &Line,
    cause: Cause,
    effects: &mut Effects,
    capture: &mut Option<Capture>,
) {
    if let Some(capture) = capture.as_mut().filter(|capture| capture.is_for(to)) {
        capture.hold(client, line);
    } else if client.outbox.queue(&line.parts(Line::class_of(client.capabilities)), cause) {
        effects.touched.push(Arc::clone(&client.outbox));
    }
}

/// Does something for each connection of a person.
#[inline]
fn for_each_connection<'c>(
    id: ClientId,
    client: &'c Client,
    clients: &'c SlotMap<ClientId, Client>,
    mut work: impl FnMut(ClientId, &'c Client),
) {
    if !client.is_apart {
        return work(id, client);
    }
    for device in &client.devices {
        work(*device, &clients[*device]);
    }
}
