//! TLS for the crowd: rustls without threads, at sockets that do not wait.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

#[path = "../../tests/support/trust.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod trust;

/// Takes whatever certificate a server has: it is one that this program started.
pub fn whatever_certificate() -> Arc<ClientConfig> {
    trust::anonymous(rustls::DEFAULT_VERSIONS)
}

/// A connection of which nothing was sent yet.
pub fn begin(config: &Arc<ClientConfig>) -> io::Result<Box<ClientConnection>> {
    let name = ServerName::from(IpAddr::from(Ipv4Addr::LOCALHOST));
    let mut seal = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    // The loads bound what is in flight.
    seal.set_buffer_limit(None);
    Ok(Box::new(seal))
}

/// Sends what the socket takes. `unsent` is emptied as soon as it may be sealed, which is after the handshake.
pub fn write(seal: &mut ClientConnection, socket: &mut TcpStream, unsent: &mut Vec<u8>) -> io::Result<()> {
    if !seal.is_handshaking() && !unsent.is_empty() {
        seal.writer().write_all(unsent)?;
        unsent.clear();
    }
    while seal.wants_write() {
        seal.write_tls(socket)?;
    }
    Ok(())
}

/// Reads what the socket has, and unseals it into `buffer`. Nothing is the end, `WouldBlock` that only the handshake
/// has gone on.
pub fn read(seal: &mut ClientConnection, socket: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled <= buffer.len() / 2 {
        match seal.read_tls(socket) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && filled > 0 => break,
            Err(error) => return Err(error),
        }
        seal.process_new_packets().map_err(io::Error::other)?;
        // All of it is taken: the socket does not tell of what waits here.
        loop {
            match seal.reader().read(&mut buffer[filled..]) {
                Ok(count @ 1..) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Ok(0) | Err(_) => return Ok(filled),
            }
        }
    }
    Ok(filled)
}
