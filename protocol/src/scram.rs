//! SCRAM: the four messages by which a client proves that it knows a password without saying it, and a server that it
//! knew it before ([RFC 5802](https://www.rfc-editor.org/rfc/rfc5802),
//! [RFC 7677](https://www.rfc-editor.org/rfc/rfc7677)).
//!
//! ```text
//! client-first   n,,n=user,r=<nonce of the client>
//! server-first   r=<both nonces>,s=<salt>,i=<iterations>
//! client-final   c=<base64 of "n,,">,r=<both nonces>,p=<proof>
//! server-final   v=<signature>     or     e=<what is wrong>
//! ```
//!
//! This is the grammar alone: base64 stays base64, and both sides compute their keys, proofs and signatures
//! elsewhere. They sign [`auth_message`], which holds the messages to the byte; so a message prints as it was parsed,
//! with any extensions behind it.

use std::borrow::Cow;
use std::fmt;

/// The client's word on binding the exchange to its TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelBinding<'a> {
    /// `n`: it cannot.
    Impossible,
    /// `y`: it could, and believes that the server cannot.
    NotOffered,
    /// `p=name`: it does, in the way of this name.
    By(&'a str),
}

/// The first message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFirst<'a> {
    /// Whether it is bound to the connection.
    pub binding: ChannelBinding<'a>,
    /// The account that the client wants to act as, if that is not its own.
    pub authzid: Option<Cow<'a, str>>,
    /// The account that the client proves.
    pub user: Cow<'a, str>,
    /// Something that the client never says twice.
    pub nonce: &'a str,
    /// Anything else behind it, with the comma before it.
    pub extensions: &'a str,
}

/// The first message of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFirst<'a> {
    /// The client's nonce, and the server's behind it.
    pub nonce: &'a str,
    /// The salt, in base64.
    pub salt: &'a str,
    /// How often the password is hashed.
    pub iterations: u32,
    /// Anything else behind it, with the comma before it.
    pub extensions: &'a str,
}

/// The last message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFinal<'a> {
    /// The [header](ClientFirst::gs2_header) of the first message and the channel binding's data, in base64.
    pub binding: &'a str,
    /// Both nonces.
    pub nonce: &'a str,
    /// Anything else before the proof, with the comma before it.
    pub extensions: &'a str,
    /// The proof, in base64.
    pub proof: &'a str,
}

/// The last message of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerFinal<'a> {
    /// The server's signature, in base64: it knew the password's keys.
    Verifier(&'a str),
    /// The fault, in a word such as `invalid-proof`.
    Error(&'a str),
}

/// Why a text is no message of SCRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidScram {
    /// It does not have the parts that it should, in their order.
    Malformed,
    /// A name holds a `=` that is neither `=2C` nor `=3D`.
    BadName,
    /// It has an extension that the reader must understand, and nobody does.
    MandatoryExtension,
}

impl<'a> ClientFirst<'a> {
    /// A first message without frills.
    pub fn new(user: &'a str, nonce: &'a str) -> Self {
        let user = Cow::Borrowed(user);
        Self { binding: ChannelBinding::Impossible, authzid: None, user, nonce, extensions: "" }
    }

    /// Takes a first message apart.
    ///
    /// # Errors
    /// [`InvalidScram`].
    pub fn parse(text: &'a str) -> Result<Self, InvalidScram> {
        let (binding, rest) = text.split_once(',').ok_or(InvalidScram::Malformed)?;
        let binding = match binding {
            "n" => ChannelBinding::Impossible,
            "y" => ChannelBinding::NotOffered,
            _ => ChannelBinding::By(value_of('p', binding)?),
        };
        let (authzid, bare) = rest.split_once(',').ok_or(InvalidScram::Malformed)?;
        let authzid = match authzid {
            "" => None,
            _ => Some(unescape(value_of('a', authzid)?)?),
        };
        let (user, rest) = attribute('n', bare)?;
        let (nonce, extensions) = attribute('r', rest.strip_prefix(',').ok_or(InvalidScram::Malformed)?)?;
        Ok(Self {
            binding,
            authzid,
            user: unescape(user)?,
            nonce: nonce_of(nonce)?,
            extensions: ignorable(extensions)?,
        })
    }

