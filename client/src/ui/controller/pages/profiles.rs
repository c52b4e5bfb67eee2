//! The page of a saved server: what it is filled in from, and what comes of saving it.

use std::path::Path;

use fltk::prelude::*;

use crate::config::profile::{Profile, Secret, TLS_PORT};
use crate::desktop::keyring;
use crate::model::forms::profile::{Entry, ProfileForm};
use crate::model::{Link, Network};
use crate::text::i18n::Text;
use crate::ui::controller::Controller;
use crate::ui::controller::dialogs::Asked;
use crate::ui::overlays::dialog::{Question, Tone};

/// A saved server while its page is shown.
pub(in crate::ui::controller) struct Editing {
    /// The profile as it is saved; nothing for a profile that is not.
    saved: Option<Profile>,
    /// What the page was filled in from.
    base: Profile,
    /// What stood there before anybody typed.
    untouched: ProfileForm,
}

impl Controller {
    pub(in crate::ui::controller) fn edit_profile(&mut self, index: usize) {
        if let Some(profile) = self.settings.profiles.get(index).cloned() {
            self.open_profile_page(Some(profile.clone()), profile);
        }
    }

    pub(in crate::ui::controller) fn new_profile(&mut self) {
        let nick = self.settings.last_profile().nick;
        let base = Profile { server: String::new(), port: TLS_PORT, tls: true, nick, ..Profile::default() };
        self.open_profile_page(None, base);
    }

    pub(in crate::ui::controller) fn copy_profile(&mut self, index: usize) {
        let Some(profile) = self.settings.profiles.get(index) else { return };
        let is_free = |name: &String| !self.settings.profiles.iter().any(|saved| saved.name == *name);
        let name = (2..).map(|number| format!("{} {number}", profile.title())).find(is_free);
        let copy = Profile { name: name.unwrap_or_default(), ..profile.clone() };
        self.open_profile_page(None, copy);
    }

    fn open_profile_page(&mut self, saved: Option<Profile>, base: Profile) {
        let untouched = ProfileForm::from(&base);
        self.profile_page.open(base.clone(), &untouched);
        self.editing = Some(Editing { saved, base, untouched });
        self.refresh_profile_page();
    }

    pub(in crate::ui::controller) fn close_profile_page(&mut self) {
        self.editing = None;
        self.profile_page.close();
        self.focus();
        self.window.redraw();
    }

    pub(in crate::ui::controller) fn refresh_profile_page(&self) {
        let Some(editing) = &self.editing else { return };
        let language = self.language();
        let title = match &editing.saved {
            Some(saved) => Text::ServerTitle.with([saved.title()]).to(language),
            None => Text::NewServer.to(language).to_owned(),
        };
        let model = self.model.borrow();
        let network = editing.saved.as_ref().and_then(|saved| model.network_of(saved));
        let is_connected = network.is_some_and(|network| network.link() == Link::Up);
        let holds_later = is_connected && self.is_page_changed();
        let remark = holds_later.then(|| Text::HoldsNextTime.to(language).to_owned());
        self.profile_page.set_words(title, remark);
    }

    /// Whether something was typed or ticked that is not saved.
    pub(in crate::ui::controller) fn is_page_changed(&self) -> bool {
        self.editing.as_ref().is_some_and(|editing| self.profile_page.form() != editing.untouched)
    }

    pub(in crate::ui::controller) fn switch_profile_tls(&self) {
        let mut form = self.profile_page.form();
        form.move_port();
        self.profile_page.set_form(&form);
    }

    pub(in crate::ui::controller) fn add_pin(&self) {
        let mut form = self.profile_page.form();
        match form.add_pin() {
            Ok(()) => self.profile_page.set_form(&form),
            Err(error) => self.profile_page.show_errors(&[(Entry::Pin, error)].into()),
        }
    }

    pub(in crate::ui::controller) fn forget_pin(&self, index: usize) {
        let mut form = self.profile_page.form();
        if index < form.pins.len() {
            form.pins.remove(index);
            self.profile_page.set_form(&form);
            self.profile_page.focus_pins();
        }
    }

    /// Goes back from the page, after a question if something was changed there.
    pub(in crate::ui::controller) fn leave_profile(&mut self) {
        let Some(editing) = self.editing.as_ref().filter(|_| self.is_page_changed()) else {
            return self.close_profile_page();
        };
        let title = editing.saved.as_ref().map_or("", Profile::title);
        let name = if title.is_empty() { Text::NewServer.to(self.language()) } else { title };
        let (text, answers) = (Text::ReallyDiscard.with([name]), [Text::Discard, Text::KeepEditing]);
        let question = Question::new(self.language(), Text::DiscardTitle, text, answers, Tone::Careful);
        self.ask(Asked::Discarding, question);
    }

