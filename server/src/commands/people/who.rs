//! Asking about people: WHO (and [WHOX](https://ircv3.net/specs/extensions/whox)), WHOIS, WHOWAS.

use jiff::Timestamp;
use teahouse_protocol::{Message, names};

use crate::commands::context::{Context, listed};
use crate::config::network::host_of;
use crate::config::user_modes::UserMode;
use crate::text::reply::Reply;
use crate::world::{Capability, ChannelId, Person, PersonId, Ranks, mask};

/// How many rooms stand in one 319, which leaves room for the longest names.
const ROOMS_A_LINE: usize = 4;

/// WHO: a line for everybody in a room, for one person, or for all people that a mask describes.
pub(in crate::commands) fn who(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let asked = message.param(0).filter(|mask| !mask.is_empty()).unwrap_or("*");
    let mask = if asked == "0" { "*" } else { asked };
    let (flags, fields) = match message.param(1).unwrap_or_default().split_once('%') {
        Some((flags, fields)) => (flags, Some(fields)),
        None => (message.param(1).unwrap_or_default(), None),
    };
    let operators_only = flags.contains(['o', 'O']);
    for (who, channel) in described(context, mask) {
        let person = context.world.person(who).expect("it was found");
        if operators_only && !person.is_operator() {
            continue;
        }
        let reply = match fields {
            Some(fields) => whox_reply(context, who, channel, fields),
            None => Some(who_reply(context, who, channel)),
        };
        if let Some(reply) = reply {
            context.reply(&reply);
        }
    }
    context.reply(&Reply::EndOfWho(asked.to_owned()));
    Ok(())
}

/// The people that a mask describes and `me` may see, each with the room that was asked about.
fn described(context: &Context, mask: &str) -> Vec<(PersonId, Option<ChannelId>)> {
    let (world, me) = (&*context.world, context.me);
    if names::is_channel(mask) {
        let Ok(channel) = world.find_visible_channel(me, mask) else { return Vec::new() };
        let members = world.channel(channel).members().map(|(id, _)| id);
        return members.filter(|id| world.can_see(me, *id)).map(|id| (id, Some(channel))).collect();
    }
    // A person by name, even a person who is not seen by looking around.
    if let Ok(who) = world.find(mask) {
        return vec![(who, None)];
    }
    let folded = world.config.casemapping.fold(mask).into_owned();
    let fits = |text: &str| mask::fits(folded.as_str(), world.config.casemapping.fold(text).as_str());
    let people = world.people().filter(|(id, person)| {
        person.is_registered()
            && world.can_see(me, *id)
            && [person.name(), person.user(), person.host(), &person.realname, &world.config.name]
                .iter()
                .any(|text| fits(text))
    });
    people.map(|(id, _)| (id, None)).collect()
}

/// `H` or `G` for here or gone, `*` for an operator, the prefixes in the room, `B` for a bot.
fn flags(context: &Context, person: &Person, ranks: Ranks) -> String {
    let mut flags = String::from(if person.away.is_some() { "G" } else { "H" });
    if person.is_operator() {
        flags.push('*');
    }
    flags.extend(ranks.prefixes(context.has(Capability::MultiPrefix)));
    if person.modes.has(UserMode::Bot) {
        flags.push('B');
    }
    flags
}

fn who_reply(context: &Context, who: PersonId, id: Option<ChannelId>) -> Reply {
    let person = context.world.person(who).expect("it was found");
    let channel = id.map(|id| context.world.channel(id));
    Reply::WhoReply(
        channel.map_or("*", |channel| &channel.name).to_owned(),
        person.user().to_owned(),
        person.host().to_owned(),
        context.world.config.name.clone(),
        person.name().to_owned(),
        flags(context, person, channel.map(|channel| channel.ranks(who)).unwrap_or_default()),
        person.realname.clone(),
    )
}

/// The fields that were asked for, in the order of the specification; nothing if there is none of these names.
fn whox_reply(context: &Context, who: PersonId, id: Option<ChannelId>, asked: &str) -> Option<Reply> {
    let (asked, token) = asked.split_once(',').unwrap_or((asked, ""));
    let is_token = (1..=3).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_digit());
    let person = context.world.person(who).expect("it was found");
    let channel = id.map(|id| context.world.channel(id));
    let ranks = channel.map(|channel| channel.ranks(who)).unwrap_or_default();
    let may_see_address = who == context.me || context.person().is_operator();
    let idle = context.world.now.duration_since(person.spoke).as_secs().max(0);
    let fields = "tcuihsnfdlaor".chars().filter(|field| asked.contains(*field)).map(|field| match field {
        't' => if is_token { token } else { "0" }.to_owned(),
        'c' => channel.map_or("*", |channel| &channel.name).to_owned(),
        'u' => person.user().to_owned(),
        'i' if may_see_address => host_of(person.address),
        'i' => "255.255.255.255".to_owned(),
        'h' => person.host().to_owned(),
        's' => context.world.config.name.clone(),
        'n' => person.name().to_owned(),
        'f' => flags(context, person, ranks),
        'd' => "0".to_owned(),
        'l' => idle.to_string(),
        'a' => person.account().unwrap_or("0").to_owned(),
        'o' => "n/a".to_owned(),
        _ => format!(":{}", person.realname),
    });
    let fields: Vec<_> = fields.collect();
    (!fields.is_empty()).then(|| Reply::WhoSpecial(fields.join(" ")))
}

