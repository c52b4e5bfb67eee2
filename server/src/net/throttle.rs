//! Flood protection: how fast one client's lines are taken.
//!
//! A token bucket, counted in time: every line costs half a second, and a client may be five seconds ahead of the
//! clock. A client that is further ahead waits, and since the session that waits does not read, the wait reaches the
//! client's own `send` in the end. Nobody is disconnected for typing fast, and nobody else notices.
//! A line that a program sends by itself while a person writes and reads costs a fifth of that: three lines go with
//! each message then, and a user who writes fast must not be slowed down for what the window says.

use std::time::{Duration, Instant};

/// What one line costs: two lines a second in the long run.
const COST: Duration = Duration::from_millis(500);
/// The part of it that is given back for a line that a program sends by itself.
const REBATE: Duration = Duration::from_millis(400);
/// How many lines may come at once.
const BURST: u32 = 10;

/// One client's account.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// Up to when the lines that were taken have been paid for.
    paid_until: Option<Instant>,
}

impl Throttle {
    /// Takes a line if it need not wait. Returns whether it was taken.
    pub(crate) fn take_at_once(&mut self, now: Instant) -> bool {
        let allowed = self.paid_until.is_none_or(|paid| paid + COST <= now + COST * BURST);
        if allowed {
            self.take(now);
        }
        allowed
    }

    /// Gives back most of what the last line cost: it was a line that a program sends by itself.
    pub(crate) fn lighten(&mut self) {
        self.paid_until = self.paid_until.and_then(|paid| paid.checked_sub(REBATE));
    }

    /// Takes a line, and says how long to wait before running it.
    pub(crate) fn take(&mut self, now: Instant) -> Duration {
        let paid_until = self.paid_until.map_or(now, |paid| paid.max(now)) + COST;
        self.paid_until = Some(paid_until);
        paid_until.saturating_duration_since(now + COST * BURST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_lines_pass_at_once_and_then_two_a_second() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        for _ in 0..BURST {
            assert_eq!(throttle.take(start), Duration::ZERO);
        }
        assert!(!throttle.take_at_once(start));
        assert_eq!(throttle.take(start), COST);
        assert_eq!(throttle.take(start), COST * 2);
        // A client that has waited as told is not late any more.
        assert_eq!(throttle.take(start + COST * 2), COST);
        assert!(throttle.take_at_once(start + COST * 4));
        // After a pause the burst is there again, and never more than it.
        let later = start + Duration::from_secs(3600);
        for _ in 0..BURST {
            assert_eq!(throttle.take(later), Duration::ZERO);
        }
        assert_eq!(throttle.take(later), COST);
    }

    #[test]
    fn who_writes_fast_is_not_slowed_down_for_what_the_window_says_meanwhile() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.take(start), Duration::ZERO, "a message");
            for _ in 0..3 {
                assert_eq!(throttle.take(start), Duration::ZERO, "a line of the window's own");
                throttle.lighten();
            }
        }
        for _ in 0..BURST {
            throttle.take(start);
            throttle.lighten();
        }
        assert!(!throttle.take_at_once(start), "they are not free");
    }
}
