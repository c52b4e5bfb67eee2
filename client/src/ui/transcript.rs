//! What was said: the messages of one conversation, drawn by ourselves.
//!
//! The widget keeps no text. It asks its owner for the items that are in view, breaks them into lines with
//! [`layout`], and draws those; so 100,000 messages cost no more than the thirty that can be seen.
//! Each conversation keeps its own [`Viewport`], so going back to one finds it where it was left.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use fltk::enums::{Color, Cursor, Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;
use fltk::{app, draw};
use unicode_segmentation::UnicodeSegmentation;

use crate::model::ConversationId;
use crate::model::layout::{self, Placed, Viewport};
use crate::ui::Kit;
use crate::ui::paint::{Align, Face, Rect};
use crate::ui::theme::Theme;

/// Left of everything.
const MARGIN: i32 = 16;
/// Right of the words, where the scrollbar is.
const RIGHT_MARGIN: i32 = 28;
/// The line above what is new.
const NEW_HEIGHT: i32 = 28;
/// Lines that one turn of the wheel moves.
const WHEEL_LINES: i32 = 3;
const SCROLLBAR_WIDTH: i32 = 5;
const LEAST_THUMB: i32 = 30;

/// One thing in the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// When it was: `09:02`.
    pub time: String,
    /// What it is.
    pub body: Body,
    /// The words of the line above the first item that is new.
    pub new: Option<String>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A line between two days.
    Day {
        /// Which day begins.
        text: String,
    },
    /// Something that happened, dim.
    Notice {
        /// What.
        text: String,
    },
    /// Something that somebody does: a sentence with the name in it.
    Action {
        /// The sentence.
        text: String,
        /// Whether it names us.
        is_mention: bool,
    },
    /// Something that somebody said.
    Message {
        /// Who.
        name: String,
        /// The colour of the name.
        colour: usize,
        /// What.
        text: String,
        /// Whether it begins a group: with avatar and name.
        is_first: bool,
        /// Whether it names us.
        is_mention: bool,
        /// Whether a program said it: dim.
        is_notice: bool,
    },
}

impl Item {
    /// Its words, and what can be selected and copied.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Day { text }
            | Body::Notice { text }
            | Body::Action { text, .. }
            | Body::Message { text, .. } => text,
        }
    }

    fn is_mention(&self) -> bool {
        matches!(self.body, Body::Action { is_mention: true, .. } | Body::Message { is_mention: true, .. })
    }
}

/// Gives the item with this number, of the conversation that is shown.
pub type ItemAt = dyn Fn(u64) -> Item;

/// A place in the text: an item and a byte of its text.
type Mark = (u64, usize);

/// The widget. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Transcript {
    widget: Widget,
    state: Rc<RefCell<State>>,
    item_at: Rc<ItemAt>,
    kit: Rc<Kit>,
}

#[derive(Default)]
struct State {
    /// Where each conversation stands.
    viewports: HashMap<ConversationId, Viewport>,
    /// The item of each that has the “new” line above it, and is taller for that.
    first_new: HashMap<ConversationId, u64>,
    /// Those in which something came below the view, and was not yet scrolled to.
    with_news: HashSet<ConversationId>,
    /// The one that is shown.
    shown: Option<ConversationId>,
    nothing: Viewport,
    /// What the layout depends on; when it changes everything is measured again.
    laid_out: (i32, i32),
    selection: Option<(Mark, Mark)>,
    drag: Drag,
    /// What the pill above the bottom says when there is something new below.
    news: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Drag {
    #[default]
    None,
    Thumb {
        grabbed_at: i32,
    },
    Selection,
}

/// An item cut into lines, each with its place in the widget.
struct Lines {
    face: Face,
    left: i32,
    /// The top of the first line.
    top: i32,
    line_height: i32,
    ranges: Vec<Range<usize>>,
}

impl Transcript {
    /// An empty transcript that asks `item_at` for what it shows.
    pub fn new(kit: &Rc<Kit>, item_at: Rc<ItemAt>) -> Self {
        let transcript =
            Self { widget: Widget::default(), state: Rc::default(), item_at, kit: Rc::clone(kit) };
        let mut widget = transcript.widget.clone();
        widget.draw({
            let transcript = transcript.clone();
            move |_| transcript.draw()
        });
        widget.handle({
            let transcript = transcript.clone();
            move |widget, event| transcript.handle(widget, event)
        });
        transcript
    }

