//! The layers of a crate's sources, as its `use` lines and paths say them: which folder may name which, no two files that
//! name each other in a circle, and no folder with too much in it.
//!
//! Comments and tests do not count. A file may name the `mod.rs` of a folder that it lies in: that is the folder's face,
//! where the parts of one thing are put together (`World`, the table of commands).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The most entries that a folder has, beside its `mod.rs`, or `lib.rs` and `main.rs`: about a dozen can be taken in at a
/// glance, and a few more are better than a folder for two.
pub const MOST_ENTRIES: usize = 15;

/// What lies in one folder, from the bottom up, and what each may name.
pub struct Table {
    /// What the table is called where it stands.
    pub name: &'static str,
    /// The folder, as the names on the way to it; none is the crate's root.
    pub folder: &'static [&'static str],
    /// A row names rows above it only.
    pub rows: &'static [(&'static str, &'static [&'static str])],
}

/// A module, as the names on the way to it.
type Module = Vec<String>;

/// Every source of a crate, by its path below this folder.
pub fn sources(src: &Path) -> Vec<(String, String)> {
    fn collect(folder: &Path, below: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("it can be read");
            let name = format!("{below}{}", name.to_string_lossy());
            if path.is_dir() {
                collect(&path, &format!("{name}/"), found);
            } else {
                found.push((name, fs::read_to_string(&path).expect("it is text")));
            }
        }
    }
    let mut found = Vec::new();
    collect(src, "", &mut found);
    found.sort();
    found
}

/// A file, and what it names: the path, where it stands, and the module that it leads to.
struct File<'a> {
    path: &'a str,
    names: Vec<(usize, Module, Module)>,
}

/// What is against the rules, a line each.
pub fn flaws(sources: &[(String, String)], tables: &[Table]) -> Vec<String> {
    let read: BTreeMap<Module, (&str, Vec<Name>)> = sources
        .iter()
        .filter(|(path, _)| !matches!(&**path, "lib.rs" | "main.rs"))
        .map(|(path, text)| (module_of(path), (&**path, names_in(text, &module_of(path)))))
        .collect();
    let is_module = |path: &[String]| read.contains_key(path);
    // What a folder's face passes on is the part's own.
    let passed_on: BTreeMap<Module, Module> = read
        .iter()
        .flat_map(|(module, (_, names))| {
            let passed = names.iter().filter(|name| name.passes_on);
            passed.map(|name| {
                let last = name.path.last().expect("a path has an end").clone();
                (module.iter().cloned().chain([last]).collect(), name.path.clone())
            })
        })
        .collect();
    let leads_to = |path: &Module| {
        let mut path = path.clone();
        // A name is passed on from face to face, but not for ever.
        for _ in 0..8 {
            let longest = (1..=path.len()).rev().find_map(|length| {
                let head = &path[..length];
                // A function may have the name of the file that it is passed on from.
                let on = passed_on.get(head).filter(|_| !is_module(head));
                let on = on.map(|on| on.iter().chain(&path[length..]).cloned().collect());
                on.map(Err).or_else(|| is_module(head).then(|| Ok(head.to_vec())))
            })?;
            match longest {
                Ok(module) => return Some(module),
                Err(on) => path = on,
            }
        }
        None
    };
    let files: BTreeMap<&Module, File> = read
        .iter()
        .map(|(module, (path, names))| {
            let names = names.iter().filter_map(|name| {
                let to = leads_to(&name.path)?;
                (!module.starts_with(&to)).then(|| (name.line, name.path.clone(), to))
            });
            (module, File { path, names: names.collect() })
        })
        .collect();
    let mut flaws: Vec<_> = tables.iter().flat_map(|table| layers(&files, table)).collect();
    flaws.extend(circle(&files));
    flaws.extend(crowds(sources));
    flaws
}

/// What names something that its row does not let it name, of what lies in a folder.
fn layers(files: &BTreeMap<&Module, File>, table: &Table) -> Vec<String> {
    let Table { name: table, folder, rows } = table;
    for (index, (name, may)) in rows.iter().enumerate() {
        let above = &rows[..index];
        assert!(
            may.iter().all(|other| above.iter().any(|(row, _)| row == other)),
            "{name} names what is below"
        );
    }
    let folder: Module = folder.iter().map(|name| (*name).to_owned()).collect();
    let part = |module: &Module| module.strip_prefix(&*folder).and_then(|rest| rest.first()).cloned();
    let mut flaws = BTreeSet::new();
    for (module, file) in files {
        let Some(part_here) = part(module) else { continue };
        let Some((_, may)) = rows.iter().find(|(name, _)| *name == part_here) else {
            flaws.insert(format!(
                "{part_here} is in no layer: give it a row in {table}, at the top of tests/architecture.rs"
            ));
            continue;
        };
        for (line, path, to) in &file.names {
            let to = part(to).filter(|to| *to != part_here && !may.contains(&&**to));
            if let Some(to) = to {
                let (file, path) = (file.path, path.join("::"));
                flaws.insert(format!("{file}:{line} names crate::{path}: {part_here} may not name {to}"));
            }
        }
    }
    flaws.into_iter().collect()
}

