//! Rooms: JOIN, PART, KICK, INVITE, TOPIC, RENAME, NAMES, LIST
//! ([Modern IRC, "Channel Operations"](https://modern.ircdocs.horse/#channel-operations)). Their modes are in
//! [`modes`].

pub(super) mod access;
pub(super) mod modes;

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::context::{Context, listed};
use crate::commands::history::read_markers;
use crate::outbox::Cause;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::mask::{self, Subject};
use crate::world::{Capability, Channel, ChannelId, Client, ClientId, Flag, Kind, Line, Rank, Topic};

/// How many rooms one person may sit in (CHANLIMIT).
pub(super) const MAX_JOINED: usize = 50;
/// The longest topic, in bytes (TOPICLEN).
pub(super) const TOPIC_BYTES: usize = 300;
/// The longest word at parting or removing, in bytes (KICKLEN).
pub(super) const WORDS_BYTES: usize = 300;
/// How many bytes of names stand in one 353, which leaves room for the longest server and channel names.
const NAMES_BYTES: usize = 300;
/// How many bytes a name in such a list has, mostly, with its space.
const USUAL_NAME_BYTES: usize = 12;

// --- Coming in -------------------------------------------------------------------------------------------------------

/// JOIN: enters rooms, opening those that are not there; `JOIN 0` leaves them all.
pub(super) fn join(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let rooms = message.param(0).unwrap_or_default();
    if rooms == "0" {
        for channel in context.client().channels.clone() {
            leave(context, channel, "");
        }
        return Ok(());
    }
    require_one(rooms, "JOIN")?;
    let mut keys = message.param(1).unwrap_or_default().split(',');
    for room in listed(rooms) {
        let key = keys.next().unwrap_or_default();
        match may_enter(context, room, key) {
            Ok(()) => enter(context, room),
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
    let (world, client) = (&*context.world, context.client());
    let Ok(channel) = world.find_channel(name) else {
        world.may_open(name)?;
        let full = client.channels.len() >= MAX_JOINED;
        return if full { Err(Reply::TooManyChannels(shown())) } else { Ok(()) };
    };
    if world.is_member(context.me, channel) {
        return Ok(());
    }
    let (room, casemapping) = (world.channel(channel), world.config.casemapping);
    let (modes, shown) = (&room.modes, room.name.clone());
    // Nobody is locked out of a room where they have a rank.
    let welcome = world.is_at_home(context.me, channel) || client.is_operator();
    // Who was invited gets past bans too (RFC 2811 §4.3.1).
    let invited = world.is_invited(context.me, channel) || welcome;
    if client.channels.len() >= MAX_JOINED {
        Err(Reply::TooManyChannels(shown))
    } else if modes.has(Flag::InviteOnly)
        && !invited
        && !world.faces(context.me).any(|face| room.invites(face, casemapping))
    {
        Err(Reply::InviteOnlyChan(shown))
    } else if !invited
        && world.faces(context.me).any(|face| room.bans(face, &[Subject::Presence], casemapping))
    {
        Err(Reply::BannedFromChan(shown))
    } else if modes.has(Flag::RegisteredOnly) && client.account().is_none() && !invited {
        Err(Reply::NeedReggedNick(shown))
    } else if modes.key.as_deref().is_some_and(|right| right != key) && !welcome {
        Err(Reply::BadChannelKey(shown))
    } else if modes.limit.is_some_and(|limit| room.members.len() >= limit) && !welcome {
        Err(Reply::ChannelIsFull(shown))
    } else {
        Ok(())
    }
}

/// Takes the client into a room that it may enter, and tells everybody there. Nothing if it is there already.
pub(super) fn enter(context: &mut Context, room: &str) {
    let channel = context.world.open_channel(room);
    if context.world.is_member(context.me, channel) {
        return;
    }
    context.world.enter(context.me, channel);
    let realname = context.client().realname.clone();
    context.world.keep_event(context.me, channel, Kind::Join, &realname);
    tell_of_arrival(context, context.me, channel, |_| true);
    let me = context.me;
    if context.client().away.is_some() {
        let away = context.world.away_line(me);
        context.world.tell_channel(channel, |id, client, _| {
            let other = client.person.unwrap_or(id) != me;
            (other && client.has(Capability::AwayNotify)).then_some(&away)
        });
    }
    for connection in context.world.connections_of(me) {
        show_room(context, connection, channel);
    }
    access::give_ranks(context, channel);
}

/// Tells those members whom `who` picks that a member has come in.
fn tell_of_arrival(
    context: &mut Context,
    newcomer: ClientId,
    channel: ChannelId,
    who: impl Fn(&Client) -> bool,
) {
    let [plain, extended] = arrival_lines(context, newcomer, channel);
    context.world.tell_channel(channel, |_, client, _| {
        who(client).then_some(if client.has(Capability::ExtendedJoin) { &extended } else { &plain })
    });
    context.world.done_with(plain);
}

/// JOIN as it was ever, and with account and real name
/// ([extended-join](https://ircv3.net/specs/extensions/extended-join)).
fn arrival_lines(context: &Context, newcomer: ClientId, channel: ChannelId) -> [Line; 2] {
    let client = context.world.client(newcomer).expect("a member is here");
    let (source, room) = (client.source(), &context.world.channel(channel).name);
    let (account, realname) = (client.account().unwrap_or("*"), &client.realname);
    [
        context.world.line(format_args!(":{source} JOIN {room}")).with_tags(client.tags()),
        context
            .world
            .line(format_args!(":{source} JOIN {room} {account} :{realname}"))
            .with_tags(client.tags()),
    ]
}

/// Shows a connection the room that its person has come into.
fn show_room(context: &mut Context, connection: ClientId, channel: ChannelId) {
    read_markers::tell_on_arrival(context, connection, channel);
    show_contents(context, connection, channel);
}

/// Shows a device that has just come the rooms that its person sits in.
pub(super) fn show_joined(context: &mut Context) {
    for channel in context.client().channels.clone() {
        let [plain, extended] = arrival_lines(context, context.me, channel);
        let line = if context.has(Capability::ExtendedJoin) { &extended } else { &plain };
        context.world.tell(context.device, line, Cause::Answer);
        show_room(context, context.device, channel);
    }
}

/// Shows a connection the topic of a room, and who is there.
fn show_contents(context: &mut Context, connection: ClientId, channel: ChannelId) {
    let room = context.world.channel(channel);
    let topic = if room.topic.is_some() { topic_of(room) } else { Vec::new() };
    for reply in topic {
        context.tell(connection, &reply);
    }
    let without_names = [Capability::NoImplicitNames, Capability::DraftNoImplicitNames];
    let client = context.world.client(connection).expect("a member is here");
    if !without_names.into_iter().any(|capability| client.has(capability)) {
        show_names(context, connection, channel);
        let end = Reply::EndOfNames(context.world.channel(channel).name.clone());
        context.tell(connection, &end);
    }
}

/// INVITE: lets somebody into a room; without parameters, lists where one is invited.
pub(super) fn invite(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (Some(nick), Some(name)) = (message.param(0), message.param(1)) else {
        if message.param(0).is_some() {
            return Err(Reply::NeedMoreParams("INVITE".to_owned()));
        }
        let mine = context.world.channels().filter(|(id, _)| context.world.is_invited(context.me, *id));
        for name in mine.map(|(_, room)| room.name.clone()).collect::<Vec<_>>() {
            context.reply(&Reply::InviteList(name));
        }
        context.reply(&Reply::EndOfInviteList);
        return Ok(());
    };
    let guest = context.world.find(nick)?;
    let channel = context.world.joined(context.me, name)?;
    let room = context.world.channel(channel).name.clone();
    let guest_name = context.world.client(guest).expect("it was found").name().to_owned();
    if context.world.is_member(guest, channel) {
        return Err(Reply::UserOnChannel(guest_name, room));
    }
    // Anybody may ask somebody in, but only with a rank does one open a door that is closed (RFC 2811 §4.3.1).
    match context.need_rank(channel, Rank::HalfOperator) {
        Ok(()) => context.world.invite(guest, channel),
        Err(refusal) if context.world.channel(channel).modes.has(Flag::InviteOnly) => return Err(refusal),
        Err(_) => {}
    }
    let line = context.world.line(format_args!(":{} INVITE {guest_name} {room}", context.client().source()));
    let line = line.with_tags(context.client().tags());
    context.reply(&Reply::Inviting(guest_name.clone(), room));
    context.world.tell_person(guest, |_, _| Some(&line));
    let device = context.device;
    context.world.tell_channel(channel, |id, client, member| {
        let concerned = member.ranks.at_least(Rank::HalfOperator) && client.has(Capability::InviteNotify);
        (concerned && id != device).then_some(&line)
    });
    match context.world.client(guest).and_then(|guest| guest.away.clone()) {
        Some(words) => Err(Reply::Away(guest_name, words)),
        None => Ok(()),
    }
}

// --- Going out -------------------------------------------------------------------------------------------------------

/// PART: leaves rooms.
pub(super) fn part(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (rooms, words) = (message.param(0).unwrap_or_default(), message.param(1).unwrap_or_default());
    require_one(rooms, "PART")?;
    let words = truncate(words, WORDS_BYTES);
    for room in listed(rooms) {
        match context.world.joined(context.me, room) {
            Ok(channel) => leave(context, channel, words),
            Err(refusal) => context.reply(&refusal),
        }
    }
    Ok(())
}

fn leave(context: &mut Context, channel: ChannelId, words: &str) {
    let line = departure_line(context, context.me, channel, words);
    context.world.tell_channel(channel, |_, _, _| Some(&line));
    context.world.keep_event(context.me, channel, Kind::Part, words);
    context.world.leave(context.me, channel);
}

fn departure_line(context: &Context, leaver: ClientId, channel: ChannelId, words: &str) -> Line {
    let client = context.world.client(leaver).expect("a member is here");
    let (source, room) = (client.source(), &context.world.channel(channel).name);
    let line = if words.is_empty() {
        context.world.line(format_args!(":{source} PART {room}"))
    } else {
        context.world.line(format_args!(":{source} PART {room} :{words}"))
    };
    line.with_tags(client.tags())
}

/// KICK: removes people from a room, those of a lower rank, and operators each other; or, with as many rooms as people,
/// each from the room in the same place (RFC 2812 §3.2.8).
pub(super) fn kick(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let rooms: Vec<_> = listed(message.param(0).unwrap_or_default()).collect();
    let nicks: Vec<_> = listed(message.param(1).unwrap_or_default()).collect();
    if nicks.is_empty() || (rooms.len() != 1 && rooms.len() != nicks.len()) {
        return Err(Reply::NeedMoreParams("KICK".to_owned()));
    }
    let me = context.client().name().to_owned();
    let words = message.param(2).filter(|words| !words.is_empty()).unwrap_or(&me);
    let words = truncate(words, WORDS_BYTES);
    // What is wrong with a room is said once, not for each who was to leave it.
    let mut refused = Vec::new();
    for (room, nick) in rooms.iter().cycle().zip(nicks) {
        let removed = may_remove(context, room).and_then(|channel| remove(context, channel, nick, words));
        if let Err(refusal) = removed
            && !refused.contains(&refusal)
        {
            context.reply(&refusal);
            refused.push(refusal);
        }
    }
    Ok(())
}

/// The room from which the client may remove people, by its name.
fn may_remove(context: &Context, room: &str) -> Result<ChannelId, Reply> {
    let channel = context.world.find_visible_channel(context.me, room)?;
    if !context.client().is_operator() {
        context.world.joined(context.me, room)?;
    }
    context.need_rank(channel, Rank::HalfOperator)?;
    Ok(channel)
}

fn remove(context: &mut Context, channel: ChannelId, nick: &str, words: &str) -> Result<(), Reply> {
    let person = context.world.find(nick)?;
    let room = context.world.channel(channel);
    let name = context.world.client(person).expect("it was found").name().to_owned();
    if !room.members.contains_key(&person) {
        return Err(Reply::UserNotInChannel(name, room.name.clone()));
    }
    let (mine, theirs) = (room.ranks(context.me).highest(), room.ranks(person).highest());
    // Half operators cannot remove each other; from operators up, only who stands higher is safe.
    let too_high = match mine {
        Some(mine) if mine >= Rank::Operator => theirs > Some(mine),
        _ => theirs >= Some(Rank::HalfOperator),
    };
    if too_high && !context.client().is_operator() {
        return Err(Reply::ChanOPrivsNeeded(room.name.clone()));
    }
    let (source, room) = (context.client().source(), &room.name);
    let line = context.world.line(format_args!(":{source} KICK {room} {name} :{words}"));
    let line = line.with_tags(context.client().tags());
    context.world.tell_channel(channel, |_, _, _| Some(&line));
    context.world.keep_event(context.me, channel, Kind::Kick, &format!("{name} :{words}"));
    context.world.leave(person, channel);
    Ok(())
}

/// Goes on if a list has anything in it: an empty parameter is none.
fn require_one(list: &str, command: &str) -> Result<(), Reply> {
    listed(list).next().map(|_| ()).ok_or_else(|| Reply::NeedMoreParams(command.to_owned()))
}

// --- What a room is --------------------------------------------------------------------------------------------------

/// TOPIC: what the room is about; with words it is changed, and with empty words cleared.
pub(super) fn topic(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let room = message.param(0).unwrap_or_default();
    let Some(text) = message.param(1) else {
        let channel = context.world.find_visible_channel(context.me, room)?;
        let topic = topic_of(context.world.channel(channel));
        context.reply_all(&topic);
        return Ok(());
    };
    let channel = context.world.joined(context.me, room)?;
    if context.world.channel(channel).modes.has(Flag::TopicLocked) {
        context.need_rank(channel, Rank::HalfOperator)?;
    }
    let who = context.client().source().to_owned();
    set_topic(context, channel, text, who);
    Ok(())
}

/// Changes what a room is about, in the name of `who`, and tells everybody there.
pub(super) fn set_topic(context: &mut Context, channel: ChannelId, text: &str, who: String) {
    let (text, when) = (truncate(text, TOPIC_BYTES).to_owned(), context.world.now);
    let line =
        context.world.line(format_args!(":{who} TOPIC {} :{text}", context.world.channel(channel).name));
    let line = if who == context.client().source() { line.with_tags(context.client().tags()) } else { line };
    context.world.keep_event(context.me, channel, Kind::Topic, &text);
    let topic = Topic { text, who, when };
    context.world.channel_mut(channel).topic = (!topic.text.is_empty()).then_some(topic);
    context.world.tell_channel(channel, |_, _, _| Some(&line));
    context.world.keep_channel(channel);
}

fn topic_of(room: &Channel) -> Vec<Reply> {
    let name = || room.name.clone();
    match room.topic.clone() {
        Some(Topic { text, who, when }) => {
            vec![Reply::Topic(name(), text), Reply::TopicWhoTime(name(), who, when.as_second().to_string())]
        }
        None => vec![Reply::NoTopic(name())],
    }
}

/// RENAME: gives a room another name
/// ([draft/channel-rename](https://ircv3.net/specs/extensions/channel-rename)). For those who do not know of such a
/// thing, everybody leaves the one and enters the other.
pub(super) fn rename(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (old, new) = (message.param(0).unwrap_or_default(), message.param(1).unwrap_or_default());
    let words = truncate(message.param(2).unwrap_or_default(), WORDS_BYTES).to_owned();
    let channel = context.world.joined(context.me, old)?;
    let old = context.world.channel(channel).name.clone();
    // Who owns it would not find it again.
    let is_owned = context.world.channel(channel).deed.is_some();
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
    let knows = |client: &Client| client.has(Capability::ChannelRename);
    // In another case the name is the same for everybody else, too.
    let is_other_name = !context.world.config.casemapping.same(&old, new);
    let members = context.world.channel(channel).members().map(|(id, _)| id).filter(|_| is_other_name);
    let connections = members.flat_map(|member| context.world.connections_of(member));
    let moved: Vec<_> = connections.filter(|id| !context.world.client(*id).is_some_and(knows)).collect();
    for connection in &moved {
        let part = departure_line(context, context.world.person_of(*connection), channel, &words);
        context.world.tell(*connection, &part, Cause::Others);
    }
    let line = context.world.line(format_args!(":{} RENAME {old} {new} :{words}", context.client().source()));
    let line = line.with_tags(context.client().tags());
    context.world.rename_channel(channel, new);
    context.world.tell_channel(channel, |_, client, _| knows(client).then_some(&line));
    for connection in moved {
        let [plain, extended] = arrival_lines(context, context.world.person_of(connection), channel);
        let client = context.world.client(connection).expect("a member is here");
        let line = if client.has(Capability::ExtendedJoin) { &extended } else { &plain };
        context.world.tell(connection, line, Cause::Others);
        show_room(context, connection, channel);
    }
    Ok(())
}

/// NAMES: who sits in a room; without parameters, in every room that one may know of.
pub(super) fn names(context: &mut Context, message: &Message) -> Result<(), Reply> {
    match message.param(0).filter(|rooms| !rooms.is_empty()) {
        Some(rooms) => {
            let mut told = Vec::new();
            for room in listed(rooms) {
                // Who asks for a full room a hundred times over in one line is told once.
                let channel = context.world.find_visible_channel(context.me, room).ok();
                let channel = channel.filter(|channel| !told.contains(channel));
                if let Some(channel) = channel {
                    show_names(context, context.device, channel);
                    told.push(channel);
                }
                context.reply(&Reply::EndOfNames(room.to_owned()));
            }
        }
        None => {
            let visible = context.world.channels().map(|(id, _)| id);
            let visible: Vec<_> =
                visible.filter(|id| context.world.can_see_channel(context.me, *id)).collect();
            for channel in visible {
                show_names(context, context.device, channel);
            }
            context.reply(&Reply::EndOfNames("*".to_owned()));
        }
    }
    Ok(())
}

/// Shows a connection the members of a room.
fn show_names(context: &mut Context, connection: ClientId, channel: ChannelId) {
    let names = names_in(context, connection, channel);
    let room = context.world.channel(channel);
    let (symbol, room) = (if room.modes.has(Flag::Secret) { "@" } else { "=" }, room.name.clone());
    for line in names.lines() {
        context.tell(connection, &Reply::NamReply(symbol.to_owned(), room.clone(), line.to_owned()));
    }
}

/// The members whom a client may see, in as many lines as it takes.
fn names_in(context: &Context, viewer: ClientId, channel: ChannelId) -> String {
    let world = &*context.world;
    let has = |capability| world.client(viewer).is_some_and(|viewer| viewer.has(capability));
    let (all_prefixes, userhost) = (has(Capability::MultiPrefix), has(Capability::UserhostInNames));
    let person = world.person_of(viewer);
    let is_member = world.is_member(person, channel);
    let members = world.channel(channel).members();
    let mut names = String::with_capacity(members.len() * USUAL_NAME_BYTES);
    let mut line_start = 0;
    for (id, member) in members.filter(|(id, _)| is_member || world.can_see(person, *id)) {
        let client = world.client(id).expect("a member is here");
        let shown = if userhost { client.source() } else { client.name() };
        if names.len() - line_start + 1 + shown.len() > NAMES_BYTES {
            names.push('\n');
            line_start = names.len();
        } else if !names.is_empty() {
            names.push(' ');
        }
        for prefix in member.ranks.prefixes(all_prefixes) {
            names.push(prefix);
        }
        names.push_str(shown);
    }
    names
}

// --- All rooms -------------------------------------------------------------------------------------------------------

/// LIST: rooms by name or by filter (ELIST), or all of them, with the number of people in each.
pub(super) fn list(context: &mut Context, message: &Message) -> Result<(), Reply> {
    // Rooms and filters may be two parameters, or one list.
    let asked: Vec<_> = message.params().iter().take(2).flat_map(|param| listed(param)).collect();
    let (filters, named): (Vec<_>, Vec<_>) = asked.into_iter().partition(|word| Filter::is_one(word));
    let filters: Vec<_> = filters.into_iter().filter_map(Filter::read).collect();
    let world = &*context.world;
    let rooms: Vec<_> = if named.is_empty() {
        world.channels().map(|(id, _)| id).collect()
    } else {
        named.into_iter().filter_map(|name| world.find_channel(name).ok()).collect()
    };
    let rooms = rooms.into_iter().filter(|id| world.can_see_channel(context.me, *id));
    let rooms: Vec<_> =
        rooms.filter(|id| filters.iter().all(|filter| filter.admits(context, world.channel(*id)))).collect();
    context.reply(&Reply::ListStart);
    for channel in rooms {
        let room = context.world.channel(channel);
        let topic = room.topic.as_ref().map(|topic| topic.text.clone()).unwrap_or_default();
        let reply = Reply::List(room.name.clone(), room.members.len().to_string(), topic);
        context.reply(&reply);
    }
    context.reply(&Reply::ListEnd);
    Ok(())
}

/// A condition on the rooms that LIST shows ([Modern IRC, ELIST](https://modern.ircdocs.horse/#elist-parameter)).
enum Filter<'a> {
    /// `M` and `N`: the name fits the mask, or does not.
    Name { mask: &'a str, fits: bool },
    /// `U`: more or fewer people than this.
    Users(More, usize),
    /// `C`: opened more or fewer minutes ago than this.
    Created(More, i64),
    /// `T`: the topic was set more or fewer minutes ago than this.
    Topic(More, i64),
}

/// Which side of a number is meant.
#[derive(Clone, Copy)]
enum More {
    Than,
    LessThan,
}

impl<'a> Filter<'a> {
    fn is_one(word: &str) -> bool {
        word.starts_with(['<', '>', '!', 'C', 'c', 'T', 't']) || word.contains(['*', '?'])
    }

    fn read(word: &'a str) -> Option<Self> {
        let side = |word: &'a str| match word.split_at_checked(1)? {
            (">", number) => Some((More::Than, number)),
            ("<", number) => Some((More::LessThan, number)),
            _ => None,
        };
        if let Some((more, number)) = side(word) {
            return Some(Self::Users(more, number.parse().ok()?));
        }
        if let Some((more, number)) = word.strip_prefix(['C', 'c']).and_then(side) {
            return Some(Self::Created(more, number.parse().ok()?));
        }
        if let Some((more, number)) = word.strip_prefix(['T', 't']).and_then(side) {
            return Some(Self::Topic(more, number.parse().ok()?));
        }
        Some(match word.strip_prefix('!') {
            Some(mask) => Self::Name { mask, fits: false },
            None => Self::Name { mask: word, fits: true },
        })
    }

    fn admits(&self, context: &Context, room: &Channel) -> bool {
        let since = |when| context.world.now.duration_since(when).as_secs();
        match self {
            Self::Name { mask, fits } => {
                let fold = |text| context.world.config.casemapping.fold(text);
                mask::fits(fold(mask).as_str(), fold(&room.name).as_str()) == *fits
            }
            Self::Users(more, count) => more.admits(&room.members.len(), count),
            Self::Created(more, minutes) => more.admits(&since(room.created), &minutes.saturating_mul(60)),
            Self::Topic(more, minutes) => {
                let topic = room.topic.as_ref();
                topic.is_some_and(|topic| more.admits(&since(topic.when), &minutes.saturating_mul(60)))
            }
        }
    }
}

impl More {
    fn admits<T: Ord>(self, value: &T, than: &T) -> bool {
        match self {
            Self::Than => value > than,
            Self::LessThan => value < than,
        }
    }
}
