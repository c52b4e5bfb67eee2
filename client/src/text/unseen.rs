//! Characters that nobody sees by themselves, and what becomes of each.
//!
//! Some of them shape others: a joiner makes one family of three people, a non-joiner parts the letters of a Persian
//! word, tags make the flag of England. Those stay where they do that. Some play tricks: they turn text around or
//! control the screen, and are made visible. All others do nothing but hide, and are left out of what people say; in
//! names, where two that look the same must not be two, they are made visible too.

use std::borrow::Cow;
use std::cell::OnceCell;

use teahouse_protocol::names::is_invisible;

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is seen, or shapes what is seen around it.
    Stays,
    /// It hides there.
    Hidden,
    /// It plays tricks.
    Trick,
    /// It parts lines where there are to be none.
    Space,
}

/// Whether there is anything to ask about a character: a quick no for most.
pub fn is_suspect(c: char) -> bool {
    c.is_control() || (c >= '\u{ad}' && is_format(c))
}

/// A text whose characters are asked about.
#[derive(Debug)]
pub struct Reading<'a> {
    text: &'a str,
    /// Whether there is a right-to-left letter in it.
    turns: OnceCell<bool>,
}

impl<'a> Reading<'a> {
    /// Begins to read a text.
    pub fn of(text: &'a str) -> Self {
        Self { text, turns: OnceCell::new() }
    }

    /// What becomes of the character at this byte.
    pub fn fate(&self, at: usize) -> Fate {
        fate(self, at)
    }

    fn turns(&self) -> bool {
        *self.turns.get_or_init(|| self.text.chars().any(is_right_to_left))
    }
}

fn fate(reading: &Reading<'_>, at: usize) -> Fate {
    let text = reading.text;
    let (before, rest) = text.split_at(at);
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return Fate::Stays };
    let (last, next) = (before.chars().next_back(), chars.next());
    let stays = |stays: bool| if stays { Fate::Stays } else { Fate::Hidden };
    match c {
        '\t' | '\u{2028}' | '\u{2029}' => Fate::Space,
        // Overrides, embeddings and isolates turn around what stands behind them.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Trick,
        _ if c.is_control() => Fate::Trick,
        _ if !is_format(c) => Fate::Stays,
        '\u{200d}' if next.is_some_and(is_picture) => {
            stays(before.chars().rev().find(|c| !is_modifier(*c)).is_some_and(is_picture))
        }
        '\u{200c}' | '\u{200d}' => stays(last.is_some_and(is_joined)),
        // Words are parted by it where they are written without spaces.
        '\u{200b}' => stays(last.is_some_and(is_unspaced) && next.is_some_and(is_unspaced)),
        // Marks of direction move the signs around right-to-left words, and nothing elsewhere.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => stays(reading.turns()),
        '\u{180b}'..='\u{180f}' => stays(last.is_some_and(|c| ('\u{1820}'..='\u{18af}').contains(&c))),
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            stays(last.is_some_and(|c| !c.is_whitespace() && !c.is_control() && !is_format(c)))
        }
        '\u{e0020}'..='\u{e007f}' => stays(is_in_flag(text, at)),
        _ => Fate::Hidden,
    }
}

/// A text with everything written out that is unseen and shapes nothing seen: for names, and for the lines of the wire.
pub fn written_out(text: &str) -> Cow<'_, str> {
    replaced(text, |c, fate, written| match fate {
        Fate::Stays => written.push(c),
        _ => written.extend(c.escape_default()),
    })
}

/// A text without what hides in it: a name as the person who typed or pasted it means it.
pub fn left_out(text: &str) -> Cow<'_, str> {
    replaced(text, |c, fate, written| {
        if fate != Fate::Hidden {
            written.push(c);
        }
    })
}

