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
fn somebodys_rank_is_that_of_nobody_else() {
    let window = Window::in_lobby();
    let members = window.network().find("#lobby").unwrap().members();
    let signs = ["alice", "bob", "nobody"].map(|nick| members.signs_of(nick));
    assert_eq!(signs, [Some("@"), Some(""), None]);
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
    assert_eq!(window.model.take_effects(), [Effect::KeepIgnored(vec!["Alice".to_owned()])]);
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

#[test]
fn a_service_is_asked_without_a_conversation_and_answers_where_one_is() {
    let mut window = Window::in_lobby();
    assert_eq!(window.type_in("/ns identify sesame"), ["PRIVMSG NickServ :identify sesame"]);
    assert_eq!(window.type_in("/cs FLAGS #lobby"), ["PRIVMSG ChanServ :FLAGS #lobby"]);
    assert_eq!(window.type_in("/msg NickServ identify sesame"), ["PRIVMSG NickServ :identify sesame"]);
    assert_eq!(window.type_in("/oper root sesame"), ["OPER root sesame"]);
    window.server(&[
        ":bob!bob@here PRIVMSG NickServ :identify sesame",
        ":NickServ!s@services NOTICE bob :You are known now",
    ]);
    assert_eq!(window.network().conversations().len(), 1, "no conversation with a service");
    let texts = window.shown("#lobby");
    assert!(texts.iter().any(|text| text == "* You to NickServ: identify ****"), "{texts:#?}");
    assert!(texts.iter().any(|text| text == "* Notice from NickServ: You are known now"), "{texts:#?}");
    assert!(!texts.iter().any(|text| text.contains("sesame")), "{texts:#?}");

    // Neither hidden in the conversation with it, nor where nobody looks without a word.
    window.type_in("/query NickServ");
    window.type_in("identify sesame");
    window.server(&[":NickServ!s@services NOTICE bob :Here"]);
    assert!(!window.shown("NickServ").iter().any(|text| text.contains("sesame")));
    assert_eq!(window.last("NickServ"), "* Here");
    window.model.select(window.id("#lobby"));
    window.server(&[":NickServ!s@services NOTICE bob :And there"]);
    assert_eq!(window.last("#lobby"), "* Notice from NickServ: And there");
    window.model.set_focused(false);
    window.server(&[":ChanServ!s@services NOTICE bob :Nobody looks"]);
    assert_eq!(window.counts("#lobby"), (1, 1));
}

#[test]
fn what_had_a_password_in_it_is_not_called_back() {
    let mut window = Window::in_lobby();
    let lobby = window.id("#lobby");
    for typed in ["hello", "/ns identify sesame", "/oper root sesame", "/join #a sesame"] {
        window.model.keep_sent(lobby, typed);
    }
    assert_eq!(window.model.recall("", -1).as_deref(), Some("hello"));
    window.type_in("/query NickServ");
    let service = window.id("NickServ");
    window.model.keep_sent(service, "help");
    window.model.keep_sent(service, "identify sesame");
    assert_eq!(window.model.recall("", -1).as_deref(), Some("help"));
}

#[test]
fn whom_one_has_invited_is_told_in_the_room() {
    let mut window = Window::in_lobby();
    window.server(&[":tea.house 341 bob carol #lobby"]);
    assert_eq!(window.last_here(), "* carol was invited to #lobby");
}

#[test]
fn the_ranks_of_a_server_are_still_known_when_all_names_have_come() {
    let mut window = Window::logged_in();
    window.server(&[
        ":tea.house 005 bob PREFIX=(qov)!@+ CHANMODES=b,k,l,imnst :are supported",
        ":bob!b@h JOIN #lobby",
        ":tea.house 353 bob = #lobby :!alice bob",
        ":tea.house 366 bob #lobby :End of NAMES",
        ":alice!a@h MODE #lobby +q bob",
    ]);
    assert_eq!(window.members("#lobby"), ["!alice", "!bob"]);
}

#[test]
fn nobody_is_away_any_more_once_the_connection_is_lost() {
    let mut window = Window::in_lobby();
    window.server(&[":tea.house 306 bob :You are away"]);
    assert!(window.network().is_away());
    window.lose_connection();
    assert!(!window.network().is_away());
    assert_eq!(window.network().presence("alice"), Presence::Unknown, "nor is anybody known to be here");
    assert_eq!(window.members("#lobby"), [""; 0]);
}
