//! SASL: the ways to prove who a user is, as far as they need neither the world nor much time.
//!
//! AUTHENTICATE itself is in `commands/accounts/sasl.rs`; keys and hashes are in [`password`].

use base64ct::{Base64, Encoding};
use teahouse_protocol::sasl::{Assembler, Mechanism};
use teahouse_protocol::scram::{ChannelBinding, ClientFinal, ClientFirst, ServerFirst};

use crate::auth::password::{self, ScramKeys};

/// The mechanisms that there are here, in the order in which the capability lists them; one that is missing here is never
/// offered. Without TLS there is no certificate.
fn offered(scram: bool, secure: bool) -> impl Iterator<Item = Mechanism> {
    [Mechanism::Plain, Mechanism::External, Mechanism::ScramSha256].into_iter().filter(move |mechanism| {
        match mechanism {
            Mechanism::Plain => true,
            Mechanism::External => secure,
            Mechanism::ScramSha256 => scram,
        }
    })
}

/// Their names, as the capability and 908 list them. `scram` says whether keys for SCRAM are kept, `secure` whether
/// the client came over TLS.
pub fn list(scram: bool, secure: bool) -> String {
    offered(scram, secure).map(Mechanism::name).collect::<Vec<_>>().join(",")
}

/// The mechanism of this name, if it is among those.
pub fn find(name: &str, scram: bool, secure: bool) -> Option<Mechanism> {
    Mechanism::from_name(name).filter(|mechanism| offered(scram, secure).any(|it| it == *mechanism))
}

/// An exchange that is going on.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// The client's words so far, in chunks.
    pub(crate) said: Assembler,
    pub(crate) step: Step,
}

/// The step that is expected next.
#[derive(Debug)]
pub(crate) enum Step {
    Plain,
    External,
    ScramFirst,
    ScramFinal(Scram),
    /// The client has proven it and has been shown a signature; it has nothing more to say.
    ScramEnd {
        account: String,
        /// The hash of the password that it was proven with.
        password: String,
    },
}

impl Exchange {
    pub(crate) fn begin(mechanism: Mechanism) -> Self {
        Self::at(match mechanism {
            Mechanism::Plain => Step::Plain,
            Mechanism::External => Step::External,
            Mechanism::ScramSha256 => Step::ScramFirst,
        })
    }

    pub(crate) fn at(step: Step) -> Self {
        Self { said: Assembler::default(), step }
    }
}

/// The words of PLAIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain<'a> {
    /// The account that the client wants to act for; empty for its own.
    pub(crate) authzid: &'a str,
    pub(crate) account: &'a str,
    pub(crate) password: &'a str,
}

impl<'a> Plain<'a> {
    pub(crate) fn parse(said: &'a [u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(said).ok()?.split('\0');
        let plain = Self { authzid: parts.next()?, account: parts.next()?, password: parts.next()? };
        (parts.next().is_none() && !plain.account.is_empty() && !plain.password.is_empty()).then_some(plain)
    }
}

/// An exchange of SCRAM-SHA-256 after the first two messages.
#[derive(Debug)]
pub(crate) struct Scram {
    pub(crate) account: String,
    client_first: String,
    server_first: String,
}

impl Scram {
    /// Answers a client's first message. `None` when the client wants to be somebody else than it is, or wants the
    /// exchange bound to its connection, which was not offered.
    pub(crate) fn begin(first: &ClientFirst, keys: &ScramKeys) -> Option<Self> {
        if first.authzid.as_ref().is_some_and(|authzid| *authzid != first.user)
            || matches!(first.binding, ChannelBinding::By(_))
        {
            return None;
        }
        let nonce = format!("{}{}", first.nonce, password::nonce());
        let salt = keys.salt();
        let server =
            ServerFirst { nonce: &nonce, salt: &salt, iterations: keys.iterations(), extensions: "" };
        let server_first = server.to_string();
        Some(Self { account: first.user.to_string(), client_first: first.to_string(), server_first })
    }

