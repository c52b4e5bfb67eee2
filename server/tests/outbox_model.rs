//! The outbox, proven for small cases: the same `src/outbox.rs`, built on primitives whose every step a scheduler
//! decides, and run in every interleaving of its threads (up to a number of forced switches).
//!
//! Several threads queue lines, flush, drain and close, on a wire that takes only so much at a time. Whatever the
//! order: no line is lost, doubled, torn or reordered, there are never two writers, and nothing waits for a wake-up
//! that does not come (the model would find all threads asleep).

#[allow(dead_code, unreachable_pub, reason = "the model uses a part of it")]
#[path = "../src/outbox.rs"]
mod outbox;
mod sync;

use std::io;
use std::os::fd::BorrowedFd;

use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use outbox::{AtEnd, Cause, Outbox, Progress, Wire};
use sync::{Condvar, Mutex};

/// A wire that takes at most a few bytes a time, and nothing every other time once it is `slow`.
struct Narrow {
    most_bytes: usize,
    slow: bool,
    /// Set while somebody sends: there must never be two.
    busy: AtomicBool,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    calls: usize,
    finished: usize,
    woken: usize,
    shut: usize,
}

/// The wire as the outbox holds it.
struct Handle(Arc<Narrow>);

impl Wire for Handle {
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!self.0.busy.swap(true, Ordering::AcqRel), "two writers");
        let mut taken = self.0.taken.lock();
        taken.calls += 1;
        let result = if self.0.slow && taken.calls.is_multiple_of(2) {
            Err(io::ErrorKind::WouldBlock.into())
        } else {
            let count = bytes.len().min(self.0.most_bytes);
            taken.bytes.extend_from_slice(&bytes[..count]);
            Ok(count)
        };
        drop(taken);
        self.0.busy.store(false, Ordering::Release);
        result
    }

    fn finish(&self) {
        self.0.taken.lock().finished += 1;
    }

    fn stop_reading(&self) {
        self.0.taken.lock().woken += 1;
    }

    fn shut_down(&self) {
        self.0.taken.lock().shut += 1;
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// What the drain thread is told, and how it is woken.
#[derive(Default)]
struct Bell {
    laggards: Mutex<(usize, bool)>,
    rung: Condvar,
}

struct Stage {
    wire: Arc<Narrow>,
    outbox: Arc<Outbox>,
    bell: Arc<Bell>,
}

impl Stage {
    fn new(most_bytes: usize, slow: bool, limit_bytes: usize) -> Self {
        let taken = Mutex::new(Taken::default());
        let wire = Arc::new(Narrow { most_bytes, slow, busy: AtomicBool::new(false), taken });
        let outbox = Arc::new(Outbox::new(Handle(Arc::clone(&wire)), limit_bytes));
        Self { wire, outbox, bell: Arc::new(Bell::default()) }
    }

    /// What a session does: queues each line, and flushes if it was told to.
    fn speak(&self, lines: &'static [&'static str]) -> impl FnOnce() + Send + 'static {
        let (outbox, bell) = (Arc::clone(&self.outbox), Arc::clone(&self.bell));
        move || {
            for line in lines {
                if outbox.queue(&[line.as_bytes(), b"\n"], Cause::Others) {
                    flush(&outbox, &bell);
                }
            }
        }
    }

    /// What the drain thread does, until it is told that no more laggards come and has served all.
    fn drain(&self) -> impl FnOnce() + Send + 'static {
        let (outbox, bell) = (Arc::clone(&self.outbox), Arc::clone(&self.bell));
        move || {
            loop {
                let mut laggards = bell.laggards.lock();
                while laggards.0 == 0 && !laggards.1 {
                    bell.rung.wait(&mut laggards);
                }
                if laggards.0 == 0 {
                    return;
                }
                laggards.0 -= 1;
                drop(laggards);
                while outbox.resume() == Progress::Blocked {}
            }
        }
    }

    /// Ends the drain thread once its work is done.
    fn no_more(&self) {
        self.bell.laggards.lock().1 = true;
        self.bell.rung.notify_all();
    }

    fn taken(&self) -> String {
        String::from_utf8(self.wire.taken.lock().bytes.clone()).expect("no character is torn")
    }
}

fn flush(outbox: &Outbox, bell: &Bell) {
    if outbox.flush() == Progress::Blocked {
        bell.laggards.lock().0 += 1;
        bell.rung.notify_all();
    }
}

