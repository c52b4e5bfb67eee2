//! Where the window stands: what is kept of that over a restart, and what of it still fits on the screens there are.
//!
//! Everything is counted in the screens' own pixels, so that a place means the same however large things are drawn.

use serde::{Deserialize, Serialize};

/// A window without its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// How wide it is.
    pub width: i32,
    /// How tall it is.
    pub height: i32,
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Whether it takes all the room there is; then the rest is what it goes back to.
    #[serde(default)]
    pub maximized: bool,
}

/// The part of a screen that is for windows: without the desktop's panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// How wide it is.
    pub width: i32,
    /// How tall it is.
    pub height: i32,
}

/// What a window manager puts around a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// At the left and at the right.
    pub side: i32,
    /// Above: the title.
    pub top: i32,
    /// Below.
    pub bottom: i32,
}

impl Area {
    /// What two areas have in common; nothing if that is nothing.
    pub fn common(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        (right > x && bottom > y).then_some(Self { x, y, width: right - x, height: bottom - y })
    }

    fn pixels(self) -> i64 {
        i64::from(self.width) * i64::from(self.height)
    }
}

impl Placement {
    /// Whether a window can be so: no display is larger than these numbers, and what is further away is a mistake.
    pub fn is_possible(self) -> bool {
        const FARTHEST: i32 = 1 << 15;
        let sides = [self.width, self.height].iter().all(|side| (1..FARTHEST).contains(side));
        sides && [self.x, self.y].iter().all(|place| (-FARTHEST..FARTHEST).contains(place))
    }

    /// The area that most of the window lies in; the first, if it lies in none, since its screen is gone.
    pub fn area(self, areas: &[Area]) -> Option<Area> {
        let window = Area { x: self.x, y: self.y, width: self.width, height: self.height };
        let covered = |area: &Area| window.common(*area).map_or(0, Area::pixels);
        // The first of several that are as good.
        let best = areas.iter().rev().max_by_key(|area| covered(area));
        best.filter(|area| covered(area) > 0).or(areas.first()).copied()
    }

    /// The same window in one of these areas, with its frame: moved and made smaller as far as that needs it.
    #[must_use]
    pub fn within(self, areas: &[Area], frame: Frame) -> Self {
        let Some(area) = self.area(areas) else { return self };
        let width = self.width.min(area.width - 2 * frame.side).max(1);
        let height = self.height.min(area.height - frame.top - frame.bottom).max(1);
        let x = self.x.min(area.x + area.width - frame.side - width).max(area.x + frame.side);
        let y = self.y.min(area.y + area.height - frame.bottom - height).max(area.y + frame.top);
        Self { width, height, x, y, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAPTOP: Area = Area { x: 0, y: 0, width: 1366, height: 768 };
    const BESIDE: Area = Area { x: 1366, y: 0, width: 1920, height: 1080 };
    const FRAME: Frame = Frame { side: 1, top: 20, bottom: 5 };

    fn at(width: i32, height: i32, x: i32, y: i32) -> Placement {
        Placement { width, height, x, y, maximized: false }
    }

    #[test]
    fn what_fits_stays_where_it_is_on_whichever_screen() {
        for place in [at(900, 640, 5, 30), at(1364, 743, 1, 20), at(1200, 900, 1500, 50)] {
            assert_eq!(place.within(&[LAPTOP, BESIDE], FRAME), place);
        }
    }

    #[test]
    fn what_does_not_fit_is_moved_before_it_is_made_smaller() {
        assert_eq!(at(900, 640, 800, 400).within(&[LAPTOP], FRAME), at(900, 640, 465, 123));
        assert_eq!(at(900, 640, -50, -50).within(&[LAPTOP], FRAME), at(900, 640, 1, 20));
        assert_eq!(at(1620, 1080, 100, 40).within(&[LAPTOP], FRAME), at(1364, 743, 1, 20));
        let small = Area { x: 0, y: 28, width: 1024, height: 572 };
        assert_eq!(at(1080, 720, 0, 0).within(&[small], FRAME), at(1022, 547, 1, 48), "below a panel");
    }

    #[test]
    fn a_window_of_a_screen_that_is_gone_comes_to_one_that_is_there() {
        let maximized = Placement { maximized: true, ..at(1200, 700, 2000, 300) };
        let there = maximized.within(&[LAPTOP], FRAME);
        assert_eq!(there, Placement { maximized: true, ..at(1200, 700, 165, 63) });
        assert_eq!(maximized.within(&[], FRAME), maximized, "whatever that means");
    }

    proptest! {
        #[test]
        fn nothing_of_a_window_is_out_of_reach(
            width in 1..9000, height in 1..9000, x in -9000..9000, y in -9000..9000,
        ) {
            let there = at(width, height, x, y).within(&[LAPTOP, BESIDE], FRAME);
            let framed = Area {
                x: there.x - FRAME.side,
                y: there.y - FRAME.top,
                width: there.width + 2 * FRAME.side,
                height: there.height + FRAME.top + FRAME.bottom,
            };
            let is_inside = |area: &Area| framed.common(*area) == Some(framed);
            prop_assert!([LAPTOP, BESIDE].iter().any(is_inside), "{framed:?}");
            prop_assert_eq!(there.within(&[LAPTOP, BESIDE], FRAME), there, "once is enough");
        }
    }
}
