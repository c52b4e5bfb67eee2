//! Conversations that are written down, and stand there again the next time.

use super::*;
use crate::logs::Logs;

/// A window that writes down what is said.
fn writing(folder: &std::path::Path) -> Window {
    let mut window = Window::opened();
    window.model.set_logs(Some(Logs::beside(folder, || {}).unwrap()));
    window.model.log_in(window.model.login().form().clone());
    window.server(&[":tea.house 001 bob :Welcome", ":tea.house 422 bob :No message of the day"]);
    window.sent();
    window
}

fn messages(window: &Window, name: &str) -> Vec<String> {
    let conversation = window.network().find(name).expect("it is open");
    conversation.lines().filter_map(|(_, line)| line.message()).map(|it| it.text.clone()).collect()
}

#[test]
fn what_was_said_stands_there_again_the_next_time_and_what_was_read_counts_as_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #Tea", ":alice!a@h PRIVMSG #tea :你好", ":alice!a@h PRIVMSG bob :psst"]);
    window.model.submit("hello").unwrap();
    assert_eq!(messages(&window, "#tea"), ["你好", "hello"]);
    window.model.set_focused(false);
    drop(window);

    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(messages(&window, "#tea"), ["你好", "hello"]);
    assert_eq!(window.network().unread(), 0);
    window.model.open_private("Alice");
    assert_eq!(messages(&window, "alice"), ["psst"]);
}

#[test]
fn what_was_not_read_is_unread_the_next_time_below_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea", ":alice!a@h PRIVMSG #tea :read"]);
    window.model.set_focused(false);
    window.pass(SignedDuration::from_secs(5));
    window.server(&[":alice!a@h PRIVMSG #tea :not read", ":alice!a@h PRIVMSG #tea :bob: nor this"]);
    window.server(&[":carol!c@h NOTICE #tea :does not count"]);
    drop(window);

    let mut window = writing(folder.path());
    window.model.set_focused(false);
    window.server(&[":bob!b@h JOIN #tea"]);
    let tea = window.network().find("#tea").unwrap();
    assert_eq!(window.counts("#tea"), (2, 1));
    assert_eq!(tea.line(tea.first_unread().unwrap()).unwrap().text(Language::English), "not read");
    window.model.set_focused(true);
    assert_eq!(window.counts("#tea"), (0, 0));
    assert!(
        window.network().find("#tea").unwrap().first_unread().is_some(),
        "the line stays while one reads"
    );
    window.model.set_focused(false);
    drop(window);

    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(window.network().find("#tea").unwrap().first_unread(), None);
}

#[test]
fn our_own_words_are_written_down_when_they_come_back_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.happens(What::agreed(&["echo-message"]));
    window.server(&[":bob!b@h JOIN #tea"]);
    window.model.submit("one").unwrap();
    window.model.submit("never arrives").unwrap();
    window.server(&[":bob!b@h PRIVMSG #tea :one"]);
    drop(window);
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(messages(&window, "#tea"), ["one"]);
}

#[test]
fn a_server_that_keeps_history_is_asked_for_what_came_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea", "@time=2026-03-01T08:00:00.000Z :alice!a@h PRIVMSG #tea :first"]);
    drop(window);
    let mut window = writing(folder.path());
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(window.sent(), ["CHATHISTORY AFTER #tea timestamp=2026-03-01T08:00:00.000Z 100"]);
    window.server(&[
        ":tea.house BATCH +x chathistory #tea",
        "@batch=x;time=2026-03-01T08:05:00.000Z;msgid=m :alice!a@h PRIVMSG #tea :second",
        ":tea.house BATCH -x",
    ]);
    assert_eq!(messages(&window, "#tea"), ["first", "second"]);
}

#[test]
fn a_private_talk_that_is_opened_again_is_asked_for_what_came_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&["@msgid=m1;time=2026-03-01T08:00:00.000Z :alice!a@h PRIVMSG bob :first"]);
    drop(window);
    let mut window = writing(folder.path());
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.model.open_private("alice");
    assert_eq!(window.sent(), ["CHATHISTORY AFTER alice msgid=m1 100"]);
    window.server(&[
        ":tea.house BATCH +x chathistory alice",
        "@batch=x;time=2026-03-01T08:05:00.000Z;msgid=m2 :alice!a@h PRIVMSG bob :second",
        ":tea.house BATCH -x",
    ]);
    assert_eq!(messages(&window, "alice"), ["first", "second"]);
}

