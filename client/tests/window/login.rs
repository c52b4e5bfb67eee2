//! What can be wrong with a form or with the server: each is said in plain words, in the window, and nothing crashes.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start};
use crate::support::server::Server;

#[track_caller]
fn error_of(seen: &Value, field: &str) -> String {
    seen["errors"][field]
        .as_str()
        .unwrap_or_else(|| panic!("no error of {field}: {:#}", seen["errors"]))
        .to_owned()
}

/// All that the form says is wrong, wherever it stands.
fn all_errors(seen: &Value) -> String {
    seen["errors"].as_object().into_iter().flatten().filter_map(|(_, error)| error.as_str()).collect()
}

#[test]
fn every_field_that_is_wrong_says_so_beside_it() {
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &Start::default());
    for (field, text, error) in [
        ("name", "", "请输入用户名"),
        ("name", "a b", "用户名里不能有空格"),
        ("server", "", "请输入服务器地址"),
        ("port", "abc", "端口是 1 到 65535 的数字"),
        ("port", "0", "端口是 1 到 65535 的数字"),
        ("port", "99999", "端口是 1 到 65535 的数字"),
        ("port", "", "请输入端口"),
    ] {
        ming.fills_in("name", "ming");
        ming.fills_in("server", "127.0.0.1");
        ming.fills_in("port", "6667");
        ming.fills_in(field, text);
        ming.clicks("login");
        let seen = ming.waits_for("an error", |seen| seen["errors"][field].is_string());
        assert_eq!(error_of(&seen, field), error, "{text:?} as {field}");
        assert_eq!(seen["view"], "login");
    }
    ming.fills_in("name", "");
    ming.fills_in("server", "http://tea");
    ming.presses("Return");
    ming.waits_for("all errors at once", |seen| {
        ["name", "server", "port"].iter().all(|field| seen["errors"][field].is_string())
    });
    display.picture("login-errors");
}

#[test]
fn a_port_where_nobody_listens_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = free.local_addr().expect("it has an address").port();
    drop(free);
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &Start { nick: "ming", port: Some(port), ..Start::default() });
    ming.clicks("login");
    let seen = ming.waits_for("an error", |seen| !all_errors(seen).is_empty());
    assert!(all_errors(&seen).contains(&port.to_string()), "{:#}", seen["errors"]);
    assert_eq!((&seen["view"], &seen["login_button"]), (&"login".into(), &"登录".into()));
    display.picture("login-refused");
}

#[test]
fn a_server_that_nobody_knows_is_said() {
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &Start { nick: "ming", ..Start::default() });
    ming.fills_in("server", "nobody.invalid");
    ming.clicks("login");
    let seen = ming.waits_for("an error", |seen| !all_errors(seen).is_empty());
    assert!(all_errors(&seen).contains("nobody.invalid"), "{:#}", seen["errors"]);
}

#[test]
fn something_that_is_not_a_chat_server_is_said() {
    for garbage in [&b"SSH-2.0-OpenSSH_9.6\r\n"[..], b"HTTP/1.1 400 Bad Request\r\n\r\n", &[0xff; 70_000]] {
        let host = Impostor::listen();
        let display = Display::start(900, 700);
        let mut ming = Person::open(&display, &host.invitation("ming"));
        let mut line = host.accept();
        line.sends(garbage);
        line.hangs_up();
        let seen = ming.waits_for("an error", |seen| !all_errors(seen).is_empty());
        assert_eq!(seen["view"], "login");
        assert!(!ming.has_gone());
    }
}

#[test]
fn a_name_that_somebody_has_is_said_beside_the_name() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut first = Person::open(&display, &start);
    first.is_in_the_lobby();
    let mut second = Person::open(&display, &start);
    let seen = second.waits_for("an error", |seen| seen["errors"]["name"].is_string());
    assert!(error_of(&seen, "name").contains("ming"), "{:#}", seen["errors"]);
    second.waits_for("the caret in the name", |seen| seen["focus"] == "name" || seen["focus"] == "");
    second.fills_in("name", "ming2");
    second.presses("Return");
    second.waits_for("the chat", |seen| seen["view"] == "chat");
}

