//! What is kept on the disk: whose it is, what is broken there, and what becomes of it at an end that nobody chose.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use rustix::process::Signal;
use serde_json::Value;
use teahouse::signals::endings;

use crate::support::PATIENCE;
use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

/// What the login form says that is about none of its fields.
fn trouble(seen: &Value) -> &str {
    seen["errors"]["general"].as_str().unwrap_or_default()
}

/// How often a line with these words stands in view.
fn count(seen: &Value, words: &str) -> usize {
    list(&seen["lines"])
        .iter()
        .filter(|line| line["text"].as_str().is_some_and(|text| text.contains(words)))
        .count()
}

/// What stands in the files of a folder and those in it.
fn all_text(folder: &Path) -> String {
    let Ok(entries) = fs::read_dir(folder) else { return String::new() };
    let text = |path: std::path::PathBuf| match path.is_dir() {
        true => all_text(&path),
        false => fs::read_to_string(path).unwrap_or_default(),
    };
    entries.map(|entry| text(entry.expect("the folder can be read").path())).collect()
}

#[test]
fn who_sits_down_after_somebody_else_does_not_read_their_private_messages() {
    let (display, server) = (Display::start(1440, 700), Server::start());
    let port = Some(server.port());
    let start = |nick| {
        let geometry = if nick == "carol" { "700x640+2+22" } else { "700x640+720+22" };
        Start { nick, port, geometry, connect: true, language: "en", ..Start::default() }
    };
    let mut carol = Person::open(&display, &start("carol"));
    carol.is_in_the_lobby();
    let mut anna = Person::open(&display, &start("anna"));
    anna.is_in_the_lobby();
    carol.says("/msg anna anna, your mark is 2/10, tell nobody");
    anna.clicks("conversation carol");
    anna.reads("your mark is 2/10");
    anna.quits("");
    let mut ben = anna.comes_back(&start("ben"));
    ben.is_in_the_lobby();
    carol.says("/msg ben hello ben");
    ben.clicks("conversation carol");
    let seen = ben.waits_for("her words", |seen| count(seen, "hello ben") == 1);
    display.picture("kept-ben-reads-his-own");
    assert_eq!(count(&seen, "your mark"), 0, "{seen:#}");
    ben.presses("Prior");
    ben.quits("");
    let mut anna = ben.comes_back(&start("anna"));
    anna.is_in_the_lobby();
    carol.says("/msg anna hello anna");
    anna.clicks("conversation carol");
    anna.reads("hello anna");
    let seen = anna.sees();
    assert_eq!((count(&seen, "your mark"), count(&seen, "hello ben")), (1, 0), "{seen:#}");
}

#[test]
fn logs_of_before_are_their_writers_and_nobody_elses() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    for (nick, reads) in [("anna", true), ("ben", false)] {
        let folder = Rc::new(tempfile::tempdir().expect("there can be a temporary folder"));
        let old = folder.path().join("logs/127.0.0.1");
        fs::create_dir_all(&old).expect("there can be a folder");
        let said = "2026-03-01T09:00:00Z <anna> written by anna\n2026-03-01T09:01:00Z <bob> an answer\n";
        fs::write(old.join("#lobby.log"), said).expect("it can be written");
        let profile =
            format!("[[profile]]\nserver = \"127.0.0.1\"\nport = {}\nnick = \"anna\"\n", server.port());
        fs::write(folder.path().join("teahouse.toml"), profile).expect("it can be written");
        let start = Start { nick, port: Some(server.port()), connect: true, ..Start::default() };
        let mut person = Person::open_in(&display, &start, folder);
        person.is_in_the_lobby();
        let seen = person.sees();
        assert_eq!(count(&seen, "an answer") == 1, reads, "{nick}: {seen:#}");
        person.quits("");
        person.is_gone(PATIENCE);
    }
}

