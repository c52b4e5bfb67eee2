//! What the window can learn from the network, and how it is read from the wire.
//!
//! This is the only file that knows numerics: past it there are rooms, people and phrases.
//! It is also where text from the network is made safe to show, once, at the edge: every string in an [`Event`] is
//! free of control characters, colour codes and bidi overrides (see [`formatting`]).
//! How events travel is [`connection`](crate::connection)'s subject, what becomes of them
//! [`model`](crate::model)'s.

use jiff::Timestamp;
use teahouse_protocol::text::Ctcp;
use teahouse_protocol::{Message, Source, numerics};

use crate::fingerprint::Fingerprint;
use crate::formatting::{self, Span, plain as clean};
use crate::i18n::{Phrase, Text};
use crate::sasl::{self, LoginFailure};
use crate::tls::Distrust;

/// Something happened on the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened by the server's clock, if the server says so
    /// ([server-time](https://ircv3.net/specs/extensions/server-time)). Otherwise it is happening now.
    pub time: Option<Timestamp>,
    /// The label of the line of ours that this answers
    /// ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
    pub label: Option<String>,
    /// The batch that this belongs to; its label is this one's too.
    pub batch: Option<String>,
    /// What happened.
    pub what: What,
}

impl From<What> for Event {
    fn from(what: What) -> Self {
        Self { time: None, label: None, batch: None, what }
    }
}

