//! What is still so when the server has been started again.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use teahouse_server::config::{AlwaysOn, Operator};
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server that can be started again.
struct House {
    folder: TempDir,
    server: Option<Server>,
    /// Whether addresses are covered.
    cloak: bool,
    always_on: AlwaysOn,
}

impl House {
    fn open() -> Self {
        Self::open_with(false)
    }

    fn open_with(cloak: bool) -> Self {
        let mut house =
            Self { folder: tempfile::tempdir().unwrap(), server: None, cloak, always_on: AlwaysOn::OptIn };
        house.start();
        house
    }

    fn config(&self) -> Config {
        Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(self.folder.path().join("data")),
            operators: vec![Operator { name: "root".into(), password: "root".into() }],
            flood_protection: false,
            cloak: self.cloak,
            always_on: self.always_on,
            ..Config::default()
        }
    }

    fn start(&mut self) {
        self.server = Some(Server::start(self.config()).expect("it starts"));
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

    /// Somebody with an account, who stays.
    fn login_to_stay(&self, nick: &str) -> Peer {
        let mut peer = self.login(nick);
        do_all(&mut peer, &[("NS REGISTER sesame12", " 900 "), ("NS SET ALWAYS-ON ON", "You stay")]);
        peer
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

/// Says lines one after another, each when the one before it was answered so.
fn do_all(peer: &mut Peer, lines: &[(&str, &str)]) {
    for (line, answer) in lines {
        peer.send(line);
        peer.wait_for(answer);
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

#[test]
fn a_guarded_room_is_guarded_after_a_restart_as_long_as_somebody_stays_in_it() {
    let mut house = House::open();
    let mut carol = house.login("carol");
    do_all(&mut carol, &[("NS REGISTER sesame34", " 900 ")]);
    let mut alice = house.login_to_stay("alice");
    let commands = [
        ("JOIN #board", " 366 "),
        ("MODE #board +skil key 10", "MODE #board"),
        ("MODE #board +bI mallory a:dave", "MODE #board"),
        ("TOPIC #board :Minutes", "TOPIC #board"),
        ("PRIVMSG #board :behind closed doors\r\nINVITE carol #board", " 341 "),
        ("AWAY :in a meeting", " 306 "),
        ("MODE #board", " 329 "),
    ];
    do_all(&mut alice, &commands);
    alice.send("MODE #board");
    let created = alice.wait_for(" 329 ");
    for _ in 0..2 {
        house.restart();
        let mut bob = house.login("bob");
        bob.send("LIST\r\nJOIN #board key\r\nMODE #board\r\nCHATHISTORY LATEST #board * 10\r\nAWAY");
        let heard = bob.lines_so_far();
        assert!(!heard.iter().any(|line| line.contains(" 322 ") && line.contains("#board")), "{heard:?}");
        assert!(heard.iter().any(|line| line.contains(" 473 ")), "{heard:?}");
        assert!(!heard.iter().any(|line| line.contains("behind")), "{heard:?}");
        bob.send("WHOIS alice");
        assert!(bob.wait_for(" 301 ").ends_with("in a meeting"));
        bob.send("QUIT");
        bob.last_words();
    }
    let mut carol = house.login("carol2");
    do_all(&mut carol, &[("NS IDENTIFY carol sesame34", " 900 ")]);
    carol.send("JOIN #board");
    carol.wait_for(" 475 ");
    carol.send("JOIN #board key\r\nMODE #board\r\nMODE #board bI");
    assert!(carol.wait_for(" 332 ").ends_with(":Minutes"));
    assert!(carol.wait_for(" 353 ").contains("@alice"));
    assert!(carol.wait_for(" 324 ").ends_with("+instkl key 10"));
    assert_eq!(carol.wait_for(" 329 ").rsplit(' ').next(), created.rsplit(' ').next());
    carol.wait_for("mallory!*@*");
    carol.wait_for("a:dave");
    carol.send("CHATHISTORY LATEST #board * 10");
    carol.wait_for("behind closed doors");
    house.restart();
    let mut carol = house.login("carol2");
    do_all(&mut carol, &[("NS IDENTIFY carol sesame34", " 900 "), ("JOIN #board key", " 473 ")]);
}

#[test]
fn a_room_in_which_nobody_stays_any_more_is_a_new_one_after_a_restart() {
    let mut house = House::open();
    let mut bob = house.login("bob");
    let mut alice = house.login_to_stay("alice");
    for room in ["#parted", "#kicked", "#renamed", "#logged-out"] {
        let guard = format!("MODE {room} +k key");
        do_all(&mut alice, &[(&format!("JOIN {room}"), " 366 "), (&guard, &guard)]);
        do_all(&mut bob, &[(&format!("JOIN {room} key"), " 366 ")]);
    }
    do_all(&mut alice, &[("PART #parted", "PART #parted"), ("KICK #kicked alice", "KICK #kicked")]);
    do_all(&mut alice, &[("RENAME #renamed #new", "JOIN #new"), ("PING x", "PONG")]);
    house.restart();
    let mut carol = house.login("carol");
    for room in ["#parted", "#kicked", "#renamed"] {
        carol.send(&format!("JOIN {room}"));
        assert!(carol.wait_for(" 353 ").ends_with(":@carol"), "{room}");
    }
    carol.send("JOIN #new\r\nJOIN #logged-out");
    carol.wait_for(" 475 ");
    carol.wait_for(" 475 ");
    let mut alice = house.login("alice2");
    do_all(&mut alice, &[("NS IDENTIFY alice sesame12", " 900 "), ("NS SET ALWAYS-ON OFF", "You leave")]);
    house.restart();
    let mut carol = house.login("carol");
    for room in ["#new", "#logged-out"] {
        carol.send(&format!("JOIN {room}"));
        assert!(carol.wait_for(" 353 ").ends_with(":@carol"), "{room}");
    }
}

#[test]
fn nothing_is_kept_of_a_room_in_which_nobody_stays_any_more_even_while_others_are_there() {
    for (way, answer) in
        [("PART #closed", " PART "), ("NS LOGOUT", " 901 "), ("NS SET ALWAYS-ON OFF", " NOTICE ")]
    {
        let house = House::open();
        let keeps = || {
            let database = rusqlite::Connection::open(house.folder.path().join("data/teahouse.db")).unwrap();
            let find = "SELECT count(*) FROM channel WHERE key = 'sesame'";
            database.query_row(find, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        // A session runs the next line when the last change is kept.
        let done = ("PING done", "done");
        let mut alice = house.login_to_stay("alice");
        let steps = [("JOIN #closed", " 366 "), ("MODE #closed +k sesame", "MODE #closed +k"), done];
        do_all(&mut alice, &steps);
        let mut bob = house.login("bob");
        do_all(&mut bob, &[("JOIN #closed sesame", " 366 ")]);
        assert_eq!(keeps(), 1, "{way}");
        do_all(&mut alice, &[(way, answer), done]);
        assert_eq!(keeps(), 0, "{way}");
    }
}

#[test]
fn a_room_that_is_given_up_stays_as_it_is_for_those_who_stay_in_it() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("NS REGISTER sesame34", " 900 "), ("JOIN #one", " 366 "), ("JOIN #two", " 366 ")]);
    do_all(&mut bob, &[("CS REGISTER #one", "+q"), ("CS REGISTER #two", "+q")]);
    do_all(&mut alice, &[("JOIN #one", " 366 "), ("JOIN #two", " 366 ")]);
    do_all(&mut bob, &[("MODE #one +kR key", "MODE"), ("MODE #two +kR key", "MODE")]);
    do_all(&mut bob, &[("CS DROP #one", "belongs to nobody"), ("NS DROP bob sesame34", "is no more")]);
    house.restart();
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("JOIN #one key", " 477 "), ("JOIN #two key", " 477 ")]);
    do_all(&mut bob, &[("CS INFO #one", "belongs to nobody"), ("CS INFO #two", "belongs to nobody")]);
}

#[test]
fn where_nobody_is_to_stay_any_more_rooms_are_open_again_and_those_who_stayed_are_gone_for_good() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    do_all(&mut alice, &[("JOIN #board", " 366 "), ("MODE #board +k key", "MODE #board")]);
    house.always_on = AlwaysOn::Disabled;
    house.restart();
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("WHOIS alice", " 401 ")]);
    house.always_on = AlwaysOn::OptIn;
    house.restart();
    let mut bob = house.login("bob");
    bob.send("JOIN #board");
    assert!(bob.wait_for(" 353 ").ends_with(":@bob"), "it was over, and nobody comes back into it");
}

