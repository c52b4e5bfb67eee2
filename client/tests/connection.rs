//! A connection against a server that is played line by line, over real sockets of this machine.
//!
//! Nothing here sleeps: the window's side waits to be woken, the server's side for lines, and all of them no longer
//! than [`support::PATIENCE`].

mod support;

use std::collections::VecDeque;
use std::io::{BufRead, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use socket2::{Domain, SockAddr, Socket, Type};
use teahouse::config::profile::{Profile, Secret};
use teahouse::event::failure::Failure;
use teahouse::event::wire_line::WireLine;
use teahouse::event::{Event, What};
use teahouse::net::connection::{Connection, Patience, Setup};
use teahouse::net::reconnect::Retry;
use teahouse::text::encoding::Encoding;
use teahouse_protocol::Capability;

use support::PATIENCE as DEADLINE;
use support::peer::{Peer, listen};

/// How long closing a window may take.
const CLOSING_TIME: Duration = Duration::from_secs(1);

/// The window's side.
struct Window {
    connection: Connection,
    woken: Receiver<()>,
    drained: VecDeque<Event>,
}

impl Window {
    fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, Patience::default())
    }

    fn connect_with(address: SocketAddr, patience: Patience) -> Self {
        Self::connect_to(&address.ip().to_string(), address.port(), patience)
    }

    fn connect_to(server: &str, port: u16, patience: Patience) -> Self {
        Self::open(server, port, Setup { patience, ..Setup::default() })
    }

    fn open(server: &str, port: u16, setup: Setup) -> Self {
        let profile =
            Profile { server: server.to_owned(), port, nick: "小明".to_owned(), ..Profile::default() };
        Self::open_as(&profile, &Setup { retry: Retry::Never, ..setup })
    }

    fn open_as(profile: &Profile, setup: &Setup) -> Self {
        let (wake, woken) = unbounded();
        let wake = move || wake.send(()).unwrap_or_default();
        Self { connection: Connection::open(profile, setup, wake), woken, drained: VecDeque::new() }
    }

    /// The next event, waited for as a window waits: by being woken.
    #[track_caller]
    fn next(&mut self) -> What {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(event) = self.drained.pop_front() {
                return event.what;
            }
            self.woken.recv_deadline(deadline).expect("an event in time");
            self.drained.extend(self.connection.drain());
        }
    }

    #[track_caller]
    fn ended(&mut self) -> Failure {
        match self.next() {
            What::Ended(failure) => failure,
            other => panic!("the connection should have ended, but {other:?}"),
        }
    }

    /// The words of the next message.
    #[track_caller]
    fn hears(&mut self) -> String {
        match self.next() {
            What::Said { words, .. } => words.text,
            other => panic!("somebody should have spoken, but {other:?}"),
        }
    }

    #[track_caller]
    fn close(self) {
        let started = Instant::now();
        self.connection.close();
        let took = started.elapsed();
        assert!(took < CLOSING_TIME, "closing took {took:?}");
    }
}

const OPENING: [&str; 3] = ["CAP LS 302", "NICK 小明", "USER teahouse 0 * :小明"];

/// A window that is logged in, and the server it is logged in on.
fn logged_in() -> (Window, Peer) {
    logged_in_with(Patience::default())
}

fn logged_in_with(patience: Patience) -> (Window, Peer) {
    let (listener, address) = listen();
    let mut window = Window::connect_with(address, patience);
    let mut peer = Peer::accept(&listener);
    peer.expect(&OPENING);
    peer.send(":tea.house 001 小明 :Welcome\r\n");
    assert_eq!(window.next(), What::Welcome { nick: "小明".to_owned() });
    (window, peer)
}

