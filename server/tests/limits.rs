//! Deadlines and limits, each reached: what the client is told, and that nobody else suffers.

#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "support/peer.rs"]
mod peer;

use std::io::Read;
use std::net::{Shutdown, SocketAddr};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use peer::{DEADLINE, Peer};
use socket2::SockRef;
use teahouse_server::config::Operator;
use teahouse_server::{Config, Server};

fn start(change: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        cloak: false,
        flood_protection: false,
        ..Config::default()
    };
    change(&mut config);
    Server::start(config).unwrap()
}

#[test]
fn a_login_that_takes_too_long_is_ended_with_a_reason() {
    let server = start(|config| config.registration_timeout = Duration::from_secs(1));
    let mut silent = Peer::connect(server.addresses()[0]);
    assert_eq!(silent.last_words(), "ERROR :Closing link to 127.0.0.1: Not logged in within 1 seconds");
    server.stop();
}

#[test]
fn bytes_that_trickle_in_do_not_buy_more_time_to_log_in() {
    let server = start(|config| config.registration_timeout = Duration::from_secs(1));
    let mut slow = Peer::connect(server.addresses()[0]);
    let mut writer = slow.socket().try_clone().unwrap();
    let trickle = thread::spawn(move || {
        use std::io::Write;
        // Ends by itself when the server hangs up, and in any case.
        for _ in 0..200 {
            if writer.write_all(b"PING x\r\n").is_err() {
                return;
            }
            thread::park_timeout(Duration::from_millis(100));
        }
    });
    assert_eq!(slow.last_words(), "ERROR :Closing link to 127.0.0.1: Not logged in within 1 seconds");
    trickle.join().unwrap();
    server.stop();
}

#[test]
fn a_silent_client_is_asked_and_then_given_up() {
    let server = start(|config| {
        config.ping_interval = Duration::from_secs(1);
        config.ping_timeout = Duration::from_secs(1);
    });
    let mut alive = Peer::login(server.addresses()[0], "alive");
    let mut silent = Peer::login(server.addresses()[0], "silent");
    assert_eq!(silent.wait_for("PING"), "PING :tea.house");
    // Whoever answers stays; the other is gone, and the room is told why.
    loop {
        let line = alive.line().expect("the one who answers stays");
        if line.starts_with("PING") {
            alive.send("PONG tea.house");
        } else if line.contains("QUIT") {
            assert_eq!(line, ":silent!~silent@127.0.0.1 QUIT :No answer for 2 seconds");
            break;
        }
    }
    assert_eq!(silent.last_words(), "ERROR :Closing link to 127.0.0.1: No answer for 2 seconds");
    server.stop();
}

#[test]
fn a_full_house_says_so() {
    let server = start(|config| config.max_connections = Some(2));
    let alice = Peer::login(server.addresses()[0], "alice");
    let mut bob = Peer::login(server.addresses()[0], "bob");
    let mut third = Peer::connect(server.addresses()[0]);
    assert_eq!(third.last_words(), "ERROR :Closing link to 127.0.0.1: The teahouse is full: 2 are here");
    // A place that is given up is free again, as soon as the thread has ended.
    drop(alice);
    bob.wait_for("QUIT");
    loop {
        let mut next = Peer::connect(server.addresses()[0]);
        if next.try_send("PING in").is_ok() && next.line().is_some_and(|line| line.ends_with(":in")) {
            break;
        }
    }
    server.stop();
}

/// Whoever is turned away is not cut off in the middle of a word: a reset could overtake the reason.
#[track_caller]
fn may_finish_speaking(address: SocketAddr, opening: &str, reason: &str) {
    let mut guest = Peer::connect(address);
    guest.send_bytes(opening.as_bytes());
    guest.wait_for(reason);
    for _ in 0..5 {
        guest.send("PRIVMSG #lobby :I was still saying");
    }
    guest.socket().shutdown(Shutdown::Write).unwrap();
    assert_eq!(guest.line(), None);
}

