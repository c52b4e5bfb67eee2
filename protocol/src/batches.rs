//! Batches: lines that belong together, and what for: the types that stand in BATCH
//! ([IRCv3 batch](https://ircv3.net/specs/extensions/batch)).

/// Messages from the history ([chathistory](https://ircv3.net/specs/batches/chathistory)).
pub const CHATHISTORY: &str = "chathistory";
/// Conversations that have a history ([chathistory](https://ircv3.net/specs/extensions/chathistory)).
pub const CHATHISTORY_TARGETS: &str = "draft/chathistory-targets";
/// The tokens of 005 ([extended-isupport](https://ircv3.net/specs/extensions/extended-isupport)).
pub const ISUPPORT: &str = "draft/isupport";
/// The answer to one question ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)).
pub const LABELED_RESPONSE: &str = "labeled-response";
/// A message of several lines ([multiline](https://ircv3.net/specs/extensions/multiline)).
pub const MULTILINE: &str = "draft/multiline";
/// The results of SEARCH; Teahouse's own.
pub const SEARCH: &str = "teahouse/search";
