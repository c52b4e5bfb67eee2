//! Which capabilities a client has asked for.

use teahouse_protocol::Capability;

use crate::letters::bit_set;

bit_set! {
    /// A set of capabilities.
    pub struct Capabilities(u32) of Capability
}
