//! One connection to a server, as a person with a plain socket has it, or one that speaks TLS.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use socket2::{Domain, Socket, Type};

/// No wait in a test is longer than this.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub struct Peer {
    stream: BufReader<Stream>,
}

enum Stream {
    Plain(TcpStream),
    Sealed(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(into),
            Self::Sealed(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Sealed(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Sealed(stream) => stream.flush(),
        }
    }
}

impl Peer {
    pub fn connect(address: SocketAddr) -> Self {
        Self { stream: BufReader::new(Stream::Plain(Self::socket_to(address))) }
    }

    /// Connects from one of this machine's own addresses, such as 127.0.0.2.
    pub fn connect_from(own: IpAddr, address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::new(own, 0).into()).expect("it is this machine's own");
        socket.connect_timeout(&address.into(), DEADLINE).expect("the server accepts");
        Self { stream: BufReader::new(Stream::Plain(Self::prepared(socket.into()))) }
    }

    /// Connects with TLS; hands are shaken with the first read or write.
    pub fn connect_with(address: SocketAddr, config: &Arc<ClientConfig>) -> Self {
        let name = "tea.house".try_into().unwrap();
        let tls = ClientConnection::new(Arc::clone(config), name).unwrap();
        let sealed = StreamOwned::new(tls, Self::socket_to(address));
        Self { stream: BufReader::new(Stream::Sealed(Box::new(sealed))) }
    }

    fn socket_to(address: SocketAddr) -> TcpStream {
        Self::prepared(TcpStream::connect_timeout(&address, DEADLINE).expect("the server accepts"))
    }

    fn prepared(socket: TcpStream) -> TcpStream {
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.set_nodelay(true).unwrap();
        socket
    }

    /// Connects and logs in; the welcome is read up to the lobby's list of names.
    pub fn login(address: SocketAddr, nick: &str) -> Self {
        Self::connect(address).introduce(nick)
    }

    /// The same with TLS.
    pub fn login_with(address: SocketAddr, config: &Arc<ClientConfig>, nick: &str) -> Self {
        Self::connect_with(address, config).introduce(nick)
    }

    /// Logs in, and to the account of that name, whose password is `sesame12`.
    pub fn introduce_as_owner(mut self, nick: &str) -> Self {
        self.send(&format!("CAP REQ sasl\r\nNICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nAUTHENTICATE PLAIN"));
        self.wait_for("AUTHENTICATE +");
        let plain = Base64::encode_string(format!("\0{nick}\0sesame12").as_bytes());
        self.send(&format!("AUTHENTICATE {plain}\r\nCAP END"));
        self
    }

    pub fn introduce(mut self, nick: &str) -> Self {
        self.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
        self.wait_for(" 366 ");
        self
    }

    pub fn socket(&self) -> &TcpStream {
        match self.stream.get_ref() {
            Stream::Plain(socket) => socket,
            Stream::Sealed(stream) => &stream.sock,
        }
    }

    /// The certificate that the server showed, once hands are shaken.
    pub fn certificate(&self) -> Vec<u8> {
        match self.stream.get_ref() {
            Stream::Plain(_) => panic!("there is none"),
            Stream::Sealed(stream) => stream.conn.peer_certificates().expect("hands are shaken")[0].to_vec(),
        }
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
        match self.try_line() {
            Ok(line) => line,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("waited in vain: {error}"),
        }
    }

    /// The same where the connection may end in another way than it should.
    pub fn try_line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        self.stream.read_until(b'\n', &mut bytes)?;
        let line = String::from_utf8(bytes).expect("UTF-8");
        Ok((!line.is_empty()).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
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
