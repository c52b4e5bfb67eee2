//! `irc://` and `ircs://` addresses: a server, and perhaps a room there.
//!
//! Web pages write them in many ways: after a [draft](https://datatracker.ietf.org/doc/html/draft-butcher-irc-url-04)
//! and everybody's habits. Understood here: `irc://tea.house`, `irc://小明@tea.house:6667/#茶馆`, `ircs://tea.house/rust`
//! (a room without its `#`), `irc://tea.house/%23a,%23b?key`. Where it names a person (`/alice,isnick`), that part is
//! left out: a page must not make the user write to somebody. `+` before a port stands for TLS, and a password beside
//! the name is the password that the server wants from everybody.
//!
//! Where somebody has a saved way to that server, they go by it, with their own name: a page need not know better.

use teahouse_protocol::names;

use crate::config::address;
use crate::config::profile::{MAX_NICK_BYTES, PLAIN_PORT, Profile, Room, Secret, TLS_PORT};

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrcUrl {
    /// A host's name or an IP address.
    pub server: String,
    /// 1 to 65535, if the address says a port.
    pub port: Option<u16>,
    /// Whether it asks for TLS.
    pub tls: bool,
    /// The nickname, if the address says a nickname.
    pub nick: Option<String>,
    /// Whether that is what the person said, rather than the page.
    pub is_own_nick: bool,
    /// The password that the server wants from everybody, if the address says it.
    pub password: Option<Secret>,
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
        let (user, host) =
            authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (user, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => (Some(decode(user)?), Some(decode(password)?)),
            None => (None, None),
        };
        let (host, port, has_plus) = split_port(host)?;
        let tls = tls || has_plus;
        let nick = user.filter(|nick| names::check_nickname(nick, MAX_NICK_BYTES).is_ok());
        Some(Self {
            server: address::check_server(&decode(host)?).ok()?,
            port,
            tls,
            nick,
            is_own_nick: false,
            password: password.filter(|password| !password.is_empty()).map(Secret::from),
            rooms: rooms(path)?,
        })
    }

    /// Where to knock.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls { TLS_PORT } else { PLAIN_PORT })
    }

    /// Whether a user's saved way to that server is meant. An address without TLS does not take it off.
    pub fn is_met_by(&self, profile: &Profile) -> bool {
        let is_port_met = self.port.is_none_or(|port| port == profile.port) || (profile.tls && !self.tls);
        self.is_there(profile) && is_port_met && (profile.tls || !self.tls)
    }

    fn is_there(&self, profile: &Profile) -> bool {
        profile.server.eq_ignore_ascii_case(&self.server)
    }

    /// A profile that leads there: a saved one, if one leads to that server, or else a new one in the name of
    /// `somebody`. The rooms are not in it: the user goes there this time, not every time.
    pub fn profile(&self, saved: &[Profile], somebody: &str) -> Profile {
        let met = saved.iter().find(|it| self.is_met_by(it) && self.port == Some(it.port));
        let met = met.or_else(|| saved.iter().find(|it| self.is_met_by(it)));
        let there = met.cloned().unwrap_or_else(|| {
            let beside = saved.iter().find(|it| self.is_there(it)).cloned().unwrap_or_default();
            let there = beside.moved_to(&self.server, self.port(), &beside.nick);
            Profile { tls: self.tls || there.tls, ..there }
        });
        let said = self.nick.as_deref();
        let of_page = if self.is_own_nick { None } else { said };
        let own = if self.is_own_nick { said } else { None };
        let names = [own, Some(there.nick.as_str()), of_page, Some(somebody)];
        let nick = names.into_iter().flatten().find(|nick| !nick.is_empty()).unwrap_or_default().to_owned();
        let server_password = match &self.password {
            Some(password) if there.server_password.is_empty() => password.clone(),
            _ => there.server_password.clone(),
        };
        Profile { nick, server_password, ..there }
    }
}

/// `host:port`, `[::1]:port`, or either without its port; and whether the port has a `+` before it.
fn split_port(authority: &str) -> Option<(&str, Option<u16>, bool)> {
    let after_brackets = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[after_brackets..].rsplit_once(':') {
        None => Some((authority, None, false)),
        Some((before, port)) => {
            let host = &authority[..after_brackets + before.len()];
            let digits = port.strip_prefix('+').unwrap_or(port);
            Some((host, Some(address::check_port(digits).ok()?), digits != port))
        }
    }
}

/// The part behind the host: `#a,#b?key`. Each name that is no room with its sign gets a `#`.
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
            let port = url.port();
            let nick = url.nick.map(|nick| format!("{nick}@")).unwrap_or_default();
            let tls = if url.tls { " tls" } else { "" };
            let rooms: String = url.rooms.iter().map(|room| format!(" {room}")).collect();
            format!("{nick}{} {port}{tls}{rooms}", url.server)
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
        check("irc://tea.house:+7000/a", "tea.house 7000 tls #a");
        check("ircs://[::1]/%23a,b?key", "::1 6697 tls #a key #b key");
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
        let saved = |name: &str, server: &str, port, tls| Profile {
            name: name.to_owned(),
            server: server.to_owned(),
            port,
            tls,
            nick: "小明".into(),
            account: "ming".into(),
            ..Profile::default()
        };
        let saved = [
            saved("safe", "Tea.House", 6697, true),
            saved("other", "tea.house", 7000, true),
            saved("plain", "plain.house", 6667, false),
        ];
        let way = |url: &str, is_own_nick| {
            let url = IrcUrl { is_own_nick, ..IrcUrl::parse(url).expect(url) };
            let Profile { name, port, tls, nick, account, .. } = url.profile(&saved, "somebody");
            format!("{name} {nick} {account} {port} {tls}")
        };
        for (url, expected) in [
            ("irc://tea.house/lobby", "safe 小明 ming 6697 true"),
            ("ircs://bob@tea.house", "safe 小明 ming 6697 true"),
            ("ircs://tea.house:7000", "other 小明 ming 7000 true"),
            ("irc://tea.house:6667", "safe 小明 ming 6697 true"),
            ("irc://plain.house", "plain 小明 ming 6667 false"),
            ("ircs://plain.house", " 小明 ming 6697 true"),
            ("irc://plain.house:6668", " 小明 ming 6668 false"),
            ("ircs://bob@irc.example", " bob  6697 true"),
            ("irc://irc.example", " somebody  6667 false"),
        ] {
            assert_eq!(way(url, false), expected, "{url}");
        }
        assert_eq!(way("irc://bob@tea.house", true), "safe bob ming 6697 true");
        let url = IrcUrl::parse("irc://bob:a%20b@tea.house").unwrap();
        assert_eq!(url.profile(&[], "").server_password, Secret::from("a b".to_owned()));
    }
}
