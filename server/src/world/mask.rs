//! Masks: descriptions of people with `*` and `?` in them, as bans and questions use them.
//!
//! A mask is `nick!user@host`, where a host can be a [`Network`] (`*!*@192.0.2.0/24`), or `a:account`. It has one
//! normal form, so that two ways to type the same are one entry of a list.

use std::net::IpAddr;

use jiff::Timestamp;
use teahouse_protocol::{CaseMapping, Folded, names};

use crate::config::network::{Network, host_of};
use crate::text::language::Text;
use crate::text::nickname;
use crate::world::people::person::USER_BYTES;
use crate::world::{Connection, Person};

/// Whether `name` fits `mask`, in which `*` stands for anything and `?` for one character, and `\*` and `\?` for
/// themselves ([Modern IRC, "Wildcard Expressions"](https://modern.ircdocs.horse/#wildcard-expressions)); both are
/// folded already.
///
/// It goes back to the last star only, so it takes no more steps than the product of the two lengths.
pub fn fits(mask: &str, name: &str) -> bool {
    // As UTF-8, two texts are the same where their bytes are; only `?` has to know where a character ends.
    let (mask, bytes) = (mask.as_bytes(), name.as_bytes());
    let behind = |at: usize| name.ceil_char_boundary(at + 1);
    let (mut m, mut n) = (0, 0);
    // When nothing fits, the search goes on behind the last star, which takes one character more each time.
    let mut retry: Option<(usize, usize)> = None;
    while n < bytes.len() {
        let step = match mask[m..] {
            [b'*', ..] => {
                m += 1;
                retry = Some((m, n));
                continue;
            }
            [b'?', ..] => Some((1, behind(n))),
            [b'\\', escaped @ (b'*' | b'?'), ..] => (escaped == bytes[n]).then_some((2, n + 1)),
            [wanted, ..] => (wanted == bytes[n]).then_some((1, n + 1)),
            [] => None,
        };
        if let Some((used, next)) = step {
            m += used;
            n = next;
        } else {
            let Some((behind_star, taken)) = retry else { return false };
            n = behind(taken);
            m = behind_star;
            retry = Some((m, n));
        }
    }
    mask[m..].iter().all(|byte| *byte == b'*')
}

/// `nick!user@host` with `*` for each part that is missing: `alice` is `alice!*@*`, `*.example` is `*!*@*.example`, and
/// `192.0.2.9/24` is `*!*@192.0.2.0/24`. Nobody vouches for user names here, so all begin with `~`: `ann@` is
/// `*!~ann@*`.
pub fn complete(mask: &str) -> String {
    let (front, host) = match mask.rsplit_once('@') {
        Some((front, host)) => (front, host),
        None if !mask.contains('!') && nickname::typed_plainly(mask).contains(['.', ':', '/']) => ("*", mask),
        None => (mask, "*"),
    };
    let (nick, user) = match front.split_once('!') {
        Some((nick, user)) => (nick, user),
        None if mask.contains('@') => ("*", front),
        None => (front, "*"),
    };
    let star = |part: &str| if part.is_empty() { "*".to_owned() } else { tidy(part) };
    let host = nickname::typed_plainly(host);
    let host = Network::parse(&host).map_or_else(|| star(&host), |network| network.to_string());
    let tilde = if user.is_empty() || user.starts_with(['~', '*', '?']) { "" } else { "~" };
    format!("{}!{tilde}{}@{host}", star(&nickname::typed_plainly(nick)), star(user))
}

/// A part of a mask with one star for several that stand together.
fn tidy(part: &str) -> String {
    let mut tidied = String::with_capacity(part.len());
    let mut behind_star = false;
    for part in parts(part) {
        let is_star = matches!(part, Part::Anything);
        match part {
            Part::Anything if behind_star => {}
            Part::Anything => tidied.push('*'),
            Part::One => tidied.push('?'),
            Part::Is(c @ ('*' | '?')) => tidied.extend(['\\', c]),
            Part::Is(c) => tidied.push(c),
        }
        behind_star = is_star;
    }
    tidied
}

/// The normal form of what somebody typed: `a:account`, or a [complete]d mask.
pub fn normal_form(typed: &str) -> String {
    match typed.strip_prefix("a:") {
        Some(account) if Network::parse(&nickname::typed_plainly(typed)).is_none() => {
            format!("a:{}", tidy(&nickname::typed_plainly(account)))
        }
        _ => complete(typed),
    }
}