    /// Saves what stands on the page, or says beside the fields what is wrong.
    pub(in crate::ui::controller) fn save_profile(&mut self) {
        let Some(editing) = &self.editing else { return };
        let is_other = |profile: &&Profile| {
            **profile != Profile::default()
                && !editing.saved.as_ref().is_some_and(|saved| saved.is_same_as(profile))
        };
        let others: Vec<_> = self.settings.profiles.iter().filter(is_other).cloned().collect();
        let folder = self.keeping.folder().unwrap_or(Path::new(""));
        let checked = self.profile_page.form().check(&editing.base, &others, folder);
        match checked {
            Ok(profile) => {
                if let Some(Editing { saved, base, .. }) = self.editing.take() {
                    self.put_profile(saved, profile.clone());
                    self.keep_password(base, profile.clone());
                }
                self.close_profile_page();
                self.ask_to_connect_again(&profile);
            }
            Err(errors) => {
                self.profile_page.show_errors(&errors);
                self.profile_page.focus();
            }
        }
    }

    /// Asks whether to connect again at once, if the connection was made in another way than is saved now.
    fn ask_to_connect_again(&mut self, profile: &Profile) {
        let outdated = self.model.borrow().network_of(profile).filter(|it| it.is_outdated()).map(Network::id);
        let Some(id) = outdated else { return };
        let text = Text::ReallyReconnect.with([profile.title()]);
        let answers = [Text::ConnectAgain, Text::Later];
        let question = Question::new(self.language(), Text::ReconnectTitle, text, answers, Tone::Careful);
        self.ask(Asked::ConnectingAgain(id), question);
    }

    /// Keeps the password in the keyring if the user wants that there, and takes it out otherwise.
    fn keep_password(&self, before: Profile, after: Profile) {
        let has_new = !after.password.is_empty() || !after.server_password.is_empty();
        if after.keyring && (before.is_kept_in_keyring() || has_new) {
            let is_needed = self.is_password_needed(&before);
            self.keeper.change(before, Box::new(after), is_needed);
        } else if !after.keyring {
            self.forget_password(&before);
        }
    }

    /// Takes the password of a server that is not saved in this way any more out of the keyring.
    pub(in crate::ui::controller) fn forget_password(&self, before: &Profile) {
        if before.keyring && !self.is_password_needed(before) {
            self.keeper.forget(before.clone());
        }
    }

    /// Whether a saved server has the password that this one had: two ways to one server may have one account.
    fn is_password_needed(&self, before: &Profile) -> bool {
        self.settings.profiles.iter().any(|saved| keyring::is_shared(saved, before))
    }

    /// Puts a saved server in the place of what it was before, or behind the others.
    fn put_profile(&mut self, before: Option<Profile>, after: Profile) {
        if let Some(before) = &before {
            self.replace_profile(before, &after);
            self.rename(before, &after);
        }
        let mut saved = after;
        if saved.keyring {
            (saved.password, saved.server_password) = (Secret::default(), Secret::default());
        }
        let profiles = &mut self.settings.profiles;
        let place = before.and_then(|before| profiles.iter().position(|it| it.is_same_as(&before)));
        match place {
            Some(place) => profiles[place] = saved,
            None => {
                profiles.retain(|profile| *profile != Profile::default());
                profiles.push(saved);
            }
        }
        self.apply_settings();
        self.save();
    }

    /// Tells the parts that use a saved server that it has changed.
    pub(super) fn replace_profile(&self, before: &Profile, after: &Profile) {
        let is_in_form = self.model.borrow_mut().change_profile(before, after);
        if is_in_form {
            self.put_form();
        }
    }

    /// Settings that are kept under a server's name go along with the name.
    fn rename(&mut self, before: &Profile, after: &Profile) {
        if self.settings.last == before.label() {
            self.settings.last = after.label();
        }
        let rules = std::mem::take(&mut self.settings.notify_in);
        let renamed = |place: String| match place.strip_prefix(before.title()) {
            Some(rest) if rest.starts_with('/') => format!("{}{rest}", after.title()),
            _ => place,
        };
        self.settings.notify_in = rules.into_iter().map(|(place, notify)| (renamed(place), notify)).collect();
    }

    /// A password that the keyring did not take stands in the file, and that is said.
    pub(in crate::ui::controller) fn keep_in_file(&mut self, profile: Profile, why: &str) {
        let Some(saved) = self.settings.profiles.iter_mut().find(|it| it.is_same_as(&profile)) else {
            return;
        };
        let before = saved.clone();
        saved.keyring = false;
        (saved.password, saved.server_password) = (profile.password, profile.server_password);
        let after = saved.clone();
        self.replace_profile(&before, &after);
        self.apply_settings();
        self.save();
        self.not_in_keyring = Some((after, why.to_owned()));
    }

    /// Says that a password stands in the file, as soon as nothing else is asked.
    pub(in crate::ui::controller) fn tell_of_keyring(&mut self) {
        if self.asked.is_some() {
            return;
        }
        let Some((profile, why)) = self.not_in_keyring.take() else { return };
        let language = self.language();
        let question = Question {
            title: Text::NotInKeyring.to(language).to_owned(),
            text: Text::NotInKeyringExplained.with([&why, profile.title()]).to(language),
            yes: Text::Understood.to(language).to_owned(),
            ..Question::default()
        };
        self.ask(Asked::Telling, question);
    }
}