    /// The part before the signed one; the client repeats it in its last message, in base64.
    pub fn gs2_header(&self) -> String {
        let authzid = self.authzid.as_ref().map(|name| format!("a={}", escape(name))).unwrap_or_default();
        match self.binding {
            ChannelBinding::Impossible => format!("n,{authzid},"),
            ChannelBinding::NotOffered => format!("y,{authzid},"),
            ChannelBinding::By(name) => format!("p={name},{authzid},"),
        }
    }

    /// The part that is signed.
    pub fn bare(&self) -> String {
        format!("n={},r={}{}", escape(&self.user), self.nonce, self.extensions)
    }
}

impl<'a> ServerFirst<'a> {
    /// Takes a server's first message apart. Whether its nonce begins with the client's is for the client to see.
    ///
    /// # Errors
    /// [`InvalidScram`].
    pub fn parse(text: &'a str) -> Result<Self, InvalidScram> {
        let (nonce, rest) = attribute('r', text)?;
        let (salt, rest) = attribute('s', rest.strip_prefix(',').ok_or(InvalidScram::Malformed)?)?;
        let (iterations, extensions) =
            attribute('i', rest.strip_prefix(',').ok_or(InvalidScram::Malformed)?)?;
        let digits = iterations.bytes().all(|byte| byte.is_ascii_digit()) && !iterations.starts_with('0');
        let iterations = iterations.parse().ok().filter(|_| digits).ok_or(InvalidScram::Malformed)?;
        let extensions = ignorable(extensions)?;
        Ok(Self { nonce: nonce_of(nonce)?, salt: base64_of(salt)?, iterations, extensions })
    }
}

impl<'a> ClientFinal<'a> {
    /// Takes a client's last message apart.
    ///
    /// # Errors
    /// [`InvalidScram`].
    pub fn parse(text: &'a str) -> Result<Self, InvalidScram> {
        let (text, proof) = text.rsplit_once(",p=").ok_or(InvalidScram::Malformed)?;
        let (binding, rest) = attribute('c', text)?;
        let (nonce, extensions) = attribute('r', rest.strip_prefix(',').ok_or(InvalidScram::Malformed)?)?;
        Ok(Self {
            binding: base64_of(binding)?,
            nonce: nonce_of(nonce)?,
            extensions: ignorable(extensions)?,
            proof: base64_of(proof)?,
        })
    }

    /// The part that is signed.
    pub fn without_proof(&self) -> String {
        format!("c={},r={}{}", self.binding, self.nonce, self.extensions)
    }
}

impl<'a> ServerFinal<'a> {
    /// Takes a server's last message apart.
    ///
    /// # Errors
    /// [`InvalidScram`].
    pub fn parse(text: &'a str) -> Result<Self, InvalidScram> {
        let (verdict, extensions) = text.split_at(text.find(',').unwrap_or(text.len()));
        ignorable(extensions)?;
        match value_of('v', verdict) {
            Ok(signature) => Ok(Self::Verifier(base64_of(signature)?)),
            Err(_) => Ok(Self::Error(value_of('e', verdict)?)),
        }
    }
}

/// The text that both sides sign.
pub fn auth_message(first: &ClientFirst, server: &ServerFirst, last: &ClientFinal) -> String {
    format!("{},{server},{}", first.bare(), last.without_proof())
}

impl fmt::Display for ClientFirst<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.gs2_header(), self.bare())
    }
}

impl fmt::Display for ServerFirst<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r={},s={},i={}{}", self.nonce, self.salt, self.iterations, self.extensions)
    }
}

impl fmt::Display for ClientFinal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},p={}", self.without_proof(), self.proof)
    }
}

impl fmt::Display for ServerFinal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verifier(signature) => write!(f, "v={signature}"),
            Self::Error(word) => write!(f, "e={word}"),
        }
    }
}

