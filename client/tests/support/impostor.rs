//! Something that takes connections and says whatever a test wants: a server that is silent, broken or none at all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use super::PATIENCE;
use super::person::Start;

/// It listens on a free port of this machine.
pub struct Impostor {
    listener: TcpListener,
}

/// A connection to it.
pub struct Line {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Impostor {
    /// Starts to listen.
    pub fn listen() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").expect("there is a free port") }
    }

    /// What a window starts with that connects to it at once.
    pub fn invitation<'a>(&self, nick: &'a str) -> Start<'a> {
        Start { nick, port: Some(self.port()), connect: true, ..Start::default() }
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.listener.local_addr().expect("it has an address").port()
    }

    /// Takes the next connection.
    pub fn accept(&self) -> Line {
        let (stream, _) = self.listener.accept().expect("the window connects");
        stream.set_nodelay(true).expect("small packets go out at once");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit can be set");
        Line { reader: BufReader::new(stream.try_clone().expect("a socket can be shared")), stream }
    }
}

impl Line {
    /// Sends these bytes, unless the window has hung up.
    pub fn sends(&mut self, bytes: &[u8]) {
        // Whether the window still listens is for the test to see in the window.
        let _ = self.stream.write_all(bytes);
    }

    /// Reads what the window sends until a line that begins like this, and gives that line.
    #[track_caller]
    pub fn reads(&mut self, beginning: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let count = self.reader.read_line(&mut line);
            assert!(matches!(count, Ok(1..)), "the window never sent {beginning:?}: {count:?}");
            if line.starts_with(beginning) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Ends the connection.
    pub fn hangs_up(self) {
        // It may be over already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Waits for the window to end the connection; says whether it did in time.
    pub fn sees_the_end(mut self) -> bool {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => true,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}
