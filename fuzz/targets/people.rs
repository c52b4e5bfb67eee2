//! Whatever two people in a room send, an operator with an account and another: modes, masks, history, services, everything. The first
//! byte of each line says who sends it.

#![no_main]

#[path = "../stage.rs"]
mod stage;

use libfuzzer_sys::fuzz_target;

/// What a line begins with if its first byte says so: the fuzzer need not find out how commands are spelled.
const BEGINNINGS: [&str; 16] = [
    "",
    "MODE #tea ",
    "MODE a ",
    "CHATHISTORY LATEST #tea ",
    "CHATHISTORY BETWEEN #tea ",
    "CHATHISTORY ",
    "PRIVMSG #tea :",
    "@label=x;+draft/reply=1 ",
    "SEARCH :",
    "WHO ",
    "NS ",
    "CS ",
    "KLINE ",
    "MARKREAD #tea ",
    "JOIN ",
    "RENAME #tea ",
];

fuzz_target!(|bytes: &[u8]| {
    let mut stage = stage::open();
    stage.prove("a");
    stage.line("a", &format!("OPER root {}", stage::PASSWORD));
    for line in bytes.split(|byte| *byte == b'\n').take(32) {
        let Some((first, rest)) = line.split_first() else { continue };
        let name = if first & 16 == 0 { "a" } else { "b" };
        let line = [BEGINNINGS[usize::from(first & 15)].as_bytes(), rest, b"\r\n"].concat();
        stage.raw(name, &line);
    }
    stage.still_works();
});
