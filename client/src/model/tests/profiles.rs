//! Saved servers that are changed while the user is on them.

use super::*;
use crate::config::profile::Secret;

fn saved() -> Profile {
    Profile { server: "tea.house".into(), nick: "bob".into(), ..Profile::default() }
}

/// On a saved server, which is then changed.
fn changed(change: impl FnOnce(&mut Profile)) -> (Window, Profile) {
    let mut window = Window::in_lobby();
    window.model.set_profiles(vec![saved()]);
    let mut after = saved();
    change(&mut after);
    window.model.change_profile(&saved(), &after);
    window.model.set_profiles(vec![after.clone()]);
    (window, after)
}

#[test]
fn a_server_is_kept_for_the_next_time_once_it_has_let_us_in() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(saved()))]);
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert!(window.model.take_effects().contains(&Effect::Remember(Box::new(saved()))));
}

#[test]
fn what_is_changed_holds_from_the_next_connection_on() {
    let (mut window, after) = changed(|profile| {
        profile.port = 7000;
        profile.rooms.push(Room::parse("#new").unwrap());
    });
    assert!(window.network().is_outdated());
    assert_eq!((window.link(), window.sent()), (Link::Up, vec![]), "the connection stays");
    assert!(window.model.network_of(&after).is_some(), "and belongs to the server as it is now");
    window.lose_connection();
    // The connection would come back by itself, to where it was.
    window.happens(What::Retrying { seconds: 1 });
    window.happens(What::Connecting);
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(after))]);
    assert!(!window.network().is_outdated());
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["JOIN #lobby", "JOIN #new"]);
}

#[test]
fn another_name_for_a_server_and_another_room_need_no_other_connection() {
    let (window, after) = changed(|profile| {
        profile.name = "home".into();
        profile.rooms.push(Room::parse("#new").unwrap());
    });
    assert!(!window.network().is_outdated());
    assert_eq!(window.model.network_of(&after).map(Network::id), Some(FIRST));
}

#[test]
fn a_user_who_typed_another_name_is_asked_to_connect_again_only_where_that_changes_something() {
    for (change, is_outdated) in [
        (Profile { connect: true, ..saved() }, false),
        (Profile { nick: "bobby".into(), ..saved() }, false),
        (Profile { nick: "robert".into(), ..saved() }, true),
    ] {
        let mut window = Window::opened();
        window.model.log_in(LoginForm { nick: "bobby".into(), ..window.model.login().form().clone() });
        window.server(&[":tea.house 001 bobby :Welcome"]);
        window.model.change_profile(&saved(), &change);
        assert_eq!(window.network().is_outdated(), is_outdated, "{change:?}");
    }
}

#[test]
fn a_connection_that_is_being_made_is_made_in_the_new_way_at_once() {
    let mut window = Window::in_lobby();
    window.lose_connection();
    window.model.connect_again(FIRST);
    drop(window.model.take_effects());
    let after = Profile { port: 7000, ..saved() };
    window.model.change_profile(&saved(), &after);
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(after))]);
}

#[test]
fn a_password_that_was_typed_for_this_time_lasts_as_long_as_its_account() {
    let mut window = Window::opened();
    let password = Secret::from("sesame".to_owned());
    window.model.log_in(LoginForm { password: password.clone(), ..window.model.login().form().clone() });
    window.server(&[":tea.house 001 bob :Welcome"]);
    let with_room = Profile { rooms: vec![Room::parse("#a").unwrap()], ..saved() };
    window.model.change_profile(&saved(), &with_room);
    assert_eq!(window.network().profile().password, password);
    let other = Profile { account: "alice".into(), ..with_room.clone() };
    window.model.change_profile(&with_room, &other);
    assert!(window.network().profile().password.is_empty());
}

#[test]
fn what_is_changed_is_not_undone_by_the_next_connection() {
    let mut window = Window::in_lobby();
    let at_start = Profile { connect: true, ..saved() };
    window.model.change_profile(&saved(), &at_start);
    window.lose_connection();
    window.model.connect_again(FIRST);
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(at_start))]);
}

#[test]
fn what_is_typed_into_the_login_form_stays_while_its_server_is_changed_elsewhere() {
    let mut window = Window::opened();
    let at_start = Profile { connect: true, ..saved() };
    assert!(!window.model.change_profile(&saved(), &at_start));
    window.model.log_in(LoginForm { nick: "bobby".into(), ..window.model.login().form().clone() });
    let expected = Profile { nick: "bobby".into(), ..at_start };
    assert_eq!(window.model.take_effects(), [Effect::Connect(FIRST, Box::new(expected))]);
}

