//! What was said before: asking the server for it, and putting it where it belongs
//! ([chathistory](https://ircv3.net/specs/extensions/chathistory)).
//!
//! - When a conversation is brought to the front for the first time, the server is asked for its latest messages.
//! - When the user scrolls to the top, for older ones, until there are none
//!   ([`Model::want_older`](crate::model::Model::want_older)).
//! - When we come back after a connection was lost, for what was said meanwhile. It counts as unread.
//! - On coming in, the server is asked which people wrote to us while we were away; their conversations are back.
//! - `/search` asks where something was said; what is found is listed. Ctrl+F goes on in what is older
//!   ([`deep_search`]).
//!
//! Answers come in batches. A message that is here already, by its identifier, is not shown again. The client asks
//! from an identifier rather than a time where it has one: clocks may be wrong. A message that came while the answer
//! was under way, and those that we said meanwhile, stand below it.

use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::Capability;
use teahouse_protocol::names::is_channel;
use teahouse_protocol::references::{MSGID, TIMESTAMP};

use crate::event::{BatchOf, Manner};
use crate::logs::MAX_RECALLED;
use crate::model::base::ids::ConversationId;
use crate::model::conversation::line::Message;
use crate::model::conversation::past::{Asked, Told};
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::Network;
use crate::model::network::parts::batches::Batches;
use crate::model::network::parts::link::Link;
use crate::model::network::parts::searches::{Question, Searches};
use crate::text::i18n::{Phrase, Text};

pub(in crate::model) mod deep_search;
mod local_log;

/// How many messages are asked for at a time, if the server gives as many.
const MESSAGES_AT_ONCE: usize = 100;
/// How far back the client asks which people wrote, on coming for the first time.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many conversations are taken up again.
const MOST_TARGETS: &str = "20";
/// How many words a line holds.
const MAX_PARAMS: usize = 14;
/// How often the client goes on asking for what was missed. It is not worth more reading than that.
const MOST_PAGES: u32 = 10;

/// A point in a conversation, as CHATHISTORY names it.
fn point(id: Option<&str>, at: Timestamp) -> String {
    match id {
        Some(id) => format!("{MSGID}{id}"),
        None => format!("{TIMESTAMP}{at:.3}"),
    }
}

impl Network {
    fn keeps_history(&self) -> bool {
        self.link() == Link::Up
            && self.has_capability(Capability::ChatHistory)
            && self.has_capability(Capability::Batch)
    }

    fn page(&self) -> usize {
        self.features.history_limit.map_or(MESSAGES_AT_ONCE, |most| most.min(MESSAGES_AT_ONCE))
    }

    fn ask_past(&mut self, id: ConversationId, asked: Asked, command: &str, point: &str) {
        let limit = self.page().to_string();
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.past.ask(asked);
        let target = conversation.name.clone();
        self.send(&["CHATHISTORY", command, &target, point, &limit]);
    }

    /// The user looks at the conversation: the server is asked for its last messages, if it never was.
    pub(super) fn open_past(&mut self, id: ConversationId) {
        let is_ready = |it: &Conversation| {
            it.kind != Kind::Server && it.joined && !it.past.is_open() && !it.past.is_asked()
        };
        if self.keeps_history() && self.conversation(id).is_some_and(is_ready) {
            if let Some(conversation) = self.conversation_mut(id) {
                conversation.past.open();
            }
            self.ask_past(id, Asked::Older, "LATEST", "*");
        }
    }

    /// We are in a room again, or back where we can write to somebody: the server is asked for what we missed.
    pub(super) fn catch_up(&mut self, id: ConversationId) {
        if !self.keeps_history() {
            return;
        }
        let newest = self.conversation(id).and_then(|it| it.past.newest().cloned());
        match newest {
            Some((message, at)) => self.ask_missed(id, 0, message.as_deref(), at),
            None if self.here() == Some(id) => self.open_past(id),
            None => {}
        }
    }

    /// Asks for what was said after a message, or after a time, which has come already.
    fn ask_missed(&mut self, id: ConversationId, pages: u32, message: Option<&str>, at: Timestamp) {
        let from = point(message, at.min(self.common.clock.now()));
        self.ask_past(id, Asked::Missed { pages, by_id: message.is_some() }, "AFTER", &from);
    }

    /// A private conversation is open: the server is asked for what we missed, or else for the last messages.
    pub(super) fn take_up(&mut self, id: ConversationId) {
        if self.conversation(id).is_some_and(|it| it.past.newest().is_some()) {
            self.catch_up(id);
        } else {
            self.open_past(id);
        }
    }

