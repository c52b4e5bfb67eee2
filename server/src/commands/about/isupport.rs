//! 004 and 005: the letters and tokens that say what a client can count on
//! ([Modern IRC, "RPL_ISUPPORT"](https://modern.ircdocs.horse/#rplisupport-005)), and the command that asks for them
//! ([draft/extended-isupport](https://ircv3.net/specs/extensions/extended-isupport)).

use std::sync::{Arc, LazyLock};

use teahouse_protocol::framing::MAX_LINE_BYTES;
use teahouse_protocol::names::MAX_CHANNEL_BYTES;
use teahouse_protocol::{Message, batches, text};

use crate::commands::channels::{self, modes};
use crate::commands::context::Context;
use crate::commands::people::{self, monitor};
use crate::commands::{history, messages};
use crate::config::Config;
use crate::config::user_modes::UserMode;
use crate::outbox::Cause;
use crate::text::reply::Reply;
use crate::world::{Capability, ConnectionId, List, Rank, Tags, USER_BYTES, World};

/// How many tokens stand in one 005, so that it keeps to its 15 parameters.
const TOKENS_A_LINE: usize = 12;

/// ISUPPORT: sends all tokens. Before the login ends, only a client that has asked for that gets them.
pub(in crate::commands) fn isupport(context: &mut Context, _: &Message) -> Result<(), Reply> {
    if !context.person().is_registered() && !context.has(Capability::ExtendedISupport) {
        return Err(Reply::NotRegistered);
    }
    send(context);
    Ok(())
}

/// Sends all of them.
pub(in crate::commands) fn send(context: &mut Context) {
    let world = &mut *context.world;
    let config = Arc::clone(&world.config);
    let lines = Arc::clone(world.isupport.get_or_insert_with(|| in_lines(&tokens(&config)).into()));
    tell(world, context.connection, &lines, Cause::Answer);
}

/// Queues lines of tokens for a connection, as a batch if it has asked for that.
pub(in crate::commands) fn tell(world: &mut World, to: ConnectionId, lines: &[String], cause: Cause) {
    let wants = |capability| world.connection(to).is_some_and(|connection| connection.has(capability));
    if !wants(Capability::ExtendedISupport) || !wants(Capability::Batch) || lines.is_empty() {
        for line in lines {
            world.tell(to, &world.numeric(to, &Reply::ISupport(line.clone())), cause);
        }
        return;
    }
    let (server, number) = (world.config.name.clone(), world.next_number());
    world.tell(to, &world.line(format_args!(":{server} BATCH +{number} {}", batches::ISUPPORT)), cause);
    for line in lines {
        let tags = Tags { batch: Some(number), ..Tags::default() };
        let line = world.numeric(to, &Reply::ISupport(line.clone())).with_tags(tags);
        world.tell(to, &line, cause);
    }
    world.tell(to, &world.line(format_args!(":{server} BATCH -{number}")), cause);
}

/// The tokens that another configuration changes, as 005 takes them back (`-TOKEN`) and gives them anew.
pub(in crate::commands) fn changed_tokens(before: &Config, after: &Config) -> Vec<String> {
    fn name(token: &str) -> &str {
        token.split('=').next().unwrap_or(token)
    }
    let (before, after) = (tokens(before), tokens(after));
    let is_gone = |token: &&String| !after.iter().any(|other| name(other) == name(token));
    let gone = before.iter().filter(is_gone).map(|token| format!("-{}", name(token)));
    let new = after.iter().filter(|token| !before.contains(token)).cloned();
    in_lines(&gone.chain(new).collect::<Vec<_>>())
}

/// The letters that 004 lists: of people, of rooms, and of rooms those that have a parameter.
pub(in crate::commands) static LETTERS: LazyLock<[String; 3]> = LazyLock::new(|| {
    let [lists, key, settings, flags] = modes::kinds();
    let ranks = Rank::ALL.iter().map(|rank| rank.letter()).collect();
    let with_param = [lists, key, settings, ranks].concat();
    let people = modes::in_order(UserMode::ALL.iter().map(|(_, letter)| *letter));
    [people, modes::in_order(with_param.chars().chain(flags.chars())), modes::in_order(with_param.chars())]
});

/// As many tokens in a line as one 005 takes.
fn in_lines(tokens: &[String]) -> Vec<String> {
    tokens.chunks(TOKENS_A_LINE).map(|line| line.join(" ")).collect()
}

/// The tokens of 005. Not inlined, for the stack's sake: see [`session`](crate::session).
#[inline(never)]
fn tokens(config: &Config) -> Vec<String> {
    let letters: String = Rank::ALL.iter().map(|rank| rank.letter()).collect();
    let prefixes: String = Rank::ALL.iter().map(|rank| rank.prefix()).collect();
    let lists: String = List::ALL.iter().map(|(_, letter)| letter).collect();
    let mut tokens = vec![
        "ACCOUNTEXTBAN=a".to_owned(),
        format!("AWAYLEN={}", people::AWAY_BYTES),
        format!("BOT={}", UserMode::Bot.letter()),
        format!("CASEMAPPING={}", config.casemapping.token()),
        format!("CHANLIMIT=#:{}", channels::MAX_JOINED),
        format!("CHANMODES={}", modes::kinds().join(",")),
        format!("CHANNELLEN={MAX_CHANNEL_BYTES}"),
        "CHANTYPES=#".to_owned(),
        format!("CHATHISTORY={}", history::MOST_MESSAGES),
        "ELIST=CMNTU".to_owned(),
        format!("EXCEPTS={}", List::Exceptions.letter()),
        "EXTBAN=,am".to_owned(),
        "HOSTLEN=63".to_owned(),
        format!("INVEX={}", List::Invitations.letter()),
        format!("KEYLEN={}", modes::KEY_BYTES),
        format!("KICKLEN={}", channels::WORDS_BYTES),
        format!("LINELEN={}", MAX_LINE_BYTES),
        format!("MAXLIST={lists}:{}", modes::MAX_ENTRIES),
        format!("MAXTARGETS={}", messages::MAX_TARGETS),
        format!("MODES={}", modes::MAX_CHANGES),
        format!("MONITOR={}", monitor::MAX_WATCHED),
        "MSGREFTYPES=msgid,timestamp".to_owned(),
        format!("NAMELEN={}", people::REALNAME_BYTES),
        format!("NETWORK={}", config.network),
        format!("NICKLEN={}", config.nick_length),
        format!("PREFIX=({letters}){prefixes}"),
        "SAFELIST".to_owned(),
        format!("STATUSMSG={prefixes}"),
        format!(
            "TARGMAX=NAMES:,LIST:,KICK:,JOIN:,PART:,WHOIS:1,WHOWAS:1,PRIVMSG:{0},NOTICE:{0},TAGMSG:{0},MONITOR:",
            messages::MAX_TARGETS
        ),
        format!("TOPICLEN={}", channels::TOPIC_BYTES),
        format!("USERLEN={}", USER_BYTES),
        "UTF8ONLY".to_owned(),
        "WHOX".to_owned(),
    ];
    if !config.history {
        tokens.retain(|token| !token.starts_with("CHATHISTORY=") && !token.starts_with("MSGREFTYPES="));
    }
    debug_assert!(!tokens.iter().any(|token| token.contains(text::is_unprintable)));
    tokens
}
