//! Ctrl+F goes on in what was said before, if the words are not among what is here.
//!
//! A server that can search is asked first whether there is anything to be found, since that is a single question.
//! Then older messages come back, page by page as on scrolling up, until the words are among them: the user finds
//! them in the middle of what was said then. Words that no server keeps may stand in the logs, which are looked
//! through at once.

use jiff::SignedDuration;

use crate::model::base::ids::ConversationId;
use crate::model::conversation::past::{LookBack, Told};
use crate::model::conversation::search;
use crate::model::network::Network;
use crate::model::network::parts::searches::Question;

/// The most that is found at once.
const MOST_FOUND: &str = "limit:100";
/// Beginnings of words that mean something to SEARCH.
const OPERATORS: [&str; 5] = ["in:", "from:", "after:", "before:", "limit:"];

impl Network {
    pub(in crate::model) fn look_back(&mut self, wanted: &str) {
        let Some(current) = self.current() else { return };
        let (id, from, place) = (current.id, current.range().0.number(), format!("in:{}", current.name));
        let means_more = |word: &str| OPERATORS.iter().any(|operator| word.starts_with(operator));
        let is_plain = !wanted.split_whitespace().any(means_more);
        let can_search = self.searches.is_possible() && is_plain && self.may_ask_older(current);
        // Several messages may be of the same millisecond, and those that are here already do not count.
        let oldest = current.lines.oldest_message().filter(|_| can_search);
        let before = oldest.map(|(_, at)| format!("before:{:.3}", at + SignedDuration::from_millis(1)));
        if let Some(current) = self.current_mut() {
            current.past.look_for(wanted, from);
        }
        match before {
            Some(before) => {
                let question = Question::LookBack(id, wanted.to_owned());
                self.send_search(question, &[&place, &before, MOST_FOUND], wanted);
            }
            None => self.go_on_looking_back(id),
        }
    }

    /// The server has found these older messages with the words that were asked for, or cannot say.
    pub(super) fn may_be_found(&mut self, id: ConversationId, asked: &str, found: Option<&[Told]>) {
        let Some(conversation) = self.conversation(id) else { return };
        let LookBack::Underway { wanted, .. } = conversation.past.look_back() else { return };
        if wanted != asked {
            // Other words are looked for by now, and their answer comes.
            return;
        }
        let has_words = |text: &str| !search::places(text, wanted).is_empty();
        let is_new =
            |told: &&Told| told.words.id.as_deref().and_then(|id| conversation.line_of_message(id)).is_none();
        let is_vain = found
            .is_some_and(|found| !found.iter().filter(is_new).any(|it| has_words(&it.words.text)))
            && !self.older_in_log(id, usize::MAX).iter().any(|entry| has_words(&entry.text));
        match self.conversation_mut(id) {
            Some(conversation) if is_vain => conversation.past.look_in_vain(),
            _ => self.go_on_looking_back(id),
        }
    }

    /// Looks at what has come back, and brings more back unless the words are in it.
    pub(super) fn go_on_looking_back(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversation_mut(id) else { return };
        let LookBack::Underway { wanted, from } = conversation.past.look_back() else { return };
        let (wanted, first) = (wanted.clone(), conversation.range().0.number());
        let has_words = |text: &str| !search::places(text, &wanted).is_empty();
        let is_there = |number: u64| {
            let message = conversation.line_numbered(number).and_then(|line| line.message());
            message.is_some_and(|message| has_words(&message.text))
        };
        if (first..*from).any(is_there) {
            conversation.past.stop_looking();
            return;
        }
        conversation.past.look_for(&wanted, first);
        if conversation.past.is_asked() || self.ask_older(id) {
            return;
        }
        let is_found = self.recall_back_to(id, has_words);
        match self.conversation_mut(id) {
            Some(conversation) if is_found => conversation.past.stop_looking(),
            Some(conversation) => conversation.past.look_in_vain(),
            None => {}
        }
    }
}
