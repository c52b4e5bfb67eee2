//! What could be meant by what is being written: commands behind a `/`, emoji behind a `:`.

use std::ops::Range;

use crate::command::{self, COMMANDS};
use crate::text::i18n::{Language, Text};
use crate::text::typed::{self, Beginning};

/// How many emoji are offered for the beginning of a name.
const MAX_EMOJI: usize = 8;

/// How many letters of an emoji's name it takes: `:)` and `:D` are no names.
const LEAST_LETTERS: usize = 2;

/// Something that could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What takes the place of what was written.
    pub insert: String,
    /// How it is called.
    pub label: String,
    /// What it is for.
    pub detail: String,
}

/// All that could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestions {
    /// What was written of it so far, in bytes.
    pub range: Range<usize>,
    /// The best first; never none.
    pub items: Vec<Suggestion>,
}

/// The suggestions for the text before `caret`, which is a place in `text` in bytes.
pub fn suggest(text: &str, caret: usize, language: Language) -> Option<Suggestions> {
    let typed = &text[..text.floor_char_boundary(caret)];
    let (range, items) = match typed::beginning(typed) {
        Beginning::Command(name, _) | Beginning::Doubtful(name, _) if !name.contains(char::is_whitespace) => {
            (0..typed.len(), commands(&typed::name(name), language))
        }
        _ => {
            let (start, name) = emoji_name(typed)?;
            // A full-width colon between Chinese words mostly is a colon: Enter sends what follows as it is.
            let stands_alone = typed[..start].chars().next_back().is_none_or(char::is_whitespace);
            (start..typed.len(), if name.is_wide && !stands_alone { Vec::new() } else { emoji(name.text) })
        }
    };
    (!items.is_empty()).then_some(Suggestions { range, items })
}

/// How to write the command whose arguments are being written, if it is a command.
pub fn usage(text: &str) -> Option<Text> {
    Some(command::begun(text)?.usage)
}

/// The text with the emoji in place of its name, and the caret behind it, if what was just written ends `:name:`.
pub fn named_emoji(text: &str, caret: usize) -> Option<(String, usize)> {
    let caret = text.floor_char_boundary(caret);
    let (typed, after) = text.split_at(caret);
    let (start, name) = emoji_name(typed.strip_suffix(COLONS)?)?;
    let emoji = emojis::get_by_shortcode(name.text)?;
    let before = &text[..start];
    Some((format!("{before}{emoji}{after}"), start + emoji.as_str().len()))
}

fn commands(beginning: &str, language: Language) -> Vec<Suggestion> {
    let fits = |name: &&&str| name.starts_with(&beginning.to_ascii_lowercase());
    let rows = COMMANDS.iter().filter_map(|row| {
        let name = row.names.iter().find(fits)?;
        Some(Suggestion {
            insert: format!("/{name} "),
            label: row.usage.to(language).to_owned(),
            detail: row.help.to(language).to_owned(),
        })
    });
    rows.collect()
}

/// What stands around the name of an emoji.
const COLONS: [char; 2] = [':', '：'];

/// The name of an emoji, as far as it is written.
struct EmojiName<'a> {
    text: &'a str,
    /// Whether it stands behind a colon of full width.
    is_wide: bool,
}

/// The name that is not at its end yet, and where its colon is. That does not stand inside a word of letters.
fn emoji_name(typed: &str) -> Option<(usize, EmojiName<'_>)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let text = &typed[typed.trim_end_matches(is_name).len()..];
    let before = typed[..typed.len() - text.len()].strip_suffix(COLONS)?;
    let is_free = before
        .chars()
        .next_back()
        .is_none_or(|c| !c.is_ascii_alphanumeric() && c != '/' && !COLONS.contains(&c));
    let is_wide = !typed[before.len()..].starts_with(':');
    (is_free && text.len() >= LEAST_LETTERS).then_some((before.len(), EmojiName { text, is_wide }))
}

