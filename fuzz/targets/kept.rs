//! Any file where the window keeps its own: settings, what servers say of TLS, what was said. It is read or refused in
//! words, and what was read of it and is written again reads the same.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use teahouse::config::settings::SettingsFile;
use teahouse::logs::{Entry, Identity, Logs, Owner};
use teahouse::net::sts::Policies;
use teahouse::text::i18n::{Language, Phrase};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there can be a folder"));

fn settings(folder: &Path, bytes: &[u8]) {
    let file = SettingsFile::locate(Some(folder)).expect("there is a folder");
    fs::write(file.path(), bytes).expect("it can be written");
    let (settings, problems) = file.load();
    check_words(&problems);
    file.save(&settings).expect("it can be saved");
    let (again, _) = file.load();
    file.save(&again).expect("it can be saved");
    assert_eq!(file.load().0, again);
}

fn policies(folder: &Path, bytes: &[u8]) {
    fs::write(folder.join("sts.toml"), bytes).expect("it can be written");
    let (policies, problem) = Policies::load(Some(folder));
    check_words(problem.as_slice());
    let now = Timestamp::UNIX_EPOCH;
    policies.set("tea.house", 6697, u64::MAX, now);
    let (again, problem) = Policies::load(Some(folder));
    assert!(problem.is_none(), "what was written can be read");
    assert_eq!(again.get("TEA.house", now), policies.get("tea.house", now));
    assert!(again.get("tea.house", now).is_some());
}

fn log(folder: &Path, bytes: &[u8]) {
    let owner = Owner { server: "h".into(), port: 6667, identity: Identity::Name("bob".into()) };
    let folder_of_bob = folder.join("logs/h+6667/~bob");
    let file = folder_of_bob.join("#tea.log");
    let now: Timestamp = "2027-01-01T00:00:00Z".parse().expect("a time");
    let recall = |bytes: &[u8]| {
        fs::create_dir_all(&folder_of_bob).expect("it can be made");
        fs::write(&file, bytes).expect("it can be written");
        Logs::to_read(folder).recall(&owner, "#tea", now, None, usize::MAX)
    };
    let entries = recall(bytes);
    assert!(entries.is_sorted_by_key(|entry| entry.at));
    assert!(entries.iter().all(|entry| entry.at <= now));
    // No message has a CR in it; of a line that ends with one, that is its end.
    if bytes.contains(&b'\r') {
        return;
    }
    let written: String = entries.iter().map(|entry| format!("{entry}\n")).collect();
    let again: Vec<Entry> = recall(written.as_bytes());
    let without_id = |entry: &Entry| Entry { id: None, ..entry.clone() };
    assert!(again.iter().map(without_id).eq(entries.iter().map(without_id)), "{entries:#?}\n{again:#?}");
    fs::write(folder_of_bob.join("#tea.read"), bytes).expect("it can be written");
    assert!(Logs::to_read(folder).read_until(&owner, "#tea", now).is_none_or(|until| until <= now));
}

fn check_words(problems: &[Phrase]) {
    for problem in problems {
        for language in [Language::English, Language::Chinese] {
            assert!(!problem.to(language).is_empty());
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let folder = FOLDER.path();
    match first % 3 {
        0 => settings(folder, bytes),
        1 => policies(folder, bytes),
        _ => log(folder, bytes),
    }
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        if entry.path().is_file() {
            fs::remove_file(entry.path()).expect("it can be removed");
        }
    }
});
