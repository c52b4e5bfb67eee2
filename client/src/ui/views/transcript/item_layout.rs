//! An item set in type: cut into lines, the lines into pieces of one look, each with its place.
//!
//! An item is set once for a width and a theme, and drawn as often as somebody looks at it.
//! Places are counted from the item's upper edge and the transcript's left one, so scrolling changes none.

use std::ops::Range;

use fltk::enums::Color;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::formatting::{LEAST_CHOSEN_CONTRAST, LEAST_CONTRAST, Rgb, Span, Style, readable};
use crate::text::links::{self, Link};
use crate::text::wrap;
use crate::ui::action::Zone;
use crate::ui::look::paint::{Align, Face, Painter, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::views::transcript::item::{Body, Fold, Item};

/// Left of everything.
const MARGIN: i32 = 16;
/// Right of the words, where the scrollbar is.
pub const RIGHT_MARGIN: i32 = 28;
/// The line above what is new.
const NEW_HEIGHT: i32 = 28;
/// What a message answers.
const QUOTE_HEIGHT: i32 = 21;
/// A row of emoji below a message, and each of them.
const REACTIONS_HEIGHT: i32 = 28;
const REACTION_HEIGHT: i32 = 23;
const REACTION_GAP: i32 = 5;
/// What became of a message.
const NOTE_HEIGHT: i32 = 20;
/// The picture of somebody who does something, in the place of the time, which stands behind the words.
const ACTOR: i32 = 20;
const TIME_BEHIND: i32 = 46;
/// Words are never squeezed into less.
const LEAST_ROOM: i32 = 40;

/// An item, set.
pub struct Page {
    /// What stands on it.
    pub item: Item,
    /// How tall it is.
    pub height: i32,
    lines: Vec<Line>,
    pieces: Vec<Piece>,
    zones: Vec<(Rect, Zone)>,
    /// What is to be found in it, in bytes.
    hits: Vec<Range<usize>>,
    line_height: i32,
    width: i32,
}

/// One line of words.
struct Line {
    range: Range<usize>,
    top: i32,
    /// Which of the pieces stand in it.
    pieces: Range<usize>,
}

/// Words of one look in one line.
struct Piece {
    range: Range<usize>,
    left: f32,
    width: f32,
    look: Look,
}

#[derive(Clone, Copy)]
struct Look {
    face: Face,
    ink: Color,
    ground: Option<Color>,
    underline: bool,
    strikethrough: bool,
    /// Which of the item's links it belongs to.
    link: Option<usize>,
}

/// What is drawn over a page.
pub struct Marks {
    /// The bytes that are selected.
    pub selected: Option<Range<usize>>,
    /// The hit that was gone to.
    pub hit: Option<usize>,
    /// The zone under the mouse.
    pub hovered: Option<usize>,
    /// Whether the keyboard is here.
    pub is_current: bool,
}

impl Page {
    /// Sets an item. `left` and `width` are the transcript's; `find` gives the places of what is being looked for.
    pub fn set(
        item: Item,
        theme: &Theme,
        paint: &Painter,
        width: i32,
        find: impl FnOnce(&str) -> Vec<Range<usize>>,
    ) -> Self {
        let sizes = theme.sizes;
        let mut page = Self {
            height: 0,
            lines: Vec::new(),
            pieces: Vec::new(),
            zones: Vec::new(),
            hits: find(item.text()),
            line_height: sizes.line_height,
            width,
            item,
        };
        if page.item.body == Body::Nothing {
            return page;
        }
        let mut top = page.item.new.as_ref().map_or(0, |_| NEW_HEIGHT);
        match page.item.body {
            Body::Message { is_first: true, .. } => {
                top += sizes.group_gap + if sizes.avatar > 0 { sizes.line_height } else { 0 };
            }
            Body::Day { .. } => top += sizes.group_gap,
            _ => {}
        }
        let left = sizes.text_left;
        let time = if matches!(page.item.body, Body::Action { .. }) { TIME_BEHIND } else { 0 };
        let room = (width - left - RIGHT_MARGIN - time).max(LEAST_ROOM);
        if let Some(quote) = &page.item.quote {
            if let Some(number) = quote.number {
                page.zones.push((Rect::new(left, top, room, QUOTE_HEIGHT), Zone::Quote(number)));
            }
            top += QUOTE_HEIGHT;
        }
        page.set_words(theme, paint, (left, top, room));
        top += page.lines.len() as i32 * sizes.line_height;
        if matches!(page.item.body, Body::Notice { fold: Some(_), .. }) {
            let first = page.lines.first().map_or(0, |line| line.top);
            page.zones.push((Rect::new(left, first, room, top - first), Zone::Fold));
        }
        top = page.set_reactions(theme, paint, (left, top, room));
        if let Some(note) = &page.item.note {
            if note.can_retry {
                page.zones.push((Rect::new(left, top, room, NOTE_HEIGHT), Zone::Retry));
            }
            top += NOTE_HEIGHT;
        }
        page.height = top + sizes.message_gap;
        page
    }

    fn set_words(&mut self, theme: &Theme, paint: &Painter, (left, top, room): (i32, i32, i32)) {
        let text = self.item.text();
        let links = match self.item.body {
            Body::Day { .. } => Vec::new(),
            _ => links::find(text),
        };
        let looks = looks(&self.item, &links, theme);
        let width_of = |range: Range<usize>| -> f32 {
            let parts = parts_of(&looks, &range);
            parts.map(|(part, look)| paint.width(look.face, &text[part])).sum()
        };
        let mut zones = Vec::new();
        for (index, range) in wrap::wrap_styled(text, room as f32, width_of).into_iter().enumerate() {
            let first = self.pieces.len();
            let line_top = top + index as i32 * self.line_height;
            let mut x = left as f32;
            for (part, look) in parts_of(&looks, &range) {
                let width = paint.exact_width(look.face, &text[part.clone()]);
                if let Some(link) = look.link {
                    let place = Rect::new(x as i32, line_top, width.ceil() as i32, self.line_height);
                    zones.push((place, Zone::Link(links[link].target.clone())));
                }
                self.pieces.push(Piece { range: part, left: x, width, look });
                x += width;
            }
            self.lines.push(Line { range, top: line_top, pieces: first..self.pieces.len() });
        }
        self.zones.extend(zones);
    }

    /// Puts the emoji below the words; gives where they end.
    fn set_reactions(&mut self, theme: &Theme, paint: &Painter, (left, top, room): (i32, i32, i32)) -> i32 {
        if self.item.reactions.is_empty() {
            return top;
        }
        let face = Face::regular(theme.sizes.small);
        let (mut x, mut y) = (left, top);
        for reaction in &self.item.reactions {
            let width = (paint.width(face, &reaction.text()).ceil() as i32 + 16).min(room);
            if x > left && x + width > left + room {
                x = left;
                y += REACTIONS_HEIGHT;
            }
            let place = Rect::new(x, y + (REACTIONS_HEIGHT - REACTION_HEIGHT) / 2, width, REACTION_HEIGHT);
            self.zones.push((place, Zone::Reaction(reaction.emoji.clone())));
            x += width + REACTION_GAP;
        }
        y + REACTIONS_HEIGHT
    }

    /// What a click at this point does, and which of the zones that is.
    pub fn zone_at(&self, x: i32, y: i32) -> Option<(usize, &Zone)> {
        let index = self.zones.iter().position(|(place, _)| place.contains(x, y))?;
        Some((index, &self.zones[index].1))
    }

    /// Everything that does something, and where it is.
    pub fn zones(&self) -> &[(Rect, Zone)] {
        &self.zones
    }

    /// The place in the text that is nearest to a point.
    pub fn byte_at(&self, paint: &Painter, x: i32, y: i32) -> usize {
        let Some(first) = self.lines.first() else { return 0 };
        let row = (y - first.top).div_euclid(self.line_height).clamp(0, self.lines.len() as i32 - 1);
        let line = &self.lines[row as usize];
        let text = self.item.text();
        for piece in &self.pieces[line.pieces.clone()] {
            if x as f32 >= piece.left + piece.width {
                continue;
            }
            let words = &text[piece.range.clone()];
            let places: Vec<_> = words.grapheme_indices(true).collect();
            // The first grapheme whose middle is right of the point.
            let index = places.partition_point(|(offset, grapheme)| {
                let left = paint.exact_width(piece.look.face, &words[..*offset]);
                let right = paint.exact_width(piece.look.face, &words[..offset + grapheme.len()]);
                piece.left + (left + right) / 2.0 <= x as f32
            });
            if let Some((offset, _)) = places.get(index) {
                return piece.range.start + offset;
            }
            return piece.range.end;
        }
        line.range.end
    }

    /// The word at a place in the text.
    pub fn word_at(&self, byte: usize) -> Range<usize> {
        let words = self.item.text().split_word_bound_indices();
        let mut words = words.map(|(start, word)| start..start + word.len());
        words.find(|word| word.contains(&byte)).unwrap_or(byte..byte)
    }

    /// Draws it with its upper left corner here.
    pub fn draw(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), view: Rect, marks: &Marks) {
        if self.item.body == Body::Nothing {
            return;
        }
        self.draw_behind(theme, paint, (x, y), marks);
        if let Body::Day { text } = &self.item.body {
            self.draw_day(theme, paint, (x, y), text);
            return;
        }
        self.draw_speaker(theme, paint, (x, y));
        self.draw_quote(theme, paint, (x, y));
        let Some(first) = self.lines.first() else { return };
        let row = |line: &Line| Rect::new(x, y + line.top, self.width, self.line_height);
        let ascent = paint.baseline(Face::regular(size_of(&self.item, theme)), row(first)) - y - first.top;
        for line in &self.lines {
            let row = row(line);
            if row.y + row.h >= view.y && row.y <= view.y + view.h {
                self.draw_line(theme, paint, (x, row.y), line, ascent, marks);
            }
        }
        if let Body::Notice { fold: Some(fold), .. } = self.item.body {
            self.draw_fold(theme, paint, (x, y), fold);
        }
        self.draw_reactions(theme, paint, (x, y), marks);
        self.draw_note(theme, paint, (x, y), marks);
    }

    fn draw_line(
        &self,
        theme: &Theme,
        paint: &Painter,
        (x, y): (i32, i32),
        line: &Line,
        ascent: i32,
        marks: &Marks,
    ) {
        let text = self.item.text();
        let pieces = &self.pieces[line.pieces.clone()];
        for piece in pieces {
            if let Some(ground) = piece.look.ground {
                let (left, right) = (piece.left.round() as i32, (piece.left + piece.width).round() as i32);
                paint.fill(Rect::new(x + left, y + 1, right - left, self.line_height - 2), ground);
            }
        }
        for (index, hit) in self.hits.iter().enumerate() {
            self.draw_mark(paint, (x, y), line, hit, theme.colors.found);
            if marks.hit == Some(index) {
                self.draw_frame(paint, (x, y), line, hit, theme.colors.amber);
            }
        }
        if let Some(selected) = &marks.selected {
            self.draw_mark(paint, (x, y), line, selected, theme.colors.marked);
        }
        for piece in pieces {
            let left = x + piece.left.round() as i32;
            let width = (piece.left + piece.width).round() as i32 - piece.left.round() as i32;
            let ink = piece.look.ink;
            paint.text(piece.look.face, ink, &text[piece.range.clone()], left, y + ascent);
            let is_hovered = piece.look.link.is_some()
                && marks.hovered.is_some_and(|zone| self.is_in_zone(zone, piece, line));
            if piece.look.underline || piece.look.link.is_some() {
                let thickness = if is_hovered { 2 } else { 1 };
                paint.fill(Rect::new(left, y + ascent + 2, width, thickness), ink);
            }
            if piece.look.strikethrough {
                paint.fill(Rect::new(left, y + ascent - theme.sizes.body * 3 / 10, width, 1), ink);
            }
        }
    }

    fn is_in_zone(&self, zone: usize, piece: &Piece, line: &Line) -> bool {
        let Some((_, Zone::Link(hovered))) = self.zones.get(zone) else { return false };
        let at = (piece.left as i32, line.top);
        self.zones.iter().any(|(place, zone)| {
            place.contains(at.0, at.1) && matches!(zone, Zone::Link(target) if target == hovered)
        })
    }

    /// A ground behind some bytes, as far as they stand in this line.
    fn draw_mark(&self, paint: &Painter, at: (i32, i32), line: &Line, bytes: &Range<usize>, color: Color) {
        if let Some(place) = self.place_of(paint, at, line, bytes) {
            paint.fill(place, color);
        }
    }

    /// A frame around some bytes, as far as they stand in this line.
    fn draw_frame(&self, paint: &Painter, at: (i32, i32), line: &Line, bytes: &Range<usize>, color: Color) {
        const THICKNESS: i32 = 2;
        let Some(place) = self.place_of(paint, at, line, bytes) else { return };
        let Rect { x, y, w, h } = place;
        for side in [
            Rect { h: THICKNESS, ..place },
            Rect { w: THICKNESS, ..place },
            Rect { y: y + h - THICKNESS, h: THICKNESS, ..place },
            Rect { x: x + w - THICKNESS, w: THICKNESS, ..place },
        ] {
            paint.fill(side, color);
        }
    }

    /// Where some bytes stand in this line.
    fn place_of(
        &self,
        paint: &Painter,
        (x, y): (i32, i32),
        line: &Line,
        bytes: &Range<usize>,
    ) -> Option<Rect> {
        let part = overlap(bytes, &line.range)?;
        let from = self.left_of(paint, line, part.start);
        let to = self.left_of(paint, line, part.end);
        let width = ((to - from).round() as i32).max(4);
        Some(Rect::new(x + from.round() as i32, y, width, self.line_height))
    }

    /// Where a byte of a line stands.
    fn left_of(&self, paint: &Painter, line: &Line, byte: usize) -> f32 {
        let pieces = &self.pieces[line.pieces.clone()];
        match pieces.iter().find(|piece| byte < piece.range.end) {
            Some(piece) => {
                piece.left + paint.exact_width(piece.look.face, &self.item.text()[piece.range.start..byte])
            }
            None => pieces.last().map_or(0.0, |last| last.left + last.width),
        }
    }

    fn draw_behind(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), marks: &Marks) {
        let colors = theme.colors;
        if let Some(new) = &self.item.new {
            let row = Rect::new(x + MARGIN + 4, y, self.width - MARGIN - RIGHT_MARGIN - 4, NEW_HEIGHT);
            let face = Face::regular(theme.sizes.small + 1);
            let width = paint.label(face, colors.danger, Align::Right, new, row);
            paint.fill(Rect::new(row.x, row.y + row.h / 2, row.w - width - 14, 1), colors.danger);
        }
        let gap = if self.item.is_first() { theme.sizes.group_gap - 4 } else { 0 };
        let top = y + self.item.new.as_ref().map_or(0, |_| NEW_HEIGHT) + gap.max(0);
        let all = Rect::new(x, top, self.width, y + self.height - top);
        if self.item.is_mention() {
            paint.fill(all, colors.attention);
            paint.fill(Rect { w: 3, ..all }, colors.amber);
        }
        if marks.is_current {
            paint.outline(all.inset(5, 0), 6, colors.accent);
        }
    }

    fn draw_day(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), text: &str) {
        let top = self.lines.first().map_or(0, |line| line.top);
        let row = Rect::new(x, y + top, self.width - RIGHT_MARGIN + MARGIN, self.line_height);
        let small = Face::regular(theme.sizes.small);
        let width = paint.label(small, theme.colors.dim, Align::Center, text, row);
        let (middle, side) = (row.y + row.h / 2, (row.w - width) / 2 - 14);
        paint.fill(Rect::new(row.x + MARGIN + 4, middle, side - MARGIN - 4, 1), theme.colors.line);
        paint.fill(Rect::new(row.x + row.w - side, middle, side - MARGIN - 4, 1), theme.colors.line);
    }

    /// The speaker: an avatar and a line with the name, or, where there is no room for that, the name before the words.
    fn draw_speaker(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32)) {
        let (colors, sizes) = (theme.colors, theme.sizes);
        let small = Face::regular(sizes.small);
        let Some(first) = self.lines.first() else { return };
        let row = Rect::new(x + MARGIN, y + first.top, sizes.avatar.max(40), self.line_height);
        let time = &self.item.time;
        if let Body::Action { name, colour, .. } = &self.item.body {
            self.draw_actor(theme, paint, (x, y), name, theme.name_color(*colour));
            return;
        }
        let Body::Message { name, colour, is_first, .. } = &self.item.body else {
            paint.label(small, colors.dim, Align::Left, time, row);
            return;
        };
        let color = theme.name_color(*colour);
        let left = x + sizes.text_left;
        if sizes.avatar == 0 {
            paint.label(small, colors.dim, Align::Left, time, row);
            if *is_first {
                let room = Rect::new(row.x + 46, row.y, left - row.x - 60, row.h);
                paint.label(Face::bold(sizes.body), color, Align::Right, name, room);
            }
        } else if *is_first {
            let quote = self.item.quote.as_ref().map_or(0, |_| QUOTE_HEIGHT);
            let title = Rect::new(left, row.y - self.line_height - quote, self.width / 2, self.line_height);
            let avatar = Rect::new(row.x, title.y + 3, sizes.avatar, sizes.avatar);
            paint.avatar(avatar, name, color, colors.on_accent);
            let width = paint.label(Face::bold(sizes.body), color, Align::Left, name, title);
            let behind = Rect::new(title.x + width + 11, title.y + 1, 60, title.h);
            paint.label(small, colors.dim, Align::Left, time, behind);
        } else {
            paint.label(small, colors.offline, Align::Left, time, row);
        }
    }

    /// The actor: a picture left of the words, where no words of a message can be, and the time behind them.
    fn draw_actor(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), name: &str, color: Color) {
        let (colors, sizes) = (theme.colors, theme.sizes);
        let (Some(first), Some(last)) = (self.lines.first(), self.lines.last()) else { return };
        let left = if sizes.avatar == 0 {
            x + sizes.text_left - 14 - ACTOR
        } else {
            x + MARGIN + (sizes.avatar - ACTOR) / 2
        };
        let tile = Rect::new(left, y + first.top + (self.line_height - ACTOR) / 2, ACTOR, ACTOR);
        paint.avatar(tile, name, color, colors.on_accent);
        let end = self.pieces[last.pieces.clone()].last().map_or(0.0, |piece| piece.left + piece.width);
        let behind = Rect::new(x + end.ceil() as i32 + 9, y + last.top, TIME_BEHIND, self.line_height);
        paint.label(Face::regular(sizes.small), colors.dim, Align::Left, &self.item.time, behind);
    }

    fn draw_quote(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32)) {
        let (Some(quote), Some(first)) = (&self.item.quote, self.lines.first()) else { return };
        let left = x + theme.sizes.text_left;
        let row = Rect::new(left, y + first.top - QUOTE_HEIGHT, self.width, QUOTE_HEIGHT);
        let color = theme.name_color(quote.colour);
        paint.fill(Rect::new(row.x, row.y + 3, 2, row.h - 6), color);
        let name = Rect::new(row.x + 9, row.y, (self.width - theme.sizes.text_left) / 3, row.h);
        let width = paint.label(Face::bold(theme.sizes.small), color, Align::Left, &quote.name, name);
        let words = Rect::new(
            name.x + width + 8,
            row.y,
            (x + self.width - RIGHT_MARGIN - name.x - width - 8).max(LEAST_ROOM),
            row.h,
        );
        let face = Face::regular(theme.sizes.small);
        paint.label(face, theme.colors.dim, Align::Left, &quote.text, words);
    }

    fn draw_fold(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), fold: Fold) {
        let (Some(line), Some(piece)) = (self.lines.first(), self.pieces.first()) else { return };
        let end = match self.pieces[line.pieces.clone()].last() {
            Some(last) => last.left + last.width,
            None => piece.left,
        };
        let sign = match fold {
            Fold::Folded => "▸",
            Fold::Unfolded => "▾",
        };
        let place = Rect::new(x + end.round() as i32 + 7, y + line.top, 16, self.line_height);
        paint.label(Face::regular(theme.sizes.label), theme.colors.dim, Align::Left, sign, place);
    }

    fn draw_reactions(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), marks: &Marks) {
        let mut reactions = self.item.reactions.iter();
        for (index, (place, zone)) in self.zones.iter().enumerate() {
            if !matches!(zone, Zone::Reaction(_)) {
                continue;
            }
            let Some(reaction) = reactions.next() else { return };
            let place = Rect { x: x + place.x, y: y + place.y, ..*place };
            let colors = theme.colors;
            let is_hovered = marks.hovered == Some(index);
            let (ground, edge) = match reaction.is_ours {
                true => (colors.selected, colors.accent),
                false if is_hovered => (colors.hover, colors.border),
                false => (colors.side, colors.line),
            };
            paint.framed(place, REACTION_HEIGHT / 2, ground, edge);
            let face = Face::regular(theme.sizes.small);
            paint.label(face, colors.ink, Align::Center, &reaction.text(), place.inset(7, 0));
        }
    }

    fn draw_note(&self, theme: &Theme, paint: &Painter, (x, y): (i32, i32), marks: &Marks) {
        let Some(note) = &self.item.note else { return };
        let top = y + self.height - theme.sizes.message_gap - NOTE_HEIGHT;
        let left = x + theme.sizes.text_left;
        let row = Rect::new(left, top, self.width - theme.sizes.text_left - RIGHT_MARGIN, NOTE_HEIGHT);
        let ink = if note.can_retry { theme.colors.danger } else { theme.colors.dim };
        let width = paint.label(Face::regular(theme.sizes.small), ink, Align::Left, &note.text, row);
        let is_hovered = marks.hovered.is_some_and(|zone| self.zones[zone].1 == Zone::Retry);
        if note.can_retry && is_hovered {
            paint.fill(Rect::new(row.x, row.y + row.h - 3, width, 1), ink);
        }
    }
}

