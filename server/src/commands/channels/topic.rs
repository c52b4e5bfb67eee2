//! TOPIC: what a room is about.

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::TOPIC_BYTES;
use crate::commands::context::Context;
use crate::text::reply::Reply;
use crate::world::{Channel, ChannelId, Flag, Kind, Rank, Topic};

/// TOPIC: tells what the room is about; words change it, and empty words clear it.
pub(in crate::commands) fn topic(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let name = message.param(0).unwrap_or_default();
    let Some(text) = message.param(1) else {
        let channel = context.world.find_visible_channel(context.me, name)?;
        let topic = topic_of(context.world.channel(channel));
        context.reply_all(&topic);
        return Ok(());
    };
    let channel = context.world.joined(context.me, name)?;
    if context.world.channel(channel).modes.has(Flag::TopicLocked) {
        context.need_rank(channel, Rank::HalfOperator)?;
    }
    let who = context.person().source().to_owned();
    set_topic(context, channel, text, who);
    Ok(())
}

/// Changes what a room is about, in the name of `who`, and tells everybody there.
pub(in crate::commands) fn set_topic(context: &mut Context, channel: ChannelId, text: &str, who: String) {
    let (text, when) = (truncate(text, TOPIC_BYTES).to_owned(), context.world.now);
    let line =
        context.world.line(format_args!(":{who} TOPIC {} :{text}", context.world.channel(channel).name));
    let line = if who == context.person().source() { line.with_tags(context.person().tags()) } else { line };
    context.world.keep_event(context.me, channel, Kind::Topic, &text);
    let topic = Topic { text, who, when };
    context.world.channel_mut(channel).topic = (!topic.text.is_empty()).then_some(topic);
    context.world.tell_channel(channel, |_, _, _| Some(&line));
    context.world.keep_channel(channel);
}

pub(super) fn topic_of(channel: &Channel) -> Vec<Reply> {
    let name = || channel.name.clone();
    match channel.topic.clone() {
        Some(Topic { text, who, when }) => {
            vec![Reply::Topic(name(), text), Reply::TopicWhoTime(name(), who, when.as_second().to_string())]
        }
        None => vec![Reply::NoTopic(name())],
    }
}
