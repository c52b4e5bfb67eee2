//! The store: what outlasts the server, in one SQLite database in `data_dir`.
//!
//! One thread owns the connection to the database, and everybody else sends it questions over a bounded channel. It
//! takes all that waits, runs it in one transaction, commits, and only then answers; so an answer means that the
//! change is on the disk, and many changes share the cost of getting it there.
//! What was said and done is not asked but left: a session puts it on a common pile and goes on, and the thread writes
//! the pile a moment later, in one go with whatever is asked meanwhile. If the disk is full or broken, chat goes on and
//! the pile waits; it is tried again each second. What finds no room on it is lost and counted, and the log and the
//! operators are told, once when it begins and once when it is over, whether anybody speaks meanwhile or not.
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
pub(crate) mod copy;
pub mod furnish;
pub(crate) mod history;
pub(crate) mod newest;
pub(crate) mod presence;
pub(crate) mod rows;
mod schema;
pub(crate) mod secrets;
pub mod trouble;

use std::fmt;
use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::mem;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::vec;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;
use rusqlite::Connection;

use crate::config::Config;
use crate::text::language::{Language, Text};
use crate::world::{Changes, Record};
use history::housework::Housework;
use history::{Limits, Writer};
use trouble::Trouble;

/// How many questions may wait. Past that, whoever asks waits for room.
const MOST_WAITING: usize = 1024;
/// How many questions share a transaction at most, so that the first does not wait long for its answer.
const MOST_TOGETHER: usize = 256;
/// How long whoever asks waits for the store to get to it.
const PATIENCE: Duration = Duration::from_secs(15);
/// The database's file in `data_dir`.
pub(crate) const FILE: &str = "teahouse.db";
/// The file that is locked as long as a server uses the folder.
pub(crate) const LOCK_FILE: &str = "teahouse.lock";

/// How long what was said may lie on the pile: it is written together with what is said next.
const LINGER: Duration = Duration::from_millis(200);
/// How much may lie there. Past that, the disk is too slow.
const MOST_RECORDS: usize = 65_536;
/// When so much lies there, it is written at once.
const MANY_RECORDS: usize = MOST_RECORDS / 2;
/// How long after a failure writing is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How often what is too old or too much is forgotten, and what was forgotten is wiped out of the files.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// The way to the store's thread.
#[derive(Clone, Debug)]
pub struct Store {
    jobs: Sender<Job>,
    pile: Arc<Mutex<Pile>>,
    herald: Arc<Herald>,
    /// Where the database is; `None` in memory.
    file: Option<PathBuf>,
}

/// What was said and done and is not written yet.
#[derive(Debug)]
struct Pile {
    records: Vec<Record>,
    limits: Limits,
    /// How many were lost since it began to go wrong; `None` as long as all is well.
    lost: Option<usize>,
    language: Language,
}

/// Tells the operators, once there is a world with operators in it.
#[derive(Default)]
struct Herald(OnceLock<Tell>);

/// Tells every operator.
type Tell = Box<dyn Fn(&Text) + Send + Sync>;

impl Herald {
    /// Tells the log and the operators. No lock is held meanwhile.
    fn announce(&self, news: Option<&Text>, language: Language) {
        let Some(news) = news else { return };
        log::warn!("{}", news.within(language));
        if let Some(tell) = self.0.get() {
            tell(news);
        }
    }
}

impl fmt::Debug for Herald {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Herald")
    }
}

