//! The history: written in batches, and forgotten when it is too old or too much. `read.rs` reads it.
//!
//! A message is filed under its [`Number`], which is its time and its name on the wire, so the table grows at its end
//! and needs one index only.

pub(super) mod housework;
pub(crate) mod import;
mod read;
mod redact;
pub(crate) mod search;

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::rows::readable;
use crate::config::Config;
use crate::world::{EARLIEST_SECS, Entry, Markers, Number, Record, Texts};
pub(crate) use read::{Edge, Window, each, places_of, read, take_waiting, targets};
pub(crate) use redact::{Redacted, Redaction, redact};

/// The tables, as a migration makes them.
pub(super) const TABLES: &str = "
    CREATE TABLE place ( -- a conversation: a room's folded name, or two parties with a space between them
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    );
    CREATE TABLE party ( -- who takes part in a private conversation: an account, or ~ and a nickname
        name TEXT NOT NULL,
        place INTEGER NOT NULL REFERENCES place ON DELETE CASCADE,
        PRIMARY KEY (name, place)
    ) WITHOUT ROWID;
    CREATE TABLE message (
        id INTEGER PRIMARY KEY, -- microseconds since 1970
        place INTEGER NOT NULL,
        kind INTEGER NOT NULL, -- 1 PRIVMSG, 2 NOTICE, 3 TAGMSG, 4 JOIN, ...; 16 more from a bot
        source TEXT NOT NULL,
        account TEXT,
        target TEXT,
        tags TEXT,
        words TEXT NOT NULL
    );
    CREATE INDEX messages_of_a_place ON message (place, id);
    CREATE TABLE waiting ( -- what is still to be shown to somebody who was away
        account TEXT NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY (account, message)
    ) WITHOUT ROWID;
    CREATE TABLE marker ( -- how far somebody has read
        account TEXT NOT NULL,
        target TEXT NOT NULL,
        read INTEGER NOT NULL,
        PRIMARY KEY (account, target)
    ) WITHOUT ROWID;
    CREATE TABLE room ( -- the rooms that are open and that anybody may enter
        name TEXT PRIMARY KEY,
        since INTEGER NOT NULL
    ) WITHOUT ROWID;";

/// Columns and indexes that make the limits cheap to keep, and that a clock that was wrong makes necessary.
pub(super) const MORE: &str = "
    ALTER TABLE place ADD COLUMN count INTEGER NOT NULL DEFAULT 0; -- how many messages it has
    UPDATE place SET count = (SELECT count(*) FROM message WHERE message.place = place.id);
    CREATE INDEX places_without_messages ON place (id) WHERE count = 0;
    ALTER TABLE message ADD COLUMN time INTEGER; -- when it was said, where the id runs ahead of the clock
    CREATE INDEX late_messages_of_a_place ON message (place, time) WHERE time IS NOT NULL;
    CREATE INDEX late_messages ON message (time) WHERE time IS NOT NULL;";

/// Added to the code of a kind where a bot did it.
const BOT: i64 = 16;
/// How many messages are looked at, or forgotten, before others have their turn.
const SLICE: usize = 5000;
/// So much of the future is the present: times that are read from a clock and written down a moment later.
const PRESENT_MICROS: i64 = 10 * 1_000_000;
/// A conversation with this part of its limit too many is trimmed at once, others within a minute.
const COUNT_EVERY_PART: u32 = 8;
/// How many conversations the thread remembers the count of, for up to a minute.
const MOST_PLACES: usize = 4096;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For how many days; `None` for good.
    pub days: Option<u32>,
    /// How many messages in one conversation; `None` for all.
    pub lines: Option<u32>,
}

impl Limits {
    /// As the configuration has them.
    pub fn of(config: &Config) -> Self {
        Self { days: config.history_days, lines: config.history_lines }
    }
}

/// The thread's knowledge of the conversations in which something was said since the last minute, so that it need
/// neither read nor write their counts at each message.
#[derive(Debug, Default)]
pub(super) struct Writer {
    places: HashMap<Arc<str>, Place>,
}

/// A conversation.
#[derive(Debug)]
struct Place {
    id: i64,
    /// How many messages it has.
    count: i64,
    /// How many of them the table of conversations does not count yet.
    new: i64,
}

