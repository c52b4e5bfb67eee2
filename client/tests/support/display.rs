//! An X display that nobody sees, with a window manager, a keyboard and a mouse.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use x11rb::connection::Connection;
use x11rb::properties::WmHints;
use x11rb::protocol::xproto::{self, ClientMessageEvent, ConnectionExt, EventMask, ImageFormat};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::process::Process;
use super::{PATIENCE, target_folder};

/// A display of its own, gone with this value.
pub struct Display {
    name: String,
    lent: Mutex<Lent>,
    _manager: Process,
    server: Process,
}

/// What is on a display: three bytes a pixel, row after row.
pub struct Picture {
    /// How wide it is.
    pub width: u32,
    /// How tall it is.
    pub height: u32,
    /// Red, green, blue.
    pub rgb: Vec<u8>,
}

impl Display {
    /// Starts Xvfb on a free display, and a window manager on it.
    pub fn start(width: u32, height: u32) -> Self {
        let screen = format!("{width}x{height}x24");
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset", "-r"]);
        let mut server = Process::start("Xvfb", command.stdout(Stdio::piped()));
        let stdout = server.take_stdout().expect("stdout is a pipe");
        let (sender, number) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut line = String::new();
            // An end without a line shows below, as a number that never came.
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let number = number.recv_timeout(PATIENCE).expect("Xvfb says which display it has");
        reader.join().expect("the reader does not panic");
        let name = format!(":{}", number.trim());

        use_keyboard(&name);
        let mut command = Command::new("openbox");
        // It runs this as soon as it manages windows.
        command.args(["--sm-disable", "--startup", "sh -c 'echo ready >&2'"]);
        let manager = Process::start("openbox", command.env("DISPLAY", &name).stdout(Stdio::null()));
        manager.wait_for_line(&["ready"]);
        Self { name, lent: Mutex::default(), _manager: manager, server }
    }

    /// Goes away while there are windows on it.
    pub fn dies(&self) {
        self.server.send(Signal::KILL);
    }

    /// Its name, as in `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Does something with mouse or keyboard: runs `xdotool` with these arguments.
    #[track_caller]
    pub fn xdotool(&self, args: &[&str]) {
        assert!(self.xdotool_says(args), "xdotool {args:?} fails");
    }

    /// Runs `xdotool` with these arguments, and says whether it went well.
    fn xdotool_says(&self, args: &[&str]) -> bool {
        let status = Command::new("xdotool")
            .args(args)
            .env("DISPLAY", &self.name)
            .env("LC_ALL", "C.UTF-8")
            .stdout(Stdio::null())
            .status();
        status.expect("xdotool starts").success()
    }

    /// Whether a program has a window of this class, seen or not.
    pub fn has_window(&self, class: &str) -> bool {
        self.xdotool_says(&["search", "--class", class])
    }

    /// Whether a window of this class can be seen before so much time has gone.
    pub fn sees_window_within(&self, patience: Duration, class: &str) -> bool {
        let deadline = Instant::now() + patience;
        // Windows that go away while it looks are an error to xdotool, so it is asked anew rather than told to wait.
        while !self.xdotool_says(&["search", "--onlyvisible", "--class", class]) {
            if Instant::now() >= deadline {
                return false;
            }
        }
        true
    }