#[test]
fn the_lobby_is_as_it_was_after_a_restart() {
    let mut house = House::open();
    let mut root = house.login_as_operator();
    do_all(
        &mut root,
        &[("TOPIC #lobby :Welcome", "TOPIC #lobby"), ("MODE #lobby +mb-n mallory", "MODE #lobby")],
    );
    root.send("MODE #lobby");
    let created = root.wait_for(" 329 ");
    house.restart();
    let mut bob = house.login("bob");
    bob.send("TOPIC #lobby\r\nMODE #lobby\r\nMODE #lobby b");
    assert!(bob.wait_for(" 332 ").ends_with(":Welcome"));
    assert!(bob.wait_for(" 324 ").ends_with("+m"));
    assert_eq!(bob.wait_for(" 329 ").rsplit(' ').next(), created.rsplit(' ').next());
    bob.wait_for("mallory!*@*");
}

#[test]
fn where_only_what_came_since_is_read_who_stays_reads_what_came_before_the_restart_too() {
    let mut house = House::open();
    let mut bob = house.login("bob");
    do_all(
        &mut bob,
        &[("JOIN #room", " 366 "), ("MODE #room +H", "MODE"), ("PRIVMSG #room :one\r\nPING x", "PONG")],
    );
    let mut alice = house.login_to_stay("alice");
    do_all(&mut alice, &[("JOIN #room", " 366 ")]);
    do_all(&mut bob, &[("PRIVMSG #room :two\r\nPING x", "PONG")]);
    house.restart();
    let mut alice = house.connect();
    alice.send("CAP REQ sasl\r\nNICK alice\r\nUSER x 0 * :x\r\nAUTHENTICATE PLAIN");
    alice.wait_for("AUTHENTICATE +");
    alice.send("AUTHENTICATE AGFsaWNlAHNlc2FtZTEy\r\nCAP END");
    alice.wait_for("JOIN #room");
    alice.send("CHATHISTORY LATEST #room * 10");
    let heard = alice.lines_so_far();
    let said: Vec<_> = heard.iter().filter(|line| line.contains("PRIVMSG #room")).collect();
    assert_eq!(said.len(), 1, "{heard:?}");
    assert!(said[0].ends_with(":two"), "{heard:?}");
}

