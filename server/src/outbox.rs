//! The outbox: bytes that wait for one client, and the rule for who writes them.
//!
//! There is no writer thread. Whoever speaks, writes: a session *queues* lines under the world's lock (memory only)
//! and *flushes* after letting go of it. Queueing under the lock is what gives everybody in a room the same order;
//! flushing once per batch of lines is what makes it fast.
//!
//! An outbox is in one of four states:
//!
//! ```text
//!            flush                    the kernel's buffer is full,
//!   Idle ───────────────▶ Writing ─── or too many rounds ──────────▶ Draining
//!    ▲  ◀─ all is sent ──────┘                                          │
//!    └────────────────────────── all is sent ───────────────────────────┘
//!   any ── past the limit, closed and sent, or the socket failed ──▶ Dead
//! ```
//!
//! - **Idle**: nobody writes. Whoever queues the first byte is told so by [`Outbox::queue`] and must flush.
//! - **Writing**: one thread took what was queued and sends it. It looks again before it steps down, so whoever
//!   queues meanwhile need do nothing.
//! - **Draining**: the client reads too slowly. The [drain thread](crate::drain) writes whenever the kernel has room.
//! - **Dead**: nothing is queued or written any more; the wire is shut down, and that wakes the session's reader,
//!   which cleans up. Nobody else ever cleans up a client in the middle of somebody's broadcast. When it is the
//!   session itself that hangs up, the wire is only finished: a client that is still speaking hears why.
//!
//! So an outbox never has two writers, no line waits for a wake-up that does not come, and nobody who speaks ever
//! waits for somebody who does not read. `tests/outbox_model.rs` tries every interleaving of a small case.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Instant;

use rustix::net::SendFlags;

use crate::sync::{Condvar, Mutex, MutexGuard};

/// How often an elected writer goes back for more before it leaves the rest to the drain thread: a session must get
/// back to its own client even if others keep queueing.
const MAX_ROUNDS: usize = 8;
/// What an outbox starts with: it is for the welcome, which is longer than most of what follows.
const FIRST_BYTES: usize = 2048;
/// The smallest buffer, and the largest that any outbox keeps while it is empty, in bytes: most people are silent most
/// of the time. It is more than the C library's allocator lays aside for each thread by itself (1032): a few of each size
/// would stay there with everybody who has once spoken in a full room. Buffers that grow from a few bytes by doubling left
/// 5 to 11 KiB behind with everybody in a room of 1,000.
const KEPT_BYTES: usize = 1152;
/// The largest buffer that is kept where much is said, in bytes: what the next batch will need.
const KEPT_WHEN_BUSY_BYTES: usize = 32 * 1024;
/// Bytes that wait are queued in pieces of about this size, and each is given back as soon as it is sent. A single buffer
/// that doubles is copied as it grows, and what was sent of it stays until all is. The C library has pieces of this size
/// from the system, and does not keep them ([`limits`](crate::server::limits)).
const PIECE_BYTES: usize = 128 * 1024;

/// The way out: a socket, or what stands for one where there is no network.
pub trait Wire: Send + Sync {
    /// Takes what it can of `bytes` without waiting, and says how much that was.
    ///
    /// # Errors
    /// `WouldBlock` when it takes nothing now; anything else means that it is broken.
    fn send(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Says that nothing follows. What it took is still delivered, and its reader may read on. A wire that knows no
    /// such thing is shut down.
    fn finish(&self) {
        self.shut_down();
    }

    /// Wakes its reader, who finds that nothing more comes; what is sent goes on. Nothing for a wire without a reader.
    fn stop_reading(&self) {}

    /// Ends it in both directions, which wakes its reader. What it took is still delivered, unless the other side is
    /// still speaking: then the kernel may cut it off.
    fn shut_down(&self);

    /// What to `poll` for room; `None` for a wire that never lacks it.
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;
}

impl Wire for Arc<TcpStream> {
    /// The socket itself stays blocking, for its reader.
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        rustix::io::retry_on_intr(|| rustix::net::send(self, bytes, flags)).map_err(io::Error::from)
    }

