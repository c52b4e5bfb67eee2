//! The way round: what a person did and what the network brought go into the model, and the widgets show what it has
//! become.
//!
//! `Controller::turn` runs once per round of FLTK's loop. What was done is carried out earlier where a widget or the
//! window is about to hear another key (`Controller::catch_up`). The model changes nowhere else, and neither waits: the
//! network has threads of its own.
//!
//! The way of an action: a widget puts an [`Action`] into the [`UiContext`]'s queue, `dispatch` looks it up in its
//! table, the model changes, `effects` does what the model wants done, and `refresh` tells the widgets what there is
//! to see.
//! The other parts are the actions that take more than a line in that table, each with its subject.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Duration;
use std::{env, panic, process};

use fltk::app::{self, App};
use fltk::enums::{Event, Key};
use fltk::group::Group;
use fltk::prelude::*;
use fltk::window::DoubleWindow;

use crate::config::irc_url::IrcUrl;
use crate::config::options::Options;
use crate::config::profile::Profile;
use crate::config::settings::{Settings, SettingsFile};
use crate::desktop::APP_ID;
use crate::desktop::keyring::Keeper;
use crate::logs::Logs;
use crate::model::{self, Model, NetworkId, View};
use crate::net::connection::{Connection, Setup};
use crate::net::sts::Policies;
#[cfg(unix)]
use crate::signals::Listener;
use crate::text::i18n::{Language, Phrase, Text};
use crate::ui::controller::composing::Writing;
use crate::ui::controller::desktop::Outside;
use crate::ui::controller::dialogs::Asked;
use crate::ui::controller::keeping::Keeping;
use crate::ui::controller::pages::profiles::Editing;
use crate::ui::controller::place::Placing;
use crate::ui::controller::search::Finding;
use crate::ui::look::paint;
use crate::ui::look::theme::{self, Theme};
use crate::ui::overlays::banner::Banner;
use crate::ui::overlays::dialog::Dialog;
use crate::ui::overlays::menu::MenuCard;
use crate::ui::overlays::switcher::Switcher;
#[cfg(unix)]
use crate::ui::probe::{self, Probe};
use crate::ui::views::chat::ChatView;
use crate::ui::views::login::LoginView;
use crate::ui::views::profile_page::ProfilePage;
use crate::ui::views::settings::SettingsPage;
use crate::ui::{Action, UiContext, keys, presenter};

mod composing;
mod desktop;
mod dialogs;
mod dispatch;
mod effects;
mod keeping;
mod menus;
mod messages;
mod navigation;
mod pages;
mod people;
mod place;
mod refresh;
mod search;
#[cfg(unix)]
mod snapshot;

/// How often to find out how long a server takes to answer.
const LATENCY_INTERVAL: Duration = Duration::from_secs(30);

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
    let ui = Rc::clone(&controller.borrow().ui);
    ui.set_catch_up({
        let controller = Rc::downgrade(&controller);
        move || {
            // In the middle of a turn what was done waits for its end.
            if let Some(controller) = controller.upgrade()
                && let Ok(mut controller) = controller.try_borrow_mut()
            {
                controller.catch_up();
            }
        }
    });
    LAST_WORDS.set(Some(LastWords(ManuallyDrop::new(Rc::clone(&controller)))));
    while !is_over.get() && app.wait() {}
    controller.borrow_mut().close();
    Ok(())
}

thread_local! {
    /// Spoken when this thread ends. The thread ends before the program does, also where Xlib ends the program by
    /// itself because the display server is gone.
    static LAST_WORDS: Cell<Option<LastWords>> = const { Cell::new(None) };
}

/// Takes leave of the servers when nothing can be shown any more. Never drops what it has: there are widgets in it, and
/// they would want to tell a display that is not there.
struct LastWords(ManuallyDrop<Rc<RefCell<Controller>>>);