impl Writer {
    /// Writes the records, all of them in one transaction.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        records: &[Record],
        limits: Limits,
    ) -> rusqlite::Result<()> {
        let insert = &mut *connection.prepare_cached(INSERT)?;
        let now = Timestamp::now().as_microsecond();
        for record in records {
            match record {
                Record::Entry(entry) => self.write_entry(connection, insert, entry, limits)?,
                Record::Renamed(old, new) => {
                    self.settle(connection, limits)?;
                    // The messages under the new name belong to a room that is gone.
                    delete_place(connection, new)?;
                    connection.execute("UPDATE place SET name = ? WHERE name = ?", [new, old])?;
                }
                Record::Marker { account, target, read: None } => {
                    let delete = "DELETE FROM marker WHERE account = ? AND target = ?";
                    connection.prepare_cached(delete)?.execute([account, target])?;
                }
                Record::Marker { account, target, read: Some(read) } => {
                    // Two clients of one account may have said it at once, and come here in the other order. A mark
                    // in the future was made by a clock that was ahead.
                    let mut keep = connection.prepare_cached(
                        "INSERT INTO marker VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
                         SET read = CASE WHEN read > ?4 THEN excluded.read ELSE max(read, excluded.read) END",
                    )?;
                    keep.execute(params![account, target, read.as_micros(), now + PRESENT_MICROS])?;
                }
                Record::Room(name, Some(since)) => {
                    let mut keep = connection
                        .prepare_cached("INSERT OR REPLACE INTO room (name, since) VALUES (?, ?)")?;
                    keep.execute(params![name, since.as_micros()])?;
                }
                Record::Room(name, None) => {
                    connection.prepare_cached("DELETE FROM room WHERE name = ?")?.execute([name])?;
                }
            }
        }
        // The thread remembers no more than this many, however many rooms there are.
        if self.places.len() > MOST_PLACES { self.settle(connection, limits) } else { Ok(()) }
    }

    fn write_entry(
        &mut self,
        connection: &Connection,
        insert: &mut Statement,
        entry: &Entry,
        limits: Limits,
    ) -> rusqlite::Result<()> {
        let place = match self.places.get_mut(&entry.place) {
            Some(known) => known,
            None => {
                let mut find = connection.prepare_cached("SELECT id, count FROM place WHERE name = ?")?;
                let found = find.query_row([&*entry.place], |row| Ok((row.get(0)?, row.get(1)?)));
                let (id, count) = match found.optional()? {
                    Some(found) => found,
                    None => (place_for(connection, &entry.place)?, 0),
                };
                self.places.entry(Arc::clone(&entry.place)).or_insert(Place { id, count, new: 0 })
            }
        };
        let new = insert_entry(insert, place.id, entry)? as i64;
        place.count += new;
        place.new += new;
        if let Some(account) = &entry.waits {
            let mut wait = connection.prepare_cached("INSERT OR IGNORE INTO waiting VALUES (?, ?)")?;
            wait.execute(params![account, entry.number.as_micros()])?;
        }
        // To find the oldest, all have to be counted; in the course of a minute it is seen to in any case.
        let slack = limits.lines.map_or(0, |lines| i64::from(lines / COUNT_EVERY_PART).max(1));
        if limits.lines.is_some_and(|lines| place.count >= i64::from(lines) + slack) {
            place.settle(connection, limits)?;
        }
        Ok(())
    }

    /// Writes down how many messages each conversation has, and forgets the oldest where there are too many. Nothing is
    /// remembered after it.
    pub(super) fn settle(&mut self, connection: &Connection, limits: Limits) -> rusqlite::Result<()> {
        for place in self.places.values_mut() {
            place.settle(connection, limits)?;
        }
        self.forget();
        Ok(())
    }

    /// Forgets its knowledge, as after a transaction that was taken back. The counts are wrong then.
    pub(super) fn forget(&mut self) {
        self.places = HashMap::new();
    }
}

impl Place {
    fn settle(&mut self, connection: &Connection, limits: Limits) -> rusqlite::Result<()> {
        let mut add = connection.prepare_cached("UPDATE place SET count = count + ? WHERE id = ?")?;
        if self.new > 0 {
            add.execute([mem::take(&mut self.new), self.id])?;
        }
        if let Some(lines) = limits.lines.filter(|lines| self.count > i64::from(*lines)) {
            self.count = delete_oldest(connection, self.id, lines, i64::MAX)?.unwrap_or(self.count);
        }
        Ok(())
    }
}

/// Counts the messages of all conversations, as after a crash or after something could not be written.
pub(super) fn count_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE place SET count = counted.count FROM (SELECT place, count(*) AS count FROM message GROUP BY place)
         AS counted WHERE counted.place = place.id AND counted.count <> place.count",
        [],
    )?;
    Ok(())
}

/// A message with the number of another is left out: it was imported twice.
pub(super) const INSERT: &str =
    "INSERT OR IGNORE INTO message (id, place, kind, source, account, target, tags, words, time)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

fn insert_entry(insert: &mut Statement, place: i64, entry: &Entry) -> rusqlite::Result<usize> {
    let Texts { source, account, target, tags, words } = entry.texts();
    let kind = entry.kind as i64 + if entry.bot { BOT } else { 0 };
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let (account, target, tags) = (some(account), some(target), some(tags));
    let (id, time) = (entry.number.as_micros(), entry.time.as_microsecond());
    let time = (time != id).then_some(time);
    insert.execute(params![id, place, kind, source, account, target, tags, words, time])
}

