//! What is filled in: the login form and the page of one server. What stands in each field, what is wrong with it, and
//! what becomes of it; not how it looks.

pub mod login;
pub mod profile;
pub mod stranger;
