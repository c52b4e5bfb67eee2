//! Accounts and what proves them.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use teahouse_protocol::{names, text};

use super::rows::{readable, senseless};
use super::{Store, StoreError, channels, history};
use crate::auth::password::ScramKeys;
use crate::world::{Account, Change};

/// The tables, as a migration makes them. Names are compared without the case of A to Z here; where more is the same
/// name, the world knows.
pub(super) const TABLES: &str = "
    CREATE TABLE account (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        since INTEGER NOT NULL, -- seconds since 1970
        password TEXT NOT NULL, -- its argon2id hash
        scram TEXT -- the keys of SCRAM-SHA-256, as RFC 5803 has them
    ) WITHOUT ROWID;
    CREATE TABLE certificate (
        fingerprint TEXT PRIMARY KEY, -- SHA-256, in lower case
        account TEXT NOT NULL COLLATE NOCASE REFERENCES account ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX certificates_of_an_account ON certificate (account);";

/// Why nobody may log in to an account; NULL where its owner may.
pub(super) const SUSPENDED: &str = "ALTER TABLE account ADD COLUMN suspended TEXT;";

/// Keeps a change.
///
/// # Errors
/// When it was not kept; the change has not happened then.
pub(crate) fn keep(store: &Store, change: &Change) -> Result<(), StoreError> {
    let change = change.clone();
    store.ask(move |connection| write(connection, &change))
}

pub(crate) fn write(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let text = |keys: &Option<ScramKeys>| keys.as_ref().map(ScramKeys::to_text);
    match change {
        Change::Open(Account { name, since, password, scram, certificates, always_on, suspended }) => {
            connection.execute(
                "INSERT INTO account (name, since, password, scram, always_on, suspended) VALUES (?, ?, ?, ?, ?, ?)",
                params![name, since.as_second(), password, text(scram), always_on, suspended],
            )?;
            write_certificates(connection, name, certificates)
        }
        Change::Password { account, before, password, scram } => {
            let update = "UPDATE account SET password = ?, scram = ? WHERE name = ? AND password = ?";
            one(connection.execute(update, params![password, text(scram), account, before])?)
        }
        Change::Reset { account, password, scram } => {
            connection.execute("DELETE FROM certificate WHERE account = ?", [account])?;
            let update = "UPDATE account SET password = ?, scram = ? WHERE name = ?";
            one(connection.execute(update, params![password, text(scram), account])?)
        }
        Change::Keys { account, password, scram } => {
            let update = "UPDATE account SET scram = ? WHERE name = ? AND password = ?";
            connection.execute(update, params![scram.to_text(), account, password])?;
            Ok(())
        }
        Change::Certificate { account, password, fingerprint, proves: true } => {
            let insert =
                "INSERT INTO certificate SELECT ?, name FROM account WHERE name = ? AND password = ?";
            one(connection.execute(insert, [fingerprint, account, password])?)
        }
        Change::Certificate { account, fingerprint, proves: false, .. } => {
            let delete = "DELETE FROM certificate WHERE fingerprint = ? AND account = ?";
            connection.execute(delete, [fingerprint, account])?;
            Ok(())
        }
        Change::AlwaysOn { account, wanted } => {
            let update = "UPDATE account SET always_on = ? WHERE name = ?";
            connection.execute(update, params![wanted, account])?;
            Ok(())
        }
        Change::Suspension { account, reason } => {
            connection
                .execute("UPDATE account SET suspended = ? WHERE name = ?", params![reason, account])?;
            Ok(())
        }
        Change::Close { account, folded } => {
            connection.execute("DELETE FROM account WHERE name = ?", [account])?;
            channels::forget_account(connection, account)?;
            history::forget_account(connection, folded)
        }
    }
}

/// Whether a change has found what it changes; if not, it has not happened.
fn one(changed: usize) -> rusqlite::Result<()> {
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

fn write_certificates(connection: &Connection, account: &str, all: &[String]) -> rusqlite::Result<()> {
    for fingerprint in all {
        connection.execute("INSERT INTO certificate VALUES (?, ?)", [fingerprint, account])?;
    }
    Ok(())
}

/// All accounts that can be read.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    let mut certificates: HashMap<String, Vec<String>> = HashMap::new();
    let mut rows = connection.prepare("SELECT account, fingerprint FROM certificate")?;
    let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    for (account, fingerprint) in readable("certificate", rows)? {
        certificates.entry(account.to_ascii_lowercase()).or_default().push(fingerprint);
    }
    let mut accounts =
        connection.prepare("SELECT name, since, password, scram, always_on, suspended FROM account")?;
    let rows = accounts.query_map([], |row| {
        let (name, scram): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        names::check_nickname(&name, usize::MAX).map_err(|_| senseless(text::escape(&name)))?;
        Ok(Account {
            certificates: certificates.remove(&name.to_ascii_lowercase()).unwrap_or_default(),
            name,
            since: Timestamp::from_second(row.get(1)?).unwrap_or_default(),
            password: row.get(2)?,
            scram: scram.and_then(|text| ScramKeys::from_text(&text)),
            always_on: row.get(4)?,
            suspended: row.get(5)?,
        })
    })?;
    readable("account", rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;
    use crate::world::{ChannelModes, ChannelRegistration, KeptChannel, Rank};

    /// The world tells the store about the rooms a moment later, and the server may be killed before that.
    #[test]
    fn the_next_owner_of_a_name_has_nothing_of_an_account_though_the_server_was_killed_as_it_ended() {
        let room = |name: &str, founder: &str, access: &[&str]| {
            let access = access.iter().map(|account| ((*account).to_owned(), Rank::Operator)).collect();
            KeptChannel {
                name: name.to_owned(),
                created: Timestamp::UNIX_EPOCH,
                since: None,
                topic: None,
                modes: ChannelModes::default(),
                invited: Vec::new(),
                registration: Some(ChannelRegistration { founder: founder.to_owned(), access }),
            }
        };
        let connection = schema::open_in_memory().unwrap();
        let invites = KeptChannel { invited: vec!["alice".to_owned()], ..room("#carols", "carol", &[]) };
        for room in [invites, room("#her", "alice", &["bob"]), room("#his", "bob", &["alice", "carol"])] {
            channels::keep(&connection, &room).unwrap();
        }
        let end = Change::Close { account: "alice".to_owned(), folded: "alice".to_owned() };
        write(&connection, &end).unwrap();
        let nobodys = KeptChannel { registration: None, ..room("#her", "", &[]) };
        let left = [room("#carols", "carol", &[]), nobodys, room("#his", "bob", &["carol"])];
        assert_eq!(channels::load(&connection).unwrap(), left);
    }
}
