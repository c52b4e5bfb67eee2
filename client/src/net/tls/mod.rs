//! TLS on one connection: which server we believe, and how clear text becomes records and back.
//!
//! The handshake settles who the server is, before anything is said to it. A server is believed
//!
//! - if its certificate has one of the fingerprints of the profile, whoever signed it; or,
//! - where the profile has none, if the system's roots vouch for the certificate and for the name by which the server
//!   was asked for; or
//! - if the profile says that nobody has to be vouched for, and no policy of [`sts`](crate::net::sts) forbids that.
//!
//! rustls cannot split reading from writing, so its state stands behind a short lock: the socket is read and written
//! outside of it. Only one thread writes to the socket, so records go out in the order in which they were encrypted.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
};

use crate::config::fingerprint::Fingerprint;
use crate::config::pem;
use crate::config::profile::Profile;
use crate::event::failure::{Distrust, Failure};

pub mod certificate;

/// About as much as a record holds.
const RAW_BYTES: usize = 16 * 1024;

/// The state of TLS on one connection, shared by the thread that reads and the one that writes.
#[derive(Debug)]
pub struct Tls {
    state: Mutex<ClientConnection>,
    fingerprint: Fingerprint,
    verified: bool,
}

impl Tls {
    /// Shakes hands, and comes back when the server is believed and everything that goes out from now on is for it
    /// alone. `strict` is for servers that are never to be spoken to without knowing who they are.
    ///
    /// # Errors
    /// Why there is no way to talk. Nothing but the handshake was sent then.
    pub fn connect(
        stream: &TcpStream,
        profile: &Profile,
        strict: bool,
        deadline: Instant,
    ) -> Result<Self, Failure> {
        let host = profile.server.as_str();
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(Verifier::new(profile, strict, &provider));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| cannot_start(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Verifier>::clone(&verifier));
        let config = match &profile.tls_certificate {
            Some(certificate) => {
                let (chain, key) = identity(certificate, profile.tls_key.as_deref().unwrap_or(certificate))?;
                config.with_client_auth_cert(chain, key).map_err(|error| cannot_start(&error))?
            }
            None => config.with_no_client_auth(),
        };
        // The zone of an IPv6 address is this machine's business.
        let name = host.split('%').next().unwrap_or_default().to_owned();
        let name = ServerName::try_from(name).map_err(|error| cannot_start(&error))?;
        let mut state =
            ClientConnection::new(Arc::new(config), name).map_err(|error| cannot_start(&error))?;
        let shaken = shake_hands(&mut state, stream, host, deadline);
        let seen = verifier.seen.lock().take();
        match (shaken, seen) {
            (Ok(()), Some(Seen { fingerprint, distrust: None })) => {
                Ok(Self { state: Mutex::new(state), fingerprint, verified: !verifier.believes_anybody })
            }
            (_, Some(Seen { fingerprint, distrust: Some(reason) })) => {
                let host = host.to_owned();
                Err(Failure::Untrusted { host, fingerprint, reason, may_accept: !strict })
            }
            (Err(failure), _) => Err(failure),
            (Ok(()), None) => {
                Err(Failure::NoTls { host: host.to_owned(), detail: "no certificate".to_owned() })
            }
        }
    }

    /// The fingerprint of the server's certificate.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Whether somebody vouched for the server, rather than nobody being asked.
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// Encrypts `clear`, and gives what is to be written to the socket: that, and what the state itself has to say.
    ///
    /// # Errors
    /// When the connection is past its end.
    pub fn seal(&self, clear: &[u8]) -> io::Result<Vec<u8>> {
        let mut state = self.state.lock();
        let mut records = Vec::with_capacity(clear.len() + 64);
        let mut rest = clear;
        loop {
            let taken = state.writer().write(rest)?;
            rest = &rest[taken..];
            while state.wants_write() {
                state.write_tls(&mut records)?;
            }
            if rest.is_empty() {
                return Ok(records);
            }
        }
    }

    /// The last record: nothing follows.
    pub fn seal_end(&self) -> Vec<u8> {
        self.state.lock().send_close_notify();
        self.seal(&[]).unwrap_or_default()
    }
}

/// The clear text of one connection, read from its socket, by TLS or not.
pub struct Reading<'c> {
    stream: &'c TcpStream,
    tls: Option<&'c Tls>,
    /// What was read from the socket and not yet given to the state: `raw[start..end]`.
    raw: Vec<u8>,
    start: usize,
    end: usize,
    /// Called when the state has something to say, which the thread that writes is to fetch.
    nudge: &'c dyn Fn(),
}

impl<'c> Reading<'c> {
    /// Reads from the beginning.
    pub fn new(stream: &'c TcpStream, tls: Option<&'c Tls>, nudge: &'c dyn Fn()) -> Self {
        let raw = if tls.is_some() { vec![0; RAW_BYTES] } else { Vec::new() };
        Self { stream, tls, raw, start: 0, end: 0, nudge }
    }
}

