//! The desktop around the window: what it is told while nobody looks at the window, and whether it is dark.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use crate::support::PATIENCE;
use crate::support::desktop::{Asked, Desktop, Note};
use crate::support::display::Display;
use crate::support::impostor::{Impostor, Line};
use crate::support::person::{Person, Start};
use crate::support::server::Server;

/// What most desktops can do.
const SKILLS: &[&str] = &["actions", "body", "body-markup", "persistence"];

#[test]
fn a_mention_is_told_by_the_desktop_and_a_click_on_it_leads_there() {
    let (display, server) = (Display::start(1300, 760), Server::start());
    let desktop = Desktop::start(SKILLS, false);
    let environment = desktop.environment();
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(
        &display,
        &Start { geometry: "640x700+2+22", environment: &environment, language: "en", ..start.clone() },
    );
    ming.is_in_the_lobby();
    ming.says("/join #tea");
    ming.waits_for("the other room", |seen| seen["conversation"] == "#tea");
    let window = ming.window();

    let mut alice = Person::open(&display, &Start { nick: "alice", geometry: "640x700+650+22", ..start });
    alice.is_in_the_lobby();
    ming.waits_for("that somebody else has the keyboard", |seen| seen["focus"] == "");
    alice.says("tea for everybody");
    alice.says("-u ming: 1 < 2 & <b>茶</b>");
    let note = desktop.is_told();
    let told = Note {
        number: 1,
        replaces: 0,
        app: "Teahouse".into(),
        icon: "teahouse".into(),
        title: "alice · #lobby".into(),
        text: "-u ming: 1 &lt; 2 &amp; &lt;b&gt;茶&lt;/b&gt;".into(),
        actions: vec!["default".into(), "Open".into()],
        desktop_entry: "teahouse".into(),
        category: "im.received".into(),
        urgency: 1,
        sound: Some("message-new-instant".into()),
        is_silent: false,
    };
    assert_eq!(note, told);
    ming.sees();
    assert!(display.is_marked(window));

    alice.says("ming?");
    let note = desktop.is_told();
    assert_eq!((note.number, note.replaces, &*note.text), (1, 1, "ming?"), "one bubble for one room");
    desktop.clicks(1);
    ming.waits_for("the lobby in front", |seen| {
        seen["conversation"] == "#lobby" && seen["focus"] == "composer"
    });
    assert_eq!(desktop.is_asked(), Asked::Close(1), "what is looked at is not told any more");
    ming.sees();
    assert!(!display.is_marked(window));
    alice.goes_to("composer");
    alice.says("back to work, ming");
    assert_eq!(desktop.is_told().replaces, 0);
}

/// A window in a room of a server that says what the test wants.
fn in_a_room<'a>(display: &'a Display, host: &Impostor, start: &Start<'_>) -> (Person<'a>, Line) {
    let mut person = Person::open(display, start);
    let mut line = host.accept();
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:t 366 ming #tea :end\r\n");
    person.waits_for("the room", |seen| seen["conversation"] == "#tea");
    (person, line)
}

#[test]
fn a_flood_of_mentions_is_one_bubble() {
    const FLOOD: u32 = 200;
    let display = Display::start(900, 700);
    let desktop = Desktop::start(&["body"], false);
    let environment = desktop.environment();
    let host = Impostor::listen();
    let start = Start { environment: &environment, geometry: "640x600+2+22", ..host.invitation("ming") };
    let (mut ming, mut line) = in_a_room(&display, &host, &start);
    let mut other = Person::open(&display, &Start { geometry: "300x300+10+40", ..Start::default() });
    ming.waits_for("that somebody else has the keyboard", |seen| seen["focus"] == "");
    let flood: String =
        (1..=FLOOD).map(|number| format!(":alice!a@h PRIVMSG #tea :ming: {number} & more\r\n")).collect();
    line.sends(flood.as_bytes());
    let mut bubbles = 1;
    let last = format!("ming: {FLOOD} & more");
    let mut note = desktop.is_told();
    assert_eq!(note.replaces, 0);
    while note.text != last {
        note = desktop.is_told();
        assert_eq!(note.number, 1);
        bubbles += 1;
    }
    assert!(bubbles < FLOOD / 2, "the desktop was asked {bubbles} times");
    assert!(note.actions.is_empty(), "this desktop has no clicks");
    other.closes_the_window();
    ming.sees();
}

