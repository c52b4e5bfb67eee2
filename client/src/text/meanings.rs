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
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        const NUMERICS: &[(u16, Words)] =
            &[$((numerics::$name, Words($chinese, $english))),*];
    };
}

macro_rules! tags {
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        const TAGS: &[(&str, Words)] = &[$((tags::$name, Words($chinese, $english))),*];
    };
}

/// The parameters' names stand behind the meaning, parted by `|`.
macro_rules! commands {
    ($($name:literal: $chinese:literal, $english:literal, $chinese_params:literal, $english_params:literal;)*) => {
        const COMMANDS: &[(&str, Words, Words)] = &[$((
            $name,
            Words($chinese, $english),
            Words($chinese_params, $english_params),
        )),*];
    };
}

commands! {
    // Coming and going.
    "CAP": "协商能力：双方支持哪些扩展", "capability negotiation: which extensions both sides speak",
        "客户端或子命令|子命令或列表|列表", "client or subcommand|subcommand or list|list";
    "AUTHENTICATE": "用 SASL 登录账号的一步", "one step of logging in to an account with SASL", "数据", "data";
    "PASS": "服务器的密码", "the server's password", "密码", "password";
    "NICK": "取名或改名", "chooses or changes a nickname", "新名字", "new nickname";
    "USER": "登录时说明用户名和真实姓名", "says user name and real name at login", "用户名|0|*|真实姓名", "user name|0|*|real name";
    "PING": "还在吗？对方要用 PONG 回答", "are you there? To be answered with PONG", "记号|服务器", "token|server";
    "PONG": "还在：对 PING 的回答", "I am here: the answer to PING", "服务器或记号|记号", "server or token|token";
    "QUIT": "离开服务器", "leaves the server", "原因", "reason";
    "ERROR": "服务器要关闭连接", "the server is about to end the connection", "原因", "reason";
    "REGISTER": "注册账号", "registers an account", "账号|邮箱|密码", "account|address|password";
    "VERIFY": "用验证码完成注册", "completes a registration with its code", "账号|验证码", "account|code";
    "SETNAME": "修改真实姓名", "changes the real name", "真实姓名", "real name";
    "ACCOUNT": "有人登录或退出了账号", "somebody logged in to an account, or out", "账号", "account";
    "CHGHOST": "有人的用户名或主机变了", "somebody's user name or host has changed", "用户名|主机", "user|host";
    "LANGUAGE": "选择服务器说的语言", "chooses the server's language", "语言", "language";
    // Talking.
    "PRIVMSG": "说一句话：对一个房间或一个人", "says something to a room or to one person", "给谁|内容", "to|text";
    "NOTICE": "通知：程序不应自动回答", "a notice; programs must not answer it", "给谁|内容", "to|text";
    "TAGMSG": "只有标签、没有文字的消息，例如“正在输入”", "a message of tags without text, such as “is typing”", "给谁", "to";
    "REDACT": "撤回一条消息", "takes a message back", "哪里|消息编号|原因", "where|message|reason";
    "BATCH": "一批消息的开始（+）或结束（-）", "the beginning (+) or end (-) of messages that belong together",
        "记号|种类|参数", "reference|kind|parameter";
    "CHATHISTORY": "询问过去的消息", "asks for earlier messages", "子命令|哪里|从|到|数量", "subcommand|where|from|to|how many";
    "MARKREAD": "读到哪里了", "how far you have read", "哪里|时间", "where|time";
    "SEARCH": "搜索消息", "searches messages", "条件", "terms";
    "WALLOPS": "给所有管理员的消息", "a message to all operators", "内容", "text";
    // Rooms.
    "JOIN": "进入房间", "enters a room", "房间|密码或账号|真实姓名", "room|password or account|real name";
    "PART": "离开房间", "leaves a room", "房间|原因", "room|reason";
    "TOPIC": "查看或修改话题", "asks for a topic or changes it", "房间|话题", "room|topic";
    "NAMES": "问房间里有谁", "asks who is in a room", "房间", "room";
    "LIST": "列出房间", "lists rooms", "条件", "which";
    "INVITE": "邀请", "invites somebody", "谁|房间", "who|room";
    "KICK": "请出房间", "sends somebody out of a room", "房间|谁|原因", "room|who|reason";
    "MODE": "查看或修改模式", "asks for modes or changes them", "房间或人|模式|参数|参数|参数", "room or person|modes|parameter|parameter|parameter";
    "RENAME": "房间改名", "gives a room another name", "旧名|新名|原因", "old name|new name|reason";
    // People.
    "AWAY": "标记为离开或回来", "marks as away, or as back", "原因", "reason";
    "WHO": "问谁在那里", "asks who is there", "范围|要哪些", "where|which fields";
    "WHOIS": "问一个人是谁", "asks who somebody is", "谁", "who";
    "WHOWAS": "问一个已离开的人是谁", "asks who somebody was", "谁|数量", "who|how many";
    "MONITOR": "留意谁上线、下线", "watches for people who come and go", "子命令|名字", "subcommand|names";
    "ISON": "问这些人在不在", "asks which of these people are here", "名字", "names";
    "USERHOST": "问这些人的地址", "asks for these people's addresses", "名字", "name";
    // The server.
    "MOTD": "今日消息", "the message of the day", "服务器", "server";
    "LUSERS": "有多少人", "how many people there are", "", "";
    "ISUPPORT": "服务器能做什么（005）", "what the server can do (005)", "", "";
    "VERSION": "服务器的版本", "the server's version", "服务器", "server";
    "TIME": "服务器的时间", "the server's time", "服务器", "server";
    "INFO": "关于服务器", "about the server", "服务器", "server";
    "ADMIN": "服务器由谁管理", "who runs the server", "服务器", "server";
    "STATS": "统计", "statistics", "哪一种", "which";
    "LINKS": "网络里有哪些服务器", "which servers the network has", "条件", "which";
    "HELP": "帮助", "help", "关于什么", "about";
    "HELPOP": "帮助", "help", "关于什么", "about";
    "SUMMON": "叫人上线（早已不用）", "calls somebody online (long out of use)", "谁", "who";
    "USERS": "主机上的用户（早已不用）", "users of the host (long out of use)", "服务器", "server";
    // Operators and services.
    "OPER": "成为服务器管理员", "becomes a server operator", "名字|密码", "name|password";
    "KILL": "断开某人", "disconnects somebody", "谁|原因", "who|reason";
    "KLINE": "按掩码或账号禁止", "bans by mask or account", "时间或掩码|掩码或原因|原因", "time or mask|mask or reason|reason";
    "UNKLINE": "取消禁止", "lifts a ban", "掩码", "mask";
    "DLINE": "禁止一个 IP 或网段", "bans an IP address or a network", "时间或 IP|IP 或原因|原因", "time or IP|IP or reason|reason";
    "UNDLINE": "取消禁止 IP", "lifts a ban of an IP address", "IP", "IP";
    "REHASH": "重新读取设置", "reads the configuration again", "", "";
    "RESTART": "重新启动服务器", "restarts the server", "", "";
    "DIE": "停止服务器", "stops the server", "", "";
    "NICKSERV": "对 NickServ 说", "says something to NickServ", "内容", "text";
    "NS": "对 NickServ 说", "says something to NickServ", "内容", "text";
    "CHANSERV": "对 ChanServ 说", "says something to ChanServ", "内容", "text";
    "CS": "对 ChanServ 说", "says something to ChanServ", "内容", "text";
    "FAIL": "命令没有成功（标准回复）", "a command failed (standard reply)", "命令|代码|说明", "command|code|text";
    "WARN": "警告（标准回复）", "a warning (standard reply)", "命令|代码|说明", "command|code|text";
    "NOTE": "说明（标准回复）", "a note (standard reply)", "命令|代码|说明", "command|code|text";
    "ACK": "命令已收到，没有别的回答", "a command was received; there is no other answer", "", "";
}

