//! The file that is run when the server starts again: the one it was started from, or what an update has put there.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{self, Path, PathBuf};

/// The file of this program, as an absolute path. To be asked at the start: later the working directory may be
/// another, and another file may be at the path, which is then to be run.
pub fn file() -> PathBuf {
    let called = called_by(Path::new(&name()), env::var_os("PATH").as_deref());
    // On Linux this needs /proc, which is not everywhere: in a jail, in some containers.
    choose(called, env::current_exe().ok())
}

/// The name that it was called by: a file's, as the kernel was given it, or else what the program was told.
fn name() -> OsString {
    #[cfg(target_os = "linux")]
    if let name @ [_, ..] = rustix::param::linux_execfn().to_bytes() {
        return OsStr::from_bytes(name).to_owned();
    }
    env::args_os().next().unwrap_or_default()
}

/// The file that a shell would run by this name.
fn called_by(name: &Path, search: Option<&OsStr>) -> Option<PathBuf> {
    let found = if name.components().nth(1).is_some() {
        name.is_file().then(|| name.to_owned())
    } else {
        let folders = env::split_paths(search?);
        folders.map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    path::absolute(found?).ok()
}

/// The called file is preferred if it is what runs: it may be a link, which an update lets point elsewhere.
fn choose(called: Option<PathBuf>, running: Option<PathBuf>) -> PathBuf {
    let is_the_same = |one: &Path, other: &Path| {
        let [one, other] = [one, other].map(|file| fs::metadata(file).ok().map(|it| (it.dev(), it.ino())));
        one.is_some() && one == other
    };
    match (called, running) {
        (Some(called), Some(running)) if is_the_same(&called, &running) => called,
        (_, Some(running)) if running.is_file() => running,
        (Some(called), _) => called,
        (None, running) => running.unwrap_or_else(|| "teahouse-server".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_program_is_found_as_a_shell_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tea");
        fs::write(&file, "").unwrap();
        let search = env::join_paths([Path::new("/nowhere"), folder.path()]).unwrap();
        assert_eq!(called_by(Path::new("tea"), Some(&search)), Some(file.clone()));
        assert_eq!(called_by(&file, None), Some(file));
        assert_eq!(called_by(Path::new("coffee"), Some(&search)), None);
        assert_eq!(called_by(Path::new(""), Some(&search)), None);
        // Cargo runs tests in the package's folder.
        let here = called_by(Path::new("./Cargo.toml"), None).unwrap();
        assert!(here.is_absolute() && here.is_file(), "{here:?}");
    }

    #[test]
    fn a_link_to_the_program_is_followed_anew_and_another_program_of_that_name_is_not_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, link, gone] = ["old", "new", "link", "gone"].map(|name| folder.path().join(name));
        fs::write(&old, "").unwrap();
        fs::write(&new, "").unwrap();
        symlink(&old, &link).unwrap();
        assert_eq!(choose(Some(link.clone()), Some(old.clone())), link);
        assert_eq!(choose(Some(new), Some(old.clone())), old);
        assert_eq!(choose(None, Some(old.clone())), old);
        // Without /proc, and where the system says "(deleted)".
        assert_eq!(choose(Some(link.clone()), None), link);
        assert_eq!(choose(Some(old.clone()), Some(gone)), old);
    }
}
