//! The tables of the store, and how a database of an older version becomes one of today.
//!
//! `user_version` counts the migrations that a database has been through. Each is one step in the list below and is
//! never changed once it has been in a release. Before a database is changed, a copy of it is kept beside it.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use rusqlite::{Connection, OpenFlags};

use super::copy::{self, CopyError, Draft};
use super::trouble::{self, Trouble};
use super::{accounts, bans, channels, history, latest_state, presence, secrets};
use crate::text::language::{Language, Text};

/// The steps that make a database of each version one of the next.
const MIGRATIONS: &[&str] = &[
    bans::TABLE,
    accounts::TABLES,
    channels::TABLES,
    history::TABLES,
    secrets::TABLE,
    presence::TABLES,
    bans::SINCE,
    presence::ADDRESS,
    channels::MORE,
    presence::MORE,
    history::MORE,
    accounts::SUSPENDED,
];

/// How long a copy from before an update is kept, at least: until the first start after that.
const COPY_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database, checks it, and brings it to today's version.
///
/// # Errors
/// A sentence for the person at the console, with what can be done.
pub(super) fn open(file: &Path, language: Language) -> Result<Connection, Text> {
    migrated(file, MIGRATIONS, language)
}

fn migrated(file: &Path, migrations: &[&str], language: Language) -> Result<Connection, Text> {
    let shown = || file.display().to_string();
    let mut connection =
        Connection::open(file).map_err(Trouble::from).map_err(|trouble| trouble.sentence(file))?;
    let found = copy::check(&connection).and_then(|()| Ok(found_version(&connection)?));
    let version = match found {
        Ok(Some(version)) => version,
        Ok(None) => return Err(Text::StoreForeign(shown())),
        Err(trouble) => {
            // With it go the locks that it has.
            drop(connection);
            return Err(trouble.sentence(file));
        }
    };
    if version > migrations.len() {
        return Err(Text::StoreTooNew(shown()));
    }
    let is_older = (1..migrations.len()).contains(&version);
    if is_older {
        let copy = file.with_extension(format!("v{version}.db"));
        keep_copy(&connection, &copy)
            .map_err(|why| Text::CannotCopyStore(shown(), why.to_string(language)))?;
        log::info!("{}", Text::StoreCopied(copy.display().to_string()).within(language));
    }
    if let Err(error) = prepare(&mut connection, migrations) {
        drop(connection);
        return Err(Trouble::from(error).sentence(file));
    }
    if is_older {
        // Older versions did not overwrite what they deleted. If there is no room for it now, there was something to
        // wipe out and it goes when its place is used again.
        let _ = connection.execute_batch("VACUUM");
    }
    for copy in forget_old_copies(file, migrations.len()) {
        log::info!("{}", Text::StoreCopyRemoved(copy.display().to_string()).within(language));
    }
    Ok(connection)
}

/// Removes the copies from before updates of long ago: what was taken back since is still in them.
fn forget_old_copies(file: &Path, versions: usize) -> Vec<PathBuf> {
    let is_old = |copy: &PathBuf| {
        let age =
            fs::metadata(copy).and_then(|found| found.modified()).ok().and_then(|time| time.elapsed().ok());
        age.is_some_and(|age| age > COPY_KEPT) && is_one(copy)
    };
    let copies = (1..versions).map(|version| file.with_extension(format!("v{version}.db")));
    copies.filter(is_old).filter(|copy| fs::remove_file(copy).is_ok()).collect()
}

/// Copies the database before it is changed.
fn keep_copy(connection: &Connection, copy: &Path) -> Result<(), Text> {
    let said = |error: &io::Error| trouble::refused(copy, error);
    match Draft::begin(copy).map_err(CopyError::File).and_then(|draft| draft.finish(connection)) {
        Ok(()) => Ok(()),
        Err(CopyError::File(error)) => Err(said(&error)),
        Err(CopyError::Name) => Err(said(&io::ErrorKind::InvalidFilename.into())),
        Err(CopyError::Database(trouble)) => Err(trouble.reason()),
    }
}

