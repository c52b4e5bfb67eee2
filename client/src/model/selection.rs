//! Which conversation is in front, and whether anybody looks at it.

use crate::model::base::ids::{ConversationId, NetworkId};
use crate::model::conversation::Conversation;
use crate::model::{Model, View};

impl Model {
    /// Brings a conversation to the front.
    pub fn select(&mut self, id: ConversationId) {
        if self.conversation(id).is_none() {
            return;
        }
        self.bring_to_front(id.network());
        if let Some(network) = self.front_mut() {
            network.turn_to(id);
        }
        self.look();
    }

    /// Brings the next conversation of the list to the front (`1`), or the conversation before (`-1`), around the ends.
    pub fn select_beside(&mut self, steps: isize) {
        let ids: Vec<_> = self.listed().map(Conversation::id).collect();
        let current = self.current().map(Conversation::id);
        let index = ids.iter().position(|id| Some(*id) == current);
        let (Some(index), Ok(count)) = (index, isize::try_from(ids.len())) else { return };
        let beside = (index as isize + steps).rem_euclid(count);
        self.select(ids[beside as usize]);
    }

    /// Brings the conversation with this place in the list to the front, counted from 0.
    pub fn select_numbered(&mut self, number: usize) {
        let id = self.listed().nth(number).map(Conversation::id);
        if let Some(id) = id {
            self.select(id);
        }
    }

    /// Brings the next conversation to the front in which something is unread: what is for us comes before the rest.
    pub fn select_unread(&mut self) {
        let current = self.current().map(Conversation::id);
        let behind = self.listed().skip_while(|it| Some(it.id()) != current);
        let before = self.listed().take_while(|it| Some(it.id()) != current);
        let round: Vec<_> = behind.chain(before).collect();
        let with = |count: fn(&Conversation) -> u32| round.iter().find(|it| count(it) > 0);
        let found = with(Conversation::mentions).or_else(|| with(Conversation::unread)).map(|it| it.id());
        if let Some(id) = found {
            self.select(id);
        }
    }

    /// Says whether the window has the keyboard. Messages that come while it has not are unread, whatever is in front.
    pub fn set_focused(&mut self, focused: bool) {
        if self.common.is_focused && !focused {
            self.turn_away();
        }
        self.change_common(|common| common.is_focused = focused);
        self.look();
    }

    /// Says whether a page, such as the settings, covers the conversations. Messages that come meanwhile are unread.
    pub fn set_covered(&mut self, covered: bool) {
        if self.covered == covered {
            return;
        }
        if covered {
            self.turn_away();
        }
        self.covered = covered;
        self.look();
    }

    pub(super) fn bring_to_front(&mut self, id: NetworkId) {
        if self.front != Some(id) {
            if let Some(before) = self.front_mut() {
                before.turn_away();
            }
            self.front = Some(id);
        }
    }

    /// Tells each network whether it is in sight now. The user has looked at a conversation that is in sight.
    pub(super) fn look(&mut self) {
        let is_looking = self.common.is_focused && self.view == View::Chat && !self.covered;
        for network in &mut self.networks {
            network.conversations.set_in_sight(is_looking && self.front == Some(network.id));
            network.look();
        }
    }
}