#[test]
fn letters_are_read_and_written_as_people_there_do() {
    const HELLO: &[u8] = b"\xc4\xe3\xba\xc3";
    for (name, utf8_only) in [("", false), ("GB18030", false), ("GB18030", true)] {
        let (listener, address) = listen();
        let profile = Profile { encoding: Encoding::parse(name).unwrap(), ..bob(address) };
        let mut window = Window::open_as(&profile, &Setup::default());
        let mut peer = Peer::accept(&listener);
        peer.expect(&BOBS_OPENING);
        peer.send(":tea.house 001 bob :Welcome\r\n");
        if utf8_only {
            peer.send(":tea.house 005 bob SAFELIST UTF8ONLY :are supported\r\n");
        }
        peer.send([b":alice!a@h PRIVMSG #tea :", HELLO, b" \xe4\xbd", b"\r\n"].concat());
        peer.send(":alice!a@h PRIVMSG #tea :你好\r\n");
        assert_eq!(window.next(), What::Welcome { nick: "bob".to_owned() });
        if utf8_only {
            assert!(matches!(window.next(), What::Supports(_)));
        }
        assert!(window.hears().starts_with("你好 "), "{name}");
        assert_eq!(window.hears(), "你好", "some speak UTF-8");
        window.connection.send("PRIVMSG #tea :你好".to_owned());
        let mut line = Vec::new();
        peer.reader.read_until(b'\n', &mut line).unwrap();
        let written = if name.is_empty() || utf8_only { "你好".as_bytes() } else { HELLO };
        assert_eq!(line, [b"PRIVMSG #tea :", written, b"\r\n"].concat(), "{name} {utf8_only}");
        window.close();
    }
}

/// Who goes to a server as bob.
fn bob(address: SocketAddr) -> Profile {
    Profile {
        server: address.ip().to_string(),
        port: address.port(),
        nick: "bob".to_owned(),
        ..Profile::default()
    }
}

const BOBS_OPENING: [&str; 3] = ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"];

fn hurried() -> Patience {
    let soon = Duration::from_millis(50);
    Patience { connect: DEADLINE, capabilities: soon, login: soon, idle: soon, answer: soon }
}

/// A listener that answers nobody, because its queue is full: connecting to it stays under way.
struct Deaf {
    _listener: Socket,
    _queue: Vec<Socket>,
    address: SocketAddr,
}

fn deaf() -> Deaf {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let fill = |_| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let _ = socket.connect(&SockAddr::from(address));
        socket
    };
    Deaf { address, _queue: (0..4).map(fill).collect(), _listener: listener }
}

// Logging in.

#[test]
fn the_server_learns_the_name_with_the_first_lines_and_the_window_is_welcomed() {
    let (listener, address) = listen();
    let mut window = Window::connect(address);
    let mut peer = Peer::accept(&listener);
    peer.expect(&OPENING);
    peer.send(":tea.house CAP * LS :server-time echo-message sasl\r\n");
    peer.expect(&["CAP REQ :server-time echo-message"]);
    peer.send(":tea.house CAP * ACK :server-time echo-message\r\n");
    peer.expect(&["CAP END"]);
    peer.send(":tea.house 001 小明 :Welcome\r\n");
    let capabilities = [Capability::ServerTime, Capability::EchoMessage].map(|it| (it, String::new())).into();
    assert_eq!(window.next(), What::Capabilities(capabilities));
    assert_eq!(window.next(), What::Welcome { nick: "小明".to_owned() });
    window.close();
    peer.expect_end();
}

#[test]
fn a_server_is_found_by_its_name() {
    let (listener, address) = listen();
    let window = Window::connect_to("localhost", address.port(), Patience::default());
    Peer::accept(&listener).expect(&OPENING);
    window.close();
}

#[test]
fn a_name_that_is_taken_ends_the_login_with_just_that() {
    let (listener, address) = listen();
    let mut window = Window::connect(address);
    let mut peer = Peer::accept(&listener);
    peer.expect(&OPENING);
    peer.send(":tea.house 433 * 小明 :Nickname is already in use\r\n");
    assert_eq!(window.ended(), Failure::NickInUse { nick: "小明".to_owned() });
    peer.expect_end();
    window.close();
}

