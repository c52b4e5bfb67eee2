//! Messages from before: asked for, put where they belong, and never twice.

use super::*;

/// Logged in to a server that keeps what was said, and gives three messages at a time.
fn kept() -> Window {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.happens(What::agreed(&["batch", "draft/chathistory", "echo-message"]));
    window.server(&[
        ":tea.house 001 bob :Welcome",
        ":tea.house 005 bob CHATHISTORY=3 :are supported",
        ":tea.house 422 bob :No message of the day",
    ]);
    window.sent();
    window
}

/// The same in the lobby, whose latest messages were asked for.
fn kept_in_lobby() -> Window {
    let mut window = kept();
    window.server(&[":bob!bob@here JOIN #lobby"]);
    assert_eq!(window.sent(), ["CHATHISTORY LATEST #lobby * 3"]);
    window
}

/// Plays an answer: messages by alice, each with its number for an identifier and a minute.
fn answer(window: &mut Window, target: &str, numbers: std::ops::Range<u32>) {
    window.server(&[&format!(":tea.house BATCH +x chathistory {target}")]);
    for number in numbers {
        window.server(&[&said("batch=x;", target, number)]);
    }
    window.server(&[":tea.house BATCH -x"]);
}

/// A message by alice, of eight in the morning.
fn said(tags: &str, target: &str, number: u32) -> String {
    format!(
        "@{tags}msgid=m{number};time=2026-03-01T08:{number:02}:00.000Z :alice!a@h PRIVMSG {target} :{number}"
    )
}

/// The messages, without names and notices.
fn messages(window: &Window, name: &str) -> Vec<String> {
    let conversation = window.network().find(name).expect("it is open");
    conversation.lines().filter_map(|(_, line)| Some(line.message()?.text.clone())).collect()
}

#[test]
fn what_was_said_last_stands_above_ones_own_arrival() {
    let mut window = kept_in_lobby();
    // Said while the answer is under way: it comes twice, and stands there once.
    window.server(&[&said("", "#lobby", 22)]);
    answer(&mut window, "#lobby", 20..23);
    assert_eq!(messages(&window, "#lobby"), ["20", "21", "22"]);
    let shown = window.shown("#lobby");
    assert_eq!(shown[0], "== 2026-03-01");
    assert_eq!(shown.iter().filter(|line| line.starts_with("==")).count(), 1, "{shown:?}");
    assert_eq!(window.network().find("#lobby").unwrap().unread(), 0, "nobody missed them");
}

#[test]
fn who_scrolls_up_gets_older_messages_until_there_are_none() {
    let mut window = kept_in_lobby();
    window.model.want_older();
    assert!(window.sent().is_empty(), "one question at a time");
    answer(&mut window, "#lobby", 20..23);
    let first = window.network().find("#lobby").unwrap().range().0;
    window.model.want_older();
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 3"]);
    answer(&mut window, "#lobby", 17..20);
    let conversation = window.network().find("#lobby").unwrap();
    assert_eq!(conversation.range().0.number(), first.number() - 4, "three messages and their day");
    window.model.want_older();
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m17 3"]);
    answer(&mut window, "#lobby", 16..17);
    assert_eq!(messages(&window, "#lobby"), ["16", "17", "18", "19", "20", "21", "22"]);
    window.model.want_older();
    assert!(window.sent().is_empty(), "there are none before");
}

#[test]
fn older_messages_of_one_person_stand_under_one_name() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    let conversation = window.network().find("#lobby").unwrap();
    let grouped: Vec<_> =
        conversation.lines().filter_map(|(_, line)| Some(line.message()?.grouped)).collect();
    assert_eq!(grouped, [false, true, true]);
}

#[test]
fn what_was_missed_comes_after_the_way_back_and_is_unread() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 10..12);
    window.server(&[&said("", "#lobby", 12)]);
    window.model.set_focused(false);
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":tea.house 001 bob :Welcome", ":tea.house 005 bob CHATHISTORY=3 :are supported"]);
    window.server(&[":bob!bob@here JOIN #lobby"]);
    assert!(window.sent().contains(&"CHATHISTORY AFTER #lobby msgid=m12 3".to_owned()));
    answer(&mut window, "#lobby", 13..16);
    assert_eq!(window.sent(), ["CHATHISTORY AFTER #lobby msgid=m15 3"], "there may be more");
    answer(&mut window, "#lobby", 16..17);
    assert!(window.sent().is_empty());
    assert_eq!(messages(&window, "#lobby"), ["10", "11", "12", "13", "14", "15", "16"]);
    let conversation = window.network().find("#lobby").unwrap();
    assert_eq!(conversation.unread(), 4);
    let first = conversation.first_unread().and_then(|id| conversation.line(id)?.message()).unwrap();
    assert_eq!(first.text, "13");
}

