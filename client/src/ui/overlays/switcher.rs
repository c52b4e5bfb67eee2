//! Ctrl+K: a card in which the user types the beginning of a conversation's name to go there.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::input::Input;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::model::ConversationId;
use crate::ui::edit::Editable;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::widgets::rows::{Row, RowEvent, RowList, Style};
use crate::ui::{Action, UiContext};

const WIDTH: i32 = 440;
const INPUT_HEIGHT: i32 = 48;
const MOST_ROWS: i32 = 9;

/// The card. Cloning gives another handle to the same card.
#[derive(Clone)]
pub struct Switcher {
    group: Group,
    /// Everything around the card: a click there closes it.
    veil: Widget,
    input: Input,
    list: RowList<ConversationId>,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    /// What fits, the best first.
    keys: Vec<ConversationId>,
    rows: Vec<Row<ConversationId>>,
    chosen: usize,
    placeholder: String,
}

impl Switcher {
    /// A card that is hidden until it is [opened](Self::open).
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut veil = Widget::default();
        let mut input = fltk_ext::input();
        let style = Style { ground: |colors| colors.page, top_gap: 4, group_gap: 0, ..Style::CONVERSATIONS };
        let list = RowList::new(ui, style, {
            let ui = Rc::clone(ui);
            move |event| match event {
                RowEvent::Chosen(id) | RowEvent::Opened(id) => ui.act(Action::Switch(id)),
                RowEvent::Asked(_) => {}
            }
        });
        group.end();
        group.hide();
        let switcher = Self {
            group: group.clone(),
            veil: veil.clone(),
            input: input.clone(),
            list,
            state: Rc::default(),
            ui: Rc::clone(ui),
        };
        veil.handle({
            let ui = Rc::clone(ui);
            move |_, event| {
                if event == Event::Push {
                    ui.act(Action::CloseSwitcher);
                }
                matches!(event, Event::Push | Event::Enter | Event::Move | Event::Leave | Event::MouseWheel)
            }
        });
        fltk_ext::draw_behind(&switcher.group, {
            let switcher = switcher.clone();
            move || switcher.draw()
        });
        input.set_callback({
            let ui = Rc::clone(ui);
            move |_| ui.act(Action::Switching)
        });
        // After FLTK's own drawing: the words stand where the caret is.
        input.draw({
            let switcher = switcher.clone();
            move |_| switcher.draw_placeholder()
        });
        input.super_handle_first(false);
        input.handle({
            let switcher = switcher.clone();
            move |input, event| {
                Editable::Line(input.clone()).hear(&switcher.ui, event, true)
                    || event == Event::KeyDown && switcher.handle_key()
            }
        });
        switcher
    }

    /// Opens the card with nothing typed in it.
    pub fn open(&self, placeholder: &str) {
        placeholder.clone_into(&mut self.state.borrow_mut().placeholder);
        let theme = self.ui.theme();
        self.input.clone().set_value("");
        fltk_ext::dress(&self.input, &theme, theme.colors.page, theme.sizes.body + 1);
        self.group.clone().show();
        self.ui.focus(&self.input);
    }

    /// Puts the caret into it.
    pub fn focus(&self) {
        self.ui.focus(&self.input);
    }

    /// Takes it away.
    pub fn close(&self) {
        self.group.clone().hide();
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// What is typed.
    pub fn typed(&self) -> String {
        self.input.value()
    }

    /// Shows what fits what is typed, the best first and chosen.
    pub fn show(&self, found: Vec<(ConversationId, Row<ConversationId>)>) {
        let (keys, rows): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        {
            let mut state = self.state.borrow_mut();
            if state.keys != keys {
                state.chosen = 0;
            }
            state.keys = keys;
            state.rows = rows;
        }
        self.show_rows();
        self.place(Rect::of(&self.group));
    }

    fn show_rows(&self) {
        let state = self.state.borrow();
        let chosen = state.keys.get(state.chosen).copied();
        let rows = state.rows.clone();
        drop(state);
        self.list.set_rows(rows, chosen);
        if let Some(chosen) = chosen {
            self.list.reveal(&chosen);
        }
    }

    /// The rows in view, each with its place.
    pub fn rects(&self) -> Vec<(ConversationId, Rect)> {
        if self.is_open() { self.list.rects() } else { Vec::new() }
    }

    /// Makes all of the window its own, the card in its upper half.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        self.veil.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let card = self.card();
        self.input.clone().resize(card.x + 14, card.y + 6, card.w - 28, INPUT_HEIGHT - 12);
        let list = Rect::new(card.x + 1, card.y + INPUT_HEIGHT + 1, card.w - 2, card.h - INPUT_HEIGHT - 11);
        self.list.place(list);
        self.group.clone().redraw();
    }

    fn card(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let width = WIDTH.min(rect.w - 40);
        let count = i32::try_from(self.state.borrow().rows.len()).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS);
        let height = INPUT_HEIGHT + count * self.ui.theme().sizes.conversation_row + 19;
        let top = rect.y + (rect.h / 8).max(20);
        Rect::new(rect.x + (rect.w - width) / 2, top, width, height.min(rect.h - 40))
    }

    fn handle_key(&self) -> bool {
        let steps = match app::event_key() {
            Key::Escape => {
                self.ui.act(Action::CloseSwitcher);
                return true;
            }
            Key::Enter | Key::KPEnter => {
                let state = self.state.borrow();
                let chosen = state.keys.get(state.chosen);
                self.ui.act(chosen.map_or(Action::CloseSwitcher, |id| Action::Switch(*id)));
                return true;
            }
            Key::Up => -1,
            Key::Tab if app::is_event_shift() => -1,
            Key::Down | Key::Tab => 1,
            key if key == Key::from_char('k') && app::is_event_ctrl() => 1,
            _ => return false,
        };
        {
            let mut state = self.state.borrow_mut();
            let count = state.keys.len() as isize;
            if count > 0 {
                state.chosen = (state.chosen as isize + steps).rem_euclid(count) as usize;
            }
        }
        self.show_rows();
        true
    }

    fn draw(&self) {
        let colors = self.ui.theme().colors;
        let paint = &self.ui.paint;
        paint.veil(Rect::of(&self.group), 0, 72);
        let card = self.card();
        paint.framed(card, 12, colors.page, colors.border);
        paint.fill(Rect::new(card.x + 1, card.y + INPUT_HEIGHT, card.w - 2, 1), colors.line);
    }

    fn draw_placeholder(&self) {
        if self.input.value().is_empty() {
            let theme = self.ui.theme();
            let rect = Rect::of(&self.input);
            let room = Rect { x: rect.x + 6, w: rect.w - 6, ..rect };
            let face = Face::regular(theme.sizes.body + 1);
            let state = self.state.borrow();
            self.ui.paint.label(face, theme.colors.dim, Align::Left, &state.placeholder, room);
        }
    }
}
