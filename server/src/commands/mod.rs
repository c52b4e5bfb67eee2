//! The commands: a table, and the dispatcher that runs a row of it.
//!
//! A handler has one signature, reads top to bottom and refuses with `?`: the dispatcher sends its `Err` to the
//! client. The dispatcher answers 421, 451, 461 and 481, so a handler does only where more than the number of
//! parameters counts. Handlers run under the world's lock and touch memory only; what needs a file or much time is an
//! [`Errand`], which the session runs without the lock.

mod about;
mod accounts;
mod aid;
mod capabilities;
mod channels;
mod context;
mod errand;
mod history;
mod messages;
mod operators;
mod people;
mod registration;
mod services;

use std::sync::LazyLock;

use teahouse_protocol::{InvalidMessage, Line as Received, Message, Tags, failures, tags};

use crate::config::Config;
use crate::outbox::Cause;
use crate::text::language::{Text, Words};
use crate::text::reply::Reply;
use crate::world::{Capability, ConnectionId, Person, World};

use about::{help, isupport, motd, stats, status};
pub(crate) use accounts::login::{apply, end_logins};
use accounts::sasl;
pub use aid::{Aid, Waiting};
use channels::{invite, join, leave, list, modes, names, rename, topic};
use context::Context;
pub use errand::Errand;
use errand::Rooms;
use history::{read_markers, redact, search};
use messages::multiline;
use people::{monitor, who};

/// One command.
#[derive(Debug)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// The fewest parameters it makes sense with; below that the client gets 461.
    pub min_params: usize,
    /// When it may be used.
    pub when: When,
    run: fn(&mut Context, &Message) -> Result<(), Reply>,
    /// Its parameters, as HELP shows them.
    pub usage: &'static str,
    /// What it does, as HELP says it.
    pub help: Words,
    /// The capability that it belongs to: a client with that understands its refusals.
    extension: Option<Capability>,
    /// Whether the words of a burst may wait while it runs: it says something, and leaves names, rooms and capabilities
    /// as they are.
    only_speaks: bool,
    /// Whether a program sends it while a person writes and reads: who is typing, what was read, an answer to PING.
    is_sent_by_itself: bool,
}

/// When a command may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// Only after login; before it the client gets 451.
    LoggedIn,
    /// Only by server operators; others get 481.
    Operator,
}

use When::{Always, LoggedIn, Operator};

impl Command {
    const fn of(self, extension: Capability) -> Self {
        Self { extension: Some(extension), ..self }
    }

    const fn only_speaks(self) -> Self {
        Self { only_speaks: true, ..self }
    }

    const fn sent_by_itself(self) -> Self {
        Self { is_sent_by_itself: true, ..self }
    }
}

type Handler = fn(&mut Context, &Message) -> Result<(), Reply>;

const fn row(
    name: &'static str,
    min_params: usize,
    when: When,
    run: Handler,
    usage: &'static str,
    help: Words,
) -> Command {
    let (extension, only_speaks, is_sent_by_itself) = (None, false, false);
    Command { name, min_params, when, run, usage, help, extension, only_speaks, is_sent_by_itself }
}

