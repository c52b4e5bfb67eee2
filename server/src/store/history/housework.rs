//! The housework of the store's thread, every minute: it keeps no more than the limits say, and sees that forgotten
//! messages are in no file.
//!
//! SQLite overwrites deleted rows in the database (`secure_delete`), but the log beside it still has them until it is
//! emptied; so the thread empties it after each minute in which something was written.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::history::{self, Limits, Writer};
use crate::store::{bans, latest_state};
use crate::text::language::Text;

/// How long a clock is watched before it dates messages from the future: at the start of a machine, and after
/// somebody has set it, it may be set once more.
const TRUST: Duration = Duration::from_secs(600);
/// How much the clock may gain against the machine's own counter before it is doubted.
const LEAP_MICROS: i64 = 86_400 * 1_000_000;
/// How much the clock may lose against the machine's own counter without having been set back.
const LOSS_MICROS: i64 = 10 * 1_000_000;

/// The work to be done, and how far it has come.
#[derive(Debug)]
pub(in crate::store) struct Housework {
    /// Whether the messages have to be counted anew.
    counts: bool,
    /// The limit that holds in all conversations, if it does; it only has to be seen to where that has changed.
    trimmed_to: Option<Option<u32>>,
    /// The conversation to go on with.
    trims_from: i64,
    /// When the future is to be dated, if it has to be.
    dates: Option<Instant>,
    /// Nothing is forgotten for its age until then, since the clock seems to be far ahead.
    doubts: Option<Instant>,
    /// Whether the age of the last message is known.
    has_looked: bool,
    /// The news for the log.
    news: Option<Text>,
    /// The machine's counter and the clock, as they were the last time.
    clock: (Instant, Timestamp),
    /// How much had been changed when the log was emptied the last time.
    changes: u64,
}

impl Default for Housework {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            // The last run may have been killed before it wrote down what it had counted.
            counts: true,
            trimmed_to: None,
            trims_from: 0,
            dates: Some(now + TRUST),
            doubts: None,
            has_looked: false,
            news: None,
            clock: (now, Timestamp::now()),
            changes: 0,
        }
    }
}

impl Housework {
    /// Does some of it, for no longer than others can wait. Returns whether that was all for now.
    pub(in crate::store) fn go_on(
        &mut self,
        connection: &Connection,
        writer: &mut Writer,
        limits: Limits,
    ) -> rusqlite::Result<bool> {
        let now = Timestamp::now();
        self.look_at_the_clock(now);
        self.settle(connection, writer, limits)?;
        if self.counts {
            history::count_all(connection)?;
            self.counts = false;
        }
        latest_state::forget_old(connection)?;
        if !self.has_looked {
            // A house that was closed for so long can wait a little longer; what a clock without a battery has had
            // forgotten does not come back.
            if history::is_all_too_old(connection, limits, now)? {
                self.doubt();
            }
            self.has_looked = true;
        }
        let mut is_all = true;
        if self.doubts.is_none_or(|until| until <= Instant::now()) {
            self.doubts = None;
            is_all = history::forget_old(connection, limits, now)?;
            bans::forget_old(connection, now)?;
        }
        if self.trimmed_to != Some(limits.lines) {
            let rest = match limits.lines {
                Some(lines) => history::trim(connection, lines, self.trims_from)?,
                None => None,
            };
            self.trims_from = rest.unwrap_or_default();
            self.trimmed_to = rest.is_none().then_some(limits.lines);
            is_all &= rest.is_none();
        }
        if self.dates.is_some_and(|due| due <= Instant::now()) {
            history::date_the_future(connection, now)?;
            self.dates = None;
        }
        if is_all {
            self.empty_the_log(connection)?;
        }
        Ok(is_all)
    }

    /// Has it written down how many messages there are in the conversations of the last minute, and too many forgotten.
    pub(in crate::store) fn settle(
        &mut self,
        connection: &Connection,
        writer: &mut Writer,
        limits: Limits,
    ) -> rusqlite::Result<()> {
        let transaction = connection.unchecked_transaction()?;
        let settled = writer.settle(&transaction, limits);
        if settled.is_err() {
            self.count_anew(writer);
        }
        settled.and_then(|()| transaction.commit())
    }

    /// Notes that something could not be written, so that what was counted is wrong.
    pub(in crate::store) fn count_anew(&mut self, writer: &mut Writer) {
        writer.forget();
        self.counts = true;
    }

    fn look_at_the_clock(&mut self, now: Timestamp) {
        let (counter, clock) = std::mem::replace(&mut self.clock, (Instant::now(), now));
        let passed = i64::try_from(counter.elapsed().as_micros()).unwrap_or(i64::MAX);
        let gone_on = now.as_microsecond() - clock.as_microsecond();
        if gone_on < passed.saturating_sub(LOSS_MICROS) {
            self.dates = Some(Instant::now() + TRUST);
        }
        if gone_on > passed.saturating_add(LEAP_MICROS) {
            self.doubt();
        }
    }

