//! Whatever clients do, in whatever order, the world's tables stay true to one another and nobody is served badly:
//! random commands from several clients, with the invariants checked after every one.

#[allow(dead_code, reason = "each test program uses its own part")]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use support::{Stage, memory::Memory};
use teahouse_protocol::Message;
use teahouse_server::Config;
use teahouse_server::auth::password;
use teahouse_server::commands::COMMANDS;
use teahouse_server::config::{AlwaysOn, Operator};
use teahouse_server::text::reply::Reply;
use teahouse_server::world::{Account, Capability};

/// Who takes part; `a2` is another device of `a`.
const PEOPLE: [&str; 5] = ["a", "b", "c", "d", "a2"];

/// What may stand as a parameter: names that exist and ones that do not, modes, masks, lists, nonsense.
const WORDS: &[&str] = &[
    "a",
    "b",
    "C",
    "小明",
    "аlice",
    "9",
    "",
    "*",
    "#茶馆",
    "#tea",
    "#TEA",
    "#tеa",
    "#lоbby",
    "#a,#b",
    "a,b,#tea",
    "0",
    "tea.house",
    "+o",
    "-o+v",
    "+b",
    "b",
    "+k",
    "+l",
    "1",
    "+i",
    "+s",
    "-nt",
    "+mMRC",
    "+S",
    "+qaohv",
    "m:b",
    "a:x",
    "*!*@*",
    "+",
    "L",
    "C",
    "S",
    "root",
    "two words",
    ":colon",
    ": ",
    "<long>",
    "#<long>",
    "$*",
    "@#tea",
    "%na",
    "o",
    ">1",
    "REQ",
    "LS",
    "302",
    "END",
    "LIST",
    "labeled-response batch echo-message message-tags draft/channel-rename setname away-notify",
    "\u{1}VERSION\u{1}",
    "192.0.2.0/24",
    "127.0.0.0/8",
    "a:a",
    "1d",
    "0::1/64",
    "sesame12",
    "NickServ",
    "REGISTER sesame12",
    "IDENTIFY a sesame12",
    "RECOVER a sesame12",
    "DROP a sesame12",
    "LOGOUT",
    "SET ALWAYS-ON ON",
    "SET ALWAYS-ON OFF",
    "ChanServ",
    "REGISTER #tea",
    "DROP #tea",
    "ACCESS #tea ADD a o",
    "ACCESS #tea DEL a",
    "TOPIC #tea x",
    "REGISTER #tеa",
    "OP #tea",
    "sasl",
    "PLAIN",
    "SCRAM-SHA-256",
    "AGEAc2VzYW1lMTI=",
    "biwsbj1hLHI9eA==",
    "draft/multiline batch message-tags draft/chathistory draft/event-playback draft/read-marker server-time",
    "+7",
    "-7",
    "draft/multiline",
    "LATEST",
    "BEFORE",
    "TARGETS",
    "timestamp=2100-01-01T00:00:00.000Z",
    "msgid=7",
    "in:#tea words",
    "5",
    "zh",
];

/// Some of all capabilities.
fn capabilities() -> impl Strategy<Value = Vec<&'static str>> {
    let most = Capability::ALL.len();
    let some = subsequence(Capability::ALL, 0..=most);
    some.prop_map(|some| some.iter().filter(|it| **it != Capability::Languages).map(|it| it.name()).collect())
}

fn line() -> impl Strategy<Value = String> {
    let change = (select(Capability::ALL), any::<bool>());
    let change = change.prop_map(|(it, on)| format!("CAP REQ :{}{}", if on { "" } else { "-" }, it.name()));
    prop_oneof![15 => command(), 1 => change]
}

fn command() -> impl Strategy<Value = String> {
    let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    // What changes much comes often.
    let often = select(vec!["JOIN", "PART", "MODE", "KICK", "NICK", "PRIVMSG", "INVITE", "RENAME", "TOPIC"]);
    let tags = select(vec![
        "",
        "",
        "",
        "@label=x ",
        "@+typing=active ",
        "@batch=7 ",
        "@batch=7;draft/multiline-concat ",
    ]);
    (tags, prop_oneof![select(names), often], vec(select(WORDS), 0..4)).prop_map(|(tags, command, params)| {
        let mut line = format!("{tags}{command}");
        if let Some((last, middle)) = params.split_last() {
            for param in middle {
                let fits = !param.is_empty() && !param.contains(' ') && !param.starts_with(':');
                line = format!("{line} {}", if fits { param } else { "x" });
            }
            line = format!("{line} :{last}");
        }
        line.replace("<long>", &"茶".repeat(165))
    })
}

