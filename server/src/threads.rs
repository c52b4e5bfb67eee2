//! The pool: threads that serve connections, one connection at a time each.
//!
//! An idle thread serves the next connection, and a new one does where none is idle. A thread whose connection has ended
//! stays idle until the next one comes, unless enough of them are already: to start a thread and to end it takes more
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
/// How many threads are idle at most; the memory of their stacks is not given back.
const MOST_IDLE: usize = 32;

/// A job for a thread: to serve one connection to its end.
type Job = Box<dyn FnOnce() + Send>;

/// The way to the threads. When the last clone is gone, the idle threads end.
#[derive(Clone, Debug)]
pub struct SessionPool {
    /// Holds nothing: an idle thread takes a job at once, or none does.
    handoff: Sender<Job>,
    idle: Receiver<Job>,
    ended: Sender<u64>,
    registry: Arc<Registry>,
}

#[derive(Debug, Default)]
struct Registry {
    /// All that have not been joined yet.
    threads: Mutex<HashMap<u64, JoinHandle<()>>>,
    /// The number of the next thread.
    next: AtomicU64,
    idle_count: AtomicUsize,
}

impl SessionPool {
    /// Nobody yet, and the reaper's thread: it ends when all others have.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start() -> io::Result<(Self, JoinHandle<()>)> {
        let (handoff, idle) = bounded(0);
        let (ended, endings) = unbounded();
        let registry = Arc::new(Registry::default());
        let reaper = spawn("reaper", {
            let registry = Arc::clone(&registry);
            move || registry.reap(&endings)
        })?;
        Ok((Self { handoff, idle, ended, registry }, reaper))
    }

    /// Other threads for other work, with the same reaper. They are idle for their own work only, and count among the
    /// idle ones of both.
    pub fn sibling(&self) -> Self {
        let (handoff, idle) = bounded(0);
        Self { handoff, idle, ..self.clone() }
    }

    /// Has a thread do this.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn take(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        match self.handoff.try_send(Box::new(job)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => self.start_thread(job),
        }
    }

    fn start_thread(&self, job: Job) -> io::Result<()> {
        let number = self.registry.next.fetch_add(1, Ordering::Relaxed);
        let (registry, idle, ended) = (Arc::clone(&self.registry), self.idle.clone(), self.ended.clone());
        // Held while the thread starts, so that the reaper finds it however soon it ends.
        let mut threads = self.registry.threads.lock();
        let thread = spawn(&format!("session {number}"), move || {
            registry.work(job, &idle);
            // The reaper outlives every other thread.
            let _ = ended.send(number);
        })?;
        threads.insert(number, thread);
        Ok(())
    }
}

impl Registry {
    /// A thread's whole life.
    fn work(&self, first: Job, idle: &Receiver<Job>) {
        let mut next = Some(first);
        while let Some(job) = next {
            job();
            let may_idle = self.idle_count.fetch_add(1, Ordering::Relaxed) < MOST_IDLE;
            next = if may_idle { idle.recv().ok() } else { None };
            self.idle_count.fetch_sub(1, Ordering::Relaxed);
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
    fn an_idle_thread_serves_the_next_job_and_ends_with_the_pool() {
        let (pool, reaper) = SessionPool::start().unwrap();
        let (told, served) = unbounded();
        let name_of = |told: &Sender<_>| {
            let told = told.clone();
            move || told.send(thread::current().name().map(str::to_owned)).unwrap()
        };
        pool.take(name_of(&told)).unwrap();
        let first = served.recv().unwrap();
        // A thread is idle a moment after its job; a job that comes before that is done by another.
        let again = || {
            pool.take(name_of(&told)).unwrap();
            served.recv().unwrap()
        };
        assert!((0..1000).any(|_| again() == first));
        let threads = pool.registry.next.load(Ordering::Relaxed);
        assert!(threads < 1000, "{threads} threads for as many jobs");
        drop(pool);
        join(reaper);
    }
}
