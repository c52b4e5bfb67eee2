//! A profile: a server that a person goes to, the name to use there, and how the connection is made safe.
//!
//! Each `[[profile]]` in the settings file is a profile; [`KEYS`] is the table of what can stand in it, from which
//! the table in `docs/client.md` is made. The way of a profile through the program:
//!
//! 1. [`Settings`](crate::config::settings::Settings) reads all of them. There is always at least one; the login form
//!    shows the profile used last, and a file that has `server`, `port` and `nick` outside of any `[[profile]]`
//!    has its first profile there.
//! 2. To connect, the client hands a profile to [`Connection::open`](crate::net::connection::Connection::open), which
//!    takes everything from it that concerns the wire: address, names, passwords, TLS, SASL. The
//!    [`rooms`](Profile::rooms) are the model's to join, after the welcome.
//! 3. A change that is to outlast the program (another nickname, a fingerprint that the person accepted) is made in
//!    the settings' copy, and the settings are saved.
//!
//! Two profiles are never the same server because their addresses are; each is a connection of its own.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::ser::{Serialize, SerializeMap, Serializer};
use teahouse_protocol::names;
use teahouse_protocol::sasl::Mechanism;
use toml::Value;

use crate::config::address;
use crate::config::fingerprint::Fingerprint;
use crate::config::unknown::Unknown;
use crate::text::encoding::Encoding;
use crate::text::i18n::{Phrase, Text, Words};
use crate::text::typed;

/// The longest name that is worth sending, in bytes. Most servers take fewer, and say so.
pub const MAX_NICK_BYTES: usize = 64;

/// The port of IRC in the clear.
pub const PLAIN_PORT: u16 = 6667;

/// The port of IRC by TLS ([RFC 7194](https://www.rfc-editor.org/rfc/rfc7194)).
pub const TLS_PORT: u16 = 6697;

/// A server to go to, and everything that is needed on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What the person calls it; empty for the server's address.
    pub name: String,
    /// A host's name or an IP address.
    pub server: String,
    /// 1 to 65535.
    pub port: u16,
    /// The nickname, empty before the first login.
    pub nick: String,
    /// Nicknames to try in turn when that one is taken.
    pub other_nicks: Vec<String>,
    /// The user name of the login; empty to make it of the nickname.
    pub user: String,
    /// What stands in the field for the real name; empty for the nickname.
    pub real_name: String,
    /// What the server wants from everybody, with PASS; empty for nothing.
    pub server_password: Secret,
    /// Whether to speak TLS.
    pub tls: bool,
    /// Whether a certificate has to be vouched for, by the system's roots or by a fingerprint. Without it nobody knows
    /// who is at the other end.
    pub tls_verify: bool,
    /// The certificates that are taken, whoever vouches for them; no others are. Empty: those that the system's roots
    /// vouch for.
    pub tls_fingerprints: Vec<Fingerprint>,
    /// A certificate to show the server, with its chain, as PEM.
    pub tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, if it is not in the same file.
    pub tls_key: Option<PathBuf>,
    /// The account to log in to; empty for the nickname, if there is a password.
    pub account: String,
    /// The account's password; empty for none.
    pub password: Secret,
    /// Whether the account's password is kept in the system's keyring, where there is one.
    pub keyring: bool,
    /// The mechanisms to log in by, in the order in which they are tried. Empty: all that are possible, the strongest
    /// first.
    pub sasl: Vec<Mechanism>,
    /// Whether to leave when the login to the account does not succeed, rather than to go on without.
    pub account_required: bool,
    /// Rooms to join after the welcome.
    pub rooms: Vec<Room>,
    /// Whether to connect as soon as the program starts.
    pub connect: bool,
    /// Whether to connect again when the connection is lost. If the profile does not say, the window connects again,
    /// and the program without a window ends.
    pub reconnect: Option<bool>,
    /// How people there write letters, where that is not UTF-8.
    pub encoding: Encoding,
    /// What else stands in its table.
    pub unknown: Unknown,
    /// Whether a value could not be used when it was read. The window does not go there by itself until somebody has
    /// looked at the value: it may have been meant to make the connection safe. Not written down.
    pub is_doubtful: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: String::new(),
            server: "127.0.0.1".to_owned(),
            port: PLAIN_PORT,
            nick: String::new(),
            other_nicks: Vec::new(),
            user: String::new(),
            real_name: String::new(),
            server_password: Secret::default(),
            tls: false,
            tls_verify: true,
            tls_fingerprints: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            account: String::new(),
            password: Secret::default(),
            keyring: false,
            sasl: Vec::new(),
            account_required: false,
            rooms: Vec::new(),
            connect: false,
            reconnect: None,
            encoding: Encoding::default(),
            unknown: Unknown::default(),
            is_doubtful: false,
        }
    }
}

