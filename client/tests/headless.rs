//! `teahouse --headless` with a server that is played line by line: what it says on the wire, prints, and ends with.

mod support;

use std::net::TcpListener;

use rustix::process::Signal;
use support::headless::{Headless, Home};
use support::peer::{Peer, listen};
use teahouse::signals::endings;

const OPENING: [&str; 3] = ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"];

/// A program that has said who it is, and the server that heard it.
fn introduced(keys: &str) -> (Headless, Peer, TcpListener) {
    let (listener, address) = listen();
    let bob = Headless::start(&Home::of_bob(address, keys), &[]);
    let mut server = Peer::accept(&listener);
    server.expect(&OPENING);
    (bob, server, listener)
}

/// The same, welcomed by a server without capabilities.
fn welcomed(keys: &str) -> (Headless, Peer, TcpListener) {
    let (mut bob, mut server, listener) = introduced(keys);
    server.send(":tea.house CAP * LS :\r\n");
    server.expect(&["CAP END"]);
    server.send(":tea.house 001 bob :Welcome\r\n:tea.house 422 bob :No message of the day\r\n");
    bob.prints("You are here as bob");
    (bob, server, listener)
}

#[test]
fn what_is_typed_is_said_and_what_is_said_is_printed() {
    let (mut bob, mut server, _) = welcomed("");
    bob.types("/join #tea");
    server.expect(&["JOIN #tea"]);
    // This line is for the room, so it waits until we are in.
    bob.types("你好");
    server.send(":bob!b@h JOIN #tea\r\n:s 353 bob = #tea :bob @alice\r\n:s 366 bob #tea :End\r\n");
    server.expect(&["PRIVMSG #tea 你好"]);
    assert_eq!(bob.prints("你好"), "[#tea] <bob> 你好");
    server.send(":alice!a@h PRIVMSG #tea :\x01ACTION pours tea\x01\r\n");
    assert_eq!(bob.prints("pours"), "[#tea] * alice pours tea");
    server.send(":alice!a@h PRIVMSG bob :just us\r\n");
    assert_eq!(bob.prints("just us"), "[alice] <alice> just us");
    bob.types("/nonsense");
    bob.prints("There is no command /nonsense");
    bob.types("/quit 再见");
    server.expect(&["QUIT 再见"]);
    server.expect_end();
    assert_eq!(bob.ends().0, Some(0));
}

#[test]
fn what_is_typed_before_the_login_waits_for_the_room_that_the_server_leads_us_into() {
    let (mut bob, mut server, _) = introduced("");
    bob.types("你好");
    server.send(":tea.house 001 bob :Welcome\r\n");
    server.expect(&["PING teahouse-fence"]);
    server.send(":bob!b@h JOIN #lobby\r\n:s 366 bob #lobby :End\r\n:s PONG s teahouse-fence\r\n");
    server.expect(&["PRIVMSG #lobby 你好"]);
}

#[test]
fn the_end_of_the_input_is_the_end_once_all_was_answered() {
    let (mut bob, mut server, _) = welcomed("");
    bob.types("/whois alice");
    bob.types_no_more();
    server.expect(&["WHOIS alice", "PING teahouse-fence"]);
    server.send(":s 401 bob alice :No such nick\r\n:s PONG s teahouse-fence\r\n");
    server.expect(&["QUIT"]);
    server.expect_end();
    let (code, printed, _) = bob.ends();
    assert_eq!(code, Some(0));
    assert!(printed.iter().any(|line| line.contains("Nobody called \"alice\" is here")), "{printed:?}");
}

#[test]
fn input_that_ends_early_ends_the_program_after_the_login() {
    let (mut bob, mut server, _) = introduced("");
    bob.types_no_more();
    server.send(":tea.house CAP * LS :\r\n");
    server.expect(&["CAP END"]);
    server.send(":tea.house 001 bob :Welcome\r\n");
    server.expect(&["PING teahouse-fence"]);
    server.send(":tea.house NOTICE bob :Mind the step\r\n:tea.house PONG tea.house teahouse-fence\r\n");
    server.expect(&["QUIT"]);
    server.expect_end();
    let (code, printed, _) = bob.ends();
    assert_eq!(code, Some(0));
    assert!(printed.iter().any(|line| line.contains("Mind the step")), "{printed:?}");
}

