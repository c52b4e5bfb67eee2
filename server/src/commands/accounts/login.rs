//! Logging in to an account and out of it, whichever way it is asked for.

use std::time::Duration;

use teahouse_protocol::text::truncate;

use crate::auth::password::ScramKeys;
use crate::store;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capability, Change, Connection, ConnectionId, Person, PersonId, Whose, World};

use crate::commands::accounts::guess::Guess;
use crate::commands::aid::Aid;
use crate::commands::channels::access;
use crate::commands::context::{Context, Task};
use crate::commands::history;

/// A wrong password makes the client wait this long.
pub(in crate::commands) const PENALTY: Duration = Duration::from_millis(500);

/// How much is remembered of a name that is nobody's.
pub(in crate::commands) const NAME_BYTES: usize = 64;

/// A client says that it owns an account. To find out whether that is so takes time, and happens without the lock.
#[derive(Debug)]
pub(in crate::commands) struct LoginAttempt {
    /// Its name; as the client wrote it, if there is no such account.
    pub(in crate::commands) account: String,
    /// The hash of its password; `None` if there is no such account.
    pub(in crate::commands) kept: Option<String>,
    pub(in crate::commands) proof: Proof,
    guess: Guess,
    /// Whether the keys of SCRAM are to be kept and are not there yet.
    lacks_keys: bool,
    /// Those keys, once they are kept.
    change: Option<Change>,
    pub(in crate::commands) is_right: bool,
    /// The password that the account is to have if the attempt is right.
    pub(in crate::commands) new_password: Option<String>,
    /// Why a right proof does not help: nobody may log in to the account.
    pub(in crate::commands) suspended: Option<Text>,
    then: Then,
}

/// The proof that a client offers.
#[derive(Debug)]
pub(in crate::commands) enum Proof {
    /// The password itself.
    Password(String),
    /// The result of SCRAM: the server's signature, if the proof was right.
    Scram(Option<String>),
    /// The client has logged in to the account before.
    LoggedIn,
}

/// Goes on with the command once it is known whether an attempt is right.
type Then = fn(&mut Context, &LoginAttempt);

impl LoginAttempt {
    /// Leaves the errand to find out whether the client owns an account.
    pub(in crate::commands) fn make(context: &mut Context, account: &str, proof: Proof, then: Then) {
        context.task = Some(Box::new(Self::of(context, account, proof, then)));
    }

    fn of(context: &Context, account: &str, proof: Proof, then: Then) -> Self {
        let world = &*context.world;
        let found = world.accounts.find(account);
        // Guesses at one account count together, however its name was typed. A name that is no account's may be long.
        let account = found.map_or_else(|| truncate(account, NAME_BYTES), |account| &account.name).to_owned();
        let lacks_keys = world.config.scram && found.is_some_and(|account| account.scram.is_none());
        let whose = Whose::Account(world.config.casemapping.fold(&account).into_owned());
        Self {
            account,
            kept: found.map(|account| account.password.clone()),
            proof,
            guess: Guess::of(context, whose, PENALTY),
            lacks_keys,
            change: None,
            is_right: false,
            new_password: None,
            suspended: None,
            then,
        }
    }

    /// The same, to give the account another password then.
    pub(in crate::commands) fn to_change(
        context: &mut Context,
        account: &str,
        old: &str,
        new: &str,
        then: Then,
    ) {
        let proof = Proof::Password(old.to_owned());
        let new_password = Some(new.to_owned());
        let attempt = Self { new_password, ..Self::of(context, account, proof, then) };
        context.task = Some(Box::new(attempt));
    }

    /// Whether nobody found out if it was right.
    pub(in crate::commands) fn is_unknown(&self) -> bool {
        !matches!(self.proof, Proof::LoggedIn) && self.guess.is_unknown()
    }

    /// The words for a client whose attempt is not right.
    pub(in crate::commands) fn refusal(&self) -> Text {
        match &self.suspended {
            Some(why) => why.clone(),
            None if self.is_unknown() => Text::NotChecked,
            None => Text::PasswordIsWrong(self.account.clone()),
        }
    }
}

impl Task for LoginAttempt {
    fn run(&mut self, aid: &mut Aid) {
        if let Proof::LoggedIn = self.proof {
            return;
        }
        let Self { account, kept, proof, lacks_keys, change, .. } = self;
        self.guess.run(aid, |aid| match proof {
            Proof::LoggedIn => Some(true),
            Proof::Scram(signature) => Some(signature.is_some()),
            Proof::Password(given) => {
                let (kept, given, lacks_keys) = (kept.clone(), given.clone(), *lacks_keys);
                let (is_right, keys) = aid.hashed({
                    let kept = kept.clone();
                    move |memory| {
                        let Some(kept) = kept else {
                            memory.pretend_to_check(&given);
                            return Ok((false, None));
                        };
                        let is_right = memory.fits(&kept, &given)?;
                        Ok((is_right, (is_right && lacks_keys).then(|| ScramKeys::of(&given))))
                    }
                })?;
                if let (Some(scram), Some(password)) = (keys, kept) {
                    let keys = Change::Keys { account: account.clone(), password, scram };
                    // Another time, if not now: the login does not depend on it.
                    *change = store::accounts::keep(aid.store, &keys).is_ok().then_some(keys);
                }
                Some(is_right)
            }
        });
    }

