//! The page of one saved server: everything that can be said about it, made of the model's [`LAYOUT`].
//!
//! It holds what is typed and nothing else: what that means is the [`ProfileForm`]'s business, and what comes of it
//! the [controller](super)'s. The page brings the widget that has the keyboard into view.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::app;
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::widget::Widget;
#[cfg(unix)]
use serde_json::{Value, json};

use crate::config::fingerprint::Fingerprint;
use crate::config::profile::Profile;
use crate::model::forms::profile::{Entry, Errors, LAYOUT, Note, Part, ProfileForm, RECONNECT, Tick};
use crate::text::formatting;
use crate::text::i18n::{Language, Text};
use crate::text::wrap;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Palette;
use crate::ui::widgets::button::{Button, CheckBox, Look};
use crate::ui::widgets::choice::Choice;
use crate::ui::widgets::field::Field;
use crate::ui::{Action, UiContext};

const HEADER_HEIGHT: i32 = 56;
const FOOTER_HEIGHT: i32 = 60;
const WIDEST: i32 = 640;
const HEADING_HEIGHT: i32 = 52;
/// Between a heading and what stands below it.
const BELOW_HEADING: i32 = 12;
const TICKS_HEIGHT: i32 = 36;
const LINE_HEIGHT: i32 = 24;
const CHOICE_HEIGHT: i32 = 46;
const PIN_HEIGHT: i32 = 34;
const PORT_WIDTH: i32 = 120;
/// Between two fields beside each other.
const GAP: i32 = 16;
/// Below the last row.
const BOTTOM: i32 = 24;
/// How far the wheel moves it.
const WHEEL: i32 = 48;

/// The page. Cloning gives another handle to the same page.
#[derive(Clone)]
pub struct ProfilePage {
    group: Group,
    /// What scrolls, between header and footer.
    pane: Group,
    fields: Rc<[(Entry, Field)]>,
    ticks: Rc<[(Tick, CheckBox)]>,
    reconnect: Choice,
    /// A button for each certificate that is believed, and some to spare.
    forget_pin: Rc<RefCell<Vec<Button>>>,
    /// 返回
    pub back: Button,
    /// 取消
    pub cancel: Button,
    /// 保存
    pub save: Button,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    title: String,
    /// In the footer: what will come of saving.
    remark: Option<String>,
    language: Language,
    /// The certificates that are believed.
    pins: Vec<Fingerprint>,
    /// What it was filled in from.
    base: Profile,
    /// What there is to say of what is typed.
    notes: Vec<(Note, String)>,
    scrolled: i32,
    height: i32,
    /// What had the keyboard when somebody last looked.
    focused: Option<Widget>,
    /// What is drawn between the fields, and where.
    words: Vec<(Kind, String, Rect)>,
}

/// What words between the fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Heading,
    Caption,
    Note,
    Warning,
    Pin,
}

