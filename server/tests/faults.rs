//! What happens when the disk does not do what it should: each call that the database makes fails in its turn, full,
//! broken, cut short or locked, while people talk. The server stays up and says the truth: what it has acknowledged is
//! there after a crash, what it has refused is not, and operators hear when it begins and when it is over.
//!
//! SQLite's own way in (a VFS) would need unsafe code here. So a small library in C stands between the server and the
//! system (`support/faults.c`), and the whole program runs as it is. Every so many calls one fails, so that it takes
//! seconds; with TEAHOUSE_FAULTS_ALL each of them does.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use peer::Peer;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// What is wrong, by the number that the library knows it by.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Full = 1,
    WriteError,
    ShortWrite,
    SyncError,
    ReadError,
    Busy,
    NoDescriptors,
    Interrupt,
}

/// As many calls as there are.
const ALL: u32 = u32::MAX / 2;
/// How many calls are tried of all that there are, if not all.
const SOME: usize = 4;

/// Which of so many calls are tried.
fn chosen(calls: usize) -> impl Iterator<Item = usize> {
    let is_all = std::env::var_os("TEAHOUSE_FAULTS_ALL").is_some();
    (0..calls).step_by(if is_all { 1 } else { calls.div_ceil(SOME).max(1) })
}

/// The library, compiled once for all tests.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/faults.c");
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let built =
            Command::new(compiler).args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source).status();
        assert!(built.expect("there is a C compiler").success());
        (folder, path)
    });
    path
}

/// A data folder whose disk can be broken.
struct Disk {
    folder: TempDir,
    control: File,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let path = folder.path().join("control");
        let control = fs::OpenOptions::new().read(true).write(true).create_new(true).open(path).unwrap();
        control.set_len(20).unwrap();
        Self { folder, control }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// From now on calls of a kind fail: after the first `skip`, so many.
    fn fail(&self, fault: Fault, skip: u32, count: u32) {
        let numbers = [0, skip, count, 0, 0];
        let bytes: Vec<u8> = numbers.iter().flat_map(|number: &u32| number.to_ne_bytes()).collect();
        self.control.write_all_at(&bytes, 0).unwrap();
        self.control.write_all_at(&(fault as u32).to_ne_bytes(), 0).unwrap();
    }

    fn mend(&self) {
        self.control.write_all_at(&0_u32.to_ne_bytes(), 0).unwrap();
    }

    /// How many calls of the kind there were.
    fn calls(&self) -> u32 {
        let mut bytes = [0; 4];
        self.control.read_exact_at(&mut bytes, 12).unwrap();
        u32::from_ne_bytes(bytes)
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
        command.arg("--data-dir").arg(self.data()).args(words).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("LD_PRELOAD", library()).env("TEAHOUSE_FAULTS", self.folder.path().join("control"));
        command
    }

    fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.program(words).output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (status.code(), stdout, stderr)
    }

    /// What an export has, of a disk that is whole.
    fn export(&self, what: &[&str]) -> String {
        let (code, printed, complaint) = self.run(&[&["export"], what].concat());
        assert_eq!(code, Some(0), "{complaint}");
        printed
    }

    /// Starts a server; where it does not start, what it says.
    fn start(&self) -> Result<House, String> {
        let mut child = self
            .program(&["--listen", "127.0.0.1:0", "--cloak", "false", "--operators", "root:root"])
            .args(["--flood-protection", "false"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut console = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("listening on ") {
            if console.read_line(&mut said).unwrap() == 0 {
                let status = child.wait().unwrap();
                assert_eq!(status.code(), Some(1), "{said}");
                return Err(said);
            }
        }
        let address = said.rsplit("listening on ").next().unwrap().trim().parse().unwrap();
        let console = thread::spawn(move || console.lines().map_while(Result::ok).collect());
        Ok(House { child, address, console: Some(console) })
    }
}

/// A running server; ended with the test, whatever becomes of it.
struct House {
    child: Child,
    address: SocketAddr,
    console: Option<JoinHandle<Vec<String>>>,
}

impl House {
    /// As a power failure ends it. Returns what it said.
    fn crash(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.console.take().unwrap().join().unwrap().join("\n")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was acknowledged, and what was refused.
#[derive(Default)]
struct Promises {
    kept: Vec<String>,
    refused: Vec<String>,
}

impl Promises {
    fn note(&mut self, what: String, is_kept: bool) {
        if is_kept { &mut self.kept } else { &mut self.refused }.push(what);
    }
}

/// People who talk, over and over.
struct Talk {
    root: Peer,
    alice: Peer,
    accounts: Promises,
    bans: Promises,
    said: Vec<String>,
    taken_back: Vec<String>,
    /// The last topic that was kept.
    topic: String,
    /// What the operators have heard of the disk.
    heard: Vec<String>,
}

impl Talk {
    fn begin(house: &House) -> Self {
        let mut root = Peer::login(house.address, "root");
        root.send("OPER root root");
        root.wait_for(" 381 ");
        let mut alice = Peer::login(house.address, "alice");
        alice.send("CAP REQ :draft/message-redaction echo-message message-tags draft/read-marker");
        alice.wait_for(" ACK ");
        for (line, answer) in
            [("NS REGISTER sesame12", " 900 "), ("JOIN #own", " 366 "), ("CS REGISTER #own", "MODE #own +q")]
        {
            alice.send(line);
            alice.wait_for(answer);
        }
        Self {
            root,
            alice,
            accounts: Promises::default(),
            bans: Promises::default(),
            said: Vec::new(),
            taken_back: Vec::new(),
            topic: String::new(),
            heard: Vec::new(),
        }
    }

    fn round(&mut self, house: &House, name: &str) {
        let words = format!("said {name}.");
        self.alice.send(&format!("PRIVMSG #lobby :{words}"));
        let echo = self.alice.wait_for(&words);
        let id = echo.split("msgid=").nth(1).unwrap().split([';', ' ']).next().unwrap().to_owned();
        self.said.push(words.clone());

        self.alice.send(&format!("TOPIC #own :topic {name}"));
        let is_kept = !self.lines_of_alice().iter().any(|line| line.contains("could not be kept"));
        if is_kept {
            self.topic = format!("topic {name}");
        }

        self.root.send(&format!("KLINE x{name}!*@* :loud"));
        let is_kept = !self.lines_of_root().iter().any(|line| line.contains("could not be written down"));
        self.bans.note(format!("x{name}!*@*"), is_kept);

        self.alice.send("MARKREAD #lobby timestamp=2026-01-01T00:00:00.000Z");
        self.alice.wait_for("MARKREAD");
        self.alice.send("CHATHISTORY LATEST #lobby * 5");
        self.lines_of_alice();
        self.alice.send(&format!("REDACT #lobby {id}"));
        if self.lines_of_alice().iter().any(|line| line.contains("REDACT #lobby") && !line.contains("FAIL")) {
            self.taken_back.push(words);
        }

        let mut newcomer = Peer::connect(house.address);
        newcomer.send(&format!("NICK n{name}\r\nUSER n 0 * :n\r\nNS REGISTER sesame12"));
        let answer = loop {
            let line = newcomer.line().expect("it stays up");
            if line.contains(" 900 ") || line.contains("could not be kept") {
                break line;
            }
        };
        self.accounts.note(format!("n{name}"), answer.contains(" 900 "));
        self.lines_of_root();
    }

    fn lines_of_alice(&mut self) -> Vec<String> {
        self.alice.lines_so_far()
    }

    fn lines_of_root(&mut self) -> Vec<String> {
        let lines = self.root.lines_so_far();
        self.heard.extend(lines.iter().filter(|line| line.contains("being kept")).cloned());
        lines
    }

    /// Waits until operators have heard that it is over, if they have heard that it began.
    fn wait_for_the_end(&mut self) {
        self.lines_of_root();
        if self.heard.last().is_some_and(|line| line.contains("is not being kept")) {
            let line = self.root.wait_for("is being kept again");
            self.heard.push(line);
        }
    }
}

/// Has every so many calls fail while people talk, and looks after a crash whether what was said was true.
fn try_all_while_people_talk(fault: Fault) {
    let disk = Disk::new();
    let house = disk.start().unwrap();
    let mut talk = Talk::begin(&house);
    disk.fail(fault, ALL, 0);
    talk.round(&house, "whole");
    let calls = disk.calls() as usize;
    assert!(calls > 0, "{fault:?} never has a chance");
    for skip in chosen(calls) {
        // A moment, and for as long as the round takes. A lock is waited for, each time for seconds.
        let lengths = [(1, "once"), (ALL, "long")];
        for (count, name) in lengths.into_iter().take(if matches!(fault, Fault::Busy) { 1 } else { 2 }) {
            disk.fail(fault, skip as u32, count);
            talk.round(&house, &format!("{name}{skip}"));
            disk.mend();
            talk.wait_for_the_end();
        }
    }
    // Whatever was on its way is on the disk when this is answered.
    talk.round(&house, "end");
    talk.alice.send("CHATHISTORY LATEST #lobby * 1");
    talk.lines_of_alice();
    talk.wait_for_the_end();
    let console = house.crash();
    assert!(!console.contains("panicked"), "{console}");

    let accounts = disk.export(&["accounts"]);
    let has = |name: &String| accounts.contains(&format!("\n{name},"));
    for name in &talk.accounts.kept {
        assert!(has(name), "{fault:?}: {name} is gone");
    }
    for name in &talk.accounts.refused {
        assert!(!has(name), "{fault:?}: {name} was refused");
    }
    let history = disk.export(&["#lobby"]);
    let lost: usize = talk.heard.iter().filter_map(|line| lost_in(line)).sum();
    let missing: Vec<_> = talk
        .said
        .iter()
        .filter(|words| !history.contains(*words) && !talk.taken_back.contains(words))
        .collect();
    assert!(missing.len() <= lost, "{fault:?}: {missing:?} were lost, and {:?} was said", talk.heard);
    for words in &talk.taken_back {
        assert!(!history.contains(words), "{fault:?}: {words} was taken back");
    }
    let house = disk.start().unwrap_or_else(|said| panic!("{fault:?}: {said}"));
    let mut root = Peer::login(house.address, "root");
    root.send("OPER root root\r\nJOIN #own\r\nSTATS k");
    assert!(root.wait_for(" 332 ").ends_with(&talk.topic), "{fault:?}: {}", talk.topic);
    let bans = root.lines_so_far().join("\n");
    for ban in &talk.bans.kept {
        assert!(bans.contains(ban), "{fault:?}: {ban} is gone");
    }
}

/// How many messages a sentence says are lost.
fn lost_in(line: &str) -> Option<usize> {
    line.split("kept again; ").nth(1)?.split(' ').next()?.parse().ok()
}

#[test]
fn what_is_acknowledged_on_a_full_disk_is_there_and_what_is_not_is_refused() {
    try_all_while_people_talk(Fault::Full);
}

#[test]
fn what_is_acknowledged_on_a_disk_that_cannot_be_written_is_there() {
    try_all_while_people_talk(Fault::WriteError);
}

#[test]
fn what_is_acknowledged_on_a_disk_that_takes_half_is_there() {
    try_all_while_people_talk(Fault::ShortWrite);
}

#[test]
fn what_is_acknowledged_on_a_disk_that_does_not_write_through_is_there() {
    try_all_while_people_talk(Fault::SyncError);
}

#[test]
fn what_is_acknowledged_beside_somebody_who_locks_the_database_is_there() {
    try_all_while_people_talk(Fault::Busy);
}

#[test]
fn operators_hear_when_a_full_disk_begins_and_when_it_is_over_though_nobody_speaks() {
    let disk = Disk::new();
    let house = disk.start().unwrap();
    let mut talk = Talk::begin(&house);
    for _ in 0..2 {
        disk.fail(Fault::Full, 0, ALL);
        talk.alice.send("PRIVMSG #lobby :is anybody here?");
        talk.root.wait_for("what is said is not being kept: the disk is full");
        disk.mend();
        talk.root.wait_for("what is said is being kept again; 0 messages were lost");
    }
    house.crash();
    assert_eq!(disk.export(&["#lobby"]).matches("is anybody here?").count(), 2);
}

#[test]
fn a_disk_that_stays_full_is_not_called_well_again_though_nobody_speaks() {
    let disk = Disk::new();
    let house = disk.start().unwrap();
    let mut talk = Talk::begin(&house);
    // All that was said and done is written before it is looked up.
    talk.alice.send("CHATHISTORY LATEST #own * 5");
    talk.lines_of_alice();
    disk.fail(Fault::Full, 0, ALL);
    talk.root.send("KLINE mallory :loud");
    talk.root.wait_for("what is said is not being kept: the disk is full");
    let (calls, deadline) = (disk.calls(), Instant::now() + peer::DEADLINE);
    while disk.calls() == calls {
        let lines = talk.lines_of_root();
        assert!(!lines.iter().any(|line| line.contains("being kept again")), "{lines:?}");
        assert!(Instant::now() < deadline, "the disk is not tried again");
    }
    disk.mend();
    talk.root.wait_for("what is said is being kept again; 0 messages were lost");
}

#[test]
fn a_stop_on_a_full_disk_ends_in_order_and_says_how_much_is_lost() {
    let disk = Disk::new();
    let mut house = disk.start().unwrap();
    let mut talk = Talk::begin(&house);
    disk.fail(Fault::Full, 0, ALL);
    talk.alice.send("PRIVMSG #lobby :one\r\nPRIVMSG #lobby :two");
    talk.root.wait_for("what is said is not being kept: the disk is full");
    talk.lines_of_alice();
    kill_process(Pid::from_child(&house.child), Signal::TERM).unwrap();
    assert_eq!(house.child.wait().unwrap().code(), Some(0));
    let said = house.console.take().unwrap().join().unwrap().join("\n");
    // Comings and goings are among them.
    assert!(said.contains(" messages could not be written, and are lost"), "{said}");
}

/// Has every so many calls fail at the start: it comes up or says why it does not, and nothing is lost or called damaged.
fn try_all_at_the_start(fault: Fault, sentences: &[&str]) {
    let disk = Disk::new();
    drop(disk.start().unwrap());
    disk.fail(fault, ALL, 0);
    disk.start().unwrap().crash();
    let calls = disk.calls() as usize;
    disk.mend();
    for skip in chosen(calls) {
        disk.fail(fault, skip as u32, ALL);
        match disk.start() {
            Ok(house) => {
                let console = house.crash();
                assert!(!console.contains("panicked"), "{console}");
            }
            Err(said) => {
                assert!(!said.contains("damaged") && !said.contains("panicked"), "{fault:?} {skip}: {said}");
                assert!(sentences.iter().any(|sentence| said.contains(sentence)), "{fault:?} {skip}: {said}");
            }
        }
        disk.mend();
        drop(disk.start().unwrap_or_else(|said| panic!("{fault:?} {skip}: {said}")));
    }
}

#[test]
fn a_full_disk_at_the_start_is_called_a_full_disk() {
    try_all_at_the_start(Fault::Full, &["is full. Nothing is wrong with the database"]);
}

#[test]
fn a_broken_disk_at_the_start_is_called_a_broken_disk() {
    for fault in [Fault::WriteError, Fault::ReadError] {
        try_all_at_the_start(fault, &["fails: "]);
    }
}

#[test]
fn too_many_open_files_at_the_start_are_called_so() {
    try_all_at_the_start(Fault::NoDescriptors, &["Too many open files"]);
}

#[test]
fn a_database_that_somebody_else_has_for_himself_is_called_so() {
    let disk = Disk::new();
    drop(disk.start().unwrap());
    disk.fail(Fault::Busy, 0, ALL);
    let said = disk.start().map(House::crash).unwrap_err();
    assert!(said.contains("another program has the database") && !said.contains("damaged"), "{said}");
    disk.mend();
    drop(disk.start().unwrap());
}

#[test]
fn a_backup_that_is_interrupted_or_finds_no_room_leaves_nothing_behind() {
    let disk = Disk::new();
    drop(disk.start().unwrap());
    let copy = disk.folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    // The first one also puts in order what the server has left.
    for _ in 0..2 {
        disk.fail(Fault::Full, ALL, 0);
        assert_eq!(disk.run(&["backup", copy]).0, Some(0));
    }
    let (calls, old) = (disk.calls(), fs::read(copy).unwrap());
    for (fault, code) in
        [(Fault::Interrupt, 130), (Fault::Full, 1), (Fault::WriteError, 1), (Fault::ShortWrite, 1)]
    {
        for skip in [0, calls / 2, calls - 1] {
            disk.fail(fault, skip, ALL);
            let (ended, _, complaint) = disk.run(&["backup", copy]);
            assert_eq!(ended, Some(code), "{fault:?} {skip}: {complaint}");
            let left: Vec<_> =
                fs::read_dir(disk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(left.len(), 3, "{fault:?} {skip}: {left:?}");
            assert_eq!(fs::read(copy).unwrap(), old);
        }
    }
}
