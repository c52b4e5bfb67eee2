//! Every sentence of the server's own that is not a numeric, in English and in 中文.
//!
//! Each sentence is one row of a table with both languages side by side, so a row without a translation does not
//! compile. The numerics have the same kind of table in [`reply`](crate::text::reply).

use std::fmt;

pub use teahouse_protocol::{Language, Words};

/// Arguments of a sentence: words as they are, or words in the language of the whole.
pub trait Speak {
    /// The words in a language.
    fn within(&self, language: Language) -> impl fmt::Display;
}

impl Speak for String {
    fn within(&self, _: Language) -> impl fmt::Display {
        self
    }
}

/// Words in both languages, for a reader whose language is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Both {
    english: String,
    chinese: String,
}

impl Both {
    /// A sentence in both languages.
    pub fn of(words: &impl Speak) -> Self {
        let [english, chinese] = Language::ALL.map(|language| words.within(language).to_string());
        Self { english, chinese }
    }

    /// Words in no language of ours: the system's own.
    pub fn as_it_is(words: impl fmt::Display) -> Self {
        Self::of(&words.to_string())
    }
}

impl Speak for Both {
    fn within(&self, language: Language) -> impl fmt::Display {
        language.choose(&self.english, &self.chinese)
    }
}

/// Makes an enum of sentences: a row is `Name(arguments) "English" | "中文";`, with the arguments in braces. An
/// argument is a `String`; an argument in the language of the sentence has its type behind it: `Name(why: Both)`.
macro_rules! sentences {
    (
        $(#[$meta:meta])* pub enum $enum:ident;
        $(
            $(#[$row:meta])* $name:ident $(($($field:ident $(: $kind:ty)?),+))?
            $english:literal | $chinese:literal;
        )*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the sentence says what it is")]
        pub enum $enum {
            $($(#[$row])* $name $(($($crate::text::language::sentences!(@kind $field $($kind)?)),+))?),*
        }

        impl $enum {
            /// Every row, with its sentence in both languages, for the tests that compare them.
            pub const ROWS: &[(&str, $crate::text::language::Words)] =
                &[$((stringify!($name), $crate::text::language::Words($english, $chinese))),*];

            fn write(&self, f: &mut std::fmt::Formatter<'_>, language: $crate::text::language::Language) -> std::fmt::Result {
                match self {
                    $(
                        Self::$name $(($($field),+))? => {
                            $($(let $field = $crate::text::language::Speak::within($field, language);)+)?
                            match language {
                                $crate::text::language::Language::English => write!(f, $english),
                                $crate::text::language::Language::Chinese => write!(f, $chinese),
                            }
                        }
                    )*
                }
            }
        }

        impl $crate::text::language::Speak for $enum {
            fn within(&self, language: $crate::text::language::Language) -> impl std::fmt::Display {
                std::fmt::from_fn(move |f| self.write(f, language))
            }
        }
    };
    (@kind $field:ident) => { String };
    (@kind $field:ident $kind:ty) => { $kind };
}
pub(crate) use sentences;

sentences! {
    /// A sentence of the server's own, without its language.
    pub enum Text;

    // Why somebody left; other people read it in the QUIT, the client itself in the ERROR.
    Left "Connection closed" | "连接已断开";
    /// The same in both languages, so that clients know it (Modern IRC, "QUIT").
    QuitWith(words) "Quit: {words}" | "Quit: {words}";
    PingTimeout(seconds) "No answer for {seconds} seconds" | "{seconds} 秒没有回应";
    RegistrationTimeout(seconds) "Not logged in within {seconds} seconds" | "{seconds} 秒内没有完成登录";
    SendQueueExceeded "SendQ exceeded: reads too slowly" | "接收太慢，待发消息过多（SendQ exceeded）";
    SpeaksTls "This port is for TLS; connect with TLS, or to another port" | "这个端口只接受 TLS 连接：请用 TLS 连接，或换一个端口";
    SpeaksNoTls "This port is not for TLS; connect without TLS, or to another port" | "这个端口不接受 TLS 连接：请不用 TLS 连接，或换一个端口";
    SpeaksNoIrc "This port is for IRC, and that was something else" | "这个端口只使用 IRC，收到的是别的协议";
    NoLineEnd "Too much without a line end" | "数据过长而没有换行";
    BadPassword "Bad password" | "密码不对";
    ServerFull(count) "The teahouse is full: {count} are here" | "茶馆客满：已有 {count} 人";
    Stopping "The teahouse is closing. Goodbye!" | "茶馆打烊了，再见！";
    InternalError "Internal error" | "服务器内部错误";
    Killed(who, words) "Killed ({who} ({words}))" | "被断开（{who}（{words}））";
    Banned(words) "Banned: {words}" | "被禁止：{words}";
    TooManyFromAddress(count) "Too many connections from your address: {count} are here" | "来自你的地址的连接太多：已有 {count} 个";
    NoReason "no reason given" | "没有说明原因";
    /// The text of an ERROR message.
    ClosingLink(host, reason) "Closing link to {host}: {reason}" | "关闭与 {host} 的连接：{reason}";

    // Notices.
    SlowDown "You are sending too fast; your lines are taken more slowly now" | "你发得太快了，现在开始逐条放慢处理";
    NotMember "you are not in it" | "你不在这个房间里";
    NeedVoice "it is moderated (+m) and you have no voice" | "房间有管制（+m），你没有发言权";
    NeedAccount "only people with accounts may speak (+M)" | "只有登录账号的人才能发言（+M）";
    BannedThere "you are banned or muted" | "你被封禁或禁言了";
    CtcpBlocked "CTCP is not allowed there (+C)" | "那里不允许 CTCP（+C）";
    TooSoon(seconds) "slow mode (+S), wait {seconds} more seconds" | "慢速模式（+S），请再等 {seconds} 秒";
    KLineAdded(target, who, reason) "{who} banned {target}: {reason}" | "{who} 禁止了 {target}：{reason}";
    BannedUntil(target, who, reason, until) "{who} banned {target} until {until}: {reason}" | "{who} 禁止了 {target}，到 {until} 为止：{reason}";
    BanTheAccount(nick, account) "{nick} is logged in to the account {account}; KLINE a:{account} holds it under any name" | "{nick} 登录了账号 {account}；用 KLINE a:{account} 可以无论叫什么名字都禁止";
    KLineLifted(target, who) "{who} lifted the ban on {target}" | "{who} 解除了对 {target} 的禁止";
    NoSuchBan(target) "there is no ban on {target}" | "没有对 {target} 的禁止";
    NotATarget(target) "not a network: {target}; say an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/64" | "不是网段：{target}；请给出地址（如 192.0.2.7）或网段（如 192.0.2.0/24、2001:db8::/64）";
    MaskFitsNoNick(part) "nobody can have the nickname {part}, so this mask fits nobody; a mask is nick!user@host with * and ?, or a:account" | "没有人能叫 {part}，所以这个掩码谁也不符合；掩码的形式是 nick!user@host（可用 * 和 ?），或 a:账号";
    MaskFitsNoUser(part) "nobody can have the user name {part}, so this mask fits nobody; a mask is nick!user@host with * and ?, or a:account" | "没有人的用户名能是 {part}，所以这个掩码谁也不符合；掩码的形式是 nick!user@host（可用 * 和 ?），或 a:账号";
    MaskFitsNoHost(part) "nobody can come from {part}, so this mask fits nobody; a host is an address, a network such as 192.0.2.0/24, or has * and ? in it; an account is a:name" | "没有人能来自 {part}，所以这个掩码谁也不符合；主机可以是地址、网段（如 192.0.2.0/24），或带 * 和 ?；账号写作 a:名字";
    MaskFitsNoAccount(part) "no account can be called so, and {part} fits nobody" | "没有账号能这样叫，{part} 谁也不符合";
    BanIsForEverybody(target) "{target} is everybody, or nearly; nobody has been banned" | "{target} 几乎是所有人；没有禁止任何人";
    BanIsForYou(target) "{target} is you too, and would keep you out when you come again; nobody has been banned yet. If you mean it, say it once more within a minute" | "{target} 也包括你自己，会让你下次进不来；还没有禁止任何人。如果确实要这样，请在一分钟内再说一遍";
    NickTaken "That nickname is taken" | "这个名字已经有人用了";
    NickOwned "That nickname belongs to an account; log in to it first" | "这个名字属于一个账号，请先登录该账号";
    GuestNow(wanted, nick) "{wanted} belongs to an account; you are called {nick} until you log in to it" | "{wanted} 属于一个账号；登录该账号之前你叫 {nick}";
    AlreadyLoggedIn "You are logged in to an account already" | "你已经登录了账号";
    RegistrationClosed "New accounts are not taken here" | "这里不接受新账号";
    NotYet "Log in to the server first" | "请先登录服务器";
    NeedNick "Choose a nickname first" | "请先取一个名字";
    BadAccountName "An account is called as a person is: that is no nickname" | "账号的名字就是人的名字，这个不能用作名字";
    AccountMustBeNick(nick) "An account is opened in your own name, which is {nick}" | "只能以自己现在的名字 {nick} 注册账号";
    AccountExists(nick) "{nick} is an account already, or looks like one" | "{nick} 已经是账号，或与某个账号看起来一样";
    PasswordTooShort(least) "A password has at least {least} characters" | "密码至少要有 {least} 个字符";
    PasswordTooLong(most) "A password has at most {most} bytes" | "密码最多 {most} 字节";
    NotAnAddress "That is no e-mail address; none is needed, say *" | "这不是电子邮件地址；可以不填，写 * 即可";
    TryAgainLater "That could not be kept; please try again later" | "暂时无法保存，请稍后再试";
    AccountOpened(account) "The account {account} is yours, and you are logged in to it" | "账号 {account} 已属于你，并且已经登录";
    NickReserved "That name is a servant's of this house" | "这个名字属于本站的服务";
    ServiceUnknown(service) "I do not know that word; /msg {service} HELP lists those that I know" | "我不认识这个词；/msg {service} HELP 可以看全部";
    ServiceUsage(usage) "Say it so: {usage}" | "用法：{usage}";
    NotLoggedIn "You are not logged in to an account" | "你没有登录账号";
    NotYours(nick) "{nick} is not yours; say the password behind it" | "{nick} 不是你的；请在后面给出密码";
    NoSuchAccount(name) "There is no account {name}" | "没有账号 {name}";
    Welcomed(account) "You are logged in as {account}" | "你已登录账号 {account}";
    NotChecked "Too many passwords are waiting to be checked; please try again later" | "等待验证的密码太多，请稍后再试";
    WaitsForPassword(seconds) "Wrong passwords were given before: this one is checked in {seconds} seconds" | "之前输错过密码：这一次将在 {seconds} 秒后验证";
    WaitsInTurn "Many people are logging in just now: your password is checked as soon as it is its turn" | "现在登录的人很多：轮到你时就会验证密码";
    LoggedOut "You are logged out" | "你已退出账号";
    PasswordIsWrong(account) "That is not the password of {account}" | "{account} 的密码不对";
    PasswordChanged(account) "The password of {account} is changed" | "{account} 的密码已更改";
    NotAnOperator "You are not a server operator" | "你不是服务器管理员";
    PasswordIsAnother(account) "The password of {account} is another now; log in with the new one" | "{account} 的密码已经更换；请用新密码登录";
    LoggedOutForGood "Logged out of the account" | "已退出账号";
    TooManyAccounts "Too many accounts were opened from your address; try again later" | "来自你的地址注册的账号太多，请稍后再试";
    AccountInfo(name, since, online) "{name} is an account since {since} and {online} connections are logged in to it" | "{name} 是账号，注册于 {since} ，现有 {online} 个连接登录";
    AccountClosed(account) "The account {account} is no more" | "账号 {account} 已注销";
    NobodyHasIt(nick) "Nobody else has the name {nick}" | "没有别人在用 {nick} 这个名字";
    GhostIsGone(nick) "Whoever had the name {nick} is gone" | "占用 {nick} 的连接已断开";
    NickIsYours(nick) "You are {nick} again" | "你又是 {nick} 了";
    Ghosted(who) "Ghosted by {who}" | "被 {who} 收回名字";
    Certificate(fingerprint) "{fingerprint}" | "证书 {fingerprint}";
    CertificatesListed(count) "{count} certificates prove your account" | "有 {count} 个证书可以证明你的账号";
    CertificatesChanged "Your certificates are changed" | "证书已更改";
    CertificateKnown "That certificate proves an account already" | "这个证书已经属于一个账号";
    CertificateUnknown "That certificate is not among yours" | "你的账号没有这个证书";
    NoCertificate "Your connection came without a certificate; say its SHA-256 fingerprint" | "你的连接没有证书；请给出 SHA-256 指纹";
    NotAFingerprint "A SHA-256 fingerprint has 64 hexadecimal digits" | "SHA-256 指纹是 64 位十六进制数字";
    TooManyCertificates(most) "An account has at most {most} certificates" | "每个账号最多 {most} 个证书";
    NoSuchRoom(name) "There is no room {name}" | "没有房间 {name}";
    RoomIsNobodys(name) "{name} belongs to nobody" | "{name} 不属于任何人";
    RoomIsOwned(name) "{name} belongs to somebody already" | "{name} 已经有主人了";
    RoomIsYours(name) "{name} is yours; its topic, modes and lists stay when it is empty" | "{name} 归你了；没有人时话题、模式和名单也会保留";
    LobbyIsNobodys "The lobby belongs to everybody" | "大厅属于所有人";
    NotYourRoom(name) "You may not do that in {name}" | "你在 {name} 没有这个权限";
    TooManyRooms(most) "One account owns at most {most} rooms" | "每个账号最多拥有 {most} 个房间";
    RoomInfo(name, founder, count) "{name} belongs to {founder}; {count} others have a rank there" | "{name} 属于 {founder}，另有 {count} 人有权限";
    RoomNotKept(why) "a room could not be kept: {why}" | "无法保存房间：{why}";
    AccessEntry(account, letter) "{account} has +{letter}" | "{account} 有权限 +{letter}";
    AccessListed(name, count) "{count} are on the list of {name}" | "{name} 的名单上有 {count} 人";
    AccessGiven(account, letter) "{account} has +{letter} from the next time on" | "{account} 从下次进入起有权限 +{letter}";
    AccessTaken(account) "{account} is no longer on the list" | "{account} 已从名单移除";
    AccessListFull(most) "A room's list has at most {most} entries" | "房间名单最多 {most} 条";
    NotOnAccessList(account) "{account} is not on the list" | "{account} 不在名单上";
    NotInRoom(nick, room) "{nick} is not in {room}" | "{nick} 不在 {room} 里";
    TopicChanged "The topic is changed" | "话题已更改";
    NotConnected "not connected at the moment" | "现在没有连接";
    WillStay "You stay in your rooms when you disconnect" | "断开后你会留在房间里";
    WillNotStay "You leave your rooms when you disconnect" | "断开后你会离开房间";
    NothingToVerify "There is nothing to verify" | "没有需要验证的";
    LoggedIn(nick, account) "{nick} is logged in as {account}" | "{nick} 登录了账号 {account}";
    WrongPassword(address, account) "{address} gave a wrong password for the account {account}" | "{address} 输错了账号 {account} 的密码";
    WrongAccount(address) "{address} tried to log in to an account that there is not" | "{address} 想登录一个不存在的账号";
    BecameOperator(nick, name) "{nick} is now operator {name}" | "{nick} 成为管理员 {name}";
    OperatorReset(who, account) "{who} gave the account {account} another password; everybody who was logged in to it is out" | "{who} 给账号 {account} 换了密码；已登录该账号的连接都已断开";
    ManyAccounts(address) "{address} may open no more accounts for now; exempt_networks lifts that for a network" | "{address} 暂时不能再注册账号；可以用 exempt_networks 为某个网段解除限制";
    TooManyConnections(most) "{most} connections; exempt_networks lifts that for a network, max_connections_per_ip for all" | "已有 {most} 个连接；exempt_networks 可以为某个网段、max_connections_per_ip 可以为所有人解除限制";
    WrongHousePassword(address) "{address} gave a wrong password for this server" | "{address} 输错了本服务器的密码";
    WrongOperator(nick, name) "{nick} gave a wrong password for operator {name}" | "{nick} 输错了管理员 {name} 的密码";
    NoSuchOperator(nick) "{nick} tried to become an operator that there is not" | "{nick} 想成为一个不存在的管理员";
    OperatorKilled(who, nick, reason) "{who} killed {nick}: {reason}" | "{who} 断开了 {nick}：{reason}";
    RestartNeeded(key) "{key} changes only when the server is started again" | "{key} 要重新启动服务器才会改变";
    ConfigIsFine "the configuration is fine" | "配置没有问题";
    NoPassword "no password was given, and an empty one lets everybody in" | "没有输入密码；空密码等于谁都可以进来";
    AskPassword "type the password, and Enter:" | "请输入密码并按回车：";
    TakenOn(keys) "configuration read again; changed: {keys}" | "已重新读取配置；有变化的键：{keys}";
    NothingTakenOn "configuration read again; nothing has changed" | "已重新读取配置；没有变化";
    NotReloaded(why: Both) "configuration not changed: {why}" | "配置没有改变：{why}";
    NotRestarted(why: Both) "not restarted: {why}" | "没有重新启动：{why}";
    CannotRun(file, why) "{file} cannot be run: {why}" | "无法运行 {file}：{why}";
    DoesNotAnswer(file, seconds) "{file} --check-config gave no answer within {seconds} seconds" | "{file} --check-config 在 {seconds} 秒内没有回应";
    ChannelNameInUse "there is a channel of that name" | "已经有这个名字的房间";
    LooksLikeRoom(other) "that name looks like {other}" | "这个名字看起来和 {other} 一样";
    CannotRename "the lobby keeps its name" | "大厅的名字不能改";
    InvalidRealname "not a real name" | "不是有效的真实姓名";
    InvalidUtf8 "Message rejected: this server speaks UTF-8 only" | "消息被拒绝：本服务器只使用 UTF-8";

    NoSuchHistory "messages could not be retrieved" | "无法取得聊天记录";
    InvalidBatch "invalid multiline batch" | "无效的多行消息";
    OtherTarget "invalid multiline target" | "多行消息的目标不一致";
    BatchTooLong "multiline batch is too long" | "多行消息太长";
    NothingToSearchFor "no words to search for" | "没有要搜索的词";
    Found(count) "found: {count}" | "找到 {count} 条";
    NoSuchMessage "this message does not exist or is too old" | "没有这条消息，或者已经太旧";
    MayNotRedact "you are not authorised to take this message back" | "你无权撤回这条消息";
    TooLateToRedact "it is too late to take this message back" | "已经超过可以撤回的时间";
    UnknownSubcommand "unknown subcommand" | "没有这个子命令";
    WrongNumberOfParameters "wrong number of parameters" | "参数个数不对";
    NotALimit "not a number of messages" | "不是有效的条数";
    NotATimestamp "not a point in time" | "不是有效的时间";
    MessageWaits "not here now; the message waits" | "现在不在，消息会等对方上线";
    MuchWaited(count) "The newest {count} messages of those that waited for you follow; CHATHISTORY has all" | "等你的消息很多，下面是最新的 {count} 条；全部消息可用 CHATHISTORY 查看";
    LiftedFromShell(target) "the ban on {target} is lifted" | "已解除对 {target} 的禁止";
    AccountSuspended(account, reason) "the account {account} is suspended: {reason}" | "账号 {account} 已停用：{reason}";
    AccountUnsuspended(account) "the account {account} may be logged in to again" | "账号 {account} 已恢复使用";
    AccountLoggedOut(account) "everybody who was logged in to the account {account} is out" | "登录账号 {account} 的连接都已断开";
    PasswordReset(account) "the account {account} has the password above, which is shown this once; everybody who was logged in to it is out" | "账号 {account} 的新密码如上，只显示这一次；登录该账号的连接都已断开";
    IsYourOwn(account) "{account} is your own account; log out of it first" | "{account} 是你自己的账号，请先退出";
    IsSuspended(account, reason) "The account {account} is suspended: {reason}" | "账号 {account} 已停用：{reason}";
    Suspended(reason) "Suspended: {reason}" | "账号已停用：{reason}";
    BanNotKept "that is so until the server is started again; it could not be written down" | "重启服务器之前有效；没能写入数据库";
    StoreUnavailable "that cannot be looked up or kept just now; please try again" | "暂时无法查询或保存，请稍后再试";

    // Sentences for the person at the console, and for operators as a notice.
    HistoryFails(why) "what is said is not being kept: {why}" | "现在无法保存聊天记录：{why}";
    HistoryTooSlow "what is said is not being kept: the disk is too slow" | "现在无法保存聊天记录：磁盘太慢";
    HistoryRecovered(count) "what is said is being kept again; {count} messages were lost" | "聊天记录恢复保存；丢失了 {count} 条";
    HistoryEndsLost(count) "the last {count} messages could not be written, and are lost" | "最后 {count} 条聊天记录无法写入，已丢失";
    ReasonFull(words) "the disk is full ({words})" | "磁盘已满（{words}）";
    ReasonBusy(words) "another program has the database for itself ({words})" | "另一个程序占用着数据库（{words}）";
    ReasonDisk(words) "the disk fails ({words})" | "磁盘出错（{words}）";
    ReasonMemory(words) "there is not enough memory ({words})" | "内存不足（{words}）";
    ReasonDamage(words) "the database is damaged ({words})" | "数据库已损坏（{words}）";
    ReasonOther(words) "the database says: {words}" | "数据库报告：{words}";
    StoreCopied(file) "the database is brought up to date; the old one is kept as {file}" | "数据库已升级；旧的保留为 {file}";
    StoreCopyRemoved(file) "{file}, a copy from before an update of more than a month ago, is removed" | "一个多月前升级时留下的副本 {file} 已经删除";
    Listening(address) "listening on {address}" | "正在监听 {address}（listening on {address}）";
    JoinWith(address) "join with the window, any IRC client, or: nc {address}" | "可用茶馆窗口、任何 IRC 客户端，或 nc {address} 加入";
    ListeningTls(address) "listening for TLS on {address}" | "正在监听 TLS 连接 {address}（listening for TLS on {address}）";
    OwnFingerprint(fingerprint) "this server's certificate has the SHA-256 fingerprint {fingerprint}"
        | "本服务器证书的 SHA-256 指纹是 {fingerprint}";
    SelfSigned "nobody else vouches for it: tell people the fingerprint, so that they know this server by it"
        | "没有别人为它担保：请把指纹告诉大家，好让人凭它认出这台服务器";
    Capacity(connections, binding) "room for {connections} connections (bounded by {binding})" | "最多容纳 {connections} 个连接（受 {binding} 限制）";
    Arrived(nick, address, online) "{nick} came in from {address} · {online} here" | "{nick} 从 {address} 进来了 · 现有 {online} 人";
    DeviceArrived(nick, address, count) "{nick} came in from {address} too · {count} connections of one person" | "{nick} 又从 {address} 进来了 · 同一人现有 {count} 个连接";
    Stays(nick) "{nick} stays without a connection" | "{nick} 断开后留在这里";
    Departed(nick, reason, online) "{nick} left ({reason}) · {online} here" | "{nick} 离开了（{reason}）· 现有 {online} 人";
    Renamed(old, new) "{old} is now {new}" | "{old} 改名为 {new}";
    GaveUp(address, reason) "{address} went before logging in ({reason})" | "{address} 未登录就离开了（{reason}）";
    Stranger(address) "{address} does not speak IRC" | "{address} 不使用 IRC";
    TurnedAway(address, reason) "{address} was turned away ({reason})" | "{address} 被拒之门外（{reason}）";
    AcceptFailed(error) "cannot take new connections for now: {error}" | "暂时无法接受新连接：{error}";
    AcceptRecovered "taking new connections again" | "恢复接受新连接";
    PeopleHere(count) "{count} here" | "现有 {count} 人";
    WorldIsStuck(seconds) "nothing moves here: one command has taken more than {seconds} seconds" | "服务器停滞：有一个命令超过 {seconds} 秒没有完成";
    ClockDoubted(minutes) "the clock is far ahead of all that was said; should it be wrong, set it now: in {minutes} minutes what is older than history_days is forgotten" | "时钟远远超前于已有的聊天记录；如果它不对，请现在就校正：{minutes} 分钟后会删除超过 history_days 的记录";
    LinesNotWritten(count) "{count} lines were not written here: nobody read them" | "有 {count} 行没有写在这里：当时没有人读取";
    EndedAtOnce(name) "{name} again: ended at once" | "再次收到 {name}：立即结束";
    Signal(name) "{name}: closing" | "收到 {name}：打烊";
    Stopped "everybody has left, goodbye" | "所有人都已离开，再见";

    // Why it does not start.
    CannotListen(address, why: Both) "cannot listen on {address}: {why}" | "无法监听 {address}：{why}";
    NotOurAddress(addresses, suggestion)
        "that address is not this machine's.\n\
         This machine's own addresses: {addresses}.\n\
         On a cloud machine the public address belongs to the provider's gateway, which passes what arrives there on \
         to the machine's private address. Listen on {suggestion}; people still connect to the public address."
        | "这个地址不属于本机。\n\
         本机的地址有：{addresses}。\n\
         在云服务器上，公网地址属于服务商的网关，由它把数据转到本机的私有地址。请监听 {suggestion}，客户端仍然连接公网地址。";
    PortInUse(port) "port {port} is in use: another program, perhaps another Teahouse, listens there. Choose another port, or end that program; `ss -ltnp` shows which it is"
        | "端口 {port} 已被占用：另一个程序（也许是另一个茶馆）正在使用它。请换一个端口，或结束那个程序；ss -ltnp 可以看到是哪个";
    NowhereToListen "there is no address to listen on: give listen, listen_tls, or both" | "没有可监听的地址：请设置 listen 或 listen_tls，或两者都设";
    HalfAnIdentity "tls_cert and tls_key belong together: give both, or neither" | "tls_cert 和 tls_key 要一起设置，或都不设置";
    NoControl(why) "the commands bans and accounts cannot reach this server from the shell: {why}" | "命令行的 bans 和 accounts 命令无法联系这台服务器：{why}";
    ServerUnreachable(folder, why) "the server that uses {folder} cannot be asked: {why}" | "无法联系使用 {folder} 的服务器：{why}";
    ServerDoesIt "the server that is running does it" | "由正在运行的服务器执行";
    DatabaseItself "no server is running; the database itself is used" | "没有运行中的服务器，直接使用数据库";
    UnusableCertificate(file, why: Both) "{file}: cannot be used as a certificate with its key: {why}" | "{file}：不能用作证书及其私钥：{why}";
    UnusableKey(file, why: Both) "{file}: cannot be used as the key to the certificate: {why}" | "{file}：不能用作证书的私钥：{why}";
    NoCertificateInPem "no certificate in PEM form" | "里面没有 PEM 格式的证书";
    NoKeyInPem "no private key in PEM form" | "里面没有 PEM 格式的私钥";
    FileIsEmpty "the file is empty" | "文件是空的";
    PemHasMark "it begins with a byte order mark (BOM), as some editors write it; save it without" | "文件以字节顺序标记（BOM）开头，是某些编辑器加上的；请存为不带 BOM 的文件";
    PemIsDer "it is in binary form (DER or PKCS #12), not PEM; `openssl x509 -inform der`, `openssl pkey -inform der` or `openssl pkcs12 -nodes` makes PEM of it"
        | "它是二进制格式（DER 或 PKCS #12），不是 PEM；可用 openssl x509 -inform der、openssl pkey -inform der 或 openssl pkcs12 -nodes 转换";
    PemIsDamaged "it is cut off or damaged" | "文件不完整或已损坏";
    OtherForm(label) "what is in it is in another form ({label}); openssl can convert it" | "里面是另一种格式（{label}）；可以用 openssl 转换";
    KeyForCertificate "there is a private key in it and no certificate: tls_cert and tls_key seem to be exchanged" | "里面是私钥而不是证书：tls_cert 和 tls_key 似乎写反了";
    CertificateForKey "there is a certificate in it and no private key: tls_cert and tls_key seem to be exchanged" | "里面是证书而不是私钥：tls_cert 和 tls_key 似乎写反了";
    NotYetSigned "there is a request for a certificate in it, which nobody has signed yet" | "里面是证书请求，还没有人签发";
    PublicKey "there is a public key in it; the private one is needed" | "里面是公钥；需要的是私钥";
    OldCertificate(version) "the certificate is of X.509 version {version}, and TLS needs version 3; with openssl, sign it with extensions: -addext or -extfile"
        | "证书是 X.509 第 {version} 版，TLS 需要第 3 版；用 openssl 签发时请加上扩展：-addext 或 -extfile";
    KeyIsEncrypted "the key is encrypted with a passphrase, which nobody could type at a start; `openssl pkey -in KEY -out NEW` takes it off"
        | "私钥用密码加密了，启动时没有人能输入；可用 openssl pkey -in 私钥 -out 新文件 去掉密码";
    UnsupportedKey "keys of this kind are not supported: only RSA of 2048 to 4096 bits, ECDSA with P-256 or P-384, and Ed25519"
        | "不支持这种私钥：只支持 2048 到 4096 位的 RSA、P-256 或 P-384 的 ECDSA，以及 Ed25519";
    KeyOfAnother "the key in tls_key belongs to another certificate; after a renewal both files must be new" | "tls_key 里的私钥属于另一个证书；更新证书后两个文件都要换";
    WrongOrder(number) "the order is wrong: the server's own certificate, to which the key belongs, is number {number} and must come first"
        | "顺序不对：与私钥对应的服务器证书是第 {number} 个，应该放在最前面";
    CertificateRefused(why) "the certificate is not taken: {why}" | "证书不被接受：{why}";

    // Things to be mended while the server runs.
    CertificateOver(file, day) "{file}: the certificate has expired: it was good until {day}" | "{file}：证书已过期：有效期到 {day}";
    CertificateToCome(file, day) "{file}: the certificate is not good yet: it begins to be on {day} (or this machine's clock is wrong)"
        | "{file}：证书还没有生效：从 {day} 起有效（或者本机时钟不对）";
    CertificateEnds(file, day, days) "{file}: the certificate expires on {day}, in {days} days" | "{file}：证书将在 {day} 过期，还有 {days} 天";
    StrayCertificate(file, number) "{file}: certificate {number} did not sign the one before it; some clients will not trust this server" | "{file}：第 {number} 个证书没有签发前一个；有的客户端会不信任本服务器";
    KeyForAll(file) "others on this machine can read or change the private key {file}: chmod 600 {file}" | "本机其他用户可以读取或修改私钥 {file}：chmod 600 {file}";
    FolderForAll(folder) "others on this machine can look into the data folder {folder}: chmod 700 {folder}" | "本机其他用户可以查看数据文件夹 {folder}：chmod 700 {folder}";
    NoMotdFile(file, why: Both) "motd_file: {file} cannot be read, so there is no message of the day: {why}" | "motd_file：无法读取 {file}，因此没有今日消息：{why}";
    MotdEncoding(file, why: Both) "motd_file: {file} is shown with question marks: {why}" | "motd_file：{file} 会显示成问号：{why}";
    MotdCut(file, lines) "motd_file: {file} is too long, only its first {lines} lines are shown" | "motd_file：{file} 太长，只显示前 {lines} 行";
    MotdLine(file, line, most) "motd_file: {file}: line {line} is too long, only its first {most} bytes are shown" | "motd_file：{file}：第 {line} 行太长，只显示前 {most} 字节";
    DataIsIn(folder) "accounts, rooms and what is said are kept in {folder}" | "账号、房间和聊天记录保存在 {folder}";
    DataIsInMemory "everything is in memory only and is gone when the server stops (data_dir is empty)" | "一切只在内存里，服务器停止后就没有了（data_dir 为空）";
    PrivilegedPort(port) "port {port} needs special rights: only the administrator may use ports below 1024. Choose a port from 1024 to 65535, or give the program that right: AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit"
        | "端口 {port} 需要特权：1024 以下的端口只有管理员能用。请选择 1024 到 65535 之间的端口，或给程序这个权限：在 systemd 单元里写 AmbientCapabilities=CAP_NET_BIND_SERVICE";
    CannotUseFolder(folder, why) "cannot use the folder {folder}: {why}. Choose another with data_dir, or keep everything in memory: --data-dir \"\""
        | "无法使用文件夹 {folder}：{why}。请用 data_dir 换一个，或者把一切只放在内存里：--data-dir \"\"";
    FolderInUse(folder) "another Teahouse keeps its data in {folder}. Choose another folder with data_dir, or keep everything in memory: --data-dir \"\""
        | "另一个茶馆正在使用 {folder} 保存数据。请用 data_dir 换一个文件夹，或者把一切只放在内存里：--data-dir \"\"";
    ImportWhileServed(folder)
        "another Teahouse keeps its data in {folder}. Stop it, import, and start it again: what it has in memory would not know of what is imported"
        | "另一个茶馆正在使用 {folder} 保存数据。请先停止它，导入之后再启动：它内存里的内容不知道导入了什么";
    CannotOpenStore(file, why) "cannot open the database {file}: {why}" | "无法打开数据库 {file}：{why}";
    StoreDamaged(file, why)
        "the database {file} is damaged: {why}\n\
         Nothing has been changed. Put a backup in its place, save what can be saved with\n  \
         sqlite3 {file} .recover | sqlite3 saved.db\n\
         (if that says \"SQL logic error\", see docs/history.md), or move it away to begin with an empty one."
        | "数据库 {file} 已损坏：{why}\n\
         没有改动任何内容。请用备份替换它；或用下面的命令抢救数据\n  \
         sqlite3 {file} .recover | sqlite3 saved.db\n\
         （如果它说 \"SQL logic error\"，请看 docs/history.zh-CN.md）；或者把它移走，从空的数据库重新开始。";
    StoreForeign(file)
        "{file} is not a database of Teahouse, so it is left as it is. If it is something else's, choose another folder \
         with data_dir; if there should be a database, put a backup in its place"
        | "{file} 不是茶馆的数据库，没有改动它。如果它属于别的程序，请用 data_dir 换一个文件夹；如果这里本应是数据库，请用备份替换它";
    StoreFull(file) "the disk of {file} is full. Nothing is wrong with the database: make room, and try again"
        | "{file} 所在的磁盘已满。数据库本身没有问题：请腾出空间再试";
    StoreLimit(file, why) "{file} cannot be written: {why}. Nothing is wrong with the database: a quota, or a limit of sizes (ulimit -f), is reached; raise it, and try again"
        | "无法写入 {file}：{why}。数据库本身没有问题：配额或文件大小限制（ulimit -f）已用完，请调高再试";
    StoreForbidden(file, owner, mode, user) "user {user} may not read and write {file}, which is user {owner}'s and has the mode {mode}. Nothing is wrong with the database: run this as user {owner}, or give the file away: chown {user} {file} && chmod u+rwX {file}"
        | "用户 {user} 无权读写 {file}，它属于用户 {owner}，权限为 {mode}。数据库本身没有问题：请以用户 {owner} 运行，或者把文件交给它：chown {user} {file} && chmod u+rwX {file}";
    StoreOutOfReach(file, user) "user {user} may not reach {file}. Nothing is wrong with the database: run this as the user whom it belongs to, or as root (sudo)"
        | "用户 {user} 无权访问 {file}。数据库本身没有问题：请以它所属的用户运行，或者以 root 运行（sudo）";
    StoreReadOnly(file) "{file} is on a file system that can only be read. Nothing is wrong with the database: mount it for writing, or choose another folder with data_dir"
        | "{file} 所在的文件系统是只读的。数据库本身没有问题：请以可写方式挂载，或者用 data_dir 换一个文件夹";
    StoreNoDescriptors(file, why) "{file} cannot be opened: {why}. Nothing is wrong with the database: raise the limit of open files (ulimit -n), and try again"
        | "无法打开 {file}：{why}。数据库本身没有问题：请调高打开文件数的限制（ulimit -n）再试";
    StoreNoMemory(file) "there is not enough memory for the database {file}. Nothing is wrong with it: end other programs or raise the limit, and try again"
        | "内存不足，无法打开数据库 {file}。数据库本身没有问题：请结束别的程序或调高限制再试";
    StoreBusy(file) "another program has the database {file} for itself (fuser {file} says which one). Nothing is wrong with it: end that program, and try again"
        | "另一个程序占用着数据库 {file}（用 fuser {file} 可以查出）。数据库本身没有问题：请结束那个程序再试";
    StoreDisk(file, why) "the disk of {file} fails: {why}. What is in the database cannot be told now: look into the system's log (journalctl -k), and delete nothing"
        | "{file} 所在的磁盘出错：{why}。现在无法判断数据库里的内容：请查看系统日志（journalctl -k），不要删除任何东西";
    StoreNotAFile(file) "{file} is not a file but something else, such as a folder or a pipe. Choose another folder with data_dir, or move it away"
        | "{file} 不是普通文件，而是文件夹或管道之类。请用 data_dir 换一个文件夹，或者把它移走";
    StoreUnreadable(file, why) "there is something in the database {file} that this version cannot read: {why}" | "数据库 {file} 里有这个版本读不懂的内容：{why}";
    RowLeftOut(table, why) "something in the table {table} of the database cannot be read, and is left out: {why}" | "数据库的 {table} 表里有读不懂的内容，已跳过：{why}";
    NoDataDir "everything is in memory (data_dir is empty), so there is nothing to read or write" | "一切都在内存里（data_dir 为空），没有可读写的数据";
    StoreTooOld(file) "the database {file} belongs to an older Teahouse. Start the server once; it brings it up to date" | "数据库 {file} 属于旧版本的茶馆。请启动一次服务器，它会自动升级";
    FileIsFolder "it is a folder, not a file" | "这是文件夹，不是文件";
    FileIsSpecial "it is no regular file but a pipe, a socket or a device" | "这不是普通文件，而是管道、套接字或设备";
    FileTooLong(most) "it is longer than {most} bytes" | "超过了 {most} 字节";
    FileNotAllowed "Permission denied: the user that the server runs as may not read it" | "没有权限（Permission denied）：运行服务器的用户不能读取它";
    FileIsUtf16 "it is UTF-16, which some editors call Unicode; save it as UTF-8" | "这是 UTF-16（有的编辑器称为 Unicode）；请存为 UTF-8";
    FileNotUtf8(line) "line {line} is not UTF-8; save it as UTF-8" | "第 {line} 行不是 UTF-8；请存为 UTF-8";
    LineOfFile(file, line) "{file}: line {line}" | "{file}：第 {line} 行";
    NoHome "this user has no home, so ~ means nothing" | "这个用户没有主目录，~ 没有意义";
    NotOwnHome "~ is one's own home only; write the whole path" | "~ 只能表示自己的主目录；请写完整路径";
    HasControl(what) "there is a line end or another control character in it ({what})" | "里面有换行或其他控制字符（{what}）";
    HasSpace "there is a space in it" | "里面有空格";
    NoColon "there is no colon between name and password" | "名字和密码之间没有冒号";
    TextTooLong(bytes, most) "it has {bytes} bytes, and {most} are the most" | "有 {bytes} 字节，最多 {most} 字节";
    NotShown "(not shown here)" | "（此处不显示）";
    NoPort(example) "the port is missing, as in {example}" | "缺少端口，应如 {example}";
    BadPort(port) "{port} is no port, which is a number from 0 to 65535" | "{port} 不是端口；端口是 0 到 65535 的数字";
    NoHost(example) "the address is missing; all of this machine's are {example}" | "缺少地址；本机的所有地址是 {example}";
    NoBrackets(example) "an IPv6 address stands in brackets: {example}" | "IPv6 地址要放在方括号里：{example}";
    NoInterface(name, names) "there is no network interface {name} here; there are {names}" | "本机没有网络接口 {name}；有 {names}";
    NotAnIp(name) "{name} is no IP address, and names are not looked up here" | "{name} 不是 IP 地址；这里不查询域名";
    ListedTwice(address) "{address} is listed twice in listen and listen_tls" | "{address} 在 listen 和 listen_tls 里出现了两次";
    ListedWithin(address, all) "{address} is a part of {all}, which is in listen or listen_tls too: leave one of them out"
        | "{address} 已包含在同样列出的 {all} 里：请去掉其中一个";
    NoIpv6 "this machine has no IPv6: leave the address out, or listen on 0.0.0.0" | "本机没有 IPv6：请去掉这个地址，或监听 0.0.0.0";
    NeedsInterface(example) "a link-local address needs its network interface, as in {example}" | "链路本地地址要写明网络接口，如 {example}";
    MayNotListen "Permission denied: the system forbids it to this program" | "没有权限（Permission denied）：系统不允许本程序这样做";
    CannotPrint(why) "cannot write the answer: {why}" | "无法写出结果：{why}";
    CannotRead(file, why) "cannot read {file}: {why}" | "无法读取 {file}：{why}";
    CannotWrite(file, why) "cannot write {file}: {why}" | "无法写入 {file}：{why}";
    WrongLine(file, line, why) "{file}: line {line} is not a line of an exported history: {why}; nothing has been imported" | "{file}：第 {line} 行不是导出的聊天记录：{why}；没有导入任何内容";
    NotJson(why) "it is not an object in JSON ({why})" | "不是 JSON 对象（{why}）";
    WrongKey(key) "{key} is missing or cannot be used" | "缺少 {key} 或不能使用";
    FromTheFuture "it is from the future" | "时间在将来";
    IdIsTaken "another message has its id already" | "这个 id 已属于另一条消息";
    NothingInIt(file) "{file}: there is no message in it; nothing has been imported" | "{file}：里面没有消息；没有导入任何内容";
    NobodyInIt(file) "{file}: there is no name in it; nothing has been imported" | "{file}：里面没有名字；没有导入任何内容";
    MoreIsWrong(count) "and {count} more lines are wrong" | "另外还有 {count} 行有问题";
    WrongEncoding(file, line) "{file}: line {line} is not in UTF-8; save it as \"CSV UTF-8\" or plain text in UTF-8; nothing has been imported" | "{file}：第 {line} 行不是 UTF-8；请另存为“CSV UTF-8”或 UTF-8 纯文本；没有导入任何内容";
    TakenForHeading(file, line, heading) "{file}: line {line} is taken for the heading: {heading}" | "{file}：第 {line} 行作为表头：{heading}";
    ReadAs(file, encoding) "{file} is read as {encoding}" | "{file} 按 {encoding} 编码读取";
    NotARoster "this is not the heading of a roster, which is name,password: nobody's password can be a date or a number from another table" | "这不是名册的表头；名册的表头是 姓名,密码：别的表格里的日期或学号不能当密码";
    TooManyFields "there are more fields than name and password; a password with the separator in it stands in quotation marks" | "字段比名字和密码多；密码里有分隔符时要放在引号里";
    OpenQuotation "a quotation mark is not closed" | "引号没有成对";
    PasswordIsDate "a date is no password; export accounts writes such a table, and it is not a roster" | "日期不能当密码；export accounts 导出的表格不是名册";
    NameTakenInLine(line) "there is an account of this name, or of one that looks the same, in line {line} already" | "第 {line} 行已经有这个名字或看起来相同的名字的账号";
    PasswordsUnread(why) "nothing has been imported: nobody reads the passwords ({why})" | "没有导入任何内容：没有人读取密码（{why}）";
    PasswordsInVain(why) "nothing has been imported, and the passwords above belong to nobody: {why}" | "没有导入任何内容，上面的密码都无效：{why}";
    StoreFails(why) "nothing has been done: {why}" | "什么都没有做：{why}";
    UsesDatabase(file) "the database is {file}" | "使用的数据库是 {file}";
    NoDatabase(file) "there is no database {file}. Start the server once, or name another folder: --data-dir or --config" | "没有数据库 {file}。请先启动一次服务器，或者用 --data-dir 或 --config 指定别的文件夹";
    NeitherDatabase(own, service) "there is no database in {own}, nor in the service's folder {service}. Start the server once, or name another folder: --data-dir or --config" | "{own} 里没有数据库，服务的文件夹 {service} 里也没有。请先启动一次服务器，或者用 --data-dir 或 --config 指定别的文件夹";
    TwoDatabases(own, service, config) "there are two databases, your own in {own} and the service's in {service}: say which one is meant, with --data-dir {own} or --config {config}" | "有两个数据库：你自己的在 {own}，服务的在 {service}。请用 --data-dir {own} 或 --config {config} 说明要用哪一个";
    NoRoomToExport(name) "there is no room {name}, and nothing is kept of one" | "没有房间 {name}，也没有它的聊天记录";
    TooOldToStay(count, days) "{count} of them are older than {days} days and will soon be forgotten: set history_days higher before the server is started" | "其中 {count} 条已超过 {days} 天，很快会被删除：请在启动服务器之前调高 history_days";
    TooManyToStay(count, most) "the room has {count} messages now, and only {most} are kept: set history_lines higher before the server is started" | "这个房间现在有 {count} 条消息，只会保留 {most} 条：请在启动服务器之前调高 history_lines";
    BackedUp(database, file) "{database} is backed up as {file}" | "{database} 已备份为 {file}";
    BackedUpWithout(database, file, others) "{database} is backed up as {file}; to move house, take these along too: {others}" | "{database} 已备份为 {file}；搬家时还要带上：{others}";
    BackupIsOwn(file) "{file} is, or would be taken for, a file of the server's own; a backup there would destroy what it is for. Choose another name" | "{file} 是服务器自己的文件，或会被当作它；备份到那里会毁掉原来的数据。请换一个名字";
    BackupInUse(file) "{file} is the database of another house, or is in use. Choose another name" | "{file} 是另一个茶馆的数据库，或正在使用。请换一个名字";
    BackupIsOther(file) "{file} is there already and is not a backup of Teahouse; it is left as it is. Choose another name" | "{file} 已经存在，而且不是茶馆的备份，没有改动它。请换一个名字";
    BackupNotAFile(file) "{file} is a folder, a device or the like; name a file" | "{file} 是文件夹或设备之类；请给出文件名";
    WrongRow(file, line, name, why) "{file}: line {line}: {name}: {why}; nothing has been imported" | "{file}：第 {line} 行：{name}：{why}；没有导入任何内容";
    NotANickname "not a nickname" | "不能用作名字";
    NameTaken "there is an account of this name, or of one that looks the same" | "已经有这个名字或看起来相同的名字的账号";
    NotARoom(name) "{name} is not a room's name, such as #lobby" | "{name} 不是房间的名字，如 #lobby";
    ImportedLines(count) "{count} messages imported" | "已导入 {count} 条消息";
    ImportedLinesOf(count, known) "{count} messages imported, {known} were there already" | "已导入 {count} 条消息；另有 {known} 条已经在里面";
    ImportedAccounts(count) "{count} accounts opened" | "已开通 {count} 个账号";
    StoreTooNew(file) "the database {file} belongs to a newer Teahouse. Start that one, or move the file away"
        | "数据库 {file} 属于更新版本的茶馆。请启动那个版本，或者把文件移走";
    CannotCopyStore(file, why) "cannot keep a copy of the database {file} before changing it: {why}"
        | "无法在更改数据库 {file} 之前保留副本：{why}";
    CannotStart(why) "cannot start: {why}" | "无法启动：{why}";
}

impl Text {
    /// The sentence in a language.
    pub fn within(&self, language: Language) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| self.write(f, language))
    }

    /// The sentence in a language, as a string.
    pub fn to_string(&self, language: Language) -> String {
        self.within(language).to_string()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Every row has both languages, and both name the same arguments.
    #[track_caller]
    pub(crate) fn check_rows(rows: &[(&str, Words)]) {
        for (name, Words(english, chinese)) in rows {
            assert!(english.is_ascii() || english.contains('·'), "{name}: {english:?} is not English");
            assert!(
                *name == "QuitWith" || chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{name}: {chinese:?} is not 中文"
            );
            assert_eq!(arguments(english), arguments(chinese), "{name}: the arguments differ");
        }
    }

    fn arguments(sentence: &str) -> std::collections::BTreeSet<String> {
        // `{{` and `}}` are braces that are meant, not arguments.
        let plain = sentence.replace("{{", "").replace("}}", "");
        let arguments =
            plain.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest).to_owned());
        arguments.collect()
    }

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        check_rows(Text::ROWS);
    }

    #[test]
    fn a_reason_within_a_sentence_is_in_the_language_of_the_sentence() {
        let text = Text::NotRestarted(Both::of(&Text::PortInUse("6667".to_owned())));
        assert!(text.to_string(Language::English).starts_with("not restarted: port 6667 is in use"));
        assert!(text.to_string(Language::Chinese).starts_with("没有重新启动：端口 6667 已被占用"));
    }

    #[test]
    fn a_sentence_is_written_in_the_language_asked_for() {
        let text = Text::Banned("茶".to_owned());
        assert_eq!(text.to_string(Language::English), "Banned: 茶");
        assert_eq!(text.to_string(Language::Chinese), "被禁止：茶");
        assert_eq!(Language::from_code(Language::Chinese.code()), Some(Language::Chinese));
    }
}
