//! Any text with any codes in it: read, split for the wire, wrapped into lines; nothing but spaces is
//! lost, and no line is wider than it may be.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse::command;
use teahouse::config::irc_url::IrcUrl;
use teahouse::text::formatting::Style;
use teahouse::text::unseen::is_suspect;
use teahouse::text::wrap::{ellipsize, wrap};
use teahouse::text::{formatting, links};
use unicode_segmentation::UnicodeSegmentation as _;

/// Whether a character controls the screen, or turns around what follows it.
fn plays_tricks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Each character but spaces, and how it looks.
fn styled(raw: &str) -> Vec<(char, Style)> {
    let (text, spans) = formatting::read(raw);
    let style = |at: usize| spans.iter().find(|span| span.range.contains(&at)).map(|span| span.style);
    let shown = text.char_indices().filter(|(_, c)| *c != ' ');
    shown.map(|(at, c)| (c, style(at).unwrap_or_default())).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(raw) = std::str::from_utf8(bytes) else { return };
    let (text, spans) = formatting::read_lines(raw);
    assert!(!text.contains(|c| c != '\n' && plays_tricks(c)), "it is fit to be shown");
    for span in &spans {
        assert!(
            text.get(span.range.clone()).is_some_and(|part| !part.is_empty()),
            "a span is a part of the text"
        );
    }
    for most in [48, 400] {
        for line in raw.lines() {
            let pieces = formatting::split(line, most);
            assert!(pieces.iter().all(|piece| piece.len() <= most));
            // How a character that is not seen is shown is a matter of what stands around it.
            if line.contains(|c| is_suspect(c) && !formatting::is_code(c)) {
                continue;
            }
            let shown: Vec<_> = pieces.iter().flat_map(|piece| styled(piece)).collect();
            assert_eq!(shown, styled(line), "in pieces it looks as it does whole");
        }
    }
    for link in links::find(&text) {
        assert!(text.get(link.range.clone()).is_some(), "a link is a part of the text");
    }
    let _ = IrcUrl::parse(raw);
    let _ = command::parse(raw);
    // As wide as it has characters.
    let width = |text: &str| text.graphemes(true).count() as f32;
    let lines = wrap(&text, 7.0, width);
    let mut end = 0;
    for line in lines {
        assert!(text[end..line.start].trim().is_empty(), "nothing but spaces lies between two lines");
        assert!(width(&text[line.clone()]) <= 7.0, "a line is as wide as it may be at most");
        end = line.end;
    }
    assert!(text[end..].trim().is_empty());
    let short = ellipsize(&text, 5.0, width);
    assert!(width(&short) <= 5.0, "what is cut off leaves room for the sign that says so");
});
