//! Bans and accounts, seen to from the shell: by the server that runs, or with the database where none does.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use peer::Peer;
use teahouse_server::config::{AlwaysOn, Operator};
use teahouse_server::{Config, Server};
use tempfile::TempDir;

/// A server that can be started again, and a configuration file that leads to its folder.
struct House {
    folder: TempDir,
    server: Option<Server>,
}

/// What the program printed, and how it ended.
#[derive(Debug)]
struct Printed {
    shown: String,
    said: String,
    code: i32,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::write(folder.path().join("teahouse.toml"), format!("data_dir = {data:?}\n")).unwrap();
        Self { folder, server: None }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn start(&mut self) {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            data_dir: Some(self.data()),
            operators: vec![Operator { name: "root".into(), password: "root".into() }],
            always_on: AlwaysOn::Mandatory,
            flood_protection: false,
            cloak: false,
            ..Config::default()
        };
        self.server = Some(Server::start(config).expect("it starts"));
    }

    fn stop(&mut self) {
        self.server.take().expect("it runs").stop();
    }

    fn login(&self, nick: &str) -> Peer {
        self.connect().introduce(nick)
    }

    fn connect(&self) -> Peer {
        Peer::connect(self.server.as_ref().expect("it runs").addresses()[0])
    }

    fn root(&self) -> Peer {
        let mut root = self.login("root");
        root.send("OPER root root");
        root.wait_for(" 381 ");
        root.lines_so_far();
        root
    }

    /// Runs the program with the service's configuration.
    fn shell(&self, words: &[&str]) -> Printed {
        let config = self.folder.path().join("teahouse.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
        command.arg("--config").arg(config).args(words);
        command.env("LC_ALL", "C.UTF-8").env_remove("RUST_LOG").env_remove("LANGUAGE");
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Printed { shown: text(stdout), said: text(stderr), code: status.code().expect("it exits") }
    }

    /// Runs it where it has to succeed; what it shows.
    #[track_caller]
    fn shows(&self, words: &[&str]) -> String {
        let printed = self.shell(words);
        assert_eq!(printed.code, 0, "{printed:?}");
        let database = self.data().join("teahouse.db");
        assert!(printed.said.contains(database.to_str().unwrap()), "it says which database: {printed:?}");
        let by = if self.server.is_some() { "running does it" } else { "no server is running" };
        assert!(printed.said.contains(by), "and by whom: {printed:?}");
        printed.shown
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
fn an_operator_who_is_locked_out_lifts_the_ban_from_the_shell_whether_the_server_runs_or_not() {
    let mut house = House::new();
    house.start();
    let mut root = house.root();
    for order in [
        "KLINE ann :too\tloud",
        "KLINE 1d *!*@192.0.2.9/24 :spam",
        "DLINE 192.0.2.9/24",
        "KLINE root",
        "KLINE root",
    ] {
        root.send(order);
        root.wait_for(" NOTICE root :");
    }
    for running in [true, false] {
        let refused = house.shell(&["bans", "lift", "nobody!*@*"]);
        let complaints: Vec<_> =
            refused.said.lines().filter(|line| line.starts_with("teahouse-server: ")).collect();
        assert_eq!((refused.code, complaints), (1, vec!["teahouse-server: there is no ban on nobody!*@*"]));
        let listed = house.shows(&["bans", "list"]);
        let rows: Vec<Vec<_>> = listed.lines().map(|line| line.split('\t').collect()).collect();
        let whom: Vec<_> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(rows.len(), 4, "{listed}");
        for target in ["ann!*@*", "*!*@192.0.2.0/24", "192.0.2.0/24", "root!*@*"] {
            assert!(whom.contains(&target), "{listed}");
        }
        for row in rows {
            assert_eq!((row.len(), row[1]), (5, "root"), "{row:?}");
            assert!(row[2].starts_with("20") && row[2].ends_with('Z'), "since when: {row:?}");
            assert_eq!(row[3] == "-", row[4] != "spam", "until when: {row:?}");
            assert!(row[0] != "ann!*@*" || row[4] == "too\\tloud", "nothing plays tricks: {row:?}");
        }
        if running {
            house.stop();
        }
    }
    assert_eq!(house.shows(&["bans", "lift", "ROOT"]), "");
    house.start();
    house.root();
    // What is shown lifts it, and so does the same typed otherwise.
    house.shows(&["bans", "lift", "192.0.2.0/24"]);
    house.shows(&["bans", "lift", "*@192.0.2.77/24"]);
    let again = house.shell(&["bans", "lift", "192.0.2.0/24"]);
    assert_eq!((again.code, &*again.shown), (1, ""));
    assert!(again.said.contains("there is no ban on 192.0.2.0/24"), "{again:?}");
    let mut ann = house.connect();
    ann.send("NICK ann\r\nUSER ann 0 * :ann");
    ann.wait_for(" 465 ");
    house.shows(&["bans", "lift", "ann!*@*"]);
    house.login("ann");
    house.stop();
    assert_eq!(house.shows(&["bans", "list"]), "");
}

#[test]
fn an_account_that_is_suspended_is_out_until_it_is_not() {
    let mut house = House::new();
    house.start();
    let mut ann = house.login("ann");
    ann.send("NS REGISTER sesame12\r\nJOIN #tea");
    ann.wait_for(" 366 ann #tea ");
    let mut phone = house.connect().introduce_as_owner("ann");
    phone.wait_for(" 366 ann #tea ");
    let mut bob = house.login("bob");
    bob.send("JOIN #tea");
    bob.wait_for(" 366 bob #tea ");
    assert_eq!(house.shows(&["accounts", "list"]).split('\t').skip(2).collect::<Vec<_>>(), ["2", "-\n"]);
    house.shows(&["accounts", "suspend", "ANN", "holiday", "over"]);
    for device in [&mut ann, &mut phone] {
        assert!(device.last_words().ends_with("Suspended: holiday over"));
    }
    assert!(bob.wait_for(" QUIT ").ends_with(":Suspended: holiday over"));
    assert_eq!(
        house.shows(&["accounts", "list"]).split('\t').skip(2).collect::<Vec<_>>(),
        ["0", "holiday over\n"]
    );
    // The password is right and does not help; nor after a restart, after which nothing of her is there.
    for _ in 0..2 {
        let mut ann = house.connect().introduce_as_owner("ann");
        ann.wait_for("NOTICE ann :The account ann is suspended: holiday over");
        ann.wait_for(" 904 ");
        let mut guest = house.login("guest");
        guest.send("NS IDENTIFY ann wrong-password\r\nNS IDENTIFY ann sesame12\r\nNS INFO ann\r\nWHOIS ann");
        assert!(guest.wait_for("NOTICE guest").ends_with("That is not the password of ann"));
        assert!(guest.wait_for("NOTICE guest").ends_with("The account ann is suspended: holiday over"));
        guest.wait_for("is an account since");
        assert!(guest.wait_for(" guest ").contains(" 401 guest ann "), "and INFO says no more to a guest");
        guest.send("QUIT");
        guest.last_words();
        let mut root = house.root();
        root.send("NS INFO ann");
        root.wait_for("is an account since");
        assert!(root.wait_for("NOTICE root").ends_with("suspended: holiday over"));
        root.send("QUIT");
        root.last_words();
        house.stop();
        house.start();
    }
    house.stop();
    house.shows(&["accounts", "unsuspend", "ann"]);
    house.start();
    house.connect().introduce_as_owner("ann").wait_for(" 366 ann #lobby ");
    // Operators have the same words.
    let mut root = house.root();
    root.send("NS SUSPEND ann\r\nNS UNSUSPEND ann\r\nNS SUSPEND nobody");
    root.wait_for("the account ann is suspended: no reason given");
    root.wait_for("the account ann may be logged in to again");
    root.wait_for("There is no account nobody");
    let mut bob = house.login("bob");
    bob.send("NS SUSPEND ann");
    bob.wait_for("You are not a server operator");
}

#[test]
fn a_reset_prints_a_new_password_once_and_puts_everybody_out_who_had_the_old_one() {
    let mut house = House::new();
    house.start();
    let mut thief = house.login("ann");
    thief.send("NS REGISTER sesame12");
    thief.wait_for(" 900 ");
    let shown = house.shows(&["accounts", "reset", "ann"]);
    let password = shown.trim_end();
    assert!(password.len() >= 10 && shown.lines().count() == 1, "{shown:?}");
    thief.last_words();
    let mut guest = house.login("guest");
    guest.send(&format!("NS IDENTIFY ann sesame12\r\nNS IDENTIFY ann {password}"));
    assert!(guest.wait_for("NOTICE guest").ends_with("That is not the password of ann"));
    guest.wait_for("You are logged in as ann");
    house.shows(&["accounts", "logout", "ann"]);
    guest.last_words();
    house.stop();
    let other = house.shows(&["accounts", "reset", "ann"]);
    assert_ne!(other, shown);
    house.start();
    let mut guest = house.login("guest");
    guest.send(&format!("NS IDENTIFY ann {}", other.trim_end()));
    guest.wait_for("You are logged in as ann");
}

#[test]
fn what_cannot_be_done_is_said_in_words_with_a_code_and_nothing_is_made() {
    let mut house = House::new();
    for words in [
        &["bans"][..],
        &["bans", "lift"],
        &["bans", "list", "x"],
        &["accounts", "drop", "ann"],
        &["accounts", "reset"],
    ] {
        let printed = house.shell(words);
        assert_eq!((printed.code, &*printed.shown), (2, ""), "{words:?}: {printed:?}");
        assert!(printed.said.contains("bans lift TARGET"), "{words:?}: {printed:?}");
    }
    let nothing = house.shell(&["bans", "list"]);
    assert_eq!((nothing.code, &*nothing.shown), (1, ""));
    assert!(nothing.said.contains("teahouse.db"), "{nothing:?}");
    assert!(!house.data().exists(), "no database was made");
    house.start();
    for (language, why) in [("en", "There is no account ann"), ("zh", "没有账号 ann")] {
        for verb in ["logout", "suspend", "unsuspend", "reset"] {
            let printed = house.shell(&["--language", language, "accounts", verb, "ann"]);
            assert_eq!((printed.code, &*printed.shown), (1, ""), "{printed:?}");
            assert!(printed.said.contains(why), "{printed:?}");
        }
    }
    let help = house.shell(&["--help"]).shown;
    assert!(help.contains("bans lift TARGET") && help.contains("accounts suspend NAME"), "{help}");
    // Somebody who asks nothing holds up neither the others nor the end.
    let silent = UnixStream::connect(house.data().join("teahouse.sock")).unwrap();
    assert_eq!(house.shows(&["bans", "list"]), "");
    let _silent_too = UnixStream::connect(house.data().join("teahouse.sock")).unwrap();
    let began = Instant::now();
    house.stop();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(silent);
    assert!(!house.data().join("teahouse.sock").exists());
}
