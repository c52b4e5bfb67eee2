//! 报文: what goes over the wire, shown and explained.

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

/// The number of the line in view that begins like this.
fn index(seen: &Value, direction: &str, beginning: &str) -> Option<usize> {
    let is_it =
        |line: &Value| line[0] == *direction && line[1].as_str().is_some_and(|text| text.contains(beginning));
    list(&seen["wire"]["lines"]).iter().position(is_it)
}

/// Chooses the line that begins like this, which is explained under this title.
fn choose(person: &mut Person<'_>, direction: &str, text: &str, title: &str) -> Value {
    person.waits_for(text, |seen| index(seen, direction, text).is_some());
    // The lines move on by themselves until one is chosen, and more may be under way.
    person.presses("Up");
    person.waits_for("an explanation", |seen| seen["wire"]["title"] != "");
    let seen = person.waits_for(text, |seen| index(seen, direction, text).is_some());
    let index = index(&seen, direction, text).expect("it was there");
    person.clicks(&format!("wire {index}"));
    person.waits_for(title, |seen| seen["wire"]["title"] == title)["wire"].clone()
}

#[test]
fn what_one_says_is_seen_as_it_goes_over_the_wire_and_is_explained() {
    for (language, settings) in [("zh", ""), ("en", "theme = \"dark\"\n")] {
        let (display, server) = (Display::start(1200, 800), Server::start());
        let start = Start {
            nick: "小明",
            port: Some(server.port()),
            connect: true,
            geometry: "1180x750+2+22",
            language,
            settings,
            ..Start::default()
        };
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        ming.says("今天喝什么茶？ 🍵");
        ming.presses("ctrl+shift+w");
        ming.waits_for("the panel", |seen| seen["wire"].is_object() && seen["focus"] == "wire");
        let explained = choose(&mut ming, "sent", "PRIVMSG #lobby", "PRIVMSG");
        display.picture(&format!("wire-sent-{language}"));
        let meaning = if language == "zh" {
            "说一句话：对一个房间或一个人"
        } else {
            "says something to a room or to one person"
        };
        assert_eq!(explained["meaning"], meaning);
        // Tags, such as the label of what we say, stand before the parameters.
        let rows = explained["rows"].as_array().expect("a line has parts");
        assert!(rows.iter().any(|row| row[1] == "#lobby"), "{rows:#?}");
        ming.presses("Home");
        let seen = ming.waits_for("the first line", |seen| seen["wire"]["title"] == "CAP");
        assert_eq!(index(&seen, "sent", "CAP LS 302"), Some(0), "everything since the connection was made");
        ming.presses("F6");
        ming.waits_for("the composer", |seen| seen["focus"] == "composer");
        ming.presses("shift+F6");
        ming.waits_for("the panel again", |seen| seen["focus"] == "wire");
        ming.presses("ctrl+shift+w");
        ming.waits_for("no panel", |seen| seen["wire"].is_null() && seen["focus"] == "composer");
    }
}

#[test]
fn a_numeric_is_explained_and_a_password_is_covered() {
    let host = Impostor::listen();
    let display = Display::start(820, 760);
    let mut ming = Person::open(&display, &Start { geometry: "600x710+2+22", ..host.invitation("ming") });
    let mut line = host.accept();
    line.sends(
        b":t 001 ming :hi\r\n:ming!m@h JOIN #l\r\n:t 353 ming = #l :ming @alice\r\n:t 366 ming #l :end\r\n",
    );
    ming.waits_for("the room", |seen| seen["conversation"] == "#l");
    ming.says("/msg NickServ IDENTIFY sesame");
    ming.presses("ctrl+shift+w");
    let explained = choose(&mut ming, "received", " 353 ", "353 RPL_NAMREPLY");
    assert_eq!(explained["meaning"], "房间里的人");
    display.picture("wire-narrow");
    let seen = ming.sees();
    assert!(index(&seen, "sent", "NickServ :IDENTIFY ****").is_some(), "{seen:#}");
    assert!(!seen["wire"].to_string().contains("sesame"));
}
