//! The commands of operators: OPER, KILL, WALLOPS, KLINE and DLINE and their ends, REHASH, DIE, RESTART.
//! The dispatcher lets only operators come here, except for OPER.

use std::iter::Peekable;
use std::time::Duration;

use jiff::SignedDuration;
use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::aid::Aid;
use super::context::{Context, Task};
use crate::auth::password::{Kept, is_right_in_clear};
use crate::commands::accounts::guess::Guess;
use crate::commands::accounts::login::NAME_BYTES;
use crate::commands::people::modes;
use crate::config::user_modes::UserMode;
use crate::store::{StoreError, bans};
use crate::text::duration;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{AskedBack, Order, Person, ServerBan, Target, Whose, World};

/// A wrong password makes the client wait this long.
const PENALTY: Duration = Duration::from_secs(1);

/// How long an operator may think about a ban of themselves before they are asked again.
const SECOND_THOUGHT: SignedDuration = SignedDuration::from_secs(60);

/// An attempt to be an operator, while its password is checked, which takes time and happens without the lock.
#[derive(Debug)]
pub(super) struct OperAttempt {
    name: String,
    /// Whether there is an operator of that name.
    is_known: bool,
    /// The password, or another operator's: for a name that is nobody's it takes as long to see that it is wrong.
    kept: String,
    given: String,
    guess: Guess,
}

/// OPER: makes the user a server operator.
pub(super) fn oper(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let [name, given, ..] = message.params()[..] else { return Ok(()) };
    let world = &*context.world;
    let operators = &world.config.operators;
    let some = operators.first().ok_or(Reply::NoOperHost)?;
    // A name that is nobody's is answered like a wrong password (Modern IRC, "OPER message").
    let operator = operators.iter().find(|operator| operator.name == name);
    // A name that is no operator's may be long.
    let whose = Whose::Operator(world.config.casemapping.fold(truncate(name, NAME_BYTES)).into_owned());
    context.task = Some(Box::new(OperAttempt {
        name: name.to_owned(),
        is_known: operator.is_some(),
        kept: operator.unwrap_or(some).password.clone(),
        given: given.to_owned(),
        guess: Guess::of(context, whose, PENALTY),
    }));
    Ok(())
}

impl Task for OperAttempt {
    fn run(&mut self, aid: &mut Aid) {
        let Self { is_known, kept, given, .. } = self;
        self.guess.run(aid, |aid| {
            if Kept::read(kept) == Ok(Kept::Clear) {
                return Some(is_right_in_clear(kept, given) && *is_known);
            }
            let (kept, given) = (kept.clone(), given.clone());
            Some(aid.hashed(move |memory| memory.is_right(&kept, &given))? && *is_known)
        });
    }

    fn settle(&mut self, world: &mut World) {
        self.guess.settle(world);
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        self.settle(context.world);
        if self.guess.is_due() {
            context.task = Some(self);
            return;
        }
        let nick = context.person().name().to_owned();
        if self.guess.is_unknown() {
            context.notice(&Text::NotChecked);
            return;
        }
        if !self.guess.is_right() {
            // A name that is no operator's may be the password, in the wrong place.
            context.world.note(if self.is_known {
                Text::WrongOperator(nick, self.name)
            } else {
                Text::NoSuchOperator(nick)
            });
            context.reply(&Reply::PasswordMismatch);
            return;
        }
        context.world.set_user_mode(context.me, UserMode::Operator, true);
        context.world.note(Text::BecameOperator(nick, self.name));
        context.reply(&Reply::YoureOper);
        modes::tell_user_modes(context, "+o");
    }
}