/// Why a question has no answer. Whichever it is, nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The store did not get to it in time, and will not.
    Late,
    /// The database says no: the disk is full, or the question is wrong.
    Failed(Trouble),
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
            Self::Failed(trouble) => trouble.fmt(f),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
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
/// How a question went, and how to tell the one who waits.
type Answered = (Result<(), StoreError>, Answer);

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
        let pile = Pile { records: Vec::new(), limits: Limits::of(config), lost: None, language };
        let pile = Arc::new(Mutex::new(pile));
        let (shared, herald) = (Arc::clone(&pile), Arc::<Herald>::default());
        let crier = Arc::clone(&herald);
        let work = move || {
            let (writer, housework, herald) = (Writer::default(), Housework::default(), &*crier);
            Clerk {
                connection: &connection,
                pile: &shared,
                herald,
                writer,
                housework,
                language,
                again: None,
            }
            .serve(&waiting);
            // What the last checkpoint left in the log beside the database goes into it here.
            drop(connection);
            drop(lock);
        };
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .map_err(|error| Text::CannotStart(error.to_string()))?;
        Ok((Self { jobs, pile, herald, file: file_of(config).ok() }, thread))
    }

    /// Says how to tell the operators when what is said can no longer be kept, and when it can again. It is called by
    /// the store's thread, or by whoever leaves something, who holds no lock then. The first one stays.
    pub fn report_to(&self, tell: impl Fn(&Text) + Send + Sync + 'static) {
        let _ = self.herald.0.set(Box::new(tell));
    }

    /// Leaves what was said and done to be written, and never waits for the disk. Not to be called under the world's
    /// lock, since the operators may have to be told.
    pub fn keep(&self, records: &mut Vec<Record>) {
        if records.is_empty() {
            return;
        }
        let mut pile = self.pile.lock();
        let before = pile.records.len();
        let news = pile.put(records);
        let (after, language) = (pile.records.len(), pile.language);
        drop(pile);
        self.herald.announce(news.as_ref(), language);
        // If there is no room for the job, it has enough to do, and finds the pile when that is done.
        if before == 0 {
            let _ = self.jobs.try_send(Job::Records);
        }
        if before < MANY_RECORDS && after >= MANY_RECORDS {
            let _ = self.jobs.try_send(Job::ManyRecords);
        }
    }

    /// Asks for what the server needs to know at its start.
    ///
    /// # Errors
    /// A sentence for the person at the console.
    pub(crate) fn load<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Text> {
        self.ask(question).map_err(|error| match (error, &self.file) {
            (StoreError::Failed(trouble), Some(file)) if trouble.is_of_sqlite() => trouble.sentence(file),
            (StoreError::Failed(trouble), Some(file)) => {
                Text::StoreUnreadable(file.display().to_string(), trouble.to_string())
            }
            (error, _) => Text::CannotStart(error.to_string()),
        })
    }

    /// Has rooms and people kept as they are, but for what newer changes have overtaken; waits until it is on the disk.
    /// Never to be called under the world's lock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_changes(&self, changes: Changes) -> Result<(), StoreError> {
        self.ask(move |connection| newest::keep(connection, &changes))
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

/// Opens the database beside a server that may be using it; for a copy it may be of an older version.
///
/// # Errors
/// A sentence for the person at the console: there is none, or it is not of today's version.
pub(crate) fn open_beside(config: &Config, may_be_old: bool) -> Result<Connection, Text> {
    schema::open_beside(&file_of(config)?, may_be_old)
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

/// Where the database is.
///
/// # Errors
/// Where everything is in memory.
pub(crate) fn file_of(config: &Config) -> Result<PathBuf, Text> {
    Ok(config.data_dir.as_ref().ok_or(Text::NoDataDir)?.join(FILE))
}

/// Whether a file is a database of Teahouse, of whatever version, and as far as can be told.
pub(crate) fn is_database(file: &Path) -> bool {
    schema::is_one(file)
}

/// The name of what belongs to a file.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Makes the folder if need be, for this user only, and keeps other servers out of it for as long as the file lives.
fn occupy(folder: &Path) -> Result<File, Text> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| trouble::refused(folder, &error))?;
    let lock = private_file(&folder.join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Text::FolderInUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => return Err(trouble::refused(folder, &error)),
    }
    // The database takes the rights of the file that it finds. Only who has the folder may touch it: closing it lets go
    // of all locks on it that this process has.
    private_file(&folder.join(FILE))?;
    Ok(lock)
}

/// Opens a file, made if need be, that nobody else can read from now on.
fn private_file(path: &Path) -> Result<File, Text> {
    // A pipe would be waited for until somebody reads it.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Text::StoreNotAFile(path.display().to_string()));
    }
    let open = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = open.map_err(|error| match (fs::metadata(path), path.parent()) {
        // It could not be made: it is the folder that does not let us.
        (Err(_), Some(folder)) if fs::symlink_metadata(path).is_err() => trouble::refused(folder, &error),
        _ => trouble::refused(path, &error),
    })?;
    // A backup that was copied back may be for everybody to read. Whose file it is not cannot change that.
    let _ = file.set_permissions(Permissions::from_mode(0o600));
    give_to_the_houses_user(&file, path);
    Ok(file)
}

