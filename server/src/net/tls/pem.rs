//! The files of a certificate and of its key: what is in them, and what is wrong with them, in words for the operator
//! who put them there.
//!
//! Certificates come from many programs in many forms. TLS libraries say "invalid" to all but one of them; here each
//! of the usual mistakes has its name and its remedy.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{Error, InconsistentKeys};
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};

use crate::config::files;
use crate::text::language::Text;

/// A certificate with those that vouch for it, as far as they had to be understood.
pub(super) struct Chain {
    /// The server's own first.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// When the first certificate begins to hold, and when it ends.
    pub(super) holds: [Timestamp; 2],
    /// The number, from 1, of the first certificate that did not sign the one before it.
    pub(super) stray: Option<usize>,
    /// The key that each is about.
    keys: Vec<Vec<u8>>,
}

/// The chain in a file.
///
/// # Errors
/// What is wrong with the file, in words that follow its name.
pub(super) fn chain(pem: &[u8]) -> Result<Chain, Text> {
    check_form(pem)?;
    let labels = labels(pem);
    if !labels.contains(&"CERTIFICATE") {
        return Err(match labels.first() {
            Some(label) if label.ends_with("PRIVATE KEY") => Text::KeyForCertificate,
            Some(label) if label.ends_with("CERTIFICATE REQUEST") => Text::NotYetSigned,
            Some(label) if label.contains("CERTIFICATE") || label.starts_with("PKCS") => {
                Text::OtherForm((*label).to_owned())
            }
            _ => Text::NoCertificateInPem,
        });
    }
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|_| Text::PemIsDamaged)?;
    let parsed = certificates.iter().map(|certificate| match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(Text::PemIsDamaged),
    });
    let parsed: Vec<_> = parsed.collect::<Result<_, _>>()?;
    let own = parsed.first().ok_or(Text::NoCertificateInPem)?;
    if own.version() != X509Version::V3 {
        return Err(Text::OldCertificate((own.version().0 + 1).to_string()));
    }
    let time = |time: x509_parser::time::ASN1Time, otherwise| {
        Timestamp::from_second(time.timestamp()).unwrap_or(otherwise)
    };
    let validity = own.validity();
    let mut neighbours = parsed.iter().zip(parsed.iter().skip(1));
    let stray = neighbours.position(|(one, next)| one.issuer().as_raw() != next.subject().as_raw());
    Ok(Chain {
        holds: [time(validity.not_before, Timestamp::MIN), time(validity.not_after, Timestamp::MAX)],
        stray: stray.map(|place| place + 2),
        keys: parsed.iter().map(|certificate| certificate.public_key().raw.to_owned()).collect(),
        certificates,
    })
}

/// The key in a file, and the signer that it makes.
///
/// # Errors
/// What is wrong with the file, in words that follow its name.
pub(super) fn key(pem: &[u8]) -> Result<(PrivateKeyDer<'static>, Arc<dyn SigningKey>), Text> {
    check_form(pem)?;
    let labels = labels(pem);
    let label = labels.iter().find(|label| label.ends_with("PRIVATE KEY"));
    let is_encrypted = pem.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED);
    match label {
        None => {
            return Err(match labels.first() {
                Some(&"CERTIFICATE") => Text::CertificateForKey,
                Some(label) if label.ends_with("PUBLIC KEY") => Text::PublicKey,
                Some(label) => Text::OtherForm((*label).to_owned()),
                None => Text::NoKeyInPem,
            });
        }
        Some(&"ENCRYPTED PRIVATE KEY") => return Err(Text::KeyIsEncrypted),
        Some(_) if is_encrypted => return Err(Text::KeyIsEncrypted),
        Some(&"PRIVATE KEY" | &"RSA PRIVATE KEY" | &"EC PRIVATE KEY") => {}
        Some(_) => return Err(Text::UnsupportedKey),
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| Text::PemIsDamaged)?;
    let signing = any_supported_type(&key).map_err(|_| Text::UnsupportedKey)?;
    Ok((key, signing))
}

/// How a key in an older form says that it is encrypted (RFC 1421).
const ENCRYPTED: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// Whether a key is that of the chain's first certificate.
///
/// # Errors
/// The certificate that the key fits, or why the certificate is no good.
pub(super) fn check_that_they_fit(chain: &Chain, signing: &Arc<dyn SigningKey>) -> Result<(), Text> {
    match CertifiedKey::new(chain.certificates.clone(), Arc::clone(signing)).keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
        Err(Error::InconsistentKeys(_)) => {
            let own = signing.public_key();
            let is_own = |key: &Vec<u8>| own.as_ref().is_some_and(|own| own.as_ref() == key.as_slice());
            Err(match chain.keys.iter().position(is_own) {
                Some(place) => Text::WrongOrder((place + 1).to_string()),
                None => Text::KeyOfAnother,
            })
        }
        Err(error) => Err(Text::CertificateRefused(error.to_string())),
    }
}

/// Whether it is PEM at all.
fn check_form(pem: &[u8]) -> Result<(), Text> {
    match pem {
        _ if pem.trim_ascii().is_empty() => Err(Text::FileIsEmpty),
        _ if files::is_utf16(pem) => Err(Text::FileIsUtf16),
        _ if files::without_mark(pem).len() < pem.len() => Err(Text::PemHasMark),
        // All that such files hold are sequences (X.690), longer than 127 bytes.
        [0x30, 0x80..=0xff, ..] => Err(Text::PemIsDer),
        _ => Ok(()),
    }
}

/// The names of a PEM file's sections.
fn labels(pem: &[u8]) -> Vec<&str> {
    let lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
    let words = lines.filter_map(|line| str::from_utf8(line.trim_ascii()).ok());
    words.filter_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")).collect()
}
