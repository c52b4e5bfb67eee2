//! A question over the window: a card in the middle, everything behind it veiled and out of reach.
//!
//! It is a view of the window and not a window of its own, so it looks the same under every window manager, cannot
//! fall behind the window, and does not stop the loop that brings in messages.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::widget::Widget;

use crate::text::i18n::{Language, Phrase, Text};
use crate::text::wrap;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Palette;
use crate::ui::widgets::button::{Button, CheckBox, Look};
use crate::ui::{Action, UiContext};

const CARD_WIDTH: i32 = 400;
/// The same for what has to be read to the end, such as two fingerprints.
const WIDE_CARD: i32 = 540;
/// Around the question: the title above it, the buttons below.
const CARD_HEIGHT: i32 = 122;
const LINE_HEIGHT: i32 = 24;
/// The height of a line in smaller letters, where there is no room for larger ones.
const SMALL_LINE_HEIGHT: i32 = 17;
/// Above and below the card.
const MARGIN: i32 = 6;
/// What can be ticked, if anything can.
const OPTION_HEIGHT: i32 = 38;

/// Everything that a mouse does.
const MOUSE_EVENTS: [Event; 7] =
    [Event::Enter, Event::Leave, Event::Move, Event::Push, Event::Drag, Event::Released, Event::MouseWheel];

/// The words of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// In bold above it.
    pub title: String,
    /// The question.
    pub text: String,
    /// What can be ticked, if anything can.
    pub option: Option<String>,
    /// The button that does it.
    pub yes: String,
    /// The button that does not; nothing where there is nothing to decide.
    pub no: Option<String>,
    /// How it is asked.
    pub tone: Tone,
}

impl Question {
    /// A question with something to decide: its title, its text, and its two answers.
    pub fn new(
        language: Language,
        title: impl Into<Phrase>,
        text: impl Into<Phrase>,
        [yes, no]: [Text; 2],
        tone: Tone,
    ) -> Self {
        let [yes, no] = [yes, no].map(|text| text.to(language).to_owned());
        let (title, text) = (title.into().to(language), text.into().to(language));
        Self { title, text, option: None, yes, no: Some(no), tone }
    }
}

/// How a question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Enter agrees.
    #[default]
    Plain,
    /// Enter declines: a user who agrees should have read it.
    Careful,
    /// Nothing to agree to, and nothing to overlook.
    Warning,
}

/// The card. Escape is the same as its second button.
#[derive(Clone)]
pub struct Dialog {
    group: Group,
    veil: Widget,
    question: Rc<RefCell<Question>>,
    /// What can be ticked.
    pub option: CheckBox,
    /// Does it.
    pub yes: Button,
    /// Does not.
    pub no: Button,
    ui: Rc<UiContext>,
}

impl Dialog {
    /// A dialog that is hidden until it is [asked](Self::ask).
    pub fn new(ui: &Rc<UiContext>, yes: Action, no: Action) -> Self {
        let ground = |colors: &Palette| colors.page;
        let mut group = Group::default();
        group.make_resizable(false);
        // Below the card's own widgets and above everything else: what the mouse does outside the card ends here.
        let mut veil = Widget::default();
        veil.handle(|_, event| MOUSE_EVENTS.contains(&event));
        let option = CheckBox::new(ui, ground);
        let no_button = Button::new(ui, Look::Outlined, ground, no.clone());
        let yes_button = Button::new(ui, Look::Filled, ground, yes.clone());
        group.end();
        group.hide();
        let dialog = Self {
            group: group.clone(),
            veil,
            question: Rc::default(),
            option,
            yes: yes_button,
            no: no_button,
            ui: Rc::clone(ui),
        };
        fltk_ext::draw_behind(&dialog.group, {
            let dialog = dialog.clone();
            move || dialog.draw()
        });
        group.super_handle_first(false);
        group.handle({
            let dialog = dialog.clone();
            move |_, event| match event {
                Event::KeyDown if dialog.ui.catch_up() => true,
                Event::KeyDown | Event::Shortcut => match app::event_key() {
                    Key::Escape => {
                        dialog.ui.act(no.clone());
                        true
                    }
                    Key::Tab if app::is_event_shift() => dialog.move_focus(-1),
                    Key::Left | Key::Up => dialog.move_focus(-1),
                    Key::Tab | Key::Right | Key::Down => dialog.move_focus(1),
                    Key::Enter | Key::KPEnter if dialog.no.widget().has_focus() => {
                        dialog.ui.act(no.clone());
                        true
                    }
                    Key::Enter | Key::KPEnter => {
                        dialog.ui.act(yes.clone());
                        true
                    }
                    _ => false,
                },
                _ => false,
            }
        });
        dialog
    }

