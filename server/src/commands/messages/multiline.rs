//! BATCH: messages of several lines ([draft/multiline](https://ircv3.net/specs/extensions/multiline)).
//!
//! A client opens a batch, says its lines and closes it; only then is anything delivered. A client that knows such
//! batches gets a batch, and everybody else gets the lines one by one.

use teahouse_protocol::{Message, batches, failures, names, tags};

use crate::commands::context::Context;
use crate::commands::messages::speech::{self, Speech};
use crate::text::language::Text;
use crate::text::reply::{Reply, word};
use crate::world::{Capability, Draft, Hearers, Kind, Line, Number, Others, Reads, Said, Tags};

/// How long a message may be, in bytes; each new line counts as a byte.
pub(in crate::commands) const MOST_BYTES: usize = 8192;
/// How many lines it may have.
pub(in crate::commands) const MOST_LINES: usize = 64;
/// The longest reference, in bytes.
const REFERENCE_BYTES: usize = 64;

/// BATCH: opens or closes a message of several lines.
pub(in crate::commands) fn batch(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if !context.has(Capability::Multiline) {
        return Err(Reply::UnknownCommand("BATCH".to_owned()));
    }
    let reference = message.param(0).unwrap_or_default();
    match reference.split_at_checked(1) {
        Some(("+", reference)) => open(context, reference, message),
        Some(("-", reference)) => return close(context, reference),
        _ => invalid(context),
    }
    Ok(())
}

fn open(context: &mut Context, reference: &str, message: &Message) {
    let (kind, target) = (message.param(1).unwrap_or_default(), message.param(2).unwrap_or_default());
    let is_reference = (1..=REFERENCE_BYTES).contains(&reference.len());
    if kind != batches::MULTILINE || target.is_empty() || !is_reference {
        return invalid(context);
    }
    // The answer comes when the batch is closed.
    let label = context.world.forget_capture();
    let draft = Draft {
        reference: reference.to_owned(),
        target: target.to_owned(),
        command: None,
        words: String::new(),
        lines: 0,
        client_only: speech::client_only(context.tags),
        label,
        refused: false,
    };
    if let Some(dropped) = context.world.connection_mut(context.connection).draft.replace(Box::new(draft)) {
        answer_to(context, dropped.label);
        invalid(context);
    }
}

/// The next words answer the client that opened a batch, if there is a label for it.
fn answer_to(context: &mut Context, label: Option<String>) {
    if let Some(label) = label {
        context.world.begin_capture(context.connection, &label);
    }
}

/// Takes a PRIVMSG or NOTICE that is a line of a longer message. Returns whether it was such a line.
pub(super) fn take_line(context: &mut Context, command: &'static str, message: &Message) -> bool {
    let Some(reference) = context.tags.get(tags::BATCH).filter(|_| context.has(Capability::Multiline)) else {
        return false;
    };
    let casemapping = context.world.config.casemapping;
    let draft = context.world.connection_mut(context.connection).draft.as_mut();
    let Some(draft) = draft.filter(|draft| draft.reference == reference) else {
        invalid(context);
        return true;
    };
    if draft.refused {
        return true;
    }
    let (target, text) = (message.param(0).unwrap_or_default(), message.param(1).unwrap_or_default());
    let concat = context.tags.get(tags::MULTILINE_CONCAT).is_some();
    let is_first = draft.lines == 0;
    let bytes = draft.words.matches(|c| c != '\r').map(str::len).sum::<usize>();
    let bytes = bytes + text.len() + usize::from(!is_first && !concat);
    let mixed = draft.command.is_some_and(|before| before != command);
    let refusal = if !casemapping.same(target, &draft.target) {
        let about = format!("{} {}", word(&draft.target), word(target));
        Some(("MULTILINE_INVALID_TARGET", about, Text::OtherTarget))
    } else if mixed || (concat && (text.is_empty() || is_first)) {
        Some(("MULTILINE_INVALID", String::new(), Text::InvalidBatch))
    } else if bytes > MOST_BYTES {
        Some((failures::MULTILINE_MAX_BYTES, MOST_BYTES.to_string(), Text::BatchTooLong))
    } else if draft.lines == MOST_LINES {
        Some((failures::MULTILINE_MAX_LINES, MOST_LINES.to_string(), Text::BatchTooLong))
    } else {
        None
    };
    if let Some((code, about, text)) = refusal {
        draft.refused = true;
        let label = draft.label.take();
        answer_to(context, label);
        context.fail("BATCH", code, &about, &text);
        return true;
    }
    if !is_first {
        draft.words.push(if concat { '\r' } else { '\n' });
    }
    draft.words.push_str(text);
    draft.lines += 1;
    draft.command = Some(command);
    true
}

