//! The settings: which rows their page has, and what comes of changing one, there or elsewhere.

use std::path::Path;

use fltk::app;
use fltk::prelude::*;

use crate::config::settings::{Density, Notify, SettingsFile, Shade};
use crate::logs::{self, Logs};
use crate::model::notify::NotifyRules;
use crate::model::{ConversationId, View};
use crate::text::i18n::{Language, Text};
use crate::ui::action::Section;
use crate::ui::controller::Controller;
use crate::ui::keys::{self, Shortcut};
use crate::ui::look::theme;
use crate::ui::views::settings::Item;
use crate::ui::{Action, Change};

impl Controller {
    pub(in crate::ui) fn open_settings(&self) {
        if !self.profile_page.is_open() {
            self.show_settings(Section::General);
        }
    }

    /// Shows a section of the settings, from its beginning.
    pub(in crate::ui) fn show_settings(&self, section: Section) {
        self.settings_page.show(self.section_names(), self.items(section));
        self.settings_page.open(section);
    }

    pub(in crate::ui) fn close_settings(&mut self) {
        self.settings_page.close();
        self.focus();
        self.window.redraw();
    }

    pub(in crate::ui) fn refresh_settings(&self) {
        if self.settings_page.is_open() {
            self.settings_page.show(self.section_names(), self.items(self.settings_page.section()));
        }
    }

    /// Makes a change, and keeps it for the next time.
    pub(in crate::ui) fn change(&mut self, change: Change) {
        let size = match change {
            Change::Size(steps) => self.size_beside(steps as isize),
            _ => self.settings.size,
        };
        let settings = &mut self.settings;
        match change {
            Change::Language(language) => {
                settings.language = Some(language);
                self.model.borrow_mut().set_language(language);
            }
            Change::Theme(shade) => {
                settings.theme = shade;
                if shade == Shade::System {
                    self.desktop.watch_shade();
                }
            }
            Change::Density(density) => settings.density = density,
            Change::Font(0) => {
                settings.font.clear();
                self.choose_face();
            }
            Change::Font(steps) => {
                let index = self.faces.iter().position(|face| *face == settings.font).unwrap_or(0);
                let index = index.saturating_add_signed(steps).min(self.faces.len().saturating_sub(1));
                settings.font = self.faces.get(index).map_or_else(String::new, ToString::to_string);
                self.choose_face();
            }
            Change::Size(steps) => {
                settings.size = if steps == 0 { 100 } else { size };
                self.resize();
            }
            Change::Times(shown) => settings.times = shown,
            Change::Traffic(shown) => settings.traffic = shown,
            Change::Logs(kept) => {
                settings.logs = kept;
                self.keep_logs();
            }
            Change::Typing(told) => settings.typing = told,
            Change::Notify(notify) => settings.notify = notify,
            Change::Sound(sound) => settings.sound = sound,
            Change::AskBeforeClosing(ask) => settings.ask_before_closing = ask,
            Change::ConnectAtStart(index, connect) => {
                if let Some(profile) = settings.profiles.get_mut(index) {
                    let before = profile.clone();
                    profile.connect = connect;
                    let after = profile.clone();
                    self.replace_profile(&before, &after);
                }
            }
        }
        self.apply_settings();
        self.save();
        self.restyle();
    }

    pub(in crate::ui) fn switch_shade(&mut self) {
        let other = if self.shade() == Shade::Dark { Shade::Light } else { Shade::Dark };
        self.change(Change::Theme(other));
        self.leave_button();
    }

    pub(in crate::ui) fn switch_language(&mut self) {
        self.change(Change::Language(self.language().other()));
        self.leave_button();
    }

    /// A button takes the keyboard when it is pressed, and what one wants next is to write.
    fn leave_button(&self) {
        if self.shown == Some(View::Chat) {
            self.chat.composer.focus();
        }
    }

