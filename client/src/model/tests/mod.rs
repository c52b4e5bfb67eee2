//! The window as a person sees it, played without a window: the server's lines go in as they stand on the wire.

use std::cell::Cell;
use std::rc::Rc;

use jiff::SignedDuration;

use teahouse_protocol::Message as Wire;

use super::*;
use crate::config::irc_url::IrcUrl;
use crate::config::profile::{Profile, Room, Secret};
use crate::event::failure::{Failure, Field};
use crate::event::{self, Manner};
use crate::model::network::parts::inquiries::MAX_ROOMS_SHOWN;
use crate::model::network::speech::{MAX_LINES_AT_ONCE, UNKNOWN_ADDRESS_BYTES};

mod account;
mod delivery;
mod history;
mod memory;
mod notify;
mod offers;
mod people;
mod profiles;
mod signals;
mod speech;
mod transcript;
mod trust;

/// A model with a clock that stands still until a test moves it, and the server's side played by hand.
struct Window {
    model: Model,
    events: event::Reader,
    now: Rc<Cell<Timestamp>>,
}

/// The network of the first login.
const FIRST: NetworkId = NetworkId(0);

/// Just before midnight would be a bad time to begin.
const MORNING: &str = "2026-03-01T09:01:00Z";

/// How bob goes to the server.
fn bob() -> Profile {
    Profile { nick: "bob".into(), server: "tea.house".into(), ..Profile::default() }
}

impl Window {
    /// The login view, with the form filled in.
    fn opened() -> Self {
        let now = Rc::new(Cell::new(MORNING.parse().unwrap()));
        let clock = Rc::clone(&now);
        let model = Model::with_clock(Language::English, bob(), move || clock.get(), TimeZone::UTC);
        Self { model, events: event::Reader::default(), now }
    }

    /// Logged in as bob on a server without a lobby.
    fn logged_in() -> Self {
        let mut window = Self::opened();
        window.model.log_in(window.model.login().form().clone());
        window.server(&[":tea.house 001 bob :Welcome", ":tea.house 422 bob :No message of the day"]);
        window.sent();
        window
    }

    /// Logged in, and in the lobby with alice (an operator) and 小明.
    fn in_lobby() -> Self {
        let mut window = Self::logged_in();
        window.server(&[
            ":bob!bob@here JOIN #lobby",
            ":tea.house 353 bob = #lobby :@alice bob 小明",
            ":tea.house 366 bob #lobby :End of NAMES",
        ]);
        window.sent();
        window
    }

    /// Plays lines that the server sends.
    #[track_caller]
    fn server(&mut self, lines: &[&str]) {
        self.server_of(FIRST, lines);
    }

    /// Plays lines that the server of a network sends.
    #[track_caller]
    fn server_of(&mut self, id: NetworkId, lines: &[&str]) {
        for line in lines {
            let message = Wire::parse(line).expect(line);
            if let Some(event) = self.events.read(&message) {
                self.model.apply(id, event);
            }
        }
    }

    /// Something happens that no line of the server stands for.
    fn happens(&mut self, what: What) {
        self.model.apply(FIRST, what.into());
    }

    fn lose_connection(&mut self) {
        self.happens(What::Ended(Failure::ClosedByServer { reason: String::new() }));
    }

    /// The network of the first login.
    #[track_caller]
    fn network(&self) -> &Network {
        self.model.network(FIRST).expect("a network")
    }

    fn pass(&self, time: SignedDuration) {
        self.now.set(self.now.get() + time);
    }

    /// The lines sent since the last time.
    fn sent(&mut self) -> Vec<String> {
        let line = |effect| match effect {
            Effect::Send(_, line) => Some(line),
            _ => None,
        };
        self.model.take_effects().into_iter().filter_map(line).collect()
    }

    /// Types something and gives the lines it sends.
    #[track_caller]
    fn type_in(&mut self, text: &str) -> Vec<String> {
        self.model.submit(text).expect(text);
        self.sent()
    }

    /// Types something that cannot be done, and gives the reason.
    #[track_caller]
    fn refused(&mut self, text: &str) -> Text {
        let why = self.model.submit(text).expect_err(text).text();
        assert_eq!(self.model.take_effects(), [], "nothing is done");
        why
    }

    /// How things stand with the server of the first login.
    fn link(&self) -> Link {
        self.model.network(FIRST).map_or(Link::Down, Network::link)
    }

    fn id(&self, name: &str) -> ConversationId {
        self.network().find(name).unwrap_or_else(|| panic!("no conversation {name}")).id
    }

    fn names(&self) -> Vec<&str> {
        self.network().conversations().iter().map(Conversation::name).collect()
    }

    fn shown(&self, name: &str) -> Vec<String> {
        let conversation = self.network().find(name).unwrap_or_else(|| panic!("no conversation {name}"));
        shown(conversation)
    }

    #[track_caller]
    fn last(&self, name: &str) -> String {
        self.shown(name).pop().expect("a line")
    }

    /// The last text in the conversation in front.
    #[track_caller]
    fn last_here(&self) -> String {
        shown(self.model.current().expect("a conversation")).pop().expect("a line")
    }

    fn members(&self, room: &str) -> Vec<String> {
        let members = self.network().find(room).unwrap().members().sorted();
        members.into_iter().map(|member| format!("{}{}", member.signs, member.nick)).collect()
    }

    fn counts(&self, name: &str) -> (u32, u32) {
        let conversation = self.network().find(name).unwrap();
        (conversation.unread(), conversation.mentions())
    }
}

/// Lines as a person would read them out.
fn shown(conversation: &Conversation) -> Vec<String> {
    let show = |(_, line): (LineId, &Line)| {
        let text = line.text(Language::English);
        match &line.body {
            Body::Message(message) if message.manner == Manner::Message => {
                format!("<{}> {text}", message.from)
            }
            Body::Message(_) | Body::Notice(_) | Body::Movements(_) => format!("* {text}"),
            Body::Gone => String::new(),
            Body::Day(_) => format!("== {text}"),
        }
    };
    conversation.lines().map(show).collect()
}

// Logging in.

#[test]
fn a_wrong_form_is_answered_beside_its_fields_and_nothing_is_connected() {
    let mut window = Window::opened();
    window.model.log_in(LoginForm { nick: "a b".into(), port: "abc".into(), ..LoginForm::default() });
    let errors = window.model.login().errors();
    assert!(errors.nick.is_some() && errors.server.is_some() && errors.port.is_some());
    assert_eq!(window.model.take_effects(), []);
    assert_eq!((window.model.view(), window.link()), (View::Login, Link::Down));
}

#[test]
fn a_good_form_connects_and_the_welcome_opens_the_chat() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    let profile = Profile { server: "tea.house".into(), nick: "bob".into(), ..Profile::default() };
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(profile))]);
    assert_eq!((window.model.view(), window.link()), (View::Login, Link::Connecting));
    window.model.log_in(window.model.login().form().clone());
    assert_eq!(window.model.take_effects(), [], "one login at a time");
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!((window.model.view(), window.link()), (View::Chat, Link::Up));
    assert_eq!(window.network().me(), "bob");
}

#[test]
fn a_name_that_is_taken_is_told_beside_the_name() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    let _ = window.model.take_effects();
    window.happens(What::Ended(Failure::NickInUse { nick: "bob".into() }));
    assert_eq!(window.model.take_effects(), [Effect::Disconnect(FIRST)], "nothing of it is left");
    assert_eq!(window.model.view(), View::Login);
    assert_eq!(window.model.login().errors().nick.as_ref().map(Phrase::text), Some(Text::NickInUse));
    let form = LoginForm { nick: "bobby".into(), ..window.model.login().form().clone() };
    window.model.log_in(form);
    assert!(window.model.login().errors().is_empty() && window.model.login().is_under_way());
}

#[test]
fn a_login_can_be_given_up() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    let _ = window.model.take_effects();
    window.model.give_up_login();
    assert_eq!(window.model.take_effects(), [Effect::Disconnect(FIRST)]);
    assert_eq!((window.model.view(), window.link()), (View::Login, Link::Down));
}

