//! From a server's name to a connected socket, with an end in sight at every moment.
//!
//! The system's blocking `connect` can take minutes and nobody can call it off. So connecting is only begun here, and
//! then looked at every few milliseconds, until one socket is connected, all have failed, the time is up or somebody
//! calls it off. A server with several addresses is tried at all of them, each a moment after the one
//! before, and the first that answers wins: one address that swallows everything (IPv6 without a way out is the
//! usual case) costs a quarter of a second rather than the whole time
//! ([RFC 8305](https://www.rfc-editor.org/rfc/rfc8305), "Happy Eyeballs", in its simplest form).

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded, select};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::event::failure::Failure;

/// How long an address is tried before the next one is tried beside it (RFC 8305 §8).
const HEAD_START: Duration = Duration::from_millis(250);

/// How often the sockets are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A channel on which nothing is ever sent: when its sender is dropped, whatever is under way is to stop.
pub type Stop = Receiver<std::convert::Infallible>;

/// Why there is no socket.
#[derive(Debug, PartialEq, Eq)]
pub enum DialError {
    /// It was called off.
    Stopped,
    /// It did not work.
    Failed(Failure),
}

impl From<Failure> for DialError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Connects to `host`, a name or an IP address, within `patience`. The socket it gives is blocking.
///
/// # Errors
/// [`DialError::Failed`] with the reason that is most useful to a person; [`DialError::Stopped`] within a few
/// milliseconds of `stop`.
pub fn dial(host: &str, port: u16, patience: Duration, stop: &Stop) -> Result<TcpStream, DialError> {
    let deadline = Instant::now() + patience;
    let addresses = resolve(host, port, deadline, stop)?;
    connect_any(host, port, &addresses, deadline, stop)
}

/// The addresses of a host. A host that is an address already is not looked up.
///
/// The system's resolver cannot be called off. So it is asked on a thread of its own, which is the one thread of the
/// program that nobody joins: it owns a copy of the name and nothing else, and ends when the resolver gives up.
fn resolve(host: &str, port: u16, deadline: Instant, stop: &Stop) -> Result<Vec<SocketAddr>, DialError> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (answer, answers) = bounded(1);
    let name = host.to_owned();
    let ask = move || {
        let addresses = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody may be waiting any more.
        let _ = answer.send(addresses);
    };
    thread::Builder::new().name("resolver".to_owned()).spawn(ask).map_err(|error| cannot_start(&error))?;
    let timeout = || Failure::ConnectTimedOut { host: host.to_owned() };
    select! {
        recv(answers) -> found => match found {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            Ok(_) | Err(_) => Err(Failure::UnknownHost { host: host.to_owned() }.into()),
        },
        recv(stop) -> _ => Err(DialError::Stopped),
        default(deadline.saturating_duration_since(Instant::now())) => Err(timeout().into()),
    }
}

fn connect_any(
    host: &str,
    port: u16,
    addresses: &[SocketAddr],
    deadline: Instant,
    stop: &Stop,
) -> Result<TcpStream, DialError> {
    let mut untried = addresses.iter();
    let mut next_start = Instant::now();
    let mut trying: Vec<Socket> = Vec::new();
    let mut errors: Vec<io::Error> = Vec::new();
    loop {
        let now = Instant::now();
        if trying.is_empty() || now >= next_start {
            match untried.next().map(begin) {
                Some(Ok(socket)) => trying.push(socket),
                Some(Err(error)) => errors.push(error),
                None if trying.is_empty() => return Err(most_telling(host, port, &errors).into()),
                None => {}
            }
            next_start = now + HEAD_START;
        }
        let mut pending = Vec::with_capacity(trying.len());
        for socket in trying {
            match look(&socket) {
                Ok(Progress::Pending) => pending.push(socket),
                Ok(Progress::Connected) => return Ok(socket.into()),
                Err(error) => errors.push(error),
            }
        }
        trying = pending;
        if now >= deadline {
            return Err(Failure::ConnectTimedOut { host: host.to_owned() }.into());
        }
        if trying.is_empty() {
            continue;
        }
        match stop.recv_timeout(LOOK_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(DialError::Stopped),
            Ok(never) => match never {},
        }
    }
}

/// Begins to connect to one address. The socket may be connected when it comes back, or still be on its way.
fn begin(address: &SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(*address), Type::STREAM, Some(Protocol::TCP))?;
    // Running out of such a short time does not end the attempt: the system goes on with it.
    match socket.connect_timeout(&SockAddr::from(*address), LOOK_EVERY) {
        Err(error) if error.kind() != ErrorKind::TimedOut => Err(error),
        Ok(()) | Err(_) => Ok(socket),
    }
}

enum Progress {
    Pending,
    Connected,
}

fn look(socket: &Socket) -> io::Result<Progress> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    // Only a connected socket knows its peer.
    Ok(if socket.peer_addr().is_ok() { Progress::Connected } else { Progress::Pending })
}

/// The most telling of several errors: that nothing listens tells that the machine is there.
fn most_telling(host: &str, port: u16, errors: &[io::Error]) -> Failure {
    let host = host.to_owned();
    let has = |kind: ErrorKind| errors.iter().any(|error| error.kind() == kind);
    if has(ErrorKind::ConnectionRefused) {
        Failure::ConnectionRefused { host, port }
    } else if has(ErrorKind::TimedOut) {
        Failure::ConnectTimedOut { host }
    } else {
        let detail = errors.last().map(io::Error::to_string).unwrap_or_default();
        Failure::Unreachable { host, detail }
    }
}

fn cannot_start(error: &io::Error) -> DialError {
    Failure::CannotStart { detail: error.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// An address of this machine on which nothing listens.
    fn closed_port() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[test]
    fn all_addresses_are_tried_and_one_that_answers_is_enough() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addresses = [closed_port(), closed_port(), listener.local_addr().unwrap()];
        let (_go_on, stop) = bounded(0);
        let stream = connect_any("h", 1, &addresses, Instant::now() + PATIENCE, &stop).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addresses[2]);
    }

    #[test]
    fn a_port_on_which_nothing_listens_is_said_to_be_just_that() {
        let (_go_on, stop) = bounded(0);
        let port = closed_port().port();
        let error = dial("127.0.0.1", port, PATIENCE, &stop).unwrap_err();
        let host = "127.0.0.1".to_owned();
        assert_eq!(error, DialError::Failed(Failure::ConnectionRefused { host, port }));
    }

    #[test]
    fn what_is_called_off_stops_before_the_time_is_up() {
        // A listener whose queue is full answers nobody, so connecting to it stays under way.
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let _queue: Vec<_> = (0..4).map(|_| begin(&address).unwrap()).collect();
        let (go_on, stop) = bounded(0);
        drop(go_on);
        let started = Instant::now();
        let error = dial("127.0.0.1", address.port(), PATIENCE, &stop).unwrap_err();
        assert_eq!(error, DialError::Stopped);
        assert!(started.elapsed() < PATIENCE / 2);
    }

    #[test]
    fn an_address_that_swallows_everything_runs_out_of_time() {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let _queue: Vec<_> = (0..4).map(|_| begin(&address).unwrap()).collect();
        let (_go_on, stop) = bounded(0);
        let error = dial("127.0.0.1", address.port(), Duration::from_millis(50), &stop).unwrap_err();
        assert_eq!(error, DialError::Failed(Failure::ConnectTimedOut { host: "127.0.0.1".to_owned() }));
    }
}
