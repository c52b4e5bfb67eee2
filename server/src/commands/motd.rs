//! MOTD: the message of the day, read from its file each time; and with it the end of the welcome.
//!
//! No file may be read under the world's lock, so the handler leaves an [`Errand`]: the session reads the file
//! without the lock and comes back with what it found.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use teahouse_protocol::Message;
use teahouse_protocol::text::truncate;

use super::{Context, channels};
use crate::reply::Reply;

/// How much of the file is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// How much of a line is sent, in bytes.
const LINE_BYTES: usize = 400;

/// Something to be done between two halves of a command, without the world's lock.
#[derive(Debug)]
pub struct Errand {
    file: PathBuf,
    found: Option<String>,
    /// Whether the message of the day ends a welcome.
    welcome: bool,
}

impl Errand {
    /// Does it. Reads a file; holds no lock.
    pub fn run(&mut self) {
        let mut bytes = Vec::new();
        let read = File::open(&self.file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        self.found = read.is_ok().then(|| String::from_utf8_lossy(&bytes).into_owned());
    }
}

/// MOTD: the message of the day.
pub(super) fn motd(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if let Some(server) = message.param(0).filter(|server| *server != context.world.config.name) {
        return Err(Reply::NoSuchServer(server.to_owned()));
    }
    send(context, false);
    Ok(())
}

/// Sends the message of the day, at once if there is none, else when its file has been read.
pub(super) fn send(context: &mut Context, welcome: bool) {
    match context.world.config.motd_file.clone() {
        Some(file) => context.errand = Some(Errand { file, found: None, welcome }),
        None => show(context, None, welcome),
    }
}

pub(super) fn finish(context: &mut Context, errand: Errand) {
    show(context, errand.found, errand.welcome);
}

fn show(context: &mut Context, text: Option<String>, welcome: bool) {
    match text {
        Some(text) => {
            context.reply(&Reply::MotdStart(context.world.config.name.clone()));
            for line in text.lines() {
                context.reply(&Reply::Motd(truncate(&line.replace(['\0', '\r'], ""), LINE_BYTES).to_owned()));
            }
            context.reply(&Reply::EndOfMotd);
        }
        None => context.reply(&Reply::NoMotd),
    }
    if welcome && let Some(lobby) = context.world.config.lobby.clone() {
        channels::enter(context, &lobby);
    }
}
