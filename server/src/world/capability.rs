//! Which capabilities a client has asked for.

use teahouse_protocol::Capability;

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(u32);

impl Capabilities {
    /// Whether a capability is on.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u32) != 0
    }

    pub(crate) fn set(&mut self, capability: Capability, on: bool) {
        let bit = 1 << capability as u32;
        if on {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }
}