/// Why nobody can ever fit a mask in its normal form, if that is so; a nickname has at most `nick_bytes`.
pub fn fault(mask: &str, nick_bytes: usize) -> Option<Text> {
    let is_in_nicks = |c: char| names::check_nickname(&format!("x{c}"), usize::MAX).is_ok();
    if let Some(account) = mask.strip_prefix("a:") {
        let can_be = !account.is_empty() && can_fit(account, is_in_nicks, usize::MAX);
        return (!can_be).then(|| Text::MaskFitsNoAccount(mask.to_owned()));
    }
    let (front, host) = mask.rsplit_once('@')?;
    let (nick, user) = front.split_once('!')?;
    let begins_well = match parts(nick).next() {
        Some(Part::Is(first)) => names::check_nickname(&first.to_string(), usize::MAX).is_ok(),
        _ => true,
    };
    if !begins_well || !can_fit(nick, is_in_nicks, nick_bytes) {
        Some(Text::MaskFitsNoNick(nick.to_owned()))
    } else if !can_fit(user, |c| is_in_nicks(c) || matches!(c, '.' | '~'), USER_BYTES) {
        Some(Text::MaskFitsNoUser(user.to_owned()))
    } else if !can_be_host(host) {
        Some(Text::MaskFitsNoHost(host.to_owned()))
    } else {
        None
    }
}

/// The longest host, in bytes (HOSTLEN).
const HOST_BYTES: usize = 63;

/// A host is an address, or what covers one.
fn can_be_host(host: &str) -> bool {
    let is_in_hosts = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-');
    let is_address = |host: &str| {
        let is_v4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (is_v4 || host.contains(':')) && !host.contains(['*', '?'])
    };
    Network::parse(host).is_some() || (can_fit(host, is_in_hosts, HOST_BYTES) && !is_address(host))
}

/// Whether something of at most so many bytes, of characters that are `allowed`, can fit a part of a mask.
fn can_fit(mask: &str, allowed: impl Fn(char) -> bool, max_bytes: usize) -> bool {
    let mut least = 0;
    for part in parts(mask) {
        least += match part {
            Part::Anything => 0,
            Part::One => 1,
            Part::Is(c) if allowed(c) => c.len_utf8(),
            Part::Is(_) => return false,
        };
    }
    least <= max_bytes
}

/// What a mask asks for at one place.
enum Part {
    Anything,
    One,
    Is(char),
}

fn parts(mask: &str) -> impl Iterator<Item = Part> {
    let mut letters = mask.chars().peekable();
    std::iter::from_fn(move || {
        Some(match letters.next()? {
            '*' => Part::Anything,
            '?' => Part::One,
            '\\' => Part::Is(letters.next_if(|c| matches!(c, '*' | '?')).unwrap_or('\\')),
            other => Part::Is(other),
        })
    })
}

/// Whether a mask in its normal form fits people who have nothing in common but that they have an account, or but that
/// they come over the same kind of network.
pub fn fits_everybody(mask: &str) -> bool {
    let person = |nick: &str, user: &str, cloak: &str, address: &str| {
        let fold = |text: String| CaseMapping::Ascii.fold(&text).into_owned();
        FoldedFace {
            sources: [cloak, address].map(|host| fold(format!("{nick}!~{user}@{host}"))),
            account: Some(fold(nick.to_owned())),
            address: address.parse().expect("these are addresses"),
        }
    };
    // The two of each pair have no character in common but for those that everybody has.
    let pairs = [("1.1.1.1", "222.33.44.55"), ("1111::1", "f222:3333:4444:5555:6666:7777:8888:9999")];
    pairs.into_iter().any(|(one, other)| {
        person("aaaaaaaa", "aaaaaaaa", "11111111.11111111.cloak", one).fits(mask)
            && person("茶馆茶馆茶馆", "馆茶馆茶", "22222222.33333333.cloak", other).fits(mask)
    }) || mask.strip_prefix("*!*@").and_then(Network::parse).is_some_and(|network| network.is_vast())
}

/// One entry of a channel's list of bans, exceptions or invitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// As it is shown: the normal form of a mask, perhaps with `m:` before it.
    pub mask: String,
    /// The person who set it.
    pub who: String,
    /// When.
    pub when: Timestamp,
}

/// What an entry is about, by its prefix (EXTBAN=,am).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Being in the room.
    Presence,
    /// Speaking in it: `m:`.
    Speech,
}

impl ListEntry {
    /// The normal form of what somebody typed: `m:` stays.
    pub fn normal_form(typed: &str) -> String {
        match typed.strip_prefix("m:") {
            Some(rest) => format!("m:{}", normal_form(rest)),
            None => normal_form(typed),
        }
    }

