//! The pages in `docs/` say what the code does: their tables are compared with the code's, and those of the
//! configuration are made from them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use teahouse_protocol::numerics;
use teahouse_server::Config;
use teahouse_server::commands::{COMMANDS, When};
use teahouse_server::config::user_modes::UserMode;
use teahouse_server::config::{KEYS, Key};
use teahouse_server::text::language::{Language, Speak};
use teahouse_server::text::reply::Reply;
use teahouse_server::world::{Capability, Flag, List, Rank, Setting};

#[path = "../../protocol/tests/support/pages.rs"]
mod pages;

use pages::{check_between, check_made, read as docs};

/// The rows of the table below a heading of the protocol page, as their cells without the backquotes; first those of the
/// English page, then those of the Chinese one, where the heading has its Chinese name.
fn tables([english, chinese]: [&str; 2]) -> [Vec<Vec<String>>; 2] {
    [("protocol.md", english), ("protocol.zh-CN.md", chinese)].map(|(page, heading)| {
        let page = docs(page);
        let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
        rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect())
            .collect()
    })
}

const COMMANDS_HEADING: [&str; 2] = ["Commands", "命令"];

#[test]
fn both_pages_list_every_command_as_it_is() {
    let words = [["logged in", "always", "operators"], ["登录后", "任何时候", "管理员"]];
    for (table, [logged_in, always, operators]) in tables(COMMANDS_HEADING).into_iter().zip(words) {
        let listed: Vec<_> = table.into_iter().map(|row| row[..3].to_vec()).collect();
        let real = COMMANDS.iter().map(|command| {
            let when = match command.when {
                When::LoggedIn => logged_in,
                When::Always => always,
                When::Operator => operators,
            };
            vec![command.name.to_owned(), when.to_owned(), command.min_params.to_string()]
        });
        assert_eq!(listed, real.collect::<Vec<_>>());
    }
}

#[test]
fn every_command_on_the_pages_has_a_transcript_that_uses_it() {
    for row in tables(COMMANDS_HEADING).concat() {
        let (command, transcript) = (&row[0], &row[4]);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{transcript}.txt"));
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{transcript} is not there"));
        let used =
            text.lines().filter_map(|line| line.split_once("> ")).any(|(_, line)| line.starts_with(command));
        assert!(used, "{transcript} does not use {command}");
    }
}

#[test]
fn both_pages_list_every_mode_of_a_room_with_a_transcript_that_sets_it() {
    for listed in tables(["Modes of a room", "房间的模式"]) {
        let letters: Vec<_> = listed.iter().map(|row| row[0].chars().next().unwrap()).collect();
        let flags = Flag::ALL.iter().map(|(_, letter)| *letter);
        let ranks = Rank::ALL.iter().map(|rank| rank.letter());
        let settings = Setting::ALL.iter().map(|(_, letter)| *letter);
        let lists = List::ALL.iter().map(|(_, letter)| *letter);
        assert_eq!(letters, flags.chain(settings).chain(lists).chain(ranks).collect::<Vec<_>>());
        for row in listed {
            let path =
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{}.txt", row[3]));
            let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is not there", row[3]));
            // `n` and `t` are set from the beginning; the transcript shows what they do.
            let is_set = text.lines().filter_map(|line| line.split_once("> MODE #")).any(|(_, line)| {
                line.split(' ')
                    .nth(1)
                    .is_some_and(|changes| changes.contains('+') && changes.contains(&row[0]))
            });
            assert!(is_set || matches!(row[0].as_str(), "n" | "t"), "{} does not set {}", row[3], row[0]);
        }
    }
}

#[test]
fn modes_stand_in_the_order_of_their_letters() {
    assert!(Flag::ALL.is_sorted_by_key(|(_, letter)| *letter));
    assert!(Setting::ALL.is_sorted_by_key(|(_, letter)| *letter));
    assert!(UserMode::ALL.is_sorted_by_key(|(_, letter)| *letter));
}

#[test]
fn both_pages_list_every_mode_of_a_person() {
    for table in tables(["Modes of a person", "个人的模式"]) {
        let listed: Vec<_> = table.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(listed, UserMode::ALL.iter().map(|(_, letter)| letter.to_string()).collect::<Vec<_>>());
    }
}

