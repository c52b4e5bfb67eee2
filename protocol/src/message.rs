//! One IRC message: tags, source, command, parameters; parsed from a line and printed back to one.
//!
//! Parsing and printing are inverses: each message that [`Message::parse`] accepts or [`Message::new`] builds prints
//! as a line that parses to the same message. The grammar is that of
//! [Modern IRC, "Message Format"](https://modern.ircdocs.horse/#message-format). Where lines begin and end is
//! [`framing`](crate::framing)'s subject.

use std::fmt;
use std::ops::Deref;

use crate::tags::Tags;

/// How many parameters a message has at the most (RFC 2812 §2.3.1).
pub const MAX_PARAMS: usize = 15;

/// One message, borrowed from the line it came in.
///
/// Every message that exists is printable: its parts were checked when it was parsed or built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    tags: Tags<'a>,
    source: Option<Source<'a>>,
    command: &'a str,
    params: Params<'a>,
}

/// Why a line is no message, or why parts cannot be put together to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidMessage {
    /// Nothing but spaces. Servers and clients ignore such lines.
    Empty,
    /// Tags or a source, and then nothing.
    NoCommand,
    /// A command is letters only or three digits.
    BadCommand,
    /// NUL, CR or LF inside a line.
    ForbiddenByte,
    /// A parameter that is not the last is empty, has a space in it or begins with a colon; or a source has a space.
    BadParameter,
    /// More than [`MAX_PARAMS`] parameters.
    TooManyParameters,
}

impl fmt::Display for InvalidMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the line is empty",
            Self::NoCommand => "the line has no command",
            Self::BadCommand => "a command is letters only or three digits",
            Self::ForbiddenByte => "NUL, CR and LF cannot stand inside a line",
            Self::BadParameter => "only the last parameter may be empty, hold a space or begin with a colon",
            Self::TooManyParameters => "a message has at most 15 parameters",
        })
    }
}

impl std::error::Error for InvalidMessage {}

impl<'a> Message<'a> {
    /// Takes a line apart; `line` comes without its CR LF.
    ///
    /// Runs of spaces count as one and a space at the end is ignored, as every server does.
    /// The fifteenth parameter takes all that is left, with or without a colon (RFC 2812 §2.3.1).
    ///
    /// # Errors
    /// [`InvalidMessage`] when the line is empty, has no command or a malformed one, or holds NUL, CR or LF.
    pub fn parse(line: &'a str) -> Result<Self, InvalidMessage> {
        // This looks at all bytes, whatever the first ones are: without an early way out it takes sixteen at a time.
        if line.bytes().fold(false, |found, byte| found | is_forbidden(byte)) {
            return Err(InvalidMessage::ForbiddenByte);
        }
        let mut rest = line.trim_start_matches(' ');
        if rest.is_empty() {
            return Err(InvalidMessage::Empty);
        }
        let mut tags = Tags::default();
        if let Some(tagged) = rest.strip_prefix('@') {
            let (raw, after) = split_word(tagged);
            tags = Tags::from_wire(raw);
            rest = after;
        }
        let mut source = None;
        if let Some(sourced) = rest.strip_prefix(':') {
            let (raw, after) = split_word(sourced);
            source = (!raw.is_empty()).then(|| Source::parse(raw));
            rest = after;
        }
        let (command, mut rest) = split_word(rest);
        if command.is_empty() {
            return Err(InvalidMessage::NoCommand);
        }
        if !is_command(command) {
            return Err(InvalidMessage::BadCommand);
        }
        let mut params = Params::default();
        while !rest.is_empty() {
            if let Some(trailing) = rest.strip_prefix(':') {
                params.push(trailing);
                break;
            }
            if params.len == MAX_PARAMS - 1 {
                params.push(rest);
                break;
            }
            let (param, after) = split_word(rest);
            params.push(param);
            rest = after;
        }
        Ok(Self { tags, source, command, params })
    }

