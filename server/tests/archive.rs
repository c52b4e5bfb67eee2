//! `backup`, `export` and `import`, as a person at the console uses them.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command
}

/// Runs the program on a folder: whether it went well, what it printed, what it complained of.
fn run(folder: &Path, words: &[&str]) -> (bool, String, String) {
    outcome(program().arg("--data-dir").arg(folder).args(words))
}

fn outcome(command: &mut Command) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.code().is_some(), "it ends by itself: {status}");
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(!stderr.contains("panicked"), "{stderr}");
    (status.success(), stdout, stderr)
}

/// Runs the program in a shell that prepares for it, as `$server`.
fn shell(script: &str, folder: &Path) -> (bool, String, String) {
    let mut bash = Command::new("bash");
    bash.args(["-c", script]).current_dir(folder).env("server", env!("CARGO_BIN_EXE_teahouse-server"));
    outcome(bash.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("HOME", folder).env_remove("XDG_DATA_HOME"))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
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
    for said in ["4 messages imported\n", "0 messages imported, 4 were there already\n"] {
        let (well, _, complaint) = run(there.path(), &["import", "#tea", file]);
        assert!(well && complaint.ends_with(said), "{complaint}");
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
    assert!(complaint.contains("Stop it, import, and start it again"), "{complaint}");
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
        ("kind\": \"TOPIC\", \"words", "green\\nERROR :gone"),
        ("kind\": \"PART\", \"words", "bye\\rERROR :gone"),
        ("words", &"far too long ".repeat(50)),
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
fn a_backup_whose_name_the_database_cannot_have_is_refused_for_that_and_leaves_nothing() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    start(here.path()).stop();
    let mut backup = program();
    backup.arg("--data-dir").arg(here.path()).arg("backup");
    let (well, _, complaint) = outcome(backup.arg(there.path().join(OsStr::from_bytes(b"caf\xe9.db"))));
    assert!(!well && complaint.ends_with("invalid filename\n"), "{complaint}");
    assert_eq!(names(there.path()), [""; 0]);
}

#[test]
fn a_backup_never_takes_the_place_of_the_database_by_whatever_name_it_is_called() {
    let (house, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = house.path().join("data");
    fs::create_dir(&data).unwrap();
    let server = start(&data);
    let database = data.join("teahouse.db");
    symlink(&database, elsewhere.path().join("link")).unwrap();
    symlink(&data, elsewhere.path().join("folder")).unwrap();
    fs::hard_link(&database, elsewhere.path().join("second name")).unwrap();
    let mut server = Some(server);
    for is_running in [true, false] {
        if !is_running {
            server.take().unwrap().stop();
        }
        let before = fs::read(&database).unwrap();
        for name in [
            "teahouse.db",
            "./../data/teahouse.db",
            "teahouse.db-wal",
            "teahouse.db-shm",
            "teahouse.db-journal",
            "teahouse.lock",
            "self-signed.pem",
            "TeaHouse.DB",
            "teahouse.v5.db",
        ] {
            let script = format!("$server --data-dir . backup '{name}'");
            let (well, _, complaint) = shell(&script, &data);
            assert!(!well && complaint.contains("of the server's own"), "{name}: {complaint}");
        }
        // The next start would remove it, to listen there.
        let (well, _, complaint) = shell("$server --data-dir . backup teahouse.sock", &data);
        assert!(!well, "{complaint}");
        for name in ["link", "second name", "folder/teahouse.db", "folder/new/../teahouse.db-wal"] {
            let (well, _, complaint) = run(&data, &["backup", elsewhere.path().join(name).to_str().unwrap()]);
            assert!(!well, "{name}: {complaint}");
        }
        assert_eq!(fs::read(&database).unwrap(), before);
    }
    assert!(!names(&data).iter().any(|name| name.contains("unfinished")));
    start(&data).stop();
}

#[test]
fn a_backup_takes_the_place_of_an_older_one_and_of_nothing_else() {
    let (house, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    start(house.path()).stop();
    start(other.path()).stop();
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    fs::write(path("essay"), "Mine.\n").unwrap();
    fs::create_dir(path("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    symlink(path("nowhere"), path("link")).unwrap();
    symlink("/dev/full", path("full")).unwrap();
    fs::write(path("used.db"), "").unwrap();
    fs::write(path("used.db-wal"), "").unwrap();
    // It has the name of a copy that was interrupted, and is none.
    fs::write(path("mine.unfinished"), "Mine.\n").unwrap();
    let before = names(place.path());
    let others = other.path().join("teahouse.db");
    for target in
        ["essay", "folder", "pipe", "link", "full", "used.db", "mine", "no/file", "new/", "/dev/null", ""]
            .iter()
            .map(|name| if name.is_empty() { others.clone() } else { place.path().join(name) })
    {
        let before = target.is_file().then(|| fs::read(&target).unwrap());
        let (well, _, complaint) = run(house.path(), &["backup", target.to_str().unwrap()]);
        assert!(!well && complaint.contains(target.to_str().unwrap()), "{target:?}: {complaint}");
        assert_eq!(before, target.is_file().then(|| fs::read(&target).unwrap()), "{target:?}");
    }
    assert_eq!(names(place.path()), before, "nothing is left behind");
    assert_eq!(fs::read(path("mine.unfinished")).unwrap(), b"Mine.\n");
    fs::write(path("empty"), "").unwrap();
    for name in ["new.db", "new.db", "empty"] {
        let script = format!("umask 777; $server --data-dir {} backup {name}", house.path().display());
        let (well, _, said) = shell(&script, place.path());
        assert!(well && said.contains(&format!("backed up as {name}")), "{said}");
        assert_eq!(fs::metadata(path(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_backup_that_finds_no_room_leaves_the_older_one_and_nothing_else() {
    let house = tempfile::tempdir().unwrap();
    start(house.path()).stop();
    done(house.path(), &["backup", house.path().join("old").to_str().unwrap()]);
    let (files, old) = (names(house.path()), fs::read(house.path().join("old")).unwrap());
    for script in
        ["ulimit -f 60; $server --data-dir . backup old", "ulimit -f 60; $server --data-dir . backup new"]
    {
        let (well, _, complaint) = shell(script, house.path());
        assert!(!well && complaint.contains("cannot write"), "{complaint}");
        assert_eq!(names(house.path()), files);
    }
    assert_eq!(fs::read(house.path().join("old")).unwrap(), old);
}

#[test]
fn a_backup_says_what_else_a_house_is_made_of() {
    let house = tempfile::tempdir().unwrap();
    start(house.path()).stop();
    fs::write(house.path().join("self-signed.pem"), "").unwrap();
    fs::write(house.path().join("house.toml"), "data_dir = '.'\nmotd_file = 'motd.txt'\n").unwrap();
    let (well, _, said) = shell("$server --config house.toml backup copy.db", house.path());
    let there = house.path().display();
    let list = format!("{there}/house.toml, {there}/self-signed.pem, {there}/motd.txt");
    assert!(well && said.contains(&format!("take these along too: {list}")), "{said}");
}

#[test]
fn where_there_is_no_database_nothing_is_made_and_where_there_is_one_it_is_named() {
    let house = tempfile::tempdir().unwrap();
    fs::write(house.path().join("roster.csv"), "alice\n").unwrap();
    for words in ["backup x", "export accounts", "export '#lobby'", "import accounts roster.csv"] {
        for folder in ["", "--data-dir missing"] {
            let (well, printed, complaint) = shell(&format!("$server {folder} {words}"), house.path());
            assert!(!well && printed.is_empty() && complaint.contains("there is no database"), "{complaint}");
        }
    }
    assert_eq!(names(house.path()), ["roster.csv"]);
    let own = house.path().join(".local/share/teahouse-server");
    fs::create_dir_all(&own).unwrap();
    start(&own).stop();
    let (well, _, said) = shell("$server export accounts", house.path());
    assert!(well && said.contains(&format!("the database is {}/teahouse.db", own.display())), "{said}");
    let (well, printed, complaint) = shell("$server export '#nowhere'", house.path());
    assert!(!well && printed.is_empty() && complaint.contains("there is no room #nowhere"), "{complaint}");
    assert!(shell("$server export '#lobby'", house.path()).0, "nothing was said there yet");
}

#[test]
fn times_in_an_export_say_their_zone() {
    let house = tempfile::tempdir().unwrap();
    let line = r##"{"time": "2026-01-01T00:00:00Z", "kind": "PRIVMSG", "source": "a!b@c", "words": "茶"}"##;
    fs::write(house.path().join("tea.jsonl"), line).unwrap();
    done(house.path(), &["import", "#tea", house.path().join("tea.jsonl").to_str().unwrap()]);
    let (_, text, _) = outcome(
        program().env("TZ", "Asia/Shanghai").arg("--data-dir").arg(house.path()).args(["export", "#tea"]),
    );
    assert_eq!(text, "2026-01-01 08:00:00+08:00 <a> 茶\n");
}

/// The accounts that there are.
fn accounts(folder: &Path) -> Vec<String> {
    let printed = done(folder, &["export", "accounts"]);
    printed.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn nobody_has_an_account_whose_password_nobody_could_read() {
    let house = tempfile::tempdir().unwrap();
    start(house.path()).stop();
    let roster = written(house.path(), "roster.csv", "alice\nbob\n");
    let import = |out: Stdio| {
        let mut command = program();
        command.arg("--data-dir").arg(house.path()).args(["import", "accounts"]).arg(&roster).stdout(out);
        let output = command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    for out in [Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap()), writer.into()] {
        let (code, complaint) = import(out);
        assert_eq!(code, Some(1), "{complaint}");
        assert!(
            complaint.contains("nobody reads the passwords") && !complaint.contains("panicked"),
            "{complaint}"
        );
        assert!(accounts(house.path()).is_empty());
    }
    assert_eq!(import(Stdio::null()).0, Some(0));
    assert_eq!(accounts(house.path()), ["alice", "bob"]);
    for script in
        ["$server --data-dir . export accounts > /dev/full", "$server --data-dir . export accounts | head -0"]
    {
        let (_, _, complaint) = shell(script, house.path());
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
}

#[test]
fn a_roster_that_is_no_table_plays_no_tricks_on_the_terminal() {
    let house = tempfile::tempdir().unwrap();
    start(house.path()).stop();
    let roster = written(house.path(), "roster.csv", "al\x1b[2Jice\nbo\0b\n");
    let (well, _, complaint) = run(house.path(), &["import", "accounts", roster.to_str().unwrap()]);
    assert!(!well && complaint.contains("line 1: al\\u{1b}[2Jice"), "{complaint}");
    assert!(complaint.chars().all(|c| c == '\n' || !c.is_control()), "{complaint:?}");
}

#[test]
fn what_export_writes_is_no_roster_and_gives_nobody_a_password() {
    let house = tempfile::tempdir().unwrap();
    let roster = written(house.path(), "roster.csv", "alice\nbob\n");
    done(house.path(), &["import", "accounts", roster.to_str().unwrap()]);
    let there = tempfile::tempdir().unwrap();
    let exported = done(house.path(), &["export", "accounts"]);
    let without_heading = exported.split_once('\n').unwrap().1;
    for text in [&exported, without_heading, "姓名,学号\n小明,20260101\n"] {
        let file = written(there.path(), "accounts.csv", text);
        let (well, printed, complaint) = run(there.path(), &["import", "accounts", file.to_str().unwrap()]);
        assert!(!well && printed.is_empty() && complaint.contains("roster"), "{complaint}");
        assert!(accounts(there.path()).is_empty());
    }
}

#[test]
fn every_line_of_a_roster_that_is_wrong_is_named_and_nobody_is_taken() {
    let house = tempfile::tempdir().unwrap();
    let long = "x".repeat(301);
    let text =
        format!("name,password\nalice\nаlice\nNickServ\ntwo words\nbob,short\ncarol,{long}\nAlice\n\"dave\n");
    let file = written(house.path(), "roster.csv", text);
    let (well, printed, complaint) = run(house.path(), &["import", "accounts", file.to_str().unwrap()]);
    assert!(!well && printed.is_empty());
    let said: Vec<_> = complaint.lines().filter(|line| line.contains("nothing has been imported")).collect();
    let expected = [
        "line 3: аlice: there is an account of this name, or of one that looks the same, in line 2",
        "line 4: NickServ: That name is a servant's",
        "line 5: two words: not a nickname",
        "line 6: bob: A password has at least 8 characters",
        "line 7: carol: A password has at most 300 bytes",
        "line 8: Alice: there is an account of this name, or of one that looks the same, in line 2",
        "line 9: : a quotation mark is not closed",
    ];
    assert_eq!(said.len(), expected.len(), "{complaint}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}\n{expected}");
    }
    assert!(accounts(house.path()).is_empty());
    for (text, expected) in [
        (&b""[..], "there is no name in it"),
        (b"name,password\n", "there is no name in it"),
        (b"xiao\xe5\xb0\x8f\nli\xff\n", "line 2 is not in UTF-8; save it as \"CSV UTF-8\""),
    ] {
        let file = written(house.path(), "roster.csv", text);
        let (well, _, complaint) = run(house.path(), &["import", "accounts", file.to_str().unwrap()]);
        assert!(!well && complaint.contains(expected), "{complaint}");
    }
    let file = written(
        house.path(),
        "roster.csv",
        b"\xd0\xd5\xc3\xfb,\xc3\xdc\xc2\xeb\r\n\xd0\xa1\xc3\xf7,12345678\r\n",
    );
    let (well, _, said) = run(house.path(), &["import", "accounts", file.to_str().unwrap()]);
    assert!(well && said.contains("is read as gb18030"), "{said}");
    assert_eq!(accounts(house.path()), ["小明"]);
}

#[test]
fn a_history_from_elsewhere_is_taken_whole_or_each_line_that_is_not_is_named() {
    let house = tempfile::tempdir().unwrap();
    let line = |words: &str| {
        format!(
            r#"{{"time": "2026-11-01T00:00:00Z", "kind": "PRIVMSG", "source": "a!b@c", "words": "{words}"}}"#
        )
    };
    let import = |text: &str| {
        let file = written(house.path(), "tea.jsonl", text);
        run(house.path(), &["import", "#tea", file.to_str().unwrap()])
    };
    let export = || done(house.path(), &["export", "#tea", "--json"]);
    let three = ["ha", "ha", "ho"].map(line).join("\r\n");
    for (bom, new) in [("\u{feff}", "3 messages"), ("", "0 messages")] {
        let (well, _, said) = import(&format!("{bom}{three}"));
        assert!(well && said.contains(new), "{said}");
    }
    let all = export();
    let words: Vec<_> = all.lines().map(|line| line.split("\"words\":").nth(1).unwrap()).collect();
    assert_eq!(words, ["\"ha\"}", "\"ha\"}", "\"ho\"}"]);
    let mut ids: Vec<_> = all.lines().map(|line| line.split("\"id\":").nth(1).unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{all}");
    for (wrong, why) in [
        ("not json".to_owned(), "not an object in JSON"),
        (line("x").replace("PRIVMSG", "privmsg"), "kind is missing or cannot be used"),
        (line("x").replace("2026", "9026"), "it is from the future"),
        (line("x").replace("2026", "1926"), "time is missing or cannot be used"),
        (line("x").replace("\"kind\"", "\"id\": 7, \"kind\""), "id is missing or cannot be used"),
        (all.lines().next().unwrap().replace("\"ha\"", "\"hm\""), "another message has its id already"),
    ] {
        let (well, _, complaint) = import(&format!("{}\n{wrong}\n{wrong}\n", line("new")));
        assert!(!well && complaint.contains(why), "{complaint}");
        assert!(complaint.contains("line 2 is not") && complaint.contains("line 3 is not"), "{complaint}");
        assert_eq!(export(), all, "nothing of it was taken");
    }
    assert!(!import("\n").0, "an empty file is no history");
    let (well, _, said) = import(&line("old").replace("2026-11", "2020-11"));
    assert!(well && said.contains("1 of them are older than 90 days"), "{said}");
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
