//! LIST: the rooms that there are, by name or by filter.

use teahouse_protocol::Message;

use crate::commands::context::{Context, listed};
use crate::text::reply::Reply;
use crate::world::Channel;
use crate::world::mask;

/// LIST: rooms by name or by filter (ELIST), or all of them, with the number of people in each.
pub(in crate::commands) fn list(context: &mut Context, message: &Message) -> Result<(), Reply> {
    // Rooms and filters may be two parameters, or one list.
    let asked: Vec<_> = message.params().iter().take(2).flat_map(|param| listed(param)).collect();
    let (filters, named): (Vec<_>, Vec<_>) = asked.into_iter().partition(|word| Filter::is_one(word));
    let filters: Vec<_> = filters.into_iter().filter_map(Filter::read).collect();
    let world = &*context.world;
    let channels: Vec<_> = if named.is_empty() {
        world.channels().map(|(id, _)| id).collect()
    } else {
        named.into_iter().filter_map(|name| world.find_channel(name).ok()).collect()
    };
    let channels = channels.into_iter().filter(|id| world.can_see_channel(context.me, *id));
    let channels: Vec<_> = channels
        .filter(|id| filters.iter().all(|filter| filter.admits(context, world.channel(*id))))
        .collect();
    context.reply(&Reply::ListStart);
    for id in channels {
        let channel = context.world.channel(id);
        let topic = channel.topic.as_ref().map(|topic| topic.text.clone()).unwrap_or_default();
        let reply = Reply::List(channel.name.clone(), channel.members.len().to_string(), topic);
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

    fn admits(&self, context: &Context, channel: &Channel) -> bool {
        let since = |when| context.world.now.duration_since(when).as_secs();
        match self {
            Self::Name { mask, fits } => {
                let fold = |text| context.world.config.casemapping.fold(text);
                mask::fits(fold(mask).as_str(), fold(&channel.name).as_str()) == *fits
            }
            Self::Users(more, count) => more.admits(&channel.members.len(), count),
            Self::Created(more, minutes) => more.admits(&since(channel.created), &minutes.saturating_mul(60)),
            Self::Topic(more, minutes) => {
                let topic = channel.topic.as_ref();
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
