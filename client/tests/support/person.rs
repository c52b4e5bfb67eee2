//! Somebody at a window: reads it through its probe, uses it with mouse and keyboard.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use super::display::Display;
use super::process::Process;
use super::{PATIENCE, program};

/// What a window starts with.
#[derive(Clone, Debug, Default)]
pub struct Start<'a> {
    /// `--nick`
    pub nick: &'a str,
    /// `--port`
    pub port: Option<u16>,
    /// An `irc://` address to go to.
    pub url: &'a str,
    /// `--connect`
    pub connect: bool,
    /// `--lang`; 中文 if empty.
    pub language: &'a str,
    /// `--geometry`; leaves it to the window if empty.
    pub geometry: &'a str,
    /// What stands in the settings file.
    pub settings: &'a str,
    /// The folder for `--config`, below the one that is made for it; that one itself if empty.
    pub config: &'a str,
    /// More of the environment.
    pub environment: &'a [(&'static str, String)],
}

/// A window and whoever sits at it.
pub struct Person<'a> {
    display: &'a Display,
    name: String,
    process: Process,
    probe: BufReader<UnixStream>,
    /// Holds the settings and the probe's socket.
    folder: Rc<TempDir>,
}

impl<'a> Person<'a> {
    /// Opens a window.
    pub fn open(display: &'a Display, start: &Start<'_>) -> Self {
        let folder = tempfile::tempdir().expect("there can be a temporary folder");
        if !start.settings.is_empty() {
            std::fs::write(folder.path().join("teahouse.toml"), start.settings)
                .expect("settings can be written");
        }
        Self::open_in(display, start, Rc::new(folder))
    }

    /// Opens one more window with the same settings' folder.
    pub fn opens_another(&self, start: &Start<'_>) -> Self {
        Self::open_in(self.display, start, Rc::clone(&self.folder))
    }

    /// Opens a window once more where everything is as this one has left it; it has been closed.
    pub fn comes_back(mut self, start: &Start<'_>) -> Self {
        self.is_gone(PATIENCE);
        Self::open_in(self.display, start, self.folder)
    }

    /// Opens a window with this folder for its settings.
    pub fn open_in(display: &'a Display, start: &Start<'_>, folder: Rc<TempDir>) -> Self {
        let sockets = (0..).map(|number| folder.path().join(format!("probe-{number}")));
        let socket = sockets.into_iter().find(|path| !path.exists()).expect("one of them is free");
        let path = without_a_browser(folder.path());
        let mut command = Command::new(program("teahouse"));
        command
            .env("DISPLAY", display.name())
            .env("TEAHOUSE_PROBE", &socket)
            .env("PATH", path)
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "Asia/Shanghai")
            .env_remove("XMODIFIERS")
            // No test looks into the keyring of whoever runs it.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .arg("--config")
            .arg(folder.path().join(start.config))
            .args(["--lang", if start.language.is_empty() { "zh" } else { start.language }]);
        if !start.nick.is_empty() {
            command.args(["--nick", start.nick]);
        }
        if let Some(port) = start.port {
            command.args(["--server", "127.0.0.1", "--port", &port.to_string()]);
        }
        if start.connect {
            command.arg("--connect");
        }
        if !start.url.is_empty() {
            command.arg(start.url);
        }
        if !start.geometry.is_empty() {
            command.args(["--geometry", start.geometry]);
        }
        let name = if start.nick.is_empty() { "somebody" } else { start.nick }.to_owned();
        let process = Process::start(&format!("{name}'s window"), &mut command);
        process.wait_for_line(&["probe: listening"]);
        let stream = UnixStream::connect(&socket).expect("the probe listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
        let mut person = Self { display, name, process, probe: BufReader::new(stream), folder };
        // Only then has the window manager put it where it stays.
        person.waits_for("the window in front", |seen| seen["focus"] != "");
        person
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.folder.path().join("teahouse.toml")
    }

