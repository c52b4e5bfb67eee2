//! The transcript: how words look, and what one can do with what was said.

use serde_json::Value;

use crate::support::display::Display;
use crate::support::impostor::{Impostor, Line};
use crate::support::person::{Person, Start, list};

/// A window in a room of a server that says what the test wants.
fn in_a_room<'a>(display: &'a Display, host: &Impostor, settings: &'a str) -> (Person<'a>, Line) {
    in_a_room_of(display, host, settings, "900x660+2+22")
}

/// The same in a window of this size.
fn in_a_room_of<'a>(
    display: &'a Display,
    host: &Impostor,
    settings: &'a str,
    geometry: &'a str,
) -> (Person<'a>, Line) {
    let start = Start { geometry, settings, ..host.invitation("ming") };
    let mut person = Person::open(display, &start);
    let mut line = host.accept();
    line.sends(
        ":t 001 ming :hi\r\n:ming!m@h JOIN #茶\r\n:t 353 ming = #茶 :ming alice\r\n:t 366 ming #茶 :end\r\n"
            .as_bytes(),
    );
    person.is_in_the_lobby();
    (person, line)
}

fn say(line: &mut Line, words: &str) {
    line.sends(format!(":alice!a@h PRIVMSG #茶 :{words}\r\n").as_bytes());
}

/// The text of each line in view.
fn texts(seen: &Value) -> Vec<&str> {
    list(&seen["lines"]).iter().map(|line| line["text"].as_str().unwrap_or_default()).collect()
}

const STYLED: [&str; 8] = [
    "plain, \x02bold\x02, \x1dslanted\x1d, \x1funderlined\x1f, \x1estruck\x1e and \x02\x1dboth\x0f.",
    "普通，\x02粗体\x02，\x1d斜体\x1d，\x1f下划线\x1f，\x1e删除线\x1e，\x16反色\x16。",
    "\x11let tea = kettle.pour(3);\x11 is code",
    "\x034red\x03 \x033green\x03 \x032navy\x03 \x038yellow\x03 \x030white\x03 \x031black\x03 \x0313pink\x03 \x0371aqua\x03",
    "\x030,4 white on red \x03 \x031,8 black on yellow \x03 \x0311,2 aqua on navy \x03",
    "\x04ff8000orange\x04 and \x0456b6c2teal\x04 in hex",
    "茶叶在这里：https://example.org/tea_(green)，很好喝。See http://例子.测试/路径?x=1.",
    "a link in \x02bold https://example.org/bold\x02 and ftp://example.org/file",
];

#[test]
fn words_look_as_whoever_wrote_them_wanted_by_day_and_by_night() {
    for (name, settings) in [("day", ""), ("night", "theme = \"dark\"\n")] {
        let (display, host) = (Display::start(920, 700), Impostor::listen());
        let (mut ming, mut line) = in_a_room(&display, &host, settings);
        for words in STYLED {
            say(&mut line, words);
        }
        let seen = ming.waits_for("all of it", |seen| texts(seen).iter().any(|text| text.ends_with("/file")));
        assert!(texts(&seen).contains(&"let tea = kettle.pour(3); is code"), "{seen:#}");
        display.picture(&format!("transcript-styles-{name}"));
    }
}

#[test]
fn an_address_opens_at_a_click_and_a_strange_one_is_asked_about() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    say(&mut line, "看（https://example.org/茶）。 ftp://example.org/file");
    ming.clicks("link https://example.org/茶");
    ming.waits_for("the page", |seen| seen["opened"] == "https://example.org/茶");
    ming.clicks("link ftp://example.org/file");
    let seen = ming.waits_for("a question", |seen| seen["dialog"].is_array());
    assert!(seen["dialog"][1].as_str().is_some_and(|text| text.contains("ftp://example.org/file")));
    display.picture("transcript-ask-address");
    ming.presses("Escape");
    ming.waits_for("no question", |seen| seen["dialog"].is_null());
    assert_eq!(ming.sees()["opened"], "https://example.org/茶");
    ming.clicks("link ftp://example.org/file");
    ming.clicks("dialog yes");
    ming.waits_for("the file", |seen| seen["opened"] == "ftp://example.org/file");
}

