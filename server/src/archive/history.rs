//! A room's history: written as text or as a line of JSON for each entry, and read back.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use teahouse_protocol::framing::MAX_LINE_BYTES;
use teahouse_protocol::{names, text};

use super::{Refusal, decode, failed, put};
use crate::config::Config;
use crate::process::console::tell;
use crate::store;
use crate::store::history::{self, import};
use crate::text::language::Text;
use crate::world::{Entry, Kind, Number, Texts};

/// How far ahead of this machine's clock an imported message may be: clocks differ.
const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// Writes what was said and done in a room.
///
/// # Errors
/// A sentence for the person at the console; that there is no such room, too.
pub(super) fn export(
    config: &Config,
    room: &str,
    as_json: bool,
    out: &mut dyn Write,
) -> Result<Option<Text>, Refusal> {
    let place = place_of_room(config, room)?;
    let connection = store::open_beside(config, false)?;
    let is_lobby = config.lobby.as_ref().is_some_and(|lobby| config.casemapping.same(lobby, room));
    let is_known = import::knows(&connection, &place, |name| config.casemapping.same(name, room));
    if !is_lobby && !is_known.map_err(|error| failed(config, error))? {
        return Err(Text::NoRoomToExport(room.to_owned()).into());
    }
    let mut written = Ok(());
    history::each(&connection, &place, |entry| {
        written = if as_json { put(out, json_of(entry)) } else { put(out, text_of(entry)) };
        written.is_ok()
    })
    .map_err(|error| failed(config, error))?;
    written?;
    out.flush().map_err(|error| super::cannot_print(&error))?;
    Ok(None)
}

fn place_of_room(config: &Config, room: &str) -> Result<String, Text> {
    names::check_channel(room).map_err(|_| Text::NotARoom(room.to_owned()))?;
    Ok(config.casemapping.fold(room).as_str().to_owned())
}

/// As a person reads it, in local time and how far that is from UTC.
fn text_of(entry: &Entry) -> String {
    let Texts { source, words, .. } = entry.texts();
    let nick = text::escape(source.split('!').next().unwrap_or(source));
    let time = entry.time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S%:z");
    // The console may be a terminal, which obeys some of what people can say.
    let words = words.replace('\r', "").split('\n').map(text::escape).collect::<Vec<_>>().join("\n    ");
    match entry.kind {
        Kind::Privmsg => format!("{time} <{nick}> {words}"),
        Kind::Notice => format!("{time} -{nick}- {words}"),
        kind => format!("{time} * {nick} {kind} {words}").trim_end().to_owned(),
    }
}

fn json_of(entry: &Entry) -> Value {
    let Texts { source, account, tags, words, .. } = entry.texts();
    json!({
        "id": entry.number.to_string(),
        "time": format!("{:.3}", entry.time),
        "kind": entry.kind.command(),
        "source": source,
        "account": account,
        "bot": entry.bot,
        "tags": tags,
        "words": words,
    })
}

/// Reads a history into a room, all or nothing: JSON as [`export`] writes it, from there or from another program.
/// Entries that are there already are left as they are.
///
/// # Errors
/// Sentences for the person at the console, one for each line that is wrong.
pub(super) fn import(config: &Config, room: &str, file: &Path) -> Result<Option<Text>, Refusal> {
    let shown = file.display().to_string();
    let place: Arc<str> = Arc::from(place_of_room(config, room)?);
    let bytes = fs::read(file).map_err(|error| Text::CannotRead(shown.clone(), error.to_string()))?;
    let (text, _) =
        decode::decode(&bytes, false).map_err(|line| Text::WrongEncoding(shown.clone(), line.to_string()))?;
    let latest = Timestamp::now().saturating_add(MOST_AHEAD).unwrap_or(Timestamp::MAX);
    let (mut incoming, mut lines, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let say = |line: usize, why: &Text| {
        Text::WrongLine(shown.clone(), line.to_string(), why.to_string(config.language))
    };
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match entry_of(text, &place, latest) {
            Ok(entry) => {
                incoming.push(entry);
                lines.push(line);
            }
            Err(why) => wrong.push(say(line, &why)),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal(wrong));
    }
    if incoming.is_empty() {
        return Err(Text::NothingInIt(shown).into());
    }
    let (mut connection, _lock) = super::open_alone(config)?;
    let transaction = connection.transaction().map_err(|error| failed(config, error))?;
    let outcome =
        import::into_room(&transaction, &place, &mut incoming).map_err(|error| failed(config, error))?;
    if !outcome.taken.is_empty() {
        let elsewhere = outcome.taken.iter().map(|index| say(lines[*index], &Text::IdIsTaken));
        return Err(Refusal(elsewhere.collect()));
    }
    transaction.commit().map_err(|error| failed(config, error))?;
    warn_of_what_will_be_forgotten(config, &incoming, outcome.in_all);
    let known = incoming.len() - outcome.new;
    Ok(Some(match known {
        0 => Text::ImportedLines(outcome.new.to_string()),
        known => Text::ImportedLinesOf(outcome.new.to_string(), known.to_string()),
    }))
}

