//! What the window knows: conversations, people, what is unread, what can be done next. No widgets, no sockets.
//!
//! The thread of the window owns one [`Model`] and nobody else touches it. The way round is always the same:
//!
//! 1. Something happens: an [`Event`] arrives ([`Model::apply`]) or the person does something ([`Model::submit`],
//!    [`Model::select`], …).
//! 2. The model changes, and notes what has to be done outside.
//! 3. The window takes those [`Action`]s ([`Model::take_actions`]), carries them out, and draws the model anew.
//!
//! Nothing here knows a language: whatever is to be read comes as a [`Phrase`], and becomes words when it is drawn.
//!
//! In reading order: [`form`] (the login view), [`conversation`] (lines, unread counts), [`members`] (people in a
//! room), [`features`] (what the server said of itself), this file (how they change), [`completion`] (Tab),
//! [`layout`] (where text breaks).

use std::collections::{HashMap, VecDeque};
use std::mem;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use teahouse_protocol::names::is_channel;
use teahouse_protocol::text::{self, Ctcp};
use teahouse_protocol::{Folded, Message as Wire};

use crate::command::{self, Command};
use crate::event::{Event, Failure, Manner, Sender, What};
use crate::i18n::{Language, Phrase, Text};
use crate::model::completion::Completion;
use crate::profile::Profile;

pub mod completion;
pub mod conversation;
pub mod features;
pub mod form;
pub mod layout;
pub mod members;

pub use conversation::{Body, Conversation, ConversationId, Kind, Line, LineId, MAX_LINES, Message};
pub use features::Features;
pub use form::{FormErrors, LoginForm};
pub use members::{Member, Members, Rank};

/// How many colours names are written in.
pub const COLOURS: usize = 8;

/// How many lines one may send at once, pasted or typed. Servers end the connection of those who send much more.
pub const MAX_LINES_AT_ONCE: usize = 50;

/// How many names a notice lists before it says how many more there are.
const MAX_NAMES_SHOWN: usize = 100;

/// How many rooms the answer to `/list` shows.
const MAX_ROOMS_SHOWN: usize = 100;

/// How much of a message of the day is shown.
const MAX_MOTD_LINES: usize = 500;

/// How many bytes `user@host` may take while the server has not shown us ours: `~`, 10 and `@`, 63 and some air.
const UNKNOWN_ADDRESS_BYTES: usize = 80;

/// A wire line with its CR LF (RFC 2812 §2.3).
const MAX_LINE_BYTES: usize = teahouse_protocol::framing::MAX_LINE_BYTES;

/// Something that the model wants done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Close the connection if there is one, and open a new one to here.
    Connect(Box<Profile>),
    /// Send this line; it has no CR LF.
    Send(String),
    /// Close the connection. What was to be sent before goes out first.
    Disconnect,
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

/// How things stand with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// There is no connection. In the chat view: offer to connect again.
    Down,
    /// It is being made, up to the server's welcome.
    Connecting,
    /// We are logged in.
    Up,
}

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

/// Where the model takes the time from.
struct Clock {
    now: Box<dyn Fn() -> Timestamp>,
    zone: TimeZone,
}

/// A WHO that the server has not finished answering. Answers come in the order of the questions.
struct WhoQuestion {
    /// The room asked about, or the whole server.
    room: Option<String>,
    /// Where to show the answer; nowhere if it is only for the members' away marks.
    asked_in: Option<ConversationId>,
    /// A room to ask about instead if the server shows nobody.
    instead: Option<String>,
    people: Vec<(String, bool)>,
}

/// The whole state of the window that is not pixels.
pub struct Model {
    language: Language,
    view: View,
    link: Link,
    form: LoginForm,
    form_errors: FormErrors,
    /// Where the login goes, or went. Its nickname follows `/nick`.
    profile: Profile,
    /// Whether there ever was a login.
    has_tried: bool,
    /// Why there is no connection, while there is none.
    failure: Option<Failure>,
    me: String,
    /// Our `user@host` as others see it, once the server has shown it.
    address: Option<String>,
    away: bool,
    capabilities: Vec<String>,
    features: Features,
    /// In the order of the list: the server's, rooms, private ones; each in order of coming.
    conversations: Vec<Conversation>,
    current: Option<ConversationId>,
    next_id: u32,
    focused: bool,
    /// Rooms that the person asked to join, to be opened when we are in; with their passwords.
    wanted: HashMap<Folded<'static>, Option<String>>,
    /// Names that came and whose end has not.
    arriving: HashMap<Folded<'static>, Vec<String>>,
    who: VecDeque<WhoQuestion>,
    /// Where the answer to LIST goes, and what came of it.
    room_list: Option<(ConversationId, Vec<Phrase>, usize)>,
    /// The message of the day so far.
    motd: Vec<Phrase>,
    /// Whether the server has not finished its greeting.
    greeting: bool,
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
            link: Link::Down,
            form: LoginForm::from(&profile),
            form_errors: FormErrors::default(),
            profile,
            has_tried: false,
            failure: None,
            me: String::new(),
            address: None,
            away: false,
            capabilities: Vec::new(),
            features: Features::default(),
            conversations: Vec::new(),
            current: None,
            next_id: 0,
            focused: true,
            wanted: HashMap::new(),
            arriving: HashMap::new(),
            who: VecDeque::new(),
            room_list: None,
            motd: Vec::new(),
            greeting: false,
            completion: Completion::default(),
            actions: Vec::new(),
            clock: Clock { now: Box::new(now), zone },
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

