//! A servant of the house: a table of words, each with its handler. It answers with notices.

use teahouse_protocol::text::Ctcp;

use crate::commands::channels::access::servant_source;
use crate::commands::context::Context;
use crate::outbox::Cause;
use crate::text::language::{Text, Words};

/// A servant.
pub(in crate::commands) struct Service {
    pub(in crate::commands) name: &'static str,
    /// What it does.
    pub(in crate::commands) about: Words,
    pub(in crate::commands) words: &'static [Word],
}

/// Something to say to a servant.
pub(in crate::commands) struct Word {
    pub(in crate::commands) name: &'static str,
    /// The fewest words behind it.
    pub(in crate::commands) min_params: usize,
    pub(in crate::commands) run: fn(&mut Context, &[&str]) -> Result<(), Text>,
    pub(in crate::commands) usage: &'static str,
    /// What it does.
    pub(in crate::commands) help: Words,
}

pub(in crate::commands) const fn word(
    name: &'static str,
    min_params: usize,
    run: fn(&mut Context, &[&str]) -> Result<(), Text>,
    usage: &'static str,
    help: Words,
) -> Word {
    Word { name, min_params, run, usage, help }
}

/// Lets a servant answer what was said to it.
pub(in crate::commands) fn hear(context: &mut Context, service: &'static Service, said: &str) {
    if Ctcp::parse(said).is_some() {
        return;
    }
    let words: Vec<_> = said.split(' ').filter(|word| !word.is_empty()).collect();
    let Some((name, params)) = words.split_first() else { return };
    let outcome = if name.eq_ignore_ascii_case("HELP") {
        help(context, service, params.first().copied())
    } else {
        match service.find(name) {
            None => Err(Text::ServiceUnknown(service.name.to_owned())),
            Some(word) if params.len() < word.min_params => {
                Err(Text::ServiceUsage(with_usage(word.name, word.usage)))
            }
            Some(word) => (word.run)(context, params),
        }
    };
    if let Err(refusal) = outcome {
        service.say(context, &refusal);
    }
}

fn help(context: &mut Context, service: &Service, word: Option<&str>) -> Result<(), Text> {
    let language = context.connection().language;
    let Some(word) = word else {
        service.tell(context, service.about.to(language));
        for word in service.words {
            service.tell(context, &with_usage(word.name, word.usage));
        }
        return Ok(());
    };
    let word = service.find(word).ok_or_else(|| Text::ServiceUnknown(service.name.to_owned()))?;
    service.tell(context, &with_usage(word.name, word.usage));
    service.tell(context, word.help.to(language));
    Ok(())
}

impl Service {
    fn find(&self, name: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| word.name.eq_ignore_ascii_case(name))
    }

    /// Answers the client that asked.
    pub(in crate::commands) fn say(&self, context: &mut Context, text: &Text) {
        let words = context.say(text);
        self.tell(context, &words);
    }

    fn tell(&self, context: &mut Context, words: &str) {
        let (source, nick) = (servant_source(self.name, context.world), context.person().name());
        let line = context.world.line(format_args!(":{source} NOTICE {nick} :{}", words.trim_end()));
        context.world.tell(context.connection, &line, Cause::Answer);
    }
}

/// A command and what stands behind it.
pub(in crate::commands) fn with_usage(name: &str, usage: &str) -> String {
    format!("{name} {usage}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_without_parameters_is_shown_without_a_space_behind_it() {
        assert_eq!(with_usage("REHASH", ""), "REHASH");
        assert_eq!(with_usage("OPER", "name password"), "OPER name password");
    }
}