/// What happened. Names are as the server wrote them; whether two are the same is for the model to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The server agreed to, or withdrew, some capabilities; these are the ones in force now.
    Capabilities(Vec<String>),
    /// The login is complete, and this is our name here.
    Welcome {
        /// The name, which may be shorter than the one asked for.
        nick: String,
    },
    /// We are logged in to this account now, or no longer to any.
    Account(Option<String>),
    /// The connection is by TLS, and this is the certificate of the server at its other end.
    Secured(Fingerprint),
    /// The server answered a PING that we sent by hand.
    Pong,
    /// The connection is over. This was its last event, unless it is to be made again.
    Ended(Failure),
    /// It will be made again in so many seconds. Comes each second.
    Retrying {
        /// How many.
        seconds: u32,
    },
    /// It is being made again.
    Connecting,
    /// What the server supports: `(name, value)`, as in 005.
    Supports(Vec<(String, String)>),
    /// Somebody said something to a room or to us; or we did, and the server echoes it.
    Said {
        /// Who.
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
        /// Who.
        from: Sender,
        /// A room, or our name.
        target: String,
        /// Whether they are at it.
        is_typing: bool,
    },
    /// Somebody put an emoji below a message, or took it away.
    Reacted {
        /// Who.
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
        /// By whom.
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
    /// The server does not say what was said before.
    NoHistory {
        /// What it was asked about; a room or a person among it.
        about: Vec<String>,
    },
    /// Our account has been opened, and we are logged in to it.
    Registered {
        /// What it is called.
        account: String,
    },
    /// Somebody came into a room.
    Joined {
        /// Who.
        who: Sender,
        /// Where.
        room: String,
    },
    /// Somebody left a room.
    Left {
        /// Who.
        who: String,
        /// Which room.
        room: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody was sent out of a room.
    Kicked {
        /// Who.
        who: String,
        /// By whom.
        by: String,
        /// Out of which room.
        room: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody left the server.
    Quit {
        /// Who.
        who: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody has another name now.
    Renamed {
        /// The old name.
        from: String,
        /// The new one.
        to: String,
    },
    /// What a room is about.
    Topic {
        /// Which room.
        room: String,
        /// Who changed it just now; nobody if it was asked for or came with joining.
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
        /// By whom.
        by: String,
        /// Of what.
        target: String,
        /// The letters, with `+` and `-`.
        modes: String,
        /// Their parameters.
        args: Vec<String>,
    },
    /// Somebody in a room with us went away or came back.
    Away {
        /// Who.
        who: String,
        /// Whether they are away now.
        away: bool,
    },
    /// Somebody we wrote to or asked about is away.
    IsAway {
        /// Who.
        who: String,
        /// What they left word of.
        reason: String,
    },
    /// The server marked us as away, or as back.
    MarkedAway(bool),
    /// One person in the answer to WHO.
    WhoRow {
        /// Their name.
        nick: String,
        /// Whether they are away.
        away: bool,
    },
    /// The answer to the oldest open WHO is complete, or was refused.
    WhoEnd,
    /// One room in the answer to LIST.
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
    /// The message of the day is complete, or there is none. With it the server's greeting ends.
    MotdEnd,
    /// Somebody invites somebody into a room.
    Invited {
        /// The one who invites.
        by: String,
        /// The one invited.
        who: String,
        /// Where to.
        room: String,
    },
    /// Something about somebody, in the answer to WHOIS.
    Whois {
        /// Who.
        nick: String,
        /// What.
        fact: Phrase,
    },
    /// The answer to WHOIS is complete.
    WhoisEnd {
        /// Whom it was about.
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
    /// Numbers that servers tell everybody at login. Worth showing only to somebody who asked.
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
    /// The words, fit to be shown.
    pub text: String,
    /// How some of them look.
    pub spans: Vec<Span>,
    /// The identifier by which others speak of this message
    /// ([message-ids](https://ircv3.net/specs/extensions/message-ids)).
    pub id: Option<String>,
    /// The identifier of the message that this one answers.
    pub reply_to: Option<String>,
}

impl Words {
    /// The words in `raw`, as they stand on the wire or were typed.
    pub fn read(raw: &str) -> Self {
        let (text, spans) = formatting::read(raw);
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
    /// `user@host` as others see it, if the message said so. People have one and servers do not.
    pub address: Option<String>,
}

impl Sender {
    /// Whether this is a server rather than a person. A nickname has no dot in it.
    pub fn is_server(&self) -> bool {
        self.address.is_none() && (self.name.is_empty() || self.name.contains('.'))
    }
}

/// Why there is no connection, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No address is known for this name.
    UnknownHost {
        /// The name.
        host: String,
    },
    /// The machine is there, and nothing listens on the port.
    ConnectionRefused {
        /// The machine.
        host: String,
        /// The port.
        port: u16,
    },
    /// The network says that there is no way.
    Unreachable {
        /// The machine.
        host: String,
        /// What the system says.
        detail: String,
    },
    /// Nobody answered in time.
    ConnectTimedOut {
        /// The machine.
        host: String,
    },
    /// Something answered that is not IRC.
    NotAChatServer {
        /// The machine.
        host: String,
    },
    /// The server took the connection and did not complete the login in time.
    NoWelcome,
    /// The name is somebody else's.
    NickInUse {
        /// The name.
        nick: String,
    },
    /// The server does not take the name.
    NickRefused {
        /// The name.
        nick: String,
        /// The server's words.
        reason: String,
    },
    /// The server wants a password first.
    PasswordNeeded {
        /// The server's words.
        reason: String,
    },
    /// The server does not want us.
    Banned {
        /// The server's words.
        reason: String,
    },
    /// The server ended the connection.
    ClosedByServer {
        /// Its words, if it had any.
        reason: String,
    },
    /// Nothing came for a long time, not even the answer to our PING.
    Silent,
    /// The server takes nothing any more.
    Stalled,
    /// The connection broke.
    Broken {
        /// What the system says.
        detail: String,
    },
    /// What answers there does not speak TLS, or not as we do.
    NoTls {
        /// The machine.
        host: String,
        /// What exactly is wrong.
        detail: String,
    },
    /// The server's certificate is not believed. Nothing was said to it.
    Untrusted {
        /// The server, by the name by which it was asked for.
        host: String,
        /// The certificate's fingerprint. With it in the profile's
        /// [`tls_fingerprints`](crate::profile::Profile::tls_fingerprints), the server is believed the next time.
        fingerprint: Fingerprint,
        /// Why not.
        reason: Distrust,
        /// Whether the person may be asked to believe it all the same. Not where the server said earlier that it is to
        /// be spoken to safely or not at all.
        may_accept: bool,
    },
    /// The login to an account did not succeed, and there must be one; or the server is not to be trusted.
    AccountRefused {
        /// The account.
        account: String,
        /// Why not.
        why: LoginFailure,
    },
    /// This machine could not even begin.
    CannotStart {
        /// What the system says.
        detail: String,
    },
}

/// A field of the login form, to put an error beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The account's password.
    Password,
    /// 用户名
    Nick,
    /// 服务器ip
    Server,
    /// 端口port
    Port,
}

impl Failure {
    /// The failure in plain words.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::UnknownHost { host } => Text::UnknownHost.with([host]),
            Self::ConnectionRefused { host, port } => Text::ConnectionRefused.with([host, &port.to_string()]),
            Self::Unreachable { host, detail } => Text::Unreachable.with([host, detail]),
            Self::ConnectTimedOut { host } => Text::ConnectTimedOut.with([host]),
            Self::NotAChatServer { host } => Text::NotAChatServer.with([host]),
            Self::NoWelcome => Text::NoWelcome.into(),
            Self::NickInUse { nick } => Text::NickInUse.with([nick]),
            Self::NickRefused { nick, reason } => Text::NickRefused.with([nick, reason]),
            Self::PasswordNeeded { reason } => Text::PasswordNeeded.with([reason]),
            Self::Banned { reason } => Text::Banned.with([reason]),
            Self::ClosedByServer { reason } if reason.is_empty() => Text::ClosedByServer.into(),
            Self::ClosedByServer { reason } => Text::ClosedByServerBecause.with([reason]),
            Self::Silent => Text::ServerSilent.into(),
            Self::Stalled => Text::ServerStalled.into(),
            Self::Broken { detail } => Text::ConnectionBroken.with([detail]),
            Self::NoTls { host, detail } => Text::NoTls.with([host, detail]),
            Self::Untrusted { host, fingerprint, reason, .. } => {
                let [host, fingerprint] =
                    [host, &fingerprint.to_string()].map(|words| Text::Verbatim.with([words]));
                Text::Untrusted.of([host, reason.phrase(), fingerprint])
            }
            Self::AccountRefused { account, why } => {
                Text::LoginFailed.of([Text::Verbatim.with([account]), why.phrase()])
            }
            Self::CannotStart { detail } => Text::CannotStart.with([detail]),
        }
    }

    /// Whether it may work the next time with nothing changed.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::ConnectionRefused { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimedOut { .. }
            | Self::NoWelcome
            | Self::ClosedByServer { .. }
            | Self::Silent
            | Self::Stalled
            | Self::Broken { .. } => true,
            Self::NotAChatServer { .. }
            | Self::NickInUse { .. }
            | Self::NickRefused { .. }
            | Self::PasswordNeeded { .. }
            | Self::Banned { .. }
            | Self::NoTls { .. }
            | Self::Untrusted { .. }
            | Self::AccountRefused { .. }
            | Self::CannotStart { .. } => false,
        }
    }

    /// The field of the login form to correct, if correcting one could help.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::NickInUse { .. } | Self::NickRefused { .. } => Some(Field::Nick),
            Self::UnknownHost { .. } | Self::Unreachable { .. } | Self::ConnectTimedOut { .. } => {
                Some(Field::Server)
            }
            Self::ConnectionRefused { .. } | Self::NotAChatServer { .. } | Self::NoTls { .. } => {
                Some(Field::Port)
            }
            _ => None,
        }
    }
}