impl super::item::Reaction {
    /// The emoji, and how many people think so.
    fn text(&self) -> String {
        format!("{} {}", self.emoji, self.count)
    }
}

/// The looks that follow one another in an item's text, each up to a byte.
fn looks(item: &Item, links: &[Link], theme: &Theme) -> Vec<(usize, Look)> {
    let colors = theme.colors;
    let size = size_of(item, theme);
    let ink = match item.body {
        Body::Notice { .. } | Body::Day { .. } | Body::Message { is_dim: true, .. } => colors.dim,
        _ => colors.ink,
    };
    let page = if item.is_mention() { colors.attention } else { colors.page };
    // Somebody who does something stands in their own colour at the beginning of the sentence.
    let (actor, actor_ink) = match &item.body {
        Body::Action { name, colour, .. } => (name.len(), theme.name_color(*colour)),
        _ => (0, ink),
    };
    let look = |style: Style, link: Option<usize>| {
        let unchosen = if link.is_some() { colors.link } else { ink };
        let letters = style.ink.unwrap_or(unchosen.to_rgb());
        let mut letters = match (style.ink, style.ground) {
            (None, None) => unchosen,
            (_, Some(ground)) => color_of(readable(letters, ground, LEAST_CHOSEN_CONTRAST)),
            (Some(_), None) => {
                let letters = readable(letters, page.to_rgb(), LEAST_CONTRAST);
                // Dim words were not said by anybody: nobody's words are to look like what the window says itself.
                if is_near(letters, colors.dim.to_rgb()) { unchosen } else { color_of(letters) }
            }
        };
        let mut ground = style.ground.map(color_of);
        if style.reverse {
            let behind = letters;
            letters = ground.unwrap_or(page);
            ground = Some(behind);
        }
        Look {
            face: Face::styled(style, size),
            ink: letters,
            ground,
            underline: style.underline,
            strikethrough: style.strikethrough,
            link,
        }
    };
    let length = item.text().len();
    let mut ends: Vec<usize> =
        item.spans.iter().flat_map(|span| [span.range.start, span.range.end]).collect();
    ends.extend(links.iter().flat_map(|link| [link.range.start, link.range.end]));
    ends.extend([actor, length]);
    ends.sort_unstable();
    ends.dedup();
    ends.retain(|end| *end > 0 && *end <= length);
    let style_at = |byte: usize| {
        let span: Option<&Span> = item.spans.iter().find(|span| span.range.contains(&byte));
        let mut style = span.map(|span| span.style).unwrap_or_default();
        style.bold |= byte < actor;
        style.italic ^= actor > 0 && byte >= actor;
        style
    };
    let mut start = 0;
    let mut looks = Vec::with_capacity(ends.len());
    for end in ends {
        let link = links.iter().position(|link| link.range.contains(&start));
        let mut look = look(style_at(start), link);
        if start < actor {
            look.ink = actor_ink;
        }
        looks.push((end, look));
        start = end;
    }
    looks
}

