//! The settings as a page of the window: rows with something to choose at their right end.
//!
//! The whole page is one widget. It draws what it is given and says what was chosen; what a row is about is its owner's
//! business. Up and Down go from row to row, PgUp and PgDn move the page, Left and Right choose, and so does the mouse.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::button::{Button, Look};
use crate::ui::paint::{Align, Face, Rect};
use crate::ui::theme::Theme;
use crate::ui::{Action, Kit, stock};

const HEADER_HEIGHT: i32 = 56;
const WIDEST: i32 = 720;
const ROW_HEIGHT: i32 = 46;
const HEADING_HEIGHT: i32 = 52;
const OPTION_HEIGHT: i32 = 30;

/// A row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is about. A row with nothing to choose and no detail is a heading.
    pub label: String,
    /// More about it, in less weight.
    pub detail: String,
    /// What can be chosen: its words, and what choosing it does.
    pub options: Vec<(String, Action)>,
    /// Which of them holds now; nothing where they are things to do.
    pub current: Option<usize>,
}

impl Item {
    fn is_heading(&self) -> bool {
        self.options.is_empty() && self.detail.is_empty()
    }

    fn height(&self) -> i32 {
        if self.is_heading() { HEADING_HEIGHT } else { ROW_HEIGHT }
    }
}

/// The page. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct SettingsPage {
    group: Group,
    list: Widget,
    /// 返回
    pub back: Button,
    state: Rc<RefCell<State>>,
    kit: Rc<Kit>,
}

#[derive(Default)]
struct State {
    title: String,
    items: Vec<Item>,
    /// The row that keys act on, and which of its options.
    cursor: (usize, usize),
    hovered: Option<(usize, usize)>,
    scrolled: i32,
}

impl SettingsPage {
    /// A page that is hidden until it is [opened](Self::open).
    pub fn new(kit: &Rc<Kit>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut list = Widget::default();
        let back = Button::new(kit, Look::Quiet, |colors| colors.page, Action::CloseSettings);
        group.end();
        group.hide();
        let page = Self {
            group: group.clone(),
            list: list.clone(),
            back,
            state: Rc::default(),
            kit: Rc::clone(kit),
        };
        stock::draw_behind(&page.group, {
            let page = page.clone();
            move || page.draw()
        });
        list.draw({
            let page = page.clone();
            move |_| page.draw_list()
        });
        list.handle({
            let page = page.clone();
            move |_, event| page.handle(event)
        });
        page
    }

    /// Shows it, from its beginning.
    pub fn open(&self) {
        {
            let mut state = self.state.borrow_mut();
            state.scrolled = 0;
            state.cursor = (0, 0);
        }
        self.group.clone().show();
        self.step(0);
        self.kit.focus(&self.list);
    }

