//! Masks fit what a plain, slow reading of their definition says they fit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse_server::world::mask;

/// The definition, word for word: `*` is anything, `?` one character, `\*` and `\?` themselves.
fn fits(mask: &[char], name: &[char]) -> bool {
    // reached[n]: what was read of the mask so far fits the first n characters.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    let mut at = 0;
    while at < mask.len() {
        let mut next = vec![false; name.len() + 1];
        let literal = match mask[at..] {
            ['\\', escaped @ ('*' | '?'), ..] => {
                at += 1;
                Some(escaped)
            }
            ['*' | '?', ..] => None,
            [other, ..] => Some(other),
            [] => unreachable!("at is within the mask"),
        };
        match (mask[at], literal) {
            ('*', None) => {
                let first = reached.iter().position(|is| *is).unwrap_or(next.len());
                next[first..].fill(true);
            }
            (_, literal) => {
                for (n, c) in name.iter().enumerate() {
                    next[n + 1] = reached[n] && literal.is_none_or(|literal| literal == *c);
                }
            }
        }
        reached = next;
        at += 1;
    }
    reached[name.len()]
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some((mask, name)) = text.split_once('\n') else { return };
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    assert_eq!(mask::fits(mask, name), fits(&chars(mask), &chars(name)), "{mask:?} and {name:?}");
    // Completing a mask twice changes nothing more.
    let complete = mask::complete(mask);
    assert_eq!(mask::complete(&complete), complete, "{mask:?}");
});
