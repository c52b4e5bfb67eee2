//! Bans of the whole server, kept so that a restart lets nobody in.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::world::{ServerBan, Target};

/// The table, as the first migration makes it. `kind` is `K` for a mask and `D` for a network.
pub(super) const TABLE: &str = "
    CREATE TABLE ban (
        kind TEXT NOT NULL,
        target TEXT NOT NULL,
        reason TEXT NOT NULL,
        who TEXT NOT NULL,
        until INTEGER, -- seconds since 1970; NULL for never
        PRIMARY KEY (kind, target)
    ) WITHOUT ROWID;";

/// Keeps a ban, in place of the one for the same target if there was one.
pub(crate) fn keep(connection: &Connection, ban: &ServerBan) -> rusqlite::Result<()> {
    let (kind, target) = columns(&ban.target);
    let until = ban.until.map(Timestamp::as_second);
    connection.execute(
        "INSERT OR REPLACE INTO ban VALUES (?, ?, ?, ?, ?)",
        params![kind, target, ban.reason, ban.who, until],
    )?;
    Ok(())
}

/// Forgets the ban for a target.
pub(crate) fn lift(connection: &Connection, target: &Target) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM ban WHERE kind = ? AND target = ?", columns(target))?;
    Ok(())
}

/// The bans that are in force; those that are over are forgotten.
pub(crate) fn load(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<ServerBan>> {
    connection.execute("DELETE FROM ban WHERE until <= ?", [now.as_second()])?;
    let mut bans = connection.prepare("SELECT kind, target, reason, who, until FROM ban")?;
    let rows = bans.query_map([], |row| {
        let (kind, target): (String, String) = (row.get(0)?, row.get(1)?);
        let until: Option<i64> = row.get(4)?;
        // A network was written by `columns`, so it can be read; were it not, nobody has such a name.
        let network = (kind == "D").then(|| Target::network(&target)).flatten();
        Ok(ServerBan {
            target: network.unwrap_or(Target::Mask(target)),
            reason: row.get(2)?,
            who: row.get(3)?,
            until: until.and_then(|until| Timestamp::from_second(until).ok()),
        })
    })?;
    rows.collect()
}

fn columns(target: &Target) -> (&'static str, String) {
    let kind = match target {
        Target::Mask(_) => "K",
        Target::Network(..) => "D",
    };
    (kind, target.to_string())
}