#[test]
fn both_pages_list_every_capability() {
    // Which languages there are is said in the answer to LANGUAGE.
    let real = Capability::ALL.iter().filter(|it| **it != Capability::Languages);
    for table in tables(["Capabilities", "功能（CAP）"]) {
        let listed: BTreeSet<_> = table.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(listed, real.clone().map(|it| it.name().to_owned()).collect());
    }
}

#[test]
fn both_pages_list_every_numeric_that_is_sent() {
    for table in tables(["Numerics", "数字回复"]) {
        let listed: Vec<_> = table.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
        let real = Reply::NUMERICS.iter().map(|number| {
            (format!("{number:03}"), numerics::name(*number).expect("it has a name").to_owned())
        });
        assert_eq!(listed, real.collect::<Vec<_>>());
    }
}

/// What a document says of a key: what it does, what there is to say besides, whether it needs a restart.
fn meaning(key: &Key, language: Language) -> String {
    let [full_stop, needs_restart] = language.choose([". ", "Needs a restart"], ["。", "重启后生效"]);
    let expected = key.within(language).to_string();
    let more = key.more.to(language);
    let parts = [expected.as_str(), more, if key.needs_restart { needs_restart } else { "" }];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(full_stop)
}

#[test]
fn the_configuration_pages_have_a_row_for_every_key() {
    for (page, language) in
        [("configuration.md", Language::English), ("configuration.zh-CN.md", Language::Chinese)]
    {
        let heading = language.choose("| key | default | meaning |", "| 键 | 默认值 | 意思 |");
        let rows = KEYS.iter().map(|key| {
            let default = key.default.to(language);
            format!("| `{}` | {default} | {} |\n", key.name, meaning(key, language))
        });
        let table = format!("{heading}\n|---|---|---|\n{}", rows.collect::<String>());
        check_made(page, "keys", &table);
    }
}

/// A text without its Markdown: a link's target stands in parentheses.
fn plain(markdown: &str) -> String {
    let mut text = markdown.replace('`', "");
    while let Some((before, behind)) = text.split_once("](") {
        let (before, words) = before.rsplit_once('[').expect("a link begins");
        let page = if behind.starts_with('#') { "configuration.md" } else { "" };
        text = format!("{before}{words} ({page}{behind}");
    }
    text
}

#[test]
fn the_sample_file_has_every_key() {
    let keys = KEYS.iter().map(|key| {
        let meaning = plain(&meaning(key, Language::English));
        let (first, rest) = meaning.split_at(1);
        format!("# {}{rest}.\n#{} = {}\n", first.to_uppercase(), key.name, key.sample)
    });
    check_between("teahouse.toml", ["\n\n", ""], &keys.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_defaults_in_the_documents_read_as_a_file_change_nothing() {
    let read = |text: String| {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, text).unwrap();
        let mut config = Config::default();
        config.read_file(file.path()).map(|()| config)
    };
    let lines = KEYS.iter().filter_map(|key| {
        let value = key.default.0.strip_prefix('`')?.strip_suffix('`')?;
        Some(format!("{} = {value}\n", key.name))
    });
    assert_eq!(read(lines.collect()), Ok(Config::default()));
    let sample = docs("teahouse.toml");
    let lines = sample.lines().filter_map(|line| line.strip_prefix('#'));
    let lines = lines.filter(|line| line.contains(" = ") && !line.starts_with(' '));
    let lines: Vec<_> = lines.map(|line| format!("{line}\n")).collect();
    assert_eq!(lines.len(), KEYS.len());
    let not_set = Config {
        sts_duration: Some(Duration::from_secs(2_592_000)),
        sts_port: Some(6697),
        max_connections_per_ip: Some(16),
        ..Config::default()
    };
    assert_eq!(read(lines.concat()), Ok(not_set));
}

#[test]
fn figures_that_stand_on_several_pages_are_those_of_the_tables() {
    let measured = docs("performance.md");
    let row = measured
        .lines()
        .skip_while(|line| !line.starts_with("register:"))
        .find_map(|line| line.trim().strip_prefix("KiB/connection"))
        .expect("it was measured");
    let figure: f64 = row.split_whitespace().next().unwrap().parse().unwrap();
    for (page, before) in [("operating.md", "costs some "), ("operating.zh-CN.md", "大约占 ")] {
        let text = docs(page);
        let (_, behind) = text.split_once(before).expect("what a connection costs");
        let (said, _) = behind.split_once(" KiB").unwrap();
        assert_eq!(said, format!("{figure:.0}"), "{page}");
    }
    for (page, before) in
        [("architecture.md", "one line holds the lock "), ("architecture.zh-CN.md", "一行占用锁 ")]
    {
        let text = docs(page);
        let (_, behind) = text.split_once(before).expect("how long the lock is held");
        let held = behind.split(" µs").next().unwrap();
        assert!(measured.contains(&format!("one line to a room of 100 takes {held} µs")), "{page}: {held}");
    }
}

#[test]
fn what_was_measured_is_the_same_in_both_languages() {
    let measured = |page: &str| -> Vec<String> {
        docs(page).split("```").skip(1).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(measured("performance.zh-CN.md"), measured("performance.md"));
}

/// What must be the same in every language: headings by level, links, and each line of code as far as the first thing
/// that may be translated, a comment or a text in quotes. What is no code but text has the same number of lines.
fn skeleton(page: &str) -> Vec<String> {
    let (mut in_code, mut in_text) = (false, false);
    let mut bones = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
            in_text = line == "```text";
            bones.push(line.to_owned());
        } else if in_text {
            bones.push(String::new());
        } else if in_code {
            bones.push(line.split(['#', '"']).next().unwrap().trim_end().to_owned());
        } else if line.starts_with('#') {
            bones.push(line.split(' ').next().unwrap().to_owned());
        } else {
            if line.starts_with(['-', '|']) || line.starts_with(|c: char| c.is_ascii_digit()) {
                bones.push(line.chars().next().unwrap().to_string());
            }
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            // A heading has its name in its language.
            let bone = |target: &str| match target.split_once('#') {
                Some((page, _)) => page.replace(".zh-CN.md", ".md") + "#",
                // The window in a picture speaks the page's language.
                None => target.replace(".zh-CN.md", ".md").replace("pictures/en/", "pictures/"),
            };
            bones.extend(targets.map(bone));
        }
    }
    bones
}

