//! Any line of text: it is a message or is refused, what is a message prints back, and tags keep their values.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse_protocol::{CaseMapping, Message, text};

fuzz_target!(|bytes: &[u8]| {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    for mapping in [CaseMapping::Ascii, CaseMapping::Rfc1459, CaseMapping::Rfc1459Strict] {
        let once = mapping.fold(line);
        assert_eq!(mapping.fold(once.as_str()), once, "folding twice changes nothing more");
    }
    for most in [4, 17, 400] {
        assert!(text::split(line, most).all(|piece| piece.len() <= most));
    }
    let Ok(message) = Message::parse(line) else { return };
    let printed = message.to_string();
    let again = Message::parse(&printed).expect("what was printed is a message");
    assert_eq!(again.command(), message.command());
    assert_eq!(again.params()[..], message.params()[..]);
    assert_eq!(again.source(), message.source());
    for (key, value) in message.tags().iter() {
        assert_eq!(again.tags().get(key), message.tags().get(key), "{key}={value}");
    }
});
