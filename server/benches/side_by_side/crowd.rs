//! The load generator's sockets: many people in one thread, around one epoll.
//!
//! It connects, sends, reads and cuts into lines, and it answers PING; what the lines mean is for the loads to say.
//! It is written to be light, so that the server is the limit and not the crowd: one `read` per ready socket into a
//! shared buffer, lines handed on as slices of it, one clock reading per `read`. With TLS there is more to do ([`seal`]).

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use memchr::memchr_iter;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustls::{ClientConfig, ClientConnection};
use socket2::{Domain, Socket, Type};

use crate::peers::Running;
use crate::seal;
use crate::trouble::{Trouble, check_stop};

/// What one `read` may bring.
const BUFFER_BYTES: usize = 64 * 1024;
/// How many ready sockets one `epoll_wait` tells of.
const EVENTS: usize = 1024;

/// How many come from one address of this machine: between two addresses there are only so many ports.
const PEOPLE_AN_ADDRESS: usize = 20_000;

/// Everybody whom the load generator plays, by number.
pub struct Crowd {
    address: SocketAddr,
    /// Set where everybody speaks TLS.
    sealed: Option<Arc<ClientConfig>>,
    /// When the load has to be over.
    deadline: Instant,
    poll: OwnedFd,
    people: Vec<Person>,
    buffer: Vec<u8>,
    events: Vec<Event>,
}

/// One connection.
struct Person {
    socket: TcpStream,
    seal: Option<Box<ClientConnection>>,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// What the socket would not take yet; while there is something, the poll also waits for room.
    unsent: Vec<u8>,
}

/// What a person hears.
#[derive(Clone, Copy, Debug)]
pub enum Heard<'a> {
    /// A line, without its end.
    Line(&'a [u8]),
    /// The server hung up.
    End,
}

impl Crowd {
    /// Nobody yet. Whatever is done with the crowd fails once `patience` is over.
    pub fn new(server: &Running, patience: Duration) -> io::Result<Self> {
        Ok(Self {
            address: server.address(),
            sealed: server.is_sealed().then(seal::whatever_certificate),
            deadline: Instant::now() + patience,
            poll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            people: Vec::new(),
            buffer: vec![0; BUFFER_BYTES],
            events: Vec::with_capacity(EVENTS),
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// One more person, who connects and says `words` first. Returns the number.
    pub fn connect(&mut self, words: &[u8]) -> Result<usize, Trouble> {
        let who = self.people.len();
        let person = self.call(who, words)?;
        self.people.push(person);
        Ok(who)
    }

    /// The same number, with a new connection; the old one is closed.
    pub fn reconnect(&mut self, who: usize, words: &[u8]) -> Result<(), Trouble> {
        self.people[who] = self.call(who, words)?;
        Ok(())
    }

    fn call(&self, who: usize, words: &[u8]) -> Result<Person, Trouble> {
        let socket = Socket::new(Domain::for_address(self.address), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if let Ok(block @ 1..) = u8::try_from(who / PEOPLE_AN_ADDRESS) {
            socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 0, 1 + block), 0)).into())?;
        }
        match socket.connect(&self.address.into()) {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {}
            Err(error) => return Err(error.into()),
        }
        let socket = TcpStream::from(socket);
        // Room in the socket means that the connection stands.
        epoll::add(&self.poll, &socket, number(who), EventFlags::IN | EventFlags::OUT)?;
        let seal = self.sealed.as_ref().map(seal::begin).transpose()?;
        Ok(Person { socket, seal, partial: Vec::new(), unsent: words.to_vec() })
    }

    /// Says something: at once if the socket takes it, and the rest as soon as it does.
    pub fn send(&mut self, who: usize, bytes: &[u8]) -> Result<(), Trouble> {
        self.people[who].send(&self.poll, who, bytes)
    }

    /// Whether all that a person said has left.
    pub fn has_sent(&self, who: usize) -> bool {
        !self.people[who].waits()
    }

    /// From here on this person reads nothing any more, and stays.
    pub fn go_deaf(&self, who: usize) -> Result<(), Trouble> {
        Ok(epoll::delete(&self.poll, &self.people[who].socket)?)
    }

    /// Waits, at most so long, until somebody hears something, and passes on all that was heard: who, what, when.
    pub fn turn(
        &mut self,
        patience: Duration,
        mut hear: impl FnMut(usize, Heard, Instant) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        check_stop()?;
        if Instant::now() > self.deadline {
            return Err(Trouble::Cannot("not done in time".to_owned()));
        }
        let patience = Timespec::try_from(patience).expect("patience is short");
        self.events.clear();
        match epoll::wait(&self.poll, spare_capacity(&mut self.events), Some(&patience)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let Self { poll, people, buffer, events, .. } = self;
        for Event { flags, data } in events.iter().copied() {
            let who = usize::try_from(data.u64()).expect("it was a usize");
            if flags.contains(EventFlags::OUT) {
                people[who].send(poll, who, b"")?;
            }
            if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                people[who].read(poll, who, buffer, &mut hear)?;
            }
        }
        Ok(())
    }
}

impl Person {
    /// Whether something is still to be sent.
    fn waits(&self) -> bool {
        !self.unsent.is_empty() || self.seal.as_ref().is_some_and(|seal| seal.wants_write())
    }

    fn send(&mut self, poll: &OwnedFd, who: usize, bytes: &[u8]) -> Result<(), Trouble> {
        let waited = self.waits();
        self.unsent.extend_from_slice(bytes);
        let written = match &mut self.seal {
            None => self.socket.write(&self.unsent).map(|count| drop(self.unsent.drain(..count))),
            Some(seal) => seal::write(seal, &mut self.socket, &mut self.unsent),
        };
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // Whoever is no longer listened to will read about it.
            Err(error) if is_gone(&error) => self.unsent.clear(),
            Err(error) => return Err(error.into()),
        }
        let waits = self.waits();
        if waits != waited {
            let flags = if waits { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
            epoll::modify(poll, &self.socket, number(who), flags)?;
        }
        Ok(())
    }

    fn read(
        &mut self,
        poll: &OwnedFd,
        who: usize,
        buffer: &mut [u8],
        hear: &mut impl FnMut(usize, Heard, Instant) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let kept = self.partial.len();
        buffer[..kept].copy_from_slice(&self.partial);
        let read = match &mut self.seal {
            None => self.socket.read(&mut buffer[kept..]),
            Some(seal) => seal::read(seal, &mut self.socket, &mut buffer[kept..]),
        };
        let count = match read {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) if is_gone(&error) => 0,
            Err(error) => return Err(error.into()),
        };
        let now = Instant::now();
        // The other side's part of the handshake may want an answer, and what was said before it may now be sent.
        if self.seal.is_some() && self.waits() {
            self.send(poll, who, b"")?;
        }
        if count == 0 {
            epoll::delete(poll, &self.socket)?;
            return hear(who, Heard::End, now);
        }
        let come = &buffer[..kept + count];
        let mut start = 0;
        for end in memchr_iter(b'\n', &come[kept..]) {
            let line = &come[start..kept + end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            start = kept + end + 1;
            match line.strip_prefix(b"PING ") {
                Some(token) => self.send(poll, who, &[b"PONG ", token, b"\r\n"].concat())?,
                None => hear(who, Heard::Line(line), now)?,
            }
        }
        self.partial.clear();
        self.partial.extend_from_slice(&come[start..]);
        Ok(())
    }
}

fn number(who: usize) -> EventData {
    EventData::new_u64(who as u64)
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}
