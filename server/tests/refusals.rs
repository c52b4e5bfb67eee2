//! Refusals that a transcript does not reach: what is too old, what is too much, and a store that fails.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use rusqlite::Connection;
use teahouse_server::config::Operator;
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server, and its database as somebody beside it sees it.
struct House {
    server: Server,
    beside: Connection,
    _folder: TempDir,
}

impl House {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(folder.path().to_owned()),
            operators: vec![Operator { name: "root".into(), password: "root".into() }],
            flood_protection: false,
            ..Config::default()
        };
        let server = Server::start(config).expect("it starts");
        let beside = Connection::open(folder.path().join("teahouse.db")).unwrap();
        beside.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF").unwrap();
        Self { server, beside, _folder: folder }
    }

    fn login(&self, nick: &str) -> Peer {
        let mut peer = Peer::login(self.server.addresses()[0], nick);
        peer.send("CAP REQ :batch standard-replies message-tags draft/chathistory");
        peer.wait_for(" ACK ");
        peer.send("CAP REQ :draft/message-redaction draft/read-marker");
        peer.wait_for(" ACK ");
        peer
    }
}

#[test]
fn what_was_said_long_ago_cannot_be_taken_back() {
    let house = House::open();
    let mut alice = house.login("alice");
    let _bob = house.login("bob");
    alice.send("NS REGISTER sesame12");
    alice.wait_for(" 900 ");
    alice.send("PRIVMSG bob :茶\r\nREDACT bob 2");
    // It was answered after what was said had been written.
    alice.wait_for("FAIL REDACT UNKNOWN_MSGID bob 2 ");
    assert_eq!(
        house.beside.execute("UPDATE message SET id = 1 WHERE id = (SELECT max(id) FROM message)", []),
        Ok(1)
    );
    alice.send("REDACT bob 1");
    alice.wait_for("FAIL REDACT REDACT_WINDOW_EXPIRED bob 1 86400 :");
    house.server.stop();
}

#[test]
fn a_full_list_of_those_one_watches_for_takes_no_more_and_says_whom() {
    let house = House::open();
    let mut alice = house.login("alice");
    let names: Vec<_> = (0..100).map(|number| format!("n{number}")).collect();
    for some in names.chunks(50) {
        alice.send(&format!("MONITOR + {}", some.join(",")));
    }
    alice.send("MONITOR + n1,bob,carol");
    assert!(alice.wait_for(" 734 ").contains(" 734 alice 100 bob,carol :"));
    alice.send("MONITOR - n1\r\nMONITOR + bob");
    assert!(alice.wait_for(":bob").contains(" 731 alice :bob"), "there is room again");
    house.server.stop();
}

#[test]
fn of_very_many_conversations_those_read_last_have_read_markers() {
    let house = House::open();
    let mut alice = house.login("alice");
    for number in 0..=1000 {
        alice.send(&format!("MARKREAD n{number} timestamp=2026-01-01T00:00:00.000Z"));
    }
    alice.wait_for("MARKREAD n1000 timestamp=2026-01-01T00:00:00.000Z");
    alice.send("MARKREAD n0");
    alice.wait_for("MARKREAD n0 *");
    alice.send("MARKREAD n1000");
    alice.wait_for("MARKREAD n1000 timestamp=2026-01-01T00:00:00.000Z");
    house.server.stop();
}

#[test]
fn what_is_yet_to_come_cannot_have_been_read() {
    let house = House::open();
    let mut alice = house.login("alice");
    alice.send("MARKREAD #lobby timestamp=2199-01-01T00:00:00.000Z");
    let marker = alice.wait_for("MARKREAD #lobby timestamp=");
    assert!(!marker.contains("2199"), "{marker}");
    house.server.stop();
}

#[test]
fn while_the_store_fails_each_question_is_answered_and_chat_goes_on() {
    let house = House::open();
    let mut alice = house.login("alice");
    let mut bob = house.login("bob");
    alice.send("PRIVMSG #lobby :before\r\nCHATHISTORY LATEST #lobby * 10");
    alice.wait_for("PRIVMSG #lobby :before");
    house
        .beside
        .execute_batch("ALTER TABLE message RENAME TO elsewhere; ALTER TABLE account RENAME TO away")
        .unwrap();
    // Something that could have been said a moment ago.
    let id = format!("{:x}", jiff::Timestamp::now().as_microsecond());
    for (question, answer) in [
        (
            "CHATHISTORY LATEST #lobby * 10",
            "FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby :that cannot be looked up or kept",
        ),
        (
            &format!("REDACT #lobby {id}"),
            &format!("FAIL REDACT TEMPORARILY_UNAVAILABLE #lobby {id} :that cannot be looked up or kept"),
        ),
        ("REGISTER * * sesame12", "FAIL REGISTER TEMPORARILY_UNAVAILABLE alice :"),
        ("NS REGISTER sesame12", "NOTICE alice :"),
    ] {
        alice.send(question);
        alice.wait_for(answer);
    }
    alice.send("PRIVMSG bob :茶");
    bob.wait_for("PRIVMSG bob :茶");
    house.server.stop();
}

#[test]
fn an_operator_is_told_that_a_ban_which_the_store_did_not_take_ends_with_the_server() {
    let house = House::open();
    let mut root = house.login("root");
    root.send("OPER root root");
    root.wait_for(" 381 ");
    house.beside.execute_batch("ALTER TABLE ban RENAME TO away").unwrap();
    for order in ["KLINE mallory :no", "UNKLINE mallory"] {
        root.send(order);
        root.wait_for("it could not be written down");
    }
    house.server.stop();
}
