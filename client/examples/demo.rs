//! `make demo`: a server and two windows side by side, 小明 and Alice in the lobby.
//!
//! With a display the windows open on it and are yours; Ctrl-C ends all three, and so does closing both windows.
//! Without one the same happens on a display that has no screen: the two talk for a little while, and
//! `target/demo.png` shows it.

#[path = "../tests/support/mod.rs"]
mod support;

use std::env;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use serde_json::Value;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use support::display::{Display, Picture};
use support::person::{Person, Start, line, list};
use support::process::Process;
use support::server::Server;
use support::{program, target_folder};

/// What servers of this kind listen on.
const USUAL_PORT: u16 = 6667;
const SCREEN: (u32, u32) = (1500, 760);
const LEFT: &str = "744x716+2+24";
const RIGHT: &str = "744x716+754+24";
const WINDOWS: usize = 2;
const NIGHT: &str = "theme = \"dark\"\n";

fn main() {
    if env::var_os("DISPLAY").is_some_and(|display| !display.is_empty()) {
        invite();
    } else {
        perform();
    }
}

/// Opens both windows on the display there is, and waits until they are closed.
fn invite() {
    let is_free = TcpListener::bind(("127.0.0.1", USUAL_PORT)).is_ok();
    let server = Server::start_on(if is_free { USUAL_PORT } else { 0 });
    let port = server.port().to_string();
    let folder = tempfile::tempdir().expect("there can be a temporary folder");
    let (over, is_over) = mpsc::channel();
    let open = |nick: &str, geometry: &str, settings: &str| {
        let config = folder.path().join(nick);
        std::fs::create_dir_all(&config).expect("there can be a folder for settings");
        std::fs::write(config.join("teahouse.toml"), settings).expect("settings can be written");
        let mut command = Command::new(program("teahouse"));
        command.args(["--server", "127.0.0.1", "--port", &port, "--nick", nick, "--connect"]);
        command.args(["--geometry", geometry, "--config"]).arg(config);
        let window = Process::start(&format!("{nick}'s window"), &mut command);
        window.tell_when_over(over.clone());
        window
    };
    let windows = [open("小明", LEFT, ""), open("Alice", RIGHT, NIGHT)];
    println!("Two windows are open, and the server listens on 127.0.0.1:{port}. Ctrl-C ends all three.");
    let mut signals = Signals::new([SIGINT, SIGTERM]).expect("signals can be caught");
    let interrupt = signals.handle();
    let interrupted = thread::spawn({
        let over = over.clone();
        move || {
            for _ in signals.forever() {
                for _ in 0..WINDOWS {
                    // The one who waits may be gone.
                    let _ = over.send(());
                }
            }
        }
    });
    for _ in 0..WINDOWS {
        is_over.recv().expect("each window says when it is over");
    }
    interrupt.close();
    interrupted.join().expect("nothing goes wrong while waiting for signals");
    drop(windows);
    server.stop();
}

/// Plays a short scene where nobody sees it, takes a picture, and looks at it.
fn perform() {
    let display = Display::start(SCREEN.0, SCREEN.1);
    let server = Server::start();
    let start =
        Start {
            nick: "小明", port: Some(server.port()), connect: true, geometry: LEFT, ..Start::default()
        };
    let mut ming = Person::open(&display, &start);
    ming.is_in_the_lobby();
    let mut alice =
        Person::open(&display, &Start { nick: "Alice", geometry: RIGHT, settings: NIGHT, ..start });
    alice.is_in_the_lobby();
    ming.reads("Alice");

    talk(&mut ming, &mut alice);
    let picture = display.look();
    let path = target_folder().join("demo.png");
    picture.save(&path);

    check_windows(&ming.sees(), &alice.sees());
    check_picture(&picture);
    for person in [&mut ming, &mut alice] {
        person.quits("再见");
        person.is_gone(support::PATIENCE);
    }
    server.stop();
    println!("The two windows talked; the picture is {}", shown(&path));
}

fn talk<'a>(ming: &mut Person<'a>, alice: &mut Person<'a>) {
    for (is_alice, text) in [
        (false, "大家好，欢迎来到茶馆！今天泡的是西湖龙井 🍵"),
        (true, "Hello 小明! It smells wonderful. Is there a cup left for me?"),
        (false, "当然有。这里中文 and English 都可以，随便聊。"),
        (false, "/topic 今天喝什么茶？"),
        (true, "谢谢！😀 那我先喝一杯，再接着写网络课的作业。"),
        (true, "One thread per connection, one lock, and the kettle is still warm."),
        (false, "/me 又给 Alice 倒了一杯茶"),
        (true, "明天还来，叫上 Bob 一起。"),
    ] {
        let (speaker, listener) =
            if is_alice { (&mut *alice, &mut *ming) } else { (&mut *ming, &mut *alice) };
        speaker.says(text);
        let words = text.split_once(' ').filter(|_| text.starts_with('/')).map_or(text, |(_, words)| words);
        if text.starts_with("/topic") {
            listener.waits_for("the topic", |seen| seen["topic"] == *words);
        } else {
            listener.reads(words);
        }
    }
    alice.says("/msg 小明 悄悄问一句：作业能借我看看吗？🙈");
    ming.waits_for("a private message", |seen| unread(seen, "Alice") == 1);
    alice.clicks("conversation 小明");
    alice.reads("作业能借我看看吗");
    alice.clicks("conversation #lobby");
    alice.waits_for("the lobby", |seen| seen["conversation"] == "#lobby");
    ming.goes_to("composer");
    ming.waits_for("a lobby that is read", |seen| unread(seen, "#lobby") == 0);
}

fn unread(seen: &Value, conversation: &str) -> u64 {
    let row = list(&seen["conversations"]).iter().find(|row| row["name"] == *conversation);
    row.and_then(|row| row["unread"].as_u64()).unwrap_or(0)
}

/// What is in the windows, as they say themselves.
fn check_windows(ming: &Value, alice: &Value) {
    for text in ["西湖龙井 🍵", "Is there a cup left", "😀", "倒了一杯茶"] {
        assert!(line(ming, text).is_some(), "{text:?} is not in 小明's window: {ming:#}");
    }
    for (seen, text) in [(ming, "悄悄"), (alice, "悄悄")] {
        assert!(line(seen, text).is_none(), "the private message is in the lobby: {seen:#}");
    }
    assert_eq!(unread(ming, "Alice"), 1, "the private message waits for 小明");
    assert_eq!(ming["footer"][0], "小明");
    assert_eq!(alice["footer"][0], "Alice");
}

/// What is in the picture: day on the left, night on the right, and neither of them blank.
fn check_picture(picture: &Picture) {
    let middle = picture.width / 2;
    for (side, from, to, page, accent) in [
        ("left", 0, middle, [0xff, 0xff, 0xff], [0x2f, 0x7d, 0x5b]),
        ("right", middle, picture.width, [0x1e, 0x20, 0x22], [0x4c, 0xaf, 0x83]),
    ] {
        let (ground, green) = (picture.share(from, to, page), picture.share(from, to, accent));
        assert!((0.2..0.9).contains(&ground), "the {side} half is {ground:.2} of its page's colour");
        assert!(green > 0.001, "the {side} half has no button: {green:.5}");
    }
}

/// A path as one would type it here.
fn shown(path: &std::path::Path) -> String {
    let here: PathBuf = env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
