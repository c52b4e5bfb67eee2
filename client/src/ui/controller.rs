//! The way round: what a person did and what the network brought go into the model, and the widgets show what it has
//! become.
//!
//! `Controller::turn` runs once per round of FLTK's loop, and is the only place where the model changes. It never
//! waits: the network has threads of its own.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::{env, panic, process};

use fltk::app::{self, App};
use fltk::enums::Event;
use fltk::prelude::*;
use fltk::window::DoubleWindow;

use crate::connection::{Connection, Setup};
use crate::i18n::{Language, Phrase, Text};
use crate::irc_url::IrcUrl;
use crate::keyring::{Keeper, Kept};
use crate::model::search::Search;
use crate::model::{self, Conversation, ConversationId, Link, LoginForm, Model, Network, NetworkId, View};
use crate::options::Options;
use crate::profile::Profile;
use crate::reconnect::Retry;
use crate::settings::{Settings, SettingsFile, Shade};
use crate::sts::Policies;
use crate::ui::chat::ChatView;
use crate::ui::controller::preferences::Change;
use crate::ui::controller::write::Writing;
use crate::ui::desktop::{self, Notifier};
use crate::ui::dialog::{Dialog, Question};
use crate::ui::login::LoginView;
use crate::ui::menu::MenuCard;
use crate::ui::paint::{self, Rect};
#[cfg(unix)]
use crate::ui::probe::{self, Probe};
use crate::ui::settings::SettingsPage;
use crate::ui::switcher::Switcher;
use crate::ui::theme::{self, Theme};
use crate::ui::transcript::{Item, Show};
use crate::ui::{Action, Kit, keys, scene};

mod menus;
pub mod preferences;
mod search;
#[cfg(unix)]
mod snapshot;
mod talk;
mod write;

pub(in crate::ui) use write::counter;

/// The size of a window for which nobody asked for another.
const WINDOW_SIZE: (i32, i32) = (1080, 720);
/// Below this things would lie on one another.
const SMALLEST_SIZE: (i32, i32) = (520, 500);

/// Opens the window and runs it until it is closed; by then every thread has been joined.
///
/// # Errors
/// Why there can be no window.
pub fn run(options: Options) -> Result<(), Phrase> {
    if cfg!(all(unix, not(target_os = "macos")))
        && env::var_os("DISPLAY").is_none_or(|display| display.is_empty())
    {
        return Err(Text::NoDisplay.with([]));
    }
    watch_for_panics();
    let app = App::default();
    app::set_visible_focus(true);

    let controller = Rc::new(RefCell::new(Controller::new(options)));
    let is_over = Rc::clone(&controller.borrow().is_over);
    controller.borrow_mut().open()?;
    app::add_check({
        let controller = Rc::clone(&controller);
        move |_| controller.borrow_mut().turn()
    });
    while !is_over.get() && app.wait() {}
    controller.borrow_mut().close();
    Ok(())
}

/// FLTK's callbacks swallow panics. A window in which something went wrong must not go on as if nothing had, at least
/// not in front of a test.
fn watch_for_panics() {
    if env::var_os(PROBE_VARIABLE).is_none() {
        return;
    }
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        report(panic);
        process::exit(101);
    }));
}

#[cfg(unix)]
const PROBE_VARIABLE: &str = probe::VARIABLE;
#[cfg(not(unix))]
const PROBE_VARIABLE: &str = "TEAHOUSE_PROBE";

/// What a dialog may ask about.
enum Asked {
    /// Whether to close the window.
    Closing,
    /// Whether to open this address.
    Opening(String),
    /// Whether to paste this text.
    Pasting(String),
    /// Whether to trust a server that nobody vouches for.
    Trusting,
    /// Nothing: it only tells.
    Telling,
}

