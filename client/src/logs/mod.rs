//! What was said, kept on disk: a file for each conversation, read back when the conversation is opened again.
//!
//! The files are plain text, a line for each message, in the folder `logs` beside the settings. They belong to a
//! person on a server, since several people may use one computer. `logs/tea.house+6667/anna/#茶馆.log` is what anna
//! read, who is logged in to an account; `logs/tea.house+6667/~anna/` is what somebody read who only had that name.
//!
//! ```text
//! 2026-03-01T09:01:00.250Z#k3x9 <alice> 你好
//! 2026-03-01T09:01:07.5Z * alice pours tea
//! ```
//!
//! The identifier by which the server knows the message stands behind the time, if it has one. A message of several
//! lines goes on in lines that begin with a tabulator. `#茶馆.read`, beside the file, says up to when it was read.
//!
//! A thread of its own writes, so that a slow disk never makes the window wait. Reading is done at once, but no more
//! than the end of a file. Words that are taken back while we are there are taken out of the file, too: a message
//! without words was taken back.
//!
//! Files of before 1.0 belonged to a server and to nobody in particular; `old` tells what becomes of them.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use jiff::Timestamp;
use parking_lot::Mutex;
use teahouse_protocol::text::truncate;
use unicode_normalization::UnicodeNormalization;

use crate::config::folder;
use crate::event::Manner;
use crate::text::i18n::{Phrase, Text};

mod old;

pub use old::take_over;

/// The folder's name in that of the settings.
const FOLDER_NAME: &str = "logs";

/// How many messages are read back.
pub const MAX_RECALLED: usize = 200;

/// How much of a file is read at first, if not very much is wanted, and how much at the most.
const FIRST_READ_BYTES: u64 = 256 * 1024;
const MAX_READ_BYTES: u64 = 16 * 1024 * 1024;

/// A line that begins with this belongs to the message before it. No message has one in it.
const GOES_ON: char = '\t';

/// What stands between the time and the identifier.
const ID_SIGN: char = '#';

/// The longest identifier that is kept.
const MAX_ID_BYTES: usize = 128;

/// How many messages may wait for the disk. More than that are not written down.
const MAX_WAITING: usize = 16 * 1024;

/// How many lines are remembered, not to be written twice.
const MOST_RECENT: usize = 32;

/// The longest name of a file, with some air for its extension.
const MAX_NAME_BYTES: usize = 200;

/// The owner of logs: somebody on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The server's name as it was asked for.
    pub server: String,
    /// The port as the profile has it.
    pub port: u16,
    /// The account that they are logged in to, or else their name.
    pub identity: Identity,
}

/// How a person is known on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Logged in to this account.
    Account(String),
    /// Somebody of this name. Another person may have the name on another day.
    Name(String),
}

impl Owner {
    /// Their folder in that of the logs.
    fn folder(&self) -> PathBuf {
        let identity = match &self.identity {
            Identity::Account(account) => file_name(&same_for_all_cases(account)),
            Identity::Name(name) => format!("~{}", file_name(&same_for_all_cases(name))),
        };
        let server = format!("{}+{}", file_name(&same_for_all_cases(&self.server)), self.port);
        Path::new(&server).join(identity)
    }
}

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was said.
    pub at: Timestamp,
    /// The speaker.
    pub from: String,
    /// How.
    pub manner: Manner,
    /// The words.
    pub text: String,
    /// By what the server knows it.
    pub id: Option<String>,
}

/// The logs of one person. Clones are the same; the thread that writes ends with the last of them.
#[derive(Clone, Debug)]
pub struct Logs {
    folder: PathBuf,
    /// Nobody where they are only read.
    writer: Option<Arc<Writer>>,
    /// The reason that something could not be written down, until the user is told.
    trouble: Arc<Mutex<Option<Phrase>>>,
}

/// What the thread is to do.
#[derive(Debug)]
enum Job {
    /// Write a line at the end of a file; once, if the server has an identifier for it.
    Append(PathBuf, String, bool),
    /// Write a file anew.
    Replace(PathBuf, String),
    /// Write some lines of a file anew, where they stand last: the first of these that are there.
    Exchange(PathBuf, Vec<(String, String)>),
}

