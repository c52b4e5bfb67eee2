//! `make mutants`: how much would the tests notice?
//!
//! Small faults (a condition turned round, a statement left out, a number that is another) are put into a copy of the
//! sources, *all of them in one build*: each is behind a switch that an environment variable turns on. Then every test
//! is run once to see which faults it passes, and for each fault those tests are run that could notice it. So a fault
//! costs a second or two, where building the programs anew for each would cost a minute.
//!
//! Faults that make no difference anybody could see are listed in `equivalent.txt` with the reason, and left out.
//!
//! ```text
//! mutants [--list] [--every N] [--again] [--jobs N] [--tests NAME,NAME] [FILE or FOLDER]...
//! ```
//!
//! `--every N` is a sample, and `--again` takes only what no test noticed the last time.

mod faults;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::RangeInclusive;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, exit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use faults::Fault;
use serde_json::Value;

/// What gets faults when nothing is named, and the tests that may notice them: what runs long in a window or beside
/// other servers is not among them.
const USUAL: &[&str] = &["protocol/src", "server/src", "client/src/model"];
/// Tests of the window take seconds each, and the model of the outbox has a copy of that file of its own.
const LEFT_OUT: &[&str] = &["window", "outbox_model", "steady_state", "packaging", "docs"];
/// A test that takes this many times as long as it does without a fault hangs.
const PATIENCE: u32 = 8;
const LEAST_PATIENCE: Duration = Duration::from_secs(20);
/// Where it is written what no test noticed: how, where, and by what the fault is known.
const SURVIVORS: &str = "target/mutants/survivors.txt";

struct Options {
    list: bool,
    every: usize,
    again: bool,
    jobs: usize,
    tests: Vec<String>,
    places: Vec<String>,
}

/// A program of tests, and what is known of each test in it.
struct Program {
    path: PathBuf,
    folder: PathBuf,
    tests: Vec<Test>,
}

struct Test {
    name: String,
    time: Duration,
    passes: HashSet<u32>,
}

fn main() {
    let options = read_options();
    let root = env::current_dir().expect("there is a folder");
    let wanted = source_files(&root, &options.places);
    let crates: BTreeSet<_> = wanted.iter().map(|file| crate_of(file)).collect();
    // All faults of a crate are built, whichever are wanted: so one build does for all files.
    let usual =
        USUAL.iter().filter(|place| crates.contains(crate_of(place))).map(|place| (*place).to_owned());
    let files = source_files(&root, &usual.chain(options.places.iter().cloned()).collect::<Vec<_>>());
    let equivalent = read_equivalent(&root);
    let mut all: Vec<Fault> = Vec::new();
    for file in &files {
        let first = u32::try_from(all.len()).expect("not so many") + 1;
        all.extend(faults::find(&root, file, first));
    }
    let known: HashSet<_> = all.iter().map(Fault::key).collect();
    for key in equivalent.keys().filter(|key| files.iter().any(|file| key.starts_with(file.as_str()))) {
        if !known.contains(key) {
            eprintln!("mutants: equivalent.txt has a fault that there is not: {key}");
        }
    }
    let is_wanted = |fault: &&Fault| wanted.contains(&fault.file) && !equivalent.contains_key(&fault.key());
    let mut chosen: Vec<_> = all.iter().filter(is_wanted).step_by(options.every).cloned().collect();
    if options.again {
        let last = fs::read_to_string(root.join(SURVIVORS)).unwrap_or_default();
        let last: HashSet<_> = last.lines().filter_map(|line| line.split('\t').nth(2)).collect();
        chosen.retain(|fault| last.contains(fault.key().as_str()));
    }
    if options.list {
        for fault in &chosen {
            println!("{}:{} {}", fault.file, fault.line, fault.key());
        }
        return;
    }
    let tree = copy_tree(&root);
    let (programs, built) = build(&root, &tree, &crates, all, &options);
    let built: HashSet<_> = built.iter().map(|fault| fault.number).collect();
    chosen.retain(|fault| built.contains(&fault.number));
    println!(
        "mutants: {} faults in {} files, {} programs of tests",
        chosen.len(),
        wanted.len(),
        programs.len()
    );
    let programs = explore(programs, &tree, options.jobs);
    judge(&root, &programs, &chosen, options.jobs);
}