#[test]
fn what_was_missed_stands_above_what_is_said_while_it_comes() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 10..12);
    window.model.set_focused(false);
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory", "echo-message"]));
    window.server(&[":tea.house 001 bob :Welcome", ":tea.house 005 bob CHATHISTORY=3 :are supported"]);
    window.server(&[":bob!bob@here JOIN #lobby", &said("", "#lobby", 20)]);
    window.model.submit("back").unwrap();
    window.sent();
    answer(&mut window, "#lobby", 13..16);
    assert_eq!(window.sent(), ["CHATHISTORY AFTER #lobby msgid=m15 3"]);
    window.server(&[&said("", "#lobby", 21)]);
    answer(&mut window, "#lobby", 16..18);
    window.server(&["@msgid=own :bob!bob@here PRIVMSG #lobby :back"]);
    let told = ["10", "11", "13", "14", "15", "16", "17", "20", "21", "back"];
    assert_eq!(messages(&window, "#lobby"), told);
    let conversation = window.network().find("#lobby").unwrap();
    assert_eq!(conversation.unread(), 7);
    let first = conversation.first_unread().and_then(|id| conversation.line(id)?.message()).unwrap();
    assert_eq!(first.text, "13");
    let shown = window.shown("#lobby");
    let place = |text: &str| shown.iter().position(|line| line.contains(text)).expect(text);
    assert!(
        place("17") < place("joined #lobby") || place("joined #lobby") < place("Not connected"),
        "{shown:#?}"
    );
    assert_eq!(shown.iter().filter(|line| line.starts_with("==")).count(), 1, "{shown:#?}");
    // The next time we ask from the last that came, not from the last that was missed.
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
    assert!(window.sent().contains(&"CHATHISTORY AFTER #lobby msgid=own 100".to_owned()));
    // That message may be gone from there, and what came after it is not.
    window.server(&[":tea.house FAIL CHATHISTORY MESSAGE_ERROR AFTER #lobby :Not found"]);
    let sent = window.sent();
    assert!(sent.len() == 1 && sent[0].starts_with("CHATHISTORY AFTER #lobby timestamp="), "{sent:?}");
    window.server(&[":tea.house FAIL CHATHISTORY MESSAGE_ERROR AFTER #lobby :Not found"]);
    assert!(window.sent().is_empty(), "once");
}

#[test]
fn what_is_repeated_without_being_asked_for_stands_in_its_place_and_once() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.server(&[
        "@time=2026-03-01T09:00:30.000Z :tea.house 001 bob :Welcome",
        ":tea.house 422 bob :No message of the day",
        "@time=2026-03-01T09:00:31.000Z :bob!b@h JOIN #tea",
        "@time=2026-03-01T09:00:32.000Z :alice!a@h PRIVMSG #tea :now",
        "@time=2026-03-01T08:10:00.000Z :alice!a@h PRIVMSG #tea :before",
        "@time=2026-03-01T08:11:00.000Z :alice!a@h PRIVMSG #tea :then",
        "@time=2026-03-01T08:10:00.000Z :alice!a@h PRIVMSG #tea :before",
        "@time=2026-03-01T09:00:33.000Z :alice!a@h PRIVMSG #tea :now",
    ]);
    assert_eq!(messages(&window, "#tea"), ["before", "then", "now", "now"]);
}

#[test]
fn the_same_words_are_another_message_where_the_identifier_says_so() {
    let mut window = kept_in_lobby();
    let line = |batch: &str, id: &str, words: &str| {
        format!("@{batch}msgid={id};time=2026-03-01T08:10:00.000Z :alice!a@h PRIVMSG #lobby :{words}")
    };
    window.server(&[&line("", "a", "ok"), &line("", "b", "ok")]);
    window.server(&[
        ":tea.house BATCH +x chathistory #lobby",
        &line("batch=x;", "a", "ok, as the server changed it"),
        &line("batch=x;", "b", "ok"),
        &line("batch=x;", "c", "ok"),
        ":tea.house BATCH -x",
    ]);
    assert_eq!(messages(&window, "#lobby"), ["ok", "ok", "ok"]);
}

