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

use crate::ui::button::{Button, CheckBox, Look};
use crate::ui::paint::{Align, Face, Rect};
use crate::ui::theme::Palette;
use crate::ui::{Action, Kit};

const CARD_WIDTH: i32 = 340;
const CARD_HEIGHT: i32 = 184;

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
    /// What can be ticked.
    pub option: String,
    /// The button that does it.
    pub yes: String,
    /// The button that does not.
    pub no: String,
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
    kit: Rc<Kit>,
}

impl Dialog {
    /// A dialog that is hidden until it is [asked](Self::ask).
    pub fn new(kit: &Rc<Kit>, yes: Action, no: Action) -> Self {
        let ground = |colors: &Palette| colors.page;
        let mut group = Group::default();
        group.make_resizable(false);
        // Below the card's own widgets and above everything else: what the mouse does outside the card ends here.
        let mut veil = Widget::default();
        veil.handle(|_, event| MOUSE_EVENTS.contains(&event));
        let option = CheckBox::new(kit, ground);
        let no_button = Button::new(kit, Look::Outlined, ground, no.clone());
        let yes_button = Button::new(kit, Look::Filled, ground, yes.clone());
        group.end();
        group.hide();
        let dialog = Self {
            group: group.clone(),
            veil,
            question: Rc::default(),
            option,
            yes: yes_button,
            no: no_button,
            kit: Rc::clone(kit),
        };
        group.super_draw_first(false);
        group.draw({
            let dialog = dialog.clone();
            move |group| {
                dialog.draw();
                group.draw_children();
            }
        });
        group.super_handle_first(false);
        group.handle({
            let dialog = dialog.clone();
            move |_, event| match event {
                Event::KeyDown | Event::Shortcut => match app::event_key() {
                    Key::Escape => {
                        dialog.kit.act(no.clone());
                        true
                    }
                    Key::Tab if app::is_event_shift() => dialog.move_focus(-1),
                    Key::Left | Key::Up => dialog.move_focus(-1),
                    Key::Tab | Key::Right | Key::Down => dialog.move_focus(1),
                    Key::Enter | Key::KPEnter if dialog.no.widget().has_focus() => {
                        dialog.kit.act(no.clone());
                        true
                    }
                    Key::Enter | Key::KPEnter => {
                        dialog.kit.act(yes.clone());
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
        self.option.clear();
        self.option.set_text(&question.option);
        self.yes.set_text(&question.yes);
        self.no.set_text(&question.no);
        *self.question.borrow_mut() = question;
        self.place(Rect::of(&self.group));
        self.group.clone().show();
        self.kit.focus(self.yes.widget());
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
        self.option.place(Rect::new(card.x + 24, card.y + 86, card.w - 48, 26));
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
        match (from as isize + steps).rem_euclid(3) {
            0 => self.kit.focus(option),
            1 => self.kit.focus(no),
            _ => self.kit.focus(yes),
        }
        self.group.clone().redraw();
        true
    }

    fn card(&self) -> Rect {
        let rect = Rect::of(&self.group);
        Rect::new(
            rect.x + (rect.w - CARD_WIDTH) / 2,
            rect.y + (rect.h - CARD_HEIGHT) * 2 / 5,
            CARD_WIDTH,
            CARD_HEIGHT,
        )
    }

    fn draw(&self) {
        let theme = self.kit.theme();
        let paint = &self.kit.paint;
        let question = self.question.borrow();
        paint.veil(Rect::of(&self.group), 96);
        let card = self.card();
        paint.framed(card, 12, theme.colors.page, theme.colors.border);
        let title = Rect::new(card.x + 24, card.y + 18, card.w - 48, 28);
        paint.label(Face::bold(theme.sizes.title), theme.colors.ink, Align::Left, &question.title, title);
        let text = Rect::new(card.x + 24, card.y + 50, card.w - 48, 28);
        paint.label(Face::regular(theme.sizes.body), theme.colors.ink, Align::Left, &question.text, text);
    }
}
