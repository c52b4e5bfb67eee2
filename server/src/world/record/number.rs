//! The names of messages and batches: a number that is also a time.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::world::World;

/// How far times may be ahead of the clock: threads tell the time a moment before they have the lock.
const LONGEST_AHEAD: SignedDuration = SignedDuration::from_secs(10);
/// Before 2025 there was no such server: a clock that says so has not been set.
pub(crate) const EARLIEST_SECS: i64 = 1_735_689_600;

/// The name of a message or a batch: microseconds since 1970, and never the same twice. So it says when something was
/// said, orders what was said, and is what the [store](crate::store) files it under.
///
/// When the clock is set back, numbers run on ahead of it until it has caught up, however long that takes: the order
/// is the order in which things were said, and no name comes twice. But times come from the clock then (`time_by`),
/// and are kept beside the numbers.
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
    pub(in crate::world) fn after(self, now: Timestamp) -> Self {
        Self::at(now).max(Self(self.0.saturating_add(1)))
    }

    /// The time of something that has this number and happens now. It may be ahead of the clock by
    /// [`LONGEST_AHEAD`], and time stands still for as long at most; if it is more, the clock has been set back, and is
    /// believed, unless it is certainly wrong.
    pub(in crate::world) fn time_by(self, now: Timestamp) -> Timestamp {
        let ahead = self.0.saturating_sub(now.as_microsecond());
        let is_believed = ahead > LONGEST_AHEAD.as_micros() as i64 && now.as_second() > EARLIEST_SECS;
        if is_believed { now } else { self.time() }
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
        i64::from_str_radix(wire, 16)
            .ok()
            .filter(|number| (0..=Timestamp::MAX.as_microsecond()).contains(number))
            .map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl World {
    /// A new number, which no other message and no other batch of this server has or had.
    pub(crate) fn next_number(&mut self) -> Number {
        self.look_at_the_clock();
        self.number = self.number.after(self.now);
        self.number
    }

    /// When something happened that has just been given a number.
    pub(crate) fn time_of(&self, number: Number) -> Timestamp {
        number.time_by(self.now)
    }

    /// A time of what was said before, as it is shown: what a clock that was ahead has dated is not of the future.
    pub(crate) fn shown(&self, time: Timestamp) -> Timestamp {
        Number::at(time).time_by(self.now)
    }

    /// Notices when the clock has been set back: what people marked as read in the future is only read up to now.
    fn look_at_the_clock(&mut self) {
        if self.now >= self.latest {
            self.latest = self.now;
        } else if self.latest.duration_since(self.now) > LONGEST_AHEAD {
            self.latest = self.now;
            self.cap_markers();
            self.bans.cap(self.now);
        }
    }

    /// Goes on where the last run of the server ended: no number is given twice, and these rooms are the same ones when
    /// they are opened again.
    pub(crate) fn go_on(&mut self, last: Number, rooms: impl IntoIterator<Item = (String, Number)>) {
        self.number = self.number.max(last);
        let casemapping = self.config.casemapping;
        self.remembered
            .extend(rooms.into_iter().map(|(name, since)| (casemapping.fold(&name).into_owned(), since)));
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
        assert_eq!(Number::read("7fffffffffffffff"), None, "nobody lives that long");
        assert_eq!(Number::read("-1"), None);
        assert_eq!(Number::read("茶"), None);
    }

    #[test]
    fn times_come_back_with_the_clock_and_numbers_go_on() {
        let now = Timestamp::from_second(1_767_225_600).unwrap();
        let ahead = Number::at(now + SignedDuration::from_hours(8));
        let next = ahead.after(now);
        assert!(next > ahead);
        assert_eq!(next.time_by(now), now);
        let little = Number::at(now + LONGEST_AHEAD);
        assert_eq!(little.time_by(now), little.time(), "for a moment it stands still");
        assert_eq!(ahead.time_by(Timestamp::UNIX_EPOCH), ahead.time(), "that clock has not been set");
    }
}