    /// The widget, for its owner to place.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.widget.clone().resize(rect.x, rect.y, rect.w, rect.h);
    }

    /// Shows a conversation that has the items of this range, of which `first_new` has the “new” line above it.
    pub fn show(&self, conversation: ConversationId, items: Range<u64>, first_new: Option<u64>) {
        {
            let mut state = self.state.borrow_mut();
            if state.shown != Some(conversation) {
                state.shown = Some(conversation);
                state.selection = None;
            }
            let estimate = u32::try_from(self.kit.theme().sizes.line_height).unwrap_or(1);
            let end_before = state.viewport().end();
            state.viewport().set_range(items.start, items.end, estimate);
            let new_before = match first_new {
                Some(number) => state.first_new.insert(conversation, number),
                None => state.first_new.remove(&conversation),
            };
            if new_before != first_new {
                for number in new_before.into_iter().chain(first_new) {
                    state.viewport().invalidate_item(number);
                }
            }
            if items.end > end_before && !state.viewport().is_at_bottom() {
                state.with_news.insert(conversation);
            }
            if state.selection.is_some_and(|(one, other)| one.0.min(other.0) < items.start) {
                state.selection = None;
            }
        }
        self.widget.clone().redraw();
    }

    /// Measures everything anew: the language or the theme is another one.
    pub fn restyle(&self) {
        for viewport in self.state.borrow_mut().viewports.values_mut() {
            viewport.invalidate();
        }
        self.widget.clone().redraw();
    }

    /// What the pill says while there are new messages below the view.
    pub fn set_news(&self, news: &str) {
        news.clone_into(&mut self.state.borrow_mut().news);
    }

    /// Whether the newest message is in view, and stays in view.
    pub fn is_at_bottom(&self) -> bool {
        self.state.borrow_mut().viewport().is_at_bottom()
    }

    /// Goes to the newest message.
    pub fn scroll_to_bottom(&self) {
        self.state.borrow_mut().viewport().scroll_to_bottom();
        self.widget.clone().redraw();
    }

    /// Moves up or down by this many views.
    pub fn scroll_pages(&self, pages: i32) {
        self.scroll_by(pages * (self.widget.h() - self.kit.theme().sizes.line_height * 2));
    }

    /// The items that are in view and where they are.
    pub fn visible(&self) -> Vec<(Item, Rect)> {
        let placed = self.placed();
        let item = |placed: &Placed| {
            let rect =
                Rect::new(self.widget.x(), self.widget.y() + placed.y, self.widget.w(), height(placed));
            ((self.item_at)(placed.number), rect)
        };
        placed.iter().map(item).collect()
    }

