//! What was said and done: written in batches, read in windows.
//!
//! A message is filed under its [`Number`], which is its time and its name on the wire, so the table grows at its end
//! and needs one index only.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use super::rows::{readable, text, word};
use crate::config::Config;
use crate::world::{Entry, Kind, Markers, Number, Record, Texts};

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

/// Added to the code of a kind where a bot did it.
const BOT: i64 = 16;
/// How many messages are looked at, or forgotten, before others have their turn.
pub(super) const SLICE: usize = 5000;
/// After so many new messages in a place, at least, it is seen to that there are not too many.
pub(super) const COUNT_EVERY: u32 = 256;
/// After which part of all that may be kept of a place: to find the oldest, all have to be counted.
const COUNT_EVERY_PART: u32 = 8;

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

/// What the thread knows of the tables, so that it need not ask for it at each message.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// The conversations' numbers, and how many messages came since they were last counted.
    places: HashMap<Arc<str>, (i64, u32)>,
}

impl Writer {
    /// Writes what was said and done. All of it is in one transaction.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        records: &[Record],
        limits: Limits,
    ) -> rusqlite::Result<()> {
        let insert = &mut *connection.prepare_cached(INSERT)?;
        for record in records {
            match record {
                Record::Entry(entry) => self.write_entry(connection, insert, entry, limits)?,
                Record::Renamed(old, new) => {
                    self.forget();
                    // What the new name was filed under belonged to a room that is gone.
                    delete_place(connection, new)?;
                    connection.execute("UPDATE place SET name = ? WHERE name = ?", [new, old])?;
                }
                Record::Marker { account, target, read } => {
                    // Two clients of one account may have said it at once, and come here in the other order.
                    let mut keep = connection.prepare_cached(
                        "INSERT INTO marker VALUES (?, ?, ?)
                         ON CONFLICT DO UPDATE SET read = max(read, excluded.read)",
                    )?;
                    keep.execute(params![account, target, read.as_micros()])?;
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
        Ok(())
    }

    /// Forgets what it knows, as after a transaction that was taken back.
    pub(super) fn forget(&mut self) {
        self.places.clear();
    }

    fn write_entry(
        &mut self,
        connection: &Connection,
        insert: &mut Statement,
        entry: &Entry,
        limits: Limits,
    ) -> rusqlite::Result<()> {
        let (place, new) = match self.places.get_mut(&entry.place) {
            Some(known) => known,
            None => {
                let id = place_for(connection, &entry.place)?;
                self.places.entry(Arc::clone(&entry.place)).or_insert((id, 0))
            }
        };
        insert_entry(insert, *place, entry)?;
        if let Some(account) = &entry.waits {
            let mut wait = connection.prepare_cached("INSERT OR IGNORE INTO waiting VALUES (?, ?)")?;
            wait.execute(params![account, entry.number.as_micros()])?;
        }
        *new += 1;
        if let Some(lines) = limits.lines
            && *new >= COUNT_EVERY.max(lines / COUNT_EVERY_PART)
        {
            *new = 0;
            trim(connection, *place, lines)?;
        }
        Ok(())
    }
}

/// What has the number of another message is none: it was imported twice.
pub(super) const INSERT: &str =
    "INSERT OR IGNORE INTO message (id, place, kind, source, account, target, tags, words)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

pub(super) fn insert_entry(insert: &mut Statement, place: i64, entry: &Entry) -> rusqlite::Result<usize> {
    let Texts { source, account, target, tags, words } = entry.texts();
    let kind = entry.kind as i64 + if entry.bot { BOT } else { 0 };
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let (account, target, tags) = (some(account), some(target), some(tags));
    insert.execute(params![entry.number.as_micros(), place, kind, source, account, target, tags, words])
}

/// The number of a conversation, which is made if need be.
pub(super) fn place_for(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
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

pub(super) fn find_place(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    let mut find = connection.prepare_cached("SELECT id FROM place WHERE name = ?")?;
    find.query_row([name], |row| row.get(0)).optional()
}

/// Who takes part in a private conversation; nobody in particular in a room.
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

/// Forgets what was said by and to an account that is closed, by its folded name: whoever opens another of that name is
/// somebody else.
pub(super) fn forget_account(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    let of_account = "SELECT place FROM party WHERE name = ?";
    connection.execute(&format!("DELETE FROM message WHERE place IN ({of_account})"), [account])?;
    connection.execute("DELETE FROM waiting WHERE account = ?", [account])?;
    connection.execute("DELETE FROM marker WHERE account = ?", [account])?;
    Ok(())
}

/// Forgets the oldest messages of a place where there are more than so many.
fn trim(connection: &Connection, place: i64, lines: u32) -> rusqlite::Result<()> {
    let mut oldest = connection
        .prepare_cached("SELECT id FROM message WHERE place = ? ORDER BY id DESC LIMIT 1 OFFSET ?")?;
    let oldest: Option<i64> = oldest.query_row(params![place, lines], |row| row.get(0)).optional()?;
    if let Some(oldest) = oldest {
        let mut delete = connection.prepare_cached("DELETE FROM message WHERE place = ? AND id <= ?")?;
        delete.execute(params![place, oldest])?;
    }
    Ok(())
}

/// Forgets what is too old, and what waits for nothing then; the oldest first, and no more at a time than others can
/// wait for. Returns whether that was all.
pub(super) fn forget_old(connection: &Connection, limits: Limits, now: Timestamp) -> rusqlite::Result<bool> {
    if let Some(days) = limits.days
        && let Ok(oldest) = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
    {
        let delete =
            "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE id < ? ORDER BY id LIMIT ?)";
        if connection.execute(delete, params![oldest.as_microsecond(), SLICE])? == SLICE {
            return Ok(false);
        }
    }
    connection.execute(
        "DELETE FROM waiting WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = waiting.message)",
        [],
    )?;
    // A conversation of which nothing is left is none.
    connection
        .execute("DELETE FROM place WHERE NOT EXISTS (SELECT 1 FROM message WHERE place = place.id)", [])?;
    Ok(true)
}

/// What a server needs to know at its start: the last number that was given, and the rooms that are still the same.
/// What was said in the future, when the clock was wrong, does not count.
pub(crate) fn load(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<(Number, Vec<(String, Number)>)> {
    let tomorrow = now.as_microsecond() + 24 * 3600 * 1_000_000;
    let last: Option<i64> =
        connection.query_row("SELECT max(id) FROM message WHERE id < ?", [tomorrow], |row| row.get(0))?;
    connection.execute("DELETE FROM room WHERE name NOT IN (SELECT name FROM place)", [])?;
    let mut rooms = connection.prepare("SELECT name, since FROM room")?;
    let rooms = rooms.query_map([], |row| Ok((row.get(0)?, Number::from_micros(row.get(1)?))))?;
    Ok((last.map_or(Number::FIRST, Number::from_micros), readable("room", rooms)?))
}

/// How far the owners of accounts have read.
pub(crate) fn load_markers(connection: &Connection) -> rusqlite::Result<HashMap<String, Markers>> {
    let mut markers: HashMap<String, Markers> = HashMap::new();
    let mut rows = connection.prepare("SELECT account, target, read FROM marker")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (account, target, read) in readable("marker", rows)? {
        markers.entry(account).or_default().insert(target, Number::from_micros(read));
    }
    Ok(markers)
}

// --- Taking back -----------------------------------------------------------------------------------------------------

/// What is to be taken back, and by whom.
#[derive(Debug)]
pub(crate) struct Redaction {
    /// The keys that the conversation may be filed under.
    pub(crate) places: Vec<String>,
    /// The message.
    pub(crate) number: Number,
    /// Whose words one may take back: those of this account, or, without one, those of this source; what was said since
    /// this number, for whoever had the name before is somebody else.
    pub(crate) account: Option<String>,
    pub(crate) source: String,
    pub(crate) since: Number,
    /// Whether anybody's words may be taken back.
    pub(crate) may_any: bool,
    /// One's own may be, if they are not older than this.
    pub(crate) oldest: Number,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redacted {
    /// It is gone.
    Done,
    /// It is somebody else's.
    Forbidden,
    /// It is one's own and too old.
    TooLate,
    /// There is none.
    Unknown,
}

/// Takes a message back.
pub(crate) fn redact(connection: &Connection, redaction: &Redaction) -> rusqlite::Result<Redacted> {
    let number = redaction.number.as_micros();
    let mut find = connection.prepare_cached(
        "SELECT source, coalesce(account, ''), name FROM message JOIN place ON place.id = place
         WHERE message.id = ? AND kind & 15 <= 3",
    )?;
    let found: Option<(String, String, String)> =
        find.query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let Some((source, account, _)) = found.filter(|(.., place)| redaction.places.contains(place)) else {
        return Ok(Redacted::Unknown);
    };
    let is_mine = match &redaction.account {
        Some(mine) => *mine == account,
        None => account.is_empty() && source == redaction.source,
    };
    if !redaction.may_any {
        if is_mine && redaction.number < redaction.oldest {
            return Ok(Redacted::TooLate);
        }
        if !is_mine || redaction.number <= redaction.since {
            return Ok(Redacted::Forbidden);
        }
    }
    connection.execute("DELETE FROM message WHERE id = ?", [number])?;
    connection.execute("DELETE FROM waiting WHERE message = ?", [number])?;
    Ok(Redacted::Done)
}

// --- Reading ---------------------------------------------------------------------------------------------------------

/// A part of a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The keys that the conversation may be filed under; the first that is there.
    pub(crate) places: Vec<String>,
    /// Only what is behind this.
    pub(crate) after: Number,
    /// Only what is before this.
    pub(crate) before: Number,
    /// At most so many.
    pub(crate) limit: usize,
    /// Whether it is the newest that are wanted, if there are more.
    pub(crate) newest: bool,
    /// Whether comings, goings and the like are wanted too.
    pub(crate) events: bool,
}

/// What was said in a window, from old to new.
pub(crate) fn read(connection: &Connection, window: &Window) -> rusqlite::Result<Vec<Entry>> {
    for name in &window.places {
        if let Some(place) = find_place(connection, name)? {
            return read_place(connection, place, name, window);
        }
    }
    Ok(Vec::new())
}

fn read_place(
    connection: &Connection,
    place: i64,
    name: &str,
    window: &Window,
) -> rusqlite::Result<Vec<Entry>> {
    let order = if window.newest { "DESC" } else { "ASC" };
    let kinds = if window.events { "" } else { "AND kind & 15 <= 2" };
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM message WHERE place = ? AND id > ? AND id < ? {kinds} ORDER BY id {order} LIMIT ?"
    ))?;
    let (after, before) = (window.after.as_micros(), window.before.as_micros());
    let place_name: Arc<str> = Arc::from(name);
    let rows = select
        .query_map(params![place, after, before, window.limit], |row| entry(row, Arc::clone(&place_name)))?;
    let mut entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    if window.newest {
        entries.reverse();
    }
    Ok(entries)
}

pub(super) const COLUMNS: &str = "id, kind, source, account, target, tags, words";

pub(super) fn entry(row: &Row, place: Arc<str>) -> rusqlite::Result<Entry> {
    let code: i64 = row.get(1)?;
    let kind = Kind::from_code(code & !BOT).unwrap_or(Kind::Notice);
    let (source, account, target, tags) = (word(row, 2)?, word(row, 3)?, word(row, 4)?, word(row, 5)?);
    let (source, account, target, tags) = (&*source, &*account, &*target, &*tags);
    let texts = Texts { source, account, target, tags, words: &text(row, 6)? };
    Ok(Entry::new(place, Number::from_micros(row.get(0)?), kind, code & BOT != 0, &texts))
}

/// The conversations with a last message in a time, and that message: those of a party, from when on it may read, and
/// those in `rooms`, each with its own beginning.
pub(crate) fn targets(
    connection: &Connection,
    (party, since): (&str, Number),
    rooms: &[(String, Number)],
    (after, before): (Number, Number),
) -> rusqlite::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for (name, since) in [&places_of(connection, party, since)?, rooms].concat() {
        let window = Window {
            places: vec![name],
            after: since,
            before: Number::LAST,
            limit: 1,
            newest: true,
            events: false,
        };
        let last = read(connection, &window)?.pop();
        found.extend(last.filter(|last| last.number > after && last.number < before));
    }
    found.sort_by_key(|last| last.number);
    Ok(found)
}

/// The private conversations of a party, each with the number from when on it may read.
pub(crate) fn places_of(
    connection: &Connection,
    party: &str,
    since: Number,
) -> rusqlite::Result<Vec<(String, Number)>> {
    let mut places = connection
        .prepare_cached("SELECT place.name FROM party JOIN place ON id = place WHERE party.name = ?")?;
    places.query_map([party], |row| Ok((row.get(0)?, since)))?.collect()
}

/// Shows everything of a conversation, from old to new, as long as `wanted` says so.
pub(crate) fn each(
    connection: &Connection,
    name: &str,
    mut wanted: impl FnMut(&Entry) -> bool,
) -> rusqlite::Result<()> {
    let Some(place) = find_place(connection, name)? else { return Ok(()) };
    let mut select =
        connection.prepare(&format!("SELECT {COLUMNS} FROM message WHERE place = ? ORDER BY id"))?;
    let mut rows = select.query([place])?;
    let key: Arc<str> = Arc::from(name);
    while let Some(row) = rows.next()? {
        if !wanted(&entry(row, Arc::clone(&key))?) {
            break;
        }
    }
    Ok(())
}

// --- Coming back -----------------------------------------------------------------------------------------------------

/// What waits for somebody, from old to new; of more than `most` the newest. None of it waits any longer.
pub(crate) fn take_waiting(
    connection: &Connection,
    account: &str,
    most: usize,
) -> rusqlite::Result<Vec<Entry>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM waiting JOIN message ON id = message WHERE waiting.account = ?
         ORDER BY id DESC LIMIT ?",
        COLUMNS = "id, kind, source, message.account, target, tags, words"
    ))?;
    let nowhere: Arc<str> = Arc::from("");
    let waited = select.query_map(params![account, most], |row| entry(row, Arc::clone(&nowhere)))?;
    let mut waited = waited.collect::<rusqlite::Result<Vec<_>>>()?;
    waited.reverse();
    connection.prepare_cached("DELETE FROM waiting WHERE account = ?")?.execute([account])?;
    Ok(waited)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

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
