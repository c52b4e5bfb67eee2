//! Where to listen, and what to say when that does not work.
//!
//! The classic mistake on a cloud machine is to listen on its public address, which belongs to the provider's gateway
//! and not to the machine. So a refusal names the addresses that this machine has and explains what to do.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, TcpListener};

use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use crate::text::language::{Both, Text};

/// How many connections may wait to be accepted; the most that Linux grants unless somebody raised it. Whoever finds no
/// place there tries again a second later.
const BACKLOG: i32 = 4096;
/// The port that IRC clients expect.
const USUAL_PORT: u16 = 6667;
/// The first port that needs no special rights.
const FIRST_FREE_PORT: u16 = 1024;

/// Reads an address and port, such as `127.0.0.1:6667`, `[::1]:6667` or `[fe80::1%eth0]:6667`. An IPv4 address that is
/// written as an IPv6 one is an IPv4 address.
///
/// # Errors
/// What is wrong with it, in words that follow it.
pub fn parse(text: &str) -> Result<SocketAddr, Text> {
    if let Ok(address) = text.parse() {
        return Ok(canonical(address));
    }
    // The scope of a link-local address is a number for the system, and a name for people.
    if let Some((ip, rest)) = text.strip_prefix('[').and_then(|text| text.split_once('%'))
        && let Some((scope, port)) = rest.split_once("]:")
        && let Ok(ip) = ip.parse::<Ipv6Addr>()
    {
        let port = port.parse().map_err(|_| Text::BadPort(port.to_owned()))?;
        return Ok(SocketAddrV6::new(ip, port, 0, interface(scope)?).into());
    }
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Some((ip, port)) = text.rsplit_once(':')
        && let (Ok(ip), Ok(port)) = (ip.parse::<Ipv6Addr>(), port.parse())
    {
        return Err(Text::NoBrackets(SocketAddr::from((ip, port)).to_string()));
    }
    if let Ok(ip) = bare.parse() {
        return Err(Text::NoPort(SocketAddr::new(ip, USUAL_PORT).to_string()));
    }
    let everywhere = |port| Text::NoHost(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).to_string());
    if let Ok(port) = text.parse() {
        return Err(everywhere(port));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(if text.is_empty() { everywhere(USUAL_PORT) } else { Text::NotAnIp(text.to_owned()) });
    };
    let Ok(port) = port.parse() else { return Err(Text::BadPort(port.to_owned())) };
    Err(if matches!(host, "" | "*") { everywhere(port) } else { Text::NotAnIp(host.to_owned()) })
}

/// The number of a network interface.
fn interface(name: &str) -> Result<u32, Text> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let number = all.iter().filter(|interface| interface.name == name).find_map(|interface| interface.index);
    let names = || all.iter().map(|interface| interface.name.as_str()).collect::<BTreeSet<_>>();
    let unknown = || Text::NoInterface(name.to_owned(), Vec::from_iter(names()).join(", "));
    number.ok_or_else(unknown)
}

/// The address; of an IPv4 address that came or is written as an IPv6 one (`::ffff:192.0.2.1`), the IPv4 address. Every
/// address is made so where it comes in, and is compared, counted and shown as that from then on.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => SocketAddr::from((ip, address.port())),
        IpAddr::V6(_) => address,
    }
}

/// Whether all addresses of a configuration can be listened on at once. Port 0 is another port each time.
///
/// # Errors
/// Which of them stand in each other's way.
pub fn check<'a>(all: impl Iterator<Item = &'a SocketAddr> + Clone) -> Result<(), Text> {
    let taken = all.enumerate().filter(|(_, address)| address.port() != 0);
    for (place, address) in taken.clone() {
        for (_, other) in taken.clone().filter(|(other, _)| *other != place) {
            if address == other {
                return Err(Text::ListedTwice(address.to_string()));
            }
            let same = address.port() == other.port() && address.is_ipv4() == other.is_ipv4();
            if same && other.ip().is_unspecified() {
                return Err(Text::ListedWithin(address.to_string(), other.to_string()));
            }
        }
    }
    Ok(())
}

