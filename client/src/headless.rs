//! Teahouse without a window: the same connection and the same model, for scripts and for tests.
//!
//! Lines of the standard input are typed as into the composer, and what would be seen is printed to the standard
//! output, one line for each thing. It ends with the input, on SIGTERM, SIGINT or SIGHUP, on `/quit`, or when there
//! is no connection any more. The exit code tells how it ended, the standard error why it failed.
//!
//! There is one thread beside those of the connection: it waits in `poll` for the input, for events and for signals.
//! Events and signals write a byte into a pipe, so that one wait is enough for all three.
//!
//! A line is typed once the one before it has been obeyed as far as that can be known: nothing is typed before the
//! login is complete and the greeting is over, nor while a room is being joined, because what is said next is meant
//! for that room.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::config::options::Options;
use crate::config::profile::Profile;
use crate::config::settings::SettingsFile;
use crate::desktop::keyring;
use crate::event::{Event, Manner, What};
use crate::model::conversation::line::Delivery;
use crate::model::{
    Body, Conversation, ConversationId, Effect, Line, Link, Message, Model, Network, NetworkId,
};
use crate::net::connection::{Connection, Setup};
use crate::net::reconnect::Retry;
use crate::net::sts::Policies;
use crate::signals;
use crate::text::i18n::{Language, Phrase, Text};

/// How long to wait for a room to be joined, and for the answer to the last line that was typed.
const ANSWER_TIME: Duration = Duration::from_secs(3);

/// What is asked when all that the server has to say so far should be in: its answer comes behind all of that.
const QUESTION: &str = "PING teahouse-fence";

/// Runs until the end, by which every thread has been joined.
///
/// # Errors
/// Why there is no connection, if that is how it ended.
pub fn run(options: Options) -> Result<(), Phrase> {
    let cannot = |error: io::Error| Text::CannotStart.with([&error.to_string()]);
    let (waker, woken) = UnixStream::pair().map_err(cannot)?;
    for end in [&waker, &woken] {
        end.set_nonblocking(true).map_err(cannot)?;
    }
    let asked_to_end = Arc::new(AtomicBool::new(false));
    signals::survive_full_files().map_err(cannot)?;
    for signal in signals::endings() {
        // The flag before the byte that tells to look at it.
        signal_hook::flag::register(signal, Arc::clone(&asked_to_end)).map_err(cannot)?;
        signal_hook::low_level::pipe::register(signal, waker.try_clone().map_err(cannot)?).map_err(cannot)?;
    }
    Headless::new(options, waker, woken, asked_to_end)?.run()
}

struct Headless {
    model: Model,
    network: NetworkId,
    setup: Setup,
    connection: Option<Connection>,
    /// Written to when there is something to look at, and read from here.
    waker: UnixStream,
    woken: UnixStream,
    asked_to_end: Arc<AtomicBool>,
    /// What was read of the input and is no whole line yet.
    begun: Vec<u8>,
    /// Lines that wait to be typed.
    lines: VecDeque<String>,
    input_is_over: bool,
    /// What the next line waits for, and until when.
    awaited: Option<(Awaited, Instant)>,
    /// Whether we were ever logged in.
    was_welcomed: bool,
    /// Whether the server's greeting was awaited.
    is_greeted: bool,
    /// Whether the answer to the last line was.
    has_asked: bool,
    printed: HashMap<ConversationId, Printed>,
    /// How it ended.
    end: Option<Result<(), Phrase>>,
}

/// What may have to come before the next line is typed.
#[derive(Clone, Copy)]
enum Awaited {
    /// A room that was asked for.
    Room,
    /// The answer to [`QUESTION`].
    Pong,
}

/// How far a conversation was printed.
#[derive(Default)]
struct Printed {
    /// The number of the next line.
    next: u64,
    /// The serial number of the last line. Another line may take the place of a line that was printed.
    serial: u64,
    /// How many of the comings and goings in that line. It may still grow.
    movements: usize,
    /// Our own messages of which nobody knows yet whether they arrive, by their serial numbers. They are printed when
    /// somebody does.
    pending: HashSet<u64>,
}

impl Headless {
    fn new(
        options: Options,
        waker: UnixStream,
        woken: UnixStream,
        asked_to_end: Arc<AtomicBool>,
    ) -> Result<Self, Phrase> {
        let mut model = Model::new(options.language, options.profile.clone());
        model.set_profiles(options.settings.profiles);
        model.set_ignored(options.settings.ignored);
        match &options.url {
            Some(url) => model.follow(url),
            None => drop(model.go_to(options.profile)),
        }
        let network = model.front().ok_or(Text::NameMissing)?;
        let (network, always) = (network.id(), network.profile().reconnect == Some(true));
        let folder = options.settings_file.as_ref().and_then(SettingsFile::folder);
        let setup = Setup {
            retry: if always { Retry::Always } else { Retry::Never },
            policies: Policies::load(folder).0,
            ..Setup::default()
        };
        Ok(Self {
            model,
            network,
            setup,
            connection: None,
            waker,
            woken,
            asked_to_end,
            begun: Vec::new(),
            lines: VecDeque::new(),
            input_is_over: false,
            awaited: None,
            was_welcomed: false,
            is_greeted: false,
            has_asked: false,
            printed: HashMap::new(),
            end: None,
        })
    }

