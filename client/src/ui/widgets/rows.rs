//! A list of rows to choose from: the conversations on the left and the members on the right are each one of these.
//!
//! It draws what it is given and says what was clicked; what a row means is its owner's business.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Color, Cursor, Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::UiContext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::{Palette, Theme};

/// One row. `K` is what the owner knows rows by.
#[derive(Clone, Debug, PartialEq)]
pub enum Row<K> {
    /// A title over the rows below it.
    Heading {
        /// What the owner knows it by, if anything can be done with it.
        key: Option<K>,
        /// Its words.
        text: String,
        /// A dot at its right end.
        dot: Option<Presence>,
    },
    /// Something to choose.
    Entry(Entry<K>),
}

impl<K> Row<K> {
    fn key(&self) -> Option<&K> {
        match self {
            Self::Heading { key, .. } => key.as_ref(),
            Self::Entry(entry) => Some(&entry.key),
        }
    }
}

/// A row that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<K> {
    /// What the owner knows it by.
    pub key: K,
    /// What it says.
    pub text: String,
    /// What stands before the words.
    pub picture: Picture,
    /// A count at the right end, and whether it is urgent.
    pub badge: Option<(String, bool)>,
    /// Bold, because something in it is unread.
    pub is_strong: bool,
    /// Dim, because it is away or muted.
    pub is_faded: bool,
}

/// What stands before the words of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A sign, as `#` for a room.
    Sign(&'static str),
    /// A small avatar in the colour of the name, with a dot.
    Tile {
        /// Which colour.
        colour: usize,
        /// The dot.
        presence: Presence,
    },
    /// A dot, and the words in the colour of the name.
    Dot {
        /// Which colour.
        colour: usize,
        /// The dot.
        presence: Presence,
    },
}

/// Whether somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Here.
    Online,
    /// Here, and said to be away.
    Away,
    /// Not here.
    Offline,
}

impl Presence {
    /// The colour of its dot.
    pub fn color(self, colors: &Palette) -> Color {
        match self {
            Self::Online => colors.online,
            Self::Away => colors.amber,
            Self::Offline => colors.offline,
        }
    }
}

/// What somebody did with a row, with the row's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEvent<K> {
    /// A click.
    Chosen(K),
    /// A double click, or Enter.
    Opened(K),
    /// A click with the right button, or the menu key: what else can be done with it?
    Asked(K),
}

/// In what the lists differ.
#[derive(Clone, Copy)]
pub struct Style {
    /// The colour behind the rows.
    pub ground: fn(&Palette) -> Color,
    /// The height of every row.
    pub row_height: fn(&Theme) -> i32,
    /// Above the first row.
    pub top_gap: i32,
    /// Above every heading but the first row.
    pub group_gap: i32,
    /// Left of headings.
    pub heading_left: i32,
    /// The size of headings.
    pub heading_size: fn(&Theme) -> i32,
    /// Left of a picture's middle.
    pub picture_center: i32,
    /// Left of the words.
    pub text_left: i32,
}

impl Style {
    /// How the rows of conversations look.
    pub const CONVERSATIONS: Self = Self {
        ground: |colors| colors.side,
        row_height: |theme| theme.sizes.conversation_row,
        top_gap: 8,
        group_gap: 12,
        heading_left: 18,
        heading_size: |theme| theme.sizes.label,
        picture_center: 30,
        text_left: 50,
    };
}

/// The list. Cloning gives another handle to the same list.
#[derive(Clone)]
pub struct RowList<K> {
    widget: Widget,
    state: Rc<RefCell<State<K>>>,
    style: Style,
    ui: Rc<UiContext>,
}

struct State<K> {
    rows: Vec<Row<K>>,
    selected: Option<K>,
    /// The row that the keys act on, while the list has the keyboard.
    cursor: Option<K>,
    /// The row that was pressed last.
    pressed: Option<K>,
    hovered: Option<usize>,
    scrolled: i32,
}

