//! TLS: what goes over the wire of clients that came to an address of `listen_tls`.
//!
//! A thread shakes hands first, alone with the socket ([`shake_hands`]). The result is a [`Link`], which two sides
//! share: the session [reads](Reader) from it, and the [outbox](crate::outbox) writes through it as through any other
//! [wire](Wire).
//!
//! TLS keeps one state for both directions, so there is a mutex around it. It is short: bytes are read from the socket
//! before it is taken and sent after it is given back, and under it they are only opened or sealed, in memory. Records
//! must go out in the order in which they were sealed; the outbox sees to that, for it has one writer at a time.
//!
//! The certificate and key of this server are in [`identity`]; the marks by which it knows others, in [`fingerprint`].

pub mod fingerprint;
pub mod identity;
mod pem;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::ops::Range;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use rustls::{ServerConfig, ServerConnection};

use crate::net::farewell;
use crate::outbox::Wire;
use crate::text::language::{Language, Text};

pub use fingerprint::Fingerprint;
pub use identity::{Identity, SELF_SIGNED};

/// How a connection begins that speaks TLS: the type of a handshake record, and the first byte of its version
/// ([RFC 8446 §5.1](https://www.rfc-editor.org/rfc/rfc8446#section-5.1)). No line of IRC begins so.
pub const GREETING: [u8; 2] = [22, 3];
/// How much is sealed at a time.
const SEALED_AT_A_TIME: usize = 32 * 1024;
/// The largest buffer that a link keeps while nothing is in it, in bytes.
const KEPT_BYTES: usize = 1024;
/// How much is read from the socket at a time: little at first, which is enough for what people type, and twice as much
/// whenever a read brought all that there was room for.
const FIRST_READ_BYTES: usize = 512;
const MOST_READ_BYTES: usize = 4096;

/// A connection that has shaken hands.
pub struct Link {
    socket: Arc<TcpStream>,
    tls: Mutex<ServerConnection>,
    /// Only the outbox's one writer takes it, so it is never waited for. Taken before `tls`, if both are.
    sealed: Mutex<Sealed>,
}

/// Records on their way to the kernel.
#[derive(Default)]
struct Sealed {
    bytes: Vec<u8>,
    sent: usize,
    /// How many of the outbox's bytes are in them.
    carries: usize,
}

/// Shakes hands with a client, until `deadline` at most.
///
/// A client that does not speak TLS is told so in words, and the error is `InvalidData`, as it is for one that speaks
/// it wrongly.
///
/// # Errors
/// Why there is no connection. Nothing but the socket has to be closed.
pub fn shake_hands(
    socket: &Arc<TcpStream>,
    config: Arc<ServerConfig>,
    deadline: Instant,
    language: Language,
) -> io::Result<Link> {
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = &**socket;
    wait_no_longer_than(socket, deadline)?;
    let mut first = [0];
    if socket.peek(&mut first)? == 1 && first[0] != GREETING[0] {
        farewell::say(socket, &format!("ERROR :{}\r\n", Text::SpeaksTls.within(language)));
        farewell::hear_out(socket, Instant::now() + farewell::LINGER);
        return Err(io::ErrorKind::InvalidData.into());
    }
    loop {
        while tls.wants_write() {
            tls.write_tls(&mut stream)?;
        }
        if !tls.is_handshaking() {
            return Ok(Link { socket: Arc::clone(socket), tls: Mutex::new(tls), sealed: Mutex::default() });
        }
        wait_no_longer_than(socket, deadline)?;
        if tls.read_tls(&mut stream)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Err(error) = tls.process_new_packets() {
            // The alert says why; if it cannot be sent, the client will not miss it.
            let _ = tls.write_tls(&mut stream).and_then(|_| socket.shutdown(Shutdown::Write));
            farewell::hear_out(socket, Instant::now() + farewell::LINGER);
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
    }
}

/// However the bytes trickle in, the time that is left is the time until the deadline.
fn wait_no_longer_than(socket: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    socket.set_read_timeout(Some(left))?;
    socket.set_write_timeout(Some(left))
}

impl Link {
    /// The fingerprint of the client's certificate, if it showed one.
    pub fn certificate(&self) -> Option<Fingerprint> {
        let tls = self.tls.lock();
        tls.peer_certificates().and_then(<[_]>::first).map(|certificate| Fingerprint::of(certificate))
    }

    /// Says, if nothing else is on its way, that nothing follows.
    fn take_leave(&self) {
        // A thread that is at the records is in the middle of one, perhaps.
        let Some(mut sealed) = self.sealed.try_lock() else { return };
        if sealed.bytes.is_empty() {
            let mut tls = self.tls.lock();
            tls.send_close_notify();
            sealed.take_from(&mut tls);
            drop(tls);
            // A client that is gone already, or does not read, does not wait for it.
            let _ = self.socket.send(&sealed.bytes);
        }
    }
}

impl Wire for Arc<Link> {
    /// Takes as many bytes as the kernel takes records of; of a record that it takes in part, the rest is kept, and
    /// its bytes are offered again until it has gone.
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut sealed = self.sealed.lock();
        let mut taken = 0;
        while taken < bytes.len() {
            if sealed.bytes.is_empty() {
                let most = bytes.len().min(taken + SEALED_AT_A_TIME);
                sealed.seal(&mut self.tls.lock(), &bytes[taken..most])?;
            }
            match self.socket.send(&sealed.bytes[sealed.sent..]) {
                Ok(count) => sealed.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && taken > 0 => return Ok(taken),
                Err(error) => return Err(error),
            }
            if sealed.sent == sealed.bytes.len() {
                taken += sealed.clear();
            }
        }
        Ok(taken)
    }

    fn finish(&self) {
        self.take_leave();
        self.socket.finish();
    }

    fn stop_reading(&self) {
        self.socket.stop_reading();
    }

    fn shut_down(&self) {
        self.take_leave();
        self.socket.shut_down();
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.socket.descriptor()
    }
}

