//! Every numeric that the server sends, one row each, shaped like the line on the wire.
//!
//! A row is `Name(arguments) = NUMERIC, "parameters" "English" | "中文";`. What a client's program reads stands in
//! the first string and is the same in every language; what a person reads stands in the other two. A row without
//! words has the first string only.
//! A handler refuses by returning one as its `Err`; the dispatcher sends it.

use std::fmt;

use teahouse_protocol::numerics::*;

use crate::language::Language;

macro_rules! replies {
    ($($name:ident $(($($field:ident),+))? = $numeric:ident, $params:literal $($english:literal | $chinese:literal)?;)*) => {
        /// A numeric with its arguments, without its language and the one it is for.
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

            /// The rows that have words, in both languages.
            #[cfg(test)]
            const ROWS: &[(&str, &str, &str)] = &[$($((stringify!($name), $english, $chinese),)?)*];

            fn write(&self, f: &mut fmt::Formatter<'_>, language: Language) -> fmt::Result {
                match self {
                    $(
                        Self::$name $(($($field),+))? => {
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

replies! {
    Welcome(network, source) = RPL_WELCOME, ":" "Welcome to {network}, {source}" | "欢迎来到 {network}，{source}";
    YourHost(server, version) = RPL_YOURHOST, ":" "Your host is {server}, running {version}" | "你连接的服务器是 {server}，版本 {version}";
    Created(date) = RPL_CREATED, ":" "This server was started {date}" | "本服务器启动于 {date}";
    MyInfo(server, version) = RPL_MYINFO, "{server} {version} - n";
    ISupport(tokens) = RPL_ISUPPORT, "{tokens} :" "are supported by this server" | "是本服务器支持的功能";
    UModeIs(modes) = RPL_UMODEIS, "{modes}";
    LUserClient(users) = RPL_LUSERCLIENT, ":" "There are {users} users on 1 server" | "1 台服务器上共有 {users} 人";
    LUserUnknown(count) = RPL_LUSERUNKNOWN, "{count} :" "connections not yet logged in" | "个连接尚未登录";
    LUserChannels(count) = RPL_LUSERCHANNELS, "{count} :" "channels formed" | "个房间";
    LUserMe(users) = RPL_LUSERME, ":" "I have {users} clients and 0 servers" | "本服务器有 {users} 人，0 台相连的服务器";
    LocalUsers(users, most) = RPL_LOCALUSERS, "{users} {most} :" "Current local users {users}, max {most}" | "本服务器现有 {users} 人，最多时 {most} 人";
    GlobalUsers(users, most) = RPL_GLOBALUSERS, "{users} {most} :" "Current global users {users}, max {most}" | "全网现有 {users} 人，最多时 {most} 人";
    Away(nick, words) = RPL_AWAY, "{nick} :{words}";
    UserHost(list) = RPL_USERHOST, ":{list}";
    IsOn(list) = RPL_ISON, ":{list}";
    UnAway = RPL_UNAWAY, ":" "You are no longer marked as being away" | "你已取消离开状态";
    NowAway = RPL_NOWAWAY, ":" "You have been marked as being away" | "你已被标记为离开";
    WhoisUser(nick, user, host, realname) = RPL_WHOISUSER, "{nick} {user} {host} * :{realname}";
    WhoisServer(nick, server, network) = RPL_WHOISSERVER, "{nick} {server} :{network}";
    EndOfWho(mask) = RPL_ENDOFWHO, "{mask} :" "End of WHO list" | "WHO 列表结束";
    WhoisIdle(nick, idle, signon) = RPL_WHOISIDLE, "{nick} {idle} {signon} :" "seconds idle, signon time" | "秒未发言，登录时间";
    EndOfWhois(nick) = RPL_ENDOFWHOIS, "{nick} :" "End of WHOIS list" | "WHOIS 列表结束";
    WhoisChannels(nick, channels) = RPL_WHOISCHANNELS, "{nick} :{channels}";
    ListStart = RPL_LISTSTART, "Channel :" "Users  Name" | "人数  房间";
    List(channel, members, topic) = RPL_LIST, "{channel} {members} :{topic}";
    ListEnd = RPL_LISTEND, ":" "End of LIST" | "房间列表结束";
    ChannelModeIs(channel, modes) = RPL_CHANNELMODEIS, "{channel} {modes}";
    CreationTime(channel, seconds) = RPL_CREATIONTIME, "{channel} {seconds}";
    NoTopic(channel) = RPL_NOTOPIC, "{channel} :" "No topic is set" | "没有设置主题";
    Topic(channel, topic) = RPL_TOPIC, "{channel} :{topic}";
    TopicWhoTime(channel, who, seconds) = RPL_TOPICWHOTIME, "{channel} {who} {seconds}";
    Version(version, server) = RPL_VERSION, "{version} {server} :" "Teahouse, one thread for each guest" | "茶馆，每位客人一个线程";
    WhoReply(channel, user, host, server, nick, flags, realname) = RPL_WHOREPLY, "{channel} {user} {host} {server} {nick} {flags} :0 {realname}";
    NamReply(channel, names) = RPL_NAMREPLY, "= {channel} :{names}";
    EndOfNames(channel) = RPL_ENDOFNAMES, "{channel} :" "End of NAMES list" | "成员列表结束";
    EndOfBanList(channel) = RPL_ENDOFBANLIST, "{channel} :" "End of ban list" | "封禁列表结束";
    Motd(line) = RPL_MOTD, ":- {line}";
    MotdStart(server) = RPL_MOTDSTART, ":" "- {server} Message of the day -" | "- {server} 今日消息 -";
    EndOfMotd = RPL_ENDOFMOTD, ":" "End of message of the day" | "今日消息结束";

    NoSuchNick(target) = ERR_NOSUCHNICK, "{target} :" "No such nick or channel" | "没有这个人或房间";
    NoSuchServer(server) = ERR_NOSUCHSERVER, "{server} :" "No such server" | "没有这个服务器";
    NoSuchChannel(channel) = ERR_NOSUCHCHANNEL, "{channel} :" "No such channel" | "没有这个房间";
    CannotSendToChan(channel) = ERR_CANNOTSENDTOCHAN, "{channel} :" "You are not in that channel, so you cannot speak there" | "你不在这个房间里，不能发言";
    TooManyChannels(channel) = ERR_TOOMANYCHANNELS, "{channel} :" "You have joined too many channels" | "你加入的房间太多了";
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
    NicknameInUse(nick) = ERR_NICKNAMEINUSE, "{nick} :" "That nickname is taken" | "这个名字已经有人用了";
    NotOnChannel(channel) = ERR_NOTONCHANNEL, "{channel} :" "You are not in that channel" | "你不在这个房间里";
    NotRegistered = ERR_NOTREGISTERED, ":" "You have not logged in yet" | "你还没有登录";
    NeedMoreParams(command) = ERR_NEEDMOREPARAMS, "{command} :" "Not enough parameters" | "参数不够";
    AlreadyRegistered = ERR_ALREADYREGISTERED, ":" "You have already logged in" | "你已经登录了";
    PasswordMismatch = ERR_PASSWDMISMATCH, ":" "The password is wrong" | "密码不对";
    UnknownMode(mode) = ERR_UNKNOWNMODE, "{mode} :" "is a mode that this server does not have" | "是本服务器没有的模式";
    BadChanMask(channel) = ERR_BADCHANMASK, "{channel} :" "Not a channel name: it begins with # and has no space, comma or invisible character" | "不是房间名：房间名以 # 开头，不含空格、逗号和不可见字符";
    UModeUnknownFlag = ERR_UMODEUNKNOWNFLAG, ":" "That is a user mode that this server does not have" | "本服务器没有这个用户模式";
    UsersDontMatch = ERR_USERSDONTMATCH, ":" "You cannot see or change the modes of other users" | "不能查看或更改别人的用户模式";
}

impl Reply {
    /// The parameters as they stand on the wire, behind the numeric and the name of the one who gets it.
    pub fn params(&self, language: Language) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| self.write(f, language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reply_is_there_in_both_languages() {
        crate::language::tests::check_rows(Reply::ROWS);
    }

    #[test]
    fn rows_stand_in_the_order_of_their_numbers() {
        assert!(Reply::NUMERICS.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_reply_reads_like_the_line_on_the_wire() {
        let reply = Reply::NicknameInUse("小明".to_owned());
        assert_eq!(reply.numeric(), 433);
        assert_eq!(reply.params(Language::English).to_string(), "小明 :That nickname is taken");
        assert_eq!(reply.params(Language::Chinese).to_string(), "小明 :这个名字已经有人用了");
    }
}
