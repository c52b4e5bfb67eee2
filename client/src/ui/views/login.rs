//! The first view of the window: it asks for the user's name and the server.
//!
//! It holds the form and nothing else: what stands in the fields is checked by
//! [`settings`](crate::config::settings) and what comes of it is the [controller](super)'s business.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;

use fltk::group::Group;
use fltk::prelude::*;

use crate::config::profile::Secret;
use crate::event::failure;
use crate::model::{FormErrors, LoginForm};
use crate::text::i18n::{Language, Phrase, Text};
use crate::text::wrap;
use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::views::lists::{self, ListKey};
use crate::ui::widgets::button::{Button, CheckBox, Look};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::rows::{Row, RowList};
use crate::ui::{Action, UiContext};

const FORM_WIDTH: i32 = 380;
const PORT_WIDTH: i32 = 160;
const TILE: i32 = 60;
const BUTTON_HEIGHT: i32 = 44;
/// The row of boxes to tick, with the space below it.
const TICKS_HEIGHT: i32 = 36;
/// The form without what is above and below it.
const FIELDS_HEIGHT: i32 = 3 * Field::LEAST_HEIGHT + TICKS_HEIGHT + BUTTON_HEIGHT;
/// Below the button, for what is wrong with the connection; more if there is more room.
const TROUBLE_LINES: usize = 3;
const TROUBLE_LINE_HEIGHT: i32 = 19;
const TROUBLE_HEIGHT: i32 = 12 + TROUBLE_LINES as i32 * TROUBLE_LINE_HEIGHT;

/// The form.
#[derive(Clone)]
pub struct LoginView {
    group: Group,
    /// 用户名
    pub name: Field,
    /// 服务器ip
    pub server: Field,
    /// 端口port
    pub port: Field,
    /// 账号密码
    pub password: Field,
    /// 服务器密码, beside it; only where the server asks for a password.
    pub server_password: Field,
    /// 使用 TLS 加密
    pub tls: CheckBox,
    /// 记住密码
    pub keep_password: CheckBox,
    /// 注册新账号
    pub register: CheckBox,
    /// 登录; while connecting it says so and cancels.
    pub button: Button,
    /// The switch to the other language.
    pub language: Button,
    /// The switch to the other shade.
    pub shade: Button,
    /// 设置
    pub settings: Button,
    /// The saved servers, at the left; only where there is room for them.
    pub saved: RowList<ListKey>,
    /// 返回, to the conversations; only where there are any.
    pub back: Button,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    title: String,
    trouble: Option<String>,
    note: Option<String>,
    asks_server_password: bool,
    is_connecting: bool,
    has_saved: bool,
}

