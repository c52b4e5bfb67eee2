//! What was said: the messages of one conversation, drawn by ourselves.
//!
//! The widget keeps no text. It asks its owner for the items that are in view, sets each as a [`Page`] once, and
//! draws those; so 100,000 messages cost no more than the thirty that can be seen.
//! Each conversation keeps its own [`Viewport`], so the user finds it again where it was left.
//! What the mouse does there stands in `mouse.rs`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::ops::Range;
use std::rc::Rc;

use fltk::app;
use fltk::draw;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::model::ConversationId;
use crate::model::conversation::search;
use crate::model::viewport::{Placed, Viewport};
use crate::ui::UiContext;
use crate::ui::action::Zone;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::overlays::picker::Picker;

pub mod item;
pub mod item_layout;
mod mouse;

pub use item::{Body, Fold, Item, Note, Quote, Reaction};
use item_layout::{Marks, Page};

const SCROLLBAR_WIDTH: i32 = 5;
const LEAST_THUMB: i32 = 30;
/// Pages that are kept, most of them out of view by then.
const MOST_PAGES: usize = 400;

/// Gives the item with this number, of the conversation that is shown.
pub type ItemAt = dyn Fn(u64) -> Item;

/// A place in the text: an item and a byte of its text.
type Mark = (u64, usize);

/// The widget. Cloning gives another handle to the same widget.
#[derive(Clone)]
pub struct Transcript {
    widget: Widget,
    state: Rc<RefCell<State>>,
    item_at: Rc<ItemAt>,
    /// What lies over its end.
    picker: Picker,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    /// Where each conversation stands.
    viewports: HashMap<ConversationId, Viewport>,
    /// The item of each that has the “new” line above it, and is taller for that.
    first_new: HashMap<ConversationId, u64>,
    /// Where what came since the bottom of each was last in view begins.
    unseen: HashMap<ConversationId, u64>,
    /// The conversation that is shown.
    shown: Option<ConversationId>,
    nothing: Viewport,
    /// What the layout depends on; when it changes everything is measured again.
    laid_out: (i32, i32),
    /// Items of the conversation that is shown, set.
    pages: HashMap<u64, Rc<Page>>,
    selection: Option<(Mark, Mark)>,
    drag: Drag,
    /// Whether the view moves on by itself because the mouse is held outside of it.
    keeps_dragging: bool,
    /// Where the mouse button went down, if something there can be clicked.
    pressed: Option<(u64, usize)>,
    hovered: Option<(u64, usize)>,
    /// The message that the keyboard has gone to.
    cursor: Option<u64>,
    /// What is looked for, and the item and the hit in it that was gone to.
    wanted: String,
    found: Option<(u64, usize)>,
    /// What the pill above the bottom says; nothing if there is none.
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

/// What the transcript is to show.
pub struct Show<'a> {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The items that it has.
    pub items: Range<u64>,
    /// The item with the “new” line above it.
    pub first_new: Option<u64>,
    /// Items that are not what they were.
    pub changed: &'a [u64],
}

impl Transcript {
    /// An empty transcript that asks `item_at` for what it shows, with this board over its end while that is open.
    pub fn new(ui: &Rc<UiContext>, item_at: Rc<ItemAt>, picker: Picker) -> Self {
        let transcript =
            Self { widget: Widget::default(), state: Rc::default(), item_at, picker, ui: Rc::clone(ui) };
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
        self.picker.fit(rect);
    }

    /// Shows a conversation, or what has become of it.
    pub fn show(&self, show: &Show<'_>) {
        {
            let mut state = self.state.borrow_mut();
            let Show { conversation, ref items, first_new, changed } = *show;
            if state.shown != Some(conversation) {
                if mem::take(&mut state.drag) == Drag::Selection {
                    state.viewport().let_go();
                }
                state.shown = Some(conversation);
                state.selection = None;
                state.cursor = None;
                state.hovered = None;
                state.pages.clear();
            }
            let estimate = u32::try_from(self.ui.theme().sizes.line_height).unwrap_or(1);
            let is_at_bottom = state.viewport().is_at_bottom();
            state.viewport().set_range(items.start, items.end, estimate);
            let new_before = match first_new {
                Some(number) => state.first_new.insert(conversation, number),
                None => state.first_new.remove(&conversation),
            };
            if new_before != first_new {
                for number in new_before.into_iter().chain(first_new) {
                    state.forget(number);
                }
            }
            let text = |number: u64| (self.item_at)(number).text().to_owned();
            for number in changed {
                state.keep_marks(*number, &text);
                state.forget(*number);
            }
            if is_at_bottom {
                state.unseen.insert(conversation, items.end);
            }
            // Lines that are gone lose their mark, and the rest keeps it.
            let first = (items.start, 0);
            state.selection = state.selection.map(|(one, other)| (one.max(first), other.max(first)));
            state.cursor = state.cursor.filter(|cursor| items.contains(cursor));
        }
        self.widget.clone().redraw();
    }

