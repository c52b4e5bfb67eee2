//! The forms that the user fills in: the login form and the page of a saved server. They tell what stands in each
//! field, what is wrong with it, and what becomes of it; not how it looks.

pub mod logging_in;
pub mod login;
pub mod profile;
