//! The login form at work: what it was filled in from, what is wrong with it, and the login that comes of it.
//!
//! [`login`](crate::model::forms::login) reads what was typed. Here is what outlasts one try.
//! What is then said to the server about an account is another `Login`, in `net`.

use std::mem;

use crate::config::profile::{Profile, Room, Secret};
use crate::event::failure::Failure;
use crate::model::base::ids::NetworkId;
use crate::model::forms::login::{FormErrors, LoginForm};

/// The login form, and the login that is under way.
pub struct Login {
    form: LoginForm,
    errors: FormErrors,
    /// What the form was filled in from.
    base: Profile,
    /// The rooms of a server that an address has led to, until the user is there.
    to_visit: Option<(String, Vec<Room>)>,
    /// Whether the server has asked for its password.
    was_asked_password: bool,
    /// The network that the form opens, while that is under way. It has no conversations yet.
    applicant: Option<NetworkId>,
}

/// A form without errors: what to log in with.
pub struct Attempt {
    /// Where, and as whom.
    pub profile: Profile,
    /// The password of the account that is to be opened there.
    pub to_register: Option<Secret>,
    /// The rooms to go into.
    pub rooms: Vec<Room>,
}

impl Login {
    /// The form, filled in from `profile`.
    pub fn new(profile: Profile) -> Self {
        Self {
            form: LoginForm::from(&profile),
            errors: FormErrors::default(),
            base: profile,
            to_visit: None,
            was_asked_password: false,
            applicant: None,
        }
    }

    /// The text of the form when it is shown.
    pub fn form(&self) -> &LoginForm {
        &self.form
    }

    /// The errors to show beside its fields.
    pub fn errors(&self) -> &FormErrors {
        &self.errors
    }

    /// Whether the keyring has the password of the server that the form was filled in with.
    pub fn is_password_kept(&self) -> bool {
        self.base.is_kept_in_keyring()
    }

    /// Whether the form has a field for the server's own password: the server asked, or the user has typed it already.
    pub fn asks_server_password(&self) -> bool {
        self.was_asked_password || !self.form.server_password.is_empty()
    }

    /// The rooms that an address led to, of the server in the form: the user comes into them after the login.
    pub fn rooms_to_visit(&self) -> &[Room] {
        self.to_visit.as_ref().map_or(&[], |(_, rooms)| rooms)
    }

    /// Whether the form waits for its server.
    pub fn is_under_way(&self) -> bool {
        self.applicant.is_some()
    }

    /// The network that the form opens, while that is under way.
    pub(in crate::model) fn applicant(&self) -> Option<NetworkId> {
        self.applicant
    }

    /// Fills the form in anew.
    pub(in crate::model) fn fill(&mut self, profile: Profile) {
        *self = Self { applicant: self.applicant, ..Self::new(profile) };
    }

    /// The address that the form was filled in from leads into these rooms.
    pub(in crate::model) fn will_visit(&mut self, server: String, rooms: Vec<Room>) {
        self.to_visit = Some((server, rooms)).filter(|(_, rooms)| !rooms.is_empty());
    }

    /// Checks the form. Gives what to log in with; otherwise says beside the fields what is wrong.
    ///
    /// If there is a saved way to that server, the login goes that way.
    pub(in crate::model) fn submit(&mut self, mut form: LoginForm, saved: &[Profile]) -> Option<Attempt> {
        let server = form.server.trim().to_owned();
        let is_there = |profile: &&Profile| profile.server.eq_ignore_ascii_case(&server);
        let is_at_port =
            |profile: &&Profile| is_there(profile) && profile.port.to_string() == form.port.trim();
        let saved = saved.iter().find(is_at_port).or_else(|| saved.iter().find(is_there));
        let base = Some(&self.base).filter(is_there).or(saved).unwrap_or(&self.base);
        if !is_there(&&self.base) && is_there(&base) {
            // Nobody took a saved password out: it never stood in the form.
            if form.password.is_empty() {
                form.password = base.password.clone();
                form.keep_password |= base.keyring;
            }
            if form.server_password.is_empty() {
                form.server_password = base.server_password.clone();
            }
        }
        let checked = form.check(base);
        self.form = form;
        let mut profile = match checked {
            Ok(profile) => profile,
            Err(errors) => {
                self.errors = errors;
                return None;
            }
        };
        let to_register = self.form.register.then(|| mem::take(&mut profile.password));
        self.form.nick.clone_from(&profile.nick);
        self.form.server.clone_from(&profile.server);
        self.form.port = profile.port.to_string();
        self.errors = FormErrors::default();
        self.base = profile.clone();
        let is_for_here = |(server, _): &&(String, _)| server.eq_ignore_ascii_case(&profile.server);
        let rooms = self.to_visit.as_ref().filter(is_for_here).map(|(_, rooms)| rooms.clone());
        Some(Attempt { profile, to_register, rooms: rooms.unwrap_or_default() })
    }

    /// The login is under way, on this network.
    pub(in crate::model) fn wait_for(&mut self, id: NetworkId) {
        self.applicant = Some(id);
    }

    /// The user is there: the form has done its work.
    pub(in crate::model) fn succeeded(&mut self) {
        self.applicant = None;
        self.to_visit = None;
    }

    /// The login is given up.
    pub(in crate::model) fn give_up(&mut self) {
        self.applicant = None;
    }

    /// The login has failed.
    pub(in crate::model) fn failed(&mut self, failure: &Failure) {
        self.applicant = None;
        self.refuse(failure);
    }

    /// Says beside the fields why there is no login, and has a field for the server's password if it wants that.
    pub(in crate::model) fn refuse(&mut self, failure: &Failure) {
        self.was_asked_password |= matches!(failure, Failure::PasswordNeeded { .. });
        self.errors = FormErrors::single(failure.field(), failure.phrase());
    }

    /// The user trusts the server: its certificate stands in this profile.
    pub(in crate::model) fn trust(&mut self, profile: Profile) {
        self.base = profile;
    }

    /// The certificates of a saved server were forgotten.
    pub(in crate::model) fn forget_certificates(&mut self, profile: &Profile) {
        if self.base.is_same_as(profile) {
            self.base.tls_fingerprints.clear();
            self.errors = FormErrors::default();
        }
    }

    /// The rooms of a saved server are others now.
    pub(in crate::model) fn change_rooms(&mut self, profile: &Profile) {
        if self.base.is_same_as(profile) {
            self.base.rooms.clone_from(&profile.rooms);
        }
    }

    /// A saved server was changed. Says whether something else stands in the form now.
    pub(in crate::model) fn change(&mut self, before: &Profile, mut after: Profile) -> bool {
        if self.is_under_way() || !self.base.is_same_as(before) {
            return false;
        }
        if after.keyring {
            // By the time that somebody logs in, it is there.
            after.password = Secret::default();
        }
        let is_seen = LoginForm::from(before) != LoginForm::from(&after);
        if is_seen {
            self.fill(after);
        } else {
            // The typed text stays.
            self.base = after;
        }
        is_seen
    }
}
