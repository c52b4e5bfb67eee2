//! Whatever somebody sends who has not logged in: CAP, SASL, NICK, REGISTER, and the login by SCRAM, whole or garbled. The
//! world stays whole, nobody gets into an account without its password, and the server goes on with others. The first
//! byte of each line says what it is.

#![no_main]

#[path = "../stage.rs"]
mod stage;

use libfuzzer_sys::fuzz_target;
use stage::{PASSWORD, authenticate, is_login_to_a, said};
use teahouse::net::registration::scram::Scram;

const BEGINNINGS: [&str; 11] = [
    "",
    "AUTHENTICATE ",
    "CAP ",
    "CAP REQ :",
    "NICK ",
    "USER ",
    "PASS ",
    "REGISTER ",
    "AUTHENTICATE PLAIN",
    "CAP REQ :sasl message-tags draft/account-registration",
    "AUTHENTICATE SCRAM-SHA-256",
];

/// `message` with some of its bytes changed: `changes` has pairs of a place and what is to be changed there.
fn garbled(message: &str, changes: &[u8]) -> Vec<u8> {
    let mut bytes = message.as_bytes().to_vec();
    for change in changes.chunks_exact(2) {
        let at = usize::from(change[0]) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= change[1];
        }
    }
    bytes
}

fuzz_target!(|bytes: &[u8]| {
    let mut stage = stage::open();
    let mut scram = Scram::begin();
    let mut answers = Vec::new();
    let mut knows_password = bytes.windows(PASSWORD.len()).any(|word| word == PASSWORD.as_bytes());
    for line in bytes.split(|byte| *byte == b'\n').take(32) {
        let Some((first, rest)) = line.split_first() else { continue };
        let line = match usize::from(first % 16) {
            11 => authenticate(rest).into_bytes(),
            12 => {
                scram = Scram::begin();
                authenticate(&garbled(&scram.first("a"), rest)).into_bytes()
            }
            13 => {
                let Some(Ok(last)) = said(&answers).map(|said| scram.last("a", PASSWORD, &said)) else {
                    continue;
                };
                let garbled = garbled(&last, rest);
                knows_password |= garbled == last.as_bytes();
                authenticate(&garbled).into_bytes()
            }
            14 => b"AUTHENTICATE +".to_vec(),
            15 => b"CAP END".to_vec(),
            beginning => [BEGINNINGS[beginning].as_bytes(), rest].concat(),
        };
        let received = stage.raw("stranger", &[&line[..], b"\r\n"].concat());
        assert!(knows_password || !received.iter().any(|line| is_login_to_a(line)), "that was no password");
        if said(&received).is_some_and(|said| !said.is_empty()) {
            answers = received;
        }
    }
    stage.still_works();
});
