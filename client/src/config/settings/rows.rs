//! The table of the settings: one row for each, from which everything follows that is not its use.
//!
//! A row is a field of [`Settings`]. What the file says is read and written by it, the page of the settings shows it
//! where the row has a place there, and `docs/client.md` and its Chinese sister are made of the rows (`make docs`).
//! What a setting does is said where it is looked up, and for those where something has to be done at once, in
//! `ui/controller/pages/preferences.rs`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use toml::Value;

use crate::config::placement::Placement;
use crate::config::profile::Profile;
use crate::config::unknown::Unknown;
use crate::text::i18n::{Language, Text, Words};

/// Day or night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shade {
    /// Dark ink on white.
    #[default]
    Light,
    /// Light ink on near-black.
    Dark,
    /// Whatever the system has.
    System,
}

/// How much room a message gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// Avatars, and names on a line of their own.
    #[default]
    Cozy,
    /// Time, name and text on one line.
    Compact,
}

/// Which messages the desktop tells of while the window has not the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// Every one.
    All,
    /// Those that name us, and private ones.
    #[default]
    Mentions,
    /// None.
    None,
}

/// The key that sends what is written. The other one begins a new line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendKey {
    /// Enter; with Shift it begins a new line.
    #[default]
    #[serde(rename = "enter")]
    Enter,
    /// Enter together with Ctrl, for those who write in several lines.
    #[serde(rename = "ctrl+enter")]
    CtrlEnter,
}

/// A type of few values, each with its label on the page.
pub trait Choice: Copy + PartialEq + 'static {
    /// All of them, in the order in which they are offered.
    const OPTIONS: &'static [(Self, Words)];
}

impl Choice for bool {
    const OPTIONS: &'static [(Self, Words)] = &[(true, Words("On", "开")), (false, Words("Off", "关"))];
}

impl Choice for Option<Language> {
    const OPTIONS: &'static [(Self, Words)] = &[
        (Some(Language::Chinese), Words("中文", "中文")),
        (Some(Language::English), Words("English", "English")),
    ];
}

impl Choice for Shade {
    const OPTIONS: &'static [(Self, Words)] = &[
        (Self::Light, Text::Light.words()),
        (Self::Dark, Text::Dark.words()),
        (Self::System, Words("As the system", "跟随系统")),
    ];
}

impl Choice for Density {
    const OPTIONS: &'static [(Self, Words)] =
        &[(Self::Cozy, Words("Cozy", "宽松")), (Self::Compact, Words("Compact", "紧凑"))];
}

impl Choice for Notify {
    const OPTIONS: &'static [(Self, Words)] = &[
        (Self::All, Words("Everything", "所有消息")),
        (Self::Mentions, Words("What is for me", "提到我的")),
        (Self::None, Words("Nothing", "不通知")),
    ];
}

impl SendKey {
    /// The key that sends, and the key that begins a new line.
    pub fn names(self) -> [&'static str; 2] {
        match self {
            Self::Enter => ["Enter", "Shift+Enter"],
            Self::CtrlEnter => ["Ctrl+Enter", "Enter"],
        }
    }
}

impl Choice for SendKey {
    const OPTIONS: &'static [(Self, Words)] =
        &[(Self::Enter, Words("Enter", "Enter")), (Self::CtrlEnter, Words("Ctrl+Enter", "Ctrl+Enter"))];
}

/// One row of the table.
pub struct Row {
    /// What it is called in the file.
    pub key: &'static str,
    /// What it means, for the documents; in Markdown.
    pub meaning: Words,
    /// Where it stands on the page of the settings, if it does.
    pub place: Option<Place>,
    /// Takes over what can be used of the value, and says whether that is all of it.
    pub(super) read: fn(&mut Settings, &Value) -> bool,
    write: fn(&Settings) -> Option<Value>,
}

