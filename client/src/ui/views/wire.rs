//! 报文: the lines that went over the wire of the network in front, and an explanation of the chosen line.
//!
//! A line is drawn in the colours of its parts, and only lines in view are looked at. New lines come into view by
//! themselves until the user scrolls up or chooses a line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Color, Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::model::network::wire::{self, Explanation, Part};
use crate::text::wrap;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::widgets::button::{Button, Look};
use crate::ui::{Action, UiContext};

const HEADER_HEIGHT: i32 = 40;
const MARGIN: i32 = 20;
/// With less than this the explanation stands below the lines and not beside them.
const ROOM_FOR_BOTH: i32 = 640;
const LABEL_WIDTH: i32 = 96;

/// What stands in the list for a part of a line. The command is what matters there; tags and addresses are long, and
/// the explanation has all of them.
fn abridged(part: Part, text: &str) -> Cow<'_, str> {
    match (part, text.split_once('!')) {
        (Part::Tags, _) => Cow::Borrowed("@… "),
        (Part::Source, Some((name, _))) => Cow::Owned(format!("{name}!… ")),
        _ => Cow::Borrowed(text),
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRow {
    /// When, as it is shown.
    pub time: String,
    /// Whether we sent it.
    pub is_sent: bool,
    /// How many bytes it took.
    pub bytes: usize,
    /// The line, fit to be drawn.
    pub line: String,
}

/// Gives the row with a number, for as long as the row is there.
pub type RowAt = dyn Fn(u64) -> Option<WireRow>;
/// Explains the row with a number.
pub type ExplainAt = dyn Fn(u64) -> Option<Explanation>;

/// The panel. Cloning gives another handle to the same panel.
#[derive(Clone)]
pub struct WirePanel {
    group: Group,
    lines: Widget,
    detail: Widget,
    /// 清屏
    pub clear: Button,
    /// 关闭
    pub close: Button,
    state: Rc<RefCell<State>>,
    row_at: Rc<RowAt>,
    explain_at: Rc<ExplainAt>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    title: String,
    /// Said where there are no lines.
    nothing: String,
    /// Said where no line is chosen.
    choose: String,
    /// The numbers of the first line and of the line that will come next.
    first: u64,
    end: u64,
    chosen: Option<u64>,
    /// The number of the last line in view, while the user looks at older lines.
    held: Option<u64>,
    /// How far the explanation is scrolled.
    scrolled: i32,
    explained: Option<Explanation>,
}

impl State {
    fn bottom(&self) -> u64 {
        self.held.unwrap_or(self.end).clamp(self.first, self.end)
    }
}

impl WirePanel {
    /// An empty panel, hidden, inside whatever group is open.
    pub fn new(ui: &Rc<UiContext>, row_at: Rc<RowAt>, explain_at: Rc<ExplainAt>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let lines = Widget::default();
        let detail = Widget::default();
        let clear = Button::new(ui, Look::Quiet, |colors| colors.members, Action::ClearWire);
        let close = Button::new(ui, Look::Quiet, |colors| colors.members, Action::ToggleWire);
        group.end();
        group.hide();
        let panel = Self {
            group: group.clone(),
            lines,
            detail,
            clear,
            close,
            state: Rc::default(),
            row_at,
            explain_at,
            ui: Rc::clone(ui),
        };
        fltk_ext::draw_behind(&panel.group, {
            let panel = panel.clone();
            move || panel.draw()
        });
        fltk_ext::give(&panel.lines, &panel, Self::draw_lines, Self::handle_lines);
        fltk_ext::give(&panel.detail, &panel, Self::draw_detail, Self::handle_detail);
        panel
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// Opens or closes it.
    pub fn set_open(&self, is_open: bool) {
        let mut group = self.group.clone();
        if is_open { group.show() } else { group.hide() }
    }

    /// Whether its list has the keyboard.
    pub fn has_focus(&self) -> bool {
        self.lines.has_focus()
    }

    /// Gives the keyboard to its list.
    pub fn focus(&self) {
        self.ui.focus(&self.lines);
    }

    /// Takes over the words of a language.
    pub fn set_words(&self, title: String, nothing: &str, choose: &str) {
        let mut state = self.state.borrow_mut();
        state.title = title;
        nothing.clone_into(&mut state.nothing);
        choose.clone_into(&mut state.choose);
    }

    /// Shows these lines. `is_other` says that they are of another network than before.
    pub fn show(&self, first: u64, end: u64, is_other: bool) {
        let mut state = self.state.borrow_mut();
        if is_other {
            state.chosen = None;
            state.held = None;
        }
        (state.first, state.end) = (first, end);
        state.chosen = state.chosen.filter(|number| *number >= first);
        state.explained = state.chosen.and_then(|number| (self.explain_at)(number));
        drop(state);
        self.group.clone().redraw();
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let below = Rect { y: rect.y + HEADER_HEIGHT, h: (rect.h - HEADER_HEIGHT).max(0), ..rect };
        let (lines, detail) = if rect.w >= ROOM_FOR_BOTH {
            let width = (rect.w * 2 / 5).clamp(260, 460);
            let lines = Rect { w: below.w - width - 1, ..below };
            (lines, Rect::new(below.x + lines.w + 1, below.y, width, below.h))
        } else {
            let height = below.h / 2;
            let lines = Rect { h: height, ..below };
            (lines, Rect { y: below.y + height + 1, h: below.h - height - 1, ..below })
        };
        self.lines.clone().resize(lines.x, lines.y, lines.w, lines.h);
        self.detail.clone().resize(detail.x, detail.y, detail.w, detail.h);
        let mut right = rect.x + rect.w - 16;
        for button in [&self.close, &self.clear] {
            let width = button.natural_width();
            right -= width;
            button.place(Rect::new(right, rect.y + (HEADER_HEIGHT - 30) / 2, width, 30));
            right -= 2;
        }
    }

    /// The numbers of the lines in view, each with its place.
    pub fn visible(&self) -> Vec<(u64, Rect)> {
        let height = self.row_height();
        let list = Rect::of(&self.lines);
        let state = self.state.borrow();
        let count = u64::from((list.h / height).max(1).unsigned_abs());
        let bottom = state.bottom().max(state.end.min(state.first + count));
        let top = bottom.saturating_sub(count).max(state.first);
        let places = (top..bottom).zip(0..);
        places
            .map(|(number, index)| (number, Rect::new(list.x, list.y + index * height, list.w, height)))
            .collect()
    }

    /// What is said about the chosen line.
    pub fn explanation(&self) -> Option<Explanation> {
        self.state.borrow().explained.clone()
    }

    fn row_height(&self) -> i32 {
        self.ui.theme().sizes.line_height + 3
    }

    fn choose(&self, number: u64) {
        let explained = (self.explain_at)(number);
        let mut state = self.state.borrow_mut();
        state.chosen = Some(number);
        state.explained = explained;
        state.scrolled = 0;
        // The line that the user looks at must not be pushed out of sight.
        state.held = Some(state.bottom());
        drop(state);
        self.group.clone().redraw();
    }

    fn scroll(&self, rows: i64) {
        let mut state = self.state.borrow_mut();
        let to = state.bottom().saturating_add_signed(rows).clamp(state.first, state.end);
        state.held = (to < state.end).then_some(to);
        drop(state);
        self.lines.clone().redraw();
    }

    /// Chooses the line so many further down, or up, and brings it into view.
    fn step(&self, rows: i64) {
        let (first, end, chosen) = {
            let state = self.state.borrow();
            (state.first, state.end, state.chosen)
        };
        if first == end {
            return;
        }
        let to = chosen.map_or(end - 1, |chosen| chosen.saturating_add_signed(rows).clamp(first, end - 1));
        self.choose(to);
        let visible = self.visible();
        let (top, bottom) = (visible.first().map_or(0, |it| it.0), visible.last().map_or(0, |it| it.0));
        if to < top {
            self.scroll(to as i64 - top as i64);
        } else if to > bottom {
            self.scroll(to as i64 - bottom as i64);
        }
    }

    fn handle_lines(&self, event: Event) -> bool {
        match event {
            Event::Push => {
                self.focus();
                let (x, y) = app::event_coords();
                let pressed = self.visible().into_iter().find(|(_, rect)| rect.contains(x, y));
                if let Some((number, _)) = pressed {
                    self.choose(number);
                }
                true
            }
            Event::MouseWheel => {
                self.scroll(3 * i64::from(app::event_dy_value()));
                true
            }
            Event::Focus | Event::Unfocus => {
                self.lines.clone().redraw();
                true
            }
            Event::KeyDown => {
                let page = i64::from(self.lines.h() / self.row_height());
                match app::event_key() {
                    Key::Up => self.step(-1),
                    Key::Down => self.step(1),
                    Key::PageUp => self.step(-page),
                    Key::PageDown => self.step(page),
                    Key::Home => self.step(i64::MIN / 2),
                    Key::End => self.step(i64::MAX / 2),
                    key if key == Key::from_char('c') && app::is_event_command() => self.copy(),
                    _ => return false,
                }
                true
            }
            _ => false,
        }
    }

    fn copy(&self) {
        let chosen = self.state.borrow().chosen;
        if let Some(row) = chosen.and_then(|number| (self.row_at)(number)) {
            app::copy(&row.line);
            app::copy2(&row.line);
        }
    }

    fn handle_detail(&self, event: Event) -> bool {
        if event != Event::MouseWheel {
            return false;
        }
        let mut state = self.state.borrow_mut();
        state.scrolled = (state.scrolled + app::event_dy_value() * 40).max(0);
        drop(state);
        self.detail.clone().redraw();
        true
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.members);
        paint.fill(Rect { h: 1, ..rect }, theme.colors.line);
        let end = self.clear.widget().x() - 12;
        let title = Rect::new(rect.x + MARGIN, rect.y, end - rect.x - MARGIN, HEADER_HEIGHT);
        let state = self.state.borrow();
        paint.label(Face::bold(theme.sizes.body), theme.colors.ink, Align::Left, &state.title, title);
        let (lines, detail) = (Rect::of(&self.lines), Rect::of(&self.detail));
        let edge = if detail.y > lines.y {
            Rect::new(detail.x, detail.y - 1, detail.w, 1)
        } else {
            Rect::new(detail.x - 1, detail.y, 1, detail.h)
        };
        paint.fill(edge, theme.colors.line);
    }

    fn draw_lines(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let list = Rect::of(&self.lines);
        fltk::draw::push_clip(list.x, list.y, list.w, list.h);
        paint.fill(list, theme.colors.page);
        let rows = self.visible();
        let (chosen, nothing) = {
            let state = self.state.borrow();
            (state.chosen, state.nothing.clone())
        };
        if rows.is_empty() {
            let room = Rect { x: list.x + MARGIN, w: list.w - 2 * MARGIN, h: 44, ..list };
            paint.label(Face::regular(theme.sizes.label), theme.colors.dim, Align::Left, &nothing, room);
        }
        for (number, rect) in rows {
            let Some(row) = (self.row_at)(number) else { continue };
            if chosen == Some(number) {
                paint.fill(rect, theme.colors.selected);
                paint.fill(Rect { w: 3, ..rect }, theme.colors.accent);
            }
            self.draw_row(&theme, rect, &row, chosen == Some(number));
        }
        if self.lines.has_focus() {
            paint.outline(list, 0, theme.colors.accent);
        }
        fltk::draw::pop_clip();
    }

    fn draw_row(&self, theme: &Theme, rect: Rect, row: &WireRow, is_chosen: bool) {
        let paint = &self.ui.paint;
        let colors = theme.colors;
        let small = Face::regular(theme.sizes.small);
        let mut x = rect.x + 12;
        let mut column = |width: i32, face: Face, color: Color, align: Align, text: &str| {
            paint.label(face, color, align, text, Rect::new(x, rect.y, width, rect.h));
            x += width + 8;
        };
        column(82, small, colors.dim, Align::Left, &row.time);
        let (arrow, ink) = if row.is_sent { ("↑", colors.accent) } else { ("↓", colors.link) };
        column(22, Face::bold(theme.sizes.body), ink, Align::Center, arrow);
        column(34, small, colors.dim, Align::Right, &row.bytes.to_string());
        let face = Face::regular(theme.sizes.label);
        for (part, text) in wire::parts(&row.line) {
            let (face, ink) = match part {
                Part::Tags => (face, colors.dim),
                Part::Source => (face, colors.link),
                Part::Command => (Face::bold(theme.sizes.label), colors.accent),
                Part::Params => (face, colors.ink),
            };
            // Colours that can be read on the page cannot on the chosen row.
            let ink = if is_chosen && part != Part::Tags { colors.ink } else { ink };
            let room = rect.x + rect.w - 10 - x;
            if room <= 0 {
                break;
            }
            let text = abridged(part, text);
            paint.label(face, ink, Align::Left, &text, Rect::new(x, rect.y, room, rect.h));
            x += paint.width(face, &text).ceil() as i32;
        }
    }

    fn draw_detail(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let colors = theme.colors;
        let area = Rect::of(&self.detail);
        let state = self.state.borrow();
        fltk::draw::push_clip(area.x, area.y, area.w, area.h);
        paint.fill(area, colors.members);
        let left = area.x + MARGIN;
        let width = area.w - 2 * MARGIN;
        let mut y = area.y + 12 - state.scrolled;
        // Draws a text in as many lines as it takes, and gives the place of the next line.
        let paragraph = |face: Face, ink: Color, text: &str, x: i32, y: i32, width: i32, line: i32| {
            let lines = wrap::wrap(text, width.max(40) as f32, |text| paint.width(face, text));
            let mut y = y;
            for piece in lines {
                paint.text(face, ink, &text[piece], x, paint.baseline(face, Rect::new(x, y, width, line)));
                y += line;
            }
            y
        };
        match &state.explained {
            None => {
                let face = Face::regular(theme.sizes.label);
                paragraph(face, colors.dim, &state.choose, left, y, width, theme.sizes.line_height);
            }
            Some(explanation) => {
                let line = theme.sizes.line_height;
                let title = Face::bold(theme.sizes.title + 3);
                y = paragraph(title, colors.accent, &explanation.title, left, y, width, line + 6);
                let body = Face::regular(theme.sizes.body);
                y = paragraph(body, colors.ink, &explanation.meaning, left, y, width, line) + 10;
                let label = Face::regular(theme.sizes.small + 1);
                for (name, text) in &explanation.rows {
                    let room = Rect::new(left, y, LABEL_WIDTH - 8, line);
                    paint.label(label, colors.dim, Align::Left, name, room);
                    let (x, width) = (left + LABEL_WIDTH, width - LABEL_WIDTH);
                    y = paragraph(body, colors.ink, text, x, y, width, line).max(y + line) + 2;
                }
            }
        }
        fltk::draw::pop_clip();
    }
}
