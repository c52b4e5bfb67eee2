//! The thread that writes: lines out of a channel and into the socket, as many at once as there are.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::TcpStream;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::net::tls::Tls;
use crate::text::encoding::Encoding;

/// About how much is written at once at the most.
const BATCH_BYTES: usize = 16 * 1024;

/// What the writer is told.
pub(super) enum Outgoing {
    /// Write this line; it has no CR LF.
    Line(String),
    /// TLS itself has something to say.
    Records,
    /// All has been said. Dropped by the writer when it has ended.
    End(Sender<Infallible>),
}

/// Asks the writer to write what was given to it, and to end. The channel that comes back is disconnected when it
/// has, or when it has so much to do that it need not be asked.
pub(super) fn finish(outgoing: &Sender<Outgoing>) -> Receiver<Infallible> {
    let (token, ended) = bounded(0);
    // When there is no room for this, the writer finds out by writing.
    let _ = outgoing.try_send(Outgoing::End(token));
    ended
}

/// The writer's whole life: the opening, and then whatever comes, until all has been said.
pub(super) fn write(
    mut stream: &TcpStream,
    tls: Option<&Tls>,
    opening: &[String],
    lines: &Receiver<Outgoing>,
    encoding: &dyn Fn() -> Encoding,
    note: &dyn Fn(&str),
) -> io::Result<()> {
    let push_line = |batch: &mut Vec<u8>, line: &str| {
        note(line);
        batch.extend_from_slice(&encoding().encode(line));
        batch.extend_from_slice(b"\r\n");
    };
    let mut send = |clear: &[u8]| match tls {
        Some(tls) => stream.write_all(&tls.seal(clear)?),
        None => stream.write_all(clear),
    };
    let mut batch = Vec::with_capacity(1024);
    for line in opening {
        push_line(&mut batch, line);
    }
    send(&batch)?;
    let mut over = None;
    while over.is_none() {
        batch.clear();
        // The channel cannot be disconnected: the reader, which outlives the writer, has a sender too.
        let Ok(first) = lines.recv() else { break };
        for outgoing in std::iter::once(first).chain(lines.try_iter()) {
            match outgoing {
                Outgoing::Line(line) => push_line(&mut batch, &line),
                Outgoing::Records => {}
                Outgoing::End(token) => over = Some(token),
            }
            if over.is_some() || batch.len() >= BATCH_BYTES {
                break;
            }
        }
        send(&batch)?;
    }
    match tls {
        Some(tls) => stream.write_all(&tls.seal_end()),
        None => Ok(()),
    }
}
