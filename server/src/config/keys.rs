//! The keys: one row for each, with what it takes, what it does and where it goes.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use teahouse_protocol::text::truncate;
use teahouse_protocol::{CaseMapping, names};
use toml::Value;

use super::{AlwaysOn, Config, ConfigError, Operator, ProtectNames, addresses, files};
use crate::config::network::Network;
use crate::config::user_modes::{UserMode, UserModes};
use crate::text::language::{Both, Language, Text, Words};

/// How much of a wrong value is shown, in bytes.
const MOST_SHOWN: usize = 200;
/// What would make a person of a server, or several of one.
const NOT_IN_A_NAME: [char; 5] = ['!', '@', '*', '?', ','];

/// One key of the configuration.
pub struct Key {
    /// Its name in the file; as a flag it has `-` for `_`.
    pub name: &'static str,
    kind: Kind,
    /// What it does, in English.
    pub english: &'static str,
    /// What it does, in 中文.
    pub chinese: &'static str,
    set: fn(&mut Config, Given) -> Option<()>,
}

/// What a key's value looks like.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    List,
    Switch,
    Number { least: i64, most: i64 },
}

/// A value of the right kind, not yet understood.
enum Given {
    Text(String),
    List(Vec<String>),
    Switch(bool),
    Number(u64),
}

