//! Any file as the configuration, and any text as a flag's value: taken, or refused in words.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use teahouse_server::Config;
use teahouse_server::config::KEYS;
use teahouse_server::text::language::Language;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there can be a folder"));

fuzz_target!(|bytes: &[u8]| {
    let file = FOLDER.path().join("teahouse.toml");
    std::fs::write(&file, bytes).expect("it can be written");
    let mut config = Config::default();
    let taken = config.read_file(&file);
    for language in [Language::English, Language::Chinese] {
        if let Err(error) = &taken {
            assert!(!error.within(language).to_string().contains('\n'), "an error is one line");
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for key in KEYS {
        let _ = Config::default().set_flag(key.name, &[text]);
    }
});
