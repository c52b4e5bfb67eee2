//! Strict transport security: servers that are to be spoken to by TLS only
//! ([IRCv3 STS](https://ircv3.net/specs/extensions/sts)).
//!
//! On a connection in the clear, a server may name the port at which to come back by TLS; nothing more is said to it
//! then. By TLS it may say for how long nobody is to come in the clear again. That is remembered in the file `sts.toml`
//! beside the settings, under the name by which the server was asked for, until it expires.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::config::folder;
use crate::text::i18n::{Phrase, Text};

/// The file's name in the settings folder.
const FILE_NAME: &str = "sts.toml";

/// Nobody means more than ten years, and a clock can be reckoned with so far.
const MAX_DURATION_SECS: u64 = 10 * 366 * 24 * 60 * 60;

/// What a server says with the capability `sts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Where it speaks TLS. Means something only in the clear.
    pub port: Option<u16>,
    /// For how many seconds it is to be spoken to by TLS only. Means something only by TLS.
    pub duration_secs: Option<u64>,
}

impl Offer {
    /// Reads the value of the capability. A part that cannot be understood is as if it were not there.
    pub fn parse(value: &str) -> Self {
        let mut offer = Self::default();
        for token in value.split(',') {
            match token.split_once('=') {
                Some(("port", port)) => offer.port = number(port).filter(|port| *port > 0),
                Some(("duration", duration)) => offer.duration_secs = number(duration),
                _ => {}
            }
        }
        offer
    }
}

/// A number in digits, without a sign.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// What was agreed on with one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Where it speaks TLS.
    pub port: u16,
    /// Until when it is to be spoken to by TLS only.
    expires: Timestamp,
}

/// Every policy that is known. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    shared: Arc<Mutex<BTreeMap<String, Policy>>>,
    /// Where it is remembered; nowhere on a machine where nobody has a home.
    path: Option<Arc<Path>>,
}

impl Policies {
    /// Reads what is remembered in the folder of the settings. A file of which not everything can be read is copied,
    /// since the next policy writes it anew; and the window says so, for until then it may speak in the clear to a
    /// server that wants TLS only.
    pub fn load(folder: Option<&Path>) -> (Self, Option<Phrase>) {
        let path = folder.map(|folder| folder.join(FILE_NAME));
        let (known, is_all) = path.as_deref().map_or((BTreeMap::new(), true), read);
        let problem = path.as_deref().filter(|_| !is_all).map(|path| {
            let aside = folder::copy_aside(path).or_else(|_| folder::set_aside(path)).unwrap_or_default();
            Text::PoliciesBroken.with([&path.display().to_string(), &aside.display().to_string()])
        });
        (Self { shared: Arc::new(Mutex::new(known)), path: path.map(PathBuf::into) }, problem)
    }

    /// The policy in force for a host.
    pub fn get(&self, host: &str, now: Timestamp) -> Option<Policy> {
        let policy = self.shared.lock().get(&host.to_ascii_lowercase()).copied()?;
        (policy.expires > now).then_some(policy)
    }

    /// Takes note of a duration that a host said by TLS, at this port. Zero ends the policy.
    pub fn set(&self, host: &str, port: u16, duration_secs: u64, now: Timestamp) {
        let duration_secs = duration_secs.min(MAX_DURATION_SECS);
        let (learned, _) = self.path.as_deref().map(read).unwrap_or_default();
        let mut known = self.shared.lock();
        // Another program may have learned of others meanwhile. The longer of two policies for a host holds.
        for (host, policy) in learned {
            let known = known.entry(host).or_insert(policy);
            known.expires = known.expires.max(policy.expires);
        }
        known.retain(|_, policy| policy.expires > now);
        let host = host.to_ascii_lowercase();
        if duration_secs == 0 {
            known.remove(&host);
        } else {
            let seconds = i64::try_from(duration_secs).unwrap_or(i64::MAX);
            let expires = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
            known.insert(host, Policy { port, expires });
        }
        // Copied, so that no caller has to wait for the disk.
        let copy = known.clone();
        drop(known);
        self.save(&copy);
    }