#[test]
fn a_private_conversation_has_its_past_from_whoever_begins_it() {
    let mut window = kept_in_lobby();
    window.model.open_private("alice");
    assert_eq!(window.sent(), ["CHATHISTORY LATEST alice * 3"]);
    window.server(&[
        ":tea.house BATCH +p chathistory alice",
        "@batch=p;msgid=a;time=2026-03-01T07:00:00.000Z :alice!a@h PRIVMSG bob :tea?",
        "@batch=p;msgid=b;time=2026-03-01T07:01:00.000Z :bob!b@h PRIVMSG alice :gladly",
        ":tea.house BATCH -p",
    ]);
    assert_eq!(messages(&window, "alice"), ["tea?", "gladly"]);

    window.server(&["@msgid=c :carol!c@h PRIVMSG bob :hello"]);
    assert_eq!(window.sent(), ["CHATHISTORY LATEST carol * 3"]);
    window.server(&[
        ":tea.house BATCH +q chathistory carol",
        "@batch=q;msgid=c :carol!c@h PRIVMSG bob :hello",
        ":tea.house BATCH -q",
    ]);
    assert_eq!(messages(&window, "carol"), ["hello"]);
}

#[test]
fn a_server_without_history_is_not_asked_and_a_refusal_is_taken_quietly() {
    let mut window = Window::in_lobby();
    window.model.want_older();
    window.model.open_private("alice");
    assert!(window.sent().is_empty());

    let mut window = kept_in_lobby();
    let before = window.shown("#lobby");
    window.server(&[":tea.house FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby :could not be retrieved"]);
    assert_eq!(window.shown("#lobby"), before);
    window.model.want_older();
    assert!(window.sent().is_empty());
}

#[test]
fn a_screen_that_was_cleared_is_not_filled_again() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    window.model.clear();
    window.model.want_older();
    assert!(window.sent().is_empty());
    assert!(messages(&window, "#lobby").is_empty());
}

#[test]
fn every_day_has_its_line_and_only_one() {
    let mut window = kept_in_lobby();
    window.server(&[
        ":tea.house BATCH +x chathistory #lobby",
        "@batch=x;msgid=a;time=2026-02-27T23:59:00.000Z :alice!a@h PRIVMSG #lobby :late",
        "@batch=x;msgid=b;time=2026-02-28T00:01:00.000Z :alice!a@h PRIVMSG #lobby :early",
        "@batch=x;msgid=c;time=2026-03-01T08:00:00.000Z :alice!a@h PRIVMSG #lobby :today",
        ":tea.house BATCH -x",
    ]);
    let days: Vec<_> = window.shown("#lobby").into_iter().filter(|line| line.starts_with("==")).collect();
    assert_eq!(days, ["== 2026-02-27", "== 2026-02-28", "== 2026-03-01"]);
}

#[test]
fn a_message_that_seemed_lost_with_the_connection_is_recognised_where_it_arrived() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..22);
    window.type_in("are you there?");
    window.lose_connection();
    let is_lost = |window: &Window| {
        let conversation = window.network().find("#lobby").unwrap();
        let message = conversation.lines().filter_map(|(_, line)| line.message()).next_back().unwrap();
        matches!(message.delivery, Delivery::Failed { .. })
    };
    assert!(is_lost(&window));
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
    assert!(window.sent().contains(&"CHATHISTORY AFTER #lobby msgid=m21 100".to_owned()));
    window.server(&[
        ":tea.house BATCH +x chathistory #lobby",
        "@batch=x;msgid=mine;time=2026-03-01T09:01:00.000Z :bob!b@h PRIVMSG #lobby :are you there?",
        ":tea.house BATCH -x",
    ]);
    assert_eq!(messages(&window, "#lobby"), ["20", "21", "are you there?"]);
    assert!(!is_lost(&window));
}

