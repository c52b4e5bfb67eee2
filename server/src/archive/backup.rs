//! `backup`: a copy of the database as it is at this moment, whole or not there, and never over anything but an older
//! backup.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::Refusal;
use crate::config::Config;
use crate::config::files::beside;
use crate::net::tls::identity::SELF_SIGNED;
use crate::server::control;
use crate::store;
use crate::store::copy::{CopyError, Draft};
use crate::text::language::Text;

/// The files beside a database that is in use, or was when its server was killed.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Copies the database. Returns what there is to say of it.
///
/// # Errors
/// Sentences for the person at the console; nothing has changed then, and nothing is left behind.
pub(super) fn backup(
    config: &Config,
    file: &Path,
    config_file: Option<&Path>,
) -> Result<Option<Text>, Refusal> {
    let cannot_write = |error: &io::Error| Text::CannotWrite(file.display().to_string(), error.to_string());
    let half_made = Arc::<Mutex<Option<PathBuf>>>::default();
    clear_away_at_a_signal(Arc::clone(&half_made)).map_err(|error| cannot_write(&error))?;
    let connection = store::open_beside(config, true)?;
    let target = target(config, file)?;
    let draft = {
        // A signal waits until it is known whether this process made the file.
        let mut half_made = half_made.lock();
        let draft = Draft::begin(&target).map_err(|error| cannot_write(&error))?;
        *half_made = Some(draft.path().to_owned());
        draft
    };
    draft.finish(&connection).map_err(|why| match why {
        CopyError::Name => cannot_write(&ErrorKind::InvalidFilename.into()),
        CopyError::File(error) => cannot_write(&error),
        CopyError::Database(trouble) => {
            Text::CannotWrite(file.display().to_string(), trouble.reason().to_string(config.language))
        }
    })?;
    let database = store::file_of(config)?.display().to_string();
    let rest = what_else_is_needed(config, config_file);
    let file = file.display().to_string();
    Ok(Some(match &rest[..] {
        [] => Text::BackedUp(database, file),
        rest => Text::BackedUpWithout(database, file, rest.join(", ")),
    }))
}

/// Where the copy is to be, if it may be there.
fn target(config: &Config, file: &Path) -> Result<PathBuf, Text> {
    let shown = file.display().to_string();
    let cannot_write = |error: io::Error| Text::CannotWrite(file.display().to_string(), error.to_string());
    let found = match fs::metadata(file) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound && !file.is_symlink() => None,
        Err(error) => return Err(cannot_write(error)),
    };
    if found.as_ref().is_some_and(|found| !found.is_file()) || shown.ends_with('/') {
        return Err(Text::BackupNotAFile(shown));
    }
    let target = match (&found, file.file_name()) {
        (Some(_), _) => fs::canonicalize(file).map_err(cannot_write)?,
        (None, Some(name)) => {
            let folder =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            fs::canonicalize(folder).map_err(cannot_write)?.join(name)
        }
        (None, None) => return Err(Text::BackupNotAFile(shown)),
    };
    if is_the_servers_own(config, &target, found.as_ref()) {
        return Err(Text::BackupIsOwn(shown));
    }
    if let Some(found) = found {
        let is_in_use = COMPANIONS.iter().any(|ending| beside(&target, ending).exists());
        if is_in_use || is_the_database_of_a_house(&target) {
            return Err(Text::BackupInUse(shown));
        }
        if found.len() > 0 && !store::is_database(&target) {
            return Err(Text::BackupIsOther(shown));
        }
    }
    Ok(target)
}

/// Whether a file, by whatever path it is reached, is one of those that the server keeps in its folder, or would be
/// taken for one.
fn is_the_servers_own(config: &Config, target: &Path, found: Option<&fs::Metadata>) -> bool {
    let Some(folder) = config.data_dir.as_deref().and_then(|folder| fs::canonicalize(folder).ok()) else {
        return false;
    };
    // On some file systems a name in capitals is the same name.
    let is_own_name = |name: &str| {
        let name = name.to_lowercase();
        name.starts_with(store::FILE)
            || name.starts_with(store::LOCK_FILE)
            || name.starts_with(control::FILE)
            || name.starts_with(SELF_SIGNED)
            || name.starts_with("teahouse.v") && name.ends_with(".db")
            || name.starts_with("teahouse.before")
    };
    if target.parent() == Some(&folder)
        && target.file_name().is_some_and(|name| is_own_name(&name.to_string_lossy()))
    {
        return true;
    }
    // It may have a second name elsewhere.
    let is_same = |entry: io::Result<fs::DirEntry>| {
        let Ok(entry) = entry else { return false };
        let (Some(found), Ok(own)) = (found, fs::metadata(entry.path())) else { return false };
        is_own_name(&entry.file_name().to_string_lossy())
            && (found.dev(), found.ino()) == (own.dev(), own.ino())
    };
    fs::read_dir(&folder).is_ok_and(|mut entries| entries.any(is_same))
}

/// Whether a file is where some other server keeps its database.
fn is_the_database_of_a_house(target: &Path) -> bool {
    target.file_name().is_some_and(|name| name == store::FILE)
        && target.parent().is_some_and(|folder| folder.join(store::LOCK_FILE).exists())
}

/// Removes the half-made copy when the process is told to end, and ends the process.
fn clear_away_at_a_signal(half_made: Arc<Mutex<Option<PathBuf>>>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    // It ends with the process.
    thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            if let Some(draft) = &*half_made.lock() {
                let _ = fs::remove_file(draft);
                let _ = fs::remove_file(beside(draft, "-journal"));
            }
            process::exit(128 + signal);
        }
    })?;
    Ok(())
}

/// The files that make a house beside its database: without these it has another certificate, or another configuration.
fn what_else_is_needed(config: &Config, config_file: Option<&Path>) -> Vec<String> {
    let own = config.data_dir.as_ref().map(|folder| folder.join(SELF_SIGNED)).filter(|file| file.exists());
    let own = own.filter(|_| config.tls_cert.is_none());
    let named = [config_file, own.as_deref(), config.tls_cert.as_deref(), config.tls_key.as_deref()];
    let all = named.into_iter().flatten().chain(config.motd_file.as_deref());
    all.map(|file| file.display().to_string()).collect()
}
