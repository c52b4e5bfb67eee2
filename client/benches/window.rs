//! `cargo bench -p teahouse`: how fast the window is with very much in it.
//!
//! Two things are measured, both as a person would have them: 100,000 messages in Chinese, English and emoji, as the
//! model keeps them and the transcript draws them; and the whole program while 20,000 lines come in at once, by how
//! long it takes to answer its probe, which it does once a turn with everything drawn.
//! It runs on a display of its own that has no screen, so that nobody's window is in the way.

#[path = "../tests/support/mod.rs"]
mod support;

use std::env;
use std::fs;
use std::ops::Range;
use std::process::{Command, ExitCode};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use fltk::app::{self, App};
use fltk::prelude::*;
use fltk::window::DoubleWindow;
use support::display::Display;
use support::impostor::Impostor;
use support::person::{Person, Start, line};
use teahouse::config::profile::Profile;
use teahouse::config::settings::{Density, Shade};
use teahouse::event::Reader;
use teahouse::model::{Effect, Model, NetworkId};
use teahouse::text::i18n::Language;
use teahouse::ui::look::paint::Rect;
use teahouse::ui::look::theme::{self, Theme};
use teahouse::ui::overlays::picker::Picker;
use teahouse::ui::views::transcript::{Show, Transcript};
use teahouse::ui::{UiContext, presenter};
use teahouse_protocol::Message;

/// With this the program measures the transcript on the display that it finds.
const TRANSCRIPT: &str = "--transcript";
/// A conversation keeps 10,000 lines, so this many of them have 100,000.
const ROOMS: u64 = 10;
const LINES_A_ROOM: u64 = 10_000;
/// How often each thing is done.
const TIMES: usize = 200;
/// How many lines come in at once.
const FLOOD: usize = 20_000;
const SIZE: (i32, i32) = (820, 640);
/// What people say, over and over.
const TALK: [&str; 8] = [
    "今天的龙井怎么样？我觉得比上周的好一些，香气更足。",
    "Good morning! Did anybody try the new oolong? I had two cups of it and could not sleep.",
    "😀👍🏽 太好了",
    "明天下午三点在茶馆见，记得带上那本书，还有上次说的茶叶样品，别忘了，大家都等着呢。",
    "ok",
    "The kettle is on: 水开了 🍵 come in, everybody, there is room for ten more at the long table by the window.",
    "https://example.com/tea?kind=green&year=2026",
    "哈哈哈哈",
];

