//! The widgets: the only folder that names FLTK.
//!
//! Everything here happens on one thread. A widget draws itself, and when somebody does something with it, it puts an
//! [`Action`] into the [`UiContext`]'s queue and does nothing else. The [`controller`] takes actions and network events
//! out at its turn, once per round of FLTK's loop (actions also before another key is heard), changes the model, and
//! shows the widgets what it has become. So no callback ever runs into state that somebody else is just using.
//!
//! In reading order: [`action`] (what a person can do), [`context`] (what every widget is given), [`controller`] (the
//! way round), [`presenter`] (the model as rows and items), [`views`] (what fills the window, and what opens in it),
//! [`overlays`] (what comes over it), [`widgets`] (what all of these are made of), [`edit`] (what can be done in a
//! field), [`look`] (colours, faces, shapes), [`keys`] (what keys mean everywhere), [`probe`] (what tests see).

pub mod action;
pub mod context;
pub mod controller;
pub mod edit;
pub mod keys;
pub mod look;
pub mod overlays;
pub mod presenter;
#[cfg(unix)]
pub mod probe;
pub mod views;
pub mod widgets;

pub use action::{Action, Change};
pub use context::UiContext;
pub use controller::run;
