//! Passwords in the system's keyring, for users who asked to have them kept: the desktop's on Linux (the Secret
//! Service), the keychain of macOS, the credentials of Windows.
//!
//! A keyring may ask its owner to unlock it, and takes its time. So a thread that must not wait has a [`Keeper`],
//! which asks on a thread of its own. Such a call cannot be interrupted: the thread has a copy of what it needs, and
//! is left to end by itself.

use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::config::profile::{Profile, Secret};
use crate::model::NetworkId;

/// The name that marks our passwords among those of other programs.
const SERVICE: &str = "teahouse";

/// Takes the passwords of a profile from the keyring, if they are there and not in the profile: the account's
/// password, and the password that the server wants from everybody.
pub fn fetch(profile: &mut Profile) {
    for which in Which::ALL {
        if which.of(profile).is_empty() {
            match entry(profile, which).and_then(|entry| entry.get_password()) {
                Ok(password) => *which.of(profile) = Secret::from(password),
                // Most servers want no password of their own.
                Err(keyring::Error::NoEntry) if which == Which::Server => {}
                Err(error) => log::warn!("no password came from the keyring: {error}"),
            }
        }
    }
}

fn store(profile: &mut Profile) -> Result<(), String> {
    for which in Which::ALL {
        let password = which.of(profile).clone();
        if !password.is_empty() {
            let stored = entry(profile, which).and_then(|entry| entry.set_password(password.reveal()));
            stored.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

fn forget(profile: &Profile) {
    for which in Which::ALL {
        if let Err(error) = entry(profile, which).and_then(|entry| entry.delete_credential()) {
            log::info!("no password was taken out of the keyring: {error}");
        }
    }
}

/// Which of the two passwords of a profile.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Account,
    Server,
}

impl Which {
    const ALL: [Self; 2] = [Self::Account, Self::Server];

    fn of(self, profile: &mut Profile) -> &mut Secret {
        match self {
            Self::Account => &mut profile.password,
            Self::Server => &mut profile.server_password,
        }
    }
}

fn entry(profile: &Profile, which: Which) -> keyring::Result<keyring::Entry> {
    let label = match which {
        Which::Account => label(profile),
        Which::Server => format!("{} PASS", label(profile)),
    };
    keyring::Entry::new(SERVICE, &label)
}

/// Whether two profiles have one password there.
pub fn is_shared(one: &Profile, other: &Profile) -> bool {
    one.keyring && other.keyring && label(one) == label(other)
}

/// The name of a profile's password in the keyring.
fn label(profile: &Profile) -> String {
    format!("{}@{}", profile.account_name(), profile.server)
}

/// What came of what a [`Keeper`] was asked for.
#[derive(Debug)]
pub enum Kept {
    /// A profile with the password that was kept for it; with none if there is none.
    Fetched(NetworkId, Box<Profile>),
    /// A password was not kept, and why.
    NotStored(NetworkId, String),
    /// The same of a saved server that was changed; the profile has the password.
    NotMoved(Box<Profile>, String),
}

/// Asks the keyring without waiting for it.
pub struct Keeper {
    news: Receiver<Kept>,
    sender: Sender<Kept>,
    wake: fn(),
}

impl Keeper {
    /// A keeper that calls `wake`, from another thread, when there is something to [`drain`](Self::drain).
    pub fn new(wake: fn()) -> Self {
        let (sender, news) = unbounded();
        Self { news, sender, wake }
    }

    /// Looks for the password of a profile.
    pub fn fetch(&self, id: NetworkId, mut profile: Box<Profile>) {
        self.ask(move || {
            fetch(&mut profile);
            Some(Kept::Fetched(id, profile))
        });
    }

    /// Keeps the password of a profile.
    pub fn store(&self, id: NetworkId, mut profile: Box<Profile>) {
        self.ask(move || store(&mut profile).err().map(|why| Kept::NotStored(id, why)));
    }

    /// Keeps the password of a saved server that was changed: the password that it has now, or else the one from
    /// before, which may be known by another name there. That name is forgotten if nobody else needs it.
    pub fn change(&self, before: Profile, mut after: Box<Profile>, is_needed: bool) {
        self.ask(move || {
            let mut kept = before.clone();
            if before.may_be_kept() {
                fetch(&mut kept);
            }
            for which in Which::ALL {
                if which.of(&mut after).is_empty() {
                    *which.of(&mut after) = which.of(&mut kept).clone();
                }
            }
            if let Err(why) = store(&mut after) {
                return Some(Kept::NotMoved(after, why));
            }
            if before.keyring && !is_needed && label(&before) != label(&after) {
                forget(&before);
            }
            None
        });
    }

    /// Takes the password of a profile out.
    pub fn forget(&self, profile: Profile) {
        self.ask(move || {
            forget(&profile);
            None
        });
    }

    /// What came of all this since the last time.
    pub fn drain(&self) -> impl Iterator<Item = Kept> + '_ {
        self.news.try_iter()
    }

    fn ask(&self, work: impl FnOnce() -> Option<Kept> + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake);
        let work = move || {
            if let Some(kept) = work() {
                // Without a window there is nobody to tell.
                let _ = sender.send(kept);
                wake();
            }
        };
        if let Err(error) = thread::Builder::new().name("keyring".to_owned()).spawn(work) {
            log::warn!("the keyring cannot be asked: {error}");
        }
    }
}