#[test]
fn what_was_said_before_can_be_searched_on_the_server() {
    let mut window = kept_in_lobby();
    assert_eq!(window.type_in("/search 喝茶 吧"), ["SEARCH in:#lobby 喝茶 吧"]);
    assert_eq!(window.type_in("/search in:#tea from:alice 茶"), ["SEARCH in:#tea from:alice 茶"]);
    window.server(&[
        ":tea.house BATCH +f teahouse/search",
        "@batch=f;msgid=a;time=2026-02-27T08:00:00.000Z :alice!a@h PRIVMSG #tea :明天喝茶吧",
        ":tea.house BATCH -f",
    ]);
    assert_eq!(window.last_here(), "* Found before: 1\n2026-02-27 08:00 #tea alice: 明天喝茶吧");
    assert!(messages(&window, "#lobby").is_empty());
}

/// Looks back for words, and says how that ended: still under way, or in vain.
fn looking_back(window: &Window) -> (bool, bool) {
    let current = window.model.current().expect("a conversation");
    (current.is_looking_back(), current.has_looked_back_in_vain())
}

#[test]
fn what_is_not_here_is_looked_for_on_the_server_and_brought_back_with_what_was_said_then() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    window.model.look_back(" 14 ");
    assert_eq!(window.sent(), ["SEARCH in:#lobby before:2026-03-01T08:20:00.001Z limit:100 14"]);
    assert_eq!(looking_back(&window), (true, false));
    window.server(&[
        ":tea.house BATCH +f teahouse/search",
        &said("batch=f;", "#lobby", 14),
        ":tea.house BATCH -f",
    ]);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 3"]);
    answer(&mut window, "#lobby", 17..20);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m17 3"], "it is not there yet");
    answer(&mut window, "#lobby", 14..17);
    assert!(window.sent().is_empty());
    assert_eq!(looking_back(&window), (false, false));
    assert_eq!(messages(&window, "#lobby")[0], "14");
    assert!(window.model.can_look_back());
    // Nothing further back.
    window.model.look_back("20");
    assert_eq!(window.sent(), ["SEARCH in:#lobby before:2026-03-01T08:14:00.001Z limit:100 20"]);
    window.server(&[
        ":tea.house BATCH +f teahouse/search",
        &said("batch=f;", "#lobby", 20),
        ":tea.house BATCH -f",
    ]);
    assert_eq!(looking_back(&window), (false, true), "what is here already is not further back");
    assert!(!window.model.can_look_back() && window.sent().is_empty());
    window.model.stop_looking_back();
    assert!(window.model.can_look_back(), "for other words");
    window.lose_connection();
    assert!(!window.model.can_look_back(), "there is nobody to ask");
}

#[test]
fn an_answer_about_other_words_is_none_about_these() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    for words in ["coffee", "14"] {
        window.model.stop_looking_back();
        window.model.look_back(words);
    }
    assert_eq!(window.sent().len(), 2);
    window.server(&[":tea.house BATCH +f teahouse/search", ":tea.house BATCH -f"]);
    assert_eq!(looking_back(&window), (true, false), "that was about coffee");
    window.server(&[
        ":tea.house BATCH +f teahouse/search",
        &said("batch=f;", "#lobby", 14),
        ":tea.house BATCH -f",
    ]);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 3"]);
}

#[test]
fn a_server_that_cannot_search_is_read_back_to_where_the_words_are() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    let notices = window.shown("#lobby").len();
    window.model.look_back("16");
    window.sent();
    window.server(&[":tea.house 421 bob SEARCH :Unknown command"]);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 3"]);
    answer(&mut window, "#lobby", 17..20);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m17 3"]);
    answer(&mut window, "#lobby", 15..17);
    assert_eq!(looking_back(&window), (false, false));
    assert_eq!(
        window.shown("#lobby").len(),
        notices + 7,
        "five messages, two days, and no word of the refusal"
    );
    assert!(!window.model.can_look_back(), "that was all");
    // It is not asked again.
    window.server(&[":bob!bob@here JOIN #tea"]);
    window.model.select(window.id("#tea"));
    answer(&mut window, "#tea", 20..23);
    window.sent();
    window.model.look_back("nothing");
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #tea msgid=m20 3"]);
    answer(&mut window, "#tea", 18..20);
    assert_eq!(looking_back(&window), (false, true));
}

