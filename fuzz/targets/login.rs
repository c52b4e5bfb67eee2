//! Whatever bytes somebody sends who has not logged in: CAP, SASL, SCRAM, NICK, REGISTER. The world stays whole, and the
//! server goes on with others.

#![no_main]

#[path = "../stage.rs"]
mod stage;
#[path = "../../server/tests/support/mod.rs"]
#[allow(dead_code)]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut stage = stage::open();
    stage.raw("stranger", bytes);
    stage.still_works();
});
