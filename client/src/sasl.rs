//! Logging in to an account.

use std::fmt;

/// A way to prove to a server who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// By the certificate that was shown in the TLS handshake
    /// ([RFC 4422](https://www.rfc-editor.org/rfc/rfc4422), appendix A).
    External,
    /// By a proof that the password is known, in both directions
    /// ([RFC 7677](https://www.rfc-editor.org/rfc/rfc7677)).
    ScramSha256,
    /// By saying the password ([RFC 4616](https://www.rfc-editor.org/rfc/rfc4616)).
    Plain,
}

impl Mechanism {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::External, Self::ScramSha256, Self::Plain];

    /// What it is called on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::External => "EXTERNAL",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Plain => "PLAIN",
        }
    }

    /// The mechanism with this name, in whatever case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