    /// How things stand with the server.
    pub fn link(&self) -> Link {
        self.link
    }

    /// What to put into the login form when it is shown.
    pub fn form(&self) -> &LoginForm {
        &self.form
    }

    /// What to say beside its fields.
    pub fn form_errors(&self) -> &FormErrors {
        &self.form_errors
    }

    /// Where the last login went, to be remembered in the settings. Its nickname follows `/nick`.
    pub fn profile(&self) -> Option<&Profile> {
        self.has_tried.then_some(&self.profile)
    }

    /// Why there is no connection, for the bar with the button in the chat view; nothing while there is one or while
    /// one is being made.
    pub fn failure(&self) -> Option<Phrase> {
        (self.link == Link::Down).then(|| self.failure.as_ref().map(Failure::phrase)).flatten()
    }

    /// Our name here; empty before the first login.
    pub fn me(&self) -> &str {
        &self.me
    }

    /// Whether we are marked as away.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// What the server's side is called: the network's own name or the server's address.
    pub fn place(&self) -> &str {
        match self.profile() {
            _ if !self.features.network.is_empty() => &self.features.network,
            Some(profile) => profile.title(),
            None => "",
        }
    }

    /// Every conversation in the order of the list.
    pub fn conversations(&self) -> &[Conversation] {
        &self.conversations
    }

    /// One conversation, if it is still open.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.iter().find(|conversation| conversation.id == id)
    }

    /// The conversation in front. There is one whenever the view is [`View::Chat`].
    pub fn current(&self) -> Option<&Conversation> {
        self.current.and_then(|id| self.conversation(id))
    }

    /// Whether two names are the same person or room here.
    pub fn same(&self, one: &str, other: &str) -> bool {
        self.features.case_mapping.same(one, other)
    }

    /// The colour of somebody's name: an index below [`COLOURS`], always the same for the same name.
    pub fn colour(&self, nick: &str) -> usize {
        colour_of(self.features.case_mapping.fold(nick).as_str())
    }

    /// Whether somebody is here, as far as our rooms tell.
    pub fn presence(&self, nick: &str) -> Presence {
        let mapping = self.features.case_mapping;
        let seen = self.conversations.iter().find_map(|it| it.members.get(mapping, nick));
        match seen {
            None => Presence::Unknown,
            Some(member) if member.away => Presence::Away,
            Some(_) => Presence::Here,
        }
    }

    /// How many messages are unread in all conversations together.
    pub fn unread(&self) -> u32 {
        self.conversations.iter().fold(0, |sum, it| sum.saturating_add(it.unread()))
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
        mem::take(&mut self.actions)
    }
}

/// What the person does.
impl Model {
    /// Switches the language, of everything and at once.
    pub fn set_language(&mut self, language: Language) {
        self.language = language;
    }

    /// Checks the form and logs in with it, or puts what is wrong beside its fields. Does nothing while a login is
    /// under way.
    pub fn log_in(&mut self, form: LoginForm) {
        if self.link != Link::Down {
            return;
        }
        let checked = form.check(&self.profile);
        self.form = form;
        match checked {
            Ok(profile) => {
                self.form = LoginForm::from(&profile);
                self.form_errors = FormErrors::default();
                self.profile = profile;
                self.connect();
            }
            Err(errors) => self.form_errors = errors,
        }
    }

    /// Gives up the login that is under way, or leaves the server and shows the login view.
    pub fn log_out(&mut self) {
        self.say_farewell("");
        self.actions.push(Action::Disconnect);
        self.disconnected();
        self.conversations.clear();
        self.current = None;
        self.failure = None;
        self.view = View::Login;
    }

    /// Connects again to where we were, as whom we were.
    pub fn connect_again(&mut self) {
        if self.link == Link::Down && self.has_tried {
            self.connect();
        }
    }

    /// Brings a conversation to the front.
    pub fn select(&mut self, id: ConversationId) {
        if self.current == Some(id) || self.conversation(id).is_none() {
            return;
        }
        if let Some(before) = self.current.and_then(|before| self.conversation_mut(before)) {
            before.leave();
        }
        self.current = Some(id);
        self.look();
    }

    /// Brings the next conversation of the list to the front (`1`), or the one before (`-1`), around the ends.
    pub fn select_beside(&mut self, steps: isize) {
        let index = self.conversations.iter().position(|it| Some(it.id) == self.current);
        let (Some(index), Ok(count)) = (index, isize::try_from(self.conversations.len())) else { return };
        let beside = (index as isize + steps).rem_euclid(count);
        self.select(self.conversations[beside as usize].id);
    }

    /// Says whether the window has the keyboard. What comes in while it has not is unread, whatever is in front.
    pub fn set_focused(&mut self, focused: bool) {
        self.focused = focused;
        self.look();
    }

    /// Opens a private conversation, a new one or the one there is, and brings it to the front.
    pub fn open_private(&mut self, nick: &str) {
        let id = self.private(nick);
        self.select(id);
    }

