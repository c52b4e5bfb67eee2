//! The house's servants: NickServ, which sees to accounts, and ChanServ, which keeps rooms. A user whose client knows
//! no better way speaks to them as to a person.
//!
//! They are no clients and sit in no table; their names are nobody's. They know and do the same as the commands.
//! [`service`] shows what they are made of.

mod chanserv;
mod nickserv;
pub(super) mod service;

use teahouse_protocol::Message;

use super::context::Context;
use crate::text::reply::Reply;
use service::{Service, hear};

const ALL: &[&Service] = &[&chanserv::CHANSERV, &nickserv::NICKSERV];

/// The servant of this name.
pub(super) fn find(name: &str) -> Option<&'static Service> {
    ALL.iter().copied().find(|service| service.name.eq_ignore_ascii_case(name))
}

/// NICKSERV and NS: speaks to NickServ; nobody who could take its name elsewhere overhears it.
pub(super) fn nickserv(context: &mut Context, message: &Message) -> Result<(), Reply> {
    hear(context, &nickserv::NICKSERV, &message.params().join(" "));
    Ok(())
}

/// CHANSERV and CS: speaks to ChanServ.
pub(super) fn chanserv(context: &mut Context, message: &Message) -> Result<(), Reply> {
    hear(context, &chanserv::CHANSERV, &message.params().join(" "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::language::Words;
    use crate::text::nickname::poses_as_servant;

    #[test]
    fn every_word_has_help_in_both_languages() {
        for service in ALL {
            for Words(english, chinese) in service.words.iter().map(|word| word.help).chain([service.about]) {
                assert!(english.is_ascii() && !english.is_empty() && !chinese.is_ascii(), "{english}");
            }
            assert!(poses_as_servant(service.name, "tea.house"), "{} is nobody's", service.name);
        }
    }
}
