//! What a server can do, and what of it is agreed on
//! ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).
//!
//! This is a part of [`registration`](crate::net::registration), which has the talk: here is what was offered, what
//! was asked for, and what is in force. A server may say anything, at any time and without end; what nobody asked for
//! changes nothing and is not kept.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use teahouse_protocol::Capability;
use teahouse_protocol::capabilities::STS;

use crate::net::sts;

/// The capabilities that the window makes use of. [`Capability::Sasl`] joins them where there is an account.
///
/// Together they are short enough for one `CAP REQ`, and so is the server's answer, which repeats them behind its own
/// name and ours.
const WANTED: [Capability; 15] = [
    Capability::AwayNotify,
    Capability::Batch,
    Capability::CapNotify,
    Capability::AccountRegistration,
    Capability::ChatHistory,
    Capability::Languages,
    Capability::MessageRedaction,
    Capability::Multiline,
    Capability::ReadMarker,
    Capability::EchoMessage,
    Capability::LabeledResponse,
    Capability::MessageTags,
    Capability::MultiPrefix,
    Capability::ServerTime,
    Capability::StandardReplies,
];

/// A capability, and what the server says beside its name, if anything.
type Offer = (Capability, Option<String>);

/// How things stand with one server.
#[derive(Debug, Default)]
pub struct Capabilities {
    stage: Stage,
    /// What the server has that is of use here, while its list is not complete.
    offered: Vec<Offer>,
    /// Each `CAP REQ` that was not answered in full, with what was not.
    asked: VecDeque<Vec<Offer>>,
    /// What is in force.
    enabled: BTreeMap<Capability, Option<String>>,
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
    DoWithout(Capability),
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
            if name == STS {
                sts = Some(sts::Offer::parse(value.unwrap_or_default()));
            } else if let Some(capability) = Capability::from_name(name)
                && (capability == Capability::Sasl || WANTED.contains(&capability))
            {
                // A capability that is said twice holds as it was said last.
                self.offered.retain(|(known, _)| *known != capability);
                self.offered.push((capability, value.map(str::to_owned)));
            }
        }
        sts
    }

    /// Whether the server has logins to accounts, as far as its list has come.
    pub fn offers_sasl(&self) -> bool {
        self.offered.iter().any(|(capability, _)| *capability == Capability::Sasl)
    }

    /// The server's list is complete, and it waits for us.
    pub fn begin(&mut self) {
        if self.stage == Stage::Listing {
            self.stage = Stage::Open;
        }
    }

    /// Asks for what was offered, and for [`Capability::Sasl`] only if that is wanted. Gives the line, if any.
    pub fn ask(&mut self, wants_sasl: bool) -> Vec<String> {
        let mut wanted = mem::take(&mut self.offered);
        wanted.retain(|(capability, _)| *capability != Capability::Sasl || wants_sasl);
        if wanted.is_empty() { Vec::new() } else { self.request(vec![wanted]) }
    }

    fn request(&mut self, lists: Vec<Vec<Offer>>) -> Vec<String> {
        let names = |list: &Vec<Offer>| list.iter().map(|(it, _)| it.name()).collect::<Vec<_>>().join(" ");
        let lines = lists.iter().map(|list| format!("CAP REQ :{}", names(list))).collect();
        self.asked.extend(lists);
        lines
    }

    /// The server agreed to these (`CAP ACK`). Gives those that are in force from now on: only what was asked for
    /// counts, and nobody asks to be without something.
    pub fn agree(&mut self, names: &[&str]) -> Vec<Capability> {
        let mut granted = Vec::new();
        for asked in &mut self.asked {
            for (capability, value) in asked.extract_if(.., |(it, _)| names.contains(&it.name())) {
                self.enabled.insert(capability, value);
                granted.push(capability);
            }
        }
        self.asked.retain(|asked| !asked.is_empty());
        granted
    }

    /// The server refused the list with these (`CAP NAK`). A server that does not say which list means the first.
    pub fn refuse(&mut self, names: &[&str]) -> Refused {
        let is_this = |asked: &Vec<Offer>| asked.iter().any(|(it, _)| names.contains(&it.name()));
        let place = if names.is_empty() { Some(0) } else { self.asked.iter().position(is_this) };
        let list = place.and_then(|place| self.asked.remove(place)).unwrap_or_default();
        match list[..] {
            [] => Refused::Nothing,
            [(capability, _)] => Refused::DoWithout(capability),
            _ => {
                let alone = list.into_iter().map(|offer| vec![offer]).collect();
                Refused::AskAgain(self.request(alone))
            }
        }
    }

    /// The server withdrew these (`CAP DEL`).
    pub fn withdraw(&mut self, names: &[&str]) {
        self.enabled.retain(|enabled, _| !names.contains(&enabled.name()));
    }

    /// What is in force, each with the server's words on it.
    pub fn in_force(&self) -> BTreeMap<Capability, String> {
        self.enabled.iter().map(|(it, value)| (*it, value.clone().unwrap_or_default())).collect()
    }

    /// The mechanisms that the server has for logins, if it said so.
    pub fn mechanisms(&self) -> Option<&str> {
        self.enabled.get(&Capability::Sasl)?.as_deref()
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

#[cfg(test)]
mod tests {
    use teahouse_protocol::framing::MAX_LINE_BYTES;

    use super::*;
    use crate::config::profile::MAX_NICK_BYTES;

    #[test]
    fn all_that_is_wanted_fits_into_one_request_and_one_answer() {
        let mut capabilities = Capabilities::default();
        let names: Vec<_> = WANTED.iter().chain([&Capability::Sasl]).map(|it| it.name()).collect();
        capabilities.offer(&names);
        let requests = capabilities.ask(true);
        let list = requests[0].strip_prefix("CAP REQ :").expect("a request");
        let longest_server = "s".repeat(63);
        let longest_nick = "n".repeat(MAX_NICK_BYTES);
        let answer = format!(":{longest_server} CAP {longest_nick} ACK :{list}\r\n");
        assert_eq!(requests.len(), 1);
        assert!(answer.len() <= MAX_LINE_BYTES, "{answer}");
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
