//! The promises that Teahouse inherited, one test each, and the troubles that it must not have.
//!
//! The chat that Teahouse comes from was a student's coursework. What it did, its users can still do; what went wrong
//! in it must not go wrong again. The server's own promises are tested with the server.

use std::time::Duration;

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::Impostor;
use crate::support::person::{Person, Start, line, list};
use crate::support::server::Server;

/// How long a window may take to be gone once somebody said so: on a busy machine, and less than it ever waits for a
/// server's answer.
const AT_ONCE: Duration = Duration::from_secs(3);

fn two_windows<'a>(display: &'a Display, server: &Server) -> (Person<'a>, Person<'a>) {
    let port = Some(server.port());
    let left = Start { nick: "小明", port, connect: true, geometry: "740x640+2+22", ..Start::default() };
    let mut ming = Person::open(display, &left);
    ming.is_in_the_lobby();
    let mut alice = Person::open(display, &Start { nick: "Alice", geometry: "740x640+752+22", ..left });
    alice.is_in_the_lobby();
    ming.waits_for("Alice among the members", |seen| has_member(seen, "Alice"));
    (ming, alice)
}

fn has_member(seen: &Value, name: &str) -> bool {
    list(&seen["members"]).iter().any(|member| member["name"] == *name)
}

#[test]
fn row_2_the_form_asks_for_name_address_and_port_and_logs_in() {
    let (display, server) = (Display::start(900, 700), Server::start());
    let mut ming = Person::open(&display, &Start { geometry: "740x640+2+22", ..Start::default() });
    let seen = ming.sees();
    assert_eq!(seen["view"], "login");
    assert_eq!(seen["title"], "聊天客户端");
    assert_eq!(seen["login_button"], "登录");
    ming.fills_in("name", "xiaoming");
    ming.fills_in("server", "127.0.0.1");
    ming.fills_in("port", &server.port().to_string());
    display.picture("row-2-login");
    ming.clicks("login");
    ming.waits_for("the chat", |seen| seen["view"] == "chat" && seen["footer"][0] == "xiaoming");
    server.wait_for_log(&["xiaoming"]);
}

#[test]
fn row_4_a_private_message_reaches_one_person_only() {
    let (display, server) = (Display::start(1500, 1300), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    let start = Start {
        nick: "Bob",
        port: Some(server.port()),
        connect: true,
        geometry: "600x540+2+722",
        ..Start::default()
    };
    let mut bob = Person::open(&display, &start);
    bob.is_in_the_lobby();

    alice.goes_to("composer");
    alice.says("/msg 小明 just for you: 今晚喝茶吗？");
    ming.waits_for("a private conversation with one unread message", |seen| {
        list(&seen["conversations"]).iter().any(|row| row["name"] == "Alice" && row["unread"] == 1)
    });
    display.picture("row-4-private");
    ming.clicks("conversation Alice");
    let read = ming.reads("今晚喝茶吗");
    assert_eq!(read["from"], "Alice");

    // What is said to everybody comes after it, so when that is there the other would be there too.
    alice.says("for all of you");
    bob.reads("for all of you");
    let seen = bob.sees();
    assert!(line(&seen, "今晚喝茶吗").is_none());
    assert_eq!(list(&seen["conversations"]).len(), 1, "{:#}", seen["conversations"]);
}

#[test]
fn row_5_what_one_says_to_everybody_stands_in_the_others_window() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    ming.says("你好，世界！😀");
    let read = alice.reads("你好，世界！😀");
    assert_eq!((&read["from"], &read["kind"]), (&"小明".into(), &"message".into()));
    alice.says("Hello, 小明! How is the tea?");
    ming.reads("How is the tea?");
    display.picture("row-5-everybody");
}

#[test]
fn row_6_on_login_one_sees_who_is_online_and_everybody_is_told_that_one_came() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    alice.reads("Alice, 小明");
    let told = ming.reads("Alice 来了");
    assert_eq!(told["kind"], "notice");
}

