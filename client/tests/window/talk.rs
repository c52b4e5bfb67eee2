//! People talking: what one types, what the others read, and what is left unread.

use std::net::SocketAddr;

use serde_json::Value;

use crate::support::display::Display;
use crate::support::headless::{Headless, Home};
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, line, list};
use crate::support::server::Server;

fn open<'a>(display: &'a Display, server: &Server, nick: &'a str, geometry: &'a str) -> Person<'a> {
    let start = Start { nick, port: Some(server.port()), connect: true, geometry, ..Start::default() };
    let mut person = Person::open(display, &start);
    person.is_in_the_lobby();
    person
}

fn unread(seen: &Value, conversation: &str) -> u64 {
    let row = list(&seen["conversations"]).iter().find(|row| row["name"] == *conversation);
    row.and_then(|row| row["unread"].as_u64()).unwrap_or(0)
}

#[test]
fn a_double_click_on_a_member_opens_a_private_conversation() {
    let (display, server) = (Display::start(1720, 736), Server::start());
    let mut bob = open(&display, &server, "Bob", "700x500+1010+22");
    let mut ming = open(&display, &server, "小明", "1000x680+2+22");
    ming.double_clicks("member Bob");
    ming.waits_for("the conversation with Bob", |seen| seen["conversation"] == "Bob");
    ming.says("你好 Bob");
    bob.waits_for("a conversation with one unread message", |seen| unread(seen, "小明") == 1);
    display.picture("talk-private");
}

#[test]
fn a_menu_says_what_can_be_done_with_a_member_and_messages_come_in_meanwhile() {
    let host = Impostor::listen();
    let display = Display::start(1020, 736);
    let mut ming = Person::open(&display, &Start { geometry: "1000x680+2+22", ..host.invitation("ming") });
    let mut line = host.accept();
    line.sends(
        b":t 001 ming :hi\r\n:ming!m@h JOIN #l\r\n:t 353 ming = #l :ming _a|b\r\n:t 366 ming #l :end\r\n",
    );
    ming.right_clicks("member _a|b");
    ming.waits_for("the menu", |seen| seen["menu"] == "_a|b");
    display.picture("talk-menu");
    line.sends(b":_a|b!a@h PRIVMSG #l :what are you looking at?\r\n");
    ming.reads("what are you looking at?");
    ming.presses("Down");
    ming.presses("Return");
    ming.waits_for("the conversation", |seen| seen["menu"].is_null() && seen["conversation"] == "_a|b");
    ming.clicks("conversation #l");
    ming.right_clicks("member _a|b");
    ming.waits_for("the menu again", |seen| seen["menu"] == "_a|b");
    ming.presses("Escape");
    ming.waits_for("no menu", |seen| seen["menu"].is_null() && seen["conversation"] == "#l");
}

/// Behind the count of what is unread, in the light theme; and of what is for us.
const GREY: [u8; 3] = [0x74, 0x6c, 0x5f];
const RED: [u8; 3] = [0xc4, 0x3d, 0x33];

#[test]
fn keys_lead_round_the_conversations_and_to_what_is_unread_and_red_is_what_is_for_us() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "740x640+2+22");
    let mut alice = open(&display, &server, "Alice", "740x640+752+22");
    ming.goes_to("composer");
    for room in ["#a", "#b"] {
        ming.says(&format!("/join {room}"));
        ming.waits_for(room, |seen| seen["conversation"] == room);
    }
    for (key, there) in [
        ("ctrl+Prior", "#a"),
        ("ctrl+Prior", "#lobby"),
        ("ctrl+Next", "#a"),
        ("alt+3", "#b"),
        ("alt+1", "#lobby"),
        ("alt+2", "#a"),
    ] {
        ming.presses(key);
        ming.waits_for(key, |seen| seen["conversation"] == there);
    }
    alice.goes_to("composer");
    alice.says("to everybody");
    ming.waits_for("one unread message", |seen| unread(seen, "#lobby") == 1);
    let row = ming.place_of("conversation #lobby");
    let colours = || {
        let picture = display.look().cut(row);
        let share = |color| picture.share(0, row[2] as u32, color);
        (share(GREY), share(RED))
    };
    assert!(colours().0 > 0.0 && colours().1 == 0.0, "{:?}", colours());
    alice.says("小明: and to you");
    ming.waits_for("another", |seen| unread(seen, "#lobby") == 2);
    assert!(colours().0 == 0.0 && colours().1 > 0.0, "{:?}", colours());
    display.picture("talk-mentioned");
    ming.goes_to("composer");
    ming.presses("alt+a");
    ming.waits_for("what is unread", |seen| seen["conversation"] == "#lobby" && unread(seen, "#lobby") == 0);
}

