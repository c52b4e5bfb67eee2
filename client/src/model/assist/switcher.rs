//! Ctrl+K: the conversations that fit what is typed, the best first.
//!
//! 汉字 are found by themselves and by how they are said: `茶馆` by `cg`, `chag` and `chaguan`, and a name with several
//! readings by each of them.

use pinyin::ToPinyinMulti;

use crate::model::Model;
use crate::model::conversation::Conversation;
use crate::model::network::Network;
use crate::text::typed;

impl Model {
    /// The conversations whose name, or whose server's name, fits what was typed, the best first; of two that fit
    /// equally well, the unread conversation is first.
    pub fn search_conversations(&self, typed: &str) -> Vec<(&Network, &Conversation)> {
        let everything = self.networks().flat_map(|network| {
            network.conversations().iter().map(move |conversation| (network, conversation))
        });
        let current = self.current().map(Conversation::id);
        let mut found: Vec<_> = everything
            .filter_map(|(network, conversation)| {
                let by_name = rank(conversation.name(), typed);
                let with_place = || rank(&format!("{} {}", conversation.name(), network.place()), typed);
                let rank = by_name.or_else(|| with_place().map(|rank| rank + 200))?;
                let is_current = Some(conversation.id()) == current;
                let is_read = (conversation.mentions() == 0, conversation.unread() == 0);
                Some(((rank, is_current, is_read), (network, conversation)))
            })
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, found)| found).collect()
    }
}

/// How well something fits; the smaller the better. Nothing if it does not fit at all.
///
/// A name that begins as the query does is best (a room's `#` does not count), then a name that has it somewhere,
/// then a name that has its letters in that order. A space parts words that may stand anywhere.
pub fn rank(name: &str, query: &str) -> Option<u32> {
    query.split_whitespace().map(|word| rank_of_word(name, word)).sum()
}

fn rank_of_word(name: &str, word: &str) -> Option<u32> {
    let name: Vec<char> = lower(name.trim_start_matches(['#', '&', '+', '!']));
    let word = typed::name(word);
    let word: Vec<char> = lower(word.trim_start_matches(['#', '@']));
    if begins(&name, &word) {
        return Some(0);
    }
    if let Some(place) = (1..name.len()).find(|place| begins(&name[*place..], &word)) {
        return Some(10 + place.min(50) as u32);
    }
    has_in_order(&name, &word).then_some(100)
}

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether a name begins with what was typed, some of its 汉字 perhaps as pinyin.
fn begins(name: &[char], typed: &[char]) -> bool {
    let Some(next) = typed.first() else { return true };
    let Some((letter, rest)) = name.split_first() else { return false };
    let by_itself = letter == next && begins(rest, &typed[1..]);
    by_itself
        || readings(*letter).any(|reading| {
            let common =
                reading.bytes().zip(typed).take_while(|(one, other)| char::from(*one) == **other).count();
            (1..=common).rev().any(|length| begins(rest, &typed[length..]))
        })
}

/// Whether the letters stand in the name in this order, whatever is between them.
fn has_in_order(name: &[char], typed: &[char]) -> bool {
    let mut typed = typed.iter().peekable();
    for letter in name {
        if let Some(next) = typed.peek()
            && (letter == *next || readings(*letter).any(|reading| reading.starts_with(**next)))
        {
            typed.next();
        }
    }
    typed.peek().is_none()
}

/// How a 汉字 is said, without tones.
fn readings(letter: char) -> impl Iterator<Item = &'static str> {
    let readings = letter.to_pinyin_multi();
    readings.into_iter().flat_map(IntoIterator::into_iter).map(pinyin::Pinyin::plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that fit, the best first.
    #[track_caller]
    fn check(query: &str, expected: &[&str]) {
        let names = ["#lobby", "#rust-中文", "#茶馆", "#书房", "小明", "Alice", "重庆", "#global"];
        let mut found: Vec<_> =
            names.into_iter().filter_map(|name| Some((rank(name, query)?, name))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        assert_eq!(found.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), expected, "{query:?}");
    }

    #[test]
    fn what_begins_as_typed_comes_first() {
        check("lo", &["#lobby", "#global"]);
        check("#lo", &["#lobby", "#global"]);
        check("ALI", &["Alice"]);
        check("xyz", &[]);
    }

    #[test]
    fn letters_in_order_are_enough() {
        check("lby", &["#lobby"]);
        check("rs", &["#rust-中文"]);
    }

    #[test]
    fn hanzi_are_found_by_themselves_and_by_pinyin() {
        for query in ["茶", "cg", "chaguan", "chag", "cguan", "茶g"] {
            check(query, &["#茶馆"]);
        }
        check("xm", &["小明"]);
        check("zw", &["#rust-中文"]);
        check("rust zhong", &["#rust-中文"]);
    }

    #[test]
    fn a_name_that_begins_with_another_character_than_was_typed_does_not_begin_as_typed() {
        assert_eq!(rank("馆子", "guan"), Some(0));
        assert!(rank("茶馆", "guan") > Some(0));
    }

    #[test]
    fn every_reading_of_a_character_will_do() {
        check("cq", &["重庆"]);
        check("zhongqing", &["重庆"]);
        check("chongqing", &["重庆"]);
    }
}
