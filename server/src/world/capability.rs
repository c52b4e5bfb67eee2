//! The capabilities of a connection that are on.

use teahouse_protocol::Capability;

use crate::letters::bit_set;

bit_set! {
    /// A set of capabilities.
    pub struct Capabilities(u32) of Capability
}
