//! Passwords, accounts and TLS, as the person at the window meets them.

use serde_json::Value;

use crate::support::display::Display;
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

#[test]
fn a_tick_for_tls_moves_the_port_along_and_a_password_shows_as_dots() {
    let display = Display::start(900, 720);
    let mut ming = Person::open(&display, &Start { nick: "小明", ..Start::default() });
    let seen = ming.sees();
    assert_eq!((&seen["ticks"]["tls"], &seen["fields"]["port"]), (&false.into(), &"6667".into()));
    ming.clicks("tls");
    ming.waits_for("the port of TLS", |seen| {
        seen["ticks"]["tls"] == true && seen["fields"]["port"] == "6697"
    });
    ming.fills_in("password", "sesame");
    display.picture("login-account");
    ming.clicks("tls");
    ming.waits_for("the port without", |seen| seen["fields"]["port"] == "6667");
    ming.fills_in("port", "7000");
    ming.clicks("tls");
    ming.waits_for("the port as it was typed", |seen| {
        seen["ticks"]["tls"] == true && seen["fields"]["port"] == "7000"
    });
}

#[test]
fn a_new_account_needs_a_password_and_is_open_after_the_login() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let mut ming =
        Person::open(&display, &Start { nick: "ming", port: Some(server.port()), ..Start::default() });
    ming.clicks("register");
    ming.waits_for("the tick", |seen| seen["ticks"]["register"] == true);
    ming.clicks("login");
    let seen = ming.waits_for("an error", |seen| seen["errors"]["password"].is_string());
    assert_eq!(seen["errors"]["password"], "请输入新账号的密码");
    ming.fills_in("password", "芝麻开门芝麻开门");
    ming.presses("Return");
    ming.is_in_the_lobby();
    ming.reads("账号 ming 注册好了，你已经登录");
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(!settings.contains("芝麻"), "{settings}");
}

#[test]
fn where_there_is_no_keyring_one_is_told_that_the_password_was_not_kept() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let start = Start { nick: "ming", port: Some(server.port()), ..Start::default() };
    let mut ming = Person::open(&display, &start);
    for tick in ["register", "keep password"] {
        ming.clicks(tick);
        ming.waits_for("the tick", |seen| seen["ticks"][tick] == true);
    }
    ming.fills_in("password", "芝麻开门芝麻开门");
    ming.presses("Return");
    ming.is_in_the_lobby();
    ming.reads("密码没有记住，下次还要输入");
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(!settings.contains("芝麻") && !settings.contains("keyring"), "{settings}");
}

/// What a dialog says, in one piece: the rows of a fingerprint are cut where there is room.
fn dialog_of(seen: &Value) -> (String, String) {
    let words = |index: usize| seen["dialog"][index].as_str().unwrap_or_default().replace('\n', "");
    (words(0), words(1))
}

#[test]
fn a_server_that_signed_for_itself_is_asked_about_once_and_refused_when_it_changes() {
    let folder = tempfile::tempdir().expect("there can be a temporary folder");
    let (server, fingerprint) = Server::start_with_tls(0, folder.path());
    let port = server.port();
    let display = Display::start(1080, 720);
    let mut ming = Person::open(&display, &Start { nick: "ming", port: Some(port), ..Start::default() });
    ming.clicks("tls");
    ming.waits_for("the tick", |seen| seen["ticks"]["tls"] == true);
    ming.clicks("login");
    let seen = ming.waits_for("the question", |seen| seen["dialog"].is_array());
    let (title, words) = dialog_of(&seen);
    assert_eq!(title, "信任这台服务器吗？");
    assert!(words.contains(&fingerprint), "{fingerprint} is not in {words}");
    display.picture("tls-trust");
    ming.clicks("dialog no");
    let seen = ming.waits_for("the form again", |seen| seen["dialog"].is_null());
    assert_eq!(seen["view"], "login");

    ming.clicks("login");
    ming.waits_for("the question again", |seen| seen["dialog"].is_array());
    ming.clicks("dialog yes");
    ming.is_in_the_lobby();
    ming.waits_for("how well it is connected", |seen| {
        let words = seen["footer"][1].as_str().unwrap_or_default();
        words.starts_with("已连接 • TLS • ") && words.ends_with(" ms")
    });
    display.picture("tls-connected");
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains(&fingerprint), "{settings}");
    ming.right_clicks("network Teahouse");
    ming.waits_for("the menu", |seen| seen["menu"] == "Teahouse");
    for _ in 0..3 {
        ming.presses("Down");
    }
    ming.presses("Return");
    let seen = ming.waits_for("the certificate", |seen| seen["dialog"].is_array());
    assert!(dialog_of(&seen).1.contains(&fingerprint));
    display.picture("tls-certificate");
    ming.clicks("dialog yes");
    ming.waits_for("the chat", |seen| seen["dialog"].is_null());

    // The server comes back with another certificate, and the window by itself.
    server.stop();
    ming.waits_for("no connection", |seen| seen["networks"][0]["link"] != "up");
    std::fs::remove_file(folder.path().join("self-signed.pem")).expect("it was there");
    // The warning waits for the end of another question.
    ming.closes_the_window();
    ming.waits_for("whether to close", |seen| dialog_of(seen).0 == "提示");
    let (_server, another) = Server::start_with_tls(port, folder.path());
    ming.waits_for("no trust", |seen| seen["banner"].as_str().is_some_and(|it| it.contains("证书")));
    ming.presses("Escape");
    let seen = ming.waits_for("the warning", |seen| seen["dialog"].is_array() && dialog_of(seen).0 != "提示");
    let (title, words) = dialog_of(&seen);
    assert_eq!(title, "服务器的证书变了！");
    assert!(words.contains(&fingerprint) && words.contains(&another), "{words}");
    display.picture("tls-changed");
    ming.clicks("dialog yes");
    let seen = ming.waits_for("the chat", |seen| seen["dialog"].is_null());
    assert_eq!(seen["networks"][0]["link"], "down");
}

