//! People come, say one thing and go, over and over, while a witness sits in the room and counts.

use std::time::{Duration, Instant};

use super::Pace;
use crate::arrival::{PATIENCE, ends_welcome, introduction, join, log_in, unless_refused};
use crate::crowd::{Crowd, Heard};
use crate::figures::{Figure, Figures, Latencies, Stretch, micros};
use crate::peers::Running;
use crate::trouble::Trouble;
use crate::wire::{Received, shown};

const ROOM: &str = "#inn";
/// How long is measured at the least: InspIRCd lets newcomers in once a second, all that have come since the last time.
const AT_LEAST: Duration = Duration::from_secs(3);
/// The first of the crowd.
const WITNESS: usize = 0;

/// `slots` people at a time connect, log in, join, speak, quit, and come again under another name.
pub fn play(slots: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server, pace.patience)?;
    log_in(&mut crowd, server, 1, "")?;
    join(&mut crowd, WITNESS..WITNESS + 1, |_| ROOM.to_owned(), |_, _| Ok(()))?;
    let mut inn = Inn {
        visits: vec![0; slots],
        testified: vec![0; slots],
        came: vec![Instant::now(); slots],
        stays: Latencies::new(),
        farewells: 0,
    };
    for slot in 0..slots {
        crowd.connect(introduction(&guest(slot, 0)).as_bytes())?;
    }
    let warm = Instant::now() + pace.warm_up;
    while Instant::now() < warm {
        inn.turn(&mut crowd, true)?;
    }
    let before = inn.farewells;
    inn.stays = Latencies::new();
    let stretch = Stretch::begin(server)?;
    let end = Instant::now() + pace.measured.max(AT_LEAST);
    while Instant::now() < end {
        inn.turn(&mut crowd, true)?;
    }
    let used = stretch.end()?;
    let cycles = f64::from(inn.farewells - before);
    while inn.visits != inn.testified {
        inn.turn(&mut crowd, false)?;
    }
    Ok(vec![
        (Figure::Cycles, cycles / used.wall.as_secs_f64()),
        (Figure::CpuPerCycle, micros(used.cpu) / cycles),
        (Figure::P50, inn.stays.quantile(0.5)),
        (Figure::P99, inn.stays.quantile(0.99)),
    ])
}

/// What is known of the guests, by slot.
struct Inn {
    /// How often somebody in this slot has said something and left, or is about to.
    visits: Vec<u32>,
    /// How often the witness heard it.
    testified: Vec<u32>,
    /// When the one who is there now came.
    came: Vec<Instant>,
    /// How long it takes from the call to the end.
    stays: Latencies,
    /// How many have left.
    farewells: u32,
}

/// The nickname in a slot on its so-manieth visit.
fn guest(slot: usize, visit: u32) -> String {
    format!("g{slot}v{visit}")
}

impl Inn {
    /// What happens next; whoever leaves comes `again`.
    fn turn(&mut self, crowd: &mut Crowd, again: bool) -> Result<(), Trouble> {
        let mut next = Vec::new();
        crowd.turn(PATIENCE, |who, heard, now| {
            if who == WITNESS {
                return self.testify(&unless_refused(who, heard)?);
            }
            let slot = who - 1;
            match heard {
                Heard::End => {
                    self.farewells += 1;
                    self.stays.add(now - self.came[slot]);
                    if again {
                        next.push((who, None));
                    }
                }
                Heard::Line(line) => {
                    let line = Received::parse(line);
                    if ends_welcome(&line) {
                        next.push((who, Some(format!("JOIN {ROOM}\r\n"))));
                    } else if line.command == b"366" {
                        let visit = self.visits[slot];
                        next.push((who, Some(format!("PRIVMSG {ROOM} :visit {visit}\r\nQUIT :bye\r\n"))));
                        self.visits[slot] += 1;
                    }
                }
            }
            Ok(())
        })?;
        for (who, words) in next {
            match words {
                Some(words) => crowd.send(who, words.as_bytes())?,
                None => {
                    self.came[who - 1] = Instant::now();
                    crowd.reconnect(who, introduction(&guest(who - 1, self.visits[who - 1])).as_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Checks what the witness hears: what was said, once, in order.
    fn testify(&mut self, line: &Received) -> Result<(), Trouble> {
        if line.command != b"PRIVMSG" {
            return Ok(());
        }
        let nick = shown(line.nick());
        let slot = nick.strip_prefix('g').and_then(|rest| rest.split('v').next()?.parse::<usize>().ok());
        let Some(heard) = slot.and_then(|slot| self.testified.get_mut(slot).map(|heard| (slot, heard)))
        else {
            return Err(Trouble::Wrong(format!("{nick} spoke and is nobody's name")));
        };
        let (slot, visit) = heard;
        if nick != guest(slot, *visit)
            || line.target() != (ROOM.as_bytes(), format!(":visit {visit}").as_bytes())
        {
            let due = guest(slot, *visit);
            return Err(Trouble::Wrong(format!(
                "{nick} was heard where {due} is next: {}",
                shown(line.params)
            )));
        }
        *visit += 1;
        Ok(())
    }
}
