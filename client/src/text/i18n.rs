//! Every text that a person sees, in 中文 and in English, in one table.
//!
//! A [`Text`] is one row of the table. Rows may have places `{0}`, `{1}` … for names and numbers; a row with its
//! arguments is a [`Phrase`]. The model keeps phrases, not strings, so the whole window, transcript included,
//! changes language at once.
//! What other people write, and names, are never translated. The labels of the settings stand in their own
//! [table](crate::config::settings::ROWS), as [`Words`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// The languages that the window speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 中文 (simplified).
    #[serde(rename = "zh")]
    Chinese,
    /// English, which is also what people of all other locales get.
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The language of this person's locale.
    pub fn of_locale() -> Self {
        sys_locale::get_locale().map_or_else(Self::default, |locale| Self::of_tag(&locale))
    }

    /// The language of a locale such as `zh-CN`, `zh_TW.UTF-8` or `C`.
    pub fn of_tag(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }

    /// The language with this code, as in `--lang zh` and in the settings.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The two letters of ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// What the language calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    /// The other language, for a switch with two positions.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A column of another table in both languages: 中文 first, as in the table of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub &'static str, pub &'static str);

impl Words {
    /// The words in a language.
    pub fn to(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.0,
            Language::English => self.1,
        }
    }
}

/// A text with its arguments, not yet in any language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phrase {
    text: Text,
    args: Box<[Arg]>,
}

/// What stands in a place of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Arg {
    /// A name, a number, somebody's words.
    Words(String),
    /// Something that is in the table itself.
    Phrase(Phrase),
}

impl Phrase {
    /// Which text it is, for tests and for a caller that treats a text in its own way.
    pub fn text(&self) -> Text {
        self.text
    }

    /// The phrase in a language.
    pub fn to(&self, language: Language) -> String {
        fill(self.text.to(language), &self.args, language)
    }
}

impl From<Text> for Phrase {
    fn from(text: Text) -> Self {
        Self { text, args: Box::default() }
    }
}

impl Text {
    /// This text with `args` in its places: `args[0]` in `{0}` and so on.
    pub fn with<const N: usize>(self, args: [&str; N]) -> Phrase {
        Phrase { text: self, args: args.map(|words| Arg::Words(words.to_owned())).into() }
    }

    /// This text with other phrases in its places.
    pub fn of<const N: usize>(self, phrases: [Phrase; N]) -> Phrase {
        Phrase { text: self, args: phrases.map(Arg::Phrase).into() }
    }
}

/// Puts `args` into the places `{0}` to `{9}` of `pattern`. A place without an argument stays as it is, and braces in
/// an argument mean nothing.
fn fill(pattern: &str, args: &[Arg], language: Language) -> String {
    let mut filled = String::with_capacity(2 * pattern.len());
    let mut rest = pattern;
    while let Some(brace) = rest.find('{') {
        filled.push_str(&rest[..brace]);
        rest = &rest[brace..];
        let arg = match rest.as_bytes() {
            [b'{', digit @ b'0'..=b'9', b'}', ..] => args.get(usize::from(digit - b'0')),
            _ => None,
        };
        match arg {
            Some(Arg::Words(words)) => {
                filled.push_str(words);
                rest = &rest["{0}".len()..];
            }
            Some(Arg::Phrase(phrase)) => {
                filled.push_str(&phrase.to(language));
                rest = &rest["{0}".len()..];
            }
            None => {
                filled.push('{');
                rest = &rest["{".len()..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

macro_rules! texts {
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        /// One row of the table: something the window says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Text {
            $(
                #[doc = concat!("```text\n", $english, "\n```")]
                $name,
            )*
        }

        impl Text {
            /// Every row, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The text in a language, its places unfilled.
            pub fn to(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$name, Language::Chinese) => $chinese,
                        (Self::$name, Language::English) => $english,
                    )*
                }
            }
        }
    };
}

