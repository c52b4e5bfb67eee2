//! A conversation: its lines, what of them is unread, and the people who are there.
//!
//! In reading order: [`mod@line`] and `lines`, what stands there; `past`, what is known of what was said before;
//! [`members`]; `input`, what is written and not yet said; [`condense`], comings and goings in few words; `mention`,
//! whether a message names somebody; [`search`].

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::base::ids::{ConversationId, LineId};
use crate::model::conversation::input::Input;
use crate::model::conversation::line::{Line, Message, Reply};
use crate::model::conversation::lines::Lines;
use crate::model::conversation::members::Members;
use crate::model::conversation::past::{LookBack, Past};
use crate::text::i18n::Phrase;

pub mod condense;
mod input;
pub mod line;
pub(super) mod lines;
pub mod members;
pub(super) mod mention;
pub(super) mod past;
pub mod search;

/// What sort of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only the server talks here. There is such a conversation while there is no other: where a server has no lobby,
    /// before the first room is joined.
    Server,
    /// A room, alias channel.
    Room,
    /// Just one other person.
    Private,
}

/// A room, a private conversation, or the server's own.
#[derive(Debug)]
pub struct Conversation {
    pub(super) id: ConversationId,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) topic: String,
    pub(super) members: Members,
    /// Whether we are in the room, or can write to the person.
    pub(super) joined: bool,
    /// Whether to go back into the room with the next connection.
    pub(super) rejoin: bool,
    /// Why we are not in the room, if that is not our own will.
    pub(super) left: Option<Phrase>,
    /// The room's password, to come back in.
    pub(super) key: Option<String>,
    /// Whether the people here were listed in a notice since we came in.
    pub(super) greeted: bool,
    /// What is known of what was said before.
    pub(super) past: Past,
    pub(super) lines: Lines,
    unread: u32,
    mentions: u32,
    first_unread: Option<LineId>,
    /// Whether the newest line was in view when somebody last looked.
    seen_to_end: bool,
    /// Up to when it was read, as the server knows and the logs do.
    pub(super) read_until: Option<Timestamp>,
    /// People who are writing, and until when to believe it.
    pub(super) typing: Vec<(String, Timestamp)>,
    /// The message that the user's next message will answer.
    pub(super) replying: Option<Reply>,
    /// What is written here.
    pub(super) input: Input,
}

/// Lines that were taken from the end, to be put there again below what belongs before them.
pub(super) struct Later {
    lines: Vec<(LineId, Line)>,
    /// Whether the “new” line stood above one of these lines, and which.
    first_unread: Option<LineId>,
}

impl Later {
    /// Whether anybody says something in them.
    pub(super) fn has_messages(&self) -> bool {
        self.lines.iter().any(|(_, line)| line.message().is_some())
    }
}

