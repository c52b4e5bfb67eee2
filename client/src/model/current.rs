//! What the user does with the conversation in front: reads it, answers, says what they think of a message.

use std::borrow::Cow;

use teahouse_protocol::{Capability, tags};

use crate::command;
use crate::event::wire_line;
use crate::model::Model;
use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::line::{Message, Reply};
use crate::model::conversation::past::LookBack;
use crate::model::conversation::{Conversation, Kind};
use crate::text::i18n::{Phrase, Text};

impl Model {
    /// Says whether the newest line of the conversation in front is in view.
    pub fn saw_end(&mut self, is_in_view: bool) {
        if self.common.is_focused
            && !self.covered
            && let Some(current) = self.current_mut()
        {
            current.saw_end(is_in_view);
        }
    }

    /// Shows all of a line, or its short form again.
    pub fn toggle_fold(&mut self, number: u64) {
        if let Some(current) = self.current_mut() {
            current.lines.toggle_fold(LineId::numbered(number));
        }
    }

    /// Keeps what is written in a conversation, or takes it out again.
    pub fn keep_draft(&mut self, id: ConversationId, draft: &str) {
        if let Some(conversation) = self.network_mut(id.network()).and_then(|it| it.conversation_mut(id)) {
            draft.clone_into(&mut conversation.input.draft);
        }
    }

    /// Keeps a sent text of a conversation, to be called back, unless there is a password in it.
    pub fn keep_sent(&mut self, id: ConversationId, text: &str) {
        if let Some(conversation) = self.network_mut(id.network()).and_then(|it| it.conversation_mut(id)) {
            let is_request = wire_line::is_service(&conversation.name);
            let is_secret = command::has_secret(text)
                || is_request && matches!(wire_line::masked_request(text), Cow::Owned(_));
            conversation.input.keep(if is_secret { "" } else { text });
        }
    }

    /// What is written in the conversation in front.
    pub fn draft(&self) -> &str {
        self.current().map_or("", |current| &current.input.draft)
    }

    /// The text that was sent before what is written now (`-1`), or after it (`1`).
    pub fn recall(&mut self, written: &str, steps: isize) -> Option<String> {
        self.current_mut()?.input.recall(written, steps)
    }

    /// How many messages a text makes in the conversation in front, and how many bytes more fit into the last message.
    pub fn measure(&self, typed: &str) -> Option<(usize, usize)> {
        self.front()?.measure(typed)
    }

    /// Checks that a text, once it stands in the message box, could be sent at once from there.
    ///
    /// # Errors
    /// When it is too long for that, or has too many lines.
    pub fn check_length(&self, typed: &str) -> Result<(), Phrase> {
        self.front().map_or(Ok(()), |network| network.check_length(typed))
    }

    /// The user wrote something into the message box, or took all of it out.
    pub fn wrote(&mut self, text: &str) {
        if self.tells_typing
            && let Some(network) = self.front_mut()
        {
            network.wrote(text);
        }
    }

    /// The user's next message will answer this message. Where the server has no replies, the name of its speaker is
    /// all that can be said: it is to be put before the words.
    pub fn reply_to(&mut self, number: u64) -> Option<String> {
        let network = self.front_mut()?;
        let can_reply = network.can_signal(tags::DRAFT_REPLY);
        let current = network.current_mut()?;
        let message = current.line_numbered(number)?.message()?;
        let quote = message.quote();
        match message.id.clone().filter(|_| can_reply) {
            Some(id) => {
                current.replying = Some(Reply { id, quote: Some(quote) });
                None
            }
            None => Some(quote.0),
        }
    }

    /// The user's next message answers nothing after all. Says whether it would have.
    pub fn stop_replying(&mut self) -> bool {
        self.current_mut().is_some_and(|current| current.replying.take().is_some())
    }

    /// Whether an emoji can be put below a message.
    pub fn can_react_to(&self, number: u64) -> bool {
        self.front().is_some_and(|network| network.can_signal(tags::REACT))
            && self.message_numbered(number).is_some_and(|message| message.id.is_some() && !message.redacted)
    }

    /// Puts an emoji below a message, or takes it away if it is there already.
    pub fn react_to(&mut self, number: u64, emoji: &str) {
        if let Some(network) = self.front_mut()
            && let Some(id) = network.here()
        {
            network.react(id, LineId::numbered(number), emoji);
        }
    }

    /// Whether a message is our own and can be taken back.
    pub fn can_take_back(&self, number: u64) -> bool {
        self.front().is_some_and(|network| network.has_capability(Capability::MessageRedaction))
            && self
                .message_numbered(number)
                .is_some_and(|message| message.own && message.id.is_some() && !message.redacted)
    }

