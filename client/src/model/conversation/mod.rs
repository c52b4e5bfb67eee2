//! One conversation: its lines, what of them is unread, and who is there.
//!
//! Lines are added at the end, older ones before the first, dropped from the front when there are too many, or cleared
//! all together.
//! A line may change where it stands, and be empty in the end; whoever draws it is told
//! (`take_changes`). So a widget may measure a line once and keep the result under its
//! [`LineId`].

use std::borrow::Cow;
use std::collections::VecDeque;
use std::mem;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use teahouse_protocol::text::truncate;

use crate::event::Manner;
use crate::model::conversation::condense::{MAX_MOVEMENTS, Movement, Movements};
use crate::model::conversation::input::Input;
use crate::model::conversation::members::Members;
use crate::model::history::Past;
use crate::model::ids::{ConversationId, LineId};
use crate::text::formatting::Span;
use crate::text::i18n::{Language, Phrase, Text};

pub mod condense;
mod input;
pub mod members;
pub(in crate::model) mod mention;
pub mod search;

/// How many colours names are written in.
pub const COLOURS: usize = 8;

/// How many lines a conversation keeps.
pub const MAX_LINES: usize = 10_000;

/// The number of the first line of all: there is room for whatever was said before it.
const FIRST_NUMBER: u64 = 1 << 40;

/// How much of a message is told where another one answers it.
const MAX_QUOTE_BYTES: usize = 600;

/// Whoever spoke within so many lines is likely to be spoken to.
const SPOKEN_LINES: usize = 200;

/// How far back a notice looks for one that tells of the same state.
const STATE_LINES: usize = 16;

/// Messages of one person within this time of each other stand under one name.
const GROUPING: SignedDuration = SignedDuration::from_mins(2);

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

/// One line of the transcript. It may be many lines high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When: by the server's clock if it said so and that is not ahead of ours, else by ours.
    pub at: Timestamp,
    /// The same by the server's clock, right or wrong: what was read is told by that.
    pub stamp: Timestamp,
    /// The same as `HH:MM`, in local time.
    pub time: String,
    /// How often it happened on end.
    pub times: u32,
    /// How many lines there had been when it came, whatever its place. 0 for what was said before one came.
    pub serial: u64,
    /// What stands there.
    pub body: Body,
}

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Somebody said something.
    Message(Box<Message>),
    /// A dim notice: who came and went, answers, the help. Each phrase is a paragraph of its own.
    Notice(Vec<Phrase>),
    /// Who came and went since the last message.
    Movements(Movements),
    /// A line between one day and the next.
    Day(Date),
    /// Nothing any more: what stood here stands elsewhere now.
    Gone,
}

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub from: String,
    /// Which colour the name has: an index below [`COLOURS`].
    pub colour: usize,
    /// How it was said. An action reads as `from` and `text` in one sentence.
    pub manner: Manner,
    /// The words; never empty of everything, and with nothing in them that must not be drawn.
    pub text: String,
    /// How some of them look.
    pub spans: Vec<Span>,
    /// Whether we said it ourselves.
    pub own: bool,
    /// Whether it names us.
    pub mention: bool,
    /// Whether it stands under the name of the message before it, by the same person within two minutes.
    pub grouped: bool,
    /// The identifier by which others speak of it.
    pub id: Option<String>,
    /// What it answers.
    pub reply: Option<Reply>,
    /// What people think of it, in the order in which they said so.
    pub reactions: Vec<Reaction>,
    /// Whether it is known to have arrived.
    pub delivery: Delivery,
    /// Whether it was taken back: then its words are gone.
    pub redacted: bool,
}

impl Message {
    /// Who said what, in one line that need not have all of it.
    pub(super) fn quote(&self) -> (String, String) {
        let text = truncate(&self.text, MAX_QUOTE_BYTES).replace('\n', " ");
        let text = if self.manner == Manner::Action { format!("* {} {text}", self.from) } else { text };
        (self.from.clone(), text)
    }

