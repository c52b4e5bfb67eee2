//! NAMES: the people who sit in a room.

use teahouse_protocol::Message;

use crate::commands::context::{Context, listed};
use crate::text::reply::Reply;
use crate::world::{Capability, ChannelId, ConnectionId, Flag};

/// How many bytes of names stand in one 353, which leaves room for the longest server and channel names.
const NAMES_BYTES: usize = 300;
/// How many bytes a name in such a list has, mostly, with its space.
const USUAL_NAME_BYTES: usize = 12;

/// NAMES: the people who sit in a room; without parameters, in every room that the client may know of.
pub(in crate::commands) fn names(context: &mut Context, message: &Message) -> Result<(), Reply> {
    match message.param(0).filter(|names| !names.is_empty()) {
        Some(names) => {
            let mut told = Vec::new();
            for name in listed(names) {
                // A client that asks for a full room a hundred times over in one line is told once.
                let channel = context.world.find_visible_channel(context.me, name).ok();
                let channel = channel.filter(|channel| !told.contains(channel));
                if let Some(channel) = channel {
                    show_names(context, context.connection, channel);
                    told.push(channel);
                }
                context.reply(&Reply::EndOfNames(name.to_owned()));
            }
        }
        None => {
            let visible = context.world.channels().map(|(id, _)| id);
            let visible: Vec<_> =
                visible.filter(|id| context.world.can_see_channel(context.me, *id)).collect();
            for channel in visible {
                show_names(context, context.connection, channel);
            }
            context.reply(&Reply::EndOfNames("*".to_owned()));
        }
    }
    Ok(())
}

/// Shows a connection the members of a room.
pub(super) fn show_names(context: &mut Context, connection: ConnectionId, id: ChannelId) {
    let names = names_in(context, connection, id);
    let channel = context.world.channel(id);
    let (symbol, name) = (if channel.modes.has(Flag::Secret) { "@" } else { "=" }, channel.name.clone());
    for line in names.lines() {
        context.tell(connection, &Reply::NamReply(symbol.to_owned(), name.clone(), line.to_owned()));
    }
}

/// The members that a client may see, in as many lines as it takes.
fn names_in(context: &Context, viewer: ConnectionId, channel: ChannelId) -> String {
    let world = &*context.world;
    let has = |capability| world.connection(viewer).is_some_and(|viewer| viewer.has(capability));
    let (all_prefixes, userhost) = (has(Capability::MultiPrefix), has(Capability::UserhostInNames));
    let viewer = world.person_of(viewer);
    let is_member = world.is_member(viewer, channel);
    let members = world.channel(channel).members();
    let mut names = String::with_capacity(members.len() * USUAL_NAME_BYTES);
    let mut line_start = 0;
    for (id, member) in members.filter(|(id, _)| is_member || world.can_see(viewer, *id)) {
        let person = world.person(id).expect("a member is here");
        let shown = if userhost { person.source() } else { person.name() };
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