fn crate_of(file: &str) -> &str {
    file.split('/').next().expect("it has a name")
}

fn read_options() -> Options {
    let mut options =
        Options { list: false, every: 1, again: false, jobs: 2, tests: Vec::new(), places: Vec::new() };
    let mut args = env::args().skip(1);
    let usage = || -> ! {
        eprintln!(
            "usage: mutants [--list] [--every N] [--again] [--jobs N] [--tests NAME,NAME] [FILE or FOLDER]..."
        );
        exit(2)
    };
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse().ok()).filter(|n| *n > 0);
        match arg.as_str() {
            "--list" => options.list = true,
            "--again" => options.again = true,
            "--every" => options.every = number().unwrap_or_else(|| usage()),
            "--jobs" => options.jobs = number().unwrap_or_else(|| usage()),
            "--tests" => {
                options.tests =
                    args.next().unwrap_or_else(|| usage()).split(',').map(str::to_owned).collect();
            }
            _ if arg.starts_with('-') => usage(),
            _ => options.places.push(arg),
        }
    }
    options
}

fn source_files(root: &Path, places: &[String]) -> Vec<String> {
    let usual: Vec<_> = USUAL.iter().map(|place| (*place).to_owned()).collect();
    let places = if places.is_empty() { &usual } else { places };
    let output = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "--"])
        .args(places)
        .current_dir(root)
        .output();
    let output = output.expect("git is there");
    let listed = String::from_utf8(output.stdout).expect("names are UTF-8");
    let is_tests =
        |file: &str| file.contains("/tests") || file.ends_with("/main.rs") || file.ends_with("/lib.rs");
    listed
        .lines()
        .filter(|file| file.ends_with(".rs") && !is_tests(file) && root.join(file).is_file())
        .map(str::to_owned)
        .collect()
}

/// `file | function | what = why`, a line each.
fn read_equivalent(root: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root.join(".ci/mutants/equivalent.txt")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (key, why) = line.rsplit_once(" = ")?;
            Some((key.to_owned(), why.to_owned()))
        })
        .collect()
}