/// Emoji whose names begin like this, and then those whose names have it in them.
fn emoji(beginning: &str) -> Vec<Suggestion> {
    let beginning = beginning.to_ascii_lowercase();
    let named = |fits: fn(&str, &str) -> bool| {
        let beginning = beginning.clone();
        emojis::iter().filter_map(move |emoji| {
            let name = emoji.shortcodes().find(|name| fits(name, &beginning))?;
            Some((emoji, name))
        })
    };
    let mut found: Vec<(&emojis::Emoji, &str)> =
        named(|name, beginning| name.starts_with(beginning)).collect();
    found.sort_by_key(|(_, name)| name.len());
    found.extend(named(|name, beginning| !name.starts_with(beginning) && name.contains(beginning)));
    let mut items: Vec<Suggestion> = Vec::with_capacity(MAX_EMOJI);
    for (emoji, name) in found {
        if items.len() < MAX_EMOJI && !items.iter().any(|item| item.insert == emoji.as_str()) {
            let label = format!("{emoji}  :{name}:");
            items.push(Suggestion { insert: emoji.as_str().to_owned(), label, detail: String::new() });
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        let suggestions = suggest(text, text.len(), Language::English);
        suggestions.map(|it| it.items.into_iter().map(|item| item.label).collect()).unwrap_or_default()
    }

    #[test]
    fn behind_a_slash_commands_are_offered_with_how_to_write_them() {
        assert_eq!(
            labels("/"),
            COMMANDS.iter().map(|row| row.usage.to(Language::English)).collect::<Vec<_>>()
        );
        assert_eq!(labels("/to"), ["/topic [new topic]"]);
        assert_eq!(labels("/TO"), ["/topic [new topic]"]);
        for text in ["//to", "/topic x", "say /to", "", "/nonsense"] {
            assert_eq!(labels(text), [""; 0], "{text:?}");
        }
        let found = suggest("/wh", 3, Language::English).unwrap();
        assert_eq!((found.range, found.items[0].insert.as_str()), (0..3, "/who "));
    }

    #[test]
    fn while_its_arguments_are_written_a_command_says_how() {
        assert_eq!(usage("/msg alice"), Some(Text::UsageMsg));
        for text in ["／msg alice", " /msg　alice"] {
            assert_eq!(usage(text), Some(Text::UsageMsg), "{text:?}");
        }
        for text in ["/msg", "msg alice", "/nonsense x"] {
            assert_eq!(usage(text), None, "{text:?}");
        }
    }

    #[test]
    fn full_width_signs_offer_the_same() {
        for text in ["／to", " /to", "、to", "／ｔｏ", "\u{feff}/to"] {
            assert_eq!(labels(text), ["/topic [new topic]"], "{text:?}");
            let found = suggest(text, text.len(), Language::English).unwrap();
            assert_eq!((found.range, found.items[0].insert.as_str()), (0..text.len(), "/topic "), "{text:?}");
        }
        assert_eq!(labels("／／to"), [""; 0]);
        assert_eq!(labels("：tea"), labels(":tea"));
        assert_eq!(labels("喝茶 ：tea"), labels(":tea"));
        assert_eq!(labels("密码：tea"), [""; 0], "Enter sends it");
    }

    #[test]
    fn behind_a_colon_emoji_are_offered_by_name() {
        assert!(labels(":tea")[0].starts_with("🍵"), "{:?}", labels(":tea"));
        assert!(labels("喝茶:tea").len() > 1);
        assert!(labels("hi :thumbsu")[0].starts_with("👍"));
        for text in [":", ":)", ":D", "10:30", "https://tea", "::te", "a :zzzzzz"] {
            assert_eq!(labels(text), [""; 0], "{text:?}");
        }
        let found = suggest("hi :tea, you", 7, Language::English).unwrap();
        assert_eq!(found.range, 3..7, "up to the caret");
    }

    #[test]
    fn a_name_between_colons_becomes_its_emoji() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            let caret = text.find('|').expect("a caret");
            let found = named_emoji(&text.replace('|', ""), caret);
            let shown = found.map(|(mut text, caret)| {
                text.insert(caret, '|');
                text
            });
            assert_eq!(shown.as_deref(), expected, "{text:?}");
        }
        check("a cup :tea:| for you", Some("a cup 🍵| for you"));
        check(":+1:|", Some("👍|"));
        check("茶:heart:|", Some("茶❤️|"));
        check("：tea：|", Some("🍵|"));
        check("喝茶：tea:|吗", Some("喝茶🍵|吗"));
        check("：：tea：|", None);
        check(":nonsense:|", None);
        check("10:30:|", None);
        check("tea:|", None);
    }
}
