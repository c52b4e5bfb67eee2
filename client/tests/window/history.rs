//! What was said before one came, and while one was away.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::display::Display;
use crate::support::person::{Person, Start, line, list};
use crate::support::server::Server;

/// Where a line with this text is on the screen: its upper edge.
fn height_of(seen: &Value, text: &str) -> i64 {
    let index = list(&seen["lines"]).iter().position(|line| line["text"] == *text).expect("it is in view");
    seen["controls"][format!("line {index}")]["y"].as_i64().expect("a number")
}

/// Says something in the lobby that long, faster than a person could, and comes back when the server has all of it.
fn says(port: u16, nick: &str, texts: impl Iterator<Item = String>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
    let mut lines = format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\n");
    for text in texts {
        lines += &format!("PRIVMSG #lobby :{text}\r\n");
    }
    stream.write_all((lines + "PING all-said\r\n").as_bytes()).expect("the server reads");
    let mut answers = BufReader::new(stream).lines();
    assert!(answers.any(|line| line.expect("the server answers").ends_with("all-said")));
}

#[test]
fn who_comes_later_reads_what_was_said_and_scrolls_up_without_a_jump() {
    let server = Server::start_with(0, &["--data-dir", "", "--flood-protection", "false"]);
    says(server.port(), "alice", (0..230).map(|number| format!("第 {number} 句")));

    let display = Display::start(1080, 720);
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.reads("第 229 句");
    display.picture("history-latest");
    let count = |seen: &Value| seen["line_count"].as_u64().expect("a number");
    let first = count(&ming.sees());
    ming.clicks("transcript");
    // To the top of what is here, from where it goes on.
    let mut before = ming.sees();
    while line(&before, "第 130 句").is_none() {
        ming.presses("Prior");
        before = ming.waits_for("an older view", |seen| seen["lines"] != before["lines"]);
    }
    let seen = ming.waits_for("older lines", |seen| count(seen) > first);
    let (here, there) = (height_of(&before, "第 130 句"), height_of(&seen, "第 130 句"));
    assert!((here - there).abs() <= 1, "it jumped from {here} to {there}");
    let mut seen = seen;
    while line(&seen, "第 0 句").is_none() {
        ming.presses("Prior");
        seen = ming.waits_for("an older view", |now| {
            now["lines"] != seen["lines"] || line(now, "第 0 句").is_some()
        });
    }
    display.picture("history-oldest");
    assert!(line(&ming.sees(), "第 1 句").is_some());

    // What is found is told with the day and the place.
    ming.says("/search 第 129 句");
    let found = ming.reads("聊天记录里找到 1 条");
    assert!(found["text"].as_str().is_some_and(|text| text.ends_with("#lobby alice：第 129 句")), "{found}");
    display.picture("history-search");
}

#[test]
fn what_is_not_in_what_is_here_is_looked_for_further_back_and_found_there() {
    let server = Server::start_with(0, &["--data-dir", "", "--flood-protection", "false"]);
    let words = |number: u32| if number % 100 == 7 { "泡一壶龙井" } else { "第" };
    says(server.port(), "alice", (0..330).map(|number| format!("{} {number} 句", words(number))));
    for (name, geometry, settings) in [("day", "", ""), ("small", "520x500+2+22", "theme = \"dark\"\n")] {
        let display = Display::start(1080, 720);
        let port = Some(server.port());
        let start = Start { nick: "ming", port, connect: true, geometry, settings, ..Start::default() };
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        ming.reads("第 329 句");
        ming.presses("ctrl+f");
        ming.waits_for("the bar", |seen| seen["focus"] == "search");
        ming.types("龙井");
        let at = |words: &'static str| move |seen: &Value| seen["search"] == words;
        ming.waits_for("what is here", at("第 1 处，共 1 处"));
        display.picture(&format!("history-look-back-{name}"));
        ming.presses("ctrl+a");
        ming.types("咖啡");
        ming.waits_for("nothing here", at("没有找到"));
        ming.presses("Return");
        ming.waits_for("nothing anywhere", at("更早的也没有"));
        display.picture(&format!("history-looked-back-in-vain-{name}"));
        ming.presses("ctrl+a");
        ming.types("龙井");
        ming.waits_for("what is here", at("第 1 处，共 1 处"));
        ming.clicks("search further");
        let seen = ming.waits_for("the one before", at("第 2 处，共 2 处"));
        assert!(line(&seen, "泡一壶龙井 207 句").is_some() && line(&seen, "第 208 句").is_some(), "{seen:#}");
        display.picture(&format!("history-looked-back-{name}"));
        ming.presses("Return");
        ming.waits_for("the one before that", at("第 3 处，共 3 处"));
        ming.presses("Return");
        let seen = ming.waits_for("the first", at("第 4 处，共 4 处"));
        assert!(line(&seen, "泡一壶龙井 7 句").is_some());
        ming.presses("Escape");
        ming.quits("");
        ming.is_gone(PATIENCE);
    }
}

