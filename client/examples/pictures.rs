//! `make pictures`: the pictures in `docs/pictures/`, made anew from windows on a display that has no screen; those of the
//! English window are in `docs/pictures/en/`.
//!
//! Each is a scene played by a server that says what the scene wants, so they look the same each time but for the day.
//! Chinese input needs IBus with libpinyin; `.ci/setup test` installs it.

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::Path;

use serde_json::Value;
use support::display::{Display, Picture};
use support::impostor::{Impostor, Line};
use support::input_method::InputMethod;
use support::person::{Person, Start, line, list};
use support::server::Server;

const CAPABILITIES: &str =
    "away-notify echo-message labeled-response batch message-tags multi-prefix server-time";
const DAY: &str = "";
const NIGHT: &str = "theme = \"dark\"\n";
const COMPACT: &str = "density = \"compact\"\n";

/// What was said before the curtain rises.
const STORY: &[&str] = &[
    "@time=2026-03-01T01:01:00.000Z :alice!a@h JOIN #rust-中文",
    "@time=2026-03-01T01:02:00.000Z;msgid=1 :alice!a@h PRIVMSG #rust-中文 :早上好！今天把登录对话框做完了 ☕",
    "@time=2026-03-01T01:02:20.000Z;msgid=2 :alice!a@h PRIVMSG #rust-中文 :The connect dialog now keeps \x02profiles\x02: name, host, port, TLS, account.",
    "@time=2026-03-01T01:05:00.000Z;msgid=3 :王老师!w@h PRIVMSG #rust-中文 :很好。请注意：界面线程不要做阻塞的网络读写；后台读线程把收到的消息放进 \x11channel\x11，再用 \x11awake()\x11 唤醒主线程。",
    "@+draft/reply=3;+draft/react=👍 :alice!a@h TAGMSG #rust-中文",
    "@+draft/reply=3;+draft/react=👍 :小明!x@h TAGMSG #rust-中文",
    "@+draft/reply=3;+draft/react=🍵 :bob!b@h TAGMSG #rust-中文",
    "@time=2026-03-01T01:06:00.000Z;msgid=4;+draft/reply=3 :小明!x@h PRIVMSG #rust-中文 :明白了老师 👍 那窗口关闭的时候线程怎么退出？",
    "@time=2026-03-01T01:07:00.000Z;msgid=5 :王老师!w@h PRIVMSG #rust-中文 :关闭套接字（shutdown），读线程的 read() 就会返回 0，线程自然结束。",
    "@time=2026-03-01T01:09:00.000Z :zoe!z@h JOIN #rust-中文",
    "@time=2026-03-01T01:10:00.000Z :teabot!t@h QUIT :Ping timeout",
    "@time=2026-03-01T01:11:00.000Z :李雷!l@h QUIT :回头见",
    "@time=2026-03-01T01:12:00.000Z :李雷!l@h JOIN #rust-中文",
];

/// What comes while nobody looks.
const NEWS: &[&str] = &[
    "@time=2026-03-01T01:21:00.000Z;msgid=6 :茶茶!c@h PRIVMSG #rust-中文 :@小林 有空帮忙看一下这个 PR 吗？ https://example.org/teahouse/pulls/42 里面改了断线重连的逻辑",
    "@time=2026-03-01T01:22:00.000Z;msgid=7 :bob!b@h PRIVMSG #rust-中文 :reconnect with backoff: 1s → 2s → 4s → … 60s, plus a bit of \x1djitter\x1d",
    "@time=2026-03-01T01:22:30.000Z :bob!b@h PRIVMSG #rust-中文 :\x01ACTION 泡了一壶龙井 🍵\x01",
    "@time=2026-03-01T01:24:00.000Z;msgid=8 :zoe!z@h PRIVMSG #rust-中文 :\x0304红\x03 \x0303绿\x03 \x0312蓝\x03 都看得清，emoji 也行 😀 🎉 ❤️ 👨‍👩‍👧",
];