impl Event {
    /// Reads a message from the server; nothing if it means nothing to a person.
    pub fn read(message: &Message<'_>) -> Option<Self> {
        let tag = |key| tag(message, key);
        let time = tag("time").and_then(|time| time.parse().ok());
        Some(Self { time, label: tag("label"), batch: tag("batch"), what: what(message)? })
    }
}

/// What servers say of themselves at every login, and the beginnings and ends of lists that show both by themselves:
/// not worth a word.
const QUIET: [u16; 8] = [
    numerics::RPL_YOURHOST,
    numerics::RPL_CREATED,
    numerics::RPL_MYINFO,
    numerics::RPL_LISTSTART,
    numerics::RPL_TOPICWHOTIME,
    numerics::RPL_MOTDSTART,
    numerics::RPL_ENDOFBANLIST,
    RPL_HOSTHIDDEN,
];

/// What the connection asks with PING to find out whether the server is still there. Nobody else waits for the answer.
pub(crate) const KEEPALIVE: &str = "teahouse";

// Numerics that only some servers know.
const RPL_SNOMASK: u16 = 8;
const RPL_STATSCONN: u16 = 250;
const RPL_TRYAGAIN: u16 = 263;
const RPL_INVITING: u16 = 341;
const RPL_HOSTHIDDEN: u16 = 396;

