//! What the server is told to be: one struct, one set of defaults, one table of keys for the file and the flags.
//!
//! Flags override the file, and the file overrides the defaults. Every key of the file is also a flag, with `-` for
//! `_`. Whatever is wrong is one clear line that names the file or flag, the key, and what was expected.

pub mod addresses;
mod changes;
pub mod duration;
mod file;
pub mod files;
pub mod motd;
pub mod network;
pub mod user_modes;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use teahouse_protocol::text::truncate;
use teahouse_protocol::{CaseMapping, names};
use toml::Value;

use crate::auth::password::{Kept, Unusable};
use crate::config::network::Network;
use crate::config::user_modes::{UserMode, UserModes};
use crate::text::language::{Both, Language, Text, Words, sentences};

/// How much of a wrong value is shown, in bytes.
const MOST_SHOWN: usize = 200;
/// What would make a person of a server, or several of one.
const NOT_IN_A_NAME: [char; 5] = ['!', '@', '*', '?', ','];

/// What the server is told to be. [`Config::default`] works as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The server's name, in prefixes.
    pub name: String,
    /// The network's name, in 001 and 005.
    pub network: String,
    /// Where to listen.
    pub listen: Vec<SocketAddr>,
    /// Where to listen for those who speak TLS.
    pub listen_tls: Vec<SocketAddr>,
    /// The certificate, and those of whoever vouches for it, in PEM form; without it and its key the server signs its
    /// own.
    pub tls_cert: Option<PathBuf>,
    /// The key to the certificate, in PEM form.
    pub tls_key: Option<PathBuf>,
    /// How long clients that support STS come over TLS only; zero makes them forget it, and `None` says nothing.
    pub sts_duration: Option<Duration>,
    /// The port that those clients are sent to; `None` for that of the first address of `listen_tls`.
    pub sts_port: Option<u16>,
    /// What every client must send with PASS.
    pub password: Option<String>,
    /// The message of the day, read again each time it is asked for.
    pub motd_file: Option<PathBuf>,
    /// The folder of what outlasts the server; `None` keeps everything in memory. The program, unlike
    /// [`Config::default`], begins with [`user_data_dir`].
    pub data_dir: Option<PathBuf>,
    /// Whether accounts can be opened.
    pub registration: bool,
    /// Whether that is possible before the login is complete.
    pub registration_before_connect: bool,
    /// The fewest characters of a password.
    pub min_password_length: usize,
    /// Whether the keys of SCRAM-SHA-256 are kept for each account.
    pub scram: bool,
    /// Whether a nickname that is an account's is that account's alone.
    pub protect_names: ProtectNames,
    /// Whether several connections of one account may share a nickname.
    pub multiclient: bool,
    /// Whether what is said is kept and can be read again.
    pub history: bool,
    /// For how many days; `None` for good.
    pub history_days: Option<u32>,
    /// How many messages of one conversation; `None` for all.
    pub history_lines: Option<u32>,
    /// Who stays without a connection.
    pub always_on: AlwaysOn,
    /// The room that everybody joins on login.
    pub lobby: Option<String>,
    /// The language of the server's own texts.
    pub language: Language,
    /// Who may become server operator, and with what password: in clear or as an argon2id hash.
    pub operators: Vec<Operator>,
    /// Whom to ask about this server (ADMIN).
    pub admin: Option<String>,
    /// Whether other people see a keyed hash in place of an address.
    pub cloak: bool,
    /// The user modes that everybody begins with.
    pub default_user_modes: UserModes,
    /// Whether a client that sends too fast is slowed down.
    pub flood_protection: bool,
    /// The most connections from one address; `None` for the default, which spares loopback and private ranges;
    /// 0 for no limit.
    pub max_connections_per_ip: Option<usize>,
    /// Networks that this limit is not for, nor those of registrations and of wrong passwords from one address.
    pub exempt_networks: Vec<Network>,
    /// The longest nickname, in bytes.
    pub nick_length: usize,
    /// How names are compared.
    pub casemapping: CaseMapping,
    /// The most connections at a time; `None` for what the system allows.
    pub max_connections: Option<usize>,
    /// How many bytes of other people's lines may wait for one client beyond what the kernel holds.
    pub sendq: usize,
    /// After this much silence a client is asked whether it is still there.
    pub ping_interval: Duration,
    /// How long the answer may take.
    pub ping_timeout: Duration,
    /// How long a login may take.
    pub registration_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "tea.house".to_owned(),
            network: "Teahouse".to_owned(),
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 6667))],
            listen_tls: Vec::new(),
            tls_cert: None,
            tls_key: None,
            sts_duration: None,
            sts_port: None,
            password: None,
            motd_file: None,
            data_dir: None,
            history: true,
            history_days: Some(90),
            history_lines: Some(20_000),
            registration: true,
            registration_before_connect: false,
            min_password_length: 8,
            scram: false,
            protect_names: ProtectNames::Refuse,
            multiclient: true,
            always_on: AlwaysOn::OptIn,
            lobby: Some("#lobby".to_owned()),
            language: Language::English,
            operators: Vec::new(),
            admin: None,
            cloak: true,
            default_user_modes: UserModes::default(),
            flood_protection: true,
            max_connections_per_ip: None,
            exempt_networks: Vec::new(),
            nick_length: 32,
            casemapping: CaseMapping::Ascii,
            max_connections: None,
            sendq: 256 * 1024,
            ping_interval: Duration::from_secs(90),
            ping_timeout: Duration::from_secs(60),
            registration_timeout: Duration::from_secs(30),
        }
    }
}

