//! Comings and goings in rooms, topics, and whether we are let in.

use std::mem;

use jiff::Timestamp;
use teahouse_protocol::Capability;

use crate::event::Sender;
use crate::model::base::ids::ConversationId;
use crate::model::conversation::condense::Step;
use crate::model::conversation::{Conversation, Kind};
use crate::model::network::Network;
use crate::model::network::parts::inquiries::{MAX_NAMES_SHOWN, WhoQuestion, list_names};
use crate::model::network::parts::offers::Offer;
use crate::text::i18n::{Phrase, Text};

/// How many of the people in a room are listed when we come in.
const MAX_NAMES_AT_JOIN: usize = 20;

/// Things that happen in rooms.
impl Network {
    pub(super) fn joined(&mut self, at: Timestamp, who: Sender, room: &str) {
        let mapping = self.features.case_mapping;
        if !self.same(&who.name, self.me()) {
            let Some(conversation) = self.find_mut(room) else { return };
            conversation.members.add(mapping, &who.name);
            let id = conversation.id;
            self.movement(id, at, &who.name, Step::Came, Text::Joined.with([&who.name]));
            return;
        }
        self.identity.seen_at(who.address);
        let wanted = self.joining.answered(&self.fold(room));
        self.forget_offer(room);
        let id = self.enter(room);
        let me = self.me().to_owned();
        if let Some(conversation) = self.conversation_mut(id) {
            conversation.joined = true;
            conversation.left = None;
            conversation.greeted = false;
            conversation.members.clear();
            conversation.members.add(mapping, &me);
            // If there is a topic, it comes next.
            conversation.topic.clear();
            if let Some(Some(key)) = &wanted {
                conversation.key = Some(key.clone());
            }
        }
        self.notice(Some(id), at, vec![Text::YouJoined.with([room])]);
        self.catch_up(id);
        if wanted.is_some() || self.here().is_none() {
            self.turn_to(id);
        }
    }

    /// The conversation of a room that we come into. Where only the server talked until now, that conversation
    /// becomes the room: there is nothing else to look at, and the server's greeting stays in sight.
    fn enter(&mut self, room: &str) -> ConversationId {
        if let Some(there) = self.find(room) {
            return there.id;
        }
        let id = match self.conversations.of_server() {
            Some(server) => {
                server.kind = Kind::Room;
                room.clone_into(&mut server.name);
                server.id
            }
            None => self.create(Kind::Room, room),
        };
        self.recall(id);
        id
    }

    pub(super) fn left(&mut self, at: Timestamp, who: &str, room: &str, reason: &str) {
        let Some(id) = self.find(room).map(|it| it.id) else { return };
        if self.same(who, self.me()) {
            self.remove(id);
            self.notice(self.here(), at, vec![Text::YouLeft.with([room])]);
            return;
        }
        let phrase = match reason {
            "" => Text::Left.with([who]),
            _ => Text::LeftBecause.with([who, reason]),
        };
        self.remove_member(id, who);
        self.movement(id, at, who, Step::Left, phrase);
    }

    pub(super) fn kicked(&mut self, at: Timestamp, who: &str, by: &str, room: &str, reason: &str) {
        let Some(id) = self.find(room).map(|it| it.id) else { return };
        if self.same(who, self.me()) {
            let phrase = match reason {
                "" => Text::YouWereKicked.with([room, by]),
                _ => Text::YouWereKickedBecause.with([room, by, reason]),
            };
            self.sent_out(id, at, &phrase);
            return;
        }
        self.remove_member(id, who);
        let phrase = match reason {
            "" => Text::Kicked.with([who, by]),
            _ => Text::KickedBecause.with([who, by, reason]),
        };
        self.notice(Some(id), at, vec![phrase]);
    }

    pub(super) fn somebody_quit(&mut self, at: Timestamp, who: &str, reason: &str) {
        let phrase = match reason {
            "" => Text::Quit.with([who]),
            _ => Text::QuitBecause.with([who, reason]),
        };
        for id in self.conversations.of_person(self.features.case_mapping, who) {
            self.remove_member(id, who);
            self.movement(id, at, who, Step::Left, phrase.clone());
        }
    }

    pub(super) fn renamed(&mut self, at: Timestamp, from: &str, to: &str) {
        let places = self.conversations.of_person(self.features.case_mapping, from);
        let is_me = self.same(from, self.me());
        let phrase = if is_me {
            self.identity.rename(to);
            self.profile.rename(to);
            Text::YouRenamed.with([to])
        } else {
            Text::Renamed.with([from, to])
        };
        let mapping = self.features.case_mapping;
        let is_taken = !self.same(from, to) && self.find(to).is_some();
        for &id in &places {
            if let Some(conversation) = self.conversation_mut(id) {
                conversation.members.rename(mapping, from, to);
                if conversation.kind == Kind::Private && !is_taken {
                    to.clone_into(&mut conversation.name);
                }
            }
            if is_me {
                self.notice(Some(id), at, vec![phrase.clone()]);
            } else {
                self.movement(id, at, from, Step::Renamed(to.to_owned()), phrase.clone());
            }
        }
        if places.is_empty() {
            self.notice(self.here(), at, vec![phrase]);
        }
    }

    pub(super) fn topic_is(&mut self, at: Timestamp, room: &str, by: Option<String>, topic: String) {
        let Some(conversation) = self.find_mut(room) else { return };
        let phrase = match (by, topic.as_str()) {
            (Some(by), "") => Text::TopicCleared.with([&by]),
            (Some(by), topic) => Text::TopicSet.with([&by, topic]),
            (None, "") => Text::NoTopic.into(),
            (None, topic) => Text::TopicIs.with([topic]),
        };
        conversation.topic = topic;
        let id = conversation.id;
        self.notice(Some(id), at, vec![phrase]);
    }