#[test]
fn a_port_without_a_server_is_said_plainly() {
    let (listener, address) = listen();
    drop(listener);
    let mut window = Window::connect(address);
    let (host, port) = (address.ip().to_string(), address.port());
    assert_eq!(window.ended(), Failure::ConnectionRefused { host, port });
    window.close();
}

#[test]
fn a_name_of_no_host_is_said_plainly() {
    // No label of a name may have more than 63 letters, so nobody has to be asked.
    let host = format!("{}.example", "x".repeat(64));
    let mut window = Window::connect_to(&host, 6667, Patience::default());
    assert_eq!(window.ended(), Failure::UnknownHost { host });
    window.close();
}

#[test]
fn whoever_does_not_speak_irc_is_not_talked_to() {
    let web = "HTTP/1.1 400 Bad Request\r\nServer: web\r\n\r\n<html>";
    let mail = "220 mail.example ESMTP\r\n500 what?\r\n";
    let shell = "SSH-2.0-OpenSSH_9.2\r\n";
    let noise: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let endless = vec![b'x'; 100_000];
    for garbage in [web.as_bytes(), mail.as_bytes(), shell.as_bytes(), &noise, &endless] {
        let (listener, address) = listen();
        let mut window = Window::connect(address);
        let mut peer = Peer::accept(&listener);
        peer.expect(&OPENING);
        // The window may hang up before it has heard it all.
        let _ = peer.reader.get_mut().write_all(garbage);
        let host = address.ip().to_string();
        assert_eq!(window.ended(), Failure::NotAChatServer { host });
        window.close();
    }
}

#[test]
fn a_server_that_says_nothing_to_a_login_is_given_up() {
    let (listener, address) = listen();
    let mut window = Window::connect_with(address, hurried());
    let mut peer = Peer::accept(&listener);
    assert_eq!(window.ended(), Failure::NoWelcome);
    peer.expect(&OPENING);
    peer.expect_end();
}

#[test]
fn a_server_that_says_nothing_of_capabilities_hears_the_password_all_the_same() {
    let (listener, address) = listen();
    let profile = Profile { server_password: Secret::from("sesame".to_owned()), ..bob(address) };
    let patience = Patience { login: DEADLINE, ..hurried() };
    let _window = Window::open_as(&profile, &Setup { patience, ..Setup::default() });
    Peer::accept(&listener).expect(&["CAP LS 302", "PASS :sesame", "NICK bob", "USER bob 0 * :bob"]);
}

#[test]
fn a_login_that_nobody_answers_is_done_without() {
    let (listener, address) = listen();
    let profile = Profile { password: Secret::from("sesame".to_owned()), ..bob(address) };
    let patience = Patience { login: Duration::from_secs(1), ..hurried() };
    let _window = Window::open_as(&profile, &Setup { patience, ..Setup::default() });
    let mut peer = Peer::accept(&listener);
    peer.expect(&BOBS_OPENING);
    peer.send(":s CAP * LS :sasl=PLAIN\r\n");
    peer.expect(&["CAP REQ :sasl"]);
    peer.send(":s CAP * ACK :sasl\r\n");
    peer.expect(&["AUTHENTICATE PLAIN", "AUTHENTICATE *", "CAP END"]);
}

#[test]
fn a_mechanism_that_is_refused_makes_way_for_the_next() {
    let (listener, address) = listen();
    let profile = Profile { password: Secret::from("sesame".to_owned()), ..bob(address) };
    let _window = Window::open_as(&profile, &Setup::default());
    let mut peer = Peer::accept(&listener);
    peer.expect(&BOBS_OPENING);
    peer.send(":s CAP * LS :sasl\r\n");
    peer.expect(&["CAP REQ :sasl"]);
    peer.send(":s CAP * ACK :sasl\r\n");
    peer.expect(&["AUTHENTICATE SCRAM-SHA-256"]);
    peer.send(":s 904 bob :No\r\n:s 908 bob PLAIN :are available\r\n");
    peer.expect(&["AUTHENTICATE PLAIN"]);
    peer.send(":s 904 bob :No\r\n");
    peer.expect(&["CAP END"]);
}

