//! CHATHISTORY: what was said before ([draft/chathistory](https://ircv3.net/specs/extensions/chathistory)).
//!
//! The handler decides who may read what, under the lock, before it asks the store. A room's members read what was
//! said in it since it was opened (`World::may_read_since`). A user's private conversations are filed under the
//! account, or under the holder of the nickname. All other questions are refused in the same words, whether there is
//! something to read or not.

pub(super) mod read_markers;
pub(super) mod redact;
pub(super) mod search;

use std::sync::Arc;

use jiff::Timestamp;
use teahouse_protocol::{Message, batches, names, references};

use super::context::Context;
use crate::outbox::Cause;
use crate::store::history::{self, Edge, Window};
use crate::text::language::Text;
use crate::text::reply::{Reply, word};
use crate::world::{Capability, Entry, Kind, Line, Number, Said, Tags, Texts, party, place_of};

/// The most messages that one question brings (CHATHISTORY).
pub(super) const MOST_MESSAGES: usize = 100;

/// The most waiting messages that a user who comes back is shown: anybody can let any number of them wait.
const MOST_WAITING: usize = 1000;

/// The beginning and the end of all that is kept.
const FIRST: Edge = Edge::Message(Number::FIRST);
const LAST: Edge = Edge::Message(Number::LAST);

/// A place in time: `timestamp=` or `msgid=`.
#[derive(Clone, Copy)]
struct Point {
    /// The end of the point: what comes after the point is behind this edge.
    last: Edge,
    /// The beginning of the point: what comes before the point is before this edge.
    first: Edge,
}

/// Why a question is refused.
enum Refusal<'m> {
    Params(Text),
    /// This is no point in time.
    Time(&'m str),
    Target,
    Message,
}

/// CHATHISTORY: what was said in a room or between two people.
pub(super) fn chathistory(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.need_history("CHATHISTORY")?;
    let subcommand = message.param(0).unwrap_or_default().to_ascii_uppercase();
    if let Err(refusal) = answer(context, &subcommand, message) {
        let (shown, target) = (word(&subcommand), word(message.param(1).unwrap_or_default()));
        let (code, about, text) = match refusal {
            Refusal::Params(text) => ("INVALID_PARAMS", shown.to_owned(), text),
            Refusal::Time(typed) => {
                ("INVALID_PARAMS", format!("{shown} {}", word(typed)), Text::NotATimestamp)
            }
            Refusal::Target => ("INVALID_TARGET", format!("{shown} {target}"), Text::NoSuchHistory),
            Refusal::Message => ("MESSAGE_ERROR", format!("{shown} {target}"), Text::NoSuchHistory),
        };
        context.fail("CHATHISTORY", code, &about, &text);
    }
    Ok(())
}

