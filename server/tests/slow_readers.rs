//! Those who read slowly and then read on: the drain thread has kept for them what the kernel did not take.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/trust.rs"]
mod trust;

use peer::Peer;
use teahouse_server::{Config, Server};

/// More than the kernel holds for somebody who does not read, in lines of half a kilobyte.
const MUCH: usize = 10_000;

struct House {
    server: Server,
    speaker: Peer,
    /// How much has been said.
    said: usize,
}

impl House {
    fn open() -> Self {
        let config = Config {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            listen_tls: vec!["127.0.0.1:0".parse().unwrap()],
            cloak: false,
            flood_protection: false,
            sendq: 64 << 20,
            ..Config::default()
        };
        let server = Server::start(config).unwrap();
        let speaker = Peer::login(server.addresses()[0], "speaker");
        Self { server, speaker, said: 0 }
    }

    /// Somebody who comes in and then does not read.
    fn slow_reader(&self, nick: &str, with_tls: bool) -> Peer {
        if with_tls {
            let anybody = trust::anonymous(&[&rustls::version::TLS13]);
            Peer::login_with(self.server.tls_addresses()[0], &anybody, nick)
        } else {
            Peer::login(self.server.addresses()[0], nick)
        }
    }

    fn speak(&mut self, lines: usize) {
        let text = "x".repeat(420);
        for _ in 0..lines / 100 {
            let hundred: String =
                (0..100).map(|n| format!("PRIVMSG #lobby :{} {text}\r\n", self.said + n)).collect();
            self.speaker.send_bytes(hundred.as_bytes());
            self.said += 100;
        }
        // All of it has been said, whoever has read it.
        self.speaker.lines_so_far();
    }
}

/// Reads what was said from one line to another: each once and in order.
#[track_caller]
fn reads(peer: &mut Peer, lines: std::ops::Range<usize>) {
    for number in lines {
        let line = peer.wait_for(" PRIVMSG ");
        let words = line.split_once(" PRIVMSG #lobby :").unwrap().1;
        assert_eq!(
            words.split_once(' ').map(|(first, rest)| (first.parse(), rest.len())),
            Some((Ok(number), 420))
        );
    }
}

/// Two who do not read, one after the other, and then read on, the second one first.
#[track_caller]
fn get_the_rest(first_with_tls: bool, second_with_tls: bool) {
    let mut house = House::open();
    let mut first = house.slow_reader("first", first_with_tls);
    house.speak(MUCH);
    // The first one is waited for when the second one comes.
    let mut second = house.slow_reader("second", second_with_tls);
    house.speak(MUCH);
    reads(&mut second, MUCH..2 * MUCH);
    reads(&mut first, 0..2 * MUCH);
    // And then they are people like any other.
    house.speak(100);
    for reader in [&mut first, &mut second] {
        reads(reader, 2 * MUCH..2 * MUCH + 100);
        reader.send("PING in-time");
        reader.wait_for("in-time");
    }
    house.server.stop();
}

#[test]
fn who_reads_on_gets_each_line_once_and_in_order() {
    get_the_rest(false, false);
}

#[test]
fn who_reads_on_over_tls_gets_each_line_once_and_in_order() {
    get_the_rest(true, true);
}

#[test]
fn who_reads_on_is_not_held_up_by_somebody_of_another_kind() {
    get_the_rest(true, false);
}
