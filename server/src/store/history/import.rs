//! Messages that come from a file: each gets a number of its own, and twice is the same as once.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use crate::store::history::{INSERT, find_place, insert_entry, place_for};
use crate::world::{Entry, Number};

/// A message from a file.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Its number is its time where it has none of its own.
    pub(crate) entry: Entry,
    /// Whether the file says its number.
    pub(crate) has_id: bool,
}

/// The outcome of an import.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How many were not there before.
    pub(crate) new: usize,
    /// Which have the number of another message, by index: they were not taken.
    pub(crate) taken: Vec<usize>,
    /// How many messages the room has now.
    pub(crate) in_all: usize,
}

/// Puts messages into a room, and makes it a room that goes on; messages that are there already stay as they are. A
/// message without a number gets the first free one from its time on; so the second time it finds itself there.
pub(crate) fn into_room(
    connection: &Connection,
    room: &str,
    incoming: &mut [Incoming],
) -> rusqlite::Result<Outcome> {
    let place = place_for(connection, room)?;
    let mut insert = connection.prepare(INSERT)?;
    let mut outcome = Outcome::default();
    let mut claimed: HashSet<i64> = HashSet::new();
    for (index, Incoming { entry, .. }) in incoming.iter().enumerate().filter(|(_, one)| one.has_id) {
        claimed.insert(entry.number.as_micros());
        match find(connection, place, entry)? {
            Found::Nothing => outcome.new += insert_entry(&mut insert, place, entry)?,
            Found::Itself => {}
            Found::Another => outcome.taken.push(index),
        }
    }
    // For each time, the numbers up to this one are taken.
    let mut reached: HashMap<i64, i64> = HashMap::new();
    for Incoming { entry, .. } in incoming.iter_mut().filter(|one| !one.has_id) {
        let number = reached.entry(entry.number.as_micros()).or_insert(entry.number.as_micros());
        loop {
            entry.number = Number::from_micros(*number);
            entry.time = entry.number.time();
            *number += 1;
            if !claimed.insert(entry.number.as_micros()) {
                continue;
            }
            match find(connection, place, entry)? {
                Found::Nothing => outcome.new += insert_entry(&mut insert, place, entry)?,
                Found::Itself => {}
                Found::Another => continue,
            }
            break;
        }
    }
    if let Some(first) = incoming.iter().map(|one| one.entry.number.as_micros().saturating_sub(1)).min() {
        connection.execute(
            "INSERT INTO room (name, since) VALUES (?, ?)
             ON CONFLICT DO UPDATE SET since = min(since, excluded.since)",
            params![room, first],
        )?;
    }
    let count = "SELECT count(*) FROM message WHERE place = ?";
    outcome.in_all = connection.query_row(count, [place], |row| row.get(0))?;
    connection.execute("UPDATE place SET count = ? WHERE id = ?", params![outcome.in_all, place])?;
    Ok(outcome)
}

/// The outcome of a look under a number.
enum Found {
    Nothing,
    Itself,
    Another,
}

fn find(connection: &Connection, place: i64, entry: &Entry) -> rusqlite::Result<Found> {
    let mut same = connection.prepare_cached(
        "SELECT place = ? AND kind & 15 = ? AND source = ? AND words = ? FROM message WHERE id = ?",
    )?;
    let texts = entry.texts();
    let number = entry.number.as_micros();
    let found: Option<Option<bool>> = same
        .query_row(params![place, entry.kind as i64, texts.source, texts.words, number], |row| row.get(0))
        .optional()?;
    Ok(match found {
        None => Found::Nothing,
        Some(Some(true)) => Found::Itself,
        Some(_) => Found::Another,
    })
}

/// Whether there is a room, or was: something was said in it, it goes on, or it belongs to somebody. `is_it` compares
/// names as the house does.
pub(crate) fn knows(
    connection: &Connection,
    place: &str,
    is_it: impl Fn(&str) -> bool,
) -> rusqlite::Result<bool> {
    let room = "SELECT count(*) FROM room WHERE name = ?";
    if find_place(connection, place)?.is_some()
        || connection.query_row(room, [place], |row| row.get::<_, i64>(0))? > 0
    {
        return Ok(true);
    }
    let mut owned = connection.prepare("SELECT name FROM channel")?;
    let names = owned.query_map([], |row| row.get::<_, String>(0))?;
    Ok(names.flatten().any(|name| is_it(&name)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::schema;
    use crate::world::{Kind, Texts};

    fn said(number: i64, words: &str, has_id: bool) -> Incoming {
        let texts = Texts { source: "alice!~alice@tea", words, ..Texts::default() };
        let entry = Entry::new(Arc::from("#tea"), Number::from_micros(number), Kind::Privmsg, false, &texts);
        Incoming { entry, has_id }
    }

    fn all(connection: &Connection) -> String {
        let all = "SELECT group_concat(id || words, ' ') FROM (SELECT * FROM message ORDER BY id)";
        connection.query_row(all, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn messages_of_one_moment_are_each_kept_and_twice_is_the_same_as_once() {
        let connection = schema::open_in_memory().unwrap();
        let file =
            || [said(10, "ha", false), said(10, "ha", false), said(11, "x", true), said(10, "ho", false)];
        for new in [4, 0] {
            let outcome = into_room(&connection, "#tea", &mut file()).unwrap();
            assert_eq!(outcome, Outcome { new, taken: vec![], in_all: 4 });
            assert_eq!(all(&connection), "10ha 11x 12ha 13ho");
        }
    }

    #[test]
    fn a_message_with_the_number_of_another_one_is_not_taken_and_said_to_be_so() {
        let connection = schema::open_in_memory().unwrap();
        into_room(&connection, "#tea", &mut [said(10, "green", true)]).unwrap();
        let outcome =
            into_room(&connection, "#tea", &mut [said(9, "a", true), said(10, "black", true)]).unwrap();
        assert_eq!(outcome.taken, [1]);
        let outcome = into_room(&connection, "#coffee", &mut [said(10, "green", true)]).unwrap();
        assert_eq!(outcome.taken, [0], "it is another room's");
    }
}