    /// Types a text into whatever has the keyboard.
    ///
    /// What the keyboard has is pressed on the key that has it. Each other character gets a key of its own before the
    /// first one is pressed, and keeps it as long as there are others. Giving a key another meaning while one types, as
    /// `xdotool type` does, is a race: whoever reads may look a key up when it means something else already. And each
    /// time that a key gets another meaning the window manager lets go of its own keys and takes them anew; Alt+F4 is
    /// not heard in between.
    #[track_caller]
    pub fn types(&self, text: &str) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = connection.setup().roots[screen].root;
        let keyboard = Keyboard::read(&connection).expect("the keyboard can be read");
        let mut lent = self.lent.lock().expect("nobody has panicked while typing");
        for letter in text.chars().filter(|letter| keyboard.key(*letter).is_none()) {
            if let Some(key) = lent.lend(letter, &keyboard.free) {
                let symbols = [keysym(letter), keysym(letter)];
                connection.change_keyboard_mapping(1, key, 2, &symbols).expect("the connection stands");
            }
        }
        let press = |event, key| {
            connection.xtest_fake_input(event, key, 0, root, 0, 0, 0).expect("the connection stands");
        };
        for letter in text.chars() {
            let (key, shifted) = keyboard.key(letter).unwrap_or_else(|| (lent.keys[&letter], false));
            if shifted {
                press(xproto::KEY_PRESS_EVENT, keyboard.shift);
            }
            press(xproto::KEY_PRESS_EVENT, key);
            press(xproto::KEY_RELEASE_EVENT, key);
            if shifted {
                press(xproto::KEY_RELEASE_EVENT, keyboard.shift);
            }
        }
        connection.sync().expect("the display takes it all");
    }

    /// Waits until a program that `start` starts has the clipboard.
    pub fn hands_the_clipboard_to<T>(&self, start: impl FnOnce() -> T) -> T {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = &connection.setup().roots[screen];
        let clipboard = connection.intern_atom(false, b"CLIPBOARD").expect("the connection stands").reply();
        let clipboard = clipboard.expect("there is such an atom").atom;
        // Whoever had it before may be gone, and the next one be known by the same number.
        let id = connection.generate_id().expect("there is a free number");
        let class = xproto::WindowClass::INPUT_OUTPUT;
        let aux = xproto::CreateWindowAux::new();
        connection
            .create_window(root.root_depth, id, root.root, 0, 0, 1, 1, 0, class, 0, &aux)
            .expect("the connection stands");
        connection.set_selection_owner(id, clipboard, x11rb::CURRENT_TIME).expect("the connection stands");
        connection.sync().expect("the display takes it all");
        let program = start();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let owner = connection.get_selection_owner(clipboard).expect("the connection stands").reply();
            let owner = owner.expect("the display answers").owner;
            if owner != id && owner != x11rb::NONE {
                return program;
            }
            assert!(Instant::now() < deadline, "nobody takes the clipboard");
        }
    }

    /// Asks the window manager to close a window, as its button in the title bar does.
    #[track_caller]
    pub fn close_window(&self, id: u32) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = connection.setup().roots[screen].root;
        let close = connection.intern_atom(false, b"_NET_CLOSE_WINDOW").expect("the connection stands");
        let close = close.reply().expect("there is such an atom").atom;
        let message = ClientMessageEvent::new(32, id, close, [0; 5]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        connection.send_event(false, root, mask, message).expect("the connection stands");
        connection.sync().expect("the display passes it on");
    }

    /// Where a window is with its frame: x, y, width and height.
    pub fn framed_window(&self, id: u32) -> [i32; 4] {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = connection.setup().roots[screen].root;
        let name = connection.intern_atom(false, b"_NET_FRAME_EXTENTS").expect("the connection stands");
        let name = name.reply().expect("there is such an atom").atom;
        let kind = xproto::AtomEnum::CARDINAL;
        let frame = connection.get_property(false, id, name, kind, 0, 4).expect("the connection stands");
        let frame = frame.reply().expect("the window is there");
        let frame: Vec<i32> =
            frame.value32().map_or_else(Vec::new, |sides| sides.map(|it| it as i32).collect());
        let &[left, right, top, bottom] = frame.as_slice() else { panic!("a window has a frame: {frame:?}") };
        let size = connection.get_geometry(id).expect("the connection stands").reply();
        let size = size.expect("the window is there");
        let place = connection.translate_coordinates(id, root, 0, 0).expect("the connection stands").reply();
        let place = place.expect("the window is there");
        [
            i32::from(place.dst_x) - left,
            i32::from(place.dst_y) - top,
            i32::from(size.width) + left + right,
            i32::from(size.height) + top + bottom,
        ]
    }

    /// Keeps the upper edge for a panel, as desktops have: windows are to leave that free. Gone with what is returned.
    pub fn panel(&self, height: u32) -> RustConnection {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = &connection.setup().roots[screen];
        let id = connection.generate_id().expect("there is a free number");
        let width = root.width_in_pixels;
        let atom = |name: &str| {
            let atom = connection.intern_atom(false, name.as_bytes()).expect("the connection stands");
            atom.reply().expect("there is such an atom").atom
        };
        let class = xproto::WindowClass::INPUT_OUTPUT;
        let aux = xproto::CreateWindowAux::new().background_pixel(0x0060_6060);
        connection
            .create_window(root.root_depth, id, root.root, 0, 0, 1, 1, 0, class, 0, &aux)
            .expect("the connection stands");
        let kind = xproto::AtomEnum::ATOM;
        let dock = [atom("_NET_WM_WINDOW_TYPE_DOCK")];
        let mode = xproto::PropMode::REPLACE;
        connection.change_property32(mode, id, atom("_NET_WM_WINDOW_TYPE"), kind, &dock).expect("it stands");
        let strut = [0, 0, height, 0, 0, 0, 0, 0, 0, u32::from(width), 0, 0];
        let number = xproto::AtomEnum::CARDINAL;
        connection
            .change_property32(mode, id, atom("_NET_WM_STRUT_PARTIAL"), number, &strut)
            .expect("it stands");
        connection.map_window(id).expect("the connection stands");
        let area = atom("_NET_WORKAREA");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = connection.get_property(false, root.root, area, number, 0, 4).expect("it stands");
            let found = found.reply().expect("the display answers");
            if found.value32().is_some_and(|mut sides| sides.nth(1) == Some(height)) {
                break;
            }
            assert!(Instant::now() < deadline, "the window manager makes no room for a panel");
        }
        connection
    }

    /// Makes a window as large as there is room, or as large as it was before, as the button in its title bar does.
    pub fn maximize(&self, id: u32, is_maximized: bool) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = connection.setup().roots[screen].root;
        let atom = |name: &str| {
            let atom = connection.intern_atom(false, name.as_bytes()).expect("the connection stands");
            atom.reply().expect("there is such an atom").atom
        };
        let (across, down) = (atom("_NET_WM_STATE_MAXIMIZED_HORZ"), atom("_NET_WM_STATE_MAXIMIZED_VERT"));
        let what = [u32::from(is_maximized), across, down, 2, 0];
        let message = ClientMessageEvent::new(32, id, atom("_NET_WM_STATE"), what);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        connection.send_event(false, root, mask, message).expect("the connection stands");
        connection.sync().expect("the display passes it on");
    }

    /// Whether the window manager was asked to mark a window, as one that wants to be looked at.
    pub fn is_marked(&self, id: u32) -> bool {
        let (connection, _) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let hints = WmHints::get(&connection, id).expect("the connection stands").reply();
        hints.expect("the window is there").is_some_and(|hints| hints.urgent)
    }

    /// Whether an input method offers itself to the windows on the display.
    pub fn has_input_method(&self) -> bool {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = connection.setup().roots[screen].root;
        let servers = connection.intern_atom(false, b"XIM_SERVERS").expect("the connection stands");
        let servers = servers.reply().expect("there is such an atom").atom;
        let list = connection.get_property(false, root, servers, xproto::AtomEnum::ATOM, 0, 1);
        let list = list.expect("the connection stands").reply().expect("the root window has properties");
        let owner = |server| connection.get_selection_owner(server).expect("the connection stands").reply();
        list.value32()
            .and_then(|mut list| list.next())
            .is_some_and(|server| owner(server).is_ok_and(|owner| owner.owner != x11rb::NONE))
    }

    /// What is on the display now.
    pub fn look(&self) -> Picture {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = &connection.setup().roots[screen];
        let (width, height) = (root.width_in_pixels, root.height_in_pixels);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, root.root, 0, 0, width, height, !0)
            .expect("the connection stands")
            .reply()
            .expect("the root window can be read");
        let rgb = image.data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Picture { width: width.into(), height: height.into(), rgb }
    }

    /// The same as soon as nothing moves any more, for programs that have no probe.
    pub fn steady_look(&self) -> Picture {
        const LOOKS: usize = 40;
        let deadline = Instant::now() + PATIENCE;
        let mut picture = self.look();
        let mut same = 0;
        while same < LOOKS && Instant::now() < deadline {
            let next = self.look();
            same = if next.rgb == picture.rgb { same + 1 } else { 0 };
            picture = next;
        }
        picture
    }

    /// Keeps what is on the display as `target/pictures/NAME.png`, and says where that is.
    pub fn picture(&self, name: &str) -> PathBuf {
        let folder = target_folder().join("pictures");
        std::fs::create_dir_all(&folder).expect("there can be a folder for pictures");
        let path = folder.join(format!("{name}.png"));
        self.look().save(&path);
        path
    }
}

