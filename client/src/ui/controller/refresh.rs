//! The widgets show what the model has become, in the colours and the language of the settings.

use fltk::app;
use fltk::prelude::*;

use crate::config::settings::Shade;
use crate::model::{self, View};
use crate::text::i18n::Text;
use crate::ui::controller::Controller;
use crate::ui::look::paint::Rect;
use crate::ui::look::theme::Theme;
use crate::ui::presenter;
use crate::ui::views::transcript::Show;

impl Controller {
    /// Shows everything as the model has it. Widgets compare what they are told with what they have, so this is cheap
    /// enough to be done after every change.
    pub(super) fn refresh(&mut self) {
        let (view, title) = {
            let model = self.model.borrow();
            (model.view(), model.title())
        };
        if self.window.label() != title {
            self.window.set_label(&title);
        }
        match view {
            View::Login => self.refresh_login(),
            View::Chat => {
                self.refresh_chat();
                self.refresh_wire();
                self.refresh_switcher();
            }
        }
        if self.shown != Some(view) {
            self.turn_to(view);
        }
        self.refresh_settings();
        self.refresh_profile_page();
        self.refresh_banner();
    }

    /// Whether a page lies over the view.
    pub(super) fn has_page(&self) -> bool {
        self.settings_page.is_open() || self.profile_page.is_open()
    }

    /// Whether the conversations are not seen.
    pub(super) fn is_chat_covered(&self) -> bool {
        self.has_page() || self.shown != Some(View::Chat)
    }

    /// A banner that should not be overlooked stands above what covers the conversations, too.
    fn refresh_banner(&mut self) {
        let words = self.is_chat_covered().then(|| presenter::over_pages(&self.model.borrow()));
        if self.banner.set_words(words.unwrap_or_default()) {
            self.place();
        }
    }

    fn turn_to(&mut self, view: View) {
        self.shown = Some(view);
        self.login.set_visible(view == View::Login);
        self.chat.set_visible(view == View::Chat);
        if view == View::Login {
            self.put_form();
        }
        self.focus();
        self.window.redraw();
    }

    fn refresh_chat(&mut self) {
        self.turn_composer();
        self.refresh_composer();
        let changed = self.model.borrow_mut().take_changes();
        let model = self.model.borrow();
        let language = model.language();
        let (rows, selected) = presenter::conversation_rows(&model);
        self.chat.conversations.set_rows(rows, selected);
        self.chat.members.set_rows(presenter::member_rows(&model), None);
        let has_members = model.current().is_some_and(|current| current.kind() == model::Kind::Room);
        self.chat.set_words(presenter::words(&model), has_members);
        self.chat.transcript.keep_only(|id| model.conversation(id).is_some());
        if let Some(current) = model.current() {
            let (first, end) = current.range();
            let first_new = current.first_unread().map(model::LineId::number);
            self.chat.transcript.show(&Show {
                conversation: current.id(),
                items: first.number()..end.number(),
                first_new,
                changed: &changed,
            });
            let unseen = current.count_messages(self.chat.transcript.unseen());
            self.chat.transcript.set_news(presenter::news(unseen, language));
        }
        drop(model);
        self.refresh_search();
    }

    fn refresh_wire(&mut self) {
        let model = self.model.borrow();
        let Some(network) = model.front().filter(|_| self.chat.wire.is_open()) else { return };
        let language = model.language();
        let title = Text::WireOf.with([network.place()]).to(language);
        self.chat.wire.set_words(title, Text::WireNothing.to(language), Text::WireChoose.to(language));
        let is_other = self.wire_of.replace(network.id()) != Some(network.id());
        self.chat.wire.show(network.wire().first(), network.wire().end(), is_other);
    }

    pub(super) fn restyle(&mut self) {
        self.ui.set_theme(Theme::new(self.shade(), self.settings.density));
        let theme = self.ui.theme();
        let language = self.language();
        app::background2(255, 255, 255);
        self.window.set_color(theme.colors.page);
        self.login.restyle(language);
        let other_shade = if self.shade() == Shade::Dark { Text::Light } else { Text::Dark };
        for (button, text) in [
            (&self.login.shade, other_shade),
            (&self.chat.shade, other_shade),
            (&self.chat.online, Text::OnlineUsers),
            (&self.chat.find, Text::Find),
            (&self.chat.clear, Text::ClearScreen),
            (&self.chat.people, Text::Members),
            (&self.chat.wire.clear, Text::ClearScreen),
            (&self.chat.wire.close, Text::ClosePanel),
            (&self.chat.composer.send, Text::Send),
        ] {
            button.set_text(text.to(language));
        }
        self.settings_page.back.set_text(&format!("← {}", Text::Back.to(language)));
        self.profile_page.restyle(language);
        let add_server = format!("+  {}", Text::AddServer.to(language));
        self.chat.add_server.set_text(&add_server);
        self.chat.language.set_text(presenter::short_name(language.other()));
        self.chat.language.set_hint(language.other().name());
        self.chat.composer.emoji.set_hint(Text::Emoji.to(language));
        self.chat.online.set_hint(Text::AskOnlineUsers.to(language));
        self.chat.find.set_hint(Text::SearchHere.to(language));
        self.chat.clear.set_hint(Text::ClearTranscript.to(language));
        self.chat.restyle();
        self.place();
    }

    pub(super) fn place(&mut self) {
        let rect = Rect::new(0, 0, self.window.w(), self.window.h());
        let banner = Rect { h: self.banner.height(rect.w), ..rect };
        let page = Rect { y: banner.h, h: rect.h - banner.h, ..rect };
        self.banner.place(banner);
        self.login.place(page);
        self.settings_page.place(page);
        self.profile_page.place(page);
        self.chat.place(rect);
        self.switcher.place(rect);
        self.menu.place(rect);
        self.dialog.place(rect);
        self.window.redraw();
    }
}