    /// Forgets where conversations stood that are closed.
    pub fn keep_only(&self, is_open: impl Fn(ConversationId) -> bool) {
        let state = &mut *self.state.borrow_mut();
        state.viewports.retain(|id, _| is_open(*id));
        state.first_new.retain(|id, _| is_open(*id));
        state.unseen.retain(|id, _| is_open(*id));
    }

    /// Measures everything anew: the language or the theme has changed.
    pub fn restyle(&self) {
        let mut state = self.state.borrow_mut();
        state.pages.clear();
        // The window's own lines may be in other words now.
        state.selection = None;
        for viewport in state.viewports.values_mut() {
            viewport.invalidate();
        }
        drop(state);
        self.widget.clone().redraw();
    }

    /// The items that came below the view and were not yet scrolled to.
    pub fn unseen(&self) -> Range<u64> {
        let mut state = self.state.borrow_mut();
        let end = state.viewport().end();
        let from = state.shown.and_then(|shown| state.unseen.get(&shown).copied()).unwrap_or(end);
        if state.viewport().is_at_bottom() { end..end } else { from.min(end)..end }
    }

    /// What the pill says while there is something new below the view; nothing takes it away.
    pub fn set_news(&self, news: String) {
        let mut state = self.state.borrow_mut();
        if state.news != news {
            state.news = news;
            drop(state);
            self.widget.clone().redraw();
        }
    }

    /// What the pill says.
    pub fn news(&self) -> String {
        self.state.borrow().news.clone()
    }

    /// Marks all places where this stands, in whatever conversation; nothing if it is empty. `found` is the item that
    /// was gone to and which of the places in it, and is brought into view.
    pub fn look_for(&self, wanted: &str, found: Option<(u64, usize)>) {
        let mut state = self.state.borrow_mut();
        if state.wanted != wanted {
            wanted.clone_into(&mut state.wanted);
            state.pages.clear();
        }
        let has_moved = state.found != found;
        state.found = found;
        drop(state);
        if let Some((number, _)) = found.filter(|_| has_moved) {
            self.reveal(number);
        }
        self.widget.clone().redraw();
    }

    /// Brings an item into view.
    pub fn reveal(&self, number: u64) {
        self.placed();
        let mut viewport = self.take_viewport();
        viewport.reveal(number, |number| self.measure(number));
        self.put_viewport(viewport);
        self.widget.clone().redraw();
    }

    /// Whether the newest message is in view, and stays in view.
    pub fn is_at_bottom(&self) -> bool {
        self.state.borrow_mut().viewport().is_at_bottom()
    }

    /// Whether the oldest message is in view.
    pub fn is_at_top(&self) -> bool {
        let top = self.placed().first().copied();
        let mut state = self.state.borrow_mut();
        let first = state.viewport().end() - state.viewport().len() as u64;
        top.is_some_and(|item| item.number == first && item.y >= 0)
    }

    /// Goes to the newest message.
    pub fn scroll_to_bottom(&self) {
        self.state.borrow_mut().viewport().scroll_to_bottom();
        self.widget.clone().redraw();
    }

    /// Moves up or down by this many views.
    pub fn scroll_pages(&self, pages: i32) {
        self.scroll_by(pages * (self.widget.h() - self.ui.theme().sizes.line_height * 2));
    }

    /// Moves the keyboard to the next message (`1`) or the one before (`-1`); from nowhere, to the last message in
    /// view. Below the last message there is nowhere again.
    pub fn move_cursor(&self, steps: i64) {
        let placed = self.placed();
        let height = self.widget.h();
        let is_message =
            |number: u64| matches!((self.item_at)(number).body, Body::Message { .. } | Body::Action { .. });
        let (cursor, first, end) = {
            let mut state = self.state.borrow_mut();
            let end = state.viewport().end();
            (state.cursor, end - state.viewport().len() as u64, end)
        };
        let next = match cursor {
            None if steps > 0 => None,
            None => {
                let in_view = placed.iter().rev().filter(|item| item.y < height).map(|item| item.number);
                in_view.into_iter().find(|number| is_message(*number))
            }
            Some(cursor) if steps < 0 => {
                (first..cursor).rev().find(|number| is_message(*number)).or(Some(cursor))
            }
            Some(cursor) => (cursor + 1..end).find(|number| is_message(*number)),
        };
        self.state.borrow_mut().cursor = next;
        match next {
            Some(number) => self.reveal(number),
            None => self.widget.clone().redraw(),
        }
    }