impl Conversation {
    pub(super) fn new(id: ConversationId, kind: Kind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            topic: String::new(),
            members: Members::default(),
            joined: false,
            rejoin: false,
            left: None,
            key: None,
            greeted: false,
            past: Past::default(),
            lines: Lines::default(),
            unread: 0,
            mentions: 0,
            first_unread: None,
            seen_to_end: true,
            read_until: None,
            typing: Vec::new(),
            replying: None,
            input: Input::default(),
        }
    }

    /// Which conversation this is.
    pub fn id(&self) -> ConversationId {
        self.id
    }

    /// What sort it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The room's name with its `#`, the other person's name, or the server's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a room is about, empty if nobody said.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The people in the room; nobody in other conversations.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Whether anybody hears what we say here: we are connected, and in the room.
    pub fn is_live(&self) -> bool {
        self.joined
    }

    /// The message that the user's next message will answer.
    pub fn replying(&self) -> Option<&Reply> {
        self.replying.as_ref()
    }

    /// Every line, the oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = (LineId, &Line)> + ExactSizeIterator {
        self.lines.iter()
    }

    /// A line, unless it is gone.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.get(id)
    }

    /// The line with this [number](LineId::number), unless it is gone.
    pub fn line_numbered(&self, number: u64) -> Option<&Line> {
        self.lines.get(LineId(number))
    }

    /// The lines that are there, by their numbers: from the first to before the second. A line keeps its number,
    /// unless something that was missed has to stand above it; older lines that are found later have lower numbers.
    pub fn range(&self) -> (LineId, LineId) {
        (self.lines.first_id(), self.lines.next_id())
    }

    /// The line of the message with this identifier, if it is here.
    pub fn line_of_message(&self, id: &str) -> Option<LineId> {
        self.lines.of_message(id)
    }

    /// How many of the lines with these numbers are messages that others wrote to be read.
    pub fn count_messages(&self, numbers: std::ops::Range<u64>) -> usize {
        numbers.filter_map(|number| self.line_numbered(number)?.message()).filter(|it| it.counts()).count()
    }

    /// Whether older messages are being looked through.
    pub fn is_looking_back(&self) -> bool {
        matches!(self.past.look_back(), LookBack::Underway { .. })
    }

    /// Whether older messages were looked through in vain.
    pub fn has_looked_back_in_vain(&self) -> bool {
        *self.past.look_back() == LookBack::Nothing
    }

    /// The people who are writing now.
    pub fn typing(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        self.typing.iter().filter(move |(_, until)| *until > now).map(|(name, _)| name.as_str())
    }

    /// The speaker and the words of the message with this identifier, if it is here.
    pub(super) fn quote(&self, id: &str) -> Option<(String, String)> {
        self.lines.message(self.lines.of_message(id)?).map(Message::quote)
    }

    /// Takes the lines from the end that are of after a time.
    pub(super) fn take_later(&mut self, than: Timestamp) -> Later {
        let lines = self.lines.take_later(than);
        let start = self.lines.next_id();
        Later { lines, first_unread: self.first_unread.take_if(|id| *id >= start) }
    }

    /// Puts lines at the end that were taken from there. Gives for each where it stood and where it stands.
    pub(super) fn put_again(&mut self, later: Later, zone: &TimeZone) -> Vec<(LineId, LineId)> {
        let moved = self.lines.put_again(later.lines, zone);
        let first = moved.iter().find(|(from, _)| Some(*from) == later.first_unread);
        self.first_unread = self.first_unread.or(first.map(|(_, to)| *to));
        moved
    }

    /// How many messages nobody has looked at, mentions included.
    pub fn unread(&self) -> u32 {
        self.unread
    }

    /// How many of them are for us personally: they name us, or the conversation is private. Shown in red.
    pub fn mentions(&self) -> u32 {
        self.mentions
    }

    /// The first line that was unread when the conversation was last opened: the “new” line stands above it.
    pub fn first_unread(&self) -> Option<LineId> {
        self.first_unread.filter(|id| *id >= self.lines.first_id())
    }

    /// The newest line is a message that somebody wrote to be read. It is counted unless the user looks. It is new to
    /// a user who looks as well, if it came in below what they see.
    pub(super) fn note_new(&mut self, is_looked_at: bool, for_us: bool) {
        if self.first_unread.is_none() && !(is_looked_at && self.seen_to_end) {
            self.first_unread = Some(LineId(self.lines.next_id().0 - 1));
        }
        if is_looked_at {
            return;
        }
        self.unread = self.unread.saturating_add(1);
        if for_us {
            self.mentions = self.mentions.saturating_add(1);
        }
    }

    /// Somebody looks at the conversation: nothing is unread any more. The “new” line stays while they do.
    pub(super) fn mark_read(&mut self) {
        self.unread = 0;
        self.mentions = 0;
    }

    /// Says whether a user who looks has the newest line in view.
    pub(super) fn saw_end(&mut self, is_in_view: bool) {
        self.seen_to_end = is_in_view;
    }

    /// Nobody looks at this conversation any more. Its “new” line goes if all was seen; else it stays for later.
    pub(super) fn leave(&mut self) {
        if self.unread == 0 && self.seen_to_end {
            self.first_unread = None;
        }
    }

    /// It was read up to a time on another device: nothing before that is unread here either.
    pub(super) fn was_read(&mut self, until: Timestamp) {
        if self.read_until.is_some_and(|before| before >= until) {
            return;
        }
        self.read_until = Some(until);
        let (unread, mentions, first) = self.written_after(Some(until));
        if unread < self.unread {
            (self.unread, self.mentions, self.first_unread) = (unread, mentions, first);
        }
    }

    /// The user has read these lines up to a time, or never: what came after it is unread.
    pub(super) fn resume(&mut self, read_until: Option<Timestamp>) {
        self.read_until = read_until;
        (self.unread, self.mentions, self.first_unread) = self.written_after(read_until);
    }

    /// How many messages others wrote after a time, how many of them to us, and the first.
    fn written_after(&self, until: Option<Timestamp>) -> (u32, u32, Option<LineId>) {
        let later = self.lines().filter(|(_, line)| until.is_none_or(|until| line.stamp > until));
        let later: Vec<_> = later
            .filter_map(|(id, line)| Some((id, line.message()?)))
            .filter(|(_, message)| message.counts())
            .map(|(id, message)| (id, message.mention))
            .collect();
        let for_us = later.iter().filter(|(_, mention)| *mention || self.kind == Kind::Private).count();
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        (count(later.len()), count(for_us), later.first().map(|(id, _)| *id))
    }

    /// We answered, so nothing here is new to us.
    pub(super) fn answered(&mut self) {
        self.first_unread = None;
    }

    /// Drops every line.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.first_unread = None;
        self.mark_read();
        // A user who clears the screen does not want it filled again.
        self.past.close();
    }
}