    /// Closes a conversation; a room is left. The server's own stays.
    pub fn close(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversation(id) else { return };
        match conversation.kind {
            Kind::Server => {}
            Kind::Room if conversation.joined => {
                let room = conversation.name.clone();
                self.send(&["PART", &room]);
            }
            Kind::Room | Kind::Private => self.remove(id),
        }
    }

    /// Asks the server who is online (获取在线用户列表). The answer is shown in the current conversation.
    ///
    /// `WHO *` is what every server answers with everybody whom it lets us see. One that shows nobody is asked for the
    /// people in the current room instead.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn ask_online(&mut self) -> Result<(), Phrase> {
        self.need_link()?;
        let instead =
            self.current().filter(|it| it.kind == Kind::Room && it.joined).map(|it| it.name.clone());
        self.ask_who(WhoQuestion { room: None, asked_in: self.current, instead, people: Vec::new() });
        Ok(())
    }

    /// Clears the current conversation's lines (清屏).
    pub fn clear(&mut self) {
        if let Some(current) = self.current_mut() {
            current.clear();
        }
    }

    /// Leaves the server if we are on it, with a word of farewell that may be empty, and closes the window.
    pub fn quit(&mut self, farewell: &str) {
        self.say_farewell(farewell);
        self.actions.push(Action::Quit);
    }

    /// Completes the name or command before the caret (Tab), or goes on to the next one that fits, or `backwards` to
    /// the one before. `caret` is a place in `typed` in bytes. Gives the new text and caret, or nothing if nothing
    /// fits.
    pub fn complete(&mut self, typed: &str, caret: usize, backwards: bool) -> Option<(String, usize)> {
        let mut candidates: Vec<String> = Vec::new();
        if let Some(current) = self.current() {
            candidates.extend(current.members.sorted().into_iter().map(|member| member.nick.clone()));
        }
        // Whoever and whatever has a conversation can be named in every other one.
        for named in self.conversations.iter().filter(|it| it.kind != Kind::Server) {
            if !candidates.contains(&named.name) {
                candidates.push(named.name.clone());
            }
        }
        candidates.retain(|name| !self.same(name, &self.me));
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
            Command::Say(text) => self.say_here(Manner::Message, &text),
            Command::Act(text) => self.say_here(Manner::Action, &text),
            Command::Tell { to, text } => {
                self.need_link()?;
                check_count(&text)?;
                let id = self.private(&to);
                self.say(id, Manner::Message, &text);
                Ok(())
            }
            Command::Query(nick) => {
                self.open_private(&nick);
                Ok(())
            }
            Command::Nick(nick) => self.change_nick(&nick),
            Command::Join { room, key } => self.join(&room, key),
            Command::Part { room, reason } => self.part(room.as_deref(), &reason),
            Command::Topic(topic) => self.topic(topic),
            Command::Away(reason) => self.ask(&["AWAY", reason.as_deref().unwrap_or_default()]),
            Command::Online(None) => self.ask_online(),
            Command::Online(Some(room)) => {
                self.need_link()?;
                let asked_in = self.current;
                self.ask_who(WhoQuestion { room: Some(room), asked_in, instead: None, people: Vec::new() });
                Ok(())
            }
            Command::Whois(nick) => self.ask(&["WHOIS", &nick]),
            Command::List => {
                self.need_link()?;
                self.room_list = self.current.map(|id| (id, Vec::new(), 0));
                self.ask(&["LIST"])
            }
            Command::Clear => {
                self.clear();
                Ok(())
            }
            Command::Raw(line) => {
                self.need_link()?;
                self.actions.push(Action::Send(line));
                Ok(())
            }
            Command::Quit(farewell) => {
                self.quit(&farewell);
                Ok(())
            }
            Command::Help => {
                self.notice_here(command::help());
                Ok(())
            }
        }
    }

    fn say_here(&mut self, manner: Manner, text: &str) -> Result<(), Phrase> {
        self.need_link()?;
        check_count(text)?;
        let nowhere = || Text::NowhereToSay.into();
        let current = self.current().ok_or_else(nowhere)?;
        match current.kind {
            Kind::Server => return Err(nowhere()),
            Kind::Room if !current.joined => return Err(Text::NotInRoom.with([&current.name])),
            Kind::Room | Kind::Private => {}
        }
        let id = current.id;
        self.say(id, manner, text);
        Ok(())
    }

    fn change_nick(&mut self, nick: &str) -> Result<(), Phrase> {
        // While there is no connection it is the name for the next one: the old one may be taken by now.
        if self.link == Link::Down && self.has_tried {
            nick.clone_into(&mut self.profile.nick);
            self.notice_here(vec![Text::YouRenamed.with([nick])]);
            return Ok(());
        }
        self.ask(&["NICK", nick])
    }

    fn join(&mut self, room: &str, key: Option<String>) -> Result<(), Phrase> {
        self.need_link()?;
        if let Some(there) = self.find(room).filter(|it| it.joined) {
            let id = there.id;
            self.select(id);
            return Ok(());
        }
        self.send_join(room, key.as_deref());
        self.wanted.insert(self.features.case_mapping.fold(room).into_owned(), key);
        Ok(())
    }

    fn part(&mut self, room: Option<&str>, reason: &str) -> Result<(), Phrase> {
        let conversation = match room {
            Some(room) => self.find(room).ok_or_else(|| Text::NotInRoom.with([room]))?,
            None => self.current().ok_or(Text::NowhereToSay)?,
        };
        if conversation.kind == Kind::Room && conversation.joined && !reason.is_empty() {
            let room = conversation.name.clone();
            self.send(&["PART", &room, reason]);
        } else {
            let id = conversation.id;
            self.close(id);
        }
        Ok(())
    }

    fn topic(&mut self, topic: Option<String>) -> Result<(), Phrase> {
        let room = self.current().filter(|it| it.kind == Kind::Room).ok_or(Text::NowhereToSay)?.name.clone();
        match topic {
            Some(topic) => self.ask(&["TOPIC", &room, &topic]),
            None => self.ask(&["TOPIC", &room]),
        }
    }
}

