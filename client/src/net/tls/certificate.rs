//! The public key in a certificate of version 1.
//!
//! Many a self-made certificate is of that version, which has no extensions and which webpki does not read. A client
//! that believes such a certificate by its fingerprint needs nothing of it but the key. The key stands at a fixed
//! place ([RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)), so this is all there is to read here:
//! one DER element after another.

/// The tag of a SEQUENCE.
const SEQUENCE: u8 = 0x30;
/// The tag of `[0]`, which the version stands in where it is not 1.
const VERSION: u8 = 0xa0;

/// The SubjectPublicKeyInfo of a certificate, as it stands there.
pub fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = element(certificate)?;
    let (mut to_be_signed, _) = element(certificate.content(SEQUENCE)?)?;
    let mut rest = to_be_signed.content(SEQUENCE)?;
    (to_be_signed, rest) = element(rest)?;
    if to_be_signed.tag == VERSION {
        (_, rest) = element(rest)?;
    }
    // That was the serial number. Four more lie before the key: algorithm, issuer, validity, subject.
    for _ in 0..4 {
        (_, rest) = element(rest)?;
    }
    let (key, _) = element(rest)?;
    (key.tag == SEQUENCE).then_some(key.whole)
}

/// A DER element.
struct Element<'a> {
    tag: u8,
    whole: &'a [u8],
    content: &'a [u8],
}

impl<'a> Element<'a> {
    fn content(&self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.content)
    }
}

/// The first element, and what stands behind it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        // So many bytes of length follow; more than three is no certificate.
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(short - 0x80))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    let whole = &bytes[..bytes.len() - behind.len()];
    Some((Element { tag, whole, content }, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(vec!["tea.house".to_owned()]).unwrap()
    }

    #[test]
    fn the_key_is_found_in_a_certificate_of_any_version() {
        use rcgen::PublicKeyData;
        let made = made();
        let key = made.signing_key.subject_public_key_info();
        let certificate = made.cert.der();
        assert_eq!(public_key(certificate), Some(&key[..]));
        // The same without its version, which makes it one of version 1.
        let (outer, _) = element(certificate).unwrap();
        let (inner, behind) = element(outer.content).unwrap();
        let (version, rest) = element(inner.content).unwrap();
        assert_eq!(version.tag, VERSION);
        let wrap = |content: Vec<u8>| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[SEQUENCE, 0x82, length[0], length[1]][..], &content].concat()
        };
        let first = wrap([wrap(rest.to_vec()), behind.to_vec()].concat());
        assert_eq!(public_key(&first), Some(&key[..]));
    }

    #[test]
    fn what_is_no_certificate_has_no_key() {
        let made = made();
        let certificate = made.cert.der();
        for length in 0..certificate.len() {
            assert_eq!(public_key(&certificate[..length]), None, "{length}");
        }
        assert_eq!(public_key(&[0xff; 100]), None);
        assert_eq!(public_key(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