    fn finish(&self) {
        // It fails only if the other side is gone already.
        let _ = self.shutdown(Shutdown::Write);
    }

    fn stop_reading(&self) {
        // Likewise.
        let _ = self.shutdown(Shutdown::Read);
    }

    fn shut_down(&self) {
        // It fails only if the other side is gone already, and then there is nothing left to shut down.
        let _ = self.shutdown(Shutdown::Both);
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.as_fd())
    }
}

/// Bytes that wait for one client.
pub struct Outbox {
    wire: Box<dyn Wire>,
    /// How many bytes of other people's lines may wait while draining ("SendQ").
    limit_bytes: usize,
    state: Mutex<State>,
    /// Told whenever the outbox becomes idle or dead.
    settled: Condvar,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Queued and not yet taken by a writer; it comes after the full pieces. It is empty only if there are none, or the
    /// one that is left while draining.
    queue: Vec<u8>,
    /// The full pieces, oldest first. While draining, the first one is what is left of a batch.
    pieces: VecDeque<Vec<u8>>,
    /// How long they are together.
    piece_bytes: usize,
    /// How much of the first one is sent already. Nothing unless draining.
    sent: usize,
    /// An empty buffer, kept to be swapped with `queue`.
    spare: Vec<u8>,
    /// How long the last batch was that was sent whole.
    last_bytes: usize,
    /// How many of the waiting bytes answer the client's own questions; those do not count against the limit.
    answer_bytes: usize,
    /// Nothing more is queued; when all is sent the outbox dies, and this is done with the wire.
    closing: Option<AtEnd>,
    /// What still has to be done with the wire, once; only when dead.
    unplug: Option<AtEnd>,
    /// Whether the limit was the end of it.
    overrun: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Writing,
    Draining,
    Dead,
}

/// What becomes of the wire when an outbox has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtEnd {
    /// It is finished: the client's own session is about to hang up, and reads what the client still says.
    Finish,
    /// It is shut down. The client's session is woken wherever it is before that, for it has to see to it that a client
    /// who does not read is not waited for.
    ShutDown,
}

/// Why a line is queued, which decides whether it counts against the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody else did something.
    Others,
    /// The client asked. However long the answer is (LIST, NAMES, MOTD), it is the session that waits for it to
    /// drain, by [`Outbox::wait_for_answers`].
    Answer,
}

impl Outbox {
    /// An outbox for the client at the other end of `wire`; `limit_bytes` of other people's lines may wait in it.
    pub fn new(wire: impl Wire + 'static, limit_bytes: usize) -> Self {
        let state = State {
            phase: Phase::Idle,
            queue: Vec::with_capacity(FIRST_BYTES),
            pieces: VecDeque::new(),
            piece_bytes: 0,
            sent: 0,
            spare: Vec::new(),
            last_bytes: 0,
            answer_bytes: 0,
            closing: None,
            unplug: None,
            overrun: false,
        };
        Self { wire: Box::new(wire), limit_bytes, state: Mutex::new(state), settled: Condvar::new() }
    }

