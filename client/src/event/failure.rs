//! What can go wrong with a connection, and how it is said to a person.
//!
//! Each place that finds a failure makes one of these: [`dial`](crate::net::dial) on the way there,
//! [`tls`](crate::net::tls) about the machine at the other end, [`registration`](crate::net::registration) and
//! [`sasl`](crate::net::registration::sasl) at the login, [`connection`](crate::net::connection) later. The
//! connection decides whether to come back, and the window decides everything else.

use crate::config::fingerprint::Fingerprint;
use crate::text::i18n::{Phrase, Text};

/// Why there is no connection, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No address is known for this name.
    UnknownHost {
        /// The name.
        host: String,
    },
    /// The machine is there, and nothing listens on the port.
    ConnectionRefused {
        /// The machine.
        host: String,
        /// The port.
        port: u16,
    },
    /// The network says that there is no way.
    Unreachable {
        /// The machine.
        host: String,
        /// What the system says.
        detail: String,
    },
    /// Nobody answered in time.
    ConnectTimedOut {
        /// The machine.
        host: String,
    },
    /// Something answered that is not IRC.
    NotAChatServer {
        /// The machine.
        host: String,
    },
    /// The server took the connection and did not complete the login in time.
    NoWelcome,
    /// The name is somebody else's.
    NickInUse {
        /// The name.
        nick: String,
    },
    /// The server does not take the name.
    NickRefused {
        /// The name.
        nick: String,
        /// The server's words.
        reason: String,
    },
    /// The server wants a password first.
    PasswordNeeded {
        /// The server's words.
        reason: String,
    },
    /// The server does not want us.
    Banned {
        /// The server's words.
        reason: String,
    },
    /// The server ended the connection.
    ClosedByServer {
        /// Its words, if it had any.
        reason: String,
    },
    /// Nothing came for a long time, not even the answer to our PING.
    Silent,
    /// The server takes nothing any more.
    Stalled,
    /// The connection broke.
    Broken {
        /// What the system says.
        detail: String,
    },
    /// The program that answers there does not speak TLS, or not as we do.
    NoTls {
        /// The machine.
        host: String,
        /// What exactly is wrong.
        detail: String,
    },
    /// The server's certificate is not believed. Nothing was said to it.
    Untrusted {
        /// The server, by the name by which it was asked for.
        host: String,
        /// The certificate's fingerprint. The server is believed the next time if this stands in the profile's
        /// [`tls_fingerprints`](crate::config::profile::Profile::tls_fingerprints).
        fingerprint: Fingerprint,
        /// Why not.
        reason: Distrust,
        /// Whether the person may be asked to believe it all the same. Not where the server said earlier that it is to
        /// be spoken to safely or not at all.
        may_accept: bool,
    },
    /// The login to an account did not succeed, and there must be one; or the server is not to be trusted.
    AccountRefused {
        /// The account.
        account: String,
        /// Why not.
        why: LoginFailure,
    },
    /// This machine could not even begin.
    CannotStart {
        /// What the system says.
        detail: String,
    },
}