/// Writes a file if that changes it: what is the same need not be built again.
fn write(path: &Path, text: &[u8]) {
    if fs::read(path).is_ok_and(|before| before == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("there can be a folder");
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn copy_tree(root: &Path) -> PathBuf {
    let tree = root.join("target/mutants/tree");
    let output = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard"])
        .current_dir(root)
        .output()
        .expect("git is there");
    let listed = String::from_utf8(output.stdout).expect("names are UTF-8");
    for file in listed.lines().filter(|file| !file.starts_with("fuzz/") && root.join(file).is_file()) {
        // Sources are written once, with their faults. A test that includes one of them has no switch for these.
        if LEFT_OUT.iter().any(|name| file.ends_with(&format!("tests/{name}.rs"))) {
            continue;
        }
        if !file.contains("/src/") || !file.ends_with(".rs") {
            write(&tree.join(file), &fs::read(root.join(file)).expect("it can be read"));
        }
    }
    remove_gone(&tree, &tree, &listed.lines().collect());
    tree
}

/// Removes what is not in the sources any more: a file that has moved would be there twice.
fn remove_gone(tree: &Path, folder: &Path, listed: &HashSet<&str>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.strip_prefix(tree).expect("it is in there").to_string_lossy();
        if path.is_dir() {
            remove_gone(tree, &path, listed);
        } else if !listed.contains(&*name) && !name.ends_with("/src/mutant.rs") {
            fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}

/// Builds the tests with all faults in them; the ones that do not compile are left out.
fn build(
    root: &Path,
    tree: &Path,
    crates: &BTreeSet<&str>,
    all: Vec<Fault>,
    options: &Options,
) -> (Vec<Program>, Vec<Fault>) {
    let told = root.join("target/mutants/does-not-compile.txt");
    let known = fs::read_to_string(&told).unwrap_or_default();
    let mut known: BTreeSet<_> = known.lines().map(str::to_owned).collect();
    // Whoever names another crate runs its tests, too: what the server does shows what the protocol is.
    let packages = BTreeMap::from([
        ("protocol", "teahouse-protocol"),
        ("server", "teahouse-server"),
        ("client", "teahouse"),
    ]);
    let mut left = all;
    left.retain(|fault| !known.contains(&fault.key()));
    loop {
        let output = Command::new("git")
            .args(["ls-files", "-co", "--exclude-standard", "--", "*/src/*.rs"])
            .current_dir(root)
            .output();
        let listed = String::from_utf8(output.expect("git is there").stdout).expect("names are UTF-8");
        for file in listed.lines().filter(|file| root.join(file).is_file()) {
            let text = fs::read_to_string(root.join(file)).expect("it can be read");
            let inside: Vec<_> = left.iter().filter(|fault| fault.file == file).collect();
            let mut text = faults::put_in(&text, &inside);
            if file.ends_with("src/lib.rs") && crates.contains(crate_of(file)) {
                text += "\n#[allow(missing_docs)]\npub mod mutant;\n";
                write(&tree.join(file).with_file_name("mutant.rs"), include_bytes!("switch.rs"));
            }
            write(&tree.join(file), text.as_bytes());
        }
        let mut command = Command::new("cargo");
        command.args(["test", "--no-run", "--locked", "--message-format=json"]);
        for name in crates {
            command.args(["-p", packages[*name]]);
        }
        if crates.contains("protocol") {
            command.args(["-p", "teahouse-server"]);
        }
        command.current_dir(tree).env("CARGO_TARGET_DIR", root.join("target/mutants/build"));
        let output = command.stderr(Stdio::inherit()).output().expect("cargo is there");
        let mut programs = Vec::new();
        let mut bad: HashSet<(String, usize)> = HashSet::new();
        let mut around: Vec<(String, RangeInclusive<u64>)> = Vec::new();
        for line in output.stdout.split(|byte| *byte == b'\n') {
            let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
            match message["reason"].as_str() {
                Some("compiler-message") if message["message"]["level"] == "error" => {
                    places_of(&message["message"], &mut bad);
                    around.extend(whole_place_of(&message["message"]));
                }
                Some("compiler-artifact") if message["profile"]["test"] == true => {
                    let Some(path) = message["executable"].as_str() else { continue };
                    let name = message["target"]["name"].as_str().unwrap_or_default().to_owned();
                    if LEFT_OUT.contains(&name.as_str())
                        || (!options.tests.is_empty() && !options.tests.contains(&name))
                    {
                        continue;
                    }
                    let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
                    let folder = manifest.parent().expect("a manifest is in a folder").to_owned();
                    programs.push(Program { path: path.into(), folder, tests: Vec::new() });
                }
                _ => {}
            }
        }
        if output.status.success() {
            return (programs, left);
        }
        let before = left.len();
        // An error about what is borrowed or moved stands elsewhere than the statement whose absence it comes from.
        let is_at =
            |fault: &Fault| bad.iter().any(|(file, line)| fault.file == *file && fault.lines.contains(line));
        let is_around = |fault: &Fault| {
            let is_in = |(file, lines): &(String, RangeInclusive<u64>)| {
                fault.file == *file && lines.contains(&(fault.line as u64))
            };
            fault.what.starts_with("without: ") && around.iter().any(is_in)
        };
        let is_plain = left.iter().any(is_at);
        left.retain(|fault| {
            let is_bad = if is_plain { is_at(fault) } else { is_around(fault) };
            if is_bad {
                known.insert(fault.key());
            }
            !is_bad
        });
        fs::write(&told, known.iter().fold(String::new(), |text, key| text + key + "\n"))
            .expect("it can be written");
        println!("mutants: {} faults do not compile and are left out", before - left.len());
        if left.len() == before {
            for line in output.stdout.split(|byte| *byte == b'\n') {
                if let Ok(message) = serde_json::from_slice::<Value>(line)
                    && message["message"]["level"] == "error"
                {
                    eprintln!("{}", message["message"]["rendered"].as_str().unwrap_or_default());
                }
            }
            eprintln!("mutants: the copy does not build, and not for a fault");
            exit(1);
        }
    }
}

/// The lines that an error is about.
fn places_of(message: &Value, bad: &mut HashSet<(String, usize)>) {
    for span in message["spans"].as_array().into_iter().flatten() {
        let file = span["file_name"].as_str().unwrap_or_default().to_owned();
        let (Some(start), Some(end)) = (span["line_start"].as_u64(), span["line_end"].as_u64()) else {
            continue;
        };
        if span["is_primary"] == true {
            bad.extend((start..=end).map(|line| (file.clone(), usize::try_from(line).expect("a line"))));
        }
    }
    for child in message["children"].as_array().into_iter().flatten() {
        places_of(child, bad);
    }
}

/// The file of an error, from the first line that it names to the last one.
fn whole_place_of(message: &Value) -> Option<(String, RangeInclusive<u64>)> {
    let spans = message["spans"].as_array()?;
    let file = spans.iter().find(|span| span["is_primary"] == true)?["file_name"].as_str()?;
    let spans = || spans.iter().filter(|span| span["file_name"] == file);
    let first = spans().filter_map(|span| span["line_start"].as_u64()).min()?;
    let last = spans().filter_map(|span| span["line_end"].as_u64()).max()?;
    Some((file.to_owned(), first..=last))
}

/// Runs each test once without a fault: how long it takes, and which faults it passes.
fn explore(mut programs: Vec<Program>, tree: &Path, jobs: usize) -> Vec<Program> {
    let scratch = tree.with_file_name("reached");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).expect("there can be a folder");
    for (number, program) in programs.iter_mut().enumerate() {
        let output = Command::new(&program.path)
            .args(["--list", "--format", "terse"])
            .current_dir(&program.folder)
            .output();
        let listed = String::from_utf8(output.expect("it runs").stdout).expect("names are UTF-8");
        let names: Vec<_> =
            listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect();
        let next = AtomicUsize::new(0);
        let tests = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let file = scratch.join(format!("{number}-{}", name.replace("::", "-")));
                        let since = Instant::now();
                        let status = Command::new(&program.path)
                            .args(["--exact", name])
                            .current_dir(&program.folder)
                            .env("TEAHOUSE_REACHED", &file)
                            .stdout(Stdio::null())
                            .stderr(Stdio::null())
                            .status();
                        let time = since.elapsed();
                        if !status.is_ok_and(|status| status.success()) {
                            eprintln!("mutants: {name} fails without a fault, and is left out");
                            continue;
                        }
                        let text = fs::read_to_string(&file).unwrap_or_default();
                        let passes = text.lines().filter_map(|line| line.parse().ok()).collect();
                        let _ = fs::remove_file(&file);
                        tests.lock().expect("nobody panics").push(Test { name: name.clone(), time, passes });
                    }
                });
            }
        });
        program.tests = tests.into_inner().expect("nobody panics");
        program.tests.sort_by_key(|test| test.time);
    }
    programs
}

