//! Which of very many items are in view.
//!
//! No pixel is drawn here: the caller says how tall an item is. So the transcript holds 100,000 messages and measures
//! only those that somebody looks at:
//!
//! - [`Stack`] knows the heights of all items and finds the item at a given place in logarithmic time.
//! - [`Viewport`] is the window onto a stack: it stays at the bottom while new items come, stays where it is when
//!   somebody has scrolled up, and takes an old measurement for an estimate until an item comes into view again.

/// The heights of items that stand on one another, the first on top.
///
/// The sums are kept in a binary indexed tree: appending, changing a height, the top of an item and the item at a
/// place all take logarithmic time.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    heights: Vec<u32>,
    /// `sums[i]` is the sum of the `lowbit(i + 1)` heights that end with item `i`.
    sums: Vec<u64>,
}

impl Stack {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.heights.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heights.is_empty()
    }

    /// Puts an item below the others.
    pub fn push(&mut self, height: u32) {
        self.heights.push(height);
        let node = self.heights.len();
        let first = node - lowbit(node);
        let mut sum = u64::from(height);
        let mut child = node - 1;
        while child > first {
            sum += self.sums[child - 1];
            child -= lowbit(child);
        }
        self.sums.push(sum);
    }

    /// Puts `count` items of this height above the others. Takes linear time.
    pub fn push_front(&mut self, count: usize, height: u32) {
        let rest = std::mem::take(&mut self.heights);
        *self = Self::default();
        for height in std::iter::repeat_n(height, count).chain(rest) {
            self.push(height);
        }
    }

    /// The height of an item.
    pub fn height(&self, index: usize) -> u32 {
        self.heights[index]
    }

    /// Changes the height of an item.
    fn set_height(&mut self, index: usize, height: u32) {
        let old = std::mem::replace(&mut self.heights[index], height);
        let mut node = index + 1;
        while node <= self.sums.len() {
            self.sums[node - 1] = self.sums[node - 1] - u64::from(old) + u64::from(height);
            node += lowbit(node);
        }
    }

    /// Takes the first `count` items away. Takes linear time, as appending to a full transcript of 10,000 messages
    /// does: a few microseconds.
    fn drop_front(&mut self, count: usize) {
        let rest = self.heights.split_off(count.min(self.heights.len()));
        *self = Self::default();
        for height in rest {
            self.push(height);
        }
    }

    /// The height of all items above this item together; for `len()` that is [`total`](Self::total).
    pub fn top(&self, index: usize) -> u64 {
        let mut sum = 0;
        let mut node = index;
        while node > 0 {
            sum += self.sums[node - 1];
            node -= lowbit(node);
        }
        sum
    }

    /// The height of all items together.
    pub fn total(&self) -> u64 {
        self.top(self.len())
    }

    /// The item at this distance from the top, and how far into the item that is; `None` below the last.
    pub fn item_at(&self, distance: u64) -> Option<(usize, u32)> {
        let mut rest = distance;
        let mut index = 0;
        let mut step = self.len().checked_ilog2().map_or(0, |bit| 1 << bit);
        while step > 0 {
            if index + step <= self.len() && self.sums[index + step - 1] <= rest {
                index += step;
                rest -= self.sums[index - 1];
            }
            step /= 2;
        }
        let into = u32::try_from(rest).unwrap_or(u32::MAX);
        (index < self.len()).then_some((index, into))
    }
}

fn lowbit(node: usize) -> usize {
    node & node.wrapping_neg()
}

/// An item in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which item, by its number.
    pub number: u64,
    /// Its top, from the top of the view; negative when its beginning is out of view.
    pub y: i32,
    /// How tall it is.
    pub height: u32,
}

/// Where the view stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    /// At the end, and there it stays when items come.
    Bottom,
    /// With this item at the top edge, `into` of its pixels out of view above.
    Item { index: usize, into: u32 },
}

