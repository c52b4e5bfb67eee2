//! A room fills: everybody who enters is shown to everybody who sits there, and gets the list of names.

use std::mem;

use super::Pace;
use crate::arrival::{join, log_in, nick_of, person_of};
use crate::crowd::Crowd;
use crate::figures::{Figure, Figures, Stretch};
use crate::peers::Running;
use crate::trouble::Trouble;
use crate::wire::Received;

const ROOM: &str = "#hall";

/// So many people enter one room, and each sees each later one come, once.
pub fn play(people: usize, server: &Running, pace: &Pace) -> Result<Figures, Trouble> {
    let mut crowd = Crowd::new(server, pace.patience)?;
    log_in(&mut crowd, server, people, "")?;
    let mut seen = vec![false; people * people];
    let mut sights = 0;
    let stretch = Stretch::begin(server)?;
    let see = |who: usize, line: &Received| {
        if line.command != b"JOIN" {
            return Ok(());
        }
        let newcomer = person_of(line.nick()).filter(|newcomer| *newcomer < people);
        let newcomer = newcomer.ok_or_else(|| Trouble::Wrong("a stranger joined".to_owned()))?;
        if mem::replace(&mut seen[who * people + newcomer], true) {
            let (who, newcomer) = (nick_of(who), nick_of(newcomer));
            return Err(Trouble::Wrong(format!("{who} saw {newcomer} join twice")));
        }
        sights += 1;
        Ok(())
    };
    join(&mut crowd, 0..people, |_| ROOM.to_owned(), see)?;
    let used = stretch.end()?;
    // Of two people, the earlier one sees the later one; and everybody sees their own coming.
    let due = people * (people + 1) / 2;
    if sights != due {
        return Err(Trouble::Wrong(format!("{sights} of {due} arrivals were seen")));
    }
    Ok(vec![(Figure::Cpu, used.cpu.as_secs_f64()), (Figure::Wall, used.wall.as_secs_f64())])
}
