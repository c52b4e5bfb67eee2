//! Bold, italic, colours: the codes that stand in a message's text, taken out of it and put back
//! ([Modern IRC, "Formatting"](https://modern.ircdocs.horse/formatting)).
//!
//! [`read`] parts a text from the network into plain words and [`Span`]s of [`Style`]. It is also where text is made
//! safe to show: what it gives has no control character left, no bidi override and nothing that hides
//! ([`unseen`]).
//! [`readable`] decides how a colour looks on a page of this or that shade, so white on white cannot be.

use std::ops::Range;

use teahouse_protocol::text;
use unicode_segmentation::GraphemeCursor;

use crate::text::unseen::{self, Fate, Reading};

/// The code that turns bold on, and off again.
pub const BOLD: char = '\x02';
/// Italic.
pub const ITALIC: char = '\x1d';
/// Underline.
pub const UNDERLINE: char = '\x1f';
const STRIKETHROUGH: char = '\x1e';
const MONOSPACE: char = '\x11';
const REVERSE: char = '\x16';
const COLOUR: char = '\x03';
const HEX_COLOUR: char = '\x04';
const RESET: char = '\x0f';

/// Whether a character is a formatting code: it makes words look other than they do by themselves.
pub fn is_code(c: char) -> bool {
    matches!(c, BOLD | ITALIC | UNDERLINE | STRIKETHROUGH | MONOSPACE | REVERSE | COLOUR | HEX_COLOUR | RESET)
}

/// The least contrast that coloured text must have with the page, as WCAG counts it.
pub const LEAST_CONTRAST: f32 = 4.5;
/// The same where somebody chose the colour behind it as well.
pub const LEAST_CHOSEN_CONTRAST: f32 = 3.0;

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// How some words look. The default is the look of words that nobody formatted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Thick.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
    /// A line below.
    pub underline: bool,
    /// A line through it.
    pub strikethrough: bool,
    /// Letters of one width.
    pub monospace: bool,
    /// Ink and ground change places.
    pub reverse: bool,
    /// The colour of the letters, if somebody chose one.
    pub ink: Option<Rgb>,
    /// The colour behind them, if somebody chose one.
    pub ground: Option<Rgb>,
}

/// Some bytes of a text, and how they look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which bytes; never none, and between characters.
    pub range: Range<usize>,
    /// How they look; never the default.
    pub style: Style,
}

/// Takes the codes out of `raw`. Gives the words, fit to be shown, and what was styled in them, in order.
pub fn read(raw: &str) -> (String, Vec<Span>) {
    read_showing(raw, false)
}

/// The same, with or without what hides.
fn read_showing(raw: &str, shows_hidden: bool) -> (String, Vec<Span>) {
    if !raw.contains(unseen::is_suspect) {
        return (raw.to_owned(), Vec::new());
    }
    let mut reader = Reader { plain: String::with_capacity(raw.len()), ..Reader::default() };
    let unseen = Reading::of(raw);
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let at = raw.len() - rest.len();
        rest = &rest[c.len_utf8()..];
        let style = &mut reader.style;
        match c {
            BOLD => style.bold ^= true,
            ITALIC => style.italic ^= true,
            UNDERLINE => style.underline ^= true,
            STRIKETHROUGH => style.strikethrough ^= true,
            MONOSPACE => style.monospace ^= true,
            REVERSE => style.reverse ^= true,
            RESET => *style = Style::default(),
            COLOUR => rest = reader.colours(rest, 2, 10),
            HEX_COLOUR => rest = reader.colours(rest, 6, 16),
            _ if !unseen::is_suspect(c) => reader.push(c),
            _ => match unseen.fate(at) {
                Fate::Stays => reader.push(c),
                Fate::Space => reader.push(' '),
                Fate::Hidden if !shows_hidden => {}
                Fate::Hidden | Fate::Trick => c.escape_default().for_each(|c| reader.push(c)),
            },
        }
    }
    reader.end_span();
    (reader.plain, reader.spans)
}

/// The same for words in several lines. Bold words are bold up to the end of their line.
pub fn read_lines(raw: &str) -> (String, Vec<Span>) {
    let mut lines = raw.split('\n').map(read);
    let (mut text, mut spans) = lines.next().unwrap_or_default();
    for (line, mut styled) in lines {
        text.push('\n');
        shift(&mut styled, text.len());
        text.push_str(&line);
        spans.append(&mut styled);
    }
    (text, spans)
}

