//! Passwords by the dozen: what a crowd of them costs, who waits for whom, and what a client may do meanwhile.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/trust.rs"]
mod trust;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Shutdown, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use peer::{DEADLINE, Peer};
use socket2::SockRef;
use teahouse_server::auth::password;
use teahouse_server::config::Operator;
use teahouse_server::config::network::Network;
use teahouse_server::{Config, Server};

/// The hash of `sesame` that takes longest to check of those that are allowed: a third of a second.
const COSTLY: &str = "$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

fn start(change: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        cloak: false,
        flood_protection: false,
        ..Config::default()
    };
    change(&mut config);
    Server::start(config).unwrap()
}

fn operator(password: &str) -> Vec<Operator> {
    vec![Operator { name: "root".to_owned(), password: password.to_owned() }]
}

/// Says that one is the owner of an account.
fn claim(peer: &mut Peer, account: &str, password: &str) {
    peer.send("CAP REQ sasl\r\nAUTHENTICATE PLAIN");
    peer.wait_for("AUTHENTICATE +");
    let said = Base64::encode_string(format!("\0{account}\0{password}").as_bytes());
    peer.send(&format!("AUTHENTICATE {said}"));
}

fn register(server: &Server, nick: &str) -> Peer {
    let mut peer = Peer::login(server.addresses()[0], nick);
    peer.send("REGISTER * * sesame12");
    peer.wait_for("REGISTER SUCCESS");
    peer
}

/// Gives wrong passwords until the next one has to wait for long.
fn guess(server: &Server, count: usize, say: impl Fn(&mut Peer), refusal: &str) {
    let mut guessers: Vec<_> = (0..count).map(|_| Peer::connect(server.addresses()[0])).collect();
    guessers.iter_mut().for_each(&say);
    for guesser in &mut guessers {
        guesser.wait_for(refusal);
    }
}

/// Whether somebody who has just given a password is told to wait, and their PING is answered before that is checked;
/// what they say beside it is not run.
#[track_caller]
fn is_heard_while_waiting(peer: &mut Peer, answer: &str) {
    peer.send("TIME\r\nPING now\r\nLANGUAGE xx");
    let mut told = false;
    loop {
        let line = peer.line().expect("the connection stays");
        told |= line.contains(" NOTICE ")
            && line.contains("passwords were given before: this one is checked in ");
        assert!(!line.contains(answer) && !line.contains(" 391 "), "it has been checked already: {line}");
        if line.ends_with("PONG tea.house :now") || line.ends_with("PONG tea.house now") {
            break;
        }
    }
    assert!(told, "the client was not told that it has to wait");
}

#[test]
fn a_ping_is_answered_while_a_guess_at_an_account_waits() {
    let server = start(|_| {});
    register(&server, "alice");
    guess(&server, 8, |peer| claim(peer, "alice", "wrong"), " 904 ");
    let mut sasl = Peer::connect(server.addresses()[0]);
    claim(&mut sasl, "alice", "wrong");
    is_heard_while_waiting(&mut sasl, " 904 ");
    for words in [
        "NS IDENTIFY alice wrong",
        "NS GHOST alice wrong",
        "NS RECOVER alice wrong",
        "NS REGAIN alice wrong",
        "NS DROP alice wrong",
    ] {
        let mut peer = Peer::login(server.addresses()[0], &words.replace(' ', "-"));
        peer.send(words);
        is_heard_while_waiting(&mut peer, "is not the password");
    }
    server.stop();
}

#[test]
fn a_ping_is_answered_over_tls_too() {
    let server = start(|config| config.listen_tls = vec!["127.0.0.1:0".parse().unwrap()]);
    register(&server, "alice");
    guess(&server, 8, |peer| claim(peer, "alice", "wrong"), " 904 ");
    let trusting = trust::anonymous(&[&rustls::version::TLS13]);
    let mut peer = Peer::connect_with(server.tls_addresses()[0], &trusting);
    claim(&mut peer, "alice", "wrong");
    is_heard_while_waiting(&mut peer, " 904 ");
    peer.send("PING again");
    peer.wait_for("again");
    server.stop();
}

#[test]
fn a_ping_is_answered_while_a_change_of_the_password_waits() {
    let server = start(|_| {});
    let mut alice = register(&server, "alice");
    guess(&server, 8, |peer| claim(peer, "alice", "wrong"), " 904 ");
    alice.send("NS SET PASSWORD sesame12 sesame34");
    is_heard_while_waiting(&mut alice, "is changed");
    server.stop();
}