/// The number of a conversation, which is made if need be.
fn place_for(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    if let Some(place) = find_place(connection, name)? {
        return Ok(place);
    }
    connection.execute("INSERT INTO place (name) VALUES (?)", [name])?;
    let place = connection.last_insert_rowid();
    for party in parties(name) {
        connection.execute("INSERT OR IGNORE INTO party VALUES (?, ?)", params![party, place])?;
    }
    Ok(place)
}

fn find_place(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    let mut find = connection.prepare_cached("SELECT id FROM place WHERE name = ?")?;
    find.query_row([name], |row| row.get(0)).optional()
}

/// The people of a private conversation; nobody in particular in a room.
fn parties(name: &str) -> impl Iterator<Item = &str> {
    name.split(' ').filter(|party| !party.starts_with('#'))
}

fn delete_place(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    if let Some(place) = find_place(connection, name)? {
        connection.execute("DELETE FROM message WHERE place = ?", [place])?;
        connection.execute("DELETE FROM place WHERE id = ?", [place])?;
    }
    Ok(())
}

/// Forgets what was said by and to an account that is closed, by its folded name: the next owner of that name is
/// somebody else.
pub(super) fn forget_account(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    let of_account = "SELECT place FROM party WHERE name = ?";
    connection.execute(&format!("DELETE FROM message WHERE place IN ({of_account})"), [account])?;
    connection.execute(&format!("UPDATE place SET count = 0 WHERE id IN ({of_account})"), [account])?;
    connection.execute("DELETE FROM waiting WHERE account = ?", [account])?;
    connection.execute("DELETE FROM marker WHERE account = ?", [account])?;
    Ok(())
}

/// Forgets the oldest messages of a place where there are more than so many, and no more than `most` at a time. Returns
/// how many there are then, if there were more; the table of conversations says it too.
fn delete_oldest(
    connection: &Connection,
    place: i64,
    lines: u32,
    most: i64,
) -> rusqlite::Result<Option<i64>> {
    let mut last = connection
        .prepare_cached("SELECT id FROM message WHERE place = ? ORDER BY id DESC LIMIT 1 OFFSET ?")?;
    let last: Option<i64> = last.query_row(params![place, lines], |row| row.get(0)).optional()?;
    let gone = match last {
        Some(last) if most == i64::MAX => connection
            .prepare_cached("DELETE FROM message WHERE place = ? AND id <= ?")?
            .execute([place, last])?,
        Some(last) => connection
            .prepare_cached(
                "DELETE FROM message WHERE id IN
                 (SELECT id FROM message WHERE place = ? AND id <= ? ORDER BY id LIMIT ?)",
            )?
            .execute([place, last, most])?,
        None => return Ok(None),
    };
    count_out(connection, place, gone as i64)?;
    let mut count = connection.prepare_cached("SELECT count FROM place WHERE id = ?")?;
    count.query_row([place], |row| row.get(0)).optional()
}

/// Forgets the surplus in places where nothing is said any more, as after a change of the limit: from this place on,
/// and no more at a time than others can wait for. Returns where to go on, if that was not all.
pub(super) fn trim(connection: &Connection, lines: u32, from: i64) -> rusqlite::Result<Option<i64>> {
    let transaction = connection.unchecked_transaction()?;
    let (mut place, mut left) = (from, SLICE as i64);
    while left > 0 {
        let mut find = transaction.prepare_cached(
            "SELECT id, count FROM place WHERE id >= ?1 AND count > ?2 ORDER BY id LIMIT 1",
        )?;
        let found = find.query_row(params![place, lines], |row| Ok((row.get(0)?, row.get(1)?)));
        let Some((id, before)) = found.optional()? else {
            drop(find);
            transaction.commit()?;
            return Ok(None);
        };
        let before: i64 = before;
        let after = delete_oldest(&transaction, id, lines, left)?.unwrap_or(i64::from(lines));
        left -= before - after;
        place = if after > i64::from(lines) { id } else { id + 1 };
    }
    transaction.commit()?;
    Ok(Some(place))
}

/// Counts `gone` messages of a place out.
fn count_out(connection: &Connection, place: i64, gone: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE place SET count = max(count - ?, 0) WHERE id = ?")?
        .execute([gone, place])?;
    Ok(())
}

/// Before when something was said that is too old; `None` if nothing ever is.
fn oldest_kept(limits: Limits, now: Timestamp) -> Option<i64> {
    let age = SignedDuration::from_hours(24 * i64::from(limits.days?));
    now.checked_sub(age).ok().map(Timestamp::as_microsecond)
}

