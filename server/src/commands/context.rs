//! The context of every handler: what it works with, and how it answers.

use std::fmt;

use teahouse_protocol::Tags;

use super::aid::Aid;
use super::{COMMANDS, find};
use crate::outbox::Cause;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capability, Connection, ConnectionId, Login, Person, PersonId, World, mask};

/// The context of a handler: the world, the client that asks, and the tags of the question.
#[derive(Debug)]
pub(super) struct Context<'w> {
    pub(super) world: &'w mut World,
    /// The person who asks.
    pub(super) me: PersonId,
    /// The connection that asks: one of the person's.
    pub(super) connection: ConnectionId,
    pub(super) tags: Tags<'w>,
    /// The task to do before the command goes on.
    pub(super) task: Option<Box<dyn Task>>,
}

impl Context<'_> {
    /// The person who asks. Not to be called after [`World::disconnect`].
    pub(super) fn person(&self) -> &Person {
        self.world.person(self.me).expect("a command runs for somebody who is here")
    }

    /// The connection that asks, with what it can do and the language that it is spoken to in.
    pub(super) fn connection(&self) -> &Connection {
        self.world.connection(self.connection).expect("a command runs for a client that is here")
    }

    /// The login of the connection that asks, until it is complete.
    pub(super) fn login(&mut self) -> Option<&mut Login> {
        self.world.connection_mut(self.connection).login.as_deref_mut()
    }

    /// Whether a capability is on where the question comes from.
    pub(super) fn has(&self, capability: Capability) -> bool {
        self.connection().has(capability)
    }

    /// Goes on if a question is for this server: it names no server, this one, a mask of it, or somebody who is here.
    ///
    /// # Errors
    /// ERR_NOSUCHSERVER.
    pub(super) fn for_this_server(&self, server: Option<&str>) -> Result<(), Reply> {
        let Some(server) = server.filter(|server| !server.is_empty()) else { return Ok(()) };
        if self.is_this_server(server) || self.world.find(server).is_ok() {
            Ok(())
        } else {
            Err(Reply::NoSuchServer(server.to_owned()))
        }
    }

    /// Whether a mask describes this server's name.
    pub(super) fn is_this_server(&self, mask: &str) -> bool {
        let fold = |text| self.world.config.casemapping.fold(text);
        mask::fits(fold(mask).as_str(), fold(&self.world.config.name).as_str())
    }

    pub(super) fn reply(&mut self, reply: &Reply) {
        self.world.answer(self.connection, reply);
    }

    /// Tells a connection something; the connection that asks gets it as an answer.
    pub(super) fn tell(&mut self, connection: ConnectionId, reply: &Reply) {
        if connection == self.connection {
            self.reply(reply);
        } else {
            self.world.notify(connection, reply);
        }
    }

    pub(super) fn reply_all(&mut self, replies: &[Reply]) {
        for reply in replies {
            self.reply(reply);
        }
    }

    /// A sentence in the language of the connection that asks.
    pub(super) fn say(&self, text: &Text) -> String {
        text.to_string(self.connection().language)
    }

    /// Sends a line that no numeric is for; `words` come after the server's name.
    pub(super) fn send(&mut self, words: fmt::Arguments) {
        let line = self.world.line(format_args!(":{} {words}", self.world.config.name));
        self.world.tell_only(self.connection, line, Cause::Answer);
    }

    /// Says something as the server, where there is no numeric for it.
    pub(super) fn notice(&mut self, text: &Text) {
        self.world.notice(self.connection, text);
    }

    /// Refuses with a [standard reply](https://ircv3.net/specs/extensions/standard-replies). A client that has asked
    /// neither for those nor for the extension that the command belongs to gets a notice.
    pub(super) fn fail(&mut self, command: &str, code: &str, about: &str, text: &Text) {
        let extension = find(command).and_then(|row| COMMANDS[row].extension);
        if self.has(Capability::StandardReplies) || extension.is_some_and(|it| self.has(it)) {
            let words = self.say(text);
            let space = if about.is_empty() { "" } else { " " };
            self.send(format_args!("FAIL {command} {code}{space}{about} :{words}"));
        } else {
            self.notice(text);
        }
    }
}

/// Something to be done without the lock, in the middle of a command (see [`errand`](super::errand)).
pub(super) trait Task: fmt::Debug {
    /// Does it. Takes its time; holds no lock.
    fn run(&mut self, aid: &mut Aid);

    /// Goes on with the command, with the lock.
    fn finish(self: Box<Self>, context: &mut Context);

    /// Does what is left to do when the client has gone meanwhile: what was kept has to be known.
    fn settle(&mut self, _world: &mut World) {}
}

/// The parts of a comma-separated list that are not empty.
pub(super) fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|item| !item.is_empty())
}
