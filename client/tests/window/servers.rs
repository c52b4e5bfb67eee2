//! Several servers in one window.

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::{Impostor, Line};
use crate::support::person::{Person, Start, list};
use crate::support::server::Server;

/// What a second server says to whoever logs in as 小明.
const GREETING: &[u8] = ":t 001 小明 :hi\r\n:t 005 小明 NETWORK=Libera.Chat :are supported\r\n\
    :小明!m@h JOIN #fltk\r\n:t 353 小明 = #fltk :小明 alice\r\n:t 366 小明 #fltk :end\r\n\
    :小明!m@h JOIN #rust\r\n:alice!a@h PRIVMSG #rust :hello\r\n"
    .as_bytes();

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn networks(seen: &Value) -> Vec<(&str, &str)> {
    list(&seen["networks"]).iter().map(|row| (word(&row["name"]), word(&row["link"]))).collect()
}

/// 小明 in the lobby of a server of ours, and then on another one that was added with the form.
fn on_two_servers<'a>(display: &'a Display, server: &Server, other: &Impostor) -> (Person<'a>, Line) {
    let port = Some(server.port());
    let start = Start { nick: "小明", port, connect: true, geometry: "1000x680+2+22", ..Start::default() };
    let mut ming = Person::open(display, &start);
    ming.is_in_the_lobby();
    ming.clicks("add server");
    ming.waits_for("the form", |seen| seen["view"] == "login" && seen["focus"] == "server");
    assert_eq!(ming.sees()["fields"]["name"], "小明");
    ming.fills_in("server", "127.0.0.1");
    ming.fills_in("port", &other.port().to_string());
    display.picture("servers-form");
    ming.clicks("login");
    let mut line = other.accept();
    line.sends(GREETING);
    ming.waits_for("the other server", |seen| {
        seen["view"] == "chat" && networks(seen) == [("Teahouse", "up"), ("Libera.Chat", "up")]
    });
    (ming, line)
}

#[test]
fn two_servers_are_two_groups_in_the_list() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let (mut ming, mut line) = on_two_servers(&display, &server, &other);
    ming.waits_for("a room of the other server", |seen| seen["conversation"] == "#fltk");
    ming.clicks("conversation Teahouse #lobby");
    ming.waits_for("the lobby", |seen| seen["conversation"] == "#lobby");
    line.sends(b":alice!a@h PRIVMSG #fltk :are you there?\r\n");
    ming.waits_for("an unread message there", |seen| {
        list(&seen["conversations"]).iter().any(|row| row["name"] == "#fltk" && row["unread"] == 1)
    });
    ming.says("大家好");
    ming.reads("大家好");
    display.picture("servers-list");
    ming.clicks("network Libera.Chat");
    ming.waits_for("the room that was looked at there", |seen| seen["conversation"] == "#fltk");
    ming.reads("are you there?");
}

#[test]
fn a_server_that_hangs_up_is_shown_as_gone_and_the_other_goes_on() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let (mut ming, line) = on_two_servers(&display, &server, &other);
    line.hangs_up();
    ming.waits_for("a lost connection", |seen| {
        networks(seen) == [("Teahouse", "up"), ("Libera.Chat", "down")] && seen["banner"].is_string()
    });
    display.picture("servers-one-down");
    ming.clicks("conversation Teahouse #lobby");
    ming.waits_for("no banner in the lobby", |seen| seen["banner"].is_null());
    ming.says("我还在");
    ming.reads("我还在");
}