impl Sealed {
    fn seal(&mut self, tls: &mut ServerConnection, bytes: &[u8]) -> io::Result<()> {
        self.carries = tls.writer().write(bytes)?;
        self.take_from(tls);
        // Without this, a link that takes nothing more would be tried again and again.
        if self.bytes.is_empty() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(()) }
    }

    fn take_from(&mut self, tls: &mut ServerConnection) {
        while tls.wants_write() {
            tls.write_tls(&mut self.bytes).expect("memory takes everything");
        }
    }

    /// All is sent; says how many of the outbox's bytes that were.
    fn clear(&mut self) -> usize {
        self.bytes.clear();
        if self.bytes.capacity() > KEPT_BYTES {
            self.bytes = Vec::new();
        }
        self.sent = 0;
        std::mem::take(&mut self.carries)
    }
}

/// The session's side of a link.
pub struct Reader {
    link: Arc<Link>,
    /// The bytes from the socket; `unopened` of them have not been given to TLS, and end where the last read ended.
    bytes: Vec<u8>,
    unopened: Range<usize>,
}

impl Reader {
    /// Reads from a link; there is one reader.
    pub fn new(link: Arc<Link>) -> Self {
        Self { link, bytes: vec![0; FIRST_READ_BYTES], unopened: 0..0 }
    }

    /// Takes what TLS has opened of its bytes; `None` when it needs more from the socket.
    fn open(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        let mut tls = self.link.tls.lock();
        loop {
            match tls.reader().read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result.map(Some),
            }
            if self.unopened.is_empty() {
                return Ok(None);
            }
            self.unopened.start += tls.read_tls(&mut &self.bytes[self.unopened.clone()])?;
            tls.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Read for Reader {
    /// Like the read of a socket. When what came is not yet a whole record, or is none that carries anything, it is
    /// `Interrupted`: the session has a clock to look at before it reads again.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(count) = self.open(into)? {
            return Ok(count);
        }
        let room = self.bytes.len();
        if self.unopened.end == room && room < MOST_READ_BYTES {
            self.bytes.resize(room * 2, 0);
        }
        let count = (&*self.link.socket).read(&mut self.bytes)?;
        if count == 0 {
            return Ok(0);
        }
        self.unopened = 0..count;
        self.open(into)?.ok_or_else(|| io::ErrorKind::Interrupted.into())
    }
}
