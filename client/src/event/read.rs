//! How events are read from the wire.
//!
//! This is the only file that knows what numerics mean to a person. It is also where text from the network is made
//! safe to show, once, at the edge: every string in an [`Event`] is free of control characters, colour codes and bidi
//! overrides (see [`formatting`](crate::text::formatting)), but for the line feeds in [`Words`].

use teahouse_protocol::text::Ctcp;
use teahouse_protocol::{Message, batches, failures, numerics, references, tags};

use crate::event::failure::Failure;
use crate::event::{BatchOf, Event, Manner, Sender, What, Words};
use crate::text::formatting::{name as clean, plain};
use crate::text::i18n::{Phrase, Text};

impl Event {
    /// Reads a message from the server; nothing if it means nothing to a person.
    pub(super) fn read(message: &Message<'_>) -> Option<Self> {
        what(message).map(|what| Self::of(message, what))
    }

    /// What a message stands for, with what its tags say of that.
    pub(super) fn of(message: &Message<'_>, what: What) -> Self {
        let tag = |key| tag(message, key);
        let time = tag(tags::TIME).and_then(|time| time.parse().ok());
        Self { time, label: tag(tags::LABEL), batch: tag(tags::BATCH), what }
    }
}

/// Not worth a word: servers say these of themselves at every login, or begin and end a list with them, and a list
/// shows its beginning and end by itself.
const QUIET: [u16; 9] = [
    numerics::RPL_YOURHOST,
    numerics::RPL_CREATED,
    // The language of the answer is itself the answer.
    RPL_YOURLANGUAGESARE,
    numerics::RPL_LISTSTART,
    numerics::RPL_CREATIONTIME,
    numerics::RPL_TOPICWHOTIME,
    numerics::RPL_MOTDSTART,
    numerics::RPL_ENDOFBANLIST,
    RPL_HOSTHIDDEN,
];

// Numerics that only some servers know.
const RPL_YOURLANGUAGESARE: u16 = 687;
const RPL_SNOMASK: u16 = 8;
const RPL_STATSCONN: u16 = 250;
const RPL_HOSTHIDDEN: u16 = 396;
const ERR_LINKCHANNEL: u16 = 470;

fn what(message: &Message<'_>) -> Option<What> {
    let param = |index: usize| message.param(index).map(clean).unwrap_or_default();
    let text = |index: usize| message.param(index).map(plain).unwrap_or_default();
    if let Some(numeric) = message.numeric() {
        return numeric_what(numeric, message);
    }
    let from = Sender::of(message);
    Some(match message.command().to_ascii_uppercase().as_str() {
        "PRIVMSG" => said(from, message, Manner::Message)?,
        "NOTICE" => said(from, message, Manner::Notice)?,
        "TAGMSG" => tags_alone(from, message)?,
        "REDACT" => What::Redacted { by: from.name, target: param(0), id: param(1), reason: text(2) },
        "MARKREAD" => {
            let until = message.param(1).and_then(|until| until.strip_prefix(references::TIMESTAMP));
            What::Read { target: param(0), until: until.and_then(|until| until.parse().ok()) }
        }
        "ACK" => What::Acknowledged,
        "BATCH" => match message.param(0)?.split_at_checked(1)? {
            ("+", batch) => {
                let of = match message.param(1) {
                    Some(batches::CHATHISTORY) => BatchOf::History(param(2)),
                    Some(batches::SEARCH) => BatchOf::Found,
                    _ => BatchOf::Other,
                };
                What::BatchBegins { batch: batch.to_owned(), of }
            }
            ("-", batch) => What::BatchEnds { batch: batch.to_owned() },
            _ => return None,
        },
        // An account and a real name may follow the room (extended-join).
        "JOIN" => What::Joined { who: from, room: param(0) },
        "PART" => What::Left { who: from.name, room: param(0), reason: text(1) },
        "KICK" => What::Kicked { who: param(1), by: from.name, room: param(0), reason: text(2) },
        // Most servers put `Quit: ` before the words if they are the person's own.
        "QUIT" => What::Quit { who: from.name, reason: text(0).trim_start_matches("Quit: ").to_owned() },
        "NICK" => What::Renamed { from: from.name, to: param(0) },
        "TOPIC" => What::Topic { room: param(0), by: Some(from.name), topic: text(1) },
        "MODE" => What::Mode {
            by: from.name,
            target: param(0),
            modes: param(1),
            args: message.params().iter().skip(2).map(|arg| clean(arg)).collect(),
        },
        "PONG" => What::Pong,
        "AWAY" => What::Away { who: from.name, away: !param(0).is_empty() },
        "INVITE" => What::Invited { by: from.name, who: param(0), room: param(1) },
        "REGISTER" | "VERIFY" => match message.param(0)? {
            "SUCCESS" => What::Registered { account: param(1) },
            _ => What::Answer(Text::FromServer.with([&text(2)])),
        },
        "CHATHISTORY" if message.param(0) == Some("TARGETS") => What::TalkedWith { target: param(1) },
        "FAIL" if message.param(0) == Some("CHATHISTORY") => {
            let context = &message.params()[2.min(message.params().len())..];
            let about = context.split_last().map(|(_, about)| about).unwrap_or_default();
            What::NoHistory { about: about.iter().map(|word| clean(word)).collect() }
        }
        "FAIL" if message.param(0) == Some("BATCH") => {
            let is_too_long = matches!(
                message.param(1),
                Some(failures::MULTILINE_MAX_BYTES | failures::MULTILINE_MAX_LINES)
            );
            let words = message.params().last().map(|text| plain(text)).unwrap_or_default();
            let server_refused = || Text::ServerRefused.with([&words]);
            What::LongRefused(if is_too_long { Text::TooLongForServer.into() } else { server_refused() })
        }
        kind @ ("FAIL" | "WARN" | "NOTE") => {
            let words = message.params().last().map(|text| plain(text)).unwrap_or_default();
            let phrase = Text::FromServer.with([&words]);
            match message.param(0) {
                Some("SEARCH") if kind == "FAIL" => What::SearchRefused(phrase),
                _ => What::Answer(phrase),
            }
        }
        "WALLOPS" => What::Answer(Text::FromServer.with([&text(0)])),
        _ => return None,
    })
}

