//! Whether the server is still there, and how long it takes to answer: when to ask it with PING, and what its PONG
//! tells. Decisions only; [`connection`](crate::net::connection) has the socket and the clock.

use std::time::{Duration, Instant};

/// What we say in PING, and hear again in PONG. Nobody else waits for the answer.
pub const TOKEN: &str = "teahouse";

/// How long after its greeting a server may hold back the lines of a newcomer, as some do: no answer is measured then.
const SETTLING: Duration = Duration::from_secs(2);

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Listen, for so long at the most.
    Listen(Duration),
    /// Ask with PING.
    Ask,
    /// The server is gone: it was asked and has said nothing at all since.
    Gone,
}

/// The pulse of one connection, from the welcome on.
#[derive(Debug)]
pub struct Pulse {
    /// How long the server may be silent before it is asked.
    idle: Duration,
    /// How long it may be silent after that.
    answer: Duration,
    /// How often to find out how long an answer takes; never if nobody wants to know.
    measured: Option<Duration>,
    heard: Instant,
    /// Since when an answer is waited for.
    asked: Option<Instant>,
    /// When to ask for the sake of measuring.
    due: Option<Instant>,
}

impl Pulse {
    /// Nothing was asked yet.
    pub fn new(idle: Duration, answer: Duration, measured: Option<Duration>, now: Instant) -> Self {
        Self { idle, answer, measured, heard: now, asked: None, due: None }
    }

    /// The server's greeting is over. An answer to PING does not wait behind it any more: it can be measured soon.
    pub fn greeted(&mut self, now: Instant) {
        self.due = self.measured.map(|every| now + every.min(SETTLING));
    }

    /// The server said something.
    pub fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// The server answered. Gives how long that took, if it was asked.
    pub fn answered(&mut self, now: Instant) -> Option<Duration> {
        self.due = self.measured.filter(|_| self.due.is_some()).map(|every| now + every);
        self.asked.take().map(|asked| now.saturating_duration_since(asked))
    }

    /// What to do now. A caller that is told to ask counts as having asked.
    pub fn next(&mut self, now: Instant) -> Beat {
        if let Some(asked) = self.asked {
            let gone = asked.max(self.heard) + self.answer;
            if now < gone {
                return Beat::Listen(gone - now);
            }
            if self.heard <= asked {
                return Beat::Gone;
            }
            // It talks, and does not answer: there is nothing to measure.
            (self.asked, self.due) = (None, None);
        }
        let silent = self.heard + self.idle;
        let ask = self.due.map_or(silent, |due| due.min(silent));
        if now < ask {
            return Beat::Listen(ask - now);
        }
        self.asked = Some(now);
        Beat::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A pulse that asks after 60 seconds of silence and gives 30 for the answer.
    fn pulse(measured: Option<Duration>) -> (Pulse, impl Fn(u32) -> Instant) {
        let start = Instant::now();
        (Pulse::new(60 * SECOND, 30 * SECOND, measured, start), move |seconds| start + seconds * SECOND)
    }

    #[test]
    fn a_server_that_falls_silent_is_asked_and_then_given_up() {
        let (mut pulse, at) = pulse(None);
        pulse.greeted(at(0));
        assert_eq!(pulse.next(at(0)), Beat::Listen(60 * SECOND));
        pulse.hear(at(20));
        assert_eq!(pulse.next(at(60)), Beat::Listen(20 * SECOND));
        assert_eq!(pulse.next(at(80)), Beat::Ask);
        assert_eq!(pulse.next(at(80)), Beat::Listen(30 * SECOND));
        assert_eq!(pulse.next(at(110)), Beat::Gone);
    }

    #[test]
    fn a_server_that_answers_or_says_anything_is_there() {
        let (mut pulse, at) = pulse(None);
        assert_eq!(pulse.next(at(60)), Beat::Ask);
        pulse.hear(at(61));
        assert_eq!(pulse.answered(at(61)), Some(SECOND));
        assert_eq!(pulse.next(at(61)), Beat::Listen(60 * SECOND));
        assert_eq!(pulse.next(at(121)), Beat::Ask);
        pulse.hear(at(130));
        assert_eq!(pulse.next(at(151)), Beat::Listen(9 * SECOND));
        assert_eq!(pulse.next(at(160)), Beat::Listen(30 * SECOND), "it has not answered, but it talks");
    }

    #[test]
    fn how_long_an_answer_takes_is_measured_again_and_again() {
        let (mut pulse, at) = pulse(Some(30 * SECOND));
        assert_eq!(pulse.next(at(1)), Beat::Listen(59 * SECOND), "not while it is still greeting");
        pulse.greeted(at(2));
        assert_eq!(pulse.next(at(2)), Beat::Listen(SETTLING));
        assert_eq!(pulse.next(at(4)), Beat::Ask);
        pulse.hear(at(5));
        assert_eq!(pulse.answered(at(5)), Some(SECOND));
        assert_eq!(pulse.next(at(5)), Beat::Listen(30 * SECOND));
        assert_eq!(pulse.next(at(35)), Beat::Ask);
    }

    #[test]
    fn an_answer_that_nobody_asked_for_measures_nothing() {
        let (mut pulse, at) = pulse(Some(30 * SECOND));
        assert_eq!(pulse.answered(at(1)), None);
        assert_eq!(pulse.next(at(1)), Beat::Listen(59 * SECOND));
    }
}
