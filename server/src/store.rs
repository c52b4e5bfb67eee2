//! The store: what outlasts the server, in one SQLite database in `data_dir`.
//!
//! One thread owns the connection to the database, and everybody else sends it questions over a bounded channel. It
//! takes all that waits, runs it in one transaction, commits, and only then answers; so an answer means that the
//! change is on the disk, and many changes share the cost of getting it there.
//! What was said and done is not asked but left: a session puts it on a common pile and goes on, and the thread writes
//! the pile a moment later, in one go with whatever is asked meanwhile. If the disk is full or too slow, chat goes on;
//! what is lost is counted, and the log and the operators are told, once when it begins and once when it is over.
//! Nobody asks under the world's lock. A handler leaves its question as an
//! [errand](crate::commands::Errand), and goes on with the answer.
//!
//! Without a `data_dir` the database lies in memory. There is no second implementation: what works in a test works on
//! a disk.
//!
//! The tables are in the files of this folder by subject, and put together in `schema.rs`.

pub(crate) mod accounts;
pub(crate) mod bans;
pub(crate) mod channels;
pub(crate) mod history;
pub(crate) mod newest;
pub(crate) mod presence;
mod schema;
pub(crate) mod search;
pub(crate) mod secrets;

use std::fmt;
use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::mem;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use jiff::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;

use crate::config::Config;
use crate::language::{Language, Text};
use crate::world::Record;
use history::{Limits, Writer};

/// How many questions may wait. Past that, whoever asks waits for room.
const MOST_WAITING: usize = 1024;
/// How many questions share a transaction at most, so that the first does not wait long for its answer.
const MOST_TOGETHER: usize = 256;
/// How long whoever asks waits for the store to get to it.
const PATIENCE: Duration = Duration::from_secs(15);
/// The database's file in `data_dir`.
const FILE: &str = "teahouse.db";
/// The file that is locked as long as a server uses the folder.
const LOCK_FILE: &str = "teahouse.lock";

/// How long what was said may lie on the pile: it is written together with what is said next.
const LINGER: Duration = Duration::from_millis(200);
/// How much may lie there. Past that, the disk is too slow.
const MOST_RECORDS: usize = 65_536;
/// When so much lies there, it is written at once.
const MANY_RECORDS: usize = MOST_RECORDS / 2;
/// How often what is too old is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(600);

/// The way to the store's thread.
#[derive(Clone, Debug)]
pub struct Store {
    jobs: Sender<Job>,
    pile: Arc<Mutex<Pile>>,
}

/// What was said and done and is not written yet.
#[derive(Debug)]
struct Pile {
    records: Vec<Record>,
    limits: Limits,
    /// How many were lost since it began to go wrong; `None` as long as all is well.
    lost: Option<usize>,
    /// What the operators have not been told yet.
    news: Option<Text>,
    language: Language,
}

/// Why a question has no answer. Whichever it is, nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The store did not get to it in time, and will not.
    Late,
    /// The database says no: the disk is full, or the question is wrong.
    Failed(String),
}

