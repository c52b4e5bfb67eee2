//! The results: medians over the rounds, ratios to the best peer, the goals, one table and one JSON file.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::figures::{Figure, Figures};
use crate::floor::FLOORS;
use crate::loads::{Against, Goal, Load};
use crate::peers::Peer;
use crate::trouble::Trouble;

/// The column that a floor's figures stand in.
pub const FLOOR: &str = "floor";

/// All runs of all rounds.
#[derive(Default)]
pub struct Sheet {
    /// By load, server and figure; one value for each round.
    values: BTreeMap<(String, String, Figure), Vec<f64>>,
    /// By load and server: why there is nothing, or less than there should be.
    troubles: BTreeMap<(String, String), Trouble>,
    /// The figures of each load, in the order in which it gave them.
    order: BTreeMap<String, Vec<Figure>>,
}

impl Sheet {
    /// Notes what one run gave.
    pub fn note(&mut self, load: &str, server: &str, outcome: Result<Figures, Trouble>) {
        match outcome {
            Ok(figures) => {
                self.order.insert(load.to_owned(), figures.iter().map(|(figure, _)| *figure).collect());
                for (figure, value) in figures {
                    self.values.entry((load.to_owned(), server.to_owned(), figure)).or_default().push(value);
                }
            }
            Err(trouble) => {
                self.troubles.insert((load.to_owned(), server.to_owned()), trouble);
            }
        }
    }

    /// Why the benchmark fails, if it does: somebody delivered wrongly, or Teahouse does not carry a load.
    pub fn failures(&self) -> Vec<String> {
        let fails = |server: &str, trouble: &Trouble| match trouble {
            Trouble::Wrong(_) => true,
            Trouble::Cannot(_) | Trouble::Stopped => server == Peer::teahouse().name,
        };
        let failed = self.troubles.iter().filter(|((_, server), trouble)| fails(server, trouble));
        failed.map(|((load, server), trouble)| format!("{load}: {server}: {trouble}")).collect()
    }

    fn median(&self, load: &str, server: &str, figure: Figure) -> Option<f64> {
        let mut values = self.values.get(&(load.to_owned(), server.to_owned(), figure))?.clone();
        values.sort_by(f64::total_cmp);
        median(&values)
    }

    /// Teahouse's figure over the best of the peers'.
    fn ratio(&self, load: &str, peers: &[Peer], figure: Figure) -> Option<f64> {
        if !figure.is_compared() {
            return None;
        }
        let others = peers.iter().filter(|peer| peer.is_rival());
        let values = others.filter_map(|peer| self.median(load, &peer.name, figure));
        let best = if figure.more_is_better() { values.reduce(f64::max) } else { values.reduce(f64::min) };
        Some(self.median(load, &Peer::teahouse().name, figure)? / best.filter(|best| *best > 0.0)?)
    }

    /// Teahouse's figure over another build's: the median, and the least and the most, of the ratios of the rounds, in
    /// each of which the two took turns.
    fn ratio_to_build(&self, load: &str, build: &Peer, figure: Figure) -> Option<[f64; 3]> {
        let of = |server: &str| self.values.get(&(load.to_owned(), server.to_owned(), figure));
        let rounds = of(&Peer::teahouse().name)?.iter().zip(of(&build.name)?);
        let mut ratios: Vec<_> =
            rounds.filter(|(_, other)| **other > 0.0).map(|(own, other)| own / other).collect();
        ratios.sort_by(f64::total_cmp);
        Some([median(&ratios)?, *ratios.first()?, *ratios.last()?])
    }

    /// How a goal stands: the multiple that was reached, if there is something to compare with.
    fn reached(&self, load: &str, peers: &[Peer], goal: &Goal) -> Option<f64> {
        let own = self.median(load, &Peer::teahouse().name, goal.figure)?;
        match &goal.against {
            Against::BestPeer => self.ratio(load, peers, goal.figure),
            Against::Itself(other) => Some(own / self.median(other, &Peer::teahouse().name, goal.figure)?),
            Against::Floor(floor) => Some(own / self.median(floor, FLOOR, goal.figure)?),
            Against::One => Some(own),
        }
    }

    fn shown_goal(&self, load: &str, peers: &[Peer], goal: &Goal) -> String {
        let (sign, met): (_, fn(&f64, &f64) -> bool) =
            if goal.figure.more_is_better() { ("≥", f64::ge) } else { ("≤", f64::le) };
        let reached = self.reached(load, peers, goal);
        let mark = reached.map_or("?", |reached| if met(&reached, &goal.bound) { "✓" } else { "✗" });
        let bound = format!("{:.2}", goal.bound);
        let bound = bound.trim_end_matches('0').trim_end_matches('.');
        let reached = reached.map(|reached| format!("{reached:.2}")).unwrap_or_default();
        match &goal.against {
            Against::BestPeer => format!("{sign} {bound}× {mark}"),
            Against::Itself(other) => format!("{sign} {bound}× {other} {mark} {reached}"),
            Against::Floor(floor) => format!("{sign} {bound}× {floor} {mark} {reached}"),
            Against::One => format!("{sign} {bound} {mark}"),
        }
    }

