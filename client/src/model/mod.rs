//! What the window knows: servers, conversations, people, what is unread, what can be done next. No widgets, no sockets.
//!
//! The thread of the window owns one [`Model`] and nobody else touches it. The way round is always the same:
//!
//! 1. Something happens: an [`Event`] arrives on a network ([`Model::apply`]) or the person does something
//!    ([`Model::submit`], [`Model::select`], …).
//! 2. The model changes, and notes what has to be done outside.
//! 3. The window takes those [`Action`]s ([`Model::take_actions`]), carries them out, and draws the model anew.
//!
//! A [`Network`] is one server and all that is open there; the model is all of them, which one is in front, and the
//! login form. Nothing here knows a language: whatever is to be read comes as a [`Phrase`], and becomes words when it
//! is drawn.
//!
//! In reading order:
//!
//! - [`form`]: the login view; this file: which networks there are, what the person does with the window;
//! - [`network`]: one server; `act`: what the person does there; `arrive`: what happens there;
//! - `account`: one's account there; [`trust`]: servers that nobody vouches for;
//! - `history`: what was said before; `memory`: what is kept of it on disk;
//! - `delivery`: what becomes of what we say; `signals`: typing, reactions and what else needs no words;
//! - `front`: what the person does with the conversation in front;
//! - [`conversation`]: lines, unread counts; [`condense`]: comings and goings in few words;
//! - [`people`]: what can be done with other people; [`members`]: people in a room;
//!   [`features`]: what the server said of itself;
//! - [`wire`]: what went over the wire; [`notify`]: what the desktop tells of;
//! - [`suggest`]: what could be meant by what is written; `input`: drafts, and what was sent;
//! - [`completion`]: Tab; [`switcher`]: Ctrl+K; [`search`]: Ctrl+F;
//! - [`layout`]: where text breaks.

use std::mem;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::command::{self, Command};
use crate::event::{Event, What};
use crate::i18n::{Language, Phrase, Text};
use crate::irc_url::IrcUrl;
use crate::logs::Logs;
use crate::model::completion::Completion;
use crate::model::notify::NotifyRules;
use crate::profile::{Profile, Room, Secret};
use crate::traffic::Traffic;

pub mod form;
pub mod network;

mod account;
mod act;
mod arrive;
pub mod completion;
pub mod condense;
pub mod conversation;
mod delivery;
pub mod features;
mod front;
mod history;
mod input;
pub mod layout;
pub mod members;
mod memory;
pub mod notify;
pub mod people;
pub mod search;
mod signals;
pub mod suggest;
pub mod switcher;
pub mod trust;
pub mod wire;

pub use conversation::{
    Body, Conversation, ConversationId, Delivery, Kind, Line, LineId, MAX_LINES, Message, Reaction, Reply,
};
pub use features::Features;
pub use form::{FormErrors, LoginForm};
pub use members::{Member, Members, Rank};
pub use network::{Link, Network, NetworkId, Presence};
pub use people::{Card, Order};
pub use trust::Stranger;

/// How many colours names are written in.
pub const COLOURS: usize = 8;

/// How many lines one may send at once, pasted or typed. Servers end the connection of those who send much more.
pub const MAX_LINES_AT_ONCE: usize = 50;

/// Something that the model wants done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Close this network's connection if there is one, and open a new one to here.
    Connect(NetworkId, Box<Profile>),
    /// Put the password of this profile into the system's keyring.
    KeepPassword(NetworkId, Box<Profile>),
    /// Send this line on the network's connection; it has no CR LF.
    Send(NetworkId, String),
    /// Close the network's connection. What was to be sent before goes out first.
    Disconnect(NetworkId),
    /// Tell the desktop of a message.
    Notify {
        /// Who said it, and where.
        title: String,
        /// What.
        text: String,
    },
    /// Keep this list of whom one does not want to hear.
    KeepIgnored(Vec<String>),
    /// Close the window and end the program.
    Quit,
}

/// Which of its two views the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The form with name, server and port.
    Login,
    /// The conversations.
    Chat,
}

/// Where the model takes the time from.
#[derive(Clone)]
struct Clock {
    now: Rc<dyn Fn() -> Timestamp>,
    zone: TimeZone,
}

impl Clock {
    fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// A time as it stands in a line.
    fn time_of(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }
}