fn replaced(text: &str, mut write: impl FnMut(char, Fate, &mut String)) -> Cow<'_, str> {
    if !text.contains(is_suspect) {
        return Cow::Borrowed(text);
    }
    let reading = Reading::of(text);
    let mut written = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let fate = if is_suspect(c) { reading.fate(at) } else { Fate::Stays };
        write(c, fate, &mut written);
    }
    Cow::Owned(written)
}

/// Whether a character is there for others and not for itself. Blanks that take room are letters.
fn is_format(c: char) -> bool {
    is_invisible(c)
        && !matches!(
            c,
            '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}'
        )
}

/// Whether a character can be part of an emoji of several people or things.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}') && !is_format(c)
}

/// Whether a character changes how the picture before it looks.
fn is_modifier(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether letters of this script take another shape beside others.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{e00}'..='\u{109f}' | '\u{1700}'..='\u{1cff}' | '\u{a840}'..='\u{abff}')
        || matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}')
        || matches!(c, '\u{1e900}'..='\u{1e95f}')
}

/// Whether a script has no spaces between words and no 汉字 either: Thai, Lao, Burmese, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{19df}')
}

fn is_right_to_left(c: char) -> bool {
    let is_script = matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        || matches!(c, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    is_script && c != '\u{61c}'
}

/// Whether the tag at this byte is part of a flag: a black flag, two letters of a country and up to three of a part
/// of it, and the end.
fn is_in_flag(text: &str, at: usize) -> bool {
    // No further than a flag is long, or a text of tags alone would take for ever.
    const LONGEST: usize = 6;
    let is_tag = |c: &char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let (before, after) = (text[..at].chars().rev(), text[at..].chars());
    let there = before.clone().take(LONGEST).take_while(is_tag).count();
    let here = after.clone().take(LONGEST).take_while(is_tag).count();
    let (start, end) = (before.clone().nth(there), after.clone().nth(here));
    start == Some('🏴') && end == Some('\u{e007f}') && (3..=LONGEST).contains(&(there + here))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shapes_others_stays() {
        for text in [
            "👨\u{200d}👩\u{200d}👧 👩🏽\u{200d}💻 ❤\u{fe0f}\u{200d}🔥 🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}روم به برنامه\u{200c}ها",
            "क्\u{200d}ष",
            "葛\u{e0100}",
            "עברית (abc)\u{200f}!",
            "ไทย\u{200b}ไทย",
            "ᠠ\u{180b}",
        ] {
            assert_eq!(left_out(text), text);
            assert_eq!(written_out(text), text);
        }
    }

    #[test]
    fn what_hides_is_left_out_of_what_is_said_and_seen_in_names() {
        for (text, without, written) in [
            ("零\u{200b}宽", "零宽", "零\\u{200b}宽"),
            ("a\u{200d}lice", "alice", "a\\u{200d}lice"),
            ("\u{feff}BOM", "BOM", "\\u{feff}BOM"),
            ("soft\u{ad}ly word\u{2060}joiner", "softly wordjoiner", "soft\\u{ad}ly word\\u{2060}joiner"),
            ("abc\u{200f}\u{200e}", "abc", "abc\\u{200f}\\u{200e}"),
            ("a\u{e0068}\u{e0069}", "a", "a\\u{e0068}\\u{e0069}"),
            ("🏴\u{e0067}\u{e0062}", "🏴", "🏴\\u{e0067}\\u{e0062}"),
            ("\u{fe0f}a b\u{fe0f}\u{fe0f}", "a b\u{fe0f}", "\\u{fe0f}a b\u{fe0f}\\u{fe0f}"),
            ("👨\u{200d}", "👨", "👨\\u{200d}"),
            ("left\u{202e}thgir", "left\u{202e}thgir", "left\\u{202e}thgir"),
            ("\u{1b}[1m", "\u{1b}[1m", "\\u{1b}[1m"),
        ] {
            assert_eq!((left_out(text).as_ref(), written_out(text).as_ref()), (without, written));
        }
    }
}
