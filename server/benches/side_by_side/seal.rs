//! TLS for the crowd: rustls without threads, at sockets that do not wait.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

/// Takes whatever certificate a server has: it is one that this program started.
pub fn whatever_certificate() -> Arc<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider has the usual versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trusting(provider)))
        .with_no_client_auth();
    Arc::new(config)
}

/// A connection of which nothing was sent yet.
pub fn begin(config: &Arc<ClientConfig>) -> io::Result<Box<ClientConnection>> {
    let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
    let mut seal = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    // The loads bound what is in flight.
    seal.set_buffer_limit(None);
    Ok(Box::new(seal))
}

/// Sends what the socket takes. `unsent` is emptied as soon as it may be sealed, which is after the handshake.
pub fn write(seal: &mut ClientConnection, socket: &mut TcpStream, unsent: &mut Vec<u8>) -> io::Result<()> {
    if !seal.is_handshaking() && !unsent.is_empty() {
        seal.writer().write_all(unsent)?;
        unsent.clear();
    }
    while seal.wants_write() {
        seal.write_tls(socket)?;
    }
    Ok(())
}

/// Reads what the socket has, and unseals it into `buffer`. Nothing is the end, `WouldBlock` that only the handshake
/// has gone on.
pub fn read(seal: &mut ClientConnection, socket: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled <= buffer.len() / 2 {
        match seal.read_tls(socket) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && filled > 0 => break,
            Err(error) => return Err(error),
        }
        seal.process_new_packets().map_err(io::Error::other)?;
        // All of it is taken: the socket does not tell of what waits here.
        loop {
            match seal.reader().read(&mut buffer[filled..]) {
                Ok(count @ 1..) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Ok(0) | Err(_) => return Ok(filled),
            }
        }
    }
    Ok(filled)
}

#[derive(Debug)]
struct Trusting(Arc<CryptoProvider>);

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
