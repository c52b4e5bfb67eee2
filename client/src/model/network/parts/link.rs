//! How things stand with a server, and whether its connection is still the one that the profile asks for.

use std::time::Duration;

use crate::config::fingerprint::Fingerprint;
use crate::event::failure::Failure;

/// How things stand with a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// There is no connection. In the chat view: offer to connect again.
    #[default]
    Down,
    /// It is being made, up to the server's welcome.
    Connecting,
    /// We are logged in.
    Up,
}

/// The connection that there is, or was.
#[derive(Default)]
pub struct LinkState {
    link: Link,
    /// Why there is none, while there is none.
    failure: Option<Failure>,
    /// In how many seconds there will be an attempt to make it again, if there will.
    retry_secs: Option<u32>,
    /// The server's certificate, on a connection by TLS.
    fingerprint: Option<Fingerprint>,
    /// How long the server took to answer, the last time that this was measured.
    latency: Option<Duration>,
    /// Whether the profile was changed after the connection was made.
    is_outdated: bool,
    /// Whether there is an account that the connection was not made with.
    has_new_account: bool,
}

impl LinkState {
    /// How things stand.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Why there is no connection, as it came.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// In how many seconds it will be made again.
    pub fn retry_secs(&self) -> Option<u32> {
        self.retry_secs
    }

    /// The server's certificate.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
    }

    /// How long the server took to answer.
    pub fn latency(&self) -> Option<Duration> {
        self.latency
    }

    /// Whether it was made in another way than the profile says now.
    pub fn is_outdated(&self) -> bool {
        self.is_outdated
    }

    /// Whether there is a connection, or will be one without our doing.
    pub fn is_wanted(&self) -> bool {
        self.link != Link::Down || self.retry_secs.is_some()
    }

    /// Whether a connection that is made by itself would not be the right one.
    pub fn is_wrong(&self) -> bool {
        self.is_outdated || self.has_new_account
    }

    /// We want a connection in the way that the profile says now. Says whether it is to be made: there is none.
    pub fn want(&mut self) -> bool {
        let is_down = self.link == Link::Down;
        if is_down {
            (self.is_outdated, self.has_new_account) = (false, false);
        }
        is_down
    }

    /// A connection is being made, by us or by itself.
    pub fn begin(&mut self) {
        (self.link, self.failure, self.retry_secs) = (Link::Connecting, None, None);
    }

    /// The connection that is being made does not count any more.
    pub fn drop_attempt(&mut self) {
        self.link = Link::Down;
    }

    /// The server has welcomed us.
    pub fn welcomed(&mut self) {
        (self.link, self.failure) = (Link::Up, None);
    }

    /// It is over, by our own will unless it [failed](Self::fail).
    pub fn end(&mut self) {
        let Self { is_outdated, has_new_account, .. } = *self;
        *self = Self { is_outdated, has_new_account, ..Self::default() };
    }

    /// Why it is over.
    pub fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }

    /// It will be made again.
    pub fn will_retry(&mut self, secs: u32) {
        self.retry_secs = Some(secs);
    }

    /// The server has shown its certificate.
    pub fn secured(&mut self, fingerprint: Fingerprint) {
        self.fingerprint = Some(fingerprint);
    }

    /// The server has answered.
    pub fn measured(&mut self, latency: Duration) {
        self.latency = Some(latency);
    }

    /// The profile was changed; `is_other` if it connects in another way now. Says whether to connect anew at once.
    pub fn adopt(&mut self, is_other: bool) -> bool {
        self.is_outdated |= is_other && self.link == Link::Up;
        is_other && self.link == Link::Connecting
    }

    /// There is an account now that the next connection is to be made with.
    pub fn has_account(&mut self) {
        self.has_new_account = true;
    }
}