/// What root makes in the folder of somebody else (`sudo teahouse-server import …`) would keep the server out.
fn give_to_the_houses_user(file: &File, path: &Path) {
    if rustix::process::geteuid().is_root()
        && let Some(Ok(folder)) = path.parent().map(fs::metadata)
        && file.metadata().is_ok_and(|made| made.uid() != folder.uid() && made.len() == 0)
    {
        // If it cannot be given away, the server says so.
        let _ = std::os::unix::fs::fchown(file, Some(folder.uid()), Some(folder.gid()));
    }
}

impl Pile {
    /// Puts what there is room for on top. Returns what there is to say if there is none.
    fn put(&mut self, records: &mut Vec<Record>) -> Option<Text> {
        let lost = (self.records.len() + records.len()).saturating_sub(MOST_RECORDS);
        records.truncate(records.len() - lost);
        self.records.append(records);
        if lost > 0 { self.lose(lost, Text::HistoryTooSlow) } else { None }
    }

    /// Puts what could not be written back, below what came meanwhile. What does not fit any more is counted.
    fn put_back(&mut self, records: Vec<Record>) {
        let mut newer = mem::replace(&mut self.records, records);
        // That it goes wrong is known already.
        let _ = self.put(&mut newer);
    }

    /// Counts what was lost, or that something may be. Returns what there is to say of it, if it is the first.
    fn lose(&mut self, count: usize, why: Text) -> Option<Text> {
        let is_first = self.lost.is_none();
        *self.lost.get_or_insert(0) += count;
        is_first.then_some(why)
    }

    /// Notes that all is well. Returns what there is to say of it, if it was not.
    fn recover(&mut self) -> Option<Text> {
        let lost = self.lost.take()?;
        Some(Text::HistoryRecovered(lost.to_string()))
    }
}

/// The thread, while it runs.
struct Clerk<'s> {
    connection: &'s Connection,
    pile: &'s Mutex<Pile>,
    herald: &'s Herald,
    writer: Writer,
    housework: Housework,
    language: Language,
    /// When writing is to be tried again; `None` as long as the disk does what it should.
    again: Option<Instant>,
}

/// What came of writing down what was said.
enum Kept {
    /// It is written.
    All,
    /// There was nothing, or it was not tried.
    Nothing,
    /// It is not written.
    Failed(Trouble),
}

