//! What the desktop around the window is told, and what is learned from it: notifications, a sound, whether it is dark.
//!
//! A desktop may take its time, so a thread of its own speaks with it, and the window never waits. On Linux it speaks
//! over the session bus, elsewhere by small programs.
//!
//! - `dbus_thread`: the threads on Linux; `bus`: how they speak; `notes`: the notifications that are shown there;
//! - `color_scheme`: the ways to know whether a desktop is dark; `xsettings`: one of them;
//! - `sound`: the programs that play it; `elsewhere`: the thread on other systems;
//! - [`keyring`]: passwords that are kept by the desktop;
//! - [`attention`]: the requests to the window manager, which knows windows and nothing else.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::model::ConversationId;

#[cfg(target_os = "linux")]
pub mod attention;
#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod color_scheme;
#[cfg(target_os = "linux")]
mod dbus_thread;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
pub mod keyring;
#[cfg(target_os = "linux")]
mod notes;
#[cfg(target_os = "linux")]
mod sound;
#[cfg(target_os = "linux")]
mod xsettings;

#[cfg(target_os = "linux")]
use dbus_thread::serve;
#[cfg(not(target_os = "linux"))]
use elsewhere::serve;

/// The name of the `.desktop` file, of the icon, and of the window's class: what a desktop knows us by.
pub const APP_ID: &str = "teahouse";

/// More than this waits only if the desktop hangs; then nobody reads it anyway.
const MOST_WAITING: usize = 256;

/// A message to tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it was said. There is one notification for each conversation: the next one takes its place.
    pub conversation: ConversationId,
    /// The speaker and the conversation.
    pub title: String,
    /// What.
    pub text: String,
    /// What opening the conversation is called.
    pub open: &'static str,
    /// Whether it is to be heard.
    pub has_sound: bool,
}

/// What the desktop has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is dark, or it is not.
    Dark(bool),
    /// Somebody clicked the notification of this conversation.
    Opened(ConversationId),
    /// A sound was wanted and nobody here can play one: ring the bell of the display.
    Ring,
}

/// What the thread is asked.
#[derive(Debug)]
enum Order {
    Tell(Note),
    TakeBack,
    WatchShade,
    End,
}

impl Order {
    #[cfg(target_os = "linux")]
    fn takes_place_of(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Tell(note), Self::Tell(earlier)) => note.conversation == earlier.conversation,
            _ => false,
        }
    }
}

/// The way back to the window.
struct Teller {
    news: Sender<News>,
    wake: fn(),
}

impl Teller {
    fn tell(&self, news: News) {
        // A window that does not listen any more is about to close.
        let _ = self.news.try_send(news);
        (self.wake)();
    }
}

/// The desktop. Dropping it [ends](Self::end) it.
pub struct Desktop {
    orders: Sender<Order>,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Desktop {
    /// A desktop that calls `wake`, from another thread, when there is something to [`drain`](Self::drain).
    pub fn new(wake: fn()) -> Self {
        let (orders, received) = bounded(MOST_WAITING);
        let (sender, news) = bounded(MOST_WAITING);
        let teller = Teller { news: sender, wake };
        let thread = thread::Builder::new().name("desktop".to_owned());
        let thread = thread.spawn(move || serve(&received, &teller));
        let thread = thread.inspect_err(|error| log::warn!("the desktop cannot be told: {error}")).ok();
        Self { orders, news, thread }
    }

    /// Tells of a message.
    pub fn tell(&self, note: Note) {
        self.ask(Order::Tell(note));
    }

    /// Takes back what was told: somebody looks at the window now.
    pub fn take_back(&self) {
        self.ask(Order::TakeBack);
    }

    /// Wants to know whether the desktop is dark, now and whenever that changes.
    pub fn watch_shade(&self) {
        self.ask(Order::WatchShade);
    }

    /// What there is to know since the last time.
    pub fn drain(&self) -> impl Iterator<Item = News> + '_ {
        self.news.try_iter()
    }

    /// The next news, if they come soon: for a caller that is about to draw the first time.
    pub fn wait(&self, patience: Duration) -> Option<News> {
        self.news.recv_timeout(patience).ok()
    }

    /// Ends and joins the thread. Notifications are taken back: nobody would follow a click any more.
    pub fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let _ = self.orders.send(Order::End);
        if thread.join().is_err() {
            log::error!("the desktop's thread panicked");
        }
    }

    fn ask(&self, order: Order) {
        // When this many wait already, one more notification would not be noticed.
        let _ = self.orders.try_send(order);
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.end();
    }
}