/// What happens.
impl Model {
    /// Takes in one event.
    pub fn apply(&mut self, event: Event) {
        let at = event.time.unwrap_or_else(|| (self.clock.now)());
        match event.what {
            What::Capabilities(capabilities) => self.capabilities = capabilities,
            What::Welcome { nick } => self.welcome(at, nick),
            What::Ended(failure) => self.ended(at, failure),
            What::Supports(tokens) => self.learn(&tokens),
            What::Said { from, target, manner, text } => self.said(at, &from, &target, manner, text),
            What::Joined { who, room } => self.joined(at, who, &room),
            What::Left { who, room, reason } => self.left(at, &who, &room, &reason),
            What::Kicked { who, by, room, reason } => self.kicked(at, &who, &by, &room, &reason),
            What::Quit { who, reason } => self.somebody_quit(at, &who, &reason),
            What::Renamed { from, to } => self.renamed(at, &from, &to),
            What::Topic { room, by, topic } => self.topic_is(at, &room, by, topic),
            What::Names { room, people } => {
                self.arriving
                    .entry(self.features.case_mapping.fold(&room).into_owned())
                    .or_default()
                    .extend(people);
            }
            What::NamesEnd { room } => self.names_end(at, &room),
            What::Mode { by, target, modes, args } => self.mode(at, &by, &target, &modes, &args),
            What::Away { who, away } => self.mark_away(&who, away),
            What::IsAway { who, reason } => {
                self.notice_about(at, Some(&who), Text::IsAway.with([&who, &reason]));
            }
            What::MarkedAway(away) => {
                self.away = away;
                let text = if away { Text::NowAway } else { Text::NoLongerAway };
                self.notice_about(at, None, text.into());
            }
            What::WhoRow { nick, away } => {
                if let Some(question) = self.who.front_mut() {
                    question.people.push((nick, away));
                }
            }
            What::WhoEnd => self.who_end(at),
            What::RoomRow { room, people, topic } => {
                if let Some((_, rows, count)) = &mut self.room_list {
                    *count += 1;
                    if rows.len() < MAX_ROOMS_SHOWN {
                        rows.push(match topic.as_str() {
                            "" => Text::RoomRowPlain.with([&room, &people]),
                            topic => Text::RoomRow.with([&room, &people, topic]),
                        });
                    }
                }
            }
            What::RoomListEnd => self.room_list_end(at),
            What::Motd(line) if self.motd.len() < MAX_MOTD_LINES => {
                self.motd.push(Text::Verbatim.with([&line]));
            }
            What::Motd(_) => {}
            What::MotdEnd => {
                self.greeting = false;
                let motd = mem::take(&mut self.motd);
                if !motd.is_empty() {
                    self.notice(self.current, at, motd);
                }
            }
            What::Invited { by, who, room } => {
                let phrase = if self.same(&who, &self.me) {
                    Text::Invited.with([&by, &room])
                } else {
                    Text::Inviting.with([&who, &room])
                };
                self.notice_about(at, None, phrase);
            }
            What::Answer(phrase) => self.notice_about(at, None, phrase),
            What::Refused { about, phrase } => self.notice_about(at, about.as_deref(), phrase),
            What::Statistics(text) => {
                if !self.greeting {
                    self.notice_about(at, None, Text::FromServer.with([&text]));
                }
            }
        }
    }

    fn welcome(&mut self, at: Timestamp, nick: String) {
        self.link = Link::Up;
        self.view = View::Chat;
        self.failure = None;
        self.greeting = true;
        self.profile.nick.clone_from(&nick);
        self.form = LoginForm::from(&self.profile);
        self.me = nick;
        for conversation in &mut self.conversations {
            conversation.joined |= conversation.kind != Kind::Room;
        }
        self.ensure_conversation();
        let phrase = Text::LoggedIn.with([&self.me]);
        self.notice(self.current, at, vec![phrase]);
        let mut rejoined = Vec::new();
        for conversation in self.conversations.iter_mut().filter(|it| it.rejoin) {
            conversation.rejoin = false;
            rejoined.push((conversation.name.clone(), conversation.key.clone()));
        }
        for (room, key) in rejoined {
            self.send_join(&room, key.as_deref());
        }
    }

