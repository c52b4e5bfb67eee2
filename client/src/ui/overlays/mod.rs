//! What comes over the views for a while, and goes again.
//!
//! [`dialog`] asks something, [`banner`] says something, [`menu`] offers what can be done, [`switcher`] finds a
//! conversation, [`picker`] offers emoji and names.

pub mod banner;
pub mod dialog;
pub mod menu;
pub mod picker;
pub mod switcher;
