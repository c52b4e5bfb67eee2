//! What a manager of services hears: systemd, and others that listen to the same words.

#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixDatagram};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use peer::{DEADLINE, Peer};
use rustix::process::{Pid, Signal, kill_process};
use rustix::time::{ClockId, clock_gettime};

/// The manager: a socket, and the server that was told of it.
struct Manager {
    socket: UnixDatagram,
    server: Child,
    console: BufReader<ChildStderr>,
}

impl Manager {
    fn start(socket: UnixDatagram, name: &str, change: impl FnOnce(&mut Command)) -> Self {
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
        command.args(["--listen", "127.0.0.1:0", "--cloak", "false", "--data-dir", ""]);
        command.args(["--operators", "root:root"]);
        command.env("LC_ALL", "C.UTF-8").env_remove("RUST_LOG").env_remove("LANGUAGE");
        command.env("NOTIFY_SOCKET", name).env_remove("WATCHDOG_USEC").env_remove("WATCHDOG_PID");
        change(&mut command);
        let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
        let console = BufReader::new(server.stderr.take().unwrap());
        Self { socket, server, console }
    }

    fn hears(&self) -> String {
        let mut words = [0; 1024];
        let count = self.socket.recv(&mut words).expect("something is said in time");
        String::from_utf8(words[..count].to_vec()).unwrap()
    }

    #[track_caller]
    fn hears_until(&self, part: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let words = self.hears();
            if words.contains(part) {
                return words;
            }
            assert!(Instant::now() < deadline, "waited in vain for {part}");
        }
    }

    fn address(&mut self) -> SocketAddr {
        loop {
            let mut line = String::new();
            assert!(self.console.read_line(&mut line).unwrap() > 0, "it says where it listens");
            if let Some((_, address)) = line.split_once("listening on ") {
                return address.trim_end().parse().unwrap();
            }
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.server), signal).unwrap();
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_manager_hears_when_the_server_is_ready_how_many_are_here_when_it_reloads_and_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let mut manager = Manager::start(socket, path.to_str().unwrap(), |_| {});
    assert_eq!(manager.hears(), "READY=1");
    assert_eq!(manager.hears(), "STATUS=0 here");
    let mut alice = Peer::login(manager.address(), "alice");
    assert_eq!(manager.hears(), "STATUS=1 here");

    let now = || u128::from(clock_gettime(ClockId::Monotonic).tv_sec.unsigned_abs()) * 1_000_000;
    let before = now();
    manager.signal(Signal::HUP);
    let words = manager.hears();
    let (reloading, time) = words.split_once("\nMONOTONIC_USEC=").unwrap();
    assert_eq!(reloading, "RELOADING=1");
    assert!((before..now() + 1_000_000).contains(&time.parse().unwrap()), "{time}");
    assert_eq!(manager.hears(), "READY=1");

    manager.signal(Signal::TERM);
    assert_eq!(manager.hears(), "STOPPING=1");
    assert!(alice.last_words().contains("closing"));
    assert_eq!(manager.server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_restart_is_no_end_for_a_manager_that_has_a_name_for_a_socket_and_no_file() {
    let name = format!("teahouse-test-{}", std::process::id());
    let socket = UnixDatagram::bind_addr(&UnixAddress::from_abstract_name(&name).unwrap()).unwrap();
    let mut manager = Manager::start(socket, &format!("@{name}"), |_| {});
    assert_eq!(manager.hears(), "READY=1");
    let mut keeper = Peer::login(manager.address(), "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send("RESTART");
    manager.hears_until("RELOADING=1");
    assert_eq!(manager.hears(), "READY=1");
    let mut keeper = Peer::login(manager.address(), "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send("DIE");
    manager.hears_until("STOPPING=1");
}

#[test]
fn a_manager_that_watches_hears_that_the_server_is_alive_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let name = path.to_str().unwrap();
    let socket = UnixDatagram::bind(&path).unwrap();
    let manager = Manager::start(socket, name, |command| {
        command.env("WATCHDOG_USEC", "200000");
    });
    for _ in 0..5 {
        manager.hears_until("WATCHDOG=1");
    }
    drop(manager);

    // The watch over another process is not this one's.
    let other = folder.path().join("other");
    let socket = UnixDatagram::bind(&other).unwrap();
    let mut manager = Manager::start(socket, other.to_str().unwrap(), |command| {
        command.env("WATCHDOG_USEC", "200000").env("WATCHDOG_PID", "1");
    });
    Peer::login(manager.address(), "alice");
    manager.signal(Signal::TERM);
    manager.server.wait().unwrap();
    manager.socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut words = [0; 1024];
    while let Ok(count) = manager.socket.recv(&mut words) {
        assert!(!words[..count].starts_with(b"WATCHDOG"));
    }
}

#[test]
fn a_manager_that_is_not_there_is_nobody_to_wait_for() {
    for name in ["/nowhere/notify", "@nobody-listens-there", "vsock:2:1234", ""] {
        let mut manager = Manager::start(UnixDatagram::unbound().unwrap(), name, |_| {});
        Peer::login(manager.address(), "alice");
        manager.signal(Signal::TERM);
        assert_eq!(manager.server.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn the_unit_in_the_package_waits_for_what_the_server_says_and_for_the_clock() {
    let unit = include_str!("../packaging/teahouse-server.service");
    for line in ["Type=notify", "WatchdogSec=60", "TimeoutStartSec=infinity"] {
        assert!(unit.lines().any(|is| is == line), "{line}");
    }
    for key in ["After=", "Wants="] {
        let words = unit.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        assert!(words.split(' ').any(|word| word == "time-sync.target"), "{key}");
    }
}