    /// What the window shows now.
    #[track_caller]
    pub fn sees(&mut self) -> Value {
        self.ask("now").unwrap_or_else(|error| panic!("{}'s window does not answer: {error}", self.name))
    }

    /// Waits until the window shows what `is_it` looks for; `what` says what that is.
    #[track_caller]
    pub fn waits_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        self.sees_within(PATIENCE, is_it).unwrap_or_else(|seen| {
            let picture = self.display.picture(&format!("failed-{}", self.process.id()));
            panic!("{} waited for {what} in vain (see {}) and sees {seen:#}", self.name, picture.display());
        })
    }

    /// Gives what the window shows once it is what `is_it` looks for, or else what it shows after this time.
    #[track_caller]
    pub fn sees_within(
        &mut self,
        patience: Duration,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value, Value> {
        let deadline = Instant::now() + patience;
        let mut seen = self.sees();
        while !is_it(&seen) {
            match if Instant::now() < deadline { self.ask("change").ok() } else { None } {
                Some(next) => seen = next,
                None => return Err(seen),
            }
        }
        Ok(seen)
    }

    /// Waits until a line with this text stands in the transcript, and gives that line.
    #[track_caller]
    pub fn reads(&mut self, text: &str) -> Value {
        let seen = self.waits_for(&format!("{text:?} in the transcript"), |seen| line(seen, text).is_some());
        line(&seen, text).expect("it was there").clone()
    }

    /// Waits until the chat is open and its rooms are there.
    #[track_caller]
    pub fn is_in_the_lobby(&mut self) {
        let name = self.name.clone();
        self.waits_for("the lobby", |seen| {
            seen["view"] == "chat" && list(&seen["members"]).iter().any(|member| member["name"] == *name)
        });
    }

    /// Clicks the control with this name.
    #[track_caller]
    pub fn clicks(&mut self, control: &str) {
        self.press(control, 1, &["click", "1"]);
    }

    /// Clicks it twice.
    #[track_caller]
    pub fn double_clicks(&mut self, control: &str) {
        self.press(control, 2, &["click", "--repeat", "2", "--delay", "60", "1"]);
    }

    /// Clicks it with the right button.
    #[track_caller]
    pub fn right_clicks(&mut self, control: &str) {
        self.press(control, 1, &["click", "3"]);
    }

    #[track_caller]
    fn press(&mut self, control: &str, times: u64, buttons: &[&str]) {
        let seen = self.waits_for(control, |seen| seen["controls"][control].is_object());
        let (x, y) = middle(&seen["controls"][control]);
        self.display.xdotool(&[&["mousemove", &x.to_string(), &y.to_string()], buttons].concat());
        // The window manager holds a click back until it has looked at it, and lets keys pass meanwhile.
        let clicks = |seen: &Value| seen["clicks"].as_u64().expect("clicks are counted");
        let (deadline, enough) = (Instant::now() + PATIENCE, clicks(&seen) + times);
        // A window that was closed with it does not answer any more.
        while let Ok(seen) = self.ask("change") {
            if clicks(&seen) >= enough {
                break;
            }
            assert!(Instant::now() < deadline, "{}'s window does not notice a click on {control}", self.name);
        }
    }

    /// Where the control with this name is: x, y, width and height.
    #[track_caller]
    pub fn place_of(&mut self, control: &str) -> [i64; 4] {
        let seen = self.waits_for(control, |seen| seen["controls"][control].is_object());
        ["x", "y", "w", "h"].map(|side| seen["controls"][control][side].as_i64().expect("a number"))
    }

    /// Clicks into a control until it has the keyboard.
    #[track_caller]
    pub fn goes_to(&mut self, control: &str) {
        if self.sees()["focus"] != control {
            self.clicks(control);
            self.waits_for(&format!("the focus in {control}"), |seen| seen["focus"] == control);
        }
    }

    /// Types into whatever has the keyboard.
    #[track_caller]
    pub fn types(&self, text: &str) {
        self.display.types(text);
    }

    /// Has the window find all at once what is done meanwhile.
    pub fn is_held_up(&mut self, does: impl FnOnce(&mut Self)) {
        self.process.send(Signal::STOP);
        does(self);
        self.process.send(Signal::CONT);
    }

    /// Presses a key, as `Return` or `ctrl+c`.
    #[track_caller]
    pub fn presses(&self, key: &str) {
        self.display.xdotool(&["key", key]);
    }

    /// Writes into a field of the form in place of what stands there.
    #[track_caller]
    pub fn fills_in(&mut self, field: &str, text: &str) {
        self.goes_to(field);
        self.presses("ctrl+a");
        self.presses("BackSpace");
        self.waits_for("an empty field", |seen| seen["fields"][field] == "");
        if !text.is_empty() {
            self.types(text);
        }
        let shown = shown(field, text);
        self.waits_for(&format!("{text:?} in {field}"), |seen| seen["fields"][field] == *shown);
    }

    /// Writes something into the composer and sends it with Enter.
    #[track_caller]
    pub fn says(&mut self, text: &str) {
        self.goes_to("composer");
        self.types(text);
        self.waits_for(&format!("{text:?} in the composer"), |seen| seen["composer"] == *text);
        self.presses("Return");
        self.waits_for("an empty composer", |seen| seen["composer"] == "");
    }

    /// The window's number on the display.
    #[track_caller]
    pub fn window(&mut self) -> u32 {
        let id = self.sees()["window_id"].as_u64().and_then(|id| u32::try_from(id).ok());
        id.expect("a window has a number")
    }

    /// Closes the window as the button in its title bar does.
    #[track_caller]
    pub fn closes_the_window(&mut self) {
        let id = self.window();
        self.display.close_window(id);
    }

    /// Leaves with `/quit`.
    #[track_caller]
    pub fn quits(&mut self, farewell: &str) {
        self.goes_to("composer");
        let text = format!("/quit {farewell}");
        self.types(&text);
        self.waits_for("the command", |seen| seen["composer"] == *text);
        self.presses("Return");
    }

    /// Sends the program a signal.
    pub fn is_sent(&self, signal: Signal) {
        self.process.send(signal);
    }

    /// Waits for the end of the program, and says how it ended and how long that took.
    #[track_caller]
    pub fn is_gone(&mut self, patience: Duration) -> (ExitStatus, Duration) {
        self.process.wait_for_end(patience)
    }

    /// Whether the program has ended.
    pub fn has_gone(&mut self) -> bool {
        self.process.has_ended()
    }

    fn ask(&mut self, question: &str) -> std::io::Result<Value> {
        self.probe.get_mut().write_all(format!("{question}\n").as_bytes())?;
        let mut answer = String::new();
        if self.probe.read_line(&mut answer)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

/// A search path on which the program that opens addresses does nothing: a test is to open no browser.
fn without_a_browser(folder: &Path) -> OsString {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).expect("there can be a folder for programs");
    let program = bin.join("xdg-open");
    std::fs::write(&program, "#!/bin/sh\n").expect("a script can be written");
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a script can be made one");
    let mut path = OsString::from(bin);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// What is seen of a text in a field: of a password, only dots.
pub fn shown(field: &str, text: &str) -> String {
    if field.ends_with("password") { "•".repeat(text.chars().count()) } else { text.to_owned() }
}

/// The elements of a list, or none.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The line of the transcript in view that has this text in it.
pub fn line<'s>(seen: &'s Value, text: &str) -> Option<&'s Value> {
    list(&seen["lines"]).iter().find(|line| line["text"].as_str().is_some_and(|words| words.contains(text)))
}

fn middle(rect: &Value) -> (i64, i64) {
    let side = |side: &str| rect[side].as_i64().expect("a rectangle has numbers");
    (side("x") + side("w") / 2, side("y") + side("h") / 2)
}
