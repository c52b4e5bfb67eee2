//! REGISTER and VERIFY: opening an account
//! ([draft/account-registration](https://ircv3.net/specs/extensions/account-registration)); and how a change of an
//! account is kept before anybody hears of it.

pub(super) mod guess;
pub(super) mod login;
pub(super) mod sasl;

use teahouse_protocol::{Message, names};

use super::aid::Aid;
use super::context::{Context, Task};
use crate::auth::password::{self, ScramKeys};
use crate::commands::accounts::login::{apply, log_in};
use crate::store;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Account, Change, ConnectionId, World};

/// REGISTER: opens an account in the user's nickname, and logs the user in to it.
pub(super) fn register(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let [name, email, password, ..] = message.params()[..] else { return Ok(()) };
    let refused = match obstacle(context, name, password) {
        None if email != "*" && !email.contains('@') => Some(("INVALID_EMAIL", Text::NotAnAddress)),
        obstacle => obstacle,
    };
    if let Some((code, why)) = refused {
        let account = match code {
            "COMPLETE_CONNECTION_REQUIRED" => None,
            "NEED_NICK" => Some("*".to_owned()),
            _ => Some(shown(context, name)),
        };
        refuse(context, "REGISTER", code, account.as_deref(), &why);
        return Ok(());
    }
    open(context, password, |context, account, kept| {
        if !kept {
            let why = Text::TryAgainLater;
            return refuse(context, "REGISTER", "TEMPORARILY_UNAVAILABLE", Some(account), &why);
        }
        let words = context.say(&Text::AccountOpened(account.to_owned()));
        context.send(format_args!("REGISTER SUCCESS {account} :{words}"));
        log_in(context, account);
    });
    Ok(())
}

/// VERIFY: there is nothing to verify, since no letters are sent.
pub(super) fn verify(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let account = shown(context, message.param(0).unwrap_or_default());
    let (code, why) = if context.person().account().is_some() {
        ("ALREADY_AUTHENTICATED", Text::AlreadyLoggedIn)
    } else {
        ("INVALID_CODE", Text::NothingToVerify)
    };
    refuse(context, "VERIFY", code, Some(&account), &why);
    Ok(())
}

/// The account's name as the client typed it, where a word has to stand.
fn shown(context: &Context, name: &str) -> String {
    match name {
        "*" => chosen_nick(context).unwrap_or("*").to_owned(),
        name if name.is_empty() || name.starts_with(':') || name.contains(' ') => "*".to_owned(),
        name => name.to_owned(),
    }
}

/// These commands belong to standard replies, whatever was negotiated.
fn refuse(context: &mut Context, command: &str, code: &str, account: Option<&str>, why: &Text) {
    let words = context.say(why);
    let (space, account) = account.map_or(("", ""), |account| (" ", account));
    context.send(format_args!("FAIL {command} {code}{space}{account} :{words}"));
}

/// The nickname that the client has, or has asked for and can have only by logging in to the account of that name.
fn chosen_nick<'c>(context: &'c Context) -> Option<&'c str> {
    let wanted = context.connection().login.as_ref().and_then(|login| login.wanted.as_deref());
    context.person().nick().or(wanted.filter(|nick| context.world.owner_of(nick).is_some()))
}

/// Why the client cannot open an account in this name with this password: the code of a standard reply, and words.
pub(super) fn obstacle(context: &mut Context, name: &str, password: &str) -> Option<(&'static str, Text)> {
    let found = find_obstacle(context, name, password);
    if let Some((_, Text::TooManyAccounts)) = found {
        let address = context.connection().address.ip().to_string();
        context.world.note(Text::ManyAccounts(address));
    }
    found
}

