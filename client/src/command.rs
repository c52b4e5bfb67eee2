//! What a person types into the message box: `/join #茶馆`, or just words.
//!
//! [`COMMANDS`] is the table of what can follow a `/`; `/help` prints it. Reading a command checks its form only.
//! Whether it can be carried out, and which lines are sent for it, depends on the conversation and is the
//! [`model`](crate::model)'s business.

use std::borrow::Cow;

use teahouse_protocol::{Message, names};

use crate::event::wire_line;
use crate::text::i18n::{Phrase, Text};
use crate::text::typed::{self, Beginning};
use crate::text::unseen;

/// Something to do, read from the message box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say it to the people in the current conversation. May have several lines.
    Say(String),
    /// Say it to one person. May have several lines.
    Tell {
        /// The person.
        to: String,
        /// What.
        text: String,
    },
    /// Tell the current conversation what the user does.
    Act(String),
    /// Open a private conversation.
    Query(String),
    /// Change the user's name.
    Nick(String),
    /// Go into a room.
    Join {
        /// Which; has its `#`.
        room: String,
        /// The room's password.
        key: Option<String>,
    },
    /// Leave a room, or close a private conversation.
    Part {
        /// Which; the current one if none is named.
        room: Option<String>,
        /// Why; may be empty.
        reason: String,
    },
    /// Ask for the current room's topic, or change it.
    Topic(Option<String>),
    /// Have somebody leave the current room.
    Kick {
        /// The person.
        nick: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Ask somebody into a room.
    Invite {
        /// The person.
        nick: String,
        /// Which; the current one if none is named.
        room: Option<String>,
    },
    /// Ask for the modes of a room or of the user, or change them.
    Mode {
        /// Which; the current room if none is named.
        target: Option<String>,
        /// The letters with their signs, and what belongs to them; none to ask.
        changes: Vec<String>,
    },
    /// Mark the user as away, or as back.
    Away(Option<String>),
    /// Ask who is online: on the server, or in a room.
    Online(Option<String>),
    /// Ask who somebody is.
    Whois(String),
    /// Hear no more of somebody, or hear them again.
    Ignore {
        /// A name, or a pattern as `*!*@host`; `None` asks who is ignored.
        who: Option<String>,
        /// Not to be heard, or again.
        ignore: bool,
    },
    /// Open an account for the user's name.
    Register {
        /// Its password.
        password: String,
        /// A mail address, where the server wants it.
        mail: Option<String>,
    },
    /// Say the code that came by mail.
    Verify(String),
    /// Ask the server where something was said before.
    Search(String),
    /// Ask which rooms there are.
    List,
    /// Clear the current conversation's lines.
    Clear,
    /// Ask a service of the network for something, as `NickServ` to open an account.
    Ask {
        /// Which.
        service: &'static str,
        /// What; may have a password in it.
        request: String,
    },
    /// Become an operator of the server.
    Oper {
        /// By which name.
        name: String,
        /// With which password.
        password: String,
    },
    /// Send a line as it is.
    Raw(String),
    /// Leave, with a word of farewell that may be empty, and close the window.
    Quit(String),
    /// Show the table of commands.
    Help,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What follows the `/`, the usual name first.
    pub names: &'static [&'static str],
    /// How to write it.
    pub usage: Text,
    /// What it does.
    pub help: Text,
    /// Whether line feeds may stand in what follows the name.
    many_lines: bool,
    /// Whether a password, or a code that is as good, always follows the name.
    has_secret: bool,
    /// Reads what follows the name.
    read: fn(&str) -> Result<Command, Problem>,
}

/// Why a command cannot be read.
enum Problem {
    Missing,
    Told(Phrase),
}

const fn row(
    names: &'static [&'static str],
    usage: Text,
    help: Text,
    read: fn(&str) -> Result<Command, Problem>,
) -> Row {
    Row { names, usage, help, many_lines: false, has_secret: false, read }
}

const fn speech(
    names: &'static [&'static str],
    usage: Text,
    help: Text,
    read: fn(&str) -> Result<Command, Problem>,
) -> Row {
    Row { many_lines: true, ..row(names, usage, help, read) }
}

const fn secret(row: Row) -> Row {
    Row { has_secret: true, ..row }
}

