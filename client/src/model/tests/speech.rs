//! Messages of several lines.

use super::*;

const MULTILINE: [&str; 4] =
    ["batch", "draft/multiline=max-bytes=8192,max-lines=64", "echo-message", "labeled-response"];

/// The server's echo of a message of several lines.
fn echo(label: &str, lines: &[&str]) -> Vec<String> {
    let begin = format!("@label={label};msgid=m{label} :bob!bob@here BATCH +e draft/multiline #lobby");
    let lines = lines.iter().map(|line| format!("@batch=e :bob!bob@here PRIVMSG #lobby :{line}"));
    [begin].into_iter().chain(lines).chain([":tea.house BATCH -e".to_owned()]).collect()
}

#[test]
fn several_lines_are_one_message_where_the_server_takes_them_so() {
    let mut window = Window::with(&MULTILINE);
    assert_eq!(
        window.type_in("one\n\n  two\n"),
        [
            "@label=1 BATCH +1 draft/multiline #lobby",
            "@batch=1 PRIVMSG #lobby one",
            "@batch=1 PRIVMSG #lobby :",
            "@batch=1 PRIVMSG #lobby :  two",
            "BATCH -1",
        ]
    );
    assert_eq!(window.delivery("one\n\n  two"), Delivery::Pending);
    let lines = window.shown("#lobby").len();
    let echo = echo("1", &["one", "", "  two"]);
    window.server(&echo.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(window.delivery("one\n\n  two"), Delivery::Arrived);
    assert_eq!(window.shown("#lobby").len(), lines, "it stands there once");
    assert_eq!(window.type_in("single"), ["@label=2 PRIVMSG #lobby single"]);
    assert_eq!(window.type_in("/me pours\ndrinks").len(), 2, "what one does is told line by line");
    assert_eq!(window.type_in("/msg alice one\ntwo")[0], "@label=5 BATCH +2 draft/multiline alice");
}

#[test]
fn a_long_line_is_one_message_too_and_reads_as_it_was_written() {
    let mut window = Window::with(&MULTILINE);
    let text = "tea and ".repeat(100) + &"茶".repeat(300);
    let sent = window.type_in(&text);
    let mut words = String::new();
    for (index, line) in sent[1..sent.len() - 1].iter().enumerate() {
        let concat = if index == 0 { "" } else { ";draft/multiline-concat" };
        let line = line.strip_prefix(&format!("@batch=1{concat} ")).expect(line);
        assert!(format!(":bob!bob@here {line}\r\n").len() <= 512, "{line}");
        words.push_str(line.strip_prefix("PRIVMSG #lobby ").expect(line).trim_start_matches(':'));
    }
    assert!(sent.len() > 4 && words == text, "{sent:?}");
    assert_eq!(window.delivery(&text), Delivery::Pending);
}

#[test]
fn letters_that_are_longer_on_the_wire_are_not_cut_in_two_there() {
    let encoding = crate::text::encoding::Encoding::parse("gb18030").unwrap();
    let mut window = Window::opened();
    window.model.login.fill(Profile { encoding, ..bob() });
    window.model.log_in(window.model.login().form().clone());
    window.server(&[":tea.house 001 bob :Welcome", ":bob!bob@here JOIN #lobby"]);
    window.sent();
    for letters in ["ö", "한", "茶ö", "é", "茶"] {
        let text = letters.repeat(200);
        let mut said = String::new();
        for line in window.type_in(&text) {
            assert!(encoding.encode(&format!(":bob!bob@here {line}\r\n")).len() <= 512, "{letters}");
            said.push_str(line.strip_prefix("PRIVMSG #lobby ").expect("a message"));
        }
        assert_eq!(said, text);
    }
}

#[test]
fn what_the_server_allows_is_kept_to_and_counted() {
    let limited = ["batch", "draft/multiline=max-bytes=600,max-lines=3"];
    let mut window = Window::with(&limited);
    let (count, _) = window.model.measure("1\n2\n3\n4").expect("it can be said");
    assert_eq!(count, 2);
    let sent = window.type_in("1\n2\n3\n4");
    assert_eq!((sent.len(), sent[5].as_str()), (6, "PRIVMSG #lobby 4"), "{sent:?}");
    for text in ["short", "/msg alice short", "//shor"] {
        assert_eq!(window.model.measure(text), Some((1, 595)), "{text}");
    }
    assert!(matches!(window.model.measure("/me pours"), Some((1, 1..))));
    assert_eq!(window.model.measure("/join #tea"), None, "that is no message");
    assert_eq!(window.refused(&"x\n".repeat(MAX_LINES_AT_ONCE + 1)), Text::TooManyLines);
    // A server that takes more in one message may be given more at once.
    let mut window = Window::with(&MULTILINE);
    assert_eq!(window.type_in(&"x\n".repeat(64)).len(), 66);
    assert_eq!(window.refused(&"x\n".repeat(65)), Text::TooManyLines);
    assert_eq!(window.refused(&"茶".repeat(20_000)), Text::TooManyLines, "however few line feeds");
}

#[test]
fn how_much_can_be_sent_at_once_is_said_before_it_is_written() {
    for capabilities in [&MULTILINE[..], &[]] {
        let window = Window::with(capabilities);
        for text in ["short".to_owned(), "茶".repeat(6000), "a\n".repeat(50)] {
            assert_eq!(window.model.check_length(&text), Ok(()), "{} bytes", text.len());
        }
        let refused = window.model.check_length(&"茶".repeat(100_000)).expect_err("it is too much");
        let words = refused.to(Language::English);
        let most: usize = words.split_whitespace().nth(6).and_then(|most| most.parse().ok()).expect(&words);
        assert!(
            words.starts_with("That is 100000 characters; at most ") && (6000..=8192).contains(&most),
            "{words}"
        );
        assert_eq!(window.model.check_length(&"茶".repeat(most)), Ok(()), "so many can be sent");
        let many = window.model.check_length(&"a\n".repeat(65)).expect_err("they are too many");
        assert_eq!(many.text(), Text::TooManyLines);
    }
}

#[test]
fn the_answer_to_a_message_may_have_several_lines() {
    let mut window = Window::with(&[&MULTILINE[..], &["message-tags"]].concat());
    window.server(&["@msgid=q :alice!a@h PRIVMSG #lobby :what is it?"]);
    let number = window.number("what is it?");
    assert_eq!(window.model.reply_to(number), None);
    assert_eq!(window.type_in("tea\nand rice")[0], "@label=1;+draft/reply=q BATCH +1 draft/multiline #lobby");
}

#[test]
fn several_lines_that_are_refused_say_so_and_can_be_sent_again() {
    for label in ["", "@label=1 "] {
        let mut window = Window::with(&MULTILINE);
        window.type_in("one\ntwo");
        window.type_in("short");
        let fail = ":tea.house FAIL BATCH MULTILINE_MAX_BYTES 8 :multiline batch is too long";
        let lines = window.shown("#lobby").len();
        window.server(&[&format!("{label}{fail}")]);
        assert_eq!(window.failure("one\ntwo"), Text::TooLongForServer);
        assert_eq!(window.delivery("short"), Delivery::Pending);
        assert_eq!(window.shown("#lobby").len(), lines, "and no notice besides");
        // The server has changed its mind meanwhile.
        window.happens(What::agreed(&["echo-message"]));
        window.model.send_again(window.number("one\ntwo")).unwrap();
        assert_eq!(window.sent(), ["PRIVMSG #lobby one", "PRIVMSG #lobby two"]);
    }
    let mut window = Window::with(&MULTILINE);
    window.server(&[":tea.house FAIL BATCH MULTILINE_INVALID :invalid multiline batch"]);
    assert_eq!(window.last("#lobby"), "* The server refuses: invalid multiline batch");
}

#[test]
fn what_others_say_in_several_lines_stands_there_as_one() {
    let mut window = Window::with(&MULTILINE);
    window.server(&[
        "@msgid=m :alice!a@h BATCH +x draft/multiline #lobby",
        "@batch=x :alice!a@h PRIVMSG #lobby :床前明月光",
        "@batch=x :alice!a@h PRIVMSG #lobby :疑是",
        "@batch=x;draft/multiline-concat :alice!a@h PRIVMSG #lobby :地上霜 bob",
        ":tea.house BATCH -x",
    ]);
    assert_eq!(window.last("#lobby"), "<alice> 床前明月光\n疑是地上霜 bob");
    window.server(&["@+draft/reply=m :小明!m@h PRIVMSG #lobby :好诗"]);
    let line = window.model.current().unwrap().line_numbered(window.number("好诗")).unwrap();
    let quote = line.message().unwrap().reply.as_ref().unwrap().quote.as_ref().unwrap();
    assert_eq!(quote.1, "床前明月光 疑是地上霜 bob", "what is answered is told in one line");
}

#[test]
fn history_brings_messages_of_several_lines_back_as_one() {
    let capabilities = [&MULTILINE[..], &["draft/chathistory"]].concat();
    let mut window = Window::with(&capabilities);
    window.server(&[":bob!bob@here JOIN #tea"]);
    window.model.select(window.id("#tea"));
    window.sent();
    window.server(&[
        ":tea.house BATCH +h chathistory #tea",
        "@batch=h;msgid=m;time=2026-03-01T08:05:00.000Z :alice!a@h BATCH +x draft/multiline #tea",
        "@batch=x :alice!a@h PRIVMSG #tea :one",
        "@batch=x :alice!a@h PRIVMSG #tea :two",
        "@batch=h :tea.house BATCH -x",
        ":tea.house BATCH -h",
    ]);
    assert!(window.shown("#tea").contains(&"<alice> one\ntwo".to_owned()), "{:?}", window.shown("#tea"));
}