#[test]
fn a_login_that_takes_long_can_be_given_up() {
    let host = Impostor::listen();
    let display = Display::start(900, 700);
    let start = Start { connect: false, ..host.invitation("ming") };
    let mut ming = Person::open(&display, &start);
    ming.goes_to("name");
    ming.presses("Return");
    let seen = ming.waits_for("the button to say so", |seen| seen["login_button"] != "登录");
    assert!(
        seen["login_button"].as_str().is_some_and(|text| text.contains("正在登录")),
        "{}",
        seen["login_button"]
    );
    display.picture("login-connecting");
    let line = host.accept();
    ming.presses("Return");
    let seen = ming.sees();
    assert_ne!(seen["login_button"], "登录", "whoever is impatient does not give up");
    ming.clicks("login");
    ming.waits_for("the form again", |seen| seen["login_button"] == "登录" && seen["view"] == "login");
    assert!(line.sees_the_end(), "the connection is closed");
}

#[test]
fn the_form_remembers_the_last_login() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.quits("");
    ming.is_gone(crate::support::PATIENCE);
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    let mut again = Person::open(&display, &Start { settings: &settings, ..Start::default() });
    let fields = again.sees()["fields"].clone();
    assert_eq!(fields["name"], "ming");
    assert_eq!(fields["port"], server.port().to_string());
}

#[test]
fn an_address_that_was_mistyped_is_not_kept_and_one_that_is_good_is() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let port = Some(server.port());
    let mut ming = Person::open(&display, &Start { nick: "ming", port, ..Start::default() });
    ming.fills_in("server", "nobody.invalid");
    ming.presses("Return");
    ming.waits_for("an error", |seen| !all_errors(seen).is_empty());
    ming.fills_in("server", "127.0.0.1");
    ming.presses("Return");
    ming.is_in_the_lobby();
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains("127.0.0.1") && !settings.contains("nobody.invalid"), "{settings}");
}

#[test]
fn enter_logs_in_wherever_the_keyboard_is_in_the_form() {
    let (display, server) = (Display::start(900, 700), Server::start());
    for (steps, control) in [(4, "tls"), (7, "login")] {
        let nick = format!("ming{steps}");
        let start = Start { nick: &nick, port: Some(server.port()), ..Start::default() };
        let mut ming = Person::open(&display, &start);
        ming.goes_to("name");
        for _ in 0..steps {
            ming.presses("Tab");
        }
        ming.waits_for(control, |seen| seen["focus"] == control);
        ming.presses("Return");
        ming.is_in_the_lobby();
        ming.quits("");
        ming.is_gone(crate::support::PATIENCE);
    }
}

#[test]
fn a_password_that_the_keyring_has_need_not_be_typed_and_that_is_said() {
    let display = Display::start(900, 700);
    let settings = "server = \"127.0.0.1\"\nnick = \"ming\"\nkeyring = true\n";
    let mut ming = Person::open(&display, &Start { settings, ..Start::default() });
    ming.waits_for("where the password is", |seen| seen["password_hint"] == "已存于系统钥匙串");
    display.picture("login-kept");
    ming.clicks("settings");
    ming.waits_for("the settings", |seen| seen["settings"].is_array());
    ming.presses("Escape");
    ming.waits_for("the form", |seen| seen["settings"].is_null() && seen["focus"] == "name");
}

#[test]
fn the_form_fits_into_the_smallest_window_whatever_is_wrong() {
    let display = Display::start(700, 600);
    for (language, shade) in [("en", "light"), ("zh", "dark")] {
        let settings = format!("theme = \"{shade}\"\n");
        let start = Start { language, settings: &settings, geometry: "520x500+2+22", ..Start::default() };
        let mut ming = Person::open(&display, &start);
        display.picture(&format!("login-smallest-{language}"));
        ming.fills_in("name", "a b");
        ming.fills_in("server", "http://tea");
        ming.fills_in("port", "x");
        ming.clicks("register");
        ming.clicks("login");
        let seen = ming.waits_for("an error", |seen| seen["errors"]["password"].is_string());
        display.picture(&format!("login-smallest-errors-{language}"));
        let bottom = |control: &str| {
            let side = |side: &str| seen["controls"][control][side].as_i64().expect("a number");
            side("y") + side("h")
        };
        assert!(bottom("login") < bottom("window"), "the button is in view");
    }
}

