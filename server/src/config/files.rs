//! Reading the files that an operator names: whole, bounded, and never waiting for what is no file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{self, Path, PathBuf};

use directories::BaseDirs;
use rustix::fs::{Mode, OFlags};

use crate::text::language::{Both, Text};

/// Reads a regular file of at most so many bytes.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read(path: &Path, most_bytes: u64) -> Result<Vec<u8>, Both> {
    let mut bytes = Vec::new();
    read_some(path, most_bytes.saturating_add(1), &mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most_bytes) {
        return Err(Both::of(&Text::FileTooLong(most_bytes.to_string())));
    }
    Ok(bytes)
}

/// Reads the first bytes of a regular file.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read_some(path: &Path, most_bytes: u64, into: &mut Vec<u8>) -> Result<(), Both> {
    let system = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => Both::of(&Text::FileNotAllowed),
        _ => Both::as_it_is(error),
    };
    // To open a device can already do something. A change of the file between the two looks is seen in the second,
    // and a pipe is opened without waiting for its other end.
    check_kind(&fs::metadata(path).map_err(system)?)?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| system(error.into()))?;
    let file = File::from(file);
    check_kind(&file.metadata().map_err(system)?)?;
    file.take(most_bytes).read_to_end(into).map_err(system)?;
    Ok(())
}

fn check_kind(metadata: &fs::Metadata) -> Result<(), Both> {
    if metadata.is_dir() {
        Err(Both::of(&Text::FileIsFolder))
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err(Both::of(&Text::FileIsSpecial))
    }
}

/// The bytes without the mark that some editors put before UTF-8.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Whether they begin as UTF-16 does, which is what some editors call "Unicode".
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// The text of a file; `None` where it is all UTF-8, else what is wrong.
///
/// # Errors
/// That it is UTF-16, or which line is not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Text> {
    if is_utf16(bytes) {
        return Err(Text::FileIsUtf16);
    }
    let bytes = without_mark(bytes);
    str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        Text::FileNotUtf8(line_at(good, good.len()).to_string())
    })
}

/// The number of the line that a byte stands in, from 1.
pub fn line_at(text: &[u8], byte: usize) -> usize {
    1 + text.iter().take(byte).filter(|byte| **byte == b'\n').count()
}

/// The path that is meant: `~` is the user's home, and a relative path begins in the working directory.
///
/// # Errors
/// That there is no home, or that it is somebody else's.
pub fn expand(text: &str) -> Result<PathBuf, Text> {
    let path = match text.strip_prefix('~') {
        None => PathBuf::from(text),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = BaseDirs::new().ok_or(Text::NoHome)?;
            home.home_dir().join(rest.trim_start_matches('/'))
        }
        Some(_) => return Err(Text::NotOwnHome),
    };
    // Without a working directory a relative path stays so.
    Ok(path::absolute(&path).unwrap_or(path))
}

/// The name of a file that belongs to another and stands beside it.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use rustix::fs::{CWD, FileType, mknodat};

    use super::*;
    use crate::text::language::{Language, Speak};

    #[test]
    fn what_is_no_file_is_named_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let [pipe, socket, long] = ["pipe", "socket", "long"].map(|name| folder.path().join(name));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let _listener = UnixListener::bind(&socket).unwrap();
        fs::write(&long, [b'x'; 11]).unwrap();
        for (path, why) in [
            (folder.path(), "it is a folder"),
            (&pipe, "no regular file"),
            (&socket, "no regular file"),
            (Path::new("/dev/zero"), "no regular file"),
            (&long, "longer than 10 bytes"),
            (Path::new("/nowhere/file"), "No such file or directory"),
        ] {
            let said = read(path, 10).unwrap_err().within(Language::English).to_string();
            assert!(said.contains(why), "{path:?}: {said}");
        }
        assert_eq!(read(&long, 11).unwrap(), [b'x'; 11]);
    }

    #[test]
    fn a_text_is_utf_8_with_or_without_its_mark_or_the_line_is_named() {
        assert_eq!(text("\u{feff}茶\r\n".as_bytes()), Ok("茶\r\n"));
        assert_eq!(text(b""), Ok(""));
        assert_eq!(text(b"one\ntwo\n\xb2\xe8\n"), Err(Text::FileNotUtf8("3".to_owned())));
        assert_eq!(text(b"\xff\xfet\0"), Err(Text::FileIsUtf16));
    }

    #[test]
    fn a_tilde_is_ones_own_home_and_nobody_elses() {
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(expand("~"), Ok(home.clone()));
        assert_eq!(expand("~/tea/motd.txt"), Ok(home.join("tea/motd.txt")));
        assert_eq!(expand("~root/tea"), Err(Text::NotOwnHome));
        assert_eq!(expand("/tea/~"), Ok("/tea/~".into()));
        assert_eq!(expand("Cargo.toml"), Ok(std::env::current_dir().unwrap().join("Cargo.toml")));
    }
}