    /// Puts a message together from its command and parameters.
    ///
    /// # Errors
    /// [`InvalidMessage`] when the result could not be printed as one line that means the same.
    pub fn new(command: &'a str, params: &[&'a str]) -> Result<Self, InvalidMessage> {
        if !is_command(command) {
            return Err(InvalidMessage::BadCommand);
        }
        if params.len() > MAX_PARAMS {
            return Err(InvalidMessage::TooManyParameters);
        }
        if params.iter().any(|param| param.bytes().any(is_forbidden)) {
            return Err(InvalidMessage::ForbiddenByte);
        }
        if let Some((_, middle)) = params.split_last()
            && middle.iter().any(|param| needs_colon(param))
        {
            return Err(InvalidMessage::BadParameter);
        }
        let mut list = Params::default();
        for param in params {
            list.push(param);
        }
        Ok(Self { tags: Tags::default(), source: None, command, params: list })
    }

    /// The same message with another source; only servers send one.
    ///
    /// # Errors
    /// [`InvalidMessage::BadParameter`] when `source` is empty or has a space, NUL, CR or LF in it.
    pub fn with_source(self, source: &'a str) -> Result<Self, InvalidMessage> {
        if source.is_empty() || source.bytes().any(|byte| byte == b' ' || is_forbidden(byte)) {
            return Err(InvalidMessage::BadParameter);
        }
        Ok(Self { source: Some(Source::parse(source)), ..self })
    }

    /// The same message with other tags.
    #[must_use]
    pub fn with_tags(self, tags: Tags<'a>) -> Self {
        Self { tags, ..self }
    }

    /// The tags before the message, empty when it has none.
    pub fn tags(&self) -> Tags<'a> {
        self.tags
    }

    /// The sender; a client that receives none takes it to be the server.
    pub fn source(&self) -> Option<Source<'a>> {
        self.source
    }

    /// The command as it was written, which may be in lower case; or a numeric's three digits.
    pub fn command(&self) -> &'a str {
        self.command
    }

    /// The command as a numeric, if it is one.
    pub fn numeric(&self) -> Option<u16> {
        self.command.starts_with(|c: char| c.is_ascii_digit()).then(|| self.command.parse().ok()).flatten()
    }

    /// Whether the command is `name`; commands are compared without regard to case.
    pub fn is(&self, name: &str) -> bool {
        self.command.eq_ignore_ascii_case(name)
    }

    /// The parameters, without the colon that may have stood before the last one.
    pub fn params(&self) -> &Params<'a> {
        &self.params
    }

    /// Parameter `index` counted from 0, if there is one.
    pub fn param(&self, index: usize) -> Option<&'a str> {
        self.params.get(index).copied()
    }
}

/// Prints the message as a line without its CR LF.
impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.tags.is_empty() {
            write!(f, "@{} ", self.tags.as_wire())?;
        }
        if let Some(source) = self.source {
            write!(f, ":{source} ")?;
        }
        f.write_str(self.command)?;
        if let Some((last, middle)) = self.params.split_last() {
            for param in middle {
                write!(f, " {param}")?;
            }
            f.write_str(if needs_colon(last) { " :" } else { " " })?;
            f.write_str(last)?;
        }
        Ok(())
    }
}

/// A message's parameters: a slice of at most [`MAX_PARAMS`], kept without allocating.
#[derive(Clone, Copy, Default)]
pub struct Params<'a> {
    list: [&'a str; MAX_PARAMS],
    /// How many of `list` are there; the rest is empty.
    len: usize,
}

impl<'a> Params<'a> {
    fn push(&mut self, param: &'a str) {
        self.list[self.len] = param;
        self.len += 1;
    }
}

impl<'a> Deref for Params<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &Self::Target {
        &self.list[..self.len]
    }
}