#[test]
fn after_login_the_lobby_is_in_front_and_shows_who_is_there() {
    let window = Window::in_lobby();
    assert_eq!(window.names(), ["#lobby"]);
    assert_eq!(window.model.current().unwrap().kind(), Kind::Room);
    assert_eq!(window.members("#lobby"), ["@alice", "bob", "小明"]);
    assert_eq!(
        window.shown("#lobby"),
        ["== 2026-03-01", "* You are here as bob", "* You joined #lobby", "* 3 in #lobby: alice, bob, 小明"]
    );
}

#[test]
fn a_server_without_a_lobby_has_a_conversation_of_its_own_until_a_room_is_joined() {
    let mut window = Window::logged_in();
    assert_eq!(window.model.current().unwrap().kind(), Kind::Server);
    assert_eq!(window.model.current().unwrap().name(), "tea.house");
    assert_eq!(window.refused("hello?"), Text::NowhereToSay);
    window.server(&[":tea.house 005 bob NETWORK=Teahouse :are supported"]);
    assert_eq!(window.names(), ["Teahouse"]);
    assert_eq!(window.type_in("/join 茶馆"), ["JOIN #茶馆"]);
    window.server(&[":bob!b@h JOIN #茶馆"]);
    assert_eq!(window.names(), ["#茶馆"]);
}

#[test]
fn the_people_of_a_room_are_not_taken_for_those_of_one_whose_name_only_other_servers_fold_alike() {
    let mut window = Window::logged_in();
    window.server(&[":tea.house 005 bob CASEMAPPING=ascii :are supported"]);
    for (room, other) in [("#a[", "alice"), ("#a{", "cleo")] {
        window.server(&[
            &format!(":bob!bob@here JOIN {room}"),
            &format!(":tea.house 353 bob = {room} :bob {other}"),
            &format!(":tea.house 366 bob {room} :End of NAMES"),
        ]);
    }
    for (room, expected) in [("#a[", ["alice", "bob"]), ("#a{", ["bob", "cleo"])] {
        let conversation = window.network().find(room).expect("we are there");
        let names: Vec<_> = conversation.members().sorted().into_iter().map(|it| it.nick.clone()).collect();
        assert_eq!(names, expected, "{room}");
    }
}

#[test]
fn a_room_that_has_lost_its_topic_meanwhile_does_not_show_it() {
    let mut window = Window::in_lobby();
    window.server(&[":tea.house 332 bob #lobby :tea at four"]);
    window.lose_connection();
    window.server(&[
        ":tea.house 001 bob :Welcome",
        ":bob!bob@here JOIN #lobby",
        ":tea.house 353 bob = #lobby :bob",
        ":tea.house 366 bob #lobby :End of NAMES",
    ]);
    assert_eq!(window.model.current().map(Conversation::topic), Some(""));
}

#[test]
fn a_crowd_does_not_fill_the_screen_with_its_names() {
    let mut window = Window::logged_in();
    window.server(&[":bob!bob@here JOIN #big"]);
    let names: Vec<_> = (100..600).map(|number| format!("guest{number}")).collect();
    for names in names.chunks(40) {
        window.server(&[&format!(":tea.house 353 bob = #big :{}", names.join(" "))]);
    }
    window.server(&[":tea.house 366 bob #big :End of NAMES"]);
    let shown = window.shown("#big");
    let told = shown.iter().find(|line| line.contains("500 in #big")).expect("it is told");
    assert!(told.ends_with("guest119 … and 480 more"), "{told}");
    assert_eq!(window.model.current().map(|room| room.members().len()), Some(500));
}

#[test]
fn the_message_of_the_day_is_one_notice_and_login_statistics_are_none() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.server(&[
        ":s 001 bob :Welcome",
        ":s 251 bob :There are 3 users",
        ":s 372 bob :- tea",
        ":s 372 bob :- house",
        ":s 376 bob :End",
    ]);
    assert_eq!(window.last_here(), "* tea\nhouse");
    window.server(&[":s 251 bob :There are 3 users"]);
    assert_eq!(window.last_here(), "* Server: There are 3 users");
}

// Talking.

#[test]
fn what_is_said_is_sent_and_shown_at_once_where_the_server_does_not_echo() {
    let mut window = Window::in_lobby();
    assert_eq!(window.type_in("你好，世界！😀"), ["PRIVMSG #lobby 你好，世界！😀"]);
    assert_eq!(window.last("#lobby"), "<bob> 你好，世界！😀");
    assert_eq!(window.type_in("hello there"), ["PRIVMSG #lobby :hello there"]);
    assert_eq!(window.type_in("/me drinks tea"), ["PRIVMSG #lobby :\x01ACTION drinks tea\x01"]);
    assert_eq!(window.last("#lobby"), "* bob drinks tea");
    assert_eq!(window.type_in("/shrug who knows"), ["PRIVMSG #lobby :who knows ¯\\_(ツ)_/¯"]);
    assert_eq!(window.type_in("//join"), ["PRIVMSG #lobby /join"]);
    assert_eq!(window.type_in("  "), [""; 0]);
}

#[test]
fn where_the_server_echoes_it_is_shown_once_when_it_comes_back() {
    let mut window = Window::in_lobby();
    window.happens(What::agreed(&["echo-message"]));
    assert_eq!(window.type_in("hi"), ["PRIVMSG #lobby hi"]);
    let lines = window.shown("#lobby").len();
    window.server(&[":bob!bob@here PRIVMSG #lobby hi"]);
    assert_eq!(window.last("#lobby"), "<bob> hi");
    assert_eq!(window.shown("#lobby").len(), lines, "it was there already");
    assert_eq!(window.type_in("/msg alice psst"), ["PRIVMSG alice psst"]);
    window.server(&[":bob!bob@here PRIVMSG alice psst"]);
    assert_eq!(window.shown("alice"), ["== 2026-03-01", "<bob> psst"]);
    assert_eq!(window.counts("alice"), (0, 0), "our own words are never unread");
}

#[test]
fn a_private_message_opens_a_conversation_with_its_sender_only() {
    let mut window = Window::in_lobby();
    window.server(&[":小明!x@h PRIVMSG bob :只给你看"]);
    assert_eq!(window.names(), ["#lobby", "小明"]);
    assert_eq!(window.shown("小明"), ["== 2026-03-01", "<小明> 只给你看"]);
    assert_eq!(window.model.current().unwrap().name(), "#lobby", "nobody is torn out of a conversation");
    window.model.open_private("小明");
    assert_eq!(window.type_in("好的"), ["PRIVMSG 小明 好的"]);
    assert!(!window.shown("#lobby").iter().any(|line| line.contains('看') || line.contains('好')));
}

#[test]
fn a_message_to_the_operators_of_a_room_stands_in_the_room() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG @#lobby :for operators"]);
    assert_eq!(window.last("#lobby"), "<alice> for operators");
    window.server(&[":s 005 bob PREFIX=(qaohv)~&@%+ :are supported", ":bob!b@h JOIN &local"]);
    window.server(&[":alice!a@h PRIVMSG &local :in a room with a sign of rank"]);
    assert_eq!(window.last("&local"), "<alice> in a room with a sign of rank");
}

#[test]
fn pasted_lines_are_one_message_each_and_not_too_many() {
    let mut window = Window::in_lobby();
    let expected = [
        "PRIVMSG #lobby one",
        "PRIVMSG #lobby :two     words",
        "PRIVMSG #lobby :/usr/bin is no command here",
    ];
    assert_eq!(window.type_in("one\r\n\n  \ntwo\t\x07words\n/usr/bin is no command here\n"), expected);
    assert_eq!(window.type_in("/msg alice one\ntwo"), ["PRIVMSG alice one", "PRIVMSG alice two"]);
    assert_eq!(window.refused(&"x\n".repeat(MAX_LINES_AT_ONCE + 1)), Text::TooManyLines);
}

