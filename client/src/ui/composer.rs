//! Where one writes: a stock input, which brings input methods, clipboard and undo with it, inside a rounded frame
//! together with the button that sends.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Align as Side, Event, FrameType, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::text::{self, TextBuffer, TextEditor, WrapMode};

use crate::ui::button::{Button, Look};
use crate::ui::paint::{Align, Face, Rect};
use crate::ui::theme::REGULAR;
use crate::ui::{Action, Kit, keys};

/// Around the frame.
const MARGIN: i32 = 16;
const FRAME_HEIGHT: i32 = 46;
const BUTTON_WIDTH: i32 = 72;
/// Below the frame.
const HINT_HEIGHT: i32 = 26;
/// Lines after which it grows no more.
const MOST_LINES: i32 = 6;

/// The composer. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Composer {
    group: Group,
    input: TextEditor,
    buffer: TextBuffer,
    /// 发送
    pub send: Button,
    words: Rc<RefCell<Words>>,
    kit: Rc<Kit>,
}

#[derive(Default, PartialEq)]
struct Words {
    placeholder: String,
    hint: String,
    /// Why what is written here was not done; stands in the hint's place.
    refusal: Option<String>,
}

impl Composer {
    /// An empty composer.
    pub fn new(kit: &Rc<Kit>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut input = TextEditor::default();
        let send = Button::new(kit, Look::Filled, |colors| colors.field, Action::Send);
        group.end();
        send.widget().clone().clear_visible_focus();
        let mut buffer = TextBuffer::default();
        input.set_buffer(buffer.clone());
        input.set_frame(FrameType::FlatBox);
        input.set_text_font(REGULAR);
        input.set_cursor_style(text::Cursor::Simple);
        // It grows instead, and follows the caret when it is as tall as it gets.
        input.set_scrollbar_align(Side::Clip);
        input.wrap_mode(WrapMode::AtBounds, 0);
        let composer = Self {
            group: group.clone(),
            input: input.clone(),
            buffer: buffer.clone(),
            send,
            words: Rc::default(),
            kit: Rc::clone(kit),
        };

        group.super_draw_first(false);
        group.draw({
            let composer = composer.clone();
            move |group| {
                composer.draw();
                group.draw_children();
            }
        });
        buffer.add_modify_callback({
            let composer = composer.clone();
            move |_, inserted, deleted, _, _| {
                if inserted > 0 || deleted > 0 {
                    // All of it, since the placeholder comes and goes.
                    composer.input.clone().redraw();
                    composer.kit.act(Action::Composed);
                }
            }
        });
        // The stock input must not see Enter, Tab and the keys of the transcript before we do.
        input.super_handle_first(false);
        input.handle({
            let composer = composer.clone();
            move |_, event| composer.handle(event)
        });
        input.draw({
            let composer = composer.clone();
            move |input| {
                if composer.buffer.length() == 0 {
                    composer.draw_placeholder(input);
                }
            }
        });
        composer.restyle();
        composer
    }

    /// How tall it wants to be for what is written in it.
    pub fn height(&self) -> i32 {
        FRAME_HEIGHT + (self.lines() - 1) * self.line_height() + HINT_HEIGHT
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let frame = self.frame();
        let button =
            Rect::new(frame.x + frame.w - BUTTON_WIDTH - 7, frame.y + frame.h - 40, BUTTON_WIDTH, 34);
        self.send.place(button);
        let height = self.lines() * self.line_height() + 4;
        let top = frame.y + (frame.h - height) / 2;
        let mut input = self.input.clone();
        input.resize(frame.x + 10, top, button.x - frame.x - 18, height);
        input.show_insert_position();
        self.group.clone().redraw();
    }

    /// The rounded frame: where to click.
    pub fn frame(&self) -> Rect {
        let rect = Rect::of(&self.group);
        Rect::new(rect.x + MARGIN, rect.y, rect.w - 2 * MARGIN, rect.h - HINT_HEIGHT)
    }

    /// Takes the theme's colours over into the stock input.
    pub fn restyle(&self) {
        let theme = self.kit.theme();
        let mut input = self.input.clone();
        input.set_color(theme.colors.field);
        input.set_text_color(theme.colors.ink);
        input.set_cursor_color(theme.colors.accent);
        input.set_selection_color(theme.colors.marked);
        input.set_text_size(theme.sizes.body);
        self.group.clone().redraw();
    }

