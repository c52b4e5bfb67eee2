//! The benchmark: Teahouse and every peer that this machine has, side by side under the same loads.
//!
//! `cargo bench -p teahouse-server -- --help` says how to run it. What it prints is one table: for each load the
//! median of each figure for each server, and Teahouse's ratio to the best of the others. Every delivery is checked,
//! and a line that is lost, doubled, changed or out of order fails the whole run.
//!
//! In reading order:
//!
//! 1. [`peers`] finds, configures, starts and ends the servers, [`against`] builds another revision of ours;
//! 2. [`crowd`] is the load generator: one thread, one epoll, many people; with TLS by [`seal`];
//! 3. [`arrival`] brings people to where they can speak;
//! 4. [`ledger`] checks every delivery;
//! 5. [`loads`] has the rows of the table, and a file for each kind of load;
//! 6. [`floor`] is what the kernel alone takes;
//! 7. [`figures`] and [`process`] measure, [`report`] prints.

mod against;
mod arrival;
mod crowd;
mod figures;
mod floor;
mod ledger;
mod loads;
mod peers;
mod process;
mod report;
mod seal;
mod trouble;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use figures::Figures;
use loads::{Load, Pace};
use peers::Peer;
use report::{FLOOR, Sheet};
use trouble::Trouble;

const HELP: &str = "\
Teahouse beside other servers, under the same loads.

usage: cargo bench -p teahouse-server -- [FLAG]...

  --quick              one short round with fewer people, under a minute in all
  --full               five long rounds, and the loads of talk in every dress
  --dressed            the loads of talk in every dress too: with capabilities, kept in memory, kept on the disk, over TLS
  --only LOAD[,LOAD]   only these rows. \"many\", 30,000 connections for five minutes, is played only where it is named
                       and with --full; it wants vm.max_map_count=200000, kernel.pid_max=100000 and ulimit -Hn 31000,
                       and with a lower limit of descriptors it is fewer connections
  --peers NAME[,NAME]  only these beside Teahouse: inspircd, ngircd, ergo; \"\" for none
  --ergo PATH          where the IRC server Ergo is (or ERGO=PATH)
  --against REV        the server of another revision (HEAD~3, a branch, a hash), which is built first; and no peers
                       unless --peers names them. Each figure then has the ratio to it: the median, and the least and
                       the most of the rounds. Where those lie on both sides of 1 nothing is decided
  --beside PATH        the same with a teahouse-server that is built already
  --apart              the servers on one half of the processors, the load generator on the other half
  --rounds N           how many rounds
  --json FILE          where the results go besides the table (target/bench.json)
  --help";

/// What the command line asks for.
struct Options {
    quick: bool,
    full: bool,
    dressed: bool,
    only: Vec<String>,
    peers: Option<Vec<String>>,
    ergo: Option<PathBuf>,
    against: Option<String>,
    beside: Option<PathBuf>,
    apart: bool,
    rounds: Option<usize>,
    json: PathBuf,
}

fn main() -> ExitCode {
    let options = match read_command_line() {
        Ok(Task::Measure(options)) => options,
        Ok(Task::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Task::Relay(port)) => {
            return if floor::relay(port).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        Err(error) => {
            eprintln!("bench: {error}");
            return ExitCode::from(2);
        }
    };
    match measure(&options) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("bench: {trouble}");
            ExitCode::FAILURE
        }
    }
}

enum Task {
    Measure(Options),
    Relay(u16),
    Help,
}

fn read_command_line() -> Result<Task, lexopt::Error> {
    let mut options = Options {
        quick: false,
        full: false,
        dressed: false,
        only: Vec::new(),
        peers: None,
        ergo: std::env::var_os("ERGO").map(PathBuf::from),
        against: None,
        beside: None,
        apart: false,
        rounds: None,
        json: Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench.json"),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("quick") => options.quick = true,
            Long("full") => options.full = true,
            Long("dressed") => options.dressed = true,
            Long("only") => options.only = listed(&parser.value()?.string()?),
            Long("peers") => options.peers = Some(listed(&parser.value()?.string()?)),
            Long("ergo") => options.ergo = Some(parser.value()?.into()),
            Long("against") => options.against = Some(parser.value()?.string()?),
            Long("beside") => options.beside = Some(parser.value()?.into()),
            Long("apart") => options.apart = true,
            Long("rounds") => options.rounds = Some(parser.value()?.parse()?),
            Long("json") => options.json = parser.value()?.into(),
            // What cargo says to every benchmark.
            Long("bench") => {}
            Long(floor::RELAY_FLAG) => return Ok(Task::Relay(parser.value()?.parse()?)),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Task::Measure(options))
}