#[test]
fn a_message_from_the_future_hides_nothing_of_what_is_said_after_it() {
    for (id, asks) in [("msgid=m1;", "msgid=m1"), ("", "timestamp=2026-03-01T09:01:00.000Z")] {
        let folder = tempfile::tempdir().unwrap();
        let mut window = writing(folder.path());
        let ahead = format!("@{id}time=2026-03-01T11:00:00.000Z :alice!a@h PRIVMSG #tea :ahead");
        window.server(&[
            ":bob!b@h JOIN #tea",
            "@time=2026-03-01T08:59:00.000Z :alice!a@h PRIVMSG #tea :before",
        ]);
        window.server(&[&ahead, "@time=2026-03-01T09:00:30.000Z :alice!a@h PRIVMSG #tea :after"]);
        assert_eq!(messages(&window, "#tea"), ["before", "ahead", "after"]);
        if id.is_empty() {
            // The last message is from the future.
            window.server(&[
                ":carol!c@h PART #tea",
                "@time=2026-03-01T11:00:01.000Z :alice!a@h PRIVMSG #tea :again",
            ]);
        }
        let last = window.network().find("#tea").unwrap().lines().last().unwrap().1.at;
        assert!(last <= "2026-03-01T09:01:00Z".parse().unwrap(), "{last}");
        drop(window);
        let mut window = writing(folder.path());
        window.pass(SignedDuration::from_mins(30));
        window.happens(What::agreed(&["batch", "draft/chathistory"]));
        window.server(&[":bob!b@h JOIN #tea"]);
        let sent = window.sent();
        assert_eq!(sent.len(), 1);
        assert!(sent[0].starts_with(&format!("CHATHISTORY AFTER #tea {asks}")), "{sent:?}");
        window.server(&[
            ":tea.house BATCH +x chathistory #tea",
            "@batch=x;time=2026-03-01T09:20:00.000Z;msgid=m2 :alice!a@h PRIVMSG #tea :meanwhile",
            ":tea.house BATCH -x",
        ]);
        assert_eq!(messages(&window, "#tea").last().map(String::as_str), Some("meanwhile"));
    }
}

#[test]
fn who_takes_a_seat_after_somebody_else_reads_nothing_of_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let log_in = |nick: &str, account: Option<&str>| {
        let mut window = Window::opened();
        window.model.set_logs(Some(Logs::beside(folder.path(), || {}).unwrap()));
        window.model.log_in(LoginForm { nick: nick.to_owned(), ..window.model.login().form().clone() });
        window.happens(What::Account(account.map(str::to_owned)));
        window.server(&[&format!(":tea.house 001 {nick} :Welcome"), &format!(":tea.house 422 {nick} :None")]);
        window
    };
    let mut anna = log_in("anna", None);
    anna.server(&[":carol!c@h PRIVMSG anna :your mark is 2/10, tell nobody"]);
    drop(anna);
    for (nick, account) in [("ben", None), ("anna", Some("anna")), ("anna2", Some("ben"))] {
        let mut other = log_in(nick, account);
        other.server(&[&format!(":carol!c@h PRIVMSG {nick} :hello")]);
        assert_eq!(messages(&other, "carol"), ["hello"], "{nick} {account:?}");
        // Nor by taking the name.
        other.server(&[&format!(":{nick}!x@h NICK anna"), ":dora!d@h PRIVMSG anna :hi"]);
        other.model.want_older();
        assert_eq!(messages(&other, "carol"), ["hello"], "{nick} {account:?}");
    }
    let mut anna = log_in("ANNA", None);
    anna.server(&[":carol!c@h PRIVMSG ANNA :and again"]);
    assert_eq!(messages(&anna, "carol"), ["your mark is 2/10, tell nobody", "and again"]);
    // A user who logs in to an account later writes there from then on.
    anna.happens(What::Account(Some("anna".to_owned())));
    anna.server(&[":carol!c@h PRIVMSG ANNA :3/10"]);
    drop(anna);
    let mut anna = log_in("anna_", Some("Anna"));
    anna.model.open_private("carol");
    assert_eq!(messages(&anna, "carol"), ["hello", "3/10"]);
}