fn close(context: &mut Context, reference: &str) -> Result<(), Reply> {
    let draft = &mut context.world.connection_mut(context.connection).draft;
    let Some(mut draft) = draft.take_if(|draft| draft.reference == reference) else {
        invalid(context);
        return Ok(());
    };
    if draft.refused {
        return Ok(());
    }
    answer_to(context, draft.label.take());
    let blank = draft.words.chars().all(|c| matches!(c, '\r' | '\n'));
    let Some(command) = draft.command.filter(|_| !blank) else {
        invalid(context);
        return Ok(());
    };
    if command == "PRIVMSG" {
        speech::note_speech(context);
    }
    let outcome = deliver(context, &draft, command);
    // Nothing answers a notice, not even the server with an error.
    if command == "NOTICE" { Ok(()) } else { outcome }
}

fn invalid(context: &mut Context) {
    context.fail("BATCH", "MULTILINE_INVALID", "", &Text::InvalidBatch);
}

/// Delivers a message of several lines to a room, to its members of some rank, or to one person.
fn deliver(context: &mut Context, draft: &Draft, command: &'static str) -> Result<(), Reply> {
    let (rank, channel) = speech::rank_and_channel(&draft.target);
    if names::is_channel(channel) {
        to_channel(context, draft, command, rank, channel)
    } else {
        to_person(context, draft, command)
    }
}

fn to_channel(
    context: &mut Context,
    draft: &Draft,
    command: &'static str,
    rank: &str,
    name: &str,
) -> Result<(), Reply> {
    let said = Speech { command, text: Some(&draft.words) };
    let channel = speech::channel_to_speak_in(context, name, said)?;
    let (me, number, least) = (context.me, context.world.next_number(), speech::rank_of(rank));
    let target = format!("{rank}{}", context.world.channel(channel).name);
    tell(context, draft, command, number, &target, |context, line, reads| {
        context.world.say(context.connection, channel, line, Hearers { least, reads });
    });
    if least.is_none() {
        let kind = kind_of(command);
        context.world.keep_said(me, channel, number, kind, &draft.client_only, &draft.words);
    }
    Ok(())
}

fn to_person(context: &mut Context, draft: &Draft, command: &'static str) -> Result<(), Reply> {
    let me = context.me;
    let to = match context.world.find(&draft.target) {
        Ok(to) => to,
        Err(refusal) => return to_absent(context, draft, command, &draft.target).unwrap_or(Err(refusal)),
    };
    let person = context.world.person(to).expect("it was found");
    speech::may_hear(context, person)?;
    let (name, account) = (person.name().to_owned(), person.account().map(str::to_owned));
    if let Some(account) = account.filter(|_| !context.world.is_connected(to))
        && let Some(outcome) = to_absent(context, draft, command, &account)
    {
        return outcome;
    }
    let number = context.world.next_number();
    let others = if to == me { Others::DoNotHear } else { Others::Hear };
    tell(context, draft, command, number, &name, |context, line, reads| {
        context.world.tell_unlabelled(to, line, reads);
        context.world.tell_own(context.connection, line, reads, others);
    });
    context.world.keep_private(me, to, number, kind_of(command), &draft.client_only, &draft.words);
    speech::say_if_away(context, to, command)
}

/// Lets words wait for somebody who has an account and is not here. `None` if there is nobody they could wait for.
fn to_absent(
    context: &mut Context,
    draft: &Draft,
    command: &'static str,
    account: &str,
) -> Option<Result<(), Reply>> {
    let name = context.world.accounts.find(account)?.name.clone();
    let number = context.world.next_number();
    let (kind, tags) = (kind_of(command), &draft.client_only);
    if !context.world.keep_waiting(context.me, &name, number, kind, tags, &draft.words) {
        return None;
    }
    tell(context, draft, command, number, &name, |context, line, reads| {
        context.world.tell_own(context.connection, line, reads, Others::Hear);
    });
    Some(speech::say_that_it_waits(context, name, command))
}

fn kind_of(command: &str) -> Kind {
    Kind::from_command(command).expect("PRIVMSG or NOTICE")
}

/// Makes the lines of a message, for clients that know several lines and for clients that do not; `to_all` tells each
/// line to the people it concerns.
fn tell(
    context: &mut Context,
    draft: &Draft,
    command: &'static str,
    number: Number,
    target: &str,
    to_all: impl Fn(&mut Context, &Line, Reads),
) {
    let tags =
        Tags { msgid: Some(number), client_only: draft.client_only.clone(), ..context.person().tags() };
    let source = context.person().source().to_owned();
    let time = context.world.time_of(number);
    let said = Said { source: &source, command, target, words: &draft.words, time, tags };
    let batch = said.in_batch(context.world, None);
    for (lines, reads) in [(batch, Reads::SeveralLines), (said.in_lines(None), Reads::LineByLine)] {
        for line in &lines {
            to_all(context, line, reads);
        }
    }
}