/// KILL: ends somebody's connection.
pub(super) fn kill(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let nick = message.param(0).unwrap_or_default();
    if nick == context.world.config.name {
        return Err(Reply::CantKillServer);
    }
    let victim = context.world.find(nick)?;
    let words = message.param(1).filter(|words| !words.is_empty()).map(str::to_owned);
    let words = words.unwrap_or_else(|| context.say(&Text::NoReason));
    let who = context.person().name().to_owned();
    let person = context.world.person(victim).expect("it was found");
    let (nick, source, tags) = (person.name().to_owned(), person.source().to_owned(), person.tags());
    let killed = Text::Killed(who.clone(), words.clone());
    let kill = context.world.line(format_args!(":{} KILL {nick} :{words}", context.person().source()));
    let kill = kill.with_tags(context.person().tags());
    // Everybody who shares a room hears of the end by QUIT, and so does the victim (Modern IRC, "KILL message").
    let quit = killed.to_string(context.world.config.language);
    let quit = context.world.line(format_args!(":{source} QUIT :{quit}")).with_tags(tags);
    for line in [kill, quit] {
        context.world.tell_person(victim, |_, _| Some(&line));
    }
    context.world.note(Text::OperatorKilled(who, nick, words));
    context.world.expel(victim, &killed);
    Ok(())
}

/// WALLOPS: says something to everybody who wants to hear it (`+w`).
pub(super) fn wallops(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let words = message.param(0).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| Reply::NeedMoreParams("WALLOPS".to_owned()))?;
    let line = context.world.line(format_args!(":{} WALLOPS :{words}", context.person().source()));
    let line = line.with_tags(context.person().tags());
    let wanting = context.world.people().filter(|(_, person)| person.modes.has(UserMode::Wallops));
    for id in wanting.map(|(id, _)| id).collect::<Vec<_>>() {
        context.world.tell_person(id, |_, _| Some(&line));
    }
    Ok(())
}

/// KLINE: keeps people out by mask.
pub(super) fn kline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    ban(context, message, |typed| Some(Target::mask(typed)))
}

/// DLINE: keeps a network out.
pub(super) fn dline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    ban(context, message, Target::network)
}

/// Reads somebody's words as the target of a ban.
type Read = fn(&str) -> Option<Target>;

fn ban(context: &mut Context, message: &Message, read: Read) -> Result<(), Reply> {
    let Wanted { typed, secs, reason } = Wanted::read(message.params())
        .ok_or_else(|| Reply::NeedMoreParams(message.command().to_ascii_uppercase()))?;
    let Some(target) = read(&typed) else {
        context.notice(&Text::NotATarget(typed));
        return Ok(());
    };
    if let Some(fault) = target.fault(context.world.config.nick_length) {
        context.notice(&fault);
        return Ok(());
    }
    let (me, now) = (context.me, context.world.now);
    let asked = context.world.asked_back.take();
    let is_meant = asked.is_some_and(|asked| {
        asked.who == me && asked.target == target && now.duration_since(asked.when).abs() < SECOND_THOUGHT
    });
    if context.world.would_hit(&target, me) && !is_meant {
        context.world.asked_back = Some(AskedBack { who: me, target: target.clone(), when: now });
        context.notice(&Text::BanIsForYou(target.to_string()));
        return Ok(());
    }
    let reason = if reason.is_empty() { context.say(&Text::NoReason) } else { reason };
    let who = context.person().name().to_owned();
    // A time without end is for good.
    let length = i64::try_from(secs).ok().filter(|secs| *secs > 0).map(SignedDuration::from_secs);
    let until = length.and_then(|length| now.checked_add(length).ok());
    let (banned, by, why) = (target.to_string(), who.clone(), reason.clone());
    let added = match until {
        Some(until) => {
            Text::BannedUntil(banned, by, why, until.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        }
        None => Text::KLineAdded(banned, by, why),
    };
    context.notice(&added);
    context.world.note(added);
    let ban = ServerBan { target, reason, who, since: Some(now), until };
    // The ban is in force at once; keeping it for the next start can wait for the disk.
    let replaced = context.world.add_ban(ban.clone());
    hint_at_account(context, &ban.target);
    context.world.turn_out_all(&ban);
    context.ask(
        move |connection| bans::keep(connection, &ban, &replaced),
        |context, kept| warn_if_not_kept(context, &kept),
    );
    Ok(())
}

/// Tells an operator who has banned a name that its owner has an account, and can come again under another name.
fn hint_at_account(context: &mut Context, target: &Target) {
    let Target::Mask(mask) = target else { return };
    let Some(person) = mask.strip_suffix("!*@*").and_then(|nick| context.world.find(nick).ok()) else {
        return;
    };
    let account = context.world.person(person).and_then(Person::account).map(str::to_owned);
    if let Some(account) = account.filter(|_| person != context.me) {
        let nick = mask.trim_end_matches("!*@*").to_owned();
        context.notice(&Text::BanTheAccount(nick, account));
    }
}

/// The words of an operator behind KLINE or DLINE, understood.
struct Wanted {
    typed: String,
    /// How long the ban is to last; 0 is for good.
    secs: u64,
    reason: String,
}

impl Wanted {
    /// The time stands before the target, or behind it; the rest is the reason, with a colon before it or not. `None`
    /// if nobody is named.
    fn read(params: &[&str]) -> Option<Self> {
        let words = words_of(params);
        let mut params = words.iter().map(String::as_str).peekable();
        let before = time(&mut params);
        let typed = params.next().filter(|typed| !typed.is_empty())?.to_owned();
        let secs = before.or_else(|| time(&mut params)).unwrap_or_default();
        Some(Self { typed, secs, reason: params.collect::<Vec<_>>().join(" ") })
    }
}

/// The words behind the command. An IPv6 address that begins with a colon takes everything behind it into one
/// parameter, and loses that colon; here it gets it back.
fn words_of(params: &[&str]) -> Vec<String> {
    let Some((last, before)) = params.split_last() else { return Vec::new() };
    let mut words: Vec<_> = before.iter().map(|word| (*word).to_owned()).collect();
    match last.strip_prefix(':').map(|_| last.split_once(' ').unwrap_or((last, ""))) {
        Some((address, rest)) => {
            // A client that knows the rule has sent a colon more.
            let lost = if address.starts_with("::") { "" } else { ":" };
            words.push(format!("{lost}{address}"));
            words.extend(Some(rest.trim_start_matches(':').to_owned()).filter(|rest| !rest.is_empty()));
        }
        None => words.push((*last).to_owned()),
    }
    words
}

/// Takes a time off the front of what was typed, if there is one: in seconds. A number alone counts minutes.
fn time<'m>(params: &mut Peekable<impl Iterator<Item = &'m str>>) -> Option<u64> {
    let secs = duration::seconds(params.peek()?, 60)?;
    params.next();
    Some(secs)
}

