//! Invitations, and rooms that the user was sent out of.

use super::*;
use crate::model::offers::Banner;

fn offered(window: &Window) -> Option<String> {
    match window.model.banner() {
        Some(Banner::Offer(_, offer)) => Some(offer.phrase.to(Language::English)),
        Some(Banner::Left(phrase)) => Some(format!("here: {}", phrase.to(Language::English))),
        Some(Banner::Link) | None => None,
    }
}

fn told(window: &mut Window) -> Vec<String> {
    let told = |effect| match effect {
        Effect::Tell { phrase, .. } => Some(phrase.to(Language::English)),
        _ => None,
    };
    window.model.take_effects().into_iter().filter_map(told).collect()
}

#[test]
fn an_invitation_is_taken_or_left_with_a_click_wherever_one_is() {
    let mut window = Window::in_lobby();
    window.server(&[":alice!a@h INVITE bob #tea"]);
    assert_eq!(offered(&window).as_deref(), Some("alice invites you to #tea"));
    assert_eq!(told(&mut window), [""; 0], "somebody looks");
    window.model.accept_banner().unwrap();
    assert_eq!(window.sent(), ["JOIN #tea"]);
    assert_eq!(offered(&window), None);
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(window.model.current().map(Conversation::name), Some("#tea"));
    window.server(&[":alice!a@h INVITE bob #tea"]);
    assert_eq!(offered(&window), None, "one is there already");

    window.server(&[":alice!a@h INVITE bob #one", ":alice!a@h INVITE bob #two", ":zoe!z@h INVITE bob #one"]);
    assert_eq!(offered(&window).as_deref(), Some("zoe invites you to #one"));
    window.model.dismiss_banner();
    assert_eq!(offered(&window).as_deref(), Some("alice invites you to #two"));
    window.model.dismiss_banner();
    assert_eq!(offered(&window), None);
    assert_eq!(window.sent(), [""; 0]);

    window.model.set_focused(false);
    window.server(&[":alice!a@h INVITE bob #three"]);
    assert_eq!(told(&mut window), ["alice invites you to #three"]);
    assert_eq!(window.counts("#tea"), (1, 1));
    for number in 0..100 {
        window.server(&[&format!(":alice!a@h INVITE bob #n{number}")]);
    }
    for _ in 0..8 {
        assert!(offered(&window).is_some());
        window.model.dismiss_banner();
    }
    assert_eq!(offered(&window), None, "nobody can pile them up");
}

#[test]
fn an_invitation_is_seen_where_another_server_is_lost_and_where_one_more_is_gone_to() {
    let mut window = Window::in_lobby();
    window.model.open_form();
    let form = LoginForm { server: "far.example".into(), ..window.model.login().form().clone() };
    window.model.log_in(form);
    let far = NetworkId(1);
    window.server_of(far, &[":far 001 bob :Welcome", ":far 422 bob :No message of the day"]);
    window.model.apply(far, What::Ended(Failure::ClosedByServer { reason: String::new() }).into());
    assert_eq!(window.model.banner(), Some(Banner::Link));
    window.server(&[":alice!a@h INVITE bob #tea", ":op!o@h KICK #lobby bob"]);
    assert_eq!(offered(&window).as_deref(), Some("op sent you out of #lobby"));
    window.model.dismiss_banner();
    assert_eq!(offered(&window).as_deref(), Some("alice invites you to #tea"));
    window.model.open_form();
    window.sent();
    window.model.accept_banner().unwrap();
    assert_eq!((window.sent(), window.model.view()), (vec!["JOIN #tea".to_owned()], View::Chat));
    assert_eq!(window.model.front().map(Network::id), Some(FIRST));
    // Nothing can be accepted where there is no connection.
    window.server(&[":alice!a@h INVITE bob #two"]);
    window.lose_connection();
    assert_eq!(window.model.banner(), Some(Banner::Link));

    let mut window = Window::in_lobby();
    window.model.open_form();
    let form = LoginForm { server: "far.example".into(), ..window.model.login().form().clone() };
    window.model.log_in(form);
    window.server(&[":alice!a@h INVITE bob #tea"]);
    window.model.accept_banner().unwrap();
    assert!(window.model.login().is_under_way() && window.model.view() == View::Login, "that goes on");
}

