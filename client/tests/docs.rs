//! `docs/client.md` and `docs/guide.md` say what the code does: tables are made from the code's, and the sample is read.
//! `docs/protocol.md` says what the server knows, and the window is to know it too.

use std::fs;

use teahouse::command::COMMANDS;
use teahouse::config::profile::KEYS;
use teahouse::config::settings::{ROWS, SettingsFile};
use teahouse::text::i18n::{Language, Words};
use teahouse::text::meanings;
use teahouse::ui::keys::SHORTCUTS;

#[path = "../../protocol/tests/support/pages.rs"]
mod pages;

use pages::check_made;

const PAGES: [(&str, Language, &str); 2] =
    [("client.md", Language::English, "Profiles"), ("client.zh-CN.md", Language::Chinese, "服务器档案")];

fn section(page: &str, heading: &str) -> String {
    let text = pages::read(page);
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

/// A table of keys with their defaults, in a language.
fn table_of_keys<'a>(
    language: Language,
    keys: impl Iterator<Item = (&'a str, Option<toml::Value>, Words)>,
) -> String {
    let (mut table, none) = match language {
        Language::English => ("| key | default | meaning |\n|---|---|---|\n".to_owned(), "none"),
        Language::Chinese => ("| 键 | 默认 | 含义 |\n|---|---|---|\n".to_owned(), "无"),
    };
    for (key, default, meaning) in keys {
        let default = default.filter(|value| value.as_table().is_none_or(|table| !table.is_empty()));
        let default = default.map_or_else(|| none.to_owned(), |value| format!("`{value}`"));
        table.push_str(&format!("| `{key}` | {default} | {} |\n", meaning.to(language)));
    }
    table
}

#[test]
fn both_pages_have_every_setting_and_every_key_of_a_profile() {
    for (page, language, _) in PAGES {
        let settings = ROWS.iter().map(|row| (row.key, row.default_value(), row.meaning));
        check_made(page, "settings", &table_of_keys(language, settings));
        let keys = KEYS.iter().map(|key| (key.name, key.default_value(), key.meaning));
        check_made(page, "keys of a profile", &table_of_keys(language, keys));
    }
}

#[test]
fn the_sample_is_good_and_shows_every_key() {
    for (page, _, heading) in PAGES {
        let section = section(page, heading);
        let (_, sample) = section.split_once("```toml\n").expect("there is a sample");
        let (sample, _) = sample.split_once("```").expect("it ends");
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(folder.path())).unwrap();
        fs::write(file.path(), sample).unwrap();
        let (settings, problems) = file.load();
        assert_eq!((settings.profiles.len(), problems.len()), (3, 0), "{page}: {problems:?}");
        for key in KEYS {
            let is_there = sample.lines().any(|line| line.starts_with(&format!("{} = ", key.name)));
            assert!(is_there, "{page}: no {} in the sample", key.name);
        }
    }
}

const GUIDES: [(&str, Language, &str); 2] =
    [("guide.md", Language::English, "Keys"), ("guide.zh-CN.md", Language::Chinese, "快捷键")];

#[test]
fn both_guides_list_every_command_as_help_does() {
    for (page, language, _) in GUIDES {
        let mut table = match language {
            Language::English => "| command | what it does |\n|---|---|\n".to_owned(),
            Language::Chinese => "| 命令 | 作用 |\n|---|---|\n".to_owned(),
        };
        for row in COMMANDS {
            let [usage, help] = [row.usage, row.help].map(|text| text.to(language).replace('|', "\\|"));
            table.push_str(&format!("| `{usage}` | {help} |\n"));
        }
        check_made(page, "commands", &table);
    }
}

#[test]
fn both_guides_name_every_key_that_means_the_same_everywhere() {
    for (page, _, heading) in GUIDES {
        let section = section(page, heading);
        for shortcut in SHORTCUTS {
            assert!(section.contains(&format!("`{}`", shortcut.name)), "{page}: {}", shortcut.name);
        }
    }
}

#[test]
fn the_wire_explains_every_command_that_the_server_knows() {
    let section = section("protocol.md", "Commands");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let commands: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert!(commands.contains(&"PRIVMSG"));
    for command in commands {
        assert!(meanings::of_command(command).is_some(), "text/meanings.rs does not say what {command} is");
    }
}
