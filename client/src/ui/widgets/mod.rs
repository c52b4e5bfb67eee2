//! What views are made of: each draws itself, says what was done with it, and knows nothing of chat.
//!
//! In reading order: [`theme`] and [`paint`] (how it looks), [`button`], [`choice`], [`field`], [`edit`] (what can be done
//! in a field) and `edit_keys` (by which keys), [`rows`] (a list), `fltk_ext` (what FLTK lacks).

pub mod button;
pub mod choice;
pub mod edit;
mod edit_keys;
pub mod field;
pub(in crate::ui) mod fltk_ext;
pub mod paint;
pub mod rows;
pub mod theme;