/// Cuts `raw` into pieces of at most `max_bytes`, as [`text::split`] does, and no emoji or letter with its accents in
/// two; words that are bold where it is cut go on being bold in the next piece.
pub fn split(raw: &str, max_bytes: usize) -> Vec<String> {
    let has_codes = raw.contains(is_code);
    let mut pieces = Vec::new();
    let mut codes = String::new();
    let mut rest = raw;
    while let Some(mut piece) = text::split(rest, max_bytes.saturating_sub(codes.len())).next() {
        piece = &rest[..whole_end(rest, piece.len())];
        // Half a code is another code, or digits that nobody wrote.
        if let Some(at) = piece.rfind([COLOUR, HEX_COLOUR]).filter(|at| *at > 0)
            && rest.len() - behind_code(&rest[at..]).len() > piece.len()
        {
            piece = &rest[..at];
        }
        rest = &rest[piece.len()..];
        if !has_codes {
            rest = rest.strip_prefix(' ').unwrap_or(rest);
            pieces.push(piece.to_owned());
            continue;
        }
        rest = rest.trim_start_matches(' ');
        let piece = format!("{codes}{piece}");
        codes = codes_of(style_at_end(&piece), rest);
        pieces.push(piece);
    }
    pieces
}

/// What follows the code that a text begins with.
fn behind_code(text: &str) -> &str {
    let mut chars = text.chars();
    match chars.next() {
        Some(COLOUR) => Reader::default().colours(chars.as_str(), 2, 10),
        Some(HEX_COLOUR) => Reader::default().colours(chars.as_str(), 6, 16),
        _ => chars.as_str(),
    }
}

/// The last place up to `end` at which `text` can be cut without taking apart what is seen as one; `end` itself where
/// there is none.
pub fn whole_end(text: &str, end: usize) -> usize {
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    // All of the text is there, so it never asks for more.
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return end;
    }
    cursor.prev_boundary(text, 0).ok().flatten().filter(|before| *before > 0).unwrap_or(end)
}

/// The style that holds behind all of `raw`.
fn style_at_end(raw: &str) -> Style {
    // It is the style of whatever comes next.
    let (plain, spans) = read(&format!("{raw}x"));
    let last = spans.last().filter(|span| span.range.end == plain.len());
    last.map(|span| span.style).unwrap_or_default()
}

/// The codes that make `words` look so, which look like nothing yet.
fn codes_of(style: Style, words: &str) -> String {
    let hex = |(r, g, b): Rgb| format!("{r:02x}{g:02x}{b:02x}");
    let mut codes = match (style.ink, style.ground) {
        (None, None) => String::new(),
        (Some(ink), None) => format!("{HEX_COLOUR}{}", hex(ink)),
        (Some(ink), Some(ground)) => format!("{HEX_COLOUR}{},{}", hex(ink), hex(ground)),
        // There is no other way to choose the ground alone than to take the ink back.
        (None, Some(ground)) => format!("{HEX_COLOUR}000000,{}{COLOUR}99", hex(ground)),
    };
    // A comma that is the first of the words is not to be read as the comma between two colours.
    if !codes.is_empty() && words.starts_with(',') {
        codes.extend([BOLD, BOLD]);
    }
    let switches = [
        (style.bold, BOLD),
        (style.italic, ITALIC),
        (style.underline, UNDERLINE),
        (style.strikethrough, STRIKETHROUGH),
        (style.monospace, MONOSPACE),
        (style.reverse, REVERSE),
    ];
    codes.extend(switches.iter().filter(|(is_on, _)| *is_on).map(|(_, code)| *code));
    codes
}

/// Moves spans to the right, for a text that has this many bytes put before it.
pub fn shift(spans: &mut [Span], bytes: usize) {
    for span in spans {
        span.range = span.range.start + bytes..span.range.end + bytes;
    }
}

/// The words of `raw` alone, fit to be shown.
pub fn plain(raw: &str) -> String {
    read(raw).0
}

