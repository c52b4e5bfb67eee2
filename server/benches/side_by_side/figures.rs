//! What is measured: the figures with their units, and the histogram that gives p50 and p99.

use std::time::{Duration, Instant};

use crate::peers::Running;
use crate::process;
use crate::trouble::Trouble;

/// One kind of figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Figure {
    /// CPU time of the server for one line to one recipient.
    CpuPerDelivery,
    /// The same as the scheduler counts it, to the nanosecond and thread by thread: a second opinion.
    CpuByScheduler,
    /// How many lines reached a recipient in a second.
    Deliveries,
    /// From just before the write to the read that brought the line: half were faster.
    P50,
    /// 99 of 100 were faster.
    P99,
    /// 999 of 1,000 were faster.
    P999,
    /// Context switches of the server for one delivery.
    Switches,
    /// CPU time of the server for the whole load.
    Cpu,
    /// CPU time of the server for each who came.
    CpuEach,
    /// How long the load took.
    Wall,
    /// Resident memory for each connection.
    Memory,
    /// The most resident memory that the server ever had.
    PeakMemory,
    /// CPU time while everybody is silent.
    IdleCpu,
    /// How many came, spoke and went in a second.
    Cycles,
    /// CPU time of the server for one of them.
    CpuPerCycle,
    /// How many found no place at the door and had to come again, which the kernel does a second later.
    Late,
    /// The p50 of a pair while nothing else happens.
    IdleP50,
    /// The p50 of the same pair beside the flood, over that.
    P50OverIdle,
    /// The p99 of a pair while nothing else happens.
    IdleP99,
    /// The p99 of the same pair beside the flood, over that.
    P99OverIdle,
}

impl Figure {
    /// Its name with the unit, for the table.
    pub fn words(self) -> &'static str {
        match self {
            Self::CpuPerDelivery => "CPU µs/delivery",
            Self::CpuByScheduler => "CPU by scheduler",
            Self::Deliveries => "deliveries/s",
            Self::P50 => "p50 µs",
            Self::P99 => "p99 µs",
            Self::P999 => "p99.9 µs",
            Self::Switches => "switches/delivery",
            Self::Cpu => "CPU s",
            Self::CpuEach => "CPU µs each",
            Self::Wall => "wall s",
            Self::Memory => "KiB/connection",
            Self::PeakMemory => "peak MiB",
            Self::IdleCpu => "idle CPU %",
            Self::Cycles => "cycles/s",
            Self::CpuPerCycle => "CPU µs/cycle",
            Self::Late => "came again",
            Self::IdleP50 => "idle p50 µs",
            Self::P50OverIdle => "p50 / idle p50",
            Self::IdleP99 => "idle p99 µs",
            Self::P99OverIdle => "p99 / idle p99",
        }
    }

    /// Its name in the JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::CpuPerDelivery => "cpu_us_per_delivery",
            Self::CpuByScheduler => "scheduler_cpu_us_per_delivery",
            Self::Deliveries => "deliveries_per_s",
            Self::P50 => "p50_us",
            Self::P99 => "p99_us",
            Self::P999 => "p999_us",
            Self::Switches => "switches_per_delivery",
            Self::Cpu => "cpu_s",
            Self::CpuEach => "cpu_us_each",
            Self::Wall => "wall_s",
            Self::Memory => "kib_per_connection",
            Self::PeakMemory => "peak_mib",
            Self::IdleCpu => "idle_cpu_percent",
            Self::Cycles => "cycles_per_s",
            Self::CpuPerCycle => "cpu_us_per_cycle",
            Self::Late => "came_again",
            Self::IdleP50 => "idle_p50_us",
            Self::P50OverIdle => "p50_over_idle_p50",
            Self::IdleP99 => "idle_p99_us",
            Self::P99OverIdle => "p99_over_idle_p99",
        }
    }

    /// Whether it says who is better: a switch that costs nothing is no fault, and an idle machine is nobody's merit.
    pub fn is_compared(self) -> bool {
        !matches!(
            self,
            Self::CpuByScheduler
                | Self::Switches
                | Self::Late
                | Self::IdleP50
                | Self::IdleP99
                | Self::IdleCpu
        )
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        matches!(self, Self::Deliveries | Self::Cycles)
    }
}

/// What one run of one load gave.
pub type Figures = Vec<(Figure, f64)>;

/// A stretch of a server's life: what it used from one moment to another.
pub struct Stretch {
    pid: u32,
    began: Instant,
    cpu: Duration,
    running: Duration,
    switches: f64,
}

/// What a server used in a stretch.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// How long the stretch was.
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
    /// The time that its threads ran, those that have ended not counted.
    pub running: Duration,
    /// Context switches.
    pub switches: f64,
}

impl Stretch {
    /// Begins now.
    pub fn begin(server: &Running) -> Result<Self, Trouble> {
        let pid = server.pid();
        let (switches, running, cpu) =
            (process::switches(pid)?, process::running_time(pid)?, process::cpu_time(pid)?);
        Ok(Self { pid, began: Instant::now(), cpu, running, switches })
    }

    /// Ends now.
    pub fn end(&self) -> Result<Used, Trouble> {
        let wall = self.began.elapsed();
        let cpu = process::cpu_time(self.pid)?.saturating_sub(self.cpu);
        let running = process::running_time(self.pid)?.saturating_sub(self.running);
        Ok(Used { wall, cpu, running, switches: process::switches(self.pid)? - self.switches })
    }
}

/// A duration in µs.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Latencies, counted in steps of 1.6 % so that millions of them cost nothing to keep.
pub struct Latencies {
    counts: Vec<u64>,
    total: u64,
}

/// Each power of two nanoseconds has so many steps (64).
const STEP_BITS: u32 = 6;

impl Latencies {
    /// None yet.
    pub fn new() -> Self {
        Self { counts: vec![0; (64 << STEP_BITS) as usize], total: 0 }
    }

    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1 << STEP_BITS);
        let shift = nanos.ilog2() - STEP_BITS;
        let step = (nanos >> shift) & ((1 << STEP_BITS) - 1);
        self.counts[((u64::from(shift) << STEP_BITS) + step) as usize] += 1;
        self.total += 1;
    }

    /// The latency, in µs, that this share of all stayed below; `NaN` if there were none.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut left = (self.total as f64 * share).ceil();
        for (index, count) in self.counts.iter().enumerate() {
            left -= *count as f64;
            if left <= 0.0 && self.total > 0 {
                let (shift, step) = (index >> STEP_BITS, index & ((1 << STEP_BITS) - 1));
                return (((1 << STEP_BITS) + step) << shift) as f64 / 1e3;
            }
        }
        f64::NAN
    }
}