#[test]
fn every_page_in_both_languages_has_the_same_parts_links_and_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut compared = 0;
    for folder in [root.clone(), root.join("docs")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Some(name) = path.to_str().and_then(|path| path.strip_suffix(".zh-CN.md")) else { continue };
            let [english, chinese] = [format!("{name}.md"), format!("{name}.zh-CN.md")]
                .map(|page| fs::read_to_string(&page).unwrap_or_else(|_| panic!("{page} is not there")));
            assert_eq!(skeleton(&chinese), skeleton(&english), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 1, "the READMEs and a page at least");
}

/// Every page: those at the top, and those in `docs`.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [root.clone(), root.join("docs")];
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// Every source of the three packages, as its path.
fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = ["protocol", "server", "client"].map(|package| root.join(package)).into();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    sources
}

#[test]
fn every_source_that_a_page_names_is_there_and_both_languages_name_the_same() {
    let sources = sources();
    let named = |page: &Path| -> BTreeSet<String> {
        let text = fs::read_to_string(page).unwrap();
        let words = text.split('`').filter(|word| word.ends_with(".rs") && !word.contains([' ', '*']));
        words.map(str::to_owned).collect()
    };
    for page in pages() {
        let names = named(&page);
        for name in &names {
            let is_it = |source: &String| source.ends_with(&format!("/{name}"));
            assert!(sources.iter().any(is_it), "{}: {name}", page.display());
        }
        let sister = page.with_extension("zh-CN.md");
        if sister.exists() {
            assert_eq!(named(&sister), names, "{}", sister.display());
        }
    }
}

/// What a heading is called in a link, as sites that show Markdown make it: in small letters, without signs, with `-`
/// for spaces.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[test]
fn every_link_from_page_to_page_leads_to_a_file_and_a_heading() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, heading) =
                target.split_once('#').map_or((target, None), |(file, name)| (file, Some(name)));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(path.exists(), "{}: {target}", page.display());
            // From a Chinese page one comes to Chinese pages, but for the same page in English.
            let is_chinese = |path: &Path| path.to_str().is_some_and(|path| path.ends_with(".zh-CN.md"));
            if is_chinese(&page) && !is_chinese(&path) {
                let sister = path.with_extension("zh-CN.md");
                assert!(sister == page || !sister.exists(), "{}: {target}", page.display());
            }
            let Some(heading) = heading else { continue };
            let there = fs::read_to_string(&path).unwrap();
            let names = there.lines().filter_map(|line| line.strip_prefix('#'));
            let has_it =
                names.map(|line| anchor(line.trim_start_matches('#').trim())).any(|name| name == heading);
            assert!(has_it, "{}: {target}", page.display());
        }
    }
}

