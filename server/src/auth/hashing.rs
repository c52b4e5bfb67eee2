//! The hashing threads: they alone check passwords and make hashes of new ones, one at a time each.
//!
//! A hash takes twenty megabytes and some thirty milliseconds of a processor. If each session made its own, five
//! hundred logins at once would take gigabytes. Here they wait in a queue, and the memory is used for one after the
//! other. It is given back once nothing has had to be hashed for a moment. The session that needs a hash holds a
//! [`Ticket`]; if it lets go of that, the work is not done.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use parking_lot::{Condvar, Mutex};

use crate::auth::password::Memory;
use crate::threads::spawn;

/// How many threads there are at most. Two make some seventy hashes a second, and take forty megabytes while they do.
const MOST: usize = 2;
/// How many may wait; more than that is no crowd any more.
const MOST_WAITING: usize = 4096;
/// After this time without work a thread gives its memory back.
const REST: Duration = Duration::from_secs(1);

/// The way to the hashing threads.
#[derive(Clone, Debug, Default)]
pub struct Hashers(Arc<Inner>);

#[derive(Default)]
struct Inner {
    queue: Mutex<Queue>,
    /// Told whenever there is something to do, or nothing any more.
    news: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(u64, Work)>,
    /// The number of the next ticket.
    next: u64,
    stopping: bool,
}

/// Something to be done with a thread's memory.
type Work = Box<dyn FnOnce(&mut Memory) + Send>;

impl Hashers {
    /// Starts the threads: one for each processor, but not more than have memory to work in.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start() -> io::Result<(Self, Vec<JoinHandle<()>>)> {
        let hashers = Self::default();
        let count = thread::available_parallelism().map_or(1, usize::from).min(MOST);
        let threads = (0..count).map(|number| {
            let Self(shared) = hashers.clone();
            spawn(&format!("hash {number}"), move || shared.work())
        });
        let threads = threads.collect::<io::Result<_>>()?;
        Ok((hashers, threads))
    }

    /// Queues some work. `None` when too much waits already, or when the server stops.
    pub fn queue<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Option<Ticket<T>> {
        let (answer, done) = bounded(1);
        let mut queue = self.0.queue.lock();
        if queue.stopping || queue.waiting.len() >= MOST_WAITING {
            return None;
        }
        let number = queue.next;
        queue.next += 1;
        // It fails only if the ticket has been given up while the work was done.
        queue.waiting.push_back((number, Box::new(move |memory| drop(answer.send(work(memory))))));
        drop(queue);
        self.0.news.notify_one();
        Some(Ticket { shared: Arc::clone(&self.0), number, done })
    }

    /// Ends the threads once they have done their current work. Work that waits is not done.
    pub fn stop(&self) {
        let mut queue = self.0.queue.lock();
        queue.stopping = true;
        queue.waiting.clear();
        drop(queue);
        self.0.news.notify_all();
    }
}

impl Inner {
    /// A thread's whole life.
    fn work(&self) {
        let mut memory = Memory::default();
        let mut is_fresh = true;
        let mut queue = self.queue.lock();
        while !queue.stopping {
            if let Some((_, work)) = queue.waiting.pop_front() {
                drop(queue);
                // A mistake in the work concerns only its session, which hears that there is no answer.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
                is_fresh = false;
                queue = self.queue.lock();
            } else if is_fresh {
                self.news.wait(&mut queue);
            } else if self.news.wait_for(&mut queue, REST).timed_out() {
                memory.release();
                is_fresh = true;
            }
        }
    }
}

/// A place in the queue, and then the answer. A session that drops it before that gives the place up.
#[derive(Debug)]
pub struct Ticket<T> {
    shared: Arc<Inner>,
    number: u64,
    done: Receiver<T>,
}

/// How far the work of a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// It is done.
    Done(T),
    /// It waits, or is being done.
    Waiting,
    /// It never will be.
    Never,
}

