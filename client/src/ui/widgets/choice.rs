//! Options of which one is chosen, side by side in one frame: a widget of its own, and the frame alone for a page
//! that has many such frames.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Painter, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::{Action, UiContext};

/// How tall the frame is.
pub const HEIGHT: i32 = 30;
/// Left and right of each of the words.
const PADDING: i32 = 13;

/// What stands out in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The option that holds.
    pub current: Option<usize>,
    /// The option under the mouse.
    pub hovered: Option<usize>,
    /// The option that the keyboard is at.
    pub cursor: Option<usize>,
}

/// Where each of the words goes in a frame whose left upper corner is here.
pub fn cells<'w>(ui: &UiContext, words: impl Iterator<Item = &'w str>, mut x: i32, y: i32) -> Vec<Rect> {
    let face = Face::regular(ui.theme().sizes.label);
    let place = |words: &str| {
        let cell = Rect::new(x, y, ui.paint.width(face, words).ceil() as i32 + 2 * PADDING, HEIGHT);
        x += cell.w;
        cell
    };
    words.map(place).collect()
}

/// Draws a frame with these words in these [`cells`].
pub fn draw<'w>(
    paint: &Painter,
    theme: &Theme,
    words: impl Iterator<Item = &'w str>,
    cells: &[Rect],
    marks: Marks,
) {
    let colors = theme.colors;
    if let (Some(first), Some(last)) = (cells.first(), cells.last()) {
        let whole = Rect::new(first.x, first.y, last.x + last.w - first.x, first.h);
        paint.framed(whole, 8, colors.field, colors.border);
    }
    for (index, (words, cell)) in words.zip(cells).enumerate() {
        let is_current = marks.current == Some(index);
        if is_current {
            paint.rounded(cell.inset(2, 2), 6, colors.accent);
        } else if marks.hovered == Some(index) {
            paint.rounded(cell.inset(2, 2), 6, colors.hover);
        }
        let ink = if is_current { colors.on_accent } else { colors.ink };
        paint.label(Face::regular(theme.sizes.label), ink, Align::Center, words, *cell);
        if marks.cursor == Some(index) {
            paint.outline(cell.inset(-2, -2), 9, colors.accent);
        }
    }
}

/// The widget: Left and Right choose, and so does the mouse. Cloning gives another handle to the same widget.
#[derive(Clone)]
pub struct Choice {
    widget: Widget,
    state: Rc<RefCell<State>>,
    act: Rc<dyn Fn(usize) -> Action>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    words: Vec<String>,
    current: usize,
    hovered: Option<usize>,
}

impl Choice {
    /// A choice of nothing yet; choosing does what `act` says.
    pub fn new(ui: &Rc<UiContext>, act: impl Fn(usize) -> Action + 'static) -> Self {
        let widget = Widget::default();
        let choice = Self { widget, state: Rc::default(), act: Rc::new(act), ui: Rc::clone(ui) };
        fltk_ext::give(&choice.widget, &choice, Self::draw, Self::handle);
        choice
    }

    /// The widget, for its owner to show and hide.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }

    /// Changes the words.
    pub fn set_words(&self, words: Vec<String>) {
        self.state.borrow_mut().words = words;
        self.widget.clone().redraw();
    }

    /// The chosen option.
    pub fn current(&self) -> usize {
        self.state.borrow().current
    }

    /// Chooses an option. Nobody is told.
    pub fn set_current(&self, current: usize) {
        self.state.borrow_mut().current = current;
        self.widget.clone().redraw();
    }

    /// How wide its words need it to be, with the ring around what has the keyboard.
    pub fn natural_width(&self) -> i32 {
        self.cells().iter().map(|cell| cell.w).sum::<i32>() + 4
    }

    /// How tall it is, with that ring.
    pub const fn height() -> i32 {
        HEIGHT + 4
    }

    /// Puts it here.
    pub fn place(&self, x: i32, y: i32) {
        self.widget.clone().resize(x, y, self.natural_width(), Self::height());
    }

    /// The words, and where each is.
    pub fn rects(&self) -> Vec<(String, Rect)> {
        self.state.borrow().words.iter().cloned().zip(self.cells()).collect()
    }

    fn cells(&self) -> Vec<Rect> {
        let state = self.state.borrow();
        let words = state.words.iter().map(String::as_str);
        cells(&self.ui, words, self.widget.x() + 2, self.widget.y() + 2)
    }

    fn choose(&self, index: usize) {
        let is_other = self.current() != index;
        self.set_current(index);
        if is_other {
            self.ui.act((self.act)(index));
        }
    }

    fn handle(&self, event: Event) -> bool {
        let (x, y) = app::event_coords();
        let at_mouse = || self.cells().into_iter().position(|cell| cell.contains(x, y));
        match event {
            Event::Enter | Event::Move | Event::Leave => {
                self.state.borrow_mut().hovered = at_mouse();
                self.widget.clone().redraw();
            }
            Event::Push => {
                self.ui.focus(&self.widget);
                if let Some(index) = at_mouse() {
                    self.choose(index);
                }
            }
            Event::Focus | Event::Unfocus => self.widget.clone().redraw(),
            Event::KeyDown => {
                let last = self.state.borrow().words.len().saturating_sub(1);
                match app::event_key() {
                    Key::Left => self.choose(self.current().saturating_sub(1)),
                    Key::Right => self.choose((self.current() + 1).min(last)),
                    _ => return false,
                }
            }
            _ => return false,
        }
        true
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        self.ui.paint.fill(Rect::of(&self.widget), theme.colors.page);
        let cells = self.cells();
        let state = self.state.borrow();
        let marks = Marks {
            current: Some(state.current),
            hovered: state.hovered,
            cursor: self.widget.has_focus().then_some(state.current),
        };
        draw(&self.ui.paint, &theme, state.words.iter().map(String::as_str), &cells, marks);
    }
}