#[test]
fn what_comes_while_one_looks_elsewhere_is_counted_until_it_is_looked_at() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "740x640+2+22");
    let mut alice = open(&display, &server, "Alice", "740x640+752+22");
    ming.goes_to("composer");
    ming.says("/query Alice");
    ming.waits_for("the conversation with Alice", |seen| seen["conversation"] == "Alice");
    for text in ["one", "two", "three"] {
        alice.says(text);
    }
    ming.waits_for("three unread messages", |seen| unread(seen, "#lobby") == 3);
    assert!(ming.sees()["title"].as_str().is_some_and(|title| title.starts_with("(3) ")));
    display.picture("talk-unread");
    ming.clicks("conversation #lobby");
    ming.waits_for("nothing unread", |seen| unread(seen, "#lobby") == 0);
    ming.reads("three");
}

#[test]
fn a_message_that_is_refused_stays_in_the_composer() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let mut ming = open(&display, &server, "ming", "740x640+2+22");
    ming.goes_to("composer");
    ming.types("/nonsense");
    ming.presses("Return");
    let seen = ming.waits_for("a refusal", |seen| seen["refusal"].is_string());
    assert_eq!(seen["composer"], "/nonsense");
    display.picture("talk-refused");
    ming.presses("BackSpace");
    ming.waits_for("no refusal any more", |seen| seen["refusal"].is_null());
}

#[test]
fn shift_and_enter_starts_a_new_line_and_the_composer_grows() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let mut ming = open(&display, &server, "ming", "740x640+2+22");
    ming.goes_to("composer");
    let [_, _, _, low] = ming.place_of("composer");
    ming.types("line one");
    ming.presses("shift+Return");
    ming.types("line two");
    ming.waits_for("two lines", |seen| seen["composer"] == "line one\nline two");
    let [_, _, _, tall] = ming.place_of("composer");
    assert!(tall > low, "{tall} and {low}");
    ming.clicks("send");
    ming.reads("line one");
    ming.reads("line two");
    assert_eq!(ming.place_of("composer")[3], low);
}

#[test]
fn several_lines_are_one_message_for_whoever_knows_such_and_are_pasted_as_one() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let mut bob = Headless::start(&Home::of_bob(address, ""), &[]);
    bob.prints("You joined #lobby");
    let mut ming = open(&display, &server, "ming", "");
    ming.goes_to("composer");
    ming.types("床前明月光");
    ming.presses("shift+Return");
    ming.presses("shift+Return");
    ming.types("疑是地上霜");
    let poem = "床前明月光\n\n疑是地上霜";
    ming.waits_for("three lines", |seen| seen["composer"] == poem && seen["composer_words"]["counter"] == "");
    ming.presses("ctrl+a");
    ming.presses("ctrl+x");
    ming.waits_for("nothing", |seen| seen["composer"] == "");
    ming.presses("ctrl+v");
    let seen = ming.waits_for("a question", |seen| seen["dialog"].is_array());
    assert_eq!(seen["dialog"][1], "这段文字有 3 行，会作为一条消息发出。要粘贴吗？");
    ming.presses("Return");
    ming.waits_for("the text", |seen| seen["composer"] == poem);
    ming.presses("Return");
    let said = |seen: &Value| list(&seen["lines"]).iter().filter(|line| line["kind"] == "message").count();
    let is_there = |seen: &Value| line(seen, poem).is_some() && said(seen) == 1;
    ming.waits_for("one message", is_there);
    assert_eq!(bob.prints("明月"), "[#lobby] <ming> 床前明月光");
    assert_eq!(bob.prints("地上霜"), "[#lobby] <ming> 疑是地上霜");
    bob.types(&"今天喝茶，明天也喝茶。".repeat(30));
    bob.prints("<bob> 今天喝茶");
    ming.waits_for("the long line as one", |seen| said(seen) == 2);
    display.picture("talk-several-lines");
}

