//! Where keys go: to what is in front, whoever had the keyboard before.

use crate::support::display::Display;
use crate::support::impostor::{Impostor, Line};
use crate::support::person::{Person, Start, list};

fn in_a_room<'a>(display: &'a Display, host: &Impostor, settings: &'a str) -> (Person<'a>, Line) {
    let start = Start { geometry: "900x640+2+22", settings, ..host.invitation("ming") };
    let mut ming = Person::open(display, &start);
    let mut line = host.accept();
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:t 366 ming #tea :end\r\n");
    ming.waits_for("the room", |seen| seen["conversation"] == "#tea");
    (ming, line)
}

/// Waits until a question is there and hears the keys.
fn is_asked(person: &mut Person<'_>) {
    person.waits_for("a question with the keyboard in it", |seen| {
        seen["dialog"].is_array() && seen["focus"].as_str().is_some_and(|focus| focus.starts_with("dialog"))
    });
}

#[test]
fn alt_f4_asks_and_hears_every_key_each_time() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, _line) = in_a_room(&display, &host, "");
    for _ in 0..16 {
        ming.presses("alt+F4");
        is_asked(&mut ming);
        ming.presses("x");
        ming.presses("Escape");
        let seen = ming.waits_for("no question, and the composer", |seen| {
            seen["dialog"].is_null() && seen["focus"] == "composer"
        });
        assert_eq!(seen["composer"], "", "nothing was written behind the question");
    }
    ming.types("a");
    ming.waits_for("a letter", |seen| seen["composer"] == "a");
    ming.presses("alt+F4");
    is_asked(&mut ming);
    ming.presses("Return");
    assert!(ming.is_gone(crate::support::PATIENCE).0.success());
}

#[test]
fn a_question_has_the_keyboard_whoever_had_it_before() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, _line) = in_a_room(&display, &host, "");
    for (keys, focus) in [
        ("F6", "conversations"),
        ("shift+F6", "members"),
        ("ctrl+f", "search"),
        ("ctrl+shift+w", "wire"),
        ("ctrl+comma", "settings"),
    ] {
        ming.goes_to("composer");
        ming.presses(keys);
        ming.waits_for(focus, |seen| seen["focus"] == focus);
        for way in ["key", "button"] {
            match way {
                "key" => ming.presses("alt+F4"),
                _ => ming.closes_the_window(),
            }
            is_asked(&mut ming);
            ming.presses("Tab");
            ming.presses("Escape");
            ming.waits_for("no question", |seen| seen["dialog"].is_null() && seen["focus"] != "");
        }
        ming.presses("Escape");
        if keys == "ctrl+shift+w" {
            ming.presses(keys);
        }
        ming.waits_for("the chat", |seen| seen["controls"]["composer"].is_object());
    }
    // A menu and the card of Ctrl+K lie below the question and are there again after it.
    ming.presses("ctrl+k");
    ming.waits_for("the switcher", |seen| seen["switcher"].is_array());
    ming.presses("alt+F4");
    is_asked(&mut ming);
    ming.presses("Escape");
    ming.waits_for("the switcher again", |seen| seen["dialog"].is_null() && seen["switcher"].is_array());
    ming.types("te");
    ming.presses("Return");
    ming.waits_for("the room", |seen| seen["switcher"].is_null() && seen["focus"] == "composer");
    ming.clicks("me");
    ming.waits_for("the menu", |seen| seen["menu"].is_string());
    ming.presses("alt+F4");
    is_asked(&mut ming);
    ming.presses("Escape");
    ming.waits_for("the menu again", |seen| seen["dialog"].is_null() && seen["menu"].is_string());
    ming.presses("Escape");
    let seen = ming.waits_for("no menu", |seen| seen["menu"].is_null() && seen["focus"] == "me");
    assert_eq!(seen["composer"], "");
}

#[test]
fn a_question_that_came_while_another_window_had_the_keyboard_has_it_when_the_window_has() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    let other = Impostor::listen();
    let mut zoe = Person::open(&display, &Start { geometry: "520x500+300+150", ..other.invitation("zoe") });
    ming.waits_for("another window with the keyboard", |seen| seen["focus"] == "");
    ming.closes_the_window();
    ming.waits_for("the question", |seen| seen["dialog"].is_array());
    // It is asked behind the other one; more than one change of the keyboard makes no difference.
    for _ in 0..3 {
        let id = ming.window().to_string();
        display.xdotool(&["windowactivate", "--sync", &id]);
        is_asked(&mut ming);
        let id = zoe.window().to_string();
        display.xdotool(&["windowactivate", "--sync", &id]);
        ming.waits_for("the keyboard gone", |seen| seen["focus"] == "");
    }
    let id = ming.window().to_string();
    display.xdotool(&["windowactivate", "--sync", &id]);
    is_asked(&mut ming);
    ming.presses("x");
    ming.presses("Escape");
    let seen = ming.waits_for("the composer", |seen| seen["dialog"].is_null() && seen["focus"] == "composer");
    assert_eq!(seen["composer"], "");
    line.sends(b":t 372 ming :x\r\n");
}