#[test]
fn long_text_is_split_so_that_what_the_server_relays_fits_into_512_bytes() {
    for (text, action) in [("茶".repeat(500), false), ("tea ".repeat(400), false), ("泡茶".repeat(300), true)]
    {
        let mut window = Window::in_lobby();
        let lines = window.type_in(&if action { format!("/me {text}") } else { text.clone() });
        assert!(lines.len() > 1);
        for line in &lines {
            let relayed = format!(":bob!bob@here {line}\r\n");
            assert!(relayed.len() <= 512, "{} bytes: {line}", relayed.len());
        }
        let said = |line: &String| {
            let line = line.strip_prefix("PRIVMSG #lobby ").unwrap();
            line.trim_start_matches(':').replace("\x01ACTION ", "").replace('\x01', "")
        };
        let together: String = lines.iter().map(said).collect();
        assert_eq!(together.replace(' ', ""), text.replace(' ', ""), "nothing is lost");
        assert!(lines[0].len() > 400, "and no room is wasted");
    }
}

#[test]
fn before_the_server_shows_our_address_a_long_one_is_allowed_for() {
    let mut window = Window::logged_in();
    window.model.open_private("alice");
    let lines = window.type_in(&"x".repeat(2000));
    let relayed = format!(":bob!{} {}\r\n", "y".repeat(UNKNOWN_ADDRESS_BYTES - 1), lines[0]);
    assert!(relayed.len() <= 512 && relayed.len() > 500);
}

#[test]
fn nothing_is_sent_and_nothing_lost_when_something_cannot_be_done() {
    let mut window = Window::in_lobby();
    assert_eq!(window.refused("/nonsense"), Text::UnknownCommand);
    assert_eq!(window.refused("/msg alice"), Text::MissingArgument);
    window.server(&[":alice!a@h KICK #lobby bob :enough"]);
    assert_eq!(window.refused("hello?"), Text::NotInRoom);
    window.lose_connection();
    for typed in ["hello?", "/msg alice hi", "/join #a", "/online", "/away", "/raw PING x", "/list"] {
        assert_eq!(window.refused(typed), Text::NotConnected, "{typed}");
    }
    window.model.open_private("alice");
    assert_eq!(window.refused("hello?"), Text::NotConnected);
}

#[test]
fn help_lists_the_commands_even_without_a_connection() {
    let mut window = Window::in_lobby();
    window.lose_connection();
    window.type_in("/help");
    let help = window.last_here();
    assert!(help.lines().count() > 10 && help.contains("/msg name message"), "{help}");
}

#[test]
fn every_other_command_sends_its_line() {
    let mut window = Window::in_lobby();
    for (typed, line) in [
        ("/nick 小红", "NICK 小红"),
        ("/join #a key", "JOIN #a key"),
        ("/topic", "TOPIC #lobby"),
        ("/kick alice", "KICK #lobby alice"),
        ("/kick alice 太吵 了", "KICK #lobby alice :太吵 了"),
        ("/invite carol", "INVITE carol #lobby"),
        ("/mode +o alice", "MODE #lobby +o alice"),
        ("/mode bob", "MODE bob"),
        ("/topic 喝茶 聊天", "TOPIC #lobby :喝茶 聊天"),
        ("/away lunch time", "AWAY :lunch time"),
        ("/away", "AWAY :"),
        ("/whois alice", "WHOIS alice"),
        ("/list", "LIST"),
        ("/raw MODE #lobby +t", "MODE #lobby +t"),
        ("/part #lobby see you", "PART #lobby :see you"),
        ("/part", "PART #lobby"),
    ] {
        assert_eq!(window.type_in(typed), [line], "{typed}");
    }
}

#[test]
fn quitting_says_farewell_and_then_closes_the_window() {
    let mut window = Window::in_lobby();
    window.model.submit("/quit 再见 大家").unwrap();
    let farewell = Effect::Send(FIRST, "QUIT :再见 大家".to_owned());
    assert_eq!(window.model.take_effects(), [farewell, Effect::Quit]);
    let mut window = Window::opened();
    window.model.quit("");
    assert_eq!(window.model.take_effects(), [Effect::Quit]);
}

#[test]
fn tab_completes_who_is_here_and_every_conversation_but_not_ourselves() {
    let mut window = Window::in_lobby();
    window.server(&[":zoe!z@h PRIVMSG bob :hi"]);
    assert_eq!(window.model.complete("a", 1, false), Some(("alice: ".to_owned(), 7)));
    assert_eq!(window.model.complete("hi 小", 6, false), Some(("hi 小明 ".to_owned(), 10)));
    assert_eq!(window.model.complete("ask zo", 6, false), Some(("ask zoe ".to_owned(), 8)));
    assert_eq!(window.model.complete("in #l", 5, false), Some(("in #lobby ".to_owned(), 10)));
    assert_eq!(window.model.complete("/on", 3, false), Some(("/online ".to_owned(), 8)));
    assert_eq!(window.model.complete("bo", 2, false), None);
}

// Unread messages.

#[test]
fn what_is_written_and_not_sent_stays_with_its_conversation() {
    let mut window = Window::in_lobby();
    let lobby = window.id("#lobby");
    window.model.keep_draft(lobby, "to all");
    window.model.open_private("alice");
    assert_eq!(window.model.draft(), "");
    window.model.keep_draft(window.id("alice"), "to alice");
    window.model.select(lobby);
    assert_eq!(window.model.draft(), "to all");
    window.model.keep_draft(lobby, "");
    assert_eq!(window.model.draft(), "");
    window.model.select(window.id("alice"));
    assert_eq!(window.model.draft(), "to alice");
}

#[test]
fn messages_elsewhere_are_counted_and_looking_at_them_ends_that() {
    let mut window = Window::in_lobby();
    window.server(&[
        ":bob!bob@here JOIN #rust",
        ":alice!a@h PRIVMSG #rust :one",
        ":alice!a@h PRIVMSG #rust :two",
    ]);
    window.server(&[":alice!a@h PRIVMSG #rust :BOB: three", ":alice!a@h PRIVMSG bob :psst"]);
    assert_eq!(window.counts("#rust"), (3, 1), "grey for all, red for what names us");
    assert_eq!(window.counts("alice"), (1, 1), "a private message is for us");
    assert_eq!(window.counts("#lobby"), (0, 0));
    assert_eq!(window.model.title(), "(4) Teahouse chat — #lobby");
    window.model.select(window.id("#rust"));
    assert_eq!(window.counts("#rust"), (0, 0));
    assert_eq!(window.model.title(), "(1) Teahouse chat — #rust");
}

#[test]
fn our_own_messages_notices_and_comings_and_goings_are_not_counted() {
    let mut window = Window::in_lobby();
    window.server(&[
        ":bob!bob@here JOIN #rust",
        ":bob!bob@here PRIVMSG #rust :from my telephone",
        ":alice!a@h NOTICE #rust :a notice for bob",
        ":alice!a@h JOIN #rust",
        ":alice!a@h PART #rust",
        ":alice!a@h TOPIC #rust :new",
    ]);
    assert_eq!(window.counts("#rust"), (0, 0));
}

#[test]
fn while_the_window_is_not_in_front_everything_is_unread() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.server(&[":alice!a@h PRIVMSG #lobby :anybody here?"]);
    assert_eq!(window.counts("#lobby"), (1, 0));
    let lobby = window.model.current().unwrap();
    assert_eq!(lobby.line(lobby.first_unread().unwrap()).unwrap().text(Language::English), "anybody here?");
    window.model.set_focused(true);
    assert_eq!(window.counts("#lobby"), (0, 0));
    assert!(window.model.current().unwrap().first_unread().is_some(), "the line stays while one reads");
    window.model.open_private("alice");
    assert_eq!(window.network().find("#lobby").unwrap().first_unread(), None);
}

#[test]
fn whose_name_is_a_part_of_another_one_there_is_not_called() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.server(&[
        ":小bob!x@h JOIN #lobby",
        ":alice!a@h PRIVMSG #lobby :你好小bob",
        ":alice!a@h PRIVMSG #lobby :bobby",
    ]);
    assert_eq!(window.counts("#lobby"), (2, 0));
    window.server(&[":alice!a@h PRIVMSG #lobby :你好bob"]);
    assert_eq!(window.counts("#lobby"), (3, 1));
}

// Times, days, grouping, colours.

#[test]
fn every_message_shows_when_it_came_by_the_servers_clock_if_it_says() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG #lobby :now"]);
    window.server(&["@time=2026-03-01T08:59:59.000Z :alice!a@h PRIVMSG #lobby :before"]);
    let times: Vec<_> = window.model.current().unwrap().lines().map(|(_, line)| line.time.clone()).collect();
    assert_eq!(times[times.len() - 2..], ["09:01", "08:59"]);
}

