//! A small board over the end of the transcript to choose from: commands with how to write them, emoji by name, or a
//! grid of emoji.
//!
//! It is no widget: the widget that it lies over draws it last and passes on what the mouse does there. The keyboard
//! stays with the composer, which asks for the next cell, or for the cell that is chosen.

use std::cell::RefCell;
use std::rc::Rc;

use crate::ui::UiContext;
use crate::ui::look::paint::{Align, Face, Rect};

const PADDING: i32 = 6;
const ROW_HEIGHT: i32 = 30;
const CELL_SIZE: i32 = 38;
const LIST_WIDTH: i32 = 520;
/// Rows that are shown at once.
const MOST_ROWS: usize = 8;
/// At the sides of the board.
const MARGIN: i32 = 16;
const BELOW: i32 = 4;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How it is called.
    pub label: String,
    /// What it is for.
    pub detail: String,
}

/// What a board has on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// What there is to choose.
    pub cells: Vec<Cell>,
    /// How many stand side by side, where there is room.
    pub columns: usize,
}

/// The board. Cloning gives another handle to the same board.
#[derive(Clone)]
pub struct Picker {
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    board: Option<Board>,
    chosen: usize,
    /// The first row that is shown.
    top: usize,
    /// How much room there is for it.
    room: (i32, i32),
}

impl State {
    fn is_grid(&self) -> bool {
        self.board.as_ref().is_some_and(|board| board.columns > 1)
    }

    fn row_height(&self) -> i32 {
        if self.is_grid() { CELL_SIZE } else { ROW_HEIGHT }
    }

    fn columns(&self) -> usize {
        let room = (self.room.0 - 2 * MARGIN - 2 * PADDING) / CELL_SIZE;
        let most = self.board.as_ref().map_or(1, |board| board.columns);
        usize::try_from(room).unwrap_or(0).min(most).max(1)
    }

    fn rows(&self) -> usize {
        self.board.as_ref().map_or(0, |board| board.cells.len().div_ceil(self.columns()))
    }

    /// How many of the rows are shown at once, if there are so many.
    fn most_rows(&self) -> usize {
        let room = (self.room.1 - 2 * PADDING - BELOW) / self.row_height();
        usize::try_from(room).unwrap_or(0).clamp(1, MOST_ROWS)
    }

    /// Keeps the chosen cell in view.
    fn follow(&mut self) {
        let row = self.chosen / self.columns();
        self.top = self.top.clamp((row + 1).saturating_sub(self.most_rows()), row);
    }
}

impl Picker {
    /// No board.
    pub fn new(ui: &Rc<UiContext>) -> Self {
        Self { state: Rc::default(), ui: Rc::clone(ui) }
    }

    /// Shows this board, or none. The same board keeps what is chosen on it.
    pub fn show(&self, board: Option<Board>) -> bool {
        let mut state = self.state.borrow_mut();
        let board = board.filter(|board| !board.cells.is_empty());
        if state.board == board {
            return false;
        }
        *state = State { board, room: state.room, ..State::default() };
        true
    }

    /// Whether there is a board.
    pub fn is_open(&self) -> bool {
        self.state.borrow().board.is_some()
    }

    /// Whether its cells stand side by side.
    pub fn is_grid(&self) -> bool {
        self.state.borrow().is_grid()
    }

    /// The cell that is chosen.
    pub fn chosen(&self) -> Option<usize> {
        let state = self.state.borrow();
        state.board.as_ref().map(|_| state.chosen)
    }

    /// Chooses the cell so many columns and rows away, around the ends.
    pub fn step(&self, columns: isize, rows: isize) {
        let mut state = self.state.borrow_mut();
        let Some(board) = &state.board else { return };
        let count = board.cells.len() as isize;
        let steps = columns + rows * state.columns() as isize;
        state.chosen = (state.chosen as isize + steps).rem_euclid(count) as usize;
        state.follow();
    }

    /// Turns the wheel.
    pub fn scroll(&self, rows: isize) {
        let mut state = self.state.borrow_mut();
        let last = state.rows().saturating_sub(state.most_rows());
        state.top = state.top.saturating_add_signed(rows).min(last);
    }

