//! What is handed to every widget when it is made: how things look, something to draw with, where the widget says
//! what was done, and which widget is to have the keyboard.
//!
//! It decides nothing. [`action`](crate::ui::action) is what can be said here, and the
//! [`controller`](crate::ui::controller) takes it out again.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use fltk::app;
use fltk::enums::Event;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::Action;
use crate::ui::edit::Editable;
use crate::ui::look::paint::Painter;
use crate::ui::look::theme::Theme;

/// What every widget needs: how things look, something to draw with, and where to say what was done.
pub struct UiContext {
    /// Draws, and remembers what it drew.
    pub paint: Painter,
    theme: Cell<Theme>,
    actions: RefCell<VecDeque<Action>>,
    /// Has the controller carry out what was done.
    catch_up: RefCell<Option<Rc<dyn Fn()>>>,
    has_keyboard: Cell<bool>,
    /// What takes the keyboard as soon as the window has it.
    heir: RefCell<Option<Widget>>,
    /// Where something is about to be asked, in the window.
    point: Cell<Option<(i32, i32)>>,
    /// The field whose menu was asked for.
    edited: RefCell<Option<Editable>>,
}

impl UiContext {
    /// A context with this theme.
    pub fn new(theme: Theme) -> Self {
        Self {
            paint: Painter::default(),
            theme: Cell::new(theme),
            actions: RefCell::default(),
            catch_up: RefCell::default(),
            has_keyboard: Cell::new(false),
            heir: RefCell::default(),
            point: Cell::default(),
            edited: RefCell::default(),
        }
    }

    /// How things look now.
    pub fn theme(&self) -> Theme {
        self.theme.get()
    }

    /// Changes how things look.
    pub fn set_theme(&self, theme: Theme) {
        self.theme.set(theme);
    }

    /// Says whether the window has the keyboard.
    pub fn set_has_keyboard(&self, has_keyboard: bool) {
        self.has_keyboard.set(has_keyboard);
    }

    /// Gives the keyboard to a widget: now, or as soon as the window has it. A window manager takes it away for the
    /// time of its own keys, so a question that Alt+F4 brings is asked without it. (FLTK would think that the window
    /// had it, if it were given away before.)
    pub fn focus(&self, widget: &impl WidgetExt) {
        let widget = widget.as_base_widget();
        if self.has_keyboard.get() {
            // A hidden widget refuses the keyboard, and is not the one to have it.
            let _ = widget.clone().take_focus();
        } else {
            *self.heir.borrow_mut() = Some(widget);
        }
    }

    /// The window has the keyboard now: gives it to whatever was to have it. Says whether that took it; otherwise FLTK
    /// gives it back to what had it last.
    pub fn inherit(&self) -> bool {
        let heir = self.heir.borrow_mut().take();
        heir.is_some_and(|mut heir| heir.visible_r() && heir.take_focus().is_ok())
    }

    /// Says where what is asked next is asked: a menu opens there.
    pub fn point_at(&self, x: i32, y: i32) {
        self.point.set(Some((x, y)));
    }

    /// Where it was said to be asked: under the mouse, if nobody said.
    pub fn take_point(&self) -> (i32, i32) {
        self.point.take().unwrap_or_else(|| (app::event_x(), app::event_y()))
    }

    /// Shows what can be done in a field.
    pub fn ask_about(&self, field: Editable) {
        *self.edited.borrow_mut() = Some(field);
        self.act(Action::AskField);
    }

    /// The field whose menu was asked for last.
    pub fn edited(&self) -> Option<Editable> {
        self.edited.borrow().clone()
    }

    /// Says that something was done.
    pub fn act(&self, action: Action) {
        self.actions.borrow_mut().push_back(action);
    }

    /// Says how to have what was done carried out.
    pub fn set_catch_up(&self, catch_up: impl Fn() + 'static) {
        *self.catch_up.borrow_mut() = Some(Rc::new(catch_up));
    }

    /// Has what was done before a key carried out before a widget hears that key: a window that was busy finds several
    /// keys at once, and Enter sends what was written until then, not what is written behind it. If that moves the
    /// keyboard to another widget, that one is given the key; then this is true, and there is nothing more to do with
    /// the key.
    pub fn catch_up(&self) -> bool {
        let catch_up = if self.actions.borrow().is_empty() { None } else { self.catch_up.borrow().clone() };
        let Some(catch_up) = catch_up else { return false };
        let in_focus = || app::focus().map(|widget| widget.as_widget_ptr());
        let before = in_focus();
        catch_up();
        let has_moved = in_focus() != before;
        if has_moved {
            // Nobody wants the key if this says no.
            let _ = app::handle_main(Event::KeyDown);
        }
        has_moved
    }

    /// Takes what was done first.
    pub fn next_action(&self) -> Option<Action> {
        self.actions.borrow_mut().pop_front()
    }
}
