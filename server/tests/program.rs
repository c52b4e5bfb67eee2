//! The program `teahouse-server`, as a person at the console meets it: its words, its signals, its exit codes.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/trust.rs"]
mod trust;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use peer::Peer;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};
use teahouse_server::net::tls::Fingerprint;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_teahouse-server");

fn command(args: &[&str]) -> Command {
    command_of(PROGRAM.as_ref(), args)
}

fn command_of(program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).env("LC_ALL", "C.UTF-8").env_remove("RUST_LOG").env_remove("LANGUAGE");
    command
}

/// Runs it to its end, for command lines that cannot serve.
fn run(args: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = command(args).output().unwrap();
    (status.code().expect("it exits"), String::from_utf8([stdout, stderr].concat()).unwrap())
}

/// A running server; ended with the test, whatever becomes of it.
struct Running {
    child: Child,
    console: Receiver<String>,
    address: SocketAddr,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        Self::launch(command(args))
    }

    fn launch(mut command: Command) -> Self {
        command.args(["--listen", "127.0.0.1:0", "--cloak", "false", "--data-dir", ""]);
        Self::launch_as_it_is(command)
    }

    /// Where the file says where to listen.
    fn launch_as_it_is(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (says, console) = channel();
        // Ends with the child, or with the test.
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| says.send(line)));
        let mut running = Self { child, console, address: SocketAddr::from(([0, 0, 0, 0], 0)) };
        let line = running.read_until("listening on ");
        let (_, address) = line.split_once("listening on ").unwrap();
        running.address = address.trim_end_matches('）').parse().unwrap();
        running
    }

    fn read_until(&mut self, part: &str) -> String {
        self.lines_until(part).pop().expect("at least the line with the part")
    }

    fn lines_until(&mut self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while !lines.last().is_some_and(|line: &String| line.contains(part)) {
            let line = self.console.recv_timeout(peer::DEADLINE);
            lines.push(line.unwrap_or_else(|error| panic!("{part:?}: {error}: {lines:#?}")));
        }
        lines
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn exit_code(mut self) -> i32 {
        self.child.wait().unwrap().code().expect("it exits by itself")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_console_tells_who_came_who_left_and_why_and_how_many_are_here() {
    let mut server = Running::start(&["--language", "zh"]);
    let mut ming = Peer::login(server.address, "小明");
    let came = server.read_until("小明");
    assert!(came.contains("小明 从 127.0.0.1:") && came.ends_with("进来了 · 现有 1 人"), "{came}");
    let mut alice = Peer::login(server.address, "alice");
    assert!(server.read_until("alice").ends_with("进来了 · 现有 2 人"));
    ming.send("QUIT :回家");
    assert!(server.read_until("离开").ends_with("小明 离开了（Quit: 回家）· 现有 1 人"));
    alice.send("NICK 爱丽丝");
    assert!(server.read_until("改名").ends_with("alice 改名为 爱丽丝"));
    drop(alice);
    assert!(server.read_until("离开").ends_with("爱丽丝 离开了（连接已断开）· 现有 0 人"));
}

#[test]
fn without_descriptors_newcomers_are_told_so_and_the_console_once() {
    // A hundred descriptors, of which sixty are taken already by something that the server cannot know of.
    let script = r#"ulimit -n 100; for fd in {30..89}; do eval "exec $fd</dev/null"; done; exec "$@""#;
    let mut shell = Command::new("bash");
    shell.args(["-c", script, "bash", PROGRAM]).env("LC_ALL", "C.UTF-8");
    let mut server = Running::launch(shell);
    let mut guests = Vec::new();
    let full = |line: &str| line.contains("The teahouse is full");
    while guests.len() < 100 {
        let mut guest = Peer::connect(server.address);
        // Whoever is turned away may not get this across, and hears why.
        let _ = guest.try_send("PING in");
        if full(&guest.line().expect("an answer, or the reason")) {
            break;
        }
        guests.push(guest);
    }
    assert!((5..36).contains(&guests.len()), "{} came in", guests.len());
    assert!(full(&Peer::connect(server.address).last_words()), "and so is the next one");
    guests.truncate(2);
    let mut again = loop {
        let mut guest = Peer::connect(server.address);
        let _ = guest.try_send("PING in");
        if guest.line().is_some_and(|line| line.contains("PONG")) {
            break guest;
        }
    };
    let console = server.lines_until("taking new connections again");
    assert_eq!(
        console.iter().filter(|line| line.contains("cannot take new connections")).count(),
        1,
        "{console:?}"
    );
    again.send("NICK again\r\nUSER a 0 * :a");
    again.wait_for(" 001 ");
}

#[test]
fn what_a_client_says_cannot_play_tricks_on_the_console() {
    let mut server = Running::start(&[]);
    let mut mallory = Peer::login(server.address, "mallory");
    mallory.send("QUIT :\x1b[2Jgone\u{202e}");
    assert!(server.read_until("left").ends_with("mallory left (Quit: \\u{1b}[2Jgone\\u{202e}) · 0 here"));
}

#[test]
fn a_password_in_the_place_of_a_name_is_not_written_down() {
    let mut server = Running::start(&["--operators", "root:sesame00"]);
    let mut alice = Peer::login(server.address, "alice");
    alice.send("OPER sesame00 root");
    alice.wait_for(" 464 ");
    for line in ["NS REGISTER sesame12", "NS IDENTIFY sesame12 alice", "NS IDENTIFY alice sesame13"] {
        alice.send(line);
        alice.wait_for("NickServ");
    }
    let lines = server.lines_until("gave a wrong password for the account alice");
    for said in
        ["tried to become an operator that there is not", "tried to log in to an account that there is not"]
    {
        assert!(lines.iter().any(|line| line.ends_with(said)), "{said}: {lines:?}");
    }
    assert!(!lines.iter().any(|line| line.contains("sesame")), "{lines:?}");
}

#[test]
fn a_login_before_there_is_a_nickname_is_logged_with_the_address() {
    let mut server = Running::start(&[]);
    let mut alice = Peer::login(server.address, "alice");
    alice.send("NS REGISTER sesame12");
    alice.wait_for(" 900 ");
    server.read_until("alice is logged in as alice");
    let mut other = Peer::connect(server.address);
    for line in ["CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE AGFsaWNlAHNlc2FtZTEy"] {
        other.send(line);
    }
    other.wait_for(" 903 ");
    let line = server.read_until(" is logged in as alice");
    assert!(line.contains(" 127.0.0.1:"), "{line}");
}

#[test]
fn whom_an_operator_bans_and_lets_in_again_stands_on_the_console() {
    let mut server = Running::start(&["--operators", "root:root"]);
    let mut root = Peer::login(server.address, "root");
    root.send("OPER root root\r\nKLINE mallory :too loud\r\nUNKLINE mallory");
    assert!(server.read_until("mallory").ends_with("root banned mallory!*@*: too loud"));
    assert!(server.read_until("mallory").contains("lifted"));
}

#[test]
fn a_server_that_may_raise_its_limit_of_descriptors_lets_more_people_in() {
    let mut shell = Command::new("bash");
    let script = r#"ulimit -Hn 300; ulimit -Sn 60; exec "$@""#;
    shell.args(["-c", script, "bash", PROGRAM]).env("LC_ALL", "C.UTF-8");
    let server = Running::launch(shell);
    let _guests: Vec<_> = (0..80).map(|n| Peer::login(server.address, &format!("guest{n}"))).collect();
}

#[test]
fn a_signal_ends_it_with_a_farewell_and_exit_code_0_within_two_seconds() {
    for (signal, name) in [(Signal::TERM, "SIGTERM"), (Signal::INT, "SIGINT")] {
        let mut server = Running::start(&[]);
        let mut alice = Peer::login(server.address, "alice");
        let mut stranger = Peer::connect(server.address);
        stranger.send("PING here");
        stranger.wait_for("PONG");
        let told = Instant::now();
        server.signal(signal);
        for person in [&mut alice, &mut stranger] {
            let words = person.last_words();
            assert_eq!(words, "ERROR :Closing link to 127.0.0.1: The teahouse is closing. Goodbye!");
        }
        server.read_until(&format!("{name}: closing"));
        let rest = server.lines_until("everybody has left, goodbye");
        assert!(!rest.iter().any(|line| line.contains("panicked")), "{rest:?}");
        assert_eq!(server.exit_code(), 0);
        assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    }
}

#[test]
fn a_port_in_use_a_bad_port_and_an_address_of_another_machine_are_each_said_plainly() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = run(&["--listen", &address]);
    assert_eq!(code, 1);
    assert!(
        said.contains(&format!(
            "cannot listen on {address}: port {} is in use",
            taken.local_addr().unwrap().port()
        )),
        "{said}"
    );

    for flag in ["--listen", "--listen-tls"] {
        let (code, said) = run(&["--data-dir", "", "--listen", "127.0.0.1:0", flag, "203.0.113.7:6667"]);
        assert_eq!(code, 1);
        for part in ["not this machine's", "127.0.0.1", "0.0.0.0:6667"] {
            assert!(said.contains(part), "{flag}: {part} is missing in: {said}");
        }
    }

    for bad in ["127.0.0.1:abc", "127.0.0.1:99999", "127.0.0.1", "somewhere:6667"] {
        let (code, said) = run(&["--listen", bad]);
        assert_eq!(code, 2, "{bad}");
        let expected = format!(
            "teahouse-server: --listen: listen: expected addresses to listen on, such as 127.0.0.1:6667 or 0.0.0.0:6667; found {bad:?}: "
        );
        assert!(said.starts_with(&expected), "{said}");
    }
}

#[test]
fn mistakes_on_the_command_line_and_in_the_file_are_one_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    let path = file.to_str().unwrap();
    for (text, complaint) in [
        ("nmae = 'tea.house'", "line 1: unknown key nmae; --help lists the keys"),
        ("name = 7", "line 1: name: expected this server's name, such as tea.house; found 7"),
        ("name = ", "line 1: not TOML: "),
    ] {
        fs::write(&file, text).unwrap();
        let (code, said) = run(&["--config", path]);
        assert_eq!(code, 2, "{text}");
        assert!(said.starts_with(&format!("teahouse-server: {path}: {complaint}")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    for (args, complaint) in [
        (&["--nope"][..], "--nope: there is no such flag; --help lists them"),
        (&["-x"], "-x: there is no such flag; --help lists them"),
        (&["stray"], "stray: there is no such command; --help lists them"),
        (&["--lobby"], "--lobby: a value is missing"),
        (
            &["--config", "/nowhere/tea.toml"],
            "/nowhere/tea.toml: cannot be read: No such file or directory (os error 2)",
        ),
    ] {
        assert_eq!(run(args), (2, format!("teahouse-server: {complaint}\n")), "{args:?}");
    }
    // Of a command that is not complete it says how it is called, and not all the keys.
    for args in [&["export"][..], &["backup"], &["import", "accounts"], &["backup", "a", "b"]] {
        let (code, said) = run(args);
        assert_eq!(code, 2, "{args:?}");
        assert!(
            said.starts_with("usage: ") && said.contains(args[0]) && !said.contains("--listen"),
            "{said}"
        );
    }
    let output = command(&["--nope"]).env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "teahouse-server: --nope：没有这个参数；--help 列出所有参数\n"
    );
}

#[test]
fn flags_override_the_file_and_the_file_overrides_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    fs::write(&file, "name = 'file.house'\nlobby = '#file'\nnetwork = 'File'\n").unwrap();
    let server = Running::start(&["--lobby", "#flag", "--config", file.to_str().unwrap()]);
    let mut alice = Peer::connect(server.address);
    alice.send("NICK alice");
    alice.send("USER alice 0 * :alice");
    assert_eq!(alice.wait_for(" 001 "), ":file.house 001 alice :Welcome to File, alice!~alice@127.0.0.1");
    alice.wait_for(" JOIN #flag");
}

#[test]
fn help_names_every_key_in_the_language_of_the_locale() {
    let (code, english) = run(&["--help"]);
    assert_eq!(code, 0);
    let output = command(&["--help"]).env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    let chinese = String::from_utf8(output.stdout).unwrap();
    for key in teahouse_server::config::KEYS {
        let flag = format!("--{}", key.name.replace('_', "-"));
        for (help, meaning) in [(&english, key.meaning.0), (&chinese, key.meaning.1)] {
            assert!(help.contains(&flag) && help.contains(meaning), "{flag}");
        }
    }
}

#[test]
fn an_answer_that_cannot_be_printed_is_said_and_known_by_the_exit_code() {
    let answers = [&["--help"][..], &["--version"], &["--check-config", "--data-dir", ""]];
    for args in answers {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(args).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains("cannot write the answer: No space left on device"), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        // As with `| head`: whoever has gone away has seen enough, and is told nothing.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(args).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(1), Vec::new()), "{args:?}");
    }
    // Nor does it matter that nobody can read a complaint.
    for args in [&["--nope"][..], &["--listen", "192.0.2.1:6667", "--data-dir", ""]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = command(args).stderr(full).status().unwrap();
        assert!(matches!(status.code(), Some(1 | 2)), "{args:?}: {status}");
    }
}

#[test]
fn row_14_the_server_stays_when_the_terminal_it_was_started_from_goes() {
    // As with `screen`, `nohup` or systemd: standard input and output are closed, and it serves on.
    let mut child = command(&["--listen", "127.0.0.1:0", "--data-dir", ""]);
    child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut console = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    console.read_line(&mut line).unwrap();
    let address = line.trim().split_once("listening on ").unwrap().1.parse().unwrap();
    // The log has nowhere to go any more.
    drop(console);
    let mut alice = Peer::login(address, "alice");
    let mut bob = Peer::login(address, "bob");
    alice.send("PRIVMSG bob :still here?");
    bob.wait_for("still here?");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_configuration_is_read_again_on_sighup_and_nobody_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    fs::write(&file, "language = 'en'\noperators = ['root:root']\n").unwrap();
    let mut server = Running::start(&["--config", file.to_str().unwrap()]);
    let mut alice = Peer::login(server.address, "alice");
    fs::write(
        &file,
        "network = 'Changed'\nlobby = '#new'\ncasemapping = 'rfc1459'\noperators = ['root:root']\n",
    )
    .unwrap();
    server.signal(Signal::HUP);
    assert!(
        server
            .read_until("casemapping")
            .ends_with("casemapping changes only when the server is started again")
    );
    server.read_until("configuration read again");
    let mut bob = Peer::connect(server.address);
    bob.send("NICK bob\r\nUSER bob 0 * :bob");
    bob.wait_for("Welcome to Changed");
    bob.wait_for("JOIN #new");
    alice.send("PRIVMSG bob :still here");
    bob.wait_for("still here");
    // A mistake changes nothing.
    fs::write(&file, "network = 7\n").unwrap();
    alice.send("OPER root root");
    alice.wait_for(" 381 ");
    alice.send("REHASH");
    alice.wait_for(" 382 ");
    assert!(
        server.read_until("not changed").contains("network: expected the network's name, one word; found 7")
    );
    alice.send("PING still");
    alice.wait_for("PONG");
}

#[test]
fn an_operator_can_stop_the_server_and_start_it_again() {
    let mut server = Running::start(&["--operators", "root:root"]);
    let mut keeper = Peer::login(server.address, "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send("RESTART");
    assert!(keeper.last_words().contains("The teahouse is closing"));
    let line = server.read_until("listening on ");
    let address = line.split_once("listening on ").unwrap().1.parse().unwrap();
    let mut keeper = Peer::login(address, "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send("DIE");
    assert!(keeper.last_words().contains("The teahouse is closing"));
    assert_eq!(server.exit_code(), 0);
}

#[test]
fn a_file_that_is_no_configuration_is_said_to_be_what_it_is_and_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    let path = file.to_str().unwrap();
    let complaint = |why: &str| (2, format!("teahouse-server: {path}: {why}\n"));
    for (bytes, why) in [
        (
            &b"name = 'a.b'\r\n\r\nnetwork = 'two words'\r\n"[..],
            "line 3: network: expected the network's name, one word; found \"two words\": there is a space in it",
        ),
        (b"\xef\xbb\xbfnetwork = 'x'\nnmae = 1", "line 2: unknown key nmae; --help lists the keys"),
        (b"# \xb2\xe8\n", "cannot be read: line 1 is not UTF-8; save it as UTF-8"),
        (b"\xff\xfen\0", "cannot be read: it is UTF-16, which some editors call Unicode; save it as UTF-8"),
        (&[b'#'; 1_048_577], "cannot be read: it is longer than 1048576 bytes"),
        (
            b"password = 7",
            "line 1: password: expected what every client must send with PASS; \"\" for none; found (not shown here)",
        ),
        (
            b"admin = \"a\\nb\"",
            "line 1: admin: expected whom to ask about this server, for ADMIN; \"\" for nobody; found \"a\\nb\": there is a line end or another control character in it (\\n)",
        ),
        (
            b"tls_key = '~root/key.pem'",
            "line 1: tls_key: expected PEM file with the key to the certificate; found \"~root/key.pem\": ~ is one's own home only; write the whole path",
        ),
    ] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(run(&["--config", path]), complaint(why));
    }
    fs::remove_file(&file).unwrap();
    mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let special = "cannot be read: it is no regular file but a pipe, a socket or a device";
    assert_eq!(run(&["--config", path]), complaint(special));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(run(&["--config", path]), complaint("cannot be read: it is a folder, not a file"));
}

#[test]
fn a_value_that_could_not_be_said_in_a_line_is_refused_wherever_it_stands() {
    for (flag, value, flaw) in [
        ("--name", "a.b\n:x", "a line end"),
        ("--name", "a.\u{1b}[2J", "control character"),
        ("--name", "a.b c", "there is a space in it"),
        ("--name", "a.b!c@d", "such as tea.house"),
        ("--name", &format!("{}.b", "a".repeat(62)), "it has 64 bytes, and 63 are the most"),
        ("--network", "a\rb", "a line end"),
        ("--network", "a\u{3000}b", "there is a space in it"),
        ("--network", &"茶".repeat(22), "it has 66 bytes"),
        ("--lobby", "#a\nb", "a line end"),
        ("--lobby", &format!("#{}", "a".repeat(1000)), "it has 1001 bytes"),
        ("--admin", "a\nQUIT", "a line end"),
        ("--admin", &"a".repeat(401), "it has 401 bytes"),
        ("--password", "a\nb", "a line end"),
        ("--password", &"a".repeat(481), "it has 481 bytes"),
        ("--operators", "ro ot:root", "there is a space in it"),
        ("--operators", "root", "there is no colon"),
        ("--motd-file", "a\nb", "a line end"),
        ("--sendq", "0", "(4096–1073741824)"),
        ("--sendq", "99999999999999999999999", "(4096–1073741824)"),
        ("--ping-interval", "-1", "(1–86400)"),
        ("--nick-length", "1000000000", "(9–64)"),
        ("--history-days", "1000000000", "(0–36500)"),
    ] {
        let (code, said) = run(&[flag, value]);
        assert_eq!(code, 2, "{flag} {value:?}: {said}");
        assert!(said.starts_with(&format!("teahouse-server: {flag}: ")) && said.contains(flaw), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains('\u{1b}') && said.len() < 600, "{said}");
    }
}

#[test]
fn without_a_home_it_has_to_be_said_where_data_is_kept() {
    let nobody = |args: &[&str]| {
        let mut command = command(args);
        // A user that no file knows, as containers have them.
        command.env_remove("HOME").env_remove("XDG_DATA_HOME").uid(54321);
        command.output()
    };
    // Only root can be somebody else.
    let Ok(output) = nobody(&["--check-config"]) else { return };
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--data-dir FOLDER"), "{said}");
    assert_eq!(nobody(&["--check-config", "--data-dir", ""]).unwrap().status.code(), Some(0));
    let output = nobody(&["--check-config", "--data-dir", "~/tea"]).unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("this user has no home"));
}

