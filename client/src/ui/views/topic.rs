//! What the room is about: a line beside its name, and all of it on a card where the line is too short.
//!
//! Addresses in it are followed as in a message.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::draw;
use fltk::enums::{Cursor, Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::text::wrap;
use crate::ui::action::Zone;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::views::transcript::item::{Body, Item};
use crate::ui::views::transcript::item_layout::{Marks, Page, RIGHT_MARGIN};
use crate::ui::{Action, UiContext};

const CARD_WIDTH: i32 = 520;
/// Around the words on the card.
const PADDING: i32 = 16;

/// The line and the card. Cloning gives another handle to the same two.
#[derive(Clone)]
pub struct Topic {
    line: Widget,
    /// All of the view, so that a click beside the card closes it.
    veil: Widget,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    text: String,
    line: Option<Rc<Page>>,
    /// How much of it the line has room for, if not for all.
    cut_at: Option<i32>,
    /// Where it lies, and the words on it.
    card: Option<(Rect, Rc<Page>)>,
    /// The address under the mouse.
    hovered: Option<usize>,
}

impl Topic {
    /// No topic.
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let (line, mut veil) = (Widget::default(), Widget::default());
        veil.hide();
        let topic = Self { line, veil, state: Rc::default(), ui: Rc::clone(ui) };
        fltk_ext::give(&topic.line, &topic, Self::draw_line, Self::handle_line);
        fltk_ext::give(&topic.veil, &topic, Self::draw_card, Self::handle_card);
        topic
    }

    /// Shows a topic in this place; a card may lie anywhere in `view`.
    pub fn show(&self, text: &str, place: Rect, view: Rect) {
        let (mut line, mut veil) = (self.line.clone(), self.veil.clone());
        let is_other = self.state.borrow().text != text;
        if is_other || Rect::of(&veil) != view {
            self.close();
        }
        line.resize(place.x, place.y, place.w, place.h);
        veil.resize(view.x, view.y, view.w, view.h);
        let width = self.ui.paint.width(Face::regular(self.ui.theme().sizes.label), text).ceil() as i32;
        let page = (!text.is_empty()).then(|| self.page(text, width + 2));
        let mut state = self.state.borrow_mut();
        text.clone_into(&mut state.text);
        state.line = page;
        state.cut_at = (width > place.w).then(|| self.room_in(place, text));
        state.hovered = None;
    }

    /// The width of as many of the words as have room beside the sign that there are more.
    fn room_in(&self, place: Rect, text: &str) -> i32 {
        let face = Face::regular(self.ui.theme().sizes.label);
        let width_of = |text: &str| self.ui.paint.width(face, text);
        let fitting = wrap::ellipsize(text, place.w as f32, width_of);
        width_of(fitting.trim_end_matches('…')).ceil() as i32
    }

    /// The words in lines of this width.
    fn page(&self, text: &str, width: i32) -> Rc<Page> {
        let body = Body::Notice { text: text.to_owned(), fold: None };
        let item = Item { body, ..Item::default() };
        let width = self.left() + width + RIGHT_MARGIN;
        Rc::new(Page::set(item, &self.ui.theme(), &self.ui.paint, width, |_| Vec::new()))
    }

    /// How far from its left edge a page's words begin.
    fn left(&self) -> i32 {
        self.ui.theme().sizes.text_left
    }

    /// Whether the card is there.
    pub fn is_open(&self) -> bool {
        self.veil.visible()
    }

    /// Gives the keyboard to the card.
    pub fn focus(&self) {
        self.ui.focus(&self.veil);
    }

    /// The line, for tests to click, and every address that can be followed now.
    pub fn places(&self) -> (Rect, Vec<(Zone, Rect)>) {
        let Some((page, origin, within)) = self.shown() else { return (Rect::of(&self.line), Vec::new()) };
        let here = |place: &Rect| Rect { x: place.x + origin.0, y: place.y + origin.1, ..*place };
        let zones = page.zones().iter().map(|(place, zone)| (zone.clone(), here(place)));
        let is_in_view = |place: &Rect| within.contains(place.x, place.y + place.h / 2);
        (Rect::of(&self.line), zones.filter(|(_, place)| is_in_view(place)).collect())
    }

    /// The page that can be clicked now, its upper left corner, and what of it is in view.
    fn shown(&self) -> Option<(Rc<Page>, (i32, i32), Rect)> {
        let state = self.state.borrow();
        let Some((card, page)) = &state.card else { return self.shown_in_line(&state) };
        let origin = (card.x + PADDING - self.left(), card.y + PADDING);
        Some((Rc::clone(page), origin, *card))
    }

    fn shown_in_line(&self, state: &State) -> Option<(Rc<Page>, (i32, i32), Rect)> {
        let (page, line) = (state.line.as_ref()?, Rect::of(&self.line));
        let origin = (line.x - self.left(), line.y + (line.h - self.ui.theme().sizes.line_height) / 2);
        Some((Rc::clone(page), origin, Rect { w: state.cut_at.unwrap_or(line.w), ..line }))
    }

    fn zone_at(&self, x: i32, y: i32) -> Option<(usize, Zone)> {
        let (page, origin, within) = self.shown()?;
        let (index, zone) = page.zone_at(x - origin.0, y - origin.1).filter(|_| within.contains(x, y))?;
        Some((index, zone.clone()))
    }

    fn open(&self) {
        let (text, view, line) =
            (self.state.borrow().text.clone(), Rect::of(&self.veil), Rect::of(&self.line));
        let width = CARD_WIDTH.min(view.w - 2 * PADDING);
        let page = self.page(&text, width - 2 * PADDING);
        let x = (line.x - PADDING).min(view.x + view.w - width - PADDING).max(view.x);
        let card = Rect::new(x, line.y + line.h, width, page.height + 2 * PADDING);
        let mut state = self.state.borrow_mut();
        state.card = Some((card, page));
        state.hovered = None;
        drop(state);
        let mut veil = self.veil.clone();
        veil.show();
        veil.redraw();
        self.ui.focus(&veil);
    }

    fn close(&self) {
        if self.state.borrow_mut().card.take().is_some() {
            self.veil.clone().hide();
            self.ui.act(Action::TopicClosed);
        }
    }

    fn hover(&self, x: i32, y: i32) {
        let hovered = self.zone_at(x, y).map(|(index, _)| index);
        let is_link = hovered.is_some() || !self.is_open();
        if let Some(mut window) = self.line.window() {
            window.set_cursor(if is_link { Cursor::Hand } else { Cursor::Default });
        }
        let before = std::mem::replace(&mut self.state.borrow_mut().hovered, hovered);
        if before != hovered {
            let mut shown = if self.is_open() { self.veil.clone() } else { self.line.clone() };
            shown.redraw();
        }
    }

    fn follow(&self, zone: Zone) {
        if let Zone::Link(target) = zone {
            self.ui.act(Action::Open(target));
        }
    }

    fn handle_line(&self, event: Event) -> bool {
        if self.state.borrow().line.is_none() {
            return false;
        }
        let (x, y) = app::event_coords();
        match event {
            Event::Enter | Event::Move => self.hover(x, y),
            Event::Leave => {
                self.state.borrow_mut().hovered = None;
                if let Some(mut window) = self.line.window() {
                    window.set_cursor(Cursor::Default);
                }
                self.line.clone().redraw();
            }
            Event::Push => {}
            Event::Released => match self.zone_at(x, y) {
                Some((_, zone)) => self.follow(zone),
                None if Rect::of(&self.line).contains(x, y) => self.open(),
                None => {}
            },
            _ => return false,
        }
        true
    }

    fn handle_card(&self, event: Event) -> bool {
        let (x, y) = app::event_coords();
        match event {
            Event::Enter | Event::Move => self.hover(x, y),
            Event::Push => match self.zone_at(x, y) {
                Some((_, zone)) => {
                    self.close();
                    self.follow(zone);
                }
                None => self.close(),
            },
            Event::KeyDown if app::event_key() == Key::Escape => self.close(),
            Event::KeyDown | Event::Leave | Event::MouseWheel | Event::Focus | Event::Unfocus => {}
            _ => return false,
        }
        true
    }

    fn draw_line(&self) {
        let (theme, paint, line) = (self.ui.theme(), &self.ui.paint, Rect::of(&self.line));
        paint.fill(line, theme.colors.page);
        let state = self.state.borrow();
        let Some((page, origin, within)) = self.shown_in_line(&state) else { return };
        draw::push_clip(within.x, within.y, within.w, within.h);
        let hovered = state.hovered.filter(|_| state.card.is_none());
        page.draw(&theme, paint, origin, within, &marks(hovered));
        draw::pop_clip();
        if state.cut_at.is_some() {
            let end = Rect { x: within.x + within.w, w: line.w - within.w, ..within };
            paint.label(Face::regular(theme.sizes.label), theme.colors.dim, Align::Left, "…", end);
        }
    }

    fn draw_card(&self) {
        let (theme, paint, state) = (self.ui.theme(), &self.ui.paint, self.state.borrow());
        let Some((card, page)) = &state.card else { return };
        paint.veil(Rect::new(card.x + 1, card.y + 2, card.w, card.h), 10, 24);
        paint.framed(*card, 10, theme.colors.page, theme.colors.border);
        let origin = (card.x + PADDING - self.left(), card.y + PADDING);
        page.draw(&theme, paint, origin, *card, &marks(state.hovered));
    }
}

/// Nothing but what is under the mouse.
fn marks(hovered: Option<usize>) -> Marks {
    Marks { selected: None, hit: None, hovered, is_current: false }
}
