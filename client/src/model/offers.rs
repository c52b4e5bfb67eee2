//! Rooms that one can go into with a click, wherever one is: invitations, and rooms that one was sent out of.

use jiff::Timestamp;

use crate::model::conversation::{Conversation, Kind};
use crate::model::effect::Effect;
use crate::model::ids::{ConversationId, NetworkId};
use crate::model::network::{Link, Network};
use crate::model::{Model, View};
use crate::text::i18n::{Phrase, Text};

/// How many offers of one server wait. Whoever invites into more is not worth more room.
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

/// What is said over the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Banner {
    /// How things stand with the server in front.
    Link,
    /// Somebody invites us, or has sent us out of a room.
    Offer(NetworkId, Offer),
    /// We are not in the room in front any more, and why.
    Left(Phrase),
}

impl Model {
    /// What is to be said over the transcript.
    pub fn banner(&self) -> Option<Banner> {
        let front = self.front()?;
        // The one in front knows best. Where there is no connection, nothing is offered.
        let others = self.networks().filter(|network| network.id() != front.id());
        let mut offers = std::iter::once(front).chain(others);
        let offer = offers.find_map(|network| Some((network.id(), network.offers.last()?.clone())));
        let left = || front.current().filter(|it| !it.is_live()).and_then(|it| it.left.clone());
        match offer {
            Some((id, offer)) => Some(Banner::Offer(id, offer)),
            None if front.link() != Link::Up => Some(Banner::Link),
            None => left().map(Banner::Left),
        }
    }

    /// Goes into the room that the banner speaks of, from the login form too. Where a login is under way, that is waited
    /// for: whoever logs in elsewhere wants to see what becomes of it.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn accept_banner(&mut self) -> Result<(), Phrase> {
        match self.banner() {
            Some(Banner::Offer(id, offer)) => {
                if self.applicant.is_none() {
                    self.view = View::Chat;
                }
                self.bring_to_front(id);
                self.look();
                let Some(network) = self.network_mut(id) else { return Ok(()) };
                network.forget_offer(&offer.room);
                network.go_back_into(&offer.room)
            }
            Some(Banner::Left(_)) => {
                let Some(network) = self.front_mut() else { return Ok(()) };
                let Some(room) = network.current().map(|it| it.name.clone()) else { return Ok(()) };
                network.go_back_into(&room)
            }
            Some(Banner::Link) | None => Ok(()),
        }
    }

    /// Leaves what the banner offers at that.
    pub fn dismiss_banner(&mut self) {
        if let Some(Banner::Offer(id, offer)) = self.banner()
            && let Some(network) = self.network_mut(id)
        {
            network.forget_offer(&offer.room);
        }
    }
}

impl Network {
    /// Somebody invites us into a room: that is said where one is, and to the desktop.
    pub(super) fn invited(&mut self, at: Timestamp, by: &str, room: &str) {
        if self.find(room).is_some_and(Conversation::is_live) {
            return;
        }
        let phrase = Text::InvitesYou.with([by, room]);
        self.tell_here(at, vec![Text::Invited.with([by, room])]);
        self.offer(Offer { room: room.to_owned(), phrase: phrase.clone(), is_invitation: true });
        if let Some(id) = self.current {
            self.tell_desktop_of_offer(id, at, &phrase);
        }
    }

    /// We are not in a room any more, against our will: that is said there and, if one is elsewhere, where one is.
    pub(super) fn sent_out(&mut self, id: ConversationId, at: Timestamp, phrase: &Phrase) {
        let is_looked_at = self.in_sight && self.current == Some(id);
        self.tell_in(id, at, vec![phrase.clone()]);
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.joined = false;
        conversation.members.clear();
        conversation.left = Some(phrase.clone());
        let room = conversation.name.clone();
        if !is_looked_at {
            self.offer(Offer { room, phrase: phrase.clone(), is_invitation: false });
            self.tell_desktop_of_offer(id, at, phrase);
        }
    }

    /// A room that we wanted to be in does not let us in. Says whether there is a conversation that tells of it.
    pub(super) fn kept_out(&mut self, at: Timestamp, room: &str, phrase: &Phrase) -> bool {
        let mapping = self.features.case_mapping;
        let is_it =
            |it: &&mut Conversation| it.kind == Kind::Room && mapping.same(&it.name, room) && !it.joined;
        let Some(conversation) = self.conversations.iter_mut().find(is_it) else { return false };
        conversation.left = Some(phrase.clone());
        let id = conversation.id;
        self.tell_in(id, at, vec![phrase.clone()]);
        true
    }

    /// A room sends whoever comes on to another one.
    pub(super) fn forwarded(&mut self, at: Timestamp, from: &str, to: &str) {
        let mapping = self.features.case_mapping;
        if let Some(key) = self.wanted.remove(&mapping.fold(from).into_owned()) {
            self.wanted.insert(mapping.fold(to).into_owned(), key);
        }
        let phrase = Text::Forwarded.with([from, to]);
        if !self.kept_out(at, from, &phrase) {
            self.tell_here(at, vec![phrase]);
        }
    }

    /// Nothing waits for a word about this room any more.
    pub(super) fn forget_offer(&mut self, room: &str) {
        let mapping = self.features.case_mapping;
        self.offers.retain(|offer| !mapping.same(&offer.room, room));
    }

    fn offer(&mut self, offer: Offer) {
        self.forget_offer(&offer.room);
        if self.offers.len() == MAX_OFFERS {
            self.offers.remove(0);
        }
        self.offers.push(offer);
    }

    fn go_back_into(&mut self, room: &str) -> Result<(), Phrase> {
        let key = self.find(room).and_then(|it| it.key.clone());
        if let Some(id) = self.find(room).map(|it| it.id) {
            self.turn_to(id);
        }
        self.join(room, key)
    }

    fn tell_desktop_of_offer(&mut self, conversation: ConversationId, at: Timestamp, phrase: &Phrase) {
        let is_news = !self.is_focused && self.welcomed_at.is_none_or(|welcomed_at| at >= welcomed_at);
        if is_news {
            self.effects.push(Effect::Tell { conversation, phrase: phrase.clone() });
        }
    }
}
