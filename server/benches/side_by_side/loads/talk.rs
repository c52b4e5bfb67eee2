//! People talk: each speaker keeps a number of lines in flight, and says the next as soon as one has reached the last
//! of those who should hear it. So the load is as fast as the server, and never faster.

use std::time::{Duration, Instant};

use super::Pace;
use crate::arrival::{PATIENCE, join, log_in, nick_of, offered_capabilities};
use crate::crowd::{Crowd, Heard};
use crate::figures::{Figure, Figures, Latencies, Stretch, micros};
use crate::ledger::{Ledger, settle};
use crate::peers::{Dress, Running};
use crate::process;
use crate::trouble::Trouble;

/// Who talks to whom, and how much.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who sits where.
    pub seating: Seating,
    /// How many lines each speaker has in flight.
    pub window: u32,
    /// How long each text is.
    pub text_bytes: usize,
    /// The last person never reads what the others say.
    pub deaf: bool,
}

/// Who sits where.
#[derive(Clone, Debug)]
pub enum Seating {
    /// Rooms of so many seats, and in each so many who speak.
    Rooms {
        /// How many rooms.
        rooms: usize,
        /// How many people in each.
        seats: usize,
        /// How many of them speak.
        speakers: usize,
    },
    /// So many pairs; in each one speaks and the other listens.
    Pairs(usize),
    /// Two people who both speak to each other, at the same time.
    Duet,
}

impl Plan {
    fn people(&self) -> usize {
        match self.seating {
            Seating::Rooms { rooms, seats, .. } => rooms * seats,
            Seating::Pairs(pairs) => 2 * pairs,
            Seating::Duet => 2,
        }
    }

    /// Who speaks to whom. With `echo` the speakers hear themselves.
    fn ledger(&self, echo: bool) -> Ledger {
        let mut ledger = Ledger::new(self.people(), self.text_bytes);
        let deaf = self.deaf.then_some(self.people() - 1);
        match self.seating {
            Seating::Rooms { rooms, seats, speakers } => {
                for room in 0..rooms {
                    let members = room * seats..(room + 1) * seats;
                    for speaker in members.clone().take(speakers) {
                        let hears = |who: &usize| Some(*who) != deaf && (echo || *who != speaker);
                        let listeners: Vec<_> = members.clone().filter(hears).collect();
                        ledger.add_voice(speaker, "", &room_name(room), &listeners);
                    }
                }
            }
            Seating::Pairs(pairs) => {
                for speaker in (0..2 * pairs).step_by(2) {
                    let listeners = if echo { vec![speaker, speaker + 1] } else { vec![speaker + 1] };
                    ledger.add_voice(speaker, "", &nick_of(speaker + 1), &listeners);
                }
            }
            Seating::Duet => {
                for (speaker, listener) in [(0, 1), (1, 0)] {
                    let listeners = if echo { vec![speaker, listener] } else { vec![listener] };
                    ledger.add_voice(speaker, "", &nick_of(listener), &listeners);
                }
            }
        }
        ledger
    }
}

fn room_name(room: usize) -> String {
    format!("#r{room}")
}

/// Plays the plan.
pub fn play(plan: &Plan, server: &Running, dress: Dress, pace: &Pace) -> Result<Figures, Trouble> {
    let capabilities = match dress {
        Dress::Plain | Dress::Remembered | Dress::Kept | Dress::Sealed => String::new(),
        Dress::Capabilities => offered_capabilities(server.address())?,
    };
    let mut crowd = Crowd::new(server, pace.patience)?;
    log_in(&mut crowd, server, plan.people(), &capabilities)?;
    if let Seating::Rooms { seats, .. } = plan.seating {
        join(&mut crowd, 0..plan.people(), |who| room_name(who / seats), |_, _| Ok(()))?;
    }
    if plan.deaf {
        crowd.go_deaf(plan.people() - 1)?;
    }
    let ledger = plan.ledger(capabilities.contains("echo-message"));
    Conversation::new(ledger, plan.window).measure(&mut crowd, server, pace)
}