#[test]
fn row_7_a_button_shows_who_is_online() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, _alice) = two_windows(&display, &server);
    ming.clicks("online");
    let answer = ming.reads("在线用户（2 人）");
    let text = answer["text"].as_str().unwrap_or_default();
    assert!(text.contains("小明") && text.contains("Alice"), "{text}");
    display.picture("row-7-online-users");
}

#[test]
fn row_8_a_button_clears_the_messages() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    ming.says("soon gone");
    alice.reads("soon gone");
    alice.clicks("clear");
    alice.waits_for("an empty transcript", |seen| seen["line_count"] == 0 && list(&seen["lines"]).is_empty());
    ming.says("here again");
    alice.reads("here again");
    assert!(line(&ming.sees(), "soon gone").is_some(), "what one clears the others keep");
}

#[test]
fn row_9_every_message_shows_its_time() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    ming.says("one");
    ming.says("two");
    for person in [&mut ming, &mut alice] {
        for text in ["one", "two"] {
            let read = person.reads(text);
            let time = read["time"].as_str().unwrap_or_default();
            let digits: Vec<_> = time.split(':').map(str::len).collect();
            assert_eq!(digits, [2, 2], "{time:?}");
        }
    }
}

#[test]
fn row_10_login_messages_and_composer_are_one_window_with_a_transcript_that_scrolls() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    ming.goes_to("composer");
    for number in 0..3 {
        ming.says(&format!("/help {number}"));
    }
    let seen = ming.waits_for("more lines than fit", |seen| {
        let shown = list(&seen["lines"]).len() as u64;
        seen["line_count"].as_u64().is_some_and(|count| count > shown)
    });
    assert_eq!(seen["is_at_bottom"], true);
    ming.presses("Prior");
    ming.waits_for("older lines", |seen| seen["is_at_bottom"] == false);
    let before = ming.sees()["lines"].clone();
    alice.says("something new");
    ming.waits_for("one more line", |now| now["line_count"].as_u64() > seen["line_count"].as_u64());
    assert_eq!(ming.sees()["lines"], before, "who reads older messages is not disturbed");
    display.picture("row-10-scrolled-up");
    ming.clicks("news");
    ming.waits_for("the newest line", |seen| seen["is_at_bottom"] == true);
    ming.reads("something new");
}

#[test]
fn row_11_closing_asks_first_and_then_everything_is_gone_at_once() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    alice.closes_the_window();
    let seen = alice.waits_for("the question", |seen| seen["dialog"].is_array());
    assert_eq!(seen["dialog"], serde_json::json!(["提示", "是否关闭窗口"]));
    display.picture("row-11-closing");
    alice.presses("Escape");
    alice.waits_for("the window again", |seen| seen["dialog"].is_null());
    alice.presses("Escape");
    assert!(alice.sees()["dialog"].is_null(), "Escape does not close a window");
    alice.closes_the_window();
    alice.clicks("dialog no");
    alice.waits_for("the window again", |seen| seen["dialog"].is_null());
    alice.says("still here");

    alice.closes_the_window();
    alice.clicks("dialog yes");
    let (status, took) = alice.is_gone(AT_ONCE);
    assert!(status.success() && took < AT_ONCE, "{status} after {took:?}");
    server.wait_for_log(&["Alice", "left"]);
    ming.waits_for("nobody but oneself", |seen| !has_member(seen, "Alice"));
}

#[test]
fn row_11_who_wants_to_be_asked_only_once_is_asked_only_once() {
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &Start::default());
    ming.closes_the_window();
    ming.clicks("dialog option");
    ming.clicks("dialog no");
    ming.waits_for("the window again", |seen| seen["dialog"].is_null());
    ming.closes_the_window();
    ming.clicks("dialog option");
    ming.clicks("dialog yes");
    assert!(ming.is_gone(AT_ONCE).0.success());
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(settings.contains("ask_before_closing = false"), "{settings}");

    let mut again = Person::open(&display, &Start { settings: &settings, ..Start::default() });
    again.closes_the_window();
    assert!(again.is_gone(AT_ONCE).0.success());
}

