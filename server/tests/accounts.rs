//! Accounts, where a transcript does not reach: what a client computes, and what is so after a restart.

#[allow(dead_code, reason = "each test program uses its own part")]
mod support;

use base64ct::{Base64, Encoding};
use ring::{digest, hmac, pbkdf2};
use support::peer::Peer;
use teahouse_protocol::CaseMapping;
use teahouse_protocol::scram::{self, ClientFinal, ClientFirst, ServerFinal, ServerFirst};
use teahouse_server::config::Operator;
use teahouse_server::{Config, Server};

fn start(config: Config) -> Server {
    let listen = vec!["127.0.0.1:0".parse().unwrap()];
    Server::start(Config { listen, flood_protection: false, cloak: false, ..config }).expect("it starts")
}

fn register(server: &Server, nick: &str, password: &str) -> Peer {
    let mut peer = Peer::login(server.addresses()[0], nick);
    peer.send(&format!("REGISTER * * {password}"));
    peer.wait_for("REGISTER SUCCESS");
    peer
}

/// Somebody who is about to log in by a mechanism.
fn begin(server: &Server, mechanism: &str) -> Peer {
    let mut peer = Peer::connect(server.addresses()[0]);
    peer.send(&format!("CAP REQ sasl\r\nAUTHENTICATE {mechanism}"));
    peer.wait_for("AUTHENTICATE +");
    peer
}

fn plain(server: &Server, account: &str, password: &str) -> Peer {
    let mut peer = begin(server, "PLAIN");
    let said = format!("\0{account}\0{password}");
    peer.send(&format!("AUTHENTICATE {}", Base64::encode_string(said.as_bytes())));
    peer
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

/// Says the two messages of SCRAM with a password. Returns the signature that the server ought to show.
fn scram(peer: &mut Peer, account: &str, password: &str) -> String {
    let first = ClientFirst::new(account, "fyko+d2lbbFgONRv9qkxdawL");
    peer.send(&format!("AUTHENTICATE {}", Base64::encode_string(first.to_string().as_bytes())));
    let answer = peer.wait_for("AUTHENTICATE ");
    let answer = Base64::decode_vec(answer.rsplit(' ').next().unwrap()).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let server = ServerFirst::parse(&answer).unwrap();
    assert!(server.nonce.starts_with(first.nonce) && server.nonce.len() > first.nonce.len());
    let salt = Base64::decode_vec(server.salt).unwrap();
    let mut salted = [0; 32];
    let iterations = server.iterations.try_into().unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, password.as_bytes(), &mut salted);
    let client_key = hmac(&salted, b"Client Key");
    let unproven = ClientFinal { binding: "biws", nonce: server.nonce, extensions: "", proof: "" };
    let auth_message = scram::auth_message(&first, &server, &unproven);
    let signature = hmac(digest::digest(&digest::SHA256, &client_key).as_ref(), auth_message.as_bytes());
    let proof: Vec<u8> = client_key.iter().zip(signature).map(|(one, other)| one ^ other).collect();
    let proof = Base64::encode_string(&proof);
    let last = ClientFinal { proof: &proof, ..unproven };
    peer.send(&format!("AUTHENTICATE {}", Base64::encode_string(last.to_string().as_bytes())));
    Base64::encode_string(&hmac(&hmac(&salted, b"Server Key"), auth_message.as_bytes()))
}

#[test]
fn one_proves_to_know_the_password_without_saying_it_and_so_does_the_server() {
    let server = start(Config { scram: true, ..Config::default() });
    register(&server, "alice", "sesame12");
    let mut peer = begin(&server, "SCRAM-SHA-256");
    let signature = scram(&mut peer, "alice", "sesame12");
    let shown = peer.wait_for("AUTHENTICATE ");
    let shown = Base64::decode_vec(shown.rsplit(' ').next().unwrap()).unwrap();
    let expected = ServerFinal::Verifier(&signature).to_string();
    assert_eq!(String::from_utf8(shown).unwrap(), expected);
    peer.send("AUTHENTICATE +");
    peer.wait_for(" 900 ");
    peer.wait_for(" 903 ");

    // A wrong password, and an account that there is not, fail alike and at the same step.
    for (account, password) in [("alice", "sesame13"), ("nobody", "sesame12")] {
        let mut peer = begin(&server, "SCRAM-SHA-256");
        scram(&mut peer, account, password);
        peer.wait_for(" 904 ");
    }
    server.stop();
}

