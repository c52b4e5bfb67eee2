//! Drawing: text that is measured once, and rounded shapes with smooth edges.
//!
//! Two things that FLTK on X11 does not give by itself. Asking Pango how wide a text is takes as long as drawing it,
//! so [`Painter`] remembers the width of every character it has met. And arcs are drawn without antialiasing, so
//! rounded shapes are drawn from SVG pictures, each made once.
//!
//! On a screen that shows everything 1.25 times as large, the edges of a shape lie between pixels. FLTK moves those of
//! rectangles to the nearest pixel, but cuts and stretches pictures; so there a shape is made for the very pixels that
//! it covers (`Pixels`).

use std::cell::RefCell;
use std::collections::HashMap;

use fltk::enums::{Color, Font};
use fltk::image::{RgbImage, SvgImage};
use fltk::prelude::*;
use fltk::{app, draw};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::formatting::Style;
use crate::text::wrap;
use crate::ui::look::theme::{BOLD, BOLD_ITALIC, ITALIC, MONO, MONO_BOLD, REGULAR};

/// A place in the window or on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Rect {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// How wide it is.
    pub w: i32,
    /// How tall it is.
    pub h: i32,
}

impl Rect {
    /// The rectangle with its left upper corner here and of this size.
    pub const fn new(x: i32, y: i32, w: i32, h: i32) -> Self {
        Self { x, y, w, h }
    }

    /// Where a widget is.
    pub fn of(widget: &impl WidgetExt) -> Self {
        Self::new(widget.x(), widget.y(), widget.w(), widget.h())
    }

    /// The same with its edges moved inwards.
    pub const fn inset(self, x: i32, y: i32) -> Self {
        Self::new(self.x + x, self.y + y, self.w - 2 * x, self.h - 2 * y)
    }

    /// The same on a screen that shows everything so much larger.
    #[must_use]
    pub fn scaled(self, factor: f32) -> Self {
        let scaled = |side: i32| (side as f32 * factor).round() as i32;
        Self::new(scaled(self.x), scaled(self.y), scaled(self.w), scaled(self.h))
    }

    /// Whether the point lies in it.
    pub const fn contains(self, x: i32, y: i32) -> bool {
        x >= self.x && x < self.x + self.w && y >= self.y && y < self.y + self.h
    }
}

/// A face in one size: what a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Face {
    font: Font,
    size: i32,
}

impl Face {
    /// The regular face.
    pub const fn regular(size: i32) -> Self {
        Self { font: REGULAR, size }
    }

    /// The bold face.
    pub const fn bold(size: i32) -> Self {
        Self { font: BOLD, size }
    }

    /// The face of styled words.
    pub const fn styled(style: Style, size: i32) -> Self {
        let font = match (style.monospace, style.bold, style.italic) {
            (true, true, _) => MONO_BOLD,
            (true, false, _) => MONO,
            (false, true, true) => BOLD_ITALIC,
            (false, true, false) => BOLD,
            (false, false, true) => ITALIC,
            (false, false, false) => REGULAR,
        };
        Self { font, size }
    }

    /// Regular or bold.
    pub const fn weight(is_bold: bool, size: i32) -> Self {
        if is_bold { Self::bold(size) } else { Self::regular(size) }
    }
}

/// Where a text stands in the rectangle it is drawn in; always in the middle of its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// A rounded shape. Its size and colours are all there is to it, so equal ones share a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Shape {
    w: i32,
    h: i32,
    /// In which pixels it is drawn, if it is not for FLTK to find out.
    pixels: Option<Pixels>,
    radius: i32,
    fill: Option<(u8, u8, u8, u8)>,
    stroke: Option<(u8, u8, u8)>,
}

/// Pictures in the cache; the window's size is part of some, so it is emptied when somebody has resized for a while.
const MOST_SHAPES: usize = 400;