/// A PRIVMSG or NOTICE.
fn said(from: Sender, message: &Message<'_>, manner: Manner) -> Option<What> {
    let target = message.param(0)?;
    let (manner, raw) = spoken(message.param(1)?, manner)?;
    let words = Words {
        id: tag(message, tags::MSGID),
        reply_to: tag(message, tags::DRAFT_REPLY),
        ..Words::read(raw)
    };
    (!words.text.is_empty()).then(|| What::Said { from, target: clean(target), manner, words })
}

/// How something is said, and the words. Of CTCP messages only actions are shown; the others are questions from a
/// program to a program, and an answer would tell strangers things that the person at the window did not say.
pub(super) fn spoken(raw: &str, manner: Manner) -> Option<(Manner, &str)> {
    match (Ctcp::parse(raw), manner) {
        (None, _) => Some((manner, raw)),
        (Some(ctcp), Manner::Message) if ctcp.is_action() => Some((Manner::Action, ctcp.text)),
        (Some(_), _) => None,
    }
}

/// A message without words: what its tags say
/// ([typing](https://ircv3.net/specs/client-tags/typing), [reactions](https://ircv3.net/specs/client-tags/react)).
fn tags_alone(from: Sender, message: &Message<'_>) -> Option<What> {
    let target = clean(message.param(0)?);
    if let Some(typing) = tag(message, tags::TYPING) {
        return Some(What::Typing { from, target, is_typing: typing == "active" });
    }
    let to = tag(message, tags::DRAFT_REPLY)?;
    let (reaction, is_undone) = match (tag(message, tags::REACT), tag(message, tags::UNREACT)) {
        (Some(reaction), _) => (reaction, false),
        (None, Some(reaction)) => (reaction, true),
        (None, None) => return None,
    };
    (!reaction.is_empty()).then_some(What::Reacted { from, target, to, reaction, is_undone })
}

/// A tag's value, fit to be shown; nothing if there is none or it is empty.
pub(super) fn tag(message: &Message<'_>, key: &str) -> Option<String> {
    message.tags().get(key).map(|value| clean(&value)).filter(|value| !value.is_empty())
}

