//! The lines of a conversation: added at the end, older ones before the first, dropped from the front when there are
//! too many, or cleared all together.
//!
//! A line may change where it stands, and be empty in the end; the view is told ([`Lines::take_changes`]). So a widget
//! may measure a line once and keep the result under its [`LineId`].

use std::collections::{BTreeSet, VecDeque};
use std::mem;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::event::Manner;
use crate::model::base::ids::LineId;
use crate::model::conversation::condense::{self, MAX_MOVEMENTS, Movement, Movements};
use crate::model::conversation::line::{Body, Delivery, Line, Message};
use crate::model::conversation::past::Told;
use crate::text::i18n::Phrase;

/// How many lines a conversation keeps.
pub const MAX_LINES: usize = 10_000;

/// The number of the first line of all: there is room for everything that was said before it.
const FIRST_NUMBER: u64 = 1 << 40;

/// Somebody who spoke within so many lines is likely to be spoken to.
const SPOKEN_LINES: usize = 200;

/// How far back a notice looks for another that tells of the same state.
const STATE_LINES: usize = 16;

/// Messages of one person within this time of each other stand under one name.
const GROUPING: SignedDuration = SignedDuration::from_mins(2);

/// A message without an identifier is taken for the same as another with the same words so many seconds apart.
const SAME_SECS: i64 = 30;

/// The lines, by their numbers on end.
#[derive(Debug)]
pub struct Lines {
    lines: VecDeque<Line>,
    /// The number of the first line, and of the next line when there are none.
    first: u64,
    /// Lines that changed since they were last drawn.
    changed: BTreeSet<u64>,
    /// How many lines have come.
    serials: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self { lines: VecDeque::new(), first: FIRST_NUMBER, changed: BTreeSet::new(), serials: 0 }
    }
}

/// What stands there.
impl Lines {
    /// Every line, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (LineId, &Line)> + ExactSizeIterator {
        self.lines.iter().enumerate().map(|(index, line)| (LineId(self.first + index as u64), line))
    }

    /// A line, unless it is gone.
    pub fn get(&self, id: LineId) -> Option<&Line> {
        self.lines.get(self.index_of(id)?)
    }

    /// The message in a line, if there is one.
    pub fn message(&self, id: LineId) -> Option<&Message> {
        self.get(id)?.message()
    }

    /// The number of the first line.
    pub fn first_id(&self) -> LineId {
        LineId(self.first)
    }

    /// The number that the next line will have.
    pub fn next_id(&self) -> LineId {
        LineId(self.first + self.lines.len() as u64)
    }

    /// How many more lines there is room for.
    pub fn room(&self) -> usize {
        MAX_LINES.saturating_sub(self.lines.len())
    }

    /// The first message that is here, by its identifier and its time.
    pub fn oldest_message(&self) -> Option<(Option<String>, Timestamp)> {
        self.lines.iter().find_map(|line| Some((line.message()?.id.clone(), line.at)))
    }

    /// When the last message was said, and when by the server's clock.
    pub fn last_message_at(&self) -> Option<(Timestamp, Timestamp)> {
        let line = self.lines.iter().rev().find(|line| line.message().is_some())?;
        Some((line.at, line.stamp))
    }

    /// The line of the message with this identifier, if it is here.
    pub fn of_message(&self, id: &str) -> Option<LineId> {
        self.find_message(|message| message.id.as_deref() == Some(id))
    }

    /// Whether anything stands below a line but our own messages that are on their way.
    pub fn has_others_after(&self, line: LineId) -> bool {
        let after = self.iter().rev().take_while(|(id, _)| *id > line);
        let mut after = after.filter(|(_, line)| line.body != Body::Gone);
        after.any(|(_, line)| line.message().is_none_or(|message| message.delivery != Delivery::Pending))
    }

    /// The newest message that this holds for.
    fn find_message(&self, is_it: impl Fn(&Message) -> bool) -> Option<LineId> {
        let back = self.lines.iter().rev().position(|line| line.message().is_some_and(&is_it))?;
        Some(LineId(self.next_id().0 - 1 - back as u64))
    }

    /// People who spoke in the last lines, the newest first.
    pub fn speakers(&self) -> Vec<&str> {
        let mut speakers: Vec<&str> = Vec::new();
        let recent = self.lines.iter().rev().take(SPOKEN_LINES).filter_map(Line::message);
        for message in recent.filter(|message| message.counts()) {
            if !speakers.contains(&message.from.as_str()) {
                speakers.push(&message.from);
            }
        }
        speakers
    }

    fn index_of(&self, id: LineId) -> Option<usize> {
        usize::try_from(id.0.checked_sub(self.first)?).ok()
    }

    /// Whether a message stands under the name of the last line.
    fn goes_on(&self, message: &Message, at: Timestamp) -> bool {
        let last = self.lines.iter().rev().find(|line| line.body != Body::Gone);
        last.is_some_and(|last| continues(last, message, at))
    }
}

