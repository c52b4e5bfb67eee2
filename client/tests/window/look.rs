//! How the window looks, and what changes it: language, shade, size.

use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

const LIGHT_PAGE: [u8; 3] = [0xff, 0xff, 0xff];
const DARK_PAGE: [u8; 3] = [0x1e, 0x20, 0x22];
const ACCENT: [u8; 3] = [0x2f, 0x7d, 0x5b];

#[test]
fn the_language_changes_everything_at_once_and_is_remembered() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let start = Start {
        nick: "ming",
        port: Some(server.port()),
        connect: true,
        geometry: "800x640+2+22",
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.reads("你进入了 #lobby");
    ming.clicks("language");
    ming.waits_for("English", |seen| seen["language"] == "en");
    ming.reads("You joined #lobby");
    display.picture("look-english");
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains("language = \"en\""), "{settings}");
}

#[test]
fn the_language_can_be_chosen_where_the_command_line_names_another_than_the_settings() {
    let display = Display::start(900, 700);
    let start = Start { settings: "language = \"zh\"\n", language: "en", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.clicks("language");
    ming.waits_for("Chinese", |seen| seen["language"] == "zh");
    let mut ming = Person::open(&display, &start);
    ming.clicks("settings");
    // Another setting leaves the language as it is.
    ming.clicks("Theme Dark");
    ming.waits_for("night", |seen| {
        list(&seen["settings"]).iter().any(|row| row[0] == "Theme" && row[1] == "Dark")
    });
    ming.clicks("Language 中文");
    ming.waits_for("Chinese", |seen| seen["language"] == "zh");
}

#[test]
fn night_falls_at_the_press_of_a_button() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let start = Start {
        nick: "ming",
        port: Some(server.port()),
        connect: true,
        geometry: "880x660+2+22",
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    assert!(display.look().share(0, 900, LIGHT_PAGE) > 0.3);
    ming.clicks("shade");
    ming.waits_for("the night", |seen| seen["is_dark"] == true);
    let picture = display.look();
    assert!(picture.share(0, 900, DARK_PAGE) > 0.3);
    assert!(picture.share(0, 900, LIGHT_PAGE) < 0.01);
    display.picture("look-dark");
}

#[test]
fn nothing_lies_on_anything_else_however_small_or_large_the_window_is() {
    let server = Server::start();
    for geometry in ["520x500+2+22", "740x700+2+22", "1180x760+2+22", "1680x960+2+22"] {
        // A display of its own for each: a window manager may take a window for one that is just gone.
        let display = Display::start(1700, 1000);
        let start =
            Start { nick: "ming", port: Some(server.port()), connect: true, geometry, ..Start::default() };
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        let seen = ming.sees();
        let names = [
            "transcript",
            "composer",
            "online",
            "clear",
            "shade",
            "people",
            "language",
            "add server",
            "network Teahouse",
            "conversation #lobby",
        ];
        let side = |name: &str, side: &str| seen["controls"][name][side].as_i64().expect(name);
        let edges = |name| {
            let (x, y) = (side(name, "x"), side(name, "y"));
            (x, y, x + side(name, "w"), y + side(name, "h"))
        };
        let window = edges("window");
        let size = format!("{}x{}", window.2 - window.0, window.3 - window.1);
        assert!(geometry.starts_with(&size), "{size} instead of {geometry}");
        for one in names {
            let (left, top, right, bottom) = edges(one);
            assert!(
                left >= window.0 && top >= window.1 && right <= window.2 && bottom <= window.3,
                "{one}: {seen:#}"
            );
            for other in names.into_iter().filter(|other| *other != one) {
                let (x1, y1, x2, y2) = edges(other);
                assert!(
                    right <= x1 || x2 <= left || bottom <= y1 || y2 <= top,
                    "{one} on {other} at {geometry}"
                );
            }
        }
        display.picture(&format!("look-{}", geometry.split('+').next().unwrap_or_default()));
        ming.quits("");
        ming.is_gone(crate::support::PATIENCE);
    }
}

#[test]
fn between_two_sizes_of_pixels_every_edge_is_sharp_and_none_is_cut() {
    let server = Server::start();
    for scale in ["1.25", "1.5", "1.75"] {
        let display = Display::start(1500, 1200);
        let environment = [("FLTK_SCALING_FACTOR", scale.to_owned())];
        let start = Start {
            nick: "ming",
            port: Some(server.port()),
            connect: true,
            geometry: "801x603+2+22",
            environment: &environment,
            ..Start::default()
        };
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        ming.goes_to("composer");
        ming.sees();
        let [x, y, w, h] = ming.place_of("composer");
        let picture = display.look();
        display.picture(&format!("look-{scale}"));
        // The line around the composer is crossed on the way in from each side.
        let thickness = scale.parse::<f64>().expect("a number").round() as usize;
        let across =
            |from: i64| (from - 5..from + 5).filter(|x| picture.pixel(*x, y + h / 2) == ACCENT).count();
        let down =
            |from: i64| (from - 5..from + 5).filter(|y| picture.pixel(x + w / 2, *y) == ACCENT).count();
        let crossed = [across(x), across(x + w), down(y), down(y + h)];
        assert_eq!(crossed, [thickness; 4], "left, right, top, bottom at {scale}");
    }
}

#[test]
fn at_twice_the_size_everything_is_where_it_says_to_be() {
    let (display, server) = (Display::start(1700, 1300), Server::start());
    let environment = [("FLTK_SCALING_FACTOR", "2".to_owned())];
    let start = Start {
        nick: "ming",
        port: Some(server.port()),
        connect: true,
        geometry: "800x600+2+22",
        language: "en",
        environment: &environment,
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    let window = ming.place_of("window");
    assert_eq!(window[2..], [1600, 1200]);
    ming.says("/join #tea");
    ming.waits_for("the other room", |seen| seen["conversation"] == "#tea");
    ming.clicks("conversation #lobby");
    ming.waits_for("the lobby", |seen| seen["conversation"] == "#lobby");
    ming.right_clicks("conversation #tea");
    ming.clicks("menu Leave the room");
    ming.waits_for("one room", |seen| list(&seen["conversations"]).len() == 1);
    ming.clicks("emoji");
    ming.waits_for("the emoji", |seen| !list(&seen["picker"]).is_empty());
    display.picture("look-twice");
    ming.presses("Escape");
    ming.presses("ctrl+comma");
    ming.clicks("Theme Dark");
    ming.waits_for("the night", |seen| seen["is_dark"] == true);
    ming.presses("Escape");
    ming.waits_for("the chat", |seen| seen["settings"].is_null());
}

#[test]
fn in_the_smallest_window_nothing_that_opens_is_cut() {
    let host = Impostor::listen();
    let display = Display::start(700, 600);
    let start = Start { geometry: "520x500+2+22", language: "en", ..host.invitation("ming") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:t 366 ming #tea :end\r\n");
    ming.waits_for("the room", |seen| seen["conversation"] == "#tea");

    ming.clicks("emoji");
    let seen = ming.waits_for("the emoji", |seen| !list(&seen["picker"]).is_empty());
    display.picture("look-smallest-emoji");
    let edges = |rect: &serde_json::Value| {
        let side = |side: &str| rect[side].as_i64().expect("a rectangle has numbers");
        [side("x"), side("y"), side("x") + side("w"), side("y") + side("h")]
    };
    let transcript = edges(&seen["controls"]["transcript"]);
    let controls = seen["controls"].as_object().expect("there are some");
    let choices: Vec<_> = controls.iter().filter(|(name, _)| name.starts_with("choice ")).collect();
    assert!(choices.len() > 40, "{}", choices.len());
    for (name, rect) in choices {
        let [left, top, right, bottom] = edges(rect);
        let is_inside = left >= transcript[0]
            && top >= transcript[1]
            && right <= transcript[2]
            && bottom <= transcript[3];
        assert!(is_inside, "{name} is cut");
    }
    ming.presses("Escape");

    line.hangs_up();
    drop(host);
    let seen = ming.waits_for("the banner", |seen| seen["controls"]["cancel"].is_object());
    display.picture("look-smallest-banner");
    let banner = seen["banner"].as_str().unwrap_or_default().replace('\n', " ");
    assert!(banner.starts_with("The server closed the connection"), "{banner}");
}

#[test]
fn a_crowd_is_listed_under_its_ranks() {
    let host = Impostor::listen();
    let display = Display::start(1200, 736);
    let start = Start { geometry: "1180x690+2+22", ..host.invitation("小明") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(
        ":t 001 小明 :hi\r\n:小明!m@h JOIN #茶\r\n:t 332 小明 #茶 :今天喝什么茶？ Tea of the day: 龙井\r\n\
         :t 353 小明 = #茶 :bob dave_longnickname @王老师 小明 +alice zoe +茶茶 李雷 韩梅梅 teabot\r\n\
         :t 366 小明 #茶 :end\r\n"
            .as_bytes(),
    );
    let seen = ming.waits_for("everybody", |seen| list(&seen["members"]).len() == 10);
    let ranks: Vec<_> =
        list(&seen["members"]).iter().map(|member| member["rank"].as_str().unwrap_or("?")).collect();
    assert_eq!(ranks, [&["管理员"][..], &["语音"; 2], &["成员"; 7]].concat());
    assert_eq!(seen["topic"], "今天喝什么茶？ Tea of the day: 龙井");
    display.picture("look-members");
}

#[test]
fn tab_goes_round_the_form_in_both_directions() {
    let display = Display::start(1000, 700);
    let settings = "[[profile]]\nserver = \"irc.example\"\nnick = \"ming\"\n\
                    [[profile]]\nserver = \"irc.other.example\"\nnick = \"ming\"\n";
    let mut ming = Person::open(&display, &Start { settings, geometry: "980x660+2+22", ..Start::default() });
    let parts = ["name", "server", "port", "password", "tls", "keep password", "register", "login"];
    let parts = [&parts[..], &["language", "shade", "settings", "saved"]].concat();
    let around = parts.iter().skip(1).chain(&parts[..1]);
    ming.goes_to("name");
    for part in around.clone() {
        ming.presses("Tab");
        ming.waits_for(part, |seen| seen["focus"] == **part);
    }
    for part in parts.iter().rev() {
        ming.presses("shift+Tab");
        ming.waits_for(part, |seen| seen["focus"] == **part);
        if *part == "tls" {
            ming.presses("space");
            ming.waits_for("a tick", |seen| seen["ticks"]["tls"] == true);
            display.picture("look-tick-focus");
        }
    }
}

#[test]
fn everything_is_reached_with_the_keyboard_and_one_sees_where_one_is() {
    let (display, server) = (Display::start(1200, 736), Server::start());
    let start = Start {
        nick: "ming",
        port: Some(server.port()),
        connect: true,
        geometry: "1180x690+2+22",
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.presses("F6");
    ming.waits_for("the conversations", |seen| seen["focus"] == "conversations");
    ming.presses("F6");
    ming.waits_for("the people", |seen| seen["focus"] == "members");
    let mut missing = vec!["online", "find", "clear", "shade", "people", "language", "add server"];
    let mut last = "members".to_owned();
    for _ in 0..20 {
        ming.presses("Tab");
        let seen = ming.waits_for("the next part", |seen| seen["focus"] != *last);
        last = seen["focus"].as_str().unwrap_or_default().to_owned();
        missing.retain(|name| *name != last);
        if last == "people" {
            display.picture("look-focus");
        }
        if last == "composer" || missing.is_empty() {
            break;
        }
    }
    assert!(missing.is_empty(), "{missing:?} cannot be reached");
    ming.presses("space");
    ming.waits_for("the composer after a button was pressed", |seen| seen["focus"] != *last);
}