/// Whether something was said, and all of it is too old; what is from before there were such servers does not count.
fn is_all_too_old(connection: &Connection, limits: Limits, now: Timestamp) -> rusqlite::Result<bool> {
    let newest = "SELECT coalesce(time, id) FROM message ORDER BY id DESC LIMIT 1";
    let newest: Option<i64> = connection.query_row(newest, [], |row| row.get(0)).optional()?;
    let newest = newest.filter(|newest| *newest >= EARLIEST_SECS * 1_000_000);
    Ok(newest.zip(oldest_kept(limits, now)).is_some_and(|(newest, oldest)| newest < oldest))
}

/// Forgets what is too old, and what waits for nothing then; the oldest first, and no more at a time than others can
/// wait for. Returns whether that was all.
pub(super) fn forget_old(connection: &Connection, limits: Limits, now: Timestamp) -> rusqlite::Result<bool> {
    let transaction = connection.unchecked_transaction()?;
    let mut is_all = true;
    if let Some(oldest) = oldest_kept(limits, now) {
        for which in ["id < ? ORDER BY id", "time IS NOT NULL AND time < ? ORDER BY time"] {
            let find = format!("SELECT id, place FROM message WHERE {which} LIMIT ?");
            let mut find = transaction.prepare_cached(&find)?;
            let rows = find.query_map(params![oldest, SLICE], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
            let old = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            let mut gone = HashMap::<i64, i64>::new();
            let mut delete = transaction.prepare_cached("DELETE FROM message WHERE id = ?")?;
            for (id, place) in &old {
                *gone.entry(*place).or_default() += delete.execute([id])? as i64;
            }
            for (place, gone) in gone {
                count_out(&transaction, place, gone)?;
            }
            is_all &= old.len() < SLICE;
        }
    }
    if is_all {
        transaction.execute(
            "DELETE FROM waiting WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = waiting.message)",
            [],
        )?;
        // A conversation of which nothing is left is none.
        transaction.execute(
            "DELETE FROM place WHERE count = 0 AND NOT EXISTS (SELECT 1 FROM message WHERE place = place.id)",
            [],
        )?;
    }
    transaction.commit()?;
    Ok(is_all)
}

/// Has what was said in the future, by a clock that was ahead, have been said now, so that it is not of the future
/// again when the time comes. Its place in the order stays as it is. To be called when the clock is trusted.
fn date_the_future(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let now = now.as_microsecond();
    connection.execute(
        "UPDATE message SET time = ?1 WHERE id > ?2 AND (time IS NULL OR time > ?2)",
        [now, now + PRESENT_MICROS],
    )?;
    connection.execute("UPDATE marker SET read = ?1 WHERE read > ?2", [now, now + PRESENT_MICROS])?;
    Ok(())
}

/// How many rooms of before the start are remembered: those in which something was said last.
const MOST_REMEMBERED: usize = 65_536;

/// The needs of a server at its start: the last number that was given, and the rooms that are still the same.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<(Number, Vec<(String, Number)>)> {
    let most = Number::at(Timestamp::MAX).as_micros();
    // Where the clock was ahead, this is in the future: numbers go on from there, and times come from the clock.
    let last: Option<i64> =
        connection.query_row("SELECT max(id) FROM message WHERE id <= ?", [most], |row| row.get(0))?;
    connection.execute(
        "DELETE FROM room WHERE name NOT IN (
             SELECT name FROM place JOIN room USING (name)
             ORDER BY (SELECT max(message.id) FROM message WHERE message.place = place.id) DESC LIMIT ?)",
        [MOST_REMEMBERED],
    )?;
    let mut rooms = connection.prepare("SELECT name, since FROM room")?;
    let rooms = rooms.query_map([], |row| Ok((row.get(0)?, Number::from_micros(row.get(1)?))))?;
    Ok((last.map_or(Number::FIRST, Number::from_micros), readable("room", rooms)?))
}

/// How far the owners of accounts have read.
pub(super) fn load_markers(connection: &Connection) -> rusqlite::Result<HashMap<String, Markers>> {
    let mut markers: HashMap<String, Markers> = HashMap::new();
    let mut rows = connection.prepare("SELECT account, target, read FROM marker")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (account, target, read) in readable("marker", rows)? {
        markers.entry(account).or_default().insert(target, Number::from_micros(read));
    }
    Ok(markers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn what_is_gone_is_not_waited_for() {
        let connection = schema::open_in_memory().unwrap();
        connection.execute("INSERT INTO waiting VALUES ('alice', 7)", []).unwrap();
        let all = Limits { days: None, lines: None };
        assert_eq!(forget_old(&connection, all, Timestamp::UNIX_EPOCH), Ok(true));
        let count = connection.query_row("SELECT count(*) FROM waiting", [], |row| row.get(0));
        assert_eq!(count, Ok(0));
    }
}
