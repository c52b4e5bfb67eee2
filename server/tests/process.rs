//! The process and what it is started from: a console that nobody reads, a terminal that closes, signals at any time.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use peer::{DEADLINE, Peer};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// How long an ending takes at most, and some time to spare for busy processors.
const ENDING: Duration = Duration::from_secs(3);

/// A running server; ended with the test, whatever becomes of it.
struct Running(Child);

impl Running {
    /// The server with this for standard error.
    fn start(console: impl Into<Stdio>, args: &[&str]) -> Self {
        Self::launch(Command::new(env!("CARGO_BIN_EXE_teahouse-server")), console, args)
    }

    fn launch(mut command: Command, console: impl Into<Stdio>, args: &[&str]) -> Self {
        command.args(["--cloak", "false", "--data-dir", ""]).args(args);
        command.env("LC_ALL", "C.UTF-8").env_remove("RUST_LOG").env_remove("LANGUAGE");
        Self(command.stdout(Stdio::null()).stderr(console).spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Waits until the process has a file open that is the right one, by its path or what stands for it.
    fn wait_for(&mut self, is_right: impl Fn(&Path) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !self.open_files().iter().any(|file| is_right(file)) {
            assert!(Instant::now() < deadline && self.0.try_wait().unwrap().is_none(), "it starts");
        }
    }

    fn open_files(&self) -> Vec<PathBuf> {
        let descriptors = fs::read_dir(format!("/proc/{}/fd", self.0.id())).unwrap();
        descriptors.flatten().filter_map(|descriptor| fs::read_link(descriptor.path()).ok()).collect()
    }

    /// Where it listens, when its console does not tell: the system does.
    fn address(&mut self) -> SocketAddr {
        const LISTENING: &str = "0A";
        let address = Cell::new(None);
        self.wait_for(|file| {
            let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
            address.set(sockets.lines().find_map(|line| {
                let fields: Vec<_> = line.split_whitespace().collect();
                let is_it = fields[3] == LISTENING && file.ends_with(format!("socket:[{}]", fields[9]));
                let port = is_it.then(|| fields[1].split_once(':').unwrap().1)?;
                Some(SocketAddr::from(([127, 0, 0, 1], u16::from_str_radix(port, 16).unwrap())))
            }));
            address.get().is_some()
        });
        address.get().expect("it has been found")
    }

    /// How it ends, which it does by itself.
    #[track_caller]
    fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let deadline = Instant::now() + time;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it still runs after {time:?}");
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads a console up to the line that says where the server listens.
fn address_from(console: &mut impl BufRead) -> SocketAddr {
    loop {
        let mut line = String::new();
        assert!(console.read_line(&mut line).unwrap() > 0, "it says where it listens");
        if let Some((_, address)) = line.split_once("listening on ") {
            return address.trim_end().parse().unwrap();
        }
    }
}

/// A pipe that holds one page only.
fn small_pipe() -> (BufReader<File>, OwnedFd) {
    let (ours, theirs) = rustix::pipe::pipe().unwrap();
    rustix::pipe::fcntl_setpipe_size(&theirs, 4096).unwrap();
    (BufReader::with_capacity(1, File::from(ours)), theirs)
}

/// A terminal: the side of the person, and the side of the program.
fn terminal() -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    let theirs = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap();
    (File::from(ours), File::from(theirs))
}

/// Many more people come and speak than a console that nobody reads has room for, and then it is time to close.
#[track_caller]
fn serves_and_ends(server: &mut Running, address: SocketAddr) {
    let mut keeper = Peer::login(address, "keeper");
    for number in 0..100 {
        let mut guest = Peer::login(address, &format!("guest{number}"));
        guest.send("PRIVMSG keeper :hello\r\nQUIT");
        guest.last_words();
    }
    for _ in 0..100 {
        keeper.wait_for("PRIVMSG keeper :hello");
    }
    server.signal(Signal::TERM);
    assert_eq!(server.ends_within(ENDING).code(), Some(0));
    assert!(keeper.last_words().contains("closing"));
}

#[test]
fn a_pipe_that_nobody_reads_stops_neither_visitors_nor_the_end() {
    let (mut console, theirs) = small_pipe();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let address = address_from(&mut console);
    serves_and_ends(&mut server, address);
}

#[test]
fn a_terminal_that_is_held_with_ctrl_s_stops_neither_visitors_nor_the_end() {
    let (mut person, theirs) = terminal();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let mut console = BufReader::new(person.try_clone().unwrap());
    let address = address_from(&mut console);
    person.write_all(b"\x13").unwrap();
    serves_and_ends(&mut server, address);
}

#[test]
fn a_console_that_is_full_from_the_beginning_does_not_keep_the_server_from_starting() {
    let (console, theirs) = small_pipe();
    File::from(theirs.try_clone().unwrap()).write_all(&[b'\n'; 4096]).unwrap();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let address = server.address();
    serves_and_ends(&mut server, address);
    drop(console);
}

#[test]
fn a_start_that_fails_ends_though_nobody_reads_why() {
    let (_console, theirs) = small_pipe();
    File::from(theirs.try_clone().unwrap()).write_all(&[b'\n'; 4096]).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = Running::start(theirs, &["--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(server.ends_within(DEADLINE).code(), Some(1));
}

#[test]
fn whoever_looks_at_the_console_again_reads_how_much_is_missing_and_the_end() {
    let (mut console, theirs) = small_pipe();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let address = address_from(&mut console);
    for number in 0..700 {
        let mut guest = Peer::login(address, &format!("guest{number}"));
        guest.send("QUIT");
        guest.last_words();
    }
    let mut console = BufReader::new(console.into_inner());
    let mut said = String::new();
    while !said.contains(" lines were not written here: nobody read them") {
        assert!(console.read_line(&mut said).unwrap() > 0, "{said}");
    }
    server.signal(Signal::TERM);
    console.read_to_string(&mut said).unwrap();
    assert_eq!(server.ends_within(DEADLINE).code(), Some(0));
    assert!(said.ends_with("everybody has left, goodbye\n"), "{said}");
    assert!(said.lines().all(|line| !line[8..].contains("guest") || line.ends_with(" here")), "{said}");
}

#[test]
fn who_comes_to_the_wrong_port_is_not_worth_a_line_on_the_console() {
    let (mut console, theirs) = small_pipe();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let address = address_from(&mut console);
    for greeting in ["GET / HTTP/1.1", "SSH-2.0-x", "\x16\x03\x01"] {
        let mut stranger = Peer::connect(address);
        stranger.send(greeting);
        assert!(stranger.last_words().starts_with("ERROR :"));
    }
    Peer::login(address, "alice");
    server.signal(Signal::TERM);
    assert_eq!(server.ends_within(ENDING).code(), Some(0));
    let mut said = String::new();
    console.into_inner().read_to_string(&mut said).unwrap();
    let of_people = said.lines().filter(|line| line.contains("127.0.0.1:")).count();
    assert!(said.contains("alice came in") && of_people == 1, "{said}");
}

#[test]
fn a_full_disk_under_the_log_is_no_reason_to_end() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut server = Running::start(full, &["--listen", "127.0.0.1:0"]);
    let address = server.address();
    serves_and_ends(&mut server, address);
}

#[test]
fn who_closes_the_terminal_in_which_it_was_started_does_not_end_it() {
    let (person, theirs) = terminal();
    // A session of its own, whose terminal this is: as a shell makes it.
    let mut shell = Command::new("setsid");
    shell.args(["--ctty", env!("CARGO_BIN_EXE_teahouse-server")]).stdin(theirs.try_clone().unwrap());
    let mut server = Running::launch(shell, theirs, &["--listen", "127.0.0.1:0"]);
    let mut console = BufReader::new(person.try_clone().unwrap());
    let address = address_from(&mut console);
    let mut alice = Peer::login(address, "alice");
    drop((person, console));
    serves_and_ends(&mut server, address);
    assert!(alice.last_words().contains("closing"));
}

#[test]
fn signals_that_mean_nothing_to_a_server_do_not_end_it() {
    let (mut console, theirs) = small_pipe();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0"]);
    let address = address_from(&mut console);
    let mut alice = Peer::login(address, "alice");
    for signal in [
        Signal::PIPE,
        Signal::XFSZ,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::IO,
        Signal::HUP,
        Signal::CHILD,
        Signal::CONT,
        Signal::WINCH,
        Signal::URG,
    ] {
        server.signal(signal);
        alice.send("PING still");
        alice.wait_for("still");
    }
    serves_and_ends(&mut server, address);
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut shell = Command::new("bash");
    // A block is a kibibyte here: the log may have two.
    shell.args(["-c", r#"ulimit -f 2; exec "$@""#, "bash", env!("CARGO_BIN_EXE_teahouse-server")]);
    let mut server = Running::launch(shell, File::create(&log).unwrap(), &["--listen", "127.0.0.1:0"]);
    let address = server.address();
    serves_and_ends(&mut server, address);
    assert_eq!(fs::metadata(&log).unwrap().len(), 2048);
}

/// A folder whose database takes long to check at the start.
fn folder_with_much() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut console, theirs) = small_pipe();
    let data = folder.path().to_str().unwrap();
    let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0", "--data-dir", data]);
    address_from(&mut console);
    server.signal(Signal::TERM);
    assert_eq!(server.ends_within(DEADLINE).code(), Some(0));
    let database = rusqlite::Connection::open(folder.path().join("teahouse.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE much (number INTEGER PRIMARY KEY, words TEXT);
             CREATE INDEX more ON much (words);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 60000)
             INSERT INTO much SELECT n, hex(randomblob(40)) FROM n;",
        )
        .unwrap();
    folder
}

#[test]
fn an_order_to_end_ends_a_start_too() {
    let folder = folder_with_much();
    let data = folder.path().to_str().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let (ours, theirs) = small_pipe();
        let mut server = Running::start(theirs, &["--listen", "127.0.0.1:0", "--data-dir", data]);
        server.wait_for(|open| open.ends_with("teahouse.db"));
        // As a terminal that closes would: that is no order to end.
        server.signal(Signal::HUP);
        server.signal(signal);
        assert_eq!(server.ends_within(ENDING).code(), Some(0));
        let mut said = String::new();
        ours.into_inner().read_to_string(&mut said).unwrap();
        assert!(said.contains(": closing") && !said.contains("listening"), "{said}");
    }
}

/// A crowd comes to a server that may have only so much: it stays up, and who does not fit is told so.
#[track_caller]
fn turns_away_who_does_not_fit(limit: &str, name: &str) {
    let (mut console, theirs) = small_pipe();
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!(r#"{limit}; exec "$@""#), "bash", env!("CARGO_BIN_EXE_teahouse-server")]);
    let mut server = Running::launch(shell, theirs, &["--listen", "127.0.0.1:0"]);
    let address = address_from(&mut console);
    let mut line = String::new();
    while !line.contains("room for ") {
        line.clear();
        assert!(console.read_line(&mut line).unwrap() > 0, "it says how many there is room for");
    }
    let room: usize = line.split(' ').nth(3).unwrap().parse().unwrap();
    assert!(line.contains(&format!("bounded by {name}")) && (50..400).contains(&room), "{line}");
    let mut guests: Vec<_> = (0..room).map(|number| Peer::login(address, &format!("n{number}"))).collect();
    for _ in 0..50 {
        let words = Peer::connect(address).last_words();
        assert!(words.ends_with(&format!("The teahouse is full: {room} are here")), "{words}");
    }
    for guest in &mut guests {
        guest.send("PING still");
        guest.wait_for("PONG");
    }
    server.signal(Signal::TERM);
    assert_eq!(server.ends_within(DEADLINE).code(), Some(0));
}

#[test]
fn without_address_space_who_does_not_fit_is_turned_away_with_a_word() {
    turns_away_who_does_not_fit("ulimit -v 131072", "RLIMIT_AS");
}

#[test]
fn without_data_space_who_does_not_fit_is_turned_away_with_a_word() {
    turns_away_who_does_not_fit("ulimit -d 131072", "RLIMIT_DATA");
}