impl LoginView {
    /// An empty form, inside whatever group is open.
    pub fn new(ui: &Rc<UiContext>) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let name = Field::new(ui, 1, Action::LogIn);
        let server = Field::new(ui, 3, Action::LogIn);
        let port = Field::new(ui, 3, Action::LogIn);
        let password = Field::new(ui, 1, Action::LogIn);
        let server_password = Field::new(ui, 1, Action::LogIn);
        for secret in [&password, &server_password] {
            secret.hide_text();
        }
        server_password.set_visible(false);
        let tick = || CheckBox::new(ui, |colors| colors.page);
        let (tls, keep_password, register) = (tick(), tick(), tick());
        for tick in [&tls, &keep_password, &register] {
            tick.on_enter(Action::LogIn);
        }
        tls.on_change(Action::SwitchTls);
        let button = Button::new(ui, Look::Filled, |colors| colors.page, Action::LogInOrGiveUp);
        let language = Button::new(ui, Look::Quiet, |colors| colors.page, Action::SwitchLanguage);
        let shade = Button::new(ui, Look::Quiet, |colors| colors.page, Action::SwitchShade);
        let settings = Button::new(ui, Look::Quiet, |colors| colors.page, Action::OpenSettings);
        let back = Button::new(ui, Look::Quiet, |colors| colors.page, Action::GoBack);
        back.set_visible(false);
        // The keyboard goes to whatever takes it first, and that is to be the name.
        let saved = lists::conversations(ui);
        group.end();
        let view = Self {
            group: group.clone(),
            name,
            server,
            port,
            password,
            server_password,
            tls,
            keep_password,
            register,
            button,
            language,
            shade,
            settings,
            saved,
            back,
            state: Rc::default(),
            ui: Rc::clone(ui),
        };
        fltk_ext::draw_behind(&view.group, {
            let view = view.clone();
            move || view.draw()
        });
        view
    }

    /// Shows or hides the whole view.
    pub fn set_visible(&self, is_visible: bool) {
        fltk_ext::set_visible(&self.group, is_visible);
    }

    /// Takes over language and theme.
    pub fn restyle(&self, language: Language) {
        self.name.set_label(Text::UserName.to(language));
        self.server.set_label(Text::ServerAddress.to(language));
        self.port.set_label(Text::Port.to(language));
        self.label_passwords(language);
        for (_, field) in self.fields() {
            field.restyle();
        }
        self.tls.set_text(Text::UseTls.to(language));
        self.keep_password.set_text(Text::KeepPassword.to(language));
        self.register.set_text(Text::NewAccount.to(language));
        self.language.set_text(language.other().name());
        self.settings.set_text(Text::Settings.to(language));
        self.back.set_text(&format!("← {}", Text::Back.to(language)));
        self.state.borrow_mut().title = Text::AppName.to(language).to_owned();
        let is_connecting = self.state.borrow().is_connecting;
        self.set_connecting(is_connecting, language);
    }

    /// Says that a connection is being made, or not any more, and gives what it said before.
    pub fn set_connecting(&self, is_connecting: bool, language: Language) -> bool {
        let was_connecting = mem::replace(&mut self.state.borrow_mut().is_connecting, is_connecting);
        let text = if is_connecting { Text::LoggingInCancel } else { Text::LogIn };
        self.button.set_text(text.to(language));
        for (_, field) in self.fields() {
            field.set_editable(!is_connecting);
        }
        for (_, tick) in self.ticks() {
            tick.set_active(!is_connecting);
        }
        was_connecting
    }

    /// The fields and their names, from the top down.
    fn fields(&self) -> [(&'static str, &Field); 5] {
        [
            ("name", &self.name),
            ("server", &self.server),
            ("port", &self.port),
            ("password", &self.password),
            ("server password", &self.server_password),
        ]
    }

    /// Those that are seen.
    pub fn seen_fields(&self) -> impl Iterator<Item = (&'static str, &Field)> {
        let count = if self.state.borrow().asks_server_password { 5 } else { 4 };
        self.fields().into_iter().take(count)
    }

    /// Shows or hides the field for what the server wants from everybody.
    pub fn ask_server_password(&self, asks: bool, language: Language) {
        if mem::replace(&mut self.state.borrow_mut().asks_server_password, asks) != asks {
            self.server_password.set_visible(asks);
            self.label_passwords(language);
            self.place(Rect::of(&self.group));
        }
    }

    fn label_passwords(&self, language: Language) {
        let has_both = self.state.borrow().asks_server_password;
        let label = if has_both { Text::PasswordOfAccount } else { Text::AccountPassword };
        self.password.set_label(label.to(language));
        self.server_password.set_label(Text::ServerPassword.to(language));
    }

    /// Says something about the login that is nothing wrong, or takes that back.
    pub fn set_note(&self, note: Option<String>) {
        if self.state.borrow().note != note {
            self.state.borrow_mut().note = note;
            self.group.clone().redraw();
        }
    }

    /// What it says of the login.
    pub fn note(&self) -> Option<String> {
        self.state.borrow().note.clone()
    }

    /// The boxes to tick and their names.
    pub fn ticks(&self) -> [(&'static str, &CheckBox); 3] {
        [("tls", &self.tls), ("keep password", &self.keep_password), ("register", &self.register)]
    }

    /// Says that the password need not be typed, since the keyring has it, or takes that back.
    pub fn set_kept(&self, is_kept: bool, language: Language) {
        self.password.set_hint(if is_kept { Text::HintKept.to(language) } else { "" });
    }

    /// What stands in the fields.
    pub fn form(&self) -> LoginForm {
        LoginForm {
            nick: self.name.text(),
            server: self.server.text(),
            port: self.port.text(),
            tls: self.tls.is_ticked(),
            password: Secret::from(self.password.text()),
            server_password: Secret::from(self.server_password.text()),
            keep_password: self.keep_password.is_ticked(),
            register: self.register.is_ticked(),
        }
    }

    /// Fills the fields in.
    pub fn set_form(&self, form: &LoginForm) {
        self.name.set_text(&form.nick);
        self.server.set_text(&form.server);
        self.port.set_text(&form.port);
        self.password.set_text(form.password.reveal());
        self.server_password.set_text(form.server_password.reveal());
        self.tls.set_ticked(form.tls);
        self.keep_password.set_ticked(form.keep_password);
        self.register.set_ticked(form.register);
        self.group.clone().redraw();
    }

    /// Puts the caret where there is something to do: into the first field that is wrong or empty, or else the name.
    pub fn focus(&self) {
        let fields = self.fields().map(|(_, field)| field);
        let wrong = fields.into_iter().find(|field| field.error().is_some());
        // Not everybody has a password.
        let empty = fields[..3].iter().copied().find(|field| field.text().is_empty());
        wrong.or(empty).unwrap_or(&self.name).focus();
    }

    /// Says what is wrong: beside a field if the words fit there, else below the button, where errors about no field
    /// stand, too. The remarks follow; they are about the window as a whole.
    pub fn show_errors(&self, errors: &FormErrors, remarks: &[Phrase], language: Language) {
        let mut trouble: Vec<String> = errors.general.iter().map(|phrase| phrase.to(language)).collect();
        let fields = [
            failure::Field::Nick,
            failure::Field::Server,
            failure::Field::Port,
            failure::Field::Password,
            failure::Field::ServerPassword,
        ];
        let mut is_news = false;
        for ((_, field), which) in self.fields().into_iter().zip(fields) {
            let error = errors.of(which).map(|phrase| phrase.to(language));
            let beside = error.map(|error| {
                if field.has_room_for(&error) {
                    error
                } else {
                    trouble.push(error);
                    String::new()
                }
            });
            is_news |= field.set_error(beside);
        }
        trouble.extend(remarks.iter().map(|remark| remark.to(language)));
        self.set_trouble((!trouble.is_empty()).then(|| trouble.join("\n")));
        if is_news {
            self.place(Rect::of(&self.group));
        }
    }

    /// What is said to be wrong with what, for those with which something is.
    pub fn errors(&self) -> BTreeMap<&'static str, String> {
        let beside = self.fields().into_iter().filter_map(|(name, field)| Some((name, field.error()?)));
        beside.chain(self.trouble().map(|trouble| ("general", trouble))).collect()
    }

    /// Says why there is no connection, or takes that back.
    fn set_trouble(&self, trouble: Option<String>) {
        if self.state.borrow().trouble != trouble {
            self.state.borrow_mut().trouble = trouble;
            self.group.clone().redraw();
        }
    }

    /// What it says about the connection.
    pub fn trouble(&self) -> Option<String> {
        self.state.borrow().trouble.clone()
    }

    /// Shows the saved servers, if there are several to choose from.
    pub fn show_saved(&self, rows: Vec<Row<ListKey>>) {
        // A heading and one server, which is in the form already.
        let has_saved = rows.len() > 2;
        self.saved.set_rows(rows, None);
        if mem::replace(&mut self.state.borrow_mut().has_saved, has_saved) != has_saved {
            self.place(Rect::of(&self.group));
        }
    }

    /// How wide the list of saved servers is; nothing where it is not shown.
    fn side_width(&self) -> i32 {
        let width = self.ui.theme().sizes.side_width;
        if self.state.borrow().has_saved && self.group.w() >= width + FORM_WIDTH + 40 { width } else { 0 }
    }

    /// Puts the view here: the form in the middle, the switches in the corner.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let form = self.form_rect();
        let mut y = form.y + self.title_height();
        self.name.place(form.x, y, form.w);
        y += self.name.height_at(form.w);
        let (server_width, port_width) = (form.w - PORT_WIDTH - 16, PORT_WIDTH);
        self.server.place(form.x, y, server_width);
        self.port.place(form.x + form.w - port_width, y, port_width);
        y += self.server.height_at(server_width).max(self.port.height_at(port_width));
        if self.state.borrow().asks_server_password {
            let width = (form.w - 16) / 2;
            self.password.place(form.x, y, width);
            self.server_password.place(form.x + form.w - width, y, width);
            y += self.password.height_at(width).max(self.server_password.height_at(width));
        } else {
            self.password.place(form.x, y, form.w);
            y += self.password.height_at(form.w);
        }
        let mut x = form.x;
        for (_, tick) in self.ticks() {
            let width = tick.natural_width();
            tick.place(Rect::new(x, y, width, 26));
            x += width + 14;
        }
        y += TICKS_HEIGHT;
        self.button.place(Rect::new(form.x, y, form.w, BUTTON_HEIGHT));
        let mut right = rect.x + rect.w - 12;
        for switch in [&self.language, &self.shade, &self.settings] {
            let width = switch.natural_width();
            switch.place(Rect::new(right - width, rect.y + 10, width, 30));
            right -= width + 4;
        }
        let side_width = self.side_width();
        let mut saved = self.saved.widget().clone();
        if side_width > 0 {
            self.saved.place(Rect { w: side_width, ..rect });
            saved.show();
        } else {
            saved.hide();
        }
        self.back.place(Rect::new(rect.x + side_width + 12, rect.y + 10, self.back.natural_width(), 30));
        self.group.clone().redraw();
    }

    /// The form without the space around it.
    fn form_rect(&self) -> Rect {
        let rect = Rect::of(&self.group);
        let side_width = self.side_width();
        let rect = Rect { x: rect.x + side_width, w: rect.w - side_width, ..rect };
        let width = FORM_WIDTH.min(rect.w - 40);
        let height = self.title_height() + FIELDS_HEIGHT + TROUBLE_HEIGHT;
        // Nothing moves up when something is wrong, and nothing lies under the switches in the corner.
        let least = if self.title_height() > 0 { 12 } else { 42 };
        Rect::new(
            rect.x + (rect.w - width) / 2,
            rect.y + ((rect.h - height) * 2 / 5).max(least),
            width,
            height,
        )
    }

    /// The picture and the name of the house above the form, where there is room for them.
    fn title_height(&self) -> i32 {
        let title = TILE + 62;
        if self.group.h() >= title + FIELDS_HEIGHT + 24 { title } else { 0 }
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        let side_width = self.side_width();
        if side_width > 0 {
            paint.fill(Rect::new(rect.x + side_width, rect.y, 1, rect.h), theme.colors.line);
        }
        let form = self.form_rect();
        if self.title_height() > 0 {
            self.draw_title(&theme, form);
        }
        let state = self.state.borrow();
        let face = Face::regular(theme.sizes.label);
        let words = [(&state.note, theme.colors.dim), (&state.trouble, theme.colors.danger)];
        let mut y = self.button.widget().y() + BUTTON_HEIGHT + 12;
        for (text, colour) in words {
            let Some(text) = text else { continue };
            let mut lines = wrap::wrap(text, form.w as f32, |text| paint.width(face, text));
            let room = ((rect.y + rect.h - y) / TROUBLE_LINE_HEIGHT).max(1) as usize;
            if lines.len() > room {
                // The last line that fits says with its `…` that there is more.
                lines.truncate(room);
                lines[room - 1].end = text.len();
            }
            for line in lines {
                let row = Rect::new(form.x, y, form.w, TROUBLE_LINE_HEIGHT);
                paint.label(face, colour, Align::Left, &text[line].replace('\n', " "), row);
                y += TROUBLE_LINE_HEIGHT;
            }
        }
    }

    fn draw_title(&self, theme: &Theme, form: Rect) {
        let paint = &self.ui.paint;
        let tile = Rect::new(form.x + (form.w - TILE) / 2, form.y, TILE, TILE);
        paint.rounded(tile, 18, theme.colors.accent);
        paint.label(
            Face::regular(34),
            theme.colors.on_accent,
            Align::Center,
            "🍵",
            Rect { y: tile.y + 3, ..tile },
        );
        let title = Rect::new(form.x, form.y + TILE + 4, form.w, 34);
        let state = self.state.borrow();
        paint.label(Face::bold(19), theme.colors.ink, Align::Center, &state.title, title);
    }
}
