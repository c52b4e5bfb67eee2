//! Any text with any codes in it: read, split for the wire, wrapped into lines; nothing but spaces is lost, and no line is wider
//! than it may be.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse::model::layout::{ellipsize, wrap};
use teahouse::{formatting, irc_url, links};
use unicode_segmentation::UnicodeSegmentation as _;

fuzz_target!(|bytes: &[u8]| {
    let Ok(raw) = std::str::from_utf8(bytes) else { return };
    let (text, spans) = formatting::read_lines(raw);
    for span in &spans {
        assert!(text.get(span.range.clone()).is_some(), "a span is a part of the text");
    }
    for most in [8, 40, 400] {
        assert!(formatting::split(raw, most).iter().all(|piece| piece.len() <= most));
    }
    for link in links::find(&text) {
        assert!(text.get(link.range.clone()).is_some(), "a link is a part of the text");
    }
    let _ = irc_url::IrcUrl::parse(raw);
    // As wide as it has characters.
    let width = |text: &str| text.graphemes(true).count() as f32;
    let lines = wrap(&text, 7.0, width);
    let mut end = 0;
    for line in lines {
        assert!(text[end..line.start].trim().is_empty(), "nothing but spaces lies between two lines");
        end = line.end;
    }
    assert!(text[end..].trim().is_empty());
    assert!(width(&ellipsize(&text, 5.0, width)) <= width(&text).max(5.0));
});
