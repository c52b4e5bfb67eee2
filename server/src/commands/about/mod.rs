//! The server about itself: the welcome's numbers, the message of the day, HELP and reports.

pub(super) mod help;
pub(super) mod isupport;
pub(super) mod motd;
pub(super) mod stats;
pub(super) mod status;
