//! `bans` and `accounts`: asks the server that runs, or does it where none does.

use std::io::{self, ErrorKind};

use rustix::process::geteuid;
use serde_json::json;

use crate::config::Config;
use crate::server::desk::{Outcome, carry_out};
use crate::server::{Server, control};
use crate::text::language::Text;

/// Has an order carried out by the server that uses the configuration's folder, or else with the database there; says
/// which of the two it is.
pub(super) fn order(config: &Config, words: &[String]) -> Outcome {
    let language = config.language;
    let carried_out = || -> Result<(Text, Outcome), Text> {
        let folder = config.data_dir.as_deref().ok_or(Text::NoDataDir)?;
        let unreachable = |why: String| Text::ServerUnreachable(folder.display().to_string(), why);
        let cannot_ask = |error: io::Error| match error.kind() {
            ErrorKind::PermissionDenied => {
                Text::StoreOutOfReach(folder.display().to_string(), geteuid().as_raw().to_string())
            }
            _ => unreachable(error.to_string()),
        };
        let question = json!({ "language": language.code(), "words": words }).to_string();
        let answer = control::ask(folder, &question).map_err(cannot_ask)?;
        if let Some(answer) = answer {
            let outcome = Outcome::read(&answer).ok_or_else(|| unreachable(answer.clone()))?;
            return Ok((Text::ServerDoesIt, outcome));
        }
        // This server keeps others out meanwhile, and does not start if one is there that cannot be asked.
        let server = Server::start_without_doors(config.clone())?;
        let outcome = carry_out(server.shared(), words, language);
        server.stop();
        Ok((Text::DatabaseItself, outcome))
    };
    match carried_out() {
        Ok((by, mut outcome)) => {
            outcome.said.insert(0, by.to_string(language));
            outcome
        }
        Err(why) => Outcome::failed(&why, language),
    }
}