/// A name in `raw`, fit to be shown. What hides in a name is seen, so that no other name looks the same.
pub fn name(raw: &str) -> String {
    read_showing(raw, true).0
}

#[derive(Default)]
struct Reader {
    plain: String,
    spans: Vec<Span>,
    /// What holds for the next character.
    style: Style,
    /// What holds for the characters since `start`.
    current: Style,
    start: usize,
}

impl Reader {
    fn push(&mut self, c: char) {
        if self.style != self.current {
            self.end_span();
            self.current = self.style;
        }
        self.plain.push(c);
    }

    fn end_span(&mut self) {
        let range = self.start..self.plain.len();
        if self.current != Style::default() && !range.is_empty() {
            self.spans.push(Span { range, style: self.current });
        }
        self.start = self.plain.len();
    }

    /// Reads what follows a colour code: one number, or two with a comma between them; none ends all colour.
    fn colours<'a>(&mut self, rest: &'a str, digits: usize, radix: u32) -> &'a str {
        let number = |text: &'a str| -> Option<(u32, &'a str)> {
            let length = text.chars().take(digits).take_while(|c| c.is_digit(radix)).count();
            let is_whole = if radix == 16 { length == digits } else { length > 0 };
            is_whole.then(|| (u32::from_str_radix(&text[..length], radix).unwrap_or(0), &text[length..]))
        };
        let colour = |number: u32| if radix == 16 { Some(from_hex(number)) } else { numbered(number) };
        let Some((ink, mut rest)) = number(rest) else {
            self.style.ink = None;
            self.style.ground = None;
            return rest;
        };
        self.style.ink = colour(ink);
        if let Some((ground, after)) = rest.strip_prefix(',').and_then(number) {
            self.style.ground = colour(ground);
            rest = after;
        }
        rest
    }
}