fn check(work: impl Fn() + Send + Sync + 'static) {
    let mut model = Builder::new();
    model.preemption_bound = Some(3);
    model.check(work);
}

/// Everything arrived once, and what one speaker said in the order in which it was said.
#[track_caller]
fn assert_all_arrived(taken: &str, speakers: &[&[&str]]) {
    assert_eq!(taken.lines().count(), speakers.iter().map(|lines| lines.len()).sum::<usize>(), "{taken:?}");
    for lines in speakers {
        let own: Vec<_> = taken.lines().filter(|line| lines.contains(line)).collect();
        assert_eq!(own, *lines, "{taken:?}");
    }
}

#[test]
fn what_two_speak_at_once_arrives_once_and_in_order() {
    const ONE: &[&str] = &["a1", "a2"];
    const OTHER: &[&str] = &["b1", "b2"];
    check(|| {
        let stage = Stage::new(64, false, 1000);
        let speakers = [thread::spawn(stage.speak(ONE)), thread::spawn(stage.speak(OTHER))];
        for speaker in speakers {
            speaker.join().unwrap();
        }
        assert_all_arrived(&stage.taken(), &[ONE, OTHER]);
    });
}

#[test]
fn what_does_not_fit_is_drained_in_order_while_others_go_on_speaking() {
    const ONE: &[&str] = &["a1", "a2"];
    const OTHER: &[&str] = &["b1"];
    check(|| {
        let stage = Stage::new(4, true, 1000);
        let speakers = [thread::spawn(stage.speak(ONE)), thread::spawn(stage.speak(OTHER))];
        let drain = thread::spawn(stage.drain());
        for speaker in speakers {
            speaker.join().unwrap();
        }
        stage.no_more();
        drain.join().unwrap();
        assert_all_arrived(&stage.taken(), &[ONE, OTHER]);
    });
}

#[test]
fn what_was_queued_before_the_close_is_sent_and_then_the_wire_is_finished_once() {
    const LINES: &[&str] = &["a1"];
    check(|| {
        let stage = Stage::new(2, true, 1000);
        let speaker = thread::spawn(stage.speak(LINES));
        let drain = thread::spawn(stage.drain());
        let last = stage.outbox.queue(&[b"bye\n"], Cause::Answer);
        if stage.outbox.close(AtEnd::Finish) || last {
            flush(&stage.outbox, &stage.bell);
        }
        speaker.join().unwrap();
        stage.no_more();
        drain.join().unwrap();
        let taken = stage.taken();
        // Whatever came before the close is there whole, in whichever order; what came after it is not there at all.
        assert!(["bye\n", "a1\nbye\n", "bye\na1\n"].contains(&taken.as_str()), "{taken:?}");
        let wire = stage.wire.taken.lock();
        assert_eq!((wire.finished, wire.shut), (1, 0));
    });
}

#[test]
fn whose_end_others_have_decided_is_woken_though_nothing_more_is_taken() {
    const LINES: &[&str] = &["a1"];
    check(|| {
        // The wire takes two bytes, and there is no drain thread to offer it the third.
        let stage = Stage::new(2, true, 1000);
        let speaker = thread::spawn(stage.speak(LINES));
        if stage.outbox.close(AtEnd::ShutDown) {
            flush(&stage.outbox, &stage.bell);
        }
        speaker.join().unwrap();
        let wire = stage.wire.taken.lock();
        assert!(wire.woken + wire.shut > 0);
    });
}

#[test]
fn an_outbox_past_its_limit_dies_once_and_what_arrived_is_a_beginning_of_what_was_said() {
    const LINES: &[&str] = &["a1", "a2", "a3"];
    check(|| {
        let stage = Stage::new(2, true, 4);
        let speaker = thread::spawn(stage.speak(LINES));
        let drain = thread::spawn(stage.drain());
        speaker.join().unwrap();
        stage.no_more();
        drain.join().unwrap();
        let (taken, shut) = (stage.taken(), stage.wire.taken.lock().shut);
        assert!("a1\na2\na3\n".starts_with(&taken), "{taken:?}");
        assert_eq!(
            shut,
            usize::from(stage.outbox.is_overrun()),
            "shut down if, and only if, it was too much"
        );
        assert!(stage.outbox.is_overrun() || taken.len() == 9);
    });
}