/// A row's place on the page of the settings.
pub struct Place {
    /// Under which of the [`HEADINGS`].
    pub heading: Text,
    /// What stands at its left.
    pub label: Words,
    /// What can be chosen at its right.
    pub kind: Kind,
}

/// How a row is changed on the page.
pub enum Kind {
    /// One of a few values is chosen.
    Choice {
        /// What they are called.
        labels: fn() -> Vec<Words>,
        /// The number of the one that holds.
        current: fn(&Settings) -> Option<usize>,
        /// Has another one hold.
        choose: fn(&mut Settings, usize),
    },
    /// The next face that is here, or the one before.
    Font,
    /// Everything larger, or smaller.
    Size,
}

/// What rows of the page stand under, from the top.
pub const HEADINGS: [Text; 3] = [Text::Appearance, Text::MessagesSetting, Text::Notifications];

impl Row {
    /// Its value, as it stands in the file; nothing if it does not.
    pub fn value(&self, settings: &Settings) -> Option<Value> {
        (self.write)(settings)
    }

    /// Its value where nothing else is said; nothing if that cannot be said in the file.
    pub fn default_value(&self) -> Option<Value> {
        self.value(&Settings::default())
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Row {}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

macro_rules! settings {
    ($($key:ident: $type:ty {
        default: $default:expr,
        read: $read:ident,
        $(write: $write:ident,)?
        $(page: $heading:ident, $kind:ident, $label:expr,)?
        meaning: $english:literal | $chinese:literal,
    })*) => {
        /// What is remembered. Written with every key, so that the file shows what there is to change.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Settings {
            $(
                #[doc = concat!("`", stringify!($key), "`: ", $english, ".")]
                pub $key: $type,
            )*
            /// What else stands in the file.
            pub unknown: Unknown,
            /// The servers that the person goes to, in their order; at least one.
            pub profiles: Vec<Profile>,
        }

        impl Default for Settings {
            fn default() -> Self {
                let (unknown, profiles) = (Unknown::default(), vec![Profile::default()]);
                Self { $($key: $default,)* unknown, profiles }
            }
        }

        /// Every setting, in the order in which they are written.
        pub static ROWS: &[Row] = &[$(
            Row {
                key: stringify!($key),
                meaning: Words($english, $chinese),
                place: settings!(@place $($heading, $label, settings!(@$kind $key $type))?),
                read: |settings, value| $read(&mut settings.$key, value),
                write: |settings| settings!(@write settings.$key $(, $write)?),
            },
        )*];
    };
    (@write $value:expr) => { Value::try_from(&$value).ok() };
    (@write $value:expr, $write:ident) => { $write($value) };
    (@place) => { None };
    (@place $heading:ident, $label:expr, $kind:expr) => {
        Some(Place { heading: Text::$heading, label: $label, kind: $kind })
    };
    (@choice $key:ident $type:ty) => {
        Kind::Choice {
            labels: labels::<$type>,
            current: |settings| position(settings.$key),
            choose: |settings, index| choose(&mut settings.$key, index),
        }
    };
    (@font $key:ident $type:ty) => { Kind::Font };
    (@size $key:ident $type:ty) => { Kind::Size };
}

settings! {
    language: Option<Language> {
        default: None,
        read: code_of_language,
        write: written_code,
        page: Appearance, choice, Words("Language", "语言"),
        meaning: r#"`"zh"` or `"en"`; without it, that of the locale"# | r#"`"zh"` 或 `"en"`；没有就随系统"#,
    }
    theme: Shade {
        default: Shade::default(),
        read: whole,
        page: Appearance, choice, Words("Theme", "主题"),
        meaning: r#"`"light"`, `"dark"`, or `"system"` for what the desktop has"#
            | r#"浅色 `"light"`，深色 `"dark"`，跟随桌面 `"system"`"#,
    }
    density: Density {
        default: Density::default(),
        read: whole,
        page: Appearance, choice, Words("Spacing", "间距"),
        meaning: r#"`"cozy"` or `"compact"`"# | r#"宽松 `"cozy"`，紧凑 `"compact"`"#,
    }
    font: String {
        default: String::new(),
        read: whole,
        page: Appearance, font, Words("Font", "字体"),
        meaning: r#"the face that everything is written in, such as `"Noto Serif CJK SC"`; empty, or not on this machine: the best that is there"#
            | r#"界面字体，例如 `"Noto Serif CJK SC"`；空着或本机没有时，用本机最合适的"#,
    }
    size: u16 {
        default: 100,
        read: size_in_per_cent,
        page: Appearance, size, Words("Size", "大小"),
        meaning: "how large everything in the window is, in per cent: 50 to 400, and no larger than the screen has room for"
            | "窗口里一切的大小，百分比，50 到 400；不会大到屏幕放不下",
    }
    times: bool {
        default: true,
        read: whole,
        page: MessagesSetting, choice, Words("Show times", "显示时间"),
        meaning: "whether messages show when they came" | "消息是否显示时间",
    }
    traffic: bool {
        default: true,
        read: whole,
        page: MessagesSetting, choice, Words("Show who comes and goes", "显示谁来谁走"),
        meaning: "whether it is shown who comes and goes" | "是否显示谁来谁走",
    }
    typing: bool {
        default: true,
        read: whole,
        page: MessagesSetting, choice, Words("Let others see that I am writing", "让别人看到我正在输入"),
        meaning: "whether others see that you are writing, where the server passes that on"
            | "别人是否看到你正在输入（服务器支持时）",
    }
    send_with: SendKey {
        default: SendKey::default(),
        read: whole,
        page: MessagesSetting, choice, Words("Send with", "发送消息用"),
        meaning: r#"the key that sends what is written: `"enter"`, or `"ctrl+enter"`, and then Enter begins a new line"#
            | r#"用哪个键发送：`"enter"`，或 `"ctrl+enter"`（这时 Enter 换行）"#,
    }
    notify: Notify {
        default: Notify::default(),
        read: whole,
        page: Notifications, choice, Words("Notify me of", "窗口不在前面时通知"),
        meaning: r#"what the desktop tells of while the window has not the keyboard: `"all"`, `"mentions"` (what names us, and private messages) or `"none"`"#
            | r#"窗口不在前面时桌面通知什么：全部 `"all"`，提到自己的和私聊 `"mentions"`，不通知 `"none"`"#,
    }
    sound: bool {
        default: true,
        read: whole,
        page: Notifications, choice, Words("With a sound", "通知时发出声音"),
        meaning: "whether it does so with a sound" | "通知时是否发出声音",
    }
    ask_before_closing: bool {
        default: true,
        read: whole,
        page: Notifications, choice, Words("Ask before closing the window", "关闭窗口前询问"),
        meaning: "whether closing the window asks first" | "关闭窗口前是否询问",
    }
    logs: bool {
        default: true,
        read: whole,
        page: MessagesSetting, choice, Words("Keep conversations on this computer", "把聊天记录存在本机"),
        meaning: "whether conversations, and how far they were read, are written down and stand there again the next time; see [below](#what-is-written-down)"
            | "是否把对话和读到哪里写在本机，下次打开时再显示，见[下文](#写在本机的记录)",
    }
    ignored: Vec<String> {
        default: Vec::new(),
        read: each,
        meaning: r#"people whose messages are not shown: names, or patterns such as `"*!*@bad.example"`"#
            | r#"屏蔽的人：名字，或 `"*!*@bad.example"` 这样的模式"#,
    }
    last: String {
        default: String::new(),
        read: whole,
        meaning: "the server that you last went to, by its name or by address and port: the login form shows it"
            | "上次去的服务器，写名称，或地址加端口：登录界面显示它",
    }
    notify_in: BTreeMap<String, Notify> {
        default: BTreeMap::new(),
        read: each_named,
        meaning: r#"a table of conversations of which the desktop tells otherwise: `"tea.example/#lobby" = "all"`"#
            | r#"一张表，写明哪些对话的通知例外：`"tea.example/#lobby" = "all"`"#,
    }
    window: Option<Placement> {
        default: None,
        read: possible_placement,
        meaning: "a table with the window's `width`, `height`, `x` and `y` in pixels, without its frame, and whether it was `maximized`; brought back onto the screens there are"
            | "一张表：窗口不带边框的 `width`、`height`、`x`、`y`（像素），以及是否最大化 `maximized`；屏幕变了也会放回看得见的地方",
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (key, value) in ROWS.iter().filter_map(|row| Some((row.key, row.value(self)?))) {
            map.serialize_entry(key, &value)?;
        }
        for (key, value) in &self.unknown.0 {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("profile", &self.profiles)?;
        map.end()
    }
}

fn code_of_language(language: &mut Option<Language>, value: &Value) -> bool {
    let read = value.as_str().and_then(Language::from_code);
    if read.is_some() {
        *language = read;
    }
    read.is_some()
}

fn written_code(language: Option<Language>) -> Option<Value> {
    language.map(|language| language.code().into())
}

fn labels<T: Choice>() -> Vec<Words> {
    T::OPTIONS.iter().map(|(_, label)| *label).collect()
}

fn position<T: Choice>(value: T) -> Option<usize> {
    T::OPTIONS.iter().position(|(option, _)| *option == value)
}

fn choose<T: Choice>(value: &mut T, index: usize) {
    if let Some((option, _)) = T::OPTIONS.get(index) {
        *value = *option;
    }
}

/// Reads a value that can be used as a whole or not at all.
fn whole<T: DeserializeOwned>(place: &mut T, value: &Value) -> bool {
    whole_if(place, value, |_| true)
}

fn whole_if<T: DeserializeOwned>(place: &mut T, value: &Value, is_usable: fn(&T) -> bool) -> bool {
    let Some(read) = value.clone().try_into().ok().filter(is_usable) else { return false };
    *place = read;
    true
}

/// A size that people can still read, and that still fits.
fn size_in_per_cent(size: &mut u16, value: &Value) -> bool {
    whole_if(size, value, |size| (50..=400).contains(size))
}

fn possible_placement(window: &mut Option<Placement>, value: &Value) -> bool {
    whole_if(window, value, |window| window.is_some_and(Placement::is_possible))
}

/// Reads what can be used of a list. A single value may stand there without its brackets.
pub(super) fn each<T: DeserializeOwned>(list: &mut Vec<T>, value: &Value) -> bool {
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    *list = values.iter().filter_map(|value| value.clone().try_into().ok()).collect();
    list.len() == values.len()
}

/// Reads what can be used of a table.
fn each_named<T: DeserializeOwned>(map: &mut BTreeMap<String, T>, value: &Value) -> bool {
    let Some(table) = value.as_table() else { return false };
    let usable = |(name, value): (&String, &Value)| Some((name.clone(), value.clone().try_into().ok()?));
    *map = table.iter().filter_map(usable).collect();
    map.len() == table.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_page_stands_under_a_heading_and_can_be_chosen() {
        for (row, place) in ROWS.iter().filter_map(|row| Some((row, row.place.as_ref()?))) {
            assert!(HEADINGS.contains(&place.heading), "{row:?}");
            let Kind::Choice { labels, current, choose } = place.kind else { continue };
            let mut settings = Settings::default();
            for index in (0..labels().len()).rev() {
                choose(&mut settings, index);
                assert_eq!(current(&settings), Some(index), "{row:?}");
                let written = row.value(&settings).expect("what was chosen is written");
                let mut read = Settings::default();
                assert!((row.read)(&mut read, &written), "{row:?}: {written}");
                assert_eq!(read, settings, "{row:?}");
            }
        }
    }
}
