//! Things to do with other people: look at who they are, hear no more of them, and keep order in a room.

use teahouse_protocol::Rank;

use crate::event::{Sender, What};
use crate::model::conversation::Kind;
use crate::model::conversation::members::Group;
use crate::model::network::Network;
use crate::text::i18n::Phrase;

/// An order that an operator of a room gives about somebody there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Sends them out.
    Kick,
    /// Sends them out, and does not let them in any more.
    Ban,
    /// Lets them speak, or no longer.
    Voice(bool),
    /// Makes them an operator, or no longer.
    Operator(bool),
}

impl Network {
    /// Asks the server about a person; the answer becomes a card.
    pub(in crate::model) fn ask_card(&mut self, nick: &str) -> Result<(), Phrase> {
        self.ask(&["WHOIS", nick])?;
        self.inquiries.ask_card(nick);
        Ok(())
    }

    /// Whether we keep order in the room in front: only then is it worth offering.
    pub fn may_keep_order(&self) -> bool {
        let room = self.current().filter(|it| it.kind == Kind::Room && it.joined);
        let me = room.and_then(|room| room.members.get(self.features.case_mapping, self.me()));
        me.is_some_and(|me| me.group() == Group::Operators)
    }

    /// Gives an order about somebody in the room in front. The server says whether we may.
    pub(in crate::model) fn keep_order(&mut self, nick: &str, order: &Order) -> Result<(), Phrase> {
        let room = self.room_here()?;
        let mode = |sign: bool, letter: char| format!("{}{letter}", if sign { '+' } else { '-' });
        match order {
            Order::Kick => self.ask(&["KICK", &room, nick]),
            Order::Ban => {
                self.ask(&["MODE", &room, "+b", &format!("{nick}!*@*")])?;
                self.ask(&["KICK", &room, nick])
            }
            Order::Voice(voice) => self.ask(&["MODE", &room, &mode(*voice, Rank::Voice.letter()), nick]),
            Order::Operator(operator) => {
                self.ask(&["MODE", &room, &mode(*operator, Rank::Operator.letter()), nick])
            }
        }
    }

    /// Whether the user wants to hear nothing of the person that this comes from.
    pub(super) fn is_unheard(&self, what: &What) -> bool {
        match what {
            What::Said { from, .. } | What::Typing { from, .. } | What::Reacted { from, .. } => {
                !from.is_server() && self.is_ignored(from)
            }
            What::Invited { by, .. } => self.is_ignored(&Sender { name: by.clone(), address: None }),
            _ => false,
        }
    }

    fn is_ignored(&self, who: &Sender) -> bool {
        let whole = format!("{}!{}", who.name, who.address.as_deref().unwrap_or_default());
        let mapping = self.features.case_mapping;
        let fits = |pattern: &String| {
            if pattern.contains(['!', '@', '*', '?']) {
                let pattern: Vec<char> = mapping.fold(pattern).as_str().chars().collect();
                let whole: Vec<char> = mapping.fold(&whole).as_str().chars().collect();
                fits(&pattern, &whole)
            } else {
                mapping.same(pattern, &who.name)
            }
        };
        !self.same(&who.name, self.me()) && self.common.ignored.iter().any(fits)
    }
}

/// Whether a text fits a pattern in which `*` stands for anything and `?` for a single character.
fn fits(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            fits(rest, text) || text.split_first().is_some_and(|(_, text)| fits(pattern, text))
        }
        (Some((one, rest)), Some((other, text))) if one == other || *one == '?' => fits(rest, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_stands_for_many() {
        for (pattern, text, expected) in [
            ("*!*@bad.example", "bob!b@bad.example", true),
            ("*!*@bad.example", "bob!b@good.example", false),
            ("bob?!*", "bob1!b@h", true),
            ("bob?!*", "bob!b@h", false),
            ("*", "", true),
        ] {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(super::fits(&chars(pattern), &chars(text)), expected, "{pattern} and {text}");
        }
    }
}
