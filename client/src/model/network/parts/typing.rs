//! Whether others were told that we are writing ([typing](https://ircv3.net/specs/client-tags/typing)).

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::model::base::ids::ConversationId;

/// We say that we are writing no more often than this.
const TYPING_PAUSE: SignedDuration = SignedDuration::from_secs(3);

/// How long a refusal may still mean the signal that we are writing.
const REFUSAL_TIME: SignedDuration = SignedDuration::from_secs(10);

/// How many refusals are waited for at once.
const MAX_REFUSALS: usize = 8;

/// The conversation in which others know that we are writing, and since when.
#[derive(Default)]
pub struct Typing {
    told: Option<(ConversationId, Timestamp)>,
    /// The conversations in which the server may yet refuse to tell them, and since when; the newest first.
    refusable: VecDeque<(ConversationId, Timestamp)>,
}

impl Typing {
    /// The user wrote in a conversation, or took all of it out. Gives what others are to be told of that, if anything.
    pub fn wrote(&mut self, id: ConversationId, is_message: bool, now: Timestamp) -> Option<&'static str> {
        let state = match self.told {
            Some((told, at)) if is_message && told == id && now.duration_since(at) < TYPING_PAUSE => {
                return None;
            }
            _ if is_message => "active",
            Some((told, _)) if told == id => "done",
            _ => return None,
        };
        self.told = is_message.then_some((id, now));
        self.refusable.truncate(MAX_REFUSALS - 1);
        self.refusable.push_front((id, now));
        Some(state)
    }

    /// The text was sent, which says by itself that nobody writes any more.
    pub fn stopped(&mut self) {
        self.told = None;
    }

    /// The server refused something in a conversation. Says whether that was to tell others that we are writing.
    pub fn was_refused(&mut self, id: ConversationId, now: Timestamp) -> bool {
        self.refusable.retain(|(_, at)| now.duration_since(*at) <= REFUSAL_TIME);
        let oldest = self.refusable.iter().rposition(|(told, _)| *told == id);
        oldest.and_then(|index| self.refusable.remove(index)).is_some()
    }
}