#[test]
fn who_is_turned_away_hears_why_though_it_is_still_speaking() {
    const LOGIN: &str = "PASS wrong\r\nNICK guest\r\nUSER guest 0 * :Guest\r\n";
    let server = start(|config| config.password = Some("sesame".to_owned()));
    may_finish_speaking(server.addresses()[0], LOGIN, "ERROR :Closing link to 127.0.0.1: Bad password");
    server.stop();

    let root = Operator { name: "root".to_owned(), password: "root".to_owned() };
    let server = start(|config| config.operators = vec![root]);
    let mut keeper = Peer::login(server.addresses()[0], "keeper");
    keeper.send("OPER root root\r\nKLINE guest!*@* :not you");
    keeper.wait_for(" NOTICE ");
    may_finish_speaking(server.addresses()[0], LOGIN, "Banned: not you");
    may_finish_speaking(server.addresses()[0], &"x".repeat(16 * 1024), "Too much without a line end");
    may_finish_speaking(server.addresses()[0], "QUIT :later\r\n", "Quit: later");
    // The keeper comes from there too, so it has to be said twice.
    keeper.send("DLINE 127.0.0.1 :nobody\r\nDLINE 127.0.0.1 :nobody");
    keeper.wait_for(" banned 127.0.0.1: nobody");
    may_finish_speaking(server.addresses()[0], LOGIN, "Banned: nobody");
    server.stop();

    let server = start(|config| config.max_connections = Some(1));
    let _host = Peer::login(server.addresses()[0], "host");
    may_finish_speaking(server.addresses()[0], LOGIN, "The teahouse is full: 1 are here");
    server.stop();
}

#[test]
fn whoever_sends_no_line_end_is_hung_up_on() {
    let server = start(|_| {});
    let mut rude = Peer::login(server.addresses()[0], "rude");
    // More than the server's whole buffer; the rest of it may meet a closed door.
    let _ = rude.try_send(&"x".repeat(64 * 1024));
    rude.wait_for("Too much without a line end");
    server.stop();
}

#[test]
fn a_line_that_is_not_utf_8_is_refused_and_the_client_stays() {
    let server = start(|_| {});
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send_bytes(b"PRIVMSG #lobby :\xff\xfe\r\n");
    alice.wait_for("FAIL PRIVMSG INVALID_UTF8 :Message rejected");
    alice.send_bytes(b"@+x=\xff :src \xe8\x8c\xff :x\r\n");
    alice.wait_for("FAIL * INVALID_UTF8 :Message rejected");
    alice.send("CAP REQ :labeled-response batch");
    alice.send_bytes(b"@label=x NOTICE #lobby :\xff\r\n");
    alice.wait_for("@label=x :tea.house FAIL NOTICE INVALID_UTF8 :Message rejected");
    alice.send("PING still");
    alice.wait_for("PONG");
    server.stop();
}

#[test]
fn a_member_who_never_reads_is_dropped_and_the_others_do_not_wait() {
    let server = start(|config| config.sendq = 16 * 1024);
    let mut speaker = Peer::login(server.addresses()[0], "speaker");
    let mut listener = Peer::login(server.addresses()[0], "listener");
    let mut deaf = Peer::login(server.addresses()[0], "deaf");
    let text = "x".repeat(400);
    let mut said = 0;
    // The kernel's own buffers on loopback take a few megabytes before the server's count.
    let dropped = loop {
        for _ in 0..50 {
            speaker.send(&format!("PRIVMSG #lobby :{said} {text}"));
            said += 1;
        }
        let heard = listener.wait_for(&format!(":{} {text}", said - 1));
        assert!(heard.starts_with(":speaker!"));
        if let Some(quit) = speaker.lines_so_far().into_iter().find(|line| line.contains(" QUIT ")) {
            break quit;
        }
        assert!(said < 100_000, "40 MB for somebody who does not read");
    };
    assert_eq!(dropped, ":deaf!~deaf@127.0.0.1 QUIT :SendQ exceeded: reads too slowly");
    // What the kernel had taken is still there to be read, in order, and then it ends.
    let mut expected = 0;
    while let Some(line) = deaf.line() {
        if line.contains("PRIVMSG") && line.ends_with(&text) {
            assert!(line.contains(&format!(":{expected} ")), "line {expected} is missing");
            expected += 1;
        }
    }
    assert!(expected > 0 && expected < said);
    server.stop();
}