/// Says so when a change of the bans will be gone with the server.
fn warn_if_not_kept(context: &mut Context, kept: &Result<(), StoreError>) -> Result<(), Reply> {
    if kept.is_err() {
        context.notice(&Text::BanNotKept);
    }
    Ok(())
}

/// UNKLINE: lifts a KLINE.
pub(super) fn unkline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    lift(context, message, |typed| Some(Target::mask(typed)))
}

/// UNDLINE: lifts a DLINE.
pub(super) fn undline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    lift(context, message, Target::network)
}

fn lift(context: &mut Context, message: &Message, read: Read) -> Result<(), Reply> {
    let typed = words_of(message.params()).into_iter().next().unwrap_or_default();
    let who = context.person().name().to_owned();
    let Some(target) = read(&typed) else {
        context.notice(&Text::NotATarget(typed));
        return Ok(());
    };
    let lifted = context.world.lift_ban(&target);
    if lifted.is_empty() {
        context.notice(&Text::NoSuchBan(target.to_string()));
        return Ok(());
    }
    let text = Text::KLineLifted(target.to_string(), who);
    context.notice(&text);
    context.world.note(text);
    context.ask(
        move |connection| bans::lift(connection, &lifted),
        |context, kept| warn_if_not_kept(context, &kept),
    );
    Ok(())
}

/// REHASH: reads the configuration again. Nobody is dropped; a notice tells what came of it.
pub(super) fn rehash(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.reply(&Reply::Rehashing(context.world.config.name.clone()));
    context.world.order(Order::Rehash(Some(context.connection)));
    Ok(())
}

/// DIE: stops the server.
pub(super) fn die(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.world.order(Order::Die);
    Ok(())
}

/// RESTART: stops the server and starts it again, if it can be started.
pub(super) fn restart(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.world.order(Order::Restart(Some(context.connection)));
    Ok(())
}