#[test]
fn addresses_in_the_topic_open_at_a_click_and_a_long_one_is_read_on_a_card() {
    for (name, settings) in [("day", ""), ("night", "theme = \"dark\"\n")] {
        let (display, host) = (Display::start(920, 700), Impostor::listen());
        let (mut ming, mut line) = in_a_room(&display, &host, settings);
        line.sends(":t 332 ming #茶 :看 https://tea.example/ 谢谢\r\n".as_bytes());
        ming.clicks("topic link https://tea.example/");
        ming.waits_for("the page", |seen| seen["opened"] == "https://tea.example/");
        display.picture(&format!("topic-short-{name}"));
        let long = "今天喝什么茶？龙井、普洱还是铁观音，大家说说看。规则在 https://tea.example/rules 里，\
                    新来的请先看完再提问；图片放在 ftp://tea.example/pictures 。每周五晚上八点品茶 & 聊天 @ 老地方_|/";
        line.sends(format!(":alice!a@h TOPIC #茶 :{long}\r\n").as_bytes());
        ming.waits_for("the topic", |seen| seen["topic"] == long);
        display.picture(&format!("topic-long-{name}"));
        ming.clicks("topic");
        ming.waits_for("all of it", |seen| seen["topic_is_open"] == true);
        display.picture(&format!("topic-card-{name}"));
        ming.clicks("topic link https://tea.example/rules");
        ming.waits_for("the rules", |seen| seen["opened"] == "https://tea.example/rules");
        ming.clicks("topic");
        ming.waits_for("the card again", |seen| seen["topic_is_open"] == true);
        ming.presses("Escape");
        ming.waits_for("no card", |seen| seen["topic_is_open"] == false && seen["focus"] == "composer");
        ming.clicks("topic");
        ming.clicks("topic link ftp://tea.example/pictures");
        ming.waits_for("a question", |seen| seen["dialog"].is_array() && seen["topic_is_open"] == false);
    }
}

/// What people write that is not letters in a row.
const ODD: [&str; 8] = [
    "👨‍👩‍👧‍👦 family, 👍🏽 skin, 🇨🇳 flag, ❤️ heart, 1️⃣ key",
    "ＦＵＬＬ　ｗｉｄｔｈ and ﾊﾝｶｸ, 𠮷野家 beyond the plane",
    "שלום עולם and مرحبا بالعالم in one line, 12 right to left",
    "Z̸̡̢͓̼̐͛a͙͒͘l̵̞͆g̶̈ͅo, e\u{301}te\u{301}, ไทย กำลัง, हिन्दी क्षत्रिय",
    "zero\u{200d}width\u{200c}joiners, soft\u{ad}hyphen, no\u{a0}break, and \u{200b}\u{202e}tricks",
    "averyveryverylongwordwithoutanyplacetobreakitaveryveryverylongwordwithoutanyplacetobreakitaveryveryverylongword",
    "今天天气很好我们去公园喝茶吧今天天气很好我们去公园喝茶吧，今天天气很好我们去公园喝茶吧今天天气很好！",
    "tab\there, and   three   spaces",
];

#[test]
fn whatever_people_write_is_shown_marked_and_copied_whole() {
    for (name, settings, geometry) in
        [("usual", "", "900x660+2+22"), ("large", "size = 150\n", "1350x990+2+22")]
    {
        let (display, host) = (Display::start(1400, 1060), Impostor::listen());
        let (mut ming, mut line) = in_a_room_of(&display, &host, settings, geometry);
        for words in ODD {
            say(&mut line, words);
        }
        let seen = ming.waits_for("all of it", |seen| texts(seen).iter().any(|text| text.starts_with("tab")));
        let shown = texts(&seen).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let first = shown.iter().position(|text| text.starts_with('👨')).expect("the first is in view");
        let from = ming.place_of(&format!("line {first}"));
        let to = ming.place_of(&format!("line {}", shown.len() - 1));
        // From the left edge of the first words to behind the last.
        let start = (from[0] + 1, from[1] + from[3] - 12);
        let end = (to[0] + to[2] - 60, to[1] + to[3] - 8);
        let at = |(x, y): (i64, i64)| [x.to_string(), y.to_string()];
        let (start, end) = (at(start), at(end));
        display.xdotool(&["mousemove", &start[0], &start[1], "mousedown", "1"]);
        display.xdotool(&["mousemove", &end[0], &end[1], "mouseup", "1"]);
        let seen = ming.waits_for("all of it marked", |seen| seen["selection"].is_string());
        let marked: Vec<_> = seen["selection"].as_str().unwrap_or_default().lines().collect();
        let expected: Vec<_> = shown[first..].iter().map(|text| format!("alice: {text}")).collect();
        assert_eq!(marked, expected);
        display.picture(&format!("transcript-odd-{name}"));
    }
}