impl fmt::Display for InvalidScram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a message of SCRAM",
            Self::BadName => "a name that is not escaped",
            Self::MandatoryExtension => "an extension that nobody knows",
        })
    }
}

impl std::error::Error for InvalidScram {}

/// The value of the attribute `key` that a text begins with, and the text from the comma behind it on.
fn attribute(key: char, text: &str) -> Result<(&str, &str), InvalidScram> {
    if text.starts_with("m=") {
        return Err(InvalidScram::MandatoryExtension);
    }
    let (attribute, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
    Ok((value_of(key, attribute)?, rest))
}

fn value_of(key: char, attribute: &str) -> Result<&str, InvalidScram> {
    let value = attribute.strip_prefix(key).and_then(|rest| rest.strip_prefix('='));
    value.filter(|value| !value.is_empty()).ok_or(InvalidScram::Malformed)
}

fn nonce_of(text: &str) -> Result<&str, InvalidScram> {
    text.bytes().all(|byte| byte.is_ascii_graphic()).then_some(text).ok_or(InvalidScram::Malformed)
}

fn base64_of(text: &str) -> Result<&str, InvalidScram> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    (!text.is_empty() && text.bytes().all(is_allowed)).then_some(text).ok_or(InvalidScram::Malformed)
}

/// Extensions that the reader need not understand: `,x=value` and so on, or nothing.
fn ignorable(extensions: &str) -> Result<&str, InvalidScram> {
    for extension in extensions.split(',').skip(1) {
        let mut chars = extension.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some('m'), Some('='), _) => return Err(InvalidScram::MandatoryExtension),
            (Some(key), Some('='), Some(_)) if key.is_ascii_alphabetic() => {}
            _ => return Err(InvalidScram::Malformed),
        }
    }
    Ok(extensions)
}

/// A name as it stands in a message: without commas and equals signs.
fn escape(name: &str) -> Cow<'_, str> {
    if name.contains([',', '=']) { name.replace('=', "=3D").replace(',', "=2C").into() } else { name.into() }
}