#[test]
fn times_and_comings_and_goings_are_shown_as_each_is_wanted() {
    let mut window = Window::in_lobby();
    for shown in [(true, false), (false, true)] {
        window.model.set_shown(shown.0, shown.1);
        assert_eq!((window.model.shows_times(), window.model.shows_traffic()), shown);
    }
}

#[test]
fn messages_of_one_person_within_two_minutes_stand_under_one_name() {
    let mut window = Window::in_lobby();
    let grouped = |window: &Window| match &window.model.current().unwrap().lines().next_back().unwrap().1.body
    {
        Body::Message(message) => message.grouped,
        other => panic!("no message: {other:?}"),
    };
    window.server(&[":alice!a@h PRIVMSG #lobby :one"]);
    assert!(!grouped(&window));
    window.pass(SignedDuration::from_secs(120));
    window.server(&[":alice!a@h PRIVMSG #lobby :two"]);
    assert!(grouped(&window));
    window.pass(SignedDuration::from_secs(121));
    window.server(&[":alice!a@h PRIVMSG #lobby :three"]);
    assert!(!grouped(&window));
    window.server(&[":小明!x@h PRIVMSG #lobby :me too"]);
    assert!(!grouped(&window));
    window.server(&[":alice!a@h JOIN #lobby", ":小明!x@h PRIVMSG #lobby :after a notice"]);
    assert!(!grouped(&window));
}

#[test]
fn a_new_day_begins_with_a_line() {
    let mut window = Window::in_lobby();
    window.type_in("today");
    window.pass(SignedDuration::from_hours(24));
    window.type_in("tomorrow");
    let shown = window.shown("#lobby");
    assert_eq!(shown[shown.len() - 3..], ["<bob> today", "== 2026-03-02", "<bob> tomorrow"]);
}

#[test]
fn a_name_has_the_same_colour_every_time_however_it_is_written() {
    let window = Window::logged_in();
    assert_eq!(window.network().colour("Alice"), window.network().colour("aLICE"));
    let used: std::collections::HashSet<_> =
        (0..200).map(|n| window.network().colour(&format!("user{n}"))).collect();
    assert_eq!(used.len(), COLOURS, "and all colours are used");
}

// People.

#[test]
fn everybody_sees_who_comes_and_goes() {
    let mut window = Window::in_lobby();
    window.server(&[":小红!r@h JOIN #lobby"]);
    assert_eq!(window.last("#lobby"), "* 小红 has come");
    window.server(&[":小明!r@h PRIVMSG #lobby :hi", ":小红!r@h QUIT :bye"]);
    assert_eq!(window.last("#lobby"), "* 小红 has gone (bye)");
    assert_eq!(window.members("#lobby"), ["@alice", "bob", "小明"]);
    window.server(&[":小明!x@h PRIVMSG #lobby :bye", ":小明!x@h PART #lobby"]);
    assert_eq!(window.last("#lobby"), "* 小明 left the room");
    assert_eq!(window.members("#lobby"), ["@alice", "bob"]);
}

#[test]
fn somebody_who_quits_is_told_where_we_talked_and_nowhere_else() {
    let mut window = Window::in_lobby();
    window.server(&[":bob!bob@here JOIN #rust", ":alice!a@h PRIVMSG bob :hi", ":alice!a@h QUIT"]);
    assert_eq!(window.last("#lobby"), "* alice has gone");
    assert_eq!(window.last("alice"), "* alice has gone");
    assert_eq!(window.last("#rust"), "* You joined #rust");
    assert_eq!(window.network().presence("alice"), Presence::Unknown);
}

#[test]
fn a_new_name_is_told_and_private_talk_goes_on_under_it() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG bob :hi", ":alice!a@h NICK alicia"]);
    assert_eq!(window.names(), ["#lobby", "alicia"]);
    assert_eq!(window.members("#lobby"), ["@alicia", "bob", "小明"]);
    assert_eq!(window.last("#lobby"), "* alice is now called alicia");
    window.server(&[":bob!b@h NICK 老王"]);
    assert_eq!(window.network().me(), "老王");
    assert_eq!(window.network().profile().nick, "老王", "and it is the name to be remembered");
    assert_eq!(window.last("#lobby"), "* You are now called 老王");
}

#[test]
fn ranks_and_away_marks_follow_what_the_server_says() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h MODE #lobby +v-o 小明 alice", ":alice!a@h AWAY :lunch"]);
    assert_eq!(window.members("#lobby"), ["+小明", "alice", "bob"]);
    assert_eq!(window.last("#lobby"), "* alice set mode +v-o 小明 alice");
    assert_eq!(window.network().presence("ALICE"), Presence::Away);
    window.server(&[":alice!a@h AWAY"]);
    assert_eq!(window.network().presence("alice"), Presence::Here);
    window.server(&[":s 306 bob :You have been marked as away"]);
    assert!(window.network().is_away());
    assert_eq!(window.last("#lobby"), "* You are marked as away");
    window.server(&[":s 305 bob :You are no longer marked as being away"]);
    assert!(!window.network().is_away());
    assert_eq!(window.last("#lobby"), "* You are no longer marked as away");
}

#[test]
fn who_was_sent_out_reads_why_and_may_come_back() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h KICK #lobby bob :enough"]);
    assert_eq!(window.last("#lobby"), "* alice sent you out of #lobby (enough)");
    assert!(!window.model.current().unwrap().is_live());
    assert_eq!(window.type_in("/join #lobby"), ["JOIN #lobby"]);
    window.server(&[":bob!bob@here JOIN #lobby"]);
    assert!(window.model.current().unwrap().is_live());
}

#[test]
fn the_list_of_online_users_stands_in_the_conversation_where_it_was_asked_for() {
    let mut window = Window::in_lobby();
    window.model.ask_online().unwrap();
    assert_eq!(window.sent(), ["WHO *"]);
    window.model.open_private("alice");
    window.server(&[
        ":s 352 bob * u h s 小明 H :0 x",
        ":s 352 bob * u h s alice G :0 x",
        ":s 352 bob * u h s bob H :0 x",
        ":s 315 bob * :End of WHO",
    ]);
    assert_eq!(window.last("#lobby"), "* Online (3): alice, bob, 小明");
    assert_eq!(window.network().presence("alice"), Presence::Away);
}

#[test]
fn a_server_that_shows_nobody_is_asked_about_the_room() {
    let mut window = Window::in_lobby();
    window.model.ask_online().unwrap();
    window.server(&[":s 315 bob * :End of WHO"]);
    assert_eq!(window.sent(), ["WHO *", "WHO #lobby"]);
    let row = ":s 352 bob #lobby u h s alice H@ :0 x";
    window.server(&[row, row, ":s 315 bob #lobby :End of WHO"]);
    assert_eq!(window.last("#lobby"), "* Online (1): alice", "however often she is named");
    assert_eq!(window.type_in("/online #lobby"), ["WHO #lobby"]);
    window.server(&[":s 263 bob WHO :Please wait"]);
    assert_eq!(window.last("#lobby"), "* Nobody that you can see is online");
}

#[test]
fn away_marks_are_asked_for_quietly_where_the_server_keeps_them_up_to_date() {
    let mut window = Window::logged_in();
    window.happens(What::agreed(&["away-notify"]));
    window.server(&[":bob!b@h JOIN #a", ":s 353 bob = #a :bob alice", ":s 366 bob #a :End"]);
    assert_eq!(window.sent(), ["WHO #a"]);
    let before = window.shown("#a");
    window.server(&[":s 352 bob #a u h s alice G :0 x", ":s 315 bob #a :End"]);
    assert_eq!(window.network().presence("alice"), Presence::Away);
    assert_eq!(window.shown("#a"), before);
    // What was asked before the connection was lost is answered by nothing that comes later.
    window.server(&[":s 366 bob #a :End"]);
    window.type_in("/online #a");
    window.lose_connection();
    window.server(&[":s 001 bob :Welcome", ":bob!b@h JOIN #a"]);
    window.type_in("/online #a");
    let lines = window.shown("#a").len();
    window.server(&[":s 352 bob #a u h s alice G :0 x", ":s 315 bob #a :End"]);
    assert_eq!((window.last("#a").as_str(), window.shown("#a").len()), ("* Online (1): alice", lines + 1));
    window.server(&[":s 315 bob #a :End"]);
    assert_eq!(window.shown("#a").len(), lines + 1);
}

