//! What the system asks of the program: to end.
//!
//! SIGTERM comes from the program that ends the session, SIGINT from Ctrl-C, SIGHUP when the terminal is gone. All
//! three mean the same here: to say farewell, to keep what is to be kept, and to end with 0.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};

/// The signals that ask the program to end. Started with `nohup`, it is not to hear of the terminal's end.
pub fn endings() -> Vec<i32> {
    let is_heard = |signal: &i32| *signal != SIGHUP || !is_ignored(SIGHUP);
    [SIGTERM, SIGINT, SIGHUP].into_iter().filter(is_heard).collect()
}

/// Whether the program was started with a signal ignored. Only Linux says.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// A file that may not grow any more is an error like a full disk, and no reason to die.
///
/// # Errors
/// When the system does not take it.
pub fn survive_full_files() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Hears the signals, on a thread of its own, which ends with this value.
pub struct Listener {
    was_asked: Arc<AtomicBool>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens from now on, and calls `wake` from the other thread when the program is asked to end.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn start(wake: fn()) -> io::Result<Self> {
        survive_full_files()?;
        let mut signals = Signals::new(endings())?;
        let handle = signals.handle();
        let was_asked = Arc::new(AtomicBool::new(false));
        let thread = thread::Builder::new().name("signals".to_owned()).spawn({
            let was_asked = Arc::clone(&was_asked);
            move || {
                for _ in signals.forever() {
                    was_asked.store(true, Ordering::SeqCst);
                    wake();
                }
            }
        })?;
        Ok(Self { was_asked, handle, thread: Some(thread) })
    }

    /// Whether the program was asked to end since the last time.
    pub fn was_asked_to_end(&self) -> bool {
        self.was_asked.swap(false, Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.handle.close();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::error!("the thread of the signals panicked");
        }
    }
}
