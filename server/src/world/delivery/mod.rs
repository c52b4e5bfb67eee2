//! Lines on their way: what one looks like to whom, and in which order they are queued.

pub(super) mod label;
pub(super) mod line;
pub(super) mod multiline;
pub(super) mod run;