#[test]
fn a_ping_is_answered_while_a_guess_at_an_operators_password_waits() {
    let server = start(|config| config.operators = operator("sesame"));
    let mut guessers: Vec<_> =
        (0..8).map(|n| Peer::login(server.addresses()[0], &format!("guesser{n}"))).collect();
    for guesser in &mut guessers {
        guesser.send("OPER root wrong");
    }
    for guesser in &mut guessers {
        guesser.wait_for(" 464 ");
    }
    guessers[0].send("OPER root sesame");
    is_heard_while_waiting(&mut guessers[0], " 381 ");
    server.stop();
}

#[test]
fn the_servers_password_is_guessed_at_more_and_more_slowly_and_a_ping_is_answered_meanwhile() {
    let server = start(|config| config.password = Some("sesame".to_owned()));
    let enter = |peer: &mut Peer, password: &str| {
        // A name each: whoever waits has theirs.
        let nick = format!("guest{}", peer.socket().local_addr().unwrap().port());
        peer.send(&format!("PASS {password}\r\nNICK {nick}\r\nUSER g 0 * :g"));
    };
    // The last of these wait already: half a second, one and two.
    guess(&server, 23, |peer| enter(peer, "wrong"), " 464 ");
    let mut next = Peer::connect(server.addresses()[0]);
    enter(&mut next, "wrong");
    is_heard_while_waiting(&mut next, " 464 ");
    server.stop();
}

#[test]
fn the_servers_password_can_be_kept_as_a_hash() {
    let hash = password::hash("sesame").unwrap();
    let server = start(|config| config.password = Some(hash.clone()));
    for (number, said, expected) in [
        (1, "PASS sesame\r\n", " 001 "),
        (2, "PASS Sesame\r\n", " 464 "),
        (3, "", " 464 "),
        (4, &format!("PASS {hash}\r\n"), " 464 "),
    ] {
        let mut peer = Peer::connect(server.addresses()[0]);
        peer.send(&format!("{said}NICK guest{number}\r\nUSER g 0 * :g"));
        let line = peer.wait_for(" guest");
        assert!(line.contains(expected), "{said:?}: {line}");
    }
    // A name that cannot be had does not make the password wrong.
    let _first = {
        let mut peer = Peer::connect(server.addresses()[0]);
        peer.send("PASS sesame\r\nNICK alice\r\nUSER a 0 * :a");
        peer.wait_for(" 001 ");
        peer
    };
    let mut second = Peer::connect(server.addresses()[0]);
    second.send("PASS sesame\r\nUSER b 0 * :b\r\nNICK alice\r\nNICK bob");
    second.wait_for(" 433 ");
    second.wait_for(" 001 bob ");
    server.stop();
}

#[test]
fn what_somebody_says_who_waits_is_run_in_its_order_and_the_login_does_not_time_out_meanwhile() {
    let server = start(|config| config.registration_timeout = Duration::from_secs(3));
    register(&server, "alice");
    // The next one waits for four seconds.
    guess(&server, 6, |peer| claim(peer, "alice", "wrong"), " 904 ");
    let mut alice = Peer::connect(server.addresses()[0]);
    claim(&mut alice, "alice", "sesame12");
    alice.send(
        "NICK alice\r\nUSER a 0 * :a\r\nCAP END\r\nPRIVMSG alice :one\r\nPING two\r\nPRIVMSG alice :three",
    );
    alice.wait_for("PONG tea.house");
    for part in [" 903 ", " 001 alice ", ":one", ":three"] {
        alice.wait_for(part);
    }
    server.stop();
}

#[test]
fn who_has_said_all_they_will_still_hears_how_a_password_was() {
    let server = start(|config| config.operators = operator("sesame"));
    let mut guessers: Vec<_> =
        (0..5).map(|n| Peer::login(server.addresses()[0], &format!("guesser{n}"))).collect();
    for guesser in &mut guessers {
        guesser.send("OPER root wrong");
    }
    for guesser in &mut guessers {
        guesser.wait_for(" 464 ");
    }
    guessers[0].send("OPER root wrong");
    guessers[0].socket().shutdown(Shutdown::Write).unwrap();
    guessers[0].wait_for(" 464 ");
    guessers[0].last_words();
    server.stop();
}

