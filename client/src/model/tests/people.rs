//! Other people: who they are, hearing no more of them, keeping order.

use super::*;

/// In the lobby, where we are an operator.
fn as_operator() -> Window {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h MODE #lobby +o bob"]);
    window
}

#[test]
fn what_the_server_says_of_somebody_becomes_a_card() {
    let mut window = Window::in_lobby();
    let before = window.shown("#lobby");
    window.model.ask_card("alice").unwrap();
    assert_eq!(window.sent(), ["WHOIS alice"]);
    window
        .server(&[":s 311 bob alice ~a host * :Alice L.", ":s 671 bob alice :is using a secure connection"]);
    assert_eq!(window.model.take_card(), None, "not before it is complete");
    window.server(&[":s 318 bob Alice :End of WHOIS"]);
    let card = window.model.take_card().expect("a card");
    let facts: Vec<_> = card.facts.iter().map(|fact| fact.to(Language::English)).collect();
    assert_eq!(facts, ["alice (~a@host): Alice L.", "alice is connected securely"]);
    assert_eq!(window.model.take_card(), None, "once");
    assert_eq!(window.shown("#lobby"), before);
}

#[test]
fn nobody_has_no_card() {
    let mut window = Window::in_lobby();
    window.model.ask_card("nobody").unwrap();
    window.server(&[":s 401 bob nobody :No such nick", ":s 318 bob nobody :End of WHOIS"]);
    assert_eq!(window.model.take_card(), None);
    assert_eq!(window.last("#lobby"), "* Nobody called \"nobody\" is here");
}

#[test]
fn who_is_ignored_is_not_heard_and_the_list_is_kept() {
    let mut window = Window::in_lobby();
    window.model.submit("/ignore Alice").unwrap();
    assert_eq!(window.model.take_actions(), [Action::KeepIgnored(vec!["Alice".to_owned()])]);
    assert!(window.model.ignores("alice"));
    let before = window.shown("#lobby");
    window.server(&[
        ":alice!a@h PRIVMSG #lobby :buy this",
        ":alice!a@h PRIVMSG bob :psst",
        ":alice!a@h NOTICE bob :psst",
        ":alice!a@h INVITE bob #spam",
    ]);
    assert_eq!((window.shown("#lobby"), window.names()), (before, vec!["#lobby"]));
    window.server(&[":小明!x@h PRIVMSG #lobby :hello"]);
    assert_eq!(window.last("#lobby"), "<小明> hello");
    window.type_in("/ignore");
    assert_eq!(window.last("#lobby"), "* Ignored: Alice");
    window.type_in("/unignore alice");
    window.server(&[":alice!a@h PRIVMSG #lobby :here again"]);
    assert_eq!(window.last("#lobby"), "<alice> here again");
}

#[test]
fn a_whole_address_can_be_ignored_but_never_oneself() {
    let mut window = Window::in_lobby();
    window.model.set_ignored(vec!["*!*@h".to_owned(), "bob".to_owned()]);
    let before = window.shown("#lobby");
    window.server(&[":alice!a@h PRIVMSG #lobby :one", ":zoe!z@H PRIVMSG #lobby :two"]);
    assert_eq!(window.shown("#lobby"), before);
    window.server(&[":bob!b@h PRIVMSG #lobby :mine"]);
    assert_eq!(window.last("#lobby"), "<bob> mine");
}

#[test]
fn order_is_kept_by_operators_of_the_room_only() {
    assert!(!Window::in_lobby().network().may_keep_order());
    let mut window = as_operator();
    assert!(window.network().may_keep_order());
    for (order, lines) in [
        (Order::Voice(true), &["MODE #lobby +v 小明"][..]),
        (Order::Operator(false), &["MODE #lobby -o 小明"]),
        (Order::Kick, &["KICK #lobby 小明"]),
        (Order::Ban, &["MODE #lobby +b 小明!*@*", "KICK #lobby 小明"]),
    ] {
        window.model.keep_order("小明", &order).unwrap();
        assert_eq!(window.sent(), lines, "{order:?}");
    }
    window.model.open_private("alice");
    assert!(!window.network().may_keep_order());
    assert!(window.model.keep_order("alice", &Order::Kick).is_err());
}
