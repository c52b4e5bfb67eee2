//! The reasons why a database does not do what it is asked for: only damage is called damage.
//!
//! SQLite answers with a [code](https://www.sqlite.org/rescode.html), which names neither the file nor what the system
//! has refused. So where a database cannot be opened, its files are tried once more, one by one, and the system's own
//! words are taken.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rustix::io::Errno;

use crate::config::files::beside;
use crate::text::language::Text;

/// The first bytes of every database ([file format](https://www.sqlite.org/fileformat.html#the_database_header)).
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// An answer of the database that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    code: Option<ErrorCode>,
    words: String,
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self { code: error.sqlite_error_code(), words: error.to_string() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Trouble {
    pub(super) fn new(words: &str) -> Self {
        Self { code: None, words: words.to_owned() }
    }

    /// Whether it is SQLite that has it, and not the server that cannot read what is there.
    pub(super) fn is_of_sqlite(&self) -> bool {
        self.code.is_some()
    }

    /// The damage that `PRAGMA quick_check` has found; it names a page that could not be read by the code of the error.
    pub(super) fn found(words: String) -> Self {
        let code = words.split_once("error code=").and_then(|(_, code)| {
            let digits = code.split(|letter: char| !letter.is_ascii_digit()).next()?;
            digits.parse().ok().map(rusqlite::ffi::Error::new)
        });
        Self { code: Some(code.map_or(ErrorCode::DatabaseCorrupt, |error| error.code)), words }
    }

    /// Whether it may be over by itself, so that the same can be tried again: it is the disk's or the system's, not the
    /// question's.
    pub fn may_pass(&self) -> bool {
        use ErrorCode::*;
        matches!(
            self.code,
            Some(
                DiskFull
                    | SystemIoFailure
                    | DatabaseBusy
                    | DatabaseLocked
                    | OutOfMemory
                    | ReadOnly
                    | CannotOpen
                    | PermissionDenied
                    | FileLockingProtocolFailed
            )
        )
    }

    /// The trouble in a few words, for the log and for operators.
    pub fn reason(&self) -> Text {
        let words = self.words.clone();
        match self.code {
            Some(ErrorCode::DiskFull) => Text::ReasonFull(words),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Text::ReasonBusy(words),
            Some(ErrorCode::SystemIoFailure) => Text::ReasonDisk(words),
            Some(ErrorCode::OutOfMemory) => Text::ReasonMemory(words),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Text::ReasonDamage(words),
            _ => Text::ReasonOther(words),
        }
    }

    /// The trouble and its remedy, for the operator at the console who wants to use this database. It opens and
    /// closes the files, and with that lets go of every lock on them that this process has: only for where the
    /// database could not be opened.
    pub(super) fn sentence(&self, file: &Path) -> Text {
        let shown = file.display().to_string();
        let words = self.words.clone();
        match self.code {
            Some(ErrorCode::DiskFull) => Text::StoreFull(shown),
            Some(ErrorCode::OutOfMemory) => Text::StoreNoMemory(shown),
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => Text::StoreBusy(shown),
            Some(ErrorCode::NotADatabase) if !begins_like_one(file) => Text::StoreForeign(shown),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Text::StoreDamaged(shown, words),
            Some(
                code @ (ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure),
            ) => match (obstacle(file), code) {
                (Some((path, error)), _) => refused(&path, &error),
                (None, ErrorCode::SystemIoFailure) => Text::StoreDisk(shown, words),
                (None, _) => Text::CannotOpenStore(shown, words),
            },
            _ => Text::CannotOpenStore(shown, words),
        }
    }
}

fn begins_like_one(file: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *MAGIC
}

/// The file or folder that the system keeps from this process though a database needs it, and the system's error.
fn obstacle(file: &Path) -> Option<(PathBuf, io::Error)> {
    for path in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")] {
        if let Err(error) = OpenOptions::new().read(true).write(true).open(&path)
            && error.kind() != ErrorKind::NotFound
        {
            return Some((path, error));
        }
    }
    let folder = file.parent()?;
    let attempt = beside(file, "-attempt");
    let write = |mut file: File| file.write_all(&[0; 65_536]).and_then(|()| file.sync_all());
    let outcome = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&attempt).and_then(write);
    // Where it could not be made there is nothing to remove.
    let _ = fs::remove_file(&attempt);
    Some((folder.to_owned(), outcome.err()?))
}