#[test]
fn the_login_form_asks_in_the_same_way() {
    let display = Display::start(920, 700);
    let mut ming =
        Person::open(&display, &Start { nick: "ming", geometry: "700x600+2+22", ..Start::default() });
    ming.goes_to("server");
    ming.presses("alt+F4");
    is_asked(&mut ming);
    ming.presses("x");
    ming.presses("Escape");
    let seen = ming.waits_for("the form", |seen| seen["dialog"].is_null() && seen["focus"] != "");
    assert!(!seen["fields"].to_string().contains('x'), "{seen:#}");
}

#[test]
fn keys_that_come_before_the_window_has_heard_the_last_one_mean_what_they_mean_one_by_one() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    line.sends(b":ming!m@h JOIN #milk\r\n:t 366 ming #milk :end\r\n");
    ming.waits_for("the other room", |seen| list(&seen["conversations"]).len() == 2);
    ming.goes_to("composer");
    ming.is_held_up(|ming| {
        for word in ["one", "two"] {
            ming.types(word);
            ming.presses("Return");
        }
    });
    let room = ming.waits_for("an empty composer", |seen| seen["composer"] == "")["conversation"].clone();
    for word in ["one", "two"] {
        assert_eq!(line.reads("PRIVMSG"), format!("PRIVMSG {} {word}", room.as_str().unwrap()));
    }
    // What is typed behind Ctrl+K goes to the card that it opens, and Enter to what is found there.
    for (letters, room) in [("mi", "#milk"), ("te", "#tea")] {
        ming.is_held_up(|ming| {
            ming.presses("ctrl+k");
            ming.types(letters);
            ming.presses("Return");
            ming.types("x");
        });
        ming.waits_for(room, |seen| {
            seen["conversation"] == room && seen["switcher"].is_null() && seen["composer"] == "x"
        });
        ming.presses("BackSpace");
        ming.waits_for("nothing", |seen| seen["composer"] == "");
    }
}

#[test]
fn enter_answers_a_question_that_keys_before_it_brought_and_the_next_one_sends() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    ming.types("one");
    ming.presses("shift+Return");
    ming.types("two");
    ming.waits_for("two lines", |seen| seen["composer"] == "one\ntwo");
    // Enter and the space bar are two ways to press a button.
    for agree in ["Return", "space"] {
        ming.presses("ctrl+a");
        ming.presses("ctrl+x");
        ming.waits_for("nothing", |seen| seen["composer"] == "");
        ming.is_held_up(|ming| {
            ming.presses("ctrl+v");
            ming.presses(agree);
            ming.presses("Return");
        });
        for word in ["one", "two"] {
            assert_eq!(line.reads("PRIVMSG"), format!("PRIVMSG #tea {word}"));
        }
        ming.presses("Up");
        ming.waits_for("what was sent", |seen| seen["composer"] == "one\ntwo");
    }
    // The same for Escape, which the question hears itself.
    ming.is_held_up(|ming| {
        ming.presses("alt+F4");
        ming.presses("Escape");
        ming.presses("Return");
    });
    line.reads("PRIVMSG #tea two");
}

/// Has somebody ask the server who alice is, and go on writing. What the server says then comes up as a card.
fn asks_who_alice_is(ming: &mut Person, line: &mut Line) {
    line.sends(b":alice!a@h JOIN #tea\r\n");
    ming.right_clicks("member alice");
    ming.clicks("menu 用户信息");
    line.reads("WHOIS");
    ming.goes_to("composer");
}

#[test]
fn no_key_answers_a_question_that_was_not_seen_yet() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    asks_who_alice_is(&mut ming, &mut line);
    ming.is_held_up(|ming| {
        line.sends(b":t 311 ming alice a h * :Alice\r\n:t 318 ming alice :end\r\n");
        ming.types("hello");
        ming.presses("Return");
    });
    assert_eq!(line.reads("PRIVMSG"), "PRIVMSG #tea hello");
    let seen = ming.waits_for("the card", |seen| seen["dialog"][0] == "alice");
    assert_eq!(seen["composer"], "");
}

#[test]
fn a_question_that_waits_behind_another_is_not_answered_by_the_key_behind_the_answer() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    asks_who_alice_is(&mut ming, &mut line);
    ming.types("hello");
    ming.presses("alt+F4");
    is_asked(&mut ming);
    line.sends(
        b":t 311 ming alice a h * :Alice\r\n:t 318 ming alice :end\r\n:alice!a@h PRIVMSG #tea :news\r\n",
    );
    ming.reads("news");
    ming.is_held_up(|ming| {
        ming.presses("Escape");
        ming.presses("Return");
    });
    assert_eq!(line.reads("PRIVMSG"), "PRIVMSG #tea hello");
    ming.waits_for("the card", |seen| seen["dialog"][0] == "alice");
}
