//! The settings' folder as a whole: which window writes there, and how a file is written.
//!
//! One window at a time writes in a folder. It holds the lock on `teahouse.lock`, which the system lets go when the
//! program ends, however it ends; so a crash leaves nothing behind that would have to be cleared away. A second window
//! reads what is there and keeps nothing.
//!
//! A file is written whole or not at all, beside its place and then into it. A file that could not be read is never
//! written over: it is set aside first.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::text::i18n::{Phrase, Text};

/// The file that the window which writes has locked.
const LOCK_NAME: &str = "teahouse.lock";

/// What comes behind the name of a file that is being written, before the number of the program.
const UNFINISHED: &str = ".toml.";

/// How many files of one name are set aside before the last of them is written over.
const MOST_ASIDE: u32 = 100;

/// The owner of a folder.
#[derive(Debug)]
pub enum Claim {
    /// Ours, for as long as this is kept.
    Ours(File),
    /// Another window's.
    Others,
    /// Nobody can say: nothing can be written there.
    Unwritable(io::Error),
}

/// Claims a folder for this program, makes it if there is none, and clears away what was left half written in it.
pub fn claim(folder: &Path) -> Claim {
    let lock = make(folder).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        keep_private(&mut options);
        options.open(folder.join(LOCK_NAME))
    });
    match lock.map(|lock| (lock.try_lock(), lock)) {
        Ok((Ok(()), lock)) => {
            clear_away(folder);
            Claim::Ours(lock)
        }
        Ok((Err(TryLockError::WouldBlock), _)) => Claim::Others,
        // Some network drives have no locks. Then nothing tells of a second window, and most people have one window.
        Ok((Err(TryLockError::Error(error)), lock)) => {
            log::warn!("{} cannot be locked: {error}", folder.display());
            Claim::Ours(lock)
        }
        Err(error) => Claim::Unwritable(error),
    }
}

/// Makes a folder, and those above it, if it is not there. Nobody else can look into it.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes out of a folder, and those in it, what programs that are gone were about to write.
fn clear_away(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            clear_away(&entry.path());
        } else if kind.is_file() && is_unfinished(&entry.file_name().to_string_lossy()) {
            log::info!("{} was left half written; it is removed", entry.path().display());
            // If it cannot be, nothing else can be written here either, and that is said.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_unfinished(name: &str) -> bool {
    let number = name.rsplit_once(UNFINISHED).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Says that nobody else may read a file that is about to be made.
pub(crate) fn keep_private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

/// Puts a new file in the place of an old one, whole or not at all. Nobody else can read it: it may hold passwords.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    put(path, text, false)
}

/// The same, and the disk has it before the old file is gone: a power failure leaves one of the two. That takes a
/// disk up to a tenth of a second.
pub(crate) fn replace_for_good(path: &Path, text: &str) -> io::Result<()> {
    put(path, text, true)
}

fn put(path: &Path, text: &str, for_good: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    // A link stays a link: somebody keeps the file elsewhere.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Somebody wants it to stay as it is; a file that takes its place would not ask.
    if fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().readonly()) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    // Two programs may save at once, so each writes a file of its own.
    let new = path.with_extension(format!("toml.{}", process::id()));
    let written = write_whole(&new, text, for_good).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // It may never have been made.
        let _ = fs::remove_file(&new);
    }
    written
}

fn write_whole(path: &Path, text: &str, for_good: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    keep_private(&mut options);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    if for_good { file.sync_data() } else { Ok(()) }
}

/// Moves what stands in the place of a file, be it a file or a folder, out of the way. Gives its new name.
pub(crate) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = free_name(path);
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// Keeps a copy of a file, of which not everything can be used, before it is written again. Gives the copy's name,
/// which is that of an earlier copy if an earlier copy is the same.
pub(crate) fn copy_aside(path: &Path) -> io::Result<PathBuf> {
    let text = fs::read(path)?;
    let same = names_aside(path).take_while(|aside| aside.exists());
    for aside in same {
        if fs::read(&aside).is_ok_and(|other| other == text) {
            return Ok(aside);
        }
    }
    let aside = free_name(path);
    // With it go its permissions: there may be passwords in it.
    fs::copy(path, &aside)?;
    Ok(aside)
}

