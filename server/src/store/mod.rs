//! The store: the state that outlasts the server, in one SQLite database in `data_dir`.
//!
//! One thread owns the connection to the database, and everybody else sends it questions over a bounded channel. It
//! takes all that waits, runs it in one transaction, commits, and only then answers; so an answer means that the change
//! is on the disk, and many changes share the cost of getting it there. A session does not wait for the record of what
//! was said and done: it puts the record on a common pile and goes on, and the thread writes the pile a moment later,
//! in one go with the questions asked meanwhile. If the disk is full or broken, chat goes on and the pile waits; it is
//! tried again each second. A record that finds no room on it is lost and counted. The log and the operators hear of
//! it, once when it begins and once when it is over, whether anybody speaks meanwhile or not. Nobody asks under the
//! world's lock. A handler leaves its question as an [errand](crate::commands::Errand), and goes on with the answer.
//!
//! Without a `data_dir` the database lies in memory. There is no second implementation: what works in a test works on
//! a disk.
//!
//! The tables are in the files of this folder by subject, and put together in `schema.rs`.

pub(crate) mod accounts;
pub(crate) mod bans;
pub(crate) mod channels;
mod clerk;
pub(crate) mod copy;
mod folder;
pub mod furnish;
pub(crate) mod history;
pub(crate) mod latest_state;
mod pile;
pub(crate) mod presence;
pub(crate) mod rows;
mod schema;
pub(crate) mod secrets;
pub mod trouble;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;
use rusqlite::Connection;

use crate::config::Config;
use crate::text::language::Text;
use crate::world::{Changes, Record};
use clerk::{Answer, Clerk, Job, Question};
pub(crate) use folder::{
    FILE, LOCK_FILE, Occupied, file_of, is_database, open_alone, open_beside, try_folder,
};
use history::Limits;
use pile::{Herald, MANY_RECORDS, Pile};
use trouble::Trouble;

/// How many questions may wait. Past that, a caller that asks waits for room.
const MOST_WAITING: usize = 1024;
/// How long a caller that asks waits for the store to get to it.
const PATIENCE: Duration = Duration::from_secs(15);

/// The way to the store's thread.
#[derive(Clone, Debug)]
pub struct Store {
    jobs: Sender<Job>,
    pile: Arc<Mutex<Pile>>,
    herald: Arc<Herald>,
    /// Where the database is; `None` in memory.
    file: Option<PathBuf>,
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
    /// The refusal for a user who asked for something that needs the store.
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
        let herald = Arc::<Herald>::default();
        let (its_pile, its_herald) = (Arc::clone(&pile), Arc::clone(&herald));
        let work = move || {
            Clerk::new(&connection, &its_pile, &its_herald, language).serve(&waiting);
            // The rest that the last checkpoint left in the log beside the database goes into it here.
            drop(connection);
            drop(lock);
        };
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .map_err(|error| Text::CannotStart(error.to_string()))?;
        Ok((Self { jobs, pile, herald, file: file_of(config).ok() }, thread))
    }

    /// Says how to tell the operators when what is said can no longer be kept, and when it can again. The store's
    /// thread calls `tell`, or a session that leaves a record, and neither holds a lock then. The first `tell` stays.
    pub fn report_to(&self, tell: impl Fn(&Text) + Send + Sync + 'static) {
        self.herald.tell_by(tell);
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
        self.ask(move |connection| latest_state::keep(connection, &changes))
    }

    /// Takes on how much is kept.
    pub fn reconfigure(&self, config: &Config) {
        self.pile.lock().limits = Limits::of(config);
    }

    /// Asks the database and waits for the answer. The question's changes are on the disk when the answer comes; if
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
        // The thread takes the question as it begins, or the caller takes it back on losing patience.
        let slot = Arc::new(Mutex::new(Some(question)));
        let its_slot = Arc::clone(&slot);
        let question: Question = Box::new(move |connection| {
            let question = its_slot.lock().take();
            let Some(question) = question else { return (Ok(()), Box::new(|_| {})) };
            let (outcome, found) = match question(connection) {
                Ok(found) => (Ok(()), Some(found)),
                Err(error) => (Err(error.into()), None),
            };
            let answer: Answer = Box::new(move |outcome| {
                let found = outcome.and_then(|()| found.ok_or(StoreError::Late));
                // The caller waits: the question had begun.
                let _ = sender.send(found);
            });
            (outcome, answer)
        });
        let deadline = Instant::now() + patience;
        self.jobs.send_deadline(Job::Question(question), deadline).map_err(|_| StoreError::Late)?;
        match receiver.recv_deadline(deadline) {
            Ok(answer) => answer,
            // A question that has begun is waited for, however long the disk takes: else nobody knew its outcome.
            Err(RecvTimeoutError::Timeout) if slot.lock().take().is_none() => {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crossbeam_channel::Receiver;
    use rusqlite::params;

    use crate::world::{Entry, Kind, Number, Texts};

    use super::*;

    fn config(folder: Option<&Path>) -> Config {
        // The messages of these tests were said in 1970.
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

    /// The notices that the operators get.
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
        // A question is answered after the pile has been written, or not.
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