/// Looks for each fault whether a test notices it, and says what was found.
fn judge(root: &Path, programs: &[Program], all: &[Fault], jobs: usize) {
    let next = AtomicUsize::new(0);
    let results: Mutex<HashMap<u32, Verdict>> = Mutex::new(HashMap::new());
    let since = Instant::now();
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(fault) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = try_out(programs, fault.number);
                    if let Some(word) = verdict.word() {
                        println!(
                            "{word}: {}:{} in {}: {}",
                            fault.file, fault.line, fault.function, fault.what
                        );
                    }
                    let mut results = results.lock().expect("nobody panics");
                    results.insert(fault.number, verdict);
                    if results.len() % 100 == 0 {
                        println!(
                            "mutants: {} of {} after {} s",
                            results.len(),
                            all.len(),
                            since.elapsed().as_secs()
                        );
                    }
                }
            });
        }
    });
    let results = results.into_inner().expect("nobody panics");
    let mut out = fs::File::create(root.join(SURVIVORS)).expect("it can be written");
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for fault in all {
        let verdict = &results[&fault.number];
        let area = crate_of(&fault.file);
        counts.entry(area).or_default()[match verdict {
            Verdict::Noticed => 0,
            Verdict::Survived => 1,
            Verdict::NeverPassed => 2,
        }] += 1;
        if let Some(word) = verdict.word() {
            let _ = writeln!(out, "{word}\t{}:{}\t{}", fault.file, fault.line, fault.key());
        }
    }
    for (area, [noticed, survived, never]) in counts {
        let all = noticed + survived + never;
        let share = 100.0 * noticed as f64 / all as f64;
        println!("{area}: {noticed} of {all} noticed ({share:.1} %), {survived} survived, {never} never run");
    }
}