const fn from_hex(rgb: u32) -> Rgb {
    ((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// The colour of a number from 0 to 98; 99 is the colour that text has by itself.
fn numbered(number: u32) -> Option<Rgb> {
    COLOURS.get(usize::try_from(number).ok()?).copied().map(from_hex)
}

/// The sixteen colours that everybody has, and the 83 that came later.
const COLOURS: [u32; 99] = [
    0xffffff, 0x000000, 0x00007f, 0x009300, 0xff0000, 0x7f0000, 0x9c009c, 0xfc7f00, //
    0xffff00, 0x00fc00, 0x009393, 0x00ffff, 0x0000fc, 0xff00ff, 0x7f7f7f, 0xd2d2d2, //
    0x470000, 0x472100, 0x474700, 0x324700, 0x004700, 0x00472c, 0x004747, 0x002747, 0x000047, 0x2e0047,
    0x470047, 0x47002a, //
    0x740000, 0x743a00, 0x747400, 0x517400, 0x007400, 0x007449, 0x007474, 0x004074, 0x000074, 0x4b0074,
    0x740074, 0x740045, //
    0xb50000, 0xb56300, 0xb5b500, 0x7db500, 0x00b500, 0x00b571, 0x00b5b5, 0x0063b5, 0x0000b5, 0x7500b5,
    0xb500b5, 0xb5006b, //
    0xff0000, 0xff8c00, 0xffff00, 0xb2ff00, 0x00ff00, 0x00ffa0, 0x00ffff, 0x008cff, 0x0000ff, 0xa500ff,
    0xff00ff, 0xff0098, //
    0xff5959, 0xffb459, 0xffff71, 0xcfff60, 0x6fff6f, 0x65ffc9, 0x6dffff, 0x59b4ff, 0x5959ff, 0xc459ff,
    0xff66ff, 0xff59bc, //
    0xff9c9c, 0xffd39c, 0xffff9c, 0xe2ff9c, 0x9cff9c, 0x9cffdb, 0x9cffff, 0x9cd3ff, 0x9c9cff, 0xdc9cff,
    0xff9cff, 0xff94d3, //
    0x000000, 0x131313, 0x282828, 0x363636, 0x4d4d4d, 0x656565, 0x818181, 0x9f9f9f, 0xbcbcbc, 0xe2e2e2,
    0xffffff,
];

/// How much two colours differ in brightness: from 1 for the same to 21 for black and white
/// ([WCAG 2.1, "contrast ratio"](https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio)).
pub fn contrast(one: Rgb, other: Rgb) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance((r, g, b): Rgb) -> f32 {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// `ink`, or the shade of it that has at least this contrast with `ground`: nearer to black or to white, as little as
/// it takes.
pub fn readable(ink: Rgb, ground: Rgb, least: f32) -> Rgb {
    let (black, white) = ((0, 0, 0), (255, 255, 255));
    let end = match luminance(ink) > luminance(ground) {
        true if contrast(white, ground) >= least => 255.0,
        false if contrast(black, ground) < least => 255.0,
        _ => 0.0,
    };
    let towards = |share: f32| {
        let mix =
            |value: u8| (f32::from(value) + (end - f32::from(value)) * share).round().clamp(0.0, 255.0) as u8;
        (mix(ink.0), mix(ink.1), mix(ink.2))
    };
    let mut shades = (0..=20_u8).map(|step| towards(f32::from(step) / 20.0));
    shades.find(|shade| contrast(*shade, ground) >= least).unwrap_or_else(|| towards(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows spans as tags: `<b>` for bold, `<4>` for a colour, and so on.
    #[track_caller]
    fn check(raw: &str, expected: &[(&str, Style)]) {
        let (plain, spans) = read(raw);
        let found: Vec<_> = spans.iter().map(|span| (&plain[span.range.clone()], span.style)).collect();
        assert_eq!(found, expected, "{raw:?}");
    }

    const PLAIN: Style = Style {
        bold: false,
        italic: false,
        underline: false,
        strikethrough: false,
        monospace: false,
        reverse: false,
        ink: None,
        ground: None,
    };
    const THICK: Style = Style { bold: true, ..PLAIN };

    #[test]
    fn a_code_holds_until_it_comes_again_and_a_reset_ends_them_all() {
        check("plain 茶", &[]);
        check("a \x02bold\x02 b", &[("bold", THICK)]);
        check("\x02to the end", &[("to the end", THICK)]);
        check("\x02b\x1dbi\x0fplain", &[("b", THICK), ("bi", Style { italic: true, ..THICK })]);
        check("\x1f茶\x1f馆", &[("茶", Style { underline: true, ..PLAIN })]);
        check("\x1eold\x1e", &[("old", Style { strikethrough: true, ..PLAIN })]);
        check("\x11code\x11", &[("code", Style { monospace: true, ..PLAIN })]);
        check("\x16x", &[("x", Style { reverse: true, ..PLAIN })]);
        check("\x02\x02nothing\x02", &[]);
    }

    #[test]
    fn colours_have_one_or_two_digits_and_perhaps_a_second_one_behind_a_comma() {
        let ink = |ink| Style { ink: Some(from_hex(ink)), ..PLAIN };
        check("\x034red\x03 plain", &[("red", ink(0xff0000))]);
        check("\x0304red", &[("red", ink(0xff0000))]);
        check("\x03123", &[("3", ink(0x0000fc))]);
        check("\x034,2both", &[("both", Style { ground: Some((0, 0, 0x7f)), ..ink(0xff0000) })]);
        check("\x034, and", &[(", and", ink(0xff0000))]);
        check("\x0398white", &[("white", ink(0xffffff))]);
        check("\x034r\x0399d", &[("r", ink(0xff0000))]);
        check("\x04ff8000x\x04y", &[("x", ink(0xff8000))]);
        check("\x04ff8000,000000x", &[("x", Style { ground: Some((0, 0, 0)), ..ink(0xff8000) })]);
        check("\x04ff80 is no colour", &[]);
    }

    #[test]
    fn no_message_can_play_tricks_on_the_window() {
        for (raw, shown) in [
            ("plain 茶 😀", "plain 茶 😀"),
            ("\x0304,12red\x03 and \x02bold\x0f", "red and bold"),
            ("\x03,5 \x0312345", ",5 345"),
            ("\x04ff0000,00ff00x\x04", "x"),
            ("a\tb", "a b"),
            ("left\u{202e}thgir", "left\\u{202e}thgir"),
            ("\x1b[31m", "\\u{1b}[31m"),
            ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
            ("零\u{200b}宽\u{feff}", "零宽"),
            ("\x02\u{200b}b\x02\u{2028}c", "b c"),
            ("left\u{2066}right\u{2069}", "left\\u{2066}right\\u{2069}"),
        ] {
            assert_eq!(plain(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn what_hides_in_a_name_is_seen() {
        for (raw, shown) in
            [("a\u{200b}lice", "a\\u{200b}lice"), ("小明", "小明"), ("👩\u{200d}💻", "👩\u{200d}💻")]
        {
            assert_eq!(name(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn no_emoji_and_no_accent_is_cut_in_two() {
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(split(&family.repeat(3), 30), [family; 3]);
        assert_eq!(split("abcde\u{301}", 6), ["abcd", "e\u{301}"]);
        assert_eq!(split("🇨🇳🇨🇳", 12), ["🇨🇳", "🇨🇳"]);
        let accents = format!("a{}", "\u{301}".repeat(20));
        assert_eq!(
            split(&accents, 11).concat(),
            accents,
            "what is longer than a piece is cut where it must be"
        );
    }

    #[test]
    fn what_is_cut_in_two_looks_the_same_in_both_pieces() {
        let cut = |raw, max_bytes| split(raw, max_bytes);
        assert_eq!(cut("plain tea house", 10), ["plain tea", "house"]);
        assert_eq!(cut("\x02boldboldbold", 7), ["\x02boldbo", "\x02ldbold"], "inside a word too");
        assert_eq!(cut("\x02bold tea\x02 plain", 11), ["\x02bold tea\x02", "plain"]);
        assert_eq!(cut("\x02bold tea house", 10), ["\x02bold tea", "\x02house"]);
        assert_eq!(cut("\x0304,01red tea", 10), ["\x0304,01red", "\x04ff0000,000000tea"]);
        let long = format!("\x02\x1d{}", "茶".repeat(100));
        let pieces = cut(&long, 50);
        assert!(pieces.iter().all(|piece| piece.len() <= 50 && piece.starts_with("\x02\x1d")), "{pieces:?}");
        assert_eq!(pieces.iter().map(|piece| plain(piece)).collect::<String>(), "茶".repeat(100));
    }

    #[test]
    fn no_colour_is_cut_in_two_or_lost_between_two_pieces() {
        let looks = |raw: &str| {
            let (plain, spans) = read(raw);
            let style = |at: usize| spans.iter().find(|span| span.range.contains(&at)).map(|span| span.style);
            // The space at which it was cut is not there any more.
            let shown = plain.char_indices().filter(|(_, c)| *c != ' ');
            shown.map(|(at, c)| (c, style(at))).collect::<Vec<_>>()
        };
        for raw in [
            "\x0304,12red",
            "\x034,2both",
            "\x04ff8000,00ff00hex",
            "\x0304red,5 of them",
            "\x04ff8000hex,123456",
            "\x0399,4on red",
            "\x04ff8000,00ff00x\x0399,no ink, \x02thick",
        ] {
            for before in 30..70 {
                let raw = format!("{}{raw}{}", "x".repeat(before), ",7".repeat(30));
                let pieces = split(&raw, 48);
                assert!(pieces.iter().all(|piece| piece.len() <= 48), "{pieces:?}");
                let found: Vec<_> = pieces.iter().flat_map(|piece| looks(piece)).collect();
                assert_eq!(found, looks(&raw), "{pieces:?}");
            }
        }
    }

    #[test]
    fn every_colour_can_be_read_by_day_and_by_night() {
        for ground in [(0xff, 0xff, 0xff), (0x1e, 0x20, 0x22), (0xff, 0, 0), (0x7f, 0x7f, 0x7f)] {
            for colour in COLOURS.map(from_hex) {
                let shade = readable(colour, ground, LEAST_CONTRAST);
                assert!(contrast(shade, ground) >= LEAST_CONTRAST, "{colour:?} on {ground:?}");
            }
        }
        let (navy, red, white) = ((0, 0, 0x7f), (255, 0, 0), (255, 255, 255));
        assert_eq!(readable(navy, white, LEAST_CONTRAST), navy, "what is readable stays");
        assert_eq!(readable(white, red, LEAST_CHOSEN_CONTRAST), white);
    }

    #[test]
    fn contrast_is_counted_as_wcag_does() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((9, 9, 9), (9, 9, 9)) - 1.0).abs() < 0.01);
    }
}
