//! Rooms that the user can go into with a click.

use teahouse_protocol::CaseMapping;

use crate::text::i18n::Phrase;

/// How many offers of a server wait. An inviter into more is not worth more room.
const MAX_OFFERS: usize = 8;

/// A room that waits for a word of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which room.
    pub room: String,
    /// What happened.
    pub phrase: Phrase,
    /// Whether somebody invites us; otherwise we were in it before.
    pub is_invitation: bool,
}

/// The rooms of a server that wait, the newest last.
#[derive(Default)]
pub struct Offers(Vec<Offer>);

impl Offers {
    /// A room waits; the oldest may have to go for it.
    pub fn add(&mut self, mapping: CaseMapping, offer: Offer) {
        self.forget(mapping, &offer.room);
        if self.0.len() == MAX_OFFERS {
            self.0.remove(0);
        }
        self.0.push(offer);
    }

    /// Nothing waits for a word about this room any more.
    pub fn forget(&mut self, mapping: CaseMapping, room: &str) {
        self.0.retain(|offer| !mapping.same(&offer.room, room));
    }

    /// The newest.
    pub fn last(&self) -> Option<&Offer> {
        self.0.last()
    }
}
