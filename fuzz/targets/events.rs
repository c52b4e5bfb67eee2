//! Whatever a server sends to the window, whole sessions of it, from CAP and SASL on: the model takes it, what it shows has
//! no control characters, what is sent for it is one line each, and the person can go on typing.

#![no_main]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use teahouse::config::profile::Profile;
use teahouse::event::{Event, Reader};
use teahouse::model::{Effect, Model, Network};
use teahouse::net::registration::Registration;
use teahouse::text::encoding::Encoding;
use teahouse::text::i18n::Language;
use teahouse_protocol::{Line, LineBuffer, LineLimits, Message};

const OPENING: &str = ":tea.house 001 bob :Welcome\r\n:bob!bob@here JOIN #lobby\r\n\
                       :tea.house 353 bob = #lobby :@alice bob\r\n:tea.house 366 bob #lobby :End\r\n";

/// Whether a character controls the screen, or turns around what follows it.
fn plays_tricks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_line(line: &str) {
    assert!(!line.contains(['\r', '\n', '\0']), "{line:?} is one line");
}

fuzz_target!(|bytes: &[u8]| {
    let profile = Profile { nick: "bob".into(), server: "tea.house".into(), ..Profile::default() };
    let with_account =
        Profile { password: "sesame12".to_owned().into(), account: "bob".into(), ..profile.clone() };
    let now = Timestamp::from_second(1_767_225_600).expect("a time");
    let mut model = Model::with_clock(Language::English, profile, move || now, TimeZone::UTC);
    model.log_in(model.login().form().clone());
    let mut registration = Registration::new(&with_account, true);
    let mut reader = Reader::default();
    let mut buffer = LineBuffer::new(LineLimits::FROM_SERVER);
    let [Effect::Connect(id, _)] = model.take_effects()[..] else { unreachable!("it is about to connect") };
    // The registration does not hear the opening: its own talk with the server is in the input.
    for (is_input, mut rest) in [(false, OPENING.as_bytes()), (true, bytes)] {
        while !rest.is_empty() && !buffer.spare().is_empty() {
            let spare = buffer.spare();
            let count = rest.len().min(spare.len());
            spare[..count].copy_from_slice(&rest[..count]);
            buffer.filled(count);
            rest = &rest[count..];
            while let Some(line) = buffer.next_line() {
                let Line::Complete(line) = line else { continue };
                let line = Encoding::default().decode(line);
                let Ok(message) = Message::parse(&line) else { continue };
                if let Some(event) = reader.read(&message) {
                    model.apply(id, event);
                }
                if is_input {
                    let step = registration.take(&message);
                    step.lines.iter().for_each(|line| check_line(line));
                    step.news.into_iter().for_each(|what| model.apply(id, Event::from(what)));
                }
            }
        }
    }
    let _ = model.submit("hello");
    for effect in model.take_effects() {
        if let Effect::Send(_, line) = effect {
            check_line(&line);
        }
    }
    assert!(!model.title().contains(plays_tricks));
    for conversation in model.networks().flat_map(Network::conversations) {
        assert!(!conversation.name().contains(plays_tricks), "{:?}", conversation.name());
        assert!(!conversation.topic().contains(plays_tricks), "{:?}", conversation.topic());
        for member in conversation.members().sorted() {
            assert!(!member.nick.contains(plays_tricks), "{:?}", member.nick);
        }
        for (_, line) in conversation.lines() {
            let text = line.text(Language::English);
            assert!(!text.contains(|c| c != '\n' && plays_tricks(c)), "{text:?}");
        }
    }
});
