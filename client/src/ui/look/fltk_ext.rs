//! What all of our widgets do with FLTK's own.

use fltk::enums::{CallbackTrigger, Color, Event, FrameType};
use fltk::group::Group;
use fltk::input::Input;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::ui::look::theme::{REGULAR, Theme};

/// Draws this below what lies in the group.
pub fn draw_behind(group: &Group, draw: impl Fn() + 'static) {
    let mut group = group.clone();
    group.super_draw_first(false);
    group.draw(move |group| {
        draw();
        group.draw_children();
    });
}

/// Has its owner draw a widget, and hear what happens to it. The owner holds the widget, so this comes after both.
pub fn give<T: Clone + 'static>(widget: &Widget, owner: &T, draw: fn(&T), handle: fn(&T, Event) -> bool) {
    let mut widget = widget.clone();
    widget.draw({
        let owner = owner.clone();
        move |_| draw(&owner)
    });
    let owner = owner.clone();
    widget.handle(move |_, event| handle(&owner, event));
}

/// Shows a widget or takes it away.
pub fn set_visible(widget: &(impl WidgetExt + Clone), is_visible: bool) {
    let mut widget = widget.clone();
    if is_visible { widget.show() } else { widget.hide() }
}

/// How many characters may stand in a field: more than anybody means to write there, and few enough to draw at once.
const MOST_TYPED: i32 = 2000;

/// An input without a frame of its own, which tells of each change.
pub fn input() -> Input {
    let mut input = Input::default();
    input.set_frame(FrameType::FlatBox);
    input.set_text_font(REGULAR);
    input.set_maximum_size(MOST_TYPED);
    input.set_trigger(CallbackTrigger::Changed);
    input
}

/// Gives an input the theme's colours, on this ground and in this size.
pub fn dress(input: &Input, theme: &Theme, ground: Color, size: i32) {
    let mut input = input.clone();
    input.set_color(ground);
    input.set_text_color(theme.colors.ink);
    input.set_cursor_color(theme.colors.accent);
    input.set_selection_color(theme.colors.marked);
    input.set_text_size(size);
}
