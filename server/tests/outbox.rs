//! The outbox's limits, one step at a time. What may happen between the steps of several threads is tried by its model.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant};

use teahouse_server::outbox::{Answers, AtEnd, Cause, Outbox, Progress, Wire};

/// A wire with as much room as a test gives it, that notes what happens to it.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Sheet>>, Arc<OnceLock<Weak<Outbox>>>);

#[derive(Default)]
struct Sheet {
    room: usize,
    bytes: Vec<u8>,
    calls: usize,
    /// How many lines more somebody queues whenever something is sent.
    more: usize,
    ends: Vec<&'static str>,
}

impl Wire for Paper {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut sheet = self.0.lock().unwrap();
        sheet.calls += 1;
        let count = bytes.len().min(sheet.room);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        sheet.room -= count;
        sheet.bytes.extend_from_slice(&bytes[..count]);
        if sheet.more > 0 {
            sheet.more -= 1;
            let outbox = self.1.get().and_then(Weak::upgrade).expect("it sends");
            assert!(!outbox.queue(&[b"more "], Cause::Others), "the writer looks again by itself");
        }
        Ok(count)
    }

    fn finish(&self) {
        self.0.lock().unwrap().ends.push("finished");
    }

    fn stop_reading(&self) {
        self.0.lock().unwrap().ends.push("woken");
    }

    fn shut_down(&self) {
        self.0.lock().unwrap().ends.push("shut down");
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// A wire with as much room as a test gives it, that keeps nothing.
struct Drainpipe(Arc<AtomicUsize>);

impl Wire for Drainpipe {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.0.load(Ordering::Relaxed));
        self.0.fetch_sub(count, Ordering::Relaxed);
        if count == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }

    fn shut_down(&self) {}

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

impl Paper {
    fn with_room(room: usize) -> Self {
        let paper = Self::default();
        paper.give_room(room);
        paper
    }

    fn outbox(&self, limit_bytes: usize) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(self.clone(), limit_bytes));
        self.1.set(Arc::downgrade(&outbox)).unwrap();
        outbox
    }

    fn give_room(&self, room: usize) {
        self.0.lock().unwrap().room = room;
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().bytes.clone()).unwrap()
    }

    fn ends(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().ends.clone()
    }
}

