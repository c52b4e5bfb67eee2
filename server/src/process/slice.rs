//! The time slice: how long a thread of this process asks to run before another may have the processor.
//!
//! A thread of the server does a little at a time: it takes a few lines apart, and wakes the threads of those who are to
//! hear them. Linux's scheduler (EEVDF) lets the thread run next whose *deadline* comes first, and a thread that asks
//! for a short slice has an early deadline. It gets no more of the processor than its share, but gets it in smaller pieces
//! and sooner. `docs/performance.md` has the figures.

use std::io;

/// The slice that is asked for, in nanoseconds; the kernel grants nothing shorter. Unasked, it gives
/// 0.7 ms × (1 + log₂ of the number of processors), so 1.4 ms on two.
const SLICE_NANOS: u64 = 100_000;

/// Asks for short slices, for the calling thread and for each that it starts from now on.
///
/// # Errors
///
/// The kernel does not know the call, or a sandbox forbids it, or the thread has a real-time policy, which has no
/// slices. All goes on as before then. Kernels before 6.12 take the request and do nothing.
pub fn ask_for_short_ones() -> io::Result<()> {
    let wanted = libc::sched_attr {
        size: size_of::<libc::sched_attr>() as u32,
        sched_policy: 0,
        sched_flags: libc::SCHED_FLAG_KEEP_POLICY as u64,
        sched_nice: rustix::process::getpriority_process(None)?,
        sched_priority: 0,
        sched_runtime: SLICE_NANOS,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the kernel reads `size` bytes of a structure that lives until the call is over, and writes nothing. Neither
    // rustix nor the C library has a function for this call, so it is the one place of the program that is unsafe.
    #[allow(unsafe_code)]
    let answer = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const wanted, 0) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::{fs, thread};

    use super::*;

    #[test]
    fn threads_that_are_started_later_have_short_slices_and_the_niceness_that_they_had() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let said = thread::spawn(move || {
            rustix::process::setpriority_process(None, 1).unwrap();
            // A sandbox may forbid it, and then nothing changes.
            let granted = ask_for_short_ones().is_ok();
            let (said, nice) = thread::spawn(move || (fs::read_to_string("/proc/thread-self/sched"), nice()))
                .join()
                .unwrap();
            assert_eq!(nice, 1);
            said.ok().filter(|_| granted)
        });
        // Kernels before 6.12 have one slice for all, and some do not show what they have.
        let said = said.join().unwrap().unwrap_or_default();
        let slice = said.lines().find_map(|line| line.strip_prefix("se.slice"));
        if let Some(slice) = slice.filter(|_| kernel() >= (6, 12)) {
            assert_eq!(slice.trim_start_matches([' ', ':']), SLICE_NANOS.to_string());
        }
    }

    fn kernel() -> (u32, u32) {
        let release = rustix::system::uname().release().to_string_lossy().into_owned();
        let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|word| word.parse().ok());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }
}
