//! What the window can learn from the network: rooms, people and phrases. [`read`] reads it from the wire, message by
//! message, and [`Reader`] puts together a message that comes in several lines.
//!
//! [`connection`](crate::net::connection) tells how events travel, and [`model`](crate::model) what becomes of them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use teahouse_protocol::Capability;

use crate::config::fingerprint::Fingerprint;
use crate::event::failure::Failure;
use crate::text::formatting::{self, Span};
use crate::text::i18n::Phrase;

pub mod failure;
pub mod read;
mod reader;
pub mod wire_line;

pub use reader::Reader;

/// Something happened on the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened by the server's clock, if the server says so
    /// ([server-time](https://ircv3.net/specs/extensions/server-time)). Otherwise it is happening now.
    pub time: Option<Timestamp>,
    /// The label of the line of ours that this answers
    /// ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
    pub label: Option<String>,
    /// The batch that this belongs to; its label is this event's too.
    pub batch: Option<String>,
    /// What happened.
    pub what: What,
}

impl From<What> for Event {
    fn from(what: What) -> Self {
        Self { time: None, label: None, batch: None, what }
    }
}

/// What happened. Names are as the server wrote them; the model says whether two are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The server agreed to some capabilities or withdrew them. These are all that are in force now, with what it
    /// said of them, if anything: `max-bytes=8192`.
    Capabilities(BTreeMap<Capability, String>),
    /// The login is complete, and this is our name here.
    Welcome {
        /// Our name, which may be shorter than the name that we asked for.
        nick: String,
    },
    /// We are logged in to this account now, or no longer to any.
    Account(Option<String>),
    /// The connection is by TLS, and this is the certificate of the server at its other end.
    Secured(Fingerprint),
    /// The server took this long to answer.
    Latency(Duration),
    /// The server answered a PING that we sent by hand.
    Pong,
    /// The connection is over. This was its last event, unless it is to be made again.
    Ended(Failure),
    /// The connection will be made again in so many seconds. Comes each second.
    Retrying {
        /// How many.
        seconds: u32,
    },
    /// The connection is being made again: after its end, or because the server asks us to come by TLS instead.
    Connecting,
    /// What program the server is.
    Program(String),
    /// What the server supports: `(name, value)`, as in 005.
    Supports(Vec<(String, String)>),
    /// Somebody said something to a room or to us; or we did, and the server echoes it.
    Said {
        /// The speaker.
        from: Sender,
        /// A room, or a person's name.
        target: String,
        /// How.
        manner: Manner,
        /// The words.
        words: Words,
    },
    /// Somebody is writing to a room or to us, or has stopped.
    Typing {
        /// The person.
        from: Sender,
        /// A room, or our name.
        target: String,
        /// Whether they are at it.
        is_typing: bool,
    },
    /// Somebody put an emoji below a message, or took it away.
    Reacted {
        /// The person.
        from: Sender,
        /// A room, or a person's name.
        target: String,
        /// The message, by its identifier.
        to: String,
        /// The emoji.
        reaction: String,
        /// Taken away rather than put.
        is_undone: bool,
    },
    /// A message was taken back.
    Redacted {
        /// The person who took it back.
        by: String,
        /// A room, or a person's name.
        target: String,
        /// The message, by its identifier.
        id: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Up to where we have read a conversation, on this or another device.
    Read {
        /// A room, or a person's name.
        target: String,
        /// Everything up to then; nothing if nothing was read.
        until: Option<Timestamp>,
    },
    /// The server did what was asked, and has nothing to say about it.
    Acknowledged,
    /// From here on some events belong together.
    BatchBegins {
        /// What those events call it.
        batch: String,
        /// What they are.
        of: BatchOf,
    },
    /// All events of a batch have come.
    BatchEnds {
        /// Which.
        batch: String,
    },
    /// Something was said in a room or with somebody, while we were here or not.
    TalkedWith {
        /// The room or the person.
        target: String,
    },
    /// The server does not tell what was said before.
    NoHistory {
        /// What it was asked about; a room or a person may be among it.
        about: Vec<String>,
    },
    /// Our account has been opened, and we are logged in to it.
    Registered {
        /// What it is called.
        account: String,
    },
    /// Somebody came into a room.
    Joined {
        /// The person.
        who: Sender,
        /// Where.
        room: String,
    },
    /// Somebody left a room.
    Left {
        /// The person.
        who: String,
        /// Which room.
        room: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody was sent out of a room.
    Kicked {
        /// The person who is sent out.
        who: String,
        /// The person who sends them out.
        by: String,
        /// Out of which room.
        room: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody left the server.
    Quit {
        /// The person.
        who: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody has another name now.
    Renamed {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// What a room is about.
    Topic {
        /// Which room.
        room: String,
        /// The person who changed it just now; nobody if it was asked for or came with joining.
        by: Option<String>,
        /// The topic, empty for none.
        topic: String,
    },
    /// Some of the people in a room.
    Names {
        /// Which room.
        room: String,
        /// Each with the signs of rank before the name: `@alice`.
        people: Vec<String>,
    },
    /// All [`Names`](Self::Names) of a room have come.
    NamesEnd {
        /// Which room.
        room: String,
    },
    /// Modes of a room, or of ourselves, were set.
    Mode {
        /// The person, or the server, that set them.
        by: String,
        /// The room, or our own name.
        target: String,
        /// The letters, with `+` and `-`.
        modes: String,
        /// Their parameters.
        args: Vec<String>,
    },
    /// Somebody in a room with us went away or came back.
    Away {
        /// The person.
        who: String,
        /// Whether they are away now.
        away: bool,
    },
    /// Somebody we wrote to or asked about is away.
    IsAway {
        /// The person.
        who: String,
        /// What they left word of.
        reason: String,
    },
    /// The server marked us as away, or as back.
    MarkedAway(bool),
    /// A person in the answer to WHO.
    WhoRow {
        /// Their name.
        nick: String,
        /// Whether they are away.
        away: bool,
    },
    /// The answer to the oldest open WHO is complete, or was refused.
    WhoEnd,
    /// A room in the answer to LIST.
    RoomRow {
        /// Its name.
        room: String,
        /// How many people are there.
        people: String,
        /// What it is about; may be empty.
        topic: String,
    },
    /// The answer to LIST is complete.
    RoomListEnd,
    /// A line of the server's message of the day.
    Motd(String),
    /// The message of the day is complete, or there is none. The server's greeting ends with it.
    MotdEnd,
    /// Somebody invites somebody into a room.
    Invited {
        /// The person who invites.
        by: String,
        /// The person who is invited.
        who: String,
        /// Where to.
        room: String,
    },
    /// A room that we wanted to come into sends us on to another room.
    Forwarded {
        /// The room that we wanted.
        from: String,
        /// The other.
        to: String,
    },
    /// Something about somebody, in the answer to WHOIS.
    Whois {
        /// The person.
        nick: String,
        /// What is known of them.
        fact: Phrase,
    },
    /// The answer to WHOIS is complete.
    WhoisEnd {
        /// The person that it was about.
        nick: String,
    },
    /// An answer to something we asked, complete in itself.
    Answer(Phrase),
    /// The server did not do what we asked.
    Refused {
        /// The room or person it is about, if any.
        about: Option<String>,
        /// Why not.
        phrase: Phrase,
    },
    /// The server did not do a SEARCH, and why.
    SearchRefused(Phrase),
    /// The server did not take a message of several lines that we said, and why.
    LongRefused(Phrase),
    /// Numbers that servers tell everybody at login. They are worth showing only to somebody who asked.
    Statistics(String),
}

/// What the events of a batch are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchOf {
    /// What was said before in this room, or with this person.
    History(String),
    /// What was found, anywhere.
    Found,
    /// What happens now, and only belongs together.
    Other,
}

/// What was said, and what came along with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words, fit to be shown. The line feed is the only control character that may be among them.
    pub text: String,
    /// How some of them look.
    pub spans: Vec<Span>,
    /// The identifier by which others speak of this message
    /// ([message-ids](https://ircv3.net/specs/extensions/message-ids)).
    pub id: Option<String>,
    /// The identifier of the message that this message answers.
    pub reply_to: Option<String>,
}

impl Words {
    /// The words in `raw`, as they stand on the wire or were typed. They may have several lines.
    pub fn read(raw: &str) -> Self {
        let (text, spans) = formatting::read_lines(raw);
        Self { text, spans, id: None, reply_to: None }
    }
}

/// How something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// An ordinary message.
    Message,
    /// `/me drinks tea`.
    Action,
    /// A NOTICE: from a server or a program, and never to be answered or counted.
    Notice,
}

/// Where a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The nickname, or a server's name, or nothing if the message did not say.
    pub name: String,
    /// `user@host` as others see it, if the message said so. People have an address and servers do not.
    pub address: Option<String>,
}

impl Sender {
    /// Whether this is a server rather than a person. A nickname has no dot in it.
    pub fn is_server(&self) -> bool {
        self.address.is_none() && (self.name.is_empty() || self.name.contains('.'))
    }
}

#[cfg(test)]
impl What {
    /// These capabilities are in force, each by its name or as `name=value`.
    pub fn agreed(list: &[&str]) -> Self {
        let agreed = list.iter().map(|it| it.split_once('=').unwrap_or((it, "")));
        let known = |name| Capability::from_name(name).expect("a capability that the window knows");
        Self::Capabilities(agreed.map(|(name, value)| (known(name), value.to_owned())).collect())
    }
}