/// The size of an item's words.
fn size_of(item: &Item, theme: &Theme) -> i32 {
    match item.body {
        Body::Day { .. } => theme.sizes.small,
        Body::Notice { .. } => theme.sizes.label,
        Body::Nothing | Body::Action { .. } | Body::Message { .. } => theme.sizes.body,
    }
}

/// The parts of a range that look alike.
fn parts_of<'a>(
    looks: &'a [(usize, Look)],
    range: &Range<usize>,
) -> impl Iterator<Item = (Range<usize>, Look)> + use<'a> {
    let Range { mut start, end } = range.clone();
    let first = looks.partition_point(|(look_end, _)| *look_end <= start);
    looks[first..].iter().map_while(move |(look_end, look)| {
        let part = start..end.min(*look_end);
        start = part.end;
        (!part.is_empty()).then_some((part, *look))
    })
}

/// Whether two colours cannot be told apart at a glance.
fn is_near(one: Rgb, other: Rgb) -> bool {
    const NEAR: u32 = 90;
    let apart = |one: u8, other: u8| u32::from(one.abs_diff(other));
    apart(one.0, other.0) + apart(one.1, other.1) + apart(one.2, other.2) < NEAR
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> Option<Range<usize>> {
    let both = one.start.max(other.start)..one.end.min(other.end);
    (!both.is_empty()).then_some(both)
}

fn color_of((r, g, b): Rgb) -> Color {
    Color::from_rgb(r, g, b)
}
