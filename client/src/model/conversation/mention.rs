//! Whether a message names somebody.
//!
//! A name counts as a whole word, by [Unicode's word borders](https://www.unicode.org/reports/tr29/#Word_Boundaries):
//! `me` is not in `crème`. 汉字 are written without spaces, so beside a name in them any character may stand, unless
//! the two are part of a longer name of somebody who is there; a name of a single character is too often a part of a
//! word. A colon, which Unicode has inside words for the sake of Swedish, is a border: `bob:ok` is said to bob. An
//! address, in the web or of mail, and a room that is called so name nobody.

use teahouse_protocol::CaseMapping;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::links;
use crate::text::typed;

/// Whether `text` names `nick`, among people with these names.
pub(in crate::model) fn names<'a>(
    text: &str,
    nick: &str,
    case_mapping: CaseMapping,
    others: impl Iterator<Item = &'a str>,
) -> bool {
    let alike = |text: &str| {
        let composed: String = typed::narrow(text).nfc().collect();
        case_mapping.fold(&composed).as_str().to_lowercase()
    };
    let nick = alike(nick);
    if nick.is_empty() {
        return false;
    }
    let text = alike(&without_links(text));
    let mut found = text.match_indices(&nick).map(|(start, _)| start).peekable();
    if found.peek().is_none() {
        return false;
    }
    let mut borders: Vec<usize> = text.split_word_bound_indices().map(|(at, _)| at).collect();
    borders.push(text.len());
    let longer: Vec<(String, usize)> = others
        .map(alike)
        .filter(|other| other.len() > nick.len())
        .filter_map(|other| other.find(&nick).map(|at| (other, at)))
        .collect();
    found.any(|start| {
        let end = start + nick.len();
        let is_longer = |(other, at): &(String, usize)| {
            start
                .checked_sub(*at)
                .and_then(|start| text.get(start..))
                .is_some_and(|text| text.starts_with(other))
        };
        stands_alone(&text, start, end, &borders) && !longer.iter().any(is_longer)
    })
}

/// A text with spaces in place of its addresses.
fn without_links(text: &str) -> String {
    let mut without = text.to_owned();
    for link in links::find(text) {
        let spaces = " ".repeat(link.range.len());
        without.replace_range(link.range, &spaces);
    }
    without
}

/// Whether what stands in these bytes is a word.
fn stands_alone(text: &str, start: usize, end: usize, borders: &[usize]) -> bool {
    let (word, after) = (&text[start..end], &text[end..]);
    let (before, next) = (text[..start].chars().next_back(), after.chars().next());
    let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else { return false };
    if before == Some('#') || is_in_address(after) {
        return false;
    }
    if word.chars().count() == 1 && is_hanzi(first) {
        return !before.is_some_and(is_hanzi) && !next.is_some_and(is_hanzi);
    }
    // Korean puts its particles right behind a name.
    let is_border = |at: usize, inner: char, outer: Option<char>| {
        let is_other_script = |outer: char| inner.is_ascii_alphanumeric() && is_hangul(outer);
        let goes_on =
            |outer: char| !inner.is_alphanumeric() && (outer.is_ascii_alphanumeric() || outer == '_');
        outer.is_none_or(|outer| {
            outer == ':' || is_other_script(outer) || (borders.binary_search(&at).is_ok() && !goes_on(outer))
        })
    };
    let is_owner = ["'s", "’s"]
        .iter()
        .any(|owner| after.strip_prefix(owner).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    is_border(start, first, before) && (is_owner || is_border(end, last, next))
}

/// Whether what stands behind a word makes it a mail address: `@example`.
fn is_in_address(after: &str) -> bool {
    after.strip_prefix('@').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn is_hanzi(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: [&str; 4] = ["王小明", "小明明", "bob-smith", "bob|away"];

    #[track_caller]
    fn check(nick: &str, named: &[&str], not_named: &[&str]) {
        for (texts, expected) in [(named, true), (not_named, false)] {
            for text in texts {
                let found = names(text, nick, CaseMapping::Rfc1459, OTHERS.into_iter());
                assert_eq!(found, expected, "{nick:?} in {text:?}");
            }
        }
    }

    #[test]
    fn a_name_is_a_whole_word() {
        check(
            "bob",
            &[
                "bob: hi",
                "hi @Bob!",
                "BOB",
                "[bob]",
                "bob's tea",
                "thebob and bob",
                "bob, bob-smith",
                "(bob)",
                "bob아 안녕",
                "bob:ok",
                "bob：ok",
                "re:bob",
            ],
            &[
                "bobby",
                "a_bob",
                "bob2",
                "thebob",
                "bob't",
                "bob-smith: hi",
                "bob|away?",
                "#bob",
                "anything",
                "",
            ],
        );
        check(
            "me",
            &["me?", "it is me", "ME"],
            &["crème", "cre\u{300}me", "mé", "me\u{301}", "some", "mean"],
        );
        check("", &[], &["", "anything"]);
    }

    #[test]
    fn between_hanzi_a_name_needs_no_space() {
        check("bob", &["你好bob，", "找bob吗"], &["你好bobby"]);
        check(
            "小明",
            &["你好小明你来了", "@小明", "小明：在吗", "王小明和小明"],
            &["王小明来了", "小明明来了", "小朋友"],
        );
        check("明", &["@明 你好", "明，来吗", "hi 明"], &["明天见", "小明", "说明"]);
        check("デイブ", &["デイブさん"], &[]);
    }

    #[test]
    fn a_name_with_signs_or_accents_is_found_in_every_form() {
        check("[bot]", &["[bot] hi", "{BOT}: hi", "你[bot]"], &["x[bot]", "[bot]x", "bot"]);
        check("ann_", &["ann_: hi", "(ann_)"], &["ann_a", "ann", "_ann_"]);
        check("ann|", &["ann|: hi"], &["ann|away"]);
        check("zoë", &["hi zoe\u{308}!", "ZOË"], &["zoe", "zoës"]);
        check("zoe\u{308}", &["hi zoë!"], &[]);
        check("anna", &["ａｎｎａ，你好", "＠ａｎｎａ"], &["ａｎｎａｂ"]);
    }

    #[test]
    fn an_address_names_nobody() {
        check(
            "bob",
            &["bob https://example.org/", "https://example.org/a，bob"],
            &[
                "https://example.org/bob",
                "www.bob.example.org",
                "看https://bob.org。",
                "mail bob@example.org",
            ],
        );
    }
}