    /// Takes it away.
    pub fn close(&self) {
        self.group.clone().hide();
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// Shows these rows.
    pub fn show(&self, title: &str, items: Vec<Item>) {
        {
            let mut state = self.state.borrow_mut();
            title.clone_into(&mut state.title);
            state.items = items;
        }
        self.scroll_by(0);
        self.group.clone().redraw();
    }

    /// Every option in view by its row's label and its own words, with its place.
    pub fn rects(&self) -> Vec<(String, Rect)> {
        let state = self.state.borrow();
        let list = Rect::of(&self.list);
        let mut rects = Vec::new();
        for (row, rect) in self.placed(&state) {
            let item = &state.items[row];
            for (option, place) in self.options(item, rect).into_iter().enumerate() {
                if place.y >= list.y && place.y + place.h <= list.y + list.h {
                    rects.push((format!("{} {}", item.label, item.options[option].0), place));
                }
            }
        }
        rects
    }

    /// Every row's label, and the option that holds.
    pub fn values(&self) -> Vec<(String, Option<String>)> {
        let state = self.state.borrow();
        let value = |item: &Item| item.current.map(|current| item.options[current].0.clone());
        state.items.iter().map(|item| (item.label.clone(), value(item))).collect()
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        self.list.clone().resize(rect.x, rect.y + HEADER_HEIGHT, rect.w, (rect.h - HEADER_HEIGHT).max(0));
        self.back.place(Rect::new(rect.x + 12, rect.y + 13, self.back.natural_width(), 30));
        self.scroll_by(0);
        self.group.clone().redraw();
    }

    /// The part of the page that rows stand in.
    fn column(&self) -> (i32, i32) {
        let width = (self.list.w() - 48).min(WIDEST);
        (self.list.x() + (self.list.w() - width) / 2, width)
    }

    fn placed(&self, state: &State) -> Vec<(usize, Rect)> {
        let (x, width) = self.column();
        let mut y = self.list.y() - state.scrolled;
        let mut rows = Vec::with_capacity(state.items.len());
        for (index, item) in state.items.iter().enumerate() {
            rows.push((index, Rect::new(x, y, width, item.height())));
            y += item.height();
        }
        rows
    }

    /// Where the options of a row are, side by side at its right end.
    fn options(&self, item: &Item, row: Rect) -> Vec<Rect> {
        let face = Face::regular(self.kit.theme().sizes.label);
        let widths: Vec<_> = item
            .options
            .iter()
            .map(|(text, _)| self.kit.paint.width(face, text).ceil() as i32 + 26)
            .collect();
        let mut x = row.x + row.w - widths.iter().sum::<i32>();
        let y = row.y + (row.h - OPTION_HEIGHT) / 2;
        let place = |width: i32| {
            let rect = Rect::new(x, y, width, OPTION_HEIGHT);
            x += width;
            rect
        };
        widths.into_iter().map(place).collect()
    }

    fn scroll_by(&self, distance: i32) {
        let mut state = self.state.borrow_mut();
        let height: i32 = state.items.iter().map(Item::height).sum::<i32>() + 40;
        let most = (height - self.list.h()).max(0);
        state.scrolled = (state.scrolled + distance).clamp(0, most);
        drop(state);
        self.list.clone().redraw();
    }

    fn option_at(&self, x: i32, y: i32) -> Option<(usize, usize)> {
        let state = self.state.borrow();
        let (row, rect) = self.placed(&state).into_iter().find(|(_, rect)| rect.contains(x, y))?;
        let option =
            self.options(&state.items[row], rect).into_iter().position(|place| place.contains(x, y))?;
        Some((row, option))
    }

    fn choose(&self, row: usize, option: usize) {
        let action = {
            let mut state = self.state.borrow_mut();
            state.cursor = (row, option);
            state.items.get(row).and_then(|item| item.options.get(option)).map(|(_, action)| action.clone())
        };
        if let Some(action) = action {
            self.kit.act(action);
        }
        self.list.clone().redraw();
    }

    /// Moves the cursor so many rows that have something to choose, and to where it can be seen.
    fn step(&self, steps: isize) {
        let distance = {
            let mut state = self.state.borrow_mut();
            let rows: Vec<_> =
                (0..state.items.len()).filter(|row| !state.items[*row].options.is_empty()).collect();
            let Some(last) = rows.len().checked_sub(1) else { return };
            let from = rows.iter().position(|row| *row >= state.cursor.0).unwrap_or(0);
            let row = rows[from.saturating_add_signed(steps).min(last)];
            state.cursor = (row, state.items[row].current.unwrap_or(0));
            let list = Rect::of(&self.list);
            let rect = self.placed(&state)[row].1;
            let below = (rect.y + rect.h + 10 - list.y - list.h).max(0);
            if rect.y - HEADING_HEIGHT < list.y { rect.y - HEADING_HEIGHT - list.y } else { below }
        };
        self.scroll_by(distance);
    }

    /// Goes to the option beside. Where one of them holds, the one that is gone to is chosen.
    fn turn(&self, steps: isize) {
        let (row, option, is_choice) = {
            let mut state = self.state.borrow_mut();
            let (row, option) = state.cursor;
            let Some(item) = state.items.get(row) else { return };
            let to = option.saturating_add_signed(steps).min(item.options.len().saturating_sub(1));
            let is_choice = item.current.is_some() && to != option;
            state.cursor = (row, to);
            (row, to, is_choice)
        };
        if is_choice {
            self.choose(row, option);
        }
        self.list.clone().redraw();
    }

    fn handle(&self, event: Event) -> bool {
        let (x, y) = app::event_coords();
        match event {
            Event::Enter | Event::Move | Event::Leave => {
                self.state.borrow_mut().hovered = self.option_at(x, y);
                self.list.clone().redraw();
            }
            Event::Push => {
                self.kit.focus(&self.list);
                if let Some((row, option)) = self.option_at(x, y) {
                    self.choose(row, option);
                }
            }
            Event::MouseWheel => self.scroll_by(app::event_dy_value() * ROW_HEIGHT),
            Event::Focus | Event::Unfocus => self.list.clone().redraw(),
            Event::KeyDown => match app::event_key() {
                Key::Up => self.step(-1),
                Key::Down => self.step(1),
                Key::PageUp => self.scroll_by(-self.list.h()),
                Key::PageDown => self.scroll_by(self.list.h()),
                Key::Home => self.step(isize::MIN),
                Key::End => self.step(isize::MAX),
                Key::Left => self.turn(-1),
                Key::Right => self.turn(1),
                Key::Escape => self.kit.act(Action::CloseSettings),
                key if matches!(key, Key::Enter | Key::KPEnter) || key == Key::from_char(' ') => {
                    let (row, option) = self.state.borrow().cursor;
                    self.choose(row, option);
                }
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    fn draw(&self) {
        let theme = self.kit.theme();
        let paint = &self.kit.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        let header = Rect { h: HEADER_HEIGHT, ..rect };
        let title = &self.state.borrow().title;
        paint.label(Face::bold(theme.sizes.title), theme.colors.ink, Align::Center, title, header);
        paint.fill(Rect::new(rect.x, rect.y + HEADER_HEIGHT - 1, rect.w, 1), theme.colors.line);
    }

    fn draw_list(&self) {
        let theme = self.kit.theme();
        let paint = &self.kit.paint;
        let list = Rect::of(&self.list);
        let state = self.state.borrow();
        fltk::draw::push_clip(list.x, list.y, list.w, list.h);
        paint.fill(list, theme.colors.page);
        for (row, rect) in self.placed(&state) {
            if rect.y + rect.h > list.y && rect.y < list.y + list.h {
                self.draw_row(&theme, &state, row, rect);
            }
        }
        fltk::draw::pop_clip();
    }

    fn draw_row(&self, theme: &Theme, state: &State, row: usize, rect: Rect) {
        let paint = &self.kit.paint;
        let colors = theme.colors;
        let item = &state.items[row];
        if item.is_heading() {
            let words = Rect { y: rect.y + 20, h: rect.h - 24, ..rect };
            paint.label(Face::bold(theme.sizes.label), colors.accent, Align::Left, &item.label, words);
            paint.fill(Rect::new(rect.x, rect.y + rect.h - 1, rect.w, 1), colors.line);
            return;
        }
        let options = self.options(item, rect);
        let end = options.first().map_or(rect.x + rect.w, |first| first.x) - 16;
        let words = Rect { w: end - rect.x, ..rect };
        if item.detail.is_empty() {
            paint.label(Face::regular(theme.sizes.body), colors.ink, Align::Left, &item.label, words);
        } else {
            let width =
                paint.label(Face::regular(theme.sizes.body), colors.ink, Align::Left, &item.label, words);
            let rest = Rect { x: words.x + width + 14, w: words.w - width - 14, ..words };
            paint.label(Face::regular(theme.sizes.label), colors.dim, Align::Left, &item.detail, rest);
        }
        if let (Some(first), Some(last)) = (options.first(), options.last()) {
            let whole = Rect::new(first.x, first.y, last.x + last.w - first.x, first.h);
            paint.framed(whole, 8, colors.field, colors.border);
        }
        for (index, ((text, _), place)) in item.options.iter().zip(&options).enumerate() {
            let is_current = item.current == Some(index);
            let is_hovered = state.hovered == Some((row, index));
            if is_current {
                paint.rounded(place.inset(2, 2), 6, colors.accent);
            } else if is_hovered {
                paint.rounded(place.inset(2, 2), 6, colors.hover);
            }
            let ink = if is_current { colors.on_accent } else { colors.ink };
            paint.label(Face::regular(theme.sizes.label), ink, Align::Center, text, *place);
            if self.list.has_focus() && state.cursor == (row, index) {
                paint.outline(place.inset(-2, -2), 9, colors.accent);
            }
        }
    }
}
