//! The drain thread: it writes for clients that read too slowly.
//!
//! When the kernel takes no more for a client, that client's [outbox](crate::outbox) comes here, and nobody who
//! speaks to it has to wait. One thread holds all such outboxes in one `poll` and resumes each as soon as the kernel
//! has room for it. An outbox leaves when it is empty or dead.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use rustix::event::{PollFd, PollFlags, poll};

use crate::outbox::{Outbox, Progress};

/// The way to the drain thread. The number of outboxes on their way to it is bounded by that of the connections:
/// each is there at most once.
#[derive(Debug)]
pub struct Drain {
    laggards: Sender<Arc<Outbox>>,
    /// A byte here wakes the thread out of its `poll`.
    bell: UnixStream,
    stop: Arc<AtomicBool>,
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
        let thread =
            thread::Builder::new().name("drain".into()).spawn(move || run(&receiver, ear, &stopped))?;
        Ok((Self { laggards: sender, bell, stop }, thread))
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

fn run(newcomers: &Receiver<Arc<Outbox>>, mut ear: UnixStream, stop: &AtomicBool) {
    let mut laggards: Vec<Arc<Outbox>> = Vec::new();
    loop {
        let ready =
            {
                let mut waiting = vec![PollFd::new(&ear, PollFlags::IN)];
                waiting.extend(laggards.iter().filter_map(|outbox| {
                    Some(PollFd::from_borrowed_fd(outbox.descriptor()?, PollFlags::OUT))
                }));
                match poll(&mut waiting, None) {
                    Ok(_) => waiting.iter().map(|fd| !fd.revents().is_empty()).collect::<Vec<_>>(),
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(error) => {
                        log::error!("drain: poll failed: {error}");
                        return;
                    }
                }
            };
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
    }
}
