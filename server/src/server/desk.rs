//! The owner of the machine sees and does this from the shell, whether the server runs or not: `bans` and `accounts`.
//!
//! A server that runs is asked over its [control](super::control) socket, since it has all bans and accounts in memory;
//! without one the [command line](crate::archive) does the same with the database itself. Either way [`carry_out`] does
//! it, with the same [`Shared`] around the world.

use jiff::Timestamp;
use serde_json::{Value, json};
use teahouse_protocol::text::escape;

use crate::auth::password::{self, ScramKeys};
use crate::commands::{apply, end_logins};
use crate::session::Shared;
use crate::store::{accounts, bans};
use crate::text::language::{Language, Text};
use crate::world::{Account, Change, ConnectionId, ServerBan, Target};

/// The first words of the orders that are done here.
pub(crate) const WORDS: [&str; 2] = ["bans", "accounts"];

/// How to say it.
pub(crate) fn usage(language: Language) -> &'static str {
    language.choose(
        "usage: teahouse-server [...] bans list | bans lift TARGET\n       \
         teahouse-server [...] accounts list | accounts logout NAME | accounts reset NAME\n       \
         teahouse-server [...] accounts suspend NAME [REASON] | accounts unsuspend NAME",
        "用法：teahouse-server [...] bans list | bans lift 目标\n      \
         teahouse-server [...] accounts list | accounts logout 名字 | accounts reset 名字\n      \
         teahouse-server [...] accounts suspend 名字 [原因] | accounts unsuspend 名字",
    )
}

/// Whether there is such an order.
pub(crate) fn makes_sense(words: &[String]) -> bool {
    Order::read(words).is_some()
}

/// The outcome of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// For standard output: what was asked for, a line each.
    pub(crate) shown: Vec<String>,
    /// For standard error: who did it, what was done, or why it was not.
    pub(crate) said: Vec<String>,
    pub(crate) is_done: bool,
}

impl Outcome {
    fn shown(shown: Vec<String>) -> Self {
        Self { shown, said: Vec::new(), is_done: true }
    }

    fn done(text: &Text, language: Language) -> Self {
        Self { shown: Vec::new(), said: vec![text.to_string(language)], is_done: true }
    }

    pub(crate) fn failed(text: &Text, language: Language) -> Self {
        Self { is_done: false, ..Self::done(text, language) }
    }
}

/// Answers a question that came over the control socket.
pub(crate) fn answer(shared: &Shared, question: &str) -> String {
    let read = || -> Option<(Language, Vec<String>)> {
        let question: Value = serde_json::from_str(question).ok()?;
        let words = question.get("words")?.as_array()?.iter();
        let words = words.map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        Some((Language::from_code(question.get("language")?.as_str()?)?, words))
    };
    let Some((language, words)) = read() else { return String::new() };
    let Outcome { shown, said, is_done } = carry_out(shared, &words, language);
    json!({ "shown": shown, "said": said, "is_done": is_done }).to_string()
}

impl Outcome {
    pub(crate) fn read(answer: &str) -> Option<Self> {
        let answer: Value = serde_json::from_str(answer).ok()?;
        let lines = |key: &str| -> Option<Vec<String>> {
            let lines = answer.get(key)?.as_array()?.iter();
            lines.map(|line| line.as_str().map(str::to_owned)).collect()
        };
        Some(Self {
            shown: lines("shown")?,
            said: lines("said")?,
            is_done: answer.get("is_done")?.as_bool()?,
        })
    }
}

