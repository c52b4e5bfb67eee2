//! Signals between people, without words: that they are writing, what they think of a message, that they take a
//! message back, how far they have read.
//!
//! All of it travels as tags or small commands that only some servers have, and each is sent only where it is
//! understood: [typing](https://ircv3.net/specs/client-tags/typing),
//! [reactions](https://ircv3.net/specs/client-tags/react), [replies](https://ircv3.net/specs/client-tags/reply),
//! [redaction](https://ircv3.net/specs/extensions/message-redaction),
//! [read markers](https://ircv3.net/specs/extensions/read-marker).

use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::Capability;
use teahouse_protocol::references::TIMESTAMP;
use teahouse_protocol::tags::{self, push_tag};

use crate::event::Sender;
use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::Network;
use crate::text::typed::{self, Beginning};

/// Somebody is taken to be writing for this long after they said so.
const TYPING_TIME: SignedDuration = SignedDuration::from_secs(6);

/// Signals of others.
impl Network {
    /// Somebody is writing in a conversation, or has stopped.
    pub(in crate::model) fn typing(&mut self, from: &Sender, target: &str, is_typing: bool) {
        if self.same(&from.name, self.me()) {
            return;
        }
        let until = self.common.clock.now() + TYPING_TIME;
        if let Some(conversation) = self.place_of(from, target) {
            conversation.typing.retain(|(name, _)| *name != from.name);
            if is_typing {
                conversation.typing.push((from.name.clone(), until));
            }
        }
    }

    /// Somebody thinks something of a message, or no longer does.
    pub(in crate::model) fn reacted(
        &mut self,
        from: &Sender,
        target: &str,
        to: &str,
        emoji: &str,
        is_undone: bool,
    ) {
        let who = from.name.clone();
        let Some(conversation) = self.place_of(from, target) else { return };
        let Some(line) = conversation.line_of_message(to) else {
            return;
        };
        conversation.lines.change_message(line, |message| message.react(&who, emoji, is_undone));
    }

    /// A message was taken back. Its words are gone from here, too.
    pub(in crate::model) fn redacted(&mut self, by: &str, target: &str, id: &str) {
        let from = Sender { name: by.to_owned(), address: None };
        let Some(conversation) = self.place_of(&from, target) else { return };
        let Some(number) = conversation.line_of_message(id) else {
            return;
        };
        let place = conversation.id;
        self.take_out(place, number);
        let Some(conversation) = self.conversation_mut(place) else { return };
        conversation.lines.change_message(number, |message| {
            message.redacted = true;
            message.text.clear();
            message.spans.clear();
            message.reactions.clear();
        });
    }

    /// A conversation was read up to a time, here or on another device.
    pub(in crate::model) fn was_read(&mut self, target: &str, until: Timestamp) {
        if let Some(conversation) = self.find_mut(target) {
            conversation.was_read(until);
        }
    }

    /// Where a message from somebody to a target stands, if that is open.
    fn place_of(&mut self, from: &Sender, target: &str) -> Option<&mut Conversation> {
        let peer = if self.same(target, self.me()) { &from.name } else { target };
        self.find_mut(peer)
    }
}

/// Signals of ours.
impl Network {
    /// The user wrote something into the message box, or took all of it out.
    pub(in crate::model) fn wrote(&mut self, text: &str) {
        let Some(current) = self.current() else { return };
        let (id, target, kind, is_live) = (current.id, current.name.clone(), current.kind, current.is_live());
        let is_said = matches!(typed::beginning(text), Beginning::Words | Beginning::Literal(_));
        let is_message = is_said && !text.trim().is_empty();
        if kind == Kind::Server || !is_live || !self.can_signal(tags::TYPING) {
            return;
        }
        if let Some(state) = self.typing.wrote(id, is_message, self.common.clock.now()) {
            self.send_tagged(&format!("{}={state}", tags::TYPING), &["TAGMSG", &target]);
        }
    }

    /// Puts an emoji below a message, or takes it away if it is there already.
    pub(in crate::model) fn react(&mut self, id: ConversationId, line: LineId, emoji: &str) {
        let me = self.me().to_owned();
        if !self.can_signal(tags::REACT) {
            return;
        }
        let Some(conversation) = self.conversation_mut(id) else { return };
        let target = conversation.name.clone();
        let Some(message) = conversation.lines.message(line) else { return };
        let Some(to) = message.id.clone() else { return };
        let is_undone = message.has_reaction(&me, emoji);
        conversation.lines.change_message(line, |message| message.react(&me, emoji, is_undone));
        let mut tags = String::new();
        push_tag(&mut tags, tags::DRAFT_REPLY, &to);
        push_tag(&mut tags, if is_undone { tags::UNREACT } else { tags::REACT }, emoji);
        self.send_tagged(&tags, &["TAGMSG", &target]);
    }

    /// Takes a message of our own back.
    pub(in crate::model) fn take_back(&mut self, id: ConversationId, line: LineId) {
        let Some(conversation) = self.conversation(id) else { return };
        let message = conversation.lines.message(line);
        if let Some(message_id) = message.and_then(|message| message.id.clone()) {
            let target = conversation.name.clone();
            self.send(&["REDACT", &target, &message_id]);
        }
    }

    /// Notes how far a conversation was read, and tells the server, and so our other devices; nothing if that is known.
    pub(super) fn tell_read(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversation_mut(id).filter(|it| it.kind != Kind::Server) else {
            return;
        };
        let Some((at, last)) = conversation.lines.last_message_at() else { return };
        if conversation.read_until.is_none_or(|until| until < last) {
            conversation.read_until = Some(last);
            let target = conversation.name.clone();
            self.write_down_read(id, at);
            if self.has_capability(Capability::ReadMarker) {
                let marker = format!("{TIMESTAMP}{last:.3}");
                self.send(&["MARKREAD", &target, &marker]);
            }
        }
    }

    /// Whether the server passes on a tag that clients send each other.
    pub(in crate::model) fn can_signal(&self, tag: &str) -> bool {
        self.has_capability(Capability::MessageTags) && self.features.allows_tag(tag)
    }
}
