//! SEARCH: finds messages, among those that the user may read.
//!
//! Words are found anywhere in a message, whatever the case, so 喝茶 is found in 明天喝茶吧 and `tea` in `teahouse`; an
//! index by words could not do that. The history of a conversation is bounded. The store goes through it in slices
//! from new to old and answers others between them: the user who searches waits, and nobody else does.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use teahouse_protocol::{Message, batches};

use crate::commands::context::Context;
use crate::commands::history::{Readable, readable, readable_rooms, reads_since};
use crate::store::StoreError;
use crate::store::history::search::Search;
use crate::store::history::{self, Edge};
use crate::text::language::Text;
use crate::text::reply::{Reply, word};
use crate::world::{Entry, party};

/// How many messages a search finds, unless it says otherwise.
const SOME: usize = 20;
/// How many it finds at most.
const MOST: usize = 100;

/// Why a search is refused: the code, what it is about, and the words.
type Refusal = (&'static str, String, Text);

/// SEARCH: finds messages with all these words; `in:`, `from:`, `after:`, `before:` and `limit:` say which.
pub(in crate::commands) fn search(context: &mut Context, message: &Message) -> Result<(), Reply> {
    context.need_history("SEARCH")?;
    match understand(context, message) {
        Ok((mut search, None)) => {
            // Everywhere: the user's rooms, and the private conversations that the store knows of.
            let (rooms, since) = (readable_rooms(context), reads_since(context));
            let me = party(context.person(), context.world.config.casemapping);
            let find = move |connection: &rusqlite::Connection| history::places_of(connection, &me, since);
            context.ask(find, move |context, private| {
                match private {
                    Ok(private) => {
                        search.places = [rooms, private].concat();
                        go_on(context, search);
                    }
                    Err(error) => fail(context, &error),
                }
                Ok(())
            });
        }
        Ok((mut search, Some(Readable { places, since, .. }))) => {
            search.places = places.into_iter().map(|place| (place, since)).collect();
            go_on(context, search);
        }
        Err((code, about, text)) => context.fail("SEARCH", code, &about, &text),
    }
    Ok(())
}

/// Reads the words of a search, and the conversation if it is in one only.
fn understand(context: &Context, message: &Message) -> Result<(Search, Option<Readable>), Refusal> {
    let invalid = |about: &str, text| ("INVALID_PARAMS", word(about).to_owned(), text);
    let mut search = Search::new(context.world.config.casemapping, SOME);
    let mut place = None;
    for typed in message.params().iter().flat_map(|param| param.split_whitespace()) {
        let time = |text| read_time(text).ok_or_else(|| invalid(typed, Text::NotATimestamp));
        match typed.split_once(':') {
            Some(("in", target)) => {
                let no_target = || ("INVALID_TARGET", word(target).to_owned(), Text::NoSuchHistory);
                place = Some(readable(context, target).ok_or_else(no_target)?);
            }
            Some(("from", nick)) => {
                search.from = Some(context.world.config.casemapping.fold(nick).into_owned());
            }
            Some(("after", text)) => search.after = time(text)?,
            Some(("before", text)) => search.before = time(text)?,
            Some(("limit", count)) => {
                let count = count.parse::<usize>().ok().filter(|count| *count > 0);
                search.limit = count.ok_or_else(|| invalid(typed, Text::NotALimit))?.min(MOST);
            }
            _ => search.words.push(typed.to_lowercase()),
        }
    }
    if search.words.is_empty() {
        return Err(invalid("*", Text::NothingToSearchFor));
    }
    Ok((search, place))
}

/// A day, or a time as `server-time` has it.
fn read_time(text: &str) -> Option<Edge> {
    let day = |text: &str| Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    text.parse::<Timestamp>().ok().or_else(|| day(text)).map(|time| Edge::Moment(time.as_microsecond()))
}

/// Looks through the next slice, until there are no more.
fn go_on(context: &mut Context, mut search: Search) {
    let next = move |connection: &rusqlite::Connection| {
        let done = search.next_slice(connection)?;
        Ok((search, done))
    };
    context.ask(next, |context, outcome| {
        match outcome {
            Ok((search, false)) => go_on(context, search),
            Ok((search, true)) => show(context, &search.found()),
            Err(error) => fail(context, &error),
        }
        Ok(())
    });
}

fn show(context: &mut Context, found: &[Entry]) {
    let batch = context.begin_batch(batches::SEARCH);
    for entry in found {
        let channel = context.world.find_channel(&entry.place).ok();
        let name = channel.map(|channel| context.world.channel(channel).name.clone()).unwrap_or_default();
        context.replay(entry, &name, batch);
    }
    context.end_batch(batch);
    if batch.is_none() {
        context.notice(&Text::Found(found.len().to_string()));
    }
}

fn fail(context: &mut Context, error: &StoreError) {
    context.fail("SEARCH", "MESSAGE_ERROR", "", &error.text());
}
