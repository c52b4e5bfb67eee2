//! The commands: a table, and the dispatcher that runs a row of it.
//!
//! A handler has one signature, reads top to bottom and refuses with `?`: what it returns as `Err` is sent to the
//! client. The dispatcher answers 421, 451 and 461, so handlers do not. Handlers run under the world's lock and touch
//! memory only; what needs a file or time is an [`Errand`], which the session runs without the lock.

mod channels;
mod messages;
mod motd;
mod people;
mod registration;
mod status;

use teahouse_protocol::{InvalidMessage, Line as Received, Message};

use crate::language::Text;
use crate::reply::Reply;
use crate::world::{Client, ClientId, World};

pub use motd::Errand;

/// One command.
#[derive(Debug)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// The fewest parameters it makes sense with; below that the client gets 461.
    pub min_params: usize,
    /// When it may be used.
    pub when: When,
    run: fn(&mut Context, &Message) -> Result<(), Reply>,
}

/// When a command may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Only after login; before it the client gets 451.
    LoggedIn,
    /// At any time.
    Always,
}

use When::{Always, LoggedIn};

/// Every command, by name.
pub const COMMANDS: &[Command] = &[
    Command { name: "AWAY", min_params: 0, when: LoggedIn, run: people::away },
    Command { name: "CAP", min_params: 1, when: Always, run: registration::cap },
    Command { name: "ISON", min_params: 1, when: LoggedIn, run: people::ison },
    Command { name: "JOIN", min_params: 1, when: LoggedIn, run: channels::join },
    Command { name: "LIST", min_params: 0, when: LoggedIn, run: channels::list },
    Command { name: "LUSERS", min_params: 0, when: LoggedIn, run: status::lusers },
    Command { name: "MODE", min_params: 1, when: LoggedIn, run: channels::mode },
    Command { name: "MOTD", min_params: 0, when: LoggedIn, run: motd::motd },
    Command { name: "NAMES", min_params: 0, when: LoggedIn, run: channels::names },
    Command { name: "NICK", min_params: 0, when: Always, run: registration::nick },
    Command { name: "NOTICE", min_params: 0, when: LoggedIn, run: messages::notice },
    Command { name: "PART", min_params: 1, when: LoggedIn, run: channels::part },
    Command { name: "PASS", min_params: 1, when: Always, run: registration::pass },
    Command { name: "PING", min_params: 0, when: Always, run: status::ping },
    Command { name: "PONG", min_params: 0, when: Always, run: status::pong },
    Command { name: "PRIVMSG", min_params: 0, when: LoggedIn, run: messages::privmsg },
    Command { name: "QUIT", min_params: 0, when: Always, run: registration::quit },
    Command { name: "TOPIC", min_params: 1, when: LoggedIn, run: channels::topic },
    Command { name: "USER", min_params: 4, when: Always, run: registration::user },
    Command { name: "USERHOST", min_params: 1, when: LoggedIn, run: people::userhost },
    Command { name: "VERSION", min_params: 0, when: LoggedIn, run: status::version },
    Command { name: "WHO", min_params: 0, when: LoggedIn, run: people::who },
    Command { name: "WHOIS", min_params: 1, when: LoggedIn, run: people::whois },
];

/// What a handler works with: the world, and who asks.
#[derive(Debug)]
pub struct Context<'w> {
    world: &'w mut World,
    me: ClientId,
    errand: Option<Errand>,
}

impl Context<'_> {
    /// Who asks. Not to be called after [`World::disconnect`].
    fn client(&self) -> &Client {
        self.world.client(self.me).expect("a command runs for a client that is here")
    }

    fn reply(&mut self, reply: &Reply) {
        self.world.answer(self.me, reply);
    }
}

/// What came from a client, understood as far as can be without the world.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, on the stack")]
pub enum Input<'a> {
    /// A message to run.
    Message(Message<'a>),
    /// A line that is over its limit.
    TooLong,
    /// A line that is not UTF-8 ([IRCv3 UTF8ONLY](https://ircv3.net/specs/extensions/utf8-only)).
    NotUtf8,
    /// A line with nothing in it, or with a NUL or no command: ignored, as other servers do.
    Nothing,
    /// A line whose first word cannot be a command.
    NoCommand(&'a str),
}

impl<'a> Input<'a> {
    /// Understands one line. Needs no lock.
    pub fn understand(line: Received<'a>) -> Self {
        let Received::Complete(bytes) = line else { return Self::TooLong };
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::NotUtf8 };
        match Message::parse(text) {
            Ok(message) => Self::Message(message),
            Err(InvalidMessage::BadCommand) => Self::NoCommand(text.split(' ').next().unwrap_or(text)),
            Err(_) => Self::Nothing,
        }
    }
}

/// Runs one line of one client, under the world's lock. The client is here; afterwards it may be gone.
///
/// An errand that comes back is for the session to [run](Errand::run) without the lock and then to
/// [finish] with it, before the client's next line.
pub fn execute(world: &mut World, me: ClientId, input: &Input) -> Option<Errand> {
    let mut context = Context { world, me, errand: None };
    match input {
        Input::Message(message) => {
            if let Err(reply) = dispatch(&mut context, message) {
                context.reply(&reply);
            }
        }
        Input::TooLong => context.reply(&Reply::InputTooLong),
        Input::NotUtf8 => {
            let words = Text::InvalidUtf8.to_string(context.world.config.language);
            let line =
                format_args!(":{} FAIL * INVALID_UTF8 :{words}", context.world.config.name).to_string();
            let line = context.world.line(format_args!("{line}"));
            context.world.tell(me, &line, crate::outbox::Cause::Answer);
        }
        Input::NoCommand(word) => context.reply(&Reply::UnknownCommand((*word).to_owned())),
        Input::Nothing => {}
    }
    context.errand
}

/// Ends an errand that was run without the lock; the client is still here.
pub fn finish(world: &mut World, me: ClientId, errand: Errand) -> Option<Errand> {
    let mut context = Context { world, me, errand: None };
    motd::finish(&mut context, errand);
    context.errand
}

fn dispatch(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let known = COMMANDS.binary_search_by(|command| {
        let letters = message.command().bytes().map(|byte| byte.to_ascii_uppercase());
        command.name.bytes().cmp(letters)
    });
    let registered = context.client().is_registered();
    let command = match known {
        Ok(index) => &COMMANDS[index],
        Err(_) if registered => return Err(Reply::UnknownCommand(message.command().to_owned())),
        Err(_) => return Err(Reply::NotRegistered),
    };
    if command.when == LoggedIn && !registered {
        return Err(Reply::NotRegistered);
    }
    if message.params().len() < command.min_params {
        return Err(Reply::NeedMoreParams(command.name.to_owned()));
    }
    (command.run)(context, message)
}

/// The parts of a comma-separated list that are not empty.
fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_command_is_found() {
        assert!(COMMANDS.is_sorted_by(|one, other| one.name < other.name));
    }
}
