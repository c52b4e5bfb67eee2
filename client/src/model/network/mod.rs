//! A server: how things stand with it, who we are there, and the conversations that are held there.
//!
//! The `parts` of a network keep their state to themselves. Here is what they make together, and the steps that changes
//! are made of. The files beside this one tell which changes there are: `incoming` (the server's events), `rooms` and
//! `messages` (the events that are about rooms, and the words that are said in them), `commands` (what the user does),
//! `speech` and `delivery` (what they say, and what becomes of it), `signals`, `account`, `people` and `desktop`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use teahouse_protocol::{Capability, Folded, Message as Wire, text};

use crate::config::fingerprint::Fingerprint;
use crate::config::profile::Profile;
use crate::event::failure::Failure;
use crate::model::base::common::Common;
use crate::model::base::effect::Effect;
use crate::model::base::ids::{ConversationId, NetworkId};
use crate::model::conversation::line::colour_of;
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::parts::batches::Batches;
use crate::model::network::parts::conversations::Conversations;
use crate::model::network::parts::deliveries::Deliveries;
use crate::model::network::parts::features::Features;
use crate::model::network::parts::identity::Identity;
use crate::model::network::parts::inquiries::{Inquiries, WhoQuestion};
use crate::model::network::parts::joining::Joining;
use crate::model::network::parts::link::{Link, LinkState};
use crate::model::network::parts::offers::Offers;
use crate::model::network::parts::searches::Searches;
use crate::model::network::parts::times::Times;
use crate::model::network::parts::typing::Typing;
use crate::model::network::wire::WireLog;
use crate::text::i18n::{Language, Phrase, Text};

pub(super) mod account;
mod commands;
mod delivery;
mod desktop;
pub(in crate::model) mod incoming;
mod messages;
pub(super) mod parts;
pub mod people;
mod rooms;
mod signals;
pub(in crate::model) mod speech;
pub mod wire;

/// A wire line with its CR LF (RFC 2812 §2.3).
const MAX_LINE_BYTES: usize = teahouse_protocol::framing::MAX_LINE_BYTES;

/// What is known of somebody's whereabouts from the rooms we share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// In a room with us.
    Here,
    /// In a room with us, and marked as away.
    Away,
    /// In none of our rooms; nobody tells us more.
    Unknown,
}

/// A server, and all that is open there.
pub struct Network {
    pub(super) id: NetworkId,
    /// Where it is, and the name to log in with. Its nickname follows `/nick`.
    pub(super) profile: Profile,
    pub(super) connection: LinkState,
    pub(super) times: Times,
    pub(super) identity: Identity,
    pub(super) joining: Joining,
    /// The capabilities that the server agreed to, each with what it says of that, if anything.
    pub(super) capabilities: BTreeMap<Capability, String>,
    pub(super) features: Features,
    pub(super) conversations: Conversations,
    /// Messages from before, whose batches have not ended.
    pub(super) batches: Batches,
    pub(super) searches: Searches,
    pub(super) inquiries: Inquiries,
    pub(super) wire: WireLog,
    /// The state that all networks share.
    pub(super) common: Rc<Common>,
    /// The language that the server was asked to speak on this connection.
    pub(super) spoken: Option<Language>,
    /// Our messages that are on their way.
    pub(super) deliveries: Deliveries,
    pub(super) typing: Typing,
    /// Rooms to go into with a click, the newest last.
    pub(in crate::model) offers: Offers,
    /// The effects that are to be done outside, in order.
    pub(super) effects: Vec<Effect>,
}

/// The window draws these.
impl Network {
    /// Which network this is.
    pub fn id(&self) -> NetworkId {
        self.id
    }

    /// How things stand with the server.
    pub fn link(&self) -> Link {
        self.connection.link()
    }

    /// Where the server is, to be remembered in the settings. Its nickname follows `/nick`.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the connection was made in another way than the profile says now.
    pub fn is_outdated(&self) -> bool {
        self.connection.is_outdated()
    }

