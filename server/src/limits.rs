//! What the system lets this process have, and how many connections that makes.
//!
//! A connection costs a thread and a descriptor, and a thread costs four memory maps. At the kernel's limit of maps
//! (`vm.max_map_count`) a process does not get an error but is aborted, so the number of connections is clamped below
//! every limit beforehand.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Stack, guard page, and what the allocator keeps for a thread.
const MAPS_A_THREAD: u64 = 4;
/// Maps that the process has before it serves anybody, and some to spare.
const OTHER_MAPS: u64 = 1000;
/// Descriptors that are no connections: listeners, log, drain thread, reserve, files.
const OTHER_DESCRIPTORS: u64 = 64;
/// Threads that are no sessions.
const OTHER_THREADS: u64 = 32;

/// How many connections there can be, and why not more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many.
    pub connections: usize,
    /// The limit that decided.
    pub bound_by: &'static str,
}

impl Room {
    /// What is possible here, at most `wanted`. Raises the soft limit of descriptors to the hard one first.
    pub fn measure(wanted: Option<usize>) -> Self {
        let descriptors = raise_descriptors().map(|count| count.saturating_sub(OTHER_DESCRIPTORS));
        let maps = read_number("/proc/sys/vm/max_map_count")
            .map(|count| count.saturating_sub(OTHER_MAPS) / MAPS_A_THREAD);
        let threads = [
            read_number("/sys/fs/cgroup/pids.max"),
            own_cgroup_limit(),
            getrlimit(Resource::Nproc).current,
            read_number("/proc/sys/kernel/threads-max"),
        ];
        let threads = threads.into_iter().flatten().min().map(|count| count.saturating_sub(OTHER_THREADS));
        let limits = [
            (wanted.and_then(|wanted| u64::try_from(wanted).ok()), "max_connections"),
            (descriptors, "RLIMIT_NOFILE"),
            (maps, "vm.max_map_count"),
            (threads, "pids.max / RLIMIT_NPROC"),
        ];
        let known = limits.into_iter().filter_map(|(limit, name)| limit.map(|limit| (limit, name)));
        let (connections, bound_by) = known.min().unwrap_or((u64::MAX, "nothing"));
        Self { connections: usize::try_from(connections).unwrap_or(usize::MAX), bound_by }
    }
}

/// The number of descriptors this process may have; `None` is no limit.
fn raise_descriptors() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum || setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok() {
        maximum
    } else {
        current
    }
}

/// A file that holds a number; `None` when it holds `max` or is not there (not Linux, or another layout).
fn read_number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The limit of threads in this process's control group, version 2 (systemd's `TasksMax`).
fn own_cgroup_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    read_number(&format!("/sys/fs/cgroup{own}/pids.max"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_decides() {
        assert_eq!(Room::measure(Some(3)), Room { connections: 3, bound_by: "max_connections" });
        let most = Room::measure(None);
        assert!(most.connections > 3 && most.bound_by != "max_connections", "{most:?}");
    }
}
