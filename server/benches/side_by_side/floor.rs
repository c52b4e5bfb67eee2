//! The floor: what the kernel alone takes to pass a line on.
//!
//! A process of its own, which is this program again, reads what one person says and sends it to the others as it is.
//! No names, rooms, lines or locks: per message only the `send()` that no server can do without. The same load
//! generator drives it. With one line in flight each call carries one message, with sixteen it carries sixteen.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;

use crate::crowd::Crowd;
use crate::figures::Figures;
use crate::ledger::Ledger;
use crate::loads::Pace;
use crate::loads::talk::Conversation;
use crate::peers::{Running, free_port};
use crate::trouble::Trouble;

/// The hidden flag that makes this program the relay.
pub const RELAY_FLAG: &str = "relay-on-port";
/// The floors: a name, and how many messages a call carries.
pub const FLOORS: [(&str, u32); 2] = [("floor-1", 1), ("floor-16", 16)];
/// How many sit there; the first of them speaks.
const PEOPLE: usize = 100;
/// What a newcomer says, so that the relay tells people from those who only look whether it is up.
const HELLO: &[u8] = b"HELLO\r\n";

/// Measures one floor.
pub fn play(messages_a_call: u32, pace: &Pace) -> Result<Figures, Trouble> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(format!("--{RELAY_FLAG}={port}"));
    let relay = Running::start(command, tempfile::tempdir()?, port, PEOPLE)?;
    let mut crowd = Crowd::new(&relay, pace.patience)?;
    for _ in 0..PEOPLE {
        crowd.connect(HELLO)?;
    }
    let mut ledger = Ledger::new(PEOPLE, 64);
    // What the speaker sends is what arrives, so it looks as a server would have made it.
    ledger.add_voice(0, ":p0!~p0@127.0.0.1 ", "#r0", &(1..PEOPLE).collect::<Vec<_>>());
    Conversation::new(ledger, messages_a_call).measure(&mut crowd, &relay, pace)
}

/// The relay's whole life. The first person speaks; when they hang up, it ends.
pub fn relay(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let mut people: Vec<TcpStream> = Vec::new();
    while people.len() < PEOPLE {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        let mut hello = [0; HELLO.len()];
        if (&socket).read_exact(&mut hello).is_ok() {
            people.push(socket);
        }
    }
    let mut speaker = BufReader::with_capacity(64 * 1024, people.remove(0));
    loop {
        let said = speaker.fill_buf()?;
        if said.is_empty() {
            return Ok(());
        }
        for mut listener in &people {
            listener.write_all(said)?;
        }
        let count = said.len();
        speaker.consume(count);
    }
}
