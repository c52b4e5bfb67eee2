//! A whole town is connected, and few of them talk.

use std::time::{Duration, Instant};

use super::Pace;
use crate::arrival::{PATIENCE, log_in, nick_of};
use crate::crowd::{Crowd, Heard};
use crate::figures::{Figure, Figures, Latencies, Stretch};
use crate::ledger::{Ledger, settle};
use crate::peers::Running;
use crate::process;
use crate::trouble::Trouble;

/// One of so many takes part in a talk of two.
const SHARE: usize = 100;
/// How often each speaker says something.
const INTERVAL: Duration = Duration::from_secs(1);
/// So many times longer than other loads: five minutes at the usual pace.
const LONGER: u32 = 150;

/// So many people log in. Then one of a hundred talks, in pairs, for minutes, and nobody may be lost.
pub fn play(people: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let time = pace.measured * LONGER;
    let mut crowd = Crowd::new(server, pace.patience + time)?;
    let before = process::resident_kib(server.pid())?;
    log_in(&mut crowd, server, people, "")?;
    let each = (process::resident_kib(server.pid())? - before) / people as f64;

    let talkers = people / SHARE;
    let mut ledger = Ledger::new(talkers, 64);
    for speaker in (0..talkers).step_by(2) {
        ledger.add_voice(speaker, "", &nick_of(speaker + 1), &[speaker + 1]);
    }
    let mut talk =
        Talk { sent_at: vec![Instant::now(); ledger.voices()], ledger, latencies: Latencies::new() };
    let pause = INTERVAL / u32::try_from(talk.sent_at.len()).expect("few talk");
    let silence = Stretch::begin(server)?;
    let (mut words, mut due, end) = (Vec::new(), Instant::now(), Instant::now() + time);
    for voice in (0..talk.sent_at.len()).cycle() {
        while Instant::now() < due {
            talk.listen(&mut crowd, due.saturating_duration_since(Instant::now()))?;
        }
        if due > end {
            break;
        }
        due += pause;
        words.clear();
        talk.ledger.say(voice, &mut words);
        talk.sent_at[voice] = Instant::now();
        crowd.send(talk.ledger.person(voice), &words)?;
    }
    let used = silence.end()?;
    settle(pace.patience, || talk.listen(&mut crowd, PATIENCE).map(|()| talk.ledger.missing()))?;
    Ok(vec![
        (Figure::Deliveries, talk.ledger.heard as f64 / used.wall.as_secs_f64()),
        (Figure::P50, talk.latencies.quantile(0.5)),
        (Figure::P99, talk.latencies.quantile(0.99)),
        (Figure::Memory, each),
        (Figure::IdleCpu, 100.0 * used.cpu.as_secs_f64() / used.wall.as_secs_f64()),
    ])
}

struct Talk {
    ledger: Ledger,
    /// When each voice last spoke.
    sent_at: Vec<Instant>,
    latencies: Latencies,
}

impl Talk {
    fn listen(&mut self, crowd: &mut Crowd, patience: Duration) -> Result<(), Trouble> {
        crowd.turn(patience.min(PATIENCE), |who, heard, now| {
            let Heard::Line(line) = heard else {
                return Err(Trouble::Cannot(format!("the server hung up on {}", nick_of(who))));
            };
            if let Some((voice, _)) = self.ledger.hear(who, line)? {
                self.latencies.add(now - self.sent_at[voice]);
            }
            Ok(())
        })
    }
}