#[test]
fn each_server_is_asked_about_by_itself_and_only_what_was_shown_is_trusted() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("there can be a temporary folder"));
    let servers = folders.each_ref().map(|folder| Server::start_with_tls(0, folder.path()));
    let profile = |(server, _): &(Server, String)| {
        let port = server.port();
        format!(
            "[[profile]]\nserver = \"127.0.0.1\"\nport = {port}\ntls = true\nnick = \"ming\"\nconnect = true\n"
        )
    };
    let display = Display::start(1080, 720);
    let settings = servers.iter().map(profile).collect::<String>();
    let mut ming = Person::open(&display, &Start { settings: &settings, ..Start::default() });
    let seen = ming.waits_for("a question about one, and no connection to the other", |seen| {
        seen["dialog"].is_array()
            && list(&seen["networks"]).iter().filter(|network| network["link"] == "down").count() == 2
    });
    let is_shown = |seen: &Value, fingerprint: &str| dialog_of(seen).1.contains(fingerprint);
    let [first, second] = servers.each_ref().map(|(_, fingerprint)| fingerprint);
    let (shown, other) = if is_shown(&seen, first) { (first, second) } else { (second, first) };
    ming.clicks("dialog yes");
    ming.waits_for("the question about the other", |seen| is_shown(seen, other));
    ming.clicks("dialog no");
    ming.waits_for("no question", |seen| seen["dialog"].is_null());
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains(shown) && !settings.contains(other), "{settings}");
}

#[test]
fn both_fingerprints_are_shown_whole_in_the_smallest_window_too() {
    for (language, theme) in [("zh", "light"), ("en", "dark")] {
        let (display, folder) =
            (Display::start(1024, 600), tempfile::tempdir().expect("there can be a folder"));
        let (server, fingerprint) = Server::start_with_tls(0, folder.path());
        let before = ["AB"; 32].join(":");
        let settings = format!(
            "theme = \"{theme}\"\nsize = 150\n[[profile]]\nserver = \"127.0.0.1\"\nport = {}\ntls = true\nnick = \"ming\"\n\
             tls_fingerprints = [\"{before}\"]\nconnect = true\n",
            server.port()
        );
        let start = Start {
            language,
            settings: &settings,
            connect: true,
            geometry: "520x500+2+22",
            ..Start::default()
        };
        let mut ming = Person::open(&display, &start);
        let seen = ming.waits_for("the warning", |seen| seen["dialog"].is_array());
        let words = dialog_of(&seen).1;
        display.picture(&format!("account-changed-smallest-{language}"));
        assert!(words.contains(&fingerprint) && words.contains(&before), "{words}");
        let side = |name: &str, side: &str| seen["controls"][name][side].as_i64().expect(name);
        let bottom = side("dialog yes", "y") + side("dialog yes", "h");
        assert!(bottom <= side("window", "y") + side("window", "h"), "the button is in the window");
    }
}
