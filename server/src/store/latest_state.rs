//! Rooms that are kept, and people who stay, as they are now: a state that comes too late is not kept.
//!
//! Each session brings its own changes, so the older of two states can come last. The store remembers how new the
//! kept state is for as long as an older one can still be on its way; none of that has to outlast a restart.

use rusqlite::{Connection, params};

use super::{channels, presence};
use crate::world::{Changes, ToKeep};

/// The table, which lives as long as the connection.
pub(super) const TABLE: &str = "
    CREATE TEMP TABLE newest (
        kind TEXT NOT NULL,
        name TEXT NOT NULL COLLATE NOCASE,
        number INTEGER NOT NULL, -- how many changes there were
        PRIMARY KEY (kind, name)
    ) WITHOUT ROWID;";

/// How many changes can overtake a change that still comes: each session brings one at a time, and takes no longer
/// than it waits for the store.
const MOST_OVERTAKING: i64 = 65_536;

/// Keeps changes, but for those that newer ones have overtaken.
pub(crate) fn keep(connection: &Connection, changes: &Changes) -> rusqlite::Result<()> {
    let mut note = connection.prepare_cached(
        "INSERT INTO newest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number
         WHERE excluded.number >= number",
    )?;
    for change in &changes.all {
        let (kind, name) = match change {
            ToKeep::Channel(channel) => ("room", &channel.name),
            ToKeep::Nothing(name) => ("room", name),
            ToKeep::Presence(presence) => ("person", &presence.account),
            ToKeep::NoPresence(account) => ("person", account),
        };
        if note.execute(params![kind, name, changes.number])? == 0 {
            continue;
        }
        match change {
            ToKeep::Channel(channel) => channels::keep(connection, channel)?,
            ToKeep::Nothing(name) => channels::forget(connection, name)?,
            ToKeep::Presence(presence) => presence::keep(connection, presence)?,
            ToKeep::NoPresence(account) => presence::forget(connection, account)?,
        }
    }
    Ok(())
}

/// Begins to count changes anew, for a world that does.
pub(crate) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM newest", [])?;
    Ok(())
}

/// Forgets how new that is which nothing older can overtake any more.
pub(super) fn forget_old(connection: &Connection) -> rusqlite::Result<()> {
    let delete = "DELETE FROM newest WHERE number < (SELECT max(number) FROM newest) - ?";
    connection.execute(delete, [MOST_OVERTAKING])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::store::schema;
    use crate::world::{ChannelModes, ChannelRegistration, KeptChannel, Topic};

    use super::*;

    #[test]
    fn of_two_who_change_a_room_at_once_the_later_one_is_kept_whoever_comes_first() {
        let connection = schema::open_in_memory().unwrap();
        connection
            .execute("INSERT INTO account (name, since, password) VALUES ('alice', 0, '')", [])
            .unwrap();
        let bring = |number, change| {
            keep(&connection, &Changes { number, all: vec![change] }).unwrap();
            let rooms = channels::load(&connection).unwrap();
            rooms.into_iter().filter_map(|room| Some(room.topic?.text)).collect::<Vec<_>>()
        };
        let about = |text: &str| {
            let topic = Topic { text: text.to_owned(), who: "alice".to_owned(), when: Timestamp::UNIX_EPOCH };
            ToKeep::Channel(Box::new(KeptChannel {
                name: "#tea".to_owned(),
                created: Timestamp::UNIX_EPOCH,
                since: None,
                topic: Some(topic),
                modes: ChannelModes::default(),
                invited: Vec::new(),
                registration: Some(ChannelRegistration { founder: "alice".to_owned(), access: Vec::new() }),
            }))
        };
        assert_eq!(bring(2, about("green")), ["green"]);
        assert_eq!(bring(1, about("black")), ["green"], "it was overtaken");
        assert!(bring(4, ToKeep::Nothing("#TEA".to_owned())).is_empty());
        assert!(bring(3, about("white")).is_empty(), "the room is no more");
        assert_eq!(bring(5, about("red")), ["red"]);
    }

    #[test]
    fn what_is_remembered_of_changes_does_not_pile_up() {
        let connection = schema::open_in_memory().unwrap();
        let count =
            || connection.query_row("SELECT count(*) FROM newest", [], |row| row.get::<_, i64>(0)).unwrap();
        let gone = |number: i64| ToKeep::NoPresence(format!("guest-{number}"));
        for number in 0..MOST_OVERTAKING + 100 {
            keep(&connection, &Changes { number: number as u64, all: vec![gone(number)] }).unwrap();
        }
        forget_old(&connection).unwrap();
        assert_eq!(count(), MOST_OVERTAKING + 1);
    }
}
