//! The page of a saved server: every key of its profile can be changed there, and nothing that was typed is lost.

use serde_json::Value;
use teahouse::config::profile::KEYS;

use crate::support::display::Display;
use crate::support::person::{Person, Start, list, shown};
use crate::support::server::Server;

/// Two saved servers, and a certificate that one of them is known by.
const SAVED: &str = "theme = \"light\"\nask_before_closing = false\n\
    [[profile]]\nname = \"学校\"\nserver = \"irc.school.example\"\nport = 6697\nnick = \"小林\"\ntls = true\n\
    tls_fingerprints = [\"1D:4E:25:C9:70:11:5A:0B:8C:42:9E:D7:63:F0:3B:A8:95:7C:E1:64:2F:DB:08:36:B9:50:CA:17:8D:F2:6E:C7\"]\n\
    other_nicks = [\"小林2\", \"xiaolin\"]\naccount = \"xiaolin\"\nkeyring = true\nrooms = [\"#class-3b\", \"#homework sesame\"]\n\
    [[profile]]\nserver = \"irc.libera.chat\"\nport = 6697\nnick = \"xiaolin\"\ntls = true\n";

fn start<'a>(geometry: &'a str, language: &'a str) -> Start<'a> {
    Start { geometry, language, settings: SAVED, ..Start::default() }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn saved(person: &Person<'_>) -> String {
    std::fs::read_to_string(person.settings_file()).expect("the settings were saved")
}

/// Goes to a field of the page by Tab, wherever it is.
#[track_caller]
fn goes_to(person: &mut Person<'_>, key: &str) {
    let mut steps = 0;
    while person.sees()["focus"] != key {
        let before = person.sees()["focus"].clone();
        person.presses("Tab");
        person.waits_for("the next field", |seen| seen["focus"] != before);
        steps += 1;
        assert!(steps < 50, "Tab never comes to {key}");
    }
    person.waits_for("it in view", |seen| seen["controls"][key].is_object() || key == "reconnect");
}

#[track_caller]
fn writes(person: &mut Person<'_>, key: &str, text: &str) {
    goes_to(person, key);
    person.presses("ctrl+a");
    person.presses("BackSpace");
    person.waits_for("an empty field", |seen| seen["profile"]["fields"][key] == "");
    person.types(text);
    let shown = shown(key, text);
    person.waits_for(text, |seen| seen["profile"]["fields"][key] == *shown);
}

/// Opens the page of a saved server from the settings.
fn opens(person: &mut Person<'_>, edit: &str) {
    person.presses("ctrl+comma");
    person.waits_for("the settings", |seen| seen["settings"].is_array());
    person.presses("ctrl+Page_Down");
    person.clicks(edit);
    person.waits_for("the page", |seen| seen["profile"].is_object());
}

#[test]
fn every_key_of_a_profile_can_be_reached_with_the_keyboard() {
    let display = Display::start(1020, 736);
    let mut lin = Person::open(&display, &start("1000x680+2+22", "zh"));
    opens(&mut lin, "学校 编辑");
    let mut reached = Vec::new();
    let mut focus = lin.sees()["focus"].clone();
    while !reached.contains(&focus) {
        let control = focus.as_str().unwrap_or_default();
        let seen = lin
            .waits_for("it in view", |seen| seen["controls"][control].is_object() || control == "reconnect");
        assert!(seen["settings"].is_array(), "the settings lie behind the page");
        reached.push(focus.clone());
        lin.presses("Tab");
        focus = lin.waits_for("the next", |seen| seen["focus"] != focus)["focus"].clone();
    }
    display.picture("profile-end");
    assert_eq!(focus, "name", "Tab goes round the page");
    for key in KEYS {
        let is_it = |control: &Value| word(control).split(' ').next() == Some(key.name);
        assert!(reached.iter().any(is_it), "{key:?} in {reached:?}");
    }
    for control in ["forget pin 0", "back", "cancel", "save"] {
        assert!(reached.iter().any(|it| it == control), "{control} in {reached:?}");
    }
}

#[test]
fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let display = Display::start(1020, 736);
    let mut lin = Person::open(&display, &start("1000x680+2+22", "zh"));
    let before = saved(&lin);
    opens(&mut lin, "irc.libera.chat 编辑");
    assert_eq!(lin.sees()["profile"]["title"], "服务器 · irc.libera.chat");
    for (key, text) in [("server", "http://libera"), ("port", "0"), ("nick", "小 林"), ("rooms", "lobby")] {
        writes(&mut lin, key, text);
    }
    lin.presses("Return");
    let seen = lin.waits_for("the errors", |seen| seen["profile"]["errors"]["rooms"].is_string());
    assert_eq!(seen["profile"]["errors"]["server"], "服务器地址里不能有“:”");
    assert_eq!(seen["profile"]["errors"]["nick"], "用户名里不能有空格");
    assert_eq!((&seen["profile"]["fields"]["rooms"], &seen["focus"]), (&"lobby".into(), &"server".into()));
    display.picture("profile-errors");
    assert_eq!(saved(&lin), before, "nothing is saved");

    lin.presses("Escape");
    lin.waits_for("the question", |seen| seen["dialog"][0] == "放弃修改？");
    display.picture("profile-discard");
    lin.presses("Return");
    let seen = lin.waits_for("the page again", |seen| seen["dialog"].is_null());
    assert_eq!(seen["profile"]["fields"]["rooms"], "lobby");
    for (key, text) in
        [("server", "irc.libera.chat"), ("port", "6697"), ("nick", "小林"), ("rooms", "#lobby")]
    {
        writes(&mut lin, key, text);
    }
    lin.clicks("save");
    lin.waits_for("the list", |seen| seen["profile"].is_null() && seen["settings"].is_array());
    let saved = saved(&lin);
    assert!(saved.ends_with("tls = true\nrooms = [\"#lobby\"]\n"), "{saved}");
}

