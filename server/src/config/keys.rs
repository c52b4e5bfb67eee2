//! Every key of the configuration, a row each: a new key is a row here, and its use.
//!
//! From the rows follow [`Config`] and its defaults, the keys of the file, the flags and `--help`, the words about a
//! mistake, what needs a restart, and what the documents list: `make docs` writes their tables and the sample file.
//! `row.rs` tells how a row is written, and `form.rs` what its readers are.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use teahouse_protocol::{CaseMapping, names};

use super::choices::{AlwaysOn, ProtectNames};
use super::form::{
    ADDRESSES, Form, Given, Kind, PATH, Reader, SWITCH, TEXT, limit, number, number_if_set, seconds,
    seconds_if_set,
};
use super::network::Network;
use super::operator::Operator;
use super::row::config;
use super::user_modes::{UserMode, UserModes};
use crate::text::language::{Language, Text, Words};

/// Characters that would make a person of a server, or several of one.
const NOT_IN_A_NAME: [char; 5] = ['!', '@', '*', '?', ','];

/// One key of the configuration.
pub struct Key {
    /// Its name in the file; as a flag it has `-` for `_`.
    pub name: &'static str,
    /// What it does, in a line, as `--help` and the complaint about a wrong value say it.
    pub meaning: Words,
    /// What the documents say besides, in Markdown; empty for nothing.
    pub more: Words,
    /// Its default as the documents say it: in backquotes as it stands in the file, or in words.
    pub default: Words,
    /// What the sample file has in its line.
    pub sample: &'static str,
    /// Whether another value is taken on only when the server is started again.
    pub needs_restart: bool,
    pub(super) form: Form,
    pub(super) set: fn(&mut Config, Given) -> Option<()>,
    pub(super) differs: fn(&Config, &Config) -> bool,
    pub(super) keep: fn(&mut Config, &Config),
}

