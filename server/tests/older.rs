//! A database that an earlier version of the server has written goes on working with this one.
//!
//! `databases/vN.sql` is what `sqlite3 teahouse.db .dump` printed of one at version N. Whoever adds a migration adds
//! nothing here: each of the files is brought to today's version, whichever that is.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use rusqlite::Connection;
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server on the database that a dump makes.
struct House {
    folder: TempDir,
    server: Option<Server>,
}

impl House {
    fn of(dump: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Connection::open(folder.path().join("teahouse.db")).unwrap();
        database.execute_batch(dump).unwrap();
        let mut house = Self { folder, server: None };
        house.start();
        house
    }

    fn start(&mut self) {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(self.folder.path().to_owned()),
            flood_protection: false,
            cloak: false,
            // What was said in these databases was said long ago.
            history_days: None,
            ..Config::default()
        };
        self.server = Some(Server::start(config).expect("it starts"));
    }

    fn restart(&mut self) {
        self.server.take().expect("it runs").stop();
        self.start();
    }

    fn connect(&self) -> Peer {
        Peer::connect(self.server.as_ref().expect("it runs").addresses()[0])
    }

    fn login(&self, nick: &str) -> Peer {
        let mut peer = self.connect();
        peer.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
        peer.wait_for(" 366 ");
        peer
    }

    /// The login of the owner of an account, by SASL PLAIN with the words that say so.
    fn login_to(&self, account: &str, proof: &str) -> Peer {
        let mut peer = self.connect();
        peer.send(&format!("CAP REQ sasl\r\nNICK {account}\r\nUSER {account} 0 * :x\r\nAUTHENTICATE PLAIN"));
        peer.wait_for("AUTHENTICATE +");
        peer.send(&format!("AUTHENTICATE {proof}\r\nCAP END"));
        peer.wait_for(" 903 ");
        peer
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

fn said(lines: &[String]) -> Vec<&str> {
    let said = lines.iter().filter(|line| line.contains(" PRIVMSG "));
    said.filter_map(|line| Some(line.rsplit_once(" :")?.1)).collect()
}

#[test]
fn what_a_server_of_version_6_has_kept_is_there_after_the_update_and_after_the_next_restart() {
    let mut house = House::of(include_str!("databases/v6.sql"));
    for day in ["of the update", "after it"] {
        let mut visitor = house.login("visitor");
        // Rooms that belong to somebody.
        visitor.send("LIST #茶馆\r\nMODE #茶馆\r\nMODE #茶馆 be\r\nCS INFO #茶馆");
        assert!(visitor.wait_for(" 322 ").ends_with(":绿茶和红茶"), "{day}");
        assert!(visitor.wait_for(" 324 ").ends_with("+mntSl 10 50"), "{day}");
        assert!(visitor.wait_for(" 329 ").ends_with(" 1738324800"), "{day}");
        assert!(visitor.wait_for(" 367 ").contains(" a:eve bob!~bob@127.0.0.1 1738324800"), "{day}");
        assert!(visitor.wait_for(" 348 ").contains(" a:alice "), "{day}");
        assert!(visitor.wait_for("belongs to").contains("belongs to bob; 1 others"), "{day}");
        // Who stays, with the ranks.
        visitor.send("JOIN #open\r\nNAMES #茶馆");
        assert!(visitor.wait_for(" 353 ").contains("alice"), "{day}");
        assert!(visitor.wait_for("353 visitor = #茶馆").ends_with(":+alice"), "{day}");
        // What was said in a room that anybody may enter.
        visitor.send("CHATHISTORY LATEST #open * 10");
        assert_eq!(said(&visitor.lines_so_far()), ["anybody may read this"], "{day}");
        visitor.send("QUIT");
        visitor.last_words();
        // Who may not come in.
        let mut spam = house.connect();
        spam.send("NICK spam\r\nUSER spam 0 * :x");
        assert!(spam.wait_for(" 465 ").ends_with("no spam"), "{day}");
        house.restart();
    }
    let mut bob = house.login_to("bob", "AGJvYgBjb3JyZWN0MzQ=");
    bob.wait_for(" 366 ");
    bob.send("JOIN #茶馆\r\nPRIVMSG #茶馆 :还喝\r\nCHATHISTORY LATEST #茶馆 * 10");
    assert_eq!(said(&bob.lines_so_far()), ["今天喝茶", "明天也喝", "还喝"]);
    bob.send("PRIVMSG alice :and me\r\nCHATHISTORY LATEST alice * 10");
    assert_eq!(said(&bob.lines_so_far()), ["between us", "read me later", "and me"]);
    let mut alice = house.login_to("alice", "AGFsaWNlAHNlc2FtZTEy");
    assert!(alice.wait_for("PRIVMSG alice").ends_with(":read me later"));
    assert!(alice.wait_for("PRIVMSG alice").ends_with(":and me"));
    alice.send("MARKREAD #open");
    assert!(alice.wait_for("MARKREAD #open").ends_with("timestamp=2025-01-01T00:00:00.000Z"));
}