impl Drop for LastWords {
    fn drop(&mut self) {
        // Where it is in use, Xlib ended the program in the middle of something: then there is no more to be done.
        if let Ok(mut controller) = self.0.try_borrow_mut()
            && !controller.is_over.get()
        {
            controller.leave();
        }
    }
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

/// Everything that the window is made of.
struct Controller {
    model: Rc<RefCell<Model>>,
    /// The connection of each network that has one.
    connections: BTreeMap<NetworkId, Connection>,
    /// How connections are made.
    setup: Setup,
    keeper: Keeper,
    settings: Settings,
    keeping: Keeping,
    /// Where conversations are written down, if they are.
    logs: Option<Logs>,
    ui: Rc<UiContext>,
    window: DoubleWindow,
    login: LoginView,
    chat: ChatView,
    dialog: Dialog,
    /// What the dialog is about, while it is there.
    asked: Option<Asked>,
    /// For how many rounds a question has waited for keys that were pressed before it.
    rounds_held_back: u8,
    /// The address that was opened last.
    opened: Option<String>,
    menu: MenuCard,
    switcher: Switcher,
    /// Above what covers the conversations.
    banner: Banner,
    settings_page: SettingsPage,
    profile_page: ProfilePage,
    /// What the page of a saved server is about, while it is shown.
    editing: Option<Editing>,
    /// A saved server whose password the keyring did not take, and why, until the person is told.
    not_in_keyring: Option<(Profile, String)>,
    outside: Outside,
    /// The faces that the user can choose from, the best first. Where there is none, FLTK's own choice stays, and the
    /// system fills in 汉字 from wherever it finds them.
    faces: Vec<&'static str>,
    placing: Placing,
    /// The view that is shown.
    shown: Option<View>,
    /// Which network 报文 shows.
    wire_of: Option<NetworkId>,
    writing: Writing,
    finding: Finding,
    /// Whether to log in as soon as the window is there.
    connect: bool,
    /// Where to go as soon as the window is there.
    url: Option<IrcUrl>,
    has_focus: bool,
    is_over: Rc<Cell<bool>>,
    #[cfg(unix)]
    signals: Option<Listener>,
    #[cfg(unix)]
    probe: Option<Probe>,
}

impl Controller {
    fn new(options: Options) -> Self {
        let Options { settings, settings_file, problems, language, profile, connect, url, geometry } =
            options;
        let folder = settings_file.as_ref().and_then(SettingsFile::folder);
        let (policies, lost_policies) = Policies::load(folder);
        let setup = Setup { policies, measured: Some(LATENCY_INTERVAL), ..Setup::default() };
        let ui = Rc::new(UiContext::new(Theme::new(settings.theme, settings.density)));
        let mut model = Model::new(language, profile);
        model.set_ignored(settings.ignored.clone());
        for problem in problems.into_iter().chain(lost_policies) {
            log::warn!("{}", problem.to(language));
            model.remark(problem);
        }
        let model = Rc::new(RefCell::new(model));

        let window = begin_window();
        let login = LoginView::new(&ui);
        let (model1, model2, model3) = (Rc::clone(&model), Rc::clone(&model), Rc::clone(&model));
        let chat = ChatView::new(
            &ui,
            Rc::new(move |number| presenter::item_at(&model1.borrow(), number)),
            Rc::new(move |number| presenter::wire_row(&model2.borrow(), number)),
            Rc::new(move |number| presenter::wire_explanation(&model3.borrow(), number)),
        );
        let switcher = Switcher::new(&ui);
        let settings_page = SettingsPage::new(&ui);
        let profile_page = ProfilePage::new(&ui);
        let banner = Banner::new(&ui);
        let menu = MenuCard::new(&ui);
        let dialog = Dialog::new(&ui, Action::Agree, Action::Decline);
        window.end();
        watch_window(&window, &ui, &banner);
        Self {
            model,
            logs: None,
            connections: BTreeMap::new(),
            setup,
            keeper: Keeper::new(app::awake),
            settings,
            keeping: Keeping::new(settings_file),
            ui,
            window,
            login,
            chat,
            dialog,
            asked: None,
            rounds_held_back: 0,
            opened: None,
            menu,
            switcher,
            banner,
            settings_page,
            profile_page,
            editing: None,
            not_in_keyring: None,
            outside: Outside::new(),
            faces: theme::find_fonts(),
            placing: Placing::new(geometry),
            shown: None,
            wire_of: None,
            writing: Writing::default(),
            finding: Finding::default(),
            connect,
            url,
            has_focus: false,
            is_over: Rc::default(),
            #[cfg(unix)]
            signals: None,
            #[cfg(unix)]
            probe: None,
        }
    }