#[test]
fn a_long_answer_to_ones_own_question_is_not_held_against_one() {
    let server = start(|config| config.sendq = 4096);
    let mut curious = Peer::login(server.addresses()[0], "curious");
    let mut other = Peer::login(server.addresses()[0], "other");
    // 8 MB of answers asked for at once, by somebody who reads only later: the server waits with the next answer.
    let questions = 20_000;
    let mut writer = curious.socket().try_clone().unwrap();
    let asking = thread::spawn(move || {
        use std::io::Write;
        writer.write_all("VERSION\r\n".repeat(questions).as_bytes()).unwrap();
    });
    other.send("PRIVMSG #lobby :meanwhile");
    let mut answers = 0;
    let mut meanwhile = false;
    while answers < questions {
        let line = curious.line().expect("the connection is open");
        answers += usize::from(line.contains(" 351 "));
        meanwhile |= line.ends_with(":meanwhile");
    }
    asking.join().unwrap();
    assert!(meanwhile);
    server.stop();
}

#[test]
fn everybody_in_a_room_hears_the_same_order() {
    let server = start(|_| {});
    let speakers = 4;
    let lines = 500;
    let mut listeners: Vec<_> =
        (0..8).map(|n| Peer::login(server.addresses()[0], &format!("listener{n}"))).collect();
    let address = server.addresses()[0];
    let talking: Vec<_> = (0..speakers)
        .map(|n| {
            thread::spawn(move || {
                let mut speaker = Peer::login(address, &format!("speaker{n}"));
                let mut talk = String::new();
                for line in 0..lines {
                    talk += &format!("PRIVMSG #lobby :{n}/{line}\r\n");
                }
                speaker.send_bytes(talk.as_bytes());
                speaker.lines_so_far();
                speaker
            })
        })
        .collect();
    let heard: Vec<Vec<String>> = listeners
        .iter_mut()
        .map(|listener| {
            let mut order = Vec::new();
            while order.len() < speakers * lines {
                let line = listener.wait_for("PRIVMSG");
                order.push(line.split_once(" :").expect("a message has text").1.to_owned());
            }
            order
        })
        .collect();
    let _speakers: Vec<_> = talking.into_iter().map(|thread| thread.join().unwrap()).collect();
    for order in &heard[1..] {
        assert_eq!(order, &heard[0], "another order");
    }
    for speaker in 0..speakers {
        let own: Vec<_> = heard[0].iter().filter(|line| line.starts_with(&format!("{speaker}/"))).collect();
        let in_order: Vec<_> = (0..lines).map(|line| format!("{speaker}/{line}")).collect();
        assert!(
            own.iter().map(|line| line.as_str()).eq(in_order.iter().map(String::as_str)),
            "speaker {speaker}"
        );
    }
    server.stop();
}

#[test]
fn a_name_comes_again_only_after_it_has_gone() {
    const TIMES: usize = 40;
    let server = start(|_| {});
    let address = server.addresses()[0];
    let mut watcher = Peer::login(address, "watcher");
    // Several who want the same name, each again and again.
    let wanting: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(move || {
                let mut had = 0;
                while had < TIMES {
                    let mut peer = Peer::connect(address);
                    peer.send("NICK 阿狐\r\nUSER fox 0 * :Fox");
                    if peer.line().expect("an answer").contains(" 001 ") {
                        had += 1;
                        peer.send("QUIT");
                        assert!(peer.last_words().starts_with("ERROR"));
                    }
                }
            })
        })
        .collect();
    let mut is_here = false;
    let mut left = 0;
    while left < wanting.len() * TIMES {
        let line = watcher.line().expect("the connection is open");
        let came = line.contains(" JOIN ");
        assert_ne!(came, is_here, "{line}");
        is_here = came;
        left += usize::from(!came);
    }
    for thread in wanting {
        thread.join().unwrap();
    }
    server.stop();
}