#[test]
fn what_was_taken_back_does_not_stand_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.happens(What::agreed(&["echo-message", "labeled-response"]));
    window.server(&[":bob!b@h JOIN #tea", "@msgid=1 :alice!a@h PRIVMSG #tea :oops"]);
    window.type_in("my mistake");
    // The server's clock is another.
    window.server(&["@label=1;msgid=2;time=2026-03-01T09:00:30.000Z :bob!b@h PRIVMSG #tea :my mistake"]);
    window.server(&["@msgid=3 :alice!a@h PRIVMSG #tea :tea?"]);
    window.server(&[":alice!a@h REDACT #tea 1", ":bob!b@h REDACT #tea 2"]);
    drop(window);
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    let shown = window.shown("#tea");
    let said: Vec<_> = shown.iter().filter(|line| line.starts_with('<')).map(String::as_str).collect();
    assert_eq!(said, ["<bob> (message deleted)", "<alice> (message deleted)", "<alice> tea?"]);
}

#[test]
fn what_was_missed_is_written_down_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea", "@time=2026-03-01T08:00:00.000Z :alice!a@h PRIVMSG #tea :first"]);
    drop(window);
    for _ in 0..2 {
        let mut window = writing(folder.path());
        window.happens(What::agreed(&["batch", "draft/chathistory"]));
        window
            .server(&[":bob!b@h JOIN #tea", "@time=2026-03-01T09:00:00.000Z :alice!a@h PRIVMSG #tea :live"]);
        window.server(&[
            ":tea.house BATCH +x chathistory #tea",
            "@batch=x;time=2026-03-01T08:05:00.000Z;msgid=m :alice!a@h PRIVMSG #tea :second",
            ":tea.house BATCH -x",
        ]);
        drop(window);
    }
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(messages(&window, "#tea"), ["first", "second", "live", "live"]);
}

#[test]
fn nothing_is_written_down_once_somebody_does_not_want_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    window.model.set_logs(None);
    window.server(&[":alice!a@h PRIVMSG #tea :unheard"]);
    drop(window);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn whoever_scrolls_up_or_looks_back_reads_on_in_what_was_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":bob!b@h JOIN #tea"]);
    for number in 0..700 {
        window.pass(SignedDuration::from_secs(1));
        window.server(&[&format!(":alice!a@h PRIVMSG #tea :cup {number}.")]);
    }
    drop(window);
    let mut window = writing(folder.path());
    window.pass(SignedDuration::from_secs(700));
    window.server(&[":bob!b@h JOIN #tea"]);
    assert_eq!(messages(&window, "#tea").len(), 200);
    window.model.want_older();
    assert_eq!(messages(&window, "#tea")[0], "cup 300.");
    assert!(window.model.can_look_back());
    window.model.look_back("coffee");
    assert!(window.model.current().unwrap().has_looked_back_in_vain());
    assert_eq!(messages(&window, "#tea").len(), 400, "nothing comes back in vain");
    window.model.stop_looking_back();
    window.model.look_back("cup 250.");
    assert_eq!(messages(&window, "#tea")[0], "cup 150.", "with what was said before");
    window.model.look_back("cup 7.");
    let messages = messages(&window, "#tea");
    assert_eq!((messages.len(), messages[0].as_str()), (700, "cup 0."));
    assert!(!window.model.current().unwrap().is_looking_back());
    window.model.look_back("coffee");
    assert!(window.model.current().unwrap().has_looked_back_in_vain());
    assert!(!window.model.can_look_back() && window.sent().is_empty());
    window.model.stop_looking_back();
    window.model.want_older();
    assert!(!window.model.can_look_back(), "not for other words either, once the log has come to its end");
}

#[test]
fn whoever_changes_only_the_rooms_of_a_server_goes_on_writing_into_the_same_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = writing(folder.path());
    window.server(&[":carol!c@h PRIVMSG bob :one"]);
    window.lose_connection();
    let before = window.network().profile().clone();
    let after = Profile { rooms: vec![Room::parse("#tea").unwrap()], ..before.clone() };
    window.model.change_profile(&before, &after);
    window.model.connect_again(FIRST);
    // The old connection still has the name.
    window.server(&[":tea.house 001 bob_ :Welcome", ":carol!c@h PRIVMSG bob_ :two"]);
    drop(window);
    let mut window = writing(folder.path());
    window.model.open_private("carol");
    assert_eq!(messages(&window, "carol"), ["one", "two"]);
}
