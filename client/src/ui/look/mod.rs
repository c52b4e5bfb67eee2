//! How everything looks: [`theme`] (colours, sizes, faces), [`paint`] (words and shapes in them), `fltk_ext` (what FLTK
//! lacks).

pub(in crate::ui) mod fltk_ext;
pub mod paint;
pub mod theme;