/// The user's own folder for what the server keeps; `None` if this user has none.
pub fn user_data_dir() -> Option<PathBuf> {
    const NAME: &str = "teahouse-server";
    let own = directories::ProjectDirs::from("", "", NAME).map(|folders| folders.data_dir().to_owned());
    // A user without a home can still be told where data goes, as services are.
    let told = || std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    own.or_else(|| told().map(|folder| folder.join(NAME)))
}

impl Config {
    /// Whether accounts can be opened before the login is complete. Not where everybody has to say a password first.
    pub fn opens_accounts_early(&self) -> bool {
        self.registration && self.registration_before_connect && self.password.is_none()
    }

    /// Whether an address is in one of the networks whose people are not counted together.
    pub fn is_exempt(&self, address: IpAddr) -> bool {
        self.exempt_networks.iter().any(|network| network.holds(address))
    }

    /// Looks at the passwords: what looks like a hash has to be one that can be checked, or it would be taken for a
    /// password in clear that nobody knows.
    ///
    /// # Errors
    /// Whose cannot be, with the key that it stands under, and why.
    fn check_passwords(&self, whence: impl Fn() -> Both) -> Result<(), ConfigError> {
        let house = self.password.iter().map(|password| ("password", "PASS", password));
        let operators =
            self.operators.iter().map(|operator| ("operators", &*operator.name, &operator.password));
        for (key, whose, password) in house.chain(operators) {
            let (key, whose) = (key.to_owned(), whose.to_owned());
            match Kept::read(password) {
                Ok(_) => {}
                Err(Unusable::NotWhole) => return Err(ConfigError::NotAHash(whence(), key, whose)),
                Err(Unusable::TooCostly) => return Err(ConfigError::CostlyHash(whence(), key, whose)),
            }
        }
        Ok(())
    }
}

/// What becomes of somebody who comes by the name of an account without having logged in to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectNames {
    /// The name is refused.
    Refuse,
    /// The person is called something else.
    Rename,
    /// Nothing: the name is anybody's.
    Off,
}

impl ProtectNames {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "refuse" => Some(Self::Refuse),
            "rename" => Some(Self::Rename),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Whether people with accounts stay in their rooms without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlwaysOn {
    /// Nobody does.
    Disabled,
    /// Who wants to.
    OptIn,
    /// Who does not object.
    OptOut,
    /// Everybody does.
    Mandatory,
}

impl AlwaysOn {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "disabled" => Some(Self::Disabled),
            "opt-in" => Some(Self::OptIn),
            "opt-out" => Some(Self::OptOut),
            "mandatory" => Some(Self::Mandatory),
            _ => None,
        }
    }
}

/// Somebody who may become server operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name to give to OPER.
    pub name: String,
    /// The password, in clear or as an argon2id hash.
    pub password: String,
}

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