/// The whole state of the window that is not pixels.
pub struct Model {
    language: Language,
    view: View,
    form: LoginForm,
    form_errors: FormErrors,
    /// What the form was filled in from.
    base: Profile,
    /// The servers that are kept for the next time.
    profiles: Vec<Profile>,
    ignored: Rc<[String]>,
    /// Where conversations are written down, if they are.
    logs: Option<Logs>,
    notify: Rc<NotifyRules>,
    /// Whether times, and who comes and goes, are shown.
    shown: (bool, bool),
    /// In the order of the list.
    networks: Vec<Network>,
    /// The network of the conversation that is shown. There is one whenever the view is [`View::Chat`].
    front: Option<NetworkId>,
    /// The network that the login form opens, while that is under way. It has no conversations yet.
    applicant: Option<NetworkId>,
    /// Whom the person is to be asked about.
    stranger: Option<Stranger>,
    next_network: u32,
    focused: bool,
    completion: Completion,
    actions: Vec<Action>,
    clock: Clock,
}

/// What the window draws.
impl Model {
    /// An empty house: the login view, filled in from `profile`.
    pub fn new(language: Language, profile: Profile) -> Self {
        Self::with_clock(language, profile, Timestamp::now, TimeZone::system())
    }

    /// The same with another clock and time zone, for tests.
    pub fn with_clock(
        language: Language,
        profile: Profile,
        now: impl Fn() -> Timestamp + 'static,
        zone: TimeZone,
    ) -> Self {
        Self {
            language,
            view: View::Login,
            form: LoginForm::from(&profile),
            form_errors: FormErrors::default(),
            base: profile,
            profiles: Vec::new(),
            ignored: Rc::default(),
            logs: None,
            notify: Rc::default(),
            shown: (true, true),
            networks: Vec::new(),
            front: None,
            applicant: None,
            stranger: None,
            next_network: 0,
            focused: true,
            completion: Completion::default(),
            actions: Vec::new(),
            clock: Clock { now: Rc::new(now), zone },
        }
    }

    /// The language to draw everything in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Which view to show.
    pub fn view(&self) -> View {
        self.view
    }

    /// What to put into the login form when it is shown.
    pub fn form(&self) -> &LoginForm {
        &self.form
    }

    /// What to say beside its fields.
    pub fn form_errors(&self) -> &FormErrors {
        &self.form_errors
    }

    /// Whether the login form waits for its server.
    pub fn is_logging_in(&self) -> bool {
        self.applicant.is_some()
    }

    /// The networks in the order of the list: those that we have been on.
    pub fn networks(&self) -> impl DoubleEndedIterator<Item = &Network> {
        self.networks.iter().filter(|network| Some(network.id) != self.applicant)
    }

    /// The saved servers that are not in the list as networks, each with its place among all saved ones.
    pub fn closed_profiles(&self) -> impl Iterator<Item = (usize, &Profile)> {
        let is_open = |profile: &Profile| self.networks().any(|network| network.is_of(profile));
        self.profiles.iter().enumerate().filter(move |(_, profile)| !is_open(profile))
    }

    /// Every conversation in the order of the list.
    fn listed(&self) -> impl Iterator<Item = &Conversation> {
        self.networks().flat_map(Network::conversations)
    }

    /// One network, if it is still there.
    pub fn network(&self, id: NetworkId) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// The network of the conversation in front.
    pub fn front(&self) -> Option<&Network> {
        self.front.and_then(|id| self.network(id))
    }

    /// One conversation, if it is still open.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.network(id.network())?.conversation(id)
    }

    /// The conversation in front. There is one whenever the view is [`View::Chat`].
    pub fn current(&self) -> Option<&Conversation> {
        self.front()?.current()
    }

    /// Whether messages show when they came.
    pub fn shows_times(&self) -> bool {
        self.shown.0
    }

    /// Whether it is shown who comes and goes.
    pub fn shows_traffic(&self) -> bool {
        self.shown.1
    }

    /// Says whether messages show when they came, and whether it is shown who comes and goes.
    pub fn set_shown(&mut self, times: bool, traffic: bool) {
        self.shown = (times, traffic);
    }

    /// The time zone that times are shown in.
    pub fn zone(&self) -> &TimeZone {
        &self.clock.zone
    }

    /// How many messages are unread in all conversations together.
    pub fn unread(&self) -> u32 {
        self.networks.iter().fold(0, |sum, it| sum.saturating_add(it.unread()))
    }

    /// The window's title: how much is unread, the program, the conversation in front.
    pub fn title(&self) -> String {
        let program = Text::AppTitle.to(self.language);
        let mut title = match self.unread() {
            0 => String::new(),
            unread => format!("({unread}) "),
        };
        title.push_str(program);
        if let (View::Chat, Some(current)) = (self.view, self.current()) {
            title.push_str(" — ");
            title.push_str(&current.name);
        }
        title
    }

    /// Takes what is to be done, in order. The window calls this after every call that changes the model.
    #[must_use]
    pub fn take_actions(&mut self) -> Vec<Action> {
        self.collect_actions();
        mem::take(&mut self.actions)
    }
}