fn find_obstacle(context: &Context, name: &str, password: &str) -> Option<(&'static str, Text)> {
    let (world, person) = (&*context.world, context.person());
    let registration = world.config.registration;
    let is_own = |nick: &str| name == "*" || world.config.casemapping.same(name, nick);
    let too_early = !person.is_registered() && !world.config.opens_accounts_early();
    Some(match chosen_nick(context) {
        _ if !registration => ("TEMPORARILY_UNAVAILABLE", Text::RegistrationClosed),
        _ if too_early => ("COMPLETE_CONNECTION_REQUIRED", Text::NotYet),
        _ if person.account().is_some() => ("ALREADY_AUTHENTICATED", Text::AlreadyLoggedIn),
        None => ("NEED_NICK", Text::NeedNick),
        Some(_) if name != "*" && names::check_nickname(name, usize::MAX).is_err() => {
            ("BAD_ACCOUNT_NAME", Text::BadAccountName)
        }
        Some(nick) if !is_own(nick) => {
            ("ACCOUNT_NAME_MUST_BE_NICK", Text::AccountMustBeNick(nick.to_owned()))
        }
        Some(nick) if world.owner_of(nick).is_some() => {
            ("ACCOUNT_EXISTS", Text::AccountExists(nick.to_owned()))
        }
        Some(_) => {
            let address = context.connection().address.ip();
            let too_many = !world.may_open_account(address);
            let again = || ("TEMPORARILY_UNAVAILABLE", Text::TooManyAccounts);
            return password_obstacle(context, password).or_else(|| too_many.then(again));
        }
    })
}

/// Why this cannot be a password.
pub(super) fn password_obstacle(context: &Context, password: &str) -> Option<(&'static str, Text)> {
    let least = context.world.config.min_password_length;
    if password.len() > password::LONGEST_BYTES {
        Some(("UNACCEPTABLE_PASSWORD", Text::PasswordTooLong(password::LONGEST_BYTES.to_string())))
    } else if password.chars().count() < least {
        Some(("WEAK_PASSWORD", Text::PasswordTooShort(least.to_string())))
    } else {
        None
    }
}

/// Opens an account in the client's own name, and goes on with `then`.
pub(super) fn open(context: &mut Context, password: &str, then: Then) {
    let address = context.connection().address.ip();
    context.world.opens_account(address);
    let account = Account {
        name: context.person().name().to_owned(),
        since: context.world.now,
        password: String::new(),
        scram: None,
        certificates: Vec::new(),
        always_on: None,
        suspended: None,
    };
    let name = account.name.clone();
    Keeping::begin(context, &name, Change::Open(account), Some(password), then);
}

/// A change of an account on its way: its password is hashed and the store keeps it, which takes time and happens
/// without the lock; then it is made, and those concerned are told.
#[derive(Debug)]
pub(super) struct Keeping {
    account: String,
    /// The connection that changes it.
    by: ConnectionId,
    /// The new password, to be hashed.
    password: Option<String>,
    /// Whether the keys of SCRAM are kept too.
    scram: bool,
    change: Option<Change>,
    then: Then,
}

/// Goes on with the command: the account's name, and whether the change was kept.
type Then = fn(&mut Context, &str, bool);

impl Keeping {
    /// Leaves the errand to keep a change; `password` is the new one if there is one.
    pub(super) fn begin(
        context: &mut Context,
        account: &str,
        change: Change,
        password: Option<&str>,
        then: Then,
    ) {
        context.task = Some(Box::new(Self {
            account: account.to_owned(),
            by: context.connection,
            password: password.map(str::to_owned),
            scram: context.world.config.scram,
            change: Some(change),
            then,
        }));
    }
}

impl Task for Keeping {
    fn run(&mut self, aid: &mut Aid) {
        if let (
            Some(given),
            Some(
                Change::Open(Account { password, scram, .. })
                | Change::Password { password, scram, .. }
                | Change::Reset { password, scram, .. },
            ),
        ) = (self.password.take(), &mut self.change)
        {
            let with_keys = self.scram;
            let hashed = aid
                .hashed(move |memory| Ok((memory.hash(&given)?, with_keys.then(|| ScramKeys::of(&given)))));
            let Some((hash, keys)) = hashed else {
                self.change = None;
                return;
            };
            (*password, *scram) = (hash, keys);
        }
        self.change.take_if(|change| store::accounts::keep(aid.store, change).is_err());
    }

    /// A change that was kept is known even if the client has gone.
    fn settle(&mut self, world: &mut World) {
        if let Some(change) = self.change.take() {
            apply(world, change, self.by);
        }
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        let kept = self.change.is_some();
        self.settle(context.world);
        (self.then)(context, &self.account, kept);
    }
}
