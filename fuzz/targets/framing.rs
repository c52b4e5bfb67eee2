//! A stream that is cut anywhere gives the same lines as one that comes whole, and the same as a plain search for
//! line ends does.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse_protocol::{Line, LineBuffer, LineLimits};

/// What a buffer makes of a stream that comes in pieces of these sizes; it ends where a buffer is full without a line.
fn lines(stream: &[u8], cuts: &[u8]) -> Vec<Option<Vec<u8>>> {
    let mut buffer = LineBuffer::new(LineLimits::FROM_CLIENT);
    let mut lines = Vec::new();
    let mut rest = stream;
    let mut cuts = cuts.iter().cycle();
    while !rest.is_empty() {
        let wanted = cuts.next().map_or(usize::MAX, |cut| usize::from(*cut) + 1);
        let spare = buffer.spare();
        if spare.is_empty() {
            break;
        }
        let count = wanted.min(rest.len()).min(spare.len());
        spare[..count].copy_from_slice(&rest[..count]);
        rest = &rest[count..];
        buffer.filled(count);
        while let Some(line) = buffer.next_line() {
            lines.push(match line {
                Line::Complete(line) => Some(line.to_vec()),
                _ => None,
            });
        }
        buffer.shrink();
    }
    lines
}

fuzz_target!(|bytes: &[u8]| {
    let Some((count, rest)) = bytes.split_first() else { return };
    let (cuts, stream) = rest.split_at(usize::from(*count % 16).min(rest.len()));
    let whole = lines(stream, &[]);
    assert_eq!(lines(stream, cuts), whole);
    // Lines that are within every limit are simply what stands between line ends.
    let plain = stream.split_inclusive(|byte| *byte == b'\n');
    if plain.clone().all(|line| line.len() <= 500) {
        let plain: Vec<_> = plain
            .filter_map(|line| line.strip_suffix(b"\n"))
            .map(|line| Some(line.strip_suffix(b"\r").unwrap_or(line).to_vec()))
            .collect();
        assert_eq!(whole, plain);
    }
});
