//! Keys that mean the same wherever the keyboard is in the window.
//!
//! A widget that takes keys asks [`pressed`] first; what no widget takes comes to the window, which asks as well.

use fltk::app;
use fltk::enums::Key;

use crate::text::i18n::Text;
use crate::ui::{Action, Change};

/// A key with what is held down with it, and what it does.
pub struct Shortcut {
    /// As it stands on a keyboard.
    pub name: &'static str,
    /// What it is for.
    pub help: Text,
    held: Held,
    key: Key,
    act: fn() -> Action,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    ctrl: bool,
    alt: bool,
    shift: bool,
}

const NOTHING: Held = Held { ctrl: false, alt: false, shift: false };
const SHIFT: Held = Held { shift: true, ..NOTHING };
const CTRL: Held = Held { ctrl: true, ..NOTHING };
const CTRL_SHIFT: Held = Held { ctrl: true, ..SHIFT };
const ALT: Held = Held { alt: true, ..NOTHING };

const fn shortcut(name: &'static str, held: Held, key: Key, help: Text, act: fn() -> Action) -> Shortcut {
    Shortcut { name, help, held, key, act }
}

const fn letter(letter: char) -> Key {
    Key::from_char(letter)
}

/// Every such key but the digits: Alt and a digit chooses the conversation with that number.
pub static SHORTCUTS: &[Shortcut] = &[
    shortcut("Ctrl+K", CTRL, letter('k'), Text::KeySwitcher, || Action::OpenSwitcher),
    shortcut("Ctrl+,", CTRL, letter(','), Text::Settings, || Action::OpenSettings),
    shortcut("Ctrl+=", CTRL, letter('='), Text::KeyLarger, || Action::Change(Change::Size(1))),
    shortcut("Ctrl++", CTRL_SHIFT, letter('='), Text::KeyLarger, || Action::Change(Change::Size(1))),
    shortcut("Ctrl+−", CTRL, letter('-'), Text::KeySmaller, || Action::Change(Change::Size(-1))),
    shortcut("Ctrl+0", CTRL, letter('0'), Text::KeyUsualSize, || Action::Change(Change::Size(0))),
    shortcut("Ctrl+PgUp", CTRL, Key::PageUp, Text::KeyBefore, || Action::SelectBeside(-1)),
    shortcut("Ctrl+PgDn", CTRL, Key::PageDown, Text::KeyNext, || Action::SelectBeside(1)),
    shortcut("Alt+↑", ALT, Key::Up, Text::KeyBefore, || Action::SelectBeside(-1)),
    shortcut("Alt+↓", ALT, Key::Down, Text::KeyNext, || Action::SelectBeside(1)),
    shortcut("Alt+A", ALT, letter('a'), Text::KeyUnread, || Action::SelectUnread),
    shortcut("Ctrl+Shift+W", CTRL_SHIFT, letter('w'), Text::KeyWire, || Action::ToggleWire),
    shortcut("Ctrl+F", CTRL, letter('f'), Text::KeySearch, || Action::OpenSearch),
    shortcut("F6", NOTHING, Key::F6, Text::KeyPane, || Action::NextPane { backwards: false }),
    shortcut("Shift+F6", SHIFT, Key::F6, Text::KeyPaneBefore, || Action::NextPane { backwards: true }),
];

/// What the key that is being pressed does, if it is one of these.
pub fn pressed() -> Option<Action> {
    let held = Held { ctrl: app::is_event_ctrl(), alt: app::is_event_alt(), shift: app::is_event_shift() };
    action(held, app::event_key())
}

fn action(held: Held, key: Key) -> Option<Action> {
    if held == ALT
        && let Some(number) = key.to_char().and_then(|c| c.to_digit(10)).filter(|digit| *digit > 0)
    {
        return Some(Action::SelectNumbered(number as usize - 1));
    }
    let found = SHORTCUTS.iter().find(|shortcut| shortcut.held == held && shortcut.key == key)?;
    Some((found.act)())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_shortcuts_are_the_same() {
        for (index, one) in SHORTCUTS.iter().enumerate() {
            let first = SHORTCUTS.iter().position(|it| it.held == one.held && it.key == one.key);
            assert_eq!(first, Some(index), "{}", one.name);
        }
    }

    #[test]
    fn alt_and_a_digit_chooses_a_conversation() {
        assert_eq!(action(ALT, letter('1')), Some(Action::SelectNumbered(0)));
        assert_eq!(action(ALT, letter('9')), Some(Action::SelectNumbered(8)));
        assert_eq!(action(ALT, letter('0')), None);
        assert_eq!(action(NOTHING, letter('1')), None);
    }
}