impl Profile {
    /// What to call it: its name, or the server's address.
    pub fn title(&self) -> &str {
        if self.name.is_empty() { &self.server } else { &self.name }
    }

    /// The account that is logged in to, if the profile asks for any login.
    pub fn account_name(&self) -> &str {
        if self.account.is_empty() { &self.nick } else { &self.account }
    }

    /// Whether the account's password has to be asked of the system's keyring.
    pub fn is_kept_in_keyring(&self) -> bool {
        self.keyring && self.password.is_empty()
    }

    /// Whether a password may be there that is not here.
    pub fn may_be_kept(&self) -> bool {
        self.keyring && (self.password.is_empty() || self.server_password.is_empty())
    }

    /// Takes another nickname. An account that was called as the old one stays what it is.
    pub fn rename(&mut self, nick: &str) {
        if self.keyring || !self.password.is_empty() {
            self.account = self.account_name().to_owned();
        }
        nick.clone_into(&mut self.nick);
    }

    /// Takes the files that the profile names to be in this folder, where it does not say otherwise.
    pub fn find_files_in(&mut self, folder: &Path) {
        for path in [&mut self.tls_certificate, &mut self.tls_key].into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }

    /// Names the files in this folder without it, so that the folder can be taken elsewhere.
    #[must_use]
    pub fn with_files_of(mut self, folder: &Path) -> Self {
        for path in [&mut self.tls_certificate, &mut self.tls_key].into_iter().flatten() {
            if let Ok(inside) = path.strip_prefix(folder) {
                *path = inside.to_owned();
            }
        }
        self
    }

    /// Whether this is the way to that server.
    fn is_for(&self, server: &str, port: u16) -> bool {
        self.server.eq_ignore_ascii_case(server) && self.port == port
    }

    /// Whether this is the same saved server as another: a user may have two ways to the same address, and calls them
    /// differently.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.is_for(&other.server, other.port) && self.name == other.name
    }

    /// Whether a connection is made in the same way with both. These make no difference to it: what the user calls the
    /// server, whether the window goes there at the start, where the password is kept, which rooms are joined there.
    pub fn connects_as(&self, other: &Self) -> bool {
        let (name, rooms) = (other.name.clone(), other.rooms.clone());
        Self { name, rooms, connect: other.connect, keyring: other.keyring, ..self.clone() } == *other
    }

    /// The name that tells it from the other saved servers: its own, or address and port.
    pub fn label(&self) -> String {
        if self.name.is_empty() { format!("{}:{}", self.server, self.port) } else { self.name.clone() }
    }

    /// This profile for another server and person, as typed into the form. What is meant for one server (passwords,
    /// certificates, rooms) is never carried to another, nor is the user's name for it to another port.
    #[must_use]
    pub fn moved_to(&self, server: &str, port: u16, nick: &str) -> Self {
        let mut base = if self.server.eq_ignore_ascii_case(server) { self.clone() } else { Self::default() };
        if base.port != port {
            base.name.clear();
        }
        Self { server: server.to_owned(), port, nick: nick.to_owned(), ..base }
    }

    /// Reads a profile from its table, and says what of it cannot be used.
    pub fn read(table: &toml::Table) -> (Self, Vec<Phrase>) {
        let mut profile = Self::default();
        let mut problems = Vec::new();
        for (name, value) in table {
            match KEYS.iter().find(|key| key.name == name) {
                Some(key) if (key.read)(&mut profile, value).is_some() => {}
                Some(_) => {
                    profile.is_doubtful = true;
                    problems.push(Text::SettingIgnored.with([name]));
                }
                None => {
                    profile.unknown.0.insert(name.clone(), value.clone());
                    problems.push(Text::SettingUnknown.with([name]));
                }
            }
        }
        if let Some(pins) = table.get(PINS).filter(|_| profile.tls_fingerprints.is_empty()) {
            profile.tls_fingerprints = unreadable_pins(pins);
        }
        if profile.tls && !table.contains_key("port") {
            profile.port = TLS_PORT;
        }
        (profile, problems)
    }
}

/// A room to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its name, with its `#`.
    pub name: String,
    /// Its password.
    pub key: Option<Secret>,
}

impl Room {
    /// Reads `#room` or `#room password`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let name = words.next().map(typed::name).filter(|name| names::is_channel(name) && name.len() > 1)?;
        let key = words.next().map(|key| Secret::from(key.to_owned()));
        let fits = !text.contains([',', '\0', '\x07']) && words.next().is_none();
        fits.then_some(Self { name, key })
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.key.as_ref().map_or(Ok(()), |key| write!(f, " {}", key.reveal()))
    }
}

