//! The rows of the table: what is played, at which size, and what Teahouse wants to reach there.

mod churn;
mod door;
mod flood;
mod join;
mod many;
mod register;
pub mod talk;

use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use crate::figures::{Figure, Figures};
use crate::peers::{Dress, Peer, Setup};
use crate::trouble::Trouble;
use talk::{Plan, Seating};

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Before anything is measured.
    pub warm_up: Duration,
    /// How long a load that could go on for ever is measured.
    pub measured: Duration,
    /// When a load has to be over, with everything that belongs to it.
    pub patience: Duration,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Load {
    /// Its name for `--only` and in the JSON.
    pub name: String,
    /// What it is, for the table.
    pub words: String,
    /// What Teahouse wants to reach.
    pub goals: Vec<Goal>,
    setup: Setup,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Talk(Plan),
    Join { people: usize },
    Register { people: usize },
    Door { people: usize },
    Many { people: usize },
    Churn { slots: usize },
    Flood,
}

/// A bound for one figure, as a multiple of another.
#[derive(Clone, Debug)]
pub struct Goal {
    /// The figure.
    pub figure: Figure,
    /// At most so many times as much, or at least for figures of which more is better.
    pub bound: f64,
    /// As what.
    pub against: Against,
}

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Against {
    /// The best of the peers under the same load.
    BestPeer,
    /// Teahouse itself, under another load.
    Itself(String),
    /// The floor of this name.
    Floor(&'static str),
    /// One of the unit.
    One,
}

/// The dresses in which the loads of talk come once more: what stands behind the load's name, and in words.
const DRESSES: [(Dress, &str, &str); 4] = [
    (Dress::Capabilities, "caps", "capabilities on"),
    (Dress::Remembered, "memory", "kept in memory"),
    (Dress::Kept, "store", "kept on the disk"),
    (Dress::Sealed, "tls", "over TLS"),
];
/// What may wait for one client, in bytes, where nothing else is said.
const SENDQ_BYTES: usize = 1 << 20;

/// All of them, in the order of the table. With `dressed` the loads of talk come in every dress.
pub fn all(small: bool, dressed: bool) -> Vec<Load> {
    use Against::{BestPeer, Floor, One};
    use Figure::{
        Cpu, CpuEach, CpuPerCycle, CpuPerDelivery, Cycles, Deliveries, IdleCpu, Memory, P50OverIdle, P99,
        P999, PeakMemory, Wall,
    };
    let (hall, crowd, class) = if small { (400, 1000, 500) } else { (2000, 5000, 2000) };
    let rooms = |rooms, seats, speakers, window| Plan {
        seating: Seating::Rooms { rooms, seats, speakers },
        window,
        text_bytes: 64,
        deaf: false,
    };
    let others = |seating, window| Plan { seating, window, text_bytes: 64, deaf: false };
    // With its source and its end, a line of 400 bytes.
    let deaf = Plan { text_bytes: 366, deaf: true, ..rooms(1, 20, 4, 16) };
    let best = |figure, bound| Goal::new(figure, bound, BestPeer);
    let against_best =
        |cpu, rate, p99| vec![best(CpuPerDelivery, cpu), best(Deliveries, rate), best(P99, p99)];
    let and = |mut goals: Vec<Goal>, more: &[Goal]| {
        goals.extend_from_slice(more);
        goals
    };
    let mut loads = vec![
        talk(
            "room",
            "room of 100, 4 speakers, 64 in flight",
            rooms(1, 100, 4, 64),
            and(against_best(0.25, 4.0, 0.4), &[best(PeakMemory, 1.2)]),
        ),
        talk(
            "lone",
            "room of 100, 1 speaker, 1 in flight",
            rooms(1, 100, 1, 1),
            and(
                against_best(1.0, 1.1, 1.0),
                &[best(P999, 1.2), Goal::new(CpuPerDelivery, 1.25, Floor("floor-1"))],
            ),
        ),
        talk(
            "rooms",
            "10 rooms of 10, 20 speakers, 16 in flight",
            rooms(10, 10, 2, 16),
            and(against_best(0.7, 2.0, 1.0), &[best(PeakMemory, 1.5)]),
        ),
        talk(
            "pairs",
            "50 private pairs, 64 in flight",
            others(Seating::Pairs(50), 64),
            against_best(0.4, 3.0, 0.5),
        ),
        talk(
            "pair",
            "1 pair, one speaks, 1 in flight",
            others(Seating::Pairs(1), 1),
            against_best(1.0, 1.5, 0.9),
        ),
        talk(
            "duet",
            "1 pair, both speak, 1 in flight each",
            others(Seating::Duet, 1),
            against_best(1.0, 1.5, 0.9),
        ),
        talk(
            "hall",
            &format!("room of {hall}, 4 speakers, 16 in flight"),
            rooms(1, hall, 4, 16),
            against_best(0.3, 3.0, 0.5),
        ),
    ];
    if dressed {
        let plain = loads.len();
        for dress in DRESSES {
            for index in 0..plain {
                loads.push(loads[index].in_dress(dress));
            }
        }
    }
    let register =
        Load::new("register", &format!("{crowd} register, then idle"), Kind::Register { people: crowd });
    if dressed {
        let goals = [best(CpuEach, 0.8), Goal::new(Memory, 40.0, One)];
        loads.push(register.in_dress(DRESSES[3]).wants(goals));
    }
    loads.extend([
        Load::new("join", &format!("{hall} people join one room"), Kind::Join { people: hall })
            .wants([best(Cpu, 0.8)]),
        register.wants([
            best(Wall, 0.6),
            Goal::new(CpuEach, 60.0, One),
            Goal::new(P99, 5000.0, One),
            Goal::new(Memory, 12.0, One),
            Goal::new(IdleCpu, 0.5, One),
        ]),
        Load::new("door", &format!("{class} come at the same instant"), Kind::Door { people: class })
            .wants([best(Wall, 1.0)]),
        Load::new("churn", "20 connect, join, speak, quit, over and over", Kind::Churn { slots: 20 })
            .wants([best(CpuPerCycle, 1.0), best(Cycles, 1.2), best(P99, 1.0)]),
        talk(
            "deaf",
            "1 of 20 never reads, 400-byte lines",
            deaf.clone(),
            and(against_best(0.7, 2.0, 1.0), &[best(PeakMemory, 1.2)]),
        ),
        Load {
            setup: Setup { dress: Dress::Plain, sendq_bytes: 8 << 20 },
            ..talk(
                "deaf8",
                "the same where 8 MiB may wait for one",
                deaf,
                and(against_best(0.7, 2.0, 1.0), &[best(PeakMemory, 1.2)]),
            )
        },
        Load::new("flood", "1 floods a room, pairs elsewhere talk at 10/s", Kind::Flood).wants([
            Goal::new(P50OverIdle, 1.2, One),
            Goal::new(P99, 1500.0, One),
            best(PeakMemory, 1.2),
        ]),
    ]);
    loads
}

/// The load that takes minutes and a machine that is set up for it, so it is played only where it is named.
pub fn many() -> Load {
    /// What a process has open besides.
    const OTHERS: u64 = 200;
    let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let people = limit.saturating_sub(OTHERS).min(30_000) as usize / 1000 * 1000;
    let words = format!("{people} connections, 1 of 100 talks");
    Load::new("many", &words, Kind::Many { people }).wants([Goal::new(Figure::P99, 50_000.0, Against::One)])
}

fn talk(name: &str, words: &str, plan: Plan, goals: Vec<Goal>) -> Load {
    Load::new(name, words, Kind::Talk(plan)).wants(goals)
}

impl Load {
    fn new(name: &str, words: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            words: words.to_owned(),
            goals: Vec::new(),
            setup: Setup { dress: Dress::Plain, sendq_bytes: SENDQ_BYTES },
            kind,
        }
    }

    fn wants(self, goals: impl IntoIterator<Item = Goal>) -> Self {
        Self { goals: goals.into_iter().collect(), ..self }
    }

    /// The same with capabilities (server-time, message-tags, echo-message and account-tag, as far as the server has
    /// them), with what is said kept, or over TLS.
    fn in_dress(&self, (dress, name, words): (Dress, &str, &str)) -> Self {
        let (against, [cpu, rate, p99]) = match dress {
            Dress::Sealed => (Against::BestPeer, [0.8, 1.5, 1.0]),
            _ => (Against::Itself(self.name.clone()), [1.2, 1.0 / 1.2, 1.2]),
        };
        let goal = |figure, bound| Goal::new(figure, bound, against.clone());
        Self {
            name: format!("{}+{name}", self.name),
            words: format!("{}, {words}", self.words),
            goals: vec![
                goal(Figure::CpuPerDelivery, cpu),
                goal(Figure::Deliveries, rate),
                goal(Figure::P99, p99),
            ],
            setup: Setup { dress, ..self.setup },
            kind: self.kind.clone(),
        }
    }

    /// Whether a server can play it.
    pub fn is_for(&self, peer: &Peer) -> bool {
        peer.has(self.setup.dress)
    }

    /// Starts the server, plays the load, ends the server.
    pub fn play(&self, peer: &Peer, pace: &Pace) -> Result<Figures, Trouble> {
        let server = peer.start(self.setup)?;
        match &self.kind {
            Kind::Talk(plan) => talk::play(plan, &server, self.setup.dress, pace),
            Kind::Join { people } => join::play(*people, &server, pace),
            Kind::Register { people } => register::play(*people, &server, pace),
            Kind::Door { people } => door::play(*people, &server, pace),
            Kind::Many { people } => many::play(*people, &server, pace),
            Kind::Churn { slots } => churn::play(*slots, &server, pace),
            Kind::Flood => flood::play(&server, pace),
        }
    }
}

impl Goal {
    fn new(figure: Figure, bound: f64, against: Against) -> Self {
        Self { figure, bound, against }
    }

    /// Whether the floors have to be measured to judge it.
    pub fn is_against_floor(&self) -> bool {
        matches!(self.against, Against::Floor(_))
    }
}
