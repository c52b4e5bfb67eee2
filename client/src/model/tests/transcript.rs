//! The transcript, and which of its lines are new.

use super::*;

impl Window {
    /// The line above which something is new, in the room in front.
    fn new_line(&self) -> Option<String> {
        let current = self.model.current().expect("a conversation");
        let line = current.line(current.first_unread()?).expect("it is there");
        Some(line.text(Language::English).into_owned())
    }

    fn others_say(&mut self, words: &[&str]) {
        for words in words {
            self.server(&[&format!(":alice!a@h PRIVMSG #lobby :{words}")]);
        }
    }
}

#[test]
fn who_comes_and_goes_between_two_messages_takes_one_line() {
    let mut window = Window::in_lobby();
    window.others_say(&["hi"]);
    let lines = window.shown("#lobby").len();
    window.server(&[
        ":zoe!z@h JOIN #lobby",
        ":小明!m@h QUIT :bye",
        ":zoe!z@h NICK 佐伊",
        ":yan!y@h JOIN #lobby",
    ]);
    window.server(&[":yan!y@h PART #lobby"]);
    assert_eq!(window.shown("#lobby").len(), lines + 1);
    assert_eq!(window.last("#lobby"), "* 佐伊 came · 小明 left · yan came and went");
    window.others_say(&["hello"]);
    window.server(&[":yan!y@h JOIN #lobby"]);
    assert_eq!(window.last("#lobby"), "* yan has come", "a message begins a new line");
}

#[test]
fn a_line_of_comings_and_goings_unfolds_and_folds() {
    let mut window = Window::in_lobby();
    window.server(&[":zoe!z@h JOIN #lobby", ":zoe!z@h QUIT :Ping timeout"]);
    assert!(!window.model.take_changes().is_empty());
    let last = window.model.current().unwrap().range().1.number() - 1;
    window.model.toggle_fold(last);
    let unfolded = "* zoe came and went\n09:01  zoe has come\n09:01  zoe has gone (Ping timeout)";
    assert_eq!(window.last("#lobby"), unfolded);
    assert_eq!(window.model.take_changes(), [last], "whoever draws it is told");
    window.model.toggle_fold(last);
    assert_eq!(window.last("#lobby"), "* zoe came and went");
}

#[test]
fn a_connection_that_comes_and_goes_does_not_fill_the_transcript() {
    let mut window = Window::in_lobby();
    let lines = window.shown("#lobby").len();
    for _ in 0..3 {
        window.lose_connection();
        window.model.connect_again(FIRST);
        window.server(&[
            ":tea.house 001 bob :Welcome",
            ":bob!bob@here JOIN #lobby",
            ":tea.house 353 bob = #lobby :@alice bob",
            ":tea.house 366 bob #lobby :End of NAMES",
        ]);
    }
    let shown = window.shown("#lobby");
    assert_eq!(shown.len(), lines + 1, "one line more, of the lost connection: {shown:#?}");
    assert!(shown.iter().any(|line| line.ends_with("nothing can be sent for now ×3")), "{shown:#?}");
    assert!(shown.contains(&"* You joined #lobby ×4".to_owned()), "{shown:#?}");
    assert!(shown.contains(&"* 2 in #lobby: alice, bob ×4".to_owned()), "{shown:#?}");
    window.others_say(&["hi"]);
    window.lose_connection();
    assert!(
        window.last("#lobby").ends_with("nothing can be sent for now"),
        "after a message it is news again"
    );
}

#[test]
fn the_new_line_stands_above_what_came_while_nobody_looked() {
    let mut window = Window::in_lobby();
    window.others_say(&["seen"]);
    window.model.set_focused(false);
    window.others_say(&["one", "two"]);
    assert_eq!((window.new_line().as_deref(), window.counts("#lobby")), (Some("one"), (2, 0)));
    window.model.set_focused(true);
    assert_eq!((window.new_line().as_deref(), window.counts("#lobby")), (Some("one"), (0, 0)));
    window.others_say(&["three"]);
    assert_eq!(window.new_line().as_deref(), Some("one"), "it stays while one reads");
    window.model.set_focused(false);
    assert_eq!(window.new_line(), None, "and goes when one has seen it all and leaves");
}

