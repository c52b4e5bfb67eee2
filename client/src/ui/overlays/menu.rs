//! A menu: a card where it was asked for, over everything else, in the window's own look.
//!
//! Like the [dialog](crate::ui::overlays::dialog) it is a part of the window, so messages keep coming in while it is
//! open, and names stand in it as they are (FLTK's own menus take `@ & / | _` for commands).

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::{Action, UiContext};

const PADDING: i32 = 6;
const INDENT: i32 = 14;
const NARROWEST: i32 = 150;
/// The title may be cut before this, an item is not.
const WIDEST_TITLE: i32 = 260;

/// What can be done with something.
#[derive(Clone, Debug, Default)]
pub struct Menu {
    /// What it is about, above the items; nothing where that is plain.
    pub title: String,
    /// What can be chosen, and what that does.
    pub items: Vec<(String, Action)>,
}

/// The card that shows one menu at a time. Cloning gives another handle to the same card.
#[derive(Clone)]
pub struct MenuCard {
    /// All of the window, so that a click beside the card closes it.
    veil: Widget,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    menu: Menu,
    card: Rect,
    chosen: Option<usize>,
    /// The widget that had the keyboard before.
    before: Option<Widget>,
}

impl MenuCard {
    /// A card that is hidden until there is something to [open](Self::open).
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut veil = Widget::default();
        veil.hide();
        let card = Self { veil, state: Rc::default(), ui: Rc::clone(ui) };
        fltk_ext::give(&card.veil, &card, Self::draw, Self::handle);
        card
    }

    /// Shows a menu at a point of the window.
    pub fn open(&self, menu: Menu, (x, y): (i32, i32)) {
        let theme = self.ui.theme();
        let width = |face: Face, text: &str| self.ui.paint.width(face, text).ceil() as i32;
        let items = menu.items.iter().map(|(text, _)| width(Face::regular(theme.sizes.label), text));
        let title = width(Face::bold(theme.sizes.small), &menu.title).min(WIDEST_TITLE);
        let w = items.chain([title, NARROWEST]).max().unwrap_or(NARROWEST) + 2 * INDENT + 2 * PADDING;
        let rows = menu.items.len() as i32 + i32::from(!menu.title.is_empty());
        let h = rows * self.row_height() + 2 * PADDING;
        let window = Rect::of(&self.veil);
        let x = x.min(window.x + window.w - w - 4).max(window.x + 4);
        // Where there is no room below the point there is room above it.
        let y = if y + h > window.y + window.h - 4 { (y - h).max(window.y + 4) } else { y };
        let before = app::focus().map(|widget| widget.as_base_widget());
        *self.state.borrow_mut() = State { menu, card: Rect::new(x, y, w, h), chosen: None, before };
        let mut veil = self.veil.clone();
        veil.show();
        veil.redraw();
        self.ui.focus(&veil);
    }

    /// Gives the keyboard to the open menu.
    pub fn focus(&self) {
        self.ui.focus(&self.veil);
    }

    /// Whether a menu is open.
    pub fn is_open(&self) -> bool {
        self.veil.visible()
    }

    /// The title of the open menu.
    pub fn title(&self) -> Option<String> {
        self.is_open().then(|| self.state.borrow().menu.title.clone())
    }

    /// The items of the open menu, each with its place.
    pub fn items(&self) -> Vec<(String, Rect)> {
        if !self.is_open() {
            return Vec::new();
        }
        let state = self.state.borrow();
        let texts = state.menu.items.iter().enumerate();
        texts.map(|(index, (text, _))| (text.clone(), self.item_rect(&state, index))).collect()
    }

    /// Makes all of the window its own.
    pub fn place(&self, rect: Rect) {
        self.veil.clone().resize(rect.x, rect.y, rect.w, rect.h);
        if self.is_open() {
            self.close();
        }
    }

    fn close(&self) {
        let before = self.state.borrow_mut().before.take();
        self.veil.clone().hide();
        if let Some(before) = before {
            self.ui.focus(&before);
        }
        if let Some(mut window) = self.veil.window() {
            window.redraw();
        }
        self.ui.act(Action::MenuClosed);
    }

    fn choose(&self, index: usize) {
        let action = self.state.borrow().menu.items.get(index).map(|(_, action)| action.clone());
        self.close();
        if let Some(action) = action {
            self.ui.act(action);
        }
    }

    fn row_height(&self) -> i32 {
        self.ui.theme().sizes.member_row + 1
    }

    fn item_rect(&self, state: &State, index: usize) -> Rect {
        let height = self.row_height();
        let card = state.card;
        let above = i32::from(!state.menu.title.is_empty());
        let top = card.y + PADDING + (index as i32 + above) * height;
        Rect::new(card.x + PADDING, top, card.w - 2 * PADDING, height)
    }

    fn item_at(&self, x: i32, y: i32) -> Option<usize> {
        let state = self.state.borrow();
        (0..state.menu.items.len()).find(|index| self.item_rect(&state, *index).contains(x, y))
    }

    fn set_chosen(&self, chosen: Option<usize>) {
        let before = std::mem::replace(&mut self.state.borrow_mut().chosen, chosen);
        if before != chosen {
            self.veil.clone().redraw();
        }
    }

    fn step(&self, steps: isize) {
        let (chosen, count) = {
            let state = self.state.borrow();
            (state.chosen, state.menu.items.len() as isize)
        };
        let from = chosen.map_or(if steps > 0 { -1 } else { 0 }, |index| index as isize);
        if count > 0 {
            self.set_chosen(Some((from + steps).rem_euclid(count) as usize));
        }
    }

    fn handle(&self, event: Event) -> bool {
        let (x, y) = app::event_coords();
        match event {
            Event::Enter | Event::Move | Event::Drag => self.set_chosen(self.item_at(x, y)),
            Event::Push if !self.state.borrow().card.contains(x, y) => self.close(),
            Event::Released => {
                if let Some(index) = self.item_at(x, y) {
                    self.choose(index);
                }
            }
            Event::KeyDown => match app::event_key() {
                Key::Escape => self.close(),
                Key::Up => self.step(-1),
                Key::Tab if app::is_event_shift() => self.step(-1),
                Key::Down | Key::Tab => self.step(1),
                Key::Enter | Key::KPEnter => {
                    let chosen = self.state.borrow().chosen;
                    if let Some(index) = chosen {
                        self.choose(index);
                    }
                }
                _ => {}
            },
            Event::Push | Event::Leave | Event::MouseWheel | Event::Focus | Event::Unfocus => {}
            _ => return false,
        }
        true
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let colors = theme.colors;
        let state = self.state.borrow();
        let card = state.card;
        paint.veil(Rect::new(card.x + 1, card.y + 2, card.w, card.h), 10, 24);
        paint.framed(card, 10, colors.page, colors.border);
        let height = self.row_height();
        let title =
            Rect::new(card.x + PADDING + INDENT, card.y + PADDING, card.w - 2 * (PADDING + INDENT), height);
        paint.label(Face::bold(theme.sizes.small), colors.dim, Align::Left, &state.menu.title, title);
        for (index, (text, _)) in state.menu.items.iter().enumerate() {
            let rect = self.item_rect(&state, index);
            if state.chosen == Some(index) {
                paint.rounded(rect, 6, colors.selected);
            }
            let room = Rect { x: rect.x + INDENT, w: rect.w - 2 * INDENT, ..rect };
            paint.label(Face::regular(theme.sizes.label), colors.ink, Align::Left, text, room);
        }
    }
}