impl ProfilePage {
    /// A page that is hidden until it is [opened](Self::open).
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let mut pane = Group::default();
        pane.make_resizable(false);
        pane.set_clip_children(true);
        let (mut fields, mut ticks, mut reconnect) = (Vec::new(), Vec::new(), None);
        // In the order of the page, which is the order in which Tab goes from field to field.
        for part in LAYOUT {
            match part {
                Part::Entries(entries) => {
                    fields.extend(entries.iter().map(|entry| (*entry, field(ui, *entry))));
                }
                Part::Ticks(row) => ticks.extend(row.iter().map(|tick| (*tick, check_box(ui, *tick)))),
                Part::Reconnect => reconnect = Some(Choice::new(ui, |_| Action::ProfileTyped)),
                Part::Heading(_) | Part::Caption(_) | Part::Note(_) | Part::Pins => {}
            }
        }
        pane.end();
        let back = Button::new(ui, Look::Quiet, |colors| colors.page, Action::LeaveProfile);
        let cancel = Button::new(ui, Look::Outlined, |colors| colors.page, Action::LeaveProfile);
        let save = Button::new(ui, Look::Filled, |colors| colors.page, Action::SaveProfile);
        group.end();
        group.hide();
        let page = Self {
            group: group.clone(),
            pane: pane.clone(),
            fields: fields.into(),
            ticks: ticks.into(),
            reconnect: reconnect.expect("the layout has a place for it"),
            forget_pin: Rc::default(),
            back,
            cancel,
            save,
            state: Rc::default(),
            ui: Rc::clone(ui),
        };
        for (widget, draw) in [(&group, Self::draw as fn(&Self)), (&pane, Self::draw_pane)] {
            let page = page.clone();
            fltk_ext::draw_behind(widget, move || draw(&page));
        }
        group.super_handle_first(false);
        group.handle({
            let page = page.clone();
            move |_, event| page.handle(event)
        });
        page
    }

    /// Shows a saved server, filled in from `base`, from the top of the page.
    pub fn open(&self, base: Profile, form: &ProfileForm) {
        {
            let mut state = self.state.borrow_mut();
            state.base = base;
            state.scrolled = 0;
            state.focused = None;
        }
        self.set_form(form);
        self.show_errors(&Errors::new());
        self.group.clone().show();
        self.focus();
    }

    /// Takes it away. Nothing of what was typed stays behind, passwords least of all.
    pub fn close(&self) {
        self.group.clone().hide();
        self.set_form(&ProfileForm::default());
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.group.visible()
    }

    /// Gives the keyboard to what is wrong first, or to the first field in which nothing stands that has to, or else to
    /// the first.
    pub fn focus(&self) {
        // It may have been scrolled away from what has the keyboard already.
        self.state.borrow_mut().focused = None;
        let wrong = self.fields.iter().find(|(_, field)| field.error().is_some());
        let is_missing = |(entry, field): &&(Entry, Field)| {
            matches!(entry, Entry::Server | Entry::Nick) && field.text().is_empty()
        };
        let found = wrong.or_else(|| self.fields.iter().find(is_missing)).or_else(|| self.fields.first());
        if let Some((_, field)) = found {
            field.focus();
        }
    }

    /// Gives the keyboard to the field for another fingerprint.
    pub fn focus_pins(&self) {
        self.field(Entry::Pin).focus();
    }

    /// Says what it is about, and what will come of saving.
    pub fn set_words(&self, title: String, remark: Option<String>) {
        let mut state = self.state.borrow_mut();
        if state.title != title || state.remark != remark {
            (state.title, state.remark) = (title, remark);
            self.group.clone().redraw();
        }
    }

    /// Takes over language and theme.
    pub fn restyle(&self, language: Language) {
        self.state.borrow_mut().language = language;
        for (entry, field) in &*self.fields {
            field.restyle();
            field.set_label(entry.label().to(language));
        }
        for (tick, check_box) in &*self.ticks {
            check_box.set_text(&tick.label().to(language));
        }
        self.reconnect.set_words(RECONNECT.iter().map(|(_, text)| text.to(language).to_owned()).collect());
        self.back.set_text(&format!("← {}", Text::Back.to(language)));
        self.cancel.set_text(Text::Cancel.to(language));
        self.save.set_text(Text::Save.to(language));
        self.refresh();
    }

    /// What stands on the page.
    pub fn form(&self) -> ProfileForm {
        let mut form = ProfileForm::default();
        form.pins.clone_from(&self.state.borrow().pins);
        form.reconnect = RECONNECT[self.reconnect.current()].0;
        for (entry, field) in &*self.fields {
            form.set_text(*entry, field.text());
        }
        for (tick, check_box) in &*self.ticks {
            form.set_ticked(*tick, check_box.is_ticked());
        }
        form
    }

    /// Fills the page in.
    pub fn set_form(&self, form: &ProfileForm) {
        for (entry, field) in &*self.fields {
            if field.text() != form.text(*entry) {
                field.set_text(form.text(*entry));
            }
        }
        for (tick, check_box) in &*self.ticks {
            check_box.set_ticked(form.is_ticked(*tick));
        }
        let reconnect = RECONNECT.iter().position(|(wanted, _)| *wanted == form.reconnect);
        self.reconnect.set_current(reconnect.unwrap_or_default());
        self.state.borrow_mut().pins.clone_from(&form.pins);
        self.make_pin_buttons(form.pins.len());
        self.refresh();
    }

    /// Says what is wrong with what.
    pub fn show_errors(&self, errors: &Errors) {
        let language = self.state.borrow().language;
        for (entry, field) in &*self.fields {
            field.set_error(errors.get(entry).map(|error| error.to(language)));
        }
        self.place(Rect::of(&self.group));
    }

    /// Something else stands there now: says what that means.
    pub fn refresh(&self) {
        let form = self.form();
        {
            let mut state = self.state.borrow_mut();
            let language = state.language;
            for (entry, field) in &*self.fields {
                let hint = form.hint(*entry, &state.base);
                field.set_hint(hint.map_or("", |hint| hint.to(language)));
            }
            let notes = [Note::Password, Note::Trust].into_iter();
            let said = notes.filter_map(|note| Some((note, form.note(note, &state.base)?)));
            state.notes = said.map(|(note, text)| (note, text.to(language).to_owned())).collect();
        }
        self.place(Rect::of(&self.group));
    }

    /// Brings what has the keyboard into view, when that is something else than before.
    pub fn follow_focus(&self) {
        let focused = app::focus().map(|widget| widget.as_base_widget());
        let is_news = focused.as_ref().map(WidgetExt::as_widget_ptr)
            != self.state.borrow().focused.as_ref().map(WidgetExt::as_widget_ptr);
        if !is_news {
            return;
        }
        let is_inside = focused.as_ref().is_some_and(|widget| widget.inside(&self.pane));
        self.state.borrow_mut().focused.clone_from(&focused);
        if let Some(widget) = focused.filter(|_| is_inside) {
            let (pane, top, bottom) = (Rect::of(&self.pane), widget.y() - 40, widget.y() + widget.h() + 30);
            if top < pane.y {
                self.scroll_by(top - pane.y);
            } else if bottom > pane.y + pane.h {
                self.scroll_by(bottom - pane.y - pane.h);
            }
            self.group.clone().redraw();
        }
    }

    /// Puts it here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        self.back.place(Rect::new(rect.x + 12, rect.y + 13, self.back.natural_width(), 30));
        let pane = self.pane_rect();
        self.pane.clone().resize(pane.x, pane.y, pane.w, pane.h);
        let scrolled = self.state.borrow().scrolled;
        let height = self.lay_out(scrolled);
        // Only then is it known how far it can be scrolled.
        let most = (height - pane.h).max(0);
        if scrolled > most {
            self.lay_out(most);
        }
        {
            let mut state = self.state.borrow_mut();
            (state.height, state.scrolled) = (height, scrolled.min(most));
        }
        let (x, width) = self.column();
        let (save, cancel) = (self.save.natural_width(), self.cancel.natural_width());
        let y = rect.y + rect.h - FOOTER_HEIGHT + (FOOTER_HEIGHT - 36) / 2;
        self.save.place(Rect::new(x + width - save, y, save, 36));
        self.cancel.place(Rect::new(x + width - save - 10 - cancel, y, cancel, 36));
        self.group.clone().redraw();
    }

    fn pane_rect(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let height = (rect.h - HEADER_HEIGHT - FOOTER_HEIGHT).max(0);
        Rect::new(rect.x, rect.y + HEADER_HEIGHT, rect.w, height)
    }

    /// The part of the page that rows stand in.
    fn column(&self) -> (i32, i32) {
        let rect = Rect::of(&self.group);
        let width = (rect.w - 48).min(WIDEST);
        (rect.x + (rect.w - width) / 2, width)
    }

    /// Puts everything in its place, from the top down. Gives how tall it is together.
    fn lay_out(&self, scrolled: i32) -> i32 {
        let (x, width) = self.column();
        let top = self.pane_rect().y - scrolled;
        let mut words = Vec::new();
        let mut state = self.state.borrow_mut();
        let mut y = top;
        for part in LAYOUT {
            let row = |height: i32| Rect::new(x, y, width, height);
            match *part {
                Part::Heading(text) => {
                    words.push((Kind::Heading, text.to(state.language).to_owned(), row(HEADING_HEIGHT)));
                    y += HEADING_HEIGHT + BELOW_HEADING;
                }
                Part::Caption(text) => {
                    words.push((Kind::Caption, text.to(state.language).to_owned(), row(LINE_HEIGHT)));
                    y += LINE_HEIGHT;
                }
                Part::Note(note) => {
                    if let Some((_, text)) = state.notes.iter().find(|(one, _)| *one == note) {
                        let is_warning = note == Note::Trust && state.pins.is_empty();
                        let style = if is_warning { Kind::Warning } else { Kind::Note };
                        for line in self.lines(text, width - 26) {
                            let rect = Rect::new(x + 26, y, width - 26, LINE_HEIGHT - 4);
                            words.push((style, line, rect));
                            y += LINE_HEIGHT - 4;
                        }
                        y += 8;
                    }
                }
                Part::Pins => {
                    let buttons = self.forget_pin.borrow();
                    for (pin, button) in state.pins.iter().zip(&*buttons) {
                        let button_width = button.natural_width();
                        button.place(Rect::new(x + width - button_width, y + 2, button_width, 30));
                        let lines = self.pin_lines(pin, width - button_width - 8);
                        let height = PIN_HEIGHT / if lines.len() == 1 { 1 } else { 2 };
                        for line in lines {
                            words.push((Kind::Pin, line, Rect::new(x, y, width, height)));
                            y += height;
                        }
                        y += 6;
                    }
                    y += if state.pins.is_empty() { 0 } else { 4 };
                }
                Part::Entries(entries) => y += self.place_fields(entries, row(0)),
                Part::Ticks(ticks) => {
                    self.place_ticks(ticks, row(26));
                    y += TICKS_HEIGHT;
                }
                Part::Reconnect => {
                    // The ring around what has the keyboard stands out at the left.
                    self.reconnect.place(x - 2, y);
                    y += CHOICE_HEIGHT;
                }
            }
        }
        state.words = words;
        y - top + BOTTOM
    }

    /// Puts fields side by side, and gives how tall they are.
    fn place_fields(&self, entries: &[Entry], row: Rect) -> i32 {
        let count = entries.len() as i32;
        let usual = (row.w - GAP * (count - 1)) / count;
        let has_port = entries.contains(&Entry::Port);
        let mut x = row.x;
        let mut height = 0;
        for entry in entries {
            let width = match entry {
                Entry::Port => PORT_WIDTH,
                _ if has_port => row.w - PORT_WIDTH - GAP,
                _ => usual,
            };
            let field = self.field(*entry);
            field.place(x, row.y, width);
            height = height.max(field.height_at(width));
            x += width + GAP;
        }
        height
    }

    fn place_ticks(&self, ticks: &[Tick], row: Rect) {
        let mut x = row.x;
        for (_, check_box) in self.ticks.iter().filter(|(tick, _)| ticks.contains(tick)) {
            let width = check_box.natural_width();
            check_box.place(Rect { x, w: width.min(row.x + row.w - x), ..row });
            x += width + 20;
        }
    }

    fn field(&self, entry: Entry) -> &Field {
        let found = self.fields.iter().find(|(one, _)| *one == entry);
        &found.expect("every entry of the layout has a field").1
    }

    /// Makes so many buttons that can be seen, before the field for another fingerprint.
    fn make_pin_buttons(&self, count: usize) {
        let mut buttons = self.forget_pin.borrow_mut();
        let language = self.state.borrow().language;
        let ground = |colors: &Palette| colors.page;
        let mut pane = self.pane.clone();
        while buttons.len() < count {
            Group::set_current(None::<&Group>);
            let button = Button::new(&self.ui, Look::Quiet, ground, Action::ForgetPin(buttons.len()));
            let field = self.field(Entry::Pin).widget().parent();
            let place = field.map_or(pane.children(), |field| pane.find(&field));
            pane.insert(button.widget(), place);
            buttons.push(button);
        }
        for (index, button) in buttons.iter().enumerate() {
            button.set_text(Text::ForgetProfile.to(language));
            button.set_visible(index < count);
        }
    }

    /// A fingerprint, which has to be read to its end: in two halves where it does not fit in one line.
    fn pin_lines(&self, pin: &Fingerprint, width: i32) -> Vec<String> {
        let mut pin = pin.to_string();
        if self.ui.paint.width(self.pin_face(), &pin) as i32 <= width {
            return vec![pin];
        }
        let half = pin.len().div_ceil(6) * 3;
        let rest = pin.split_off(half);
        vec![pin, rest]
    }

    fn pin_face(&self) -> Face {
        let style = formatting::Style { monospace: true, ..formatting::Style::default() };
        Face::styled(style, self.ui.theme().sizes.small)
    }

    fn lines(&self, text: &str, width: i32) -> Vec<String> {
        let face = Face::regular(self.ui.theme().sizes.small + 1);
        let lines = wrap::wrap(text, width as f32, |text| self.ui.paint.width(face, text));
        lines.into_iter().map(|line| text[line].to_owned()).collect()
    }

    fn scroll_by(&self, distance: i32) {
        {
            let mut state = self.state.borrow_mut();
            let most = (state.height - self.pane.h()).max(0);
            state.scrolled = (state.scrolled + distance).clamp(0, most);
        }
        self.place(Rect::of(&self.group));
    }

    fn handle(&self, event: Event) -> bool {
        match event {
            Event::MouseWheel => self.scroll_by(app::event_dy_value() * WHEEL),
            Event::KeyDown if app::event_key() == Key::PageUp => self.scroll_by(-self.pane.h()),
            Event::KeyDown if app::event_key() == Key::PageDown => self.scroll_by(self.pane.h()),
            _ => return false,
        }
        true
    }

    /// What a test sees of it. Fields and boxes are named by the key of the profile that they change.
    #[cfg(unix)]
    pub fn snapshot(&self) -> Value {
        let state = self.state.borrow();
        let by_key = |what: fn(&Field) -> Option<String>| {
            let said = self.fields.iter().filter_map(|(entry, field)| Some((entry.key(), what(field)?)));
            said.collect::<Value>()
        };
        let ticks = self.ticks.iter().map(|(tick, box_)| (tick_name(*tick), box_.is_ticked()));
        json!({
            "title": state.title,
            "fields": by_key(|field| Some(field.seen())),
            "hints": by_key(|field| {
                Some(field.hint()).filter(|hint| !hint.is_empty() && field.text().is_empty())
            }),
            "errors": by_key(Field::error),
            "ticks": ticks.collect::<Value>(),
            // Every other word on it, from the top down.
            "words": state.words.iter().map(|(_, words, _)| words.as_str()).collect::<Value>(),
            "remark": state.remark,
        })
    }

    /// Everything in view that can be clicked, by the key of the profile that it changes.
    pub fn rects(&self) -> Vec<(String, Rect)> {
        let mut rects = Vec::new();
        rects.extend(self.fields.iter().map(|(entry, field)| (entry.key().to_owned(), field.frame())));
        rects.extend(self.ticks.iter().map(|(tick, it)| (tick_name(*tick), Rect::of(it.widget()))));
        let choices = self.reconnect.rects().into_iter();
        rects.extend(choices.map(|(words, rect)| (format!("reconnect {words}"), rect)));
        let pins = self.state.borrow().pins.len();
        let buttons = self.forget_pin.borrow();
        let shown = buttons.iter().take(pins).enumerate();
        rects.extend(shown.map(|(index, it)| (format!("forget pin {index}"), Rect::of(it.widget()))));
        let pane = Rect::of(&self.pane);
        rects.retain(|(_, rect)| rect.y >= pane.y && rect.y + rect.h <= pane.y + pane.h);
        rects
    }

    /// What has the keyboard, by the same name.
    pub fn focused(&self) -> Option<String> {
        let field = self.fields.iter().find(|(_, field)| field.has_focus());
        let tick = self.ticks.iter().find(|(_, it)| it.widget().has_focus());
        let pin = self.forget_pin.borrow().iter().position(|button| button.widget().has_focus());
        let buttons = [("back", &self.back), ("cancel", &self.cancel), ("save", &self.save)];
        let button = buttons.into_iter().find(|(_, button)| button.widget().has_focus());
        let reconnect = self.reconnect.widget().has_focus().then(|| "reconnect".to_owned());
        field
            .map(|(entry, _)| entry.key().to_owned())
            .or_else(|| tick.map(|(tick, _)| tick_name(*tick)))
            .or_else(|| pin.map(|index| format!("forget pin {index}")))
            .or_else(|| button.map(|(name, _)| name.to_owned()))
            .or(reconnect)
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        let state = self.state.borrow();
        let beside = self.back.natural_width() + 20;
        let header = Rect { x: rect.x + beside, w: rect.w - 2 * beside, h: HEADER_HEIGHT, ..rect };
        paint.label(Face::bold(theme.sizes.title), theme.colors.ink, Align::Center, &state.title, header);
        paint.fill(Rect::new(rect.x, rect.y + HEADER_HEIGHT - 1, rect.w, 1), theme.colors.line);
        let top = rect.y + rect.h - FOOTER_HEIGHT;
        paint.fill(Rect::new(rect.x, top, rect.w, 1), theme.colors.line);
        if let Some(remark) = &state.remark {
            let (x, _) = self.column();
            let room = Rect::new(x, top + 6, self.cancel.widget().x() - x - 16, FOOTER_HEIGHT - 12);
            let lines = self.lines(remark, room.w);
            let height = room.h / (lines.len() as i32).max(1);
            for (index, line) in lines.iter().enumerate() {
                let row = Rect { y: room.y + index as i32 * height, h: height, ..room };
                let face = Face::regular(theme.sizes.small + 1);
                paint.label(face, theme.colors.dim, Align::Left, line, row);
            }
        }
    }

    fn draw_pane(&self) {
        let theme = self.ui.theme();
        let (paint, colors) = (&self.ui.paint, theme.colors);
        let pane = Rect::of(&self.pane);
        let state = self.state.borrow();
        fltk::draw::push_clip(pane.x, pane.y, pane.w, pane.h);
        paint.fill(pane, colors.page);
        let small = Face::regular(theme.sizes.small + 1);
        for (style, words, rect) in &state.words {
            match style {
                Kind::Heading => {
                    let room = Rect { y: rect.y + 20, h: rect.h - 24, ..*rect };
                    paint.label(Face::bold(theme.sizes.label), colors.accent, Align::Left, words, room);
                    paint.fill(Rect::new(rect.x, rect.y + rect.h - 1, rect.w, 1), colors.line);
                }
                Kind::Caption | Kind::Note => {
                    paint.label(small, colors.dim, Align::Left, words, *rect);
                }
                Kind::Warning => {
                    paint.label(small, colors.danger, Align::Left, words, *rect);
                }
                Kind::Pin => {
                    paint.label(self.pin_face(), colors.ink, Align::Left, words, *rect);
                }
            }
        }
        paint.thumb(pane, state.height, state.scrolled, colors.scrollbar);
        fltk::draw::pop_clip();
    }
}

/// What a test calls a box: the key that it changes, and with several of one key what is ticked there.
fn tick_name(tick: Tick) -> String {
    match tick {
        Tick::Mechanism(mechanism) => format!("{} {mechanism}", tick.key()),
        _ => tick.key().to_owned(),
    }
}

fn field(ui: &Rc<UiContext>, entry: Entry) -> Field {
    let entered = if entry == Entry::Pin { Action::AddPin } else { Action::SaveProfile };
    let field = Field::new(ui, 4, entered);
    if entry.is_secret() {
        field.hide_text();
    }
    field.on_change(Action::ProfileTyped);
    field
}

fn check_box(ui: &Rc<UiContext>, tick: Tick) -> CheckBox {
    let check_box = CheckBox::new(ui, |colors| colors.page);
    check_box.on_enter(Action::SaveProfile);
    check_box.on_change(if tick == Tick::Tls { Action::SwitchProfileTls } else { Action::ProfileTyped });
    check_box
}
