//! Accounts: written as a table, and opened from a [roster].

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use jiff::Timestamp;
use teahouse_protocol::text::escape;

use super::roster::{self, Roster};
use super::{Refusal, decode, failed, put};
use crate::auth::password::{self, Memory, ScramKeys};
use crate::config::Config;
use crate::process::console::tell;
use crate::store::{self, accounts};
use crate::text::language::Text;
use crate::text::nickname::{self, Skeleton};
use crate::world::{Account, Accounts, Change};

/// Writes the accounts as CSV: name, and since when. Passwords are hashes, and stay where they are. It is no roster.
///
/// # Errors
/// A sentence for the person at the console.
pub(super) fn export(config: &Config, out: &mut dyn Write) -> Result<Option<Text>, Refusal> {
    let connection = store::open_beside(config, false)?;
    let mut all = accounts::load(&connection).map_err(|error| failed(config, error))?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    put(out, "name,since")?;
    for Account { name, since, .. } in all {
        put(out, format_args!("{name},{since}"))?;
    }
    out.flush().map_err(|error| super::cannot_print(&error))?;
    Ok(None)
}

/// Opens an account for each person on a roster, all or none, and writes the passwords that were made up. These are
/// out before anything is kept: where they cannot be read, no account is left that nobody can use.
///
/// # Errors
/// Sentences for the person at the console, one for each line that is wrong.
pub(super) fn import(config: &Config, file: &Path, out: &mut dyn Write) -> Result<Option<Text>, Refusal> {
    let shown = file.display().to_string();
    let bytes = fs::read(file).map_err(|error| Text::CannotRead(shown.clone(), error.to_string()))?;
    let (text, encoding) =
        decode::decode(&bytes, true).map_err(|line| Text::WrongEncoding(shown.clone(), line.to_string()))?;
    if let Some(encoding) = encoding {
        tell(Text::ReadAs(shown.clone(), encoding.to_owned()).within(config.language));
    }
    let Roster { heading, people, mut wrong } = roster::read(&text);
    if let Some((line, heading)) = heading {
        let heading = escape(&heading).into_owned();
        tell(Text::TakenForHeading(shown.clone(), line.to_string(), heading).within(config.language));
    }
    let (mut connection, _lock) = super::open_alone(config)?;
    let known = accounts::load(&connection).map_err(|error| failed(config, error))?;
    let mut known = Accounts::new(config.casemapping, known);
    // The lines of people who stand on the roster further up.
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut opened = Vec::new();
    for person in people {
        match obstacle(config, &known, &lines, &person) {
            Ok(name) => {
                lines.insert(name.clone(), person.line);
                let account = Account {
                    name,
                    since: Timestamp::now(),
                    password: String::new(),
                    scram: None,
                    certificates: Vec::new(),
                    always_on: None,
                    suspended: None,
                };
                known.apply(Change::Open(account.clone()));
                opened.push((account, person.password));
            }
            Err(why) => wrong.push((person.line, person.name, why)),
        }
    }
    if !wrong.is_empty() {
        wrong.sort_by_key(|(line, ..)| *line);
        let say = |(line, name, why): roster::Wrong| {
            // A table may have anything in it.
            let name = escape(&name).into_owned();
            Text::WrongRow(shown.clone(), line.to_string(), name, why.to_string(config.language))
        };
        return Err(Refusal(wrong.into_iter().map(say).collect()));
    }
    if opened.is_empty() {
        return Err(Text::NobodyInIt(shown).into());
    }
    let count = opened.len();
    let (mut passwords, mut memory) = (String::new(), Memory::default());
    for (account, given) in &mut opened {
        let password = given.take().unwrap_or_else(|| {
            let made_up = password::make_up(config.min_password_length);
            passwords += &format!("{},{made_up}\n", account.name);
            made_up
        });
        account.password = memory.hash(&password).map_err(|error| Text::CannotStart(error.to_string()))?;
        account.scram = config.scram.then(|| ScramKeys::of(&password));
    }
    let transaction = connection.transaction().map_err(|error| failed(config, error))?;
    for (account, _) in opened {
        accounts::write(&transaction, &Change::Open(account)).map_err(|error| failed(config, error))?;
    }
    out.write_all(passwords.as_bytes()).and_then(|()| out.flush()).map_err(|error| {
        let why = if error.kind() == ErrorKind::BrokenPipe { "-".to_owned() } else { error.to_string() };
        Text::PasswordsUnread(why)
    })?;
    transaction.commit().map_err(|error| {
        let why = store::trouble::Trouble::from(error).reason();
        Text::PasswordsInVain(why.to_string(config.language))
    })?;
    Ok(Some(Text::ImportedAccounts(count.to_string())))
}

/// The name in its normal form, if this person can have an account.
fn obstacle(
    config: &Config,
    known: &Accounts,
    lines: &HashMap<String, usize>,
    person: &roster::Person,
) -> Result<String, Text> {
    let name = nickname::normalize(&person.name, config.nick_length).map_err(|_| Text::NotANickname)?;
    if nickname::poses_as_servant(&name, &config.name) {
        return Err(Text::NickReserved);
    }
    if let Some(owner) = known.owner(&name, &Skeleton::of(&name)) {
        return Err(match lines.get(&owner.name) {
            Some(line) => Text::NameTakenInLine(line.to_string()),
            None => Text::NameTaken,
        });
    }
    let least = config.min_password_length;
    match &person.password {
        Some(password) if password.chars().count() < least => Err(Text::PasswordTooShort(least.to_string())),
        Some(password) if password.len() > password::LONGEST_BYTES => {
            Err(Text::PasswordTooLong(password::LONGEST_BYTES.to_string()))
        }
        _ => Ok(name),
    }
}
