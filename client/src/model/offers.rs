//! Rooms that the user can go into with a click, wherever they are: invitations, and rooms that they were sent out of.

use crate::model::base::ids::NetworkId;
use crate::model::network::parts::link::Link;
use crate::model::network::parts::offers::Offer;
use crate::model::{Model, View};
use crate::text::i18n::Phrase;

/// The banner over the transcript.
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
    /// The banner that is to be shown.
    pub fn banner(&self) -> Option<Banner> {
        let front = self.front()?;
        // The network in front knows best. Where there is no connection, nothing is offered.
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

    /// Goes into the room that the banner speaks of, from the login form too. If a login is under way, the form
    /// stays: a user who logs in elsewhere wants to see what becomes of it.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn accept_banner(&mut self) -> Result<(), Phrase> {
        match self.banner() {
            Some(Banner::Offer(id, offer)) => {
                if !self.login.is_under_way() {
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
