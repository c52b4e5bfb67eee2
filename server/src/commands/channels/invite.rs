//! INVITE: letting somebody in.

use teahouse_protocol::Message;

use crate::commands::context::Context;
use crate::text::reply::Reply;
use crate::world::{Capability, Flag, Rank};

/// INVITE: lets somebody into a room; without parameters, lists the rooms that the user is invited to.
pub(in crate::commands) fn invite(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (Some(nick), Some(name)) = (message.param(0), message.param(1)) else {
        if message.param(0).is_some() {
            return Err(Reply::NeedMoreParams("INVITE".to_owned()));
        }
        let mine = context.world.channels().filter(|(id, _)| context.world.is_invited(context.me, *id));
        for name in mine.map(|(_, channel)| channel.name.clone()).collect::<Vec<_>>() {
            context.reply(&Reply::InviteList(name));
        }
        context.reply(&Reply::EndOfInviteList);
        return Ok(());
    };
    let guest = context.world.find(nick)?;
    let channel = context.world.joined(context.me, name)?;
    let channel_name = context.world.channel(channel).name.clone();
    let guest_name = context.world.person(guest).expect("it was found").name().to_owned();
    if context.world.is_member(guest, channel) {
        return Err(Reply::UserOnChannel(guest_name, channel_name));
    }
    // Any member may invite somebody, but only a member with a rank opens a door that is closed (RFC 2811 §4.3.1).
    match context.need_rank(channel, Rank::HalfOperator) {
        Ok(()) => context.world.invite(guest, channel),
        Err(refusal) if context.world.channel(channel).modes.has(Flag::InviteOnly) => return Err(refusal),
        Err(_) => {}
    }
    let line =
        context.world.line(format_args!(":{} INVITE {guest_name} {channel_name}", context.person().source()));
    let line = line.with_tags(context.person().tags());
    context.reply(&Reply::Inviting(guest_name.clone(), channel_name));
    context.world.tell_person(guest, |_, _| Some(&line));
    let speaker = context.connection;
    context.world.tell_channel(channel, |id, connection, member| {
        let concerned = member.ranks.at_least(Rank::HalfOperator) && connection.has(Capability::InviteNotify);
        (concerned && id != speaker).then_some(&line)
    });
    match context.world.person(guest).and_then(|guest| guest.away.clone()) {
        Some(words) => Err(Reply::Away(guest_name, words)),
        None => Ok(()),
    }
}