/// Every command, in the order in which `/help` prints them.
pub const COMMANDS: &[Row] = &[
    speech(&["msg", "m"], Text::UsageMsg, Text::HelpMsg, tell),
    row(&["query", "q"], Text::UsageQuery, Text::HelpQuery, |rest| Ok(Command::Query(nick(rest)?))),
    speech(&["me"], Text::UsageMe, Text::HelpMe, |rest| Ok(Command::Act(needed(rest)?))),
    speech(&["shrug"], Text::UsageShrug, Text::HelpShrug, |rest| Ok(Command::Say(shrug(rest)))),
    row(&["nick"], Text::UsageNick, Text::HelpNick, |rest| Ok(Command::Nick(nick(rest)?))),
    row(&["join", "j"], Text::UsageJoin, Text::HelpJoin, join),
    row(&["part", "leave"], Text::UsagePart, Text::HelpPart, part),
    row(&["topic"], Text::UsageTopic, Text::HelpTopic, |rest| Ok(Command::Topic(optional(rest)))),
    row(&["kick"], Text::UsageKick, Text::HelpKick, kick),
    row(&["invite"], Text::UsageInvite, Text::HelpInvite, invite),
    row(&["mode"], Text::UsageMode, Text::HelpMode, |rest| Ok(mode(rest))),
    row(&["away"], Text::UsageAway, Text::HelpAway, |rest| Ok(Command::Away(optional(rest)))),
    row(&["online", "who", "names"], Text::UsageOnline, Text::HelpOnline, online),
    row(&["whois"], Text::UsageWhois, Text::HelpWhois, |rest| Ok(Command::Whois(nick(rest)?))),
    row(&["search"], Text::UsageSearch, Text::HelpSearch, |rest| Ok(Command::Search(needed(rest)?))),
    secret(row(&["register"], Text::UsageRegister, Text::HelpRegister, register)),
    secret(row(&["verify"], Text::UsageVerify, Text::HelpVerify, |rest| Ok(Command::Verify(needed(rest)?)))),
    row(&["ignore"], Text::UsageIgnore, Text::HelpIgnore, |rest| ignore(rest, true)),
    row(&["unignore"], Text::UsageUnignore, Text::HelpUnignore, |rest| ignore(&needed(rest)?, false)),
    row(&["list"], Text::UsageList, Text::HelpList, |_| Ok(Command::List)),
    row(&["clear"], Text::UsageClear, Text::HelpClear, |_| Ok(Command::Clear)),
    row(&["ns", "nickserv"], Text::UsageNickServ, Text::HelpNickServ, |rest| ask("NickServ", rest)),
    row(&["cs", "chanserv"], Text::UsageChanServ, Text::HelpChanServ, |rest| ask("ChanServ", rest)),
    secret(row(&["oper"], Text::UsageOper, Text::HelpOper, oper)),
    row(&["raw", "quote"], Text::UsageRaw, Text::HelpRaw, raw),
    row(&["quit", "exit"], Text::UsageQuit, Text::HelpQuit, |rest| Ok(Command::Quit(rest.to_owned()))),
    row(&["help", "h", "?"], Text::UsageHelp, Text::HelpHelp, |_| Ok(Command::Help)),
];

/// Reads what was typed. Text that begins with `//` is said, with one `/`. A text that begins like a command and
/// cannot be one is never said: there may be a password in it, and the room is no place for that.
///
/// # Errors
/// What is wrong with a command, in plain words; then nothing is done, and the typed text should stay.
pub fn parse(typed: &str) -> Result<Command, Phrase> {
    let (rest, is_sure) = match typed::beginning(typed) {
        Beginning::Literal(text) => return Ok(Command::Say(text.to_owned())),
        Beginning::Command(rest, _) => (rest, true),
        Beginning::Doubtful(rest, _)
            if typed::narrow(rest).starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            (rest, false)
        }
        Beginning::Words | Beginning::Doubtful(..) => {
            check_lines(typed)?;
            return Ok(Command::Say(typed.to_owned()));
        }
    };
    let (name, rest) = split_name(rest);
    if !is_sure || name.is_empty() {
        let meant = if name.is_empty() { split_name(rest.trim_start()).0 } else { name };
        return Err(match find(&meant) {
            Some(row) => Text::LooksLikeCommand.with([&format!("/{}", row.names[0])]),
            None => Text::UnknownCommand.with([&format!("/{meant}")]),
        });
    }
    let rest = rest.trim();
    let row = find(&name).ok_or_else(|| Text::UnknownCommand.with([&format!("/{name}")]))?;
    check_lines(rest)?;
    if !row.many_lines && rest.contains(['\r', '\n']) {
        return Err(Text::OneLineOnly.into());
    }
    (row.read)(rest).map_err(|problem| match problem {
        Problem::Missing => Text::MissingArgument.of([row.usage.into()]),
        Problem::Told(phrase) => phrase,
    })
}

