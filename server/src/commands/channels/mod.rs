//! Rooms ([Modern IRC, "Channel Operations"](https://modern.ircdocs.horse/#channel-operations)): coming and going, what
//! they are about and called, who sits in them, and their modes.

pub(super) mod access;
pub(super) mod invite;
pub(super) mod join;
pub(super) mod leave;
pub(super) mod list;
pub(super) mod modes;
pub(super) mod names;
pub(super) mod rename;
pub(super) mod topic;

use crate::commands::context::listed;
use crate::text::reply::Reply;

/// How many rooms one person may sit in (CHANLIMIT).
pub(super) const MAX_JOINED: usize = 50;
/// The longest topic, in bytes (TOPICLEN).
pub(super) const TOPIC_BYTES: usize = 300;
/// The longest word at parting or removing, in bytes (KICKLEN).
pub(super) const WORDS_BYTES: usize = 300;

/// Goes on if a list has anything in it: an empty parameter is none.
fn require_one(list: &str, command: &str) -> Result<(), Reply> {
    listed(list).next().map(|_| ()).ok_or_else(|| Reply::NeedMoreParams(command.to_owned()))
}