#[test]
fn a_right_password_does_not_wait_for_other_peoples_wrong_ones() {
    let server = start(|_| {});
    register(&server, "alice");
    let mut typists: Vec<_> = (0..40).map(|_| Peer::connect(server.addresses()[0])).collect();
    for (number, typist) in typists.iter_mut().enumerate() {
        claim(typist, &format!("pupil{number}"), "wrong");
    }
    for typist in &mut typists {
        typist.wait_for(" 904 ");
    }
    let started = Instant::now();
    let mut alice = Peer::connect(server.addresses()[0]);
    claim(&mut alice, "alice", "sesame12");
    while let Some(line) = alice.line() {
        assert!(!line.contains("NOTICE"), "she has to wait: {line}");
        if line.contains(" 903 ") {
            break;
        }
    }
    // Checking it takes a few hundredths of a second; the first wait for guesses would be half of one.
    assert!(started.elapsed() < Duration::from_secs(5), "it took {:?}", started.elapsed());
    server.stop();
}

#[test]
fn one_connection_that_goes_through_the_accounts_is_slowed_down() {
    let server = start(|_| {});
    let mut guesser = Peer::login(server.addresses()[0], "guesser");
    for number in 0..8 {
        guesser.send(&format!("NS IDENTIFY pupil{number} wrong"));
        guesser.wait_for("is not the password");
    }
    guesser.send("NS IDENTIFY pupil8 wrong");
    is_heard_while_waiting(&mut guesser, "is not the password");
    server.stop();
}

/// Operators whose passwords keep a hashing thread busy for a third of a second each.
fn costly_operators(count: usize) -> Vec<Operator> {
    let costly = |number| Operator { name: format!("root{number}"), password: COSTLY.to_owned() };
    (0..count).map(costly).collect()
}

/// Keeps the hashing threads busy with the passwords of so many operators. The passwords that are said next stand
/// behind all of these: they are right and each for another operator, so that none is slowed down as a guess.
fn crowd(server: &Server, count: usize) -> Vec<Peer> {
    let mut crowd: Vec<_> =
        (0..count).map(|n| Peer::login(server.addresses()[0], &format!("crowd{n}"))).collect();
    for (number, peer) in crowd.iter_mut().enumerate() {
        peer.send(&format!("OPER root{number} sesame\r\nPING queued"));
    }
    // A PING is answered once the password before it has waited for a second, or is checked.
    for peer in &mut crowd {
        peer.wait_for("queued");
    }
    crowd
}

#[test]
fn who_has_to_wait_in_a_crowd_is_told_so_and_heard_whatever_their_password_is_for() {
    let server = start(|config| config.operators = [operator(COSTLY), costly_operators(40)].concat());
    let mut owner = register(&server, "alice");
    let mut setter = register(&server, "setter");
    let mut others: Vec<_> = ["registers", "opens", "identifies", "oper"]
        .map(|nick| Peer::login(server.addresses()[0], nick))
        .into();
    // Where others work as well, each of the crowd's passwords takes seconds.
    for peer in [&mut owner, &mut setter].into_iter().chain(&mut others) {
        peer.socket().set_read_timeout(Some(4 * DEADLINE)).unwrap();
    }
    let crowd = crowd(&server, 40);
    owner.send("LANGUAGE zh\r\nNS SET PASSWORD sesame12 sesame34");
    setter.send("NS DROP setter sesame12");
    others[0].send("REGISTER * * sesame12");
    others[1].send("NS REGISTER sesame12");
    others[2].send("NS IDENTIFY nobody sesame12");
    others[3].send("OPER root wrong");
    let mut sasl = Peer::connect(server.addresses()[0]);
    sasl.socket().set_read_timeout(Some(4 * DEADLINE)).unwrap();
    claim(&mut sasl, "nobody", "wrong");
    for peer in [&mut setter, &mut sasl].into_iter().chain(&mut others) {
        peer.send("PING here");
        peer.wait_for("Many people are logging in just now");
        peer.wait_for("PONG");
    }
    owner.send("PING here");
    owner.wait_for("现在登录的人很多");
    owner.wait_for("PONG");
    owner.wait_for("的密码已更改");
    setter.wait_for("is no more");
    others[0].wait_for("REGISTER SUCCESS");
    others[1].wait_for(" 900 ");
    others[2].wait_for("is not the password");
    others[3].wait_for(" 464 ");
    sasl.wait_for(" 904 ");
    drop(crowd);
    server.stop();
}

