//! Questions that the server has not finished answering: which people are there, which rooms there are, who somebody
//! is; and the message of the day, which it tells by itself.

use std::collections::{HashMap, VecDeque};
use std::mem;

use teahouse_protocol::{CaseMapping, Folded};

use crate::model::base::ids::ConversationId;
use crate::text::i18n::{Phrase, Text};

/// How many names a notice lists before it says how many more there are.
pub const MAX_NAMES_SHOWN: usize = 100;

/// How many rooms the answer to `/list` shows.
pub const MAX_ROOMS_SHOWN: usize = 100;

/// How much of a message of the day is shown.
const MAX_MOTD_LINES: usize = 500;

/// A WHO that the server has not finished answering. Answers come in the order of the questions.
#[derive(Default)]
pub struct WhoQuestion {
    /// The room asked about, or the whole server.
    pub room: Option<String>,
    /// Where to show the answer; nowhere if it is only for the members' away marks.
    pub asked_in: Option<ConversationId>,
    /// A room to ask about instead if the server shows nobody.
    pub instead: Option<String>,
    /// The people so far, and whether they are away.
    pub people: Vec<(String, bool)>,
}

/// A LIST that the server has not finished answering.
struct RoomList {
    asked_in: ConversationId,
    rows: Vec<Phrase>,
    count: usize,
}

/// A person's card: what the server says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Their name.
    pub nick: String,
    /// What the server says of them.
    pub facts: Vec<Phrase>,
    /// Whether the server has said all.
    is_complete: bool,
}

/// All that is not answered yet.
#[derive(Default)]
pub struct Inquiries {
    /// Names that came and whose end has not.
    names: HashMap<Folded<'static>, Vec<String>>,
    who: VecDeque<WhoQuestion>,
    rooms: Option<RoomList>,
    /// The message of the day so far.
    motd: Vec<Phrase>,
    /// Whether the server has not finished its greeting.
    is_greeting: bool,
    card: Option<Card>,
}

impl WhoQuestion {
    /// The people who were seen, in words.
    pub fn answer(&self, mapping: CaseMapping) -> Phrase {
        let mut names: Vec<_> = self.people.iter().map(|(nick, _)| nick.as_str()).collect();
        names.sort_by(|one, other| mapping.fold(one).cmp(&mapping.fold(other)));
        names.dedup();
        if names.is_empty() {
            return Text::NobodySeen.into();
        }
        let counted = Text::Verbatim.with([&names.len().to_string()]);
        Text::OnlineList.of([counted, list_names(&names, MAX_NAMES_SHOWN)])
    }
}

impl Inquiries {
    /// The connection is over. A card that was asked for may still be shown.
    pub fn give_up(&mut self) {
        *self = Self { card: self.card.take(), ..Self::default() };
    }

    /// Some of the people in a room.
    pub fn names_come(&mut self, room: Folded<'static>, people: Vec<String>) {
        self.names.entry(room).or_default().extend(people);
    }

    /// All people in a room: there are no more.
    pub fn names_end(&mut self, room: &Folded<'static>) -> Vec<String> {
        self.names.remove(room).unwrap_or_default()
    }

    /// The user asks which people are there. Gives what is to be asked about.
    pub fn ask_who(&mut self, question: WhoQuestion) -> String {
        let mask = question.room.clone().unwrap_or_else(|| "*".to_owned());
        self.who.push_back(question);
        mask
    }

    /// A person who is there.
    pub fn who_row(&mut self, nick: String, away: bool) {
        if let Some(question) = self.who.front_mut() {
            question.people.push((nick, away));
        }
    }

    /// The oldest question is answered.
    pub fn who_end(&mut self) -> Option<WhoQuestion> {
        self.who.pop_front()
    }

    /// Somebody asks in a conversation which rooms there are.
    pub fn ask_rooms(&mut self, asked_in: Option<ConversationId>) {
        self.rooms = asked_in.map(|asked_in| RoomList { asked_in, rows: Vec::new(), count: 0 });
    }

    /// A room that there is.
    pub fn room_row(&mut self, room: &str, people: &str, topic: &str) {
        let Some(RoomList { rows, count, .. }) = &mut self.rooms else { return };
        *count += 1;
        if rows.len() < MAX_ROOMS_SHOWN {
            rows.push(match topic {
                "" => Text::RoomRowPlain.with([room, people]),
                topic => Text::RoomRow.with([room, people, topic]),
            });
        }
    }

    /// There are no more rooms: the conversation that asked, and the answer in words.
    pub fn rooms_end(&mut self) -> Option<(ConversationId, Vec<Phrase>)> {
        let RoomList { asked_in, mut rows, count } = self.rooms.take()?;
        let counted = count.to_string();
        rows.push(if count > rows.len() {
            Text::RoomListCut.with([&counted, &rows.len().to_string()])
        } else {
            Text::RoomListEnd.with([&counted])
        });
        Some((asked_in, rows))
    }

    /// The server begins to greet us.
    pub fn greet(&mut self) {
        self.is_greeting = true;
    }

    /// Whether the server has not finished its greeting.
    pub fn is_greeting(&self) -> bool {
        self.is_greeting
    }

    /// A line of the message of the day.
    pub fn motd_line(&mut self, line: &str) {
        if self.motd.len() < MAX_MOTD_LINES {
            // Most servers begin each line like this, as RFC 1459 has it.
            self.motd.push(Text::Verbatim.with([line.strip_prefix("- ").unwrap_or(line)]));
        }
    }

    /// The message of the day is over. Says whether the greeting ends with it, and what it was.
    pub fn motd_end(&mut self) -> (bool, Vec<Phrase>) {
        (mem::take(&mut self.is_greeting), mem::take(&mut self.motd))
    }

    /// The user asks who this is.
    pub fn ask_card(&mut self, nick: &str) {
        self.card = Some(Card { nick: nick.to_owned(), ..Card::default() });
    }

    /// Puts a fact on the card, if there is a card of this person that is not complete. Says whether there is.
    pub fn add_fact(&mut self, mapping: CaseMapping, nick: &str, fact: &Phrase) -> bool {
        let card = self.card.as_mut().filter(|card| mapping.same(&card.nick, nick) && !card.is_complete);
        card.map(|card| card.facts.push(fact.clone())).is_some()
    }

    /// The server has told all that it knows. If it knows nobody of that name, it has said that already.
    pub fn complete_card(&mut self, mapping: CaseMapping, nick: &str) {
        if let Some(card) = self.card.as_mut().filter(|card| mapping.same(&card.nick, nick)) {
            card.is_complete = true;
        }
        self.card.take_if(|card| card.is_complete && card.facts.is_empty());
    }

    /// Takes the card that was asked for, once all of it is there.
    pub fn take_card(&mut self) -> Option<Card> {
        self.card.take_if(|card| card.is_complete)
    }
}

/// Names in a sentence, and how many more there are if they are very many.
pub fn list_names(names: &[&str], most: usize) -> Phrase {
    let shown = names[..names.len().min(most)].join(", ");
    match names.len() - names.len().min(most) {
        0 => Text::Verbatim.with([&shown]),
        more => Text::AndMore.with([&shown, &more.to_string()]),
    }
}
