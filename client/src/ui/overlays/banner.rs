//! A strip that says what should not be overlooked, with buttons for what can be done about it: over the transcript,
//! and above the pages that cover it.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::group::Group;
use fltk::prelude::*;

use crate::text::wrap;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::widgets::button::{Button, Look};
use crate::ui::{Action, UiContext};

const LINE_HEIGHT: i32 = 20;
const MOST_LINES: usize = 3;
/// With less than this the words stand above the buttons.
const ROOM_FOR_WORDS: i32 = 120;

/// What it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What there is to say; with nothing there is no strip.
    pub text: Option<String>,
    /// What the button says that does something about it, if anything can be done.
    pub yes: Option<&'static str>,
    /// What the button says that leaves it at that, if it can be left.
    pub no: Option<&'static str>,
}

/// The strip.
#[derive(Clone)]
pub struct Banner {
    group: Group,
    /// 重新连接, 加入
    pub yes: Button,
    /// Gives up to connect again, or leaves it at what was said.
    pub no: Button,
    words: Rc<RefCell<Words>>,
    ui: Rc<UiContext>,
}

impl Banner {
    /// A strip that says nothing, inside whatever group is open.
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let button = |look, action| Button::new(ui, look, |colors| colors.attention, action);
        let yes = button(Look::Filled, Action::Reconnect);
        let no = button(Look::Outlined, Action::StopConnecting);
        group.end();
        group.hide();
        let banner = Self { group: group.clone(), yes, no, words: Rc::default(), ui: Rc::clone(ui) };
        fltk_ext::draw_behind(&group, {
            let banner = banner.clone();
            move || banner.draw()
        });
        banner
    }

    /// The part of the window that it is.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Says this; says whether it has to be placed anew.
    pub fn set_words(&self, words: Words) -> bool {
        if *self.words.borrow() == words {
            return false;
        }
        // How wide they are decides how much room there is for the words.
        self.yes.set_text(words.yes.unwrap_or_default());
        self.no.set_text(words.no.unwrap_or_default());
        *self.words.borrow_mut() = words;
        true
    }

    /// What it says, as far as there is room for that.
    pub fn text(&self) -> Option<String> {
        let lines = self.lines(self.group.w());
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// How tall it is in this width; nothing while there is nothing to say.
    pub fn height(&self, width: i32) -> i32 {
        match self.lines(width).len() {
            0 => 0,
            lines => lines as i32 * LINE_HEIGHT + if self.has_row_for_buttons(width) { 64 } else { 24 },
        }
    }

    /// Puts it here, as tall as [it is](Self::height).
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        fltk_ext::set_visible(&self.group, rect.h > 0);
        {
            let words = self.words.borrow();
            self.yes.set_visible(words.yes.is_some());
            self.no.set_visible(words.no.is_some());
        }
        let y = rect.y + if self.has_row_for_buttons(rect.w) { rect.h - 44 } else { (rect.h - 32) / 2 };
        let mut right = rect.x + rect.w - 16;
        for button in self.buttons() {
            let width = button.natural_width();
            right -= width;
            button.place(Rect::new(right, y, width, 32));
            right -= 10;
        }
    }

    /// The buttons that are there, from the right.
    fn buttons(&self) -> Vec<&Button> {
        let words = self.words.borrow();
        let (yes, no) = (words.yes.map(|_| &self.yes), words.no.map(|_| &self.no));
        no.into_iter().chain(yes).collect()
    }

    /// What they leave of a strip for its words, beside them.
    fn room_beside_buttons(&self, width: i32) -> i32 {
        let buttons: i32 = self.buttons().iter().map(|it| it.natural_width() + 10).sum();
        width - buttons - 50
    }

    /// Whether they stand below the words, since there is no room beside them.
    fn has_row_for_buttons(&self, width: i32) -> bool {
        !self.buttons().is_empty() && self.room_beside_buttons(width) < ROOM_FOR_WORDS
    }

    /// The words in lines; none while there is nothing to say.
    fn lines(&self, width: i32) -> Vec<String> {
        let words = self.words.borrow();
        let Some(text) = &words.text else { return Vec::new() };
        let face = Face::regular(self.ui.theme().sizes.label);
        let has_row = self.has_row_for_buttons(width);
        let room = if has_row { width - 50 } else { self.room_beside_buttons(width) };
        let room = room.max(60) as f32;
        let mut lines = wrap::wrap(text, room, |text| self.ui.paint.width(face, text));
        if lines.len() > MOST_LINES {
            // At the end stands what comes next; the transcript has all of what happened.
            lines.drain(MOST_LINES - 1..lines.len() - 1);
        }
        lines.into_iter().map(|line| text[line].to_owned()).collect()
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.attention);
        paint.fill(Rect { w: 3, ..rect }, theme.colors.amber);
        let face = Face::regular(theme.sizes.label);
        for (index, line) in self.lines(rect.w).iter().enumerate() {
            let y = rect.y + 12 + index as i32 * LINE_HEIGHT;
            let row = Rect::new(rect.x + 20, y, rect.w - 20, LINE_HEIGHT);
            paint.label(face, theme.colors.ink, Align::Left, line, row);
        }
    }
}