impl<K: Clone + PartialEq + 'static> RowList<K> {
    /// An empty list that calls `told` with what is done to its rows.
    pub fn new(ui: &Rc<UiContext>, style: Style, told: impl Fn(RowEvent<K>) + 'static) -> Self {
        let state = State {
            rows: Vec::new(),
            selected: None,
            cursor: None,
            pressed: None,
            hovered: None,
            scrolled: 0,
        };
        let state = Rc::new(RefCell::new(state));
        let list = Self { widget: Widget::default(), state, style, ui: Rc::clone(ui) };
        let mut widget = list.widget.clone();
        widget.draw({
            let list = list.clone();
            move |_| list.draw()
        });
        widget.handle({
            let list = list.clone();
            move |widget, event| list.handle(widget, event, &told)
        });
        list
    }

    /// The widget, for its owner to place.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.widget.clone().resize(rect.x, rect.y, rect.w, rect.h);
        self.scroll_by(0);
    }

    /// Shows these rows. One of them is marked as selected, and is brought into view when it is another than before.
    pub fn set_rows(&self, rows: Vec<Row<K>>, selected: Option<K>) {
        let is_other = self.state.borrow().selected != selected;
        {
            let mut state = self.state.borrow_mut();
            if state.rows == rows && state.selected == selected {
                return;
            }
            state.rows = rows;
            state.selected.clone_from(&selected);
        }
        self.scroll_by(0);
        if let Some(selected) = selected.filter(|_| is_other) {
            self.reveal(&selected);
        }
        self.widget.clone().redraw();
    }

    /// Where each row stands that is in view and can be clicked, by key.
    pub fn rects(&self) -> Vec<(K, Rect)> {
        let state = self.state.borrow();
        let list = Rect::of(&self.widget);
        let in_view = |rect: &Rect| rect.y >= list.y && rect.y + rect.h <= list.y + list.h;
        let keyed = self.placed(&state).filter_map(|(_, row, rect)| Some((row.key()?.clone(), rect)));
        keyed.filter(|(_, rect)| in_view(rect)).collect()
    }

    fn row_height(&self) -> i32 {
        (self.style.row_height)(&self.ui.theme())
    }

    /// Every row and where it stands, from the top down.
    fn placed<'s>(&self, state: &'s State<K>) -> impl Iterator<Item = (usize, &'s Row<K>, Rect)> {
        let (height, group_gap) = (self.row_height(), self.style.group_gap);
        let (x, width) = (self.widget.x(), self.widget.w());
        let mut top = self.widget.y() + self.style.top_gap - state.scrolled;
        state.rows.iter().enumerate().map(move |(index, row)| {
            if index > 0 && matches!(row, Row::Heading { .. }) {
                top += group_gap;
            }
            let rect = Rect::new(x, top, width, height);
            top += height;
            (index, row, rect)
        })
    }

    fn content_height(&self, state: &State<K>) -> i32 {
        let last = self.placed(state).last();
        let bottom = last.map_or(0, |(_, _, rect)| rect.y + rect.h - self.widget.y() + state.scrolled);
        bottom + self.style.top_gap
    }

    fn scroll_by(&self, distance: i32) {
        let mut state = self.state.borrow_mut();
        let most = (self.content_height(&state) - self.widget.h()).max(0);
        let scrolled = (state.scrolled + distance).clamp(0, most);
        if scrolled != state.scrolled {
            state.scrolled = scrolled;
            self.widget.clone().redraw();
        }
    }

    /// The row at this height, if anything can be done with it.
    fn row_at(&self, y: i32) -> Option<(usize, K)> {
        let state = self.state.borrow();
        let is_there = |(_, _, rect): &(_, _, Rect)| y >= rect.y && y < rect.y + rect.h;
        let (index, row, _) = self.placed(&state).find(is_there)?;
        Some((index, row.key()?.clone()))
    }

    /// Moves the cursor so many rows down, or up, and to where it can be seen.
    fn move_cursor(&self, steps: isize) {
        let mut state = self.state.borrow_mut();
        let keys: Vec<&K> = state.rows.iter().filter_map(Row::key).collect();
        let Some(last) = keys.len().checked_sub(1) else { return };
        let here = |key: Option<&K>| keys.iter().position(|one| Some(*one) == key);
        let from = here(state.cursor.as_ref()).or(here(state.selected.as_ref())).unwrap_or(0);
        let to = from.saturating_add_signed(steps).min(last);
        let key = keys[to].clone();
        state.cursor = Some(key.clone());
        drop(state);
        self.reveal(&key);
        self.widget.clone().redraw();
    }

    /// Scrolls a row into view.
    pub fn reveal(&self, key: &K) {
        let state = self.state.borrow();
        let place = self.placed(&state).find(|(_, row, _)| row.key() == Some(key));
        let list = Rect::of(&self.widget);
        let distance = place.map_or(0, |(_, _, rect)| {
            let below = (rect.y + rect.h - list.y - list.h).max(0);
            if rect.y < list.y { rect.y - list.y } else { below }
        });
        drop(state);
        self.scroll_by(distance);
    }

    /// Where the cursor's row is.
    fn cursor_rect(&self) -> Option<(K, Rect)> {
        let state = self.state.borrow();
        let (_, row, rect) = self
            .placed(&state)
            .find(|(_, row, _)| row.key() == state.cursor.as_ref() && state.cursor.is_some())?;
        Some((row.key()?.clone(), rect))
    }

    fn handle_key(&self, told: &impl Fn(RowEvent<K>)) -> bool {
        let page = (self.widget.h() / self.row_height().max(1)).max(1) as isize;
        match app::event_key() {
            Key::Up => self.move_cursor(-1),
            Key::Down => self.move_cursor(1),
            Key::PageUp => self.move_cursor(-page),
            Key::PageDown => self.move_cursor(page),
            Key::Home => self.move_cursor(isize::MIN),
            Key::End => self.move_cursor(isize::MAX),
            Key::Enter | Key::KPEnter => {
                if let Some((key, _)) = self.cursor_rect() {
                    told(RowEvent::Opened(key));
                }
            }
            key if key == Key::Menu || (key == Key::F10 && app::is_event_shift()) => {
                if let Some((key, rect)) = self.cursor_rect() {
                    self.ui.point_at(rect.x + self.style.text_left, rect.y + rect.h);
                    told(RowEvent::Asked(key));
                }
            }
            _ => return false,
        }
        true
    }

    fn handle(&self, widget: &mut Widget, event: Event, told: &impl Fn(RowEvent<K>)) -> bool {
        match event {
            Event::Enter | Event::Move | Event::Leave => {
                let under = (event != Event::Leave).then(|| self.row_at(app::event_y())).flatten();
                let hovered = under.map(|(index, _)| index);
                if let Some(mut window) = widget.window() {
                    window.set_cursor(if hovered.is_some() { Cursor::Hand } else { Cursor::Default });
                }
                let changed = std::mem::replace(&mut self.state.borrow_mut().hovered, hovered) != hovered;
                if changed {
                    widget.redraw();
                }
                true
            }
            Event::Push => {
                if let Some((_, key)) = self.row_at(app::event_y()) {
                    self.ui.point_at(app::event_x(), app::event_y());
                    let before = self.state.borrow_mut().pressed.replace(key.clone());
                    told(match (app::event_mouse_button(), app::event_clicks()) {
                        (app::MouseButton::Right, _) => RowEvent::Asked(key),
                        (_, false) => RowEvent::Chosen(key),
                        (_, true) if before.as_ref() == Some(&key) => RowEvent::Opened(key),
                        // The first click put another row under the mouse.
                        (_, true) => return true,
                    });
                }
                true
            }
            Event::MouseWheel => {
                self.scroll_by(app::event_dy_value() * self.row_height());
                true
            }
            Event::Focus | Event::Unfocus => {
                if event == Event::Focus {
                    self.move_cursor(0);
                }
                widget.redraw();
                true
            }
            Event::KeyDown => self.handle_key(told),
            _ => false,
        }
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let list = Rect::of(&self.widget);
        let state = self.state.borrow();
        let has_keyboard = self.widget.has_focus();
        fltk::draw::push_clip(list.x, list.y, list.w, list.h);
        paint.fill(list, (self.style.ground)(theme.colors));
        for (index, row, rect) in self.placed(&state) {
            if rect.y + rect.h <= list.y || rect.y >= list.y + list.h {
                continue;
            }
            match row {
                Row::Heading { text, dot, key } => {
                    let is_hovered = key.is_some() && state.hovered == Some(index);
                    self.draw_heading(&theme, rect, text, *dot, is_hovered);
                }
                Row::Entry(entry) => {
                    let is_selected = state.selected.as_ref() == Some(&entry.key);
                    self.draw_entry(&theme, rect, entry, is_selected, state.hovered == Some(index));
                }
            }
            if has_keyboard && row.key().is_some() && row.key() == state.cursor.as_ref() {
                paint.outline(rect.inset(7, 0), 8, theme.colors.accent);
            }
        }
        paint.thumb(list, self.content_height(&state), state.scrolled, theme.colors.scrollbar);
        fltk::draw::pop_clip();
    }

    fn draw_heading(&self, theme: &Theme, rect: Rect, text: &str, dot: Option<Presence>, is_hovered: bool) {
        let paint = &self.ui.paint;
        let ink = if is_hovered { theme.colors.ink } else { theme.colors.dim };
        let left = self.style.heading_left;
        let room = Rect::new(rect.x + left, rect.y, rect.w - left - 40, rect.h);
        let face = Face::bold((self.style.heading_size)(theme));
        paint.label(face, ink, Align::Left, text, room);
        if let Some(presence) = dot {
            paint.disc(rect.x + rect.w - 25, rect.y + rect.h / 2, 8, presence.color(theme.colors));
        }
    }

    fn draw_entry(&self, theme: &Theme, rect: Rect, entry: &Entry<K>, is_selected: bool, is_hovered: bool) {
        let paint = &self.ui.paint;
        let colors = theme.colors;
        let ground = rect.inset(8, 1);
        if is_selected {
            paint.rounded(ground, 8, colors.selected);
            paint.rounded(Rect::new(rect.x + 8, rect.y + 7, 3, rect.h - 14), 1, colors.accent);
        } else if is_hovered {
            paint.rounded(ground, 8, colors.hover);
        }

        let center = (rect.x + self.style.picture_center, rect.y + rect.h / 2);
        let mut ink = colors.ink;
        match entry.picture {
            Picture::Sign(sign) => {
                let room = Rect::new(center.0 - 10, rect.y, 20, rect.h);
                paint.label(Face::regular(theme.sizes.body), colors.dim, Align::Center, sign, room);
            }
            Picture::Tile { colour, presence } => {
                let tile = Rect::new(center.0 - 10, center.1 - 10, 20, 20);
                paint.avatar(tile, &entry.text, theme.name_color(colour), colors.on_accent);
                let behind = if is_selected {
                    colors.selected
                } else if is_hovered {
                    colors.hover
                } else {
                    (self.style.ground)(colors)
                };
                paint.disc(center.0 + 9, center.1 + 9, 10, behind);
                paint.disc(center.0 + 9, center.1 + 9, 8, presence.color(colors));
            }
            Picture::Dot { colour, presence } => {
                paint.disc(center.0, center.1, 8, presence.color(colors));
                ink = theme.name_color(colour);
            }
        }
        if entry.is_faded {
            ink = colors.dim;
        }

        let mut right = rect.x + rect.w - 18;
        if let Some((count, is_urgent)) = &entry.badge {
            let face = Face::bold(theme.sizes.small);
            let width = (paint.width(face, count).ceil() as i32 + 12).max(20);
            let pill = Rect::new(right - width, center.1 - 9, width, 18);
            let (fill, letters) =
                if *is_urgent { (colors.danger, colors.on_danger) } else { (colors.badge, colors.on_badge) };
            paint.rounded(pill, 9, fill);
            paint.label(face, letters, Align::Center, count, pill);
            right = pill.x - 6;
        }
        let left = rect.x + self.style.text_left;
        let face = Face::weight(entry.is_strong || is_selected, theme.sizes.body);
        paint.label(face, ink, Align::Left, &entry.text, Rect::new(left, rect.y, right - left, rect.h));
    }
}