#[test]
fn accounts_are_there_after_a_restart_and_older_ones_get_the_keys_of_scram_when_they_log_in() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: Some(folder.path().to_owned()), ..Config::default() };
    let server = start(config.clone());
    register(&server, "小明", "芝麻开门芝麻开门");
    server.stop();

    let config = Config { scram: true, ..config };
    let server = start(config.clone());
    let mut stranger = Peer::connect(server.addresses()[0]);
    stranger.send("NICK 小明\r\nUSER x 0 * :x");
    stranger.wait_for(" 433 ");
    let mut peer = begin(&server, "SCRAM-SHA-256");
    scram(&mut peer, "小明", "芝麻开门芝麻开门");
    peer.wait_for(" 904 ");
    plain(&server, "小明", "芝麻开门芝麻开门").wait_for(" 903 ");
    // From then on, and after the next start.
    let log_in = |server: &Server| {
        let mut peer = begin(server, "SCRAM-SHA-256");
        scram(&mut peer, "小明", "芝麻开门芝麻开门");
        peer.wait_for("AUTHENTICATE ");
        peer.send("AUTHENTICATE +");
        peer.wait_for(" 903 ");
    };
    log_in(&server);
    server.stop();

    let server = start(config);
    log_in(&server);
    server.stop();
}

#[test]
fn a_guesser_waits_and_the_owner_comes_in_all_the_same() {
    let server = start(Config::default());
    register(&server, "alice", "sesame12");
    let mut guessers: Vec<_> =
        (0..4).map(|guess| plain(&server, "alice", &format!("guess-{guess}"))).collect();
    for guesser in &mut guessers {
        guesser.wait_for(" 904 ");
    }
    let mut owner = plain(&server, "alice", "sesame12");
    owner.wait_for(" 903 ");
    server.stop();
}

#[test]
fn an_old_password_lets_nobody_in_who_began_with_it_and_waited() {
    let server = start(Config { scram: true, ..Config::default() });
    let mut alice = register(&server, "alice", "sesame12");
    let mut thief = begin(&server, "SCRAM-SHA-256");
    scram(&mut thief, "alice", "sesame12");
    thief.wait_for("AUTHENTICATE ");
    alice.send("NS SET PASSWORD sesame12 mimosa34");
    alice.wait_for("is changed");
    thief.send("AUTHENTICATE +");
    thief.wait_for(" 904 ");
    server.stop();
}

/// Comes in as a device of somebody who is here.
fn come_as_a_device(server: &Server, account: &str, password: &str) -> Peer {
    let mut peer = plain(server, account, password);
    peer.wait_for(" 903 ");
    peer.send(&format!("NICK {account}\r\nUSER {account} 0 * :x\r\nCAP END"));
    peer.wait_for(" 366 ");
    peer
}

#[track_caller]
fn is_out(peer: &mut Peer) {
    peer.wait_for(" 901 ");
    peer.wait_for("is another now; log in with the new one");
    assert!(peer.last_words().starts_with("ERROR :Closing link to 127.0.0.1: Logged out of the account"));
}

fn house_with_an_operator(config: Config) -> (Server, Peer) {
    let operators = vec![Operator { name: "root".to_owned(), password: "root".to_owned() }];
    let server = start(Config { operators, ..config });
    let mut root = Peer::login(server.addresses()[0], "root");
    root.send("OPER root root");
    root.wait_for(" 381 ");
    (server, root)
}

#[test]
fn a_reset_by_an_operator_ends_whatever_had_come_in_by_the_old_password() {
    let (server, mut root) = house_with_an_operator(Config { scram: true, ..Config::default() });
    let mut alice = register(&server, "alice", "sesame12");
    let mut device = come_as_a_device(&server, "alice", "sesame12");
    let mut thief = Peer::login(server.addresses()[0], "thief");
    thief.send("NS IDENTIFY alice sesame12");
    thief.wait_for(" 900 ");
    // Somebody who has proven it, and not come in yet; and somebody in the middle of proving it.
    let mut early = plain(&server, "alice", "sesame12");
    early.wait_for(" 903 ");
    let mut begun = begin(&server, "SCRAM-SHA-256");
    scram(&mut begun, "alice", "sesame12");
    begun.wait_for("AUTHENTICATE ");
    root.send("NS RESETPASS alice sesame34");
    root.wait_for("The password of alice is changed");
    for peer in [&mut alice, &mut device, &mut thief, &mut early] {
        is_out(peer);
    }
    begun.send("AUTHENTICATE +");
    begun.wait_for(" 904 ");
    plain(&server, "alice", "sesame12").wait_for(" 904 ");
    plain(&server, "alice", "sesame34").wait_for(" 903 ");
    server.stop();
}

#[test]
fn who_stays_without_a_connection_stays_through_a_reset() {
    let (server, mut root) = house_with_an_operator(Config::default());
    let mut alice = register(&server, "alice", "sesame12");
    alice.send("NS SET ALWAYS-ON ON\r\nJOIN #tea");
    alice.wait_for(" 366 ");
    root.send("NS RESETPASS alice sesame34");
    root.wait_for("The password of alice is changed");
    is_out(&mut alice);
    root.send("WHOIS alice");
    assert!(root.wait_for(" 319 ").contains("#tea"));
    let mut back = plain(&server, "alice", "sesame34");
    back.wait_for(" 903 ");
    back.send("NICK alice\r\nUSER a 0 * :a\r\nCAP END");
    back.wait_for("#tea");
    server.stop();
}

