//! Failures by name: the codes of FAIL that make a difference to the program that reads them
//! ([IRCv3 standard replies](https://ircv3.net/specs/extensions/standard-replies)). All others are for people.

/// The line is no UTF-8, and was not taken ([UTF8ONLY](https://ircv3.net/specs/extensions/utf8-only)).
pub const INVALID_UTF8: &str = "INVALID_UTF8";
/// A message of several lines is too long ([multiline](https://ircv3.net/specs/extensions/multiline)).
pub const MULTILINE_MAX_BYTES: &str = "MULTILINE_MAX_BYTES";
/// A message of several lines has too many.
pub const MULTILINE_MAX_LINES: &str = "MULTILINE_MAX_LINES";