    fn run(mut self) -> Result<(), Phrase> {
        loop {
            self.carry_out();
            self.print();
            if let Some(end) = self.end.take() {
                // Joins the threads, and lets what was said last go out before.
                self.connection = None;
                return end;
            }
            self.wait();
            if self.asked_to_end.load(Ordering::SeqCst) {
                self.model.quit("");
                continue;
            }
            self.take_events();
            self.print();
            self.type_lines();
        }
    }

    /// Waits for something to do: input, events, a signal, or the end of patience.
    fn wait(&mut self) {
        let left = self.awaited.map(|(_, until)| until.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        let stdin = io::stdin();
        let mut ready =
            [PollFd::new(&self.woken, PollFlags::IN), PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN)];
        let watched = if self.input_is_over { 1 } else { 2 };
        let polled = poll(&mut ready[..watched], timeout.as_ref());
        let has_input = !self.input_is_over && !ready[1].revents().is_empty();
        match polled {
            Ok(_) => {}
            Err(Errno::INTR) => return,
            Err(error) => self.end = Some(Err(Text::CannotStart.with([&error.to_string()]))),
        }
        // Before the events are taken, so that an event that comes later wakes us again.
        while matches!((&self.woken).read(&mut [0; 64]), Ok(1..)) {}
        if has_input {
            self.read_input();
        }
    }

