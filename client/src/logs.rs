//! What was said, kept on disk: a file for each conversation, read back when the conversation is opened again.
//!
//! The files are plain text, a line for each message, in the folder `logs` beside the settings:
//! `logs/tea.house/#茶馆.log`.
//!
//! ```text
//! 2026-03-01T09:01:00.250Z <alice> 你好
//! 2026-03-01T09:01:07.5Z * alice pours tea
//! ```
//!
//! A message of several lines goes on in lines that begin with a tabulator. Beside the file, `#茶馆.read` says up to when
//! it was read.
//!
//! Writing is the business of a thread of its own, so that a slow disk never makes the window wait. Reading is done at
//! once, but no more than the end of a file. Words that are taken back while we are there are taken out of the file, too:
//! a message without words is one that was taken back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use jiff::Timestamp;

use crate::event::Manner;
use crate::settings;

/// The folder's name in that of the settings.
const FOLDER_NAME: &str = "logs";

/// How many messages are read back.
pub const MAX_RECALLED: usize = 200;

/// How much of a file is read at first, if not very much is wanted, and how much at the most.
const FIRST_READ_BYTES: u64 = 256 * 1024;
const MAX_READ_BYTES: u64 = 16 * 1024 * 1024;

/// With what a line begins that belongs to the message before it. No message has one in it.
const GOES_ON: char = '\t';

/// How many messages may wait for the disk. More than that are not written down.
const MAX_WAITING: usize = 16 * 1024;

/// The longest name of a file, with some air for its extension.
const MAX_NAME_BYTES: usize = 200;

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was said.
    pub at: Timestamp,
    /// By whom.
    pub from: String,
    /// How.
    pub manner: Manner,
    /// The words.
    pub text: String,
}

/// The logs of one person. Clones are the same; with the last of them the thread that writes ends.
#[derive(Clone, Debug)]
pub struct Logs {
    folder: PathBuf,
    writer: Arc<Writer>,
}

/// What the thread is to do.
#[derive(Debug)]
enum Job {
    /// Write a line at the end of a file.
    Append(PathBuf, String),
    /// Write a file anew.
    Replace(PathBuf, String),
    /// Write some lines of a file anew, where they stand last.
    Exchange(PathBuf, String, String),
}

#[derive(Debug)]
struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Logs {
    /// The logs beside the settings in this folder.
    ///
    /// # Errors
    /// When there can be no thread to write them.
    pub fn beside(settings: &Path) -> io::Result<Self> {
        let (jobs, waiting) = bounded(MAX_WAITING);
        let thread = thread::Builder::new().name("logs".to_owned()).spawn(move || write_down(&waiting))?;
        let writer = Arc::new(Writer { jobs: Some(jobs), thread: Some(thread) });
        Ok(Self { folder: settings.join(FOLDER_NAME), writer })
    }

    /// Writes a message down, soon.
    pub fn keep(&self, network: &str, conversation: &str, entry: &Entry) {
        let path = self.path(network, conversation, "log");
        if !self.give(Job::Append(path, format!("{entry}\n"))) {
            log::warn!("the disk is too slow; a message was not written down");
        }
    }

    /// Takes the words of a message out, soon.
    pub fn take_back(&self, network: &str, conversation: &str, entry: &Entry) {
        let path = self.path(network, conversation, "log");
        let empty = Entry { text: String::new(), ..entry.clone() };
        if !self.give(Job::Exchange(path, format!("{entry}\n"), format!("{empty}\n"))) {
            log::warn!("the disk is too slow; words that were taken back still stand in the log");
        }
    }

    /// Writes down, soon, up to when a conversation was read.
    pub fn keep_read(&self, network: &str, conversation: &str, until: Timestamp) {
        let path = self.path(network, conversation, "read");
        if !self.give(Job::Replace(path, format!("{until}\n"))) {
            log::warn!("the disk is too slow; how far a conversation was read was not written down");
        }
    }

    fn give(&self, job: Job) -> bool {
        self.writer.jobs.as_ref().is_none_or(|jobs| jobs.try_send(job).is_ok())
    }

    /// Up to when a conversation was read; nothing if it never was.
    pub fn read_until(&self, network: &str, conversation: &str) -> Option<Timestamp> {
        let text = fs::read_to_string(self.path(network, conversation, "read")).ok()?;
        text.trim_end().parse().ok()
    }

    /// The last messages of a conversation, or the last before a time: at most so many, the oldest first. What cannot
    /// be read is as if it had not been written.
    pub fn recall(
        &self,
        network: &str,
        conversation: &str,
        before: Option<Timestamp>,
        most: usize,
    ) -> Vec<Entry> {
        let path = self.path(network, conversation, "log");
        let mut bytes = if most > MAX_RECALLED { MAX_READ_BYTES } else { FIRST_READ_BYTES };
        loop {
            let (text, is_all) = match read_end(&path, bytes) {
                Ok(read) => read,
                Err(error) => {
                    if error.kind() != io::ErrorKind::NotFound {
                        log::warn!("{} cannot be read: {error}", path.display());
                    }
                    return Vec::new();
                }
            };
            let mut entries = read_entries(&text);
            entries.retain(|entry| before.is_none_or(|before| entry.at < before));
            if is_all || bytes >= MAX_READ_BYTES || entries.len() >= most {
                return entries.split_off(entries.len().saturating_sub(most));
            }
            bytes *= 4;
        }
    }

    fn path(&self, network: &str, conversation: &str, extension: &str) -> PathBuf {
        self.folder.join(file_name(network)).join(format!("{}.{extension}", file_name(conversation)))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread ends when it has written what was given to it.
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::error!("the thread of the logs panicked");
        }
    }
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let (at, rest) = line.split_once(' ')?;
        let (manner, from, text) = if let Some(rest) = rest.strip_prefix("* ") {
            let (from, text) = rest.split_once(' ')?;
            (Manner::Action, from, text)
        } else if let Some(rest) = rest.strip_prefix('<') {
            let (from, text) = rest.split_once("> ")?;
            (Manner::Message, from, text)
        } else {
            let (from, text) = rest.strip_prefix('-')?.split_once("- ")?;
            (Manner::Notice, from, text)
        };
        Some(Self { at: at.parse().ok()?, from: from.to_owned(), manner, text: text.to_owned() })
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { at, from, manner, .. } = self;
        let text = self.text.replace('\n', "\n\t");
        match manner {
            Manner::Message => write!(f, "{at} <{from}> {text}"),
            Manner::Action => write!(f, "{at} * {from} {text}"),
            Manner::Notice => write!(f, "{at} -{from}- {text}"),
        }
    }
}

