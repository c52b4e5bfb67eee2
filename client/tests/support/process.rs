//! A program that was started: what it says, and its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;

/// A running program. It ends with this value, whatever happens.
pub struct Process {
    name: String,
    child: Child,
    said: Arc<Said>,
    reader: Option<JoinHandle<()>>,
}

/// What a program wrote to its standard error.
#[derive(Default)]
struct Said {
    lines: Mutex<Lines>,
    more: Condvar,
}

#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    is_over: bool,
}

impl Process {
    /// Starts a program, with a name for messages about it.
    pub fn start(name: &str, command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{name} ({}) does not start: {error}", command.get_program().display())
        });
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let said = Arc::new(Said::default());
        let reader = thread::spawn({
            let said = Arc::clone(&said);
            move || {
                let mut lines = BufReader::new(stderr).lines();
                while let Some(Ok(line)) = lines.next() {
                    said.change(|lines| lines.lines.push(line));
                }
                said.change(|lines| lines.is_over = true);
            }
        });
        Self { name: name.to_owned(), child, said, reader: Some(reader) }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output, if that is a pipe and was not yet taken.
    pub fn take_stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Everything it said so far.
    pub fn said(&self) -> String {
        self.said.lines.lock().unwrap_or_else(PoisonError::into_inner).lines.join("\n")
    }

    /// Waits until it says a line with all of these words in it.
    #[track_caller]
    pub fn wait_for_line(&self, words: &[&str]) -> String {
        let is_it = |line: &&String| words.iter().all(|word| line.contains(word));
        let found = self.said.wait(PATIENCE, |lines| match lines.lines.iter().find(is_it) {
            Some(line) => Some(Some(line.clone())),
            None if lines.is_over => Some(None),
            None => None,
        });
        match found.flatten() {
            Some(line) => line,
            None => panic!("{} did not say {words:?}; it said:\n{}", self.name, self.said()),
        }
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.send(Signal::INT);
    }

    /// Sends it a signal.
    pub fn send(&self, signal: Signal) {
        // When it is gone already there is nobody to hear it.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Sends word when it has ended.
    pub fn tell_when_over(&self, over: mpsc::Sender<()>) {
        let said = Arc::clone(&self.said);
        thread::spawn(move || {
            let lines = said.lines.lock().unwrap_or_else(PoisonError::into_inner);
            drop(said.more.wait_while(lines, |lines| !lines.is_over));
            // Whoever wanted to know may be gone.
            let _ = over.send(());
        });
    }

    /// Waits for its end, and says how it ended and how long that took.
    #[track_caller]
    pub fn wait_for_end(&mut self, patience: Duration) -> (ExitStatus, Duration) {
        let start = Instant::now();
        // Its end closes its standard error.
        let is_over = self.said.wait(patience, |lines| lines.is_over.then_some(()));
        assert!(is_over.is_some(), "{} is still running; it said:\n{}", self.name, self.said());
        (self.child.wait().expect("it is our own child"), start.elapsed())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        let said = self.said();
        if thread::panicking() {
            eprintln!("--- {} said:\n{said}", self.name);
        } else {
            assert!(!said.contains("panicked at"), "{} panicked:\n{said}", self.name);
        }
    }
}

impl Said {
    fn change(&self, change: impl FnOnce(&mut Lines)) {
        change(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        self.more.notify_all();
    }

    /// Waits until `look` finds what it looks for, or until there is no more patience.
    fn wait<T>(&self, patience: Duration, look: impl Fn(&Lines) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = look(&lines) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            lines = self.more.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
