//! The history, read in windows; and the messages that wait for somebody.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{BOT, find_place};
use crate::store::rows::{text, word};
use crate::world::{Entry, Kind, Number, Texts};

/// Where a part of a conversation begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// At a message.
    Message(Number),
    /// At a moment, in microseconds since 1970. Where numbers ran ahead of the clock, the messages of a moment are not
    /// those of its numbers.
    Moment(i64),
}

impl Edge {
    /// The number, where numbers and the clock agree.
    pub(crate) fn number(self) -> Number {
        match self {
            Self::Message(number) => number,
            Self::Moment(time) => Number::from_micros(time),
        }
    }

    /// The moment just before it.
    pub(crate) fn just_before(self) -> Self {
        match self {
            Self::Message(number) => Self::Message(Number::from_micros(number.as_micros().saturating_sub(1))),
            Self::Moment(time) => Self::Moment(time.saturating_sub(1)),
        }
    }

    /// The last number of a place that is before what comes after a moment, or the first that is behind what comes
    /// before it.
    pub(super) fn resolve(
        self,
        connection: &Connection,
        place: i64,
        is_begin: bool,
    ) -> rusqlite::Result<i64> {
        let Self::Moment(time) = self else { return Ok(self.number().as_micros()) };
        let late = if is_begin { "time <= ?" } else { "time < ?" };
        // Numbers are never behind the clock, and a later message has a later time.
        let mut find = connection.prepare_cached(&format!(
            "SELECT id FROM message WHERE place = ? AND time IS NOT NULL AND {late} ORDER BY time DESC, id DESC LIMIT 1"
        ))?;
        let last: Option<i64> = find.query_row([place, time], |row| row.get(0)).optional()?;
        let past = last.map(|last| if is_begin { last } else { last + 1 });
        Ok(past.map_or(time, |past| past.max(time)))
    }
}

/// A part of a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The keys that the conversation may be filed under; the first that is there.
    pub(crate) places: Vec<String>,
    /// Only what is behind this.
    pub(crate) after: Edge,
    /// Only what is before this.
    pub(crate) before: Edge,
    /// Messages may be read from this number on.
    pub(crate) since: Number,
    /// At most so many.
    pub(crate) limit: usize,
    /// Whether it is the newest that are wanted, if there are more.
    pub(crate) newest: bool,
    /// Whether comings, goings and the like are wanted too.
    pub(crate) events: bool,
}

/// The messages in a window, from old to new.
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
    let after = window.after.resolve(connection, place, true)?.max(window.since.as_micros());
    let before = window.before.resolve(connection, place, false)?;
    let place_name: Arc<str> = Arc::from(name);
    let rows = select
        .query_map(params![place, after, before, window.limit], |row| entry(row, Arc::clone(&place_name)))?;
    let mut entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    if window.newest {
        entries.reverse();
    }
    Ok(entries)
}

pub(super) const COLUMNS: &str = "id, kind, source, account, target, tags, words, time";

pub(super) fn entry(row: &Row, place: Arc<str>) -> rusqlite::Result<Entry> {
    let code: i64 = row.get(1)?;
    let kind = Kind::from_code(code & !BOT).unwrap_or(Kind::Notice);
    let (source, account, target, tags) = (word(row, 2)?, word(row, 3)?, word(row, 4)?, word(row, 5)?);
    let (source, account, target, tags) = (&*source, &*account, &*target, &*tags);
    let texts = Texts { source, account, target, tags, words: &text(row, 6)? };
    let number = Number::from_micros(row.get(0)?);
    let time: Option<i64> = row.get(7)?;
    let time = time.map_or(number, Number::from_micros).time();
    Ok(Entry::new(place, number, kind, code & BOT != 0, &texts).said_at(time))
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
            after: Edge::Message(since),
            before: Edge::Message(Number::LAST),
            since,
            limit: 1,
            newest: true,
            events: false,
        };
        let last = read(connection, &window)?.pop();
        let is_within = |last: &Entry| {
            let time = last.time.as_microsecond();
            time > after.as_micros() && time < before.as_micros()
        };
        found.extend(last.filter(is_within));
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

/// Takes the messages that wait for somebody, from old to new: the newest `most`. None of them waits any longer.
pub(crate) fn take_waiting(
    connection: &Connection,
    account: &str,
    most: usize,
) -> rusqlite::Result<Vec<Entry>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM waiting JOIN message ON id = message WHERE waiting.account = ?
         ORDER BY id DESC LIMIT ?",
        COLUMNS = "id, kind, source, message.account, target, tags, words, time"
    ))?;
    let nowhere: Arc<str> = Arc::from("");
    let waited = select.query_map(params![account, most], |row| entry(row, Arc::clone(&nowhere)))?;
    let mut waited = waited.collect::<rusqlite::Result<Vec<_>>>()?;
    waited.reverse();
    connection.prepare_cached("DELETE FROM waiting WHERE account = ?")?.execute([account])?;
    Ok(waited)
}
