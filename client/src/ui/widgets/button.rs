//! Buttons and the check box, drawn in the house's style on FLTK's own, which bring keyboard and mouse with them.

use std::cell::Cell;
use std::rc::Rc;

use fltk::enums::{Color, Cursor, Event, FrameType, Key};
use fltk::prelude::*;
use fltk::{app, button, draw};

use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Palette;
use crate::ui::{Action, UiContext};

/// What a button looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The button to press: filled.
    Filled,
    /// The other button: an edge.
    Outlined,
    /// Words only, in a header.
    Quiet,
    /// Nothing of its own: whatever is drawn there can be pressed.
    Unseen,
}

/// A button that does one [`Action`].
#[derive(Clone)]
pub struct Button {
    widget: button::Button,
    ui: Rc<UiContext>,
    face: Face,
    look: Look,
}

impl Button {
    /// A button on this ground.
    pub fn new(ui: &Rc<UiContext>, look: Look, ground: fn(&Palette) -> Color, action: Action) -> Self {
        let mut widget = button::Button::default();
        widget.set_frame(FrameType::NoBox);
        widget.super_draw(false);
        // FLTK's own would hear the space bar before what was done is carried out.
        widget.super_handle_first(false);
        let face = match look {
            Look::Filled | Look::Outlined => Face::bold(15),
            Look::Quiet | Look::Unseen => Face::regular(14),
        };
        let is_hovered = Rc::new(Cell::new(false));
        widget.handle({
            let (ui, is_hovered) = (Rc::clone(ui), Rc::clone(&is_hovered));
            move |widget, event| {
                if event == Event::KeyDown && ui.catch_up() {
                    return true;
                }
                if matches!(event, Event::Enter | Event::Leave | Event::Hide) {
                    is_hovered.set(event == Event::Enter);
                    if let Some(mut window) = widget.window() {
                        window.set_cursor(if event == Event::Enter { Cursor::Hand } else { Cursor::Default });
                    }
                    widget.redraw();
                }
                // FLTK's own take the space bar only.
                let is_pressed =
                    event == Event::KeyDown && matches!(app::event_key(), Key::Enter | Key::KPEnter);
                if is_pressed {
                    widget.do_callback();
                }
                is_pressed
            }
        });
        widget.draw({
            let ui = Rc::clone(ui);
            move |widget| draw_button(&ui, widget, look, face, ground, is_hovered.get())
        });
        widget.set_callback({
            let ui = Rc::clone(ui);
            move |_| ui.act(action.clone())
        });
        Self { widget, ui: Rc::clone(ui), face, look }
    }

    /// A button that shows itself only under the mouse and with the keyboard.
    pub fn unseen(ui: &Rc<UiContext>, action: Action) -> Self {
        Self::new(ui, Look::Unseen, |colors| colors.side, action)
    }

    /// The widget, for its owner to place.
    pub fn widget(&self) -> &button::Button {
        &self.widget
    }

    /// Changes what it says.
    pub fn set_text(&self, text: &str) {
        if self.widget.label() != text {
            let mut widget = self.widget.clone();
            widget.set_label(text);
            widget.redraw();
        }
    }

    /// Says more while the mouse rests on it.
    pub fn set_hint(&self, hint: &str) {
        self.widget.clone().set_tooltip(hint);
    }

    /// How wide its words need it to be.
    pub fn natural_width(&self) -> i32 {
        let padding = if self.look == Look::Quiet { 20 } else { 44 };
        self.ui.paint.width(self.face, &self.widget.label()).ceil() as i32 + padding
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.widget.clone().resize(rect.x, rect.y, rect.w, rect.h);
    }

    /// Shows or hides it.
    pub fn set_visible(&self, is_visible: bool) {
        fltk_ext::set_visible(&self.widget, is_visible);
    }
}

