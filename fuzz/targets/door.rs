//! Whatever bytes come to a real server's plain port (TLS records among them): it answers or hangs up, and serves the
//! next one.

#![no_main]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use teahouse_server::{Config, Server};

const PATIENCE: Duration = Duration::from_secs(10);

/// One server for all runs; it ends with the process.
fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let listen = vec!["127.0.0.1:0".parse().expect("an address")];
        let server = Server::start(Config { listen, ..Config::default() });
        let server = server.unwrap_or_else(|error| panic!("it starts: {error:?}"));
        let address = server.addresses()[0];
        std::mem::forget(server);
        address
    })
}

fuzz_target!(|bytes: &[u8]| {
    let mut socket = TcpStream::connect(address()).expect("the server takes one more");
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket has a timeout");
    // The server may have hung up in the middle of it.
    if socket.write_all(bytes).is_ok() {
        let _ = socket.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    match socket.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        read => drop(read.expect("the server hangs up in time")),
    }
});