    /// Whether the server may have something older than what is here of a conversation, and there is room for it.
    fn may_ask_older(&self, conversation: &Conversation) -> bool {
        self.keeps_history() && conversation.joined && conversation.past.may_go_on() && has_room(conversation)
    }

    /// The same for the server and the log together.
    pub(super) fn has_older(&self, conversation: &Conversation) -> bool {
        self.may_ask_older(conversation) || self.may_recall_older(conversation)
    }

    /// Asks the server for what is older than what is here of a conversation. Says whether it will answer.
    pub(super) fn ask_older(&mut self, id: ConversationId) -> bool {
        let conversation = self.conversation(id).filter(|it| self.may_ask_older(it));
        let Some((message, at)) = conversation.and_then(|it| it.lines.oldest_message()) else { return false };
        if conversation.is_some_and(|it| it.past.is_asked()) {
            return true;
        }
        let before = point(message.as_deref(), at);
        self.ask_past(id, Asked::Older, "BEFORE", &before);
        true
    }

    /// Asks which people wrote to us while we were away. Messages to somebody without an account do not wait.
    pub(super) fn ask_who_wrote(&mut self, now: Timestamp) {
        if self.keeps_history() && self.account().is_some() {
            let since = self.times.left_at().unwrap_or(now.saturating_sub(LONG_AGO).unwrap_or(now));
            // If there are too many, these are the last who wrote: a server counts from the first of the two times.
            let (now, since) = (point(None, now), point(None, since));
            self.send(&["CHATHISTORY", "TARGETS", &now, &since, MOST_TARGETS]);
        }
    }

    /// Somebody wrote to us, or we to them: the conversation is there again, with what of it is unread.
    pub(super) fn talked_with(&mut self, target: &str) {
        if is_channel(target) || self.find(target).is_some() || !self.keeps_history() {
            return;
        }
        let id = self.create(Kind::Private, target);
        self.recall(id);
        if self.conversation(id).is_some_and(|it| it.past.newest().is_some()) {
            self.catch_up(id);
        } else {
            if let Some(conversation) = self.conversation_mut(id) {
                conversation.past.open();
            }
            self.ask_past(id, Asked::Waiting, "LATEST", "*");
        }
        if self.has_capability(Capability::ReadMarker) {
            self.send(&["MARKREAD", target]);
        }
    }

    /// The server has nothing to say of the past of at least one of these.
    pub(super) fn no_past(&mut self, about: &[String]) {
        for name in about {
            let Some(conversation) = self.find_mut(name) else { continue };
            let id = conversation.id;
            let asked = conversation.past.answered();
            match (asked, conversation.past.newest().map(|(_, at)| *at)) {
                // The server may have forgotten that message, and not what was said after it.
                (Some(Asked::Missed { pages, by_id: true }), Some(at)) => {
                    self.ask_missed(id, pages, None, at);
                }
                _ => {
                    conversation.past.complete();
                    self.go_on_looking_back(id);
                }
            }
        }
    }

    /// Asks the server where these words were said: in the conversation in front, unless they say where themselves.
    ///
    /// # Errors
    /// When there is no connection.
    pub(super) fn search_before(&mut self, words: &str) -> Result<(), Phrase> {
        self.need_link()?;
        let here = self.current().filter(|it| it.kind != Kind::Server && !words.contains("in:"));
        let place = here.map(|it| format!("in:{}", it.name));
        self.send_search(Question::List, &place.as_deref().into_iter().collect::<Vec<_>>(), words);
        Ok(())
    }

    /// Sends a SEARCH for some words, with the operators that narrow it down.
    fn send_search(&mut self, question: Question, operators: &[&str], words: &str) {
        let words = ["SEARCH"].into_iter().chain(operators.iter().copied()).chain(words.split_whitespace());
        self.send(&words.take(MAX_PARAMS).collect::<Vec<_>>());
        self.searches.ask(question);
    }

    /// The server did not do a SEARCH; with `forever`, it does none at all. Says whether nobody need hear of it.
    pub(super) fn search_refused(&mut self, forever: bool) -> bool {
        if forever {
            self.searches.rule_out();
        }
        match self.searches.answered() {
            Some(Question::LookBack(id, asked)) => {
                self.may_be_found(id, &asked, None);
                true
            }
            Some(Question::List) | None => false,
        }
    }