    pub(in crate::ui) fn set_notify_in(&mut self, id: ConversationId, notify: Option<Notify>) {
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

    pub(in crate::ui) fn join_at_login(&mut self, id: ConversationId, join: bool) {
        let changed = self.model.borrow_mut().join_at_login(id, join);
        let Some(profile) = changed else { return };
        let saved = self.settings.profiles.iter_mut().find(|it| it.is_same_as(&profile));
        if let Some(saved) = saved {
            saved.rooms = profile.rooms;
        }
        self.apply_settings();
        self.save();
    }

    pub(in crate::ui) fn forget_certificate_of(&mut self, index: usize) {
        self.model.borrow_mut().forget_certificate_of_profile(index);
        self.settings.profiles = self.model.borrow().profiles().to_vec();
        self.save();
    }

    /// Tells the model what of the settings concerns it.
    pub(in crate::ui) fn apply_settings(&self) {
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
    pub(in crate::ui) fn keep_logs(&mut self) {
        let folder = self.settings_file.as_ref().and_then(SettingsFile::folder);
        let open = |folder: &Path| {
            if self.is_others_folder() {
                return Some(Logs::to_read(folder));
            }
            logs::take_over(folder, &self.settings.profiles);
            let logs = Logs::beside(folder, app::awake);
            logs.inspect_err(|error| log::warn!("conversations are not written down: {error}")).ok()
        };
        self.logs = folder.filter(|_| self.settings.logs).and_then(open);
        self.model.borrow_mut().set_logs(self.logs.clone());
    }

    /// The face that is wanted, if this machine has it, or else the best.
    fn face(&self) -> Option<&'static str> {
        let wanted = self.faces.iter().find(|face| **face == self.settings.font);
        wanted.or(self.faces.first()).copied()
    }

    /// Writes everything in the face that the settings say.
    pub(in crate::ui) fn choose_face(&self) {
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
        let settings = &self.settings;
        let language = self.language();
        let word = |text: Text| text.to(language).to_owned();
        let heading = |text: Text| Item {
            label: word(text),
            detail: String::new(),
            options: Vec::new(),
            current: None,
        };
        let choice = |label: Text, options: Vec<(String, Change)>, current: Option<usize>| Item {
            label: word(label),
            detail: String::new(),
            options: options.into_iter().map(|(text, change)| (text, Action::Change(change))).collect(),
            current,
        };
        let switch = |label: Text, is_on: bool, change: fn(bool) -> Change| {
            let options = vec![(word(Text::On), change(true)), (word(Text::Off), change(false))];
            choice(label, options, Some(usize::from(!is_on)))
        };
        let languages = Language::ALL.map(|one| (one.name().to_owned(), Change::Language(one)));
        let shades =
            [(Text::Light, Shade::Light), (Text::Dark, Shade::Dark), (Text::AsTheSystem, Shade::System)];
        let densities = [(Text::Cozy, Density::Cozy), (Text::Compact, Density::Compact)];
        let face = self.face().map_or_else(|| word(Text::AsTheSystem), str::to_owned);
        let mut fonts = vec![(face, Change::Font(0))];
        if self.faces.len() > 1 {
            fonts.insert(0, ("‹".to_owned(), Change::Font(-1)));
            fonts.push(("›".to_owned(), Change::Font(1)));
        }
        let notifies = [
            (Text::NotifyAll, Notify::All),
            (Text::NotifyForUs, Notify::Mentions),
            (Text::NotifyNone, Notify::None),
        ];
        let mut items = vec![
            heading(Text::Appearance),
            choice(
                Text::LanguageSetting,
                languages.into(),
                Language::ALL.iter().position(|one| *one == language),
            ),
            choice(
                Text::ThemeSetting,
                shades.map(|(text, shade)| (word(text), Change::Theme(shade))).into(),
                shades.iter().position(|(_, shade)| *shade == settings.theme),
            ),
            choice(
                Text::DensitySetting,
                densities.map(|(text, density)| (word(text), Change::Density(density))).into(),
                densities.iter().position(|(_, density)| *density == settings.density),
            ),
            choice(Text::FontSetting, fonts, None),
            choice(
                Text::SizeSetting,
                vec![
                    ("−".to_owned(), Change::Size(-1)),
                    (format!("{} %", self.size_in_force()), Change::Size(0)),
                    ("+".to_owned(), Change::Size(1)),
                ],
                None,
            ),
            heading(Text::MessagesSetting),
            switch(Text::TimesSetting, settings.times, Change::Times),
            switch(Text::TrafficSetting, settings.traffic, Change::Traffic),
            switch(Text::TypingSetting, settings.typing, Change::Typing),
            switch(Text::LogsSetting, settings.logs, Change::Logs),
            heading(Text::Notifications),
            choice(
                Text::NotifySetting,
                notifies.map(|(text, notify)| (word(text), Change::Notify(notify))).into(),
                notifies.iter().position(|(_, notify)| *notify == settings.notify),
            ),
            switch(Text::SoundSetting, settings.sound, Change::Sound),
            switch(Text::AskSetting, settings.ask_before_closing, Change::AskBeforeClosing),
        ];
        if !settings.ignored.is_empty() {
            items.push(heading(Text::IgnoredPeople));
            items.extend(settings.ignored.iter().map(|nick| Item {
                label: nick.clone(),
                detail: String::new(),
                options: vec![(word(Text::Unignore), Action::Ignore { nick: nick.clone(), ignore: false })],
                current: None,
            }));
        }
        items
    }

    fn key_items(&self) -> Vec<Item> {
        let item = |shortcut: &Shortcut| Item {
            label: shortcut.name.to_owned(),
            detail: shortcut.help.to(self.language()).to_owned(),
            options: Vec::new(),
            current: None,
        };
        keys::SHORTCUTS.iter().map(item).collect()
    }
}