#[test]
fn a_saved_server_is_added_copied_moved_and_removed() {
    let display = Display::start(1020, 736);
    let mut lin = Person::open(&display, &start("1000x680+2+22", "zh"));
    opens(&mut lin, "+  添加服务器");
    let seen = lin.sees();
    assert_eq!((&seen["focus"], &seen["profile"]["fields"]["port"]), (&"server".into(), &"6697".into()));
    lin.types("tea.example");
    lin.clicks("tls");
    lin.waits_for("the port without TLS", |seen| seen["profile"]["fields"]["port"] == "6667");
    lin.clicks("save");
    let servers = |lin: &Person<'_>| {
        let saved = saved(lin);
        saved.lines().filter_map(|line| line.strip_prefix("server = ")).map(str::to_owned).collect::<Vec<_>>()
    };
    lin.waits_for("three servers", |seen| seen["controls"]["tea.example 编辑"].is_object());
    assert_eq!(servers(&lin), ["\"irc.school.example\"", "\"irc.libera.chat\"", "\"tea.example\""]);
    lin.clicks("tea.example ↑");
    lin.presses("Return");
    lin.waits_for("the new one first", |seen| seen["settings"][0][0] == "tea.example");
    assert_eq!(servers(&lin), ["\"tea.example\"", "\"irc.school.example\"", "\"irc.libera.chat\""]);
    display.picture("profile-list");

    lin.clicks("学校 ⋯");
    lin.waits_for("the menu", |seen| seen["menu"] == "学校");
    display.picture("profile-menu");
    lin.clicks("menu 复制一份…");
    lin.waits_for("the copy", |seen| seen["profile"]["fields"]["name"] == "学校 2");
    lin.clicks("save");
    lin.waits_for("the copy in the list", |seen| seen["controls"]["学校 2 ⋯"].is_object());
    lin.clicks("学校 ⋯");
    lin.clicks("menu 删除…");
    lin.waits_for("the question", |seen| seen["dialog"][0] == "删除“学校”？");
    display.picture("profile-remove");
    lin.clicks("dialog yes");
    lin.waits_for("it gone", |seen| seen["controls"]["学校 ⋯"].is_null() && seen["dialog"].is_null());
    assert_eq!(servers(&lin).len(), 3);
}

#[test]
fn where_there_is_no_keyring_the_password_stands_in_the_file_and_that_is_said() {
    let display = Display::start(1020, 736);
    let mut lin = Person::open(&display, &start("1000x680+2+22", "zh"));
    opens(&mut lin, "irc.libera.chat 编辑");
    writes(&mut lin, "password", "芝麻开门");
    let words = |seen: &Value| list(&seen["profile"]["words"]).iter().map(word).collect::<String>();
    lin.waits_for("where it goes", |seen| words(seen).contains("密码存在系统钥匙串里，不在设置文件里"));
    goes_to(&mut lin, "keyring");
    for goes in ["密码写在设置文件里", "密码存在系统钥匙串里，不在设置文件里"] {
        lin.presses("space");
        lin.waits_for(goes, |seen| words(seen).contains(goes));
    }
    lin.clicks("save");
    lin.waits_for("what came of it", |seen| seen["dialog"][0] == "密码没有存进钥匙串");
    display.picture("profile-no-keyring");
    let saved = saved(&lin);
    assert!(saved.contains("password = \"芝麻开门\""), "{saved}");
}

