//! A field of a form: what it asks for, a rounded frame with a stock input inside, and what is wrong with its text.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::input::{Input, InputType};
use fltk::prelude::*;

use crate::text::wrap;
use crate::ui::edit::Editable;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::{Action, UiContext};

/// Above the frame, for what the field asks for.
const LABEL_HEIGHT: i32 = 24;
/// The frame.
const FRAME_HEIGHT: i32 = 38;
/// Below the frame where nothing is wrong.
const GAP: i32 = 12;
/// Below the frame, for each line of what is wrong.
const ERROR_LINE_HEIGHT: i32 = 17;

/// The field. Cloning gives another handle to the same field.
#[derive(Clone)]
pub struct Field {
    group: Group,
    input: Input,
    words: Rc<RefCell<Words>>,
    most_lines: usize,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct Words {
    label: String,
    hint: String,
    error: Option<String>,
    /// Whether dots stand for the text.
    is_secret: bool,
    /// What is done whenever something else stands in it.
    changed: Option<Action>,
}

impl Field {
    /// How tall it is while nothing is wrong.
    pub const LEAST_HEIGHT: i32 = LABEL_HEIGHT + FRAME_HEIGHT + GAP;

    /// An empty field that says what is wrong in so many lines at most. Enter in it does `entered`; typing takes back
    /// what was said to be wrong.
    pub fn new(ui: &Rc<UiContext>, most_lines: usize, entered: Action) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let input = fltk_ext::input();
        group.end();
        let field = Self { group, input, words: Rc::default(), most_lines, ui: Rc::clone(ui) };
        field.restyle();

        fltk_ext::draw_behind(&field.group, {
            let field = field.clone();
            move || field.draw()
        });
        let mut input = field.input.clone();
        input.set_callback({
            let field = field.clone();
            move |input| {
                field.set_error(None);
                let changed = field.words.borrow().changed.clone();
                if let Some(changed) = changed {
                    field.ui.act(changed);
                }
                if field.words.borrow().is_secret {
                    // FLTK draws anew what is right of the caret, by the width of the letters and not of the dots.
                    input.redraw();
                }
            }
        });
        input.handle({
            let field = field.clone();
            move |_, event| match event {
                _ if field.editable().hear(&field.ui, event, true) => true,
                Event::Focus | Event::Unfocus => {
                    field.group.clone().redraw();
                    false
                }
                Event::KeyDown if matches!(app::event_key(), Key::Enter | Key::KPEnter) => {
                    field.ui.act(entered.clone());
                    true
                }
                _ => false,
            }
        });
        input.super_handle_first(false);
        input.draw({
            let field = field.clone();
            move |_| field.draw_hint()
        });
        field
    }

    /// Does this whenever somebody changes what stands in it.
    pub fn on_change(&self, action: Action) {
        self.words.borrow_mut().changed = Some(action);
    }

    /// Says something in less weight while nothing stands in it.
    pub fn set_hint(&self, hint: &str) {
        if self.words.borrow().hint != hint {
            hint.clone_into(&mut self.words.borrow_mut().hint);
            self.input.clone().redraw();
        }
    }

    /// What is said while nothing stands in it.
    pub fn hint(&self) -> String {
        self.words.borrow().hint.clone()
    }

    fn editable(&self) -> Editable {
        let input = self.input.clone();
        if self.words.borrow().is_secret { Editable::Secret(input) } else { Editable::Line(input) }
    }

    /// The widget that takes the keyboard.
    pub fn widget(&self) -> &Input {
        &self.input
    }

    /// Shows dots in place of what stands in it.
    pub fn hide_text(&self) {
        // FLTK's own word for it is another while the text cannot be changed.
        self.words.borrow_mut().is_secret = true;
        self.input.clone().set_type(InputType::Secret);
    }

    /// How tall it is at this width, with its label, what is wrong, and the space below it.
    pub fn height_at(&self, width: i32) -> i32 {
        let lines = self.words.borrow().error.as_ref().map_or(0, |error| self.lines(error, width).len());
        let below = if lines == 0 { GAP } else { 7 + lines.min(self.most_lines) as i32 * ERROR_LINE_HEIGHT };
        LABEL_HEIGHT + FRAME_HEIGHT + below
    }

