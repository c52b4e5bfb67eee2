//! Files that people have saved, as text: a spreadsheet in China saves GB18030, and a console on Windows UTF-16.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// A text, and the name of its encoding where it is not UTF-8.
pub(super) type Decoded = (String, Option<&'static str>);

/// The text of a file. It is UTF-8 unless its first bytes say else (a byte order mark), or unless `guesses` and it can
/// only be GB18030.
///
/// # Errors
/// The number of the first line that is none of this.
pub(super) fn decode(bytes: &[u8], guesses: bool) -> Result<Decoded, usize> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[length..]).ok_or_else(|| first_wrong_line(&bytes[length..]));
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), None)),
        Err(_) if guesses && !is_mostly_utf_8(bytes) => {
            decode_as(GB18030, bytes).ok_or_else(|| first_wrong_line(bytes))
        }
        Err(_) => Err(first_wrong_line(bytes)),
    }
}

/// Whether it is rather UTF-8 that is broken somewhere. Two letters of GB18030 can look like one of UTF-8; most do not.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut letters, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    letters >= broken
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Option<Decoded> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned();
    Some((text, (encoding != UTF_8).then_some(encoding.name())))
}

fn first_wrong_line(bytes: &[u8]) -> usize {
    let valid = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    1 + bytes[..valid].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_or_a_console_has_saved_is_read_and_what_is_broken_is_named() {
        let utf_16: Vec<u8> =
            [0xfeff, 0x5c0f, 0x660e, 0x0a].iter().flat_map(|unit: &u16| unit.to_le_bytes()).collect();
        let gb18030 = b"name\n\xd0\xa1\xc3\xf7\n";
        for (bytes, guesses, expected) in [
            ("小明\n".as_bytes(), true, Ok(("小明\n", None))),
            ("\u{feff}小明\n".as_bytes(), true, Ok(("小明\n", None))),
            (&utf_16, false, Ok(("小明\n", Some("UTF-16LE")))),
            (gb18030, true, Ok(("name\n小明\n", Some("gb18030")))),
            (gb18030, false, Err(2)),
            (b"\xe5\xb0\x8f\n\xff\n", true, Err(2)),
            (b"a\nb\n\xff\xff", true, Err(3)),
            (b"\xb2\xe8\xb9\xdd\n", true, Ok(("茶馆\n", Some("gb18030")))),
            (b"", true, Ok(("", None))),
        ] {
            let expected = expected.map(|(text, name)| (text.to_owned(), name));
            assert_eq!(decode(bytes, guesses), expected, "{bytes:?}");
        }
    }
}