    /// Shows the card with this question on it.
    pub fn ask(&self, question: Question) {
        self.option.set_ticked(false);
        self.option.set_text(question.option.as_deref().unwrap_or_default());
        self.option.set_visible(question.option.is_some());
        self.yes.set_text(&question.yes);
        self.no.set_text(question.no.as_deref().unwrap_or_default());
        self.no.set_visible(question.no.is_some());
        *self.question.borrow_mut() = question;
        self.place(Rect::of(&self.group));
        self.group.clone().show();
        self.focus();
    }

    /// Gives the keyboard to the button that Enter is for.
    pub fn focus(&self) {
        let is_careful = self.question.borrow().tone == Tone::Careful;
        self.ui.focus(if is_careful { self.no.widget() } else { self.yes.widget() });
    }

    /// Whether the keyboard is in it.
    pub fn has_focus(&self) -> bool {
        self.option.widget().has_focus() || self.no.widget().has_focus() || self.yes.widget().has_focus()
    }

    /// Takes the card away.
    pub fn hide(&self) {
        self.group.clone().hide();
    }

    /// What is being asked, if anything is.
    pub fn asked(&self) -> Option<Question> {
        self.group.visible().then(|| self.question.borrow().clone())
    }

    /// Puts the veil here, and the card in its middle.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        self.veil.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let card = self.card();
        self.option.place(Rect::new(card.x + 24, card.y + card.h - 56 - OPTION_HEIGHT, card.w - 48, 26));
        let (no, yes) = (self.no.natural_width(), self.yes.natural_width());
        let y = card.y + card.h - 56;
        self.yes.place(Rect::new(card.x + card.w - 24 - yes, y, yes, 36));
        self.no.place(Rect::new(card.x + card.w - 24 - yes - 10 - no, y, no, 36));
    }

    /// Moves the focus around the card, and never out of it.
    fn move_focus(&self, steps: isize) -> bool {
        let (option, no, yes) = (self.option.widget(), self.no.widget(), self.yes.widget());
        let has_focus = [option.has_focus(), no.has_focus(), yes.has_focus()];
        let from = has_focus.iter().position(|has_focus| *has_focus).unwrap_or(2);
        let is_there = [option.visible(), no.visible(), true];
        let mut to = (from as isize + steps).rem_euclid(3);
        while !is_there[to as usize] {
            to = (to + steps).rem_euclid(3);
        }
        match to {
            0 => self.ui.focus(option),
            1 => self.ui.focus(no),
            _ => self.ui.focus(yes),
        }
        self.group.clone().redraw();
        true
    }

    /// The question in lines of this size.
    fn lines(&self, size: i32) -> Vec<String> {
        let face = Face::regular(size);
        let text = &self.question.borrow().text;
        let room = (self.width() - 48) as f32;
        let lines = wrap::wrap(text, room, |text| self.ui.paint.width(face, text));
        lines.into_iter().map(|line| text[line].to_owned()).collect()
    }

    /// As many of them as there is room for, their size, and the height of each: smaller ones where that is for all.
    fn set(&self) -> (Vec<String>, i32, i32) {
        let sizes = self.ui.theme().sizes;
        let room = self.group.h() - CARD_HEIGHT - self.option_height() - 2 * MARGIN;
        let lines = self.lines(sizes.body);
        if lines.len() as i32 * LINE_HEIGHT <= room {
            return (lines, sizes.body, LINE_HEIGHT);
        }
        let most = (room / SMALL_LINE_HEIGHT).max(1) as usize;
        (self.lines(sizes.small).into_iter().take(most).collect(), sizes.small, SMALL_LINE_HEIGHT)
    }

    fn width(&self) -> i32 {
        let is_wide = self.question.borrow().tone != Tone::Plain || self.question.borrow().no.is_none();
        let width = if is_wide { WIDE_CARD } else { CARD_WIDTH };
        width.min(self.group.w() - 2 * MARGIN)
    }

    fn option_height(&self) -> i32 {
        if self.question.borrow().option.is_some() { OPTION_HEIGHT } else { 0 }
    }

    fn card(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let (lines, _, line_height) = self.set();
        let (width, height) =
            (self.width(), CARD_HEIGHT + lines.len() as i32 * line_height + self.option_height());
        Rect::new(rect.x + (rect.w - width) / 2, rect.y + (rect.h - height) * 2 / 5, width, height)
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let question = self.question.borrow();
        paint.veil(Rect::of(&self.group), 0, 96);
        let card = self.card();
        paint.framed(card, 12, theme.colors.page, theme.colors.border);
        let title = Rect::new(card.x + 24, card.y + 18, card.w - 48, 28);
        let ink = if question.tone == Tone::Warning { theme.colors.danger } else { theme.colors.ink };
        paint.label(Face::bold(theme.sizes.title), ink, Align::Left, &question.title, title);
        let (lines, size, line_height) = self.set();
        for (index, line) in lines.iter().enumerate() {
            let top = card.y + 52 + index as i32 * line_height;
            let row = Rect::new(card.x + 24, top, card.w - 48, line_height);
            paint.label(Face::regular(size), theme.colors.ink, Align::Left, line, row);
        }
    }
}