#[test]
fn a_signal_ends_it_in_good_order_at_any_time() {
    let (bob, mut server, _) = welcomed("");
    bob.terminate();
    server.expect(&["QUIT"]);
    server.expect_end();
    assert_eq!(bob.ends().0, Some(0));
    // The programs of a test that runs under `nohup` do not hear of the terminal's end.
    if endings().contains(&Signal::HUP.as_raw()) {
        let (bob, mut server, _) = welcomed("");
        bob.loses_its_terminal();
        server.expect(&["QUIT"]);
        server.expect_end();
        assert_eq!(bob.ends().0, Some(0));
    }
    let (bob, mut server, _) = introduced("");
    bob.terminate();
    server.expect_end();
    assert_eq!(bob.ends().0, Some(0));
}

#[test]
fn a_connection_that_fails_is_said_and_the_exit_code_tells() {
    let (listener, address) = listen();
    drop(listener);
    let (code, _, complained) = Headless::start(&Home::of_bob(address, ""), &[]).ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("No server is listening"), "{complained}");
    let (bob, mut server, _) = introduced("");
    server.send("ERROR :Closing link: too much tea\r\n");
    server.expect_end();
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("too much tea"), "{complained}");
    let (bob, mut server, _) = introduced("");
    server.send(":tea.house 464 bob :Password incorrect\r\nERROR :Closing link\r\n");
    server.expect_end();
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("asks for a password"), "{complained}");
}

#[test]
fn a_connection_that_is_lost_is_made_again_and_its_rooms_are_joined() {
    let (mut bob, mut server, listener) = welcomed("reconnect = true\nrooms = [\"#tea secret\"]");
    server.expect(&["JOIN #tea secret"]);
    server.send(":bob!b@h JOIN #tea\r\n:s 366 bob #tea :End\r\n");
    bob.prints("You joined #tea");
    drop(server);
    bob.prints("The connection is lost");
    bob.prints("Connecting again in");
    let mut server = Peer::accept(&listener);
    server.expect(&OPENING);
    server.send(":tea.house 001 bob :Welcome\r\n");
    server.expect(&["JOIN #tea secret"]);
    bob.prints("You are here as bob");
}

#[test]
fn a_name_that_is_taken_gets_something_behind_it() {
    let (mut bob, mut server, _) = introduced("");
    server.send(":tea.house 433 * bob :Nickname is already in use\r\n");
    server.expect(&["NICK bob_"]);
    server.send(":tea.house 433 * bob_ :Nickname is already in use\r\n");
    server.expect(&["NICK bob__"]);
    server.send(":tea.house 001 bob__ :Welcome\r\n");
    bob.prints("You are here as bob__");
}

#[test]
fn a_login_to_an_account_comes_before_the_welcome() {
    let (mut bob, mut server, _) = introduced("account = \"jilles\"\npassword = \"sesame\"");
    server.send(":tea.house CAP * LS * :multi-prefix\r\n:tea.house CAP * LS :sasl=PLAIN,EXTERNAL\r\n");
    server.expect(&["CAP REQ :multi-prefix sasl"]);
    server.send(":tea.house CAP bob ACK :multi-prefix sasl\r\n");
    server.expect(&["AUTHENTICATE PLAIN"]);
    server.send("AUTHENTICATE +\r\n");
    server.expect(&["AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU="]);
    server.send(":tea.house 900 bob bob!b@h jilles :You are now logged in\r\n:tea.house 903 bob :Done\r\n");
    server.expect(&["CAP END"]);
    server.send(":tea.house 001 bob :Welcome\r\n");
    bob.prints("You are logged in to the account jilles");
}

#[test]
fn a_login_to_an_account_that_must_be_is_the_end_when_it_is_refused() {
    let keys = "account = \"jilles\"\npassword = \"wrong\"\nsasl = \"PLAIN\"\naccount_required = true";
    let (bob, mut server, _) = introduced(keys);
    server.send(":tea.house CAP * LS :sasl\r\n");
    server.expect(&["CAP REQ :sasl"]);
    server.send(":tea.house CAP bob ACK :sasl\r\n");
    server.expect(&["AUTHENTICATE PLAIN"]);
    server.send("AUTHENTICATE +\r\n");
    server.expect(&["AUTHENTICATE amlsbGVzAGppbGxlcwB3cm9uZw=="]);
    server.send(":tea.house 904 bob :Wrong password\r\n");
    server.expect(&["QUIT"]);
    server.expect_end();
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("jilles") && complained.contains("Wrong password"), "{complained}");
}