#[test]
fn the_rooms_of_the_server_are_listed_and_not_endlessly() {
    let mut window = Window::in_lobby();
    window.type_in("/list");
    for n in 0..=MAX_ROOMS_SHOWN {
        window.server(&[&format!(":s 322 bob #r{n} 2 :topic {n}")]);
    }
    window.server(&[":s 323 bob :End"]);
    let list = window.last("#lobby");
    assert!(list.starts_with("* #r0 (2) topic 0\n"), "{list}");
    assert!(list.ends_with("\n101 rooms in all, the first 100 are shown"), "{list}");
}

#[test]
fn what_the_server_refuses_stands_where_it_belongs() {
    let mut window = Window::in_lobby();
    window.model.open_private("nobody");
    window.model.select(window.id("#lobby"));
    window.server(&[":s 401 bob nobody :No such nick", ":s 403 bob #nowhere :No such channel"]);
    assert_eq!(window.last("nobody"), "* Nobody called \"nobody\" is here");
    assert_eq!(window.last("#lobby"), "* There is no room \"#nowhere\"");
}

#[test]
fn answers_stand_where_they_were_asked_for() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG bob :hi"]);
    assert_eq!(window.type_in("/whois alice"), ["WHOIS alice"]);
    window.server(&[":s 311 bob alice ~a host * :Alice L.", ":s 318 bob alice :End of WHOIS"]);
    assert_eq!(window.last("#lobby"), "* alice (~a@host): Alice L.");
}

#[test]
fn notices_from_servers_and_programs_stand_in_the_conversation_in_front() {
    let mut window = Window::in_lobby();
    window.server(&[":tea.house NOTICE bob :Closing at ten", ":helper!h@services NOTICE bob :type HELP"]);
    let shown = window.shown("#lobby");
    assert_eq!(shown[shown.len() - 2..], ["* Server: Closing at ten", "* Notice from helper: type HELP"]);
    assert_eq!(window.names(), ["#lobby"]);
}

#[test]
fn a_room_shows_its_topic_and_who_changed_it() {
    let mut window = Window::in_lobby();
    window.server(&[":s 332 bob #lobby :tea"]);
    assert_eq!(window.model.current().unwrap().topic(), "tea");
    window.server(&[":alice!a@h TOPIC #lobby :coffee"]);
    assert_eq!(window.last("#lobby"), "* alice changed the topic to: coffee");
    window.server(&[":alice!a@h TOPIC #lobby :"]);
    assert_eq!(window.model.current().unwrap().topic(), "");
}

// Conversations.

#[test]
fn rooms_stand_before_private_conversations_and_one_goes_round_through_them() {
    let mut window = Window::in_lobby();
    window.model.open_private("alice");
    window.server(&[":bob!bob@here JOIN #rust"]);
    assert_eq!(window.names(), ["#lobby", "#rust", "alice"]);
    assert_eq!(window.model.current().unwrap().name(), "alice", "being taken along opens nothing");
    window.model.select_beside(1);
    assert_eq!(window.model.current().unwrap().name(), "#lobby");
    window.model.select_beside(-1);
    assert_eq!(window.model.current().unwrap().name(), "alice");
}

#[test]
fn a_room_one_asked_for_comes_to_the_front_and_a_room_one_is_in_at_once() {
    let mut window = Window::in_lobby();
    window.type_in("/join #rust");
    window.server(&[":bob!bob@here JOIN #rust"]);
    assert_eq!(window.model.current().unwrap().name(), "#rust");
    assert_eq!(window.type_in("/join #LOBBY"), [""; 0]);
    assert_eq!(window.model.current().unwrap().name(), "#lobby");
}

#[test]
fn leaving_a_room_closes_it_and_there_is_always_something_to_look_at() {
    let mut window = Window::in_lobby();
    window.model.open_private("alice");
    assert_eq!(window.type_in("/part"), [""; 0], "a private conversation is just closed");
    assert_eq!(window.names(), ["#lobby"]);
    assert_eq!(window.type_in("/part"), ["PART #lobby"]);
    window.server(&[":bob!bob@here PART #lobby"]);
    assert_eq!(window.model.current().unwrap().kind(), Kind::Server);
    assert_eq!(window.last_here(), "* You left #lobby");
    window.type_in("/part");
    assert_eq!(window.names(), ["tea.house"]);
}

#[test]
fn clearing_the_screen_empties_this_conversation_only() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG bob :hi"]);
    let before = window.model.current().unwrap().range();
    window.type_in("/clear");
    assert_eq!(window.shown("#lobby"), [""; 0]);
    assert_eq!(window.model.current().unwrap().range().0, before.1, "no number is given out twice");
    assert_eq!(window.shown("alice").len(), 2);
    window.type_in("again");
    assert_eq!(window.last("#lobby"), "<bob> again");
}

#[test]
fn a_conversation_keeps_its_last_ten_thousand_lines() {
    let mut window = Window::in_lobby();
    for n in 0..=MAX_LINES {
        window.server(&[&format!(":alice!a@h PRIVMSG #lobby :{n}")]);
    }
    let lobby = window.model.current().unwrap();
    assert_eq!(lobby.lines().len(), MAX_LINES);
    let (first, end) = lobby.range();
    assert_eq!(end.number() - first.number(), MAX_LINES as u64);
    assert_eq!(lobby.line(first).unwrap().text(Language::English), "1");
    assert!(lobby.line_numbered(0).is_none() && lobby.line(end).is_none());
}

#[test]
fn the_whole_window_changes_its_language_at_once() {
    let mut window = Window::in_lobby();
    window.model.set_language(Language::Chinese);
    assert_eq!(window.model.title(), "聊天客户端 — #lobby");
    let (_, line) = window.model.current().unwrap().lines().nth(2).unwrap();
    assert_eq!(line.text(window.model.language()), "你进入了 #lobby");
}

// Losing and finding the connection.

#[test]
fn a_lost_connection_is_said_plainly_and_connecting_again_finds_everything_as_it_was() {
    let mut window = Window::in_lobby();
    window.type_in("/join #rust key");
    window.server(&[":bob!bob@here JOIN #rust", ":alice!a@h PRIVMSG bob :hi"]);
    window.lose_connection();
    assert_eq!((window.model.view(), window.link()), (View::Chat, Link::Down));
    assert_eq!(window.network().failure().map(|why| why.text()), Some(Text::ClosedByServer));
    for name in ["#lobby", "#rust", "alice"] {
        assert!(window.last(name).contains("The connection is lost"), "{name}");
        assert!(!window.network().find(name).unwrap().is_live());
    }
    window.model.connect_again(FIRST);
    assert!(
        matches!(&window.model.take_effects()[..], [Effect::Connect(_, profile)] if profile.nick == "bob")
    );
    assert_eq!((window.link(), window.network().failure()), (Link::Connecting, None));
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #lobby", "JOIN #rust key"]);
    window.server(&[":bob!bob@here JOIN #lobby", ":bob!bob@here JOIN #rust"]);
    assert_eq!(window.names(), ["#lobby", "#rust", "alice"]);
    assert_eq!(window.model.current().unwrap().name(), "#rust", "the same conversation is in front");
    assert!(window.network().conversations().iter().all(Conversation::is_live));
}

#[test]
fn whoever_had_to_take_another_name_connects_again_by_their_own() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.server(&[":tea.house 001 bob_ :Welcome"]);
    window.sent();
    assert_eq!(window.network().me(), "bob_");
    window.lose_connection();
    window.model.connect_again(FIRST);
    let effects = window.model.take_effects();
    assert!(matches!(&effects[..], [Effect::Connect(_, profile)] if profile.nick == "bob"), "{effects:?}");
}

