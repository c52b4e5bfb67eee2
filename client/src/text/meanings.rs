//! What commands, numerics and tags mean, in one sentence each: for the panel that shows the wire.
//!
//! Nothing is decided here; [`event`](crate::event) is where the window learns from numerics. Tests compare the
//! numerics with the protocol's table, and the commands with those in `docs/protocol.md`.

use teahouse_protocol::{numerics, tags};

use crate::text::i18n::Words;

/// What a numeric means, if it is a known one.
pub fn of_numeric(number: u16) -> Option<Words> {
    NUMERICS.iter().find(|(known, _)| *known == number).map(|(_, meaning)| *meaning)
}

/// What a command means, and what its parameters are called; in any case.
pub fn of_command(command: &str) -> Option<(Words, Words)> {
    let row = COMMANDS.iter().find(|row| row.0.eq_ignore_ascii_case(command))?;
    Some((row.1, row.2))
}

/// What a tag before a message means.
pub fn of_tag(name: &str) -> Option<Words> {
    TAGS.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}

macro_rules! numerics {
    ($($name:ident $english:literal | $chinese:literal;)*) => {
        const NUMERICS: &[(u16, Words)] =
            &[$((numerics::$name, Words($english, $chinese))),*];
    };
}

macro_rules! tags {
    ($($name:ident $english:literal | $chinese:literal;)*) => {
        const TAGS: &[(&str, Words)] = &[$((tags::$name, Words($english, $chinese))),*];
    };
}

/// The parameters' names stand behind the meaning, parted by `|`.
macro_rules! commands {
    ($($name:literal $english:literal | $chinese:literal, $english_params:literal | $chinese_params:literal;)*) => {
        const COMMANDS: &[(&str, Words, Words)] = &[$((
            $name,
            Words($english, $chinese),
            Words($english_params, $chinese_params),
        )),*];
    };
}

