//! Rooms that belong to an account or in which somebody stays, and the lobby, with all that makes them what they are.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use teahouse_protocol::{names, text};

use super::rows::{readable, senseless};
use crate::world::mask::ListEntry;
use crate::world::{ChannelModes, ChannelRegistration, Flag, KeptChannel, List, Number, Rank, Topic};

/// The tables, as a migration makes them. All times are seconds since 1970.
pub(super) const TABLES: &str = "
    CREATE TABLE channel (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        created INTEGER NOT NULL,
        founder TEXT NOT NULL COLLATE NOCASE,
        flags TEXT NOT NULL, -- the letters of the modes that are on
        key TEXT,
        user_limit INTEGER,
        slow_secs INTEGER,
        topic TEXT,
        topic_who TEXT,
        topic_when INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE channel_access (
        channel TEXT NOT NULL COLLATE NOCASE REFERENCES channel ON DELETE CASCADE,
        position INTEGER NOT NULL,
        account TEXT NOT NULL COLLATE NOCASE,
        rank TEXT NOT NULL, -- its letter
        PRIMARY KEY (channel, position)
    ) WITHOUT ROWID;
    CREATE TABLE channel_list (
        channel TEXT NOT NULL COLLATE NOCASE REFERENCES channel ON DELETE CASCADE,
        list TEXT NOT NULL, -- b, e or I
        position INTEGER NOT NULL,
        mask TEXT NOT NULL,
        who TEXT NOT NULL,
        time INTEGER NOT NULL,
        PRIMARY KEY (channel, list, position)
    ) WITHOUT ROWID;";

/// A room that belongs to nobody has no founder's name; it is kept for the people who stay in it.
pub(super) const MORE: &str = "
    ALTER TABLE channel ADD COLUMN since INTEGER; -- a message's number
    CREATE TABLE channel_invited (
        channel TEXT NOT NULL COLLATE NOCASE REFERENCES channel ON DELETE CASCADE,
        position INTEGER NOT NULL,
        account TEXT NOT NULL COLLATE NOCASE,
        PRIMARY KEY (channel, position)
    ) WITHOUT ROWID;";

const LISTS: [(List, &str); 3] = [(List::Bans, "b"), (List::Exceptions, "e"), (List::Invitations, "I")];

/// Keeps a room as it is now.
pub(crate) fn keep(connection: &Connection, channel: &KeptChannel) -> rusqlite::Result<()> {
    let KeptChannel { name, created, since, topic, modes, invited, registration } = channel;
    forget(connection, name)?;
    let flags: String =
        Flag::ALL.iter().filter(|(flag, _)| modes.has(*flag)).map(|(_, letter)| letter).collect();
    let topic = topic.as_ref();
    connection.execute(
        "INSERT INTO channel VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            name,
            created.as_second(),
            registration.as_ref().map_or("", |registration| &registration.founder),
            flags,
            modes.key,
            modes.limit.and_then(|limit| i64::try_from(limit).ok()),
            modes.slow_secs,
            topic.map(|topic| &topic.text),
            topic.map(|topic| &topic.who),
            topic.map(|topic| topic.when.as_second()),
            since.map(Number::as_micros),
        ],
    )?;
    let mut row = connection.prepare_cached("INSERT INTO channel_access VALUES (?, ?, ?, ?)")?;
    for (position, (account, rank)) in
        (0i64..).zip(registration.iter().flat_map(|registration| &registration.access))
    {
        row.execute(params![name, position, account, rank.letter().to_string()])?;
    }
    let mut row = connection.prepare_cached("INSERT INTO channel_invited VALUES (?, ?, ?)")?;
    for (position, account) in (0i64..).zip(invited) {
        row.execute(params![name, position, account])?;
    }
    let mut row = connection.prepare_cached("INSERT INTO channel_list VALUES (?, ?, ?, ?, ?, ?)")?;
    for (list, letter) in LISTS {
        for (position, entry) in (0i64..).zip(modes.list(list)) {
            row.execute(params![name, letter, position, entry.mask, entry.who, entry.when.as_second()])?;
        }
    }
    Ok(())
}

/// Forgets a room.
pub(crate) fn forget(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM channel WHERE name = ?", [name])?;
    Ok(())
}

