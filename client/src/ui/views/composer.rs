//! The field for messages: a stock input, which brings input methods, clipboard and undo with it, inside a rounded
//! frame together with the button that sends.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Align as Side, Event, Font, FrameType, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::text::{self, StyleTableEntryExt, TextAttr, TextBuffer, TextEditor, WrapMode};

use crate::command;
use crate::config::settings::SendKey;
use crate::text::formatting::{self, Style};
use crate::ui::edit::Editable;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::{BOLD, BOLD_ITALIC, ITALIC, REGULAR};
use crate::ui::overlays::picker::Picker;
use crate::ui::widgets::button::{Button, Look};
use crate::ui::{Action, UiContext, keys};

/// Around the frame.
const MARGIN: i32 = 16;
const FRAME_HEIGHT: i32 = 46;
const BUTTON_WIDTH: i32 = 72;
const EMOJI_WIDTH: i32 = 34;
/// Below the frame.
const HINT_HEIGHT: i32 = 26;
/// Above the frame, what is answered.
const REPLY_HEIGHT: i32 = 28;
/// The number of the look that codes have; those of words are below it: bold, italic, underlined, in all combinations.
const CODE_LOOK: u8 = 8;
/// Bytes that are asked about when they are pasted, since they may be more than one message.
pub const LONG_PASTE: usize = 400;
/// Bytes in it from which on it is checked whether what is pasted still fits.
const MUCH: usize = 4096;
/// Lines after which it grows no more.
const MOST_LINES: i32 = 6;

/// The composer. Cloning gives another handle to the same composer.
#[derive(Clone)]
pub struct Composer {
    group: Group,
    input: TextEditor,
    buffer: TextBuffer,
    /// 发送
    pub send: Button,
    /// ☺
    pub emoji: Button,
    /// Answers nothing after all.
    pub stop_reply: Button,
    /// How each byte of what is written looks: a letter from `A` on.
    looks: TextBuffer,
    picker: Picker,
    /// Whether what is written was called back and not changed since.
    recalled: Rc<Cell<bool>>,
    send_key: Rc<Cell<SendKey>>,
    words: Rc<RefCell<Words>>,
    ui: Rc<UiContext>,
}

/// What the composer says by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Inside, while it is empty.
    pub placeholder: String,
    /// Below.
    pub hint: String,
    /// Why what is written here was not done; stands in the hint's place.
    pub refusal: Option<String>,
    /// Below at the right: how much more fits, or how many messages it makes.
    pub counter: String,
    /// Above: what is answered.
    pub reply: Option<String>,
}

