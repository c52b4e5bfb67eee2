//! A house in which nobody speaks. One test in a program of its own, for it measures the whole process.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/trust.rs"]
mod trust;

use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use peer::Peer;
use rustix::time::{ClockId, clock_gettime};
use teahouse_server::{Config, Server};

/// How long the processors have worked for this process.
fn work() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.try_into().unwrap())
}

#[test]
fn a_server_that_has_nothing_to_do_does_nothing() {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        listen_tls: vec!["127.0.0.1:0".parse().unwrap()],
        cloak: false,
        flood_protection: false,
        sendq: 64 << 20,
        max_connections: Some(7),
        ping_interval: Duration::from_secs(1),
        ping_timeout: Duration::from_secs(600),
        registration_timeout: Duration::from_secs(600),
        ..Config::default()
    };
    let server = Server::start(config).unwrap();
    let (plain, secure) = (server.addresses()[0], server.tls_addresses()[0]);
    let anybody = trust::anonymous(&[&rustls::version::TLS13]);
    let mut speaker = Peer::login(plain, "speaker");
    let _sealed = Peer::login_with(secure, &anybody, "sealed");
    // Two who do not read and whom the drain thread waits for, without TLS and with it.
    let _deaf = [Peer::login(plain, "deaf"), Peer::login_with(secure, &anybody, "sealed-deaf")];
    let hundred = format!("PRIVMSG deaf,sealed-deaf :{}\r\n", "x".repeat(400)).repeat(100);
    for _ in 0..160 {
        speaker.send_bytes(hundred.as_bytes());
    }
    speaker.lines_so_far();
    // Somebody who says nothing, without TLS and with it; and one who will say nothing more.
    let _silent = [TcpStream::connect(plain).unwrap(), TcpStream::connect(secure).unwrap()];
    let half = Peer::connect(plain);
    // Somebody who finds the house full.
    while {
        let mut late = Peer::connect(plain);
        let _ = late.try_send("PING in");
        !late.line().is_some_and(|line| line.contains("full"))
    } {}
    half.socket().shutdown(Shutdown::Write).unwrap();

    let mut hear_from = || {
        speaker.wait_for("PING");
        speaker.send("PONG here");
    };
    hear_from();
    let before = work();
    for _ in 0..3 {
        hear_from();
    }
    // Somebody who turns in a circle would take seconds of these three, or on busy processors a good part of one.
    let worked = work() - before;
    assert!(worked < Duration::from_millis(150), "{worked:?} in three seconds");
    server.stop();
}
