//! Other people: the menu beside a name, the card, keeping order; and oneself.

use crate::support::display::Display;
use crate::support::person::{Person, Start, line, list};
use crate::support::server::Server;

fn open<'a>(display: &'a Display, server: &Server, nick: &'a str, geometry: &'a str) -> Person<'a> {
    let start = Start { nick, port: Some(server.port()), connect: true, geometry, ..Start::default() };
    let mut person = Person::open(display, &start);
    person.is_in_the_lobby();
    person
}

fn chooses(person: &mut Person<'_>, of: &str, item: &str) {
    person.right_clicks(of);
    person.clicks(&format!("menu {item}"));
    person.waits_for("no menu", |seen| seen["menu"].is_null());
}

#[test]
fn the_menu_of_a_member_shows_who_they_are_and_keeps_order() {
    let (display, server) = (Display::start(1720, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "1000x680+2+22");
    ming.says("/join #书房");
    ming.waits_for("the study", |seen| seen["conversation"] == "#书房");
    let mut bob = open(&display, &server, "Bob", "700x500+1010+22");
    bob.goes_to("composer");
    bob.says("/join #书房");
    ming.waits_for("Bob", |seen| list(&seen["members"]).len() == 2);
    ming.right_clicks("member Bob");
    ming.waits_for("what an operator may", |seen| seen["controls"]["menu 请出房间"].is_object());
    display.picture("people-menu");
    ming.clicks("menu 用户信息");
    ming.waits_for("the card", |seen| seen["dialog"][0] == "Bob");
    display.picture("people-card");
    ming.clicks("dialog yes");
    ming.waits_for("no card", |seen| seen["dialog"].is_null());
    chooses(&mut ming, "member Bob", "允许发言");
    ming.waits_for("Bob with voice", |seen| {
        list(&seen["members"]).iter().any(|member| member["name"] == "Bob" && member["rank"] == "语音")
    });
    chooses(&mut ming, "member Bob", "请出房间");
    ming.waits_for("nobody else", |seen| list(&seen["members"]).len() == 1);
    bob.waits_for("why", |seen| line(seen, "把你请出了").is_some());
}

#[test]
fn who_is_ignored_is_not_seen_any_more_and_stands_in_the_settings() {
    let (display, server) = (Display::start(1720, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "1000x680+2+22");
    let mut bob = open(&display, &server, "Bob", "700x500+1010+22");
    chooses(&mut ming, "member Bob", "屏蔽此人");
    ming.reads("不再显示 Bob 的消息");
    bob.goes_to("composer");
    bob.says("BUY THIS");
    bob.says("/me shouts");
    bob.says("/topic done");
    let seen =
        ming.waits_for("what came after", |seen| seen["topic"] == "done" || line(seen, "done").is_some());
    assert!(line(&seen, "BUY THIS").is_none() && line(&seen, "shouts").is_none());
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains("ignored = [\"Bob\"]"), "{settings}");
}

#[test]
fn a_click_on_ones_own_name_marks_as_away_and_back() {
    let (display, server) = (Display::start(1020, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "1000x680+2+22");
    ming.clicks("me");
    ming.clicks("menu 标记为离开");
    ming.waits_for("the mark", |seen| seen["footer"][1] == "离开");
    display.picture("people-away");
    ming.clicks("me");
    ming.clicks("menu 我回来了");
    ming.waits_for("no mark", |seen| seen["footer"][1] != "离开");
}
