//! Signals between people, without words.

use super::*;

/// A line of alice's that others can speak of.
const HERS: &str = "@msgid=a1 :alice!a@h PRIVMSG #lobby :tea?";

impl Window {
    fn with_signals() -> Self {
        let mut window = Self::in_lobby();
        window.happens(What::agreed(&["message-tags", "draft/message-redaction", "draft/read-marker"]));
        window
    }

    fn newest(&self) -> (u64, &Message) {
        let current = self.model.current().expect("a conversation");
        let found = current.lines().rev().find_map(|(id, line)| Some((id.number(), line.message()?)));
        found.expect("a message")
    }

    fn reactions(&self) -> Vec<String> {
        let reactions = &self.newest().1.reactions;
        reactions.iter().map(|it| format!("{} {}", it.emoji, it.people.join(","))).collect()
    }
}

#[test]
fn one_sees_who_is_writing_until_they_say_it_or_stop() {
    let mut window = Window::with_signals();
    window.server(&["@+typing=active :alice!a@h TAGMSG #lobby", "@+typing=active :小明!m@h TAGMSG #lobby"]);
    assert_eq!(window.model.typing(), ["alice", "小明"]);
    window.server(&[HERS, "@+typing=done :小明!m@h TAGMSG #lobby"]);
    assert_eq!(window.model.typing(), [""; 0]);
    window.server(&["@+typing=active :alice!a@h TAGMSG #lobby", "@+typing=active :bob!b@h TAGMSG #lobby"]);
    assert_eq!(window.model.typing(), ["alice"], "never oneself");
    window.pass(SignedDuration::from_secs(7));
    assert_eq!(window.model.typing(), [""; 0], "and not for ever");
}

#[test]
fn others_are_told_that_one_is_writing_but_not_at_every_key() {
    let mut window = Window::with_signals();
    for text in ["h", "he", "hel"] {
        window.model.wrote(text);
    }
    assert_eq!(window.sent(), ["@+typing=active TAGMSG #lobby"]);
    window.pass(SignedDuration::from_secs(3));
    window.model.wrote("hell");
    assert_eq!(window.sent(), ["@+typing=active TAGMSG #lobby"]);
    window.model.wrote("");
    assert_eq!(window.sent(), ["@+typing=done TAGMSG #lobby"]);
    window.model.wrote("");
    assert_eq!(window.sent(), [""; 0]);
    window.model.wrote("/join #secret");
    assert_eq!(window.sent(), [""; 0], "a command is nobody's business");
    window.model.wrote("hi");
    assert_eq!(window.type_in("hi"), ["@+typing=active TAGMSG #lobby", "PRIVMSG #lobby hi"]);
    window.model.wrote("");
    assert_eq!(window.sent(), [""; 0], "a message says by itself that one has stopped");
}

#[test]
fn where_one_may_not_speak_only_the_message_is_said_to_be_lost_and_not_that_one_writes() {
    const REFUSAL: &str = ":tea.house 404 bob #lobby :You need voice";
    let mut window = Window::with_signals();
    let before = window.shown("#lobby");
    window.model.wrote("h");
    window.server(&[REFUSAL]);
    assert_eq!(window.shown("#lobby"), before, "nothing was said yet");
    window.model.submit("hi").unwrap();
    window.server(&[REFUSAL]);
    let lobby = window.network().find("#lobby").unwrap();
    let said = lobby.lines().rev().find_map(|(_, line)| line.message()).unwrap();
    assert!(matches!(said.delivery, Delivery::Failed { .. }), "{:?}", said.delivery);
    let after = window.shown("#lobby");
    window.server(&[REFUSAL]);
    assert_ne!(window.shown("#lobby"), after, "what nobody can account for is shown");
}

#[test]
fn nobody_is_told_of_whoever_does_not_want_that() {
    let mut window = Window::with_signals();
    window.model.wrote("h");
    window.sent();
    window.model.set_tells_typing(false);
    assert_eq!(window.sent(), ["@+typing=done TAGMSG #lobby"], "what others see ends at once");
    window.model.wrote("hello");
    assert_eq!(window.sent(), [""; 0]);
    window.model.set_tells_typing(true);
    window.model.wrote("hello!");
    assert_eq!(window.sent(), ["@+typing=active TAGMSG #lobby"]);
}

#[test]
fn where_the_server_does_not_pass_it_on_nothing_is_said() {
    let mut window = Window::in_lobby();
    window.model.wrote("hi");
    assert_eq!(window.sent(), [""; 0]);
    let mut window = Window::with_signals();
    window.server(&[":s 005 bob CLIENTTAGDENY=*,-draft/reply :are supported"]);
    window.model.wrote("hi");
    assert_eq!(window.sent(), [""; 0]);
}