#[test]
fn whoever_comes_back_by_another_name_logs_in_to_the_same_account() {
    let (listener, address) = listen();
    let profile = Profile { password: Secret::from("sesame".to_owned()), ..bob(address) };
    let mut window = Window::open_as(&profile, &Setup::default());
    let mut peer = Peer::accept(&listener);
    peer.expect(&BOBS_OPENING);
    peer.send(":s 001 bob :Welcome\r\n:bob!b@h NICK bobby\r\n");
    assert_eq!(window.next(), What::Welcome { nick: "bob".to_owned() });
    while !matches!(window.next(), What::Renamed { .. }) {}
    drop(peer);
    let mut peer = Peer::accept(&listener);
    peer.expect(&["CAP LS 302", "NICK bobby", "USER bobby 0 * :bobby"]);
    peer.send(":s CAP * LS :sasl=PLAIN\r\n");
    peer.expect(&["CAP REQ :sasl"]);
    peer.send(":s CAP * ACK :sasl\r\n");
    peer.expect(&["AUTHENTICATE PLAIN"]);
    peer.send("AUTHENTICATE +\r\n");
    // bob, bob, sesame
    peer.expect(&["AUTHENTICATE Ym9iAGJvYgBzZXNhbWU="]);
}

#[test]
fn a_name_that_is_still_ours_from_before_is_waited_for() {
    let (listener, address) = listen();
    let mut window = Window::open_as(&bob(address), &Setup::default());
    let mut peer = Peer::accept(&listener);
    peer.expect(&BOBS_OPENING);
    peer.send(":s 001 bob :Welcome\r\n");
    assert_eq!(window.next(), What::Welcome { nick: "bob".to_owned() });
    // The connection is lost, and the server has not noticed.
    drop(peer);
    let mut peer = Peer::accept(&listener);
    peer.expect(&BOBS_OPENING);
    peer.send(":s 433 * bob :Nickname is already in use\r\n");
    peer.expect_end();
    Peer::accept(&listener).expect(&BOBS_OPENING);
}

