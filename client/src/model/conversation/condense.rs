//! Comings and goings in few words: people who came, who left, who did both, in one line for all that happened
//! between two messages.
//!
//! Only the outcome is told: somebody who came and left again passed by, somebody who left and is back was only away
//! for a moment. All that happened in between is kept, with its times, for a user who unfolds the line.

use crate::text::i18n::{Language, Phrase, Text};

/// How many movements a line takes.
pub const MAX_MOVEMENTS: usize = 1000;

/// How many names the short form tells of one kind.
const MAX_NAMES: usize = 12;

/// Somebody came, went, or took another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When, as `HH:MM`.
    pub time: String,
    /// The person, by the name before.
    pub who: String,
    /// What they did.
    pub step: Step,
    /// The same as a whole sentence, with the reason if there was one.
    pub phrase: Phrase,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Came into the room.
    Came,
    /// Left the room or the server.
    Left,
    /// Is called this from now on.
    Renamed(String),
}

/// All movements between two messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movements {
    movements: Vec<Movement>,
    /// Whether each is shown.
    pub is_unfolded: bool,
}

/// What became of one person.
struct Person<'a> {
    before: &'a str,
    now: &'a str,
    was_here: bool,
    is_here: bool,
    has_moved: bool,
}

impl Movements {
    /// The first movement.
    pub fn new(movement: Movement) -> Self {
        Self { movements: vec![movement], is_unfolded: false }
    }

    /// Adds a movement.
    pub fn add(&mut self, movement: Movement) {
        self.movements.push(movement);
    }

    /// How many there were.
    pub fn len(&self) -> usize {
        self.movements.len()
    }

    /// Each in a sentence of its own.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.movements.iter().map(|movement| &movement.phrase)
    }

    /// Whether there were none, which never is so.
    pub fn is_empty(&self) -> bool {
        self.movements.is_empty()
    }

    /// Whether there is more to it than a single sentence.
    pub fn can_unfold(&self) -> bool {
        self.movements.len() > 1
    }

    /// All of it in words: the outcome, and below it each movement if it is unfolded.
    pub fn text(&self, language: Language) -> String {
        let [only] = self.movements.as_slice() else {
            let mut text = self.outcome(language);
            if self.is_unfolded {
                for movement in &self.movements {
                    text.push_str(&format!("\n{}  {}", movement.time, movement.phrase.to(language)));
                }
            }
            return text;
        };
        only.phrase.to(language)
    }

    /// What it came to.
    fn outcome(&self, language: Language) -> String {
        let people = self.people();
        let names = |was_here: bool, is_here: bool| -> Vec<&str> {
            let are_such =
                |it: &&Person<'_>| it.has_moved && it.was_here == was_here && it.is_here == is_here;
            people.iter().filter(are_such).map(|it| it.now).collect()
        };
        let mut parts = Vec::new();
        for (text, names) in [
            (Text::SomeCame, names(false, true)),
            (Text::SomeLeft, names(true, false)),
            (Text::SomePassedBy, names(false, false)),
            (Text::SomeReturned, names(true, true)),
        ] {
            if !names.is_empty() {
                parts.push(text.of([list(&names)]).to(language));
            }
        }
        for person in people.iter().filter(|it| !it.has_moved && it.before != it.now) {
            parts.push(Text::Renamed.with([person.before, person.now]).to(language));
        }
        if parts.is_empty() {
            // Somebody took another name and then the old name again.
            parts.extend(self.movements.last().map(|last| last.phrase.to(language)));
        }
        parts.join(" · ")
    }

    fn people(&self) -> Vec<Person<'_>> {
        let mut people: Vec<Person<'_>> = Vec::new();
        for Movement { who, step, .. } in &self.movements {
            // The person who has the name now; somebody who left may have left it to somebody else.
            let known = people.iter().rposition(|it| it.now == who && (it.is_here || *step == Step::Came));
            let index = known.unwrap_or_else(|| {
                let was_here = *step != Step::Came;
                people.push(Person { before: who, now: who, was_here, is_here: was_here, has_moved: false });
                people.len() - 1
            });
            let person = &mut people[index];
            match step {
                Step::Came | Step::Left => {
                    person.is_here = *step == Step::Came;
                    person.has_moved = true;
                }
                Step::Renamed(to) => person.now = to,
            }
        }
        people
    }
}

