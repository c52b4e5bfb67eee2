//! A server that is killed in the middle of its work, a hundred times: nothing that was acknowledged is lost, and
//! nothing is left half done.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use peer::Peer;
use rusqlite::Connection;

/// So many folders are worked in side by side, and in each a server is killed so many times.
const FOLDERS: usize = 4;
const KILLS: usize = 25;
/// How many lines are said in one run.
const LINES: usize = 40;

/// A running server; killed with the test, whatever becomes of it.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_teahouse-server"))
            .args(["--listen", "127.0.0.1:0", "--flood-protection", "false", "--data-dir"])
            .arg(folder)
            .env("LC_ALL", "C.UTF-8")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let console = BufReader::new(child.stderr.take().unwrap());
        let mut lines = console.lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains("listening on ")).expect("it starts");
        let address = line.split_once("listening on ").unwrap().1.parse().unwrap();
        // What else it says goes nowhere, so that it never waits for somebody to read it.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One run, killed after so many lines; returns how many of them are safe, since somebody has asked for them.
fn run(folder: &Path, name: &str, killed_after: usize) -> usize {
    let server = Running::start(folder);
    let mut guest = Peer::connect(server.address);
    guest.send("CAP REQ :draft/account-registration echo-message\r\nCAP END");
    guest.send(&format!("NICK {name}\r\nUSER guest 0 * :Guest\r\nREGISTER * * correct-horse"));
    guest.wait_for("REGISTER SUCCESS");
    let lines: Vec<_> = (0..LINES).map(|line| format!("PRIVMSG #lobby :{name} says 第 {line} 句")).collect();
    let mut safe = 0;
    guest.send(&lines.join("\r\n"));
    for line in 0..killed_after {
        guest.wait_for(&format!("第 {line} 句"));
    }
    if killed_after.is_multiple_of(3) {
        guest.send("CHATHISTORY LATEST #lobby * 1\r\nPING asked");
        guest.wait_for("asked");
        safe = killed_after;
    }
    safe
}

#[test]
fn a_hundred_kills_lose_nothing_that_was_acknowledged_and_leave_nothing_half_done() {
    thread::scope(|scope| {
        for _ in 0..FOLDERS {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                let safe: Vec<_> = (0..KILLS)
                    .map(|kill| run(folder.path(), &format!("p{kill}"), kill * LINES / KILLS))
                    .collect();
                check(&folder.path().join("teahouse.db"), &safe);
            });
        }
    });
}

fn check(file: &Path, safe: &[usize]) {
    let database = Connection::open(file).unwrap();
    let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    let accounts: usize = database.query_row("SELECT count(*) FROM account", [], |row| row.get(0)).unwrap();
    assert_eq!(accounts, KILLS, "every account that was acknowledged is there");
    let mut said = database.prepare("SELECT words FROM message WHERE kind = 1 ORDER BY id").unwrap();
    let said: Vec<String> = said.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut known = 0;
    for (kill, safe) in safe.iter().enumerate() {
        let whose = format!("p{kill} says ");
        let of_run: Vec<_> = said.iter().filter(|words| words.starts_with(&whose)).collect();
        let expected: Vec<_> = (0..of_run.len()).map(|line| format!("{whose}第 {line} 句")).collect();
        assert!(of_run.iter().copied().eq(&expected), "no gap, no half line: {of_run:?}");
        assert!(of_run.len() >= *safe, "{} of run {kill} are there, and {safe} were read", of_run.len());
        known += of_run.len();
    }
    assert_eq!(known, said.len(), "and nothing else");
}

#[test]
fn a_guarded_room_is_guarded_after_its_server_was_killed_while_somebody_stayed_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path());
    let mut alice = Peer::login(server.address, "alice");
    for (line, answer) in [
        ("NS REGISTER correct-horse", " 900 "),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("JOIN #board", " 366 "),
        ("MODE #board +sik key", "MODE #board"),
        ("PING x", "PONG"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    drop(server);
    let server = Running::start(folder.path());
    let mut bob = Peer::login(server.address, "bob");
    bob.send("JOIN #board key");
    bob.wait_for(" 473 ");
}