fn answer<'m>(context: &mut Context, subcommand: &str, message: &Message<'m>) -> Result<(), Refusal<'m>> {
    let count = match subcommand {
        "BEFORE" | "AFTER" | "AROUND" | "LATEST" | "TARGETS" => 4,
        "BETWEEN" => 5,
        _ => return Err(Refusal::Params(Text::UnknownSubcommand)),
    };
    if message.params().len() != count || message.params().iter().any(|param| param.is_empty()) {
        return Err(Refusal::Params(Text::WrongNumberOfParameters));
    }
    let params: Vec<&str> = message.params().to_vec();
    let limit: usize = params[count - 1].parse().map_err(|_| Refusal::Params(Text::NotALimit))?;
    if limit == 0 {
        return Err(Refusal::Params(Text::NotALimit));
    }
    let limit = limit.min(MOST_MESSAGES);
    if subcommand == "TARGETS" {
        let (from, to) = (time(params[1])?, time(params[2])?);
        let (after, before) = between(from, to);
        targets(context, (after.number(), before.number()), is_later(from, to), limit);
        return Ok(());
    }
    let target = params[1];
    let point = |index: usize| point(params[index]);
    // Each part of the answer: behind what, before what, whether the newest of it, and how many.
    let parts = match subcommand {
        "BEFORE" => vec![(FIRST, point(2)?.first, true, limit)],
        "AFTER" => vec![(point(2)?.last, LAST, false, limit)],
        "LATEST" if params[2] == "*" => vec![(FIRST, LAST, true, limit)],
        "LATEST" => vec![(point(2)?.last, LAST, true, limit)],
        "AROUND" => {
            let middle = point(2)?.first;
            let before = limit / 2;
            vec![(FIRST, middle, true, before), (middle.just_before(), LAST, false, limit - before)]
        }
        _ => {
            let (from, to) = (point(2)?, point(3)?);
            let (after, before) = between(from, to);
            vec![(after, before, is_later(from, to), limit)]
        }
    };
    let Readable { name, places, since } = readable(context, target).ok_or(Refusal::Target)?;
    // Outside of a batch a JOIN or NICK of long ago would look like a new one.
    let events = context.has(Capability::EventPlayback) && context.has(Capability::Batch);
    let windows: Vec<_> = parts
        .into_iter()
        .map(|(after, before, newest, limit)| Window {
            places: places.clone(),
            after,
            before,
            since,
            limit,
            newest,
            events,
        })
        .collect();
    let read = move |connection: &rusqlite::Connection| {
        let parts = windows.iter().map(|window| history::read(connection, window));
        Ok(parts.collect::<rusqlite::Result<Vec<_>>>()?.concat())
    };
    let (subcommand, target) = (subcommand.to_owned(), target.to_owned());
    context.ask(read, move |context, found| {
        let Ok(entries) = found else {
            let about = format!("{subcommand} {target}");
            context.fail("CHATHISTORY", "MESSAGE_ERROR", &about, &Text::StoreUnavailable);
            return Ok(());
        };
        let batch = context.begin_batch(&format!("{} {name}", batches::CHATHISTORY));
        for entry in &entries {
            context.replay(entry, &name, batch);
        }
        context.end_batch(batch);
        Ok(())
    });
    Ok(())
}

/// The edges of what lies between two points, whichever is the earlier.
fn between(one: Point, other: Point) -> (Edge, Edge) {
    let (earlier, later) = if is_later(one, other) { (other, one) } else { (one, other) };
    (earlier.last, later.first)
}

fn is_later(one: Point, other: Point) -> bool {
    one.first.number() > other.first.number()
}

fn point(typed: &str) -> Result<Point, Refusal<'_>> {
    if let Some(msgid) = typed.strip_prefix(references::MSGID) {
        let number = Number::read(msgid).ok_or(Refusal::Message)?;
        return Ok(Point { last: Edge::Message(number), first: Edge::Message(number) });
    }
    time(typed)
}

/// `timestamp=2026-01-01T00:00:00.000Z`: the thousandth of a second that is meant, as others see it.
fn time(typed: &str) -> Result<Point, Refusal<'_>> {
    let time = read_time(typed).ok_or(Refusal::Time(typed))?;
    let first = time.as_microsecond();
    Ok(Point { first: Edge::Moment(first), last: Edge::Moment(first + 999) })
}

/// A time as `timestamp=` has it.
fn read_time(typed: &str) -> Option<Timestamp> {
    typed.strip_prefix(references::TIMESTAMP)?.parse().ok()
}

/// A conversation that somebody may read.
pub(super) struct Readable {
    /// The conversation's name.
    pub(super) name: String,
    /// The keys that it may be filed under.
    pub(super) places: Vec<String>,
    /// The number from which on it may be read.
    pub(super) since: Number,
}