fn what(message: &Message<'_>) -> Option<What> {
    let param = |index: usize| message.param(index).map(clean).unwrap_or_default();
    if let Some(account) = sasl::account_of(message) {
        return Some(What::Account(account));
    }
    if let Some(numeric) = message.numeric() {
        return numeric_what(numeric, message);
    }
    let from = sender(message.source());
    Some(match message.command().to_ascii_uppercase().as_str() {
        "PRIVMSG" => said(from, message, Manner::Message)?,
        "NOTICE" => said(from, message, Manner::Notice)?,
        "TAGMSG" => tags_alone(from, message)?,
        "REDACT" => What::Redacted { by: from.name, target: param(0), id: param(1), reason: param(2) },
        "MARKREAD" => {
            let until = message.param(1).and_then(|until| until.strip_prefix("timestamp="));
            What::Read { target: param(0), until: until.and_then(|until| until.parse().ok()) }
        }
        "ACK" => What::Acknowledged,
        "BATCH" => match message.param(0)?.split_at_checked(1)? {
            ("+", batch) => {
                let of = match message.param(1) {
                    Some("chathistory") => BatchOf::History(param(2)),
                    Some("teahouse/search") => BatchOf::Found,
                    _ => BatchOf::Other,
                };
                What::BatchBegins { batch: batch.to_owned(), of }
            }
            ("-", batch) => What::BatchEnds { batch: batch.to_owned() },
            _ => return None,
        },
        // An account and a real name may follow the room (extended-join).
        "JOIN" => What::Joined { who: from, room: param(0) },
        "PART" => What::Left { who: from.name, room: param(0), reason: param(1) },
        "KICK" => What::Kicked { who: param(1), by: from.name, room: param(0), reason: param(2) },
        // Most servers mark with `Quit: ` that the words are the person's own.
        "QUIT" => What::Quit { who: from.name, reason: param(0).trim_start_matches("Quit: ").to_owned() },
        "NICK" => What::Renamed { from: from.name, to: param(0) },
        "TOPIC" => What::Topic { room: param(0), by: Some(from.name), topic: param(1) },
        "MODE" => What::Mode {
            by: from.name,
            target: param(0),
            modes: param(1),
            args: message.params().iter().skip(2).map(|arg| clean(arg)).collect(),
        },
        "PONG" if message.params().last() != Some(&KEEPALIVE) => What::Pong,
        "AWAY" => What::Away { who: from.name, away: !param(0).is_empty() },
        "INVITE" => What::Invited { by: from.name, who: param(0), room: param(1) },
        "REGISTER" | "VERIFY" => match message.param(0)? {
            "SUCCESS" => What::Registered { account: param(1) },
            _ => What::Answer(Text::FromServer.with([&param(2)])),
        },
        "CHATHISTORY" if message.param(0) == Some("TARGETS") => What::TalkedWith { target: param(1) },
        "FAIL" if message.param(0) == Some("CHATHISTORY") => {
            let context = &message.params()[2.min(message.params().len())..];
            let about = context.split_last().map(|(_, about)| about).unwrap_or_default();
            What::NoHistory { about: about.iter().map(|word| clean(word)).collect() }
        }
        "FAIL" | "WARN" | "NOTE" => {
            let words = message.params().last().map(|text| clean(text)).unwrap_or_default();
            What::Answer(Text::FromServer.with([&words]))
        }
        "WALLOPS" => What::Answer(Text::FromServer.with([&param(0)])),
        _ => return None,
    })
}

/// A PRIVMSG or NOTICE. Of CTCP messages only actions are shown; the others are questions from one program to
/// another, and answering them would tell strangers things that the person at the window did not say.
fn said(from: Sender, message: &Message<'_>, manner: Manner) -> Option<What> {
    let (target, raw) = (message.param(0)?, message.param(1)?);
    let (manner, raw) = match (Ctcp::parse(raw), manner) {
        (None, _) => (manner, raw),
        (Some(ctcp), Manner::Message) if ctcp.command == "ACTION" => (Manner::Action, ctcp.text),
        (Some(_), _) => return None,
    };
    let words =
        Words { id: tag(message, "msgid"), reply_to: tag(message, "+draft/reply"), ..Words::read(raw) };
    (!words.text.is_empty()).then(|| What::Said { from, target: clean(target), manner, words })
}

/// A message without words: what its tags say
/// ([typing](https://ircv3.net/specs/client-tags/typing), [reactions](https://ircv3.net/specs/client-tags/react)).
fn tags_alone(from: Sender, message: &Message<'_>) -> Option<What> {
    let target = clean(message.param(0)?);
    if let Some(typing) = tag(message, "+typing") {
        return Some(What::Typing { from, target, is_typing: typing == "active" });
    }
    let to = tag(message, "+draft/reply")?;
    let (reaction, is_undone) = match (tag(message, "+draft/react"), tag(message, "+draft/unreact")) {
        (Some(reaction), _) => (reaction, false),
        (None, Some(reaction)) => (reaction, true),
        (None, None) => return None,
    };
    (!reaction.is_empty()).then_some(What::Reacted { from, target, to, reaction, is_undone })
}

