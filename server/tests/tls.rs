//! TLS over real sockets, with a client of another make than the server's side: `rustls` as its own documents use it.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[path = "support/trust.rs"]
mod trust;

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use peer::{DEADLINE, Peer};
use rustls::ClientConfig;
use rustls::version::{TLS12, TLS13};
use teahouse_server::config::Operator;
use teahouse_server::net::tls::Fingerprint;
use teahouse_server::net::tls::identity::SELF_SIGNED;
use teahouse_server::text::language::{Language, Text};
use teahouse_server::{Config, Server};

fn start(change: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        listen_tls: vec!["127.0.0.1:0".parse().unwrap()],
        operators: vec![Operator { name: "root".to_owned(), password: "root".to_owned() }],
        cloak: false,
        flood_protection: false,
        ..Config::default()
    };
    change(&mut config);
    Server::start(config).unwrap()
}

fn anybody() -> Arc<ClientConfig> {
    trust::anonymous(&[&TLS13])
}

fn sealed(server: &Server, nick: &str) -> Peer {
    Peer::login_with(server.tls_addresses()[0], &anybody(), nick)
}

fn plain(server: &Server, nick: &str) -> Peer {
    Peer::login(server.addresses()[0], nick)
}

/// The lines of a WHOIS with these numbers, without what stands before them.
fn whois(peer: &mut Peer, nick: &str, numbers: &[&str]) -> Vec<String> {
    peer.send(&format!("WHOIS {nick}"));
    let mut found = Vec::new();
    loop {
        let line = peer.line().expect("the connection is open");
        let (_, line) = line.split_once(' ').expect("it has a source");
        match line.split_once(' ').expect("it has a number").0 {
            "318" => return found,
            number if numbers.contains(&number) => found.push(line.to_owned()),
            _ => {}
        }
    }
}

