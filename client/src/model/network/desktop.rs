//! Messages of which the desktop is told while nobody looks at the window.

use jiff::Timestamp;

use crate::config::settings::Notify;
use crate::model::base::effect::Effect;
use crate::model::base::ids::ConversationId;
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::Network;
use crate::text::i18n::Phrase;

impl Network {
    /// The key of a conversation in the settings: the saved server's name or address, and its own.
    pub fn place_key(&self, conversation: &Conversation) -> String {
        let name = self.features.case_mapping.fold(conversation.name());
        format!("{}/{}", self.profile().title(), name.as_str())
    }

    /// The messages of a conversation of which the desktop is told.
    fn notify_of(&self, conversation: &Conversation) -> Notify {
        let own = self.common.notify.by_place.get(&self.place_key(conversation));
        own.copied().unwrap_or(self.common.notify.everywhere)
    }

    /// Tells the desktop of a message, if the user wants that and does not see it anyway. A message from before we
    /// came, which is only repeated now, is no news.
    pub(super) fn tell_desktop(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        from: &str,
        text: &str,
        for_us: bool,
    ) {
        let Some(conversation) = self.conversation(id).filter(|_| self.is_news(at)) else { return };
        let is_wanted = match self.notify_of(conversation) {
            Notify::All => true,
            Notify::Mentions => for_us,
            Notify::None => false,
        };
        if is_wanted {
            let title = match conversation.kind() {
                Kind::Private => from.to_owned(),
                Kind::Room | Kind::Server => format!("{from} · {}", conversation.name()),
            };
            self.effects.push(Effect::Notify { conversation: id, title, text: text.to_owned() });
        }
    }

    /// Tells the desktop of a room to go into.
    pub(super) fn tell_desktop_of_offer(
        &mut self,
        conversation: ConversationId,
        at: Timestamp,
        phrase: &Phrase,
    ) {
        if self.is_news(at) {
            self.effects.push(Effect::Tell { conversation, phrase: phrase.clone() });
        }
    }

    /// Whether nobody looks at the window, and this is no repetition from before we came.
    fn is_news(&self, at: Timestamp) -> bool {
        !self.common.is_focused && self.times.is_new(at)
    }
}