#[derive(Debug)]
struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Logs {
    /// The logs beside the settings in this folder. Another thread calls `wake` when something could not be written
    /// down.
    ///
    /// # Errors
    /// When no thread can be had to write them.
    pub fn beside(settings: &Path, wake: fn()) -> io::Result<Self> {
        let (jobs, waiting) = bounded(MAX_WAITING);
        let trouble = Arc::<Mutex<Option<Phrase>>>::default();
        let thread = thread::Builder::new().name("logs".to_owned()).spawn({
            let trouble = Arc::clone(&trouble);
            move || {
                write_down(&waiting, &|error| {
                    *trouble.lock() = Some(Text::LogsNotKept.of([folder::why(error)]));
                    wake();
                });
            }
        })?;
        let writer = Arc::new(Writer { jobs: Some(jobs), thread: Some(thread) });
        Ok(Self { folder: settings.join(FOLDER_NAME), writer: Some(writer), trouble })
    }

    /// The same logs where another window writes them: the last messages stand there again, and nothing is written.
    pub fn to_read(settings: &Path) -> Self {
        Self { folder: settings.join(FOLDER_NAME), writer: None, trouble: Arc::default() }
    }

    /// The reason that something could not be written down, if that is news. It is news again after a successful write.
    pub fn take_trouble(&self) -> Option<Phrase> {
        self.trouble.lock().take()
    }

    /// Writes a message down, soon.
    pub fn keep(&self, owner: &Owner, conversation: &str, entry: &Entry) {
        let path = self.path(owner, conversation, "log");
        let has_id = entry.id.as_deref().is_some_and(can_be_kept);
        if !self.give(Job::Append(path, format!("{entry}\n"), has_id)) {
            log::warn!("the disk is too slow; a message was not written down");
        }
    }

    /// Takes the words of a message out, soon.
    pub fn take_back(&self, owner: &Owner, conversation: &str, entry: &Entry) {
        let path = self.path(owner, conversation, "log");
        let pair = |entry: &Entry| {
            let empty = Entry { text: String::new(), ..entry.clone() };
            (format!("{entry}\n"), format!("{empty}\n"))
        };
        // The message's identifier may have become known after it was written down.
        let pairs = vec![pair(entry), pair(&Entry { id: None, ..entry.clone() })];
        if !self.give(Job::Exchange(path, pairs)) {
            log::warn!("the disk is too slow; words that were taken back still stand in the log");
        }
    }

    /// Writes down, soon, up to when a conversation was read.
    pub fn keep_read(&self, owner: &Owner, conversation: &str, until: Timestamp) {
        let path = self.path(owner, conversation, "read");
        if !self.give(Job::Replace(path, format!("{until}\n"))) {
            log::warn!("the disk is too slow; how far a conversation was read was not written down");
        }
    }

    fn give(&self, job: Job) -> bool {
        let jobs = self.writer.as_ref().and_then(|writer| writer.jobs.as_ref());
        jobs.is_none_or(|jobs| jobs.try_send(job).is_ok())
    }

    /// Up to when a conversation was read, but not later than `now`. It is nothing if the conversation never was
    /// read, or nobody can tell: then all that is there counts as unread.
    pub fn read_until(&self, owner: &Owner, conversation: &str, now: Timestamp) -> Option<Timestamp> {
        let path = self.path(owner, conversation, "read");
        let text = fs::read(&path).ok()?;
        let until = std::str::from_utf8(&text).ok().and_then(|text| text.trim_end().parse().ok());
        if until.is_none() {
            log::warn!("{} does not say up to when it was read", path.display());
        }
        until.map(|until: Timestamp| until.min(now))
    }

    /// The last messages of a conversation, or the last before a time: at most so many, the oldest first. A message
    /// that cannot be read is as if it had not been written. None was said after `now`, whatever stands there.
    pub fn recall(
        &self,
        owner: &Owner,
        conversation: &str,
        now: Timestamp,
        before: Option<Timestamp>,
        most: usize,
    ) -> Vec<Entry> {
        let path = self.path(owner, conversation, "log");
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
            let mut entries = read_entries(&text, now);
            entries.retain(|entry| before.is_none_or(|before| entry.at < before));
            if is_all || bytes >= MAX_READ_BYTES || entries.len() >= most {
                return entries.split_off(entries.len().saturating_sub(most));
            }
            bytes *= 4;
        }
    }

    fn path(&self, owner: &Owner, conversation: &str, extension: &str) -> PathBuf {
        self.folder.join(owner.folder()).join(format!("{}.{extension}", file_name(conversation)))
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
        let (at, id) = at.split_once(ID_SIGN).map_or((at, None), |(at, id)| (at, Some(id.to_owned())));
        Some(Self { at: at.parse().ok()?, from: from.to_owned(), manner, text: text.to_owned(), id })
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { at, from, manner, .. } = self;
        write!(f, "{at}")?;
        if let Some(id) = self.id.as_deref().filter(|id| can_be_kept(id)) {
            write!(f, "{ID_SIGN}{id}")?;
        }
        let text = self.text.replace('\n', "\n\t");
        match manner {
            Manner::Message => write!(f, " <{from}> {text}"),
            Manner::Action => write!(f, " * {from} {text}"),
            Manner::Notice => write!(f, " -{from}- {text}"),
        }
    }
}