/// A password, which does not show itself in logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "none" } else { "…" })
    }
}

/// A key of a profile: what it means, how it is read into one, and how it is written down.
#[derive(Clone, Copy)]
pub struct Key {
    /// What it is called in the file.
    pub name: &'static str,
    /// What it means, for the documents; in Markdown.
    pub meaning: Words,
    /// Takes the value over, if it can be used.
    read: fn(&mut Profile, &Value) -> Option<()>,
    write: fn(&Profile) -> Value,
}

impl Key {
    /// Its value where nothing else is said; nothing if that cannot be said in the file.
    pub fn default_value(&self) -> Option<Value> {
        let value = (self.write)(&Profile::default());
        (self.read)(&mut Profile::default(), &value).map(|()| value)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! keys {
    ($($field:ident: $read:expr, $write:expr, $english:literal | $chinese:literal;)*) => {
        /// Every key of a profile, in the order in which they are written. Each is called as its field is.
        pub const KEYS: &[Key] = &[$(Key {
            name: stringify!($field),
            meaning: Words($english, $chinese),
            read: |profile, value| {
                profile.$field = $read(value)?;
                Some(())
            },
            write: |profile| $write(&profile.$field),
        }),*];
    };
}

keys! {
    name: text, string,
        "what you call it, also for `--profile`; empty for the server's address"
            | "你怎么称呼它，也用于 `--profile`；空则用服务器地址";
    server: |value| address::check_server(text(value)?.as_str()).ok(), string,
        "a host's name or an IP address" | "域名或 IP 地址";
    port: port, |port: &u16| Value::Integer((*port).into()),
        "1 to 65535; with `tls` the default is 6697"
            | "1 到 65535；有 `tls` 时默认为 6697";
    nick: |value| word(value).or_else(|| nothing(value)), string,
        "your nickname" | "你的名字";
    other_nicks: |value| list(value, word), |nicks: &[String]| array(nicks, string),
        "nicknames to try in turn when that one is taken. Without a window and without this list: the nickname with `_`, `__` and `___` behind it"
            | "名字被占用时依次试用的名字。没有窗口又没有写时，在名字后面加 `_`、`__`、`___`";
    user: |value| word(value).or_else(|| nothing(value)), string,
        "user name of the login (USER); empty for the ASCII letters of the nickname"
            | "登录的用户名（USER）；空则取名字里的 ASCII 字母";
    real_name: text, string,
        "empty for the nickname" | "真实姓名；空则同名字";
    server_password: secret, hidden,
        "what the server wants from everybody (PASS). The login form has a field for it as soon as a server asks; what is typed there is kept as the account's password is: in the keyring if that is ticked, or not at all"
            | "服务器要求每个人说的密码（PASS）。服务器问起时，登录窗口就会有这一栏；在那里填的，与账号密码一样保存：勾选了就存在钥匙串里，否则不存";
    tls: Value::as_bool, boolean,
        "encrypt the connection" | "加密连接";
    tls_verify: Value::as_bool, boolean,
        "a certificate has to be vouched for. With `false`, and no fingerprints, anybody is believed"
            | "证书必须有担保。为 `false` 且没有指纹时，谁都相信";
    tls_fingerprints: |value| list(value, |one| Fingerprint::parse(one.as_str()?)), |pins: &[Fingerprint]| array(pins, string),
        "the certificates to believe, whoever vouches for them; no others are. SHA-256 in hexadecimal, with or without colons; SHA-1, SHA-384 and SHA-512 are told by their length"
            | "只相信这些证书，不管谁担保。SHA-256 的十六进制，冒号可有可无；SHA-1、SHA-384、SHA-512 按长度识别";
    tls_certificate: path, optional_path,
        "PEM file with a certificate of your own (and its chain), to show the server. A relative path begins at the settings' folder"
            | "出示给服务器的自己的证书（及证书链），PEM 文件。相对路径从设置文件夹算起";
    tls_key: path, optional_path,
        "PEM file with its private key; empty when it is in the same file"
            | "它的私钥，PEM 文件；空则在同一个文件里";
    account: text, string,
        "account to log in to (SASL); empty for the nickname"
            | "要登录的账号（SASL）；空则同名字";
    password: secret, hidden,
        "its password" | "账号的密码";
    keyring: Value::as_bool, boolean,
        "the passwords are kept in the system's keyring rather than here, where there is one"
            | "有系统钥匙串时，密码存在钥匙串里而不是这里";
    sasl: |value| list(value, |one| Mechanism::from_name(one.as_str()?)), |mechanisms: &[Mechanism]| array(mechanisms, string),
        "mechanisms to try, in this order: `EXTERNAL`, `SCRAM-SHA-256`, `PLAIN`. Empty: all that are possible, in that order"
            | "依次尝试的登录方式：`EXTERNAL`、`SCRAM-SHA-256`、`PLAIN`。空则按这个次序尝试所有可行的";
    account_required: Value::as_bool, boolean,
        "leave when the login to the account does not succeed. With `false` you go on without it, and are told"
            | "账号登录不成就离开。为 `false` 时不用账号继续，并告诉你";
    rooms: |value| list(value, |one| Room::parse(one.as_str()?)), |rooms: &[Room]| array(rooms, string),
        r##"rooms to join, each `"#room"` or `"#room password"`"##
            | r##"要进入的房间，每项写 `"#房间"` 或 `"#房间 密码"`"##;
    connect: Value::as_bool, boolean,
        "connect when the window opens" | "打开窗口时就连接";
    reconnect: |value: &Value| value.as_bool().map(Some), |wanted: &Option<bool>| wanted.map_or(string(""), Value::Boolean),
        "connect again when the connection is lost. Not set: the window does, the program without a window ends"
            | "断线后重新连接。未设时：窗口会，无窗口的程序则结束";
    encoding: |value| Encoding::parse(text(value)?.as_str()), string,
        r#"how people there write letters, such as `"GB18030"` or `"Big5"`; empty for UTF-8. What is no UTF-8 is read so (without it, as GB18030), and what you say is written so, unless the server takes nothing but UTF-8"#
            | r#"那里的人用什么编码写字，例如 `"GB18030"`、`"Big5"`；空着就是 UTF-8。不是 UTF-8 的内容按它读（没有设置就按 GB18030），你说的话也按它写，除非服务器只收 UTF-8"#;
}

/// The key with the certificates that are believed.
const PINS: &str = "tls_fingerprints";

/// Fingerprints of which not all can be read. An unreadable one matches nothing, and the server is still known.
fn unreadable_pins(value: &Value) -> Vec<Fingerprint> {
    let read = |one: &Value| {
        let text = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
        Fingerprint::parse(&text).unwrap_or_else(|| Fingerprint::unreadable(&text))
    };
    value.as_array().map_or_else(|| vec![read(value)], |pins| pins.iter().map(read).collect())
}

/// The keys that are always written, so that the file shows what there is to change; the others only where changed.
const ALWAYS: [&str; 3] = ["server", "port", "nick"];

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let default = Self::default();
        let mut map = to.serialize_map(None)?;
        for key in KEYS {
            let value = (key.write)(self);
            if ALWAYS.contains(&key.name) || value != (key.write)(&default) {
                map.serialize_entry(key.name, &value)?;
            }
        }
        for (name, value) in &self.unknown.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Text without line ends: whatever stands in a profile may end up in a line on the wire.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.contains(['\r', '\n', '\0'])).map(str::to_owned)
}

