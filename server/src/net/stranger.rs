//! Strangers: connections on which something else than IRC is spoken.
//!
//! A web page can make a browser send what it likes to any port that the browser's computer reaches, between lines that
//! the page has no power over: a request line before it, and headers. Other programs knock at every port of the world.
//! So before the login each line, and the beginning of one that has not ended, is looked at here before it is run; on
//! the first that betrays another protocol the connection ends, and what stands behind it is never run.
//!
//! A person's slips are no sign: `/nick me`, `hello`, 你好.

use crate::net::tls;
use crate::text::language::Text;

/// The first words of other protocols. HTTP's are those of
/// [IANA's registry](https://www.iana.org/assignments/http-methods) but for SEARCH, which is a command here, and those
/// of UPnP and caches.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    // HTTP.
    "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LABEL",
    "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE",
    "NOTIFY", "OPTIONS", "ORDERPATCH", "PATCH", "POST", "PRI", "PROPFIND", "PROPPATCH", "PURGE", "PUT", "QUERY",
    "REBIND", "REPORT", "SUBSCRIBE", "TRACE", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UNSUBSCRIBE", "UPDATE",
    "UPDATEREDIRECTREF", "VERSION-CONTROL",
    // Mail; RTSP, SIP and STOMP beside HTTP's; proxies; VNC, AMQP, RMI, adb and CORBA.
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DESCRIBE", "STOMP", "PROXY", "RFB", "AMQP", "JRMI", "CNXN", "GIOP",
];

/// Recognises another protocol in the bytes that have come and were not run, as the reason to hang up.
///
/// Only the first line of `waiting` counts; without a line end it is the beginning of one.
pub fn recognise(waiting: &[u8]) -> Option<Text> {
    let end = waiting.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let line = &waiting[..end.unwrap_or(waiting.len())];
    if line.first() == Some(&tls::GREETING[0]) {
        return Some(Text::SpeaksNoTls);
    }
    let mut words =
        line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()).peekable();
    // Tags and source, as before a command.
    let word = words.find(|word| !matches!(word[0], b'@' | b':'))?;
    if is_binary(line[0])
        || matches!(word, [b'<' | b'{' | b'[' | b'*', ..] | [b'-', b'-', ..])
        || word.iter().any(u8::is_ascii_control)
        || is_header(word)
    {
        return Some(Text::SpeaksNoIrc);
    }
    if end.is_none() && words.peek().is_none() {
        // The rest of the word may come yet.
        return None;
    }
    if word.eq_ignore_ascii_case(b"STARTTLS") {
        return Some(Text::SpeaksNoTls);
    }
    let is_known = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    let is_request = end.is_some() && words.nth(1).is_some_and(is_version) && words.next().is_none();
    let is_ssh = word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SSH-"));
    (is_known || is_request || is_ssh || is_version(word)).then_some(Text::SpeaksNoIrc)
}

/// Whether no typed line can begin so, in UTF-8 or in GB18030: TLS, SMB, RDP, SOCKS, the PROXY protocol's second
/// version, MQTT, databases.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0x80 | 0xfe | 0xff) || (byte.is_ascii_control() && byte != b'\t')
}

/// Whether it is a header's name with its colon, and perhaps the value: `Host:`.
fn is_header(word: &[u8]) -> bool {
    let name = word.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.len() < word.len() && !name.is_empty() && name.iter().all(is_of_name)
}

