//! MOTD: the message of the day, read from its file each time; and with it the end of the welcome.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::context::{Context, Task};
use super::errand::Aid;
use super::{channels, history};
use crate::reply::Reply;

/// How much of the file is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// How much of a line is sent, in bytes.
const LINE_BYTES: usize = 400;

/// The file while it is read, which happens without the lock.
#[derive(Debug)]
pub(super) struct Reading {
    file: PathBuf,
    found: Option<String>,
    /// Whether the message of the day ends a welcome.
    welcome: bool,
}

/// MOTD: the message of the day.
pub(super) fn motd(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.for_this_server(message.param(0))?;
    send(context, false);
    Ok(())
}

/// Sends the message of the day, at once if there is none, else when its file has been read.
pub(super) fn send(context: &mut Context, welcome: bool) {
    match context.world.config.motd_file.clone() {
        Some(file) => context.task = Some(Box::new(Reading { file, found: None, welcome })),
        None => show(context, None, welcome),
    }
}

impl Task for Reading {
    fn run(&mut self, _aid: &mut Aid) {
        let mut bytes = Vec::new();
        let read = File::open(&self.file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        self.found = read.is_ok().then(|| String::from_utf8_lossy(&bytes).into_owned());
    }

    fn finish(self: Box<Self>, context: &mut Context) {
        show(context, self.found, self.welcome);
    }
}

fn show(context: &mut Context, text: Option<String>, welcome: bool) {
    match text {
        Some(text) => {
            context.reply(&Reply::MotdStart(context.world.config.name.clone()));
            for line in text.lines() {
                let line = line.replace(['\0', '\r'], "");
                context.reply(&Reply::Motd(truncate(&line, LINE_BYTES).to_owned()));
            }
            context.reply(&Reply::EndOfMotd);
        }
        None => context.reply(&Reply::NoMotd),
    }
    if !welcome {
        return;
    }
    if context.me != context.device {
        channels::show_joined(context);
    } else if let Some(lobby) = context.world.config.lobby.clone() {
        channels::enter(context, &lobby);
    }
    history::deliver_waiting(context);
}
