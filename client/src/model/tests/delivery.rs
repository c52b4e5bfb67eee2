//! Our messages, and what becomes of them.

use super::*;

impl Window {
    /// In the lobby of a server that has these capabilities.
    pub(super) fn with(capabilities: &[&str]) -> Self {
        let mut window = Self::in_lobby();
        window.happens(What::agreed(capabilities));
        window
    }

    /// The number of the newest line of the conversation in front that has this text.
    #[track_caller]
    pub(super) fn number(&self, text: &str) -> u64 {
        let current = self.model.current().expect("a conversation");
        let found = current.lines().rev().find(|(_, line)| line.text(Language::English) == text);
        found.unwrap_or_else(|| panic!("{text:?} is not there")).0.number()
    }

    #[track_caller]
    pub(super) fn delivery(&self, text: &str) -> Delivery {
        let line = self.model.current().unwrap().line_numbered(self.number(text)).unwrap();
        line.message().expect("it is a message").delivery.clone()
    }

    /// Why it did not arrive.
    #[track_caller]
    pub(super) fn failure(&self, text: &str) -> Text {
        match self.delivery(text) {
            Delivery::Failed { why, .. } => why.text(),
            other => panic!("{text:?} did not fail: {other:?}"),
        }
    }
}

const LABELS: [&str; 4] = ["batch", "echo-message", "labeled-response", "message-tags"];

#[test]
fn what_is_said_waits_for_its_echo_and_the_label_tells_which_it_is() {
    let mut window = Window::with(&LABELS);
    assert_eq!(window.type_in("hi"), ["@label=1 PRIVMSG #lobby hi"]);
    assert_eq!(window.type_in("hi"), ["@label=2 PRIVMSG #lobby hi"]);
    let lines = window.shown("#lobby").len();
    window.server(&["@label=1;msgid=a :bob!bob@here PRIVMSG #lobby hi"]);
    assert_eq!(window.delivery("hi"), Delivery::Pending, "the second still waits");
    window.server(&["@label=2;msgid=b :bob!bob@here PRIVMSG #lobby hi"]);
    assert_eq!(window.delivery("hi"), Delivery::Arrived);
    assert_eq!(window.shown("#lobby").len(), lines, "nothing stands twice");
}

#[test]
fn where_there_are_no_batches_nothing_is_labelled() {
    let mut window = Window::with(&["echo-message", "labeled-response", "message-tags"]);
    assert_eq!(window.type_in("hi"), ["PRIVMSG #lobby hi"]);
}

#[test]
fn the_same_from_another_device_is_another_message() {
    let mut window = Window::with(&LABELS);
    window.type_in("hi");
    window.server(&["@msgid=x :bob!bob@here PRIVMSG #lobby hi"]);
    let said = window.shown("#lobby").iter().filter(|line| *line == "<bob> hi").count();
    assert_eq!(said, 2);
}

#[test]
fn what_others_said_meanwhile_comes_first() {
    let mut window = Window::with(&["echo-message"]);
    window.type_in("question?");
    window.type_in("second");
    window.server(&[
        ":alice!a@h PRIVMSG #lobby :first",
        ":bob!bob@here PRIVMSG #lobby :question?",
        ":bob!bob@here PRIVMSG #lobby :second",
    ]);
    let shown = window.shown("#lobby");
    let shown: Vec<_> = shown.iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(shown[shown.len() - 3..], ["<alice> first", "<bob> question?", "<bob> second"]);
    let current = window.model.current().unwrap();
    let heads = current.lines().filter_map(|(_, line)| line.message()).filter(|message| !message.grouped);
    assert_eq!(heads.count(), 2, "each of the two has a name above what they said");
}

#[test]
fn an_answer_in_a_batch_has_the_label_of_the_batch() {
    let mut window = Window::with(&LABELS);
    window.type_in("/msg alice psst");
    window.model.open_private("alice");
    window.server(&[
        "@label=1 :s BATCH +x labeled-response",
        "@batch=x :bob!bob@here PRIVMSG alice psst",
        "@batch=x :s 301 bob alice :at lunch",
        ":s BATCH -x",
    ]);
    assert_eq!(window.delivery("psst"), Delivery::Arrived);
    assert_eq!(window.last("alice"), "* alice is away: at lunch");
}

#[test]
fn an_acknowledgement_says_that_its_own_message_has_arrived() {
    let mut window = Window::with(&LABELS);
    window.type_in("one");
    window.type_in("two");
    window.server(&["@label=2 :s ACK", "@label=9 :s ACK", ":s ACK"]);
    assert_eq!(window.delivery("two"), Delivery::Arrived);
    assert_eq!(window.delivery("one"), Delivery::Pending);
    window.lose_connection();
    assert_eq!(window.delivery("two"), Delivery::Arrived);
    assert_eq!(window.failure("one"), Text::NotDelivered);
}

