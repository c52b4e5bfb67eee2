//! A network: an address and how many of its bits count, as bans and lists of networks name it (`192.0.2.0/24`).
//!
//! There is one form for each network, however it was typed: the bits that do not count are zero, an IPv4 address
//! inside IPv6 is an IPv4 address, and a network of one address is written as that address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    /// At most 32 of an IPv4 address, and 128 of an IPv6 one.
    bits: u8,
}

impl Network {
    /// Reads an address, or an address with a number of bits behind a slash; `None` if it is neither.
    pub fn parse(typed: &str) -> Option<Self> {
        let (address, bits) = match typed.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (typed, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all = all_bits(address);
        let bits = match bits {
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => bits.parse().ok()?,
            Some(_) => return None,
            None => all,
        };
        (bits <= all).then(|| Self::new(address, bits))
    }

    fn new(address: IpAddr, bits: u8) -> Self {
        // The first 96 bits of an IPv4 address inside IPv6 only say that it is an IPv4 address.
        let (address, bits) = match (address.to_canonical(), bits.checked_sub(96)) {
            (inner @ IpAddr::V4(_), Some(bits)) if address.is_ipv6() => (inner, bits),
            _ => (address, bits),
        };
        Self { address: cut(address, bits), bits }
    }

    /// Whether an address is in it. The address that is nobody's (`0.0.0.0`, `::`) is in none.
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4()
            && !address.is_unspecified()
            && cut(address, self.bits) == self.address
    }

    /// Whether it is the whole world, or so large a part of it that nobody can mean it: all public IPv6 addresses begin
    /// with the same three bits.
    pub fn is_vast(&self) -> bool {
        self.bits < 4
    }
}

fn all_bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address with zeros in place of all but its first bits.
fn cut(address: IpAddr, bits: u8) -> IpAddr {
    let behind = u32::from(all_bits(address) - bits);
    match address {
        IpAddr::V4(ip) => {
            Ipv4Addr::from_bits(ip.to_bits() & u32::MAX.checked_shl(behind).unwrap_or(0)).into()
        }
        IpAddr::V6(ip) => {
            Ipv6Addr::from_bits(ip.to_bits() & u128::MAX.checked_shl(behind).unwrap_or(0)).into()
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&host_of(self.address))?;
        if self.bits < all_bits(self.address) { write!(f, "/{}", self.bits) } else { Ok(()) }
    }
}

/// An address as a host name: it must not begin with a colon, as `::1` does, to stand as a parameter.
pub fn host_of(address: IpAddr) -> String {
    let host = address.to_canonical().to_string();
    if host.starts_with(':') { format!("0{host}") } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, address, held) in [
            ("192.0.2.0/24", "192.0.2.77", true),
            ("192.0.2.0/24", "192.0.3.77", false),
            ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.0", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "0.0.0.0", false),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::9", true),
            ("2001:db8::/32", "192.0.2.1", false),
            ("2001:db8:0:1::/64", "2001:db8:0:1:ffff::9", true),
            ("2001:db8:0:1::/64", "2001:db8:0:2::9", false),
            ("2001:db8::1/128", "2001:db8::1", true),
            ("2001:db8::1/128", "2001:db8::2", false),
            ("2001:db8::1", "2001:db8::3", false),
            ("::/0", "2001:db8::1", true),
            ("::/64", "192.0.2.1", false),
        ] {
            let parsed = Network::parse(network).unwrap();
            assert_eq!(parsed.holds(address.parse().unwrap()), held, "{network} and {address}");
        }
    }

    #[test]
    fn a_network_has_one_form_however_it_is_typed() {
        for (typed, form) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::FFFF:192.0.2.77/120", "192.0.2.0/24"),
            ("::ffff:c000:201", "192.0.2.1"),
            ("2001:0DB8:0:0::0001", "2001:db8::1"),
            ("2001:db8::1/064", "2001:db8::/64"),
            ("::1", "0::1"),
            ("0::1/128", "0::1"),
            ("::/0", "0::/0"),
        ] {
            let network = Network::parse(typed).unwrap();
            assert_eq!(network.to_string(), form, "{typed}");
            assert_eq!(Network::parse(form), Some(network), "{form}");
            assert!(!form.starts_with(':'), "{form} can stand as a parameter");
        }
    }

    #[test]
    fn what_is_no_network_is_none() {
        for bad in ["", "/", "/8", "192.0.2.0/", "192.0.2.0/33", "2001:db8::/129", "host/8", "192.0.2.0/x"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
        for bad in ["192.0.2.0/+8", "192.0.2.0/-1", "192.0.2", "192.0.2.256", "192.0.2.0/8/8", "192.0.2.*"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_ipv6_address_can_stand_as_a_parameter() {
        assert_eq!(host_of("::1".parse().unwrap()), "0::1");
        assert_eq!(host_of("2001:db8::1".parse().unwrap()), "2001:db8::1");
    }
}
