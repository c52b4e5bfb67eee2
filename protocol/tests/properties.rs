//! What holds for every message and every way a stream can be cut, checked with generated ones.

use proptest::collection::vec;
use proptest::prelude::*;
use teahouse_protocol::scram::{ClientFinal, ClientFirst};
use teahouse_protocol::text::{self, Ctcp};
use teahouse_protocol::{CaseMapping, Line, LineBuffer, LineLimits, Message};

/// A parameter that may stand anywhere: no space, no colon first, not empty.
const MIDDLE: &str = "[^\\x00\\r\\n: ][^\\x00\\r\\n ]{0,12}";
/// A parameter that may stand last.
const TRAILING: &str = "[^\\x00\\r\\n]{0,40}";

proptest! {
    #[test]
    fn a_message_that_is_printed_and_parsed_is_the_same(
        command in "[A-Za-z]{1,12}|[0-9]{3}",
        middle in vec(MIDDLE, 0..14),
        trailing in proptest::option::of(TRAILING),
        source in proptest::option::of("[^\\x00\\r\\n ]{1,30}"),
    ) {
        let params: Vec<&str> = middle.iter().chain(&trailing).map(String::as_str).collect();
        let mut message = Message::new(&command, &params).unwrap();
        if let Some(source) = &source {
            message = message.with_source(source).unwrap();
        }
        let printed = message.to_string();
        prop_assert_eq!(Message::parse(&printed).unwrap(), message);
    }

    #[test]
    fn any_line_parses_or_says_why_and_what_parses_prints_back(line in "\\PC{0,80}") {
        if let Ok(message) = Message::parse(&line) {
            let printed = message.to_string();
            prop_assert_eq!(Message::parse(&printed).unwrap(), message);
        }
    }

    #[test]
    fn lines_come_out_the_same_however_the_stream_is_cut(
        lines in vec("[^\\x00\\r\\n]{1,100}", 1..20),
        cuts in vec(1..200usize, 1..50),
    ) {
        let stream = lines.join("\r\n") + "\r\n";
        let mut rest = stream.as_bytes();
        let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
        let mut came = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let spare = buffer.spare();
            let count = (*cut).min(rest.len()).min(spare.len());
            spare[..count].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            buffer.filled(count);
            while let Some(Line::Complete(line)) = buffer.next_line() {
                came.push(String::from_utf8(line.to_vec()).unwrap());
            }
        }
        let expected: Vec<_> = lines.into_iter().filter(|line| line.len() <= 510).collect();
        prop_assert_eq!(came, expected);
    }

    #[test]
    fn folding_twice_changes_nothing_more(name in "\\PC{0,40}") {
        for mapping in [CaseMapping::Ascii, CaseMapping::Rfc1459, CaseMapping::Rfc1459Strict] {
            let once = mapping.fold(&name);
            prop_assert_eq!(&mapping.fold(once.as_str()), &once);
            prop_assert!(mapping.same(&name, once.as_str()));
        }
    }

    #[test]
    fn pieces_of_a_text_fit_and_lose_nothing_but_spaces(text in "\\PC{0,300}", max_bytes in 4..100usize) {
        let pieces: Vec<_> = text::split(&text, max_bytes).collect();
        prop_assert!(pieces.iter().all(|piece| piece.len() <= max_bytes));
        let without_spaces = |text: &str| text.replace(' ', "");
        prop_assert_eq!(without_spaces(&pieces.concat()), without_spaces(&text));
    }

    #[test]
    fn any_text_is_scram_or_not_and_what_is_prints_back(
        user in "[^\\x00]{1,20}",
        nonce in "[!-+\\--~]{1,20}",
        text in "[nyp=a,crmv\\PC]{0,30}",
    ) {
        let printed = ClientFirst::new(&user, &nonce).to_string();
        prop_assert_eq!(ClientFirst::parse(&printed), Ok(ClientFirst::new(&user, &nonce)));
        for text in [format!("n,,{text}"), format!("c=biws,r={text},p=QQ==")] {
            if let Ok(message) = ClientFirst::parse(&text) {
                prop_assert_eq!(message.to_string(), text);
            } else if let Ok(message) = ClientFinal::parse(&text) {
                prop_assert_eq!(message.to_string(), text);
            }
        }
    }

    #[test]
    fn a_ctcp_message_prints_back(command in "[A-Z]{1,10}", text in "[^\\x00\\x01\\r\\n]{0,40}") {
        let ctcp = Ctcp { command: &command, text: &text };
        let printed = ctcp.to_string();
        prop_assert_eq!(Ctcp::parse(&printed), Some(ctcp));
    }
}
