//! Every numeric that the server sends, one row each, shaped like the line on the wire.
//!
//! A row is `Name(arguments) = NUMERIC, "parameters" "English" | "中文";`. The first string is for the client's program
//! and is the same in every language; the other two are for a person. A row without words has the first string only.
//! Each argument in the first string before its colon is one word: where a client typed something else, a star stands
//! in its place, so that no answer falls apart. Only an argument written `{name:}` may be several words. A handler
//! refuses by returning one as its `Err`; the dispatcher sends it.

use std::fmt;

use teahouse_protocol::numerics::*;
use teahouse_protocol::text::truncate;

use crate::text::language::Language;
#[cfg(test)]
use crate::text::language::Words;

macro_rules! replies {
    ($($name:ident $(($($field:ident),+))? = $numeric:ident, $params:literal $($english:literal | $chinese:literal)?;)*) => {
        /// A numeric with its arguments, without its language and its receiver.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the row is the documentation")]
        pub enum Reply {
            $($name $(($(replies!(@text $field)),+))?),*
        }

        impl Reply {
            /// Its number.
            pub fn numeric(&self) -> u16 {
                match self {
                    $(Self::$name { .. } => $numeric),*
                }
            }

            /// The numbers of all rows, in order.
            pub const NUMERICS: &[u16] = &[$($numeric),*];

            /// The parameters of each row on the wire, in the same order, before the words for a person.
            pub const SHAPES: &[&str] = &[$($params),*];

            /// The rows that have words, in both languages.
            #[cfg(test)]
            const ROWS: &[(&str, Words)] = &[$($((stringify!($name), Words($english, $chinese)),)?)*];

            fn write(&self, f: &mut fmt::Formatter<'_>, language: Language) -> fmt::Result {
                match self {
                    $(
                        Self::$name $(($($field),+))? => {
                            $($(let $field = if const { is_word($params, stringify!($field)) } {
                                word($field)
                            } else {
                                $field.as_str()
                            };)+)?
                            write!(f, $params)?;
                            $(match language {
                                Language::English => write!(f, $english)?,
                                Language::Chinese => write!(f, $chinese)?,
                            })?
                        }
                    )*
                }
                let _ = language;
                Ok(())
            }
        }
    };
    (@text $field:ident) => { String };
}

/// Whether `{field}` stands before the last parameter. That is asked while the server is compiled: a row of WHO takes
/// 156 ns, and 397 where the row's text is searched each time.
const fn is_word(params: &str, field: &str) -> bool {
    let (params, field) = (params.as_bytes(), field.as_bytes());
    let mut at = 0;
    while at < params.len() && params[at] != b':' {
        if params[at] == b'{' {
            let mut length = 0;
            while length < field.len() && params[at + 1 + length] == field[length] {
                length += 1;
            }
            if length == field.len() && params[at + 1 + length] == b'}' {
                return true;
            }
        }
        at += 1;
    }
    false
}

/// The longest word, in bytes: what follows it must have room in the line.
const WORD_BYTES: usize = 250;

/// A text that a client typed as one word; a star when it is none.
pub(crate) fn word(text: &str) -> &str {
    if text.is_empty() || text.starts_with(':') || text.contains(' ') {
        "*"
    } else {
        truncate(text, WORD_BYTES)
    }
}