/// Every command, by name.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    row("ADMIN", 0, LoggedIn, status::admin, "[server]", Words("names the people to ask about this server", "本服务器的事找谁")),
    row("AUTHENTICATE", 1, Always, sasl::authenticate, "mechanism|chunk|*", Words("proves that an account is yours (SASL)", "证明自己拥有某个账号（SASL）")),
    row("AWAY", 0, Always, people::away, "[words]", Words("with words marks you as away, without them as back", "带话表示离开，不带表示回来了")),
    row("BATCH", 1, LoggedIn, multiline::batch, "+reference draft/multiline target | -reference", Words("says a message of several lines", "发送多行消息")).of(Capability::Multiline),
    row("CAP", 1, Always, capabilities::cap, "LS|LIST|REQ|END [capabilities]", Words("agrees on what goes beyond the RFC; REQ is all or nothing", "协商 RFC 之外的功能；REQ 要么全部成功，要么全部不变")),
    row("CHANSERV", 1, LoggedIn, services::chanserv, "words", Words("speaks to ChanServ, who keeps rooms for their owners", "对保管房间的 ChanServ 说话")),
    row("CHATHISTORY", 0, LoggedIn, history::chathistory, "BEFORE|AFTER|AROUND|LATEST|BETWEEN target point [point] limit | TARGETS from to limit", Words("shows what was said before", "查看以前的聊天记录")).of(Capability::ChatHistory),
    row("CS", 1, LoggedIn, services::chanserv, "words", Words("is the same as CHANSERV", "同 CHANSERV")),
    row("DIE", 0, Operator, operators::die, "", Words("stops the server", "停止服务器")),
    row("DLINE", 1, Operator, operators::dline, "[time] network [reason]", Words("keeps an address or a network out (192.0.2.7, 192.0.2.0/24, 2001:db8::/64), for a time (90 minutes, 30m, 2h, 1d12h, 1w) or for good", "禁止一个地址或网段（192.0.2.7、192.0.2.0/24、2001:db8::/64），可以限定时间（90 是分钟，30m、2h、1d12h、1w），不写就是永久")),
    row("HELP", 0, LoggedIn, help::help, "[command]", Words("explains a command, or lists them all", "解释一个命令，或列出全部命令")),
    row("HELPOP", 0, LoggedIn, help::help, "[command]", Words("is the same as HELP", "同 HELP")),
    row("INFO", 0, LoggedIn, status::info, "[server]", Words("says what this program is", "介绍这个程序")),
    row("INVITE", 0, LoggedIn, invite::invite, "[nick channel]", Words("lets somebody into a room, or lists your invitations", "邀请某人进入房间，或列出自己收到的邀请")),
    row("ISON", 1, LoggedIn, people::ison, "nick...", Words("says which of these are here", "这些人里谁在线")),
    row("ISUPPORT", 0, Always, isupport::isupport, "", Words("lists what clients can count on (005), before login too for clients that asked for that", "客户端可以使用哪些功能（005）；申请过的客户端登录前也能查")),
    row("JOIN", 1, LoggedIn, join::join, "channel[,channel...] [key[,key...]]", Words("enters rooms, opening those that are not there; JOIN 0 leaves all", "进入房间，没有就新开；JOIN 0 离开全部房间")),
    row("KICK", 2, LoggedIn, leave::kick, "channel nick[,nick...] [reason]", Words("removes people from a room", "把人请出房间")),
    row("KILL", 1, Operator, operators::kill, "nick [reason]", Words("ends somebody's connection", "断开某人的连接")),
    row("KLINE", 1, Operator, operators::kline, "[time] nick!user@host|a:account [reason]", Words("keeps people out by mask (bob, *!*@192.0.2.0/24) or account (a:bob), for a time (90 minutes, 30m, 2h, 1d12h, 1w) or for good", "按掩码（bob、*!*@192.0.2.0/24）或账号（a:bob）禁止，可以限定时间（90 是分钟，30m、2h、1d12h、1w），不写就是永久")),
    row("LANGUAGE", 1, Always, status::language, "en|zh", Words("chooses the language of what the server says", "选择服务器说话的语言")),
    row("LINKS", 0, LoggedIn, status::links, "[mask]", Words("lists the servers: this is the only one", "列出服务器，只有这一台")),
    row("LIST", 0, LoggedIn, list::list, "[channels|filters]", Words("lists rooms; filters are masks, !masks, >n and <n people, C> C< T> T< minutes", "列出房间；可用掩码、!掩码、>n 和 <n 人数、C> C< T> T< 分钟来筛选")),
    row("LUSERS", 0, LoggedIn, status::lusers, "", Words("says how many are here", "现在有多少人")),
    row("MARKREAD", 0, LoggedIn, read_markers::markread, "target [timestamp=...]", Words("asks how far you have read, or says it", "查看或设定自己读到哪里")).of(Capability::ReadMarker).sent_by_itself(),
    row("MODE", 1, LoggedIn, modes::mode, "target [changes [parameters]]", Words("shows or changes the modes of a room or your own", "查看或更改房间或自己的模式")),
    row("MONITOR", 1, LoggedIn, monitor::monitor, "+|-|C|L|S [nicks]", Words("watches for people coming and going", "关注某些人的上线和下线")),
    row("MOTD", 0, LoggedIn, motd::motd, "[server]", Words("shows the message of the day", "显示今日消息")),
    row("NAMES", 0, LoggedIn, names::names, "[channel[,channel...]]", Words("lists the people in a room", "房间里有谁")),
    row("NICK", 0, Always, registration::nick, "nick", Words("takes a name, or a new one", "取名或改名")),
    row("NICKSERV", 1, LoggedIn, services::nickserv, "words", Words("speaks to NickServ, who sees to accounts", "对管理账号的 NickServ 说话")),
    row("NOTICE", 0, LoggedIn, messages::notice, "target[,target...] words", Words("says something that is never answered by itself", "发送不会引起自动回复的消息")).only_speaks(),
    row("NS", 1, LoggedIn, services::nickserv, "words", Words("is the same as NICKSERV", "同 NICKSERV")),
    row("OPER", 2, LoggedIn, operators::oper, "name password", Words("makes you a server operator", "成为服务器管理员")),
    row("PART", 1, LoggedIn, leave::part, "channel[,channel...] [words]", Words("leaves rooms", "离开房间")),
    row("PASS", 1, Always, registration::pass, "password", Words("says the server's password, before login", "登录前给出服务器密码")),
    row("PING", 0, Always, status::ping, "words", Words("is answered with PONG", "服务器回答 PONG")),
    row("PONG", 0, Always, status::pong, "words", Words("answers the server's PING", "回答服务器的 PING")).sent_by_itself(),
    row("PRIVMSG", 0, LoggedIn, messages::privmsg, "target[,target...] words", Words("says something to rooms or people; @#room is for its operators", "对房间或人说话；@#房间 只发给房间管理员")).only_speaks(),
    row("QUIT", 0, Always, registration::quit, "[words]", Words("says goodbye", "告别")),
    row("REDACT", 2, LoggedIn, redact::redact, "target msgid [reason]", Words("takes back what was said", "撤回消息")).of(Capability::MessageRedaction),
    row("REGISTER", 3, Always, accounts::register, "account|* email|* password", Words("opens an account in your own name", "以自己的名字注册账号")),
    row("REHASH", 0, Operator, operators::rehash, "", Words("reads the configuration again", "重新读取配置")),
    row("RENAME", 2, LoggedIn, rename::rename, "channel channel [reason]", Words("gives a room another name", "给房间改名")).of(Capability::ChannelRename),
    row("RESTART", 0, Operator, operators::restart, "", Words("stops the server and starts it again", "重启服务器")),
    row("SEARCH", 1, LoggedIn, search::search, "[in:target] [from:nick] [after:day] [before:day] [limit:number] words", Words("finds what was said", "搜索聊天记录")),
    row("SETNAME", 1, LoggedIn, people::setname, "realname", Words("changes your real name", "更改自己的真实姓名")).of(Capability::SetName),
    row("STATS", 0, LoggedIn, stats::stats, "letter", Words("reports: u uptime, o operators, m commands, k and d bans: whom, by whom, since when, until when, why", "报告：u 运行时间，o 管理员，m 命令次数，k 和 d 禁止名单：禁止谁、谁设的、从何时、到何时、为何")),
    row("SUMMON", 0, LoggedIn, status::summon, "user", Words("is not for our time", "这个时代已不需要")),
    row("TAGMSG", 0, LoggedIn, messages::tagmsg, "target[,target...]", Words("sends tags without words, such as +typing", "只发送标签，如 +typing")).sent_by_itself(),
    row("TIME", 0, LoggedIn, status::time, "[server]", Words("says what time it is here", "服务器现在几点")),
    row("TOPIC", 1, LoggedIn, topic::topic, "channel [words]", Words("shows or changes what a room is about", "查看或更改房间话题")),
    row("UNDLINE", 1, Operator, operators::undline, "network", Words("lifts a DLINE, as STATS d shows it", "解除 DLINE，写法同 STATS d 所示")),
    row("UNKLINE", 1, Operator, operators::unkline, "nick!user@host|a:account", Words("lifts a KLINE, as STATS k shows it", "解除 KLINE，写法同 STATS k 所示")),
    row("USER", 4, Always, registration::user, "user 0 * realname", Words("says who you are, at login", "登录时说明自己是谁")),
    row("USERHOST", 1, LoggedIn, people::userhost, "nick...", Words("says where up to five people come from", "最多五个人从哪里来")),
    row("USERS", 0, LoggedIn, status::users, "", Words("is not for our time", "这个时代已不需要")),
    row("VERIFY", 2, Always, accounts::verify, "account code", Words("completes a registration; here nothing is left to complete", "完成注册；这里注册后无需验证")),
    row("VERSION", 0, LoggedIn, status::version, "[server]", Words("says what runs here and what it can do", "这里运行着什么，能做什么")),
    row("WALLOPS", 1, Operator, operators::wallops, "words", Words("says something to everybody with +w", "对所有带 +w 的人说话")),
    row("WHO", 0, LoggedIn, who::who, "[mask [o][%fields]]", Words("lists people in a room, or people whose name fits a mask", "列出房间里的人，或名字符合掩码的人")),
    row("WHOIS", 0, LoggedIn, who::whois, "nick", Words("says what is known of somebody", "某人的信息")),
    row("WHOWAS", 0, LoggedIn, who::whowas, "nick [count]", Words("says who had a name before", "谁曾经用过某个名字")),
];

