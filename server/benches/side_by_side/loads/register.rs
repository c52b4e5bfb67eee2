//! Thousands log in at once and then say nothing.

use std::time::Instant;

use super::Pace;
use crate::arrival::{PATIENCE, log_in_at_once, unless_refused};
use crate::crowd::Crowd;
use crate::figures::{Figure, Figures, Latencies, Stretch, micros};
use crate::peers::Running;
use crate::process;
use crate::trouble::Trouble;

/// So many people log in, and stay.
pub fn play(people: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server, pace.patience)?;
    let memory_before = process::resident_kib(server.pid())?;
    let arrival = Stretch::begin(server)?;
    let took = log_in_at_once(&mut crowd, server.newcomers_at_once(), people, "")?;
    let arrival = arrival.end()?;

    let silence = Stretch::begin(server)?;
    let end = Instant::now() + pace.measured;
    while Instant::now() < end {
        crowd.turn(PATIENCE, |who, heard, _| unless_refused(who, heard).map(drop))?;
    }
    let silence = silence.end()?;
    let mut latencies = Latencies::new();
    took.into_iter().for_each(|time| latencies.add(time));
    let memory = process::resident_kib(server.pid())? - memory_before;
    Ok(vec![
        (Figure::Wall, arrival.wall.as_secs_f64()),
        (Figure::CpuEach, micros(arrival.cpu) / people as f64),
        (Figure::P50, latencies.quantile(0.5)),
        (Figure::P99, latencies.quantile(0.99)),
        (Figure::Memory, memory / people as f64),
        (Figure::IdleCpu, 100.0 * silence.cpu.as_secs_f64() / silence.wall.as_secs_f64()),
    ])
}