#[test]
fn a_server_that_proves_nothing_is_left() {
    let keys = "account = \"jilles\"\npassword = \"sesame\"";
    let (bob, mut server, _) = introduced(keys);
    server.send(":tea.house CAP * LS :sasl=SCRAM-SHA-256,PLAIN\r\n");
    server.expect(&["CAP REQ :sasl"]);
    server.send(":tea.house CAP bob ACK :sasl\r\n");
    server.expect(&["AUTHENTICATE SCRAM-SHA-256"]);
    server.send("AUTHENTICATE +\r\n");
    server.next().expect("the first message of SCRAM");
    // r=x,s=QQ==,i=4096: somebody else's nonce.
    server.send("AUTHENTICATE cj14LHM9UVE9PSxpPTQwOTY=\r\n");
    server.expect(&["AUTHENTICATE *", "QUIT"]);
    server.expect_end();
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("impostor"), "{complained}");
}

#[test]
fn a_mistake_in_the_settings_is_named_before_anything_is_said() {
    let (_listener, address) = listen();
    let home = Home::of_bob(address, "tls_fingerprint = \"typing error\"");
    let (code, printed, complained) = Headless::start(&home, &[]).ends();
    assert_eq!((code, printed.len()), (Some(2), 0));
    assert!(complained.contains("tls_fingerprint"), "{complained}");
    let (code, _, complained) = Headless::start(&home, &["--profile", "nowhere"]).ends();
    assert_eq!(code, Some(2));
    assert!(complained.contains("nowhere"), "{complained}");
}

#[test]
fn one_of_several_profiles_is_chosen_by_its_name_and_nothing_is_written_down() {
    let (listener, address) = listen();
    let port = address.port();
    let profile = |name: &str, port: u16, nick: &str| {
        format!("[[profile]]\nname = \"{name}\"\nserver = \"127.0.0.1\"\nport = {port}\nnick = \"{nick}\"\n")
    };
    let home = Home::with(&(profile("home", 1, "nobody") + &profile("school", port, "bob")));
    let mut bob = Headless::start(&home, &["--profile", "school"]);
    let mut server = Peer::accept(&listener);
    server.expect(&OPENING);
    server.send(":tea.house 001 bob :Welcome\r\n:bob!b@h JOIN #tea\r\n:alice!a@h PRIVMSG #tea :psst\r\n");
    bob.prints("psst");
    bob.terminate();
    server.expect(&["QUIT"]);
    drop(server);
    bob.ends();
    assert!(!home.path().join("logs").exists());
}

#[test]
fn messages_of_several_lines_are_printed_line_by_line_and_a_long_one_is_said_as_one() {
    let (mut bob, mut server, _) = introduced("rooms = [\"#tea\"]");
    let multiline = "draft/multiline=max-bytes=4096,max-lines=24";
    server.send(format!(":tea.house CAP * LS :batch {multiline}\r\n"));
    server.expect(&["CAP REQ :batch draft/multiline"]);
    server.send(":tea.house CAP * ACK :batch draft/multiline\r\n");
    server.expect(&["CAP END"]);
    server.send(":tea.house 001 bob :Welcome\r\n:bob!b@h JOIN #tea\r\n:tea.house 422 bob :No\r\n");
    server.send(
        ":a!u@h BATCH +x draft/multiline #tea\r\n@batch=x :a!u@h PRIVMSG #tea :one\r\n\
         @batch=x :a!u@h PRIVMSG #tea :two\r\n:tea.house BATCH -x\r\n",
    );
    assert_eq!(bob.prints("one"), "[#tea] <a> one");
    assert_eq!(bob.prints("two"), "[#tea] <a> two");
    server.expect(&["JOIN #tea"]);
    bob.types(&"茶".repeat(200));
    let (first, rest) = ("茶".repeat(162), "茶".repeat(38));
    server.expect(&[
        "BATCH +1 draft/multiline #tea",
        &format!("@batch=1 PRIVMSG #tea {first}"),
        &format!("@batch=1;draft/multiline-concat PRIVMSG #tea {rest}"),
        "BATCH -1",
    ]);
}

#[test]
fn it_speaks_the_language_that_is_chosen() {
    let (listener, address) = listen();
    let mut bob = Headless::start(&Home::of_bob(address, ""), &["--lang", "zh"]);
    let mut server = Peer::accept(&listener);
    server.expect(&OPENING);
    server.send(":tea.house 001 bob :Welcome\r\n");
    bob.prints("你以 bob 的名字进来了");
}
