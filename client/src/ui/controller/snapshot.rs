//! What the probe is told: everything that a person could see in the window, and where each part of it is.

use std::collections::BTreeMap;

use fltk::app;
use fltk::prelude::*;

use super::Controller;
use crate::config::settings::Shade;
use crate::model::{Conversation, ConversationId, Link, Model, Network, View};
use crate::ui::action::Zone;
use crate::ui::look::paint::Rect;
use crate::ui::presenter;
use crate::ui::probe;
use crate::ui::views::composer;
use crate::ui::views::lists::ListKey;
use crate::ui::views::transcript::{Body, Item};
use crate::ui::views::wire::WirePanel;
use crate::ui::widgets::button::Button;

impl Controller {
    pub(super) fn answer_probe(&mut self) {
        let Some(mut probe) = self.probe.take() else { return };
        probe.answer(|| {
            app::flush();
            // Asking the display server for anything waits until it has done all it was asked before.
            app::get_mouse();
            self.snapshot()
        });
        self.probe = Some(probe);
    }

    fn snapshot(&self) -> probe::Snapshot {
        let model = self.model.borrow();
        let language = model.language();
        let visible =
            if self.shown == Some(View::Chat) { self.chat.transcript.visible() } else { Vec::new() };
        let words = presenter::words(&model);
        probe::Snapshot {
            view: if self.shown == Some(View::Chat) { "chat" } else { "login" },
            title: self.window.label(),
            window_id: self.window.os_id(),
            language: language.code(),
            is_dark: self.shade() == Shade::Dark,
            clicks: probe::clicks(),
            focus: self.focused_control(),
            fields: self.login.seen_fields().map(|(name, field)| (name, field.seen())).collect(),
            note: self.login.note(),
            password_hint: self.login.password.hint(),
            ticks: self.login.ticks().map(|(name, tick)| (name, tick.is_ticked())).into(),
            errors: self.login.errors(),
            login_button: self.login.button.widget().label(),
            conversation: words.heading,
            topic: words.topic,
            topic_is_open: self.chat.topic.is_open(),
            networks: model.networks().map(network_row).collect(),
            conversations: model
                .networks()
                .flat_map(Network::conversations)
                .map(|conversation| probe::ConversationRow {
                    name: conversation.name().to_owned(),
                    unread: conversation.unread(),
                    mentions: conversation.mentions(),
                })
                .collect(),
            lines: visible.iter().map(|(item, _)| visible_line(item)).collect(),
            line_count: model
                .current()
                .map_or(0, |current| current.range().1.number() - current.range().0.number()),
            is_at_bottom: self.chat.transcript.is_at_bottom(),
            news: self.chat.transcript.news(),
            selection: self.chat.transcript.selected_text(),
            composer: self.chat.composer.text(),
            composer_words: composer_words(&self.chat.composer.words()),
            picker: self.picker_labels(),
            search: self.chat.search.is_open().then(|| self.chat.search.count()),
            refusal: self.writing.refusal().map(|refusal| refusal.to(language)),
            members: model.current().map_or_else(Vec::new, |current| {
                let rows = current.members().sorted().into_iter();
                rows.map(|member| probe::MemberRow {
                    name: member.nick.clone(),
                    rank: presenter::group_text(member.group()).to(language).to_owned(),
                    is_away: member.away,
                })
                .collect()
            }),
            footer: (words.me, words.status),
            banner: if self.is_chat_covered() { &self.banner } else { &self.chat.banner }.text(),
            dialog: self.dialog.asked().map(|question| (question.title, question.text)),
            opened: self.opened.clone(),
            wire: self.chat.wire.is_open().then(|| wire_snapshot(&self.chat.wire, &model)),
            profile: self.profile_page.is_open().then(|| self.profile_page.snapshot()),
            settings: self.settings_page.is_open().then(|| self.settings_page.values()),
            menu: self.menu.title(),
            switcher: self.switcher.is_open().then(|| self.switcher_names()),
            controls: self.controls(),
        }
    }

    fn switcher_names(&self) -> Vec<String> {
        let model = self.model.borrow();
        let name = |(id, _): &(ConversationId, Rect)| {
            model.conversation(*id).map_or("", Conversation::name).to_owned()
        };
        self.switcher.rects().iter().map(name).collect()
    }

    /// The cells of the board over the transcript, the chosen cell first.
    fn picker_labels(&self) -> Vec<String> {
        let picker = &self.chat.picker;
        let Some(chosen) = picker.chosen() else { return Vec::new() };
        let cells = picker.cells(Rect::of(self.chat.transcript.widget()));
        let others = cells.into_iter().map(|(index, _)| index).filter(|index| *index != chosen);
        std::iter::once(chosen).chain(others).map(|index| picker.label(index)).collect()
    }

