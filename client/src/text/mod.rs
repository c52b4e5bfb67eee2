//! Words and letters: what stands in a text, and what the window says itself.
//!
//! The lowest folder: everything here is about strings, and nothing here knows of networks, files or windows.
//!
//! In reading order: [`i18n`] (every sentence that the window says, in 中文 and English), [`encoding`] (letters as
//! bytes), [`unseen`] (characters that nobody sees), [`formatting`] (bold and colours), [`links`] (addresses in a
//! text), [`typed`] (what a keyboard gives), [`meanings`] (what commands and numerics mean), [`wrap`] (a text as
//! lines of a width), [`word_steps`] (where words begin and end).

pub mod encoding;
pub mod formatting;
pub mod i18n;
pub mod links;
pub mod meanings;
pub mod typed;
pub mod unseen;
pub mod word_steps;
pub mod wrap;