/// The conversation that the client means, if it may read it.
pub(super) fn readable(context: &Context, target: &str) -> Option<Readable> {
    let (world, me) = (&*context.world, context.me);
    if names::is_channel(target) {
        let id = world.find_channel(target).ok()?;
        let since = world.may_read_since(me, id)?;
        let channel = world.channel(id);
        return Some(Readable { name: channel.name.clone(), places: vec![channel.place.to_string()], since });
    }
    let casemapping = world.config.casemapping;
    let (mine, since) = (party(context.person(), casemapping), reads_since(context));
    let folded = casemapping.fold(target);
    let (name, theirs) = match world.find(target).ok().and_then(|person| world.person(person)) {
        Some(person) => (person.name(), vec![party(person, casemapping)]),
        // Nobody has the name now: it means the account of that name, or else the people who had it.
        None => {
            let name = world.accounts.find(target).map_or(target, |account| &account.name);
            (name, vec![folded.as_str().to_owned(), format!("~{}", folded.as_str())])
        }
    };
    // An asterisk or a list is nobody's name.
    names::check_nickname(target, usize::MAX).ok()?;
    let places = theirs.iter().map(|theirs| place_of(&mine, theirs)).collect();
    Some(Readable { name: name.to_owned(), places, since })
}

/// The rooms that the client may read: what each is filed under, and from when on.
fn readable_rooms(context: &Context) -> Vec<(String, Number)> {
    let (world, me) = (&*context.world, context.me);
    let readable =
        |channel| Some((world.channel(channel).place.to_string(), world.may_read_since(me, channel)?));
    context.person().channels.iter().filter_map(|channel| readable(*channel)).collect()
}

/// When the user's private conversations begin to be readable: without an account, since taking the nickname.
fn reads_since(context: &Context) -> Number {
    let person = context.person();
    if person.account().is_some() { Number::FIRST } else { person.named }
}

impl Context<'_> {
    /// Goes on only where history is kept.
    ///
    /// # Errors
    /// ERR_UNKNOWNCOMMAND.
    fn need_history(&self, command: &str) -> Result<(), Reply> {
        if self.world.config.history { Ok(()) } else { Err(Reply::UnknownCommand(command.to_owned())) }
    }

    /// Begins a batch, if the client knows batches.
    fn begin_batch(&mut self, kind: &str) -> Option<Number> {
        if !self.has(Capability::Batch) {
            return None;
        }
        let batch = self.world.next_number();
        self.send(format_args!("BATCH +{batch} {kind}"));
        Some(batch)
    }

    fn end_batch(&mut self, batch: Option<Number>) {
        if let Some(batch) = batch {
            self.send(format_args!("BATCH -{batch}"));
        }
    }

    /// Sends something that was said before, as it was said; `target` is the room as it is called now.
    fn replay(&mut self, entry: &Entry, target: &str, batch: Option<Number>) {
        let Texts { source, account, target: person, tags, words } = entry.texts();
        let kind = entry.kind;
        if kind == Kind::Tagmsg && !self.has(Capability::MessageTags) {
            return;
        }
        let to = if person.is_empty() { target } else { person };
        // A clock that was ahead may have dated an entry; it is not shown as something of the future.
        let time = self.world.shown(entry.time);
        if words.contains(['\n', '\r']) {
            let tags = Tags {
                msgid: Some(entry.number),
                account: Some(account.to_owned()).filter(|account| !account.is_empty()),
                bot: entry.bot,
                client_only: tags.to_owned(),
                ..Tags::default()
            };
            let said = Said { source, command: kind.command(), target: to, words, time, tags };
            let knows = self.connection().takes_several_lines();
            let lines = if knows { said.in_batch(self.world, batch) } else { said.in_lines(batch) };
            for line in lines {
                self.world.tell(self.connection, &line, Cause::Answer);
            }
            return;
        }
        let account = Some(account).filter(|account| !account.is_empty());
        let extended = kind == Kind::Join && self.has(Capability::ExtendedJoin);
        let before = [":", source, " ", kind.command()];
        let line = |words: &[&str]| {
            let tags = Tags {
                msgid: Some(entry.number).filter(|_| kind.has_msgid()),
                account: account.map(str::to_owned),
                bot: entry.bot,
                batch,
                concat: false,
                client_only: tags.to_owned(),
            };
            Line::of(time, tags, &[&before[..], words].concat(), Box::default())
        };
        let line = match kind {
            Kind::Join if extended => line(&[" ", to, " ", account.unwrap_or("*"), " :", words]),
            Kind::Join | Kind::Tagmsg => line(&[" ", to]),
            Kind::Nick | Kind::Quit => line(&[" :", words]),
            Kind::Part if words.is_empty() => line(&[" ", to]),
            Kind::Kick | Kind::Mode => line(&[" ", to, " ", words]),
            Kind::Privmsg | Kind::Notice | Kind::Part | Kind::Topic => line(&[" ", to, " :", words]),
        };
        self.world.tell(self.connection, &line, Cause::Answer);
    }
}

