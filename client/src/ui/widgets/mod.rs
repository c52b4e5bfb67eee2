//! What views are made of: each draws itself, says what was done with it, and knows nothing of chat.
//!
//! In reading order: [`button`], [`choice`], [`field`], `edit_keys` (the keys that edit a field), [`rows`] (a list).

pub mod button;
pub mod choice;
mod edit_keys;
pub mod field;
pub mod rows;