#[test]
fn what_is_above_the_view_is_marked_too_while_the_mouse_is_held_there() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    for number in 0..80 {
        say(&mut line, &format!("cup {number}."));
    }
    let seen = ming.waits_for("the last of it", |seen| texts(seen).contains(&"cup 79."));
    let from = ming.place_of(&format!("line {}", texts(&seen).len() - 1));
    let view = ming.place_of("transcript");
    let at = |(x, y): (i64, i64)| [x.to_string(), y.to_string()];
    let start = at((from[0] + from[2] - 40, from[1] + from[3] / 2));
    let above = at((from[0] + 10, view[1] - 30));
    display.xdotool(&["mousemove", &start[0], &start[1], "mousedown", "1"]);
    display.xdotool(&["mousemove", &above[0], &above[1]]);
    ming.waits_for("the first of it", |seen| {
        seen["selection"]
            .as_str()
            .is_some_and(|marked| marked.contains("cup 0.") && marked.contains("cup 79."))
    });
    display.xdotool(&["mouseup", "1"]);
    let marked = ming.sees()["selection"].as_str().map(str::to_owned).unwrap_or_default();
    assert_eq!(marked.matches("alice: cup ").count(), 80, "{marked}");
}

#[test]
fn what_was_marked_in_words_that_change_is_marked_no_more() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    ming.clicks("language");
    let seen = ming.waits_for("English", |seen| texts(seen).contains(&"You are here as ming"));
    let index = texts(&seen).iter().position(|text| *text == "You are here as ming").expect("it is there");
    let [x, y, width, height] = ming.place_of(&format!("line {index}"));
    // From left to right until a word is under the mouse.
    let marked = (1..40).find(|step| {
        let (x, y) = ((x + width * step / 40).to_string(), (y + height / 2).to_string());
        display.xdotool(&["mousemove", &x, &y, "click", "--repeat", "2", "--delay", "60", "1"]);
        ming.sees()["selection"] == "are"
    });
    assert!(marked.is_some(), "{:#}", ming.sees());
    ming.clicks("language");
    let seen = ming.waits_for("中文", |seen| texts(seen).contains(&"你以 ming 的名字进来了"));
    assert!(seen["selection"].is_null(), "{seen:#}");
    say(&mut line, "still here");
    ming.waits_for("what comes after", |seen| texts(seen).contains(&"still here"));
}

#[test]
fn comings_and_goings_take_one_line_that_unfolds_at_a_click() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    say(&mut line, "早");
    for name in ["bob", "zoe", "李雷", "韩梅梅"] {
        line.sends(format!(":{name}!x@h JOIN #茶\r\n").as_bytes());
    }
    line.sends(
        ":zoe!x@h QUIT :Ping timeout\r\n:bob!x@h NICK bobby\r\n:alice!a@h PART #茶 :回头见\r\n".as_bytes(),
    );
    let short = "bobby, 李雷, 韩梅梅 来了 · alice 走了 · zoe 来了又走了";
    ming.waits_for("one line", |seen| texts(seen).last() == Some(&short));
    display.picture("transcript-folded");
    ming.clicks("fold");
    let seen =
        ming.waits_for("all of it", |seen| texts(seen).last().is_some_and(|text| text.lines().count() == 8));
    assert!(texts(&seen).last().is_some_and(|text| text.contains("zoe 走了（Ping timeout）")));
    display.picture("transcript-unfolded");
    ming.clicks("fold");
    ming.waits_for("one line again", |seen| texts(seen).last() == Some(&short));
}

#[test]
fn several_messages_are_copied_with_who_said_them() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    for words in ["one", "two", "three"] {
        say(&mut line, words);
    }
    let seen = ming.waits_for("three messages", |seen| texts(seen).last() == Some(&"three"));
    let index = |text: &str| texts(&seen).iter().position(|it| *it == text).expect("it is in view");
    let [x, y, _, height] = ming.place_of(&format!("line {}", index("one")));
    let [_, below, _, low] = ming.place_of(&format!("line {}", index("three")));
    let point = |x: i64, y: i64| [x.to_string(), y.to_string()];
    let ([x1, y1], [x2, y2]) = (point(x + 64, y + height - 12), point(x + 300, below + low - 12));
    display.xdotool(&["mousemove", &x1, &y1, "mousedown", "1", "mousemove", &x2, &y2, "mouseup", "1"]);
    ming.waits_for("a selection", |seen| seen["selection"] == "alice: one\nalice: two\nalice: three");
    display.picture("transcript-selection");
    ming.goes_to("composer");
    ming.presses("ctrl+c");
    display.xdotool(&["mousemove", &x1, &y1, "click", "3"]);
    ming.waits_for("the menu", |seen| seen["menu"].is_string());
    display.picture("transcript-menu");
    ming.presses("Escape");
    ming.waits_for("no menu", |seen| seen["menu"].is_null());
}