/// How many parameters a numeric has, if it is always the same number.
fn parameters(numeric: u16) -> Option<usize> {
    let row = Reply::NUMERICS.iter().position(|number| *number == numeric)?;
    let shape = Reply::SHAPES[row];
    if shape.contains(":}") {
        return None;
    }
    let (before, last) = shape.split_once(':').map_or((shape, 0), |(before, _)| (before, 1));
    // The first is the one whom it is for.
    Some(1 + before.split_whitespace().count() + last)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_commands_leave_the_world_in_order(
        steps in vec((0..PEOPLE.len(), line()), 1..80),
        wanted in vec(capabilities(), PEOPLE.len()),
        // Checking a password takes its time, so not always.
        with_device in proptest::bool::weighted(0.2),
    ) {
        let operators = vec![Operator { name: "root".to_owned(), password: "root".to_owned() }];
        let config = Config { operators, cloak: false, scram: true, ..Config::default() };
        let mut stage = Memory::open(config);
        let mut gone = BTreeSet::new();
        let mut listeners: BTreeMap<String, Listener> = BTreeMap::new();
        for (name, wanted) in PEOPLE.into_iter().zip(wanted) {
            stage.connect(name);
            stage.send(name, &format!("CAP REQ :{}", wanted.join(" ")));
            if name == "a2" && with_device {
                stage.send("a", "NS REGISTER sesame12");
                for line in ["CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE AGEAc2VzYW1lMTI="] {
                    stage.send(name, line);
                }
            }
            stage.send(name, &format!("NICK {}", name.trim_end_matches('2')));
            stage.send(name, &format!("USER {name} 0 * :{name}"));
            stage.send(name, "CAP END");
        }
        stage.send("a", "OPER root root");
        for (who, line) in stage.received() {
            listeners.entry(who).or_default().hear(&line)?;
        }
        for (person, line) in steps {
            let name = PEOPLE[person];
            if gone.contains(name) {
                continue;
            }
            // `World::check` runs inside, after every line.
            stage.send(name, &line);
            let asked = &listeners.entry(name.to_owned()).or_default().asked;
            let understands = ["labeled-response", "batch"].iter().all(|needed| asked.contains(*needed));
            // The answer to a message of several lines comes when it is complete; a line that is too long is not read.
            let question = line.strip_prefix("@label=x ").filter(|rest| rest.len() <= 510);
            let labelled = understands && question.is_some_and(|question| !question.starts_with("BATCH"));
            let received = stage.received();
            let is_answer = |(who, answer): &&(String, String)| who == name && answer.starts_with("@label=x");
            let answers = received.iter().filter(is_answer).count();
            prop_assert!(!labelled || answers == 1, "{answers} answers to {line}: {received:?}");
            for (who, line) in received {
                if line == "(closed)" {
                    listeners.remove(&who);
                    gone.insert(who);
                } else {
                    listeners.entry(who).or_default().hear(&line)?;
                }
            }
            // What one command causes is whole.
            prop_assert!(listeners.values().all(|listener| listener.open.is_empty()), "a batch without an end");
        }
    }
}

/// Who takes part where the server is started again; `a` and `b` have accounts and stay, and `a` has two devices.
const GUESTS: [&str; 4] = ["a", "a2", "b", "c"];