#[test]
fn a_lost_server_is_counted_down_to_and_one_can_go_at_once_or_not_at_all() {
    let (display, host) = (Display::start(1020, 736), Impostor::listen());
    let start = Start { geometry: "1000x680+2+22", ..host.invitation("小明") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(GREETING);
    ming.waits_for("the room", |seen| seen["conversation"] == "#fltk");
    line.hangs_up();
    // Each time it waits longer, until there is time to press a button.
    for _ in 0..3 {
        host.accept().hangs_up();
    }
    ming.waits_for("a countdown", |seen| countdown(seen) >= 3);
    display.picture("servers-countdown");
    ming.clicks("reconnect");
    let mut line = host.accept();
    line.sends(GREETING);
    ming.waits_for("no banner", |seen| seen["banner"].is_null());
    line.hangs_up();
    for _ in 0..3 {
        host.accept().hangs_up();
    }
    ming.waits_for("a countdown again", |seen| countdown(seen) >= 3);
    ming.clicks("cancel");
    ming.waits_for("no countdown", |seen| countdown(seen) == 0 && seen["banner"].is_string());
    ming.waits_for("no way to cancel what is not under way", |seen| seen["controls"]["cancel"].is_null());
}

#[test]
fn the_countdown_is_seen_however_much_the_server_has_to_say() {
    let (display, host) = (Display::start(700, 600), Impostor::listen());
    let start = Start { geometry: "520x500+2+22", ..host.invitation("小明") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(GREETING);
    ming.waits_for("the room", |seen| seen["conversation"] == "#fltk");
    line.sends(format!("ERROR :{}\r\n", "茶馆打烊了，".repeat(20)).as_bytes());
    line.hangs_up();
    ming.waits_for("a countdown", |seen| countdown(seen) > 0);
    display.picture("servers-countdown-smallest");
}

/// The seconds that the banner counts down.
fn countdown(seen: &Value) -> u32 {
    let banner = seen["banner"].as_str().unwrap_or_default();
    let line = banner.lines().find(|line| line.contains("秒后重新连接")).unwrap_or_default();
    line.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

#[test]
fn a_menu_disconnects_a_server_and_closes_it() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let (mut ming, line) = on_two_servers(&display, &server, &other);
    let choose = |ming: &mut Person<'_>, steps: usize| {
        ming.right_clicks("network Libera.Chat");
        ming.waits_for("the menu", |seen| seen["menu"] == "Libera.Chat");
        for _ in 0..steps {
            ming.presses("Down");
        }
        ming.presses("Return");
    };
    choose(&mut ming, 1);
    ming.waits_for("no connection", |seen| networks(seen)[1] == ("Libera.Chat", "down"));
    assert!(line.sees_the_end());
    choose(&mut ming, 4);
    ming.waits_for("one server", |seen| networks(seen) == [("Teahouse", "up")]);
    assert_eq!(ming.sees()["conversation"], "#lobby");
}

#[test]
fn escape_leads_back_from_the_form_to_the_conversations() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let start = Start { nick: "ming", port: Some(server.port()), connect: true, ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    for way in ["Escape", "back"] {
        ming.clicks("add server");
        ming.waits_for("the form", |seen| seen["view"] == "login");
        if way == "back" {
            ming.clicks("back");
        } else {
            ming.presses(way);
        }
        ming.waits_for("the lobby", |seen| seen["view"] == "chat" && seen["conversation"] == "#lobby");
    }
}

/// Two saved servers: one that nobody listens on, and this one.
fn settings(port: u16) -> String {
    format!(
        "[[profile]]\nname = \"远方\"\nserver = \"127.0.0.1\"\nport = 1\nnick = \"ming\"\n\
         [[profile]]\nname = \"茶馆\"\nserver = \"127.0.0.1\"\nport = {port}\nnick = \"ming\"\nrooms = [\"#书房\"]\n"
    )
}

#[test]
fn a_click_on_a_saved_server_goes_there() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let settings = settings(server.port());
    let start = Start { settings: &settings, geometry: "1000x680+2+22", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    assert_eq!(ming.sees()["focus"], "name");
    display.picture("servers-saved-login");
    ming.clicks("saved 茶馆");
    ming.waits_for("the room that is joined every time", |seen| {
        list(&seen["conversations"]).iter().any(|row| row["name"] == "#书房")
    });
    ming.double_clicks("saved 远方");
    ming.waits_for("a server that cannot be reached", |seen| {
        seen["banner"].is_string() && networks(seen) == [("Teahouse", "up"), ("远方", "down")]
    });
    display.picture("servers-saved-chat");
}

#[test]
fn a_server_that_one_wants_at_once_is_there_when_the_window_opens() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let settings = format!("{}connect = true\n", settings(server.port()));
    let mut ming = Person::open(&display, &Start { settings: &settings, ..Start::default() });
    ming.waits_for("the chat", |seen| seen["view"] == "chat" && networks(seen) == [("Teahouse", "up")]);
}

