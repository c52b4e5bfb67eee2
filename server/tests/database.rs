//! A database as strangers leave it: out of reach, full, somebody else's, newer, or changed by hand.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use peer::Peer;
use rusqlite::Connection;
use teahouse_server::{Config, Server};
use tempfile::TempDir;

fn start(folder: &Path) -> Server {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        data_dir: Some(folder.to_owned()),
        flood_protection: false,
        cloak: false,
        ..Config::default()
    };
    Server::start(config).unwrap_or_else(|text| panic!("{text:?}"))
}

/// A house whose server is stopped, for a user who is not root.
struct House {
    place: TempDir,
    data: PathBuf,
    program: PathBuf,
}

impl House {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let (data, program) = (place.path().join("data"), place.path().join("teahouse-server"));
        start(&data).stop();
        // Where others can reach it, too.
        fs::copy(env!("CARGO_BIN_EXE_teahouse-server"), &program).unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
        let house = Self { place, data, program };
        if is_root() {
            let everything = fs::read_dir(&house.data).unwrap().map(|entry| entry.unwrap().path());
            for path in everything.chain([house.data.clone()]) {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        house
    }

    fn database(&self) -> PathBuf {
        self.data.join("teahouse.db")
    }

    /// Starts the server, which does not start; returns what it says, in English and in 中文.
    fn refusal(&self, limits: &str) -> [String; 2] {
        ["en", "zh"].map(|language| {
            let drop = if is_root() { "setpriv --reuid=65534 --regid=65534 --clear-groups" } else { "" };
            let script = format!(
                "{limits} exec {drop} \"$0\" --data-dir data --listen 127.0.0.1:0 --language {language}"
            );
            let mut bash = Command::new("bash");
            bash.args(["-c", &script])
                .arg(&self.program)
                .current_dir(self.place.path())
                .env("LC_ALL", "C.UTF-8");
            let Output { status, stderr, .. } = bash.output().unwrap();
            let said = String::from_utf8(stderr).unwrap();
            assert_eq!(status.code(), Some(1), "{said}");
            said
        })
    }
}

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[track_caller]
fn check(said: &[String; 2], english: &str, chinese: &str) {
    assert!(said[0].contains(english) && said[1].contains(chinese), "{said:?}");
    for word in ["damaged", "recover", "损坏"] {
        assert!(!said.iter().any(|said| said.contains(word)), "{said:?}");
    }
}

#[test]
fn what_is_out_of_reach_or_may_not_grow_is_called_so_and_not_damaged() {
    let house = House::new();
    let before = fs::read(house.database()).unwrap();
    let log = house.data.join("teahouse.db-wal");
    fs::write(&log, "").unwrap();
    if is_root() {
        std::os::unix::fs::chown(&log, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    for (path, mode, usual) in
        [(house.database(), 0o000, 0o600), (log, 0o000, 0o600), (house.data.clone(), 0o500, 0o700)]
    {
        // What is one's own is made right by the server.
        if path == house.database() && !is_root() {
            continue;
        }
        let owner = fs::metadata(&path).unwrap().uid();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&path, Some(0), Some(0)).unwrap();
        }
        let words = format!("may not read and write {}", path.display());
        check(&house.refusal(""), &words, "无权读写");
        fs::set_permissions(&path, Permissions::from_mode(usual)).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&path, Some(owner), Some(owner)).unwrap();
        }
    }
    check(&house.refusal("ulimit -f 0;"), "(ulimit -f)", "（ulimit -f）");
    assert_eq!(fs::read(house.database()).unwrap(), before);
    start(&house.data).stop();
}

#[test]
fn what_is_no_database_of_this_version_is_called_what_it_is_and_left_alone() {
    let house = House::new();
    let put = |bytes: &[u8]| {
        fs::write(house.database(), bytes).unwrap();
        let said = house.refusal("");
        assert_eq!(fs::read(house.database()).unwrap(), bytes, "it is as it was");
        said
    };
    check(
        &put("My notes about tea.\n".repeat(1000).as_bytes()),
        "is not a database of Teahouse",
        "不是茶馆的数据库",
    );
    let database = |statements: &str| {
        let place = tempfile::tempdir().unwrap();
        let connection = Connection::open(place.path().join("x.db")).unwrap();
        connection.execute_batch(statements).unwrap();
        drop(connection);
        fs::read(place.path().join("x.db")).unwrap()
    };
    check(
        &put(&database("CREATE TABLE recipe (name TEXT)")),
        "is not a database of Teahouse",
        "不是茶馆的数据库",
    );
    check(&put(&database("PRAGMA user_version = 99")), "belongs to a newer Teahouse", "更新版本的茶馆");
    fs::remove_file(house.database()).unwrap();
    fs::create_dir(house.database()).unwrap();
    check(&house.refusal(""), "is not a file but something else", "不是普通文件");
    fs::remove_dir(house.database()).unwrap();
    assert!(Command::new("mkfifo").arg(house.database()).status().unwrap().success());
    check(&house.refusal(""), "is not a file but something else", "不是普通文件");
}