replies! {
    Welcome(network, name) = RPL_WELCOME, ":" "Welcome to {network}, {name}" | "欢迎来到 {network}，{name}";
    YourHost(server, version) = RPL_YOURHOST, ":" "Your host is {server}, running {version}" | "你连接的服务器是 {server}，版本 {version}";
    Created(date) = RPL_CREATED, ":" "This server was started {date}" | "本服务器启动于 {date}";
    MyInfo(server, version, people, rooms, with_param) = RPL_MYINFO, "{server} {version} {people} {rooms} {with_param}";
    ISupport(tokens) = RPL_ISUPPORT, "{tokens:} :" "are supported by this server" | "是本服务器支持的功能";
    StatsCommands(command, count) = RPL_STATSCOMMANDS, "{command} {count}";
    StatsKLine(mask, who, since, until, reason) = RPL_STATSKLINE, "K {mask} * {who} {since} {until} :{reason}";
    EndOfStats(letter) = RPL_ENDOFSTATS, "{letter} :" "End of STATS report" | "STATS 报告结束";
    UModeIs(modes) = RPL_UMODEIS, "{modes}";
    StatsDLine(network, who, since, until, reason) = RPL_STATSDLINE, "D {network} {who} {since} {until} :{reason}";
    StatsUptime(days, clock) = RPL_STATSUPTIME, ":" "Server up {days} days {clock}" | "服务器已运行 {days} 天 {clock}";
    StatsOLine(name) = RPL_STATSOLINE, "O *@* * {name}";
    LUserClient(users, invisible) = RPL_LUSERCLIENT, ":" "There are {users} users and {invisible} invisible on 1 servers" | "1 台服务器上共有 {users} 人，另有 {invisible} 人隐身";
    LUserOp(count) = RPL_LUSEROP, "{count} :" "operators online" | "位管理员在线";
    LUserUnknown(count) = RPL_LUSERUNKNOWN, "{count} :" "connections not yet logged in" | "个连接尚未登录";
    LUserChannels(count) = RPL_LUSERCHANNELS, "{count} :" "channels formed" | "个房间";
    LUserMe(users) = RPL_LUSERME, ":" "I have {users} clients and 0 servers" | "本服务器有 {users} 人，0 台相连的服务器";
    AdminMe(server) = RPL_ADMINME, "{server} :" "Administrative info" | "管理信息";
    AdminLoc1(words) = RPL_ADMINLOC1, ":{words}";
    AdminLoc2(words) = RPL_ADMINLOC2, ":{words}";
    AdminEmail(words) = RPL_ADMINEMAIL, ":{words}";
    LocalUsers(users, most) = RPL_LOCALUSERS, "{users} {most} :" "Current local users {users}, max {most}" | "本服务器现有 {users} 人，最多时 {most} 人";
    GlobalUsers(users, most) = RPL_GLOBALUSERS, "{users} {most} :" "Current global users {users}, max {most}" | "全网现有 {users} 人，最多时 {most} 人";
    WhoisCertFp(nick, fingerprint) = RPL_WHOISCERTFP, "{nick} :" "has client certificate fingerprint {fingerprint}" | "的客户端证书指纹是 {fingerprint}";
    Away(nick, words) = RPL_AWAY, "{nick} :{words}";
    UserHost(list) = RPL_USERHOST, ":{list}";
    IsOn(list) = RPL_ISON, ":{list}";
    UnAway = RPL_UNAWAY, ":" "You are no longer marked as being away" | "你已取消离开状态";
    NowAway = RPL_NOWAWAY, ":" "You have been marked as being away" | "你已被标记为离开";
    WhoisRegNick(nick) = RPL_WHOISREGNICK, "{nick} :" "has identified for this nick" | "已验证这个名字属于自己";
    WhoisUser(nick, user, host, realname) = RPL_WHOISUSER, "{nick} {user} {host} * :{realname}";
    WhoisServer(nick, server, network) = RPL_WHOISSERVER, "{nick} {server} :{network}";
    WhoisOperator(nick) = RPL_WHOISOPERATOR, "{nick} :" "is a server operator" | "是服务器管理员";
    WhowasUser(nick, user, host, realname) = RPL_WHOWASUSER, "{nick} {user} {host} * :{realname}";
    EndOfWho(mask) = RPL_ENDOFWHO, "{mask} :" "End of WHO list" | "WHO 列表结束";
    WhoisIdle(nick, idle, signon) = RPL_WHOISIDLE, "{nick} {idle} {signon} :" "seconds idle, signon time" | "秒未发言，登录时间";
    EndOfWhois(nick) = RPL_ENDOFWHOIS, "{nick} :" "End of WHOIS list" | "WHOIS 列表结束";
    WhoisChannels(nick, channels) = RPL_WHOISCHANNELS, "{nick} :{channels}";
    ListStart = RPL_LISTSTART, "Channel :" "Users  Name" | "人数  房间";
    List(channel, members, topic) = RPL_LIST, "{channel} {members} :{topic}";
    ListEnd = RPL_LISTEND, ":" "End of LIST" | "房间列表结束";
    ChannelModeIs(channel, modes) = RPL_CHANNELMODEIS, "{channel} {modes:}";
    CreationTime(channel, seconds) = RPL_CREATIONTIME, "{channel} {seconds}";
    WhoisAccount(nick, account) = RPL_WHOISACCOUNT, "{nick} {account} :" "is logged in as" | "登录的账号";
    NoTopic(channel) = RPL_NOTOPIC, "{channel} :" "No topic is set" | "没有设置话题";
    Topic(channel, topic) = RPL_TOPIC, "{channel} :{topic}";
    TopicWhoTime(channel, who, seconds) = RPL_TOPICWHOTIME, "{channel} {who} {seconds}";
    WhoisBot(nick) = RPL_WHOISBOT, "{nick} :" "is a bot" | "是机器人";
    InviteList(channel) = RPL_INVITELIST, "{channel}";
    EndOfInviteList = RPL_ENDOFINVITELIST, ":" "End of invite list" | "邀请列表结束";
    Inviting(nick, channel) = RPL_INVITING, "{nick} {channel}";
    InvexList(channel, mask, who, seconds) = RPL_INVEXLIST, "{channel} {mask} {who} {seconds}";
    EndOfInvexList(channel) = RPL_ENDOFINVEXLIST, "{channel} :" "End of channel invite exception list" | "免邀请名单结束";
    ExceptList(channel, mask, who, seconds) = RPL_EXCEPTLIST, "{channel} {mask} {who} {seconds}";
    EndOfExceptList(channel) = RPL_ENDOFEXCEPTLIST, "{channel} :" "End of channel exception list" | "免封禁名单结束";
    Version(version, server) = RPL_VERSION, "{version} {server} :" "Teahouse, one thread for each guest" | "茶馆，每位客人一个线程";
    WhoReply(channel, user, host, server, nick, flags, realname) = RPL_WHOREPLY, "{channel} {user} {host} {server} {nick} {flags} :0 {realname}";
    NamReply(symbol, channel, names) = RPL_NAMREPLY, "{symbol} {channel} :{names}";
    WhoSpecial(fields) = RPL_WHOSPCRPL, "{fields:}";
    Links(mask, server, words) = RPL_LINKS, "{mask} {server} :0 {words}";
    EndOfLinks(mask) = RPL_ENDOFLINKS, "{mask} :" "End of LINKS list" | "服务器列表结束";
    EndOfNames(channel) = RPL_ENDOFNAMES, "{channel} :" "End of NAMES list" | "成员列表结束";
    BanList(channel, mask, who, seconds) = RPL_BANLIST, "{channel} {mask} {who} {seconds}";
    EndOfBanList(channel) = RPL_ENDOFBANLIST, "{channel} :" "End of ban list" | "封禁列表结束";
    EndOfWhowas(nick) = RPL_ENDOFWHOWAS, "{nick} :" "End of WHOWAS" | "WHOWAS 列表结束";
    Info(line) = RPL_INFO, ":{line}";
    Motd(line) = RPL_MOTD, ":- {line}";
    EndOfInfo = RPL_ENDOFINFO, ":" "End of INFO list" | "INFO 列表结束";
    MotdStart(server) = RPL_MOTDSTART, ":" "- {server} Message of the day -" | "- {server} 今日消息 -";
    EndOfMotd = RPL_ENDOFMOTD, ":" "End of message of the day" | "今日消息结束";
    WhoisHost(nick, source, address) = RPL_WHOISHOST, "{nick} :" "is connecting from {source} {address}" | "连接来自 {source} {address}";
    WhoisModes(nick, modes) = RPL_WHOISMODES, "{nick} :" "is using modes {modes}" | "的模式是 {modes}";
    YoureOper = RPL_YOUREOPER, ":" "You are now a server operator" | "你现在是服务器管理员";
    Rehashing(file) = RPL_REHASHING, "{file} :" "Rehashing" | "正在重新读取配置";
    Time(server, time) = RPL_TIME, "{server} :{time}";

    NoSuchNick(target) = ERR_NOSUCHNICK, "{target} :" "No such nick or channel" | "没有这个人或房间";
    NoSuchServer(server) = ERR_NOSUCHSERVER, "{server} :" "No such server" | "没有这个服务器";
    NoSuchChannel(channel) = ERR_NOSUCHCHANNEL, "{channel} :" "No such channel" | "没有这个房间";
    CannotSendToChan(channel, why) = ERR_CANNOTSENDTOCHAN, "{channel} :" "You cannot speak there: {why}" | "你不能在那里发言：{why}";
    TooManyChannels(channel) = ERR_TOOMANYCHANNELS, "{channel} :" "You have joined too many channels" | "你加入的房间太多了";
    WasNoSuchNick(nick) = ERR_WASNOSUCHNICK, "{nick} :" "There was no such nickname" | "没有人用过这个名字";
    TooManyTargets(target) = ERR_TOOMANYTARGETS, "{target} :" "Too many recipients at once" | "一次发给太多人了";
    NoOrigin = ERR_NOORIGIN, ":" "A PING needs something to be sent back" | "PING 需要一个可以送回的参数";
    InvalidCapCmd(subcommand) = ERR_INVALIDCAPCMD, "{subcommand} :" "Invalid CAP command" | "无效的 CAP 子命令";
    NoRecipient(command) = ERR_NORECIPIENT, ":" "No recipient given ({command})" | "没有说明发给谁（{command}）";
    NoTextToSend = ERR_NOTEXTTOSEND, ":" "No text to send" | "没有要发送的内容";
    InputTooLong = ERR_INPUTTOOLONG, ":" "That line was too long and is lost" | "这一行太长，没有发送";
    UnknownCommand(command) = ERR_UNKNOWNCOMMAND, "{command} :" "Unknown command" | "未知命令";
    NoMotd = ERR_NOMOTD, ":" "There is no message of the day" | "没有今日消息";
    NoNicknameGiven = ERR_NONICKNAMEGIVEN, ":" "No nickname given" | "没有给出名字";
    ErroneousNickname(nick, bytes) = ERR_ERRONEUSNICKNAME, "{nick} :" "Not a nickname: letters and digits of any script and []\\`_^{{|}}-, no digit or - first, at most {bytes} bytes" | "不能用作名字：只能用各种文字的字母、数字和 []\\`_^{{|}}-，不能以数字或 - 开头，最多 {bytes} 字节";
    NicknameInUse(nick, why) = ERR_NICKNAMEINUSE, "{nick} :{why}";
    UserNotInChannel(nick, channel) = ERR_USERNOTINCHANNEL, "{nick} {channel} :" "They are not in that channel" | "对方不在这个房间里";
    NotOnChannel(channel) = ERR_NOTONCHANNEL, "{channel} :" "You are not in that channel" | "你不在这个房间里";
    UserOnChannel(nick, channel) = ERR_USERONCHANNEL, "{nick} {channel} :" "is already in that channel" | "已经在这个房间里";
    SummonDisabled = ERR_SUMMONDISABLED, ":" "SUMMON has been disabled" | "SUMMON 已停用";
    UsersDisabled = ERR_USERSDISABLED, ":" "USERS has been disabled" | "USERS 已停用";
    NotRegistered = ERR_NOTREGISTERED, ":" "You have not logged in yet" | "你还没有登录";
    NeedMoreParams(command) = ERR_NEEDMOREPARAMS, "{command} :" "Not enough parameters" | "参数不够";
    AlreadyRegistered = ERR_ALREADYREGISTERED, ":" "You have already logged in" | "你已经登录了";
    PasswordMismatch = ERR_PASSWDMISMATCH, ":" "The password is wrong" | "密码不对";
    YoureBanned(reason) = ERR_YOUREBANNEDCREEP, ":" "You are banned from this server: {reason}" | "你被禁止进入本服务器：{reason}";
    InvalidUsername = ERR_INVALIDUSERNAME, ":" "Not a user name: it needs letters or digits" | "不能用作用户名：要有字母或数字";
    ChannelIsFull(channel) = ERR_CHANNELISFULL, "{channel} :" "Cannot join channel (+l): it is full" | "无法进入房间（+l）：已满员";
    UnknownMode(mode) = ERR_UNKNOWNMODE, "{mode} :" "is a mode that this server does not have" | "是本服务器没有的模式";
    InviteOnlyChan(channel) = ERR_INVITEONLYCHAN, "{channel} :" "Cannot join channel (+i): by invitation only" | "无法进入房间（+i）：只有受邀者才能进入";
    BannedFromChan(channel) = ERR_BANNEDFROMCHAN, "{channel} :" "Cannot join channel (+b): you are banned" | "无法进入房间（+b）：你被封禁了";
    BadChannelKey(channel) = ERR_BADCHANNELKEY, "{channel} :" "Cannot join channel (+k): the key is wrong" | "无法进入房间（+k）：钥匙不对";
    BadChanMask(channel) = ERR_BADCHANMASK, "{channel} :" "Not a channel name: it begins with #, has no space, comma or invisible character, and at most 64 bytes" | "不是房间名：房间名以 # 开头，不含空格、逗号和不可见字符，最多 64 字节";
    NeedReggedNick(channel) = ERR_NEEDREGGEDNICK, "{channel} :" "Cannot join channel (+R): you need an account" | "无法进入房间（+R）：需要先登录账号";
    BanListFull(channel, letter) = ERR_BANLISTFULL, "{channel} {letter} :" "That list is full" | "名单已满";
    BadChanName(channel, other) = ERR_BADCHANNAME, "{channel} :" "Cannot open that channel: its name looks like {other}" | "不能开这个房间：它的名字看起来和 {other} 一样";
    NoPrivileges = ERR_NOPRIVILEGES, ":" "You are not a server operator" | "你不是服务器管理员";
    ChanOPrivsNeeded(channel) = ERR_CHANOPRIVSNEEDED, "{channel} :" "Your rank in that channel is too low" | "你在这个房间里的权限不够";
    CantKillServer = ERR_CANTKILLSERVER, ":" "You cannot kill a server" | "不能 KILL 服务器";
    NonOnReg(nick) = ERR_NONONREG, "{nick} :" "hears from people with accounts only" | "只接收有账号者的私聊";
    NoOperHost = ERR_NOOPERHOST, ":" "There are no operators here" | "这里没有管理员";
    UModeUnknownFlag = ERR_UMODEUNKNOWNFLAG, ":" "That is a user mode that this server does not have" | "本服务器没有这个用户模式";
    UsersDontMatch = ERR_USERSDONTMATCH, ":" "You cannot see or change the modes of other users" | "不能查看或更改别人的用户模式";
    HelpNotFound(subject) = ERR_HELPNOTFOUND, "{subject} :" "There is no help for that" | "没有关于它的帮助";
    WhoisSecure(nick) = RPL_WHOISSECURE, "{nick} :" "is using a secure connection" | "使用加密连接";
    YourLanguage(code) = RPL_YOURLANGUAGESARE, "{code} :" "is your language now" | "是你现在的语言";
    InvalidModeParam(target, mode, param) = ERR_INVALIDMODEPARAM, "{target} {mode} {param} :" "That mode needs another parameter" | "这个模式的参数无效";
    HelpStart(subject, words) = RPL_HELPSTART, "{subject} :{words}";
    HelpText(subject, words) = RPL_HELPTXT, "{subject} :{words}";
    EndOfHelp(subject, words) = RPL_ENDOFHELP, "{subject} :{words}";
    MonOnline(list) = RPL_MONONLINE, ":{list}";
    MonOffline(list) = RPL_MONOFFLINE, ":{list}";
    MonList(list) = RPL_MONLIST, ":{list}";
    EndOfMonList = RPL_ENDOFMONLIST, ":" "End of MONITOR list" | "关注列表结束";
    MonListFull(limit, list) = ERR_MONLISTFULL, "{limit} {list} :" "Your MONITOR list is full" | "关注列表已满";
    LoggedIn(source, account) = RPL_LOGGEDIN, "{source} {account} :" "You are now logged in as {account}" | "你已登录账号 {account}";
    LoggedOut(source) = RPL_LOGGEDOUT, "{source} :" "You are now logged out" | "你已退出账号";
    SaslSuccess = RPL_SASLSUCCESS, ":" "SASL authentication successful" | "SASL 验证成功";
    SaslFail = ERR_SASLFAIL, ":" "SASL authentication failed" | "SASL 验证失败";
    SaslTooLong = ERR_SASLTOOLONG, ":" "SASL message too long" | "SASL 消息太长";
    SaslAborted = ERR_SASLABORTED, ":" "SASL authentication aborted" | "SASL 验证已中止";
    SaslAlready = ERR_SASLALREADY, ":" "You have already authenticated using SASL" | "你已经用 SASL 验证过了";
    SaslMechs(mechanisms) = RPL_SASLMECHS, "{mechanisms} :" "are available SASL mechanisms" | "是可用的 SASL 机制";
    NoLanguage(code) = ERR_NOLANGUAGE, "{code} :" "This server speaks en and zh" | "本服务器只会说 en 和 zh";
}

