//! The primitives that the [outbox](crate::outbox) is built on, in one place: its model check builds the same file
//! on others, whose every step a scheduler decides.

pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard};
