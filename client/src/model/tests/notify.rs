//! Messages of which the desktop is told.

use std::collections::BTreeMap;

use super::*;
use crate::config::settings::Notify;
use crate::model::notify::NotifyRules;

/// The desktop was told these since the last time.
fn told(window: &mut Window) -> Vec<String> {
    let words = |effect| match effect {
        Effect::Notify { title, text, .. } => Some(format!("{title}: {text}")),
        _ => None,
    };
    window.model.take_effects().into_iter().filter_map(words).collect()
}

#[test]
fn what_is_for_us_is_told_while_the_window_has_not_the_keyboard() {
    let mut window = Window::in_lobby();
    let lines = [
        ":alice!a@h PRIVMSG #lobby :bob: tea?",
        ":alice!a@h PRIVMSG #lobby :anybody?",
        ":alice!a@h PRIVMSG bob :psst",
    ];
    window.server(&lines);
    assert_eq!(told(&mut window), [""; 0], "one sees it anyway");
    window.model.set_focused(false);
    window.server(&lines);
    assert_eq!(told(&mut window), ["alice · #lobby: bob: tea?", "alice: psst"]);
    window.server(&[":alice!a@h PRIVMSG bob :\x01ACTION pours tea\x01"]);
    assert_eq!(told(&mut window), ["alice: * alice pours tea"]);
    window.server(&[":bob!b@h PRIVMSG #lobby :from my telephone", ":alice!a@h NOTICE bob :a notice"]);
    assert_eq!(told(&mut window), [""; 0]);
}

#[test]
fn what_was_said_before_we_came_is_not_told() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.lose_connection();
    window.server(&[
        "@time=2026-03-01T10:00:00.000Z :tea.house 001 bob :Welcome",
        "@time=2026-03-01T10:00:00.100Z :bob!bob@here JOIN #lobby",
        "@time=2026-03-01T09:40:00.000Z :alice!a@h PRIVMSG #lobby :bob: where are you?",
        "@time=2026-03-01T09:41:00.000Z :alice!a@h PRIVMSG bob :hello?",
    ]);
    assert_eq!(told(&mut window), [""; 0]);
    window.server(&["@time=2026-03-01T10:00:01.000Z :alice!a@h PRIVMSG #lobby :bob: there you are"]);
    assert_eq!(told(&mut window), ["alice · #lobby: bob: there you are"]);
}

#[test]
fn who_is_ignored_is_not_told_of() {
    let mut window = Window::in_lobby();
    window.model.set_ignored(vec!["alice".into()]);
    window.model.set_focused(false);
    window.server(&[":alice!a@h PRIVMSG #lobby :bob: tea?", ":alice!a@h PRIVMSG bob :psst"]);
    assert_eq!(told(&mut window), [""; 0]);
}

#[test]
fn a_conversation_can_be_louder_or_quieter_than_the_others() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    let by_place = BTreeMap::from([
        ("tea.house/#lobby".to_owned(), Notify::All),
        ("tea.house/alice".to_owned(), Notify::None),
    ]);
    window.model.set_notify(NotifyRules { everywhere: Notify::Mentions, by_place });
    window.server(&[":alice!a@h PRIVMSG #Lobby :anybody?", ":alice!a@h PRIVMSG bob :psst"]);
    assert_eq!(told(&mut window), ["alice · #lobby: anybody?"]);
    window.model.set_notify(NotifyRules { everywhere: Notify::None, ..NotifyRules::default() });
    window.server(&[":alice!a@h PRIVMSG #lobby :bob: tea?"]);
    assert_eq!(told(&mut window), [""; 0]);
}