#[test]
fn the_login_form_shows_a_server_as_it_was_changed() {
    let mut window = Window::opened();
    let after = Profile { server: "tea.example".into(), ..saved() };
    assert!(window.model.change_profile(&saved(), &after));
    assert_eq!(window.model.login().form().server, "tea.example");
}

#[test]
fn a_password_that_is_typed_is_that_of_the_saved_account_unless_the_name_is_another() {
    for (nick, account) in [("bob", "robert"), ("alice", "")] {
        let mut window = Window::opened();
        window.model.change_profile(&saved(), &Profile { account: "robert".into(), ..saved() });
        let password = Secret::from("sesame".to_owned());
        window.model.log_in(LoginForm { nick: nick.into(), password, ..window.model.login().form().clone() });
        let Some(Effect::Connect(_, profile)) = window.model.take_effects().pop() else {
            panic!("no connection")
        };
        assert_eq!(profile.account, account, "{nick}");
    }
}

#[test]
fn a_password_that_goes_into_the_keyring_does_not_stand_in_the_login_form() {
    let mut window = Window::opened();
    let password = Secret::from("sesame".to_owned());
    window.model.change_profile(&saved(), &Profile { password, keyring: true, ..saved() });
    assert!(window.model.login().form().password.is_empty() && window.model.login().is_password_kept());
    assert!(!Window::opened().model.login().is_password_kept());
}

#[test]
fn a_change_of_one_server_leaves_the_login_form_of_another_alone() {
    let mut window = Window::opened();
    let before = Profile { server: "other.house".into(), ..saved() };
    let after = Profile { port: 7000, ..before.clone() };
    assert!(!window.model.change_profile(&before, &after));
    assert_eq!(window.model.login().form().server, "tea.house");
}

#[test]
fn a_room_is_joined_at_each_login_from_when_it_is_wanted_until_it_is_not() {
    let mut window = Window::in_lobby();
    let lobby = window.id("#lobby");
    for (join, rooms) in [(true, vec!["#lobby"]), (true, vec!["#lobby"]), (false, vec![])] {
        let profile = window.model.join_at_login(lobby, join).expect("a profile to save");
        let joined: Vec<_> = profile.rooms.iter().map(|room| room.name.as_str()).collect();
        assert_eq!(joined, rooms, "{join}");
        assert_eq!(window.network().profile().rooms, profile.rooms);
        assert_eq!(window.network().joins_at_login("#Lobby"), join, "as its menu says");
    }
}

#[test]
fn whoever_leaves_the_last_server_has_it_in_the_login_form() {
    let mut window = Window::opened();
    window.model.follow(&IrcUrl::parse("irc://ann@other.house:7000/").unwrap());
    window.model.leave(FIRST);
    let form = window.model.login().form();
    let shown = (form.nick.as_str(), form.server.as_str(), form.port.as_str());
    assert_eq!((window.model.view(), shown), (View::Login, ("ann", "other.house", "7000")));
}

#[test]
fn whoever_becomes_another_person_on_a_server_does_not_write_into_the_first_ones_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opened();
    window.model.set_logs(Some(Logs::beside(folder.path(), || {}).unwrap()));
    window.model.log_in(window.model.login().form().clone());
    window.server(&[":tea.house 001 bob :Welcome", ":tea.house 422 bob :No message of the day"]);
    window.server(&[":alice!a@h PRIVMSG bob :for bob alone"]);
    window.model.change_profile(&saved(), &Profile { nick: "ben".into(), ..saved() });
    assert!(window.network().identity.owner().is_some(), "bob is still there");
    window.lose_connection();
    window.model.connect_again(FIRST);
    assert!(window.network().identity.owner().is_none(), "and ben has yet to come");
}

#[test]
fn whoever_logs_in_by_the_same_form_again_comes_into_the_rooms_of_each_login() {
    for server in ["tea.house", "other.house"] {
        let mut window = Window::opened();
        window.model.log_in(LoginForm { server: server.into(), ..window.model.login().form().clone() });
        window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
        window.model.join_at_login(window.id("#lobby"), true);
        window.model.log_in(window.model.login().form().clone());
        let rooms = window.model.networks.last().map(|network| network.profile().rooms.clone());
        assert_eq!(rooms, Some(vec![Room::parse("#lobby").unwrap()]), "{server}");
    }
}