/// Every key, in the order in which `--help` shows them.
pub const KEYS: &[Key] = &[
    Key {
        name: "listen",
        kind: Kind::List,
        english: "addresses to listen on, such as 127.0.0.1:6667 or 0.0.0.0:6667",
        chinese: "监听的地址，如 127.0.0.1:6667 或 0.0.0.0:6667",
        set: |config, given| given.addresses().map(|addresses| config.listen = addresses),
    },
    Key {
        name: "listen_tls",
        kind: Kind::List,
        english: "addresses to listen on for TLS, such as 0.0.0.0:6697",
        chinese: "监听 TLS 加密连接的地址，如 0.0.0.0:6697",
        set: |config, given| given.addresses().map(|addresses| config.listen_tls = addresses),
    },
    Key {
        name: "tls_cert",
        kind: Kind::Text,
        english: "PEM file with the certificate; if not set, the server signs its own",
        chinese: "证书所在的 PEM 文件；不设置时服务器自己签一个",
        set: |config, given| given.path().map(|path| config.tls_cert = path),
    },
    Key {
        name: "tls_key",
        kind: Kind::Text,
        english: "PEM file with the key to the certificate",
        chinese: "证书私钥所在的 PEM 文件",
        set: |config, given| given.path().map(|path| config.tls_key = path),
    },
    Key {
        name: "sts_duration",
        kind: Kind::Number { least: 0, most: 315_360_000 },
        english: "seconds for which clients come over TLS only (STS); 0 makes them forget it; if not set, nothing is said",
        chinese: "客户端只用 TLS 连接的秒数（STS）；0 让它们忘掉；不设置时不提",
        set: |config, given| given.seconds().map(|time| config.sts_duration = Some(time)),
    },
    Key {
        name: "sts_port",
        kind: Kind::Number { least: 1, most: 65_535 },
        english: "public port for TLS that STS names; if not set, that of listen_tls",
        chinese: "STS 所说的公开 TLS 端口；不设置时用 listen_tls 的端口",
        set: |config, given| given.port().map(|port| config.sts_port = Some(port)),
    },
    Key {
        name: "name",
        kind: Kind::Text,
        english: "this server's name, such as tea.house",
        chinese: "服务器的名字，如 tea.house",
        set: |config, given| {
            given
                .word(|name| name.contains('.') && !name.contains(NOT_IN_A_NAME))
                .map(|name| config.name = name)
        },
    },
    Key {
        name: "network",
        kind: Kind::Text,
        english: "the network's name, one word",
        chinese: "网络的名字，一个词",
        set: |config, given| given.word(|_| true).map(|name| config.network = name),
    },
    Key {
        name: "password",
        kind: Kind::Text,
        english: "what every client must send with PASS; \"\" for none",
        chinese: "每个客户端必须用 PASS 发送的密码；\"\" 表示不需要",
        set: |config, given| given.text().map(|password| config.password = some_text(password)),
    },
    Key {
        name: "motd_file",
        kind: Kind::Text,
        english: "file with the message of the day",
        chinese: "今日消息所在的文件",
        set: |config, given| given.path().map(|path| config.motd_file = path),
    },
    Key {
        name: "data_dir",
        kind: Kind::Text,
        english: "folder of what outlasts the server; \"\" keeps everything in memory",
        chinese: "保存数据的文件夹；\"\" 表示一切只在内存里",
        set: |config, given| given.path().map(|path| config.data_dir = path),
    },
    Key {
        name: "registration",
        kind: Kind::Switch,
        english: "whether people can open accounts: true or false",
        chinese: "是否可以注册账号：true 或 false",
        set: |config, given| given.switch().map(|on| config.registration = on),
    },
    Key {
        name: "registration_before_connect",
        kind: Kind::Switch,
        english: "whether they can do so before they have logged in to the server: true or false",
        chinese: "登录服务器之前是否就可以注册账号：true 或 false",
        set: |config, given| given.switch().map(|on| config.registration_before_connect = on),
    },
    Key {
        name: "min_password_length",
        kind: Kind::Number { least: 1, most: 100 },
        english: "fewest characters of an account's password",
        chinese: "账号密码的最少字符数",
        set: |config, given| given.number().map(|count| config.min_password_length = count),
    },
    Key {
        name: "scram",
        kind: Kind::Switch,
        english: "whether the keys of SCRAM-SHA-256 are kept for each account: true or false",
        chinese: "是否为每个账号保存 SCRAM-SHA-256 的密钥：true 或 false",
        set: |config, given| given.switch().map(|on| config.scram = on),
    },
    Key {
        name: "protect_names",
        kind: Kind::Text,
        english: "what becomes of people who come by an account's name without logging in to it: refuse, rename or off",
        chinese: "没有登录账号却用账号的名字进来时怎么办：refuse（拒绝）、rename（改名）或 off（不管）",
        set: |config, given| {
            ProtectNames::from_word(&given.text()?).map(|choice| config.protect_names = choice)
        },
    },
    Key {
        name: "multiclient",
        kind: Kind::Switch,
        english: "whether several connections of one account may share a nickname: true or false",
        chinese: "同一账号的多个连接是否可以共用一个名字：true 或 false",
        set: |config, given| given.switch().map(|on| config.multiclient = on),
    },
    Key {
        name: "history",
        kind: Kind::Switch,
        english: "whether what is said is kept and can be read again: true or false",
        chinese: "是否保存聊天记录，以便再次查看：true 或 false",
        set: |config, given| given.switch().map(|on| config.history = on),
    },
    Key {
        name: "history_days",
        kind: Kind::Number { least: 0, most: 36_500 },
        english: "for how many days it is kept; 0 for good",
        chinese: "聊天记录保存多少天；0 表示一直保存",
        set: |config, given| {
            given.number().map(|days| config.history_days = u32::try_from(days).ok().filter(|days| *days > 0))
        },
    },
    Key {
        name: "history_lines",
        kind: Kind::Number { least: 0, most: 1_000_000_000 },
        english: "how many messages of one conversation are kept; 0 for all",
        chinese: "每个会话最多保存多少条；0 表示不限",
        set: |config, given| {
            given
                .number()
                .map(|lines| config.history_lines = u32::try_from(lines).ok().filter(|lines| *lines > 0))
        },
    },
    Key {
        name: "always_on",
        kind: Kind::Text,
        english: "whether accounts stay in their rooms without a connection: opt-in, opt-out, mandatory or disabled",
        chinese: "账号断开后是否留在房间里：opt-in（自选）、opt-out（默认，可退出）、mandatory（一律）或 disabled（不留）",
        set: |config, given| AlwaysOn::from_word(&given.text()?).map(|choice| config.always_on = choice),
    },
    Key {
        name: "lobby",
        kind: Kind::Text,
        english: "room that everybody joins on login, such as #lobby; \"\" for none",
        chinese: "每个人登录后进入的房间，如 #lobby；\"\" 表示没有",
        set: |config, given| {
            config.lobby = some_text(given.text()?);
            config.lobby.as_deref().is_none_or(|lobby| names::check_channel(lobby).is_ok()).then_some(())
        },
    },
    Key {
        name: "language",
        kind: Kind::Text,
        english: "language of the server's own texts: en or zh",
        chinese: "服务器文字的语言：en 或 zh",
        set: |config, given| Language::from_code(&given.text()?).map(|language| config.language = language),
    },
    Key {
        name: "operators",
        kind: Kind::List,
        english: "who may become server operator, each as name:password; the password in clear or as hash-password prints it",
        chinese: "可以成为服务器管理员的人，每人一个 名字:密码；密码可以是明文，也可以是 hash-password 打印的散列",
        set: |config, given| {
            let parsed = given.list()?.into_iter().map(|entry| {
                let (name, password) = entry.split_once(':')?;
                let complete = !name.is_empty() && !password.is_empty();
                complete.then(|| Operator { name: name.to_owned(), password: password.to_owned() })
            });
            parsed.collect::<Option<_>>().map(|operators| config.operators = operators)
        },
    },
    Key {
        name: "admin",
        kind: Kind::Text,
        english: "whom to ask about this server, for ADMIN; \"\" for nobody",
        chinese: "有关本服务器的事找谁，用于 ADMIN；\"\" 表示没有",
        set: |config, given| given.text().map(|words| config.admin = some_text(words)),
    },
    Key {
        name: "cloak",
        kind: Kind::Switch,
        english: "whether people see a hash in place of each other's addresses: true or false",
        chinese: "是否用散列代替地址给别人看：true 或 false",
        set: |config, given| given.switch().map(|on| config.cloak = on),
    },
    Key {
        name: "default_user_modes",
        kind: Kind::Text,
        english: "user modes that everybody begins with, such as i or iw; \"\" for none",
        chinese: "每个人一开始的用户模式，如 i 或 iw；\"\" 表示没有",
        set: |config, given| {
            let mut modes = UserModes::default();
            for letter in given.text()?.trim_start_matches('+').chars() {
                modes.set(UserMode::from_letter(letter).filter(|mode| mode.is_own_choice())?, true);
            }
            config.default_user_modes = modes;
            Some(())
        },
    },
    Key {
        name: "flood_protection",
        kind: Kind::Switch,
        english: "whether a client that sends too fast is slowed down (10 lines at once, then 2 a second): true or false",
        chinese: "是否放慢发送过快的客户端（先 10 行，之后每秒 2 行）：true 或 false",
        set: |config, given| given.switch().map(|on| config.flood_protection = on),
    },
    Key {
        name: "max_connections_per_ip",
        kind: Kind::Number { least: 0, most: 1_000_000 },
        english: "most connections from one address; 0 for no limit; if not set, 16, and none for private addresses",
        chinese: "同一地址最多的连接数；0 表示不限；不设置时为 16，私有地址不限",
        set: |config, given| given.number().map(|count| config.max_connections_per_ip = Some(count)),
    },
    Key {
        name: "exempt_networks",
        kind: Kind::List,
        english: "addresses and networks, such as 203.0.113.7 or 203.0.113.0/24, that may have any number of connections, registrations and wrong passwords",
        chinese: "连接数、注册数和输错密码次数都不按地址限制的地址或网段，如 203.0.113.7 或 203.0.113.0/24",
        set: |config, given| {
            let parsed = given.list()?.into_iter().map(|network| Network::parse(&network));
            parsed.collect::<Option<_>>().map(|networks| config.exempt_networks = networks)
        },
    },
    Key {
        name: "nick_length",
        kind: Kind::Number { least: 9, most: 64 },
        english: "longest nickname, in bytes",
        chinese: "名字的最大长度（字节）",
        set: |config, given| given.number().map(|bytes| config.nick_length = bytes),
    },
    Key {
        name: "casemapping",
        kind: Kind::Text,
        english: "how names are compared: ascii, rfc1459 or rfc1459-strict",
        chinese: "名字的比较方式：ascii、rfc1459 或 rfc1459-strict",
        set: |config, given| {
            CaseMapping::from_token(&given.text()?).map(|mapping| config.casemapping = mapping)
        },
    },
    Key {
        name: "max_connections",
        kind: Kind::Number { least: 0, most: 1_000_000 },
        english: "most connections at a time; 0 for what the system allows",
        chinese: "最多同时连接数；0 表示由系统决定",
        set: |config, given| {
            given.number().map(|count| config.max_connections = (count > 0).then_some(count))
        },
    },
    Key {
        name: "sendq",
        kind: Kind::Number { least: 4096, most: 1 << 30 },
        english: "bytes that may wait for a client that reads slowly",
        chinese: "接收慢的客户端最多可积压的字节数",
        set: |config, given| given.number().map(|bytes| config.sendq = bytes),
    },
    Key {
        name: "ping_interval",
        kind: Kind::Number { least: 1, most: 86_400 },
        english: "seconds of silence after which a client is asked whether it is there",
        chinese: "客户端静默多少秒后询问它是否在线",
        set: |config, given| given.seconds().map(|time| config.ping_interval = time),
    },
    Key {
        name: "ping_timeout",
        kind: Kind::Number { least: 1, most: 86_400 },
        english: "seconds that the answer may take",
        chinese: "等待回答的秒数",
        set: |config, given| given.seconds().map(|time| config.ping_timeout = time),
    },
    Key {
        name: "registration_timeout",
        kind: Kind::Number { least: 1, most: 86_400 },
        english: "seconds that a login may take",
        chinese: "登录允许的秒数",
        set: |config, given| given.seconds().map(|time| config.registration_timeout = time),
    },
];