/// CHATHISTORY TARGETS: the conversations whose last word was said in a time. If there are too many, the latest of
/// them if `newest`, else the earliest.
fn targets(context: &mut Context, bounds: (Number, Number), newest: bool, limit: usize) {
    let (mine, since) = (party(context.person(), context.world.config.casemapping), reads_since(context));
    let rooms = readable_rooms(context);
    let who = mine.clone();
    let find = move |connection: &rusqlite::Connection| {
        let mut found = history::targets(connection, (&who, since), &rooms, bounds)?;
        if newest {
            found.drain(..found.len().saturating_sub(limit));
        }
        found.truncate(limit);
        Ok(found)
    };
    context.ask(find, move |context, found| {
        let Ok(found) = found else {
            context.fail("CHATHISTORY", "MESSAGE_ERROR", "TARGETS", &Text::StoreUnavailable);
            return Ok(());
        };
        let batch = context.begin_batch(batches::CHATHISTORY_TARGETS);
        for last in found {
            let name = name_of_conversation(context, &last, &mine);
            let words = format!("CHATHISTORY TARGETS {name} {:.3}", context.world.shown(last.time));
            let server = context.world.config.name.clone();
            let tags = Tags { batch, ..Tags::default() };
            let line = context.world.line(format_args!(":{server} {words}")).with_tags(tags);
            context.world.tell(context.connection, &line, Cause::Answer);
        }
        context.end_batch(batch);
        Ok(())
    });
}

/// Shows a user who has come back what was said to the account meanwhile, once. A client that can ask for it does so.
pub(super) fn deliver_waiting(context: &mut Context) {
    let person = context.person();
    if person.account().is_none() || !person.is_registered() || !context.world.config.history {
        return;
    }
    let me = party(person, context.world.config.casemapping);
    context.ask(
        move |connection| history::take_waiting(connection, &me, MOST_WAITING),
        |context, waited| {
            if !context.has(Capability::ChatHistory) {
                let (name, waited) = (context.person().name().to_owned(), waited.unwrap_or_default());
                if waited.len() == MOST_WAITING {
                    context.notice(&Text::MuchWaited(MOST_WAITING.to_string()));
                }
                for entry in waited {
                    context.replay(&entry, &name, None);
                }
            }
            Ok(())
        },
    );
}

/// The name of a conversation, for the participant who is filed as `mine`.
fn name_of_conversation(context: &Context, last: &Entry, mine: &str) -> String {
    let world = &*context.world;
    let place: &Arc<str> = &last.place;
    if place.starts_with('#') {
        let channel = world.find_channel(place);
        return channel.map_or_else(|_| place.to_string(), |channel| world.channel(channel).name.clone());
    }
    let (one, other) = place.split_once(' ').unwrap_or((place, place));
    let theirs = if one == mine { other } else { one };
    let theirs = theirs.strip_prefix('~').unwrap_or(theirs);
    // As it was last written, if that is the name.
    let Texts { source, target, .. } = last.texts();
    let nick = source.split('!').next().unwrap_or(source);
    let casemapping = world.config.casemapping;
    let written = [nick, target].into_iter().find(|written| casemapping.fold(written).as_str() == theirs);
    written.unwrap_or(theirs).to_owned()
}
