//! What the probe is told: everything that a person could see in the window, and where each part of it is.

use std::collections::BTreeMap;

use fltk::app;
use fltk::prelude::*;
use serde_json::{Value, json};

use super::Controller;
use crate::config::settings::Shade;
use crate::model::network::wire::Explanation;
use crate::model::{Conversation, ConversationId, Link, Model, Network, View};
use crate::ui::action::Zone;
use crate::ui::look::paint::Rect;
use crate::ui::presenter;
use crate::ui::probe;
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

    /// What a test sees, each thing by its name.
    fn snapshot(&self) -> Value {
        let model = self.model.borrow();
        let language = model.language();
        let (login, chat) = (&self.login, &self.chat);
        let is_chat = self.shown == Some(View::Chat);
        let visible = if is_chat { chat.transcript.visible() } else { Vec::new() };
        let lines: Vec<_> = visible.iter().map(|(item, _)| visible_line(item)).collect();
        let words = presenter::words(&model);
        let composer = chat.composer.words();
        let fields: BTreeMap<_, _> = login.seen_fields().map(|(name, field)| (name, field.seen())).collect();
        let ticks = BTreeMap::from(login.ticks().map(|(name, tick)| (name, tick.is_ticked())));
        let conversations = model.networks().flat_map(Network::conversations).map(|it| {
            // How many messages nobody has looked at, and how many of those are for us.
            json!({ "name": it.name(), "unread": it.unread(), "mentions": it.mentions() })
        });
        let members = model.current().map_or_else(Vec::new, |current| current.members().sorted());
        let members = members.into_iter().map(|member| {
            // The rank is the heading that the member stands under.
            let rank = presenter::group_text(member.group()).to(language);
            json!({ "name": member.nick, "rank": rank, "is_away": member.away })
        });
        let line_count = model.current().map_or(0, |it| it.range().1.number() - it.range().0.number());
        let banner = if self.is_chat_covered() { &self.banner } else { &chat.banner };
        let all = [
            ("view", json!(if is_chat { "chat" } else { "login" })),
            ("title", json!(self.window.label())),
            // Its number on the display.
            ("window_id", json!(self.window.os_id())),
            ("language", json!(language.code())),
            ("is_dark", json!(self.shade() == Shade::Dark)),
            // How often a mouse button went down in the window.
            ("clicks", json!(probe::clicks())),
            // Which control has the keyboard; `window` for one without a name here, nothing when another program has it.
            ("focus", json!(self.focused_control())),
            // The login form: what stands in it, what is wrong (`general` is about no field), and what is to be noted.
            ("fields", json!(fields)),
            ("password_hint", json!(login.password.hint())),
            ("ticks", json!(ticks)),
            ("errors", json!(login.errors())),
            ("note", json!(login.note())),
            ("login_button", json!(login.button.widget().label())),
            // The conversation that is shown, and the list of all.
            ("conversation", json!(words.heading)),
            ("topic", json!(words.topic)),
            ("topic_is_open", json!(chat.topic.is_open())),
            ("networks", model.networks().map(network_row).collect()),
            ("conversations", conversations.collect()),
            // The lines in view from the top down, and how many there are in all.
            ("lines", json!(lines)),
            ("line_count", json!(line_count)),
            // Whether new lines come into view by themselves, and how much is new below the view.
            ("is_at_bottom", json!(chat.transcript.is_at_bottom())),
            ("news", json!(chat.transcript.news())),
            ("selection", json!(chat.transcript.selected_text())),
            ("composer", json!(chat.composer.text())),
            (
                "composer_words",
                json!({ "hint": composer.hint, "counter": composer.counter, "reply": composer.reply }),
            ),
            // What could be meant by what is written, the chosen suggestion first.
            ("picker", json!(self.picker_labels())),
            // How much was found, while something is looked for.
            ("search", json!(chat.search.is_open().then(|| chat.search.count()))),
            // Why what is written was not done.
            ("refusal", json!(self.writing.refusal().map(|refusal| refusal.to(language)))),
            ("members", members.collect()),
            // Our own name, and what stands below it.
            ("footer", json!([words.me, words.status])),
            ("banner", json!(banner.text())),
            ("dialog", json!(self.dialog.asked().map(|question| (question.title, question.text)))),
            // The address that was opened last, in whatever program.
            ("opened", json!(self.opened)),
            ("wire", json!(chat.wire.is_open().then(|| wire_snapshot(&chat.wire, &model)))),
            ("profile", json!(self.profile_page.is_open().then(|| self.profile_page.snapshot()))),
            // The rows of the settings, each with the option that holds.
            ("settings", json!(self.settings_page.is_open().then(|| self.settings_page.values()))),
            ("menu", json!(self.menu.title())),
            ("switcher", json!(self.switcher.is_open().then(|| self.switcher_names()))),
            // Where everything is that can be clicked and is in view, on the screen.
            ("controls", json!(self.controls())),
        ];
        all.into_iter().collect()
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

/// The lines in view, and what the chosen line is: its command or numeric, what that means, and its parts.
fn wire_snapshot(panel: &WirePanel, model: &Model) -> Value {
    let rows = panel.visible().into_iter().filter_map(|(number, _)| presenter::wire_row(model, number));
    let lines: Vec<_> = rows.map(|row| (if row.is_sent { "sent" } else { "received" }, row.line)).collect();
    let Explanation { title, meaning, rows } = panel.explanation().unwrap_or_default();
    json!({ "lines": lines, "title": title, "meaning": meaning, "rows": rows })
}

/// A heading in the conversation list.
fn network_row(network: &Network) -> Value {
    let link = match network.link() {
        Link::Down => "down",
        Link::Connecting => "connecting",
        Link::Up => "up",
    };
    json!({ "name": network.place(), "link": link })
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

fn visible_line(item: &Item) -> Value {
    let (kind, from) = match &item.body {
        Body::Nothing => ("nothing", None),
        Body::Day { .. } => ("day", None),
        Body::Notice { .. } => ("notice", None),
        Body::Action { name, .. } => ("action", Some(name)),
        Body::Message { name, .. } => ("message", Some(name)),
    };
    json!({ "kind": kind, "time": item.time, "from": from, "text": item.text() })
}