#[test]
fn the_login_form_shows_what_was_saved_on_the_page() {
    let display = Display::start(1020, 736);
    let mut lin = Person::open(&display, &start("1000x680+2+22", "zh"));
    assert_eq!(lin.sees()["ticks"]["keep password"], true, "the keyring has the password");
    opens(&mut lin, "学校 编辑");
    writes(&mut lin, "nick", "大林");
    writes(&mut lin, "password", "芝麻开门");
    goes_to(&mut lin, "keyring");
    lin.presses("space");
    lin.clicks("save");
    lin.waits_for("the list", |seen| seen["profile"].is_null());
    lin.presses("Escape");
    let seen = lin.waits_for("the form", |seen| seen["settings"].is_null());
    assert_eq!((&seen["fields"]["name"], &seen["fields"]["password"]), (&"大林".into(), &"••••".into()));
    assert_eq!(seen["ticks"]["keep password"], false);
}

#[test]
fn whoever_is_connected_is_told_that_changes_hold_from_the_next_connection_on() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let port = Some(server.port());
    let start = Start { nick: "小明", port, connect: true, geometry: "1000x680+2+22", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.right_clicks("network Teahouse");
    ming.clicks("menu 编辑…");
    ming.waits_for("the page", |seen| seen["profile"].is_object() && seen["settings"].is_null());
    assert!(ming.sees()["profile"]["remark"].is_null(), "nothing is changed yet");
    writes(&mut ming, "real_name", "Xiao Ming");
    writes(&mut ming, "rooms", "#茶馆");
    ming.waits_for("when it holds", |seen| seen["profile"]["remark"].is_string());
    display.picture("profile-connected");
    ming.clicks("save");
    let seen = ming.waits_for("a question", |seen| seen["profile"].is_null() && seen["dialog"].is_array());
    assert_eq!(seen["dialog"][0], "现在重新连接吗？");
    display.picture("profile-reconnect");
    ming.clicks("dialog yes");
    ming.waits_for("the room", |seen| list(&seen["conversations"]).iter().any(|row| row["name"] == "#茶馆"));
}

#[test]
fn whoever_changes_a_server_can_stay_on_it_until_later() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let start = Start { nick: "小明", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    ming.presses("ctrl+comma");
    ming.clicks("服务器");
    ming.clicks("127.0.0.1 编辑");
    writes(&mut ming, "real_name", "Xiao Ming");
    ming.presses("Return");
    ming.waits_for("a question", |seen| seen["dialog"].is_array());
    ming.presses("Escape");
    let seen = ming.waits_for("the list", |seen| seen["dialog"].is_null());
    assert_eq!((&seen["networks"][0]["link"], &seen["focus"]), (&"up".into(), &"settings".into()));
    display.picture("profile-later");
}

#[test]
fn the_page_fits_into_the_smallest_window() {
    let display = Display::start(700, 600);
    for (language, edit, shade) in [("en", "学校 Edit", "light"), ("zh", "学校 编辑", "dark")] {
        let settings = SAVED.replace("light", shade);
        let mut lin =
            Person::open(&display, &Start { settings: &settings, ..start("520x500+2+22", language) });
        opens(&mut lin, edit);
        let [left, _, width, _] = lin.place_of("window");
        display.picture(&format!("profile-smallest-{language}-0"));
        for (index, key) in
            ["user", "keyring", "sasl PLAIN", "tls_certificate", "reconnect"].iter().enumerate()
        {
            goes_to(&mut lin, key);
            let seen = lin.sees();
            for (control, place) in seen["controls"].as_object().expect("controls") {
                let side = |side: &str| place[side].as_i64().expect("a number");
                assert!(side("x") + side("w") <= left + width, "{control} is cut off");
            }
            display.picture(&format!("profile-smallest-{language}-{}", index + 1));
        }
    }
}