#[test]
fn whoever_has_scrolled_up_is_told_how_much_is_new_below() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    for number in 0..60 {
        say(&mut line, &format!("line {number}"));
    }
    ming.waits_for("the last line", |seen| texts(seen).last() == Some(&"line 59"));
    ming.goes_to("composer");
    ming.presses("Prior");
    ming.waits_for("older lines", |seen| seen["is_at_bottom"] == false);
    for words in ["a", "b", "c"] {
        say(&mut line, words);
    }
    line.sends(":zoe!x@h JOIN #茶\r\n".as_bytes());
    ming.waits_for("three new messages", |seen| seen["news"] == "↓ 3 条新消息");
    display.picture("transcript-news");
    ming.clicks("news");
    ming.waits_for("the end", |seen| seen["is_at_bottom"] == true && seen["controls"]["news"].is_null());
}

/// The same with capabilities that the server is said to have.
fn in_a_room_with<'a>(
    display: &'a Display,
    host: &Impostor,
    settings: &'a str,
    capabilities: &str,
) -> (Person<'a>, Line) {
    let start = Start { geometry: "900x660+2+22", settings, ..host.invitation("ming") };
    let person = Person::open(display, &start);
    let mut line = host.accept();
    line.reads("CAP LS 302");
    line.sends(format!(":t CAP * LS :{capabilities}\r\n").as_bytes());
    line.reads("CAP REQ");
    line.sends(format!(":t CAP * ACK :{capabilities}\r\n").as_bytes());
    line.reads("CAP END");
    let greeting =
        ":t 001 ming :hi\r\n:ming!m@h JOIN #茶\r\n:t 353 ming = #茶 :ming alice\r\n:t 366 ming #茶 :end\r\n";
    line.sends(greeting.as_bytes());
    (person, line)
}

#[test]
fn what_does_not_arrive_says_so_and_goes_out_again_at_a_click() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room_with(&display, &host, "", "batch echo-message labeled-response");
    ming.waits_for("the room", |seen| seen["conversation"] == "#茶");
    ming.says("有人吗？");
    let sent = line.reads("@label=1 PRIVMSG");
    assert_eq!(sent, "@label=1 PRIVMSG #茶 有人吗？");
    line.sends("@label=1 :t 404 ming #茶 :Cannot send to channel\r\n".as_bytes());
    ming.waits_for("the reason", |seen| seen["controls"]["send again"].is_object());
    display.picture("transcript-failed");
    ming.clicks("send again");
    line.reads("@label=2 PRIVMSG #茶 有人吗？");
    line.sends("@label=2 :ming!m@h PRIVMSG #茶 有人吗？\r\n".as_bytes());
    ming.waits_for("the message, once", |seen| {
        let said = texts(seen).iter().filter(|text| **text == "有人吗？").count();
        said == 1 && seen["controls"]["send again"].is_null()
    });
}

