//! What the command line does with the database beside the server: `backup`, `export` and `import`.
//!
//! Reading is done while a server runs. Writing needs the folder for itself, since a running server has all accounts in
//! memory.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use teahouse_protocol::{names, text};

use crate::config::Config;
use crate::language::Text;
use crate::nickname::{self, Skeleton};
use crate::password::{self, ScramKeys};
use crate::store::{self, accounts, history};
use crate::world::{Account, Accounts, Change, Entry, Kind, Number, Texts};

/// What the passwords are made of that an import makes up: nothing that looks like something else.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How long they are.
const PASSWORD_LETTERS: usize = 10;

/// Copies the database as it is at this moment, whole or not at all.
///
/// # Errors
/// A sentence for the person at the console.
pub fn backup(config: &Config, file: &Path) -> Result<(), Text> {
    let connection = store::open_beside(config)?;
    store::copy(&connection, file).map_err(|why| Text::CannotWrite(file.display().to_string(), why))
}

// --- History ---------------------------------------------------------------------------------------------------------

/// Writes what was said and done in a room: as text, or as a line of JSON for each.
///
/// # Errors
/// A sentence for the person at the console.
pub fn export_room(config: &Config, room: &str, as_json: bool, out: &mut dyn Write) -> Result<(), Text> {
    let connection = store::open_beside(config)?;
    let place = place_of_room(config, room)?;
    let mut written = Ok(());
    history::each(&connection, &place, |entry| {
        let line = if as_json { json_of(entry).to_string() } else { text_of(entry) };
        written = writeln!(out, "{line}");
        written.is_ok()
    })
    .map_err(|error| Text::CannotStart(error.to_string()))?;
    written.and_then(|()| out.flush()).map_err(|error| cannot_write(&error))
}

fn place_of_room(config: &Config, room: &str) -> Result<String, Text> {
    names::check_channel(room).map_err(|_| Text::NotARoom(room.to_owned()))?;
    Ok(config.casemapping.fold(room).as_str().to_owned())
}

fn cannot_write(error: &io::Error) -> Text {
    Text::CannotWrite("-".to_owned(), error.to_string())
}

/// As a person reads it, in local time.
fn text_of(entry: &Entry) -> String {
    let Texts { source, words, .. } = entry.texts();
    let nick = source.split('!').next().unwrap_or(source);
    let time = entry.number.time().to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S");
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
        "time": format!("{:.3}", entry.number.time()),
        "kind": entry.kind.command(),
        "source": source,
        "account": account,
        "bot": entry.bot,
        "tags": tags,
        "words": words,
    })
}

fn entry_of(line: &str, place: &Arc<str>) -> Option<Entry> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let number = match text("id") {
        Some(id) => Number::read(id)?,
        None => Number::at(text("time")?.parse().ok()?),
    };
    let kind = Kind::from_command(text("kind")?)?;
    let texts = Texts {
        source: text("source")?,
        account: text("account").unwrap_or_default(),
        target: "",
        tags: text("tags").unwrap_or_default(),
        words: text("words")?,
    };
    // All but the words stand before a space on the wire, and these end with the line.
    let is_word = |text: &str| !text.contains([' ', '\r', '\n', '\0']);
    if ![texts.source, texts.account, texts.tags].into_iter().all(is_word) || texts.words.contains('\0') {
        return None;
    }
    let is_bot = value.get("bot").and_then(Value::as_bool).unwrap_or_default();
    Some(Entry::new(Arc::clone(place), number, kind, is_bot, &texts))
}

/// Reads what [`export_room`] has written as JSON into a room, all or nothing; what is there already is left as it is.
/// Returns how much was new.
///
/// # Errors
/// A sentence for the person at the console.
pub fn import_room(config: &Config, room: &str, file: &Path) -> Result<usize, Text> {
    let cannot_read = |why: String| Text::CannotRead(file.display().to_string(), why);
    let place: Arc<str> = Arc::from(place_of_room(config, room)?);
    let lines = BufReader::new(fs::File::open(file).map_err(|error| cannot_read(error.to_string()))?).lines();
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let line = line.map_err(|error| cannot_read(error.to_string()))?;
        let wrong = || Text::WrongLine(file.display().to_string(), number.to_string());
        if !line.trim().is_empty() {
            entries.push(entry_of(&line, &place).ok_or_else(wrong)?);
        }
    }
    let (mut connection, _lock) = store::open_alone(config)?;
    let mut import = || -> rusqlite::Result<usize> {
        let transaction = connection.transaction()?;
        let new = history::import(&transaction, &place, &entries)?;
        transaction.commit()?;
        Ok(new)
    };
    import().map_err(|error| cannot_read(error.to_string()))
}

// --- Accounts --------------------------------------------------------------------------------------------------------