/// WHOIS: all that the client may know about somebody.
pub(in crate::commands) fn whois(context: &mut Context, message: &Message) -> Result<(), Reply> {
    // With two parameters the first names a server, or somebody there; and there is one server only.
    let (server, asked) = match (message.param(0), message.param(1)) {
        (server, Some(nick)) => (server, nick),
        (nick, None) => (None, nick.unwrap_or_default()),
    };
    let Some(nick) = listed(asked).next() else { return Err(Reply::NoNicknameGiven) };
    match context.for_this_server(server).and_then(|()| context.world.find(nick)) {
        Ok(who) => {
            let known = known_of(context, who);
            context.reply_all(&known);
        }
        Err(refusal) => context.reply(&refusal),
    }
    // Of several names the first is looked up, and the end names them all (Modern IRC, RPL_ENDOFWHOIS).
    context.reply(&Reply::EndOfWhois(asked.to_owned()));
    Ok(())
}

fn known_of(context: &Context, who: PersonId) -> Vec<Reply> {
    let world = &*context.world;
    let person = world.person(who).expect("it was found");
    let Some(since) = person.registered else { return Vec::new() };
    let nick = || person.name().to_owned();
    let mut replies = vec![Reply::WhoisUser(
        nick(),
        person.user().to_owned(),
        person.host().to_owned(),
        person.realname.clone(),
    )];
    if let Some(account) = person.account() {
        replies.push(Reply::WhoisAccount(nick(), account.to_owned()));
    }
    let all_prefixes = context.has(Capability::MultiPrefix);
    let channels: Vec<_> = person
        .channels
        .iter()
        .filter(|id| world.can_see(context.me, who) && world.can_see_channel(context.me, **id))
        .map(|id| {
            let channel = world.channel(*id);
            let prefixes: String = channel.ranks(who).prefixes(all_prefixes).collect();
            prefixes + &channel.name
        })
        .collect();
    for some in channels.chunks(ROOMS_A_LINE) {
        replies.push(Reply::WhoisChannels(nick(), some.join(" ")));
    }
    replies.push(Reply::WhoisServer(
        nick(),
        world.config.name.clone(),
        world.config.server_info().to_owned(),
    ));
    if let Some(words) = &person.away {
        replies.push(Reply::Away(nick(), words.clone()));
    }
    if person.is_operator() {
        replies.push(Reply::WhoisOperator(nick()));
    }
    if world.owner_of(person.name()).is_some_and(|owner| person.account() == Some(&owner.name)) {
        replies.push(Reply::WhoisRegNick(nick()));
    }
    if person.modes.has(UserMode::Bot) {
        replies.push(Reply::WhoisBot(nick()));
    }
    if person.modes.has(UserMode::Secure) {
        replies.push(Reply::WhoisSecure(nick()));
    }
    if who == context.me || context.person().is_operator() {
        for connection in person.connections.iter().filter_map(|connection| world.connection(*connection)) {
            if let Some(fingerprint) = &connection.certificate {
                replies.push(Reply::WhoisCertFp(nick(), fingerprint.clone()));
            }
            let address = host_of(connection.address.ip());
            let from = format!("{}@{address}", connection.user(person));
            replies.push(Reply::WhoisHost(nick(), from, address));
        }
        replies.push(Reply::WhoisModes(nick(), person.modes.describe()));
    }
    let idle = world.now.duration_since(person.spoke).as_secs().max(0);
    replies.push(Reply::WhoisIdle(nick(), idle.to_string(), since.as_second().to_string()));
    replies
}

/// WHOWAS: the people who had a name before, the latest first.
pub(in crate::commands) fn whowas(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let Some(asked) = listed(message.param(0).unwrap_or_default()).next() else {
        return Err(Reply::NoNicknameGiven);
    };
    // RFC 2812 §3.6.3: a count that is not positive means all.
    let count = message.param(1).and_then(|count| count.parse().ok()).filter(|count| *count > 0);
    let gone: Vec<_> = context.world.gone(asked).take(count.unwrap_or(usize::MAX)).cloned().collect();
    if gone.is_empty() {
        context.reply(&Reply::WasNoSuchNick(asked.to_owned()));
    }
    for person in gone {
        let when = |when: Timestamp| when.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        let server = context.world.config.name.clone();
        context.reply(&Reply::WhowasUser(person.nick.clone(), person.user, person.host, person.realname));
        context.reply(&Reply::WhoisServer(person.nick, server, when(person.when)));
    }
    context.reply(&Reply::EndOfWhowas(asked.to_owned()));
    Ok(())
}
