//! What time it is. Tests have a clock that they move by hand.

use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far the server's clock may be ahead of ours before its times are not believed.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// Where the model takes the time from.
#[derive(Clone)]
pub struct Clock {
    /// What time it is, by the system or by a test.
    pub now: Rc<dyn Fn() -> Timestamp>,
    /// Where times are shown as they are there.
    pub zone: TimeZone,
}

impl Clock {
    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The latest time that anything can have happened at.
    pub fn latest(&self) -> Timestamp {
        let now = self.now();
        now.saturating_add(AHEAD).unwrap_or(now)
    }

    /// When something happened: as the server says, but not later than now, by our clock. A minute does not matter.
    pub fn time_of_event(&self, stamp: Option<Timestamp>) -> Timestamp {
        stamp.filter(|at| *at <= self.latest()).unwrap_or_else(|| self.now())
    }

    /// A time as it stands in a line.
    pub fn time_of(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }
}