/// Names in a sentence, and how many more there are if they are many.
fn list(names: &[&str]) -> Phrase {
    let shown = names[..names.len().min(MAX_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => Text::Verbatim.with([&shown]),
        more => Text::AndMore.with([&shown, &more.to_string()]),
    }
}

/// Whether a notice tells how things stand, so that the same notice again takes the place of the first: a connection
/// that comes and goes is worth a line, not a page.
pub fn is_state(notice: &[Phrase]) -> bool {
    notice.last().is_some_and(|phrase| {
        matches!(
            phrase.text(),
            Text::LostConnection
                | Text::LoggedIn
                | Text::YouJoined
                | Text::PeopleHere
                | Text::TopicIs
                | Text::NoTopic
                | Text::NowAway
                | Text::NoLongerAway
        )
    })
}

/// Whether two notices tell of the same state.
pub fn are_same_state(one: &[Phrase], other: &[Phrase]) -> bool {
    let kind = |notice: &[Phrase]| notice.last().map(Phrase::text);
    is_state(one) && kind(one) == kind(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(who: &str, step: Step) -> Movement {
        let phrase = match &step {
            Step::Came => Text::Joined.with([who]),
            Step::Left => Text::QuitBecause.with([who, "bye"]),
            Step::Renamed(to) => Text::Renamed.with([who, to]),
        };
        Movement { time: "09:01".to_owned(), who: who.to_owned(), step, phrase }
    }

    /// Reads `+a` as coming, `-a` as leaving, `a>b` as a new name.
    fn movements(steps: &str) -> Movements {
        let mut steps = steps.split(' ').map(|step| match step.split_at(1) {
            ("+", who) => movement(who, Step::Came),
            ("-", who) => movement(who, Step::Left),
            _ => {
                let (who, to) = step.split_once('>').expect("a new name");
                movement(who, Step::Renamed(to.to_owned()))
            }
        });
        let mut movements = Movements::new(steps.next().expect("a step"));
        steps.for_each(|movement| movements.add(movement));
        movements
    }

    #[track_caller]
    fn check(steps: &str, expected: &str) {
        assert_eq!(movements(steps).text(Language::English), expected, "{steps}");
    }

    #[test]
    fn very_many_who_come_and_go_do_not_stand_in_one_line() {
        use jiff::tz::TimeZone;

        use crate::model::base::ids::{ConversationId, NetworkId};
        use crate::model::conversation::line::Body;
        use crate::model::conversation::{Conversation, Kind};

        let id = ConversationId { network: NetworkId(0), number: 0 };
        let mut conversation = Conversation::new(id, Kind::Room, "#a");
        let at = "2026-03-01T09:01:00Z".parse().unwrap();
        for _ in 0..=MAX_MOVEMENTS {
            conversation.lines.push_movement(at, &TimeZone::UTC, movement("zoe", Step::Came));
        }
        let lines = conversation.lines().filter(|(_, line)| matches!(line.body, Body::Movements(_)));
        assert_eq!(lines.count(), 2);
    }

    #[test]
    fn one_movement_is_told_in_full() {
        check("+ann", "ann has come");
        check("-ann", "ann has gone (bye)");
        check("ann>anna", "ann is now called anna");
    }

    #[test]
    fn several_are_told_by_what_they_came_to() {
        check("+ann +bob", "ann, bob came");
        check("+ann -bob", "ann came · bob left");
        check("+ann -ann", "ann came and went");
        check("-ann +ann", "ann left and came back");
        check("+ann -ann +ann", "ann came");
        check("-ann +ann -ann", "ann left");
        check("+ann ann>anna", "anna came");
        check("ann>anna anna>annie", "ann is now called annie");
        check("ann>anna anna>ann", "anna is now called ann");
        check("ann>anna -anna", "anna left");
        check("-ann bob>ann", "ann left · bob is now called ann");
    }

    #[test]
    fn unfolded_each_stands_with_its_time() {
        assert!(!movements("+ann").can_unfold(), "it is told in full");
        let mut movements = movements("+ann -bob");
        assert!(movements.can_unfold());
        movements.is_unfolded = true;
        let expected = "ann came · bob left\n09:01  ann has come\n09:01  bob has gone (bye)";
        assert_eq!(movements.text(Language::English), expected);
    }

    #[test]
    fn a_crowd_is_not_told_name_by_name() {
        let steps: Vec<_> = (0..40).map(|number| format!("+n{number}")).collect();
        let text = movements(&steps.join(" ")).text(Language::English);
        assert!(text.contains("n11") && !text.contains("n12") && text.contains("28 more"), "{text}");
    }
}
