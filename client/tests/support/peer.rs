//! A server that is played line by line: what it says stands in the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use super::PATIENCE;

/// The server's side of one connection.
pub struct Peer<S: Read + Write = TcpStream> {
    /// What the client says.
    pub reader: BufReader<S>,
}

/// The server's side of one connection by TLS.
pub type TlsPeer = Peer<StreamOwned<ServerConnection, TcpStream>>;

/// A listener on a free port of this machine.
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // Of a listener too this is how long it waits: a client that does not come fails the test.
    SockRef::from(&listener).set_read_timeout(Some(PATIENCE)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn accept(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().expect("a client that connects in time");
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

impl Peer {
    /// Takes the next connection.
    pub fn accept(listener: &TcpListener) -> Self {
        Self { reader: BufReader::new(accept(listener)) }
    }
}

impl TlsPeer {
    /// Takes the next connection, which is by TLS. The hands are shaken with the first line that is read.
    pub fn accept_tls(listener: &TcpListener, config: &Arc<ServerConfig>) -> Self {
        let tls = ServerConnection::new(Arc::clone(config)).unwrap();
        Self { reader: BufReader::new(StreamOwned::new(tls, accept(listener))) }
    }

    /// Expects the client to leave before it has said anything.
    #[track_caller]
    pub fn expect_refusal(&mut self) {
        let mut said = Vec::new();
        let ended = self.reader.read_to_end(&mut said);
        assert!(ended.is_err() && said.is_empty(), "the client said {:?}", String::from_utf8_lossy(&said));
    }
}

impl<S: Read + Write> Peer<S> {
    /// Says this to the client.
    pub fn send(&mut self, text: impl AsRef<[u8]>) {
        self.reader.get_mut().write_all(text.as_ref()).unwrap();
        self.reader.get_mut().flush().unwrap();
    }

    /// The next line, or nothing at the end.
    #[track_caller]
    pub fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        let count = self.reader.read_line(&mut line).expect("a line in time");
        (count > 0).then(|| line.trim_end_matches("\r\n").to_owned())
    }

    /// Expects these lines and no others between them.
    #[track_caller]
    pub fn expect(&mut self, expected: &[&str]) {
        for line in expected {
            assert_eq!(self.next().as_deref(), Some(*line));
        }
    }

    /// Expects the client to have left.
    #[track_caller]
    pub fn expect_end(&mut self) {
        assert_eq!(self.next(), None);
    }
}
