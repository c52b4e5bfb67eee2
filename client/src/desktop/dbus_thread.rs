//! The threads that speak with a Linux desktop, over the session bus.
//!
//! A desktop's answers and what it says unasked, such as that a notification was clicked, come by the same
//! connection, and a thread that waits on it cannot be woken from outside. So there are two connections, each with a
//! thread: the first thread, `work`, asks and listens; the other, `serve`, takes the window's orders, hands them on,
//! and rings the bell by a message to the first.

use std::collections::VecDeque;
use std::time::Duration;
use std::{iter, thread};

use crossbeam_channel::{Receiver, bounded};
use dbus::Message;

use crate::desktop::bus::Bus;
use crate::desktop::notes::Notes;
use crate::desktop::sound::Player;
use crate::desktop::{MOST_WAITING, News, Order, Teller, color_scheme, notes};

/// How long to listen at a time. Whatever comes ends it, so this may be long.
const LISTENING: Duration = Duration::from_secs(3600);

/// The same while a sound is played, to see its end.
const PLAYING: Duration = Duration::from_millis(500);

/// Takes orders until the end.
pub(super) fn serve(orders: &Receiver<Order>, teller: &Teller) {
    let Ok(first) = orders.recv() else { return };
    if matches!(first, Order::End) {
        // There was never anything to say, and so there is no connection.
        return;
    }
    let (bell, bus) = match Bus::open().and_then(|bell| Ok((bell, Bus::open()?))) {
        Ok(both) => both,
        Err(error) => {
            log::info!("there is no desktop to be told: {error}");
            return serve_alone(first, orders, teller);
        }
    };
    let name = bus.name();
    let (sender, handed) = bounded(MOST_WAITING);
    let (notes, player) = (Notes::default(), Player::default());
    let mut desk = Desk { bus, notes, player, orders: handed, teller };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("desktop bus".to_owned());
        if let Err(error) = thread.spawn_scoped(scope, move || desk.work()) {
            return log::warn!("the desktop cannot be told: {error}");
        }
        let mut next = Some(first);
        while let Some(order) = next {
            let is_end = matches!(order, Order::End);
            if sender.send(order).is_err() {
                return;
            }
            bell.ring(&name);
            next = if is_end { None } else { orders.recv().ok() };
        }
    });
}

/// The desk: it does what the window orders.
struct Desk<'a> {
    bus: Bus,
    notes: Notes,
    player: Player,
    orders: Receiver<Order>,
    teller: &'a Teller,
}

impl Desk<'_> {
    /// Works until the end, or until the bus is gone.
    fn work(&mut self) {
        self.bus.listen_to(&notes::NOTIFICATIONS);
        self.bus.listen_to(&color_scheme::PORTAL);
        let mut waiting = VecDeque::new();
        loop {
            waiting.extend(self.orders.try_iter());
            // Whatever else waits then, nobody wants any more; and a desktop that hangs must not hold the window.
            if waiting.iter().any(|order| matches!(order, Order::End)) {
                return self.notes.take_back(&self.bus);
            }
            if let Some(order) = waiting.pop_front() {
                // The last of many messages in one conversation is enough.
                if !waiting.iter().any(|later| later.takes_place_of(&order)) {
                    self.carry_out(&order);
                }
                continue;
            }
            let patience = if self.player.is_playing() { PLAYING } else { LISTENING };
            match self.bus.hear(patience) {
                Ok(Some(message)) => self.hear(&message),
                Ok(None) => {}
                Err(error) => return log::info!("the desktop is gone: {error}"),
            }
        }
    }

    fn carry_out(&mut self, order: &Order) {
        match order {
            Order::Tell(note) => {
                let has_sound = note.has_sound && self.player.is_due();
                let is_heard = self.notes.show(&self.bus, note, has_sound);
                if has_sound && !is_heard && !self.player.play() {
                    self.teller.tell(News::Ring);
                }
            }
            Order::TakeBack => self.notes.take_back(&self.bus),
            Order::WatchShade => self.teller.tell(News::Dark(color_scheme::is_dark(Some(&self.bus)))),
            Order::End => {}
        }
    }

    fn hear(&mut self, message: &Message) {
        if let Some(conversation) = self.notes.hear(message) {
            self.teller.tell(News::Opened(conversation));
        } else if color_scheme::is_change(message) {
            self.carry_out(&Order::WatchShade);
        }
    }
}

/// Does what can be done where there is no bus: a sound can still be played.
fn serve_alone(first: Order, orders: &Receiver<Order>, teller: &Teller) {
    let mut player = Player::default();
    for order in iter::once(first).chain(orders) {
        match order {
            Order::Tell(note) => {
                if note.has_sound && player.is_due() && !player.play() {
                    teller.tell(News::Ring);
                }
            }
            Order::TakeBack => {}
            Order::WatchShade => teller.tell(News::Dark(color_scheme::is_dark(None))),
            Order::End => return,
        }
    }
}
