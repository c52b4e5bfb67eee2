//! The server's sources keep their layers.

use std::path::Path;

#[path = "../../protocol/tests/support/layers.rs"]
mod layers;

use layers::{MOST_ENTRIES, Table, flaws, sources};

/// What lies at the top, from the bottom up, and what each may name. A row names rows above it only.
const LAYERS: &[(&str, &[&str])] = &[
    ("letters", &[]),
    ("text", &[]),
    ("threads", &[]),
    ("outbox", &[]),
    ("drain", &["outbox"]),
    ("auth", &["threads"]),
    ("config", &["letters", "text", "auth"]),
    ("net", &["text", "outbox", "auth", "config"]),
    ("world", &["letters", "text", "outbox", "auth", "config", "net"]),
    ("store", &["text", "auth", "config", "world"]),
    ("commands", &["text", "outbox", "auth", "config", "world", "store"]),
    ("session", &["text", "outbox", "drain", "auth", "config", "net", "world", "store", "commands"]),
    (
        "server",
        &["text", "threads", "drain", "auth", "config", "net", "world", "store", "commands", "session"],
    ),
    ("process", &["text", "config", "net", "world", "store", "server"]),
    ("archive", &["text", "auth", "config", "net", "world", "store", "server", "process"]),
];

/// The same within the commands.
const COMMANDS: &[(&str, &[&str])] = &[
    ("aid", &[]),
    ("context", &["aid"]),
    ("errand", &["aid", "context"]),
    ("people", &["context"]),
    ("history", &["context"]),
    ("channels", &["context", "people", "history"]),
    ("accounts", &["aid", "context", "history", "channels"]),
    ("services", &["context", "channels", "accounts"]),
    ("messages", &["context", "services"]),
    ("about", &["aid", "context", "people", "history", "channels", "services", "messages"]),
    ("registration", &["aid", "context", "people", "accounts", "about"]),
    ("capabilities", &["context", "messages", "registration"]),
    ("operators", &["aid", "context", "people", "accounts"]),
];

const TABLES: &[Table] = &[
    Table { name: "LAYERS", folder: &[], rows: LAYERS },
    Table { name: "COMMANDS", folder: &["commands"], rows: COMMANDS },
];

#[test]
fn nothing_names_what_is_above_it() {
    let flaws = flaws(&sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), TABLES);
    assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
}

#[test]
fn one_system_call_alone_is_unsafe() {
    let sources = ["../server/src", "../client/src", "../protocol/src"]
        .map(|src| sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(src)));
    let allowed = sources
        .iter()
        .flatten()
        .flat_map(|(path, text)| text.matches("allow(unsafe_code)").map(move |_| path.as_str()));
    assert_eq!(allowed.collect::<Vec<_>>(), ["process/slice.rs"]);
}

#[test]
fn every_broken_rule_is_found_with_its_line() {
    let check = |files: &[(&str, &str)], expected: &str| {
        let files: Vec<_> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(flaws(&files, TABLES), [expected]);
    };
    check(
        &[("text/mod.rs", "//! [x](crate::world)\nuse crate::world::World;\n"), ("world/mod.rs", "")],
        "text/mod.rs:2 names crate::world::World: text may not name world",
    );
    check(
        &[("outbox.rs", "fn f() {\n    crate::drain::flush()\n}\n"), ("drain.rs", "")],
        "outbox.rs:2 names crate::drain::flush: outbox may not name drain",
    );
    check(
        &[("new.rs", "")],
        "new is in no layer: give it a row in LAYERS, at the top of tests/architecture.rs",
    );
    check(
        &[
            ("commands/mod.rs", "mod people;\nmod registration;\n"),
            ("commands/people/mod.rs", "use super::{\n    registration::nick,\n};\n"),
            ("commands/registration.rs", ""),
        ],
        "commands/people/mod.rs:1 names crate::commands::registration::nick: people may not name registration",
    );
    check(
        &[
            ("world/mod.rs", "mod one;\nmod other;\npub(crate) use one::One;\n"),
            ("world/one.rs", "use super::other::Other;\n"),
            ("world/other.rs", "use std::fmt;\nuse crate::world::One as First;\n"),
        ],
        "a circle: world/one.rs:1 names crate::world::other::Other, world/other.rs:2 names crate::world::One",
    );
    let many: Vec<_> = (0..=MOST_ENTRIES).map(|number| format!("text/file{number}.rs")).collect();
    let many: Vec<_> = many.iter().map(|path| (&**path, "")).collect();
    check(&many, "text has 16 entries: 15 are the most");
}
