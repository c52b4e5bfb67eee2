//! Those who keep the house: OPER, KILL, WALLOPS, KLINE and DLINE and their ends, REHASH, DIE, RESTART.
//! But for OPER, the dispatcher lets operators only come here.

use std::net::IpAddr;
use std::time::Duration;

use jiff::SignedDuration;
use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::context::{Context, Task};
use super::login::NAME_BYTES;
use super::modes;
use crate::language::Text;
use crate::password;
use crate::reply::Reply;
use crate::store::{Store, StoreError, bans};
use crate::user_modes::UserMode;
use crate::world::mask;
use crate::world::{Order, ServerBan, Target, Whose, World};

/// How long a wrong password makes the one who gave it wait.
const PENALTY: Duration = Duration::from_secs(1);

/// A claim to be an operator, while its password is checked, which takes time and happens without the lock.
#[derive(Debug)]
pub(super) struct Claim {
    name: String,
    /// Whether there is an operator of that name.
    is_known: bool,
    /// The password, or another operator's: for a name that is nobody's it takes as long to see that it is wrong.
    kept: String,
    given: String,
    /// Where the client comes from.
    address: IpAddr,
    /// How long earlier guesses make this one wait.
    wait: Duration,
    is_right: bool,
}

/// OPER: makes one a server operator.
pub(super) fn oper(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let [name, given, ..] = message.params()[..] else { return Ok(()) };
    let world = &*context.world;
    let operators = &world.config.operators;
    let some = operators.first().ok_or(Reply::NoOperHost)?;
    // A name that is nobody's is answered like a wrong password (Modern IRC, "OPER message").
    let operator = operators.iter().find(|operator| operator.name == name);
    let address = context.device().address.ip();
    let wait = world.guesses.wait(Some(whose(world, name)), address, world.now);
    context.task = Some(Box::new(Claim {
        name: name.to_owned(),
        is_known: operator.is_some(),
        kept: operator.unwrap_or(some).password.clone(),
        given: given.to_owned(),
        address,
        wait,
        is_right: false,
    }));
    Ok(())
}

/// Under what the guesses at an operator's password are counted. What is no operator's name may be long.
fn whose(world: &World, name: &str) -> Whose {
    Whose::Operator(world.config.casemapping.fold(truncate(name, NAME_BYTES)).into_owned())
}

impl Task for Claim {
    fn run(&mut self, _store: &Store, pause: &dyn Fn(Duration)) {
        if !self.wait.is_zero() {
            pause(self.wait);
        }
        self.is_right = password::is_right(&self.kept, &self.given) && self.is_known;
        if !self.is_right {
            pause(PENALTY);
        }
    }

    fn settle(&mut self, world: &mut World) {
        let whose = whose(world, &self.name);
        if self.is_right {
            world.guesses.right(whose);
        } else {
            world.guesses.wrong(Some(whose), self.address, world.now);
        }
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        self.settle(context.world);
        let nick = context.client().name().to_owned();
        if !self.is_right {
            // What is no operator's name may be the password, in the wrong place.
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
    let who = context.client().name().to_owned();
    let person = context.world.client(victim).expect("it was found");
    let (nick, source, tags) = (person.name().to_owned(), person.source().to_owned(), person.tags());
    let killed = Text::Killed(who.clone(), words.clone());
    let kill = context.world.line(format_args!(":{} KILL {nick} :{words}", context.client().source()));
    let kill = kill.with_tags(context.client().tags());
    // Whoever shares a room hears of the end by QUIT, and so does the one whose end it is (Modern IRC, "KILL message").
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
    let line = context.world.line(format_args!(":{} WALLOPS :{words}", context.client().source()));
    let line = line.with_tags(context.client().tags());
    let wanting = context.world.people().filter(|(_, client)| client.modes.has(UserMode::Wallops));
    for id in wanting.map(|(id, _)| id).collect::<Vec<_>>() {
        context.world.tell_person(id, |_, _| Some(&line));
    }
    Ok(())
}

/// KLINE: keeps people out by mask.
pub(super) fn kline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    ban(context, message, |typed| Some(Target::Mask(mask::complete(typed))))
}

/// DLINE: keeps a network out.
pub(super) fn dline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    ban(context, message, Target::network)
}

