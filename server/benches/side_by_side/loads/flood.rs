//! One person floods a room without waiting for anything, and a few pairs elsewhere want to talk in peace.
//!
//! The pairs have a thread and plain blocking sockets of their own, so that what they see is the server's doing and
//! not that of a load generator that is busy with the flood.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::Pace;
use crate::arrival::{PATIENCE, ends_welcome, introduction, join, log_in, nick_of};
use crate::crowd::{Crowd, Heard};
use crate::figures::{Figure, Figures, Latencies, Stretch};
use crate::ledger::{Ledger, settle};
use crate::peers::Running;
use crate::process;
use crate::trouble::Trouble;
use crate::wire::Received;

const ROOM: &str = "#flood";
/// How many sit in the flooded room; the first of them floods. Few, so that it is the server that the flood keeps busy
/// and not the load generator, which the pairs need too.
const MEMBERS: usize = 3;
const FLOODER: usize = 0;
/// How many lines the flooder writes at once.
const LINES_A_WRITE: usize = 150;
/// How many pairs talk elsewhere. Several, so that there are enough samples for a p99 in a few seconds.
const PAIRS: usize = 5;
/// How long the server may take to pass on what it has of the flood when it is over.
const DRAIN: Duration = Duration::from_secs(5);
/// How often each of them says something.
const INTERVAL: Duration = Duration::from_millis(100);

/// Measures the pairs alone, and then beside the flood.
pub fn play(server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server, pace.patience)?;
    log_in(&mut crowd, server, MEMBERS, "")?;
    join(&mut crowd, 0..MEMBERS, |_| ROOM.to_owned(), |_, _| Ok(()))?;
    let mut ledger = Ledger::new(MEMBERS, 64);
    let listeners: Vec<_> = (FLOODER + 1..MEMBERS).collect();
    ledger.add_voice(FLOODER, "", ROOM, &listeners);
    let mut pairs = Pair::meet(server.address())?;
    let time = pace.measured * 2;

    let idle = beside(&mut pairs, time, || listen(&mut crowd, &mut ledger, PATIENCE))?;
    let stretch = Stretch::begin(server)?;
    let flooded = beside(&mut pairs, time, || {
        if crowd.has_sent(FLOODER) {
            let mut words = Vec::new();
            for _ in 0..LINES_A_WRITE {
                ledger.say(0, &mut words);
            }
            crowd.send(FLOODER, &words)?;
        }
        // As soon as the socket takes more, there is more.
        let patience = if crowd.has_sent(FLOODER) { Duration::ZERO } else { PATIENCE };
        listen(&mut crowd, &mut ledger, patience)
    })?;
    let used = stretch.end()?;
    let heard = ledger.heard as f64;
    settle(DRAIN, || listen(&mut crowd, &mut ledger, PATIENCE).map(|()| ledger.missing()))?;
    Ok(vec![
        (Figure::IdleP50, idle.quantile(0.5)),
        (Figure::P50, flooded.quantile(0.5)),
        (Figure::P50OverIdle, flooded.quantile(0.5) / idle.quantile(0.5)),
        (Figure::IdleP99, idle.quantile(0.99)),
        (Figure::P99, flooded.quantile(0.99)),
        (Figure::P99OverIdle, flooded.quantile(0.99) / idle.quantile(0.99)),
        (Figure::Deliveries, heard / used.wall.as_secs_f64()),
        (Figure::PeakMemory, process::peak_resident_kib(server.pid())? / 1024.0),
    ])
}

/// Lets the pairs talk in a thread of their own, and does something else meanwhile.
fn beside(
    pairs: &mut [Pair],
    time: Duration,
    mut work: impl FnMut() -> Result<(), Trouble>,
) -> Result<Latencies, Trouble> {
    thread::scope(|scope| {
        let talk = scope.spawn(|| chat(pairs, time));
        while !talk.is_finished() {
            work()?;
        }
        talk.join().expect("the pairs do not panic")
    })
}

fn listen(crowd: &mut Crowd, ledger: &mut Ledger, patience: Duration) -> Result<(), Trouble> {
    crowd.turn(patience, |who, heard, _| match heard {
        Heard::Line(line) => ledger.hear(who, line).map(drop),
        Heard::End => Err(Trouble::Cannot(format!("the server hung up on {}", nick_of(who)))),
    })
}

/// Two people who talk to each other: one speaks, the other listens.
struct Pair {
    speaker: TcpStream,
    listener: BufReader<TcpStream>,
    words: String,
    due: String,
}

impl Pair {
    /// They come all at once: some servers let people in only once a second.
    fn meet(address: SocketAddr) -> Result<Vec<Self>, Trouble> {
        let names = (0..PAIRS).map(|pair| (format!("s{pair}"), format!("l{pair}")));
        let knock = |(speaker, listener): (String, String)| {
            Ok::<_, Trouble>((knock(address, &speaker)?, knock(address, &listener)?, listener))
        };
        let sockets = names.map(knock).collect::<Result<Vec<_>, _>>()?;
        let sit_down = |(speaker, listener, name)| {
            let words = format!("PRIVMSG {name} :it is quiet here\r\n");
            let due = format!(" PRIVMSG {name} :it is quiet here");
            Ok(Self { speaker: sit_down(speaker)?.into_inner(), listener: sit_down(listener)?, words, due })
        };
        sockets.into_iter().map(sit_down).collect()
    }

    /// Says one thing and gives how long it took to be heard.
    fn say(&mut self) -> Result<Duration, Trouble> {
        let began = Instant::now();
        self.speaker.write_all(self.words.as_bytes())?;
        let mut line = String::new();
        self.listener.read_line(&mut line)?;
        let took = began.elapsed();
        if line.trim_end().ends_with(&self.due) {
            Ok(took)
        } else {
            Err(Trouble::Wrong(format!("a pair heard: {line}")))
        }
    }
}

/// Connects and begins to log in.
fn knock(address: SocketAddr, nick: &str) -> Result<TcpStream, Trouble> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    socket.write_all(introduction(nick).as_bytes())?;
    Ok(socket)
}

/// Reads all that a newcomer is told.
fn sit_down(mut socket: TcpStream) -> Result<BufReader<TcpStream>, Trouble> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(Trouble::Cannot("the server hung up on one of a pair".to_owned()));
        }
        let line = Received::parse(line.trim_end().as_bytes());
        if ends_welcome(&line) {
            socket.write_all(b"PING fence\r\n")?;
        } else if line.command == b"PONG" {
            return Ok(reader);
        }
    }
}

/// Each pair in turn, evenly over the interval.
fn chat(pairs: &mut [Pair], time: Duration) -> Result<Latencies, Trouble> {
    let mut latencies = Latencies::new();
    let step = INTERVAL / u32::try_from(pairs.len()).expect("there are few pairs");
    // What was said before may still be on its way to being acknowledged, and then the first words wait for it.
    for pair in &mut *pairs {
        pair.say()?;
    }
    let end = Instant::now() + time;
    while Instant::now() < end {
        for pair in &mut *pairs {
            latencies.add(pair.say()?);
            thread::sleep(step);
        }
    }
    Ok(latencies)
}
