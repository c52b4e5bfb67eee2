//! The thread that owns the database: it takes all that waits, runs it in one transaction, commits, and then answers.

use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};
use std::vec;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use parking_lot::Mutex;
use rusqlite::Connection;

use super::history::housework::Housework;
use super::history::{Limits, Writer};
use super::pile::{Herald, Pile};
use super::trouble::Trouble;
use super::{StoreError, rows};
use crate::text::language::{Language, Text};
use crate::world::Record;

/// How many questions share a transaction at most, so that the first does not wait long for its answer.
const MOST_TOGETHER: usize = 256;
/// How long what was said may lie on the pile: it is written together with what is said next.
const LINGER: Duration = Duration::from_millis(200);
/// How long after a failure writing is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How often what is too old or too much is forgotten, and what was forgotten is wiped out of the files.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// A word to the thread.
pub(super) enum Job {
    Question(Question),
    /// There is something on the pile.
    Records,
    /// There is much on the pile.
    ManyRecords,
    Stop,
}

/// Asks the database, inside a transaction; says whether that went well, and how to tell the caller that waits.
pub(super) type Question = Box<dyn FnOnce(&Connection) -> (Result<(), StoreError>, Answer) + Send>;
/// Told how the transaction ended.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// The outcome of a question, and the way to tell the caller that waits.
pub(super) type Answered = (Result<(), StoreError>, Answer);

/// The thread, while it runs.
pub(super) struct Clerk<'s> {
    connection: &'s Connection,
    pile: &'s Mutex<Pile>,
    herald: &'s Herald,
    writer: Writer,
    housework: Housework,
    language: Language,
    /// When writing is to be tried again; `None` as long as the disk does what it should.
    again: Option<Instant>,
}

/// The outcome of writing down what was said.
enum Kept {
    /// It is written.
    All,
    /// There was nothing, or it was not tried.
    Nothing,
    /// It is not written.
    Failed(Trouble),
}

impl<'s> Clerk<'s> {
    pub(super) fn new(
        connection: &'s Connection,
        pile: &'s Mutex<Pile>,
        herald: &'s Herald,
        language: Language,
    ) -> Self {
        let (writer, housework) = (Writer::default(), Housework::default());
        Self { connection, pile, herald, writer, housework, language, again: None }
    }
}

impl Clerk<'_> {
    /// Takes all that waits, and runs it together.
    pub(super) fn serve(&mut self, waiting: &Receiver<Job>) {
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
                // A caller that asks meanwhile comes first.
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

    /// Writes the pile and runs questions, in one transaction, and tells the callers that wait how it went. As long
    /// as the disk fails, the pile is left alone until it is to be tried again, so that reading still works where it
    /// can.
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
        // A full disk can take a transaction away in the middle: the questions not asked yet get one of their own.
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

    /// Runs one transaction. Returns the outcome of the records, or, without records, of a question that the disk
    /// failed.
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
            // The records come first: a client that asks for them finds them.
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
                    // The changes before it are taken back with it.
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

    /// Notes how the writing of a pile went: the log and the operators hear when failing begins and when it is over.
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
                    // The question is wrong in itself, and the caller that asked knows.
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

/// Runs one question; its changes are taken back if it fails. A question that panics has no answer. Returns the
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