    /// An error in lines of this width.
    fn lines(&self, error: &str, width: i32) -> Vec<Range<usize>> {
        let face = Face::regular(self.ui.theme().sizes.small);
        wrap::wrap(error, width as f32, |text| self.ui.paint.width(face, text))
    }

    /// Takes the theme's colours over into the stock input.
    pub fn restyle(&self) {
        let theme = self.ui.theme();
        fltk_ext::dress(&self.input, &theme, theme.colors.field, theme.sizes.body);
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

    /// Says what is wrong, or that nothing is; with an empty text, only that something is. Gives whether it is news.
    pub fn set_error(&self, error: Option<String>) -> bool {
        let is_news = self.words.borrow().error != error;
        if is_news {
            self.words.borrow_mut().error = error;
            self.group.clone().redraw();
        }
        is_news
    }

    /// Whether there is room below the field for all of `error`.
    pub fn has_room_for(&self, error: &str) -> bool {
        self.lines(error, self.group.w()).len() <= self.most_lines
    }

    /// What is said to be wrong.
    pub fn error(&self) -> Option<String> {
        self.words.borrow().error.clone()
    }

    /// What stands in it.
    pub fn text(&self) -> String {
        self.input.value()
    }

    /// What of that can be seen: of a password, how long it is.
    #[cfg(unix)]
    pub fn seen(&self) -> String {
        let text = self.text();
        if self.words.borrow().is_secret { "•".repeat(text.chars().count()) } else { text }
    }

    /// Changes what stands in it.
    pub fn set_text(&self, text: &str) {
        self.input.clone().set_value(text);
    }

    /// Whether its text can be changed.
    pub fn set_editable(&self, is_editable: bool) {
        let colors = self.ui.theme().colors;
        let mut input = self.input.clone();
        if input.readonly() == is_editable {
            input.set_readonly(!is_editable);
            // FLTK marks the place in a text that cannot be changed with a small hook.
            input.set_cursor_color(if is_editable { colors.accent } else { colors.field });
            input.redraw();
        }
    }

    /// Shows or hides it.
    pub fn set_visible(&self, is_visible: bool) {
        fltk_ext::set_visible(&self.group, is_visible);
    }

    /// Puts the caret into it, with all of its text selected.
    pub fn focus(&self) {
        self.ui.focus(&self.input);
        let mut input = self.input.clone();
        let end = i32::try_from(input.value().len()).unwrap_or(0);
        let _ = input.set_position(end);
        let _ = input.set_mark(0);
    }

    /// Puts it here.
    pub fn place(&self, x: i32, y: i32, width: i32) {
        self.group.clone().resize(x, y, width, self.height_at(width));
        let inner = self.frame().inset(9, 3);
        self.input.clone().resize(inner.x, inner.y, inner.w, inner.h);
    }

    /// Where its frame is: where to click.
    pub fn frame(&self) -> Rect {
        Rect::new(self.group.x(), self.group.y() + LABEL_HEIGHT, self.group.w(), FRAME_HEIGHT)
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
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
        let lines = self.lines(error, rect.w);
        for (index, line) in lines.into_iter().take(self.most_lines).enumerate() {
            let y = rect.y + LABEL_HEIGHT + FRAME_HEIGHT + 3 + index as i32 * ERROR_LINE_HEIGHT;
            let row = Rect::new(rect.x, y, rect.w, ERROR_LINE_HEIGHT);
            paint.label(face, theme.colors.danger, Align::Left, &error[line], row);
        }
    }

    fn draw_hint(&self) {
        if self.input.value().is_empty() {
            let theme = self.ui.theme();
            let place = self.frame().inset(13, 3);
            let hint = &self.words.borrow().hint;
            self.ui.paint.label(Face::regular(theme.sizes.label), theme.colors.dim, Align::Left, hint, place);
        }
    }
}