    /// Takes what there is of the input. Nobody else in the program reads it, so no buffer is lost.
    fn read_input(&mut self) {
        let mut bytes = [0; 4096];
        match rustix::io::read(io::stdin(), &mut bytes) {
            Ok(count @ 1..) => self.begun.extend_from_slice(&bytes[..count]),
            Err(Errno::INTR | Errno::AGAIN) => return,
            Ok(_) | Err(_) => {
                self.input_is_over = true;
                // A last line may have no line feed.
                if !self.begun.is_empty() {
                    self.begun.push(b'\n');
                }
            }
        }
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            self.lines.push_back(line.trim_end_matches(['\r', '\n']).to_owned());
        }
    }

    fn take_events(&mut self) {
        let Some(connection) = &self.connection else { return };
        let events: Vec<Event> = connection.drain().collect();
        for event in events {
            match &event.what {
                What::Ended(failure) => {
                    let failure = failure.clone();
                    (self.awaited, self.is_greeted) = (None, false);
                    let was_up = self.network().is_some_and(|network| network.link() == Link::Up);
                    self.model.apply(self.network, event);
                    if !self.setup.retry.follows(&failure, self.was_welcomed) {
                        self.print();
                        self.end = Some(Err(failure.phrase()));
                        return;
                    }
                    if !was_up {
                        self.say(&failure.phrase());
                    }
                    continue;
                }
                // It counts down; the first number says it all.
                What::Retrying { seconds } if self.network().is_some_and(|it| it.retry_secs().is_none()) => {
                    self.say(&Text::RetryingIn.with([&seconds.to_string()]));
                }
                What::Connecting => self.say_connecting(),
                What::Welcome { .. } => self.was_welcomed = true,
                What::Pong => self.awaited = None,
                _ => {}
            }
            self.model.apply(self.network, event);
        }
    }

    /// Types as many of the waiting lines as can be typed now. After the last one comes the farewell.
    fn type_lines(&mut self) {
        while self.end.is_none() {
            let Some(network) = self.network() else { return };
            let (is_up, is_joining) = (network.link() == Link::Up, network.is_joining());
            if !is_up || self.is_waiting(is_joining) {
                return;
            }
            if !mem::replace(&mut self.is_greeted, true) {
                // The server may still be about to lead us into a room.
                if !self.lines.is_empty() {
                    self.ask();
                } else if is_joining {
                    self.wait_for(Awaited::Room);
                }
            } else if let Some(line) = self.lines.pop_front() {
                if let Err(refusal) = self.model.submit(&line) {
                    self.say(&refusal);
                }
                if self.network().is_some_and(Network::is_joining) {
                    self.wait_for(Awaited::Room);
                }
            } else if !self.input_is_over {
                return;
            } else if !mem::replace(&mut self.has_asked, true) {
                self.ask();
            } else {
                self.model.quit("");
            }
            self.carry_out();
        }
    }

    /// Whether what comes next has to wait for something that may still come.
    fn is_waiting(&mut self, is_joining: bool) -> bool {
        let waits = match self.awaited {
            Some((Awaited::Room, until)) => is_joining && Instant::now() < until,
            Some((Awaited::Pong, until)) => Instant::now() < until,
            None => false,
        };
        if !waits {
            self.awaited = None;
        }
        waits
    }

    fn wait_for(&mut self, what: Awaited) {
        self.awaited = Some((what, Instant::now() + ANSWER_TIME));
    }

    /// Asks what the server answers when it has answered everything before.
    fn ask(&mut self) {
        self.carry_out();
        if let Some(connection) = &self.connection {
            connection.send(QUESTION.to_owned());
        }
        self.wait_for(Awaited::Pong);
    }

    /// Does what the model wants done outside.
    fn carry_out(&mut self) {
        for effect in self.model.take_effects() {
            match effect {
                Effect::Connect(_, profile) => {
                    self.say_connecting();
                    let mut profile = with_more_names(*profile);
                    if profile.may_be_kept() {
                        keyring::fetch(&mut profile);
                    }
                    let waker = self.waker.try_clone();
                    let wake = move || {
                        // When the pipe is full there is enough to read in it.
                        let _ = waker.as_ref().map(|mut waker| waker.write(&[0]));
                    };
                    self.connection = Some(Connection::open(&profile, &self.setup, wake));
                }
                Effect::Send(_, line) => {
                    if let Some(connection) = &self.connection {
                        connection.send(line);
                    }
                }
                // Only a window asks for these.
                Effect::Remember(_)
                | Effect::KeepIgnored(_)
                | Effect::KeepPassword(..)
                | Effect::Notify { .. }
                | Effect::Tell { .. } => {}
                // A connection that has failed is given up too, and how it failed is the end.
                Effect::Disconnect(_) | Effect::Quit => drop(self.end.get_or_insert(Ok(()))),
            }
        }
    }

    fn network(&self) -> Option<&Network> {
        self.model.network(self.network)
    }

    fn say_connecting(&mut self) {
        let server = self.network().map_or("", |network| &network.profile().server).to_owned();
        self.say(&Text::Connecting.with([&server]));
    }

    /// Says what stands in no conversation, behind all that came before.
    fn say(&mut self, phrase: &Phrase) {
        self.print();
        let words = phrase.to(self.model.language());
        self.put(&words);
    }

    /// Prints what has come into the conversations: the new lines, and what is new in those that were printed.
    fn print(&mut self) {
        let language = self.model.language();
        let changes = self.model.take_all_changes();
        let mut words = Vec::new();
        for conversation in self.model.networks().flat_map(Network::conversations) {
            let id = conversation.id();
            let printed = self.printed.entry(id).or_default();
            let changed = changes.iter().filter(|(place, number)| *place == id && *number < printed.next);
            let (first, end) = conversation.range();
            let new = printed.next.max(first.number())..end.number();
            let numbers: BTreeSet<u64> = changed.map(|(_, number)| *number).chain(new).collect();
            let last = printed.serial;
            for line in numbers.into_iter().filter_map(|number| conversation.line_numbered(number)) {
                let is_new = line.serial > last;
                let was_pending = printed.pending.remove(&line.serial);
                printed.serial = printed.serial.max(line.serial);
                match &line.body {
                    Body::Movements(movements) => {
                        let known = if is_new { 0 } else { printed.movements };
                        words.extend(told(conversation, movements.phrases().skip(known), language));
                        printed.movements = movements.len();
                    }
                    // A line that took the place of a line before it is news, too.
                    Body::Notice(phrases) if is_new || line.times > 1 => {
                        words.extend(told(conversation, phrases.iter(), language));
                    }
                    Body::Message(message) if is_new || was_pending => match &message.delivery {
                        Delivery::Arrived => words.extend(said(conversation, line, message, language)),
                        Delivery::Pending => drop(printed.pending.insert(line.serial)),
                        Delivery::Failed { why, .. } => {
                            words.extend(told(conversation, std::iter::once(why), language));
                        }
                    },
                    // Somebody's reaction, or words that were taken back: that cannot be printed into what was.
                    Body::Message(_) => {}
                    Body::Notice(_) | Body::Day(_) | Body::Gone => {}
                }
            }
            printed.next = end.number();
        }
        for line in words {
            self.put(&line);
        }
    }

    /// Prints one line at once. A reader that no longer listens has heard enough.
    fn put(&mut self, line: &str) {
        let mut stdout = io::stdout().lock();
        let written = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        if written.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
            self.asked_to_end.store(true, Ordering::SeqCst);
        }
    }
}

/// Something that somebody said, as it is printed: each of its lines says where and by whom.
fn said(conversation: &Conversation, line: &Line, message: &Message, language: Language) -> Vec<String> {
    let (place, from, text) = (conversation.name(), &message.from, line.text(language));
    let print = |text: &str| match message.manner {
        Manner::Message => format!("[{place}] <{from}> {text}"),
        Manner::Action => format!("[{place}] * {text}"),
        Manner::Notice => format!("[{place}] -{from}- {text}"),
    };
    text.split('\n').map(print).collect()
}

/// What the window tells, each sentence on a line of its own.
fn told<'p>(
    conversation: &Conversation,
    phrases: impl Iterator<Item = &'p Phrase>,
    language: Language,
) -> Vec<String> {
    phrases.map(|phrase| format!("[{}] {}", conversation.name(), phrase.to(language))).collect()
}

/// The profile with names to fall back on, where it has none: nobody is there to choose another name.
fn with_more_names(mut profile: Profile) -> Profile {
    if profile.other_nicks.is_empty() {
        profile.other_nicks = (1..=3).map(|count| format!("{}{}", profile.nick, "_".repeat(count))).collect();
    }
    profile
}
