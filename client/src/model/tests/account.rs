//! TLS and accounts, as far as they are the model's.

use super::*;
use crate::config::profile::Secret;

/// Every notice of the conversation in front.
fn notices(window: &Window) -> Vec<String> {
    let lines = window.model.current().expect("a conversation").lines();
    let notices = lines.filter(|(_, line)| matches!(line.body, Body::Notice(_)));
    notices.map(|(_, line)| line.text(Language::English).to_string()).collect()
}

#[test]
fn the_port_follows_tls_unless_another_one_was_typed() {
    let mut form = LoginForm { port: "6667".into(), ..LoginForm::default() };
    form.set_tls(true);
    assert_eq!((form.tls, form.port.as_str()), (true, "6697"));
    form.set_tls(false);
    assert_eq!((form.tls, form.port.as_str()), (false, "6667"));
    form.port = "7000".into();
    form.set_tls(true);
    assert_eq!(form.port, "7000");
}

/// Logs in as the form says after `change`, and gives the profile to connect with.
fn logging_in(window: &mut Window, change: impl FnOnce(&mut LoginForm)) -> Profile {
    let mut form = window.model.login().form().clone();
    change(&mut form);
    window.model.log_in(form);
    match window.model.take_effects().pop() {
        Some(Effect::Connect(_, profile)) => *profile,
        other => panic!("no connection: {other:?}"),
    }
}

#[test]
fn tls_and_the_accounts_password_go_along_with_the_login() {
    let mut window = Window::opened();
    let profile = logging_in(&mut window, |form| {
        form.tls = true;
        form.password = Secret::from("芝麻开门".to_owned());
    });
    assert!(profile.tls);
    assert_eq!((profile.account_name(), profile.password.reveal()), ("bob", "芝麻开门"));
}

#[test]
fn a_new_account_is_opened_once_one_is_here_and_is_the_one_to_log_in_to_from_then_on() {
    let mut window = Window::opened();
    let profile = logging_in(&mut window, |form| {
        form.register = true;
        form.password = Secret::from("芝麻 开门".to_owned());
    });
    assert!(profile.password.is_empty(), "there is nothing to log in to yet");
    window.happens(What::agreed(&["draft/account-registration"]));
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.sent(), ["REGISTER * * :芝麻 开门"]);
    window.server(&[":tea.house REGISTER SUCCESS bob :Account registered"]);
    assert!(notices(&window).contains(&"The account bob is open, and you are logged in to it".to_owned()));
    let profile = window.network().profile();
    assert_eq!((profile.account.as_str(), profile.password.reveal()), ("bob", "芝麻 开门"));
}

#[test]
fn a_connection_that_is_made_again_logs_in_to_an_account_that_is_there_only_since() {
    let mut window = Window::in_lobby();
    window.happens(What::agreed(&["draft/account-registration"]));
    window.type_in("/register sesame");
    window.server(&[":tea.house REGISTER SUCCESS bob :Account registered"]);
    window.lose_connection();
    window.happens(What::Connecting);
    let effects = window.model.take_effects();
    let Some(Effect::Connect(_, profile)) = effects.last() else { panic!("as before: {effects:?}") };
    assert_eq!((profile.account.as_str(), profile.password.reveal()), ("bob", "sesame"));
    window.lose_connection();
    window.happens(What::Connecting);
    assert_eq!(window.model.take_effects(), [], "it knows by now");
}

#[test]
fn what_is_wrong_with_a_new_account_is_said() {
    let mut window = Window::opened();
    let mut form = window.model.login().form().clone();
    form.register = true;
    window.model.log_in(form);
    let missing = window.model.login().errors().password.as_ref().map(Phrase::text);
    assert_eq!(missing, Some(Text::PasswordMissing));

    let mut window = Window::opened();
    logging_in(&mut window, |form| {
        form.register = true;
        form.password = Secret::from("x".to_owned());
    });
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert!(window.sent().is_empty());
    assert!(notices(&window).iter().any(|notice| notice.contains("/msg NickServ HELP")));

    window.happens(What::agreed(&["draft/account-registration"]));
    assert_eq!(window.type_in("/register short me@tea.house"), ["REGISTER * me@tea.house short"]);
    window.server(&[":tea.house FAIL REGISTER WEAK_PASSWORD bob :Your password is too short"]);
    assert!(notices(&window).iter().any(|notice| notice.ends_with("Your password is too short")));
    window.server(&[":tea.house REGISTER VERIFICATION_REQUIRED bob :A code is on its way to you"]);
    assert!(notices(&window).iter().any(|notice| notice.ends_with("A code is on its way to you")));
    assert_eq!(window.type_in("/verify 1234"), ["VERIFY bob 1234"]);
}

#[test]
fn a_password_is_kept_only_if_asked_and_only_if_it_was_right() {
    let log_in = |window: &mut Window, keep: bool| {
        logging_in(window, |form| {
            form.password = Secret::from("sesame".to_owned());
            form.keep_password = keep;
        });
    };
    let is_kept = |window: &mut Window| {
        let effects = window.model.take_effects();
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::KeepPassword(_, profile) if !profile.password.is_empty()))
    };
    for (keep, succeeds) in [(false, true), (true, false), (true, true)] {
        let mut window = Window::opened();
        log_in(&mut window, keep);
        window.happens(What::Account(succeeds.then(|| "bob".to_owned())));
        window.server(&[":tea.house 001 bob :Welcome"]);
        assert_eq!(is_kept(&mut window), keep && succeeds, "{keep} {succeeds}");
    }
    let mut window = Window::opened();
    log_in(&mut window, true);
    window.happens(What::Account(Some("bob".to_owned())));
    window.server(&[":tea.house 001 bob :Welcome"]);
    window.model.password_not_kept(FIRST, "no keyring");
    assert!(notices(&window).iter().any(|notice| notice.ends_with("no keyring")));
    assert!(!window.network().profile().keyring);
}