/// A text in several lines is said as it is, but for a line that begins like one of the commands: it was typed or
/// pasted to be carried out.
fn check_lines(text: &str) -> Result<(), Phrase> {
    for (index, line) in text.lines().enumerate().skip(1) {
        if let Beginning::Command(rest, _) | Beginning::Doubtful(rest, _) = typed::beginning(line)
            && let Some(row) = find(&split_name(rest.trim_start()).0)
        {
            let command = format!("/{}", row.names[0]);
            return Err(Text::LineIsCommand.with([&(index + 1).to_string(), &command]));
        }
    }
    Ok(())
}

/// The row of the command whose name is all that was typed.
pub fn whole(typed: &str) -> Option<&'static Row> {
    match typed::beginning(typed) {
        Beginning::Command(name, _) => find(&typed::name(name)),
        _ => None,
    }
}

/// The row of the command whose arguments are being typed.
pub fn begun(typed: &str) -> Option<&'static Row> {
    let Beginning::Command(rest, _) = typed::beginning(typed) else { return None };
    rest.contains(char::is_whitespace).then(|| find(&split_name(rest).0))?
}

/// The name of a command, and what follows it.
fn split_name(rest: &str) -> (String, &str) {
    let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    (typed::name(name), rest)
}

/// Whether a password may stand in what was typed: then it is not kept to be called back.
pub fn has_secret(typed: &str) -> bool {
    if begun(typed).is_some_and(|row| row.has_secret) {
        return true;
    }
    let lines = match parse(typed) {
        Ok(Command::Join { key, .. }) => return key.is_some(),
        Ok(Command::Ask { service, request }) => format!("PRIVMSG {service} :{request}"),
        Ok(Command::Tell { to, text }) => format!("PRIVMSG {to} :{text}"),
        Ok(Command::Raw(line)) => line,
        _ => return false,
    };
    lines.lines().any(|line| matches!(wire_line::masked(line), Cow::Owned(_)))
}

/// The row of the command that is called this, without its `/`.
pub fn find(name: &str) -> Option<&'static Row> {
    COMMANDS.iter().find(|row| row.names.iter().any(|one| one.eq_ignore_ascii_case(name)))
}

/// The table as `/help` prints it.
pub fn help() -> Vec<Phrase> {
    let rows = COMMANDS.iter().map(|row| Text::HelpRow.of([row.usage.into(), row.help.into()]));
    std::iter::once(Text::HelpTitle.into()).chain(rows).collect()
}

fn needed(rest: &str) -> Result<String, Problem> {
    optional(rest).ok_or(Problem::Missing)
}

