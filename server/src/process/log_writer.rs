//! The log, and the last words of `main`: a thread of its own writes them to standard error.
//!
//! A console may be a pipe or a terminal that nobody reads: `| less`, Ctrl-S, the copy mode of `screen`. A write
//! there waits, perhaps for ever, and a thread that waits for it holds up a session or the stop. So a line goes into
//! a bounded channel and its writer goes on. Lines that do not fit are counted, and the console tells their number
//! where they are missing.
//! A console that is closed, or a full disk under it, is no error: lines that cannot be written are counted as well.
//!
//! The time of day is put before a line by that thread too: the time zone is a file, read now and then, and to read it
//! takes more stack than a session has.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use env_logger::{Builder, Env, Target};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use log::{Level, LevelFilter};
use rustix::event::{PollFd, PollFlags, poll};

use crate::text::language::{Language, Text};

/// How many lines wait at most.
const MOST_LINES: usize = 1024;
/// How long the thread rests when it has written everything. What is said meanwhile wakes nobody: to wake it for each
/// line costs the one who speaks more than the line does.
const REST: Duration = Duration::from_millis(10);
/// How long the end of the program waits for a console that takes nothing.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often it waits so long again for a console that takes a little.
const MOST_WAITS: usize = 4;

/// The way to the console; clones lead to the same one.
///
/// Its thread is the only one that is never joined: it may be in the middle of a write that does not end, and goes with
/// the process.
#[derive(Clone, Debug)]
pub struct LogWriter {
    lines: Sender<Entry>,
    count: Arc<Count>,
}

#[derive(Debug)]
enum Entry {
    /// Whole lines; when they were said, for the log's; and how many are missing before them.
    Lines(Vec<u8>, Option<Timestamp>, u64),
    /// Everything before it has been written: so the sender is told.
    Fence(Sender<()>),
}

#[derive(Debug, Default)]
struct Count {
    /// How much the console has taken or refused, in entries.
    written: AtomicU64,
    /// Lines that are missing and of which nobody has been told.
    lost: AtomicU64,
}

impl LogWriter {
    /// Standard error, from now on in one language.
    pub fn open(language: Language) -> Self {
        Self::to(io::stderr(), language)
    }

    fn to(out: impl Write + AsFd + Send + 'static, language: Language) -> Self {
        let (lines, waiting) = bounded(MOST_LINES);
        let count = Arc::new(Count::default());
        let counted = Arc::clone(&count);
        let write = move || write_all(out, &waiting, &counted, language);
        // Without a thread nothing is written, and nobody waits for it either.
        let _ = thread::Builder::new().name("log".into()).spawn(write);
        Self { lines, count }
    }

    /// Makes this the log of the whole program: one line for each entry, with the time of day; a level only where it
    /// matters. A panic is an entry like others.
    pub fn install(&self) {
        let mut builder = Builder::from_env(Env::default());
        if std::env::var_os("RUST_LOG").is_none() {
            builder.filter_level(LevelFilter::Info);
        }
        builder.format(|out, record| match record.level() {
            Level::Info => writeln!(out, "{}", record.args()),
            level => writeln!(out, "{level}: {}", record.args()),
        });
        builder.target(Target::Pipe(Box::new(self.clone()))).init();
        panic::set_hook(Box::new(|panic| {
            let thread = thread::current();
            let name = thread.name().unwrap_or("?");
            // With RUST_BACKTRACE=1 it says how it came to this.
            match Backtrace::capture() {
                trace if trace.status() == BacktraceStatus::Captured => {
                    log::error!("thread {name}: {panic}\n{trace}");
                }
                _ => log::error!("thread {name}: {panic}"),
            }
        }));
    }

    /// Says something that is no entry of the log: why the program ends.
    pub fn say(&self, words: impl fmt::Display) {
        self.put(format!("{words}\n").into_bytes(), None);
    }

    /// Waits until all that was said is written, but not for a console that takes nothing.
    pub fn finish(&self) {
        let (told, heard) = bounded(1);
        if self.lines.send_timeout(Entry::Fence(told), PATIENCE).is_err() {
            return;
        }
        for _ in 0..MOST_WAITS {
            let before = self.count.written.load(Ordering::Relaxed);
            let is_over = !matches!(heard.recv_timeout(PATIENCE), Err(error) if error.is_timeout());
            if is_over || self.count.written.load(Ordering::Relaxed) == before {
                return;
            }
        }
    }

    fn put(&self, lines: Vec<u8>, said: Option<Timestamp>) {
        let missing = self.count.lost.swap(0, Ordering::Relaxed);
        if self.lines.try_send(Entry::Lines(lines, said, missing)).is_err() {
            self.count.lost.fetch_add(missing + 1, Ordering::Relaxed);
        }
    }
}