    /// What it is about, and the mask behind `m:`.
    pub fn subject(&self) -> (Subject, &str) {
        match self.mask.strip_prefix("m:") {
            Some(rest) => (Subject::Speech, rest),
            None => (Subject::Presence, &self.mask),
        }
    }

    /// Whether it describes somebody; `casemapping` is how names are compared here.
    pub fn describes(&self, face: &FoldedFace, casemapping: CaseMapping) -> bool {
        face.fits(casemapping.fold(self.subject().1).as_str())
    }
}

/// A person as seen at one of the connections, or alone where there is none. It costs nothing to make.
#[derive(Clone, Copy, Debug)]
pub struct Face<'w> {
    person: &'w Person,
    user: &'w str,
    address: IpAddr,
}

impl<'w> Face<'w> {
    /// A person at a connection.
    pub(super) fn at(connection: &'w Connection, person: &'w Person) -> Self {
        Self { person, user: connection.user(person), address: connection.address.ip() }
    }

    /// A person without a connection.
    pub(super) fn alone(person: &'w Person) -> Self {
        Self { person, user: person.user(), address: person.address }
    }
}

/// A face as masks see it: made once, however many masks there are to compare with.
#[derive(Debug)]
pub struct FoldedFace {
    /// `nick!user@host` as others see it, and as it is; folded.
    sources: [Folded<'static>; 2],
    /// The account, folded.
    account: Option<Folded<'static>>,
    address: IpAddr,
}

impl FoldedFace {
    /// A face with its names folded by `casemapping`.
    pub fn of(face: Face, casemapping: CaseMapping) -> Self {
        Self::known_as(face.person.name(), face.person.source(), face, casemapping)
    }

    /// A face whose person is called otherwise.
    pub fn called(nick: &str, face: Face, casemapping: CaseMapping) -> Self {
        let source = format!("{nick}!{}@{}", face.person.user(), face.person.host());
        Self::known_as(nick, &source, face, casemapping)
    }

    fn known_as(nick: &str, source: &str, face: Face, casemapping: CaseMapping) -> Self {
        let Face { person, user, address } = face;
        let fold = |text: &str| casemapping.fold(text).into_owned();
        let real_source = format!("{nick}!{user}@{}", host_of(address));
        Self { sources: [fold(source), fold(&real_source)], account: person.account().map(fold), address }
    }

