//! The way from the shell to a server that runs: a socket in `data_dir`, for its owner alone.
//!
//! A question is one line of JSON, and so is the answer; [`desk`](crate::server::desk) tells what is asked and done.
//! One thread, `control`, takes one question after another, each within a few seconds and a few kilobytes, and ends
//! with the server.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net::{Shutdown, shutdown};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::threads::{join, spawn};

/// The socket's file in `data_dir`.
pub(crate) const FILE: &str = "teahouse.sock";
/// The longest question and the longest answer, in bytes.
const MOST_ASKED_BYTES: u64 = 16 * 1024;
const MOST_ANSWERED_BYTES: u64 = 256 << 20;
/// How long a question may take to come in, and its answer to be taken. The stop of the server waits for that.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long to wait after an `accept` that failed.
const PAUSE: Duration = Duration::from_millis(100);
/// How long an answer is waited for: hashing a password and the disk take their time.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);
/// The longest path that a socket's address has room for, with some to spare: 108 bytes on Linux, 104 elsewhere.
const LONGEST_PATH_BYTES: usize = 100;

/// Where questions come in, while a server runs.
#[derive(Debug)]
pub(crate) struct Control {
    file: PathBuf,
    socket: Arc<UnixListener>,
    stopping: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Control {
    /// Listens in a folder that no other server uses, and has each question answered.
    ///
    /// # Errors
    /// When there can be no socket or no thread.
    pub(crate) fn start(folder: &Path, answer: impl Fn(&str) -> String + Send + 'static) -> io::Result<Self> {
        let file = folder.join(FILE);
        // A server that was killed has left its own behind.
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        let short = Shortcut::to(folder)?;
        socket.bind(&SockAddr::unix(short.path())?)?;
        // Nobody can connect before it listens, so at no time is it there for others.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        socket.listen(8)?;
        let socket = Arc::new(UnixListener::from(std::os::fd::OwnedFd::from(socket)));
        let stopping = Arc::new(AtomicBool::new(false));
        let (listener, ends) = (Arc::clone(&socket), Arc::clone(&stopping));
        let thread = spawn("control", move || {
            for asking in listener.incoming() {
                if ends.load(Ordering::Acquire) {
                    return;
                }
                match asking {
                    Ok(asking) => {
                        if let Err(error) = attend(asking, &answer) {
                            log::debug!("control: {error}");
                        }
                    }
                    // Out of descriptors, it would fail again at once.
                    Err(_) => thread::sleep(PAUSE),
                }
            }
        })?;
        Ok(Self { file, socket, stopping, thread })
    }

    /// Takes no more questions, and joins the thread.
    pub(crate) fn stop(self) {
        self.stopping.store(true, Ordering::Release);
        // Not every system wakes a thread out of `accept` so; there a connection does.
        if shutdown(&self.socket, Shutdown::Both).is_err() {
            let _ = UnixStream::connect(&self.file);
        }
        join(self.thread);
        let _ = fs::remove_file(&self.file);
    }
}

fn attend(mut asking: UnixStream, answer: impl Fn(&str) -> String) -> io::Result<()> {
    let question = read_line(&mut asking, MOST_ASKED_BYTES, Instant::now() + PATIENCE)?;
    asking.set_write_timeout(Some(PATIENCE))?;
    asking.write_all(format!("{}\n", answer(&question)).as_bytes())
}

/// Asks the server that runs in a folder; `None` if none does.
///
/// # Errors
/// When it cannot be reached, or does not answer.
pub(crate) fn ask(folder: &Path, question: &str) -> io::Result<Option<String>> {
    let short = match Shortcut::to(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        short => short?,
    };
    let mut server = match UnixStream::connect(short.path()) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        server => server?,
    };
    server.set_write_timeout(Some(PATIENCE))?;
    server.write_all(format!("{question}\n").as_bytes())?;
    read_line(&mut server, MOST_ANSWERED_BYTES, Instant::now() + ANSWER_PATIENCE).map(Some)
}

/// Reads one line, of at most so many bytes and until the deadline, however the bytes trickle in.
fn read_line(socket: &mut UnixStream, most_bytes: u64, deadline: Instant) -> io::Result<String> {
    let mut line = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        let count = socket.read(&mut piece)?;
        line.extend_from_slice(&piece[..count]);
        if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            line.truncate(end);
            return String::from_utf8(line).map_err(|_| ErrorKind::InvalidData.into());
        }
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line.len() as u64 > most_bytes {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

/// A path to the socket that is short enough for its address, however deep the folder lies.
struct Shortcut {
    path: PathBuf,
    /// The folder, as long as the path goes through it.
    _folder: Option<fs::File>,
}

impl Shortcut {
    fn to(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        if path.as_os_str().len() <= LONGEST_PATH_BYTES {
            return Ok(Self { path, _folder: None });
        }
        let folder = fs::File::open(folder)?;
        let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(FILE);
        Ok(Self { path, _folder: Some(folder) })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(folder: &Path) -> Control {
        Control::start(folder, |question| format!("{question}!")).expect("it listens")
    }

    #[test]
    fn a_question_is_answered_as_long_as_the_server_runs_and_its_socket_is_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(folder.path(), "here?").unwrap(), None);
        let control = echo(folder.path());
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for question in ["here?", "茶"] {
            assert_eq!(ask(folder.path(), question).unwrap(), Some(format!("{question}!")));
        }
        control.stop();
        assert_eq!(ask(folder.path(), "here?").unwrap(), None);
        assert!(!folder.path().join(FILE).exists());
    }

    #[test]
    fn a_socket_that_a_killed_server_left_behind_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        drop(UnixListener::bind(folder.path().join(FILE)).unwrap());
        assert_eq!(ask(folder.path(), "here?").unwrap(), None);
        let control = echo(folder.path());
        assert_eq!(ask(folder.path(), "here?").unwrap().as_deref(), Some("here?!"));
        control.stop();
    }

    #[test]
    fn a_folder_may_lie_deep() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("x".repeat(90)).join("y".repeat(90));
        fs::create_dir_all(&folder).unwrap();
        let control = echo(&folder);
        assert_eq!(ask(&folder, "deep?").unwrap().as_deref(), Some("deep?!"));
        control.stop();
    }

    #[test]
    fn who_asks_too_much_or_nothing_keeps_nobody_from_asking() {
        let folder = tempfile::tempdir().unwrap();
        let control = echo(folder.path());
        let path = folder.path().join(FILE);
        let mut endless = UnixStream::connect(&path).unwrap();
        // It is hung up on in the middle.
        let _ = endless.write_all(&vec![b'x'; 1 << 20]);
        drop(UnixStream::connect(&path).unwrap());
        assert_eq!(ask(folder.path(), "here?").unwrap().as_deref(), Some("here?!"));
        control.stop();
    }
}
