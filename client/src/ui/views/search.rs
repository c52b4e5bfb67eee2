//! The bar that looks for words in the conversation: a field, how many places there are, ways to the next place, and
//! a way further back than what is here.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::input::Input;
use fltk::prelude::*;

use crate::ui::edit::Editable;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::widgets::button::{Button, Look};
use crate::ui::{Action, UiContext, keys};

const HEIGHT: i32 = 48;
const MARGIN: i32 = 16;
const FIELD_WIDTH: i32 = 300;
const LEAST_FIELD_WIDTH: i32 = 84;
const BUTTON_WIDTH: i32 = 34;
/// How much was found, behind the field.
const COUNT_WIDTH: i32 = 150;
/// In less than this there is no use in saying it.
const LEAST_COUNT_WIDTH: i32 = 40;

/// The bar. Cloning gives another handle to the same bar.
#[derive(Clone)]
pub struct SearchBar {
    group: Group,
    input: Input,
    /// Looks for them in what is older.
    pub further: Button,
    /// To the place above.
    pub up: Button,
    /// To the place below.
    pub down: Button,
    /// Takes the bar away.
    pub close: Button,
    words: Rc<RefCell<Words>>,
    ui: Rc<UiContext>,
}

#[derive(Default, PartialEq)]
struct Words {
    placeholder: String,
    count: String,
    further: Option<&'static str>,
}

impl SearchBar {
    /// A bar that is hidden until it is [opened](Self::open).
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut input = fltk_ext::input();
        let further = Button::new(ui, Look::Quiet, |colors| colors.page, Action::SearchFurther);
        let button = |action| Button::new(ui, Look::Quiet, |colors| colors.page, action);
        let (up, down, close) =
            (button(Action::SearchGo(-1)), button(Action::SearchGo(1)), button(Action::CloseSearch));
        group.end();
        group.hide();
        for (button, sign) in [(&up, "↑"), (&down, "↓"), (&close, "✕")] {
            button.set_text(sign);
        }
        let bar = Self {
            group: group.clone(),
            input: input.clone(),
            further,
            up,
            down,
            close,
            words: Rc::default(),
            ui: Rc::clone(ui),
        };
        fltk_ext::draw_behind(&bar.group, {
            let bar = bar.clone();
            move || bar.draw()
        });
        input.set_callback({
            let ui = Rc::clone(ui);
            move |input| {
                input.redraw();
                ui.act(Action::SearchTyped);
            }
        });
        input.super_handle_first(false);
        input.handle({
            let bar = bar.clone();
            move |input, event| match event {
                _ if Editable::Line(input.clone()).hear(&bar.ui, event, true) => true,
                Event::Focus | Event::Unfocus => {
                    bar.group.clone().redraw();
                    false
                }
                Event::KeyDown => {
                    let action = match app::event_key() {
                        Key::Enter | Key::KPEnter if app::is_event_shift() => Action::SearchGo(1),
                        Key::Enter | Key::KPEnter | Key::Up if !app::is_event_alt() => Action::SearchGo(-1),
                        Key::Down if !app::is_event_alt() => Action::SearchGo(1),
                        Key::Escape => Action::CloseSearch,
                        _ => match keys::pressed() {
                            Some(action) => action,
                            None => return false,
                        },
                    };
                    bar.ui.act(action);
                    true
                }
                _ => false,
            }
        });
        input.draw({
            let bar = bar.clone();
            move |input| {
                if input.value().is_empty() {
                    let theme = bar.ui.theme();
                    let room = Rect::of(input).inset(4, 0);
                    let words = bar.words.borrow();
                    let face = Face::regular(theme.sizes.label);
                    bar.ui.paint.label(face, theme.colors.dim, Align::Left, &words.placeholder, room);
                }
            }
        });
        bar.restyle();
        bar
    }

    /// Shows the bar, and puts the caret into it with what was looked for last selected.
    pub fn open(&self) {
        self.group.clone().show();
        let mut input = self.input.clone();
        // It is no longer than the text itself.
        let _ = input.set_position(0);
        let _ = input.set_mark(i32::try_from(input.value().len()).unwrap_or(0));
        self.ui.focus(&self.input);
    }

    /// Puts the caret into it.
    pub fn focus(&self) {
        self.ui.focus(&self.input);
    }

    /// Takes it away.
    pub fn hide(&self) {
        self.group.clone().hide();
    }

    /// Whether it is there.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// How tall it is: nothing while it is not there.
    pub fn height(&self) -> i32 {
        if self.is_open() { HEIGHT } else { 0 }
    }

    /// What is looked for.
    pub fn text(&self) -> String {
        self.input.value()
    }

    /// Whether it has the keyboard.
    pub fn has_focus(&self) -> bool {
        self.input.has_focus()
    }

    /// The rounded frame: where to click.
    pub fn frame(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let others = 2 * MARGIN + 3 * BUTTON_WIDTH + COUNT_WIDTH + self.further_width();
        let width = FIELD_WIDTH.min((rect.w - others).max(LEAST_FIELD_WIDTH));
        Rect::new(rect.x + MARGIN, rect.y + 8, width, rect.h - 14)
    }

    /// Changes what it says: while it is empty, how much was found, and the words of the button that looks further
    /// back, if there is to be such a button.
    pub fn set_words(&self, placeholder: &str, count: String, further: Option<&'static str>) {
        let words = Words { placeholder: placeholder.to_owned(), count, further };
        if *self.words.borrow() != words {
            *self.words.borrow_mut() = words;
            self.place(Rect::of(&self.group));
        }
    }

    /// How much was found, in words.
    pub fn count(&self) -> String {
        self.words.borrow().count.clone()
    }

    /// Takes the theme's colours over into the stock input.
    pub fn restyle(&self) {
        let theme = self.ui.theme();
        fltk_ext::dress(&self.input, &theme, theme.colors.field, theme.sizes.label);
    }

    /// Puts it here; as tall as [`height`](Self::height) says.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, HEIGHT);
        let further = self.words.borrow().further;
        self.further.set_visible(further.is_some());
        self.further.set_text(further.unwrap_or_default());
        let frame = self.frame();
        self.input.clone().resize(frame.x + 8, frame.y + 3, frame.w - 16, frame.h - 6);
        let mut right = rect.x + rect.w - MARGIN;
        for button in [&self.close, &self.down, &self.up] {
            right -= BUTTON_WIDTH;
            button.place(Rect::new(right, frame.y + 2, BUTTON_WIDTH, frame.h - 4));
        }
        let width = self.further_width();
        self.further.place(Rect::new(right - width - 6, frame.y + 3, width, frame.h - 6));
        self.group.clone().redraw();
    }

    fn further_width(&self) -> i32 {
        if self.words.borrow().further.is_some() { self.further.natural_width() } else { 0 }
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        paint.fill(Rect::new(rect.x, rect.y + rect.h - 1, rect.w, 1), theme.colors.line);
        let frame = self.frame();
        let edge = if self.input.has_focus() { theme.colors.accent } else { theme.colors.border };
        paint.framed(frame, 8, theme.colors.field, edge);
        let left = frame.x + frame.w + 12;
        let words = self.words.borrow();
        let next = if words.further.is_some() { &self.further } else { &self.up };
        let room = Rect::new(left, frame.y, next.widget().x() - left - 8, frame.h);
        if room.w < LEAST_COUNT_WIDTH {
            return;
        }
        paint.label(Face::regular(theme.sizes.small), theme.colors.dim, Align::Left, &words.count, room);
    }
}
