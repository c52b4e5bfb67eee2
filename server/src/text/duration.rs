//! How long something is to last, as people type it: `90`, `30m`, `2h`, `1d12h`, `1w`.

/// The letters of the units, with their seconds.
const UNITS: [(char, u64); 6] =
    [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 604_800), ('y', 31_536_000)];

/// The seconds of a length of time: numbers with a letter each, in either case, or a number alone, which counts units
/// of `unit_secs`. `None` if it is no length of time; a time that is too long to be counted is as long as can be.
pub fn seconds(typed: &str, unit_secs: u64) -> Option<u64> {
    if !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(number(typed).saturating_mul(unit_secs));
    }
    let mut total: u64 = 0;
    let mut rest = typed;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, behind) = rest.split_at(digits);
        let letter = behind.chars().next().filter(|_| digits > 0)?.to_ascii_lowercase();
        let (_, secs) = UNITS.iter().find(|(unit, _)| *unit == letter)?;
        total = total.saturating_add(number(count).saturating_mul(*secs));
        rest = &behind[1..];
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// The number that some digits say; a number that is too large is as large as can be.
fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_typed_as_people_say_it() {
        for (typed, secs) in [
            ("90", Some(5400)),
            ("0", Some(0)),
            ("007", Some(420)),
            ("45s", Some(45)),
            ("30m", Some(1800)),
            ("2h", Some(7200)),
            ("1d12h", Some(129_600)),
            ("1D12H", Some(129_600)),
            ("1w", Some(604_800)),
            ("1y", Some(31_536_000)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("99999999999999999999999w1s", Some(u64::MAX)),
            ("", None),
            ("d", None),
            ("1d12", None),
            ("1 d", None),
            ("-5", None),
            ("+5", None),
            ("1.5h", None),
            ("1day", None),
            ("5日", None),
            ("１d", None),
        ] {
            assert_eq!(seconds(typed, 60), secs, "{typed}");
        }
        assert_eq!(seconds("90", 1), Some(90));
    }
}
