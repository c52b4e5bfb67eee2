//! The files with the user's own certificate and its key, as PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)).

use std::path::Path;

use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificates in a PEM file; at least one.
///
/// # Errors
/// Why there is none.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect)?;
    if chain.is_empty() { Err(Error::NoItemsFound) } else { Ok(chain) }
}

/// The private key in a PEM file.
///
/// # Errors
/// Why there is none.
pub fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(file)
}