/// What is done there: mostly what changes what is kept.
fn lasting_line() -> impl Strategy<Value = String> {
    let rooms = || select(vec!["#tea", "#茶馆", "#a", "#lobby"]);
    let modes = select(vec![
        "+k key", "-k *", "+i", "-i", "+s", "-s", "+b m:b", "-b m:b", "+b *!*@x", "+e c", "+I a:b", "+l 2",
        "-l", "+S 5", "+H", "+R", "-R", "+mn", "-nt", "+v a", "+o b", "-o a", "+h c", "+o c",
    ]);
    let other = select(vec![
        "NS SET ALWAYS-ON OFF",
        "NS SET ALWAYS-ON ON",
        "NS LOGOUT",
        "QUIT",
        "AWAY :tea",
        "AWAY",
        "NICK d",
        "NICK b",
        "MODE a +i",
        "SETNAME :another",
        "OPER root root",
        "KILL b :enough",
        "JOIN 0",
        "INVITE b #tea",
        "INVITE c #a",
        "RENAME #tea #a",
        "RENAME #a #TEA",
        "KICK #tea a",
        "KICK #a b",
        "MARKREAD #tea timestamp=2100-01-01T00:00:00.000Z",
        "NS DROP b sesame12",
        "NS IDENTIFY a sesame12",
    ]);
    let owning = select(vec!["REGISTER", "DROP", "ACCESS {} ADD b o", "ACCESS {} DEL b", "TOPIC {} x"]);
    let owning = (owning, rooms()).prop_map(|(words, room)| {
        let words = if words.contains("{}") { words.replace("{}", room) } else { format!("{words} {room}") };
        format!("CS {words}")
    });
    prop_oneof![
        4 => rooms().prop_map(|room| format!("JOIN {room} key")),
        2 => rooms().prop_map(|room| format!("PART {room}")),
        4 => (rooms(), modes).prop_map(|(room, modes)| format!("MODE {room} {modes}")),
        1 => rooms().prop_map(|room| format!("TOPIC {room} :about tea")),
        1 => rooms().prop_map(|room| format!("PRIVMSG {room} :tea")),
        1 => owning,
        3 => other.prop_map(str::to_owned),
    ]
}

proptest! {
    // Checking a password takes its time.
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_was_there_before_a_restart_is_there_after_it(
        runs in vec((vec((0..GUESTS.len(), lasting_line()), 1..60), any::<bool>()), 1..4),
        mandatory in proptest::bool::weighted(0.3),
    ) {
        let operators = vec![Operator { name: "root".to_owned(), password: "root".to_owned() }];
        let always_on = if mandatory { AlwaysOn::Mandatory } else { AlwaysOn::OptIn };
        let mut stage = Memory::open(Config { operators, cloak: false, always_on, ..Config::default() });
        for (run, (steps, killed)) in runs.into_iter().enumerate() {
            for name in GUESTS {
                stage.connect(name);
                let nick = name.trim_end_matches('2');
                let proof = match nick {
                    "a" => "CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE AGEAc2VzYW1lMTI=\r\n",
                    "b" => "CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE AGIAc2VzYW1lMTI=\r\n",
                    _ => "",
                };
                stage.send(name, &format!("{proof}NICK {nick}\r\nUSER {name} 0 * :{name}\r\nCAP END"));
                if run == 0 && matches!(name, "a" | "b") {
                    stage.send(name, "NS REGISTER sesame12\r\nNS SET ALWAYS-ON ON");
                }
            }
            let mut gone = BTreeSet::new();
            let mut log = Vec::new();
            for (person, line) in steps {
                let name = GUESTS[person];
                // That would make `b` somebody of one account under the name of another, and the next start a guest.
                let is_other = name == "b" && line.starts_with("NS IDENTIFY a");
                if !gone.contains(name) && !is_other {
                    stage.send(name, &line);
                    log.push(format!("{name}> {line}"));
                }
                gone.extend(stage.received().into_iter().filter(|(_, line)| line == "(closed)").map(|(who, _)| who));
            }
            let [before, after] = stage.restart(killed);
            prop_assert_eq!(&before.rooms, &after.rooms, "{:#?}", log);
            prop_assert_eq!(&before.people, &after.people, "{:#?}", log);
            prop_assert_eq!(&before.accounts, &after.accounts, "{:#?}", log);
            prop_assert_eq!(&before.markers, &after.markers, "{:#?}", log);
            for (room, since) in &after.open {
                prop_assert_eq!(before.open.get(room), Some(since), "{} {:#?}", room, log);
            }
        }
    }
}