    fn ended(&mut self, at: Timestamp, failure: Failure) {
        let was_up = self.link == Link::Up;
        self.disconnected();
        if self.view == View::Login {
            self.form_errors = FormErrors::single(failure.field(), failure.phrase());
            return;
        }
        if was_up {
            let ids: Vec<_> = self.conversations.iter().map(|it| it.id).collect();
            for id in ids {
                self.notice(Some(id), at, vec![failure.phrase(), Text::LostConnection.into()]);
            }
        }
        self.failure = Some(failure);
    }

    fn learn(&mut self, tokens: &[(String, String)]) {
        for (name, value) in tokens {
            self.features.learn(name, value);
        }
        let place = self.place().to_owned();
        if let Some(server) = self.conversations.iter_mut().find(|it| it.kind == Kind::Server) {
            server.name = place;
        }
    }

    fn said(&mut self, at: Timestamp, from: &Sender, target: &str, manner: Manner, text: String) {
        let own = self.same(&from.name, &self.me);
        // A message to the operators of a room (`@#room`) stands in the room. A sign of rank may be one of rooms too.
        let (_, unsigned) = self.features.split_signs(target);
        let room = if is_channel(unsigned) { unsigned } else { target };
        let id = if is_channel(room) {
            self.find(room).map(|it| it.id)
        } else if from.is_server() {
            None
        } else {
            let peer = if own { target } else { &from.name };
            let open = self.find(peer).map(|it| it.id);
            // Programs send notices to everybody who arrives; that is no reason to open a conversation.
            if open.is_none() && manner != Manner::Notice { Some(self.private(peer)) } else { open }
        };
        let Some(id) = id else {
            let phrase = if from.is_server() {
                Text::FromServer.with([&text])
            } else {
                Text::NoticeFrom.with([&from.name, &text])
            };
            self.notice(self.current, at, vec![phrase]);
            return;
        };
        self.add_message(id, at, &from.name, manner, text);
    }