#[test]
fn a_click_on_a_notification_leads_there_from_the_login_form_too() {
    let display = Display::start(1300, 760);
    let desktop = Desktop::start(SKILLS, false);
    let environment = desktop.environment();
    let host = Impostor::listen();
    let start = Start { environment: &environment, geometry: "640x600+2+22", ..host.invitation("ming") };
    let (mut ming, mut line) = in_a_room(&display, &host, &start);
    ming.clicks("add server");
    ming.waits_for("the form", |seen| seen["view"] == "login");
    let other = Person::open(&display, &Start { geometry: "520x500+700+40", ..Start::default() });
    ming.waits_for("that somebody else has the keyboard", |seen| seen["focus"] == "");
    line.sends(b":alice!a@h PRIVMSG ming :tea?\r\n");
    assert_eq!(desktop.is_told().number, 1);
    desktop.clicks(1);
    ming.waits_for("the conversation", |seen| seen["view"] == "chat" && seen["conversation"] == "alice");
    assert_eq!(desktop.is_asked(), Asked::Close(1));
    drop(other);
}

#[test]
fn a_desktop_that_does_not_answer_does_not_hold_the_window() {
    let display = Display::start(900, 700);
    let desktop = Desktop::start(SKILLS, false);
    desktop.falls_silent();
    let environment = desktop.environment();
    let host = Impostor::listen();
    let settings = "ask_before_closing = false\n";
    let invitation = host.invitation("ming");
    let start = Start { environment: &environment, geometry: "640x600+2+22", settings, ..invitation };
    let (mut ming, mut line) = in_a_room(&display, &host, &start);
    let other = Person::open(&display, &Start { geometry: "300x300+10+40", ..Start::default() });
    ming.waits_for("that somebody else has the keyboard", |seen| seen["focus"] == "");
    for number in 0..20 {
        line.sends(format!(":alice{number}!a@h PRIVMSG ming :tea?\r\n").as_bytes());
    }
    ming.waits_for("everybody", |seen| seen["title"].as_str().is_some_and(|title| title.contains("20")));
    ming.closes_the_window();
    let (status, _) = ming.is_gone(PATIENCE);
    assert!(status.success());
    drop(other);
}

#[test]
fn where_the_desktop_makes_no_sound_a_program_does_and_of_many_one_is_heard() {
    let display = Display::start(900, 700);
    let desktop = Desktop::start(SKILLS, false);
    let folder = tempfile::tempdir().expect("there can be a temporary folder");
    let heard = folder.path().join("heard");
    let player = folder.path().join("canberra-gtk-play");
    fs::write(&player, format!("#!/bin/sh\necho \"$@\" >>'{}'\n", heard.display()))
        .expect("it can be written");
    fs::set_permissions(&player, Permissions::from_mode(0o755)).expect("it can be made a program");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let environment = [&desktop.environment()[..], &[("PATH", path)]].concat();
    let host = Impostor::listen();
    let start = Start { environment: &environment, geometry: "640x600+2+22", ..host.invitation("ming") };
    let (mut ming, mut line) = in_a_room(&display, &host, &start);
    let other = Person::open(&display, &Start { geometry: "300x300+10+40", ..Start::default() });
    ming.waits_for("that somebody else has the keyboard", |seen| seen["focus"] == "");
    line.sends(b":alice!a@h PRIVMSG ming :one\r\n");
    assert_eq!(desktop.is_told().text, "one");
    line.sends(b":alice!a@h PRIVMSG ming :two\r\n");
    let note = desktop.is_told();
    assert_eq!((&*note.text, note.is_silent), ("two", true));
    let deadline = Instant::now() + PATIENCE;
    let mut played = String::new();
    while played.is_empty() {
        assert!(Instant::now() < deadline, "nothing was heard");
        played = fs::read_to_string(&heard).unwrap_or_default();
    }
    assert_eq!(played, "--id message-new-instant\n");
    drop(other);
}

#[test]
fn the_window_is_as_dark_as_the_desktop_and_follows_it() {
    let (display, desktop) = (Display::start(900, 700), Desktop::start(&[], true));
    let environment = desktop.environment();
    let start = Start { settings: "theme = \"system\"\n", environment: &environment, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    assert_eq!(ming.sees()["is_dark"], true);
    desktop.becomes(false);
    ming.waits_for("the day", |seen| seen["is_dark"] == false);
    desktop.becomes(true);
    ming.waits_for("the night", |seen| seen["is_dark"] == true);
}