enum Verdict {
    Noticed,
    Survived,
    NeverPassed,
}

impl Verdict {
    /// What is said of a fault that no test notices.
    fn word(&self) -> Option<&'static str> {
        match self {
            Self::Noticed => None,
            Self::Survived => Some("survived"),
            Self::NeverPassed => Some("never run"),
        }
    }
}

fn try_out(programs: &[Program], number: u32) -> Verdict {
    let mut runs: Vec<(Duration, &Program, Vec<&Test>)> = programs
        .iter()
        .map(|program| {
            (program, program.tests.iter().filter(|test| test.passes.contains(&number)).collect::<Vec<_>>())
        })
        .filter(|(_, tests)| !tests.is_empty())
        .map(|(program, tests)| (tests.iter().map(|test| test.time).sum(), program, tests))
        .collect();
    if runs.is_empty() {
        return Verdict::NeverPassed;
    }
    runs.sort_by_key(|(time, ..)| *time);
    for (_, program, tests) in runs {
        if notices(program, &tests, number) {
            return Verdict::Noticed;
        }
    }
    Verdict::Survived
}

/// Whether one of these tests fails or hangs with a fault.
fn notices(program: &Program, tests: &[&Test], number: u32) -> bool {
    let longest = tests.iter().map(|test| test.time).max().unwrap_or_default();
    let patience = (longest * PATIENCE).max(LEAST_PATIENCE);
    let mut command = Command::new(&program.path);
    command.args(["--test-threads", "1", "--exact"]).args(tests.iter().map(|test| test.name.as_str()));
    command.current_dir(&program.folder).env("TEAHOUSE_MUTANT", number.to_string()).process_group(0);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let stdout = child.stdout.take().expect("it is a pipe");
    let (told, news) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { break };
            if line.starts_with("test ") && told.send(line.ends_with("FAILED")).is_err() {
                break;
            }
        }
    });
    let noticed = loop {
        match news.recv_timeout(patience) {
            Ok(true) => break true,
            // The next test has as long again.
            Ok(false) => {}
            // It hangs.
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => break true,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
                break !child.wait().expect("it was started").success();
            }
        }
    };
    // With the servers and windows that its tests have started.
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stderr(Stdio::null())
        .status();
    let _ = child.wait();
    drop(reader);
    noticed
}