    /// Whether this is the network of a saved profile.
    pub fn is_of(&self, profile: &Profile) -> bool {
        self.profile.is_same_as(profile)
    }

    /// Why there is no connection, for the bar with the button in the chat view; nothing while there is a connection
    /// or while it is being made.
    pub fn failure(&self) -> Option<Phrase> {
        self.last_failure().filter(|_| self.link() == Link::Down).map(Failure::phrase)
    }

    /// The same as it came, for a view that offers more than words.
    fn last_failure(&self) -> Option<&Failure> {
        self.connection.failure()
    }

    /// In how many seconds the connection will be made again by itself. Counts down; nothing when it will not.
    pub fn retry_secs(&self) -> Option<u32> {
        self.connection.retry_secs()
    }

    /// How long the server took to answer the last time that it was asked; nothing before that.
    pub fn latency(&self) -> Option<Duration> {
        self.connection.latency()
    }

    /// The fingerprint of the server's certificate; nothing on a connection in the clear.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.connection.fingerprint()
    }

    /// The account that we are logged in to, if we are.
    pub fn account(&self) -> Option<&str> {
        self.identity.account()
    }

    /// Our name here: before the first login, the name that we ask for.
    pub fn me(&self) -> &str {
        self.identity.me()
    }

    /// Whether we asked to come into a room and were neither let in nor refused.
    pub fn is_joining(&self) -> bool {
        self.joining.is_asked()
    }

    /// Whether we are marked as away.
    pub fn is_away(&self) -> bool {
        self.identity.is_away()
    }

    /// The name of the server's side: the network's own name, or the profile's name for it.
    pub fn place(&self) -> &str {
        if self.features.network.is_empty() { self.profile.title() } else { &self.features.network }
    }

    /// Every conversation in the order of the list.
    pub fn conversations(&self) -> &[Conversation] {
        self.conversations.all()
    }

    /// A conversation, if it is still open.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(id)
    }

    /// The conversation that is in front while this network is.
    pub fn current(&self) -> Option<&Conversation> {
        self.here().and_then(|id| self.conversation(id))
    }

    /// The room or private conversation of this name.
    pub fn find(&self, name: &str) -> Option<&Conversation> {
        self.conversations.find(self.features.case_mapping, name)
    }

    /// The lines that went over the wire of its connections.
    pub fn wire(&self) -> &WireLog {
        &self.wire
    }

    /// Whether two names are the same person or room here.
    pub fn same(&self, one: &str, other: &str) -> bool {
        self.features.case_mapping.same(one, other)
    }

    /// The conversation in front.
    pub(super) fn here(&self) -> Option<ConversationId> {
        self.conversations.current()
    }

    /// A name as a key.
    pub(super) fn fold(&self, name: &str) -> Folded<'static> {
        self.features.case_mapping.fold(name).into_owned()
    }

    /// Whether a room is joined at each login because the profile says so.
    pub fn joins_at_login(&self, room: &str) -> bool {
        self.profile.rooms.iter().any(|known| self.same(&known.name, room))
    }

    /// The colour of somebody's name: an index below [`COLOURS`](crate::model::COLOURS), always the same for the same name.
    pub fn colour(&self, nick: &str) -> usize {
        colour_of(self.features.case_mapping.fold(nick).as_str())
    }

    /// Whether somebody is here, as far as our rooms tell.
    pub fn presence(&self, nick: &str) -> Presence {
        let mapping = self.features.case_mapping;
        let seen = self.conversations().iter().find_map(|it| it.members.get(mapping, nick));
        match seen {
            None => Presence::Unknown,
            Some(member) if member.away => Presence::Away,
            Some(_) => Presence::Here,
        }
    }

    /// How many messages are unread in all conversations together.
    pub fn unread(&self) -> u32 {
        self.conversations().iter().fold(0, |sum, it| sum.saturating_add(it.unread()))
    }
}

