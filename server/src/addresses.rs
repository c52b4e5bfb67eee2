//! Where to listen, and what to say when that does not work.
//!
//! The classic mistake on a cloud machine is to listen on its public address, which belongs to the provider's gateway
//! and not to the machine. So a refusal names the addresses that this machine has and explains what to do.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::language::{Both, Text};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Listens on an address.
///
/// # Errors
/// A sentence for the person at the console: not this machine's address, port in use, port that needs special rights.
pub fn listen(address: SocketAddr) -> Result<TcpListener, Text> {
    try_listen(address).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrNotAvailable => Both::of(&not_ours(address)),
            io::ErrorKind::AddrInUse => Both::of(&Text::PortInUse(address.port().to_string())),
            io::ErrorKind::PermissionDenied => Both::of(&Text::PrivilegedPort(address.port().to_string())),
            _ => Both::as_it_is(error),
        };
        Text::CannotListen(address.to_string(), why)
    })
}

fn try_listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // So that a restart does not have to wait for the last connections to be forgotten.
    socket.set_reuse_address(true)?;
    // Sessions batch what they write, so the kernel need not wait for more. Whoever is accepted inherits it.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn not_ours(address: SocketAddr) -> Text {
    let own = own_addresses();
    let list: Vec<_> = own.iter().map(IpAddr::to_string).collect();
    let everywhere = match address {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
    };
    let private = own.iter().find(|own| own.is_ipv4() == address.is_ipv4() && !own.is_loopback());
    let suggestion: Vec<_> = [Some(&everywhere), private]
        .into_iter()
        .flatten()
        .map(|ip| SocketAddr::new(*ip, address.port()).to_string())
        .collect();
    Text::NotOurAddress(list.join(", "), suggestion.join(" / "))
}

/// This machine's own addresses, loopback included.
fn own_addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<_> =
        if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(|interface| interface.ip()).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

/// Whether an address is one of this machine's own network: loopback, or a private range
/// ([RFC 1918](https://www.rfc-editor.org/rfc/rfc1918), [RFC 4193](https://www.rfc-editor.org/rfc/rfc4193)).
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The address, or of an IPv6 address the network that one customer gets: whoever has one of its addresses has as many as
/// there are.
pub fn of_one_customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        ip @ IpAddr::V4(_) => ip,
    }
}

/// What a person on this machine connects to, where `bound` may be "everywhere".
pub fn reachable(bound: SocketAddr) -> SocketAddr {
    match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), bound.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), bound.port()),
        _ => bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_public_address_is_refused_with_this_machines_own_and_what_to_do() {
        // An address for documentation (RFC 5737), which no machine has.
        let refusal = listen("192.0.2.1:6667".parse().unwrap()).unwrap_err();
        let words = refusal.to_string(Language::English);
        for part in ["192.0.2.1:6667", "127.0.0.1", "not this machine's", "Listen on 0.0.0.0:6667", "gateway"]
        {
            assert!(words.contains(part), "{part} is missing in: {words}");
        }
    }

    #[test]
    fn who_has_many_addresses_is_one_customer() {
        for (one, other, same) in [
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:0:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let [customer, another] = [one, other].map(|text| of_one_customer(text.parse().unwrap()));
            assert_eq!(customer == another, same, "{one} and {other}");
        }
    }

    #[test]
    fn a_port_in_use_is_refused_with_the_advice_to_take_another() {
        let first = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let taken = first.local_addr().unwrap();
        let words = listen(taken).unwrap_err().to_string(Language::Chinese);
        assert!(words.contains(&format!("端口 {} 已被占用", taken.port())), "{words}");
    }
}