    fn joined(&mut self, at: Timestamp, who: Sender, room: &str) {
        let mapping = self.features.case_mapping;
        if !self.same(&who.name, &self.me) {
            let Some(conversation) = self.find_mut(room) else { return };
            conversation.members.add(mapping, &who.name);
            let id = conversation.id;
            self.notice(Some(id), at, vec![Text::Joined.with([&who.name])]);
            return;
        }
        self.address = who.address.or(self.address.take());
        let wanted = self.wanted.remove(&mapping.fold(room).into_owned());
        let id = self.enter(room);
        let me = self.me.clone();
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.joined = true;
            conversation.greeted = false;
            conversation.members.clear();
            conversation.members.add(mapping, &me);
            if let Some(Some(key)) = &wanted {
                conversation.key = Some(key.clone());
            }
        }
        self.notice(Some(id), at, vec![Text::YouJoined.with([room])]);
        if wanted.is_some() || self.current.is_none() {
            self.select(id);
        }
    }

    /// The conversation of a room that we come into. Where only the server talked until now, that conversation becomes
    /// the room: there is nothing else to look at, and what the server said in greeting stays in sight.
    fn enter(&mut self, room: &str) -> ConversationId {
        if let Some(there) = self.find(room) {
            return there.id;
        }
        match self.conversations.iter_mut().find(|it| it.kind == Kind::Server) {
            Some(server) => {
                server.kind = Kind::Room;
                room.clone_into(&mut server.name);
                server.id
            }
            None => self.create(Kind::Room, room),
        }
    }

    fn left(&mut self, at: Timestamp, who: &str, room: &str, reason: &str) {
        let Some(id) = self.find(room).map(|it| it.id) else { return };
        if self.same(who, &self.me) {
            self.remove(id);
            self.notice(self.current, at, vec![Text::YouLeft.with([room])]);
            return;
        }
        let phrase = match reason {
            "" => Text::Left.with([who]),
            _ => Text::LeftBecause.with([who, reason]),
        };
        self.remove_member(id, who);
        self.notice(Some(id), at, vec![phrase]);
    }

    fn kicked(&mut self, at: Timestamp, who: &str, by: &str, room: &str, reason: &str) {
        let Some(id) = self.find(room).map(|it| it.id) else { return };
        let phrase = if self.same(who, &self.me) {
            if let Some(conversation) = self.conversation_mut(id) {
                conversation.joined = false;
                conversation.members.clear();
            }
            match reason {
                "" => Text::YouWereKicked.with([room, by]),
                _ => Text::YouWereKickedBecause.with([room, by, reason]),
            }
        } else {
            self.remove_member(id, who);
            match reason {
                "" => Text::Kicked.with([who, by]),
                _ => Text::KickedBecause.with([who, by, reason]),
            }
        };
        self.notice(Some(id), at, vec![phrase]);
    }

    fn somebody_quit(&mut self, at: Timestamp, who: &str, reason: &str) {
        let phrase = match reason {
            "" => Text::Quit.with([who]),
            _ => Text::QuitBecause.with([who, reason]),
        };
        for id in self.where_is(who) {
            self.remove_member(id, who);
            self.notice(Some(id), at, vec![phrase.clone()]);
        }
    }

    fn renamed(&mut self, at: Timestamp, from: &str, to: &str) {
        let places = self.where_is(from);
        let phrase = if self.same(from, &self.me) {
            to.clone_into(&mut self.me);
            to.clone_into(&mut self.profile.nick);
            self.form = LoginForm::from(&self.profile);
            Text::YouRenamed.with([to])
        } else {
            Text::Renamed.with([from, to])
        };
        let mapping = self.features.case_mapping;
        let is_taken = !self.same(from, to) && self.find(to).is_some();
        for &id in &places {
            if let Some(conversation) = self.conversation_mut(id) {
                conversation.members.rename(mapping, from, to);
                if conversation.kind == Kind::Private && !is_taken {
                    to.clone_into(&mut conversation.name);
                }
            }
            self.notice(Some(id), at, vec![phrase.clone()]);
        }
        if places.is_empty() {
            self.notice(self.current, at, vec![phrase]);
        }
    }

    fn topic_is(&mut self, at: Timestamp, room: &str, by: Option<String>, topic: String) {
        let Some(conversation) = self.find_mut(room) else { return };
        let phrase = match (by, topic.as_str()) {
            (Some(by), "") => Text::TopicCleared.with([&by]),
            (Some(by), topic) => Text::TopicSet.with([&by, topic]),
            (None, "") => Text::NoTopic.into(),
            (None, topic) => Text::TopicIs.with([topic]),
        };
        conversation.topic = topic;
        let id = conversation.id;
        self.notice(Some(id), at, vec![phrase]);
    }

    fn names_end(&mut self, at: Timestamp, room: &str) {
        let people =
            self.arriving.remove(&self.features.case_mapping.fold(room).into_owned()).unwrap_or_default();
        let features = mem::take(&mut self.features);
        let mut entered = None;
        if let Some(conversation) = self.find_mut(room).filter(|it| it.joined) {
            conversation.members.replace(&features, &people);
            if !mem::replace(&mut conversation.greeted, true) {
                entered = Some(conversation.id);
            }
        }
        self.features = features;
        let Some(conversation) = entered.and_then(|id| self.conversation(id)) else { return };
        let (id, count) = (conversation.id, conversation.members.len());
        let names: Vec<_> = conversation.members.sorted().into_iter().map(|it| it.nick.as_str()).collect();
        let listed = list_names(&names);
        let counted = count.to_string();
        let words = |words: &str| Text::Verbatim.with([words]);
        self.notice(Some(id), at, vec![Text::PeopleHere.of([words(room), words(&counted), listed])]);
        if self.has_capability("away-notify") && count <= MAX_NAMES_SHOWN {
            let room = Some(room.to_owned());
            self.ask_who(WhoQuestion { room, asked_in: None, instead: None, people: Vec::new() });
        }
    }

    fn mode(&mut self, at: Timestamp, by: &str, target: &str, modes: &str, args: &[String]) {
        let changes = self.features.rank_changes(modes, args);
        let mapping = self.features.case_mapping;
        let features = mem::take(&mut self.features);
        let room = self.conversations.iter_mut().find(|it| mapping.same(&it.name, target));
        let id = room.map(|room| {
            for (add, sign, nick) in changes {
                if let Some(member) = room.members.get_mut(mapping, nick) {
                    member.signs = features.change_signs(&member.signs, sign, add);
                }
            }
            room.id
        });
        self.features = features;
        if id.is_some() {
            let all = [&[modes.to_owned()], args].concat().join(" ");
            self.notice(id, at, vec![Text::ModeSet.with([by, &all])]);
        }
    }

    fn mark_away(&mut self, who: &str, away: bool) {
        let mapping = self.features.case_mapping;
        for conversation in &mut self.conversations {
            if let Some(member) = conversation.members.get_mut(mapping, who) {
                member.away = away;
            }
        }
    }

    fn who_end(&mut self, at: Timestamp) {
        let Some(mut question) = self.who.pop_front() else { return };
        for (nick, away) in &question.people {
            self.mark_away(nick, *away);
        }
        let Some(asked_in) = question.asked_in else { return };
        if question.people.is_empty() && question.instead.is_some() {
            let room = question.instead.take();
            self.ask_who(WhoQuestion { room, ..question });
            return;
        }
        let mapping = self.features.case_mapping;
        let mut names: Vec<_> = question.people.iter().map(|(nick, _)| nick.as_str()).collect();
        names.sort_by(|one, other| mapping.fold(one).cmp(&mapping.fold(other)));
        names.dedup();
        let phrase = if names.is_empty() {
            Text::NobodySeen.into()
        } else {
            Text::OnlineList.of([Text::Verbatim.with([&names.len().to_string()]), list_names(&names)])
        };
        self.notice(Some(asked_in), at, vec![phrase]);
    }

    fn room_list_end(&mut self, at: Timestamp) {
        let Some((id, mut rows, count)) = self.room_list.take() else { return };
        let counted = count.to_string();
        rows.push(if count > rows.len() {
            Text::RoomListCut.with([&counted, &rows.len().to_string()])
        } else {
            Text::RoomListEnd.with([&counted])
        });
        self.notice(Some(id), at, rows);
    }
}

/// The steps that the above are made of.
impl Model {
    fn connect(&mut self) {
        self.has_tried = true;
        self.features = Features::default();
        self.link = Link::Connecting;
        self.failure = None;
        self.actions.push(Action::Connect(Box::new(self.profile.clone())));
    }

