//! Searching what was said: slice by slice, from new to old, so that the store answers others between two slices.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use teahouse_protocol::{CaseMapping, Folded};

use crate::store::history::read::{COLUMNS, Edge, entry};
use crate::store::history::{SLICE, find_place};
use crate::store::rows::text;
use crate::world::{Entry, Number};

/// A search that is going on.
#[derive(Debug)]
pub(crate) struct Search {
    /// The words that must be in a message, in lower case.
    pub(crate) words: Vec<String>,
    /// The speaker of the message: a nickname or an account, folded.
    pub(crate) from: Option<Folded<'static>>,
    casemapping: CaseMapping,
    /// Only what is behind this.
    pub(crate) after: Edge,
    /// Only what is before this.
    pub(crate) before: Edge,
    /// The newest so many.
    pub(crate) limit: usize,
    /// The places to look, and from when on the user may read them. The last place is being looked through.
    pub(crate) places: Vec<(String, Number)>,
    /// Before what, in the last place; `None` where it has not begun.
    reached: Option<Number>,
    /// Enough were found that no message before this number is among the newest.
    newest: Number,
    found: Vec<Entry>,
}

impl Search {
    /// A search for the newest `limit` messages of any kind, with no places yet.
    pub(crate) fn new(casemapping: CaseMapping, limit: usize) -> Self {
        Self {
            words: Vec::new(),
            from: None,
            casemapping,
            after: Edge::Message(Number::FIRST),
            before: Edge::Message(Number::LAST),
            newest: Number::FIRST,
            limit,
            places: Vec::new(),
            reached: None,
            found: Vec::new(),
        }
    }

    /// Looks through the next messages, from new to old. Returns whether that was all.
    pub(crate) fn next_slice(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let Some((name, since)) = self.places.last() else { return Ok(true) };
        let Some(place) = find_place(connection, name)? else { return Ok(self.leave_place()) };
        let after = self.after.resolve(connection, place, true)?;
        let after = after.max(since.as_micros()).max(self.newest.as_micros());
        let before = match self.reached {
            Some(reached) => reached.as_micros(),
            None => self.before.resolve(connection, place, false)?,
        };
        let key: Arc<str> = Arc::from(name.as_str());
        let mut select = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM message WHERE place = ? AND id > ? AND id < ? AND kind & 15 <= 2
             ORDER BY id DESC LIMIT ?"
        ))?;
        let mut rows = select.query(params![place, after, before, SLICE])?;
        let (mut seen, mut here) = (0, 0);
        while let Some(row) = rows.next()? {
            seen += 1;
            self.reached = Some(Number::from_micros(row.get(0)?));
            if self.fits(row)? {
                self.found.push(entry(row, Arc::clone(&key))?);
                here += 1;
                // A message older than this many is not among the newest.
                if here == self.limit {
                    return Ok(self.leave_place());
                }
            }
        }
        if seen < SLICE {
            return Ok(self.leave_place());
        }
        self.keep_the_newest();
        Ok(false)
    }

    fn leave_place(&mut self) -> bool {
        self.places.pop();
        self.reached = None;
        self.keep_the_newest();
        self.places.is_empty()
    }

    /// Drops messages that are not among the newest: they will not be shown, and nothing older need be looked at.
    fn keep_the_newest(&mut self) {
        self.found.sort_by_key(|entry| entry.number);
        self.found.drain(..self.found.len().saturating_sub(self.limit));
        if let Some(oldest) = self.found.first().filter(|_| self.found.len() == self.limit) {
            self.newest = self.newest.max(oldest.number);
        }
    }

    fn fits(&self, row: &Row) -> rusqlite::Result<bool> {
        if let Some(from) = &self.from {
            let source = text(row, 2)?;
            let nick = source.split('!').next().unwrap_or_default();
            if self.casemapping.fold(nick) != *from && self.casemapping.fold(&text(row, 3)?) != *from {
                return Ok(false);
            }
        }
        let words = text(row, 6)?.replace('\r', "").to_lowercase();
        Ok(self.words.iter().all(|word| words.contains(word)))
    }

    /// The newest of what was found, from old to new.
    pub(crate) fn found(self) -> Vec<Entry> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::history::import::{self, Incoming};
    use crate::store::schema;
    use crate::world::{Kind, Texts};

    /// A message with a number, which is its time.
    fn said(place: &Arc<str>, number: i64, words: &str) -> Incoming {
        let texts = Texts { source: "alice!~alice@tea", words, ..Texts::default() };
        let number = Number::from_micros(number);
        let entry = Entry::new(Arc::clone(place), number, Kind::Privmsg, false, &texts);
        Incoming { entry, has_id: true }
    }

    #[test]
    fn what_was_said_long_ago_in_a_long_conversation_is_found_too() {
        let connection = schema::open_in_memory().unwrap();
        let (name, place) = ("#tea", Arc::from("#tea"));
        let words = |number| if number == 1 { "喝茶" } else { "water" };
        let last = 2 * SLICE as i64;
        let mut all: Vec<_> = (1..=last).map(|number| said(&place, number, words(number))).collect();
        import::into_room(&connection, name, &mut all).unwrap();
        let mut search = Search::new(CaseMapping::Ascii, 10);
        search.words.push("茶".to_owned());
        search.places.push((name.to_owned(), Number::FIRST));
        while !search.next_slice(&connection).unwrap() {}
        let found: Vec<_> = search.found().iter().map(|entry| entry.number.as_micros()).collect();
        assert_eq!(found, [1]);
    }

    #[test]
    fn of_many_conversations_no_more_is_kept_than_is_shown_and_it_is_the_newest() {
        let connection = schema::open_in_memory().unwrap();
        let mut search = Search::new(CaseMapping::Ascii, 10);
        search.words.push("茶".to_owned());
        for room in 0_i64..20 {
            let name = format!("#tea{room}");
            let place: Arc<str> = Arc::from(name.as_str());
            let mut all: Vec<_> = (1..=50).map(|line| said(&place, line * 100 + room, "喝茶")).collect();
            import::into_room(&connection, &name, &mut all).unwrap();
            search.places.push((name, Number::FIRST));
        }
        while !search.next_slice(&connection).unwrap() {
            assert!(search.found.len() <= 10, "{} are kept", search.found.len());
        }
        let numbers: Vec<_> = search.found().iter().map(|entry| entry.number.as_micros()).collect();
        assert_eq!(numbers, (5010..5020).collect::<Vec<_>>());
    }
}