#[test]
fn row_12_who_goes_offline_disappears_from_the_list_that_others_see() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    alice.quits("再见");
    ming.waits_for("nobody but oneself", |seen| !has_member(seen, "Alice"));
    ming.reads("Alice 来了又走了");
    alice.is_gone(AT_ONCE);
}

#[test]
fn row_13_two_windows_stand_side_by_side_on_one_machine() {
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    let [left, _, width, _] = ming.place_of("window");
    let [right, ..] = alice.place_of("window");
    assert!(left + width <= right, "{left} + {width} and {right}");
    ming.says("from the left");
    alice.reads("from the left");
    alice.says("from the right");
    ming.reads("from the right");
    display.picture("row-13-side-by-side");
}

#[test]
fn trouble_1_no_thread_keeps_the_process_when_the_window_is_closed() {
    // A server that takes the connection and then says nothing: the reader is blocked in read, the login under way.
    let host = Impostor::listen();
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &host.invitation("ming"));
    let line = host.accept();
    ming.closes_the_window();
    ming.clicks("dialog yes");
    let (status, took) = ming.is_gone(AT_ONCE);
    assert!(status.success() && took < AT_ONCE, "{status} after {took:?}");
    assert!(line.sees_the_end(), "the server sees the end");
}

#[test]
fn trouble_2_a_port_that_is_no_number_is_told_beside_its_field() {
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &Start { nick: "ming", ..Start::default() });
    ming.fills_in("port", "abc");
    ming.presses("Return");
    let seen = ming.waits_for("an error", |seen| seen["errors"]["port"].is_string());
    assert_eq!(seen["errors"]["port"], "端口是 1 到 65535 的数字");
    assert_eq!((&seen["view"], &seen["focus"]), (&"login".into(), &"port".into()));
    display.picture("trouble-2-port");
    ming.fills_in("port", "6668");
    ming.waits_for("no error any more", |seen| seen["errors"]["port"].is_null());
}

#[test]
fn trouble_3_a_socket_made_in_one_place_is_used_in_another() {
    // In the original the socket had to become a global. Here one connection outlives the view that made it: it is
    // made by the form, used by the chat, lost, and made again by a button, or by itself.
    let (display, server) = (Display::start(1500, 736), Server::start());
    let (mut ming, mut alice) = two_windows(&display, &server);
    alice.says("before");
    ming.reads("before");
    let port = server.port();
    server.stop();
    ming.waits_for("the banner", |seen| {
        seen["banner"].is_string() && seen["controls"]["reconnect"].is_object()
    });
    display.picture("trouble-3-connection-lost");
    // Ming's comes back by the button alone, and Alice's by itself.
    ming.clicks("cancel");
    ming.waits_for("nothing under way", |seen| {
        seen["banner"].is_string() && seen["controls"]["cancel"].is_null()
    });
    let server = Server::start_on(port);
    ming.clicks("reconnect");
    for person in [&mut ming, &mut alice] {
        person.waits_for("no banner", |seen| seen["banner"].is_null());
        person.is_in_the_lobby();
    }
    ming.says("after");
    alice.reads("after");
    server.wait_for_log(&["小明"]);
}

#[test]
fn trouble_5_a_message_is_a_line_however_the_bytes_come() {
    let host = Impostor::listen();
    let display = Display::start(900, 700);
    let mut ming = Person::open(&display, &host.invitation("ming"));
    let mut line = host.accept();
    let lines = ":t 001 ming :hi\r\n:ming!m@h JOIN #l\r\n:t 353 ming = #l :ming\r\n:t 366 ming #l :end\r\n\
                 :a!a@h PRIVMSG #l :一个字节一个字节地来\r\n";
    for byte in lines.as_bytes() {
        line.sends(&[*byte]);
    }
    ming.reads("一个字节一个字节地来");
    line.sends(b":a!a@h PRIVMSG #l :two lines\r\n:a!a@h PRIVMSG #l :in one\r\n:a!a@h PRI");
    ming.reads("two lines");
    ming.reads("in one");
    line.sends("VMSG #l :两半\r\n".as_bytes());
    ming.reads("两半");
}
