//! A field of a form: what it asks for, a rounded frame with a stock input inside, and what is wrong with its text.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::input::{Input, InputType};
use fltk::prelude::*;

use crate::model::layout;
use crate::ui::paint::{Align, Face, Rect};
use crate::ui::{Action, Kit, stock};

/// Above the frame, for what the field asks for.
const LABEL_HEIGHT: i32 = 24;
/// The frame.
const FRAME_HEIGHT: i32 = 38;
/// Below the frame, for each line of what is wrong.
const ERROR_LINE_HEIGHT: i32 = 17;

/// The field. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Field {
    group: Group,
    input: Input,
    words: Rc<RefCell<Words>>,
    error_lines: usize,
    kit: Rc<Kit>,
}

#[derive(Default)]
struct Words {
    label: String,
    error: Option<String>,
}

impl Field {
    /// An empty field with room for so many lines of error. Enter in it does `entered`; typing takes back what was said
    /// to be wrong.
    pub fn new(kit: &Rc<Kit>, error_lines: usize, entered: Action) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let input = stock::input();
        group.end();
        let field = Self { group, input, words: Rc::default(), error_lines, kit: Rc::clone(kit) };
        field.restyle();

        stock::draw_behind(&field.group, {
            let field = field.clone();
            move || field.draw()
        });
        let mut input = field.input.clone();
        input.set_callback({
            let field = field.clone();
            move |input| {
                field.set_error(None);
                if input.get_type::<InputType>() == InputType::Secret {
                    // FLTK draws anew what is right of the caret, by the width of the letters and not of the dots.
                    input.redraw();
                }
            }
        });
        input.handle({
            let field = field.clone();
            move |_, event| match event {
                Event::Focus | Event::Unfocus => {
                    field.group.clone().redraw();
                    false
                }
                Event::KeyDown if matches!(app::event_key(), Key::Enter | Key::KPEnter) => {
                    field.kit.act(entered.clone());
                    true
                }
                _ => false,
            }
        });
        input.super_handle_first(false);
        field
    }

    /// Shows dots in place of what stands in it.
    pub fn hide_text(&self) {
        self.input.clone().set_type(InputType::Secret);
    }

    /// How tall it is, with its label and the lines for an error.
    pub fn height(&self) -> i32 {
        LABEL_HEIGHT + FRAME_HEIGHT + 3 + self.error_lines as i32 * ERROR_LINE_HEIGHT
    }

    /// Takes the theme's colours over into the stock input.
    pub fn restyle(&self) {
        let theme = self.kit.theme();
        stock::dress(&self.input, &theme, theme.colors.field, theme.sizes.body);
    }

    /// Changes what it asks for.
    pub fn set_label(&self, label: &str) {
        self.words.borrow_mut().label = label.to_owned();
        self.group.clone().redraw();
    }

    /// Whether it has the keyboard.
    pub fn has_focus(&self) -> bool {
        self.input.has_focus()
    }

    /// Says what is wrong, or that nothing is; with an empty text, only that something is.
    pub fn set_error(&self, error: Option<String>) {
        if self.words.borrow().error != error {
            self.words.borrow_mut().error = error;
            self.group.clone().redraw();
        }
    }

    /// Whether there is room below the field for all of `error`.
    pub fn has_room_for(&self, error: &str) -> bool {
        let face = Face::regular(self.kit.theme().sizes.small);
        let width_of = |text: &str| self.kit.paint.width(face, text);
        layout::wrap(error, self.group.w() as f32, width_of).len() <= self.error_lines
    }

    /// What is said to be wrong.
    pub fn error(&self) -> Option<String> {
        self.words.borrow().error.clone()
    }

    /// What stands in it.
    pub fn text(&self) -> String {
        self.input.value()
    }

    /// Changes what stands in it.
    pub fn set_text(&self, text: &str) {
        self.input.clone().set_value(text);
    }

    /// Whether its text can be changed.
    pub fn set_editable(&self, is_editable: bool) {
        let colors = self.kit.theme().colors;
        let mut input = self.input.clone();
        if input.readonly() == is_editable {
            input.set_readonly(!is_editable);
            // FLTK marks the place in a text that cannot be changed with a small hook.
            input.set_cursor_color(if is_editable { colors.accent } else { colors.field });
            input.redraw();
        }
    }

    /// Puts the caret into it, with all of its text selected.
    pub fn focus(&self) {
        self.kit.focus(&self.input);
        let mut input = self.input.clone();
        let end = i32::try_from(input.value().len()).unwrap_or(0);
        let _ = input.set_position(end);
        let _ = input.set_mark(0);
    }

    /// Puts it here.
    pub fn place(&self, x: i32, y: i32, width: i32) {
        self.group.clone().resize(x, y, width, self.height());
        let inner = self.frame().inset(9, 3);
        self.input.clone().resize(inner.x, inner.y, inner.w, inner.h);
    }

    /// Where its frame is: where to click.
    pub fn frame(&self) -> Rect {
        Rect::new(self.group.x(), self.group.y() + LABEL_HEIGHT, self.group.w(), FRAME_HEIGHT)
    }

    fn draw(&self) {
        let theme = self.kit.theme();
        let paint = &self.kit.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        let words = self.words.borrow();
        let label = Rect::new(rect.x, rect.y, rect.w, LABEL_HEIGHT);
        paint.label(Face::regular(theme.sizes.small + 1), theme.colors.dim, Align::Left, &words.label, label);
        let edge = if words.error.is_some() {
            theme.colors.danger
        } else if self.input.has_focus() {
            theme.colors.accent
        } else {
            theme.colors.border
        };
        paint.framed(self.frame(), 8, theme.colors.field, edge);
        let Some(error) = &words.error else { return };
        let face = Face::regular(theme.sizes.small);
        let lines = layout::wrap(error, rect.w as f32, |text| paint.width(face, text));
        for (index, line) in lines.into_iter().take(self.error_lines).enumerate() {
            let y = rect.y + LABEL_HEIGHT + FRAME_HEIGHT + 3 + index as i32 * ERROR_LINE_HEIGHT;
            let row = Rect::new(rect.x, y, rect.w, ERROR_LINE_HEIGHT);
            paint.label(face, theme.colors.danger, Align::Left, &error[line], row);
        }
    }
}