#[test]
fn only_the_first_line_in_an_idle_outbox_has_to_be_flushed_by_the_speaker() {
    let paper = Paper::with_room(100);
    let outbox = paper.outbox(100);
    assert!(outbox.queue(&[b"a", b"b "], Cause::Others));
    assert!(!outbox.queue(&[b"c "], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Clear);
    assert_eq!(paper.text(), "ab c ");
    assert!(outbox.queue(&[b"d "], Cause::Others), "it is idle again");
    assert_eq!(outbox.flush(), Progress::Clear);
    assert_eq!(outbox.flush(), Progress::Clear);
    assert_eq!(
        (paper.text().as_str(), paper.0.lock().unwrap().calls),
        ("ab c d ", 2),
        "nothing is sent for nothing"
    );
}

#[test]
fn what_the_kernel_does_not_take_waits_for_the_drain_thread_and_goes_on_where_it_was_cut() {
    let paper = Paper::with_room(3);
    let outbox = paper.outbox(100);
    assert!(outbox.queue(&[b"one two "], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Blocked);
    assert!(!outbox.queue(&[b"three "], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Clear, "somebody is at it already");
    assert_eq!(paper.text(), "one");
    assert_eq!(outbox.resume(), Progress::Blocked, "there is still no room");
    paper.give_room(7);
    assert_eq!(outbox.resume(), Progress::Blocked);
    assert_eq!(paper.text(), "one two th");
    paper.give_room(100);
    assert_eq!(outbox.resume(), Progress::Clear);
    assert_eq!(paper.text(), "one two three ");
    assert!(outbox.queue(&[b"four"], Cause::Others), "it is idle again");
}

#[test]
fn exactly_as_much_as_the_limit_may_wait_and_not_a_byte_more() {
    let paper = Paper::default();
    let outbox = paper.outbox(10);
    assert!(outbox.queue(&[&[b'x'; 100]], Cause::Others), "before the kernel has refused it nothing counts");
    assert_eq!(outbox.flush(), Progress::Blocked);
    // A hundred and more are waiting, which is over the limit by itself.
    assert!(outbox.queue(&[b"y"], Cause::Others));
    assert!(outbox.is_overrun());

    let paper = Paper::with_room(1);
    let outbox = paper.outbox(10);
    assert!(outbox.queue(&[b"0123"], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Blocked);
    assert!(!outbox.queue(&[b"456", b"7890"], Cause::Others), "with what is left of the first, ten");
    assert!(!outbox.is_overrun());
    assert!(outbox.queue(&[b"x"], Cause::Others), "somebody has to end the wire");
    assert!(outbox.is_overrun());
    assert_eq!(paper.ends(), [""; 0], "not under the lock");
    assert_eq!(outbox.flush(), Progress::Clear);
    assert_eq!(paper.ends(), ["shut down"]);
    assert_eq!(outbox.flush(), Progress::Clear);
    assert!(!outbox.queue(&[b"y"], Cause::Others));
    assert_eq!((paper.text().as_str(), paper.ends().len()), ("0", 1));
}

#[test]
fn what_waits_takes_as_much_memory_as_it_is_and_nothing_stays_when_it_is_sent() {
    const LINE: &[u8] = &[b'x'; 400];
    const LINES: usize = 10_000;
    const LIMIT: usize = LINES * LINE.len();
    let room = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox::new(Drainpipe(Arc::clone(&room)), LIMIT);
    let take = |bytes| {
        room.store(bytes, Ordering::Relaxed);
        while outbox.resume() == Progress::Blocked && room.load(Ordering::Relaxed) > 0 {}
    };
    let memory = allocation_counter::measure(|| {
        assert!(outbox.queue(&[LINE], Cause::Others));
        assert_eq!(outbox.flush(), Progress::Blocked);
        (1..LINES).for_each(|_| assert!(!outbox.queue(&[LINE], Cause::Others)));
        take(LIMIT / 2);
        (0..LINES / 2).for_each(|_| assert!(!outbox.queue(&[LINE], Cause::Others)));
        assert!(!outbox.is_overrun());
        take(LIMIT);
    });
    assert_eq!(outbox.flush(), Progress::Clear);
    assert!(memory.bytes_max < LIMIT as u64 * 11 / 10, "{memory:?}");
    assert!(memory.bytes_current <= 0, "{memory:?}");
}

#[test]
fn answers_to_ones_own_questions_do_not_count_against_one() {
    let paper = Paper::with_room(1);
    let outbox = paper.outbox(10);
    assert!(outbox.queue(&[&[b'a'; 51]], Cause::Answer));
    assert_eq!(outbox.flush(), Progress::Blocked);
    assert_eq!(outbox.answer_bytes(), 51);
    assert!(!outbox.queue(&[&[b'a'; 50]], Cause::Answer));
    assert!(!outbox.queue(&[&[b'o'; 10]], Cause::Others));
    assert!(!outbox.is_overrun());
    let soon = Instant::now() + Duration::from_millis(1);
    assert_eq!(outbox.wait_for_answers(soon), Answers::Waiting);
    paper.give_room(1000);
    assert_eq!(outbox.resume(), Progress::Clear);
    assert_eq!(outbox.answer_bytes(), 0);
    assert_eq!(outbox.wait_for_answers(Instant::now()), Answers::Taken);
    outbox.kill();
    assert_eq!(outbox.wait_for_answers(Instant::now()), Answers::Lost);
}

#[test]
fn nobody_is_kept_writing_for_others_without_end() {
    let paper = Paper::with_room(1000);
    paper.0.lock().unwrap().more = 100;
    let outbox = paper.outbox(1000);
    assert!(outbox.queue(&[b"first "], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Blocked, "the rest is for the drain thread");
    assert_eq!(paper.0.lock().unwrap().calls, 8);
    while outbox.resume() == Progress::Blocked {}
    assert_eq!(paper.text(), format!("first {}", "more ".repeat(100)));
}

#[test]
fn what_was_queued_before_the_end_is_sent_and_then_the_wire_ends_as_it_should() {
    for (at_end, how) in [(AtEnd::Finish, &["finished"][..]), (AtEnd::ShutDown, &["woken", "shut down"])] {
        let paper = Paper::with_room(100);
        let outbox = paper.outbox(100);
        assert!(outbox.queue(&[b"last words"], Cause::Others));
        assert!(outbox.close(at_end));
        assert!(!outbox.queue(&[b"and more"], Cause::Others));
        let now = Instant::now();
        assert!(!outbox.wait_until_dead(now));
        assert_eq!(outbox.flush(), Progress::Clear);
        assert!(outbox.wait_until_dead(now));
        assert_eq!((paper.text().as_str(), &paper.ends()[..]), ("last words", how));
    }
}

#[test]
fn an_empty_outbox_that_is_closed_ends_its_wire_too() {
    let paper = Paper::default();
    let outbox = paper.outbox(100);
    assert!(outbox.close(AtEnd::Finish));
    assert_eq!(outbox.flush(), Progress::Clear);
    assert_eq!(paper.ends(), ["finished"]);
}

#[test]
fn a_killed_outbox_shuts_its_wire_down_once_and_loses_what_waits() {
    let paper = Paper::default();
    let outbox = paper.outbox(100);
    assert!(outbox.queue(&[b"lost"], Cause::Others));
    assert_eq!(outbox.flush(), Progress::Blocked);
    outbox.kill();
    outbox.kill();
    paper.give_room(100);
    assert_eq!(outbox.resume(), Progress::Clear);
    assert_eq!((paper.text().as_str(), &paper.ends()[..]), ("", &["shut down"][..]));
}
