//! One person on several devices at once, over real sockets: they come, speak and go in every order, and nobody loses a
//! word or sees more than one person.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::thread;
use std::time::Instant;

use peer::{DEADLINE, Peer};
use teahouse_server::{Config, Server};

const DEVICES: usize = 4;
const VISITS: usize = 8;

fn start() -> Server {
    let listen = vec!["127.0.0.1:0".parse().unwrap()];
    let config = Config { listen, flood_protection: false, cloak: false, ..Config::default() };
    Server::start(config).expect("it starts")
}

/// Logs in as alice, with the capabilities that the number says.
fn come(address: SocketAddr, number: usize) -> Peer {
    let mut peer = Peer::connect(address);
    let capabilities =
        ["sasl", "sasl server-time", "sasl echo-message message-tags", "sasl labeled-response batch"];
    peer.send(&format!("CAP REQ :{}\r\nNICK alice\r\nUSER alice 0 * :Alice", capabilities[number % 4]));
    peer.send("AUTHENTICATE PLAIN");
    peer.wait_for("AUTHENTICATE +");
    peer.send("AUTHENTICATE AGFsaWNlAHNlc2FtZTEy\r\nCAP END");
    peer.wait_for(" 001 alice ");
    peer.wait_for(" 366 alice #lobby ");
    peer
}

#[test]
fn devices_come_speak_and_go_and_everything_is_heard_once() {
    let server = start();
    let address = server.addresses()[0];
    let mut alice = Peer::login(address, "alice");
    alice.send("NS REGISTER sesame12");
    alice.wait_for(" 900 ");
    let mut bob = Peer::login(address, "bob");
    bob.lines_so_far();
    alice.lines_so_far();
    let devices: Vec<_> = (0..DEVICES)
        .map(|device| {
            thread::spawn(move || {
                for visit in 0..VISITS {
                    let mut peer = come(address, device + visit);
                    peer.send(&format!("PRIVMSG #lobby :{device}/{visit}"));
                    peer.lines_so_far();
                    // Half of them hang up without a word.
                    if visit % 2 == 0 {
                        peer.send("QUIT");
                        peer.last_words();
                    }
                }
            })
        })
        .collect();
    for device in devices {
        device.join().unwrap();
    }
    let said = |lines: Vec<String>| {
        let lines = lines.into_iter().inspect(|line| {
            assert!(
                line.starts_with(":alice!~alice@127.0.0.1 PRIVMSG #lobby :"),
                "one person speaks: {line}"
            );
        });
        lines.map(|line| line.rsplit(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let expected: BTreeSet<_> =
        (0..DEVICES).flat_map(|device| (0..VISITS).map(move |visit| format!("{device}/{visit}"))).collect();
    let heard = said(bob.lines_so_far());
    assert_eq!(heard.len(), expected.len());
    assert_eq!(heard.iter().cloned().collect::<BTreeSet<_>>(), expected);
    // Her own first device has heard the same, in the same order.
    assert_eq!(said(alice.lines_so_far()), heard);
    // Those who hung up without a word are gone as soon as the server has seen it.
    let deadline = Instant::now() + DEADLINE;
    loop {
        bob.send("NS INFO alice");
        if bob.wait_for("NOTICE bob").contains(" 1 connections ") {
            break;
        }
        assert!(Instant::now() < deadline, "they are still there");
    }
    alice.send("QUIT :all of me");
    alice.last_words();
    assert_eq!(bob.lines_so_far(), [":alice!~alice@127.0.0.1 QUIT :Quit: all of me"]);
    server.stop();
}

#[test]
fn a_new_name_is_known_to_ones_other_device_at_once() {
    let server = start();
    let address = server.addresses()[0];
    let mut laptop = Peer::login(address, "alice");
    laptop.send("NS REGISTER sesame12");
    laptop.wait_for(" 900 ");
    let mut phone = come(address, 0);
    let mut bob = Peer::login(address, "bob");
    for (nick, speaker) in [("alicia", true), ("alice", false)] {
        let (one, other) = if speaker { (&mut phone, &mut laptop) } else { (&mut laptop, &mut phone) };
        one.lines_so_far();
        other.lines_so_far();
        bob.lines_so_far();
        one.send(&format!("NICK {nick}"));
        assert!(one.wait_for(" NICK ").ends_with(nick));
        assert!(other.lines_so_far().iter().any(|line| line.ends_with(&format!("NICK {nick}"))));
        // What the other device is answered names it so, and so is it heard.
        other.send("MODE #lobby\r\nPRIVMSG #lobby :me too");
        other.wait_for(&format!(" 324 {nick} #lobby "));
        assert!(bob.wait_for(" PRIVMSG ").starts_with(&format!(":{nick}!")));
        bob.send(&format!("PRIVMSG {nick} :both?"));
        for device in [one, other] {
            assert!(device.wait_for(" :both?").contains(&format!(" PRIVMSG {nick} ")));
        }
    }
    server.stop();
}