#[test]
fn of_two_windows_with_the_same_settings_the_second_says_so_and_writes_nothing() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let start = |nick| Start { nick, port: Some(server.port()), ..Start::default() };
    let mut first = Person::open(&display, &start("ming"));
    first.presses("Return");
    first.is_in_the_lobby();
    let mut second = first.opens_another(&start("hong"));
    let seen = second.waits_for("word of the other window", |seen| trouble(seen).contains("另一个窗口"));
    display.picture("kept-second-window");
    assert_eq!(seen["view"], "login");
    second.presses("Return");
    second.is_in_the_lobby();
    second.reads("另一个窗口");
    second.says("我是第二个");
    first.reads("我是第二个");
    second.clicks("language");
    second.waits_for("English", |seen| seen["language"] == "en");
    second.quits("");
    second.is_gone(PATIENCE);
    let (settings, logs) = (first.settings_file(), first.settings_file().with_file_name("logs"));
    first.quits("");
    first.is_gone(PATIENCE);
    let text = fs::read_to_string(settings).expect("the settings were saved");
    assert!(text.contains("ming") && !text.contains("hong") && !text.contains("\"en\""), "{text}");
    assert_eq!(all_text(&logs).matches("我是第二个").count(), 1);
    // Nobody is in the way any more.
    let mut third = first.comes_back(&start("ming"));
    assert_eq!(trouble(&third.sees()), "");
}

#[test]
fn settings_that_cannot_be_read_are_said_with_the_name_of_the_file_that_is_kept() {
    let display = Display::start(900, 700);
    for (name, language, settings, words) in [
        ("half", "zh", "nick = \"ming\"\nserver = [[[", "设置文件无法读取"),
        ("types", "en", "nick = \"ming\"\ntheme = 3\nlogs = \"yes\"\n", "Not everything in the settings"),
    ] {
        let mut ming = Person::open(&display, &Start { settings, language, ..Start::default() });
        let aside = ming.settings_file().with_extension("toml.broken");
        let is_said = |seen: &Value| trouble(seen).contains(words);
        let seen = ming.waits_for("word of it", is_said);
        display.picture(&format!("kept-broken-{name}"));
        assert!(trouble(&seen).contains(&aside.display().to_string()), "{seen:#}");
        assert_eq!(fs::read_to_string(aside).expect("it is kept"), settings);
        // It stays there while one types, and until one has been told of it elsewhere.
        ming.fills_in("name", "a b");
        ming.clicks("login");
        ming.waits_for("another error", |seen| seen["errors"]["name"].is_string() && is_said(seen));
    }
}

#[test]
fn a_server_whose_settings_are_broken_is_not_gone_to_by_itself() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let settings = format!(
        "[[profile]]\nserver = \"127.0.0.1\"\nport = {}\nnick = \"ming\"\nconnect = true\ntls = \"yes\"\n",
        server.port()
    );
    let start = Start { nick: "ming", settings: &settings, connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    let seen = ming.waits_for("word of it", |seen| trouble(seen).contains("tls"));
    assert_eq!((&seen["view"], &seen["login_button"]), (&"login".into(), &"登录".into()));
    ming.presses("Return");
    ming.is_in_the_lobby();
    ming.reads("设置 tls 的值不可用");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_once_and_the_chat_goes_on() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    // Where a file is, there can be no folder.
    for (config, language, words) in
        [("teahouse.toml/deeper", "en", "cannot be kept"), ("teahouse.toml", "zh", "无法保存")]
    {
        let settings = "theme = \"dark\"\n";
        let start =
            Start { nick: "ming", port: Some(server.port()), settings, config, language, ..Start::default() };
        let mut ming = Person::open(&display, &start);
        ming.waits_for("word of it", |seen| trouble(seen).contains(words));
        display.picture(&format!("kept-unwritable-{language}"));
        ming.presses("Return");
        ming.is_in_the_lobby();
        ming.reads(words);
        ming.clicks("language");
        ming.waits_for("the other language", |seen| seen["language"] != *language);
        ming.says("hello");
        ming.reads("hello");
        let words = if language == "en" { "无法保存" } else { "cannot be kept" };
        assert_eq!(count(&ming.sees(), words), 1);
        ming.quits("");
        assert!(ming.is_gone(PATIENCE).0.success());
    }
}

