//! Where a server is, as somebody typed it: in the login form, on the command line, in the settings or in a link.

use std::net::Ipv6Addr;

use crate::text::i18n::{Phrase, Text};
use crate::text::typed::narrow;

/// A server's address as typed: a host's name or an IP address, in `[]` or not.
///
/// # Errors
/// What is wrong with it, in plain words.
pub fn check_server(typed: &str) -> Result<String, Phrase> {
    let server = narrow(typed.trim()).replace('。', ".");
    let server = server.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&server);
    if server.is_empty() {
        return Err(Text::ServerMissing.into());
    }
    // An IPv6 address may name its network interface: fe80::1%eth0.
    let without_zone = server.split('%').next().unwrap_or_default();
    if without_zone.parse::<Ipv6Addr>().is_ok() {
        return Ok(server.to_owned());
    }
    if server.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Text::ServerHasPort.into());
    }
    match server.chars().find(|c| !c.is_alphanumeric() && !".-_".contains(*c)) {
        Some(bad) => Err(Text::ServerBad.with([&shown(bad)])),
        None => Ok(server.to_owned()),
    }
}

/// A port as typed.
///
/// # Errors
/// What is wrong with it, in plain words.
pub fn check_port(typed: &str) -> Result<u16, Phrase> {
    let port = narrow(typed.trim());
    if port.is_empty() {
        return Err(Text::PortMissing.into());
    }
    match port.parse::<u16>() {
        Ok(number) if number > 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => Err(Text::PortBad.into()),
    }
}

/// A character that is not welcome, fit to be shown.
pub(crate) fn shown(c: char) -> String {
    teahouse_protocol::text::escape(c.encode_utf8(&mut [0; 4])).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_or_an_ip() {
        for (typed, server) in [
            ("localhost", "localhost"),
            ("irc.example.org", "irc.example.org"),
            ("茶馆.example", "茶馆.example"),
            ("１２７。０。０。１", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("fe80::1%eth0", "fe80::1%eth0"),
        ] {
            assert_eq!(check_server(typed).as_deref(), Ok(server), "{typed:?}");
        }
        for (typed, error) in [
            ("127.0.0.1:6667", Text::ServerHasPort),
            ("tea.house:", Text::ServerHasPort),
            ("http://tea", Text::ServerBad),
            ("tea house", Text::ServerBad),
            ("a\u{202e}b", Text::ServerBad),
        ] {
            assert_eq!(check_server(typed).unwrap_err().text(), error, "{typed:?}");
        }
    }
}
