//! Where the window stands on the screens, and how large everything in it is.
//!
//! A zoom makes larger what is inside the window: the window stays as large as it is, and never grows beyond the part
//! of a screen that is for windows.

use fltk::app;
use fltk::prelude::*;
use fltk::window::DoubleWindow;

use super::Controller;
use crate::config::options::Geometry;
use crate::config::placement::{Area, Frame, Placement};
#[cfg(target_os = "linux")]
use crate::desktop::attention;
use crate::ui::Action;
use crate::ui::look::theme::SIZES;

/// The size of a window for which nobody asked for another, at the usual size of everything.
const WINDOW_SIZE: (i32, i32) = (1080, 720);
/// Below this things would be crowded; where a screen has no room for it, less will do.
const SMALLEST_SIZE: (i32, i32) = (520, 500);
/// Below this things would lie on one another, so nothing is drawn larger than leaves room for this.
const LEAST_SIZE: (i32, i32) = (480, 380);
/// How long the window stands still before its place is kept.
const STILL_SECS: f64 = 0.7;

/// What the controller knows of the window's place.
pub(super) struct Placing {
    /// Where the user wants it, by the command line.
    wanted: Option<Geometry>,
    /// How large the system wants everything to be.
    system_scale: f32,
    /// Where it was put in the beginning; what is still so is not kept.
    begun: Option<Placement>,
    /// Where it was put last, and what that became in FLTK's units, at which scale: units are too coarse to tell.
    stood: Option<(Placement, [i32; 4], f32)>,
    /// Whether it waits to stand still.
    is_waiting: bool,
}

impl Placing {
    pub(super) fn new(wanted: Option<Geometry>) -> Self {
        Self { wanted, system_scale: app::screen_scale(0), begun: None, stood: None, is_waiting: false }
    }
}

impl Controller {
    /// Gives the window its first place, before it is shown: where somebody wants it, or where it was the last time.
    pub(super) fn put_window(&mut self) {
        let in_pixels = |side: i32| (side as f32 * self.placing.system_scale) as i32;
        let geometry = self.placing.wanted.map(|Geometry { width, height, x, y }| Placement {
            width: in_pixels(width.max(SMALLEST_SIZE.0)),
            height: in_pixels(height.max(SMALLEST_SIZE.1)),
            x: in_pixels(x),
            y: in_pixels(y),
            maximized: false,
        });
        let areas = self.areas();
        let nowhere = Placement {
            width: in_pixels(WINDOW_SIZE.0),
            height: in_pixels(WINDOW_SIZE.1),
            x: areas.first().map_or(0, |area| area.x),
            y: areas.first().map_or(0, |area| area.y),
            maximized: false,
        };
        let place = geometry.or(self.settings.window);
        if place.is_some() {
            self.window.force_position(true);
        }
        self.stand(place.unwrap_or(nowhere).within(&areas, Frame::default()), place.is_some());
    }

    /// The window has been shown, and its frame can be measured: with that it is to fit as well.
    pub(super) fn settle(&mut self) {
        if self.placing.begun.is_some() {
            return;
        }
        self.resize();
        self.placing.begun = Some(self.place_now());
        if self.settings.window.is_some_and(|window| window.maximized) {
            self.window.maximize();
        }
    }

    /// Draws everything as large as the settings say, as far as the screen has room for that, in a window that stays
    /// as large as it is.
    pub(super) fn resize(&mut self) {
        let (before, after) = (app::screen_scale(0), self.scale_of(self.size_in_force()));
        let place = self.place_now();
        // While scale and size change one after the other, the window manager is to have nothing against it.
        self.window.size_range(1, 1, 0, 0);
        if self.window.shown() {
            // FLTK keeps a window's size in units, which are about to be larger; nobody is to see what that would be.
            let same = |side: i32| (side as f32 * before / after).round() as i32;
            let [x, y, width, height] = self.units();
            self.window.widget_resize(x, y, same(width), same(height));
        }
        for screen in 0..app::screen_count() {
            app::set_screen_scale(screen, after);
        }
        self.ui.paint.forget();
        if self.window.maximize_active() {
            // It is as large as it can be, and what it goes back to is the window manager's business.
            self.window.size_range(LEAST_SIZE.0, LEAST_SIZE.1, 0, 0);
            return;
        }
        let least = |side: i32| (side as f32 * after).ceil() as i32;
        let (width, height) = (place.width.max(least(LEAST_SIZE.0)), place.height.max(least(LEAST_SIZE.1)));
        let place = Placement { width, height, ..place };
        self.stand(place.within(&self.areas(), self.frame()), true);
        // As small as it is, it may stay.
        let (width, height) = (self.window.w().max(LEAST_SIZE.0), self.window.h().max(LEAST_SIZE.1));
        self.window.size_range(SMALLEST_SIZE.0.min(width), SMALLEST_SIZE.1.min(height), 0, 0);
    }

    /// The size (1) larger than what is drawn now, or smaller (-1); nothing larger than there is room for.
    pub(super) fn size_beside(&self, steps: isize) -> u16 {
        let now = self.size_in_force();
        let index = match steps {
            1.. => SIZES.iter().rposition(|size| *size <= now).unwrap_or(0),
            _ => SIZES.iter().position(|size| *size >= now).unwrap_or(SIZES.len() - 1),
        };
        let size = SIZES[index.saturating_add_signed(steps).min(SIZES.len() - 1)];
        if steps > 0 { self.fitting(size).max(now) } else { size }
    }