fn ban(context: &mut Context, message: &Message, read: fn(&str) -> Option<Target>) -> Result<(), Reply> {
    let mut params = message.params().iter().copied().peekable();
    let minutes =
        params.next_if(|param| param.bytes().all(|byte| byte.is_ascii_digit()) && !param.is_empty());
    let typed = params.next().filter(|typed| !typed.is_empty());
    let typed = typed.ok_or_else(|| Reply::NeedMoreParams(message.command().to_ascii_uppercase()))?;
    let Some(target) = read(typed) else {
        context.notice(&Text::NotATarget(typed.to_owned()));
        return Ok(());
    };
    let reason = params.next().filter(|reason| !reason.is_empty()).map(str::to_owned);
    let reason = reason.unwrap_or_else(|| context.say(&Text::NoReason));
    let until = minutes.and_then(|minutes| minutes.parse::<i64>().ok()).filter(|minutes| *minutes > 0);
    let until = until.and_then(|minutes| {
        context.world.now.checked_add(SignedDuration::from_secs(minutes.checked_mul(60)?)).ok()
    });
    let who = context.client().name().to_owned();
    let added = Text::KLineAdded(target.to_string(), who.clone(), reason.clone());
    context.notice(&added);
    context.world.note(added);
    let ban = ServerBan { target, reason: reason.clone(), who, until };
    // In force at once; that it is kept for the next start can wait for the disk.
    context.world.bans.add(ban.clone());
    let world = &*context.world;
    let casemapping = world.config.casemapping;
    let hit: Vec<_> = world
        .connections()
        .filter(|(id, client)| {
            world.person_of(*id) != context.me && client.is_registered() && !client.is_operator()
        })
        .filter(|(_, client)| world.bans.on_client(client, casemapping, world.now).is_some())
        .map(|(id, _)| id)
        .collect();
    for id in hit {
        context.world.notify(id, &Reply::YoureBanned(reason.clone()));
        context.world.disconnect(id, &Text::Banned(reason.clone()));
    }
    context.ask(
        move |connection| bans::keep(connection, &ban),
        |context, kept| warn_if_not_kept(context, &kept),
    );
    Ok(())
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
    lift(context, message, |typed| Some(Target::Mask(mask::complete(typed))))
}

/// UNDLINE: lifts a DLINE.
pub(super) fn undline(context: &mut Context, message: &Message) -> Result<(), Reply> {
    lift(context, message, Target::network)
}

fn lift(context: &mut Context, message: &Message, read: fn(&str) -> Option<Target>) -> Result<(), Reply> {
    let typed = message.param(0).unwrap_or_default();
    let who = context.client().name().to_owned();
    match read(typed) {
        None => context.notice(&Text::NotATarget(typed.to_owned())),
        Some(target) if context.world.bans.lift(&target) => {
            let lifted = Text::KLineLifted(target.to_string(), who);
            context.notice(&lifted);
            context.world.note(lifted);
            context.ask(
                move |connection| bans::lift(connection, &target),
                |context, kept| warn_if_not_kept(context, &kept),
            );
        }
        Some(target) => context.notice(&Text::NoSuchBan(target.to_string())),
    }
    Ok(())
}

/// REHASH: reads the configuration again. Nobody is dropped.
pub(super) fn rehash(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.reply(&Reply::Rehashing(context.world.config.name.clone()));
    context.world.order(Order::Rehash);
    Ok(())
}

/// DIE: stops the server.
pub(super) fn die(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.world.order(Order::Die);
    Ok(())
}

/// RESTART: stops the server and starts it again.
pub(super) fn restart(context: &mut Context, _: &Message) -> Result<(), Reply> {
    context.world.order(Order::Restart);
    Ok(())
}