/// Opens a database that somebody else may be using, and changes nothing of it. For a copy it may be of an older
/// version.
///
/// # Errors
/// A sentence for the person at the console.
pub(super) fn open_beside(file: &Path, may_be_old: bool) -> Result<Connection, Text> {
    let shown = || file.display().to_string();
    // It does not make one where there is none. The log beside the database has to be written even to read.
    let open = || -> rusqlite::Result<(Connection, Option<usize>)> {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        let version = found_version(&connection)?;
        Ok((connection, version))
    };
    let (connection, version) = open().map_err(Trouble::from).map_err(|trouble| trouble.sentence(file))?;
    let Some(version) = version.filter(|version| *version > 0) else {
        return Err(Text::StoreForeign(shown()));
    };
    match version.cmp(&MIGRATIONS.len()) {
        Ordering::Less if !may_be_old => Err(Text::StoreTooOld(shown())),
        Ordering::Less | Ordering::Equal => Ok(connection),
        Ordering::Greater => Err(Text::StoreTooNew(shown())),
    }
}

/// Whether a file is a database of Teahouse, of whatever version, and as far as can be told.
pub(super) fn is_one(file: &Path) -> bool {
    let look = || -> rusqlite::Result<bool> {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('ban', 'account')";
        let has_ours = connection.query_row(tables, [], |row| row.get::<_, i64>(0))? > 0;
        Ok(has_ours && found_version(&connection)?.is_some_and(|version| version > 0))
    };
    look().unwrap_or_default()
}

/// A database that ends with the process.
///
/// # Errors
/// When there is no memory for it.
pub(super) fn open_in_memory() -> Result<Connection, Text> {
    let cannot_start = |error: rusqlite::Error| Text::CannotStart(error.to_string());
    let mut connection = Connection::open_in_memory().map_err(cannot_start)?;
    prepare(&mut connection, MIGRATIONS).map_err(cannot_start)?;
    Ok(connection)
}

/// The version of a database, 0 for an empty database; `None` for a database of another program.
fn found_version(connection: &Connection) -> rusqlite::Result<Option<usize>> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(usize::try_from(version).ok().filter(|version| *version > 0 || tables == 0))
}