/// A line from a client, understood as far as can be without the world.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, on the stack")]
pub enum Input<'a> {
    /// A message to run, and the row of its command in [`COMMANDS`], if there is one.
    Message(Message<'a>, Option<usize>),
    /// A line that is over its limit.
    TooLong,
    /// A line that is not UTF-8, with its tags and its first word
    /// ([IRCv3 UTF8ONLY](https://ircv3.net/specs/extensions/utf8-only)).
    NotUtf8(Tags<'a>, &'a str),
    /// A line with nothing in it, or with a NUL or no command: ignored, as other servers do.
    Nothing,
    /// A line whose first word, behind tags and source, cannot be a command.
    NoCommand(Tags<'a>, &'a str),
}

impl<'a> Input<'a> {
    /// Whether a program sends it while a person writes and reads: who is typing, what was read, an answer to PING.
    pub fn is_sent_by_itself(&self) -> bool {
        matches!(self, Self::Message(_, Some(row)) if COMMANDS[*row].is_sent_by_itself)
    }

    /// Understands one line. Needs no lock.
    pub fn understand(line: Received<'a>) -> Self {
        let Received::Complete(bytes) = line else { return Self::TooLong };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::NotUtf8(tags_of(bytes), first_word(bytes));
        };
        match Message::parse(text) {
            Ok(message) => Self::Message(message, find(message.command())),
            Err(InvalidMessage::BadCommand) => Self::NoCommand(tags_of(bytes), first_word(bytes)),
            Err(_) => Self::Nothing,
        }
    }
}

