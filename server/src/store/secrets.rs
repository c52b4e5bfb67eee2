//! Keys that the server makes for itself: nobody else may know them and a restart must not change them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::auth::password;

/// The table.
pub(super) const TABLE: &str = "
    CREATE TABLE secret (
        name TEXT PRIMARY KEY NOT NULL,
        value BLOB NOT NULL
    ) WITHOUT ROWID;";

/// The secret of this name, made when it is first asked for.
pub(crate) fn named(connection: &Connection, name: &str) -> rusqlite::Result<[u8; 32]> {
    let kept = connection
        .query_row("SELECT value FROM secret WHERE name = ?", [name], |row| row.get(0))
        .optional()?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let new = password::secret();
    connection.execute("INSERT INTO secret VALUES (?, ?)", params![name, new])?;
    Ok(new)
}
