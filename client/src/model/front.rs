//! What the person does with the conversation in front: reads it, unfolds a line.

use super::Model;
use super::conversation::{Conversation, ConversationId, LineId};

impl Model {
    /// Says whether the newest line of the conversation in front is in view.
    pub fn saw_end(&mut self, is_in_view: bool) {
        if self.focused
            && let Some(current) = self.current_mut()
        {
            current.saw_end(is_in_view);
        }
    }

    /// Shows all of a line, or its short form again.
    pub fn toggle_fold(&mut self, number: u64) {
        if let Some(current) = self.current_mut() {
            current.toggle_fold(LineId::numbered(number));
        }
    }

    /// Takes the numbers of the lines that are not what they were when this was last asked.
    pub fn take_changes(&mut self) -> Vec<u64> {
        self.current_mut().map(Conversation::take_changes).unwrap_or_default()
    }

    /// The same of every conversation, for who shows all of them.
    pub fn take_all_changes(&mut self) -> Vec<(ConversationId, u64)> {
        let conversations = self.networks.iter_mut().flat_map(|network| &mut network.conversations);
        conversations
            .flat_map(|it| it.take_changes().into_iter().map(|line| (it.id, line)).collect::<Vec<_>>())
            .collect()
    }

    /// Nobody looks at the conversation any more.
    pub(super) fn turn_away(&mut self) {
        if let Some(network) = self.front_mut() {
            network.turn_away();
        }
    }

    fn current_mut(&mut self) -> Option<&mut Conversation> {
        self.front_mut()?.current_mut()
    }
}
