//! What time it is. Tests have a clock that they move by hand.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where the model takes the time from.
#[derive(Clone)]
pub struct Clock {
    /// What time it is, whoever says so: the system, or a test.
    pub now: Rc<dyn Fn() -> Timestamp>,
    /// Where times are shown as they are there.
    pub zone: TimeZone,
}

impl Clock {
    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// A time as it stands in a line.
    pub fn time_of(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }
}