/// The tags before a line that is no message; none when even they are not UTF-8.
fn tags_of(line: &[u8]) -> Tags<'_> {
    let tags = line.trim_ascii_start().strip_prefix(b"@").unwrap_or_default();
    let tags = tags.split(|byte| *byte == b' ').next().unwrap_or_default();
    Tags::from_wire(std::str::from_utf8(tags).unwrap_or_default())
}

/// The word where a command should stand, behind tags and source; empty when even that is not UTF-8.
fn first_word(line: &[u8]) -> &str {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let word = words.find(|word| !matches!(word[0], b'@' | b':')).unwrap_or_default();
    std::str::from_utf8(word).unwrap_or_default()
}

/// Runs one line of one client, under the world's lock. The client is here; afterwards it may be gone.
///
/// The session [runs](Errand::run) a returned errand without the lock and then [finishes](finish) it with the lock,
/// before the client's next line.
pub fn execute(world: &mut World, connection: ConnectionId, input: &Input) -> Option<Errand> {
    let tags = match input {
        Input::Message(message, _) => message.tags(),
        Input::NotUtf8(tags, _) | Input::NoCommand(tags, _) => *tags,
        Input::TooLong | Input::Nothing => Tags::default(),
    };
    if let Some(label) = tags.get(tags::LABEL) {
        world.begin_capture(connection, &label);
    }
    let me = world.person_of(connection);
    let mut context = Context { world, me, connection, tags, task: None };
    match input {
        Input::Message(message, row) => {
            if let Err(reply) = dispatch(&mut context, message, *row) {
                context.reply(&reply);
            }
        }
        Input::TooLong => context.reply(&Reply::InputTooLong),
        Input::NotUtf8(_, word) => {
            let command = find(word).map_or("*", |row| COMMANDS[row].name);
            let words = context.say(&Text::InvalidUtf8);
            context.send(format_args!("FAIL {command} {} :{words}", failures::INVALID_UTF8));
        }
        Input::NoCommand(_, word) => {
            let refusal = unknown(&context, word);
            context.reply(&refusal);
        }
        Input::Nothing => {}
    }
    end(context)
}

