//! Who this server is to those who come over TLS: its certificate and the key to it.
//!
//! They are read from PEM files. Where none are given, the server signs a certificate for itself, once, and keeps it
//! in its data folder: nobody vouches for that one, so whoever comes has to know it by its fingerprint.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};

use super::Fingerprint;
use crate::config::Config;
use crate::language::Text;

/// The file in the data folder that holds the certificate which the server signed itself, and the key to it.
pub const SELF_SIGNED: &str = "self-signed.pem";

/// A certificate, the key to it, and all that a handshake needs.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What a handshake goes by.
    pub handshakes: Arc<ServerConfig>,
    /// What the certificate is known by.
    pub fingerprint: Fingerprint,
    /// Whether nobody else vouches for it.
    pub is_self_signed: bool,
}

impl Identity {
    /// What the configuration names; a pair that the server signs itself if it names nothing. That is made now if
    /// there is none, and stays in memory where there is no data folder: then the one of `before` is kept.
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
            let pem = sign(&config.name).map_err(|error| error.to_string());
            return pem
                .and_then(|pem| Self::parse(pem.as_bytes(), pem.as_bytes(), true))
                .map_err(|error| unusable(Path::new(SELF_SIGNED), &error));
        };
        let path = folder.join(SELF_SIGNED);
        if !path.exists() {
            make(folder, &config.name).map_err(|error| unusable(&path, &error.to_string()))?;
        }
        let pem = read(&path)?;
        Self::parse(&pem, &pem, true).map_err(|error| unusable(&path, &error))
    }

    /// What the configuration names; `None` if it names nothing. Makes nothing.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn given(config: &Config) -> Result<Option<Self>, Text> {
        match (&config.tls_cert, &config.tls_key) {
            (Some(certificate), Some(key)) => Self::parse(&read(certificate)?, &read(key)?, false)
                .map(Some)
                .map_err(|error| unusable(certificate, &error)),
            (None, None) => Ok(None),
            _ => Err(Text::HalfAnIdentity),
        }
    }

    fn parse(certificates: &[u8], key: &[u8], is_self_signed: bool) -> Result<Self, String> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        let first = chain.first().ok_or_else(|| "no certificate in PEM form".to_owned())?;
        let fingerprint = Fingerprint::of(first);
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("the key: {error}"))?;
        let provider = Arc::new(ring::default_provider());
        let handshakes = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
            .with_single_cert(chain, key)
            .map_err(|error| error.to_string())?;
        Ok(Self { handshakes: Arc::new(handshakes), fingerprint, is_self_signed })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Text> {
    fs::read(path).map_err(|error| unusable(path, &error.to_string()))
}

fn unusable(path: &Path, why: &str) -> Text {
    Text::UnusableCertificate(path.display().to_string(), why.to_owned())
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

/// Asks clients for a certificate and takes whichever they show, or none. It proves no name: only that whoever shows
/// it again, and has the key to it, is the same.
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
