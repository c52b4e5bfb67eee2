//! ChanServ: rooms that belong to an account, and outlast their last member.

use teahouse_protocol::text::truncate;

use crate::commands::channels::TOPIC_BYTES;
use crate::commands::channels::access::{KEEPER, give_ranks, servant_source, set_ranks};
use crate::commands::channels::topic::set_topic;
use crate::commands::context::Context;
use crate::commands::services::service::{Service, word};
use crate::text::language::{Text, Words};
use crate::world::{ChannelId, ChannelRegistration, Rank};

/// How many rooms one account may own.
const MAX_OWNED: usize = 20;
/// How many people may be on the list of one room.
const MAX_ACCESS: usize = 100;

#[rustfmt::skip]
pub(in crate::commands) static CHANSERV: Service = Service {
    name: KEEPER,
    about: Words("ChanServ keeps rooms for their owners. HELP with one of these words tells more:", "ChanServ 替主人保管房间。HELP 加一个词可以看说明："),
    words: &[
        word("ACCESS", 2, access, "channel LIST|ADD account q|a|o|h|v|DEL account", Words("says who has which rank in your room whenever they come in", "设定谁一进房间就有什么权限")),
        word("DEOP", 1, deop, "channel [nick]", Words("takes operator rank away", "取消管理员权限")),
        word("DROP", 1, drop_channel, "channel", Words("gives your room up; it is nobody's again", "放弃你的房间")),
        word("FLAGS", 2, access, "channel LIST|ADD account q|a|o|h|v|DEL account", Words("is the same as ACCESS", "同 ACCESS")),
        word("INFO", 1, info, "channel", Words("says whose a room is", "房间属于谁")),
        word("OP", 1, op, "channel [nick]", Words("gives operator rank", "给予管理员权限")),
        word("REGISTER", 1, register, "channel", Words("makes a room yours; topic, modes and bans stay when it is empty", "登记房间归你所有；没有人时话题、模式和名单也会保留")),
        word("TOPIC", 2, topic, "channel words", Words("changes what a room is about", "更改房间的话题")),
    ],
};

fn say(context: &mut Context, text: &Text) {
    CHANSERV.say(context, text);
}

fn visible(context: &Context, name: &str) -> Result<ChannelId, Text> {
    context.world.find_visible_channel(context.me, name).map_err(|_| Text::NoSuchRoom(name.to_owned()))
}

/// The room that belongs to somebody, and its registration.
fn owned_channel<'c>(context: &'c Context, name: &str) -> Result<(ChannelId, &'c ChannelRegistration), Text> {
    let channel = visible(context, name)?;
    let registration = context.world.channel(channel).registration.as_ref();
    registration
        .map(|registration| (channel, registration))
        .ok_or_else(|| Text::RoomIsNobodys(name.to_owned()))
}

/// Goes on for a user who has at least this rank by the room's list; server operators have every rank.
fn channel_of(context: &Context, name: &str, rank: Rank) -> Result<ChannelId, Text> {
    let (channel, registration) = owned_channel(context, name)?;
    let person = context.person();
    let mine = person.account().map(|account| registration.ranks(account)).unwrap_or_default();
    let allowed = mine.at_least(rank) || person.is_operator();
    if allowed { Ok(channel) } else { Err(Text::NotYourRoom(name.to_owned())) }
}

fn register(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let account = context.person().account().ok_or(Text::NotLoggedIn)?.to_owned();
    let channel = visible(context, params[0])?;
    let world = &*context.world;
    let channel_there = world.channel(channel);
    let name = channel_there.name.clone();
    if world.is_lobby(channel_there) {
        return Err(Text::LobbyIsNobodys);
    }
    if channel_there.registration.is_some() {
        return Err(Text::RoomIsOwned(name));
    }
    if !channel_there.ranks(context.me).at_least(Rank::Operator) {
        return Err(Text::NotYourRoom(name));
    }
    let owned = world.channels().filter(|(_, channel)| {
        channel.registration.as_ref().is_some_and(|registration| registration.founder == account)
    });
    if owned.count() >= MAX_OWNED {
        return Err(Text::TooManyRooms(MAX_OWNED.to_string()));
    }
    context.world.register_channel(channel, ChannelRegistration { founder: account, access: Vec::new() });
    context.world.keep_channel(channel);
    say(context, &Text::RoomIsYours(name));
    give_ranks(context, channel);
    Ok(())
}

