//! A connection's clock: how long a login may take, when a silent client is asked, and when it is given up.

use std::time::{Duration, Instant};

use crate::config::Config;
use crate::text::language::Text;

/// The meaning of a connection's silence, and how much of it is too much.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// The login must be complete by then, however the bytes trickle in.
    LoggingIn { deadline: Instant },
    /// Nothing is wrong; after the ping interval the client is asked.
    Calm,
    /// The client was asked, and anything that comes is an answer.
    Asked,
}

impl Clock {
    /// How long the next read may wait; `None` when the time is up already.
    pub(super) fn patience(&self, config: &Config) -> Option<Duration> {
        match self {
            Self::LoggingIn { deadline } => {
                Some(deadline.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
            }
            Self::Calm => Some(config.ping_interval),
            Self::Asked => Some(config.ping_timeout),
        }
    }

    pub(super) fn heard(&mut self) {
        if let Self::Asked = self {
            *self = Self::Calm;
        }
    }

    /// Does not hold against a login what it had to wait for.
    pub(super) fn stood_still(&mut self, time: Duration) {
        if let Self::LoggingIn { deadline } = self {
            *deadline += time;
        }
    }

    /// Notes that the login is complete; returns whether that is new.
    pub(super) fn logged_in(&mut self) -> bool {
        let is_new = matches!(self, Self::LoggingIn { .. });
        if is_new {
            *self = Self::Calm;
        }
        is_new
    }

    pub(super) fn is_login(&self) -> bool {
        matches!(self, Self::LoggingIn { .. })
    }

    /// Whether silence now is the end.
    pub(super) fn is_last_chance(&self) -> bool {
        !matches!(self, Self::Calm)
    }

    /// The last words to a client whose time is up.
    pub(super) fn verdict(&self, config: &Config) -> Text {
        let seconds = |time: Duration| time.as_secs().to_string();
        match self {
            Self::LoggingIn { .. } => Text::RegistrationTimeout(seconds(config.registration_timeout)),
            Self::Calm | Self::Asked => {
                Text::PingTimeout(seconds(config.ping_interval + config.ping_timeout))
            }
        }
    }
}
