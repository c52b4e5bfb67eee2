//! `teahouse --headless`: a program that reads lines and prints lines.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{PATIENCE, program};

/// The folder that a program keeps its settings in, from one start to the next.
#[derive(Clone)]
pub struct Home {
    folder: Rc<TempDir>,
}

impl Home {
    /// A folder with this settings file in it.
    pub fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("there can be a temporary folder");
        std::fs::write(folder.path().join("teahouse.toml"), settings).expect("settings can be written");
        Self { folder: Rc::new(folder) }
    }

    /// A folder whose only profile is bob's for this server, with these keys besides.
    pub fn of_bob(server: SocketAddr, keys: &str) -> Self {
        let (host, port) = (server.ip(), server.port());
        Self::with(&format!("[[profile]]\nserver = \"{host}\"\nport = {port}\nnick = \"bob\"\n{keys}\n"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A running program without a window. It ends with this value, whatever happens.
pub struct Headless {
    child: Child,
    stdin: Option<ChildStdin>,
    printed: Receiver<String>,
    complained: Receiver<String>,
    seen: Vec<String>,
    /// Stays until the program has ended.
    _home: Home,
}

impl Headless {
    /// Starts it in English.
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::start_with(home, arguments, &[])
    }

    /// The same with these variables in its environment.
    pub fn start_with(home: &Home, arguments: &[&str], variables: &[(&str, &Path)]) -> Self {
        let mut command = Command::new(program("teahouse"));
        command.arg("--headless").arg("--config").arg(home.path()).args(["--lang", "en"]).args(arguments);
        command.env_remove("DISPLAY").envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdin = child.stdin.take();
        let printed = lines_of(child.stdout.take().expect("stdout is a pipe"));
        let complained = lines_of(child.stderr.take().expect("stderr is a pipe"));
        Self { child, stdin, printed, complained, seen: Vec::new(), _home: home.clone() }
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("the input is not over");
        writeln!(stdin, "{line}").expect("the program reads");
    }

    /// Ends the input.
    pub fn types_no_more(&mut self) {
        self.stdin = None;
    }

    /// Tells it that its terminal is gone.
    pub fn loses_its_terminal(&self) {
        kill_process(Pid::from_child(&self.child), Signal::HUP).expect("it is running");
    }

    /// Sends it SIGTERM.
    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it is running");
    }

    /// Waits until it prints a line with this in it, and gives that line.
    #[track_caller]
    pub fn prints(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.printed.recv_timeout(left) else {
                panic!("{words:?} was not printed, but {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Waits for its end. Gives the exit code, and what it printed and complained of since it was last looked at.
    #[track_caller]
    pub fn ends(mut self) -> (Option<i32>, Vec<String>, String) {
        // Both are over when the program is, but for one that hangs.
        let printed = rest_of(&self.printed);
        let complained = rest_of(&self.complained);
        let status = self.wait();
        (status.code(), printed, complained.join("\n"))
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("it is our own child")
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let complained: Vec<_> = self.complained.iter().collect();
            eprintln!("--- teahouse printed {:#?}\n--- and complained {complained:#?}", self.seen);
        }
    }
}

fn lines_of(pipe: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    // Ends with the program, which closes the pipe.
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

#[track_caller]
fn rest_of(lines: &Receiver<String>) -> Vec<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut rest = Vec::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        match lines.recv_timeout(left) {
            Ok(line) => rest.push(line),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return rest,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it has not ended; so far {rest:#?}"),
        }
    }
}
