//! The folder of a server: its rights, its lock, and the place of the database in it.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{schema, trouble};
use crate::config::Config;
use crate::text::language::Text;

/// The database's file in `data_dir`.
pub(crate) const FILE: &str = "teahouse.db";
/// The file that is locked as long as a server uses the folder.
pub(crate) const LOCK_FILE: &str = "teahouse.lock";

/// A folder that no other server uses as long as this lives.
pub(crate) struct Occupied(File);

impl Drop for Occupied {
    fn drop(&mut self) {
        // A program that is just being started has a copy of this file until it runs, and would keep the lock that long.
        let _ = self.0.unlock();
    }
}

/// Opens the database beside a server that may be using it; for a copy it may be of an older version.
///
/// # Errors
/// A sentence for the person at the console: there is none, or it is not of today's version.
pub(crate) fn open_beside(config: &Config, may_be_old: bool) -> Result<Connection, Text> {
    schema::open_beside(&file_of(config)?, may_be_old)
}

/// Opens the database, and keeps servers out of its folder.
///
/// # Errors
/// A sentence for the person at the console.
pub(crate) fn open_alone(config: &Config) -> Result<(Connection, Occupied), Text> {
    let folder = config.data_dir.as_ref().ok_or(Text::NoDataDir)?;
    let lock = occupy(folder)?;
    Ok((schema::open(&folder.join(FILE), config.language)?, lock))
}

/// Whether data can be kept in the folder; makes it if need be.
///
/// # Errors
/// A sentence for the person at the console: it cannot be used, or another server uses it.
pub(crate) fn try_folder(config: &Config) -> Result<(), Text> {
    config.data_dir.as_ref().map_or(Ok(()), |folder| occupy(folder).map(drop))
}

/// The path of the database.
///
/// # Errors
/// When everything is in memory.
pub(crate) fn file_of(config: &Config) -> Result<PathBuf, Text> {
    Ok(config.data_dir.as_ref().ok_or(Text::NoDataDir)?.join(FILE))
}

/// Whether a file is a database of Teahouse, of whatever version, and as far as can be told.
pub(crate) fn is_database(file: &Path) -> bool {
    schema::is_one(file)
}

/// Makes the folder if need be, for this user only, and keeps other servers out of it.
fn occupy(folder: &Path) -> Result<Occupied, Text> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| trouble::refused(folder, &error))?;
    let lock = private_file(&folder.join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Text::FolderInUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => return Err(trouble::refused(folder, &error)),
    }
    let lock = Occupied(lock);
    // The database takes the rights of the file that it finds. Only the server that has the folder may touch it:
    // closing it lets go of all locks on it that this process has.
    private_file(&folder.join(FILE))?;
    Ok(lock)
}

/// Opens a file, made if need be, that nobody else can read from now on.
fn private_file(path: &Path) -> Result<File, Text> {
    // A pipe would be waited for until somebody reads it.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Text::StoreNotAFile(path.display().to_string()));
    }
    let open = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = open.map_err(|error| match (fs::metadata(path), path.parent()) {
        // It could not be made: it is the folder that does not let us.
        (Err(_), Some(folder)) if fs::symlink_metadata(path).is_err() => trouble::refused(folder, &error),
        _ => trouble::refused(path, &error),
    })?;
    // A backup that was copied back may be for everybody to read. Only the file's owner can change that.
    let _ = file.set_permissions(Permissions::from_mode(0o600));
    give_to_the_houses_user(&file, path);
    Ok(file)
}

/// A file that root makes in the folder of somebody else (`sudo teahouse-server import …`) would keep the server out.
fn give_to_the_houses_user(file: &File, path: &Path) {
    if rustix::process::geteuid().is_root()
        && let Some(Ok(folder)) = path.parent().map(fs::metadata)
        && file.metadata().is_ok_and(|made| made.uid() != folder.uid() && made.len() == 0)
    {
        // If it cannot be given away, the server says so.
        let _ = std::os::unix::fs::fchown(file, Some(folder.uid()), Some(folder.gid()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_once_its_server_has_stopped_whatever_program_is_just_being_started() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = occupy(folder.path()).unwrap();
        assert!(occupy(folder.path()).is_err(), "one server at a time");
        // What a program that is being started has until it runs.
        let _copy = occupied.0.try_clone().unwrap();
        drop(occupied);
        assert!(occupy(folder.path()).is_ok());
    }
}