    /// Everything that can be clicked now, by name and on the screen.
    fn controls(&self) -> BTreeMap<String, Rect> {
        let mut controls = BTreeMap::new();
        let (left, top) = (self.window.x_root(), self.window.y_root());
        let scale = app::screen_scale(0);
        let mut add = |name: &str, rect: Rect| {
            controls
                .insert(name.to_owned(), Rect { x: rect.x + left, y: rect.y + top, ..rect }.scaled(scale));
        };
        add("window", Rect::new(0, 0, self.window.w(), self.window.h()));
        for (text, rect) in self.menu.items() {
            add(&format!("menu {text}"), rect);
        }
        if self.dialog.asked().is_some() {
            add("dialog option", Rect::of(self.dialog.option.widget()));
        } else if self.profile_page.is_open() {
            for (name, rect) in self.profile_page.rects() {
                add(&name, rect);
            }
        } else if self.settings_page.is_open() {
            for (name, rect) in self.settings_page.rects() {
                add(&name, rect);
            }
        } else if self.shown == Some(View::Login) {
            for (name, field) in self.login.seen_fields() {
                add(name, field.frame());
            }
            for (name, tick) in self.login.ticks() {
                add(name, Rect::of(tick.widget()));
            }
            let login = &self.login;
            if login.saved.widget().visible() {
                let model = self.model.borrow();
                for (key, rect) in login.saved.rects() {
                    add(&list_row_name(&model, key), rect);
                }
            }
        } else {
            let chat = &self.chat;
            add("composer", chat.composer.frame());
            add("transcript", Rect::of(chat.transcript.widget()));
            for (index, (_, rect)) in chat.transcript.visible().iter().enumerate() {
                add(&format!("line {index}"), *rect);
            }
            let area = Rect::of(chat.transcript.widget());
            for (index, rect) in chat.picker.cells(area) {
                add(&format!("choice {}", chat.picker.label(index)), rect);
            }
            if chat.search.is_open() {
                add("search", chat.search.frame());
            }
            for (zone, rect) in chat.transcript.zones() {
                add(&zone_name(&zone), rect);
            }
            if chat.wire.is_open() {
                for (index, (_, rect)) in chat.wire.visible().iter().enumerate() {
                    add(&format!("wire {index}"), *rect);
                }
            }
            let (topic, links) = chat.topic.places();
            add("topic", topic);
            for (zone, rect) in links {
                add(&format!("topic {}", zone_name(&zone)), rect);
            }
            if let Some(pill) = chat.transcript.pill() {
                add("news", pill);
            }
            let model = self.model.borrow();
            for (key, rect) in chat.conversations.rects() {
                add(&list_row_name(&model, key), rect);
            }
            if chat.members.widget().visible() {
                for (key, rect) in chat.members.rects() {
                    add(&format!("member {key}"), rect);
                }
            }
        }
        for (name, button) in self.buttons() {
            if button.widget().visible_r() {
                add(name, Rect::of(button.widget()));
            }
        }
        controls
    }

    fn focused_control(&self) -> String {
        if app::focus().is_none() {
            return String::new();
        }
        if self.dialog.has_focus() {
            let option = self.dialog.option.widget().has_focus().then_some("dialog option");
            let button = self.buttons().into_iter().find(|(_, it)| it.widget().has_focus());
            return option.or(button.map(|(name, _)| name)).unwrap_or_default().to_owned();
        }
        let mut banner = [("banner yes", &self.banner.yes), ("banner no", &self.banner.no)].into_iter();
        if let Some((name, _)) = banner.find(|(_, button)| button.widget().has_focus()) {
            return name.to_owned();
        }
        let focused = self.login.seen_fields().find(|(_, field)| field.has_focus()).map(|(name, _)| name);
        match focused {
            Some(name) => name,
            None if self.profile_page.is_open() => return self.profile_page.focused().unwrap_or_default(),
            None if self.settings_page.is_open() => "settings",
            None if self.chat.composer.has_focus() => "composer",
            None if self.chat.search.has_focus() => "search",
            None if self.chat.conversations.widget().has_focus() => "conversations",
            None if self.chat.wire.has_focus() => "wire",
            None if self.chat.members.widget().has_focus() => "members",
            None if self.login.saved.widget().has_focus() => "saved",
            None => {
                let ticks = self.login.ticks().map(|(name, tick)| (name, tick.widget().has_focus()));
                let buttons = self.buttons().into_iter().map(|(name, it)| (name, it.widget().has_focus()));
                match ticks.into_iter().chain(buttons).find(|(_, has_focus)| *has_focus) {
                    Some((name, _)) => name,
                    None => "window",
                }
            }
        }
        .to_owned()
    }

