//! The system's limits for this process, and how many connections they allow.
//!
//! A connection costs a descriptor, a thread and memory. At most limits a process gets an error, and a client that
//! comes is turned away with a word. But at the kernel's limit of maps (`vm.max_map_count`) and without address space
//! a thread that starts is the end of the whole process, and so is anything beyond the memory of its control group.
//! So the number of connections is clamped below every limit beforehand.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Stack, guard page, and what the allocator keeps for a thread.
const MAPS_A_THREAD: u64 = 4;
/// Maps that the process has before it serves anybody, and some to spare.
const OTHER_MAPS: u64 = 1000;
/// Descriptors that are no connections: listeners, log, drain thread, reserve, files.
const OTHER_DESCRIPTORS: u64 = 64;
/// Threads that are no sessions.
const OTHER_THREADS: u64 = 32;
/// Address space that a connection takes: its thread's stack of 256 KiB with the guard page and the stack for signals,
/// and what is on the heap. Measured: 281 KiB.
const ADDRESSES_A_CONNECTION: u64 = 288 << 10;
/// Memory that a connection takes, with the kernel's part: 20 KiB of the process's own, and a thread's kernel stack and
/// books, its page tables, and the socket.
const MEMORY_A_CONNECTION: u64 = 64 << 10;
/// Memory that is left for what people do: passwords, long answers, clients that read slowly. Where there is little,
/// half of it.
const SPARE_MEMORY: u64 = 64 << 20;

/// The variable by which glibc is told how many arenas it may make, and its value for little address space.
const MOST_ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "1");
/// The variable by which glibc is told how large a buffer is to be that it has from the system and gives back at once,
/// in bytes, and the value that it begins with.
const LEAST_MAPPED: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");

/// How many connections there can be, and why not more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// How many.
    pub connections: usize,
    /// The limit that decided.
    pub bound_by: &'static str,
}

impl Capacity {
    /// Measures what is possible here, at most `wanted`. Raises the soft limit of descriptors to the hard one first.
    pub fn measure(wanted: Option<usize>) -> Self {
        let descriptors = raise_descriptors().map(|count| count.saturating_sub(OTHER_DESCRIPTORS));
        let maps = read_number("/proc/sys/vm/max_map_count")
            .map(|count| count.saturating_sub(OTHER_MAPS) / MAPS_A_THREAD);
        let groups = Groups::of_this_process();
        let threads = [
            groups.smallest("pids", "pids.max", "pids.max"),
            getrlimit(Resource::Nproc).current,
            read_number("/proc/sys/kernel/threads-max"),
        ];
        let threads = threads.into_iter().flatten().min().map(|count| count.saturating_sub(OTHER_THREADS));
        let used = |what| bytes_in("/proc/self/status", what).unwrap_or_default();
        let memory = |limit: Option<u64>| Some(holds(limit?, used("VmRSS:"), MEMORY_A_CONNECTION));
        let addresses =
            |limit, what| Some(holds(getrlimit(limit).current?, used(what), ADDRESSES_A_CONNECTION));
        let limits = [
            (wanted.and_then(|wanted| u64::try_from(wanted).ok()), "max_connections"),
            (descriptors, "RLIMIT_NOFILE"),
            (maps, "vm.max_map_count"),
            (threads, "pids.max / RLIMIT_NPROC"),
            (addresses(Resource::As, "VmSize:"), "RLIMIT_AS"),
            (addresses(Resource::Data, "VmData:"), "RLIMIT_DATA"),
            (memory(groups.smallest("memory", "memory.max", "memory.limit_in_bytes")), "memory.max"),
            (memory(bytes_in("/proc/meminfo", "MemTotal:")), "MemTotal"),
        ];
        let known = limits.into_iter().filter_map(|(limit, name)| limit.map(|limit| (limit, name)));
        let (connections, bound_by) = known.min().unwrap_or((u64::MAX, "nothing"));
        Self { connections: usize::try_from(connections).unwrap_or(usize::MAX), bound_by }
    }
}

/// How many connections of `each` bytes there is room for below a limit, of which the process uses some already.
fn holds(limit: u64, used: u64, each: u64) -> u64 {
    let left = limit.saturating_sub(used);
    (left - SPARE_MEMORY.min(left / 2)) / each
}