    pub(super) fn batch_ends(&mut self, name: &str) {
        match self.batches.end(name) {
            Some((BatchOf::History(target), messages)) => self.history_came(&target, messages),
            Some((BatchOf::Found, messages)) => match self.searches.answered() {
                Some(Question::LookBack(id, asked)) => self.may_be_found(id, &asked, Some(&messages)),
                Some(Question::List) | None => self.found(&messages),
            },
            Some((BatchOf::Other, _)) | None => {}
        }
    }

    /// The messages that were found stand as a notice in front, since they are from many places.
    fn found(&mut self, messages: &[Told]) {
        let mut rows = vec![Text::FoundBefore.with([&messages.len().to_string()])];
        rows.extend(messages.iter().map(|Told { at, from, target, manner, words, .. }| {
            let day = at.to_zoned(self.common.clock.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
            let text = words.text.replace('\n', " ");
            let text = if *manner == Manner::Action { format!("* {} {text}", from.name) } else { text };
            Text::FoundRow.with([&day, target, &from.name, &text])
        }));
        self.notice_here(rows);
    }

    fn history_came(&mut self, target: &str, messages: Vec<Told>) {
        let page = self.page();
        let Some(conversation) = self.find_mut(target) else { return };
        let id = conversation.id;
        let is_full = messages.len() >= page;
        let asked = conversation.past.answered();
        let mut new = messages;
        new.retain(|told| !conversation.lines.recognises(told));
        match asked {
            Some(Asked::Older) => {
                if !is_full || new.is_empty() {
                    conversation.past.complete();
                }
                self.put_before(id, new);
            }
            Some(Asked::Missed { pages, .. }) => {
                let last = new.last().map(|told| (told.words.id.clone(), told.stamp.unwrap_or(told.at)));
                self.put_after(id, new);
                if let Some((message, at)) = last.filter(|_| is_full && pages < MOST_PAGES) {
                    self.ask_missed(id, pages + 1, message.as_deref(), at);
                }
            }
            Some(Asked::Waiting) => {
                if !is_full {
                    conversation.past.complete();
                }
                self.put_after(id, new);
            }
            None => self.put_after(id, new),
        }
        self.go_on_looking_back(id);
    }

    /// Somebody repeats what was said before we came: it is put where it belongs, unless it stands there.
    pub(super) fn replayed(&mut self, id: ConversationId, told: Told) {
        if self.conversation_mut(id).is_some_and(|it| !it.lines.recognises(&told)) {
            self.put_after(id, vec![told]);
        }
    }

    /// Puts messages below those that are older, and later ones below them.
    fn put_after(&mut self, id: ConversationId, messages: Vec<Told>) {
        let Some(first) = messages.first().map(|told| told.at) else { return };
        let Some(conversation) = self.conversation_mut(id) else { return };
        let later = conversation.take_later(first);
        let newest = conversation.past.newest().cloned().filter(|_| later.has_messages());
        for Told { at, stamp, from, manner, words, .. } in messages {
            self.write_down(id, at, &from.name, manner, &words);
            self.times.set_stamp(stamp);
            self.add_message(id, at, &from.name, manner, words);
        }
        let zone = self.common.clock.zone.clone();
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.past.note_again(newest);
        for (from, to) in conversation.put_again(later, &zone) {
            self.deliveries.was_moved(id, from, to);
        }
    }

    fn put_before(&mut self, id: ConversationId, messages: Vec<Told>) {
        let composed: Vec<(Timestamp, Message)> = messages
            .into_iter()
            .map(|told| (told.at, self.compose(id, &told.from.name, told.manner, told.words)))
            .collect();
        let zone = self.common.clock.zone.clone();
        if let Some(conversation) = self.conversation_mut(id) {
            if conversation.past.newest().is_none()
                && let Some((at, message)) = composed.last()
            {
                conversation.past.note(message.id.clone(), *at);
            }
            conversation.lines.prepend(composed, &zone);
        }
    }

    /// Nothing that was begun will end.
    pub(super) fn forget_batches(&mut self) {
        self.batches = Batches::default();
        self.searches = Searches::default();
        for conversation in self.conversations.iter_mut() {
            conversation.past.give_up();
        }
    }
}

/// Whether older messages may come before those that are here of a conversation.
fn has_room(conversation: &Conversation) -> bool {
    conversation.kind != Kind::Server
        && !conversation.past.is_closed()
        && conversation.lines.room() > 2 * MAX_RECALLED.max(MESSAGES_AT_ONCE)
}