impl Failure {
    /// The failure in plain words.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::UnknownHost { host } => Text::UnknownHost.with([host]),
            Self::ConnectionRefused { host, port } => Text::ConnectionRefused.with([host, &port.to_string()]),
            Self::Unreachable { host, detail } => Text::Unreachable.with([host, detail]),
            Self::ConnectTimedOut { host } => Text::ConnectTimedOut.with([host]),
            Self::NotAChatServer { host } => Text::NotAChatServer.with([host]),
            Self::NoWelcome => Text::NoWelcome.into(),
            Self::NickInUse { nick } => Text::NickInUse.with([nick]),
            Self::NickRefused { nick, reason } => Text::NickRefused.with([nick, reason]),
            Self::PasswordNeeded { reason } => Text::PasswordNeeded.with([reason]),
            Self::Banned { reason } => Text::Banned.with([reason]),
            Self::ClosedByServer { reason } if reason.is_empty() => Text::ClosedByServer.into(),
            Self::ClosedByServer { reason } => Text::ClosedByServerBecause.with([reason]),
            Self::Silent => Text::ServerSilent.into(),
            Self::Stalled => Text::ServerStalled.into(),
            Self::Broken { detail } => Text::ConnectionBroken.with([detail]),
            Self::NoTls { host, detail } => Text::NoTls.with([host, detail]),
            Self::Untrusted { host, fingerprint, reason, .. } => {
                let [host, fingerprint] =
                    [host, &fingerprint.to_string()].map(|words| Text::Verbatim.with([words]));
                Text::Untrusted.of([host, reason.phrase(), fingerprint])
            }
            Self::AccountRefused { account, why } => {
                Text::LoginFailed.of([Text::Verbatim.with([account]), why.phrase()])
            }
            Self::CannotStart { detail } => Text::CannotStart.with([detail]),
        }
    }

    /// Whether it may work the next time with nothing changed.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::ConnectionRefused { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimedOut { .. }
            | Self::NoWelcome
            | Self::ClosedByServer { .. }
            | Self::Silent
            | Self::Stalled
            | Self::Broken { .. } => true,
            Self::NotAChatServer { .. }
            | Self::NickInUse { .. }
            | Self::NickRefused { .. }
            | Self::PasswordNeeded { .. }
            | Self::Banned { .. }
            | Self::NoTls { .. }
            | Self::Untrusted { .. }
            | Self::AccountRefused { .. }
            | Self::CannotStart { .. } => false,
        }
    }

    /// The field of the login form to correct, if a correction could help.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::NickInUse { .. } | Self::NickRefused { .. } => Some(Field::Nick),
            Self::PasswordNeeded { .. } => Some(Field::ServerPassword),
            Self::UnknownHost { .. } | Self::Unreachable { .. } | Self::ConnectTimedOut { .. } => {
                Some(Field::Server)
            }
            Self::ConnectionRefused { .. } | Self::NotAChatServer { .. } | Self::NoTls { .. } => {
                Some(Field::Port)
            }
            _ => None,
        }
    }
}

/// Why nobody is logged in to the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// The server has no logins to accounts.
    NotOffered,
    /// It has, but none of the ways that we could go.
    NoWay,
    /// It refused. These are its words.
    Refused(String),
    /// It has them, and does not answer.
    NoAnswer,
    /// The server did not prove that it knows the password, or broke the rules of the exchange that would prove it.
    Impostor,
}

impl LoginFailure {
    /// The failure in plain words.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NotOffered => Text::LoginNotOffered.into(),
            Self::NoWay => Text::LoginNoWay.into(),
            Self::NoAnswer => Text::LoginNoAnswer.into(),
            Self::Refused(words) => Text::LoginRefused.with([words]),
            Self::Impostor => Text::LoginImpostor.into(),
        }
    }
}

/// Why a certificate is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody whom we know vouches for it; it may have signed itself.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is not a certificate whose fingerprint is known.
    OtherFingerprint,
    /// Something else is wrong with it.
    Faulty(String),
}

impl Distrust {
    /// The reason in plain words.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::UnknownIssuer => Text::CertificateUnknown.into(),
            Self::WrongName => Text::CertificateForOther.into(),
            Self::Expired => Text::CertificateExpired.into(),
            Self::NotYetValid => Text::CertificateNotYet.into(),
            Self::OtherFingerprint => Text::CertificateChanged.into(),
            Self::Faulty(detail) => Text::Verbatim.with([detail]),
        }
    }
}

/// A field of the login form, to put an error beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The account's password.
    Password,
    /// What the server wants from everybody.
    ServerPassword,
    /// 用户名
    Nick,
    /// 服务器ip
    Server,
    /// 端口port
    Port,
}