    fn save(&self, known: &BTreeMap<String, Policy>) {
        let Some(path) = &self.path else { return };
        let written = toml::to_string(known).map_err(std::io::Error::other);
        if let Err(error) = written.and_then(|text| folder::replace_for_good(path, &text)) {
            log::warn!("{} was not saved: {error}", path.display());
        }
    }
}

/// The policies in a file, and whether those are all that stand in it.
fn read(path: &Path) -> (BTreeMap<String, Policy>, bool) {
    let table = match std::fs::read_to_string(path) {
        Ok(text) => text.parse::<toml::Table>().map_err(|error| error.message().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (BTreeMap::new(), true),
        Err(error) => Err(error.to_string()),
    };
    match table {
        Ok(table) => {
            let count = table.len();
            let policy = |(host, value): (String, toml::Value)| Some((host, value.try_into().ok()?));
            let known: BTreeMap<_, _> = table.into_iter().filter_map(policy).collect();
            let is_all = known.len() == count;
            (known, is_all)
        }
        Err(why) => {
            log::warn!("{} cannot be read: {why}", path.display());
            (BTreeMap::new(), false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn what_a_server_says_is_read_and_what_makes_no_sense_is_not() {
        for (value, port, duration_secs) in [
            ("port=6697", Some(6697), None),
            ("duration=60,port=6697,preload", Some(6697), Some(60)),
            ("duration=0", None, Some(0)),
            ("port=0,duration=-1", None, None),
            ("port=70000", None, None),
            ("port=,duration=", None, None),
            ("port=+1,duration= 1", None, None),
            ("tea,port", None, None),
            ("", None, None),
        ] {
            assert_eq!(Offer::parse(value), Offer { port, duration_secs }, "{value:?}");
        }
    }

    #[test]
    fn a_policy_holds_until_it_expires_whatever_the_case_of_the_name() {
        let policies = Policies::default();
        policies.set("Tea.House", 6697, 60, at(0));
        assert_eq!(policies.get("tea.house", at(59)).map(|policy| policy.port), Some(6697));
        assert_eq!(policies.get("other.house", at(59)), None);
        assert_eq!(policies.get("tea.house", at(60)), None);
    }

    #[test]
    fn a_duration_of_nothing_ends_the_policy() {
        let policies = Policies::default();
        policies.set("tea.house", 6697, 60, at(0));
        policies.set("tea.house", 6697, 0, at(1));
        assert_eq!(policies.get("tea.house", at(1)), None);
    }

    #[test]
    fn policies_are_remembered_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (policies, _) = Policies::load(Some(folder.path()));
        policies.set("tea.house", 6697, 60, at(0));
        policies.set("::1", 7000, u64::MAX, at(0));
        let (again, _) = Policies::load(Some(folder.path()));
        for host in ["tea.house", "::1"] {
            assert_eq!(again.get(host, at(1)), policies.get(host, at(1)), "{host}");
            assert!(again.get(host, at(1)).is_some(), "{host}");
        }
        // Policies that another program has learned meanwhile are not forgotten.
        policies.set("other.house", 6697, 60, at(0));
        again.set("tea.house", 6697, 0, at(1));
        let (third, problem) = Policies::load(Some(folder.path()));
        assert_eq!(problem, None);
        assert_eq!((third.get("tea.house", at(1)), third.get("other.house", at(1)).is_some()), (None, true));
    }

    #[test]
    fn policies_that_cannot_be_read_are_missed_and_kept_and_the_others_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let aside = folder.path().join("sts.toml.broken");
        std::fs::write(&path, "not [ toml").unwrap();
        let (policies, problem) = Policies::load(Some(folder.path()));
        assert_eq!(problem.map(|it| it.text()), Some(Text::PoliciesBroken));
        policies.set("tea.house", 6697, 60, at(0));
        assert_eq!(std::fs::read_to_string(&aside).unwrap(), "not [ toml");
        let good = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("\"bad.house\" = 3\n{good}")).unwrap();
        let (policies, problem) = Policies::load(Some(folder.path()));
        assert!(problem.is_some() && policies.get("tea.house", at(1)).is_some());
    }
}
