//! What a file of settings says that this version does not know: kept, and written back.

use std::fmt;

use serde::Serialize;

/// Keys of a table that this version does not know, to be written again as they were read. A key may have been meant
/// for a password, so they do not show themselves in logs.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Unknown(pub toml::Table);

// Only a number that is none (`nan`) is not equal to itself.
impl Eq for Unknown {}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