#[test]
fn connecting_again_may_fail_again_and_nothing_is_forgotten() {
    let mut window = Window::in_lobby();
    window.lose_connection();
    let lines = window.shown("#lobby").len();
    for _ in 0..3 {
        window.model.connect_again(FIRST);
        window.happens(What::Ended(Failure::NickInUse { nick: "bob".into() }));
        assert_eq!(window.network().failure().map(|why| why.text()), Some(Text::NickInUse));
    }
    assert_eq!(window.shown("#lobby").len(), lines, "the bar says it, not the transcript");
    window.type_in("/nick bobby");
    let _ = window.model.take_effects();
    window.model.connect_again(FIRST);
    assert!(
        matches!(&window.model.take_effects()[..], [Effect::Connect(_, profile)] if profile.nick == "bobby")
    );
    window.server(&[":tea.house 001 bobby :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #lobby"]);
}

#[test]
fn whoever_was_sent_out_after_coming_back_is_not_in_there_again_by_the_next_connection() {
    let mut window = Window::in_lobby();
    for rooms in [vec!["JOIN #lobby"], vec![]] {
        window.lose_connection();
        window.model.connect_again(FIRST);
        window.server(&[":tea.house 001 bob :Welcome"]);
        assert_eq!(window.sent(), rooms);
        window.server(&[":bob!bob@here JOIN #lobby", ":alice!a@h KICK #lobby bob :enough"]);
    }
}

#[test]
fn a_room_that_does_not_let_one_back_in_says_so_itself() {
    let mut window = Window::in_lobby();
    window.server(&[":bob!bob@here JOIN #rust"]);
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.server(&[":tea.house 001 bob :Welcome"]);
    let lobby = window.shown("#lobby");
    window.server(&[":tea.house 474 bob #rust :Cannot join channel (+b)"]);
    assert_eq!(window.shown("#lobby"), lobby);
    assert_eq!(window.last("#rust"), "* #rust does not let you in");
}

#[test]
fn a_room_closed_while_there_is_no_connection_is_not_joined_again() {
    let mut window = Window::in_lobby();
    window.server(&[":bob!bob@here JOIN #rust"]);
    window.lose_connection();
    window.model.close(window.id("#rust"));
    assert_eq!(window.names(), ["#lobby"]);
    window.model.connect_again(FIRST);
    let _ = window.model.take_effects();
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #lobby"]);
}

#[test]
fn logging_out_leaves_nothing_behind() {
    let mut window = Window::in_lobby();
    window.model.leave(FIRST);
    assert_eq!(
        window.model.take_effects(),
        [Effect::Send(FIRST, "QUIT".to_owned()), Effect::Disconnect(FIRST)]
    );
    assert_eq!(window.model.view(), View::Login);
    assert!(window.model.networks().next().is_none() && window.model.current().is_none());
}

// Several servers at once.

/// Logged in on two servers, the lobby of the first in front: as bob there, and as bobby in #rust of the second.
fn on_two_servers() -> (Window, NetworkId) {
    let mut window = Window::in_lobby();
    let lobby = window.id("#lobby");
    window.model.open_form();
    window.model.log_in(LoginForm {
        nick: "bobby".into(),
        server: "irc.example".into(),
        port: "6697".into(),
        ..LoginForm::default()
    });
    let second = NetworkId(1);
    window.server_of(second, &[":irc.example 001 bobby :Welcome", ":irc.example 422 bobby :No message"]);
    window.server_of(second, &[":bobby!b@h JOIN #rust"]);
    window.model.select(lobby);
    let _ = window.model.take_effects();
    (window, second)
}

fn places(window: &Window) -> Vec<&str> {
    window.model.networks().map(Network::place).collect()
}

#[test]
fn a_second_server_is_logged_in_to_with_the_same_form_and_the_first_stays() {
    let mut window = Window::in_lobby();
    window.model.open_form();
    assert_eq!(window.model.view(), View::Login);
    let form = LoginForm { nick: "bob".into(), port: "6667".into(), ..LoginForm::default() };
    assert_eq!(*window.model.login().form(), form, "the name is likely to be the same");
    window.model.log_in(LoginForm { server: "irc.example".into(), ..form });
    assert!(window.model.login().is_under_way());
    assert_eq!(places(&window), ["tea.house"], "it is in the list when it is there");
    window.server(&[":alice!a@h PRIVMSG #lobby :meanwhile"]);
    assert_eq!(window.counts("#lobby"), (1, 0), "nobody looks at the lobby now");
    window.server_of(NetworkId(1), &[":irc.example 001 bob :Welcome"]);
    assert_eq!(window.model.view(), View::Chat);
    assert_eq!(places(&window), ["tea.house", "irc.example"]);
    assert_eq!(window.model.front().map(Network::place), Some("irc.example"));
}

#[test]
fn a_second_login_that_fails_is_told_in_the_form_and_one_can_go_back() {
    let mut window = Window::in_lobby();
    window.model.open_form();
    window.model.log_in(LoginForm {
        nick: "bob".into(),
        server: "nowhere".into(),
        port: "1".into(),
        ..LoginForm::default()
    });
    let failure = Failure::UnknownHost { host: "nowhere".into() };
    window.model.apply(NetworkId(1), What::Ended(failure).into());
    assert!(window.model.login().errors().server.is_some() && !window.model.login().is_under_way());
    window.model.close_form();
    assert_eq!((window.model.view(), places(&window)), (View::Chat, vec!["tea.house"]));
    window.model.open_form();
    assert!(window.model.login().errors().is_empty(), "and the next time it is forgotten");
    window.model.log_in(LoginForm {
        nick: "bob".into(),
        server: "slow".into(),
        port: "1".into(),
        ..LoginForm::default()
    });
    window.sent();
    window.model.close_form();
    assert_eq!(window.model.take_effects(), [Effect::Disconnect(NetworkId(2))], "going back gives it up");
    window.server_of(NetworkId(2), &[":slow 001 bob :Welcome"]);
    assert_eq!(places(&window), ["tea.house"], "and what still comes of it means nothing");
}

#[test]
fn what_is_said_goes_to_the_server_whose_conversation_is_in_front() {
    let (mut window, second) = on_two_servers();
    window.model.submit("tea?").unwrap();
    assert_eq!(window.model.take_effects(), [Effect::Send(FIRST, "PRIVMSG #lobby tea?".into())]);
    let rust = window.model.network(second).unwrap().current().unwrap().id();
    window.model.select(rust);
    window.model.submit("/me compiles").unwrap();
    let line = "PRIVMSG #rust :\x01ACTION compiles\x01".to_owned();
    assert_eq!(window.model.take_effects(), [Effect::Send(second, line)]);
    assert_eq!(
        window.model.complete("#", 1, false),
        Some(("#rust ".to_owned(), 6)),
        "names are of this server"
    );
    window.model.submit("/quit bye").unwrap();
    let farewells = [Effect::Send(FIRST, "QUIT bye".into()), Effect::Send(second, "QUIT bye".into())];
    assert_eq!(window.model.take_effects(), [&farewells[..], &[Effect::Quit]].concat());
}

#[test]
fn the_same_name_on_two_servers_is_two_conversations() {
    let (mut window, second) = on_two_servers();
    window.server(&[":alice!a@h PRIVMSG bob :from here"]);
    window.server_of(second, &[":alice!x@y PRIVMSG bobby :from there"]);
    assert_eq!(window.shown("alice"), ["== 2026-03-01", "<alice> from here"]);
    let there = window.model.network(second).unwrap().find("alice").unwrap();
    assert_eq!(shown(there), ["== 2026-03-01", "<alice> from there"]);
    assert_eq!(window.model.title(), "(2) Teahouse chat — #lobby");
    let there = there.id();
    window.model.select(there);
    assert_eq!(window.model.title(), "(1) Teahouse chat — alice");
}

#[test]
fn one_goes_round_through_the_conversations_of_all_servers() {
    let (mut window, _) = on_two_servers();
    let mut seen = Vec::new();
    for _ in 0..3 {
        window.model.select_beside(1);
        seen.push(window.model.current().unwrap().name().to_owned());
    }
    assert_eq!(seen, ["#rust", "#lobby", "#rust"]);
}

