//! The login form: the controller fills it in, says what is wrong with it, and logs in with it.

use crate::config::irc_url::IrcUrl;
use crate::model::View;
use crate::text::i18n::Text;
use crate::ui::controller::Controller;
use crate::ui::presenter;

impl Controller {
    pub(in crate::ui::controller) fn log_in_or_give_up(&mut self) {
        if self.model.borrow().login().is_under_way() {
            self.model.borrow_mut().give_up_login();
        } else {
            self.log_in();
        }
    }

    /// Logs in. A user who presses Enter twice does not want to give up.
    pub(in crate::ui::controller) fn log_in(&mut self) {
        if self.model.borrow().login().is_under_way() {
            return;
        }
        let form = self.login.form();
        self.model.borrow_mut().log_in(form);
        if self.model.borrow().login().errors().is_empty() {
            self.put_form();
        } else {
            self.refresh_login();
            self.login.focus();
        }
    }

    /// Puts the model's form into the fields.
    pub(in crate::ui::controller) fn put_form(&self) {
        let form = self.model.borrow().login().form().clone();
        self.login.set_form(&form);
    }

    /// Goes where an address leads, or fills the form in with it as far as it goes.
    pub(in crate::ui::controller) fn follow(&mut self, url: &IrcUrl) {
        self.model.borrow_mut().follow(url);
        if self.model.borrow().view() == View::Login {
            self.put_form();
            self.refresh_login();
            self.login.focus();
        }
    }

    /// TLS was ticked or not: it has a port of its own.
    pub(in crate::ui::controller) fn switch_tls(&self) {
        let mut form = self.login.form();
        form.set_tls(form.tls);
        self.login.set_form(&form);
    }

    /// Goes to a saved server, from the settings too.
    pub(in crate::ui::controller) fn open_profile(&mut self, index: usize) {
        if self.settings_page.is_open() {
            self.close_settings();
        }
        self.model.borrow_mut().open_profile(index);
        self.put_form();
    }

    pub(in crate::ui::controller) fn refresh_login(&mut self) {
        let model = self.model.borrow();
        let language = model.language();
        let is_connecting = model.login().is_under_way();
        self.login.show_saved(presenter::profile_rows(&model));
        self.login.back.set_visible(model.front().is_some());
        let was_connecting = self.login.set_connecting(is_connecting, language);
        self.login.set_kept(model.login().is_password_kept(), language);
        let rooms: Vec<_> = model.login().rooms_to_visit().iter().map(|room| room.name.as_str()).collect();
        let note = (!rooms.is_empty()).then(|| Text::LinkLeadsTo.with([&rooms.join(", ")]).to(language));
        self.login.set_note(note);
        self.login.ask_server_password(model.login().asks_server_password(), language);
        let errors = model.login().errors();
        self.login.show_errors(errors, model.remarks(), language);
        if was_connecting && !is_connecting && !errors.is_empty() {
            self.login.focus();
        }
    }
}
