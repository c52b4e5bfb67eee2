//! The effects of a command: it leaves them to be done once the lock is free.

use std::sync::Arc;

use crate::outbox::Outbox;
use crate::text::language::Text;
use crate::world::{ConnectionId, Record, World};

/// Things to be done once the lock is free.
#[derive(Debug, Default)]
pub struct Effects {
    /// Outboxes to flush, each once.
    pub touched: Vec<Arc<Outbox>>,
    /// Lines for the console.
    pub notes: Vec<Text>,
    /// The orders of operators to the whole server.
    pub orders: Vec<Order>,
    /// Records to be kept, in the order in which things happened.
    pub records: Vec<Record>,
}

/// An order of an operator, or of a signal, to the whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Read the configuration again, and tell the connection that asked what came of it.
    Rehash(Option<ConnectionId>),
    /// Stop.
    Die,
    /// Stop, and start again; or tell the connection that asked why not.
    Restart(Option<ConnectionId>),
}

impl World {
    /// Moves what is to be done after unlocking to the end of `effects`.
    pub fn take_effects(&mut self, effects: &mut Effects) {
        self.end_burst();
        effects.touched.append(&mut self.effects.touched);
        effects.notes.append(&mut self.effects.notes);
        effects.orders.append(&mut self.effects.orders);
        effects.records.append(&mut self.effects.records);
    }

    /// Adds a line for the console.
    pub fn note(&mut self, text: Text) {
        self.effects.notes.push(text);
    }

    /// Gives the server an order, to be carried out after unlocking.
    pub(crate) fn order(&mut self, order: Order) {
        self.effects.orders.push(order);
    }
}