/// In which language the window is, and where its pictures go.
#[derive(Clone, Copy)]
struct Studio {
    language: &'static str,
    folder: &'static str,
}

const CHINESE: Studio = Studio { language: "zh", folder: "docs/pictures" };
const ENGLISH: Studio = Studio { language: "en", folder: "docs/pictures/en" };

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for studio in [CHINESE, ENGLISH] {
        for (name, scene) in SCENES {
            // These show both languages already.
            let is_for_both = matches!(name, "two-windows" | "chinese-input") && studio.language == "en";
            if !is_for_both && (wanted.is_empty() || wanted.iter().any(|one| one == name)) {
                scene(studio);
            }
        }
    }
}

/// What is played before a picture is made.
type Scene = fn(Studio);

/// Each scene, by the name of its first picture; `cargo run --example pictures NAME` plays one alone.
const SCENES: [(&str, Scene); 11] = [
    ("chat-light", |studio| chat(studio, "chat-light", DAY)),
    ("chat-dark", |studio| chat(studio, "chat-dark", NIGHT)),
    ("chat-compact", |studio| chat(studio, "chat-compact", COMPACT)),
    ("search", search),
    ("commands", suggestions),
    ("wire", wire),
    ("chinese-input", chinese_input),
    ("two-windows", two_windows),
    ("login", login),
    ("settings", settings),
    ("servers", servers),
];

fn chat(studio: Studio, name: &str, settings: &str) {
    let display = Display::start(1200, 800);
    let (mut person, mut line) = in_company(studio, &display, settings, &[]);
    line.sends("@+typing=active :茶茶!c@h TAGMSG #rust-中文\r\n".as_bytes());
    person.waits_for("somebody writing", |seen| hint(seen).contains("茶茶"));
    studio.keep(&display, &mut person, name);
}

/// A window in the middle of a conversation.
fn in_company<'a>(
    studio: Studio,
    display: &'a Display,
    settings: &'a str,
    environment: &'a [(&'static str, String)],
) -> (Person<'a>, Line) {
    let host = Impostor::listen();
    let start = Start {
        geometry: "1180x760+2+22",
        settings,
        environment,
        language: studio.language,
        ..host.invitation("小林")
    };
    let mut person = Person::open(display, &start);
    let mut line = host.accept();
    line.reads("CAP LS 302");
    line.sends(format!(":tea.house CAP * LS :{CAPABILITIES}\r\n").as_bytes());
    line.reads("CAP REQ");
    line.sends(format!(":tea.house CAP * ACK :{CAPABILITIES}\r\n").as_bytes());
    line.reads("CAP END");
    let at = "@time=2026-03-01T01:00:00.000Z";
    let mut greeting = vec![
        format!("{at} :tea.house 001 小林 :Welcome"),
        ":tea.house 005 小林 NETWORK=茶馆 CASEMAPPING=ascii PREFIX=(ov)@+ :are supported".to_owned(),
    ];
    let people = "bob dave_longnickname @王老师 小林 +alice 小明 +茶茶 李雷 韩梅梅 teabot";
    for (room, people) in
        [("#大厅", "小林 bob"), ("#rust-中文", people), ("#课程设计", "小林 王老师"), ("#random", "小林")]
    {
        greeting.push(format!("{at} :小林!l@h JOIN {room}"));
        greeting.push(format!("{at} :tea.house 353 小林 = {room} :{people}"));
        greeting.push(format!("{at} :tea.house 366 小林 {room} :End of NAMES"));
    }
    let topic = "Rust 语言学习与讨论 · 提问前请先看 FAQ https://example.org/faq";
    greeting.push(format!("{at} :tea.house 332 小林 #rust-中文 :{topic}"));
    greeting.push(":韩梅梅!h@h AWAY :lunch".to_owned());
    line.sends(format!("{}\r\n", greeting.join("\r\n")).as_bytes());
    person.waits_for("four rooms", |seen| list(&seen["conversations"]).len() == 4);
    person.clicks("conversation #rust-中文");
    line.sends(format!("{}\r\n", STORY.join("\r\n")).as_bytes());
    person.reads("李雷");
    person.clicks("conversation #大厅");
    person.waits_for("the other room", |seen| seen["conversation"] == "#大厅");
    let elsewhere =
        ["#课程设计 :作业周五交", "#课程设计 :别忘了写测试", "#课程设计 :好的", "小林 :下午有空吗？"];
    for words in elsewhere {
        line.sends(format!(":王老师!w@h PRIVMSG {words}\r\n").as_bytes());
    }
    line.sends(":alice!a@h PRIVMSG 小林 :hi\r\n".as_bytes());
    line.sends(format!("{}\r\n", NEWS.join("\r\n")).as_bytes());
    person.waits_for("news", |seen| unread(seen, "#rust-中文") == 4);
    person.clicks("conversation alice");
    person.waits_for("alice", |seen| seen["conversation"] == "alice");
    person.clicks("conversation #rust-中文");
    person.waits_for("the news", |seen| line_is_there(seen, "都看得清"));
    person.goes_to("composer");
    (person, line)
}

