//! How the window looks: colours for day and night, sizes for cozy and compact, and which fonts stand behind them.
//!
//! Nothing here draws; [`paint`](crate::ui::look::paint) does.

use fltk::app;
use fltk::enums::{Color, Font};

use crate::config::settings::{Density, Shade};
use crate::model::COLOURS;

/// The face everything is written in, and its twins. Stock widgets use the first of FLTK's fonts by default, so these
/// are put in the places of Helvetica and Courier.
pub const REGULAR: Font = Font::Helvetica;
/// The bold twin of [`REGULAR`].
pub const BOLD: Font = Font::HelveticaBold;
/// The slanted twin.
pub const ITALIC: Font = Font::HelveticaItalic;
/// The twin that is both.
pub const BOLD_ITALIC: Font = Font::HelveticaBoldItalic;
/// A face whose letters are of one width.
pub const MONO: Font = Font::Courier;
/// The bold twin of [`MONO`].
pub const MONO_BOLD: Font = Font::CourierBold;

/// Faces that have both 汉字 and Latin letters that go well with them, the best first.
const FACES: [&str; 12] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
];

/// The same for letters of one width.
const MONO_FACES: [&str; 6] =
    ["Noto Sans Mono CJK SC", "Sarasa Mono SC", "DejaVu Sans Mono", "Menlo", "Consolas", "Liberation Mono"];

/// The faces to choose from that this machine has, the best first. Puts the best face of one width behind [`MONO`].
pub fn find_fonts() -> Vec<&'static str> {
    let installed = app::get_font_names();
    let is_installed = |face: &str| installed.iter().any(|name| name.trim_start() == face);
    let is_there = |face: &&str| is_installed(face) || is_installed(&format!("{face} Regular"));
    if let Some(face) = MONO_FACES.into_iter().find(is_there) {
        Font::set_font(MONO, face);
        Font::set_font(MONO_BOLD, &format!("{face} Bold"));
    }
    FACES.into_iter().filter(is_there).collect()
}

/// Puts this face behind [`REGULAR`] and its twins.
pub fn use_face(face: &str) {
    for (font, twin) in [(REGULAR, ""), (BOLD, " Bold"), (ITALIC, " Italic"), (BOLD_ITALIC, " Bold Italic")] {
        Font::set_font(font, &format!("{face}{twin}"));
    }
}

/// The colours of one shade.
#[derive(Debug)]
pub struct Palette {
    /// Behind the transcript.
    pub page: Color,
    /// Behind the conversation list.
    pub side: Color,
    /// Behind the member list.
    pub members: Color,
    /// Text.
    pub ink: Color,
    /// Text of less weight: times, notices, hints.
    pub dim: Color,
    /// Lines between panes.
    pub line: Color,
    /// Around fields.
    pub border: Color,
    /// Inside fields.
    pub field: Color,
    /// Buttons, the caret, the selected row's bar.
    pub accent: Color,
    /// The accent under the mouse.
    pub accent_hover: Color,
    /// Text on the accent, and letters on avatars.
    pub on_accent: Color,
    /// The selected row.
    pub selected: Color,
    /// A row or button under the mouse.
    pub hover: Color,
    /// Behind a banner and behind a message that names you.
    pub attention: Color,
    /// The edge of what asks for attention; a person who is away.
    pub amber: Color,
    /// Errors, and unread private messages.
    pub danger: Color,
    /// Letters on it.
    pub on_danger: Color,
    /// A person who is here.
    pub online: Color,
    /// A person who is gone.
    pub offline: Color,
    /// The thumb of a scrollbar.
    pub scrollbar: Color,
    /// Behind a count of unread messages.
    pub badge: Color,
    /// Letters on a badge.
    pub on_badge: Color,
    /// Selected text.
    pub marked: Color,
    /// What was looked for and found; the place that was gone to is framed in amber.
    pub found: Color,
    /// Addresses in messages.
    pub link: Color,
    /// Names and avatars.
    pub names: [Color; COLOURS],
}

const fn hex(rgb: u32) -> Color {
    Color::from_hex(rgb)
}

