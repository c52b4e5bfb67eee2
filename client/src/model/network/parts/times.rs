//! When things happened on a connection, by the server's clock where it says so.

use jiff::Timestamp;

/// The times of a connection.
#[derive(Default)]
pub struct Times {
    /// When the login was complete, by the clock that says when things happen.
    welcomed_at: Option<Timestamp>,
    /// Whether that is by the server's clock.
    is_welcome_stamped: bool,
    /// When the last connection ended, by the server's clock if that is behind ours.
    left_at: Option<Timestamp>,
    /// The server's time when it told it last.
    heard_at: Option<Timestamp>,
    /// The time with which the server stamped what happens just now.
    stamp: Option<Timestamp>,
}

impl Times {
    /// Something happens, and the server has stamped it or not.
    pub fn hear(&mut self, stamp: Option<Timestamp>) {
        self.stamp = stamp;
        self.heard_at = stamp.or(self.heard_at);
    }

    /// Something of ours happens, or something from before is told.
    pub fn set_stamp(&mut self, stamp: Option<Timestamp>) {
        self.stamp = stamp;
    }

    /// The stamp of what happens just now.
    pub fn stamp(&self) -> Option<Timestamp> {
        self.stamp
    }

    /// When that was by the server's clock; `at`, by ours, if the server did not say.
    pub fn stamp_or(&self, at: Timestamp) -> Timestamp {
        self.stamp.unwrap_or(at)
    }

    /// The server welcomes us.
    pub fn welcomed(&mut self, at: Timestamp) {
        (self.welcomed_at, self.is_welcome_stamped) = (Some(self.stamp_or(at)), self.stamp.is_some());
    }

    /// Whether the server has ever welcomed us.
    pub fn was_welcomed(&self) -> bool {
        self.welcomed_at.is_some()
    }

    /// Whether something was not said before we came.
    pub fn is_new(&self, at: Timestamp) -> bool {
        self.welcomed_at.is_none_or(|welcomed_at| at >= welcomed_at)
    }

    /// Whether the current event was said before we came, both by the server's clock: some servers, and bouncers,
    /// repeat it without a batch.
    pub fn is_from_before(&self) -> bool {
        let welcomed_at = self.welcomed_at.filter(|_| self.is_welcome_stamped);
        self.stamp.zip(welcomed_at).is_some_and(|(stamp, welcomed_at)| stamp < welcomed_at)
    }

    /// The connection is over.
    pub fn left(&mut self, now: Timestamp) {
        self.left_at = Some(self.heard_at.take().map_or(now, |heard_at| heard_at.min(now)));
    }

    /// When the last connection ended.
    pub fn left_at(&self) -> Option<Timestamp> {
        self.left_at
    }
}
