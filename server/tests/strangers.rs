//! Browsers and other programs that come to the wrong port: they are hung up on, and nothing that they carry is done.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/trust.rs"]
mod trust;

use peer::Peer;
use teahouse_server::{Config, Server};

const REASON: &str = "This port is for IRC, and that was something else";
const REASON_TLS: &str = "This port is not for TLS; connect without TLS, or to another port";
/// What a page would have said in the room.
const ATTACK: &str = "NICK mallory\r\nUSER m 0 * :m\r\nJOIN #lobby\r\nPRIVMSG #lobby :from a page\r\n";

/// Somebody in the lobby, who hears of everything that gets through.
struct House {
    server: Server,
    witness: Peer,
}

impl House {
    fn open() -> Self {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            listen_tls: vec!["127.0.0.1:0".parse().unwrap()],
            cloak: false,
            flood_protection: false,
            ..Config::default()
        };
        let server = Server::start(config).unwrap();
        let mut witness = Peer::login(server.addresses()[0], "witness");
        witness.lines_so_far();
        Self { server, witness }
    }

    /// Says these pieces, each in a packet of its own, without TLS and with it.
    #[track_caller]
    fn hangs_up_on(&mut self, pieces: &[&[u8]], reason: &str) {
        let plain = Peer::connect(self.server.addresses()[0]);
        let anybody = trust::anonymous(&[&rustls::version::TLS13]);
        let sealed = Peer::connect_with(self.server.tls_addresses()[0], &anybody);
        for mut guest in [plain, sealed] {
            let (last, first) = pieces.split_last().unwrap();
            for piece in first {
                guest.send_bytes(piece);
            }
            guest.send_bytes(last);
            // It may be gone already.
            let _ = guest.try_send(ATTACK);
            let mut said = Vec::new();
            while let Ok(Some(line)) = guest.try_line() {
                said.push(line);
            }
            let expected = format!("ERROR :Closing link to 127.0.0.1: {reason}");
            assert_eq!(said, [expected], "{:?}", String::from_utf8_lossy(&pieces.concat()));
        }
        assert_eq!(self.witness.lines_so_far(), [""; 0], "nothing got through");
    }

    fn close(self) {
        self.server.stop();
    }
}

#[test]
fn a_page_cannot_have_a_browser_say_anything_here() {
    let mut house = House::open();
    let headers = "Host: tea.house:6667\r\nOrigin: https://page.example\r\nContent-Type: text/plain\r\n\r\n";
    for request in
        ["POST / HTTP/1.1", "get / HTTP/1.1", "PRI * HTTP/2.0", "CONNECT a:1 HTTP/1.1", "NICK / HTTP/1.1"]
    {
        for body in
            ["", "a=\r\n", "------WebKitFormBoundaryA\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"]
        {
            let packet = format!("{request}\r\n{headers}{body}{ATTACK}");
            house.hangs_up_on(&[packet.as_bytes()], REASON);
        }
    }
    // Over the length of a line, too.
    let long = format!("POST /{} HTTP/1.1\r\n{headers}{ATTACK}", "x".repeat(3000));
    house.hangs_up_on(&[long.as_bytes()], REASON);
    let long = format!("NICK /{} HTTP/1.1\r\n{headers}{ATTACK}", "x".repeat(3000));
    house.hangs_up_on(&[long.as_bytes()], REASON);
    house.close();
}

#[test]
fn a_request_in_pieces_or_behind_empty_lines_is_known_too() {
    let mut house = House::open();
    house.hangs_up_on(&[b"PO", b"ST", b" / HT", b"TP/1.1\r", b"\n", ATTACK.as_bytes()], REASON);
    house.hangs_up_on(&[b"\r\n\n", b"\r\nPOST / HTTP/1.1\r\n", ATTACK.as_bytes()], REASON);
    // Nobody waits for the end of a line that cannot become one of IRC.
    house.hangs_up_on(&[b"GET /"], REASON);
    house.close();
}

#[test]
fn a_header_among_the_lines_of_a_login_ends_it() {
    let mut house = House::open();
    let mut guest = Peer::connect(house.server.addresses()[0]);
    guest.send("CAP LS 302");
    guest.wait_for("CAP * LS");
    guest.send(&format!("NICK mallory\r\nOrigin: https://page.example\r\n{ATTACK}"));
    assert_eq!(guest.last_words(), format!("ERROR :Closing link to 127.0.0.1: {REASON}"));
    assert_eq!(house.witness.lines_so_far(), [""; 0]);
    house.close();
}

#[test]
fn greetings_of_other_protocols_end_at_once() {
    let mut house = House::open();
    for greeting in [
        &b"SSH-2.0-OpenSSH_9.2p1\r\n"[..],
        b"\x00\x00\x00\x85\xffSMBr\x00",
        b"\xfeSMB@\x00",
        b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00",
        b"\x05\x01\x00",
        b"\x04\x01\x1a\x0b\x7f\x00\x00\x01\x00",
        b"\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x0c",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 6667\r\n",
        b"EHLO scanner\r\n",
        b"OPTIONS rtsp://tea.house RTSP/1.0\r\n",
        b"<policy-file-request/>\x00",
    ] {
        house.hangs_up_on(&[greeting], REASON);
    }
    house.hangs_up_on(&[b"\x16", b"\x03\x01\x02\x00\x01"], REASON_TLS);
    house.hangs_up_on(&[b"STARTTLS\r\n"], REASON_TLS);
    house.close();
}

#[test]
fn whoever_speaks_irc_is_let_in_whatever_the_words_look_like() {
    let mut house = House::open();
    let mut guest = Peer::connect(house.server.addresses()[0]);
    guest.send(
        "CAP LS 302\r\nhello\r\n/nick me\r\nNICK GET\r\nUSER get 0 * :Host: tea.house HTTP/1.1\r\nCAP END",
    );
    guest.wait_for(" 366 ");
    // Once inside, no line is looked at so.
    guest.send("GET / HTTP/1.1\r\nHost: tea.house\r\nSSH-2.0-x\r\nPRIVMSG witness :Host: there");
    house.witness.wait_for("PRIVMSG witness :Host: there");
    assert!(guest.lines_so_far().iter().filter(|line| line.contains(" 421 ")).count() == 3);
    // Not even in the packet that completed the login.
    let mut guest = Peer::connect(house.server.addresses()[0]);
    guest.send("NICK post\r\nUSER post 0 * :p\r\nGET / HTTP/1.1\r\nHost: tea.house\r\nPING in");
    guest.wait_for("PONG");
    house.close();
}
