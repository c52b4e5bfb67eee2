//! Saying goodbye so that it is heard.
//!
//! A socket that is closed while the other side's bytes lie unread, or are still on their way, is reset, and a reset
//! can overtake the last words. So the server first says that nothing follows (a half close), then reads and drops
//! what still comes until the client hangs up too, and only then closes. Both time and bytes are bounded.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// How long a client that was told goodbye may take to hang up itself.
pub const LINGER: Duration = Duration::from_secs(1);
/// How many of the client's bytes are read.
const MOST_BYTES: usize = 256 * 1024;
/// How many guests the doorman sees off at a time; a guest who comes beyond that is closed at once.
const MOST_GUESTS: usize = 32;
/// How often the doorman looks at the guests.
const GLANCE: Duration = Duration::from_millis(20);

/// Reads and drops what a client still says, until it hangs up, the deadline comes, or it is too much.
pub fn hear_out(mut socket: &TcpStream, deadline: Instant) {
    let mut dropped = [0; 512];
    let mut heard = 0;
    while heard < MOST_BYTES {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || socket.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match socket.read(&mut dropped) {
            Ok(0) => return,
            Ok(count) => heard += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Says the last words to a client that has no session, and that nothing follows.
pub fn say(mut socket: &TcpStream, words: &str) {
    // A new socket's buffer is empty, so this does not wait; a client that is gone already need not be told.
    let _ = socket.write_all(words.as_bytes()).and_then(|()| socket.shutdown(Shutdown::Write));
}

/// One thread that hears out clients turned away at the door, so that the thread that accepts need not wait for them.
#[derive(Clone, Debug)]
pub struct Doorman {
    guests: Sender<TcpStream>,
}

/// A connection on its way out.
struct Guest {
    socket: TcpStream,
    deadline: Instant,
    heard: usize,
}

impl Doorman {
    /// Starts the thread. It ends, and can be joined, when the last clone is gone.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start() -> io::Result<(Self, JoinHandle<()>)> {
        let (guests, arrivals) = bounded(MOST_GUESTS);
        let thread = thread::Builder::new().name("doorman".into()).spawn(move || see_off(&arrivals))?;
        Ok((Self { guests }, thread))
    }

    /// Takes over a connection that was told goodbye.
    pub fn take(&self, socket: TcpStream) {
        if socket.set_nonblocking(true).is_ok() {
            // With too many at the door the rest is closed at once.
            let _ = self.guests.try_send(socket);
        }
    }
}

fn see_off(arrivals: &Receiver<TcpStream>) {
    let mut guests: Vec<Guest> = Vec::new();
    loop {
        let arrived = if guests.is_empty() {
            arrivals.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else if guests.len() < MOST_GUESTS {
            arrivals.recv_timeout(GLANCE)
        } else {
            thread::sleep(GLANCE);
            Err(RecvTimeoutError::Timeout)
        };
        match arrived {
            Ok(socket) => guests.push(Guest { socket, deadline: Instant::now() + LINGER, heard: 0 }),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        guests.retain_mut(Guest::stays);
    }
}

impl Guest {
    /// Reads what has come, and says whether more is waited for.
    fn stays(&mut self) -> bool {
        let mut dropped = [0; 4096];
        while self.heard < MOST_BYTES && Instant::now() < self.deadline {
            match self.socket.read(&mut dropped) {
                Ok(0) => return false,
                Ok(count) => self.heard += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(20);

    /// The two ends of a connection: ours and the client's.
    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        theirs.set_read_timeout(Some(DEADLINE)).unwrap();
        (listener.accept().unwrap().0, theirs)
    }

    /// Waits for the end of the connection, which may be a reset; says how long that took.
    fn time_until_the_end(mut theirs: &TcpStream) -> Duration {
        let began = Instant::now();
        match theirs.read(&mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => panic!("waited in vain"),
            _ => began.elapsed(),
        }
    }

    #[test]
    fn who_goes_on_speaking_is_heard_until_the_deadline_and_no_longer() {
        let (ours, mut theirs) = pair();
        let speaker = thread::spawn(move || {
            while theirs.write_all(b"and another thing ").is_ok() {
                thread::park_timeout(Duration::from_millis(10));
            }
        });
        let began = Instant::now();
        hear_out(&ours, began + Duration::from_millis(200));
        assert!((200..5000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        drop(ours);
        speaker.join().unwrap();
    }

    #[test]
    fn who_says_too_much_is_not_heard_out() {
        let (ours, mut theirs) = pair();
        let speaker = thread::spawn(move || while theirs.write_all(&[b'x'; 4096]).is_ok() {});
        let began = Instant::now();
        hear_out(&ours, began + 10 * DEADLINE);
        assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
        drop(ours);
        speaker.join().unwrap();
    }

    #[test]
    fn who_hangs_up_is_not_waited_for() {
        let (ours, theirs) = pair();
        drop(theirs);
        let began = Instant::now();
        hear_out(&ours, began + 10 * DEADLINE);
        assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    }

    #[test]
    fn the_doorman_waits_a_second_for_a_silent_guest_and_not_at_all_for_one_who_goes() {
        let (doorman, thread) = Doorman::start().unwrap();
        let (ours, theirs) = pair();
        say(&ours, "ERROR :full\r\n");
        doorman.take(ours);
        let mut words = [0; 13];
        (&theirs).read_exact(&mut words).unwrap();
        assert_eq!(&words, b"ERROR :full\r\n");
        // The half close is there at once; that it is over shows when something is said.
        let began = Instant::now();
        while (&theirs).write_all(b"x").is_ok() {
            assert!(began.elapsed() < DEADLINE, "it is never over");
            thread::park_timeout(Duration::from_millis(10));
        }
        assert!(began.elapsed() >= LINGER / 2, "{:?}", began.elapsed());
        // The doorman ends with the last clone that could send him somebody.
        drop(doorman);
        thread.join().unwrap();
    }

    #[test]
    fn the_doorman_closes_at_once_on_those_for_whom_there_is_no_room_at_the_door() {
        let (doorman, thread) = Doorman::start().unwrap();
        let guests: Vec<_> = (0..3 * MOST_GUESTS)
            .map(|_| {
                let (ours, theirs) = pair();
                doorman.take(ours);
                theirs
            })
            .collect();
        // All get to their end in the time of two rounds, whichever of them stay silent.
        for theirs in &guests {
            assert!(time_until_the_end(theirs) < 3 * LINGER);
        }
        drop((doorman, guests));
        thread.join().unwrap();
    }
}