/// Writes the accounts as CSV: name, and since when. Passwords are hashes, and stay where they are.
///
/// # Errors
/// A sentence for the person at the console.
pub fn export_accounts(config: &Config, out: &mut dyn Write) -> Result<(), Text> {
    let connection = store::open_beside(config)?;
    let mut all = accounts::load(&connection).map_err(|error| Text::CannotStart(error.to_string()))?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    writeln!(out, "name,since").map_err(|error| cannot_write(&error))?;
    for Account { name, since, .. } in all {
        writeln!(out, "{name},{since}").map_err(|error| cannot_write(&error))?;
    }
    out.flush().map_err(|error| cannot_write(&error))
}

/// Opens an account for each line of a roster, all or none: a name, and a password if there is one in the second
/// column. Returns the names with the passwords that were made up.
///
/// # Errors
/// A sentence for the person at the console, with the line that is wrong.
pub fn import_accounts(config: &Config, file: &Path) -> Result<Vec<(String, Option<String>)>, Text> {
    let shown = file.display().to_string();
    let text =
        fs::read_to_string(file).map_err(|error| Text::CannotRead(shown.clone(), error.to_string()))?;
    let (mut connection, _lock) = store::open_alone(config)?;
    let failed = |error: rusqlite::Error| Text::CannotStart(error.to_string());
    let mut known = Accounts::new(config.casemapping, accounts::load(&connection).map_err(failed)?);
    let (mut opened, mut told) = (Vec::new(), Vec::new());
    let lines = text.trim_start_matches('\u{feff}').lines();
    for (number, row) in (1..).zip(lines.map(fields)) {
        let name = row.first().map(|name| name.trim()).unwrap_or_default();
        let is_heading =
            number == 1 && (name.eq_ignore_ascii_case("name") || name == "名字" || name == "姓名");
        if name.is_empty() || is_heading {
            continue;
        }
        let wrong = |why: Text| {
            Text::WrongRow(shown.clone(), number.to_string(), name.to_owned(), why.to_string(config.language))
        };
        let name = nickname::normalize(name, config.nick_length).map_err(|_| wrong(Text::NotANickname))?;
        if nickname::poses_as_servant(&name, &config.name) {
            return Err(wrong(Text::NickReserved));
        }
        if known.owner(&name, &Skeleton::of(&name)).is_some() {
            return Err(wrong(Text::NameTaken));
        }
        let given = row.get(1).map(|password| password.trim().to_owned()).filter(|given| !given.is_empty());
        if given.as_ref().is_some_and(|given| given.chars().count() < config.min_password_length) {
            return Err(wrong(Text::PasswordTooShort(config.min_password_length.to_string())));
        }
        let made_up = given.is_none().then(|| make_up_password(config.min_password_length));
        let password = given.or_else(|| made_up.clone()).unwrap_or_default();
        let account = Account {
            name: name.clone(),
            since: Timestamp::now(),
            password: password::hash(&password).map_err(|error| Text::CannotStart(error.to_string()))?,
            scram: config.scram.then(|| ScramKeys::of(&password)),
            certificates: Vec::new(),
            always_on: None,
        };
        known.apply(Change::Open(account.clone()));
        opened.push(account);
        told.push((name, made_up));
    }
    let mut keep = || -> rusqlite::Result<()> {
        let transaction = connection.transaction()?;
        for account in opened.drain(..) {
            accounts::write(&transaction, &Change::Open(account))?;
        }
        transaction.commit()
    };
    keep().map_err(failed)?;
    Ok(told)
}

fn make_up_password(least: usize) -> String {
    let bytes = password::secret();
    let letter = |index: usize| LETTERS[usize::from(bytes[index % bytes.len()]) % LETTERS.len()] as char;
    (0..PASSWORD_LETTERS.max(least)).map(letter).collect()
}

/// The fields of a line of CSV; between quotation marks a comma is no end of a field, and two are one.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                fields.last_mut().expect("there is always one").push('"');
            }
            '"' => quoted = !quoted,
            ',' | ';' | '\t' if !quoted => fields.push(String::new()),
            letter => fields.last_mut().expect("there is always one").push(letter),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_roster_is_taken_apart() {
        for (line, expected) in [
            ("小明", &["小明"][..]),
            ("alice,secret", &["alice", "secret"]),
            ("alice;secret;x", &["alice", "secret", "x"]),
            (r#""alice","a ""b"", c""#, &["alice", r#"a "b", c"#]),
            ("", &[""]),
        ] {
            assert_eq!(fields(line), expected, "{line}");
        }
    }

    #[test]
    fn a_password_that_is_made_up_is_long_enough_and_another_each_time() {
        let one = make_up_password(8);
        assert_eq!(one.len(), PASSWORD_LETTERS);
        assert_ne!(one, make_up_password(8));
        assert_eq!(make_up_password(40).len(), 40);
    }
}