impl StoreError {
    /// What somebody is told who asked for something that needs the store.
    pub fn text(&self) -> Text {
        Text::StoreUnavailable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("the database takes too long"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

enum Job {
    Question(Question),
    /// There is something on the pile.
    Records,
    /// There is much on the pile.
    ManyRecords,
    Stop,
}

/// Asks the database, inside a transaction; says whether that went well, and how to tell the one who waits.
type Question = Box<dyn FnOnce(&Connection) -> (Result<(), StoreError>, Answer) + Send>;
/// Told how the transaction ended.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl Store {
    /// Opens the database, in memory if there is no folder, and starts the thread. The thread ends, and can be joined,
    /// after [`stop`](Self::stop), or when the last way to it is gone.
    ///
    /// # Errors
    /// A sentence for the person at the console, with what can be done.
    pub fn start(config: &Config) -> Result<(Self, JoinHandle<()>), Text> {
        let language = config.language;
        let (connection, lock) = match &config.data_dir {
            Some(_) => {
                let (connection, lock) = open_alone(config)?;
                (connection, Some(lock))
            }
            None => (schema::open_in_memory()?, None),
        };
        let (jobs, waiting) = bounded(MOST_WAITING);
        let pile = Pile { records: Vec::new(), limits: Limits::of(config), lost: None, news: None, language };
        let pile = Arc::new(Mutex::new(pile));
        let shared = Arc::clone(&pile);
        let work = move || {
            let writer = Writer::default();
            Clerk { connection: &connection, pile: &shared, writer, language }.serve(&waiting);
            // What the last checkpoint left in the log beside the database goes into it here.
            drop(connection);
            drop(lock);
        };
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .map_err(|error| Text::CannotStart(error.to_string()))?;
        Ok((Self { jobs, pile }, thread))
    }

    /// Leaves what was said and done to be written, and never waits. Returns what the operators should know.
    pub fn keep(&self, records: &mut Vec<Record>) -> Option<Text> {
        if records.is_empty() {
            return None;
        }
        let mut pile = self.pile.lock();
        let before = pile.records.len();
        let room = MOST_RECORDS - before;
        let lost = records.len().saturating_sub(room);
        records.truncate(room);
        pile.records.append(records);
        let trouble = if lost > 0 { pile.lose(lost, Text::HistoryTooSlow) } else { None };
        let (after, language, news) = (pile.records.len(), pile.language, pile.news.take());
        drop(pile);
        if let Some(trouble) = trouble {
            log::warn!("{}", trouble.within(language));
        }
        // If there is no room for the job, it has enough to do, and finds the pile when that is done.
        if before == 0 {
            let _ = self.jobs.try_send(Job::Records);
        }
        if before < MANY_RECORDS && after >= MANY_RECORDS {
            let _ = self.jobs.try_send(Job::ManyRecords);
        }
        news
    }

    /// Takes on how much is kept.
    pub fn reconfigure(&self, config: &Config) {
        self.pile.lock().limits = Limits::of(config);
    }

    /// Asks the database and waits for the answer. What the question changes is on the disk when the answer comes; if
    /// the answer is an error, nothing has changed. Never to be called under the world's lock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask_within(PATIENCE, question)
    }

    fn ask_within<T: Send + 'static>(
        &self,
        patience: Duration,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = bounded(1);
        // Set by the thread as it begins, or by whoever asked when patience is lost; the other one sees that.
        let taken = Arc::new(AtomicBool::new(false));
        let begun = Arc::clone(&taken);
        let question: Question = Box::new(move |connection| {
            if begun.swap(true, Ordering::AcqRel) {
                return (Ok(()), Box::new(|_| {}));
            }
            let (outcome, found) = match question(connection) {
                Ok(found) => (Ok(()), Some(found)),
                Err(error) => (Err(error.into()), None),
            };
            let answer: Answer = Box::new(move |outcome| {
                let found = outcome.and_then(|()| found.ok_or(StoreError::Late));
                // Whoever asked waits: the question had begun.
                let _ = sender.send(found);
            });
            (outcome, answer)
        });
        let deadline = Instant::now() + patience;
        self.jobs.send_deadline(Job::Question(question), deadline).map_err(|_| StoreError::Late)?;
        match receiver.recv_deadline(deadline) {
            Ok(answer) => answer,
            // What has begun is waited for, however long the disk takes: else nobody knew what came of it.
            Err(RecvTimeoutError::Timeout) if taken.swap(true, Ordering::AcqRel) => {
                receiver.recv().map_err(|_| StoreError::Late)?
            }
            Err(_) => Err(StoreError::Late),
        }
    }

    /// Lets the thread end when it has done what waits.
    pub fn stop(&self) {
        // If it is not there any more, it need not be told.
        let _ = self.jobs.send(Job::Stop);
    }
}

