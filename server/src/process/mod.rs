//! The process around the server: its log and its console, signals and orders, and how it is started again.
//!
//! Only `main` and the command line need these; the [`server`](crate::server) runs without them, as the tests do.

pub mod advice;
pub mod console;
pub mod log_writer;
pub mod program;
pub mod reload;
pub mod service_manager;
pub mod signals;
#[cfg(target_os = "linux")]
pub mod slice;