/// Coming and going.
impl Network {
    /// A server that nobody has connected to yet.
    pub(super) fn new(id: NetworkId, profile: Profile, common: Rc<Common>) -> Self {
        let mut joining = Joining::default();
        joining.add(profile.rooms.clone());
        Self {
            id,
            connection: LinkState::default(),
            times: Times::default(),
            identity: Identity::new(&profile.nick),
            joining,
            profile,
            capabilities: BTreeMap::new(),
            features: Features::default(),
            conversations: Conversations::new(id),
            batches: Batches::default(),
            searches: Searches::default(),
            inquiries: Inquiries::default(),
            wire: WireLog::default(),
            common,
            spoken: None,
            deliveries: Deliveries::default(),
            typing: Typing::default(),
            offers: Offers::default(),
            effects: Vec::new(),
        }
    }

    /// The profile of this network was changed: its next connection is made in the new way. A connection that is just
    /// being made is made anew.
    pub(super) fn adopt(&mut self, before: &Profile, mut after: Profile) {
        let is_same_login = after.server == before.server
            && after.account_name() == before.account_name()
            && after.password == before.password;
        if is_same_login {
            // It may have been typed for this time only.
            after.password = self.profile.password.clone();
        }
        let new_rooms = after.rooms.iter().filter(|room| !before.rooms.contains(room));
        self.joining.add(new_rooms.cloned());
        let is_other = !after.connects_as(before) && !after.connects_as(&self.profile);
        let is_other_person = !is_same_login || after.nick != before.nick || after.port != before.port;
        self.profile = after;
        self.identity.adopt(is_other_person, self.link() == Link::Up);
        if self.connection.adopt(is_other) {
            self.connect_anew();
        }
    }

    /// Connects in the way that the profile says now, in place of the connection that is being made.
    fn connect_anew(&mut self) {
        self.connection.drop_attempt();
        self.connect();
    }

    /// Begins to connect, if there is no connection.
    pub(super) fn connect(&mut self) {
        if self.connection.want() {
            self.identity.comes();
            self.begin();
            self.effects.push(Effect::Connect(self.id, Box::new(self.profile.clone())));
        }
    }

    /// A connection is being made, by us or by itself.
    pub(super) fn begin(&mut self) {
        self.features = Features::default();
        self.connection.begin();
    }

    /// Ends the connection, or gives up a connection that is or will be made. Does nothing where there is none.
    pub(super) fn disconnect(&mut self) {
        if self.connection.is_wanted() {
            self.say_farewell("");
            self.effects.push(Effect::Disconnect(self.id));
            self.disconnected();
        }
    }

    /// Forgets what held for one connection only, and notes which rooms to go back into.
    pub(super) fn disconnected(&mut self) {
        self.nothing_arrives();
        self.typing = Typing::default();
        self.connection.end();
        self.identity.leaves();
        self.times.left(self.common.clock.now());
        self.capabilities.clear();
        self.joining.give_up();
        self.inquiries.give_up();
        self.offers = Offers::default();
        self.forget_batches();
        for conversation in self.conversations.iter_mut() {
            conversation.rejoin |= conversation.kind == Kind::Room && conversation.joined;
            conversation.joined = false;
            conversation.members.clear();
        }
    }

    pub(super) fn say_farewell(&mut self, farewell: &str) {
        match (self.link(), farewell) {
            (Link::Up, "") => self.send(&["QUIT"]),
            (Link::Up, _) => self.send(&["QUIT", farewell]),
            (Link::Down | Link::Connecting, _) => {}
        }
    }

    /// # Errors
    /// When there is no connection.
    pub(super) fn need_link(&self) -> Result<(), Phrase> {
        if self.link() == Link::Up { Ok(()) } else { Err(Text::NotConnected.into()) }
    }

    pub(super) fn has_capability(&self, capability: Capability) -> bool {
        self.capabilities.contains_key(&capability)
    }
}

/// Lines to the server.
impl Network {
    /// Sends a message, if there is a connection.
    pub(super) fn ask(&mut self, words: &[&str]) -> Result<(), Phrase> {
        self.need_link()?;
        self.send(words);
        Ok(())
    }

