//! Asking about people: WHO, WHOIS, ISON, USERHOST, and saying that one is AWAY.

use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, names};

use super::{Context, listed};
use crate::reply::Reply;
use crate::world::{Client, ClientId, Registration};

/// The longest reason for being away, in bytes (AWAYLEN).
pub(super) const AWAY_BYTES: usize = 200;
/// How many names USERHOST answers for (RFC 2812 §4.8).
const USERHOST_NAMES: usize = 5;

/// AWAY: with words one is away, without them one is back.
pub(super) fn away(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let words = message.param(0).filter(|words| !words.is_empty());
    context.world.client_mut(context.me).away = words.map(|words| truncate(words, AWAY_BYTES).to_owned());
    context.reply(if words.is_some() { &Reply::NowAway } else { &Reply::UnAway });
    Ok(())
}

/// ISON: which of these are here.
pub(super) fn ison(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let asked = message.params().iter().flat_map(|param| param.split(' ')).filter(|nick| !nick.is_empty());
    let here: Vec<_> = asked.filter_map(|nick| found(context, nick)).map(Client::name).collect();
    let here = here.join(" ");
    context.reply(&Reply::IsOn(here));
    Ok(())
}

/// USERHOST: where these come from, and whether they are away.
pub(super) fn userhost(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let people = message.params().iter().take(USERHOST_NAMES).filter_map(|nick| found(context, nick));
    let list: Vec<_> = people
        .map(|client| {
            let sign = if client.away.is_some() { '-' } else { '+' };
            format!("{}={sign}{}@{}", client.name(), client.user(), client.host())
        })
        .collect();
    context.reply(&Reply::UserHost(list.join(" ")));
    Ok(())
}

fn found<'c>(context: &'c Context, nick: &str) -> Option<&'c Client> {
    context.world.find(nick).ok().and_then(|id| context.world.client(id))
}

/// WHO: one line for everybody in a room, for one person, or for all whose name fits a mask.
pub(super) fn who(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let mask = message.param(0).filter(|mask| !matches!(*mask, "" | "0")).unwrap_or("*");
    if names::is_channel(mask) {
        if let Ok(channel) = context.world.find_channel(mask) {
            let members: Vec<_> = context.world.channel(channel).members().collect();
            let name = context.world.channel(channel).name.clone();
            for member in members {
                context.reply(&who_reply(context, member, &name));
            }
        }
    } else {
        let folded = context.world.config.casemapping.fold(mask).into_owned();
        let fits = |client: &Client| {
            client.is_registered()
                && matches_mask(
                    folded.as_str(),
                    context.world.config.casemapping.fold(client.name()).as_str(),
                )
        };
        let people: Vec<_> =
            context.world.clients().filter(|(_, client)| fits(client)).map(|(id, _)| id).collect();
        for person in people {
            let first = context.world.client(person).and_then(|client| client.channels.first());
            let room = first.map_or("*".to_owned(), |channel| context.world.channel(*channel).name.clone());
            context.reply(&who_reply(context, person, &room));
        }
    }
    context.reply(&Reply::EndOfWho(mask.to_owned()));
    Ok(())
}

fn who_reply(context: &Context, person: ClientId, room: &str) -> Reply {
    let client = context.world.client(person).expect("a member is here");
    Reply::WhoReply(
        room.to_owned(),
        client.user().to_owned(),
        client.host().to_owned(),
        context.world.config.name.clone(),
        client.name().to_owned(),
        if client.away.is_some() { "G" } else { "H" }.to_owned(),
        client.realname.clone(),
    )
}

/// Whether a name fits a mask, in which `*` stands for anything and `?` for one character; both are folded.
fn matches_mask(mask: &str, name: &str) -> bool {
    let (mask, name): (Vec<char>, Vec<char>) = (mask.chars().collect(), name.chars().collect());
    let (mut m, mut n) = (0, 0);
    // Where to go back to: behind the last star, and one character further in the name each time.
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        match mask.get(m) {
            Some('*') => {
                back = Some((m + 1, n));
                m += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                m += 1;
                n += 1;
            }
            _ => match back {
                Some((after_star, taken)) => {
                    back = Some((after_star, taken + 1));
                    m = after_star;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    mask[m..].iter().all(|c| *c == '*')
}

/// WHOIS: all there is to know about somebody.
pub(super) fn whois(context: &mut Context, message: &Message) -> Result<(), Reply> {
    // With two parameters the first names a server, and there is one server only.
    let asked = message.param(1).or(message.param(0)).unwrap_or_default();
    let Some(asked) = listed(asked).next() else { return Err(Reply::NoNicknameGiven) };
    match context.world.find(asked) {
        Ok(person) => describe(context, person),
        Err(refusal) => context.reply(&refusal),
    }
    context.reply(&Reply::EndOfWhois(asked.to_owned()));
    Ok(())
}

fn describe(context: &mut Context, person: ClientId) {
    let world = &*context.world;
    let client = world.client(person).expect("it was found");
    let Registration::Done { since, spoke } = client.registration else { return };
    let nick = client.name().to_owned();
    let rooms: Vec<_> = client.channels.iter().map(|channel| world.channel(*channel).name.as_str()).collect();
    let idle = world.now.duration_since(spoke).as_secs().max(0);
    let mut replies = vec![Reply::WhoisUser(
        nick.clone(),
        client.user().to_owned(),
        client.host().to_owned(),
        client.realname.clone(),
    )];
    if !rooms.is_empty() {
        replies.push(Reply::WhoisChannels(nick.clone(), rooms.join(" ")));
    }
    replies.push(Reply::WhoisServer(nick.clone(), world.config.name.clone(), world.config.network.clone()));
    if let Some(words) = &client.away {
        replies.push(Reply::Away(nick.clone(), words.clone()));
    }
    replies.push(Reply::WhoisIdle(nick, idle.to_string(), since.as_second().to_string()));
    for reply in &replies {
        context.reply(reply);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_fits_the_names_that_it_describes() {
        for (mask, name, fits) in [
            ("*", "小明", true),
            ("小?", "小明", true),
            ("小?", "小", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbYcZ", false),
            ("alice", "alice", true),
            ("alice", "alic", false),
            ("*ce", "alice", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches_mask(mask, name), fits, "{mask} and {name}");
        }
    }
}
