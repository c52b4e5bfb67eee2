//! The store: what outlasts the server, in one SQLite database in `data_dir`.
//!
//! One thread owns the connection to the database, and everybody else sends it questions over a bounded channel. It
//! takes all that waits, runs it in one transaction, commits, and only then answers; so an answer means that the
//! change is on the disk, and many changes share the cost of getting it there.
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
mod schema;

use std::fmt;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::Connection;

use crate::language::{Language, Text};

/// How many questions may wait. Past that, whoever asks waits for room.
const MOST_WAITING: usize = 1024;
/// How many questions share a transaction at most, so that the first does not wait long for its answer.
const MOST_TOGETHER: usize = 256;
/// How long whoever asks waits for the answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The database's file in `data_dir`.
const FILE: &str = "teahouse.db";
/// The file that is locked as long as a server uses the folder.
const LOCK_FILE: &str = "teahouse.lock";

/// The way to the store's thread.
#[derive(Clone, Debug)]
pub struct Store {
    jobs: Sender<Job>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The store did not get to it in time. A change may still happen.
    Late,
    /// The database says no: the disk is full, or the question is wrong. Nothing has changed.
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
    pub fn start(folder: Option<&Path>, language: Language) -> Result<(Self, JoinHandle<()>), Text> {
        let (connection, lock) = match folder {
            Some(folder) => {
                let lock = occupy(folder)?;
                (schema::open(&folder.join(FILE), language)?, Some(lock))
            }
            None => (schema::open_in_memory()?, None),
        };
        let (jobs, waiting) = bounded(MOST_WAITING);
        let work = move || {
            serve(&connection, &waiting);
            // What the last checkpoint left in the log beside the database goes into it here.
            drop(connection);
            drop(lock);
        };
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .map_err(|error| Text::CannotStart(error.to_string()))?;
        Ok((Self { jobs }, thread))
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
        let (sender, receiver) = bounded(1);
        let question: Question = Box::new(move |connection| {
            let (outcome, found) = match question(connection) {
                Ok(found) => (Ok(()), Some(found)),
                Err(error) => (Err(error.into()), None),
            };
            let answer: Answer = Box::new(move |outcome| {
                let found = outcome.and_then(|()| found.ok_or(StoreError::Late));
                // Whoever asked may have lost patience.
                let _ = sender.send(found);
            });
            (outcome, answer)
        });
        let deadline = Instant::now() + PATIENCE;
        self.jobs.send_deadline(Job::Question(question), deadline).map_err(|_| StoreError::Late)?;
        receiver.recv_deadline(deadline).map_err(|_| StoreError::Late)?
    }

    /// Lets the thread end when it has done what waits.
    pub fn stop(&self) {
        // If it is not there any more, it need not be told.
        let _ = self.jobs.send(Job::Stop);
    }
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

/// Opens a file, made if need be, that nobody else can read.
fn private_file(path: &PathBuf) -> std::io::Result<File> {
    fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// The thread: takes all that waits, and runs it together.
fn serve(connection: &Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut questions = Vec::new();
        let mut stops = false;
        for job in std::iter::once(first).chain(waiting.try_iter()) {
            match job {
                Job::Question(question) => questions.push(question),
                Job::Stop => stops = true,
            }
            if stops || questions.len() == MOST_TOGETHER {
                break;
            }
        }
        answer(connection, questions);
        if stops {
            return;
        }
    }
}

/// Runs questions in one transaction and tells those who wait how it went.
fn answer(connection: &Connection, questions: Vec<Question>) {
    if questions.is_empty() {
        return;
    }
    if let Err(error) = connection.execute_batch("BEGIN") {
        log::error!("store: {error}");
        return;
    }
    let mut answers = Vec::new();
    for question in questions {
        // A full disk ends the whole transaction; whatever is asked next must not go on without one.
        if connection.is_autocommit() {
            break;
        }
        answers.extend(run(connection, question));
    }
    let ended = connection.execute_batch("COMMIT");
    if let Err(error) = &ended {
        log::error!("store: {error}");
        // It fails if there is no transaction any more; then there is nothing to take back.
        let _ = connection.execute_batch("ROLLBACK");
    }
    let ended = ended.map_err(StoreError::from);
    for (outcome, answer) in answers {
        answer(ended.clone().and(outcome));
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

    use super::*;

    fn start(folder: Option<&Path>) -> (Store, JoinHandle<()>) {
        Store::start(folder, Language::English).unwrap_or_else(|text| panic!("{text:?}"))
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

    #[test]
    fn two_servers_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = start(Some(folder.path()));
        let second = Store::start(Some(folder.path()), Language::English);
        assert!(matches!(second, Err(Text::FolderInUse(_))), "{second:?}");
        stop(first);
        stop(start(Some(folder.path())));
    }
}
