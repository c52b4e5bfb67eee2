//! Both families of addresses, with real sockets on loopback.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::net::{Ipv6Addr, SocketAddr, TcpListener};

use peer::Peer;
use teahouse_server::config::Operator;
use teahouse_server::{Config, Server};

/// A server without cloaks; `listen` as in the file, with the port in the place of `PORT`.
fn serve(listen: &[&str]) -> Server {
    // Between the look and the start somebody else may take the port.
    for _ in 0..10 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = Config { cloak: false, ..Config::default() };
        config.operators = vec![Operator { name: "root".to_owned(), password: "root".to_owned() }];
        let listen: Vec<_> = listen.iter().map(|text| text.replace("PORT", &port.to_string())).collect();
        config.set_flag("listen", &listen).unwrap().unwrap();
        if let Ok(server) = Server::start(config) {
            return server;
        }
    }
    panic!("no port is free in both families");
}

/// Whether this machine has IPv6 at all: there are containers that do not.
fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

fn port(server: &Server) -> u16 {
    server.addresses()[0].port()
}

#[test]
fn one_port_is_listened_on_in_both_families_however_that_is_written() {
    if !has_ipv6() {
        return;
    }
    for listen in [&["0.0.0.0:PORT", "[::]:PORT"][..], &["[::]:PORT", "127.0.0.1:PORT"], &["[::]:PORT"]] {
        let server = serve(listen);
        for (nick, ip) in [("four", "127.0.0.1"), ("six", "[::1]")] {
            let address: SocketAddr = format!("{ip}:{}", port(&server)).parse().unwrap();
            let mut peer = Peer::login(address, nick);
            peer.send(&format!("PRIVMSG {nick} :tea"));
            // A host that begins with a colon would be no parameter.
            let host = if nick == "four" { "127.0.0.1" } else { "0::1" };
            peer.wait_for(&format!(":{nick}!~{nick}@{host} PRIVMSG {nick} :tea"));
        }
        server.stop();
    }
}

#[test]
fn who_comes_by_ipv4_to_an_address_of_both_families_is_known_and_banned_by_the_ipv4_address() {
    if !has_ipv6() {
        return;
    }
    let server = serve(&["[::]:PORT"]);
    let [four, six] =
        ["127.0.0.1", "[::1]"].map(|ip| format!("{ip}:{}", port(&server)).parse::<SocketAddr>().unwrap());
    let mut keeper = Peer::login(six, "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    let mut guest = Peer::login(four, "guest");
    keeper.send("WHOIS guest");
    assert!(keeper.wait_for(" 311 ").contains("guest ~guest 127.0.0.1 "));
    assert!(keeper.wait_for("is connecting from").ends_with(" 127.0.0.1"), "not ::ffff:127.0.0.1");
    keeper.send("DLINE 127.0.0.0/8 :out");
    assert!(guest.last_words().ends_with("Closing link to 127.0.0.1: Banned: out"));
    assert!(Peer::connect(four).last_words().contains("Banned: out"));
    keeper.send("PING here");
    keeper.wait_for("PONG");
    server.stop();
}