    /// Where the connection comes from.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Whether it fits a mask in its normal form, folded.
    pub fn fits(&self, mask: &str) -> bool {
        if let Some(account) = mask.strip_prefix("a:") {
            return self.account.as_ref().is_some_and(|own| fits(account, own.as_str()));
        }
        // A slash is in networks only; an address alone is compared as it is written.
        if mask.contains('/')
            && let Some((front, host)) = mask.rsplit_once('@')
            && let Some(network) = Network::parse(host)
        {
            let own = self.sources[0].as_str().rsplit_once('@').map_or("", |(front, _)| front);
            return network.holds(self.address) && fits(front, own);
        }
        self.sources.iter().any(|source| fits(mask, source.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_fits_the_names_that_it_describes() {
        for (mask, name, expected) in [
            ("*", "小明", true),
            ("小?", "小明", true),
            ("小?", "小", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbYcZ", false),
            ("a*b*c", "abcbc", true),
            ("alice", "alice", true),
            ("alice", "alic", false),
            ("*ce", "alice", true),
            ("*明*", "王小明老师", true),
            ("*?", "明", true),
            ("*??", "明", false),
            ("?*老?", "王小明老师", true),
            ("*a*b", "aaaaaaaaab", true),
            ("*a*a*a*b", "aaaaaaaaaa", false),
            ("", "", true),
            ("", "a", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*\\?*", "who? me", true),
            ("*\\?*", "me", false),
            ("a\\b*", "a\\b", true),
            ("a\\", "a\\", true),
        ] {
            assert_eq!(fits(mask, name), expected, "{mask} and {name}");
        }
    }

    #[test]
    fn a_mask_is_completed_to_nick_user_and_host() {
        for (typed, complete_mask) in [
            ("alice", "alice!*@*"),
            ("小明", "小明!*@*"),
            ("alice!a", "alice!~a@*"),
            ("~a@host", "*!~a@host"),
            ("*.example", "*!*@*.example"),
            ("alice!a@host", "alice!~a@host"),
            ("m:bob", "m:bob!*@*"),
            ("a:account", "a:account"),
            ("m:a:account", "m:a:account"),
            ("@", "*!*@*"),
            ("10.1.2.3/8", "*!*@10.0.0.0/8"),
            ("bob!*@::FFFF:192.0.2.1", "bob!*@192.0.2.1"),
            ("*@2001:0DB8:0:0::1", "*!*@2001:db8::1"),
            ("0::1", "*!*@0::1"),
            ("m:2001:db8::7/64", "m:*!*@2001:db8::/64"),
            ("a:1::", "*!*@a:1::"),
            ("ａｎｎ＊", "ann*!*@*"),
            ("*@192．0．2．9／24", "*!*@192.0.2.0/24"),
            ("２００１：db8：：７／64", "*!*@2001:db8::/64"),
            ("a::／1", "*!*@0::/1"),
            ("a**b!***@**", "a*b!*@*"),
            ("a\\**?*", "a\\**?*!*@*"),
            ("a:x**", "a:x*"),
        ] {
            assert_eq!(ListEntry::normal_form(typed), complete_mask, "{typed}");
        }
    }

    #[test]
    fn what_nobody_can_ever_be_called_is_told_from_what_somebody_may_be() {
        for mask in [
            "ann",
            "*",
            "a?n*",
            "*!~ann@*",
            "*!*@bad.example",
            "192.0.2.0/24",
            "*!*@192.0.2.*",
            "*:db8:*",
            "2001:db8::1",
            "小明",
            "a\\b",
            "a:ann",
            "a:*",
            "[x]!*@*",
            "*!a.b@*",
            "0000abcd.*.cloak",
        ] {
            assert_eq!(fault(&normal_form(mask), 32), None, "{mask}");
        }
        for (mask, why) in [
            ("1d", Text::MaskFitsNoNick("1d".to_owned())),
            ("9lives!*@*", Text::MaskFitsNoNick("9lives".to_owned())),
            ("-x", Text::MaskFitsNoNick("-x".to_owned())),
            ("a b!*@*", Text::MaskFitsNoNick("a b".to_owned())),
            ("$a:ann!*@*", Text::MaskFitsNoNick("$a:ann".to_owned())),
            ("m:ann!*@*", Text::MaskFitsNoNick("m:ann".to_owned())),
            ("ann\\*!*@*", Text::MaskFitsNoNick("ann\\*".to_owned())),
            ("a!b!c@*", Text::MaskFitsNoUser("~b!c".to_owned())),
            ("a!b@c@*", Text::MaskFitsNoUser("~b@c".to_owned())),
            ("*!abcdefghijklmnopqrs@*", Text::MaskFitsNoUser("~abcdefghijklmnopqrs".to_owned())),
            ("*!*@10.0.0.0/33", Text::MaskFitsNoHost("10.0.0.0/33".to_owned())),
            ("*!*@192.0.2", Text::MaskFitsNoHost("192.0.2".to_owned())),
            ("*!*@192.0.2.256", Text::MaskFitsNoHost("192.0.2.256".to_owned())),
            ("*!*@1::2::3", Text::MaskFitsNoHost("1::2::3".to_owned())),
            ("*!*@茶", Text::MaskFitsNoHost("茶".to_owned())),
            ("a:", Text::MaskFitsNoAccount("a:".to_owned())),
            ("a:b c", Text::MaskFitsNoAccount("a:b c".to_owned())),
        ] {
            assert_eq!(fault(&normal_form(mask), 32), Some(why), "{mask}");
        }
        assert!(fault(&normal_form(&format!("*!*@{}", "x".repeat(64))), 32).is_some());
        for (length, fits) in [(32, true), (33, false)] {
            assert_eq!(fault(&normal_form(&"x".repeat(length)), 32).is_none(), fits, "{length} bytes");
            assert_eq!(fault(&normal_form(&"?".repeat(length)), 32).is_none(), fits, "{length} bytes");
        }
    }

    #[test]
    fn a_mask_that_is_everybody_is_known_as_such() {
        for mask in [
            "*",
            "*!*@*",
            "?*",
            "**",
            "*!?*@*",
            "*!~*@*",
            "*@*",
            "*!*@*.*",
            "*.*.*.*",
            "*:*",
            "*.cloak",
            "a:*",
            "*!*@0.0.0.0/0",
            "0::/0",
            "2000::/3",
            "128.0.0.0/1",
            "????*",
            "::ffff:0:0/96",
        ] {
            assert!(fits_everybody(&normal_form(mask)), "{mask}");
        }
        for mask in [
            "a*",
            "*a*",
            "小*",
            "*!~a*@*",
            "*!*@1*",
            "10.0.0.0/8",
            "2001:db8::/32",
            "*.1.*",
            "a:a*",
            "*?cloak1",
            "????????",
            "*!*@192.*",
            "bob!*@0.0.0.0/0",
        ] {
            assert!(!fits_everybody(&normal_form(mask)), "{mask}");
        }
    }
}