#[test]
fn a_link_fills_the_form_in_and_leads_into_its_room() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let url = format!("irc://127.0.0.1:{}/%23%E8%8C%B6%E9%A6%86,rust", server.port());
    let mut ming = Person::open(&display, &Start { url: &url, ..Start::default() });
    let seen = ming.waits_for("where it leads", |seen| seen["note"] == "登录后进入 #茶馆, #rust");
    assert_eq!(seen["view"], "login", "one has to say who one is");
    let port = server.port().to_string();
    assert_eq!((&seen["fields"]["server"], &seen["fields"]["port"]), (&"127.0.0.1".into(), &port.into()));
    display.picture("login-link");
    ming.fills_in("name", "ming");
    ming.presses("Return");
    ming.waits_for("the room", |seen| seen["conversation"] == "#rust");
    let rooms = |seen: &Value| -> Vec<String> {
        let rows = seen["conversations"].as_array().into_iter().flatten();
        rows.filter_map(|row| row["name"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(rooms(&ming.sees()), ["#lobby", "#茶馆", "#rust"]);
    ming.quits("");
    ming.is_gone(crate::support::PATIENCE);
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(!settings.contains("rust"), "for this time only: {settings}");

    // TLS and its port; nobody is asked to trust anybody before they have said who they are.
    let start = Start { url: "ircs://[::1]/tea?key", language: "en", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    let seen = ming.waits_for("where it leads", |seen| seen["note"] == "After the login you come into #tea");
    assert_eq!((&seen["fields"]["server"], &seen["fields"]["port"]), (&"::1".into(), &"6697".into()));
    assert_eq!(seen["ticks"]["tls"], true);
}

#[test]
fn a_link_and_a_name_are_enough_to_go_there() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let url = format!("irc://127.0.0.1:{}/tea", server.port());
    let mut quentin = Person::open(&display, &Start { nick: "q", url: &url, ..Start::default() });
    quentin.waits_for("the room", |seen| seen["view"] == "chat" && seen["conversation"] == "#tea");
    assert_eq!(quentin.sees()["footer"][0], "q");
}

#[test]
fn a_server_that_asks_for_a_password_gets_a_field_for_it() {
    let server = Server::start_with(0, &["--data-dir", "", "--password", "open sesame"]);
    for (language, geometry) in [("zh", "760x640+2+22"), ("en", "520x500+2+22")] {
        let display = Display::start(900, 700);
        let port = Some(server.port());
        let mut ming =
            Person::open(&display, &Start { nick: "ming", port, language, geometry, ..Start::default() });
        let field = "server password";
        assert!(ming.sees()["fields"][field].is_null(), "most servers have none");
        ming.presses("Return");
        let seen = ming.waits_for("the field", |seen| seen["fields"][field] == "" && seen["focus"] == field);
        assert!(!all_errors(&seen).is_empty());
        display.picture(&format!("login-password-{language}"));
        ming.fills_in(field, "wrong");
        ming.presses("Return");
        ming.waits_for("the same again", |seen| !all_errors(seen).is_empty() && seen["focus"] == field);
        ming.fills_in(field, "open sesame");
        ming.presses("Return");
        ming.is_in_the_lobby();
        ming.quits("");
        ming.is_gone(crate::support::PATIENCE);
        let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
        assert!(!settings.contains("sesame"), "nobody asked to keep it: {settings}");
    }
}

#[test]
fn a_server_says_what_it_says_in_the_language_of_the_window() {
    let (display, server) =
        (Display::start(900, 700), Server::start_with(0, &["--data-dir", "", "--language", "en"]));
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.says("/raw TIME x y z");
    ming.says("/raw HELP");
    let count = |seen: &Value, is_chinese: bool| {
        let lines = seen["lines"].as_array().into_iter().flatten().filter_map(|line| line["text"].as_str());
        let told = lines.filter(|text| text.contains("HELP") || text.contains("JOIN"));
        told.filter(|text| text.contains(|c: char| ('一'..='龥').contains(&c)) == is_chinese).count()
    };
    ming.waits_for("help in Chinese", |seen| count(seen, true) > 0);
    display.picture("login-language");
    ming.clicks("language");
    ming.waits_for("English", |seen| seen["language"] == "en");
    ming.says("/clear");
    ming.says("/raw HELP");
    let seen = ming.waits_for("help in English", |seen| count(seen, false) > 0);
    assert_eq!(count(&seen, true), 0, "{seen:#}");
}
