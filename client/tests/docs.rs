//! `docs/client.md` and `docs/guide.md` say what the code does: their tables and the sample are compared with the code's.

use std::fs;
use std::path::Path;

use teahouse::command::COMMANDS;
use teahouse::config::profile::KEYS;
use teahouse::config::settings::SettingsFile;
use teahouse::text::i18n::Language;
use teahouse::ui::keys::SHORTCUTS;

const PAGES: [(&str, &str); 2] = [("client.md", "Profiles"), ("client.zh-CN.md", "服务器档案")];

fn section(page: &str, heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

#[test]
fn both_pages_list_every_key_of_a_profile() {
    let keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    for (page, heading) in PAGES {
        let section = section(page, heading);
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        let listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
        assert_eq!(listed, keys, "{page}");
    }
}

#[test]
fn the_sample_is_good_and_shows_every_key() {
    for (page, heading) in PAGES {
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

const GUIDES: [(&str, Language, [&str; 2]); 2] = [
    ("guide.md", Language::English, ["Commands", "Keys"]),
    ("guide.zh-CN.md", Language::Chinese, ["命令", "快捷键"]),
];

#[test]
fn both_guides_list_every_command_as_help_does() {
    for (page, language, [heading, _]) in GUIDES {
        let section = section(page, heading);
        let rows = section.lines().filter(|line| line.starts_with("| `/"));
        let listed: Vec<_> = rows.map(|row| row.replace('`', "")).collect();
        let help = COMMANDS.iter().map(|row| {
            let [usage, help] = [row.usage, row.help].map(|text| text.to(language).replace('|', "\\|"));
            format!("| {usage} | {help} |")
        });
        assert_eq!(listed, help.collect::<Vec<_>>(), "{page}");
    }
}

#[test]
fn both_guides_name_every_key_that_means_the_same_everywhere() {
    for (page, _, [_, heading]) in GUIDES {
        let section = section(page, heading);
        for shortcut in SHORTCUTS {
            assert!(section.contains(&format!("`{}`", shortcut.name)), "{page}: {}", shortcut.name);
        }
    }
}
