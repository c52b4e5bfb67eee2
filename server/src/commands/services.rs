//! The house's servants: NickServ, who sees to accounts, and ChanServ, who keeps rooms. For clients that know no better
//! way, one speaks to them as to a person.
//!
//! They are no clients and sit in no table; their names are nobody's. What they know and do is the same as behind the
//! commands: a servant is a table of words, each with its handler, and answers with notices.

use teahouse_protocol::Message;
use teahouse_protocol::text::Ctcp;

use super::context::Context;
use super::{chanserv, nickserv};
use crate::language::Text;
use crate::outbox::Cause;
use crate::reply::Reply;
use crate::world::World;

/// One of them.
pub(super) struct Service {
    pub(super) name: &'static str,
    /// What it does, in English and in 中文.
    pub(super) about: [&'static str; 2],
    pub(super) words: &'static [Word],
}

/// Something to say to a servant.
pub(super) struct Word {
    pub(super) name: &'static str,
    /// The fewest words behind it.
    pub(super) min_params: usize,
    pub(super) run: fn(&mut Context, &[&str]) -> Result<(), Text>,
    pub(super) usage: &'static str,
    /// What it does, in English and in 中文.
    pub(super) help: [&'static str; 2],
}

pub(super) const fn word(
    name: &'static str,
    min_params: usize,
    run: fn(&mut Context, &[&str]) -> Result<(), Text>,
    usage: &'static str,
    help: [&'static str; 2],
) -> Word {
    Word { name, min_params, run, usage, help }
}

const ALL: &[&Service] = &[&chanserv::CHANSERV, &nickserv::NICKSERV];

/// The servant of this name.
pub(super) fn find(name: &str) -> Option<&'static Service> {
    ALL.iter().copied().find(|service| service.name.eq_ignore_ascii_case(name))
}

/// NICKSERV and NS: speaks to NickServ, without being overheard by whoever could take its name elsewhere.
pub(super) fn nickserv(context: &mut Context, message: &Message) -> Result<(), Reply> {
    hear(context, &nickserv::NICKSERV, &message.params().join(" "));
    Ok(())
}

/// CHANSERV and CS: speaks to ChanServ.
pub(super) fn chanserv(context: &mut Context, message: &Message) -> Result<(), Reply> {
    hear(context, &chanserv::CHANSERV, &message.params().join(" "));
    Ok(())
}

/// Lets a servant answer what was said to it.
pub(super) fn hear(context: &mut Context, service: &'static Service, said: &str) {
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
                Err(Text::ServiceUsage(format!("{} {}", word.name, word.usage)))
            }
            Some(word) => (word.run)(context, params),
        }
    };
    if let Err(refusal) = outcome {
        service.say(context, &refusal);
    }
}

fn help(context: &mut Context, service: &Service, word: Option<&str>) -> Result<(), Text> {
    let language = context.device().language;
    let Some(word) = word else {
        let [english, chinese] = service.about;
        service.tell(context, language.choose(english, chinese));
        for word in service.words {
            service.tell(context, &format!("{} {}", word.name, word.usage));
        }
        return Ok(());
    };
    let word = service.find(word).ok_or_else(|| Text::ServiceUnknown(service.name.to_owned()))?;
    let [english, chinese] = word.help;
    service.tell(context, &format!("{} {}", word.name, word.usage));
    service.tell(context, language.choose(english, chinese));
    Ok(())
}

impl Service {
    fn find(&self, name: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| word.name.eq_ignore_ascii_case(name))
    }

    /// Answers the client that asked.
    pub(super) fn say(&self, context: &mut Context, text: &Text) {
        let words = context.say(text);
        self.tell(context, &words);
    }

    fn tell(&self, context: &mut Context, words: &str) {
        let (source, nick) = (self.source(context.world), context.client().name());
        let line = context.world.line(format_args!(":{source} NOTICE {nick} :{}", words.trim_end()));
        context.world.tell(context.device, &line, Cause::Answer);
    }

    /// What stands before whatever it says and does.
    pub(super) fn source(&self, world: &World) -> String {
        format!("{0}!{0}@{1}", self.name, world.config.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nickname::Skeleton;

    #[test]
    fn every_word_has_help_in_both_languages() {
        for service in ALL {
            for [english, chinese] in service.words.iter().map(|word| word.help).chain([service.about]) {
                assert!(english.is_ascii() && !english.is_empty() && !chinese.is_ascii(), "{english}");
            }
            assert!(Skeleton::of(service.name).is_reserved(), "{} is nobody's", service.name);
        }
    }
}