    /// Takes a message of our own back.
    pub fn take_back(&mut self, number: u64) {
        if let Some(network) = self.front_mut()
            && let Some(id) = network.here()
        {
            network.take_back(id, LineId::numbered(number));
        }
    }

    /// Says once more what did not arrive.
    ///
    /// # Errors
    /// When it could not arrive now either, in plain words.
    pub fn send_again(&mut self, number: u64) -> Result<(), Phrase> {
        let network = self.front_mut().ok_or(Text::NotConnected)?;
        let id = network.here().ok_or(Text::NotConnected)?;
        network.send_again(id, LineId::numbered(number))
    }

    /// The people who are writing in the conversation in front.
    pub fn typing(&self) -> Vec<&str> {
        let now = self.common.clock.now();
        self.current().map(|current| current.typing(now).collect()).unwrap_or_default()
    }

    /// Somebody has scrolled the conversation in front to its beginning.
    pub fn want_older(&mut self) {
        if let Some(network) = self.front_mut()
            && let Some(id) = network.here()
            && !network.ask_older(id)
        {
            network.recall_older(id);
        }
    }

    /// Whether the words may be in what is older than what is here of the conversation in front.
    pub fn can_look_back(&self) -> bool {
        self.front().is_some_and(|network| {
            network
                .current()
                .is_some_and(|it| *it.past.look_back() == LookBack::Idle && network.has_older(it))
        })
    }

    /// Looks for words in what is older.
    pub fn look_back(&mut self, wanted: &str) {
        let wanted = wanted.trim();
        if self.can_look_back()
            && !wanted.is_empty()
            && let Some(network) = self.front_mut()
        {
            network.look_back(wanted);
        }
    }

    /// Other words are looked for now, or none.
    pub fn stop_looking_back(&mut self) {
        if let Some(current) = self.current_mut() {
            current.past.stop_looking();
        }
    }

    /// Completes the name or command before the caret (Tab), or goes on to the next candidate, or `backwards` to the
    /// one before. `caret` is a place in `typed` in bytes. Gives the new text and caret, or nothing if nothing fits.
    pub fn complete(&mut self, typed: &str, caret: usize, backwards: bool) -> Option<(String, usize)> {
        let mut candidates: Vec<String> = Vec::new();
        if let Some(network) = self.front() {
            if let Some(current) = network.current() {
                // The person who spoke last is likely to be spoken to.
                let is_here =
                    |nick: &&str| current.members.get(network.features.case_mapping, nick).is_some();
                candidates.extend(current.lines.speakers().into_iter().filter(is_here).map(str::to_owned));
                let spoke = candidates.len();
                let others = current.members.sorted().into_iter().map(|member| member.nick.clone());
                let others: Vec<_> = others.filter(|nick| !candidates[..spoke].contains(nick)).collect();
                candidates.extend(others);
            }
            // A person or room that has a conversation can be named in every other conversation.
            for named in network.conversations().iter().filter(|it| it.kind != Kind::Server) {
                if !candidates.contains(&named.name) {
                    candidates.push(named.name.clone());
                }
            }
            candidates.retain(|name| !network.same(name, network.me()));
        }
        candidates.extend(command::COMMANDS.iter().map(|row| format!("/{}", row.names[0])));
        self.completion.complete(typed, caret, &candidates, backwards)
    }

    fn message_numbered(&self, number: u64) -> Option<&Message> {
        self.current()?.line_numbered(number)?.message()
    }

    /// Takes the numbers of the lines that are not what they were when this was last asked.
    pub fn take_changes(&mut self) -> Vec<u64> {
        self.current_mut().map(|it| it.lines.take_changes()).unwrap_or_default()
    }

    /// The same of every conversation, for a view that shows all of them.
    pub fn take_all_changes(&mut self) -> Vec<(ConversationId, u64)> {
        let conversations = self.networks.iter_mut().flat_map(|network| network.conversations.iter_mut());
        conversations
            .flat_map(|it| it.lines.take_changes().into_iter().map(|line| (it.id, line)).collect::<Vec<_>>())
            .collect()
    }

    /// Nobody looks at the conversation any more.
    pub(super) fn turn_away(&mut self) {
        if let Some(network) = self.front_mut() {
            network.turn_away();
        }
    }

    pub(super) fn current_mut(&mut self) -> Option<&mut Conversation> {
        self.front_mut()?.current_mut()
    }
}
