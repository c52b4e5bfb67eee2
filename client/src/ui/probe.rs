//! What a test can learn about the window without looking at pixels.
//!
//! With `TEAHOUSE_PROBE=/path/to/socket` in the environment the window listens there and answers each line with one
//! line of JSON, a snapshot of everything that a person could see there. There are two questions: `now`, answered at
//! once, and `change`, answered as soon as the answer is not the one that was given last on this connection. So a test
//! that waits for something sees every state worth seeing and need not ask again and again.
//! An answer is about what is on the screen: everything that was to be drawn is drawn before it is given.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{fs, net};

use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;
use serde_json::Value;

/// The environment variable that names the socket.
pub const VARIABLE: &str = "TEAHOUSE_PROBE";

thread_local! {
    /// How often a button went down: tests wait for that, since window managers hold clicks back and keys not.
    static CLICKS: Cell<u32> = const { Cell::new(0) };
}

/// Counts that a mouse button went down in the window.
pub fn count_click() {
    CLICKS.set(CLICKS.get().wrapping_add(1));
}

/// How often a mouse button went down in the window.
pub fn clicks() -> u32 {
    CLICKS.get()
}

/// A question, and where the answer goes.
struct Question {
    /// Answer only when the answer is another than this.
    unlike: Option<String>,
    reply: Sender<String>,
}

/// The listening end. Dropping it ends and joins its thread.
pub struct Probe {
    questions: Option<Receiver<Question>>,
    waiting: Vec<Question>,
    path: PathBuf,
    /// The connection being served, to be shut down at the end; `None` inside once that has happened.
    serving: Arc<Mutex<Option<Serving>>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Serving(Option<UnixStream>);

impl Probe {
    /// Listens at `path` and calls `wake` for each question.
    ///
    /// # Errors
    /// When there can be no socket at that path.
    pub fn start(path: &Path, wake: fn()) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        // One that is never answered goes with the receiver, and whoever asked it learns that: a bounded channel would keep
        // it as long as there is a sender.
        let (sender, questions) = crossbeam_channel::unbounded();
        let serving = Arc::new(Mutex::new(Some(Serving::default())));
        let thread = thread::Builder::new().name("probe".to_owned()).spawn({
            let serving = Arc::clone(&serving);
            move || listen(&listener, &serving, &sender, wake)
        })?;
        Ok(Self {
            questions: Some(questions),
            waiting: Vec::new(),
            path: path.to_owned(),
            serving,
            thread: Some(thread),
        })
    }

    /// Answers what was asked. `snapshot` is called at most once, and not at all if nobody asked.
    pub fn answer(&mut self, snapshot: impl FnOnce() -> Value) {
        if let Some(questions) = &self.questions {
            self.waiting.extend(questions.try_iter());
        }
        if self.waiting.is_empty() {
            return;
        }
        let answer = snapshot().to_string();
        self.waiting.retain(|question| {
            let is_waiting = question.unlike.as_ref() == Some(&answer);
            if !is_waiting {
                // The test that asked may have gone.
                let _ = question.reply.send(answer.clone());
            }
            is_waiting
        });
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Each of these is what the thread may be waiting for: an answer, a question, a connection.
        self.questions = None;
        self.waiting.clear();
        if let Some(Serving(Some(stream))) = self.serving.lock().take() {
            let _ = stream.shutdown(net::Shutdown::Both);
        }
        let _ = UnixStream::connect(&self.path);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = fs::remove_file(&self.path);
    }
}

fn listen(
    listener: &UnixListener,
    serving: &Mutex<Option<Serving>>,
    questions: &Sender<Question>,
    wake: fn(),
) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { return };
        match (&mut *serving.lock(), stream.try_clone()) {
            (Some(serving), Ok(copy)) => serving.0 = Some(copy),
            _ => return,
        }
        // A connection that breaks is over, and the next may be better.
        let _ = serve(&stream, questions, wake);
    }
}

fn serve(stream: &UnixStream, questions: &Sender<Question>, wake: fn()) -> io::Result<()> {
    let mut last = None;
    for line in BufReader::new(stream).lines() {
        let unlike = match line?.trim() {
            "change" => last.take(),
            _ => None,
        };
        let (reply, answer) = crossbeam_channel::bounded(1);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        questions.send(Question { unlike, reply }).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        wake();
        let answer = answer.recv().map_err(gone)?;
        let mut stream = stream;
        stream.write_all(answer.as_bytes())?;
        stream.write_all(b"\n")?;
        last = Some(answer);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_window_that_goes_does_not_wait_for_a_question_that_nobody_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("probe");
        let probe = Probe::start(&path, || {}).unwrap();
        let mut asking = UnixStream::connect(&path).unwrap();
        asking.write_all(b"change\n").unwrap();
        let questions = probe.questions.clone().expect("it is there until the end");
        while questions.is_empty() {
            thread::yield_now();
        }
        drop(questions);
        let (told, gone) = crossbeam_channel::bounded(1);
        thread::spawn(move || {
            drop(probe);
            told.send(()).unwrap();
        });
        gone.recv_timeout(Duration::from_secs(20)).expect("the window goes");
    }
}
