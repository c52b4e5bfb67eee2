//! What the kernel knows of another process: its CPU time, memory and context switches, out of `/proc/PID`.

use std::fs;
use std::io;
use std::time::Duration;

/// User and system time together, of all threads, those that have ended included.
///
/// The kernel shows hundredths of a second, but it splits a sum that is exact, so over a second of work the error is
/// a hundredth and does not add up.
pub fn cpu_time(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may itself have spaces; `utime` and `stime` are the 12th and 13th word behind it.
    let (_, words) = stat.rsplit_once(')').ok_or(io::ErrorKind::InvalidData)?;
    let ticks: u64 =
        words.split_ascii_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Ok(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100))
}

/// The time that its threads have run, as the scheduler counts it; those that have ended are missing.
pub fn running_time(pid: u32) -> io::Result<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between the listing and the reading.
        let stat = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanos += stat.split_ascii_whitespace().next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanos))
}

/// Resident memory now, in KiB.
pub fn resident_kib(pid: u32) -> io::Result<f64> {
    status(pid, "VmRSS:")
}

/// The most resident memory that the process ever had, in KiB.
pub fn peak_resident_kib(pid: u32) -> io::Result<f64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, key: &str) -> io::Result<f64> {
    Ok(number_after(&fs::read_to_string(format!("/proc/{pid}/status"))?, key))
}

/// Context switches of all threads that still run, voluntary or not.
pub fn switches(pid: u32) -> io::Result<f64> {
    let mut sum = 0.0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between the listing and the reading.
        let status = fs::read_to_string(task?.path().join("status")).unwrap_or_default();
        sum += number_after(&status, "\nvoluntary_ctxt_switches:");
        sum += number_after(&status, "nonvoluntary_ctxt_switches:");
    }
    Ok(sum)
}

fn number_after(text: &str, key: &str) -> f64 {
    let words = text.split_once(key).map_or("", |(_, words)| words);
    words.split_ascii_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0)
}