tags! {
    TIME: "服务器收到它的时间", "when the server received it";
    MSGID: "消息的编号", "the message's identifier";
    ACCOUNT: "说话的人登录的账号", "the account that the sender is logged in to";
    BATCH: "属于哪一批", "the batch that it belongs to";
    LABEL: "问题和回答的记号", "what marks an answer as that of a question";
    BOT: "说话的是程序", "the sender is a program";
    TYPING: "对方正在输入", "the sender is typing";
    DRAFT_REPLY: "回复哪条消息", "the message that this answers";
    REPLY: "回复哪条消息", "the message that this answers";
    REACT: "对消息的表情", "a reaction to a message";
    UNREACT: "收回表情", "takes a reaction back";
    MULTILINE_CONCAT: "与上一行是同一行", "goes on in the same line as the one before";
}

numerics! {
    RPL_WELCOME: "欢迎：登录完成", "welcome: the login is complete";
    RPL_YOURHOST: "服务器的名字和版本", "the server's name and version";
    RPL_CREATED: "服务器何时启动", "when the server was started";
    RPL_MYINFO: "服务器认识的模式", "which modes the server knows";
    RPL_ISUPPORT: "服务器支持什么：长度、模式、字符", "what the server supports: lengths, modes, characters";
    RPL_STATSCOMMANDS: "统计：命令用了多少次", "statistics: how often commands were used";
    RPL_STATSKLINE: "统计：一条禁止：掩码、谁设的、从何时、到何时、为何", "statistics: a ban: the mask, by whom, since when, until when, why";
    RPL_ENDOFSTATS: "统计结束", "end of the statistics";
    RPL_UMODEIS: "我们自己的模式", "our own modes";
    RPL_STATSDLINE: "统计：被禁止的 IP：谁设的、从何时、到何时、为何", "statistics: a banned IP address: by whom, since when, until when, why";
    RPL_STATSUPTIME: "统计：运行了多久", "statistics: how long the server has been up";
    RPL_STATSOLINE: "统计：管理员", "statistics: an operator";
    RPL_LUSERCLIENT: "有多少人和服务器", "how many people and servers there are";
    RPL_LUSEROP: "有多少管理员在线", "how many operators are here";
    RPL_LUSERUNKNOWN: "还没登录的连接有多少", "how many connections have not logged in yet";
    RPL_LUSERCHANNELS: "有多少房间", "how many rooms there are";
    RPL_LUSERME: "这台服务器上有多少人", "how many people are on this server";
    RPL_ADMINME: "服务器由谁管理", "who runs the server";
    RPL_ADMINLOC1: "服务器在哪里", "where the server is";
    RPL_ADMINLOC2: "服务器属于谁", "whose the server is";
    RPL_ADMINEMAIL: "管理员的邮箱", "the administrator's address";
    RPL_TRYAGAIN: "服务器忙，请稍后再试", "the server is busy; try again later";
    RPL_LOCALUSERS: "这台服务器上的人数和最高人数", "people on this server, now and at most";
    RPL_GLOBALUSERS: "整个网络的人数和最高人数", "people on the network, now and at most";
    RPL_WHOISCERTFP: "此人证书的指纹", "the fingerprint of somebody's certificate";
    RPL_AWAY: "此人不在", "the person is away";
    RPL_USERHOST: "所问的人的地址", "the addresses that were asked for";
    RPL_ISON: "所问的人里谁在线", "which of those who were asked for are here";
    RPL_UNAWAY: "我们不再标记为离开", "we are no longer marked as away";
    RPL_NOWAWAY: "我们被标记为离开", "we are marked as away";
    RPL_WHOISREGNICK: "此人用的是注册过的名字", "somebody's nickname is registered";
    RPL_WHOISUSER: "此人的名字、地址和真实姓名", "somebody's name, address and real name";
    RPL_WHOISSERVER: "此人在哪台服务器", "which server somebody is on";
    RPL_WHOISOPERATOR: "此人是服务器管理员", "somebody is a server operator";
    RPL_WHOWASUSER: "此人离开前的名字和地址", "who somebody was before leaving";
    RPL_ENDOFWHO: "WHO 的回答结束", "end of the answer to WHO";
    RPL_WHOISIDLE: "此人多久没说话，何时登录", "how long somebody has been silent, and since when here";
    RPL_ENDOFWHOIS: "WHOIS 的回答结束", "end of the answer to WHOIS";
    RPL_WHOISCHANNELS: "此人在哪些房间", "which rooms somebody is in";
    RPL_LISTSTART: "房间列表开始", "beginning of the list of rooms";
    RPL_LIST: "一个房间：人数和话题", "a room: how many people, and its topic";
    RPL_LISTEND: "房间列表结束", "end of the list of rooms";
    RPL_CHANNELMODEIS: "房间的模式", "a room's modes";
    RPL_CREATIONTIME: "房间何时建立", "when a room was made";
    RPL_WHOISACCOUNT: "此人登录的账号", "the account somebody is logged in to";
    RPL_NOTOPIC: "房间没有话题", "the room has no topic";
    RPL_TOPIC: "房间的话题", "the room's topic";
    RPL_TOPICWHOTIME: "谁在何时定下话题", "who set the topic, and when";
    RPL_WHOISBOT: "此人是程序", "somebody is a program";
    RPL_INVITELIST: "一个可以不受邀请进入的地址", "an address that needs no invitation";
    RPL_ENDOFINVITELIST: "名单结束", "end of the list of invitations";
    RPL_WHOISACTUALLY: "此人的真实地址", "somebody's real address";
    RPL_INVITING: "邀请已送出", "the invitation is on its way";
    RPL_INVEXLIST: "一个不需要邀请的地址", "an address that needs no invitation";
    RPL_ENDOFINVEXLIST: "名单结束", "end of that list";
    RPL_EXCEPTLIST: "一个不受禁止的地址", "an address that bans do not touch";
    RPL_ENDOFEXCEPTLIST: "名单结束", "end of that list";
    RPL_VERSION: "服务器的版本", "the server's version";
    RPL_WHOREPLY: "WHO 的回答：一个人", "an answer to WHO: one person";
    RPL_NAMREPLY: "房间里的人", "people in a room";
    RPL_WHOSPCRPL: "WHOX 的回答：所要的几项", "an answer to WHO with the fields that were asked for";
    RPL_LINKS: "网络里的一台服务器", "a server of the network";
    RPL_ENDOFLINKS: "服务器名单结束", "end of the list of servers";
    RPL_ENDOFNAMES: "房间里的人说完了", "everybody in the room was named";
    RPL_BANLIST: "一个被房间禁止的地址", "an address that the room bans";
    RPL_ENDOFBANLIST: "禁止名单结束", "end of the list of bans";
    RPL_ENDOFWHOWAS: "WHOWAS 的回答结束", "end of the answer to WHOWAS";
    RPL_INFO: "关于服务器的一行", "a line about the server";
    RPL_MOTD: "今日消息的一行", "a line of the message of the day";
    RPL_ENDOFINFO: "关于服务器说完了", "end of what is said about the server";
    RPL_MOTDSTART: "今日消息开始", "beginning of the message of the day";
    RPL_ENDOFMOTD: "今日消息结束", "end of the message of the day";
    RPL_WHOISHOST: "此人从哪里连接", "where somebody connects from";
    RPL_WHOISMODES: "此人的模式", "somebody's modes";
    RPL_YOUREOPER: "我们现在是服务器管理员", "we are a server operator now";
    RPL_REHASHING: "服务器正在重新读取设置", "the server reads its configuration again";
    RPL_TIME: "服务器的时间", "the server's time";
    RPL_VISIBLEHOST: "别人看到的我们的地址", "our address as others see it";
    ERR_NOSUCHNICK: "没有这个人", "there is nobody of that name";
    ERR_NOSUCHSERVER: "没有这台服务器", "there is no such server";
    ERR_NOSUCHCHANNEL: "没有这个房间", "there is no such room";
    ERR_CANNOTSENDTOCHAN: "不能在这个房间说话", "you cannot speak in that room";
    ERR_TOOMANYCHANNELS: "进入的房间太多", "you are in too many rooms";
    ERR_WASNOSUCHNICK: "从来没有这个人", "there never was anybody of that name";
    ERR_TOOMANYTARGETS: "一次发给太多人", "too many people at once";
    ERR_NOORIGIN: "PING 缺少记号", "a PING without its token";
    ERR_INVALIDCAPCMD: "CAP 没有这个子命令", "CAP has no such subcommand";
    ERR_NORECIPIENT: "没说给谁", "it was not said to whom";
    ERR_NOTEXTTOSEND: "没有内容", "there was nothing to say";
    ERR_INPUTTOOLONG: "这一行太长", "the line was too long";
    ERR_UNKNOWNCOMMAND: "服务器不认识这个命令", "the server does not know the command";
    ERR_NOMOTD: "没有今日消息", "there is no message of the day";
    ERR_NOADMININFO: "没说由谁管理", "nobody said who runs the server";
    ERR_NONICKNAMEGIVEN: "没写名字", "no nickname was given";
    ERR_ERRONEUSNICKNAME: "名字里有不允许的字符", "the nickname has characters that are not allowed";
    ERR_NICKNAMEINUSE: "名字已经有人用", "the nickname is somebody else's";
    ERR_UNAVAILRESOURCE: "名字暂时不能用", "the name is not available for now";
    ERR_USERNOTINCHANNEL: "此人不在那个房间", "the person is not in that room";
    ERR_NOTONCHANNEL: "我们不在那个房间", "we are not in that room";
    ERR_USERONCHANNEL: "此人已经在房间里", "the person is in that room already";
    ERR_SUMMONDISABLED: "SUMMON 已停用", "SUMMON is out of use";
    ERR_USERSDISABLED: "USERS 已停用", "USERS is out of use";
    ERR_NOTREGISTERED: "还没有登录", "you have to log in first";
    ERR_NEEDMOREPARAMS: "参数不够", "parameters are missing";
    ERR_ALREADYREGISTERED: "已经登录了", "you are logged in already";
    ERR_PASSWDMISMATCH: "密码不对", "the password is wrong";
    ERR_YOUREBANNEDCREEP: "我们被这台服务器禁止", "we are banned from this server";
    ERR_KEYSET: "房间已经有密码", "the room has a password already";
    ERR_INVALIDUSERNAME: "用户名不能用", "the user name cannot be used";
    ERR_CHANNELISFULL: "房间满了", "the room is full";
    ERR_UNKNOWNMODE: "没有这个模式", "there is no such mode";
    ERR_INVITEONLYCHAN: "房间需要邀请", "the room is for invited people";
    ERR_BANNEDFROMCHAN: "我们被这个房间禁止", "we are banned from the room";
    ERR_BADCHANNELKEY: "房间的密码不对", "the room's password is wrong";
    ERR_BADCHANMASK: "房间名写得不对", "the room's name is not one";
    ERR_NEEDREGGEDNICK: "需要登录账号", "you have to be logged in to an account";
    ERR_BANLISTFULL: "名单满了", "the list is full";
    ERR_BADCHANNAME: "房间名和另一个房间看起来一样", "the room's name looks like another room's";
    ERR_NOPRIVILEGES: "只有服务器管理员可以", "only for server operators";
    ERR_CHANOPRIVSNEEDED: "只有房间管理员可以", "only for operators of the room";
    ERR_CANTKILLSERVER: "不能断开服务器", "a server cannot be disconnected";
    ERR_NONONREG: "此人只收登录用户的消息", "the person takes messages only from who is logged in";
    ERR_NOOPERHOST: "从这里不能成为管理员", "you cannot become an operator from here";
    ERR_UMODEUNKNOWNFLAG: "没有这个用户模式", "there is no such user mode";
    ERR_USERSDONTMATCH: "不能改别人的模式", "you cannot change other people's modes";
    ERR_HELPNOTFOUND: "没有这方面的帮助", "there is no help about that";
    ERR_INVALIDKEY: "这不能作房间密码", "that cannot be a room's password";
    RPL_WHOISSECURE: "此人的连接是加密的", "somebody's connection is encrypted";
    RPL_YOURLANGUAGESARE: "服务器用这种语言说话", "the server's language for us";
    ERR_INVALIDMODEPARAM: "模式的参数不对", "a mode's parameter is wrong";
    RPL_HELPSTART: "帮助开始", "beginning of the help";
    RPL_HELPTXT: "帮助的一行", "a line of help";
    RPL_ENDOFHELP: "帮助结束", "end of the help";
    RPL_MONONLINE: "所留意的人在线", "somebody who is watched for is here";
    RPL_MONOFFLINE: "所留意的人不在线", "somebody who is watched for is not here";
    RPL_MONLIST: "所留意的人", "who is watched for";
    RPL_ENDOFMONLIST: "名单结束", "end of that list";
    ERR_MONLISTFULL: "留意的人太多", "too many people are watched for";
    RPL_LOGGEDIN: "登录了账号", "logged in to an account";
    RPL_LOGGEDOUT: "退出了账号", "logged out of an account";
    ERR_NICKLOCKED: "账号被锁定", "the account is locked";
    RPL_SASLSUCCESS: "SASL 登录成功", "the login with SASL succeeded";
    ERR_SASLFAIL: "SASL 登录失败", "the login with SASL failed";
    ERR_SASLTOOLONG: "SASL 的一段太长", "a piece of SASL was too long";
    ERR_SASLABORTED: "SASL 登录中止", "the login with SASL was given up";
    ERR_SASLALREADY: "已经用 SASL 登录过", "you have logged in with SASL already";
    RPL_SASLMECHS: "可用的 SASL 方式", "the mechanisms for SASL";
    ERR_TOOMANYLANGUAGES: "语言太多", "too many languages";
    ERR_NOLANGUAGE: "没有这种语言", "there is no such language";
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
        for Words(chinese, english) in of_numerics.chain(of_tags).chain(COMMANDS.iter().map(|row| &row.1)) {
            assert!(!chinese.is_empty() && !english.is_empty());
            let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(chinese.contains(is_cjk) && !english.contains(is_cjk), "{english}");
        }
        for (command, _, Words(chinese, english)) in COMMANDS {
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