    /// How large everything is drawn, in per cent: as the user wants it, or as large as there is room for.
    pub(super) fn size_in_force(&self) -> u16 {
        self.fitting(self.settings.size)
    }

    fn fitting(&self, size: u16) -> u16 {
        let place = self.place_now();
        let Some(area) = place.area(&self.areas()) else { return size };
        let frame = self.frame();
        let room = (area.width - 2 * frame.side, area.height - frame.top - frame.bottom);
        let fits = |size: u16| {
            let scale = self.scale_of(size);
            let least = |side: i32| (side as f32 * scale) as i32;
            least(LEAST_SIZE.0) <= room.0 && least(LEAST_SIZE.1) <= room.1
        };
        if fits(size) {
            return size;
        }
        let smaller = SIZES.iter().rev().copied().filter(|one| *one < size);
        smaller.into_iter().find(|size| fits(*size)).unwrap_or(SIZES[0].min(size))
    }

    fn scale_of(&self, size: u16) -> f32 {
        self.placing.system_scale * f32::from(size) / 100.0
    }

    fn scale(&self) -> f32 {
        app::screen_scale(0)
    }

    /// Where the window is now, in pixels.
    fn place_now(&self) -> Placement {
        let (units, scale) = (self.units(), self.scale());
        if let Some((place, stood, at_scale)) = self.placing.stood
            && (stood, at_scale) == (units, scale)
        {
            return place;
        }
        let [x, y, width, height] = units.map(|side| (side as f32 * scale).round() as i32);
        Placement { width, height, x, y, maximized: false }
    }

    fn units(&self) -> [i32; 4] {
        [self.window.x(), self.window.y(), self.window.w(), self.window.h()]
    }

    /// Puts the window there: no pixel further up or left, and none further down or right.
    fn stand(&mut self, place: Placement, has_position: bool) {
        let scale = self.scale();
        let first = |side: i32| (side as f32 / scale).ceil() as i32;
        let end = |side: i32| (side as f32 / scale).floor() as i32;
        let (x, y) = (first(place.x), first(place.y));
        let (width, height) = (end(place.x + place.width) - x, end(place.y + place.height) - y);
        let (x, y) = if has_position { (x, y) } else { (self.window.x(), self.window.y()) };
        let units = [x, y, width, height];
        if self.units() != units {
            self.window.resize(x, y, width, height);
        }
        self.placing.stood = has_position.then_some((Placement { maximized: false, ..place }, units, scale));
    }

    /// What the window manager has put around the window; nothing as long as it is not shown.
    fn frame(&self) -> Frame {
        if self.window.shown() {
            frame_of(&self.window, self.scale()).unwrap_or_default()
        } else {
            Frame::default()
        }
    }

    /// The parts of the screens that are for windows, the first screen's first.
    fn areas(&self) -> Vec<Area> {
        let count = app::screen_count();
        let screens = (0..count).map(|number| {
            let (x, y, w, h) = app::screen_work_area(number);
            let scale = app::screen_scale(number);
            let [x, y, width, height] = [x, y, w, h].map(|side| (side as f32 * scale).round() as i32);
            Area { x, y, width, height }
        });
        // FLTK does not know which part of several screens is for windows; of a single one, not to the pixel.
        match work_area() {
            Some(area) if count == 1 => vec![area],
            Some(area) => screens.map(|screen| screen.common(area).unwrap_or(screen)).collect(),
            None => screens.collect(),
        }
    }

    /// The window stands otherwise than before: that is kept as soon as it stands still.
    pub(super) fn moved(&mut self) {
        if self.placing.begun.is_some() && !std::mem::replace(&mut self.placing.is_waiting, true) {
            let ui = std::rc::Rc::clone(&self.ui);
            app::add_timeout3(STILL_SECS, move |_| ui.act(Action::KeepPlace));
        }
    }

    /// Keeps where the window stands for the next time, if somebody has put it there.
    pub(super) fn keep_place(&mut self) {
        self.placing.is_waiting = false;
        let Some(begun) = self.placing.begun else { return };
        let before = self.settings.window;
        let kept = match before {
            // It goes back to where it was.
            _ if self.window.maximize_active() => Placement { maximized: true, ..before.unwrap_or(begun) },
            Some(before) if self.place_now() == begun => Placement { maximized: false, ..before },
            None if self.place_now() == begun => return,
            _ => self.place_now(),
        };
        if before != Some(kept) {
            self.settings.window = Some(kept);
            self.save();
        }
    }
}

#[cfg(target_os = "linux")]
fn work_area() -> Option<Area> {
    attention::work_area()
}

#[cfg(not(target_os = "linux"))]
fn work_area() -> Option<Area> {
    None
}

#[cfg(target_os = "linux")]
fn frame_of(window: &DoubleWindow, _scale: f32) -> Option<Frame> {
    attention::frame_of(window.os_id() as u32)
}

/// FLTK knows how much there is in all: the title is what is more above than beside.
#[cfg(not(target_os = "linux"))]
fn frame_of(window: &DoubleWindow, scale: f32) -> Option<Frame> {
    let in_pixels = |side: i32| (side as f32 * scale).round() as i32;
    let side = in_pixels(window.decorated_w() - window.w()) / 2;
    let both = in_pixels(window.decorated_h() - window.h());
    Some(Frame { side, top: both - side, bottom: side })
}
