//! Where the window stands, and how large it and everything in it is.

use std::time::Instant;

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::display::Display;
use crate::support::impostor::{Impostor, Line};
use crate::support::person::{Person, Start};

fn start<'a>(host: &Impostor, geometry: &'a str, settings: &'a str) -> Start<'a> {
    Start { geometry, settings, language: "en", ..host.invitation("ming") }
}

fn in_a_room<'a>(display: &'a Display, host: &Impostor, start: &Start<'a>) -> (Person<'a>, Line) {
    let mut ming = Person::open(display, start);
    let mut line = host.accept();
    comes_in(&mut ming, &mut line);
    (ming, line)
}

fn comes_in(ming: &mut Person<'_>, line: &mut Line) {
    line.sends(b":t 001 ming :hi\r\n:ming!m@h JOIN #tea\r\n:t 353 ming = #tea :ming alice\r\n:t 366 ming #tea :end\r\n");
    line.sends(b":alice!a@h PRIVMSG #tea :projected words\r\n");
    ming.waits_for("the room", |seen| seen["conversation"] == "#tea");
}

fn rect(seen: &Value, name: &str) -> [i64; 4] {
    ["x", "y", "w", "h"].map(|side| seen["controls"][name][side].as_i64().unwrap_or_default())
}

/// How large things are drawn: the height of a button, whatever the window's.
fn drawn(seen: &Value) -> i64 {
    rect(seen, "send")[3]
}

/// Waits until all of a window is on the screen, below what is at its upper edge: the window manager puts it there after
/// the window has its size.
#[track_caller]
fn comes_to_fit(display: &Display, id: u32, (width, height, top): (i32, i32, i32)) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let place @ [x, y, w, h] = display.framed_window(id);
        if x >= 0 && y >= top && x + w <= width && y + h <= height {
            return;
        }
        assert!(Instant::now() < deadline, "{place:?}");
    }
}

/// Zooms in until everything is larger, and in the end no more.
fn zooms_in(ming: &mut Person<'_>, times: usize) {
    for _ in 0..times {
        let before = drawn(&ming.sees());
        ming.presses("ctrl+equal");
        ming.waits_for("larger things", |seen| drawn(seen) > before);
    }
}

#[test]
fn on_a_laptop_what_grows_is_what_is_inside() {
    let (display, host) = (Display::start(1366, 768), Impostor::listen());
    let (mut ming, _line) = in_a_room(&display, &host, &start(&host, "", ""));
    let id = ming.window();
    let before = rect(&ming.sees(), "window");
    zooms_in(&mut ming, 3);
    let seen = ming.waits_for("the same window", |seen| {
        let now = rect(seen, "window");
        (now[2] - before[2]).abs() <= 2 && (now[3] - before[3]).abs() <= 2
    });
    comes_to_fit(&display, id, (1366, 768, 0));
    let [_, y, _, h] = rect(&seen, "composer");
    assert!(y + h <= 768, "the composer is on the screen");
    ming.says("large");
    display.picture("place-laptop-150");
    // Further than there is room for it does not go.
    for _ in 0..4 {
        ming.presses("ctrl+equal");
    }
    ming.says("larger");
    comes_to_fit(&display, id, (1366, 768, 0));
    display.picture("place-laptop-most");
    ming.presses("ctrl+0");
    ming.waits_for("the usual size", |seen| {
        let now = rect(seen, "window");
        drawn(seen) == 34 && (now[2] - before[2]).abs() <= 2 && (now[3] - before[3]).abs() <= 2
    });
}

#[test]
fn on_a_small_screen_the_window_is_as_large_as_the_screen() {
    let (display, host) = (Display::start(1024, 600), Impostor::listen());
    let _panel = display.panel(28);
    let (mut ming, _line) = in_a_room(&display, &host, &start(&host, "", "size = 250\n"));
    let id = ming.window();
    comes_to_fit(&display, id, (1024, 600, 28));
    ming.says("small");
    display.picture("place-small");
    ming.presses("ctrl+0");
    ming.waits_for("the usual size", |seen| drawn(seen) == 34);
    zooms_in(&mut ming, 2);
    comes_to_fit(&display, id, (1024, 600, 28));
}

#[test]
fn the_login_form_fits_there_too() {
    let display = Display::start(1024, 600);
    let start = Start { language: "en", settings: "size = 150\n", ..Start::default() };
    let mut ming = Person::open(&display, &start);
    let seen = ming.sees();
    let [_, y, _, h] = rect(&seen, "login");
    display.picture("place-login");
    assert!(y + h <= 600, "the button can be pressed");
    assert!(
        rect(&seen, "name")[1] >= rect(&seen, "shade")[1] + rect(&seen, "shade")[3],
        "and nothing hides a field"
    );
}

#[test]
fn size_and_place_are_there_the_next_time() {
    let (display, host) = (Display::start(1366, 768), Impostor::listen());
    let (mut ming, line) = in_a_room(&display, &host, &start(&host, "", "size = 125\n"));
    let id = ming.window().to_string();
    display.xdotool(&["windowsize", "--sync", &id, "820", "640"]);
    display.xdotool(&["windowmove", "--sync", &id, "200", "60"]);
    ming.waits_for("the window there", |seen| {
        let [x, y, w, h] = rect(seen, "window");
        (x - 200).abs() <= 4 && (y - 60).abs() <= 24 && (w - 820).abs() <= 1 && (h - 640).abs() <= 1
    });
    let before = rect(&ming.sees(), "window");
    ming.quits("");
    drop(line);
    let mut ming = ming.comes_back(&start(&host, "", ""));
    let mut line = host.accept();
    comes_in(&mut ming, &mut line);
    let after = ming.waits_for("the same place", |seen| {
        let after = rect(seen, "window");
        before.iter().zip(after).all(|(before, after)| (before - after).abs() <= 1)
    });
    // Maximised, it is so again, and goes back to where it was.
    let id = ming.window();
    display.maximize(id, true);
    ming.waits_for("a large window", |seen| rect(seen, "window")[2] > 1300);
    zooms_in(&mut ming, 1);
    ming.waits_for("a large window still", |seen| rect(seen, "window")[2] > 1300);
    ming.quits("");
    drop(line);
    let mut ming = ming.comes_back(&start(&host, "", ""));
    let mut line = host.accept();
    comes_in(&mut ming, &mut line);
    ming.waits_for("a large window again", |seen| rect(seen, "window")[2] > 1300);
    let id = ming.window();
    display.maximize(id, false);
    ming.waits_for("the place before", |seen| {
        let now = rect(seen, "window");
        now.iter().zip(rect(&after, "window")).all(|(now, before)| (now - before).abs() <= 3)
    });
    ming.quits("");
    assert!(ming.is_gone(PATIENCE).0.success());
}

#[test]
fn a_window_of_a_screen_that_is_gone_comes_back_where_it_can_be_seen() {
    let (display, host) = (Display::start(1024, 600), Impostor::listen());
    let settings = "[window]\nwidth = 1800\nheight = 1000\nx = 2500\ny = 300\n";
    let (mut ming, _line) = in_a_room(&display, &host, &start(&host, "", settings));
    let id = ming.window();
    ming.says("here");
    comes_to_fit(&display, id, (1024, 600, 0));
}