    /// What to `poll` for room, while it is draining.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.wire.descriptor()
    }

    /// Queues one line, given in parts. Touches memory only, so it may be called under the world's lock.
    ///
    /// Returns whether the caller must [`flush`](Self::flush) once it holds no lock.
    #[must_use]
    pub fn queue(&self, parts: &[&[u8]], cause: Cause) -> bool {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut state = self.state.lock();
        if state.phase == Phase::Dead || state.closing.is_some() {
            return false;
        }
        match cause {
            Cause::Answer => state.answer_bytes += length,
            // Only what the kernel would not take counts: a batch that is about to be flushed is nobody's fault.
            Cause::Others
                if state.phase == Phase::Draining
                    && state.waiting() + length > self.limit_bytes + state.answer_bytes =>
            {
                state.overrun = true;
                self.die(&mut state, AtEnd::ShutDown);
                return true;
            }
            Cause::Others => {}
        }
        let first = state.phase == Phase::Idle && state.queue.is_empty();
        if state.queue.capacity() - state.queue.len() < length {
            state.make_room(length);
        }
        for part in parts {
            state.queue.extend_from_slice(part);
        }
        first
    }

    /// Says that nothing follows: what is queued is still sent, and then the wire ends.
    ///
    /// Returns whether the caller must [`flush`](Self::flush) once it holds no lock.
    #[must_use]
    pub fn close(&self, at_end: AtEnd) -> bool {
        let mut state = self.state.lock();
        state.closing = Some(at_end);
        state.phase == Phase::Idle || at_end == AtEnd::ShutDown
    }

    /// Ends the outbox at once and shuts the socket down; what waits in it is lost.
    pub fn kill(&self) {
        let mut state = self.state.lock();
        self.die(&mut state, AtEnd::ShutDown);
        self.unplug(state);
    }

    /// Whether more came for this client than its limit allows ("SendQ exceeded").
    pub fn is_overrun(&self) -> bool {
        self.state.lock().overrun
    }

    /// How many bytes of answers to the client's own questions are still on their way.
    pub fn answer_bytes(&self) -> usize {
        self.state.lock().answer_bytes
    }

    /// Sends what is queued, unless somebody is at it already. Never waits.
    /// Must not be called under the world's lock.
    ///
    /// When it comes back with [`Progress::Blocked`], the caller hands the outbox to the drain thread.
    #[must_use]
    pub fn flush(&self) -> Progress {
        let mut state = self.state.lock();
        if state.closing == Some(AtEnd::ShutDown) && state.phase != Phase::Dead {
            drop(state);
            self.wire.stop_reading();
            state = self.state.lock();
        }
        match state.phase {
            Phase::Idle if state.queue.is_empty() && state.closing.is_none() => return Progress::Clear,
            Phase::Idle => {}
            Phase::Writing | Phase::Draining => return Progress::Clear,
            Phase::Dead => {
                self.unplug(state);
                return Progress::Clear;
            }
        }
        state.phase = Phase::Writing;
        let spare = mem::take(&mut state.spare);
        let batch = state.next_batch(spare);
        drop(state);
        self.write(batch, 0)
    }

    /// The drain thread's turn: the wire has room again.
    #[must_use]
    pub fn resume(&self) -> Progress {
        let mut state = self.state.lock();
        if state.phase == Phase::Dead {
            // The thread that ended it ends the wire.
            return Progress::Clear;
        }
        let sent = mem::take(&mut state.sent);
        let batch = state.next_batch(Vec::new());
        drop(state);
        self.write(batch, sent)
    }

    /// Waits until the answers to the client's own questions have left this machine's memory; at most until
    /// `deadline`. Does not wait for the rest.
    pub fn wait_for_answers(&self, deadline: Instant) -> Answers {
        let mut state = self.state.lock();
        while matches!(state.phase, Phase::Writing | Phase::Draining) && state.answer_bytes > 0 {
            if self.settled.wait_until(&mut state, deadline).timed_out() {
                return Answers::Waiting;
            }
        }
        if state.phase == Phase::Dead { Answers::Lost } else { Answers::Taken }
    }

    /// Waits until nothing more will be sent; at most until `deadline`. Returns whether that is so.
    pub fn wait_until_dead(&self, deadline: Instant) -> bool {
        let mut state = self.state.lock();
        while state.phase != Phase::Dead && !self.settled.wait_until(&mut state, deadline).timed_out() {}
        state.phase == Phase::Dead
    }

    /// Sends `batch[sent..]`, then what was queued meanwhile. Only the one elected writer is here.
    fn write(&self, mut batch: Vec<u8>, mut sent: usize) -> Progress {
        for _ in 0..MAX_ROUNDS {
            match self.wire.send(&batch[sent..]) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => {
                    let mut state = self.state.lock();
                    self.die(&mut state, AtEnd::ShutDown);
                    self.unplug(state);
                    return Progress::Clear;
                }
            }
            let mut state = self.state.lock();
            if state.phase == Phase::Dead {
                return Progress::Clear;
            }
            if sent < batch.len() {
                return state.hold(batch, sent);
            }
            state.trim(&mut batch);
            sent = 0;
            if state.queue.is_empty() {
                self.step_down(state, batch);
                return Progress::Clear;
            }
            batch = state.next_batch(batch);
        }
        self.state.lock().hold(batch, sent)
    }

    /// The writer has sent everything; `empty` is its buffer.
    fn step_down(&self, mut state: MutexGuard<'_, State>, empty: Vec<u8>) {
        state.answer_bytes = 0;
        // Two are needed only where more is queued while one is sent.
        let kept = if state.queue.capacity() == 0 { &mut state.queue } else { &mut state.spare };
        *kept = empty;
        if let Some(at_end) = state.closing {
            self.die(&mut state, at_end);
            self.unplug(state);
        } else {
            state.phase = Phase::Idle;
            self.settled.notify_all();
        }
    }

    /// Only says so; [`unplug`](Self::unplug) does the rest without the world's lock.
    fn die(&self, state: &mut State, at_end: AtEnd) {
        if state.phase != Phase::Dead {
            state.phase = Phase::Dead;
            state.unplug = Some(at_end);
            self.settled.notify_all();
        }
    }

    /// Gives back what a dead outbox holds and ends its wire, once, with no lock held.
    fn unplug(&self, mut state: MutexGuard<'_, State>) {
        let unplug = state.unplug.take();
        let lost = (mem::take(&mut state.pieces), mem::take(&mut state.queue), mem::take(&mut state.spare));
        drop(state);
        drop(lost);
        match unplug {
            Some(AtEnd::Finish) => self.wire.finish(),
            Some(AtEnd::ShutDown) => self.wire.shut_down(),
            None => {}
        }
    }
}