/// A tag's value, fit to be shown; nothing if there is none or it is empty.
fn tag(message: &Message<'_>, key: &str) -> Option<String> {
    message.tags().get(key).map(|value| clean(&value)).filter(|value| !value.is_empty())
}

/// A numeric. Its first parameter is our own name.
fn numeric_what(numeric: u16, message: &Message<'_>) -> Option<What> {
    use numerics as n;
    let param = |index: usize| message.param(index).map(clean).unwrap_or_default();
    let last = || message.params().last().map(|text| clean(text)).unwrap_or_default();
    let all = || message.params().iter().skip(1).map(|text| clean(text)).collect::<Vec<_>>().join(" ");
    let fact = |fact: Phrase| What::Whois { nick: param(1), fact };
    Some(match numeric {
        n::RPL_WELCOME => What::Welcome { nick: param(0) },
        n::RPL_ISUPPORT => {
            let tokens =
                message.params().get(1..message.params().len().saturating_sub(1)).unwrap_or_default();
            let split = |token: &&str| {
                let (name, value) = token.split_once('=').unwrap_or((token, ""));
                (clean(name), clean(value))
            };
            What::Supports(tokens.iter().map(split).collect())
        }
        n::RPL_LOCALUSERS | n::RPL_GLOBALUSERS => What::Statistics(last()),
        n::RPL_LUSERCLIENT..=n::RPL_LUSERME | n::RPL_UMODEIS | RPL_SNOMASK | RPL_STATSCONN => {
            What::Statistics(all())
        }
        n::RPL_AWAY => What::IsAway { who: param(1), reason: param(2) },
        n::RPL_UNAWAY => What::MarkedAway(false),
        n::RPL_NOWAWAY => What::MarkedAway(true),
        n::RPL_WHOISUSER => {
            let address = format!("{}@{}", param(2), param(3));
            fact(Text::WhoisUser.with([&param(1), &address, &last()]))
        }
        n::RPL_WHOISSERVER => fact(Text::WhoisServer.with([&param(1), &param(2)])),
        n::RPL_WHOISOPERATOR => fact(Text::WhoisOperator.with([&param(1)])),
        n::RPL_WHOISIDLE => fact(Text::WhoisIdle.with([&param(1), &param(2)])),
        n::RPL_WHOISCHANNELS => fact(Text::WhoisChannels.with([&param(1), last().trim()])),
        n::RPL_WHOISACCOUNT => fact(Text::WhoisAccount.with([&param(1), &param(2)])),
        n::RPL_WHOISSECURE => fact(Text::WhoisSecure.with([&param(1)])),
        n::RPL_WHOISBOT => fact(Text::WhoisBot.with([&param(1)])),
        n::RPL_ENDOFWHOIS => What::WhoisEnd { nick: param(1) },
        n::RPL_ENDOFWHO => What::WhoEnd,
        n::RPL_WHOREPLY => What::WhoRow { nick: param(5), away: param(6).starts_with('G') },
        n::RPL_LIST => What::RoomRow { room: param(1), people: param(2), topic: param(3).trim().to_owned() },
        n::RPL_LISTEND => What::RoomListEnd,
        n::RPL_NOTOPIC => What::Topic { room: param(1), by: None, topic: String::new() },
        n::RPL_TOPIC => What::Topic { room: param(1), by: None, topic: param(2) },
        RPL_INVITING => What::Invited { by: param(0), who: param(1), room: param(2) },
        n::RPL_NAMREPLY => What::Names {
            room: param(2),
            people: param(3).split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        },
        n::RPL_ENDOFNAMES => What::NamesEnd { room: param(1) },
        n::RPL_MOTD => What::Motd(last()),
        n::RPL_ENDOFMOTD | n::ERR_NOMOTD => What::MotdEnd,
        RPL_TRYAGAIN | n::ERR_UNKNOWNCOMMAND if param(1).eq_ignore_ascii_case("WHO") => What::WhoEnd,
        // What comes of a login to an account, `registration` tells in its own words.
        902..=908 => return None,
        quiet if QUIET.contains(&quiet) => return None,
        _ => match refusal(numeric, message) {
            Some(phrase) => What::Refused { about: message.param(1).map(clean), phrase },
            None if message.params().len() < 2 => return None,
            None => What::Answer(Text::FromServer.with([&all()])),
        },
    })
}