    /// The text that is selected, if any is.
    pub fn selected_text(&self) -> Option<String> {
        let (from, to) = self.state.borrow().selection_in_order()?;
        let lines = (from.0..=to.0).map(|number| {
            let item = (self.item_at)(number);
            let text = item.text();
            let start = if number == from.0 { from.1 } else { 0 };
            let end = if number == to.0 { to.1 } else { text.len() };
            text.get(start..end).unwrap_or_default().to_owned()
        });
        Some(lines.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    }

    /// Puts the selected text on the clipboard, and says whether there was any.
    pub fn copy(&self) -> bool {
        let Some(text) = self.selected_text() else { return false };
        app::copy(&text);
        app::copy2(&text);
        true
    }

    /// The items in view, measured.
    fn placed(&self) -> Vec<Placed> {
        let theme = self.kit.theme();
        let size = (self.widget.w(), self.widget.h());
        let mut state = self.state.borrow_mut();
        if state.laid_out.0 != size.0 {
            for viewport in state.viewports.values_mut() {
                viewport.invalidate();
            }
        }
        state.laid_out = size;
        let viewport = state.viewport();
        viewport.set_view_height(u32::try_from(size.1).unwrap_or(0));
        viewport.visible(|number| self.measure(&theme, number))
    }

    fn measure(&self, theme: &Theme, number: u64) -> u32 {
        let item = (self.item_at)(number);
        let lines = self.lines(theme, &item, 0);
        let bottom = lines.top + lines.ranges.len() as i32 * lines.line_height + theme.sizes.message_gap;
        u32::try_from(bottom).unwrap_or(1)
    }

    /// The lines of an item whose upper edge is at `top`.
    fn lines(&self, theme: &Theme, item: &Item, top: i32) -> Lines {
        let sizes = theme.sizes;
        let face = match item.body {
            Body::Day { .. } => Face::regular(sizes.small),
            Body::Notice { .. } => Face::regular(sizes.label),
            Body::Action { .. } | Body::Message { .. } => Face::regular(sizes.body),
        };
        let mut top = top + item.new.as_ref().map_or(0, |_| NEW_HEIGHT);
        match item.body {
            Body::Message { is_first: true, .. } => {
                top += sizes.group_gap + if sizes.avatar > 0 { sizes.line_height } else { 0 };
            }
            Body::Day { .. } => top += sizes.group_gap,
            _ => {}
        }
        let left = self.widget.x() + sizes.text_left;
        let room = (self.widget.w() - sizes.text_left - RIGHT_MARGIN).max(40);
        let ranges = layout::wrap(item.text(), room as f32, |text| self.kit.paint.width(face, text));
        Lines { face, left, top, line_height: sizes.line_height, ranges }
    }

    fn draw(&self) {
        let theme = self.kit.theme();
        let rect = Rect::of(&self.widget);
        let placed = self.placed();
        draw::push_clip(rect.x, rect.y, rect.w, rect.h);
        self.kit.paint.fill(rect, theme.colors.page);
        let selection = self.state.borrow().selection_in_order();
        for placed in &placed {
            let item = (self.item_at)(placed.number);
            self.draw_item(&theme, rect.y + placed.y, placed, &item, selection);
        }
        if let Some(thumb) = self.thumb() {
            self.kit.paint.rounded(thumb, SCROLLBAR_WIDTH / 2, theme.colors.scrollbar);
        }
        if let Some(pill) = self.pill() {
            self.kit.paint.rounded(pill, pill.h / 2, theme.colors.accent);
            let text = format!("↓ {}", self.state.borrow().news);
            self.kit.paint.label(
                Face::bold(theme.sizes.label),
                theme.colors.on_accent,
                Align::Center,
                &text,
                pill,
            );
        }
        draw::pop_clip();
    }

    fn draw_item(
        &self,
        theme: &Theme,
        top: i32,
        placed: &Placed,
        item: &Item,
        selection: Option<(Mark, Mark)>,
    ) {
        let (paint, colors, sizes) = (&self.kit.paint, theme.colors, theme.sizes);
        let area = Rect::of(&self.widget);
        let lines = self.lines(theme, item, top);
        let line_at =
            |index: i32| Rect::new(area.x, lines.top + index * lines.line_height, area.w, lines.line_height);
        let gutter = Rect::new(area.x + MARGIN, lines.top, sizes.avatar.max(40), lines.line_height);
        let small = Face::regular(sizes.small);
        if let Some(new) = &item.new {
            let row = Rect::new(area.x + MARGIN + 4, top, area.w - MARGIN - RIGHT_MARGIN - 4, NEW_HEIGHT);
            let width = paint.label(Face::regular(sizes.small + 1), colors.danger, Align::Right, new, row);
            paint.fill(Rect::new(row.x, row.y + row.h / 2, row.w - width - 14, 1), colors.danger);
        }
        if item.is_mention() {
            let is_first = matches!(item.body, Body::Message { is_first: true, .. }) && sizes.avatar > 0;
            let from = lines.top - if is_first { lines.line_height + 4 } else { 0 };
            let bottom = top + height(placed);
            paint.fill(Rect::new(area.x, from, area.w, bottom - from), colors.attention);
            paint.fill(Rect::new(area.x, from, 3, bottom - from), colors.amber);
        }
        let ink = match &item.body {
            Body::Day { text } => {
                let row = Rect { w: area.w - SCROLLBAR_WIDTH, ..line_at(0) };
                let width = paint.label(small, colors.dim, Align::Center, text, row);
                let (middle, side) = (row.y + row.h / 2, (row.w - width) / 2 - 14);
                paint.fill(Rect::new(row.x + MARGIN + 4, middle, side - MARGIN - 4, 1), colors.line);
                paint.fill(Rect::new(row.x + row.w - side, middle, side - MARGIN - 4, 1), colors.line);
                return;
            }
            Body::Notice { .. } => {
                paint.label(small, colors.dim, Align::Left, &item.time, gutter);
                colors.dim
            }
            Body::Action { .. } => {
                paint.label(small, colors.dim, Align::Left, &item.time, gutter);
                colors.ink
            }
            Body::Message { name, colour, is_first, is_notice, .. } => {
                let color = theme.name_color(*colour);
                self.draw_speaker(theme, &lines, gutter, (name, color), *is_first, &item.time);
                if *is_notice { colors.dim } else { colors.ink }
            }
        };

        let baseline = paint.baseline(lines.face, line_at(0));
        for (index, range) in lines.ranges.iter().enumerate() {
            let row = line_at(index as i32);
            if row.y + row.h < area.y || row.y > area.y + area.h {
                continue;
            }
            let text = item.text();
            if let Some(part) = selection.and_then(|marks| selected_part(marks, placed.number, range)) {
                let before = paint.width(lines.face, &text[range.start..part.start]).round() as i32;
                let width = paint.width(lines.face, &text[part]).round() as i32;
                let mark = Rect::new(lines.left + before, row.y, width.max(4), row.h);
                paint.fill(mark, colors.marked);
            }
            paint.text(
                lines.face,
                ink,
                &text[range.clone()],
                lines.left,
                baseline + index as i32 * lines.line_height,
            );
        }
    }

    /// Who said it: an avatar and a line with the name, or, where there is no room for that, the name before the words.
    fn draw_speaker(
        &self,
        theme: &Theme,
        lines: &Lines,
        gutter: Rect,
        (name, color): (&str, Color),
        is_first: bool,
        time: &str,
    ) {
        let (paint, colors, sizes) = (&self.kit.paint, theme.colors, theme.sizes);
        let small = Face::regular(sizes.small);
        if sizes.avatar == 0 {
            paint.label(small, colors.dim, Align::Left, time, gutter);
            if is_first {
                let room = Rect::new(gutter.x + 46, gutter.y, lines.left - gutter.x - 60, gutter.h);
                paint.label(Face::bold(sizes.body), color, Align::Right, name, room);
            }
        } else if is_first {
            let row =
                Rect::new(lines.left, lines.top - lines.line_height, self.widget.w() / 2, lines.line_height);
            paint.avatar(
                Rect::new(gutter.x, row.y + 3, sizes.avatar, sizes.avatar),
                name,
                color,
                colors.on_accent,
            );
            let width = paint.label(Face::bold(sizes.body), color, Align::Left, name, row);
            let behind = Rect::new(row.x + width + 11, row.y + 1, 60, row.h);
            paint.label(small, colors.dim, Align::Left, time, behind);
        } else {
            paint.label(small, colors.offline, Align::Left, time, gutter);
        }
    }

    /// Where the scrollbar's thumb is, if there is more than the view shows.
    fn thumb(&self) -> Option<Rect> {
        let mut state = self.state.borrow_mut();
        let (above, total) = state.viewport().extent();
        let track = Rect::of(&self.widget).inset(0, 2);
        let view = u64::try_from(self.widget.h()).ok()?;
        if total <= view || track.h <= LEAST_THUMB {
            return None;
        }
        let share = view as f64 / total as f64;
        let length = ((f64::from(track.h) * share) as i32).max(LEAST_THUMB);
        let fraction = (above as f64 / (total - view) as f64).min(1.0);
        let y = track.y + (f64::from(track.h - length) * fraction) as i32;
        Some(Rect::new(track.x + track.w - SCROLLBAR_WIDTH - 4, y, SCROLLBAR_WIDTH, length))
    }

    /// Where the pill is that says that there is something new below.
    pub fn pill(&self) -> Option<Rect> {
        let mut state = self.state.borrow_mut();
        let text = format!("↓ {}", state.news);
        let shown = state.shown?;
        if state.viewport().is_at_bottom() {
            state.with_news.remove(&shown);
        }
        if !state.with_news.contains(&shown) {
            return None;
        }
        let face = Face::bold(self.kit.theme().sizes.label);
        let width = self.kit.paint.width(face, &text).ceil() as i32 + 32;
        let area = Rect::of(&self.widget);
        Some(Rect::new(area.x + (area.w - width) / 2, area.y + area.h - 40, width, 30))
    }

    fn scroll_by(&self, distance: i32) {
        self.placed();
        let theme = self.kit.theme();
        self.state.borrow_mut().viewport().scroll_by(distance.into(), |number| self.measure(&theme, number));
        self.widget.clone().redraw();
    }

    fn drag_thumb_to(&self, y: i32, grabbed_at: i32) {
        let Some(thumb) = self.thumb() else { return };
        let track = Rect::of(&self.widget).inset(0, 2);
        let fraction = f64::from(y - grabbed_at - track.y) / f64::from((track.h - thumb.h).max(1));
        let theme = self.kit.theme();
        self.state
            .borrow_mut()
            .viewport()
            .scroll_to_fraction(fraction, |number| self.measure(&theme, number));
        self.widget.clone().redraw();
    }

    /// The place in the text that is nearest to a point.
    fn mark_at(&self, x: i32, y: i32) -> Option<Mark> {
        let theme = self.kit.theme();
        let placed = self.placed();
        let y = y - self.widget.y();
        let hit = placed.iter().find(|item| y < item.y + height(item)).or(placed.last())?;
        let item = (self.item_at)(hit.number);
        let lines = self.lines(&theme, &item, hit.y);
        let row = ((y - lines.top).div_euclid(lines.line_height)).clamp(0, lines.ranges.len() as i32 - 1);
        let range = lines.ranges[row as usize].clone();
        let mut left = lines.left as f32;
        for (offset, grapheme) in item.text()[range.clone()].grapheme_indices(true) {
            let width = self.kit.paint.width(lines.face, grapheme);
            if (x as f32) < left + width / 2.0 {
                return Some((hit.number, range.start + offset));
            }
            left += width;
        }
        Some((hit.number, range.end))
    }

    fn handle(&self, widget: &mut Widget, event: Event) -> bool {
        let (x, y) = app::event_coords();
        match event {
            Event::Enter | Event::Move => {
                let is_over_text = x < widget.x() + widget.w() - RIGHT_MARGIN
                    && !self.pill().is_some_and(|pill| pill.contains(x, y));
                if let Some(mut window) = widget.window() {
                    window.set_cursor(if is_over_text { Cursor::Insert } else { Cursor::Default });
                }
                true
            }
            Event::Leave => {
                if let Some(mut window) = widget.window() {
                    window.set_cursor(Cursor::Default);
                }
                true
            }
            Event::Push => {
                self.push(x, y);
                true
            }
            Event::Drag => {
                let drag = self.state.borrow().drag;
                match drag {
                    Drag::Thumb { grabbed_at } => self.drag_thumb_to(y, grabbed_at),
                    Drag::Selection => self.drag_selection_to(x, y),
                    Drag::None => {}
                }
                true
            }
            Event::Released => {
                self.state.borrow_mut().drag = Drag::None;
                if let Some(text) = self.selected_text() {
                    app::copy2(&text);
                }
                true
            }
            Event::MouseWheel => {
                self.scroll_by(app::event_dy_value() * WHEEL_LINES * self.kit.theme().sizes.line_height);
                true
            }
            // The composer keeps the focus, so the keys come here as shortcuts that nobody else wanted.
            Event::KeyDown | Event::Shortcut => match app::event_key() {
                Key::PageUp => {
                    self.scroll_pages(-1);
                    true
                }
                Key::PageDown => {
                    self.scroll_pages(1);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn push(&self, x: i32, y: i32) {
        if self.pill().is_some_and(|pill| pill.contains(x, y)) {
            self.scroll_to_bottom();
            return;
        }
        let is_on_scrollbar = x >= self.widget.x() + self.widget.w() - RIGHT_MARGIN / 2;
        if let Some(thumb) = self.thumb().filter(|_| is_on_scrollbar) {
            let grabbed_at =
                if (thumb.y..thumb.y + thumb.h).contains(&y) { y - thumb.y } else { thumb.h / 2 };
            self.state.borrow_mut().drag = Drag::Thumb { grabbed_at };
            self.drag_thumb_to(y, grabbed_at);
            return;
        }
        let Some(mark) = self.mark_at(x, y) else { return };
        let selection = match app::event_clicks_num() {
            0 => (mark, mark),
            1 => self.word_at(mark),
            _ => ((mark.0, 0), (mark.0, (self.item_at)(mark.0).text().len())),
        };
        let mut state = self.state.borrow_mut();
        state.selection = Some(selection);
        state.drag = if app::event_clicks() { Drag::None } else { Drag::Selection };
        drop(state);
        self.widget.clone().redraw();
    }

    fn drag_selection_to(&self, x: i32, y: i32) {
        let area = Rect::of(&self.widget);
        if y < area.y || y >= area.y + area.h {
            self.scroll_by(if y < area.y { y - area.y } else { y - area.y - area.h + 1 });
        }
        let Some(mark) = self.mark_at(x, y.clamp(area.y, area.y + area.h - 1)) else { return };
        if let Some((_, end)) = &mut self.state.borrow_mut().selection {
            *end = mark;
        }
        self.widget.clone().redraw();
    }

    fn word_at(&self, (number, byte): Mark) -> (Mark, Mark) {
        let item = (self.item_at)(number);
        let word = item
            .text()
            .split_word_bound_indices()
            .find(|(start, word)| (*start..start + word.len()).contains(&byte));
        match word {
            Some((start, word)) => ((number, start), (number, start + word.len())),
            None => ((number, byte), (number, byte)),
        }
    }
}

impl State {
    /// The viewport of the conversation that is shown; while there is none, one that shows nothing.
    fn viewport(&mut self) -> &mut Viewport {
        match self.shown {
            Some(conversation) => self.viewports.entry(conversation).or_default(),
            None => &mut self.nothing,
        }
    }

    fn selection_in_order(&self) -> Option<(Mark, Mark)> {
        let (one, other) = self.selection?;
        (one != other).then_some((one.min(other), one.max(other)))
    }
}

/// The part of a line that is selected.
fn selected_part((from, to): (Mark, Mark), item: u64, line: &Range<usize>) -> Option<Range<usize>> {
    if item < from.0 || item > to.0 {
        return None;
    }
    let start = if item == from.0 { from.1.max(line.start) } else { line.start };
    let end = if item == to.0 { to.1.min(line.end) } else { line.end };
    (start < end).then_some(start..end)
}

fn height(placed: &Placed) -> i32 {
    i32::try_from(placed.height).unwrap_or(i32::MAX)
}