/// The writer's whole life. A file is opened for each message: somebody may move it away at any time.
fn write_down(jobs: &Receiver<Job>) {
    let mut is_well = true;
    for job in jobs {
        let (path, written) = match job {
            Job::Append(path, line) => {
                let written = append(&path, &line);
                (path, written)
            }
            Job::Replace(path, text) => {
                let written = settings::replace(&path, &text);
                (path, written)
            }
            Job::Exchange(path, lines, others) => {
                let written = exchange(&path, &lines, &others);
                (path, written)
            }
        };
        if let Err(error) = &written
            && is_well
        {
            log::warn!("{} cannot be written: {error}", path.display());
        }
        // Said once for a full disk, and again for the next one.
        is_well = written.is_ok();
    }
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            options.open(path)?
        }
        opened => opened?,
    };
    file.write_all(line.as_bytes())
}

/// Puts other lines into a file in place of these, where they stand last.
fn exchange(path: &Path, lines: &str, others: &str) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let is_line = |at: &usize| *at == 0 || text[..*at].ends_with('\n');
    match text.rmatch_indices(lines).map(|(at, _)| at).find(is_line) {
        Some(at) => settings::replace(path, &format!("{}{others}{}", &text[..at], &text[at + lines.len()..])),
        None => Ok(()),
    }
}

/// The messages in the text of a log, the oldest first. What was missed may stand behind what was said after it.
fn read_entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix(GOES_ON), entries.last_mut()) {
            (Some(more), Some(last)) => last.text.extend(["\n", more]),
            _ => entries.extend(Entry::parse(line)),
        }
    }
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// So much of the end of a file, and whether that is all of it. The first line may be half a one, which then is none
/// that can be read.
fn read_end(path: &Path, bytes: u64) -> io::Result<(String, bool)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    let mut end = Vec::new();
    file.take(bytes).read_to_end(&mut end)?;
    Ok((String::from_utf8_lossy(&end).into_owned(), length <= bytes))
}