#[test]
fn what_root_does_in_the_servers_folder_does_not_keep_the_server_out() {
    // Who is not root leaves nothing of root's.
    if !is_root() {
        return;
    }
    let house = House::new();
    let roster = house.place.path().join("roster.csv");
    fs::write(&roster, "alice,sesame12\n").unwrap();
    fs::remove_file(house.data.join("teahouse.lock")).unwrap();
    let copy = house.place.path().join("copy.db");
    for words in [
        ["import", "accounts", roster.to_str().unwrap()].as_slice(),
        &["export", "accounts"],
        &["bans", "list"],
        &["accounts", "list"],
        &["backup", copy.to_str().unwrap()],
    ] {
        let mut sudo = Command::new(&house.program);
        let output = sudo.arg("--data-dir").arg(&house.data).args(words).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    for entry in fs::read_dir(&house.data).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().uid(), NOBODY, "{:?}", entry.file_name());
    }
}

#[test]
fn what_somebody_has_changed_by_hand_keeps_nobody_out() {
    let place = tempfile::tempdir().unwrap();
    let server = start(place.path());
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("NS REGISTER sesame12\r\nPRIVMSG #lobby :before");
    alice.wait_for(" 900 ");
    alice.lines_so_far();
    server.stop();
    let connection = Connection::open(place.path().join("teahouse.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO account (name, since, password) VALUES ('two words', -1, ''), (CAST(x'ff' AS TEXT), 0, ''),
                 ('carol', 9223372036854775807, CAST(x'ff' AS TEXT)), ('dave', -9223372036854775807, 'x');
             INSERT INTO certificate VALUES (CAST(x'fe' AS TEXT), 'alice');
             INSERT INTO ban (kind, target, reason, who, until) VALUES ('D', 'nonsense', 'x', 'y', 9223372036854775807),
                 ('K', CAST(x'ff' AS TEXT), 'x', 'y', NULL), ('Z', 'x!*@*', 'x', 'y', -5 + 9223372036854775807);
             INSERT INTO channel (name, created, founder, flags, user_limit, slow_secs, topic, topic_when) VALUES
                 ('no room', 0, 'alice', '', NULL, NULL, NULL, NULL), ('#a', -9223372036854775807, 'nobody', '??', -1, NULL, 'x', 9223372036854775807),
                 ('#b', 0, 'alice', '', 9223372036854775807, -5, NULL, NULL);
             INSERT INTO channel_access VALUES ('#a', 0, 'alice', 'owner'), ('#a', -1, CAST(x'ff' AS TEXT), 'o');
             INSERT INTO channel_list VALUES ('#a', 'b', 0, CAST(x'ff' AS TEXT), '', 0), ('#a', 'q', 0, 'x', '', 0),
                 ('#a', 'e', 0, 'x!*@*', '', 9223372036854775807);
             INSERT INTO presence (account, nick, user, host, realname, modes) VALUES
                 ('alice', 'two words', 'u', 'h', 'r', '?'), ('nobody', 'nobody', 'u', 'h', 'r', 'i');
             INSERT INTO presence_room (account, position, channel, ranks) VALUES ('nobody', 0, 'no room', 'zz');
             INSERT INTO marker VALUES ('alice', '#lobby', -9223372036854775808), (CAST(x'ff' AS TEXT), 'x', 'x');
             INSERT INTO room VALUES ('#lobby', 9223372036854775807), ('no room', 'yesterday');
             INSERT INTO message (id, place, kind, source, words) SELECT -7, id, 1, 'x', 'negative' FROM place;
             INSERT INTO message (id, place, kind, source, words) SELECT 7, id, 999, 'x', 7 FROM place;
             INSERT INTO message (id, place, kind, source, account, words)
                 SELECT max(message.id) + 1, max(place), 1, 'eve!e@h' || char(13, 10) || 'ERROR :gone', x'ff', CAST(x'e88cb6ff' AS TEXT) FROM message;
             INSERT INTO message (id, place, kind, source, words)
                 SELECT 9223372036854775807, id, 1, 'x', 'the end of time' FROM place;",
        )
        .unwrap();
    drop(connection);
    let server = start(place.path());
    let mut bob = Peer::login(server.addresses()[0], "bob");
    bob.send("CHATHISTORY LATEST #lobby * 50\r\nSEARCH in:#lobby before\r\nJOIN #a,#b\r\nMODE #a beI\r\nPRIVMSG #lobby :still here");
    let lines = bob.lines_so_far();
    assert!(lines.iter().any(|line| line.contains("before")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("ERROR")), "{lines:?}");
    bob.send("NS IDENTIFY alice sesame12");
    bob.wait_for(" 900 ");
    server.stop();
    let mut export = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
    export.arg("--data-dir").arg(place.path()).args(["export", "#lobby"]).env("LC_ALL", "C.UTF-8");
    let Output { status, stdout, .. } = export.output().unwrap();
    let text = String::from_utf8(stdout).unwrap();
    assert!(status.success() && text.contains("茶\u{fffd}") && text.contains("still here"), "{text}");

    let connection = Connection::open(place.path().join("teahouse.db")).unwrap();
    connection.execute_batch("UPDATE secret SET value = 'short'").unwrap();
    drop(connection);
    let config = Config { data_dir: Some(place.path().to_owned()), ..Config::default() };
    let refused =
        Server::start(Config { listen: vec!["127.0.0.1:0".parse().unwrap()], ..config }).unwrap_err();
    let said = refused.to_string(teahouse_server::text::language::Language::English);
    assert!(said.contains("something in the database") && said.contains("cannot read"), "{said}");
}