    /// Shows the window, and the probe if the environment asks for it.
    fn open(&mut self) -> Result<(), Phrase> {
        // A size that is chosen here is kept; a size that FLTK would choose with the same keys is not.
        app::keyboard_screen_scaling(false);
        self.choose_face();
        self.put_window();
        self.resize();
        self.learn_shade();
        self.apply_settings();
        self.claim_folder();
        self.keep_logs();
        self.restyle();
        self.place();
        self.refresh();
        self.window.show();
        #[cfg(unix)]
        {
            let listener = Listener::start(app::awake);
            self.signals = listener.inspect_err(|error| log::warn!("signals are not heard: {error}")).ok();
        }
        #[cfg(unix)]
        if let Some(path) = env::var_os(PROBE_VARIABLE) {
            let probe = Probe::start(path.as_ref(), app::awake);
            self.probe = Some(probe.map_err(|error| Text::CannotOpenWindow.with([&error.to_string()]))?);
            eprintln!("probe: listening");
        }
        if std::mem::take(&mut self.connect) && self.url.is_none() {
            self.log_in();
        } else {
            self.model.borrow_mut().connect_at_start();
        }
        if let Some(url) = self.url.take() {
            self.follow(&url);
        }
        self.carry_out();
        self.refresh();
        Ok(())
    }

    /// One round: what happened goes into the model, and what it has become onto the screen.
    fn turn(&mut self) {
        self.look_at_transcript();
        #[cfg(unix)]
        if self.signals.as_ref().is_some_and(Listener::was_asked_to_end) {
            self.model.borrow_mut().quit("");
            self.carry_out();
            return;
        }
        let mut has_changed = self.look_at_focus();
        has_changed |= self.hear_desktop();
        has_changed |= self.take_kept();
        has_changed |= self.take_news();
        has_changed |= self.hear_logs();
        has_changed |= self.do_actions();
        if has_changed {
            self.show_changes();
        }
        self.ask_what_came_up();
        if self.profile_page.is_open() {
            self.profile_page.follow_focus();
        }
        self.keep_focus_in_question();
        self.redraw_what_is_covered(has_changed);
        #[cfg(unix)]
        self.answer_probe();
    }

    /// The part of a turn that cannot wait for the loop when a key comes: what was done before the key. There are no
    /// news in it, and no question that nobody has seen: the key might answer that.
    fn catch_up(&mut self) {
        let has_moved = self.look_at_focus();
        if self.do_actions() || has_moved {
            self.show_changes();
        }
        self.keep_focus_in_question();
    }

    /// Does what widgets say was done. Says whether that was anything.
    fn do_actions(&mut self) -> bool {
        let mut has_acted = false;
        while let Some(action) = self.ui.next_action() {
            self.act(action);
            has_acted = true;
        }
        has_acted
    }

    /// Carries out what the model has come to want, and shows what it has become.
    fn show_changes(&mut self) {
        self.model.borrow_mut().set_covered(self.has_page());
        self.carry_out();
        self.refresh();
    }

    /// Tells the model what of the conversation in front is seen: its end, its beginning.
    fn look_at_transcript(&mut self) {
        self.model.borrow_mut().saw_end(self.chat.transcript.is_at_bottom());
        if self.shown == Some(View::Chat) && self.chat.transcript.is_at_top() {
            self.model.borrow_mut().want_older();
            self.carry_out();
        }
    }

    /// Tells the model whether the window has the keyboard. Says whether that is another thing than before.
    fn look_at_focus(&mut self) -> bool {
        let has_focus = app::focus().is_some();
        if has_focus == self.has_focus {
            return false;
        }
        self.has_focus = has_focus;
        self.ui.set_has_keyboard(has_focus);
        self.model.borrow_mut().set_focused(has_focus);
        if has_focus {
            self.settle();
            self.leave_desktop_alone();
        }
        true
    }