/// Whether an identifier can stand in a line.
fn can_be_kept(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The writer's whole life. A file is opened for each message: somebody may move it away at any time.
fn write_down(jobs: &Receiver<Job>, complain: &dyn Fn(&io::Error)) {
    let mut is_well = true;
    let mut recent: VecDeque<(PathBuf, String)> = VecDeque::new();
    for job in jobs {
        let (path, written) = match job {
            // There may be two connections of one person to one server.
            Job::Append(path, line, true) if recent.iter().any(|(at, it)| *at == path && *it == line) => {
                continue;
            }
            Job::Append(path, line, has_id) => {
                let written = append(&path, &line);
                if has_id {
                    recent.truncate(MOST_RECENT - 1);
                    recent.push_front((path.clone(), line));
                }
                (path, written)
            }
            Job::Replace(path, text) => {
                let written = folder::replace(&path, &text);
                (path, written)
            }
            Job::Exchange(path, pairs) => {
                let written = exchange(&path, &pairs);
                (path, written)
            }
        };
        if let Err(error) = &written
            && is_well
        {
            log::warn!("{} cannot be written: {error}", path.display());
            complain(error);
        }
        // The user is told once of a full disk, and again of the next.
        is_well = written.is_ok();
    }
}

/// Writes at the end of a file, all or nothing: a full disk leaves no half line, to which the next would be added.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    folder::keep_private(&mut options);
    let mut file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            folder::make(path.parent().unwrap_or(Path::new("")))?;
            options.open(path)?
        }
        opened => opened?,
    };
    let length = file.metadata()?.len();
    let whole = if ends_in_a_line(&mut file, length) { line.to_owned() } else { format!("\n{line}") };
    let written = file.write_all(whole.as_bytes());
    if written.is_err() {
        // If that fails too, half a line is left, and it is read as no message.
        let _ = file.set_len(length);
    }
    written
}

/// Whether a file has no line that was begun and not ended, as a power failure leaves it.
fn ends_in_a_line(file: &mut File, length: u64) -> bool {
    let mut last = [b'\n'];
    let read = file.seek(SeekFrom::Start(length.saturating_sub(1))).and_then(|_| file.read(&mut last));
    read.is_err() || last == [b'\n']
}

/// Puts other lines into a file in place of these, where they stand last.
fn exchange(path: &Path, pairs: &[(String, String)]) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let is_line = |at: &usize| *at == 0 || text[..*at].ends_with('\n');
    for (lines, others) in pairs {
        if let Some(at) = text.rmatch_indices(lines.as_str()).map(|(at, _)| at).find(is_line) {
            let (before, after) = (&text[..at], &text[at + lines.len()..]);
            return folder::replace(path, &format!("{before}{others}{after}"));
        }
    }
    Ok(())
}

/// The messages in the text of a log, the oldest first. A message that was missed may stand behind later messages.
///
/// A message may be stamped with a time that has not come: by a server, or by a computer whose clock was ahead. It was
/// said no earlier than the message before it, and stands there; those said after it must not stand behind it.
fn read_entries(text: &str, now: Timestamp) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix(GOES_ON), entries.last_mut()) {
            (Some(more), Some(last)) => last.text.extend(["\n", more]),
            _ => entries.extend(Entry::parse(line)),
        }
    }
    let mut before = None;
    for entry in &mut entries {
        if entry.at > now {
            entry.at = before.unwrap_or(now);
        }
        before = Some(entry.at);
    }
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// So much of the end of a file, and whether that is all of it. The first line may be only half of a line, and then
/// it cannot be read as a message.
fn read_end(path: &Path, bytes: u64) -> io::Result<(String, bool)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    let mut end = Vec::new();
    file.take(bytes).read_to_end(&mut end)?;
    Ok((String::from_utf8_lossy(&end).into_owned(), length <= bytes))
}