    /// The buttons of what is in front.
    fn buttons(&self) -> Vec<(&'static str, &Button)> {
        let (login, chat, profile) = (&self.login, &self.chat, &self.profile_page);
        let mut buttons = if self.dialog.asked().is_some() {
            vec![("dialog yes", &self.dialog.yes), ("dialog no", &self.dialog.no)]
        } else if profile.is_open() {
            vec![("back", &profile.back), ("cancel", &profile.cancel), ("save", &profile.save)]
        } else if self.settings_page.is_open() {
            vec![("back", &self.settings_page.back)]
        } else if self.shown == Some(View::Login) {
            vec![
                ("login", &login.button),
                ("language", &login.language),
                ("shade", &login.shade),
                ("settings", &login.settings),
                ("back", &login.back),
            ]
        } else {
            vec![
                ("me", &chat.me),
                ("send", &chat.composer.send),
                ("emoji", &chat.composer.emoji),
                ("stop reply", &chat.composer.stop_reply),
                ("search further", &chat.search.further),
                ("search up", &chat.search.up),
                ("search down", &chat.search.down),
                ("search close", &chat.search.close),
                ("add server", &chat.add_server),
                ("clear wire", &chat.wire.clear),
                ("close wire", &chat.wire.close),
                ("online", &chat.online),
                ("find", &chat.find),
                ("clear", &chat.clear),
                ("shade", &chat.shade),
                ("people", &chat.people),
                ("language", &chat.language),
                ("reconnect", &chat.banner.yes),
                ("cancel", &chat.banner.no),
            ]
        };
        if self.is_chat_covered() && self.dialog.asked().is_none() {
            buttons.extend([("banner yes", &self.banner.yes), ("banner no", &self.banner.no)]);
        }
        buttons
    }
}

fn composer_words(words: &composer::Words) -> probe::ComposerWords {
    probe::ComposerWords {
        hint: words.hint.clone(),
        counter: words.counter.clone(),
        reply: words.reply.clone(),
    }
}

/// What a test calls a part of a message.
fn zone_name(zone: &Zone) -> String {
    match zone {
        Zone::Link(target) => format!("link {target}"),
        Zone::Fold => "fold".to_owned(),
        Zone::Quote(_) => "quote".to_owned(),
        Zone::Reaction(emoji) => format!("reaction {emoji}"),
        Zone::Retry => "send again".to_owned(),
    }
}

fn wire_snapshot(panel: &WirePanel, model: &Model) -> probe::Wire {
    let rows = panel.visible().into_iter().filter_map(|(number, _)| presenter::wire_row(model, number));
    let explanation = panel.explanation().unwrap_or_default();
    probe::Wire {
        lines: rows.map(|row| (if row.is_sent { "sent" } else { "received" }, row.line)).collect(),
        title: explanation.title,
        meaning: explanation.meaning,
        rows: explanation.rows,
    }
}

fn network_row(network: &Network) -> probe::NetworkRow {
    let link = match network.link() {
        Link::Down => "down",
        Link::Connecting => "connecting",
        Link::Up => "up",
    };
    probe::NetworkRow { name: network.place().to_owned(), link }
}

/// What a test calls a row of the conversation list. On the network in front the conversation's name will do.
fn list_row_name(model: &Model, key: ListKey) -> String {
    match key {
        ListKey::Network(id) => format!("network {}", model.network(id).map_or("", Network::place)),
        ListKey::Profile(index) => {
            let found = model.closed_profiles().find(|(number, _)| *number == index);
            format!("saved {}", found.map_or("", |(_, profile)| profile.title()))
        }
        ListKey::Conversation(id) => {
            let name = model.conversation(id).map_or("", Conversation::name);
            match model.network(id.network()) {
                Some(network) if model.front().map(Network::id) != Some(network.id()) => {
                    format!("conversation {} {name}", network.place())
                }
                _ => format!("conversation {name}"),
            }
        }
    }
}

fn visible_line(item: &Item) -> probe::VisibleLine {
    let (kind, from) = match &item.body {
        Body::Nothing => ("nothing", None),
        Body::Day { .. } => ("day", None),
        Body::Notice { .. } => ("notice", None),
        Body::Action { name, .. } => ("action", Some(name.clone())),
        Body::Message { name, .. } => ("message", Some(name.clone())),
    };
    probe::VisibleLine { kind, time: item.time.clone(), from, text: item.text().to_owned() }
}