#[test]
fn the_server_stops_within_two_seconds_even_if_nobody_reads() {
    let server = start(|config| config.sendq = 64 * 1024 * 1024);
    let mut speaker = Peer::login(server.addresses()[0], "speaker");
    let deaf = Peer::login(server.addresses()[0], "deaf");
    let text = "x".repeat(400);
    for _ in 0..200 {
        speaker.send_bytes(format!("PRIVMSG deaf :{text}\r\n").repeat(100).as_bytes());
        speaker.lines_so_far();
    }
    let started = std::time::Instant::now();
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(2), "it took {:?}", started.elapsed());
    assert_eq!(speaker.last_words(), "ERROR :Closing link to 127.0.0.1: The teahouse is closing. Goodbye!");
    deaf.socket().set_read_timeout(Some(DEADLINE)).unwrap();
    let mut rest = Vec::new();
    // Eight megabytes were for it; it gets what the kernel had, and the end.
    let _ = deaf.socket().read_to_end(&mut rest);
}

#[test]
fn who_does_not_read_and_is_removed_leaves_room_for_others_at_once() {
    let root = Operator { name: "root".to_owned(), password: "root".to_owned() };
    let server = start(|config| {
        config.sendq = 64 * 1024 * 1024;
        config.max_connections = Some(2);
        config.operators = vec![root];
    });
    let mut keeper = Peer::login(server.addresses()[0], "keeper");
    let _deaf = Peer::login(server.addresses()[0], "deaf");
    let text = "x".repeat(400);
    for _ in 0..200 {
        keeper.send_bytes(format!("PRIVMSG deaf :{text}\r\n").repeat(100).as_bytes());
        keeper.lines_so_far();
    }
    keeper.send("OPER root root\r\nKILL deaf :you do not listen");
    keeper.wait_for(" QUIT ");
    let began = std::time::Instant::now();
    while began.elapsed() < DEADLINE {
        let mut next = Peer::connect(server.addresses()[0]);
        if next.try_send("PING in").is_ok() && next.line().is_some_and(|line| line.ends_with(":in")) {
            server.stop();
            return;
        }
    }
    panic!("its place is still taken");
}

#[test]
fn what_a_server_says_as_it_stops_has_the_time_of_that() {
    let server = start(|_| {});
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("CAP REQ server-time");
    alice.wait_for(" ACK ");
    let now = || format!("{:.3}", Timestamp::now());
    let last_heard = now();
    while now() == last_heard {
        thread::yield_now();
    }
    let stopped = now();
    server.stop();
    let words = alice.last_words();
    let time = words.strip_prefix("@time=").and_then(|words| words.split(' ').next()).expect("it has a time");
    assert!(*time >= *stopped, "{words} after {stopped}");
}

#[test]
fn who_sends_too_fast_is_told_and_slowed_and_nothing_is_lost() {
    let server = start(|config| config.flood_protection = true);
    let mut hasty = Peer::login(server.addresses()[0], "hasty");
    let mut other = Peer::login(server.addresses()[0], "other");
    for n in 0..12 {
        hasty.send(&format!("PRIVMSG other :{n}"));
    }
    // Others are served at once meanwhile.
    other.send("PING quick");
    let mut heard = 0;
    while heard < 12 {
        let line = other.line().expect("the connection is open");
        if line.contains("PRIVMSG") {
            assert!(line.ends_with(&format!(":{heard}")), "{line} in place of {heard}");
            heard += 1;
        } else if line.contains("PONG") {
            assert!(heard < 12, "it waited for somebody else's flood");
        }
    }
    hasty.wait_for("NOTICE hasty :You are sending too fast");
    server.stop();
}

