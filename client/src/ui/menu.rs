//! Small menus.

use std::rc::Rc;

use fltk::enums::{FrameType, Shortcut};
use fltk::menu::{MenuButton, MenuButtonType, MenuFlag};
use fltk::prelude::*;
use fltk::{app, window};

use crate::ui::theme::REGULAR;
use crate::ui::{Action, Kit};

/// A menu that is to be shown.
pub struct Menu {
    /// What it is about, above the items.
    pub title: String,
    /// What can be chosen, and what that does.
    pub items: Vec<(String, Action)>,
}

impl Menu {
    /// Shows it where it was asked for until something is chosen or it is sent away. Messages keep coming in meanwhile.
    pub fn show(self, kit: &Rc<Kit>, window: &mut window::DoubleWindow) {
        let theme = kit.theme();
        let (x, y) = kit.take_point();
        window.begin();
        let mut button = MenuButton::new(x, y, 1, 1, None).with_type(MenuButtonType::Popup3);
        window.end();
        button.set_text_font(REGULAR);
        button.set_text_size(theme.sizes.label);
        button.set_color(theme.colors.page);
        button.set_text_color(theme.colors.ink);
        button.set_selection_color(theme.colors.selected);
        button.set_menu_frame(FrameType::BorderBox);
        button.add(&escaped(&self.title), Shortcut::None, MenuFlag::Inactive | MenuFlag::MenuDivider, |_| {});
        for (text, action) in self.items {
            let kit = Rc::clone(kit);
            button.add(&escaped(&text), Shortcut::None, MenuFlag::Normal, move |_| kit.act(action.clone()));
        }
        kit.open_menu.replace(Some(self.title));
        button.popup();
        kit.open_menu.replace(None);
        app::delete_widget(button);
    }
}

/// A text as a menu shows it unchanged: to FLTK `/` opens a submenu, `&` underlines, `_` draws a line and `@` a symbol.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            '/' | '\\' | '_' | '|' => plain.push('\\'),
            '&' | '@' => plain.push(c),
            _ => {}
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_in_menus_as_they_are() {
        assert_eq!(escaped("小明"), "小明");
        assert_eq!(escaped("_a|b\\"), "\\_a\\|b\\\\");
        assert_eq!(escaped("a&b@c/d"), "a&&b@@c\\/d");
    }
}