impl Composer {
    /// An empty composer; its keys choose on this board while the board is open.
    pub fn new(ui: &Rc<UiContext>, picker: Picker) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut input = TextEditor::default();
        let send = Button::new(ui, Look::Filled, |colors| colors.field, Action::Send);
        let emoji = Button::new(ui, Look::Quiet, |colors| colors.field, Action::ToggleEmoji);
        let stop_reply = Button::new(ui, Look::Quiet, |colors| colors.page, Action::StopReply);
        group.end();
        emoji.set_text("☺");
        stop_reply.set_text("✕");
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
            emoji,
            stop_reply,
            looks: TextBuffer::default(),
            picker,
            recalled: Rc::default(),
            send_key: Rc::default(),
            words: Rc::default(),
            ui: Rc::clone(ui),
        };

        fltk_ext::draw_behind(&composer.group, {
            let composer = composer.clone();
            move || composer.draw()
        });
        buffer.add_modify_callback({
            let composer = composer.clone();
            move |_, inserted, deleted, _, _| {
                if inserted > 0 || deleted > 0 {
                    composer.style();
                    composer.recalled.set(false);
                    // All of it, since the placeholder comes and goes.
                    composer.input.clone().redraw();
                    composer.ui.act(Action::Composed);
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
        FRAME_HEIGHT + (self.lines() - 1) * self.line_height() + HINT_HEIGHT + self.reply_height()
    }

    fn reply_height(&self) -> i32 {
        if self.words.borrow().reply.is_some() { REPLY_HEIGHT } else { 0 }
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let frame = self.frame();
        let button =
            Rect::new(frame.x + frame.w - BUTTON_WIDTH - 7, frame.y + frame.h - 40, BUTTON_WIDTH, 34);
        self.send.place(button);
        let emoji = Rect::new(button.x - EMOJI_WIDTH - 2, button.y, EMOJI_WIDTH, button.h);
        self.emoji.place(emoji);
        let has_reply = self.words.borrow().reply.is_some();
        self.stop_reply.set_visible(has_reply);
        self.stop_reply.place(Rect::new(rect.x + rect.w - MARGIN - 32, rect.y, 32, REPLY_HEIGHT - 4));
        let height = self.lines() * self.line_height() + 4;
        let top = frame.y + (frame.h - height) / 2;
        let mut input = self.input.clone();
        input.resize(frame.x + 10, top, emoji.x - frame.x - 12, height);
        input.show_insert_position();
        self.group.clone().redraw();
    }

    /// The rounded frame: where to click.
    pub fn frame(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let reply = self.reply_height();
        Rect::new(rect.x + MARGIN, rect.y + reply, rect.w - 2 * MARGIN, rect.h - HINT_HEIGHT - reply)
    }

    /// Takes the theme's colours over into the stock input.
    pub fn restyle(&self) {
        let theme = self.ui.theme();
        let mut input = self.input.clone();
        input.set_color(theme.colors.field);
        input.set_text_color(theme.colors.ink);
        input.set_cursor_color(theme.colors.accent);
        input.set_selection_color(theme.colors.marked);
        input.set_text_size(theme.sizes.body);
        let look = |number: u8| {
            let style = style_of(number);
            let is_code = number == CODE_LOOK;
            StyleTableEntryExt {
                // A code shows by what it does to the words behind it.
                color: if is_code { theme.colors.field } else { theme.colors.ink },
                font: font_of(style),
                size: if is_code { 1 } else { theme.sizes.body },
                attr: if style.underline { TextAttr::Underline } else { TextAttr::None },
                bgcolor: theme.colors.field,
            }
        };
        let looks: Vec<_> = (0..=CODE_LOOK).map(look).collect();
        input.set_highlight_data_ext(self.looks.clone(), looks);
        self.group.clone().redraw();
    }

    /// Changes what it says by itself. Says whether it is taller or lower for it.
    pub fn set_words(&self, words: Words) -> bool {
        let height = self.height();
        if *self.words.borrow() != words {
            *self.words.borrow_mut() = words;
            self.group.clone().redraw();
        }
        height != self.height()
    }

    /// Changes the key that sends what is written.
    pub fn set_send_key(&self, key: SendKey) {
        self.send_key.set(key);
    }

    /// What it says by itself.
    pub fn words(&self) -> Words {
        self.words.borrow().clone()
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

    /// Writes what was sent before, to be sent again or changed.
    pub fn set_recalled(&self, text: &str) {
        self.set_text(text, text.len());
        self.recalled.set(!text.is_empty());
    }

    /// What would be written in it with this where the caret is, in place of what is selected.
    pub fn text_with(&self, inserted: &str) -> String {
        let (mut text, caret) = (self.buffer.text(), self.input.insert_position());
        let (start, end) = self.buffer.selection_position().unwrap_or((caret, caret));
        let place = |place: i32| text.floor_char_boundary(usize::try_from(place).unwrap_or(0));
        text.replace_range(place(start)..place(end), inserted);
        text
    }

    /// Writes this where the caret is, in place of what is selected.
    pub fn insert(&self, text: &str) {
        self.buffer.clone().remove_selection();
        self.input.clone().insert(text);
        self.input.clone().show_insert_position();
    }

    /// Puts a code before and behind what is selected, or where the caret is.
    pub fn wrap_selection(&self, code: char) {
        let code = code.to_string();
        match self.buffer.selection_position().filter(|(start, end)| start < end) {
            Some((start, end)) => {
                let mut buffer = self.buffer.clone();
                buffer.insert(end, &code);
                buffer.insert(start, &code);
                buffer.select(start, end + 2);
            }
            None => self.input.clone().insert(&code),
        }
    }

    /// Shows bold as bold while it is written.
    fn style(&self) {
        let mut style = Style::default();
        let text = self.buffer.text();
        let mut looks = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                formatting::BOLD => style.bold ^= true,
                formatting::ITALIC => style.italic ^= true,
                formatting::UNDERLINE => style.underline ^= true,
                _ => {}
            }
            let look = if formatting::is_code(c) { CODE_LOOK } else { number_of(style) };
            looks.extend(std::iter::repeat_n(char::from(b'A' + look), c.len_utf8()));
        }
        self.looks.clone().set_text(&looks);
    }

    /// Puts the caret into it.
    pub fn focus(&self) {
        self.ui.focus(&self.input);
    }

    fn line_height(&self) -> i32 {
        fltk::draw::set_font(REGULAR, self.ui.theme().sizes.body);
        fltk::draw::height()
    }

    /// The lines it takes to show what is written, up to the most that are shown.
    fn lines(&self) -> i32 {
        // FLTK's own count goes wrong where the text begins with a character of several bytes, so it is asked for one
        // line after the other.
        let (text, end) = (self.buffer.text(), self.buffer.length());
        let mut lines = 0;
        let mut at = 0;
        while at < end && lines < MOST_LINES {
            let next = self.input.clone().skip_lines(at, 1, true);
            if next <= at {
                break;
            }
            at = next;
            lines += 1;
        }
        let last = i32::from(text.is_empty() || text.ends_with('\n'));
        (lines + last).clamp(1, MOST_LINES)
    }

    fn handle(&self, event: Event) -> bool {
        // The menu key is for messages.
        if Editable::Lines(self.input.clone(), self.buffer.clone()).hear(&self.ui, event, false) {
            return true;
        }
        match event {
            Event::Focus | Event::Unfocus => {
                self.group.clone().redraw();
                false
            }
            Event::Paste => {
                let text = app::event_text();
                let written = usize::try_from(self.buffer.length()).unwrap_or(0);
                let is_plain = text.len() <= LONG_PASTE && !text.contains(['\n', '\r']);
                let is_for_us = !is_plain || written + text.len() > MUCH;
                if is_for_us {
                    self.ui.act(Action::AskToPaste(text));
                }
                is_for_us
            }
            Event::KeyDown => match keys::pressed().or_else(|| self.key_action()) {
                Some(action) => {
                    self.ui.act(action);
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// What the key that is being pressed does, unless it is the input's own.
    fn key_action(&self) -> Option<Action> {
        let (key, is_shift, is_command) = (app::event_key(), app::is_event_shift(), app::is_event_command());
        if self.picker.is_open() && !is_shift && !is_command {
            let is_grid = self.picker.is_grid();
            match key {
                Key::Up => return Some(Action::PickerStep { columns: 0, rows: -1 }),
                Key::Down => return Some(Action::PickerStep { columns: 0, rows: 1 }),
                Key::Left if is_grid => return Some(Action::PickerStep { columns: -1, rows: 0 }),
                Key::Right if is_grid => return Some(Action::PickerStep { columns: 1, rows: 0 }),
                Key::Tab => return Some(Action::Pick),
                // What is a whole command is done, unless Enter sends nothing.
                Key::Enter | Key::KPEnter
                    if self.send_key.get() == SendKey::CtrlEnter
                        || command::whole(&self.buffer.text()).is_none() =>
                {
                    return Some(Action::Pick);
                }
                _ => {}
            }
        }
        let is = |letter: char| is_command && key == Key::from_char(letter);
        Some(match key {
            Key::Enter | Key::KPEnter if !is_shift && self.sends(is_command) => Action::Send,
            Key::Escape => Action::Escape,
            Key::Tab => Action::Complete { backwards: is_shift },
            Key::PageUp => Action::ScrollPages(-1),
            Key::PageDown => Action::ScrollPages(1),
            Key::Up if is_command => Action::MoveCursor(-1),
            Key::Down if is_command => Action::MoveCursor(1),
            // Inside of several lines, these keys go from line to line.
            Key::Up if (self.buffer.length() == 0 || self.recalled.get()) && self.is_at_edge(-1) => {
                Action::Recall(-1)
            }
            Key::Down if self.recalled.get() && self.is_at_edge(1) => Action::Recall(1),
            Key::Menu => Action::AskCursor,
            Key::F10 if is_shift => Action::AskCursor,
            _ if is('b') => Action::Style(formatting::BOLD),
            _ if is('i') => Action::Style(formatting::ITALIC),
            _ if is('u') => Action::Style(formatting::UNDERLINE),
            _ if is('c') && self.nothing_is_selected() => Action::CopySelection,
            _ => return None,
        })
    }

    /// Whether Enter sends, rather than beginning a new line. An empty composer has no line to begin.
    fn sends(&self, is_command: bool) -> bool {
        self.send_key.get() == SendKey::Enter || is_command || self.buffer.length() == 0
    }

    /// Whether the caret is in the first line that is written (`-1`), or in the last.
    fn is_at_edge(&self, side: i32) -> bool {
        let (text, caret) = (self.buffer.text(), self.caret());
        let (before, after) = text.split_at(text.floor_char_boundary(caret));
        !if side < 0 { before } else { after }.contains('\n')
    }

    fn nothing_is_selected(&self) -> bool {
        self.buffer.selection_position().is_none_or(|(start, end)| start == end)
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
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
        if let Some(reply) = &words.reply {
            let row = Rect::new(rect.x + MARGIN + 2, rect.y + 2, rect.w - 2 * MARGIN - 44, REPLY_HEIGHT - 8);
            paint.fill(Rect { w: 2, ..row }, theme.colors.accent);
            let label = Rect { x: row.x + 9, w: row.w - 9, ..row };
            paint.label(Face::regular(theme.sizes.small), theme.colors.dim, Align::Left, reply, label);
        }
        let tiny = Face::regular(theme.sizes.tiny);
        let counter = paint.label(tiny, theme.colors.dim, Align::Right, &words.counter, hint);
        let hint = Rect { w: hint.w - counter - 12, ..hint };
        match &words.refusal {
            Some(refusal) => {
                paint.label(Face::regular(theme.sizes.small), theme.colors.danger, Align::Left, refusal, hint)
            }
            None => paint.label(tiny, theme.colors.dim, Align::Left, &words.hint, hint),
        };
    }

    fn draw_placeholder(&self, input: &TextEditor) {
        let theme = self.ui.theme();
        let rect = Rect::of(input);
        let room = Rect::new(rect.x + 7, rect.y + 1, rect.w - 7, self.line_height());
        let face = Face::regular(theme.sizes.body);
        let words = self.words.borrow();
        self.ui.paint.label(face, theme.colors.dim, Align::Left, &words.placeholder, room);
    }
}

/// The look of words in this style, as far as it can be seen while they are written.
fn number_of(style: Style) -> u8 {
    u8::from(style.bold) | u8::from(style.italic) << 1 | u8::from(style.underline) << 2
}

fn style_of(look: u8) -> Style {
    Style { bold: look & 1 > 0, italic: look & 2 > 0, underline: look & 4 > 0, ..Style::default() }
}

fn font_of(style: Style) -> Font {
    match (style.bold, style.italic) {
        (true, true) => BOLD_ITALIC,
        (true, false) => BOLD,
        (false, true) => ITALIC,
        (false, false) => REGULAR,
    }
}