    /// The message that the keyboard has gone to, and where it is in the window.
    pub fn cursor(&self) -> Option<(u64, Rect)> {
        let cursor = self.state.borrow().cursor?;
        let placed = self.placed();
        let item = placed.iter().find(|item| item.number == cursor)?;
        Some((cursor, self.rect_of(item)))
    }

    /// Takes the keyboard away from the messages; says whether it was there.
    pub fn drop_cursor(&self) -> bool {
        let had_one = self.state.borrow_mut().cursor.take().is_some();
        if had_one {
            self.widget.clone().redraw();
        }
        had_one
    }

    /// The items that are in view and where they are.
    pub fn visible(&self) -> Vec<(Item, Rect)> {
        let placed = self.placed();
        let shown = placed.iter().filter(|placed| placed.height > 0);
        shown.map(|placed| (self.page(placed.number).item.clone(), self.rect_of(placed))).collect()
    }

    /// What can be clicked in the items in view, and where.
    pub fn zones(&self) -> Vec<(Zone, Rect)> {
        let mut zones = Vec::new();
        for placed in self.placed() {
            let rect = self.rect_of(&placed);
            let page = self.page(placed.number);
            zones.extend(page.zones().iter().map(|(place, zone)| {
                (zone.clone(), Rect { x: rect.x + place.x, y: rect.y + place.y, ..*place })
            }));
        }
        zones
    }

    /// The selected text, if any is selected. Each of several messages is a line, and says who said it.
    pub fn selected_text(&self) -> Option<String> {
        let (from, to) = self.state.borrow().selection_in_order()?;
        let is_one = from.0 == to.0;
        let mut lines = Vec::new();
        for number in from.0..=to.0 {
            let item = (self.item_at)(number);
            let text = item.text();
            let start = if number == from.0 { from.1 } else { 0 };
            let end = if number == to.0 { to.1 } else { text.len() };
            let text = text.get(start..end).unwrap_or_default();
            match &item.body {
                Body::Nothing => {}
                Body::Message { name, .. } if !is_one && !text.is_empty() => {
                    // Its further lines cannot be taken for somebody else's.
                    lines.push(format!("{name}: {}", text.replace('\n', "\n    ")));
                }
                Body::Action { .. } if start == 0 && !text.is_empty() => lines.push(format!("* {text}")),
                _ => lines.push(text.to_owned()),
            }
        }
        Some(lines.join("\n")).filter(|text| !text.is_empty())
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
        let size = (self.widget.w(), self.widget.h());
        {
            let mut state = self.state.borrow_mut();
            if state.laid_out.0 != size.0 {
                state.pages.clear();
                for viewport in state.viewports.values_mut() {
                    viewport.invalidate();
                }
            }
            state.laid_out = size;
        }
        let mut viewport = self.take_viewport();
        viewport.set_view_height(u32::try_from(size.1).unwrap_or(0));
        let placed = viewport.visible(|number| self.measure(number));
        self.put_viewport(viewport);
        placed
    }

    /// The viewport that is shown, out of the state: measuring needs the state for itself.
    fn take_viewport(&self) -> Viewport {
        mem::take(self.state.borrow_mut().viewport())
    }

    fn put_viewport(&self, viewport: Viewport) {
        *self.state.borrow_mut().viewport() = viewport;
    }

    fn measure(&self, number: u64) -> u32 {
        u32::try_from(self.page(number).height).unwrap_or(0)
    }

    /// An item, set.
    fn page(&self, number: u64) -> Rc<Page> {
        if let Some(page) = self.state.borrow().pages.get(&number) {
            return Rc::clone(page);
        }
        let item = (self.item_at)(number);
        let mut state = self.state.borrow_mut();
        let wanted = state.wanted.as_str();
        let find = |text: &str| search::places(text, wanted);
        let page = Rc::new(Page::set(item, &self.ui.theme(), &self.ui.paint, self.widget.w(), find));
        if state.pages.len() >= MOST_PAGES {
            state.pages.clear();
        }
        state.pages.insert(number, Rc::clone(&page));
        page
    }