impl Config {
    /// Sets one key from a flag; `flag` is its name without the dashes before it. A list takes all `values`, anything
    /// else the last one.
    ///
    /// # Errors
    /// [`ConfigError`] when a value is wrong; `None` when there is no such flag.
    pub fn set_flag(&mut self, flag: &str, values: &[impl AsRef<str>]) -> Option<Result<(), ConfigError>> {
        let key = find_key(&flag.replace('-', "_"))?;
        let last = values.last().map_or("", AsRef::as_ref);
        let text = || Value::String(last.to_owned());
        let value = match key.kind {
            Kind::Number { .. } => last.parse().map_or_else(|_| text(), Value::Integer),
            Kind::Switch => last.parse().map_or_else(|_| text(), Value::Boolean),
            Kind::Text => text(),
            Kind::List if values.len() == 1 => text(),
            Kind::List => Value::Array(values.iter().map(|value| value.as_ref().into()).collect()),
        };
        Some(key.take(self, value, || Both::as_it_is(format_args!("--{flag}"))))
    }
}

pub(super) fn find_key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl Key {
    /// Sets the key; a config with a wrong value is not used.
    pub(super) fn take(
        &self,
        config: &mut Config,
        value: Value,
        whence: impl Fn() -> Both,
    ) -> Result<(), ConfigError> {
        let found = self.shown(&value);
        let mistake = |flaw: Option<Text>| {
            let (key, expected) = (self.name.to_owned(), Both::of(self));
            match flaw {
                None => ConfigError::Mismatch(whence(), key, expected, found.clone()),
                Some(flaw) => ConfigError::Flaw(whence(), key, expected, found.clone(), Both::of(&flaw)),
            }
        };
        let given = self.given(value).ok_or_else(|| mistake(None))?;
        if let Some(flaw) = self.flaw(&given) {
            return Err(mistake(Some(flaw)));
        }
        (self.set)(config, given).ok_or_else(|| mistake(None))?;
        if self.is_secret() { config.check_passwords(whence) } else { Ok(()) }
    }

    /// The value, if it is of the key's kind. A single text is a list of one.
    fn given(&self, value: Value) -> Option<Given> {
        match (self.kind, value) {
            (Kind::Text, Value::String(text)) => Some(Given::Text(text)),
            (Kind::Switch, Value::Boolean(on)) => Some(Given::Switch(on)),
            (Kind::List, Value::String(text)) => Some(Given::List(vec![text])),
            (Kind::List, Value::Array(list)) => list
                .into_iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Given::List),
            (Kind::Number { least, most }, Value::Integer(number)) if (least..=most).contains(&number) => {
                u64::try_from(number).ok().map(Given::Number)
            }
            _ => None,
        }
    }

    /// What is wrong with a value, where there is more to say than what is expected.
    fn flaw(&self, given: &Given) -> Option<Text> {
        let texts = match given {
            Given::Text(text) => std::slice::from_ref(text),
            Given::List(list) => &list[..],
            Given::Switch(_) | Given::Number(_) => return None,
        };
        texts.iter().find_map(|text| {
            // Nobody could send such a password, and anything else could not be said in a line, or would play tricks.
            let is_bad = |c: &char| if self.is_secret() { "\0\r\n".contains(*c) } else { c.is_control() };
            if let Some(bad) = text.chars().find(is_bad) {
                return Some(Text::HasControl(bad.escape_debug().to_string()));
            }
            let most = self.most_bytes();
            if text.len() > most {
                return Some(Text::TextTooLong(text.len().to_string(), most.to_string()));
            }
            match self.name {
                "name" | "network" if text.contains(char::is_whitespace) => Some(Text::HasSpace),
                "listen" | "listen_tls" => addresses::parse(text).err(),
                "tls_cert" | "tls_key" | "motd_file" | "data_dir" => files::expand(text).err(),
                "operators" => match text.split_once(':') {
                    None => Some(Text::NoColon),
                    Some((name, _)) if name.contains(char::is_whitespace) => Some(Text::HasSpace),
                    Some(_) => None,
                },
                _ => None,
            }
        })
    }

    /// How long its text may be: so that each line it is said in is one, and each file has a name.
    fn most_bytes(&self) -> usize {
        match self.name {
            "name" | "network" => 63,
            "lobby" => names::MAX_CHANNEL_BYTES,
            "admin" => 400,
            // As much as a line of PASS or OPER can hold.
            "password" | "operators" => 480,
            _ => 4096,
        }
    }

    /// Whether its value is for nobody to read.
    fn is_secret(&self) -> bool {
        matches!(self.name, "password" | "operators")
    }

    /// A value as it is shown to whoever has to correct it, on one line.
    fn shown(&self, value: &Value) -> Both {
        if self.is_secret() {
            return Both::of(&Text::NotShown);
        }
        let shown = match value {
            Value::String(text) => format!("{text:?}"),
            Value::Array(list) => {
                let quoted =
                    |item: &Value| item.as_str().map_or_else(|| item.to_string(), |text| format!("{text:?}"));
                format!("[{}]", list.iter().map(quoted).collect::<Vec<_>>().join(", "))
            }
            other => other.to_string().replace('\n', " "),
        };
        let start = truncate(&shown, MOST_SHOWN);
        Both::as_it_is(if start.len() < shown.len() { format!("{start}…") } else { shown })
    }
}