fn listed(list: &str) -> Vec<String> {
    list.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Plays every load at each server in turn, round after round.
fn measure(options: &Options) -> Result<ExitCode, Trouble> {
    trouble::heed_signals()?;
    raise_descriptors();
    let (pace, usual_rounds) = pace(options);
    let rounds = options.rounds.unwrap_or(usual_rounds).max(1);
    let peers = chosen_peers(options)?;
    let loads = chosen_loads(options)?;
    let with_floor = loads.iter().any(|load| load.goals.iter().any(loads::Goal::is_against_floor));
    let began = Instant::now();
    let mut sheet = Sheet::default();
    println!("{}", report::machine());
    for round in 0..rounds {
        let mut note = |load: &str, server: &str, outcome: Result<Figures, Trouble>| {
            if let Err(Trouble::Stopped) = outcome {
                return Err(Trouble::Stopped);
            }
            eprintln!("{}/{rounds} {load} {server}: {}", round + 1, report::summary(&outcome));
            sheet.note(load, server, outcome);
            Ok(())
        };
        if with_floor {
            for (name, messages_a_call) in floor::FLOORS {
                note(name, FLOOR, floor::play(messages_a_call, &pace))?;
            }
        }
        for load in &loads {
            // Whoever was first is last in the next round.
            for index in 0..peers.len() {
                let peer = &peers[(index + round) % peers.len()];
                if load.is_for(peer) {
                    note(&load.name, &peer.name, load.play(peer, &pace))?;
                }
            }
        }
    }
    println!("{}", sheet.table(&loads, &peers));
    let json = serde_json::to_string_pretty(&sheet.json(&loads, &peers, rounds)).expect("it has string keys");
    std::fs::write(&options.json, json + "\n")?;
    println!("{rounds} rounds in {} s; {}", began.elapsed().as_secs(), options.json.display());
    let failures = sheet.failures();
    for failure in &failures {
        eprintln!("FAILED {failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How long to measure, and how many rounds.
fn pace(options: &Options) -> (Pace, usize) {
    let millis = Duration::from_millis;
    let patience = Duration::from_secs(120);
    if options.quick {
        (Pace { warm_up: millis(150), measured: millis(500), patience }, 1)
    } else if options.full {
        (Pace { warm_up: millis(500), measured: millis(4000), patience }, 5)
    } else {
        (Pace { warm_up: millis(300), measured: millis(2000), patience }, 3)
    }
}

/// Teahouse first.
fn chosen_peers(options: &Options) -> Result<Vec<Peer>, Trouble> {
    let mut others = Peer::find(options.ergo.clone());
    if let Some(names) = &options.peers {
        if let Some(name) = names.iter().find(|name| others.iter().all(|peer| peer.name != **name)) {
            return Err(Trouble::Cannot(format!("there is no {name} on this machine")));
        }
        others.retain(|peer| names.contains(&peer.name));
    } else if options.against.is_some() || options.beside.is_some() {
        others.clear();
    }
    if let Some(revision) = &options.against {
        let (name, program) = against::build(revision)?;
        others.push(Peer::other_build(name, program));
    }
    others
        .extend(options.beside.iter().map(|path| Peer::other_build("other build".to_owned(), path.clone())));
    others.insert(0, Peer::teahouse());
    if options.apart {
        let servers = keep_to_other_half()?;
        others = others.into_iter().map(|peer| peer.on(&servers)).collect();
    }
    Ok(others)
}

/// Keeps this program to the second half of the processors, and gives the first half as `taskset` takes it.
fn keep_to_other_half() -> Result<String, Trouble> {
    let processors = std::thread::available_parallelism()?.get();
    if processors < 2 {
        return Err(Trouble::Cannot("there is one processor, which has no halves".to_owned()));
    }
    let half = processors / 2;
    let mut own = CpuSet::new();
    (half..processors).for_each(|processor| own.set(processor));
    sched_setaffinity(None, &own)?;
    Ok(format!("0-{}", half - 1))
}

fn chosen_loads(options: &Options) -> Result<Vec<Load>, Trouble> {
    let dressed = options.dressed || options.full || options.only.iter().any(|name| name.contains('+'));
    let mut loads = loads::all(options.quick, dressed);
    if options.full || options.only.iter().any(|name| name == "many") {
        loads.push(loads::many());
    }
    if let Some(name) = options.only.iter().find(|name| loads.iter().all(|load| load.name != **name)) {
        let names: Vec<_> = loads.iter().map(|load| &*load.name).collect();
        return Err(Trouble::Cannot(format!("there is no load {name}; there are {}", names.join(", "))));
    }
    if !options.only.is_empty() {
        loads.retain(|load| options.only.contains(&load.name));
    }
    Ok(loads)
}

/// Thousands of sockets need more descriptors than a shell usually gives. The servers inherit it.
fn raise_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // If it fails, the loads that need more say so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
