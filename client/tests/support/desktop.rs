//! A desktop, as far as a window speaks with one: it takes notifications and can click them, and it is dark or light.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dbus::Message;
use dbus::arg::{AppendAll, PropMap, Variant, prop_cast};
use dbus::channel::Channel;
use dbus::message::MessageType;
use dbus::strings::BusName;

use super::PATIENCE;
use super::bus::Bus;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";

/// How long it listens before it looks what it is to do. It is told of nothing in between.
const TURN: Duration = Duration::from_millis(20);

/// A notification, as it came over the bus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The number that it got, and that of the one whose place it took.
    pub number: u32,
    pub replaces: u32,
    pub app: String,
    pub icon: String,
    pub title: String,
    pub text: String,
    pub actions: Vec<String>,
    pub desktop_entry: String,
    pub category: String,
    pub urgency: u8,
    pub sound: Option<String>,
    pub is_silent: bool,
}

/// What it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Show a notification.
    Show(Box<Note>),
    /// Close the one with this number.
    Close(u32),
}

enum Order {
    Click(u32),
    Become(u32),
    FallSilent,
    End,
}

/// A desktop with a session bus of its own, gone with this value.
pub struct Desktop {
    asked: Receiver<Asked>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
    bus: Bus,
}

impl Desktop {
    /// Starts one that can do this, as `GetCapabilities` says it. It is dark if `is_dark`.
    pub fn start(skills: &'static [&'static str], is_dark: bool) -> Self {
        let bus = Bus::start(&[]);
        let mut channel = Channel::open_private(bus.address()).expect("the bus listens");
        channel.register().expect("the bus takes everybody");
        for name in [NOTIFICATIONS, PORTAL] {
            let call = Message::call_with_args(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus",
                "RequestName",
                (name, 0u32),
            );
            channel.send_with_reply_and_block(call, PATIENCE).expect("nobody else has that name");
        }
        let (teller, asked) = mpsc::channel();
        let (orders, received) = mpsc::channel();
        let mut keeper = Keeper {
            channel,
            skills,
            scheme: scheme(is_dark),
            last: 0,
            from: None,
            is_silent: false,
            teller,
        };
        let thread = thread::spawn(move || keeper.run(&received));
        Self { asked, orders, thread: Some(thread), bus }
    }

    /// What a window needs in its environment to find it.
    pub fn environment(&self) -> [(&'static str, String); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", self.bus.address().to_owned())]
    }

    /// Waits for what it is asked next.
    #[track_caller]
    pub fn is_asked(&self) -> Asked {
        self.asked.recv_timeout(PATIENCE).expect("somebody asks")
    }

    /// Waits for the next notification.
    #[track_caller]
    pub fn is_told(&self) -> Note {
        match self.is_asked() {
            Asked::Show(note) => *note,
            asked @ Asked::Close(_) => panic!("{asked:?} instead of a notification"),
        }
    }

    /// Clicks a notification.
    pub fn clicks(&self, number: u32) {
        self.orders.send(Order::Click(number)).expect("it runs");
    }

    /// Answers nothing any more.
    pub fn falls_silent(&self) {
        self.orders.send(Order::FallSilent).expect("it runs");
    }

    /// Becomes dark, or light.
    pub fn becomes(&self, is_dark: bool) {
        self.orders.send(Order::Become(scheme(is_dark))).expect("it runs");
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // If it has panicked, that is said where it was waited for.
        let _ = self.orders.send(Order::End);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn scheme(is_dark: bool) -> u32 {
    if is_dark { 1 } else { 2 }
}

/// What answers.
struct Keeper {
    channel: Channel,
    skills: &'static [&'static str],
    scheme: u32,
    /// The number of the last notification, and by which connection it came.
    last: u32,
    from: Option<String>,
    is_silent: bool,
    teller: Sender<Asked>,
}

impl Keeper {
    fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(Duration::ZERO) {
                Ok(Order::Click(number)) => {
                    // Some tell everybody, and some, as this one, only the connection that the notification came by.
                    let to = self.from.clone();
                    let click = (number, "default");
                    self.says(to.as_deref(), NOTIFICATIONS_PATH, NOTIFICATIONS, "ActionInvoked", click);
                }
                Ok(Order::Become(scheme)) => {
                    self.scheme = scheme;
                    let change = (APPEARANCE, "color-scheme", Variant(scheme));
                    self.says(None, PORTAL_PATH, SETTINGS, "SettingChanged", change);
                }
                Ok(Order::FallSilent) => self.is_silent = true,
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            match self.channel.blocking_pop_message(TURN) {
                Ok(_) if self.is_silent => {}
                Ok(Some(call)) if call.msg_type() == MessageType::MethodCall => self.answer(&call),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn says(&self, to: Option<&str>, path: &str, interface: &str, signal: &str, args: impl AppendAll) {
        let mut signal = Message::new_signal(path, interface, signal).expect("these are valid names");
        signal.set_destination(to.map(|name| BusName::new(name).expect("the bus gave it")));
        signal.append_all(args);
        self.channel.send(signal).expect("the bus takes it");
    }

    fn answer(&mut self, call: &Message) {
        let answer = call.method_return();
        let member = call.member().expect("a call has a name");
        let answer = match &*member {
            "GetCapabilities" => answer.append1(self.skills),
            "Notify" => {
                self.from = call.sender().map(|name| name.to_string());
                let note = self.note(call);
                let number = note.number;
                // A test need not wait for it.
                let _ = self.teller.send(Asked::Show(Box::new(note)));
                answer.append1(number)
            }
            "CloseNotification" => {
                let _ = self.teller.send(Asked::Close(call.read1().expect("it has a number")));
                answer
            }
            "Read" => {
                assert_eq!(call.read2().ok(), Some((APPEARANCE, "color-scheme")));
                answer.append1(Variant(Variant(self.scheme)))
            }
            other => panic!("there is no {other} here"),
        };
        self.channel.send(answer).expect("the bus takes it");
    }

    fn note(&mut self, call: &Message) -> Note {
        let mut args = call.iter_init();
        let mut note = Note {
            app: args.read().expect("the program's name"),
            replaces: args.read().expect("a number"),
            icon: args.read().expect("an icon"),
            title: args.read().expect("a title"),
            text: args.read().expect("a text"),
            actions: args.read().expect("actions"),
            ..Note::default()
        };
        let hints: PropMap = args.read().expect("hints");
        let _: i32 = args.read().expect("how long it is to be shown");
        let words = |hint: &str| prop_cast::<String>(&hints, hint).cloned();
        note.desktop_entry = words("desktop-entry").unwrap_or_default();
        note.category = words("category").unwrap_or_default();
        note.sound = words("sound-name");
        note.urgency = prop_cast(&hints, "urgency").copied().unwrap_or(u8::MAX);
        note.is_silent = prop_cast(&hints, "suppress-sound").copied().unwrap_or(false);
        if note.replaces == 0 {
            self.last += 1;
            note.number = self.last;
        } else {
            note.number = note.replaces;
        }
        note
    }
}
