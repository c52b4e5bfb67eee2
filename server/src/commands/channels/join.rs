//! JOIN: coming in, if the room lets the client, and what everybody is told of it.

use teahouse_protocol::Message;

use super::names::show_names;
use super::topic::topic_of;
use super::{MAX_JOINED, access, leave, require_one};
use crate::commands::context::{Context, listed};
use crate::commands::history::read_markers;
use crate::outbox::Cause;
use crate::text::reply::Reply;
use crate::world::mask::Subject;
use crate::world::{Capability, ChannelId, ConnectionId, Flag, Kind, Line, PersonId};

/// JOIN: enters rooms, opening those that are not there; `JOIN 0` leaves them all.
pub(in crate::commands) fn join(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let names = message.param(0).unwrap_or_default();
    if names == "0" {
        for channel in context.person().channels.clone() {
            leave::leave(context, channel, "");
        }
        return Ok(());
    }
    require_one(names, "JOIN")?;
    let mut keys = message.param(1).unwrap_or_default().split(',');
    for name in listed(names) {
        let key = keys.next().unwrap_or_default();
        match may_enter(context, name, key) {
            Ok(()) => enter(context, name),
            Err(refusal) => context.reply(&refusal),
        }
    }
    Ok(())
}

fn may_enter(context: &Context, name: &str, key: &str) -> Result<(), Reply> {
    let shown = || name.to_owned();
    if !name.starts_with('#') {
        return Err(Reply::NoSuchChannel(shown()));
    }
    let (world, person) = (&*context.world, context.person());
    let Ok(id) = world.find_channel(name) else {
        world.may_open(name)?;
        let full = person.channels.len() >= MAX_JOINED;
        return if full { Err(Reply::TooManyChannels(shown())) } else { Ok(()) };
    };
    if world.is_member(context.me, id) {
        return Ok(());
    }
    let (channel, casemapping) = (world.channel(id), world.config.casemapping);
    let (modes, shown) = (&channel.modes, channel.name.clone());
    // Nobody is locked out of a room where they have a rank.
    let welcome = world.is_at_home(context.me, id) || person.is_operator();
    // An invited user gets past bans too (RFC 2811 §4.3.1).
    let invited = world.is_invited(context.me, id) || welcome;
    if person.channels.len() >= MAX_JOINED {
        Err(Reply::TooManyChannels(shown))
    } else if modes.has(Flag::InviteOnly)
        && !invited
        && !world.faces(context.me).any(|face| channel.invites(face, casemapping))
    {
        Err(Reply::InviteOnlyChan(shown))
    } else if !invited
        && world.faces(context.me).any(|face| channel.bans(face, &[Subject::Presence], casemapping))
    {
        Err(Reply::BannedFromChan(shown))
    } else if modes.has(Flag::RegisteredOnly) && person.account().is_none() && !invited {
        Err(Reply::NeedReggedNick(shown))
    } else if modes.key.as_deref().is_some_and(|right| right != key) && !welcome {
        Err(Reply::BadChannelKey(shown))
    } else if modes.limit.is_some_and(|limit| channel.members.len() >= limit) && !welcome {
        Err(Reply::ChannelIsFull(shown))
    } else {
        Ok(())
    }
}

/// Takes the client into a room that it may enter, and tells everybody there. Nothing if it is there already.
pub(in crate::commands) fn enter(context: &mut Context, name: &str) {
    let channel = context.world.open_channel(name);
    if context.world.is_member(context.me, channel) {
        return;
    }
    context.world.enter(context.me, channel);
    let realname = context.person().realname.clone();
    context.world.keep_event(context.me, channel, Kind::Join, &realname);
    tell_of_arrival(context, context.me, channel);
    let me = context.me;
    if context.person().away.is_some() {
        let away = context.world.away_line(me);
        context.world.tell_channel(channel, |_, connection, _| {
            (connection.person != me && connection.has(Capability::AwayNotify)).then_some(&away)
        });
    }
    for connection in context.world.connections_of(me) {
        show_room(context, connection, channel);
    }
    access::give_ranks(context, channel);
}

/// Tells the members that a member has come in.
fn tell_of_arrival(context: &mut Context, newcomer: PersonId, channel: ChannelId) {
    let [plain, extended] = arrival_lines(context, newcomer, channel);
    context.world.tell_channel(channel, |_, connection, _| {
        Some(if connection.has(Capability::ExtendedJoin) { &extended } else { &plain })
    });
    context.world.done_with(plain);
}

/// JOIN as it was ever, and with account and real name
/// ([extended-join](https://ircv3.net/specs/extensions/extended-join)).
pub(super) fn arrival_lines(context: &Context, newcomer: PersonId, channel: ChannelId) -> [Line; 2] {
    let person = context.world.person(newcomer).expect("a member is here");
    let (source, name) = (person.source(), &context.world.channel(channel).name);
    let (account, realname) = (person.account().unwrap_or("*"), &person.realname);
    [
        context.world.line(format_args!(":{source} JOIN {name}")).with_tags(person.tags()),
        context
            .world
            .line(format_args!(":{source} JOIN {name} {account} :{realname}"))
            .with_tags(person.tags()),
    ]
}

/// Shows a connection the room that its person has come into.
pub(super) fn show_room(context: &mut Context, connection: ConnectionId, channel: ChannelId) {
    read_markers::tell_on_arrival(context, connection, channel);
    show_contents(context, connection, channel);
}

/// Shows a connection that has just come the rooms that its person sits in.
pub(in crate::commands) fn show_joined(context: &mut Context) {
    for channel in context.person().channels.clone() {
        let [plain, extended] = arrival_lines(context, context.me, channel);
        let line = if context.has(Capability::ExtendedJoin) { &extended } else { &plain };
        context.world.tell(context.connection, line, Cause::Answer);
        show_room(context, context.connection, channel);
    }
}

/// Shows a connection the topic of a room and its members.
fn show_contents(context: &mut Context, connection: ConnectionId, id: ChannelId) {
    let channel = context.world.channel(id);
    let topic = if channel.topic.is_some() { topic_of(channel) } else { Vec::new() };
    for reply in topic {
        context.tell(connection, &reply);
    }
    let without_names = [Capability::NoImplicitNames, Capability::DraftNoImplicitNames];
    let shown = context.world.connection(connection).expect("a member is here");
    if !without_names.into_iter().any(|capability| shown.has(capability)) {
        show_names(context, connection, id);
        let end = Reply::EndOfNames(context.world.channel(id).name.clone());
        context.tell(connection, &end);
    }
}
