//! What the window asks of the window manager: to mark it in the taskbar, to bring it to the front, how much room
//! there is for it, and how much of that its frame takes.
//!
//! FLTK has no words for the first, for the second none that a window manager would follow after a click outside of
//! the window, and answers the others only in part; so this says it to the display itself, by a connection of its own.

use std::error::Error;

use x11rb::connection::Connection;
use x11rb::properties::WmHints;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask};

use crate::config::placement::{Area, Frame};

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

/// The part of all screens together that is for windows, without panels, in pixels ([EWMH, `_NET_WORKAREA`]); nothing
/// where nobody says so.
///
/// [EWMH, `_NET_WORKAREA`]: https://specifications.freedesktop.org/wm-spec/latest/
pub fn work_area() -> Option<Area> {
    let [x, y, width, height] = four_numbers(None, "_NET_WORKAREA")?;
    Some(Area { x, y, width, height })
}

/// What the window manager has put around a window, in pixels ([EWMH, `_NET_FRAME_EXTENTS`]); nothing where nobody says
/// so.
///
/// [EWMH, `_NET_FRAME_EXTENTS`]: https://specifications.freedesktop.org/wm-spec/latest/
pub fn frame_of(window: u32) -> Option<Frame> {
    let [left, right, top, bottom] = four_numbers(Some(window), "_NET_FRAME_EXTENTS")?;
    Some(Frame { side: left.max(right), top, bottom })
}

/// A property of a window, or of the root, that is four numbers.
fn four_numbers(window: Option<u32>, name: &str) -> Option<[i32; 4]> {
    let result = || -> Result<Vec<u32>, Box<dyn Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let window = window.unwrap_or(connection.setup().roots[screen].root);
        let name = connection.intern_atom(false, name.as_bytes())?.reply()?.atom;
        let found = connection.get_property(false, window, name, AtomEnum::CARDINAL, 0, 4)?.reply()?;
        Ok(found.value32().map(Iterator::collect).unwrap_or_default())
    };
    let numbers: Vec<i32> = result().ok()?.into_iter().filter_map(|it| i32::try_from(it).ok()).collect();
    numbers.try_into().ok()
}

/// Brings a window to the front, because somebody wants that ([EWMH, `_NET_ACTIVE_WINDOW`]).
///
/// [EWMH, `_NET_ACTIVE_WINDOW`]: https://specifications.freedesktop.org/wm-spec/latest/
pub fn bring_to_front(window: u32) {
    /// The person did it, elsewhere on the desktop. A window manager need not fear that a program pushes itself in.
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
