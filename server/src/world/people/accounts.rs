//! The accounts: who owns a name, and what proves it.
//!
//! All of them are in memory, so that under the lock the owner of a name is known at once. The [store](crate::store)
//! keeps a [`Change`] first, and only then is it made here; nobody hears of an account that a crash could lose.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;

use jiff::Timestamp;
use teahouse_protocol::{CaseMapping, Folded};

use crate::auth::password::{self, ScramKeys};
use crate::text::nickname::{self, Skeleton};

/// Somebody's account. Its name is a nickname, and that nickname belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// As its owner writes it.
    pub name: String,
    /// When it was made.
    pub since: Timestamp,
    /// The argon2id hash of its password.
    pub password: String,
    /// The keys for SCRAM-SHA-256, if they are kept.
    pub scram: Option<ScramKeys>,
    /// The fingerprints of the certificates that prove it: SHA-256, in lower case.
    pub certificates: Vec<String>,
    /// Whether its owner wants to stay without a connection; `None` leaves it to the house.
    pub always_on: Option<bool>,
    /// Why nobody may log in to it, if that is so.
    pub suspended: Option<String>,
}

/// A change of one account.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new account.
    Open(Account),
    /// Another password, by a user who knew the old one.
    Password {
        /// The account's name.
        account: String,
        /// The hash of the old password; if it is another by now, nothing changes.
        before: String,
        /// Its argon2id hash.
        password: String,
        /// Its keys, if they are kept.
        scram: Option<ScramKeys>,
    },
    /// Another password by an operator, whatever it was before. Nothing else proves the account any more: a thief may
    /// have added a certificate meanwhile.
    Reset {
        /// The account's name.
        account: String,
        /// Its argon2id hash.
        password: String,
        /// Its keys, if they are kept.
        scram: Option<ScramKeys>,
    },
    /// The keys of SCRAM for the password that there is.
    Keys {
        /// The account's name.
        account: String,
        /// The argon2id hash of that password; if it is another by now, the keys are not its.
        password: String,
        /// Its keys.
        scram: ScramKeys,
    },
    /// A certificate more or less; the others stay, so that two devices can each add theirs at once.
    Certificate {
        /// The account's name.
        account: String,
        /// The hash of its password as the owner came in; if it is another by now, nothing changes.
        password: String,
        /// Its fingerprint.
        fingerprint: String,
        /// Whether it is to prove the account from now on.
        proves: bool,
    },
    /// Its owner wants to stay without a connection, or not.
    AlwaysOn {
        /// The account's name.
        account: String,
        /// The user's choice.
        wanted: Option<bool>,
    },
    /// Nobody may log in to it any more, or its owner may again.
    Suspension {
        /// Which.
        account: String,
        /// Why, or `None` when it is over.
        reason: Option<String>,
    },
    /// There is none any more.
    Close {
        /// Which.
        account: String,
        /// The name, folded: conversations file it under this.
        folded: String,
    },
}

/// All accounts.
#[derive(Debug)]
pub struct Accounts {
    casemapping: CaseMapping,
    by_name: HashMap<Folded<'static>, Account>,
    /// The looks of the names. Inverse of `by_name[..].name`.
    skeletons: HashMap<Skeleton, Folded<'static>>,
    /// Inverse of `by_name[..].certificates`.
    certificates: HashMap<String, Folded<'static>>,
    /// Makes up what is said of accounts that do not exist.
    secret: [u8; 32],
}

impl Accounts {
    /// All of these accounts. Of two by one name the later counts.
    pub fn new(casemapping: CaseMapping, accounts: impl IntoIterator<Item = Account>) -> Self {
        let mut all = Self {
            casemapping,
            by_name: HashMap::new(),
            skeletons: HashMap::new(),
            certificates: HashMap::new(),
            secret: password::secret(),
        };
        for account in accounts {
            all.insert(account);
        }
        all
    }

    /// The account of this name, in whatever case or width it was typed.
    pub fn find(&self, name: &str) -> Option<&Account> {
        let normal = nickname::normalize(name, usize::MAX).ok()?;
        self.by_name.get(&self.key(&normal))
    }

    /// The account that owns a nickname, or a name that looks the same; the nickname is in its normal form.
    pub fn owner(&self, nick: &str, looks: &Skeleton) -> Option<&Account> {
        self.by_name.get(&self.key(nick)).or_else(|| self.by_name.get(self.skeletons.get(looks)?))
    }