fn optional(rest: &str) -> Option<String> {
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The first word and what follows it.
fn split_word(rest: &str) -> (&str, &str) {
    rest.split_once(char::is_whitespace).map_or((rest, ""), |(word, rest)| (word, rest.trim_start()))
}

fn ignore(rest: &str, ignore: bool) -> Result<Command, Problem> {
    let who = rest.split_whitespace().next().map(typed::name);
    Ok(Command::Ignore { who: who.map(|who| who.trim_start_matches('@').to_owned()), ignore })
}

/// A person's name, before which an `@` may stand. Other servers have other rules, so only a name that could not be
/// one parameter is refused.
fn nick(rest: &str) -> Result<String, Problem> {
    let (word, _) = split_word(rest);
    let name = typed::name(word);
    let nick = name.strip_prefix('@').unwrap_or(&name);
    if nick.is_empty() {
        return Err(Problem::Missing);
    }
    let is_bad = |c: char| matches!(c, ',' | '!' | '@') || c.is_control();
    if nick.starts_with(':') || nick.contains(is_bad) || names::is_channel(nick) {
        return Err(Problem::Told(Text::BadNick.with([&unseen::written_out(word)])));
    }
    Ok(nick.to_owned())
}

/// A room's name, whose `#` may be left out.
fn room(word: &str) -> Result<String, Problem> {
    let name = typed::name(word);
    let room = if names::is_channel(&name) { name } else { format!("#{name}") };
    let is_usual = room.starts_with('#');
    if (is_usual && names::check_channel(&room).is_err()) || room.len() < 2 || room.contains(',') {
        return Err(Problem::Told(Text::BadRoomName.with([word])));
    }
    Ok(room)
}

fn tell(rest: &str) -> Result<Command, Problem> {
    let (_, text) = split_word(rest);
    Ok(Command::Tell { to: nick(rest)?, text: needed(text)? })
}

/// What was typed, with a shrug behind it; a shrug alone says enough.
fn shrug(rest: &str) -> String {
    format!("{rest} ¯\\_(ツ)_/¯").trim_start().to_owned()
}

fn join(rest: &str) -> Result<Command, Problem> {
    let (name, key) = split_word(rest);
    if name.is_empty() {
        return Err(Problem::Missing);
    }
    let (key, _) = split_word(key);
    Ok(Command::Join { room: room(name)?, key: optional(key) })
}

fn register(rest: &str) -> Result<Command, Problem> {
    let (password, mail) = split_word(rest);
    Ok(Command::Register { password: needed(password)?, mail: optional(mail) })
}

fn part(rest: &str) -> Result<Command, Problem> {
    let (first, reason) = split_word(rest);
    if names::is_channel(&typed::name(first)) {
        return Ok(Command::Part { room: Some(room(first)?), reason: reason.to_owned() });
    }
    Ok(Command::Part { room: None, reason: rest.to_owned() })
}

fn kick(rest: &str) -> Result<Command, Problem> {
    let (_, reason) = split_word(rest);
    Ok(Command::Kick { nick: nick(rest)?, reason: reason.to_owned() })
}

fn invite(rest: &str) -> Result<Command, Problem> {
    let (_, name) = split_word(rest);
    let (name, _) = split_word(name);
    let room = if name.is_empty() { None } else { Some(room(name)?) };
    Ok(Command::Invite { nick: nick(rest)?, room })
}

/// A first word without a sign says whose modes are meant; a letter alone, such as `b`, asks for a list.
fn mode(rest: &str) -> Command {
    let mut words = rest.split_whitespace().peekable();
    let is_alone = rest.split_whitespace().nth(1).is_none();
    let target = words
        .next_if(|word| {
            !(typed::narrow(word).starts_with(['+', '-']) || is_alone && word.chars().count() == 1)
        })
        .map(typed::name);
    let mut changes: Vec<_> = words.next().map(typed::name).into_iter().collect();
    // A room's password is what it is.
    let has_key = changes.first().is_some_and(|letters| letters.contains('k'));
    changes.extend(words.map(|word| if has_key { word.to_owned() } else { typed::name(word) }));
    Command::Mode { target, changes }
}

fn online(rest: &str) -> Result<Command, Problem> {
    let (name, _) = split_word(rest);
    Ok(Command::Online(if name.is_empty() { None } else { Some(room(name)?) }))
}

fn ask(service: &'static str, rest: &str) -> Result<Command, Problem> {
    Ok(Command::Ask { service, request: needed(rest)? })
}

fn oper(rest: &str) -> Result<Command, Problem> {
    let (name, password) = split_word(rest);
    Ok(Command::Oper { name: needed(name)?, password: needed(password)? })
}

fn raw(rest: &str) -> Result<Command, Problem> {
    let line = needed(rest)?;
    Message::parse(&line).map_err(|_| Problem::Told(Text::BadRawLine.into()))?;
    Ok(Command::Raw(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::i18n::Language;

    #[track_caller]
    fn check(typed: &str, expected: Command) {
        assert_eq!(parse(typed), Ok(expected), "{typed:?}");
    }

    #[track_caller]
    fn refused(typed: &str, expected: Text) -> String {
        let phrase = parse(typed).expect_err(typed);
        assert_eq!(phrase.text(), expected, "{typed:?}");
        phrase.to(Language::English)
    }

    fn say(text: &str) -> Command {
        Command::Say(text.to_owned())
    }

    #[test]
    fn what_does_not_begin_with_a_slash_is_said() {
        check("你好，世界！😀", say("你好，世界！😀"));
        check("two\nlines", say("two\nlines"));
    }

    #[test]
    fn two_slashes_say_one() {
        check("//text", say("/text"));
        check("///", say("//"));
    }

    #[test]
    fn what_a_chinese_keyboard_gives_is_what_it_means() {
        let tell = || Command::Tell { to: "alice".into(), text: "我的密码：Ａ１".into() };
        for typed in [
            "／msg alice 我的密码：Ａ１",
            "／ｍｓｇ　ａｌｉｃｅ　我的密码：Ａ１",
            "/msg ＠alice 我的密码：Ａ１",
            " /msg alice 我的密码：Ａ１",
            "　／msg @alice 我的密码：Ａ１",
            "\u{feff}/msg alice 我的密码：Ａ１",
            "\u{200b}/m\u{200b}sg ali\u{200d}ce 我的密码：Ａ１",
            "\x02/msg alice 我的密码：Ａ１",
            "\n/msg alice 我的密码：Ａ１",
        ] {
            check(typed, tell());
        }
        check("／join　＃茶馆　ｋ", Command::Join { room: "#茶馆".into(), key: Some("ｋ".into()) });
        check("/part ＃a 再见", Command::Part { room: Some("#a".into()), reason: "再见".into() });
        check("/invite ＠小明 ＃茶馆", Command::Invite { nick: "小明".into(), room: Some("#茶馆".into()) });
        let mode = |target: &str, changes: &[&str]| Command::Mode {
            target: Some(target.to_owned()),
            changes: changes.iter().map(|word| (*word).to_owned()).collect(),
        };
        check("/mode ＃茶馆 －b ＊！＊＠h", mode("#茶馆", &["-b", "*!*@h"]));
        check("/mode ＃茶馆 ＋k Ａ", mode("#茶馆", &["+k", "Ａ"]));
        check("/ignore ＠bob", Command::Ignore { who: Some("bob".into()), ignore: true });
        check("／／msg 是命令", say("／msg 是命令"));
        assert!(has_secret("／msg ＮickServ identify sesame"));
    }

    #[test]
    fn what_begins_like_a_command_is_never_said_by_accident() {
        for typed in
            ["/ msg alice sesame", "／ msg alice sesame", "、msg alice sesame", "、ｍsg alice sesame"]
        {
            assert!(refused(typed, Text::LooksLikeCommand).contains("/msg"), "{typed:?}");
        }
        for typed in [" /mgs alice sesame", "／mgs alice sesame", "、mgs alice sesame", "/ x", "／"] {
            refused(typed, Text::UnknownCommand);
        }
        check("、、msg", say("、msg"));
        check("、小明", say("、小明"));
    }

    #[test]
    fn a_line_among_others_that_begins_like_a_command_is_pointed_out() {
        for typed in [
            "hi\n/msg alice sesame",
            "hi\r\n ／msg alice sesame",
            "hi\n\u{200b}/m x",
            "/msg bob hi\n/msg alice sesame",
        ] {
            assert!(refused(typed, Text::LineIsCommand).contains("line 2 begins like /msg"), "{typed:?}");
        }
        for typed in ["see\n/usr/bin\n// list\n/* me */\n1/2", "code\n//list\n/"] {
            check(typed, say(typed));
        }
    }

    #[test]
    fn every_command_is_read_with_its_arguments() {
        check("/msg bob 你好 吗", Command::Tell { to: "bob".into(), text: "你好 吗".into() });
        check("/MSG  bob   hi ", Command::Tell { to: "bob".into(), text: "hi".into() });
        check("/msg bob one\ntwo", Command::Tell { to: "bob".into(), text: "one\ntwo".into() });
        check("/query 小明", Command::Query("小明".into()));
        check("/me drinks tea", Command::Act("drinks tea".into()));
        check("/shrug who knows", say("who knows ¯\\_(ツ)_/¯"));
        check("/shrug", say("¯\\_(ツ)_/¯"));
        check("/nick 小明", Command::Nick("小明".into()));
        check("/join #茶馆", Command::Join { room: "#茶馆".into(), key: None });
        check("/join 茶馆 secret", Command::Join { room: "#茶馆".into(), key: Some("secret".into()) });
        check("/join &local", Command::Join { room: "&local".into(), key: None });
        check("/part", Command::Part { room: None, reason: String::new() });
        check("/part see you", Command::Part { room: None, reason: "see you".into() });
        check("/part #a see you", Command::Part { room: Some("#a".into()), reason: "see you".into() });
        check("/topic", Command::Topic(None));
        check("/topic 喝茶 聊天", Command::Topic(Some("喝茶 聊天".into())));
        let kick = |nick: &str, reason: &str| Command::Kick { nick: nick.into(), reason: reason.into() };
        check("/kick bob", kick("bob", ""));
        check("/kick bob too loud", kick("bob", "too loud"));
        check("/invite bob", Command::Invite { nick: "bob".into(), room: None });
        check("/invite bob 茶馆", Command::Invite { nick: "bob".into(), room: Some("#茶馆".into()) });
        let mode = |target: Option<&str>, changes: &[&str]| Command::Mode {
            target: target.map(str::to_owned),
            changes: changes.iter().map(|word| (*word).to_owned()).collect(),
        };
        check("/mode", mode(None, &[]));
        check("/mode +o bob", mode(None, &["+o", "bob"]));
        check("/mode b", mode(None, &["b"]));
        check("/mode #茶馆 -b *!*@h", mode(Some("#茶馆"), &["-b", "*!*@h"]));
        check("/mode bob", mode(Some("bob"), &[]));
        check("/mode q +E", mode(Some("q"), &["+E"]));
        check("/away lunch", Command::Away(Some("lunch".into())));
        check("/away", Command::Away(None));
        check("/online", Command::Online(None));
        check("/who #a", Command::Online(Some("#a".into())));
        check("/whois bob", Command::Whois("bob".into()));
        check("/list", Command::List);
        check("/clear", Command::Clear);
        let request = || "IDENTIFY sesame".to_owned();
        check("/ns IDENTIFY sesame", Command::Ask { service: "NickServ", request: request() });
        check("/NickServ IDENTIFY sesame", Command::Ask { service: "NickServ", request: request() });
        check("/cs FLAGS #a", Command::Ask { service: "ChanServ", request: "FLAGS #a".into() });
        check(
            "/oper root open sesame",
            Command::Oper { name: "root".into(), password: "open sesame".into() },
        );
        check("/raw MODE #a +i", Command::Raw("MODE #a +i".into()));
        check("/quote MODE #a +i", Command::Raw("MODE #a +i".into()));
        check("/quit 再见", Command::Quit("再见".into()));
        check("/quit", Command::Quit(String::new()));
        check("/help", Command::Help);
    }

    #[test]
    fn an_unknown_command_is_told_and_nothing_is_said() {
        assert!(refused("/nonsense x", Text::UnknownCommand).contains("/nonsense"));
        refused("/", Text::UnknownCommand);
        refused("/* a comment */", Text::UnknownCommand);
    }

    #[test]
    fn a_missing_argument_is_answered_with_the_usage() {
        assert_eq!(refused("/msg bob", Text::MissingArgument), "Usage: /msg name message");
        for typed in [
            "/msg",
            "/join",
            "/nick",
            "/me",
            "/query",
            "/whois",
            "/kick",
            "/invite",
            "/raw",
            "/ns",
            "/cs",
            "/oper",
            "/oper root",
        ] {
            refused(typed, Text::MissingArgument);
        }
    }

    #[test]
    fn names_that_cannot_be_are_told_before_anything_is_sent() {
        refused("/join #a,b", Text::BadRoomName);
        refused("/join #", Text::BadRoomName);
        refused("/msg #room hi", Text::BadNick);
        refused("/nick a,b", Text::BadNick);
        refused("/raw 你好", Text::BadRawLine);
    }

    #[test]
    fn what_has_a_password_in_it_is_known() {
        for typed in [
            "/oper root sesame",
            "/register sesame",
            "/verify 1234",
            "/join #a sesame",
            "/ns identify sesame",
            "/nickserv IDENTIFY bob sesame",
            "/cs identify #a sesame",
            "/msg NickServ identify sesame",
            "/quote PASS sesame",
            "/raw OPER root sesame",
            "/raw NS IDENTIFY sesame",
        ] {
            assert!(has_secret(typed), "{typed}");
        }
        for typed in
            ["hello", "/join #a", "/ns help", "/cs flags #a", "/msg bob identify yourself", "/raw MODE #a +k"]
        {
            assert!(!has_secret(typed), "{typed}");
        }
    }

    #[test]
    fn a_command_of_one_line_takes_one_line() {
        refused("/nick a\nb", Text::OneLineOnly);
        refused("/raw NICK a\nQUIT", Text::OneLineOnly);
    }

    #[test]
    fn help_shows_every_command_in_both_languages() {
        for language in Language::ALL {
            let shown: Vec<_> = help().iter().map(|phrase| phrase.to(language)).collect();
            for row in COMMANDS {
                assert!(shown.iter().any(|line| line.starts_with(&format!("/{}", row.names[0]))), "{row:?}");
            }
        }
    }
}
