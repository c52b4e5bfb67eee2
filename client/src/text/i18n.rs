//! Every text that a person sees, in English and in 中文, in one table.
//!
//! A [`Text`] is one row of the table. Rows may have places `{0}`, `{1}` … for names and numbers; a row with its
//! arguments is a [`Phrase`]. The model keeps phrases, not strings, so the whole window, transcript included,
//! changes language at once.
//! What other people write, and names, are never translated. The labels of the settings stand in their own
//! [table](crate::config::settings::ROWS), as [`Words`].

pub use teahouse_protocol::{Language, Words};

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
        debug_assert_eq!(places(self.words().0).len(), N, "the arguments of {self:?}");
        Phrase { text: self, args: args.map(|words| Arg::Words(words.to_owned())).into() }
    }

    /// This text with other phrases in its places.
    pub fn of<const N: usize>(self, phrases: [Phrase; N]) -> Phrase {
        debug_assert_eq!(places(self.words().0).len(), N, "the arguments of {self:?}");
        Phrase { text: self, args: phrases.map(Arg::Phrase).into() }
    }
}

/// The places of a pattern, each once and in order.
fn places(pattern: &str) -> Vec<u8> {
    (b'0'..=b'9').filter(|digit| pattern.contains(&format!("{{{}}}", char::from(*digit)))).collect()
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
    ($($name:ident $english:literal | $chinese:literal;)*) => {
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

            /// The text in both languages, its places unfilled.
            pub const fn words(self) -> Words {
                match self {
                    $(Self::$name => Words($english, $chinese)),*
                }
            }

            /// The text in a language, its places unfilled.
            pub const fn to(self, language: Language) -> &'static str {
                self.words().to(language)
            }
        }
    };
}