/// A name in the form that is the same in every spelling: accounts and servers make no difference between capitals
/// and others, nor between two ways to compose a character.
fn same_for_all_cases(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// A name as that of a file on every system. Different names are different files, also where a system does not tell
/// capitals from others or two ways to compose a character. A character that some system has a use for, or would
/// change, is written as its bytes, `%2F`. A name that is too long ends in a number made of all of it.
fn file_name(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (index, c) in name.chars().enumerate() {
        let has_a_use = c.is_control() || c.is_whitespace() || r#"/\:*?"<>|%"#.contains(c);
        let is_first = index == 0 && matches!(c, '.' | '~');
        // Some systems would write it in another way: they keep capitals, or composed characters, to themselves.
        let changes = !c.to_uppercase().flat_map(char::to_lowercase).eq([c])
            || !std::iter::once(c).nfc().eq([c])
            || is_composed_with_others(c);
        if has_a_use || is_first || changes {
            push_bytes(&mut safe, c);
        } else {
            safe.push(c);
        }
    }
    if safe.ends_with('.') {
        safe.truncate(safe.len() - 1);
        push_bytes(&mut safe, '.');
    }
    // Names of devices on Windows, with any extension.
    let stem = safe.split('.').next().unwrap_or_default();
    let (word, number) = stem.split_at_checked(3).unwrap_or((stem, ""));
    let is_numbered = matches!(number.as_bytes(), [b'0'..=b'9']) || ["¹", "²", "³"].contains(&number);
    let is_device = matches!(stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || (matches!(word, "com" | "lpt") && is_numbered);
    if is_device && let Some(first) = safe.chars().next() {
        let rest = safe.split_off(1);
        safe.clear();
        push_bytes(&mut safe, first);
        safe.push_str(&rest);
    }
    if safe.len() > MAX_NAME_BYTES {
        let mark = format!("%~{:016x}", hash(name));
        safe = format!("{}{mark}", truncate(&safe, MAX_NAME_BYTES - mark.len()));
    }
    safe
}

/// Whether a character may form another together with that before it: an accent, a part of a Korean syllable.
fn is_composed_with_others(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || ('\u{1100}'..='\u{11ff}').contains(&c)
}

fn push_bytes(safe: &mut String, c: char) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        safe.push_str(&format!("%{byte:02X}"));
    }
}