    pub(super) fn names_end(&mut self, at: Timestamp, room: &str) {
        let people = self.inquiries.names_end(&self.fold(room));
        let (features, mut entered) = (&self.features, None);
        let conversation = self.conversations.find_mut(features.case_mapping, room);
        if let Some(conversation) = conversation.filter(|it| it.joined) {
            let people = people.iter().map(|person| features.split_signs(person));
            conversation.members.replace(features.case_mapping, people);
            if !mem::replace(&mut conversation.greeted, true) {
                entered = Some(conversation.id);
            }
        }
        let Some(conversation) = entered.and_then(|id| self.conversation(id)) else { return };
        let (id, count) = (conversation.id, conversation.members.len());
        let names: Vec<_> = conversation.members.sorted().into_iter().map(|it| it.nick.as_str()).collect();
        // All of them stand in the list of members.
        let listed = list_names(&names, MAX_NAMES_AT_JOIN);
        let counted = count.to_string();
        let words = |words: &str| Text::Verbatim.with([words]);
        self.notice(Some(id), at, vec![Text::PeopleHere.of([words(room), words(&counted), listed])]);
        if self.has_capability(Capability::AwayNotify) && count <= MAX_NAMES_SHOWN {
            let room = Some(room.to_owned());
            self.ask_who(WhoQuestion { room, ..WhoQuestion::default() });
        }
    }

    pub(super) fn mode(&mut self, at: Timestamp, by: &str, target: &str, modes: &str, args: &[String]) {
        let (features, mapping) = (&self.features, self.features.case_mapping);
        let changes = features.rank_changes(modes, args);
        let room = self.conversations.iter_mut().find(|it| mapping.same(&it.name, target));
        let id = room.map(|room| {
            for (add, sign, nick) in changes {
                if let Some(member) = room.members.get_mut(mapping, nick) {
                    member.signs = features.change_signs(&member.signs, sign, add);
                }
            }
            room.id
        });
        if id.is_some() {
            let all = [&[modes.to_owned()], args].concat().join(" ");
            self.notice(id, at, vec![Text::ModeSet.with([by, &all])]);
        }
    }

    pub(super) fn mark_away(&mut self, who: &str, away: bool) {
        let mapping = self.features.case_mapping;
        for conversation in self.conversations.iter_mut() {
            if let Some(member) = conversation.members.get_mut(mapping, who) {
                member.away = away;
            }
        }
    }
}

/// Rooms that wait for us, and those that do not want us.
impl Network {
    /// Somebody invites us into a room: that is said where the user is, and to the desktop.
    pub(super) fn invited(&mut self, at: Timestamp, by: &str, room: &str) {
        if self.find(room).is_some_and(Conversation::is_live) {
            return;
        }
        let phrase = Text::InvitesYou.with([by, room]);
        self.tell_here(at, vec![Text::Invited.with([by, room])]);
        self.offers.add(
            self.features.case_mapping,
            Offer { room: room.to_owned(), phrase: phrase.clone(), is_invitation: true },
        );
        if let Some(id) = self.here() {
            self.tell_desktop_of_offer(id, at, &phrase);
        }
    }

    /// We are not in a room any more, against our will: that is said there and, if the user is elsewhere, offered.
    fn sent_out(&mut self, id: ConversationId, at: Timestamp, phrase: &Phrase) {
        let is_looked_at = self.conversations.is_looked_at(id);
        self.tell_in(id, at, vec![phrase.clone()]);
        let Some(conversation) = self.conversation_mut(id) else { return };
        conversation.joined = false;
        conversation.members.clear();
        conversation.left = Some(phrase.clone());
        let room = conversation.name.clone();
        if !is_looked_at {
            self.offers.add(
                self.features.case_mapping,
                Offer { room, phrase: phrase.clone(), is_invitation: false },
            );
            self.tell_desktop_of_offer(id, at, phrase);
        }
    }

    /// A room that we wanted to be in does not let us in. Says whether there is a conversation that tells of it.
    pub(super) fn kept_out(&mut self, at: Timestamp, room: &str, phrase: &Phrase) -> bool {
        let mapping = self.features.case_mapping;
        let is_it =
            |it: &&mut Conversation| it.kind == Kind::Room && mapping.same(&it.name, room) && !it.joined;
        let Some(conversation) = self.conversations.iter_mut().find(is_it) else { return false };
        conversation.left = Some(phrase.clone());
        let id = conversation.id;
        self.tell_in(id, at, vec![phrase.clone()]);
        true
    }

    /// A room sends people who come on to another room.
    pub(super) fn forwarded(&mut self, at: Timestamp, from: &str, to: &str) {
        if let Some(key) = self.joining.answered(&self.fold(from)) {
            self.joining.ask(self.fold(to), key);
        }
        let phrase = Text::Forwarded.with([from, to]);
        if !self.kept_out(at, from, &phrase) {
            self.tell_here(at, vec![phrase]);
        }
    }

    /// Nothing waits for a word about this room any more.
    pub(in crate::model) fn forget_offer(&mut self, room: &str) {
        self.offers.forget(self.features.case_mapping, room);
    }

    pub(in crate::model) fn go_back_into(&mut self, room: &str) -> Result<(), Phrase> {
        let key = self.find(room).and_then(|it| it.key.clone());
        if let Some(id) = self.find(room).map(|it| it.id) {
            self.turn_to(id);
        }
        self.join(room, key)
    }
}