/// For the log, which gives an entry with each write.
impl Write for LogWriter {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.put(lines.to_vec(), Some(Timestamp::now()));
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The thread's work, until the last sender has gone.
fn write_all(mut out: impl Write + AsFd, waiting: &Receiver<Entry>, count: &Count, language: Language) {
    for entry in waiting {
        match entry {
            Entry::Lines(mut lines, said, missing) => {
                say_how_many_are_missing(&mut out, missing, count, language);
                if let Some(said) = said {
                    lines.splice(..0, format!("{} ", time_of_day(said)).into_bytes());
                }
                if write_out(&mut out, &lines).is_err() {
                    count.lost.fetch_add(1, Ordering::Relaxed);
                }
                count.written.fetch_add(1, Ordering::Relaxed);
            }
            Entry::Fence(told) => {
                say_how_many_are_missing(&mut out, count.lost.swap(0, Ordering::Relaxed), count, language);
                // The sender may have lost patience.
                let _ = told.send(());
            }
        }
        if waiting.is_empty() {
            say_how_many_are_missing(&mut out, count.lost.swap(0, Ordering::Relaxed), count, language);
            thread::sleep(REST);
        }
    }
}

/// Says how many lines are missing where the next one will stand, if any are. If that fails, they are counted again.
fn say_how_many_are_missing(out: &mut (impl Write + AsFd), missing: u64, count: &Count, language: Language) {
    if missing > 0 {
        let words = Text::LinesNotWritten(missing.to_string());
        let line = format!("{} WARN: {}\n", time_of_day(Timestamp::now()), words.within(language));
        if write_out(out, line.as_bytes()).is_err() {
            count.lost.fetch_add(missing, Ordering::Relaxed);
        }
    }
}

/// Writes everything, even where the other end of a terminal has made it non-blocking for all who share it.
fn write_out(out: &mut (impl Write + AsFd), bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match out.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => rest = &rest[taken..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                poll(&mut [PollFd::new(out, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The beginning of a line of the log.
fn time_of_day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixStream;
    use std::time::Instant;

    use super::*;

    fn pair() -> (LogWriter, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        theirs.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        (LogWriter::to(ours, Language::English), theirs)
    }

    /// Speaks until the console has been full for a while. Says how many lines that were.
    fn fill(log: &LogWriter) -> u64 {
        let mut number = 0;
        while log.count.lost.load(Ordering::Relaxed) < 10 {
            log.say(format_args!("line {number} {}", "x".repeat(1000)));
            number += 1;
        }
        number
    }

    /// How many lines are missing where this line stands, if it says that.
    fn missing(line: &str) -> Option<u64> {
        let (front, _) = line.split_once(" lines were not written")?;
        Some(front.rsplit(' ').next().unwrap().parse().unwrap())
    }

    #[test]
    fn what_is_said_stands_there_in_order_when_the_program_ends() {
        let (log, theirs) = pair();
        for number in 0..MOST_LINES / 2 {
            log.say(number);
        }
        log.finish();
        let lines = BufReader::new(theirs).lines().take(MOST_LINES / 2);
        assert!(lines.map(Result::unwrap).eq((0..MOST_LINES / 2).map(|number| number.to_string())));
    }

    #[test]
    fn whoever_logs_first_needs_little_stack_for_it_and_the_line_has_its_time_of_day() {
        let (mut log, theirs) = pair();
        let session = thread::Builder::new().stack_size(32 * 1024);
        let speak = move || log.write_all(b"WARN: the kettle is empty\n");
        session.spawn(speak).unwrap().join().unwrap().unwrap();
        let line = BufReader::new(theirs).lines().next().unwrap().unwrap();
        let (time, words) = line.split_once(' ').unwrap();
        assert_eq!(words, "WARN: the kettle is empty");
        assert!(time.len() == 8 && time.bytes().filter(|byte| *byte == b':').count() == 2, "{time}");
    }

    #[test]
    fn a_console_that_nobody_reads_holds_nobody_up_and_says_later_how_many_lines_are_missing_and_where() {
        let (log, theirs) = pair();
        fill(&log);
        let began = Instant::now();
        log.finish();
        assert!(began.elapsed() < PATIENCE * 3, "{:?}", began.elapsed());
        let mut lines = BufReader::new(theirs).lines().map(Result::unwrap);
        // As soon as somebody reads, there is room again.
        let mut read = vec![lines.next().unwrap()];
        log.say("after");
        while !read.last().unwrap().ends_with("after") {
            read.push(lines.next().unwrap());
            if read.len() == MOST_LINES / 2 {
                log.say("after");
            }
        }
        // A writer that is slow to start leaves a gap too, so there may be several.
        let (mut next, mut lost) = (0, 0);
        for line in &read {
            if let Some(count) = missing(line) {
                next += count;
                lost += count;
            } else if line != "after" {
                assert!(line.starts_with(&format!("line {next} ")), "{next} should stand here: {line:.20}");
                next += 1;
            }
        }
        assert!(lost >= 10, "{lost}");
    }

    #[test]
    fn a_console_that_is_read_again_says_how_many_lines_are_missing_though_nothing_more_happens() {
        let (log, theirs) = pair();
        let said = fill(&log);
        let mut lines = BufReader::new(theirs).lines().map(Result::unwrap);
        let mut told = 0;
        while told < said {
            told += missing(&lines.next().unwrap()).unwrap_or(1);
        }
        assert_eq!(told, said);
    }

    #[test]
    fn a_console_that_is_closed_is_no_error_and_nobody_waits_for_it() {
        let (log, theirs) = pair();
        drop(theirs);
        for number in 0..MOST_LINES * 2 {
            log.say(number);
        }
        let began = Instant::now();
        log.finish();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn a_console_that_somebody_else_made_non_blocking_loses_nothing_that_had_room() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let log = LogWriter::to(ours, Language::English);
        let line = "x".repeat(1000);
        for _ in 0..MOST_LINES {
            log.say(&line);
        }
        let mut lines = BufReader::new(theirs).lines().map(Result::unwrap);
        for _ in 0..MOST_LINES {
            assert_eq!(lines.next().unwrap(), line);
        }
    }
}