    fn rect_of(&self, placed: &Placed) -> Rect {
        Rect::new(self.widget.x(), self.widget.y() + placed.y, self.widget.w(), height(placed))
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let rect = Rect::of(&self.widget);
        let placed = self.placed();
        draw::push_clip(rect.x, rect.y, rect.w, rect.h);
        self.ui.paint.fill(rect, theme.colors.page);
        for placed in &placed {
            let page = self.page(placed.number);
            let marks = self.state.borrow().marks(placed.number, page.item.text().len());
            page.draw(&theme, &self.ui.paint, (rect.x, rect.y + placed.y), rect, &marks);
        }
        if let Some(thumb) = self.thumb() {
            self.ui.paint.rounded(thumb, SCROLLBAR_WIDTH / 2, theme.colors.scrollbar);
        }
        if let Some(pill) = self.pill() {
            self.ui.paint.rounded(pill, pill.h / 2, theme.colors.accent);
            let state = self.state.borrow();
            let face = Face::bold(theme.sizes.label);
            self.ui.paint.label(face, theme.colors.on_accent, Align::Center, &state.news, pill);
        }
        self.picker.draw(rect);
        draw::pop_clip();
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
        if state.viewport().is_at_bottom() || state.news.is_empty() {
            return None;
        }
        let face = Face::bold(self.ui.theme().sizes.label);
        let width = self.ui.paint.width(face, &state.news).ceil() as i32 + 32;
        let area = Rect::of(&self.widget);
        Some(Rect::new(area.x + (area.w - width) / 2, area.y + area.h - 40, width, 30))
    }

    fn scroll_by(&self, distance: i32) {
        self.placed();
        let mut viewport = self.take_viewport();
        viewport.scroll_by(distance.into(), |number| self.measure(number));
        self.put_viewport(viewport);
        self.widget.clone().redraw();
    }
}

impl State {
    /// The viewport of the conversation that is shown; while there is none, a viewport that shows nothing.
    fn viewport(&mut self) -> &mut Viewport {
        match self.shown {
            Some(conversation) => self.viewports.entry(conversation).or_default(),
            None => &mut self.nothing,
        }
    }

    /// Sets an item anew, since it is not what it was.
    fn forget(&mut self, number: u64) {
        self.pages.remove(&number);
        self.viewport().invalidate_item(number);
    }

    /// Leaves no mark in words that are gone: the mark goes to the nearest edge of the item. Where the words before
    /// it are the same as before, it stays.
    fn keep_marks(&mut self, number: u64, text: &dyn Fn(u64) -> String) {
        let Some((one, other)) = self.selection.filter(|(one, other)| one.0 == number || other.0 == number)
        else {
            return;
        };
        let (before, after) = (self.pages.get(&number).map(|page| page.item.text().to_owned()), text(number));
        let is_same = |byte: usize| {
            before
                .as_ref()
                .is_some_and(|before| before.get(..byte).is_some_and(|words| after.starts_with(words)))
        };
        let last = one.max(other);
        let keep = |mark: Mark| match mark {
            (it, byte) if it != number || is_same(byte) => (it, byte),
            mark if mark == last && one.0 != other.0 => (number, 0),
            _ => (number, if one.0 == other.0 { 0 } else { after.len() }),
        };
        self.selection = Some((keep(one), keep(other)));
    }

    fn selection_in_order(&self) -> Option<(Mark, Mark)> {
        let (one, other) = self.selection?;
        (one != other).then_some((one.min(other), one.max(other)))
    }

    /// What is drawn over the item with this number and a text of this many bytes.
    fn marks(&self, number: u64, length: usize) -> Marks {
        let here = |place: Option<(u64, usize)>| place.filter(|place| place.0 == number).map(|place| place.1);
        let selected = self.selection_in_order().and_then(|(from, to)| {
            let start = if number == from.0 { from.1 } else { 0 };
            let end = if number == to.0 { to.1 } else { length };
            (number >= from.0 && number <= to.0 && start < end).then_some(start..end)
        });
        Marks {
            selected,
            hit: here(self.found),
            hovered: here(self.hovered),
            is_current: self.cursor == Some(number),
        }
    }
}

fn height(placed: &Placed) -> i32 {
    i32::try_from(placed.height).unwrap_or(i32::MAX)
}