/// What an error numeric means in plain words; nothing if it is none.
fn refusal(numeric: u16, message: &Message<'_>) -> Option<Phrase> {
    use numerics as n;
    let about = message.param(1).map(clean).unwrap_or_default();
    let with = |text: Text| text.with([&about]);
    Some(match numeric {
        RPL_TRYAGAIN => Text::ServerBusy.into(),
        n::ERR_NOSUCHNICK => with(Text::NoSuchNick),
        n::ERR_NOSUCHCHANNEL | n::ERR_BADCHANMASK => with(Text::NoSuchRoom),
        n::ERR_CANNOTSENDTOCHAN => with(Text::CannotSendToRoom),
        n::ERR_TOOMANYCHANNELS => with(Text::TooManyRooms),
        n::ERR_INPUTTOOLONG => Text::TooLongForServer.into(),
        n::ERR_UNKNOWNCOMMAND => with(Text::UnknownToServer),
        n::ERR_ERRONEUSNICKNAME => with(Text::BadNick),
        n::ERR_NICKNAMEINUSE => with(Text::NickInUse),
        n::ERR_USERNOTINCHANNEL => {
            let room = message.param(2).map(clean).unwrap_or_default();
            Text::TheyAreNotInRoom.with([&about, &room])
        }
        n::ERR_NOTONCHANNEL => with(Text::NotInRoom),
        n::ERR_CHANNELISFULL => with(Text::RoomIsFull),
        n::ERR_INVITEONLYCHAN => with(Text::RoomIsInviteOnly),
        n::ERR_BANNEDFROMCHAN => with(Text::RoomBansYou),
        n::ERR_BADCHANNELKEY => with(Text::RoomNeedsKey),
        n::ERR_CHANOPRIVSNEEDED => with(Text::OperatorsOnly),
        400..600 => {
            let words: Vec<_> = message.params().iter().skip(1).map(|text| clean(text)).collect();
            Text::ServerRefused.with([&words.join(" ")])
        }
        _ => return None,
    })
}

/// Why a login failed, if this message says so. `nick` is the name that was asked for.
///
/// The caller is still waiting for the welcome; afterwards the same numerics mean only that one command was refused.
pub(crate) fn login_refusal(message: &Message<'_>, nick: &str) -> Option<Failure> {
    use numerics as n;
    const ERR_NICKCOLLISION: u16 = 436;
    const ERR_UNAVAILRESOURCE: u16 = 437;
    const ERR_NOPERMFORHOST: u16 = 463;
    let nick = nick.to_owned();
    let reason = message.params().last().map(|text| clean(text)).unwrap_or_default();
    Some(match message.numeric() {
        None if message.is("ERROR") => Failure::ClosedByServer { reason },
        None => return None,
        Some(n::ERR_NICKNAMEINUSE | ERR_NICKCOLLISION | ERR_UNAVAILRESOURCE) => Failure::NickInUse { nick },
        Some(n::ERR_ERRONEUSNICKNAME | n::ERR_NONICKNAMEGIVEN) => Failure::NickRefused { nick, reason },
        Some(n::ERR_PASSWDMISMATCH) => Failure::PasswordNeeded { reason },
        Some(n::ERR_YOUREBANNEDCREEP | ERR_NOPERMFORHOST) => Failure::Banned { reason },
        Some(_) => return None,
    })
}

/// Whether this is the server's welcome, with which a login is complete.
pub(crate) fn is_welcome(message: &Message<'_>) -> bool {
    message.numeric() == Some(numerics::RPL_WELCOME)
}