    /// Forgets what held for one connection only, and notes which rooms to go back into.
    fn disconnected(&mut self) {
        self.link = Link::Down;
        self.capabilities.clear();
        self.wanted.clear();
        self.arriving.clear();
        self.who.clear();
        self.room_list = None;
        self.motd.clear();
        self.greeting = false;
        self.away = false;
        self.address = None;
        for conversation in &mut self.conversations {
            conversation.rejoin |= conversation.kind == Kind::Room && conversation.joined;
            conversation.joined = false;
            conversation.members.clear();
        }
    }

    fn say_farewell(&mut self, farewell: &str) {
        match (self.link, farewell) {
            (Link::Up, "") => self.send(&["QUIT"]),
            (Link::Up, _) => self.send(&["QUIT", farewell]),
            (Link::Down | Link::Connecting, _) => {}
        }
    }

    fn need_link(&self) -> Result<(), Phrase> {
        if self.link == Link::Up { Ok(()) } else { Err(Text::NotConnected.into()) }
    }

    fn has_capability(&self, name: &str) -> bool {
        self.capabilities.iter().any(|capability| capability == name)
    }

    /// Sends a message, if there is a connection.
    fn ask(&mut self, words: &[&str]) -> Result<(), Phrase> {
        self.need_link()?;
        self.send(words);
        Ok(())
    }

    fn send_join(&mut self, room: &str, key: Option<&str>) {
        match key {
            Some(key) => self.send(&["JOIN", room, key]),
            None => self.send(&["JOIN", room]),
        }
    }

    /// Sends the command and parameters in `words`, cut to what fits into a line.
    fn send(&mut self, words: &[&str]) {
        let Some((command, params)) = words.split_first() else { return };
        let printed = Wire::new(command, params).map(|message| message.to_string());
        match printed {
            Ok(line) => {
                let line = text::truncate(&line, MAX_LINE_BYTES - "\r\n".len()).to_owned();
                self.actions.push(Action::Send(line));
            }
            Err(why) => log::warn!("not sent: {command}: {why}"),
        }
    }

    fn ask_who(&mut self, question: WhoQuestion) {
        let mask = question.room.clone().unwrap_or_else(|| "*".to_owned());
        self.send(&["WHO", &mask]);
        self.who.push_back(question);
    }

    /// Says something in a conversation, in as many messages as it takes. Where the server echoes, our own words are
    /// shown when they come back, in the order in which everybody sees them; elsewhere at once.
    fn say(&mut self, id: ConversationId, manner: Manner, text: &str) {
        let Some(target) = self.conversation(id).map(|it| it.name.clone()) else { return };
        let room_for_text = self.room_for_text(&target, manner);
        let echoed = self.has_capability("echo-message");
        for line in spoken_lines(text) {
            for piece in text::split(&line, room_for_text) {
                match manner {
                    Manner::Action => {
                        let action = Ctcp { command: "ACTION", text: piece }.to_string();
                        self.send(&["PRIVMSG", &target, &action]);
                    }
                    Manner::Message | Manner::Notice => self.send(&["PRIVMSG", &target, piece]),
                }
                if !echoed {
                    let (at, me) = ((self.clock.now)(), self.me.clone());
                    self.add_message(id, at, &me, manner, crate::event::clean(piece));
                }
            }
        }
    }

    /// How many bytes of text reach the others uncut: the server puts our name and address before the message, and
    /// the whole line must still have at most 512 bytes.
    fn room_for_text(&self, target: &str, manner: Manner) -> usize {
        let address_bytes = self.address.as_ref().map_or(UNKNOWN_ADDRESS_BYTES, String::len);
        let frame = ":! PRIVMSG  :\r\n".len() + self.me.len() + address_bytes + target.len();
        let action = if manner == Manner::Action { "\x01ACTION \x01".len() } else { 0 };
        MAX_LINE_BYTES.saturating_sub(frame + action)
    }

    fn add_message(&mut self, id: ConversationId, at: Timestamp, from: &str, manner: Manner, text: String) {
        let own = self.same(from, &self.me);
        let mention = !own && names(&text, &self.me);
        let colour = self.colour(from);
        let is_looked_at = self.focused && self.current == Some(id);
        let from = from.to_owned();
        let message = Message { from, colour, manner, text, own, mention, grouped: false };
        let zone = self.clock.zone.clone();
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.push(at, &zone, Body::Message(message));
        if !own && manner != Manner::Notice && !is_looked_at {
            let for_us = mention || conversation.kind == Kind::Private;
            conversation.count_unread(for_us);
        }
    }

    /// Adds a notice to a conversation, if there is such a one.
    fn notice(&mut self, id: Option<ConversationId>, at: Timestamp, phrases: Vec<Phrase>) {
        let zone = self.clock.zone.clone();
        if let Some(conversation) = id.and_then(|id| self.conversation_mut(id)) {
            conversation.push(at, &zone, Body::Notice(phrases));
        }
    }

    /// Adds a notice to the conversation of this name, or to the one in front.
    fn notice_about(&mut self, at: Timestamp, about: Option<&str>, phrase: Phrase) {
        let named = about.and_then(|name| self.find(name)).map(|it| it.id);
        self.notice(named.or(self.current), at, vec![phrase]);
    }