impl Clerk<'_> {
    /// Takes all that waits, and runs it together.
    fn serve(&mut self, waiting: &Receiver<Job>) {
        let mut due: Option<Instant> = None;
        let mut tidies = Instant::now();
        loop {
            let deadline = [due, self.again].into_iter().flatten().fold(tidies, Instant::min);
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
            if self.again.is_some_and(|again| again > now) && !stops {
                // The pile waits for the disk.
                due = None;
            }
            let tries_again = self.again.is_some_and(|again| again <= now);
            if stops || tries_again || !questions.is_empty() || due.is_some_and(|due| due <= now) {
                due = None;
                self.run_together(questions, now, stops);
            }
            if stops {
                let limits = self.pile.lock().limits;
                if let Err(error) = self.housework.settle(self.connection, &mut self.writer, limits) {
                    log::warn!("store: {error}");
                }
                return;
            }
            if tidies <= now {
                let limits = self.pile.lock().limits;
                let is_all = self.housework.go_on(self.connection, &mut self.writer, limits);
                // Who asks meanwhile comes first.
                tidies = if matches!(is_all, Ok(false)) { now } else { now + TIDY_EVERY };
                if let Err(error) = is_all {
                    log::warn!("store: {error}");
                }
                if let Some(news) = self.housework.news() {
                    log::warn!("{}", news.within(self.language));
                }
            }
        }
    }

    /// Writes the pile and runs questions, in one transaction, and tells those who wait how it went. As long as the
    /// disk does not do what it should, the pile is left alone until it is to be tried again, so that what can be read
    /// still is.
    fn run_together(&mut self, questions: Vec<Question>, now: Instant, stops: bool) {
        let tries_again = self.again.is_some_and(|again| again <= now);
        let (records, limits) = {
            let mut pile = self.pile.lock();
            let writes = self.again.is_none() || tries_again || stops;
            (if writes { mem::take(&mut pile.records) } else { Vec::new() }, pile.limits)
        };
        let mut questions = questions.into_iter();
        let mut kept = self.transact(&records, limits, tries_again, &mut questions);
        let records = if matches!(kept, Kept::All) { Vec::new() } else { records };
        // A full disk can take a transaction away in the middle: those who were not asked yet get one of their own.
        while questions.len() > 0 {
            if let Kept::Failed(trouble) = self.transact(&[], limits, false, &mut questions) {
                kept = Kept::Failed(trouble);
            }
        }
        self.report(records, kept, stops);
        for note in rows::left_out() {
            log::warn!("{}", note.within(self.language));
        }
    }

    /// One transaction. Returns what came of the records, or of a question where there is none and it is the disk
    /// that failed it.
    fn transact(
        &mut self,
        records: &[Record],
        limits: Limits,
        tries_again: bool,
        questions: &mut vec::IntoIter<Question>,
    ) -> Kept {
        let connection = self.connection;
        let mut answers = Vec::new();
        let mut kept = Kept::Nothing;
        let outcome = (|| -> Result<(), Trouble> {
            connection.execute_batch("BEGIN")?;
            // What was said comes first: who asks for it finds it.
            if !records.is_empty() || tries_again {
                connection.execute_batch("SAVEPOINT records")?;
                let written = self.writer.write(connection, records, limits).and_then(|()| match records {
                    [] => write_for_a_try(connection),
                    _ => Ok(()),
                });
                if let Err(error) = written {
                    let trouble = Trouble::from(error);
                    if connection.is_autocommit() {
                        return Err(trouble);
                    }
                    connection.execute_batch("ROLLBACK TO records")?;
                    kept = Kept::Failed(trouble);
                } else {
                    kept = Kept::All;
                }
            }
            let mut failed = None;
            for question in questions.by_ref() {
                let (answered, trouble) = run(connection, question);
                answers.extend(answered);
                if connection.is_autocommit() {
                    // What was changed before is taken back with it.
                    return Err(trouble.unwrap_or_else(|| Trouble::new("the transaction is gone")));
                }
                failed = failed.or(trouble.filter(Trouble::may_pass));
            }
            connection.execute_batch("COMMIT")?;
            if let (Kept::Nothing, Some(trouble)) = (&kept, failed) {
                kept = Kept::Failed(trouble);
            }
            Ok(())
        })();
        if let Err(trouble) = &outcome {
            // It fails if there is no transaction any more; then there is nothing to take back.
            let _ = connection.execute_batch("ROLLBACK");
            kept = Kept::Failed(trouble.clone());
        }
        let outcome = outcome.map_err(StoreError::Failed);
        for (one, answer) in answers {
            answer(outcome.clone().and(one));
        }
        kept
    }

    /// Notes how the writing of a pile went: the log and the operators hear when it begins to fail and when that is over.
    fn report(&mut self, records: Vec<Record>, kept: Kept, stops: bool) {
        let mut pile = self.pile.lock();
        let news = match kept {
            Kept::Nothing => None,
            Kept::All => {
                self.again = None;
                pile.recover()
            }
            Kept::Failed(trouble) => {
                self.housework.count_anew(&mut self.writer);
                self.again = trouble.may_pass().then(|| Instant::now() + TRY_AGAIN);
                if self.again.is_none() && records.is_empty() {
                    // It was a question that is wrong in itself, and whoever asked knows.
                    log::error!("store: {trouble}");
                    return;
                }
                let is_lost = stops || self.again.is_none();
                let why = trouble.reason().to_string(self.language);
                let news = pile.lose(if is_lost { records.len() } else { 0 }, Text::HistoryFails(why));
                if !is_lost {
                    pile.put_back(records);
                }
                news
            }
        };
        let lost_at_the_end = pile.lost.filter(|lost| stops && *lost > 0);
        drop(pile);
        self.herald.announce(news.as_ref(), self.language);
        if let Some(count) = lost_at_the_end {
            log::warn!("{}", Text::HistoryEndsLost(count.to_string()).within(self.language));
        }
    }
}