impl Picture {
    /// The part of it with its left upper corner at `x`, `y` and of this size, as far as there is such a part.
    pub fn cut(&self, [x, y, w, h]: [i64; 4]) -> Self {
        let within = |value: i64, end: u32| u32::try_from(value.clamp(0, end.into())).unwrap_or(0);
        let (left, right) = (within(x, self.width), within(x + w, self.width));
        let (top, bottom) = (within(y, self.height), within(y + h, self.height));
        let row = |y: u32| {
            let start = (y * self.width + left) as usize * 3;
            &self.rgb[start..start + (right - left) as usize * 3]
        };
        Self {
            width: right - left,
            height: bottom - top,
            rgb: (top..bottom).flat_map(row).copied().collect(),
        }
    }

    /// The colour of one pixel; black outside of it.
    pub fn pixel(&self, x: i64, y: i64) -> [u8; 3] {
        let inside = (0..i64::from(self.width)).contains(&x) && (0..i64::from(self.height)).contains(&y);
        let start = if inside { (y as usize * self.width as usize + x as usize) * 3 } else { self.rgb.len() };
        self.rgb.get(start..start + 3).and_then(|rgb| rgb.try_into().ok()).unwrap_or_default()
    }

    /// Writes it as PNG.
    pub fn save(&self, path: &std::path::Path) {
        let file = File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut encoder = png::Encoder::new(BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("the header can be written");
        writer.write_image_data(&self.rgb).expect("the picture can be written");
    }

    /// How many of the pixels between the columns `from` and `to` have this colour, as a share of 1.
    pub fn share(&self, from: u32, to: u32, color: [u8; 3]) -> f64 {
        let rows = self.rgb.chunks_exact(self.width as usize * 3);
        let pixels = rows.flat_map(|row| row[from as usize * 3..to as usize * 3].chunks_exact(3));
        let same = pixels.filter(|pixel| **pixel == color).count();
        same as f64 / f64::from((to - from) * self.height)
    }
}

/// Makes the keyboard that tests type on the one that the display has.
///
/// With the first key from another keyboard all keys get new meanings, as far as programs can tell, and the window
/// manager lets go of its own keys and takes them anew. So that comes before there is one.
fn use_keyboard(display: &str) {
    let (connection, screen) = x11rb::connect(Some(display)).expect("the display is there");
    let root = connection.setup().roots[screen].root;
    let shift = Keyboard::read(&connection).expect("the keyboard can be read").shift;
    for event in [xproto::KEY_PRESS_EVENT, xproto::KEY_RELEASE_EVENT] {
        connection.xtest_fake_input(event, shift, 0, root, 0, 0, 0).expect("the connection stands");
    }
    connection.sync().expect("the display takes it all");
}

/// The keys that characters have been lent which the keyboard does not have.
#[derive(Default)]
struct Lent {
    keys: HashMap<char, u8>,
    /// How many times a key was lent.
    times: usize,
}

impl Lent {
    /// Lends a character the key that was lent the longest ago, unless it has one.
    fn lend(&mut self, letter: char, free: &[u8]) -> Option<u8> {
        if self.keys.contains_key(&letter) {
            return None;
        }
        let key = free[self.times % free.len()];
        self.times += 1;
        self.keys.retain(|_, lent| *lent != key);
        self.keys.insert(letter, key);
        Some(key)
    }
}

/// Which key is which.
struct Keyboard {
    /// The number of the first key.
    first: u8,
    /// What each key means, alone and with Shift, from the first one on.
    keys: Vec<[u32; 2]>,
    shift: u8,
    /// Keys that mean nothing to a person who types: neither letters nor what goes with them.
    free: Vec<u8>,
}

impl Keyboard {
    fn read(connection: &RustConnection) -> Result<Self, x11rb::errors::ReplyError> {
        /// On a keyboard as X numbers it, volume, mail and the like begin here.
        const FREE: u8 = 150;
        let modifiers = connection.get_modifier_mapping()?.reply()?.keycodes;
        let first = connection.setup().min_keycode;
        let mapping = connection.get_keyboard_mapping(first, FREE - first)?.reply()?;
        let meanings = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode).max(1));
        Ok(Self {
            first,
            keys: meanings.map(|it| [it[0], it.get(1).copied().unwrap_or_default()]).collect(),
            shift: modifiers[0],
            free: (FREE..=connection.setup().max_keycode).filter(|key| !modifiers.contains(key)).collect(),
        })
    }

    /// The key that has a character, and whether it is pressed with Shift.
    fn key(&self, letter: char) -> Option<(u8, bool)> {
        let symbol = keysym(letter);
        let place = self.keys.iter().position(|key| key.contains(&symbol))?;
        Some((self.first + place as u8, self.keys[place][0] != symbol))
    }
}

/// A character as X names it: Latin-1 by its number, everything else by its number in Unicode with a mark.
fn keysym(letter: char) -> u32 {
    let number = u32::from(letter);
    if number < 0x100 { number } else { 0x0100_0000 | number }
}