/// Makes the rooms of an account nobody's, and forgets its ranks and invitations, so that the next owner of its name
/// has none of them. A room in which nobody stays then closes by the next start.
pub(super) fn forget_account(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    let owned = "SELECT name FROM channel WHERE founder = ?";
    connection.execute(&format!("DELETE FROM channel_access WHERE channel IN ({owned})"), [account])?;
    connection.execute("UPDATE channel SET founder = '' WHERE founder = ?", [account])?;
    connection.execute("DELETE FROM channel_access WHERE account = ?", [account])?;
    connection.execute("DELETE FROM channel_invited WHERE account = ?", [account])?;
    Ok(())
}

/// All rooms that can be read.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Vec<KeptChannel>> {
    let mut rows = connection.prepare("SELECT * FROM channel")?;
    let rows = rows.query_map([], channel_of)?;
    let mut channels = readable("channel", rows)?;
    for channel in &mut channels {
        if let Some(registration) = &mut channel.registration {
            registration.access = access_of(connection, &channel.name)?;
        }
        channel.invited = invited_of(connection, &channel.name)?;
        for (list, letter) in LISTS {
            *channel.modes.list_mut(list) = list_of(connection, &channel.name, letter)?;
        }
    }
    Ok(channels)
}

fn channel_of(row: &Row) -> rusqlite::Result<KeptChannel> {
    let mut modes = ChannelModes::default();
    let flags: String = row.get("flags")?;
    for (flag, letter) in Flag::ALL {
        modes.set(*flag, flags.contains(*letter));
    }
    modes.key = row.get("key")?;
    modes.limit = row.get::<_, Option<i64>>("user_limit")?.and_then(|limit| usize::try_from(limit).ok());
    modes.slow_secs = row.get("slow_secs")?;
    let topic: Option<String> = row.get("topic")?;
    let who: Option<String> = row.get("topic_who")?;
    let when: Option<i64> = row.get("topic_when")?;
    let topic = topic.map(|text| Topic {
        text,
        who: who.unwrap_or_default(),
        when: time_of(when.unwrap_or_default()),
    });
    let name: String = row.get("name")?;
    names::check_channel(&name).map_err(|_| senseless(text::escape(&name)))?;
    let founder: String = row.get("founder")?;
    let since: Option<i64> = row.get("since")?;
    Ok(KeptChannel {
        name,
        created: time_of(row.get("created")?),
        since: since.map(Number::from_micros),
        topic,
        modes,
        invited: Vec::new(),
        registration: (!founder.is_empty()).then(|| ChannelRegistration { founder, access: Vec::new() }),
    })
}

fn access_of(connection: &Connection, channel: &str) -> rusqlite::Result<Vec<(String, Rank)>> {
    let mut rows = connection
        .prepare_cached("SELECT account, rank FROM channel_access WHERE channel = ? ORDER BY position")?;
    let rows = rows.query_map([channel], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let rows: Vec<(String, String)> = readable("channel_access", rows)?;
    let known = |letter: &str| letter.parse().ok().and_then(Rank::from_letter);
    Ok(rows.into_iter().filter_map(|(account, letter)| Some((account, known(&letter)?))).collect())
}

fn invited_of(connection: &Connection, channel: &str) -> rusqlite::Result<Vec<String>> {
    let mut rows = connection
        .prepare_cached("SELECT account FROM channel_invited WHERE channel = ? ORDER BY position")?;
    readable("channel_invited", rows.query_map([channel], |row| row.get(0))?)
}

fn list_of(connection: &Connection, channel: &str, letter: &str) -> rusqlite::Result<Vec<ListEntry>> {
    let mut rows = connection.prepare_cached(
        "SELECT mask, who, time FROM channel_list WHERE channel = ? AND list = ? ORDER BY position",
    )?;
    let rows = rows.query_map([channel, letter], |row| {
        let mask: String = row.get(0)?;
        // An older server did not write every mask in its normal form.
        let mask = ListEntry::normal_form(&mask);
        Ok(ListEntry { mask, who: row.get(1)?, when: time_of(row.get(2)?) })
    })?;
    readable("channel_list", rows)
}

fn time_of(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}