#[test]
fn the_switcher_finds_conversations_of_all_servers_and_what_is_unread_first() {
    let (mut window, second) = on_two_servers();
    window.server_of(second, &[":bobby!b@h JOIN #茶馆", ":zoe!z@h PRIVMSG #茶馆 :hello"]);
    let found = |window: &Window, typed: &str| -> Vec<String> {
        let found = window.model.search_conversations(typed);
        found.iter().map(|(_, conversation)| conversation.name().to_owned()).collect()
    };
    assert_eq!(found(&window, ""), ["#茶馆", "#rust", "#lobby"], "and where one is comes last");
    assert_eq!(found(&window, "cg"), ["#茶馆"]);
    assert_eq!(found(&window, "irc.ex"), ["#茶馆", "#rust"]);
    assert_eq!(found(&window, "nothing"), [""; 0]);
    // What is for the user comes before what is only unread.
    window.server_of(second, &[":zoe!z@h PRIVMSG #rust :bobby: tea?"]);
    assert_eq!(found(&window, ""), ["#rust", "#茶馆", "#lobby"]);
}

#[test]
fn one_goes_to_what_is_unread_and_to_what_is_for_us_first() {
    let (mut window, second) = on_two_servers();
    window.model.open_private("alice");
    window.model.select_numbered(0);
    window.server_of(second, &[":zoe!z@h PRIVMSG #rust :hello"]);
    window.server(&[":alice!a@h PRIVMSG bob :psst"]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        window.model.select_unread();
        seen.push(window.model.current().unwrap().name().to_owned());
    }
    assert_eq!(seen, ["alice", "#rust", "#rust"]);
    // From wherever one is, and around the end.
    window.server(&[":alice!a@h PRIVMSG #lobby :hello"]);
    window.model.select_unread();
    assert_eq!(window.model.current().unwrap().name(), "#lobby");
    window.model.select_numbered(1);
    window.server_of(second, &[":zoe!z@h PRIVMSG #rust :hello"]);
    window.server(&[":alice!a@h PRIVMSG #lobby :hello"]);
    window.model.select_unread();
    assert_eq!(window.model.current().unwrap().name(), "#rust", "what is below comes first");
    window.model.select_unread();
    window.model.select_numbered(1);
    assert_eq!(window.model.current().unwrap().name(), "alice");
    window.model.select_numbered(9);
    assert_eq!(window.model.current().unwrap().name(), "alice", "there is no tenth");
}

#[test]
fn looking_away_to_another_server_ends_the_new_line_and_begins_to_count() {
    let (mut window, second) = on_two_servers();
    let rust = window.model.network(second).unwrap().current().unwrap().id();
    window.model.set_focused(false);
    window.server(&[":alice!a@h PRIVMSG #lobby :one"]);
    window.model.set_focused(true);
    window.model.select(rust);
    assert_eq!(window.network().find("#lobby").unwrap().first_unread(), None);
    window.server(&[":alice!a@h PRIVMSG #lobby :two"]);
    assert_eq!(window.counts("#lobby"), (1, 0));
    window.model.select(window.id("#lobby"));
    assert_eq!(window.counts("#lobby"), (0, 0));
}

#[test]
fn a_server_that_is_disconnected_keeps_its_conversations_and_one_that_is_left_does_not() {
    let (mut window, second) = on_two_servers();
    window.model.disconnect(second);
    let quit = Effect::Send(second, "QUIT".into());
    assert_eq!(window.model.take_effects(), [quit, Effect::Disconnect(second)]);
    assert_eq!(places(&window), ["tea.house", "irc.example"]);
    assert_eq!(window.model.network(second).unwrap().link(), Link::Down);
    assert_eq!(window.link(), Link::Up, "the other server does not notice");
    window.model.connect_again(second);
    assert!(matches!(&window.model.take_effects()[..], [Effect::Connect(id, _)] if *id == second));
    window.server_of(second, &[":irc.example 001 bobby :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #rust"]);
    assert_eq!(window.model.current().unwrap().name(), "#lobby", "and what one reads stays in front");

    window.server_of(second, &[":zoe!z@h PRIVMSG #rust :hello"]);
    let unread = |window: &Window| window.model.network(second).unwrap().unread();
    assert_eq!(unread(&window), 1);
    window.model.leave(FIRST);
    assert_eq!(places(&window), ["irc.example"]);
    assert_eq!(
        (window.model.current().unwrap().name(), unread(&window)),
        ("#rust", 0),
        "it is looked at now"
    );
    window.model.leave(second);
    assert_eq!(window.model.view(), View::Login);
    assert_eq!(window.model.login().form().server, "irc.example");
}

// Saved servers, and addresses that lead to a server.

fn saved(server: &str, nick: &str) -> Profile {
    Profile { server: server.into(), nick: nick.into(), ..Profile::default() }
}

fn closed(window: &Window) -> Vec<&str> {
    window.model.closed_profiles().map(|(_, profile)| profile.title()).collect()
}

#[test]
fn saved_servers_are_listed_until_one_is_on_them() {
    let mut window = Window::opened();
    window.model.set_profiles(vec![saved("tea.house", "bob"), saved("irc.example", "bobby")]);
    assert_eq!(closed(&window), ["tea.house", "irc.example"]);
    window.model.open_profile(0);
    assert!(window.model.login().is_under_way(), "in the login view it is the form that logs in");
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(closed(&window), ["irc.example"]);

    window.model.open_profile(1);
    let profile = Box::new(saved("irc.example", "bobby"));
    assert_eq!(window.model.take_effects().pop(), Some(Effect::Connect(NetworkId(1), profile)));
    assert_eq!(window.model.view(), View::Chat, "and among conversations it is shown in the list at once");
    assert_eq!((places(&window), closed(&window)), (vec!["tea.house", "irc.example"], vec![]));
    assert_eq!(window.model.front().map(Network::link), Some(Link::Connecting));
    let failure = Failure::UnknownHost { host: "irc.example".into() };
    window.model.apply(NetworkId(1), What::Ended(failure).into());
    assert!(window.model.front().unwrap().failure().is_some(), "where it fails too");
    window.model.leave(NetworkId(1));
    assert_eq!(closed(&window), ["irc.example"]);
}

#[test]
fn servers_that_one_wants_at_once_are_connected_to_at_the_start() {
    let mut window = Window::opened();
    let wanted = |server, nick| Profile { connect: true, ..saved(server, nick) };
    window.model.set_profiles(vec![
        wanted("a", "bob"),
        saved("b", "bob"),
        wanted("c", "bob"),
        wanted("d", ""),
    ]);
    window.model.connect_at_start();
    assert_eq!(places(&window), ["a", "c"]);
    assert_eq!(window.model.current().map(Conversation::name), Some("a"));
    assert_eq!(window.model.take_effects().len(), 2);
}

#[test]
fn the_rooms_of_a_saved_server_are_joined_after_its_welcome() {
    let mut window = Window::opened();
    let rooms = ["#茶馆", "#secret sesame"].map(|room| Room::parse(room).unwrap()).into();
    window.model.set_profiles(vec![Profile { rooms, ..saved("tea.house", "bob") }]);
    window.model.open_profile(0);
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #茶馆", "JOIN #secret sesame"]);
    window.server(&[":bob!b@h JOIN #茶馆", ":bob!b@h JOIN #secret"]);
    window.model.close(window.id("#茶馆"));
    window.server(&[":bob!b@h PART #茶馆"]);
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.sent();
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #secret sesame"], "who left a room is not taken back to it");
}

#[test]
fn what_is_known_of_a_server_is_used_when_its_address_is_typed() {
    let mut window = Window::in_lobby();
    window.model.set_profiles(vec![Profile { account: "bob".into(), ..saved("irc.example", "bob") }]);
    window.model.open_form();
    window.model.log_in(LoginForm {
        nick: "bobby".into(),
        server: "irc.example".into(),
        port: "6667".into(),
        ..LoginForm::default()
    });
    let Some(Effect::Connect(_, profile)) = window.model.take_effects().pop() else {
        panic!("no connection")
    };
    assert_eq!((profile.nick.as_str(), profile.account.as_str()), ("bobby", "bob"));
}