/// What changes there.
impl Lines {
    /// Adds a line at the end, a day line before it if a day has begun, and drops the oldest lines over the limit.
    /// A notice that tells how things stand takes the place of the notice before, if nobody spoke in between.
    pub fn push(&mut self, at: Timestamp, zone: &TimeZone, mut body: Body) -> LineId {
        let time = self.begin_day(at, zone);
        match &mut body {
            Body::Message(message) => message.grouped = self.goes_on(message, at),
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
        self.append(Line::new(at, time, body))
    }

    /// Somebody came, went or took another name; a single line tells of all who did so without a word in between.
    pub fn push_movement(&mut self, at: Timestamp, zone: &TimeZone, mut movement: Movement) {
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
            self.append(Line::new(at, time, Body::Movements(Movements::new(movement))));
        }
    }

    /// Adds a day line if a day has begun; gives the time as it stands in a line.
    fn begin_day(&mut self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        let day = local.date();
        let last_day = self.lines.back().map(|last| last.at.to_zoned(zone.clone()).date());
        if last_day.is_none_or(|last| last < day) {
            self.append(Line::new(at, String::new(), Body::Day(day)));
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
    pub fn prepend(&mut self, messages: Vec<(Timestamp, Message)>, zone: &TimeZone) {
        let mut block: Vec<Line> = Vec::with_capacity(messages.len() + 8);
        let mut today = None;
        for (at, mut message) in messages {
            let local = at.to_zoned(zone.clone());
            if today != Some(local.date()) {
                today = Some(local.date());
                block.push(Line::new(at, String::new(), Body::Day(local.date())));
            }
            message.grouped = block.last().is_some_and(|last| continues(last, &message, at));
            let time = local.strftime("%H:%M").to_string();
            block.push(Line::new(at, time, Body::Message(Box::new(message))));
        }
        // The day has begun earlier than it seemed.
        let first = LineId(self.first);
        if let Some(Body::Day(day)) = self.get(first).map(|line| &line.body)
            && today == Some(*day)
        {
            self.change(first, |line| line.body = Body::Gone);
        }
        self.first -= block.len() as u64;
        for line in block.into_iter().rev() {
            self.lines.push_front(line);
        }
    }

    /// Takes the lines from the end that are of after a time, to be put there again below what belongs before them.
    pub fn take_later(&mut self, than: Timestamp) -> Vec<(LineId, Line)> {
        let end = self.next_id().0;
        let count = self.lines.iter().rev().take_while(|line| line.at > than).count();
        let start = end - count as u64;
        let lines = self.lines.split_off(self.lines.len() - count);
        // Others will stand where they stood.
        self.changed.extend(start..end);
        (start..).map(LineId).zip(lines).collect()
    }

    /// Puts lines at the end that were taken from there. Gives for each where it stood and where it stands.
    pub fn put_again(&mut self, later: Vec<(LineId, Line)>, zone: &TimeZone) -> Vec<(LineId, LineId)> {
        let mut moved = Vec::with_capacity(later.len());
        for (from, mut line) in later {
            // Where a day begins may be elsewhere now.
            if matches!(line.body, Body::Day(_) | Body::Gone) {
                continue;
            }
            self.begin_day(line.at, zone);
            if let Body::Message(message) = &mut line.body {
                message.grouped = self.goes_on(message, line.at);
            }
            moved.push((from, self.append(line)));
        }
        moved
    }

    /// Adds a line at the end. A line that was there before keeps its serial number.
    fn append(&mut self, mut line: Line) -> LineId {
        if line.serial == 0 {
            self.serials += 1;
            line.serial = self.serials;
        }
        // More than one line has to go where older lines came back.
        while self.lines.len() >= MAX_LINES {
            self.lines.pop_front();
            self.first += 1;
        }
        self.lines.push_back(line);
        LineId(self.next_id().0 - 1)
    }

    /// Notes when something was said by the server's clock.
    pub fn was_stamped(&mut self, id: LineId, stamp: Timestamp) {
        if let Some(line) = self.index_of(id).and_then(|index| self.lines.get_mut(index)) {
            line.stamp = stamp;
        }
    }

    /// Changes a line, unless it is gone.
    pub fn change(&mut self, id: LineId, change: impl FnOnce(&mut Line)) {
        let Some(line) = self.index_of(id).and_then(|index| self.lines.get_mut(index)) else { return };
        change(line);
        self.changed.insert(id.0);
    }

    /// Changes a message, unless it is gone.
    pub fn change_message(&mut self, id: LineId, change: impl FnOnce(&mut Message)) {
        self.change(id, |line| {
            if let Body::Message(message) = &mut line.body {
                change(message);
            }
        });
    }

    /// Takes the words out of a line; the message below it that stood under its name gets its own.
    pub fn void(&mut self, id: LineId) {
        let had_name = self.message(id).is_some_and(|message| !message.grouped);
        self.change(id, |line| line.body = Body::Gone);
        let is_there = |id: &LineId| self.get(*id).is_some_and(|line| line.body != Body::Gone);
        let below = (id.0 + 1..self.next_id().0).map(LineId).find(is_there);
        if let Some(below) = below.filter(|_| had_name) {
            self.change_message(below, |message| message.grouped = false);
        }
    }

    /// Shows all of a line, or its short form again.
    pub fn toggle_fold(&mut self, id: LineId) {
        self.change(id, |line| {
            if let Body::Movements(movements) = &mut line.body {
                movements.is_unfolded ^= true;
            }
        });
    }

    /// Takes the numbers of the lines that are not what they were when this was last asked.
    pub fn take_changes(&mut self) -> Vec<u64> {
        mem::take(&mut self.changed).into_iter().collect()
    }

    /// Whether a message is here already. A message of ours that was thought lost has arrived after all.
    pub fn recognises(&mut self, told: &Told) -> bool {
        let Told { at, stamp, from, words, .. } = told;
        let is_near = |said: Timestamp, at: Timestamp| at.duration_since(said).as_secs().abs() <= SAME_SECS;
        // If a message was stamped with a time that has not come, nobody can say from which time on it stands here.
        let is_ahead = stamp.is_some_and(|stamp| !is_near(stamp, *at));
        let is_it = |message: &Message, said: Timestamp| match (&message.id, &words.id) {
            (Some(one), Some(other)) => one == other,
            _ => message.from == from.name && message.text == words.text && (is_ahead || is_near(said, *at)),
        };
        let found = self.iter().rev().find_map(|(id, line)| {
            let message = line.message().filter(|message| is_it(message, line.at))?;
            Some((id, message.id.is_none()))
        });
        let Some((line, is_nameless)) = found else { return false };
        if is_nameless {
            self.change_message(line, |message| {
                message.id.clone_from(&words.id);
                message.delivery = Delivery::Arrived;
            });
        }
        true
    }

    /// Drops every line. Numbering goes on, so that no old line is taken for a new line.
    pub fn clear(&mut self) {
        self.first = self.next_id().0;
        self.lines.clear();
        self.changed.clear();
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
