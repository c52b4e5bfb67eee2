//! What those who are here are told when the configuration is read again and says something else.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use teahouse_server::{Config, Server};

fn config() -> Config {
    Config { listen: vec!["127.0.0.1:0".parse().unwrap()], cloak: false, data_dir: None, ..Config::default() }
}

/// Somebody who has asked for these capabilities on top of what `opening` agrees on.
fn guest(server: &Server, nick: &str, opening: &str, capabilities: &str) -> Peer {
    let mut guest = Peer::connect(server.addresses()[0]);
    guest.send(&format!(
        "{opening}\r\nCAP REQ :{capabilities}\r\nNICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nCAP END"
    ));
    guest.wait_for(" 366 ");
    guest
}

#[test]
fn a_lobby_of_another_name_is_there_at_once() {
    let server = Server::start(config()).unwrap();
    let mut guest = guest(&server, "guest", "CAP LS", "cap-notify");
    server.reconfigure(Config { lobby: Some("#hall".to_owned()), ..config() }).unwrap();
    guest.lines_so_far();
    guest.send("LIST #hall");
    guest.wait_for(" 322 guest #hall 0 ");
    server.stop();
}

#[test]
fn a_lobby_that_nobody_is_in_is_gone_once_another_room_is_the_lobby() {
    let server = Server::start(config()).unwrap();
    let mut guest = guest(&server, "guest", "CAP LS", "cap-notify");
    guest.send("PART #lobby");
    guest.wait_for(" PART #lobby");
    server.reconfigure(Config { lobby: Some("#hall".to_owned()), ..config() }).unwrap();
    guest.lines_so_far();
    guest.send("LIST");
    let listed = guest.lines_so_far();
    let rooms: Vec<_> = listed.iter().filter(|line| line.contains(" 322 ")).collect();
    assert!(matches!(&rooms[..], [hall] if hall.contains(" #hall 0 ")), "{rooms:?}");
    server.stop();
}

#[test]
fn capabilities_and_tokens_that_come_and_go_are_told() {
    let server = Server::start(config()).unwrap();
    let mut modern = guest(&server, "modern", "CAP LS 302", "draft/chathistory");
    let mut older = guest(&server, "older", "CAP LS", "cap-notify");
    let mut old = guest(&server, "old", "CAP LS", "draft/chathistory");
    for guest in [&mut modern, &mut older, &mut old] {
        guest.lines_so_far();
    }
    server.reconfigure(Config { history: false, scram: true, nick_length: 20, ..config() }).unwrap();
    let gone = "draft/chathistory draft/event-playback draft/message-redaction";
    let tokens = "-CHATHISTORY -MSGREFTYPES NICKLEN=20 :are supported by this server";
    assert_eq!(
        modern.lines_so_far(),
        [
            format!(":tea.house CAP modern DEL :{gone}"),
            ":tea.house CAP modern NEW :sasl=PLAIN,SCRAM-SHA-256".to_owned(),
            format!(":tea.house 005 modern {tokens}"),
        ]
    );
    assert_eq!(
        older.lines_so_far(),
        [format!(":tea.house CAP older DEL :{gone}"), format!(":tea.house 005 older {tokens}")]
    );
    assert_eq!(old.lines_so_far(), [format!(":tea.house 005 old {tokens}")]);
    // What is gone is off, and what comes again has to be asked for again.
    modern.send("CAP LIST");
    assert_eq!(modern.line().as_deref(), Some(":tea.house CAP modern LIST :cap-notify"));
    server.reconfigure(Config { registration: false, ..config() }).unwrap();
    let told = modern.lines_so_far();
    assert_eq!(told[0], ":tea.house CAP modern DEL :draft/account-registration");
    assert_eq!(told[1], format!(":tea.house CAP modern NEW :{gone} sasl=PLAIN"));
    server.stop();
}