    /// Keeps messages that are too old by the clock for as long as the operator may need to set it.
    fn doubt(&mut self) {
        self.doubts = Some(Instant::now() + TRUST);
        self.news = Some(Text::ClockDoubted((TRUST.as_secs() / 60).to_string()));
    }

    /// The news that the log has not been told yet.
    pub(in crate::store) fn news(&mut self) -> Option<Text> {
        self.news.take()
    }

    /// Brings what the log has into the database, and makes it empty. If somebody reads at the same time (`backup`), it
    /// is done the next time.
    fn empty_the_log(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let changes = connection.total_changes();
        if changes == self.changes {
            return Ok(());
        }
        let patience = connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0))?;
        connection.pragma_update(None, "busy_timeout", 0)?;
        let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        connection.pragma_update(None, "busy_timeout", patience)?;
        if !busy? {
            self.changes = changes;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use jiff::SignedDuration;

    use super::*;
    use crate::store::history::{Redacted, Redaction};
    use crate::store::{accounts, schema};
    use crate::text::language::Language;
    use crate::world::{Account, Change, Entry, Kind, Number, Record, ServerBan, Target, Texts};

    const ALL: Limits = Limits { days: None, lines: None };

    fn say(connection: &Connection, place: &str, number: i64, words: &str) {
        let texts = Texts { source: "alice!~alice@tea", account: "alice", words, ..Texts::default() };
        let entry = Entry::new(place.into(), Number::from_micros(number), Kind::Privmsg, false, &texts);
        Writer::default().write(connection, &[Record::Entry(entry)], ALL).unwrap();
    }

    fn take_back(connection: &Connection, place: &str, number: i64) {
        let redaction = Redaction {
            places: vec![place.to_owned()],
            number: Number::from_micros(number),
            account: None,
            source: String::new(),
            since: Number::FIRST,
            may_any: true,
            oldest: Number::FIRST,
        };
        assert_eq!(history::redact(connection, &redaction), Ok(Redacted::Done));
    }

    fn is_in_a_file(folder: &Path, words: &str) -> bool {
        let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(words.len()).any(|some| some == words.as_bytes()))
    }

    #[test]
    fn what_is_forgotten_is_in_no_file_after_a_minute_and_the_log_is_small_again() {
        let folder = tempfile::tempdir().unwrap();
        let connection = schema::open(&folder.path().join("teahouse.db"), Language::English).unwrap();
        let now = Timestamp::now();
        let micros = |time: Timestamp| time.as_microsecond();
        let account = Account {
            name: "alice".to_owned(),
            since: now,
            password: "secret-hash".to_owned(),
            scram: None,
            certificates: Vec::new(),
            always_on: None,
            suspended: None,
        };
        accounts::write(&connection, &Change::Open(account)).unwrap();
        // This one is long, and lies on pages of its own.
        let long = "taken-back".repeat(2000);
        say(&connection, "#tea", micros(now), &long);
        say(&connection, "alice bob", micros(now) + 1, "told-in-private");
        say(&connection, "#tea", micros(now - SignedDuration::from_hours(48)), "long-ago");
        for line in 10..20 {
            say(&connection, "#busy", micros(now) + line, &format!("too-much-{line}"));
        }
        let all = ["taken-back", "told-in-private", "long-ago", "too-much-10", "secret-hash"];
        assert!(all.iter().all(|words| is_in_a_file(folder.path(), words)));
        take_back(&connection, "#tea", micros(now));
        let close = Change::Close { account: "alice".to_owned(), folded: "alice".to_owned() };
        accounts::write(&connection, &close).unwrap();
        let mut housework = Housework::default();
        let limits = Limits { days: Some(1), lines: Some(5) };
        while !housework.go_on(&connection, &mut Writer::default(), limits).unwrap() {}
        for words in all {
            assert!(!is_in_a_file(folder.path(), words), "{words} is still there");
        }
        assert!(is_in_a_file(folder.path(), "too-much-19"), "what is kept is there");
        assert_eq!(fs::metadata(folder.path().join("teahouse.db-wal")).unwrap().len(), 0);
        let patience = connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0));
        assert_eq!(patience, Ok(5000), "what is written next waits for whoever reads as before");
    }

    #[test]
    fn of_a_conversation_in_which_all_was_taken_back_not_even_the_names_are_kept() {
        let connection = schema::open_in_memory().unwrap();
        let mut housework = Housework::default();
        let now = Timestamp::now().as_microsecond();
        say(&connection, "alice bob", now, "psst");
        say(&connection, "alice bob", now + 1, "tea?");
        for left in [1, 0] {
            assert_eq!(housework.go_on(&connection, &mut Writer::default(), ALL), Ok(true));
            take_back(&connection, "alice bob", now + left);
        }
        assert_eq!(housework.go_on(&connection, &mut Writer::default(), ALL), Ok(true));
        for table in ["place", "party"] {
            let count = format!("SELECT count(*) FROM {table}");
            assert_eq!(connection.query_row(&count, [], |row| row.get::<_, i64>(0)), Ok(0), "{table}");
        }
    }

    #[test]
    fn what_was_said_in_the_future_is_of_now_once_the_clock_is_trusted() {
        let connection = schema::open_in_memory().unwrap();
        let (now, future) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_hours(24 * 400));
        say(&connection, "#tea", future.as_microsecond(), "in a year");
        let mark = "INSERT INTO marker VALUES ('alice', ?1, ?2)";
        for (room, read) in [("#tea", future), ("#coffee", now)] {
            connection.execute(mark, rusqlite::params![room, read.as_microsecond()]).unwrap();
        }
        let mut housework = Housework::default();
        let time = |connection: &Connection| {
            connection.query_row("SELECT time FROM message", [], |row| row.get::<_, Option<i64>>(0)).unwrap()
        };
        assert_eq!(housework.go_on(&connection, &mut Writer::default(), ALL), Ok(true));
        assert_eq!(time(&connection), None, "the clock may be wrong now, and not then");
        housework.dates = Some(Instant::now());
        assert_eq!(housework.go_on(&connection, &mut Writer::default(), ALL), Ok(true));
        let dated = time(&connection).unwrap() - now.as_microsecond();
        assert!((0..60_000_000).contains(&dated), "{dated}");
        let read = |room: &str| {
            let read = "SELECT read FROM marker WHERE target = ?";
            connection.query_row(read, [room], |row| row.get::<_, i64>(0)).unwrap() - now.as_microsecond()
        };
        assert_eq!((read("#tea"), read("#coffee")), (dated, 0), "what is said from now on is not read yet");
        // And so it is forgotten in its time.
        let limits = Limits { days: Some(1), ..ALL };
        let tomorrow = now + SignedDuration::from_hours(25);
        assert_eq!(history::forget_old(&connection, limits, tomorrow), Ok(true));
        let left = connection.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0));
        assert_eq!(left, Ok(0));
    }

    #[test]
    fn a_clock_that_is_a_year_ahead_does_not_have_everything_forgotten_at_once() {
        let connection = schema::open_in_memory().unwrap();
        let last_year = Timestamp::now() - SignedDuration::from_hours(24 * 365);
        say(&connection, "#tea", last_year.as_microsecond(), "long ago, or a moment ago");
        let over = ServerBan {
            target: Target::mask("mallory"),
            reason: "spam".to_owned(),
            who: "root".to_owned(),
            since: Some(last_year),
            until: Some(last_year + SignedDuration::from_hours(1)),
        };
        bans::keep(&connection, &over, &[]).unwrap();
        assert_eq!(bans::load(&connection, Timestamp::now()), Ok(Vec::new()), "it is over by this clock");
        let left = |what: &str| {
            let count = format!("SELECT count(*) FROM {what}");
            connection.query_row(&count, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let (mut housework, limits) = (Housework::default(), Limits { days: Some(90), ..ALL });
        let go_on = |housework: &mut Housework| {
            assert_eq!(housework.go_on(&connection, &mut Writer::default(), limits), Ok(true));
        };
        go_on(&mut housework);
        assert_eq!((left("message"), left("ban")), (1, 1));
        assert!(housework.news().is_some() && housework.news().is_none(), "it is said, once");
        // Somebody may say something before the clock is set.
        say(&connection, "#tea", Timestamp::now().as_microsecond(), "hello?");
        go_on(&mut housework);
        assert_eq!((left("message"), left("ban")), (2, 1));
        housework.doubts = Some(Instant::now());
        go_on(&mut housework);
        assert_eq!((left("message"), left("ban")), (1, 0), "nobody has set it: it is right");
    }

    #[test]
    fn a_clock_that_leaps_ahead_is_doubted_for_a_while() {
        let mut housework = Housework::default();
        let now = Timestamp::now();
        housework.look_at_the_clock(now + SignedDuration::from_hours(8));
        assert_eq!(housework.doubts, None, "nothing is too old for that");
        housework.look_at_the_clock(now + SignedDuration::from_hours(24 * 365));
        assert!(housework.doubts.is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_is_noticed() {
        let mut housework = Housework { dates: None, ..Housework::default() };
        let now = Timestamp::now();
        housework.look_at_the_clock(now + SignedDuration::from_hours(8));
        assert_eq!(housework.dates, None, "it went on");
        housework.look_at_the_clock(now);
        assert!(housework.dates.is_some());
    }
}
