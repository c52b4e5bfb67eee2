//! How people get to where they can speak: they connect, log in, perhaps with capabilities, and enter a room.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::crowd::{Crowd, Heard};
use crate::peers::Running;
use crate::trouble::Trouble;
use crate::wire::{Received, shown};

/// What is asked for where a load is played with capabilities: of these, what the server offers.
const WANTED: [&str; 4] = ["server-time", "message-tags", "echo-message", "account-tag"];
/// How long one wait for the next event is, at most.
pub const PATIENCE: Duration = Duration::from_millis(200);
/// How many are on their way into a room at a time.
const AT_ONCE: usize = 50;

/// The nickname of person `who`.
pub fn nick_of(who: usize) -> String {
    format!("p{who}")
}

/// The person with this nickname.
pub fn person_of(nick: &[u8]) -> Option<usize> {
    let digits = nick.strip_prefix(b"p").filter(|digits| (1..=6).contains(&digits.len()))?;
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))
}

/// NICK and USER.
pub fn introduction(nick: &str) -> String {
    format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\n")
}

/// Whether a line ends the welcome: RPL_ENDOFMOTD or ERR_NOMOTD.
pub fn ends_welcome(line: &Received) -> bool {
    matches!(line.command, b"376" | b"422")
}

/// The line, unless it says no to somebody or the server hung up.
pub fn unless_refused<'a>(who: usize, heard: Heard<'a>) -> Result<Received<'a>, Trouble> {
    let Heard::Line(line) = heard else {
        return Err(Trouble::Cannot(format!("the server hung up on {}", nick_of(who))));
    };
    let parts = Received::parse(line);
    let refused = match parts.command {
        b"ERROR" => true,
        b"CAP" => shown(parts.params).contains(" NAK "),
        [b'4' | b'5', _, _] => !ends_welcome(&parts),
        _ => false,
    };
    if refused {
        return Err(Trouble::Cannot(format!("{} was told: {}", nick_of(who), shown(line))));
    }
    Ok(parts)
}

/// Which of the wanted capabilities the server offers, as CAP REQ takes them.
pub fn offered_capabilities(address: SocketAddr) -> Result<String, Trouble> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    socket.write_all(b"CAP LS 302\r\n")?;
    let mut offered = Vec::new();
    for line in BufReader::new(socket).lines() {
        let line = line?;
        let Some((_, list)) = line.split_once(" LS ") else { continue };
        let words = list.split([' ', ':']).filter_map(|word| word.split('=').next());
        offered.extend(words.map(str::to_owned));
        // A list that goes on in the next line has `*` before it.
        if !list.starts_with("* ") {
            break;
        }
    }
    let common: Vec<_> =
        WANTED.into_iter().filter(|wanted| offered.iter().any(|word| word == wanted)).collect();
    if common.is_empty() {
        return Err(Trouble::Cannot(format!("offers none of {}", WANTED.join(", "))));
    }
    Ok(common.join(" "))
}

/// So many more people come and log in, as many at a time as the server likes best; with these capabilities, if there
/// are any.
pub fn log_in(crowd: &mut Crowd, server: &Running, people: usize, capabilities: &str) -> Result<(), Trouble> {
    log_in_at_once(crowd, server.newcomers_at_once(), people, capabilities).map(drop)
}

/// The same with so many at a time. Gives for each how long it took from the call to the end of the welcome.
pub fn log_in_at_once(
    crowd: &mut Crowd,
    at_once: usize,
    people: usize,
    capabilities: &str,
) -> Result<Vec<Duration>, Trouble> {
    let first = crowd.len();
    let mut called = Vec::with_capacity(people);
    let mut took = Vec::with_capacity(people);
    while took.len() < people {
        while called.len() < people && called.len() - took.len() < at_once {
            let mut words = introduction(&nick_of(crowd.len()));
            if !capabilities.is_empty() {
                words = format!("CAP REQ :{capabilities}\r\n{words}CAP END\r\n");
            }
            called.push(Instant::now());
            crowd.connect(words.as_bytes())?;
        }
        crowd.turn(PATIENCE, |who, heard, now| {
            if ends_welcome(&unless_refused(who, heard)?) {
                took.push(now - called[who - first]);
            }
            Ok(())
        })?;
    }
    Ok(took)
}

/// These people enter a room each, and everybody who sits there sees it.
pub fn join(
    crowd: &mut Crowd,
    people: Range<usize>,
    room_of: impl Fn(usize) -> String,
    mut hear: impl FnMut(usize, &Received) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let (mut asked, mut done) = (people.start, people.start);
    while done < people.end {
        while asked < people.end && asked - done < AT_ONCE {
            crowd.send(asked, format!("JOIN {}\r\n", room_of(asked)).as_bytes())?;
            asked += 1;
        }
        crowd.turn(PATIENCE, |who, heard, _| {
            let line = unless_refused(who, heard)?;
            done += usize::from(line.command == b"366");
            hear(who, &line)
        })?;
    }
    fence(crowd, people, hear)
}

/// Waits until these people have heard all that was queued for them until now.
fn fence(
    crowd: &mut Crowd,
    people: Range<usize>,
    mut hear: impl FnMut(usize, &Received) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    for who in people.clone() {
        crowd.send(who, b"PING fence\r\n")?;
    }
    let mut missing = people.len();
    while missing > 0 {
        crowd.turn(PATIENCE, |who, heard, _| {
            let line = unless_refused(who, heard)?;
            missing -= usize::from(line.command == b"PONG");
            hear(who, &line)
        })?;
    }
    Ok(())
}