fn free_name(path: &Path) -> PathBuf {
    let mut names = names_aside(path);
    let last = names_aside(path).last().unwrap_or_default();
    names.find(|aside| fs::symlink_metadata(aside).is_err()).unwrap_or(last)
}

/// `teahouse.toml.broken`, `teahouse.toml.broken-2` and so on.
fn names_aside(path: &Path) -> impl Iterator<Item = PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".broken");
    (1..=MOST_ASIDE).map(move |number| {
        let mut name = name.clone();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        name.into()
    })
}

/// Why something cannot be written, as a person would say it.
pub fn why(error: &io::Error) -> Phrase {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Text::DiskIsFull.into()
        }
        ErrorKind::PermissionDenied => Text::MayNotWrite.into(),
        ErrorKind::ReadOnlyFilesystem => Text::DiskIsReadOnly.into(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
            Text::SomethingInPlace.into()
        }
        _ => Text::Verbatim.with([&error.to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_at_a_time_writes_in_a_folder_and_a_crash_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("not/yet/there");
        let first = claim(&folder);
        assert!(matches!(first, Claim::Ours(_)), "{first:?}");
        assert!(matches!(claim(&folder), Claim::Others));
        drop(first);
        assert!(folder.join(LOCK_NAME).exists(), "it stays, as after a crash");
        assert!(matches!(claim(&folder), Claim::Ours(_)));
        let below_a_file = folder.join(LOCK_NAME).join("deeper");
        assert!(matches!(claim(&below_a_file), Claim::Unwritable(_)));
    }

    #[test]
    fn what_was_left_half_written_is_cleared_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("logs/tea.house+6667/anna");
        fs::create_dir_all(&deep).unwrap();
        let left = [folder.path().join("teahouse.toml.123"), deep.join("#a.toml.99")];
        let kept = [
            folder.path().join("teahouse.toml"),
            folder.path().join("teahouse.toml.broken"),
            folder.path().join("teahouse.toml.broken-2"),
            folder.path().join("teahouse.toml.2026-03-01"),
            deep.join("#a.log"),
        ];
        for path in left.iter().chain(&kept) {
            fs::write(path, "tea").unwrap();
        }
        let _claim = claim(folder.path());
        assert!(left.iter().all(|path| !path.exists()) && kept.iter().all(|path| path.exists()));
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        // Where a folder is, there can be no file.
        let path = folder.path().join("teahouse.toml");
        fs::create_dir(&path).unwrap();
        replace(&path, "tea").unwrap_err();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, ["teahouse.toml"]);
        assert_eq!(set_aside(&path).unwrap(), folder.path().join("teahouse.toml.broken"));
        replace(&path, "tea").unwrap();
        assert_eq!(set_aside(&path).unwrap(), folder.path().join("teahouse.toml.broken-2"));
    }

    #[test]
    fn a_file_that_may_only_be_read_stays_as_it_is_and_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("teahouse.toml");
        fs::write(&path, "mine").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(why(&replace(&path, "ours").unwrap_err()).text(), Text::MayNotWrite);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left");
    }

    #[test]
    fn a_copy_is_kept_once_of_what_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("teahouse.toml");
        for (text, aside) in [("one", "broken"), ("one", "broken"), ("two", "broken-2"), ("one", "broken")] {
            fs::write(&path, text).unwrap();
            assert_eq!(copy_aside(&path).unwrap(), folder.path().join(format!("teahouse.toml.{aside}")));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_kept_elsewhere_stays_there() {
        let folder = tempfile::tempdir().unwrap();
        let (elsewhere, path) = (folder.path().join("dotfile"), folder.path().join("teahouse.toml"));
        fs::write(&elsewhere, "old").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        replace(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "new");
        assert!(path.is_symlink());
    }
}