/// Widths that are remembered of one face. All of 汉字 and emoji are fewer; letters with accents can be made up without
/// end.
const MOST_GRAPHEMES: usize = 100_000;
/// More bytes than any letter or emoji has that somebody means to be read.
const LONGEST_GRAPHEME: usize = 64;

/// The window's own picture, which is the desktop's too.
pub fn icon() -> SvgImage {
    const ICON: &str = include_str!("../../../packaging/teahouse.svg");
    let mut icon = SvgImage::from_data(ICON).expect("the icon is valid SVG");
    icon.normalize();
    icon
}

/// Draws on whatever FLTK draws on now, and remembers widths and shapes.
#[derive(Default)]
pub struct Painter {
    widths: RefCell<HashMap<Face, Widths>>,
    shapes: RefCell<HashMap<Shape, Picture>>,
}

impl Painter {
    /// Forgets what was measured: everything has another size now.
    pub fn forget(&self) {
        self.widths.borrow_mut().clear();
        self.shapes.borrow_mut().clear();
    }

    /// How wide a text is: the sum of its graphemes, each measured once.
    pub fn width(&self, face: Face, text: &str) -> f32 {
        self.widths.borrow_mut().entry(face).or_insert_with(|| Widths::new(face)).of(text)
    }

    /// How wide a text is drawn, letters moved together where the face does that. Not remembered, and so for few texts.
    pub fn exact_width(&self, face: Face, text: &str) -> f32 {
        if text.is_empty() {
            return 0.0;
        }
        draw::set_font(face.font, face.size);
        draw::width(text) as f32
    }

    /// A text from `x` to the right, on this base line.
    pub fn text(&self, face: Face, color: Color, text: &str, x: i32, baseline: i32) {
        if text.is_empty() {
            return;
        }
        draw::set_font(face.font, face.size);
        draw::set_draw_color(color);
        draw::draw_text(text, x, baseline);
    }

    /// The base line of a text in the middle of `rect`.
    pub fn baseline(&self, face: Face, rect: Rect) -> i32 {
        draw::set_font(face.font, face.size);
        rect.y + (rect.h + draw::height()) / 2 - draw::descent()
    }

    /// A text inside `rect`, cut with `…` when it is too wide; gives the width it takes.
    pub fn label(&self, face: Face, color: Color, align: Align, text: &str, rect: Rect) -> i32 {
        let fitting = wrap::ellipsize(text, rect.w as f32, |text| self.width(face, text));
        let width = self.width(face, &fitting).ceil() as i32;
        let x = match align {
            Align::Left => rect.x,
            Align::Center => rect.x + (rect.w - width) / 2,
            Align::Right => rect.x + rect.w - width,
        };
        self.text(face, color, &fitting, x, self.baseline(face, rect));
        width
    }

    /// A rectangle filled with one colour.
    pub fn fill(&self, rect: Rect, color: Color) {
        draw::draw_rect_fill(rect.x, rect.y, rect.w, rect.h, color);
    }

    /// A rounded rectangle filled with one colour; a radius of half its height makes it a pill, and a square a disc.
    pub fn rounded(&self, rect: Rect, radius: i32, fill: Color) {
        let (r, g, b) = fill.to_rgb();
        self.shape(rect, radius, Some((r, g, b, 255)), None);
    }

    /// A rounded rectangle with an edge of another colour.
    pub fn framed(&self, rect: Rect, radius: i32, fill: Color, stroke: Color) {
        let (r, g, b) = fill.to_rgb();
        self.shape(rect, radius, Some((r, g, b, 255)), Some(stroke.to_rgb()));
    }

    /// A rounded edge with nothing inside.
    pub fn outline(&self, rect: Rect, radius: i32, stroke: Color) {
        self.shape(rect, radius, None, Some(stroke.to_rgb()));
    }

    /// A veil of black over everything in `rect`.
    pub fn veil(&self, rect: Rect, radius: i32, opacity: u8) {
        self.shape(rect, radius, Some((0, 0, 0, opacity)), None);
    }