#[test]
fn of_two_who_come_with_one_account_only_the_rooms_of_the_one_who_stays_are_kept() {
    for killed in [false, true] {
        let mut stage = Memory::open(Config::default());
        for name in ["a", "b"] {
            stage.connect(name);
            stage.send(name, &format!("NICK {name}\r\nUSER {name} 0 * :{name}"));
        }
        stage.send("a", "NS REGISTER sesame12\r\nNS SET ALWAYS-ON ON\r\nJOIN #one");
        stage.send("b", "NS IDENTIFY a sesame12\r\nJOIN #two");
        let [before, after] = stage.restart(killed);
        assert_eq!(before.rooms, after.rooms);
        let is_there = ["#lobby", "#one", "#two"].map(|room| after.rooms.contains_key(room));
        assert!(matches!(is_there, [true, true, false] | [true, false, true]), "{is_there:?}");
    }
}

#[test]
fn a_room_knows_a_hundred_people_and_of_one_more_it_is_said_that_its_list_is_full() {
    let mut stage = Memory::open(Config::default());
    enter(&mut stage, "a");
    stage.send("a", "NS REGISTER sesame12\r\nCS REGISTER #tea");
    let mut give = |number: usize, letter: &str| {
        stage.open_account(Account {
            name: format!("b{number}"),
            since: Timestamp::UNIX_EPOCH,
            password: String::new(),
            scram: None,
            certificates: Vec::new(),
            always_on: None,
            suspended: None,
        });
        stage.received();
        stage.send("a", &format!("CS ACCESS #tea ADD b{number} {letter}"));
        stage.received().pop().expect("an answer").1
    };
    for number in 0..100 {
        let answer = give(number, "v");
        assert!(answer.ends_with(&format!("b{number} has +v from the next time on")), "{answer}");
    }
    let answer = give(100, "v");
    assert!(answer.ends_with(" :A room's list has at most 100 entries"), "{answer}");
    let answer = give(99, "o");
    assert!(
        answer.ends_with("b99 has +o from the next time on"),
        "a name that is on it may get another rank: {answer}"
    );
}

#[test]
fn a_password_that_nobody_could_check_is_not_called_wrong() {
    let mut stage = Memory::open(Config::default());
    for name in ["a", "b"] {
        stage.connect(name);
        stage.send(name, &format!("NICK {name}\r\nUSER {name} 0 * :{name}"));
    }
    stage.send("a", "NS REGISTER sesame12");
    stage.stop_hashing();
    for line in
        ["NS IDENTIFY a sesame12", "CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE AGEAc2VzYW1lMTI="]
    {
        stage.received();
        stage.send("b", line);
        let heard = stage.received();
        let is_told = heard.iter().any(|(_, line)| line.contains("passwords are waiting to be checked"));
        assert!(is_told && !heard.iter().any(|(_, line)| line.contains("wrong")), "{line}: {heard:?}");
    }
    // Nor is the server's own.
    let hash = password::hash("sesame").expect("it can be hashed");
    let mut stage = Memory::open(Config { password: Some(hash), ..Config::default() });
    stage.stop_hashing();
    stage.connect("c");
    stage.send("c", "PASS sesame\r\nNICK c\r\nUSER c 0 * :c");
    let heard: Vec<_> = stage.received().into_iter().map(|(_, line)| line).collect();
    assert!(heard.iter().any(|line| line.contains(" NOTICE ") && line.contains("waiting to be checked")));
    assert!(!heard.iter().any(|line| line.contains(" 464 ")), "{heard:?}");
}

