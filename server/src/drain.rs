//! Flushing: who sends what sessions have queued, and the drain thread, which sends what cannot be sent at once.
//!
//! A session that has touched a few outboxes flushes them itself. One that has touched many puts them on a common
//! list, and if nobody is at it, works the list off; whoever comes meanwhile leaves its own there and goes back to its
//! client. So while one thread writes to a room, the others run what people say next, and the next round finds
//! several lines in each outbox and sends them with one call. Alone, a session is at once its own writer, and nobody
//! waits. After a few rounds the list is left to the drain thread, so that no session is held there without end.
//!
//! When the kernel takes no more for a client, that client's [outbox](crate::outbox) goes to the drain thread too, and
//! nobody who speaks to it has to wait. One thread holds all such outboxes in one `poll` and resumes each as soon as
//! the kernel has room for it. An outbox leaves when it is empty or dead.

use std::io::{self, Read, Write};
use std::iter;
use std::mem;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::outbox::{Outbox, Progress};

/// Up to this many outboxes a session flushes by itself: a private talk must not wait for a full room.
const FEW: usize = 4;
/// How often a session goes back to the common list before it leaves the rest to the drain thread.
const MAX_ROUNDS: usize = 4;

/// How long it rests when the system does not let it wait.
const PAUSE: Duration = Duration::from_secs(1);

/// The way to the drain thread. The number of outboxes on their way to it is bounded by that of the connections:
/// each is there at most once.
#[derive(Debug)]
pub struct Drain {
    laggards: Sender<Arc<Outbox>>,
    common: Arc<Common>,
    /// A byte here wakes the thread out of its `poll`.
    bell: UnixStream,
    stop: Arc<AtomicBool>,
}

/// The common list of outboxes to flush.
#[derive(Debug, Default)]
struct Common {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    outboxes: Vec<Arc<Outbox>>,
    worker: Worker,
}

/// Who is working the common list off. As long as somebody is, others only add to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Worker {
    #[default]
    Nobody,
    Session,
    DrainThread,
}

impl Drain {
    /// Starts the thread. It ends, and can be joined, after [`stop`](Self::stop).
    ///
    /// # Errors
    /// When the system has no descriptor or thread left.
    pub fn start() -> io::Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = unbounded();
        let (bell, ear) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let common = Arc::new(Common::default());
        let shared = Arc::clone(&common);
        let work = move || run(&receiver, &shared, ear, &stopped);
        let thread = thread::Builder::new().name("drain".into()).spawn(work)?;
        Ok((Self { laggards: sender, common, bell, stop }, thread))
    }

    /// Sees to it that every outbox in `touched` is flushed, and leaves it empty.
    pub fn flush_all(&self, touched: &mut Vec<Arc<Outbox>>) {
        if touched.len() <= FEW {
            for outbox in touched.drain(..) {
                self.flush(&outbox);
            }
            return;
        }
        {
            let mut list = self.common.list.lock();
            list.outboxes.append(touched);
            if list.worker != Worker::Nobody {
                return;
            }
            list.worker = Worker::Session;
        }
        for _ in 0..MAX_ROUNDS {
            let Some(outboxes) = self.common.take(Worker::Session) else { return };
            // Where the next batch of this session goes: the buffer is used again.
            *touched = outboxes;
            for outbox in touched.drain(..) {
                self.flush(&outbox);
            }
        }
        self.common.list.lock().worker = Worker::DrainThread;
        self.ring();
    }

    /// Flushes an outbox, and takes it over if its client reads too slowly.
    pub fn flush(&self, outbox: &Arc<Outbox>) {
        if outbox.flush() == Progress::Blocked {
            self.adopt(Arc::clone(outbox));
        }
    }

    /// Takes over an outbox that is draining. One whose wire never lacks room does not get here.
    fn adopt(&self, outbox: Arc<Outbox>) {
        debug_assert!(outbox.descriptor().is_some());
        // Without a thread (after `stop`) the server is ending, and so is this client.
        let _ = self.laggards.send(outbox);
        self.ring();
    }

    /// Ends the thread.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.ring();
    }

    fn ring(&self) {
        // A full pipe has a ring in it already.
        let _ = (&self.bell).write(&[0]);
    }
}

impl Common {
    /// All outboxes of the list, for the one who works it off; with an empty list that one steps down.
    fn take(&self, worker: Worker) -> Option<Vec<Arc<Outbox>>> {
        let mut list = self.list.lock();
        if list.worker != worker {
            return None;
        }
        if list.outboxes.is_empty() {
            list.worker = Worker::Nobody;
            return None;
        }
        Some(mem::take(&mut list.outboxes))
    }
}

fn run(newcomers: &Receiver<Arc<Outbox>>, common: &Common, mut ear: UnixStream, stop: &AtomicBool) {
    let mut laggards: Vec<Arc<Outbox>> = Vec::new();
    // With work at hand it only looks who is ready, and does not wait.
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let mut busy = false;
    loop {
        let waiting_for = laggards.iter().filter_map(|outbox| outbox.descriptor());
        let laggards_waiting =
            waiting_for.map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::OUT));
        let mut waiting: Vec<_> =
            iter::once(PollFd::new(&ear, PollFlags::IN)).chain(laggards_waiting).collect();
        match poll(&mut waiting, busy.then_some(&at_once)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            // Nobody is ready then. It has no memory, perhaps; without this thread a server is no more.
            Err(error) => {
                log::error!("drain: poll failed: {error}");
                thread::sleep(PAUSE);
            }
        }
        let ready: Vec<_> = waiting.iter().map(|descriptor| !descriptor.revents().is_empty()).collect();
        // The bell first, so that a ring that comes from here on is heard by the next `poll`.
        if ready[0] {
            let mut rings = [0; 64];
            while matches!(ear.read(&mut rings), Ok(count) if count > 0) {}
        }
        if stop.load(Ordering::Acquire) {
            return;
        }
        let mut index = 0;
        laggards.retain(|outbox| {
            index += 1;
            !ready[index] || outbox.resume() == Progress::Blocked
        });
        laggards.extend(newcomers.try_iter());
        let round = common.take(Worker::DrainThread);
        busy = round.is_some();
        laggards.extend(round.into_iter().flatten().filter(|outbox| outbox.flush() == Progress::Blocked));
    }
}
