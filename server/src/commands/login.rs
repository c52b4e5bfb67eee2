//! Logging in to an account and out of it, whichever way it is asked for.

use std::net::SocketAddr;
use std::time::Duration;

use teahouse_protocol::text::truncate;

use crate::language::Text;
use crate::password::{self, ScramKeys};
use crate::reply::Reply;
use crate::store::{self, Store};
use crate::world::{Capability, Change, Client, ClientId, Whose, World};

use super::context::{Context, Task};
use super::{access, history};

/// How long a wrong password makes the one who gave it wait.
pub(super) const PENALTY: Duration = Duration::from_millis(500);

/// How much is remembered of a name that is nobody's.
pub(super) const NAME_BYTES: usize = 64;

/// Somebody says to be the owner of an account. Whether it is so takes time to find out, and happens without the lock.
#[derive(Debug)]
pub(super) struct Claim {
    /// Its name; as the client wrote it, if there is no such account.
    pub(super) account: String,
    /// Where the client comes from.
    address: SocketAddr,
    /// The hash of its password; `None` if there is no such account.
    pub(super) kept: Option<String>,
    pub(super) proof: Proof,
    /// How long earlier guesses make this one wait.
    wait: Duration,
    /// Whether the keys of SCRAM are to be kept and are not there yet.
    lacks_keys: bool,
    /// Those keys, once they are kept.
    change: Option<Change>,
    pub(super) is_right: bool,
    then: Then,
}

/// What is offered as a proof.
#[derive(Debug)]
pub(super) enum Proof {
    /// The password itself.
    Password(String),
    /// What SCRAM showed: the server's signature, if it was right.
    Scram(Option<String>),
    /// The client has logged in to the account before.
    LoggedIn,
}

/// Goes on with the command once it is known whether a claim is right.
type Then = fn(&mut Context, &Claim);

impl Claim {
    /// Leaves the errand to find out whether the client owns an account.
    pub(super) fn make(context: &mut Context, account: &str, proof: Proof, then: Then) {
        let (address, world) = (context.device().address, &mut *context.world);
        let found = world.accounts.find(account);
        // However it was typed, the guesses at one account are counted together. What is no account's name may be long.
        let account = found.map_or_else(|| truncate(account, NAME_BYTES), |account| &account.name).to_owned();
        let lacks_keys = world.config.scram && found.is_some_and(|account| account.scram.is_none());
        let whose = Whose::Account(world.config.casemapping.fold(&account).into_owned());
        let wait = match proof {
            Proof::LoggedIn => Duration::ZERO,
            Proof::Password(_) | Proof::Scram(_) => world.guesses.wait(Some(whose), address.ip(), world.now),
        };
        context.task = Some(Box::new(Self {
            account,
            address,
            kept: found.map(|account| account.password.clone()),
            proof,
            wait,
            lacks_keys,
            change: None,
            is_right: false,
            then,
        }));
    }
}

impl Task for Claim {
    fn run(&mut self, store: &Store, pause: &dyn Fn(Duration)) {
        if !self.wait.is_zero() {
            pause(self.wait);
        }
        self.is_right = match (&self.proof, &self.kept) {
            (Proof::Password(given), Some(kept)) => password::is_right(kept, given),
            (Proof::Password(given), None) => {
                password::pretend_to_check(given);
                false
            }
            (Proof::Scram(signature), _) => signature.is_some(),
            (Proof::LoggedIn, _) => true,
        };
        if !self.is_right {
            pause(PENALTY);
        } else if let (Proof::Password(given), Some(kept), true) = (&self.proof, &self.kept, self.lacks_keys)
        {
            let (account, password) = (self.account.clone(), kept.clone());
            let change = Change::Keys { account, password, scram: ScramKeys::of(given) };
            // Another time, if not now: the login does not depend on it.
            self.change = store::accounts::keep(store, &change).is_ok().then_some(change);
        }
    }

    /// A guess counts even if the client has gone.
    fn settle(&mut self, world: &mut World) {
        if let Some(change) = self.change.take() {
            apply(world, change);
        }
        let whose = Whose::Account(world.config.casemapping.fold(&self.account).into_owned());
        match self.proof {
            Proof::LoggedIn => {}
            _ if self.is_right => world.guesses.right(whose),
            _ => {
                world.guesses.wrong(Some(whose), self.address.ip(), world.now);
                // What is no account's name may be a password in the wrong place, so it is not written down.
                let from = self.address.to_string();
                world.note(match self.kept {
                    Some(_) => Text::WrongPassword(from, self.account.clone()),
                    None => Text::WrongAccount(from),
                });
            }
        }
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        self.settle(context.world);
        // A guesser is made to wait for many seconds, in which the owner may have taken another password.
        let kept = self.kept.as_deref();
        self.is_right &= kept.is_some_and(|kept| has_password(context.world, &self.account, kept));
        (self.then)(context, &self);
    }
}

/// Whether there is an account of this name, and this is still the hash of its password.
pub(super) fn has_password(world: &World, account: &str, hash: &str) -> bool {
    world.accounts.find(account).is_some_and(|account| account.password == hash)
}

/// Makes a change of an account that has been kept, with all that follows from it.
pub(super) fn apply(world: &mut World, change: Change) {
    let closed = match &change {
        Change::Close { account, .. } => Some(account.clone()),
        _ => None,
    };
    world.accounts.apply(change);
    if let Some(account) = closed {
        world.release_channels_of(&account);
        world.forget_markers(&account);
        for client in world.logged_in_to(&account).to_vec() {
            log_out(world, client);
            if !world.is_connected(client) {
                world.expel(client, &Text::Left);
            }
        }
    }
}

/// Logs the client in to an account, and tells everybody concerned. Returns whether there is such an account.
pub(super) fn log_in(context: &mut Context, account: &str) -> bool {
    let Some(account) = context.world.accounts.find(account).map(|account| account.name.clone()) else {
        return false;
    };
    context.reply(&Reply::LoggedIn(context.client().full_source(), account.clone()));
    let nick = context.client().name().to_owned();
    context.world.note(Text::LoggedIn(nick, account.clone()));
    change_account(context.world, context.me, Some(account));
    for channel in context.client().channels.clone() {
        access::give_ranks(context, channel);
    }
    history::deliver_waiting(context);
    true
}

/// Logs somebody out, and tells everybody concerned.
pub(super) fn log_out(world: &mut World, id: ClientId) {
    let Some(client) = world.client(id).filter(|client| client.account().is_some()) else { return };
    let reply = Reply::LoggedOut(client.full_source());
    world.notify_person(id, &reply);
    change_account(world, id, None);
}

/// Those who share a room are told, and so is the client itself
/// ([account-notify](https://ircv3.net/specs/extensions/account-notify)).
fn change_account(world: &mut World, id: ClientId, account: Option<String>) {
    if world.client_mut(id).account() == account.as_deref() {
        return;
    }
    // Whoever stayed with the one account does not, or does with the other.
    world.keep_presence(id);
    // As whom the client says it: the account that it had (account-tag).
    let tags = world.client_mut(id).tags();
    world.set_account(id, account);
    world.mirror(id);
    world.keep_presence(id);
    let Some(client) = world.client(id).filter(|client| client.is_registered()) else { return };
    let line = world.line(format_args!(":{} ACCOUNT {}", client.source(), client.account().unwrap_or("*")));
    let line = line.with_tags(tags);
    let wants = |client: &Client| client.has(Capability::AccountNotify).then_some(&line);
    world.tell_person(id, |_, client| wants(client));
    world.tell_neighbours_and_watchers(id, wants);
}