    /// Sends the command and parameters in `words`, cut to what fits into a line.
    pub(super) fn send(&mut self, words: &[&str]) {
        self.send_tagged("", words);
    }

    /// The same with tags before it, as they stand on the wire; those do not count for what fits.
    fn send_tagged(&mut self, tags: &str, words: &[&str]) {
        let Some((command, params)) = words.split_first() else { return };
        let printed = Wire::new(command, params).map(|message| message.to_string());
        match printed {
            Ok(line) => {
                let line = text::truncate(&line, MAX_LINE_BYTES - "\r\n".len());
                let line = if tags.is_empty() { line.to_owned() } else { format!("@{tags} {line}") };
                self.effects.push(Effect::Send(self.id, line));
            }
            Err(why) => log::warn!("not sent: {command}: {why}"),
        }
    }

    fn send_join(&mut self, room: &str, key: Option<&str>) {
        match key {
            Some(key) => self.send(&["JOIN", room, key]),
            None => self.send(&["JOIN", room]),
        }
    }

    fn ask_who(&mut self, question: WhoQuestion) {
        let mask = self.inquiries.ask_who(question);
        self.send(&["WHO", &mask]);
    }
}

/// Which conversations there are.
impl Network {
    /// Brings a conversation to the front of this network.
    pub(super) fn turn_to(&mut self, id: ConversationId) {
        if self.here() == Some(id) || self.conversation(id).is_none() {
            return;
        }
        self.turn_away();
        self.conversations.turn_to(id);
        self.look();
        self.open_past(id);
    }

    /// Nobody looks at the current conversation any more.
    pub(super) fn turn_away(&mut self) {
        if let Some(current) = self.current_mut() {
            current.leave();
            let id = current.id;
            if self.conversations.in_sight() {
                self.tell_read(id);
            }
        }
    }

    /// The user has looked at the conversation in front, if it is in sight.
    pub(super) fn look(&mut self) {
        if self.conversations.in_sight()
            && let Some(current) = self.current_mut()
        {
            let was_unread = current.unread() > 0;
            current.mark_read();
            let id = current.id;
            if was_unread {
                self.tell_read(id);
            }
        }
    }

    pub(super) fn current_mut(&mut self) -> Option<&mut Conversation> {
        self.here().and_then(|id| self.conversation_mut(id))
    }

    pub(super) fn conversation_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.conversations.get_mut(id)
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut Conversation> {
        self.conversations.find_mut(self.features.case_mapping, name)
    }

    fn remove_member(&mut self, id: ConversationId, nick: &str) {
        let mapping = self.features.case_mapping;
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.members.remove(mapping, nick);
        }
    }

    /// The private conversation with somebody, a new one or the old.
    pub(super) fn private(&mut self, nick: &str) -> ConversationId {
        match self.find(nick) {
            Some(there) => there.id,
            None => {
                let id = self.create(Kind::Private, nick);
                self.recall(id);
                self.take_up(id);
                id
            }
        }
    }

    pub(super) fn create(&mut self, kind: Kind, name: &str) -> ConversationId {
        let is_joined = kind != Kind::Room && self.link() == Link::Up;
        self.conversations.create(kind, name, is_joined)
    }

    /// Takes a conversation off the list; the conversation that moves into its place comes to the front.
    pub(super) fn remove(&mut self, id: ConversationId) {
        if let Some(place) = self.conversations.remove(id) {
            match self.conversations.at(place) {
                Some(beside) => self.turn_to(beside),
                None => self.ensure_conversation(),
            }
        }
    }

    /// Makes sure that there is a conversation, and that one is in front unless there are several to choose from.
    pub(super) fn ensure_conversation(&mut self) {
        if self.conversations().is_empty() {
            let place = self.place().to_owned();
            let id = self.create(Kind::Server, &place);
            self.turn_to(id);
        }
    }
}