/// Settings that hold as long as the connection does, and the migrations that are due, all or none.
fn prepare(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    // With a log beside the database, a reader (`backup`) does not wait for a writer, and a commit is one write.
    // Every commit waits for the disk: an acknowledged change survives a power failure too.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216;
         PRAGMA secure_delete = ON;",
    )?;
    connection.execute_batch(latest_state::TABLE)?;
    connection.set_prepared_statement_cache_capacity(64);
    let transaction = connection.transaction()?;
    let version = found_version(&transaction)?.unwrap_or_default();
    for migration in migrations.iter().skip(version) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", migrations.len())?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const FIRST: &str = "CREATE TABLE cup (size INTEGER); INSERT INTO cup VALUES (3);";
    const SECOND: &str = "ALTER TABLE cup ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';";

    fn open(file: &Path, migrations: &[&str]) -> Result<Connection, Text> {
        migrated(file, migrations, Language::English)
    }

    fn colours(connection: &Connection) -> rusqlite::Result<String> {
        connection.query_row("SELECT group_concat(colour) FROM cup", [], |row| row.get(0))
    }

    #[test]
    fn an_older_database_becomes_one_of_today_and_a_copy_of_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        drop(open(&file, &[FIRST]).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "of nothing there is no copy");
        let connection = open(&file, &[FIRST, SECOND]).unwrap();
        assert_eq!(found_version(&connection), Ok(Some(2)));
        assert_eq!(colours(&connection), Ok("blue".to_owned()));
        let copy = Connection::open(folder.path().join("teahouse.v1.db")).unwrap();
        assert_eq!(found_version(&copy), Ok(Some(1)));
        assert!(colours(&copy).is_err(), "the copy is as it was");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_database_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        drop(open(&file, &[FIRST]).unwrap());
        let failed = open(&file, &[FIRST, SECOND, "CREATE NONSENSE"]);
        assert!(matches!(failed, Err(Text::CannotOpenStore(..))), "{failed:?}");
        let connection = open(&file, &[FIRST]).unwrap();
        assert!(colours(&connection).is_err(), "not even half of it was done");
    }

    #[test]
    fn a_damaged_or_newer_database_is_refused_in_words_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        drop(open(&file, &[FIRST, SECOND]).unwrap());
        assert!(matches!(open(&file, &[FIRST]), Err(Text::StoreTooNew(_))));
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() - 100;
        bytes[middle..].fill(0x5a);
        fs::write(&file, &bytes).unwrap();
        let refused = open(&file, &[FIRST, SECOND]);
        assert!(matches!(refused, Err(Text::StoreDamaged(..))), "{refused:?}");
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }

    #[test]
    fn what_is_looked_at_while_the_server_runs_is_a_database_of_its_version_or_for_a_copy_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        for version in 0..=MIGRATIONS.len() {
            let file = folder.path().join(format!("{version}.db"));
            assert!(open_beside(&file, true).is_err() && !file.exists(), "it makes none");
            drop(open(&file, &MIGRATIONS[..version]).unwrap());
            let [for_a_copy, else_] = [true, false].map(|may_be_old| open_beside(&file, may_be_old).err());
            assert_eq!(is_one(&file), version > 0);
            match version {
                0 => assert!(matches!(for_a_copy, Some(Text::StoreForeign(_))), "{for_a_copy:?}"),
                _ => assert_eq!(for_a_copy, None, "version {version}"),
            }
            match else_ {
                None => assert_eq!(version, MIGRATIONS.len()),
                Some(Text::StoreForeign(_)) => assert_eq!(version, 0),
                Some(Text::StoreTooOld(_)) => assert!((1..MIGRATIONS.len()).contains(&version)),
                Some(other) => panic!("version {version}: {other:?}"),
            }
        }
        let newer = folder.path().join("newer.db");
        let connection = open(&newer, MIGRATIONS).unwrap();
        connection.pragma_update(None, "user_version", MIGRATIONS.len() + 1).unwrap();
        drop(connection);
        assert!(matches!(open_beside(&newer, true), Err(Text::StoreTooNew(_))));
    }

    #[test]
    fn todays_tables_can_be_made() {
        open_in_memory().unwrap();
    }

    #[test]
    fn what_an_older_version_has_deleted_is_gone_from_the_file_after_the_update() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        let connection = open(&file, &MIGRATIONS[..6]).unwrap();
        connection.execute_batch("PRAGMA secure_delete = OFF").unwrap();
        for words in ["taken-back", "kept"] {
            let insert = "INSERT INTO message (place, kind, source, words) VALUES (1, 1, 'a!~a@tea', ?)";
            connection.execute(insert, [words]).unwrap();
        }
        connection.execute("DELETE FROM message WHERE words = 'taken-back'", []).unwrap();
        drop(connection);
        let has = |words: &str| {
            let bytes = fs::read(&file).unwrap();
            bytes.windows(words.len()).any(|some| some == words.as_bytes())
        };
        assert!(has("taken-back"), "it was only said to be free");
        drop(open(&file, MIGRATIONS).unwrap());
        assert!(has("kept") && !has("taken-back"));
    }

    #[test]
    fn a_copy_from_before_an_update_is_kept_for_a_month_and_nothing_else_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        drop(open(&file, &[FIRST]).unwrap());
        drop(super::open(&folder.path().join("other.db"), Language::English).unwrap());
        let old = std::time::SystemTime::now() - COPY_KEPT - Duration::from_secs(60);
        let paths = ["teahouse.v1.db", "teahouse.v2.db", "teahouse.v99.db", "teahouse.v3.db"]
            .map(|name| folder.path().join(name));
        for path in &paths[..3] {
            fs::copy(folder.path().join("other.db"), path).unwrap();
        }
        fs::write(&paths[3], "not ours").unwrap();
        for path in &paths[1..] {
            fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        }
        assert_eq!(forget_old_copies(&file, 5), [paths[1].clone()]);
        assert_eq!(paths.map(|path| path.exists()), [true, false, true, true]);
    }
}