/// The system's words on a file that the server needs, and the remedy.
pub(super) fn refused(path: &Path, error: &io::Error) -> Text {
    let (shown, words) = (path.display().to_string(), error.to_string());
    match Errno::from_io_error(error) {
        Some(Errno::NOSPC) => Text::StoreFull(shown),
        Some(Errno::DQUOT | Errno::FBIG) => Text::StoreLimit(shown, words),
        Some(Errno::MFILE | Errno::NFILE) => Text::StoreNoDescriptors(shown, words),
        Some(Errno::NOMEM) => Text::StoreNoMemory(shown),
        Some(Errno::ROFS) => Text::StoreReadOnly(shown),
        Some(Errno::ACCESS | Errno::PERM) => {
            let user = rustix::process::geteuid().as_raw().to_string();
            match fs::metadata(path) {
                Ok(found) => {
                    let mode = format!("{:o}", found.mode() & 0o7777);
                    Text::StoreForbidden(shown, found.uid().to_string(), mode, user)
                }
                Err(_) => Text::StoreOutOfReach(shown, user),
            }
        }
        Some(Errno::IO) => Text::StoreDisk(shown, words),
        _ => Text::CannotUseFolder(shown, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_check_could_not_read_is_not_taken_for_damage() {
        let unread = |code: i32| format!("Tree 2 page 3: unable to get the page. error code={code}");
        for (words, code) in [
            (unread(10), ErrorCode::SystemIoFailure),
            (unread(266), ErrorCode::SystemIoFailure),
            (unread(7), ErrorCode::OutOfMemory),
            (unread(11), ErrorCode::DatabaseCorrupt),
            ("row 2 missing from index".to_owned(), ErrorCode::DatabaseCorrupt),
        ] {
            assert_eq!(Trouble::found(words.clone()).code, Some(code), "{words}");
        }
    }

    #[test]
    fn operators_hear_what_keeps_the_store_from_writing() {
        let words = || "words".to_owned();
        for (code, reason) in [
            (ErrorCode::DiskFull, Text::ReasonFull(words())),
            (ErrorCode::DatabaseBusy, Text::ReasonBusy(words())),
            (ErrorCode::DatabaseLocked, Text::ReasonBusy(words())),
            (ErrorCode::SystemIoFailure, Text::ReasonDisk(words())),
            (ErrorCode::OutOfMemory, Text::ReasonMemory(words())),
            (ErrorCode::DatabaseCorrupt, Text::ReasonDamage(words())),
            (ErrorCode::ConstraintViolation, Text::ReasonOther(words())),
        ] {
            assert_eq!(Trouble { code: Some(code), words: words() }.reason(), reason, "{code:?}");
        }
    }

    #[test]
    fn what_the_system_refuses_is_called_by_its_name() {
        let file = Path::new("/data/teahouse.db");
        let sentence = |errno: Errno| refused(file, &errno.into());
        let shown = || file.display().to_string();
        let words = |errno: Errno| io::Error::from(errno).to_string();
        assert_eq!(sentence(Errno::NOSPC), Text::StoreFull(shown()));
        assert_eq!(sentence(Errno::ROFS), Text::StoreReadOnly(shown()));
        assert_eq!(sentence(Errno::NOMEM), Text::StoreNoMemory(shown()));
        for errno in [Errno::DQUOT, Errno::FBIG] {
            assert_eq!(sentence(errno), Text::StoreLimit(shown(), words(errno)));
        }
        for errno in [Errno::MFILE, Errno::NFILE] {
            assert_eq!(sentence(errno), Text::StoreNoDescriptors(shown(), words(errno)));
        }
    }

    #[test]
    fn a_file_that_never_was_a_database_is_not_called_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("teahouse.db");
        let trouble = Trouble { code: Some(ErrorCode::NotADatabase), words: "file is not a database".into() };
        fs::write(&file, b"SQLite format 3\0 and then nothing that makes sense").unwrap();
        assert!(matches!(trouble.sentence(&file), Text::StoreDamaged(..)));
        fs::write(&file, b"a shopping list, somewhat longer than a header").unwrap();
        assert!(matches!(trouble.sentence(&file), Text::StoreForeign(..)));
    }
}