/// Text that can be one parameter on the wire.
fn word(value: &Value) -> Option<String> {
    text(value)
        .filter(|word| !word.is_empty() && !word.starts_with(':') && !word.contains(char::is_whitespace))
}

fn nothing(value: &Value) -> Option<String> {
    text(value).filter(String::is_empty)
}

fn secret(value: &Value) -> Option<Secret> {
    text(value).map(Secret)
}

fn port(value: &Value) -> Option<u16> {
    value.as_integer().and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0)
}

#[expect(clippy::option_option, reason = "whether the value can be used, and whether it names a file")]
fn path(value: &Value) -> Option<Option<PathBuf>> {
    text(value).map(|path| (!path.is_empty()).then(|| PathBuf::from(path)))
}

/// A list, or a single value that may stand there without its brackets.
fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        Value::Array(values) => values.iter().map(read).collect(),
        one => Some(vec![read(one)?]),
    }
}

fn string<T: fmt::Display + ?Sized>(text: &T) -> Value {
    Value::String(text.to_string())
}

fn hidden(secret: &Secret) -> Value {
    string(secret.reveal())
}

fn boolean(value: &bool) -> Value {
    Value::Boolean(*value)
}

#[expect(clippy::ref_option, reason = "rows of the table pass their field by reference")]
fn optional_path(path: &Option<PathBuf>) -> Value {
    string(&path.as_ref().map(|path| path.to_string_lossy()).unwrap_or_default())
}