#[test]
fn tab_completes_a_name() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let _ming = open(&display, &server, "小明", "740x640+2+22");
    let mut alice = open(&display, &server, "Alice", "740x640+752+22");
    alice.goes_to("composer");
    alice.types("你好 小");
    alice.presses("Tab");
    alice.waits_for("the whole name", |seen| {
        seen["composer"].as_str().is_some_and(|text| text.trim_end() == "你好 小明")
    });
}

#[test]
fn what_is_marked_with_the_mouse_can_be_copied() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let mut ming = open(&display, &server, "ming", "740x640+2+22");
    ming.says("alpha beta gamma");
    let seen = ming.waits_for("the message", |seen| line(seen, "alpha beta gamma").is_some());
    let index =
        list(&seen["lines"]).iter().position(|line| line["text"] == "alpha beta gamma").expect("it is there");
    let [x, y, _, height] = ming.place_of(&format!("line {index}"));
    let (x, y) = ((x + 70).to_string(), (y + height - 14).to_string());
    display.xdotool(&["mousemove", &x, &y, "click", "--repeat", "3", "--delay", "60", "1"]);
    ming.waits_for("a selection", |seen| seen["selection"] == "alpha beta gamma");
    display.picture("talk-selection");
    ming.goes_to("composer");
    ming.presses("ctrl+c");
    ming.presses("ctrl+v");
    ming.waits_for("the copied words", |seen| seen["composer"] == "alpha beta gamma");
}

#[test]
fn names_with_signs_are_shown_as_they_are() {
    let (display, server) = (Display::start(1720, 736), Server::start());
    let mut ming = open(&display, &server, "小明", "1000x680+2+22");
    let mut odd = open(&display, &server, "_a|b", "700x500+1010+22");
    odd.says("@/& | _underlined_");
    ming.goes_to("composer");
    let read = ming.reads("@/& | _underlined_");
    assert_eq!(read["from"], "_a|b");
    ming.waits_for("the name in the list", |seen| seen["controls"]["member _a|b"].is_object());
    display.picture("talk-signs");
    let (room, topic) = ("#a&_b|@/", "@1 &about |_/ @-> signs");
    ming.says(&format!("/join {room}"));
    ming.waits_for("the room", |seen| seen["conversation"] == room);
    ming.says(&format!("/topic {topic}"));
    let title = format!("聊天客户端 — {room}");
    ming.waits_for("the topic", |seen| seen["topic"] == topic && seen["title"] == *title);
    ming.clicks("topic");
    ming.waits_for("the card", |seen| seen["topic_is_open"] == true);
    display.picture("talk-signs-topic");
    ming.presses("Escape");
    ming.right_clicks(&format!("conversation {room}"));
    ming.waits_for("the menu", |seen| seen["menu"] == room);
    display.picture("talk-signs-menu");
    ming.presses("Escape");
    ming.says("/query _a|b");
    ming.waits_for("a private conversation", |seen| {
        seen["conversation"] == "_a|b" && seen["title"] == "聊天客户端 — _a|b"
    });
    display.picture("talk-signs-private");
    ming.presses("ctrl+k");
    ming.waits_for("all of them", |seen| list(&seen["switcher"]).len() == 3);
    display.picture("talk-signs-switcher");
}
