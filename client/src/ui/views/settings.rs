//! The settings as a page of the window: sections, each with rows that have something to choose at their right end.
//!
//! All rows are one widget. It draws what it is given and says what was chosen; what a row is about is its owner's
//! business. Up and Down go from row to row, PgUp and PgDn move the page, Left and Right choose, and so does the mouse;
//! Ctrl with PgUp and PgDn goes to another section.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::action::Section;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::widgets::button::{Button, Look};
use crate::ui::widgets::choice::{self, Choice, Marks};
use crate::ui::{Action, UiContext};

const HEADER_HEIGHT: i32 = 56;
const WIDEST: i32 = 720;
const ROW_HEIGHT: i32 = 46;
/// A row that has its detail below its label.
const TALL_ROW_HEIGHT: i32 = 62;
/// A row with nothing to choose.
const SHORT_ROW_HEIGHT: i32 = 34;
/// Where the details of such rows begin.
const DETAIL_LEFT: i32 = 140;
const HEADING_HEIGHT: i32 = 52;
/// Above the first row, if that is no heading.
const TOP: i32 = 12;
/// Below the last row.
const BOTTOM: i32 = 40;

/// A row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is about. A row with nothing to choose and no detail is a heading.
    pub label: String,
    /// More about it, in less weight: behind the label, or below it where there is something to choose.
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

    fn is_tall(&self) -> bool {
        !self.options.is_empty() && !self.detail.is_empty()
    }

    fn height(&self) -> i32 {
        if self.is_heading() {
            HEADING_HEIGHT
        } else if self.is_tall() {
            TALL_ROW_HEIGHT
        } else if self.options.is_empty() {
            SHORT_ROW_HEIGHT
        } else {
            ROW_HEIGHT
        }
    }
}

/// The page. Cloning gives another handle to the same page.
#[derive(Clone)]
pub struct SettingsPage {
    group: Group,
    list: Widget,
    sections: Choice,
    /// 返回
    pub back: Button,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    items: Vec<Item>,
    /// The row that keys act on, and which of its options.
    cursor: (usize, usize),
    hovered: Option<(usize, usize)>,
    scrolled: i32,
}

impl State {
    /// Above the first row.
    fn top(&self) -> i32 {
        if self.items.first().is_some_and(Item::is_heading) { 0 } else { TOP }
    }

    /// How tall everything is together.
    fn height(&self) -> i32 {
        self.top() + self.items.iter().map(Item::height).sum::<i32>() + BOTTOM
    }
}

