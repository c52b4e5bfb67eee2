//! What all of the model stands on: `ids` (what networks, conversations and lines are called), `effect` (what is wanted
//! done outside), `clock` (what time it is), `common` (what holds on every network alike).

pub(in crate::model) mod clock;
pub(in crate::model) mod common;
pub(in crate::model) mod effect;
pub(in crate::model) mod ids;