#[test]
fn a_clock_that_is_set_back_silences_nobody_and_turns_no_order_around() {
    let now = Timestamp::now();
    let mut stage = Memory::open(Config { cloak: false, ..Config::default() });
    for name in ["a", "b"] {
        stage.connect(name);
        stage.send(name, &format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\nJOIN #tea"));
    }
    stage.send("a", "MODE #tea +S 60");
    stage.set_clock(now);
    stage.send("b", "PRIVMSG #tea :first");
    stage.set_clock(now - SignedDuration::from_hours(24));
    stage.send("b", "PRIVMSG #tea :second");
    stage.received();
    stage.send("b", "CHATHISTORY LATEST #tea * 10");
    let said: Vec<_> = stage
        .received()
        .into_iter()
        .filter_map(|(_, line)| Some(line.rsplit_once(':')?.1.to_owned()))
        .collect();
    assert_eq!(said, ["first", "second"]);
}

#[test]
fn what_is_said_after_the_clock_was_set_back_can_be_marked_as_read() {
    let now = Timestamp::now();
    let mut stage = Memory::open(Config::default());
    for name in ["a", "b"] {
        stage.connect(name);
        stage.send(name, &format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\nJOIN #tea"));
    }
    stage.set_clock(now);
    stage.send("a", "PRIVMSG #tea :first\r\nCAP REQ server-time");
    stage.set_clock(now - SignedDuration::from_hours(24));
    stage.received();
    stage.send("b", "PRIVMSG #tea :second");
    let heard = stage.received();
    let (_, line) = heard.iter().find(|(_, line)| line.contains("second")).unwrap();
    let time = line.split(' ').next().unwrap().trim_start_matches("@time=");
    stage.send("a", &format!("MARKREAD #tea timestamp={time}"));
    let answers = stage.received();
    assert!(answers.iter().any(|(_, line)| line.ends_with(&format!("timestamp={time}"))), "{answers:?}");
}

/// What was said, as one sees it again: each message's time, identifier and words.
fn seen(stage: &mut Memory, who: &str, question: &str) -> Vec<(Timestamp, String, String)> {
    stage.received();
    stage.send(who, question);
    let lines = stage.received();
    let lines = lines.iter().filter(|(to, line)| to == who && line.contains(" PRIVMSG "));
    let seen = lines.map(|(_, line)| {
        let message = Message::parse(line).unwrap();
        let tag = |key: &str| message.tags().get(key).unwrap_or_default().into_owned();
        (tag("time").parse().unwrap(), tag("msgid"), message.params()[1].to_owned())
    });
    seen.collect()
}

fn words(seen: &[(Timestamp, String, String)]) -> Vec<&str> {
    seen.iter().map(|(.., words)| words.as_str()).collect()
}

fn enter(stage: &mut Memory, name: &str) {
    stage.connect(name);
    stage.send(name, "CAP REQ :server-time message-tags batch echo-message draft/read-marker");
    stage.send(name, &format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\nCAP END\r\nJOIN #tea"));
    stage.received();
}

#[test]
fn a_clock_that_was_ahead_does_not_poison_what_is_said_after_it_was_set_right() {
    // By some hours, by more than a day, by years; seen at once, and after a restart.
    for (hours, restarts) in [(8, false), (8, true), (30, false), (30, true), (24 * 365 * 20, true)] {
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        let after = |secs| now + SignedDuration::from_secs(secs);
        let mut stage = Memory::open(Config { cloak: false, ..Config::default() });
        let mut said = Vec::new();
        stage.set_clock(now);
        enter(&mut stage, "a");
        said.extend(seen(&mut stage, "a", "PRIVMSG #tea :before"));
        stage.set_clock(after(60) + SignedDuration::from_hours(hours));
        said.extend(seen(&mut stage, "a", "PRIVMSG #tea :ahead"));
        stage.send("a", "MARKREAD #tea timestamp=2100-01-01T00:00:00.000Z");
        stage.set_clock(after(120));
        if restarts {
            stage.restart(false);
            enter(&mut stage, "a");
        }
        for (secs, line) in [(130, "back"), (140, "and"), (150, "again")] {
            stage.set_clock(after(secs));
            let told = seen(&mut stage, "a", &format!("PRIVMSG #tea :{line}"));
            assert_eq!(told[0].0, after(secs), "told with the time that it is");
            said.extend(told);
        }
        let ids: BTreeSet<_> = said.iter().map(|(_, id, _)| id).collect();
        assert_eq!(ids.len(), 5, "each has an identifier of its own");
        let case = format!("{hours} hours, restarts: {restarts}");
        let all = seen(&mut stage, "a", "CHATHISTORY LATEST #tea * 10");
        assert_eq!(words(&all), ["before", "ahead", "back", "and", "again"], "{case}");
        assert!(all.iter().all(|(time, ..)| *time <= after(150)), "{case}: {all:?}");
        let ids_again: Vec<_> = all.iter().map(|(_, id, _)| id).collect();
        assert_eq!(ids_again, said.iter().map(|(_, id, _)| id).collect::<Vec<_>>(), "{case}");
        let time = |secs| format!("timestamp={:.3}", after(secs));
        let id = |index: usize| format!("msgid={}", said[index].1);
        for (question, expected) in [
            (format!("AFTER #tea {} 10", time(135)), &["and", "again"][..]),
            (format!("AFTER #tea {} 10", time(140)), &["again"]),
            (format!("BEFORE #tea {} 2", time(140)), &["ahead", "back"]),
            (format!("LATEST #tea {} 10", time(135)), &["and", "again"]),
            (format!("AFTER #tea {} 10", id(1)), &["back", "and", "again"]),
            (format!("BEFORE #tea {} 2", id(2)), &["before", "ahead"]),
            (format!("BETWEEN #tea {} {} 10", time(130), time(145)), &["and"]),
            (format!("AROUND #tea {} 3", id(3)), &["back", "and", "again"]),
        ] {
            let found = seen(&mut stage, "a", &format!("CHATHISTORY {question}"));
            assert_eq!(words(&found), expected, "{case}: {question}");
        }
        stage.received();
        stage.send("a", &format!("MARKREAD #tea {}", time(140)));
        let (_, marked) = stage.received().pop().unwrap();
        assert!(marked.ends_with(&time(140)), "{case}: {marked}");
        // Who comes in now reads it too.
        enter(&mut stage, "b");
        let newest = seen(&mut stage, "b", "CHATHISTORY LATEST #tea * 1");
        assert_eq!(words(&newest), ["again"], "{case}");
    }
}

#[test]
fn of_very_many_conversations_it_is_known_how_far_one_has_read_in_those_that_were_read_last() {
    let mut stage = Memory::open(Config::default());
    enter(&mut stage, "a");
    stage.send("a", "NS REGISTER sesame12");
    for number in 0..1100 {
        let time = Timestamp::from_second(1_767_225_600 + number).unwrap();
        stage.send("a", &format!("MARKREAD #room{number} timestamp={time:.3}"));
    }
    stage.received();
    let known = |stage: &mut Memory, number| {
        stage.send("a", &format!("MARKREAD #room{number}"));
        !stage.received().pop().unwrap().1.ends_with(" *")
    };
    let some = [0, 99, 100, 1099];
    assert_eq!(some.map(|number| known(&mut stage, number)), [false, false, true, true]);
    let [before, after] = stage.restart(true);
    assert_eq!(before.markers["a"].len(), 1000);
    assert_eq!(before.markers, after.markers);
}

/// One connection, and what may be said to it.
#[derive(Default)]
struct Listener {
    /// The capabilities that are on.
    asked: BTreeSet<String>,
    /// The batches that have begun and not ended.
    open: BTreeSet<String>,
}

impl Listener {
    /// Checks that a line is one, and that nothing in it was not asked for.
    fn hear(&mut self, line: &str) -> Result<(), TestCaseError> {
        let body = line.strip_prefix('@').map_or(line, |tagged| tagged.split_once(' ').unwrap().1);
        prop_assert!(body.len() <= 510, "too long: {line}");
        let message = Message::parse(line);
        prop_assert!(message.is_ok(), "no message: {line}");
        let message = message.unwrap();
        if let Some(expected) = message.numeric().and_then(parameters) {
            prop_assert_eq!(message.params().len(), expected, "other parameters: {}", line);
        }
        let keys: Vec<_> = message.tags().iter().map(|(key, _)| key).collect();
        prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "a tag twice: {}", line);
        let needed = keys.into_iter().map(needed_for_tag).chain(needed_for(&message));
        for capability in needed {
            prop_assert!(self.asked.contains(capability), "{capability} was not asked for: {line}");
        }
        if let Some(batch) = message.tags().get("batch") {
            prop_assert!(self.open.contains(&*batch), "of no batch: {line}");
        }
        if message.is("BATCH") {
            let (sign, batch) = message.params()[0].split_at(1);
            let in_order =
                if sign == "+" { self.open.insert(batch.to_owned()) } else { self.open.remove(batch) };
            prop_assert!(in_order, "out of order: {line}");
        }
        if let ["ACK", words] =
            message.params()[..].get(1..).filter(|_| message.is("CAP")).unwrap_or_default()
        {
            for word in words.split(' ').filter(|word| !word.is_empty()) {
                match word.strip_prefix('-') {
                    Some(off) => self.asked.remove(off),
                    None => self.asked.insert(word.to_owned()),
                };
            }
        }
        Ok(())
    }
}

/// The capability without which nobody gets a tag.
fn needed_for_tag(key: &str) -> &str {
    match key {
        "time" => "server-time",
        "account" => "account-tag",
        "batch" => "batch",
        "label" => "labeled-response",
        "draft/multiline-concat" => "draft/multiline",
        _ => "message-tags",
    }
}

/// The capability without which nobody gets a message.
fn needed_for(message: &Message) -> Option<&'static str> {
    Some(match message.command() {
        "ACCOUNT" => "account-notify",
        "ACK" => "labeled-response",
        "AWAY" => "away-notify",
        "BATCH" => "batch",
        "CHGHOST" => "chghost",
        "JOIN" if message.params().len() > 1 => "extended-join",
        "REDACT" => "draft/message-redaction",
        "RENAME" => "draft/channel-rename",
        "SETNAME" => "setname",
        "TAGMSG" => "message-tags",
        _ => return None,
    })
}

/// Lines that come in one packet are run under one lock, and what they say is put together; nobody must notice.
#[test]
fn what_is_said_and_done_in_one_go_arrives_in_that_order() {
    let mut stage = Memory::open(Config::default());
    for name in ["alice", "bob", "cleo"] {
        stage.connect(name);
        stage.send(name, "CAP REQ :echo-message");
        stage.send(name, &format!("NICK {name}"));
        stage.send(name, &format!("USER {name} 0 * :{name}"));
        stage.send(name, "CAP END");
        stage.send(name, "JOIN #tea");
    }
    stage.send("cleo", "PART #tea");
    stage.received();
    for line in [
        "PRIVMSG #tea :one",
        "PRIVMSG #tea :two",
        "PRIVMSG bob :three",
        "PRIVMSG #tea :four",
        "NOTICE #lobby,#tea :five",
        "NICK alba",
        "PRIVMSG #tea :six",
        "CAP REQ -echo-message",
        "PRIVMSG #tea :seven",
    ] {
        stage.send("alice", line);
    }
    // Who comes now does not hear what was said before.
    stage.send("cleo", "JOIN #tea");
    stage.send("alice", "PRIVMSG #tea :eight");
    stage.send("alice", "QUIT :bye");
    let received = stage.received();
    let words = |who: &str, words: &[&str]| {
        let heard = received.iter().filter(|(name, line)| name == who && line.contains('!'));
        let heard: Vec<_> = heard.filter_map(|(_, line)| line.rsplit(['!', ' ']).next()).collect();
        assert_eq!(heard, words, "{who}");
    };
    let bob = [
        ":one", ":two", ":three", ":four", ":five", ":five", "alba", ":six", ":seven", "#tea", ":eight",
        "bye",
    ];
    words("bob", &bob);
    words("cleo", &[":five", "alba", "#tea", ":eight", "bye"]);
    words("alice", &[":one", ":two", ":three", ":four", ":five", ":five", "alba", ":six", "#tea"]);
}

/// A servant is spoken to like anybody else, and may be asked for what changes who hears what was said just before.
#[test]
fn what_is_said_to_the_operators_of_a_room_reaches_those_who_were_operators_then() {
    let mut stage = Memory::open(Config::default());
    for name in ["alice", "bob"] {
        stage.connect(name);
        stage.send(name, &format!("NICK {name}"));
        stage.send(name, &format!("USER {name} 0 * :{name}"));
    }
    for (name, line) in [
        ("alice", "REGISTER * * correcthorse"),
        ("alice", "JOIN #tea"),
        ("bob", "JOIN #tea"),
        ("alice", "PRIVMSG ChanServ :REGISTER #tea"),
        ("alice", "MODE #tea +o bob"),
    ] {
        stage.send(name, line);
    }
    stage.received();
    for line in ["PRIVMSG @#tea :before", "PRIVMSG ChanServ :DEOP #tea bob", "PRIVMSG @#tea :after"] {
        stage.send("alice", line);
    }
    let received = stage.received();
    let heard: Vec<_> = received.iter().filter(|(name, _)| name == "bob").map(|(_, line)| &**line).collect();
    let [said, taken] = heard[..] else { panic!("{heard:?}") };
    assert!(said.ends_with("PRIVMSG @#tea :before"), "{said}");
    assert!(taken.ends_with("MODE #tea -o bob"), "{taken}");
}