commands! {
    // Coming and going.
    "CAP" "capability negotiation: which extensions both sides speak" | "协商能力：双方支持哪些扩展",
        "client or subcommand|subcommand or list|list" | "客户端或子命令|子命令或列表|列表";
    "AUTHENTICATE" "one step of logging in to an account with SASL" | "用 SASL 登录账号的一步", "data" | "数据";
    "PASS" "the server's password" | "服务器的密码", "password" | "密码";
    "NICK" "chooses or changes a nickname" | "取名或改名", "new nickname" | "新名字";
    "USER" "says user name and real name at login" | "登录时说明用户名和真实姓名", "user name|0|*|real name" | "用户名|0|*|真实姓名";
    "PING" "are you there? To be answered with PONG" | "还在吗？对方要用 PONG 回答", "token|server" | "记号|服务器";
    "PONG" "I am here: the answer to PING" | "还在：对 PING 的回答", "server or token|token" | "服务器或记号|记号";
    "QUIT" "leaves the server" | "离开服务器", "reason" | "原因";
    "ERROR" "the server is about to end the connection" | "服务器要关闭连接", "reason" | "原因";
    "REGISTER" "registers an account" | "注册账号", "account|address|password" | "账号|邮箱|密码";
    "VERIFY" "completes a registration with its code" | "用验证码完成注册", "account|code" | "账号|验证码";
    "SETNAME" "changes the real name" | "修改真实姓名", "real name" | "真实姓名";
    "ACCOUNT" "somebody logged in to an account, or out" | "有人登录或退出了账号", "account" | "账号";
    "CHGHOST" "somebody's user name or host has changed" | "有人的用户名或主机变了", "user|host" | "用户名|主机";
    "LANGUAGE" "chooses the server's language" | "选择服务器说的语言", "language" | "语言";
    // Talking.
    "PRIVMSG" "says something to a room or to one person" | "说一句话：对一个房间或一个人", "to|text" | "给谁|内容";
    "NOTICE" "a notice; programs must not answer it" | "通知：程序不应自动回答", "to|text" | "给谁|内容";
    "TAGMSG" "a message of tags without text, such as “is typing”" | "只有标签、没有文字的消息，例如“正在输入”", "to" | "给谁";
    "REDACT" "takes a message back" | "撤回一条消息", "where|message|reason" | "哪里|消息编号|原因";
    "BATCH" "the beginning (+) or end (-) of messages that belong together" | "一批消息的开始（+）或结束（-）",
        "reference|kind|parameter" | "记号|种类|参数";
    "CHATHISTORY" "asks for earlier messages" | "询问过去的消息", "subcommand|where|from|to|how many" | "子命令|哪里|从|到|数量";
    "MARKREAD" "how far you have read" | "读到哪里了", "where|time" | "哪里|时间";
    "SEARCH" "searches messages" | "搜索消息", "terms" | "条件";
    "WALLOPS" "a message to all operators" | "给所有管理员的消息", "text" | "内容";
    // Rooms.
    "JOIN" "enters a room" | "进入房间", "room|password or account|real name" | "房间|密码或账号|真实姓名";
    "PART" "leaves a room" | "离开房间", "room|reason" | "房间|原因";
    "TOPIC" "asks for a topic or changes it" | "查看或修改话题", "room|topic" | "房间|话题";
    "NAMES" "asks who is in a room" | "问房间里有谁", "room" | "房间";
    "LIST" "lists rooms" | "列出房间", "which" | "条件";
    "INVITE" "invites somebody" | "邀请", "who|room" | "谁|房间";
    "KICK" "sends somebody out of a room" | "请出房间", "room|who|reason" | "房间|谁|原因";
    "MODE" "asks for modes or changes them" | "查看或修改模式", "room or person|modes|parameter|parameter|parameter" | "房间或人|模式|参数|参数|参数";
    "RENAME" "gives a room another name" | "房间改名", "old name|new name|reason" | "旧名|新名|原因";
    // People.
    "AWAY" "marks as away, or as back" | "标记为离开或回来", "reason" | "原因";
    "WHO" "asks who is there" | "问谁在那里", "where|which fields" | "范围|要哪些";
    "WHOIS" "asks who somebody is" | "问一个人是谁", "who" | "谁";
    "WHOWAS" "asks who somebody was" | "问一个已离开的人是谁", "who|how many" | "谁|数量";
    "MONITOR" "watches for people who come and go" | "留意谁上线、下线", "subcommand|names" | "子命令|名字";
    "ISON" "asks which of these people are here" | "问这些人在不在", "names" | "名字";
    "USERHOST" "asks for these people's addresses" | "问这些人的地址", "name" | "名字";
    // The server.
    "MOTD" "the message of the day" | "今日消息", "server" | "服务器";
    "LUSERS" "how many people there are" | "有多少人", "" | "";
    "ISUPPORT" "what the server can do (005)" | "服务器能做什么（005）", "" | "";
    "VERSION" "the server's version" | "服务器的版本", "server" | "服务器";
    "TIME" "the server's time" | "服务器的时间", "server" | "服务器";
    "INFO" "about the server" | "关于服务器", "server" | "服务器";
    "ADMIN" "who runs the server" | "服务器由谁管理", "server" | "服务器";
    "STATS" "statistics" | "统计", "which" | "哪一种";
    "LINKS" "which servers the network has" | "网络里有哪些服务器", "which" | "条件";
    "HELP" "help" | "帮助", "about" | "关于什么";
    "HELPOP" "help" | "帮助", "about" | "关于什么";
    "SUMMON" "calls somebody online (long out of use)" | "叫人上线（早已不用）", "who" | "谁";
    "USERS" "users of the host (long out of use)" | "主机上的用户（早已不用）", "server" | "服务器";
    // Operators and services.
    "OPER" "becomes a server operator" | "成为服务器管理员", "name|password" | "名字|密码";
    "KILL" "disconnects somebody" | "断开某人", "who|reason" | "谁|原因";
    "KLINE" "bans by mask or account" | "按掩码或账号禁止", "time or mask|mask or reason|reason" | "时间或掩码|掩码或原因|原因";
    "UNKLINE" "lifts a ban" | "取消禁止", "mask" | "掩码";
    "DLINE" "bans an IP address or a network" | "禁止一个 IP 或网段", "time or IP|IP or reason|reason" | "时间或 IP|IP 或原因|原因";
    "UNDLINE" "lifts a ban of an IP address" | "取消禁止 IP", "IP" | "IP";
    "REHASH" "reads the configuration again" | "重新读取设置", "" | "";
    "RESTART" "restarts the server" | "重新启动服务器", "" | "";
    "DIE" "stops the server" | "停止服务器", "" | "";
    "NICKSERV" "says something to NickServ" | "对 NickServ 说", "text" | "内容";
    "NS" "says something to NickServ" | "对 NickServ 说", "text" | "内容";
    "CHANSERV" "says something to ChanServ" | "对 ChanServ 说", "text" | "内容";
    "CS" "says something to ChanServ" | "对 ChanServ 说", "text" | "内容";
    "FAIL" "a command failed (standard reply)" | "命令没有成功（标准回复）", "command|code|text" | "命令|代码|说明";
    "WARN" "a warning (standard reply)" | "警告（标准回复）", "command|code|text" | "命令|代码|说明";
    "NOTE" "a note (standard reply)" | "说明（标准回复）", "command|code|text" | "命令|代码|说明";
    "ACK" "a command was received; there is no other answer" | "命令已收到，没有别的回答", "" | "";
}

