//! [XSETTINGS](https://specifications.freedesktop.org/xsettings-spec/): what every desktop on X says of itself, in a
//! property of a window that nobody sees.

use x11rb::protocol::xproto::{AtomEnum, ConnectionExt};

/// More is not read: it is a list of a few dozen names.
const LONGEST: u32 = 65536;

/// The text that stands there under this name.
pub(super) fn text(name: &str) -> Option<String> {
    let (connection, screen) = x11rb::connect(None).ok()?;
    let atom = |name: &str| Some(connection.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom);
    let manager = atom(&format!("_XSETTINGS_S{screen}"))?;
    let owner = connection.get_selection_owner(manager).ok()?.reply().ok()?.owner;
    let settings = atom("_XSETTINGS_SETTINGS")?;
    let all = connection.get_property(false, owner, settings, AtomEnum::ANY, 0, LONGEST / 4).ok()?;
    find_text(&all.reply().ok()?.value, name)
}

/// Looks a text up in the list.
fn find_text(list: &[u8], name: &str) -> Option<String> {
    let is_big_endian = *list.first()? == 1;
    let mut list = Reader { rest: list.get(8..)?, is_big_endian };
    for _ in 0..list.number(4)? {
        let [kind, _] = *list.take(2)? else { return None };
        let length = list.number(2)?;
        let found = list.padded(length)?;
        // When it was changed last.
        list.take(4)?;
        match kind {
            0 => list.take(4)?,
            1 => {
                let length = list.number(4)?;
                let text = list.padded(length)?;
                if found == name.as_bytes() {
                    return String::from_utf8(text.to_owned()).ok();
                }
                text
            }
            2 => list.take(8)?,
            _ => return None,
        };
    }
    None
}

struct Reader<'a> {
    rest: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        let is_big_endian = self.is_big_endian;
        let digits = self.take(bytes)?;
        let add = |number: usize, digit: &u8| number << 8 | usize::from(*digit);
        Some(if is_big_endian { digits.iter().fold(0, add) } else { digits.iter().rev().fold(0, add) })
    }

    /// So many bytes; what comes behind them begins at a multiple of four.
    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.take(length)?;
        self.take(length.next_multiple_of(4) - length)?;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number, a colour and a text, in the byte order of most machines.
    const LIST: &[u8] = b"\0\0\0\0\x07\0\0\0\x03\0\0\0\
        \0\0\x07\0Xft/DPI\0\x01\0\0\0\0\x80\x01\0\
        \x02\0\x01\0C\0\0\0\x01\0\0\0\xff\xff\0\0\0\0\xff\xff\
        \x01\0\x0d\0Net/ThemeName\0\0\0\x01\0\0\0\x0c\0\0\0Adwaita-dark";

    #[test]
    fn a_text_is_found_among_other_things() {
        assert_eq!(find_text(LIST, "Net/ThemeName").as_deref(), Some("Adwaita-dark"));
        assert_eq!(find_text(LIST, "Net/IconThemeName"), None);
        assert_eq!(find_text(LIST, "Xft/DPI"), None);
    }

    #[test]
    fn the_other_byte_order_is_read_too() {
        let list = b"\x01\0\0\0\0\0\0\x07\0\0\0\x01\x01\0\0\x01A\0\0\0\0\0\0\x01\0\0\0\x03yes\0";
        assert_eq!(find_text(list, "A").as_deref(), Some("yes"));
    }

    #[test]
    fn a_list_that_ends_too_soon_is_no_trouble() {
        for end in 0..LIST.len() {
            assert_eq!(find_text(&LIST[..end], "Net/ThemeName"), None, "{end}");
        }
        assert_eq!(find_text(b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff\x01\0\xff\xff", "A"), None);
    }
}