impl PartialEq for Params<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Params<'_> {}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Where a message comes from: a server's name, or `nick!user@host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The nickname, or the server's name.
    pub name: &'a str,
    /// The part between `!` and `@`.
    pub user: Option<&'a str>,
    /// The part after `@`.
    pub host: Option<&'a str>,
}

impl<'a> Source<'a> {
    fn parse(raw: &'a str) -> Self {
        let (front, host) = match raw.split_once('@') {
            Some((front, host)) => (front, Some(host)),
            None => (raw, None),
        };
        let (name, user) = match front.split_once('!') {
            Some((name, user)) => (name, Some(user)),
            None => (front, None),
        };
        Self { name, user, host }
    }
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(user) = self.user {
            write!(f, "!{user}")?;
        }
        if let Some(host) = self.host {
            write!(f, "@{host}")?;
        }
        Ok(())
    }
}

/// A command is one or more letters, or exactly three digits (RFC 2812 §2.3.1).
fn is_command(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphabetic);
    letters || (bytes.len() == 3 && bytes.iter().all(u8::is_ascii_digit))
}

fn is_forbidden(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\r' | b'\n')
}

/// Whether a parameter can only stand last, behind a colon.
fn needs_colon(param: &str) -> bool {
    param.is_empty() || param.starts_with(':') || param.contains(' ')
}

/// The first word and what follows it, with the spaces between them gone. Words are short: to look at each byte takes
/// less than to begin a search that is made for long texts.
fn split_word(text: &str) -> (&str, &str) {
    match text.bytes().position(|byte| byte == b' ') {
        Some(end) => (&text[..end], text[end..].trim_start_matches(' ')),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, source: Option<&str>, command: &str, params: &[&str]) {
        let message = Message::parse(line).expect(line);
        assert_eq!(
            message.source().map(|source| source.to_string()).as_deref(),
            source,
            "source of {line:?}"
        );
        assert_eq!(message.command(), command, "command of {line:?}");
        assert_eq!(&message.params()[..], params, "parameters of {line:?}");
        let printed = message.to_string();
        assert_eq!(Message::parse(&printed), Ok(message), "{line:?} printed as {printed:?}");
    }

    #[test]
    fn a_line_is_taken_apart_into_source_command_and_parameters() {
        check("NICK alice", None, "NICK", &["alice"]);
        check("QUIT", None, "QUIT", &[]);
        check("USER alice 0 * :Alice Liddell", None, "USER", &["alice", "0", "*", "Alice Liddell"]);
        check(":alice!a@host PRIVMSG #茶馆 :你好", Some("alice!a@host"), "PRIVMSG", &["#茶馆", "你好"]);
        check(":tea.house 001 alice :Welcome", Some("tea.house"), "001", &["alice", "Welcome"]);
        check("PRIVMSG bob ::-)", None, "PRIVMSG", &["bob", ":-)"]);
        check("TOPIC #a :", None, "TOPIC", &["#a", ""]);
        check("PRIVMSG #a ::", None, "PRIVMSG", &["#a", ":"]);
        check("PRIVMSG #a : leading", None, "PRIVMSG", &["#a", " leading"]);
    }

    #[test]
    fn spaces_more_than_needed_do_not_count() {
        check("  JOIN   #a  ", None, "JOIN", &["#a"]);
        check(":src   NOTICE  a   :b  c ", Some("src"), "NOTICE", &["a", "b  c "]);
    }

    #[test]
    fn the_fifteenth_parameter_takes_all_that_is_left() {
        let params = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15 16 17"];
        check("CMD 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", None, "CMD", &params);
        check("CMD 1 2 3 4 5 6 7 8 9 10 11 12 13 14 :15 16 17", None, "CMD", &params);
    }

    #[test]
    fn tags_stand_before_the_source() {
        let message = Message::parse("@time=2026-01-01T00:00:00.000Z;+typing=active :a PRIVMSG b c").unwrap();
        assert_eq!(message.tags().get("time").as_deref(), Some("2026-01-01T00:00:00.000Z"));
        assert_eq!(message.tags().get("+typing").as_deref(), Some("active"));
        assert_eq!(message.to_string(), "@time=2026-01-01T00:00:00.000Z;+typing=active :a PRIVMSG b c");
    }

    #[test]
    fn a_line_that_is_no_message_says_why() {
        for (line, why) in [
            ("", InvalidMessage::Empty),
            ("   ", InvalidMessage::Empty),
            (":alice", InvalidMessage::NoCommand),
            ("@a=b :alice ", InvalidMessage::NoCommand),
            ("12 a", InvalidMessage::BadCommand),
            ("1234", InvalidMessage::BadCommand),
            ("PRIV-MSG a", InvalidMessage::BadCommand),
            ("你好", InvalidMessage::BadCommand),
            ("NICK a\0b", InvalidMessage::ForbiddenByte),
            // An even number of them is as bad as one.
            ("NICK a\0b\0", InvalidMessage::ForbiddenByte),
            ("NICK a\0\rb", InvalidMessage::ForbiddenByte),
            ("NICK a\rQUIT", InvalidMessage::ForbiddenByte),
        ] {
            assert_eq!(Message::parse(line), Err(why), "{line:?}");
        }
    }

    #[test]
    fn nobody_can_smuggle_a_second_line_or_parameter_into_a_message() {
        for (command, params, why) in [
            ("PRIVMSG", &["#a", "hi\r\nQUIT"][..], InvalidMessage::ForbiddenByte),
            ("PRIVMSG", &["#a b", "hi"], InvalidMessage::BadParameter),
            ("PRIVMSG", &["", "hi"], InvalidMessage::BadParameter),
            ("PRIVMSG", &[":a", "hi"], InvalidMessage::BadParameter),
            ("PRIV MSG", &["a"], InvalidMessage::BadCommand),
            ("CMD", &["a"; 16], InvalidMessage::TooManyParameters),
        ] {
            assert_eq!(Message::new(command, params), Err(why), "{command} {params:?}");
        }
        let most = Message::new("CMD", &["a"; MAX_PARAMS]).unwrap();
        assert_eq!(Message::parse(&most.to_string()), Ok(most), "as many as a message has at most");
    }

    #[test]
    fn a_source_is_a_server_or_a_person() {
        #[track_caller]
        fn check(raw: &str, name: &str, user: Option<&str>, host: Option<&str>) {
            assert_eq!(Source::parse(raw), Source { name, user, host });
            assert_eq!(Source::parse(raw).to_string(), raw);
        }
        check("tea.house", "tea.house", None, None);
        check("alice!a@b.c", "alice", Some("a"), Some("b.c"));
        check("小明!~x@::1", "小明", Some("~x"), Some("::1"));
        check("alice@host", "alice", None, Some("host"));
    }

    #[test]
    fn a_command_may_be_written_in_small_letters() {
        let message = Message::parse("pRiVmSg #tea :hi").unwrap();
        assert!(message.is("PRIVMSG") && !message.is("PRIVMSGS") && !message.is("NOTICE"));
    }

    #[test]
    fn a_numeric_is_three_digits() {
        assert_eq!(Message::parse(":s 433 * a :in use").unwrap().numeric(), Some(433));
        assert_eq!(Message::parse("PING x").unwrap().numeric(), None);
    }

    #[test]
    fn messages_are_equal_only_if_all_of_them_is() {
        let parsed = |line| Message::parse(line).unwrap();
        let one = parsed("@a=b :bob PRIVMSG #tea :a b");
        for same in ["@a=b :bob PRIVMSG #tea :a b", "@a=b  :bob  PRIVMSG  #tea  :a b"] {
            assert_eq!(one, parsed(same), "{same}");
        }
        for other in [
            "@a=c :bob PRIVMSG #tea :a b",
            "@a=b :ann PRIVMSG #tea :a b",
            "@a=b :bob NOTICE #tea :a b",
            "@a=b :bob PRIVMSG #teA :a b",
            "@a=b :bob PRIVMSG #tea :a",
            "@a=b :bob PRIVMSG #tea a b",
            "@a=b :bob PRIVMSG #tea",
            "@a=b :bob PRIVMSG",
        ] {
            assert_ne!(one, parsed(other), "{other}");
        }
        let params = |line| parsed(line).params().to_vec();
        assert_eq!(params("A b c"), params("A b :c"));
        assert_ne!(params("A b c"), params("A b d"));
    }

    #[test]
    fn a_source_that_would_break_the_line_is_refused() {
        let message = || Message::new("QUIT", &["bye"]).unwrap();
        for bad in ["", " ", "a b", "bob ", "a\0b", "a\rb", "a\nb"] {
            assert_eq!(message().with_source(bad), Err(InvalidMessage::BadParameter), "{bad:?}");
        }
        for good in ["bob", "bob!~b@192.0.2.1", "tea.house", "小明", "a:b"] {
            let line = message().with_source(good).unwrap().to_string();
            assert_eq!(line, format!(":{good} QUIT bye"));
            assert_eq!(
                Message::parse(&line).unwrap().source().map(|source| source.to_string()).as_deref(),
                Some(good)
            );
        }
    }
}
