//! Masks: descriptions of people with `*` and `?` in them, as bans and questions use them.

use jiff::Timestamp;
use teahouse_protocol::{CaseMapping, Folded};

use super::client::Client;

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
    // Where to go on when nothing fits: behind the last star, which takes one character more each time.
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

/// `nick!user@host` with `*` for each part that is missing: `alice` is `alice!*@*`, `*.example` is `*!*@*.example`.
pub fn complete(mask: &str) -> String {
    let (front, host) = match mask.rsplit_once('@') {
        Some((front, host)) => (front, host),
        None if !mask.contains('!') && mask.contains(['.', ':', '/']) => ("*", mask),
        None => (mask, "*"),
    };
    let (nick, user) = match front.split_once('!') {
        Some((nick, user)) => (nick, user),
        None if mask.contains('@') => ("*", front),
        None => (front, "*"),
    };
    let star = |part: &str| if part.is_empty() { "*".to_owned() } else { part.to_owned() };
    format!("{}!{}@{}", star(nick), star(user), star(host))
}

/// One entry of a channel's list of bans, exceptions or invitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// As it is shown: `nick!user@host` with stars, or an extended ban.
    pub mask: String,
    /// Who set it.
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
    /// The normal form of what somebody typed: `m:` and `a:` stay, and a mask is [complete]d.
    pub fn normal_form(typed: &str) -> String {
        match typed.split_once(':') {
            Some(("m", rest)) => format!("m:{}", Self::normal_form(rest)),
            Some(("a", account)) => format!("a:{account}"),
            _ => complete(typed),
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
    pub fn describes(&self, person: &Person, casemapping: CaseMapping) -> bool {
        let mask = casemapping.fold(self.subject().1);
        match mask.as_str().strip_prefix("a:") {
            Some(account) => person.account.as_ref().is_some_and(|own| fits(account, own.as_str())),
            None => person.sources.iter().any(|source| fits(mask.as_str(), source.as_str())),
        }
    }
}

/// Somebody as masks see them: made once, however many masks there are to compare with.
#[derive(Debug)]
pub struct Person {
    /// `nick!user@host` as others see it, and as it is; folded.
    sources: [Folded<'static>; 2],
    /// The account, folded.
    account: Option<Folded<'static>>,
}

impl Person {
    /// A client, with its names folded by `casemapping`.
    pub fn of(client: &Client, casemapping: CaseMapping) -> Self {
        let fold = |text: &str| casemapping.fold(text).into_owned();
        Self {
            sources: [fold(client.source()), fold(&client.real_source())],
            account: client.account().map(fold),
        }
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
            ("alice!a", "alice!a@*"),
            ("~a@host", "*!~a@host"),
            ("*.example", "*!*@*.example"),
            ("alice!a@host", "alice!a@host"),
            ("m:bob", "m:bob!*@*"),
            ("a:account", "a:account"),
            ("m:a:account", "m:a:account"),
            ("@", "*!*@*"),
        ] {
            assert_eq!(ListEntry::normal_form(typed), complete_mask, "{typed}");
        }
    }
}
