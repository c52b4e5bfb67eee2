//! The pile: records of what was said and done that are not written yet. Operators hear when that goes wrong.

use std::fmt;
use std::mem;
use std::sync::OnceLock;

use super::history::Limits;
use crate::text::language::{Language, Text};
use crate::world::Record;

/// How much may lie there. Past that, the disk is too slow.
const MOST_RECORDS: usize = 65_536;
/// When so much lies there, it is written at once.
pub(super) const MANY_RECORDS: usize = MOST_RECORDS / 2;

/// The records that are not written yet.
#[derive(Debug)]
pub(super) struct Pile {
    pub(super) records: Vec<Record>,
    pub(super) limits: Limits,
    /// How many were lost since it began to go wrong; `None` as long as all is well.
    pub(super) lost: Option<usize>,
    pub(super) language: Language,
}

/// Tells the operators, once there is a world with operators in it.
#[derive(Default)]
pub(super) struct Herald(OnceLock<Tell>);

/// Tells every operator.
type Tell = Box<dyn Fn(&Text) + Send + Sync>;

impl Herald {
    /// Says how to tell the operators. The first way stays.
    pub(super) fn tell_by(&self, tell: impl Fn(&Text) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(tell));
    }

    /// Tells the log and the operators. No lock is held meanwhile.
    pub(super) fn announce(&self, news: Option<&Text>, language: Language) {
        let Some(news) = news else { return };
        log::warn!("{}", news.within(language));
        if let Some(tell) = self.0.get() {
            tell(news);
        }
    }
}

impl fmt::Debug for Herald {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Herald")
    }
}

impl Pile {
    /// Puts as many records on top as there is room for. Returns what there is to say if there is none.
    pub(super) fn put(&mut self, records: &mut Vec<Record>) -> Option<Text> {
        let lost = (self.records.len() + records.len()).saturating_sub(MOST_RECORDS);
        records.truncate(records.len() - lost);
        self.records.append(records);
        if lost > 0 { self.lose(lost, Text::HistoryTooSlow) } else { None }
    }

    /// Puts records back that could not be written, below those that came meanwhile. Those that do not fit any more are
    /// counted.
    pub(super) fn put_back(&mut self, records: Vec<Record>) {
        let mut newer = mem::replace(&mut self.records, records);
        // That it goes wrong is known already.
        let _ = self.put(&mut newer);
    }

    /// Counts what was lost, or that something may be. Returns what there is to say of it, if it is the first.
    pub(super) fn lose(&mut self, count: usize, why: Text) -> Option<Text> {
        let is_first = self.lost.is_none();
        *self.lost.get_or_insert(0) += count;
        is_first.then_some(why)
    }

    /// Notes that all is well. Returns what there is to say of it, if it was not.
    pub(super) fn recover(&mut self) -> Option<Text> {
        let lost = self.lost.take()?;
        Some(Text::HistoryRecovered(lost.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    #[test]
    fn operators_hear_of_the_first_record_that_is_lost_and_then_how_many_were() {
        let limits = Limits { days: None, lines: None };
        let mut pile = Pile { records: Vec::new(), limits, lost: None, language: Language::English };
        let mut put = |count| {
            let record = || Record::Room("#tea".into(), None);
            pile.put(&mut iter::repeat_with(record).take(count).collect())
        };
        assert_eq!(put(MOST_RECORDS), None, "they fit");
        assert_eq!(put(1), Some(Text::HistoryTooSlow));
        assert_eq!(put(2), None, "they know");
        assert_eq!(pile.recover(), Some(Text::HistoryRecovered("3".to_owned())));
    }
}
