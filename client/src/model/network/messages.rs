//! Things that come into the conversations: messages, notices, and comings and goings.

use jiff::Timestamp;
use teahouse_protocol::Capability;
use teahouse_protocol::names::is_channel;

use crate::event::wire_line;
use crate::event::{Manner, Sender, Words};
use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::condense::{Movement, Step};
use crate::model::conversation::line::{Body, Delivery, Message, Reply};
use crate::model::conversation::past::Told;
use crate::model::conversation::{Kind, mention};
use crate::model::network::Network;
use crate::text::formatting;
use crate::text::i18n::{Phrase, Text};

impl Network {
    /// Somebody says something, or we did: in a conversation, a new one if need be, or else as a notice in front.
    pub(super) fn said(
        &mut self,
        at: Timestamp,
        label: Option<&str>,
        from: &Sender,
        target: &str,
        manner: Manner,
        words: Words,
    ) {
        let own = self.same(&from.name, self.me());
        let words = if own { self.covered(target, words) } else { words };
        // A message to the operators of a room (`@#room`) stands in the room. Some rooms' names begin with such a sign.
        let (_, unsigned) = self.features.split_signs(target);
        let room = if is_channel(unsigned) { unsigned } else { target };
        let id = if is_channel(room) {
            self.find(room).map(|it| it.id)
        } else if from.is_server() {
            None
        } else {
            let peer = if own { target } else { &from.name };
            let open = self.find(peer).map(|it| it.id);
            let is_service = wire_line::is_service(peer);
            if is_service && own && open.is_none() {
                // The echo of a request, which is no talk.
                return;
            }
            if is_service && manner == Manner::Notice {
                // An answer is seen where the user is, and not in a conversation that nobody looks at.
                open.filter(|_| open == self.here())
            } else if open.is_none() && manner != Manner::Notice {
                Some(self.private(peer))
            } else {
                // Programs send notices to everybody who arrives; that is no reason to open a conversation.
                open
            }
        };
        let Some(id) = id else {
            let phrase = if from.is_server() {
                Text::FromServer.with([&words.text])
            } else {
                Text::NoticeFrom.with([&from.name, &words.text])
            };
            let is_answer = wire_line::is_service(&from.name);
            if is_answer {
                self.tell_here(at, vec![phrase]);
            } else {
                self.notice(self.here(), at, vec![phrase]);
            }
            return;
        };
        let stands = own && self.has_arrived(id, at, label, &words);
        if !stands && own && self.same(target, self.me()) && self.stood_before(id, &words) {
            return;
        }
        if !stands && self.times.is_from_before() {
            self.replayed(
                id,
                Told {
                    at,
                    stamp: self.times.stamp(),
                    from: from.clone(),
                    target: target.to_owned(),
                    manner,
                    words,
                },
            );
            return;
        }
        self.write_down(id, at, &from.name, manner, &words);
        if !stands {
            self.add_message(id, at, &from.name, manner, words);
        }
    }

    pub(in crate::model) fn add_message(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        from: &str,
        manner: Manner,
        words: Words,
    ) -> Option<LineId> {
        let message = self.compose(id, from, manner, words);
        let spoken = match manner {
            Manner::Action => format!("* {from} {}", message.text),
            _ => message.text.clone(),
        };
        let is_looked_at = self.conversations.is_looked_at(id);
        let is_echoed = self.has_capability(Capability::EchoMessage);
        let (zone, said_at) = (self.common.clock.zone.clone(), self.times.stamp_or(at));
        let conversation = self.conversation_mut(id)?;
        conversation.typing.retain(|(name, _)| *name != from);
        let (own, mention) = (message.own, message.mention);

        // A message that will come back has not arrived yet.
        if message.id.is_some() || !(own && is_echoed) {
            conversation.past.note(message.id.clone(), said_at);
        }
        let line = conversation.lines.push(at, &zone, Body::Message(Box::new(message)));
        conversation.lines.was_stamped(line, said_at);
        if !own && manner != Manner::Notice {
            let for_us = mention || conversation.kind == Kind::Private;
            conversation.note_new(is_looked_at, for_us);
            self.tell_desktop(id, said_at, from, &spoken, for_us);
        }
        Some(line)
    }

    /// Whether a message in a conversation names us.
    fn is_named(&self, id: ConversationId, text: &str) -> bool {
        let others = self.conversation(id).into_iter().flat_map(|it| it.members.nicks());
        mention::names(text, self.me(), self.features.case_mapping, others)
    }

    /// A message as it stands in a conversation.
    pub(in crate::model) fn compose(
        &self,
        id: ConversationId,
        from: &str,
        manner: Manner,
        words: Words,
    ) -> Message {
        let own = self.same(from, self.me());
        let Words { text, mut spans, id: message_id, reply_to } = words;
        if manner == Manner::Action {
            // An action reads as a single sentence with the name before it.
            formatting::shift(&mut spans, from.len() + " ".len());
        }
        let quote = |reply: &str| self.conversation(id).and_then(|it| it.quote(reply));
        Message {
            from: from.to_owned(),
            colour: self.colour(from),
            manner,
            spans,
            own,
            mention: !own && self.is_named(id, &text),
            text,
            grouped: false,
            id: message_id,
            reply: reply_to.map(|id| Reply { quote: quote(&id), id }),
            reactions: Vec::new(),
            delivery: Delivery::Arrived,
            redacted: false,
        }
    }

    /// Somebody came, went or took another name in a conversation.
    pub(super) fn movement(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        who: &str,
        step: Step,
        phrase: Phrase,
    ) {
        let zone = self.common.clock.zone.clone();
        if let Some(conversation) = self.conversation_mut(id) {
            let movement = Movement { time: String::new(), who: who.to_owned(), step, phrase };
            conversation.lines.push_movement(at, &zone, movement);
        }
    }

    /// Adds a notice to a conversation, if it is there.
    pub(super) fn notice(&mut self, id: Option<ConversationId>, at: Timestamp, phrases: Vec<Phrase>) {
        let zone = self.common.clock.zone.clone();
        if let Some(conversation) = id.and_then(|id| self.conversation_mut(id)) {
            conversation.lines.push(at, &zone, Body::Notice(phrases));
        }
    }

    /// Adds a notice to the conversation of this name, or to the conversation in front.
    pub(super) fn notice_about(&mut self, at: Timestamp, about: Option<&str>, phrase: Phrase) {
        let named = about.and_then(|name| self.find(name)).map(|it| it.id);
        self.notice(named.or(self.here()), at, vec![phrase]);
    }

    /// The same, and counts it as something for us if nobody looks there.
    pub(super) fn tell_in(&mut self, id: ConversationId, at: Timestamp, phrases: Vec<Phrase>) {
        let is_looked_at = self.conversations.is_looked_at(id);
        self.notice(Some(id), at, phrases);
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.note_new(is_looked_at, true);
        }
    }

    /// Adds a notice that is for us to the conversation in front.
    pub(super) fn tell_here(&mut self, at: Timestamp, phrases: Vec<Phrase>) {
        if let Some(id) = self.here() {
            self.tell_in(id, at, phrases);
        }
    }

    /// Adds a notice to the conversation in front, now.
    pub(in crate::model) fn notice_here(&mut self, phrases: Vec<Phrase>) {
        self.notice(self.here(), self.common.clock.now(), phrases);
    }
}