fn line_is_there(seen: &Value, text: &str) -> bool {
    line(seen, text).is_some()
}

fn unread(seen: &Value, conversation: &str) -> u64 {
    let row = list(&seen["conversations"]).iter().find(|row| row["name"] == *conversation);
    row.and_then(|row| row["unread"].as_u64()).unwrap_or(0)
}

fn hint(seen: &Value) -> &str {
    seen["composer_words"]["hint"].as_str().unwrap_or_default()
}

fn search(studio: Studio) {
    let display = Display::start(1200, 800);
    let (mut person, _line) = in_company(studio, &display, DAY, &[]);
    person.presses("ctrl+f");
    person.waits_for("the bar", |seen| seen["focus"] == "search");
    person.types("线程");
    let [first, next] = if studio.language == "zh" { ["共", "第 2"] } else { ["of", "2 of"] };
    let found =
        |seen: &Value, words: &str| seen["search"].as_str().is_some_and(|found| found.contains(words));
    person.waits_for("what was found", |seen| found(seen, first));
    person.presses("Return");
    person.waits_for("the next", |seen| found(seen, next));
    studio.keep(&display, &mut person, "search");
}

fn suggestions(studio: Studio) {
    let display = Display::start(1200, 800);
    let (mut person, _line) = in_company(studio, &display, DAY, &[]);
    person.types("/");
    person.waits_for("commands", |seen| !list(&seen["picker"]).is_empty());
    studio.keep(&display, &mut person, "commands");
    person.presses("BackSpace");
    person.waits_for("no commands", |seen| list(&seen["picker"]).is_empty());
    person.clicks("emoji");
    person.waits_for("emoji", |seen| list(&seen["picker"]).len() > 50);
    studio.keep(&display, &mut person, "emoji");
}

fn wire(studio: Studio) {
    let display = Display::start(1200, 800);
    let (mut person, _line) = in_company(studio, &display, NIGHT, &[]);
    person.presses("ctrl+shift+w");
    person.waits_for("the wire", |seen| seen["focus"] == "wire");
    person.presses("End");
    for _ in 0..4 {
        person.presses("Up");
    }
    person.waits_for("an explanation", |seen| seen["wire"]["title"] == "PRIVMSG");
    studio.keep(&display, &mut person, "wire");
}

fn chinese_input(studio: Studio) {
    if !InputMethod::is_installed() {
        println!("chinese-input: left as it is, since IBus with libpinyin is not installed");
        return;
    }
    // Room below the window for the candidates.
    let display = Display::start(1200, 880);
    let method = InputMethod::start(&display);
    let (mut person, _line) = in_company(studio, &display, DAY, method.environment());
    display.xdotool(&["type", "--delay", "60", "xihulongjing"]);
    display.xdotool(&["search", "--sync", "--onlyvisible", "--class", "ibus-ui-gtk3"]);
    studio.save(&display.steady_look(), "chinese-input");
    display.xdotool(&["key", "space"]);
    person.waits_for("汉字", |seen| seen["composer"] == "西湖龙井");
}