/// Everything that the window is made of.
struct Controller {
    model: Rc<RefCell<Model>>,
    /// The connection of each network that has one.
    connections: BTreeMap<NetworkId, Connection>,
    /// How connections are made.
    setup: Setup,
    keeper: Keeper,
    settings: Settings,
    settings_file: Option<SettingsFile>,
    kit: Rc<Kit>,
    window: DoubleWindow,
    login: LoginView,
    chat: ChatView,
    dialog: Dialog,
    /// What the dialog is about, while it is there.
    asked: Option<Asked>,
    /// The address that was opened last.
    opened: Option<String>,
    menu: MenuCard,
    switcher: Switcher,
    settings_page: SettingsPage,
    notifier: Notifier,
    /// Whether the system is dark, once somebody wanted to know.
    system_is_dark: OnceCell<bool>,
    /// The faces that one can choose from, the best first. Where there is none, FLTK's own choice stays, and the system
    /// fills in 汉字 from wherever it finds them.
    faces: Vec<&'static str>,
    /// How large the system wants everything to be.
    system_scale: f32,
    /// The view that is shown.
    shown: Option<View>,
    /// Which network 报文 shows.
    wire_of: Option<NetworkId>,
    /// What is wrong with what is written in the composer.
    refusal: Option<Phrase>,
    writing: Writing,
    /// What is looked for in the conversation in front.
    search: Search,
    /// Whether to log in as soon as the window is there.
    connect: bool,
    /// Where to go as soon as the window is there.
    url: Option<IrcUrl>,
    has_focus: bool,
    is_over: Rc<Cell<bool>>,
    #[cfg(unix)]
    probe: Option<Probe>,
}

impl Controller {
    fn new(options: Options) -> Self {
        let Options { settings, settings_file, problems, language, profile, connect, url, geometry } =
            options;
        for problem in &problems {
            log::warn!("{}", problem.to(language));
        }
        let folder = settings_file.as_ref().and_then(SettingsFile::folder);
        let setup = Setup { policies: Policies::load(folder), ..Setup::default() };
        let kit = Rc::new(Kit::new(Theme::new(settings.theme, settings.density)));
        let mut model = Model::new(language, profile);
        model.set_ignored(settings.ignored.clone());
        let model = Rc::new(RefCell::new(model));

        let (width, height) = geometry.map_or(WINDOW_SIZE, |wanted| (wanted.width, wanted.height));
        let mut window =
            DoubleWindow::default().with_size(width.max(SMALLEST_SIZE.0), height.max(SMALLEST_SIZE.1));
        if let Some(wanted) = geometry {
            window.set_pos(wanted.x, wanted.y);
            window.force_position(true);
        }
        window.set_xclass("teahouse");
        window.set_icon(Some(paint::icon()));
        window.make_resizable(false);
        window.size_range(SMALLEST_SIZE.0, SMALLEST_SIZE.1, 0, 0);
        let login = LoginView::new(&kit);
        let (model1, model2, model3) = (Rc::clone(&model), Rc::clone(&model), Rc::clone(&model));
        let chat = ChatView::new(
            &kit,
            Rc::new(move |number| item_at(&model1.borrow(), number)),
            Rc::new(move |number| scene::wire_row(&model2.borrow(), number)),
            Rc::new(move |number| scene::wire_explanation(&model3.borrow(), number)),
        );
        let switcher = Switcher::new(&kit);
        let settings_page = SettingsPage::new(&kit);
        let menu = MenuCard::new(&kit);
        let dialog = Dialog::new(&kit, Action::Agree, Action::Decline);
        window.end();
        window.resize_callback({
            let kit = Rc::clone(&kit);
            move |_, _, _, _, _| kit.act(Action::Resized)
        });
        window.handle({
            let kit = Rc::clone(&kit);
            move |_, event| {
                let pressed = if event == Event::KeyDown { keys::pressed() } else { None };
                pressed.map(|action| kit.act(action)).is_some()
            }
        });
        window.set_callback({
            let kit = Rc::clone(&kit);
            move |_| {
                // Escape comes here as well.
                let is_escape = app::event() != Event::Close;
                kit.act(if is_escape { Action::GoBack } else { Action::AskToClose });
            }
        });
        let controller = Self {
            model,
            connections: BTreeMap::new(),
            setup,
            keeper: Keeper::new(app::awake),
            settings,
            settings_file,
            kit,
            window,
            login,
            chat,
            dialog,
            asked: None,
            opened: None,
            menu,
            switcher,
            settings_page,
            notifier: Notifier::default(),
            system_is_dark: OnceCell::new(),
            faces: theme::find_fonts(),
            system_scale: app::screen_scale(0),
            shown: None,
            wire_of: None,
            refusal: None,
            writing: Writing::default(),
            search: Search::default(),
            connect,
            url,
            has_focus: false,
            is_over: Rc::default(),
            #[cfg(unix)]
            probe: None,
        };
        if !problems.is_empty() {
            let words: Vec<_> = problems.iter().map(|problem| problem.to(language)).collect();
            controller.login.set_trouble(Some(words.join("\n")));
        }
        controller
    }

