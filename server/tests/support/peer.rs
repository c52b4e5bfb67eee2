//! One connection to a server, as a person with a plain socket has it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No wait in a test is longer than this.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub struct Peer {
    stream: BufReader<TcpStream>,
}

impl Peer {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, DEADLINE).expect("the server accepts");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Connects and logs in; the welcome is read up to the lobby's list of names.
    pub fn login(address: SocketAddr, nick: &str) -> Self {
        let mut peer = Self::connect(address);
        peer.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
        peer.wait_for(" 366 ");
        peer
    }

    pub fn socket(&self) -> &TcpStream {
        self.stream.get_ref()
    }

    pub fn send(&mut self, line: &str) {
        self.try_send(line).expect("the server still listens");
    }

    pub fn try_send(&mut self, line: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes())
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the server still listens");
    }

    /// The next line without its end; `None` when the connection has ended.
    ///
    /// # Panics
    /// When nothing comes within the deadline.
    pub fn line(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        match self.stream.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) => Some(String::from_utf8(bytes).expect("UTF-8").trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("waited in vain: {error}"),
        }
    }

    /// Reads until a line has `part` in it, and gives that line.
    pub fn wait_for(&mut self, part: &str) -> String {
        loop {
            let line = self.line().unwrap_or_else(|| panic!("the connection ended before {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Reads to the end of the connection, and gives the last line.
    pub fn last_words(&mut self) -> String {
        let mut last = String::new();
        while let Some(line) = self.line() {
            last = line;
        }
        last
    }

    /// Everything that came up to the answer to a PING.
    pub fn lines_so_far(&mut self) -> Vec<String> {
        self.send("PING so-far");
        let mut lines = Vec::new();
        loop {
            let line = self.line().expect("the connection is open");
            if line.ends_with("so-far") {
                return lines;
            }
            lines.push(line);
        }
    }
}
