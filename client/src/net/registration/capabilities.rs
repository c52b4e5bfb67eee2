//! What a server can do, and what of it is agreed on
//! ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).
//!
//! This is a part of [`registration`](crate::net::registration), which has the talk: here is what was offered, what
//! was asked for, and what is in force. A server may say anything, at any time and without end; what nobody asked for
//! changes nothing and is not kept.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use crate::net::sts;

/// The capability of servers that have [logins to accounts](crate::net::registration::sasl).
pub const SASL: &str = "sasl";

/// The capabilities that the window makes use of. [`SASL`] joins them where there is an account.
const WANTED: [&str; 15] = [
    "away-notify",
    "batch",
    "cap-notify",
    "draft/account-registration",
    "draft/chathistory",
    "draft/languages",
    "draft/message-redaction",
    "draft/multiline",
    "draft/read-marker",
    "echo-message",
    "labeled-response",
    "message-tags",
    "multi-prefix",
    "server-time",
    "standard-replies",
];

/// How long the list in one `CAP REQ` may be: the server's answer repeats it behind its own name and ours.
const MAX_REQUEST_BYTES: usize = 300;

/// How things stand with one server.
#[derive(Debug, Default)]
pub struct Capabilities {
    stage: Stage,
    /// What the server has that is of use here, while its list is not complete: names with their values.
    offered: Vec<(String, Option<String>)>,
    /// Each `CAP REQ` that was not answered in full, with the names that were not.
    asked: VecDeque<Vec<String>>,
    /// What is in force.
    enabled: Vec<String>,
    /// What the server said beside the names of what was asked for.
    values: BTreeMap<String, String>,
}

/// How far the negotiation before the welcome has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// The server's list has not come.
    #[default]
    Listing,
    /// The server waits for `CAP END`.
    Open,
    /// That was sent, or there is no more need for it.
    Ended,
}

/// What is to be done about a refusal.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nothing: it was not asked for.
    Nothing,
    /// A capability that could not be had must not cost us the others, so each is asked for by itself.
    AskAgain(Vec<String>),
    /// To do without this one.
    DoWithout(String),
}

impl Capabilities {
    /// Takes in some of what the server has (`CAP LS`, `CAP NEW`). Gives what it says about coming by TLS only.
    pub fn offer(&mut self, names: &[&str]) -> Option<sts::Offer> {
        let mut sts = None;
        for name in names {
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (*name, None),
            };
            if name == "sts" {
                sts = Some(sts::Offer::parse(value.unwrap_or_default()));
            } else if name == SASL || WANTED.contains(&name) {
                // A capability that is said twice holds as it was said last.
                self.offered.retain(|(known, _)| known != name);
                self.offered.push((name.to_owned(), value.map(str::to_owned)));
            }
        }
        sts
    }

    /// Whether the server has logins to accounts, as far as its list has come.
    pub fn offers_sasl(&self) -> bool {
        self.offered.iter().any(|(name, _)| name == SASL)
    }

    /// The server's list is complete, and it waits for us.
    pub fn begin(&mut self) {
        if self.stage == Stage::Listing {
            self.stage = Stage::Open;
        }
    }

    /// Asks for what was offered, and for [`SASL`] only if that is wanted. Gives the lines.
    pub fn ask(&mut self, wants_sasl: bool) -> Vec<String> {
        let mut names = Vec::with_capacity(self.offered.len());
        for (name, value) in mem::take(&mut self.offered) {
            if name == SASL && !wants_sasl {
                continue;
            }
            self.values.remove(&name);
            self.values.extend(value.map(|value| (name.clone(), value)));
            names.push(name);
        }
        self.request(in_lines(names))
    }

    fn request(&mut self, lists: Vec<Vec<String>>) -> Vec<String> {
        let lines = lists.iter().map(|names| format!("CAP REQ :{}", names.join(" "))).collect();
        self.asked.extend(lists);
        lines
    }

    /// The server agreed to these (`CAP ACK`). Gives those that are in force from now on: only what was asked for
    /// counts, and nobody asks to be without something.
    pub fn agree<'n>(&mut self, names: &[&'n str]) -> Vec<&'n str> {
        let is_asked = |name: &&str| self.asked.iter().flatten().any(|one| one == name);
        let granted: Vec<_> = names.iter().copied().filter(is_asked).collect();
        for name in &granted {
            self.enabled.retain(|enabled| enabled != name);
            self.enabled.push((*name).to_owned());
            for asked in &mut self.asked {
                asked.retain(|one| one != name);
            }
        }
        self.asked.retain(|asked| !asked.is_empty());
        granted
    }

    /// The server refused the list with these (`CAP NAK`). A server that does not say which list means the first.
    pub fn refuse(&mut self, names: &[&str]) -> Refused {
        let is_this = |asked: &Vec<String>| asked.iter().any(|name| names.contains(&name.as_str()));
        let place = if names.is_empty() { Some(0) } else { self.asked.iter().position(is_this) };
        let Some(mut list) = place.and_then(|place| self.asked.remove(place)) else {
            return Refused::Nothing;
        };
        match (list.len(), list.pop()) {
            (1, Some(name)) => Refused::DoWithout(name),
            (_, last) => {
                let alone = list.into_iter().chain(last).map(|name| vec![name]).collect();
                Refused::AskAgain(self.request(alone))
            }
        }
    }

    /// The server withdrew these (`CAP DEL`).
    pub fn withdraw(&mut self, names: &[&str]) {
        self.enabled.retain(|enabled| !names.contains(&enabled.as_str()));
    }

    /// What is in force: names, or `name=value`.
    pub fn in_force(&self) -> Vec<String> {
        let with_value = |name: &String| match self.values.get(name) {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        };
        self.enabled.iter().map(with_value).collect()
    }

    /// The mechanisms that the server has for logins, if it said so.
    pub fn mechanisms(&self) -> Option<&str> {
        self.values.get(SASL).map(String::as_str)
    }

    /// Whether `CAP END` is to be sent now: once, when the server has answered all.
    pub fn may_end(&mut self) -> bool {
        let may_end = self.stage == Stage::Open && self.asked.is_empty();
        if may_end {
            self.stage = Stage::Ended;
        }
        may_end
    }

    /// The server let us in, whether it waited for us or not.
    pub fn end(&mut self) {
        self.stage = Stage::Ended;
    }
}

/// Names in lists that are each short enough for one line.
fn in_lines(names: Vec<String>) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    for name in names {
        bytes += 1 + name.len();
        match lists.last_mut().filter(|_| bytes <= MAX_REQUEST_BYTES) {
            Some(list) => list.push(name),
            None => {
                bytes = name.len();
                lists.push(vec![name]);
            }
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wish_is_several_requests() {
        let names: Vec<_> = (0..10).map(|n| format!("{n:0>97}")).collect();
        let lists = in_lines(names.clone());
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3, 1]);
        assert_eq!(lists.concat(), names);
        assert_eq!(in_lines(Vec::new()), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_list_without_end_does_not_fill_the_memory() {
        let mut capabilities = Capabilities::default();
        for number in 0..100 {
            capabilities.offer(&[&format!("unknown/{number}"), "server-time"]);
        }
        assert_eq!(capabilities.offered.len(), 1);
    }
}
