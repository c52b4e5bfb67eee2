//! What comes of each thing that a person can do, as a table. Anything longer than a line stands with its subject.

use fltk::app;

use crate::model::offers::Banner;
use crate::model::{Model, Network, NetworkId};
use crate::ui::Action;
use crate::ui::controller::Controller;

impl Controller {
    /// Does what a person did.
    pub(super) fn act(&mut self, action: Action) {
        if !self.is_possible(&action) {
            return;
        }
        match action {
            // The window.
            Action::Resized => {
                self.place();
                self.moved();
            }
            Action::KeepPlace => self.keep_place(),
            // The window is drawn anew after every action.
            Action::MenuClosed => {}
            Action::TopicClosed => self.chat.composer.focus(),
            Action::Tick => self.tick(),
            Action::GoBack => self.go_back(),
            Action::AskToClose => self.ask_to_close(),
            Action::Agree => self.agree(),
            Action::Decline => self.end_dialog(),

            // Servers.
            Action::LogIn => self.log_in(),
            Action::LogInOrGiveUp => self.log_in_or_give_up(),
            Action::SwitchTls => self.switch_tls(),
            Action::AddServer => self.model.borrow_mut().open_form(),
            Action::OpenProfile(index) => self.open_profile(index),
            Action::AskProfile(index) => self.ask_about_profile(index),
            Action::ForgetCertificateOf(index) => self.forget_certificate_of(index),
            Action::Reconnect => self.banner_yes(),
            Action::StopConnecting => self.banner_no(),
            Action::ConnectAgain(id) => self.model.borrow_mut().connect_again(id),
            Action::Disconnect(id) => self.model.borrow_mut().disconnect(id),
            Action::LeaveNetwork(id) => self.model.borrow_mut().leave(id),
            Action::AskNetwork(id) => self.ask_about_network(id),
            Action::ShowCertificate(id) => self.show_certificate(id),
            Action::ForgetCertificate(id) => self.model.borrow_mut().forget_certificate(id),

            // Going from one conversation to another.
            Action::SelectConversation(id) => self.select(id),
            Action::SelectNetwork(id) => self.select_network(id),
            Action::SelectBeside(steps) => self.model.borrow_mut().select_beside(steps),
            Action::SelectNumbered(number) => self.model.borrow_mut().select_numbered(number),
            Action::SelectUnread => self.model.borrow_mut().select_unread(),
            Action::OpenSwitcher => self.open_switcher(),
            Action::Switching => self.refresh_switcher(),
            Action::Switch(id) => self.switch(id),
            Action::CloseSwitcher => self.close_switcher(),
            Action::NextPane { backwards } => self.chat.next_pane(backwards),
            Action::ToggleMembers => self.toggle_members(),
            Action::AskConversation(id) => self.ask_about_conversation(id),
            Action::CloseConversation(id) => self.model.borrow_mut().close(id),
            Action::JoinAtLogin(id, join) => self.join_at_login(id, join),
            Action::NotifyIn(id, notify) => self.set_notify_in(id, notify),

            // Writing.
            Action::Send => self.send(),
            Action::Composed => self.composed(),
            Action::PickerStep { columns, rows } => self.step_on_board(columns, rows),
            Action::Pick => self.pick(),
            Action::ToggleEmoji => self.toggle_emoji(),
            Action::Recall(steps) => self.recall(steps),
            Action::Style(code) => self.chat.composer.wrap_selection(code),
            Action::Complete { backwards } => self.complete(backwards),
            Action::AskField => self.ask_about_field(),
            Action::Edit(edit) => {
                if let Some(field) = self.ui.edited() {
                    field.edit(edit);
                }
            }
            Action::AskToPaste(text) => self.ask_to_paste(&text),
            Action::Escape => self.escape(),
            Action::StopReply => self.stop_reply(),

            // What was said.
            Action::ScrollPages(pages) => self.chat.transcript.scroll_pages(pages),
            Action::MoveCursor(steps) => self.chat.transcript.move_cursor(steps),
            Action::AskCursor => self.ask_about_cursor(),
            Action::AskMessage { line, link } => self.ask_about_message(line, link),
            Action::Touch { line, zone } => self.touch(line, zone),
            Action::Reply(line) => self.reply_to(line),
            Action::React(line, emoji) => self.model.borrow_mut().react_to(line, &emoji),
            Action::TakeBack(line) => self.model.borrow_mut().take_back(line),
            Action::Open(target) => self.open_address(target),
            Action::CopySelection => drop(self.chat.transcript.copy()),
            Action::Copy(text) => {
                app::copy(&text);
                app::copy2(&text);
            }
            Action::Clear => self.clear(),
            Action::OpenSearch => self.open_search(),
            Action::SearchTyped => self.search_typed(),
            Action::SearchGo(steps) => self.search_go(steps),
            Action::SearchFurther => self.search_further(),
            Action::CloseSearch => self.close_search(),

            // People.
            Action::AskOnline => self.ask_online(),
            Action::AskMember(nick) => self.ask_about_member(nick),
            Action::AskWhois(nick) => self.ask_whois(&nick),
            Action::OpenPrivate(nick) => self.open_private(&nick),
            Action::Mention(nick) => self.mention(&nick),
            Action::Ignore { nick, ignore } => self.ignore(&nick, ignore),
            Action::KeepOrder { nick, order } => self.keep_order(&nick, &order),
            Action::AskMe => self.ask_about_me(),
            Action::SetAway(away) => self.set_away(away),

            // 报文
            Action::ToggleWire => self.chat.toggle_wire(),
            Action::ShowWire(id) => self.show_wire(id),
            Action::ClearWire => self.model.borrow_mut().clear_wire(),

            // Settings.
            Action::OpenSettings => self.open_settings(),
            Action::ShowSettings(section) => self.show_settings(section),
            Action::CloseSettings => self.close_settings(),
            Action::Change(change) => self.change(change),
            Action::SwitchShade => self.switch_shade(),
            Action::SwitchLanguage => self.switch_language(),

            // The page of a saved server.
            Action::EditProfile(index) => self.edit_profile(index),
            Action::NewProfile => self.new_profile(),
            Action::CopyProfile(index) => self.copy_profile(index),
            Action::MoveProfile(index, places) => self.move_profile(index, places),
            Action::RemoveProfile(index) => self.ask_to_remove(index),
            Action::ProfileTyped => self.profile_page.refresh(),
            Action::SwitchProfileTls => self.switch_profile_tls(),
            Action::AddPin => self.add_pin(),
            Action::ForgetPin(index) => self.forget_pin(index),
            Action::SaveProfile => self.save_profile(),
            Action::LeaveProfile => self.leave_profile(),
        }
    }

