//! The rows of the table: what is played, at which size, and what Teahouse wants to reach there.

mod churn;
mod flood;
mod join;
mod register;
pub mod talk;

use std::time::Duration;

use crate::figures::{Figure, Figures};
use crate::peers::{Dress, Peer};
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
#[derive(Debug)]
pub struct Load {
    /// Its name for `--only` and in the JSON.
    pub name: String,
    /// What it is, for the table.
    pub words: String,
    /// What Teahouse wants to reach.
    pub goals: Vec<Goal>,
    dress: Dress,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Talk(Plan),
    Join { people: usize },
    Register { people: usize },
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
const DRESSES: [(Dress, &str, &str); 3] = [
    (Dress::Capabilities, "caps", "capabilities on"),
    (Dress::Remembered, "memory", "kept in memory"),
    (Dress::Kept, "store", "kept on the disk"),
];

/// All of them, in the order of the table. With `dressed` the loads of talk come in every dress.
pub fn all(small: bool, dressed: bool) -> Vec<Load> {
    use Against::{BestPeer, Floor, One};
    use Figure::{Cpu, CpuPerDelivery, Cycles, Deliveries, IdleCpu, Memory, P99, P99OverIdle, Wall};
    let (hall, crowd) = if small { (400, 1000) } else { (2000, 5000) };
    let rooms = |rooms, seats, speakers, window| Plan {
        seating: Seating::Rooms { rooms, seats, speakers },
        window,
        text_bytes: 64,
        deaf: false,
    };
    let pairs = |pairs, window| Plan { seating: Seating::Pairs(pairs), window, text_bytes: 64, deaf: false };
    // With its source and its end, a line of 400 bytes.
    let deaf = Plan { text_bytes: 366, deaf: true, ..rooms(1, 20, 4, 16) };
    let against_best = |cpu, rate, p99| {
        vec![
            Goal::new(CpuPerDelivery, cpu, BestPeer),
            Goal::new(Deliveries, rate, BestPeer),
            Goal::new(P99, p99, BestPeer),
        ]
    };
    let mut loads = vec![
        talk(
            "room",
            "room of 100, 4 speakers, 64 in flight",
            rooms(1, 100, 4, 64),
            against_best(0.6, 2.0, 0.7),
        ),
        talk("lone", "room of 100, 1 speaker, 1 in flight", rooms(1, 100, 1, 1), {
            let mut goals = against_best(0.85, 1.2, 1.0);
            goals.push(Goal::new(CpuPerDelivery, 1.25, Floor("floor-1")));
            goals
        }),
        talk(
            "rooms",
            "10 rooms of 10, 20 speakers, 16 in flight",
            rooms(10, 10, 2, 16),
            against_best(0.6, 1.8, 1.0),
        ),
        talk("pairs", "50 private pairs, 64 in flight", pairs(50, 64), against_best(0.4, 3.0, 0.5)),
        talk("pair", "1 pair, 1 in flight", pairs(1, 1), against_best(0.85, 1.3, 0.6)),
        talk(
            "hall",
            &format!("room of {hall}, 4 speakers, 16 in flight"),
            rooms(1, hall, 4, 16),
            against_best(0.8, 1.3, 1.0),
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
    loads.extend([
        Load::new("join", &format!("{hall} people join one room"), Kind::Join { people: hall })
            .wants([Goal::new(Cpu, 0.8, BestPeer)]),
        Load::new("register", &format!("{crowd} register, then idle"), Kind::Register { people: crowd })
            .wants([
                Goal::new(Wall, 0.6, BestPeer),
                Goal::new(Memory, 14.0, One),
                Goal::new(IdleCpu, 0.5, One),
            ]),
        Load::new("churn", "20 connect, join, speak, quit, over and over", Kind::Churn { slots: 20 })
            .wants([Goal::new(Cycles, 1.5, BestPeer)]),
        Load::new("deaf", "1 of 20 never reads, 400-byte lines", Kind::Talk(deaf))
            .wants([Goal::new(Deliveries, 1.0, BestPeer), Goal::new(P99, 1.0, BestPeer)]),
        Load::new("flood", "1 floods a room, pairs elsewhere talk at 10/s", Kind::Flood).wants([Goal::new(
            P99OverIdle,
            2.0,
            One,
        )]),
    ]);
    loads
}

fn talk(name: &str, words: &str, plan: Plan, goals: Vec<Goal>) -> Load {
    Load::new(name, words, Kind::Talk(plan)).wants(goals)
}

impl Load {
    fn new(name: &str, words: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), words: words.to_owned(), goals: Vec::new(), dress: Dress::Plain, kind }
    }

    fn wants(self, goals: impl IntoIterator<Item = Goal>) -> Self {
        Self { goals: goals.into_iter().collect(), ..self }
    }

    /// The same with capabilities (server-time, message-tags, echo-message and account-tag, as far as the server has
    /// them), or with what is said kept.
    fn in_dress(&self, (dress, name, words): (Dress, &str, &str)) -> Self {
        let itself = |figure, bound| Goal::new(figure, bound, Against::Itself(self.name.clone()));
        Self {
            name: format!("{}+{name}", self.name),
            words: format!("{}, {words}", self.words),
            goals: vec![
                itself(Figure::CpuPerDelivery, 1.3),
                itself(Figure::Deliveries, 1.0 / 1.3),
                itself(Figure::P99, 1.3),
            ],
            dress,
            kind: self.kind.clone(),
        }
    }

    /// Whether a server can play it.
    pub fn is_for(&self, peer: &Peer) -> bool {
        peer.has(self.dress)
    }

    /// Starts the server, plays the load, ends the server.
    pub fn play(&self, peer: &Peer, pace: &Pace) -> Result<Figures, Trouble> {
        let server = peer.start(self.dress)?;
        match &self.kind {
            Kind::Talk(plan) => talk::play(plan, &server, self.dress, pace),
            Kind::Join { people } => join::play(*people, &server, pace),
            Kind::Register { people } => register::play(*people, &server, pace),
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