fn unescape(text: &str) -> Result<Cow<'_, str>, InvalidScram> {
    let mut parts = text.split('=');
    let first = parts.next().unwrap_or_default();
    if first.len() == text.len() {
        return Ok(text.into());
    }
    let mut name = first.to_owned();
    for part in parts {
        let (sign, rest) = part.split_at_checked(2).ok_or(InvalidScram::BadName)?;
        name.push(match sign {
            "2C" => ',',
            "3D" => '=',
            _ => return Err(InvalidScram::BadName),
        });
        name.push_str(rest);
    }
    Ok(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The exchange of RFC 7677 §3.
    const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                                p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    #[test]
    fn the_exchange_of_the_rfc_is_understood_and_printed_back() {
        let first = ClientFirst::parse(CLIENT_FIRST).unwrap();
        assert_eq!(first, ClientFirst::new("user", "rOprNGfwEbeRWgbNEkqO"));
        assert_eq!(first.gs2_header(), "n,,");
        let server = ServerFirst::parse(SERVER_FIRST).unwrap();
        assert!(server.nonce.starts_with(first.nonce));
        assert_eq!((server.salt, server.iterations), ("W22ZaJ0SNY7soEsUEjb6gQ==", 4096));
        let last = ClientFinal::parse(CLIENT_FINAL).unwrap();
        assert_eq!((last.binding, last.nonce), ("biws", server.nonce));
        let verdict = ServerFinal::parse(SERVER_FINAL).unwrap();
        assert_eq!(verdict, ServerFinal::Verifier("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        let printed = [first.to_string(), server.to_string(), last.to_string(), verdict.to_string()];
        assert_eq!(printed, [CLIENT_FIRST, SERVER_FIRST, CLIENT_FINAL, SERVER_FINAL]);
        let (without_proof, _) = CLIENT_FINAL.rsplit_once(",p=").unwrap();
        assert_eq!(
            auth_message(&first, &server, &last),
            format!("{},{SERVER_FIRST},{without_proof}", &CLIENT_FIRST["n,,".len()..])
        );
    }

    #[track_caller]
    fn check(text: &str, expected: &ClientFirst) {
        assert_eq!(ClientFirst::parse(text).as_ref(), Ok(expected));
        assert_eq!(expected.to_string(), text);
    }

    #[test]
    fn a_first_message_may_say_more_than_it_must() {
        let plain = ClientFirst::new("小明", "x");
        check("n,,n=小明,r=x", &plain);
        check("y,,n=小明,r=x", &ClientFirst { binding: ChannelBinding::NotOffered, ..plain.clone() });
        let bound = ChannelBinding::By("tls-exporter");
        let other = ClientFirst { binding: bound, authzid: Some("boss".into()), ..plain.clone() };
        check("p=tls-exporter,a=boss,n=小明,r=x", &other);
        check("n,,n=小明,r=x,t=tea,z=1=2", &ClientFirst { extensions: ",t=tea,z=1=2", ..plain });
    }

    #[test]
    fn a_name_is_escaped() {
        check("n,,n=a=2Cb=3D,r=x", &ClientFirst::new("a,b=", "x"));
        check("n,,n==3D2C,r=x", &ClientFirst::new("=2C", "x"));
        for bad in ["n,,n=a=2cb,r=x", "n,,n=a=,r=x", "n,,n=a=4,r=x", "n,,n=a=茶,r=x"] {
            assert_eq!(ClientFirst::parse(bad), Err(InvalidScram::BadName), "{bad}");
        }
    }

    #[test]
    fn what_is_not_scram_is_refused() {
        for bad in [
            "",
            "n",
            "n,",
            "n,,",
            "n,,n=user",
            "n,,n=,r=x",
            "n,,n=user,r=",
            "n,,r=x,n=user",
            "x,,n=user,r=x",
            "p=,,n=user,r=x",
            "n,boss,n=user,r=x",
            "n,,n=user,r=x y",
            "n,,n=user,r=x,",
            "n,,n=user,r=x,tea",
            "n,,n=user,r=x,1=2",
        ] {
            assert_eq!(ClientFirst::parse(bad), Err(InvalidScram::Malformed), "{bad}");
        }
        for bad in ["n,,m=1,n=user,r=x", "n,,n=user,r=x,m=1"] {
            assert_eq!(ClientFirst::parse(bad), Err(InvalidScram::MandatoryExtension), "{bad}");
        }
        for bad in
            ["", "r=x", "r=x,s=QQ==", "r=x,s=QQ==,i=0", "r=x,s=QQ==,i=+1", "r=x,s=!,i=1", "s=QQ==,r=x,i=1"]
        {
            assert_eq!(ServerFirst::parse(bad), Err(InvalidScram::Malformed), "{bad}");
        }
        assert_eq!(ServerFirst::parse("m=1,r=x,s=QQ==,i=1"), Err(InvalidScram::MandatoryExtension));
        for bad in
            ["", "c=biws,r=x", "c=biws,p=QQ==", "c=biws,r=x,p=", "c=,r=x,p=QQ==", "c=biws,r=x,p=QQ==,z=1"]
        {
            assert_eq!(ClientFinal::parse(bad), Err(InvalidScram::Malformed), "{bad}");
        }
        for bad in ["", "v=", "e=", "x=1", "v=!", "v=QQ==,tea", "e=other-error,1=2"] {
            assert_eq!(ServerFinal::parse(bad), Err(InvalidScram::Malformed), "{bad}");
        }
        assert_eq!(ServerFinal::parse("v=QQ==,m=1"), Err(InvalidScram::MandatoryExtension));
        assert_eq!(ServerFinal::parse("v=QQ==,t=tea"), Ok(ServerFinal::Verifier("QQ==")));
        assert_eq!(ServerFinal::parse("e=invalid-proof"), Ok(ServerFinal::Error("invalid-proof")));
    }
}