impl SettingsPage {
    /// A page that is hidden until it is [opened](Self::open).
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let list = Widget::default();
        let sections = Choice::new(ui, |index| Action::ShowSettings(Section::ALL[index]));
        let back = Button::new(ui, Look::Quiet, |colors| colors.page, Action::CloseSettings);
        group.end();
        group.hide();
        let page =
            Self { group: group.clone(), list, sections, back, state: Rc::default(), ui: Rc::clone(ui) };
        fltk_ext::draw_behind(&page.group, {
            let page = page.clone();
            move || page.draw()
        });
        fltk_ext::give(&page.list, &page, Self::draw_list, Self::handle);
        page
    }

    /// Shows a section from its beginning.
    pub fn open(&self, section: Section) {
        self.sections.set_current(section as usize);
        {
            let mut state = self.state.borrow_mut();
            state.scrolled = 0;
            state.cursor = (0, 0);
            state.hovered = None;
        }
        self.group.clone().show();
        self.step(0);
        self.focus();
    }

    /// Gives the keyboard to its rows.
    pub fn focus(&self) {
        self.ui.focus(&self.list);
    }

    /// The section that is shown.
    pub fn section(&self) -> Section {
        Section::ALL[self.sections.current()]
    }

    /// Takes the keyboard along with a row that has moved.
    pub fn follow(&self, rows: isize) {
        let mut state = self.state.borrow_mut();
        state.cursor.0 = state.cursor.0.saturating_add_signed(rows);
        state.hovered = None;
    }

    /// Takes it away.
    pub fn close(&self) {
        self.group.clone().hide();
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// Shows these rows, below the names of the sections.
    pub fn show(&self, sections: Vec<String>, items: Vec<Item>) {
        self.sections.set_words(sections);
        self.place_sections();
        self.state.borrow_mut().items = items;
        self.scroll_by(0);
        self.group.clone().redraw();
    }

    /// Every option in view by its row's label and its own words, and every section by its name, with its place.
    pub fn rects(&self) -> Vec<(String, Rect)> {
        let state = self.state.borrow();
        let list = Rect::of(&self.list);
        let mut rects = self.sections.rects();
        for (row, rect) in self.placed(&state) {
            let item = &state.items[row];
            for (option, place) in self.options(item, rect).into_iter().enumerate() {
                if place.y >= list.y && place.y + place.h <= list.y + list.h {
                    let name = format!("{} {}", item.label, item.options[option].0);
                    rects.push((name.trim_start().to_owned(), place));
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
        self.place_sections();
        self.scroll_by(0);
        self.group.clone().redraw();
    }

    /// The sections are in the middle of the header, and never over the way back.
    fn place_sections(&self) {
        let group = Rect::of(&self.group);
        let middle = group.x + (group.w - self.sections.natural_width()) / 2;
        let beside = group.x + 12 + self.back.natural_width() + 8;
        self.sections.place(middle.max(beside), group.y + (HEADER_HEIGHT - Choice::height()) / 2);
    }

    /// Goes to the section at the right, or at the left.
    fn turn_section(&self, steps: isize) {
        let index = self.sections.current().saturating_add_signed(steps).min(Section::ALL.len() - 1);
        if index != self.sections.current() {
            self.ui.act(Action::ShowSettings(Section::ALL[index]));
        }
    }

    /// The part of the page that rows stand in.
    fn column(&self) -> (i32, i32) {
        let width = (self.list.w() - 48).min(WIDEST);
        (self.list.x() + (self.list.w() - width) / 2, width)
    }

    fn placed(&self, state: &State) -> Vec<(usize, Rect)> {
        let (x, width) = self.column();
        let mut y = self.list.y() + state.top() - state.scrolled;
        let mut rows = Vec::with_capacity(state.items.len());
        for (index, item) in state.items.iter().enumerate() {
            rows.push((index, Rect::new(x, y, width, item.height())));
            y += item.height();
        }
        rows
    }

    /// Where the options of a row are, side by side at its right end.
    fn options(&self, item: &Item, row: Rect) -> Vec<Rect> {
        let words = item.options.iter().map(|(words, _)| words.as_str());
        let mut cells = choice::cells(&self.ui, words, 0, row.y + (row.h - choice::HEIGHT) / 2);
        let width: i32 = cells.iter().map(|cell| cell.w).sum();
        for cell in &mut cells {
            cell.x += row.x + row.w - width;
        }
        cells
    }

    fn scroll_by(&self, distance: i32) {
        let mut state = self.state.borrow_mut();
        let most = (state.height() - self.list.h()).max(0);
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
            self.ui.act(action);
        }
        self.list.clone().redraw();
    }

    /// Moves the cursor so many rows that have something to choose, and to where it can be seen.
    fn step(&self, steps: isize) {
        let distance = {
            let mut state = self.state.borrow_mut();
            let rows: Vec<_> =
                (0..state.items.len()).filter(|row| !state.items[*row].options.is_empty()).collect();
            let Some(last) = rows.len().checked_sub(1) else {
                // Nothing to choose, and so only to be read.
                drop(state);
                return self.scroll_by(i32::try_from(steps).unwrap_or_default() * ROW_HEIGHT);
            };
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

    /// Goes to the option beside. Where an option of the row holds, the option that is gone to is chosen.
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
                self.ui.focus(&self.list);
                if let Some((row, option)) = self.option_at(x, y) {
                    self.choose(row, option);
                }
            }
            Event::MouseWheel => self.scroll_by(app::event_dy_value() * ROW_HEIGHT),
            Event::Focus | Event::Unfocus => self.list.clone().redraw(),
            Event::KeyDown if self.ui.catch_up() => {}
            Event::KeyDown => match app::event_key() {
                Key::PageUp if app::is_event_ctrl() => self.turn_section(-1),
                Key::PageDown if app::is_event_ctrl() => self.turn_section(1),
                Key::Up => self.step(-1),
                Key::Down => self.step(1),
                Key::PageUp => self.scroll_by(-self.list.h()),
                Key::PageDown => self.scroll_by(self.list.h()),
                Key::Home => self.step(isize::MIN),
                Key::End => self.step(isize::MAX),
                Key::Left => self.turn(-1),
                Key::Right => self.turn(1),
                Key::Escape => self.ui.act(Action::CloseSettings),
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
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        paint.fill(Rect::new(rect.x, rect.y + HEADER_HEIGHT - 1, rect.w, 1), theme.colors.line);
    }

    fn draw_list(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let list = Rect::of(&self.list);
        let state = self.state.borrow();
        fltk::draw::push_clip(list.x, list.y, list.w, list.h);
        paint.fill(list, theme.colors.page);
        for (row, rect) in self.placed(&state) {
            if rect.y + rect.h > list.y && rect.y < list.y + list.h {
                self.draw_row(&theme, &state, row, rect);
            }
        }
        paint.thumb(list, state.height(), state.scrolled, theme.colors.scrollbar);
        fltk::draw::pop_clip();
    }

    fn draw_row(&self, theme: &Theme, state: &State, row: usize, rect: Rect) {
        let paint = &self.ui.paint;
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
        if item.is_tall() {
            let middle = words.y + words.h / 2;
            let above = Rect { y: middle - 24, h: 24, ..words };
            let below = Rect { y: middle, h: 22, ..words };
            paint.label(Face::bold(theme.sizes.body), colors.ink, Align::Left, &item.label, above);
            paint.label(Face::regular(theme.sizes.label), colors.dim, Align::Left, &item.detail, below);
        } else {
            let width =
                paint.label(Face::regular(theme.sizes.body), colors.ink, Align::Left, &item.label, words);
            let left = (width + 14).max(DETAIL_LEFT);
            let rest = Rect { x: words.x + left, w: (words.w - left).max(0), ..words };
            paint.label(Face::regular(theme.sizes.label), colors.dim, Align::Left, &item.detail, rest);
        }
        let at = |place: Option<(usize, usize)>| place.filter(|it| it.0 == row).map(|it| it.1);
        let cursor = self.list.has_focus().then_some(state.cursor);
        let marks = Marks { current: item.current, hovered: at(state.hovered), cursor: at(cursor) };
        let words = item.options.iter().map(|(words, _)| words.as_str());
        choice::draw(paint, theme, words, &options, marks);
    }
}