/// The sources that a page of the tour has one read, in order: a file, and the names of what to read in it; none for all
/// of it but its tests. They stand in the lines that begin with a bold word.
fn reading(page: &str) -> Vec<(String, Vec<String>)> {
    let mut files: Vec<(String, Vec<String>)> = Vec::new();
    for line in docs(page).lines().filter(|line| line.starts_with("**")) {
        for word in line.split('`').skip(1).step_by(2) {
            if word.ends_with(".rs") {
                files.push((word.to_owned(), Vec::new()));
            } else {
                files.last_mut().expect("a file stands before what is in it").1.push(word.to_owned());
            }
        }
    }
    files
}

/// What an item's name stands behind.
const KINDS: [&str; 8] = ["fn", "struct", "enum", "trait", "const", "static", "type", "macro_rules!"];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many lines an item takes with its documentation: `name`, or `Owner::name` for one in an `impl` of it.
fn lines_of(source: &str, item: &str) -> Option<usize> {
    let (owner, name) = item.split_once("::").map_or((None, item), |(owner, name)| (Some(owner), name));
    let is_it = |line: &str| {
        KINDS.iter().any(|kind| {
            let declared = line.trim_start().split_once(&format!("{kind} {name}"));
            declared.is_some_and(|(before, after)| {
                (before.is_empty() || before.starts_with("pub") || before == "const ")
                    && !after.starts_with(is_word)
            })
        })
    };
    let lines: Vec<_> = source.lines().collect();
    let mut block = "";
    let mut begin = None;
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("impl") {
            block = line;
        }
        let is_owned = |owner| block.split(|c| !is_word(c)).any(|word| word == owner);
        if is_it(line) && owner.is_none_or(is_owned) {
            begin = Some(index);
            break;
        }
    }
    let begin = begin?;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let ends = |line: &&str| {
        indent(line) == indent(lines[begin])
            && (line.trim().starts_with(['}', ']']) || line.ends_with([';', '}']))
    };
    let end = lines[begin..].iter().position(ends)?;
    let above = lines[..begin].iter().rev();
    let docs =
        above.take_while(|line| line.trim_start().starts_with("//") || line.trim_start().starts_with("#["));
    Some(docs.count() + end + 1)
}

#[test]
fn the_tour_names_what_is_there_and_is_read_in_an_afternoon() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let reading = [reading("tour.md"), reading("tour.zh-CN.md")];
    assert_eq!(reading[0], reading[1]);
    let mut total = 0;
    let mut seen = BTreeSet::new();
    for (file, names) in &reading[0] {
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("{file} is not there"));
        let read = source.lines().take_while(|line| *line != "#[cfg(test)]").count();
        let head = source.lines().take_while(|line| line.starts_with("//!")).count();
        let items =
            names.iter().map(|name| lines_of(&source, name).unwrap_or_else(|| panic!("{file}: {name}")));
        let lines = if names.is_empty() { read } else { head + items.sum::<usize>() };
        println!("{lines:5} {file}");
        total += lines;
        assert!(seen.insert(file), "{file} is read twice");
    }
    assert!(total <= 2_500, "{total} lines are too many for an afternoon");

    let mut declared = BTreeSet::new();
    for source in sources() {
        for line in fs::read_to_string(source).unwrap().lines() {
            let words: Vec<_> = line.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
            let names =
                words.windows(2).filter(|pair| KINDS.contains(&pair[0])).map(|pair| pair[1].to_owned());
            declared.extend(names);
        }
    }
    for page in ["tour.md", "tour.zh-CN.md"] {
        let text = docs(page);
        let prose: String = text.split("```").step_by(2).collect();
        let is_item = |word: &&str| {
            word.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c))
                && word.contains(char::is_lowercase)
                && !["lu", "xi", "nc", "fg", "Err"].contains(word)
        };
        for word in prose.split('`').skip(1).step_by(2).filter(is_item) {
            let name = word.rsplit("::").next().unwrap();
            assert!(declared.contains(name), "{page}: {word}");
        }
    }
}
