//! The settings: everything that can be changed changes at once, and is there the next time.

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

fn open<'a>(display: &'a Display, server: &Server, settings: &'a str) -> Person<'a> {
    let start = Start {
        nick: "小明",
        port: Some(server.port()),
        connect: true,
        geometry: "1000x720+2+22",
        settings,
        ..Start::default()
    };
    let mut person = Person::open(display, &start);
    person.is_in_the_lobby();
    person
}

/// What holds in the row with this label.
fn value(seen: &Value, label: &str) -> String {
    let row = list(&seen["settings"]).iter().find(|row| row[0] == *label);
    row.and_then(|row| row[1].as_str()).unwrap_or_default().to_owned()
}

fn saved(person: &Person<'_>) -> String {
    std::fs::read_to_string(person.settings_file()).expect("the settings were saved")
}

#[test]
fn what_is_chosen_holds_at_once_and_is_kept() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let mut ming = open(&display, &server, "");
    ming.says("今天喝什么茶？");
    ming.presses("ctrl+comma");
    ming.waits_for("the settings", |seen| value(seen, "主题") == "浅色");
    display.picture("settings-day");
    ming.clicks("主题 深色");
    ming.waits_for("the night", |seen| seen["is_dark"] == true && value(seen, "主题") == "深色");
    ming.clicks("间距 紧凑");
    ming.waits_for("less space", |seen| value(seen, "间距") == "紧凑");
    ming.clicks("显示时间 关");
    ming.waits_for("no times", |seen| value(seen, "显示时间") == "关");
    ming.clicks("语言 English");
    ming.waits_for("English", |seen| value(seen, "Theme") == "Dark");
    display.picture("settings-night");
    ming.presses("Escape");
    ming.waits_for("the chat", |seen| seen["settings"].is_null() && seen["focus"] == "composer");
    assert!(list(&ming.sees()["lines"]).iter().all(|line| line["time"] == ""));
    display.picture("settings-compact-night");
    let saved = saved(&ming);
    for line in ["language = \"en\"", "theme = \"dark\"", "density = \"compact\"", "times = false"] {
        assert!(saved.contains(line), "{line} in {saved}");
    }
}

#[test]
fn where_ctrl_enter_sends_enter_begins_a_new_line() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let mut ming = open(&display, &server, "");
    let hint = |seen: &Value, words: &str| {
        seen["composer_words"]["hint"].as_str().is_some_and(|hint| hint.starts_with(words))
    };
    ming.waits_for("what sends", |seen| hint(seen, "Enter 发送 · Shift+Enter 换行"));
    ming.presses("ctrl+comma");
    ming.waits_for("the settings", |seen| value(seen, "发送消息用") == "Enter");
    ming.clicks("发送消息用 Ctrl+Enter");
    ming.waits_for("the choice", |seen| value(seen, "发送消息用") == "Ctrl+Enter");
    assert!(saved(&ming).contains("send_with = \"ctrl+enter\""));
    display.picture("settings-send-with");
    ming.presses("Escape");
    ming.waits_for("the chat", |seen| seen["settings"].is_null() && seen["focus"] == "composer");
    ming.waits_for("what sends now", |seen| hint(seen, "Ctrl+Enter 发送 · Enter 换行"));
    ming.presses("Return");
    ming.types("清明");
    ming.presses("Return");
    ming.types("谷雨");
    ming.waits_for("two lines", |seen| seen["composer"] == "清明\n谷雨");
    ming.presses("ctrl+Return");
    ming.reads("清明\n谷雨");
    ming.waits_for("an empty composer", |seen| seen["composer"] == "");
    // Enter takes what is offered, as before.
    ming.types("/cl");
    ming.waits_for("an offer", |seen| seen["picker"][0] == "/clear");
    ming.presses("Return");
    ming.waits_for("its name", |seen| seen["composer"] == "/clear ");
    ming.presses("ctrl+Return");
    ming.waits_for("an empty composer", |seen| seen["composer"] == "");
    ming.clicks("emoji");
    ming.waits_for("the emoji", |seen| list(&seen["picker"]).len() > 50);
    ming.presses("Return");
    ming.waits_for("one of them", |seen| seen["composer"] != "" && list(&seen["picker"]).is_empty());
    ming.presses("BackSpace");
    // And Ctrl+Enter sends what is written, whatever is offered.
    ming.types("茶 :tea");
    ming.waits_for("another offer", |seen| !list(&seen["picker"]).is_empty());
    ming.presses("ctrl+Return");
    ming.reads("茶 :tea");
}