#[test]
fn a_new_password_ends_the_other_devices_and_not_the_one_that_gave_it() {
    let server = start(Config::default());
    let mut alice = register(&server, "alice", "sesame12");
    let mut device = come_as_a_device(&server, "alice", "sesame12");
    let mut elsewhere = Peer::login(server.addresses()[0], "elsewhere");
    elsewhere.send("NS IDENTIFY alice sesame12");
    elsewhere.wait_for(" 900 ");
    // Without the old password nothing happens.
    for wrong in ["NS SET PASSWORD sesame34", "NS SET PASSWORD wrong sesame34"] {
        device.send(wrong);
        device.wait_for(" NOTICE ");
        plain(&server, "alice", "sesame12").wait_for(" 903 ");
    }
    device.send("NS SET PASSWORD sesame12 sesame34");
    device.wait_for("The password of alice is changed");
    is_out(&mut alice);
    is_out(&mut elsewhere);
    device.send("NS INFO");
    device.wait_for("1 connections are logged in to it");
    plain(&server, "alice", "sesame34").wait_for(" 903 ");
    server.stop();
}

#[test]
fn what_was_said_to_an_account_that_ended_is_not_for_the_next_one_however_its_name_is_written() {
    let server = start(Config { casemapping: CaseMapping::Rfc1459, ..Config::default() });
    let mut cup = register(&server, "Cup[1]", "sesame12");
    let mut bob = Peer::login(server.addresses()[0], "bob");
    bob.send("PRIVMSG cup{1} :a secret");
    cup.wait_for("a secret");
    cup.send("NS DROP Cup[1] sesame12");
    cup.wait_for("is no more");
    cup.send("NS REGISTER mimosa34");
    cup.wait_for(" 900 ");
    bob.send("PRIVMSG cup{1} :hello");
    cup.wait_for("hello");
    cup.send("CHATHISTORY LATEST bob * 10");
    assert!(cup.wait_for("PRIVMSG").ends_with(":hello"));
    server.stop();
}

#[test]
fn who_comes_back_to_very_many_messages_gets_the_newest_and_is_told_of_the_others() {
    let server = start(Config::default());
    let mut alice = register(&server, "alice", "sesame12");
    alice.send("QUIT");
    alice.last_words();
    let mut bob = Peer::login(server.addresses()[0], "bob");
    let said: Vec<_> = (0..1200).map(|n| format!("PRIVMSG alice :{n}")).collect();
    bob.send(&said.join("\r\n"));
    bob.lines_so_far();
    alice = Peer::login(server.addresses()[0], "visitor");
    alice.send("NS IDENTIFY alice sesame12");
    let note = alice.wait_for("CHATHISTORY");
    assert!(
        note.ends_with("The newest 1000 messages of those that waited for you follow; CHATHISTORY has all")
    );
    let waited: Vec<_> = alice.lines_so_far().into_iter().filter(|line| line.contains("PRIVMSG")).collect();
    assert_eq!(waited.len(), 1000);
    assert!(waited[0].ends_with(":200") && waited[999].ends_with(":1199"));
    server.stop();
}

#[test]
fn what_an_account_that_ended_has_said_in_a_room_is_not_for_the_next_one_to_take_back() {
    let server = start(Config::default());
    let mut cup = register(&server, "cup", "sesame12");
    let mut bob = Peer::login(server.addresses()[0], "bob");
    bob.send("CAP REQ message-tags");
    bob.wait_for(" ACK ");
    let id_of = |line: String| line["@msgid=".len()..].split([' ', ';']).next().unwrap().to_owned();
    cup.send("PRIVMSG #lobby :mine");
    let old = id_of(bob.wait_for("PRIVMSG"));
    cup.send("NS DROP cup sesame12");
    cup.wait_for("is no more");
    cup.send("NS REGISTER mimosa34");
    cup.wait_for(" 900 ");
    cup.send("PRIVMSG #lobby :mine too");
    let new = id_of(bob.wait_for("PRIVMSG"));
    cup.send("CAP REQ :message-tags draft/message-redaction");
    cup.wait_for(" ACK ");
    cup.send(&format!("REDACT #lobby {old}\r\nREDACT #lobby {new}\r\nREDACT #lobby {new}"));
    cup.wait_for(&format!("FAIL REDACT REDACT_FORBIDDEN #lobby {old} "));
    cup.wait_for(&format!("FAIL REDACT UNKNOWN_MSGID #lobby {new} "));
    server.stop();
}