#[test]
fn what_was_said_is_written_down_and_stands_there_again_unless_one_does_not_want_that() {
    for (name, settings) in [("on", ""), ("off", "logs = false\n")] {
        let server = Server::start_with(0, &["--data-dir", "", "--history", "false"]);
        let display = Display::start(1080, 720);
        let port = Some(server.port());
        let start = Start { nick: "ming", port, connect: true, settings, ..Start::default() };
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        ming.says("我先来了");
        ming.reads("我先来了");
        says(server.port(), "alice", ["喝什么？".to_owned()].into_iter());
        ming.reads("喝什么？");
        ming.quits("");
        let folder = ming.settings_file().with_file_name("logs");
        let log = folder.join(format!("127.0.0.1+{}/~ming/#lobby.log", server.port()));
        let mut ming = ming.comes_back(&start);
        ming.is_in_the_lobby();
        if name == "on" {
            ming.reads("我先来了");
            ming.reads("喝什么？");
            display.picture("history-log");
            let log = std::fs::read_to_string(log).expect("it was written down");
            let mut said: Vec<_> = log.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
            // Whose words the server had first is not ours to say.
            said.sort_unstable();
            assert_eq!(said, ["<alice> 喝什么？", "<ming> 我先来了"]);
        } else {
            assert!(!log.exists());
            assert!(list(&ming.sees()["lines"]).iter().all(|line| line["kind"] != "message"));
        }
        ming.quits("");
        ming.is_gone(PATIENCE);
    }
}

#[test]
fn what_was_said_while_the_connection_was_lost_is_there_afterwards() {
    let folder = tempfile::tempdir().expect("there can be a temporary folder");
    let data = folder.path().to_str().expect("a path in UTF-8");
    let server = Server::start_with(0, &["--data-dir", data]);
    let port = server.port();
    let display = Display::start(1080, 720);
    let start = Start { nick: "ming", port: Some(port), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.says("我先来了");
    ming.reads("我先来了");
    server.stop();
    ming.waits_for("no connection", |seen| seen["networks"][0]["link"] != "up");
    let _server = Server::start_with(port, &["--data-dir", data]);
    says(port, "alice", ["有人吗".to_owned(), "那我走了".to_owned()].into_iter());
    ming.reads("那我走了");
    let texts = |seen: &Value| -> Vec<String> {
        let lines = list(&seen["lines"]).iter().filter(|line| line["kind"] == "message");
        lines.filter_map(|line| line["text"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(texts(&ming.sees()), ["我先来了", "有人吗", "那我走了"]);
    display.picture("history-missed");
}

/// Says these lines to the server, and waits for an answer with `last` in it.
fn tells(port: u16, lines: &str, last: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
    stream.write_all(lines.as_bytes()).expect("the server reads");
    let mut answers = BufReader::new(stream).lines();
    assert!(answers.any(|line| line.expect("the server answers").contains(last)), "no {last}");
}

#[test]
fn a_private_message_waits_for_who_has_an_account() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let port = server.port();
    tells(port, "NICK ming\r\nUSER m 0 * :m\r\nREGISTER * * sesame-sesame\r\n", "REGISTER SUCCESS");
    server.wait_for_log(&["ming", "left"]);
    tells(port, "NICK bob\r\nUSER b 0 * :b\r\nPRIVMSG ming :回来了告诉我\r\n", " 301 ");
    let settings =
        format!("server = \"127.0.0.1\"\nport = {port}\nnick = \"ming\"\npassword = \"sesame-sesame\"\n");
    let mut ming = Person::open(&display, &Start { settings: &settings, connect: true, ..Start::default() });
    let seen = ming.waits_for("a conversation with bob", |seen| {
        list(&seen["conversations"]).iter().any(|row| row["name"] == "bob" && row["unread"] == 1)
    });
    assert_eq!(seen["conversation"], "#lobby", "it does not push itself in front");
    assert!(
        seen["footer"][1].as_str().is_some_and(|words| words.contains("账号 ming")),
        "{}",
        seen["footer"]
    );
    ming.clicks("conversation bob");
    ming.reads("回来了告诉我");
    display.picture("history-waited");
}
