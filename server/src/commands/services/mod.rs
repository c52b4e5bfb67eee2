//! The house's servants: NickServ, who sees to accounts, and ChanServ, who keeps rooms. For clients that know no better
//! way, one speaks to them as to a person.
//!
//! They are no clients and sit in no table; their names are nobody's. What they know and do is the same as behind the
//! commands. What they are made of is in [`service`].

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::nickname::poses_as_servant;

    #[test]
    fn every_word_has_help_in_both_languages() {
        for service in ALL {
            for [english, chinese] in service.words.iter().map(|word| word.help).chain([service.about]) {
                assert!(english.is_ascii() && !english.is_empty() && !chinese.is_ascii(), "{english}");
            }
            assert!(poses_as_servant(service.name, "tea.house"), "{} is nobody's", service.name);
        }
    }
}