#[test]
fn a_crowd_that_has_gone_away_is_not_waited_for() {
    let server = start(|config| config.operators = costly_operators(160));
    let mut alice = register(&server, "alice");
    // Half a minute of work, and more where others work as well.
    let crowd = crowd(&server, 160);
    alice.send("NS IDENTIFY alice sesame12");
    alice.wait_for("Many people are logging in just now");
    // Some break off, and some go in good order.
    for peer in crowd.into_iter().step_by(2) {
        SockRef::from(peer.socket()).set_linger(Some(Duration::ZERO)).unwrap();
    }
    alice.wait_for("You are logged in as alice");
    server.stop();
}

#[test]
fn networks_that_are_exempt_have_any_number_of_connections() {
    let server = start(|config| {
        config.max_connections_per_ip = Some(1);
        config.exempt_networks = vec![Network::parse("127.0.0.0/8").unwrap()];
    });
    let _pupils: Vec<_> = (0..20).map(|n| Peer::login(server.addresses()[0], &format!("pupil{n}"))).collect();
    server.stop();
}

// --- The memory of a real server -------------------------------------------------------------------------------------

/// The program, and where it listens; ended with the test.
struct Running {
    child: Child,
    address: SocketAddr,
    console: BufReader<std::process::ChildStderr>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse-server"));
        command.args(["--listen", "127.0.0.1:0", "--data-dir", "", "--flood-protection", "false"]).args(args);
        command.env("LC_ALL", "C.UTF-8").env_remove("RUST_LOG").env_remove("LANGUAGE");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let console = BufReader::new(child.stderr.take().unwrap());
        let mut running = Self { child, address: SocketAddr::from(([0, 0, 0, 0], 0)), console };
        let line = running.read_until("listening on ");
        running.address = line.split("listening on ").nth(1).unwrap().trim().parse().unwrap();
        running
    }

    fn read_until(&mut self, part: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.console.read_line(&mut line).unwrap() > 0, "it ended before {part:?}");
            if line.contains(part) {
                return line;
            }
        }
    }

    /// A line of the kernel's account of the process, in kibibytes.
    fn memory(&self, line: &str) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_crowd_of_passwords_takes_little_memory_and_gives_it_back() {
    let root = format!("root:{}", password::hash("sesame").unwrap());
    let server = Running::start(&["--scram", "true", "--operators", &root]);
    let mut first = Peer::login(server.address, "first");
    first.send("REGISTER * * sesame12");
    first.wait_for("REGISTER SUCCESS");
    // A first wave, after which nothing is new any more.
    for wave in 0..2 {
        let idle = server.memory("VmRSS");
        let mut crowd: Vec<_> =
            (0..60).map(|n| Peer::login(server.address, &format!("p{wave}-{n}"))).collect();
        for peer in &mut crowd {
            // Sixty passwords are a minute's work where other programs want the processors too.
            peer.socket().set_read_timeout(Some(4 * DEADLINE)).unwrap();
        }
        for (number, peer) in crowd.iter_mut().enumerate() {
            peer.send(match number % 4 {
                0 => "REGISTER * * sesame12",
                1 => "NS IDENTIFY first sesame12",
                2 => "NS IDENTIFY nobody sesame34",
                _ => "OPER root sesame",
            });
        }
        for (number, peer) in crowd.iter_mut().enumerate() {
            peer.wait_for(["REGISTER SUCCESS", " 900 ", "is not the password", " 381 "][number % 4]);
        }
        let most = server.memory("VmHWM");
        assert!(most < idle + (64 << 10), "wave {wave}: {idle} kB became {most} kB");
        drop(crowd);
        // Each look is an answer of the server, so this is not a busy loop of ours alone.
        let deadline = Instant::now() + DEADLINE;
        loop {
            first.lines_so_far();
            let left = server.memory("VmRSS");
            if left < idle + (8 << 10) {
                break;
            }
            assert!(Instant::now() < deadline, "wave {wave}: of {idle} kB, {left} kB stayed");
        }
    }
}

#[test]
fn who_meets_a_limit_by_address_reads_in_the_log_which_key_lifts_it() {
    let mut server = Running::start(&["--max-connections-per-ip", "1"]);
    let _first = Peer::login(server.address, "first");
    let words = Peer::connect(server.address).last_words();
    assert!(words.contains("Too many connections from your address"), "{words}");
    assert!(server.read_until("was turned away").contains("exempt_networks"));
}
