//! Rooms: JOIN, PART, TOPIC, NAMES, LIST, MODE
//! ([Modern IRC, "Channel Operations"](https://modern.ircdocs.horse/#channel-operations)).

use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, names as wire_names};

use super::{Context, listed};
use crate::reply::Reply;
use crate::world::{ChannelId, Topic};

/// How many rooms one person may sit in (CHANLIMIT).
pub(super) const MAX_JOINED: usize = 50;
/// The longest topic, in bytes (TOPICLEN).
pub(super) const TOPIC_BYTES: usize = 300;
/// The longest parting word, in bytes.
const PART_BYTES: usize = 300;
/// How many bytes of names stand in one 353, which leaves room for the longest server and channel names.
const NAMES_BYTES: usize = 300;

/// JOIN: enters rooms, opening those that are not there; `JOIN 0` leaves them all.
pub(super) fn join(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let rooms = message.param(0).unwrap_or_default();
    if rooms == "0" {
        for channel in context.client().channels.clone() {
            leave(context, channel, "");
        }
        return Ok(());
    }
    for room in listed(rooms) {
        if !room.starts_with('#') {
            context.reply(&Reply::NoSuchChannel(room.to_owned()));
        } else if wire_names::check_channel(room).is_err() {
            context.reply(&Reply::BadChanMask(room.to_owned()));
        } else if context.client().channels.len() >= MAX_JOINED
            && context.world.joined(context.me, room).is_err()
        {
            context.reply(&Reply::TooManyChannels(room.to_owned()));
        } else {
            enter(context, room);
        }
    }
    Ok(())
}

/// Takes the client into a room whose name is a valid one, and tells everybody there. Nothing if it is there already.
pub(super) fn enter(context: &mut Context, room: &str) {
    let channel = context.world.open_channel(room);
    if context.world.is_member(context.me, channel) {
        return;
    }
    context.world.enter(context.me, channel);
    let name = context.world.channel(channel).name.clone();
    let line = context.world.line(format_args!(":{} JOIN {name}", context.client().source()));
    context.world.tell_channel(channel, &line, None);
    if context.world.channel(channel).topic.is_some() {
        send_topic(context, channel);
    }
    send_names(context, channel);
}

/// PART: leaves rooms.
pub(super) fn part(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let words = truncate(message.param(1).unwrap_or_default(), PART_BYTES);
    for room in listed(message.param(0).unwrap_or_default()) {
        match context.world.joined(context.me, room) {
            Ok(channel) => leave(context, channel, words),
            Err(refusal) => context.reply(&refusal),
        }
    }
    Ok(())
}

fn leave(context: &mut Context, channel: ChannelId, words: &str) {
    let (source, name) = (context.client().source(), &context.world.channel(channel).name);
    let line = if words.is_empty() {
        context.world.line(format_args!(":{source} PART {name}"))
    } else {
        context.world.line(format_args!(":{source} PART {name} :{words}"))
    };
    context.world.tell_channel(channel, &line, None);
    context.world.leave(context.me, channel);
}

/// TOPIC: what the room is about; with words, its members change it, and with empty words they clear it.
pub(super) fn topic(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let room = message.param(0).unwrap_or_default();
    let Some(text) = message.param(1) else {
        let channel = context.world.find_channel(room)?;
        send_topic(context, channel);
        return Ok(());
    };
    let channel = context.world.joined(context.me, room)?;
    let (text, who, when) =
        (truncate(text, TOPIC_BYTES).to_owned(), context.client().source().to_owned(), context.world.now);
    let line =
        context.world.line(format_args!(":{who} TOPIC {} :{text}", context.world.channel(channel).name));
    let topic = Topic { text, who, when };
    context.world.channel_mut(channel).topic = (!topic.text.is_empty()).then_some(topic);
    context.world.tell_channel(channel, &line, None);
    Ok(())
}

fn send_topic(context: &mut Context, channel: ChannelId) {
    let channel = context.world.channel(channel);
    let name = channel.name.clone();
    match channel.topic.clone() {
        Some(topic) => {
            context.reply(&Reply::Topic(name.clone(), topic.text));
            context.reply(&Reply::TopicWhoTime(name, topic.who, topic.when.as_second().to_string()));
        }
        None => context.reply(&Reply::NoTopic(name)),
    }
}

/// NAMES: who sits in a room.
pub(super) fn names(context: &mut Context, message: &Message) -> Result<(), Reply> {
    match message.param(0).and_then(|rooms| listed(rooms).next()) {
        Some(room) => match context.world.find_channel(room) {
            Ok(channel) => send_names(context, channel),
            Err(_) => context.reply(&Reply::EndOfNames(room.to_owned())),
        },
        None => context.reply(&Reply::EndOfNames("*".to_owned())),
    }
    Ok(())
}

fn send_names(context: &mut Context, channel: ChannelId) {
    let name = context.world.channel(channel).name.clone();
    let mut lines = vec![String::new()];
    for member in context.world.channel(channel).members() {
        let nick = context.world.client(member).expect("a member is here").name();
        let last = lines.last_mut().expect("there is always one");
        if last.is_empty() {
            last.push_str(nick);
        } else if last.len() + 1 + nick.len() <= NAMES_BYTES {
            last.push(' ');
            last.push_str(nick);
        } else {
            lines.push(nick.to_owned());
        }
    }
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        context.reply(&Reply::NamReply(name.clone(), line));
    }
    context.reply(&Reply::EndOfNames(name));
}

/// LIST: all rooms, or those asked for, with the number of people in each.
pub(super) fn list(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let asked = message.param(0).filter(|rooms| !rooms.is_empty());
    let channels: Vec<_> = match asked {
        Some(rooms) => listed(rooms).filter_map(|room| context.world.find_channel(room).ok()).collect(),
        None => context.world.channels().map(|(id, _)| id).collect(),
    };
    context.reply(&Reply::ListStart);
    for channel in channels {
        let channel = context.world.channel(channel);
        let topic = channel.topic.as_ref().map(|topic| topic.text.clone()).unwrap_or_default();
        let reply = Reply::List(channel.name.clone(), channel.members().len().to_string(), topic);
        context.reply(&reply);
    }
    context.reply(&Reply::ListEnd);
    Ok(())
}

/// MODE: tells the modes of a room or of oneself. Every room has `n` (only members speak in it), and there is nothing
/// to change; clients ask all the same, on every JOIN.
pub(super) fn mode(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let target = message.param(0).unwrap_or_default();
    let change = message.param(1).unwrap_or_default();
    if !wire_names::is_channel(target) {
        let person = context.world.find(target)?;
        if person != context.me {
            return Err(Reply::UsersDontMatch);
        }
        if change.contains(|c: char| c.is_ascii_alphabetic()) {
            return Err(Reply::UModeUnknownFlag);
        }
        context.reply(&Reply::UModeIs("+".to_owned()));
        return Ok(());
    }
    let channel = context.world.find_channel(target)?;
    let channel = context.world.channel(channel);
    let (name, created) = (channel.name.clone(), channel.created.as_second().to_string());
    match change.chars().find(char::is_ascii_alphabetic) {
        None => {
            context.reply(&Reply::ChannelModeIs(name.clone(), "+n".to_owned()));
            context.reply(&Reply::CreationTime(name, created));
        }
        Some('b') if message.param(2).is_none() => context.reply(&Reply::EndOfBanList(name)),
        Some(letter) => return Err(Reply::UnknownMode(letter.to_string())),
    }
    Ok(())
}
