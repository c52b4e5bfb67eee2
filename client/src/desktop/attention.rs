//! What the window manager is asked for a window of ours: to mark it in the taskbar, and to bring it to the front.
//!
//! FLTK has no words for the first, and for the second none that a window manager would follow after a click outside of
//! the window; so this says it to the display itself, by a connection of its own.

use std::error::Error;

use x11rb::connection::Connection;
use x11rb::properties::WmHints;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};

/// Says that a window wants to be looked at, or no longer ([ICCCM, "WM_HINTS"]).
///
/// [ICCCM, "WM_HINTS"]: https://x.org/releases/current/doc/xorg-docs/icccm/icccm.html#WM_HINTS_Property
pub fn want(window: u32, wants: bool) {
    let result = || -> Result<(), Box<dyn Error>> {
        let (connection, _) = x11rb::connect(None)?;
        let mut hints = WmHints::get(&connection, window)?.reply()?.unwrap_or_default();
        hints.urgent = wants;
        Ok(hints.set(&connection, window)?.check()?)
    };
    if let Err(error) = result() {
        log::info!("the window manager was not asked for attention: {error}");
    }
}

/// Brings a window to the front, because somebody wants that ([EWMH, `_NET_ACTIVE_WINDOW`]).
///
/// [EWMH, `_NET_ACTIVE_WINDOW`]: https://specifications.freedesktop.org/wm-spec/latest/
pub fn bring_to_front(window: u32) {
    /// The person did it, somewhere else on the desktop. A window manager need not fear that a program pushes itself in.
    const BY_PERSON: u32 = 2;
    let result = || -> Result<(), Box<dyn Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots[screen].root;
        let active = connection.intern_atom(false, b"_NET_ACTIVE_WINDOW")?.reply()?.atom;
        let message = ClientMessageEvent::new(32, window, active, [BY_PERSON, 0, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        Ok(connection.send_event(false, root, mask, message)?.check()?)
    };
    if let Err(error) = result() {
        log::info!("the window manager was not asked for the window: {error}");
    }
}
