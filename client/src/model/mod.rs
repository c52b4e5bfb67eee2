//! The window's state: servers, conversations, people, unread messages, what can be done next. No widgets, no sockets.
//!
//! The thread of the window owns one [`Model`] and nobody else touches it. The way round is always the same:
//!
//! 1. Something happens: an [`Event`] arrives on a network ([`Model::apply`]) or the person does something
//!    ([`Model::submit`], [`Model::select`], …).
//! 2. The model changes, and notes what has to be done outside.
//! 3. The window takes those [`Effect`]s ([`Model::take_effects`]), carries them out, and draws the model anew.
//!
//! A [`Network`] is a server and all that is open there; the model is all of them, which of them is in front, and the
//! login form. Nothing here knows a language: all that is to be read comes as a [`Phrase`], and becomes words when it
//! is drawn.
//!
//! In reading order:
//!
//! - `base`: what all of it stands on;
//! - this file: the whole; `networks`: which networks there are; `selection`: which conversation is in front,
//!   `current`: what the person does with it, `people`: and with others;
//! - [`network`]: a server, what the person does there and what happens there;
//! - [`conversation`]: lines, unread counts, members, drafts;
//! - `history`: what was said before, there and on disk;
//! - [`forms`]: the login and the page of a saved server; [`trust`]: servers that nobody vouches for;
//! - [`assist`]: help while the person writes and goes about;
//! - [`notify`]: what the desktop tells of; [`offers`]: rooms to go into with a click;
//! - [`viewport`]: what of very much text is in view.

use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::command::{self, Command};
use crate::config::profile::Profile;
use crate::event::failure::Failure;
use crate::event::wire_line::WireLine;
use crate::event::{Event, What};
use crate::logs::Logs;
use crate::model::assist::completion::Completion;
use crate::model::base::clock::Clock;
use crate::model::base::common::Common;
use crate::model::notify::NotifyRules;
use crate::text::i18n::{Language, Phrase, Text};

mod base;

pub mod conversation;
pub mod network;

mod current;
mod networks;
mod people;
mod selection;

mod history;

pub mod assist;
pub mod forms;
pub mod notify;
pub mod offers;
pub mod trust;
pub mod viewport;

pub use base::effect::Effect;
pub use base::ids::{ConversationId, LineId, NetworkId};
pub use conversation::line::{Body, COLOURS, Delivery, Line, Message, Reaction, Reply};
pub use conversation::lines::MAX_LINES;
pub use conversation::members::{Group, Member, Members};
pub use conversation::{Conversation, Kind};
pub use forms::logging_in::Login;
pub use forms::login::{FormErrors, LoginForm};
pub use network::parts::features::Features;
pub use network::parts::inquiries::Card;
pub use network::parts::link::Link;
pub use network::people::Order;
pub use network::{Network, Presence};
pub use trust::Stranger;

/// Which of its two views the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The form with name, server and port.
    Login,
    /// The conversations.
    Chat,
}

/// The whole state of the window that is not pixels.
pub struct Model {
    view: View,
    login: Login,
    /// The servers that are kept for the next time.
    profiles: Vec<Profile>,
    /// Whether messages show when they came.
    shows_times: bool,
    /// Whether comings and goings are shown.
    shows_traffic: bool,
    /// Whether others are told that the user is writing.
    tells_typing: bool,
    /// In the order of the list.
    networks: Vec<Network>,
    /// The network of the conversation that is shown. There is one whenever the view is [`View::Chat`].
    front: Option<NetworkId>,
    /// The servers that the person is to be asked about, one after the other. The first is the one that is shown: only
    /// an answer takes it away.
    strangers: VecDeque<Stranger>,
    next_network: u32,
    /// Whether something else covers the conversations.
    covered: bool,
    /// Remarks on the window as a whole that were not said in a conversation.
    remarks: Vec<Phrase>,
    completion: Completion,
    effects: Vec<Effect>,
    /// The state that all networks share.
    common: Rc<Common>,
}