    /// Changes what it says while it is empty, and what stands below it: a hint, or why something was not done.
    pub fn set_words(&self, placeholder: String, hint: String, refusal: Option<String>) {
        let words = Words { placeholder, hint, refusal };
        if *self.words.borrow() != words {
            *self.words.borrow_mut() = words;
            self.group.clone().redraw();
        }
    }

    /// Whether it has the keyboard.
    pub fn has_focus(&self) -> bool {
        self.input.has_focus()
    }

    /// What is written in it.
    pub fn text(&self) -> String {
        self.buffer.text()
    }

    /// Where the caret is, in bytes.
    pub fn caret(&self) -> usize {
        usize::try_from(self.input.insert_position()).unwrap_or(0)
    }

    /// Changes what is written in it, with the caret at this byte.
    pub fn set_text(&self, text: &str, caret: usize) {
        self.buffer.clone().set_text(text);
        let mut input = self.input.clone();
        input.set_insert_position(i32::try_from(caret.min(text.len())).unwrap_or(0));
        input.show_insert_position();
    }

    /// Puts the caret into it.
    pub fn focus(&self) {
        self.kit.focus(&self.input);
    }

    fn line_height(&self) -> i32 {
        fltk::draw::set_font(REGULAR, self.kit.theme().sizes.body);
        fltk::draw::height()
    }

    /// The lines it takes to show what is written, up to the most that are shown.
    fn lines(&self) -> i32 {
        // FLTK counts lines that have something in them; the one behind the last line feed has nothing yet.
        let text = self.buffer.text();
        let last = i32::from(text.is_empty() || text.ends_with('\n'));
        (self.input.count_lines(0, self.buffer.length(), true) + last).clamp(1, MOST_LINES)
    }

    fn handle(&self, event: Event) -> bool {
        match event {
            Event::Focus | Event::Unfocus => {
                self.group.clone().redraw();
                false
            }
            Event::KeyDown => {
                if let Some(action) = keys::pressed() {
                    self.kit.act(action);
                    return true;
                }
                let action = match app::event_key() {
                    Key::Enter | Key::KPEnter if !app::is_event_shift() => Action::Send,
                    Key::Tab => Action::Complete { backwards: app::is_event_shift() },
                    Key::PageUp => Action::ScrollPages(-1),
                    Key::PageDown => Action::ScrollPages(1),
                    key if key == Key::from_char('c')
                        && app::is_event_command()
                        && self.nothing_is_selected() =>
                    {
                        Action::CopySelection
                    }
                    _ => return false,
                };
                self.kit.act(action);
                true
            }
            _ => false,
        }
    }

    fn nothing_is_selected(&self) -> bool {
        self.buffer.selection_position().is_none_or(|(start, end)| start == end)
    }

    fn draw(&self) {
        let theme = self.kit.theme();
        let paint = &self.kit.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        let edge = if self.input.has_focus() { theme.colors.accent } else { theme.colors.border };
        paint.framed(self.frame(), 12, theme.colors.field, edge);
        let hint = Rect::new(
            rect.x + MARGIN + 6,
            rect.y + rect.h - HINT_HEIGHT,
            rect.w - 2 * MARGIN - 12,
            HINT_HEIGHT,
        );
        let words = self.words.borrow();
        match &words.refusal {
            Some(refusal) => {
                paint.label(Face::regular(theme.sizes.small), theme.colors.danger, Align::Left, refusal, hint)
            }
            None => {
                paint.label(Face::regular(theme.sizes.tiny), theme.colors.dim, Align::Left, &words.hint, hint)
            }
        };
    }

    fn draw_placeholder(&self, input: &TextEditor) {
        let theme = self.kit.theme();
        let rect = Rect::of(input);
        let room = Rect::new(rect.x + 7, rect.y + 1, rect.w - 7, self.line_height());
        let face = Face::regular(theme.sizes.body);
        let words = self.words.borrow();
        self.kit.paint.label(face, theme.colors.dim, Align::Left, &words.placeholder, room);
    }
}
