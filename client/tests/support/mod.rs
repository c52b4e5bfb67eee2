//! A small world for windows to stand in: a display, a server, and people who sit at windows and type.
//!
//! It is shared by the tests and by the programs in `examples/`.
//!
//! - [`process`]: a program that was started, what it says, and its end.
//! - [`display`]: an X display with a window manager, keyboard, mouse and pictures.
//! - [`server`] is `teahouse-server`.
//! - [`impostor`]: something that is not a server, or not a good one.
//! - [`peer`]: a server that is played line by line; [`headless`]: `teahouse` without a window.
//! - [`bus`]: what the programs of a desktop speak over; [`desktop`]: one that takes notifications;
//!   [`input_method`]: how people write 汉字.
//! - [`person`]: a window, seen through its probe and used through mouse and keyboard.
//!
//! Nothing here sleeps. Whatever is waited for has a deadline, and whatever was started is ended, also by a panic.

#![allow(dead_code, reason = "tests and the demo each use a part of it")]

pub mod bus;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod display;
pub mod headless;
pub mod impostor;
pub mod input_method;
pub mod peer;
pub mod person;
pub mod process;
pub mod server;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long anything may take. Far more than it should, since machines that run tests have other things to do.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the programs are that cargo built: the folder of this very program, or the one above it.
pub fn program(name: &str) -> PathBuf {
    let me = std::env::current_exe().expect("a running program has a path");
    let mut folder = me.parent().expect("a program is in a folder");
    if folder.ends_with("deps") || folder.ends_with("examples") {
        folder = folder.parent().expect("cargo's folders are inside target/debug or target/release");
    }
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: build it first (cargo build --workspace)", path.display());
    path
}

/// The folder that cargo builds into, where pictures are kept too.
pub fn target_folder() -> PathBuf {
    let built = program("teahouse");
    built.parent().and_then(Path::parent).expect("programs are in target/debug or target/release").to_owned()
}