#[test]
fn answers_and_what_people_think_of_a_message_stand_with_it() {
    for (name, settings) in
        [("day", ""), ("night", "theme = \"dark\"\n"), ("compact", "density = \"compact\"\n")]
    {
        let (display, host) = (Display::start(920, 700), Impostor::listen());
        let (mut ming, mut line) = in_a_room_with(&display, &host, settings, "message-tags");
        line.sends(
            "@msgid=1 :alice!a@h PRIVMSG #茶 :明天喝什么？\r\n\
             @msgid=2;+draft/reply=1 :小明!x@h PRIVMSG #茶 :龙井吧，水已经烧好了\r\n\
             @+draft/reply=2;+draft/react=👍 :alice!a@h TAGMSG #茶\r\n\
             @+draft/reply=2;+draft/react=👍 :bob!b@h TAGMSG #茶\r\n\
             @+draft/reply=2;+draft/react=🍵 :bob!b@h TAGMSG #茶\r\n\
             @msgid=3;+draft/reply=0 :bob!b@h PRIVMSG #茶 :an answer to something long ago\r\n"
                .as_bytes(),
        );
        ming.waits_for("the answer", |seen| texts(seen).last().is_some_and(|text| text.contains("long ago")));
        ming.clicks("reaction 👍");
        let sent = line.reads("@+draft/reply=2");
        assert_eq!(sent, "@+draft/reply=2;+draft/react=👍 TAGMSG #茶");
        display.picture(&format!("transcript-reactions-{name}"));
        ming.clicks("quote");
        let seen = ming.sees();
        let index = texts(&seen).iter().position(|text| text.starts_with("龙井")).expect("it is in view");
        display.xdotool(&["mousemove", "0", "0"]);
        let [x, y, _, height] = ming.place_of(&format!("line {index}"));
        let point = [(x + 80).to_string(), (y + height / 2).to_string()];
        display.xdotool(&["mousemove", &point[0], &point[1], "click", "3"]);
        ming.waits_for("the menu", |seen| seen["menu"].is_string());
        display.picture(&format!("transcript-menu-{name}"));
        ming.presses("Escape");
        ming.waits_for("no menu", |seen| seen["menu"].is_null());
    }
}

#[test]
fn what_somebody_does_is_told_from_what_they_say_at_a_glance() {
    for (name, settings) in [
        ("cozy-day", ""),
        ("cozy-night", "theme = \"dark\"\n"),
        ("compact-day", "density = \"compact\"\n"),
        ("compact-night", "density = \"compact\"\ntheme = \"dark\"\n"),
    ] {
        let (display, host) = (Display::start(920, 700), Impostor::listen());
        let (mut ming, mut line) = in_a_room(&display, &host, settings);
        say(&mut line, "下课了");
        say(&mut line, "carol 退出了考试");
        line.sends(":carol!c@h PRIVMSG #茶 :\x01ACTION 退出了考试\x01\r\n".as_bytes());
        say(&mut line, "\x02\x0307carol\x0f \x1d退出了考试");
        // Grey words are not to be taken for what the window says itself.
        say(&mut line, "\x0314carol 来了");
        say(&mut line, "\x046b6459carol 来了");
        line.sends(":carol!c@h JOIN #茶\r\n".as_bytes());
        let long =
            "makes tea for everybody who is here, and for those who come later too, until there is none left";
        line.sends(format!(":alice!a@h PRIVMSG #茶 :\x01ACTION {long} ming\x01\r\n").as_bytes());
        say(&mut line, "end");
        let seen = ming.waits_for("all of it", |seen| texts(seen).contains(&"end"));
        let doing = list(&seen["lines"]).iter().find(|line| line["kind"] == "action").expect("an action");
        assert_eq!((&doing["from"], &doing["text"]), (&"carol".into(), &"carol 退出了考试".into()));
        display.picture(&format!("transcript-actions-{name}"));
    }
}

#[test]
fn what_one_marks_stands_still_while_others_talk() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let (mut ming, mut line) = in_a_room(&display, &host, "");
    for number in 0..60 {
        say(&mut line, &format!("line {number} some long words to mark while the others go on talking"));
    }
    let seen = ming.waits_for("all lines", |seen| texts(seen).iter().any(|text| text.starts_with("line 59")));
    let index = texts(&seen).iter().position(|text| text.starts_with("line 57")).expect("it is in view");
    let rect = |name: String, seen: &Value| {
        ["x", "y", "w", "h"].map(|side| seen["controls"][&name][side].as_i64().expect("a line has a place"))
    };
    let [x, y, _, h] = rect(format!("line {index}"), &seen);
    let at = |x: i64, y: i64| display.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
    at(x + 100, y + h / 2);
    display.xdotool(&["mousedown", "1"]);
    at(x + 300, y + h / 2);
    at(x + 300, y + h / 2 + 2 * h);
    let before = ming
        .waits_for("a selection", |seen| seen["selection"].as_str().is_some_and(|it| it.contains("line 59")));
    say(&mut line, "one new message");
    line.sends(":bob!b@h JOIN #茶\r\n".as_bytes());
    say(&mut line, "and one more");
    let during = ming.waits_for("news below", |seen| seen["news"] != "");
    assert_eq!(
        rect(format!("line {index}"), &during),
        rect(format!("line {index}"), &before),
        "nothing moves"
    );
    assert_eq!(during["selection"], before["selection"]);
    display.picture("transcript-held");
    at(x + 310, y + h / 2 + 2 * h);
    display.xdotool(&["mouseup", "1"]);
    let after = ming.sees();
    let marked = after["selection"].as_str().unwrap_or_default();
    assert!(
        marked.contains("line 58") && marked.contains("line 59") && !marked.contains("message"),
        "{marked}"
    );
    // Beyond the edge it goes on, up to the end.
    at(x + 100, y + h / 2);
    display.xdotool(&["mousedown", "1"]);
    at(x + 300, y + 400);
    ming.waits_for("all up to the end", |seen| {
        seen["selection"].as_str().is_some_and(|it| it.contains("alice: and one more"))
    });
    display.xdotool(&["mouseup", "1"]);
    ming.says("after that");
    ming.waits_for("the end", |seen| seen["is_at_bottom"] == true);
}