#[test]
fn a_conversation_is_found_by_how_its_name_is_said() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let (mut ming, mut line) = on_two_servers(&display, &server, &other);
    line.sends(":小明!m@h JOIN #茶馆\r\n:小明!m@h JOIN #课程设计\r\n".as_bytes());
    ming.waits_for("four rooms", |seen| list(&seen["conversations"]).len() == 5);
    ming.presses("ctrl+k");
    ming.waits_for("everything", |seen| list(&seen["switcher"]).len() == 5);
    display.picture("servers-switcher");
    ming.types("cg");
    ming.waits_for("what fits", |seen| seen["switcher"][0] == "#茶馆" && list(&seen["switcher"]).len() == 1);
    ming.presses("Return");
    ming.waits_for("the room", |seen| seen["conversation"] == "#茶馆" && seen["switcher"].is_null());
    ming.presses("ctrl+k");
    ming.waits_for("the switcher", |seen| seen["switcher"].is_array());
    ming.presses("Escape");
    ming.waits_for("the composer", |seen| seen["switcher"].is_null() && seen["focus"] == "composer");
}

#[test]
fn a_room_that_one_wants_at_each_login_is_there_after_the_next() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let start = Start { nick: "小明", port: Some(server.port()), connect: true, ..Start::default() };
    let settings = {
        let mut ming = Person::open(&display, &start);
        ming.is_in_the_lobby();
        ming.says("/join #茶馆");
        ming.waits_for("the room", |seen| seen["conversation"] == "#茶馆");
        for item in ["登录时进入", "登录时不再进入", "登录时进入"] {
            ming.right_clicks("conversation #茶馆");
            ming.waits_for("the menu", |seen| seen["controls"][format!("menu {item}")].is_object());
            display.picture("servers-join-at-login");
            ming.clicks(&format!("menu {item}"));
            ming.waits_for("no menu", |seen| seen["menu"].is_null());
        }
        std::fs::read_to_string(ming.settings_file()).expect("the settings were saved")
    };
    assert!(settings.contains("rooms = [\"#茶馆\"]"), "{settings}");
    let mut again = Person::open(&display, &Start { settings: &settings, ..start });
    again.waits_for("the room", |seen| {
        list(&seen["conversations"]).iter().any(|conversation| conversation["name"] == "#茶馆")
    });
}

#[test]
fn the_list_can_be_used_with_the_keyboard() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let (mut ming, _line) = on_two_servers(&display, &server, &other);
    ming.presses("F6");
    ming.waits_for("the focus in the list", |seen| seen["focus"] == "conversations");
    ming.presses("Home");
    ming.presses("Down");
    ming.presses("Return");
    ming.waits_for("the lobby", |seen| seen["conversation"] == "#lobby" && seen["focus"] == "composer");
    ming.presses("F6");
    ming.waits_for("the focus in the list", |seen| seen["focus"] == "conversations");
    ming.presses("shift+F10");
    ming.waits_for("the menu", |seen| seen["menu"] == "#lobby");
    display.picture("servers-keyboard");
    ming.presses("Escape");
    ming.waits_for("no menu", |seen| seen["menu"].is_null() && seen["focus"] == "conversations");
    ming.presses("Escape");
    ming.waits_for("the composer", |seen| seen["focus"] == "composer");
}

#[test]
fn an_address_of_a_chat_leads_there_from_the_command_line_and_from_a_message() {
    let (display, server, other) = (Display::start(1020, 736), Server::start(), Impostor::listen());
    let url = format!("irc://小明@127.0.0.1:{}/茶馆", server.port());
    let start = Start { url: &url, geometry: "1000x680+2+22", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    ming.waits_for("the room", |seen| seen["conversation"] == "#茶馆");
    let url = format!("irc://127.0.0.1:{}/fltk", other.port());
    ming.says(&format!("come to {url}"));
    ming.clicks(&format!("link {url}"));
    ming.waits_for("a question", |seen| seen["dialog"].is_array());
    ming.clicks("dialog yes");
    let mut line = other.accept();
    line.sends(GREETING);
    ming.waits_for("the room there", |seen| seen["conversation"] == "#fltk");
}