/// Coming and going.
impl Model {
    /// Checks the form and logs in with it, or puts what is wrong beside its fields. Does nothing while a login is
    /// under way.
    pub fn log_in(&mut self, mut form: LoginForm) {
        if self.applicant.is_some() {
            return;
        }
        // Where there is a saved way to that server, it is the one to go.
        let server = form.server.trim().to_owned();
        let is_there = |profile: &&Profile| profile.server.eq_ignore_ascii_case(&server);
        let saved = self.profiles.iter().find(is_there);
        let base = Some(&self.base).filter(is_there).or(saved).unwrap_or(&self.base);
        if form.password.is_empty() && !is_there(&&self.base) && is_there(&base) {
            // Nobody took the saved password out: it never stood in the form.
            form.password = base.password.clone();
            form.keep_password |= base.keyring;
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
                if let Some(network) = self.network_mut(id) {
                    network.to_register = to_register;
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

    /// Shows the login form, for one more server. The name is likely to be the same there.
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

    fn fill_form(&mut self, profile: Profile) {
        self.form = LoginForm::from(&profile);
        self.form_errors = FormErrors::default();
        self.base = profile;
    }

    /// The servers that are kept for the next time, in the order of the list.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The password of a network's account could not be put into the keyring.
    pub fn password_not_kept(&mut self, id: NetworkId, why: &str) {
        if let Some(network) = self.network_mut(id) {
            network.profile.keyring = false;
            network.notice_here(vec![Text::PasswordNotKept.with([why])]);
        }
    }

    /// Says which servers are kept for the next time, in the order of the list.
    pub fn set_profiles(&mut self, profiles: Vec<Profile>) {
        self.profiles = profiles;
    }

    /// Connects to the saved servers to which one wants to be connected from the start.
    pub fn connect_at_start(&mut self) {
        let wanted = self.profiles.iter().filter(|profile| profile.connect && !profile.nick.is_empty());
        let wanted: Vec<_> = wanted.cloned().collect();
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

    /// Puts the saved server with this number into the login form.
    pub fn edit_profile(&mut self, index: usize) {
        if let Some(profile) = self.profiles.get(index).cloned() {
            self.give_up_login();
            self.fill_form(profile);
            self.view = View::Login;
            self.look();
        }
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
        if self.base.is_for(&profile.server, profile.port) {
            self.base.rooms.clone_from(&profile.rooms);
        }
        Some(profile)
    }

    /// Follows an `irc://` address: into the room, on the connection there is or on a new one.
    pub fn follow(&mut self, url: &IrcUrl) {
        let open = self.networks().find(|it| it.profile.is_for(&url.server, url.port)).map(Network::id);
        if let Some(network) = open.and_then(|id| self.network_mut(id)) {
            let id = network.id;
            network.visit_rooms(&url.rooms);
            self.bring_to_front(id);
            self.view = View::Chat;
            self.look();
            return;
        }
        let saved = self.profiles.iter().find(|profile| profile.server.eq_ignore_ascii_case(&url.server));
        let like = saved.or(self.profiles.first()).unwrap_or(&self.base);
        let mut profile = url.profile(like);
        if profile.nick.is_empty() {
            profile.rooms.clone_from(&url.rooms);
        }
        if let Some(id) = self.go_to(profile)
            && let Some(network) = self.network_mut(id)
        {
            network.visit_rooms(&url.rooms);
        }
    }

    /// Connects to a server and shows it in the list; or shows the form, if nobody knows yet as whom to go.
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

    /// Connects again to where we were, as whom we were.
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

    /// Leaves a network for good, with all that is open there. After the last one comes the login view.
    pub fn leave(&mut self, id: NetworkId) {
        self.disconnect(id);
        self.collect_actions();
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

    /// Leaves every server that we are on, with a word of farewell that may be empty, and closes the window.
    pub fn quit(&mut self, farewell: &str) {
        for network in &mut self.networks {
            network.say_farewell(farewell);
        }
        self.collect_actions();
        self.actions.push(Action::Quit);
    }

    /// Takes in what happened on a network's connection.
    pub fn apply(&mut self, id: NetworkId, event: Event) {
        if let What::Ended(failure) = &event.what {
            self.note_stranger(id, failure);
        }
        if self.applicant == Some(id) {
            match &event.what {
                What::Welcome { .. } => self.admit(id),
                What::Ended(failure) => {
                    self.form_errors = FormErrors::single(failure.field(), failure.phrase());
                    self.applicant = None;
                    self.networks.retain(|network| network.id != id);
                    return;
                }
                _ => {}
            }
        }
        // It may have been left while the event was under way.
        if let Some(network) = self.network_mut(id) {
            network.apply(event);
        }
    }

    /// Notes a line that went over the wire of a network.
    pub fn record(&mut self, id: NetworkId, traffic: Traffic) {
        if let Some(network) = self.network_mut(id) {
            network.wire.push(traffic);
        }
    }

    /// Forgets what went over the wire of the network in front.
    pub fn clear_wire(&mut self) {
        if let Some(network) = self.front_mut() {
            network.wire.clear();
        }
    }

    /// The login form has done its work.
    fn admit(&mut self, id: NetworkId) {
        self.applicant = None;
        self.bring_to_front(id);
        self.view = View::Chat;
        self.look();
    }

    fn add_network(&mut self, profile: Profile) -> NetworkId {
        let id = NetworkId(self.next_network);
        self.next_network += 1;
        let mut network = Network::new(id, profile, self.clock.clone());
        network.ignored = Rc::clone(&self.ignored);
        network.logs.clone_from(&self.logs);
        network.notify = Rc::clone(&self.notify);
        network.is_focused = self.focused;
        self.networks.push(network);
        id
    }
}

/// What the person does with the window.
impl Model {
    /// Switches the language, of everything and at once.
    pub fn set_language(&mut self, language: Language) {
        self.language = language;
    }

    /// Brings a conversation to the front.
    pub fn select(&mut self, id: ConversationId) {
        if self.conversation(id).is_none() {
            return;
        }
        self.bring_to_front(id.network());
        if let Some(network) = self.front_mut() {
            network.turn_to(id);
        }
        self.look();
    }

    /// Brings the next conversation of the list to the front (`1`), or the one before (`-1`), around the ends.
    pub fn select_beside(&mut self, steps: isize) {
        let ids: Vec<_> = self.listed().map(Conversation::id).collect();
        let current = self.current().map(Conversation::id);
        let index = ids.iter().position(|id| Some(*id) == current);
        let (Some(index), Ok(count)) = (index, isize::try_from(ids.len())) else { return };
        let beside = (index as isize + steps).rem_euclid(count);
        self.select(ids[beside as usize]);
    }

    /// The conversations whose name, or whose server's name, fits what was typed, the best first; and of those that fit
    /// as well, what is unread first.
    pub fn search_conversations(&self, typed: &str) -> Vec<(&Network, &Conversation)> {
        let everything = self.networks().flat_map(|network| {
            network.conversations().iter().map(move |conversation| (network, conversation))
        });
        let current = self.current().map(Conversation::id);
        let mut found: Vec<_> = everything
            .filter_map(|(network, conversation)| {
                let by_name = switcher::rank(conversation.name(), typed);
                let with_place =
                    || switcher::rank(&format!("{} {}", conversation.name(), network.place()), typed);
                let rank = by_name.or_else(|| with_place().map(|rank| rank + 200))?;
                let is_current = Some(conversation.id()) == current;
                let is_read = (conversation.mentions() == 0, conversation.unread() == 0);
                Some(((rank, is_current, is_read), (network, conversation)))
            })
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// Brings the conversation with this place in the list to the front, counted from 0.
    pub fn select_numbered(&mut self, number: usize) {
        let id = self.listed().nth(number).map(Conversation::id);
        if let Some(id) = id {
            self.select(id);
        }
    }

    /// Brings the next conversation to the front in which something is unread: what is for us comes before the rest.
    pub fn select_unread(&mut self) {
        let current = self.current().map(Conversation::id);
        let behind = self.listed().skip_while(|it| Some(it.id()) != current);
        let before = self.listed().take_while(|it| Some(it.id()) != current);
        let round: Vec<_> = behind.chain(before).collect();
        let with = |count: fn(&Conversation) -> u32| round.iter().find(|it| count(it) > 0);
        let found = with(Conversation::mentions).or_else(|| with(Conversation::unread)).map(|it| it.id());
        if let Some(id) = found {
            self.select(id);
        }
    }

    /// Says whether the window has the keyboard. What comes in while it has not is unread, whatever is in front.
    pub fn set_focused(&mut self, focused: bool) {
        if self.focused && !focused {
            self.turn_away();
        }
        self.focused = focused;
        self.look();
    }

    /// Opens a private conversation on the network in front, a new one or the one there is, and brings it to the front.
    pub fn open_private(&mut self, nick: &str) {
        if let Some(network) = self.front_mut() {
            network.open_private(nick);
        }
    }

    /// Closes a conversation; a room is left. The server's own stays.
    pub fn close(&mut self, id: ConversationId) {
        if let Some(network) = self.network_mut(id.network()) {
            network.close(id);
        }
    }

    /// Asks the server in front who is online (获取在线用户列表). The answer is shown in the current conversation.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn ask_online(&mut self) -> Result<(), Phrase> {
        self.front_mut().ok_or(Text::NotConnected)?.ask_online()
    }

    /// Clears the current conversation's lines (清屏).
    pub fn clear(&mut self) {
        if let Some(network) = self.front_mut() {
            network.clear();
        }
    }

    /// Completes the name or command before the caret (Tab), or goes on to the next one that fits, or `backwards` to
    /// the one before. `caret` is a place in `typed` in bytes. Gives the new text and caret, or nothing if nothing
    /// fits.
    pub fn complete(&mut self, typed: &str, caret: usize, backwards: bool) -> Option<(String, usize)> {
        let mut candidates: Vec<String> = Vec::new();
        if let Some(network) = self.front() {
            if let Some(current) = network.current() {
                // Whoever spoke last is likely to be spoken to.
                let is_here =
                    |nick: &&str| current.members.get(network.features.case_mapping, nick).is_some();
                candidates.extend(current.speakers().into_iter().filter(is_here).map(str::to_owned));
                let spoke = candidates.len();
                let others = current.members.sorted().into_iter().map(|member| member.nick.clone());
                let others: Vec<_> = others.filter(|nick| !candidates[..spoke].contains(nick)).collect();
                candidates.extend(others);
            }
            // Whoever and whatever has a conversation can be named in every other one.
            for named in network.conversations().iter().filter(|it| it.kind != Kind::Server) {
                if !candidates.contains(&named.name) {
                    candidates.push(named.name.clone());
                }
            }
            candidates.retain(|name| !network.same(name, network.me()));
        }
        candidates.extend(command::COMMANDS.iter().map(|row| format!("/{}", row.names[0])));
        self.completion.complete(typed, caret, &candidates, backwards)
    }

    /// Does what was typed into the message box: says it, or carries out a command. Empty text does nothing.
    ///
    /// # Errors
    /// What is wrong, in plain words; then nothing was done, and the typed text should stay where it is.
    pub fn submit(&mut self, typed: &str) -> Result<(), Phrase> {
        if typed.trim().is_empty() {
            return Ok(());
        }
        match command::parse(typed)? {
            Command::Quit(farewell) => {
                self.quit(&farewell);
                Ok(())
            }
            Command::Ignore { who, ignore } => {
                self.ignore(who.as_deref(), ignore);
                Ok(())
            }
            command => self.front_mut().ok_or(Text::NotConnected)?.obey(command),
        }
    }
}

/// The steps that the above are made of.
impl Model {
    fn bring_to_front(&mut self, id: NetworkId) {
        if self.front != Some(id) {
            if let Some(before) = self.front_mut() {
                before.turn_away();
            }
            self.front = Some(id);
        }
    }

    /// Tells each network whether it is in sight now. What is in sight has been looked at.
    fn look(&mut self) {
        let is_looking = self.focused && self.view == View::Chat;
        for network in &mut self.networks {
            network.in_sight = is_looking && self.front == Some(network.id);
            network.is_focused = self.focused;
            network.look();
        }
    }

    fn collect_actions(&mut self) {
        for network in &mut self.networks {
            self.actions.append(&mut network.actions);
        }
    }

    fn network_mut(&mut self, id: NetworkId) -> Option<&mut Network> {
        self.networks.iter_mut().find(|network| network.id == id)
    }

    fn front_mut(&mut self) -> Option<&mut Network> {
        self.front.and_then(|id| self.network_mut(id))
    }
}

#[cfg(test)]
mod tests;