    /// The account that a certificate proves, by its fingerprint.
    pub fn by_certificate(&self, fingerprint: &str) -> Option<&Account> {
        self.by_name.get(self.certificates.get(fingerprint)?)
    }

    /// The names of all, in order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.by_name.values().map(|account| account.name.clone()).collect();
        names.sort();
        names
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Account> {
        self.by_name.values()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.by_name.len()
    }

    /// The keys that a login as `name` is checked with: those that are kept, or else ones that nothing fits.
    pub(crate) fn scram_keys(&self, name: &str) -> ScramKeys {
        let kept = self.find(name).and_then(|account| account.scram.clone());
        kept.unwrap_or_else(|| ScramKeys::pretended(&self.secret, self.casemapping.fold(name).as_str()))
    }

    /// Makes a change that the store has kept. A change that does not fit any more does nothing.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Open(account) => {
                let (key, looks) = (self.key(&account.name), Skeleton::of(&account.name));
                if !self.by_name.contains_key(&key) && !self.skeletons.contains_key(&looks) {
                    self.insert(account);
                }
            }
            Change::Password { account, before, password, scram } => {
                let key = self.key(&account);
                if let Some(account) = self.by_name.get_mut(&key).filter(|account| account.password == before)
                {
                    (account.password, account.scram) = (password, scram);
                }
            }
            Change::Reset { account, password, scram } => {
                self.set_certificates(&account, Vec::new());
                let key = self.key(&account);
                if let Some(account) = self.by_name.get_mut(&key) {
                    (account.password, account.scram) = (password, scram);
                }
            }
            Change::Keys { account, password, scram } => {
                let key = self.key(&account);
                if let Some(account) =
                    self.by_name.get_mut(&key).filter(|account| account.password == password)
                {
                    account.scram = Some(scram);
                }
            }
            Change::Certificate { account, password, fingerprint, proves } => {
                let found = self.find(&account).filter(|account| account.password == password);
                let Some(account) = found else { return };
                let (name, mut certificates) = (account.name.clone(), account.certificates.clone());
                certificates.retain(|other| *other != fingerprint);
                if proves {
                    certificates.push(fingerprint);
                }
                self.set_certificates(&name, certificates);
            }
            Change::AlwaysOn { account, wanted } => {
                let key = self.key(&account);
                if let Some(account) = self.by_name.get_mut(&key) {
                    account.always_on = wanted;
                }
            }
            Change::Suspension { account, reason } => {
                let key = self.key(&account);
                if let Some(account) = self.by_name.get_mut(&key) {
                    account.suspended = reason;
                }
            }
            Change::Close { account, .. } => {
                self.set_certificates(&account, Vec::new());
                let key = self.key(&account);
                if let Some(account) = self.by_name.remove(&key)
                    && let Entry::Occupied(looks) = self.skeletons.entry(Skeleton::of(&account.name))
                    && *looks.get() == key
                {
                    looks.remove();
                }
            }
        }
    }

    /// Adds an account. An older server may have taken a name that looks like another to this server: the account
    /// stays beside the other, and a name that looks like both belongs to the first.
    fn insert(&mut self, mut account: Account) {
        let (key, name) = (self.key(&account.name), account.name.clone());
        self.skeletons.entry(Skeleton::of(&name)).or_insert_with(|| key.clone());
        let certificates = mem::take(&mut account.certificates);
        self.by_name.insert(key, account);
        self.set_certificates(&name, certificates);
    }

    /// Certificates that are another account's stay there.
    fn set_certificates(&mut self, name: &str, mut certificates: Vec<String>) {
        let key = self.key(name);
        let Some(account) = self.by_name.get_mut(&key) else { return };
        for old in account.certificates.drain(..) {
            self.certificates.remove(&old);
        }
        certificates.retain(|fingerprint| !self.certificates.contains_key(fingerprint));
        for fingerprint in &certificates {
            self.certificates.insert(fingerprint.clone(), key.clone());
        }
        account.certificates = certificates;
    }

    fn key(&self, name: &str) -> Folded<'static> {
        self.casemapping.fold(name).into_owned()
    }

    pub(in crate::world) fn check(&self) {
        assert!(self.skeletons.len() <= self.by_name.len(), "at most one skeleton for each account");
        let certificates: usize = self.by_name.values().map(|account| account.certificates.len()).sum();
        assert_eq!(self.certificates.len(), certificates, "one entry for each certificate");
        for (key, account) in &self.by_name {
            assert_eq!(*key, self.key(&account.name), "{key} is found");
            let looks = self.skeletons.get(&Skeleton::of(&account.name));
            assert!(looks.is_some_and(|key| self.by_name.contains_key(key)), "{key} looks like itself");
            assert!(account.certificates.iter().all(|one| self.certificates.get(one) == Some(key)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, certificates: &[&str]) -> Account {
        Account {
            name: name.to_owned(),
            since: Timestamp::UNIX_EPOCH,
            password: String::new(),
            scram: None,
            certificates: certificates.iter().map(|one| (*one).to_owned()).collect(),
            always_on: None,
            suspended: None,
        }
    }

    #[test]
    fn a_name_and_what_looks_like_it_belong_to_one_account() {
        let all = Accounts::new(CaseMapping::Ascii, [account("Alice", &[]), account("小明", &[])]);
        for (nick, owner) in [
            ("Alice", Some("Alice")),
            ("aLICE", Some("Alice")),
            ("аlice", Some("Alice")),
            ("小明", Some("小明")),
            ("小红", None),
        ] {
            let found = all.owner(nick, &Skeleton::of(nick)).map(|account| account.name.as_str());
            assert_eq!(found, owner, "{nick}");
        }
        assert_eq!(all.find("ａｌｉｃｅ").map(|account| account.name.as_str()), Some("Alice"));
        assert!(all.find("аlice").is_none(), "a look-alike is no way to log in");
        all.check();
    }

    #[test]
    fn changes_are_made_and_what_does_not_fit_is_none() {
        let mut all = Accounts::new(CaseMapping::Ascii, [account("alice", &["aa"]), account("bob", &[])]);
        all.apply(Change::Open(account("ALICE", &["bb"])));
        all.check();
        assert_eq!((all.count(), all.by_certificate("bb")), (2, None));
        for (fingerprint, proves) in [("aa", true), ("cc", true), ("dd", true), ("aa", false), ("dd", false)]
        {
            let (account, fingerprint) = ("bob".to_owned(), fingerprint.to_owned());
            all.apply(Change::Certificate { account, password: String::new(), fingerprint, proves });
            all.check();
        }
        assert_eq!(all.by_certificate("dd"), None);
        assert_eq!(all.by_certificate("aa").unwrap().name, "alice");
        assert_eq!(all.by_certificate("cc").unwrap().name, "bob");
        let password = "hash".to_owned();
        all.apply(Change::Password {
            account: "Bob".to_owned(),
            before: String::new(),
            password,
            scram: None,
        });
        assert_eq!(all.find("bob").unwrap().password, "hash");
        for (password, kept) in [("another", false), ("hash", true)] {
            let (password, scram) = (password.to_owned(), ScramKeys::of("sesame"));
            all.apply(Change::Keys { account: "bob".to_owned(), password, scram });
            assert_eq!(all.find("bob").unwrap().scram.is_some(), kept);
        }
        let password = "reset".to_owned();
        all.apply(Change::Reset { account: "BOB".to_owned(), password, scram: None });
        all.check();
        let bob = all.find("bob").unwrap();
        assert_eq!((&*bob.password, &bob.scram, bob.certificates.len()), ("reset", &None, 0));
        assert_eq!(all.by_certificate("cc"), None);
        // A change that was under way before that, with the old password, changes nothing any more.
        let [bob, hash, thief, fingerprint] = ["bob", "hash", "thief's", "ee"].map(str::to_owned);
        let added =
            Change::Certificate { account: bob.clone(), password: hash.clone(), fingerprint, proves: true };
        all.apply(added);
        all.apply(Change::Password { account: bob, before: hash, password: thief, scram: None });
        assert_eq!((&*all.find("bob").unwrap().password, all.by_certificate("ee")), ("reset", None));
        for account in ["Alice", "nobody"].map(str::to_owned) {
            all.apply(Change::Close { folded: account.to_lowercase(), account });
        }
        all.check();
        assert_eq!((all.count(), all.by_certificate("aa")), (1, None));
        all.apply(Change::Open(account("alice", &[])));
        assert_eq!(all.count(), 2);
    }
}
