//! The people who stay without a connection, and their rooms.

use rusqlite::{Connection, params};
use teahouse_protocol::{names, text};

use super::rows::{readable, senseless};
use crate::world::{Number, Presence, Seat};

/// The tables, as a migration makes them, and the choice of each account; NULL leaves it to the house.
pub(super) const TABLES: &str = "
    ALTER TABLE account ADD COLUMN always_on INTEGER;
    CREATE TABLE presence (
        account TEXT PRIMARY KEY COLLATE NOCASE REFERENCES account ON DELETE CASCADE,
        nick TEXT NOT NULL,
        user TEXT NOT NULL,
        host TEXT NOT NULL,
        realname TEXT NOT NULL,
        modes TEXT NOT NULL -- letters
    ) WITHOUT ROWID;
    CREATE TABLE presence_room (
        account TEXT NOT NULL COLLATE NOCASE REFERENCES presence ON DELETE CASCADE,
        position INTEGER NOT NULL,
        channel TEXT NOT NULL,
        ranks TEXT NOT NULL, -- letters
        PRIMARY KEY (account, position)
    ) WITHOUT ROWID;";

/// Where the last connection came from; NULL where that is not known.
pub(super) const ADDRESS: &str = "ALTER TABLE presence ADD COLUMN address TEXT;";

/// The columns added later.
pub(super) const MORE: &str = "
    ALTER TABLE presence ADD COLUMN away TEXT;
    ALTER TABLE presence_room ADD COLUMN since INTEGER; -- a message's number";

/// Keeps where somebody is.
pub(crate) fn keep(connection: &Connection, presence: &Presence) -> rusqlite::Result<()> {
    let Presence { account, nick, user, host, address, realname, modes, away, rooms } = presence;
    forget(connection, account)?;
    let address = address.map(|address| address.to_string());
    connection.execute(
        "INSERT INTO presence (account, nick, user, host, realname, modes, address, away)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![account, nick, user, host, realname, modes, address, away],
    )?;
    let mut row = connection.prepare_cached("INSERT INTO presence_room VALUES (?, ?, ?, ?, ?)")?;
    for (position, Seat { channel, ranks, since }) in (0i64..).zip(rooms) {
        row.execute(params![account, position, channel, ranks, since.map(Number::as_micros)])?;
    }
    Ok(())
}

/// Forgets that somebody stays.
pub(crate) fn forget(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM presence WHERE account = ?", [account])?;
    Ok(())
}

/// Everybody who stays, as far as it can be read.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Vec<Presence>> {
    let mut rooms = connection
        .prepare("SELECT channel, ranks, since FROM presence_room WHERE account = ? ORDER BY position")?;
    let mut rows = connection.prepare("SELECT * FROM presence")?;
    let rows = rows.query_map([], |row| {
        let account: String = row.get("account")?;
        let nick: String = row.get("nick")?;
        names::check_nickname(&nick, usize::MAX).map_err(|_| senseless(text::escape(&nick)))?;
        let rooms = rooms.query_map([&account], |row| {
            let (name, since): (String, Option<i64>) = (row.get(0)?, row.get(2)?);
            names::check_channel(&name).map_err(|_| senseless(text::escape(&name)))?;
            Ok(Seat { channel: name, ranks: row.get(1)?, since: since.map(Number::from_micros) })
        })?;
        Ok(Presence {
            rooms: readable("presence_room", rooms)?,
            account,
            nick,
            user: row.get("user")?,
            host: row.get("host")?,
            address: row.get::<_, Option<String>>("address")?.and_then(|address| address.parse().ok()),
            realname: row.get("realname")?,
            modes: row.get("modes")?,
            away: row.get("away")?,
        })
    })?;
    readable("presence", rows)
}
