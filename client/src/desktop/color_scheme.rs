//! Whether the desktop is dark. There are several ways to know, and no desktop has them all.

use std::env;
use std::process::{Command, Stdio};

use dbus::Message;
use dbus::arg::{RefArg, Variant};
use dbus::message::MessageType;

use crate::desktop::bus::{Bus, Place};
use crate::desktop::xsettings;

/// The [portal of the settings](https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html),
/// which GNOME, KDE and others have, and which also tells when something changes.
pub(super) const PORTAL: Place = Place {
    name: "org.freedesktop.portal.Desktop",
    path: "/org/freedesktop/portal/desktop",
    interface: "org.freedesktop.portal.Settings",
};

const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

/// Whether the desktop is dark, as far as it says. A word for this program alone comes first, then a word for the
/// whole desktop, then the name of its theme.
pub(super) fn is_dark(bus: Option<&Bus>) -> bool {
    env::var("GTK_THEME")
        .ok()
        .map(|theme| is_dark_name(&theme))
        .or_else(|| by_portal(bus?))
        .or_else(by_gsettings)
        .or_else(|| xsettings::text("Net/ThemeName").map(|theme| is_dark_name(&theme)))
        .unwrap_or(false)
}

/// Whether a message is the portal's, and says that this has changed.
pub(super) fn is_change(message: &Message) -> bool {
    message.msg_type() == MessageType::Signal
        && message.interface().is_some_and(|interface| &*interface == PORTAL.interface)
        && message.member().is_some_and(|member| &*member == "SettingChanged")
        && message.get2() == (Some(NAMESPACE), Some(KEY))
}

fn by_portal(bus: &Bus) -> Option<bool> {
    let answer = bus.call(&PORTAL, "Read", (NAMESPACE, KEY));
    let answer = answer.inspect_err(|error| log::info!("the portal does not know if it is dark: {error}"));
    // It comes in two wrappings.
    let value: Variant<Box<dyn RefArg>> = answer.ok()?.get1()?;
    match value.0.as_u64()? {
        1 => Some(true),
        2 => Some(false),
        // "No preference".
        _ => None,
    }
}

/// The same setting where there is no portal.
fn by_gsettings() -> Option<bool> {
    let mut command = Command::new("gsettings");
    command.args(["get", "org.gnome.desktop.interface", "color-scheme"]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "'prefer-dark'" => Some(true),
        "'prefer-light'" => Some(false),
        _ => None,
    }
}

/// Themes that are dark say so in their names, as `Adwaita-dark` or `Adwaita:dark`.
fn is_dark_name(theme: &str) -> bool {
    theme.to_ascii_lowercase().contains("dark")
}
