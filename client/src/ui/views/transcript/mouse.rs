//! What the mouse does in the transcript: mark, click, scroll, ask.

use std::mem;

use fltk::app;
use fltk::enums::{Cursor, Event, Key};
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::model::viewport::Placed;
use crate::ui::Action;
use crate::ui::action::Zone;
use crate::ui::look::paint::Rect;
use crate::ui::views::transcript::item_layout::RIGHT_MARGIN;
use crate::ui::views::transcript::{Drag, Mark, Transcript, height};

/// Lines that one turn of the wheel moves.
const WHEEL_LINES: i32 = 3;
/// How often the view moves on while the mouse is held outside of it.
const DRAG_SECS: f64 = 0.05;

impl Transcript {
    pub(in crate::ui) fn handle(&self, widget: &mut Widget, event: Event) -> bool {
        let (x, y) = app::event_coords();
        if self.handle_on_picker(event, x, y) {
            return true;
        }
        match event {
            Event::Enter | Event::Move => {
                self.hover(x, y);
                true
            }
            Event::Leave => {
                self.state.borrow_mut().hovered = None;
                self.set_cursor(Cursor::Default);
                widget.redraw();
                true
            }
            Event::Push if app::event_mouse_button() == app::MouseButton::Right => {
                self.ask(x, y);
                true
            }
            Event::Push => {
                self.push(x, y);
                true
            }
            Event::Drag => {
                let drag = self.state.borrow().drag;
                match drag {
                    Drag::Thumb { grabbed_at } => self.drag_thumb_to(y, grabbed_at),
                    Drag::Selection => {
                        self.drag_selection_to(x, y);
                        self.keep_dragging();
                    }
                    Drag::None => {}
                }
                true
            }
            Event::Released => {
                self.release(x, y);
                true
            }
            Event::MouseWheel => {
                self.scroll_by(app::event_dy_value() * WHEEL_LINES * self.ui.theme().sizes.line_height);
                true
            }
            // The composer keeps the focus, so the keys come here as shortcuts that nobody else wanted.
            Event::KeyDown | Event::Shortcut => match app::event_key() {
                Key::PageUp => {
                    self.scroll_pages(-1);
                    true
                }
                Key::PageDown => {
                    self.scroll_pages(1);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What the mouse does on the board that lies over the transcript. Says whether it was there.
    fn handle_on_picker(&self, event: Event, x: i32, y: i32) -> bool {
        let area = Rect::of(&self.widget);
        if !self.picker.place(area).is_some_and(|place| place.contains(x, y)) {
            return false;
        }
        match event {
            Event::Enter | Event::Move => {
                let is_on_cell = self.picker.choose_at(area, x, y);
                self.set_cursor(if is_on_cell { Cursor::Hand } else { Cursor::Default });
            }
            Event::Push if self.picker.choose_at(area, x, y) => self.ui.act(Action::Pick),
            Event::MouseWheel => {
                let down = app::event_dy_value();
                self.picker.scroll(down.signum() as isize);
            }
            Event::Push => {}
            _ => return false,
        }
        self.widget.clone().redraw();
        true
    }

    fn hover(&self, x: i32, y: i32) {
        let widget = &self.widget;
        let is_over_pill = self.pill().is_some_and(|pill| pill.contains(x, y));
        let hovered = self.zone_at(x, y).filter(|_| !is_over_pill).map(|(place, _)| place);
        let cursor = match hovered {
            Some(_) => Cursor::Hand,
            None if is_over_pill => Cursor::Hand,
            None if x < widget.x() + widget.w() - RIGHT_MARGIN => Cursor::Insert,
            None => Cursor::Default,
        };
        self.set_cursor(cursor);
        let before = mem::replace(&mut self.state.borrow_mut().hovered, hovered);
        if before != hovered {
            widget.clone().redraw();
        }
    }

    fn set_cursor(&self, cursor: Cursor) {
        if let Some(mut window) = self.widget.window() {
            window.set_cursor(cursor);
        }
    }

    /// The right button: what can be done with what is here?
    fn ask(&self, x: i32, y: i32) {
        let Some((hit, _)) = self.hit(y) else { return };
        let link = match self.zone_at(x, y) {
            Some((_, Zone::Link(target))) => Some(target),
            _ => None,
        };
        self.ui.act(Action::AskMessage { line: hit.number, link });
    }

    /// While somebody marks words, they stand still, whatever others say meanwhile.
    fn hold(&self) {
        let mut viewport = self.take_viewport();
        viewport.hold(|number| self.measure(number));
        self.put_viewport(viewport);
    }

    fn push(&self, x: i32, y: i32) {
        if self.pill().is_some_and(|pill| pill.contains(x, y)) {
            self.scroll_to_bottom();
            return;
        }
        let is_on_scrollbar = x >= self.widget.x() + self.widget.w() - RIGHT_MARGIN / 2;
        if let Some(thumb) = self.thumb().filter(|_| is_on_scrollbar) {
            let grabbed_at =
                if (thumb.y..thumb.y + thumb.h).contains(&y) { y - thumb.y } else { thumb.h / 2 };
            self.state.borrow_mut().drag = Drag::Thumb { grabbed_at };
            self.drag_thumb_to(y, grabbed_at);
            return;
        }
        let Some(mark) = self.mark_at(x, y) else { return };
        let selection = match app::event_clicks_num() {
            0 => (mark, mark),
            1 => {
                let word = self.page(mark.0).word_at(mark.1);
                ((mark.0, word.start), (mark.0, word.end))
            }
            _ => ((mark.0, 0), (mark.0, (self.item_at)(mark.0).text().len())),
        };
        let pressed = self.zone_at(x, y).map(|(place, _)| place);
        let mut state = self.state.borrow_mut();
        state.pressed = pressed.filter(|_| !app::event_clicks());
        state.selection = Some(selection);
        state.drag = if app::event_clicks() { Drag::None } else { Drag::Selection };
        drop(state);
        self.hold();
        self.widget.clone().redraw();
    }

    fn release(&self, x: i32, y: i32) {
        let pressed = {
            let mut state = self.state.borrow_mut();
            state.drag = Drag::None;
            state.pressed.take()
        };
        self.state.borrow_mut().viewport().let_go();
        if let Some(text) = self.selected_text() {
            app::copy2(&text);
            return;
        }
        if let Some((place, zone)) = self.zone_at(x, y).filter(|(place, _)| Some(*place) == pressed) {
            self.ui.act(Action::Touch { line: place.0, zone });
        }
    }

    /// While the mouse is held above or below the view, more and more is marked though it does not move.
    fn keep_dragging(&self) {
        if !self.is_drag_outside() || mem::replace(&mut self.state.borrow_mut().keeps_dragging, true) {
            return;
        }
        let transcript = self.clone();
        app::add_timeout3(DRAG_SECS, move |timeout| {
            if transcript.is_drag_outside() {
                let (x, y) = app::event_coords();
                transcript.drag_selection_to(x, y);
                app::repeat_timeout3(DRAG_SECS, timeout);
            } else {
                transcript.state.borrow_mut().keeps_dragging = false;
            }
        });
    }

    /// Whether the mouse marks something and is above or below the view.
    fn is_drag_outside(&self) -> bool {
        let (area, y) = (Rect::of(&self.widget), app::event_y());
        self.state.borrow().drag == Drag::Selection && (y < area.y || y >= area.y + area.h)
    }

    fn drag_selection_to(&self, x: i32, y: i32) {
        let area = Rect::of(&self.widget);
        if y < area.y || y >= area.y + area.h {
            self.scroll_by(if y < area.y { y - area.y } else { y - area.y - area.h + 1 });
        }
        let Some(mark) = self.mark_at(x, y.clamp(area.y, area.y + area.h - 1)) else { return };
        match &mut self.state.borrow_mut().selection {
            Some((_, end)) => *end = mark,
            // What was marked is gone.
            none => *none = Some((mark, mark)),
        }
        self.widget.clone().redraw();
    }

    fn drag_thumb_to(&self, y: i32, grabbed_at: i32) {
        let Some(thumb) = self.thumb() else { return };
        let track = Rect::of(&self.widget).inset(0, 2);
        let fraction = f64::from(y - grabbed_at - track.y) / f64::from((track.h - thumb.h).max(1));
        let mut viewport = self.take_viewport();
        viewport.scroll_to_fraction(fraction, |number| self.measure(number));
        self.put_viewport(viewport);
        self.widget.clone().redraw();
    }

    /// The item at or nearest to a height in the window, and its upper edge.
    fn hit(&self, y: i32) -> Option<(Placed, i32)> {
        let placed = self.placed();
        let y = y - self.widget.y();
        let hit = placed.iter().find(|item| y < item.y + height(item)).or(placed.last())?;
        Some((*hit, self.widget.y() + hit.y))
    }

    /// The place in the text that is nearest to a point.
    fn mark_at(&self, x: i32, y: i32) -> Option<Mark> {
        let (hit, top) = self.hit(y)?;
        let page = self.page(hit.number);
        Some((hit.number, page.byte_at(&self.ui.paint, x - self.widget.x(), y - top)))
    }

    /// What a click at a point does.
    fn zone_at(&self, x: i32, y: i32) -> Option<((u64, usize), Zone)> {
        let (hit, top) = self.hit(y)?;
        let page = self.page(hit.number);
        let (index, zone) = page.zone_at(x - self.widget.x(), y - top)?;
        Some(((hit.number, index), zone.clone()))
    }
}
