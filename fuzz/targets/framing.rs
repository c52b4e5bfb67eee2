//! A stream that is cut anywhere gives the same lines as one that comes whole, and those that a plain search for line
//! ends finds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use teahouse_protocol::{Line, LineBuffer, LineLimits};

const LIMITS: LineLimits = LineLimits::FROM_CLIENT;

/// What a buffer makes of a stream that comes in pieces of these sizes; it ends where a buffer is full without a line.
fn lines(stream: &[u8], cuts: &[u8]) -> Vec<Option<Vec<u8>>> {
    let mut buffer = LineBuffer::new(LIMITS);
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

/// The definition: what stands between any two line ends, if that is something, and `None` where it is too long.
fn plain(stream: &[u8]) -> Vec<Option<Vec<u8>>> {
    let mut pieces: Vec<_> = stream.split(|byte| matches!(byte, b'\r' | b'\n')).collect();
    // Its end has not come.
    pieces.pop();
    let lines = pieces.into_iter().filter(|line| !line.is_empty());
    lines.take_while(|line| line.len() < LIMITS.buffer_bytes).map(allowed).collect()
}

fn allowed(line: &[u8]) -> Option<Vec<u8>> {
    let text = match line {
        [b'@', ..] => line.iter().position(|byte| *byte == b' ').map_or(line.len(), |space| space + 1),
        _ => 0,
    };
    (text <= LIMITS.tags_bytes && line.len() + 2 <= text + LIMITS.line_bytes).then(|| line.to_vec())
}

fuzz_target!(|bytes: &[u8]| {
    let [count, times, rest @ ..] = bytes else { return };
    let (cuts, piece) = rest.split_at(usize::from(*count % 16).min(rest.len()));
    // The same again and again is how little input makes long lines.
    let stream = piece.repeat(usize::from(*times) + 1);
    let stream = &stream[..stream.len().min(64 * 1024)];
    let whole = lines(stream, &[]);
    assert_eq!(lines(stream, cuts), whole);
    assert_eq!(whole, plain(stream));
});
