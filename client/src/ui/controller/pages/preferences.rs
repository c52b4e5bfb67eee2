//! The settings: which rows their page has, and what comes of changing one, there or elsewhere.

use std::path::Path;

use fltk::app;
use fltk::prelude::*;

use crate::config::settings::{HEADINGS, Kind, Notify, Place, ROWS, Row, Settings, Shade};
use crate::logs::{self, Logs};
use crate::model::notify::NotifyRules;
use crate::model::{ConversationId, View};
use crate::text::i18n::Text;
use crate::ui::action::Section;
use crate::ui::controller::Controller;
use crate::ui::keys::SHORTCUTS;
use crate::ui::look::theme;
use crate::ui::views::settings::Item;
use crate::ui::{Action, Change};

impl Controller {
    pub(in crate::ui::controller) fn open_settings(&self) {
        if !self.profile_page.is_open() {
            self.show_settings(Section::General);
        }
    }

    /// Shows a section of the settings, from its beginning.
    pub(in crate::ui::controller) fn show_settings(&self, section: Section) {
        self.settings_page.show(self.section_names(), self.items(section));
        self.settings_page.open(section);
    }

    pub(in crate::ui::controller) fn close_settings(&mut self) {
        self.settings_page.close();
        self.focus();
        self.window.redraw();
    }

    pub(in crate::ui::controller) fn refresh_settings(&self) {
        if self.settings_page.is_open() {
            self.settings_page.show(self.section_names(), self.items(self.settings_page.section()));
        }
    }

    pub(in crate::ui::controller) fn change(&mut self, change: Change) {
        let before = self.settings.clone();
        match change {
            Change::Set(row, option) => {
                if let Some(Place { kind: Kind::Choice { choose, .. }, .. }) = row.place {
                    choose(&mut self.settings, option);
                }
                if row.key == "language" {
                    self.speak_chosen_language();
                }
            }
            Change::Font(steps) => self.settings.font = self.face_beside(steps),
            Change::Size(steps) => {
                self.settings.size = if steps == 0 { 100 } else { self.size_beside(steps) };
            }
            Change::ConnectAtStart(index, connect) => {
                if let Some(profile) = self.settings.profiles.get_mut(index) {
                    let before = profile.clone();
                    profile.connect = connect;
                    let after = profile.clone();
                    self.replace_profile(&before, &after);
                }
            }
        }
        self.changed(&before);
    }

    /// Does what comes of settings that were changed, and keeps them for the next time. Most are looked up where they
    /// are needed, or in [`apply_settings`](Self::apply_settings).
    fn changed(&mut self, before: &Settings) {
        let now = &self.settings;
        if now.theme == Shade::System && now.theme != before.theme {
            self.outside.desktop.watch_shade();
        }
        if now.font != before.font {
            self.choose_face();
        }
        if self.settings.size != before.size {
            self.resize();
        }
        if self.settings.logs != before.logs {
            self.keep_logs();
        }
        self.apply_settings();
        self.save();
        self.restyle();
    }

    pub(in crate::ui::controller) fn switch_shade(&mut self) {
        let before = self.settings.clone();
        self.settings.theme = if self.shade() == Shade::Dark { Shade::Light } else { Shade::Dark };
        self.changed(&before);
        self.leave_button();
    }

    pub(in crate::ui::controller) fn switch_language(&mut self) {
        let before = self.settings.clone();
        self.settings.language = Some(self.language().other());
        self.speak_chosen_language();
        self.changed(&before);
        self.leave_button();
    }

    /// Speaks the language of the settings. Until it is chosen in this window, the command line's may be spoken.
    fn speak_chosen_language(&self) {
        if let Some(language) = self.settings.language {
            self.model.borrow_mut().set_language(language);
        }
    }

    /// A button takes the keyboard when it is pressed, and the user wants to write next.
    fn leave_button(&self) {
        if self.shown == Some(View::Chat) {
            self.chat.composer.focus();
        }
    }

    pub(in crate::ui::controller) fn set_notify_in(&mut self, id: ConversationId, notify: Option<Notify>) {
        let place = {
            let model = self.model.borrow();
            let found = model.network(id.network()).zip(model.conversation(id));
            found.map(|(network, conversation)| network.place_key(conversation))
        };
        let Some(place) = place else { return };
        match notify {
            Some(notify) => self.settings.notify_in.insert(place, notify),
            None => self.settings.notify_in.remove(&place),
        };
        self.apply_settings();
        self.save();
    }

    pub(in crate::ui::controller) fn join_at_login(&mut self, id: ConversationId, join: bool) {
        let changed = self.model.borrow_mut().join_at_login(id, join);
        let Some(profile) = changed else { return };
        let saved = self.settings.profiles.iter_mut().find(|it| it.is_same_as(&profile));
        if let Some(saved) = saved {
            saved.rooms = profile.rooms;
        }
        self.apply_settings();
        self.save();
    }

    pub(in crate::ui::controller) fn forget_certificate_of(&mut self, index: usize) {
        self.model.borrow_mut().forget_certificate_of_profile(index);
        self.settings.profiles = self.model.borrow().profiles().to_vec();
        self.save();
    }