    /// Shows the window, and the probe if somebody asked for one.
    fn open(&mut self) -> Result<(), Phrase> {
        // What is chosen here is kept; what FLTK would do with the same keys is not.
        app::keyboard_screen_scaling(false);
        self.choose_face();
        self.resize();
        self.apply_settings();
        self.keep_logs();
        self.restyle();
        self.place();
        self.refresh();
        self.window.show();
        #[cfg(unix)]
        if let Some(path) = env::var_os(PROBE_VARIABLE) {
            let probe = Probe::start(path.as_ref(), app::awake);
            self.probe = Some(probe.map_err(|error| Text::CannotOpenWindow.with([&error.to_string()]))?);
            eprintln!("probe: listening");
        }
        if std::mem::take(&mut self.connect) {
            self.log_in();
        } else {
            self.model.borrow_mut().connect_at_start();
        }
        if let Some(url) = self.url.take() {
            self.model.borrow_mut().follow(&url);
        }
        self.carry_out();
        self.refresh();
        Ok(())
    }

    /// Ends every thread.
    fn close(&mut self) {
        self.window.hide();
        self.connections.clear();
        // What is not on the disk yet is written now.
        self.model.borrow_mut().set_logs(None);
        #[cfg(unix)]
        {
            self.probe = None;
        }
    }

    /// One round: what happened goes into the model, and what it has become onto the screen.
    fn turn(&mut self) {
        let mut has_changed = false;
        self.model.borrow_mut().saw_end(self.chat.transcript.is_at_bottom());
        if self.shown == Some(View::Chat) && self.chat.transcript.is_at_top() {
            self.model.borrow_mut().want_older();
            self.carry_out();
        }
        let focus = app::focus().is_some();
        if focus != self.has_focus {
            self.has_focus = focus;
            self.kit.set_has_keyboard(focus);
            self.model.borrow_mut().set_focused(focus);
            has_changed = true;
        }
        has_changed |= self.take_kept();
        for (id, connection) in &self.connections {
            for event in connection.drain() {
                self.model.borrow_mut().apply(*id, event);
                has_changed = true;
            }
            for traffic in connection.traffic() {
                self.model.borrow_mut().record(*id, traffic);
                has_changed = true;
            }
        }
        while let Some(action) = self.kit.next_action() {
            self.act(action);
            has_changed = true;
        }
        if has_changed {
            self.carry_out();
            self.refresh();
        }
        let is_covered = self.settings_page.is_open()
            || self.switcher.is_open()
            || self.menu.is_open()
            || self.dialog.asked().is_some();
        if is_covered && (has_changed || self.window.damage()) {
            // What lies behind must not be drawn over it, be it for news or because the mouse has left it.
            self.window.redraw();
        }
        #[cfg(unix)]
        self.answer_probe();
    }