/// An order, understood.
enum Order<'w> {
    ListBans,
    LiftBan(&'w str),
    ListAccounts,
    LogOut(&'w str),
    Suspend(&'w str, String),
    Unsuspend(&'w str),
    Reset(&'w str),
}

impl<'w> Order<'w> {
    fn read(words: &'w [String]) -> Option<Self> {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Some(match words[..] {
            ["bans", "list"] => Self::ListBans,
            ["bans", "lift", target] => Self::LiftBan(target),
            ["accounts", "list"] => Self::ListAccounts,
            ["accounts", "logout", name] => Self::LogOut(name),
            ["accounts", "suspend", name, ref reason @ ..] => Self::Suspend(name, reason.join(" ")),
            ["accounts", "unsuspend", name] => Self::Unsuspend(name),
            ["accounts", "reset", name] => Self::Reset(name),
            _ => return None,
        })
    }
}

/// Does what the words say.
pub(crate) fn carry_out(shared: &Shared, words: &[String], language: Language) -> Outcome {
    let done = match Order::read(words) {
        // The shell is another version's.
        None => Err(Text::ServiceUsage(usage(language).to_owned())),
        Some(Order::ListBans) => Ok(list_bans(shared)),
        Some(Order::LiftBan(target)) => lift_ban(shared, target, language),
        Some(Order::ListAccounts) => Ok(list_accounts(shared)),
        Some(Order::LogOut(name)) => log_out(shared, name, language),
        Some(Order::Suspend(name, reason)) => suspend(shared, name, Some(reason), language),
        Some(Order::Unsuspend(name)) => suspend(shared, name, None, language),
        Some(Order::Reset(name)) => reset(shared, name, language),
    };
    done.unwrap_or_else(|why| Outcome::failed(&why, language))
}

/// Columns with tabs between them, so that programs can read them, and a dash for what there is not; nothing in them
/// plays tricks on a terminal.
fn columns(columns: &[&str]) -> String {
    let shown = columns.iter().map(|text| if text.is_empty() { "-".into() } else { escape(text) });
    shown.collect::<Vec<_>>().join("\t")
}

fn time(time: Option<Timestamp>) -> String {
    time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

fn list_bans(shared: &Shared) -> Outcome {
    let bans: Vec<_> = shared.with_world(|world| world.bans.in_force(world.now).cloned().collect());
    let line = |ServerBan { target, reason, who, since, until }: &ServerBan| {
        columns(&[&target.to_string(), who, &time(*since), &time(*until), reason])
    };
    Outcome::shown(bans.iter().map(line).collect())
}

/// Lifts the ban that is shown so, or that is the same when it is typed otherwise.
fn lift_ban(shared: &Shared, typed: &str, language: Language) -> Result<Outcome, Text> {
    let lifted = shared.with_world(|world| {
        let wanted = [Target::network(typed), Some(Target::mask(typed))];
        let mut lifted = wanted.iter().flatten().map(|target| world.lift_ban(target));
        let lifted = lifted.find(|lifted| !lifted.is_empty()).unwrap_or_default();
        for target in &lifted {
            world.note(Text::LiftedFromShell(target.to_string()));
        }
        lifted
    });
    let Some(target) = lifted.first().map(ToString::to_string) else {
        return Err(Text::NoSuchBan(typed.to_owned()));
    };
    shared.store.ask(move |connection| bans::lift(connection, &lifted)).map_err(|_| Text::BanNotKept)?;
    Ok(Outcome::done(&Text::LiftedFromShell(target), language))
}

fn list_accounts(shared: &Shared) -> Outcome {
    let mut lines = shared.with_world(|world| {
        let line = |account: &Account| {
            let people = world.logged_in_to(&account.name).iter();
            let online: usize = people.map(|person| world.connections_of(*person).len()).sum();
            let since = time(Some(account.since));
            columns(&[
                &account.name,
                &since,
                &online.to_string(),
                account.suspended.as_deref().unwrap_or_default(),
            ])
        };
        world.accounts.all().map(line).collect::<Vec<_>>()
    });
    lines.sort();
    Outcome::shown(lines)
}

/// The account's name as its owner writes it.
fn account(shared: &Shared, name: &str) -> Result<String, Text> {
    let found = shared.with_world(|world| world.accounts.find(name).map(|account| account.name.clone()));
    found.ok_or_else(|| Text::NoSuchAccount(name.to_owned()))
}

fn log_out(shared: &Shared, name: &str, language: Language) -> Result<Outcome, Text> {
    let name = account(shared, name)?;
    shared.with_world(|world| end_logins(world, &name, None, &Text::LoggedOut));
    Ok(Outcome::done(&Text::AccountLoggedOut(name), language))
}

fn suspend(shared: &Shared, name: &str, reason: Option<String>, language: Language) -> Result<Outcome, Text> {
    let account = account(shared, name)?;
    let reason =
        reason.map(|reason| if reason.is_empty() { Text::NoReason.to_string(language) } else { reason });
    let text = match &reason {
        Some(reason) => Text::AccountSuspended(account.clone(), reason.clone()),
        None => Text::AccountUnsuspended(account.clone()),
    };
    make(shared, Change::Suspension { account, reason })?;
    Ok(Outcome::done(&text, language))
}

fn reset(shared: &Shared, name: &str, language: Language) -> Result<Outcome, Text> {
    let account = account(shared, name)?;
    let config = shared.config.lock().clone();
    let made_up = password::make_up(config.min_password_length);
    let password = password::hash(&made_up).map_err(|error| Text::CannotStart(error.to_string()))?;
    let scram = config.scram.then(|| ScramKeys::of(&made_up));
    make(shared, Change::Reset { account: account.clone(), password, scram })?;
    let mut outcome = Outcome::done(&Text::PasswordReset(account), language);
    outcome.shown.push(made_up);
    Ok(outcome)
}

/// Keeps a change, and then makes it, with all that follows from it.
fn make(shared: &Shared, change: Change) -> Result<(), Text> {
    accounts::keep(&shared.store, &change).map_err(|error| error.text())?;
    // In nobody's name: there is no connection to be spared.
    shared.with_world(|world| apply(world, change, ConnectionId::default()));
    Ok(())
}