#[test]
fn whoever_types_a_saved_servers_name_has_its_saved_password() {
    let saved = Profile {
        server: "irc.example".into(),
        password: Secret::from("sesame".to_owned()),
        keyring: true,
        ..Profile::default()
    };
    let mut window = Window::opened();
    window.model.set_profiles(vec![saved]);
    let profile = logging_in(&mut window, |form| form.server = "irc.example".into());
    assert_eq!((profile.password.reveal(), profile.keyring), ("sesame", true));

    // A password that stood in the form and was taken out is gone.
    let mut window = Window::opened();
    let known = Profile { password: Secret::from("sesame".to_owned()), ..bob() };
    window.model.login.fill(known);
    let profile = logging_in(&mut window, |form| form.password = Secret::default());
    assert!(profile.password.is_empty());
}

#[test]
fn whoever_takes_another_name_stays_with_their_account() {
    let mut window = Window::opened();
    logging_in(&mut window, |form| form.password = Secret::from("芝麻".to_owned()));
    window.server(&[":tea.house 001 bob :Welcome", ":bob!b@h NICK bobby"]);
    window.lose_connection();
    window.model.connect_again(FIRST);
    let effects = window.model.take_effects();
    let Some(Effect::Connect(_, profile)) = effects.last() else { panic!("no connection: {effects:?}") };
    assert_eq!((profile.nick.as_str(), profile.account_name()), ("bobby", "bob"));
}

#[test]
fn a_servers_own_password_is_kept_without_an_account_and_nothing_is_kept_where_there_is_none() {
    for (server_password, is_kept) in [("sesame", true), ("", false)] {
        let mut window = Window::opened();
        logging_in(&mut window, |form| {
            form.server_password = Secret::from(server_password.to_owned());
            form.keep_password = true;
        });
        window.server(&[":tea.house 001 bob :Welcome"]);
        let effects = window.model.take_effects();
        let kept = effects.iter().any(|effect| matches!(effect, Effect::KeepPassword(..)));
        assert_eq!(kept, is_kept, "{server_password:?}");
    }
}

#[test]
fn the_account_that_one_is_logged_in_to_is_shown_until_the_connection_ends() {
    let mut window = Window::in_lobby();
    assert_eq!(window.network().account(), None);
    window.server(&[":tea.house 900 bob bob!b@h ann :You are logged in"]);
    assert_eq!(window.network().account(), Some("ann"));
    window.lose_connection();
    assert_eq!(window.network().account(), None);
}

#[test]
fn the_settings_of_a_server_are_not_taken_for_another_at_the_same_port() {
    let at = |server: &str, port, room: &str| Profile {
        server: server.into(),
        port,
        rooms: vec![Room::parse(room).unwrap()],
        ..Profile::default()
    };
    let saved = vec![
        at("other.house", 6667, "#other"),
        at("my.house", 7000, "#seven"),
        at("my.house", 6667, "#six"),
        at("my.house", 8000, "#eight"),
    ];
    // At a port of which nothing is known, it is the first of that server.
    for (port, room) in [("6667", "#six"), ("8000", "#eight"), ("9000", "#seven")] {
        let mut window = Window::opened();
        window.model.set_profiles(saved.clone());
        let profile = logging_in(&mut window, |form| {
            (form.server, form.port) = ("my.house".into(), port.into());
        });
        assert_eq!(profile.rooms, [Room::parse(room).unwrap()], "{port}");
    }
}

#[test]
fn the_form_shows_what_was_understood() {
    let mut window = Window::opened();
    logging_in(&mut window, |form| {
        (form.nick, form.server, form.port) = (" bob ".into(), " tea.house ".into(), " ６６６７ ".into());
    });
    let form = window.model.login().form();
    assert_eq!((form.nick.as_str(), form.server.as_str(), form.port.as_str()), ("bob", "tea.house", "6667"));
}

#[test]
fn another_account_is_said_once_and_not_before_one_is_here() {
    let mut window = Window::in_lobby();
    let account = |name| What::Account(Some(String::from(name)));
    let lines = window.shown("#lobby").len();
    window.happens(account("ann"));
    assert_eq!(window.last("#lobby"), "* You are logged in to the account ann");
    window.happens(account("ann"));
    assert_eq!(window.shown("#lobby").len(), lines + 1);
    window.happens(What::Account(None));
    assert_eq!(window.last("#lobby"), "* You are no longer logged in to an account");
    window.lose_connection();
    window.model.connect_again(FIRST);
    let lines = window.shown("#lobby").len();
    window.happens(account("ann"));
    assert_eq!(window.shown("#lobby").len(), lines, "the welcome says it");
    window.server(&[":tea.house 001 bob :Welcome"]);
    assert!(notices(&window).iter().any(|it| it.contains("here as bob") && it.contains("the account ann")));
}
