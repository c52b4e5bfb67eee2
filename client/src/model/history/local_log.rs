//! The conversations on disk: a message is written down when it is certain that it was said, and the last of them
//! stand there again when a conversation is opened.
//!
//! Where a server keeps history too, it is asked for what came after; see [`history`](crate::model::history).

use jiff::Timestamp;

use crate::event::{Manner, Words};
use crate::logs::{Entry, Logs, MAX_RECALLED, Owner};
use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::line::Message;
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::Network;

/// How many messages stand above a message that was looked for.
const MESSAGES_AROUND: usize = 100;

impl Network {
    /// The place where conversations are written down, and their owner.
    fn diary(&self) -> Option<(&Logs, &Owner)> {
        self.common.logs.as_ref().zip(self.identity.owner())
    }

    /// Writes down a message from a room or a private conversation.
    pub(in crate::model) fn write_down(
        &self,
        id: ConversationId,
        at: Timestamp,
        from: &str,
        manner: Manner,
        words: &Words,
    ) {
        let (Some((logs, owner)), Some(conversation)) = (self.diary(), self.conversation(id)) else { return };
        let (text, id) = (words.text.clone(), words.id.clone());
        let entry = Entry { at, from: from.to_owned(), manner, text, id };
        logs.keep(owner, self.features.case_mapping.fold(&conversation.name).as_str(), &entry);
    }

    /// Takes the words of a message out of the log.
    pub(in crate::model) fn take_out(&self, id: ConversationId, line: LineId) {
        let (Some((logs, owner)), Some(conversation)) = (self.diary(), self.conversation(id)) else { return };
        let Some(line) = conversation.lines.get(line) else { return };
        let Some(Message { from, manner, text, id, redacted: false, .. }) = line.message() else { return };
        let entry =
            Entry { at: line.at, from: from.clone(), manner: *manner, text: text.clone(), id: id.clone() };
        let name = self.features.case_mapping.fold(&conversation.name);
        logs.take_back(owner, name.as_str(), &entry);
    }

    /// Writes down up to when a conversation was read.
    pub(in crate::model) fn write_down_read(&self, id: ConversationId, until: Timestamp) {
        let (Some((logs, owner)), Some(conversation)) = (self.diary(), self.conversation(id)) else { return };
        let name = self.features.case_mapping.fold(&conversation.name);
        logs.keep_read(owner, name.as_str(), until);
    }

    /// A conversation is open that was not: its last messages stand there again, and those that were not read yet are
    /// still unread.
    pub(in crate::model) fn recall(&mut self, id: ConversationId) {
        let (Some((logs, owner)), Some(conversation)) = (self.diary(), self.conversation(id)) else { return };
        if conversation.kind == Kind::Server {
            return;
        }
        let now = self.common.clock.latest();
        let name = self.features.case_mapping.fold(&conversation.name);
        let entries = logs.recall(owner, name.as_str(), now, None, MAX_RECALLED);
        let read_until = logs.read_until(owner, name.as_str(), now);
        let Some(newest) = entries.last().map(|entry| entry.at) else { return };
        let known = entries.iter().rev().find_map(|entry| entry.id.clone());
        self.put_back(id, entries);
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.past.begin_after(known, newest);
        conversation.resume(read_until);
        if self.here() == Some(id) {
            self.look();
        }
    }

    /// Whether the log may have something older than what is here of a conversation, and there is room for it.
    pub(super) fn may_recall_older(&self, conversation: &Conversation) -> bool {
        self.diary().is_some() && !conversation.past.is_log_over() && super::has_room(conversation)
    }

    /// Brings back from the log what is older than what is here of a conversation.
    pub(in crate::model) fn recall_older(&mut self, id: ConversationId) {
        if !self.conversation(id).is_some_and(|it| self.may_recall_older(it)) {
            return;
        }
        let entries = self.older_in_log(id, MAX_RECALLED);
        if entries.is_empty()
            && let Some(conversation) = self.conversation_mut(id)
        {
            conversation.past.end_log();
        }
        self.put_back(id, entries);
    }

    /// Brings back from the log all that is older than what is here, back to where somebody said what is wanted and a
    /// little further. Says whether that is there and there is room for it. It reads the log once, since logs are long.
    pub(super) fn recall_back_to(&mut self, id: ConversationId, is_wanted: impl Fn(&str) -> bool) -> bool {
        let Some(conversation) = self.conversation(id).filter(|it| self.may_recall_older(it)) else {
            return false;
        };
        let room = conversation.lines.room();
        let mut entries = self.older_in_log(id, usize::MAX);
        let Some(found) = entries.iter().rposition(|entry| is_wanted(&entry.text)) else { return false };
        let entries = entries.split_off(found.saturating_sub(MESSAGES_AROUND));
        if entries.len() > room {
            return false;
        }
        self.put_back(id, entries);
        true
    }

    /// So many of the last messages in the log that are older than what is here of a conversation.
    pub(super) fn older_in_log(&self, id: ConversationId, most: usize) -> Vec<Entry> {
        let (Some((logs, owner)), Some(conversation)) = (self.diary(), self.conversation(id)) else {
            return Vec::new();
        };
        let oldest = conversation.lines.oldest_message().map(|(_, at)| at);
        let name = self.features.case_mapping.fold(&conversation.name);
        logs.recall(owner, name.as_str(), self.common.clock.latest(), oldest, most)
    }

    /// Puts messages out of the log before what is here of a conversation.
    fn put_back(&mut self, id: ConversationId, entries: Vec<Entry>) {
        let compose = |Entry { at, from, manner, text, id: message }| {
            let redacted = text.is_empty();
            let words = Words { text, id: message, ..Words::default() };
            let message = self.compose(id, &from, manner, words);
            (at, Message { redacted, ..message })
        };
        let composed: Vec<_> = entries.into_iter().map(compose).collect();
        let zone = self.common.clock.zone.clone();
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.lines.prepend(composed, &zone);
        }
    }
}
