//! What a person does with what was said.

use crate::config::irc_url::IrcUrl;
use crate::text::i18n::Text;
use crate::text::links;
use crate::ui::action::Zone;
use crate::ui::overlays::menu::Menu;
use crate::ui::views::transcript::Body;
use crate::ui::{Action, presenter};

use crate::ui::controller::Controller;
use crate::ui::controller::dialogs::Asked;

/// What the menu of a message offers to think of it.
const QUICK_REACTIONS: [&str; 5] = ["👍", "❤️", "😂", "🎉", "🍵"];

impl Controller {
    /// What is written next answers this message.
    pub(super) fn reply_to(&mut self, line: u64) {
        let name = self.model.borrow_mut().reply_to(line);
        if let Some(name) = name {
            self.mention(&name);
        }
        self.chat.composer.focus();
    }

    /// What is written next answers nothing after all.
    pub(super) fn stop_reply(&self) {
        self.model.borrow_mut().stop_replying();
        self.chat.composer.focus();
    }

    pub(super) fn clear(&self) {
        self.model.borrow_mut().clear();
        self.chat.composer.focus();
    }

    /// A part of a message was clicked.
    pub(super) fn touch(&mut self, line: u64, zone: Zone) {
        match zone {
            Zone::Link(target) => self.open_address(target),
            Zone::Fold => self.model.borrow_mut().toggle_fold(line),
            Zone::Quote(number) => self.chat.transcript.reveal(number),
            Zone::Reaction(emoji) => self.model.borrow_mut().react_to(line, &emoji),
            Zone::Retry => self.writing.keep_refusal(self.model.borrow_mut().send_again(line)),
        }
    }

    /// A page of the web is opened at once. Another address may start any program, so that is asked about first.
    pub(super) fn open_address(&mut self, target: String) {
        if links::is_web(&target) {
            self.open_outside(target);
        } else {
            let question = presenter::opening_question(&target, self.language());
            self.ask(Asked::Opening(target), question);
        }
    }

    /// Opens an address with whatever this machine opens it with; an address that leads to a chat opens here.
    pub(super) fn open_outside(&mut self, target: String) {
        if let Some(url) = IrcUrl::parse(&target) {
            self.follow(&url);
        } else if let Err(error) = open::that_detached(&target) {
            log::warn!("{target} cannot be opened: {error}");
        }
        self.opened = Some(target);
    }

    /// The same for the message that the keyboard has gone to.
    pub(super) fn ask_about_cursor(&mut self) {
        if let Some((line, place)) = self.chat.transcript.cursor() {
            self.ui.point_at(place.x + place.w / 4, place.y + place.h - 4);
            self.ask_about_message(line, None);
        }
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
        let item = presenter::item_at(&self.model.borrow(), number);
        add(Text::CopyMessage, Action::Copy(item.copied().into_owned()));
        if matches!(item.body, Body::Message { .. } | Body::Action { .. }) {
            add(Text::Reply, Action::Reply(number));
        }
        let model = self.model.borrow();
        if model.can_take_back(number) {
            add(Text::TakeBack, Action::TakeBack(number));
        }
        if model.can_react_to(number) {
            let emoji = QUICK_REACTIONS.into_iter();
            items.extend(emoji.map(|emoji| (emoji.to_owned(), Action::React(number, emoji.to_owned()))));
        }
        drop(model);
        let title = match item.body {
            Body::Message { name, .. } | Body::Action { name, .. } => format!("{name} {}", item.time),
            _ => item.time,
        };
        self.open_menu(Menu { title, items });
    }
}