    fn act(&mut self, action: Action) {
        if self.dialog.asked().is_some()
            && !matches!(action, Action::Agree | Action::Decline | Action::Resized)
        {
            return;
        }
        let is_about_chat = matches!(
            action,
            Action::SelectBeside(_)
                | Action::SelectNumbered(_)
                | Action::SelectUnread
                | Action::NextPane { .. }
                | Action::ToggleWire
                | Action::OpenSwitcher
                | Action::OpenSearch
        );
        if is_about_chat && (self.shown != Some(View::Chat) || self.settings_page.is_open()) {
            return;
        }
        match action {
            Action::LogIn => self.log_in(),
            Action::Reconnect => {
                let front = self.model.borrow().front().map(Network::id);
                if let Some(id) = front {
                    self.model.borrow_mut().connect_again(id);
                }
            }
            Action::StopConnecting => {
                let front = self.model.borrow().front().map(Network::id);
                if let Some(id) = front {
                    self.model.borrow_mut().disconnect(id);
                }
            }
            Action::ConnectAgain(id) => self.model.borrow_mut().connect_again(id),
            Action::Disconnect(id) => self.model.borrow_mut().disconnect(id),
            Action::LeaveNetwork(id) => self.model.borrow_mut().leave(id),
            Action::SwitchTls => {
                let mut form = self.login.form();
                form.set_tls(form.tls);
                self.login.set_form(&form);
            }
            Action::AddServer => self.model.borrow_mut().open_form(),
            Action::GoBack if self.settings_page.is_open() => self.close_settings(),
            Action::GoBack if self.shown == Some(View::Chat) => self.chat.composer.focus(),
            Action::GoBack => self.model.borrow_mut().close_form(),
            Action::Send => self.send(),
            Action::Composed => self.composed(),
            Action::PickerStep { columns, rows } => self.step_on_board(columns, rows),
            Action::Pick => self.pick(),
            Action::ToggleEmoji => self.toggle_emoji(),
            Action::Recall(steps) => self.recall(steps),
            Action::Style(code) => self.chat.composer.wrap_selection(code),
            Action::AskToPaste(text) => self.ask_to_paste(text),
            Action::Escape => self.escape(),
            Action::StopReply => {
                self.model.borrow_mut().stop_replying();
                self.chat.composer.focus();
            }
            Action::MoveCursor(steps) => self.chat.transcript.move_cursor(steps),
            Action::AskCursor => self.ask_about_cursor(),
            Action::OpenSearch => self.open_search(),
            Action::SearchTyped => self.search_typed(),
            Action::SearchGo(steps) => self.search_go(steps),
            Action::CloseSearch => self.close_search(),
            Action::Tick => self.tick(),
            Action::Complete { backwards } => self.complete(backwards),
            Action::ScrollPages(pages) => self.chat.transcript.scroll_pages(pages),
            Action::CopySelection => {
                self.chat.transcript.copy();
            }
            Action::Touch { line, zone } => self.touch(line, zone),
            Action::AskMessage { line, link } => self.ask_about_message(line, link),
            Action::Reply(line) => self.reply_to(line),
            Action::React(line, emoji) => self.model.borrow_mut().react_to(line, &emoji),
            Action::TakeBack(line) => self.model.borrow_mut().take_back(line),
            Action::SelectConversation(id) => self.select(Some(id)),
            Action::SelectNetwork(id) => {
                let current =
                    self.model.borrow().network(id).and_then(Network::current).map(Conversation::id);
                self.select(current);
            }
            Action::SelectBeside(steps) => self.model.borrow_mut().select_beside(steps),
            Action::SelectNumbered(number) => self.model.borrow_mut().select_numbered(number),
            Action::SelectUnread => self.model.borrow_mut().select_unread(),
            Action::OpenSwitcher => {
                self.switcher.open(Text::SwitchTo.to(self.language()));
                self.refresh_switcher();
            }
            Action::Switching => self.refresh_switcher(),
            Action::Switch(id) => {
                self.switcher.close();
                self.select(Some(id));
            }
            Action::CloseSwitcher => {
                self.switcher.close();
                self.chat.composer.focus();
            }
            Action::NextPane { backwards } => self.chat.next_pane(backwards),
            Action::AskConversation(id) => self.ask_about_conversation(id),
            Action::CloseConversation(id) => self.model.borrow_mut().close(id),
            Action::OpenProfile(index) => {
                self.model.borrow_mut().open_profile(index);
                self.put_form();
            }
            Action::AskProfile(index) => self.ask_about_profile(index),
            Action::AskNetwork(id) => self.ask_about_network(id),
            Action::ShowCertificate(id) => self.show_certificate(id),
            Action::ForgetCertificate(id) => self.model.borrow_mut().forget_certificate(id),
            Action::ForgetCertificateOf(index) => {
                self.model.borrow_mut().forget_certificate_of_profile(index);
                self.settings.profiles = self.model.borrow().profiles().to_vec();
                self.save();
            }
            Action::OpenPrivate(nick) => {
                if !self.is_me(&nick) {
                    self.model.borrow_mut().open_private(&nick);
                }
                self.chat.composer.focus();
            }
            Action::AskMember(nick) => self.ask_about_member(nick),
            Action::AskWhois(nick) => self.refusal = self.model.borrow_mut().ask_card(&nick).err(),
            Action::Ignore { nick, ignore } => {
                self.submit(&format!("/{} {nick}", if ignore { "ignore" } else { "unignore" }));
            }
            Action::KeepOrder { nick, order } => {
                self.refusal = self.model.borrow_mut().keep_order(&nick, &order).err();
            }
            Action::AskMe => self.ask_about_me(),
            Action::SetAway(away) => {
                let reason = if away { Text::AwayReason.to(self.language()) } else { "" };
                self.submit(&format!("/away {reason}"));
            }
            Action::Mention(nick) => self.mention(&nick),
            Action::AskOnline => {
                if let Err(refusal) = self.ask_online() {
                    self.refusal = Some(refusal);
                }
                self.chat.composer.focus();
            }
            Action::Clear => {
                self.model.borrow_mut().clear();
                self.chat.composer.focus();
            }
            // The window is drawn anew after every action.
            Action::MenuClosed => {}
            Action::ToggleWire => self.chat.toggle_wire(),
            Action::ShowWire(id) => {
                let current =
                    self.model.borrow().network(id).and_then(Network::current).map(Conversation::id);
                self.select(current);
                if !self.chat.wire.is_open() {
                    self.chat.toggle_wire();
                }
            }
            Action::ClearWire => self.model.borrow_mut().clear_wire(),
            Action::ToggleMembers => {
                self.chat.toggle_members();
                self.focus_composer();
            }
            Action::SwitchShade => {
                let other = if self.shade() == Shade::Dark { Shade::Light } else { Shade::Dark };
                self.change(Change::Theme(other));
                self.focus_composer();
            }
            Action::OpenSettings => self.open_settings(),
            Action::CloseSettings => self.close_settings(),
            Action::Change(change) => self.change(change),
            Action::EditProfile(index) => {
                self.close_settings();
                self.model.borrow_mut().edit_profile(index);
                self.put_form();
            }
            Action::JoinAtLogin(id, join) => self.join_at_login(id, join),
            Action::NotifyIn(id, notify) => self.set_notify_in(id, notify),
            Action::SwitchLanguage => {
                let language = self.language().other();
                self.change(Change::Language(language));
                self.focus_composer();
            }
            Action::Resized => self.place(),
            Action::AskToClose if self.settings.ask_before_closing => {
                self.ask(Asked::Closing, scene::closing_question(self.language()));
            }
            Action::AskToClose => self.model.borrow_mut().quit(""),
            Action::Agree => self.agree(),
            Action::Decline => self.end_dialog(),
            Action::Open(target) => self.open_address(target),
            Action::Copy(text) => {
                app::copy(&text);
                app::copy2(&text);
            }
        }
    }