    /// Says how much room there is for it.
    pub fn fit(&self, area: Rect) {
        let mut state = self.state.borrow_mut();
        state.room = (area.w, area.h);
        state.follow();
    }

    /// Where it lies, at the lower edge of `area`.
    pub fn place(&self, area: Rect) -> Option<Rect> {
        let state = self.state.borrow();
        state.board.as_ref()?;
        let rows = state.rows().min(state.most_rows()) as i32;
        let height = rows * state.row_height() + 2 * PADDING;
        let (x, width) = if state.is_grid() {
            let width = state.columns() as i32 * CELL_SIZE + 2 * PADDING;
            (area.x + area.w - width - MARGIN, width)
        } else {
            (area.x + MARGIN, LIST_WIDTH.min(area.w - 2 * MARGIN))
        };
        Some(Rect::new(x, area.y + area.h - height - BELOW, width, height))
    }

    /// The cells in view, and where each is.
    pub fn cells(&self, area: Rect) -> Vec<(usize, Rect)> {
        let Some(place) = self.place(area) else { return Vec::new() };
        let state = self.state.borrow();
        let Some(board) = &state.board else { return Vec::new() };
        let (columns, height) = (state.columns(), state.row_height());
        let width = if state.is_grid() { CELL_SIZE } else { place.w - 2 * PADDING };
        let first = state.top * columns;
        let shown = first..(first + state.most_rows() * columns).min(board.cells.len());
        let cells = shown.map(|index| {
            let (row, column) = ((index - first) / columns, (index - first) % columns);
            let (x, y) = (place.x + PADDING + column as i32 * width, place.y + PADDING + row as i32 * height);
            (index, Rect::new(x, y, width, height))
        });
        cells.collect()
    }

    /// Chooses the cell at a point; says whether there is a cell.
    pub fn choose_at(&self, area: Rect, x: i32, y: i32) -> bool {
        let hit = self.cells(area).into_iter().find(|(_, rect)| rect.contains(x, y));
        if let Some((index, _)) = hit {
            self.state.borrow_mut().chosen = index;
        }
        hit.is_some()
    }

    /// How a cell is called, for tests.
    pub fn label(&self, index: usize) -> String {
        let state = self.state.borrow();
        let cell = state.board.as_ref().and_then(|board| board.cells.get(index));
        cell.map(|cell| cell.label.clone()).unwrap_or_default()
    }

    /// Draws it over `area`.
    pub fn draw(&self, area: Rect) {
        let Some(place) = self.place(area) else { return };
        let theme = self.ui.theme();
        let (paint, colors, sizes) = (&self.ui.paint, theme.colors, theme.sizes);
        paint.framed(place, 10, colors.field, colors.border);
        let cells = self.cells(area);
        let state = self.state.borrow();
        let Some(board) = &state.board else { return };
        for (index, rect) in cells {
            let cell = &board.cells[index];
            if index == state.chosen {
                paint.rounded(rect, 6, colors.selected);
            }
            if board.columns > 1 {
                paint.label(Face::regular(sizes.title + 3), colors.ink, Align::Center, &cell.label, rect);
                continue;
            }
            let row = rect.inset(10, 0);
            let width = paint.label(Face::regular(sizes.label), colors.ink, Align::Left, &cell.label, row);
            let left = row.x + width + 14;
            let rest = Rect::new(left, row.y, row.x + row.w - left, row.h);
            if rest.w > 40 {
                paint.label(Face::regular(sizes.small), colors.dim, Align::Right, &cell.detail, rest);
            }
        }
        let (rows, shown) = (state.rows(), state.most_rows());
        if rows > shown {
            let track = place.h - 2 * PADDING;
            let (length, top) = (track * shown as i32 / rows as i32, track * state.top as i32 / rows as i32);
            let thumb = Rect::new(place.x + place.w - 6, place.y + PADDING + top, 3, length);
            paint.rounded(thumb, 1, colors.scrollbar);
        }
    }
}
