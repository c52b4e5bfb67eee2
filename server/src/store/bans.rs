//! Bans of the whole server, kept so that a restart lets nobody in.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::rows::readable;
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

/// When each was set; older ones do not say so.
pub(super) const SINCE: &str = "ALTER TABLE ban ADD COLUMN since INTEGER; -- seconds since 1970";

/// How long a ban that is over stays written down. The clock may be ahead, and no ban is to be lost by that.
const LEFTOVER_SECS: i64 = 30 * 86_400;

/// Keeps a ban, in place of others.
pub(crate) fn keep(connection: &Connection, ban: &ServerBan, replaced: &[Target]) -> rusqlite::Result<()> {
    lift(connection, replaced)?;
    let (kind, target) = columns(&ban.target);
    let seconds = |time: Option<Timestamp>| time.map(Timestamp::as_second);
    connection.execute(
        "INSERT OR REPLACE INTO ban (kind, target, reason, who, until, since) VALUES (?, ?, ?, ?, ?, ?)",
        params![kind, target, ban.reason, ban.who, seconds(ban.until), seconds(ban.since)],
    )?;
    Ok(())
}

/// Forgets the bans for some targets.
pub(crate) fn lift(connection: &Connection, targets: &[Target]) -> rusqlite::Result<()> {
    for target in targets {
        connection.execute("DELETE FROM ban WHERE kind = ? AND target = ?", columns(target))?;
    }
    Ok(())
}

/// Forgets the bans that have long been over.
pub(super) fn forget_old(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM ban WHERE until <= ?")?;
    delete.execute([now.as_second() - LEFTOVER_SECS])?;
    Ok(())
}

/// The bans that are in force and can be read.
pub(crate) fn load(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<ServerBan>> {
    let mut bans = connection.prepare("SELECT kind, target, reason, who, until, since FROM ban")?;
    let rows = bans.query_map([], |row| {
        let time = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let (kind, written): (String, String) = (row.get(0)?, row.get(1)?);
        // A network was written by `columns`, so it can be read; were it not, nobody has such a name.
        let network = (kind == "D").then(|| Target::network(&written)).flatten();
        let target = network.unwrap_or_else(|| Target::mask(&written));
        let (reason, who) = (row.get(2)?, row.get(3)?);
        let (until, since) = (time(row.get(4)?), time(row.get(5)?));
        Ok((kind, written, ServerBan { target, reason, who, since, until }))
    })?;
    let rows = readable("ban", rows)?;
    let mut loaded = Vec::new();
    for (kind, written, ban) in rows {
        // An older server took names with spaces, which nobody can have and nothing can show.
        if written.contains(' ') {
            connection.execute("DELETE FROM ban WHERE kind = ? AND target = ?", [kind, written])?;
            continue;
        }
        // An older server did not write every target in its normal form.
        if columns(&ban.target) != (kind.as_str(), written.clone()) {
            connection.execute("DELETE FROM ban WHERE kind = ? AND target = ?", [kind, written])?;
            keep(connection, &ban, &[])?;
        }
        loaded.push(ban);
    }
    loaded.retain(|ban| ban.until.is_none_or(|until| now < until));
    Ok(loaded)
}

fn columns(target: &Target) -> (&'static str, String) {
    let kind = match target {
        Target::Mask(_) => "K",
        Target::Network(..) => "D",
    };
    (kind, target.to_string())
}
