//! `backup`, `export` and `import`, as a person at the console uses them.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use peer::Peer;
use teahouse_server::{Config, Server};

fn start(folder: &Path) -> Server {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        data_dir: Some(folder.to_owned()),
        flood_protection: false,
        cloak: false,
        ..Config::default()
    };
    Server::start(config).expect("it starts")
}

/// Runs the program on a folder: whether it went well, what it printed, what it complained of.
fn run(folder: &Path, words: &[&str]) -> (bool, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_teahouse-server"))
        .arg("--data-dir")
        .arg(folder)
        .args(words)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .output()
        .unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[track_caller]
fn done(folder: &Path, words: &[&str]) -> String {
    let (well, printed, complaints) = run(folder, words);
    assert!(well, "{words:?}: {complaints}");
    printed
}

#[test]
fn a_room_is_exported_while_the_server_runs_and_imported_into_another_house() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = start(here.path());
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("JOIN #tea\r\nPRIVMSG #tea :第一句\r\nNOTICE #tea :said, \"quoted\"\r\nTOPIC #tea :茶");
    alice.send("CHATHISTORY LATEST #tea * 1");
    alice.wait_for("NOTICE #tea");
    let text = done(here.path(), &["export", "#TEA"]);
    let without_times: Vec<_> = text.lines().map(|line| line.splitn(3, ' ').nth(2).unwrap()).collect();
    assert_eq!(
        without_times,
        ["* alice JOIN alice", "<alice> 第一句", "-alice- said, \"quoted\"", "* alice TOPIC 茶"]
    );
    let lines = done(here.path(), &["export", "#tea", "--json"]);
    assert_eq!(lines.lines().count(), 4);

    let file = there.path().join("tea.jsonl");
    fs::write(&file, &lines).unwrap();
    let file = file.to_str().unwrap();
    for _ in 0..2 {
        done(there.path(), &["import", "#tea", file]);
    }
    assert_eq!(done(there.path(), &["export", "#tea", "--json"]), lines, "twice is the same as once");
    fs::write(file, "{\"kind\": \"PRIVMSG\"}\n").unwrap();
    let (_, _, complaint) = run(there.path(), &["import", "#tea", file]);
    assert!(complaint.contains("line 1 is not a line of an exported history"), "{complaint}");

    let (_, _, complaint) = run(here.path(), &["import", "#tea", file]);
    assert!(complaint.contains("line 1"), "{complaint}");
    fs::write(file, &lines).unwrap();
    let (_, _, complaint) = run(here.path(), &["import", "#tea", file]);
    assert!(complaint.contains("another Teahouse keeps its data in"), "{complaint}");
    server.stop();

    let server = start(there.path());
    let mut bob = Peer::login(server.addresses()[0], "bob");
    bob.send("JOIN #tea\r\nCHATHISTORY LATEST #tea * 10");
    bob.wait_for("PRIVMSG #tea :第一句");
    server.stop();
}

#[test]
fn what_was_said_cannot_play_tricks_on_the_console_that_it_is_exported_to() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("PRIVMSG #lobby :\u{1b}[2Jgone \u{202e}drawkcab\r\nCHATHISTORY LATEST #lobby * 1");
    alice.wait_for("gone");
    let text = done(folder.path(), &["export", "#lobby"]);
    assert!(text.contains("<alice> \\u{1b}[2Jgone \\u{202e}drawkcab"), "{text:?}");
    server.stop();
}

#[test]
fn a_history_that_would_put_words_into_the_servers_mouth_is_not_imported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.jsonl");
    for (key, text) in [
        ("source", "alice!~alice@tea\\r\\nERROR :gone"),
        ("source", "alice!~alice@tea JOIN #tea"),
        ("account", "alice\\r\\nERROR :gone"),
        ("tags", "+a=b :x ERROR"),
        ("words", "\\u0000"),
    ] {
        let mut line =
            r#"{"time": "2026-01-01T00:00:00Z", "kind": "PRIVMSG", "source": "a!b@c", "words": "茶"}"#
                .to_owned();
        assert!(line.pop() == Some('}'));
        fs::write(&file, format!("{line}, \"{key}\": \"{text}\"}}\n")).unwrap();
        let (_, _, complaint) = run(folder.path(), &["import", "#tea", file.to_str().unwrap()]);
        assert!(complaint.contains("line 1 is not a line"), "{key} {text}: {complaint}");
    }
}

#[test]
fn a_backup_is_made_while_the_server_runs_and_is_a_database_to_start_with() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = start(here.path());
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("PRIVMSG #lobby :before the backup\r\nCHATHISTORY LATEST #lobby * 1");
    alice.wait_for("before the backup");
    let copy = there.path().join("teahouse.db");
    for _ in 0..2 {
        done(here.path(), &["backup", copy.to_str().unwrap()]);
    }
    server.stop();
    let rights = || fs::metadata(&copy).unwrap().permissions().mode() & 0o777;
    assert_eq!(rights(), 0o600, "the hashes of all passwords are in it");
    // As it is where it was copied back by hand.
    fs::set_permissions(&copy, Permissions::from_mode(0o644)).unwrap();
    let server = start(there.path());
    assert_eq!(rights(), 0o600);
    let mut bob = Peer::login(server.addresses()[0], "bob");
    bob.send("CHATHISTORY LATEST #lobby * 1");
    bob.wait_for("before the backup");
    server.stop();
}

#[test]
fn a_roster_becomes_accounts_with_passwords_for_those_who_have_none() {
    let folder = tempfile::tempdir().unwrap();
    let roster = folder.path().join("roster.csv");
    fs::write(&roster, "\u{feff}姓名,密码\r\n小明,\r\n小红,a-good-password\r\n\r\n").unwrap();
    let roster = roster.to_str().unwrap();
    let printed = done(folder.path(), &["import", "accounts", roster]);
    let (name, password) = printed.trim_end().split_once(',').unwrap();
    assert_eq!(name, "小明", "only who has none gets a password: {printed}");
    let (well, _, complaint) = run(folder.path(), &["import", "accounts", roster]);
    assert!(!well && complaint.contains("line 2: 小明: there is an account of this name"), "{complaint}");
    let accounts = done(folder.path(), &["export", "accounts"]);
    assert!(accounts.starts_with("name,since\n小明,") && accounts.contains("\n小红,"), "{accounts}");

    let server = start(folder.path());
    let mut ming = Peer::login(server.addresses()[0], "guest");
    ming.send(&format!("PRIVMSG NickServ :IDENTIFY 小明 {password}"));
    ming.wait_for(" 900 ");
    server.stop();

    for (row, complaint) in [
        ("two words", "line 1: two words: not a nickname"),
        ("carol,short", "line 1: carol: A password has at least 8 characters"),
        ("dave\ndave", "line 2: dave: there is an account of this name"),
    ] {
        fs::write(roster, row).unwrap();
        let (well, _, said) = run(folder.path(), &["import", "accounts", roster]);
        assert!(!well && said.contains(complaint), "{said}");
    }
    let (_, _, complaint) = run(folder.path(), &["export", "tea"]);
    assert!(complaint.contains("tea is not a room's name"), "{complaint}");
}

#[test]
fn a_damaged_database_is_left_alone_and_the_console_says_what_can_be_done() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path()).stop();
    let file = folder.path().join("teahouse.db");
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[4096..half].fill(0x5a);
    fs::write(&file, &bytes).unwrap();
    let (well, _, complaint) = run(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert!(!well && complaint.contains("is damaged") && complaint.contains(".recover"), "{complaint}");
    assert_eq!(fs::read(&file).unwrap(), bytes, "it is as it was");
}