/// Writes something that changes nothing, to see whether the disk takes it.
fn write_for_a_try(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

/// Runs one question; what it has changed is taken back if it fails. A question that panics has no answer. Returns the
/// database's trouble with it, too.
fn run(connection: &Connection, question: Question) -> (Option<Answered>, Option<Trouble>) {
    // They fail only where the question fails too.
    let _ = connection.prepare_cached("SAVEPOINT question").and_then(|mut begin| begin.execute([]));
    let answered = panic::catch_unwind(AssertUnwindSafe(|| question(connection))).ok();
    if !matches!(answered, Some((Ok(()), _))) {
        let _ = connection.execute_batch("ROLLBACK TO question");
    }
    let _ = connection.prepare_cached("RELEASE question").and_then(|mut end| end.execute([]));
    let trouble = match &answered {
        Some((Err(StoreError::Failed(trouble)), _)) => Some(trouble.clone()),
        _ => None,
    };
    (answered, trouble)
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

    /// What the operators hear.
    fn listen(store: &Store) -> Receiver<Text> {
        let (tell, heard) = bounded(100);
        store.report_to(move |news| tell.send(news.clone()).expect("somebody listens"));
        heard
    }

    fn hear(heard: &Receiver<Text>) -> Text {
        heard.recv_timeout(Duration::from_secs(20)).expect("something is said")
    }

    fn ids(store: &Store) -> String {
        let ids = "SELECT coalesce(group_concat(id), '') FROM message";
        store.ask(|connection| connection.query_row(ids, [], |row| row.get(0))).unwrap()
    }

    /// Lets the database have no more room than it takes now, or enough.
    fn limit_pages(store: &Store, is_full: bool) {
        let most = if is_full { 1 } else { 1_000_000 };
        let limit = move |connection: &Connection| {
            connection.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))
        };
        store.ask(limit).unwrap();
    }

    /// So much that it does not fit into the pages that there are.
    fn said_much(from: i64) -> Vec<Record> {
        (from..from + 500).flat_map(said).collect()
    }

    #[test]
    fn operators_hear_once_when_nothing_can_be_kept_and_once_when_it_can_again() {
        let house = start(None);
        let store = &house.0;
        let heard = listen(store);
        // What is asked is answered after the pile has been written, or not.
        let change = |sql: &'static str| store.ask(move |connection| connection.execute_batch(sql)).unwrap();
        change("ALTER TABLE message RENAME TO elsewhere");
        for number in 1..=3 {
            store.keep(&mut said(number));
            change("");
        }
        let news = hear(&heard);
        assert!(matches!(news, Text::HistoryFails(_)), "{news:?}");
        change("ALTER TABLE elsewhere RENAME TO message");
        store.keep(&mut said(4));
        assert_eq!(hear(&heard), Text::HistoryRecovered("3".to_owned()));
        assert_eq!(ids(store), "4");
        assert!(heard.is_empty(), "once is enough");
        stop(house);
    }

    #[test]
    fn what_is_said_while_the_disk_is_full_is_kept_when_there_is_room_again_and_operators_hear_of_it_in_silence()
     {
        let house = start(None);
        let store = &house.0;
        let heard = listen(store);
        for from in [1000, 2000] {
            limit_pages(store, true);
            store.keep(&mut said_much(from));
            let Text::HistoryFails(why) = hear(&heard) else { panic!("something else is wrong") };
            assert!(why.starts_with("the disk is full"), "{why}");
            assert_eq!(count_all(store) % 500, 0, "what is there can be read, and nothing is there by half");
            limit_pages(store, false);
            // Nobody says a word.
            assert_eq!(hear(&heard), Text::HistoryRecovered("0".to_owned()));
        }
        assert_eq!(count_all(store), 1000);
        stop(house);
    }

    fn count_all(store: &Store) -> i64 {
        let count = "SELECT count(*) FROM message";
        store.ask(|connection| connection.query_row(count, [], |row| row.get(0))).unwrap()
    }

    #[test]
    fn operators_hear_of_a_full_disk_from_what_is_asked_too() {
        let house = start(None);
        let store = &house.0;
        make_cups(store);
        let heard = listen(store);
        limit_pages(store, true);
        let much = |connection: &Connection| {
            let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                INSERT INTO cup SELECT i FROM n";
            connection.execute(many, [])
        };
        let refused = store.ask(much);
        assert!(matches!(&refused, Err(StoreError::Failed(trouble)) if trouble.may_pass()), "{refused:?}");
        assert!(matches!(hear(&heard), Text::HistoryFails(_)));
        assert_eq!(hear(&heard), Text::HistoryRecovered("0".to_owned()), "little can be written still");
        assert_eq!(count(store), Ok(0));
        stop(house);
    }

    #[test]
    fn nobody_waits_for_a_disk_that_is_too_slow_and_what_is_lost_is_counted() {
        let house = start(None);
        let heard = listen(&house.0);
        let (go_on, wait) = bounded::<()>(0);
        let store = house.0.clone();
        let slow = thread::spawn(move || {
            store.ask(move |_| {
                let _ = wait.recv();
                Ok(())
            })
        });
        // From here on the thread is busy, and the pile grows: some of it may have been taken before.
        let mut said_so_far = 0;
        while heard.is_empty() {
            let count = 10_000;
            house.0.keep(&mut (said_so_far..said_so_far + count).flat_map(said).collect());
            said_so_far += count;
        }
        assert_eq!(hear(&heard), Text::HistoryTooSlow);
        drop(go_on);
        assert_eq!(slow.join().unwrap(), Ok(()));
        let kept = count_all(&house.0);
        assert_eq!(hear(&heard), Text::HistoryRecovered((said_so_far - kept).to_string()));
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
        house.0.keep(&mut records);
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
        house.0.keep(&mut records);
        let (count, oldest) = house
            .0
            .ask(|connection| {
                let ask = "SELECT count(*), min(id) FROM message";
                connection.query_row(ask, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            })
            .unwrap();
        assert_eq!((count, oldest), (10, 991), "the oldest go first");
        stop(house);
    }

    /// How many messages each conversation has, by its number.
    fn counts(store: &Store) -> Vec<i64> {
        let counts = |connection: &Connection| {
            let ask = "SELECT count(*) FROM message GROUP BY place ORDER BY place";
            let mut counts = connection.prepare(ask)?;
            let counts = counts.query_map([], |row| row.get(0))?;
            counts.collect::<rusqlite::Result<Vec<_>>>()
        };
        store.ask(counts).unwrap()
    }

    #[test]
    fn the_limit_holds_over_restarts_and_in_every_conversation() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { history_lines: Some(10), ..config(Some(folder.path())) };
        let mut number = 0;
        for _ in 0..3 {
            let house = Store::start(&config).unwrap();
            for _ in 0..4 {
                for place in ["#tea", "#more", "alice bob"] {
                    number += 1;
                    let texts = Texts { source: "alice!~alice@tea", words: "茶", ..Texts::default() };
                    let entry =
                        Entry::new(place.into(), Number::from_micros(number), Kind::Privmsg, false, &texts);
                    house.0.keep(&mut vec![Record::Entry(entry)]);
                }
                house.0.ask(|_| Ok(())).unwrap();
            }
            stop(house);
        }
        let house = Store::start(&config).unwrap();
        assert_eq!(counts(&house.0), [10, 10, 10]);
        stop(house);
    }

    #[test]
    fn a_lower_limit_holds_where_nothing_is_said_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let house = start(Some(folder.path()));
        for place in ["#tea", "#more", "alice bob"] {
            let entries = |number| {
                let texts = Texts { source: "alice!~alice@tea", words: "茶", ..Texts::default() };
                Record::Entry(Entry::new(
                    place.into(),
                    Number::from_micros(number),
                    Kind::Privmsg,
                    false,
                    &texts,
                ))
            };
            let first = place.len() as i64 * 10_000;
            house.0.keep(&mut (first..first + 3000).map(entries).collect());
        }
        stop(house);
        let config = Config { history_lines: Some(10), ..config(Some(folder.path())) };
        let house = Store::start(&config).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while counts(&house.0) != [10, 10, 10] {
            assert!(Instant::now() < deadline, "{:?}", counts(&house.0));
        }
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