    /// Does what the model wants done outside.
    fn carry_out(&mut self) {
        let actions = self.model.borrow_mut().take_actions();
        for action in actions {
            match action {
                model::Action::Connect(id, profile) => {
                    self.remember(&profile);
                    self.connections.remove(&id);
                    if profile.keyring && profile.password.is_empty() {
                        self.keeper.fetch(id, profile);
                    } else {
                        self.connect(id, &profile);
                    }
                }
                model::Action::KeepPassword(id, profile) => self.keeper.store(id, profile),
                model::Action::Send(id, line) => {
                    if let Some(connection) = self.connections.get(&id) {
                        connection.send(line);
                    }
                }
                model::Action::Disconnect(id) => drop(self.connections.remove(&id)),
                model::Action::Notify { title, text } => {
                    self.notifier.tell(&title, &text);
                    if self.settings.sound {
                        fltk::dialog::beep(fltk::dialog::BeepType::Message);
                    }
                }
                model::Action::KeepIgnored(ignored) => {
                    self.settings.ignored = ignored;
                    self.save();
                }
                model::Action::Quit => {
                    self.connections.clear();
                    self.is_over.set(true);
                    // FLTK is about to wait for what happens next, and this may have been the last thing.
                    app::awake();
                }
            }
        }
    }