impl State {
    fn waiting(&self) -> usize {
        self.piece_bytes - self.sent + self.queue.len()
    }

    /// Makes room for a line that is about to be queued, in another piece if this one is full.
    #[cold]
    fn make_room(&mut self, length: usize) {
        if !self.queue.is_empty() && self.queue.len() + length > PIECE_BYTES {
            self.piece_bytes += self.queue.len();
            self.pieces.push_back(mem::take(&mut self.queue));
        }
        if self.queue.capacity() == 0 {
            let least = if self.pieces.is_empty() { KEPT_BYTES } else { PIECE_BYTES };
            self.queue.reserve_exact(least.max(length));
        }
    }

    /// Takes what a writer sends next; `empty` is where the bytes after it may go.
    fn next_batch(&mut self, empty: Vec<u8>) -> Vec<u8> {
        if self.piece_bytes == 0 {
            return mem::replace(&mut self.queue, empty);
        }
        let piece = self.pieces.pop_front().expect("their bytes are counted");
        self.piece_bytes -= piece.len();
        if self.pieces.is_empty() {
            self.pieces = VecDeque::new();
        }
        piece
    }

    /// Empties a buffer whose bytes were sent, and gives it back to the system if the next batch will hardly need it:
    /// it is kept if it was well filled twice in a row.
    fn trim(&mut self, sent: &mut Vec<u8>) {
        let usual = sent.len().min(mem::replace(&mut self.last_bytes, sent.len()));
        let most = (4 * usual).clamp(KEPT_BYTES, KEPT_WHEN_BUSY_BYTES);
        sent.clear();
        for buffer in [sent, &mut self.queue] {
            if buffer.is_empty() && buffer.capacity() > most {
                *buffer = Vec::new();
            }
        }
    }

    /// Keeps what is left for the drain thread.
    fn hold(&mut self, batch: Vec<u8>, sent: usize) -> Progress {
        if self.phase == Phase::Dead {
            return Progress::Clear;
        }
        self.phase = Phase::Draining;
        self.piece_bytes += batch.len();
        self.pieces.push_front(batch);
        self.sent = sent;
        Progress::Blocked
    }
}

/// What became of the answers to a client's own questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The kernel has them.
    Taken,
    /// The client does not read them.
    Waiting,
    /// The outbox is dead.
    Lost,
}

/// How far a writer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is left for this writer to do: all is sent, or somebody else is at it, or the outbox is dead.
    Clear,
    /// The rest waits for the drain thread.
    Blocked,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("limit_bytes", &self.limit_bytes).finish_non_exhaustive()
    }
}