/// A circle of files within a folder, if there is one, with the lines that make it.
fn circle(files: &BTreeMap<&Module, File>) -> Option<String> {
    fn walk<'f>(
        at: &'f Module,
        files: &'f BTreeMap<&Module, File>,
        way: &mut Vec<(&'f Module, String)>,
        done: &mut BTreeSet<&'f Module>,
    ) -> Option<String> {
        for (line, path, to) in &files.get(at)?.names {
            let step = format!("{}:{line} names crate::{}", files[at].path, path.join("::"));
            way.push((at, step));
            if let Some(begin) = way.iter().position(|(module, _)| *module == to) {
                let steps: Vec<_> = way[begin..].iter().map(|(_, step)| &**step).collect();
                return Some(format!("a circle: {}", steps.join(", ")));
            }
            if !done.contains(to)
                && let Some(found) = walk(to, files, way, done)
            {
                return Some(found);
            }
            way.pop();
        }
        done.insert(at);
        None
    }
    let mut done = BTreeSet::new();
    files.keys().find_map(|module| walk(module, files, &mut Vec::new(), &mut done))
}

/// The folders with too many entries.
fn crowds(sources: &[(String, String)]) -> Vec<String> {
    let mut entries: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, _) in sources.iter().filter(|(path, _)| !path.ends_with("mod.rs")) {
        let mut rest = &**path;
        while let Some((folder, entry)) = rest.rsplit_once('/') {
            entries.entry(folder).or_default().insert(entry);
            rest = folder;
        }
        if !matches!(rest, "lib.rs" | "main.rs") {
            entries.entry("src").or_default().insert(rest);
        }
    }
    let crowds = entries.into_iter().filter(|(_, entries)| entries.len() > MOST_ENTRIES);
    crowds
        .map(|(folder, entries)| {
            format!("{folder} has {} entries: {MOST_ENTRIES} are the most", entries.len())
        })
        .collect()
}

/// `world/people/person.rs` is `world::people::person`, and `world/mod.rs` is `world`.
fn module_of(path: &str) -> Module {
    let path = path.trim_end_matches(".rs");
    path.strip_suffix("/mod").unwrap_or(path).split('/').map(str::to_owned).collect()
}

/// A path in a file, from the crate's root.
struct Name {
    line: usize,
    path: Module,
    /// Whether others find it here, too.
    passes_on: bool,
}

/// What a file names, but for its comments and its tests.
fn names_in(text: &str, module: &Module) -> Vec<Name> {
    let text = text
        .find("#[cfg(test)]\nmod tests")
        .or(text.find("#[cfg(test)]\npub(crate) mod tests"))
        .map_or(text, |end| &text[..end]);
    // Lines keep their numbers.
    let code: Vec<_> =
        text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect();
    let code = code.join("\n");
    let parts: BTreeSet<_> = code
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once("mod "))
        .map(|(_, part)| part)
        .collect();
    let mut names = Vec::new();
    let mut at = 0;
    while let Some((begin, tree, passes_on)) = next_name(&code, at) {
        let line = code[..begin].matches('\n').count() + 1;
        let mut paths = Vec::new();
        expand(Vec::new(), tree, &mut paths);
        for path in paths {
            let from_root = match &*path[0] {
                "crate" => Some(path[1..].to_vec()),
                "self" => Some([module, &path[1..]].concat()),
                "super" => {
                    let ups = path.iter().take_while(|name| *name == "super").count();
                    Some([&module[..module.len() - ups], &path[ups..]].concat())
                }
                part => parts.contains(part).then(|| [&module[..], &path].concat()),
            };
            let from_root = from_root.filter(|path| !path.is_empty());
            names.extend(from_root.map(|path| Name { line, path, passes_on }));
        }
        at = begin + tree.len().max(1);
    }
    names
}

/// The next `use`, or path from the root, behind a place: where it stands, its tree, and whether it is passed on.
fn next_name(code: &str, from: usize) -> Option<(usize, &str, bool)> {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let is_free = |begin: usize| !code[..begin].ends_with(is_path);
    let starts = ["use ", "crate::", "super::"].into_iter();
    let begins = starts.filter_map(|start| {
        let mut found = code[from..].match_indices(start).map(|(at, _)| from + at);
        found.find(|begin| {
            let line = code[..*begin].rsplit('\n').next().unwrap_or_default().trim();
            is_free(*begin) && (start != "use " || line.is_empty() || line.starts_with("pub"))
        })
    });
    let begin = begins.min()?;
    if let Some(tree) = code[begin..].strip_prefix("use ") {
        let line = code[..begin].rsplit('\n').next().unwrap_or_default();
        let tree = tree.split(';').next().unwrap_or_default();
        return Some((begin + "use ".len(), tree, line.trim_start().starts_with("pub")));
    }
    let end = code[begin..].find(|c| !is_path(c)).map_or(code.len(), |end| begin + end);
    Some((begin, code[begin..end].trim_end_matches(':'), false))
}

/// The paths of a tree such as `a::{self, b as c, d::*}`.
fn expand(before: Module, tree: &str, paths: &mut Vec<Module>) {
    let tree = tree.trim();
    if let Some((head, rest)) = tree.split_once('{') {
        let before: Module = before
            .into_iter()
            .chain(head.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned))
            .collect();
        let rest = rest.trim_end().trim_end_matches('}');
        let mut depth = 0;
        for branch in rest.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        }) {
            expand(before.clone(), branch, paths);
        }
        return;
    }
    let tree = tree.split(" as ").next().unwrap_or_default();
    let names = tree.split("::").map(str::trim).filter(|name| !matches!(*name, "" | "self" | "*"));
    let is_self_alone = before.is_empty() && tree.starts_with("self");
    let first = is_self_alone.then(|| "self".to_owned());
    let path: Module = before.into_iter().chain(first).chain(names.map(str::to_owned)).collect();
    if !tree.is_empty() && !path.is_empty() {
        paths.push(path);
    }
}