    /// A guess counts even if the client has gone.
    fn settle(&mut self, world: &mut World) {
        if let Some(change) = self.change.take() {
            apply(world, change, self.guess.connection);
        }
        if self.guess.settle(world) == Some(false) {
            // A name that is no account's may be a password in the wrong place, so it is not written down.
            let from = self.guess.address.to_string();
            world.note(match self.kept {
                Some(_) => Text::WrongPassword(from, self.account.clone()),
                None => Text::WrongAccount(from),
            });
        }
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        self.settle(context.world);
        let is_proven = match self.proof {
            Proof::LoggedIn => true,
            _ if self.guess.is_due() => {
                context.task = Some(self);
                return;
            }
            _ => self.guess.is_right(),
        };
        // A guesser is made to wait for many seconds, in which the owner may have taken another password.
        let kept = self.kept.as_deref();
        self.is_right =
            is_proven && kept.is_some_and(|kept| has_password(context.world, &self.account, kept));
        // Only a client that has proven to be the owner learns of it.
        if self.is_right && !matches!(self.proof, Proof::LoggedIn) {
            self.suspended = suspension(context.world, &self.account);
            self.is_right = self.suspended.is_none();
        }
        (self.then)(context, &self);
    }
}

/// Whether there is an account of this name, and this is still the hash of its password.
pub(super) fn has_password(world: &World, account: &str, hash: &str) -> bool {
    world.accounts.find(account).is_some_and(|account| account.password == hash)
}

/// Why nobody may log in to an account, if that is so.
fn suspension(world: &World, account: &str) -> Option<Text> {
    let account = world.accounts.find(account)?;
    account.suspended.as_ref().map(|reason| Text::IsSuspended(account.name.clone(), reason.clone()))
}

/// Makes a change of an account that has been kept, with all that follows from it. `by` is the connection that wanted
/// it, which may have gone.
pub(crate) fn apply(world: &mut World, change: Change, by: ConnectionId) {
    let closed = match &change {
        Change::Close { account, .. } => Some(account.clone()),
        _ => None,
    };
    let new_password = match &change {
        Change::Password { account, password, .. } | Change::Reset { account, password, .. } => {
            Some((account.clone(), password.clone()))
        }
        _ => None,
    };
    let suspended = match &change {
        Change::Suspension { account, reason: Some(reason) } => Some((account.clone(), reason.clone())),
        _ => None,
    };
    world.accounts.apply(change);
    if let Some((account, reason)) = suspended {
        world.note(Text::AccountSuspended(account.clone(), reason.clone()));
        for person in world.logged_in_to(&account).to_vec() {
            world.expel(person, &Text::Suspended(reason.clone()));
        }
    }
    if let Some((account, password)) = new_password
        && has_password(world, &account, &password)
    {
        end_logins(world, &account, Some(by), &Text::PasswordIsAnother(account.clone()));
    }
    if let Some(account) = closed {
        world.release_channels_of(&account);
        world.forget_markers(&account);
        for person in world.logged_in_to(&account).to_vec() {
            log_out(world, person);
            if !world.is_connected(person) {
                world.expel(person, &Text::Left);
            }
        }
    }
}

/// Ends every connection that has logged in to an account, except `but`: nobody keeps what they got by an old
/// password. A person who stays without a connection is not touched.
pub(crate) fn end_logins(world: &mut World, account: &str, but: Option<ConnectionId>, reason: &Text) {
    for person in world.logged_in_to(account).to_vec() {
        if world.person(person).is_none() {
            continue;
        }
        for connection in world.connections_of(person) {
            if but == Some(connection) {
                continue;
            }
            if let Some(source) = world.person_at(connection).map(Person::full_source) {
                world.notify(connection, &Reply::LoggedOut(source));
                world.notice(connection, reason);
                // The others need not know why.
                world.disconnect(connection, &Text::LoggedOutForGood);
            }
        }
    }
}

/// Logs the client in to an account, and tells everybody concerned. Returns whether there is such an account; the
/// client hears of an account that is suspended.
pub(in crate::commands) fn log_in(context: &mut Context, account: &str) -> bool {
    let Some(account) = context.world.accounts.find(account).map(|account| account.name.clone()) else {
        return false;
    };
    if let Some(why) = suspension(context.world, &account) {
        context.notice(&why);
        return false;
    }
    context.reply(&Reply::LoggedIn(context.person().full_source(), account.clone()));
    // Most clients have no nickname yet, and the log has to name them all the same.
    let address = || context.connection().address.to_string();
    let who = context.person().nick().map_or_else(address, str::to_owned);
    context.world.note(Text::LoggedIn(who, account.clone()));
    change_account(context.world, context.me, Some(account));
    for channel in context.person().channels.clone() {
        access::give_ranks(context, channel);
    }
    history::deliver_waiting(context);
    true
}

/// Logs somebody out, and tells everybody concerned.
pub(in crate::commands) fn log_out(world: &mut World, id: PersonId) {
    let Some(person) = world.person(id).filter(|person| person.account().is_some()) else { return };
    let reply = Reply::LoggedOut(person.full_source());
    world.notify_person(id, &reply);
    change_account(world, id, None);
}

/// Tells the people who share a room, and the client itself
/// ([account-notify](https://ircv3.net/specs/extensions/account-notify)).
fn change_account(world: &mut World, id: PersonId, account: Option<String>) {
    if world.person_mut(id).account() == account.as_deref() {
        return;
    }
    // A stay under the old account may end here, and one under the new account may begin below.
    world.keep_presence(id);
    // The client says this under the account that it had (account-tag).
    let tags = world.person_mut(id).tags();
    world.set_account(id, account);
    world.keep_presence(id);
    let Some(person) = world.person(id).filter(|person| person.is_registered()) else { return };
    let line = world.line(format_args!(":{} ACCOUNT {}", person.source(), person.account().unwrap_or("*")));
    let line = line.with_tags(tags);
    let wants = |connection: &Connection| connection.has(Capability::AccountNotify).then_some(&line);
    world.tell_person(id, |_, connection| wants(connection));
    world.tell_neighbours_and_watchers(id, wants);
}
