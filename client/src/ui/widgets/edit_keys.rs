//! What keys and mouse do in every field that the user writes in: steps by words, and the field's menu, in our look
//! and language. What is then done with the text is the field's own business.

use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::prelude::*;

use crate::text::word_steps;
use crate::ui::UiContext;
use crate::ui::edit::Editable;

impl Editable {
    /// Hears what happens in the field before FLTK does; says if it was for us. `asks` says whether the menu key is.
    pub fn hear(&self, ui: &Rc<UiContext>, event: Event, asks: bool) -> bool {
        match event {
            Event::Push if app::event_mouse_button() == app::MouseButton::Right => {
                self.focus(ui);
                ui.point_at(app::event_x(), app::event_y());
                ui.ask_about(self.clone());
                true
            }
            // FLTK would take the selection away.
            Event::Released => app::event_mouse_button() == app::MouseButton::Right,
            Event::KeyDown => ui.catch_up() || self.hear_key(ui, asks),
            _ => false,
        }
    }

    fn hear_key(&self, ui: &Rc<UiContext>, asks: bool) -> bool {
        let (is_ctrl, is_shift) = (app::is_event_ctrl(), app::is_event_shift());
        let is_word = is_ctrl && !app::is_event_alt();
        match app::event_key() {
            Key::BackSpace if is_word => self.delete(word_steps::before),
            Key::Delete if is_word && !is_shift => self.delete(word_steps::after),
            Key::Left if is_word => self.go(word_steps::before, is_shift),
            Key::Right if is_word => self.go(word_steps::after, is_shift),
            // FLTK would write over what is there from now on, and nobody would see why.
            Key::Insert if !is_ctrl && !is_shift => {}
            key if asks && (key == Key::Menu || key == Key::F10 && is_shift) => {
                let (x, y, height) = match self {
                    Self::Line(input) | Self::Secret(input) => (input.x(), input.y(), input.h()),
                    Self::Lines(input, _) => (input.x(), input.y(), input.h()),
                };
                ui.point_at(x + 12, y + height);
                ui.ask_about(self.clone());
            }
            _ => return false,
        }
        true
    }

    fn focus(&self, ui: &UiContext) {
        match self {
            Self::Line(input) | Self::Secret(input) => ui.focus(input),
            Self::Lines(input, _) => ui.focus(input),
        }
    }
}