/// Writes a new certificate and its key into a folder, and says what the certificate is known by.
fn renew(folder: &Path) -> Fingerprint {
    let pair = rcgen::generate_simple_self_signed(vec!["tea.house".to_owned()]).unwrap();
    fs::write(folder.join("cert.pem"), pair.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    Fingerprint::of(pair.cert.der())
}

#[test]
fn one_logs_in_with_either_version_of_tls_and_everybody_sees_that_one_did() {
    let server = start(|_| {});
    for (nick, version) in [("old", &TLS12), ("new", &TLS13)] {
        let mut alice = Peer::connect_with(server.tls_addresses()[0], &trust::anonymous(&[version]));
        alice.send(&format!("NICK {nick}\r\nUSER alice 0 * :Alice"));
        assert_eq!(alice.wait_for(" 221 "), format!(":tea.house 221 {nick} +Z"));
        let secure = format!("671 {nick} {nick} :is using a secure connection");
        assert_eq!(whois(&mut alice, nick, &["671", "276"]), [secure]);
        let mut bob = plain(&server, "bob");
        assert_eq!(whois(&mut bob, nick, &["671"]).len(), 1);
        assert!(whois(&mut alice, "bob", &["671"]).is_empty());
        alice.send("PRIVMSG bob :你好");
        assert_eq!(bob.wait_for("PRIVMSG"), format!(":{nick}!~alice@127.0.0.1 PRIVMSG bob :你好"));
        // Both sides say that nothing follows, or the end could have been anybody's doing.
        for peer in [&mut alice, &mut bob] {
            peer.send("QUIT :later");
            assert_eq!(peer.last_words(), "ERROR :Closing link to 127.0.0.1: Quit: later");
        }
    }
    server.stop();
}

#[test]
fn a_hundred_people_with_and_without_tls_hear_everything_in_one_order() {
    const SPEAKERS: usize = 6;
    const LINES: usize = 100;
    let server = start(|_| {});
    let login =
        |n: usize, nick: &str| if n.is_multiple_of(2) { sealed(&server, nick) } else { plain(&server, nick) };
    let mut listeners: Vec<_> = (0..100).map(|n| login(n, &format!("listener{n}"))).collect();
    let speakers: Vec<_> = (0..SPEAKERS).map(|n| login(n, &format!("speaker{n}"))).collect();
    let talking = speakers.into_iter().enumerate().map(|(n, mut speaker)| {
        thread::spawn(move || {
            for line in 0..LINES {
                speaker.send(&format!("PRIVMSG #lobby :{n}/{line}"));
            }
            speaker.lines_so_far();
            speaker
        })
    });
    let talking: Vec<_> = talking.collect();
    let mut first = Vec::new();
    for (n, listener) in listeners.iter_mut().enumerate() {
        let mut order = Vec::new();
        while order.len() < SPEAKERS * LINES {
            let line = listener.wait_for("PRIVMSG");
            order.push(line.split_once(" :").expect("a message has text").1.to_owned());
        }
        if n == 0 {
            for speaker in 0..SPEAKERS {
                let own = order.iter().filter(|line| line.starts_with(&format!("{speaker}/")));
                assert!(
                    own.eq((0..LINES).map(|line| format!("{speaker}/{line}")).collect::<Vec<_>>().iter())
                );
            }
            first = order;
        } else {
            assert_eq!(order, first, "listener {n}");
        }
    }
    let _speakers: Vec<_> = talking.into_iter().map(|thread| thread.join().unwrap()).collect();
    server.stop();
}

#[test]
fn a_big_answer_reaches_somebody_who_reads_slowly() {
    // Two megabytes, by far more than the kernel holds for somebody who does not read.
    const ROOMS: usize = 20;
    const TIMES: usize = 1000;
    let server = start(|config| config.sendq = 4096);
    let mut host = plain(&server, "host");
    for n in 0..ROOMS {
        host.send(&format!("JOIN #room{n}\r\nTOPIC #room{n} :{}", "茶".repeat(30)));
        host.wait_for(" TOPIC ");
    }
    let mut curious = sealed(&server, "curious");
    curious.send_bytes("LIST\r\n".repeat(TIMES).as_bytes());
    host.send("PRIVMSG curious :meanwhile");
    let (mut rooms, mut lists, mut meanwhile) = (0, 0, false);
    while lists < TIMES {
        let line = curious.line().expect("the connection is open");
        rooms += usize::from(line.contains(" 322 curious #room"));
        lists += usize::from(line.contains(" 323 "));
        meanwhile |= line.ends_with(":meanwhile");
    }
    assert_eq!(rooms, ROOMS * TIMES);
    assert!(meanwhile);
    server.stop();
}

#[test]
fn a_member_who_never_reads_is_dropped_and_what_was_sent_can_still_be_read() {
    let server = start(|config| config.sendq = 16 * 1024);
    let mut speaker = plain(&server, "speaker");
    let mut deaf = sealed(&server, "deaf");
    let text = "x".repeat(400);
    let mut said = 0;
    let dropped = loop {
        for _ in 0..50 {
            speaker.send(&format!("PRIVMSG #lobby :{said} {text}"));
            said += 1;
        }
        if let Some(quit) = speaker.lines_so_far().into_iter().find(|line| line.contains(" QUIT ")) {
            break quit;
        }
        assert!(said < 100_000, "40 MB for somebody who does not read");
    };
    assert_eq!(dropped, ":deaf!~deaf@127.0.0.1 QUIT :SendQ exceeded: reads too slowly");
    for expected in 0..said {
        // In the middle of a record it ends, or between two of them.
        let line = match deaf.try_line() {
            Ok(Some(line)) => line,
            end => {
                assert!(expected > 1000, "only {expected} lines came");
                let waits = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
                assert!(!end.is_err_and(waits), "it has not ended");
                break;
            }
        };
        assert!(line.ends_with(&text) && line.contains(&format!(":{expected} ")), "{line}");
    }
    server.stop();
}

#[test]
fn lines_may_be_cut_into_records_anywhere() {
    let server = start(|_| {});
    let mut alice = sealed(&server, "alice");
    for byte in "PRIVMSG alice :一字一字\r\n".bytes() {
        alice.send_bytes(&[byte]);
    }
    assert!(alice.line().unwrap().ends_with(" PRIVMSG alice :一字一字"));
    // As many as go into the largest record, and more.
    let many: String = (0..2000).map(|n| format!("PRIVMSG alice :{n}\r\n")).collect();
    alice.send_bytes(many.as_bytes());
    for n in 0..2000 {
        assert!(alice.line().unwrap().ends_with(&format!(" PRIVMSG alice :{n}")));
    }
    server.stop();
}

#[test]
fn who_does_not_shake_hands_in_time_is_hung_up_on_and_nobody_waits_meanwhile() {
    let server = start(|config| config.registration_timeout = Duration::from_secs(1));
    let connect = || TcpStream::connect(server.tls_addresses()[0]).unwrap();
    let silent: Vec<_> = (0..30).map(|_| connect()).collect();
    let slow: Vec<_> = (0..10)
        .map(|_| {
            // A handshake that trickles in, a byte at a time: the beginning of a record that never ends.
            let mut socket = connect();
            thread::spawn(move || {
                for byte in [22, 3, 1, 2, 0, 1, 0, 1].into_iter().chain([0; 200]) {
                    if socket.write_all(&[byte]).is_err() {
                        return socket;
                    }
                    thread::park_timeout(Duration::from_millis(50));
                }
                panic!("it has taken ten seconds");
            })
        })
        .collect();
    let mut alice = sealed(&server, "alice");
    let mut bob = plain(&server, "bob");
    alice.send("PRIVMSG bob :meanwhile");
    bob.wait_for("meanwhile");
    let slow = slow.into_iter().map(|thread| thread.join().unwrap());
    for mut socket in silent.into_iter().chain(slow) {
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut said = Vec::new();
        // Where bytes were on their way the end may be a reset.
        let end = socket.read_to_end(&mut said).err().map(|error| error.kind());
        assert!(matches!(end, None | Some(io::ErrorKind::ConnectionReset)), "{end:?}");
        assert_eq!(String::from_utf8_lossy(&said), "");
    }
    assert_eq!(bob.lines_so_far(), [""; 0]);
    server.stop();
}

#[test]
fn bytes_that_trickle_in_over_tls_buy_no_more_time_either() {
    let server = start(|config| config.registration_timeout = Duration::from_secs(1));
    // One is slow with the end of the handshake; another with a record behind it.
    for shakes_hands_first in [false, true] {
        let mut socket = TcpStream::connect(server.tls_addresses()[0]).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.set_nodelay(true).unwrap();
        let mut tls = rustls::ClientConnection::new(anybody(), "tea.house".try_into().unwrap()).unwrap();
        tls.write_tls(&mut socket).unwrap();
        while tls.is_handshaking() {
            tls.read_tls(&mut socket).unwrap();
            tls.process_new_packets().unwrap();
        }
        if shakes_hands_first {
            tls.write_tls(&mut socket).unwrap();
            tls.writer().write_all("PING x\r\n".repeat(20).as_bytes()).unwrap();
        }
        let mut bytes = Vec::new();
        tls.write_tls(&mut bytes).unwrap();
        // Ten seconds and more, if nobody ended it.
        bytes.resize(bytes.len().max(208), 0);
        let cut_off = bytes.chunks(1).take(207).any(|byte| {
            thread::park_timeout(Duration::from_millis(50));
            socket.write_all(byte).is_err()
        });
        assert!(cut_off, "shakes hands first: {shakes_hands_first}");
    }
    server.stop();
}

#[test]
fn who_takes_the_wrong_port_is_told_so_and_hung_up_on() {
    let server = start(|_| {});
    let mut plain_to_tls = Peer::connect(server.tls_addresses()[0]);
    plain_to_tls.send("NICK alice\r\nUSER alice 0 * :Alice");
    assert_eq!(
        plain_to_tls.last_words(),
        "ERROR :This port is for TLS; connect with TLS, or to another port"
    );
    // The bytes of a real greeting, as far as they go.
    let mut tls_to_plain = Peer::connect(server.addresses()[0]);
    let mut greeting = Vec::new();
    let mut tls = rustls::ClientConnection::new(anybody(), "tea.house".try_into().unwrap()).unwrap();
    tls.write_tls(&mut greeting).unwrap();
    tls_to_plain.send_bytes(&greeting);
    assert_eq!(
        tls_to_plain.last_words(),
        "ERROR :Closing link to 127.0.0.1: This port is not for TLS; connect without TLS, or to another port"
    );
    // What looks like a handshake and is none gets an alert, and the end.
    let mut nonsense = TcpStream::connect(server.tls_addresses()[0]).unwrap();
    nonsense.set_read_timeout(Some(DEADLINE)).unwrap();
    nonsense.write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    let mut alert = Vec::new();
    nonsense.read_to_end(&mut alert).unwrap();
    assert_eq!(alert.first(), Some(&21), "{alert:?}");
    server.stop();
}

#[test]
fn a_server_that_signed_its_own_certificate_is_known_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("made/when/needed");
    let visit = |data_dir: Option<&Path>| {
        let server = start(|config| config.data_dir = data_dir.map(Path::to_owned));
        let identity = server.identity().unwrap();
        assert!(identity.is_self_signed);
        let alice = sealed(&server, "alice");
        assert_eq!(Fingerprint::of(&alice.certificate()), identity.fingerprint);
        server.stop();
        identity.fingerprint
    };
    let first = visit(Some(&data_dir));
    assert_eq!(visit(Some(&data_dir)), first);
    for (path, mode) in [(data_dir.join(SELF_SIGNED), 0o600), (data_dir.clone(), 0o700)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    // In memory it lasts as long as the server.
    assert_ne!(visit(None), visit(None));
}

#[test]
fn a_new_certificate_is_taken_on_without_dropping_anybody_and_a_mistake_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = renew(folder.path());
    let server = start(|config| {
        config.tls_cert = Some(folder.path().join("cert.pem"));
        config.tls_key = Some(folder.path().join("key.pem"));
    });
    let config = || (*server.config()).clone();
    let shown = |nick| Fingerprint::of(&sealed(&server, nick).certificate());
    let mut alice = sealed(&server, "alice");
    assert_eq!(Fingerprint::of(&alice.certificate()), first);

    let second = renew(folder.path());
    assert_ne!(first, second);
    assert_eq!(shown("before"), first);
    assert_eq!(server.reconfigure(config()), Ok(vec![]));
    assert_eq!(shown("after"), second);

    // The key of another certificate, no certificate, no file, half of the two keys.
    let key = fs::read(folder.path().join("key.pem")).unwrap();
    renew(folder.path());
    fs::write(folder.path().join("key.pem"), key).unwrap();
    let complaint = |config| server.reconfigure(config).unwrap_err().to_string(Language::English);
    assert!(complaint(config()).contains("cert.pem: cannot be used as a certificate with its key: "));
    fs::write(folder.path().join("cert.pem"), "nothing of the kind").unwrap();
    assert!(complaint(config()).ends_with("no certificate in PEM form"));
    fs::remove_file(folder.path().join("cert.pem")).unwrap();
    assert!(complaint(config()).contains("No such file"));
    let half = Config { tls_key: None, network: "Half".to_owned(), ..config() };
    assert_eq!(server.reconfigure(half), Err(Text::HalfAnIdentity));
    assert_eq!(shown("still"), second);
    assert_eq!(server.config().network, "Teahouse");

    // Nor does it let go of the one that it signed itself and has in memory.
    let own = Config { tls_cert: None, tls_key: None, ..config() };
    server.reconfigure(own.clone()).unwrap();
    let third = shown("own");
    server.reconfigure(own).unwrap();
    assert_eq!(shown("again"), third);
    alice.send("PING here");
    alice.wait_for("PONG");
    server.stop();
}

