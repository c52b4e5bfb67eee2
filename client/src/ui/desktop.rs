//! What the desktop is asked: to tell of a message, and whether it is dark.
//!
//! Both are done by small programs that every desktop has, so there is no session bus to be kept here.

use std::env;
use std::process::{Child, Command, Stdio};

/// Tells the desktop of messages. Dropping it waits for nobody.
#[derive(Default)]
pub struct Notifier {
    /// Those that have not been seen to end.
    running: Vec<Child>,
}

/// More at once than this is not read by anybody.
const MOST_RUNNING: usize = 8;

impl Notifier {
    /// Tells of a message, unless the desktop is still busy with the ones before.
    pub fn tell(&mut self, title: &str, text: &str) {
        self.running.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        if self.running.len() >= MOST_RUNNING {
            return;
        }
        match command(title, text).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => self.running.push(child),
            Err(error) => log::info!("the desktop cannot be told: {error}"),
        }
    }
}

#[cfg(target_os = "macos")]
fn command(title: &str, text: &str) -> Command {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut command = Command::new("osascript");
    command.arg("-e").arg(format!("display notification {} with title {}", quoted(text), quoted(title)));
    command
}

#[cfg(not(target_os = "macos"))]
fn command(title: &str, text: &str) -> Command {
    let mut command = Command::new("notify-send");
    // What a stranger says is not markup, and not an option.
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    command.args(["--app-name=teahouse", "--icon=teahouse", "--"]).arg(title).arg(plain);
    command
}

/// Whether the desktop is dark, as far as it says.
pub fn is_dark() -> bool {
    if let Ok(theme) = env::var("GTK_THEME") {
        return theme.to_ascii_lowercase().contains("dark");
    }
    let (program, args): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("defaults", &["read", "-g", "AppleInterfaceStyle"])
    } else {
        ("gsettings", &["get", "org.gnome.desktop.interface", "color-scheme"])
    };
    let output = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).to_ascii_lowercase().contains("dark"))
}