    /// Whether somebody else wrote it to be read.
    fn counts(&self) -> bool {
        !self.own && self.manner != Manner::Notice
    }
}

/// The message that another one answers, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its identifier.
    pub id: String,
    /// Who said it and what, if we have it.
    pub quote: Option<(String, String)>,
}

/// An emoji below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Who put it there.
    pub people: Vec<String>,
}

/// What became of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// It has arrived, as far as anybody can say.
    #[default]
    Arrived,
    /// It was sent, and has not come back yet.
    Pending,
    /// It did not arrive.
    Failed {
        /// The words as they were typed, to be sent again.
        raw: String,
        /// Why not.
        why: Phrase,
    },
}

impl Line {
    /// The line's text as one would copy it, without time; paragraphs end with a line feed.
    pub fn text(&self, language: Language) -> Cow<'_, str> {
        let text = match &self.body {
            Body::Message(message) if message.redacted => Text::TakenBack.to(language).into(),
            Body::Message(message) => match message.manner {
                Manner::Action => format!("{} {}", message.from, message.text).into(),
                Manner::Message | Manner::Notice => Cow::Borrowed(message.text.as_str()),
            },
            Body::Notice(phrases) => {
                phrases.iter().map(|phrase| phrase.to(language)).collect::<Vec<_>>().join("\n").into()
            }
            Body::Movements(movements) => movements.text(language).into(),
            Body::Day(day) => day_text(*day).to(language).into(),
            Body::Gone => Cow::Borrowed(""),
        };
        match self.times {
            1 => text,
            times => Text::Repeated.with([&text, &times.to_string()]).to(language).into(),
        }
    }

    /// The message that stands here, if one does.
    pub fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// A day as it stands between two days' lines.
fn day_text(day: Date) -> Phrase {
    Text::Day.with([&day.year().to_string(), &format!("{:02}", day.month()), &format!("{:02}", day.day())])
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
    lines: VecDeque<Line>,
    /// The number of the first line, and of the next one when there are none.
    first: u64,
    unread: u32,
    mentions: u32,
    first_unread: Option<LineId>,
    /// Whether the newest line was in view when somebody last looked.
    seen_to_end: bool,
    /// Up to when it was read, as the server knows and the logs do.
    pub(super) read_until: Option<Timestamp>,
    /// Who is writing, and until when to believe it.
    pub(super) typing: Vec<(String, Timestamp)>,
    /// The message that what is written next will answer.
    pub(super) replying: Option<Reply>,
    /// What is written here.
    pub(super) input: Input,
    /// Lines that changed since they were last drawn.
    changed: Vec<u64>,
    /// How many lines have come.
    serials: u64,
}

/// Lines that were taken from the end, to be put there again below what belongs before them.
pub(super) struct Later {
    lines: Vec<(LineId, Line)>,
    /// Whether the “new” line stood above one of them, and which.
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
            lines: VecDeque::new(),
            first: FIRST_NUMBER,
            unread: 0,
            mentions: 0,
            first_unread: None,
            seen_to_end: true,
            read_until: None,
            typing: Vec::new(),
            replying: None,
            input: Input::default(),
            changed: Vec::new(),
            serials: 0,
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

    /// Who is in the room; nobody in other conversations.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Whether what is said here is heard: we are connected, and in the room.
    pub fn is_live(&self) -> bool {
        self.joined
    }

    /// The message that what is written next will answer.
    pub fn replying(&self) -> Option<&Reply> {
        self.replying.as_ref()
    }