#[test]
fn a_client_is_known_by_its_certificate_to_itself_and_to_operators() {
    let server = start(|_| {});
    for (n, version) in [&TLS12, &TLS13].into_iter().enumerate() {
        let (config, certificate) = trust::somebody(&[version]);
        let fingerprint = Fingerprint::of(&certificate);
        let nick = format!("alice{n}");
        let mut alice = Peer::login_with(server.tls_addresses()[0], &config, &nick);
        let known =
            |asker: &str| format!("276 {asker} {nick} :has client certificate fingerprint {fingerprint}");
        assert_eq!(whois(&mut alice, &nick, &["276"]), [known(&nick)]);
        let mut bob = sealed(&server, "bob");
        assert!(whois(&mut bob, &nick, &["276"]).is_empty());
        bob.send("OPER root root");
        bob.wait_for(" 381 ");
        assert_eq!(whois(&mut bob, &nick, &["276"]), [known("bob")]);
        assert!(whois(&mut bob, "bob", &["276"]).is_empty());
        // Who is sent away hears it whole, too.
        bob.send(&format!("KILL {nick} :enough\r\nQUIT"));
        assert!(alice.last_words().ends_with("Killed (bob (enough))"));
        bob.last_words();
    }
    server.stop();
}

#[test]
fn those_who_could_come_over_tls_are_told_where_and_those_who_did_for_how_long() {
    let day = Some(Duration::from_secs(86_400));
    let server = start(|config| config.sts_duration = day);
    let offered = |secure: bool, version: &str| {
        let mut peer = if secure {
            Peer::connect_with(server.tls_addresses()[0], &anybody())
        } else {
            Peer::connect(server.addresses()[0])
        };
        peer.send(&format!("CAP LS{version}\r\nCAP REQ :sts"));
        let mut words = Vec::new();
        loop {
            let line = peer.line().expect("an answer");
            words.extend(line.split([' ', ':']).filter(|word| word.starts_with("sts")).map(str::to_owned));
            if line.contains(" NAK ") {
                return words;
            }
        }
    };
    // Nobody can have it, so the last is the refusal.
    assert_eq!(offered(true, " 302"), ["sts=duration=86400", "sts"]);
    // The port that the configuration says; here it is whichever is free.
    assert_eq!(offered(false, " 302"), ["sts=port=0", "sts"]);
    assert_eq!(offered(true, ""), ["sts"]);
    assert_eq!(offered(false, ""), ["sts"]);
    let config = || (*server.config()).clone();
    server.reconfigure(Config { sts_port: Some(6697), ..config() }).unwrap();
    assert_eq!(offered(false, " 302"), ["sts=port=6697", "sts"]);
    // Whoever has promised to come over TLS only is released from it; nobody else need know.
    server.reconfigure(Config { sts_duration: Some(Duration::ZERO), ..config() }).unwrap();
    assert_eq!(offered(true, " 302"), ["sts=duration=0", "sts"]);
    assert_eq!(offered(false, " 302"), ["sts"]);
    server.reconfigure(Config { sts_duration: None, ..config() }).unwrap();
    assert_eq!(offered(true, " 302"), ["sts"]);
    server.stop();
}