fn find_key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl Key {
    /// Sets the key; a config with a wrong value is not used.
    fn take(&self, config: &mut Config, value: Value, whence: impl Fn() -> Both) -> Result<(), ConfigError> {
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

sentences! {
    /// Why a configuration cannot be used.
    pub enum ConfigError;
    Unreadable(file, why: Both) "{file}: cannot be read: {why}" | "{file}：无法读取：{why}";
    NotToml(file, line, why) "{file}: line {line}: not TOML: {why}" | "{file}：第 {line} 行：不是 TOML：{why}";
    UnknownKey(whence: Both, key) "{whence}: unknown key {key}; --help lists the keys" | "{whence}：没有 {key} 这个键；--help 列出所有的键";
    Mismatch(whence: Both, key, expected: Both, found: Both) "{whence}: {key}: expected {expected}; found {found}"
        | "{whence}：{key}：应为{expected}；实为 {found}";
    Flaw(whence: Both, key, expected: Both, found: Both, flaw: Both) "{whence}: {key}: expected {expected}; found {found}: {flaw}"
        | "{whence}：{key}：应为{expected}；实为 {found}：{flaw}";
    NoUserFolder "data_dir: this user has no home, so it has to be said where data is kept: --data-dir FOLDER, or data_dir in the file; \"\" keeps everything in memory"
        | "data_dir：这个用户没有主目录，请说明数据放在哪里：--data-dir 文件夹，或文件里的 data_dir；\"\" 表示一切只在内存里";
    FlagNotUtf8(flag) "{flag}: the value is not UTF-8" | "{flag}：值不是 UTF-8";
    NotAHash(whence: Both, key, whose) "{whence}: {key}: {whose}: this looks like the hash of a password, but it is cut off, or of a kind that is not known here; copy the whole line that hash-password prints, in a shell between single quotes" | "{whence}：{key}：{whose}：这看起来是密码的散列，但不完整，或不是这里认识的种类；请把 hash-password 打印的整行复制过来，在命令行里要用单引号括起来";
    CostlyHash(whence: Both, key, whose) "{whence}: {key}: {whose}: to check this hash takes too much: at most 65536 KiB of memory (m), 16 passes (t), and 4 passes at that much memory; make one with hash-password" | "{whence}：{key}：{whose}：验证这个散列的代价太高：内存（m）最多 65536 KiB，遍数（t）最多 16，用满内存时最多 4 遍；请用 hash-password 重新生成";
    UnknownFlag(flag) "{flag}: there is no such flag; --help lists them" | "{flag}：没有这个参数；--help 列出所有参数";
    UnknownCommand(word) "{word}: there is no such command; --help lists them" | "{word}：没有这个命令；--help 列出所有命令";
    MissingValue(flag) "{flag}: a value is missing" | "{flag}：缺少值";
}

impl ConfigError {
    /// The sentence in a language.
    pub fn within(&self, language: Language) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| self.write(f, language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let file = tempfile::Builder::new().prefix("tea").suffix(".toml").tempfile().unwrap();
        std::fs::write(&file, text).unwrap();
        let mut config = Config::default();
        let whence = file.path().display().to_string();
        match config.read_file(file.path()) {
            Ok(()) => Ok(config),
            Err(error) => Err(error.within(Language::English).to_string().replace(&whence, "tea.toml")),
        }
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let config =
            read("name = 'a.b'\nlisten = ['0.0.0.0:7000', '[::1]:7000']\nlobby = ''\nping_interval = 5\n")
                .unwrap();
        assert_eq!(config.listen, ["0.0.0.0:7000".parse().unwrap(), "[::1]:7000".parse().unwrap()]);
        let expected = Config {
            name: "a.b".into(),
            listen: config.listen.clone(),
            lobby: None,
            ping_interval: Duration::from_secs(5),
            ..Config::default()
        };
        assert_eq!(config, expected);
        assert_eq!(read(""), Ok(Config::default()));
    }

    #[test]
    fn a_mistake_in_the_file_is_one_line_that_says_where_and_what() {
        for (text, complaint) in [
            ("nmae = 'x'", "tea.toml: line 1: unknown key nmae; --help lists the keys"),
            (
                "name = 'two words.x'",
                "tea.toml: line 1: name: expected this server's name, such as tea.house; found \"two words.x\": there is a space in it",
            ),
            (
                "lobby = 'lobby'",
                "tea.toml: line 1: lobby: expected room that everybody joins on login, such as #lobby; \"\" for none; found \"lobby\"",
            ),
            (
                "listen = ['127.0.0.1:abc']",
                "tea.toml: line 1: listen: expected addresses to listen on, such as 127.0.0.1:6667 or 0.0.0.0:6667; found [\"127.0.0.1:abc\"]: abc is no port, which is a number from 0 to 65535",
            ),
            (
                "max_connections = 'many'",
                "tea.toml: line 1: max_connections: expected most connections at a time; 0 for what the system allows (0–1000000); found \"many\"",
            ),
            (
                "sendq = 1",
                "tea.toml: line 1: sendq: expected bytes that may wait for a client that reads slowly (4096–1073741824); found 1",
            ),
        ] {
            assert_eq!(read(text), Err(complaint.to_owned()), "{text}");
        }
        let not_toml = read("name = 'a.b'\nlisten = [").unwrap_err();
        assert!(
            not_toml.starts_with("tea.toml: line 2: not TOML: ") && !not_toml.contains('\n'),
            "{not_toml}"
        );
    }

    #[test]
    fn a_hash_that_is_not_whole_is_refused_and_never_taken_for_a_password() {
        const WHOLE: &str =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let cut = &WHOLE[..WHOLE.len() - 1];
        for text in [format!("password = '{WHOLE}'"), format!("operators = ['root:{WHOLE}', 'a:b:c']")] {
            assert!(read(&text).is_ok(), "{text}");
        }
        let complaint = read("operators = ['root sesame']").unwrap_err();
        assert!(
            complaint.starts_with("tea.toml: line 1: operators: expected who")
                && !complaint.contains("sesame")
        );
        for (text, whose) in [
            (format!("password = '{cut}'"), "password: PASS"),
            (format!("operators = ['a:b', 'root:{cut}']"), "operators: root"),
            ("operators = ['root:=19=19456,t=2,p=1']".to_owned(), "operators: root"),
        ] {
            let complaint = read(&format!("# secrets\n{text}")).unwrap_err();
            let begin = format!(
                "tea.toml: line 2: {whose}: this looks like the hash of a password, but it is cut off"
            );
            assert!(complaint.starts_with(&begin) && !complaint.contains("c29tZXNhbHQ"), "{complaint}");
        }
        let complaint = read(&format!("password = '{}'", WHOLE.replace("65536", "4194304"))).unwrap_err();
        assert!(complaint.contains("to check this hash takes too much"), "{complaint}");
        let mut config = Config::default();
        let refused = config.set_flag("operators", &[format!("root:{cut}")]).unwrap().unwrap_err();
        assert!(
            refused
                .within(Language::Chinese)
                .to_string()
                .starts_with("--operators：operators：root：这看起来是密码的散列，但不完整")
        );
    }

    #[test]
    fn networks_that_are_exempt_are_addresses_with_or_without_bits() {
        let config = read("exempt_networks = ['203.0.113.7', '2001:db8::/32', '198.51.100.0/24']").unwrap();
        for (address, is_exempt) in [
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("::ffff:198.51.100.9", true),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(config.is_exempt(address.parse().unwrap()), is_exempt, "{address}");
        }
        for wrong in ["exempt_networks = ['school']", "exempt_networks = ['1.2.3.4/40']"] {
            assert!(
                read(wrong).unwrap_err().starts_with("tea.toml: line 1: exempt_networks: expected addresses"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_key_is_also_a_flag() {
        let mut config = Config::default();
        for (flag, values) in [
            ("listen", &["127.0.0.1:0", "[::1]:0"][..]),
            ("ping-interval", &["6", "7"]),
            ("password", &["茶"]),
            ("lobby", &["#茶馆"]),
        ] {
            config.set_flag(flag, values).unwrap().unwrap();
        }
        assert_eq!(config.listen.len(), 2);
        assert_eq!(config.ping_interval, Duration::from_secs(7));
        assert_eq!((config.password.as_deref(), config.lobby.as_deref()), (Some("茶"), Some("#茶馆")));
        for bad in ["abc", "127.0.0.1:99999", "127.0.0.1", ""] {
            let error = config.set_flag("listen", &[bad]).unwrap().unwrap_err();
            assert!(
                error.within(Language::English).to_string().starts_with("--listen: listen: expected"),
                "{bad}"
            );
        }
        assert_eq!(config.set_flag("nope", &["1"]), None);
    }

    #[test]
    fn every_key_and_every_complaint_is_there_in_both_languages() {
        crate::text::language::tests::check_rows(ConfigError::ROWS);
        for key in KEYS {
            assert!(key.english.is_ascii() && !key.chinese.is_ascii(), "{}", key.name);
        }
    }
}