fn main() -> ExitCode {
    if env::args().any(|argument| argument == TRANSCRIPT) {
        return measure_transcript();
    }
    let display = Display::start(1280, 900);
    let me = env::current_exe().expect("a running program has a path");
    let status =
        Command::new(me).arg(TRANSCRIPT).env("DISPLAY", display.name()).env("LC_ALL", "C.UTF-8").status();
    let transcript_is_fine = status.is_ok_and(|status| status.success());
    let flood_is_fine = measure_flood(&display);
    if transcript_is_fine && flood_is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

// --- The transcript --------------------------------------------------------------------------------------------------

fn measure_transcript() -> ExitCode {
    let _app = App::default();
    if let Some(best) = theme::find_fonts().first() {
        theme::use_face(best);
    }
    let before = resident_mib("self");
    let mut house = House::open();
    for number in 0..ROOMS * LINES_A_ROOM {
        house.hear(number);
    }
    let kept = resident_mib("self") - before;
    let mut is_fine = judge("100,000 messages in the model", kept, 50.0, "MiB");

    let mut window = DoubleWindow::new(0, 0, SIZE.0, SIZE.1, "bench");
    let ui = Rc::new(UiContext::new(Theme::new(Shade::Light, Density::Cozy)));
    let model = Rc::new(house.model);
    let item_at = {
        let model = Rc::clone(&model);
        move |number| {
            let network = model.networks().next().expect("it is there");
            let room = network.find(&room_name(number / LINES_A_ROOM % ROOMS)).expect("it is one of ours");
            let first = room.range().0.number();
            let number = first + number % LINES_A_ROOM;
            let line = room.line_numbered(number).expect("each room has its lines");
            presenter::item(&model, room, line, number)
        }
    };
    let transcript = Transcript::new(&ui, Rc::new(item_at), Picker::new(&ui));
    window.end();
    window.show();
    transcript.place(whole(SIZE));
    let conversation = model.current().expect("a room is in front").id();
    let show = |items: Range<u64>| {
        transcript.show(&Show { conversation, items, first_new: None, changed: &[] });
    };
    let draw = || {
        transcript.widget().clone().redraw();
        app::flush();
        app::check();
    };
    let all = ROOMS * LINES_A_ROOM;
    show(0..all);
    while !window.shown() || app::wait_for(0.05).is_ok_and(|more| more) {}
    draw();

    let mut end = all;
    is_fine &= report("append one and repaint", 4.0, || {
        end += 1;
        show(0..end);
        draw();
    });
    is_fine &= report("scroll by a page", 5.0, || {
        transcript.scroll_pages(-1);
        draw();
    });
    let mut narrow = false;
    is_fine &= report("another width", 5.0, || {
        narrow = !narrow;
        transcript.place(whole((if narrow { SIZE.0 - 140 } else { SIZE.0 }, SIZE.1)));
        draw();
    });
    transcript.scroll_to_bottom();
    is_fine &= report("another width, at the bottom", 5.0, || {
        narrow = !narrow;
        transcript.place(whole((if narrow { SIZE.0 - 140 } else { SIZE.0 }, SIZE.1)));
        draw();
    });
    println!("{:<44} {:.2} MiB", "with fonts and all that was drawn", resident_mib("self") - before);
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn whole((w, h): (i32, i32)) -> Rect {
    Rect { x: 0, y: 0, w, h }
}

fn room_name(room: u64) -> String {
    format!("#r{room}")
}

/// A model with ten rooms, and the server that fills them.
struct House {
    model: Model,
    network: NetworkId,
    events: Reader,
}

impl House {
    fn open() -> Self {
        let profile = Profile { nick: "ming".into(), server: "tea.house".into(), ..Profile::default() };
        let mut model = Model::new(Language::Chinese, profile);
        model.log_in(model.login().form().clone());
        let effects = model.take_effects();
        let network = effects.iter().find_map(|effect| match effect {
            Effect::Connect(network, _) => Some(*network),
            _ => None,
        });
        let network = network.expect("it connects");
        let mut house = Self { model, network, events: Reader::default() };
        house.play(":tea.house 001 ming :Welcome");
        house.play(":tea.house 422 ming :No message of the day");
        for room in 0..ROOMS {
            house.play(&format!(":ming!~ming@tea JOIN {}", room_name(room)));
        }
        house
    }

    fn hear(&mut self, number: u64) {
        let (room, text) = (room_name(number / LINES_A_ROOM), TALK[number as usize % TALK.len()]);
        self.play(&format!(":p{}!~p@tea PRIVMSG {room} :{text} {number}", number / 3 % 20));
    }

    fn play(&mut self, line: &str) {
        let message = Message::parse(line).expect("it is a message");
        if let Some(event) = self.events.read(&message) {
            self.model.apply(self.network, event);
        }
    }
}

// --- The whole program -----------------------------------------------------------------------------------------------

fn measure_flood(display: &Display) -> bool {
    let host = Impostor::listen();
    let start = Start { geometry: "1080x720+2+22", ..host.invitation("ming") };
    let mut ming = Person::open(display, &start);
    let mut server = host.accept();
    server.reads("USER ");
    server.sends(
        b":tea.house 001 ming :Welcome\r\n:tea.house 422 ming :No message of the day\r\n\
          :ming!~ming@tea JOIN #r\r\n:tea.house 353 ming = #r :ming\r\n:tea.house 366 ming #r :End\r\n\
          :p!~p@tea PRIVMSG #r :first\r\n",
    );
    ming.reads("first");
    let mut lines = String::new();
    for number in 0..FLOOD {
        let text = TALK[number % TALK.len()];
        lines += &format!(":p{}!~p@tea PRIVMSG #r :{text} {number}\r\n", number % 20);
    }
    lines += ":p!~p@tea PRIVMSG #r :last of all\r\n";
    let sender = thread::spawn(move || {
        server.sends(lines.as_bytes());
        server
    });
    let began = Instant::now();
    let mut worst = Duration::ZERO;
    loop {
        let asked = Instant::now();
        let seen = ming.sees();
        worst = worst.max(asked.elapsed());
        if line(&seen, "last of all").is_some() {
            break;
        }
        assert!(began.elapsed() < support::PATIENCE, "the flood has come through");
    }
    let took = began.elapsed();
    // Only now may the server hang up.
    let _server = sender.join().expect("the server does not panic");
    println!("{:<44} {:.2} s", "20,000 lines at once, until the last is drawn", took.as_secs_f64());
    judge("worst answer of the window meanwhile", worst.as_secs_f64() * 1e3, 100.0, "ms")
}

// --- Figures ---------------------------------------------------------------------------------------------------------

/// Does something many times, and says how long it took: half of the times, 99 of 100 times, at worst. The first is
/// compared with the goal.
fn report(what: &str, goal_millis: f64, mut once: impl FnMut()) -> bool {
    let mut times: Vec<_> = (0..TIMES)
        .map(|_| {
            let began = Instant::now();
            once();
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let [half, most, worst] = [TIMES / 2, TIMES * 99 / 100, TIMES - 1].map(|place| times[place]);
    let is_fine = judge(what, half, goal_millis, "ms");
    println!("{:<44} {most:.2} ms, {worst:.2} ms", "  p99, worst");
    is_fine
}

/// Prints a figure beside its goal; says whether it is reached.
fn judge(what: &str, value: f64, goal: f64, unit: &str) -> bool {
    let is_fine = value <= goal;
    println!("{what:<44} {value:.2} {unit}  ≤ {goal} {}", if is_fine { '✓' } else { '✗' });
    is_fine
}

/// The resident memory of a process; nothing where the system does not say.
fn resident_mib(process: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.trim().parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
