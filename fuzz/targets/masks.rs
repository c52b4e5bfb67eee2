//! Masks fit what a plain, slow reading of their definition says they fit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse_server::config::network::Network;
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

/// Whether a mask has all three parts and says nothing in another way than its normal form does, but for stars.
fn is_whole(mask: &str) -> bool {
    let Some((nick, (user, host))) =
        mask.split_once('!').and_then(|(nick, rest)| Some((nick, rest.split_once('@')?)))
    else {
        return false;
    };
    let parts = [nick, user, host];
    parts.iter().all(|part| !part.is_empty() && !part.contains('@'))
        && nick.is_ascii()
        && host.is_ascii()
        && user.starts_with(['~', '*', '?'])
        && Network::parse(host).is_none()
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some((mask, name)) = text.split_once('\n') else { return };
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    let fitting = fits(&chars(mask), &chars(name));
    assert_eq!(mask::fits(mask, name), fitting, "{mask:?} and {name:?}");
    if is_whole(mask) {
        assert_eq!(mask::fits(&mask::complete(mask), name), fitting, "{mask:?}, completed, and {name:?}");
    }
    // Completing a mask twice changes nothing more.
    for form in [mask::complete, mask::normal_form] {
        let complete = form(mask);
        assert_eq!(form(&complete), complete, "{mask:?}");
        // Nobody can be kept out by a mask that nobody fits, so one is told.
        let _ = (mask::fault(&complete, 32), mask::fits_everybody(&complete));
    }
});
