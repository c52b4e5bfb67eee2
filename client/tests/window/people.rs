//! Other people: the menu beside a name, the card, keeping order; and oneself.

use crate::support::display::Display;
use crate::support::impostor::Impostor;
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

#[test]
fn an_invitation_and_a_way_back_into_a_room_are_a_click_away() {
    for (language, settings) in [("zh", ""), ("en", "theme = \"dark\"\n")] {
        let (display, host) = (Display::start(920, 700), Impostor::listen());
        let start = Start { geometry: "900x660+2+22", settings, language, ..host.invitation("ming") };
        let mut ming = Person::open(&display, &start);
        let mut line = host.accept();
        line.sends(
            b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:ming!m@h JOIN #other\r\n:t 366 ming #tea :end\r\n",
        );
        ming.clicks("conversation #other");
        ming.waits_for("the other room", |seen| seen["conversation"] == "#other");
        line.sends(b":bob!b@h KICK #tea ming :spam\r\n");
        ming.waits_for("a badge and a word", |seen| {
            seen["banner"].is_string()
                && list(&seen["conversations"]).iter().any(|it| it["name"] == "#tea" && it["mentions"] == 1)
        });
        display.picture(&format!("people-kicked-{language}"));
        line.sends(b":alice!a@h INVITE ming #party\r\n");
        ming.waits_for("the invitation", |seen| {
            seen["banner"].as_str().is_some_and(|it| it.contains("#party"))
        });
        display.picture(&format!("people-invited-{language}"));
        ming.clicks("reconnect");
        assert_eq!(line.reads("JOIN"), "JOIN #party");
        line.sends(b":ming!m@h JOIN #party\r\n:t 366 ming #party :end\r\n");
        ming.waits_for("the party", |seen| seen["conversation"] == "#party");
        ming.clicks("cancel");
        ming.waits_for("no banner", |seen| seen["banner"].is_null());
        ming.clicks("conversation #tea");
        ming.waits_for("why one is not there", |seen| seen["banner"].is_string());
        display.picture(&format!("people-left-{language}"));
        ming.clicks("reconnect");
        assert_eq!(line.reads("JOIN"), "JOIN #tea");
        line.sends(b":ming!m@h JOIN #tea\r\n");
        ming.waits_for("the room", |seen| seen["banner"].is_null());
    }
}

#[test]
fn an_invitation_is_seen_and_taken_over_the_settings_and_the_form_too() {
    let (display, host) = (Display::start(620, 640), Impostor::listen());
    // Where there is least room.
    let start = Start { geometry: "520x500+2+22", ..host.invitation("ming") };
    let mut ming = Person::open(&display, &start);
    let mut line = host.accept();
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:t 366 ming #tea :end\r\n");
    ming.waits_for("the room", |seen| seen["conversation"] == "#tea");
    let opened = ["settings", "add server", "saved server"];
    for (place, room) in opened.into_iter().zip(["#one", "#two", "#three"]) {
        match place {
            "add server" => ming.clicks("add server"),
            _ => ming.presses("ctrl+comma"),
        }
        if place == "saved server" {
            ming.presses("ctrl+Page_Down");
            ming.clicks("+  添加服务器");
            ming.waits_for("the page", |seen| seen["profile"].is_object());
        }
        ming.waits_for("a way back", |seen| seen["controls"]["back"].is_object());
        line.sends(format!(":alice!a@h INVITE ming {room}\r\n").as_bytes());
        ming.waits_for("the invitation", |seen| {
            seen["banner"].as_str().is_some_and(|it| it.contains(room))
                && seen["controls"]["banner yes"].is_object()
        });
        display.picture(&format!("people-invited-over-{}", place.replace(' ', "-")));
        // By keyboard alone.
        let is_there = (0..90).any(|_| {
            ming.presses("Tab");
            ming.sees()["focus"] == "banner yes"
        });
        assert!(is_there, "{:#}", ming.sees());
        ming.presses("Return");
        assert_eq!(line.reads("JOIN"), format!("JOIN {room}"));
        line.sends(format!(":ming!m@h JOIN {room}\r\n:t 366 ming {room} :end\r\n").as_bytes());
        ming.waits_for("the room", |seen| {
            seen["view"] == "chat" && seen["conversation"] == room && seen["focus"] == "composer"
        });
    }
    // Out of the room that lies below the settings.
    ming.presses("ctrl+comma");
    ming.waits_for("a way back", |seen| seen["controls"]["back"].is_object());
    line.sends(b":bob!b@h KICK #three ming :spam\r\n");
    ming.waits_for("the way back in", |seen| seen["controls"]["banner yes"].is_object());
    ming.clicks("banner yes");
    assert_eq!(line.reads("JOIN"), "JOIN #three");
    line.sends(b":ming!m@h JOIN #three\r\n:t 366 ming #three :end\r\n");
    ming.waits_for("the room", |seen| seen["settings"].is_null() && seen["banner"].is_null());
}