/// A talk that is going on.
pub struct Conversation {
    ledger: Ledger,
    window: u32,
    /// For each voice.
    flights: Vec<Flight>,
    latencies: Latencies,
    /// Kept for its buffer.
    words: Vec<u8>,
}

/// The lines of one voice that are on their way. Line `n` is at `n % window`.
struct Flight {
    sent_at: Vec<Instant>,
    /// How many have not heard it yet.
    left: Vec<u32>,
    /// How many lines everybody has heard.
    done: u32,
}

impl Conversation {
    /// Not a word yet.
    pub fn new(ledger: Ledger, window: u32) -> Self {
        let flight = || Flight {
            sent_at: vec![Instant::now(); window as usize],
            left: vec![0; window as usize],
            done: 0,
        };
        let flights = (0..ledger.voices()).map(|_| flight()).collect();
        Self { ledger, window, flights, latencies: Latencies::new(), words: Vec::new() }
    }

    /// Talks for a while and gives what is to be measured of it; then checks that every line has come.
    pub fn measure(mut self, crowd: &mut Crowd, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
        self.talk(crowd, pace.warm_up)?;
        self.latencies = Latencies::new();
        let heard = self.ledger.heard;
        let stretch = Stretch::begin(server)?;
        self.talk(crowd, pace.measured)?;
        let used = stretch.end()?;
        let deliveries = (self.ledger.heard - heard) as f64;
        settle(pace.patience, || self.listen(crowd).map(|()| self.ledger.missing()))?;
        Ok(vec![
            (Figure::CpuPerDelivery, micros(used.cpu) / deliveries),
            (Figure::CpuByScheduler, micros(used.running) / deliveries),
            (Figure::Deliveries, deliveries / used.wall.as_secs_f64()),
            (Figure::P50, self.latencies.quantile(0.5)),
            (Figure::P99, self.latencies.quantile(0.99)),
            (Figure::P999, self.latencies.quantile(0.999)),
            (Figure::Switches, used.switches / deliveries),
            (Figure::PeakMemory, process::peak_resident_kib(server.pid())? / 1024.0),
        ])
    }

    fn talk(&mut self, crowd: &mut Crowd, time: Duration) -> Result<(), Trouble> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            for voice in 0..self.flights.len() {
                self.speak(crowd, voice)?;
            }
            self.listen(crowd)?;
        }
        Ok(())
    }

    /// Says as much as there may be in flight, in one write.
    fn speak(&mut self, crowd: &mut Crowd, voice: usize) -> Result<(), Trouble> {
        let flight = &mut self.flights[voice];
        let (from, to) = (self.ledger.said(voice), flight.done + self.window);
        if from == to {
            return Ok(());
        }
        self.words.clear();
        let now = Instant::now();
        for line in from..to {
            self.ledger.say(voice, &mut self.words);
            let place = (line % self.window) as usize;
            flight.sent_at[place] = now;
            flight.left[place] = self.ledger.listeners(voice);
        }
        crowd.send(self.ledger.person(voice), &self.words)
    }

    fn listen(&mut self, crowd: &mut Crowd) -> Result<(), Trouble> {
        let Self { ledger, window, flights, latencies, .. } = self;
        crowd.turn(PATIENCE, |who, heard, now| {
            let Heard::Line(line) = heard else {
                return Err(Trouble::Cannot(format!("the server hung up on {}", nick_of(who))));
            };
            let Some((voice, number)) = ledger.hear(who, line)? else { return Ok(()) };
            let flight = &mut flights[voice];
            let place = (number % *window) as usize;
            latencies.add(now - flight.sent_at[place]);
            flight.left[place] -= 1;
            if flight.left[place] == 0 {
                flight.done += 1;
            }
            Ok(())
        })
    }
}