    fn connect(&mut self, id: NetworkId, profile: &Profile) {
        let retry = if profile.reconnect == Some(false) { Retry::Never } else { Retry::OnceWelcomed };
        let setup = Setup { retry, ..self.setup.clone() };
        self.connections.insert(id, Connection::open(profile, &setup, app::awake));
    }

    /// Takes in what the keyring had to say. Says whether it had anything.
    fn take_kept(&mut self) -> bool {
        let news: Vec<_> = self.keeper.drain().collect();
        let has_news = !news.is_empty();
        for kept in news {
            match kept {
                Kept::Fetched(id, profile) => {
                    // It may have been given up meanwhile.
                    let is_awaited =
                        self.model.borrow().network(id).is_some_and(|it| it.link() == Link::Connecting);
                    if is_awaited && !self.connections.contains_key(&id) {
                        self.connect(id, &profile);
                    }
                }
                Kept::NotStored(id, why) => {
                    self.model.borrow_mut().password_not_kept(id, &why);
                    let profile = self.model.borrow().network(id).map(|it| it.profile().clone());
                    if let Some(profile) = profile {
                        self.remember(&profile);
                    }
                }
            }
        }
        has_news
    }

    /// Shows everything as the model has it. Widgets compare what they are told with what they have, so this is cheap
    /// enough to be done after every change.
    fn refresh(&mut self) {
        let (view, title) = {
            let model = self.model.borrow();
            (model.view(), model.title())
        };
        if self.window.label() != title {
            self.window.set_label(&title);
        }
        match view {
            View::Login => self.refresh_login(),
            View::Chat => {
                self.refresh_chat();
                self.refresh_wire();
                self.refresh_switcher();
            }
        }
        if self.shown != Some(view) {
            self.shown = Some(view);
            self.login.set_visible(view == View::Login);
            self.chat.set_visible(view == View::Chat);
            match view {
                View::Login => {
                    self.put_form();
                    self.focus_form();
                }
                View::Chat => self.chat.composer.focus(),
            }
            self.window.redraw();
        }
        self.ask_whom_to_trust();
        self.show_card();
        self.refresh_settings();
    }

    fn refresh_login(&mut self) {
        let model = self.model.borrow();
        let language = model.language();
        let is_connecting = model.is_logging_in();
        self.login.show_saved(scene::profile_rows(&model));
        self.login.back.set_visible(model.front().is_some());
        let was_connecting = self.login.set_connecting(is_connecting, language);
        let errors = model.form_errors();
        self.login.show_errors(errors, language);
        if was_connecting && !is_connecting && !errors.is_empty() {
            self.login.focus();
        }
    }

    fn refresh_chat(&mut self) {
        self.turn_composer();
        self.refresh_composer();
        let changed = self.model.borrow_mut().take_changes();
        let model = self.model.borrow();
        let language = model.language();
        let (rows, selected) = scene::conversation_rows(&model);
        self.chat.conversations.set_rows(rows, selected);
        self.chat.members.set_rows(scene::member_rows(&model), None);
        let has_members = model.current().is_some_and(|current| current.kind() == model::Kind::Room);
        self.chat.set_words(scene::words(&model), has_members);
        if let Some(current) = model.current() {
            let (first, end) = current.range();
            let first_new = current.first_unread().map(model::LineId::number);
            self.chat.transcript.show(&Show {
                conversation: current.id(),
                items: first.number()..end.number(),
                first_new,
                changed: &changed,
            });
            let unseen = current.count_messages(self.chat.transcript.unseen());
            self.chat.transcript.set_news(scene::news(unseen, language));
        }
        drop(model);
        self.refresh_search();
    }