/// The variables of the environment, and their values, that the program should be started again with: only the
/// environment can tell the C library how to keep memory. Those that are there already stay as they are.
///
/// Left alone, glibc takes the first large buffer that is freed as a sign that there will be more of them, and cuts the
/// next ones out of memory that it keeps. Where address space is limited, it spends that on arenas before anybody comes:
/// 64 MiB for each of up to eight a processor. A single arena is enough for few people.
pub fn settings_of_the_allocator() -> Vec<(&'static str, &'static str)> {
    let arenas = getrlimit(Resource::As).current.map(|_| MOST_ARENAS);
    let wanted = arenas.into_iter().chain([LEAST_MAPPED]);
    wanted.filter(|(name, _)| cfg!(target_env = "gnu") && env::var_os(name).is_none()).collect()
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
fn read_number(path: impl AsRef<Path>) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The bytes that a line of such a file says, in kibibytes: `VmSize:     486952 kB`.
fn bytes_in(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The control groups that this process is in: the limits of a container, a service or a user's session.
struct Groups {
    /// The lines of `/proc/self/cgroup`.
    listing: String,
    /// Where their files are.
    root: PathBuf,
}

impl Groups {
    fn of_this_process() -> Self {
        let listing = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self { listing, root: PathBuf::from("/sys/fs/cgroup") }
    }

    /// The smallest limit among this process's group and those around it, for it counts against each of them. The file
    /// has one name in version 2 and perhaps another in version 1, where each controller has a hierarchy of its own.
    fn smallest(&self, controller: &str, file: &str, old_file: &str) -> Option<u64> {
        let limits = self.listing.lines().filter_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, group) = (fields.next()?, fields.next()?);
            let (top, file) = if controllers.is_empty() {
                (self.root.clone(), file)
            } else if controllers.split(',').any(|name| name == controller) {
                (self.root.join(controller), old_file)
            } else {
                return None;
            };
            // In a container the path may be the one that the host knows it by, and only the top is there.
            let group = Path::new(group.trim_start_matches('/'));
            group.ancestors().filter_map(|group| read_number(top.join(group).join(file))).min()
        });
        limits.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_decides() {
        assert_eq!(Capacity::measure(Some(3)), Capacity { connections: 3, bound_by: "max_connections" });
        let most = Capacity::measure(None);
        assert!(most.connections > 3 && most.bound_by != "max_connections", "{most:?}");
    }

    #[test]
    fn below_a_limit_of_memory_something_is_left_for_what_people_do() {
        const MIB: u64 = 1 << 20;
        assert_eq!(holds(164 * MIB, 36 * MIB, MIB), 64, "sixty-four mebibytes are spared");
        assert_eq!(holds(64 * MIB, 36 * MIB, MIB), 14, "or half of what is left");
        assert_eq!(holds(36 * MIB, 64 * MIB, MIB), 0);
    }

    /// The limits that these groups make, with files as (path below the root, what it holds).
    #[track_caller]
    fn check(listing: &str, files: &[(&str, &str)], memory: Option<u64>, threads: Option<u64>) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let groups = Groups { listing: listing.to_owned(), root: root.path().to_owned() };
        assert_eq!(groups.smallest("memory", "memory.max", "memory.limit_in_bytes"), memory, "{listing}");
        assert_eq!(groups.smallest("pids", "pids.max", "pids.max"), threads, "{listing}");
    }

    #[test]
    fn a_limit_of_any_group_around_this_process_counts() {
        let files = [
            ("system.slice/tea.service/memory.max", "max\n"),
            ("system.slice/memory.max", "268435456\n"),
            ("system.slice/tea.service/pids.max", "100\n"),
            ("system.slice/pids.max", "200\n"),
            // Somebody else's.
            ("user.slice/memory.max", "1\n"),
        ];
        check("0::/system.slice/tea.service\n", &files, Some(256 << 20), Some(100));
        check("0::/\n", &[("memory.max", "1000"), ("pids.max", "max")], Some(1000), None);
        check("0::/only/the/host/knows\n", &[("memory.max", "1000")], Some(1000), None);
        check("", &[("memory.max", "1000")], None, None);
    }

    #[test]
    fn groups_of_the_first_version_count_too() {
        let files = [
            ("memory/docker/a1/memory.limit_in_bytes", "1000\n"),
            ("memory/docker/memory.limit_in_bytes", "9223372036854771712\n"),
            ("pids/docker/a1/pids.max", "max\n"),
            ("pids/docker/pids.max", "50\n"),
        ];
        let listing = "9:name=systemd:/x\n8:pids:/docker/a1\n4:cpu,memory:/docker/a1\n0::/\n";
        check(listing, &files, Some(1000), Some(50));
    }
}
