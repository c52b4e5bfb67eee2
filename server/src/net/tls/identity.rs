//! The server's identity for clients that come over TLS: its certificate and the key to it.
//!
//! They are read from PEM files. Where none are given, the server signs a certificate for itself, once, and keeps it
//! in its data folder: nobody vouches for that one, so a user has to know it by its fingerprint.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};

use crate::config::Config;
use crate::config::files;
use crate::net::tls::{Fingerprint, pem};
use crate::text::language::{Both, Text};

/// The file in the data folder that holds the certificate which the server signed itself, and the key to it.
pub const SELF_SIGNED: &str = "self-signed.pem";
/// How much is read of a file with certificates: a hundred of the longest.
const MOST_BYTES: u64 = 1 << 20;

/// A certificate, the key to it, and all that a handshake needs.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The settings that a handshake goes by.
    pub handshakes: Arc<ServerConfig>,
    /// The certificate's fingerprint.
    pub fingerprint: Fingerprint,
    /// Whether nobody else vouches for it.
    pub is_self_signed: bool,
    /// When the certificate begins to hold, and when it ends.
    pub holds: [Timestamp; 2],
    /// The number, from 1, of the first certificate in the file that did not sign the one before it.
    pub stray: Option<usize>,
}

/// Which of the two files has something wrong with it.
enum Unusable {
    Certificate(Text),
    Key(Text),
}

impl Identity {
    /// Loads the pair that the configuration names, else a pair that the server signs itself. The server makes that
    /// now if there is none, and keeps it in memory where there is no data folder: then the pair of `before` stays.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn load(config: &Config, before: Option<&Self>) -> Result<Self, Text> {
        if let Some(identity) = Self::given(config)? {
            return Ok(identity);
        }
        let Some(folder) = &config.data_dir else {
            if let Some(before) = before.filter(|before| before.is_self_signed) {
                return Ok(before.clone());
            }
            let here = Path::new(SELF_SIGNED);
            let pem = sign(&config.name).map_err(|error| unusable(here, Both::as_it_is(error)))?;
            return Self::parse(pem.as_bytes(), pem.as_bytes(), true).map_err(|flaw| flaw.at(here, here));
        };
        let path = folder.join(SELF_SIGNED);
        if !path.exists() {
            make(folder, &config.name).map_err(|error| unusable(&path, Both::as_it_is(error)))?;
        }
        let pem = files::read(&path, MOST_BYTES).map_err(|why| unusable(&path, why))?;
        Self::parse(&pem, &pem, true).map_err(|flaw| flaw.at(&path, &path))
    }

    /// Loads the pair that the configuration names; `None` if it names nothing. Makes nothing.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn given(config: &Config) -> Result<Option<Self>, Text> {
        match (&config.tls_cert, &config.tls_key) {
            (Some(certificate), Some(key)) => {
                let pem = files::read(certificate, MOST_BYTES).map_err(|why| unusable(certificate, why))?;
                let key_pem = files::read(key, MOST_BYTES)
                    .map_err(|why| Text::UnusableKey(key.display().to_string(), why))?;
                Self::parse(&pem, &key_pem, false).map(Some).map_err(|flaw| flaw.at(certificate, key))
            }
            (None, None) => Ok(None),
            _ => Err(Text::HalfAnIdentity),
        }
    }

    fn parse(certificates: &[u8], key: &[u8], is_self_signed: bool) -> Result<Self, Unusable> {
        let chain = pem::chain(certificates).map_err(Unusable::Certificate)?;
        let (key, signing) = pem::key(key).map_err(Unusable::Key)?;
        pem::check_that_they_fit(&chain, &signing).map_err(Unusable::Certificate)?;
        let first = chain.certificates.first().ok_or(Unusable::Certificate(Text::NoCertificateInPem))?;
        let fingerprint = Fingerprint::of(first);
        let refused =
            |error: rustls::Error| Unusable::Certificate(Text::CertificateRefused(error.to_string()));
        let provider = Arc::new(ring::default_provider());
        let handshakes = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
            .with_single_cert(chain.certificates, key)
            .map_err(refused)?;
        let handshakes = Arc::new(handshakes);
        Ok(Self { handshakes, fingerprint, is_self_signed, holds: chain.holds, stray: chain.stray })
    }
}

impl Unusable {
    fn at(self, certificate: &Path, key: &Path) -> Text {
        match self {
            Self::Certificate(flaw) => unusable(certificate, Both::of(&flaw)),
            Self::Key(flaw) => Text::UnusableKey(key.display().to_string(), Both::of(&flaw)),
        }
    }
}

fn unusable(path: &Path, why: Both) -> Text {
    Text::UnusableCertificate(path.display().to_string(), why)
}

/// Makes the file with the server's own pair. It is whole or not there, and its owner's alone.
fn make(folder: &Path, name: &str) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let (draft, path) = (folder.join(format!("{SELF_SIGNED}.new")), folder.join(SELF_SIGNED));
    let pem = sign(name).map_err(io::Error::other)?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    fs::rename(draft, path)
}

/// A new certificate and its key, in PEM form.
fn sign(name: &str) -> Result<String, rcgen::Error> {
    // In a certificate a name of another script would have to be written in ASCII; nobody looks it up in this one.
    let names = [name, "localhost"].into_iter().filter(|name| name.is_ascii()).map(str::to_owned);
    let mut certificate = CertificateParams::new(names.collect::<Vec<_>>())?;
    certificate.distinguished_name = rcgen::DistinguishedName::new();
    certificate.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    Ok(certificate.self_signed(&key)?.pem() + &key.serialize_pem())
}

/// Asks clients for a certificate and takes whichever they show, or none. It proves no name: only that a client that
/// shows it again, and has the key to it, is the same.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