/// Tells the people here what another configuration changes for their programs: capabilities that come and go
/// ([cap-notify](https://ircv3.net/specs/extensions/capability-negotiation#cap-notify)), and tokens of 005.
pub fn tell_changes(world: &mut World, before: &Config) {
    let tokens = isupport::changed_tokens(before, &world.config);
    let connections: Vec<_> = world.connections().map(|(id, _)| id).collect();
    for id in connections {
        capabilities::tell_changes(world, id, before);
        if world.person_at(id).is_some_and(Person::is_registered) {
            isupport::tell(world, id, &tokens, Cause::Others);
        }
    }
}

/// Ends an errand that was run without the lock. The client may have gone meanwhile.
pub fn finish(world: &mut World, connection: ConnectionId, errand: Errand) -> Option<Errand> {
    let Errand { mut task, capture } = errand;
    if world.connection(connection).is_none() {
        task.settle(world);
        world.turn_out_suspects();
        return None;
    }
    let me = world.person_of(connection);
    let mut context = Context { world, me, connection, tags: Tags::default(), task: None };
    context.world.resume_capture(capture);
    task.finish(&mut context);
    end(context)
}

/// Sends what a label held back, unless the command goes on with an errand.
fn end(context: Context) -> Option<Errand> {
    let Context { world, connection, task, .. } = context;
    world.turn_out_suspects();
    match task.filter(|_| world.connection(connection).is_some()) {
        Some(task) => Some(Errand { task, capture: world.suspend_capture() }),
        None => {
            world.release_capture_of(connection);
            // The session does no errands for a client that has gone; the next client that speaks takes this along.
            let changes = if world.connection(connection).is_some() { world.take_to_keep() } else { None };
            changes.map(|changes| Errand { task: Box::new(Rooms::of(changes)), capture: None })
        }
    }
}

/// The row of PRIVMSG: most lines are that.
static PRIVMSG: LazyLock<Option<usize>> = LazyLock::new(|| row_of("PRIVMSG"));

/// The row for a command's name, in whatever case it is written. PRIVMSG is found in 4 ns, and in 27 with the others.
fn find(name: &str) -> Option<usize> {
    if name == "PRIVMSG" { *PRIVMSG } else { row_of(name) }
}

fn row_of(name: &str) -> Option<usize> {
    let in_upper_case = || name.bytes().map(|byte| byte.to_ascii_uppercase());
    COMMANDS.binary_search_by(|command| command.name.bytes().cmp(in_upper_case())).ok()
}

fn dispatch(context: &mut Context, message: &Message, row: Option<usize>) -> Result<(), Reply> {
    let registered = context.person().is_registered();
    let Some(row) = row else {
        return Err(unknown(context, message.command()));
    };
    let command = &COMMANDS[row];
    if command.when != Always && !registered {
        return Err(Reply::NotRegistered);
    }
    if command.when == Operator && !context.person().is_operator() {
        return Err(Reply::NoPrivileges);
    }
    if message.params().len() < command.min_params {
        return Err(Reply::NeedMoreParams(command.name.to_owned()));
    }
    context.world.count_command(row);
    if !command.only_speaks {
        context.world.end_burst();
    }
    (command.run)(context, message)
}

/// The answer to an unknown command; before login the client learns only that it has to log in.
fn unknown(context: &Context, word: &str) -> Reply {
    if context.person().is_registered() {
        Reply::UnknownCommand(word.to_owned())
    } else {
        Reply::NotRegistered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_command_is_found() {
        assert!(COMMANDS.is_sorted_by(|one, other| one.name < other.name));
    }

    #[test]
    fn a_command_is_found_in_any_case_and_nothing_else_is() {
        for (index, command) in COMMANDS.iter().enumerate() {
            for name in [command.name.to_owned(), command.name.to_lowercase()] {
                assert_eq!(find(&name), Some(index), "{name}");
            }
        }
        for name in ["", "PRIVMS", "PRIVMSGS", "ABCDEFGHIJKLMNOPQ", "433"] {
            assert!(find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn every_command_has_help_in_both_languages() {
        for command in COMMANDS {
            let Words(english, chinese) = command.help;
            assert!(english.is_ascii() && !english.is_empty() && !chinese.is_ascii(), "{}", command.name);
        }
    }
}