#[test]
fn an_address_leads_into_the_room_whether_one_is_on_the_server_or_not() {
    let mut window = Window::in_lobby();
    let follow = |window: &mut Window, url| window.model.follow(&IrcUrl::parse(url).expect(url));
    follow(&mut window, "irc://tea.house/rust");
    assert_eq!(window.sent(), ["JOIN #rust"]);
    window.server(&[":bob!b@h JOIN #rust"]);
    assert_eq!(window.model.current().unwrap().name(), "#rust");
    window.model.open_form();
    follow(&mut window, "irc://tea.house/rust");
    assert_eq!(window.model.view(), View::Chat, "from the form for another server too");

    window.model.set_profiles(vec![saved("tea.house", "bob")]);
    follow(&mut window, "irc://irc.example/茶馆");
    let Some(Effect::Connect(second, profile)) = window.model.take_effects().pop() else {
        panic!("no connection")
    };
    assert_eq!(*profile, saved("irc.example", "bob"), "the room is for this time only");
    window.server_of(second, &[":irc.example 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #茶馆"]);

    let mut window = Window::opened();
    window.model.set_profiles(vec![Profile::default()]);
    follow(&mut window, "irc://irc.example/茶馆");
    assert_eq!(window.model.view(), View::Login, "one has to say who one is first");
    assert_eq!(window.model.login().form().server, "irc.example");
    window.model.log_in(LoginForm { nick: "bob".into(), ..window.model.login().form().clone() });
    window.happens(What::Ended(Failure::NickInUse { nick: "bob".into() }));
    window.model.log_in(LoginForm { nick: "bobby".into(), ..window.model.login().form().clone() });
    let is_remembered =
        |effect: &Effect| matches!(effect, Effect::Remember(profile) if profile.rooms.is_empty());
    window.server_of(NetworkId(1), &[":irc.example 001 bobby :Welcome"]);
    let effects = window.model.take_effects();
    assert!(effects.iter().any(is_remembered), "the room is for this time only");
    assert!(effects.contains(&Effect::Send(NetworkId(1), "JOIN #茶馆".to_owned())), "{effects:?}");
    assert_eq!(window.model.login().rooms_to_visit(), [], "one is there");
}

#[test]
fn the_rooms_of_an_address_are_not_looked_for_on_another_server() {
    let mut window = Window::opened();
    window.model.follow(&IrcUrl::parse("ircs://irc.example/a,b").unwrap());
    assert_eq!((window.model.login().form().tls, window.model.login().form().port.as_str()), (true, "6697"));
    assert_eq!(window.model.login().rooms_to_visit().len(), 2);
    let form =
        LoginForm { nick: "bob".into(), server: "tea.house".into(), ..window.model.login().form().clone() };
    window.model.log_in(form);
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), [""; 0]);
}

#[test]
fn a_server_that_asks_for_a_password_gets_a_field_for_it() {
    let mut window = Window::opened();
    assert!(!window.model.login().asks_server_password());
    window.model.log_in(window.model.login().form().clone());
    window.server(&[":tea.house 464 * :Password incorrect"]);
    window.happens(What::Ended(Failure::PasswordNeeded { reason: "Password incorrect".into() }));
    assert!(window.model.login().asks_server_password());
    assert_eq!(window.model.login().errors().of(Field::ServerPassword).unwrap().text(), Text::PasswordNeeded);
    let sesame = Secret::from("sesame".to_owned());
    window.model.log_in(LoginForm { server_password: sesame.clone(), ..window.model.login().form().clone() });
    let Some(Effect::Connect(_, profile)) = window.model.take_effects().pop() else {
        panic!("no connection")
    };
    assert_eq!(profile.server_password, sesame);
    // To another server it is not said.
    window.model.give_up_login();
    window.model.log_in(LoginForm { server: "other.house".into(), ..window.model.login().form().clone() });
    let Some(Effect::Connect(_, profile)) = window.model.take_effects().pop() else {
        panic!("no connection")
    };
    assert!(profile.server_password.is_empty());
    // And the form of a server that has not asked has no field for it.
    window.model.give_up_login();
    window.model.set_profiles(vec![saved("other.house", "")]);
    window.model.open_profile(0);
    assert!(!window.model.login().asks_server_password());
}

#[test]
fn a_server_that_is_gone_to_without_the_form_asks_there_for_its_password() {
    let mut window = Window::opened();
    window.model.follow(&IrcUrl::parse("irc://bob@tea.house/rust").unwrap());
    assert_eq!(window.model.view(), View::Chat);
    window.happens(What::Ended(Failure::PasswordNeeded { reason: String::new() }));
    assert_eq!((window.model.view(), window.model.networks().count()), (View::Login, 0));
    assert!(window.model.login().asks_server_password());
    assert_eq!(window.model.login().errors().of(Field::ServerPassword).unwrap().text(), Text::PasswordNeeded);
    assert_eq!(
        (window.model.login().form().nick.as_str(), window.model.login().rooms_to_visit().len()),
        ("bob", 1)
    );
}

#[test]
fn a_server_that_can_speaks_the_windows_language() {
    let mut window = Window::logged_in();
    window.model.set_language(Language::Chinese);
    assert_eq!(window.sent(), [""; 0], "it has not said that it can");
    window.server(&[":tea.house 005 bob LANGUAGE=2,en,~zh-CN :are supported"]);
    assert_eq!(window.sent(), ["LANGUAGE zh-CN"]);
    window.server(&[
        ":tea.house 005 bob SAFELIST :are supported",
        ":tea.house 687 bob zh-CN :is your language",
    ]);
    window.model.set_language(Language::English);
    window.model.set_language(Language::English);
    assert_eq!(window.sent(), ["LANGUAGE en"], "once");
    for offer in [
        ":tea.house 004 bob tea.house teahouse-0.1.0 o o",
        ":tea.house 005 bob LANGUAGE=en,zh :are supported",
    ] {
        let mut window = Window::opened();
        window.model.log_in(window.model.login().form().clone());
        window.server(&[":tea.house 001 bob :Welcome", offer]);
        assert_eq!(window.sent(), ["LANGUAGE en"]);
        window.lose_connection();
        window.model.set_language(Language::Chinese);
        window.model.connect_again(FIRST);
        window.server(&[":tea.house 001 bob :Welcome", offer]);
        assert_eq!(window.sent(), ["LANGUAGE zh"]);
    }
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.happens(What::agreed(&["draft/languages=9,en,zh"]));
    assert_eq!(window.sent(), [""; 0]);
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["LANGUAGE en"]);
}

#[test]
fn what_goes_over_the_wire_can_be_looked_at_and_cleared() {
    let mut window = Window::in_lobby();
    window.model.record(FIRST, WireLine::new(true, "PRIVMSG #lobby :hi"));
    window.model.record(FIRST, WireLine::new(false, "PING :tea.house"));
    let lines = |window: &Window| window.network().wire().end() - window.network().wire().first();
    assert_eq!(lines(&window), 2);
    window.model.clear_wire();
    assert_eq!(lines(&window), 0);
}

#[test]
fn nothing_a_server_can_say_is_a_reason_to_panic() {
    let commands =
        ["JOIN", "PART", "KICK", "NICK", "QUIT", "MODE", "TOPIC", "PRIVMSG", "NOTICE", "AWAY", "INVITE"];
    let numerics = (0..=999).map(|number| format!("{number:03}"));
    let params =
        ["", " bob", " bob #lobby", " #lobby bob :x", " bob = #lobby :@ @+", " bob * * * * * *", " :"];
    let mut window = Window::in_lobby();
    for command in commands.map(str::to_owned).into_iter().chain(numerics) {
        for params in params {
            for source in ["", ":bob!b@h ", ":alice ", ":tea.house "] {
                window.server(&[&format!("{source}{command}{params}")]);
            }
        }
    }
    assert!(window.model.current().is_some());
}

#[test]
fn the_form_of_another_server_names_no_rooms_of_an_address() {
    let mut window = Window::opened();
    window.model.follow(&IrcUrl::parse("irc://other.house/rust").unwrap());
    assert_eq!(window.model.login().rooms_to_visit().len(), 1);
    window.model.set_profiles(vec![saved("tea.house", "")]);
    window.model.open_profile(0);
    assert_eq!(window.model.login().rooms_to_visit(), []);
}
