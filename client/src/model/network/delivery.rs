//! What becomes of what we say: on its way, arrived, or refused.
//!
//! Where the server echoes ([echo-message](https://ircv3.net/specs/extensions/echo-message)), our words stand in the
//! transcript at once, paler, until they come back. If others spoke meanwhile, they move to where everybody sees
//! them. Which echo, or which refusal, belongs to which of our lines is told by labels
//! ([labeled-response](https://ircv3.net/specs/extensions/labeled-response)), and without those by the words.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::tags::push_tag;
use teahouse_protocol::text::Ctcp;

use crate::event::wire_line;
use crate::event::{Event, Manner, What, Words};
use crate::model::conversation::line::Delivery;
use crate::model::ids::{ConversationId, LineId};
use crate::model::network::Network;
use crate::text::i18n::{Phrase, Text};

/// How many of our messages may be without an answer before the oldest is taken to have arrived.
const MAX_UNDERWAY: usize = 200;

/// How long after a message a refusal without a label may still mean it, on servers that never say that one arrived.
const REFUSAL_TIME: SignedDuration = SignedDuration::from_secs(10);

/// Our messages that nothing is known of yet, the oldest first.
#[derive(Default)]
pub(in crate::model) struct Deliveries {
    underway: VecDeque<Underway>,
    next_label: u32,
    /// The labels of the batches that are open.
    batches: HashMap<String, String>,
}

/// A message on its way.
struct Underway {
    label: Option<String>,
    conversation: ConversationId,
    line: LineId,
    at: Timestamp,
    /// The words as they were typed.
    raw: String,
    /// The same as they will come back.
    text: String,
    /// Whether they will.
    is_echoed: bool,
    /// Whether they went as a batch.
    is_long: bool,
}

impl Deliveries {
    /// The label of our line that this event answers, itself or as part of a batch.
    pub(in crate::model) fn label_of(&mut self, event: &Event) -> Option<String> {
        let of_batch = event.batch.as_ref().and_then(|batch| self.batches.get(batch)).cloned();
        let label = event.label.clone().or(of_batch);
        match (&event.what, &label) {
            (What::BatchBegins { batch, .. }, Some(label)) => {
                self.batches.insert(batch.clone(), label.clone());
            }
            (What::BatchEnds { batch }, _) => {
                self.batches.remove(batch);
            }
            _ => {}
        }
        label
    }

    fn take(&mut self, is_it: impl Fn(&Underway) -> bool) -> Option<Underway> {
        let index = self.underway.iter().position(is_it)?;
        self.underway.remove(index)
    }

    /// The one of these messages that is most likely meant by a refusal without a label.
    fn guess(&mut self, at: Timestamp, is_it: impl Fn(&Underway) -> bool) -> Option<Underway> {
        let is_possible = |it: &Underway| {
            let is_recent = at.duration_since(it.at).abs() <= REFUSAL_TIME;
            (it.is_echoed || is_recent) && is_it(it)
        };
        // Echoes come in the order of the messages; where there are none, the last one is as good a guess as any.
        let first = self.underway.iter().position(|it| is_possible(it) && it.is_echoed);
        let index = first.or_else(|| self.underway.iter().rposition(is_possible))?;
        self.underway.remove(index)
    }
}

impl Network {
    /// Says one message in a conversation, perhaps in answer to the message with the identifier `reply_to`.
    pub(in crate::model) fn utter(
        &mut self,
        id: ConversationId,
        manner: Manner,
        raw: &str,
        reply_to: Option<String>,
    ) {
        let Some(target) = self.conversation(id).map(|it| it.name.clone()) else { return };
        let is_echoed = self.has_capability("echo-message");
        let mut tags = String::new();
        // What labels answer may come in a batch.
        let has_labels = self.has_capability("labeled-response") && self.has_capability("batch");
        let label = has_labels.then(|| {
            self.deliveries.next_label += 1;
            self.deliveries.next_label.to_string()
        });
        if let Some(label) = &label {
            push_tag(&mut tags, "label", label);
        }
        if let Some(reply_to) = &reply_to {
            push_tag(&mut tags, "+draft/reply", reply_to);
        }
        let is_long = match manner {
            Manner::Action => {
                let action = Ctcp { command: "ACTION", text: raw }.to_string();
                self.send_tagged(&tags, &["PRIVMSG", &target, &action]);
                false
            }
            Manner::Message | Manner::Notice => self.send_words(&tags, &target, raw),
        };
        let (at, me) = (self.clock.now(), self.me.clone());
        let words = self.covered(&target, Words { reply_to, ..Words::read(raw) });
        let text = words.text.clone();
        self.stamp = None;
        let Some(line) = self.add_message(id, at, &me, manner, words.clone()) else { return };
        if !is_echoed {
            self.write_down(id, at, &me, manner, &words);
        } else if let Some(conversation) = self.conversation_mut(id) {
            conversation.lines.change_message(line, |message| message.delivery = Delivery::Pending);
        }
        if self.deliveries.underway.len() == MAX_UNDERWAY {
            self.deliveries.underway.pop_front();
        }
        let raw = raw.to_owned();
        let underway = Underway { label, conversation: id, line, at, raw, text, is_echoed, is_long };
        self.deliveries.underway.push_back(underway);
    }