impl Read for Reading<'_> {
    fn read(&mut self, clear: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = self.tls else { return self.stream.read(clear) };
        loop {
            let mut state = tls.state.lock();
            match state.reader().read(clear) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // Closed without a word, as many servers do.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                read => return read,
            }
            // Only now, with all clear text taken, is there room for more.
            if self.start < self.end {
                self.start += state.read_tls(&mut &self.raw[self.start..self.end])?;
                state.process_new_packets().map_err(io::Error::other)?;
                let has_answer = state.wants_write();
                drop(state);
                if has_answer {
                    (self.nudge)();
                }
                continue;
            }
            drop(state);
            (self.start, self.end) = (0, self.stream.read(&mut self.raw)?);
            if self.end == 0 {
                return Ok(0);
            }
        }
    }
}

fn shake_hands(
    state: &mut ClientConnection,
    mut stream: &TcpStream,
    host: &str,
    deadline: Instant,
) -> Result<(), Failure> {
    let timed_out = || Failure::ConnectTimedOut { host: host.to_owned() };
    let failed = |error: &io::Error| match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => timed_out(),
        _ => Failure::NoTls { host: host.to_owned(), detail: error.to_string() },
    };
    loop {
        while state.wants_write() {
            state.write_tls(&mut stream).map_err(|error| failed(&error))?;
        }
        if !state.is_handshaking() {
            return Ok(());
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(timed_out());
        }
        stream.set_read_timeout(Some(left)).map_err(|error| failed(&error))?;
        match state.read_tls(&mut stream) {
            Ok(0) => return Err(Failure::ClosedByServer { reason: String::new() }),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(&error)),
        }
        if let Err(error) = state.process_new_packets() {
            // The server is told why, if it listens.
            let _ = state.write_tls(&mut stream);
            return Err(Failure::NoTls { host: host.to_owned(), detail: error.to_string() });
        }
    }
}

/// Our own certificate and its key.
fn identity(
    certificate: &Path,
    key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Failure> {
    let unusable = |path: &Path, why: &dyn std::fmt::Display| Failure::CannotStart {
        detail: format!("{}: {why}", path.display()),
    };
    let chain = pem::certificates(certificate).map_err(|error| unusable(certificate, &error))?;
    let key = pem::private_key(key).map_err(|error| unusable(key, &error))?;
    Ok((chain, key))
}

fn cannot_start(error: &dyn std::fmt::Display) -> Failure {
    Failure::CannotStart { detail: error.to_string() }
}

/// Decides whether to believe a certificate, and notes what it saw.
#[derive(Debug)]
struct Verifier {
    pins: Vec<Fingerprint>,
    believes_anybody: bool,
    /// Asks the system's roots, if there are any.
    by_roots: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Seen {
    fingerprint: Fingerprint,
    distrust: Option<Distrust>,
}

impl Verifier {
    fn new(profile: &Profile, strict: bool, provider: &Arc<CryptoProvider>) -> Self {
        let pins = profile.tls_fingerprints.clone();
        let believes_anybody = pins.is_empty() && !profile.tls_verify && !strict;
        let by_roots = (pins.is_empty() && !believes_anybody).then(|| system_roots(provider)).flatten();
        Self { pins, believes_anybody, by_roots, provider: Arc::clone(provider), seen: Mutex::default() }
    }

    fn distrust(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Option<Distrust> {
        if !self.pins.is_empty() {
            let is_known = self.pins.iter().any(|pin| pin.matches(certificate));
            return (!is_known).then_some(Distrust::OtherFingerprint);
        }
        if self.believes_anybody {
            return None;
        }
        let Some(by_roots) = &self.by_roots else { return Some(Distrust::UnknownIssuer) };
        let verified = by_roots.verify_server_cert(certificate, intermediates, name, stapled, now);
        verified.err().map(|error| distrust_of(&error))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let distrust = self.distrust(certificate, intermediates, name, stapled, now);
        let is_believed = distrust.is_none();
        *self.seen.lock() = Some(Seen { fingerprint: Fingerprint::of(certificate), distrust });
        if is_believed {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match verify_tls13_signature(message, certificate, signed, algorithms) {
            // A certificate that cannot be read, but was recognised, is needed for its key only.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) if !self.pins.is_empty() => {
                let key = certificate::public_key(certificate).ok_or(CertificateError::BadEncoding)?;
                let key = SubjectPublicKeyInfoDer::from(key);
                verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
            }
            verified => verified,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Why a certificate is not believed, from the words of rustls.
fn distrust_of(error: &Error) -> Distrust {
    let Error::InvalidCertificate(why) = error else { return Distrust::Faulty(error.to_string()) };
    match why {
        CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::WrongName
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYetValid,
        // A server that signs for itself often does so as an authority would, or in the old version; webpki looks at
        // that before it looks for somebody who vouches.
        CertificateError::Other(why)
            if ["CaUsedAsEndEntity", "UnsupportedCertVersion"].contains(&why.to_string().as_str()) =>
        {
            Distrust::UnknownIssuer
        }
        other => Distrust::Faulty(other.to_string()),
    }
}

fn system_roots(provider: &Arc<CryptoProvider>) -> Option<Arc<WebPkiServerVerifier>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        log::warn!("the system's root certificates: {error}");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build().ok()
}