/// A name as that of a file on every system: what some system has a use for is written as its number.
fn file_name(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (index, c) in name.chars().enumerate() {
        let has_a_use = c.is_control() || r#"/\:*?"<>|%"#.contains(c) || (index == 0 && c == '.');
        if has_a_use {
            safe.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    teahouse_protocol::text::truncate(&safe, MAX_NAME_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, manner: Manner, text: &str) -> Entry {
        let at = Timestamp::from_millisecond(second * 1000 + 250).unwrap();
        Entry { at, from: "小明".to_owned(), manner, text: text.to_owned() }
    }

    #[test]
    fn what_is_written_is_read_again_whatever_it_is() {
        for (manner, text) in [
            (Manner::Message, "你好"),
            (Manner::Message, "> quoted <bob> text"),
            (Manner::Action, "pours tea"),
            (Manner::Notice, "- not - so -"),
            (Manner::Message, "  spaces  "),
        ] {
            let entry = entry(1, manner, text);
            assert_eq!(Entry::parse(&entry.to_string()), Some(entry));
        }
        for bad in
            ["", "yesterday <a> b", "2026-03-01T09:01:00Z", "2026-03-01T09:01:00Z ?", "me> half a line"]
        {
            assert_eq!(Entry::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_last_messages_are_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::beside(folder.path()).unwrap();
        assert_eq!(logs.recall("tea.house", "#茶馆", None, MAX_RECALLED), []);
        let said: Vec<_> = (0..500).map(|n| entry(n, Manner::Message, &format!("message {n}"))).collect();
        for entry in &said {
            logs.keep("tea.house", "#茶馆", entry);
        }
        logs.keep("tea.house", "alice", &entry(1, Manner::Action, "waves"));
        logs.keep("tea.house", "poet", &entry(1, Manner::Message, "床前\n\n  2026-03-01T09:01:00Z <a> b"));
        logs.keep("tea.house", "poet", &entry(2, Manner::Message, "end"));
        drop(logs);
        let logs = Logs::beside(folder.path()).unwrap();
        assert_eq!(logs.recall("tea.house", "#茶馆", None, MAX_RECALLED), said[300..]);
        assert_eq!(
            logs.recall("tea.house", "alice", None, MAX_RECALLED),
            [entry(1, Manner::Action, "waves")]
        );
        assert_eq!(logs.recall("other.house", "alice", None, MAX_RECALLED), []);
        let texts: Vec<_> = logs
            .recall("tea.house", "poet", None, MAX_RECALLED)
            .into_iter()
            .map(|entry| entry.text)
            .collect();
        assert_eq!(texts, ["床前\n\n  2026-03-01T09:01:00Z <a> b", "end"]);
    }

    #[test]
    fn a_log_is_read_from_its_end_as_far_as_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::beside(folder.path()).unwrap();
        let said: Vec<_> = (0..100).map(|n| entry(n, Manner::Message, &"茶".repeat(3000))).collect();
        for entry in &said {
            logs.keep("tea.house", "#a", entry);
        }
        drop(logs);
        let logs = Logs::beside(folder.path()).unwrap();
        let recall = |before: Option<&Entry>, most| {
            logs.recall("tea.house", "#a", before.map(|before| before.at), most)
        };
        assert_eq!(recall(None, 3), said[97..]);
        assert_eq!(recall(None, 90), said[10..], "longer than what is read at first");
        assert_eq!(recall(Some(&said[50]), 3), said[47..50]);
        assert_eq!(recall(Some(&said[2]), 3), said[..2]);
        assert_eq!(recall(Some(&said[0]), 3), []);
    }

    #[test]
    fn what_is_taken_back_is_taken_out_and_what_comes_late_stands_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::beside(folder.path()).unwrap();
        let said = ["one", "two\nlines", "two", "three"];
        let said: Vec<_> = (0..).zip(said).map(|(n, text)| entry(n, Manner::Message, text)).collect();
        for number in [0, 2, 3, 1] {
            logs.keep("tea.house", "#a", &said[number]);
        }
        for gone in [&said[1], &said[3], &entry(9, Manner::Message, "never said")] {
            logs.take_back("tea.house", "#a", gone);
        }
        logs.take_back("tea.house", "#nowhere", &said[1]);
        drop(logs);
        let logs = Logs::beside(folder.path()).unwrap();
        let texts: Vec<_> = logs.recall("tea.house", "#a", None, 9).into_iter().map(|it| it.text).collect();
        assert_eq!(texts, ["one", "", "two", ""]);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, file) in [
            ("#茶馆", "#茶馆"),
            ("../../etc", "%2E.%2F..%2Fetc"),
            ("a/b\\c:d", "a%2Fb%5Cc%3Ad"),
            ("50%", "50%25"),
            (".", "%2E"),
            ("a\0b", "a%00b"),
        ] {
            assert_eq!(file_name(name), file, "{name:?}");
        }
        assert!(file_name(&"茶".repeat(100)).len() <= MAX_NAME_BYTES);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_was_said() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::beside(folder.path()).unwrap();
        logs.keep("tea.house", "#a", &entry(1, Manner::Message, "psst"));
        let path = logs.path("tea.house", "#a", "log");
        drop(logs);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