#[test]
fn words_that_mean_something_to_the_servers_search_are_looked_for_by_reading() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    window.model.look_back("from:alice");
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 3"]);
}

#[test]
fn private_messages_that_waited_are_there_after_the_login() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.happens(What::agreed(&["batch", "draft/chathistory", "draft/read-marker"]));
    window.happens(What::Account(Some("bob".into())));
    window.server(&[":tea.house 001 bob :Welcome"]);
    window.sent();
    window.server(&[":tea.house 422 bob :No message of the day"]);
    let asked =
        "CHATHISTORY TARGETS timestamp=2026-03-01T09:01:00.000Z timestamp=2026-02-22T09:01:00.000Z 20";
    assert_eq!(window.sent(), [asked]);
    window.server(&[
        ":tea.house BATCH +t draft/chathistory-targets",
        "@batch=t :tea.house CHATHISTORY TARGETS alice 2026-03-01T08:02:00.000Z",
        "@batch=t :tea.house CHATHISTORY TARGETS #lobby 2026-03-01T08:02:00.000Z",
        ":tea.house BATCH -t",
    ]);
    assert_eq!(window.sent(), ["CHATHISTORY LATEST alice * 100", "MARKREAD alice"]);
    window.server(&[
        ":tea.house BATCH +p chathistory alice",
        "@batch=p;msgid=a;time=2026-03-01T08:01:00.000Z :alice!a@h PRIVMSG bob :read long ago",
        "@batch=p;msgid=b;time=2026-03-01T08:02:00.000Z :alice!a@h PRIVMSG bob :are you back?",
        ":tea.house BATCH -p",
        ":tea.house MARKREAD alice timestamp=2026-03-01T08:01:30.000Z",
    ]);
    assert_eq!(messages(&window, "alice"), ["read long ago", "are you back?"]);
    assert_eq!(window.counts("alice"), (1, 1));
}

#[test]
fn older_private_messages_are_asked_for_unless_all_of_them_have_waited() {
    for (count, asks) in [(3, vec!["CHATHISTORY BEFORE alice msgid=m0 3"]), (2, vec![])] {
        let mut window = kept();
        window.server(&[
            ":tea.house BATCH +t draft/chathistory-targets",
            "@batch=t :tea.house CHATHISTORY TARGETS alice 2026-03-01T08:02:00.000Z",
            ":tea.house BATCH -t",
        ]);
        assert_eq!(window.sent(), ["CHATHISTORY LATEST alice * 3"]);
        answer(&mut window, "alice", 0..count);
        window.model.select(window.id("alice"));
        window.model.want_older();
        assert_eq!(window.sent(), asks, "{count} of 3");
    }
}

#[test]
fn a_server_that_tells_more_than_it_was_asked_does_not_fill_the_memory() {
    let mut window = kept_in_lobby();
    window.server(&[":tea.house BATCH +x chathistory #lobby"]);
    for number in 0..MAX_LINES {
        window.server(&[&format!("@batch=x;msgid=m{number} :alice!a@h PRIVMSG #lobby :{number}")]);
    }
    window.server(&[":tea.house BATCH -x", ":alice!a@h PRIVMSG #lobby :now"]);
    let messages = messages(&window, "#lobby");
    assert!(messages.len() < MAX_LINES / 2 && messages.last().unwrap() == "now", "{}", messages.len());
    for number in 0..100 {
        window.server(&[&format!(":tea.house BATCH +{number} chathistory #lobby")]);
    }
    assert!(window.network().batches.count() < 100);
}

#[test]
fn who_wrote_meanwhile_is_asked_by_the_servers_clock_where_ours_is_ahead() {
    let mut window = kept();
    window.server(&[
        "@time=2026-03-01T08:00:00.000Z :tea.house 900 bob bob!b@h ann :You are logged in",
        "@time=2026-03-01T08:00:30.000Z :alice!a@h PRIVMSG bob :hi",
    ]);
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[
        "@time=2026-03-01T08:10:00.000Z :tea.house 900 bob bob!b@h ann :You are logged in",
        "@time=2026-03-01T08:10:00.000Z :tea.house 001 bob :Welcome",
        "@time=2026-03-01T08:10:00.000Z :tea.house 422 bob :No message of the day",
    ]);
    let asked =
        "CHATHISTORY TARGETS timestamp=2026-03-01T08:10:00.000Z timestamp=2026-03-01T08:00:30.000Z 20";
    assert!(window.sent().contains(&asked.to_owned()));
}