/// Opens the database beside a server that may be using it.
///
/// # Errors
/// A sentence for the person at the console: there is none, or it is not of today's version.
pub(crate) fn open_beside(config: &Config) -> Result<Connection, Text> {
    let folder = config.data_dir.as_ref().ok_or(Text::NoDataDir)?;
    schema::open_beside(&folder.join(FILE))
}

/// Opens the database, and keeps servers out of its folder for as long as the file lives.
///
/// # Errors
/// A sentence for the person at the console.
pub(crate) fn open_alone(config: &Config) -> Result<(Connection, File), Text> {
    let folder = config.data_dir.as_ref().ok_or(Text::NoDataDir)?;
    let lock = occupy(folder)?;
    Ok((schema::open(&folder.join(FILE), config.language)?, lock))
}

/// Whether data can be kept in the folder; makes it if need be.
///
/// # Errors
/// A sentence for the person at the console: it cannot be used, or another server uses it.
pub(crate) fn try_folder(config: &Config) -> Result<(), Text> {
    config.data_dir.as_ref().map_or(Ok(()), |folder| occupy(folder).map(drop))
}

/// Copies the database as it is at this moment, whole or not at all, in place of what may be there.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn copy(connection: &Connection, file: &Path) -> Result<(), String> {
    schema::keep_copy(connection, file)
}

/// Makes the folder if need be, for this user only, and keeps other servers out of it for as long as the file lives.
fn occupy(folder: &Path) -> Result<File, Text> {
    let shown = || folder.display().to_string();
    let cannot_use = |error: std::io::Error| Text::CannotUseFolder(shown(), error.to_string());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot_use)?;
    let lock = private_file(&folder.join(LOCK_FILE)).map_err(cannot_use)?;
    // The database takes the rights of the file that it finds.
    private_file(&folder.join(FILE)).map_err(cannot_use)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Text::FolderInUse(shown())),
        Err(TryLockError::Error(error)) => Err(cannot_use(error)),
    }
}

/// Opens a file, made if need be, that nobody else can read from now on.
fn private_file(path: &Path) -> std::io::Result<File> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    // A backup that was copied back may be for everybody to read. Whose file it is not cannot change that.
    let _ = file.set_permissions(Permissions::from_mode(0o600));
    Ok(file)
}

impl Pile {
    /// Counts what was lost. Returns what there is to say of it, if it is the first; operators will hear it too.
    fn lose(&mut self, count: usize, why: Text) -> Option<Text> {
        let is_first = self.lost.is_none();
        *self.lost.get_or_insert(0) += count;
        is_first.then(|| self.news.insert(why).clone())
    }

    /// Notes that all is well. Returns what there is to say of it, if it was not; operators will hear it too.
    fn recover(&mut self) -> Option<Text> {
        let lost = self.lost.take()?;
        Some(self.news.insert(Text::HistoryRecovered(lost.to_string())).clone())
    }
}

/// The thread, while it runs.
struct Clerk<'s> {
    connection: &'s Connection,
    pile: &'s Mutex<Pile>,
    writer: Writer,
    language: Language,
}

