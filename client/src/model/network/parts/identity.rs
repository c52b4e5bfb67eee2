//! The user on a network: our name and account, and the owner of the conversations that are written down.

use crate::config::profile::{Profile, Secret};
use crate::logs::{self, Owner};

/// The user's name and account there.
pub struct Identity {
    me: String,
    /// Our `user@host` as others see it, once the server has shown it.
    address: Option<String>,
    /// The account that we are logged in to.
    account: Option<String>,
    is_away: bool,
    /// The password of an account to be opened as soon as we are here.
    to_register: Option<Secret>,
    /// The password of the account that is being opened.
    new_password: Option<Secret>,
    /// The owner of the conversations, since the first welcome.
    owner: Option<Owner>,
    /// Whether somebody else will be here by the next connection, as the profile says now.
    is_other_person: bool,
}

impl Identity {
    /// A user who asks for this name and has not come yet.
    pub fn new(nick: &str) -> Self {
        Self {
            me: nick.to_owned(),
            address: None,
            account: None,
            is_away: false,
            to_register: None,
            new_password: None,
            owner: None,
            is_other_person: false,
        }
    }

    /// Our name.
    pub fn me(&self) -> &str {
        &self.me
    }

    /// We are called this from now on.
    pub fn rename(&mut self, nick: &str) {
        nick.clone_into(&mut self.me);
    }

    /// Our `user@host` as others see it.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The server has shown our `user@host`, or not this time.
    pub fn seen_at(&mut self, address: Option<String>) {
        self.address = address.or(self.address.take());
    }

    /// The account that we are logged in to.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// We are logged in to this account now, or to none.
    pub fn set_account(&mut self, account: Option<String>) {
        self.account = account;
    }

    /// Whether we are marked as away.
    pub fn is_away(&self) -> bool {
        self.is_away
    }

    /// We are marked as away, or no longer.
    pub fn set_away(&mut self, away: bool) {
        self.is_away = away;
    }

    /// An account is to be opened with this password as soon as we are here.
    pub fn will_register(&mut self, password: Option<Secret>) {
        self.to_register = password;
    }

    /// The password of the account to be opened, now that we are here.
    pub fn take_registration(&mut self) -> Option<Secret> {
        self.to_register.take()
    }

    /// The server is asked for an account with this password.
    pub fn registers(&mut self, password: Secret) {
        self.new_password = Some(password);
    }

    /// The account is there: its password.
    pub fn registered(&mut self) -> Option<Secret> {
        self.new_password.take()
    }

    /// The owner of the conversations, once we have been here.
    pub fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    /// We are here: from now on the owner of these conversations is known. After a lost connection we are who we
    /// were, even if the server has given us another name meanwhile.
    pub fn begin_diary(&mut self, Profile { server, port, .. }: &Profile) {
        let identity = match (&self.account, self.owner.take().map(|owner| owner.identity)) {
            (Some(account), _) => logs::Identity::Account(account.clone()),
            (None, Some(before)) => before,
            (None, None) => logs::Identity::Name(self.me.clone()),
        };
        self.owner = Some(Owner { server: server.clone(), port: *port, identity });
    }

    /// The profile was changed; `is_other` if another person comes by it, with the next connection.
    pub fn adopt(&mut self, is_other: bool, is_connected: bool) {
        self.is_other_person |= is_other && is_connected;
        if is_other && !is_connected {
            self.owner = None;
        }
    }

    /// A connection is made, as the person that the profile names.
    pub fn comes(&mut self) {
        if std::mem::take(&mut self.is_other_person) {
            self.owner = None;
        }
    }

    /// The connection is over.
    pub fn leaves(&mut self) {
        (self.address, self.account, self.is_away, self.new_password) = (None, None, false, None);
    }
}