#[test]
fn what_lies_behind_is_not_drawn_over_what_is_open_when_the_mouse_leaves_it() {
    // One that answers nothing: how long a server takes to answer would stand in the window when it is known.
    let (display, host) = (Display::start(1300, 960), Impostor::listen());
    let start = Start { geometry: "1000x720+2+22", ..host.invitation("ming") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #lobby\r\n:t 353 ming = #lobby :ming\r\n:t 366 ming #lobby :end\r\n");
    ming.is_in_the_lobby();
    for (key, open) in [("ctrl+comma", "settings"), ("ctrl+k", "switcher")] {
        ming.clicks("conversation #lobby");
        ming.waits_for("the composer", |seen| seen["focus"] == "composer");
        ming.presses(key);
        ming.waits_for(open, |seen| seen[open].is_array());
        let before = display.look();
        display.xdotool(&["mousemove", "1299", "959"]);
        // A question is answered when everything is drawn.
        ming.sees();
        assert!(display.look().rgb == before.rgb, "the picture of {open} has not changed");
        ming.presses("Escape");
        ming.waits_for("the chat", |seen| seen[open].is_null());
    }
}

#[test]
fn another_font_is_chosen_and_kept_and_the_best_one_comes_back() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let mut ming = open(&display, &server, "font = \"Noto Serif CJK SC\"\n");
    ming.says("这里写宋体");
    ming.reads("这里写宋体");
    display.picture("settings-serif");
    ming.presses("ctrl+comma");
    ming.waits_for("the font", |seen| seen["controls"]["字体 Noto Serif CJK SC"].is_object());
    display.picture("settings-serif-page");
    ming.clicks("字体 ‹");
    ming.waits_for("the font before it", |seen| seen["controls"]["字体 Noto Serif CJK SC"].is_null());
    ming.clicks("字体 ›");
    ming.waits_for("the font again", |seen| seen["controls"]["字体 Noto Serif CJK SC"].is_object());
    assert!(saved(&ming).contains("font = \"Noto Serif CJK SC\""));
    ming.clicks("字体 Noto Serif CJK SC");
    ming.waits_for("the best font", |seen| seen["controls"]["字体 Noto Sans CJK SC"].is_object());
    display.picture("settings-sans-page");
    assert!(saved(&ming).contains("font = \"\""));
}

#[test]
fn everything_can_be_larger_and_still_be_used() {
    let (display, server) = (Display::start(1700, 1200), Server::start());
    let mut ming = open(&display, &server, "");
    let height = |seen: &Value| seen["controls"]["send"]["h"].as_i64();
    for _ in 0..3 {
        let before = height(&ming.sees());
        ming.presses("ctrl+equal");
        ming.waits_for("a larger button", |seen| height(seen) > before);
    }
    assert_eq!(height(&ming.sees()), Some(51));
    ming.says("大一些更好看");
    ming.reads("大一些更好看");
    display.picture("settings-large");
    assert!(saved(&ming).contains("size = 150"));
    ming.presses("ctrl+0");
    ming.waits_for("the usual size", |seen| height(seen) == Some(34));
}

#[test]
fn the_settings_can_be_used_with_the_keyboard_alone() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let mut ming = open(&display, &server, "");
    ming.presses("ctrl+comma");
    ming.waits_for("the settings", |seen| value(seen, "主题") == "浅色");
    ming.presses("Down");
    display.picture("settings-keyboard");
    ming.presses("Right");
    ming.waits_for("the night", |seen| value(seen, "主题") == "深色");
    ming.presses("End");
    display.picture("settings-end");
    ming.presses("Escape");
    ming.waits_for("the chat", |seen| seen["settings"].is_null());
}

#[test]
fn the_sections_are_gone_through_with_mouse_and_keyboard() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let mut ming = open(&display, &server, "");
    ming.presses("ctrl+comma");
    ming.waits_for("the settings", |seen| value(seen, "主题") == "浅色");
    ming.clicks("服务器");
    ming.waits_for("the servers", |seen| seen["controls"]["127.0.0.1 编辑"].is_object());
    display.picture("settings-servers");
    ming.presses("ctrl+Page_Down");
    ming.waits_for("the keys", |seen| seen["settings"][2][0] == "Ctrl+K");
    assert_eq!(ming.sees()["settings"][0][0], "Enter", "what sends comes first");
    display.picture("settings-keys");
    // Both before the window looks at either.
    ming.is_held_up(|ming| {
        for _ in 0..2 {
            ming.presses("ctrl+Page_Up");
        }
    });
    ming.waits_for("the beginning", |seen| value(seen, "主题") == "浅色");
    ming.presses("Down");
    ming.presses("Right");
    ming.waits_for("the night", |seen| value(seen, "主题") == "深色");
}

#[test]
fn a_saved_server_is_connected_to_at_the_start_or_at_once_as_one_wants() {
    let (display, server) = (Display::start(1300, 960), Server::start());
    let settings = "[[profile]]\nname = \"远方\"\nserver = \"irc.example\"\nnick = \"ming\"\n";
    let mut ming = open(&display, &server, settings);
    ming.presses("ctrl+comma");
    ming.clicks("服务器");
    ming.clicks("远方 ⋯");
    ming.clicks("menu 启动时连接");
    ming.waits_for("no menu", |seen| seen["menu"].is_null());
    assert!(saved(&ming).contains("connect = true"));
    ming.clicks("远方 ⋯");
    ming.clicks("menu 启动时不连接");
    ming.waits_for("no menu", |seen| seen["menu"].is_null());
    assert!(!saved(&ming).contains("connect = true"));
    ming.clicks("远方 ⋯");
    ming.clicks("menu 连接");
    ming.waits_for("the chat", |seen| seen["settings"].is_null() && list(&seen["networks"]).len() == 2);
}

#[test]
fn the_settings_fit_into_the_smallest_window() {
    let (display, server) = (Display::start(700, 600), Server::start());
    let start = Start {
        nick: "小明",
        port: Some(server.port()),
        connect: true,
        geometry: "520x500+2+22",
        language: "en",
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.presses("ctrl+comma");
    ming.waits_for("the settings", |seen| seen["controls"]["Theme Dark"].is_object());
    display.picture("settings-smallest");
    ming.clicks("Servers");
    let seen = ming.waits_for("the saved server", |seen| seen["controls"]["127.0.0.1 Edit"].is_object());
    display.picture("settings-smallest-servers");
    let side = |name: &str, side: &str| seen["controls"][name][side].as_i64().expect(name);
    assert!(side("127.0.0.1 Edit", "x") > side("window", "x") + 250, "there is room for the name");
}