    /// A widget that lies behind another must not be drawn over it, be it for news or because the mouse has left it.
    fn redraw_what_is_covered(&mut self, has_changed: bool) {
        let is_covered = self.settings_page.is_open()
            || self.profile_page.is_open()
            || self.switcher.is_open()
            || self.menu.is_open()
            || self.chat.topic.is_open()
            || self.dialog.asked().is_some();
        if is_covered && (has_changed || self.window.damage()) {
            self.window.redraw();
        }
    }

    /// Leaves every server and keeps what is to be kept, without a word to the display.
    fn leave(&mut self) {
        self.is_over.set(true);
        // A part of the window that was just being drawn may hold the model.
        if let Ok(mut model) = self.model.try_borrow_mut() {
            model.quit("");
            for effect in model.take_effects() {
                if let model::Effect::Send(id, line) = effect
                    && let Some(connection) = self.connections.get(&id)
                {
                    connection.send(line);
                }
            }
            model.set_logs(None);
        }
        self.connections.clear();
        self.logs = None;
    }

    /// Ends every thread.
    fn close(&mut self) {
        self.keep_place();
        self.window.hide();
        self.connections.clear();
        self.outside.desktop.end();
        #[cfg(unix)]
        {
            self.signals = None;
        }
        // Lines that were in sight are read now, and lines that are not on the disk yet are written.
        self.model.borrow_mut().set_focused(false);
        self.model.borrow_mut().set_logs(None);
        self.logs = None;
        #[cfg(unix)]
        {
            self.probe = None;
        }
    }

    fn language(&self) -> Language {
        self.model.borrow().language()
    }
}

/// The window, without anything in it: what is made next lies in it.
fn begin_window() -> DoubleWindow {
    let mut window = DoubleWindow::default();
    window.set_xclass(APP_ID);
    window.set_icon(Some(paint::icon()));
    window.make_resizable(false);
    window
}

/// Keys that FLTK moves the focus with.
const MOVING_KEYS: [Key; 4] = [Key::Up, Key::Down, Key::Left, Key::Right];

/// Goes from the end of the view in front to its beginning, or back: in the view FLTK knows the way for Tab. A banner
/// above it is on the way.
fn lead_tab_round(window: &DoubleWindow, banner: &Group) {
    let Some(focus) = app::focus() else { return };
    let mut views = (0..window.children()).rev().filter_map(|index| window.child(index));
    let next = if focus.inside(banner) {
        views.find(|view| view.visible() && !view.is_same(banner))
    } else if banner.visible() {
        Some(banner.as_base_widget())
    } else {
        views.find(|view| focus.inside(view))
    };
    if let Some(mut next) = next {
        // Nothing in it takes the keyboard: then it stays where it is.
        let _ = next.take_focus();
    }
}

/// Events of the window as a whole come to the controller as everything else does.
fn watch_window(window: &DoubleWindow, ui: &Rc<UiContext>, banner: &Banner) {
    let mut window = window.clone();
    window.resize_callback({
        let ui = Rc::clone(ui);
        move |_, _, _, _, _| ui.act(Action::Resized)
    });
    // Before FLTK, which would go on with what lies behind.
    window.super_handle_first(false);
    window.handle({
        let (ui, banner) = (Rc::clone(ui), banner.group().clone());
        move |window, event| {
            match event {
                Event::Focus => return ui.inherit(),
                #[cfg(unix)]
                Event::Push => {
                    probe::count_click();
                    return false;
                }
                Event::KeyDown if ui.catch_up() => return true,
                Event::KeyDown => {}
                _ => return false,
            }
            match keys::pressed() {
                Some(action) => ui.act(action),
                None if app::event_key() == Key::Tab => lead_tab_round(window, &banner),
                None => return MOVING_KEYS.contains(&app::event_key()),
            }
            true
        }
    });
    window.set_callback({
        let ui = Rc::clone(ui);
        move |_| {
            // Escape comes here as well.
            let is_escape = app::event() != Event::Close;
            ui.act(if is_escape { Action::GoBack } else { Action::AskToClose });
        }
    });
}