#[test]
fn who_hangs_up_in_the_middle_of_a_flood_says_nothing_more() {
    let server = start(|config| config.flood_protection = true);
    let mut hasty = Peer::login(server.addresses()[0], "hasty");
    let mut other = Peer::login(server.addresses()[0], "other");
    let flood: Vec<_> = (0..300).map(|n| format!("PRIVMSG other :{n}")).collect();
    hasty.send(&flood.join("\r\n"));
    other.wait_for(":9");
    hasty.wait_for("NOTICE hasty :You are sending too fast");
    // Not a word of farewell: the server learns of it when it has something to say.
    SockRef::from(hasty.socket()).set_linger(Some(Duration::ZERO)).unwrap();
    drop(hasty);
    other.send("PRIVMSG hasty :slowly, please");
    let mut heard = 10;
    while let Some(line) = other.line().filter(|line| !line.contains(" QUIT ")) {
        heard += usize::from(line.contains("PRIVMSG"));
    }
    assert!(heard < 20, "{heard} lines of somebody who has gone");
    server.stop();
}

#[test]
fn what_a_login_takes_is_not_held_against_what_is_said_after_it() {
    let server = start(|config| config.flood_protection = true);
    let mut thorough = Peer::connect(server.addresses()[0]);
    for line in
        ["CAP LS 302", "NICK thorough", "USER t 0 * :T", "CAP REQ batch", "CAP REQ setname", "CAP END"]
    {
        thorough.send(line);
    }
    thorough.wait_for(" 366 ");
    for n in 0..10 {
        thorough.send(&format!("PING {n}"));
    }
    for n in 0..10 {
        assert_eq!(thorough.line(), Some(format!(":tea.house PONG tea.house :{n}")));
    }
    server.stop();
}

#[test]
fn a_server_stops_at_once_though_it_holds_a_flood_back() {
    let server = start(|config| config.flood_protection = true);
    let mut hasty = Peer::login(server.addresses()[0], "hasty");
    hasty.send_bytes("PING x\r\n".repeat(200).as_bytes());
    hasty.wait_for("NOTICE hasty :You are sending too fast");
    let started = std::time::Instant::now();
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(2), "it took {:?}", started.elapsed());
}

#[test]
fn one_address_may_have_only_so_many_connections_if_the_house_says_so() {
    let server = start(|config| config.max_connections_per_ip = Some(2));
    let _first = Peer::login(server.addresses()[0], "first");
    let _second = Peer::login(server.addresses()[0], "second");
    let mut third = Peer::connect(server.addresses()[0]);
    assert!(third.last_words().contains("Too many connections from your address: 2 are here"));
    server.stop();
    // If it says nothing, an address of this machine's own network may have any number.
    let server = start(|_| {});
    let people: Vec<_> = (0..40).map(|n| Peer::login(server.addresses()[0], &format!("guest{n}"))).collect();
    assert_eq!(people.len(), 40);
    server.stop();
}

#[test]
fn a_banned_network_is_told_so_before_it_can_log_in() {
    let root = Operator { name: "root".to_owned(), password: "root".to_owned() };
    let server = start(|config| config.operators = vec![root]);
    let mut keeper = Peer::login(server.addresses()[0], "keeper");
    keeper.send("OPER root root");
    keeper.wait_for(" 381 ");
    keeper.send("DLINE 127.0.0.0/8 :closed today\r\nDLINE 127.0.0.0/8 :closed today");
    keeper.wait_for(" banned 127.0.0.0/8: closed today");
    let mut guest = Peer::connect(server.addresses()[0]);
    assert_eq!(guest.last_words(), "ERROR :Closing link to 127.0.0.1: Banned: closed today");
    keeper.send("UNDLINE 127.0.0.0/8");
    keeper.wait_for("lifted");
    let _guest = Peer::login(server.addresses()[0], "guest");
    server.stop();
}

