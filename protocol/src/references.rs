//! References: how a message or a moment is named in CHATHISTORY and MARKREAD
//! ([chathistory, "Timestamps and msgids"](https://ircv3.net/specs/extensions/chathistory)).

/// Stands before the identifier of a message, as its tag has it ([`MSGID`](crate::tags::MSGID)).
pub const MSGID: &str = "msgid=";
/// Stands before a moment, as the tag of a line has it ([`TIME`](crate::tags::TIME)).
pub const TIMESTAMP: &str = "timestamp=";