    pub(crate) fn server_first(&self) -> &str {
        &self.server_first
    }

    /// The signature that answers a client's last message, if that proves what it should. `keys` are those that the
    /// account has by now: a client can take its time, and the password may have changed meanwhile.
    pub(crate) fn verify(&self, said: &str, keys: &ScramKeys) -> Option<String> {
        let first = ClientFirst::parse(&self.client_first).expect("it was printed");
        let server = ServerFirst::parse(&self.server_first).expect("it was printed");
        let last = ClientFinal::parse(said).ok()?;
        let same_binding = Base64::encode_string(first.gs2_header().as_bytes()) == last.binding;
        let auth_message = teahouse_protocol::scram::auth_message(&first, &server, &last);
        let proven = same_binding && last.nonce == server.nonce && keys.prove(&auth_message, last.proof);
        proven.then(|| keys.signature(&auth_message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_has_three_parts() {
        let plain = |authzid, account, password| Some(Plain { authzid, account, password });
        for (said, expected) in [
            (&b"\0alice\0sesame"[..], plain("", "alice", "sesame")),
            (b"alice\0alice\0sesame", plain("alice", "alice", "sesame")),
            ("\0小明\0芝麻 开门".as_bytes(), plain("", "小明", "芝麻 开门")),
            (b"", None),
            (b"alice\0sesame", None),
            (b"\0alice\0sesame\0", None),
            (b"\0\0sesame", None),
            (b"\0alice\0", None),
            (b"\0alice\0\xff", None),
        ] {
            assert_eq!(Plain::parse(said), expected);
        }
    }

    #[test]
    fn every_exchange_of_scram_has_its_own_nonce_behind_the_clients() {
        let keys = ScramKeys::of("sesame");
        let first = ClientFirst::new("alice", "client");
        let exchanges = [(); 3].map(|()| Scram::begin(&first, &keys).unwrap());
        let nonces =
            exchanges.each_ref().map(|scram| ServerFirst::parse(scram.server_first()).unwrap().nonce);
        for nonce in nonces {
            assert!(nonce.starts_with("client") && nonce.len() >= "client".len() + 24, "{nonce}");
            assert_eq!(nonces.iter().filter(|other| **other == nonce).count(), 1, "{nonces:?}");
        }
        let server = ServerFirst::parse(exchanges[0].server_first()).unwrap();
        assert_eq!((server.salt, server.iterations), (&*keys.salt(), 4096));
        // Neither a proof for one exchange nor an empty one proves anything in another.
        for said in ["", "c=biws,r=client,p=AAAA", &format!("c=biws,r={},p=AAAA", nonces[1])] {
            assert_eq!(exchanges[0].verify(said, &keys), None, "{said}");
        }
    }

    #[test]
    fn scram_is_for_who_one_is_and_bound_to_nothing() {
        let keys = ScramKeys::of("sesame");
        for (said, begins) in [
            ("n,,n=alice,r=x", true),
            ("y,,n=alice,r=x", true),
            ("n,a=alice,n=alice,r=x", true),
            ("n,a=bob,n=alice,r=x", false),
            ("p=tls-unique,,n=alice,r=x", false),
        ] {
            let first = ClientFirst::parse(said).unwrap();
            assert_eq!(Scram::begin(&first, &keys).is_some(), begins, "{said}");
        }
    }

    #[test]
    fn scram_is_offered_where_its_keys_are_kept_and_external_over_tls() {
        assert_eq!(list(false, true), "PLAIN,EXTERNAL");
        assert_eq!(list(false, false), "PLAIN");
        assert_eq!(find("SCRAM-SHA-256", false, true), None);
        assert_eq!(list(true, true), "PLAIN,EXTERNAL,SCRAM-SHA-256");
        assert_eq!(find("scram-sha-256", true, true), Some(Mechanism::ScramSha256));
    }
}
