//! The user's account on a network: opening it, and what becomes of its password.
//!
//! An account is opened with the command REGISTER
//! ([draft/account-registration](https://ircv3.net/specs/extensions/account-registration)). A login to an account
//! that there is happens before the welcome, and is [`sasl`](crate::net::registration::sasl)'s subject.

use jiff::Timestamp;
use teahouse_protocol::Capability;

use crate::config::profile::{Profile, Secret};
use crate::model::base::effect::Effect;
use crate::model::network::Network;
use crate::text::i18n::{Phrase, Text};

impl Network {
    /// Opens an account with this password for the name that the user has.
    ///
    /// # Errors
    /// When there is no connection, or the server opens no accounts in this way.
    pub(in crate::model) fn register(&mut self, password: &str, mail: Option<&str>) -> Result<(), Phrase> {
        self.need_link()?;
        if !self.has_capability(Capability::AccountRegistration) {
            return Err(Text::CannotRegister.into());
        }
        self.send(&["REGISTER", "*", mail.unwrap_or("*"), password]);
        self.identity.registers(Secret::from(password.to_owned()));
        Ok(())
    }

    /// Says the code that was mailed, to prove that the address is the user's own.
    ///
    /// # Errors
    /// When there is no connection.
    pub(in crate::model) fn verify(&mut self, code: &str) -> Result<(), Phrase> {
        let account = self.profile.account_name().to_owned();
        self.ask(&["VERIFY", &account, code])
    }

    /// Opens the account that was asked for in the login form, now that the user is here.
    pub(super) fn register_if_wanted(&mut self, at: Timestamp) {
        let Some(password) = self.identity.take_registration() else { return };
        if let Err(why) = self.register(password.reveal(), None) {
            self.notice_about(at, None, why);
        }
    }

    /// We are logged in, so the passwords were right: they are kept, if that was asked for.
    pub(in crate::model) fn keep_password(&mut self) {
        let Profile { keyring, password, server_password, .. } = &self.profile;
        if *keyring && (!password.is_empty() || !server_password.is_empty()) {
            self.effects.push(Effect::KeepPassword(self.id, Box::new(self.profile.clone())));
        }
    }

    /// The account is there: from now on the user logs in to it.
    pub(in crate::model) fn registered(&mut self, at: Timestamp, account: &str) {
        if let Some(password) = self.identity.registered() {
            self.profile.password = password;
            account.clone_into(&mut self.profile.account);
            self.connection.has_account();
            self.keep_password();
        }
        self.notice_about(at, None, Text::Registered.with([account]));
    }
}
