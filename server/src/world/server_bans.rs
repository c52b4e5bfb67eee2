//! Who may not come in: bans of the whole server, by mask (KLINE) and by network address (DLINE).

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use teahouse_protocol::CaseMapping;

use super::client::Client;
use super::mask;

/// The list, in the order in which it was made.
#[derive(Debug, Default)]
pub struct ServerBans(Vec<ServerBan>);

/// One ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerBan {
    /// Whom it is for.
    pub target: Target,
    /// What the person is told.
    pub reason: String,
    /// Who set it.
    pub who: String,
    /// When it ends by itself; `None` for never.
    pub until: Option<Timestamp>,
}

/// Whom a ban is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `nick!user@host` with stars (KLINE).
    Mask(String),
    /// A network: its address and how many bits of it count (DLINE).
    Network(IpAddr, u8),
}

impl Target {
    /// A network as it is typed: an address, or an address and a number of bits (`192.0.2.0/24`).
    pub fn network(typed: &str) -> Option<Self> {
        let (address, bits) = match typed.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u8>().ok()?)),
            None => (typed.parse::<IpAddr>().ok()?, None),
        };
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(all);
        (bits <= all).then_some(Self::Network(address, bits))
    }

    fn holds(&self, address: IpAddr) -> bool {
        let Self::Network(network, bits) = self else { return false };
        let significant = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => u128::from(u32::from(ip).checked_shr(32 - u32::from(*bits)).unwrap_or(0)),
            IpAddr::V6(ip) => u128::from(ip).checked_shr(128 - u32::from(*bits)).unwrap_or(0),
        };
        let address = address.to_canonical();
        network.is_ipv4() == address.is_ipv4() && significant(*network) == significant(address)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mask(mask) => f.write_str(mask),
            Self::Network(address, bits) => write!(f, "{address}/{bits}"),
        }
    }
}

impl ServerBans {
    /// Adds a ban, in place of the one for the same target if there was one.
    pub fn add(&mut self, ban: ServerBan) {
        self.lift(&ban.target);
        self.0.push(ban);
    }

    /// Lifts the ban for a target. Returns whether there was one.
    pub fn lift(&mut self, target: &Target) -> bool {
        let before = self.0.len();
        self.0.retain(|ban| ban.target != *target);
        self.0.len() < before
    }

    /// The bans that are in force.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &ServerBan> {
        self.0.iter().filter(move |ban| ban.until.is_none_or(|until| now < until))
    }

    /// The ban that keeps an address out, before anything is known of the person.
    pub fn on_address(&self, address: IpAddr, now: Timestamp) -> Option<&ServerBan> {
        self.in_force(now).find(|ban| ban.target.holds(address))
    }

    /// The ban that keeps a client out.
    pub fn on_client(&self, client: &Client, casemapping: CaseMapping, now: Timestamp) -> Option<&ServerBan> {
        if self.0.is_empty() {
            return None;
        }
        let sources = [client.source().to_owned(), client.real_source()];
        let sources = sources.map(|source| casemapping.fold(&source).into_owned());
        self.in_force(now).find(|ban| match &ban.target {
            Target::Mask(mask) => {
                let mask = casemapping.fold(mask);
                sources.iter().any(|source| mask::fits(mask.as_str(), source.as_str()))
            }
            network @ Target::Network(..) => network.holds(client.address.ip()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, address, held) in [
            ("192.0.2.0/24", "192.0.2.77", true),
            ("192.0.2.0/24", "192.0.3.77", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("2001:db8::/32", "2001:db8:1::9", true),
            ("2001:db8::/32", "192.0.2.1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let target = Target::network(network).unwrap();
            assert_eq!(target.holds(address.parse().unwrap()), held, "{network} and {address}");
        }
        for bad in ["", "192.0.2.0/33", "2001:db8::/129", "host/8", "192.0.2.0/x"] {
            assert_eq!(Target::network(bad), None, "{bad}");
        }
    }
}
