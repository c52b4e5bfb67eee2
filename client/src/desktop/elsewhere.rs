//! The thread where there is no session bus: macOS, and the systems beside Linux. It asks programs that are there.

use std::process::{Command, Stdio};

use crossbeam_channel::Receiver;

use super::{APP_ID, News, Note, Order, Teller};

/// Takes orders until the end.
pub(super) fn serve(orders: &Receiver<Order>, teller: &Teller) {
    for order in orders {
        match order {
            Order::Tell(note) => {
                let mut command = command(&note);
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                if let Err(error) = command.status() {
                    log::info!("the desktop cannot be told: {error}");
                }
                if note.has_sound {
                    teller.tell(News::Ring);
                }
            }
            Order::TakeBack => {}
            Order::WatchShade => teller.tell(News::Dark(is_dark())),
            Order::End => return,
        }
    }
}

fn command(note: &Note) -> Command {
    if cfg!(target_os = "macos") {
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let (title, text) = (quoted(&note.title), quoted(&note.text));
        let mut command = Command::new("osascript");
        command.arg("-e").arg(format!("display notification {text} with title {title}"));
        return command;
    }
    let mut command = Command::new("notify-send");
    command.args([&format!("--app-name={APP_ID}"), &format!("--icon={APP_ID}"), "--"]).arg(&note.title);
    // A stranger's words are not markup.
    command.arg(note.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    command
}

fn is_dark() -> bool {
    let mut command = Command::new("defaults");
    command.args(["read", "-g", "AppleInterfaceStyle"]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("Dark"))
}