#[test]
fn of_two_who_share_an_account_the_one_who_is_left_stays_in_its_own_rooms() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    do_all(&mut alice, &[("JOIN #first", " 366 "), ("MODE #first +k key", "MODE")]);
    let mut other = house.login("other");
    do_all(&mut other, &[("JOIN #second", " 366 "), ("MODE #second +k key", "MODE")]);
    do_all(&mut other, &[("NS IDENTIFY alice sesame12", " 900 "), ("PING x", "PONG")]);
    alice.send("QUIT");
    alice.last_words();
    do_all(&mut other, &[("PING x", "PONG")]);
    house.restart();
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("JOIN #first", ":@bob"), ("JOIN #second", " 475 "), ("WHOIS other", " 311 ")]);
}

#[test]
fn who_stays_under_the_name_of_anothers_account_has_another_name_after_a_restart_and_the_same_rooms() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    do_all(&mut alice, &[("NS LOGOUT", " 901 ")]);
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("NS REGISTER sesame34", " 900 "), ("JOIN #board", " 366 ")]);
    do_all(&mut bob, &[("MODE #board +k key", "MODE"), ("NS IDENTIFY alice sesame12", " 900 ")]);
    do_all(&mut bob, &[("PING x", "PONG")]);
    house.restart();
    let mut carol = house.login("carol");
    do_all(&mut carol, &[("JOIN #board", " 475 "), ("JOIN #board key", ":@guest-1 carol")]);
}

#[test]
fn how_far_one_has_read_is_known_after_a_restart() {
    let mut house = House::open();
    let mut alice = house.login("alice");
    do_all(&mut alice, &[("CAP REQ draft/read-marker", "ACK"), ("NS REGISTER sesame12", " 900 ")]);
    do_all(&mut alice, &[("JOIN #tea", " 366 "), ("JOIN #milk", " 366 ")]);
    for (room, time) in [("#tea", "2026-01-02T03:04:05.678Z"), ("bob", "2026-01-02T03:04:06.000Z")] {
        do_all(&mut alice, &[(&format!("MARKREAD {room} timestamp={time}"), time)]);
    }
    for _ in 0..2 {
        house.restart();
        let mut alice = house.login("visitor");
        do_all(&mut alice, &[("CAP REQ draft/read-marker", "ACK"), ("NS IDENTIFY alice sesame12", " 900 ")]);
        do_all(&mut alice, &[("JOIN #tea", "MARKREAD #tea timestamp=2026-01-02T03:04:05.678Z")]);
        do_all(
            &mut alice,
            &[("MARKREAD bob", "timestamp=2026-01-02T03:04:06.000Z"), ("MARKREAD #milk", "#milk *")],
        );
    }
}

#[test]
fn who_is_not_to_stay_any_more_goes_at_a_rehash_and_the_room_that_was_kept_for_them_closes() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    do_all(&mut alice, &[("JOIN #board", " 366 "), ("MODE #board +k key", "MODE #board"), ("QUIT", "ERROR")]);
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("JOIN #board", " 475 "), ("WHOIS alice", " 311 ")]);
    house.always_on = AlwaysOn::Disabled;
    house.server.as_ref().expect("it runs").reconfigure(house.config()).expect("it can be");
    do_all(&mut bob, &[("WHOIS alice", " 401 "), ("JOIN #board", ":@bob")]);
    house.always_on = AlwaysOn::OptIn;
    house.restart();
    let mut bob = house.login("bob");
    do_all(&mut bob, &[("WHOIS alice", " 401 "), ("JOIN #board", ":@bob")]);
}

#[test]
fn words_of_who_is_away_and_what_one_is_called_outlast_a_restart() {
    let mut house = House::open();
    let mut alice = house.login_to_stay("alice");
    let said = [("AWAY :out for tea", " 306 "), ("CAP REQ setname", "ACK"), ("SETNAME :Alice L.", "SETNAME")];
    do_all(&mut alice, &said);
    do_all(&mut alice, &[("PING x", "PONG"), ("QUIT", "ERROR")]);
    house.restart();
    let mut bob = house.login("bob");
    bob.send("WHOIS alice");
    assert!(bob.wait_for(" 311 ").ends_with(":Alice L."));
    assert!(bob.wait_for(" 301 ").ends_with(":out for tea"));
}
