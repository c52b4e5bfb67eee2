//! What messages and batches are called: a number that is also a time.

use std::fmt;

use jiff::Timestamp;

/// The name of a message or a batch: microseconds since 1970, and never the same twice. So it says when something was
/// said, orders what was said, and is what the [store](crate::store) files it under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(i64);

impl Number {
    /// Before everything that was ever said.
    pub(crate) const FIRST: Self = Self(0);
    /// Behind everything that will ever be said.
    pub(crate) const LAST: Self = Self(i64::MAX);

    /// The first number of a moment.
    pub(crate) fn at(time: Timestamp) -> Self {
        Self(time.as_microsecond())
    }

    /// The number for something that happens now: behind all that came before, even where the clock was set back.
    pub(super) fn after(self, now: Timestamp) -> Self {
        Self::at(now).max(Self(self.0 + 1))
    }

    pub(crate) fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub(crate) fn as_micros(self) -> i64 {
        self.0
    }

    /// When it was given.
    pub(crate) fn time(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or_default()
    }

    /// The number as it stood on the wire.
    pub(crate) fn read(wire: &str) -> Option<Self> {
        i64::from_str_radix(wire, 16).ok().filter(|number| *number >= 0).map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_behind_the_last_one_and_not_before_its_time() {
        let now = Timestamp::from_second(1_767_225_600).unwrap();
        let first = Number::FIRST.after(now);
        assert_eq!(first.time(), now);
        assert!(first.after(now) > first);
        assert!(first.after(Timestamp::UNIX_EPOCH) > first, "the clock was set back");
        assert_eq!(Number::read(&first.to_string()), Some(first));
        assert_eq!(Number::read("-1"), None);
        assert_eq!(Number::read("茶"), None);
    }
}