fn sender(source: Option<Source<'_>>) -> Sender {
    let Some(source) = source else { return Sender { name: String::new(), address: None } };
    let address = source.host.map(|host| clean(&format!("{}@{host}", source.user.unwrap_or_default())));
    Sender { name: clean(source.name), address }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[track_caller]
    fn read(line: &str) -> Option<What> {
        Event::read(&Message::parse(line).expect(line)).map(|event| event.what)
    }

    fn person(name: &str) -> Sender {
        Sender { name: name.to_owned(), address: Some("u@h".to_owned()) }
    }

    #[track_caller]
    fn check(line: &str, expected: What) {
        assert_eq!(read(line), Some(expected), "{line:?}");
    }

    #[test]
    fn what_people_say_and_do_is_read() {
        let said = |target: &str, manner, text: &str| What::Said {
            from: person("小明"),
            target: target.to_owned(),
            manner,
            words: Words { text: text.to_owned(), ..Words::default() },
        };
        check(":小明!u@h PRIVMSG #茶馆 :你好，世界！😀", said("#茶馆", Manner::Message, "你好，世界！😀"));
        check(":小明!u@h PRIVMSG bob :\x01ACTION 泡茶\x01", said("bob", Manner::Action, "泡茶"));
        check(":小明!u@h NOTICE bob :hi", said("bob", Manner::Notice, "hi"));
        check(":小明!u@h JOIN #a", What::Joined { who: person("小明"), room: "#a".into() });
        check(
            ":小明!u@h JOIN #a account :Real Name",
            What::Joined { who: person("小明"), room: "#a".into() },
        );
        let left = What::Left { who: "小明".into(), room: "#a".into(), reason: "bye".into() };
        check(":小明!u@h PART #a :bye", left);
        check(":小明!u@h QUIT", What::Quit { who: "小明".into(), reason: String::new() });
        check(":小明!u@h QUIT :Quit: 再见", What::Quit { who: "小明".into(), reason: "再见".into() });
        check(":小明!u@h NICK 大明", What::Renamed { from: "小明".into(), to: "大明".into() });
        check(":小明!u@h AWAY :lunch", What::Away { who: "小明".into(), away: true });
        check(":小明!u@h AWAY", What::Away { who: "小明".into(), away: false });
    }

    #[test]
    fn the_servers_clock_is_believed() {
        let line = "@time=2026-01-02T03:04:05.678Z :a!u@h PRIVMSG #a :hi";
        let event = Event::read(&Message::parse(line).unwrap()).unwrap();
        assert_eq!(event.time, Some("2026-01-02T03:04:05.678Z".parse().unwrap()));
        let line = "@time=yesterday :a!u@h PRIVMSG #a :hi";
        assert_eq!(Event::read(&Message::parse(line).unwrap()).unwrap().time, None);
    }

    #[test]
    fn numerics_become_plain_events() {
        check(":s 001 bob :Welcome", What::Welcome { nick: "bob".into() });
        let pairs = [("NETWORK", "Teahouse"), ("UTF8ONLY", "")];
        let tokens = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        check(":s 005 bob NETWORK=Teahouse UTF8ONLY :are supported by this server", What::Supports(tokens));
        check(":s 005 bob", What::Supports(vec![]));
        let people = ["@alice", "bob"].map(str::to_owned).to_vec();
        check(":s 353 bob = #a :@alice bob ", What::Names { room: "#a".into(), people });
        check(":s 366 bob #a :End", What::NamesEnd { room: "#a".into() });
        check(":s 352 bob #a u h s alice G@ :0 Alice", What::WhoRow { nick: "alice".into(), away: true });
        check(":s 315 bob * :End of WHO", What::WhoEnd);
        check(":s 263 bob WHO :Try again", What::WhoEnd);
        check(":s 332 bob #a :喝茶", What::Topic { room: "#a".into(), by: None, topic: "喝茶".into() });
        assert_eq!(read(":s 002 bob :Your host is s"), None);
    }

    #[test]
    fn refusals_are_told_in_plain_words() {
        #[track_caller]
        fn refused(line: &str, about: &str, chinese: &str) {
            let Some(What::Refused { about: named, phrase }) = read(line) else {
                panic!("no refusal: {line}")
            };
            assert_eq!(named.as_deref(), Some(about), "{line:?}");
            assert_eq!(phrase.to(Language::Chinese), chinese);
        }
        refused(":s 401 bob 小红 :No such nick", "小红", "没有叫“小红”的人在线");
        refused(":s 404 bob #a :Cannot send", "#a", "消息没有送到：不能在 #a 说话");
        refused(":s 433 bob alice :In use", "alice", "“alice”这个名字已经有人用了，请换一个");
        refused(":s 499 bob #a :Never heard of", "#a", "服务器不同意：#a Never heard of");
    }

    #[test]
    fn a_question_from_one_program_to_another_is_not_shown() {
        assert_eq!(read(":a!u@h PRIVMSG bob :\x01VERSION\x01"), None);
        assert_eq!(read(":a!u@h NOTICE bob :\x01PING 1\x01"), None);
        assert_eq!(read(":a!u@h PRIVMSG bob"), None);
        assert_eq!(read(":a!u@h PRIVMSG bob :\x02\x02"), None);
    }

    #[test]
    fn styled_words_keep_their_style_and_lose_their_codes() {
        let Some(What::Said { words, .. }) =
            read("@msgid=42;+draft/reply=41 :a!u@h PRIVMSG #a :\x02茶\x02 x")
        else {
            panic!("nothing was said")
        };
        assert_eq!((words.text.as_str(), words.spans.len()), ("茶 x", 1));
        assert_eq!((words.id.as_deref(), words.reply_to.as_deref()), (Some("42"), Some("41")));
    }

    #[test]
    fn a_message_may_be_nothing_but_tags() {
        let target = || "#a".to_owned();
        let typing = |is_typing| What::Typing { from: person("a"), target: target(), is_typing };
        check("@+typing=active :a!u@h TAGMSG #a", typing(true));
        check("@+typing=paused :a!u@h TAGMSG #a", typing(false));
        check("@+typing=done :a!u@h TAGMSG #a", typing(false));
        let reacted = |is_undone| What::Reacted {
            from: person("a"),
            target: target(),
            to: "7".into(),
            reaction: "👍".into(),
            is_undone,
        };
        check("@+draft/reply=7;+draft/react=👍 :a!u@h TAGMSG #a", reacted(false));
        check("@+draft/reply=7;+draft/unreact=👍 :a!u@h TAGMSG #a", reacted(true));
        assert_eq!(read("@+draft/react=👍 :a!u@h TAGMSG #a"), None, "to nothing");
        assert_eq!(read(":a!u@h TAGMSG #a"), None);
    }

    #[test]
    fn what_is_taken_back_and_what_was_read_is_told() {
        let redacted = |reason: &str| What::Redacted {
            by: "a".into(),
            target: "#a".into(),
            id: "7".into(),
            reason: reason.into(),
        };
        check(":a!u@h REDACT #a 7 :spam", redacted("spam"));
        check(":a!u@h REDACT #a 7", redacted(""));
        let read_until = |until: Option<&str>| What::Read {
            target: "#a".into(),
            until: until.map(|until| until.parse().unwrap()),
        };
        check(
            ":s MARKREAD #a timestamp=2026-01-02T03:04:05.678Z",
            read_until(Some("2026-01-02T03:04:05.678Z")),
        );
        check(":s MARKREAD #a *", read_until(None));
    }

    #[test]
    fn an_answer_knows_the_line_that_it_answers() {
        let event = Event::read(&Message::parse("@label=7;batch=x :s ACK").unwrap()).unwrap();
        assert_eq!((event.label.as_deref(), event.batch.as_deref()), (Some("7"), Some("x")));
        assert_eq!(event.what, What::Acknowledged);
        let begins = |of| What::BatchBegins { batch: "x".into(), of };
        check("@label=7 :s BATCH +x labeled-response", begins(BatchOf::Other));
        check(":s BATCH +x chathistory #tea", begins(BatchOf::History("#tea".into())));
        check(":s BATCH +x teahouse/search", begins(BatchOf::Found));
        let about = vec!["BEFORE".into(), "#tea".into()];
        check(":s FAIL CHATHISTORY MESSAGE_ERROR BEFORE #tea :No", What::NoHistory { about });
        check(":s BATCH -x", What::BatchEnds { batch: "x".into() });
        assert_eq!(read(":s BATCH"), None);
    }

    #[test]
    fn a_login_that_is_refused_says_which_field_to_correct() {
        #[track_caller]
        fn check(line: &str, field: Option<Field>, text: Text) {
            let failure = login_refusal(&Message::parse(line).unwrap(), "bob").expect(line);
            assert_eq!((failure.field(), failure.phrase().text()), (field, text));
        }
        check(":s 433 * bob :Nickname is already in use", Some(Field::Nick), Text::NickInUse);
        check(":s 432 * b! :Erroneous nickname", Some(Field::Nick), Text::NickRefused);
        check(":s 464 * :Password incorrect", None, Text::PasswordNeeded);
        check(":s 465 * :You are banned", None, Text::Banned);
        check("ERROR :Closing link", None, Text::ClosedByServerBecause);
        assert_eq!(login_refusal(&Message::parse(":s 001 bob :hi").unwrap(), "bob"), None);
    }
}