/// FNV-1a, whose result never changes.
fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, manner: Manner, text: &str) -> Entry {
        let at = Timestamp::from_millisecond(second * 1000 + 250).unwrap();
        Entry { at, from: "小明".to_owned(), manner, text: text.to_owned(), id: None }
    }

    fn owner(server: &str) -> Owner {
        Owner { server: server.to_owned(), port: 6667, identity: Identity::Name("小明".to_owned()) }
    }

    fn beside(folder: &tempfile::TempDir) -> Logs {
        Logs::beside(folder.path(), || {}).unwrap()
    }

    fn recall(
        logs: &Logs,
        owner: &Owner,
        conversation: &str,
        before: Option<Timestamp>,
        most: usize,
    ) -> Vec<Entry> {
        logs.recall(owner, conversation, Timestamp::MAX, before, most)
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
        let logs = beside(&folder);
        assert_eq!(recall(&logs, &owner("tea.house"), "#茶馆", None, MAX_RECALLED), []);
        let said: Vec<_> = (0..500).map(|n| entry(n, Manner::Message, &format!("message {n}"))).collect();
        for entry in &said {
            logs.keep(&owner("tea.house"), "#茶馆", entry);
        }
        logs.keep(&owner("tea.house"), "alice", &entry(1, Manner::Action, "waves"));
        logs.keep(
            &owner("tea.house"),
            "poet",
            &entry(1, Manner::Message, "床前\n\n  2026-03-01T09:01:00Z <a> b"),
        );
        logs.keep(&owner("tea.house"), "poet", &entry(2, Manner::Message, "end"));
        drop(logs);
        let logs = beside(&folder);
        assert_eq!(recall(&logs, &owner("tea.house"), "#茶馆", None, MAX_RECALLED), said[300..]);
        assert_eq!(
            recall(&logs, &owner("tea.house"), "alice", None, MAX_RECALLED),
            [entry(1, Manner::Action, "waves")]
        );
        assert_eq!(recall(&logs, &owner("other.house"), "alice", None, MAX_RECALLED), []);
        let texts: Vec<_> = recall(&logs, &owner("tea.house"), "poet", None, MAX_RECALLED)
            .into_iter()
            .map(|entry| entry.text)
            .collect();
        assert_eq!(texts, ["床前\n\n  2026-03-01T09:01:00Z <a> b", "end"]);
    }

    #[test]
    fn a_log_is_read_from_its_end_as_far_as_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        let said: Vec<_> = (0..100).map(|n| entry(n, Manner::Message, &"茶".repeat(3000))).collect();
        for entry in &said {
            logs.keep(&owner("tea.house"), "#a", entry);
        }
        drop(logs);
        let logs = beside(&folder);
        let recall = |before: Option<&Entry>, most| {
            recall(&logs, &owner("tea.house"), "#a", before.map(|before| before.at), most)
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
        let logs = beside(&folder);
        let said = ["one", "two\nlines", "two", "three"];
        let said: Vec<_> = (0..).zip(said).map(|(n, text)| entry(n, Manner::Message, text)).collect();
        for number in [0, 2, 3, 1] {
            logs.keep(&owner("tea.house"), "#a", &said[number]);
        }
        for gone in [&said[1], &said[3], &entry(9, Manner::Message, "never said")] {
            logs.take_back(&owner("tea.house"), "#a", gone);
        }
        logs.take_back(&owner("tea.house"), "#nowhere", &said[1]);
        drop(logs);
        let logs = beside(&folder);
        let texts: Vec<_> =
            recall(&logs, &owner("tea.house"), "#a", None, 9).into_iter().map(|it| it.text).collect();
        assert_eq!(texts, ["one", "", "two", ""]);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, file) in [
            ("#茶馆", "#茶馆"),
            ("../../etc", "%2E.%2F..%2Fetc"),
            ("~anna", "%7Eanna"),
            ("con", "%63on"),
            ("com1.txt", "%63om1.txt"),
            ("console", "console"),
            ("a.", "a%2E"),
            ("a ", "a%20"),
            ("Ä", "%C3%84"),
            ("a\u{308}", "a%CC%88"),
            ("汉字", "汉字"),
            ("a/b\\c:d", "a%2Fb%5Cc%3Ad"),
            ("50%", "50%25"),
            (".", "%2E"),
            ("a\0b", "a%00b"),
        ] {
            assert_eq!(file_name(name), file, "{name:?}");
        }
        let long = ["茶".repeat(100), format!("{}x", "茶".repeat(100)), "A".repeat(500)];
        let names: std::collections::BTreeSet<_> = long.iter().map(|name| file_name(name)).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(names.iter().all(|name| name.len() <= MAX_NAME_BYTES));
    }

    #[test]
    fn everybody_reads_their_own_and_an_account_is_not_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        let owner = |server: &str, port, identity| Owner { server: server.to_owned(), port, identity };
        let name = |name: &str| Identity::Name(name.to_owned());
        let account = |name: &str| Identity::Account(name.to_owned());
        let owners = [
            owner("tea.house", 6667, name("anna")),
            owner("tea.house", 6667, name("ben")),
            owner("tea.house", 6667, account("anna")),
            owner("tea.house", 6667, account("~anna")),
            owner("tea.house", 6668, name("anna")),
            owner("other.house", 6667, name("anna")),
        ];
        for (at, owner) in (0..).zip(&owners) {
            logs.keep(owner, "carol", &entry(at, Manner::Message, "psst"));
            logs.keep_read(owner, "carol", Timestamp::from_second(at).unwrap());
        }
        drop(logs);
        let logs = Logs::to_read(folder.path());
        for (at, owner) in (0..).zip(&owners) {
            assert_eq!(
                recall(&logs, owner, "carol", None, 9),
                [entry(at, Manner::Message, "psst")],
                "{owner:?}"
            );
            let until = logs.read_until(owner, "carol", Timestamp::MAX);
            assert_eq!(until, Timestamp::from_second(at).ok(), "{owner:?}");
        }
        let same = owner("TEA.House", 6667, name("ANNA"));
        assert_eq!(recall(&logs, &same, "carol", None, 9), recall(&logs, &owners[0], "carol", None, 9));
        logs.keep(&owners[0], "carol", &entry(9, Manner::Message, "not written"));
        assert_eq!(recall(&logs, &owners[0], "carol", None, 9).len(), 1);
    }

    #[test]
    fn an_identifier_is_kept_and_words_are_taken_back_with_it_or_without() {
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        let with = |id: &str, second, text| Entry {
            id: Some(id.to_owned()),
            ..entry(second, Manner::Message, text)
        };
        let said = [with("a#1", 1, "one"), with("b", 2, "two"), with("no id", 3, "three")];
        for entry in &said {
            logs.keep(&owner("tea.house"), "#a", entry);
        }
        logs.take_back(&owner("tea.house"), "#a", &said[1]);
        logs.keep(&owner("tea.house"), "#a", &entry(4, Manner::Message, "four"));
        logs.take_back(&owner("tea.house"), "#a", &with("d", 4, "four"));
        drop(logs);
        let kept = recall(&Logs::to_read(folder.path()), &owner("tea.house"), "#a", None, 9);
        let kept: Vec<_> = kept.iter().map(|entry| (entry.id.as_deref(), entry.text.as_str())).collect();
        assert_eq!(kept, [(Some("a#1"), "one"), (Some("b"), ""), (None, "three"), (None, "")]);
    }

    #[test]
    fn a_message_from_the_future_stands_where_it_was_said() {
        let now = Timestamp::from_second(1000).unwrap();
        let said = [(10, "one"), (5000, "ahead"), (20, "two"), (6000, "ahead again"), (15, "missed")];
        let text: String =
            said.iter().map(|(at, text)| format!("{}\n", entry(*at, Manner::Message, text))).collect();
        let entries = read_entries(&text, now);
        let texts: Vec<_> = entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["one", "ahead", "missed", "two", "ahead again"]);
        assert!(entries.iter().all(|entry| entry.at <= now));
        assert_eq!(read_entries(&entry(5000, Manner::Message, "alone").to_string(), now)[0].at, now);
    }

    #[test]
    fn what_comes_by_two_connections_is_written_down_once() {
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        let said = Entry { id: Some("a".to_owned()), ..entry(1, Manner::Message, "tea") };
        for entry in [&said, &said, &Entry { id: Some("b".to_owned()), ..said.clone() }] {
            logs.keep(&owner("tea.house"), "#a", entry);
        }
        logs.keep(&owner("tea.house"), "#b", &said);
        drop(logs);
        let logs = Logs::to_read(folder.path());
        let count = |name: &str| recall(&logs, &owner("tea.house"), name, None, 9).len();
        assert_eq!((count("#a"), count("#b")), (2, 1));
    }

    #[test]
    fn half_a_line_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        let path = logs.path(&owner("tea.house"), "#a", "log");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "1970-01-01T00:00:01Z <bob> one\n1970-01-01T00:0").unwrap();
        logs.keep(&owner("tea.house"), "#a", &entry(2, Manner::Message, "two"));
        drop(logs);
        let kept = recall(&Logs::to_read(folder.path()), &owner("tea.house"), "#a", None, 9);
        assert_eq!(kept.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn what_cannot_be_written_is_said_once_until_something_can() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FOLDER_NAME), "in the way").unwrap();
        let (sender, woken) = crossbeam_channel::unbounded();
        let (jobs, waiting) = bounded(9);
        let path = folder.path().join(FOLDER_NAME).join("a.log");
        for _ in 0..3 {
            jobs.send(Job::Append(path.clone(), "line\n".to_owned(), false)).unwrap();
        }
        jobs.send(Job::Append(folder.path().join("b.log"), "line\n".to_owned(), false)).unwrap();
        jobs.send(Job::Append(path, "line\n".to_owned(), false)).unwrap();
        drop(jobs);
        write_down(&waiting, &|error| sender.send(folder::why(error)).unwrap());
        assert_eq!(woken.try_iter().map(|why| why.text()).collect::<Vec<_>>(), [Text::SomethingInPlace; 2]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_was_said() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let logs = beside(&folder);
        logs.keep(&owner("tea.house"), "#a", &entry(1, Manner::Message, "psst"));
        let path = logs.path(&owner("tea.house"), "#a", "log");
        drop(logs);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