    /// What we say to somebody; to a service, without the passwords in it.
    pub(in crate::model) fn covered(&self, target: &str, words: Words) -> Words {
        match wire_line::masked_request(&words.text) {
            Cow::Owned(text) if wire_line::is_service(target) => Words { text, spans: Vec::new(), ..words },
            _ => words,
        }
    }

    /// Words of our own came back. Says whether they stand in the transcript now; if not, they were said elsewhere, or
    /// belong further down, and are to be added.
    pub(in crate::model) fn has_arrived(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        label: Option<&str>,
        words: &Words,
    ) -> bool {
        let underway = match label {
            Some(label) => self.deliveries.take(|it| it.label.as_deref() == Some(label)),
            // What has a label and comes back without was said on another device.
            None => self.deliveries.take(|it| {
                it.label.is_none() && it.is_echoed && it.conversation == id && it.text == words.text
            }),
        };
        let (time, said_at) = (self.clock.time_of(at), self.stamp.unwrap_or(at));
        let Some(Underway { line, .. }) = underway.filter(|it| it.conversation == id) else { return false };
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

    /// Whether what one says to oneself stands there already. It comes twice: as we typed it or as an echo, and as what
    /// somebody said to us.
    pub(in crate::model) fn stood_before(&self, id: ConversationId, words: &Words) -> bool {
        let Some(conversation) = self.conversation(id) else { return false };
        let is_known = words.id.as_ref().is_some_and(|id| conversation.line_of_message(id).is_some());
        let last = conversation.lines().rev().find_map(|(_, line)| line.message());
        is_known || last.is_some_and(|last| last.id.is_none() && last.text == words.text)
    }

    /// The server did what was asked with this label.
    pub(in crate::model) fn acknowledged(&mut self, label: &str) {
        if let Some(Underway { conversation, line, .. }) =
            self.deliveries.take(|it| it.label.as_deref() == Some(label))
            && let Some(conversation) = self.conversation_mut(conversation)
        {
            conversation.lines.change_message(line, |message| message.delivery = Delivery::Arrived);
        }
    }

    /// The server did not do what was asked. Says whether that was to pass on something of ours: if it was a message, that
    /// says why.
    pub(in crate::model) fn was_refused(
        &mut self,
        at: Timestamp,
        label: Option<&str>,
        about: Option<&str>,
        why: &Phrase,
    ) -> bool {
        let refused = match (label, about) {
            (Some(label), _) => self.deliveries.take(|it| it.label.as_deref() == Some(label)),
            (None, Some(about)) if may_be_about_a_message(why) => {
                let Some(id) = self.find(about).map(|it| it.id) else { return false };
                let message = self.deliveries.guess(at, |it| it.label.is_none() && it.conversation == id);
                if message.is_none() {
                    return self.typing_was_refused(id);
                }
                message
            }
            _ => None,
        };
        let Some(refused) = refused else { return false };
        self.fail(refused, why);
        true
    }

    /// The server did not take a message of several lines. Says whether there is one; then it says why.
    pub(in crate::model) fn long_was_refused(
        &mut self,
        at: Timestamp,
        label: Option<&str>,
        why: &Phrase,
    ) -> bool {
        let refused = match label {
            Some(label) => self.deliveries.take(|it| it.label.as_deref() == Some(label)),
            // A line of the batch was refused, and only its beginning has the label.
            None => self.deliveries.guess(at, |it| it.is_long),
        };
        let is_there = refused.is_some();
        refused.into_iter().for_each(|refused| self.fail(refused, why));
        is_there
    }

    /// A line of ours that is on its way stands elsewhere now.
    pub(in crate::model) fn was_moved(&mut self, id: ConversationId, from: LineId, to: LineId) {
        let moved = self.deliveries.underway.iter_mut().find(|it| it.conversation == id && it.line == from);
        if let Some(underway) = moved {
            underway.line = to;
        }
    }

    /// The connection is over: whatever has not come back has not arrived.
    pub(in crate::model) fn nothing_arrives(&mut self) {
        for underway in std::mem::take(&mut self.deliveries).underway {
            if underway.is_echoed {
                self.fail(underway, &Text::NotDelivered.into());
            }
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

    /// Says once more what did not arrive; nothing if that is not so.
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
