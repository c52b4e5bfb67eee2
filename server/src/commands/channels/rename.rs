//! RENAME: another name for the same room.

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::WORDS_BYTES;
use super::join::{arrival_lines, show_room};
use super::leave::departure_line;
use crate::commands::context::Context;
use crate::outbox::Cause;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Capability, Connection, Rank};

/// RENAME: gives a room another name ([draft/channel-rename](https://ircv3.net/specs/extensions/channel-rename)). A
/// client that does not know of such a thing sees everybody leave the old room and enter the new one.
pub(in crate::commands) fn rename(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (old, new) = (message.param(0).unwrap_or_default(), message.param(1).unwrap_or_default());
    let words = truncate(message.param(2).unwrap_or_default(), WORDS_BYTES).to_owned();
    let channel = context.world.joined(context.me, old)?;
    let old = context.world.channel(channel).name.clone();
    // The owner would not find the room again.
    let is_owned = context.world.channel(channel).registration.is_some();
    context.need_rank(channel, if is_owned { Rank::Founder } else { Rank::Operator })?;
    let there = context.world.find_channel(new).ok();
    let allowed = if there == Some(channel) { Ok(()) } else { context.world.may_open(new) };
    let looks = match allowed {
        Ok(()) => None,
        Err(Reply::BadChanName(_, other)) => Some(other).filter(|other| *other != old),
        Err(refusal) => return Err(refusal),
    };
    if context.world.is_lobby(context.world.channel(channel)) {
        context.fail("RENAME", "CANNOT_RENAME", &format!("{old} {new}"), &Text::CannotRename);
        return Ok(());
    }
    if there.is_some_and(|taken| taken != channel) {
        context.fail("RENAME", "CHANNEL_NAME_IN_USE", &format!("{old} {new}"), &Text::ChannelNameInUse);
        return Ok(());
    }
    if let Some(other) = looks {
        context.fail("RENAME", "CHANNEL_NAME_IN_USE", &format!("{old} {new}"), &Text::LooksLikeRoom(other));
        return Ok(());
    }
    let knows = |connection: &Connection| connection.has(Capability::ChannelRename);
    // In another case the name is the same for everybody else, too.
    let is_other_name = !context.world.config.casemapping.same(&old, new);
    let members = context.world.channel(channel).members().map(|(id, _)| id).filter(|_| is_other_name);
    let connections = members.flat_map(|member| context.world.connections_of(member));
    let moved: Vec<_> = connections.filter(|id| !context.world.connection(*id).is_some_and(knows)).collect();
    for connection in &moved {
        let part = departure_line(context, context.world.person_of(*connection), channel, &words);
        context.world.tell(*connection, &part, Cause::Others);
    }
    let line = context.world.line(format_args!(":{} RENAME {old} {new} :{words}", context.person().source()));
    let line = line.with_tags(context.person().tags());
    context.world.rename_channel(channel, new);
    context.world.tell_channel(channel, |_, connection, _| knows(connection).then_some(&line));
    for connection in moved {
        let [plain, extended] = arrival_lines(context, context.world.person_of(connection), channel);
        let client = context.world.connection(connection).expect("a member is here");
        let line = if client.has(Capability::ExtendedJoin) { &extended } else { &plain };
        context.world.tell(connection, line, Cause::Others);
        show_room(context, connection, channel);
    }
    Ok(())
}