fn drop_channel(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let channel = channel_of(context, params[0], Rank::Founder)?;
    let name = context.world.channel(channel).name.clone();
    context.world.release_channel(channel);
    say(context, &Text::RoomIsNobodys(name));
    Ok(())
}

fn info(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let (channel, registration) = owned_channel(context, params[0])?;
    let (founder, count) = (registration.founder.clone(), registration.access.len().to_string());
    let name = context.world.channel(channel).name.clone();
    say(context, &Text::RoomInfo(name, founder, count));
    Ok(())
}

fn access(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let usage = || Text::ServiceUsage("ACCESS channel LIST|ADD account q|a|o|h|v|DEL account".to_owned());
    let verb = params[1].to_ascii_uppercase();
    if verb == "LIST" {
        let id = channel_of(context, params[0], Rank::Voice)?;
        let channel = context.world.channel(id);
        let (name, access) =
            (channel.name.clone(), channel.registration.iter().flat_map(|registration| &registration.access));
        let entries: Vec<_> =
            access.map(|(account, rank)| (account.clone(), rank.letter().to_string())).collect();
        let count = entries.len().to_string();
        for (account, letter) in entries {
            say(context, &Text::AccessEntry(account, letter));
        }
        say(context, &Text::AccessListed(name, count));
        return Ok(());
    }
    let id = channel_of(context, params[0], Rank::Founder)?;
    let typed = *params.get(2).ok_or_else(usage)?;
    let account = context.world.accounts.find(typed).map_or(typed, |account| &account.name).to_owned();
    let is_account = context.world.accounts.find(&account).is_some();
    let registration = context.world.channel_mut(id).registration.as_mut().expect("it belongs to somebody");
    let known = registration.access.iter().position(|(other, _)| *other == account);
    let answer = match (verb.as_str(), params.get(3)) {
        ("ADD", Some(letter)) => {
            let rank =
                letter.trim_start_matches('+').parse().ok().and_then(Rank::from_letter).ok_or_else(usage)?;
            if !is_account {
                return Err(Text::NoSuchAccount(account));
            }
            match known {
                Some(index) => registration.access[index].1 = rank,
                None if registration.access.len() >= MAX_ACCESS => {
                    return Err(Text::AccessListFull(MAX_ACCESS.to_string()));
                }
                None => registration.access.push((account.clone(), rank)),
            }
            Text::AccessGiven(account, rank.letter().to_string())
        }
        ("DEL", _) => {
            registration.access.remove(known.ok_or_else(|| Text::NotOnAccessList(account.clone()))?);
            Text::AccessTaken(account)
        }
        _ => return Err(usage()),
    };
    context.world.keep_channel(id);
    say(context, &answer);
    Ok(())
}

fn op(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    change_op(context, params, true)
}

fn deop(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    change_op(context, params, false)
}

fn change_op(context: &mut Context, params: &[&str], on: bool) -> Result<(), Text> {
    let id = channel_of(context, params[0], Rank::Operator)?;
    let nick = params.get(1).copied().unwrap_or(context.person().name());
    let channel = context.world.channel(id);
    let person = context.world.find(nick).ok().filter(|person| channel.members.contains_key(person));
    let person = person.ok_or_else(|| Text::NotInRoom(nick.to_owned(), channel.name.clone()))?;
    set_ranks(context, id, person, &[Rank::Operator], on);
    Ok(())
}

fn topic(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let channel = channel_of(context, params[0], Rank::HalfOperator)?;
    let words = params[1..].join(" ");
    let source = servant_source(KEEPER, context.world);
    set_topic(context, channel, truncate(&words, TOPIC_BYTES), source);
    if !context.world.is_member(context.me, channel) {
        say(context, &Text::TopicChanged);
    }
    Ok(())
}
