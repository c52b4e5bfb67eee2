//! MOTD: the message of the day, read from its file each time; and with it the end of the welcome.

use std::path::PathBuf;

use teahouse_protocol::Message;

use crate::commands::aid::Aid;
use crate::commands::channels::join;
use crate::commands::context::{Context, Task};
use crate::commands::history;
use crate::config::motd::Motd;
use crate::text::reply::Reply;

/// The file while it is read, which happens without the lock.
#[derive(Debug)]
pub(in crate::commands) struct Reading {
    file: PathBuf,
    found: Option<Motd>,
    afterwards: Afterwards,
}

/// The part of a welcome that follows the message of the day.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) enum Afterwards {
    /// Nothing.
    End,
    /// The rest of the welcome of somebody who has come: the lobby.
    EnterLobby,
    /// The rest of the welcome of a connection whose person was here already: the rooms.
    ShowRooms,
}

/// MOTD: the message of the day.
pub(in crate::commands) fn motd(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    send(context, Afterwards::End);
    Ok(())
}

/// Sends the message of the day, at once if there is none, else when its file has been read.
pub(in crate::commands) fn send(context: &mut Context, afterwards: Afterwards) {
    match context.world.config.motd_file.clone() {
        Some(file) => context.task = Some(Box::new(Reading { file, found: None, afterwards })),
        None => show(context, None, afterwards),
    }
}

impl Task for Reading {
    fn run(&mut self, _aid: &mut Aid) {
        // The operator has been told why it cannot be, at the start and when the configuration was read.
        self.found = Motd::read(&self.file).ok();
    }

    fn finish(self: Box<Self>, context: &mut Context) {
        show(context, self.found, self.afterwards);
    }
}

fn show(context: &mut Context, found: Option<Motd>, afterwards: Afterwards) {
    match found {
        Some(motd) => {
            context.reply(&Reply::MotdStart(context.world.config.name.clone()));
            for line in motd.lines {
                context.reply(&Reply::Motd(line));
            }
            context.reply(&Reply::EndOfMotd);
        }
        None => context.reply(&Reply::NoMotd),
    }
    match afterwards {
        Afterwards::End => return,
        Afterwards::EnterLobby => {
            if let Some(lobby) = context.world.config.lobby.clone() {
                join::enter(context, &lobby);
            }
        }
        Afterwards::ShowRooms => join::show_joined(context),
    }
    history::deliver_waiting(context);
}