#[test]
fn an_emoji_below_a_message_is_shown_and_taken_away() {
    let mut window = Window::with_signals();
    window.server(&[HERS, "@+draft/reply=a1;+draft/react=👍 :小明!m@h TAGMSG #lobby"]);
    assert_eq!(window.reactions(), ["👍 小明"]);
    let number = window.newest().0;
    assert!(window.model.can_react_to(number));
    window.model.react_to(number, "👍");
    assert_eq!(window.sent(), ["@+draft/reply=a1;+draft/react=👍 TAGMSG #lobby"]);
    // The echo, if the server sends one.
    window.server(&["@+draft/reply=a1;+draft/react=👍 :bob!b@h TAGMSG #lobby"]);
    assert_eq!(window.reactions(), ["👍 小明,bob"]);
    window.model.react_to(number, "👍");
    assert_eq!(window.sent(), ["@+draft/reply=a1;+draft/unreact=👍 TAGMSG #lobby"]);
    assert_eq!(window.reactions(), ["👍 小明"], "only one's own");
    window.server(&["@+draft/reply=a1;+draft/unreact=👍 :小明!m@h TAGMSG #lobby"]);
    assert_eq!(window.reactions(), [""; 0]);
    window.server(&["@+draft/reply=nothing;+draft/react=👍 :小明!m@h TAGMSG #lobby"]);
}

#[test]
fn an_answer_says_what_it_answers() {
    let mut window = Window::with_signals();
    window.server(&[HERS]);
    let number = window.newest().0;
    assert_eq!(window.model.reply_to(number), None);
    assert!(window.model.current().unwrap().replying().is_some());
    assert_eq!(
        window.type_in("yes\nplease"),
        ["@+draft/reply=a1 PRIVMSG #lobby yes", "PRIVMSG #lobby please"]
    );
    window.server(&["@msgid=m2;+draft/reply=a1 :小明!m@h PRIVMSG #lobby :me too"]);
    let quote = window.newest().1.reply.as_ref().and_then(|reply| reply.quote.clone());
    assert_eq!(quote, Some(("alice".to_owned(), "tea?".to_owned())));
    window.model.reply_to(number);
    assert!(window.model.stop_replying() && !window.model.stop_replying());
}

#[test]
fn without_replies_one_names_whom_one_answers() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h PRIVMSG #lobby :tea?"]);
    let number = window.newest().0;
    assert_eq!(window.model.reply_to(number).as_deref(), Some("alice"));
    assert!(!window.model.can_react_to(number));
}

#[test]
fn a_message_that_is_taken_back_is_gone_for_everybody() {
    let mut window = Window::with_signals();
    window.server(&["@msgid=b1 :bob!b@h PRIVMSG #lobby :oops"]);
    let number = window.newest().0;
    assert!(window.model.can_take_back(number));
    window.model.take_back(number);
    assert_eq!(window.sent(), ["REDACT #lobby b1"]);
    window.server(&[":bob!b@h REDACT #lobby b1"]);
    assert_eq!(window.last("#lobby"), "<bob> (message deleted)");
    assert!(!window.model.can_take_back(number) && !window.model.can_react_to(number));
    window.server(&[HERS]);
    assert!(!window.model.can_take_back(window.newest().0), "only one's own");
}

#[test]
fn what_was_read_on_another_device_is_read_here_too() {
    let mut window = Window::with_signals();
    window.model.set_focused(false);
    window.server(&[
        "@time=2026-03-01T09:02:00.000Z :alice!a@h PRIVMSG #lobby :one",
        "@time=2026-03-01T09:03:00.000Z :alice!a@h PRIVMSG #lobby :two",
    ]);
    assert_eq!(window.counts("#lobby"), (2, 0));
    window.server(&[":s MARKREAD #lobby timestamp=2026-03-01T09:02:00.000Z"]);
    assert_eq!(window.counts("#lobby"), (1, 0));
    window.server(&[":s MARKREAD #lobby timestamp=2026-03-01T09:03:00.000Z"]);
    assert_eq!(window.counts("#lobby"), (0, 0));
}

#[test]
fn other_devices_are_told_what_was_read_here() {
    let mut window = Window::with_signals();
    window.model.set_focused(false);
    window.sent();
    window.server(&["@time=2026-03-01T09:02:00.500Z :alice!a@h PRIVMSG #lobby :one"]);
    window.model.set_focused(true);
    assert_eq!(window.sent(), ["MARKREAD #lobby timestamp=2026-03-01T09:02:00.500Z"]);
    window.model.set_focused(false);
    window.model.set_focused(true);
    assert_eq!(window.sent(), [""; 0], "once is enough");
}

#[test]
fn what_was_read_last_is_told_before_one_quits() {
    let mut window = Window::with_signals();
    window.sent();
    window.server(&["@time=2026-03-01T09:02:00.500Z :alice!a@h PRIVMSG #lobby :one"]);
    let sent = window.type_in("/quit");
    assert_eq!(sent, ["MARKREAD #lobby timestamp=2026-03-01T09:02:00.500Z", "QUIT"]);
}