    /// Adds a notice to the conversation in front, now.
    fn notice_here(&mut self, phrases: Vec<Phrase>) {
        self.notice(self.current, (self.clock.now)(), phrases);
    }

    /// What is in front has been looked at, if the window has the keyboard.
    fn look(&mut self) {
        if self.focused
            && let Some(current) = self.current_mut()
        {
            current.mark_read();
        }
    }

    fn current_mut(&mut self) -> Option<&mut Conversation> {
        self.current.and_then(|id| self.conversation_mut(id))
    }

    fn conversation_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.conversations.iter_mut().find(|conversation| conversation.id == id)
    }

    /// The room or private conversation of this name.
    fn find(&self, name: &str) -> Option<&Conversation> {
        let mapping = self.features.case_mapping;
        self.conversations.iter().find(|it| it.kind != Kind::Server && mapping.same(&it.name, name))
    }

    fn find_mut(&mut self, name: &str) -> Option<&mut Conversation> {
        let id = self.find(name)?.id;
        self.conversation_mut(id)
    }

    /// The rooms that somebody is in, and the private conversation with them.
    fn where_is(&self, nick: &str) -> Vec<ConversationId> {
        let mapping = self.features.case_mapping;
        let is_there = |it: &&Conversation| match it.kind {
            Kind::Server => false,
            Kind::Room => it.members.get(mapping, nick).is_some(),
            Kind::Private => mapping.same(&it.name, nick),
        };
        self.conversations.iter().filter(is_there).map(|it| it.id).collect()
    }

    fn remove_member(&mut self, id: ConversationId, nick: &str) {
        let mapping = self.features.case_mapping;
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.members.remove(mapping, nick);
        }
    }

    /// The private conversation with somebody, a new one or the one there is.
    fn private(&mut self, nick: &str) -> ConversationId {
        match self.find(nick) {
            Some(there) => there.id,
            None => self.create(Kind::Private, nick),
        }
    }

    fn create(&mut self, kind: Kind, name: &str) -> ConversationId {
        let id = ConversationId(self.next_id);
        self.next_id += 1;
        let mut conversation = Conversation::new(id, kind, name);
        conversation.joined = kind != Kind::Room && self.link == Link::Up;
        let order = |kind: Kind| matches!(kind, Kind::Private);
        let place = self.conversations.iter().position(|it| order(it.kind) && !order(kind));
        self.conversations.insert(place.unwrap_or(self.conversations.len()), conversation);
        id
    }

    /// Takes a conversation off the list; the one that moves into its place comes to the front.
    fn remove(&mut self, id: ConversationId) {
        let Some(index) = self.conversations.iter().position(|it| it.id == id) else { return };
        self.conversations.remove(index);
        if self.current == Some(id) {
            self.current = None;
            self.ensure_conversation();
            if self.current.is_none() {
                let beside = index.min(self.conversations.len() - 1);
                self.select(self.conversations[beside].id);
            }
        }
    }

    /// Makes sure that there is a conversation, and that one is in front unless there are several to choose from.
    fn ensure_conversation(&mut self) {
        if self.conversations.is_empty() {
            let place = self.place().to_owned();
            let id = self.create(Kind::Server, &place);
            self.select(id);
        }
    }
}

/// Refuses text of so many lines that the server would take it for a flood.
fn check_count(text: &str) -> Result<(), Phrase> {
    if spoken_lines(text).count() > MAX_LINES_AT_ONCE {
        return Err(Text::TooManyLines.with([&MAX_LINES_AT_ONCE.to_string()]));
    }
    Ok(())
}

/// The lines of a text that are worth sending, with control characters that were pasted along as spaces.
fn spoken_lines(text: &str) -> impl Iterator<Item = String> {
    text.split(['\r', '\n'])
        .map(|line| line.replace(char::is_control, " ").trim_end().to_owned())
        .filter(|line| !line.trim().is_empty())
}

/// Whether a text names somebody: the name stands there, and not as part of a longer word. 汉字 are written without
/// spaces, so beside one any character may stand.
fn names(text: &str, nick: &str) -> bool {
    if nick.is_empty() {
        return false;
    }
    let (text, nick) = (text.to_lowercase(), nick.to_lowercase());
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(&nick).any(|(start, found)| {
        let (before, after) = (text[..start].chars().next_back(), text[start + found.len()..].chars().next());
        let goes_on_before = is_word(before) && is_word(found.chars().next());
        let goes_on_after = is_word(after) && is_word(found.chars().next_back());
        !goes_on_before && !goes_on_after
    })
}

/// Names in one sentence, and how many more there are if they are very many.
fn list_names(names: &[&str]) -> Phrase {
    let shown = names[..names.len().min(MAX_NAMES_SHOWN)].join(", ");
    match names.len() - names.len().min(MAX_NAMES_SHOWN) {
        0 => Text::Verbatim.with([&shown]),
        more => Text::AndMore.with([&shown, &more.to_string()]),
    }
}

/// A colour for a folded name: by FNV-1a, whose result never changes, unlike that of the standard library's hasher.
fn colour_of(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // FNV mixes short names badly; the finalizer of MurmurHash3 lets every bit count.
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((hash >> 32) % COLOURS as u64) as usize
}

#[cfg(test)]
mod tests;