texts! {
    // Words that are the same in both: what a server or a person said, passed on.
    Verbatim: "{0}", "{0}";

    // The window and its first view.
    AppTitle: "聊天客户端", "Teahouse chat";
    AppName: "茶馆 Teahouse", "Teahouse";
    UserName: "用户名", "Name";
    ServerAddress: "服务器ip", "Server";
    AccountPassword: "账号密码（没有账号就不填）", "Account password, if you have an account";
    UseTls: "使用 TLS 加密", "Use TLS";
    KeepPassword: "记住密码", "Keep the password";
    NewAccount: "注册新账号", "New account";
    Port: "端口port", "Port";
    LogIn: "登录", "Log in";
    LoggingInCancel: "正在登录… 点击取消", "Logging in… click to cancel";
    Cancel: "取消", "Cancel";

    // The chat.
    OnlineUsers: "在线用户", "Online";
    AskOnlineUsers: "获取在线用户列表", "Ask the server who is online";
    Find: "查找", "Find";
    ClearScreen: "清屏", "Clear";
    ClearTranscript: "清除消息框", "Clear the messages of this conversation";
    Transcript: "消息框", "Messages";
    Send: "发送", "Send";
    MessageTo: "发消息到 {0}", "Message {0}";
    ComposerHint: "{0} 发送 · {1} 换行 · /help 查看命令", "{0} sends · {1} starts a new line · /help lists commands";
    Members: "成员", "People";
    Operators: "管理员", "Operators";
    Voiced: "语音", "Voiced";
    OpenPrivate: "私聊", "Private chat";
    MentionThem: "提到此人", "Mention";
    ShowWhois: "用户信息", "Who is this?";
    LeaveRoom: "离开房间", "Leave the room";
    ClosePrivate: "关闭对话", "Close";
    OneNew: "↓ 1 条新消息", "↓ 1 new";
    SomeNew: "↓ {0} 条新消息", "↓ {0} new";
    NewMessages: "新消息", "New";
    Dark: "深色", "Dark";
    Light: "浅色", "Light";
    Connected: "已连接", "Connected";
    Connecting: "正在连接 {0}…", "Connecting to {0}…";
    Disconnected: "未连接", "Not connected";
    KeySwitcher: "按名字或拼音找对话", "find a conversation by its name";
    SwitchTo: "去哪个对话？名字或拼音首字母", "Where to? Some of its name";
    KeyBefore: "上一个对话", "the conversation before";
    KeyNext: "下一个对话", "the next conversation";
    KeyUnread: "下一个有未读消息的对话", "the next conversation with something unread";
    KeyNewLine: "换行", "a new line";
    KeyPane: "下一个区域", "the next part of the window";
    KeyPaneBefore: "上一个区域", "the part of the window before";
    KeySearch: "在对话里查找", "look for words in the conversation";
    KeyWire: "显示或隐藏报文", "show or hide the wire";
    Wire: "报文", "Wire";
    WireOf: "报文 · {0}", "Wire · {0}";
    WireNothing: "还没有报文", "Nothing has gone over the wire yet";
    WireChoose: "选择一行，这里会解释它", "Choose a line, and it is explained here";
    WireSent: "发出", "Sent";
    WireReceived: "收到", "Received";
    WireFacts: "{0}，{1} 字节", "{0}, {1} bytes";
    WireTag: "标签", "Tag";
    WireSource: "来源", "Source";
    WirePerson: "{0}（用户名 {1}，主机 {2}）", "{0} (user {1}, host {2})";
    WireOurName: "我们的名字", "our name";
    WireParameter: "参数 {0}", "parameter {0}";
    WireUnknownNumeric: "这里不认识的数字回复", "a numeric that is not known here";
    WireUnknownCommand: "这里不认识的命令", "a command that is not known here";
    WireNoMessage: "不是一条消息", "Not a message";
    ClosePanel: "关闭", "Close";
    Settings: "设置", "Settings";
    Appearance: "外观", "Appearance";
    AsTheSystem: "跟随系统", "As the system";
    MessagesSetting: "消息", "Messages";
    Notifications: "窗口和通知", "Window and notifications";
    NotifyDefault: "通知：和别处一样", "Notifications: as everywhere";
    NotifyIn: "通知：{0}", "Notifications: {0}";
    JoinAtLogin: "登录时进入", "Join at login";
    NotJoinAtLogin: "登录时不再进入", "No longer join at login";
    AtStart: "启动时连接", "Connect at start";
    NotAtStart: "启动时不连接", "Do not connect at start";
    EditProfile: "编辑", "Edit";
    ForgetProfile: "删除", "Remove";
    General: "通用", "General";
    EditServer: "编辑…", "Edit…";
    CopyServer: "复制一份…", "Duplicate…";
    RemoveServer: "删除…", "Remove…";
    NoServers: "还没有保存的服务器", "No servers are saved yet";
    AtStartDetail: "启动时连接", "connects at start";
    ConnectedDetail: "已连接", "connected";
    OutdatedDetail: "改动从下次连接起生效", "changes hold from the next connection on";
    NewServer: "添加服务器", "A new server";
    ServerTitle: "服务器 · {0}", "Server · {0}";
    Save: "保存", "Save";
    HoldsNextTime: "现在已连接：改动从下次连接起生效。", "You are connected: changes hold from the next connection on.";
    ReconnectTitle: "现在重新连接吗？", "Connect again now?";
    ReallyReconnect: "“{0}”已保存。改动从下次连接起生效；重新连接后会回到现在的房间。",
        "\"{0}\" is saved. What you changed holds from the next connection on, which would take you back into your rooms.";
    Later: "以后", "Later";
    RemoveTitle: "删除“{0}”？", "Remove \"{0}\"?";
    ReallyRemove: "它的账号、房间和证书指纹都会忘掉，密码也从钥匙串里删除。聊天记录留在本机。",
        "Its account, rooms and fingerprints are forgotten, and its password is taken out of the keyring. What was said there stays on this computer.";
    RemoveAndLeave: "正在使用的连接也会关闭。", "The connection to it is closed, too.";
    DiscardTitle: "放弃修改？", "Leave without saving?";
    ReallyDiscard: "“{0}”改过的内容还没有保存。", "What you changed about \"{0}\" is not saved.";
    Discard: "放弃修改", "Leave";
    KeepEditing: "继续编辑", "Go on";
    NotInKeyring: "密码没有存进钥匙串", "The password is not in the keyring";
    NotInKeyringExplained: "系统的钥匙串现在不能用（{0}）。\n“{1}”的密码改存在设置文件里，只有你能读。",
        "The system's keyring cannot be used ({0}).\nThe password of \"{1}\" stands in the settings file instead, which only you can read.";
    IgnoredPeople: "屏蔽的人", "Ignored people";
    Keys: "快捷键", "Keys";
    KeyLarger: "放大", "larger";
    KeySmaller: "缩小", "smaller";
    KeyUsualSize: "原来的大小", "the usual size";
    Ignoring: "不再显示 {0} 的消息", "{0} is ignored from now on";
    NotIgnoring: "重新显示 {0} 的消息", "{0} is heard again";
    IgnoringAll: "不显示这些人的消息：{0}", "Ignored: {0}";
    IgnoringNobody: "没有屏蔽任何人", "Nobody is ignored";
    Ignore: "屏蔽此人", "Ignore";
    Unignore: "取消屏蔽", "Hear again";
    Kick: "请出房间", "Kick";
    Ban: "禁止进入并请出", "Ban and kick";
    GiveVoice: "允许发言", "Give voice";
    TakeVoice: "取消发言权", "Take voice";
    MakeOperator: "设为管理员", "Make operator";
    UnmakeOperator: "取消管理员", "No longer operator";
    GoAway: "标记为离开", "Mark as away";
    ComeBack: "我回来了", "I am back";
    AwayReason: "离开", "Away";
    SavedServers: "已保存的服务器", "Saved servers";
    Connect: "连接", "Connect";
    AddServer: "添加服务器", "Add a server";
    Back: "返回", "Back";
    Disconnect: "断开连接", "Disconnect";
    LeaveNetwork: "关闭此服务器", "Close this server";
    RetryIn: "{0} 秒后重新连接", "Connecting again in {0} s";
    ConnectNow: "立即连接", "Connect now";
    ConnectAgain: "重新连接", "Connect again";
    AwayNow: "离开", "Away";
    Day: "{0}年{1}月{2}日", "{0}-{1}-{2}";

    // Closing.
    Notice: "提示", "Teahouse";
    ReallyClose: "是否关闭窗口", "Close the window?";
    DoNotAskAgain: "不再询问", "Do not ask again";
    OpenAddress: "打开地址", "Open an address";
    ReallyOpen: "要用别的程序打开 {0} 吗？", "Open {0} with another program?";
    OpenIt: "打开", "Open";
    CopyMessage: "复制消息", "Copy the message";
    CopySelected: "复制选中的文字", "Copy the selection";
    CopyLink: "复制链接", "Copy the address";
    OpenLink: "打开链接", "Open the address";
    CloseWindow: "关闭", "Close";

    // What is wrong with the form.
    NameMissing: "请输入用户名", "Please enter a name";
    NameHasSpace: "用户名里不能有空格", "A name cannot have a space in it";
    NameStartsWith: "用户名不能以“{0}”开头", "A name cannot begin with \"{0}\"";
    NameHas: "用户名里不能有“{0}”", "A name cannot have \"{0}\" in it";
    NameTooLong: "用户名太长：最多 {0} 字节（一个汉字占 3 字节）", "The name is too long: at most {0} bytes";
    ServerMissing: "请输入服务器地址", "Please enter the server's address";
    ServerBad: "服务器地址里不能有“{0}”", "A server's address cannot have \"{0}\" in it";
    ServerHasPort: "端口请填在端口栏里", "Please put the port into its own field";
    PasswordMissing: "请输入新账号的密码", "Please enter a password for the new account";
    PortMissing: "请输入端口", "Please enter a port";
    PortBad: "端口是 1 到 65535 的数字", "A port is a number from 1 to 65535";

    // The page of a saved server.
    Server: "服务器", "Server";
    Servers: "服务器", "Servers";
    You: "你是谁", "Who you are";
    Account: "账号", "Account";
    Encryption: "加密", "Encryption";
    Connection: "连接", "Connection";
    ProfileName: "名称", "Name";
    ServerPassword: "服务器密码", "Server password";
    Nickname: "用户名", "Nickname";
    OtherNicks: "备用的用户名", "Other nicknames";
    LoginUser: "登录标识（USER）", "User name (USER)";
    RealName: "真实姓名", "Real name";
    PasswordOfAccount: "账号密码", "Account password";
    AddPin: "只信任这些证书：添加指纹（SHA-256）", "Trust these certificates only: add a fingerprint (SHA-256)";
    OwnCertificate: "自己的证书（PEM 文件）", "Your own certificate (PEM file)";
    OwnKey: "证书的私钥（PEM 文件）", "Its private key (PEM file)";
    RoomsToJoin: "登录后进入的房间", "Rooms to join";
    HintName: "不填就显示地址", "the address, if empty";
    HintServerPassword: "多数服务器没有", "most servers have none";
    HintOtherNicks: "用户名被占用时依次试用", "for when that one is taken";
    HintFromNick: "不填就用用户名", "the nickname, if empty";
    HintPassword: "没有账号就不填", "empty without an account";
    HintKept: "已存于系统钥匙串", "kept in the system's keyring";
    HintPin: "64 位十六进制数字", "64 hexadecimal digits";
    HintCertificate: "没有就不填", "empty without one";
    HintKey: "不填：在同一个文件里", "empty: in the same file";
    HintRooms: "#茶馆, #作业 密码", "#tea, #homework password";
    VerifyCertificate: "证书必须可信", "The server's certificate has to be vouched for";
    KeepInKeyring: "把密码存进系统钥匙串", "Keep the password in the system's keyring";
    AccountRequired: "登录账号失败就不连接", "Leave when the login to the account fails";
    Mechanisms: "登录方式（都不选：能用的都试）", "Ways to log in (none ticked: all that are possible)";
    WhenLost: "连接断开后重新连接", "Connect again when the connection is lost";
    ReconnectWindow: "在窗口里", "In the window";
    ReconnectAlways: "总是", "Always";
    ReconnectNever: "从不", "Never";
    PasswordToKeyring: "保存后，密码存在系统钥匙串里，不在设置文件里。",
        "The password goes into the system's keyring, and not into the settings file.";
    PasswordInKeyring: "密码存在系统钥匙串里；在上面写新的就会替换它。",
        "It is in the system's keyring; a new one takes its place.";
    PasswordToFile: "密码写在设置文件里，只有你能读。", "The password stands in the settings file, which only you can read.";
    PasswordToNobody: "保存后，密码从系统钥匙串里删除。", "The password will be taken out of the system's keyring.";
    OnlyPinned: "只信任下面这些证书，别的都不信。", "Only the certificates below are trusted.";
    AnybodyBelieved: "不核对证书：谁都可以冒充这台服务器！", "Without this, anybody could pose as the server!";
    NameOfOther: "已经有一个“{0}”了，请另取一个名称", "There is \"{0}\" already; please give this one another name";
    BadUser: "一个词，不能有空格、@ 和 !", "One word, without spaces, @ and !";
    BadRoom: "“{0}”不能作房间名：要以 # 开头，密码写在空格后面",
        "\"{0}\" is no room: it begins with #, and a password follows behind a space";
    BadPin: "这不是证书指纹：要 64 位十六进制数字", "This is no fingerprint: 64 hexadecimal digits";
    FileUnusable: "这个文件不能用：{0}", "This file cannot be used: {0}";
    KeyWithoutCertificate: "有私钥就要有证书", "A key needs its certificate";

    // Why there is no connection.
    UnknownHost: "找不到服务器“{0}”，请检查地址", "No server named \"{0}\" was found; please check the address";
    ConnectionRefused: "{0} 的 {1} 端口没有服务器在运行", "No server is listening on port {1} of {0}";
    Unreachable: "连不上 {0}：{1}", "{0} cannot be reached: {1}";
    ConnectTimedOut: "{0} 没有应答，请检查地址、端口和网络",
        "{0} does not answer; please check address, port and network";
    NotAChatServer: "{0} 的这个端口上不是聊天服务器（对方说的不是 IRC）",
        "What answers there on {0} is not a chat server (it does not speak IRC)";
    NoWelcome: "服务器接了电话却没有让人进门（登录超时）", "The server took the call but did not finish the login in time";
    NickTaken: "“{0}”这个名字已经有人用了，请换一个", "Somebody is already called \"{0}\"; please choose another name";
    NickInUse: "“{0}”已经有人用了，请换一个名字，或填写账号密码",
        "\"{0}\" is taken: choose another name, or enter its password";
    NickRefused: "服务器不接受“{0}”这个名字：{1}", "The server does not take the name \"{0}\": {1}";
    PasswordNeeded: "服务器要求密码：{0}", "The server asks for a password: {0}";
    Banned: "服务器拒绝登录：{0}", "The server refuses the login: {0}";
    ClosedByServer: "服务器关闭了连接", "The server closed the connection";
    ClosedByServerBecause: "服务器关闭了连接：{0}", "The server closed the connection: {0}";
    ServerSilent: "服务器没有声音了，连接已断开", "The server fell silent; the connection is given up";
    ServerStalled: "服务器不再接收消息，连接已断开", "The server takes no more messages; the connection is given up";
    ConnectionBroken: "连接中断：{0}", "The connection broke: {0}";
    NoTls: "{0} 的这个端口上不能用 TLS 加密连接（{1}）", "What answers there on {0} does not speak TLS ({1})";
    Untrusted: "没有连接 {0}：{1}。证书指纹（SHA-256）：{2}",
        "Not connected to {0}: {1}. Fingerprint of the certificate (SHA-256): {2}";
    CertificateUnknown: "没有可信的机构为它的证书担保", "nobody who is trusted vouches for its certificate";
    CertificateForOther: "它的证书是给别的名字的", "its certificate is for another name";
    CertificateExpired: "它的证书已经过期", "its certificate has expired";
    CertificateNotYet: "它的证书还没有生效", "its certificate is not valid yet";
    CertificateChanged: "它的证书不是已知的那一份，可能有人在冒充它",
        "its certificate is not the one that is known, so somebody may be posing as the server";
    TrustServer: "信任这台服务器吗？", "Trust this server?";
    TrustExplained: "第一次用 TLS 连接 {0}，而{1}。\n请和管理者告诉你的证书指纹（SHA-256）核对：\n{2}\n完全一样就可以信任；以后只要变了，就不会连接。",
        "This is the first time to {0} by TLS, and {1}.\nCompare the fingerprint (SHA-256) with what the server's keeper told you:\n{2}\nIf it is the same you can trust it. Should it ever change, there will be no connection.";
    TrustIt: "一样，信任它", "The same: trust it";
    DoNotConnect: "不连接", "Do not connect";
    AnotherCertificate: "服务器的证书变了！", "The server has another certificate!";
    AnotherCertificateExplained: "没有连接 {0}：它的证书不是以前的那一份，可能有人在冒充它。\n以前的指纹：\n{1}\n现在的指纹：\n{2}\n请向管理者核实。如果确实换了证书，在服务器上点右键，选“忘记证书”，再核对新的。",
        "Not connected to {0}: its certificate is not the one from before, so somebody may be posing as the server.\nThe fingerprint before:\n{1}\nThe fingerprint now:\n{2}\nAsk the server's keeper. If the certificate really was replaced, click the server with the right button, choose \"Forget the certificate\", and compare the new one.";
    NotTrusted: "不能相信这台服务器", "This server cannot be trusted";
    NotTrustedExplained: "没有连接 {0}：{1}，而它以前要求只用可靠的 TLS 连接，所以不能例外。\n证书指纹（SHA-256）：\n{2}",
        "Not connected to {0}: {1}. It once asked to be spoken to by safe TLS only, so there can be no exception.\nFingerprint of the certificate (SHA-256):\n{2}";
    Understood: "知道了", "Understood";
    ShowCertificate: "证书指纹", "The certificate's fingerprint";
    ForgetCertificate: "忘记证书", "Forget the certificate";
    CertificateExplained: "TLS 加密连接，服务器的证书指纹（SHA-256）：\n{0}\n{1}",
        "Connected by TLS. The fingerprint of the server's certificate (SHA-256):\n{0}\n{1}";
    CertificatePinned: "你核对过这个指纹，以后只认它。", "You have trusted this one, and no other is taken.";
    CertificateVouchedFor: "有可信的机构为它担保。", "Somebody who is trusted vouches for it.";
    Close: "关闭", "Close";
    AccountNamed: "账号 {0}", "account {0}";
    LoginFailed: "没有登录账号 {0}：{1}", "Not logged in to the account {0}: {1}";
    LoginRefused: "请检查账号和密码（服务器说：{0}）", "please check the account and the password (the server says: {0})";
    LoginNotOffered: "服务器不提供账号登录", "the server has no logins to accounts";
    LoginNoWay: "服务器不支持所设的登录方式", "the server knows none of the ways to log in that are set";
    LoginNoAnswer: "服务器没有回应登录", "the server did not answer the login";
    LoginImpostor: "服务器没能证明它知道这个密码，可能是冒充的",
        "the server could not prove that it knows the password, so it may be an impostor";
    CannotStart: "无法开始连接：{0}", "The connection cannot be started: {0}";

    // Notices in the transcript.
    AccountIs: "你登录了账号 {0}", "You are logged in to the account {0}";
    AccountGone: "你退出了账号", "You are no longer logged in to an account";
    FoundBefore: "聊天记录里找到 {0} 条", "Found before: {0}";
    FoundRow: "{0} {1} {2}：{3}", "{0} {1} {2}: {3}";
    Registered: "账号 {0} 注册好了，你已经登录", "The account {0} is open, and you are logged in to it";
    PasswordNotKept: "密码没有记住，下次还要输入：{0}", "The password was not kept, so it will be asked for again: {0}";
    CannotRegister: "这个服务器不能在这里注册账号；可以试试 /msg NickServ HELP",
        "This server opens no accounts here; try /msg NickServ HELP";
    LoggedIn: "你以 {0} 的名字进来了", "You are here as {0}";
    RetryingIn: "{0} 秒后重新连接", "Connecting again in {0} s";
    LostConnection: "连接断了，消息暂时发不出去", "The connection is lost; nothing can be sent for now";
    YouJoined: "你进入了 {0}", "You joined {0}";
    Joined: "{0} 来了", "{0} has come";
    Left: "{0} 离开了房间", "{0} left the room";
    LeftBecause: "{0} 离开了房间（{1}）", "{0} left the room ({1})";
    Quit: "{0} 走了", "{0} has gone";
    QuitBecause: "{0} 走了（{1}）", "{0} has gone ({1})";
    Kicked: "{1} 把 {0} 请出了房间", "{1} sent {0} out of the room";
    KickedBecause: "{1} 把 {0} 请出了房间（{2}）", "{1} sent {0} out of the room ({2})";
    YouLeft: "你离开了 {0}", "You left {0}";
    YouWereKicked: "{1} 把你请出了 {0}", "{1} sent you out of {0}";
    YouWereKickedBecause: "{1} 把你请出了 {0}（{2}）", "{1} sent you out of {0} ({2})";
    Renamed: "{0} 改名为 {1}", "{0} is now called {1}";
    YouRenamed: "你现在叫 {0}", "You are now called {0}";
    SearchHere: "在这个对话里查找", "Look for words in this conversation";
    SearchCount: "第 {0} 处，共 {1} 处", "{0} of {1}";
    SearchSoFar: "第 {0} 处，已找到 {1} 处…", "{0} of {1} so far…";
    SearchNothing: "没有找到", "Nothing found";
    SearchGoesOn: "正在查找…", "Looking…";
    SearchFurther: "查找更早的消息", "Look further back";
    SearchGoesBack: "正在查找更早的消息…", "Looking further back…";
    SearchNothingBack: "更早的也没有", "None further back";
    SearchCountAll: "第 {0} 处，共 {1} 处，更早的没有了", "{0} of {1}, and none further back";
    BytesLeft: "还能写 {0} 字节", "{0} bytes left";
    MakesMessages: "将分成 {0} 条消息发出", "will be sent as {0} messages";
    Emoji: "表情", "Emoji";
    PasteTitle: "粘贴多行文字", "Paste several lines";
    ReallyPaste: "这段文字会作为 {0} 条消息发出。要粘贴吗？", "This text makes {0} messages. Paste it?";
    ReallyPasteAsOne: "这段文字有 {0} 行，会作为一条消息发出。要粘贴吗？",
        "This text has {0} lines, and goes out as one message. Paste it?";
    Paste: "粘贴", "Paste";
    AnswersOlder: "更早的一条消息", "an older message";
    SendAgain: "{0} · 点击重发", "{0} · click to send it again";
    Reply: "回复", "Reply";
    TakeBack: "撤回", "Delete for everybody";
    Replying: "回复 {0}：{1}", "Answering {0}: {1}";
    OneTypes: "{0} 正在输入…", "{0} is writing…";
    SomeType: "{0} 正在输入…", "{0} are writing…";
    ManyType: "好几个人正在输入…", "Several people are writing…";
    TakenBack: "（消息已撤回）", "(message deleted)";
    SomeCame: "{0} 来了", "{0} came";
    SomeLeft: "{0} 走了", "{0} left";
    SomePassedBy: "{0} 来了又走了", "{0} came and went";
    SomeReturned: "{0} 走了又回来了", "{0} left and came back";
    Repeated: "{0} ×{1}", "{0} ×{1}";
    TopicIs: "话题：{0}", "Topic: {0}";
    TopicSet: "{0} 把话题改为：{1}", "{0} changed the topic to: {1}";
    TopicCleared: "{0} 取消了话题", "{0} removed the topic";
    NoTopic: "还没有话题", "There is no topic yet";
    ModeSet: "{0} 设置了模式 {1}", "{0} set mode {1}";
    Invited: "{0} 邀请你去 {1}（/join {1}）", "{0} invites you to {1} (/join {1})";
    Inviting: "已邀请 {0} 来 {1}", "{0} was invited to {1}";
    NowAway: "你标记为离开", "You are marked as away";
    NoLongerAway: "你回来了", "You are no longer marked as away";
    IsAway: "{0} 不在：{1}", "{0} is away: {1}";
    PeopleHere: "{0} 里有 {1} 人：{2}", "{1} in {0}: {2}";
    OnlineList: "在线用户（{0} 人）：{1}", "Online ({0}): {1}";
    NobodySeen: "看不到在线用户", "Nobody that you can see is online";
    RoomModes: "{0} 的模式：{1}", "The modes of {0}: {1}";
    BanRow: "{0} 禁止 {1} 进入", "{0} bans {1}";
    ExceptionRow: "{0} 的禁令不管 {1}", "No ban of {0} holds for {1}";
    InvitationRow: "{1} 不用邀请就能进 {0}", "{1} may come into {0} without an invitation";
    AndMore: "{0} …还有 {1} 人", "{0} … and {1} more";
    RoomRowPlain: "{0}（{1} 人）", "{0} ({1})";
    RoomRow: "{0}（{1} 人） {2}", "{0} ({1}) {2}";
    RoomListEnd: "共 {0} 个房间", "{0} rooms in all";
    RoomListCut: "共 {0} 个房间，只显示前 {1} 个", "{0} rooms in all, the first {1} are shown";
    FromServer: "服务器：{0}", "Server: {0}";
    NoticeFrom: "{0} 通知：{1}", "Notice from {0}: {1}";
    Undo: "撤销", "Undo";
    Cut: "剪切", "Cut";
    Copy: "复制", "Copy";
    SelectAll: "全选", "Select all";
    InvitesYou: "{0} 邀请你去 {1}", "{0} invites you to {1}";
    Forwarded: "{0} 把你转到了 {1}", "{0} sends you on to {1}";
    JoinRoom: "进去", "Join";
    JoinAgain: "再进去", "Join again";
    IgnoreOffer: "不去", "Ignore";
    AskedService: "你对 {0} 说：{1}", "You to {0}: {1}";

    // Answers to /whois.
    WhoisUser: "{0}（{1}）：{2}", "{0} ({1}): {2}";
    WhoisServer: "{0} 在服务器 {1} 上", "{0} is on the server {1}";
    WhoisOperator: "{0} 是服务器管理员", "{0} is a server operator";
    WhoisIdle: "{0} 已 {1} 秒没说话", "{0} has been silent for {1} s";
    WhoisChannels: "{0} 在这些房间：{1}", "{0} is in: {1}";
    WhoisSecure: "{0} 的连接是加密的", "{0} is connected securely";
    WhoisBot: "{0} 是程序", "{0} is a program";
    WhoisAccount: "{0} 登录了账号 {1}", "{0} is logged in as {1}";

    // What a server refuses, in plain words.
    NoSuchNick: "没有叫“{0}”的人在线", "Nobody called \"{0}\" is here";
    NoSuchRoom: "没有“{0}”这个房间", "There is no room \"{0}\"";
    NotDelivered: "连接断了，没有送到", "Not delivered: the connection was lost";
    CannotSendToRoom: "消息没有送到：不能在 {0} 说话", "Not delivered: you cannot speak in {0}";
    TooManyRooms: "进入的房间太多了，进不了 {0}", "You are in too many rooms to join {0}";
    UnknownToServer: "服务器不认识命令 {0}", "The server does not know the command {0}";
    TooLongForServer: "消息太长，服务器没有接受", "The message was too long for the server";
    NotInRoom: "你不在 {0} 里", "You are not in {0}";
    TheyAreNotInRoom: "{0} 不在 {1} 里", "{0} is not in {1}";
    RoomIsFull: "{0} 已经满了", "{0} is full";
    RoomIsInviteOnly: "{0} 需要邀请才能进", "{0} is for invited people only";
    RoomBansYou: "{0} 不让你进", "{0} does not let you in";
    RoomNeedsKey: "{0} 需要密码（/join {0} 密码）", "{0} needs a password (/join {0} password)";
    OperatorsOnly: "只有 {0} 的管理员可以这样做", "Only an operator of {0} can do that";
    ServerBusy: "服务器忙，请稍后再试", "The server is busy; please try again later";
    ServerRefused: "服务器不同意：{0}", "The server refuses: {0}";

    // The message box.
    NotConnected: "还没有连接，消息没有发出", "There is no connection, nothing was sent";
    NowhereToSay: "这里不能说话，先进入一个房间（/join #房间）", "Nobody hears you here; join a room first (/join #room)";
    TooMuch: "这有 {0} 个字，一次最多能发 {1} 个", "That is {0} characters; at most {1} can be sent at once";
    TooManyLines: "一次最多发 {0} 行", "At most {0} lines can be sent at once";
    UnknownCommand: "没有 {0} 这个命令，输入 /help 查看；要发送以 / 开头的文字，请写 //",
        "There is no command {0}; /help lists them. To say text that begins with /, write //";
    LooksLikeCommand: "没有发出：像是命令 {0}。执行请写 {0}，照发请把开头的符号写两遍",
        "Not sent: it looks like {0}. Write {0} to do it, or the sign twice to say it";
    LineIsCommand: "没有发出：第 {0} 行像命令 {1}。执行请单独发，照发请在前面加点别的",
        "Not sent: line {0} begins like {1}. Send it alone, or put something before it";
    MissingArgument: "用法：{0}", "Usage: {0}";
    BadRoomName: "“{0}”不能作房间名", "\"{0}\" cannot be the name of a room";
    BadNick: "“{0}”不能作用户名", "\"{0}\" cannot be a name";
    BadRawLine: "这一行不是 IRC 消息", "This line is not an IRC message";
    OneLineOnly: "这个命令只能写一行", "This command takes a single line";

    // Commands, as /help prints them: what to write, and what it does.
    HelpTitle: "命令：", "Commands:";
    HelpRow: "{0}  {1}", "{0}  {1}";
    UsageMsg: "/msg 名字 消息", "/msg name message";
    HelpMsg: "私下对一个人说", "say something to one person only";
    UsageQuery: "/query 名字", "/query name";
    HelpQuery: "打开私聊", "open a private conversation";
    UsageMe: "/me 动作", "/me does something";
    HelpMe: "描述自己的动作", "tell what you do";
    UsageShrug: "/shrug [话]", "/shrug [words]";
    HelpShrug: "说出来，后面耸一耸肩", "say it, with a shrug behind it";
    UsageNick: "/nick 新名字", "/nick name";
    HelpNick: "改名", "change your name";
    UsageJoin: "/join #房间 [密码]", "/join #room [password]";
    HelpJoin: "进入房间", "join a room";
    UsagePart: "/part [#房间] [原因]", "/part [#room] [reason]";
    HelpPart: "离开房间；在私聊里则关闭私聊", "leave the room, or close the private conversation";
    UsageTopic: "/topic [新话题]", "/topic [new topic]";
    HelpTopic: "查看或修改话题", "show or change the topic";
    UsageKick: "/kick 名字 [原因]", "/kick name [reason]";
    HelpKick: "把人请出房间", "have somebody leave the room";
    UsageInvite: "/invite 名字 [#房间]", "/invite name [#room]";
    HelpInvite: "邀请一个人进房间", "ask somebody into the room";
    UsageMode: "/mode [#房间] [+o 名字]", "/mode [#room] [+o name]";
    HelpMode: "查看或修改房间的模式", "show or change the room's modes";
    UsageAway: "/away [原因]", "/away [reason]";
    HelpAway: "标记为离开；不写原因则是回来了", "mark yourself as away; without a reason, as back";
    UsageOnline: "/online [#房间]", "/online [#room]";
    HelpOnline: "获取在线用户列表", "show who is online";
    UsageSearch: "/search [in:房间] [from:名字] 词语", "/search [in:room] [from:name] words";
    HelpSearch: "在服务器保存的聊天记录里查找", "find what was said before, where the server keeps it";
    UsageRegister: "/register 密码 [邮箱]", "/register password [mail address]";
    HelpRegister: "用自己现在的名字注册账号", "open an account for the name you have";
    UsageVerify: "/verify 验证码", "/verify code";
    HelpVerify: "输入邮件里的验证码", "say the code that came by mail";
    UsageWhois: "/whois 名字", "/whois name";
    HelpWhois: "查看一个人的信息", "show who somebody is";
    UsageIgnore: "/ignore [名字]", "/ignore [name]";
    HelpIgnore: "不再看到此人的消息；不写名字则列出", "hear no more of somebody; without a name, list them";
    UsageUnignore: "/unignore 名字", "/unignore name";
    HelpUnignore: "重新看到此人的消息", "hear somebody again";
    UsageList: "/list", "/list";
    HelpList: "列出服务器上的房间", "list the server's rooms";
    UsageClear: "/clear", "/clear";
    HelpClear: "清除消息框", "clear the messages of this conversation";
    UsageNickServ: "/ns 要求", "/ns request";
    HelpNickServ: "请 NickServ 做事：名字和账号", "ask NickServ for something: names and accounts";
    UsageChanServ: "/cs 要求", "/cs request";
    HelpChanServ: "请 ChanServ 做事：房间", "ask ChanServ for something: rooms";
    UsageOper: "/oper 名字 密码", "/oper name password";
    HelpOper: "成为服务器的管理员", "become an operator of the server";
    UsageRaw: "/raw 一行 IRC", "/raw line";
    HelpRaw: "原样发给服务器", "send a line to the server as it is";
    UsageQuit: "/quit [告别的话]", "/quit [farewell]";
    HelpQuit: "退出并关闭窗口", "leave and close the window";
    UsageHelp: "/help", "/help";
    HelpHelp: "显示这个列表", "show this list";

    // Letters.
    EncodingOfText: "文字编码", "Encoding of the text";
    HintEncoding: "UTF-8；老服务器可能是 GB18030", "UTF-8; on old servers perhaps GB18030";
    BadEncoding: "没有这种编码，例如 GB18030、Big5", "There is no such encoding; GB18030 and Big5 are two";

    // Links.
    LinkLeadsTo: "登录后进入 {0}", "After the login you come into {0}";

    // The settings.
    SettingsBroken: "设置文件无法读取，已改名为 {0}，现在使用默认设置（{1}）",
        "The settings could not be read and were set aside as {0}; defaults are used ({1})";
    SettingsUnreadable: "设置文件 {0} 无法读取：{1}", "The settings in {0} cannot be read: {1}";
    SettingsCopied: "设置文件里有不能用的内容，原样存为 {0}",
        "Not everything in the settings can be used; they are kept as they were in {0}";
    PoliciesBroken: "{0} 无法读取，已另存为 {1}：哪些服务器只能加密连接，已经不记得了",
        "{0} cannot be read and is kept as {1}: which servers are to be spoken to by TLS only is forgotten";
    NotText: "不是 UTF-8 文本", "it is not text in UTF-8";
    IsAFolder: "那是一个文件夹", "it is a folder";
    OtherWindow: "另一个窗口正在使用同一份设置：在这里改的设置不会保存，聊天记录只由那个窗口写",
        "Another window uses the same settings: what is changed here is not kept, and only that window writes conversations down";
    CannotKeep: "设置和聊天记录无法保存在 {0}：{1}", "Settings and conversations cannot be kept in {0}: {1}";
    LogsNotKept: "聊天记录现在写不下来：{0}", "Conversations cannot be written down at the moment: {0}";
    DiskIsFull: "磁盘已满", "the disk is full";
    DiskIsReadOnly: "磁盘是只读的", "the disk is read-only";
    MayNotWrite: "没有写入的权限", "there is no permission to write there";
    SomethingInPlace: "那个位置有别的东西", "something else is in that place";
    SettingIgnored: "设置 {0} 的值不可用，已忽略", "The setting {0} has a value that cannot be used; it is ignored";
    SettingUnknown: "没有 {0} 这个设置，已忽略", "There is no setting {0}; it is ignored";

    // The command line.
    Usage: "用法：teahouse [选项] [irc://服务器/房间]

  --server 地址      服务器（域名或 ip）
  --port 端口        端口，1 到 65535
  --nick 名字        用户名
  --tls              用 TLS 加密连接
  --profile 名称     用设置里的哪一个服务器
  --connect          启动后马上登录
  --headless         不开窗口：从标准输入读，向标准输出写
  --lang zh|en       界面语言（默认随系统）
  --geometry 宽x高+X+Y  窗口的大小和位置
  --config 文件夹    设置存放的文件夹
  --help             显示这些说明
  --version          显示版本",
    "usage: teahouse [options] [irc://server/room]

  --server ADDRESS   the server: a name or an IP address
  --port PORT        its port, 1 to 65535
  --nick NAME        your name
  --tls              encrypt the connection with TLS
  --profile NAME     which of the servers in the settings
  --connect          log in at once
  --headless         no window: reads standard input, writes standard output
  --lang zh|en       language of the window (default: that of the locale)
  --geometry WxH+X+Y size and place of the window
  --config DIR       folder of the settings
  --help             show this help
  --version          show the version";
    FlagUnknown: "不认识的参数 {0}（--help 显示用法）", "unknown argument {0} (--help shows the usage)";
    FlagNeedsValue: "{0} 后面要有一个值", "{0} needs a value";
    FlagTakesNoValue: "{0} 后面不能有值", "{0} takes no value";
    FlagBadValue: "{0} 的值“{1}”不可用：应为 {2}", "{0} cannot be \"{1}\": expected {2}";
    BadUrl: "{0} 不是有效的地址", "{0} leads nowhere";
    ProfileUnknown: "设置里没有叫“{0}”的服务器", "There is no server called \"{0}\" in the settings";
    HeadlessNeedsUnix: "--headless 只能在 Unix 系统上使用", "--headless works on Unix systems only";
    ExpectLanguage: "zh 或 en", "zh or en";
    ExpectPort: "1 到 65535 的数字", "a number from 1 to 65535";
    ExpectGeometry: "宽x高+X+Y，例如 900x640+0+0", "WxH+X+Y, such as 900x640+0+0";
    ExpectText: "UTF-8 文字", "UTF-8 text";
    CannotOpenWindow: "无法打开窗口：{0}", "The window cannot be opened: {0}";
    NoDisplay: "这里没有显示器（环境变量 DISPLAY 没有设置），窗口打不开；请在桌面环境里启动", "There is no display here (DISPLAY is not set), so the window cannot be opened; start it from a desktop";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a pattern, each once and in order.
    fn places(pattern: &str) -> Vec<u8> {
        (b'0'..=b'9').filter(|digit| pattern.contains(&format!("{{{}}}", char::from(*digit)))).collect()
    }

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_places() {
        for text in Text::ALL {
            let [chinese, english] = Language::ALL.map(|language| text.to(language));
            assert!(!chinese.trim().is_empty() && !english.trim().is_empty(), "{text:?}");
            assert_eq!(places(chinese), places(english), "{text:?}");
            let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!english.contains(is_cjk), "the English of {text:?} has Chinese in it");
            let is_wide = |c: char| "“”‘’".contains(c);
            assert!(
                !english.contains(is_wide),
                "a face with 汉字 draws the quotes of {text:?} as wide as those"
            );
        }
    }

    #[test]
    fn the_words_of_the_first_chat_are_kept() {
        for (text, word) in [
            (Text::AppTitle, "聊天客户端"),
            (Text::UserName, "用户名"),
            (Text::ServerAddress, "服务器ip"),
            (Text::Port, "端口port"),
            (Text::LogIn, "登录"),
            (Text::AskOnlineUsers, "获取在线用户列表"),
            (Text::OnlineUsers, "在线用户"),
            (Text::ClearTranscript, "清除消息框"),
            (Text::ClearScreen, "清屏"),
            (Text::Transcript, "消息框"),
            (Text::Notice, "提示"),
            (Text::ReallyClose, "是否关闭窗口"),
            (Text::DoNotAskAgain, "不再询问"),
        ] {
            assert_eq!(text.to(Language::Chinese), word);
        }
    }

    #[test]
    fn arguments_stand_in_their_places_and_their_braces_mean_nothing() {
        let phrase = Text::KickedBecause.with(["{1}", "bob", "{"]);
        assert_eq!(phrase.to(Language::English), "bob sent {1} out of the room ({)");
        assert_eq!(phrase.to(Language::Chinese), "bob 把 {1} 请出了房间（{）");
        assert_eq!(Phrase::from(Text::Send).to(Language::English), "Send");
        let usage = Text::MissingArgument.of([Text::UsageList.into()]);
        assert_eq!(usage.to(Language::English), "Usage: /list");
        assert_eq!(fill("{0} {x} {9}", &[Arg::Words("a".to_owned())], Language::English), "a {x} {9}");
    }

    #[test]
    fn the_locale_chooses_the_language() {
        for (locale, language) in [
            ("zh-CN", Language::Chinese),
            ("zh_TW.UTF-8", Language::Chinese),
            ("zh", Language::Chinese),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("zha", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_tag(locale), language, "{locale:?}");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
            assert_eq!(language.other().other(), language);
        }
        assert_eq!(Language::from_code("fr"), None);
    }
}