fn draw_button(
    ui: &UiContext,
    widget: &button::Button,
    look: Look,
    face: Face,
    ground: fn(&Palette) -> Color,
    is_hovered: bool,
) {
    let colors = ui.theme().colors;
    let rect = Rect::of(widget);
    if look == Look::Unseen {
        if widget.has_focus() || is_hovered {
            ui.paint.outline(rect, 8, if widget.has_focus() { colors.accent } else { colors.border });
        }
        return;
    }
    ui.paint.fill(rect, ground(colors));
    let ink = match look {
        Look::Filled => {
            ui.paint.rounded(rect, 8, if is_hovered { colors.accent_hover } else { colors.accent });
            colors.on_accent
        }
        Look::Outlined => {
            ui.paint.framed(rect, 8, if is_hovered { colors.hover } else { ground(colors) }, colors.border);
            colors.ink
        }
        Look::Quiet if is_hovered => {
            ui.paint.rounded(rect, 6, colors.hover);
            colors.ink
        }
        Look::Quiet | Look::Unseen => colors.dim,
    };
    if widget.has_focus() {
        let ring = if look == Look::Filled { colors.on_accent } else { colors.accent };
        ui.paint.outline(rect.inset(3, 3), 6, ring);
    }
    ui.paint.label(face, ink, Align::Center, &widget.label(), rect);
}

/// A box to tick, with words behind it.
#[derive(Clone)]
pub struct CheckBox {
    widget: button::CheckButton,
    ui: Rc<UiContext>,
}

impl CheckBox {
    /// A box that is not ticked.
    pub fn new(ui: &Rc<UiContext>, ground: fn(&Palette) -> Color) -> Self {
        let ui = Rc::clone(ui);
        let mut widget = button::CheckButton::default();
        widget.set_frame(FrameType::NoBox);
        widget.super_draw(false);
        let painter = Rc::clone(&ui);
        widget.draw(move |widget| {
            let ui = &painter;
            let theme = ui.theme();
            let rect = Rect::of(widget);
            ui.paint.fill(rect, ground(theme.colors));
            let tick = Rect::new(rect.x + 2, rect.y + (rect.h - 16) / 2, 16, 16);
            if widget.value() {
                ui.paint.rounded(tick, 4, theme.colors.accent);
                ui.paint.tick(tick, theme.colors.on_accent);
            } else {
                ui.paint.framed(tick, 4, theme.colors.field, theme.colors.dim);
            }
            if widget.has_focus() {
                ui.paint.outline(tick.inset(-2, -2), 6, theme.colors.accent);
            }
            let words = Rect::new(rect.x + 26, rect.y, rect.w - 26, rect.h);
            let face = Face::regular(theme.sizes.label);
            ui.paint.label(face, theme.colors.ink, Align::Left, &widget.label(), words);
            draw::set_line_style(draw::LineStyle::Solid, 0);
        });
        Self { widget, ui }
    }

    /// Enter does this, as in the fields beside it.
    pub fn on_enter(&self, action: Action) {
        let ui = Rc::clone(&self.ui);
        self.widget.clone().handle(move |_, event| {
            let is_entered = event == Event::KeyDown && matches!(app::event_key(), Key::Enter | Key::KPEnter);
            if is_entered {
                ui.act(action.clone());
            }
            is_entered
        });
    }

    /// Does this whenever somebody ticks it or takes the tick away.
    pub fn on_change(&self, action: Action) {
        let ui = Rc::clone(&self.ui);
        self.widget.clone().set_callback(move |_| ui.act(action.clone()));
    }

    /// The widget, for its owner to place.
    pub fn widget(&self) -> &button::CheckButton {
        &self.widget
    }

    /// Changes what it says.
    pub fn set_text(&self, text: &str) {
        self.widget.clone().set_label(text);
    }

    /// Shows or hides it.
    pub fn set_visible(&self, is_visible: bool) {
        fltk_ext::set_visible(&self.widget, is_visible);
    }

    /// Ticks it, or takes the tick away. Nobody is told.
    pub fn set_ticked(&self, is_ticked: bool) {
        self.widget.set_checked(is_ticked);
    }

    /// Lets somebody change it, or not.
    pub fn set_active(&self, is_active: bool) {
        let mut widget = self.widget.clone();
        if is_active { widget.activate() } else { widget.deactivate() }
    }

    /// How wide its words need it to be.
    pub fn natural_width(&self) -> i32 {
        let face = Face::regular(self.ui.theme().sizes.label);
        self.ui.paint.width(face, &self.widget.label()).ceil() as i32 + 30
    }

    /// Whether it is ticked.
    pub fn is_ticked(&self) -> bool {
        self.widget.value()
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.widget.clone().resize(rect.x, rect.y, rect.w, rect.h);
    }
}
