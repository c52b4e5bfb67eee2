//! The ranks that people get from the list of a room that belongs to somebody, and ChanServ, which gives them.

use crate::commands::context::Context;
use crate::world::{ChannelId, Person, PersonId, Rank, World};

/// The servant that keeps rooms for their owners.
pub(in crate::commands) const KEEPER: &str = "ChanServ";

/// Gives the client the ranks that its account has in a room, if it is a member, and tells the room.
pub(in crate::commands) fn give_ranks(context: &mut Context, id: ChannelId) {
    let (channel, account) = (context.world.channel(id), context.person().account());
    let ranks = channel
        .registration
        .as_ref()
        .zip(account)
        .map(|(registration, account)| registration.ranks(account))
        .unwrap_or_default();
    let have = channel.ranks(context.me);
    let lacks: Vec<_> =
        Rank::ALL.iter().copied().filter(|rank| ranks.has(*rank) && !have.has(*rank)).collect();
    set_ranks(context, id, context.me, &lacks, true);
}

/// Gives or takes ranks in ChanServ's name, and tells the room if that changes anything.
pub(in crate::commands) fn set_ranks(
    context: &mut Context,
    channel: ChannelId,
    person: PersonId,
    ranks: &[Rank],
    on: bool,
) {
    let world = &mut *context.world;
    if !world.set_ranks(person, channel, ranks, on) {
        return;
    }
    let nick = world.person(person).map_or("*", Person::name);
    let (name, source, sign) =
        (&world.channel(channel).name, servant_source(KEEPER, world), if on { '+' } else { '-' });
    let letters: String = ranks.iter().map(|rank| rank.letter()).collect();
    let nicks = vec![nick; ranks.len()].join(" ");
    let line = world.line(format_args!(":{source} MODE {name} {sign}{letters} {nicks}"));
    world.tell_channel(channel, |_, _, _| Some(&line));
}

/// The source of what the servant of this name says and does.
pub(in crate::commands) fn servant_source(name: &str, world: &World) -> String {
    format!("{name}!{name}@{}", world.config.name)
}