/// A numeric. Its first parameter is our own name.
fn numeric_what(numeric: u16, message: &Message<'_>) -> Option<What> {
    use numerics as n;
    let param = |index: usize| message.param(index).map(clean).unwrap_or_default();
    let text = |index: usize| message.param(index).map(plain).unwrap_or_default();
    let last = || message.params().last().map(|text| plain(text)).unwrap_or_default();
    let all = || message.params().iter().skip(1).map(|text| clean(text)).collect::<Vec<_>>().join(" ");
    let fact = |fact: Phrase| What::Whois { nick: param(1), fact };
    Some(match numeric {
        n::RPL_WELCOME => What::Welcome { nick: param(0) },
        n::RPL_MYINFO => What::Program(param(2)),
        n::RPL_LOGGEDIN => What::Account(message.param(2).map(clean)),
        n::RPL_LOGGEDOUT => What::Account(None),
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
        n::RPL_AWAY => What::IsAway { who: param(1), reason: text(2) },
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
        n::RPL_LIST => What::RoomRow { room: param(1), people: param(2), topic: text(3).trim().to_owned() },
        n::RPL_LISTEND => What::RoomListEnd,
        n::RPL_NOTOPIC => What::Topic { room: param(1), by: None, topic: String::new() },
        n::RPL_TOPIC => What::Topic { room: param(1), by: None, topic: text(2) },
        ERR_LINKCHANNEL => What::Forwarded { from: param(1), to: param(2) },
        n::RPL_INVITING => What::Invited { by: param(0), who: param(1), room: param(2) },
        n::RPL_NAMREPLY => What::Names {
            room: param(2),
            people: param(3).split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        },
        n::RPL_ENDOFNAMES => What::NamesEnd { room: param(1) },
        n::RPL_CHANNELMODEIS => {
            let modes = message.params().iter().skip(2).map(|text| clean(text)).collect::<Vec<_>>().join(" ");
            What::Answer(Text::RoomModes.with([&param(1), &modes]))
        }
        n::RPL_BANLIST => What::Answer(Text::BanRow.with([&param(1), &param(2)])),
        n::RPL_EXCEPTLIST => What::Answer(Text::ExceptionRow.with([&param(1), &param(2)])),
        n::RPL_INVEXLIST => What::Answer(Text::InvitationRow.with([&param(1), &param(2)])),
        n::RPL_MOTD => What::Motd(last()),
        n::RPL_ENDOFMOTD | n::ERR_NOMOTD => What::MotdEnd,
        n::RPL_TRYAGAIN | n::ERR_UNKNOWNCOMMAND if param(1).eq_ignore_ascii_case("WHO") => What::WhoEnd,
        // `registration` tells in its own words what comes of a login to an account.
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
        n::RPL_TRYAGAIN => Text::ServerBusy.into(),
        n::ERR_NOSUCHNICK => with(Text::NoSuchNick),
        n::ERR_NOSUCHCHANNEL | n::ERR_BADCHANMASK => with(Text::NoSuchRoom),
        n::ERR_CANNOTSENDTOCHAN => with(Text::CannotSendToRoom),
        n::ERR_TOOMANYCHANNELS => with(Text::TooManyRooms),
        n::ERR_INPUTTOOLONG => Text::TooLongForServer.into(),
        n::ERR_UNKNOWNCOMMAND => with(Text::UnknownToServer),
        n::ERR_ERRONEUSNICKNAME => with(Text::BadNick),
        n::ERR_NICKNAMEINUSE => with(Text::NickTaken),
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
/// The caller is still waiting for the welcome; afterwards the same numerics mean only that a command was refused.
pub(crate) fn login_refusal(message: &Message<'_>, nick: &str) -> Option<Failure> {
    use numerics as n;
    const ERR_NICKCOLLISION: u16 = 436;
    const ERR_NOPERMFORHOST: u16 = 463;
    let nick = nick.to_owned();
    let reason = message.params().last().map(|text| clean(text)).unwrap_or_default();
    Some(match message.numeric() {
        // Some servers have no numeric for it, and hang up: `ERROR :Bad password`.
        None if message.is("ERROR") && is_about_password(&reason) => Failure::PasswordNeeded { reason },
        None if message.is("ERROR") => Failure::ClosedByServer { reason },
        None => return None,
        Some(n::ERR_NICKNAMEINUSE | ERR_NICKCOLLISION | n::ERR_UNAVAILRESOURCE) => {
            Failure::NickInUse { nick }
        }
        Some(n::ERR_ERRONEUSNICKNAME | n::ERR_NONICKNAMEGIVEN) => Failure::NickRefused { nick, reason },
        Some(n::ERR_PASSWDMISMATCH) => Failure::PasswordNeeded { reason },
        Some(n::ERR_YOUREBANNEDCREEP | ERR_NOPERMFORHOST) => Failure::Banned { reason },
        Some(_) => return None,
    })
}

fn is_about_password(reason: &str) -> bool {
    ["password", "密码"].iter().any(|word| reason.to_lowercase().contains(word))
}

/// Whether this is the server's welcome, with which a login is complete.
pub(crate) fn is_welcome(message: &Message<'_>) -> bool {
    message.numeric() == Some(numerics::RPL_WELCOME)
}

impl Sender {
    /// Where a message comes from, as it says itself.
    pub(super) fn of(message: &Message<'_>) -> Self {
        let Some(source) = message.source() else { return Self { name: String::new(), address: None } };
        let address = source.host.map(|host| clean(&format!("{}@{host}", source.user.unwrap_or_default())));
        // A name is a single word; a character that only looks like a space would make a sentence of it.
        let name = clean(source.name).replace(char::is_whitespace, "\u{2423}");
        Self { name, address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::failure::Field;
    use crate::text::i18n::Language;

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
        check(":s 324 bob #a +ntk key", What::Answer(Text::RoomModes.with(["#a", "+ntk key"])));
        check(":s 367 bob #a *!*@h alice 1", What::Answer(Text::BanRow.with(["#a", "*!*@h"])));
        assert_eq!(read(":s 329 bob #a 1795580703"), None);
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
        check(":s 464 * :Password incorrect", Some(Field::ServerPassword), Text::PasswordNeeded);
        for line in
            ["ERROR :Bad password", "ERROR :Closing Link: bob[h] (Password mismatch)", "ERROR :密码不对"]
        {
            check(line, Some(Field::ServerPassword), Text::PasswordNeeded);
        }
        check(":s 465 * :You are banned", None, Text::Banned);
        check("ERROR :Closing link", None, Text::ClosedByServerBecause);
        assert_eq!(login_refusal(&Message::parse(":s 001 bob :hi").unwrap(), "bob"), None);
    }
}