/// A window onto a [`Stack`] of items that are measured only when they come into view.
///
/// Items are known by numbers that go on for ever: new items come at the end, old ones come and go at the front, and
/// each keeps its number. Every method that has to look at items takes `height_of`, which is asked for the height of
/// one item and only for those that are in view or are passed over.
#[derive(Clone, Debug)]
pub struct Viewport {
    stack: Stack,
    /// For each item the layout in which it was measured; anything else than `layout` is an estimate.
    measured_in: Vec<u32>,
    /// The number of the first item.
    first: u64,
    /// Counts changes of the width.
    layout: u32,
    view_height: u32,
    position: Position,
    /// Whether it stands still even at the end.
    is_held: bool,
}

impl Default for Viewport {
    fn default() -> Self {
        Self {
            stack: Stack::default(),
            measured_in: Vec::new(),
            first: 0,
            layout: 1,
            view_height: 0,
            position: Position::Bottom,
            is_held: false,
        }
    }
}

impl Viewport {
    /// How many items it knows.
    pub fn len(&self) -> usize {
        self.stack.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    /// The number after the last item's.
    pub fn end(&self) -> u64 {
        self.first + self.len() as u64
    }

    /// Says which items there are: those from `first` to before `end`, of which `end` only ever grows. New items get
    /// an estimated height. The items in view stay where they are, wherever others come.
    pub fn set_range(&mut self, first: u64, end: u64, estimate: u32) {
        if self.is_empty() {
            self.first = first;
        }
        let older = usize::try_from(self.first.saturating_sub(first)).unwrap_or(0);
        if older > 0 {
            self.stack.push_front(older, estimate);
            self.measured_in.splice(0..0, std::iter::repeat_n(0, older));
            if let Position::Item { index, .. } = &mut self.position {
                *index += older;
            }
        }
        let gone = usize::try_from(first.saturating_sub(self.first)).unwrap_or(usize::MAX).min(self.len());
        if gone > 0 {
            self.stack.drop_front(gone);
            self.measured_in.drain(..gone);
            if let Position::Item { index, into } = self.position {
                self.position = if self.is_empty() {
                    Position::Bottom
                } else if index < gone {
                    Position::Item { index: 0, into: 0 }
                } else {
                    Position::Item { index: index - gone, into }
                };
            }
        }
        self.first = first;
        while self.end() < end {
            self.stack.push(estimate);
            self.measured_in.push(0);
        }
    }

    /// Says how tall the view is.
    pub fn set_view_height(&mut self, view_height: u32) {
        self.view_height = view_height;
    }

    /// Says that all items have to be measured again, because the width or the font changed.
    /// Costs nothing: each is measured when it comes into view.
    pub fn invalidate(&mut self) {
        self.layout = self.layout.wrapping_add(1).max(1);
    }

    /// Says that an item has to be measured again; nothing if it is gone.
    pub fn invalidate_item(&mut self, number: u64) {
        let index = number.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        if let Some(measured_in) = index.and_then(|index| self.measured_in.get_mut(index)) {
            *measured_in = 0;
        }
    }

    /// Whether new items push the older ones up.
    pub fn is_at_bottom(&self) -> bool {
        self.position == Position::Bottom
    }

    /// Stands still from now on, even if items come, since somebody marks words in it.
    pub fn hold(&mut self, height_of: impl FnMut(u64) -> u32) {
        self.is_held = true;
        self.visible(height_of);
    }

    /// Goes on as before it was held.
    pub fn let_go(&mut self) {
        self.is_held = false;
    }

    /// Goes to the end and stays there.
    pub fn scroll_to_bottom(&mut self) {
        self.position = Position::Bottom;
    }

    /// The items in view, from the top down. Items that do not fill the view stand at its top.
    pub fn visible(&mut self, mut height_of: impl FnMut(u64) -> u32) -> Vec<Placed> {
        let mut placed = Vec::new();
        self.keep_top(&mut height_of);
        if let Position::Item { index, into } = self.position {
            let mut y = -i64::from(into.min(self.measured(index, &mut height_of).saturating_sub(1)));
            let mut index = index;
            while index < self.len() && y < i64::from(self.view_height) {
                let height = self.measured(index, &mut height_of);
                placed.push(Placed { number: self.first + index as u64, y: clamp(y), height });
                y += i64::from(height);
                index += 1;
            }
            if index < self.len() || y > i64::from(self.view_height) || self.is_held {
                return placed;
            }
            // Nothing is out of view below, so this is the end.
            self.position = Position::Bottom;
            placed.clear();
        }
        let mut y = i64::from(self.view_height);
        for index in (0..self.len()).rev() {
            if y <= 0 {
                break;
            }
            let height = self.measured(index, &mut height_of);
            y -= i64::from(height);
            placed.push(Placed { number: self.first + index as u64, y: clamp(y), height });
        }
        placed.reverse();
        if y > 0 {
            for item in &mut placed {
                item.y -= clamp(y);
            }
        }
        if let Some(top) = placed.first().filter(|_| self.is_held) {
            let index = usize::try_from(top.number - self.first).expect("what is in view has an index");
            self.position = Position::Item { index, into: top.y.unsigned_abs() };
        }
        placed
    }

    /// Keeps the item at the top edge in its place. As much of it is out of view as before when everything is wider
    /// or narrower; if it has become nothing, the items below it stand where they stood.
    fn keep_top(&mut self, height_of: &mut impl FnMut(u64) -> u32) {
        let Position::Item { mut index, into } = self.position else { return };
        let (before, measured_in) = (self.stack.height(index), self.measured_in[index]);
        let mut shown = i64::from(before.saturating_sub(into));
        let height = self.measured(index, height_of);
        if height > 0 {
            if before > 0 && measured_in > 0 && measured_in != self.layout {
                let into = u64::from(into) * u64::from(height) / u64::from(before);
                self.position = Position::Item { index, into: u32::try_from(into).unwrap_or(0) };
            }
            return;
        }
        // Items above fill the room that it took.
        while shown > 0 && index > 0 {
            index -= 1;
            shown -= i64::from(self.measured(index, height_of));
        }
        self.position = Position::Item { index, into: u32::try_from(-shown).unwrap_or(0) };
    }

    /// Moves the view down by `distance`, or up when it is negative, and no further than the ends.
    pub fn scroll_by(&mut self, distance: i64, mut height_of: impl FnMut(u64) -> u32) {
        // A user who moves the view is not held; only items that come by themselves are.
        let is_held = std::mem::take(&mut self.is_held);
        self.move_by(distance, &mut height_of);
        self.is_held = is_held;
        self.visible(height_of);
    }

    fn move_by(&mut self, distance: i64, height_of: &mut impl FnMut(u64) -> u32) {
        let Some(top) = self.visible(&mut *height_of).first().copied() else { return };
        let mut index = usize::try_from(top.number - self.first).expect("what is in view has an index");
        let mut into = i64::from(-top.y).max(0) + distance;
        while into < 0 && index > 0 {
            index -= 1;
            into += i64::from(self.measured(index, height_of));
        }
        while index < self.len() && into >= i64::from(self.measured(index, height_of)) {
            into -= i64::from(self.stack.height(index));
            index += 1;
        }
        self.position = if index == self.len() {
            Position::Bottom
        } else {
            Position::Item { index, into: u32::try_from(into).unwrap_or(0) }
        };
        self.visible(height_of);
    }

    /// Moves the view so that `fraction` (0 to 1) of what is out of view lies above it: the scrollbar was dragged.
    pub fn scroll_to_fraction(&mut self, fraction: f64, height_of: impl FnMut(u64) -> u32) {
        let hidden = self.stack.total().saturating_sub(self.view_height.into());
        let top = (hidden as f64 * fraction.clamp(0.0, 1.0)).round() as u64;
        self.position = match self.stack.item_at(top) {
            Some((index, into)) if fraction < 1.0 => Position::Item { index, into },
            _ => Position::Bottom,
        };
        self.visible(height_of);
    }

    /// Brings an item into view if it is not: a third of the view below its top edge.
    pub fn reveal(&mut self, number: u64, mut height_of: impl FnMut(u64) -> u32) {
        let Some(index) = number.checked_sub(self.first).and_then(|index| usize::try_from(index).ok()) else {
            return;
        };
        if index >= self.len() {
            return;
        }
        let view_height = i64::from(self.view_height);
        let is_in_view = self.visible(&mut height_of).into_iter().any(|item| {
            item.number == number && item.y >= 0 && i64::from(item.y) + i64::from(item.height) <= view_height
        });
        if !is_in_view {
            self.position = Position::Item { index, into: 0 };
            // Near the end there may be less below the item than the view is tall.
            let _ = self.visible(&mut height_of);
            if !self.is_at_bottom() {
                self.scroll_by(-view_height / 3, height_of);
            }
        }
    }

    /// The scrollbar's figures: how much lies above the view, and how much there is in all. They are as good as the
    /// estimates of items that were never in view.
    pub fn extent(&self) -> (u64, u64) {
        let total = self.stack.total();
        let above = match self.position {
            Position::Bottom => total.saturating_sub(self.view_height.into()),
            Position::Item { index, into } => self.stack.top(index) + u64::from(into),
        };
        (above, total)
    }

    fn measured(&mut self, index: usize, height_of: &mut impl FnMut(u64) -> u32) -> u32 {
        if self.measured_in[index] != self.layout {
            self.stack.set_height(index, height_of(self.first + index as u64));
            self.measured_in[index] = self.layout;
        }
        self.stack.height(index)
    }
}

fn clamp(y: i64) -> i32 {
    i32::try_from(y).unwrap_or(if y < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn when_the_item_at_the_top_becomes_nothing_those_below_do_not_jump() {
        for (fraction, top) in [(0.5, 7), (0.1, 1)] {
            let mut heights = vec![30_u32; 20];
            let mut viewport = viewport(&heights, 100);
            viewport.scroll_to_fraction(fraction, |number| heights[number as usize]);
            let before = viewport.visible(|number| heights[number as usize]);
            assert_eq!((before[0].number, before[0].y), (top, -10));
            heights[top as usize] = 0;
            viewport.invalidate_item(top);
            let after = viewport.visible(|number| heights[number as usize]);
            let y =
                |items: &[Placed], number| items.iter().find(|item| item.number == number).map(|item| item.y);
            for item in &before[1..] {
                assert_eq!(y(&after, item.number), Some(item.y), "item {}", item.number);
            }
        }
    }

    #[test]
    fn when_the_item_at_the_very_top_becomes_nothing_those_below_do_not_jump_either() {
        let mut heights = vec![20_u32; 20];
        let mut viewport = viewport(&heights, 100);
        viewport.scroll_to_fraction(0.4, |number| heights[number as usize]);
        let before = viewport.visible(|number| heights[number as usize]);
        assert_eq!((before[0].number, before[0].y), (6, 0));
        heights[6] = 0;
        viewport.invalidate_item(6);
        let after = viewport.visible(|number| heights[number as usize]);
        assert_eq!((after[0].number, after[0].y), (5, 0));
        assert!(after.iter().any(|item| item.number == 7 && item.y == 20), "{after:?}");
    }

    #[test]
    fn nothing_is_drawn_twice_where_the_view_comes_to_its_end() {
        let mut viewport = viewport(&[20; 100], 100);
        viewport.scroll_by(-200, |_| 20);
        viewport.scroll_to_fraction(0.9999, |_| 20);
        assert!(viewport.is_at_bottom(), "it is there as soon as the scrollbar is");
        viewport.scroll_by(-3, |_| 20);
        // An item becomes smaller, so that the end is in view.
        viewport.invalidate_item(98);
        let placed = viewport.visible(|number| if number == 98 { 4 } else { 20 });
        let numbers: Vec<_> = placed.iter().map(|item| item.number).collect();
        assert_eq!(numbers, [94, 95, 96, 97, 98, 99]);
    }

    #[test]
    fn what_is_shown_stands_a_third_down_and_at_the_end_the_view_stays_there() {
        let mut viewport = viewport(&[10; 100], 60);
        for number in [50, 20, 93] {
            viewport.reveal(number, |_| 10);
            let placed = viewport.visible(|_| 10);
            let y = placed.iter().find(|item| item.number == number).map(|item| item.y);
            assert_eq!(y, Some(20), "{number}");
        }
        viewport.reveal(94, |_| 10);
        assert_eq!(viewport.visible(|_| 10)[0].number, 91, "it is in view already");
        viewport.reveal(20, |_| 10);
        viewport.reveal(97, |_| 10);
        assert!(viewport.is_at_bottom());
    }

    fn viewport(heights: &[u32], view_height: u32) -> Viewport {
        let mut viewport = Viewport::default();
        viewport.set_view_height(view_height);
        viewport.set_range(0, heights.len() as u64, 20);
        viewport
    }

    #[test]
    fn few_messages_stand_at_the_top_and_many_at_the_bottom() {
        let heights = [10, 20, 30];
        let places = |view_height| {
            let mut viewport = viewport(&heights, view_height);
            viewport
                .visible(|number| heights[number as usize])
                .iter()
                .map(|item| (item.number, item.y))
                .collect::<Vec<_>>()
        };
        assert_eq!(places(100), [(0, 0), (1, 10), (2, 30)]);
        assert_eq!(places(40), [(1, -10), (2, 10)]);
    }

    #[test]
    fn new_messages_push_the_view_only_when_it_is_at_the_bottom() {
        let height_of = |_| 10;
        let mut viewport = viewport(&[10; 100], 50);
        viewport.set_range(0, 101, 20);
        assert_eq!(viewport.visible(height_of).last().map(|item| item.number), Some(100));

        viewport.scroll_by(-200, height_of);
        let before = viewport.visible(height_of);
        viewport.set_range(0, 150, 20);
        assert_eq!(viewport.visible(height_of), before);
        assert!(!viewport.is_at_bottom());

        viewport.scroll_by(190, height_of);
        assert!(!viewport.is_at_bottom());
        viewport.scroll_by(10 + 490, height_of);
        assert!(viewport.is_at_bottom());
    }

    #[test]
    fn older_items_that_come_above_move_nothing_that_is_in_view() {
        let mut viewport = Viewport::default();
        viewport.set_range(1000, 1100, 20);
        viewport.set_view_height(200);
        viewport.scroll_to_bottom();
        viewport.scroll_by(-100_000, |_| 20);
        viewport.scroll_by(7, |_| 20);
        let before = viewport.visible(|_| 20);
        assert_eq!((before[0].number, before[0].y), (1000, -7));
        viewport.set_range(900, 1100, 20);
        assert_eq!(viewport.visible(|_| 31), before, "what was measured stays so");
        // They are there to be scrolled to, as tall as they turn out to be.
        viewport.scroll_by(-10, |_| 31);
        let above = viewport.visible(|_| 31);
        assert_eq!((above[0].number, above[0].y), (999, -28));
        assert_eq!(viewport.end(), 1100);
        // At the bottom nothing moves either.
        viewport.scroll_to_bottom();
        let last = viewport.visible(|_| 20);
        viewport.set_range(800, 1100, 20);
        assert_eq!(viewport.visible(|_| 20), last);
    }

    #[test]
    fn when_the_oldest_messages_go_the_ones_in_view_stay() {
        let height_of = |_| 10;
        let mut viewport = viewport(&[10; 100], 50);
        viewport.scroll_to_fraction(0.5, height_of);
        let before = viewport.visible(height_of);
        viewport.set_range(20, 120, 20);
        assert_eq!(viewport.visible(height_of), before);
        viewport.set_range(90, 190, 20);
        assert_eq!(viewport.visible(height_of)[0], Placed { number: 90, y: 0, height: 10 });
        viewport.set_range(200, 200, 20);
        assert_eq!(viewport.visible(height_of), []);
        assert!(viewport.is_at_bottom());
    }

    #[test]
    fn a_view_that_is_held_stands_still_at_the_end_too() {
        let height_of = |_| 10;
        for count in [3, 100] {
            let mut viewport = viewport(&vec![10; count], 50);
            let before = viewport.visible(height_of);
            viewport.hold(height_of);
            viewport.set_range(0, count as u64 + 1, 20);
            let held = viewport.visible(height_of);
            assert_eq!(held[..before.len()], before);
            // The user can still move a view that is held, as far as there is something.
            viewport.scroll_by(-1000, height_of);
            assert_eq!(viewport.visible(height_of)[0], Placed { number: 0, y: 0, height: 10 });
            viewport.scroll_by(1000, height_of);
            viewport.set_range(0, count as u64 + 9, 20);
            let last = viewport.visible(height_of);
            assert!(last.iter().any(|item| item.number == count as u64), "{last:?}");
            if count == 100 {
                assert!(last.iter().all(|item| item.number <= 100), "{last:?}");
                viewport.let_go();
                assert!(!viewport.is_at_bottom(), "it stays where it is, with more below");
                viewport.scroll_to_bottom();
            }
            viewport.let_go();
            viewport.scroll_by(1000, height_of);
            assert!(viewport.is_at_bottom());
        }
    }

    #[test]
    fn a_view_that_is_held_stands_still_while_older_items_come_and_the_oldest_go() {
        let height_of = |_| 10;
        let mut viewport = Viewport::default();
        viewport.set_range(100, 200, 10);
        viewport.set_view_height(50);
        let before = viewport.visible(height_of);
        viewport.hold(height_of);
        for (first, end) in [(100, 201), (0, 201), (60, 260), (150, 350)] {
            viewport.set_range(first, end, 20);
            assert_eq!(viewport.visible(height_of), before, "{first} to {end}");
        }
        viewport.set_range(198, 398, 20);
        assert_eq!(viewport.visible(height_of)[0], Placed { number: 198, y: 0, height: 10 }, "the rest");
    }

    #[test]
    fn only_messages_in_view_are_measured() {
        let asked = Cell::new(0);
        let height_of = |_| {
            asked.set(asked.get() + 1);
            20
        };
        let mut viewport = viewport(&[20; 100_000], 600);
        viewport.visible(height_of);
        assert!(asked.get() <= 31, "{}", asked.get());
        viewport.visible(height_of);
        assert!(asked.get() <= 31, "{}", asked.get());
        viewport.invalidate();
        viewport.scroll_to_fraction(0.5, height_of);
        assert!(asked.get() <= 64, "{}", asked.get());
    }

    #[test]
    fn an_item_that_changed_is_measured_again() {
        let height = Cell::new(10);
        let mut viewport = viewport(&[10; 3], 100);
        let mut bottom = || viewport.visible(|_| height.get()).last().map(|item| item.y);
        assert_eq!(bottom(), Some(20));
        height.set(30);
        assert_eq!(bottom(), Some(20));
        viewport.invalidate_item(1);
        viewport.invalidate_item(7);
        let tops: Vec<_> = viewport.visible(|_| height.get()).iter().map(|item| item.y).collect();
        assert_eq!(tops, [0, 10, 40]);
    }

    #[test]
    fn a_narrower_window_keeps_the_message_at_the_top_in_its_place() {
        let mut viewport = viewport(&[20; 100], 100);
        viewport.scroll_to_fraction(0.25, |_| 20);
        let first = viewport.visible(|_| 20)[0].number;
        viewport.invalidate();
        assert_eq!(viewport.visible(|_| 40)[0].number, first);
    }

    #[test]
    fn who_reads_in_the_middle_of_a_long_message_stays_there_when_the_window_is_narrower() {
        let heights = [20, 4000, 20];
        let mut viewport = viewport(&heights, 100);
        viewport.scroll_by(-10_000, |number| heights[number as usize]);
        viewport.scroll_by(1020, |number| heights[number as usize]);
        assert_eq!(viewport.visible(|number| heights[number as usize])[0].y, -1000);
        viewport.invalidate();
        let doubled = |number: u64| 2 * heights[number as usize];
        assert_eq!(viewport.visible(doubled)[0].y, -2000);
        assert_eq!(viewport.visible(doubled)[0].y, -2000, "once");
        // Something below its words is no reason to move them.
        viewport.invalidate_item(1);
        assert_eq!(viewport.visible(|number| doubled(number) + 28)[0].y, -2000);
    }

    #[test]
    fn the_scrollbar_goes_from_the_first_message_to_the_last() {
        let mut viewport = viewport(&[20; 100], 100);
        viewport.visible(|_| 20);
        assert_eq!(viewport.extent(), (1900, 2000));
        viewport.scroll_to_fraction(0.0, |_| 20);
        assert_eq!(viewport.extent(), (0, 2000));
        viewport.scroll_by(-1, |_| 20);
        assert_eq!(viewport.extent(), (0, 2000));
        viewport.scroll_to_fraction(1.0, |_| 20);
        assert!(viewport.is_at_bottom());
    }

    proptest! {
        #[test]
        fn a_stack_adds_up(
            heights in prop::collection::vec(0u32..50, 1..80),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0u32..50), 0..20),
        ) {
            let mut plain = heights.clone();
            let mut stack = Stack::default();
            for height in heights {
                stack.push(height);
            }
            for (index, height) in changes {
                let index = index.index(plain.len());
                plain[index] = height;
                stack.set_height(index, height);
            }
            // Some come above the others, and some of those go.
            stack.push_front(7, 3);
            for index in 0..=7 {
                prop_assert_eq!(stack.top(index), 3 * index as u64);
            }
            stack.drop_front(4);
            plain.splice(0..0, [3; 3]);
            let mut top = 0;
            for (index, height) in plain.iter().enumerate() {
                prop_assert_eq!(stack.top(index), top);
                for into in 0..*height {
                    prop_assert_eq!(stack.item_at(top + u64::from(into)), Some((index, into)));
                }
                top += u64::from(*height);
            }
            prop_assert_eq!(stack.total(), top);
            prop_assert_eq!(stack.item_at(top), None);
        }

        #[test]
        fn wherever_one_scrolls_the_view_is_full_and_without_gaps(
            heights in prop::collection::vec(1u32..60, 1..60),
            view_height in 1u32..300,
            moves in prop::collection::vec(-500i64..500, 0..20),
        ) {
            let mut viewport = viewport(&heights, view_height);
            for distance in moves {
                viewport.scroll_by(distance, |number| heights[number as usize]);
                let placed = viewport.visible(|number| heights[number as usize]);
                for pair in placed.windows(2) {
                    prop_assert_eq!(pair[0].number + 1, pair[1].number);
                    prop_assert_eq!(pair[0].y + pair[0].height as i32, pair[1].y);
                }
                let (first, last) = (placed[0], placed[placed.len() - 1]);
                prop_assert!(first.y <= 0);
                let total: u32 = heights.iter().sum();
                let bottom = last.y + last.height as i32;
                let is_full =
                    if total >= view_height { bottom >= view_height as i32 } else { bottom == total as i32 };
                prop_assert!(is_full, "{total} in {view_height} ends at {bottom}");
            }
        }
    }
}