#[test]
fn the_new_line_stays_until_the_end_was_seen() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.others_say(&["one", "two"]);
    window.model.set_focused(true);
    window.model.saw_end(false);
    window.model.set_focused(false);
    window.others_say(&["three"]);
    assert_eq!(window.new_line().as_deref(), Some("one"));
    window.model.set_focused(true);
    window.model.saw_end(true);
    window.model.set_focused(false);
    assert_eq!(window.new_line(), None);
}

#[test]
fn what_comes_below_the_view_is_new_to_whoever_has_scrolled_up() {
    let mut window = Window::in_lobby();
    window.model.saw_end(false);
    window.others_say(&["one", "two"]);
    assert_eq!((window.new_line().as_deref(), window.counts("#lobby")), (Some("one"), (0, 0)));
    let (first, end) = window.model.current().unwrap().range();
    assert_eq!(window.model.current().unwrap().count_messages(first.number()..end.number()), 2);
}

#[test]
fn whoever_answers_has_read_everything() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.others_say(&["one"]);
    window.model.set_focused(true);
    window.type_in("hello");
    assert_eq!(window.new_line(), None);
}

#[test]
fn own_messages_and_notices_are_never_new() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.server(&[":bob!bob@here PRIVMSG #lobby :from my other window", ":alice!a@h NOTICE #lobby :psst"]);
    window.server(&[":zoe!z@h JOIN #lobby"]);
    assert_eq!((window.new_line(), window.counts("#lobby")), (None, (0, 0)));
}

#[test]
fn styled_words_are_sent_and_shown_as_they_were_typed() {
    let mut window = Window::in_lobby();
    assert_eq!(window.type_in("so \x02bold\x02"), ["PRIVMSG #lobby :so \x02bold\x02"]);
    assert_eq!(window.last("#lobby"), "<bob> so bold");
    window.server(&[":alice!a@h PRIVMSG #lobby :\x01ACTION is \x1dslanted\x1d\x01"]);
    let (_, line) = window.model.current().unwrap().lines().next_back().unwrap();
    let message = line.message().unwrap();
    let text = line.text(Language::English);
    assert_eq!(&text[message.spans[0].range.clone()], "slanted");
}

#[test]
fn tab_offers_whoever_spoke_last_before_the_others() {
    let mut window = Window::in_lobby();
    window.server(&[":albert!x@h JOIN #lobby", ":al!x@h JOIN #lobby"]);
    window.server(&[":al!x@h PRIVMSG #lobby :hi", ":albert!x@h PRIVMSG #lobby :hi"]);
    let mut text = "al".to_owned();
    let mut offered = Vec::new();
    for _ in 0..3 {
        let (completed, _) = window.model.complete(&text, text.len(), false).expect("somebody");
        offered.push(completed.clone());
        text = completed;
    }
    assert_eq!(offered, ["albert: ", "al: ", "alice: "]);
    window.server(&[":albert!x@h PART #lobby"]);
    assert_eq!(window.model.complete("alb", 3, false), None, "who has left is not offered");
}

#[test]
fn what_comes_after_the_screen_was_cleared_is_new() {
    let mut window = Window::in_lobby();
    window.model.saw_end(false);
    window.others_say(&["one"]);
    window.model.clear();
    assert_eq!(window.new_line(), None);
    window.others_say(&["two"]);
    assert_eq!(window.new_line().as_deref(), Some("two"));
}

#[test]
fn a_page_that_covers_the_conversation_ends_the_new_line_if_all_was_seen() {
    let mut window = Window::in_lobby();
    window.model.set_focused(false);
    window.others_say(&["one"]);
    window.model.set_focused(true);
    window.model.set_covered(true);
    assert_eq!(window.new_line(), None);
    window.model.set_covered(false);
    window.model.saw_end(false);
    window.others_say(&["two"]);
    window.model.set_covered(true);
    window.model.set_covered(false);
    assert_eq!(window.new_line().as_deref(), Some("two"), "nobody has seen it yet");
}
