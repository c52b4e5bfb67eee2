//! A class begins: everybody comes at the same instant.

use std::time::Duration;

use super::Pace;
use crate::arrival::log_in_at_once;
use crate::crowd::Crowd;
use crate::figures::{Figure, Figures, Latencies, Stretch, micros};
use crate::peers::Running;
use crate::trouble::Trouble;

/// The kernel asks again after a second for whom there was no place in the queue of new connections. A server may take
/// as long by itself: InspIRCd lets newcomers in once a second.
const AGAIN: Duration = Duration::from_millis(950);

/// So many people log in, all at once.
pub fn play(people: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server, pace.patience)?;
    let arrival = Stretch::begin(server)?;
    let took = log_in_at_once(&mut crowd, people, people, "")?;
    let used = arrival.end()?;
    let late = took.iter().filter(|time| **time >= AGAIN).count();
    let mut latencies = Latencies::new();
    took.into_iter().for_each(|time| latencies.add(time));
    Ok(vec![
        (Figure::Wall, used.wall.as_secs_f64()),
        (Figure::CpuEach, micros(used.cpu) / people as f64),
        (Figure::P50, latencies.quantile(0.5)),
        (Figure::P99, latencies.quantile(0.99)),
        (Figure::Late, late as f64),
    ])
}