fn array<T>(values: &[T], write: impl Fn(&T) -> Value) -> Value {
    Value::Array(values.iter().map(write).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str) -> (Profile, Vec<Text>) {
        let (profile, problems) = Profile::read(&text.parse().expect(text));
        (profile, problems.iter().map(Phrase::text).collect())
    }

    fn everything() -> Profile {
        Profile {
            name: "home".into(),
            server: "tea.example".into(),
            port: 7000,
            nick: "小明".into(),
            other_nicks: vec!["xiaoming".into()],
            user: "ming".into(),
            real_name: "Xiao Ming".into(),
            server_password: Secret::from("sesame".to_owned()),
            tls: true,
            tls_verify: false,
            tls_fingerprints: vec![Fingerprint::parse(&"ab".repeat(32)).unwrap()],
            tls_certificate: Some("me.pem".into()),
            tls_key: Some("me.key".into()),
            account: "ming".into(),
            password: Secret::from("tea".to_owned()),
            keyring: true,
            sasl: vec![Mechanism::External, Mechanism::Plain],
            account_required: true,
            rooms: vec![Room::parse("#茶馆").unwrap(), Room::parse("#b key").unwrap()],
            connect: true,
            reconnect: Some(false),
            encoding: Encoding::parse("GB18030").unwrap(),
            unknown: Unknown::default(),
            is_doubtful: false,
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = toml::to_string(&everything()).unwrap();
        for key in KEYS {
            assert!(
                text.lines().any(|line| line.starts_with(&format!("{} = ", key.name))),
                "{key:?}: {text}"
            );
        }
        assert_eq!(read(&text), (everything(), vec![]));
    }

    #[test]
    fn only_what_was_changed_is_written() {
        let text = toml::to_string(&Profile { connect: true, ..Profile::default() }).unwrap();
        assert_eq!(text, "server = \"127.0.0.1\"\nport = 6667\nnick = \"\"\nconnect = true\n");
    }

    #[test]
    fn a_server_with_tls_has_another_port_unless_one_is_named() {
        assert_eq!(read("tls = true").0.port, TLS_PORT);
        assert_eq!(read("tls = true\nport = 6667").0.port, 6667);
        assert_eq!(read("server = \"h\"").0.port, PLAIN_PORT);
    }

    #[test]
    fn a_list_of_one_needs_no_brackets() {
        let (profile, problems) = read("sasl = \"scram-sha-256\"\nrooms = \"#a\"");
        assert_eq!((profile.sasl, problems), (vec![Mechanism::ScramSha256], vec![]));
        assert_eq!(profile.rooms, [Room { name: "#a".into(), key: None }]);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for bad in [
            "server = \"a b\"",
            "port = 0",
            "nick = \"a b\"",
            "nick = \"a\\r\\nQUIT\"",
            "real_name = \"a\\nb\"",
            "sasl = [\"PLAIN\", \"GSSAPI\"]",
            "tls_fingerprints = [\"abc\"]",
            "rooms = [\"lobby\"]",
            "rooms = [\"#a,#b\"]",
            "tls = \"yes\"",
            "encoding = \"klingon\"",
        ] {
            assert_eq!(read(bad).1, [Text::SettingIgnored], "{bad}");
        }
        assert_eq!(read("tls_fingerprint = \"typing error\"").1, [Text::SettingUnknown]);
    }

    #[test]
    fn passwords_do_not_show_themselves() {
        let shown = format!("{:?}", everything());
        assert!(
            !shown.contains("sesame") && !shown.contains("\"tea\"") && !shown.contains("\"key\""),
            "{shown}"
        );
    }

    #[test]
    fn what_is_meant_for_one_server_is_not_carried_to_another() {
        let there = everything().moved_to("tea.example", 7001, "大明");
        let expected = Profile { name: String::new(), port: 7001, nick: "大明".into(), ..everything() };
        assert_eq!(there, expected);
        let elsewhere = everything().moved_to("other.example", 7001, "大明");
        let expected =
            Profile {
                server: "other.example".into(), port: 7001, nick: "大明".into(), ..Profile::default()
            };
        assert_eq!(elsewhere, expected);
    }

    #[test]
    fn an_account_stays_what_it_is_when_its_owner_takes_another_name() {
        for (password, keyring, account) in [("芝麻", false, "bob"), ("", true, "bob"), ("", false, "bobby")]
        {
            let password = Secret::from(password.to_owned());
            let mut profile = Profile { nick: "bob".into(), password, keyring, ..Profile::default() };
            profile.rename("bobby");
            assert_eq!((profile.nick.as_str(), profile.account_name()), ("bobby", account));
        }
    }
}
