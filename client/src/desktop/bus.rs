//! A connection to the session bus: calling others there, and hearing them.

use std::time::Duration;

use dbus::Message;
use dbus::arg::AppendAll;
use dbus::channel::{BusType, Channel};

/// How long an answer may take; the bus starts a program when it is asked for the first time.
const PATIENCE: Duration = Duration::from_secs(3);

/// The place of something on the bus: its owner, its path, and which of its interfaces is meant.
pub(super) struct Place {
    pub name: &'static str,
    pub path: &'static str,
    pub interface: &'static str,
}

const DAEMON: Place =
    Place { name: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" };

/// A connection to the bus.
pub(super) struct Bus {
    channel: Channel,
}

impl Bus {
    pub(super) fn open() -> Result<Self, dbus::Error> {
        Ok(Self { channel: Channel::get_private(BusType::Session)? })
    }

    /// What the bus calls it.
    pub(super) fn name(&self) -> String {
        self.channel.unique_name().unwrap_or_default().to_owned()
    }

    /// The next message, if a message comes in this time.
    pub(super) fn hear(&self, patience: Duration) -> Result<Option<Message>, dbus::Error> {
        self.channel.blocking_pop_message(patience)
    }

    /// Calls a method, and waits for its answer.
    pub(super) fn call(
        &self,
        of: &Place,
        method: &str,
        args: impl AppendAll,
    ) -> Result<Message, dbus::Error> {
        let mut message = Message::new_method_call(of.name, of.path, of.interface, method)
            .expect("these are valid names of the bus");
        message.append_all(args);
        self.channel.send_with_reply_and_block(message, PATIENCE)
    }

    /// Wants to hear the signals of this place.
    pub(super) fn listen_to(&self, of: &Place) {
        let rule = format!("type='signal',interface='{}',path='{}'", of.interface, of.path);
        if let Err(error) = self.call(&DAEMON, "AddMatch", (rule,)) {
            log::info!("the desktop is not heard: {error}");
        }
    }

    /// Rings the bell of another connection.
    pub(super) fn ring(&self, name: &str) {
        let bell =
            Message::new_method_call(name, "/", "teahouse.Bell", "Ring").expect("these are valid names");
        // If it does not work the bus is gone, and the other knows.
        let _ = self.channel.send(bell);
        self.channel.flush();
    }
}
