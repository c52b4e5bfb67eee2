//! `irc://` and `ircs://` addresses: a server, and perhaps a room there.
//!
//! Web pages write them in many ways; there is a [draft](https://datatracker.ietf.org/doc/html/draft-butcher-irc-url-04)
//! and everybody's habits. Understood here: `irc://tea.house`, `irc://小明@tea.house:6667/#茶馆`, `ircs://tea.house/rust`
//! (a room without its `#`), `irc://tea.house/%23a,%23b?key`. Where it names a person (`/alice,isnick`), that part is
//! left out: a page must not make one write to somebody.

use teahouse_protocol::names;

use crate::address;
use crate::profile::{MAX_NICK_BYTES, PLAIN_PORT, Profile, Room, TLS_PORT};

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrcUrl {
    /// A host's name or an IP address.
    pub server: String,
    /// 1 to 65535.
    pub port: u16,
    /// Whether it asks for TLS.
    pub tls: bool,
    /// The nickname, if it says one.
    pub nick: Option<String>,
    /// The rooms to join; often one, or none.
    pub rooms: Vec<Room>,
}

/// Whether a text claims to be such an address.
pub fn is_irc_url(text: &str) -> bool {
    split_scheme(text).is_some()
}

fn split_scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "irc" => Some((false, rest)),
        "ircs" => Some((true, rest)),
        _ => None,
    }
}

impl IrcUrl {
    /// Reads an address; nothing if it leads nowhere.
    pub fn parse(text: &str) -> Option<Self> {
        let (tls, rest) = split_scheme(text.trim())?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(decode(user.split(':').next()?)?), host),
            None => (None, authority),
        };
        let (host, port) = split_port(host)?;
        let nick = user.filter(|nick| names::check_nickname(nick, MAX_NICK_BYTES).is_ok());
        Some(Self {
            server: address::check_server(&decode(host)?).ok()?,
            port: port.unwrap_or(if tls { TLS_PORT } else { PLAIN_PORT }),
            tls,
            nick,
            rooms: rooms(path)?,
        })
    }

    /// A profile that leads there, with everything else as in `like`, the nickname too where the address has none. The
    /// rooms are not in it: one goes there this time, not every time.
    pub fn profile(&self, like: &Profile) -> Profile {
        let base = like.moved_to(&self.server, self.port, self.nick.as_deref().unwrap_or(&like.nick));
        Profile { tls: self.tls || base.tls, ..base }
    }
}

/// `host:port`, `[::1]:port`, or either without its port.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let after_brackets = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[after_brackets..].rsplit_once(':') {
        None => Some((authority, None)),
        Some((before, port)) => {
            let host = &authority[..after_brackets + before.len()];
            Some((host, Some(address::check_port(port).ok()?)))
        }
    }
}

/// What stands behind the host: `#a,#b?key`. Each name that is no room with its sign gets a `#`.
fn rooms(path: &str) -> Option<Vec<Room>> {
    let (names, key) = path.split_once('?').map_or((path, None), |(names, key)| (names, Some(key)));
    let names = decode(names)?;
    let key = key.map(decode).unwrap_or_default().filter(|key| !key.is_empty());
    let words = names.split(',').filter(|name| !name.is_empty());
    if words.clone().any(|word| matches!(word, "isnick" | "isuser")) {
        return Some(Vec::new());
    }
    let room = |name: &str| {
        if name.contains(char::is_whitespace) {
            return None;
        }
        let sign = if names::is_channel(name) { "" } else { "#" };
        Room::parse(format!("{sign}{name} {}", key.as_deref().unwrap_or_default()).trim_end())
    };
    words
        .filter(|word| !matches!(*word, "ischannel" | "isserver" | "needkey" | "needpass"))
        .map(room)
        .collect()
}

/// `%23` as `#`. Nothing if that makes no text, or text that has no business in an address.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?, after)
            }
            (b'%', _) => return None,
            _ => (first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an address and writes down where it leads.
    #[track_caller]
    fn check(url: &str, expected: &str) {
        let read = IrcUrl::parse(url).map_or_else(String::new, |url| {
            let nick = url.nick.map(|nick| format!("{nick}@")).unwrap_or_default();
            let tls = if url.tls { " tls" } else { "" };
            let rooms: String = url.rooms.iter().map(|room| format!(" {room}")).collect();
            format!("{nick}{} {}{tls}{rooms}", url.server, url.port)
        });
        assert_eq!(read, expected, "{url}");
    }

    #[test]
    fn an_address_leads_to_a_server_and_to_its_rooms() {
        check("irc://tea.house", "tea.house 6667");
        check("ircs://tea.house/", "tea.house 6697 tls");
        check("IRC://tea.house:7000/lobby", "tea.house 7000 #lobby");
        check("irc://tea.house/#lobby", "tea.house 6667 #lobby");
        check("irc://tea.house/%23%E8%8C%B6%E9%A6%86", "tea.house 6667 #茶馆");
        check("irc://tea.house/茶馆,&local", "tea.house 6667 #茶馆 &local");
        check("irc://tea.house/secret?sesame", "tea.house 6667 #secret sesame");
        check("irc://tea.house/secret,needkey", "tea.house 6667 #secret");
        check("irc://小明@tea.house/lobby", "小明@tea.house 6667 #lobby");
        check("irc://bob:password@tea.house", "bob@tea.house 6667");
        check("irc://[::1]:6668/a", "::1 6668 #a");
        check("irc://[::1]/a", "::1 6667 #a");
        check("irc://tea.house/alice,isnick", "tea.house 6667");
    }

    #[test]
    fn what_leads_nowhere_is_no_address() {
        for bad in [
            "http://tea.house",
            "tea.house",
            "irc:tea.house",
            "irc://",
            "irc://tea.house:0",
            "irc://tea.house:port",
            "irc://tea house",
            "irc://tea.house/%0d%0aQUIT",
            "irc://tea.house/%zz",
            "irc://tea.house/%ff",
            "irc://tea.house/a%07b",
            "irc://tea.house/a b",
        ] {
            assert_eq!(IrcUrl::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn where_we_have_been_before_we_go_as_before() {
        let saved = Profile {
            server: "Tea.House".into(),
            nick: "小明".into(),
            account: "ming".into(),
            ..Profile::default()
        };
        let there = IrcUrl::parse("irc://tea.house/lobby").unwrap().profile(&saved);
        assert_eq!((there.nick.as_str(), there.account.as_str()), ("小明", "ming"));
        let elsewhere = IrcUrl::parse("ircs://bob@irc.example").unwrap().profile(&saved);
        assert_eq!((elsewhere.nick.as_str(), elsewhere.account.as_str(), elsewhere.tls), ("bob", "", true));
    }
}
