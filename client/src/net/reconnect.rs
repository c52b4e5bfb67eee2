//! Coming back after a connection was lost: when, and how often.
//!
//! The first attempt comes after about a second, each further one after twice as long, up to a minute. Each time is a
//! little shorter or longer at random, so that a server that everybody lost at once is not found by everybody at once.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

use crate::event::failure::Failure;

/// The first wait.
const SHORTEST_SECS: u64 = 1;

/// The longest.
const LONGEST_SECS: u64 = 60;

/// A connection that stood for so long was a good one, and the next begins again with the shortest wait.
const GOOD_AFTER: Duration = Duration::from_secs(60);

/// When a connection that ended is made again by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retry {
    /// Never.
    Never,
    /// If we were logged in before. Somebody who is just typing in where to go would rather see what is wrong.
    #[default]
    OnceWelcomed,
    /// From the first attempt on.
    Always,
}

impl Retry {
    /// Whether a connection that ended so is made again. `was_welcomed` is whether we were ever logged in there.
    pub fn follows(self, failure: &Failure, was_welcomed: bool) -> bool {
        // Where we were before, our name is likely to be taken by ourselves, until the server notices that we are
        // gone; and what is not the server any more is likely to be something in the way, such as the login page of a
        // hotel's network.
        let was_fine = was_welcomed
            && matches!(
                failure,
                Failure::NickInUse { .. } | Failure::NotAChatServer { .. } | Failure::NoTls { .. }
            );
        let is_wanted = match self {
            Self::Never => false,
            Self::OnceWelcomed => was_welcomed,
            Self::Always => true,
        };
        is_wanted && (failure.may_pass() || was_fine)
    }
}

/// How long to wait before the next attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct BackOff {
    /// How many attempts there were since the last good connection.
    attempts: u32,
}

impl BackOff {
    /// Notes that a connection was logged in for so long.
    pub fn stood(&mut self, time: Duration) {
        if time >= GOOD_AFTER {
            self.attempts = 0;
        }
    }

    /// The next wait.
    pub fn next_wait(&mut self) -> Duration {
        let mut byte = [0];
        // Without random numbers the wait is a bit short.
        let _ = SystemRandom::new().fill(&mut byte);
        self.wait_by(f64::from(byte[0]) / 255.0)
    }

    /// The next wait, by a number from 0 to 1: from four fifths to six fifths of what it is on average.
    fn wait_by(&mut self, chance: f64) -> Duration {
        let average = (SHORTEST_SECS << self.attempts.min(6)).min(LONGEST_SECS);
        self.attempts = self.attempts.saturating_add(1);
        Duration::from_secs(average).mul_f64(0.8 + 0.4 * chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_where_we_were_before_is_waited_for() {
        let host = || "tea.house".to_owned();
        let no_tls = Failure::NoTls { host: host(), detail: String::new() };
        for failure in
            [Failure::NickInUse { nick: "bob".to_owned() }, Failure::NotAChatServer { host: host() }, no_tls]
        {
            for (retry, was_welcomed, follows) in [
                (Retry::Never, true, false),
                (Retry::OnceWelcomed, true, true),
                (Retry::Always, true, true),
                (Retry::Always, false, false),
            ] {
                assert_eq!(retry.follows(&failure, was_welcomed), follows, "{failure:?} {retry:?}");
            }
        }
        let banned = Failure::Banned { reason: String::new() };
        assert!(!Retry::Always.follows(&banned, true));
        assert!(Retry::Always.follows(&Failure::Silent, false));
        assert!(!Retry::OnceWelcomed.follows(&Failure::Silent, false));
    }

    #[test]
    fn each_wait_is_about_twice_as_long_as_the_one_before_up_to_a_minute() {
        let mut back_off = BackOff::default();
        let waits: Vec<_> = (0..9).map(|_| back_off.wait_by(0.5).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        for chance in [0.0, 1.0] {
            let wait = back_off.wait_by(chance).as_secs();
            assert!((48..=72).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn only_a_connection_that_stood_begins_anew() {
        let mut back_off = BackOff::default();
        back_off.next_wait();
        back_off.next_wait();
        back_off.stood(Duration::from_secs(5));
        assert_eq!(back_off.wait_by(0.5).as_secs(), 4);
        back_off.stood(Duration::from_secs(100));
        assert_eq!(back_off.wait_by(0.5).as_secs(), 1);
    }
}