#[test]
fn the_label_of_a_batch_holds_for_batches_inside_it_and_until_it_ends() {
    let mut window = Window::with(&LABELS);
    window.type_in("one");
    let lines = window.shown("#lobby").len();
    window.server(&[
        "@label=1 :s BATCH +x labeled-response",
        "@batch=x :s BATCH +y example",
        "@batch=y;msgid=a :bob!bob@here PRIVMSG #lobby one",
        "@batch=x :s BATCH -y",
        ":s BATCH -x",
    ]);
    assert_eq!(window.delivery("one"), Delivery::Arrived);
    assert_eq!(window.shown("#lobby").len(), lines, "it stands there once");
    window.type_in("two");
    window.server(&[
        "@label=2 :s BATCH +x labeled-response",
        ":s BATCH -x",
        "@batch=x;msgid=b :bob!bob@here PRIVMSG #lobby elsewhere",
    ]);
    assert_eq!(window.delivery("two"), Delivery::Pending, "that was said on another device");
}

#[test]
fn what_is_refused_says_so_where_it_stands_and_can_be_sent_again() {
    for capabilities in [&LABELS[..], &["echo-message"], &[]] {
        let mut window = Window::with(capabilities);
        window.type_in("\x02hear\x02 me");
        let lines = window.shown("#lobby").len();
        let label = if capabilities.len() > 1 { "@label=1 " } else { "" };
        window.server(&[&format!("{label}:s 404 bob #lobby :Cannot send to channel")]);
        assert_eq!(window.failure("hear me"), Text::CannotSendToRoom);
        assert_eq!(window.shown("#lobby").len(), lines, "and no notice besides");
        window.model.send_again(window.number("hear me")).unwrap();
        let sent = window.sent();
        assert!(sent.len() == 1 && sent[0].ends_with("PRIVMSG #lobby :\x02hear\x02 me"), "{sent:?}");
        let said = window.shown("#lobby").iter().filter(|line| *line == "<bob> hear me").count();
        assert_eq!(said, 1, "it has moved down");
    }
}

#[test]
fn a_refusal_of_something_else_is_no_failed_message() {
    let mut window = Window::with(&["echo-message"]);
    window.type_in("hi");
    window.server(&[":s 482 bob #lobby :You're not a channel operator"]);
    assert_eq!(window.last("#lobby"), "* Only an operator of #lobby can do that");
    assert_eq!(window.delivery("hi"), Delivery::Pending);
}

#[test]
fn what_has_not_come_back_when_the_connection_ends_has_not_arrived() {
    let mut window = Window::with(&["echo-message"]);
    window.type_in("one");
    window.server(&[":bob!bob@here PRIVMSG #lobby one"]);
    window.type_in("two");
    window.lose_connection();
    assert_eq!((window.delivery("one"), window.failure("two")), (Delivery::Arrived, Text::NotDelivered));
    let number = window.number("two");
    let refusal = window.model.send_again(number).expect_err("there is no connection");
    assert_eq!(refusal.text(), Text::NotConnected);
    assert_eq!(window.failure("two"), Text::NotDelivered, "and it still can be sent later");
}

#[test]
fn what_one_says_to_oneself_stands_once() {
    let mut window = Window::with(&LABELS);
    window.type_in("/msg bob hi");
    // The echo, and the message itself.
    window.server(&[
        "@label=1;msgid=a :bob!bob@here PRIVMSG bob hi",
        "@msgid=a :bob!bob@here PRIVMSG bob hi",
        // From another device.
        "@msgid=b :bob!bob@here PRIVMSG bob there",
    ]);
    assert_eq!(window.shown("bob")[1..], ["<bob> hi", "<bob> there"]);

    // Where messages have no identifiers, and where there is no echo.
    for (capabilities, lines) in [
        (&LABELS[..], &["@label=1 :bob!bob@here PRIVMSG bob hi", ":bob!bob@here PRIVMSG bob hi"][..]),
        (&["echo-message"], &[":bob!bob@here PRIVMSG bob hi", ":bob!bob@here PRIVMSG bob hi"]),
        (&[], &[":bob!bob@here PRIVMSG bob hi"]),
        (&["message-tags"], &["@msgid=a :bob!bob@here PRIVMSG bob hi"]),
    ] {
        let mut window = Window::with(capabilities);
        window.type_in("/msg bob hi");
        window.server(lines);
        assert_eq!(window.shown("bob")[1..], ["<bob> hi"], "{capabilities:?}");
    }
}

#[test]
fn what_has_come_back_can_be_taken_back_and_answered() {
    let mut window = Window::with(&[&LABELS[..], &["draft/message-redaction"]].concat());
    window.type_in("oops");
    let number = window.number("oops");
    assert!(!window.model.can_take_back(number), "nobody knows yet what the server calls it");
    window.server(&["@label=1;msgid=a :bob!bob@here PRIVMSG #lobby oops"]);
    assert!(window.model.can_take_back(number) && window.model.can_react_to(number));
    window.model.take_back(number);
    assert_eq!(window.sent(), ["REDACT #lobby a"]);
}

#[test]
fn each_message_keeps_a_name_above_it_when_the_one_before_it_is_sent_again() {
    let mut window = Window::with(&["echo-message"]);
    for text in ["one", "two", "three"] {
        window.type_in(text);
    }
    let has_name = |window: &Window, text: &str| {
        let line = window.model.current().unwrap().line_numbered(window.number(text)).unwrap();
        !line.message().unwrap().grouped
    };
    window.lose_connection();
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
    window.model.send_again(window.number("two")).unwrap();
    assert!(has_name(&window, "one") && !has_name(&window, "three"), "the name above them is still there");
    window.model.send_again(window.number("one")).unwrap();
    assert!(has_name(&window, "three"), "it went with the first of them");
}