#[test]
fn a_disk_that_takes_no_conversations_is_said_once_and_the_chat_goes_on() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let folder = Rc::new(tempfile::tempdir().expect("there can be a temporary folder"));
    fs::write(folder.path().join("logs"), "in the way").expect("it can be written");
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open_in(&display, &start, folder);
    ming.is_in_the_lobby();
    ming.says("one");
    ming.reads("聊天记录现在写不下来");
    ming.says("two");
    ming.says("three");
    ming.reads("three");
    assert_eq!(count(&ming.sees(), "聊天记录现在写不下来"), 1);
    display.picture("kept-no-logs");
}

#[test]
fn what_was_left_half_written_is_gone_after_the_next_start() {
    let display = Display::start(900, 700);
    let folder = Rc::new(tempfile::tempdir().expect("there can be a temporary folder"));
    let left = folder.path().join("teahouse.toml.4242");
    fs::write(&left, "half").expect("it can be written");
    let mut ming = Person::open_in(&display, &Start { nick: "ming", ..Start::default() }, folder);
    ming.clicks("language");
    ming.waits_for("English", |seen| seen["language"] == "en");
    assert!(!left.exists() && ming.settings_file().exists());
}

/// A window that is logged in to a server that takes note of what is read.
fn logged_in<'d>(display: &'d Display, host: &Impostor) -> (Person<'d>, crate::support::impostor::Line) {
    let mut ming = Person::open(display, &host.invitation("ming"));
    let mut line = host.accept();
    line.reads("CAP LS");
    line.sends(b":h CAP * LS :draft/read-marker\r\n");
    line.reads("CAP REQ");
    line.sends(b":h CAP * ACK :draft/read-marker\r\n");
    line.reads("CAP END");
    line.sends(b":h 001 ming :Welcome\r\n:h 422 ming :None\r\n:ming!m@h JOIN #tea\r\n:h 353 ming = #tea :ming alice\r\n:h 366 ming #tea :End\r\n");
    ming.waits_for("the room", |seen| seen["conversation"] == "#tea");
    line.sends(b":alice!a@h PRIVMSG #tea :have you read this?\r\n");
    ming.reads("have you read this?");
    (ming, line)
}

#[test]
fn who_is_told_to_end_says_farewell_and_keeps_what_was_read() {
    let display = Display::start(900, 700);
    for number in endings() {
        let signal = Signal::from_named_raw(number).expect("it has a name");
        let host = Impostor::listen();
        let (mut ming, mut line) = logged_in(&display, &host);
        ming.is_sent(signal);
        line.reads("MARKREAD #tea timestamp=");
        line.reads("QUIT");
        let (status, _) = ming.is_gone(PATIENCE);
        assert!(status.success(), "{signal:?}: {status}");
        let logs = all_text(&ming.settings_file().with_file_name("logs"));
        // The message, and up to when it was read.
        assert_eq!((logs.matches("have you read this?").count(), logs.lines().count()), (1, 2), "{logs}");
    }
}

#[test]
fn the_end_of_the_display_is_a_farewell_too() {
    let display = Display::start(900, 700);
    let host = Impostor::listen();
    let (mut ming, mut line) = logged_in(&display, &host);
    display.dies();
    line.reads("MARKREAD #tea timestamp=");
    line.reads("QUIT");
    let (status, _) = ming.is_gone(PATIENCE);
    assert_eq!(status.code(), Some(1));
    let logs = all_text(&ming.settings_file().with_file_name("logs"));
    assert_eq!((logs.matches("have you read this?").count(), logs.lines().count()), (1, 2), "{logs}");
}