    /// Every line, the oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = (LineId, &Line)> + ExactSizeIterator {
        self.lines.iter().enumerate().map(|(index, line)| (LineId(self.first + index as u64), line))
    }

    /// One line, unless it is gone.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        let index = id.0.checked_sub(self.first)?;
        self.lines.get(usize::try_from(index).ok()?)
    }

    /// The line with this [number](LineId::number), unless it is gone.
    pub fn line_numbered(&self, number: u64) -> Option<&Line> {
        self.line(LineId(number))
    }

    /// The lines that are there, by their numbers: from the first to before the second. A line keeps its number, unless
    /// something that was missed has to stand above it; older ones that are found later have lower numbers.
    pub fn range(&self) -> (LineId, LineId) {
        (LineId(self.first), self.next_id())
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
        self.first_unread.filter(|id| id.0 >= self.first)
    }

    fn next_id(&self) -> LineId {
        LineId(self.first + self.lines.len() as u64)
    }

    /// Adds a line at the end, a day line before it if a day has begun, and drops the oldest lines over the limit.
    /// A notice that tells how things stand takes the place of the one before, if nobody spoke in between.
    pub(super) fn push(&mut self, at: Timestamp, zone: &TimeZone, mut body: Body) -> LineId {
        let time = self.begin_day(at, zone);
        match &mut body {
            Body::Message(message) => {
                let last = self.lines.iter().rev().find(|line| line.body != Body::Gone);
                message.grouped = last.is_some_and(|last| continues(last, message, at));
            }
            Body::Notice(phrases) if condense::is_state(phrases) => {
                if let Some(id) = self.same_state(phrases) {
                    self.change(id, |line| {
                        line.times += 1;
                        line.body = body;
                        line.at = at;
                        line.time = time;
                    });
                    return id;
                }
            }
            _ => {}
        }
        self.append(Line { at, stamp: at, time, times: 1, serial: 0, body })
    }

    /// Somebody came, went or took another name; one line tells of all who did so without a word in between.
    pub(super) fn push_movement(&mut self, at: Timestamp, zone: &TimeZone, mut movement: Movement) {
        let time = self.begin_day(at, zone);
        movement.time.clone_from(&time);
        let last = self.lines.back().map(|last| &last.body);
        if matches!(last, Some(Body::Movements(movements)) if movements.len() < MAX_MOVEMENTS) {
            let id = LineId(self.next_id().0 - 1);
            self.change(id, |line| {
                line.at = at;
                if let Body::Movements(movements) = &mut line.body {
                    movements.add(movement);
                }
            });
        } else {
            self.append(Line {
                at,
                stamp: at,
                time,
                times: 1,
                serial: 0,
                body: Body::Movements(Movements::new(movement)),
            });
        }
    }

    /// Adds a day line if a day has begun; gives the time as it stands in a line.
    fn begin_day(&mut self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        let day = local.date();
        let last_day = self.lines.back().map(|last| last.at.to_zoned(zone.clone()).date());
        if last_day.is_none_or(|last| last < day) {
            self.append(Line {
                at,
                stamp: at,
                time: String::new(),
                times: 1,
                serial: 0,
                body: Body::Day(day),
            });
        }
        local.strftime("%H:%M").to_string()
    }

    /// The notice that tells of the same state as these phrases, if nobody spoke since.
    fn same_state(&self, phrases: &[Phrase]) -> Option<LineId> {
        let recent = self.lines.iter().rev().take(STATE_LINES);
        let silent =
            recent.take_while(|line| matches!(line.body, Body::Notice(_) | Body::Movements(_) | Body::Gone));
        let mut silent = silent.enumerate();
        let (back, _) = silent.find(|(_, line)| {
            matches!(&line.body, Body::Notice(before) if condense::are_same_state(before, phrases))
        })?;
        Some(LineId(self.next_id().0 - 1 - back as u64))
    }

    /// Puts messages before the first line, the oldest first, with a day line wherever a day begins.
    pub(super) fn prepend(&mut self, messages: Vec<(Timestamp, Message)>, zone: &TimeZone) {
        let mut block: Vec<Line> = Vec::with_capacity(messages.len() + 8);
        let mut today = None;
        for (at, mut message) in messages {
            let local = at.to_zoned(zone.clone());
            if today != Some(local.date()) {
                today = Some(local.date());
                let day = Body::Day(local.date());
                block.push(Line { at, stamp: at, time: String::new(), times: 1, serial: 0, body: day });
            }
            message.grouped = block.last().is_some_and(|last| continues(last, &message, at));
            let time = local.strftime("%H:%M").to_string();
            block.push(Line {
                at,
                stamp: at,
                time,
                times: 1,
                serial: 0,
                body: Body::Message(Box::new(message)),
            });
        }
        // The day has begun earlier than it seemed.
        let first = LineId(self.first);
        if let Some(Body::Day(day)) = self.line(first).map(|line| &line.body)
            && today == Some(*day)
        {
            self.change(first, |line| line.body = Body::Gone);
        }
        self.first -= block.len() as u64;
        for line in block.into_iter().rev() {
            self.lines.push_front(line);
        }
    }

    /// Takes the lines from the end that are of after a time.
    pub(super) fn take_later(&mut self, than: Timestamp) -> Later {
        let end = self.next_id().0;
        let count = self.lines.iter().rev().take_while(|line| line.at > than).count();
        let start = end - count as u64;
        let lines = self.lines.split_off(self.lines.len() - count);
        // Others will stand where they stood.
        self.changed.retain(|number| *number < start);
        self.changed.extend(start..end);
        let lines = (start..).map(LineId).zip(lines).collect();
        let first_unread = self.first_unread.filter(|id| id.0 >= start);
        if first_unread.is_some() {
            self.first_unread = None;
        }
        Later { lines, first_unread }
    }

    /// Puts lines at the end that were taken from there. Gives for each where it stood and where it stands.
    pub(super) fn put_again(&mut self, later: Later, zone: &TimeZone) -> Vec<(LineId, LineId)> {
        let mut moved = Vec::with_capacity(later.lines.len());
        for (from, mut line) in later.lines {
            // Where a day begins may be elsewhere now.
            if matches!(line.body, Body::Day(_) | Body::Gone) {
                continue;
            }
            self.begin_day(line.at, zone);
            if let Body::Message(message) = &mut line.body {
                let last = self.lines.iter().rev().find(|line| line.body != Body::Gone);
                message.grouped = last.is_some_and(|last| continues(last, message, line.at));
            }
            let to = self.append(line);
            if later.first_unread == Some(from) && self.first_unread.is_none() {
                self.first_unread = Some(to);
            }
            moved.push((from, to));
        }
        moved
    }

    /// Adds a line at the end. One that was there before keeps its serial number.
    fn append(&mut self, mut line: Line) -> LineId {
        if line.serial == 0 {
            self.serials += 1;
            line.serial = self.serials;
        }
        // More than one has to go where older ones came back.
        while self.lines.len() >= MAX_LINES {
            self.lines.pop_front();
            self.first += 1;
        }
        self.lines.push_back(line);
        LineId(self.next_id().0 - 1)
    }

    /// Notes when something was said by the server's clock.
    pub(super) fn was_stamped(&mut self, id: LineId, stamp: Timestamp) {
        let index = id.0.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        if let Some(line) = index.and_then(|index| self.lines.get_mut(index)) {
            line.stamp = stamp;
        }
    }

    /// Changes a line, unless it is gone.
    pub(super) fn change(&mut self, id: LineId, change: impl FnOnce(&mut Line)) {
        let index = id.0.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        let Some(line) = index.and_then(|index| self.lines.get_mut(index)) else { return };
        change(line);
        if !self.changed.contains(&id.0) {
            self.changed.push(id.0);
        }
    }

    /// Changes a message, unless it is gone.
    pub(super) fn change_message(&mut self, id: LineId, change: impl FnOnce(&mut Message)) {
        self.change(id, |line| {
            if let Body::Message(message) = &mut line.body {
                change(message);
            }
        });
    }

    /// Takes the words out of a line; the message below it that stood under its name gets its own.
    pub(super) fn void(&mut self, id: LineId) {
        let had_name = self.line(id).and_then(Line::message).is_some_and(|message| !message.grouped);
        self.change(id, |line| line.body = Body::Gone);
        let below = LineId(id.0 + 1);
        if had_name && self.line(below).and_then(Line::message).is_some_and(|message| message.grouped) {
            self.change_message(below, |message| message.grouped = false);
        }
    }

    /// Shows all of a line, or its short form again.
    pub(super) fn toggle_fold(&mut self, id: LineId) {
        self.change(id, |line| {
            if let Body::Movements(movements) = &mut line.body {
                movements.is_unfolded ^= true;
            }
        });
    }

    /// Takes the numbers of the lines that are not what they were when this was last asked.
    pub(super) fn take_changes(&mut self) -> Vec<u64> {
        mem::take(&mut self.changed)
    }

    /// The newest message that this holds for.
    pub(super) fn find_message(&self, is_it: impl Fn(&Message) -> bool) -> Option<LineId> {
        let back = self.lines.iter().rev().position(|line| line.message().is_some_and(&is_it))?;
        Some(LineId(self.next_id().0 - 1 - back as u64))
    }

    /// Who spoke in the last lines, the newest first.
    pub(super) fn speakers(&self) -> Vec<&str> {
        let mut speakers: Vec<&str> = Vec::new();
        let recent = self.lines.iter().rev().take(SPOKEN_LINES).filter_map(Line::message);
        for message in recent.filter(|message| message.counts()) {
            if !speakers.contains(&message.from.as_str()) {
                speakers.push(&message.from);
            }
        }
        speakers
    }

    /// How many of the lines with these numbers are messages that others wrote to be read.
    pub fn count_messages(&self, numbers: std::ops::Range<u64>) -> usize {
        numbers.filter_map(|number| self.line_numbered(number)?.message()).filter(|it| it.counts()).count()
    }

    /// The line of the message with this identifier, if it is here.
    pub fn line_of_message(&self, id: &str) -> Option<LineId> {
        self.find_message(|message| message.id.as_deref() == Some(id))
    }

    /// Who said what in the message with this identifier, if it is here.
    pub(super) fn quote(&self, id: &str) -> Option<(String, String)> {
        self.line(self.line_of_message(id)?)?.message().map(Message::quote)
    }

    /// The newest line is a message that somebody wrote to be read. It is counted unless somebody looks, and it is new
    /// to whoever looks as well if it came in below what they see.
    pub(super) fn note_new(&mut self, is_looked_at: bool, for_us: bool) {
        if self.first_unread.is_none() && !(is_looked_at && self.seen_to_end) {
            self.first_unread = Some(LineId(self.next_id().0 - 1));
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

    /// Says whether the newest line is in view, of somebody who looks.
    pub(super) fn saw_end(&mut self, is_in_view: bool) {
        self.seen_to_end = is_in_view;
    }

    /// Nobody looks at this conversation any more. Its “new” line goes if all was seen; else it stays for the next time.
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

    /// What stands here was read up to a time, or never: what came after it is unread.
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

    /// Drops every line. Numbering goes on, so that no old line is taken for a new one.
    pub(super) fn clear(&mut self) {
        self.first = self.next_id().0;
        self.lines.clear();
        self.changed.clear();
        self.first_unread = None;
        self.mark_read();
        // Whoever clears the screen does not want it filled again.
        self.past.close();
    }
}

/// Whether a message stands under the name of the line before it.
fn continues(last: &Line, message: &Message, at: Timestamp) -> bool {
    let Body::Message(previous) = &last.body else { return false };
    previous.from == message.from
        && previous.manner == Manner::Message
        && message.manner == Manner::Message
        && at.duration_since(last.at).abs() <= GROUPING
}

/// A colour for a folded name: by FNV-1a, whose result never changes, unlike that of the standard library's hasher.
pub(super) fn colour_of(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // FNV mixes short names badly; the finalizer of MurmurHash3 lets every bit count.
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((hash >> 32) % COLOURS as u64) as usize
}