config! {
    /// The configuration of the server. [`Config::default`] works as it is.
    pub struct Config;

    listen: Vec<SocketAddr> = ["127.0.0.1:6667"], ADDRESSES, needs_restart;
        "addresses to listen on, such as 127.0.0.1:6667 or 0.0.0.0:6667"
            | "监听的地址，如 127.0.0.1:6667 或 0.0.0.0:6667";
        "`0.0.0.0:6667` is every IPv4 address of this machine, `[::]:6667` every address, those of IPv6 too; see [addresses](#addresses)"
            | "`0.0.0.0:6667` 是本机的所有 IPv4 地址，`[::]:6667` 是所有地址，包括 IPv6；见[地址](#地址)";

    listen_tls: Vec<SocketAddr> = [], ADDRESSES, needs_restart;
        "addresses to listen on for TLS, such as 0.0.0.0:6697" | "监听 TLS 加密连接的地址，如 0.0.0.0:6697";
        "See [TLS](tls.md)" | "见 [TLS](tls.zh-CN.md)";

    tls_cert: Option<PathBuf> = "", PATH;
        "PEM file with the certificate; if not set, the server signs its own"
            | "证书所在的 PEM 文件；不设置时服务器自己签一个";
        "The file also holds the certificates that vouch for it, and is read again on SIGHUP. The server signs its own once, and keeps it in `data_dir`"
            | "文件里也有为它担保的证书；收到 SIGHUP 时重新读取。服务器自己的只签一次，保存在 `data_dir` 里";

    tls_key: Option<PathBuf> = "", PATH;
        "PEM file with the key to the certificate" | "证书私钥所在的 PEM 文件";

    sts_duration: Option<Duration> = None ("not set" | "未设置", 2592000), seconds_if_set(0, 315_360_000);
        "seconds for which clients come over TLS only (STS); 0 makes them forget it; if not set, nothing is said"
            | "客户端只用 TLS 连接的秒数（STS）；0 让它们忘掉；不设置时不提";
        "Counted from each visit. Not for a certificate that the server signed itself"
            | "从每次来访算起。服务器自己签名的证书不能用";

    sts_port: Option<u16> = None ("not set" | "未设置", 6697), number_if_set(1, 65_535);
        "public port for TLS that STS names; if not set, that of listen_tls"
            | "STS 所说的公开 TLS 端口；不设置时用 listen_tls 的端口";
        "Of several addresses in `listen_tls` the first counts" | "`listen_tls` 有几个地址时，以第一个为准";

    name: String = "tea.house",
        Reader::new(Kind::Text, |given| {
            given.word().filter(|name| name.contains('.') && !name.contains(NOT_IN_A_NAME))
        }).at_most(63).with_flaw(space);
        "this server's name, such as tea.house" | "服务器的名字，如 tea.house";
        "It is in everything that the server says; it has a dot in it, at most 63 bytes, and no spaces"
            | "服务器说的每句话里都有；要有一个点，最多 63 字节，没有空格";

    network: String = "Teahouse", Reader::new(Kind::Text, Given::word).at_most(63).with_flaw(space);
        "the network's name, one word" | "网络的名字，一个词";
        "At most 63 bytes" | "最多 63 字节";

    /// `None` for the network's name.
    description: Option<String> = "", TEXT.at_most(200);
        "what the server says of itself in WHOIS and LINKS, and besides in INFO; \"\" for the network's name"
            | "服务器在 WHOIS 和 LINKS 里怎样介绍自己，INFO 里也会加上；\"\" 表示用网络的名字";
        "At most 200 bytes" | "最多 200 字节";

    /// As much as a line of PASS can hold.
    password: Option<String> = "", TEXT.at_most(480).secret();
        "what every client must send with PASS; \"\" for none" | "每个客户端必须用 PASS 发送的密码；\"\" 表示不需要";
        "At most 480 bytes, in clear or as `teahouse-server hash-password` prints it"
            | "最多 480 字节，写明文，或写 `teahouse-server hash-password` 打印的散列";

    motd_file: Option<PathBuf> = "", PATH;
        "file with the message of the day" | "今日消息所在的文件";
        "It is read again each time somebody asks for it; empty for none. A regular file in UTF-8, of which at most 500 lines, 400 bytes of each and 64 KiB are shown"
            | "每次有人要看时重新读取；空表示没有。UTF-8 的普通文件，最多显示 500 行、每行 400 字节、共 64 KiB";

    /// `None` keeps everything in memory. The program, unlike [`Config::default`], begins with
    /// [`user_data_dir`](super::user_data_dir).
    data_dir: Option<PathBuf> = "" ("the user's own" | "用户自己的", ""), PATH, needs_restart;
        "folder of what outlasts the server; \"\" keeps everything in memory"
            | "保存数据的文件夹；\"\" 表示一切只在内存里";
        "It is made when it is first needed. Not set: the user's data folder, such as `~/.local/share/teahouse-server`"
            | "第一次用到时建立。未设置：用户的数据文件夹，如 `~/.local/share/teahouse-server`";

    registration: bool = true, SWITCH;
        "whether people can open accounts: true or false" | "是否可以注册账号：true 或 false";
        "They do so by REGISTER or through NickServ" | "用 REGISTER 或通过 NickServ";

    registration_before_connect: bool = false, SWITCH;
        "whether they can do so before they have logged in to the server: true or false"
            | "登录服务器之前是否就可以注册账号：true 或 false";
        "Never where the server has a `password`" | "服务器有 `password` 时总是不可以";

    min_password_length: usize = 8, number(1, 100);
        "fewest characters of an account's password" | "账号密码的最少字符数";

    scram: bool = false, SWITCH;
        "whether the keys of SCRAM-SHA-256 are kept for each account: true or false"
            | "是否为每个账号保存 SCRAM-SHA-256 的密钥：true 或 false";
        "They stand beside the argon2id hash of its password; a thief of the database guesses passwords faster with them. Accounts that are older get them at their next login with PLAIN"
            | "它们和密码的 argon2id 散列放在一起；偷到数据库的人可以用它们更快地猜密码。以前的账号在下一次用 PLAIN 登录时补上";

    protect_names: ProtectNames = "refuse", Reader::new(Kind::Text, |given| ProtectNames::from_word(&given.text()?));
        "what becomes of people who come by an account's name without logging in to it: refuse, rename or off"
            | "没有登录账号却用账号的名字进来时怎么办：refuse（拒绝）、rename（改名）或 off（不管）";
        "A name that looks the same counts too. They are told to choose another (`\"refuse\"`) or are called `guest-1` (`\"rename\"`); `\"off\"` leaves names to the first who comes"
            | "看起来一样的名字也是。别人必须另取一个（`\"refuse\"`），或改叫 `guest-1`（`\"rename\"`）；`\"off\"` 先到先得";

    multiclient: bool = true, SWITCH;
        "whether several connections of one account may share a nickname: true or false"
            | "同一账号的多个连接是否可以共用一个名字：true 或 false";
        "For others they are one person" | "在别人看来是一个人";

    history: bool = true, SWITCH;
        "whether what is said is kept and can be read again: true or false"
            | "是否保存聊天记录，以便再次查看：true 或 false";
        "Those who were there can read it: see [history](history.md)" | "在场的人可以再看：见[聊天记录](history.zh-CN.md)";

    /// `None` for good.
    history_days: Option<u32> = 90, limit(36_500);
        "for how many days it is kept; 0 for good" | "聊天记录保存多少天；0 表示一直保存";

    /// `None` for all.
    history_lines: Option<u32> = 20000, limit(1_000_000_000);
        "how many messages of one conversation are kept; 0 for all" | "每个会话最多保存多少条；0 表示不限";

    always_on: AlwaysOn = "opt-in", Reader::new(Kind::Text, |given| AlwaysOn::from_word(&given.text()?));
        "whether accounts stay in their rooms without a connection: opt-in, opt-out, mandatory or disabled"
            | "账号断开后是否留在房间里：opt-in（自选）、opt-out（不反对就留）、mandatory（一律）或 disabled（不留）";
        "`\"opt-in\"`: people who want to; `\"opt-out\"`: people who do not object; `\"mandatory\"`: all; `\"disabled\"`: nobody"
            | "`\"opt-in\"` 自己选择的人，`\"opt-out\"` 没有拒绝的人，`\"mandatory\"` 所有人，`\"disabled\"` 没有人";

    lobby: Option<String> = "#lobby",
        Reader::new(Kind::Text, |given| {
            let lobby = (TEXT.read)(given)?;
            lobby.as_deref().is_none_or(|lobby| names::check_channel(lobby).is_ok()).then_some(lobby)
        }).at_most(names::MAX_CHANNEL_BYTES);
        "room that everybody joins on login, such as #lobby; \"\" for none"
            | "每个人登录后进入的房间，如 #lobby；\"\" 表示没有";
        "It is nobody's own: everybody may change its topic, and only server operators its modes"
            | "它不属于任何人：谁都可以改话题，只有服务器管理员能改模式";

    language: Language = "en" ("from the locale" | "取自系统语言", "en"),
        Reader::new(Kind::Text, |given| Language::from_code(&given.text()?));
        "language of the server's own texts: en or zh" | "服务器文字的语言：en 或 zh";
        "Everybody can choose their own with LANGUAGE" | "每个人可以用 LANGUAGE 选自己的";

    /// As much of each password as a line of OPER can hold.
    operators: Vec<Operator> = [], Reader::new(Kind::List, |given| given.each(Operator::from_entry))
        .at_most(480).secret().with_flaw(|entry| match entry.split_once(':') {
            None => Some(Text::NoColon),
            Some((name, _)) => space(name),
        });
        "who may become server operator, each as name:password; the password in clear or as hash-password prints it"
            | "可以成为服务器管理员的人，每人一个 名字:密码；密码可以是明文，也可以是 hash-password 打印的散列";
        "They say OPER to become it. A password that looks like a hash and is not a whole one, or a hash that asks for more than 64 MiB or 16 passes, is refused"
            | "他们用 OPER 成为管理员。看起来像散列但不完整的、需要超过 64 MiB 或 16 遍的，会被拒绝";

    admin: Option<String> = "", TEXT.at_most(400);
        "whom to ask about this server, for ADMIN; \"\" for nobody" | "有关本服务器的事找谁，用于 ADMIN；\"\" 表示没有";
        "At most 400 bytes" | "最多 400 字节";

    cloak: bool = true, SWITCH;
        "whether people see a hash in place of each other's addresses: true or false"
            | "是否用散列代替地址给别人看：true 或 false";
        "Operators see the address. The key of the hash is in the database, so that an address looks the same after a restart"
            | "管理员看到地址。散列的密钥在数据库里，所以重启后同一个地址看起来不变";

    default_user_modes: UserModes = "",
        Reader::new(Kind::Text, |given| {
            let mut modes = UserModes::default();
            for letter in given.text()?.trim_start_matches('+').chars() {
                modes.set(UserMode::from_letter(letter).filter(|mode| mode.is_own_choice())?, true);
            }
            Some(modes)
        });
        "user modes that everybody begins with, such as i or iw; \"\" for none"
            | "每个人一开始的用户模式，如 i 或 iw；\"\" 表示没有";
        "They can be `B`, `E`, `R`, `i` and `w`" | "可以是 `B`、`E`、`R`、`i`、`w`";

    flood_protection: bool = true, SWITCH;
        "whether a client that sends too fast is slowed down (10 lines at once, then 2 a second): true or false"
            | "是否放慢发送过快的客户端（先 10 行，之后每秒 2 行）：true 或 false";
        "Operators are not, a login is not counted, and what a program sends by itself (who is typing, what was read) counts a fifth"
            | "管理员不受限，登录不算，程序自己发的（正在输入、读到哪里）只算五分之一";

    /// `None` for 16, which spares loopback and private ranges; 0 for no limit.
    max_connections_per_ip: Option<usize> = None ("not set" | "未设置", 16), number_if_set(0, 1_000_000);
        "most connections from one address; 0 for no limit; if not set, 16, and none for private addresses"
            | "同一地址最多的连接数；0 表示不限；不设置时为 16，私有地址不限";
        "IPv6 addresses count by /64. Addresses of this machine count as private. `exempt_networks` lifts the limit for some"
            | "IPv6 按 /64 算。本机的地址也算私有。`exempt_networks` 可以为一些网段取消";

    exempt_networks: Vec<Network> = [], Reader::new(Kind::List, |given| given.each(Network::parse));
        "addresses and networks, such as 203.0.113.7 or 203.0.113.0/24, whose connections, registrations and wrong passwords are not limited by address"
            | "连接数、注册数和输错密码次数都不按地址限制的地址或网段，如 203.0.113.7 或 203.0.113.0/24";
        "`max_connections_per_ip`, the limit of five registrations in ten minutes and the slowing of wrong passwords by address are not for them. For a class that shares one public address"
            | "`max_connections_per_ip`、十分钟内五次注册的限制、输错密码后按地址的放慢，对他们都不适用。给共用一个公网地址的班级";

    nick_length: usize = 32, number(9, 64);
        "longest nickname, in bytes" | "名字最多多少字节";
        "A 汉字 takes three" | "一个汉字占三个";

    casemapping: CaseMapping = "ascii", Reader::new(Kind::Text, |given| CaseMapping::from_token(&given.text()?)), needs_restart;
        "how names are compared: ascii, rfc1459 or rfc1459-strict" | "名字的比较方式：ascii、rfc1459 或 rfc1459-strict";

    /// `None` for what the system allows.
    max_connections: Option<usize> = 0, limit(1_000_000), needs_restart;
        "most connections at a time; 0 for what the system allows" | "最多同时连接数；0 表示由系统决定";
        "The log says at start how many that are" | "启动时的日志会说有多少";

    sendq: usize = 262144, number(4096, 1 << 30);
        "bytes that may wait for a client that reads slowly" | "接收慢的客户端最多可积压的字节数";
        "Beyond what the kernel holds; past that it is dropped" | "内核里的不算；超过就断开";

    ping_interval: Duration = 90, seconds(1, 86_400);
        "seconds of silence after which a client is asked whether it is there" | "客户端静默多少秒后询问它是否在线";

    ping_timeout: Duration = 60, seconds(1, 86_400);
        "seconds that the answer may take" | "等待回答的秒数";

    registration_timeout: Duration = 30, seconds(1, 86_400);
        "seconds that a login may take" | "登录允许的秒数";
}

fn space(text: &str) -> Option<Text> {
    text.contains(char::is_whitespace).then_some(Text::HasSpace)
}

impl Key {
    /// The key with this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The key that a flag sets, by the flag's name without the dashes before it.
    pub fn of_flag(flag: &str) -> Option<&'static Self> {
        Self::find(&flag.replace('-', "_"))
    }
}
