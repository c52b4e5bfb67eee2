//! Thousands log in at once and then say nothing.

use std::time::Instant;

use super::Pace;
use crate::arrival::{PATIENCE, log_in, unless_refused};
use crate::crowd::Crowd;
use crate::figures::{Figure, Figures, Stretch};
use crate::peers::Running;
use crate::process;
use crate::trouble::Trouble;

/// So many people log in, and stay.
pub fn play(people: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server.address(), pace.patience)?;
    let memory_before = process::resident_kib(server.pid())?;
    let arrival = Stretch::begin(server)?;
    log_in(&mut crowd, server, people, "")?;
    let arrival = arrival.end()?;

    let silence = Stretch::begin(server)?;
    let end = Instant::now() + pace.measured;
    while Instant::now() < end {
        crowd.turn(PATIENCE, |who, heard, _| unless_refused(who, heard).map(drop))?;
    }
    let silence = silence.end()?;
    let memory = process::resident_kib(server.pid())? - memory_before;
    Ok(vec![
        (Figure::Wall, arrival.wall.as_secs_f64()),
        (Figure::Cpu, arrival.cpu.as_secs_f64()),
        (Figure::Memory, memory / people as f64),
        (Figure::IdleCpu, 100.0 * silence.cpu.as_secs_f64() / silence.wall.as_secs_f64()),
    ])
}
