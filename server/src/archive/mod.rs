//! The command line's work on the database beside the server: `backup`, `export` and `import`; for `bans` and
//! `accounts` the server is asked, if one runs.
//!
//! Reading is done while a server runs. Writing needs the folder for itself, since a running server has all accounts
//! in memory. The program says each time which database it is.

mod accounts;
mod backup;
mod decode;
mod history;
mod place;
mod roster;
mod shell;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use signal_hook::consts::SIGXFSZ;

use crate::config::{Config, ConfigError};
use crate::process::console::{self, complain, tell};
use crate::server::desk::{self, Outcome};
use crate::store::{self, rows};
use crate::text::language::{Language, Text};

/// How many lines of a file are said to be wrong, one by one.
const MOST_WRONG: usize = 20;

/// The wishes of the command line.
#[derive(Debug, Default)]
pub struct Request {
    /// The words: `backup`, `export`, `import`, `bans` or `accounts`, and what stands behind them.
    pub words: Vec<OsString>,
    /// Whether a history is to be written as JSON.
    pub as_json: bool,
    /// The configuration file that was given.
    pub config_file: Option<PathBuf>,
    /// Whether the folder was given on the command line.
    pub has_data_dir: bool,
    /// Whether the folder was given, there or in the file.
    is_told: bool,
    /// Why it is not known which database is meant.
    unclear: Option<Text>,
}

/// Why something was not done: several sentences where several lines are wrong.
#[derive(Debug)]
struct Refusal(Vec<Text>);

impl From<Text> for Refusal {
    fn from(text: Text) -> Self {
        Self(vec![text])
    }
}

impl Request {
    /// Finds out which database is meant where the user does not say so; may read the configuration of the service.
    /// Flags are to be set over it.
    ///
    /// # Errors
    /// What is wrong with that file.
    pub fn choose_database(&mut self, config: &mut Config) -> Result<(), ConfigError> {
        // Not everybody has a folder of their own.
        let own = config.data_dir.clone().filter(|folder| !folder.as_os_str().is_empty());
        let service = Path::new(place::SERVICE_CONFIG);
        match place::choose(self, own.as_deref(), service, Path::new(place::SERVICE_DATA)) {
            Ok(place::Place::Told) => self.is_told = true,
            Ok(place::Place::Own) => {}
            Ok(place::Place::Service { file, folder }) => {
                if self.config_file.is_none() {
                    // The service's own file says better than the unit does where the folder is.
                    config.data_dir = Some(folder);
                    config.read_file(&file)?;
                    self.config_file = Some(file);
                } else {
                    config.data_dir = Some(folder);
                }
            }
            Err(text) => self.unclear = Some(text),
        }
        Ok(())
    }

    /// Does it, and says how the program ends; `None` where the words make no sense.
    pub fn run(&self, config: &Config) -> Option<ExitCode> {
        let words: Option<Vec<_>> = self.words.iter().map(|word| word.to_str()).collect();
        let language = config.language;
        let last = self.words.last().map(Path::new)?;
        let work: Work = match words.as_deref().unwrap_or_default() {
            ["backup", _] => Box::new(|| backup::backup(config, last, self.config_file.as_deref())),
            ["export", "accounts"] => Box::new(|| accounts::export(config, &mut io::stdout().lock())),
            ["export", room] => {
                Box::new(|| history::export(config, room, self.as_json, &mut io::stdout().lock()))
            }
            ["import", "accounts", _] => {
                Box::new(|| accounts::import(config, last, &mut io::stdout().lock()))
            }
            ["import", room, _] => Box::new(|| history::import(config, room, last)),
            // A file's name need not be UTF-8.
            [] if self.words.len() == 2 && self.words[0] == "backup" => {
                Box::new(|| backup::backup(config, last, self.config_file.as_deref()))
            }
            [word, ..] if desk::WORDS.contains(word) => {
                let words: Vec<_> = words.iter().flatten().map(|word| (*word).to_owned()).collect();
                return Some(self.use_desk(config, &words));
            }
            _ => return None,
        };
        // A limit of sizes is an error like any other, and not the end of the process.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::<AtomicBool>::default());
        let outcome = self.find(config).map_err(Refusal::from).and_then(|()| work());
        for note in rows::left_out() {
            tell(note.within(language));
        }
        Some(end(outcome, language))
    }

    /// `bans` and `accounts`.
    fn use_desk(&self, config: &Config, words: &[String]) -> ExitCode {
        if !desk::makes_sense(words) {
            tell(desk::usage(config.language));
            return ExitCode::from(2);
        }
        let Outcome { shown, said, is_done } = self
            .find(config)
            .map_or_else(|why| Outcome::failed(&why, config.language), |()| shell::order(config, words));
        let printed = shown.iter().try_for_each(console::print);
        // The last of them is why it was not done.
        for (left, words) in (0..said.len()).rev().zip(said) {
            if is_done || left > 0 { tell(words) } else { complain(words) }
        }
        let ending = console::ending(printed, config.language);
        if is_done { ending } else { ExitCode::FAILURE }
    }

    /// Says which database it is, if there is one.
    fn find(&self, config: &Config) -> Result<(), Text> {
        if let Some(unclear) = &self.unclear {
            return Err(unclear.clone());
        }
        let file = store::file_of(config)?;
        let folder = config.data_dir.as_deref().unwrap_or(Path::new(""));
        // A house can be furnished before it is opened, in a folder that is there and was named.
        let may_be_new = self.is_told && self.words[0] == "import" && folder.is_dir();
        if !place::may_have(folder) && !may_be_new {
            return Err(Text::NoDatabase(file.display().to_string()));
        }
        tell(Text::UsesDatabase(file.display().to_string()).within(config.language));
        Ok(())
    }
}

type Work<'w> = Box<dyn FnOnce() -> Result<Option<Text>, Refusal> + 'w>;

fn end(outcome: Result<Option<Text>, Refusal>, language: Language) -> ExitCode {
    match outcome {
        Ok(done) => {
            if let Some(done) = done {
                tell(done.within(language));
            }
            ExitCode::SUCCESS
        }
        Err(Refusal(why)) => {
            for text in why.iter().take(MOST_WRONG) {
                complain(text.within(language));
            }
            if why.len() > MOST_WRONG {
                complain(Text::MoreIsWrong((why.len() - MOST_WRONG).to_string()).within(language));
            }
            ExitCode::FAILURE
        }
    }
}

/// Opens the database for an import, which a server must not have meanwhile.
fn open_alone(config: &Config) -> Result<(Connection, store::Occupied), Text> {
    store::open_alone(config).map_err(|why| match why {
        Text::FolderInUse(folder) => Text::ImportWhileServed(folder),
        why => why,
    })
}

/// Writes a line of what was asked for.
fn put(out: &mut dyn Write, line: impl fmt::Display) -> Result<(), Refusal> {
    writeln!(out, "{line}").map_err(|error| cannot_print(&error))
}

/// A reader that has gone away has seen enough and is told nothing.
fn cannot_print(error: &io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::BrokenPipe => Refusal(Vec::new()),
        _ => Text::CannotPrint(error.to_string()).into(),
    }
}

fn failed(config: &Config, error: rusqlite::Error) -> Refusal {
    let why = store::trouble::Trouble::from(error).reason().to_string(config.language);
    Text::StoreFails(why).into()
}