#[test]
fn guessing_an_operators_password_is_slow() {
    let hash = teahouse_server::auth::password::hash("sesame").unwrap();
    let root = Operator { name: "root".to_owned(), password: hash };
    let server = start(|config| config.operators = vec![root]);
    let mut guesser = Peer::login(server.addresses()[0], "guesser");
    let started = std::time::Instant::now();
    guesser.send("OPER root wrong\r\nOPER root sesame");
    assert!(guesser.wait_for(" 464 ").ends_with("The password is wrong"));
    assert!(started.elapsed() >= Duration::from_secs(1), "a guess took {:?} only", started.elapsed());
    guesser.wait_for(" 381 ");
    server.stop();
}

#[test]
fn who_guesses_an_operators_password_waits_longer_and_longer() {
    let root = Operator { name: "root".to_owned(), password: "root".to_owned() };
    let server = start(|config| config.operators = vec![root]);
    let mut namesake = Peer::login(server.addresses()[0], "root");
    namesake.send("NS REGISTER sesame12");
    namesake.wait_for(" 900 ");
    namesake.send("NS LOGOUT");
    namesake.wait_for(" 901 ");
    let mut guessers: Vec<_> =
        (0..5).map(|n| Peer::login(server.addresses()[0], &format!("guesser{n}"))).collect();
    for guesser in &mut guessers {
        guesser.send("OPER root wrong");
    }
    for guesser in &mut guessers {
        guesser.wait_for(" 464 ");
    }
    // An account of the same name is not the operator's.
    namesake.send("NS IDENTIFY sesame12");
    namesake.wait_for(" 900 ");
    let started = std::time::Instant::now();
    guessers[0].send("OPER root wrong");
    guessers[0].wait_for(" 464 ");
    assert!(started.elapsed() >= Duration::from_secs(3), "a sixth guess took {:?} only", started.elapsed());
    server.stop();
}

#[test]
fn guessing_the_servers_password_is_slow() {
    let server = start(|config| config.password = Some("sesame".to_owned()));
    let started = std::time::Instant::now();
    let mut guesser = Peer::connect(server.addresses()[0]);
    guesser.send("PASS wrong\r\nNICK guesser\r\nUSER g 0 * :g");
    guesser.wait_for(" 464 ");
    assert!(started.elapsed() >= Duration::from_millis(500), "it took {:?} only", started.elapsed());
    assert_eq!(guesser.last_words(), "ERROR :Closing link to 127.0.0.1: Bad password");
    server.stop();
}

#[test]
fn a_room_does_not_wait_for_a_password_that_one_of_it_is_having_checked() {
    let server = start(|_| {});
    let mut guessers: Vec<_> =
        (0..8).map(|n| Peer::login(server.addresses()[0], &format!("guesser{n}"))).collect();
    for guesser in &mut guessers {
        guesser.send("NS IDENTIFY ghost wrong");
    }
    for guesser in &mut guessers {
        guesser.wait_for("NickServ");
    }
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let [mut bob, mut carol] = ["bob", "carol"].map(|nick| Peer::login(server.addresses()[0], nick));
    // So many guesses have been wrong that the next one is checked after longer than a test waits. Whatever is told
    // before it is told at once, and so is what others say behind it.
    bob.socket().set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    alice.send("PRIVMSG #lobby :hello\r\nNS IDENTIFY ghost wrong");
    bob.wait_for("alice!~alice@127.0.0.1 PRIVMSG #lobby :hello");
    carol.send("PRIVMSG #lobby :good evening");
    bob.wait_for("carol!~carol@127.0.0.1 PRIVMSG #lobby :good evening");
    server.stop();
}

#[test]
fn other_peoples_addresses_are_covered_and_operators_see_them() {
    let root = Operator { name: "root".to_owned(), password: "root".to_owned() };
    let server = start(|config| {
        config.cloak = true;
        config.operators = vec![root];
    });
    let mut alice = Peer::login(server.addresses()[0], "alice");
    let mut keeper = Peer::login(server.addresses()[0], "keeper");
    keeper.send("PRIVMSG alice :hello");
    let heard = alice.wait_for("PRIVMSG");
    assert!(heard.contains(".cloak PRIVMSG alice") && !heard.contains("127.0.0.1"), "{heard}");
    keeper.send("OPER root root");
    keeper.send("WHOIS alice");
    assert!(keeper.wait_for(" 378 ").ends_with("127.0.0.1"));
    server.stop();
}