    /// A disc around a point.
    pub fn disc(&self, x: i32, y: i32, diameter: i32, color: Color) {
        let rect = Rect::new(x - diameter / 2, y - diameter / 2, diameter, diameter);
        self.rounded(rect, diameter / 2, color);
    }

    /// A tile with the first letter of a name: the picture of somebody without a picture.
    pub fn avatar(&self, rect: Rect, name: &str, color: Color, letter: Color) {
        self.rounded(rect, rect.w / 4, color);
        let initial = name.graphemes(true).next().unwrap_or("?").to_uppercase();
        self.label(Face::bold((rect.w * 4 / 9).max(11)), letter, Align::Center, &initial, rect);
    }

    /// A tick, drawn with a pen two pixels wide.
    pub fn tick(&self, rect: Rect, color: Color) {
        let point = |x: i32, y: i32| (rect.x + rect.w * x / 16, rect.y + rect.h * y / 16);
        draw::set_draw_color(color);
        draw::set_line_style(draw::LineStyle::Solid, 2);
        let ((x1, y1), (x2, y2), (x3, y3)) = (point(4, 8), point(7, 11), point(12, 5));
        draw::draw_line(x1, y1, x2, y2);
        draw::draw_line(x2, y2, x3, y3);
        draw::set_line_style(draw::LineStyle::Solid, 0);
    }

    /// The thumb of a scrollbar at the right edge of `view`, if the content is taller than that.
    pub fn thumb(&self, view: Rect, content: i32, scrolled: i32, color: Color) {
        if content > view.h {
            let height = (view.h * view.h / content).max(24);
            let y = view.y + (view.h - height) * scrolled / (content - view.h);
            self.rounded(Rect::new(view.x + view.w - 6, y, 4, height), 2, color);
        }
    }

    fn shape(&self, rect: Rect, radius: i32, fill: Option<(u8, u8, u8, u8)>, stroke: Option<(u8, u8, u8)>) {
        if rect.w <= 0 || rect.h <= 0 {
            return;
        }
        let scale = app::screen_scale(0);
        let pixels = (scale.fract() != 0.0).then(|| Pixels::of(rect, scale));
        let shape = Shape { w: rect.w, h: rect.h, pixels, radius, fill, stroke };
        let mut shapes = self.shapes.borrow_mut();
        if shapes.len() >= MOST_SHAPES {
            shapes.clear();
        }
        shapes.entry(shape).or_insert_with(|| shape.picture(scale)).draw(rect);
    }
}

/// What a shape is drawn from.
enum Picture {
    /// For every size of pixels.
    Svg(SvgImage),
    /// With an edge around it that shows nothing.
    Pixels(RgbImage),
}

impl Picture {
    fn draw(&mut self, rect: Rect) {
        match self {
            Self::Svg(image) => image.draw(rect.x, rect.y, rect.w, rect.h),
            Self::Pixels(image) => {
                let Rect { x, y, w, h } = rect.inset(-1, -1);
                image.draw(x, y, w, h);
            }
        }
    }
}

/// Where a shape is on the screen, counted in pixels, inside of a picture that is larger by one unit on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Pixels {
    whole: (i32, i32),
    shape: Rect,
}

impl Pixels {
    fn of(rect: Rect, scale: f32) -> Self {
        // Where FLTK puts the first pixel of a picture, and that of a rectangle.
        let of_picture = |side: i32| (f64::from(side) * f64::from(scale) + 0.001) as i32;
        let of_rect = |side: i32| (f64::from(side) * f64::from(scale) - 0.5).ceil() as i32;
        let span = |start: i32, length: i32| {
            let (first, end) = (of_picture(start - 1), of_picture(start + length + 1));
            let (shape, shape_end) = (of_rect(start), of_rect(start + length));
            (end - first, shape - first, shape_end - shape)
        };
        let ((whole_w, x, w), (whole_h, y, h)) = (span(rect.x, rect.w), span(rect.y, rect.h));
        Self { whole: (whole_w, whole_h), shape: Rect::new(x, y, w, h) }
    }
}

