//! Copies of the database, whole or not there: made beside where they are to be, looked through, and only then put in
//! their place.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::trouble::{MAGIC, Trouble};
use crate::config::files::beside;

/// A copy that is being made. It is removed where it is not [finished](Self::finish).
#[derive(Debug)]
pub(crate) struct Draft {
    target: PathBuf,
    path: PathBuf,
    /// Locked for as long as the copy is being made.
    file: File,
}

impl Draft {
    /// Begins a copy that is to be `target`. The folder of it is not made.
    ///
    /// # Errors
    /// When there can be no file, another copy is being made there, or somebody else's file is in the way.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let path = beside(target, ".unfinished");
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::new(ErrorKind::AlreadyExists, path.display().to_string()));
        }
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = open?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::ResourceBusy.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // A copy that was killed has left a part of a database; anything else is not ours to remove.
        let mut start = Vec::new();
        (&mut file).take(MAGIC.len() as u64).read_to_end(&mut start)?;
        if !MAGIC.starts_with(&start) {
            return Err(io::Error::new(ErrorKind::AlreadyExists, path.display().to_string()));
        }
        let draft = Self { target: target.to_owned(), path, file };
        draft.file.set_len(0)?;
        // The hashes of all passwords are in it. This process has to write it, whatever the umask says.
        draft.file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(draft)
    }

    /// Where it is until it is finished.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the database as it is at this moment, looks the copy through, and puts it in its place, in the place of
    /// what was there.
    ///
    /// # Errors
    /// Why it could not be; then what was there is as it was.
    pub(crate) fn finish(self, connection: &Connection) -> Result<(), CopyError> {
        let into = self.path.to_str().ok_or(CopyError::Name)?;
        connection.execute("VACUUM INTO ?", [into]).map_err(|error| CopyError::Database(error.into()))?;
        let copy = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        copy.map_err(Trouble::from).and_then(|copy| check(&copy)).map_err(CopyError::Database)?;
        self.file.sync_all().map_err(CopyError::File)?;
        fs::rename(&self.path, &self.target).map_err(CopyError::File)?;
        // The name is on the disk when the folder is. Not every file system can be told to; then it sees to it itself.
        if let Some(folder) = self.target.parent() {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there if it is finished.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(beside(&self.path, "-journal"));
    }
}

/// Why there is no copy.
#[derive(Debug)]
pub(crate) enum CopyError {
    /// SQLite takes names in UTF-8 only.
    Name,
    File(io::Error),
    Database(Trouble),
}

/// Whether a database is whole.
///
/// # Errors
/// The damage, or the reason why it could not be looked through.
pub(super) fn check(connection: &Connection) -> Result<(), Trouble> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Trouble::found(found)) }
}
