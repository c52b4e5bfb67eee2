//! Fingerprints of certificates, by which a person recognises a server that nobody vouches for.
//!
//! A fingerprint is the digest of the whole certificate in its DER form. How long it is tells which digest:
//! SHA-256 is what the window shows and saves; SHA-1, SHA-384 and SHA-512 are taken where somebody wrote them down.

use std::fmt;

use ring::digest::{self, Algorithm};

/// The digest of a certificate.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Digest(Vec<u8>),
    /// Text that was to be a fingerprint.
    Unreadable(String),
}

impl Fingerprint {
    /// The SHA-256 fingerprint of a certificate.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Kind::Digest(digest::digest(&digest::SHA256, certificate).as_ref().to_vec()))
    }

    /// Stands for a fingerprint that cannot be read. No certificate matches it: a server that was known by it must
    /// not be believed as an unknown server.
    pub fn unreadable(text: &str) -> Self {
        Self(Kind::Unreadable(text.to_owned()))
    }

    /// Reads hexadecimal digits in either case, with or without colons or spaces between them. A label that programs
    /// print before it (`SHA256 Fingerprint=`, `sha-256:`) may stand there too.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.rsplit_once('=').map_or(text, |(_, digits)| digits);
        let digits = match digits.split_once(':') {
            Some((label, rest)) if label.len() > 2 => rest,
            _ => digits,
        };
        let digits: Vec<u8> = digits.bytes().filter(|byte| !matches!(byte, b':' | b' ')).collect();
        let nibble = |byte: &u8| char::from(*byte).to_digit(16);
        let pairs = digits.chunks(2).map(|pair| match pair {
            [high, low] => u8::try_from(nibble(high)? * 16 + nibble(low)?).ok(),
            _ => None,
        });
        let bytes: Vec<u8> = pairs.collect::<Option<_>>()?;
        algorithm(bytes.len()).map(|_| Self(Kind::Digest(bytes)))
    }

    /// Whether this is the fingerprint of that certificate.
    pub fn matches(&self, certificate: &[u8]) -> bool {
        let Kind::Digest(known) = &self.0 else { return false };
        algorithm(known.len()).is_some_and(|by| digest::digest(by, certificate).as_ref() == known)
    }
}

/// The digest that is so many bytes long.
fn algorithm(length: usize) -> Option<&'static Algorithm> {
    let known = [&digest::SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA256, &digest::SHA384, &digest::SHA512];
    known.into_iter().find(|algorithm| algorithm.output_len() == length)
}

/// As `openssl x509 -fingerprint` prints it: pairs of digits with colons between them.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.0 {
            Kind::Digest(bytes) => bytes,
            Kind::Unreadable(text) => return f.write_str(text),
        };
        for (index, byte) in bytes.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Of the three letters "abc" (FIPS 180).
    const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const SHA512: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                          2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    #[test]
    fn a_certificate_is_recognised_by_any_of_its_digests() {
        for digits in [SHA1, SHA256, SHA512] {
            let fingerprint = Fingerprint::parse(digits).expect(digits);
            assert!(fingerprint.matches(b"abc") && !fingerprint.matches(b"abd"), "{digits}");
        }
        assert_eq!(Fingerprint::parse(SHA256), Some(Fingerprint::of(b"abc")));
    }

    #[test]
    fn a_fingerprint_may_be_written_as_programs_print_it() {
        let shown = Fingerprint::of(b"abc").to_string();
        assert!(shown.starts_with("BA:78:16:BF:"), "{shown}");
        let spaced = shown.replace(':', " ");
        for text in [
            shown.clone(),
            spaced,
            SHA256.to_uppercase(),
            format!("SHA256 Fingerprint={shown}"),
            format!("sha-256:{SHA256}"),
            format!("SHA256:{shown}"),
        ] {
            assert_eq!(Fingerprint::parse(&text), Some(Fingerprint::of(b"abc")), "{text}");
        }
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for text in ["", "ab", &SHA256[1..], &SHA256[2..], &format!("{}茶", &SHA256[3..]), &"x".repeat(64)] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