/// What is expected of it.
impl Words for Key {
    fn within(&self, language: Language) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            f.write_str(language.choose(self.english, self.chinese))?;
            match self.kind {
                Kind::Number { least, most } => write!(f, " ({least}–{most})"),
                _ => Ok(()),
            }
        })
    }
}

impl Given {
    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A text that can stand as a parameter of a message.
    fn word(self, is_right: impl Fn(&str) -> bool) -> Option<String> {
        self.text().filter(|text| !text.is_empty() && !text.starts_with(':')).filter(|text| is_right(text))
    }

    /// A path, or none where the text is empty.
    fn path(self) -> Option<Option<PathBuf>> {
        some_text(self.text()?)
            .map(|path| files::expand(&path).ok())
            .map_or(Some(None), |path| path.map(Some))
    }

    fn list(self) -> Option<Vec<String>> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    fn addresses(self) -> Option<Vec<SocketAddr>> {
        self.list()?.iter().map(|address| addresses::parse(address).ok()).collect()
    }

    fn switch(self) -> Option<bool> {
        if let Self::Switch(on) = self { Some(on) } else { None }
    }

    fn number(self) -> Option<usize> {
        if let Self::Number(number) = self { usize::try_from(number).ok() } else { None }
    }

    fn port(self) -> Option<u16> {
        if let Self::Number(number) = self { u16::try_from(number).ok() } else { None }
    }

    fn seconds(self) -> Option<Duration> {
        if let Self::Number(number) = self { Some(Duration::from_secs(number)) } else { None }
    }
}
