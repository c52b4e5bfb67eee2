//! Help while the user writes and goes about: names that are completed, commands that are suggested, conversations
//! that are found by a part of their name.

pub mod completion;
pub mod suggest;
pub mod switcher;