#[test]
fn a_server_says_goodbye_over_tls_and_does_not_wait_for_those_who_have_not_shaken_hands() {
    let server = start(|_| {});
    let mut alice = sealed(&server, "alice");
    let mut stranger = TcpStream::connect(server.tls_addresses()[0]).unwrap();
    stranger.write_all(&[22, 3, 1]).unwrap();
    // Whoever comes later is served by the time that the stranger's thread runs.
    sealed(&server, "bob").lines_so_far();
    let started = Instant::now();
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(2), "it took {:?}", started.elapsed());
    assert_eq!(alice.last_words(), "ERROR :Closing link to 127.0.0.1: The teahouse is closing. Goodbye!");
}

#[test]
fn one_may_listen_for_tls_only_but_not_for_nobody() {
    let server = start(|config| config.listen.clear());
    assert!(server.addresses().is_empty());
    sealed(&server, "alice").lines_so_far();
    server.stop();
    let nobody = Config { listen: Vec::new(), ..Config::default() };
    assert_eq!(Server::start(nobody).unwrap_err(), Text::NowhereToListen);
}

#[test]
fn a_certificate_that_was_added_to_an_account_proves_it() {
    let server = start(|_| {});
    let (config, _) = trust::somebody(&[&TLS13]);
    let address = server.tls_addresses()[0];
    let mut alice = Peer::login_with(address, &config, "alice");
    for (line, answer) in [
        ("NS REGISTER sesame12", " 900 "),
        ("NS CERT ADD", "certificates are changed"),
        ("NS CERT LIST", "1 certificates"),
    ] {
        alice.send(line);
        alice.wait_for(answer);
    }
    // Another connection with that certificate is another device of hers.
    let mut phone = Peer::connect_with(address, &config);
    phone.send("CAP LS 302\r\nCAP REQ sasl\r\nNICK alice\r\nUSER x 0 * :x\r\nAUTHENTICATE EXTERNAL");
    assert!(phone.wait_for("sasl=").contains("sasl=PLAIN,EXTERNAL"));
    phone.wait_for("AUTHENTICATE +");
    phone.send("AUTHENTICATE +");
    phone.wait_for(" 900 ");
    phone.send("CAP END");
    assert_eq!(phone.wait_for(" 221 "), ":tea.house 221 alice +Zr");
    alice.send("PRIVMSG #lobby :over there?");
    phone.wait_for(":over there?");
    // Nobody else's certificate proves it, nor does this one prove another account.
    let (other, _) = trust::somebody(&[&TLS13]);
    for (config, authzid) in [(&other, "+"), (&config, "Ym9i")] {
        let mut mallory = Peer::connect_with(address, config);
        mallory.send("CAP REQ sasl\r\nAUTHENTICATE EXTERNAL");
        mallory.wait_for("AUTHENTICATE +");
        mallory.send(&format!("AUTHENTICATE {authzid}"));
        mallory.wait_for(" 904 ");
    }
    server.stop();
}