    /// The table.
    pub fn table(&self, loads: &[Load], peers: &[Peer]) -> String {
        let mut text = format!("{:<18}", "");
        for peer in peers {
            text += &format!("{:>12}", peer.name);
        }
        let builds: Vec<_> = peers.iter().skip(1).filter(|peer| !peer.is_rival()).collect();
        if peers.iter().any(Peer::is_rival) {
            text += &format!("{:>8}", "ratio");
        }
        for build in &builds {
            text += &format!("{:>22}", format!("over {}", build.name));
        }
        text += "  goal\n";
        for load in loads {
            text += &format!("\n{}: {}\n", load.name, load.words);
            for figure in self.order.get(&load.name).into_iter().flatten() {
                text += &format!("  {:<17}", figure.words());
                for peer in peers {
                    let value = self.median(&load.name, &peer.name, *figure);
                    text += &format!("{:>12}", value.map_or("n/a".to_owned(), shown));
                }
                if peers.iter().any(Peer::is_rival) {
                    let ratio = self.ratio(&load.name, peers, *figure);
                    text += &format!("{:>8}", ratio.map(|ratio| format!("{ratio:.2}×")).unwrap_or_default());
                }
                for build in &builds {
                    let ratio = self.ratio_to_build(&load.name, build, *figure);
                    let shown =
                        ratio.map(|[middle, least, most]| format!("{middle:.2}× ({least:.2}–{most:.2})"));
                    text += &format!("{:>22}", shown.unwrap_or_default());
                }
                let goals = load.goals.iter().filter(|goal| goal.figure == *figure);
                let goals = goals.filter(|goal| self.reached(&load.name, peers, goal).is_some());
                let goals: Vec<_> = goals.map(|goal| self.shown_goal(&load.name, peers, goal)).collect();
                text = (text + "  " + &goals.join(", ")).trim_end().to_owned() + "\n";
            }
            for ((_, server), trouble) in self.troubles.iter().filter(|((name, _), _)| *name == load.name) {
                text += &format!("  n/a: {server}: {trouble}\n");
            }
        }
        for (floor, messages) in FLOORS {
            let figures = [Figure::CpuPerDelivery, Figure::Deliveries].map(|figure| {
                let value = self.median(floor, FLOOR, figure)?;
                Some(format!("{} {}", shown(value), figure.words()))
            });
            if let [Some(cpu), Some(rate)] = figures {
                text += &format!("\n{floor}: only send(), messages in a call: {messages}: {cpu}, {rate}");
            }
        }
        text.trim_end().to_owned() + "\n"
    }

    /// Everything, for a program to read.
    pub fn json(&self, loads: &[Load], peers: &[Peer], rounds: usize) -> Value {
        let row = |name: &str, servers: &[&str]| -> BTreeMap<String, Value> {
            let figures = self.order.get(name).into_iter().flatten();
            figures
                .map(|figure| {
                    let of_server = |server: &&str| {
                        let rounds = self.values.get(&(name.to_owned(), (*server).to_owned(), *figure))?;
                        let median = self.median(name, server, *figure);
                        Some(((*server).to_owned(), json!({"median": median, "rounds": rounds})))
                    };
                    let values: BTreeMap<_, _> = servers.iter().filter_map(of_server).collect();
                    let ratio = self.ratio(name, peers, *figure);
                    let builds = peers.iter().skip(1).filter(|peer| !peer.is_rival());
                    let to_builds: BTreeMap<_, _> = builds
                        .filter_map(|build| Some((&build.name, self.ratio_to_build(name, build, *figure)?)))
                        .collect();
                    let figures =
                        json!({"servers": values, "ratio_to_best_peer": ratio, "ratio_to_build": to_builds});
                    (figure.key().to_owned(), figures)
                })
                .collect()
        };
        let servers: Vec<_> = peers.iter().map(|peer| &*peer.name).collect();
        let loads: Vec<_> = loads
            .iter()
            .map(|load| {
                let goals: Vec<_> =
                    load.goals.iter().map(|goal| self.shown_goal(&load.name, peers, goal)).collect();
                let troubles = self.troubles.iter().filter(|((name, _), _)| *name == load.name);
                let troubles: BTreeMap<_, _> =
                    troubles.map(|((_, server), trouble)| (server, trouble.to_string())).collect();
                let figures = row(&load.name, &servers);
                json!({"name": load.name, "load": load.words, "figures": figures, "goals": goals, "not_available": troubles})
            })
            .collect();
        let floors: BTreeMap<_, _> = FLOORS.iter().map(|(name, _)| (*name, row(name, &[FLOOR]))).collect();
        let versions: BTreeMap<_, _> = peers.iter().map(|peer| (&peer.name, peer.version())).collect();
        json!({"machine": machine(), "servers": versions, "rounds": rounds, "loads": loads, "floors": floors})
    }
}

/// The middle of values that are in order; `None` if there are none.
fn median(ordered: &[f64]) -> Option<f64> {
    let (middle, before) = (ordered.len() / 2, (ordered.len().checked_sub(1)?) / 2);
    Some((ordered[middle] + ordered[before]) / 2.0)
}

/// One run in one line, to show that something happens.
pub fn summary(outcome: &Result<Figures, Trouble>) -> String {
    match outcome {
        Ok(figures) => {
            let words = figures.iter().map(|(figure, value)| format!("{} {}", shown(*value), figure.words()));
            words.collect::<Vec<_>>().join(", ")
        }
        Err(trouble) => trouble.to_string(),
    }
}

/// What the figures were measured on.
pub fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = rustix::system::uname();
    let (system, release) = (system.sysname().to_string_lossy(), system.release().to_string_lossy());
    format!("{cores} × {model}, {system} {release}")
}

/// A number with three digits that count, or a whole one with its thousands apart.
fn shown(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    if value < 100.0 {
        let decimals = if value < 1.0 {
            3
        } else if value < 10.0 {
            2
        } else {
            1
        };
        return format!("{value:.decimals$}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