impl<T> Ticket<T> {
    /// Waits for the answer, at most so long.
    pub fn wait(&self, time: Duration) -> Progress<T> {
        match self.done.recv_timeout(time) {
            Ok(answer) => Progress::Done(answer),
            Err(RecvTimeoutError::Timeout) => Progress::Waiting,
            Err(RecvTimeoutError::Disconnected) => Progress::Never,
        }
    }
}

impl<T> Drop for Ticket<T> {
    fn drop(&mut self) {
        let mut queue = self.shared.queue.lock();
        // Tickets are numbered in the order of the queue.
        if let Ok(place) = queue.waiting.binary_search_by_key(&self.number, |(number, _)| *number) {
            queue.waiting.remove(place);
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashers").field("waiting", &self.queue.lock().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(20);

    fn end(hashers: &Hashers, threads: Vec<JoinHandle<()>>) {
        hashers.stop();
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// Keeps every thread busy until the sender that it gives is dropped.
    fn keep_busy(hashers: &Hashers, threads: usize) -> (crossbeam_channel::Sender<()>, Vec<Ticket<()>>) {
        let (hold, held) = bounded::<()>(0);
        let (begun, beginnings) = bounded(threads);
        let tickets = (0..threads).map(|_| {
            let (held, begun) = (held.clone(), begun.clone());
            let work = move |_: &mut Memory| {
                begun.send(()).unwrap();
                let _ = held.recv();
            };
            hashers.queue(work).unwrap()
        });
        let tickets = tickets.collect();
        for _ in 0..threads {
            beginnings.recv_timeout(DEADLINE).unwrap();
        }
        (hold, tickets)
    }

    #[test]
    fn what_is_queued_is_done_in_turn_and_what_nobody_wants_any_more_is_not() {
        let (hashers, threads) = Hashers::start().unwrap();
        assert!((1..=MOST).contains(&threads.len()));
        let (hold, _busy) = keep_busy(&hashers, threads.len());
        let done = Arc::new(AtomicUsize::new(0));
        let queue = || {
            let done = Arc::clone(&done);
            hashers.queue(move |_| done.fetch_add(1, Ordering::Relaxed)).unwrap()
        };
        let mut tickets: Vec<_> = (0..10).map(|_| queue()).collect();
        assert_eq!(tickets[0].wait(Duration::ZERO), Progress::Waiting);
        tickets.truncate(4);
        tickets.remove(1);
        drop(hold);
        let mut answers: Vec<_> = tickets.iter().map(|ticket| ticket.wait(DEADLINE)).collect();
        answers.sort_by_key(|answer| format!("{answer:?}"));
        assert_eq!(answers, [Progress::Done(0), Progress::Done(1), Progress::Done(2)]);
        assert_eq!(done.load(Ordering::Relaxed), 3);
        end(&hashers, threads);
        assert!(hashers.queue(|_| ()).is_none(), "the server has stopped");
    }

    #[test]
    fn a_mistake_in_one_hash_does_not_stop_the_others() {
        let (hashers, threads) = Hashers::start().unwrap();
        for _ in 0..=threads.len() {
            let ticket = hashers.queue(|_| panic!("a mistake")).unwrap();
            assert_eq!(ticket.wait(DEADLINE), Progress::<()>::Never);
        }
        assert_eq!(hashers.queue(|_| 7).unwrap().wait(DEADLINE), Progress::Done(7));
        end(&hashers, threads);
    }

    #[test]
    fn the_queue_has_an_end_and_does_not_outlast_the_server() {
        let (hashers, threads) = Hashers::start().unwrap();
        let (hold, _busy) = keep_busy(&hashers, threads.len());
        let tickets: Vec<_> = (0..MOST_WAITING).map(|_| hashers.queue(|_| ()).unwrap()).collect();
        assert!(hashers.queue(|_| ()).is_none());
        hashers.stop();
        assert_eq!(tickets[0].wait(DEADLINE), Progress::Never);
        drop(hold);
        end(&hashers, threads);
    }
}
