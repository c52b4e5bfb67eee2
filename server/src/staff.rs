//! The staff: threads that serve connections, one connection at a time each.
//!
//! Whoever comes is served by a thread that is at rest, and else by a new one. A thread whose connection has ended
//! rests until the next one comes, unless enough of them do so already: to start a thread and to end it takes more
//! system calls than all that a short visit consists of.
//! Every thread has a name and is joined: by the *reaper*, which hears of its end over a channel.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};
use parking_lot::Mutex;

/// A session needs little: its buffers are on the heap.
const STACK_BYTES: usize = 256 * 1024;
/// How many threads rest at most; the memory of their stacks is not given back.
const MOST_AT_REST: usize = 32;

/// What a thread is to do: serve one connection to its end.
type Visit = Box<dyn FnOnce() + Send>;

/// The way to the threads. When the last clone is gone, those at rest end.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Holds nothing: whoever is at rest takes a visit at once, or nobody does.
    desk: Sender<Visit>,
    rest: Receiver<Visit>,
    ended: Sender<u64>,
    book: Arc<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// All that have not been joined yet.
    threads: Mutex<HashMap<u64, JoinHandle<()>>>,
    /// The number of the next thread.
    next: AtomicU64,
    at_rest: AtomicUsize,
}

impl Staff {
    /// Nobody yet, and the reaper's thread: it ends when all others have.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start() -> io::Result<(Self, JoinHandle<()>)> {
        let (desk, rest) = bounded(0);
        let (ended, endings) = unbounded();
        let book = Arc::new(Book::default());
        let reaper = spawn("reaper", {
            let book = Arc::clone(&book);
            move || book.reap(&endings)
        })?;
        Ok((Self { desk, rest, ended, book }, reaper))
    }

    /// Has a thread do this.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn take(&self, visit: impl FnOnce() + Send + 'static) -> io::Result<()> {
        match self.desk.try_send(Box::new(visit)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(visit) | TrySendError::Disconnected(visit)) => self.hire(visit),
        }
    }

    fn hire(&self, visit: Visit) -> io::Result<()> {
        let number = self.book.next.fetch_add(1, Ordering::Relaxed);
        let (book, rest, ended) = (Arc::clone(&self.book), self.rest.clone(), self.ended.clone());
        // Held while the thread starts, so that the reaper finds it however soon it ends.
        let mut threads = self.book.threads.lock();
        let thread = spawn(&format!("session {number}"), move || {
            book.work(visit, &rest);
            // The reaper outlives every other thread.
            let _ = ended.send(number);
        })?;
        threads.insert(number, thread);
        Ok(())
    }
}

impl Book {
    /// A thread's whole life.
    fn work(&self, first: Visit, rest: &Receiver<Visit>) {
        let mut next = Some(first);
        while let Some(visit) = next {
            visit();
            let may_rest = self.at_rest.fetch_add(1, Ordering::Relaxed) < MOST_AT_REST;
            next = if may_rest { rest.recv().ok() } else { None };
            self.at_rest.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Joins every thread that has ended.
    fn reap(&self, endings: &Receiver<u64>) {
        for number in endings {
            let ended = self.threads.lock().remove(&number);
            if let Some(thread) = ended {
                join(thread);
            }
        }
    }
}

/// Starts a thread with a name and a stack that is no larger than it need be.
///
/// # Errors
/// When the system has no thread left.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn(work)
}

/// Waits for the end of a thread.
pub fn join(thread: JoinHandle<()>) {
    let name = thread.thread().name().unwrap_or("?").to_owned();
    if thread.join().is_err() {
        log::error!("thread {name} panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_is_at_rest_serves_the_next_visit_and_ends_with_the_house() {
        let (staff, reaper) = Staff::start().unwrap();
        let (told, served) = unbounded();
        let name_of = |told: &Sender<_>| {
            let told = told.clone();
            move || told.send(thread::current().name().map(str::to_owned)).unwrap()
        };
        staff.take(name_of(&told)).unwrap();
        let first = served.recv().unwrap();
        // It is at rest a moment after its visit; whoever comes before that is served by somebody else.
        let again = || {
            staff.take(name_of(&told)).unwrap();
            served.recv().unwrap()
        };
        assert!((0..1000).any(|_| again() == first));
        let threads = staff.book.next.load(Ordering::Relaxed);
        assert!(threads < 1000, "{threads} threads for as many visits");
        drop(staff);
        join(reaper);
    }
}
