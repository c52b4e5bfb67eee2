//! REDACT: takes back what was said ([draft/message-redaction](https://ircv3.net/specs/extensions/message-redaction)).

use jiff::SignedDuration;
use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, names};

use crate::commands::context::Context;
use crate::commands::history::{Readable, readable};
use crate::store::history::{self, Redaction};
use crate::text::language::Text;
use crate::text::reply::{Reply, word};
use crate::world::{Hearers, Line, Number, Others, Rank, Reads, Tags};

/// How long users can take back their own words.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// The longest reason, in bytes.
const REASON_BYTES: usize = 200;

/// REDACT: takes a message out of the history and tells the clients that know redactions. Users may take back their
/// own words for a day; operators of the room and of the server anybody's.
pub(in crate::commands) fn redact(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.need_history("REDACT")?;
    let [target, msgid, ..] = message.params()[..] else {
        return Err(Reply::NeedMoreParams("REDACT".to_owned()));
    };
    let (target, msgid) = (target.to_owned(), msgid.to_owned());
    let reason = message.param(2).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| truncate(reason, REASON_BYTES).to_owned());
    let Some(Readable { places, since, .. }) = readable(context, &target) else {
        context.fail("REDACT", "INVALID_TARGET", word(&target), &Text::NoSuchHistory);
        return Ok(());
    };
    let Some(number) = Number::read(&msgid).filter(|number| *number > since) else {
        refuse(context, "UNKNOWN_MSGID", &target, &msgid, "", &Text::NoSuchMessage);
        return Ok(());
    };
    let person = context.person();
    let account = person.account().and_then(|account| context.world.accounts.find(account));
    let redaction = Redaction {
        places,
        number,
        account: account.map(|account| account.name.clone()),
        source: person.source().to_owned(),
        since: account.map_or(person.named, |account| Number::at(account.since)),
        may_any: person.is_operator() || is_room_operator(context, &target),
        oldest: Number::at(context.world.now.checked_sub(WINDOW).unwrap_or_default()),
    };
    context.ask(
        move |connection| history::redact(connection, &redaction),
        move |context, outcome| {
            match outcome {
                Ok(history::Redacted::Done) => tell(context, &target, &msgid, reason.as_deref()),
                Ok(history::Redacted::Forbidden) => {
                    refuse(context, "REDACT_FORBIDDEN", &target, &msgid, "", &Text::MayNotRedact);
                }
                Ok(history::Redacted::TooLate) => {
                    let window = format!(" {}", WINDOW.as_secs());
                    refuse(
                        context,
                        "REDACT_WINDOW_EXPIRED",
                        &target,
                        &msgid,
                        &window,
                        &Text::TooLateToRedact,
                    );
                }
                Ok(history::Redacted::Unknown) => {
                    refuse(context, "UNKNOWN_MSGID", &target, &msgid, "", &Text::NoSuchMessage);
                }
                Err(error) => {
                    refuse(context, "TEMPORARILY_UNAVAILABLE", &target, &msgid, "", &error.text());
                }
            }
            Ok(())
        },
    );
    Ok(())
}

fn refuse(context: &mut Context, code: &str, target: &str, msgid: &str, more: &str, text: &Text) {
    context.fail("REDACT", code, &format!("{} {}{more}", word(target), word(msgid)), text);
}

fn is_room_operator(context: &Context, target: &str) -> bool {
    let channel = context.world.find_channel(target).ok();
    channel.is_some_and(|channel| context.world.channel(channel).ranks(context.me).at_least(Rank::Operator))
}

/// Tells the clients that hear what is said to the target, as far as they know redactions.
fn tell(context: &mut Context, target: &str, msgid: &str, reason: Option<&str>) {
    let (me, speaker, reads) = (context.me, context.connection, Reads::Redactions);
    let number = context.world.next_number();
    let line = |context: &Context, to: &str| {
        let source = context.person().source();
        let (colon, reason) = reason.map_or(("", ""), |reason| (" :", reason));
        let words = [":", source, " REDACT ", to, " ", msgid, colon, reason];
        let tags = Tags { msgid: Some(number), ..context.person().tags() };
        Line::of(context.world.time_of(number), tags, &words, Box::default())
    };
    if names::is_channel(target) {
        let Ok(channel) = context.world.find_channel(target) else { return };
        let line = line(context, &context.world.channel(channel).name);
        context.world.say(speaker, channel, &line, Hearers { least: None, reads });
        return;
    }
    let person = context.world.find(target).ok();
    let name = person.and_then(|person| context.world.person(person)).map(|person| person.name().to_owned());
    let line = line(context, name.as_deref().unwrap_or(target));
    if let Some(person) = person.filter(|person| *person != me) {
        context.world.tell_readers(person, &line, reads);
    }
    context.world.tell_own(speaker, &line, reads, Others::Hear);
}
