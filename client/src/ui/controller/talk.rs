//! What a person does with what was said.

use crate::i18n::Text;
use crate::links;
use crate::ui::menu::Menu;
use crate::ui::transcript::{Body, Zone};
use crate::ui::{Action, scene};

use super::{Asked, Controller, item_at};

impl Controller {
    /// A part of a message was clicked.
    pub(super) fn touch(&mut self, line: u64, zone: Zone) {
        match zone {
            Zone::Link(target) => self.open_address(target),
            Zone::Fold => self.model.borrow_mut().toggle_fold(line),
            Zone::Quote(number) => self.chat.transcript.reveal(number),
            Zone::Reaction(_) | Zone::Retry => {}
        }
    }

    /// A page of the web is opened at once. Another address may start any program, so that is asked about first.
    pub(super) fn open_address(&mut self, target: String) {
        if links::is_web(&target) {
            self.open_outside(target);
        } else {
            let question = scene::opening_question(&target, self.language());
            self.ask(Asked::Opening(target), question);
        }
    }

    /// Opens an address with whatever this machine opens it with.
    pub(super) fn open_outside(&mut self, target: String) {
        if let Err(error) = open::that_detached(&target) {
            log::warn!("{target} cannot be opened: {error}");
        }
        self.opened = Some(target);
    }

    pub(super) fn ask_about_message(&mut self, number: u64, link: Option<String>) {
        let language = self.language();
        let mut items = Vec::new();
        let mut add = |text: Text, action| items.push((text.to(language).to_owned(), action));
        if let Some(link) = link {
            add(Text::OpenLink, Action::Open(link.clone()));
            add(Text::CopyLink, Action::Copy(link));
        }
        if self.chat.transcript.selected_text().is_some() {
            add(Text::CopySelected, Action::CopySelection);
        }
        let item = item_at(&self.model.borrow(), number);
        add(Text::CopyMessage, Action::Copy(item.text().to_owned()));
        let title = match item.body {
            Body::Message { name, .. } => format!("{name} {}", item.time),
            _ => item.time,
        };
        self.open_menu(Menu { title, items });
    }
}