/// Three saved servers.
const SERVERS: &str = "nick = \"小林\"\n[[profile]]\nname = \"学校\"\nserver = \"irc.school.example\"\n\
    nick = \"小林\"\nother_nicks = [\"小林2\", \"xiaolin\"]\naccount = \"xiaolin\"\nkeyring = true\ntls = true\n\
    rooms = [\"#class-3b\", \"#homework sesame\"]\n\
    [[profile]]\nname = \"Libera.Chat\"\nserver = \"irc.libera.chat\"\nnick = \"xiaolin\"\ntls = true\n";

fn login(studio: Studio) {
    let display = Display::start(1200, 800);
    let start =
        Start { geometry: "1180x760+2+22", settings: SERVERS, language: studio.language, ..Start::default() };
    let mut person = Person::open(&display, &start);
    studio.keep(&display, &mut person, "login");
}

fn servers(studio: Studio) {
    let display = Display::start(1200, 800);
    let start =
        Start { geometry: "1180x760+2+22", settings: SERVERS, language: studio.language, ..Start::default() };
    let mut person = Person::open(&display, &start);
    person.presses("ctrl+comma");
    person.waits_for("the settings", |seen| seen["settings"].is_array());
    let (section, edit) =
        if studio.language == "zh" { ("服务器", "学校 编辑") } else { ("Servers", "学校 Edit") };
    person.clicks(section);
    person.waits_for("the servers", |seen| seen["controls"][edit].is_object());
    studio.keep(&display, &mut person, "servers");
    person.clicks(edit);
    person.waits_for("the page", |seen| seen["profile"].is_object());
    studio.keep(&display, &mut person, "server");
}

fn settings(studio: Studio) {
    let display = Display::start(1200, 800);
    let (mut person, _line) = in_company(studio, &display, DAY, &[]);
    person.presses("ctrl+comma");
    person.waits_for("the settings", |seen| seen["settings"].is_array());
    studio.keep(&display, &mut person, "settings");
}

fn two_windows(studio: Studio) {
    let (display, server) = (Display::start(1500, 760), Server::start());
    let start = Start {
        nick: "小明",
        port: Some(server.port()),
        connect: true,
        geometry: "744x716+2+24",
        ..Start::default()
    };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    let right = Start { nick: "Alice", geometry: "744x716+754+24", settings: NIGHT, language: "en", ..start };
    let mut alice = Person::open(&display, &right);
    alice.is_in_the_lobby();
    ming.reads("Alice");
    for (is_alice, text) in [
        (false, "大家好，欢迎来到茶馆！今天泡的是西湖龙井 🍵"),
        (true, "Hello 小明! It smells wonderful. Is there a cup left for me?"),
        (false, "当然有。这里中文 and English 都可以，随便聊。"),
        (true, "谢谢！😀 那我先喝一杯，再接着写网络课的作业。"),
        (true, "One thread per connection, one lock, and the kettle is still warm."),
        (false, "/me 又给 Alice 倒了一杯茶"),
    ] {
        let (speaker, listener) = if is_alice { (&mut alice, &mut ming) } else { (&mut ming, &mut alice) };
        speaker.says(text);
        listener.reads(text.trim_start_matches("/me "));
    }
    studio.save(&display.look(), "two-windows");
}

impl Studio {
    /// Keeps the picture of a window, without what is around it.
    fn keep(self, display: &Display, person: &mut Person<'_>, name: &str) {
        display.xdotool(&["mousemove", "1199", "799"]);
        let place = person.place_of("window");
        // A question is answered when everything is drawn.
        let _ = person.sees();
        self.save(&display.look().cut(place), name);
    }

    fn save(self, picture: &Picture, name: &str) {
        std::fs::create_dir_all(self.folder).expect("there can be a folder for pictures");
        picture.save(&Path::new(self.folder).join(format!("{name}.png")));
        println!("{}/{name}", self.folder);
    }
}
