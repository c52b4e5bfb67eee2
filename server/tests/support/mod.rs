//! Transcripts: a text file that is the test, the example and the documentation.
//!
//! ```text
//! # What this shows.
//! config password sesame        a key of the configuration, before anybody comes; a list has several words
//! login alice bob               they come, log in, and their welcome is not shown
//! alice> PRIVMSG bob :hi        alice sends a line …
//! bob< :alice!~alice@127.0.0.1 PRIVMSG bob :hi      … and this is everything that anybody gets
//! hangup alice                  her connection ends without a word
//! ```
//!
//! What somebody gets after a step stands below it, by person in the order in which they came. `(closed)` is the end
//! of a connection; times are `<time>`. The names of messages are `<id1>`, `<id2>` and so on, as they are first seen; in
//! what somebody sends they stand for the real ones.

pub mod memory;
#[allow(dead_code, reason = "each test program uses its own part")]
pub mod peer;
pub mod tcp;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use teahouse_server::Config;

/// Where a transcript can be played.
pub trait Stage {
    /// Lets somebody connect.
    fn connect(&mut self, name: &str);
    /// Sends a line.
    fn send(&mut self, name: &str, line: &str);
    /// Ends somebody's connection without a word.
    fn hang_up(&mut self, name: &str);
    /// Everything that has come for everybody since the last call: who, and the line.
    fn received(&mut self) -> Vec<(String, String)>;
}

/// The folder of the transcripts.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

/// Plays a transcript and compares what comes with what stands in the file. With `UPDATE_EXPECT=1` the file is
/// written anew instead; read the difference as a reviewer would.
#[track_caller]
pub fn play<S: Stage>(name: &str, open: impl FnOnce(Config) -> S) {
    let path = folder().join(format!("{name}.txt"));
    let expected = fs::read_to_string(&path).expect("the transcript is there");
    let listen = vec!["127.0.0.1:0".parse().unwrap()];
    let mut config = Config { listen, cloak: false, flood_protection: false, ..Config::default() };
    let mut steps = expected.lines().filter(|line| !is_received(line)).peekable();
    let mut played = String::new();
    let mut keep = |line: &str| {
        played.push_str(line);
        played.push('\n');
    };
    while let Some(line) =
        steps.next_if(|line| line.is_empty() || line.starts_with('#') || line.starts_with("config"))
    {
        if let Some(setting) = line.strip_prefix("config ") {
            let (key, value) = setting.split_once(' ').unwrap_or((setting, ""));
            let value = value.replace("FOLDER", &folder().display().to_string());
            let values: Vec<_> = value.split(' ').collect();
            config.set_flag(key, &values).expect("a key of the configuration").expect("a value for it");
        }
        keep(line);
    }
    let mut stage = open(config);
    let mut people: Vec<String> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for step in steps {
        keep(step);
        if let Some(names) = step.strip_prefix("login ") {
            for name in names.split(' ') {
                people.push(name.to_owned());
                stage.connect(name);
                stage.send(name, &format!("NICK {name}"));
                stage.send(name, &format!("USER {name} 0 * :{name}"));
            }
            stage.received();
        } else if let Some(name) = step.strip_prefix("hangup ") {
            stage.hang_up(name);
        } else if let Some((name, line)) = step.split_once("> ") {
            if !people.iter().any(|person| person == name) {
                people.push(name.to_owned());
                stage.connect(name);
            }
            let mut line = line.replace("<512>", &"x".repeat(512));
            for (number, id) in (1..).zip(&ids) {
                line = line.replace(&format!("<id{number}>"), id);
            }
            stage.send(name, &line);
        } else {
            assert!(step.is_empty() || step.starts_with('#'), "not a step of a transcript: {step}");
            continue;
        }
        for (name, line) in stage.received() {
            keep(&format!("{name}< {}", without_times(&line, &mut ids)));
        }
    }
    if env::var_os("UPDATE_EXPECT").is_some() {
        // The other stage may be reading it just now, so it is there whole at any time.
        let written = path.with_extension(format!("{:?}", std::thread::current().id()));
        fs::write(&written, &played).expect("the transcript can be written");
        fs::rename(&written, &path).expect("and put in the place of the old one");
        return;
    }
    for (number, (expected, played)) in (1..).zip(lines_and_end(&expected).zip(lines_and_end(&played))) {
        assert_eq!(
            played, expected,
            "{name}.txt line {number}: came, and was expected; UPDATE_EXPECT=1 rewrites it"
        );
        if expected == "(end)" {
            break;
        }
    }
}

fn lines_and_end(text: &str) -> impl Iterator<Item = &str> {
    text.lines().chain(std::iter::repeat("(end)"))
}

fn is_received(line: &str) -> bool {
    line.split_once("< ").is_some_and(|(name, _)| !name.is_empty() && !name.contains([' ', '>', '#']))
}

/// The line with what differs from run to run replaced: `<time>` for seconds since 1970, dates and times of day,
/// `<id>` for the names of batches, and with a number for those of messages.
fn without_times(line: &str, ids: &mut Vec<String>) -> String {
    // Compared by shape: every digit as 0.
    let shape = |word: &str| word.replace(|c: char| c.is_ascii_digit(), "0");
    let mut after_batch = false;
    let words = line.split(' ').map(|word| {
        let is_batch = std::mem::replace(&mut after_batch, word == "BATCH");
        match shape(word.trim_start_matches(':')).as_str() {
            "0000000000" | "0000-00-00" | "00:00:00" | "0:00:00" | "0000-00-00T00:00:00.000Z" => {
                "<time>".to_owned()
            }
            "timestamp=0000-00-00T00:00:00.000Z" => "timestamp=<time>".to_owned(),
            _ if is_batch && word.starts_with(['+', '-']) => format!("{}<id>", &word[..1]),
            _ if word.starts_with('@') => without_ids(word, ids),
            _ if ids.iter().any(|id| id == word) => numbered(word, ids),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_ids(tags: &str, ids: &mut Vec<String>) -> String {
    let tags = tags.split(';').map(|tag| match tag.split_once('=') {
        Some((key, _)) if key.ends_with("time") => format!("{key}=<time>"),
        Some((key, id)) if key.ends_with("msgid") => format!("{key}={}", numbered(id, ids)),
        Some((key, _)) if key.ends_with("batch") => format!("{key}=<id>"),
        _ => tag.to_owned(),
    });
    tags.collect::<Vec<_>>().join(";")
}

/// `<id1>` for the first message that anybody has seen, and so on.
fn numbered(id: &str, ids: &mut Vec<String>) -> String {
    let index = ids.iter().position(|known| known == id).unwrap_or_else(|| {
        ids.push(id.to_owned());
        ids.len() - 1
    });
    format!("<id{}>", index + 1)
}
