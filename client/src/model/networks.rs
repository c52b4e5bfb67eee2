//! Coming and going: the login form, the saved servers, and which networks there are.

use std::mem;
use std::rc::Rc;

use crate::config::irc_url::IrcUrl;
use crate::config::profile::{Profile, Room, Secret};
use crate::event::failure::Failure;
use crate::model::base::ids::{ConversationId, NetworkId};
use crate::model::forms::logging_in::Attempt;
use crate::model::forms::login::LoginForm;
use crate::model::network::Network;
use crate::model::{Model, View};
use crate::text::i18n::Text;

impl Model {
    /// Checks the form and logs in with it, or puts what is wrong beside its fields. Does nothing while a login is
    /// under way.
    pub fn log_in(&mut self, form: LoginForm) {
        if self.login.is_under_way() {
            return;
        }
        let Some(Attempt { profile, to_register, rooms }) = self.login.submit(form, &self.profiles) else {
            return;
        };
        let id = self.add_network(profile);
        self.login.wait_for(id);
        if let Some(network) = self.network_mut(id) {
            network.identity.will_register(to_register);
            network.joining.add(rooms);
            network.connect();
        }
    }

    /// Gives up the login that is under way.
    pub fn give_up_login(&mut self) {
        if let Some(id) = self.login.applicant() {
            self.leave(id);
        }
    }

    /// Shows the login form, for a further server. The name is likely to be the same there.
    pub fn open_form(&mut self) {
        if self.view == View::Chat {
            let nick = self.front().map_or("", Network::me).to_owned();
            self.login.fill(Profile { server: String::new(), nick, ..Profile::default() });
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

    /// A server that the user went to without the form wants a password from everybody: the form has a field for that.
    pub(super) fn ask_password_of(&mut self, id: NetworkId, failure: &Failure) {
        let Some(network) = self.network(id).filter(|it| self.front == Some(id) && !it.times.was_welcomed())
        else {
            return;
        };
        let profile = network.profile.clone();
        let (server, rooms) = (profile.server.clone(), network.joining.coming().to_vec());
        self.leave(id);
        self.login.fill(profile);
        self.login.will_visit(server, rooms);
        self.login.refuse(failure);
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
            View::Login if self.login.is_under_way() => {}
            View::Login => {
                self.login.fill(profile);
                let form = self.login.form().clone();
                if !form.nick.is_empty() {
                    self.log_in(form);
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
        self.login.change(before, after.clone())
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
        self.login.change_rooms(&profile);
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
            self.login.will_visit(server, url.rooms.clone());
        }
    }

    /// Connects to a server and shows it in the list; or shows the form, if nobody knows yet which name to go by.
    pub fn go_to(&mut self, profile: Profile) -> Option<NetworkId> {
        self.give_up_login();
        let network = if profile.nick.is_empty() {
            self.login.fill(profile);
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
        if self.login.applicant() == Some(id) {
            self.login.give_up();
        }
        if self.front == Some(id) {
            let beside = self.networks().last().map(Network::id);
            self.front = self.networks.get(index).map(Network::id).or(beside);
        }
        if self.front.is_none() {
            self.login.fill(gone.profile);
            self.view = View::Login;
        }
        self.look();
    }

    /// The login form has done its work.
    pub(super) fn admit(&mut self, id: NetworkId) {
        self.login.succeeded();
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