tags! {
    TIME "when the server received it" | "服务器收到它的时间";
    MSGID "the message's identifier" | "消息的编号";
    ACCOUNT "the account that the sender is logged in to" | "说话的人登录的账号";
    BATCH "the batch that it belongs to" | "属于哪一批";
    LABEL "what marks an answer as that of a question" | "问题和回答的记号";
    BOT "the sender is a program" | "说话的是程序";
    TYPING "the sender is typing" | "对方正在输入";
    DRAFT_REPLY "the message that this answers" | "回复哪条消息";
    REPLY "the message that this answers" | "回复哪条消息";
    REACT "a reaction to a message" | "对消息的表情";
    UNREACT "takes a reaction back" | "收回表情";
    MULTILINE_CONCAT "goes on in the same line as the one before" | "与上一行是同一行";
}

numerics! {
    RPL_WELCOME "welcome: the login is complete" | "欢迎：登录完成";
    RPL_YOURHOST "the server's name and version" | "服务器的名字和版本";
    RPL_CREATED "when the server was started" | "服务器何时启动";
    RPL_MYINFO "which modes the server knows" | "服务器认识的模式";
    RPL_ISUPPORT "what the server supports: lengths, modes, characters" | "服务器支持什么：长度、模式、字符";
    RPL_STATSCOMMANDS "statistics: how often commands were used" | "统计：命令用了多少次";
    RPL_STATSKLINE "statistics: a ban: the mask, by whom, since when, until when, why" | "统计：一条禁止：掩码、谁设的、从何时、到何时、为何";
    RPL_ENDOFSTATS "end of the statistics" | "统计结束";
    RPL_UMODEIS "our own modes" | "我们自己的模式";
    RPL_STATSDLINE "statistics: a banned IP address: by whom, since when, until when, why" | "统计：被禁止的 IP：谁设的、从何时、到何时、为何";
    RPL_STATSUPTIME "statistics: how long the server has been up" | "统计：运行了多久";
    RPL_STATSOLINE "statistics: an operator" | "统计：管理员";
    RPL_LUSERCLIENT "how many people and servers there are" | "有多少人和服务器";
    RPL_LUSEROP "how many operators are here" | "有多少管理员在线";
    RPL_LUSERUNKNOWN "how many connections have not logged in yet" | "还没登录的连接有多少";
    RPL_LUSERCHANNELS "how many rooms there are" | "有多少房间";
    RPL_LUSERME "how many people are on this server" | "这台服务器上有多少人";
    RPL_ADMINME "who runs the server" | "服务器由谁管理";
    RPL_ADMINLOC1 "where the server is" | "服务器在哪里";
    RPL_ADMINLOC2 "whose the server is" | "服务器属于谁";
    RPL_ADMINEMAIL "the administrator's address" | "管理员的邮箱";
    RPL_TRYAGAIN "the server is busy; try again later" | "服务器忙，请稍后再试";
    RPL_LOCALUSERS "people on this server, now and at most" | "这台服务器上的人数和最高人数";
    RPL_GLOBALUSERS "people on the network, now and at most" | "整个网络的人数和最高人数";
    RPL_WHOISCERTFP "the fingerprint of somebody's certificate" | "此人证书的指纹";
    RPL_AWAY "the person is away" | "此人不在";
    RPL_USERHOST "the addresses that were asked for" | "所问的人的地址";
    RPL_ISON "which of those who were asked for are here" | "所问的人里谁在线";
    RPL_UNAWAY "we are no longer marked as away" | "我们不再标记为离开";
    RPL_NOWAWAY "we are marked as away" | "我们被标记为离开";
    RPL_WHOISREGNICK "somebody's nickname is registered" | "此人用的是注册过的名字";
    RPL_WHOISUSER "somebody's name, address and real name" | "此人的名字、地址和真实姓名";
    RPL_WHOISSERVER "which server somebody is on" | "此人在哪台服务器";
    RPL_WHOISOPERATOR "somebody is a server operator" | "此人是服务器管理员";
    RPL_WHOWASUSER "who somebody was before leaving" | "此人离开前的名字和地址";
    RPL_ENDOFWHO "end of the answer to WHO" | "WHO 的回答结束";
    RPL_WHOISIDLE "how long somebody has been silent, and since when here" | "此人多久没说话，何时登录";
    RPL_ENDOFWHOIS "end of the answer to WHOIS" | "WHOIS 的回答结束";
    RPL_WHOISCHANNELS "which rooms somebody is in" | "此人在哪些房间";
    RPL_LISTSTART "beginning of the list of rooms" | "房间列表开始";
    RPL_LIST "a room: how many people, and its topic" | "一个房间：人数和话题";
    RPL_LISTEND "end of the list of rooms" | "房间列表结束";
    RPL_CHANNELMODEIS "a room's modes" | "房间的模式";
    RPL_CREATIONTIME "when a room was made" | "房间何时建立";
    RPL_WHOISACCOUNT "the account somebody is logged in to" | "此人登录的账号";
    RPL_NOTOPIC "the room has no topic" | "房间没有话题";
    RPL_TOPIC "the room's topic" | "房间的话题";
    RPL_TOPICWHOTIME "who set the topic, and when" | "谁在何时定下话题";
    RPL_WHOISBOT "somebody is a program" | "此人是程序";
    RPL_INVITELIST "an address that needs no invitation" | "一个可以不受邀请进入的地址";
    RPL_ENDOFINVITELIST "end of the list of invitations" | "名单结束";
    RPL_WHOISACTUALLY "somebody's real address" | "此人的真实地址";
    RPL_INVITING "the invitation is on its way" | "邀请已送出";
    RPL_INVEXLIST "an address that needs no invitation" | "一个不需要邀请的地址";
    RPL_ENDOFINVEXLIST "end of that list" | "名单结束";
    RPL_EXCEPTLIST "an address that bans do not touch" | "一个不受禁止的地址";
    RPL_ENDOFEXCEPTLIST "end of that list" | "名单结束";
    RPL_VERSION "the server's version" | "服务器的版本";
    RPL_WHOREPLY "an answer to WHO: one person" | "WHO 的回答：一个人";
    RPL_NAMREPLY "people in a room" | "房间里的人";
    RPL_WHOSPCRPL "an answer to WHO with the fields that were asked for" | "WHOX 的回答：所要的几项";
    RPL_LINKS "a server of the network" | "网络里的一台服务器";
    RPL_ENDOFLINKS "end of the list of servers" | "服务器名单结束";
    RPL_ENDOFNAMES "everybody in the room was named" | "房间里的人说完了";
    RPL_BANLIST "an address that the room bans" | "一个被房间禁止的地址";
    RPL_ENDOFBANLIST "end of the list of bans" | "禁止名单结束";
    RPL_ENDOFWHOWAS "end of the answer to WHOWAS" | "WHOWAS 的回答结束";
    RPL_INFO "a line about the server" | "关于服务器的一行";
    RPL_MOTD "a line of the message of the day" | "今日消息的一行";
    RPL_ENDOFINFO "end of what is said about the server" | "关于服务器说完了";
    RPL_MOTDSTART "beginning of the message of the day" | "今日消息开始";
    RPL_ENDOFMOTD "end of the message of the day" | "今日消息结束";
    RPL_WHOISHOST "where somebody connects from" | "此人从哪里连接";
    RPL_WHOISMODES "somebody's modes" | "此人的模式";
    RPL_YOUREOPER "we are a server operator now" | "我们现在是服务器管理员";
    RPL_REHASHING "the server reads its configuration again" | "服务器正在重新读取设置";
    RPL_TIME "the server's time" | "服务器的时间";
    RPL_VISIBLEHOST "our address as others see it" | "别人看到的我们的地址";
    ERR_NOSUCHNICK "there is nobody of that name" | "没有这个人";
    ERR_NOSUCHSERVER "there is no such server" | "没有这台服务器";
    ERR_NOSUCHCHANNEL "there is no such room" | "没有这个房间";
    ERR_CANNOTSENDTOCHAN "you cannot speak in that room" | "不能在这个房间说话";
    ERR_TOOMANYCHANNELS "you are in too many rooms" | "进入的房间太多";
    ERR_WASNOSUCHNICK "there never was anybody of that name" | "从来没有这个人";
    ERR_TOOMANYTARGETS "too many people at once" | "一次发给太多人";
    ERR_NOORIGIN "a PING without its token" | "PING 缺少记号";
    ERR_INVALIDCAPCMD "CAP has no such subcommand" | "CAP 没有这个子命令";
    ERR_NORECIPIENT "it was not said to whom" | "没说给谁";
    ERR_NOTEXTTOSEND "there was nothing to say" | "没有内容";
    ERR_INPUTTOOLONG "the line was too long" | "这一行太长";
    ERR_UNKNOWNCOMMAND "the server does not know the command" | "服务器不认识这个命令";
    ERR_NOMOTD "there is no message of the day" | "没有今日消息";
    ERR_NOADMININFO "nobody said who runs the server" | "没说由谁管理";
    ERR_NONICKNAMEGIVEN "no nickname was given" | "没写名字";
    ERR_ERRONEUSNICKNAME "the nickname has characters that are not allowed" | "名字里有不允许的字符";
    ERR_NICKNAMEINUSE "the nickname is somebody else's" | "名字已经有人用";
    ERR_UNAVAILRESOURCE "the name is not available for now" | "名字暂时不能用";
    ERR_USERNOTINCHANNEL "the person is not in that room" | "此人不在那个房间";
    ERR_NOTONCHANNEL "we are not in that room" | "我们不在那个房间";
    ERR_USERONCHANNEL "the person is in that room already" | "此人已经在房间里";
    ERR_SUMMONDISABLED "SUMMON is out of use" | "SUMMON 已停用";
    ERR_USERSDISABLED "USERS is out of use" | "USERS 已停用";
    ERR_NOTREGISTERED "you have to log in first" | "还没有登录";
    ERR_NEEDMOREPARAMS "parameters are missing" | "参数不够";
    ERR_ALREADYREGISTERED "you are logged in already" | "已经登录了";
    ERR_PASSWDMISMATCH "the password is wrong" | "密码不对";
    ERR_YOUREBANNEDCREEP "we are banned from this server" | "我们被这台服务器禁止";
    ERR_KEYSET "the room has a password already" | "房间已经有密码";
    ERR_INVALIDUSERNAME "the user name cannot be used" | "用户名不能用";
    ERR_CHANNELISFULL "the room is full" | "房间满了";
    ERR_UNKNOWNMODE "there is no such mode" | "没有这个模式";
    ERR_INVITEONLYCHAN "the room is for invited people" | "房间需要邀请";
    ERR_BANNEDFROMCHAN "we are banned from the room" | "我们被这个房间禁止";
    ERR_BADCHANNELKEY "the room's password is wrong" | "房间的密码不对";
    ERR_BADCHANMASK "the room's name is not one" | "房间名写得不对";
    ERR_NEEDREGGEDNICK "you have to be logged in to an account" | "需要登录账号";
    ERR_BANLISTFULL "the list is full" | "名单满了";
    ERR_BADCHANNAME "the room's name looks like another room's" | "房间名和另一个房间看起来一样";
    ERR_NOPRIVILEGES "only for server operators" | "只有服务器管理员可以";
    ERR_CHANOPRIVSNEEDED "only for operators of the room" | "只有房间管理员可以";
    ERR_CANTKILLSERVER "a server cannot be disconnected" | "不能断开服务器";
    ERR_NONONREG "the person takes messages only from who is logged in" | "此人只收登录用户的消息";
    ERR_NOOPERHOST "you cannot become an operator from here" | "从这里不能成为管理员";
    ERR_UMODEUNKNOWNFLAG "there is no such user mode" | "没有这个用户模式";
    ERR_USERSDONTMATCH "you cannot change other people's modes" | "不能改别人的模式";
    ERR_HELPNOTFOUND "there is no help about that" | "没有这方面的帮助";
    ERR_INVALIDKEY "that cannot be a room's password" | "这不能作房间密码";
    RPL_WHOISSECURE "somebody's connection is encrypted" | "此人的连接是加密的";
    RPL_YOURLANGUAGESARE "the server's language for us" | "服务器用这种语言说话";
    ERR_INVALIDMODEPARAM "a mode's parameter is wrong" | "模式的参数不对";
    RPL_HELPSTART "beginning of the help" | "帮助开始";
    RPL_HELPTXT "a line of help" | "帮助的一行";
    RPL_ENDOFHELP "end of the help" | "帮助结束";
    RPL_MONONLINE "somebody who is watched for is here" | "所留意的人在线";
    RPL_MONOFFLINE "somebody who is watched for is not here" | "所留意的人不在线";
    RPL_MONLIST "who is watched for" | "所留意的人";
    RPL_ENDOFMONLIST "end of that list" | "名单结束";
    ERR_MONLISTFULL "too many people are watched for" | "留意的人太多";
    RPL_LOGGEDIN "logged in to an account" | "登录了账号";
    RPL_LOGGEDOUT "logged out of an account" | "退出了账号";
    ERR_NICKLOCKED "the account is locked" | "账号被锁定";
    RPL_SASLSUCCESS "the login with SASL succeeded" | "SASL 登录成功";
    ERR_SASLFAIL "the login with SASL failed" | "SASL 登录失败";
    ERR_SASLTOOLONG "a piece of SASL was too long" | "SASL 的一段太长";
    ERR_SASLABORTED "the login with SASL was given up" | "SASL 登录中止";
    ERR_SASLALREADY "you have logged in with SASL already" | "已经用 SASL 登录过";
    RPL_SASLMECHS "the mechanisms for SASL" | "可用的 SASL 方式";
    ERR_TOOMANYLANGUAGES "too many languages" | "语言太多";
    ERR_NOLANGUAGE "there is no such language" | "没有这种语言";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::i18n::Language;

    #[test]
    fn every_numeric_of_the_protocol_is_explained_once() {
        for (number, name) in numerics::ALL {
            let count = NUMERICS.iter().filter(|(known, _)| known == number).count();
            assert_eq!(count, 1, "{name}");
        }
        assert_eq!(NUMERICS.len(), numerics::ALL.len());
    }

    #[test]
    fn everything_is_explained_in_both_languages() {
        let of_numerics = NUMERICS.iter().map(|(_, meaning)| meaning);
        let of_tags = TAGS.iter().map(|(_, meaning)| meaning);
        for Words(english, chinese) in of_numerics.chain(of_tags).chain(COMMANDS.iter().map(|row| &row.1)) {
            assert!(!chinese.is_empty() && !english.is_empty());
            let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(chinese.contains(is_cjk) && !english.contains(is_cjk), "{english}");
        }
        for (command, _, Words(english, chinese)) in COMMANDS {
            assert_eq!(chinese.split('|').count(), english.split('|').count(), "{command}");
        }
    }

    #[test]
    fn a_command_is_known_however_it_is_written() {
        let (meaning, params) = of_command("privmsg").expect("it is known");
        assert_eq!(meaning.to(Language::English), "says something to a room or to one person");
        assert_eq!(params.to(Language::English), "to|text");
        assert_eq!(of_command("NONSENSE"), None);
        assert_eq!(of_numeric(999), None);
    }
}
