//! What becomes of what we say: on its way, arrived, or refused.
//!
//! Where the server echoes ([echo-message](https://ircv3.net/specs/extensions/echo-message)), our words stand in the
//! transcript at once, paler, until they come back. If others spoke meanwhile, they move to where everybody sees
//! them. [`Deliveries`] says which echo, or which refusal, belongs to which of our lines.
//!
//! [`Deliveries`]: crate::model::network::parts::deliveries::Deliveries

use std::borrow::Cow;

use jiff::Timestamp;
use teahouse_protocol::Capability;
use teahouse_protocol::tags::{self, push_tag};
use teahouse_protocol::text::Ctcp;

use crate::event::wire_line;
use crate::event::{Manner, Words};
use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::line::Delivery;
use crate::model::network::Network;
use crate::model::network::parts::deliveries::Underway;
use crate::text::i18n::{Phrase, Text};

impl Network {
    /// Says a message in a conversation, perhaps in answer to the message with the identifier `reply_to`.
    pub(super) fn utter(&mut self, id: ConversationId, manner: Manner, raw: &str, reply_to: Option<String>) {
        let Some(target) = self.conversation(id).map(|it| it.name.clone()) else { return };
        let is_echoed = self.has_capability(Capability::EchoMessage);
        let mut tags = String::new();
        // The answer to a label may come in a batch.
        let has_labels =
            self.has_capability(Capability::LabeledResponse) && self.has_capability(Capability::Batch);
        let label = has_labels.then(|| self.deliveries.next_label());
        if let Some(label) = &label {
            push_tag(&mut tags, tags::LABEL, label);
        }
        if let Some(reply_to) = &reply_to {
            push_tag(&mut tags, tags::DRAFT_REPLY, reply_to);
        }
        let is_long = match manner {
            Manner::Action => {
                let action = Ctcp::action(raw).to_string();
                self.send_tagged(&tags, &["PRIVMSG", &target, &action]);
                false
            }
            Manner::Message | Manner::Notice => self.send_words(&tags, &target, raw),
        };
        let (at, me) = (self.common.clock.now(), self.me().to_owned());
        let words = self.covered(&target, Words { reply_to, ..Words::read(raw) });
        let text = words.text.clone();
        self.times.set_stamp(None);
        let Some(line) = self.add_message(id, at, &me, manner, words.clone()) else { return };
        if !is_echoed {
            self.write_down(id, at, &me, manner, &words);
        } else if let Some(conversation) = self.conversation_mut(id) {
            conversation.lines.change_message(line, |message| message.delivery = Delivery::Pending);
        }
        let raw = raw.to_owned();
        self.deliveries.add(Underway { label, conversation: id, line, at, raw, text, is_echoed, is_long });
    }

    /// The words that we say to somebody; to a service, without the passwords in them.
    pub(in crate::model) fn covered(&self, target: &str, words: Words) -> Words {
        match wire_line::masked_request(&words.text) {
            Cow::Owned(text) if wire_line::is_service(target) => Words { text, spans: Vec::new(), ..words },
            _ => words,
        }
    }

    /// Words of our own came back. Says whether they stand in the transcript now; if not, they were said elsewhere, or
    /// belong further down, and are to be added.
    pub(super) fn has_arrived(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        label: Option<&str>,
        words: &Words,
    ) -> bool {
        let (time, said_at) = (self.common.clock.time_of(at), self.times.stamp_or(at));
        let Some(Underway { line, .. }) = self.deliveries.echoed(label, id, &words.text) else {
            return false;
        };
        let Some(conversation) = self.conversation_mut(id) else { return false };
        if conversation.lines.has_others_after(line) {
            conversation.lines.void(line);
            return false;
        }
        let mut is_there = false;
        conversation.lines.change_message(line, |message| {
            message.delivery = Delivery::Arrived;
            message.id.clone_from(&words.id);
            is_there = true;
        });
        conversation.lines.change(line, |line| (line.at, line.stamp, line.time) = (at, said_at, time));
        conversation.past.note(words.id.clone(), said_at);
        is_there
    }