/// Listens on an address, which is one of `all` in the configuration. `[::]` is every address of this machine, those of
/// IPv4 too, unless one of those is listed for the same port.
///
/// # Errors
/// A sentence for the person at the console: not this machine's address, port in use, port that needs special rights.
pub fn listen(address: SocketAddr, all: &[SocketAddr]) -> Result<TcpListener, Text> {
    let is_v4_listed = all.iter().any(|other| other.is_ipv4() && other.port() == address.port());
    let is_dual = address.ip() == IpAddr::from(Ipv6Addr::UNSPECIFIED) && !is_v4_listed;
    try_listen(address, is_dual)
        .map_err(|error| Text::CannotListen(address.to_string(), why(address, &error)))
}

fn try_listen(address: SocketAddr, is_dual: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // The system's own choice is a setting (net.ipv6.bindv6only); there are systems that only know one way.
        socket.set_only_v6(!is_dual).or_else(|error| if is_dual { Ok(()) } else { Err(error) })?;
    }
    // So that a restart does not have to wait for the last connections to be forgotten.
    socket.set_reuse_address(true)?;
    // Sessions batch what they write, so the kernel need not wait for more. Accepted sockets inherit it.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Why an address cannot be listened on, and what to do.
fn why(address: SocketAddr, error: &io::Error) -> Both {
    let lacks_scope = match address {
        SocketAddr::V6(address) => address.ip().is_unicast_link_local() && address.scope_id() == 0,
        SocketAddr::V4(_) => false,
    };
    Both::of(&match error.kind() {
        _ if lacks_scope => Text::NeedsInterface(format!("[{}%eth0]:{}", address.ip(), address.port())),
        io::ErrorKind::AddrNotAvailable => not_ours(address, &own_addresses()),
        io::ErrorKind::AddrInUse => Text::PortInUse(address.port().to_string()),
        io::ErrorKind::PermissionDenied if address.port() < FIRST_FREE_PORT => {
            Text::PrivilegedPort(address.port().to_string())
        }
        io::ErrorKind::PermissionDenied => Text::MayNotListen,
        _ if address.is_ipv6() && error.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error()) => {
            Text::NoIpv6
        }
        _ => return Both::as_it_is(error),
    })
}

fn not_ours(address: SocketAddr, own: &BTreeSet<(IpAddr, String)>) -> Text {
    let list: Vec<_> = own.iter().map(|(_, shown)| shown.as_str()).collect();
    let everywhere = match address {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
    };
    let fits =
        |own: &IpAddr| own.is_ipv4() == address.is_ipv4() && !own.is_loopback() && !is_link_local(*own);
    let private = own.iter().map(|(ip, _)| ip).find(|ip| fits(ip));
    let suggestion: Vec<_> = [Some(&everywhere), private]
        .into_iter()
        .flatten()
        .map(|ip| SocketAddr::new(*ip, address.port()).to_string())
        .collect();
    Text::NotOurAddress(list.join(", "), suggestion.join(" / "))
}

/// This machine's own addresses, loopback included, and how each is written in the configuration.
fn own_addresses() -> BTreeSet<(IpAddr, String)> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default().into_iter();
    interfaces.map(|interface| written(interface.ip(), &interface.name)).collect()
}

/// An address of an interface, and how it is written in the configuration.
fn written(ip: IpAddr, interface: &str) -> (IpAddr, String) {
    (ip, if is_link_local(ip) { format!("{ip}%{interface}") } else { ip.to_string() })
}

/// Whether an address means something together with an interface only.
fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

/// Whether an address is one of this machine's own network: loopback, or a private range
/// ([RFC 1918](https://www.rfc-editor.org/rfc/rfc1918), [RFC 4193](https://www.rfc-editor.org/rfc/rfc4193)).
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The address; for an IPv6 address, the network that one household gets: a client that has one of its addresses has
/// as many as there are.
pub fn source_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        ip @ IpAddr::V4(_) => ip,
    }
}