#[test]
fn a_server_that_drips_does_not_prolong_the_login() {
    let (listener, address) = listen();
    let mut window = Window::connect_with(address, hurried());
    let dripping = thread::spawn(move || {
        let mut peer = Peer::accept(&listener);
        // Ends when the window hangs up.
        while peer.reader.get_mut().write_all(b":tea.house NOTICE * :wait\r\n").is_ok() {}
    });
    loop {
        match window.next() {
            What::Ended(failure) => break assert_eq!(failure, Failure::NoWelcome),
            What::Said { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    window.close();
    dripping.join().unwrap();
}

#[test]
fn a_server_that_hangs_up_is_quoted() {
    let (mut window, mut peer) = logged_in();
    peer.send("ERROR :Closing link: too much tea\r\n");
    let reason = "Closing link: too much tea".to_owned();
    assert_eq!(window.ended(), Failure::ClosedByServer { reason });
    let (mut window, peer) = logged_in();
    drop(peer);
    assert_eq!(window.ended(), Failure::ClosedByServer { reason: String::new() });
}

// Framing.

#[test]
fn half_a_line_waits_for_its_other_half() {
    let (mut window, mut peer) = logged_in();
    peer.send(":a!u@h PRIVMSG #a :first\r\n:a!u@h PRIVMSG #a :你");
    assert_eq!(window.hears(), "first");
    peer.send("好\r\n");
    assert_eq!(window.hears(), "你好");
    // A character may be cut in two as well.
    let (one, other) = ":a!u@h PRIVMSG #a 茶\r\nPING x\r\n".as_bytes().split_at(20);
    peer.send(one);
    peer.send(other);
    assert_eq!(window.hears(), "茶");
    peer.expect(&["PONG :x"]);
}

#[test]
fn two_lines_in_one_packet_are_two_messages() {
    let (mut window, mut peer) = logged_in();
    peer.send(":a!u@h PRIVMSG #a one\r\n:a!u@h PRIVMSG #a two\r\n");
    assert_eq!((window.hears(), window.hears()), ("one".to_owned(), "two".to_owned()));
}

#[test]
fn a_line_in_pieces_of_one_byte_is_one_message() {
    let (mut window, mut peer) = logged_in();
    for byte in ":a!u@h PRIVMSG #茶馆 :你好，世界！😀\r\n".bytes() {
        peer.send([byte]);
    }
    assert_eq!(window.hears(), "你好，世界！😀");
}

#[test]
fn what_is_not_utf8_is_shown_as_well_as_it_can_be() {
    let (mut window, mut peer) = logged_in();
    peer.send(b":a!u@h PRIVMSG #a :caf\xe9\r\n");
    assert_eq!(window.hears(), "caf\u{fffd}");
}

#[test]
fn a_line_that_is_no_message_is_skipped_once_we_are_in() {
    let (mut window, mut peer) = logged_in();
    peer.send("?!\r\n\r\n:a!u@h PRIVMSG #a ok\r\n");
    assert_eq!(window.hears(), "ok");
}

// Waking, and keeping the line open.

#[test]
fn the_window_is_woken_once_for_many_events_and_misses_none() {
    let (mut window, mut peer) = logged_in();
    // The welcome may have left a wake behind, which stands for these as well.
    let lines: String = (0..100).map(|n| format!(":a!u@h PRIVMSG #a {n}\r\n")).collect();
    peer.send(lines + "PING fence\r\n");
    peer.expect(&["PONG :fence"]);
    assert_eq!(window.woken.len(), 1);
    for n in 0..100 {
        assert_eq!(window.hears(), n.to_string());
    }
}

#[test]
fn the_server_is_answered_when_it_asks() {
    let (window, mut peer) = logged_in();
    peer.send("PING :are you there\r\n:tea.house PING tea.house\r\n");
    peer.expect(&["PONG :are you there", "PONG :tea.house"]);
    window.close();
}

#[test]
fn a_silent_server_is_asked_and_given_up_when_it_does_not_answer() {
    // Time enough for the first answer, on a machine that has other things to do.
    let patience = Patience { login: DEADLINE, answer: Duration::from_secs(3), ..hurried() };
    let (mut window, mut peer) = logged_in_with(patience);
    peer.expect(&["PING teahouse"]);
    peer.send(":tea.house PONG tea.house teahouse\r\n");
    assert!(matches!(window.next(), What::Latency(_)));
    peer.expect(&["PING teahouse"]);
    assert_eq!(window.ended(), Failure::Silent);
    peer.expect_end();
}

#[test]
fn how_long_the_server_takes_to_answer_is_told_once_it_has_greeted_and_again_later() {
    let (listener, address) = listen();
    let setup = Setup { measured: Some(Duration::from_millis(1)), ..Setup::default() };
    let mut window = Window::open(&address.ip().to_string(), address.port(), setup);
    let mut peer = Peer::accept(&listener);
    peer.expect(&OPENING);
    peer.send(":tea.house 001 小明 :Welcome\r\n:tea.house 422 小明 :No message\r\n");
    assert_eq!(window.next(), What::Welcome { nick: "小明".to_owned() });
    assert_eq!(window.next(), What::MotdEnd);
    for _ in 0..2 {
        peer.expect(&["PING teahouse"]);
        peer.send(":tea.house PONG tea.house :teahouse\r\n");
        let told = window.next();
        assert!(matches!(told, What::Latency(latency) if latency < DEADLINE), "{told:?}");
    }
    window.close();
}

// Sending and closing.

#[test]
fn lines_are_sent_in_order_and_the_farewell_is_heard() {
    let (window, mut peer) = logged_in();
    for n in 0..500 {
        window.connection.send(format!("PRIVMSG #a {n}"));
    }
    window.connection.send("QUIT :再见".to_owned());
    window.close();
    for n in 0..500 {
        peer.expect(&[&format!("PRIVMSG #a {n}")]);
    }
    peer.expect(&["QUIT :再见"]);
    peer.expect_end();
}

#[test]
fn closing_ends_a_reader_that_is_blocked_and_the_server_notices() {
    let (window, mut peer) = logged_in();
    window.close();
    peer.expect_end();
}

#[test]
fn what_goes_over_the_wire_can_be_seen_without_its_passwords() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut window = Window::connect(listener.local_addr().unwrap());
    let mut peer = Peer::accept(&listener);
    peer.send(":s 001 小明 :hi\r\nPING :x\r\n");
    assert!(matches!(window.next(), What::Welcome { .. }));
    window.connection.send("OPER root sesame".to_owned());
    // In whatever order they are noted: what is sent and what is received each have a thread.
    let expected =
        ["> 12 CAP LS 302", "< 19 :s 001 小明 :hi", "< 9 PING :x", "> 9 PONG :x", "> 18 OPER root ****"];
    let mut seen: Vec<String> = Vec::new();
    let deadline = Instant::now() + DEADLINE;
    while !expected.iter().all(|line| seen.iter().any(|one| one == line)) {
        let woken = window.woken.recv_deadline(deadline);
        woken.unwrap_or_else(|_| panic!("{expected:#?} in {seen:#?}"));
        window.drained.extend(window.connection.drain());
        let show =
            |line: WireLine| format!("{} {} {}", if line.is_sent { '>' } else { '<' }, line.bytes, line.line);
        seen.extend(window.connection.wire_lines().map(show));
    }
}

#[test]
fn a_connection_that_is_dropped_is_closed() {
    let (window, mut peer) = logged_in();
    drop(window);
    peer.expect_end();
}

#[test]
fn closing_ends_a_connection_that_is_still_being_made() {
    let deaf = deaf();
    let window = Window::connect(deaf.address);
    window.close();
}

#[test]
fn a_server_that_takes_nothing_neither_blocks_the_window_nor_its_closing() {
    let (window, _peer) = logged_in();
    let started = Instant::now();
    for _ in 0..800 {
        window.connection.send(format!("PRIVMSG #a :{}", "x".repeat(490)));
    }
    assert!(started.elapsed() < CLOSING_TIME);
    window.close();
}

#[test]
fn a_server_that_takes_nothing_at_all_any_more_is_given_up() {
    let (mut window, peer) = logged_in();
    let deadline = Instant::now() + DEADLINE;
    // Fills the system's buffers on both sides and then the queue, which may hold some megabytes together.
    while window.drained.is_empty() && Instant::now() < deadline {
        window.connection.send(format!("PRIVMSG #a :{}", "x".repeat(490)));
        window.drained.extend(window.connection.drain());
    }
    assert_eq!(window.ended(), Failure::Stalled);
    drop(peer);
    window.close();
}

#[test]
fn a_window_that_takes_no_events_slows_the_server_down_and_can_be_closed() {
    let (window, peer) = logged_in();
    let mut stream = peer.reader.into_inner();
    let talking = thread::spawn(move || {
        let lines = ":a!u@h PRIVMSG #a :on and on and on\r\n".repeat(1000);
        // Far more than the window holds and the system buffers. Ends when the window hangs up.
        (0..10_000).take_while(|_| stream.write_all(lines.as_bytes()).is_ok()).count()
    });
    // The first wake says that the first lines are there; the rest comes while nobody looks.
    window.woken.recv_timeout(DEADLINE).expect("to be woken");
    window.close();
    assert!(talking.join().unwrap() < 10_000);
}

#[test]
fn a_server_that_only_stops_talking_is_gone_too() {
    let (mut window, mut peer) = logged_in();
    peer.reader.get_mut().shutdown(Shutdown::Write).unwrap();
    assert_eq!(window.ended(), Failure::ClosedByServer { reason: String::new() });
    let mut rest = Vec::new();
    peer.reader.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
}
