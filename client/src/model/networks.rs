//! Coming and going: the login form, the saved servers, and which networks there are.

use std::mem;
use std::rc::Rc;

use crate::config::irc_url::IrcUrl;
use crate::config::profile::{Profile, Room, Secret};
use crate::event::failure::Failure;
use crate::model::base::ids::{ConversationId, NetworkId};
use crate::model::forms::login::{FormErrors, LoginForm};
use crate::model::network::Network;
use crate::model::{Model, View};
use crate::text::i18n::Text;

impl Model {
    /// Checks the form and logs in with it, or puts what is wrong beside its fields. Does nothing while a login is
    /// under way.
    pub fn log_in(&mut self, mut form: LoginForm) {
        if self.applicant.is_some() {
            return;
        }
        // If there is a saved way to that server, the login goes that way.
        let server = form.server.trim().to_owned();
        let is_there = |profile: &&Profile| profile.server.eq_ignore_ascii_case(&server);
        let is_at_port =
            |profile: &&Profile| is_there(profile) && profile.port.to_string() == form.port.trim();
        let saved = self.profiles.iter().find(is_at_port).or_else(|| self.profiles.iter().find(is_there));
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
        match checked {
            Ok(mut profile) => {
                let to_register = self.form.register.then(|| mem::take(&mut profile.password));
                self.form.nick.clone_from(&profile.nick);
                self.form.server.clone_from(&profile.server);
                self.form.port = profile.port.to_string();
                self.form_errors = FormErrors::default();
                self.base = profile.clone();
                let id = self.add_network(profile);
                let rooms = self
                    .to_visit
                    .as_ref()
                    .filter(|(server, _)| server.eq_ignore_ascii_case(&self.form.server));
                let rooms = rooms.map(|(_, rooms)| rooms.clone()).unwrap_or_default();
                if let Some(network) = self.network_mut(id) {
                    network.identity.will_register(to_register);
                    network.joining.add(rooms);
                }
                self.applicant = Some(id);
                self.connect_again(id);
            }
            Err(errors) => self.form_errors = errors,
        }
    }

    /// Gives up the login that is under way.
    pub fn give_up_login(&mut self) {
        if let Some(id) = self.applicant {
            self.leave(id);
        }
    }

    /// Shows the login form, for a further server. The name is likely to be the same there.
    pub fn open_form(&mut self) {
        if self.view == View::Chat {
            let nick = self.front().map_or("", Network::me).to_owned();
            self.fill_form(Profile { server: String::new(), nick, ..Profile::default() });
            self.view = View::Login;
            self.look();
        }
    }

    /// Goes back from the login form to the conversations, if there are any, and gives up what was under way.
    pub fn close_form(&mut self) {
        self.give_up_login();
        if self.front.is_some() {
            self.view = View::Chat;
            self.look();
        }
    }

    pub(super) fn fill_form(&mut self, profile: Profile) {
        self.form = LoginForm::from(&profile);
        self.form_errors = FormErrors::default();
        self.to_visit = None;
        self.asks_server_password = false;
        self.base = profile;
    }

    /// Whether the form has a field for the server's own password: the server asked, or the user has typed it already.
    pub fn asks_server_password(&self) -> bool {
        self.asks_server_password || !self.form.server_password.is_empty()
    }

    /// A server that the user went to without the form wants a password from everybody: the form has a field for that.
    pub(super) fn ask_password_of(&mut self, id: NetworkId, failure: &Failure) {
        let Some(network) = self.network(id).filter(|it| self.front == Some(id) && !it.times.was_welcomed())
        else {
            return;
        };
        let profile = network.profile.clone();
        let to_visit = (profile.server.clone(), network.joining.coming().to_vec());
        self.leave(id);
        self.fill_form(profile);
        self.to_visit = Some(to_visit).filter(|(_, rooms)| !rooms.is_empty());
        self.form_errors = FormErrors::single(failure.field(), failure.phrase());
        self.asks_server_password = true;
        self.view = View::Login;
        self.look();
    }

    /// The servers that are kept for the next time, in the order of the list.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Says which servers are kept for the next time, in the order of the list.
    pub fn set_profiles(&mut self, profiles: Vec<Profile>) {
        self.profiles = profiles;
    }

    /// The password of a network's account could not be put into the keyring.
    pub fn password_not_kept(&mut self, id: NetworkId, why: &str) {
        if let Some(network) = self.network_mut(id) {
            network.profile.keyring = false;
            network.notice_here(vec![Text::PasswordNotKept.with([why])]);
        }
    }

    /// Connects to the saved servers to which the user wants to be connected from the start.
    pub fn connect_at_start(&mut self) {
        let wanted = self.profiles.iter().filter(|profile| profile.connect && !profile.nick.is_empty());
        let wanted: Vec<_> = wanted.filter(|profile| !profile.is_doubtful).cloned().collect();
        for profile in wanted {
            self.visit(profile);
        }
        if let Some(first) = self.networks.first().map(Network::id) {
            self.bring_to_front(first);
            self.look();
        }
    }

    /// Goes to the saved server with this number: fills in the form and logs in, or, from among the conversations,
    /// connects and shows it in the list.
    pub fn open_profile(&mut self, index: usize) {
        let Some(profile) = self.profiles.get(index).cloned() else { return };
        match self.view {
            View::Chat => drop(self.go_to(profile)),
            View::Login if self.applicant.is_some() => {}
            View::Login => {
                self.fill_form(profile);
                if !self.form.nick.is_empty() {
                    self.log_in(self.form.clone());
                }
            }
        }
    }

