//! The cloak: what others see in place of somebody's address.

use std::net::IpAddr;

use crate::auth::password;

/// Hides addresses by a keyed hash: the same address always looks the same and nobody can turn it back.
#[derive(Debug)]
pub(in crate::world) struct Cloak {
    key: [u8; 32],
}

impl Cloak {
    pub(in crate::world) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A host name in two parts, the address and its neighbourhood (IPv4 /16, IPv6 /48), so that a ban can be for
    /// either.
    pub(super) fn cover(&self, address: IpAddr) -> String {
        match address.to_canonical() {
            IpAddr::V4(ip) => self.cover_bytes(&ip.octets(), 2),
            IpAddr::V6(ip) => self.cover_bytes(&ip.octets(), 6),
        }
    }

    fn cover_bytes(&self, address: &[u8], neighbourhood: usize) -> String {
        let [own, shared] = [address, &address[..neighbourhood]].map(|bytes| {
            let [a, b, c, d, ..] = password::hmac(&self.key, bytes);
            u32::from_be_bytes([a, b, c, d])
        });
        format!("{own:08x}.{shared:08x}.cloak")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_covered_the_same_each_time_and_its_neighbours_are_recognisable() {
        let key = password::secret();
        let cloak = Cloak::new(key);
        let cover = |ip: &str| cloak.cover(ip.parse().unwrap());
        let neighbourhood = |ip: &str| cover(ip).split_once('.').unwrap().1.to_owned();
        assert_eq!(cover("192.0.2.1"), cover("::ffff:192.0.2.1"));
        assert_ne!(cover("192.0.2.1"), cover("192.0.2.2"));
        assert_eq!(neighbourhood("192.0.2.1"), neighbourhood("192.0.77.9"));
        assert_ne!(neighbourhood("192.0.2.1"), neighbourhood("192.1.2.1"));
        assert_eq!(neighbourhood("2001:db8:1::1"), neighbourhood("2001:db8:1:2::3"));
        assert_eq!(cover("192.0.2.1"), Cloak::new(key).cover("192.0.2.1".parse().unwrap()));
        assert_ne!(cover("192.0.2.1"), Cloak::new(password::secret()).cover("192.0.2.1".parse().unwrap()));
        // With any key at all it could be so by chance.
        assert!(!Cloak::new([7; 32]).cover("192.0.2.1".parse().unwrap()).contains("192"));
    }
}