impl Clerk<'_> {
    /// Takes all that waits, and runs it together.
    fn serve(&mut self, waiting: &Receiver<Job>) {
        let mut due: Option<Instant> = None;
        let mut forgets = Instant::now();
        loop {
            let deadline = due.map_or(forgets, |due| due.min(forgets));
            let first = waiting.recv_deadline(deadline);
            let mut stops = matches!(first, Err(RecvTimeoutError::Disconnected));
            let mut questions = Vec::new();
            for job in first.into_iter().chain(waiting.try_iter()) {
                match job {
                    Job::Question(question) => questions.push(question),
                    Job::Records => due = due.or_else(|| Some(Instant::now() + LINGER)),
                    Job::ManyRecords => due = Some(Instant::now()),
                    Job::Stop => stops = true,
                }
                if stops || questions.len() == MOST_TOGETHER {
                    break;
                }
            }
            let now = Instant::now();
            if stops || !questions.is_empty() || due.is_some_and(|due| due <= now) {
                due = None;
                self.run_together(questions);
            }
            if stops {
                return;
            }
            if forgets <= now {
                let limits = self.pile.lock().limits;
                let is_all = newest::forget_old(self.connection)
                    .and_then(|()| history::forget_old(self.connection, limits, Timestamp::now()));
                // Who asks meanwhile comes first.
                forgets = if matches!(is_all, Ok(false)) { now } else { now + FORGET_EVERY };
                if let Err(error) = is_all {
                    log::warn!("store: {error}");
                }
                self.writer.forget();
            }
        }
    }

    /// Writes the pile and runs questions, in one transaction, and tells those who wait how it went.
    fn run_together(&mut self, questions: Vec<Question>) {
        let (records, limits) = {
            let mut pile = self.pile.lock();
            (mem::take(&mut pile.records), pile.limits)
        };
        let mut answers = Vec::new();
        let outcome = self.transact(&records, limits, questions, &mut answers);
        let kept = match &outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) | Err(error) => Some(error.to_string()),
        };
        self.report(records.len(), kept);
        if let Err(error) = &outcome {
            if records.is_empty() {
                log::error!("store: {error}");
            }
            // It fails if there is no transaction any more; then there is nothing to take back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        let outcome = outcome.map(|_| ()).map_err(StoreError::from);
        for (one, answer) in answers {
            answer(outcome.clone().and(one));
        }
    }

    /// The first result is that of the transaction, the second one that of what was said.
    fn transact(
        &mut self,
        records: &[Record],
        limits: Limits,
        questions: Vec<Question>,
        answers: &mut Vec<(Result<(), StoreError>, Answer)>,
    ) -> rusqlite::Result<rusqlite::Result<()>> {
        let connection = self.connection;
        connection.execute_batch("BEGIN")?;
        // What was said comes first: who asks for it finds it.
        let kept = if records.is_empty() {
            Ok(())
        } else {
            connection.execute_batch("SAVEPOINT records")?;
            let kept = self.writer.write(connection, records, limits);
            if kept.is_err() && !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK TO records")?;
            }
            kept
        };
        for question in questions {
            // A full disk ends the whole transaction; whatever is asked next must not go on without one.
            if connection.is_autocommit() {
                break;
            }
            answers.extend(run(connection, question));
        }
        connection.execute_batch("COMMIT")?;
        Ok(kept)
    }

    /// Notes how the writing of a pile went: the log and the operators hear when it begins to fail and when that is over.
    fn report(&mut self, count: usize, trouble: Option<String>) {
        if count == 0 {
            return;
        }
        let mut pile = self.pile.lock();
        let news = match trouble {
            None => pile.recover(),
            Some(why) => {
                self.writer.forget();
                pile.lose(count, Text::HistoryFails(why))
            }
        };
        drop(pile);
        if let Some(news) = news {
            log::warn!("{}", news.within(self.language));
        }
    }
}

