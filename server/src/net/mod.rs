//! The edge of the network: sealed connections, clients that speak something else, and how to hang up.
//!
//! Nothing here knows who is at the other end, or what is said. Lines leave by the [`outbox`](crate::outbox).

pub mod farewell;
pub mod stranger;
pub(crate) mod throttle;
pub mod tls;