/// Warns that more may have been taken than the house keeps.
fn warn_of_what_will_be_forgotten(config: &Config, incoming: &[import::Incoming], in_all: usize) {
    let oldest = config
        .history_days
        .and_then(|days| Timestamp::now().checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok());
    if let (Some(oldest), Some(days)) = (oldest, config.history_days) {
        let old = incoming.iter().filter(|one| one.entry.time < oldest).count();
        if old > 0 {
            tell(Text::TooOldToStay(old.to_string(), days.to_string()).within(config.language));
        }
    }
    if let Some(most) = config.history_lines.filter(|most| in_all > *most as usize) {
        tell(Text::TooManyToStay(in_all.to_string(), most.to_string()).within(config.language));
    }
}

/// A message of a line.
fn entry_of(line: &str, place: &Arc<str>, latest: Timestamp) -> Result<import::Incoming, Text> {
    let value: Value = serde_json::from_str(line).map_err(|error| Text::NotJson(error.to_string()))?;
    let wrong = |key: &str| Text::WrongKey(key.to_owned());
    let optional = |key: &str| match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(wrong(key)),
    };
    let text = |key: &str| optional(key)?.ok_or_else(|| wrong(key));
    let (number, has_id) = match optional("id")? {
        Some(id) => (Number::read(id).ok_or_else(|| wrong("id"))?, true),
        None => (Number::at(text("time")?.parse().map_err(|_| wrong("time"))?), false),
    };
    // Where the clock was ahead once, numbers run ahead of it, and the time is another (to the thousandth of a second).
    let time: Option<Timestamp> = optional("time")?.map(str::parse).transpose().map_err(|_| wrong("time"))?;
    let is_ahead = |time: &Timestamp| number.time().duration_since(*time) > SignedDuration::from_millis(1);
    let time = time.filter(is_ahead).unwrap_or(number.time());
    if time > latest {
        return Err(Text::FromTheFuture);
    }
    if number <= Number::FIRST {
        return Err(wrong("time"));
    }
    let kind = Kind::from_command(text("kind")?).ok_or_else(|| wrong("kind"))?;
    let texts = Texts {
        source: text("source")?,
        account: optional("account")?.unwrap_or_default(),
        target: "",
        tags: optional("tags")?.unwrap_or_default(),
        words: text("words")?,
    };
    // All but the words stand before a space on the wire, and these end with the line.
    for (key, text) in [("source", texts.source), ("account", texts.account), ("tags", texts.tags)] {
        if text.contains([' ', '\r', '\n', '\0']) {
            return Err(wrong(key));
        }
    }
    if texts.source.is_empty() {
        return Err(wrong("source"));
    }
    // Only speech may have several lines; its client sent each of them as a line.
    let is_speech = matches!(kind, Kind::Privmsg | Kind::Notice);
    let mut lines = texts.words.split(['\r', '\n']);
    if texts.words.contains('\0')
        || (!is_speech && texts.words.contains(['\r', '\n']))
        || lines.any(|line| line.len() > MAX_LINE_BYTES)
    {
        return Err(wrong("words"));
    }
    let is_bot = match value.get("bot") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_bot)) => *is_bot,
        Some(_) => return Err(wrong("bot")),
    };
    let entry = Entry::new(Arc::clone(place), number, kind, is_bot, &texts).said_at(time);
    Ok(import::Incoming { entry, has_id })
}