#[test]
fn what_one_marks_stands_still_while_older_messages_come_and_one_is_taken_back() {
    let (display, host) = (Display::start(920, 700), Impostor::listen());
    let capabilities = "batch draft/chathistory draft/message-redaction message-tags server-time";
    let (mut ming, mut line) = in_a_room_with(&display, &host, "", capabilities);
    let answer = |line: &mut Line, numbers: std::ops::Range<u32>| {
        let mut answer = ":t BATCH +x chathistory #茶\r\n".to_owned();
        for number in numbers {
            let time = format!("2026-03-01T{:02}:{:02}:00.000Z", number / 60, number % 60);
            let tags = format!("batch=x;msgid=m{number};time={time}");
            answer += &format!("@{tags} :alice!a@h PRIVMSG #茶 :cup {number}.\r\n");
        }
        line.sends((answer + ":t BATCH -x\r\n").as_bytes());
    };
    line.reads("CHATHISTORY LATEST");
    answer(&mut line, 100..200);
    let seen = ming.waits_for("the last of it", |seen| texts(seen).contains(&"cup 199."));
    let place = |seen: &Value, text: &str| {
        let index = texts(seen).iter().position(|it| *it == text).expect("it is in view");
        ["x", "y", "w", "h"]
            .map(|side| seen["controls"][format!("line {index}")][side].as_i64().expect("a number"))
    };
    let moves = |x: i64, y: i64, more: &[&str]| {
        display.xdotool(&[&["mousemove", &x.to_string(), &y.to_string()], more].concat());
    };
    let [x, y, _, h] = place(&seen, "cup 199.");
    let top = ming.place_of("transcript")[1];
    moves(x + 300, y + h - 4, &["mousedown", "1"]);
    // Held above the view, it goes on to the first of them, and asks for older ones.
    moves(x + 100, top - 20, &[]);
    line.reads("CHATHISTORY BEFORE #茶 msgid=m100");
    moves(x + 100, top + 100, &[]);
    let is_marked = |seen: &Value, text: &str| seen["selection"].as_str().is_some_and(|it| it.contains(text));
    let before =
        ming.waits_for("a selection", |seen| is_marked(seen, "cup 110.") && is_marked(seen, "cup 199."));
    let count = |seen: &Value| seen["line_count"].as_u64().expect("a number");
    answer(&mut line, 0..100);
    let during = ming.waits_for("older ones", |seen| count(seen) > count(&before));
    assert_eq!(place(&during, "cup 110."), place(&before, "cup 110."), "nothing moves");
    assert_eq!(during["selection"], before["selection"]);
    line.sends(":alice!a@h REDACT #茶 m110 :oh\r\n".as_bytes());
    let after = ming.waits_for("it is gone", |seen| !texts(seen).contains(&"cup 110."));
    assert_eq!(place(&after, "cup 111."), place(&before, "cup 111."), "nothing moves");
    assert!(!is_marked(&after, "cup 110.") && is_marked(&after, "cup 111."), "{}", after["selection"]);
    // That it is taken back where the mark begins changes nothing of the rest.
    line.sends(":alice!a@h REDACT #茶 m199 :oh\r\n".as_bytes());
    say(&mut line, "and now");
    ming.waits_for("it is gone", |seen| !is_marked(seen, "cup 199.") && is_marked(seen, "cup 198."));
    display.xdotool(&["mouseup", "1"]);
    assert!(is_marked(&ming.sees(), "cup 150."));
}