#[test]
fn whoever_is_sent_out_while_elsewhere_is_told_and_can_come_back() {
    let mut window = Window::in_lobby();
    window.type_in("/join #tea sesame");
    window.server(&[":bob!b@h JOIN #tea", ":op!o@h KICK #lobby bob :spam"]);
    assert_eq!(window.counts("#lobby"), (1, 1), "a badge");
    assert_eq!(offered(&window).as_deref(), Some("op sent you out of #lobby (spam)"));
    window.model.dismiss_banner();
    assert_eq!(offered(&window), None);
    window.model.select(window.id("#lobby"));
    assert_eq!(offered(&window).as_deref(), Some("here: op sent you out of #lobby (spam)"));
    window.model.accept_banner().unwrap();
    assert_eq!(window.sent(), ["JOIN #lobby"]);
    window.server(&[":s 474 bob #lobby :Banned"]);
    assert_eq!(offered(&window).as_deref(), Some("here: #lobby does not let you in"));
    window.server(&[":bob!b@h JOIN #lobby"]);
    assert_eq!(offered(&window), None);
    window.lose_connection();
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(offered(&window), None, "it is over, even if one is not back in the room yet");
    window.server(&[":bob!b@h JOIN #lobby", ":bob!b@h JOIN #tea"]);

    // With the room's password, and told by the desktop when nobody looks.
    window.model.set_focused(false);
    window.server(&[":op!o@h KICK #tea bob"]);
    assert_eq!(told(&mut window), ["op sent you out of #tea"]);
    window.model.set_focused(true);
    window.model.accept_banner().unwrap();
    assert_eq!(window.sent(), ["JOIN #tea sesame"]);
    assert_eq!(window.model.current().map(Conversation::name), Some("#tea"));
}

#[test]
fn what_comes_while_a_page_covers_the_conversations_is_unread_and_not_overlooked() {
    let mut window = Window::in_lobby();
    window.model.set_covered(true);
    window.server(&[":alice!a@h PRIVMSG #lobby :bob: hi", ":op!o@h KICK #lobby bob"]);
    assert_eq!(window.counts("#lobby"), (2, 2));
    assert_eq!(offered(&window).as_deref(), Some("op sent you out of #lobby"));
    window.model.set_covered(false);
    assert_eq!(window.counts("#lobby"), (0, 0));
    let lobby = window.network().find("#lobby").unwrap();
    let new = lobby.first_unread().and_then(|id| lobby.line(id)).map(|line| line.text(Language::English));
    assert_eq!(new.as_deref(), Some("bob: hi"));
}

#[test]
fn whoever_is_sent_on_to_another_room_comes_there_and_is_told() {
    let mut window = Window::in_lobby();
    window.type_in("/join #linux");
    window.server(&[":s 470 bob #linux ##overflow :Forwarding", ":bob!b@h JOIN ##overflow"]);
    assert_eq!(window.model.current().map(Conversation::name), Some("##overflow"));
    assert!(
        window.last("#lobby").contains("#linux sends you on to ##overflow"),
        "{:?}",
        window.shown("#lobby")
    );
}

#[test]
fn whoever_follows_an_invitation_to_another_server_has_seen_what_is_in_front_there() {
    let mut window = Window::in_lobby();
    let other = Profile { server: "other.house".into(), nick: "bob".into(), ..Profile::default() };
    window.model.set_profiles(vec![other]);
    window.model.open_profile(0);
    let second = NetworkId(1);
    window.server_of(second, &[":other.house 001 bob :Welcome", ":bob!b@h JOIN #there"]);
    window.server(&[":alice!a@h PRIVMSG #lobby :hi", ":alice!a@h INVITE bob #tea"]);
    assert_eq!((window.model.front().map(Network::id), window.counts("#lobby").0), (Some(second), 2));
    window.model.accept_banner().unwrap();
    assert_eq!((window.model.front().map(Network::id), window.counts("#lobby").0), (Some(FIRST), 0));
}