/// The colours of the day.
static LIGHT: Palette = Palette {
    page: hex(0xffffff),
    side: hex(0xf4f1ea),
    members: hex(0xfaf8f4),
    ink: hex(0x26221c),
    dim: hex(0x6c6457),
    line: hex(0xe6e0d4),
    border: hex(0xd8d1c3),
    field: hex(0xffffff),
    accent: hex(0x2f7d5b),
    accent_hover: hex(0x296e50),
    on_accent: hex(0xffffff),
    selected: hex(0xdfeae3),
    hover: hex(0xece7dc),
    attention: hex(0xfff6dc),
    amber: hex(0xad7200),
    danger: hex(0xc43d33),
    online: hex(0x2a8650),
    offline: hex(0x857d6f),
    scrollbar: hex(0xcfc8ba),
    badge: hex(0x746c5f),
    on_danger: hex(0xffffff),
    on_badge: hex(0xffffff),
    marked: hex(0xbcd7f2),
    found: hex(0xfbe6a6),
    link: hex(0x1f6fb2),
    names: [
        hex(0x5a6a1c),
        hex(0x2f7d5b),
        hex(0x4a55b8),
        hex(0x0b7580),
        hex(0x7a5230),
        hex(0xa03574),
        hex(0xb0432f),
        hex(0x6b4aa0),
    ],
};

/// The colours of the night.
static DARK: Palette = Palette {
    page: hex(0x1e2022),
    side: hex(0x17191a),
    members: hex(0x1b1d1f),
    ink: hex(0xe2e0da),
    dim: hex(0xa1a4a6),
    line: hex(0x2d3033),
    border: hex(0x3a3f43),
    field: hex(0x26292b),
    accent: hex(0x4caf83),
    accent_hover: hex(0x5cc094),
    on_accent: hex(0x17191a),
    selected: hex(0x26342e),
    hover: hex(0x26292b),
    attention: hex(0x332c1b),
    amber: hex(0xe2a32b),
    danger: hex(0xe4756b),
    online: hex(0x4caf83),
    offline: hex(0x868a8d),
    scrollbar: hex(0x4a4e52),
    badge: hex(0x454a4e),
    on_danger: hex(0x17191a),
    on_badge: hex(0xe2e0da),
    marked: hex(0x31506e),
    found: hex(0x5d4c1c),
    link: hex(0x6db3f2),
    names: [
        hex(0xb9cc6c),
        hex(0x7fd1a8),
        hex(0xa4acf6),
        hex(0x6fd0dc),
        hex(0xd2aa86),
        hex(0xe08fc0),
        hex(0xe58a78),
        hex(0xc3a1ee),
    ],
};

/// The sizes of one density, in pixels.
#[derive(Debug)]
pub struct Metrics {
    /// Messages, names, rows.
    pub body: i32,
    /// The room's name.
    pub title: i32,
    /// The topic, buttons of the header.
    pub label: i32,
    /// Times and notices' times.
    pub small: i32,
    /// Hints and headings.
    pub tiny: i32,
    /// From one line of a message to the next.
    pub line_height: i32,
    /// A message's picture; 0 where there is none.
    pub avatar: i32,
    /// Where the words of a message begin.
    pub text_left: i32,
    /// Above the first message of a group.
    pub group_gap: i32,
    /// Between two messages of one group.
    pub message_gap: i32,
    /// A row of the conversation list.
    pub conversation_row: i32,
    /// A row of the member list.
    pub member_row: i32,
    /// The conversation list.
    pub side_width: i32,
    /// The member list.
    pub members_width: i32,
    /// The bar with the room's name.
    pub header_height: i32,
}

/// Sizes with room around everything.
static COZY: Metrics = Metrics {
    body: 15,
    title: 17,
    label: 14,
    small: 12,
    tiny: 11,
    line_height: 23,
    avatar: 34,
    text_left: 62,
    group_gap: 10,
    message_gap: 3,
    conversation_row: 34,
    member_row: 29,
    side_width: 230,
    members_width: 196,
    header_height: 52,
};