#[test]
fn how_often_each_command_was_used_is_counted() {
    let server = start(|_| {});
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("TIME\r\ntime\r\nSTATS m");
    assert_eq!(alice.wait_for(" 212 alice TIME "), ":tea.house 212 alice TIME 2");
    server.stop();
}

/// Somebody in a room of their own, and what 005 says of a limit.
fn in_a_room(server: &Server, token: &str) -> (Peer, usize) {
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("JOIN #tea\r\nVERSION");
    let line = alice.wait_for(&format!(" {token}="));
    let value = line.split(' ').find_map(|word| word.strip_prefix(token)?.strip_prefix('=')).unwrap();
    let digits = value.rsplit(':').next().unwrap();
    alice.lines_so_far();
    (alice, digits.parse().unwrap_or_else(|_| panic!("{token} is {value}")))
}

#[test]
fn words_are_cut_at_the_length_that_005_names() {
    for (token, command) in [
        ("TOPICLEN", "TOPIC #tea :"),
        ("KICKLEN", "KICK #tea alice :"),
        ("KICKLEN", "PART #tea :"),
        ("AWAYLEN", "AWAY :"),
    ] {
        let server = start(|_| {});
        let (mut alice, limit) = in_a_room(&server, token);
        alice.send(&format!("{command}{}", "x".repeat(limit + 1)));
        alice.send("JOIN #tea\r\nTOPIC #tea\r\nWHOIS alice");
        let words = alice.wait_for(":x").rsplit(':').next().unwrap().to_owned();
        assert_eq!(words, "x".repeat(limit), "{command}");
        server.stop();
    }
}

#[test]
fn names_are_refused_over_the_length_that_005_names() {
    for (token, command, sign, refusal) in [
        ("NICKLEN", "NICK ", "", " 432 "),
        ("CHANNELLEN", "JOIN ", "#", " 476 "),
        ("KEYLEN", "MODE #tea +k ", "", " 696 "),
    ] {
        let server = start(|_| {});
        let (mut alice, limit) = in_a_room(&server, token);
        let longest = format!("{sign}{}", "x".repeat(limit - sign.len()));
        alice.send(&format!("{command}{longest}x"));
        alice.wait_for(refusal);
        alice.send(&format!("{command}{longest}"));
        alice.wait_for(&longest);
        server.stop();
    }
}

#[test]
fn lists_are_full_at_the_number_that_005_names() {
    for (token, command, refusal) in [
        ("MAXLIST", "MODE #tea +b n", " 478 "),
        ("MONITOR", "MONITOR + n", " 734 "),
        // One sits in the lobby and the room already.
        ("CHANLIMIT", "JOIN #n", " 405 "),
    ] {
        let server = start(|_| {});
        let (mut alice, limit) = in_a_room(&server, token);
        let already = if token == "CHANLIMIT" { 2 } else { 0 };
        for n in already..limit {
            alice.send(&format!("{command}{n}"));
        }
        let fitted = alice.lines_so_far();
        assert!(!fitted.iter().any(|line| line.contains(refusal)), "{token}: {fitted:?}");
        alice.send(&format!("{command}{limit}"));
        alice.wait_for(refusal);
        server.stop();
    }
}

#[test]
fn an_account_has_as_much_as_its_services_say_and_no_more() {
    let server = start(|_| {});
    let mut alice = Peer::login(server.addresses()[0], "alice");
    alice.send("NS REGISTER sesame12");
    alice.wait_for(" 900 ");
    let mut fill = |one_more: &dyn Fn(usize) -> String, most, refusal: &str| {
        let is_full = |n: &usize| {
            alice.send(&one_more(*n));
            alice.lines_so_far().iter().any(|line| line.ends_with(refusal))
        };
        assert_eq!((0..=most).find(is_full), Some(most), "{refusal}");
    };
    fill(&|n| format!("NS CERT ADD {n:064x}"), 10, "An account has at most 10 certificates");
    fill(&|n| format!("JOIN #n{n}\r\nCS REGISTER #n{n}"), 20, "One account owns at most 20 rooms");
    server.stop();
}