texts! {
    // Words that are the same in both: what a server or a person said, passed on.
    Verbatim "{0}" | "{0}";

    // The window and its first view.
    AppTitle "Teahouse chat" | "聊天客户端";
    AppName "Teahouse" | "茶馆 Teahouse";
    UserName "Name" | "用户名";
    ServerAddress "Server" | "服务器ip";
    AccountPassword "Account password, if you have an account" | "账号密码（没有账号就不填）";
    UseTls "Use TLS" | "使用 TLS 加密";
    KeepPassword "Keep the password" | "记住密码";
    NewAccount "New account" | "注册新账号";
    Port "Port" | "端口port";
    LogIn "Log in" | "登录";
    LoggingInCancel "Logging in… click to cancel" | "正在登录… 点击取消";
    Cancel "Cancel" | "取消";

    // The chat.
    OnlineUsers "Online" | "在线用户";
    AskOnlineUsers "Ask the server who is online" | "获取在线用户列表";
    Find "Find" | "查找";
    ClearScreen "Clear" | "清屏";
    ClearTranscript "Clear the messages of this conversation" | "清除消息框";
    Transcript "Messages" | "消息框";
    Send "Send" | "发送";
    MessageTo "Message {0}" | "发消息到 {0}";
    ComposerHint "{0} sends · {1} starts a new line · /help lists commands" | "{0} 发送 · {1} 换行 · /help 查看命令";
    Members "People" | "成员";
    Operators "Operators" | "管理员";
    Voiced "Voiced" | "语音";
    OpenPrivate "Private chat" | "私聊";
    MentionThem "Mention" | "提到此人";
    ShowWhois "Who is this?" | "用户信息";
    LeaveRoom "Leave the room" | "离开房间";
    ClosePrivate "Close" | "关闭对话";
    OneNew "↓ 1 new" | "↓ 1 条新消息";
    SomeNew "↓ {0} new" | "↓ {0} 条新消息";
    NewMessages "New" | "新消息";
    Dark "Dark" | "深色";
    Light "Light" | "浅色";
    Connected "Connected" | "已连接";
    Connecting "Connecting to {0}…" | "正在连接 {0}…";
    Disconnected "Not connected" | "未连接";
    KeySwitcher "find a conversation by its name" | "按名字或拼音找对话";
    SwitchTo "Where to? Some of its name" | "去哪个对话？名字或拼音首字母";
    KeyBefore "the conversation before" | "上一个对话";
    KeyNext "the next conversation" | "下一个对话";
    KeyUnread "the next conversation with something unread" | "下一个有未读消息的对话";
    KeyNewLine "a new line" | "换行";
    KeyPane "the next part of the window" | "下一个区域";
    KeyPaneBefore "the part of the window before" | "上一个区域";
    KeySearch "look for words in the conversation" | "在对话里查找";
    KeyWire "show or hide the wire" | "显示或隐藏报文";
    Wire "Wire" | "报文";
    WireOf "Wire · {0}" | "报文 · {0}";
    WireNothing "Nothing has gone over the wire yet" | "还没有报文";
    WireChoose "Choose a line, and it is explained here" | "选择一行，这里会解释它";
    WireSent "Sent" | "发出";
    WireReceived "Received" | "收到";
    WireFacts "{0}, {1} bytes" | "{0}，{1} 字节";
    WireTag "Tag" | "标签";
    WireSource "Source" | "来源";
    WirePerson "{0} (user {1}, host {2})" | "{0}（用户名 {1}，主机 {2}）";
    WireOurName "our name" | "我们的名字";
    WireParameter "parameter {0}" | "参数 {0}";
    WireUnknownNumeric "a numeric that is not known here" | "这里不认识的数字回复";
    WireUnknownCommand "a command that is not known here" | "这里不认识的命令";
    WireNoMessage "Not a message" | "不是一条消息";
    ClosePanel "Close" | "关闭";
    Settings "Settings" | "设置";
    Appearance "Appearance" | "外观";
    AsTheSystem "As the system" | "跟随系统";
    MessagesSetting "Messages" | "消息";
    Notifications "Window and notifications" | "窗口和通知";
    NotifyDefault "Notifications: as everywhere" | "通知：和别处一样";
    NotifyIn "Notifications: {0}" | "通知：{0}";
    JoinAtLogin "Join at login" | "登录时进入";
    NotJoinAtLogin "No longer join at login" | "登录时不再进入";
    AtStart "Connect at start" | "启动时连接";
    NotAtStart "Do not connect at start" | "启动时不连接";
    EditProfile "Edit" | "编辑";
    ForgetProfile "Remove" | "删除";
    General "General" | "通用";
    EditServer "Edit…" | "编辑…";
    CopyServer "Duplicate…" | "复制一份…";
    RemoveServer "Remove…" | "删除…";
    NoServers "No servers are saved yet" | "还没有保存的服务器";
    AtStartDetail "connects at start" | "启动时连接";
    ConnectedDetail "connected" | "已连接";
    OutdatedDetail "changes hold from the next connection on" | "改动从下次连接起生效";
    NewServer "A new server" | "添加服务器";
    ServerTitle "Server · {0}" | "服务器 · {0}";
    Save "Save" | "保存";
    HoldsNextTime "You are connected: changes hold from the next connection on." | "现在已连接：改动从下次连接起生效。";
    ReconnectTitle "Connect again now?" | "现在重新连接吗？";
    ReallyReconnect "\"{0}\" is saved. What you changed holds from the next connection on, which would take you back into your rooms."
        | "“{0}”已保存。改动从下次连接起生效；重新连接后会回到现在的房间。";
    Later "Later" | "以后";
    RemoveTitle "Remove \"{0}\"?" | "删除“{0}”？";
    ReallyRemove "Its account, rooms and fingerprints are forgotten, and its password is taken out of the keyring. What was said there stays on this computer."
        | "它的账号、房间和证书指纹都会忘掉，密码也从钥匙串里删除。聊天记录留在本机。";
    RemoveAndLeave "The connection to it is closed, too." | "正在使用的连接也会关闭。";
    DiscardTitle "Leave without saving?" | "放弃修改？";
    ReallyDiscard "What you changed about \"{0}\" is not saved." | "“{0}”改过的内容还没有保存。";
    Discard "Leave" | "放弃修改";
    KeepEditing "Go on" | "继续编辑";
    NotInKeyring "The password is not in the keyring" | "密码没有存进钥匙串";
    NotInKeyringExplained "The system's keyring cannot be used ({0}).\nThe password of \"{1}\" stands in the settings file instead, which only you can read."
        | "系统的钥匙串现在不能用（{0}）。\n“{1}”的密码改存在设置文件里，只有你能读。";
    IgnoredPeople "Ignored people" | "屏蔽的人";
    Keys "Keys" | "快捷键";
    KeyLarger "larger" | "放大";
    KeySmaller "smaller" | "缩小";
    KeyUsualSize "the usual size" | "原来的大小";
    Ignoring "{0} is ignored from now on" | "不再显示 {0} 的消息";
    NotIgnoring "{0} is heard again" | "重新显示 {0} 的消息";
    IgnoringAll "Ignored: {0}" | "不显示这些人的消息：{0}";
    IgnoringNobody "Nobody is ignored" | "没有屏蔽任何人";
    Ignore "Ignore" | "屏蔽此人";
    Unignore "Hear again" | "取消屏蔽";
    Kick "Kick" | "请出房间";
    Ban "Ban and kick" | "禁止进入并请出";
    GiveVoice "Give voice" | "允许发言";
    TakeVoice "Take voice" | "取消发言权";
    MakeOperator "Make operator" | "设为管理员";
    UnmakeOperator "No longer operator" | "取消管理员";
    GoAway "Mark as away" | "标记为离开";
    ComeBack "I am back" | "我回来了";
    AwayReason "Away" | "离开";
    SavedServers "Saved servers" | "已保存的服务器";
    Connect "Connect" | "连接";
    AddServer "Add a server" | "添加服务器";
    Back "Back" | "返回";
    Disconnect "Disconnect" | "断开连接";
    LeaveNetwork "Close this server" | "关闭此服务器";
    RetryIn "Connecting again in {0} s" | "{0} 秒后重新连接";
    ConnectNow "Connect now" | "立即连接";
    ConnectAgain "Connect again" | "重新连接";
    AwayNow "Away" | "离开";
    Day "{0}-{1}-{2}" | "{0}年{1}月{2}日";

    // Closing.
    Notice "Teahouse" | "提示";
    ReallyClose "Close the window?" | "是否关闭窗口";
    DoNotAskAgain "Do not ask again" | "不再询问";
    OpenAddress "Open an address" | "打开地址";
    ReallyOpen "Open {0} with another program?" | "要用别的程序打开 {0} 吗？";
    OpenIt "Open" | "打开";
    CopyMessage "Copy the message" | "复制消息";
    CopySelected "Copy the selection" | "复制选中的文字";
    CopyLink "Copy the address" | "复制链接";
    OpenLink "Open the address" | "打开链接";
    CloseWindow "Close" | "关闭";

    // What is wrong with the form.
    NameMissing "Please enter a name" | "请输入用户名";
    NameHasSpace "A name cannot have a space in it" | "用户名里不能有空格";
    NameStartsWith "A name cannot begin with \"{0}\"" | "用户名不能以“{0}”开头";
    NameHas "A name cannot have \"{0}\" in it" | "用户名里不能有“{0}”";
    NameTooLong "The name is too long: at most {0} bytes" | "用户名太长：最多 {0} 字节（一个汉字占 3 字节）";
    ServerMissing "Please enter the server's address" | "请输入服务器地址";
    ServerBad "A server's address cannot have \"{0}\" in it" | "服务器地址里不能有“{0}”";
    ServerHasPort "Please put the port into its own field" | "端口请填在端口栏里";
    PasswordMissing "Please enter a password for the new account" | "请输入新账号的密码";
    PortMissing "Please enter a port" | "请输入端口";
    PortBad "A port is a number from 1 to 65535" | "端口是 1 到 65535 的数字";

    // The page of a saved server.
    Server "Server" | "服务器";
    Servers "Servers" | "服务器";
    You "Who you are" | "你是谁";
    Account "Account" | "账号";
    Encryption "Encryption" | "加密";
    Connection "Connection" | "连接";
    ProfileName "Name" | "名称";
    ServerPassword "Server password" | "服务器密码";
    Nickname "Nickname" | "用户名";
    OtherNicks "Other nicknames" | "备用的用户名";
    LoginUser "User name (USER)" | "登录标识（USER）";
    RealName "Real name" | "真实姓名";
    PasswordOfAccount "Account password" | "账号密码";
    AddPin "Trust these certificates only: add a fingerprint (SHA-256)" | "只信任这些证书：添加指纹（SHA-256）";
    OwnCertificate "Your own certificate (PEM file)" | "自己的证书（PEM 文件）";
    OwnKey "Its private key (PEM file)" | "证书的私钥（PEM 文件）";
    RoomsToJoin "Rooms to join" | "登录后进入的房间";
    HintName "the address, if empty" | "不填就显示地址";
    HintServerPassword "most servers have none" | "多数服务器没有";
    HintOtherNicks "for when that one is taken" | "用户名被占用时依次试用";
    HintFromNick "the nickname, if empty" | "不填就用用户名";
    HintPassword "empty without an account" | "没有账号就不填";
    HintKept "kept in the system's keyring" | "已存于系统钥匙串";
    HintPin "64 hexadecimal digits" | "64 位十六进制数字";
    HintCertificate "empty without one" | "没有就不填";
    HintKey "empty: in the same file" | "不填：在同一个文件里";
    HintRooms "#tea, #homework password" | "#茶馆, #作业 密码";
    VerifyCertificate "The server's certificate has to be vouched for" | "证书必须可信";
    KeepInKeyring "Keep the password in the system's keyring" | "把密码存进系统钥匙串";
    AccountRequired "Leave when the login to the account fails" | "登录账号失败就不连接";
    Mechanisms "Ways to log in (none ticked: all that are possible)" | "登录方式（都不选：能用的都试）";
    WhenLost "Connect again when the connection is lost" | "连接断开后重新连接";
    ReconnectWindow "In the window" | "在窗口里";
    ReconnectAlways "Always" | "总是";
    ReconnectNever "Never" | "从不";
    PasswordToKeyring "The password goes into the system's keyring, and not into the settings file."
        | "保存后，密码存在系统钥匙串里，不在设置文件里。";
    PasswordInKeyring "It is in the system's keyring; a new one takes its place."
        | "密码存在系统钥匙串里；在上面写新的就会替换它。";
    PasswordToFile "The password stands in the settings file, which only you can read." | "密码写在设置文件里，只有你能读。";
    PasswordToNobody "The password will be taken out of the system's keyring." | "保存后，密码从系统钥匙串里删除。";
    OnlyPinned "Only the certificates below are trusted." | "只信任下面这些证书，别的都不信。";
    AnybodyBelieved "Without this, anybody could pose as the server!" | "不核对证书：谁都可以冒充这台服务器！";
    NameOfOther "There is \"{0}\" already; please give this one another name" | "已经有一个“{0}”了，请另取一个名称";
    BadUser "One word, without spaces, @ and !" | "一个词，不能有空格、@ 和 !";
    BadRoom "\"{0}\" is no room: it begins with #, and a password follows behind a space"
        | "“{0}”不能作房间名：要以 # 开头，密码写在空格后面";
    BadPin "This is no fingerprint: 64 hexadecimal digits" | "这不是证书指纹：要 64 位十六进制数字";
    FileUnusable "This file cannot be used: {0}" | "这个文件不能用：{0}";
    KeyWithoutCertificate "A key needs its certificate" | "有私钥就要有证书";

    // Why there is no connection.
    UnknownHost "No server named \"{0}\" was found; please check the address" | "找不到服务器“{0}”，请检查地址";
    ConnectionRefused "No server is listening on port {1} of {0}" | "{0} 的 {1} 端口没有服务器在运行";
    Unreachable "{0} cannot be reached: {1}" | "连不上 {0}：{1}";
    ConnectTimedOut "{0} does not answer; please check address, port and network"
        | "{0} 没有应答，请检查地址、端口和网络";
    NotAChatServer "What answers there on {0} is not a chat server (it does not speak IRC)"
        | "{0} 的这个端口上不是聊天服务器（对方说的不是 IRC）";
    NoWelcome "The server took the call but did not finish the login in time" | "服务器接了电话却没有让人进门（登录超时）";
    NickTaken "Somebody is already called \"{0}\"; please choose another name" | "“{0}”这个名字已经有人用了，请换一个";
    NickInUse "\"{0}\" is taken: choose another name, or enter its password"
        | "“{0}”已经有人用了，请换一个名字，或填写账号密码";
    NickRefused "The server does not take the name \"{0}\": {1}" | "服务器不接受“{0}”这个名字：{1}";
    PasswordNeeded "The server asks for a password: {0}" | "服务器要求密码：{0}";
    Banned "The server refuses the login: {0}" | "服务器拒绝登录：{0}";
    ClosedByServer "The server closed the connection" | "服务器关闭了连接";
    ClosedByServerBecause "The server closed the connection: {0}" | "服务器关闭了连接：{0}";
    ServerSilent "The server fell silent; the connection is given up" | "服务器没有声音了，连接已断开";
    ServerStalled "The server takes no more messages; the connection is given up" | "服务器不再接收消息，连接已断开";
    ConnectionBroken "The connection broke: {0}" | "连接中断：{0}";
    NoTls "What answers there on {0} does not speak TLS ({1})" | "{0} 的这个端口上不能用 TLS 加密连接（{1}）";
    Untrusted "Not connected to {0}: {1}. Fingerprint of the certificate (SHA-256): {2}"
        | "没有连接 {0}：{1}。证书指纹（SHA-256）：{2}";
    CertificateUnknown "nobody who is trusted vouches for its certificate" | "没有可信的机构为它的证书担保";
    CertificateForOther "its certificate is for another name" | "它的证书是给别的名字的";
    CertificateExpired "its certificate has expired" | "它的证书已经过期";
    CertificateNotYet "its certificate is not valid yet" | "它的证书还没有生效";
    CertificateChanged "its certificate is not the one that is known, so somebody may be posing as the server"
        | "它的证书不是已知的那一份，可能有人在冒充它";
    TrustServer "Trust this server?" | "信任这台服务器吗？";
    TrustExplained "This is the first time to {0} by TLS, and {1}.\nCompare the fingerprint (SHA-256) with what the server's keeper told you:\n{2}\nIf it is the same you can trust it. Should it ever change, there will be no connection."
        | "第一次用 TLS 连接 {0}，而{1}。\n请和管理者告诉你的证书指纹（SHA-256）核对：\n{2}\n完全一样就可以信任；以后只要变了，就不会连接。";
    TrustIt "The same: trust it" | "一样，信任它";
    DoNotConnect "Do not connect" | "不连接";
    AnotherCertificate "The server has another certificate!" | "服务器的证书变了！";
    AnotherCertificateExplained "Not connected to {0}: its certificate is not the one from before, so somebody may be posing as the server.\nThe fingerprint before:\n{1}\nThe fingerprint now:\n{2}\nAsk the server's keeper. If the certificate really was replaced, click the server with the right button, choose \"Forget the certificate\", and compare the new one."
        | "没有连接 {0}：它的证书不是以前的那一份，可能有人在冒充它。\n以前的指纹：\n{1}\n现在的指纹：\n{2}\n请向管理者核实。如果确实换了证书，在服务器上点右键，选“忘记证书”，再核对新的。";
    NotTrusted "This server cannot be trusted" | "不能相信这台服务器";
    NotTrustedExplained "Not connected to {0}: {1}. It once asked to be spoken to by safe TLS only, so there can be no exception.\nFingerprint of the certificate (SHA-256):\n{2}"
        | "没有连接 {0}：{1}，而它以前要求只用可靠的 TLS 连接，所以不能例外。\n证书指纹（SHA-256）：\n{2}";
    Understood "Understood" | "知道了";
    ShowCertificate "The certificate's fingerprint" | "证书指纹";
    ForgetCertificate "Forget the certificate" | "忘记证书";
    CertificateExplained "Connected by TLS. The fingerprint of the server's certificate (SHA-256):\n{0}\n{1}"
        | "TLS 加密连接，服务器的证书指纹（SHA-256）：\n{0}\n{1}";
    CertificatePinned "You have trusted this one, and no other is taken." | "你核对过这个指纹，以后只认它。";
    CertificateVouchedFor "Somebody who is trusted vouches for it." | "有可信的机构为它担保。";
    Close "Close" | "关闭";
    AccountNamed "account {0}" | "账号 {0}";
    LoginFailed "Not logged in to the account {0}: {1}" | "没有登录账号 {0}：{1}";
    LoginRefused "please check the account and the password (the server says: {0})" | "请检查账号和密码（服务器说：{0}）";
    LoginNotOffered "the server has no logins to accounts" | "服务器不提供账号登录";
    LoginNoWay "the server knows none of the ways to log in that are set" | "服务器不支持所设的登录方式";
    LoginNoAnswer "the server did not answer the login" | "服务器没有回应登录";
    LoginImpostor "the server could not prove that it knows the password, so it may be an impostor"
        | "服务器没能证明它知道这个密码，可能是冒充的";
    CannotStart "The connection cannot be started: {0}" | "无法开始连接：{0}";

    // Notices in the transcript.
    AccountIs "You are logged in to the account {0}" | "你登录了账号 {0}";
    AccountGone "You are no longer logged in to an account" | "你退出了账号";
    FoundBefore "Found before: {0}" | "聊天记录里找到 {0} 条";
    FoundRow "{0} {1} {2}: {3}" | "{0} {1} {2}：{3}";
    Registered "The account {0} is open, and you are logged in to it" | "账号 {0} 注册好了，你已经登录";
    PasswordNotKept "The password was not kept, so it will be asked for again: {0}" | "密码没有记住，下次还要输入：{0}";
    CannotRegister "This server opens no accounts here; try /msg NickServ HELP"
        | "这个服务器不能在这里注册账号；可以试试 /msg NickServ HELP";
    LoggedIn "You are here as {0}" | "你以 {0} 的名字进来了";
    RetryingIn "Connecting again in {0} s" | "{0} 秒后重新连接";
    LostConnection "The connection is lost; nothing can be sent for now" | "连接断了，消息暂时发不出去";
    YouJoined "You joined {0}" | "你进入了 {0}";
    Joined "{0} has come" | "{0} 来了";
    Left "{0} left the room" | "{0} 离开了房间";
    LeftBecause "{0} left the room ({1})" | "{0} 离开了房间（{1}）";
    Quit "{0} has gone" | "{0} 走了";
    QuitBecause "{0} has gone ({1})" | "{0} 走了（{1}）";
    Kicked "{1} sent {0} out of the room" | "{1} 把 {0} 请出了房间";
    KickedBecause "{1} sent {0} out of the room ({2})" | "{1} 把 {0} 请出了房间（{2}）";
    YouLeft "You left {0}" | "你离开了 {0}";
    YouWereKicked "{1} sent you out of {0}" | "{1} 把你请出了 {0}";
    YouWereKickedBecause "{1} sent you out of {0} ({2})" | "{1} 把你请出了 {0}（{2}）";
    Renamed "{0} is now called {1}" | "{0} 改名为 {1}";
    YouRenamed "You are now called {0}" | "你现在叫 {0}";
    SearchHere "Look for words in this conversation" | "在这个对话里查找";
    SearchCount "{0} of {1}" | "第 {0} 处，共 {1} 处";
    SearchSoFar "{0} of {1} so far…" | "第 {0} 处，已找到 {1} 处…";
    SearchNothing "Nothing found" | "没有找到";
    SearchGoesOn "Looking…" | "正在查找…";
    SearchFurther "Look further back" | "查找更早的消息";
    SearchGoesBack "Looking further back…" | "正在查找更早的消息…";
    SearchNothingBack "None further back" | "更早的也没有";
    SearchCountAll "{0} of {1}, and none further back" | "第 {0} 处，共 {1} 处，更早的没有了";
    BytesLeft "{0} bytes left" | "还能写 {0} 字节";
    MakesMessages "will be sent as {0} messages" | "将分成 {0} 条消息发出";
    Emoji "Emoji" | "表情";
    PasteTitle "Paste several lines" | "粘贴多行文字";
    ReallyPaste "This text makes {0} messages. Paste it?" | "这段文字会作为 {0} 条消息发出。要粘贴吗？";
    ReallyPasteAsOne "This text has {0} lines, and goes out as one message. Paste it?"
        | "这段文字有 {0} 行，会作为一条消息发出。要粘贴吗？";
    Paste "Paste" | "粘贴";
    AnswersOlder "an older message" | "更早的一条消息";
    SendAgain "{0} · click to send it again" | "{0} · 点击重发";
    Reply "Reply" | "回复";
    TakeBack "Delete for everybody" | "撤回";
    Replying "Answering {0}: {1}" | "回复 {0}：{1}";
    OneTypes "{0} is writing…" | "{0} 正在输入…";
    SomeType "{0} are writing…" | "{0} 正在输入…";
    ManyType "Several people are writing…" | "好几个人正在输入…";
    TakenBack "(message deleted)" | "（消息已撤回）";
    SomeCame "{0} came" | "{0} 来了";
    SomeLeft "{0} left" | "{0} 走了";
    SomePassedBy "{0} came and went" | "{0} 来了又走了";
    SomeReturned "{0} left and came back" | "{0} 走了又回来了";
    Repeated "{0} ×{1}" | "{0} ×{1}";
    TopicIs "Topic: {0}" | "话题：{0}";
    TopicSet "{0} changed the topic to: {1}" | "{0} 把话题改为：{1}";
    TopicCleared "{0} removed the topic" | "{0} 取消了话题";
    NoTopic "There is no topic yet" | "还没有话题";
    ModeSet "{0} set mode {1}" | "{0} 设置了模式 {1}";
    Invited "{0} invites you to {1} (/join {1})" | "{0} 邀请你去 {1}（/join {1}）";
    Inviting "{0} was invited to {1}" | "已邀请 {0} 来 {1}";
    NowAway "You are marked as away" | "你标记为离开";
    NoLongerAway "You are no longer marked as away" | "你回来了";
    IsAway "{0} is away: {1}" | "{0} 不在：{1}";
    PeopleHere "{1} in {0}: {2}" | "{0} 里有 {1} 人：{2}";
    OnlineList "Online ({0}): {1}" | "在线用户（{0} 人）：{1}";
    NobodySeen "Nobody that you can see is online" | "看不到在线用户";
    RoomModes "The modes of {0}: {1}" | "{0} 的模式：{1}";
    BanRow "{0} bans {1}" | "{0} 禁止 {1} 进入";
    ExceptionRow "No ban of {0} holds for {1}" | "{0} 的禁令不管 {1}";
    InvitationRow "{1} may come into {0} without an invitation" | "{1} 不用邀请就能进 {0}";
    AndMore "{0} … and {1} more" | "{0} …还有 {1} 人";
    RoomRowPlain "{0} ({1})" | "{0}（{1} 人）";
    RoomRow "{0} ({1}) {2}" | "{0}（{1} 人） {2}";
    RoomListEnd "{0} rooms in all" | "共 {0} 个房间";
    RoomListCut "{0} rooms in all, the first {1} are shown" | "共 {0} 个房间，只显示前 {1} 个";
    FromServer "Server: {0}" | "服务器：{0}";
    NoticeFrom "Notice from {0}: {1}" | "{0} 通知：{1}";
    Undo "Undo" | "撤销";
    Cut "Cut" | "剪切";
    Copy "Copy" | "复制";
    SelectAll "Select all" | "全选";
    InvitesYou "{0} invites you to {1}" | "{0} 邀请你去 {1}";
    Forwarded "{0} sends you on to {1}" | "{0} 把你转到了 {1}";
    JoinRoom "Join" | "进去";
    JoinAgain "Join again" | "再进去";
    IgnoreOffer "Ignore" | "不去";
    AskedService "You to {0}: {1}" | "你对 {0} 说：{1}";

    // Answers to /whois.
    WhoisUser "{0} ({1}): {2}" | "{0}（{1}）：{2}";
    WhoisServer "{0} is on the server {1}" | "{0} 在服务器 {1} 上";
    WhoisOperator "{0} is a server operator" | "{0} 是服务器管理员";
    WhoisIdle "{0} has been silent for {1} s" | "{0} 已 {1} 秒没说话";
    WhoisChannels "{0} is in: {1}" | "{0} 在这些房间：{1}";
    WhoisSecure "{0} is connected securely" | "{0} 的连接是加密的";
    WhoisBot "{0} is a program" | "{0} 是程序";
    WhoisAccount "{0} is logged in as {1}" | "{0} 登录了账号 {1}";

    // What a server refuses, in plain words.
    NoSuchNick "Nobody called \"{0}\" is here" | "没有叫“{0}”的人在线";
    NoSuchRoom "There is no room \"{0}\"" | "没有“{0}”这个房间";
    NotDelivered "Not delivered: the connection was lost" | "连接断了，没有送到";
    CannotSendToRoom "Not delivered: you cannot speak in {0}" | "消息没有送到：不能在 {0} 说话";
    TooManyRooms "You are in too many rooms to join {0}" | "进入的房间太多了，进不了 {0}";
    UnknownToServer "The server does not know the command {0}" | "服务器不认识命令 {0}";
    TooLongForServer "The message was too long for the server" | "消息太长，服务器没有接受";
    NotInRoom "You are not in {0}" | "你不在 {0} 里";
    TheyAreNotInRoom "{0} is not in {1}" | "{0} 不在 {1} 里";
    RoomIsFull "{0} is full" | "{0} 已经满了";
    RoomIsInviteOnly "{0} is for invited people only" | "{0} 需要邀请才能进";
    RoomBansYou "{0} does not let you in" | "{0} 不让你进";
    RoomNeedsKey "{0} needs a password (/join {0} password)" | "{0} 需要密码（/join {0} 密码）";
    OperatorsOnly "Only an operator of {0} can do that" | "只有 {0} 的管理员可以这样做";
    ServerBusy "The server is busy; please try again later" | "服务器忙，请稍后再试";
    ServerRefused "The server refuses: {0}" | "服务器不同意：{0}";

    // The message box.
    NotConnected "There is no connection, nothing was sent" | "还没有连接，消息没有发出";
    NowhereToSay "Nobody hears you here; join a room first (/join #room)" | "这里不能说话，先进入一个房间（/join #房间）";
    TooMuch "That is {0} characters; at most {1} can be sent at once" | "这有 {0} 个字，一次最多能发 {1} 个";
    TooManyLines "At most {0} lines can be sent at once" | "一次最多发 {0} 行";
    UnknownCommand "There is no command {0}; /help lists them. To say text that begins with /, write //"
        | "没有 {0} 这个命令，输入 /help 查看；要发送以 / 开头的文字，请写 //";
    LooksLikeCommand "Not sent: it looks like {0}. Write {0} to do it, or the sign twice to say it"
        | "没有发出：像是命令 {0}。执行请写 {0}，照发请把开头的符号写两遍";
    LineIsCommand "Not sent: line {0} begins like {1}. Send it alone, or put something before it"
        | "没有发出：第 {0} 行像命令 {1}。执行请单独发，照发请在前面加点别的";
    MissingArgument "Usage: {0}" | "用法：{0}";
    BadRoomName "\"{0}\" cannot be the name of a room" | "“{0}”不能作房间名";
    BadNick "\"{0}\" cannot be a name" | "“{0}”不能作用户名";
    BadRawLine "This line is not an IRC message" | "这一行不是 IRC 消息";
    OneLineOnly "This command takes a single line" | "这个命令只能写一行";

    // Commands, as /help prints them: what to write, and what it does.
    HelpTitle "Commands:" | "命令：";
    HelpRow "{0}  {1}" | "{0}  {1}";
    UsageMsg "/msg name message" | "/msg 名字 消息";
    HelpMsg "say something to one person only" | "私下对一个人说";
    UsageQuery "/query name" | "/query 名字";
    HelpQuery "open a private conversation" | "打开私聊";
    UsageMe "/me does something" | "/me 动作";
    HelpMe "tell what you do" | "描述自己的动作";
    UsageShrug "/shrug [words]" | "/shrug [话]";
    HelpShrug "say it, with a shrug behind it" | "说出来，后面耸一耸肩";
    UsageNick "/nick name" | "/nick 新名字";
    HelpNick "change your name" | "改名";
    UsageJoin "/join #room [password]" | "/join #房间 [密码]";
    HelpJoin "join a room" | "进入房间";
    UsagePart "/part [#room] [reason]" | "/part [#房间] [原因]";
    HelpPart "leave the room, or close the private conversation" | "离开房间；在私聊里则关闭私聊";
    UsageTopic "/topic [new topic]" | "/topic [新话题]";
    HelpTopic "show or change the topic" | "查看或修改话题";
    UsageKick "/kick name [reason]" | "/kick 名字 [原因]";
    HelpKick "have somebody leave the room" | "把人请出房间";
    UsageInvite "/invite name [#room]" | "/invite 名字 [#房间]";
    HelpInvite "ask somebody into the room" | "邀请一个人进房间";
    UsageMode "/mode [#room] [+o name]" | "/mode [#房间] [+o 名字]";
    HelpMode "show or change the room's modes" | "查看或修改房间的模式";
    UsageAway "/away [reason]" | "/away [原因]";
    HelpAway "mark yourself as away; without a reason, as back" | "标记为离开；不写原因则是回来了";
    UsageOnline "/online [#room]" | "/online [#房间]";
    HelpOnline "show who is online" | "获取在线用户列表";
    UsageSearch "/search [in:room] [from:name] words" | "/search [in:房间] [from:名字] 词语";
    HelpSearch "find what was said before, where the server keeps it" | "在服务器保存的聊天记录里查找";
    UsageRegister "/register password [mail address]" | "/register 密码 [邮箱]";
    HelpRegister "open an account for the name you have" | "用自己现在的名字注册账号";
    UsageVerify "/verify code" | "/verify 验证码";
    HelpVerify "say the code that came by mail" | "输入邮件里的验证码";
    UsageWhois "/whois name" | "/whois 名字";
    HelpWhois "show who somebody is" | "查看一个人的信息";
    UsageIgnore "/ignore [name]" | "/ignore [名字]";
    HelpIgnore "hear no more of somebody; without a name, list them" | "不再看到此人的消息；不写名字则列出";
    UsageUnignore "/unignore name" | "/unignore 名字";
    HelpUnignore "hear somebody again" | "重新看到此人的消息";
    UsageList "/list" | "/list";
    HelpList "list the server's rooms" | "列出服务器上的房间";
    UsageClear "/clear" | "/clear";
    HelpClear "clear the messages of this conversation" | "清除消息框";
    UsageNickServ "/ns request" | "/ns 要求";
    HelpNickServ "ask NickServ for something: names and accounts" | "请 NickServ 做事：名字和账号";
    UsageChanServ "/cs request" | "/cs 要求";
    HelpChanServ "ask ChanServ for something: rooms" | "请 ChanServ 做事：房间";
    UsageOper "/oper name password" | "/oper 名字 密码";
    HelpOper "become an operator of the server" | "成为服务器的管理员";
    UsageRaw "/raw line" | "/raw 一行 IRC";
    HelpRaw "send a line to the server as it is" | "原样发给服务器";
    UsageQuit "/quit [farewell]" | "/quit [告别的话]";
    HelpQuit "leave and close the window" | "退出并关闭窗口";
    UsageHelp "/help" | "/help";
    HelpHelp "show this list" | "显示这个列表";

    // Letters.
    EncodingOfText "Encoding of the text" | "文字编码";
    HintEncoding "UTF-8; on old servers perhaps GB18030" | "UTF-8；老服务器可能是 GB18030";
    BadEncoding "There is no such encoding; GB18030 and Big5 are two" | "没有这种编码，例如 GB18030、Big5";

    // Links.
    LinkLeadsTo "After the login you come into {0}" | "登录后进入 {0}";

    // The settings.
    SettingsBroken "The settings could not be read and were set aside as {0}; defaults are used ({1})"
        | "设置文件无法读取，已改名为 {0}，现在使用默认设置（{1}）";
    SettingsUnreadable "The settings in {0} cannot be read: {1}" | "设置文件 {0} 无法读取：{1}";
    SettingsCopied "Not everything in the settings can be used; they are kept as they were in {0}"
        | "设置文件里有不能用的内容，原样存为 {0}";
    PoliciesBroken "{0} cannot be read and is kept as {1}: which servers are to be spoken to by TLS only is forgotten"
        | "{0} 无法读取，已另存为 {1}：哪些服务器只能加密连接，已经不记得了";
    NotText "it is not text in UTF-8" | "不是 UTF-8 文本";
    IsAFolder "it is a folder" | "那是一个文件夹";
    OtherWindow "Another window uses the same settings: what is changed here is not kept, and only that window writes conversations down"
        | "另一个窗口正在使用同一份设置：在这里改的设置不会保存，聊天记录只由那个窗口写";
    CannotKeep "Settings and conversations cannot be kept in {0}: {1}" | "设置和聊天记录无法保存在 {0}：{1}";
    LogsNotKept "Conversations cannot be written down at the moment: {0}" | "聊天记录现在写不下来：{0}";
    DiskIsFull "the disk is full" | "磁盘已满";
    DiskIsReadOnly "the disk is read-only" | "磁盘是只读的";
    MayNotWrite "there is no permission to write there" | "没有写入的权限";
    SomethingInPlace "something else is in that place" | "那个位置有别的东西";
    SettingIgnored "The setting {0} has a value that cannot be used; it is ignored" | "设置 {0} 的值不可用，已忽略";
    SettingUnknown "There is no setting {0}; it is ignored" | "没有 {0} 这个设置，已忽略";

    // The command line.
    Usage "usage: teahouse [options] [irc://server/room]

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
  --version          show the version"
        | "用法：teahouse [选项] [irc://服务器/房间]

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
  --version          显示版本";
    FlagUnknown "unknown argument {0} (--help shows the usage)" | "不认识的参数 {0}（--help 显示用法）";
    FlagNeedsValue "{0} needs a value" | "{0} 后面要有一个值";
    FlagTakesNoValue "{0} takes no value" | "{0} 后面不能有值";
    FlagBadValue "{0} cannot be \"{1}\": expected {2}" | "{0} 的值“{1}”不可用：应为 {2}";
    BadUrl "{0} leads nowhere" | "{0} 不是有效的地址";
    ProfileUnknown "There is no server called \"{0}\" in the settings" | "设置里没有叫“{0}”的服务器";
    HeadlessNeedsUnix "--headless works on Unix systems only" | "--headless 只能在 Unix 系统上使用";
    ExpectLanguage "zh or en" | "zh 或 en";
    ExpectPort "a number from 1 to 65535" | "1 到 65535 的数字";
    ExpectGeometry "WxH+X+Y, such as 900x640+0+0" | "宽x高+X+Y，例如 900x640+0+0";
    ExpectText "UTF-8 text" | "UTF-8 文字";
    CannotOpenWindow "The window cannot be opened: {0}" | "无法打开窗口：{0}";
    NoDisplay "There is no display here (DISPLAY is not set), so the window cannot be opened; start it from a desktop" | "这里没有显示器（环境变量 DISPLAY 没有设置），窗口打不开；请在桌面环境里启动";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_places() {
        for text in Text::ALL {
            let [english, chinese] = Language::ALL.map(|language| text.to(language));
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
}