    /// Whether a message from the user to themselves stands there already. It comes twice: as we typed it or as an
    /// echo, and as what somebody said to us.
    pub(super) fn stood_before(&self, id: ConversationId, words: &Words) -> bool {
        let Some(conversation) = self.conversation(id) else { return false };
        let is_known = words.id.as_ref().is_some_and(|id| conversation.line_of_message(id).is_some());
        let last = conversation.lines().rev().find_map(|(_, line)| line.message());
        is_known || last.is_some_and(|last| last.id.is_none() && last.text == words.text)
    }

    /// The server did what was asked with this label.
    pub(super) fn acknowledged(&mut self, label: &str) {
        if let Some(Underway { conversation, line, .. }) = self.deliveries.labelled(label)
            && let Some(conversation) = self.conversation_mut(conversation)
        {
            conversation.lines.change_message(line, |message| message.delivery = Delivery::Arrived);
        }
    }

    /// The server did not do what was asked. Says whether that was to pass on something of ours: if it was a message,
    /// the message says why.
    pub(super) fn was_refused(
        &mut self,
        at: Timestamp,
        label: Option<&str>,
        about: Option<&str>,
        why: &Phrase,
    ) -> bool {
        let refused = match (label, about) {
            (Some(label), _) => self.deliveries.labelled(label),
            (None, Some(about)) if may_be_about_a_message(why) => {
                let Some(id) = self.find(about).map(|it| it.id) else { return false };
                let message = self.deliveries.refused_in(id, at);
                if message.is_none() {
                    // Nobody needs to know that others were not told that we are writing.
                    return self.typing.was_refused(id, self.common.clock.now());
                }
                message
            }
            _ => None,
        };
        let Some(refused) = refused else { return false };
        self.fail(refused, why);
        true
    }

    /// The server did not take a message of several lines. Says whether there is such a message; then it says why.
    pub(super) fn long_was_refused(&mut self, at: Timestamp, label: Option<&str>, why: &Phrase) -> bool {
        let refused = self.deliveries.long_refused(label, at);
        let is_there = refused.is_some();
        refused.into_iter().for_each(|refused| self.fail(refused, why));
        is_there
    }

    /// The connection is over: a message that has not come back has not arrived.
    pub(super) fn nothing_arrives(&mut self) {
        for underway in self.deliveries.give_up() {
            self.fail(underway, &Text::NotDelivered.into());
        }
    }

    fn fail(&mut self, underway: Underway, why: &Phrase) {
        let Underway { conversation, line, raw, .. } = underway;
        if let Some(conversation) = self.conversation_mut(conversation) {
            conversation.lines.change_message(line, |message| {
                message.delivery = Delivery::Failed { raw, why: why.clone() };
            });
        }
    }

    /// Sends a message once more that did not arrive; nothing if that is not so.
    ///
    /// # Errors
    /// When it could not arrive now either.
    pub(in crate::model) fn send_again(&mut self, id: ConversationId, line: LineId) -> Result<(), Phrase> {
        self.need_voice(id)?;
        let Some(conversation) = self.conversation(id) else { return Ok(()) };
        let Some(message) = conversation.lines.message(line) else { return Ok(()) };
        let Delivery::Failed { raw, .. } = &message.delivery else { return Ok(()) };
        let (manner, mut reply_to) = (message.manner, message.reply.as_ref().map(|reply| reply.id.clone()));
        // By now it may have to be cut otherwise.
        let messages = self.messages_of(&conversation.name, manner, raw)?;
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.lines.void(line);
        }
        for message in messages {
            self.utter(id, manner, &message, reply_to.take());
        }
        Ok(())
    }
}

/// Whether a refusal that has no label may mean a message.
fn may_be_about_a_message(why: &Phrase) -> bool {
    matches!(why.text(), Text::NoSuchNick | Text::NoSuchRoom | Text::CannotSendToRoom | Text::NotDelivered)
}