/// Comes back after the connection was lost, and gives what is asked for then.
fn asked_after_coming_back(window: &mut Window) -> String {
    window.lose_connection();
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
    window.sent().into_iter().find(|line| line.starts_with("CHATHISTORY AFTER")).expect("it asks")
}

#[test]
fn ones_own_message_that_arrived_is_the_last_that_is_known() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..22);
    window.type_in("tea?");
    window.server(&["@msgid=own;time=2026-03-01T09:01:00.000Z :bob!b@h PRIVMSG #lobby :tea?"]);
    assert_eq!(asked_after_coming_back(&mut window), "CHATHISTORY AFTER #lobby msgid=own 100");
}

#[test]
fn what_was_missed_is_not_asked_for_again_where_something_newer_stands_below_it() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 10..12);
    assert_eq!(asked_after_coming_back(&mut window), "CHATHISTORY AFTER #lobby msgid=m11 100");
    window.server(&[&said("", "#lobby", 20)]);
    answer(&mut window, "#lobby", 13..15);
    assert_eq!(asked_after_coming_back(&mut window), "CHATHISTORY AFTER #lobby msgid=m20 100");
    // Where nothing stands below it, it is the last.
    answer(&mut window, "#lobby", 21..23);
    assert_eq!(asked_after_coming_back(&mut window), "CHATHISTORY AFTER #lobby msgid=m22 100");
}

#[test]
fn what_one_says_is_not_dated_by_what_the_server_told_last() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[
        ":tea.house 001 bob :Welcome",
        ":tea.house 422 bob :No message of the day",
        ":bob!bob@here JOIN #lobby",
        "@time=2026-03-01T08:10:00.000Z :alice!a@h PRIVMSG #lobby :hi",
    ]);
    window.type_in("hello");
    assert_eq!(
        asked_after_coming_back(&mut window),
        "CHATHISTORY AFTER #lobby timestamp=2026-03-01T09:01:00.000Z 100"
    );
}

#[test]
fn a_message_that_history_has_recognised_can_be_answered_and_taken_back() {
    let mut window = Window::in_lobby();
    window.type_in("tea?");
    let number = window.number("tea?");
    let can = |window: &Window| (window.model.can_take_back(number), window.model.can_react_to(number));
    let capabilities = ["batch", "draft/chathistory", "draft/message-redaction", "message-tags"];
    window.happens(What::agreed(&capabilities));
    assert_eq!(can(&window), (false, false), "nobody knows how it is called");
    window.server(&[
        ":tea.house BATCH +x chathistory #lobby",
        "@batch=x;msgid=mine;time=2026-03-01T09:01:00.000Z :bob!b@h PRIVMSG #lobby :tea?",
        ":tea.house BATCH -x",
    ]);
    assert_eq!(messages(&window, "#lobby"), ["tea?"]);
    assert_eq!(can(&window), (true, true));
}

#[test]
fn a_search_that_ended_with_the_connection_does_not_get_the_answer_to_the_next() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 20..23);
    window.model.look_back("coffee");
    window.lose_connection();
    back_in_lobby(&mut window);
    answer(&mut window, "#lobby", 23..23);
    window.model.look_back("14");
    window.sent();
    window.server(&[
        ":tea.house BATCH +f teahouse/search",
        &said("batch=f;", "#lobby", 14),
        ":tea.house BATCH -f",
    ]);
    assert_eq!(window.sent(), ["CHATHISTORY BEFORE #lobby msgid=m20 100"]);
}

/// The connection was lost and is there again, and so are we in the lobby.
fn back_in_lobby(window: &mut Window) {
    window.model.connect_again(FIRST);
    window.happens(What::agreed(&["batch", "draft/chathistory"]));
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
}

