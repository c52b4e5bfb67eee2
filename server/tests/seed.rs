//! What the original coursework program did, and the troubles it had: those rows that are the server's.
//! The window's are in the client's tests.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::fs;

use peer::Peer;
use teahouse_server::config::addresses;
use teahouse_server::text::language::{Language, Text};
use teahouse_server::{Config, Server};

fn start() -> Server {
    Server::start(Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        cloak: false,
        flood_protection: false,
        ..Config::default()
    })
    .unwrap()
}

fn session_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.filter(|name| name.starts_with("session")).count()
}

#[test]
fn row_1_many_clients_are_served_each_by_a_thread_of_its_own() {
    let server = start();
    let before = session_threads();
    let mut people: Vec<_> =
        (0..50).map(|n| Peer::login(server.addresses()[0], &format!("guest{n}"))).collect();
    // Other tests run beside this one and have sessions too, so there may be more.
    assert!(session_threads() >= before.min(1) + 49, "{} threads for 50 people", session_threads());
    people[0].send("PRIVMSG #lobby :hello everybody");
    for person in &mut people[1..] {
        person.wait_for("guest0!~guest0@127.0.0.1 PRIVMSG #lobby :hello everybody");
    }
    server.stop();
}

#[test]
fn row_2_the_name_comes_first_and_the_person_is_in() {
    let server = start();
    let mut person = Peer::connect(server.addresses()[0]);
    person.send("NICK 小明");
    person.send("USER ming 0 * :小明");
    person.wait_for(" 001 小明 ");
    person.wait_for(" JOIN #lobby");
    server.stop();
}

#[test]
fn row_3_a_nickname_leads_to_one_connection() {
    let server = start();
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let mut second = Peer::connect(server.addresses()[0]);
    second.send("NICK alice");
    second.wait_for(" 433 * alice ");
    alice.send("QUIT");
    alice.last_words();
    second.send("NICK alice");
    second.send("USER a 0 * :a");
    second.wait_for(" 001 alice ");
    server.stop();
}

#[test]
fn row_4_a_private_message_is_forwarded_to_the_one_it_is_for() {
    let server = start();
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|nick| Peer::login(server.addresses()[0], nick));
    alice.send("PRIVMSG bob :只给你看");
    assert_eq!(bob.wait_for("PRIVMSG"), ":alice!~alice@127.0.0.1 PRIVMSG bob :只给你看");
    assert_eq!(carol.lines_so_far(), [] as [&str; 0]);
    server.stop();
}

#[test]
fn row_5_a_message_to_everybody_reaches_everybody() {
    let server = start();
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|nick| Peer::login(server.addresses()[0], nick));
    alice.send("PRIVMSG #lobby :你好，世界！😀");
    for person in [&mut bob, &mut carol] {
        let line = person.wait_for("PRIVMSG");
        assert_eq!(line, ":alice!~alice@127.0.0.1 PRIVMSG #lobby :你好，世界！😀");
    }
    server.stop();
}

#[test]
fn row_6_who_logs_in_sees_who_is_online_and_everybody_is_told() {
    let server = start();
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let mut bob = Peer::connect(server.addresses()[0]);
    bob.send("NICK bob");
    bob.send("USER bob 0 * :bob");
    assert_eq!(bob.wait_for(" 353 "), ":tea.house 353 bob = #lobby :alice bob");
    alice.wait_for(":bob!~bob@127.0.0.1 JOIN #lobby");
    server.stop();
}

#[test]
fn row_7_the_list_of_who_is_online_comes_when_asked_for() {
    let server = start();
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let _bob = Peer::login(server.addresses()[0], "bob");
    alice.send("NAMES #lobby");
    assert_eq!(alice.wait_for(" 353 "), ":tea.house 353 alice = #lobby :alice bob");
    alice.send("WHO #lobby");
    alice.wait_for(" 352 alice #lobby ~alice ");
    alice.wait_for(" 352 alice #lobby ~bob ");
    alice.wait_for(" 315 alice #lobby ");
    server.stop();
}

#[test]
fn row_12_who_goes_offline_disappears_from_the_list() {
    let server = start();
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let bob = Peer::login(server.addresses()[0], "bob");
    drop(bob);
    alice.wait_for(":bob!~bob@127.0.0.1 QUIT :");
    alice.send("NAMES #lobby");
    assert_eq!(alice.wait_for(" 353 "), ":tea.house 353 alice = #lobby :alice");
    server.stop();
}

#[test]
fn trouble_4_listening_on_a_public_address_is_refused_with_the_machines_own_addresses_and_what_to_do() {
    // An address for documentation (RFC 5737): no machine has it, as no cloud machine has its public one.
    let public = "203.0.113.7:6667".parse().unwrap();
    let config = Config { listen: vec![public], ..Config::default() };
    let error = Server::start(config).unwrap_err();
    assert!(matches!(error, Text::CannotListen(..)));
    for (language, words) in [
        (Language::English, ["127.0.0.1", "not this machine's", "Listen on 0.0.0.0:6667", "gateway"]),
        (Language::Chinese, ["127.0.0.1", "不属于本机", "请监听 0.0.0.0:6667", "网关"]),
    ] {
        let said = addresses::listen(public, &[]).unwrap_err().to_string(language);
        for part in words {
            assert!(said.contains(part), "{part:?} is missing in {said:?}");
        }
    }
}

#[test]
fn trouble_5_half_a_line_waits_and_two_lines_in_one_packet_are_two() {
    let server = start();
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let mut bob = Peer::login(server.addresses()[0], "bob");
    alice.send_bytes(b"PRIVMSG bob :first ha");
    // The server has read the half when it answers somebody else's question that came after.
    assert_eq!(bob.lines_so_far(), [] as [&str; 0]);
    alice.send_bytes("lf\r\nPRIVMSG bob :二\r\nPRIVMSG bob :th".as_bytes());
    assert!(bob.wait_for("PRIVMSG").ends_with(":first half"));
    assert!(bob.wait_for("PRIVMSG").ends_with(":二"));
    for byte in "ird, in pieces of one byte 😀\r\n".as_bytes() {
        alice.send_bytes(&[*byte]);
    }
    assert!(bob.wait_for("PRIVMSG").ends_with(":third, in pieces of one byte 😀"));
    server.stop();
}