impl Shape {
    fn picture(&self, scale: f32) -> Picture {
        let size = (self.w, self.h);
        let Some(pixels) = self.pixels else {
            let svg = self.svg(size, Rect::new(0, 0, self.w, self.h), self.radius as f32, 1.0);
            return Picture::Svg(SvgImage::from_data(&svg).expect("a rectangle is valid SVG"));
        };
        let svg = self.svg(pixels.whole, pixels.shape, self.radius as f32 * scale, scale.round().max(1.0));
        let mut image = SvgImage::from_data(&svg).expect("a rectangle is valid SVG");
        image.normalize();
        let mut image = image.to_rgb().expect("the pixels are there");
        image.scale(self.w + 2, self.h + 2, false, true);
        Picture::Pixels(image)
    }

    /// The shape in a picture of this size, with lines as wide as this.
    fn svg(&self, (whole_w, whole_h): (i32, i32), rect: Rect, radius: f32, line: f32) -> String {
        let fill = self.fill.map_or_else(
            || "none".to_owned(),
            |(r, g, b, alpha)| {
                format!("#{r:02x}{g:02x}{b:02x}\" fill-opacity=\"{:.3}", f32::from(alpha) / 255.0)
            },
        );
        // A line lies on pixels only if its edges do.
        let (inset, stroke) = match self.stroke {
            Some((r, g, b)) => {
                (line / 2.0, format!("stroke=\"#{r:02x}{g:02x}{b:02x}\" stroke-width=\"{line}\""))
            }
            None => (0.0, String::new()),
        };
        let (x, y) = (rect.x as f32 + inset, rect.y as f32 + inset);
        let (width, height) = (rect.w as f32 - 2.0 * inset, rect.h as f32 - 2.0 * inset);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole_w}\" height=\"{whole_h}\" \
             viewBox=\"0 0 {whole_w} {whole_h}\">\
             <rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\" \
             fill=\"{fill}\" {stroke}/></svg>"
        )
    }
}

/// How wide everything is that was ever measured in one face.
struct Widths {
    face: Face,
    ascii: [f32; 128],
    graphemes: HashMap<Box<str>, f32>,
}

impl Widths {
    fn new(face: Face) -> Self {
        draw::set_font(face.font, face.size);
        let mut ascii = [0.0; 128];
        for byte in b' '..=b'~' {
            ascii[usize::from(byte)] = measure(&char::from(byte).to_string());
        }
        Self { face, ascii, graphemes: HashMap::new() }
    }

    fn of(&mut self, text: &str) -> f32 {
        if text.is_ascii() {
            return text.bytes().map(|byte| self.ascii[usize::from(byte)]).sum();
        }
        let mut width = 0.0;
        for grapheme in text.graphemes(true) {
            width += match (grapheme.as_bytes(), self.graphemes.get(grapheme)) {
                ([byte], _) => self.ascii[usize::from(*byte)],
                (_, Some(known)) => *known,
                (_, None) => {
                    draw::set_font(self.face.font, self.face.size);
                    let measured = measure(grapheme);
                    if self.graphemes.len() >= MOST_GRAPHEMES {
                        self.graphemes.clear();
                    }
                    self.graphemes.insert(grapheme.into(), measured);
                    measured
                }
            };
        }
        width
    }
}

/// Pango rounds a width to whole pixels; eight in a row are rounded once. A letter under a mountain of accents is
/// measured once only: it is as wide as it may be.
fn measure(grapheme: &str) -> f32 {
    let times = if grapheme.len() > LONGEST_GRAPHEME { 1 } else { 8 };
    draw::width(&grapheme.repeat(times)) as f32 / times as f32
}