    fn refresh_switcher(&self) {
        if self.switcher.is_open() {
            self.switcher.show(scene::switcher_rows(&self.model.borrow(), &self.switcher.typed()));
        }
    }

    fn refresh_wire(&mut self) {
        let model = self.model.borrow();
        let Some(network) = model.front().filter(|_| self.chat.wire.is_open()) else { return };
        let language = model.language();
        let title = Text::WireOf.with([network.place()]).to(language);
        self.chat.wire.set_words(title, Text::WireNothing.to(language), Text::WireChoose.to(language));
        let is_other = self.wire_of.replace(network.id()) != Some(network.id());
        self.chat.wire.show(network.wire().first(), network.wire().end(), is_other);
    }

    /// Day or night, as it is now.
    fn shade(&self) -> Shade {
        match self.settings.theme {
            Shade::System if self.system_is_dark.get_or_init(desktop::is_dark) == &true => Shade::Dark,
            Shade::System => Shade::Light,
            shade => shade,
        }
    }

    fn restyle(&mut self) {
        self.kit.set_theme(Theme::new(self.shade(), self.settings.density));
        let theme = self.kit.theme();
        let language = self.language();
        app::background2(255, 255, 255);
        self.window.set_color(theme.colors.page);
        self.login.restyle(language);
        let other_shade = if self.shade() == Shade::Dark { Text::Light } else { Text::Dark };
        for (button, text) in [
            (&self.login.shade, other_shade),
            (&self.chat.shade, other_shade),
            (&self.chat.online, Text::OnlineUsers),
            (&self.chat.clear, Text::ClearScreen),
            (&self.chat.people, Text::Members),
            (&self.chat.wire.clear, Text::ClearScreen),
            (&self.chat.wire.close, Text::ClosePanel),
            (&self.chat.composer.send, Text::Send),
        ] {
            button.set_text(text.to(language));
        }
        self.settings_page.back.set_text(&format!("← {}", Text::Back.to(language)));
        let add_server = format!("+  {}", Text::AddServer.to(language));
        self.chat.add_server.set_text(&add_server);
        self.chat.language.set_text(scene::short_name(language.other()));
        self.chat.language.set_hint(language.other().name());
        self.chat.composer.emoji.set_hint(Text::Emoji.to(language));
        self.chat.online.set_hint(Text::AskOnlineUsers.to(language));
        self.chat.clear.set_hint(Text::ClearTranscript.to(language));
        self.chat.restyle();
        self.place();
    }

    fn place(&mut self) {
        let rect = Rect::new(0, 0, self.window.w(), self.window.h());
        self.login.place(rect);
        self.chat.place(rect);
        self.settings_page.place(rect);
        self.switcher.place(rect);
        self.menu.place(rect);
        self.dialog.place(rect);
        self.window.redraw();
    }
}

/// What a person can do.
impl Controller {
    fn language(&self) -> Language {
        self.model.borrow().language()
    }

    /// A button takes the keyboard when it is pressed, and what one wants next is to write.
    fn focus_composer(&self) {
        if self.shown == Some(View::Chat) {
            self.chat.composer.focus();
        }
    }

    fn is_me(&self, nick: &str) -> bool {
        self.model.borrow().front().is_some_and(|network| network.same(nick, network.me()))
    }

    fn select(&mut self, id: Option<ConversationId>) {
        if let Some(id) = id {
            self.model.borrow_mut().select(id);
        }
        self.chat.composer.focus();
    }

    fn log_in(&mut self) {
        if self.model.borrow().is_logging_in() {
            self.model.borrow_mut().give_up_login();
            return;
        }
        let form = self.login.form();
        self.model.borrow_mut().log_in(form);
        if self.model.borrow().form_errors().is_empty() {
            self.put_form();
        } else {
            self.refresh_login();
            self.focus_form();
        }
    }

    /// Puts the model's form into the fields.
    fn put_form(&self) {
        let form: LoginForm = self.model.borrow().form().clone();
        self.login.set_form(&form);
    }

