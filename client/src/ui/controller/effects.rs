//! What happens outside of the window: connections and the keyring. The desktop and the settings' file have files of
//! their own.

use fltk::app;

use crate::config::profile::Profile;
use crate::desktop::keyring::Kept;
use crate::model::{Effect, Link, NetworkId};
use crate::net::connection::{Connection, Setup};
use crate::net::reconnect::Retry;
use crate::text::i18n::Text;
use crate::ui::controller::Controller;

impl Controller {
    /// Takes in what came over the connections. Says whether anything did.
    pub(super) fn take_news(&self) -> bool {
        let mut has_news = false;
        let mut model = self.model.borrow_mut();
        for (id, connection) in &self.connections {
            for event in connection.drain() {
                model.apply(*id, event);
                has_news = true;
            }
            for line in connection.wire_lines() {
                model.record(*id, line);
                has_news = true;
            }
        }
        has_news
    }

    /// Takes in what the keyring had to say. Says whether it had anything.
    pub(super) fn take_kept(&mut self) -> bool {
        let news: Vec<_> = self.keeper.drain().collect();
        let has_news = !news.is_empty();
        for kept in news {
            match kept {
                Kept::Fetched(id, profile) => {
                    // It may have been given up meanwhile.
                    let is_awaited =
                        self.model.borrow().network(id).is_some_and(|it| it.link() == Link::Connecting);
                    if is_awaited && !self.connections.contains_key(&id) {
                        self.connect(id, &profile);
                    }
                }
                Kept::NotMoved(profile, why) => self.keep_in_file(*profile, &why),
                Kept::NotStored(id, why) => {
                    self.model.borrow_mut().password_not_kept(id, &why);
                    let profile = self.model.borrow().network(id).map(|it| it.profile().clone());
                    if let Some(profile) = profile {
                        self.remember(&profile);
                    }
                }
            }
        }
        has_news
    }

    /// Does what the model wants done outside.
    pub(super) fn carry_out(&mut self) {
        let effects = self.model.borrow_mut().take_effects();
        for effect in effects {
            match effect {
                Effect::Connect(id, profile) => {
                    // An address that was mistyped is not kept: a new server is when it has let us in.
                    if self.settings.profiles.iter().any(|saved| saved.is_same_as(&profile)) {
                        self.remember(&profile);
                    }
                    self.connections.remove(&id);
                    if profile.may_be_kept() {
                        self.keeper.fetch(id, profile);
                    } else {
                        self.connect(id, &profile);
                    }
                }
                Effect::Remember(profile) => self.remember(&profile),
                Effect::KeepPassword(id, profile) => self.keeper.store(id, profile),
                Effect::Send(id, line) => {
                    if let Some(connection) = self.connections.get(&id) {
                        connection.send(line);
                    }
                }
                Effect::Disconnect(id) => drop(self.connections.remove(&id)),
                Effect::Notify { conversation, title, text } => {
                    self.tell_desktop(conversation, title, text);
                }
                Effect::Tell { conversation, phrase } => {
                    let language = self.language();
                    self.tell_desktop(
                        conversation,
                        Text::Notice.to(language).to_owned(),
                        phrase.to(language),
                    );
                }
                Effect::KeepIgnored(ignored) => {
                    self.settings.ignored = ignored;
                    self.save();
                }
                Effect::Quit => {
                    self.connections.clear();
                    self.is_over.set(true);
                    // FLTK is about to wait for what happens next, and this may have been the last thing.
                    app::awake();
                }
            }
        }
    }

    fn connect(&mut self, id: NetworkId, profile: &Profile) {
        let retry = if profile.reconnect == Some(false) { Retry::Never } else { Retry::OnceWelcomed };
        let setup = Setup { retry, ..self.setup.clone() };
        self.connections.insert(id, Connection::open(profile, &setup, app::awake));
    }

    /// Notes where the login goes, for the next time.
    pub(super) fn remember(&mut self, profile: &Profile) {
        let before = self.settings.profiles.iter().find(|it| it.is_same_as(profile)).cloned();
        self.settings.remember(profile);
        if let Some(before) = before.filter(|_| !profile.keyring) {
            self.forget_password(&before);
        }
        self.model.borrow_mut().set_profiles(self.settings.profiles.clone());
        self.save();
    }
}