#[test]
fn the_new_line_goes_along_with_its_message_when_something_is_put_above_that() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 10..12);
    for is_focused in [false, true] {
        window.model.set_focused(is_focused);
        window.lose_connection();
        back_in_lobby(&mut window);
        let (before, now) = if is_focused { (31, "41") } else { (13, "20") };
        window.server(&[&said("", "#lobby", now.parse().unwrap())]);
        // Said on another device of ours: nothing that could be new.
        window.server(&[
            ":tea.house BATCH +x chathistory #lobby",
            &format!(
                "@batch=x;msgid=o{before};time=2026-03-01T08:{before}:00.000Z :bob!b@h PRIVMSG #lobby :{before}"
            ),
            ":tea.house BATCH -x",
        ]);
        assert_eq!(
            messages(&window, "#lobby").iter().rev().take(2).collect::<Vec<_>>(),
            [now, &before.to_string()]
        );
        let conversation = window.network().find("#lobby").unwrap();
        let new = conversation.first_unread().and_then(|id| conversation.line(id)?.message());
        assert_eq!(new.map(|message| message.text.as_str()), Some("20").filter(|_| !is_focused));
        window.model.set_focused(true);
        window.model.set_focused(false);
    }
}

#[test]
fn what_was_said_between_two_interruptions_stands_above_the_second() {
    let mut window = kept_in_lobby();
    answer(&mut window, "#lobby", 10..12);
    window.lose_connection();
    window.pass(SignedDuration::from_mins(4));
    back_in_lobby(&mut window);
    window.lose_connection();
    back_in_lobby(&mut window);
    window.server(&[
        ":tea.house BATCH +x chathistory #lobby",
        "@batch=x;msgid=b;time=2026-03-01T09:03:00.000Z :alice!a@h PRIVMSG #lobby :between",
        ":tea.house BATCH -x",
    ]);
    let shown = window.shown("#lobby");
    let place = |text: &str| shown.iter().position(|line| line.contains(text)).expect(text);
    assert!(place("between") < place("nothing can be sent for now ×2"), "{shown:#?}");
}

#[test]
fn the_same_words_without_an_identifier_are_the_same_message_within_half_a_minute() {
    for (secs, count) in [(0, 1), (30, 1), (31, 2)] {
        let mut window = kept_in_lobby();
        window.server(&[
            "@time=2026-03-01T08:10:00.000Z :alice!a@h PRIVMSG #lobby :ok",
            ":tea.house BATCH +x chathistory #lobby",
            &format!("@batch=x;time=2026-03-01T08:10:{secs:02}.000Z :alice!a@h PRIVMSG #lobby :ok"),
            ":tea.house BATCH -x",
        ]);
        assert_eq!(messages(&window, "#lobby").len(), count, "{secs} seconds later");
    }
}

#[test]
fn what_a_server_repeats_whose_clock_is_ahead_is_read_when_it_says_so_and_not_before() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    window.server(&[
        "@time=2026-03-01T10:01:00.000Z :tea.house 001 bob :Welcome",
        "@time=2026-03-01T10:01:01.000Z :bob!b@h JOIN #tea",
    ]);
    window.model.set_focused(false);
    window.server(&["@time=2026-03-01T09:50:00.000Z :alice!a@h PRIVMSG #tea :before"]);
    for (until, unread) in [("09:30", 1), ("09:50", 0)] {
        window.server(&[&format!(":s MARKREAD #tea timestamp=2026-03-01T{until}:00.000Z")]);
        assert_eq!(window.counts("#tea").0, unread, "read until {until}");
    }
}

#[test]
fn what_was_said_between_two_who_came_stands_above_the_line_of_both() {
    let mut window = kept_in_lobby();
    window.server(&[":zoe!z@h JOIN #lobby"]);
    window.pass(SignedDuration::from_mins(4));
    window.server(&[
        ":yan!y@h JOIN #lobby",
        ":tea.house BATCH +x chathistory #lobby",
        "@batch=x;msgid=b;time=2026-03-01T09:03:00.000Z :alice!a@h PRIVMSG #lobby :between",
        ":tea.house BATCH -x",
        "@msgid=c;time=2026-03-01T09:04:00.000Z :alice!a@h PRIVMSG #lobby :now",
        ":tea.house BATCH +y chathistory #lobby",
        "@batch=y;msgid=d;time=2026-03-01T09:03:30.000Z :alice!a@h PRIVMSG #lobby :then",
        ":tea.house BATCH -y",
    ]);
    let shown = window.shown("#lobby");
    let place = |text: &str| shown.iter().position(|line| line.contains(text)).expect(text);
    assert!(place("then") < place("zoe") && place("zoe") < place("now"), "{shown:#?}");
}