/// The window draws these.
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
        let common = Common {
            clock: Clock { now: Rc::new(now), zone },
            language,
            ignored: Vec::new(),
            logs: None,
            notify: NotifyRules::default(),
            is_focused: true,
        };
        Self {
            view: View::Login,
            login: Login::new(profile),
            profiles: Vec::new(),
            shows_times: true,
            shows_traffic: true,
            tells_typing: true,
            networks: Vec::new(),
            front: None,
            strangers: VecDeque::new(),
            next_network: 0,
            covered: false,
            remarks: Vec::new(),
            completion: Completion::default(),
            effects: Vec::new(),
            common: Rc::new(common),
        }
    }

    /// The language to draw everything in.
    pub fn language(&self) -> Language {
        self.common.language
    }

    /// Which view to show.
    pub fn view(&self) -> View {
        self.view
    }

    /// The login form, and what becomes of it.
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// Remarks below the login form that are about none of its fields: on settings that could not be read, for instance.
    pub fn remarks(&self) -> &[Phrase] {
        &self.remarks
    }

    /// The networks in the order of the list: those that we have been on.
    pub fn networks(&self) -> impl DoubleEndedIterator<Item = &Network> {
        self.networks.iter().filter(|network| Some(network.id) != self.login.applicant())
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

    /// A network, if it is still there.
    pub fn network(&self, id: NetworkId) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// The network of the conversation in front.
    pub fn front(&self) -> Option<&Network> {
        self.front.and_then(|id| self.network(id))
    }

    /// A conversation, if it is still open.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.network(id.network())?.conversation(id)
    }

    /// The conversation in front. There is one whenever the view is [`View::Chat`].
    pub fn current(&self) -> Option<&Conversation> {
        self.front()?.current()
    }

    /// Whether messages show when they came.
    pub fn shows_times(&self) -> bool {
        self.shows_times
    }

    /// Whether comings and goings are shown.
    pub fn shows_traffic(&self) -> bool {
        self.shows_traffic
    }

    /// Says whether messages show when they came, and whether comings and goings are shown.
    pub fn set_shown(&mut self, times: bool, traffic: bool) {
        (self.shows_times, self.shows_traffic) = (times, traffic);
    }

    /// Says whether others see that the user is writing. Somebody who sees it now no longer does.
    pub fn set_tells_typing(&mut self, tells: bool) {
        if !tells {
            self.wrote("");
        }
        self.tells_typing = tells;
    }

    /// The time zone that times are shown in.
    pub fn zone(&self) -> &TimeZone {
        &self.common.clock.zone
    }

    /// How many messages are unread in all conversations together.
    pub fn unread(&self) -> u32 {
        self.networks.iter().fold(0, |sum, it| sum.saturating_add(it.unread()))
    }

    /// The window's title: how much is unread, the program, the conversation in front.
    pub fn title(&self) -> String {
        let program = Text::AppTitle.to(self.common.language);
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
    pub fn take_effects(&mut self) -> Vec<Effect> {
        self.say_remarks();
        self.collect_effects();
        mem::take(&mut self.effects)
    }
}

/// The settings say these.
impl Model {
    /// Says what the desktop is to be told of.
    pub fn set_notify(&mut self, rules: NotifyRules) {
        self.change_common(|common| common.notify = rules);
    }

    /// Says where conversations are written down, or that they are not to be.
    pub fn set_logs(&mut self, logs: Option<Logs>) {
        self.change_common(|common| common.logs = logs);
    }
}

/// The network brings these.
impl Model {
    /// Takes in what happened on a network's connection.
    pub fn apply(&mut self, id: NetworkId, event: Event) {
        if let What::Ended(failure) = &event.what {
            self.note_stranger(id, failure);
        }
        if self.login.applicant() == Some(id) {
            match &event.what {
                What::Welcome { .. } => self.admit(id),
                What::Ended(failure) => {
                    self.login.failed(failure);
                    self.networks.retain(|network| network.id != id);
                    // It has ended by itself, and nobody will ask for it any more.
                    self.effects.push(Effect::Disconnect(id));
                    return;
                }
                _ => {}
            }
        }
        if let What::Ended(failure @ Failure::PasswordNeeded { .. }) = &event.what {
            self.ask_password_of(id, failure);
        }
        // It may have been left while the event was under way.
        if let Some(network) = self.network_mut(id) {
            network.apply(event);
        }
    }

    /// Notes a line that went over the wire of a network.
    pub fn record(&mut self, id: NetworkId, line: WireLine) {
        if let Some(network) = self.network_mut(id) {
            network.wire.push(line);
        }
    }

    /// Forgets the lines that went over the wire of the network in front.
    pub fn clear_wire(&mut self) {
        if let Some(network) = self.front_mut() {
            network.wire.clear();
        }
    }
}

/// The person at the window does these things.
impl Model {
    /// Switches the language of everything at once, and of the servers' own words where they can.
    pub fn set_language(&mut self, language: Language) {
        self.change_common(|common| common.language = language);
        self.networks.iter_mut().for_each(Network::choose_language);
    }

    /// Says something about the window as a whole: below the login form, and in the conversation in front as soon as
    /// there is one.
    pub fn remark(&mut self, phrase: Phrase) {
        if !self.remarks.contains(&phrase) {
            self.remarks.push(phrase);
        }
    }

    /// Opens a private conversation on the network in front, a new one or the old, and brings it to the front.
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

    /// Asks the server in front which people are online (获取在线用户列表). The answer is shown in the current conversation.
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

    /// Leaves every server that we are on, with a word of farewell that may be empty, and closes the window.
    pub fn quit(&mut self, farewell: &str) {
        // The conversation in sight has been read, and the server is told while it listens.
        self.set_focused(false);
        for network in &mut self.networks {
            network.say_farewell(farewell);
        }
        self.collect_effects();
        self.effects.push(Effect::Quit);
    }
}

/// The steps that the above are made of.
impl Model {
    fn say_remarks(&mut self) {
        if self.view == View::Chat
            && !self.remarks.is_empty()
            && let Some(front) = self.front.and_then(|id| self.networks.iter_mut().find(|it| it.id == id))
        {
            front.notice_here(mem::take(&mut self.remarks));
        }
    }

    fn collect_effects(&mut self) {
        for network in &mut self.networks {
            self.effects.append(&mut network.effects);
        }
    }

    /// Changes what all networks have in common.
    fn change_common(&mut self, change: impl FnOnce(&mut Common)) {
        change(Rc::make_mut(&mut self.common));
        for network in &mut self.networks {
            network.common = Rc::clone(&self.common);
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
