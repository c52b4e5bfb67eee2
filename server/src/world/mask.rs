//! Masks: descriptions of people with `*` and `?` in them, as bans and questions use them.

use jiff::Timestamp;
use teahouse_protocol::CaseMapping;

use super::client::Client;

/// Whether `name` fits `mask`, in which `*` stands for anything and `?` for one character; both are folded already.
pub fn fits(mask: &str, name: &str) -> bool {
    let first = |text: &str| text.chars().next();
    let (mut m, mut n) = (0, 0);
    // Where to go on when nothing fits: behind the last star, which takes one character more each time.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(c) = first(&name[n..]) {
        match first(&mask[m..]) {
            Some('*') => {
                m += 1;
                retry = Some((m, n));
            }
            Some(wanted) if wanted == '?' || wanted == c => {
                m += wanted.len_utf8();
                n += c.len_utf8();
            }
            _ => {
                let Some((behind_star, taken)) = retry else { return false };
                n = taken + first(&name[taken..]).map_or(1, char::len_utf8);
                m = behind_star;
                retry = Some((m, n));
            }
        }
    }
    mask[m..].bytes().all(|byte| byte == b'*')
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

    /// Whether it describes a client; `casemapping` is how names are compared here.
    pub fn describes(&self, client: &Client, casemapping: CaseMapping) -> bool {
        let fold = |text: &str| casemapping.fold(text).into_owned();
        let (_, mask) = self.subject();
        let mask = fold(mask);
        match mask.as_str().strip_prefix("a:") {
            Some(account) => client.account().is_some_and(|own| fits(account, fold(own).as_str())),
            None => [client.source(), &client.real_source()]
                .iter()
                .any(|source| fits(mask.as_str(), fold(source).as_str())),
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
            ("", "", true),
            ("", "a", false),
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
