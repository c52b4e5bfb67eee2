//! Lines as they went over the wire, for the panel that shows them: kept without the passwords that were in them.

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;
use teahouse_protocol::Message;

/// What stands in the place of a password, however long that is.
const MASK: &str = "****";

/// Mechanisms of SASL that are named in the clear; anything else that follows AUTHENTICATE may be a password.
const MECHANISMS: [&str; 5] = ["PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-1"];

/// Requests to the services that have a password in them: the rest of the line is covered.
const SECRET_REQUESTS: [&str; 12] = [
    "IDENTIFY",
    "ID",
    "LOGIN",
    "REGISTER",
    "GHOST",
    "RECOVER",
    "REGAIN",
    "RELEASE",
    "SET",
    "SETPASS",
    "VERIFY",
    "RESETPASS",
];

/// Services of networks, which answer by NOTICE; some of them are told passwords.
const SERVICES: [&str; 17] = [
    "NICKSERV",
    "NS",
    "CHANSERV",
    "CS",
    "AUTHSERV",
    "USERSERV",
    "SASLSERV",
    "MEMOSERV",
    "BOTSERV",
    "HOSTSERV",
    "OPERSERV",
    "GROUPSERV",
    "INFOSERV",
    "HELPSERV",
    "STATSERV",
    "ALIS",
    "Q",
];

/// A line that was sent or received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireLine {
    /// When, by our clock.
    pub at: Timestamp,
    /// Whether we sent it.
    pub is_sent: bool,
    /// How many bytes it took on the wire, its CR LF included.
    pub bytes: usize,
    /// The line without CR LF, its passwords covered.
    pub line: String,
}

impl WireLine {
    /// Notes a line, which comes without its CR LF.
    pub fn new(is_sent: bool, line: &str) -> Self {
        let bytes = line.len() + "\r\n".len();
        Self { at: Timestamp::now(), is_sent, bytes, line: masked(line).into_owned() }
    }
}

/// Whether this is the name of a service and not of a person; `NickServ@services.example` is a service too.
pub fn is_service(name: &str) -> bool {
    let name = name.split('@').next().unwrap_or(name).to_ascii_uppercase();
    SERVICES.contains(&name.as_str())
}

/// A request to a service with its passwords covered.
pub fn masked_request(request: &str) -> Cow<'_, str> {
    match secret_of_request(request, 0..request.len()) {
        Some(secret) => Cow::Owned(format!("{}{MASK}", &request[..secret.start])),
        None => Cow::Borrowed(request),
    }
}

/// The line with its passwords covered.
pub fn masked(line: &str) -> Cow<'_, str> {
    let Ok(message) = Message::parse(line) else { return Cow::Borrowed(line) };
    let params = message.params();
    let place = |index: usize| params.get(index).map(|param| place_in(line, param));
    let command = message.command().to_ascii_uppercase();
    let secret = match command.as_str() {
        "PASS" => place(0),
        "AUTHENTICATE" => place(0)
            .filter(|at| !MECHANISMS.contains(&&line[at.clone()]) && !matches!(&line[at.clone()], "+" | "*")),
        "OPER" => place(1),
        "REGISTER" => place(2),
        "VERIFY" => place(1),
        // A line that has a source, such as the server's, says that somebody came in, and no more.
        "JOIN" if message.source().is_none() => place(1),
        "PRIVMSG" | "NOTICE" | "SQUERY" => {
            let is_service = params.first().is_some_and(|to| is_service(to));
            place(1).filter(|_| is_service).and_then(|text| secret_of_request(line, text))
        }
        service if is_service(service) => {
            let first = place(0);
            first.and_then(|first| secret_of_request(line, first.start..line.len()))
        }
        _ => None,
    };
    match secret {
        Some(at) if !at.is_empty() => Cow::Owned(format!("{}{MASK}{}", &line[..at.start], &line[at.end..])),
        _ => Cow::Borrowed(line),
    }
}

/// What follows the first word of a request to a service, if that word is one that passwords follow.
fn secret_of_request(line: &str, text: Range<usize>) -> Option<Range<usize>> {
    let (request, _) = line[text.clone()].trim_start().split_once(' ')?;
    let is_secret = SECRET_REQUESTS.contains(&request.trim_start_matches(':').to_ascii_uppercase().as_str());
    let rest = place_in(line, request).end + 1..text.end;
    // A password may prove the request that gives a name up; it stands behind that name.
    let is_proved = request.trim_start_matches(':').eq_ignore_ascii_case("DROP");
    let proof = line[rest.clone()].trim_start().split_once(' ').filter(|_| is_proved);
    proof.map(|(_, proof)| place_in(line, proof)).or_else(|| is_secret.then_some(rest))
}

/// Where `part`, which was cut out of `line`, stands in it.
fn place_in(line: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - line.as_ptr() as usize;
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_kept() {
        for (line, expected) in [
            ("PASS sesame", "PASS ****"),
            ("PASS :open sesame", "PASS :****"),
            ("AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN"),
            ("AUTHENTICATE +", "AUTHENTICATE +"),
            ("AUTHENTICATE *", "AUTHENTICATE *"),
            ("AUTHENTICATE Ym9iAGJvYgBzZXNhbWU=", "AUTHENTICATE ****"),
            ("OPER root sesame", "OPER root ****"),
            ("REGISTER bob * :my password", "REGISTER bob * :****"),
            ("VERIFY bob 1234", "VERIFY bob ****"),
            ("JOIN #a sesame", "JOIN #a ****"),
            ("JOIN #a", "JOIN #a"),
            (":bob!b@h JOIN #a bob :Bob", ":bob!b@h JOIN #a bob :Bob"),
            ("@label=1 PRIVMSG NickServ :IDENTIFY bob sesame", "@label=1 PRIVMSG NickServ :IDENTIFY ****"),
            ("PRIVMSG nickserv@services :identify sesame", "PRIVMSG nickserv@services :identify ****"),
            (":bob!b@h PRIVMSG NickServ :REGISTER sesame b@h", ":bob!b@h PRIVMSG NickServ :REGISTER ****"),
            ("PRIVMSG NickServ :DROP bob sesame", "PRIVMSG NickServ :DROP bob ****"),
            ("PRIVMSG ChanServ :DROP #room", "PRIVMSG ChanServ :DROP #room"),
            ("PRIVMSG NickServ :  IDENTIFY sesame", "PRIVMSG NickServ :  IDENTIFY ****"),
            ("PRIVMSG NickServ :HELP me please", "PRIVMSG NickServ :HELP me please"),
            ("PRIVMSG NickServ :IDENTIFY", "PRIVMSG NickServ :IDENTIFY"),
            ("NS IDENTIFY sesame", "NS IDENTIFY ****"),
            ("NICKSERV :IDENTIFY bob sesame", "NICKSERV :IDENTIFY ****"),
            ("PRIVMSG #room :IDENTIFY yourself", "PRIVMSG #room :IDENTIFY yourself"),
            ("PRIVMSG bob :hello", "PRIVMSG bob :hello"),
            ("", ""),
        ] {
            assert_eq!(masked(line), expected, "{line:?}");
        }
    }

    #[test]
    fn bytes_are_those_on_the_wire() {
        let sent = WireLine::new(true, "PRIVMSG #a :茶");
        assert_eq!((sent.bytes, sent.is_sent), (17, true));
        assert_eq!(WireLine::new(true, "PASS sesame").bytes, 13, "whatever is covered");
    }
}
