//! The menus: what can be done with a person, a conversation, a server, and with our own name.

use teahouse_protocol::Rank;

use super::Controller;
use crate::config::settings::{Choice, Notify};
use crate::model::{self, ConversationId, Link, Network, NetworkId, Order};
use crate::text::i18n::Text;
use crate::ui::edit::Edit;
use crate::ui::overlays::menu::Menu;
use crate::ui::{Action, Change};

impl Controller {
    pub(super) fn ask_about_member(&self, nick: String) {
        let model = self.model.borrow();
        let language = model.language();
        let mut items = Vec::new();
        let mut add = |text: Text, action: Action| items.push((text.to(language).to_owned(), action));
        let is_me = self.is_me(&nick);
        if !is_me {
            add(Text::OpenPrivate, Action::OpenPrivate(nick.clone()));
            add(Text::MentionThem, Action::Mention(nick.clone()));
        }
        add(Text::ShowWhois, Action::AskWhois(nick.clone()));
        if !is_me {
            let ignores = model.ignores(&nick);
            let text = if ignores { Text::Unignore } else { Text::Ignore };
            add(text, Action::Ignore { nick: nick.clone(), ignore: !ignores });
        }
        let network = model.front().filter(|network| network.may_keep_order() && !is_me);
        let signs = network.and_then(Network::current).and_then(|room| room.members().signs_of(&nick));
        if let Some(signs) = signs {
            let has = |rank: Rank| signs.contains(rank.prefix());
            let voice = if has(Rank::Voice) { Text::TakeVoice } else { Text::GiveVoice };
            let operator = if has(Rank::Operator) { Text::UnmakeOperator } else { Text::MakeOperator };
            let mut order = |text: Text, order: Order| {
                add(text, Action::KeepOrder { nick: nick.clone(), order });
            };
            order(voice, Order::Voice(!has(Rank::Voice)));
            order(operator, Order::Operator(!has(Rank::Operator)));
            order(Text::Kick, Order::Kick);
            order(Text::Ban, Order::Ban);
        }
        drop(model);
        self.open_menu(Menu { title: nick, items });
    }

    /// Opens the menu of what the user can do about themselves, and with the window.
    pub(super) fn ask_about_me(&self) {
        let model = self.model.borrow();
        let Some(network) = model.front() else { return };
        let language = model.language();
        let away = if network.is_away() { Text::ComeBack } else { Text::GoAway };
        let items = [
            (away, Action::SetAway(!network.is_away())),
            (Text::Wire, Action::ToggleWire),
            (Text::Settings, Action::OpenSettings),
        ];
        let items = items.map(|(text, action)| (text.to(language).to_owned(), action));
        self.open_menu(Menu { title: network.me().to_owned(), items: items.into() });
    }

    pub(super) fn ask_about_conversation(&mut self, id: ConversationId) {
        let model = self.model.borrow();
        let Some(conversation) = model.conversation(id) else { return };
        let text = match conversation.kind() {
            model::Kind::Room => Text::LeaveRoom,
            model::Kind::Private => Text::ClosePrivate,
            model::Kind::Server => return self.ask_about_network(id.network()),
        };
        let language = model.language();
        let mut items = vec![(text.to(language).to_owned(), Action::CloseConversation(id))];
        if let Some(network) =
            model.network(id.network()).filter(|_| conversation.kind() == model::Kind::Room)
        {
            let joins = network.joins_at_login(conversation.name());
            let text = if joins { Text::NotJoinAtLogin } else { Text::JoinAtLogin };
            items.push((text.to(language).to_owned(), Action::JoinAtLogin(id, !joins)));
        }
        let own = model.network(id.network()).map(|network| network.place_key(conversation));
        let own = own.and_then(|place| self.settings.notify_in.get(&place).copied());
        for (notify, label) in Notify::OPTIONS.iter().filter(|(notify, _)| own != Some(*notify)) {
            let text = Text::NotifyIn.with([label.to(language)]).to(language);
            items.push((text, Action::NotifyIn(id, Some(*notify))));
        }
        if own.is_some() {
            items.push((Text::NotifyDefault.to(language).to_owned(), Action::NotifyIn(id, None)));
        }
        self.open_menu(Menu { title: conversation.name().to_owned(), items });
    }

    pub(super) fn ask_about_field(&self) {
        let Some(field) = self.ui.edited() else { return };
        let item = |edit: Edit| (edit.text().to(self.language()).to_owned(), Action::Edit(edit));
        self.open_menu(Menu { title: String::new(), items: field.edits().into_iter().map(item).collect() });
    }

    pub(super) fn open_menu(&self, menu: Menu) {
        self.menu.open(menu, self.ui.take_point());
    }

    pub(super) fn ask_about_network(&self, id: NetworkId) {
        let model = self.model.borrow();
        let Some(network) = model.network(id) else { return };
        let first = match network.link() {
            Link::Down => (Text::ConnectAgain, Action::ConnectAgain(id)),
            Link::Connecting => (Text::Cancel, Action::Disconnect(id)),
            Link::Up => (Text::Disconnect, Action::Disconnect(id)),
        };
        let mut items = vec![first, (Text::Wire, Action::ShowWire(id))];
        if network.fingerprint().is_some() {
            items.push((Text::ShowCertificate, Action::ShowCertificate(id)));
        }
        if !network.profile().tls_fingerprints.is_empty() {
            items.push((Text::ForgetCertificate, Action::ForgetCertificate(id)));
        }
        if let Some(index) = model.profiles().iter().position(|profile| network.is_of(profile)) {
            items.push((Text::EditServer, Action::EditProfile(index)));
        }
        items.push((Text::LeaveNetwork, Action::LeaveNetwork(id)));
        let items = items.into_iter().map(|(text, action)| (text.to(model.language()).to_owned(), action));
        self.open_menu(Menu { title: network.place().to_owned(), items: items.collect() });
    }

    pub(super) fn ask_about_profile(&self, index: usize) {
        let model = self.model.borrow();
        let Some(profile) = model.profiles().get(index) else { return };
        let at_start = if profile.connect { Text::NotAtStart } else { Text::AtStart };
        let mut items = vec![
            (Text::EditServer, Action::EditProfile(index)),
            (Text::CopyServer, Action::CopyProfile(index)),
            (at_start, Action::Change(Change::ConnectAtStart(index, !profile.connect))),
        ];
        if model.network_of(profile).is_none() {
            items.insert(0, (Text::Connect, Action::OpenProfile(index)));
            if !profile.tls_fingerprints.is_empty() {
                items.push((Text::ForgetCertificate, Action::ForgetCertificateOf(index)));
            }
        }
        items.push((Text::RemoveServer, Action::RemoveProfile(index)));
        let items = items.into_iter().map(|(text, action)| (text.to(model.language()).to_owned(), action));
        self.open_menu(Menu { title: profile.title().to_owned(), items: items.collect() });
    }
}