#[test]
fn what_should_be_mended_is_said_at_the_start_when_the_file_is_read_again_and_when_it_is_checked() {
    let mut house = House::open(PROGRAM.as_ref(), "motd_file = 'motd.txt'\n");
    let motd = house.folder.path().join("motd.txt");
    let missing =
        format!("motd_file: {} cannot be read, so there is no message of the day: No such", motd.display());
    assert!(house.server.read_until("motd_file").contains(&missing));
    let check = || {
        let mut command = command(&["--check-config", "--config", "tea.toml"]);
        let output = command.current_dir(house.folder.path()).output().unwrap();
        assert_eq!(
            (output.status.code(), &output.stdout[..]),
            (Some(0), &b"the configuration is fine\n"[..])
        );
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(check().starts_with(&missing), "{}", check());
    // A pipe is never waited for: neither by who comes, nor by who checks.
    mknodat(CWD, &motd, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    assert!(check().contains("no regular file but a pipe"));
    house.keeper.send("MOTD");
    house.keeper.wait_for(" 422 ");
    house.keeper.send("REHASH");
    house.keeper.wait_for("no regular file but a pipe");
    fs::remove_file(&motd).unwrap();
    fs::write(&motd, "\u{feff}欢迎\r\n").unwrap();
    house.keeper.send("REHASH\r\nMOTD");
    assert!(house.keeper.wait_for(" 372 ").ends_with(":- 欢迎"));
    assert_eq!(check(), "");
    // The folder is the server's own, made for it alone, until somebody opens it.
    fs::set_permissions(house.folder.path().join("data"), Permissions::from_mode(0o755)).unwrap();
    assert!(check().contains("others on this machine can look into the data folder"));
}

#[test]
fn the_start_says_where_data_is_kept() {
    let mut house = House::open(PROGRAM.as_ref(), "");
    let folder = house.folder.path().join("data");
    house.server.read_until(&format!("are kept in {}", folder.display()));
    Running::start(&[]).read_until("everything is in memory only");
    let home = tempfile::tempdir().unwrap();
    for (data_dir, folder) in [("~/tea", "tea"), ("~", ""), ("", ".local/share/teahouse-server")] {
        let mut command = command(&["--listen", "127.0.0.1:0"]);
        command.env("HOME", home.path()).env_remove("XDG_DATA_HOME");
        if !data_dir.is_empty() {
            command.args(["--data-dir", data_dir]);
        }
        let line = Running::launch_as_it_is(command).read_until("are kept in ");
        let kept = Path::new(line.split_once("are kept in ").unwrap().1);
        assert_eq!(
            kept.components().collect::<PathBuf>(),
            home.path().join(folder).components().collect::<PathBuf>()
        );
    }
}

/// A server with a file of its own, and its operator.
struct House {
    folder: TempDir,
    server: Running,
    keeper: Peer,
}

impl House {
    /// Started in the file's folder, by the file's name alone.
    fn open(program: &Path, keys: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut house = command_of(program, &["--config", "tea.toml"]);
        house.current_dir(folder.path());
        Self::write(&folder, keys);
        let server = Running::launch_as_it_is(house);
        let keeper = Self::keeper(server.address);
        Self { folder, server, keeper }
    }

    /// Writes the file; what every house here has in common comes before `keys`.
    fn write(folder: &TempDir, keys: &str) {
        let listen = if keys.contains("listen =") { "" } else { "listen = ['127.0.0.1:0']\n" };
        let common = "data_dir = 'data'\noperators = ['root:root']\n";
        fs::write(folder.path().join("tea.toml"), format!("{listen}{common}{keys}")).unwrap();
    }

    fn change(&self, keys: &str) {
        Self::write(&self.folder, keys);
    }

    fn keeper(address: SocketAddr) -> Peer {
        let mut keeper = Peer::login(address, "keeper");
        keeper.send("OPER root root");
        keeper.wait_for(" 381 ");
        keeper
    }
}

#[test]
fn an_operator_who_has_the_configuration_read_again_is_told_what_came_of_it_in_their_language() {
    let mut house = House::open(PROGRAM.as_ref(), "network = 'Old'\n");
    house.change("network = 'New'\nlobby = '#new'\nmax_connections = 9\n");
    house.keeper.send("REHASH");
    house.keeper.wait_for("NOTICE keeper :max_connections changes only when the server is started again");
    house.keeper.wait_for("NOTICE keeper :configuration read again; changed: network, lobby");
    house.keeper.send("REHASH");
    house.keeper.wait_for("NOTICE keeper :max_connections changes only when");
    house.keeper.wait_for("NOTICE keeper :configuration read again; nothing has changed");
    house.change("ping_interval = 0\n");
    let mistake = "ping_interval: expected seconds of silence after which a client is asked whether it is there (1–86400); found 0";
    house.keeper.send("REHASH");
    let told = house.keeper.wait_for("NOTICE keeper :configuration not changed: ");
    assert!(told.contains("tea.toml: ") && told.ends_with(mistake), "{told}");
    house.server.read_until(mistake);
    house.server.signal(Signal::HUP);
    house.server.read_until(mistake);
    house.keeper.send("LANGUAGE zh\r\nREHASH");
    let told = house.keeper.wait_for("NOTICE keeper :配置没有改变：");
    assert!(told.contains("ping_interval：应为客户端静默多少秒后询问它是否在线"), "{told}");
    house.server.read_until(mistake);
    house.change("network = 'New'\n");
    house.server.signal(Signal::HUP);
    house.server.read_until("configuration read again; changed: lobby");
    // What is no file any more changes nothing either, and is not waited for.
    let file = house.folder.path().join("tea.toml");
    fs::remove_file(&file).unwrap();
    house.keeper.send("LANGUAGE en\r\nREHASH");
    house.keeper.wait_for("tea.toml: cannot be read: No such file");
    mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    house.keeper.send("REHASH");
    house.keeper.wait_for("tea.toml: cannot be read: it is no regular file");
    fs::remove_file(&file).unwrap();
    // A mistake that is too long for a line is told whole.
    house.change(&format!("admin = '{}'\n", "茶".repeat(400)));
    house.keeper.send("REHASH");
    let mut told = String::new();
    while !told.ends_with("it has 1200 bytes, and 400 are the most") {
        // It was cut at a space.
        told.push(' ');
        told += house.keeper.wait_for("NOTICE keeper :").split_once("NOTICE keeper :").unwrap().1;
    }
    // Nobody but the one who asked is told.
    house.keeper.send("PING fence");
    assert!(house.keeper.line().unwrap().contains("PONG"));
}

#[test]
fn a_server_that_could_not_start_again_is_not_stopped_and_the_operator_hears_why() {
    let folder = tempfile::tempdir_in(Path::new(PROGRAM).parent().unwrap()).unwrap();
    let program = folder.path().join("teahouse-server");
    fs::hard_link(PROGRAM, &program).unwrap();
    let mut house = House::open(&program, "");
    let (keeper, taken) = (&mut house.keeper, TcpListener::bind("127.0.0.1:0").unwrap());
    let taken = taken.local_addr().unwrap();
    let in_use = format!("listen = ['{taken}']\n");
    for (keys, why) in [
        ("sendq = 1\n", "sendq: expected bytes that may wait"),
        ("nmae = 1\n", "unknown key nmae"),
        ("name = [\n", "not TOML"),
        (
            "listen_tls = ['127.0.0.1:0']\ntls_cert = 'tea.toml'\ntls_key = 'tea.toml'\n",
            "cannot be used as a certificate",
        ),
        ("listen = []\n", "there is no address to listen on"),
        (
            "listen = ['192.0.2.1:6667']\n",
            "cannot listen on 192.0.2.1:6667: that address is not this machine's",
        ),
        (&in_use, "is in use"),
        ("data_dir = 'tea.toml/data'\n", "cannot use the folder"),
    ] {
        let keys = if keys.starts_with("data_dir") {
            fs::write(house.folder.path().join("tea.toml"), format!("listen = ['127.0.0.1:0']\n{keys}"))
                .unwrap();
            ""
        } else {
            House::write(&house.folder, keys);
            keys
        };
        keeper.send("RESTART");
        let told = keeper.wait_for("NOTICE keeper :not restarted: ");
        assert!(told.contains(why), "{keys}: {told}");
        house.server.read_until("not restarted: ");
    }
    let file = house.folder.path().join("tea.toml");
    fs::remove_file(&file).unwrap();
    keeper.send("RESTART");
    assert!(keeper.wait_for(":not restarted: ").contains("tea.toml: cannot be read: No such file"));
    House::write(&house.folder, "");
    // An update that went wrong: no program any more, or none that runs.
    fs::remove_file(&program).unwrap();
    keeper.send("RESTART");
    assert!(keeper.wait_for(":not restarted: ").contains("cannot be run: No such file"));
    fs::write(&program, "not a program").unwrap();
    keeper.send("RESTART");
    assert!(keeper.wait_for(":not restarted: ").contains("cannot be run: Permission denied"));
    fs::remove_file(&program).unwrap();
    fs::hard_link(PROGRAM, &program).unwrap();
    House::write(&house.folder, "network = 'Again'\n");
    keeper.send("RESTART");
    assert!(keeper.last_words().contains("The teahouse is closing"));
    let line = house.server.read_until("listening on ");
    House::keeper(line.split_once("listening on ").unwrap().1.parse().unwrap());
}

#[test]
fn a_server_starts_again_on_the_ports_that_it_had() {
    let mut house = House::open(PROGRAM.as_ref(), "");
    let address = house.server.address;
    let guests: Vec<_> = (0..10).map(|number| Peer::login(address, &format!("guest{number}"))).collect();
    house.change(&format!("listen = ['{address}']\n"));
    for _ in 0..2 {
        house.keeper.send("RESTART");
        assert!(house.keeper.last_words().contains("The teahouse is closing"));
        house.server.read_until(&format!("listening on {address}"));
        house.keeper = House::keeper(address);
    }
    drop(guests);
}

#[test]
fn a_restart_runs_the_program_that_an_update_has_put_in_the_place_of_this_one() {
    let folder = tempfile::tempdir_in(Path::new(PROGRAM).parent().unwrap()).unwrap();
    let [program, update] = ["teahouse-server", "update"].map(|name| folder.path().join(name));
    fs::hard_link(PROGRAM, &program).unwrap();
    fs::copy(PROGRAM, &update).unwrap();
    let mut command = Command::new(&program);
    command.args(["--operators", "root:root"]).env("LC_ALL", "C.UTF-8");
    let mut server = Running::launch(command);
    let mut keeper = Peer::login(server.address, "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    fs::rename(&update, &program).unwrap();
    keeper.send("RESTART");
    let line = server.read_until("listening on ");
    Peer::login(line.split_once("listening on ").unwrap().1.parse().unwrap(), "keeper");
    server.signal(Signal::TERM);
    assert_eq!(server.exit_code(), 0);
}

#[test]
fn however_often_it_is_told_to_read_the_configuration_again_it_ends_when_it_is_told_to() {
    let mut server = Running::start(&["--operators", "root:root"]);
    let mut keeper = Peer::login(server.address, "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send(&format!("{}DIE", "REHASH\r\n".repeat(2000)));
    let console = server.lines_until("everybody has left, goodbye");
    let reloads = console.iter().filter(|line| line.contains("configuration read again")).count();
    assert!(reloads < 1000, "{reloads} times");
    assert_eq!(server.exit_code(), 0);
}

#[test]
fn a_configuration_can_be_checked_without_serving() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    fs::write(&file, "name = 'tea.house'\n").unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(run(&["--check-config", "--config", path]), (0, "the configuration is fine\n".to_owned()));
    fs::write(&file, "name = 'no dots'\n").unwrap();
    assert_eq!(run(&["--check-config", "--config", path]).0, 2);
    // The certificate is part of it, and nothing is made.
    let folder = folder.path().to_str().unwrap();
    let own = ["--check-config", "--listen-tls", "127.0.0.1:6697", "--data-dir", folder];
    assert_eq!(run(&own), (0, "the configuration is fine\n".to_owned()));
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    let wrong = [&own[..], &["--tls-cert", path, "--tls-key", path]].concat();
    let complaint =
        format!("{path}: cannot be used as a certificate with its key: no certificate in PEM form");
    assert_eq!(run(&wrong), (2, format!("teahouse-server: {complaint}\n")));
    let (code, said) = run(&["--check-config", "--tls-key", path]);
    assert_eq!((code, said.contains("belong together")), (2, true), "{said}");
}

#[test]
fn the_console_says_the_fingerprint_of_the_certificate_and_says_a_new_one_after_sighup() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.toml");
    fs::write(&file, "language = 'en'\n").unwrap();
    let mut server = Running::start(&["--listen-tls", "127.0.0.1:0", "--config", file.to_str().unwrap()]);
    let line = server.read_until("listening for TLS on ");
    let address = line.split_once(" on ").unwrap().1.parse().unwrap();
    let said = server.read_until("fingerprint").rsplit_once(' ').unwrap().1.to_owned();
    server.read_until("nobody else vouches for it");
    let config = trust::anonymous(&[&rustls::version::TLS13]);
    let shown = |nick| Fingerprint::of(&Peer::login_with(address, &config, nick).certificate()).spelled_out();
    assert_eq!(shown("alice"), said);

    let pair = rcgen::generate_simple_self_signed(vec!["tea.house".to_owned()]).unwrap();
    let pem = folder.path().join("pair.pem");
    fs::write(&pem, pair.cert.pem() + &pair.signing_key.serialize_pem()).unwrap();
    let keys = format!("language = 'en'\ntls_cert = {pem:?}\ntls_key = {pem:?}\n");
    fs::write(&file, keys).unwrap();
    server.signal(Signal::HUP);
    let lines = server.lines_until("configuration read again");
    let new = Fingerprint::of(pair.cert.der()).spelled_out();
    assert!(lines.iter().any(|line| line.ends_with(&new)), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("vouches")), "{lines:?}");
    assert_eq!(shown("bob"), new);

    fs::write(&pem, "nothing of the kind").unwrap();
    server.signal(Signal::HUP);
    let refusal = server.read_until("not changed");
    assert!(
        refusal
            .ends_with("pair.pem: cannot be used as a certificate with its key: no certificate in PEM form")
    );
    assert_eq!(shown("carol"), new);
}

#[test]
fn what_can_be_no_password_is_not_hashed() {
    let long = "x".repeat(301);
    for (typed, words) in [
        ("", "no password was given"),
        ("\n", "no password was given"),
        ("\r\n", "no password was given"),
        (&long, "A password has at most 300 bytes"),
    ] {
        let mut child = command(&["hash-password"]);
        let mut child =
            child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let complaint = String::from_utf8(stderr).unwrap();
        assert!(
            !status.success() && stdout.is_empty() && complaint.contains(words),
            "{typed:?}: {complaint}"
        );
    }
}

#[test]
fn a_hashed_password_is_printed_for_the_configuration() {
    let mut child = command(&["hash-password"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("芝麻开门\n".as_bytes()).unwrap();
    let hash = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let server = Running::start(&["--operators", &format!("掌柜:{}", hash.trim_end())]);
    let mut keeper = Peer::login(server.address, "掌柜");
    keeper.send("OPER 掌柜 芝麻开门");
    keeper.wait_for(" 381 ");
}