    /// Puts the caret where there is something to do: into the first field that is wrong, or that is empty.
    fn focus_form(&self) {
        self.login.focus();
    }

    fn submit(&mut self, typed: &str) {
        self.refusal = self.model.borrow_mut().submit(typed).err();
    }

    fn ask_online(&mut self) -> Result<(), Phrase> {
        self.model.borrow_mut().ask_online()
    }

    fn complete(&mut self, backwards: bool) {
        let (text, caret) = (self.chat.composer.text(), self.chat.composer.caret());
        let completed = self.model.borrow_mut().complete(&text, caret, backwards);
        if let Some((text, caret)) = completed {
            self.chat.composer.set_text(&text, caret);
        }
    }

    fn mention(&mut self, nick: &str) {
        let text = self.chat.composer.text();
        let space = if text.is_empty() || text.ends_with(' ') { "" } else { " " };
        let text = format!("{text}{space}{nick} ");
        self.chat.composer.set_text(&text, text.len());
        self.chat.composer.focus();
    }

    /// Shows who somebody is, once the server has said all.
    fn show_card(&mut self) {
        if self.asked.is_some() {
            return;
        }
        let card = self.model.borrow_mut().take_card();
        if let Some(card) = card {
            let question = scene::card_words(&card, self.language());
            self.ask(Asked::Telling, question);
        }
    }

    fn ask_whom_to_trust(&mut self) {
        let language = self.language();
        let question = self.model.borrow().stranger().map(|it| scene::trust_question(it, language));
        if let Some(question) = question {
            self.ask(Asked::Trusting, question);
        }
    }

    fn show_certificate(&mut self, id: NetworkId) {
        let language = self.language();
        let words = self.model.borrow().network(id).map(|it| scene::certificate_words(it, language));
        if let Some(words) = words {
            self.ask(Asked::Telling, words);
        }
    }

    fn ask(&mut self, about: Asked, question: Question) {
        if self.asked.is_none() {
            self.asked = Some(about);
            self.dialog.ask(question);
        }
    }

    /// Does what the dialog asked about.
    fn agree(&mut self) {
        match self.asked.take() {
            Some(Asked::Closing) => {
                if self.dialog.option.is_ticked() {
                    self.settings.ask_before_closing = false;
                    self.save();
                }
                self.model.borrow_mut().quit("");
            }
            Some(Asked::Trusting) => {
                // If it cannot be trusted, this was a warning.
                self.model.borrow_mut().trust_stranger();
                self.end_dialog();
            }
            Some(Asked::Opening(target)) => {
                self.open_outside(target);
                self.end_dialog();
            }
            Some(Asked::Pasting(text)) => {
                self.end_dialog();
                self.chat.composer.insert(text.trim_end());
            }
            Some(Asked::Telling) | None => self.end_dialog(),
        }
    }

    fn end_dialog(&mut self) {
        self.asked = None;
        self.model.borrow_mut().dismiss_stranger();
        self.dialog.hide();
        match self.shown {
            Some(View::Chat) => self.chat.composer.focus(),
            _ => self.focus_form(),
        }
        self.window.redraw();
    }

    /// Notes where the login goes, for the next time.
    fn remember(&mut self, profile: &Profile) {
        let before = self.settings.profiles.iter().find(|it| it.is_for(&profile.server, profile.port));
        if let Some(before) = before.filter(|before| before.keyring && !profile.keyring) {
            self.keeper.forget(before.clone());
        }
        self.settings.remember(profile);
        self.model.borrow_mut().set_profiles(self.settings.profiles.clone());
        self.save();
    }

    fn save(&self) {
        let Some(file) = &self.settings_file else { return };
        if let Err(problem) = file.save(&self.settings) {
            log::warn!("{}", problem.to(self.language()));
        }
    }
}

fn item_at(model: &Model, number: u64) -> Item {
    let line = model.current().and_then(|current| Some((current, current.line_numbered(number)?)));
    // The transcript asks only for lines that it was told of.
    line.map_or_else(Item::default, |(conversation, line)| scene::item(model, conversation, line, number))
}
