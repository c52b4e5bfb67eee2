//! Taking back what was said.

use rusqlite::{Connection, OptionalExtension};

use super::count_out;
use crate::world::Number;

/// A message to be taken back, and the rights of the person who asks.
#[derive(Debug)]
pub(crate) struct Redaction {
    /// The keys that the conversation may be filed under.
    pub(crate) places: Vec<String>,
    /// The message.
    pub(crate) number: Number,
    /// The user may take back the words of this account, or, without an account, of this source: words since this
    /// number, for an earlier holder of the name is somebody else.
    pub(crate) account: Option<String>,
    pub(crate) source: String,
    pub(crate) since: Number,
    /// Whether anybody's words may be taken back.
    pub(crate) may_any: bool,
    /// The user's own may be, if they are not older than this.
    pub(crate) oldest: Number,
}

/// The outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redacted {
    /// It is gone.
    Done,
    /// It is somebody else's.
    Forbidden,
    /// It is the user's own and too old.
    TooLate,
    /// There is none.
    Unknown,
}

/// Takes a message back.
pub(crate) fn redact(connection: &Connection, redaction: &Redaction) -> rusqlite::Result<Redacted> {
    let number = redaction.number.as_micros();
    let mut find = connection.prepare_cached(
        "SELECT source, coalesce(account, ''), coalesce(message.time, message.id), name, place.id
         FROM message JOIN place ON place.id = place WHERE message.id = ? AND kind & 15 <= 3",
    )?;
    let found = find.query_row([number], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get(4)?))
    });
    let found = found.optional()?.filter(|(.., name, _)| redaction.places.contains(name));
    let Some((source, account, time, _, place)) = found else { return Ok(Redacted::Unknown) };
    let (source, account, time): (String, String, i64) = (source, account, time);
    let is_mine = match &redaction.account {
        Some(mine) => *mine == account,
        None => account.is_empty() && source == redaction.source,
    };
    if !redaction.may_any {
        if is_mine && time < redaction.oldest.as_micros() {
            return Ok(Redacted::TooLate);
        }
        if !is_mine || redaction.number <= redaction.since {
            return Ok(Redacted::Forbidden);
        }
    }
    connection.execute("DELETE FROM message WHERE id = ?", [number])?;
    count_out(connection, place, 1)?;
    connection.execute("DELETE FROM waiting WHERE message = ?", [number])?;
    Ok(Redacted::Done)
}