impl Reply {
    /// The parameters as they stand on the wire, behind the numeric and the name of its receiver.
    pub fn params(&self, language: Language) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| self.write(f, language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reply_is_there_in_both_languages() {
        crate::text::language::tests::check_rows(Reply::ROWS);
    }

    #[test]
    fn rows_stand_in_the_order_of_their_numbers() {
        assert!(Reply::NUMERICS.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_reply_reads_like_the_line_on_the_wire() {
        let reply = Reply::WasNoSuchNick("小明".to_owned());
        assert_eq!(reply.numeric(), 406);
        assert_eq!(reply.params(Language::English).to_string(), "小明 :There was no such nickname");
        assert_eq!(reply.params(Language::Chinese).to_string(), "小明 :没有人用过这个名字");
    }

    #[test]
    fn what_a_client_typed_is_one_word_or_a_star() {
        for (typed, shown) in [("茶", "茶"), ("", "*"), (":x", "*"), ("a b", "*"), ("a:b", "a:b")] {
            let reply = Reply::UserNotInChannel(typed.to_owned(), "#茶馆".to_owned());
            let expected = format!("{shown} #茶馆 :They are not in that channel");
            assert_eq!(reply.params(Language::English).to_string(), expected, "{typed}");
        }
        let words = Reply::Away("bob".to_owned(), ": gone  out".to_owned());
        assert_eq!(words.params(Language::English).to_string(), "bob :: gone  out");
        let several = Reply::ChannelModeIs("#a".to_owned(), "+kl * 5".to_owned());
        assert_eq!(several.params(Language::English).to_string(), "#a +kl * 5");
    }
}
