//! Whatever a server sends to the window, whole sessions of it: the model takes it, what it shows has no control
//! characters, and the person can go on typing.

#![no_main]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use teahouse::event::Reader;
use teahouse::i18n::Language;
use teahouse::model::Model;
use teahouse::profile::Profile;
use teahouse_protocol::{Line, LineBuffer, LineLimits, Message};

const OPENING: &str = ":tea.house 001 bob :Welcome\r\n:bob!bob@here JOIN #lobby\r\n\
                       :tea.house 353 bob = #lobby :@alice bob\r\n:tea.house 366 bob #lobby :End\r\n";

fuzz_target!(|bytes: &[u8]| {
    let profile = Profile { nick: "bob".into(), server: "tea.house".into(), ..Profile::default() };
    let now = Timestamp::from_second(1_767_225_600).expect("a time");
    let mut model = Model::with_clock(Language::English, profile, move || now, TimeZone::UTC);
    model.log_in(model.form().clone());
    let mut reader = Reader::default();
    let mut buffer = LineBuffer::new(LineLimits::FROM_SERVER);
    let id = model.networks().next().expect("a network").id();
    for mut rest in [OPENING.as_bytes(), bytes] {
        while !rest.is_empty() && !buffer.spare().is_empty() {
            let spare = buffer.spare();
            let count = rest.len().min(spare.len());
            spare[..count].copy_from_slice(&rest[..count]);
            buffer.filled(count);
            rest = &rest[count..];
            while let Some(line) = buffer.next_line() {
                let Line::Complete(line) = line else { continue };
                let line = String::from_utf8_lossy(line);
                let Ok(message) = Message::parse(&line) else { continue };
                if let Some(event) = reader.read(&message) {
                    model.apply(id, event);
                }
            }
        }
    }
    let _ = model.submit("hello");
    let _ = model.take_actions();
    assert!(!model.title().chars().any(char::is_control));
});