/// Sizes for many messages on one screen.
static COMPACT: Metrics = Metrics {
    body: 14,
    title: 16,
    label: 13,
    small: 12,
    tiny: 11,
    line_height: 21,
    avatar: 0,
    text_left: 176,
    group_gap: 5,
    message_gap: 2,
    conversation_row: 29,
    member_row: 25,
    side_width: 210,
    members_width: 176,
    header_height: 46,
};

/// How large everything can be, in per cent.
pub const SIZES: [u16; 9] = [80, 90, 100, 110, 125, 150, 175, 200, 250];

/// What the window looks like now.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// Its colours.
    pub colors: &'static Palette,
    /// Its sizes.
    pub sizes: &'static Metrics,
}

impl Theme {
    /// The theme with these two choices.
    pub fn new(shade: Shade, density: Density) -> Self {
        Self {
            colors: match shade {
                // The caller knows what the system has.
                Shade::Light | Shade::System => &LIGHT,
                Shade::Dark => &DARK,
            },
            sizes: match density {
                Density::Cozy => &COZY,
                Density::Compact => &COMPACT,
            },
        }
    }

    /// The colour of a name, by the number that the model gave it.
    pub fn name_color(&self, colour: usize) -> Color {
        self.colors.names[colour % COLOURS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How bright a colour is, as WCAG 2 has it.
    fn luminance(color: Color) -> f64 {
        let (r, g, b) = color.to_rgb();
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(one: Color, other: Color) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn black_on_white_is_as_much_as_there_can_be() {
        assert!((contrast(hex(0), hex(0xff_ffff)) - 21.0).abs() < 0.01);
        assert!((contrast(hex(0x77_7777), hex(0xff_ffff)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_that_it_stands_on() {
        for (shade, colors) in [("light", &LIGHT), ("dark", &DARK)] {
            let grounds = [
                ("page", colors.page),
                ("side", colors.side),
                ("members", colors.members),
                ("field", colors.field),
                ("hover", colors.hover),
                ("selected", colors.selected),
                ("attention", colors.attention),
            ];
            let everywhere =
                |name: &'static str, ink: Color| grounds.map(|(on, ground)| (name, ink, on, ground)).to_vec();
            let on = |name: &'static str, ink: Color, names: &[&str]| {
                let there = grounds.into_iter().filter(|(on, _)| names.contains(on));
                there.map(|(on, ground)| (name, ink, on, ground)).collect::<Vec<_>>()
            };
            let mut texts = [
                everywhere("ink", colors.ink),
                everywhere("dim", colors.dim),
                on("accent", colors.accent, &["page", "members"]),
                on("danger", colors.danger, &["page"]),
                on("link", colors.link, &["page", "members", "attention"]),
                vec![
                    ("on_accent", colors.on_accent, "accent", colors.accent),
                    ("on_accent", colors.on_accent, "accent_hover", colors.accent_hover),
                    ("on_danger", colors.on_danger, "danger", colors.danger),
                    ("on_badge", colors.on_badge, "badge", colors.badge),
                    ("ink", colors.ink, "marked", colors.marked),
                    ("ink", colors.ink, "found", colors.found),
                ],
            ]
            .concat();
            for name in colors.names {
                texts.extend(on("a name", name, &["page", "members", "attention"]));
                texts.push(("on_accent", colors.on_accent, "a name", name));
            }
            for (name, ink, on, ground) in texts {
                let contrast = contrast(ink, ground);
                assert!(contrast >= 4.5, "{shade}: {name} {ink:?} on {on} {ground:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn every_mark_can_be_told_from_its_ground() {
        for (shade, colors) in [("light", &LIGHT), ("dark", &DARK)] {
            for ground in [colors.page, colors.side, colors.members, colors.selected] {
                let marks = [colors.online, colors.amber, colors.offline, colors.accent, colors.danger];
                for mark in marks {
                    let contrast = contrast(mark, ground);
                    assert!(contrast >= 3.0, "{shade}: {mark:?} on {ground:?}: {contrast:.2}");
                }
            }
        }
    }
}
