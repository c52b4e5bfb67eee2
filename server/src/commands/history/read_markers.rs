//! MARKREAD: how far somebody has read ([draft/read-marker](https://ircv3.net/specs/extensions/read-marker)).
//!
//! A marker belongs to the account, and all its clients hear of it. A user without an account has one for as long as
//! the connection lasts. Nobody learns of anybody else's.

use teahouse_protocol::references::TIMESTAMP;
use teahouse_protocol::{Message, names};

use crate::commands::context::Context;
use crate::commands::history::read_time;
use crate::outbox::Cause;
use crate::text::language::Text;
use crate::text::reply::{Reply, word};
use crate::world::{Capability, ChannelId, ConnectionId, Number};

/// MARKREAD: asks how far the user has read in a conversation, or says it.
pub(in crate::commands) fn markread(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let target = message.param(0).unwrap_or_default();
    if target.is_empty() {
        context.fail("MARKREAD", "NEED_MORE_PARAMS", "", &Text::WrongNumberOfParameters);
        return Ok(());
    }
    let valid = if names::is_channel(target) {
        names::check_channel(target).is_ok()
    } else {
        names::check_nickname(target, usize::MAX).is_ok()
    };
    if !valid {
        context.fail("MARKREAD", "INVALID_PARAMS", word(target), &Text::NoSuchHistory);
        return Ok(());
    }
    let Some(typed) = message.param(1) else {
        tell_marker(context, target);
        return Ok(());
    };
    let Some(time) = read_time(typed) else {
        context.fail("MARKREAD", "INVALID_PARAMS", word(typed), &Text::NotATimestamp);
        return Ok(());
    };
    // A marker never goes back, so a client whose clock is ahead would have read for good what is yet to be said. The
    // present is the time that a message said now would have.
    let next = context.world.next_number();
    let read = Number::at(time).min(Number::at(context.world.time_of(next)));
    match context.world.mark_read(context.me, target, read) {
        true => {
            let all = context.world.connections_of_same_reader(context.me);
            for id in all {
                let knows = context.world.connection(id).is_some_and(|it| it.has(Capability::ReadMarker));
                if id == context.connection || knows {
                    let line = line(context, target);
                    let cause = if id == context.connection { Cause::Answer } else { Cause::Others };
                    context.world.tell(id, &line, cause);
                }
            }
        }
        // The marker that is there is later.
        false => tell_marker(context, target),
    }
    Ok(())
}

/// Tells a connection whose person comes into a room how far the person has read there.
pub(in crate::commands) fn tell_on_arrival(
    context: &mut Context,
    connection: ConnectionId,
    channel: ChannelId,
) {
    if context.world.connection(connection).is_some_and(|it| it.has(Capability::ReadMarker)) {
        let line = line(context, &context.world.channel(channel).name);
        let cause = if connection == context.connection { Cause::Answer } else { Cause::Others };
        context.world.tell(connection, &line, cause);
    }
}

fn tell_marker(context: &mut Context, target: &str) {
    let line = line(context, target);
    context.world.tell(context.connection, &line, Cause::Answer);
}

fn line(context: &Context, target: &str) -> crate::world::Line {
    let server = &context.world.config.name;
    let words = format_args!(":{server} MARKREAD {target}");
    match context.world.marker(context.me, target) {
        Some(marker) => context.world.line(format_args!("{words} {TIMESTAMP}{:.3}", marker.time())),
        None => context.world.line(format_args!("{words} *")),
    }
}
