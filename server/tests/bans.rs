//! Whoever is banned is out, wherever they come from and however many connections they have, over real sockets from
//! several addresses.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::net::IpAddr;
use std::time::Instant;

use peer::{DEADLINE, Peer};
use rusqlite::Connection;
use teahouse_server::config::{AlwaysOn, Operator};
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server that can be started again; everybody with an account stays.
struct House {
    folder: TempDir,
    server: Option<Server>,
}

impl House {
    fn open() -> Self {
        let mut house = Self { folder: tempfile::tempdir().unwrap(), server: None };
        house.start();
        house
    }

    fn start(&mut self) {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(self.folder.path().to_owned()),
            operators: vec![Operator { name: "root".into(), password: "root".into() }],
            always_on: AlwaysOn::Mandatory,
            flood_protection: false,
            ..Config::default()
        };
        self.server = Some(Server::start(config).expect("it starts"));
    }

    fn stop(&mut self) {
        self.server.take().expect("it runs").stop();
    }

    /// Somebody who connects from this machine's address with that last number.
    fn connect_from(&self, last: u8) -> Peer {
        let server = self.server.as_ref().expect("it runs");
        Peer::connect_from(IpAddr::from([127, 0, 0, last]), server.addresses()[0])
    }

    fn root(&self) -> Peer {
        let mut root = self.connect_from(1).introduce("root");
        root.send("OPER root root");
        root.wait_for(" 381 ");
        root
    }

    /// ann's account, and she has come from 127.0.0.2 and sits in #tea with bob, who comes from 127.0.0.9.
    fn with_ann_and_bob(&self) -> (Peer, Peer) {
        let mut ann = self.connect_from(2).introduce("ann");
        ann.send("NS REGISTER sesame12\r\nJOIN #tea");
        ann.wait_for(" 900 ");
        ann.wait_for(" 366 ann #tea ");
        let mut bob = self.connect_from(9).introduce("bob");
        bob.send("JOIN #tea");
        bob.wait_for(" 366 bob #tea ");
        (ann, bob)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

fn says(peer: &mut Peer, order: &str) -> String {
    peer.send(order);
    peer.wait_for("NOTICE root :")
}

#[test]
fn a_network_of_one_device_puts_the_whole_person_out() {
    let house = House::open();
    let (mut ann, mut bob) = house.with_ann_and_bob();
    let mut phone = house.connect_from(3).introduce_as_owner("ann");
    phone.wait_for(" 366 ann #tea ");
    let mut root = house.root();
    says(&mut root, "DLINE 127.0.0.3 :not from there");
    for device in [&mut ann, &mut phone] {
        assert!(device.wait_for(" 465 ").ends_with(":You are banned from this server: not from there"));
        assert!(device.last_words().contains("Banned: not from there"));
    }
    assert!(bob.wait_for(" QUIT ").ends_with(":Banned: not from there"));
    assert!(house.connect_from(3).last_words().contains("Banned: not from there"));
    // Her other address is not banned, but nothing has stayed of her.
    let mut ann = house.connect_from(2).introduce_as_owner("ann");
    ann.wait_for(" 366 ann #lobby ");
    ann.send("WHOIS ann");
    assert!(!ann.wait_for(" 319 ").contains("#tea"));
}

#[test]
fn who_is_away_is_put_out_by_where_they_last_came_from_over_a_restart_too() {
    let mut house = House::open();
    let (mut ann, mut bob) = house.with_ann_and_bob();
    let mut phone = house.connect_from(3).introduce_as_owner("ann");
    phone.wait_for(" 366 ann #tea ");
    ann.send("QUIT");
    ann.last_words();
    drop(phone);
    let deadline = Instant::now() + DEADLINE;
    loop {
        bob.send("WHOIS ann");
        if bob.lines_so_far().iter().any(|line| line.contains(" 301 bob ann :not connected")) {
            break;
        }
        assert!(Instant::now() < deadline, "the server has not seen that they are gone");
    }
    house.stop();
    house.start();
    let (mut root, mut bob) = (house.root(), house.connect_from(9).introduce("bob"));
    bob.send("JOIN #tea\r\nWHOIS ann");
    bob.wait_for(" 311 bob ann ");
    says(&mut root, "DLINE 127.0.0.2 :she left from elsewhere");
    bob.send("WHOIS ann");
    bob.wait_for(" 311 bob ann ");
    says(&mut root, "KLINE *!*@127.0.0.3/32 :from here");
    assert!(bob.wait_for("ann!").ends_with("QUIT :Banned: from here"));
    house.stop();
    house.start();
    let mut bob = house.connect_from(9).introduce("bob");
    bob.send("WHOIS ann");
    bob.wait_for(" 401 bob ann ");
}

#[test]
fn a_ban_that_was_written_while_the_server_was_down_holds_those_who_stay() {
    let mut house = House::open();
    let (mut ann, _bob) = house.with_ann_and_bob();
    ann.send("CS REGISTER #tea");
    ann.wait_for("MODE #tea +q");
    house.stop();
    let database = Connection::open(house.folder.path().join("teahouse.db")).unwrap();
    let insert = "INSERT INTO ban (kind, target, reason, who) VALUES ('K', 'ANN!*@*', 'meanwhile', 'root')";
    database.execute(insert, []).unwrap();
    drop(database);
    house.start();
    let mut bob = house.connect_from(9).introduce("bob");
    bob.send("WHOIS ann\r\nJOIN #tea");
    bob.wait_for(" 401 bob ann ");
    let mut ann = house.connect_from(2).introduce_as_owner("ann");
    assert!(ann.wait_for(" 465 ").ends_with(": meanwhile"));
    ann.last_words();
    // That she went can be read in the room that she sat in.
    bob.send("CAP REQ :draft/chathistory draft/event-playback batch\r\nCHATHISTORY LATEST #tea * 10");
    assert!(bob.wait_for("QUIT").ends_with(":Banned: meanwhile"));
}

#[test]
fn bans_of_an_older_server_are_read_shown_in_one_form_and_lifted_by_it() {
    let mut house = House::open();
    house.stop();
    let database = Connection::open(house.folder.path().join("teahouse.db")).unwrap();
    for (kind, target) in [
        ("D", "10.1.2.3/8"),
        ("D", "10.0.0.0/8"),
        ("D", "::1/128"),
        ("K", "two words!*@*"),
        ("K", "1d!*@*"),
        ("K", "*!*@10.1.2.3/8"),
    ] {
        let insert = "INSERT INTO ban (kind, target, reason, who) VALUES (?, ?, 'old', 'root')";
        database.execute(insert, [kind, target]).unwrap();
    }
    database.execute("UPDATE ban SET until = 1 WHERE target = '::1/128'", []).unwrap();
    drop(database);
    house.start();
    // From then on they are written down in that form.
    house.stop();
    house.start();
    let mut root = house.root();
    for (report, shown, lift) in [
        ("d", &[" 225 root D 10.0.0.0/8 root * * :old"][..], "UNDLINE 10.0.0.0/8"),
        (
            "k",
            &[" 216 root K *!*@10.0.0.0/8 * root * * :old", " 216 root K 1d!*@* * root * * :old"],
            "UNKLINE *!*@10.0.0.0/8",
        ),
    ] {
        root.lines_so_far();
        root.send(&format!("STATS {report}"));
        let told = root.lines_so_far();
        assert_eq!(told.len(), shown.len() + 1, "{told:?}");
        for (line, one) in told.iter().zip(shown) {
            assert!(line.ends_with(one), "{line}");
        }
        assert!(says(&mut root, lift).contains("lifted"));
    }
    assert!(says(&mut root, "UNKLINE 1d!*@*").contains("lifted"), "what is shown can be lifted");
    house.stop();
    house.start();
    let mut root = house.root();
    root.lines_so_far();
    root.send("STATS d\r\nSTATS k");
    assert_eq!(root.lines_so_far().len(), 2, "nothing but the two ends");
}

#[test]
fn a_ban_that_was_set_twice_and_lifted_once_is_gone_after_a_restart_too() {
    let mut house = House::open();
    let mut root = house.root();
    for order in ["KLINE Mallory :first", "KLINE mallory :second", "UNKLINE mallory"] {
        says(&mut root, order);
    }
    house.stop();
    house.start();
    let mut root = house.root();
    root.lines_so_far();
    root.send("STATS k");
    assert_eq!(root.lines_so_far().len(), 1, "nothing but the end");
}

#[test]
fn a_network_on_a_rooms_list_hits_a_covered_address_and_shows_it_to_nobody() {
    let house = House::open();
    let (mut ann, mut bob) = house.with_ann_and_bob();
    ann.send("KICK #tea bob\r\nMODE #tea +b 127.0.0.8/31\r\nMODE #tea b");
    let entry = ann.wait_for(" 367 ");
    assert!(entry.contains(" *!*@127.0.0.8/31 ann!~ann@") && entry.contains(".cloak "), "{entry}");
    bob.wait_for(" KICK ");
    bob.send("JOIN #tea");
    bob.wait_for(" 474 ");
    let mut carol = house.connect_from(7).introduce("carol");
    carol.send("JOIN #tea");
    carol.wait_for(" 366 carol #tea ");
    for line in ann.lines_so_far() {
        assert!(!line.contains("127.0.0.9") && !line.contains("127.0.0.7"), "{line}");
    }
}

#[test]
fn a_ban_ends_by_itself_and_is_gone_from_the_list() {
    let house = House::open();
    let mut root = house.root();
    says(&mut root, "KLINE 2s ann :for a moment");
    says(&mut root, "DLINE 127.0.0.7 1s :for a moment");
    let deadline = Instant::now() + DEADLINE;
    for (last, ban) in [(7, "DLINE"), (2, "KLINE")] {
        loop {
            let mut ann = house.connect_from(last);
            // It may be hung up on before it has said anything.
            let _ = ann.try_send("NICK ann\r\nUSER ann 0 * :ann\r\nQUIT");
            let mut lines = std::iter::from_fn(|| ann.line());
            if lines.any(|line| line.contains(" 001 ann ") || (ban == "DLINE" && line.contains(" 465 ann ")))
            {
                break;
            }
            assert!(Instant::now() < deadline, "{ban} goes on");
        }
    }
    root.lines_so_far();
    root.send("STATS k\r\nSTATS d");
    let told = root.lines_so_far();
    assert!(!told.iter().any(|line| line.contains(" 216 ") || line.contains(" 225 ")), "{told:?}");
    assert!(says(&mut root, "UNKLINE ann").ends_with("there is no ban on ann!*@*"));
}

#[test]
fn a_network_on_a_rooms_list_hits_whoever_has_one_device_there() {
    let house = House::open();
    let (mut ann, mut bob) = house.with_ann_and_bob();
    ann.send("MODE #tea +o bob");
    ann.wait_for(" MODE #tea +o bob");
    ann.send("MODE #tea -o ann");
    ann.wait_for(" MODE #tea -o ann");
    bob.send("MODE #tea +b m:127.0.0.3/32");
    ann.wait_for(" MODE #tea +b m:*!*@127.0.0.3");
    ann.send("PRIVMSG #tea :from one place");
    bob.wait_for(":from one place");
    let mut phone = house.connect_from(3).introduce_as_owner("ann");
    phone.wait_for(" 366 ann #tea ");
    for device in [&mut ann, &mut phone] {
        device.send("PRIVMSG #tea :from two");
        device.wait_for(" 404 ann #tea ");
    }
}