#[test]
fn what_just_fits_is_taken_and_what_is_a_little_more_is_not() {
    let server = start(|_| {});
    let (mut alice, name_bytes) = in_a_room(&server, "NAMELEN");
    alice.send("CAP REQ :setname labeled-response batch");
    let long = |bytes| "x".repeat(bytes);
    for (fits, more, taken) in [
        ("MODE #tea +S 3600".to_owned(), "MODE #tea +S 3601".to_owned(), " MODE #tea +S"),
        ("MODE #tea +S 1".to_owned(), "MODE #tea +S 0".to_owned(), " MODE #tea +S"),
        ("MODE #tea +l 1000000".to_owned(), "MODE #tea +l 1000001".to_owned(), " MODE #tea +l"),
        ("MODE #tea +l 1".to_owned(), "MODE #tea +l 0".to_owned(), " MODE #tea +l"),
        (format!("SETNAME {}", long(name_bytes)), format!("SETNAME {}", long(name_bytes + 1)), " SETNAME "),
        (format!("@label={} PING a", long(64)), format!("@label={} PING a", long(65)), "@label="),
    ] {
        let mut is_taken = |line: &str| {
            alice.send(line);
            alice.lines_so_far().iter().any(|line| line.contains(taken) && !line.contains(" FAIL "))
        };
        assert!(is_taken(&fits), "{fits}");
        assert!(!is_taken(&more), "{more}");
    }
    server.stop();
}

#[test]
fn a_command_does_as_much_at_once_as_005_names() {
    let server = start(|_| {});
    let (mut alice, targets) = in_a_room(&server, "MAXTARGETS");
    alice.send(&format!("PRIVMSG {} :hi", vec!["alice"; targets + 1].join(",")));
    let heard = alice.lines_so_far();
    assert_eq!(heard.iter().filter(|line| line.contains(" PRIVMSG ")).count(), targets);
    assert!(heard.last().is_some_and(|line| line.contains(" 407 ")), "{heard:?}");
    drop(alice);
    server.stop();

    let server = start(|_| {});
    let (mut alice, changes) = in_a_room(&server, "MODES");
    let masks: Vec<_> = (0..=changes).map(|n| format!("n{n}")).collect();
    alice.send(&format!("MODE #tea +{} {}", "b".repeat(masks.len()), masks.join(" ")));
    alice.send("MODE #tea +b");
    let listed = alice.lines_so_far();
    assert_eq!(listed.iter().filter(|line| line.contains(" 367 ")).count(), changes);
    server.stop();
}

#[test]
fn a_message_of_several_lines_may_be_as_long_as_is_offered_and_no_longer() {
    for (last, is_taken) in [(15, true), (16, false)] {
        let server = start(|_| {});
        let mut alice = Peer::login(server.addresses()[0], "alice");
        alice.send("CAP REQ :batch echo-message draft/multiline\r\nCAP LS 302");
        alice.wait_for("draft/multiline=max-bytes=8192,");
        // Between two lines there is one byte, and none before what is joined to the line above it.
        alice.send("BATCH +1 draft/multiline #lobby");
        for number in 0..18 {
            let tags = if number == 1 { "@batch=1;draft/multiline-concat" } else { "@batch=1" };
            let length = match number {
                1 => 481,
                17 => last,
                _ => 480,
            };
            alice.send(&format!("{tags} PRIVMSG #lobby :{}", "x".repeat(length)));
        }
        alice.send("BATCH -1");
        alice.wait_for(if is_taken { " BATCH -" } else { " FAIL BATCH MULTILINE_MAX_BYTES 8192 " });
        server.stop();
    }
}