    /// A saved server was changed. A user who is on it stays there; the next connection is made in the new way. Says
    /// whether something else stands in the login form now.
    pub fn change_profile(&mut self, before: &Profile, after: &Profile) -> bool {
        for network in self.networks.iter_mut().filter(|network| network.is_of(before)) {
            network.adopt(before, after.clone());
        }
        if self.applicant.is_some() || !self.base.is_same_as(before) {
            return false;
        }
        let mut after = after.clone();
        if after.keyring {
            // By the time that somebody logs in, it is there.
            after.password = Secret::default();
        }
        let is_seen = LoginForm::from(before) != LoginForm::from(&after);
        if is_seen {
            self.fill_form(after);
        } else {
            // The typed text stays.
            self.base = after;
        }
        is_seen
    }

    /// The network of this saved server, if it is in the list.
    pub fn network_of(&self, profile: &Profile) -> Option<&Network> {
        self.networks().find(|network| network.is_of(profile))
    }

    /// Joins a room at each login from now on, or no longer. Gives the profile with its rooms, to be saved.
    pub fn join_at_login(&mut self, id: ConversationId, join: bool) -> Option<Profile> {
        let network = self.network_mut(id.network)?;
        let room = network.conversation(id)?;
        let (name, key) = (room.name.clone(), room.key.clone().map(Secret::from));
        let mut rooms = mem::take(&mut network.profile.rooms);
        rooms.retain(|room| !network.same(&room.name, &name));
        if join {
            rooms.push(Room { name, key });
        }
        network.profile.rooms = rooms;
        let profile = network.profile.clone();
        if self.base.is_same_as(&profile) {
            self.base.rooms.clone_from(&profile.rooms);
        }
        Some(profile)
    }

    /// Follows an `irc://` address: into the room, on the connection there is or on a new one.
    pub fn follow(&mut self, url: &IrcUrl) {
        let open = self.networks().find(|it| url.is_met_by(&it.profile)).map(Network::id);
        if let Some(network) = open.and_then(|id| self.network_mut(id)) {
            let id = network.id;
            network.visit_rooms(&url.rooms);
            self.bring_to_front(id);
            self.view = View::Chat;
            self.look();
            return;
        }
        let names = self.profiles.iter().map(|profile| profile.nick.as_str());
        let somebody = names.clone().find(|nick| !nick.is_empty()).unwrap_or_default();
        let profile = url.profile(&self.profiles, somebody);
        let server = profile.server.clone();
        if let Some(id) = self.go_to(profile)
            && let Some(network) = self.network_mut(id)
        {
            network.visit_rooms(&url.rooms);
        } else {
            self.to_visit = Some((server, url.rooms.clone()));
        }
    }

    /// The rooms that an address led to, of the server in the form: the user comes into them after the login.
    pub fn rooms_to_visit(&self) -> &[Room] {
        self.to_visit.as_ref().map_or(&[], |(_, rooms)| rooms)
    }

    /// Connects to a server and shows it in the list; or shows the form, if nobody knows yet which name to go by.
    pub fn go_to(&mut self, profile: Profile) -> Option<NetworkId> {
        self.give_up_login();
        let network = if profile.nick.is_empty() {
            self.fill_form(profile);
            self.view = View::Login;
            None
        } else {
            let id = self.visit(profile);
            self.bring_to_front(id);
            Some(id)
        };
        self.look();
        network
    }

    fn visit(&mut self, profile: Profile) -> NetworkId {
        let id = self.add_network(profile);
        if let Some(network) = self.network_mut(id) {
            network.ensure_conversation();
            network.connect();
        }
        self.view = View::Chat;
        id
    }

    /// Connects again to the same server, as the same person.
    pub fn connect_again(&mut self, id: NetworkId) {
        if let Some(network) = self.network_mut(id) {
            network.connect();
        }
    }

    /// Ends a network's connection. Its conversations stay, to be read and to be taken up again.
    pub fn disconnect(&mut self, id: NetworkId) {
        if let Some(network) = self.network_mut(id) {
            network.disconnect();
        }
    }

    /// Leaves a network for good, with all that is open there. The login view comes after the last network.
    pub fn leave(&mut self, id: NetworkId) {
        self.disconnect(id);
        self.collect_effects();
        let Some(index) = self.networks.iter().position(|network| network.id == id) else { return };
        let gone = self.networks.remove(index);
        if self.applicant == Some(id) {
            self.applicant = None;
        }
        if self.front == Some(id) {
            let beside = self.networks().last().map(Network::id);
            self.front = self.networks.get(index).map(Network::id).or(beside);
        }
        if self.front.is_none() {
            self.fill_form(gone.profile);
            self.view = View::Login;
        }
        self.look();
    }

    /// The login form has done its work.
    pub(super) fn admit(&mut self, id: NetworkId) {
        self.applicant = None;
        self.to_visit = None;
        self.bring_to_front(id);
        self.view = View::Chat;
        self.look();
    }

    fn add_network(&mut self, profile: Profile) -> NetworkId {
        let id = NetworkId(self.next_network);
        self.next_network += 1;
        let network = Network::new(id, profile, Rc::clone(&self.common));
        self.networks.push(network);
        id
    }
}