/// Whether it ends a request's line, or begins an answer's: `HTTP/1.1`, `RTSP/1.0`, `SIP/2.0`.
fn is_version(word: &[u8]) -> bool {
    let Some(slash) = word.iter().position(|byte| *byte == b'/') else { return false };
    let (name, number) = (&word[..slash], &word[slash + 1..]);
    let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    !name.is_empty()
        && name.iter().all(u8::is_ascii_alphabetic)
        && number.first().is_some_and(u8::is_ascii_digit)
        && number.iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    #[track_caller]
    fn check(waiting: &[u8], expected: Option<&Text>) {
        assert_eq!(recognise(waiting).as_ref(), expected, "{:?}", String::from_utf8_lossy(waiting));
    }

    #[test]
    fn no_word_of_another_protocol_is_a_command_here() {
        for word in WORDS {
            assert!(COMMANDS.iter().all(|command| command.name != *word), "{word}");
        }
    }

    #[test]
    fn a_request_of_http_is_known_by_its_verb_or_by_its_end() {
        for line in [
            "GET / HTTP/1.1",
            "get / http/1.1",
            "GET /",
            "GET",
            "POST /irc?a=b HTTP/1.1",
            "PRI * HTTP/2.0",
            "CONNECT tea.house:443 HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "options rtsp://tea.house RTSP/1.0",
            "  GET / HTTP/1.1",
            "GET\t/\tHTTP/1.1",
            "HTTP/1.1 200 OK",
            "icy/1.0 200",
            "@a=b GET / HTTP/1.1",
            "@a=b :source GET /",
            // A page may choose the verb of a request to its own server, whatever address that name has by then.
            "NICK /x HTTP/1.1",
            "join /#lobby http/1.0",
            "SEARCH / HTTP/1.1",
            "INVITE sip:tea@house SIP/2.0",
            "SSH-2.0-OpenSSH_9.2p1",
            "ssh-1.99-x",
            "EHLO there",
            "helo there",
            "MAIL FROM:<a@b>",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2",
            "RFB 003.008",
            "<?xml version='1.0'?>",
            "<policy-file-request/>",
            "{\"jsonrpc\":\"2.0\"}",
            "*1",
            "------WebKitFormBoundary7MA4YWxkTrZu0gW",
        ] {
            check(format!("{line}\r\nNICK mallory\r\n").as_bytes(), Some(&Text::SpeaksNoIrc));
        }
    }

    #[test]
    fn a_header_is_known_by_its_colon() {
        for line in [
            "Host: tea.house",
            "host:tea.house:6667",
            "Origin: null",
            "Content-Type: text/plain",
            "content-disposition: form-data; name=\"NICK x\"",
            "X-Any_Thing:",
            "Sec-Fetch-Mode: no-cors",
        ] {
            check(format!("{line}\r\n").as_bytes(), Some(&Text::SpeaksNoIrc));
        }
    }

    #[test]
    fn a_greeting_without_a_line_end_is_known_by_its_bytes() {
        for greeting in [
            &b"\x00\x00\x00\x85\xffSMB"[..],
            b"\xffSMBr",
            b"\xfeSMB@",
            b"\x03\x00\x00\x13\x0e\xe0",
            b"\x05\x01\x00",
            b"\x04\x01\x1a\x0b",
            b"\x00\r\nQUIT\n!",
            b"\x10\x0f\x00\x04MQTT",
            b"\x80\x2e\x01\x00\x02",
            b"\xff\xfb\x1f",
            b"\x4a\x00\x00\x00\x0a5.7",
            b"0\x0c\x02\x01\x01",
            b"N\x00I\x00C\x00K\x00",
        ] {
            check(greeting, Some(&Text::SpeaksNoIrc));
        }
        check(b"\x16", Some(&Text::SpeaksNoTls));
        check(b"\x16\x03\x01\x02\x00\x01\r\n", Some(&Text::SpeaksNoTls));
        check(b"STARTTLS\r\n", Some(&Text::SpeaksNoTls));
    }

    #[test]
    fn a_word_is_not_judged_before_it_is_whole() {
        for waiting in ["", "G", "GET", "GETTO", "SSH-2", "NICK / HTTP/1.", "NICK / HTTP/1.1"] {
            check(waiting.as_bytes(), None);
        }
        check(b"GET ", None);
        check(b"GET /", Some(&Text::SpeaksNoIrc));
    }

    #[test]
    fn whoever_speaks_irc_or_types_by_hand_is_no_stranger() {
        for line in [
            "NICK get",
            "NICK GET",
            "PASS GET / HTTP/1.1",
            "PASS http/1.1",
            "PASS a:b",
            "USER get 0 * :Host: tea.house",
            "USER a 0 * HTTP/1.1",
            "USER a 0 * :GET / HTTP/1.1",
            "CAP LS 302",
            "CAP REQ :sasl",
            "@label=Host: CAP LS",
            ":GET NICK x",
            "AUTHENTICATE PLAIN",
            "REGISTER * * HTTP/1.1",
            "PING :GET / HTTP/1.1",
            "QUIT :Host: there",
            "GETTY",
            "POSTER /",
            "hello",
            "/nick me",
            "\tNICK me",
            "你好：世界",
            "你好:世界",
            "NICK",
        ] {
            check(format!("{line}\r\n").as_bytes(), None);
        }
        check("你好\r\n".as_bytes(), None);
        // The same in GB18030.
        check(b"\xc4\xe3\xba\xc3\r\n", None);
    }
}