    /// Whether there is room for this now: a question wants to be answered first, and keys that are about the
    /// conversations do nothing while those are not seen.
    fn is_possible(&self, action: &Action) -> bool {
        let is_answer =
            matches!(action, Action::Agree | Action::Decline | Action::Resized | Action::KeepPlace);
        if self.dialog.asked().is_some() && !is_answer {
            return false;
        }
        let is_about_chat = matches!(
            action,
            Action::SelectBeside(_)
                | Action::SelectNumbered(_)
                | Action::SelectUnread
                | Action::NextPane { .. }
                | Action::ToggleWire
                | Action::OpenSwitcher
                | Action::OpenSearch
        );
        !is_about_chat || !self.is_chat_covered()
    }

    /// The first button of the banner.
    fn banner_yes(&mut self) {
        let banner = self.model.borrow().banner();
        match banner {
            Some(Banner::Link) => self.in_front(Model::connect_again),
            _ => {
                self.writing.keep_refusal(self.model.borrow_mut().accept_banner());
                self.uncover_chat();
            }
        }
        self.focus();
    }

    /// Does what the banner's other button says.
    fn banner_no(&mut self) {
        let banner = self.model.borrow().banner();
        match banner {
            Some(Banner::Link) => self.in_front(Model::disconnect),
            _ => self.model.borrow_mut().dismiss_banner(),
        }
        self.focus();
    }

    /// Does something about the network in front.
    fn in_front(&self, what: fn(&mut Model, NetworkId)) {
        let mut model = self.model.borrow_mut();
        if let Some(id) = model.front().map(Network::id) {
            what(&mut model, id);
        }
    }
}