/// The address that a person on this machine connects to, where `bound` may be "everywhere".
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
    use crate::text::language::{Language, Speak};

    #[test]
    fn a_public_address_is_refused_with_this_machines_own_and_what_to_do() {
        // An address for documentation (RFC 5737), which no machine has.
        let refusal = listen("192.0.2.1:6667".parse().unwrap(), &[]).unwrap_err();
        let words = refusal.to_string(Language::English);
        for part in ["192.0.2.1:6667", "127.0.0.1", "not this machine's", "Listen on 0.0.0.0:6667", "gateway"]
        {
            assert!(words.contains(part), "{part} is missing in: {words}");
        }
    }

    #[test]
    fn of_this_machines_addresses_one_is_suggested_that_others_can_reach() {
        let all = [
            ("lo", "127.0.0.1"),
            ("eth0", "192.0.2.7"),
            ("lo", "::1"),
            ("eth0", "2001:db8::7"),
            ("eth0", "fe80::1"),
            ("eth0", "fe80::1"),
        ];
        let own = |all: &[(&str, &str)]| {
            all.iter().map(|(name, ip)| written(ip.parse().unwrap(), name)).collect::<BTreeSet<_>>()
        };
        let listed = "127.0.0.1, 192.0.2.7, ::1, 2001:db8::7, fe80::1%eth0";
        for (address, own, listed, suggested) in [
            ("198.51.100.1:80", own(&all), listed, "0.0.0.0:80 / 192.0.2.7:80"),
            ("[2001:db8::1]:80", own(&all), listed, "[::]:80 / [2001:db8::7]:80"),
            ("198.51.100.1:80", own(&all[..1]), "127.0.0.1", "0.0.0.0:80"),
            ("[2001:db8::1]:80", own(&[all[2], all[4]]), "::1, fe80::1%eth0", "[::]:80"),
        ] {
            let refusal = Text::NotOurAddress(listed.to_owned(), suggested.to_owned());
            assert_eq!(not_ours(address.parse().unwrap(), &own), refusal);
        }
    }

    #[test]
    fn an_address_is_suggested_as_it_is_written_in_the_configuration() {
        assert!(own_addresses().iter().any(|(_, text)| text == "127.0.0.1"), "{:?}", own_addresses());
    }

    #[test]
    fn the_source_of_an_address_is_the_network_that_a_line_gets() {
        let network = source_network("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(network, "2001:db8:1:2::".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn many_addresses_of_one_house_are_one_network() {
        for (one, other, same) in [
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:0:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let [network, another] = [one, other].map(|text| source_network(text.parse().unwrap()));
            assert_eq!(network == another, same, "{one} and {other}");
        }
    }

    #[test]
    fn a_port_in_use_is_refused_with_the_advice_to_take_another() {
        let first = listen("127.0.0.1:0".parse().unwrap(), &[]).unwrap();
        let taken = first.local_addr().unwrap();
        let words = listen(taken, &[]).unwrap_err().to_string(Language::Chinese);
        assert!(words.contains(&format!("端口 {} 已被占用", taken.port())), "{words}");
    }

    #[test]
    fn an_address_that_is_none_is_refused_with_what_to_write_in_its_place() {
        for (text, flaw) in [
            ("127.0.0.1", Text::NoPort("127.0.0.1:6667".to_owned())),
            ("::1", Text::NoPort("[::1]:6667".to_owned())),
            ("[::1]", Text::NoPort("[::1]:6667".to_owned())),
            ("::1:6667", Text::NoBrackets("[::1]:6667".to_owned())),
            (":::6667", Text::NoBrackets("[::]:6667".to_owned())),
            ("2001:db8::1:6667", Text::NoBrackets("[2001:db8::1]:6667".to_owned())),
            ("127.0.0.1:abc", Text::BadPort("abc".to_owned())),
            ("127.0.0.1:", Text::BadPort(String::new())),
            ("[::1]:65536", Text::BadPort("65536".to_owned())),
            ("[fe80::1%lo]:x", Text::BadPort("x".to_owned())),
            ("localhost:6667", Text::NotAnIp("localhost".to_owned())),
            ("tea.house", Text::NotAnIp("tea.house".to_owned())),
            ("256.0.0.1:6667", Text::NotAnIp("256.0.0.1".to_owned())),
            (":7000", Text::NoHost("0.0.0.0:7000".to_owned())),
            ("*:7000", Text::NoHost("0.0.0.0:7000".to_owned())),
            ("7000", Text::NoHost("0.0.0.0:7000".to_owned())),
            ("", Text::NoHost("0.0.0.0:6667".to_owned())),
        ] {
            assert_eq!(parse(text), Err(flaw), "{text:?}");
        }
        let nowhere = parse("[fe80::1%nowhere0]:6667").unwrap_err().to_string(Language::English);
        assert!(nowhere.starts_with("there is no network interface nowhere0 here; there are "), "{nowhere}");
    }

    #[test]
    fn an_address_is_read_as_it_is_written_and_an_ipv4_address_in_disguise_as_what_it_is() {
        for (text, printed) in [
            ("0.0.0.0:0", "0.0.0.0:0"),
            ("[::]:6667", "[::]:6667"),
            ("[fe80::1%7]:6667", "[fe80::1%7]:6667"),
            ("[::ffff:127.0.0.1]:6667", "127.0.0.1:6667"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), printed);
        }
        let lo =
            if_addrs::get_if_addrs().unwrap().into_iter().find(if_addrs::Interface::is_loopback).unwrap();
        let named = parse(&format!("[fe80::1%{}]:6667", lo.name)).unwrap().to_string();
        assert_eq!(named, format!("[fe80::1%{}]:6667", lo.index.unwrap()));
    }

    #[test]
    fn addresses_that_stand_in_each_others_way_are_named() {
        for (all, refusal) in [
            (&["0.0.0.0:6667", "[::]:6667"][..], None),
            (&["[::1]:6667", "127.0.0.1:6667", "127.0.0.1:6668"], None),
            (&["127.0.0.1:0", "127.0.0.1:0", "0.0.0.0:0"], None),
            (&["0.0.0.0:1", "0.0.0.0:1"], Some(Text::ListedTwice("0.0.0.0:1".into()))),
            (&["[::1]:1", "[::]:1"], Some(Text::ListedWithin("[::1]:1".into(), "[::]:1".into()))),
        ] {
            let all: Vec<SocketAddr> = all.iter().map(|text| parse(text).unwrap()).collect();
            assert_eq!(check(all.iter()).err(), refusal);
        }
    }

    #[test]
    fn each_reason_why_an_address_cannot_be_listened_on_says_what_to_do() {
        for (address, error, advice) in [
            ("0.0.0.0:80", Errno::ACCESS, "CAP_NET_BIND_SERVICE"),
            ("0.0.0.0:6667", Errno::ACCESS, "the system forbids it"),
            ("0.0.0.0:6667", Errno::ADDRINUSE, "ss -ltnp"),
            ("[::1]:6667", Errno::AFNOSUPPORT, "this machine has no IPv6"),
            ("[2001:db8::1]:6667", Errno::ADDRNOTAVAIL, "Listen on [::]:6667"),
            ("[fe80::1]:6667", Errno::INVAL, "as in [fe80::1%eth0]:6667"),
            ("0.0.0.0:6667", Errno::NOBUFS, "No buffer space"),
        ] {
            let said = why(address.parse().unwrap(), &error.into()).within(Language::English).to_string();
            assert!(said.contains(advice), "{address}: {said}");
        }
    }
}