    /// Tells the model what of the settings concerns it.
    pub(in crate::ui::controller) fn apply_settings(&self) {
        let mut model = self.model.borrow_mut();
        model.set_profiles(self.settings.profiles.clone());
        model.set_shown(self.settings.times, self.settings.traffic);
        model.set_tells_typing(self.settings.typing);
        model.set_notify(NotifyRules {
            everywhere: self.settings.notify,
            by_place: self.settings.notify_in.clone(),
        });
    }

    /// Writes conversations down from now on, or no longer. Nowhere to write to is no reason to complain of.
    pub(in crate::ui::controller) fn keep_logs(&mut self) {
        let open = |folder: &Path| {
            if self.keeping.is_others_folder() {
                return Some(Logs::to_read(folder));
            }
            logs::take_over(folder, &self.settings.profiles);
            let logs = Logs::beside(folder, app::awake);
            logs.inspect_err(|error| log::warn!("conversations are not written down: {error}")).ok()
        };
        self.logs = self.keeping.folder().filter(|_| self.settings.logs).and_then(open);
        self.model.borrow_mut().set_logs(self.logs.clone());
    }

    /// The face that is wanted, if this machine has it, or else the best.
    fn face(&self) -> Option<&'static str> {
        let wanted = self.faces.iter().find(|face| **face == self.settings.font);
        wanted.or(self.faces.first()).copied()
    }

    /// The face so many steps further in the list; empty for the best, which needs no name.
    fn face_beside(&self, steps: isize) -> String {
        if steps == 0 {
            return String::new();
        }
        let index = self.faces.iter().position(|face| *face == self.settings.font).unwrap_or(0);
        let index = index.saturating_add_signed(steps).min(self.faces.len().saturating_sub(1));
        self.faces.get(index).map_or_else(String::new, ToString::to_string)
    }

    /// Writes everything in the face that the settings say.
    pub(in crate::ui::controller) fn choose_face(&self) {
        match self.face() {
            Some(face) => theme::use_face(face),
            None => log::warn!("no font with 汉字 is known here; install one, such as fonts-noto-cjk"),
        }
        self.ui.paint.forget();
    }

    fn section_names(&self) -> Vec<String> {
        let name = |section| match section {
            Section::General => Text::General,
            Section::Servers => Text::Servers,
            Section::Keys => Text::Keys,
        };
        Section::ALL.map(|section| name(section).to(self.language()).to_owned()).into()
    }

    fn items(&self, section: Section) -> Vec<Item> {
        match section {
            Section::General => self.general_items(),
            Section::Servers => self.server_items(),
            Section::Keys => self.key_items(),
        }
    }

    fn general_items(&self) -> Vec<Item> {
        let language = self.language();
        let heading = |text: Text| Item {
            label: text.to(language).to_owned(),
            detail: String::new(),
            options: Vec::new(),
            current: None,
        };
        // The language may be the locale's, or the command line's.
        let in_force = Settings { language: Some(language), ..self.settings.clone() };
        let mut items = Vec::new();
        for text in HEADINGS {
            items.push(heading(text));
            let placed = ROWS.iter().filter_map(|row| Some((row, row.place.as_ref()?)));
            let placed = placed.filter(|(_, place)| place.heading == text);
            items.extend(placed.map(|(row, place)| self.item(row, place, &in_force)));
        }
        let ignored = &self.settings.ignored;
        if !ignored.is_empty() {
            items.push(heading(Text::IgnoredPeople));
            items.extend(ignored.iter().map(|nick| Item {
                label: nick.clone(),
                detail: String::new(),
                options: vec![(
                    Text::Unignore.to(language).to_owned(),
                    Action::Ignore { nick: nick.clone(), ignore: false },
                )],
                current: None,
            }));
        }
        items
    }

    /// A row of the table as a row of the page.
    fn item(&self, row: &'static Row, place: &Place, in_force: &Settings) -> Item {
        let language = self.language();
        let (options, current): (Vec<_>, _) = match place.kind {
            Kind::Choice { labels, current, .. } => {
                let labels = labels().into_iter().enumerate();
                let options =
                    labels.map(|(index, label)| (label.to(language).to_owned(), Change::Set(row, index)));
                (options.collect(), current(in_force))
            }
            Kind::Font => {
                let face = self.face().unwrap_or(Text::AsTheSystem.to(language)).to_owned();
                let mut options = vec![(face, Change::Font(0))];
                if self.faces.len() > 1 {
                    options.insert(0, ("‹".to_owned(), Change::Font(-1)));
                    options.push(("›".to_owned(), Change::Font(1)));
                }
                (options, None)
            }
            Kind::Size => {
                let size = format!("{} %", self.size_in_force());
                let steps = [("−".to_owned(), -1), (size, 0), ("+".to_owned(), 1)];
                (steps.map(|(label, steps)| (label, Change::Size(steps))).into(), None)
            }
        };
        let options = options.into_iter().map(|(label, change)| (label, Action::Change(change)));
        Item {
            label: place.label.to(language).to_owned(),
            detail: String::new(),
            options: options.collect(),
            current,
        }
    }

    fn key_items(&self) -> Vec<Item> {
        let item = |(name, help): (&str, Text)| Item {
            label: name.to_owned(),
            detail: help.to(self.language()).to_owned(),
            options: Vec::new(),
            current: None,
        };
        let [send, new_line] = self.settings.send_with.names();
        let writing = [(send, Text::Send), (new_line, Text::KeyNewLine)];
        writing.into_iter().chain(SHORTCUTS.iter().map(|it| (it.name, it.help))).map(item).collect()
    }
}