/// Runs one question; what it has changed is taken back if it fails. A question that panics has no answer.
fn run(connection: &Connection, question: Question) -> Option<(Result<(), StoreError>, Answer)> {
    // They fail only where the question fails too.
    let _ = connection.prepare_cached("SAVEPOINT question").and_then(|mut begin| begin.execute([]));
    let answered = panic::catch_unwind(AssertUnwindSafe(|| question(connection))).ok();
    if !matches!(answered, Some((Ok(()), _))) {
        let _ = connection.execute_batch("ROLLBACK TO question");
    }
    let _ = connection.prepare_cached("RELEASE question").and_then(|mut end| end.execute([]));
    answered
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use crate::world::{Entry, Kind, Number, Texts};

    use super::*;

    fn config(folder: Option<&Path>) -> Config {
        // What is said in these tests was said in 1970.
        let history = Config { history_days: None, history_lines: None, ..Config::default() };
        Config { data_dir: folder.map(Path::to_owned), ..history }
    }

    fn start(folder: Option<&Path>) -> (Store, JoinHandle<()>) {
        Store::start(&config(folder)).unwrap_or_else(|text| panic!("{text:?}"))
    }

    fn stop((store, thread): (Store, JoinHandle<()>)) {
        store.stop();
        thread.join().unwrap();
    }

    fn count(store: &Store) -> Result<i64, StoreError> {
        store.ask(|connection| connection.query_row("SELECT count(*) FROM cup", [], |row| row.get(0)))
    }

    fn make_cups(store: &Store) {
        store.ask(|connection| connection.execute_batch("CREATE TABLE cup (number INTEGER UNIQUE)")).unwrap();
    }

    #[test]
    fn what_was_answered_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data/of/the/house");
        let house = start(Some(&folder));
        make_cups(&house.0);
        house.0.ask(|connection| connection.execute("INSERT INTO cup VALUES (?)", params![7])).unwrap();
        stop(house);
        let house = start(Some(&folder));
        assert_eq!(count(&house.0), Ok(1));
        stop(house);
    }

    #[test]
    fn a_question_that_fails_or_panics_changes_nothing_and_the_store_goes_on() {
        let house = start(None);
        let store = &house.0;
        make_cups(store);
        let failed = store.ask(|connection| {
            connection.execute("INSERT INTO cup VALUES (1)", [])?;
            connection.execute("INSERT INTO cup VALUES (1)", [])
        });
        assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
        let panicked = store.ask(|connection| -> rusqlite::Result<()> {
            connection.execute("INSERT INTO cup VALUES (2)", [])?;
            panic!("as if there were a mistake in a question")
        });
        assert_eq!(panicked, Err(StoreError::Late));
        assert_eq!(count(store), Ok(0));
        stop(house);
    }

    #[test]
    fn many_ask_at_once_and_each_gets_its_own_answer() {
        let house = start(None);
        make_cups(&house.0);
        let askers: Vec<_> = (0..8)
            .map(|asker: i64| {
                let store = house.0.clone();
                thread::spawn(move || {
                    for number in (0..50).map(|number| asker * 50 + number) {
                        let row = store.ask(move |connection| {
                            connection.execute("INSERT INTO cup VALUES (?)", params![number])?;
                            Ok(number)
                        });
                        assert_eq!(row, Ok(number));
                    }
                })
            })
            .collect();
        for asker in askers {
            asker.join().unwrap();
        }
        assert_eq!(count(&house.0), Ok(400));
        stop(house);
    }

    /// Something that was said, to be kept.
    fn said(number: i64) -> Vec<Record> {
        let texts = Texts { source: "alice!~alice@tea", words: "茶", ..Texts::default() };
        let entry = Entry::new("#tea".into(), Number::from_micros(number), Kind::Privmsg, false, &texts);
        vec![Record::Entry(entry)]
    }

    #[test]
    fn operators_hear_once_when_nothing_can_be_kept_and_once_when_it_can_again() {
        let house = start(None);
        let store = &house.0;
        // What is asked is answered after the pile has been written, or not.
        let change = |sql: &'static str| store.ask(move |connection| connection.execute_batch(sql)).unwrap();
        change("ALTER TABLE message RENAME TO elsewhere");
        assert_eq!(store.keep(&mut said(1)), None);
        change("");
        let news = store.keep(&mut said(2));
        assert!(matches!(news, Some(Text::HistoryFails(_))), "{news:?}");
        change("");
        assert_eq!(store.keep(&mut said(3)), None, "they know");
        change("ALTER TABLE elsewhere RENAME TO message");
        assert_eq!(store.keep(&mut said(4)), None);
        change("");
        assert_eq!(store.keep(&mut said(5)), Some(Text::HistoryRecovered("3".to_owned())));
        let kept = store.ask(|connection| {
            connection.query_row("SELECT group_concat(id) FROM message", [], |row| row.get::<_, String>(0))
        });
        assert_eq!(kept, Ok("4,5".to_owned()));
        stop(house);
    }

    #[test]
    fn nobody_waits_for_a_disk_that_is_too_slow_and_what_is_lost_is_counted() {
        let house = start(None);
        let (go_on, wait) = bounded::<()>(0);
        let store = house.0.clone();
        let slow = thread::spawn(move || {
            store.ask(move |_| {
                let _ = wait.recv();
                Ok(())
            })
        });
        // From here on the thread is busy, and the pile grows: some of it may have been taken before.
        let mut news = None;
        let mut said_so_far = 0;
        while news.is_none() {
            let count = 10_000;
            news = house.0.keep(&mut (said_so_far..said_so_far + count).flat_map(said).collect());
            said_so_far += count;
        }
        assert_eq!(news, Some(Text::HistoryTooSlow));
        drop(go_on);
        assert_eq!(slow.join().unwrap(), Ok(()));
        let count = |connection: &Connection| {
            connection.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0))
        };
        let kept = house.0.ask(count).unwrap();
        let news = house.0.keep(&mut said(said_so_far));
        assert_eq!(news, Some(Text::HistoryRecovered((said_so_far - kept).to_string())));
        stop(house);
    }

    #[test]
    fn a_change_that_nobody_waits_for_any_more_is_not_made() {
        let house = start(None);
        make_cups(&house.0);
        let (go_on, wait) = bounded::<()>(0);
        let (begins, begun) = bounded(1);
        let store = house.0.clone();
        let slow = thread::spawn(move || {
            store.ask(move |_| {
                begins.send(()).unwrap();
                let _ = wait.recv();
                Ok(())
            })
        });
        begun.recv().unwrap();
        let insert = |connection: &Connection| connection.execute("INSERT INTO cup VALUES (1)", []);
        assert_eq!(house.0.ask_within(Duration::ZERO, insert), Err(StoreError::Late));
        drop(go_on);
        assert_eq!(slow.join().unwrap(), Ok(()));
        assert_eq!(count(&house.0), Ok(0), "whoever was told that it did not happen can rely on it");
        stop(house);
    }

    #[test]
    fn the_store_answers_while_it_forgets_very_much() {
        let folder = tempfile::tempdir().unwrap();
        let house = start(Some(folder.path()));
        // From 1970, and more than is forgotten at a time.
        let mut records: Vec<_> = (1..=50_000).flat_map(said).collect();
        assert_eq!(house.0.keep(&mut records), None);
        stop(house);
        let config = Config { history_days: Some(1), ..config(Some(folder.path())) };
        let house = Store::start(&config).unwrap();
        let left = |connection: &Connection| {
            connection.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0))
        };
        let mut answers = 0;
        while house.0.ask(left) != Ok(0) {
            answers += 1;
        }
        assert!(answers > 1, "{answers} before all was forgotten");
        stop(house);
    }

    #[test]
    fn no_more_is_kept_of_a_conversation_than_the_configuration_says() {
        let house = Store::start(&Config { history_lines: Some(10), ..config(None) }).unwrap();
        let mut records: Vec<_> = (1..=1000).flat_map(said).collect();
        assert_eq!(house.0.keep(&mut records), None);
        let (count, oldest) = house
            .0
            .ask(|connection| {
                let ask = "SELECT count(*), min(id) FROM message";
                connection.query_row(ask, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            })
            .unwrap();
        // It is counted from time to time.
        assert!((10..=10 + i64::from(history::COUNT_EVERY)).contains(&count), "{count}");
        assert_eq!(oldest, 1000 - count + 1, "the oldest go first");
        stop(house);
    }

    #[test]
    fn two_servers_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = start(Some(folder.path()));
        let second = Store::start(&config(Some(folder.path())));
        assert!(matches!(second, Err(Text::FolderInUse(_))), "{second:?}");
        stop(first);
        stop(start(Some(folder.path())));
    }
}
