//! What is still so when the server has been started again.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use teahouse_server::config::Operator;
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server that can be started again.
struct House {
    folder: TempDir,
    server: Option<Server>,
    /// Whether addresses are covered.
    cloak: bool,
}

impl House {
    fn open() -> Self {
        Self::open_with(false)
    }

    fn open_with(cloak: bool) -> Self {
        let mut house = Self { folder: tempfile::tempdir().unwrap(), server: None, cloak };
        house.start();
        house
    }

    fn start(&mut self) {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(self.folder.path().join("data")),
            operators: vec![Operator { name: "root".into(), password: "root".into() }],
            flood_protection: false,
            cloak: self.cloak,
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
        Peer::login(self.server.as_ref().expect("it runs").addresses()[0], nick)
    }

    fn login_as_operator(&self) -> Peer {
        let mut root = self.login("root");
        root.send("OPER root root");
        root.wait_for(" 381 ");
        root
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

#[test]
fn who_was_kept_out_is_kept_out_after_a_restart_and_who_was_let_in_again_is_let_in() {
    let mut house = House::open();
    let mut root = house.login_as_operator();
    for line in
        ["KLINE bob!*@* :too loud", "KLINE carol!*@* :too", "UNKLINE carol!*@*", "DLINE 5 192.0.2.0/24 :no"]
    {
        root.send(line);
        root.wait_for(" NOTICE ");
    }
    house.restart();
    let mut bob = house.connect();
    bob.send("NICK bob\r\nUSER bob 0 * :Bob");
    assert!(bob.wait_for(" 465 ").ends_with(":You are banned from this server: too loud"));
    house.login("carol");
    let mut root = house.login_as_operator();
    root.send("STATS d");
    let ban = root.wait_for(" 225 ");
    assert!(ban.contains(" D 192.0.2.0/24 root 20") && ban.ends_with("Z :no"), "{ban}");
}

#[test]
fn a_room_that_belongs_to_somebody_is_as_it_was_after_a_restart() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("JOIN #茶馆", " 366 "),
        ("CS REGISTER #茶馆", "MODE #茶馆 +q"),
        ("CS ACCESS #茶馆 ADD alice v", "NOTICE"),
        ("MODE #茶馆 +mlS 50 10", " MODE "),
        ("MODE #茶馆 +be mallory a:bob", " MODE "),
        ("TOPIC #茶馆 :绿茶和红茶", " TOPIC "),
        ("JOIN #gone", " 366 "),
        ("CS REGISTER #gone", "MODE #gone +q"),
        ("CS DROP #gone", "NOTICE"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #茶馆\r\nMODE #茶馆\r\nMODE #茶馆 be\r\nCS INFO #茶馆\r\nCS INFO #gone");
    assert!(bob.wait_for(" 332 ").ends_with(":绿茶和红茶"));
    assert!(bob.wait_for(" 324 ").ends_with("+mntSl 10 50"));
    assert!(bob.wait_for(" 367 ").contains("mallory!*@* alice!~alice@127.0.0.1"));
    assert!(bob.wait_for(" 348 ").contains("a:bob alice!~alice@127.0.0.1"));
    assert!(bob.wait_for("belongs to").ends_with("#茶馆 belongs to alice; 1 others have a rank there"));
    assert!(bob.wait_for("NOTICE").ends_with("There is no room #gone"));
}

#[test]
fn a_room_that_an_older_server_kept_under_a_name_that_is_refused_today_goes_on() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("JOIN #one,#two", " 366 alice #two"),
        ("CS REGISTER #one", "MODE #one +q"),
        ("CS REGISTER #two", "MODE #two +q"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.server.take().expect("it runs").stop();
    let database = rusqlite::Connection::open(house.folder.path().join("data/teahouse.db")).unwrap();
    for (old, new) in [("#one", "#lоbby"), ("#two", "#t\u{200d}wo")] {
        database.execute("UPDATE channel SET name = ?2 WHERE name = ?1", [old, new]).unwrap();
    }
    drop(database);
    house.start();
    let mut bob = house.login("bob");
    for room in ["#lоbby", "#t\u{200d}wo"] {
        bob.send(&format!("JOIN {room}"));
        bob.wait_for(&format!(" 366 bob {room} "));
    }
    bob.send("JOIN #t\u{200d}w");
    bob.wait_for(" 476 ");
}

#[test]
fn what_was_said_before_a_restart_is_read_after_it_by_those_who_come_back() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    alice.send("JOIN #tea\r\nPRIVMSG #tea :before\r\nJOIN #closed\r\nMODE #closed +k sesame");
    alice.send("PRIVMSG #closed :secret\r\nJOIN #over\r\nPRIVMSG #over :over\r\nPART #over");
    alice.lines_so_far();
    house.restart();
    let mut bob = house.login("bob");
    for (room, said) in [("#tea", &["before", "after"][..]), ("#closed", &["after"]), ("#over", &["after"])] {
        bob.send(&format!("JOIN {room}\r\nPRIVMSG {room} :after"));
        bob.lines_so_far();
        bob.send(&format!("CHATHISTORY LATEST {room} * 10"));
        let read: Vec<_> = bob.lines_so_far();
        let words: Vec<_> = read.iter().filter_map(|line| Some(line.rsplit_once(" :")?.1)).collect();
        assert_eq!(words, said, "{room}");
    }
}

#[test]
fn a_covered_address_looks_the_same_after_a_restart() {
    fn host(house: &House) -> String {
        let mut alice = house.login("alice");
        alice.send("USERHOST alice");
        alice.wait_for(" 302 ").rsplit('@').next().unwrap().to_owned()
    }
    let mut house = House::open_with(true);
    let before = host(&house);
    house.restart();
    assert_eq!(host(&house), before);
    assert!(before.ends_with(".cloak"), "{before}");
    assert_ne!(host(&House::open_with(true)), before, "another house has another key");
}

#[test]
fn who_stays_without_a_connection_stays_over_a_restart() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("JOIN #茶馆", " 366 "),
        ("JOIN #gone", " 366 "),
        ("PART #gone", "PART #gone"),
        ("MODE alice +i", "MODE alice +i"),
        ("NICK 爱丽丝", "NICK"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #茶馆");
    assert!(bob.wait_for(" 353 ").ends_with(":@爱丽丝 bob"));
    bob.send("PRIVMSG 爱丽丝 :在吗？");
    bob.wait_for(" 301 ");
    house.restart();
    let mut alice = house.connect();
    alice.send("CAP REQ sasl\r\nNICK 爱丽丝\r\nUSER x 0 * :x\r\nAUTHENTICATE PLAIN");
    alice.wait_for("AUTHENTICATE +");
    alice.send("AUTHENTICATE AGFsaWNlAHNlc2FtZTEy\r\nCAP END");
    assert!(alice.wait_for(" 221 ").ends_with("+ir"));
    alice.wait_for("JOIN #茶馆");
    assert!(alice.wait_for("PRIVMSG").ends_with(":在吗？"));
}

#[test]
fn who_stays_has_the_same_ranks_in_rooms_of_the_same_name_over_a_restart() {
    let mut house = House::open();
    let mut bob = house.login("bob");
    bob.send("JOIN #tea");
    bob.wait_for(" 366 ");
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("JOIN #tea", " 366 "),
        ("JOIN #gone", " 366 "),
        ("MODE #gone -o alice", "MODE #gone -o"),
        ("JOIN #mine", " 366 "),
        ("CS REGISTER #mine", "MODE #mine +q"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    bob.send("MODE #tea +h alice\r\nRENAME #tea #coffee");
    bob.wait_for("JOIN #coffee");
    house.restart();
    let mut bob = house.login("bob");
    for (line, answer) in
        [("NAMES #coffee", "%alice"), ("NAMES #gone", "#gone :alice"), ("NAMES #mine", "~alice")]
    {
        bob.send(line);
        assert!(bob.wait_for(" 353 ").contains(answer), "{line}");
    }
}

#[test]
fn the_last_command_before_a_stop_is_kept_even_if_its_client_went_with_it() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("JOIN #茶馆", " 366 "),
        ("OPER root root", " 381 "),
        ("KILL alice :enough", "ERROR"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #茶馆");
    assert!(bob.wait_for(" 353 ").ends_with(":@bob"), "alice has gone");
}

#[test]
fn devices_that_add_their_certificates_at_once_lose_none() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    alice.send("NS REGISTER sesame12");
    alice.wait_for(" 900 ");
    let mut devices: Vec<_> = (0..8).map(|number| house.login(&format!("device{number}"))).collect();
    for device in &mut devices {
        device.send("NS IDENTIFY alice sesame12");
        device.wait_for(" 900 ");
    }
    for (number, device) in (0..).zip(&mut devices) {
        device.send(&format!("NS CERT ADD {number:064x}"));
    }
    for device in &mut devices {
        device.wait_for("certificates are changed");
    }
    house.restart();
    let mut alice = house.login("visitor");
    alice.send("NS IDENTIFY alice sesame12\r\nNS CERT LIST");
    for number in 0..8 {
        alice.wait_for(&format!("{number:064x}"));
    }
}

#[test]
fn who_has_logged_out_does_not_stay_over_a_restart_and_who_logs_in_late_does() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("JOIN #茶馆", " 366 "),
        ("NS LOGOUT", " 901 "),
        ("PING once", "PONG"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #茶馆");
    assert!(bob.wait_for(" 353 ").ends_with(":@bob"), "alice has gone");
    let mut visitor = house.login("visitor");
    for (line, answer) in
        [("JOIN #茶馆", " 366 "), ("NS IDENTIFY alice sesame12", " 900 "), ("PING twice", "PONG")]
    {
        visitor.send(line);
        visitor.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #茶馆");
    assert!(bob.wait_for(" 353 ").contains("visitor"), "who logged in late has stayed");
}

#[test]
fn whoever_has_the_name_of_an_account_that_ended_has_nothing_of_it() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("JOIN #茶馆", " 366 "),
        ("CS REGISTER #茶馆", "MODE #茶馆 +q"),
        ("NS SET ALWAYS-ON ON", "You stay"),
        ("NS DROP alice sesame12", "is no more"),
        ("NS REGISTER sesame34", " 900 "),
        ("QUIT", "ERROR"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    house.restart();
    let mut bob = house.login("bob");
    bob.send("WHOIS alice\r\nCS INFO #茶馆");
    bob.wait_for(" 401 ");
    assert!(bob.wait_for("NOTICE").ends_with("There is no room #茶馆"));
}
